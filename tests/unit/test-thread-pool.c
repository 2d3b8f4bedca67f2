/*
 * The thread pool: results come back to the context, cancelling is exact.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "block/thread-pool.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"

static AioContext *ctx;
static ThreadPool *pool;
static int active;

typedef struct {
    BlockAIOCB *aiocb;
    int n;
    int ret;
} WorkerTestData;

static int worker_cb(void *opaque)
{
    WorkerTestData *data = opaque;

    return qatomic_fetch_inc(&data->n);
}

static void done_cb(void *opaque, int ret)
{
    WorkerTestData *data = opaque;

    g_assert(qemu_get_current_aio_context() == ctx);
    g_assert(data->ret == -EINPROGRESS || data->ret == -ECANCELED);
    data->ret = ret;
    data->aiocb = NULL;
    active--;
}

static void test_submit(void)
{
    WorkerTestData data = { .n = 0 };

    thread_pool_submit(pool, worker_cb, &data);
    while (qatomic_read(&data.n) == 0) {
        aio_poll(ctx, true);
    }
    g_assert_cmpint(data.n, ==, 1);
}

static void test_submit_aio(void)
{
    WorkerTestData data = { .n = 0, .ret = -EINPROGRESS };

    data.aiocb = thread_pool_submit_aio(pool, worker_cb, &data,
                                        done_cb, &data);
    /* Never before the caller polls. */
    active = 1;
    g_assert_cmpint(data.ret, ==, -EINPROGRESS);
    while (data.ret == -EINPROGRESS) {
        aio_poll(ctx, true);
    }
    g_assert_cmpint(active, ==, 0);
    g_assert_cmpint(data.n, ==, 1);
    g_assert_cmpint(data.ret, ==, 0);
}

static void coroutine_fn co_test_cb(void *opaque)
{
    WorkerTestData *data = opaque;

    active = 1;
    data->n = 0;
    data->ret = -EINPROGRESS;
    thread_pool_submit_co(pool, worker_cb, data);
    data->ret = 0;
    active--;
}

static void test_submit_co(void)
{
    WorkerTestData data;

    qemu_coroutine_enter(qemu_coroutine_create(co_test_cb, &data));
    g_assert_cmpint(active, ==, 1);
    g_assert_cmpint(data.ret, ==, -EINPROGRESS);
    while (data.ret == -EINPROGRESS) {
        aio_poll(ctx, true);
    }
    g_assert_cmpint(data.n, ==, 1);
}

static void test_submit_many(void)
{
    WorkerTestData data[100];

    for (int i = 0; i < 100; i++) {
        data[i].n = 0;
        data[i].ret = -EINPROGRESS;
        thread_pool_submit_aio(pool, worker_cb, &data[i], done_cb, &data[i]);
    }
    active = 100;
    while (active > 0) {
        aio_poll(ctx, true);
    }
    for (int i = 0; i < 100; i++) {
        g_assert_cmpint(data[i].n, ==, 1);
        g_assert_cmpint(data[i].ret, ==, 0);
    }
}

static int long_cb(void *opaque)
{
    WorkerTestData *data = opaque;

    qatomic_set(&data->n, 1);
    while (qatomic_read(&data->n) != 2) {
        g_usleep(100);
    }
    return 0;
}

/*
 * With one worker held up, what waits is cancelled and never runs; what runs
 * comes to its own end.
 */
static void test_cancel(void)
{
    WorkerTestData data[10];
    int cancelled = 0;

    aio_context_set_thread_pool_params(ctx, 0, 1, &error_abort);
    for (int i = 0; i < 10; i++) {
        data[i].n = 0;
        data[i].ret = -EINPROGRESS;
        data[i].aiocb = thread_pool_submit_aio(pool,
                                               i == 0 ? long_cb : worker_cb,
                                               &data[i], done_cb, &data[i]);
    }
    active = 10;
    while (qatomic_read(&data[0].n) == 0) {
        aio_poll(ctx, false);
    }
    for (int i = 0; i < 10; i++) {
        data[i].aiocb->aiocb_info->cancel_async(data[i].aiocb);
    }
    while (active > 1) {
        aio_poll(ctx, true);
    }
    g_assert_cmpint(data[0].ret, ==, -EINPROGRESS);
    qatomic_set(&data[0].n, 2);
    while (active > 0) {
        aio_poll(ctx, true);
    }
    g_assert_cmpint(data[0].ret, ==, 0);
    for (int i = 1; i < 10; i++) {
        g_assert_cmpint(data[i].n, ==, 0);
        cancelled += data[i].ret == -ECANCELED;
    }
    g_assert_cmpint(cancelled, ==, 9);
    aio_context_set_thread_pool_params(ctx, 0, 64, &error_abort);
}

/* None comes to its end before all are at work. */
static int at_work;

static int meet_cb(void *opaque)
{
    qatomic_inc(&at_work);
    while (qatomic_read(&at_work) < 16) {
        g_usleep(100);
    }
    return 0;
}

/*
 * Those that block are at work at the same time, when there are workers that
 * sleep, though these are woken one by the other.
 */
static void test_all_wake(void)
{
    WorkerTestData data[16];

    aio_context_set_thread_pool_params(ctx, 16, 16, &error_abort);
    for (int round = 0; round < 50; round++) {
        at_work = 0;
        active = 16;
        for (int i = 0; i < 16; i++) {
            data[i].ret = -EINPROGRESS;
            thread_pool_submit_aio(pool, meet_cb, &data[i], done_cb, &data[i]);
        }
        while (active > 0) {
            aio_poll(ctx, true);
        }
    }
    aio_context_set_thread_pool_params(ctx, 0, 64, &error_abort);
}

static void test_params(void)
{
    Error *err = NULL;

    aio_context_set_thread_pool_params(ctx, 5, 4, &err);
    error_free_or_abort(&err);
    aio_context_set_thread_pool_params(ctx, 0, 0, &err);
    error_free_or_abort(&err);
    aio_context_set_thread_pool_params(ctx, 4, 8, &error_abort);
    test_submit_many();
    aio_context_set_thread_pool_params(ctx, 0, 64, &error_abort);
}

/* A callback that polls sees the others' results. */
static int polled;

static void poll_cb(void *opaque, int ret)
{
    done_cb(opaque, ret);
    if (!polled++) {
        while (active > 0) {
            aio_poll(ctx, true);
        }
    }
}

static void test_nested_poll(void)
{
    WorkerTestData data[8];

    polled = 0;
    active = 8;
    for (int i = 0; i < 8; i++) {
        data[i].n = 0;
        data[i].ret = -EINPROGRESS;
        thread_pool_submit_aio(pool, worker_cb, &data[i], poll_cb, &data[i]);
    }
    while (active > 0) {
        aio_poll(ctx, true);
    }
    g_assert_cmpint(polled, ==, 8);
}

/*
 * The same where the context polls, and with it one of its workers, when there have
 * been enough requests that came alone for the pool to try that.
 */
static void test_polling(void)
{
    aio_context_set_poll_params(ctx, 200000, 0, 0, &error_abort);
    for (int round = 0; round < 20; round++) {
        for (int i = 0; i < 16; i++) {
            ctx->poll_ns = 200000;
            test_submit_aio();
        }
        test_submit_many();
        test_nested_poll();
    }
    ctx->poll_ns = 200000;
    test_all_wake();
    test_cancel();
    aio_context_set_poll_params(ctx, 0, 0, 0, &error_abort);
}

int main(int argc, char **argv)
{
    qemu_init_main_loop(&error_abort);
    ctx = qemu_get_aio_context();
    pool = aio_get_thread_pool(ctx);

    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/thread-pool/submit", test_submit);
    g_test_add_func("/thread-pool/submit-aio", test_submit_aio);
    g_test_add_func("/thread-pool/submit-co", test_submit_co);
    g_test_add_func("/thread-pool/submit-many", test_submit_many);
    g_test_add_func("/thread-pool/cancel", test_cancel);
    g_test_add_func("/thread-pool/all-wake", test_all_wake);
    g_test_add_func("/thread-pool/params", test_params);
    g_test_add_func("/thread-pool/nested-poll", test_nested_poll);
    g_test_add_func("/thread-pool/polling", test_polling);
    return g_test_run();
}
