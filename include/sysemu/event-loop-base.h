/*
 * EventLoopBase: what objects that run an event loop have in common.
 *
 * An event loop polls an AioContext; its class tells it when one of the
 * settings here has changed.  iothread is one of them, main-loop the other.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_EVENT_LOOP_BASE_H
#define QEMU_EVENT_LOOP_BASE_H

#include "qom/object.h"
#include "block/aio.h"

#define TYPE_EVENT_LOOP_BASE "event-loop-base"
OBJECT_DECLARE_TYPE(EventLoopBase, EventLoopBaseClass,
                    EVENT_LOOP_BASE)

struct EventLoopBaseClass {
    ObjectClass parent_class;

    /* Make the event loop: once, when the object is complete. */
    void (*init)(EventLoopBase *base, Error **errp);
    /* Pass the settings on, of one that may not have been made yet. */
    void (*update_params)(EventLoopBase *base, Error **errp);
    /* May it be deleted?  NULL: at any time. */
    bool (*can_be_deleted)(EventLoopBase *base);
};

struct EventLoopBase {
    Object parent;

    /* Property: so many requests are handed to the kernel at once; 0: any. */
    int64_t aio_max_batch;

    /* Properties: threads that it keeps for system calls, and has at most. */
    int64_t thread_pool_min;
    int64_t thread_pool_max;
};

#endif
