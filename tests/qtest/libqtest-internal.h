/*
 * What the files of libqtest share.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef LIBQTEST_INTERNAL_H
#define LIBQTEST_INTERNAL_H

#include "libqtest.h"
#include "qapi/qmp/json-parser.h"

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
    JSONMessageParser qmp_sent; /* what was sent, parsed to know … */
    GQueue qmp_asked;           /* … which answers are to come */
    GList *pending_events;      /* of QMP, oldest first, not asked for yet */
};

/* A connection is there; and is not needed any more. */
void qtest_qmp_start(QTestState *s);
void qtest_qmp_end(QTestState *s);

/* Greeting and capabilities; after this, all commands are there. */
void qtest_qmp_handshake(QTestState *s);

/* libqtest-check.c: keep track of what is asked; check what is answered. */
void qtest_check_start(QTestState *s);
void qtest_check_end(QTestState *s);
void qtest_check_sent(QTestState *s, const char *text, size_t size);
void qtest_check_received(QTestState *s, const QDict *rsp);

#endif
