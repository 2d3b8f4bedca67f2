/*
 * A unit test stays in the foreground.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"

bool is_daemonized(void)
{
    return false;
}
