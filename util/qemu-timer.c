/*
 * Clocks, timer lists and timers.
 *
 * Read include/qemu/timer.h first.
 *
 *     QEMUClock (one of four)
 *       timerlists ─▶ QEMUTimerList of main_loop_tlg
 *                  ─▶ QEMUTimerList of an AioContext …
 *                       active_timers ─▶ QEMUTimer ─▶ QEMUTimer, by expiry
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/lockable.h"
#include "qemu/main-loop.h"
#include "qemu/timer.h"
#include "sysemu/cpu-timers.h"
#include <poll.h>

typedef struct QEMUClock {
    /* Changed with the BQL. */
    QLIST_HEAD(, QEMUTimerList) timerlists;

    QEMUClockType type;
    bool enabled;
} QEMUClock;

QEMUTimerListGroup main_loop_tlg;
static QEMUClock qemu_clocks[QEMU_CLOCK_MAX];

struct QEMUTimerList {
    QEMUClock *clock;
    /* Any thread may set a timer; the head is also read without the lock. */
    QemuMutex active_timers_lock;
    QEMUTimer *active_timers;
    QLIST_ENTRY(QEMUTimerList) list;
    QEMUTimerListNotifyCB *notify_cb;
    void *notify_opaque;

    /* Set while no callback runs: qemu_clock_enable() waits for it. */
    QemuEvent timers_done_ev;
};

static inline QEMUClock *qemu_clock_ptr(QEMUClockType type)
{
    return &qemu_clocks[type];
}

static bool timer_expired_ns(QEMUTimer *timer_head, int64_t current_time)
{
    return timer_head && timer_head->expire_time <= current_time;
}

/* Timer lists */

QEMUTimerList *timerlist_new(QEMUClockType type,
                             QEMUTimerListNotifyCB *cb, void *opaque)
{
    QEMUClock *clock = qemu_clock_ptr(type);
    QEMUTimerList *timer_list = g_new0(QEMUTimerList, 1);

    qemu_event_init(&timer_list->timers_done_ev, true);
    timer_list->clock = clock;
    timer_list->notify_cb = cb;
    timer_list->notify_opaque = opaque;
    qemu_mutex_init(&timer_list->active_timers_lock);
    QLIST_INSERT_HEAD(&clock->timerlists, timer_list, list);
    return timer_list;
}

void timerlist_free(QEMUTimerList *timer_list)
{
    assert(!timerlist_has_timers(timer_list));
    if (timer_list->clock) {
        QLIST_REMOVE(timer_list, list);
    }
    qemu_mutex_destroy(&timer_list->active_timers_lock);
    qemu_event_destroy(&timer_list->timers_done_ev);
    g_free(timer_list);
}

bool timerlist_has_timers(QEMUTimerList *timer_list)
{
    return qatomic_read(&timer_list->active_timers) != NULL;
}

/* The first timer's expiry; false if there is none. */
static bool timerlist_first_expiry(QEMUTimerList *timer_list, int64_t *expire)
{
    QEMU_LOCK_GUARD(&timer_list->active_timers_lock);

    if (!timer_list->active_timers) {
        return false;
    }
    *expire = timer_list->active_timers->expire_time;
    return true;
}

bool timerlist_expired(QEMUTimerList *timer_list)
{
    int64_t expire_time;

    /* An empty list, the usual case, costs no lock. */
    return timerlist_has_timers(timer_list) &&
           timerlist_first_expiry(timer_list, &expire_time) &&
           expire_time <= qemu_clock_get_ns(timer_list->clock->type);
}

int64_t timerlist_deadline_ns(QEMUTimerList *timer_list)
{
    int64_t expire_time;

    if (!timerlist_has_timers(timer_list) || !timer_list->clock->enabled ||
        !timerlist_first_expiry(timer_list, &expire_time)) {
        return -1;
    }
    return MAX(0, expire_time - qemu_clock_get_ns(timer_list->clock->type));
}

QEMUClockType timerlist_get_clock(QEMUTimerList *timer_list)
{
    return timer_list->clock->type;
}

void timerlist_notify(QEMUTimerList *timer_list)
{
    if (timer_list->notify_cb) {
        timer_list->notify_cb(timer_list->notify_opaque,
                              timer_list->clock->type);
    } else {
        qemu_notify_event();
    }
}

bool timerlist_run_timers(QEMUTimerList *timer_list)
{
    bool progress = false;
    int64_t current_time;

    if (!timerlist_has_timers(timer_list)) {
        return false;
    }

    qemu_event_reset(&timer_list->timers_done_ev);
    if (timer_list->clock->enabled) {
        current_time = qemu_clock_get_ns(timer_list->clock->type);

        qemu_mutex_lock(&timer_list->active_timers_lock);
        while (timer_expired_ns(timer_list->active_timers, current_time)) {
            QEMUTimer *ts = timer_list->active_timers;
            /* The callback may free its timer. */
            QEMUTimerCB *cb = ts->cb;
            void *opaque = ts->opaque;

            qatomic_set(&timer_list->active_timers, ts->next);
            ts->next = NULL;
            qatomic_set(&ts->expire_time, -1);

            qemu_mutex_unlock(&timer_list->active_timers_lock);
            cb(opaque);
            qemu_mutex_lock(&timer_list->active_timers_lock);
            progress = true;
        }
        qemu_mutex_unlock(&timer_list->active_timers_lock);
    }
    qemu_event_set(&timer_list->timers_done_ev);
    return progress;
}

/* Groups: one list of each clock */

void timerlistgroup_init(QEMUTimerListGroup *tlg,
                         QEMUTimerListNotifyCB *cb, void *opaque)
{
    for (QEMUClockType type = 0; type < QEMU_CLOCK_MAX; type++) {
        tlg->tl[type] = timerlist_new(type, cb, opaque);
    }
}

void timerlistgroup_deinit(QEMUTimerListGroup *tlg)
{
    for (QEMUClockType type = 0; type < QEMU_CLOCK_MAX; type++) {
        timerlist_free(tlg->tl[type]);
        tlg->tl[type] = NULL;
    }
}

bool timerlistgroup_run_timers(QEMUTimerListGroup *tlg)
{
    bool progress = false;

    for (QEMUClockType type = 0; type < QEMU_CLOCK_MAX; type++) {
        progress |= timerlist_run_timers(tlg->tl[type]);
    }
    return progress;
}

int64_t timerlistgroup_deadline_ns(QEMUTimerListGroup *tlg)
{
    int64_t deadline = -1;

    for (QEMUClockType type = 0; type < QEMU_CLOCK_MAX; type++) {
        if (qemu_clock_use_for_deadline(type)) {
            deadline = qemu_soonest_timeout(
                deadline, timerlist_deadline_ns(tlg->tl[type]));
        }
    }
    return deadline;
}

/* Clocks */

static void qemu_clock_init(QEMUClockType type,
                            QEMUTimerListNotifyCB *notify_cb)
{
    QEMUClock *clock = qemu_clock_ptr(type);

    /* A second init would lose the lists. */
    assert(main_loop_tlg.tl[type] == NULL);

    clock->type = type;
    /* The guest's time starts with the VM. */
    clock->enabled = type != QEMU_CLOCK_VIRTUAL;
    QLIST_INIT(&clock->timerlists);
    main_loop_tlg.tl[type] = timerlist_new(type, notify_cb, NULL);
}

void init_clocks(QEMUTimerListNotifyCB *notify_cb)
{
    for (QEMUClockType type = 0; type < QEMU_CLOCK_MAX; type++) {
        qemu_clock_init(type, notify_cb);
    }
}

int64_t qemu_clock_get_ns(QEMUClockType type)
{
    switch (type) {
    case QEMU_CLOCK_REALTIME:
        return get_clock();
    case QEMU_CLOCK_HOST:
        return get_clock_realtime();
    case QEMU_CLOCK_VIRTUAL:
    case QEMU_CLOCK_VIRTUAL_RT:
    default:
        return cpus_get_virtual_clock();
    }
}

bool qemu_clock_use_for_deadline(QEMUClockType type)
{
    return !(icount_enabled() && type == QEMU_CLOCK_VIRTUAL);
}

void qemu_clock_notify(QEMUClockType type)
{
    QEMUTimerList *timer_list;

    QLIST_FOREACH(timer_list, &qemu_clock_ptr(type)->timerlists, list) {
        timerlist_notify(timer_list);
    }
}

void qemu_clock_enable(QEMUClockType type, bool enabled)
{
    QEMUClock *clock = qemu_clock_ptr(type);
    QEMUTimerList *tl;
    bool old = clock->enabled;

    clock->enabled = enabled;
    if (enabled && !old) {
        qemu_clock_notify(type);
    } else if (!enabled && old) {
        QLIST_FOREACH(tl, &clock->timerlists, list) {
            qemu_event_wait(&tl->timers_done_ev);
        }
    }
}

bool qemu_clock_has_timers(QEMUClockType type)
{
    return timerlist_has_timers(main_loop_tlg.tl[type]);
}

bool qemu_clock_expired(QEMUClockType type)
{
    return timerlist_expired(main_loop_tlg.tl[type]);
}

bool qemu_clock_run_timers(QEMUClockType type)
{
    return timerlist_run_timers(main_loop_tlg.tl[type]);
}

bool qemu_clock_run_all_timers(void)
{
    bool progress = false;

    for (QEMUClockType type = 0; type < QEMU_CLOCK_MAX; type++) {
        if (qemu_clock_use_for_deadline(type)) {
            progress |= qemu_clock_run_timers(type);
        }
    }
    return progress;
}

/* The first timer whose attributes are all in @attr_mask. */
static QEMUTimer *timerlist_first_with(QEMUTimerList *timer_list, int attr_mask)
{
    QEMUTimer *ts = timer_list->active_timers;

    while (ts && (ts->attributes & ~attr_mask)) {
        ts = ts->next;
    }
    return ts;
}

int64_t qemu_clock_deadline_ns_all(QEMUClockType type, int attr_mask)
{
    QEMUClock *clock = qemu_clock_ptr(type);
    QEMUTimerList *timer_list;
    int64_t deadline = -1;

    if (!clock->enabled) {
        return -1;
    }
    QLIST_FOREACH(timer_list, &clock->timerlists, list) {
        int64_t expire_time;
        QEMUTimer *ts;

        if (!timerlist_has_timers(timer_list)) {
            continue;
        }
        WITH_QEMU_LOCK_GUARD(&timer_list->active_timers_lock) {
            ts = timerlist_first_with(timer_list, attr_mask);
            expire_time = ts ? ts->expire_time : -1;
        }
        if (!ts) {
            continue;
        }
        deadline = qemu_soonest_timeout(
            deadline, MAX(0, expire_time - qemu_clock_get_ns(type)));
    }
    return deadline;
}

/* Timers */

void timer_init_full(QEMUTimer *ts,
                     QEMUTimerListGroup *timer_list_group, QEMUClockType type,
                     int scale, int attributes,
                     QEMUTimerCB *cb, void *opaque)
{
    if (!timer_list_group) {
        timer_list_group = &main_loop_tlg;
    }
    ts->timer_list = timer_list_group->tl[type];
    ts->cb = cb;
    ts->opaque = opaque;
    ts->scale = scale;
    ts->attributes = attributes;
    ts->expire_time = -1;
    ts->next = NULL;
}

void timer_deinit(QEMUTimer *ts)
{
    assert(ts->expire_time == -1);
    ts->timer_list = NULL;
}

static void timer_del_locked(QEMUTimerList *timer_list, QEMUTimer *ts)
{
    QEMUTimer **pt;

    ts->expire_time = -1;
    for (pt = &timer_list->active_timers; *pt; pt = &(*pt)->next) {
        if (*pt == ts) {
            qatomic_set(pt, ts->next);
            break;
        }
    }
}

/* True if it is the first now: a sleeper must wake up earlier. */
static bool timer_mod_ns_locked(QEMUTimerList *timer_list,
                                QEMUTimer *ts, int64_t expire_time)
{
    QEMUTimer **pt = &timer_list->active_timers;

    /* Timers of one moment fire in the order in which they were set. */
    while (timer_expired_ns(*pt, expire_time)) {
        pt = &(*pt)->next;
    }
    ts->expire_time = MAX(expire_time, 0);
    ts->next = *pt;
    qatomic_set(pt, ts);
    return pt == &timer_list->active_timers;
}

void timer_del(QEMUTimer *ts)
{
    QEMUTimerList *timer_list = ts->timer_list;

    if (timer_list) {
        QEMU_LOCK_GUARD(&timer_list->active_timers_lock);
        timer_del_locked(timer_list, ts);
    }
}

void timer_mod_ns(QEMUTimer *ts, int64_t expire_time)
{
    QEMUTimerList *timer_list = ts->timer_list;
    bool rearm;

    WITH_QEMU_LOCK_GUARD(&timer_list->active_timers_lock) {
        timer_del_locked(timer_list, ts);
        rearm = timer_mod_ns_locked(timer_list, ts, expire_time);
    }
    if (rearm) {
        timerlist_notify(timer_list);
    }
}

void timer_mod_anticipate_ns(QEMUTimer *ts, int64_t expire_time)
{
    QEMUTimerList *timer_list = ts->timer_list;
    bool rearm = false;

    WITH_QEMU_LOCK_GUARD(&timer_list->active_timers_lock) {
        if (ts->expire_time == -1 || ts->expire_time > expire_time) {
            if (ts->expire_time != -1) {
                timer_del_locked(timer_list, ts);
            }
            rearm = timer_mod_ns_locked(timer_list, ts, expire_time);
        }
    }
    if (rearm) {
        timerlist_notify(timer_list);
    }
}

void timer_mod(QEMUTimer *ts, int64_t expire_time)
{
    timer_mod_ns(ts, expire_time * ts->scale);
}

void timer_mod_anticipate(QEMUTimer *ts, int64_t expire_time)
{
    timer_mod_anticipate_ns(ts, expire_time * ts->scale);
}

bool timer_pending(QEMUTimer *ts)
{
    return qatomic_read(&ts->expire_time) >= 0;
}

bool timer_expired(QEMUTimer *timer_head, int64_t current_time)
{
    return timer_expired_ns(timer_head, current_time * timer_head->scale);
}

uint64_t timer_expire_time_ns(QEMUTimer *ts)
{
    return timer_pending(ts) ? ts->expire_time : -1;
}

/* Sleeping */

int qemu_timeout_ns_to_ms(int64_t ns)
{
    int64_t ms;

    if (ns < 0) {
        return -1;
    }
    if (ns == 0) {
        return 0;
    }
    /* Rounding down would spin through the last millisecond. */
    ms = ns / SCALE_MS + (ns % SCALE_MS != 0);
    return MIN(ms, INT32_MAX);
}

int qemu_poll_ns(GPollFD *fds, guint nfds, int64_t timeout)
{
    struct timespec ts;

    if (timeout < 0) {
        return ppoll((struct pollfd *)fds, nfds, NULL, NULL);
    }
    ts.tv_sec = MIN(timeout / NANOSECONDS_PER_SECOND, (int64_t)INT32_MAX);
    ts.tv_nsec = timeout % NANOSECONDS_PER_SECOND;
    return ppoll((struct pollfd *)fds, nfds, &ts, NULL);
}
