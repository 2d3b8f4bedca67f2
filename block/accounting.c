/*
 * What a disk has done: numbers for `query-blockstats`.
 *
 * Read include/block/accounting.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "block/accounting.h"
#include "qemu/lockable.h"
#include "qemu/timer.h"
#include "sysemu/qtest.h"

/* Under qtest time stands still but for the virtual clock. */
static QEMUClockType clock_type = QEMU_CLOCK_REALTIME;
static const int qtest_latency_ns = NANOSECONDS_PER_SECOND / 1000;

static QEMUClockType block_acct_clock(void)
{
    if (qtest_enabled()) {
        clock_type = QEMU_CLOCK_VIRTUAL;
    }
    return clock_type;
}

void block_acct_init(BlockAcctStats *stats)
{
    qemu_mutex_init(&stats->lock);
    block_acct_clock();
    stats->account_invalid = true;
    stats->account_failed = true;
}

void block_acct_setup(BlockAcctStats *stats, bool account_invalid,
                      bool account_failed)
{
    stats->account_invalid = account_invalid;
    stats->account_failed = account_failed;
}

void block_acct_cleanup(BlockAcctStats *stats)
{
    BlockAcctTimedStats *s, *next;

    QSLIST_FOREACH_SAFE(s, &stats->intervals, entries, next) {
        g_free(s);
    }
    QSLIST_INIT(&stats->intervals);
    block_latency_histograms_clear(stats);
    qemu_mutex_destroy(&stats->lock);
}

void block_acct_add_interval(BlockAcctStats *stats, unsigned interval_length)
{
    BlockAcctTimedStats *s = g_new0(BlockAcctTimedStats, 1);

    s->interval_length = interval_length;
    s->stats = stats;
    QEMU_LOCK_GUARD(&stats->lock);
    QSLIST_INSERT_HEAD(&stats->intervals, s, entries);
    for (int i = 0; i < BLOCK_MAX_IOTYPE; i++) {
        timed_average_init(&s->latency[i], clock_type,
                           (uint64_t)interval_length * NANOSECONDS_PER_SECOND);
    }
}

BlockAcctTimedStats *block_acct_interval_next(BlockAcctStats *stats,
                                              BlockAcctTimedStats *s)
{
    return s ? QSLIST_NEXT(s, entries) : QSLIST_FIRST(&stats->intervals);
}

void block_acct_start(BlockAcctStats *stats, BlockAcctCookie *cookie,
                      int64_t bytes, enum BlockAcctType type)
{
    assert(type < BLOCK_MAX_IOTYPE);
    cookie->bytes = bytes;
    cookie->start_time_ns = qemu_clock_get_ns(clock_type);
    cookie->type = type;
}

/* Histograms */

static int compare_boundary(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return x < y ? -1 : x > y;
}

static void block_latency_histogram_account(BlockLatencyHistogram *hist,
                                            int64_t latency_ns)
{
    int lo = 0, hi = hist->nbins - 1;

    if (!hist->bins) {
        return;
    }
    /* The first boundary above it; its bin is before that. */
    while (lo < hi) {
        int mid = (lo + hi) / 2;

        if (latency_ns < hist->boundaries[mid]) {
            hi = mid;
        } else {
            lo = mid + 1;
        }
    }
    hist->bins[lo]++;
}

int block_latency_histogram_set(BlockAcctStats *stats, enum BlockAcctType type,
                                uint64List *boundaries)
{
    BlockLatencyHistogram *hist = &stats->latency_histogram[type];
    uint64_t *ptr, prev = 0;
    int new_nbins = 1;

    for (uint64List *e = boundaries; e; e = e->next) {
        if (compare_boundary(&e->value, &prev) <= 0) {
            return -EINVAL;
        }
        new_nbins++;
        prev = e->value;
    }

    QEMU_LOCK_GUARD(&stats->lock);
    hist->nbins = new_nbins;
    g_free(hist->boundaries);
    hist->boundaries = g_new(uint64_t, hist->nbins - 1);
    ptr = hist->boundaries;
    for (uint64List *e = boundaries; e; e = e->next) {
        *ptr++ = e->value;
    }
    g_free(hist->bins);
    hist->bins = g_new0(uint64_t, hist->nbins);
    return 0;
}

void block_latency_histograms_clear(BlockAcctStats *stats)
{
    QEMU_LOCK_GUARD(&stats->lock);
    for (int i = 0; i < BLOCK_MAX_IOTYPE; i++) {
        BlockLatencyHistogram *hist = &stats->latency_histogram[i];

        g_free(hist->bins);
        g_free(hist->boundaries);
        memset(hist, 0, sizeof(*hist));
    }
}

/* Requests end */

static void block_account_one_io(BlockAcctStats *stats, BlockAcctCookie *cookie,
                                 bool failed)
{
    BlockAcctTimedStats *s;
    int64_t time_ns, latency_ns;

    if (cookie->type == BLOCK_ACCT_NONE) {
        return;
    }
    time_ns = qemu_clock_get_ns(clock_type);
    latency_ns = time_ns - cookie->start_time_ns;
    if (qtest_enabled()) {
        latency_ns = qtest_latency_ns;
    }

    WITH_QEMU_LOCK_GUARD(&stats->lock) {
        if (failed) {
            stats->failed_ops[cookie->type]++;
        } else {
            stats->nr_bytes[cookie->type] += cookie->bytes;
            stats->nr_ops[cookie->type]++;
        }
        block_latency_histogram_account(
            &stats->latency_histogram[cookie->type], latency_ns);
        if (!failed || stats->account_failed) {
            stats->total_time_ns[cookie->type] += latency_ns;
            stats->last_access_time_ns = time_ns;
            QSLIST_FOREACH(s, &stats->intervals, entries) {
                timed_average_account(&s->latency[cookie->type], latency_ns);
            }
        }
    }
    /* It counts once. */
    cookie->type = BLOCK_ACCT_NONE;
}

void block_acct_done(BlockAcctStats *stats, BlockAcctCookie *cookie)
{
    block_account_one_io(stats, cookie, false);
}

void block_acct_failed(BlockAcctStats *stats, BlockAcctCookie *cookie)
{
    block_account_one_io(stats, cookie, true);
}

void block_acct_invalid(BlockAcctStats *stats, enum BlockAcctType type)
{
    assert(type < BLOCK_MAX_IOTYPE);
    /* It took no time: there is nothing to be averaged. */
    QEMU_LOCK_GUARD(&stats->lock);
    stats->invalid_ops[type]++;
    if (stats->account_invalid) {
        stats->last_access_time_ns = qemu_clock_get_ns(clock_type);
    }
}

void block_acct_merge_done(BlockAcctStats *stats, enum BlockAcctType type,
                           int num_requests)
{
    assert(type < BLOCK_MAX_IOTYPE);
    QEMU_LOCK_GUARD(&stats->lock);
    stats->merged[type] += num_requests;
}

int64_t block_acct_idle_time_ns(BlockAcctStats *stats)
{
    return qemu_clock_get_ns(clock_type) - stats->last_access_time_ns;
}

double block_acct_queue_depth(BlockAcctTimedStats *stats,
                              enum BlockAcctType type)
{
    uint64_t sum, elapsed;

    assert(type < BLOCK_MAX_IOTYPE);
    WITH_QEMU_LOCK_GUARD(&stats->stats->lock) {
        sum = timed_average_sum(&stats->latency[type], &elapsed);
    }
    return (double)sum / elapsed;
}
