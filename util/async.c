/*
 * AioContext: bottom halves, waking, and life as a GSource.
 *
 * Read include/block/aio.h first; aio-posix.c has the descriptors.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "block/aio.h"
#include "block/raw-aio.h"
#include "block/thread-pool.h"
#include "hw/qdev-core.h"
#include "qemu/atomic.h"
#include "qemu/coroutine_int.h"
#include "qemu/main-loop.h"
#include "qemu/rcu_queue.h"
#include "trace.h"

/* Bottom halves */

enum {
    BH_PENDING   = (1 << 0),    /* linked into a list */
    BH_SCHEDULED = (1 << 1),    /* call it */
    BH_DELETED   = (1 << 2),    /* free it, do not call it */
    BH_ONESHOT   = (1 << 3),    /* free it after the call */
    BH_IDLE      = (1 << 4),    /* it is not urgent */
};

struct QEMUBH {
    AioContext *ctx;
    const char *name;
    QEMUBHFunc *cb;
    void *opaque;
    QSLIST_ENTRY(QEMUBH) next;
    unsigned flags;
    MemReentrancyGuard *reentrancy_guard;
};

/* Set in the thread of each IOThread, and in the main thread. */
static __thread AioContext *my_aiocontext;

/* Not inlined: see qemu_get_current_aio_context(). */
static __attribute__((noinline)) AioContext *aio_context_of_thread(void)
{
    asm volatile("");
    return my_aiocontext;
}

/* Any thread. */
static void aio_bh_enqueue(QEMUBH *bh, unsigned new_flags)
{
    AioContext *ctx = bh->ctx;
    unsigned old_flags;

    /*
     * The flags first: once linked, the BH may run and, if it is a oneshot, be
     * freed at any time.  @ctx was read above for the same reason.
     */
    old_flags = qatomic_fetch_or(&bh->flags, BH_PENDING | new_flags);
    if (!(old_flags & BH_PENDING)) {
        QSLIST_INSERT_HEAD_ATOMIC(&ctx->bh_list, bh, next);
    }
    /*
     * Nobody is to be woken if it is the context's own thread that asks, and it
     * has not said that it is about to sleep: it looks at the list before.
     * (For the main loop's context that is not any thread with the BQL: the
     * main thread may be asleep.)
     */
    if (ctx == aio_context_of_thread() && !qatomic_read(&ctx->notify_me)) {
        return;
    }
    aio_notify(ctx);
}

static QEMUBH *aio_bh_dequeue(BHList *head, unsigned *flags)
{
    QEMUBH *bh = QSLIST_FIRST_RCU(head);

    if (!bh) {
        return NULL;
    }
    QSLIST_REMOVE_HEAD(head, next);

    /*
     * With PENDING clear the BH may be queued again, so it must be unlinked
     * by now.  ONESHOT and DELETED stay: those are never queued again.
     */
    *flags = qatomic_fetch_and(&bh->flags,
                               ~(BH_PENDING | BH_SCHEDULED | BH_IDLE));
    return bh;
}

QEMUBH *aio_bh_new_full(AioContext *ctx, QEMUBHFunc *cb, void *opaque,
                        const char *name, MemReentrancyGuard *reentrancy_guard)
{
    QEMUBH *bh = g_new(QEMUBH, 1);

    *bh = (QEMUBH) {
        .ctx = ctx,
        .cb = cb,
        .opaque = opaque,
        .name = name,
        .reentrancy_guard = reentrancy_guard,
    };
    return bh;
}

void aio_bh_schedule_oneshot_full(AioContext *ctx, QEMUBHFunc *cb,
                                  void *opaque, const char *name)
{
    QEMUBH *bh = aio_bh_new_full(ctx, cb, opaque, name, NULL);

    aio_bh_enqueue(bh, BH_SCHEDULED | BH_ONESHOT);
}

void aio_bh_call(QEMUBH *bh)
{
    MemReentrancyGuard *guard = bh->reentrancy_guard;
    bool last_engaged_in_io = false;

    /*
     * While the device's BH runs, a DMA of its own that hits its registers is
     * refused, just as from an MMIO handler (memory_region_dispatch_write).
     * The BH may run nested in one (aio_poll): then the guard stays engaged.
     */
    if (guard) {
        last_engaged_in_io = guard->engaged_in_io;
        if (last_engaged_in_io) {
            trace_reentrant_aio(bh->ctx, bh->name);
        }
        guard->engaged_in_io = true;
    }

    bh->cb(bh->opaque);

    /* The BH itself may be gone; its device is not. */
    if (guard) {
        guard->engaged_in_io = last_engaged_in_io;
    }
}

/*
 * Takes away all that is queued, as a slice.  If a BH polls the context again,
 * the inner call finds our slice at the head of the list and runs the rest of
 * it before its own: nothing waits for the outer call to come back.
 */
int aio_bh_poll(AioContext *ctx)
{
    BHListSlice slice;
    BHListSlice *s;
    int ret = 0;

    if (QSLIST_EMPTY_RCU(&ctx->bh_list) &&
        QSIMPLEQ_EMPTY(&ctx->bh_slice_list)) {
        return 0;
    }

    QSLIST_MOVE_ATOMIC(&slice.bh_list, &ctx->bh_list);
    /* Whoever unlinks it, it is unlinked when we return. */
#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ >= 12
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdangling-pointer"
#endif
    QSIMPLEQ_INSERT_TAIL(&ctx->bh_slice_list, &slice, next);
#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ >= 12
#pragma GCC diagnostic pop
#endif

    while ((s = QSIMPLEQ_FIRST(&ctx->bh_slice_list))) {
        unsigned flags;
        QEMUBH *bh = aio_bh_dequeue(&s->bh_list, &flags);

        if (!bh) {
            QSIMPLEQ_REMOVE_HEAD(&ctx->bh_slice_list, next);
            continue;
        }
        if ((flags & (BH_SCHEDULED | BH_DELETED)) == BH_SCHEDULED) {
            /* Idle BHs are no progress: aio_poll() callers would spin. */
            if (!(flags & BH_IDLE)) {
                ret = 1;
            }
            aio_bh_call(bh);
        }
        if (flags & (BH_DELETED | BH_ONESHOT)) {
            g_free(bh);
        }
    }
    return ret;
}

void qemu_bh_schedule_idle(QEMUBH *bh)
{
    aio_bh_enqueue(bh, BH_SCHEDULED | BH_IDLE);
}

void qemu_bh_schedule(QEMUBH *bh)
{
    aio_bh_enqueue(bh, BH_SCHEDULED);
}

void qemu_bh_cancel(QEMUBH *bh)
{
    qatomic_and(&bh->flags, ~BH_SCHEDULED);
}

void qemu_bh_delete(QEMUBH *bh)
{
    aio_bh_enqueue(bh, BH_DELETED);
}

/* When must these BHs run: now (0), soon (10 ms) or never (-1)? */
static int64_t aio_bh_list_timeout(BHList *head, int64_t timeout)
{
    QEMUBH *bh;

    QSLIST_FOREACH_RCU(bh, head, next) {
        unsigned flags = qatomic_read(&bh->flags);

        if ((flags & (BH_SCHEDULED | BH_DELETED)) == BH_SCHEDULED) {
            if (!(flags & BH_IDLE)) {
                return 0;
            }
            timeout = 10 * SCALE_MS;
        }
    }
    return timeout;
}

bool aio_bh_is_urgent(AioContext *ctx)
{
    return aio_bh_list_timeout(&ctx->bh_list, -1) == 0;
}

void aio_bh_poll_urgent(AioContext *ctx)
{
    if (aio_bh_is_urgent(ctx)) {
        aio_bh_poll(ctx);
    }
}

int64_t aio_compute_timeout(AioContext *ctx)
{
    BHListSlice *s;
    int64_t timeout;

    timeout = aio_bh_list_timeout(&ctx->bh_list, -1);
    if (timeout == 0) {
        return 0;
    }
    QSIMPLEQ_FOREACH(s, &ctx->bh_slice_list, next) {
        timeout = aio_bh_list_timeout(&s->bh_list, timeout);
        if (timeout == 0) {
            return 0;
        }
    }
    return qemu_soonest_timeout(timeout, timerlistgroup_deadline_ns(&ctx->tlg));
}

/* Waking */

void aio_notify(AioContext *ctx)
{
    /* The work is queued before it is announced; see aio_notify_accept(). */
    smp_wmb();
    qatomic_set(&ctx->notified, true);

    /*
     * Announce, then look for a sleeper.  Pairs with the barrier after
     * notify_me in aio_ctx_prepare() and aio_poll().
     */
    smp_mb();
    if (qatomic_read(&ctx->notify_me)) {
        event_notifier_set(&ctx->notifier);
    }
}

void aio_notify_accept(AioContext *ctx)
{
    qatomic_set(&ctx->notified, false);
    /* Clear it, then look for what was announced. */
    smp_mb();
}

static void aio_context_notifier_cb(EventNotifier *e)
{
    event_notifier_test_and_clear(e);
}

static bool aio_context_notifier_poll(void *opaque)
{
    EventNotifier *e = opaque;
    AioContext *ctx = container_of(e, AioContext, notifier);

    return qatomic_read(&ctx->notified);
}

static void aio_context_notifier_poll_ready(EventNotifier *e)
{
    /* Busy polling looks at ->notified; the bell was not rung. */
}

static void aio_timerlist_notify(void *opaque, QEMUClockType type)
{
    aio_notify(opaque);
}

/* Coroutines */

static void co_schedule_bh_cb(void *opaque)
{
    AioContext *ctx = opaque;
    QSLIST_HEAD(, Coroutine) straight, reversed;

    QSLIST_MOVE_ATOMIC(&reversed, &ctx->scheduled_coroutines);
    QSLIST_INIT(&straight);
    while (!QSLIST_EMPTY(&reversed)) {
        Coroutine *co = QSLIST_FIRST(&reversed);

        QSLIST_REMOVE_HEAD(&reversed, co_scheduled_next);
        QSLIST_INSERT_HEAD(&straight, co, co_scheduled_next);
    }

    while (!QSLIST_EMPTY(&straight)) {
        Coroutine *co = QSLIST_FIRST(&straight);

        QSLIST_REMOVE_HEAD(&straight, co_scheduled_next);
        trace_aio_co_schedule_bh_cb(ctx, co);

        /* From here on others may schedule it; the lock keeps them off. */
        aio_context_acquire(ctx);
        qatomic_set(&co->scheduled, NULL);
        qemu_aio_coroutine_enter(ctx, co);
        aio_context_release(ctx);
    }
}

void aio_co_schedule(AioContext *ctx, Coroutine *co)
{
    const char *scheduled;

    trace_aio_co_schedule(ctx, co);
    scheduled = qatomic_cmpxchg(&co->scheduled, NULL, __func__);
    if (scheduled) {
        fprintf(stderr, "%s: Co-routine was already scheduled in '%s'\n",
                __func__, scheduled);
        abort();
    }

    /* @co may run, and with it the last user of @ctx go, before we return. */
    aio_context_ref(ctx);
    QSLIST_INSERT_HEAD_ATOMIC(&ctx->scheduled_coroutines, co,
                              co_scheduled_next);
    qemu_bh_schedule(ctx->co_schedule_bh);
    aio_context_unref(ctx);
}

typedef struct AioCoRescheduleSelf {
    Coroutine *co;
    AioContext *new_ctx;
} AioCoRescheduleSelf;

static void aio_co_reschedule_self_bh(void *opaque)
{
    AioCoRescheduleSelf *data = opaque;

    aio_co_schedule(data->new_ctx, data->co);
}

void coroutine_fn aio_co_reschedule_self(AioContext *new_ctx)
{
    AioContext *old_ctx = qemu_get_current_aio_context();

    if (old_ctx != new_ctx) {
        AioCoRescheduleSelf data = {
            .co = qemu_coroutine_self(),
            .new_ctx = new_ctx,
        };

        /*
         * Not directly: the other thread could enter us before we have yielded.
         * The BH runs in this one, after that.
         */
        aio_bh_schedule_oneshot(old_ctx, aio_co_reschedule_self_bh, &data);
        qemu_coroutine_yield();
    }
}

void aio_co_wake(Coroutine *co)
{
    AioContext *ctx;

    /* Pairs with the barrier in qemu_aio_coroutine_enter(). */
    smp_read_barrier_depends();
    ctx = qatomic_read(&co->ctx);
    aio_co_enter(ctx, co);
}

void aio_co_enter(AioContext *ctx, Coroutine *co)
{
    if (ctx != qemu_get_current_aio_context()) {
        aio_co_schedule(ctx, co);
        return;
    }

    if (qemu_in_coroutine()) {
        Coroutine *self = qemu_coroutine_self();

        assert(self != co);
        QSIMPLEQ_INSERT_TAIL(&self->co_queue_wakeup, co, co_queue_next);
    } else {
        aio_context_acquire(ctx);
        qemu_aio_coroutine_enter(ctx, co);
        aio_context_release(ctx);
    }
}

/* What helps with blocking system calls */

ThreadPool *aio_get_thread_pool(AioContext *ctx)
{
    if (!ctx->thread_pool) {
        ThreadPool *pool = thread_pool_new(ctx);

        /*
         * Another thread may be setting the sizes: it sees the pool, or we see
         * its sizes.
         */
        qatomic_mb_set(&ctx->thread_pool, pool);
        thread_pool_update_params(pool, ctx);
    }
    return ctx->thread_pool;
}

#ifdef CONFIG_LINUX_IO_URING
LuringState *aio_setup_linux_io_uring(AioContext *ctx, Error **errp)
{
    if (!ctx->linux_io_uring) {
        ctx->linux_io_uring = luring_init(errp);
        if (ctx->linux_io_uring) {
            luring_attach_aio_context(ctx->linux_io_uring, ctx);
        }
    }
    return ctx->linux_io_uring;
}

LuringState *aio_get_linux_io_uring(AioContext *ctx)
{
    assert(ctx->linux_io_uring);
    return ctx->linux_io_uring;
}
#endif

/* The context as a GSource of the main loop */

static void aio_ctx_awake(AioContext *ctx)
{
    qatomic_store_release(&ctx->notify_me,
                          qatomic_read(&ctx->notify_me) & ~1);
    aio_notify_accept(ctx);
}

static gboolean aio_ctx_prepare(GSource *source, gint *timeout)
{
    AioContext *ctx = (AioContext *)source;

    /* Cleared in aio_ctx_check(), after the sleep. */
    qatomic_set(&ctx->notify_me, qatomic_read(&ctx->notify_me) | 1);
    smp_mb();

    *timeout = qemu_timeout_ns_to_ms(aio_compute_timeout(ctx));
    if (aio_prepare(ctx)) {
        *timeout = 0;
    }
    if (*timeout == 0) {
        /*
         * It will not sleep, and GLib will not call aio_ctx_check(), because
         * it knows already.  If the bit stayed, each BH that is scheduled
         * while this turn runs would ring: a system call for nothing.
         */
        aio_ctx_awake(ctx);
    }
    return *timeout == 0;
}

static gboolean aio_ctx_check(GSource *source)
{
    AioContext *ctx = (AioContext *)source;

    aio_ctx_awake(ctx);

    /* A BH that was deleted is work too, if not for a sleeper to wake up. */
    return !QSLIST_EMPTY_RCU(&ctx->bh_list) ||
           !QSIMPLEQ_EMPTY(&ctx->bh_slice_list) ||
           aio_pending(ctx) ||
           timerlistgroup_deadline_ns(&ctx->tlg) == 0;
}

static gboolean aio_ctx_dispatch(GSource *source, GSourceFunc callback,
                                 gpointer user_data)
{
    AioContext *ctx = (AioContext *)source;

    assert(callback == NULL);
    aio_dispatch(ctx);
    return true;
}

static void aio_ctx_finalize(GSource *source)
{
    AioContext *ctx = (AioContext *)source;
    QEMUBH *bh;
    unsigned flags;

    thread_pool_free(ctx->thread_pool);
#ifdef CONFIG_LINUX_IO_URING
    if (ctx->linux_io_uring) {
        luring_detach_aio_context(ctx->linux_io_uring, ctx);
        luring_cleanup(ctx->linux_io_uring);
        ctx->linux_io_uring = NULL;
    }
#endif
    assert(QSLIST_EMPTY(&ctx->scheduled_coroutines));
    qemu_bh_delete(ctx->co_schedule_bh);

    /* Each BH must have been deleted by its owner; here it is freed. */
    assert(QSIMPLEQ_EMPTY(&ctx->bh_slice_list));
    while ((bh = aio_bh_dequeue(&ctx->bh_list, &flags))) {
        if (unlikely(!(flags & (BH_DELETED | BH_ONESHOT)))) {
            fprintf(stderr, "%s: BH '%s' leaked, aborting...\n",
                    __func__, bh->name);
            abort();
        }
        g_free(bh);
    }

    aio_set_event_notifier(ctx, &ctx->notifier, false, NULL, NULL, NULL);
    event_notifier_cleanup(&ctx->notifier);
    qemu_rec_mutex_destroy(&ctx->lock);
    timerlistgroup_deinit(&ctx->tlg);
    aio_context_destroy(ctx);
    qemu_lockcnt_destroy(&ctx->list_lock);
}

static GSourceFuncs aio_source_funcs = {
    aio_ctx_prepare,
    aio_ctx_check,
    aio_ctx_dispatch,
    aio_ctx_finalize,
};

GSource *aio_get_g_source(AioContext *ctx)
{
    g_source_ref(&ctx->source);
    return &ctx->source;
}

AioContext *aio_context_new(Error **errp)
{
    AioContext *ctx;
    int ret;

    /* GLib allocates it: the GSource is its first member. */
    ctx = (AioContext *)g_source_new(&aio_source_funcs, sizeof(AioContext));
    QSLIST_INIT(&ctx->bh_list);
    QSIMPLEQ_INIT(&ctx->bh_slice_list);
    qemu_lockcnt_init(&ctx->list_lock);
    qemu_rec_mutex_init(&ctx->lock);
    timerlistgroup_init(&ctx->tlg, aio_timerlist_notify, ctx);
    ctx->co_schedule_bh = aio_bh_new(ctx, co_schedule_bh_cb, ctx);
    QSLIST_INIT(&ctx->scheduled_coroutines);
    ctx->thread_pool_max = THREAD_POOL_MAX_THREADS_DEFAULT;
    aio_context_setup(ctx);

    ret = event_notifier_init(&ctx->notifier, false);
    if (ret < 0) {
        error_setg_errno(errp, -ret, "Failed to initialize event notifier");
        g_source_unref(&ctx->source);
        return NULL;
    }

    /* Nested in a dispatch, GLib must still poll us. */
    g_source_set_can_recurse(&ctx->source, true);
    aio_set_event_notifier(ctx, &ctx->notifier, false,
                           aio_context_notifier_cb,
                           aio_context_notifier_poll,
                           aio_context_notifier_poll_ready);
    return ctx;
}

void aio_context_ref(AioContext *ctx)
{
    g_source_ref(&ctx->source);
}

void aio_context_unref(AioContext *ctx)
{
    g_source_unref(&ctx->source);
}

void aio_context_acquire(AioContext *ctx)
{
    qemu_rec_mutex_lock(&ctx->lock);
}

void aio_context_release(AioContext *ctx)
{
    qemu_rec_mutex_unlock(&ctx->lock);
}

/* Not inlined: a coroutine may come back from a switch in another thread. */
__attribute__((noinline)) AioContext *qemu_get_current_aio_context(void)
{
    asm volatile("");
    if (my_aiocontext) {
        return my_aiocontext;
    }
    /* A vCPU thread with the BQL acts for the main loop. */
    if (qemu_mutex_iothread_locked()) {
        return qemu_get_aio_context();
    }
    return NULL;
}

void qemu_set_current_aio_context(AioContext *ctx)
{
    assert(!my_aiocontext);
    my_aiocontext = ctx;
}
