/*
 * qcow2 between qemini and QEMU's tools: an image that one has made is read and
 * written by the other, and neither finds fault with it.
 *
 * `make check` takes a few of each kind; with -m slow (make check-images) it is
 * all of them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qmp/qdict.h"
#include "qapi/qmp/qjson.h"
#include "qapi/qmp/qlist.h"
#include "qcow2-test.h"
#include "qemu/units.h"

/* What an image is like at first: nothing, one byte all over, or anything. */
static uint8_t *random_content(size_t size)
{
    uint8_t *content = g_malloc0(size);
    uint32_t n = g_test_rand_int();

    for (size_t i = 0; i < size; i++) {
        if (i % 12288 == 0) {
            n = g_test_rand_int();
        }
        if (n & 1) {
            content[i] = n & 2 ? n >> 24 : g_test_rand_int();
        }
    }
    return content;
}

static char *create_raw(const char *name, const uint8_t *content, size_t size)
{
    char *path = image_path(name);

    g_assert_true(g_file_set_contents(path, (const char *)content, size, NULL));
    return path;
}

/* Where is what?  The same answer from both, sector by sector. */

typedef struct SectorStatus {
    bool zero, data;
    int64_t offset;             /* -1: it has none */
} SectorStatus;

static SectorStatus *status_by_qemini(const char *path, size_t size)
{
    BlockBackend *blk = image_open_to_read(path);
    SectorStatus *sectors = g_new(SectorStatus, size / SECTOR);
    int64_t n;

    for (size_t at = 0; at < size; at += n) {
        BlockDriverState *file;
        int64_t map;
        int ret = bdrv_block_status_above(blk_bs(blk), NULL, at, size - at, &n,
                                          &map, &file);

        g_assert_cmpint(ret, >=, 0);
        g_assert_cmpint(n, >, 0);
        for (int64_t i = 0; i < n; i += SECTOR) {
            sectors[(at + i) / SECTOR] = (SectorStatus) {
                .zero = ret & BDRV_BLOCK_ZERO,
                .data = ret & BDRV_BLOCK_DATA,
                .offset = ret & BDRV_BLOCK_OFFSET_VALID ? map + i : -1,
            };
        }
    }
    blk_unref(blk);
    return sectors;
}

static SectorStatus *status_by_qemu_img(const char *path, size_t size)
{
    SectorStatus *sectors = g_new0(SectorStatus, size / SECTOR);
    g_autofree char *said = NULL;
    QListEntry *entry;
    QList *list;
    size_t end = 0;

    g_assert_true(image_run(&said, "qemu-img", "map", "--output=json", path,
                            NULL));
    list = qobject_to(QList, qobject_from_json(said, &error_abort));
    QLIST_FOREACH_ENTRY(list, entry) {
        QDict *extent = qobject_to(QDict, qlist_entry_obj(entry));
        size_t start = qdict_get_int(extent, "start");
        size_t length = qdict_get_int(extent, "length");
        int64_t offset = qdict_get_try_int(extent, "offset", -1);

        g_assert_cmpuint(start, ==, end);
        end = start + length;
        for (size_t i = 0; i < length; i += SECTOR) {
            sectors[(start + i) / SECTOR] = (SectorStatus) {
                .zero = qdict_get_bool(extent, "zero"),
                .data = qdict_get_bool(extent, "data"),
                .offset = offset < 0 ? -1 : offset + i,
            };
        }
    }
    g_assert_cmpuint(end, ==, size);
    qobject_unref(list);
    return sectors;
}

/* With preallocation=metadata zeroes are also what is a hole in the file. */
static void expect_same_map(const char *path, size_t size)
{
    g_autofree SectorStatus *here = status_by_qemini(path, size);
    g_autofree SectorStatus *there = status_by_qemu_img(path, size);

    for (size_t i = 0; i < size / SECTOR; i++) {
        if (here[i].zero != there[i].zero || here[i].data != there[i].data ||
            here[i].offset != there[i].offset) {
            g_error("%s, sector %zu: zero %d, data %d, offset %" PRId64 " here, "
                    "and zero %d, data %d, offset %" PRId64 " says qemu-img",
                    path, i, here[i].zero, here[i].data, here[i].offset,
                    there[i].zero, there[i].data, there[i].offset);
        }
    }
}

/* QEMU's tool writes to the image, too. */

static GPtrArray *qemu_io_begin(void)
{
    GPtrArray *argv = g_ptr_array_new_with_free_func(g_free);

    g_ptr_array_add(argv, g_strdup("qemu-io"));
    g_ptr_array_add(argv, g_strdup("-f"));
    g_ptr_array_add(argv, g_strdup("qcow2"));
    return argv;
}

static void qemu_io_add(GPtrArray *argv, const char *command, int64_t at,
                        int64_t n)
{
    g_ptr_array_add(argv, g_strdup("-c"));
    g_ptr_array_add(argv, g_strdup_printf("%s %" PRId64 " %" PRId64, command,
                                          at, n));
}

static void qemu_io_end(GPtrArray *argv, const char *path)
{
    g_autofree char *out = NULL, *err = NULL;
    int status;

    g_ptr_array_add(argv, g_strdup(path));
    g_ptr_array_add(argv, NULL);
    g_assert_true(g_spawn_sync(NULL, (char **)argv->pdata, NULL,
                               G_SPAWN_SEARCH_PATH, NULL, NULL, &out, &err,
                               &status, NULL));
    if (status || strstr(out, "rror") || strstr(out, "ailed")) {
        g_error("qemu-io: %s%s", out, err);
    }
    g_ptr_array_unref(argv);
}

static void qemu_io_ops(const char *path, uint8_t *content, size_t size,
                        int count)
{
    GPtrArray *argv = qemu_io_begin();

    while (count--) {
        int64_t at = g_test_rand_int_range(0, size / SECTOR) * SECTOR;
        int64_t n = MIN(size - at, (size_t)g_test_rand_int_range(1, 300) *
                        SECTOR);
        int value = g_test_rand_int_range(0, 256);
        g_autofree char *write = g_strdup_printf("write -P %d", value);

        qemu_io_add(argv, value ? write : n & SECTOR ? "write -z -u"
                                                     : "write -z", at, n);
        memset(content + at, value, n);
    }
    qemu_io_end(argv, path);
}

/*
 * Compressed clusters: QEMU writes them where none is, so that some are taken
 * away before.  (A qemu-io that does both at a time damages what it writes.)
 */
static void make_compressed(const char *path, uint8_t *content, size_t size,
                            size_t cluster_size, int count)
{
    BlockBackend *blk = image_open(path, "file", NULL, &error_abort);
    GPtrArray *argv = qemu_io_begin();
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);

    while (count--) {
        size_t index = g_test_rand_int_range(0, DIV_ROUND_UP(size,
                                                             cluster_size));
        size_t at = index * cluster_size, n = MIN(size - at, cluster_size);
        int value = g_test_rand_int_range(0, 256);
        g_autofree char *write = g_strdup_printf("write -c -P %d", value);

        if (g_hash_table_add(seen, GSIZE_TO_POINTER(index))) {
            g_assert_cmpint(blk_pdiscard(blk, at, n), ==, 0);
            qemu_io_add(argv, write, at, n);
            memset(content + at, value, n);
        }
    }
    blk_unref(blk);
    qemu_io_end(argv, path);
}

/* Whatever an image is made of, and whoever has made it */

typedef struct Image {
    char *options;
    bool by_qemini;
    bool compressed;            /* by qemu-img convert -c */
    size_t size;                /* of what is in it: any number */
    size_t cluster_size;
} Image;

static void test_both_ways(gconstpointer opaque)
{
    const Image *image = opaque;
    g_autofree char *path = image_path("image.qcow2");
    size_t size = ROUND_UP(image->size, SECTOR);
    g_autofree uint8_t *content = g_realloc(random_content(image->size), size);
    BlockBackend *blk;

    if (!image_needs_qemu_img()) {
        return;
    }
    memset(content + image->size, 0, size - image->size);
    if (image->by_qemini) {
        image_create(path, size, image->options, NULL);
        blk = image_open(path, "file", NULL, &error_abort);
        g_assert_cmpint(blk_pwrite(blk, 0, size, content, 0), ==, 0);
        blk_unref(blk);
    } else {
        g_autofree char *raw = create_raw("raw", content, image->size);

        image_must_run("qemu-img", "convert", "-f", "raw", "-O", "qcow2", "-o",
                       image->options, raw, path,
                       image->compressed ? "-c" : NULL, NULL);
        unlink(raw);
    }
    expect_same_map(path, size);
    for (int round = 0; round < (g_test_slow() ? 2 : 1); round++) {
        blk = image_open(path, "file", NULL, &error_abort);
        image_expect_reads(blk, content, size);
        image_random_ops(blk, content, size, 200);
        blk_unref(blk);
        image_expect_clean(path);
        image_expect_content(path, content, size);
        expect_same_map(path, size);
        make_compressed(path, content, size, image->cluster_size, 10);
        qemu_io_ops(path, content, size, 30);
    }
    blk = image_open_to_read(path);
    image_expect_reads(blk, content, size);
    blk_unref(blk);
    unlink(path);
}

static void free_image(gpointer opaque)
{
    Image *image = opaque;

    g_free(image->options);
    g_free(image);
}

/* @quick: in make check, too */
static void add_image(bool quick, bool by_qemini, bool compressed, size_t size,
                      size_t cluster_size, const char *options)
{
    g_autofree char *name = NULL;
    Image *image;

    if (!quick && !g_test_slow()) {
        return;
    }
    image = g_new(Image, 1);
    *image = (Image) {
        .options = g_strdup_printf("%s,cluster_size=%zu", options,
                                   cluster_size),
        .by_qemini = by_qemini,
        .compressed = compressed,
        .size = size,
        .cluster_size = cluster_size,
    };
    name = g_strdup_printf("/qemu-img/%s/%s%zu-bytes,%s",
                           by_qemini ? "from-qemini" : "from-qemu-img",
                           compressed ? "compressed," : "", size,
                           image->options);
    g_test_add_data_func_full(name, image, test_both_ways, free_image);
}

static void add_images(void)
{
    static const char *const preallocations[] = {
        "metadata", "falloc", "full",
    };
    static const size_t sizes[] = {
        1, 511, 513, 65535, 65537, 100 * 1024 + 512, 1000001,
    };

    for (int by_qemini = 0; by_qemini < 2; by_qemini++) {
        /* Clusters of every size there is; of the smallest ones not too many */
        for (size_t cluster = 512; cluster <= 2 * MiB; cluster *= 2) {
            size_t size = MIN(MAX(1200 * cluster, MiB), 5 * MiB) - 512;

            add_image(cluster == 512 || cluster == 2 * MiB, by_qemini, false,
                      size, cluster, "compat=1.1");
            add_image(cluster == 65536, by_qemini, false, size, cluster,
                      "compat=0.10");
        }
        for (int bits = 1; bits <= 64; bits *= 2) {
            g_autofree char *options = g_strdup_printf("refcount_bits=%d",
                                                       bits);

            add_image(false, by_qemini, false, MiB, 512, options);
            add_image(bits == 1, by_qemini, false, 2 * MiB, 4096, options);
        }
        for (int i = 0; i < ARRAY_SIZE(preallocations); i++) {
            g_autofree char *options = g_strdup_printf("preallocation=%s",
                                                       preallocations[i]);

            add_image(i == 0, by_qemini, false, MiB, 4096, options);
            add_image(false, by_qemini, false, 2 * MiB, 65536, options);
        }
        for (int i = 0; i < ARRAY_SIZE(sizes); i++) {
            add_image(i == 1, by_qemini, false, sizes[i], 65536, "compat=1.1");
            add_image(false, by_qemini, false, sizes[i], 1024, "compat=0.10");
        }
        add_image(true, by_qemini, false, MiB, 4096, "lazy_refcounts=on");
    }
    for (size_t cluster = 512; cluster <= 2 * MiB; cluster *= 4) {
        add_image(cluster == 8192, false, true, MAX(MiB, 2 * cluster), cluster,
                  "compat=1.1");
        add_image(false, false, true, MAX(MiB, 2 * cluster), cluster,
                  "compat=0.10");
    }
    add_image(false, false, true, 1000001, 65536, "refcount_bits=64");
    for (size_t cluster = 512; image_has_zstd() && cluster <= 2 * MiB;
         cluster *= 4) {
        add_image(cluster == 8192, false, true, MAX(MiB, 2 * cluster), cluster,
                  "compression_type=zstd");
    }
    if (!image_has_zstd()) {
        g_test_add_func("/qemu-img/compression_type=zstd",
                        image_test_without_zstd);
    }
}

int main(int argc, char **argv)
{
    image_test_init(&argc, &argv);
    add_images();
    return image_test_run();
}
