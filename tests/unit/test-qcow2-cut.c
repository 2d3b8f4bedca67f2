/*
 * qcow2: what is left when the power goes.
 *
 * "cut" is a disk in memory that remembers every write until the next flush.  At
 * a random moment a copy is made of what a real disk might have: all that was
 * flushed, and any part of the rest.  The image in it has to open, and to have
 * every sector as it was at the last flush or after it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qcow2-test.h"
#include "qemu/bswap.h"

/* The disk */

typedef struct CutWrite {
    uint64_t offset;
    GBytes *data;
} CutWrite;

static struct {
    GByteArray *now;            /* as it reads */
    GByteArray *flushed;        /* as it was at the last flush */
    GPtrArray *since;           /* of CutWrite */
    int writes_left;            /* until the cut; -1: never */
    bool stumbles;              /* now and then something fails */
    int flushes_left;           /* until one fails, and only one; 0: none */
    int write_fails;            /* the same of writes */
} cut;

static void cut_write_free(void *opaque)
{
    CutWrite *w = opaque;

    g_bytes_unref(w->data);
    g_free(w);
}

static void cut_put(GByteArray *disk, uint64_t offset, const void *data,
                    size_t bytes)
{
    if (disk->len < offset + bytes) {
        guint old = disk->len;

        g_byte_array_set_size(disk, offset + bytes);
        memset(disk->data + old, 0, disk->len - old);
    }
    memcpy(disk->data + offset, data, bytes);
}

static void cut_start(const char *image, int writes_left)
{
    g_autofree char *data = NULL;
    gsize size;

    g_assert_true(g_file_get_contents(image, &data, &size, NULL));
    cut.now = g_byte_array_new();
    cut.flushed = g_byte_array_new();
    cut.since = g_ptr_array_new_with_free_func(cut_write_free);
    cut.writes_left = writes_left;
    cut_put(cut.now, 0, data, size);
    cut_put(cut.flushed, 0, data, size);
}

/* What is on the disk after the cut, into the file @image. */
static void cut_end(const char *image, bool in_order)
{
    guint keep = g_test_rand_int_range(0, cut.since->len + 1);

    for (guint i = 0; i < cut.since->len; i++) {
        CutWrite *w = g_ptr_array_index(cut.since, i);
        gsize size;
        const void *data = g_bytes_get_data(w->data, &size);

        /* The program died: all up to a moment.  The power went: any. */
        if (in_order ? i < keep : g_test_rand_bit()) {
            cut_put(cut.flushed, w->offset, data, size);
        }
    }
    g_assert_true(g_file_set_contents(image, (char *)cut.flushed->data,
                                      cut.flushed->len, NULL));
    g_byte_array_unref(cut.now);
    g_byte_array_unref(cut.flushed);
    g_ptr_array_unref(cut.since);
}

/* It is over; or it only seems so. */
static bool cut_fails(void)
{
    return !cut.writes_left ||
           (cut.stumbles && g_test_rand_int_range(0, 8) == 0);
}

static int cut_open(BlockDriverState *bs, QDict *options, int flags,
                    Error **errp)
{
    return 0;
}

static int64_t cut_getlength(BlockDriverState *bs)
{
    return cut.now->len;
}

static int coroutine_fn cut_co_preadv(BlockDriverState *bs, int64_t offset,
                                      int64_t bytes, QEMUIOVector *qiov,
                                      BdrvRequestFlags flags)
{
    qemu_iovec_memset(qiov, 0, 0, bytes);
    if (offset < cut.now->len) {
        qemu_iovec_from_buf(qiov, 0, cut.now->data + offset,
                            MIN(bytes, cut.now->len - offset));
    }
    return 0;
}

static int coroutine_fn cut_co_pwritev(BlockDriverState *bs, int64_t offset,
                                       int64_t bytes, QEMUIOVector *qiov,
                                       BdrvRequestFlags flags)
{
    g_autofree uint8_t *data = g_malloc(bytes);
    CutWrite *w;

    if (cut_fails() || (cut.write_fails && --cut.write_fails == 0)) {
        return -EIO;
    }
    cut.writes_left--;
    qemu_iovec_to_buf(qiov, 0, data, bytes);
    cut_put(cut.now, offset, data, bytes);
    w = g_new(CutWrite, 1);
    w->offset = offset;
    w->data = g_bytes_new(data, bytes);
    g_ptr_array_add(cut.since, w);
    return 0;
}

static int coroutine_fn cut_co_flush(BlockDriverState *bs)
{
    if (cut_fails() || (cut.flushes_left && --cut.flushes_left == 0)) {
        return -EIO;
    }
    for (guint i = 0; i < cut.since->len; i++) {
        CutWrite *w = g_ptr_array_index(cut.since, i);
        gsize size;
        const void *data = g_bytes_get_data(w->data, &size);

        cut_put(cut.flushed, w->offset, data, size);
    }
    g_ptr_array_set_size(cut.since, 0);
    return 0;
}

static int coroutine_fn cut_co_truncate(BlockDriverState *bs, int64_t offset,
                                        bool exact, PreallocMode prealloc,
                                        BdrvRequestFlags flags, Error **errp)
{
    return offset <= cut.now->len ? 0 : -ENOTSUP;
}

static BlockDriver bdrv_cut = {
    .format_name = "cut",
    .protocol_name = "cut",
    .has_variable_length = true,
    .bdrv_file_open = cut_open,
    .bdrv_getlength = cut_getlength,
    .bdrv_co_preadv = cut_co_preadv,
    .bdrv_co_pwritev = cut_co_pwritev,
    .bdrv_co_flush_to_disk = cut_co_flush,
    .bdrv_co_truncate = cut_co_truncate,
};

/* The work */

enum { CUT_SECTORS = 600 };

/* What a sector says: the number of the write, all over. */
static void put_number(uint8_t *sector, uint32_t number)
{
    for (int i = 0; i < SECTOR / 4; i++) {
        stl_le_p(sector + 4 * i, number);
    }
}

/* In a list of what was written since then: that write failed. */
#define FAILED 0x80000000u

/* A flush: the last write that succeeded is there, or one after it. */
static void put_flush(uint32_t *flushed, GArray **since)
{
    for (int i = 0; i < CUT_SECTORS; i++) {
        guint n = since[i]->len;

        while (n && g_array_index(since[i], uint32_t, n - 1) & FAILED) {
            n--;
        }
        if (n) {
            flushed[i] = g_array_index(since[i], uint32_t, n - 1);
            g_array_remove_range(since[i], 0, n);
        }
    }
}

/*
 * Work until the disk fails for good.  Numbers go to @flushed and @since; one that
 * could not be written may be there all the same.
 */
static void work_until_cut(BlockBackend *blk, uint32_t *flushed,
                           GArray **since)
{
    uint8_t buf[40 * 512];

    for (uint32_t number = 1; ; number++) {
        int64_t first = g_test_rand_int_range(0, CUT_SECTORS);
        int64_t n = MIN(CUT_SECTORS - first, g_test_rand_int_range(1, 40));
        int what = g_test_rand_int_range(0, 10);
        uint32_t value = what == 0 ? 0 : number;
        int ret;

        if (what == 9) {
            ret = blk_flush(blk);
            if (ret == 0) {
                put_flush(flushed, since);
            }
        } else {
            for (int64_t i = 0; i < n; i++) {
                put_number(buf + i * SECTOR, value);
            }
            ret = value ? blk_pwrite(blk, first * SECTOR, n * SECTOR, buf, 0)
                        : blk_pwrite_zeroes(blk, first * SECTOR, n * SECTOR,
                                            BDRV_REQ_MAY_UNMAP);
            if (ret < 0) {
                value |= FAILED;
            }
            for (int64_t i = 0; i < n; i++) {
                g_array_append_val(since[first + i], value);
            }
        }
        if (ret < 0 && !cut.writes_left) {
            return;
        }
        g_assert_true(ret == 0 || cut.stumbles);
    }
}

/* Every sector is as it was at the last flush, or as it was written later. */
static void expect_survived(BlockBackend *blk, const uint32_t *flushed,
                            GArray **since)
{
    uint8_t sector[512];

    for (int i = 0; i < CUT_SECTORS; i++) {
        uint32_t number;
        bool ok;

        g_assert_cmpint(blk_pread(blk, i * SECTOR, SECTOR, sector, 0), ==, 0);
        number = ldl_le_p(sector);
        for (int j = 0; j < SECTOR / 4; j++) {
            g_assert_cmpuint((uint32_t)ldl_le_p(sector + 4 * j), ==, number);
        }
        ok = number == flushed[i];
        for (guint j = 0; j < since[i]->len && !ok; j++) {
            ok = number == (g_array_index(since[i], uint32_t, j) & ~FAILED);
        }
        if (!ok) {
            g_error("sector %d has what was written by %u; at the last flush "
                    "it was %u", i, number, flushed[i]);
        }
    }
}

/* Than a leak */
static void expect_no_worse(BlockBackend *blk, BdrvCheckMode fix)
{
    BdrvCheckResult result = { 0 };

    g_assert_cmpint(bdrv_check(blk_bs(blk), &result, fix), ==, 0);
    g_assert_cmpint(result.corruptions, ==, 0);
    g_assert_cmpint(result.check_errors, ==, 0);
}

static void test_power_cut(gconstpointer opaque)
{
    const char *options = opaque;
    static const uint8_t again[SECTOR] = "again";
    g_autofree char *path = image_path("image.qcow2");

    for (int round = 0; round < 24; round++) {
        uint32_t flushed[CUT_SECTORS] = { 0 };
        GArray *since[CUT_SECTORS];
        BlockBackend *blk;

        for (int i = 0; i < CUT_SECTORS; i++) {
            since[i] = g_array_new(false, false, sizeof(uint32_t));
        }
        image_create(path, CUT_SECTORS * SECTOR, options, NULL);
        cut_start(path, g_test_rand_int_range(1, 400));
        blk = image_open(NULL, "cut", NULL, &error_abort);
        cut.stumbles = round % 4 > 1;
        work_until_cut(blk, flushed, since);
        blk_unref(blk);
        cut.stumbles = false;
        cut_end(path, round % 2);

        blk = image_open(path, "file", NULL, &error_abort);
        expect_survived(blk, flushed, since);
        /*
         * Nothing is worse than a leak.  It is looked for within the file, which
         * the write may make longer: so it is mended after that.
         */
        expect_no_worse(blk, 0);
        g_assert_cmpint(blk_pwrite(blk, 0, SECTOR, again, 0), ==, 0);
        expect_no_worse(blk, BDRV_FIX_LEAKS);
        blk_unref(blk);
        if (round % 6 == 5) {
            image_expect_clean(path);
        }
        for (int i = 0; i < CUT_SECTORS; i++) {
            g_array_unref(since[i]);
        }
    }
    unlink(path);
}

/*
 * A cluster that was given up belongs to nobody else as long as the file says that
 * it is in use: not even when the flush failed that was to say otherwise.
 */
static void test_freed(void)
{
    static const uint8_t data[SECTOR] = "data";
    uint64_t mask = 0x00fffffffffffe00ull, cluster;
    g_autofree char *path = image_path("image.qcow2");
    BlockBackend *blk;

    image_create(path, CUT_SECTORS * SECTOR, "cluster_size=512", NULL);
    cut_start(path, -1);
    blk = image_open(NULL, "cut", NULL, &error_abort);
    g_assert_cmpint(blk_pwrite(blk, 0, SECTOR, data, 0), ==, 0);
    g_assert_cmpint(blk_flush(blk), ==, 0);
    cluster = ldq_be_p(cut.now->data + 40);                     /* L1 */
    cluster = ldq_be_p(cut.now->data + cluster) & mask;         /* L2 */
    cluster = ldq_be_p(cut.now->data + cluster) & mask;
    g_assert_cmpmem(cut.now->data + cluster, SECTOR, data, SECTOR);

    /* The table is written; that it is on the disk, is not known. */
    g_assert_cmpint(blk_pwrite_zeroes(blk, 0, SECTOR, BDRV_REQ_MAY_UNMAP), ==,
                    0);
    cut.flushes_left = 1;
    g_assert_cmpint(blk_flush(blk), ==, -EIO);
    g_assert_cmpint(cut.flushes_left, ==, 0);
    cut.flushes_left = 1;
    g_assert_cmpint(blk_flush(blk), ==, -EIO);
    g_assert_cmpint(blk_pwrite(blk, 9 * SECTOR, SECTOR, data, 0), ==, 0);
    for (guint i = 0; i < cut.since->len; i++) {
        CutWrite *w = g_ptr_array_index(cut.since, i);

        g_assert_cmphex(w->offset, !=, cluster);
    }

    /* Then it is free, and taken. */
    g_assert_cmpint(blk_flush(blk), ==, 0);
    g_assert_cmpint(blk_pwrite(blk, 19 * SECTOR, SECTOR, data, 0), ==, 0);
    g_assert_cmpuint(cut.since->len, ==, 1);
    g_assert_cmphex(((CutWrite *)g_ptr_array_index(cut.since, 0))->offset, ==,
                    cluster);
    blk_unref(blk);
    cut_end(path, true);
    image_expect_clean(path);
    unlink(path);
}

/* A write that fails half way keeps nothing of the file for itself. */
static void test_no_leak(void)
{
    static const uint8_t data[SECTOR] = "data";
    g_autofree char *path = image_path("image.qcow2");
    BlockBackend *blk;

    for (int fails = 1; fails <= 2; fails++) {
        BdrvCheckResult result = { 0 };

        image_create(path, CUT_SECTORS * SECTOR, "cluster_size=512", NULL);
        cut_start(path, -1);
        blk = image_open(NULL, "cut", NULL, &error_abort);
        /* The data, and then the first table that tells where it is. */
        cut.write_fails = fails;
        g_assert_cmpint(blk_pwrite(blk, 0, SECTOR, data, 0), ==, -EIO);
        g_assert_cmpint(cut.write_fails, ==, 0);
        g_assert_cmpint(bdrv_check(blk_bs(blk), &result, 0), ==, 0);
        g_assert_cmpint(result.leaks, ==, 0);
        g_assert_cmpint(result.corruptions, ==, 0);
        blk_unref(blk);
        cut_end(path, true);
        unlink(path);
    }
}

int main(int argc, char **argv)
{
    static const char *const cuts[] = {
        "cluster_size=512", "cluster_size=4k", "cluster_size=512,compat=v2",
        "cluster_size=512,lazy_refcounts=on", "cluster_size=1k,refcount_bits=1",
    };

    image_test_init(&argc, &argv);
    bdrv_register(&bdrv_cut);
    for (int i = 0; i < ARRAY_SIZE(cuts); i++) {
        g_autofree char *name = g_strdup_printf("/qcow2/power-cut/%s",
                                                cuts[i]);

        g_test_add_data_func(name, cuts[i], test_power_cut);
    }
    g_test_add_func("/qcow2/power-cut/freed", test_freed);
    g_test_add_func("/qcow2/power-cut/no-leak", test_no_leak);
    return image_test_run();
}
