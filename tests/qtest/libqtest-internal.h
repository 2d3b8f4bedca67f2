/*
 * What the files of libqtest share.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef LIBQTEST_INTERNAL_H
#define LIBQTEST_INTERNAL_H

#include "libqtest.h"

#define MAX_IRQ 256

struct QTestState {
    int fd;
    int qmp_fd;
    pid_t qemu_pid;             /* -1 once it has ended */
    int wstatus;
    int expected_status;
    bool irq_level[MAX_IRQ];
    GString *rx;                /* received, no whole line yet taken */
    size_t rx_used;             /* … of which this much has been */
    GList *pending_events;      /* of QMP, oldest first, not asked for yet */
};

/* Greeting and capabilities; after this, all commands are there. */
void qtest_qmp_handshake(QTestState *s);
/* Those that nobody has asked for. */
void qtest_qmp_drop_events(QTestState *s);

#endif
