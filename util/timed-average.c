/*
 * The least, the greatest and the average of values of the last while.
 *
 * Read include/qemu/timed-average.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/timed-average.h"

static void window_reset(TimedAverageWindow *w)
{
    w->min = UINT64_MAX;
    w->max = 0;
    w->sum = 0;
    w->count = 0;
}

void timed_average_init(TimedAverage *ta, QEMUClockType clock_type,
                        uint64_t period)
{
    int64_t now = qemu_clock_get_ns(clock_type);

    /* The windows overlap by half. */
    ta->period = MAX(period, 2);
    ta->clock_type = clock_type;
    ta->current = 0;
    window_reset(&ta->windows[0]);
    window_reset(&ta->windows[1]);
    ta->windows[0].expiration = now + ta->period / 2;
    ta->windows[1].expiration = now + ta->period;
}

/* Begin windows anew that are over; the one that has more becomes current. */
static int64_t timed_average_update(TimedAverage *ta)
{
    int64_t now = qemu_clock_get_ns(ta->clock_type);

    for (int i = 0; i < 2; i++) {
        TimedAverageWindow *w = &ta->windows[i];

        if (w->expiration <= now) {
            int64_t elapsed = now - w->expiration;

            window_reset(w);
            w->expiration = now + ta->period - elapsed % (int64_t)ta->period;
        }
    }
    ta->current = ta->windows[0].expiration < ta->windows[1].expiration ? 0 : 1;
    return now;
}

static TimedAverageWindow *timed_average_current(TimedAverage *ta)
{
    timed_average_update(ta);
    return &ta->windows[ta->current];
}

void timed_average_account(TimedAverage *ta, uint64_t value)
{
    timed_average_update(ta);
    for (int i = 0; i < 2; i++) {
        TimedAverageWindow *w = &ta->windows[i];

        w->sum += value;
        w->count++;
        w->min = MIN(w->min, value);
        w->max = MAX(w->max, value);
    }
}

uint64_t timed_average_min(TimedAverage *ta)
{
    TimedAverageWindow *w = timed_average_current(ta);

    return w->count ? w->min : 0;
}

uint64_t timed_average_avg(TimedAverage *ta)
{
    TimedAverageWindow *w = timed_average_current(ta);

    return w->count ? w->sum / w->count : 0;
}

uint64_t timed_average_max(TimedAverage *ta)
{
    return timed_average_current(ta)->max;
}

uint64_t timed_average_sum(TimedAverage *ta, uint64_t *elapsed)
{
    int64_t now = timed_average_update(ta);
    TimedAverageWindow *w = &ta->windows[ta->current];

    if (elapsed) {
        *elapsed = ta->period - (w->expiration - now);
    }
    return w->sum;
}
