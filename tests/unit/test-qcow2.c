/*
 * qcow2: what is read is what was written, whatever the image is made of; what
 * qemu-img says of our images, and we of its; and what is left when the power
 * goes.
 *
 * Power cuts: "cut" is a disk in memory that remembers every write until the
 * next flush.  At a random moment a copy is made of what a real disk might have:
 * all that was flushed, and any part of the rest.  The image in it has to open,
 * and to have every sector as it was at the last flush or after it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "block/block_int.h"
#include "qapi/error.h"
#include "qapi/qmp/qdict.h"
#include "qemu/bswap.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "qemu/option.h"
#include "sysemu/block-backend.h"
#include "sysemu/cpus.h"

#define SECTOR BDRV_SECTOR_SIZE

static char *folder;

static char *path_of(const char *name)
{
    return g_build_filename(folder, name, NULL);
}

/* The disk that loses power */

typedef struct CutWrite {
    uint64_t offset;
    GBytes *data;
} CutWrite;

static struct {
    GByteArray *now;            /* as it reads */
    GByteArray *flushed;        /* as it was at the last flush */
    GPtrArray *since;           /* of CutWrite */
    int writes_left;            /* until the cut; -1: never */
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

    if (!cut.writes_left) {
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
    if (!cut.writes_left) {
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

/* Images */

static void create(const char *path, int64_t size, const char *options,
                   const char *backing)
{
    g_autofree char *copy = g_strdup(options);

    bdrv_img_create(path, "qcow2", backing, backing ? "raw" : NULL, copy, size,
                    BDRV_O_RDWR, true, &error_abort);
}

static BlockBackend *open_image(const char *path, const char *protocol,
                                const char *more, Error **errp)
{
    QDict *options = qdict_new();

    qdict_put_str(options, "driver", "qcow2");
    qdict_put_str(options, "file.driver", protocol);
    if (path) {
        qdict_put_str(options, "file.filename", path);
    }
    if (more) {
        qdict_put_str(options, more, "on");
    }
    return blk_new_open(NULL, NULL, options, BDRV_O_RDWR | BDRV_O_RESIZE |
                        BDRV_O_UNMAP, errp);
}

/* Whether @argv, of qemu-img, succeeds; what it says into *@said. */
static bool qemu_img(char **said, const char *first, ...)
{
    g_autoptr(GPtrArray) argv = g_ptr_array_new();
    g_autofree char *out = NULL, *err = NULL;
    const char *arg = first;
    int status;
    va_list ap;

    g_ptr_array_add(argv, (char *)"qemu-img");
    va_start(ap, first);
    while (arg) {
        g_ptr_array_add(argv, (char *)arg);
        arg = va_arg(ap, const char *);
    }
    va_end(ap);
    g_ptr_array_add(argv, NULL);
    g_assert_true(g_spawn_sync(NULL, (char **)argv->pdata, NULL,
                               G_SPAWN_SEARCH_PATH, NULL, NULL, &out, &err,
                               &status, NULL));
    if (said) {
        *said = g_strconcat(out, err, NULL);
    }
    return status == 0;
}

static bool have_qemu_img(void)
{
    g_autofree char *found = g_find_program_in_path("qemu-img");

    return found;
}

static void expect_clean(const char *path)
{
    g_autofree char *said = NULL;

    if (have_qemu_img() && !qemu_img(&said, "check", "-f", "qcow2", path,
                                     NULL)) {
        g_error("%s: %s", path, said);
    }
}

/* The same bytes as a raw image of @size */
static void expect_content(const char *path, const uint8_t *content,
                           size_t size)
{
    g_autofree char *raw = path_of("expected.raw"), *said = NULL;

    g_assert_true(g_file_set_contents(raw, (const char *)content, size, NULL));
    if (have_qemu_img() && !qemu_img(&said, "compare", "-f", "qcow2", "-F",
                                     "raw", path, raw, NULL)) {
        g_error("%s: %s", path, said);
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

/* Everything that can be done with a disk, at random */

typedef struct Kind {
    const char *name;
    const char *options;        /* of making it */
    bool backing;
    const char *open_option;    /* set to on */
    size_t size;                /* KiB */
} Kind;

static const Kind kinds[] = {
    { "v3", "compat=v3", .size = 3000 },
    { "v2", "compat=v2", .size = 3000 },
    { "v3/backing", "compat=v3", true, .size = 3000 },
    { "v2/backing", "compat=v2", true, .size = 3000 },
    { "512", "cluster_size=512", true, .size = 700 },
    { "4k", "cluster_size=4k", true, .size = 2500 },
    { "2M", "cluster_size=2M", true, .size = 9000 },
    { "refcount-1", "cluster_size=512,refcount_bits=1", .size = 700 },
    { "refcount-64", "cluster_size=1k,refcount_bits=64", .size = 2000 },
    { "metadata", "preallocation=metadata", .size = 3000 },
    { "falloc", "preallocation=falloc,cluster_size=4k", .size = 3000 },
    { "full", "preallocation=full,compat=v2", .size = 1000 },
    { "lazy", "lazy_refcounts=on,cluster_size=4k", .size = 3000 },
    { "discard", "cluster_size=4k", .open_option = "pass-discard-other",
      .size = 3000 },
};

/* A range of sectors in [0, size) */
static void random_range(size_t size, int64_t *offset, int64_t *bytes)
{
    int64_t sectors = size / SECTOR;

    *offset = g_test_rand_int_range(0, sectors) * SECTOR;
    *bytes = MIN(size - *offset, (uint64_t)g_test_rand_int_range(1, 400) *
                 SECTOR);
}

static void random_ops(BlockBackend *blk, uint8_t *content, size_t size,
                       int count)
{
    g_autofree uint8_t *buf = g_malloc(400 * SECTOR);

    while (count--) {
        int64_t offset, bytes;

        random_range(size, &offset, &bytes);
        switch (g_test_rand_int_range(0, 8)) {
        case 0:
        case 1:
        case 2:
            memset(buf, g_test_rand_int_range(0, 256), bytes);
            g_assert_cmpint(blk_pwrite(blk, offset, bytes, buf, 0), ==, 0);
            memcpy(content + offset, buf, bytes);
            break;
        case 3:
            g_assert_cmpint(blk_pwrite_zeroes(blk, offset, bytes,
                                              g_test_rand_bit() ?
                                              BDRV_REQ_MAY_UNMAP : 0), ==, 0);
            memset(content + offset, 0, bytes);
            break;
        case 4:
            g_assert_cmpint(blk_pdiscard(blk, offset, bytes), ==, 0);
            g_assert_cmpint(blk_pread(blk, offset, bytes, buf, 0), ==, 0);
            /* As it was, or zeroes. */
            for (int64_t i = 0; i < bytes; i++) {
                g_assert_true(!buf[i] || buf[i] == content[offset + i]);
            }
            memcpy(content + offset, buf, bytes);
            break;
        case 5:
            g_assert_cmpint(blk_flush(blk), ==, 0);
            break;
        default:
            g_assert_cmpint(blk_pread(blk, offset, bytes, buf, 0), ==, 0);
            g_assert_cmpmem(buf, bytes, content + offset, bytes);
        }
    }
}

static void test_random(gconstpointer opaque)
{
    const Kind *kind = opaque;
    g_autofree char *path = path_of("image.qcow2");
    g_autofree char *base = path_of("base.raw");
    size_t size = kind->size * 1024;
    uint8_t *content = g_malloc0(size);

    if (kind->backing) {
        /* Shorter than the image. */
        for (size_t i = 0; i < size / 2; i++) {
            content[i] = i / 1000 + 1;
        }
        g_assert_true(g_file_set_contents(base, (char *)content, size / 2,
                                          NULL));
    }
    create(path, size, kind->options, kind->backing ? base : NULL);
    expect_clean(path);
    for (int round = 0; round < 4; round++) {
        BlockBackend *blk = open_image(path, "file", kind->open_option,
                                       &error_abort);
        size_t new_size = (round == 1 ? size / 3 * 2 : size / 2 * 3) &
                          ~(SECTOR - 1);

        expect_reads(blk, content, size);
        random_ops(blk, content, size, 150);
        if (round == 1 || round == 2) {
            /* What comes is zeroes; what goes is gone. */
            g_assert_cmpint(blk_truncate(blk, new_size, false,
                                         PREALLOC_MODE_OFF, 0, &error_abort),
                            ==, 0);
            content = g_realloc(content, new_size);
            if (new_size > size) {
                memset(content + size, 0, new_size - size);
            }
            size = new_size;
            expect_reads(blk, content, size);
            random_ops(blk, content, size, 100);
        }
        blk_unref(blk);
        expect_clean(path);
        expect_content(path, content, size);
    }
    g_free(content);
    unlink(path);
    unlink(base);
}

/* Requests that run at the same time, on the same clusters */

typedef struct Parallel {
    QEMUIOVector qiov;
    uint8_t data[8 * 512];
    int64_t offset;
    bool busy;
} Parallel;

static void parallel_done(void *opaque, int ret)
{
    Parallel *p = opaque;

    g_assert_cmpint(ret, ==, 0);
    p->busy = false;
}

static void test_parallel(void)
{
    enum { N = 64, SIZE = 2 << 20 };
    g_autofree char *path = path_of("image.qcow2");
    g_autofree Parallel *requests = g_new0(Parallel, N);
    g_autofree uint8_t *content = g_malloc0(SIZE);
    BlockBackend *blk;

    create(path, SIZE, "cluster_size=16k", NULL);
    blk = open_image(path, "file", NULL, &error_abort);
    for (int round = 0; round < 30; round++) {
        /* No two on the same sectors, many in the same cluster. */
        for (int i = 0; i < N; i++) {
            Parallel *p = &requests[i];

            p->offset = (i * 8 + (round % 8) * 512) * SECTOR;
            memset(p->data, 1 + (round * N + i) % 255, sizeof(p->data));
            memcpy(content + p->offset, p->data, sizeof(p->data));
            qemu_iovec_init_buf(&p->qiov, p->data, sizeof(p->data));
            p->busy = true;
            blk_aio_pwritev(blk, p->offset, &p->qiov, 0, parallel_done, p);
        }
        if (round % 4 == 3) {
            /* And among them some that take clusters away elsewhere. */
            int64_t offset = ((round + 4) % 8) * 512 * SECTOR;

            g_assert_cmpint(blk_pwrite_zeroes(blk, offset, 512 * SECTOR,
                                              BDRV_REQ_MAY_UNMAP), ==, 0);
            memset(content + offset, 0, 512 * SECTOR);
            g_assert_cmpint(blk_flush(blk), ==, 0);
        }
        for (int i = 0; i < N; i++) {
            while (requests[i].busy) {
                aio_poll(qemu_get_aio_context(), true);
            }
        }
    }
    expect_reads(blk, content, SIZE);
    blk_unref(blk);
    expect_clean(path);
    expect_content(path, content, SIZE);
    unlink(path);
}

/* The power goes */

enum { CUT_SECTORS = 600 };

/* What a sector says: the number of the write, all over. */
static void put_number(uint8_t *sector, uint32_t number)
{
    for (int i = 0; i < SECTOR / 4; i++) {
        stl_le_p(sector + 4 * i, number);
    }
}

/* Work until the disk fails.  Numbers go to @flushed and @since. */
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
                for (int i = 0; i < CUT_SECTORS; i++) {
                    guint len = since[i]->len;

                    if (len) {
                        flushed[i] = g_array_index(since[i], uint32_t,
                                                   len - 1);
                        g_array_set_size(since[i], 0);
                    }
                }
            }
        } else {
            for (int64_t i = 0; i < n; i++) {
                put_number(buf + i * SECTOR, value);
                g_array_append_val(since[first + i], value);
            }
            ret = value ? blk_pwrite(blk, first * SECTOR, n * SECTOR, buf, 0)
                        : blk_pwrite_zeroes(blk, first * SECTOR, n * SECTOR,
                                            BDRV_REQ_MAY_UNMAP);
        }
        if (ret < 0) {
            return;
        }
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
            ok = number == g_array_index(since[i], uint32_t, j);
        }
        if (!ok) {
            g_error("sector %d has what was written by %u; at the last flush "
                    "it was %u", i, number, flushed[i]);
        }
    }
}

static void test_power_cut(gconstpointer opaque)
{
    const char *options = opaque;
    static const uint8_t again[SECTOR] = "again";
    g_autofree char *path = path_of("image.qcow2");
    BdrvCheckResult result;

    for (int round = 0; round < 24; round++) {
        uint32_t flushed[CUT_SECTORS] = { 0 };
        GArray *since[CUT_SECTORS];
        BlockBackend *blk;

        for (int i = 0; i < CUT_SECTORS; i++) {
            since[i] = g_array_new(false, false, sizeof(uint32_t));
        }
        create(path, CUT_SECTORS * SECTOR, options, NULL);
        cut_start(path, g_test_rand_int_range(1, 400));
        blk = open_image(NULL, "cut", NULL, &error_abort);
        work_until_cut(blk, flushed, since);
        blk_unref(blk);
        cut_end(path, round % 2);

        blk = open_image(path, "file", NULL, &error_abort);
        expect_survived(blk, flushed, since);
        /* Nothing is worse than a leak. */
        result = (BdrvCheckResult) { 0 };
        g_assert_cmpint(bdrv_check(blk_bs(blk), &result, BDRV_FIX_LEAKS), ==,
                        0);
        g_assert_cmpint(result.corruptions, ==, 0);
        g_assert_cmpint(result.check_errors, ==, 0);
        g_assert_cmpint(blk_pwrite(blk, 0, SECTOR, again, 0), ==, 0);
        blk_unref(blk);
        expect_clean(path);
        for (int i = 0; i < CUT_SECTORS; i++) {
            g_array_unref(since[i]);
        }
    }
    unlink(path);
}

/* Images of others */

static void test_from_qemu_img(gconstpointer opaque)
{
    const char *options = opaque;
    bool compressed = g_str_has_prefix(options, "-c ");
    g_autofree char *path = path_of("image.qcow2"), *raw = path_of("raw");
    g_autofree char *said = NULL;
    size_t size = 2 << 20;
    g_autofree uint8_t *content = g_malloc0(size);
    BlockBackend *blk;

    if (!have_qemu_img()) {
        g_test_skip("no qemu-img (package qemu-utils)");
        return;
    }
    for (size_t i = 0; i < size; i += 512) {
        if (i / 65536 % 3) {
            memset(content + i, i / 4096, 512);
            content[i] = g_test_rand_int_range(0, 256);
        }
    }
    g_assert_true(g_file_set_contents(raw, (char *)content, size, NULL));
    if (!qemu_img(&said, "convert", "-f", "raw", "-O", "qcow2", "-o",
                  options + (compressed ? 3 : 0), raw, path,
                  compressed ? "-c" : NULL, NULL)) {
        g_error("qemu-img convert: %s", said);
    }
    blk = open_image(path, "file", NULL, &error_abort);
    expect_reads(blk, content, size);
    random_ops(blk, content, size, 200);
    blk_unref(blk);
    expect_clean(path);
    expect_content(path, content, size);
    unlink(path);
    unlink(raw);
}

/* A snapshot keeps what was there, while we write. */
static void test_snapshot(void)
{
    g_autofree char *path = path_of("image.qcow2");
    size_t size = 1 << 20;
    g_autofree uint8_t *before = g_malloc0(size), *content = NULL;
    BlockBackend *blk;

    if (!have_qemu_img()) {
        g_test_skip("no qemu-img (package qemu-utils)");
        return;
    }
    create(path, size, "cluster_size=4k", NULL);
    blk = open_image(path, "file", NULL, &error_abort);
    random_ops(blk, before, size, 200);
    blk_unref(blk);
    g_assert_true(qemu_img(NULL, "snapshot", "-c", "one", path, NULL));
    content = g_memdup2(before, size);
    blk = open_image(path, "file", NULL, &error_abort);
    random_ops(blk, content, size, 200);
    blk_unref(blk);
    expect_clean(path);
    expect_content(path, content, size);
    g_assert_true(qemu_img(NULL, "snapshot", "-a", "one", path, NULL));
    expect_content(path, before, size);
    unlink(path);
}

/* Damage */

static void poke_be(const char *path, uint64_t offset, uint64_t value,
                    int bytes)
{
    uint64_t be = cpu_to_be64(value);
    int fd = open(path, O_RDWR);

    g_assert_cmpint(fd, >=, 0);
    g_assert_cmpint(pwrite(fd, (char *)&be + 8 - bytes, bytes, offset), ==,
                    bytes);
    close(fd);
}

static void test_bad_header(void)
{
    static const struct {
        uint64_t offset, value;
        int bytes;
        const char *message;
        bool ours;              /* QEMU can do that */
    } bad[] = {
        { 0, 0x12345678, 4, "Image is not in qcow2 format" },
        { 4, 1, 4, "Unsupported qcow2 version 1" },
        { 4, 4, 4, "Unsupported qcow2 version 4" },
        { 8, 65537, 8, "Invalid backing file offset" },
        { 20, 8, 4, "Unsupported cluster size: 2^8" },
        { 20, 22, 4, "Unsupported cluster size: 2^22" },
        { 36, 0x7fffffff, 4, "Active L1 table too large" },
        { 36, 0, 4, "L1 table is too small" },
        { 40, 0x1234, 8, "Active L1 table offset invalid" },
        { 40, 0x7fffffffffff0000, 8, "Could not read L1 table: Input/output "
          "error" },
        { 48, 0x1234, 8, "Reference count table offset invalid" },
        { 56, 0, 4, "Image does not contain a reference count table" },
        { 56, 0x7fffffff, 4, "Reference count table too large" },
        { 60, 1000000, 4, "Snapshot table too large" },
        { 72, 1ull << 63, 8, "Unsupported qcow2 feature(s): Unknown "
          "incompatible feature: 8000000000000000" },
        { 72, 2, 8, "qcow2: Image is corrupt; cannot be opened read/write" },
        { 72, 4, 8, "Unsupported qcow2 feature(s): external data file", true },
        { 96, 7, 4, "Reference count entry width too large; may not exceed "
          "64 bits" },
        { 100, 103, 4, "qcow2 header too short" },
        { 100, 0x10001, 4, "qcow2 header exceeds cluster size" },
        { 108, 0x7fffffff, 4, "Header extension too large" },
    };
    g_autofree char *path = path_of("image.qcow2");

    for (int i = 0; i < ARRAY_SIZE(bad); i++) {
        Error *err = NULL;

        create(path, 1 << 20, "", NULL);
        poke_be(path, bad[i].offset, bad[i].value, bad[i].bytes);
        g_assert_null(open_image(path, "file", NULL, &err));
        g_assert_cmpstr(error_get_pretty(err), ==, bad[i].message);
        error_free(err);
        if (have_qemu_img() && !bad[i].ours) {
            g_autofree char *said = NULL;

            g_assert_false(qemu_img(&said, "resize", "-f", "qcow2", path,
                                    "+512", NULL));
            g_test_message("%s", said);
            g_assert_nonnull(strstr(said, bad[i].message));
        }
    }
    unlink(path);
}

/* Tables that point where they cannot: an error, once said, and no crash. */
static void test_bad_tables(void)
{
    g_autofree char *path = path_of("image.qcow2");
    uint8_t sector[512] = "";
    BlockBackend *blk;
    Error *err = NULL;
    uint64_t l1 = 65536;        /* as qcow2-create.c lays it out */
    uint64_t l2;
    int fd;

    create(path, 1 << 20, "", NULL);
    blk = open_image(path, "file", NULL, &error_abort);
    g_assert_cmpint(blk_pwrite(blk, 0, 512, sector, 0), ==, 0);
    blk_unref(blk);

    /* An L2 table between clusters: reads fail, writes too, for good. */
    fd = open(path, O_RDONLY);
    g_assert_cmpint(pread(fd, &l2, 8, l1), ==, 8);
    close(fd);
    l2 = be64_to_cpu(l2);
    poke_be(path, l1, l2 + 512, 8);
    blk = open_image(path, "file", NULL, &error_abort);
    g_assert_cmpint(blk_pread(blk, 0, 512, sector, 0), ==, -EIO);
    g_assert_cmpint(blk_pwrite(blk, 0, 512, sector, 0), ==, -EIO);
    blk_unref(blk);
    g_assert_null(open_image(path, "file", NULL, &err));
    g_assert_cmpstr(error_get_pretty(err), ==, "qcow2: Image is corrupt; "
                    "cannot be opened read/write");
    error_free(err);

    /* The guest's data where the header is: nobody writes there. */
    poke_be(path, 72, 0, 8);
    poke_be(path, l1, l2, 8);
    poke_be(path, l2 & ~(1ull << 63), 1ull << 63 | 0, 8);
    poke_be(path, (l2 & ~(1ull << 63)) + 8, 1ull << 63 | l1, 8);
    blk = open_image(path, "file", NULL, &error_abort);
    g_assert_cmpint(blk_pwrite(blk, 65536, 512, sector, 0), ==, -EIO);
    blk_unref(blk);
    unlink(path);
}

/* Options of -blockdev that contradict each other */
static void test_bad_options(void)
{
    static const struct {
        const char *name, *value, *message;
    } bad[] = {
        { "overlap-check", "some", "Unsupported value 'some' for qcow2 option "
          "'overlap-check'. Allowed are any of the following: none, constant, "
          "cached, all" },
        { "l2-cache-entry-size", "700", "L2 cache entry size must be a power "
          "of two between 512 and the cluster size (65536)" },
        { "l2-cache-entry-size", "131072", "L2 cache entry size must be a "
          "power of two between 512 and the cluster size (65536)" },
    };
    g_autofree char *path = path_of("image.qcow2");

    create(path, 1 << 20, "", NULL);
    for (int i = 0; i < ARRAY_SIZE(bad); i++) {
        QDict *options = qdict_new();
        Error *err = NULL;

        qdict_put_str(options, "driver", "qcow2");
        qdict_put_str(options, "file.driver", "file");
        qdict_put_str(options, "file.filename", path);
        qdict_put_str(options, bad[i].name, bad[i].value);
        g_assert_null(blk_new_open(NULL, NULL, options, BDRV_O_RDWR, &err));
        g_assert_cmpstr(error_get_pretty(err), ==, bad[i].message);
        error_free(err);
    }
    unlink(path);
}

int main(int argc, char **argv)
{
    static const char *const cuts[] = {
        "cluster_size=512", "cluster_size=4k", "cluster_size=512,compat=v2",
        "cluster_size=512,lazy_refcounts=on", "cluster_size=1k,refcount_bits=1",
    };
    static const char *const others[] = {
        "compat=v3", "compat=v2", "cluster_size=512", "cluster_size=2M",
        "-c compat=v3", "-c cluster_size=4k", "refcount_bits=1",
        "preallocation=metadata", "preallocation=full,cluster_size=4k",
        "lazy_refcounts=on",
    };
    int ret;

    qemu_init_cpu_loop();
    qemu_mutex_lock_iothread();
    qemu_init_main_loop(&error_abort);
    module_call_init(MODULE_INIT_QOM);
    bdrv_init();
    bdrv_register(&bdrv_cut);
    folder = g_dir_make_tmp("test-qcow2-XXXXXX", NULL);

    g_test_init(&argc, &argv, NULL);
    for (int i = 0; i < ARRAY_SIZE(kinds); i++) {
        g_autofree char *name = g_strdup_printf("/qcow2/random/%s",
                                                kinds[i].name);

        g_test_add_data_func(name, &kinds[i], test_random);
    }
    g_test_add_func("/qcow2/parallel", test_parallel);
    for (int i = 0; i < ARRAY_SIZE(cuts); i++) {
        g_autofree char *name = g_strdup_printf("/qcow2/power-cut/%s",
                                                cuts[i]);

        g_test_add_data_func(name, cuts[i], test_power_cut);
    }
    for (int i = 0; i < ARRAY_SIZE(others); i++) {
        g_autofree char *name = g_strdup_printf("/qcow2/from-qemu-img/%s",
                                                others[i]);

        g_test_add_data_func(name, others[i], test_from_qemu_img);
    }
    g_test_add_func("/qcow2/snapshot", test_snapshot);
    g_test_add_func("/qcow2/bad/header", test_bad_header);
    g_test_add_func("/qcow2/bad/tables", test_bad_tables);
    g_test_add_func("/qcow2/bad/options", test_bad_options);
    ret = g_test_run();
    rmdir(folder);
    g_free(folder);
    return ret;
}
