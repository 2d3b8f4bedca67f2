/*
 * What the tests of images share.
 *
 * Read qcow2-test.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <sys/statvfs.h>
#include "qapi/error.h"
#include "qapi/qmp/qdict.h"
#include "qcow2-test.h"
#include "qemu/bswap.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "qemu/option.h"
#include "qemu/units.h"
#include "sysemu/cpus.h"

/* So much memory for images is no burden. */
#define ROOM_FOR_IMAGES (512 * MiB)

static char *image_folder;

void image_test_init(int *argc, char ***argv)
{
    const char *parent = g_get_tmp_dir();
    struct statvfs st;

    qemu_init_cpu_loop();
    qemu_mutex_lock_iothread();
    qemu_init_main_loop(&error_abort);
    module_call_init(MODULE_INIT_QOM);
    bdrv_init();

    if (!g_getenv("TMPDIR") && access("/dev/shm", W_OK) == 0 &&
        statvfs("/dev/shm", &st) == 0 &&
        st.f_bavail * st.f_frsize > ROOM_FOR_IMAGES) {
        parent = "/dev/shm";
    }
    image_folder = g_build_filename(parent, "qcow2-test-XXXXXX", NULL);
    g_assert_nonnull(g_mkdtemp(image_folder));
    g_test_init(argc, argv, NULL);
}

int image_test_run(void)
{
    int ret = g_test_run();

    rmdir(image_folder);
    g_free(image_folder);
    return ret;
}

char *image_path(const char *name)
{
    return g_build_filename(image_folder, name, NULL);
}

/* By qemini */

void image_create(const char *path, int64_t size, const char *options,
                  const char *backing)
{
    g_autofree char *copy = g_strdup(options);

    bdrv_img_create(path, "qcow2", backing, backing ? "raw" : NULL, copy, size,
                    BDRV_O_RDWR, true, &error_abort);
}

BlockBackend *image_open(const char *path, const char *protocol,
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

BlockBackend *image_open_to_read(const char *path)
{
    return blk_new_open(path, NULL, NULL, 0, &error_abort);
}

/* A range of sectors in [0, size) */
static void random_range(size_t size, int64_t *offset, int64_t *bytes)
{
    int64_t sectors = size / SECTOR;

    *offset = g_test_rand_int_range(0, sectors) * SECTOR;
    *bytes = MIN(size - *offset, (uint64_t)g_test_rand_int_range(1, 400) *
                 SECTOR);
}

/* One byte all over, or no two sectors alike. */
static void random_fill(uint8_t *buf, int64_t bytes)
{
    uint32_t n = g_test_rand_int();

    memset(buf, n, bytes);
    for (int64_t i = 0; n & 0x100 && i < bytes; i += 4) {
        n = n * 1664525 + 1013904223;
        stl_le_p(buf + i, n);
    }
}

void image_random_ops(BlockBackend *blk, uint8_t *content, size_t size,
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
            random_fill(buf, bytes);
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

void image_expect_reads(BlockBackend *blk, const uint8_t *content,
                        size_t size)
{
    g_autofree uint8_t *got = g_malloc(size);

    g_assert_cmpint(blk_getlength(blk), ==, size);
    g_assert_cmpint(blk_pread(blk, 0, size, got, 0), ==, 0);
    if (memcmp(got, content, size)) {
        size_t i = 0;

        while (got[i] == content[i]) {
            i++;
        }
        g_error("byte %zu of %zu is %#x instead of %#x", i, size, got[i],
                content[i]);
    }
}

void image_poke(const char *path, uint64_t offset, uint64_t value, int bytes)
{
    uint64_t be = cpu_to_be64(value);
    int fd = open(path, O_RDWR);

    g_assert_cmpint(fd, >=, 0);
    g_assert_cmpint(pwrite(fd, (char *)&be + 8 - bytes, bytes, offset), ==,
                    bytes);
    close(fd);
}

/* By both, if others are here */

bool image_has_zstd(void)
{
    return qapi_enum_parse(&Qcow2CompressionType_lookup, "zstd", -1, NULL) >= 0;
}

void image_test_without_zstd(void)
{
    g_test_skip("built without libzstd (package libzstd-dev)");
}

bool have_qemu_img(void)
{
    g_autofree char *found = g_find_program_in_path("qemu-img");

    return found;
}

bool image_needs_qemu_img(void)
{
    if (!have_qemu_img()) {
        g_test_skip("no qemu-img (package qemu-utils)");
        return false;
    }
    return true;
}

static bool image_vrun(char **said, const char *program, va_list ap)
{
    g_autoptr(GPtrArray) argv = g_ptr_array_new();
    g_autofree char *out = NULL, *err = NULL;
    const char *arg = program;
    int status;

    while (arg) {
        g_ptr_array_add(argv, (char *)arg);
        arg = va_arg(ap, const char *);
    }
    g_ptr_array_add(argv, NULL);
    g_assert_true(g_spawn_sync(image_folder, (char **)argv->pdata, NULL,
                               G_SPAWN_SEARCH_PATH, NULL, NULL, &out, &err,
                               &status, NULL));
    if (said) {
        *said = g_strconcat(out, err, NULL);
    }
    return status == 0;
}

bool image_run(char **said, const char *program, ...)
{
    va_list ap;
    bool ok;

    va_start(ap, program);
    ok = image_vrun(said, program, ap);
    va_end(ap);
    return ok;
}

void image_must_run(const char *program, ...)
{
    g_autofree char *said = NULL;
    va_list ap;

    va_start(ap, program);
    if (!image_vrun(&said, program, ap)) {
        g_error("%s: %s", program, said);
    }
    va_end(ap);
}

void image_expect_clean(const char *path)
{
    QDict *options = qdict_new();
    BdrvCheckResult result = { 0 };
    BlockBackend *blk;

    qdict_put_str(options, "driver", "qcow2");
    blk = blk_new_open(path, NULL, options, BDRV_O_NO_BACKING, &error_abort);
    g_assert_cmpint(bdrv_check(blk_bs(blk), &result, 0), ==, 0);
    g_assert_cmpint(result.corruptions, ==, 0);
    g_assert_cmpint(result.leaks, ==, 0);
    g_assert_cmpint(result.check_errors, ==, 0);
    blk_unref(blk);
    if (have_qemu_img()) {
        image_must_run("qemu-img", "check", "-f", "qcow2", path, NULL);
    }
}

void image_expect_content(const char *path, const uint8_t *content,
                          size_t size)
{
    g_autofree char *raw = image_path("expected.raw");
    BlockBackend *blk = image_open_to_read(path);

    image_expect_reads(blk, content, size);
    blk_unref(blk);
    if (!have_qemu_img()) {
        return;
    }
    g_assert_true(g_file_set_contents(raw, (const char *)content, size, NULL));
    image_must_run("qemu-img", "compare", "-f", "qcow2", "-F", "raw", path,
                   raw, NULL);
    unlink(raw);
}
