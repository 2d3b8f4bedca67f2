/*
 * ptimer: when it fires and what it shows, under each policy.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "qemu/timer.h"
#include "hw/clock.h"
#include "hw/ptimer.h"
#include "qom/object.h"
#include "sysemu/cpu-timers.h"
#include "sysemu/qtest.h"

#define PERIOD 1000000          /* a tick, in ns */

/* The guest's time is the test's. */
static int64_t now;

int64_t cpus_get_virtual_clock(void)
{
    return now;
}

int64_t cpu_get_clock(void)
{
    return now;
}

static void step(int64_t ns)
{
    int64_t end = now + ns;

    while (qemu_clock_deadline_ns_all(QEMU_CLOCK_VIRTUAL,
                                      QEMU_TIMER_ATTR_ALL) >= 0 &&
           now + qemu_clock_deadline_ns_all(QEMU_CLOCK_VIRTUAL,
                                            QEMU_TIMER_ATTR_ALL) <= end) {
        now += qemu_clock_deadline_ns_all(QEMU_CLOCK_VIRTUAL,
                                          QEMU_TIMER_ATTR_ALL);
        qemu_clock_run_timers(QEMU_CLOCK_VIRTUAL);
    }
    now = end;
    qemu_clock_run_timers(QEMU_CLOCK_VIRTUAL);
}

static int fired;

static void count_fire(void *opaque)
{
    fired++;
}

static int fires(void)
{
    int n = fired;

    fired = 0;
    return n;
}

static ptimer_state *ptimer_start(uint8_t policy, uint64_t limit,
                                  uint64_t count, bool oneshot)
{
    ptimer_state *t = ptimer_init(count_fire, NULL, policy);

    fired = 0;
    ptimer_transaction_begin(t);
    ptimer_set_period(t, PERIOD);
    ptimer_set_limit(t, limit, 0);
    ptimer_set_count(t, count);
    ptimer_run(t, oneshot);
    ptimer_transaction_commit(t);
    return t;
}

static void test_oneshot(void)
{
    ptimer_state *t = ptimer_start(PTIMER_POLICY_LEGACY, 0, 10, true);

    g_assert_cmpuint(ptimer_get_count(t), ==, 10);
    step(PERIOD * 2 + 1);
    g_assert_cmpuint(ptimer_get_count(t), ==, 7);

    ptimer_transaction_begin(t);
    ptimer_stop(t);
    ptimer_transaction_commit(t);
    step(PERIOD * 11);
    g_assert_cmpuint(ptimer_get_count(t), ==, 7);
    g_assert_cmpint(fires(), ==, 0);

    ptimer_transaction_begin(t);
    ptimer_run(t, 1);
    ptimer_transaction_commit(t);
    step(PERIOD * 7 + 1);
    g_assert_cmpint(fires(), ==, 1);
    g_assert_cmpuint(ptimer_get_count(t), ==, 0);
    step(PERIOD * 100);
    g_assert_cmpint(fires(), ==, 0);
    ptimer_free(t);
}

/* Every n periods, or with the policy every n + 1, and it does not drift. */
static void test_periodic(void)
{
    ptimer_state *t = ptimer_start(PTIMER_POLICY_LEGACY, 10, 10, false);

    step(PERIOD * 10 + 1);
    g_assert_cmpint(fires(), ==, 1);
    g_assert_cmpuint(ptimer_get_count(t), ==, 9);
    step(PERIOD * 100);
    g_assert_cmpint(fires(), ==, 10);
    g_assert_cmpuint(ptimer_get_count(t), ==, 9);
    ptimer_free(t);

    t = ptimer_start(PTIMER_POLICY_WRAP_AFTER_ONE_PERIOD, 10, 10, false);
    step(PERIOD * 10 + 1);
    g_assert_cmpint(fires(), ==, 1);
    g_assert_cmpuint(ptimer_get_count(t), ==, 0);
    step(PERIOD);
    g_assert_cmpuint(ptimer_get_count(t), ==, 9);
    step(PERIOD * 10);
    g_assert_cmpint(fires(), ==, 1);
    step(PERIOD * 110);
    g_assert_cmpint(fires(), ==, 10);
    ptimer_free(t);
}

static void test_round_up(void)
{
    ptimer_state *t = ptimer_start(PTIMER_POLICY_NO_COUNTER_ROUND_DOWN, 10, 10,
                                   false);

    step(1);
    g_assert_cmpuint(ptimer_get_count(t), ==, 10);
    step(PERIOD);
    g_assert_cmpuint(ptimer_get_count(t), ==, 9);
    step(PERIOD * 9 - 2);
    g_assert_cmpuint(ptimer_get_count(t), ==, 1);
    ptimer_free(t);
}

/* Started at 0. */
static void test_start_at_zero(void)
{
    /* At once, and again after its limit. */
    ptimer_state *t = ptimer_start(PTIMER_POLICY_LEGACY, 5, 0, false);

    g_assert_cmpint(fires(), ==, 1);
    g_assert_cmpuint(ptimer_get_count(t), ==, 5);
    step(PERIOD * 5);
    g_assert_cmpint(fires(), ==, 1);
    ptimer_free(t);

    /* Not at once: reloaded, it fires when it is due. */
    t = ptimer_start(PTIMER_POLICY_NO_IMMEDIATE_TRIGGER, 5, 0, false);
    g_assert_cmpint(fires(), ==, 0);
    step(PERIOD * 5);
    g_assert_cmpint(fires(), ==, 1);
    ptimer_free(t);

    /* At once, but it is reloaded only a tick later, which does not fire. */
    t = ptimer_start(PTIMER_POLICY_NO_IMMEDIATE_RELOAD, 5, 0, false);
    g_assert_cmpint(fires(), ==, 1);
    g_assert_cmpuint(ptimer_get_count(t), ==, 0);
    step(PERIOD + 1);
    g_assert_cmpint(fires(), ==, 0);
    g_assert_cmpuint(ptimer_get_count(t), ==, 4);
    step(PERIOD * 5);
    g_assert_cmpint(fires(), ==, 1);
    ptimer_free(t);

    /* Both: a tick later it fires, and is reloaded. */
    t = ptimer_start(PTIMER_POLICY_NO_IMMEDIATE_RELOAD |
                     PTIMER_POLICY_NO_IMMEDIATE_TRIGGER, 5, 0, false);
    g_assert_cmpint(fires(), ==, 0);
    step(PERIOD);
    g_assert_cmpint(fires(), ==, 1);
    ptimer_free(t);

    /* Neither starting nor setting it there fires, only counting down. */
    t = ptimer_start(PTIMER_POLICY_TRIGGER_ONLY_ON_DECREMENT, 5, 0, false);
    g_assert_cmpint(fires(), ==, 0);
    step(PERIOD * 5);
    g_assert_cmpint(fires(), ==, 1);
    ptimer_free(t);
}

/* A limit of 0 is the end, unless it means "all the time". */
static void test_limit_zero(void)
{
    ptimer_state *t;

    qtest_allowed = true;       /* it says nothing */
    t = ptimer_start(PTIMER_POLICY_LEGACY, 0, 3, false);
    step(PERIOD * 3);
    g_assert_cmpint(fires(), ==, 1);
    step(PERIOD * 10);
    g_assert_cmpint(fires(), ==, 0);
    ptimer_free(t);

    t = ptimer_start(PTIMER_POLICY_CONTINUOUS_TRIGGER, 0, 3, false);
    step(PERIOD * 3);
    g_assert_cmpint(fires(), ==, 1);
    step(PERIOD * 10);
    g_assert_cmpint(fires(), ==, 10);
    ptimer_free(t);
    qtest_allowed = false;
}

static void test_rates(void)
{
    g_autoptr(Clock) clk = CLOCK(object_new(TYPE_CLOCK));
    ptimer_state *t = ptimer_start(PTIMER_POLICY_LEGACY, 1000, 1000, false);

    /* A third of a ns more than 333: it does not get lost. */
    ptimer_transaction_begin(t);
    ptimer_set_freq(t, 3000000);
    ptimer_set_count(t, 1000);
    ptimer_transaction_commit(t);
    step(NANOSECONDS_PER_SECOND);
    g_assert_cmpint(fires(), >=, 2999);
    g_assert_cmpint(fires(), ==, 0);

    clock_set_hz(clk, 3000000);
    ptimer_transaction_begin(t);
    ptimer_set_period_from_clock(t, clk, 3);
    ptimer_set_count(t, 1000);
    ptimer_transaction_commit(t);
    step(NANOSECONDS_PER_SECOND);
    g_assert_cmpint(fires(), >=, 999);
    ptimer_free(t);

    /* More often than every 10 us would be all that the program does. */
    t = ptimer_start(PTIMER_POLICY_LEGACY, 1, 1, false);
    ptimer_transaction_begin(t);
    ptimer_set_period(t, 1);
    ptimer_transaction_commit(t);
    step(1000000);
    g_assert_cmpint(fires(), ==, 100);
    ptimer_free(t);
}

/* The callback is in a transaction: it may stop its timer. */
static void stop_timer(void *opaque)
{
    ptimer_stop(*(ptimer_state **)opaque);
    fired++;
}

static void test_callback(void)
{
    ptimer_state *t;

    t = ptimer_init(stop_timer, &t, PTIMER_POLICY_LEGACY);
    ptimer_transaction_begin(t);
    ptimer_set_period(t, PERIOD);
    ptimer_set_limit(t, 4, 1);
    ptimer_run(t, 0);
    ptimer_transaction_commit(t);
    fired = 0;
    step(PERIOD * 20);
    g_assert_cmpint(fires(), ==, 1);
    g_assert_cmpuint(ptimer_get_count(t), ==, 4);
    g_assert_cmpuint(ptimer_get_limit(t), ==, 4);
    ptimer_free(t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    module_call_init(MODULE_INIT_QOM);
    qemu_init_main_loop(&error_abort);
    qemu_clock_enable(QEMU_CLOCK_VIRTUAL, true);

    g_test_add_func("/ptimer/oneshot", test_oneshot);
    g_test_add_func("/ptimer/periodic", test_periodic);
    g_test_add_func("/ptimer/round-up", test_round_up);
    g_test_add_func("/ptimer/start-at-zero", test_start_at_zero);
    g_test_add_func("/ptimer/limit-zero", test_limit_zero);
    g_test_add_func("/ptimer/rates", test_rates);
    g_test_add_func("/ptimer/callback", test_callback);
    return g_test_run();
}
