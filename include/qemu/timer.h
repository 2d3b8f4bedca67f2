/*
 * Clocks and timers.
 *
 *   QEMU_CLOCK_REALTIME    runs always; monotonic.  For the host's own business
 *                          (a monitor's refresh)
 *   QEMU_CLOCK_VIRTUAL     the guest's time: stands still while the VM is
 *                          stopped; under qtest it moves only on clock_step.
 *                          Devices use this one
 *   QEMU_CLOCK_HOST        the wall clock, which may be set by the host's user.
 *                          For an RTC
 *   QEMU_CLOCK_VIRTUAL_RT  as VIRTUAL without icount
 *
 * Every AioContext has a list of timers for each clock (a QEMUTimerListGroup);
 * the main loop's group is main_loop_tlg, where timer_new() and kin put theirs.
 * A list is sorted by expiry.  Whoever polls an AioContext sleeps no longer
 * than its first timer allows, and runs what has expired.
 *
 * Times are nanoseconds in int64_t, multiplied by the timer's scale; -1 means
 * "never".  Callbacks run in the thread that polls the list's AioContext; a
 * timer fires once and may be set again from its callback.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_TIMER_H
#define QEMU_TIMER_H

#include "qemu/bitops.h"
#include "qemu/notify.h"
#include "qemu/host-utils.h"

#define NANOSECONDS_PER_SECOND 1000000000LL

#define SCALE_MS 1000000
#define SCALE_US 1000
#define SCALE_NS 1

typedef enum {
    QEMU_CLOCK_REALTIME = 0,
    QEMU_CLOCK_VIRTUAL = 1,
    QEMU_CLOCK_HOST = 2,
    QEMU_CLOCK_VIRTUAL_RT = 3,
    QEMU_CLOCK_MAX
} QEMUClockType;

/*
 * Attributes of a timer.  EXTERNAL: it serves the outside (a monitor, slirp)
 * and is no event of the guest's.  ALL is a mask.
 */
#define QEMU_TIMER_ATTR_EXTERNAL ((int)BIT(0))
#define QEMU_TIMER_ATTR_ALL      0xffffffff

typedef struct QEMUTimerList QEMUTimerList;

struct QEMUTimerListGroup {
    QEMUTimerList *tl[QEMU_CLOCK_MAX];
};

typedef void QEMUTimerCB(void *opaque);
/* Called when a list's first deadline moves forward: wake who sleeps on it. */
typedef void QEMUTimerListNotifyCB(void *opaque, QEMUClockType type);

struct QEMUTimer {
    int64_t expire_time;        /* in nanoseconds; -1 when not pending */
    QEMUTimerList *timer_list;
    QEMUTimerCB *cb;
    void *opaque;
    QEMUTimer *next;
    int attributes;
    int scale;
};

extern QEMUTimerListGroup main_loop_tlg;

/* Clocks */

int64_t qemu_clock_get_ns(QEMUClockType type);

static inline int64_t qemu_clock_get_ms(QEMUClockType type)
{
    return qemu_clock_get_ns(type) / SCALE_MS;
}

static inline int64_t qemu_clock_get_us(QEMUClockType type)
{
    return qemu_clock_get_ns(type) / SCALE_US;
}

/* True if any list of this clock has a timer pending. */
bool qemu_clock_has_timers(QEMUClockType type);
/* True if any timer of the main loop's list is due. */
bool qemu_clock_expired(QEMUClockType type);
/* False for a clock that must not wake a sleeper by itself. */
bool qemu_clock_use_for_deadline(QEMUClockType type);
/*
 * Nanoseconds until the first timer of any list that has one of the attributes
 * in @attr_mask, or none at all; -1 if there is none, 0 if it is late.
 */
int64_t qemu_clock_deadline_ns_all(QEMUClockType type, int attr_mask);
/* Wake everybody who sleeps on a list of this clock. */
void qemu_clock_notify(QEMUClockType type);
/*
 * Let the clock's timers run or not.  Disabling waits until running callbacks
 * are through, so it must not be done from one.
 */
void qemu_clock_enable(QEMUClockType type, bool enabled);
/* Run what is due on the main loop's list; true if anything ran. */
bool qemu_clock_run_timers(QEMUClockType type);
bool qemu_clock_run_all_timers(void);

/* Timer lists: one clock of one AioContext */

QEMUTimerList *timerlist_new(QEMUClockType type,
                             QEMUTimerListNotifyCB *cb, void *opaque);
/* All of its timers must have been deleted. */
void timerlist_free(QEMUTimerList *timer_list);
bool timerlist_has_timers(QEMUTimerList *timer_list);
bool timerlist_expired(QEMUTimerList *timer_list);
/* Nanoseconds to the first timer; 0 if it is due, -1 for none. */
int64_t timerlist_deadline_ns(QEMUTimerList *timer_list);
QEMUClockType timerlist_get_clock(QEMUTimerList *timer_list);
bool timerlist_run_timers(QEMUTimerList *timer_list);
void timerlist_notify(QEMUTimerList *timer_list);

void timerlistgroup_init(QEMUTimerListGroup *tlg,
                         QEMUTimerListNotifyCB *cb, void *opaque);
void timerlistgroup_deinit(QEMUTimerListGroup *tlg);
bool timerlistgroup_run_timers(QEMUTimerListGroup *tlg);
int64_t timerlistgroup_deadline_ns(QEMUTimerListGroup *tlg);

/* Timers */

/*
 * timer_init_full: prepare @ts, in the group @timer_list_group or, if NULL, the
 * main loop's.  @scale (SCALE_*) is the unit of timer_mod(); @attributes are
 * QEMU_TIMER_ATTR_*.
 */
void timer_init_full(QEMUTimer *ts,
                     QEMUTimerListGroup *timer_list_group, QEMUClockType type,
                     int scale, int attributes,
                     QEMUTimerCB *cb, void *opaque);

static inline void timer_init(QEMUTimer *ts, QEMUClockType type, int scale,
                              QEMUTimerCB *cb, void *opaque)
{
    timer_init_full(ts, NULL, type, scale, 0, cb, opaque);
}

static inline void timer_init_ns(QEMUTimer *ts, QEMUClockType type,
                                 QEMUTimerCB *cb, void *opaque)
{
    timer_init(ts, type, SCALE_NS, cb, opaque);
}

static inline void timer_init_us(QEMUTimer *ts, QEMUClockType type,
                                 QEMUTimerCB *cb, void *opaque)
{
    timer_init(ts, type, SCALE_US, cb, opaque);
}

static inline void timer_init_ms(QEMUTimer *ts, QEMUClockType type,
                                 QEMUTimerCB *cb, void *opaque)
{
    timer_init(ts, type, SCALE_MS, cb, opaque);
}

/* The same, allocated; give it back with timer_free(). */
static inline QEMUTimer *timer_new_full(QEMUTimerListGroup *timer_list_group,
                                        QEMUClockType type,
                                        int scale, int attributes,
                                        QEMUTimerCB *cb, void *opaque)
{
    QEMUTimer *ts = g_new0(QEMUTimer, 1);

    timer_init_full(ts, timer_list_group, type, scale, attributes, cb, opaque);
    return ts;
}

static inline QEMUTimer *timer_new(QEMUClockType type, int scale,
                                   QEMUTimerCB *cb, void *opaque)
{
    return timer_new_full(NULL, type, scale, 0, cb, opaque);
}

static inline QEMUTimer *timer_new_ns(QEMUClockType type, QEMUTimerCB *cb,
                                      void *opaque)
{
    return timer_new(type, SCALE_NS, cb, opaque);
}

static inline QEMUTimer *timer_new_us(QEMUClockType type, QEMUTimerCB *cb,
                                      void *opaque)
{
    return timer_new(type, SCALE_US, cb, opaque);
}

static inline QEMUTimer *timer_new_ms(QEMUClockType type, QEMUTimerCB *cb,
                                      void *opaque)
{
    return timer_new(type, SCALE_MS, cb, opaque);
}

/* Forget its list; it must not be pending. */
void timer_deinit(QEMUTimer *ts);

/* Stop it.  A callback that runs in another thread may still be running. */
void timer_del(QEMUTimer *ts);

static inline void timer_free(QEMUTimer *ts)
{
    if (ts) {
        timer_del(ts);
        g_free(ts);
    }
}

/* Fire at @expire_time (absolute), whatever was set before. */
void timer_mod_ns(QEMUTimer *ts, int64_t expire_time);
/* Fire at @expire_time, unless it fires earlier already. */
void timer_mod_anticipate_ns(QEMUTimer *ts, int64_t expire_time);
/* The same in units of the timer's scale. */
void timer_mod(QEMUTimer *ts, int64_t expire_time);
void timer_mod_anticipate(QEMUTimer *ts, int64_t expire_time);

bool timer_pending(QEMUTimer *ts);
/* True if it is set and due at @current_time, in units of its scale. */
bool timer_expired(QEMUTimer *timer_head, int64_t current_time);
/* When it fires, in nanoseconds; -1 if it is not pending. */
uint64_t timer_expire_time_ns(QEMUTimer *ts);

/* In a migration stream: eight bytes, the expiry. */
void timer_get(QEMUFile *f, QEMUTimer *ts);
void timer_put(QEMUFile *f, QEMUTimer *ts);

/* Sleeping */

/* Milliseconds for poll(): rounded up, so that one never wakes too early. */
int qemu_timeout_ns_to_ms(int64_t ns);
/* poll() with nanoseconds; -1 waits for ever. */
int qemu_poll_ns(GPollFD *fds, guint nfds, int64_t timeout);

/* The earlier of two timeouts, where -1 is never. */
static inline int64_t qemu_soonest_timeout(int64_t timeout1, int64_t timeout2)
{
    /* As unsigned numbers, -1 is the latest of all. */
    return ((uint64_t)timeout1 < (uint64_t)timeout2) ? timeout1 : timeout2;
}

/*
 * Once, before the main loop.  @notify_cb is called for main_loop_tlg's lists;
 * qemu_init_main_loop() gives one that wakes the main loop.
 */
void init_clocks(QEMUTimerListNotifyCB *notify_cb);

static inline int64_t get_max_clock_jump(void)
{
    return 60 * NANOSECONDS_PER_SECOND;
}

/* The wall clock, in nanoseconds since 1970. */
static inline int64_t get_clock_realtime(void)
{
    struct timeval tv;

    gettimeofday(&tv, NULL);
    return tv.tv_sec * NANOSECONDS_PER_SECOND + (int64_t)tv.tv_usec * SCALE_US;
}

/* The monotonic clock, in nanoseconds since an unnamed moment. */
static inline int64_t get_clock(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return ts.tv_sec * NANOSECONDS_PER_SECOND + ts.tv_nsec;
}

/* The host CPU's cycle counter, or something like it. */
static inline int64_t cpu_get_host_ticks(void)
{
#if defined(__x86_64__)
    uint32_t low, high;

    __asm__ volatile("rdtsc" : "=a" (low), "=d" (high));
    return ((uint64_t)high << 32) | low;
#else
    return get_clock();
#endif
}

#endif
