/*
 * libqos: a machine with its bus and its memory, all at once.
 *
 *     QOSState *qs = qtest_pc_boot("-device virtio-net-pci,netdev=n0 …");
 *
 *     qs->qts, qs->pcibus, &qs->alloc
 *     qtest_shutdown(qs);
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef LIBQOS_H
#define LIBQOS_H

#include "../libqtest.h"
#include "libqos-malloc.h"
#include "pci.h"

typedef struct QOSState QOSState;

typedef struct QOSOps {
    void (*alloc_init)(QGuestAllocator *s, QTestState *qts, QAllocOpts flags);
    /* NULL: there is no PCI. */
    QPCIBus *(*qpci_new)(QTestState *qts, QGuestAllocator *alloc);
    void (*qpci_free)(QPCIBus *bus);
    void (*shutdown)(QOSState *qs);
} QOSOps;

struct QOSState {
    QTestState *qts;
    QGuestAllocator alloc;
    QPCIBus *pcibus;
    QOSOps *ops;
};

QOSState *qtest_vboot(QOSOps *ops, const char *cmdline_fmt, va_list ap)
    G_GNUC_PRINTF(2, 0);
QOSState *qtest_boot(QOSOps *ops, const char *cmdline_fmt, ...)
    G_GNUC_PRINTF(2, 3);
QOSState *qtest_pc_boot(const char *cmdline_fmt, ...) G_GNUC_PRINTF(1, 2);
/* The command line says which microvm: -machine microvm,… */
QOSState *qtest_microvm_boot(const char *cmdline_fmt, ...) G_GNUC_PRINTF(1, 2);
void qtest_shutdown(QOSState *qs);
void qtest_common_shutdown(QOSState *qs);

/* Some byte pattern that says where in a buffer one is. */
void generate_pattern(void *buffer, size_t len, size_t cycle_len);

#endif
