/*
 * A pool of threads for system calls that block.
 *
 * Read include/block/thread-pool.h first.
 *
 *     context's thread             pool->lock                worker
 *     submit ───────────────> request_list ──> func(arg)
 *     completion BH <──────────── done_list <── ret
 *
 * Waking a thread costs more than many a request takes, so one is woken, or made,
 * at a time: it wakes the next if it finds more than it takes.  Requests that are
 * quick are done by a few threads; for those that block there soon are enough.
 * And where the context polls, so does one worker before it sleeps, if that is
 * quicker: with as many processors as threads that are busy it is; with fewer it
 * keeps the others from theirs.  So it is tried out, again and again.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/coroutine.h"
#include "qemu/main-loop.h"
#include "qemu/queue.h"
#include "qemu/thread.h"
#include "block/thread-pool.h"
#include "trace.h"

/* An idle worker waits that long for work, in milliseconds. */
#define THREAD_POOL_IDLE_MS 10000

/* Requests of a trial, and until the next one. */
#define POLL_TRIAL          64
#define POLL_KEEP           4096
/* One that takes longer, in nanoseconds, has waited for something else. */
#define POLL_TRIAL_MAX_NS   (100 * SCALE_US)

typedef struct ThreadPoolElement ThreadPoolElement;

struct ThreadPoolElement {
    BlockAIOCB common;
    ThreadPool *pool;
    ThreadPoolFunc *func;
    void *arg;

    bool queued;                /* under the lock */
    int ret;
    int64_t start;              /* when, if it is the only one; or 0 */

    QTAILQ_ENTRY(ThreadPoolElement) reqs;   /* request_list, or to_complete */
    QSLIST_ENTRY(ThreadPoolElement) done;
};

struct ThreadPool {
    AioContext *ctx;
    QEMUBH *completion_bh;
    QemuMutex lock;
    QemuCond worker_stopped;
    QemuCond request_cond;
    QEMUBH *new_thread_bh;

    /* In the context's thread. */
    unsigned in_flight;
    struct {
        enum { TRY_SLEEP, TRY_POLL, KEEP } stage;
        unsigned int seen;      /* requests of this stage */
        bool poll;              /* in this stage */
        int64_t took[2];        /* the trials without polling, and with */
    } trial;
    QTAILQ_HEAD(, ThreadPoolElement) to_complete;

    /* Added to by workers, atomically; the last one is first. */
    QSLIST_HEAD(, ThreadPoolElement) done_list;

    /* Under the lock. */
    QTAILQ_HEAD(, ThreadPoolElement) request_list;
    unsigned int queued;        /* on it; read without the lock, too */
    int64_t poll_ns;            /* the context's, of late */
    bool waking;                /* one of the idle ones is on its way */
    bool polling;               /* one does not sleep yet */
    int cur_threads;
    int idle_threads;
    int new_threads;            /* to be made … */
    int pending_threads;        /* … and on their way */
    int min_threads;
    int max_threads;
};

static void spawn_thread(ThreadPool *pool);

/* With the lock. */
static void remove_request(ThreadPool *pool, ThreadPoolElement *req)
{
    QTAILQ_REMOVE(&pool->request_list, req, reqs);
    qatomic_set(&pool->queued, pool->queued - 1);
    req->queued = false;
}

/*
 * With the lock: somebody has to look at request_list.  True if a worker is to be
 * woken, when the lock is released.
 */
static bool need_worker(ThreadPool *pool)
{
    if (pool->waking || pool->polling) {
        return false;
    }
    if (pool->idle_threads) {
        pool->waking = true;
        return true;
    }
    if (pool->cur_threads < pool->max_threads && !pool->new_threads &&
        !pool->pending_threads) {
        spawn_thread(pool);
    }
    return false;
}

/*
 * With the lock, which is not held meanwhile: one worker of a context that polls
 * looks for the next request as long as its context looks for an answer.  False
 * if it need not.
 */
static bool worker_poll(ThreadPool *pool)
{
    int64_t end;

    if (!pool->poll_ns || pool->polling) {
        return false;
    }
    pool->polling = true;
    end = qemu_clock_get_ns(QEMU_CLOCK_REALTIME) + pool->poll_ns;
    qemu_mutex_unlock(&pool->lock);
    while (!qatomic_read(&pool->queued) &&
           qemu_clock_get_ns(QEMU_CLOCK_REALTIME) < end) {
        sched_yield();          /* to whom it waits for, perhaps */
    }
    qemu_mutex_lock(&pool->lock);
    pool->polling = false;
    return true;
}

/*
 * In the context's thread, where a worker may poll: a request that was the only
 * one took @ns.  Polling costs processor time, so it has to be quicker by some.
 */
static void poll_trial(ThreadPool *pool, int64_t ns)
{
    if (pool->trial.stage != KEEP) {
        pool->trial.took[pool->trial.poll] += MIN(ns, POLL_TRIAL_MAX_NS);
    }
    if (++pool->trial.seen < (pool->trial.stage == KEEP ? POLL_KEEP
                                                        : POLL_TRIAL)) {
        return;
    }
    pool->trial.seen = 0;
    switch (pool->trial.stage) {
    case TRY_SLEEP:
        pool->trial.stage = TRY_POLL;
        pool->trial.poll = true;
        break;
    case TRY_POLL:
        pool->trial.stage = KEEP;
        pool->trial.poll = pool->trial.took[true] <
                           pool->trial.took[false] * 15 / 16;
        break;
    case KEEP:
        pool->trial.stage = TRY_SLEEP;
        pool->trial.poll = false;
        pool->trial.took[false] = pool->trial.took[true] = 0;
        break;
    }
}

/* To the completion BH. */
static void element_done(ThreadPool *pool, ThreadPoolElement *elem, int ret)
{
    elem->ret = ret;
    QSLIST_INSERT_HEAD_ATOMIC(&pool->done_list, elem, done);
    qemu_bh_schedule(pool->completion_bh);
}

static void *worker_thread(void *opaque)
{
    ThreadPool *pool = opaque;
    unsigned int in_a_row = 0;  /* requests since it last looked for one */

    qemu_mutex_lock(&pool->lock);
    pool->pending_threads--;
    if (pool->new_threads) {
        qemu_bh_schedule(pool->new_thread_bh);
    }

    while (pool->cur_threads <= pool->max_threads) {
        ThreadPoolElement *req;
        bool wake;

        if (QTAILQ_EMPTY(&pool->request_list)) {
            bool in_time;

            /* One that came alone may be followed by another such. */
            if (in_a_row == 1 && worker_poll(pool)) {
                in_a_row = 0;
                continue;       /* there may be, or the limits have changed */
            }
            in_a_row = 0;
            pool->idle_threads++;
            in_time = qemu_cond_timedwait(&pool->request_cond, &pool->lock,
                                          THREAD_POOL_IDLE_MS);
            pool->idle_threads--;
            pool->waking = false;
            if (!in_time && QTAILQ_EMPTY(&pool->request_list) &&
                pool->cur_threads > pool->min_threads) {
                break;          /* there is nothing to do for so many */
            }
            continue;
        }

        in_a_row++;
        req = QTAILQ_FIRST(&pool->request_list);
        remove_request(pool, req);
        wake = !QTAILQ_EMPTY(&pool->request_list) && need_worker(pool);
        qemu_mutex_unlock(&pool->lock);
        if (wake) {
            qemu_cond_signal(&pool->request_cond);
        }

        element_done(pool, req, req->func(req->arg));

        qemu_mutex_lock(&pool->lock);
    }

    pool->cur_threads--;
    qemu_cond_signal(&pool->worker_stopped);
    /* Another one may have to go, too. */
    qemu_cond_signal(&pool->request_cond);
    qemu_mutex_unlock(&pool->lock);
    return NULL;
}

/* With the lock. */
static void do_spawn_thread(ThreadPool *pool)
{
    QemuThread t;

    if (!pool->new_threads) {
        return;
    }
    pool->new_threads--;
    pool->pending_threads++;
    qemu_thread_create(&t, "worker", worker_thread, pool,
                       QEMU_THREAD_DETACHED);
}

static void spawn_thread_bh_fn(void *opaque)
{
    ThreadPool *pool = opaque;

    qemu_mutex_lock(&pool->lock);
    do_spawn_thread(pool);
    qemu_mutex_unlock(&pool->lock);
}

/* With the lock. */
static void spawn_thread(ThreadPool *pool)
{
    pool->cur_threads++;
    pool->new_threads++;
    /*
     * Made by the context's thread: the new one inherits its settings, not
     * those of whoever submitted (a vCPU).  If one is on its way, it sees to
     * the next.
     */
    if (!pool->pending_threads) {
        qemu_bh_schedule(pool->new_thread_bh);
    }
}

/* What is done, in the order in which it was. */
static void collect_done(ThreadPool *pool)
{
    QSLIST_HEAD(, ThreadPoolElement) done;
    QTAILQ_HEAD(, ThreadPoolElement) in_order =
        QTAILQ_HEAD_INITIALIZER(in_order);
    ThreadPoolElement *elem;

    QSLIST_MOVE_ATOMIC(&done, &pool->done_list);
    while ((elem = QSLIST_FIRST(&done))) {
        QSLIST_REMOVE_HEAD(&done, done);
        QTAILQ_INSERT_HEAD(&in_order, elem, reqs);
    }
    while ((elem = QTAILQ_FIRST(&in_order))) {
        QTAILQ_REMOVE(&in_order, elem, reqs);
        QTAILQ_INSERT_TAIL(&pool->to_complete, elem, reqs);
    }
}

static void thread_pool_completion_bh(void *opaque)
{
    ThreadPool *pool = opaque;
    ThreadPoolElement *elem;
    bool scheduled = false;

    aio_context_acquire(pool->ctx);
    collect_done(pool);
    while ((elem = QTAILQ_FIRST(&pool->to_complete))) {
        QTAILQ_REMOVE(&pool->to_complete, elem, reqs);
        pool->in_flight--;
        if (elem->start && !pool->in_flight) {
            poll_trial(pool, qemu_clock_get_ns(QEMU_CLOCK_REALTIME) -
                             elem->start);
        }
        trace_thread_pool_complete(pool, elem, elem->common.opaque, elem->ret);
        if (elem->common.cb) {
            /* The callback may poll, and wait for one of the others. */
            if (!scheduled && !QTAILQ_EMPTY(&pool->to_complete)) {
                qemu_bh_schedule(pool->completion_bh);
                scheduled = true;
            }
            aio_context_release(pool->ctx);
            elem->common.cb(elem->common.opaque, elem->ret);
            aio_context_acquire(pool->ctx);
        }
        qemu_aio_unref(elem);
    }
    aio_context_release(pool->ctx);
}

bool thread_pool_is_busy(ThreadPool *pool)
{
    return pool->in_flight;
}

static void thread_pool_cancel(BlockAIOCB *acb)
{
    ThreadPoolElement *elem = (ThreadPoolElement *)acb;
    ThreadPool *pool = elem->pool;

    trace_thread_pool_cancel(elem, elem->common.opaque);

    QEMU_LOCK_GUARD(&pool->lock);
    if (elem->queued) {
        remove_request(pool, elem);
        element_done(pool, elem, -ECANCELED);
    }
}

static AioContext *thread_pool_get_aio_context(BlockAIOCB *acb)
{
    ThreadPoolElement *elem = (ThreadPoolElement *)acb;

    return elem->pool->ctx;
}

static const AIOCBInfo thread_pool_aiocb_info = {
    .aiocb_size         = sizeof(ThreadPoolElement),
    .cancel_async       = thread_pool_cancel,
    .get_aio_context    = thread_pool_get_aio_context,
};

BlockAIOCB *thread_pool_submit_aio(ThreadPool *pool,
                                   ThreadPoolFunc *func, void *arg,
                                   BlockCompletionFunc *cb, void *opaque)
{
    ThreadPoolElement *req;
    bool wake;

    req = qemu_aio_get(&thread_pool_aiocb_info, NULL, cb, opaque);
    req->func = func;
    req->arg = arg;
    req->queued = true;
    req->pool = pool;
    req->start = 0;
    if (pool->ctx->poll_ns && !pool->in_flight) {
        req->start = qemu_clock_get_ns(QEMU_CLOCK_REALTIME);
    }

    pool->in_flight++;
    trace_thread_pool_submit(pool, req, arg);

    qemu_mutex_lock(&pool->lock);
    QTAILQ_INSERT_TAIL(&pool->request_list, req, reqs);
    qatomic_set(&pool->queued, pool->queued + 1);
    pool->poll_ns = pool->trial.poll ? pool->ctx->poll_ns : 0;
    wake = need_worker(pool);
    qemu_mutex_unlock(&pool->lock);
    if (wake) {
        qemu_cond_signal(&pool->request_cond);
    }
    return &req->common;
}

typedef struct ThreadPoolCo {
    Coroutine *co;
    int ret;
} ThreadPoolCo;

static void thread_pool_co_cb(void *opaque, int ret)
{
    ThreadPoolCo *co = opaque;

    co->ret = ret;
    aio_co_wake(co->co);
}

int coroutine_fn thread_pool_submit_co(ThreadPool *pool, ThreadPoolFunc *func,
                                       void *arg)
{
    ThreadPoolCo tpc = { .co = qemu_coroutine_self(), .ret = -EINPROGRESS };

    assert(qemu_in_coroutine());
    thread_pool_submit_aio(pool, func, arg, thread_pool_co_cb, &tpc);
    qemu_coroutine_yield();
    return tpc.ret;
}

void thread_pool_submit(ThreadPool *pool, ThreadPoolFunc *func, void *arg)
{
    thread_pool_submit_aio(pool, func, arg, NULL, NULL);
}

void thread_pool_update_params(ThreadPool *pool, AioContext *ctx)
{
    QEMU_LOCK_GUARD(&pool->lock);

    pool->min_threads = ctx->thread_pool_min;
    pool->max_threads = ctx->thread_pool_max;

    for (int i = pool->cur_threads; i < pool->min_threads; i++) {
        spawn_thread(pool);
    }
    /* Those that are too many find out when they wake up. */
    for (int i = pool->cur_threads; i > pool->max_threads; i--) {
        qemu_cond_signal(&pool->request_cond);
    }
}

ThreadPool *thread_pool_new(AioContext *ctx)
{
    ThreadPool *pool = g_new0(ThreadPool, 1);

    pool->ctx = ctx;
    pool->completion_bh = aio_bh_new(ctx, thread_pool_completion_bh, pool);
    qemu_mutex_init(&pool->lock);
    qemu_cond_init(&pool->worker_stopped);
    qemu_cond_init(&pool->request_cond);
    pool->new_thread_bh = aio_bh_new(ctx, spawn_thread_bh_fn, pool);
    QTAILQ_INIT(&pool->to_complete);
    QSLIST_INIT(&pool->done_list);
    QTAILQ_INIT(&pool->request_list);
    thread_pool_update_params(pool, ctx);
    return pool;
}

void thread_pool_free(ThreadPool *pool)
{
    if (!pool) {
        return;
    }
    assert(!pool->in_flight);

    qemu_mutex_lock(&pool->lock);
    /* Those that were never made. */
    qemu_bh_delete(pool->new_thread_bh);
    pool->cur_threads -= pool->new_threads;
    pool->new_threads = 0;

    /* No more is enough. */
    pool->max_threads = 0;
    pool->min_threads = 0;
    qemu_cond_broadcast(&pool->request_cond);
    while (pool->cur_threads > 0) {
        qemu_cond_wait(&pool->worker_stopped, &pool->lock);
    }
    qemu_mutex_unlock(&pool->lock);

    qemu_bh_delete(pool->completion_bh);
    qemu_cond_destroy(&pool->request_cond);
    qemu_cond_destroy(&pool->worker_stopped);
    qemu_mutex_destroy(&pool->lock);
    g_free(pool);
}
