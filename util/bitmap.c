/*
 * Bitmaps of more than one long.  Read include/qemu/bitmap.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/atomic.h"
#include "qemu/bitmap.h"
#include "qemu/bswap.h"

/* The bits of the last long that belong to the bitmap; all, if it is full. */
static inline unsigned long tail_mask(long bits)
{
    return BITMAP_LAST_WORD_MASK(bits);
}

int slow_bitmap_empty(const unsigned long *bitmap, long bits)
{
    return find_first_bit(bitmap, bits) == bits;
}

int slow_bitmap_full(const unsigned long *bitmap, long bits)
{
    return find_first_zero_bit(bitmap, bits) == bits;
}

int slow_bitmap_equal(const unsigned long *bitmap1,
                      const unsigned long *bitmap2, long bits)
{
    long last = BITS_TO_LONGS(bits) - 1;

    for (long k = 0; k < last; k++) {
        if (bitmap1[k] != bitmap2[k]) {
            return 0;
        }
    }
    return ((bitmap1[last] ^ bitmap2[last]) & tail_mask(bits)) == 0;
}

void slow_bitmap_complement(unsigned long *dst, const unsigned long *src,
                            long bits)
{
    long last = BITS_TO_LONGS(bits) - 1;

    for (long k = 0; k < last; k++) {
        dst[k] = ~src[k];
    }
    dst[last] = ~src[last] & tail_mask(bits);
}

int slow_bitmap_and(unsigned long *dst, const unsigned long *bitmap1,
                    const unsigned long *bitmap2, long bits)
{
    long last = BITS_TO_LONGS(bits) - 1;
    unsigned long result = 0;

    for (long k = 0; k < last; k++) {
        result |= dst[k] = bitmap1[k] & bitmap2[k];
    }
    dst[last] = bitmap1[last] & bitmap2[last];
    return (result | (dst[last] & tail_mask(bits))) != 0;
}

void slow_bitmap_or(unsigned long *dst, const unsigned long *bitmap1,
                    const unsigned long *bitmap2, long bits)
{
    for (long k = 0; k < BITS_TO_LONGS(bits); k++) {
        dst[k] = bitmap1[k] | bitmap2[k];
    }
}

void slow_bitmap_xor(unsigned long *dst, const unsigned long *bitmap1,
                     const unsigned long *bitmap2, long bits)
{
    for (long k = 0; k < BITS_TO_LONGS(bits); k++) {
        dst[k] = bitmap1[k] ^ bitmap2[k];
    }
}

int slow_bitmap_andnot(unsigned long *dst, const unsigned long *bitmap1,
                       const unsigned long *bitmap2, long bits)
{
    long last = BITS_TO_LONGS(bits) - 1;
    unsigned long result = 0;

    for (long k = 0; k < last; k++) {
        result |= dst[k] = bitmap1[k] & ~bitmap2[k];
    }
    dst[last] = bitmap1[last] & ~bitmap2[last];
    return (result | (dst[last] & tail_mask(bits))) != 0;
}

int slow_bitmap_intersects(const unsigned long *bitmap1,
                           const unsigned long *bitmap2, long bits)
{
    long last = BITS_TO_LONGS(bits) - 1;

    for (long k = 0; k < last; k++) {
        if (bitmap1[k] & bitmap2[k]) {
            return 1;
        }
    }
    return (bitmap1[last] & bitmap2[last] & tail_mask(bits)) != 0;
}

long slow_bitmap_count_one(const unsigned long *bitmap, long nbits)
{
    long last = BITS_TO_LONGS(nbits) - 1;
    long result = 0;

    for (long k = 0; k < last; k++) {
        result += ctpopl(bitmap[k]);
    }
    return result + ctpopl(bitmap[last] & tail_mask(nbits));
}

/* Runs */

/* The bits of word @k that lie in @len bits from @start on. */
static inline unsigned long run_mask(long k, long start, long len)
{
    unsigned long mask = ~0UL;

    if (k == BIT_WORD(start)) {
        mask &= BITMAP_FIRST_WORD_MASK(start);
    }
    if (k == BIT_WORD(start + len - 1)) {
        mask &= BITMAP_LAST_WORD_MASK(start + len);
    }
    return mask;
}

void bitmap_set(unsigned long *map, long start, long nr)
{
    assert(start >= 0 && nr >= 0);
    if (nr == 0) {
        return;
    }
    for (long k = BIT_WORD(start); k <= BIT_WORD(start + nr - 1); k++) {
        map[k] |= run_mask(k, start, nr);
    }
}

void bitmap_clear(unsigned long *map, long start, long nr)
{
    assert(start >= 0 && nr >= 0);
    if (nr == 0) {
        return;
    }
    for (long k = BIT_WORD(start); k <= BIT_WORD(start + nr - 1); k++) {
        map[k] &= ~run_mask(k, start, nr);
    }
}

/* Whole words are stored, only the two at the ends need an atomic or. */
void bitmap_set_atomic(unsigned long *map, long start, long nr)
{
    assert(start >= 0 && nr >= 0);
    if (nr == 0) {
        return;
    }
    for (long k = BIT_WORD(start); k <= BIT_WORD(start + nr - 1); k++) {
        unsigned long mask = run_mask(k, start, nr);

        if (mask == ~0UL) {
            qatomic_set(&map[k], ~0UL);
        } else {
            qatomic_or(&map[k], mask);
        }
    }
    /* Who sees the bits must see what was written before them. */
    smp_mb();
}

bool bitmap_test_and_clear_atomic(unsigned long *map, long start, long nr)
{
    unsigned long dirty = 0;

    assert(start >= 0 && nr >= 0);
    if (nr == 0) {
        return false;
    }
    for (long k = BIT_WORD(start); k <= BIT_WORD(start + nr - 1); k++) {
        unsigned long mask = run_mask(k, start, nr);

        /* Most words are clean, and reading them costs no bus lock. */
        if (qatomic_read(&map[k]) & mask) {
            dirty |= qatomic_fetch_and(&map[k], ~mask) & mask;
        }
    }
    if (!dirty) {
        /* A caller that finds nothing relies on the order as well. */
        smp_mb();
    }
    return dirty != 0;
}

void bitmap_copy_and_clear_atomic(unsigned long *dst, unsigned long *src,
                                  long nr)
{
    for (long k = 0; k < BITS_TO_LONGS(nr); k++) {
        dst[k] = qatomic_xchg(&src[k], 0);
    }
}

unsigned long bitmap_find_next_zero_area(unsigned long *map,
                                         unsigned long size,
                                         unsigned long start,
                                         unsigned long nr,
                                         unsigned long align_mask)
{
    unsigned long index, end, next;

    for (;; start = next + 1) {
        index = find_next_zero_bit(map, size, start);
        index = (index + align_mask) & ~align_mask;
        end = index + nr;
        if (end > size) {
            return end;
        }
        next = find_next_bit(map, end, index);
        if (next >= end) {
            return index;
        }
    }
}

/* Little endian */

static void bitmap_to_from_le(unsigned long *dst, const unsigned long *src,
                              long nbits)
{
    for (long k = 0; k < BITS_TO_LONGS(nbits); k++) {
        dst[k] = cpu_to_leul(src[k]);
    }
}

void bitmap_from_le(unsigned long *dst, const unsigned long *src, long nbits)
{
    bitmap_to_from_le(dst, src, nbits);
}

void bitmap_to_le(unsigned long *dst, const unsigned long *src, long nbits)
{
    bitmap_to_from_le(dst, src, nbits);
}

/* Copying to or from the middle */

void bitmap_copy_with_src_offset(unsigned long *dst, const unsigned long *src,
                                 unsigned long offset, unsigned long nbits)
{
    for (unsigned long i = 0; i < nbits; i += BITS_PER_LONG) {
        unsigned long n = MIN(BITS_PER_LONG, nbits - i);
        unsigned long pos = offset + i;
        unsigned long shift = pos % BITS_PER_LONG;
        unsigned long word = src[BIT_WORD(pos)] >> shift;

        if (shift && n > BITS_PER_LONG - shift) {
            word |= src[BIT_WORD(pos) + 1] << (BITS_PER_LONG - shift);
        }
        dst[BIT_WORD(i)] = word & BITMAP_LAST_WORD_MASK(n);
    }
}

void bitmap_copy_with_dst_offset(unsigned long *dst, const unsigned long *src,
                                 unsigned long shift, unsigned long nbits)
{
    bitmap_clear(dst, shift, nbits);
    for (unsigned long i = find_first_bit(src, nbits); i < nbits;
         i = find_next_bit(src, nbits, i + 1)) {
        set_bit(shift + i, dst);
    }
}
