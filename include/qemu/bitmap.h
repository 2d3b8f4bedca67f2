/*
 * Sets of small numbers, as arrays of unsigned long.
 *
 *     DECLARE_BITMAP(used, 256);          a member or variable of 256 bits
 *     bitmap_set(used, 16, 4);            16, 17, 18 and 19
 *     find_next_zero_bit(used, 256, 16)   20
 *
 * Sizes and positions are in bits.  Bits of the last long beyond the size are
 * whatever they are: nothing here depends on them.  Single bits are set and
 * tested with qemu/bitops.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef BITMAP_H
#define BITMAP_H

#include "qemu/bitops.h"

#define BITMAP_FIRST_WORD_MASK(start) (~0UL << ((start) & (BITS_PER_LONG - 1)))
#define BITMAP_LAST_WORD_MASK(nbits) (~0UL >> (-(nbits) & (BITS_PER_LONG - 1)))

#define DECLARE_BITMAP(name, bits) \
    unsigned long name[BITS_TO_LONGS(bits)]

/* Bitmaps that fit into one long are worth a way of their own. */
#define small_nbits(nbits) \
    ((nbits) <= BITS_PER_LONG)

int slow_bitmap_empty(const unsigned long *bitmap, long bits);
int slow_bitmap_full(const unsigned long *bitmap, long bits);
int slow_bitmap_equal(const unsigned long *bitmap1,
                      const unsigned long *bitmap2, long bits);
void slow_bitmap_complement(unsigned long *dst, const unsigned long *src,
                            long bits);
int slow_bitmap_and(unsigned long *dst, const unsigned long *bitmap1,
                    const unsigned long *bitmap2, long bits);
void slow_bitmap_or(unsigned long *dst, const unsigned long *bitmap1,
                    const unsigned long *bitmap2, long bits);
void slow_bitmap_xor(unsigned long *dst, const unsigned long *bitmap1,
                     const unsigned long *bitmap2, long bits);
int slow_bitmap_andnot(unsigned long *dst, const unsigned long *bitmap1,
                       const unsigned long *bitmap2, long bits);
int slow_bitmap_intersects(const unsigned long *bitmap1,
                           const unsigned long *bitmap2, long bits);
long slow_bitmap_count_one(const unsigned long *bitmap, long nbits);

/* A zeroed bitmap, or NULL if there is no memory.  Free with g_free(). */
static inline unsigned long *bitmap_try_new(long nbits)
{
    return g_try_malloc0(BITS_TO_LONGS(nbits) * sizeof(unsigned long));
}

static inline unsigned long *bitmap_new(long nbits)
{
    return g_malloc0(BITS_TO_LONGS(nbits) * sizeof(unsigned long));
}

/* The whole set at once */

static inline void bitmap_zero(unsigned long *dst, long nbits)
{
    memset(dst, 0, BITS_TO_LONGS(nbits) * sizeof(unsigned long));
}

static inline void bitmap_fill(unsigned long *dst, long nbits)
{
    size_t nlongs = BITS_TO_LONGS(nbits);

    if (!small_nbits(nbits)) {
        memset(dst, 0xff, (nlongs - 1) * sizeof(unsigned long));
    }
    dst[nlongs - 1] = BITMAP_LAST_WORD_MASK(nbits);
}

static inline void bitmap_copy(unsigned long *dst, const unsigned long *src,
                               long nbits)
{
    memcpy(dst, src, BITS_TO_LONGS(nbits) * sizeof(unsigned long));
}

/* and, andnot: return whether the result has any member. */
static inline int bitmap_and(unsigned long *dst, const unsigned long *src1,
                             const unsigned long *src2, long nbits)
{
    if (small_nbits(nbits)) {
        return (*dst = *src1 & *src2 & BITMAP_LAST_WORD_MASK(nbits)) != 0;
    }
    return slow_bitmap_and(dst, src1, src2, nbits);
}

static inline void bitmap_or(unsigned long *dst, const unsigned long *src1,
                             const unsigned long *src2, long nbits)
{
    if (small_nbits(nbits)) {
        *dst = *src1 | *src2;
    } else {
        slow_bitmap_or(dst, src1, src2, nbits);
    }
}

static inline void bitmap_xor(unsigned long *dst, const unsigned long *src1,
                              const unsigned long *src2, long nbits)
{
    if (small_nbits(nbits)) {
        *dst = *src1 ^ *src2;
    } else {
        slow_bitmap_xor(dst, src1, src2, nbits);
    }
}

static inline int bitmap_andnot(unsigned long *dst, const unsigned long *src1,
                                const unsigned long *src2, long nbits)
{
    if (small_nbits(nbits)) {
        return (*dst = *src1 & ~*src2 & BITMAP_LAST_WORD_MASK(nbits)) != 0;
    }
    return slow_bitmap_andnot(dst, src1, src2, nbits);
}

static inline void bitmap_complement(unsigned long *dst,
                                     const unsigned long *src, long nbits)
{
    if (small_nbits(nbits)) {
        *dst = ~*src & BITMAP_LAST_WORD_MASK(nbits);
    } else {
        slow_bitmap_complement(dst, src, nbits);
    }
}

static inline int bitmap_equal(const unsigned long *src1,
                               const unsigned long *src2, long nbits)
{
    if (small_nbits(nbits)) {
        return !((*src1 ^ *src2) & BITMAP_LAST_WORD_MASK(nbits));
    }
    return slow_bitmap_equal(src1, src2, nbits);
}

static inline int bitmap_empty(const unsigned long *src, long nbits)
{
    if (small_nbits(nbits)) {
        return !(*src & BITMAP_LAST_WORD_MASK(nbits));
    }
    return slow_bitmap_empty(src, nbits);
}

static inline int bitmap_full(const unsigned long *src, long nbits)
{
    if (small_nbits(nbits)) {
        return !(~*src & BITMAP_LAST_WORD_MASK(nbits));
    }
    return slow_bitmap_full(src, nbits);
}

static inline int bitmap_intersects(const unsigned long *src1,
                                    const unsigned long *src2, long nbits)
{
    if (small_nbits(nbits)) {
        return ((*src1 & *src2) & BITMAP_LAST_WORD_MASK(nbits)) != 0;
    }
    return slow_bitmap_intersects(src1, src2, nbits);
}

static inline long bitmap_count_one(const unsigned long *bitmap, long nbits)
{
    if (unlikely(!nbits)) {
        return 0;
    }
    if (small_nbits(nbits)) {
        return ctpopl(*bitmap & BITMAP_LAST_WORD_MASK(nbits));
    }
    return slow_bitmap_count_one(bitmap, nbits);
}

static inline long bitmap_count_one_with_offset(const unsigned long *bitmap,
                                                long offset, long nbits)
{
    long aligned = QEMU_ALIGN_DOWN(offset, BITS_PER_LONG);
    long redundant = offset - aligned;

    return bitmap_count_one(bitmap + BIT_WORD(aligned), redundant + nbits) -
           bitmap_count_one(bitmap + BIT_WORD(aligned), redundant);
}

/* Runs of @nr bits from @i or @start on */

void bitmap_set(unsigned long *map, long i, long len);
void bitmap_set_atomic(unsigned long *map, long i, long len);
void bitmap_clear(unsigned long *map, long start, long nr);

/* Clear, and return whether any of them was set; for many threads. */
bool bitmap_test_and_clear_atomic(unsigned long *map, long start, long nr);

/* Copy to @dst and clear @src in one sweep, a long at a time. */
void bitmap_copy_and_clear_atomic(unsigned long *dst, unsigned long *src,
                                  long nr);

/*
 * The first position from @start on where @nr bits are zero and that is a
 * multiple of @align_mask + 1; @size or more if there is none.
 */
unsigned long bitmap_find_next_zero_area(unsigned long *map,
                                         unsigned long size,
                                         unsigned long start,
                                         unsigned long nr,
                                         unsigned long align_mask);

/* Grow to @new_nbits, new bits zero; the old array is gone. */
static inline unsigned long *bitmap_zero_extend(unsigned long *old,
                                                long old_nbits,
                                                long new_nbits)
{
    long new_len = BITS_TO_LONGS(new_nbits) * sizeof(unsigned long);
    unsigned long *new = g_realloc(old, new_len);

    bitmap_clear(new, old_nbits, new_nbits - old_nbits);
    return new;
}

/* Between our byte order and little endian, as migration wants it. */
void bitmap_to_le(unsigned long *dst, const unsigned long *src, long nbits);
void bitmap_from_le(unsigned long *dst, const unsigned long *src, long nbits);

/* Copy @nbits bits between @src and @dst, one end starting at @shift/@offset. */
void bitmap_copy_with_src_offset(unsigned long *dst, const unsigned long *src,
                                 unsigned long offset, unsigned long nbits);
void bitmap_copy_with_dst_offset(unsigned long *dst, const unsigned long *src,
                                 unsigned long shift, unsigned long nbits);

#endif
