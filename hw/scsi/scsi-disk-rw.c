/*
 * scsi-hd and scsi-cd: READ, WRITE and their kin.
 *
 * With a scatter-gather list of the HBA's the whole request is one dma_blk_io().
 * Without, it goes through a buffer of SCSI_DMA_BUF_SIZE, piece by piece:
 *
 *     read    preadv -> scsi_req_data -> (HBA takes it) -> scsi_req_continue -> …
 *     write   scsi_req_data -> (HBA fills it) -> scsi_req_continue -> pwritev -> …
 *
 * FUA ("not from, and not only to, a cache") is a flush before a read, and after a
 * write.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "migration/qemu-file-types.h"
#include "qemu/memalign.h"
#include "scsi-disk-int.h"
#include "scsi/constants.h"
#include "trace.h"

#define SCSI_DMA_BUF_SIZE   (128 * KiB)

/* I/O as it is done for this device: SCSIDiskClass dma_readv, dma_writev */

BlockAIOCB *scsi_dma_readv(int64_t offset, QEMUIOVector *iov,
                           BlockCompletionFunc *cb, void *cb_opaque,
                           void *opaque)
{
    SCSIDiskReq *r = opaque;

    return blk_aio_preadv(r->req.dev->conf.blk, offset, iov, 0, cb, cb_opaque);
}

BlockAIOCB *scsi_dma_writev(int64_t offset, QEMUIOVector *iov,
                            BlockCompletionFunc *cb, void *cb_opaque,
                            void *opaque)
{
    SCSIDiskReq *r = opaque;

    return blk_aio_pwritev(r->req.dev->conf.blk, offset, iov, 0, cb,
                           cb_opaque);
}

bool scsi_is_cmd_fua(SCSICommand *cmd)
{
    switch (cmd->buf[0]) {
    case READ_10:
    case READ_12:
    case READ_16:
    case WRITE_10:
    case WRITE_12:
    case WRITE_16:
        return cmd->buf[1] & 8;
    case VERIFY_10:
    case VERIFY_12:
    case VERIFY_16:
    case WRITE_VERIFY_10:
    case WRITE_VERIFY_12:
    case WRITE_VERIFY_16:
        return true;
    default:
        return false;
    }
}

/* The next piece */

static void scsi_init_iovec(SCSIDiskReq *r, uint32_t size)
{
    if (!r->iov.iov_base) {
        r->buflen = size;
        r->iov.iov_base = blk_blockalign(r->req.dev->conf.blk, size);
    }
    r->iov.iov_len = MIN((uint64_t)r->sector_count * BDRV_SECTOR_SIZE,
                         r->buflen);
    qemu_iovec_init_external(&r->qiov, &r->iov, 1);
}

static void scsi_disk_advance(SCSIDiskReq *r, uint64_t bytes)
{
    r->sector += bytes / BDRV_SECTOR_SIZE;
    r->sector_count -= bytes / BDRV_SECTOR_SIZE;
}

/* The I/O of a request has ended: the other half of scsi_disk_start_aio(). */
static bool scsi_disk_end_aio(SCSIDiskReq *r, int ret)
{
    assert(r->req.aiocb);
    r->req.aiocb = NULL;
    if (scsi_disk_req_check_error(r, ret, true)) {
        return false;
    }
    if (ret >= 0) {
        block_acct_done(blk_get_stats(r->req.dev->conf.blk), &r->acct);
    } else {
        block_acct_failed(blk_get_stats(r->req.dev->conf.blk), &r->acct);
    }
    return true;
}

/* The medium has gone since the command came. */
static void scsi_disk_no_medium(SCSIDiskReq *r)
{
    if (!scsi_disk_req_check_error(r, -ENOMEDIUM, false)) {
        scsi_req_complete(&r->req, GOOD);       /* rerror=ignore */
    }
}

/* With a list: both ways */

static void scsi_write_do_fua(SCSIDiskReq *r)
{
    BlockBackend *blk = r->req.dev->conf.blk;

    if (r->need_fua_emulation) {
        scsi_disk_start_aio(r, 0, BLOCK_ACCT_FLUSH);
        r->req.aiocb = blk_aio_flush(blk, scsi_aio_complete, r);
        return;
    }
    scsi_req_complete(&r->req, GOOD);
}

static void scsi_dma_complete(void *opaque, int ret)
{
    SCSIDiskReq *r = opaque;
    AioContext *ctx = blk_get_aio_context(r->req.dev->conf.blk);

    aio_context_acquire(ctx);
    if (scsi_disk_end_aio(r, ret)) {
        r->req.residual -= r->req.sg->size;
        r->sector += r->sector_count;
        r->sector_count = 0;
        if (r->req.cmd.mode == SCSI_XFER_TO_DEV) {
            scsi_write_do_fua(r);
        } else {
            scsi_req_complete(&r->req, GOOD);
        }
    }
    scsi_req_unref(&r->req);
    aio_context_release(ctx);
}

static void scsi_disk_dma(SCSIDiskReq *r, DMAIOFunc *io_func,
                          enum BlockAcctType type, DMADirection dir)
{
    BlockBackend *blk = r->req.dev->conf.blk;

    scsi_disk_start_aio(r, r->req.sg->size, type);
    r->req.aiocb = dma_blk_io(blk_get_aio_context(blk), r->req.sg,
                              r->sector << BDRV_SECTOR_BITS, BDRV_SECTOR_SIZE,
                              io_func, r, scsi_dma_complete, r, dir);
}

/* Reading */

static void scsi_read_complete(void *opaque, int ret)
{
    SCSIDiskReq *r = opaque;
    AioContext *ctx = blk_get_aio_context(r->req.dev->conf.blk);

    aio_context_acquire(ctx);
    if (scsi_disk_end_aio(r, ret)) {
        trace_scsi_disk_read_complete(r->req.tag, r->qiov.size);
        if (ret < 0) {
            /* rerror=ignore: nothing was read, and the buffer is old memory. */
            memset(r->iov.iov_base, 0, r->qiov.size);
        }
        scsi_disk_advance(r, r->qiov.size);
        scsi_req_data(&r->req, r->qiov.size);
    }
    scsi_req_unref(&r->req);
    aio_context_release(ctx);
}

static void scsi_do_read(SCSIDiskReq *r)
{
    SCSIDiskClass *sdc = SCSI_DISK_BASE_GET_CLASS(r->req.dev);

    if (r->req.sg) {
        scsi_disk_dma(r, sdc->dma_readv, BLOCK_ACCT_READ,
                      DMA_DIRECTION_FROM_DEVICE);
        return;
    }
    scsi_init_iovec(r, SCSI_DMA_BUF_SIZE);
    scsi_disk_start_aio(r, r->qiov.size, BLOCK_ACCT_READ);
    r->req.aiocb = sdc->dma_readv(r->sector << BDRV_SECTOR_BITS, &r->qiov,
                                  scsi_read_complete, r, r);
}

/* The flush before it. */
static void scsi_do_read_cb(void *opaque, int ret)
{
    SCSIDiskReq *r = opaque;
    AioContext *ctx = blk_get_aio_context(r->req.dev->conf.blk);

    aio_context_acquire(ctx);
    if (scsi_disk_end_aio(r, ret)) {
        r->started = true;
        scsi_do_read(r);
    }
    scsi_req_unref(&r->req);
    aio_context_release(ctx);
}

/* Called by scsi_req_continue(). */
static void scsi_read_data(SCSIRequest *req)
{
    SCSIDiskReq *r = DO_UPCAST(SCSIDiskReq, req, req);
    BlockBackend *blk = req->dev->conf.blk;

    trace_scsi_disk_read_data_count(r->sector_count);
    if (r->sector_count == 0) {
        scsi_req_complete(req, GOOD);
        return;
    }
    assert(!req->aiocb);

    if (!blk_is_available(blk)) {
        scsi_disk_no_medium(r);
        return;
    }
    if (!r->started && r->need_fua_emulation) {
        scsi_disk_start_aio(r, 0, BLOCK_ACCT_FLUSH);
        req->aiocb = blk_aio_flush(blk, scsi_do_read_cb, r);
        return;
    }
    r->started = true;
    scsi_do_read(r);
}

/* Writing */

/* Ask the HBA for the next piece, or be done. */
static void scsi_disk_next_write(SCSIDiskReq *r)
{
    if (r->sector_count == 0) {
        scsi_write_do_fua(r);
        return;
    }
    scsi_init_iovec(r, SCSI_DMA_BUF_SIZE);
    trace_scsi_disk_write_complete(r->req.tag, r->qiov.size);
    scsi_req_data(&r->req, r->qiov.size);
}

static void scsi_write_complete(void *opaque, int ret)
{
    SCSIDiskReq *r = opaque;
    AioContext *ctx = blk_get_aio_context(r->req.dev->conf.blk);

    aio_context_acquire(ctx);
    if (scsi_disk_end_aio(r, ret)) {
        scsi_disk_advance(r, r->qiov.size);
        scsi_disk_next_write(r);
    }
    scsi_req_unref(&r->req);
    aio_context_release(ctx);
}

/* Called by scsi_req_continue(): the HBA has filled the piece, if there is one. */
static void scsi_write_data(SCSIRequest *req)
{
    SCSIDiskReq *r = DO_UPCAST(SCSIDiskReq, req, req);
    SCSIDiskClass *sdc = SCSI_DISK_BASE_GET_CLASS(req->dev);
    BlockBackend *blk = req->dev->conf.blk;

    assert(!req->aiocb);
    if (r->sector_count == 0) {
        /* A retry: what failed was the flush behind it. */
        scsi_write_do_fua(r);
        return;
    }
    if (!req->sg && !r->qiov.size) {
        r->started = true;
        scsi_disk_next_write(r);
        return;
    }
    if (!blk_is_available(blk)) {
        scsi_disk_no_medium(r);
        return;
    }
    r->started = true;
    if (req->sg) {
        scsi_disk_dma(r, sdc->dma_writev, BLOCK_ACCT_WRITE,
                      DMA_DIRECTION_TO_DEVICE);
        return;
    }
    scsi_disk_start_aio(r, r->qiov.size, BLOCK_ACCT_WRITE);
    req->aiocb = sdc->dma_writev(r->sector << BDRV_SECTOR_BITS, &r->qiov,
                                 scsi_write_complete, r, r);
}

/* Commands */

static bool scsi_disk_is_write(const SCSICommand *cmd)
{
    switch (cmd->buf[0]) {
    case WRITE_6:
    case WRITE_10:
    case WRITE_12:
    case WRITE_16:
    case WRITE_VERIFY_10:
    case WRITE_VERIFY_12:
    case WRITE_VERIFY_16:
        return true;
    default:
        return false;
    }
}

static int32_t scsi_disk_dma_command(SCSIRequest *req, uint8_t *buf)
{
    SCSIDiskReq *r = DO_UPCAST(SCSIDiskReq, req, req);
    SCSIDiskState *s = SCSI_DISK_BASE(req->dev);
    SCSIDiskClass *sdc = SCSI_DISK_BASE_GET_CLASS(s);
    uint64_t per_block = scsi_disk_sectors_per_block(s);
    uint32_t len = scsi_data_cdb_xfer(buf);
    bool is_write = scsi_disk_is_write(&req->cmd);

    if (!blk_is_available(s->qdev.conf.blk)) {
        scsi_check_condition(r, SENSE_CODE(NO_MEDIUM));
        return 0;
    }
    if (is_write && !blk_is_writable(s->qdev.conf.blk)) {
        scsi_check_condition(r, SENSE_CODE(WRITE_PROTECTED));
        return 0;
    }
    /* RDPROTECT, WRPROTECT: no protection information.  SCSI-2 has LUNs there. */
    if (s->qdev.scsi_version > 2 && scsi_cdb_length(buf) != 6 &&
        (buf[1] & 0xe0)) {
        scsi_check_condition(r, SENSE_CODE(INVALID_FIELD));
        return 0;
    }
    /* A MODE SELECT since then has changed what a block is. */
    if (req->cmd.xfer != (uint64_t)len * s->qdev.blocksize) {
        scsi_check_condition(r, SENSE_CODE(INVALID_FIELD));
        return 0;
    }
    trace_scsi_disk_dma_command(is_write ? "write" : "read", req->cmd.lba, len);
    if (!check_lba_range(s, req->cmd.lba, len)) {
        block_acct_invalid(blk_get_stats(s->qdev.conf.blk),
                           is_write ? BLOCK_ACCT_WRITE : BLOCK_ACCT_READ);
        scsi_check_condition(r, SENSE_CODE(LBA_OUT_OF_RANGE));
        return 0;
    }

    r->sector = req->cmd.lba * per_block;
    r->sector_count = len * per_block;
    r->need_fua_emulation = sdc->need_fua_emulation(&req->cmd);
    if (r->sector_count == 0) {
        scsi_req_complete(req, GOOD);
        return 0;
    }
    return is_write ? -(int32_t)req->cmd.xfer : (int32_t)req->cmd.xfer;
}

static uint8_t *scsi_get_buf(SCSIRequest *req)
{
    return DO_UPCAST(SCSIDiskReq, req, req)->iov.iov_base;
}

static void scsi_free_request(SCSIRequest *req)
{
    qemu_vfree(DO_UPCAST(SCSIDiskReq, req, req)->iov.iov_base);
}

/* Migration */

static void scsi_disk_save_request(QEMUFile *f, SCSIRequest *req)
{
    SCSIDiskReq *r = DO_UPCAST(SCSIDiskReq, req, req);
    uint32_t len = r->iov.iov_len;

    qemu_put_be64s(f, &r->sector);
    qemu_put_be32s(f, &r->sector_count);
    qemu_put_be32s(f, &r->buflen);
    if (!r->buflen) {
        return;
    }
    if (req->cmd.mode == SCSI_XFER_TO_DEV) {
        qemu_put_buffer(f, r->iov.iov_base, len);
    } else if (!req->retry) {
        qemu_put_be32s(f, &len);
        qemu_put_buffer(f, r->iov.iov_base, len);
    }
}

/* What cannot be in a stream of ours ends as a read or write does that fails. */
static void scsi_disk_load_request(QEMUFile *f, SCSIRequest *req)
{
    SCSIDiskReq *r = DO_UPCAST(SCSIDiskReq, req, req);
    SCSIDiskState *s = SCSI_DISK_BASE(req->dev);
    SCSIDiskClass *sdc = SCSI_DISK_BASE_GET_CLASS(s);
    uint32_t buflen, len;

    qemu_get_be64s(f, &r->sector);
    qemu_get_be32s(f, &r->sector_count);
    qemu_get_be32s(f, &buflen);
    r->sector_count = MIN(r->sector_count, req->cmd.xfer / BDRV_SECTOR_SIZE);
    r->need_fua_emulation = sdc->need_fua_emulation(&req->cmd);
    r->started = true;
    if (!buflen) {
        return;
    }
    scsi_init_iovec(r, SCSI_DMA_BUF_SIZE);
    if (req->cmd.mode == SCSI_XFER_TO_DEV) {
        qemu_get_buffer(f, r->iov.iov_base, r->iov.iov_len);
    } else if (!req->retry) {
        qemu_get_be32s(f, &len);
        r->iov.iov_len = MIN(len, r->buflen);
        qemu_get_buffer(f, r->iov.iov_base, r->iov.iov_len);
    }
    qemu_iovec_init_external(&r->qiov, &r->iov, 1);
}

const SCSIReqOps scsi_disk_dma_reqops = {
    .size         = sizeof(SCSIDiskReq),
    .free_req     = scsi_free_request,
    .send_command = scsi_disk_dma_command,
    .read_data    = scsi_read_data,
    .write_data   = scsi_write_data,
    .get_buf      = scsi_get_buf,
    .save_request = scsi_disk_save_request,
    .load_request = scsi_disk_load_request,
};
