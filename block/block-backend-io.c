/*
 * BlockBackend: requests.
 *
 *   blk_aio_preadv
 *     blk_aio_prwv                  a coroutine for the request
 *       blk_aio_read_entry
 *         blk_co_do_preadv_part     waits while drained, is throttled
 *           bdrv_co_preadv_part     io.c
 *         blk_aio_complete          the caller's callback
 *
 * in_flight counts what blk_drain() waits for; a request that waits for the end
 * of a drained section is not counted.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "block-backend-int.h"
#include "block-core.h"
#include "io-int.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"
#include "trace.h"

void blk_inc_in_flight(BlockBackend *blk)
{
    qatomic_inc(&blk->in_flight);
}

void blk_dec_in_flight(BlockBackend *blk)
{
    qatomic_dec(&blk->in_flight);
    aio_wait_kick_after_rmw();
}

/* Is there a medium, and is the range inside of it? */
static int blk_check_byte_request(BlockBackend *blk, int64_t offset,
                                  int64_t bytes)
{
    int64_t len;

    if (bytes < 0) {
        return -EIO;
    }
    if (!blk_is_available(blk)) {
        return -ENOMEDIUM;
    }
    if (offset < 0) {
        return -EIO;
    }
    if (!blk->allow_write_beyond_eof) {
        len = blk_getlength(blk);
        if (len < 0) {
            return len;
        }
        if (offset > len || len - offset < bytes) {
            return -EIO;
        }
    }
    return 0;
}

static void coroutine_fn blk_wait_while_drained(BlockBackend *blk)
{
    assert(blk->in_flight > 0);
    if (blk->quiesce_counter && !blk->disable_request_queuing) {
        /*
         * Whoever wakes us counts us again: see blk_root_drained_end().  Who
         * drains before we run waits for us, so that we go on nevertheless:
         * he may be about to reset a device, and wants to have heard of us.
         */
        blk_dec_in_flight(blk);
        qemu_co_queue_wait(&blk->queued_requests, (CoMutex *)NULL);

        /* In that section it may have gone to another thread. */
        aio_co_reschedule_self(blk_get_aio_context(blk));
    }
}

/* Each of these with blk->in_flight counted by the caller. */

static int coroutine_fn blk_co_do_preadv_part(BlockBackend *blk,
                                              int64_t offset, int64_t bytes,
                                              QEMUIOVector *qiov,
                                              size_t qiov_offset,
                                              BdrvRequestFlags flags)
{
    BlockDriverState *bs;
    int ret;

    blk_wait_while_drained(blk);

    /* The medium may have changed while we waited. */
    bs = blk_bs(blk);
    trace_blk_co_preadv(blk, bs, offset, bytes, flags);
    ret = blk_check_byte_request(blk, offset, bytes);
    if (ret < 0) {
        return ret;
    }

    bdrv_inc_in_flight(bs);
    if (blk->public.throttle_group_member.throttle_state) {
        throttle_group_co_io_limits_intercept(
            &blk->public.throttle_group_member, bytes, false);
    }
    ret = bdrv_co_preadv_part(blk->root, offset, bytes, qiov, qiov_offset,
                              flags);
    bdrv_dec_in_flight(bs);
    return ret;
}

static int coroutine_fn blk_co_do_pwritev_part(BlockBackend *blk,
                                               int64_t offset, int64_t bytes,
                                               QEMUIOVector *qiov,
                                               size_t qiov_offset,
                                               BdrvRequestFlags flags)
{
    BlockDriverState *bs;
    int ret;

    blk_wait_while_drained(blk);

    bs = blk_bs(blk);
    trace_blk_co_pwritev(blk, bs, offset, bytes, flags);
    ret = blk_check_byte_request(blk, offset, bytes);
    if (ret < 0) {
        return ret;
    }

    bdrv_inc_in_flight(bs);
    if (blk->public.throttle_group_member.throttle_state) {
        throttle_group_co_io_limits_intercept(
            &blk->public.throttle_group_member, bytes, true);
    }
    if (!blk->enable_write_cache) {
        flags |= BDRV_REQ_FUA;
    }
    ret = bdrv_co_pwritev_part(blk->root, offset, bytes, qiov, qiov_offset,
                               flags);
    bdrv_dec_in_flight(bs);
    return ret;
}

static int coroutine_fn blk_co_do_ioctl(BlockBackend *blk,
                                        unsigned long int req, void *buf)
{
    blk_wait_while_drained(blk);
    if (!blk_is_available(blk)) {
        return -ENOMEDIUM;
    }
    return bdrv_co_ioctl(blk_bs(blk), req, buf);
}

static int coroutine_fn blk_co_do_pdiscard(BlockBackend *blk, int64_t offset,
                                           int64_t bytes)
{
    int ret;

    blk_wait_while_drained(blk);
    ret = blk_check_byte_request(blk, offset, bytes);
    if (ret < 0) {
        return ret;
    }
    return bdrv_co_pdiscard(blk->root, offset, bytes);
}

static int coroutine_fn blk_co_do_flush(BlockBackend *blk)
{
    blk_wait_while_drained(blk);
    if (!blk_is_available(blk)) {
        return -ENOMEDIUM;
    }
    return bdrv_co_flush(blk_bs(blk));
}

/* For coroutines */

int coroutine_fn blk_co_preadv_part(BlockBackend *blk, int64_t offset,
                                    int64_t bytes, QEMUIOVector *qiov,
                                    size_t qiov_offset,
                                    BdrvRequestFlags flags)
{
    int ret;

    blk_inc_in_flight(blk);
    ret = blk_co_do_preadv_part(blk, offset, bytes, qiov, qiov_offset, flags);
    blk_dec_in_flight(blk);
    return ret;
}

int coroutine_fn blk_co_preadv(BlockBackend *blk, int64_t offset,
                               int64_t bytes, QEMUIOVector *qiov,
                               BdrvRequestFlags flags)
{
    return blk_co_preadv_part(blk, offset, bytes, qiov, 0, flags);
}

int coroutine_fn blk_co_pwritev_part(BlockBackend *blk, int64_t offset,
                                     int64_t bytes,
                                     QEMUIOVector *qiov, size_t qiov_offset,
                                     BdrvRequestFlags flags)
{
    int ret;

    blk_inc_in_flight(blk);
    ret = blk_co_do_pwritev_part(blk, offset, bytes, qiov, qiov_offset, flags);
    blk_dec_in_flight(blk);
    return ret;
}

int coroutine_fn blk_co_pwritev(BlockBackend *blk, int64_t offset,
                                int64_t bytes, QEMUIOVector *qiov,
                                BdrvRequestFlags flags)
{
    return blk_co_pwritev_part(blk, offset, bytes, qiov, 0, flags);
}

int coroutine_fn blk_co_pwrite_zeroes(BlockBackend *blk, int64_t offset,
                                      int64_t bytes, BdrvRequestFlags flags)
{
    BlockDriverState *bs = blk_bs(blk);

    if (bs && !(bs->open_flags & BDRV_O_UNMAP)) {
        flags &= ~BDRV_REQ_MAY_UNMAP;
    }
    return blk_co_pwritev(blk, offset, bytes, NULL,
                          flags | BDRV_REQ_ZERO_WRITE);
}

int coroutine_fn blk_co_pdiscard(BlockBackend *blk, int64_t offset,
                                 int64_t bytes)
{
    int ret;

    blk_inc_in_flight(blk);
    ret = blk_co_do_pdiscard(blk, offset, bytes);
    blk_dec_in_flight(blk);
    return ret;
}

int coroutine_fn blk_co_flush(BlockBackend *blk)
{
    int ret;

    blk_inc_in_flight(blk);
    ret = blk_co_do_flush(blk);
    blk_dec_in_flight(blk);
    return ret;
}

int coroutine_fn blk_co_ioctl(BlockBackend *blk, unsigned long int req,
                              void *buf)
{
    int ret;

    blk_inc_in_flight(blk);
    ret = blk_co_do_ioctl(blk, req, buf);
    blk_dec_in_flight(blk);
    return ret;
}

/* Synchronous */

typedef struct {
    BlockBackend *blk;
    int64_t offset;
    int64_t bytes;
    void *buf;                  /* a QEMUIOVector, or an ioctl's argument */
    BdrvRequestFlags flags;
} BlkRw;

static int coroutine_fn blk_preadv_fn(void *opaque)
{
    BlkRw *s = opaque;

    return blk_co_preadv(s->blk, s->offset, s->bytes, s->buf, s->flags);
}

static int coroutine_fn blk_pwritev_fn(void *opaque)
{
    BlkRw *s = opaque;

    return blk_co_pwritev(s->blk, s->offset, s->bytes, s->buf, s->flags);
}

static int coroutine_fn blk_pwrite_zeroes_fn(void *opaque)
{
    BlkRw *s = opaque;

    return blk_co_pwrite_zeroes(s->blk, s->offset, s->bytes, s->flags);
}

static int coroutine_fn blk_pdiscard_fn(void *opaque)
{
    BlkRw *s = opaque;

    return blk_co_pdiscard(s->blk, s->offset, s->bytes);
}

static int coroutine_fn blk_flush_fn(void *opaque)
{
    return blk_co_flush(opaque);
}

static int coroutine_fn blk_ioctl_fn(void *opaque)
{
    BlkRw *s = opaque;

    return blk_co_ioctl(s->blk, s->offset, s->buf);
}

int blk_preadv(BlockBackend *blk, int64_t offset, int64_t bytes,
               QEMUIOVector *qiov, BdrvRequestFlags flags)
{
    BlkRw s = { blk, offset, bytes, qiov, flags };

    return bdrv_poll_co(blk_get_aio_context(blk), blk_preadv_fn, &s);
}

int blk_pwritev(BlockBackend *blk, int64_t offset, int64_t bytes,
                QEMUIOVector *qiov, BdrvRequestFlags flags)
{
    BlkRw s = { blk, offset, bytes, qiov, flags };

    return bdrv_poll_co(blk_get_aio_context(blk), blk_pwritev_fn, &s);
}

int blk_pread(BlockBackend *blk, int64_t offset, int64_t bytes, void *buf,
              BdrvRequestFlags flags)
{
    QEMUIOVector qiov = QEMU_IOVEC_INIT_BUF(qiov, buf, bytes);

    return blk_preadv(blk, offset, bytes, &qiov, flags);
}

int blk_pwrite(BlockBackend *blk, int64_t offset, int64_t bytes,
               const void *buf, BdrvRequestFlags flags)
{
    QEMUIOVector qiov = QEMU_IOVEC_INIT_BUF(qiov, buf, bytes);

    return blk_pwritev(blk, offset, bytes, &qiov, flags);
}

int blk_pwrite_zeroes(BlockBackend *blk, int64_t offset, int64_t bytes,
                      BdrvRequestFlags flags)
{
    BlkRw s = { blk, offset, bytes, NULL, flags };

    return bdrv_poll_co(blk_get_aio_context(blk), blk_pwrite_zeroes_fn, &s);
}

int blk_pdiscard(BlockBackend *blk, int64_t offset, int64_t bytes)
{
    BlkRw s = { blk, offset, bytes, NULL, 0 };

    return bdrv_poll_co(blk_get_aio_context(blk), blk_pdiscard_fn, &s);
}

int blk_flush(BlockBackend *blk)
{
    return bdrv_poll_co(blk_get_aio_context(blk), blk_flush_fn, blk);
}

int blk_ioctl(BlockBackend *blk, unsigned long int req, void *buf)
{
    BlkRw s = { blk, req, 0, buf, 0 };

    return bdrv_poll_co(blk_get_aio_context(blk), blk_ioctl_fn, &s);
}

int blk_truncate(BlockBackend *blk, int64_t offset, bool exact,
                 PreallocMode prealloc, BdrvRequestFlags flags, Error **errp)
{
    if (!blk_is_available(blk)) {
        error_setg(errp, "No medium inserted");
        return -ENOMEDIUM;
    }
    return bdrv_truncate(blk->root, offset, exact, prealloc, flags, errp);
}

int blk_make_zero(BlockBackend *blk, BdrvRequestFlags flags)
{
    GLOBAL_STATE_CODE();
    return blk->root ? bdrv_make_zero(blk->root, flags) : -ENOMEDIUM;
}

/* Asynchronous */

typedef struct BlkAioEmAIOCB {
    BlockAIOCB common;
    BlockBackend *blk;
    int64_t offset;
    int64_t bytes;
    void *iobuf;
    BdrvRequestFlags flags;
    int ret;
    bool has_returned;          /* blk_aio_prwv() to its caller */
} BlkAioEmAIOCB;

#define NOT_DONE 0x7fffffff

static AioContext *blk_aio_em_aiocb_get_aio_context(BlockAIOCB *acb_)
{
    BlkAioEmAIOCB *acb = container_of(acb_, BlkAioEmAIOCB, common);

    return blk_get_aio_context(acb->blk);
}

static const AIOCBInfo blk_aio_em_aiocb_info = {
    .aiocb_size = sizeof(BlkAioEmAIOCB),
    .get_aio_context = blk_aio_em_aiocb_get_aio_context,
};

static void blk_aio_complete(BlkAioEmAIOCB *acb)
{
    if (acb->has_returned) {
        acb->common.cb(acb->common.opaque, acb->ret);
        blk_dec_in_flight(acb->blk);
        qemu_aio_unref(acb);
    }
}

static void blk_aio_complete_bh(void *opaque)
{
    BlkAioEmAIOCB *acb = opaque;

    assert(acb->has_returned);
    blk_aio_complete(acb);
}

static BlockAIOCB *blk_aio_prwv(BlockBackend *blk,
                                int64_t offset, int64_t bytes,
                                void *iobuf, CoroutineEntry co_entry,
                                BdrvRequestFlags flags,
                                BlockCompletionFunc *cb, void *opaque)
{
    BlkAioEmAIOCB *acb;

    blk_inc_in_flight(blk);
    acb = qemu_aio_get(&blk_aio_em_aiocb_info, blk_bs(blk), cb, opaque);
    acb->blk = blk;
    acb->offset = offset;
    acb->bytes = bytes;
    acb->iobuf = iobuf;
    acb->flags = flags;
    acb->ret = NOT_DONE;
    acb->has_returned = false;

    aio_co_enter(blk_get_aio_context(blk), qemu_coroutine_create(co_entry, acb));

    /* The callback is never called from here. */
    acb->has_returned = true;
    if (acb->ret != NOT_DONE) {
        aio_bh_schedule_oneshot(blk_get_aio_context(blk), blk_aio_complete_bh,
                                acb);
    }
    return &acb->common;
}

static void coroutine_fn blk_aio_read_entry(void *opaque)
{
    BlkAioEmAIOCB *acb = opaque;
    QEMUIOVector *qiov = acb->iobuf;

    assert(qiov->size == acb->bytes);
    acb->ret = blk_co_do_preadv_part(acb->blk, acb->offset, acb->bytes, qiov,
                                     0, acb->flags);
    blk_aio_complete(acb);
}

static void coroutine_fn blk_aio_write_entry(void *opaque)
{
    BlkAioEmAIOCB *acb = opaque;
    QEMUIOVector *qiov = acb->iobuf;

    assert(!qiov || qiov->size == acb->bytes);
    acb->ret = blk_co_do_pwritev_part(acb->blk, acb->offset, acb->bytes, qiov,
                                      0, acb->flags);
    blk_aio_complete(acb);
}

static void coroutine_fn blk_aio_flush_entry(void *opaque)
{
    BlkAioEmAIOCB *acb = opaque;

    acb->ret = blk_co_do_flush(acb->blk);
    blk_aio_complete(acb);
}

static void coroutine_fn blk_aio_pdiscard_entry(void *opaque)
{
    BlkAioEmAIOCB *acb = opaque;

    acb->ret = blk_co_do_pdiscard(acb->blk, acb->offset, acb->bytes);
    blk_aio_complete(acb);
}

static void coroutine_fn blk_aio_ioctl_entry(void *opaque)
{
    BlkAioEmAIOCB *acb = opaque;

    acb->ret = blk_co_do_ioctl(acb->blk, acb->offset, acb->iobuf);
    blk_aio_complete(acb);
}

BlockAIOCB *blk_aio_preadv(BlockBackend *blk, int64_t offset,
                           QEMUIOVector *qiov, BdrvRequestFlags flags,
                           BlockCompletionFunc *cb, void *opaque)
{
    assert((uint64_t)qiov->size <= INT64_MAX);
    return blk_aio_prwv(blk, offset, qiov->size, qiov, blk_aio_read_entry,
                        flags, cb, opaque);
}

BlockAIOCB *blk_aio_pwritev(BlockBackend *blk, int64_t offset,
                            QEMUIOVector *qiov, BdrvRequestFlags flags,
                            BlockCompletionFunc *cb, void *opaque)
{
    assert((uint64_t)qiov->size <= INT64_MAX);
    return blk_aio_prwv(blk, offset, qiov->size, qiov, blk_aio_write_entry,
                        flags, cb, opaque);
}

BlockAIOCB *blk_aio_pwrite_zeroes(BlockBackend *blk, int64_t offset,
                                  int64_t bytes, BdrvRequestFlags flags,
                                  BlockCompletionFunc *cb, void *opaque)
{
    BlockDriverState *bs = blk_bs(blk);

    if (bs && !(bs->open_flags & BDRV_O_UNMAP)) {
        flags &= ~BDRV_REQ_MAY_UNMAP;
    }
    return blk_aio_prwv(blk, offset, bytes, NULL, blk_aio_write_entry,
                        flags | BDRV_REQ_ZERO_WRITE, cb, opaque);
}

BlockAIOCB *blk_aio_flush(BlockBackend *blk,
                          BlockCompletionFunc *cb, void *opaque)
{
    return blk_aio_prwv(blk, 0, 0, NULL, blk_aio_flush_entry, 0, cb, opaque);
}

BlockAIOCB *blk_aio_pdiscard(BlockBackend *blk, int64_t offset, int64_t bytes,
                             BlockCompletionFunc *cb, void *opaque)
{
    return blk_aio_prwv(blk, offset, bytes, NULL, blk_aio_pdiscard_entry, 0,
                        cb, opaque);
}

BlockAIOCB *blk_aio_ioctl(BlockBackend *blk, unsigned long int req, void *buf,
                          BlockCompletionFunc *cb, void *opaque)
{
    return blk_aio_prwv(blk, req, 0, buf, blk_aio_ioctl_entry, 0, cb, opaque);
}

static void error_callback_bh(void *opaque)
{
    BlkAioEmAIOCB *acb = opaque;

    blk_dec_in_flight(acb->blk);
    acb->common.cb(acb->common.opaque, acb->ret);
    qemu_aio_unref(acb);
}

BlockAIOCB *blk_abort_aio_request(BlockBackend *blk,
                                  BlockCompletionFunc *cb,
                                  void *opaque, int ret)
{
    BlkAioEmAIOCB *acb;

    blk_inc_in_flight(blk);
    acb = qemu_aio_get(&blk_aio_em_aiocb_info, NULL, cb, opaque);
    acb->blk = blk;
    acb->ret = ret;
    acb->has_returned = true;
    aio_bh_schedule_oneshot(blk_get_aio_context(blk), error_callback_bh, acb);
    return &acb->common;
}

/* A request that a coroutine carries out comes to its own end. */
void blk_aio_cancel_async(BlockAIOCB *acb)
{
    if (acb->aiocb_info->cancel_async) {
        acb->aiocb_info->cancel_async(acb);
    }
}

void blk_aio_cancel(BlockAIOCB *acb)
{
    AioContext *ctx = acb->aiocb_info->get_aio_context(acb);

    GLOBAL_STATE_CODE();
    qemu_aio_ref(acb);
    blk_aio_cancel_async(acb);
    AIO_WAIT_WHILE(ctx, qatomic_read(&acb->refcnt) > 1);
    qemu_aio_unref(acb);
}
