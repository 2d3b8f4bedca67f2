/*
 * Xen, for devices: see sysemu/xen.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_HW_XEN_H
#define QEMU_HW_XEN_H

#include "sysemu/xen.h"

#endif
