/*
 * Images over images: what is copied up when it is read, and down by a commit.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "block/block_int.h"
#include "qapi/error.h"
#include "qapi/qmp/qdict.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "sysemu/block-backend.h"
#include "sysemu/cpus.h"

#define SECTOR BDRV_SECTOR_SIZE
#define CLUSTER 65536

static char *folder;

static char *path_of(const char *name)
{
    return g_build_filename(folder, name, NULL);
}

/* Images */

/* A raw image: byte i is 1 + i / 512 % 251, but for what is zero. */
static uint8_t *make_base(const char *path, size_t size, size_t zero_from,
                          size_t zero_to)
{
    uint8_t *content = g_malloc(size);

    for (size_t i = 0; i < size; i++) {
        content[i] = i >= zero_from && i < zero_to ? 0 : 1 + i / SECTOR % 251;
    }
    g_assert_true(g_file_set_contents(path, (char *)content, size, NULL));
    return content;
}

static void make_overlay(const char *path, const char *backing,
                         const char *format, int64_t size)
{
    bdrv_img_create(path, "qcow2", backing, format, NULL, size, BDRV_O_RDWR,
                    true, &error_abort);
}

/* "driver=qcow2,file.driver=file,…" */
static BlockBackend *open_with(const char *text, int flags)
{
    g_auto(GStrv) words = g_strsplit(text, ",", -1);
    QDict *options = qdict_new();

    for (char **word = words; *word; word++) {
        g_auto(GStrv) pair = g_strsplit(*word, "=", 2);

        qdict_put_str(options, pair[0], pair[1]);
    }
    return blk_new_open(NULL, NULL, options, BDRV_O_RDWR | flags,
                        &error_abort);
}

static BlockBackend *open_qcow2(const char *path, int flags)
{
    g_autofree char *text =
        g_strdup_printf("driver=qcow2,file.driver=file,file.filename=%s",
                        path);

    return open_with(text, flags);
}

static void expect_clean(const char *path)
{
    g_autofree char *program = g_find_program_in_path("qemu-img");
    const char *argv[] = { program, "check", "-q", path, NULL };
    QDict *options = qdict_new();
    BdrvCheckResult result = { 0 };
    BlockBackend *blk;
    int status;

    qdict_put_str(options, "driver", "qcow2");
    blk = blk_new_open(path, NULL, options, BDRV_O_NO_BACKING, &error_abort);
    g_assert_cmpint(bdrv_check(blk_bs(blk), &result, 0), ==, 0);
    g_assert_cmpint(result.corruptions + result.leaks, ==, 0);
    blk_unref(blk);

    if (program) {
        g_assert_true(g_spawn_sync(NULL, (char **)argv, NULL, 0, NULL, NULL,
                                   NULL, NULL, &status, NULL));
        g_assert_cmpint(status, ==, 0);
    }
}

static void expect_reads(BlockBackend *blk, const uint8_t *content,
                         size_t size)
{
    g_autofree uint8_t *got = g_malloc(size);

    g_assert_cmpint(blk_getlength(blk), ==, size);
    g_assert_cmpint(blk_pread(blk, 0, size, got, 0), ==, 0);
    g_assert_cmpmem(got, size, content, size);
}

static void expect_file(const char *path, const uint8_t *content, size_t size)
{
    g_autofree char *got = NULL;
    gsize got_size;

    g_assert_true(g_file_get_contents(path, &got, &got_size, NULL));
    g_assert_cmpmem(got, got_size, content, size);
}

/* Which clusters are the image's own: a letter each, 'd' data, 'z' zeroes */
static char *map_of(BlockDriverState *bs)
{
    int64_t size = bdrv_getlength(bs), n;
    GString *map = g_string_new(NULL);

    for (int64_t at = 0; at < size; at += CLUSTER) {
        int ret = bdrv_block_status_above(bs, bdrv_filter_or_cow_bs(bs), at,
                                          CLUSTER, &n, NULL, NULL);

        g_assert_cmpint(ret, >=, 0);
        g_assert_cmpint(n, ==, MIN(CLUSTER, size - at));
        g_string_append_c(map, !(ret & BDRV_BLOCK_ALLOCATED) ? '-'
                               : ret & BDRV_BLOCK_ZERO ? 'z' : 'd');
    }
    return g_string_free(map, false);
}

static void expect_map(BlockDriverState *bs, const char *wanted)
{
    g_autofree char *map = map_of(bs);

    g_assert_cmpstr(map, ==, wanted);
}

/* Copy on read */

/* What is read is copied by whole clusters, each once, zeroes as zeroes. */
static void test_cor_clusters(void)
{
    enum { SIZE = 4 * CLUSTER + 1536 };
    g_autofree char *base = path_of("base.raw"), *over = path_of("over.qcow2");
    g_autofree uint8_t *content = make_base(base, SIZE, 2 * CLUSTER,
                                            3 * CLUSTER);
    uint8_t buf[1024];
    BlockBackend *blk;

    make_overlay(over, base, "raw", SIZE);
    blk = open_qcow2(over, 0);
    g_assert_cmpint(blk_pread(blk, 0, 512, buf, 0), ==, 0);
    expect_map(blk_bs(blk), "-----");
    blk_unref(blk);

    blk = open_qcow2(over, BDRV_O_COPY_ON_READ);
    g_assert_cmpint(blk_pread(blk, CLUSTER + 7, 3, buf, 0), ==, 0);
    g_assert_cmpmem(buf, 3, content + CLUSTER + 7, 3);
    expect_map(blk_bs(blk), "-d---");
    /* Over the edge of two, of which one is there. */
    g_assert_cmpint(blk_pread(blk, 2 * CLUSTER - 512, 1024, buf, 0), ==, 0);
    g_assert_cmpmem(buf, 1024, content + 2 * CLUSTER - 512, 1024);
    expect_map(blk_bs(blk), "-dz--");
    /* The last is short. */
    g_assert_cmpint(blk_pread(blk, SIZE - 1, 1, buf, 0), ==, 0);
    g_assert_cmpint(buf[0], ==, content[SIZE - 1]);
    expect_map(blk_bs(blk), "-dz-d");

    /* What the guest has written is no more the backing file's. */
    memset(buf, 0xee, sizeof(buf));
    g_assert_cmpint(blk_pwrite(blk, 3 * CLUSTER, 512, buf, 0), ==, 0);
    memcpy(content + 3 * CLUSTER, buf, 512);
    expect_reads(blk, content, SIZE);
    expect_map(blk_bs(blk), "ddzdd");
    blk_unref(blk);

    /* All is its own now. */
    expect_clean(over);
    unlink(base);
    {
        g_autofree char *alone = g_strdup_printf(
            "driver=qcow2,backing=,file.driver=file,file.filename=%s", over);

        blk = open_with(alone, 0);
        expect_reads(blk, content, SIZE);
        blk_unref(blk);
    }
    unlink(over);
}

/* BDRV_REQ_PREFETCH copies, and the data goes nowhere. */
static void test_cor_prefetch(void)
{
    enum { SIZE = 4 * CLUSTER };
    g_autofree char *base = path_of("base.raw"), *over = path_of("over.qcow2");
    g_autofree uint8_t *content = make_base(base, SIZE, 0, 0);
    BlockBackend *blk;

    make_overlay(over, base, "raw", SIZE);
    blk = open_qcow2(over, 0);
    g_assert_cmpint(blk_pread(blk, 0, CLUSTER + 1, NULL,
                              BDRV_REQ_COPY_ON_READ | BDRV_REQ_PREFETCH),
                    ==, 0);
    expect_map(blk_bs(blk), "dd--");
    expect_reads(blk, content, SIZE);
    blk_unref(blk);
    expect_clean(over);
    unlink(base);
    unlink(over);
}

/* Requests that run at the same time, on the same clusters */

typedef struct Parallel {
    QEMUIOVector qiov;
    uint8_t data[SECTOR];
    bool busy;
} Parallel;

static void parallel_done(void *opaque, int ret)
{
    Parallel *p = opaque;

    g_assert_cmpint(ret, ==, 0);
    p->busy = false;
}

static void test_cor_parallel(void)
{
    enum { SECTORS = 1024, SIZE = SECTORS * SECTOR, N = 64 };
    g_autofree char *base = path_of("base.raw"), *over = path_of("over.qcow2");
    g_autofree Parallel *requests = g_new0(Parallel, N);

    for (int round = 0; round < 8; round++) {
        g_autofree uint8_t *content = make_base(base, SIZE, 0, SIZE / 4);
        BlockBackend *blk;

        make_overlay(over, base, "raw", SIZE);
        blk = open_qcow2(over, BDRV_O_COPY_ON_READ);
        for (int turn = 0; turn < SECTORS / N; turn++) {
            /* Each sector once: every third written, the rest read. */
            for (int i = 0; i < N; i++) {
                Parallel *p = &requests[i];
                int64_t at = ((i * SECTORS / N + turn * 7) % SECTORS) * SECTOR;

                p->busy = true;
                qemu_iovec_init_buf(&p->qiov, p->data, SECTOR);
                if (g_test_rand_int_range(0, 3) == 0) {
                    memset(p->data, g_test_rand_int_range(0, 256), SECTOR);
                    memcpy(content + at, p->data, SECTOR);
                    blk_aio_pwritev(blk, at, &p->qiov, 0, parallel_done, p);
                } else {
                    blk_aio_preadv(blk, at, &p->qiov, 0, parallel_done, p);
                }
            }
            for (int i = 0; i < N; i++) {
                int64_t at = ((i * SECTORS / N + turn * 7) % SECTORS) * SECTOR;

                while (requests[i].busy) {
                    aio_poll(qemu_get_aio_context(), true);
                }
                g_assert_cmpmem(requests[i].data, SECTOR, content + at,
                                SECTOR);
            }
        }
        expect_reads(blk, content, SIZE);
        blk_unref(blk);
        expect_clean(over);
        unlink(over);
    }
    unlink(base);
}

/* The filter copies what is read through it; with a bottom, from there up. */
static void test_cor_filter(void)
{
    enum { SIZE = 4 * CLUSTER };
    g_autofree char *base = path_of("base.raw"), *over = path_of("over.qcow2");
    g_autofree char *mid = path_of("mid.qcow2");
    g_autofree uint8_t *content = make_base(base, SIZE, 0, 0);
    g_autofree char *text = g_strdup_printf(
        "driver=qcow2,node-name=m,file.driver=file,file.filename=%s", mid);
    BlockBackend *lower, *blk;

    make_overlay(mid, base, "raw", SIZE);
    make_overlay(over, mid, "qcow2", SIZE);

    lower = open_qcow2(mid, 0);
    memset(content + CLUSTER, 0xcc, 2 * CLUSTER);
    g_assert_cmpint(blk_pwrite(lower, CLUSTER, 2 * CLUSTER, content + CLUSTER,
                               0), ==, 0);
    blk_unref(lower);

    lower = open_with(text, 0);
    g_assert_cmpint(blk_set_perm(lower, 0, BLK_PERM_ALL, &error_abort), ==, 0);
    {
        g_autofree char *filter = g_strdup_printf(
            "driver=copy-on-read,bottom=m,file.driver=qcow2,file.backing=m,"
            "file.file.driver=file,file.file.filename=%s", over);

        blk = open_with(filter, 0);
    }
    expect_reads(blk, content, SIZE);
    expect_map(blk_bs(blk)->file->bs, "-dd-");
    blk_unref(blk);
    blk_unref(lower);
    {
        g_autofree char *filter = g_strdup_printf(
            "driver=copy-on-read,file.driver=qcow2,"
            "file.file.driver=file,file.file.filename=%s", over);

        blk = open_with(filter, 0);
    }
    expect_reads(blk, content, SIZE);
    expect_map(blk_bs(blk)->file->bs, "dddd");
    blk_unref(blk);

    expect_clean(mid);
    expect_clean(over);
    unlink(base);
    unlink(mid);
    unlink(over);
}

/* Commits */

static void test_commit(void)
{
    enum { BASE = 5 * CLUSTER, SIZE = 40 * CLUSTER + 512 };
    g_autofree char *base = path_of("base.raw"), *over = path_of("over.qcow2");
    g_autofree uint8_t *content = make_base(base, BASE, 0, 0);
    BlockBackend *blk;

    content = g_realloc(content, SIZE);
    memset(content + BASE, 0, SIZE - BASE);
    make_overlay(over, base, "raw", SIZE);
    blk = open_qcow2(over, 0);

    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 40; i++) {
            int64_t at = g_test_rand_int_range(0, SIZE / SECTOR) * SECTOR;
            int64_t n = MIN(SIZE - at, g_test_rand_int_range(1, 300) * SECTOR);

            memset(content + at, g_test_rand_int_range(0, 256), n);
            g_assert_cmpint(blk_pwrite(blk, at, n, content + at, 0), ==, 0);
        }
        g_assert_cmpint(bdrv_commit(blk_bs(blk)), ==, 0);
        {
            g_autofree char *map = map_of(blk_bs(blk));

            g_assert_null(strpbrk(map, "dz"));
        }
        g_assert_true(bdrv_is_read_only(bdrv_cow_bs(blk_bs(blk))));
        expect_reads(blk, content, SIZE);
        expect_file(base, content, SIZE);
    }
    blk_unref(blk);
    expect_clean(over);
    unlink(base);
    unlink(over);
}

/* A backing file that cannot be written: nothing is forgotten. */
static void test_commit_fails(void)
{
    enum { SIZE = 4 * CLUSTER };
    g_autofree char *base = path_of("base.raw"), *over = path_of("over.qcow2");
    g_autofree uint8_t *content = make_base(base, SIZE, 0, 0);
    g_autofree char *text = g_strdup_printf(
        "driver=qcow2,file.driver=file,file.filename=%s,"
        "backing.driver=raw,backing.read-only=off,"
        "backing.file.driver=blkdebug,backing.file.inject-error.0.event=none,"
        "backing.file.inject-error.0.iotype=write,"
        "backing.file.image.driver=file,backing.file.image.filename=%s", over,
        base);
    BlockBackend *blk;

    make_overlay(over, NULL, NULL, SIZE);
    blk = open_with(text, 0);
    memset(content + CLUSTER, 0xaa, CLUSTER);
    g_assert_cmpint(blk_pwrite(blk, CLUSTER, CLUSTER, content + CLUSTER, 0),
                    ==, 0);
    g_assert_cmpint(bdrv_commit(blk_bs(blk)), ==, -EIO);
    expect_map(blk_bs(blk), "-d--");
    expect_reads(blk, content, SIZE);
    blk_unref(blk);
    expect_clean(over);
    unlink(base);
    unlink(over);
}

/* Another backing file, which cannot be one: all is as it was before. */
static void test_set_backing_fails(void)
{
    g_autofree char *base = path_of("base.raw"), *over = path_of("over.qcow2");
    g_autofree uint8_t *content = make_base(base, CLUSTER, 0, 0);
    BlockDriverState *bs, *backing;
    BlockBackend *blk;
    Error *err = NULL;

    make_overlay(over, base, "raw", CLUSTER);
    blk = open_qcow2(over, 0);
    bs = blk_bs(blk);
    backing = bdrv_cow_bs(bs);
    g_assert_true(backing->inherits_from == bs);
    g_assert_cmpint(bdrv_set_backing_hd(bs, bs, &err), ==, -EINVAL);
    g_assert_nonnull(strstr(error_get_pretty(err), "would create a cycle"));
    error_free(err);
    g_assert_true(bdrv_cow_bs(bs) == backing);
    g_assert_true(backing->inherits_from == bs);
    expect_reads(blk, content, CLUSTER);
    blk_unref(blk);
    unlink(base);
    unlink(over);
}

/* Locks are the image's, whatever descriptor has it. */
static void test_reopen_locks(void)
{
    g_autofree char *path = path_of("over.qcow2");
    BlockBackend *blk;
    Error *err = NULL;

    make_overlay(path, NULL, NULL, CLUSTER);
    blk = open_qcow2(path, 0);
    g_assert_cmpint(blk_set_perm(blk, BLK_PERM_CONSISTENT_READ, BLK_PERM_ALL,
                                 &error_abort), ==, 0);
    for (int i = 0; i < 3; i++) {
        QDict *options = qdict_new();
        BlockBackend *other;

        g_assert_cmpint(bdrv_reopen_set_read_only(blk_bs(blk), true,
                                                  &error_abort), ==, 0);
        g_assert_cmpint(bdrv_reopen_set_read_only(blk_bs(blk), false,
                                                  &error_abort), ==, 0);
        /* Nobody else has it at the same time. */
        qdict_put_str(options, "driver", "qcow2");
        other = blk_new_open(path, NULL, options, BDRV_O_RDWR, &err);
        g_assert_null(other);
        g_assert_cmpstr(error_get_pretty(err), ==,
                        "Failed to get \"write\" lock");
        error_free(err);
        err = NULL;
    }
    blk_unref(blk);
    unlink(path);
}

int main(int argc, char **argv)
{
    int ret;

    qemu_init_cpu_loop();
    qemu_mutex_lock_iothread();
    qemu_init_main_loop(&error_abort);
    module_call_init(MODULE_INIT_QOM);
    bdrv_init();
    folder = g_dir_make_tmp("test-block-chain-XXXXXX", NULL);

    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/block-chain/copy-on-read/clusters", test_cor_clusters);
    g_test_add_func("/block-chain/copy-on-read/prefetch", test_cor_prefetch);
    g_test_add_func("/block-chain/copy-on-read/parallel", test_cor_parallel);
    g_test_add_func("/block-chain/copy-on-read/filter", test_cor_filter);
    g_test_add_func("/block-chain/commit/all", test_commit);
    g_test_add_func("/block-chain/commit/fails", test_commit_fails);
    g_test_add_func("/block-chain/set-backing-fails", test_set_backing_fails);
    g_test_add_func("/block-chain/reopen/locks", test_reopen_locks);
    ret = g_test_run();
    rmdir(folder);
    g_free(folder);
    return ret;
}
