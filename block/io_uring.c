/*
 * io_uring: requests to the kernel by way of a ring.
 *
 * A request waits in a queue until the ring has room; while plugged, until it
 * is full or unplugged, so that one system call submits many.  Completions
 * come when the ring's descriptor becomes readable, in the AioContext.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <liburing.h>
#include "block/aio.h"
#include "block/raw-aio.h"
#include "qapi/error.h"
#include "qemu/coroutine.h"
#include "qemu/main-loop.h"
#include "trace.h"

/* Entries of a ring. */
#define MAX_ENTRIES 128

typedef struct LuringAIOCB {
    Coroutine *co;
    struct io_uring_sqe sqe;
    int ret;
    bool done;
    bool is_read;
    bool is_write;
    QEMUIOVector *qiov;
    size_t total;               /* bytes, of a request that came in parts */
    QEMUIOVector rest;
    QSIMPLEQ_ENTRY(LuringAIOCB) next;
} LuringAIOCB;

struct LuringState {
    AioContext *aio_context;
    struct io_uring ring;
    int plugged;
    unsigned in_queue;
    unsigned in_flight;
    QSIMPLEQ_HEAD(, LuringAIOCB) submit_queue;
    QEMUBH *completion_bh;
};

static void luring_submit_queue(LuringState *s);

/* Is there anything that the kernel has not taken, be it in the ring or not? */
static bool luring_has_unsubmitted(LuringState *s)
{
    return s->in_queue > 0 || io_uring_sq_ready(&s->ring) > 0;
}

/* A part of a request was done: the rest is another. */
static void luring_resubmit_rest(LuringState *s, LuringAIOCB *acb, int n)
{
    acb->total += n;
    if (acb->rest.niov || acb->rest.iov) {
        qemu_iovec_reset(&acb->rest);
    } else {
        qemu_iovec_init(&acb->rest, acb->qiov->niov);
    }
    qemu_iovec_concat(&acb->rest, acb->qiov, acb->total,
                      acb->qiov->size - acb->total);
    acb->sqe.off += n;
    acb->sqe.addr = (uintptr_t)acb->rest.iov;
    acb->sqe.len = acb->rest.niov;
    QSIMPLEQ_INSERT_TAIL(&s->submit_queue, acb, next);
    s->in_queue++;
}

/* @ret is what the kernel says.  True if the request is done. */
static bool luring_request_done(LuringState *s, LuringAIOCB *acb, int ret)
{
    if (ret == -EINTR || ret == -EAGAIN) {
        QSIMPLEQ_INSERT_TAIL(&s->submit_queue, acb, next);
        s->in_queue++;
        return false;
    }
    if (ret >= 0 && acb->qiov) {
        if (acb->total + ret == acb->qiov->size) {
            ret = 0;
        } else if (ret > 0) {
            luring_resubmit_rest(s, acb, ret);
            return false;
        } else if (acb->is_read) {
            /* Beyond the end of the file. */
            qemu_iovec_memset(acb->qiov, acb->total, 0,
                              acb->qiov->size - acb->total);
        } else {
            ret = -ENOSPC;
        }
    }
    acb->ret = ret > 0 ? 0 : ret;
    acb->done = true;
    if (acb->rest.iov) {
        qemu_iovec_destroy(&acb->rest);
    }
    return true;
}

static void luring_process_completions(LuringState *s)
{
    struct io_uring_cqe *cqe;

    /*
     * A coroutine that is woken may poll: then the BH handles the others that
     * are done meanwhile.
     */
    qemu_bh_schedule(s->completion_bh);

    while (io_uring_peek_cqe(&s->ring, &cqe) == 0 && cqe) {
        LuringAIOCB *acb = io_uring_cqe_get_data(cqe);
        int ret = cqe->res;

        io_uring_cqe_seen(&s->ring, cqe);
        s->in_flight--;
        trace_luring_process_completion(s, acb, ret);
        if (luring_request_done(s, acb, ret)) {
            /* It may have been done before its submitter has yielded. */
            if (!qemu_coroutine_entered(acb->co)) {
                aio_co_wake(acb->co);
            }
        }
    }
    qemu_bh_cancel(s->completion_bh);
}

static void luring_process_completions_and_submit(LuringState *s)
{
    aio_context_acquire(s->aio_context);
    luring_process_completions(s);
    if (!s->plugged && luring_has_unsubmitted(s)) {
        luring_submit_queue(s);
    }
    aio_context_release(s->aio_context);
}

static void luring_completion_bh(void *opaque)
{
    luring_process_completions_and_submit(opaque);
}

static void luring_completion_cb(void *opaque)
{
    luring_process_completions_and_submit(opaque);
}

static bool luring_poll_cb(void *opaque)
{
    LuringState *s = opaque;

    return io_uring_cq_ready(&s->ring);
}

static void luring_poll_ready(void *opaque)
{
    luring_process_completions_and_submit(opaque);
}

static void luring_submit_queue(LuringState *s)
{
    while (luring_has_unsubmitted(s)) {
        LuringAIOCB *acb;
        int ret;

        while ((acb = QSIMPLEQ_FIRST(&s->submit_queue))) {
            struct io_uring_sqe *sqe = io_uring_get_sqe(&s->ring);

            if (!sqe) {
                break;          /* the ring is full */
            }
            *sqe = acb->sqe;
            io_uring_sqe_set_data(sqe, acb);
            QSIMPLEQ_REMOVE_HEAD(&s->submit_queue, next);
            s->in_queue--;
            s->in_flight++;
        }
        ret = io_uring_submit(&s->ring);
        trace_luring_io_uring_submit(s, ret);
        if (ret <= 0) {
            /* The kernel has its hands full: see below. */
            break;
        }
    }
    if (s->in_flight > 0) {
        /*
         * Some may be done already (from the host's cache); or some are to be
         * tried again, for which no completion may come.
         */
        qemu_bh_schedule(s->completion_bh);
    }
}

int coroutine_fn luring_co_submit(BlockDriverState *bs, LuringState *s, int fd,
                                  uint64_t offset, QEMUIOVector *qiov,
                                  int type)
{
    LuringAIOCB acb = {
        .co = qemu_coroutine_self(),
        .ret = -EINPROGRESS,
        .qiov = qiov,
        .is_read = type == QEMU_AIO_READ,
        .is_write = type == QEMU_AIO_WRITE,
    };

    switch (type) {
    case QEMU_AIO_WRITE:
        io_uring_prep_writev(&acb.sqe, fd, qiov->iov, qiov->niov, offset);
        break;
    case QEMU_AIO_READ:
        io_uring_prep_readv(&acb.sqe, fd, qiov->iov, qiov->niov, offset);
        break;
    case QEMU_AIO_FLUSH:
        io_uring_prep_fsync(&acb.sqe, fd, IORING_FSYNC_DATASYNC);
        break;
    default:
        abort();
    }
    trace_luring_co_submit(bs, s, &acb, fd, offset, qiov ? qiov->size : 0,
                           type);

    QSIMPLEQ_INSERT_TAIL(&s->submit_queue, &acb, next);
    s->in_queue++;
    if (!s->plugged || s->in_flight + s->in_queue >= MAX_ENTRIES) {
        luring_submit_queue(s);
    }
    if (!acb.done) {
        qemu_coroutine_yield();
    }
    return acb.ret;
}

void luring_io_plug(BlockDriverState *bs, LuringState *s)
{
    s->plugged++;
}

void luring_io_unplug(BlockDriverState *bs, LuringState *s)
{
    assert(s->plugged);
    if (--s->plugged == 0 && luring_has_unsubmitted(s)) {
        luring_submit_queue(s);
    }
}

void luring_detach_aio_context(LuringState *s, AioContext *old_context)
{
    aio_set_fd_handler(old_context, s->ring.ring_fd, false,
                       NULL, NULL, NULL, NULL, s);
    qemu_bh_delete(s->completion_bh);
    s->aio_context = NULL;
}

void luring_attach_aio_context(LuringState *s, AioContext *new_context)
{
    s->aio_context = new_context;
    s->completion_bh = aio_bh_new(new_context, luring_completion_bh, s);
    aio_set_fd_handler(new_context, s->ring.ring_fd, false,
                       luring_completion_cb, NULL,
                       luring_poll_cb, luring_poll_ready, s);
}

LuringState *luring_init(Error **errp)
{
    LuringState *s = g_new0(LuringState, 1);
    int rc = io_uring_queue_init(MAX_ENTRIES, &s->ring, 0);

    if (rc < 0) {
        error_setg_errno(errp, -rc, "failed to init linux io_uring ring");
        g_free(s);
        return NULL;
    }
    QSIMPLEQ_INIT(&s->submit_queue);
    return s;
}

bool luring_is_busy(LuringState *s)
{
    return s->in_flight;
}

void luring_cleanup(LuringState *s)
{
    io_uring_queue_exit(&s->ring);
    g_free(s);
}
