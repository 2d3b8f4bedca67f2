/*
 * Bits, bitmaps, byte order, ranges and wide arithmetic.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bitmap.h"
#include "qemu/bswap.h"
#include "qemu/host-utils.h"
#include "qemu/range.h"

static void test_fields(void)
{
    g_assert_cmphex(extract32(0x12345678, 8, 8), ==, 0x56);
    g_assert_cmphex(extract64(UINT64_MAX, 0, 64), ==, UINT64_MAX);
    g_assert_cmphex(deposit32(0x12345678, 8, 8, 0xff), ==, 0x1234ff78);
    g_assert_cmphex(deposit64(0, 60, 4, 0x1f), ==, 0xf000000000000000);
    g_assert_cmpint(sextract32(0x80, 4, 4), ==, -8);
    g_assert_cmphex(ror32(1, 1), ==, 0x80000000);
    g_assert_cmphex(rol32(1, 0), ==, 1);
    g_assert_cmphex(half_unshuffle32(half_shuffle32(0xbeef)), ==, 0xbeef);
}

/* Every run, set and cleared, leaves its neighbours alone. */
static void test_runs(void)
{
    enum { BITS = 200 };
    DECLARE_BITMAP(map, BITS);

    for (long start = 0; start < BITS; start += 7) {
        for (long len = 0; start + len <= BITS; len += 9) {
            bitmap_zero(map, BITS);
            bitmap_set(map, start, len);
            g_assert_cmpint(bitmap_count_one(map, BITS), ==, len);
            if (len) {
                g_assert_cmpint(find_first_bit(map, BITS), ==, start);
                g_assert_cmpint(find_last_bit(map, BITS), ==, start + len - 1);
            }
            g_assert_cmpint(bitmap_test_and_clear_atomic(map, start, len), ==,
                            len > 0);
            g_assert_true(bitmap_empty(map, BITS));

            bitmap_fill(map, BITS);
            bitmap_clear(map, start, len);
            g_assert_cmpint(bitmap_count_one(map, BITS), ==, BITS - len);
            bitmap_set_atomic(map, start, len);
            g_assert_true(bitmap_full(map, BITS));
        }
    }
}

static void test_find(void)
{
    DECLARE_BITMAP(map, 130);

    bitmap_zero(map, 130);
    g_assert_cmpint(find_first_bit(map, 130), ==, 130);
    set_bit(129, map);
    set_bit(5, map);
    g_assert_cmpint(find_next_bit(map, 130, 6), ==, 129);
    g_assert_cmpint(find_next_bit(map, 129, 6), ==, 129);
    g_assert_cmpint(find_next_zero_bit(map, 130, 5), ==, 6);
    g_assert_cmpint(bitmap_find_next_zero_area(map, 130, 0, 8, 7), ==, 8);
    g_assert_true(test_and_clear_bit(5, map));
    g_assert_false(test_and_clear_bit(5, map));
}

static void test_copy_offset(void)
{
    DECLARE_BITMAP(src, 200);
    DECLARE_BITMAP(dst, 200);
    DECLARE_BITMAP(back, 200);

    bitmap_zero(src, 200);
    bitmap_set(src, 3, 50);
    bitmap_set(src, 70, 20);
    for (int shift = 0; shift < 100; shift += 13) {
        bitmap_zero(dst, 200);
        bitmap_copy_with_dst_offset(dst, src, shift, 100);
        bitmap_zero(back, 200);
        bitmap_copy_with_src_offset(back, dst, shift, 100);
        g_assert_true(bitmap_equal(back, src, 100));
    }
}

/* Bytes in memory, at an odd address. */
static void test_byte_order(void)
{
    uint8_t mem[16] = { 0, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88 };

    g_assert_cmphex(lduw_le_p(mem + 1), ==, 0x2211);
    g_assert_cmphex(lduw_be_p(mem + 1), ==, 0x1122);
    g_assert_cmphex(ldl_le_p(mem + 1), ==, 0x44332211);
    g_assert_cmphex(ldq_be_p(mem + 1), ==, 0x1122334455667788);
    g_assert_cmphex(ldn_le_p(mem + 5, 4), ==, 0x88776655);
    stl_be_p(mem + 1, 0xa1b2c3d4);
    g_assert_cmphex(mem[1], ==, 0xa1);
    stn_le_p(mem + 1, 2, 0x1234);
    g_assert_cmphex(mem[1], ==, 0x34);
    mem[1] = 0xff;
    mem[2] = 0xff;
    g_assert_cmpint(ldsw_le_p(mem + 1), ==, -1);
    g_assert_cmphex(cpu_to_be16(0x1234), ==, 0x3412);
    g_assert_cmphex(le32_to_cpu(cpu_to_le32(0x12345678)), ==, 0x12345678);
}

static void test_wide(void)
{
    uint64_t lo, hi;

    mulu64(&lo, &hi, UINT64_MAX, UINT64_MAX);
    g_assert_cmphex(hi, ==, UINT64_MAX - 1);
    g_assert_cmphex(lo, ==, 1);
    g_assert_cmpuint(divu128(&lo, &hi, UINT64_MAX), ==, 0);
    g_assert_cmphex(lo, ==, UINT64_MAX);
    g_assert_cmpuint(muldiv64(UINT64_MAX, 1000, 2000), ==, UINT64_MAX / 2);
    g_assert_cmpint(clz32(0), ==, 32);
    g_assert_cmpint(ctz64(0), ==, 64);
    g_assert_cmphex(revbit32(1), ==, 0x80000000);
}

static void test_power_of_2(void)
{
    g_assert_true(is_power_of_2(1));
    g_assert_false(is_power_of_2(0));
    g_assert_cmphex(pow2ceil(0), ==, 1);
    g_assert_cmphex(pow2ceil(5), ==, 8);
    g_assert_cmphex(pow2ceil(UINT64_MAX), ==, 0);
    g_assert_cmphex(pow2floor(5), ==, 4);
    g_assert_cmphex(ROUND_UP(5, 4), ==, 8);
    g_assert_cmphex(QEMU_ALIGN_DOWN(17, 5), ==, 15);
}

/* A range may be all of the 64 bits, and may be nothing. */
static void test_range(void)
{
    Range r;

    range_set_bounds(&r, 0, UINT64_MAX);
    g_assert_true(range_contains(&r, UINT64_MAX));
    range_make_empty(&r);
    g_assert_true(range_is_empty(&r));
    g_assert_cmpint(range_init(&r, UINT64_MAX, 2), ==, -ERANGE);
    g_assert_cmpint(range_init(&r, 0x1000, 0x1000), ==, 0);
    g_assert_cmphex(range_upb(&r), ==, 0x1fff);
    g_assert_true(ranges_overlap(0, 10, 9, 1));
    g_assert_false(ranges_overlap(0, 10, 10, 1));
}

static Range *new_range(uint64_t lob, uint64_t upb)
{
    Range *r = g_new0(Range, 1);

    range_set_bounds(r, lob, upb);
    return r;
}

/* Ranges that touch become one. */
static void test_range_list(void)
{
    GList *list = NULL;

    list = range_list_insert(list, new_range(20, 29));
    list = range_list_insert(list, new_range(0, 9));
    g_assert_cmpint(g_list_length(list), ==, 2);
    list = range_list_insert(list, new_range(10, 19));
    g_assert_cmpint(g_list_length(list), ==, 1);
    g_assert_cmpuint(range_lob(list->data), ==, 0);
    g_assert_cmpuint(range_upb(list->data), ==, 29);
    g_list_free_full(list, g_free);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/bits/fields", test_fields);
    g_test_add_func("/bits/byte-order", test_byte_order);
    g_test_add_func("/bits/wide", test_wide);
    g_test_add_func("/bits/power-of-2", test_power_of_2);
    g_test_add_func("/bitmap/runs", test_runs);
    g_test_add_func("/bitmap/find", test_find);
    g_test_add_func("/bitmap/copy-offset", test_copy_offset);
    g_test_add_func("/range/bounds", test_range);
    g_test_add_func("/range/list", test_range_list);
    return g_test_run();
}
