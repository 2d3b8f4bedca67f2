/*
 * A stream of migration: what is written is read, and no more.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "../../migration/qemu-file.h"

static void test_numbers(void)
{
    QEMUFile *f = qemu_file_new_output();
    g_autoptr(GBytes) bytes = NULL;
    const int16_t minus = -2;
    int16_t back;
    uint8_t text[3];

    qemu_put_byte(f, 0x101);
    qemu_put_be16(f, 0x12345);
    qemu_put_be32(f, 0x89abcdef);
    qemu_put_be64(f, 0x0123456789abcdef);
    qemu_put_sbe16s(f, &minus);
    qemu_put_buffer(f, (const uint8_t *)"abc", 3);
    bytes = qemu_file_bytes(f);
    g_assert_cmpint(qemu_fclose(f), ==, 0);
    g_assert_cmpmem(g_bytes_get_data(bytes, NULL), 7,
                    "\x01\x23\x45\x89\xab\xcd\xef", 7);

    f = qemu_file_new_input(bytes);
    g_assert_cmphex(qemu_get_byte(f), ==, 1);
    g_assert_cmphex(qemu_get_be16(f), ==, 0x2345);
    g_assert_cmphex(qemu_get_be32(f), ==, 0x89abcdef);
    g_assert_cmphex(qemu_get_be64(f), ==, 0x0123456789abcdef);
    qemu_get_sbe16s(f, &back);
    g_assert_cmpint(back, ==, -2);
    g_assert_cmpint(qemu_get_buffer(f, text, 3), ==, 3);
    g_assert_cmpmem(text, 3, "abc", 3);
    g_assert_cmpint(qemu_file_get_error(f), ==, 0);

    /* Beyond the end there are zeros. */
    g_assert_cmphex(qemu_get_be32(f), ==, 0);
    g_assert_cmpint(qemu_fclose(f), ==, -EIO);
}

/* Half a number is none, and after the first error there is nothing. */
static void test_cut(void)
{
    g_autoptr(GBytes) bytes = g_bytes_new("\xff\xff\xff", 3);
    QEMUFile *f = qemu_file_new_input(bytes);

    g_assert_cmphex(qemu_get_be16(f), ==, 0xffff);
    g_assert_cmphex(qemu_get_be16(f), ==, 0xff00);
    g_assert_cmpint(qemu_file_get_error(f), ==, -EIO);
    qemu_file_set_error(f, -EINVAL);
    g_assert_cmphex(qemu_get_byte(f), ==, 0);
    g_assert_cmpint(qemu_fclose(f), ==, -EIO);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);

    g_test_add_func("/qemu-file/numbers", test_numbers);
    g_test_add_func("/qemu-file/cut", test_cut);
    return g_test_run();
}
