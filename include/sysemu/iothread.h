/*
 * IOThread: a thread that polls an AioContext of its own.
 *
 * -object iothread,id=io0 makes one; a device with iothread=io0 moves its queues
 * there, away from the BQL.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef IOTHREAD_H
#define IOTHREAD_H

#include "block/aio.h"
#include "qemu/thread.h"
#include "qom/object.h"
#include "sysemu/event-loop-base.h"

#define TYPE_IOTHREAD "iothread"

struct IOThread {
    EventLoopBase parent_obj;

    QemuThread thread;
    AioContext *ctx;
    bool run_gcontext;          /* somebody uses worker_context */
    GMainContext *worker_context;
    GMainLoop *main_loop;
    QemuSemaphore init_done_sem; /* the thread is up */
    bool stopping;
    bool running;
    int thread_id;

    /* Properties, see aio_context_set_poll_params(). */
    int64_t poll_max_ns;
    int64_t poll_grow;
    int64_t poll_shrink;
};
typedef struct IOThread IOThread;

DECLARE_INSTANCE_CHECKER(IOThread, IOTHREAD, TYPE_IOTHREAD)

/* A new reference's owner is the QOM tree; the string is the caller's. */
char *iothread_get_id(IOThread *iothread);
IOThread *iothread_by_id(const char *id);
AioContext *iothread_get_aio_context(IOThread *iothread);
/* A GMainContext that the thread runs too, from the first call on. */
GMainContext *iothread_get_g_main_context(IOThread *iothread);

/* For our own use, outside /objects. */
IOThread *iothread_create(const char *id, Error **errp);
void iothread_stop(IOThread *iothread);
void iothread_destroy(IOThread *iothread);

/* True in a thread made for an IOThread. */
bool qemu_in_iothread(void);

#endif
