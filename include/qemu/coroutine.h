/*
 * Coroutines: functions that can wait without blocking their thread.
 *
 *     caller                                   coroutine
 *     co = qemu_coroutine_create(fn, arg)
 *     qemu_coroutine_enter(co) ──────────────> fn(arg) starts
 *                              <────────────── qemu_coroutine_yield()
 *     …does something else…
 *     aio_co_wake(co)          ──────────────> yield() returns
 *                              <────────────── fn returns: co is gone
 *
 * Each has a stack of its own; entering and yielding switch stacks, and nothing
 * is scheduled: control goes back to whoever entered.  A coroutine belongs to
 * the AioContext in which it was last entered; whoever wakes it from elsewhere
 * says aio_co_wake(), which takes it to its own thread.
 *
 * coroutine_fn marks a function that may yield, and so may be called only by
 * another of its kind.
 *
 * The locks here look like those of threads, but a waiter yields instead of
 * sleeping.  CoMutex and CoRwlock work across threads; a CoQueue needs a lock
 * around it if more than one thread uses it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_COROUTINE_H
#define QEMU_COROUTINE_H

#include "qemu/queue.h"
#include "qemu/timer.h"

#define coroutine_fn
/* The opposite: it waits by polling, which a coroutine must not do. */
#define no_coroutine_fn

typedef struct Coroutine Coroutine;
typedef struct CoMutex CoMutex;

typedef void coroutine_fn CoroutineEntry(void *opaque);

/* It runs when it is first entered; its memory goes when @entry returns. */
Coroutine *qemu_coroutine_create(CoroutineEntry *entry, void *opaque);

/* Give control to @coroutine until it yields or ends. */
void qemu_coroutine_enter(Coroutine *coroutine);
/* Unless it runs already, here or further out. */
void qemu_coroutine_enter_if_inactive(Coroutine *co);
/* The same; @co belongs to @ctx from now on.  This thread runs @ctx. */
void qemu_aio_coroutine_enter(AioContext *ctx, Coroutine *co);

/* Give control back to whoever entered this coroutine. */
void coroutine_fn qemu_coroutine_yield(void);

/* Where @co belongs. */
AioContext *qemu_coroutine_get_aio_context(Coroutine *co);

/* The one that runs; a stand-in for the thread itself outside of any. */
Coroutine *qemu_coroutine_self(void);
bool qemu_in_coroutine(void);

/* Between an enter and a yield, even if it has entered others since. */
bool qemu_coroutine_entered(Coroutine *co);

/* Mutual exclusion */

struct CoWaitRecord;

struct CoMutex {
    /* 0: free; 1: held; more: held, and so many less one wait. */
    unsigned locked;
    /* The holder's. */
    AioContext *ctx;
    /* Waiters: pushed by anybody, turned around by whoever unlocks. */
    QSLIST_HEAD(, CoWaitRecord) from_push, to_pop;
    unsigned handoff, sequence;
    Coroutine *holder;
};

void qemu_co_mutex_init(CoMutex *mutex);
void coroutine_fn qemu_co_mutex_lock(CoMutex *mutex);
void coroutine_fn qemu_co_mutex_unlock(CoMutex *mutex);

static inline coroutine_fn void qemu_co_mutex_assert_locked(CoMutex *mutex)
{
    assert(mutex->locked && mutex->holder == qemu_coroutine_self());
}

#include "qemu/lockable.h"

/* A queue of coroutines that wait for something */

typedef struct CoQueue {
    QSIMPLEQ_HEAD(, Coroutine) entries;
} CoQueue;

void qemu_co_queue_init(CoQueue *queue);

/*
 * Wait in @queue.  @lock (NULL, a CoMutex, a QemuMutex …) is released while
 * waiting and held again afterwards.
 */
#define qemu_co_queue_wait(queue, lock) \
    qemu_co_queue_wait_impl(queue, QEMU_MAKE_LOCKABLE(lock))
void coroutine_fn qemu_co_queue_wait_impl(CoQueue *queue, QemuLockable *lock);

/* Wake the first; false if nobody waits.  It runs when the caller yields. */
bool coroutine_fn qemu_co_queue_next(CoQueue *queue);
/* Wake all who wait now. */
void coroutine_fn qemu_co_queue_restart_all(CoQueue *queue);

/* The same for callers that are no coroutines; @lock is dropped meanwhile. */
#define qemu_co_enter_next(queue, lock) \
    qemu_co_enter_next_impl(queue, QEMU_MAKE_LOCKABLE(lock))
bool qemu_co_enter_next_impl(CoQueue *queue, QemuLockable *lock);
#define qemu_co_enter_all(queue, lock) \
    qemu_co_enter_all_impl(queue, QEMU_MAKE_LOCKABLE(lock))
void qemu_co_enter_all_impl(CoQueue *queue, QemuLockable *lock);

bool qemu_co_queue_empty(CoQueue *queue);

/* Readers and writers, served in the order they came */

typedef struct CoRwTicket CoRwTicket;

typedef struct CoRwlock {
    CoMutex mutex;
    int owners;                 /* readers; -1: a writer */
    QSIMPLEQ_HEAD(, CoRwTicket) tickets;
} CoRwlock;

void qemu_co_rwlock_init(CoRwlock *lock);
void coroutine_fn qemu_co_rwlock_rdlock(CoRwlock *lock);
/* From reader to writer; others may have written in between. */
void coroutine_fn qemu_co_rwlock_upgrade(CoRwlock *lock);
/* From writer to reader; nobody writes in between. */
void coroutine_fn qemu_co_rwlock_downgrade(CoRwlock *lock);
void coroutine_fn qemu_co_rwlock_wrlock(CoRwlock *lock);
void coroutine_fn qemu_co_rwlock_unlock(CoRwlock *lock);

/* Sleeping */

/* Zeroed at first; whoever holds it can wake the sleeper early. */
typedef struct QemuCoSleep {
    Coroutine *to_wake;
} QemuCoSleep;

/* Sleep @ns nanoseconds of @type, or until qemu_co_sleep_wake(). */
void coroutine_fn qemu_co_sleep_ns_wakeable(QemuCoSleep *w,
                                            QEMUClockType type, int64_t ns);
/* Until qemu_co_sleep_wake(). */
void coroutine_fn qemu_co_sleep(QemuCoSleep *w);

static inline void coroutine_fn qemu_co_sleep_ns(QEMUClockType type, int64_t ns)
{
    QemuCoSleep w = { 0 };

    qemu_co_sleep_ns_wakeable(&w, type, ns);
}

void qemu_co_sleep_wake(QemuCoSleep *w);

/* Until @fd can be read. */
void coroutine_fn yield_until_fd_readable(int fd);

/*
 * How many finished coroutines are kept for the next to be created: a device
 * with queues of N requests adds what it may have under way.
 */
void qemu_coroutine_inc_pool_size(unsigned int additional_pool_size);
void qemu_coroutine_dec_pool_size(unsigned int removing_pool_size);

#endif
