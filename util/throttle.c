/*
 * Throttling: leaky buckets and their timers.
 *
 * Read include/qemu/throttle.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "block/aio.h"
#include "qapi/error.h"
#include "qemu/throttle.h"
#include "qemu/timer.h"

/* Buckets */

void throttle_leak_bucket(LeakyBucket *bkt, int64_t delta_ns)
{
    double leak = (bkt->avg * (double)delta_ns) / NANOSECONDS_PER_SECOND;

    bkt->level = MAX(bkt->level - leak, 0);
    if (bkt->burst_length > 1) {
        leak = (bkt->max * (double)delta_ns) / NANOSECONDS_PER_SECOND;
        bkt->burst_level = MAX(bkt->burst_level - leak, 0);
    }
}

static void throttle_do_leak(ThrottleState *ts, int64_t now)
{
    int64_t delta_ns = now - ts->previous_leak;

    ts->previous_leak = now;
    if (delta_ns <= 0) {
        return;
    }
    for (int i = 0; i < BUCKETS_COUNT; i++) {
        throttle_leak_bucket(&ts->cfg.buckets[i], delta_ns);
    }
}

/* How long until @extra has leaked at @limit a second? */
static int64_t throttle_do_compute_wait(double limit, double extra)
{
    return extra * NANOSECONDS_PER_SECOND / limit;
}

int64_t throttle_compute_wait(LeakyBucket *bkt)
{
    double extra, bucket_size, burst_bucket_size;

    if (!bkt->avg) {
        return 0;
    }
    if (!bkt->max) {
        /* Without bursts, what a tenth of a second allows. */
        bucket_size = (double)bkt->avg / 10;
        burst_bucket_size = 0;
    } else {
        bucket_size = bkt->max * (double)bkt->burst_length;
        burst_bucket_size = (double)bkt->max / 10;
    }

    extra = bkt->level - bucket_size;
    if (extra > 0) {
        return throttle_do_compute_wait(bkt->avg, extra);
    }
    if (bkt->burst_length > 1) {
        /* In a burst the rate is @max. */
        assert(bkt->max > 0);
        extra = bkt->burst_level - burst_bucket_size;
        if (extra > 0) {
            return throttle_do_compute_wait(bkt->max, extra);
        }
    }
    return 0;
}

static int64_t throttle_compute_wait_for(ThrottleState *ts, bool is_write)
{
    static const BucketType to_check[2][4] = {
        { THROTTLE_BPS_TOTAL, THROTTLE_OPS_TOTAL,
          THROTTLE_BPS_READ, THROTTLE_OPS_READ },
        { THROTTLE_BPS_TOTAL, THROTTLE_OPS_TOTAL,
          THROTTLE_BPS_WRITE, THROTTLE_OPS_WRITE },
    };
    int64_t max_wait = 0;

    for (int i = 0; i < 4; i++) {
        max_wait = MAX(max_wait, throttle_compute_wait(
                                     &ts->cfg.buckets[to_check[is_write][i]]));
    }
    return max_wait;
}

/* Timers */

void throttle_timers_attach_aio_context(ThrottleTimers *tt,
                                        AioContext *new_context)
{
    tt->timers[0] = aio_timer_new(new_context, tt->clock_type, SCALE_NS,
                                  tt->read_timer_cb, tt->timer_opaque);
    tt->timers[1] = aio_timer_new(new_context, tt->clock_type, SCALE_NS,
                                  tt->write_timer_cb, tt->timer_opaque);
}

void throttle_timers_init(ThrottleTimers *tt, AioContext *aio_context,
                          QEMUClockType clock_type,
                          QEMUTimerCB *read_timer_cb,
                          QEMUTimerCB *write_timer_cb,
                          void *timer_opaque)
{
    memset(tt, 0, sizeof(*tt));
    tt->clock_type = clock_type;
    tt->read_timer_cb = read_timer_cb;
    tt->write_timer_cb = write_timer_cb;
    tt->timer_opaque = timer_opaque;
    throttle_timers_attach_aio_context(tt, aio_context);
}

void throttle_timers_detach_aio_context(ThrottleTimers *tt)
{
    for (int i = 0; i < 2; i++) {
        timer_free(tt->timers[i]);
        tt->timers[i] = NULL;
    }
}

void throttle_timers_destroy(ThrottleTimers *tt)
{
    throttle_timers_detach_aio_context(tt);
}

bool throttle_timers_are_initialized(ThrottleTimers *tt)
{
    return tt->timers[0];
}

/* Configuration */

void throttle_init(ThrottleState *ts)
{
    memset(ts, 0, sizeof(*ts));
    throttle_config_init(&ts->cfg);
}

void throttle_config_init(ThrottleConfig *cfg)
{
    memset(cfg, 0, sizeof(*cfg));
    for (int i = 0; i < BUCKETS_COUNT; i++) {
        cfg->buckets[i].burst_length = 1;
    }
}

bool throttle_enabled(ThrottleConfig *cfg)
{
    for (int i = 0; i < BUCKETS_COUNT; i++) {
        if (cfg->buckets[i].avg > 0) {
            return true;
        }
    }
    return false;
}

bool throttle_is_valid(ThrottleConfig *cfg, Error **errp)
{
    const LeakyBucket *b = cfg->buckets;

    if ((b[THROTTLE_BPS_TOTAL].avg &&
         (b[THROTTLE_BPS_READ].avg || b[THROTTLE_BPS_WRITE].avg)) ||
        (b[THROTTLE_OPS_TOTAL].avg &&
         (b[THROTTLE_OPS_READ].avg || b[THROTTLE_OPS_WRITE].avg)) ||
        (b[THROTTLE_BPS_TOTAL].max &&
         (b[THROTTLE_BPS_READ].max || b[THROTTLE_BPS_WRITE].max)) ||
        (b[THROTTLE_OPS_TOTAL].max &&
         (b[THROTTLE_OPS_READ].max || b[THROTTLE_OPS_WRITE].max))) {
        error_setg(errp, "bps/iops/max total values and read/write values "
                   "cannot be used at the same time");
        return false;
    }
    if (cfg->op_size && !b[THROTTLE_OPS_TOTAL].avg &&
        !b[THROTTLE_OPS_READ].avg && !b[THROTTLE_OPS_WRITE].avg) {
        error_setg(errp, "iops size requires an iops value to be set");
        return false;
    }

    for (int i = 0; i < BUCKETS_COUNT; i++) {
        const LeakyBucket *bkt = &cfg->buckets[i];

        if (bkt->avg > THROTTLE_VALUE_MAX || bkt->max > THROTTLE_VALUE_MAX) {
            error_setg(errp, "bps/iops/max values must be within [0, %lld]",
                       THROTTLE_VALUE_MAX);
            return false;
        }
        if (!bkt->burst_length) {
            error_setg(errp, "the burst length cannot be 0");
            return false;
        }
        if (bkt->burst_length > 1 && !bkt->max) {
            error_setg(errp, "burst length set without burst rate");
            return false;
        }
        if (bkt->max && bkt->burst_length > THROTTLE_VALUE_MAX / bkt->max) {
            error_setg(errp, "burst length too high for this burst rate");
            return false;
        }
        if (bkt->max && !bkt->avg) {
            error_setg(errp, "bps_max/iops_max require corresponding"
                       " bps/iops values");
            return false;
        }
        if (bkt->max && bkt->max < bkt->avg) {
            error_setg(errp, "bps_max/iops_max cannot be lower than bps/iops");
            return false;
        }
    }
    return true;
}

void throttle_config(ThrottleState *ts, QEMUClockType clock_type,
                     ThrottleConfig *cfg)
{
    ts->cfg = *cfg;
    for (int i = 0; i < BUCKETS_COUNT; i++) {
        ts->cfg.buckets[i].level = 0;
        ts->cfg.buckets[i].burst_level = 0;
    }
    ts->previous_leak = qemu_clock_get_ns(clock_type);
}

void throttle_get_config(ThrottleState *ts, ThrottleConfig *cfg)
{
    *cfg = ts->cfg;
}

/* Requests */

bool throttle_schedule_timer(ThrottleState *ts, ThrottleTimers *tt,
                             bool is_write)
{
    int64_t now = qemu_clock_get_ns(tt->clock_type);
    QEMUTimer *timer = tt->timers[is_write];
    int64_t wait;

    assert(timer);
    throttle_do_leak(ts, now);
    wait = throttle_compute_wait_for(ts, is_write);
    if (!wait) {
        return false;
    }
    /* Set already: nothing has changed but the time. */
    if (!timer_pending(timer)) {
        timer_mod(timer, now + wait);
    }
    return true;
}

static void throttle_pour(LeakyBucket *bkt, double units)
{
    bkt->level += units;
    if (bkt->burst_length > 1) {
        bkt->burst_level += units;
    }
}

void throttle_account(ThrottleState *ts, bool is_write, uint64_t size)
{
    LeakyBucket *b = ts->cfg.buckets;
    double units = 1.0;

    if (ts->cfg.op_size && size > ts->cfg.op_size) {
        units = (double)size / ts->cfg.op_size;
    }
    throttle_pour(&b[THROTTLE_BPS_TOTAL], size);
    throttle_pour(&b[THROTTLE_OPS_TOTAL], units);
    throttle_pour(&b[is_write ? THROTTLE_BPS_WRITE : THROTTLE_BPS_READ], size);
    throttle_pour(&b[is_write ? THROTTLE_OPS_WRITE : THROTTLE_OPS_READ],
                  units);
}

/* What clients say */

#define THROTTLE_FOREACH_LIMIT(X)                                           \
    X(THROTTLE_BPS_TOTAL, bps_total, "bps-total")                           \
    X(THROTTLE_BPS_READ, bps_read, "bps-read")                              \
    X(THROTTLE_BPS_WRITE, bps_write, "bps-write")                           \
    X(THROTTLE_OPS_TOTAL, iops_total, "iops-total")                         \
    X(THROTTLE_OPS_READ, iops_read, "iops-read")                            \
    X(THROTTLE_OPS_WRITE, iops_write, "iops-write")

void throttle_limits_to_config(ThrottleLimits *arg, ThrottleConfig *cfg,
                               Error **errp)
{
#define TAKE(bucket, name, text)                                            \
    if (arg->has_##name) {                                                  \
        cfg->buckets[bucket].avg = arg->name;                               \
    }                                                                       \
    if (arg->has_##name##_max) {                                            \
        cfg->buckets[bucket].max = arg->name##_max;                         \
    }                                                                       \
    if (arg->has_##name##_max_length) {                                     \
        if (arg->name##_max_length > UINT_MAX) {                            \
            error_setg(errp, "%s value must be in the range [0, %u]",       \
                       text "-max-length", UINT_MAX);                       \
            return;                                                         \
        }                                                                   \
        cfg->buckets[bucket].burst_length = arg->name##_max_length;         \
    }
    THROTTLE_FOREACH_LIMIT(TAKE)
#undef TAKE
    if (arg->has_iops_size) {
        cfg->op_size = arg->iops_size;
    }
    throttle_is_valid(cfg, errp);
}

void throttle_config_to_limits(ThrottleConfig *cfg, ThrottleLimits *var)
{
#define GIVE(bucket, name, text)                                            \
    var->name = cfg->buckets[bucket].avg;                                   \
    var->name##_max = cfg->buckets[bucket].max;                             \
    var->name##_max_length = cfg->buckets[bucket].burst_length;             \
    var->has_##name = var->has_##name##_max =                               \
        var->has_##name##_max_length = true;
    THROTTLE_FOREACH_LIMIT(GIVE)
#undef GIVE
    var->iops_size = cfg->op_size;
    var->has_iops_size = true;
}
