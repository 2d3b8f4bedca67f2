/*
 * IOThread: a thread with an AioContext, which is an object.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "block/aio.h"
#include "qapi/error.h"
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

/* Neither completed nor started. */
static void test_never_started(void)
{
    object_unref(object_new(TYPE_IOTHREAD));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    module_call_init(MODULE_INIT_QOM);
    g_test_add_func("/iothread/bottom-halves", test_runs_bottom_halves);
    g_test_add_func("/iothread/gcontext", test_runs_gcontext);
    g_test_add_func("/iothread/stop", test_stop);
    g_test_add_func("/iothread/by-id", test_by_id);
    g_test_add_func("/iothread/internal", test_internal);
    g_test_add_func("/iothread/properties", test_properties);
    g_test_add_func("/iothread/never-started", test_never_started);
    return g_test_run();
}
