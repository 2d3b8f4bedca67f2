/*
 * BlockBackend: requests on nothing, on a file, on a part of a file; draining;
 * errors.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <dlfcn.h>
#ifdef CONFIG_LINUX_IO_URING
#include <liburing.h>
#endif
#include "block/block_int.h"
#include "block/thread-pool.h"
#include "qapi/error.h"
#include "qapi/qmp/qdict.h"
#include "qemu/cutils.h"
#include "qemu/main-loop.h"
#include "qom/object.h"
#include "qemu/module.h"
#include "qemu/memalign.h"
#include "sysemu/block-backend.h"
#include "sysemu/cpus.h"

static char *image;

static QDict *file_options(const char *driver)
{
    QDict *options = qdict_new();

    qdict_put_str(options, "driver", driver);
    qdict_put_str(options, "file.driver", "file");
    qdict_put_str(options, "file.filename", image);
    return options;
}

static BlockBackend *open_raw(QDict *more, int flags)
{
    QDict *options = file_options("raw");

    if (more) {
        for (const QDictEntry *e = qdict_first(more); e;
             e = qdict_next(more, e)) {
            qdict_put_obj(options, qdict_entry_key(e),
                          qobject_ref(qdict_entry_value(e)));
        }
        qobject_unref(more);
    }
    return blk_new_open(NULL, NULL, options, flags, &error_abort);
}

static void fill_image(size_t size)
{
    g_autofree char *data = g_malloc(size);

    for (size_t i = 0; i < size; i++) {
        data[i] = i / 512;
    }
    g_assert(g_file_set_contents(image, data, size, NULL));
}

/* Without a medium requests fail, and the callback comes later. */

static void count_error(void *opaque, int ret)
{
    g_assert_cmpint(ret, ==, -ENOMEDIUM);
    ++*(int *)opaque;
}

static void test_no_medium(void)
{
    BlockBackend *blk = blk_new(qemu_get_aio_context(), BLK_PERM_ALL,
                                BLK_PERM_ALL);
    char buf[512];
    QEMUIOVector qiov = QEMU_IOVEC_INIT_BUF(qiov, buf, sizeof(buf));
    int errors = 0;

    g_assert(!blk_is_inserted(blk));
    g_assert_cmpint(blk_pread(blk, 0, 512, buf, 0), ==, -ENOMEDIUM);
    g_assert_cmpint(blk_getlength(blk), ==, -ENOMEDIUM);

    blk_aio_preadv(blk, 0, &qiov, 0, count_error, &errors);
    blk_aio_flush(blk, count_error, &errors);
    g_assert_cmpint(errors, ==, 0);
    blk_drain(blk);
    g_assert_cmpint(errors, ==, 2);

    /* One that stays open while all are drained. */
    blk_aio_pdiscard(blk, 0, 512, count_error, &errors);
    blk_drain_all();
    g_assert_cmpint(errors, ==, 3);
    blk_unref(blk);
}

static void set_done(void *opaque, int ret)
{
    *(int *)opaque = ret;
}

static int wait_done(int *done)
{
    while (*done == -EINPROGRESS) {
        aio_poll(qemu_get_aio_context(), true);
    }
    return *done;
}

static void test_null(gconstpointer driver)
{
    QDict *options = qdict_new();
    char buf[1024];
    QEMUIOVector qiov = QEMU_IOVEC_INIT_BUF(qiov, buf, sizeof(buf));
    int done = -EINPROGRESS;
    BlockBackend *blk;

    qdict_put_str(options, "driver", driver);
    qdict_put_str(options, "size", "64k");
    qdict_put_str(options, "read-zeroes", "on");
    blk = blk_new_open(NULL, NULL, options, BDRV_O_RDWR, &error_abort);
    g_assert_cmpint(blk_getlength(blk), ==, 65536);

    memset(buf, 1, sizeof(buf));
    blk_aio_preadv(blk, 1024, &qiov, 0, set_done, &done);
    g_assert_cmpint(done, ==, -EINPROGRESS);
    g_assert_cmpint(wait_done(&done), ==, 0);
    g_assert(buffer_is_zero(buf, sizeof(buf)));

    done = -EINPROGRESS;
    blk_aio_pwritev(blk, 65536 - 1024, &qiov, 0, set_done, &done);
    g_assert_cmpint(wait_done(&done), ==, 0);

    /* Beyond the end */
    done = -EINPROGRESS;
    blk_aio_preadv(blk, 65536 - 512, &qiov, 0, set_done, &done);
    g_assert_cmpint(wait_done(&done), ==, -EIO);
    g_assert_cmpint(blk_pwrite(blk, -512, 512, buf, 0), ==, -EIO);
    g_assert_cmpint(blk_pread(blk, INT64_MAX - 511, 512, buf, 0), ==, -EIO);
    blk_unref(blk);
}

/* What is written is read, at any offset and length. */
static void check_file(int flags, const char *aio)
{
    g_autofree uint8_t *expected = g_malloc0(65536);
    g_autofree uint8_t *buf = g_malloc(65536);
    QDict *more = qdict_new();
    GRand *rnd = g_rand_new_with_seed(1);
    BlockBackend *blk;

    fill_image(65536);
    for (int i = 0; i < 65536; i++) {
        expected[i] = i / 512;
    }
    if (aio) {
        qdict_put_str(more, "file.aio", aio);
    }
    blk = open_raw(more, BDRV_O_RDWR | flags);
    for (int i = 0; i < 200; i++) {
        int offset = g_rand_int_range(rnd, 0, 65536);
        int bytes = g_rand_int_range(rnd, 0, MIN(65537 - offset, 9000));

        if (i % 3 == 0) {
            memset(buf, i, bytes);
            memset(expected + offset, i, bytes);
            g_assert_cmpint(blk_pwrite(blk, offset, bytes, buf, 0), ==, 0);
        } else if (i % 7 == 0) {
            memset(expected + offset, 0, bytes);
            g_assert_cmpint(blk_pwrite_zeroes(blk, offset, bytes,
                                              BDRV_REQ_MAY_UNMAP), ==, 0);
        } else {
            g_assert_cmpint(blk_pread(blk, offset, bytes, buf, 0), ==, 0);
            g_assert(!memcmp(buf, expected + offset, bytes));
        }
    }
    g_assert_cmpint(blk_flush(blk), ==, 0);
    g_assert_cmpint(blk_pread(blk, 0, 65536, buf, 0), ==, 0);
    g_assert(!memcmp(buf, expected, 65536));
    blk_unref(blk);
    g_rand_free(rnd);
}

static void test_file(void)
{
    check_file(0, NULL);
}

static void test_file_direct(void)
{
    int fd = open(image, O_RDONLY | O_DIRECT);

    if (fd < 0) {
        g_test_skip("this file system has no O_DIRECT");
        return;
    }
    close(fd);
    check_file(BDRV_O_NOCACHE, NULL);
}

#ifdef CONFIG_LINUX_IO_URING
/* The kernel's, which now and then has its hands full. */
static int submits, refused;

int io_uring_submit(struct io_uring *ring)
{
    static int (*real)(struct io_uring *ring);

    if (!real) {
        real = dlsym(RTLD_NEXT, "io_uring_submit");
        g_assert_nonnull(real);
    }
    if (submits++ % 3 == 1) {
        refused++;
        return -EAGAIN;
    }
    return real(ring);
}
#endif

static void test_file_io_uring(void)
{
    QDict *options = file_options("raw");
    Error *err = NULL;
    BlockBackend *blk;

    fill_image(65536);
    qdict_put_str(options, "file.aio", "io_uring");
    blk = blk_new_open(NULL, NULL, options, BDRV_O_RDWR, &err);
    if (!blk) {
        g_test_skip(error_get_pretty(err));
        error_free(err);
        return;
    }
    blk_unref(blk);
    check_file(0, "io_uring");
    check_file(BDRV_O_NOCACHE, "io_uring");
#ifdef CONFIG_LINUX_IO_URING
    g_assert_cmpint(refused, >, 10);
#endif
}

/* Many requests at a time, in pieces. */
static void test_file_many(void)
{
    enum { N = 128 };
    struct iovec iov[N][2];
    QEMUIOVector qiov[N];
    int done[N];
    uint8_t *buf = qemu_memalign(4096, N * 512);
    BlockBackend *blk;

    fill_image(65536);
    blk = open_raw(NULL, BDRV_O_RDWR);
    blk_io_plug(blk);
    for (int i = 0; i < N; i++) {
        iov[i][0] = (struct iovec) { buf + 512 * i, 100 };
        iov[i][1] = (struct iovec) { buf + 512 * i + 100, 412 };
        qemu_iovec_init_external(&qiov[i], iov[i], 2);
        done[i] = -EINPROGRESS;
        blk_aio_preadv(blk, 512 * i, &qiov[i], 0, set_done, &done[i]);
    }
    blk_io_unplug(blk);
    blk_drain(blk);
    for (int i = 0; i < N; i++) {
        g_assert_cmpint(done[i], ==, 0);
        g_assert_cmpint(buf[512 * i], ==, i);
        g_assert_cmpint(buf[512 * i + 511], ==, i);
    }
    blk_unref(blk);
    qemu_vfree(buf);
}

/* raw shows a part of its file, and keeps to it. */
static void test_raw_part(void)
{
    QDict *more = qdict_new();
    uint8_t buf[1024];
    Error *err = NULL;
    BlockBackend *blk;

    fill_image(8192);
    qdict_put_str(more, "offset", "1024");
    qdict_put_str(more, "size", "2048");
    blk = open_raw(more, BDRV_O_RDWR | BDRV_O_RESIZE);
    g_assert_cmpint(blk_getlength(blk), ==, 2048);
    g_assert_cmpint(blk_pread(blk, 512, 1024, buf, 0), ==, 0);
    g_assert_cmpint(buf[0], ==, 3);
    g_assert_cmpint(buf[1023], ==, 4);
    g_assert_cmpint(blk_pread(blk, 1536, 1024, buf, 0), ==, -EIO);
    g_assert_cmpint(blk_truncate(blk, 4096, false, PREALLOC_MODE_OFF, 0, &err),
                    <, 0);
    error_free_or_abort(&err);
    blk_unref(blk);
}

/* Longer and shorter; what is new is zero. */
static void test_truncate(void)
{
    QDict *options = file_options("raw");
    uint8_t buf[512];
    BlockBackend *blk;

    fill_image(1024);
    blk = blk_new_open(NULL, NULL, options, BDRV_O_RDWR | BDRV_O_RESIZE,
                       &error_abort);
    g_assert_cmpint(blk_truncate(blk, 4096, true, PREALLOC_MODE_OFF, 0,
                                 &error_abort), ==, 0);
    g_assert_cmpint(blk_getlength(blk), ==, 4096);
    g_assert_cmpint(blk_pread(blk, 3584, 512, buf, 0), ==, 0);
    g_assert(buffer_is_zero(buf, 512));
    g_assert_cmpint(blk_truncate(blk, 512, true, PREALLOC_MODE_OFF, 0,
                                 &error_abort), ==, 0);
    g_assert_cmpint(blk_pread(blk, 512, 512, buf, 0), ==, -EIO);
    blk_unref(blk);
}

/* Two who want to write, and do not share it */
static void test_permissions(void)
{
    QDict *options = file_options("raw");
    BlockDriverState *bs;
    BlockBackend *a, *b;
    Error *err = NULL;

    fill_image(1024);
    bs = bdrv_open(NULL, NULL, options, BDRV_O_RDWR, &error_abort);
    a = blk_new_with_bs(bs, BLK_PERM_WRITE, BLK_PERM_CONSISTENT_READ,
                        &error_abort);
    b = blk_new_with_bs(bs, BLK_PERM_CONSISTENT_READ, BLK_PERM_ALL,
                        &error_abort);
    g_assert_cmpint(blk_set_perm(b, BLK_PERM_WRITE, BLK_PERM_ALL, &err), <, 0);
    g_assert(g_str_has_prefix(error_get_pretty(err),
                              "Permission conflict on node '#block"));
    error_free_or_abort(&err);

    /* The first gives way. */
    g_assert_cmpint(blk_set_perm(a, BLK_PERM_CONSISTENT_READ, BLK_PERM_ALL,
                                 &error_abort), ==, 0);
    g_assert_cmpint(blk_set_perm(b, BLK_PERM_WRITE, BLK_PERM_ALL,
                                 &error_abort), ==, 0);
    blk_unref(a);
    blk_unref(b);
    bdrv_unref(bs);
}

/* A file that another has open for writing is locked. */
static void test_locks(void)
{
    QDict *options = file_options("raw");
    Error *err = NULL;
    BlockBackend *blk, *other;

    fill_image(1024);
    blk = blk_new_open(NULL, NULL, options, BDRV_O_RDWR | BDRV_O_NO_SHARE,
                       &error_abort);
    other = blk_new_open(NULL, NULL, file_options("raw"), BDRV_O_RDWR, &err);
    g_assert(!other);
    g_assert_cmpstr(error_get_pretty(err), ==, "Failed to get \"write\" lock");
    error_free_or_abort(&err);
    blk_unref(blk);

    blk = blk_new_open(NULL, NULL, file_options("raw"), BDRV_O_RDWR,
                       &error_abort);
    blk_unref(blk);
}

/* A request that comes in a drained section waits for its end. */
static void test_drain_queue(void)
{
    QDict *options = qdict_new();
    int done = -EINPROGRESS;
    BlockBackend *blk;

    qdict_put_str(options, "driver", "null-co");
    qdict_put_str(options, "latency-ns", "1000000");
    blk = blk_new_open(NULL, NULL, options, BDRV_O_RDWR, &error_abort);

    /* Drain waits for what is under way. */
    blk_aio_flush(blk, set_done, &done);
    g_assert_cmpint(done, ==, -EINPROGRESS);
    bdrv_drained_begin(blk_bs(blk));
    g_assert_cmpint(done, ==, 0);

    done = -EINPROGRESS;
    blk_aio_flush(blk, set_done, &done);
    for (int i = 0; i < 20; i++) {
        aio_poll(qemu_get_aio_context(), false);
        g_usleep(200);
    }
    g_assert_cmpint(done, ==, -EINPROGRESS);
    bdrv_drained_end(blk_bs(blk));
    g_assert_cmpint(wait_done(&done), ==, 0);
    blk_unref(blk);
}

/* What is in the host's cache is read though all workers are busy. */

static int held(void *opaque)
{
    while (!qatomic_read((bool *)opaque)) {
        g_usleep(100);
    }
    return 0;
}

static bool host_reads_without_waiting(void)
{
    char buf[4096];
    struct iovec iov = { .iov_base = buf, .iov_len = sizeof(buf) };
    int fd = open(image, O_RDONLY | O_CLOEXEC);
    bool does;

    g_assert_cmpint(fd, >=, 0);
    does = preadv2(fd, &iov, 1, 0, RWF_NOWAIT) == sizeof(buf);
    close(fd);
    return does;
}

static void test_cached(void)
{
    static const size_t sizes[] = { 512, 65536, 65536 + 512 };
    AioContext *ctx = qemu_get_aio_context();
    g_autofree uint8_t *buf = g_malloc(128 * 1024);
    bool at_once, let_go;
    BlockBackend *blk;

    fill_image(128 * 1024);
    at_once = host_reads_without_waiting();
    aio_context_set_thread_pool_params(ctx, 0, 1, &error_abort);
    blk = open_raw(NULL, 0);
    for (int i = 0; i < ARRAY_SIZE(sizes); i++) {
        QEMUIOVector qiov = QEMU_IOVEC_INIT_BUF(qiov, buf, sizes[i]);
        int done = -EINPROGRESS, worker_done = -EINPROGRESS;

        let_go = false;
        memset(buf, 0xff, sizes[i]);
        thread_pool_submit_aio(aio_get_thread_pool(ctx), held, &let_go,
                               set_done, &worker_done);
        blk_aio_preadv(blk, 1024, &qiov, 0, set_done, &done);
        while (aio_poll(ctx, false)) {
            /* what there is to do */
        }
        /* A long one is a worker's. */
        g_assert_cmpint(done, ==, at_once && sizes[i] <= 65536 ? 0
                                  : -EINPROGRESS);
        qatomic_set(&let_go, true);
        g_assert_cmpint(wait_done(&done), ==, 0);
        g_assert_cmpint(wait_done(&worker_done), ==, 0);
        for (size_t n = 0; n < sizes[i]; n++) {
            g_assert_cmphex(buf[n], ==, (n + 1024) / 512 & 0xff);
        }
    }
    blk_unref(blk);
    aio_context_set_thread_pool_params(ctx, 0, 64, &error_abort);
}

/* Out of the cache, and half in it: the same bytes. */
static void test_not_cached(void)
{
    g_autofree uint8_t *buf = g_malloc(65536);
    BlockBackend *blk;
    uint8_t byte;
    int fd;

    fill_image(65536);
    fd = open(image, O_RDWR | O_CLOEXEC);
    g_assert_cmpint(fd, >=, 0);
    g_assert_cmpint(fdatasync(fd), ==, 0);
    blk = open_raw(NULL, 0);
    for (int round = 0; round < 3; round++) {
        g_assert_cmpint(posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED), ==, 0);
        if (round) {
            g_assert_cmpint(pread(fd, &byte, 1, 8192 * round), ==, 1);
        }
        memset(buf, 0xff, 65536);
        g_assert_cmpint(blk_pread(blk, 0, 65536, buf, 0), ==, 0);
        for (size_t n = 0; n < 65536; n++) {
            g_assert_cmphex(buf[n], ==, n / 512);
        }
    }
    blk_unref(blk);
    close(fd);
}

/* A device is not made: it is there, and as long as it is. */
static void test_create_on_device(void)
{
    Error *err = NULL;

    bdrv_img_create("/dev/null", "raw", NULL, NULL, NULL, 0, 0, true,
                    &error_abort);
    bdrv_img_create("/dev/null", "raw", NULL, NULL, NULL, 1024, 0, true, &err);
    g_assert_cmpstr(error_get_pretty(err), ==, "Cannot grow device files");
    error_free(err);
    err = NULL;
    bdrv_img_create("host_device:/", "raw", NULL, NULL, NULL, 0, 0, true,
                    &err);
    g_assert_cmpstr(error_get_pretty(err), ==,
                    "Protocol driver 'host_device' does not support image "
                    "creation, and opening the image failed: Could not open "
                    "'/': Is a directory");
    error_free(err);
}

int main(int argc, char **argv)
{
    int fd, ret;

    qemu_init_cpu_loop();
    qemu_mutex_lock_iothread();
    qemu_init_main_loop(&error_abort);
    module_call_init(MODULE_INIT_QOM);
    bdrv_init();

    image = g_strdup("/var/tmp/test-block-backend-XXXXXX");
    fd = mkstemp(image);
    g_assert_cmpint(fd, >=, 0);
    close(fd);

    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/block-backend/no-medium", test_no_medium);
    g_test_add_data_func("/block-backend/null-co", "null-co", test_null);
    g_test_add_data_func("/block-backend/null-aio", "null-aio", test_null);
    g_test_add_func("/block-backend/file", test_file);
    g_test_add_func("/block-backend/file/direct", test_file_direct);
    g_test_add_func("/block-backend/file/io_uring", test_file_io_uring);
    g_test_add_func("/block-backend/file/cached", test_cached);
    g_test_add_func("/block-backend/file/not-cached", test_not_cached);
    g_test_add_func("/block-backend/file/many", test_file_many);
    g_test_add_func("/block-backend/raw-part", test_raw_part);
    g_test_add_func("/block-backend/truncate", test_truncate);
    g_test_add_func("/block-backend/permissions", test_permissions);
    g_test_add_func("/block-backend/locks", test_locks);
    g_test_add_func("/block-backend/drain-queue", test_drain_queue);
    g_test_add_func("/block-backend/create-on-device", test_create_on_device);
    ret = g_test_run();
    unlink(image);
    g_free(image);
    return ret;
}
