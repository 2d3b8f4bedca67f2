/*
 * Is a piece of memory all zero?
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/cutils.h"

/* If the first bytes are zero and each byte equals one before it, all are. */
bool buffer_is_zero(const void *buf, size_t len)
{
    const unsigned char *p = buf;
    size_t head = MIN(len, 16);

    for (size_t i = 0; i < head; i++) {
        if (p[i]) {
            return false;
        }
    }
    return len == head || memcmp(p, p + head, len - head) == 0;
}
