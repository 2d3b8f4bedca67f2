/*
 * Throttling: how long must a request wait so that an average is kept?
 *
 * Each limit is a leaky bucket.  A request pours in its size; the bucket leaks
 * @avg units a second; while it is fuller than it may be, requests wait.
 *
 *     avg            units (bytes, operations) a second in the long run
 *     max            for bursts: so many units a second …
 *     burst_length   … for so many seconds
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef THROTTLE_H
#define THROTTLE_H

#include "qapi/qapi-types-block-core.h"
#include "qemu/timer.h"

/* The largest limit; sums of doubles stay exact. */
#define THROTTLE_VALUE_MAX 1000000000000000LL

typedef enum {
    THROTTLE_BPS_TOTAL,
    THROTTLE_BPS_READ,
    THROTTLE_BPS_WRITE,
    THROTTLE_OPS_TOTAL,
    THROTTLE_OPS_READ,
    THROTTLE_OPS_WRITE,
    BUCKETS_COUNT,
} BucketType;

typedef struct LeakyBucket {
    uint64_t avg;               /* 0: no limit */
    uint64_t max;
    double level;
    double burst_level;         /* leaks @max a second; with burst_length > 1 */
    uint64_t burst_length;      /* seconds */
} LeakyBucket;

typedef struct ThrottleConfig {
    LeakyBucket buckets[BUCKETS_COUNT];
    uint64_t op_size;           /* one operation for each so many bytes */
} ThrottleConfig;

typedef struct ThrottleState {
    ThrottleConfig cfg;
    int64_t previous_leak;      /* ns */
} ThrottleState;

/* One for reads, one for writes: when the next may go. */
typedef struct ThrottleTimers {
    QEMUTimer *timers[2];
    QEMUClockType clock_type;
    QEMUTimerCB *read_timer_cb;
    QEMUTimerCB *write_timer_cb;
    void *timer_opaque;
} ThrottleTimers;

void throttle_leak_bucket(LeakyBucket *bkt, int64_t delta);
/* Nanoseconds until it is as empty as it must be; 0: it is. */
int64_t throttle_compute_wait(LeakyBucket *bkt);

void throttle_init(ThrottleState *ts);
void throttle_timers_init(ThrottleTimers *tt, AioContext *aio_context,
                          QEMUClockType clock_type,
                          QEMUTimerCB *read_timer_cb,
                          QEMUTimerCB *write_timer_cb,
                          void *timer_opaque);
void throttle_timers_destroy(ThrottleTimers *tt);
void throttle_timers_detach_aio_context(ThrottleTimers *tt);
void throttle_timers_attach_aio_context(ThrottleTimers *tt,
                                        AioContext *new_context);
bool throttle_timers_are_initialized(ThrottleTimers *tt);

void throttle_config_init(ThrottleConfig *cfg);
/* Is there any limit? */
bool throttle_enabled(ThrottleConfig *cfg);
bool throttle_is_valid(ThrottleConfig *cfg, Error **errp);
/* From now on; the buckets are empty. */
void throttle_config(ThrottleState *ts, QEMUClockType clock_type,
                     ThrottleConfig *cfg);
void throttle_get_config(ThrottleState *ts, ThrottleConfig *cfg);

/* Must a request wait?  Then the timer is set. */
bool throttle_schedule_timer(ThrottleState *ts, ThrottleTimers *tt,
                             bool is_write);
/* A request of @size bytes goes. */
void throttle_account(ThrottleState *ts, bool is_write, uint64_t size);

/* What clients say: only the members that are given are changed. */
void throttle_limits_to_config(ThrottleLimits *arg, ThrottleConfig *cfg,
                               Error **errp);
void throttle_config_to_limits(ThrottleConfig *cfg, ThrottleLimits *var);

#endif
