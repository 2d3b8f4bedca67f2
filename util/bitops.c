/*
 * Looking for bits, for include/qemu/bitops.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bitops.h"

/* The first bit from @offset on that differs from those of @invert. */
static unsigned long find_bit(const unsigned long *addr, unsigned long size,
                              unsigned long offset, unsigned long invert)
{
    unsigned long word;

    if (offset >= size) {
        return size;
    }
    word = addr[BIT_WORD(offset)] ^ invert;
    word &= ~0UL << (offset % BITS_PER_LONG);
    offset -= offset % BITS_PER_LONG;
    while (word == 0) {
        offset += BITS_PER_LONG;
        if (offset >= size) {
            return size;
        }
        word = addr[BIT_WORD(offset)] ^ invert;
    }
    return MIN(size, offset + ctzl(word));
}

unsigned long find_next_bit(const unsigned long *addr, unsigned long size,
                            unsigned long offset)
{
    return find_bit(addr, size, offset, 0);
}

unsigned long find_next_zero_bit(const unsigned long *addr,
                                 unsigned long size, unsigned long offset)
{
    return find_bit(addr, size, offset, ~0UL);
}

unsigned long find_last_bit(const unsigned long *addr, unsigned long size)
{
    unsigned long words = size / BITS_PER_LONG;
    unsigned long rest = size % BITS_PER_LONG;

    if (rest) {
        unsigned long word = addr[words] & (~0UL >> (BITS_PER_LONG - rest));

        if (word) {
            return words * BITS_PER_LONG + BITS_PER_LONG - 1 - clzl(word);
        }
    }
    while (words-- > 0) {
        if (addr[words]) {
            return words * BITS_PER_LONG + BITS_PER_LONG - 1 -
                   clzl(addr[words]);
        }
    }
    return size;
}
