/*
 * qemu_set_fd_handler(): descriptors of the main loop alone.
 *
 * They have an AioContext of their own, so that a nested
 * aio_poll(qemu_get_aio_context()) leaves them alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "block/aio.h"
#include "qemu/main-loop.h"

static AioContext *iohandler_ctx;

static AioContext *iohandler_init(void)
{
    if (!iohandler_ctx) {
        iohandler_ctx = aio_context_new(&error_abort);
    }
    return iohandler_ctx;
}

AioContext *iohandler_get_aio_context(void)
{
    return iohandler_init();
}

GSource *iohandler_get_g_source(void)
{
    return aio_get_g_source(iohandler_init());
}

void qemu_set_fd_handler(int fd,
                         IOHandler *fd_read,
                         IOHandler *fd_write,
                         void *opaque)
{
    aio_set_fd_handler(iohandler_init(), fd, false,
                       fd_read, fd_write, NULL, NULL, opaque);
}

void event_notifier_set_handler(EventNotifier *e,
                                EventNotifierHandler *handler)
{
    aio_set_event_notifier(iohandler_init(), e, false, handler, NULL, NULL);
}
