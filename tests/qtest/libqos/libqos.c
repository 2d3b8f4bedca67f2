/*
 * libqos: a machine with its bus and its memory, all at once.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "libqos.h"
#include "malloc-pc.h"
#include "pci-pc.h"

QOSState *qtest_vboot(QOSOps *ops, const char *cmdline_fmt, va_list ap)
{
    QOSState *qs = g_new0(QOSState, 1);

    qs->qts = qtest_vinitf(cmdline_fmt, ap);
    qs->ops = ops;
    if (ops) {
        ops->alloc_init(&qs->alloc, qs->qts, ALLOC_NO_FLAGS);
        if (ops->qpci_new) {
            qs->pcibus = ops->qpci_new(qs->qts, &qs->alloc);
        }
    }
    return qs;
}

QOSState *qtest_boot(QOSOps *ops, const char *cmdline_fmt, ...)
{
    QOSState *qs;
    va_list ap;

    va_start(ap, cmdline_fmt);
    qs = qtest_vboot(ops, cmdline_fmt, ap);
    va_end(ap);
    return qs;
}

static QOSOps qtest_pc_ops = {
    .alloc_init = pc_alloc_init,
    .qpci_new = qpci_new_pc,
    .qpci_free = qpci_free_pc,
    .shutdown = qtest_common_shutdown,
};

QOSState *qtest_pc_boot(const char *cmdline_fmt, ...)
{
    QOSState *qs;
    va_list ap;

    va_start(ap, cmdline_fmt);
    qs = qtest_vboot(&qtest_pc_ops, cmdline_fmt, ap);
    va_end(ap);
    return qs;
}

/* It has memory where a PC has it, and tells of it in the same place. */
static QOSOps qtest_microvm_ops = {
    .alloc_init = pc_alloc_init,
    .shutdown = qtest_common_shutdown,
};

QOSState *qtest_microvm_boot(const char *cmdline_fmt, ...)
{
    QOSState *qs;
    va_list ap;

    va_start(ap, cmdline_fmt);
    qs = qtest_vboot(&qtest_microvm_ops, cmdline_fmt, ap);
    va_end(ap);
    return qs;
}

void qtest_common_shutdown(QOSState *qs)
{
    if (qs->ops) {
        if (qs->pcibus) {
            qs->ops->qpci_free(qs->pcibus);
        }
        alloc_destroy(&qs->alloc);
    }
    qtest_quit(qs->qts);
    g_free(qs);
}

void qtest_shutdown(QOSState *qs)
{
    if (qs->ops && qs->ops->shutdown) {
        qs->ops->shutdown(qs);
    } else {
        qtest_common_shutdown(qs);
    }
}

void generate_pattern(void *buffer, size_t len, size_t cycle_len)
{
    uint8_t *tx = buffer;
    uint8_t p = 0;

    /* Each cycle starts one higher than the last: a shift shows. */
    for (size_t i = 0; i < len; i++) {
        tx[i] = p++;
        if (i % cycle_len == cycle_len - 1) {
            p = i / cycle_len + 1;
        }
    }
}
