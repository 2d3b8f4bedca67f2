/*
 * ptimer: counters that count down.  See include/hw/ptimer.h.
 *
 * A timer that runs is known by two points of the guest's time: at @last_event
 * the counter was @delta, and at @next_event something has to be done.  All else
 * follows from these.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/error-report.h"
#include "qemu/timer.h"
#include "hw/clock.h"
#include "hw/ptimer.h"
#include "migration/vmstate.h"
#include "sysemu/qtest.h"

/* A periodic timer that fires more often than this would be all that runs. */
#define PTIMER_MIN_INTERVAL_NS 10000

/* ptimer_state.enabled; the numbers are part of the migration format. */
enum {
    PTIMER_STOPPED = 0,
    PTIMER_PERIODIC = 1,
    PTIMER_ONESHOT = 2,
};

/*
 * @period, @period_frac: of a tick, in ns and 2^-32 ns; 0 is none yet.
 * @need_reload: commit has to compute the timer anew.
 */
struct ptimer_state {
    uint8_t enabled;
    uint64_t limit;
    uint64_t delta;
    uint32_t period_frac;
    int64_t period;
    int64_t last_event;
    int64_t next_event;
    uint8_t policy_mask;
    QEMUTimer *timer;
    ptimer_cb callback;
    void *callback_opaque;
    bool in_transaction;
    bool need_reload;
};

/* Nanoseconds with 32 bits behind the point. */
typedef unsigned __int128 PTimerTime;

static bool ptimer_has_policy(const ptimer_state *s, uint8_t policy)
{
    return s->policy_mask & policy;
}

/* @n ticks; more than can be told is the most. */
static PTimerTime ptimer_ticks(uint64_t n, PTimerTime tick)
{
    PTimerTime all;

    return __builtin_mul_overflow(tick, n, &all) ? ~(PTimerTime)0 : all;
}

/* One tick that counts down from @delta; longer where it would be too fast. */
static PTimerTime ptimer_tick_length(const ptimer_state *s, uint64_t delta)
{
    const PTimerTime min = (PTimerTime)PTIMER_MIN_INTERVAL_NS << 32;
    PTimerTime tick = ((PTimerTime)s->period << 32) | s->period_frac;

    if (s->enabled == PTIMER_PERIODIC && !qtest_enabled() &&
        ptimer_ticks(delta, tick) < min) {
        tick = DIV_ROUND_UP(min, delta);
    }
    return tick;
}

static void ptimer_fire(ptimer_state *s)
{
    s->callback(s->callback_opaque);
}

static void ptimer_disable(ptimer_state *s, const char *what)
{
    if (!qtest_enabled()) {
        warn_report("Timer with %s zero, disabling", what);
    }
    timer_del(s->timer);
    s->enabled = PTIMER_STOPPED;
}

/*
 * Ticks from now, when the counter is s->delta, until something has to be
 * done; 0 is never.  @wrapped: it became s->delta by being reloaded at 0.
 */
static uint64_t ptimer_ticks_to_event(const ptimer_state *s, bool wrapped)
{
    bool periodic = s->enabled == PTIMER_PERIODIC;

    if (s->delta) {
        return s->delta + (wrapped && s->delta != UINT64_MAX &&
               ptimer_has_policy(s, PTIMER_POLICY_WRAP_AFTER_ONE_PERIOD));
    }
    /* It stands at 0: for a tick, and then it fires or is reloaded. */
    if (ptimer_has_policy(s, PTIMER_POLICY_NO_IMMEDIATE_TRIGGER) && !wrapped) {
        return 1;
    }
    if (s->limit == 0) {
        return periodic &&
               ptimer_has_policy(s, PTIMER_POLICY_CONTINUOUS_TRIGGER);
    }
    return periodic &&
           ptimer_has_policy(s, PTIMER_POLICY_NO_IMMEDIATE_RELOAD);
}

/* The counter is s->delta at s->next_event; find the event after that. */
static void ptimer_schedule(ptimer_state *s, bool wrapped)
{
    uint64_t ticks;
    PTimerTime wait;

    if (s->period == 0 && s->period_frac == 0) {
        ptimer_disable(s, "period");
        return;
    }
    ticks = ptimer_ticks_to_event(s, wrapped);
    if (ticks == 0) {
        ptimer_disable(s, "delta");
        return;
    }

    wait = ptimer_ticks(ticks, ptimer_tick_length(s, ticks)) >> 32;
    s->last_event = s->next_event;
    /* Beyond the end of time is at the end of time. */
    s->next_event = wait > INT64_MAX - s->last_event
                    ? INT64_MAX : s->last_event + (int64_t)wait;
    timer_mod(s->timer, s->next_event);
}

/* What a change while it runs leads to: the counter is s->delta now. */
static void ptimer_restart(ptimer_state *s)
{
    if (s->delta == 0 &&
        !ptimer_has_policy(s, PTIMER_POLICY_NO_IMMEDIATE_TRIGGER |
                              PTIMER_POLICY_TRIGGER_ONLY_ON_DECREMENT)) {
        ptimer_fire(s);
        /* Its callback may have done as it liked. */
        if (s->need_reload || s->enabled == PTIMER_STOPPED) {
            return;
        }
    }
    if (s->delta == 0 &&
        !ptimer_has_policy(s, PTIMER_POLICY_NO_IMMEDIATE_RELOAD)) {
        s->delta = s->limit;
    }
    ptimer_schedule(s, false);
}

/* The host's timer: it is s->next_event. */
static void ptimer_expired(void *opaque)
{
    ptimer_state *s = opaque;
    bool counted_down = s->delta != 0 || s->limit == 0;
    bool oneshot = s->enabled == PTIMER_ONESHOT;

    ptimer_transaction_begin(s);
    if (oneshot) {
        s->delta = 0;
        s->enabled = PTIMER_STOPPED;
    } else {
        s->delta = s->limit;
        ptimer_schedule(s, counted_down);
    }
    /* At 0 since it was set there, it has fired then, unless told not to. */
    if (oneshot || counted_down ||
        ptimer_has_policy(s, PTIMER_POLICY_NO_IMMEDIATE_TRIGGER)) {
        ptimer_fire(s);
    }
    ptimer_transaction_commit(s);
}

uint64_t ptimer_get_count(ptimer_state *s)
{
    int64_t now;
    PTimerTime left, tick;

    if (s->enabled == PTIMER_STOPPED || s->delta == 0) {
        return s->delta;
    }
    now = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);
    /* It should have fired, and is about to. */
    if (now >= s->next_event) {
        return 0;
    }
    left = (PTimerTime)(s->next_event - now) << 32;
    tick = ptimer_tick_length(s, s->delta);

    /* Still at 0, in the period before it wraps. */
    if (left > ptimer_ticks(s->delta, tick)) {
        return 0;
    }
    if (ptimer_has_policy(s, PTIMER_POLICY_NO_COUNTER_ROUND_DOWN)) {
        left += tick - 1;
    }
    /* The event's time is rounded down, so that the start is exact: n. */
    return now == s->last_event ? s->delta : left / tick;
}

void ptimer_set_count(ptimer_state *s, uint64_t count)
{
    assert(s->in_transaction);
    s->delta = count;
    if (s->enabled) {
        s->need_reload = true;
    }
}

uint64_t ptimer_get_limit(ptimer_state *s)
{
    return s->limit;
}

void ptimer_set_limit(ptimer_state *s, uint64_t limit, int reload)
{
    assert(s->in_transaction);
    s->limit = limit;
    if (reload) {
        s->delta = limit;
        if (s->enabled) {
            s->need_reload = true;
        }
    }
}

/* The counter goes on from where it is, with the rest of its tick lost. */
static void ptimer_set_tick(ptimer_state *s, int64_t period, uint32_t frac)
{
    assert(s->in_transaction);
    s->delta = ptimer_get_count(s);
    s->period = period;
    s->period_frac = frac;
    if (s->enabled) {
        s->need_reload = true;
    }
}

void ptimer_set_period(ptimer_state *s, int64_t period)
{
    ptimer_set_tick(s, period, 0);
}

void ptimer_set_period_from_clock(ptimer_state *s, const Clock *clock,
                                  unsigned int divisor)
{
    /* A clock's unit is the fraction's. */
    PTimerTime tick = (PTimerTime)clock_get(clock) * divisor;

    ptimer_set_tick(s, MIN(tick >> 32, INT64_MAX), tick);
}

void ptimer_set_freq(ptimer_state *s, uint32_t freq)
{
    /* 0 Hz is no period, with which it cannot run. */
    ptimer_set_tick(s, freq ? NANOSECONDS_PER_SECOND / freq : 0,
                    freq ? (NANOSECONDS_PER_SECOND << 32) / freq : 0);
}

void ptimer_run(ptimer_state *s, int oneshot)
{
    bool was_stopped = s->enabled == PTIMER_STOPPED;

    assert(s->in_transaction);
    if (was_stopped && s->period == 0 && s->period_frac == 0) {
        ptimer_disable(s, "period");
        return;
    }
    s->enabled = oneshot ? PTIMER_ONESHOT : PTIMER_PERIODIC;
    if (was_stopped) {
        s->need_reload = true;
    }
}

void ptimer_stop(ptimer_state *s)
{
    assert(s->in_transaction);
    if (!s->enabled) {
        return;
    }
    s->delta = ptimer_get_count(s);
    timer_del(s->timer);
    s->enabled = PTIMER_STOPPED;
    s->need_reload = false;
}

void ptimer_transaction_begin(ptimer_state *s)
{
    assert(!s->in_transaction);
    s->in_transaction = true;
    s->need_reload = false;
}

/* A callback that changes the timer each time must come to an end itself. */
void ptimer_transaction_commit(ptimer_state *s)
{
    assert(s->in_transaction);
    while (s->need_reload) {
        s->need_reload = false;
        s->next_event = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);
        ptimer_restart(s);
    }
    s->in_transaction = false;
}

const VMStateDescription vmstate_ptimer = {
    .name = "ptimer",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_UINT8(enabled, ptimer_state),
        VMSTATE_UINT64(limit, ptimer_state),
        VMSTATE_UINT64(delta, ptimer_state),
        VMSTATE_UINT32(period_frac, ptimer_state),
        VMSTATE_INT64(period, ptimer_state),
        VMSTATE_INT64(last_event, ptimer_state),
        VMSTATE_INT64(next_event, ptimer_state),
        VMSTATE_TIMER_PTR(timer, ptimer_state),
        VMSTATE_END_OF_LIST()
    }
};

ptimer_state *ptimer_init(ptimer_cb callback, void *callback_opaque,
                          uint8_t policy_mask)
{
    ptimer_state *s = g_new0(ptimer_state, 1);

    assert(callback);
    /* They contradict each other. */
    assert(!(policy_mask & PTIMER_POLICY_TRIGGER_ONLY_ON_DECREMENT) ||
           !(policy_mask & PTIMER_POLICY_NO_IMMEDIATE_TRIGGER));

    s->callback = callback;
    s->callback_opaque = callback_opaque;
    s->policy_mask = policy_mask;
    s->timer = timer_new_ns(QEMU_CLOCK_VIRTUAL, ptimer_expired, s);
    return s;
}

void ptimer_free(ptimer_state *s)
{
    timer_free(s->timer);
    g_free(s);
}
