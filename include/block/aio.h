/*
 * AioContext: an event loop in a box.
 *
 * Three kinds of things happen in one: a file descriptor becomes ready (an fd
 * handler), somebody asked for a call (a bottom half, BH), a timer is due.  They
 * all happen in the one thread that polls the context.
 *
 *     who polls                        how
 *     main thread                      it is a GSource of GLib's main context
 *     an IOThread                      aio_poll(ctx, true) in a loop
 *     somebody who waits, anywhere     aio_poll(ctx, …) nested in a handler
 *
 * Work crosses threads as a BH: aio_bh_schedule_oneshot(ctx, cb, opaque) may be
 * called from any thread, and from a signal handler if the BH exists already.
 *
 * Everything may be removed while it runs: a handler may delete another's
 * handler or its own, a BH may delete itself.  What is deleted stays linked,
 * marked, until the last walker of the list is out (QemuLockCnt list_lock).
 *
 * How a sleeper is woken without a system call for each BH: notify_me counts
 * who is about to sleep.  The sleeper raises it, then looks for work; the other
 * queues work, then looks at notify_me.  With a full barrier on both sides, at
 * least one of them sees the other.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_AIO_H
#define QEMU_AIO_H

#include "qemu/coroutine.h"
#include "qemu/queue.h"
#include "qemu/event_notifier.h"
#include "qemu/thread.h"
#include "qemu/timer.h"

/* A request under way, as block back ends hand it out. */

typedef struct BlockAIOCB BlockAIOCB;
typedef void BlockCompletionFunc(void *opaque, int ret);

typedef struct AIOCBInfo {
    void (*cancel_async)(BlockAIOCB *acb);
    AioContext *(*get_aio_context)(BlockAIOCB *acb);
    size_t aiocb_size;
} AIOCBInfo;

struct BlockAIOCB {
    const AIOCBInfo *aiocb_info;
    BlockDriverState *bs;
    BlockCompletionFunc *cb;
    void *opaque;
    int refcnt;
};

/* Allocate one of aiocb_info->aiocb_size with one reference. */
void *qemu_aio_get(const AIOCBInfo *aiocb_info, BlockDriverState *bs,
                   BlockCompletionFunc *cb, void *opaque);
void qemu_aio_unref(void *p);
void qemu_aio_ref(void *p);

typedef struct AioHandler AioHandler;
typedef QLIST_HEAD(, AioHandler) AioHandlerList;
typedef void QEMUBHFunc(void *opaque);
/* Look for an event without a system call; true if there is one. */
typedef bool AioPollFn(void *opaque);
typedef void IOHandler(void *opaque);

/* How the descriptors are watched: poll(2) for few, epoll(7) for many. */
typedef struct {
    /* @old_node or @new_node is NULL when one is added or removed. */
    void (*update)(AioContext *ctx, AioHandler *old_node,
                   AioHandler *new_node);
    /*
     * Sleep at most @timeout nanoseconds; put the handlers that are ready into
     * @ready_list.  Gives how many there are.
     */
    int (*wait)(AioContext *ctx, AioHandlerList *ready_list, int64_t timeout);
    /* True if wait() would give something at once, for polling loops. */
    bool (*need_wait)(AioContext *ctx);
} FDMonOps;

/* BHs are queued on a stack that many push to and one takes away whole. */
typedef QSLIST_HEAD(, QEMUBH) BHList;

typedef struct BHListSlice BHListSlice;
struct BHListSlice {
    BHList bh_list;
    QSIMPLEQ_ENTRY(BHListSlice) next;
};
typedef QSIMPLEQ_HEAD(, BHListSlice) BHListSlices;

struct AioContext {
    GSource source;

    /* aio_context_acquire(): for code that uses it from another thread. */
    QemuRecMutex lock;

    /* Walked with list_lock counted; changed with it locked. */
    AioHandlerList aio_handlers;
    /* To be freed by the last walker. */
    AioHandlerList deleted_aio_handlers;

    /*
     * Bit 0: the GSource is between prepare and check.  Above it: how many
     * aio_poll() are about to sleep.  Nonzero: aio_notify() rings.
     */
    uint32_t notify_me;

    QemuLockCnt list_lock;

    /* Scheduled by anybody. */
    BHList bh_list;
    /* What each running aio_bh_poll() has taken, innermost last. */
    BHListSlices bh_slice_list;

    /* News since aio_notify_accept(): busy polling sees it for free. */
    bool notified;
    EventNotifier notifier;

    /* aio_co_schedule(): pushed by anybody, entered by the BH. */
    QSLIST_HEAD(, Coroutine) scheduled_coroutines;
    QEMUBH *co_schedule_bh;

    /* For blocking system calls; made when they are first asked for. */
    struct ThreadPool *thread_pool;
    int64_t thread_pool_min;
    int64_t thread_pool_max;
    struct LuringState *linux_io_uring;

    QEMUTimerListGroup tlg;

    int external_disable_cnt;

    /* Busy polling before sleeping (IOThreads). */
    int poll_disable_cnt;       /* handlers that have no io_poll */
    int64_t poll_ns;            /* how long now */
    int64_t poll_max_ns;        /* 0: never */
    int64_t poll_grow;
    int64_t poll_shrink;
    int64_t aio_max_batch;      /* 0: the engine's own choice */
    AioHandlerList poll_aio_handlers;
    bool poll_started;          /* io_poll_begin has been called */

    int epollfd;
    const FDMonOps *fdmon_ops;
};

/* A context of its own, with one reference; @errp if out of descriptors. */
AioContext *aio_context_new(Error **errp);
void aio_context_ref(AioContext *ctx);
void aio_context_unref(AioContext *ctx);

/* May be nested.  The thread that polls it needs it only against others. */
void aio_context_acquire(AioContext *ctx);
void aio_context_release(AioContext *ctx);

/* Bottom halves */

QEMUBH *aio_bh_new_full(AioContext *ctx, QEMUBHFunc *cb, void *opaque,
                        const char *name, MemReentrancyGuard *reentrancy_guard);
#define aio_bh_new(ctx, cb, opaque)                                         \
    aio_bh_new_full((ctx), (cb), (opaque), (stringify(cb)), NULL)
/* @guard is engaged while the BH runs: its device refuses MMIO meanwhile. */
#define aio_bh_new_guarded(ctx, cb, opaque, guard)                          \
    aio_bh_new_full((ctx), (cb), (opaque), (stringify(cb)), guard)

/* Call @cb(@opaque) once, soon, in @ctx; there is nothing to delete. */
void aio_bh_schedule_oneshot_full(AioContext *ctx, QEMUBHFunc *cb,
                                  void *opaque, const char *name);
#define aio_bh_schedule_oneshot(ctx, cb, opaque)                            \
    aio_bh_schedule_oneshot_full((ctx), (cb), (opaque), (stringify(cb)))

/* Call the BH's function now. */
void aio_bh_call(QEMUBH *bh);
/*
 * Run what is scheduled; nonzero if anything but idle BHs ran.  A BH that is
 * scheduled by another runs in the next call.
 */
int aio_bh_poll(AioContext *ctx);
/*
 * The same, once more in a turn of the loop, for BHs that handlers have scheduled
 * and that are not idle ones.  A request that is done at once completes by such a
 * BH, and would wait for another look at all descriptors otherwise.  What a BH has
 * scheduled waits for the next turn: not to be called if aio_bh_is_urgent() said
 * before the handlers that there is such a one.
 */
void aio_bh_poll_urgent(AioContext *ctx);

/* Is there a BH scheduled that is not an idle one? */
bool aio_bh_is_urgent(AioContext *ctx);

/* Have it called soon, once however often this is said. */
void qemu_bh_schedule(QEMUBH *bh);
/* Not after all. */
void qemu_bh_cancel(QEMUBH *bh);
/* Never again; freed by its context.  A running BH finishes. */
void qemu_bh_delete(QEMUBH *bh);

/* Coroutines; see qemu/coroutine.h */

/* Enter @co in @ctx, soon.  Any thread.  It may not be scheduled already. */
void aio_co_schedule(AioContext *ctx, struct Coroutine *co);
/* The running coroutine goes on in @new_ctx. */
void coroutine_fn aio_co_reschedule_self(AioContext *new_ctx);
/*
 * Let @co go on where it belongs: at once if that is here (in a coroutine: as
 * soon as that one yields), else soon.
 */
void aio_co_wake(struct Coroutine *co);
/* The same; @co belongs to @ctx. */
void aio_co_enter(AioContext *ctx, struct Coroutine *co);

/* The context's pool of threads. */
struct ThreadPool *aio_get_thread_pool(AioContext *ctx);
/* Its ring; NULL with @errp set if there can be none. */
struct LuringState *aio_setup_linux_io_uring(AioContext *ctx, Error **errp);
/* The same, that must be set up. */
struct LuringState *aio_get_linux_io_uring(AioContext *ctx);

/* Running it */

/* Make @ctx's poll return and look for work.  Any thread, signal handlers. */
void aio_notify(AioContext *ctx);
void aio_notify_accept(AioContext *ctx);

/* For the GSource: look for work before sleeping, after it, do it. */
bool aio_prepare(AioContext *ctx);
bool aio_pending(AioContext *ctx);
void aio_dispatch(AioContext *ctx);

/*
 * One turn: wait for at least one event if @blocking, and handle what there is.
 * True if anything was done.  Only in @ctx's home thread.
 */
bool aio_poll(AioContext *ctx, bool blocking);

/*
 * aio_set_fd_handler: as qemu_set_fd_handler(), in @ctx.
 * @is_external: comes from outside (a guest's kick): held back while
 * aio_disable_external() is in force.
 * @io_poll: looks for the event while busy polling, or NULL; if it finds one,
 * @io_poll_ready is called instead of @io_read.
 */
void aio_set_fd_handler(AioContext *ctx,
                        int fd,
                        bool is_external,
                        IOHandler *io_read,
                        IOHandler *io_write,
                        AioPollFn *io_poll,
                        IOHandler *io_poll_ready,
                        void *opaque);
/* What to call when busy polling of @fd starts and ends. */
void aio_set_fd_poll(AioContext *ctx, int fd,
                     IOHandler *io_poll_begin,
                     IOHandler *io_poll_end);

/* The same for a notifier. */
void aio_set_event_notifier(AioContext *ctx,
                            EventNotifier *notifier,
                            bool is_external,
                            EventNotifierHandler *io_read,
                            AioPollFn *io_poll,
                            EventNotifierHandler *io_poll_ready);
void aio_set_event_notifier_poll(AioContext *ctx,
                                 EventNotifier *notifier,
                                 EventNotifierHandler *io_poll_begin,
                                 EventNotifierHandler *io_poll_end);

/* The context as a GSource; the caller owns a reference. */
GSource *aio_get_g_source(AioContext *ctx);

/* Timers of this context */

static inline QEMUTimer *aio_timer_new_with_attrs(AioContext *ctx,
                                                  QEMUClockType type,
                                                  int scale, int attributes,
                                                  QEMUTimerCB *cb,
                                                  void *opaque)
{
    return timer_new_full(&ctx->tlg, type, scale, attributes, cb, opaque);
}

static inline QEMUTimer *aio_timer_new(AioContext *ctx, QEMUClockType type,
                                       int scale,
                                       QEMUTimerCB *cb, void *opaque)
{
    return timer_new_full(&ctx->tlg, type, scale, 0, cb, opaque);
}

static inline void aio_timer_init_with_attrs(AioContext *ctx,
                                             QEMUTimer *ts,
                                             QEMUClockType type,
                                             int scale, int attributes,
                                             QEMUTimerCB *cb, void *opaque)
{
    timer_init_full(ts, &ctx->tlg, type, scale, attributes, cb, opaque);
}

static inline void aio_timer_init(AioContext *ctx,
                                  QEMUTimer *ts, QEMUClockType type,
                                  int scale,
                                  QEMUTimerCB *cb, void *opaque)
{
    timer_init_full(ts, &ctx->tlg, type, scale, 0, cb, opaque);
}

/* Nanoseconds until BHs or timers want to run; -1: nothing does. */
int64_t aio_compute_timeout(AioContext *ctx);

/* External events */

static inline void aio_disable_external(AioContext *ctx)
{
    qatomic_inc(&ctx->external_disable_cnt);
}

static inline void aio_enable_external(AioContext *ctx)
{
    int old = qatomic_fetch_dec(&ctx->external_disable_cnt);

    assert(old > 0);
    if (old == 1) {
        /* What was held back is due now. */
        aio_notify(ctx);
    }
}

static inline bool aio_external_disabled(AioContext *ctx)
{
    return qatomic_read(&ctx->external_disable_cnt);
}

/* False for an external handler while those are held back. */
static inline bool aio_node_check(AioContext *ctx, bool is_external)
{
    return !is_external || !qatomic_read(&ctx->external_disable_cnt);
}

/* The context that this thread runs: its IOThread's, or with the BQL ours. */
AioContext *qemu_get_current_aio_context(void);
void qemu_set_current_aio_context(AioContext *ctx);

/* May this thread poll @ctx? */
static inline bool in_aio_context_home_thread(AioContext *ctx)
{
    return ctx == qemu_get_current_aio_context();
}

/* The host's half of aio_context_new() and its end. */
void aio_context_setup(AioContext *ctx);
void aio_context_destroy(AioContext *ctx);

/*
 * aio_context_set_poll_params: busy-poll up to @max_ns before sleeping, growing
 * by a factor of @grow and shrinking by @shrink (0: to nothing).
 */
void aio_context_set_poll_params(AioContext *ctx, int64_t max_ns,
                                 int64_t grow, int64_t shrink,
                                 Error **errp);
void aio_context_set_aio_params(AioContext *ctx, int64_t max_batch,
                                Error **errp);
/* How many threads its pool keeps, and has at most. */
void aio_context_set_thread_pool_params(AioContext *ctx, int64_t min,
                                        int64_t max, Error **errp);

#endif
