/*
 * Nodes: errors on purpose, limits, other threads, graphs that change.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "block/block_int.h"
#include "qapi/error.h"
#include "qapi/qmp/qdict.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "qom/object.h"
#include "qom/object_interfaces.h"
#include "qom/qom-qobject.h"
#include "sysemu/block-backend.h"
#include "sysemu/cpus.h"
#include "sysemu/iothread.h"

static QDict *opts(const char *first, ...) G_GNUC_NULL_TERMINATED;

/* Names and values, up to a NULL. */
static QDict *opts(const char *first, ...)
{
    QDict *options = qdict_new();
    va_list ap;

    va_start(ap, first);
    for (const char *key = first; key; key = va_arg(ap, const char *)) {
        qdict_put_str(options, key, va_arg(ap, const char *));
    }
    va_end(ap);
    return options;
}

static void set_done(void *opaque, int ret)
{
    qatomic_set((int *)opaque, ret);
    aio_wait_kick();
}

/* The first write of sector 2 fails, and later ones do not. */
static void test_inject_error(void)
{
    BlockBackend *blk;
    char buf[1024] = { 0 };

    blk = blk_new_open(NULL, NULL, opts("driver", "blkdebug",
                                        "image.driver", "null-co",
                                        "inject-error.0.event", "none",
                                        "inject-error.0.iotype", "write",
                                        "inject-error.0.errno", "28",
                                        "inject-error.0.sector", "2",
                                        "inject-error.0.once", "on", NULL),
                       BDRV_O_RDWR, &error_abort);
    g_assert_cmpint(blk_pwrite(blk, 0, 1024, buf, 0), ==, 0);
    g_assert_cmpint(blk_pread(blk, 1024, 512, buf, 0), ==, 0);
    g_assert_cmpint(blk_pwrite(blk, 512, 1024, buf, 0), ==, -ENOSPC);
    g_assert_cmpint(blk_pwrite(blk, 512, 1024, buf, 0), ==, 0);
    blk_unref(blk);
}

/* Rules that make no sense leave nothing behind. */
static void test_blkdebug_errors(void)
{
    Error *err = NULL;

    g_assert(!bdrv_open(NULL, NULL, opts("driver", "blkdebug",
                                         "image.driver", "null-co",
                                         "inject-error.0.event", "tea", NULL),
                        0, &err));
    error_free_or_abort(&err);
    g_assert(!bdrv_open(NULL, NULL, opts("driver", "blkdebug",
                                         "image.driver", "null-co",
                                         "align", "3", NULL), 0, &err));
    g_assert_cmpstr(error_get_pretty(err), ==,
                    "Cannot meet constraints with align 3");
    error_free_or_abort(&err);
    g_assert(!bdrv_open(NULL, NULL, opts("driver", "blkdebug", NULL), 0, &err));
    error_free_or_abort(&err);
    g_assert(!bdrv_open(NULL, NULL, opts("driver", "blkdebug",
                                         "image.driver", "null-co",
                                         "inject-error.0.event", "none",
                                         "inject-error.0.errno", "-5", NULL),
                        0, &err));
    error_free_or_abort(&err);
}

/* No limit is below the unit that it is to be a multiple of. */
static void test_blkdebug_limits(void)
{
    static const char *const pairs[][2] = {
        { "opt-write-zero", "max-write-zero" },
        { "opt-discard", "max-discard" },
    };

    for (int i = 0; i < ARRAY_SIZE(pairs); i++) {
        g_autofree char *message = g_strdup_printf(
            "Cannot meet constraints with %s 98304", pairs[i][1]);
        BlockBackend *blk;
        Error *err = NULL;

        g_assert(!bdrv_open(NULL, NULL, opts("driver", "blkdebug",
                                             "image.driver", "null-co",
                                             pairs[i][0], "65536",
                                             pairs[i][1], "98304", NULL),
                            0, &err));
        g_assert_cmpstr(error_get_pretty(err), ==, message);
        error_free_or_abort(&err);

        blk = blk_new_open(NULL, NULL, opts("driver", "blkdebug",
                                            "image.driver", "null-co",
                                            pairs[i][0], "65536",
                                            pairs[i][1], "131072", NULL),
                           BDRV_O_RDWR | BDRV_O_UNMAP, &error_abort);
        g_assert_cmpint(blk_pwrite_zeroes(blk, 512, 1 << 20, 0), ==, 0);
        g_assert_cmpint(blk_pdiscard(blk, 512, 1 << 20), ==, 0);
        blk_unref(blk);
    }
}

/* A part of a unit is read, changed and written. */
static void test_rmw(void)
{
    BlockBackend *blk;
    char buf[100];

    blk = blk_new_open(NULL, NULL, opts("driver", "blkdebug",
                                        "image.driver", "null-co",
                                        "image.read-zeroes", "on",
                                        "align", "4096",
                                        "inject-error.0.event",
                                        "pwritev_rmw_tail",
                                        "inject-error.0.iotype", "read",
                                        "inject-error.0.once", "on", NULL),
                       BDRV_O_RDWR, &error_abort);
    /* The read of the last unit fails: nothing is written. */
    g_assert_cmpint(blk_pwrite(blk, 50, 100, buf, 0), ==, -EIO);
    g_assert_cmpint(blk_pwrite(blk, 50, 100, buf, 0), ==, 0);
    g_assert_cmpint(blk_pwrite_zeroes(blk, 4000, 10000, 0), ==, 0);
    blk_unref(blk);
}

/* A group's limit holds for all of it; a drained disk does not wait. */
static void test_throttle(void)
{
    Object *group = object_new("throttle-group");
    BlockBackend *a, *b;
    char buf[512] = { 0 };
    int done[40], n = 0;
    QEMUIOVector qiov = QEMU_IOVEC_INIT_BUF(qiov, buf, sizeof(buf));
    Error *err = NULL;

    g_assert(!bdrv_open(NULL, NULL, opts("driver", "throttle",
                                         "file.driver", "null-co",
                                         "throttle-group", "none", NULL),
                        0, &err));
    g_assert_cmpstr(error_get_pretty(err), ==,
                    "Throttle group 'none' does not exist");
    error_free_or_abort(&err);

    object_property_set_int(group, "x-iops-total", 100, &error_abort);
    object_property_add_child(object_get_objects_root(), "tg", group);
    user_creatable_complete(USER_CREATABLE(group), &error_abort);

    a = blk_new_open(NULL, NULL, opts("driver", "throttle",
                                      "file.driver", "null-co",
                                      "throttle-group", "tg", NULL),
                     BDRV_O_RDWR, &error_abort);
    b = blk_new_open(NULL, NULL, opts("driver", "throttle",
                                      "file.driver", "null-co",
                                      "throttle-group", "tg", NULL),
                     BDRV_O_RDWR, &error_abort);
    for (int i = 0; i < ARRAY_SIZE(done); i++) {
        done[i] = -EINPROGRESS;
        blk_aio_pwritev(i % 2 ? a : b, 512 * i, &qiov, 0, set_done, &done[i]);
    }
    /* A tenth of a second's worth goes at once, and one more. */
    for (int i = 0; i < 5; i++) {
        aio_poll(qemu_get_aio_context(), false);
    }
    for (int i = 0; i < ARRAY_SIZE(done); i++) {
        n += done[i] == 0;
    }
    g_assert_cmpint(n, >=, 10);
    g_assert_cmpint(n, <, 30);

    blk_drain(a);
    blk_drain(b);
    for (int i = 0; i < ARRAY_SIZE(done); i++) {
        g_assert_cmpint(done[i], ==, 0);
    }
    blk_unref(a);
    blk_unref(b);
    object_unparent(group);
    object_unref(group);
}

static int count_done(const int *done, int n)
{
    int sum = 0;

    for (int i = 0; i < n; i++) {
        sum += done[i] == 0;
    }
    return sum;
}

static void set_limit(Object *group, const char *name, int64_t value)
{
    QDict *limits = qdict_new();

    qdict_put_int(limits, name, value);
    object_property_set_qobject(group, "limits", QOBJECT(limits),
                                &error_abort);
    qobject_unref(limits);
}

/* Who waits by the old limits goes on by the new ones, whoever's turn it is. */
static void test_throttle_change(void)
{
    Object *group = object_new("throttle-group");
    BlockBackend *blk[2];
    char buf[512] = { 0 };
    int done[6];
    QEMUIOVector qiov = QEMU_IOVEC_INIT_BUF(qiov, buf, sizeof(buf));

    /* What one request takes is a wait of minutes. */
    object_property_set_int(group, "x-bps-total", 1, &error_abort);
    object_property_add_child(object_get_objects_root(), "tg", group);
    user_creatable_complete(USER_CREATABLE(group), &error_abort);
    for (int i = 0; i < 2; i++) {
        blk[i] = blk_new_open(NULL, NULL, opts("driver", "throttle",
                                               "file.driver", "null-co",
                                               "throttle-group", "tg", NULL),
                              BDRV_O_RDWR, &error_abort);
    }
    for (int i = 0; i < ARRAY_SIZE(done); i++) {
        done[i] = -EINPROGRESS;
        blk_aio_pwritev(blk[i % 2], 512 * i, &qiov, 0, set_done, &done[i]);
    }
    while (count_done(done, ARRAY_SIZE(done)) < 1) {
        aio_poll(qemu_get_aio_context(), true);
    }
    /* Limits as tight again: one more, as nothing is used up yet. */
    set_limit(group, "bps-total", 2);
    while (count_done(done, ARRAY_SIZE(done)) < 2) {
        aio_poll(qemu_get_aio_context(), true);
    }
    while (aio_poll(qemu_get_aio_context(), false)) {
        continue;
    }
    g_assert_cmpint(count_done(done, ARRAY_SIZE(done)), ==, 2);
    /* A thousandth of a second each */
    set_limit(group, "bps-total", 512000);
    while (count_done(done, ARRAY_SIZE(done)) < 4) {
        aio_poll(qemu_get_aio_context(), true);
    }
    set_limit(group, "bps-total", 0);
    while (count_done(done, ARRAY_SIZE(done)) < ARRAY_SIZE(done)) {
        aio_poll(qemu_get_aio_context(), true);
    }
    for (int i = 0; i < 2; i++) {
        blk_unref(blk[i]);
    }
    object_unparent(group);
    object_unref(group);
}

static bool all_done(int *done, int n)
{
    for (int i = 0; i < n; i++) {
        int ret = qatomic_read(&done[i]);

        if (ret == -EINPROGRESS) {
            return false;
        }
        g_assert_cmpint(ret, ==, 0);
    }
    return true;
}

/* A BlockBackend goes to another thread with its nodes, and comes back. */
static void test_iothread(void)
{
    IOThread *iothread = IOTHREAD(object_new("iothread"));
    AioContext *ctx, *main_ctx = qemu_get_aio_context();
    BlockBackend *blk, *other;
    BlockDriverState *bs;
    Error *err = NULL;
    char buf[512];
    int done[64];
    QEMUIOVector qiov = QEMU_IOVEC_INIT_BUF(qiov, buf, sizeof(buf));

    object_property_add_child(object_get_objects_root(), "io0",
                              OBJECT(iothread));
    user_creatable_complete(USER_CREATABLE(iothread), &error_abort);
    ctx = iothread_get_aio_context(iothread);

    blk = blk_new_open(NULL, NULL, opts("driver", "raw",
                                        "file.driver", "null-co",
                                        "file.latency-ns", "100000", NULL),
                       BDRV_O_RDWR, &error_abort);
    bs = blk_bs(blk);

    /* Somebody who does not want to move keeps all of it. */
    other = blk_new_with_bs(bs, 0, BLK_PERM_ALL, &error_abort);
    g_assert_cmpint(blk_set_aio_context(blk, ctx, &err), <, 0);
    g_assert_cmpstr(error_get_pretty(err), ==,
                    "Cannot change iothread of active block backend");
    error_free_or_abort(&err);
    g_assert(bdrv_get_aio_context(bs) == main_ctx);
    blk_unref(other);

    for (int round = 0; round < 10; round++) {
        g_assert_cmpint(blk_set_aio_context(blk, ctx, &error_abort), ==, 0);
        g_assert(bdrv_get_aio_context(bs) == ctx);
        g_assert(bdrv_get_aio_context(bs->file->bs) == ctx);
        g_assert(blk_get_aio_context(blk) == ctx);

        aio_context_acquire(ctx);
        for (int i = 0; i < ARRAY_SIZE(done); i++) {
            done[i] = -EINPROGRESS;
            blk_aio_preadv(blk, 512 * i, &qiov, 0, set_done, &done[i]);
        }
        g_assert_cmpint(blk_pread(blk, 0, 512, buf, 0), ==, 0);
        g_assert_cmpint(blk_flush(blk), ==, 0);
        if (round % 2) {
            blk_drain(blk);
        }
        /* Also with requests under way. */
        g_assert_cmpint(blk_set_aio_context(blk, main_ctx, &error_abort),
                        ==, 0);
        aio_context_release(ctx);
        /* Those that had not begun come along. */
        AIO_WAIT_WHILE_UNLOCKED(NULL, !all_done(done, ARRAY_SIZE(done)));
        g_assert(bdrv_get_aio_context(bs) == main_ctx);
    }

    /*
     * One that waited in a drained section is under way when the section ends,
     * though its thread, which wants our lock, does not know yet.
     */
    g_assert_cmpint(blk_set_aio_context(blk, ctx, &error_abort), ==, 0);
    aio_context_acquire(ctx);
    bdrv_drained_begin(bs);
    done[0] = -EINPROGRESS;
    blk_aio_flush(blk, set_done, &done[0]);
    blk_drain(blk);
    g_assert_cmpint(qatomic_read(&done[0]), ==, -EINPROGRESS);
    bdrv_drained_end(bs);
    blk_drain(blk);
    g_assert_cmpint(qatomic_read(&done[0]), ==, 0);
    aio_context_release(ctx);

    /* All, in all threads. */
    aio_context_acquire(ctx);
    for (int i = 0; i < ARRAY_SIZE(done); i++) {
        done[i] = -EINPROGRESS;
        blk_aio_preadv(blk, 512 * i, &qiov, 0, set_done, &done[i]);
    }
    aio_context_release(ctx);
    bdrv_drain_all_begin();
    g_assert_cmpint(bs->in_flight, ==, 0);
    g_assert_cmpint(bs->file->bs->in_flight, ==, 0);
    bdrv_drain_all_end();
    AIO_WAIT_WHILE_UNLOCKED(NULL, !all_done(done, ARRAY_SIZE(done)));
    aio_context_acquire(ctx);
    blk_set_aio_context(blk, main_ctx, &error_abort);
    aio_context_release(ctx);

    blk_unref(blk);
    object_unparent(OBJECT(iothread));
    object_unref(OBJECT(iothread));
}

/* A filter comes between a disk and its node while requests are under way. */
static void test_append_filter(void)
{
    BlockBackend *blk;
    BlockDriverState *bs, *filter;
    Error *err = NULL;
    char buf[512];
    int done = -EINPROGRESS;

    blk = blk_new_open(NULL, NULL, opts("driver", "null-co",
                                        "latency-ns", "1000000", NULL),
                       BDRV_O_RDWR, &error_abort);
    bs = blk_bs(blk);
    blk_aio_flush(blk, set_done, &done);

    filter = bdrv_open(NULL, NULL, opts("driver", "blkdebug",
                                        "node-name", "f0",
                                        "image.driver", "null-co", NULL),
                       BDRV_O_RDWR, &error_abort);
    bdrv_replace_node(bs, filter, &error_abort);
    g_assert(blk_bs(blk) == filter);
    g_assert_cmpint(done, ==, 0);
    g_assert_cmpint(blk_pread(blk, 0, 512, buf, 0), ==, 0);

    /* A node is not its own child. */
    g_assert(!bdrv_attach_child(filter, (bdrv_ref(filter), filter), "loop",
                                &child_of_bds, BDRV_CHILD_DATA, &err));
    g_assert_cmpstr(error_get_pretty(err), ==,
                    "Making 'f0' a loop child of 'f0' would create a cycle");
    error_free_or_abort(&err);
    bdrv_unref(filter);
    blk_unref(blk);
}

/* Read-only is for all who are above. */
static void test_read_only(void)
{
    BlockDriverState *bs;
    BlockBackend *blk;
    Error *err = NULL;

    bs = bdrv_open(NULL, NULL, opts("driver", "null-co", "node-name", "n1",
                                    "read-only", "on", NULL), 0, &error_abort);
    blk = blk_new(qemu_get_aio_context(), BLK_PERM_WRITE, BLK_PERM_ALL);
    g_assert_cmpint(blk_insert_bs(blk, bs, &err), <, 0);
    g_assert_cmpstr(error_get_pretty(err), ==, "Block node is read-only");
    error_free_or_abort(&err);
    g_assert(!blk_is_inserted(blk));

    g_assert_cmpint(bdrv_reopen_set_read_only(bs, false, &error_abort), ==, 0);
    g_assert_cmpint(blk_insert_bs(blk, bs, &error_abort), ==, 0);
    g_assert_cmpint(bdrv_reopen_set_read_only(bs, true, &err), <, 0);
    g_assert_cmpstr(error_get_pretty(err), ==, "Read-only block node 'n1' "
                    "cannot support read-write users");
    error_free_or_abort(&err);
    blk_unref(blk);
    bdrv_unref(bs);
}

/* It may be read-only if need be; who wants to write hears what was the need. */
static void test_auto_read_only(void)
{
    g_autofree char *path = NULL, *expected = NULL;
    int fd = g_file_open_tmp("bdrv-XXXXXX", &path, NULL);
    uid_t uid = geteuid();
    BlockBackend *blk;
    Error *err = NULL;

    g_assert_cmpint(fd, >=, 0);
    g_assert_cmpint(fchmod(fd, 0444), ==, 0);
    g_assert_cmpint(ftruncate(fd, 4096), ==, 0);
    close(fd);
    /* To root, modes of files say nothing. */
    if (uid == 0) {
        g_assert_cmpint(seteuid(65534), ==, 0);
    }
    blk = blk_new_open(NULL, NULL, opts("driver", "raw", "auto-read-only", "on",
                                        "file.driver", "file",
                                        "file.filename", path, NULL),
                       0, &error_abort);
    blk_unref(blk);
    blk = blk_new_open(NULL, NULL, opts("driver", "raw", "auto-read-only", "on",
                                        "file.driver", "file",
                                        "file.filename", path, NULL),
                       BDRV_O_RDWR, &err);
    g_assert_cmpint(seteuid(uid), ==, 0);
    g_assert_null(blk);
    expected = g_strdup_printf("Could not open '%s': Permission denied", path);
    g_assert_cmpstr(error_get_pretty(err), ==, expected);
    error_free(err);
    unlink(path);
}

/* Names are one's own. */
static void test_names(void)
{
    BlockDriverState *bs;
    Error *err = NULL;

    bs = bdrv_open(NULL, NULL, opts("driver", "null-co", "node-name", "n2",
                                    NULL), 0, &error_abort);
    g_assert(bdrv_find_node("n2") == bs);
    g_assert(!bdrv_open(NULL, NULL, opts("driver", "null-co",
                                         "node-name", "n2", NULL), 0, &err));
    error_free_or_abort(&err);
    g_assert(!bdrv_open(NULL, NULL, opts("driver", "null-co",
                                         "tea", "on", NULL), 0, &err));
    g_assert_cmpstr(error_get_pretty(err), ==, "Block protocol 'null-co' "
                    "doesn't support the option 'tea'");
    error_free_or_abort(&err);
    g_assert(!bdrv_open("json:{\"driver\":", NULL, NULL, 0, &err));
    error_free_or_abort(&err);
    bdrv_unref(bs);

    bs = bdrv_open("json:{\"driver\": \"null-co\", \"size\": 512}", NULL, NULL,
                   0, &error_abort);
    g_assert_cmpint(bdrv_getlength(bs), ==, 512);
    bdrv_unref(bs);
    bs = bdrv_open("null-co://", NULL, opts("driver", "null-co", NULL), 0,
                   &error_abort);
    bdrv_unref(bs);
}

int main(int argc, char **argv)
{
    qemu_init_cpu_loop();
    qemu_mutex_lock_iothread();
    qemu_init_main_loop(&error_abort);
    module_call_init(MODULE_INIT_QOM);
    bdrv_init();

    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/bdrv/inject-error", test_inject_error);
    g_test_add_func("/bdrv/blkdebug-errors", test_blkdebug_errors);
    g_test_add_func("/bdrv/blkdebug-limits", test_blkdebug_limits);
    g_test_add_func("/bdrv/rmw", test_rmw);
    g_test_add_func("/bdrv/throttle", test_throttle);
    g_test_add_func("/bdrv/throttle-change", test_throttle_change);
    g_test_add_func("/bdrv/iothread", test_iothread);
    g_test_add_func("/bdrv/append-filter", test_append_filter);
    g_test_add_func("/bdrv/read-only", test_read_only);
    g_test_add_func("/bdrv/auto-read-only", test_auto_read_only);
    g_test_add_func("/bdrv/names", test_names);
    return g_test_run();
}
