/*
 * scsi-hd and scsi-cd: what becomes of an error.
 *
 * The host could not read or write.  rerror= and werror= say what then: the
 * guest is told (with sense data), or not, or the machine stops and the request
 * waits until the user has mended it and lets it go on (scsi_req_retry()).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "scsi-disk-int.h"
#include "scsi/constants.h"
#include "trace.h"

void scsi_check_condition(SCSIDiskReq *r, SCSISense sense)
{
    trace_scsi_disk_check_condition(r->req.tag, sense.key, sense.asc,
                                    sense.ascq);
    scsi_req_build_sense(&r->req, sense);
    scsi_req_complete(&r->req, CHECK_CONDITION);
}

static bool scsi_handle_rw_error(SCSIDiskReq *r, int ret, bool acct_failed)
{
    BlockBackend *blk = r->req.dev->conf.blk;
    bool is_read = r->req.cmd.mode == SCSI_XFER_FROM_DEV;
    BlockErrorAction action = blk_get_error_action(blk, is_read, -ret);
    SCSISense sense = SENSE_CODE(NO_SENSE);
    int status;

    blk_error_action(blk, action, is_read, -ret);
    switch (action) {
    case BLOCK_ERROR_ACTION_REPORT:
        if (acct_failed) {
            block_acct_failed(blk_get_stats(blk), &r->acct);
        }
        status = scsi_sense_from_errno(-ret, &sense);
        if (status == CHECK_CONDITION) {
            scsi_req_build_sense(&r->req, sense);
        }
        scsi_req_complete(&r->req, status);
        return true;
    case BLOCK_ERROR_ACTION_IGNORE:
        return false;
    case BLOCK_ERROR_ACTION_STOP:
        scsi_req_retry(&r->req);
        return true;
    default:
        g_assert_not_reached();
    }
}

bool scsi_disk_req_check_error(SCSIDiskReq *r, int ret, bool acct_failed)
{
    if (r->req.io_canceled) {
        scsi_req_cancel_complete(&r->req);
        return true;
    }
    return ret < 0 && scsi_handle_rw_error(r, ret, acct_failed);
}

void scsi_disk_start_aio(SCSIDiskReq *r, int64_t bytes,
                         enum BlockAcctType type)
{
    assert(!r->req.aiocb);
    block_acct_start(blk_get_stats(r->req.dev->conf.blk), &r->acct, bytes,
                     type);
    scsi_req_ref(&r->req);
}

void scsi_aio_complete(void *opaque, int ret)
{
    SCSIDiskReq *r = opaque;
    BlockBackend *blk = r->req.dev->conf.blk;
    AioContext *ctx = blk_get_aio_context(blk);

    aio_context_acquire(ctx);
    assert(r->req.aiocb);
    r->req.aiocb = NULL;
    if (!scsi_disk_req_check_error(r, ret, true)) {
        block_acct_done(blk_get_stats(blk), &r->acct);
        scsi_req_complete(&r->req, GOOD);
    }
    scsi_req_unref(&r->req);
    aio_context_release(ctx);
}
