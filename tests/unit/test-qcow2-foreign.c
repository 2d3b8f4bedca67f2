/*
 * qcow2: what is in images of others that qemini does not make itself.
 *
 * Snapshots, bitmaps and features of the future are kept, or given up in the way
 * that the format has for it; what cannot be read is refused by name.  Chains of
 * backing files are read through, and belong to qemu-img again afterwards.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "block/snapshot.h"
#include "qapi/error.h"
#include "qapi/qmp/qdict.h"
#include "qapi/qmp/qjson.h"
#include "qapi/qmp/qlist.h"
#include "qcow2-test.h"
#include "qemu/bswap.h"
#include "qemu/units.h"

/* Of the header: where the 64 bits of each kind of feature are. */
#define AT_L1_TABLE     40
#define AT_INCOMPATIBLE 72
#define AT_AUTOCLEAR    88
#define AT_COMPRESSION_TYPE 104

static uint64_t peek_be64(const char *path, uint64_t offset)
{
    int fd = open(path, O_RDONLY);
    uint64_t be;

    g_assert_cmpint(fd, >=, 0);
    g_assert_cmpint(pread(fd, &be, 8, offset), ==, 8);
    close(fd);
    return be64_to_cpu(be);
}

/* Where the header of version 3 has the extension of that magic number. */
static uint64_t find_extension(const char *path, uint32_t magic)
{
    uint64_t at = (uint32_t)peek_be64(path, 96);        /* header_length */

    for (;;) {
        uint64_t head = peek_be64(path, at);

        if (head >> 32 == magic) {
            return at;
        }
        g_assert_cmphex(head >> 32, !=, 0);
        at += 8 + ROUND_UP((uint32_t)head, 8);
    }
}

static void use_image(const char *path, uint8_t *content, size_t size)
{
    BlockBackend *blk = image_open(path, "file", NULL, &error_abort);

    image_expect_reads(blk, content, size);
    image_random_ops(blk, content, size, 200);
    blk_unref(blk);
}

static void expect_read_through(const char *path, const uint8_t *content,
                                size_t size)
{
    BlockBackend *blk = image_open_to_read(path);

    image_expect_reads(blk, content, size);
    blk_unref(blk);
}

/* Snapshots in the image */

/* Each keeps what was there, while we write; compressed clusters, too. */
static void test_snapshots(gconstpointer opaque)
{
    const char *options = opaque;
    g_autofree char *path = image_path("image.qcow2");
    g_autofree char *raw = image_path("raw");
    size_t size = MiB;
    g_autofree uint8_t *content = g_malloc0(size);
    uint8_t *kept[2];

    if (!image_needs_qemu_img()) {
        return;
    }
    for (size_t i = 0; i < size; i++) {
        content[i] = i / 3000;
    }
    g_assert_true(g_file_set_contents(raw, (char *)content, size, NULL));
    image_must_run("qemu-img", "convert", "-c", "-f", "raw", "-O", "qcow2",
                   "-o", options, raw, path, NULL);
    for (int i = 0; i < 2; i++) {
        g_autofree char *name = g_strdup_printf("s%d", i);

        use_image(path, content, size);
        kept[i] = g_memdup2(content, size);
        image_must_run("qemu-img", "snapshot", "-c", name, path, NULL);
        use_image(path, content, size);
        image_expect_clean(path);
        image_expect_content(path, content, size);
    }
    for (int i = 0; i < 2; i++) {
        g_autofree char *name = g_strdup_printf("s%d", i);

        image_must_run("qemu-img", "convert", "-l", name, "-O", "raw", path,
                       raw, NULL);
        expect_read_through(raw, kept[i], size);
    }
    /* Without the one, and back to the other. */
    image_must_run("qemu-img", "snapshot", "-d", "s1", path, NULL);
    use_image(path, content, size);
    image_must_run("qemu-img", "snapshot", "-a", "s0", path, NULL);
    use_image(path, kept[0], size);
    image_expect_clean(path);
    image_must_run("qemu-img", "snapshot", "-d", "s0", path, NULL);
    use_image(path, kept[0], size);
    image_expect_clean(path);
    image_expect_content(path, kept[0], size);
    g_free(kept[0]);
    g_free(kept[1]);
    unlink(path);
    unlink(raw);
}

/* What the table may take, all its entries together, is bounded. */
static void test_snapshot_table_size(void)
{
    g_autofree char *path = image_path("image.qcow2");
    uint64_t entry = ROUND_UP(40 + UINT16_MAX, 8), table = MiB;
    int most = 64 * MiB / entry;

    image_create(path, MiB, "", NULL);
    image_poke(path, 64, table, 8);                 /* snapshots_offset */
    for (int i = 0; i <= most; i++) {
        image_poke(path, table + i * entry + 14, UINT16_MAX, 2);
    }
    for (int i = 0; i < 2; i++) {
        g_autofree QEMUSnapshotInfo *list = NULL;
        BlockBackend *blk;
        Error *err = NULL;

        image_poke(path, 60, most + i, 4);          /* nb_snapshots */
        blk = image_open(path, "file", NULL, &err);
        if (i == 0) {
            g_assert_nonnull(blk);
            g_assert_cmpint(bdrv_snapshot_list(blk_bs(blk), &list), ==, most);
            g_assert_cmpuint(list[most - 1].icount, ==, UINT64_MAX);
            blk_unref(blk);
        } else {
            g_assert_null(blk);
            g_assert_cmpstr(error_get_pretty(err), ==,
                            "Snapshot table is too big");
            error_free(err);
        }
    }
    unlink(path);
}

/* Backing files */

/*
 * Three deep: raw of an odd length, a longer qcow2 of small clusters over it, a
 * longer one still.  The names are relative to the image that has them.
 */
static void test_chain(void)
{
    g_autofree char *base = image_path("base"), *mid = image_path("mid.qcow2");
    g_autofree char *top = image_path("top.qcow2");
    g_autofree char *flat = image_path("flat.qcow2");
    size_t base_size = 300001, size = MiB;
    size_t mid_size = ROUND_UP(base_size, 512) + 77 * 512;
    g_autofree uint8_t *content = g_malloc0(size);

    if (!image_needs_qemu_img()) {
        return;
    }
    for (size_t i = 0; i < base_size; i++) {
        content[i] = 1 + i / 1000 % 200;
    }
    g_assert_true(g_file_set_contents(base, (char *)content, base_size, NULL));
    {
        g_autofree char *length = g_strdup_printf("%zu", mid_size);

        image_must_run("qemu-img", "create", "-f", "qcow2", "-b", "base", "-F",
                       "raw", "-o", "cluster_size=512", mid, length, NULL);
    }
    use_image(mid, content, mid_size);
    image_must_run("qemu-img", "create", "-f", "qcow2", "-b", "mid.qcow2",
                   "-F", "qcow2", "-o", "cluster_size=4k", top, "1M", NULL);
    use_image(top, content, size);
    image_expect_clean(top);
    image_expect_clean(mid);
    image_expect_content(top, content, size);

    /* Its format not told, it is looked for: the name of the extension goes. */
    image_poke(top, find_extension(top, 0xe2792aca), 0x11111111, 4);
    expect_read_through(top, content, size);
    use_image(top, content, size);

    /* Over another file, and then into it. */
    image_must_run("qemu-img", "rebase", "-f", "qcow2", "-b", "base", "-F",
                   "raw", top, NULL);
    expect_read_through(top, content, size);
    use_image(top, content, size);
    image_must_run("qemu-img", "convert", "-O", "qcow2", "-c", top, flat,
                   NULL);
    expect_read_through(flat, content, size);
    image_must_run("qemu-img", "commit", "-f", "qcow2", top, NULL);
    expect_read_through(base, content, size);
    expect_read_through(top, content, size);
    image_must_run("qemu-img", "rebase", "-u", "-f", "qcow2", "-b", "", flat,
                   NULL);
    use_image(flat, content, size);
    image_expect_clean(flat);
    unlink(top);
    unlink(mid);
    unlink(base);
    unlink(flat);
}

/* Changed by qemu-img amend and resize */

static void test_amend(void)
{
    static const char *const amendments[] = {
        "compat=1.1", "refcount_bits=1", "refcount_bits=64",
        "lazy_refcounts=on", "refcount_bits=16,lazy_refcounts=off",
        "compat=0.10",
    };
    g_autofree char *path = image_path("image.qcow2");
    size_t size = MiB, grown = size + 100 * 512;
    g_autofree uint8_t *content = g_malloc0(grown);

    if (!image_needs_qemu_img()) {
        return;
    }
    image_create(path, size, "compat=v2,cluster_size=1k", NULL);
    for (int i = 0; i < ARRAY_SIZE(amendments); i++) {
        use_image(path, content, size);
        image_must_run("qemu-img", "amend", "-f", "qcow2", "-o",
                       amendments[i], path, NULL);
        image_expect_clean(path);
        expect_read_through(path, content, size);
    }
    use_image(path, content, size);
    image_must_run("qemu-img", "resize", "-f", "qcow2", path, "+50K", NULL);
    use_image(path, content, grown);
    image_must_run("qemu-img", "resize", "--shrink", "-f", "qcow2", path, "1M",
                   NULL);
    use_image(path, content, size);
    image_expect_clean(path);
    image_expect_content(path, content, size);
    unlink(path);
}

/* Features */

/*
 * An autoclear bit means "what belongs to this feature is up to date": a look
 * leaves it, and whoever writes and does not know it takes it away.
 */
static void test_autoclear(void)
{
    g_autofree char *path = image_path("image.qcow2");
    g_autofree uint8_t *content = g_malloc0(MiB);
    uint64_t bit = 1ull << 40;

    image_create(path, MiB, "cluster_size=4k", NULL);
    image_poke(path, AT_AUTOCLEAR, bit, 8);
    expect_read_through(path, content, MiB);
    g_assert_cmphex(peek_be64(path, AT_AUTOCLEAR), ==, bit);
    use_image(path, content, MiB);
    g_assert_cmphex(peek_be64(path, AT_AUTOCLEAR), ==, 0);
    image_expect_clean(path);
    unlink(path);
}

/* QEMU's bitmaps are such a feature: stale ones are worse than none. */
static void test_bitmaps(void)
{
    g_autofree char *path = image_path("image.qcow2"), *said = NULL;
    g_autofree uint8_t *content = g_malloc0(MiB);

    if (!image_needs_qemu_img()) {
        return;
    }
    image_create(path, MiB, "cluster_size=4k", NULL);
    image_must_run("qemu-img", "bitmap", "--add", "-f", "qcow2", path, "b0",
                   NULL);
    expect_read_through(path, content, MiB);
    g_assert_cmphex(peek_be64(path, AT_AUTOCLEAR), ==, 1);
    g_assert_true(image_run(&said, "qemu-img", "info", path, NULL));
    g_assert_nonnull(strstr(said, "b0"));
    g_clear_pointer(&said, g_free);

    use_image(path, content, MiB);
    g_assert_cmphex(peek_be64(path, AT_AUTOCLEAR), ==, 0);
    g_assert_true(image_run(&said, "qemu-img", "info", path, NULL));
    g_assert_null(strstr(said, "name: b0"));
    image_expect_content(path, content, MiB);
    /* What they took is left over, and nothing is wrong but that. */
    image_run(NULL, "qemu-img", "check", "-r", "leaks", "-f", "qcow2", path,
              NULL);
    image_expect_clean(path);
    use_image(path, content, MiB);
    image_expect_clean(path);
    unlink(path);
}

static void expect_refused(const char *path, const char *message)
{
    Error *err = NULL;

    g_assert_null(image_open(path, "file", NULL, &err));
    g_assert_cmpstr(error_get_pretty(err), ==, message);
    error_free(err);
}

/* What we cannot read is named, if the image knows a name for it. */
static void test_refused(void)
{
    static const struct {
        const char *options;
        const char *message;
    } refused[] = {
        { "extended_l2=on", "Unsupported qcow2 feature(s): extended L2 "
          "entries" },
        { "data_file=data", "Unsupported qcow2 feature(s): external data "
          "file" },
        { "encrypt.format=luks,encrypt.key-secret=s", "Unsupported encryption "
          "method 2" },
    };
    g_autofree char *path = image_path("image.qcow2");
    g_autofree char *data = image_path("data");
    uint64_t names;

    if (!image_needs_qemu_img()) {
        return;
    }
    for (int i = 0; i < ARRAY_SIZE(refused); i++) {
        image_must_run("qemu-img", "create", "--object",
                       "secret,id=s,data=word", "-f", "qcow2", "-o",
                       refused[i].options, path, "1M", NULL);
        expect_refused(path, refused[i].message);
        unlink(path);
    }
    unlink(data);

    /* The name of one that nobody knows yet: the table in the header tells. */
    image_create(path, MiB, "", NULL);
    names = find_extension(path, 0x6803f857) + 8;
    image_poke(path, names, 50, 2);                     /* incompatible, 50 */
    image_poke(path, names + 2, 0x776f6e64657200, 7);
    image_poke(path, AT_INCOMPATIBLE, 1ull << 50, 8);
    expect_refused(path, "Unsupported qcow2 feature(s): wonder");
    unlink(path);
}

/* Compressed clusters */

#define COMPRESSED_CLUSTER  4096
#define COMPRESSED_CLUSTERS 64

/* The field and the feature bit tell the same, or the image is refused. */
static void test_compression_type(void)
{
    g_autofree char *path = image_path("image.qcow2");

    if (!image_needs_qemu_img()) {
        return;
    }
    image_must_run("qemu-img", "create", "-f", "qcow2", path, "1M", NULL);
    image_poke(path, AT_COMPRESSION_TYPE, 2, 1);
    expect_refused(path, "qcow2: unknown compression type: 2");
    image_poke(path, AT_COMPRESSION_TYPE, 0, 1);
    image_poke(path, AT_INCOMPATIBLE, 1 << 3, 8);
    expect_refused(path, "qcow2: Compression type incompatible feature bit "
                   "must not be set");
    image_poke(path, AT_COMPRESSION_TYPE, 1, 1);
    image_poke(path, AT_INCOMPATIBLE, 0, 8);
    expect_refused(path, image_has_zstd()
                   ? "qcow2: Compression type incompatible feature bit must be "
                     "set"
                   : "qcow2: unknown compression type: 1");
    unlink(path);
}

/* Where the image has the guest's cluster @index, which is compressed. */
static uint64_t find_compressed(const char *path, unsigned index)
{
    uint64_t l2 = peek_be64(path, peek_be64(path, AT_L1_TABLE)) & 0xfffffffffffe00;
    uint64_t entry = peek_be64(path, l2 + index * 8);

    g_assert_true(entry >> 62 & 1);
    return entry & ((1ull << (62 - (12 - 8))) - 1);
}

static void expect_cluster_is_lost(const char *path, unsigned index)
{
    BlockBackend *blk = image_open_to_read(path);
    uint8_t buf[COMPRESSED_CLUSTER];

    g_assert_cmpint(blk_pread(blk, index * COMPRESSED_CLUSTER, sizeof(buf),
                              buf, 0), ==, -EIO);
    /* The others are not. */
    g_assert_cmpint(blk_pread(blk, 0, sizeof(buf), buf, 0), ==, 0);
    /* Nor is it written with half of what was in it. */
    blk_unref(blk);
    blk = image_open(path, "file", NULL, &error_abort);
    g_assert_cmpint(blk_pwrite(blk, index * COMPRESSED_CLUSTER, SECTOR, buf,
                               0), ==, -EIO);
    g_assert_cmpint(blk_pwrite(blk, index * COMPRESSED_CLUSTER, sizeof(buf),
                               buf, 0), ==, 0);
    blk_unref(blk);
}

/* Whatever the damage is, a cluster is read as it was, as another, or not. */
static void test_compressed_damage(gconstpointer type)
{
    g_autofree char *path = image_path("image.qcow2");
    g_autofree char *raw = image_path("raw");
    g_autofree char *options = g_strdup_printf("cluster_size=%d,"
                                               "compression_type=%s",
                                               COMPRESSED_CLUSTER,
                                               (const char *)type);
    size_t size = COMPRESSED_CLUSTER * COMPRESSED_CLUSTERS;
    g_autofree uint8_t *content = g_malloc(size);
    g_autofree uint8_t *buf = g_malloc(size);
    BlockBackend *blk;
    uint64_t at;

    if (!image_needs_qemu_img()) {
        return;
    }
    for (size_t i = 0; i < size; i++) {
        content[i] = g_test_rand_int_range(0, 8);
    }
    g_assert_true(g_file_set_contents(raw, (char *)content, size, NULL));
    image_must_run("qemu-img", "convert", "-c", "-f", "raw", "-O", "qcow2",
                   "-o", options, raw, path, NULL);
    expect_read_through(path, content, size);

    /* No stream begins so. */
    image_poke(path, find_compressed(path, 5), UINT64_MAX, 8);
    expect_cluster_is_lost(path, 5);
    for (int round = 0; round < 60; round++) {
        unsigned index = g_test_rand_int_range(6, COMPRESSED_CLUSTERS);

        at = find_compressed(path, index) + g_test_rand_int_range(0, 1000);
        image_poke(path, at, g_test_rand_int(), g_test_rand_int_range(1, 5));
        blk = image_open_to_read(path);
        for (unsigned i = 0; i < COMPRESSED_CLUSTERS; i++) {
            int ret = blk_pread(blk, i * COMPRESSED_CLUSTER,
                                COMPRESSED_CLUSTER, buf, 0);

            g_assert_true(ret == 0 || ret == -EIO);
        }
        blk_unref(blk);
    }
    unlink(path);
    unlink(raw);
}

/* More reads at a time than there are threads for them. */
static void count_read(void *opaque, int ret)
{
    g_assert_cmpint(ret, ==, 0);
    ++*(int *)opaque;
}

static void test_compressed_at_once(void)
{
    g_autofree char *path = image_path("image.qcow2");
    g_autofree char *raw = image_path("raw");
    size_t size = COMPRESSED_CLUSTER * COMPRESSED_CLUSTERS;
    g_autofree uint8_t *content = g_malloc(size);
    g_autofree uint8_t *buf = g_malloc0(size);
    QEMUIOVector qiov[COMPRESSED_CLUSTERS];
    BlockBackend *blk;
    int done = 0;

    if (!image_needs_qemu_img()) {
        return;
    }
    for (size_t i = 0; i < size; i++) {
        content[i] = i / 1000;
    }
    g_assert_true(g_file_set_contents(raw, (char *)content, size, NULL));
    image_must_run("qemu-img", "convert", "-c", "-f", "raw", "-O", "qcow2",
                   "-o", "cluster_size=4k", raw, path, NULL);
    blk = image_open_to_read(path);
    for (int i = 0; i < COMPRESSED_CLUSTERS; i++) {
        qemu_iovec_init_buf(&qiov[i], buf + i * COMPRESSED_CLUSTER,
                            COMPRESSED_CLUSTER);
        blk_aio_preadv(blk, i * COMPRESSED_CLUSTER, &qiov[i], 0, count_read,
                       &done);
    }
    blk_drain(blk);
    g_assert_cmpint(done, ==, COMPRESSED_CLUSTERS);
    g_assert_cmpint(memcmp(buf, content, size), ==, 0);
    blk_unref(blk);
    unlink(path);
    unlink(raw);
}

/* An image that is in use here is locked for others, and the other way round. */
static void test_locked(void)
{
    g_autofree char *path = image_path("image.qcow2"), *said = NULL;
    BlockBackend *blk;

    if (!image_needs_qemu_img()) {
        return;
    }
    image_create(path, MiB, "", NULL);
    blk = image_open(path, "file", NULL, &error_abort);
    g_assert_false(image_run(&said, "qemu-img", "resize", "-f", "qcow2", path,
                             "2M", NULL));
    g_assert_nonnull(strstr(said, "Failed to get \"write\" lock"));
    image_must_run("qemu-img", "info", "-U", path, NULL);
    blk_unref(blk);
    image_must_run("qemu-img", "resize", "-f", "qcow2", path, "2M", NULL);
    unlink(path);
}

/* The count of the next cluster that is used once becomes @value. */
static unsigned damage_count(const char *path, unsigned cluster, uint16_t value)
{
    uint64_t block = peek_be64(path, peek_be64(path, 48));

    while (peek_be64(path, block + 2 * ++cluster) >> 48 != 1) {
        g_assert_cmpuint(cluster, <, MiB / 4096);
    }
    image_poke(path, block + 2 * cluster, value, 2);
    return cluster;
}

/* Damage that each repairs, and the other then finds nothing. */
static void test_repair(void)
{
    g_autofree char *path = image_path("image.qcow2");
    g_autofree uint8_t *content = g_malloc0(MiB);
    BdrvCheckResult result = { 0 };
    unsigned cluster;
    BlockBackend *blk;

    image_create(path, MiB, "cluster_size=4k", NULL);
    use_image(path, content, MiB);
    /* Counts of some clusters: lost, and too high. */
    cluster = damage_count(path, 5, 0);
    damage_count(path, cluster, 7);
    blk = image_open(path, "file", NULL, &error_abort);
    g_assert_cmpint(bdrv_check(blk_bs(blk), &result, BDRV_FIX_ERRORS |
                               BDRV_FIX_LEAKS), ==, 0);
    g_assert_cmpint(result.corruptions_fixed, ==, 1);
    g_assert_cmpint(result.leaks_fixed, ==, 1);
    blk_unref(blk);
    image_expect_clean(path);
    use_image(path, content, MiB);
    image_expect_clean(path);

    if (have_qemu_img()) {
        damage_count(path, 5, 0);
        image_run(NULL, "qemu-img", "check", "-r", "all", "-f", "qcow2", path,
                  NULL);
        use_image(path, content, MiB);
        image_expect_clean(path);
    }
    unlink(path);
}

/* An image at work, whose counts are lazy: some are in memory alone. */
static void test_repair_lazy(void)
{
    g_autofree char *path = image_path("image.qcow2");
    g_autofree uint8_t *content = g_malloc0(MiB);
    BdrvCheckResult result = { 0 };
    BlockBackend *blk;

    image_create(path, MiB, "cluster_size=4k,lazy_refcounts=on", NULL);
    use_image(path, content, MiB);
    damage_count(path, 5, 7);
    blk = image_open(path, "file", NULL, &error_abort);
    image_random_ops(blk, content, MiB, 50);
    g_assert_cmpint(bdrv_check(blk_bs(blk), &result, BDRV_FIX_ERRORS |
                               BDRV_FIX_LEAKS), ==, 0);
    g_assert_cmpint(result.leaks_fixed, ==, 1);
    image_random_ops(blk, content, MiB, 50);
    image_expect_reads(blk, content, MiB);
    blk_unref(blk);
    image_expect_clean(path);
    unlink(path);
}

/* What no count mends is not said to be mended, and keeps an image dirty. */
static void test_beyond_repair(void)
{
    g_autofree char *path = image_path("image.qcow2");
    g_autofree uint8_t *content = g_malloc0(MiB);
    BdrvCheckResult result = { 0 };
    uint64_t entry;
    BlockBackend *blk;

    image_create(path, MiB, "cluster_size=4k,lazy_refcounts=on", NULL);
    use_image(path, content, MiB);
    /* The first entry of the first L2 table: behind the end, and of no use. */
    entry = peek_be64(path, peek_be64(path, AT_L1_TABLE)) & 0xfffffffffffe00;
    image_poke(path, entry, 1ull << 40 | 1ull << 63, 8);
    damage_count(path, 5, 0);
    image_poke(path, AT_INCOMPATIBLE, 1, 8);

    for (int i = 0; i < 2; i++) {
        blk = image_open(path, "file", NULL, &error_abort);
        g_assert_cmpuint(peek_be64(path, AT_INCOMPATIBLE) & 1, ==, 1);
        memset(&result, 0, sizeof(result));
        g_assert_cmpint(bdrv_check(blk_bs(blk), &result, BDRV_FIX_ERRORS |
                                   BDRV_FIX_LEAKS), ==, 0);
        g_assert_cmpint(result.corruptions, ==, 1);
        blk_unref(blk);
        image_poke(path, AT_INCOMPATIBLE, 1, 8);
    }
    unlink(path);
}

int main(int argc, char **argv)
{
    static const char *const snapshots[] = {
        "cluster_size=4k", "cluster_size=512,refcount_bits=8", "compat=0.10",
        "cluster_size=1k,lazy_refcounts=on", "cluster_size=2M",
        "cluster_size=512,refcount_bits=64",
    };

    image_test_init(&argc, &argv);
    for (int i = 0; i < ARRAY_SIZE(snapshots); i++) {
        g_autofree char *name = g_strdup_printf("/qcow2/foreign/snapshots/%s",
                                                snapshots[i]);

        if (i < 1 || g_test_slow()) {
            g_test_add_data_func(name, snapshots[i], test_snapshots);
        }
    }
    g_test_add_func("/qcow2/foreign/snapshot-table-size",
                    test_snapshot_table_size);
    g_test_add_func("/qcow2/foreign/chain", test_chain);
    g_test_add_func("/qcow2/foreign/amend", test_amend);
    g_test_add_func("/qcow2/foreign/autoclear", test_autoclear);
    g_test_add_func("/qcow2/foreign/bitmaps", test_bitmaps);
    g_test_add_func("/qcow2/foreign/refused", test_refused);
    g_test_add_func("/qcow2/foreign/compression-type", test_compression_type);
    g_test_add_data_func("/qcow2/foreign/compressed-damage/zlib", "zlib",
                         test_compressed_damage);
    if (image_has_zstd()) {
        g_test_add_data_func("/qcow2/foreign/compressed-damage/zstd", "zstd",
                             test_compressed_damage);
    } else {
        g_test_add_func("/qcow2/foreign/compressed-damage/zstd",
                        image_test_without_zstd);
    }
    g_test_add_func("/qcow2/foreign/compressed-at-once",
                    test_compressed_at_once);
    g_test_add_func("/qcow2/foreign/locked", test_locked);
    g_test_add_func("/qcow2/foreign/repair", test_repair);
    g_test_add_func("/qcow2/foreign/repair-lazy", test_repair_lazy);
    g_test_add_func("/qcow2/foreign/beyond-repair", test_beyond_repair);
    return image_test_run();
}
