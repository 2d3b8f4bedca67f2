/*
 * Watch descriptors with epoll(7): the kernel keeps the set, a wait costs as
 * much as there are events.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <sys/epoll.h>
#include "aio-posix.h"
#include "qemu/rcu_queue.h"

void fdmon_epoll_disable(AioContext *ctx)
{
    if (ctx->epollfd >= 0) {
        close(ctx->epollfd);
        ctx->epollfd = -1;
    }
    ctx->fdmon_ops = &fdmon_poll_ops;
}

void fdmon_epoll_setup(AioContext *ctx)
{
    ctx->epollfd = epoll_create1(EPOLL_CLOEXEC);
}

static uint32_t epoll_events_from_pfd(int pfd_events)
{
    return (pfd_events & G_IO_IN ? EPOLLIN : 0) |
           (pfd_events & G_IO_OUT ? EPOLLOUT : 0) |
           (pfd_events & G_IO_HUP ? EPOLLHUP : 0) |
           (pfd_events & G_IO_ERR ? EPOLLERR : 0);
}

static int pfd_events_from_epoll(uint32_t epoll_events)
{
    return (epoll_events & EPOLLIN ? G_IO_IN : 0) |
           (epoll_events & EPOLLOUT ? G_IO_OUT : 0) |
           (epoll_events & EPOLLHUP ? G_IO_HUP : 0) |
           (epoll_events & EPOLLERR ? G_IO_ERR : 0);
}

static void fdmon_epoll_update(AioContext *ctx, AioHandler *old_node,
                               AioHandler *new_node)
{
    struct epoll_event event = {
        .data.ptr = new_node,
        .events = new_node ? epoll_events_from_pfd(new_node->pfd.events) : 0,
    };
    int r;

    if (!new_node) {
        r = epoll_ctl(ctx->epollfd, EPOLL_CTL_DEL, old_node->pfd.fd, &event);
    } else if (!old_node) {
        r = epoll_ctl(ctx->epollfd, EPOLL_CTL_ADD, new_node->pfd.fd, &event);
    } else {
        r = epoll_ctl(ctx->epollfd, EPOLL_CTL_MOD, new_node->pfd.fd, &event);
    }
    /* A regular file, say, is nothing that epoll takes: poll(2) does. */
    if (r) {
        fdmon_epoll_disable(ctx);
    }
}

static int fdmon_epoll_wait(AioContext *ctx, AioHandlerList *ready_list,
                            int64_t timeout)
{
    GPollFD pfd = {
        .fd = ctx->epollfd,
        .events = G_IO_IN | G_IO_HUP | G_IO_ERR,
    };
    struct epoll_event events[128];
    int ret = 0;

    /* The set in the kernel knows nothing of external handlers held back. */
    if (qatomic_read(&ctx->external_disable_cnt)) {
        return fdmon_poll_ops.wait(ctx, ready_list, timeout);
    }

    /* epoll_wait() counts in milliseconds; wait finer than that here. */
    if (timeout > 0) {
        ret = qemu_poll_ns(&pfd, 1, timeout);
        if (ret > 0) {
            timeout = 0;
        }
    }
    if (timeout <= 0 || ret > 0) {
        ret = epoll_wait(ctx->epollfd, events, ARRAY_SIZE(events),
                         timeout);
        for (int i = 0; i < ret; i++) {
            aio_add_ready_handler(ready_list, events[i].data.ptr,
                                  pfd_events_from_epoll(events[i].events));
        }
    }
    return ret;
}

static bool fdmon_epoll_need_wait(AioContext *ctx)
{
    return false;
}

static const FDMonOps fdmon_epoll_ops = {
    .update = fdmon_epoll_update,
    .wait = fdmon_epoll_wait,
    .need_wait = fdmon_epoll_need_wait,
};

/* Called by fdmon_poll_wait(), with the list's count raised. */
bool fdmon_epoll_try_upgrade(AioContext *ctx, unsigned npfd)
{
    AioHandler *node;

    if (ctx->epollfd < 0 || npfd < EPOLL_ENABLE_THRESHOLD ||
        qatomic_read(&ctx->external_disable_cnt) ||
        ctx->fdmon_ops != &fdmon_poll_ops) {
        return false;
    }

    QLIST_FOREACH_RCU(node, &ctx->aio_handlers, node) {
        struct epoll_event event = {
            .data.ptr = node,
            .events = epoll_events_from_pfd(node->pfd.events),
        };

        if (QLIST_IS_INSERTED(node, node_deleted) || !node->pfd.events) {
            continue;
        }
        if (epoll_ctl(ctx->epollfd, EPOLL_CTL_ADD, node->pfd.fd, &event)) {
            fdmon_epoll_disable(ctx);
            return false;
        }
    }
    ctx->fdmon_ops = &fdmon_epoll_ops;
    return true;
}
