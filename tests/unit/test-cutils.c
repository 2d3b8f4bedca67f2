/*
 * Strings and numbers: what is accepted, what is refused and how.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/cutils.h"
#include "qemu/units.h"

static void test_copy(void)
{
    char buf[5];

    pstrcpy(buf, sizeof(buf), "longer");
    g_assert_cmpstr(buf, ==, "long");
    pstrcpy(buf, sizeof(buf), "ab");
    pstrcat(buf, sizeof(buf), "cdef");
    g_assert_cmpstr(buf, ==, "abcd");
    strpadcpy(buf, sizeof(buf), "xy", '.');
    g_assert_cmpmem(buf, 5, "xy...", 5);
}

static void test_strstart(void)
{
    const char *rest = NULL;

    g_assert_true(strstart("unix:/tmp/x", "unix:", &rest));
    g_assert_cmpstr(rest, ==, "/tmp/x");
    g_assert_false(strstart("Unix:", "unix:", NULL));
    g_assert_true(stristart("Unix:", "unix:", NULL));
}

static void test_strsep(void)
{
    g_autofree char *text = g_strdup("a,,b");
    char *p = text;

    g_assert_cmpstr(qemu_strsep(&p, ","), ==, "a");
    g_assert_cmpstr(qemu_strsep(&p, ","), ==, "");
    g_assert_cmpstr(qemu_strsep(&p, ","), ==, "b");
    g_assert_null(qemu_strsep(&p, ","));
}

/* What stands behind a number is the caller's, if he wants it. */
static void test_numbers(void)
{
    const char *end;
    uint64_t u;
    int64_t i;
    int n;

    g_assert_cmpint(qemu_strtou64("0x10k", &end, 0, &u), ==, 0);
    g_assert_cmpuint(u, ==, 16);
    g_assert_cmpstr(end, ==, "k");
    g_assert_cmpint(qemu_strtou64("12k", NULL, 0, &u), ==, -EINVAL);
    g_assert_cmpint(qemu_strtou64("", NULL, 0, &u), ==, -EINVAL);
    g_assert_cmpint(qemu_strtou64(NULL, NULL, 0, &u), ==, -EINVAL);
    g_assert_cmpint(qemu_strtou64("18446744073709551616", NULL, 0, &u), ==,
                    -ERANGE);
    g_assert_cmpuint(u, ==, UINT64_MAX);

    g_assert_cmpint(qemu_strtoi64("-5", NULL, 10, &i), ==, 0);
    g_assert_cmpint(i, ==, -5);
    g_assert_cmpint(qemu_strtoi("2147483648", NULL, 10, &n), ==, -ERANGE);
    g_assert_cmpint(n, ==, INT_MAX);
    g_assert_cmpint(qemu_strtoi("-2147483649", NULL, 10, &n), ==, -ERANGE);
    g_assert_cmpint(n, ==, INT_MIN);
}

/* An unsigned number has no sign, unlike strtoull()'s. */
static void test_parse_uint(void)
{
    unsigned long long val;
    char *end;

    g_assert_cmpint(parse_uint_full("123", &val, 10), ==, 0);
    g_assert_cmpuint(val, ==, 123);
    g_assert_cmpint(parse_uint_full("123x", &val, 10), ==, -EINVAL);
    g_assert_cmpint(parse_uint(" -1", &val, &end, 10), ==, -EINVAL);
    g_assert_cmpstr(end, ==, " -1");
}

static void test_double(void)
{
    double d;

    g_assert_cmpint(qemu_strtod("1.5", NULL, &d), ==, 0);
    g_assert_cmpfloat(d, ==, 1.5);
    g_assert_cmpint(qemu_strtod_finite("inf", NULL, &d), ==, -EINVAL);
    g_assert_cmpint(qemu_strtod_finite("nan", NULL, &d), ==, -EINVAL);
}

static void assert_size(const char *text, uint64_t size)
{
    uint64_t result;

    g_assert_cmpint(qemu_strtosz(text, NULL, &result), ==, 0);
    g_assert_cmpuint(result, ==, size);
}

static void test_sizes(void)
{
    assert_size("0", 0);
    assert_size("512", 512);
    assert_size("1k", KiB);
    assert_size("1K", KiB);
    assert_size("8B", 8);
    assert_size("1.5M", 3 * MiB / 2);
    assert_size(".5G", GiB / 2);
    assert_size("0x10", 16);
    /* Exact, where a double would round. */
    assert_size("18446744073709551615", UINT64_MAX);
    assert_size("15E", 15 * (uint64_t)EiB);
}

static void test_bad_sizes(void)
{
    uint64_t result = 1;

    g_assert_cmpint(qemu_strtosz("", NULL, &result), ==, -EINVAL);
    g_assert_cmpint(qemu_strtosz("-1", NULL, &result), ==, -EINVAL);
    g_assert_cmpint(qemu_strtosz("1x", NULL, &result), ==, -EINVAL);
    g_assert_cmpint(qemu_strtosz("1.5", NULL, &result), ==, -EINVAL);
    g_assert_cmpint(qemu_strtosz("0x1.8k", NULL, &result), ==, -EINVAL);
    g_assert_cmpint(qemu_strtosz("16E", NULL, &result), ==, -ERANGE);
    g_assert_cmpuint(result, ==, 0);
}

static void test_size_units(void)
{
    uint64_t result;

    g_assert_cmpint(qemu_strtosz_MiB("2", NULL, &result), ==, 0);
    g_assert_cmpuint(result, ==, 2 * MiB);
    g_assert_cmpint(qemu_strtosz_metric("2k", NULL, &result), ==, 0);
    g_assert_cmpuint(result, ==, 2000);
}

static void test_for_people(void)
{
    g_autofree char *size = size_to_str(1536);
    g_autofree char *big = size_to_str(1000 * MiB);
    g_autofree char *freq = freq_to_str(1000000);

    g_assert_cmpstr(size, ==, "1.5 KiB");
    g_assert_cmpstr(big, ==, "0.977 GiB");
    g_assert_cmpstr(freq, ==, "1 MHz");
}

static void test_hexdump(void)
{
    char line[QEMU_HEXDUMP_LINE_LEN];

    qemu_hexdump_line(line, 0, "Hello\n", 6, true);
    g_assert_cmpstr(line, ==,
        "0000:  48 65 6c 6c  6f 0a                                 Hello.");
}

static void test_is_zero(void)
{
    uint8_t buf[100] = { 0 };

    g_assert_true(buffer_is_zero(buf, sizeof(buf)));
    for (int i = 0; i < sizeof(buf); i++) {
        buf[i] = 1;
        g_assert_false(buffer_is_zero(buf, sizeof(buf)));
        buf[i] = 0;
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/cutils/copy", test_copy);
    g_test_add_func("/cutils/strstart", test_strstart);
    g_test_add_func("/cutils/strsep", test_strsep);
    g_test_add_func("/cutils/numbers", test_numbers);
    g_test_add_func("/cutils/parse-uint", test_parse_uint);
    g_test_add_func("/cutils/double", test_double);
    g_test_add_func("/cutils/sizes", test_sizes);
    g_test_add_func("/cutils/bad-sizes", test_bad_sizes);
    g_test_add_func("/cutils/size-units", test_size_units);
    g_test_add_func("/cutils/for-people", test_for_people);
    g_test_add_func("/cutils/hexdump", test_hexdump);
    g_test_add_func("/cutils/is-zero", test_is_zero);
    return g_test_run();
}
