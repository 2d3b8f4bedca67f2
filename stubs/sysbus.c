/*
 * A program without a board has no system bus.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/qdev-core.h"

BusState *sysbus_get_default(void)
{
    return NULL;
}
