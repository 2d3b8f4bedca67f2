/*
 * AioContext on POSIX: descriptors, dispatch, and one turn of the loop.
 *
 * Read include/block/aio.h first; async.c has the BHs and the GSource.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "block/aio.h"
#include "block/raw-aio.h"
#include "block/thread-pool.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"
#include "qemu/rcu.h"
#include "qemu/rcu_queue.h"
#include "aio-posix.h"
#include "trace.h"

/* A handler that found nothing for this long is not busy-polled any more. */
#define POLL_IDLE_INTERVAL_NS (7 * NANOSECONDS_PER_SECOND)

/* Handlers */

void aio_add_ready_handler(AioHandlerList *ready_list, AioHandler *node,
                           int revents)
{
    QLIST_SAFE_REMOVE(node, node_ready);    /* an event may come twice */
    node->pfd.revents = revents;
    QLIST_INSERT_HEAD(ready_list, node, node_ready);
}

static AioHandler *find_aio_handler(AioContext *ctx, int fd)
{
    AioHandler *node;

    QLIST_FOREACH(node, &ctx->aio_handlers, node) {
        if (node->pfd.fd == fd && !QLIST_IS_INSERTED(node, node_deleted)) {
            return node;
        }
    }
    return NULL;
}

/*
 * With list_lock.  True: nobody walks the list, the caller frees @node.  Else
 * the last walker does (aio_free_deleted_handlers).
 */
static bool aio_remove_fd_handler(AioContext *ctx, AioHandler *node)
{
    /*
     * If it was registered with GLib under the fd's number only, GLib might
     * poll a new file of that number.
     */
    /* On the way out, GLib has forgotten all of the source's fds already. */
    if (!g_source_is_destroyed(&ctx->source)) {
        g_source_remove_poll(&ctx->source, &node->pfd);
    }
    node->pfd.revents = 0;
    node->poll_ready = false;

    if (qemu_lockcnt_count(&ctx->list_lock)) {
        QLIST_INSERT_HEAD_RCU(&ctx->deleted_aio_handlers, node, node_deleted);
        return false;
    }
    QLIST_SAFE_REMOVE(node, node_poll);
    QLIST_REMOVE(node, node);
    return true;
}

void aio_set_fd_handler(AioContext *ctx,
                        int fd,
                        bool is_external,
                        IOHandler *io_read,
                        IOHandler *io_write,
                        AioPollFn *io_poll,
                        IOHandler *io_poll_ready,
                        void *opaque)
{
    AioHandler *node, *new_node = NULL;
    bool deleted = false;
    int poll_disable_change;

    if (io_poll && !io_poll_ready) {
        io_poll = NULL;             /* what it finds could not be handled */
    }

    qemu_lockcnt_lock(&ctx->list_lock);
    node = find_aio_handler(ctx, fd);

    if (!io_read && !io_write && !io_poll) {
        if (!node) {
            qemu_lockcnt_unlock(&ctx->list_lock);
            return;
        }
        /* One handler less that cannot be busy-polled. */
        poll_disable_change = -!node->io_poll;
    } else {
        poll_disable_change = !io_poll - (node && !node->io_poll);

        /* A new node each time: the old one may be in a walker's hands. */
        new_node = g_new0(AioHandler, 1);
        new_node->io_read = io_read;
        new_node->io_write = io_write;
        new_node->io_poll = io_poll;
        new_node->io_poll_ready = io_poll_ready;
        new_node->opaque = opaque;
        new_node->is_external = is_external;
        new_node->pfd.fd = fd;
        new_node->pfd.events = io_read ? G_IO_IN | G_IO_HUP | G_IO_ERR : 0;
        new_node->pfd.events |= io_write ? G_IO_OUT | G_IO_ERR : 0;

        g_source_add_poll(&ctx->source, &new_node->pfd);
        QLIST_INSERT_HEAD_RCU(&ctx->aio_handlers, new_node, node);
    }

    /* Whoever polls sees poll_disable_cnt and the handlers in either order. */
    qatomic_set(&ctx->poll_disable_cnt,
                ctx->poll_disable_cnt + poll_disable_change);

    ctx->fdmon_ops->update(ctx, node, new_node);
    if (node) {
        deleted = aio_remove_fd_handler(ctx, node);
    }
    qemu_lockcnt_unlock(&ctx->list_lock);
    aio_notify(ctx);

    if (deleted) {
        g_free(node);
    }
}

void aio_set_fd_poll(AioContext *ctx, int fd,
                     IOHandler *io_poll_begin,
                     IOHandler *io_poll_end)
{
    AioHandler *node;

    qemu_lockcnt_lock(&ctx->list_lock);
    node = find_aio_handler(ctx, fd);
    if (node) {
        node->io_poll_begin = io_poll_begin;
        node->io_poll_end = io_poll_end;
    }
    qemu_lockcnt_unlock(&ctx->list_lock);
}

void aio_set_event_notifier(AioContext *ctx,
                            EventNotifier *notifier,
                            bool is_external,
                            EventNotifierHandler *io_read,
                            AioPollFn *io_poll,
                            EventNotifierHandler *io_poll_ready)
{
    aio_set_fd_handler(ctx, event_notifier_get_fd(notifier), is_external,
                       (IOHandler *)io_read, NULL, io_poll,
                       (IOHandler *)io_poll_ready, notifier);
}

void aio_set_event_notifier_poll(AioContext *ctx,
                                 EventNotifier *notifier,
                                 EventNotifierHandler *io_poll_begin,
                                 EventNotifierHandler *io_poll_end)
{
    aio_set_fd_poll(ctx, event_notifier_get_fd(notifier),
                    (IOHandler *)io_poll_begin, (IOHandler *)io_poll_end);
}

/* With list_lock counted once by the caller. */
static void aio_free_deleted_handlers(AioContext *ctx)
{
    AioHandler *node;

    if (QLIST_EMPTY_RCU(&ctx->deleted_aio_handlers)) {
        return;
    }
    if (!qemu_lockcnt_dec_if_lock(&ctx->list_lock)) {
        return;         /* we are nested, or another thread walks too */
    }
    while ((node = QLIST_FIRST_RCU(&ctx->deleted_aio_handlers))) {
        QLIST_REMOVE(node, node);
        QLIST_REMOVE(node, node_deleted);
        QLIST_SAFE_REMOVE(node, node_poll);
        g_free(node);
    }
    qemu_lockcnt_inc_and_unlock(&ctx->list_lock);
}

/* Dispatch */

/* May this handler still be called, for an event from where it comes from? */
static bool aio_handler_live(AioContext *ctx, AioHandler *node)
{
    return !QLIST_IS_INSERTED(node, node_deleted) &&
           aio_node_check(ctx, node->is_external);
}

static bool aio_dispatch_handler(AioContext *ctx, AioHandler *node)
{
    bool progress = false;
    bool poll_ready = node->poll_ready;
    int revents = node->pfd.revents & node->pfd.events;

    node->pfd.revents = 0;
    node->poll_ready = false;

    /* It is active: from now on, busy-poll it too. */
    if (revents && node->io_poll && ctx->poll_max_ns &&
        !QLIST_IS_INSERTED(node, node_poll) &&
        !QLIST_IS_INSERTED(node, node_deleted)) {
        if (ctx->poll_started && node->io_poll_begin) {
            node->io_poll_begin(node->opaque);
        }
        QLIST_INSERT_HEAD(&ctx->poll_aio_handlers, node, node_poll);
    }

    if (aio_handler_live(ctx, node) && poll_ready && revents == 0 &&
        node->io_poll_ready) {
        node->io_poll_ready(node->opaque);
        return node->opaque != &ctx->notifier;
    }

    /* Each call may delete the handler; it stays allocated, marked. */
    if (aio_handler_live(ctx, node) && node->io_read &&
        (revents & (G_IO_IN | G_IO_HUP | G_IO_ERR))) {
        node->io_read(node->opaque);
        /* Our own bell is no event of anybody's. */
        progress |= node->opaque != &ctx->notifier;
    }
    if (aio_handler_live(ctx, node) && node->io_write &&
        (revents & (G_IO_OUT | G_IO_ERR))) {
        node->io_write(node->opaque);
        progress = true;
    }
    return progress;
}

static bool aio_dispatch_ready_handlers(AioContext *ctx,
                                        AioHandlerList *ready_list)
{
    bool progress = false;
    AioHandler *node;

    while ((node = QLIST_FIRST(ready_list))) {
        QLIST_REMOVE(node, node_ready);
        progress |= aio_dispatch_handler(ctx, node);
    }
    return progress;
}

/* After GLib has polled: pfd.revents are in the nodes. */
static void aio_dispatch_handlers(AioContext *ctx)
{
    AioHandler *node, *tmp;

    QLIST_FOREACH_SAFE_RCU(node, &ctx->aio_handlers, node, tmp) {
        if (node->pfd.revents || node->poll_ready) {
            aio_dispatch_handler(ctx, node);
        }
    }
}

void aio_dispatch(AioContext *ctx)
{
    bool bh_waits;

    qemu_lockcnt_inc(&ctx->list_lock);
    aio_bh_poll(ctx);
    bh_waits = aio_bh_is_urgent(ctx);
    aio_dispatch_handlers(ctx);
    if (!bh_waits) {
        aio_bh_poll_urgent(ctx);
    }
    aio_free_deleted_handlers(ctx);
    qemu_lockcnt_dec(&ctx->list_lock);

    timerlistgroup_run_timers(&ctx->tlg);
}

bool aio_prepare(AioContext *ctx)
{
    return false;
}

bool aio_pending(AioContext *ctx)
{
    AioHandler *node;
    bool result = false;

    qemu_lockcnt_inc(&ctx->list_lock);
    QLIST_FOREACH_RCU(node, &ctx->aio_handlers, node) {
        int revents = node->pfd.revents & node->pfd.events;

        if (!aio_handler_live(ctx, node)) {
            continue;
        }
        if ((node->io_read && (revents & (G_IO_IN | G_IO_HUP | G_IO_ERR))) ||
            (node->io_write && (revents & (G_IO_OUT | G_IO_ERR)))) {
            result = true;
            break;
        }
    }
    qemu_lockcnt_dec(&ctx->list_lock);
    return result;
}

/* Busy polling */

static bool run_poll_handlers_once(AioContext *ctx, AioHandlerList *ready_list,
                                   int64_t now)
{
    bool progress = false;
    AioHandler *node, *tmp;

    QLIST_FOREACH_SAFE(node, &ctx->poll_aio_handlers, node_poll, tmp) {
        if (aio_handler_live(ctx, node) && node->io_poll(node->opaque)) {
            node->poll_ready = true;
            aio_add_ready_handler(ready_list, node, 0);
            node->poll_idle_timeout = now + POLL_IDLE_INTERVAL_NS;
            progress |= node->opaque != &ctx->notifier;
        }
    }
    return progress;
}

/*
 * Stop looking at handlers that find nothing; the next event brings them back.
 * True if one has found something after all.
 */
static bool remove_idle_poll_handlers(AioContext *ctx,
                                      AioHandlerList *ready_list, int64_t now)
{
    AioHandler *node, *tmp;
    bool progress = false;

    QLIST_FOREACH_SAFE(node, &ctx->poll_aio_handlers, node_poll, tmp) {
        if (node->poll_idle_timeout == 0) {
            node->poll_idle_timeout = now + POLL_IDLE_INTERVAL_NS;
        } else if (now >= node->poll_idle_timeout) {
            trace_poll_remove(ctx, node, node->pfd.fd);
            node->poll_idle_timeout = 0;
            QLIST_SAFE_REMOVE(node, node_poll);
            if (ctx->poll_started && node->io_poll_end) {
                node->io_poll_end(node->opaque);
                /* What came before the end of polling has not rung. */
                if (aio_handler_live(ctx, node) &&
                    node->io_poll(node->opaque)) {
                    node->poll_ready = true;
                    aio_add_ready_handler(ready_list, node, 0);
                    progress = true;
                }
            }
        }
    }
    return progress;
}

/*
 * Tell everybody who is busy-polled that it starts or ends.  Something may have
 * come while it ended, and nobody would ring for it: look once more.  True if
 * there is something.
 */
static bool poll_set_started(AioContext *ctx, AioHandlerList *ready_list,
                             bool started)
{
    AioHandler *node;

    if (started == ctx->poll_started) {
        return false;
    }
    ctx->poll_started = started;
    QLIST_FOREACH(node, &ctx->poll_aio_handlers, node_poll) {
        IOHandler *fn = started ? node->io_poll_begin : node->io_poll_end;

        if (!QLIST_IS_INSERTED(node, node_deleted) && fn) {
            fn(node->opaque);
        }
    }
    return !started &&
           run_poll_handlers_once(ctx, ready_list,
                                  qemu_clock_get_ns(QEMU_CLOCK_REALTIME));
}

/*
 * Are threads at work for @ctx, workers or the kernel's?  They may be waiting for
 * the processor on which it polls for their answers.
 */
static bool aio_others_work(AioContext *ctx)
{
#ifdef CONFIG_LINUX_IO_URING
    if (ctx->linux_io_uring && luring_is_busy(ctx->linux_io_uring)) {
        return true;
    }
#endif
    return ctx->thread_pool && thread_pool_is_busy(ctx->thread_pool);
}

/*
 * Look for events without sleeping, from @start on for as long as @timeout and
 * poll_ns say.
 */
static bool run_poll_handlers(AioContext *ctx, AioHandlerList *ready_list,
                              int64_t start, int64_t max_ns, int64_t *timeout)
{
    int64_t elapsed = 0;
    bool progress;

    trace_run_poll_handlers_begin(ctx, max_ns, *timeout);
    while (!(progress = run_poll_handlers_once(ctx, ready_list,
                                               start + elapsed))) {
        elapsed = qemu_clock_get_ns(QEMU_CLOCK_REALTIME) - start;
        if (elapsed >= max_ns || qatomic_read(&ctx->notified)) {
            break;
        }
        if (aio_others_work(ctx)) {
            sched_yield();
        }
    }
    progress |= remove_idle_poll_handlers(ctx, ready_list, start + elapsed);
    trace_run_poll_handlers_end(ctx, progress, *timeout);

    if (!progress && *timeout > 0) {
        *timeout = MAX(0, *timeout - elapsed);
    }
    return progress;
}

/* Whether there is something to do; otherwise all will ring from now on. */
static bool try_poll_mode(AioContext *ctx, AioHandlerList *ready_list,
                          int64_t start, int64_t *timeout)
{
    int64_t max_ns = qemu_soonest_timeout(*timeout, ctx->poll_ns);

    if (QLIST_EMPTY_RCU(&ctx->poll_aio_handlers)) {
        return false;
    }
    if (max_ns > 0 && !ctx->fdmon_ops->need_wait(ctx)) {
        poll_set_started(ctx, ready_list, true);
        if (run_poll_handlers(ctx, ready_list, start, max_ns, timeout)) {
            *timeout = 0;
            return true;
        }
    }
    if (poll_set_started(ctx, ready_list, false)) {
        *timeout = 0;
        return true;
    }
    return false;
}

/* It took @block_ns until the event: would longer polling have caught it? */
static void adjust_polling_time(AioContext *ctx, int64_t block_ns)
{
    int64_t old = ctx->poll_ns;

    if (block_ns <= ctx->poll_ns) {
        return;                                 /* just right */
    }
    if (block_ns > ctx->poll_max_ns) {
        /* Nothing would have: the time is better spent asleep. */
        ctx->poll_ns = ctx->poll_shrink ? ctx->poll_ns / ctx->poll_shrink : 0;
        trace_poll_shrink(ctx, old, ctx->poll_ns);
    } else if (ctx->poll_ns < ctx->poll_max_ns) {
        int64_t grow = ctx->poll_grow ? ctx->poll_grow : 2;

        ctx->poll_ns = ctx->poll_ns ? ctx->poll_ns * grow : 4000;
        ctx->poll_ns = MIN(ctx->poll_ns, ctx->poll_max_ns);
        trace_poll_grow(ctx, old, ctx->poll_ns);
    }
}

/* One turn */

bool aio_poll(AioContext *ctx, bool blocking)
{
    AioHandlerList ready_list = QLIST_HEAD_INITIALIZER(ready_list);
    bool use_notify_me, progress, bh_waits;
    int64_t timeout, start = 0;

    assert(in_aio_context_home_thread(ctx == iohandler_get_aio_context() ?
                                      qemu_get_aio_context() : ctx));

    qemu_lockcnt_inc(&ctx->list_lock);

    if (ctx->poll_max_ns) {
        start = qemu_clock_get_ns(QEMU_CLOCK_REALTIME);
    }

    timeout = blocking ? aio_compute_timeout(ctx) : 0;
    progress = try_poll_mode(ctx, &ready_list, start, &timeout);
    assert(!(timeout && progress));

    /* See aio_notify(): say that we are about to sleep, then look for work. */
    use_notify_me = timeout != 0;
    if (use_notify_me) {
        qatomic_set(&ctx->notify_me, qatomic_read(&ctx->notify_me) + 2);
        smp_mb();
        /* A handler that was busy-polled may have scheduled a BH silently. */
        if (qatomic_read(&ctx->notified) || aio_bh_is_urgent(ctx)) {
            timeout = 0;
        }
    }

    if (timeout || QLIST_EMPTY(&ready_list)) {
        ctx->fdmon_ops->wait(ctx, &ready_list, timeout);
    }

    if (use_notify_me) {
        /* Done sleeping; whoever notifies from here on need not ring. */
        qatomic_store_release(&ctx->notify_me,
                              qatomic_read(&ctx->notify_me) - 2);
    }
    aio_notify_accept(ctx);

    /* What polling has found it has found in time. */
    if (ctx->poll_max_ns && !progress) {
        adjust_polling_time(
            ctx, qemu_clock_get_ns(QEMU_CLOCK_REALTIME) - start);
    }

    progress |= aio_bh_poll(ctx);
    bh_waits = aio_bh_is_urgent(ctx);
    if (aio_dispatch_ready_handlers(ctx, &ready_list)) {
        if (!bh_waits) {
            aio_bh_poll_urgent(ctx);
        }
        progress = true;
    }

    aio_free_deleted_handlers(ctx);
    qemu_lockcnt_dec(&ctx->list_lock);

    progress |= timerlistgroup_run_timers(&ctx->tlg);
    return progress;
}

/* Set-up */

void aio_context_setup(AioContext *ctx)
{
    ctx->fdmon_ops = &fdmon_poll_ops;
    fdmon_epoll_setup(ctx);
}

void aio_context_destroy(AioContext *ctx)
{
    fdmon_epoll_disable(ctx);

    /* Handlers that nobody removed: their owners are gone. */
    qemu_lockcnt_lock(&ctx->list_lock);
    while (!QLIST_EMPTY(&ctx->aio_handlers)) {
        AioHandler *node = QLIST_FIRST(&ctx->aio_handlers);

        QLIST_REMOVE(node, node);
        g_free(node);
    }
    qemu_lockcnt_unlock(&ctx->list_lock);
}

void aio_context_set_poll_params(AioContext *ctx, int64_t max_ns,
                                 int64_t grow, int64_t shrink, Error **errp)
{
    ctx->poll_max_ns = max_ns;
    ctx->poll_ns = 0;
    ctx->poll_grow = grow;
    ctx->poll_shrink = shrink;
    aio_notify(ctx);
}

void aio_context_set_aio_params(AioContext *ctx, int64_t max_batch,
                                Error **errp)
{
    ctx->aio_max_batch = max_batch;
    aio_notify(ctx);
}

void aio_context_set_thread_pool_params(AioContext *ctx, int64_t min,
                                        int64_t max, Error **errp)
{
    ThreadPool *pool;

    if (min > max || !max || min > INT_MAX || max > INT_MAX) {
        error_setg(errp, "bad thread-pool-min/thread-pool-max values");
        return;
    }
    ctx->thread_pool_min = min;
    ctx->thread_pool_max = max;
    smp_mb();                   /* before the look: see aio_get_thread_pool() */
    pool = qatomic_read(&ctx->thread_pool);
    if (pool) {
        thread_pool_update_params(pool, ctx);
    }
}
