/*
 * The guest's time of a unit test, which has no guest: the host's.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "sysemu/cpu-timers.h"

int64_t cpu_get_clock(void)
{
    return get_clock();
}

int64_t cpus_get_virtual_clock(void)
{
    return cpu_get_clock();
}
