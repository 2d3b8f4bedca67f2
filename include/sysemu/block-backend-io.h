/*
 * BlockBackends: requests.  In the BlockBackend's AioContext.
 *
 * Offsets and lengths are in bytes, and need not be aligned; results are 0 or a
 * negative errno.  Without a medium all give -ENOMEDIUM; beyond the end of it, -EIO.
 *
 * A request that comes while the medium is drained waits until it is no more.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef BLOCK_BACKEND_IO_H
#define BLOCK_BACKEND_IO_H

#include "sysemu/block-backend-common.h"
#include "block/accounting.h"
#include "block/block-io.h"

/* The medium, or NULL; the caller gets no reference. */
BlockDriverState *blk_bs(BlockBackend *blk);
AioContext *blk_get_aio_context(BlockBackend *blk);
BlockAcctStats *blk_get_stats(BlockBackend *blk);

/*
 * Asynchronous: @cb(@opaque, ret) is called in the blk's AioContext, never
 * before these return.  The buffers stay the caller's, and must stay.
 * The handle is good for blk_aio_cancel() until @cb is called.
 */
BlockAIOCB *blk_aio_preadv(BlockBackend *blk, int64_t offset,
                           QEMUIOVector *qiov, BdrvRequestFlags flags,
                           BlockCompletionFunc *cb, void *opaque);
BlockAIOCB *blk_aio_pwritev(BlockBackend *blk, int64_t offset,
                            QEMUIOVector *qiov, BdrvRequestFlags flags,
                            BlockCompletionFunc *cb, void *opaque);
BlockAIOCB *blk_aio_pwrite_zeroes(BlockBackend *blk, int64_t offset,
                                  int64_t bytes, BdrvRequestFlags flags,
                                  BlockCompletionFunc *cb, void *opaque);
BlockAIOCB *blk_aio_flush(BlockBackend *blk,
                          BlockCompletionFunc *cb, void *opaque);
BlockAIOCB *blk_aio_pdiscard(BlockBackend *blk, int64_t offset, int64_t bytes,
                             BlockCompletionFunc *cb, void *opaque);
BlockAIOCB *blk_aio_ioctl(BlockBackend *blk, unsigned long int req, void *buf,
                          BlockCompletionFunc *cb, void *opaque);
/* Cancel if it can be, else wait; @cb has been called when it returns. */
void blk_aio_cancel(BlockAIOCB *acb);
/* Cancel if it can be; @cb comes later in any case. */
void blk_aio_cancel_async(BlockAIOCB *acb);
/* A request that has failed already. */
BlockAIOCB *blk_abort_aio_request(BlockBackend *blk,
                                  BlockCompletionFunc *cb,
                                  void *opaque, int ret);

/* For coroutines */
int coroutine_fn blk_co_preadv(BlockBackend *blk, int64_t offset,
                               int64_t bytes, QEMUIOVector *qiov,
                               BdrvRequestFlags flags);
int coroutine_fn blk_co_preadv_part(BlockBackend *blk, int64_t offset,
                                    int64_t bytes, QEMUIOVector *qiov,
                                    size_t qiov_offset,
                                    BdrvRequestFlags flags);
int coroutine_fn blk_co_pwritev(BlockBackend *blk, int64_t offset,
                                int64_t bytes, QEMUIOVector *qiov,
                                BdrvRequestFlags flags);
int coroutine_fn blk_co_pwritev_part(BlockBackend *blk, int64_t offset,
                                     int64_t bytes,
                                     QEMUIOVector *qiov, size_t qiov_offset,
                                     BdrvRequestFlags flags);
int coroutine_fn blk_co_pwrite_zeroes(BlockBackend *blk, int64_t offset,
                                      int64_t bytes, BdrvRequestFlags flags);
int coroutine_fn blk_co_pdiscard(BlockBackend *blk, int64_t offset,
                                 int64_t bytes);
int coroutine_fn blk_co_flush(BlockBackend *blk);
int coroutine_fn blk_co_ioctl(BlockBackend *blk, unsigned long int req,
                              void *buf);

static inline int coroutine_fn blk_co_pread(BlockBackend *blk, int64_t offset,
                                            int64_t bytes, void *buf,
                                            BdrvRequestFlags flags)
{
    QEMUIOVector qiov = QEMU_IOVEC_INIT_BUF(qiov, buf, bytes);

    return blk_co_preadv(blk, offset, bytes, &qiov, flags);
}

static inline int coroutine_fn blk_co_pwrite(BlockBackend *blk, int64_t offset,
                                             int64_t bytes, const void *buf,
                                             BdrvRequestFlags flags)
{
    QEMUIOVector qiov = QEMU_IOVEC_INIT_BUF(qiov, buf, bytes);

    return blk_co_pwritev(blk, offset, bytes, &qiov, flags);
}

/* Synchronous: anywhere; they poll until it is done.  0 or a negative errno. */
int blk_pread(BlockBackend *blk, int64_t offset, int64_t bytes, void *buf,
              BdrvRequestFlags flags);
int blk_pwrite(BlockBackend *blk, int64_t offset, int64_t bytes,
               const void *buf, BdrvRequestFlags flags);
int blk_preadv(BlockBackend *blk, int64_t offset, int64_t bytes,
               QEMUIOVector *qiov, BdrvRequestFlags flags);
int blk_pwritev(BlockBackend *blk, int64_t offset, int64_t bytes,
                QEMUIOVector *qiov, BdrvRequestFlags flags);
int blk_pwrite_zeroes(BlockBackend *blk, int64_t offset, int64_t bytes,
                      BdrvRequestFlags flags);
int blk_pdiscard(BlockBackend *blk, int64_t offset, int64_t bytes);
int blk_flush(BlockBackend *blk);
int blk_ioctl(BlockBackend *blk, unsigned long int req, void *buf);
int blk_truncate(BlockBackend *blk, int64_t offset, bool exact,
                 PreallocMode prealloc, BdrvRequestFlags flags, Error **errp);

/* Asking */

/* Is there a medium that a device could use: is the tray closed, too? */
bool blk_is_available(BlockBackend *blk);
bool blk_is_inserted(BlockBackend *blk);
/* Has it asked for permission to write? */
bool blk_is_writable(BlockBackend *blk);
bool blk_is_sg(BlockBackend *blk);
bool blk_enable_write_cache(BlockBackend *blk);
/* In bytes, and in sectors; or a negative errno. */
int64_t blk_getlength(BlockBackend *blk);
int64_t blk_nb_sectors(BlockBackend *blk);
/* Sectors; 0 without a medium. */
void blk_get_geometry(BlockBackend *blk, uint64_t *nb_sectors_ptr);
uint32_t blk_get_request_alignment(BlockBackend *blk);
/* The longest request in bytes, never 0; of pieces of memory, how many. */
uint32_t blk_get_max_transfer(BlockBackend *blk);
uint64_t blk_get_max_hw_transfer(BlockBackend *blk);
int blk_get_max_iov(BlockBackend *blk);
int blk_get_max_hw_iov(BlockBackend *blk);
int blk_get_flags(BlockBackend *blk);
/* A buffer that need not be copied; free with qemu_vfree().  _try_: or NULL */
void *blk_try_blockalign(BlockBackend *blk, size_t size);
void *blk_blockalign(BlockBackend *blk, size_t size);

/* Requests come in a row, until unplug: they may be sent together.  They nest. */
void blk_io_plug(BlockBackend *blk);
void blk_io_unplug(BlockBackend *blk);

/* Something of the device's that blk_drain() waits for */
void blk_inc_in_flight(BlockBackend *blk);
void blk_dec_in_flight(BlockBackend *blk);

/* Errors */

BlockdevOnError blk_get_on_error(BlockBackend *blk, bool is_read);
/* What the policy (werror=, rerror=) says to do about errno @error. */
BlockErrorAction blk_get_error_action(BlockBackend *blk, bool is_read,
                                      int error);
/* Do it: the event BLOCK_IO_ERROR, and with STOP the machine stops. */
void blk_error_action(BlockBackend *blk, BlockErrorAction action,
                      bool is_read, int error);

#endif
