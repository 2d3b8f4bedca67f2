/*
 * Scattered memory: copying to and from it, cutting it, sending it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/iov.h"

/* "abc", "", "defg", "hi" in one array. */
static char pieces[3][8];
static struct iovec iov[4];

static void iov_start(void)
{
    strcpy(pieces[0], "abc");
    strcpy(pieces[1], "defg");
    strcpy(pieces[2], "hi");
    iov[0] = (struct iovec) { pieces[0], 3 };
    iov[1] = (struct iovec) { pieces[0], 0 };
    iov[2] = (struct iovec) { pieces[1], 4 };
    iov[3] = (struct iovec) { pieces[2], 2 };
}

/* At every offset and length, a copy is the same as from one piece. */
static void test_to_buf(void)
{
    char buf[16];

    iov_start();
    g_assert_cmpuint(iov_size(iov, 4), ==, 9);
    for (size_t offset = 0; offset <= 9; offset++) {
        for (size_t bytes = 0; bytes <= 12; bytes++) {
            size_t n = iov_to_buf(iov, 4, offset, buf, bytes);

            g_assert_cmpuint(n, ==, MIN(bytes, 9 - offset));
            g_assert_cmpmem(buf, n, &"abcdefghi"[offset], n);
        }
    }
    g_assert_cmpuint(iov_to_buf(iov, 4, 100, buf, 1), ==, 0);
}

static void test_from_buf(void)
{
    char buf[16];

    iov_start();
    g_assert_cmpuint(iov_from_buf(iov, 4, 2, "XYZ", 3), ==, 3);
    g_assert_cmpuint(iov_memset(iov, 4, 8, '!', 10), ==, 1);
    iov_to_buf(iov, 4, 0, buf, 9);
    g_assert_cmpmem(buf, 9, "abXYZfgh!", 9);
}

/* A copy of the array points to the same memory. */
static void test_copy(void)
{
    struct iovec part[4];

    iov_start();
    g_assert_cmpuint(iov_copy(part, 4, iov, 4, 2, 3), ==, 2);
    g_assert_true(part[0].iov_base == pieces[0] + 2);
    g_assert_cmpuint(part[0].iov_len, ==, 1);
    g_assert_true(part[1].iov_base == pieces[1]);
    g_assert_cmpuint(part[1].iov_len, ==, 2);

    /* Too few pieces: the result is short. */
    g_assert_cmpuint(iov_copy(part, 1, iov, 4, 2, 3), ==, 1);
    g_assert_cmpuint(iov_size(part, 1), ==, 1);
}

static void test_discard(void)
{
    struct iovec *p = iov;
    unsigned int n = 4;
    char buf[16];

    iov_start();
    g_assert_cmpuint(iov_discard_front(&p, &n, 4), ==, 4);
    g_assert_cmpuint(iov_discard_back(p, &n, 3), ==, 3);
    g_assert_cmpuint(iov_to_buf(p, n, 0, buf, 16), ==, 2);
    g_assert_cmpmem(buf, 2, "ef", 2);
    g_assert_cmpuint(iov_discard_front(&p, &n, 100), ==, 2);
    g_assert_cmpuint(n, ==, 0);
}

/* A cut can be taken back: the array is as it was. */
static void test_discard_undo(void)
{
    struct iovec before[4], *p = iov;
    IOVDiscardUndo front, back;
    unsigned int n = 4;

    iov_start();
    memcpy(before, iov, sizeof(iov));
    iov_discard_front_undoable(&p, &n, 1, &front);
    iov_discard_back_undoable(p, &n, 3, &back);
    iov_discard_undo(&back);
    iov_discard_undo(&front);
    g_assert_cmpmem(iov, sizeof(iov), before, sizeof(before));
}

static void test_socket(void)
{
    int sv[2];
    char buf[16];
    struct iovec in = { buf, sizeof(buf) };

    iov_start();
    g_assert_cmpint(qemu_socketpair(AF_UNIX, SOCK_STREAM, 0, sv), ==, 0);
    g_assert_cmpint(iov_send(sv[0], iov, 4, 1, 7), ==, 7);
    close(sv[0]);
    g_assert_cmpint(iov_recv(sv[1], &in, 1, 0, sizeof(buf)), ==, 7);
    g_assert_cmpmem(buf, 7, "bcdefgh", 7);
    close(sv[1]);
}

static void test_qiov(void)
{
    QEMUIOVector qiov, slice, one;
    char buf[16];

    iov_start();
    qemu_iovec_init(&qiov, 1);
    qemu_iovec_concat_iov(&qiov, iov, 4, 1, 7);
    g_assert_cmpuint(qiov.size, ==, 7);
    qemu_iovec_to_buf(&qiov, 0, buf, 7);
    g_assert_cmpmem(buf, 7, "bcdefgh", 7);

    qemu_iovec_init_slice(&slice, &qiov, 1, 3);
    g_assert_cmpuint(qemu_iovec_to_buf(&slice, 0, buf, 16), ==, 3);
    g_assert_cmpmem(buf, 3, "cde", 3);
    qemu_iovec_destroy(&slice);

    qemu_iovec_discard_back(&qiov, 6);
    g_assert_cmpuint(qiov.size, ==, 1);
    qemu_iovec_destroy(&qiov);

    /* One piece needs no allocation. */
    qemu_iovec_init_buf(&one, buf, 3);
    g_assert_cmpuint(one.size, ==, 3);
    g_assert_cmpuint(one.local_iov.iov_len, ==, 3);
}

/* The clone of overlapping pieces overlaps in the same way. */
static void test_clone(void)
{
    char src[8] = "abcdefg", dst[8];
    struct iovec two[] = { { src + 2, 4 }, { src, 4 } };
    QEMUIOVector a, b;

    qemu_iovec_init_external(&a, two, 2);
    qemu_iovec_init(&b, 2);
    qemu_iovec_clone(&b, &a, dst);
    g_assert_true(b.iov[1].iov_base == dst);
    g_assert_true(b.iov[0].iov_base == dst + 2);
    qemu_iovec_destroy(&b);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/iov/to-buf", test_to_buf);
    g_test_add_func("/iov/from-buf", test_from_buf);
    g_test_add_func("/iov/copy", test_copy);
    g_test_add_func("/iov/discard", test_discard);
    g_test_add_func("/iov/discard-undo", test_discard_undo);
    g_test_add_func("/iov/socket", test_socket);
    g_test_add_func("/iov/qiov", test_qiov);
    g_test_add_func("/iov/clone", test_clone);
    return g_test_run();
}
