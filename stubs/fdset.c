/*
 * No monitor, so no sets of descriptors.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "monitor/monitor.h"

int monitor_fdset_dup_fd_add(int64_t fdset_id, int flags)
{
    errno = ENOSYS;
    return -1;
}

void monitor_fdset_dup_fd_remove(int dup_fd)
{
}
