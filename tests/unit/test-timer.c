/*
 * Clocks and timers: who fires when.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/event_notifier.h"
#include "qemu/main-loop.h"
#include "qemu/timer.h"

static GString *fired;

typedef struct {
    QEMUTimer timer;
    const char *name;
    int64_t again;              /* set it again for this time, once */
} NamedTimer;

static void named_timer_cb(void *opaque)
{
    NamedTimer *t = opaque;

    g_string_append(fired, t->name);
    if (t->again) {
        timer_mod_ns(&t->timer, t->again);
        t->again = 0;
    }
}

static void named_timer_init(NamedTimer *t, const char *name)
{
    t->name = name;
    t->again = 0;
    timer_init_ns(&t->timer, QEMU_CLOCK_REALTIME, named_timer_cb, t);
}

static const char *run(void)
{
    g_string_truncate(fired, 0);
    qemu_clock_run_timers(QEMU_CLOCK_REALTIME);
    return fired->str;
}

/* By time, and those of one time in the order in which they were set. */
static void test_order(void)
{
    NamedTimer a, b, c;

    named_timer_init(&a, "a");
    named_timer_init(&b, "b");
    named_timer_init(&c, "c");
    timer_mod(&a.timer, 2000);
    timer_mod(&b.timer, 1000);
    timer_mod(&c.timer, 2000);
    g_assert_true(qemu_clock_has_timers(QEMU_CLOCK_REALTIME));
    g_assert_true(qemu_clock_expired(QEMU_CLOCK_REALTIME));
    g_assert_cmpstr(run(), ==, "bac");
    g_assert_false(qemu_clock_has_timers(QEMU_CLOCK_REALTIME));
}

/* A later time replaces an earlier one; anticipate only moves it forward. */
static void test_mod(void)
{
    NamedTimer a;

    named_timer_init(&a, "a");
    g_assert_cmpint(timer_expire_time_ns(&a.timer), ==, -1);
    timer_mod(&a.timer, 1000);
    timer_mod(&a.timer, INT64_MAX);
    g_assert_cmpstr(run(), ==, "");
    timer_mod_anticipate(&a.timer, 5000);
    timer_mod_anticipate(&a.timer, 9000);
    g_assert_cmpint(timer_expire_time_ns(&a.timer), ==, 5000);
    g_assert_true(timer_expired(&a.timer, 5000));
    g_assert_false(timer_expired(&a.timer, 4999));
    timer_del(&a.timer);
    g_assert_false(timer_pending(&a.timer));
    timer_del(&a.timer);
    g_assert_cmpstr(run(), ==, "");
}

/* A callback may set its own timer again. */
static void test_again(void)
{
    NamedTimer a;

    named_timer_init(&a, "a");
    a.again = 2000;
    timer_mod(&a.timer, 1000);
    g_assert_cmpstr(run(), ==, "aa");
}

/* The unit is the timer's scale, and what is negative is now. */
static void test_scale(void)
{
    QEMUTimer *t = timer_new_ms(QEMU_CLOCK_REALTIME, named_timer_cb, NULL);

    timer_mod(t, 3);
    g_assert_cmpint(timer_expire_time_ns(t), ==, 3 * SCALE_MS);
    timer_mod(t, -5);
    g_assert_cmpint(timer_expire_time_ns(t), ==, 0);
    timer_free(t);
    timer_free(NULL);
}

/* A clock that is disabled runs nothing and wakes nobody. */
static void test_disabled(void)
{
    NamedTimer a;

    named_timer_init(&a, "a");
    timer_mod(&a.timer, 1000);
    qemu_clock_enable(QEMU_CLOCK_REALTIME, false);
    g_assert_cmpint(timerlistgroup_deadline_ns(&main_loop_tlg), ==, -1);
    g_assert_cmpstr(run(), ==, "");
    qemu_clock_enable(QEMU_CLOCK_REALTIME, true);
    g_assert_cmpint(timerlistgroup_deadline_ns(&main_loop_tlg), ==, 0);
    g_assert_cmpstr(run(), ==, "a");
}

/* Some only care for the guest's timers, not for the outside world's. */
static void test_attributes(void)
{
    QEMUTimer *external =
        timer_new_full(NULL, QEMU_CLOCK_REALTIME, SCALE_NS,
                       QEMU_TIMER_ATTR_EXTERNAL, named_timer_cb, NULL);

    timer_mod(external, INT64_MAX);
    g_assert_cmpint(qemu_clock_deadline_ns_all(
                        QEMU_CLOCK_REALTIME,
                        ~QEMU_TIMER_ATTR_EXTERNAL), ==, -1);
    g_assert_cmpint(qemu_clock_deadline_ns_all(
                        QEMU_CLOCK_REALTIME, QEMU_TIMER_ATTR_ALL), >, 0);
    timer_free(external);
}

static void test_timeouts(void)
{
    /* -1 is never, so anything is sooner. */
    g_assert_cmpint(qemu_soonest_timeout(-1, 5), ==, 5);
    g_assert_cmpint(qemu_soonest_timeout(5, -1), ==, 5);
    g_assert_cmpint(qemu_soonest_timeout(-1, -1), ==, -1);
    g_assert_cmpint(qemu_soonest_timeout(0, 5), ==, 0);

    /* Rounded up: waking too early means waking twice. */
    g_assert_cmpint(qemu_timeout_ns_to_ms(-1), ==, -1);
    g_assert_cmpint(qemu_timeout_ns_to_ms(0), ==, 0);
    g_assert_cmpint(qemu_timeout_ns_to_ms(1), ==, 1);
    g_assert_cmpint(qemu_timeout_ns_to_ms(SCALE_MS + 1), ==, 2);
    g_assert_cmpint(qemu_timeout_ns_to_ms(INT64_MAX), ==, INT32_MAX);
}

/* A bell: rings count as one until it is answered. */
static void test_event_notifier(void)
{
    EventNotifier e = { };

    g_assert_cmpint(event_notifier_set(&e), <, 0);
    g_assert_false(event_notifier_test_and_clear(&e));
    event_notifier_cleanup(&e);

    g_assert_cmpint(event_notifier_init(&e, true), ==, 0);
    g_assert_true(event_notifier_test_and_clear(&e));
    g_assert_false(event_notifier_test_and_clear(&e));
    event_notifier_set(&e);
    event_notifier_set(&e);
    g_assert_true(event_notifier_test_and_clear(&e));
    g_assert_false(event_notifier_test_and_clear(&e));
    g_assert_cmpint(event_notifier_get_fd(&e), ==,
                    event_notifier_get_wfd(&e));
    event_notifier_cleanup(&e);
    event_notifier_cleanup(&e);
    g_assert_cmpint(event_notifier_get_fd(&e), ==, -1);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qemu_init_main_loop(&error_abort);
    fired = g_string_new(NULL);
    g_test_add_func("/timer/order", test_order);
    g_test_add_func("/timer/mod", test_mod);
    g_test_add_func("/timer/again", test_again);
    g_test_add_func("/timer/scale", test_scale);
    g_test_add_func("/timer/disabled", test_disabled);
    g_test_add_func("/timer/attributes", test_attributes);
    g_test_add_func("/timer/timeouts", test_timeouts);
    g_test_add_func("/event-notifier", test_event_notifier);
    return g_test_run();
}
