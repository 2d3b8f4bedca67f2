/*
 * Reset of the whole machine.  See include/sysemu/reset.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/queue.h"
#include "sysemu/reset.h"
#include "trace.h"

typedef struct QEMUResetEntry {
    QTAILQ_ENTRY(QEMUResetEntry) entry;
    QEMUResetHandler *func;
    void *opaque;
    bool skip_on_snapshot_load;
} QEMUResetEntry;

static QTAILQ_HEAD(, QEMUResetEntry) reset_handlers =
    QTAILQ_HEAD_INITIALIZER(reset_handlers);

static void reset_handlers_add(QEMUResetHandler *func, void *opaque,
                               bool skip_on_snapshot_load)
{
    QEMUResetEntry *re = g_new0(QEMUResetEntry, 1);

    re->func = func;
    re->opaque = opaque;
    re->skip_on_snapshot_load = skip_on_snapshot_load;
    QTAILQ_INSERT_TAIL(&reset_handlers, re, entry);
}

void qemu_register_reset(QEMUResetHandler *func, void *opaque)
{
    reset_handlers_add(func, opaque, false);
}

void qemu_register_reset_nosnapshotload(QEMUResetHandler *func, void *opaque)
{
    reset_handlers_add(func, opaque, true);
}

void qemu_unregister_reset(QEMUResetHandler *func, void *opaque)
{
    QEMUResetEntry *re;

    QTAILQ_FOREACH(re, &reset_handlers, entry) {
        if (re->func == func && re->opaque == opaque) {
            QTAILQ_REMOVE(&reset_handlers, re, entry);
            g_free(re);
            return;
        }
    }
}

void qemu_devices_reset(ShutdownCause reason)
{
    QEMUResetEntry *re, *next;

    trace_qemu_devices_reset(reason);
    /* A function may take itself off the list. */
    QTAILQ_FOREACH_SAFE(re, &reset_handlers, entry, next) {
        if (reason == SHUTDOWN_CAUSE_SNAPSHOT_LOAD &&
            re->skip_on_snapshot_load) {
            continue;
        }
        re->func(re->opaque);
    }
}
