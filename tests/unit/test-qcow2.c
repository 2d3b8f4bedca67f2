/*
 * qcow2: what is read is what was written, whatever the image is made of, and
 * what is damaged is refused.
 *
 * What qemu-img makes of our images, and we of its: test-qemu-img.c.  What is
 * left when the power goes: test-qcow2-cut.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qmp/qdict.h"
#include "qcow2-test.h"
#include "qemu/bswap.h"
#include "qemu/units.h"

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

static void test_random(gconstpointer opaque)
{
    const Kind *kind = opaque;
    g_autofree char *path = image_path("image.qcow2");
    g_autofree char *base = image_path("base.raw");
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
    image_create(path, size, kind->options, kind->backing ? base : NULL);
    for (int round = 0; round < 4; round++) {
        BlockBackend *blk = image_open(path, "file", kind->open_option,
                                       &error_abort);
        size_t new_size = (round == 1 ? size / 3 * 2 : size / 2 * 3) &
                          ~(SECTOR - 1);

        image_expect_reads(blk, content, size);
        image_random_ops(blk, content, size, 150);
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
            image_expect_reads(blk, content, size);
            image_random_ops(blk, content, size, 100);
        }
        blk_unref(blk);
    }
    image_expect_clean(path);
    image_expect_content(path, content, size);
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
    g_autofree char *path = image_path("image.qcow2");
    g_autofree Parallel *requests = g_new0(Parallel, N);
    g_autofree uint8_t *content = g_malloc0(SIZE);
    BlockBackend *blk;

    image_create(path, SIZE, "cluster_size=16k", NULL);
    blk = image_open(path, "file", NULL, &error_abort);
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
    image_expect_reads(blk, content, SIZE);
    blk_unref(blk);
    image_expect_clean(path);
    image_expect_content(path, content, SIZE);
    unlink(path);
}

/* Damage */

/* An L1 table that is longer than what one block of counts describes. */
static void test_long_l1(void)
{
    g_autofree char *path = image_path("long-l1.qcow2");
    g_autofree char *buf = g_malloc0(SECTOR);
    const int64_t size = 1 * GiB;
    BlockBackend *blk;

    image_create(path, 1 * MiB, "cluster_size=512,refcount_bits=64", NULL);
    blk = image_open(path, "file", NULL, &error_abort);
    for (int64_t end = 1 * MiB; end < size; end *= 8) {
        g_assert_cmpint(blk_truncate(blk, MIN(end * 8, size), true,
                                     PREALLOC_MODE_OFF, 0, &error_abort), ==,
                        0);
        g_assert_cmpint(blk_pwrite(blk, end, SECTOR, buf, 0), ==, 0);
    }
    blk_unref(blk);
    image_expect_clean(path);
    blk = image_open_to_read(path);
    g_assert_cmpint(blk_getlength(blk), ==, size);
    blk_unref(blk);
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
    g_autofree char *path = image_path("image.qcow2");

    for (int i = 0; i < ARRAY_SIZE(bad); i++) {
        Error *err = NULL;

        image_create(path, 1 << 20, "", NULL);
        image_poke(path, bad[i].offset, bad[i].value, bad[i].bytes);
        g_assert_null(image_open(path, "file", NULL, &err));
        g_assert_cmpstr(error_get_pretty(err), ==, bad[i].message);
        error_free(err);
        if (have_qemu_img() && !bad[i].ours) {
            g_autofree char *said = NULL;

            g_assert_false(image_run(&said, "qemu-img", "resize", "-f", "qcow2", path,
                                    "+512", NULL));
            g_test_message("%s", said);
            g_assert_nonnull(strstr(said, bad[i].message));
        }
    }
    unlink(path);
}

/* Tables that point where they cannot: an error, once said, and no crash. */
static uint64_t image_peek(const char *path, uint64_t offset)
{
    uint64_t value;
    int fd = open(path, O_RDONLY);

    g_assert_cmpint(pread(fd, &value, 8, offset), ==, 8);
    close(fd);
    return be64_to_cpu(value);
}

/* Tables of an internal snapshot where the guest's data should be. */
static void test_bad_snapshot_tables(void)
{
    g_autofree char *path = image_path("image.qcow2");
    uint8_t sector[512] = "";
    uint64_t mask = 0x00fffffffffffe00ull, copied = 1ull << 63;
    uint64_t l2, snapshot_l1, snapshot_l2;
    BlockBackend *blk;

    if (!image_needs_qemu_img()) {
        return;
    }
    image_create(path, 1 << 20, "", NULL);
    blk = image_open(path, "file", NULL, &error_abort);
    g_assert_cmpint(blk_pwrite(blk, 0, 512, sector, 0), ==, 0);
    blk_unref(blk);
    image_must_run("qemu-img", "snapshot", "-c", "s", path, NULL);
    /* From then on, the tables of the image are others. */
    blk = image_open(path, "file", NULL, &error_abort);
    g_assert_cmpint(blk_pwrite(blk, 65536, 512, sector, 0), ==, 0);
    blk_unref(blk);
    l2 = image_peek(path, image_peek(path, 40)) & mask;
    snapshot_l1 = image_peek(path, image_peek(path, 64)) & mask;
    snapshot_l2 = image_peek(path, snapshot_l1) & mask;
    g_assert_cmphex(l2, !=, snapshot_l2);
    image_poke(path, l2 + 3 * 8, copied | snapshot_l1, 8);
    image_poke(path, l2 + 4 * 8, copied | snapshot_l2, 8);

    blk = image_open(path, "file", NULL, &error_abort);
    g_assert_cmpint(blk_pwrite(blk, 3 * 65536, 512, sector, 0), ==, -EIO);
    blk_unref(blk);
    image_poke(path, 72, 0, 8);
    blk = image_open(path, "file", "overlap-check.inactive-l2", &error_abort);
    g_assert_cmpint(blk_pwrite(blk, 4 * 65536, 512, sector, 0), ==, -EIO);
    blk_unref(blk);
    g_assert_cmphex(image_peek(path, snapshot_l2) & mask, !=, 0);
    unlink(path);
}

static void test_bad_tables(void)
{
    g_autofree char *path = image_path("image.qcow2");
    uint8_t sector[512] = "";
    BlockBackend *blk;
    Error *err = NULL;
    uint64_t l1 = 65536;        /* as qcow2-create.c lays it out */
    uint64_t l2;
    int fd;

    image_create(path, 1 << 20, "", NULL);
    blk = image_open(path, "file", NULL, &error_abort);
    g_assert_cmpint(blk_pwrite(blk, 0, 512, sector, 0), ==, 0);
    blk_unref(blk);

    /* An L2 table between clusters: reads fail, writes too, for good. */
    fd = open(path, O_RDONLY);
    g_assert_cmpint(pread(fd, &l2, 8, l1), ==, 8);
    close(fd);
    l2 = be64_to_cpu(l2);
    image_poke(path, l1, l2 + 512, 8);
    blk = image_open(path, "file", NULL, &error_abort);
    g_assert_cmpint(blk_pread(blk, 0, 512, sector, 0), ==, -EIO);
    g_assert_cmpint(blk_pwrite(blk, 0, 512, sector, 0), ==, -EIO);
    blk_unref(blk);
    g_assert_null(image_open(path, "file", NULL, &err));
    g_assert_cmpstr(error_get_pretty(err), ==, "qcow2: Image is corrupt; "
                    "cannot be opened read/write");
    error_free(err);

    /* The guest's data where the header is: nobody writes there. */
    image_poke(path, 72, 0, 8);
    image_poke(path, l1, l2, 8);
    image_poke(path, l2 & ~(1ull << 63), 1ull << 63 | 0, 8);
    image_poke(path, (l2 & ~(1ull << 63)) + 8, 1ull << 63 | l1, 8);
    blk = image_open(path, "file", NULL, &error_abort);
    g_assert_cmpint(blk_pwrite(blk, 65536, 512, sector, 0), ==, -EIO);
    blk_unref(blk);
    unlink(path);
}

/* The count of the cluster at @offset, by the first block of counts. */
static unsigned image_count(const char *path, uint64_t offset)
{
    uint64_t block = image_peek(path, image_peek(path, 48));

    return image_peek(path, block + offset / 65536 * 2) >> 48;
}

/* No counts of the first clusters: the header's would be free to be taken. */
static void test_bad_counts(void)
{
    g_autofree char *path = image_path("image.qcow2");
    uint8_t sector[512] = "";
    uint64_t header;
    BlockBackend *blk;

    image_create(path, 1 << 20, "", NULL);
    image_poke(path, image_peek(path, 48), 0, 8);
    header = image_peek(path, 0);
    blk = image_open(path, "file", NULL, &error_abort);
    g_assert_cmpint(blk_pwrite(blk, 0, 512, sector, 0), ==, -EIO);
    g_assert_cmpint(blk_pwrite(blk, 65536, 512, sector, 0), ==, -EIO);
    blk_unref(blk);
    g_assert_cmphex(image_peek(path, 0), ==, header);
    unlink(path);
}

/*
 * Data, and a table, between clusters.  To give it up would take the clusters on
 * both sides from whom they belong to.
 */
static void test_bad_entries(void)
{
    g_autofree char *path = image_path("image.qcow2");
    uint64_t mask = 0x00fffffffffffe00ull, copied = 1ull << 63;
    uint64_t l1 = 65536, l2, data;
    g_autofree uint8_t *buf = g_malloc0(3 * 65536);
    BlockBackend *blk;

    image_create(path, 1 << 20, "", NULL);
    blk = image_open(path, "file", NULL, &error_abort);
    memset(buf, 1, 3 * 65536);
    g_assert_cmpint(blk_pwrite(blk, 0, 3 * 65536, buf, 0), ==, 0);
    blk_unref(blk);
    l2 = image_peek(path, l1) & mask;
    data = image_peek(path, l2) & mask;
    g_assert_cmpuint(image_count(path, data), ==, 1);
    g_assert_cmpuint(image_count(path, data + 65536), ==, 1);

    image_poke(path, l2 + 8, copied | (data + 512), 8);
    blk = image_open(path, "file", NULL, &error_abort);
    blk_pdiscard(blk, 65536, 65536);
    blk_flush(blk);
    blk_unref(blk);
    g_assert_cmpuint(image_count(path, data), ==, 1);
    g_assert_cmpuint(image_count(path, data + 65536), ==, 1);

    /* A table that others have, too, is copied before it is written. */
    image_poke(path, 72, 0, 8);
    image_poke(path, l1, l2 + 512, 8);
    blk = image_open(path, "file", NULL, &error_abort);
    g_assert_cmpint(blk_pwrite(blk, 0, 512, buf, 0), ==, -EIO);
    blk_unref(blk);
    g_assert_cmpuint(image_count(path, l2), ==, 1);
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
    g_autofree char *path = image_path("image.qcow2");

    image_create(path, 1 << 20, "", NULL);
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
    image_test_init(&argc, &argv);
    for (int i = 0; i < ARRAY_SIZE(kinds); i++) {
        g_autofree char *name = g_strdup_printf("/qcow2/random/%s",
                                                kinds[i].name);

        g_test_add_data_func(name, &kinds[i], test_random);
    }
    g_test_add_func("/qcow2/parallel", test_parallel);
    g_test_add_func("/qcow2/long-l1", test_long_l1);
    g_test_add_func("/qcow2/bad/header", test_bad_header);
    g_test_add_func("/qcow2/bad/tables", test_bad_tables);
    g_test_add_func("/qcow2/bad/counts", test_bad_counts);
    g_test_add_func("/qcow2/bad/entries", test_bad_entries);
    g_test_add_func("/qcow2/bad/snapshot-tables", test_bad_snapshot_tables);
    g_test_add_func("/qcow2/bad/options", test_bad_options);
    return image_test_run();
}
