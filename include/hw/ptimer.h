/*
 * ptimer: a counter that counts down at a fixed rate, and what most timer
 * devices consist of.
 *
 *     limit ──┐ (reload)
 *             ▼
 *          counter ── counts down one a period ──► 0: callback
 *
 * Periodic, it is reloaded from its limit at 0 and goes on; one-shot, it stops.
 * No host time is spent per tick: the counter is computed when somebody
 * reads it, and one QEMUTimer fires when it is due to become 0.
 *
 * Real devices differ in what happens at 0; PTIMER_POLICY_* say how.
 *
 * Functions that change the timer are called between
 * ptimer_transaction_begin() and _commit(): the host's timer is computed once,
 * at commit, from which the callback may run as well.  The callback itself is
 * in a transaction already, and may change the timer freely.
 *
 * The clock is the guest's (QEMU_CLOCK_VIRTUAL).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef PTIMER_H
#define PTIMER_H

#include "qemu/timer.h"

/*
 * With none of the policies: with a limit of n, a periodic timer fires every n
 * periods.  Started at 0, or set to 0 while it runs, it fires at once and goes
 * on from its limit; if that is 0 as well, it says so and stops.  The counter
 * is rounded down: a moment after the start at n it shows n - 1.
 */
#define PTIMER_POLICY_LEGACY                    0

/* It stays at 0 for a period before it is reloaded: it fires every n + 1. */
#define PTIMER_POLICY_WRAP_AFTER_ONE_PERIOD     (1 << 0)

/* Periodic with a limit of 0, it fires every period, not once and stops. */
#define PTIMER_POLICY_CONTINUOUS_TRIGGER        (1 << 1)

/* Setting the counter to 0, or starting it there, does not fire at once … */
#define PTIMER_POLICY_NO_IMMEDIATE_TRIGGER      (1 << 2)

/* … and does not reload at once. */
#define PTIMER_POLICY_NO_IMMEDIATE_RELOAD       (1 << 3)

/* The counter is rounded up: it shows n for the whole of the first period. */
#define PTIMER_POLICY_NO_COUNTER_ROUND_DOWN     (1 << 4)

/*
 * Only counting down to 0 fires, neither setting nor starting it there does.
 * Not together with NO_IMMEDIATE_TRIGGER.
 */
#define PTIMER_POLICY_TRIGGER_ONLY_ON_DECREMENT (1 << 5)

typedef struct ptimer_state ptimer_state;
typedef void (*ptimer_cb)(void *opaque);

/* A new timer, stopped.  @callback is called when it fires. */
ptimer_state *ptimer_init(ptimer_cb callback,
                          void *callback_opaque,
                          uint8_t policy_mask);
void ptimer_free(ptimer_state *s);

void ptimer_transaction_begin(ptimer_state *s);
void ptimer_transaction_commit(ptimer_state *s);

/* Inside a transaction: */

/* One tick takes @period ns … */
void ptimer_set_period(ptimer_state *s, int64_t period);
/* … or @divisor periods of @clock, as it is now … */
void ptimer_set_period_from_clock(ptimer_state *s, const Clock *clock,
                                  unsigned int divisor);
/* … or 1/@freq s. */
void ptimer_set_freq(ptimer_state *s, uint32_t freq);

/* What it is reloaded from; with @reload, at once. */
void ptimer_set_limit(ptimer_state *s, uint64_t limit, int reload);
void ptimer_set_count(ptimer_state *s, uint64_t count);

/* Start; it must have a period.  Running already, @oneshot alone changes. */
void ptimer_run(ptimer_state *s, int oneshot);
void ptimer_stop(ptimer_state *s);

/* At any time: */
uint64_t ptimer_get_limit(ptimer_state *s);
uint64_t ptimer_get_count(ptimer_state *s);

/* Of a pointer to a timer that ptimer_init() has made. */
extern const VMStateDescription vmstate_ptimer;

#define VMSTATE_PTIMER(_field, _state) \
    VMSTATE_STRUCT_POINTER_V(_field, _state, 1, vmstate_ptimer, ptimer_state)

#define VMSTATE_PTIMER_ARRAY(_f, _s, _n)                                \
    VMSTATE_ARRAY_OF_POINTER_TO_STRUCT(_f, _s, _n, 0,                   \
                                       vmstate_ptimer, ptimer_state)

#endif
