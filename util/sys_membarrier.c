/*
 * The dear half of an asymmetric barrier; see qemu/sys_membarrier.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/sys_membarrier.h"
#include <linux/membarrier.h>
#include <sys/syscall.h>

bool smp_mb_global_unavailable = true;

static int membarrier(int cmd)
{
    return syscall(__NR_membarrier, cmd, 0, 0);
}

void smp_mb_global_init(void)
{
    /* Without the registration the kernel refuses the expedited command. */
    smp_mb_global_unavailable =
        membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED) != 0;
}

void smp_mb_global(void)
{
    if (smp_mb_global_unavailable ||
        membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED) != 0) {
        smp_mb();
    }
}
