/*
 * IOThread: a thread with an AioContext, which is an object.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "block/aio.h"
#include "block/thread-pool.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "qom/object_interfaces.h"
#include "sysemu/iothread.h"

static IOThread *add_iothread(const char *id)
{
    return IOTHREAD(object_new_with_props(TYPE_IOTHREAD,
                                          object_get_objects_root(), id,
                                          &error_abort, NULL));
}

/* What a callback saw of the thread that ran it. */
typedef struct Visit {
    QemuSemaphore done;
    bool in_iothread;
    int tid;
    AioContext *ctx;
} Visit;

static void note_visit(void *opaque)
{
    Visit *visit = opaque;

    visit->in_iothread = qemu_in_iothread();
    visit->tid = qemu_get_thread_id();
    visit->ctx = qemu_get_current_aio_context();
    qemu_sem_post(&visit->done);
}

static void check_visit(Visit *visit, IOThread *iothread)
{
    qemu_sem_wait(&visit->done);
    g_assert_true(visit->in_iothread);
    g_assert_cmpint(visit->tid, ==, iothread->thread_id);
    g_assert_true(visit->ctx == iothread_get_aio_context(iothread));
}

static void test_runs_bottom_halves(void)
{
    IOThread *iothread = iothread_create("io0", &error_abort);
    Visit visit = { };

    qemu_sem_init(&visit.done, 0);
    g_assert_false(qemu_in_iothread());
    aio_bh_schedule_oneshot(iothread_get_aio_context(iothread), note_visit,
                            &visit);
    check_visit(&visit, iothread);
    iothread_destroy(iothread);
    qemu_sem_destroy(&visit.done);
}

static gboolean note_visit_once(gpointer opaque)
{
    note_visit(opaque);
    return G_SOURCE_REMOVE;
}

/* Once somebody has asked for the GMainContext, both are served. */
static void test_runs_gcontext(void)
{
    IOThread *iothread = iothread_create("io0", &error_abort);
    GSource *source = g_idle_source_new();
    Visit visit = { };

    qemu_sem_init(&visit.done, 0);
    g_source_set_callback(source, note_visit_once, &visit, NULL);
    g_source_attach(source, iothread_get_g_main_context(iothread));
    g_source_unref(source);
    check_visit(&visit, iothread);
    aio_bh_schedule_oneshot(iothread_get_aio_context(iothread), note_visit,
                            &visit);
    check_visit(&visit, iothread);
    iothread_destroy(iothread);
    qemu_sem_destroy(&visit.done);
}

static void count(void *opaque)
{
    ++*(int *)opaque;
}

/* What was queued before the stop is done; a second stop does nothing. */
static void test_stop(void)
{
    IOThread *iothread = iothread_create("io0", &error_abort);
    int n = 0;

    for (int i = 0; i < 100; i++) {
        aio_bh_schedule_oneshot(iothread_get_aio_context(iothread), count, &n);
    }
    iothread_stop(iothread);
    g_assert_cmpint(n, ==, 100);
    iothread_stop(iothread);
    iothread_destroy(iothread);
}

static void test_by_id(void)
{
    IOThread *iothread = add_iothread("io0");
    g_autofree char *id = iothread_get_id(iothread);

    g_assert_cmpstr(id, ==, "io0");
    g_assert_true(iothread_by_id("io0") == iothread);
    g_assert_null(iothread_by_id("io1"));
    object_unparent(OBJECT(iothread));
    g_assert_null(iothread_by_id("io0"));
}

/* One for our own use is not among those of the user. */
static void test_internal(void)
{
    IOThread *iothread = iothread_create("io0", &error_abort);

    g_assert_null(iothread_by_id("io0"));
    iothread_destroy(iothread);
}

static void test_properties(void)
{
    static const char *const names[] = {
        "poll-max-ns", "poll-grow", "poll-shrink", "aio-max-batch",
        "thread-pool-max", "thread-pool-min",
    };
    IOThread *iothread = add_iothread("io0");
    Object *obj = OBJECT(iothread);

    g_assert_cmpint(object_property_get_int(obj, "poll-max-ns", &error_abort),
                    ==, 32768);
    for (int i = 0; i < ARRAY_SIZE(names); i++) {
        g_autofree char *message = g_strdup_printf(
            "%s value must be in range [0, 9223372036854775807]", names[i]);
        Error *err = NULL;

        /* The thread is running, and may look at them at any time. */
        object_property_set_int(obj, names[i], 5, &error_abort);
        g_assert_false(object_property_set_int(obj, names[i], -1, &err));
        g_assert_cmpstr(error_get_pretty(err), ==, message);
        error_free(err);
        g_assert_cmpint(object_property_get_int(obj, names[i], &error_abort),
                        ==, 5);
    }
    object_unparent(obj);
}

/* Sizes of the pool that contradict each other are refused, and stay. */
static void test_pool_sizes(void)
{
    static const struct {
        const char *name;
        int64_t value;
    } bad[] = {
        { "thread-pool-min", 5 },
        { "thread-pool-max", 1 },
        { "thread-pool-max", 0 },
        { "thread-pool-max", 1LL << 31 },
    };
    IOThread *iothread = add_iothread("io0");
    Object *obj = OBJECT(iothread);
    Error *err = NULL;

    g_assert_cmpint(object_property_get_int(obj, "thread-pool-min",
                                            &error_abort), ==, 0);
    g_assert_cmpint(object_property_get_int(obj, "thread-pool-max",
                                            &error_abort), ==, 64);
    object_property_set_int(obj, "thread-pool-max", 4, &error_abort);
    object_property_set_int(obj, "thread-pool-min", 2, &error_abort);
    for (int i = 0; i < ARRAY_SIZE(bad); i++) {
        g_assert_false(object_property_set_int(obj, bad[i].name, bad[i].value,
                                               &err));
        g_assert_cmpstr(error_get_pretty(err), ==,
                        "bad thread-pool-min/thread-pool-max values");
        error_free(err);
        err = NULL;
        g_assert_cmpint(object_property_get_int(obj, "thread-pool-min",
                                                &error_abort), ==, 2);
        g_assert_cmpint(object_property_get_int(obj, "thread-pool-max",
                                                &error_abort), ==, 4);
    }
    object_unparent(obj);

    /* Before it runs, only both together are looked at. */
    g_assert_null(object_new_with_props(TYPE_IOTHREAD,
                                        object_get_objects_root(), "io1", &err,
                                        "thread-pool-min", "9",
                                        "thread-pool-max", "8", NULL));
    g_assert_cmpstr(error_get_pretty(err), ==,
                    "bad thread-pool-min/thread-pool-max values");
    error_free(err);
    obj = object_new_with_props(TYPE_IOTHREAD, object_get_objects_root(), "io1",
                                &error_abort, "thread-pool-min", "70",
                                "thread-pool-max", "80", NULL);
    object_unparent(obj);
}

/* Requests for the pool that wait until they are told to go on. */
typedef struct Crowd {
    AioContext *ctx;
    int requests;
    int submitted, in, most, done;      /* atomic */
    bool go;
} Crowd;

static int crowd_work(void *opaque)
{
    Crowd *crowd = opaque;
    int in = qatomic_fetch_inc(&crowd->in) + 1, most;

    while (in > (most = qatomic_read(&crowd->most))) {
        qatomic_cmpxchg(&crowd->most, most, in);
    }
    while (!qatomic_read(&crowd->go)) {
        g_usleep(100);
    }
    qatomic_dec(&crowd->in);
    qatomic_inc(&crowd->done);
    return 0;
}

static void crowd_submit(void *opaque)
{
    Crowd *crowd = opaque;

    for (int i = 0; i < crowd->requests; i++) {
        thread_pool_submit(aio_get_thread_pool(crowd->ctx), crowd_work, crowd);
        qatomic_inc(&crowd->submitted);
    }
}

static int count_threads(void)
{
    g_autoptr(GDir) dir = g_dir_open("/proc/self/task", 0, NULL);
    int n = 0;

    g_assert_nonnull(dir);
    while (g_dir_read_name(dir)) {
        n++;
    }
    return n;
}

/* A running IOThread's pool has as many threads as it was told. */
static void test_pool_threads(void)
{
    IOThread *iothread = add_iothread("io0");
    Object *obj = OBJECT(iothread);
    Crowd crowd = { .ctx = iothread_get_aio_context(iothread), .requests = 20 };

    object_property_set_int(obj, "thread-pool-max", 3, &error_abort);
    aio_bh_schedule_oneshot(crowd.ctx, crowd_submit, &crowd);
    while (qatomic_read(&crowd.most) < 3) {
        g_usleep(100);
    }
    /* Three are in, and the others wait: nobody makes a fourth. */
    while (qatomic_read(&crowd.submitted) < 20) {
        g_usleep(100);
    }
    g_assert_cmpint(qatomic_read(&crowd.most), ==, 3);

    /* With work, more come as soon as there may be more. */
    crowd.requests = 5;
    object_property_set_int(obj, "thread-pool-max", 8, &error_abort);
    aio_bh_schedule_oneshot(crowd.ctx, crowd_submit, &crowd);
    while (qatomic_read(&crowd.most) < 8) {
        g_usleep(100);
    }
    qatomic_set(&crowd.go, true);
    while (qatomic_read(&crowd.done) < 25) {
        g_usleep(100);
    }
    g_assert_cmpint(crowd.most, ==, 8);

    /* At least: they come without any. */
    object_property_set_int(obj, "thread-pool-max", 30, &error_abort);
    object_property_set_int(obj, "thread-pool-min", 30, &error_abort);
    while (count_threads() < 30) {
        g_usleep(100);
    }
    object_unparent(obj);
}

/* The main loop's settings: of one object, which stays. */
static void test_main_loop(void)
{
    Error *err = NULL;
    Object *obj, *root = object_get_objects_root();

    g_assert_null(object_new_with_props(TYPE_MAIN_LOOP, root, "loop", &err,
                                        "thread-pool-max", "0", NULL));
    error_free_or_abort(&err);
    obj = object_new_with_props(TYPE_MAIN_LOOP, root, "loop", &error_abort,
                                "thread-pool-max", "7", NULL);
    g_assert_cmpint(qemu_get_aio_context()->thread_pool_max, ==, 7);
    object_property_set_int(obj, "thread-pool-max", 9, &error_abort);
    g_assert_cmpint(qemu_get_aio_context()->thread_pool_max, ==, 9);
    g_assert_null(object_new_with_props(TYPE_MAIN_LOOP, root, "second", &err,
                                        NULL));
    g_assert_cmpstr(error_get_pretty(err), ==,
                    "only one main-loop instance allowed");
    error_free(err);
    g_assert_false(user_creatable_can_be_deleted(USER_CREATABLE(obj)));
    object_unparent(obj);
}

/* Neither completed nor started. */
static void test_never_started(void)
{
    object_unref(object_new(TYPE_IOTHREAD));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    module_call_init(MODULE_INIT_QOM);
    qemu_init_main_loop(&error_abort);
    g_test_add_func("/iothread/bottom-halves", test_runs_bottom_halves);
    g_test_add_func("/iothread/gcontext", test_runs_gcontext);
    g_test_add_func("/iothread/stop", test_stop);
    g_test_add_func("/iothread/by-id", test_by_id);
    g_test_add_func("/iothread/internal", test_internal);
    g_test_add_func("/iothread/properties", test_properties);
    g_test_add_func("/iothread/pool-sizes", test_pool_sizes);
    g_test_add_func("/iothread/pool-threads", test_pool_threads);
    g_test_add_func("/iothread/main-loop", test_main_loop);
    g_test_add_func("/iothread/never-started", test_never_started);
    return g_test_run();
}
