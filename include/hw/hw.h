/*
 * The end, from within a device.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_HW_H
#define QEMU_HW_H

/* For bugs in qemini, never for a guest's mistake: print and abort. */
G_NORETURN void hw_error(const char *fmt, ...) G_GNUC_PRINTF(1, 2);

#endif
