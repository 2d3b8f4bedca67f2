/*
 * What aio-posix.c and the fdmon-*.c share.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef AIO_POSIX_H
#define AIO_POSIX_H

#include "block/aio.h"

struct AioHandler {
    GPollFD pfd;
    IOHandler *io_read;
    IOHandler *io_write;
    AioPollFn *io_poll;
    IOHandler *io_poll_ready;
    IOHandler *io_poll_begin;
    IOHandler *io_poll_end;
    void *opaque;
    QLIST_ENTRY(AioHandler) node;
    QLIST_ENTRY(AioHandler) node_ready;     /* only while dispatching */
    QLIST_ENTRY(AioHandler) node_deleted;
    QLIST_ENTRY(AioHandler) node_poll;
    int64_t poll_idle_timeout;              /* when to stop busy polling it */
    bool poll_ready;                        /* io_poll found something */
    bool is_external;
};

/* Add to the list of ready handlers, with the events that it is ready for. */
void aio_add_ready_handler(AioHandlerList *ready_list, AioHandler *node,
                           int revents);

extern const FDMonOps fdmon_poll_ops;

/* Above this many descriptors, epoll is cheaper than poll. */
#define EPOLL_ENABLE_THRESHOLD 64

/* Take over the descriptors of @npfd handlers; true if epoll is in charge. */
bool fdmon_epoll_try_upgrade(AioContext *ctx, unsigned npfd);
void fdmon_epoll_setup(AioContext *ctx);
/* Back to poll(2), for good. */
void fdmon_epoll_disable(AioContext *ctx);

#endif
