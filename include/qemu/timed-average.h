/*
 * The least, the greatest and the average of values of the last while.
 *
 * Two windows overlap by half a period: a new one begins in the middle of the
 * other, so that there is always one with at least half a period of values.
 *
 *     window 0   |---------|---------|
 *     window 1        |---------|---------|
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TIMED_AVERAGE_H
#define TIMED_AVERAGE_H

#include "qemu/timer.h"

typedef struct TimedAverageWindow {
    uint64_t min;
    uint64_t max;
    uint64_t sum;
    uint64_t count;
    int64_t expiration;
} TimedAverageWindow;

typedef struct TimedAverage {
    uint64_t period;            /* ns */
    TimedAverageWindow windows[2];
    unsigned current;           /* the older one */
    QEMUClockType clock_type;
} TimedAverage;

void timed_average_init(TimedAverage *ta, QEMUClockType clock_type,
                        uint64_t period);
void timed_average_account(TimedAverage *ta, uint64_t value);
/* 0 if there were none. */
uint64_t timed_average_min(TimedAverage *ta);
uint64_t timed_average_avg(TimedAverage *ta);
uint64_t timed_average_max(TimedAverage *ta);
/* The sum; *@elapsed (may be NULL): over how many ns. */
uint64_t timed_average_sum(TimedAverage *ta, uint64_t *elapsed);

#endif
