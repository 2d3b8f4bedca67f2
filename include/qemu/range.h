/*
 * Ranges of numbers, such as guest addresses.
 *
 * A Range can cover all of the 64 bits, or nothing; that is why its bounds
 * are inclusive, and why they are private.  An empty range has upb + 1 == lob.
 *
 *     range_set_bounds(&r, 0xf0000000, 0xffffffff);
 *     range_contains(&r, 0xf0001000)
 *
 * The functions at the end work on (first, length) pairs without a Range.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_RANGE_H
#define QEMU_RANGE_H

struct Range {
    /* Private; both bounds are part of the range. */
    uint64_t lob;
    uint64_t upb;
};

static inline void range_invariant(const Range *range)
{
    assert(range->lob <= range->upb || range->lob == range->upb + 1);
}

/* An empty range, as a constant. */
#define range_empty ((Range){ .lob = 1, .upb = 0 })

static inline bool range_is_empty(const Range *range)
{
    range_invariant(range);
    return range->lob > range->upb;
}

static inline bool range_contains(const Range *range, uint64_t val)
{
    range_invariant(range);
    return val >= range->lob && val <= range->upb;
}

static inline void range_make_empty(Range *range)
{
    *range = range_empty;
}

/* From @lob to @upb, inclusive; @upb + 1 == @lob makes it empty. */
static inline void range_set_bounds(Range *range, uint64_t lob, uint64_t upb)
{
    range->lob = lob;
    range->upb = upb;
    range_invariant(range);
}

/* From @lob up to but not including @ub_plus1; 0 and 0 make it empty. */
static inline void range_set_bounds1(Range *range,
                                     uint64_t lob, uint64_t ub_plus1)
{
    if (!lob && !ub_plus1) {
        *range = range_empty;
    } else {
        range->lob = lob;
        range->upb = ub_plus1 - 1;
    }
    range_invariant(range);
}

/* The bounds; the range must not be empty. */
static inline uint64_t range_lob(Range *range)
{
    assert(!range_is_empty(range));
    return range->lob;
}

static inline uint64_t range_upb(Range *range)
{
    assert(!range_is_empty(range));
    return range->upb;
}

/* How many numbers; 0 if it is empty, and also if it is all of them. */
static inline uint64_t range_size(const Range *range)
{
    return range->upb - range->lob + 1;
}

/* Make *@range @size numbers from @lob on.  -ERANGE if that goes past 2^64. */
G_GNUC_WARN_UNUSED_RESULT
static inline int range_init(Range *range, uint64_t lob, uint64_t size)
{
    if (lob + size < lob && lob + size != 0) {
        return -ERANGE;
    }
    range->lob = lob;
    range->upb = lob + size - 1;
    range_invariant(range);
    return 0;
}

/* The same where going past 2^64 is a bug. */
static inline void range_init_nofail(Range *range, uint64_t lob, uint64_t size)
{
    range->lob = lob;
    range->upb = lob + size - 1;
    range_invariant(range);
}

static inline bool range_overlaps_range(const Range *range1,
                                        const Range *range2)
{
    if (range_is_empty(range1) || range_is_empty(range2)) {
        return false;
    }
    return !(range2->upb < range1->lob || range1->upb < range2->lob);
}

static inline bool range_contains_range(const Range *range1,
                                        const Range *range2)
{
    if (range_is_empty(range1) || range_is_empty(range2)) {
        return false;
    }
    return range1->lob <= range2->lob && range1->upb >= range2->upb;
}

/* The smallest range that contains both. */
static inline void range_extend(Range *range, Range *extend_by)
{
    if (range_is_empty(extend_by)) {
        return;
    }
    if (range_is_empty(range)) {
        *range = *extend_by;
        return;
    }
    range->lob = MIN(range->lob, extend_by->lob);
    range->upb = MAX(range->upb, extend_by->upb);
    range_invariant(range);
}

/* The last of @len numbers from @offset on. */
static inline uint64_t range_get_last(uint64_t offset, uint64_t len)
{
    return offset + len - 1;
}

static inline int range_covers_byte(uint64_t offset, uint64_t len,
                                    uint64_t byte)
{
    return offset <= byte && byte <= range_get_last(offset, len);
}

/* Whether two runs have a number in common; neither may wrap. */
static inline int ranges_overlap(uint64_t first1, uint64_t len1,
                                 uint64_t first2, uint64_t len2)
{
    uint64_t last1 = range_get_last(first1, len1);
    uint64_t last2 = range_get_last(first2, len2);

    return !(last2 < first1 || last1 < first2);
}

/*
 * Insert @data, a Range from g_malloc(), into a sorted list of disjoint
 * ranges; those that touch are merged.  Returns the new head.
 */
GList *range_list_insert(GList *list, Range *data);

#endif
