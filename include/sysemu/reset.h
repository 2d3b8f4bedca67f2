/*
 * Reset of the whole machine: a list of functions, called in order.
 *
 * The device tree is one entry of it (resettable_cold_reset_fn() on the main
 * system bus); the others are for what is not in that tree.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_SYSEMU_RESET_H
#define QEMU_SYSEMU_RESET_H

#include "qapi/qapi-events-run-state.h"

typedef void QEMUResetHandler(void *opaque);

/* Call @func(@opaque) in each reset, after those registered before. */
void qemu_register_reset(QEMUResetHandler *func, void *opaque);

/* The same, but not when a snapshot is being loaded. */
void qemu_register_reset_nosnapshotload(QEMUResetHandler *func, void *opaque);

void qemu_unregister_reset(QEMUResetHandler *func, void *opaque);

/* Call them all; @reason is why.  Machines do that in their reset method. */
void qemu_devices_reset(ShutdownCause reason);

#endif
