/*
 * Aligned memory.  Read include/qemu/memalign.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/host-utils.h"
#include "qemu/memalign.h"

void *qemu_try_memalign(size_t alignment, size_t size)
{
    void *ptr;
    int ret;

    g_assert(is_power_of_2(alignment));

    /* posix_memalign() wants at least that, and may give NULL for no bytes. */
    alignment = MAX(alignment, sizeof(void *));
    size = MAX(size, 1);
    ret = posix_memalign(&ptr, alignment, size);
    if (ret) {
        errno = ret;
        return NULL;
    }
    return ptr;
}

void *qemu_memalign(size_t alignment, size_t size)
{
    void *p = qemu_try_memalign(alignment, size);

    if (!p) {
        fprintf(stderr,
                "qemu_memalign: failed to allocate %zu bytes at alignment "
                "%zu: %s\n", size, alignment, strerror(errno));
        abort();
    }
    return p;
}

void qemu_vfree(void *ptr)
{
    free(ptr);
}
