/*
 * AioContext: what a handler, a bottom half and a timer may rely on.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "block/aio.h"
#include "hw/qdev-core.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"
#include "qemu/rcu.h"
#include "qemu/timer.h"

static AioContext *ctx;

/* Run everything that is to be run; true if there was anything. */
static bool settle(void)
{
    bool any = false;

    while (aio_poll(ctx, false)) {
        any = true;
    }
    return any;
}

/* Bottom halves */

typedef struct {
    QEMUBH *bh;
    int n;
    int again;          /* schedule it again this many times */
    bool delete;
} BHData;

static void bh_test_cb(void *opaque)
{
    BHData *data = opaque;

    data->n++;
    if (data->again-- > 0) {
        qemu_bh_schedule(data->bh);
    } else if (data->delete) {
        qemu_bh_delete(data->bh);
        data->bh = NULL;
    }
}

/* However often it is scheduled, it runs once. */
static void test_bh_once(void)
{
    BHData data = { };

    data.bh = aio_bh_new(ctx, bh_test_cb, &data);
    qemu_bh_schedule(data.bh);
    qemu_bh_schedule(data.bh);
    g_assert_cmpint(data.n, ==, 0);
    g_assert_true(aio_poll(ctx, true));
    g_assert_cmpint(data.n, ==, 1);
    g_assert_false(settle());
    qemu_bh_delete(data.bh);
    settle();
}

/* One that schedules itself runs in the next turn, not in this one. */
static void test_bh_reschedule(void)
{
    BHData data = { .again = 2 };

    data.bh = aio_bh_new(ctx, bh_test_cb, &data);
    qemu_bh_schedule(data.bh);
    aio_poll(ctx, false);
    g_assert_cmpint(data.n, ==, 1);
    settle();
    g_assert_cmpint(data.n, ==, 3);
    qemu_bh_delete(data.bh);
    settle();
}

static void test_bh_cancel(void)
{
    BHData data = { };

    data.bh = aio_bh_new(ctx, bh_test_cb, &data);
    qemu_bh_schedule(data.bh);
    qemu_bh_cancel(data.bh);
    settle();
    g_assert_cmpint(data.n, ==, 0);
    qemu_bh_delete(data.bh);
    settle();
}

/* A BH may delete itself while it runs. */
static void test_bh_delete_self(void)
{
    BHData data = { .delete = true };

    data.bh = aio_bh_new(ctx, bh_test_cb, &data);
    qemu_bh_schedule(data.bh);
    settle();
    g_assert_cmpint(data.n, ==, 1);
    g_assert_null(data.bh);
    g_assert_false(settle());
}

static void bh_poll_cb(void *opaque)
{
    BHData *data = opaque;

    data->n++;
    g_assert_true(aio_poll(ctx, false));
    data->n += 10;
}

/* A BH that polls does not make those wait that were scheduled with it. */
static void test_bh_nested(void)
{
    BHData outer = { }, other = { };

    /* The last one scheduled runs first. */
    other.bh = aio_bh_new(ctx, bh_test_cb, &other);
    outer.bh = aio_bh_new(ctx, bh_poll_cb, &outer);
    qemu_bh_schedule(other.bh);
    qemu_bh_schedule(outer.bh);
    g_assert_true(aio_poll(ctx, false));
    g_assert_cmpint(other.n, ==, 1);
    g_assert_cmpint(outer.n, ==, 11);
    qemu_bh_delete(outer.bh);
    qemu_bh_delete(other.bh);
    settle();
}

static MemReentrancyGuard guard;

static void bh_guard_cb(void *opaque)
{
    bool *engaged = opaque;

    *engaged = guard.engaged_in_io;
}

/*
 * While a guarded BH runs, its device's guard is engaged: that is what makes
 * the memory API refuse the device's own registers to it.
 */
static void test_bh_guarded(void)
{
    bool engaged = false;
    QEMUBH *bh = aio_bh_new_guarded(ctx, bh_guard_cb, &engaged, &guard);

    qemu_bh_schedule(bh);
    settle();
    g_assert_true(engaged);
    g_assert_false(guard.engaged_in_io);

    /* Nested in an access, it leaves the guard as it was: engaged. */
    guard.engaged_in_io = true;
    qemu_bh_schedule(bh);
    settle();
    g_assert_true(guard.engaged_in_io);
    guard.engaged_in_io = false;

    qemu_bh_delete(bh);
    settle();
}

static void *bh_from_thread(void *opaque)
{
    aio_bh_schedule_oneshot(ctx, bh_test_cb, opaque);
    return NULL;
}

/* A BH from another thread wakes a poll that would sleep for ever. */
static void test_bh_from_thread(void)
{
    BHData data = { };
    QemuThread thread;

    qemu_thread_create(&thread, "oneshot", bh_from_thread, &data,
                       QEMU_THREAD_JOINABLE);
    while (data.n == 0) {
        aio_poll(ctx, true);
    }
    qemu_thread_join(&thread);
    g_assert_cmpint(data.n, ==, 1);
}

/* Descriptors */

typedef struct Bell {
    EventNotifier e;
    int n;
    struct Bell *victim;        /* whose handler to remove */
    QEMUBH *bh;                 /* or what to schedule */
} Bell;

static void bell_cb(EventNotifier *e)
{
    Bell *bell = container_of(e, Bell, e);

    g_assert_true(event_notifier_test_and_clear(e));
    bell->n++;
    if (bell->victim) {
        aio_set_event_notifier(ctx, &bell->victim->e, false, NULL, NULL, NULL);
    }
}

static void bell_start(Bell *bell)
{
    g_assert_cmpint(event_notifier_init(&bell->e, false), ==, 0);
    aio_set_event_notifier(ctx, &bell->e, false, bell_cb, NULL, NULL);
}

static void bell_stop(Bell *bell)
{
    aio_set_event_notifier(ctx, &bell->e, false, NULL, NULL, NULL);
    event_notifier_cleanup(&bell->e);
}

static void test_fd(void)
{
    Bell bell = { };

    bell_start(&bell);
    settle();
    g_assert_cmpint(bell.n, ==, 0);
    event_notifier_set(&bell.e);
    event_notifier_set(&bell.e);
    g_assert_true(aio_poll(ctx, true));
    g_assert_cmpint(bell.n, ==, 1);
    g_assert_false(settle());
    bell_stop(&bell);
}

static void bell_schedule_cb(EventNotifier *e)
{
    Bell *bell = container_of(e, Bell, e);

    g_assert_true(event_notifier_test_and_clear(e));
    bell->n++;
    qemu_bh_schedule(bell->bh);
}

/*
 * A BH that a handler schedules runs before the next look at the descriptors;
 * one that a BH schedules (here: itself) does not.
 */
static void test_fd_schedules_bh(void)
{
    Bell bell = { };
    BHData data = { .again = 1 };

    data.bh = bell.bh = aio_bh_new(ctx, bh_test_cb, &data);
    bell_start(&bell);
    aio_set_event_notifier(ctx, &bell.e, false, bell_schedule_cb, NULL, NULL);
    settle();
    event_notifier_set(&bell.e);
    g_assert_true(aio_poll(ctx, true));
    g_assert_cmpint(bell.n, ==, 1);
    g_assert_cmpint(data.n, ==, 1);
    g_assert_true(aio_poll(ctx, true));
    g_assert_cmpint(data.n, ==, 2);
    g_assert_false(settle());

    /* Not even if a handler wants it, too; and not by way of GLib either. */
    for (int glib = 0; glib < 2; glib++) {
        data.n = 0;
        data.again = 1;
        qemu_bh_schedule(data.bh);
        event_notifier_set(&bell.e);
        if (glib) {
            g_assert_true(g_main_context_iteration(NULL, true));
        } else {
            g_assert_true(aio_poll(ctx, true));
        }
        g_assert_cmpint(data.n, ==, 1);
        settle();
        g_assert_cmpint(data.n, ==, 2);
    }
    g_assert_cmpint(bell.n, ==, 3);
    bell_stop(&bell);
    qemu_bh_delete(data.bh);
}

/* A handler may remove itself: it is not called again. */
static void test_fd_remove_self(void)
{
    Bell bell = { };

    bell_start(&bell);
    bell.victim = &bell;
    event_notifier_set(&bell.e);
    settle();
    event_notifier_set(&bell.e);
    settle();
    g_assert_cmpint(bell.n, ==, 1);
    bell_stop(&bell);
}

/*
 * Two are ready at once, and each removes the other: whoever is first, the
 * second is not called any more.
 */
static void test_fd_remove_other(void)
{
    Bell a = { }, b = { };

    bell_start(&a);
    bell_start(&b);
    a.victim = &b;
    b.victim = &a;
    event_notifier_set(&a.e);
    event_notifier_set(&b.e);
    settle();
    g_assert_cmpint(a.n + b.n, ==, 1);
    bell_stop(&a);
    bell_stop(&b);
}

/* External handlers wait while they are disabled, and come after. */
static void test_fd_external(void)
{
    Bell bell = { };

    g_assert_cmpint(event_notifier_init(&bell.e, true), ==, 0);
    aio_set_event_notifier(ctx, &bell.e, true, bell_cb, NULL, NULL);
    aio_disable_external(ctx);
    settle();
    g_assert_cmpint(bell.n, ==, 0);
    aio_enable_external(ctx);
    settle();
    g_assert_cmpint(bell.n, ==, 1);
    bell_stop(&bell);
}

/* Past 64 descriptors epoll takes over, and nobody notices. */
static void test_fd_many(void)
{
    enum { N = 100 };
    g_autofree Bell *bells = g_new0(Bell, N);

    for (int i = 0; i < N; i++) {
        bell_start(&bells[i]);
    }
    settle();
    for (int round = 0; round < 3; round++) {
        for (int i = round; i < N; i += 7) {
            event_notifier_set(&bells[i].e);
        }
        settle();
    }
    for (int i = 0; i < N; i++) {
        g_assert_cmpint(bells[i].n, ==, i % 7 < 3 && i >= i % 7);
        bell_stop(&bells[i]);
    }
    settle();
}

static bool bell_poll(void *opaque)
{
    Bell *bell = container_of((EventNotifier *)opaque, Bell, e);

    return bell->victim == NULL;        /* the test's "there is news" */
}

static void bell_poll_ready(EventNotifier *e)
{
    Bell *bell = container_of(e, Bell, e);

    bell->n += 100;
    bell->victim = bell;
}

/* With busy polling on, io_poll finds what the descriptor does not say. */
static void test_fd_busy_poll(void)
{
    Bell bell = { };

    g_assert_cmpint(event_notifier_init(&bell.e, true), ==, 0);
    bell.victim = &bell;
    aio_set_event_notifier(ctx, &bell.e, false, bell_cb, bell_poll,
                           bell_poll_ready);
    aio_context_set_poll_params(ctx, NANOSECONDS_PER_SECOND, 0, 0,
                                &error_abort);

    /* The first event comes through the descriptor and makes it active. */
    bell.victim = NULL;
    ctx->poll_ns = 0;
    g_assert_true(aio_poll(ctx, true));
    g_assert_cmpint(bell.n, ==, 1);

    ctx->poll_ns = NANOSECONDS_PER_SECOND;
    g_assert_true(aio_poll(ctx, true));
    g_assert_cmpint(bell.n, ==, 101);

    aio_context_set_poll_params(ctx, 0, 0, 0, &error_abort);
    settle();
    bell_stop(&bell);
}

/*
 * A source that does not ring while it is looked at.  Before the thread sleeps
 * it rings again; what came in between is found without.
 */
typedef struct QuietBell {
    EventNotifier e;
    bool quiet;
    bool news_at_end;           /* something comes as polling ends */
    bool news;
    int ends, found, ticks;
} QuietBell;

static QuietBell *quiet_bell(void *e)
{
    return container_of((EventNotifier *)e, QuietBell, e);
}

static void quiet_bell_read(EventNotifier *e)
{
    event_notifier_test_and_clear(e);
}

static bool quiet_bell_poll(void *e)
{
    return quiet_bell(e)->news;
}

static void quiet_bell_ready(EventNotifier *e)
{
    quiet_bell(e)->news = false;
    quiet_bell(e)->found++;
}

static void quiet_bell_begin(EventNotifier *e)
{
    quiet_bell(e)->quiet = true;
}

static void quiet_bell_end(EventNotifier *e)
{
    QuietBell *bell = quiet_bell(e);

    bell->quiet = false;
    bell->news = bell->news_at_end;
    bell->ends++;
}

static void quiet_timer(void *opaque)
{
    QuietBell *bell = opaque;

    /* The thread has slept till now. */
    g_assert_false(bell->quiet);
    bell->ticks++;
}

static void test_fd_busy_poll_end(void)
{
    QuietBell bell = { };
    QEMUTimer *timer;

    g_assert_cmpint(event_notifier_init(&bell.e, true), ==, 0);
    aio_set_event_notifier(ctx, &bell.e, false, quiet_bell_read,
                           quiet_bell_poll, quiet_bell_ready);
    aio_set_event_notifier_poll(ctx, &bell.e, quiet_bell_begin,
                                quiet_bell_end);
    aio_context_set_poll_params(ctx, 1000000, 0, 0, &error_abort);
    ctx->poll_ns = 0;
    g_assert_true(aio_poll(ctx, true));     /* it makes itself known */

    timer = aio_timer_new(ctx, QEMU_CLOCK_REALTIME, SCALE_MS, quiet_timer,
                          &bell);
    /* A slow machine may come to polling when the timer is due already. */
    for (int i = 0; i < 100 && !bell.ends; i++) {
        bell.ticks = 0;
        timer_mod(timer, qemu_clock_get_ms(QEMU_CLOCK_REALTIME) + 20);
        while (!bell.ticks) {
            ctx->poll_ns = 1000000;
            aio_poll(ctx, true);
        }
    }
    g_assert_cmpint(bell.ends, >=, 1);
    g_assert_cmpint(bell.found, ==, 0);

    bell.news_at_end = true;
    while (!bell.found) {
        ctx->poll_ns = 1000000;
        aio_poll(ctx, true);
    }
    g_assert_cmpint(bell.ticks, ==, 1);

    timer_free(timer);
    aio_context_set_poll_params(ctx, 0, 0, 0, &error_abort);
    aio_set_event_notifier(ctx, &bell.e, false, NULL, NULL, NULL);
    event_notifier_cleanup(&bell.e);
}

/* Timers of a context */

static void timer_test_cb(void *opaque)
{
    ++*(int *)opaque;
}

/* A blocking poll sleeps until the timer, and no longer. */
static void test_timer(void)
{
    int n = 0;
    int64_t start = qemu_clock_get_ns(QEMU_CLOCK_REALTIME);
    QEMUTimer timer;

    settle();
    aio_timer_init(ctx, &timer, QEMU_CLOCK_REALTIME, SCALE_NS, timer_test_cb,
                   &n);
    timer_mod(&timer, start + 20 * SCALE_MS);
    while (n == 0) {
        aio_poll(ctx, true);
    }
    g_assert_cmpint(qemu_clock_get_ns(QEMU_CLOCK_REALTIME) - start, >=,
                    20 * SCALE_MS);
    g_assert_false(timer_pending(&timer));
    timer_del(&timer);
    timer_deinit(&timer);
}

/* The main loop runs both of its contexts */

static void main_loop_fd_cb(void *opaque)
{
    Bell *bell = opaque;

    event_notifier_test_and_clear(&bell->e);
    bell->n++;
    qemu_set_fd_handler(event_notifier_get_fd(&bell->e), NULL, NULL, NULL);
}

static void test_main_loop(void)
{
    Bell bell = { };
    BHData data = { };
    int timer_n = 0;
    QEMUTimer *timer = timer_new_ms(QEMU_CLOCK_REALTIME, timer_test_cb,
                                    &timer_n);

    event_notifier_init(&bell.e, true);
    qemu_set_fd_handler(event_notifier_get_fd(&bell.e), main_loop_fd_cb, NULL,
                        &bell);
    aio_bh_schedule_oneshot(qemu_get_aio_context(), bh_test_cb, &data);
    timer_mod(timer, qemu_clock_get_ms(QEMU_CLOCK_REALTIME) + 1);

    while (!bell.n || !data.n || !timer_n) {
        main_loop_wait(false);
    }
    g_assert_cmpint(bell.n, ==, 1);
    event_notifier_cleanup(&bell.e);
    timer_free(timer);
}

/* Whoever is awake already is not woken by a system call for each BH. */
static void test_main_loop_awake(void)
{
    BHData data = { .again = 3 };

    while (g_main_context_iteration(NULL, false)) {
    }
    event_notifier_test_and_clear(&ctx->notifier);
    data.bh = aio_bh_new(ctx, bh_test_cb, &data);
    qemu_bh_schedule(data.bh);
    while (data.n < 4) {
        main_loop_wait(false);
        g_assert_false(event_notifier_test_and_clear(&ctx->notifier));
    }
    qemu_bh_delete(data.bh);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qemu_init_main_loop(&error_abort);
    ctx = qemu_get_aio_context();
    while (g_main_context_iteration(NULL, false)) {
    }

    g_test_add_func("/aio/bh/once", test_bh_once);
    g_test_add_func("/aio/bh/reschedule", test_bh_reschedule);
    g_test_add_func("/aio/bh/cancel", test_bh_cancel);
    g_test_add_func("/aio/bh/delete-self", test_bh_delete_self);
    g_test_add_func("/aio/bh/nested", test_bh_nested);
    g_test_add_func("/aio/bh/guarded", test_bh_guarded);
    g_test_add_func("/aio/bh/from-thread", test_bh_from_thread);
    g_test_add_func("/aio/fd/simple", test_fd);
    g_test_add_func("/aio/fd/schedules-bh", test_fd_schedules_bh);
    g_test_add_func("/aio/fd/remove-self", test_fd_remove_self);
    g_test_add_func("/aio/fd/remove-other", test_fd_remove_other);
    g_test_add_func("/aio/fd/external", test_fd_external);
    g_test_add_func("/aio/fd/busy-poll", test_fd_busy_poll);
    g_test_add_func("/aio/fd/busy-poll-end", test_fd_busy_poll_end);
    g_test_add_func("/aio/fd/many", test_fd_many);
    g_test_add_func("/aio/timer", test_timer);
    g_test_add_func("/aio/main-loop", test_main_loop);
    g_test_add_func("/aio/main-loop-awake", test_main_loop_awake);
    return g_test_run();
}
