/*
 * qtest: time, which is the client's under -accel qtest.
 *
 * Read first: include/sysemu/qtest.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/cutils.h"
#include "qemu/main-loop.h"
#include "qemu/timer.h"
#include "sysemu/qtest.h"
#include "qtest-int.h"

static int64_t qtest_clock_counter;

int64_t qtest_get_virtual_clock(void)
{
    return qatomic_read_i64(&qtest_clock_counter);
}

static void qtest_set_virtual_clock(int64_t count)
{
    qatomic_set_i64(&qtest_clock_counter, count);
}

/* A timer of another thread is due.  That sleeps, and may need the lock. */
static void qtest_clock_wait_for_others(void)
{
    qemu_clock_notify(QEMU_CLOCK_VIRTUAL);
    qemu_mutex_unlock_iothread();
    g_usleep(50);
    qemu_mutex_lock_iothread();
}

/*
 * Move to @dest in steps from timer to timer: each callback sees the time that
 * it was set for.  Those of IOThreads run there, and are waited for.
 */
static void qtest_clock_warp(int64_t dest)
{
    int64_t clock = qtest_get_virtual_clock();
    AioContext *aio_context = qemu_get_aio_context();

    while (clock < dest) {
        int64_t deadline = qemu_clock_deadline_ns_all(QEMU_CLOCK_VIRTUAL,
                                                      QEMU_TIMER_ATTR_ALL);
        int64_t warp = qemu_soonest_timeout(dest - clock, deadline);

        qtest_set_virtual_clock(clock + warp);
        qemu_clock_run_timers(QEMU_CLOCK_VIRTUAL);
        timerlist_run_timers(aio_context->tlg.tl[QEMU_CLOCK_VIRTUAL]);
        if (warp == 0) {
            qtest_clock_wait_for_others();
        }
        clock = qtest_get_virtual_clock();
    }
    qemu_clock_notify(QEMU_CLOCK_VIRTUAL);
}

static void qtest_send_time(CharBackend *chr)
{
    qtest_send_prefix(chr);
    qtest_sendf(chr, "OK %" PRIi64 "\n",
                qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL));
}

void qtest_cmd_clock_step(CharBackend *chr, const QTestCommand *cmd,
                          char **words)
{
    int64_t now = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);
    int64_t ns;

    if (words[1]) {
        if (qemu_strtoi64(words[1], NULL, 0, &ns) < 0 ||
            ns > INT64_MAX - now) {
            qtest_fail(chr, "invalid number '%s'", words[1]);
            return;
        }
    } else {
        ns = qemu_clock_deadline_ns_all(QEMU_CLOCK_VIRTUAL,
                                        QEMU_TIMER_ATTR_ALL);
    }
    qtest_clock_warp(now + ns);
    qtest_send_time(chr);
}

void qtest_cmd_clock_set(CharBackend *chr, const QTestCommand *cmd,
                         char **words)
{
    int64_t ns;

    if (qemu_strtoi64(words[1], NULL, 0, &ns) < 0) {
        qtest_fail(chr, "invalid number '%s'", words[1]);
        return;
    }
    qtest_clock_warp(ns);
    qtest_send_time(chr);
}
