/*
 * scsi-hd: blocks that are given back, or filled: UNMAP, WRITE SAME (SBC-3).
 *
 * One command may mean many requests to the back end, one after the other: a
 * descriptor of UNMAP each, a buffer of the repeated block each.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/cutils.h"
#include "qemu/memalign.h"
#include "scsi-disk-int.h"
#include "scsi/constants.h"
#include "trace.h"

/* UNMAP */

#define UNMAP_HEADER        8
#define UNMAP_DESCRIPTOR    16

/* What is left to do; it owns a reference to @r. */
typedef struct UnmapCBData {
    SCSIDiskReq *r;
    const uint8_t *inbuf;
    int count;
} UnmapCBData;

static void scsi_unmap_finish(UnmapCBData *data)
{
    scsi_req_unref(&data->r->req);
    g_free(data);
}

static void scsi_unmap_complete(void *opaque, int ret);

/* Start the next descriptor's, or end it. */
static void scsi_unmap_next(UnmapCBData *data)
{
    SCSIDiskReq *r = data->r;
    SCSIDiskState *s = SCSI_DISK_BASE(r->req.dev);
    BlockBackend *blk = s->qdev.conf.blk;
    uint64_t lba, nb_blocks;

    if (data->count == 0) {
        scsi_req_complete(&r->req, GOOD);
        scsi_unmap_finish(data);
        return;
    }
    lba = ldq_be_p(&data->inbuf[0]);
    nb_blocks = (uint32_t)ldl_be_p(&data->inbuf[8]);
    if (!check_lba_range(s, lba, nb_blocks)) {
        block_acct_invalid(blk_get_stats(blk), BLOCK_ACCT_UNMAP);
        scsi_check_condition(r, SENSE_CODE(LBA_OUT_OF_RANGE));
        scsi_unmap_finish(data);
        return;
    }
    data->inbuf += UNMAP_DESCRIPTOR;
    data->count--;

    assert(!r->req.aiocb);
    block_acct_start(blk_get_stats(blk), &r->acct,
                     nb_blocks * s->qdev.blocksize, BLOCK_ACCT_UNMAP);
    r->req.aiocb = blk_aio_pdiscard(blk, lba * s->qdev.blocksize,
                                    nb_blocks * s->qdev.blocksize,
                                    scsi_unmap_complete, data);
}

static void scsi_unmap_complete(void *opaque, int ret)
{
    UnmapCBData *data = opaque;
    SCSIDiskReq *r = data->r;
    BlockBackend *blk = r->req.dev->conf.blk;
    AioContext *ctx = blk_get_aio_context(blk);

    aio_context_acquire(ctx);
    assert(r->req.aiocb);
    r->req.aiocb = NULL;
    /* A retry begins again with the first descriptor, which does no harm. */
    if (scsi_disk_req_check_error(r, ret, true)) {
        scsi_unmap_finish(data);
    } else {
        block_acct_done(blk_get_stats(blk), &r->acct);
        scsi_unmap_next(data);
    }
    aio_context_release(ctx);
}

void scsi_disk_emulate_unmap(SCSIDiskReq *r, uint8_t *inbuf)
{
    BlockBackend *blk = r->req.dev->conf.blk;
    int len = r->req.cmd.xfer;
    UnmapCBData *data;

    /* ANCHOR */
    if (r->req.cmd.buf[1] & 1) {
        scsi_check_condition(r, SENSE_CODE(INVALID_FIELD));
        return;
    }
    if (len < UNMAP_HEADER || len < lduw_be_p(&inbuf[0]) + 2 ||
        len < lduw_be_p(&inbuf[2]) + UNMAP_HEADER ||
        lduw_be_p(&inbuf[2]) % UNMAP_DESCRIPTOR) {
        scsi_check_condition(r, SENSE_CODE(INVALID_PARAM_LEN));
        return;
    }
    if (!blk_is_writable(blk)) {
        block_acct_invalid(blk_get_stats(blk), BLOCK_ACCT_UNMAP);
        scsi_check_condition(r, SENSE_CODE(WRITE_PROTECTED));
        return;
    }

    data = g_new0(UnmapCBData, 1);
    data->r = r;
    data->inbuf = inbuf + UNMAP_HEADER;
    data->count = lduw_be_p(&inbuf[2]) / UNMAP_DESCRIPTOR;
    scsi_req_ref(&r->req);
    scsi_unmap_next(data);
}

/* WRITE SAME */

#define SCSI_WRITE_SAME_MAX (512 * KiB)

#define WRITE_SAME_NDOB     0x01    /* no data: zeroes */
#define WRITE_SAME_UNMAP    0x08
#define WRITE_SAME_REFUSED  0x16    /* ANCHOR, PBDATA, LBDATA */

typedef struct WriteSameCBData {
    SCSIDiskReq *r;
    uint64_t offset;
    uint64_t bytes;             /* left */
    QEMUIOVector qiov;
    struct iovec iov;           /* many copies of the block */
} WriteSameCBData;

static void scsi_write_same_finish(WriteSameCBData *data)
{
    scsi_req_unref(&data->r->req);
    qemu_vfree(data->iov.iov_base);
    g_free(data);
}

static void scsi_write_same_complete(void *opaque, int ret);

static void scsi_write_same_next(WriteSameCBData *data)
{
    SCSIDiskReq *r = data->r;
    BlockBackend *blk = r->req.dev->conf.blk;

    if (data->bytes == 0) {
        scsi_req_complete(&r->req, GOOD);
        scsi_write_same_finish(data);
        return;
    }
    data->iov.iov_len = MIN(data->bytes, data->iov.iov_len);
    qemu_iovec_init_external(&data->qiov, &data->iov, 1);

    assert(!r->req.aiocb);
    block_acct_start(blk_get_stats(blk), &r->acct, data->iov.iov_len,
                     BLOCK_ACCT_WRITE);
    r->req.aiocb = blk_aio_pwritev(blk, data->offset, &data->qiov, 0,
                                   scsi_write_same_complete, data);
}

static void scsi_write_same_complete(void *opaque, int ret)
{
    WriteSameCBData *data = opaque;
    SCSIDiskReq *r = data->r;
    BlockBackend *blk = r->req.dev->conf.blk;
    AioContext *ctx = blk_get_aio_context(blk);

    aio_context_acquire(ctx);
    assert(r->req.aiocb);
    r->req.aiocb = NULL;
    if (scsi_disk_req_check_error(r, ret, true)) {
        scsi_write_same_finish(data);
    } else {
        block_acct_done(blk_get_stats(blk), &r->acct);
        data->offset += data->iov.iov_len;
        data->bytes -= data->iov.iov_len;
        scsi_write_same_next(data);
    }
    aio_context_release(ctx);
}

/* As many copies of the block as fit, or as are needed. */
static void scsi_write_same_fill(WriteSameCBData *data, const uint8_t *block,
                                 int blocksize)
{
    uint8_t *buf;

    data->iov.iov_len = MIN(data->bytes,
                            QEMU_ALIGN_DOWN(SCSI_WRITE_SAME_MAX, blocksize));
    buf = blk_blockalign(data->r->req.dev->conf.blk, data->iov.iov_len);
    for (size_t i = 0; i < data->iov.iov_len; i += blocksize) {
        memcpy(buf + i, block, blocksize);
    }
    data->iov.iov_base = buf;
}

void scsi_disk_emulate_write_same(SCSIDiskReq *r, uint8_t *inbuf)
{
    SCSIRequest *req = &r->req;
    SCSIDiskState *s = SCSI_DISK_BASE(req->dev);
    BlockBackend *blk = s->qdev.conf.blk;
    uint64_t nb_blocks = scsi_data_cdb_xfer(req->cmd.buf);
    int blocksize = s->qdev.blocksize;
    bool ndob = req->cmd.buf[1] & WRITE_SAME_NDOB;
    WriteSameCBData *data;

    /* A MODE SELECT may have changed what a block is since it was parsed. */
    if (nb_blocks == 0 || (req->cmd.buf[1] & WRITE_SAME_REFUSED) ||
        (!ndob && req->cmd.xfer != blocksize)) {
        scsi_check_condition(r, SENSE_CODE(INVALID_FIELD));
        return;
    }
    if (!blk_is_writable(blk)) {
        block_acct_invalid(blk_get_stats(blk), BLOCK_ACCT_WRITE);
        scsi_check_condition(r, SENSE_CODE(WRITE_PROTECTED));
        return;
    }
    if (!check_lba_range(s, req->cmd.lba, nb_blocks)) {
        block_acct_invalid(blk_get_stats(blk), BLOCK_ACCT_WRITE);
        scsi_check_condition(r, SENSE_CODE(LBA_OUT_OF_RANGE));
        return;
    }

    if (ndob || buffer_is_zero(inbuf, blocksize)) {
        int flags = req->cmd.buf[1] & WRITE_SAME_UNMAP ? BDRV_REQ_MAY_UNMAP : 0;

        scsi_disk_start_aio(r, nb_blocks * blocksize, BLOCK_ACCT_WRITE);
        req->aiocb = blk_aio_pwrite_zeroes(blk, req->cmd.lba * blocksize,
                                           nb_blocks * blocksize, flags,
                                           scsi_aio_complete, r);
        return;
    }

    data = g_new0(WriteSameCBData, 1);
    data->r = r;
    data->offset = req->cmd.lba * blocksize;
    data->bytes = nb_blocks * blocksize;
    trace_scsi_disk_emulate_command_WRITE_SAME(req->cmd.lba, nb_blocks);
    scsi_write_same_fill(data, inbuf, blocksize);
    scsi_req_ref(req);
    scsi_write_same_next(data);
}
