/*
 * scsi-hd and scsi-cd: commands that are answered out of a buffer.
 *
 * All but reading and writing.  The answer is put together at once; a command
 * that brings data is done when the data is there.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "migration/qemu-file-types.h"
#include "qemu/bswap.h"
#include "qemu/memalign.h"
#include "scsi-disk-int.h"
#include "scsi/constants.h"
#include "trace.h"

/* More of an answer or a parameter list nobody needs. */
#define SCSI_DISK_MAX_XFER  65536

static int scsi_disk_read_capacity_10(SCSIDiskReq *r, uint8_t *outbuf)
{
    SCSIDiskState *s = SCSI_DISK_BASE(r->req.dev);
    uint64_t nb_blocks = scsi_disk_nb_blocks(s);

    if (!nb_blocks) {
        scsi_check_condition(r, SENSE_CODE(LUN_NOT_READY));
        return -1;
    }
    /* PMI asks for the last block before a delay; without it, no address. */
    if (!(r->req.cmd.buf[8] & 1) && r->req.cmd.lba) {
        return -1;
    }
    /* The guest knows the length now. */
    s->qdev.max_lba = nb_blocks - 1;
    stl_be_p(&outbuf[0], MIN(nb_blocks - 1, UINT32_MAX));
    stl_be_p(&outbuf[4], s->qdev.blocksize);
    return 8;
}

static int scsi_disk_service_action_in(SCSIDiskReq *r, uint8_t *outbuf)
{
    SCSIDiskState *s = SCSI_DISK_BASE(r->req.dev);
    uint64_t nb_blocks;

    if ((r->req.cmd.buf[1] & 31) != SAI_READ_CAPACITY_16) {
        return -1;
    }
    nb_blocks = scsi_disk_nb_blocks(s);
    if (!nb_blocks) {
        scsi_check_condition(r, SENSE_CODE(LUN_NOT_READY));
        return -1;
    }
    if (!(r->req.cmd.buf[14] & 1) && r->req.cmd.lba) {
        return -1;
    }
    s->qdev.max_lba = nb_blocks - 1;
    stq_be_p(&outbuf[0], nb_blocks - 1);
    stl_be_p(&outbuf[8], s->qdev.blocksize);
    outbuf[13] = get_physical_block_exp(&s->qdev.conf);
    if (s->qdev.conf.discard_granularity) {
        outbuf[14] = 0x80;          /* blocks can be given back */
    }
    return 32;
}

/* RESERVE, RELEASE: of the whole unit, by the one that there is. */
static int scsi_disk_reserve(const uint8_t *cdb, uint8_t refused)
{
    return cdb[1] & refused ? -1 : 0;
}

/* The answer's length; -1: refuse it, if it has not been completed. */
static int scsi_disk_answer(SCSIDiskReq *r, uint8_t *outbuf)
{
    SCSIRequest *req = &r->req;
    SCSIDiskState *s = SCSI_DISK_BASE(req->dev);
    uint8_t *cdb = req->cmd.buf;

    switch (cdb[0]) {
    case TEST_UNIT_READY:
    case MODE_SELECT:
    case MODE_SELECT_10:
    case UNMAP:
    case WRITE_SAME_10:
    case WRITE_SAME_16:
    case FORMAT_UNIT:
        /* Nothing to say, or not yet. */
        return 0;
    case INQUIRY:
        return scsi_disk_emulate_inquiry(req, outbuf);
    case MODE_SENSE:
    case MODE_SENSE_10:
        return scsi_disk_emulate_mode_sense(r, outbuf);
    case READ_TOC:
        return scsi_disk_emulate_read_toc(req, outbuf);
    case RESERVE:
    case RELEASE:
        return scsi_disk_reserve(cdb, 1);
    case RESERVE_10:
    case RELEASE_10:
        return scsi_disk_reserve(cdb, 3);
    case START_STOP:
        return scsi_disk_emulate_start_stop(r);
    case ALLOW_MEDIUM_REMOVAL:
        scsi_disk_lock_tray(s, cdb[4] & 1);
        return 0;
    case READ_CAPACITY_10:
        return scsi_disk_read_capacity_10(r, outbuf);
    case SERVICE_ACTION_IN_16:
        return scsi_disk_service_action_in(r, outbuf);
    case REQUEST_SENSE:
        /* If there were any, scsi-target.c would have answered. */
        return scsi_convert_sense(NULL, 0, outbuf, r->buflen, !(cdb[1] & 1));
    case MECHANISM_STATUS:
        return scsi_emulate_mechanism_status(s, outbuf);
    case GET_CONFIGURATION:
        return scsi_get_configuration(s, outbuf);
    case GET_EVENT_STATUS_NOTIFICATION:
        return scsi_get_event_status_notification(s, r, outbuf);
    case READ_DISC_INFORMATION:
        return scsi_read_disc_information(s, r, outbuf);
    case READ_DVD_STRUCTURE:
        return scsi_read_dvd_structure(s, r, outbuf);
    case SEEK_10:
        if (req->cmd.lba > s->qdev.max_lba) {
            scsi_check_condition(r, SENSE_CODE(LBA_OUT_OF_RANGE));
            return -1;
        }
        return 0;
    case VERIFY_10:
    case VERIFY_12:
    case VERIFY_16:
        /* BYTCHK: nothing is compared with what the guest sends. */
        return cdb[1] & 6 ? -1 : 0;
    default:
        trace_scsi_disk_emulate_command_UNKNOWN(cdb[0],
                                                scsi_command_name(cdb[0]));
        scsi_check_condition(r, SENSE_CODE(INVALID_OPCODE));
        return -1;
    }
}

/* Those that are answered without a medium. */
static bool scsi_disk_needs_medium(const uint8_t *cdb)
{
    switch (cdb[0]) {
    case INQUIRY:
    case MODE_SENSE:
    case MODE_SENSE_10:
    case RESERVE:
    case RESERVE_10:
    case RELEASE:
    case RELEASE_10:
    case START_STOP:
    case ALLOW_MEDIUM_REMOVAL:
    case GET_CONFIGURATION:
    case GET_EVENT_STATUS_NOTIFICATION:
    case MECHANISM_STATUS:
    case REQUEST_SENSE:
        return false;
    default:
        return true;
    }
}

static int32_t scsi_disk_emulate_command(SCSIRequest *req, uint8_t *buf)
{
    SCSIDiskReq *r = DO_UPCAST(SCSIDiskReq, req, req);
    BlockBackend *blk = req->dev->conf.blk;
    int len;

    if (scsi_disk_needs_medium(buf) && !blk_is_available(blk)) {
        scsi_check_condition(r, SENSE_CODE(NO_MEDIUM));
        return 0;
    }
    if (buf[0] == SYNCHRONIZE_CACHE) {
        scsi_disk_start_aio(r, 0, BLOCK_ACCT_FLUSH);
        req->aiocb = blk_aio_flush(blk, scsi_aio_complete, r);
        return 0;
    }
    if ((buf[0] == WRITE_SAME_10 || buf[0] == WRITE_SAME_16) &&
        req->cmd.mode == SCSI_XFER_NONE) {
        scsi_disk_emulate_write_same(r, NULL);
        return 0;
    }

    if (req->cmd.xfer > SCSI_DISK_MAX_XFER) {
        scsi_check_condition(r, SENSE_CODE(INVALID_FIELD));
        return 0;
    }
    if (!r->iov.iov_base) {
        r->buflen = MAX(SCSI_DISK_MIN_BUF, req->cmd.xfer);
        r->iov.iov_base = blk_blockalign(blk, r->buflen);
    }
    memset(r->iov.iov_base, 0, r->buflen);

    len = scsi_disk_answer(r, r->iov.iov_base);
    if (req->status != -1) {
        return 0;
    }
    if (len < 0) {
        scsi_check_condition(r, SENSE_CODE(INVALID_FIELD));
        return 0;
    }

    /* What was asked for beyond the answer is zeroes. */
    r->iov.iov_len = req->cmd.xfer;
    if (r->iov.iov_len == 0) {
        scsi_req_complete(req, GOOD);
        return 0;
    }
    return req->cmd.mode == SCSI_XFER_TO_DEV ? -(int32_t)req->cmd.xfer
                                             : (int32_t)req->cmd.xfer;
}

static void scsi_disk_emulate_read_data(SCSIRequest *req)
{
    SCSIDiskReq *r = DO_UPCAST(SCSIDiskReq, req, req);
    int buflen = r->iov.iov_len;

    if (buflen) {
        trace_scsi_disk_emulate_read_data(buflen);
        r->iov.iov_len = 0;
        r->started = true;
        scsi_req_data(req, buflen);
        return;
    }
    scsi_req_complete(req, GOOD);
}

static void scsi_disk_emulate_write_data(SCSIRequest *req)
{
    SCSIDiskReq *r = DO_UPCAST(SCSIDiskReq, req, req);
    uint8_t *inbuf = r->iov.iov_base;
    int buflen = r->iov.iov_len;

    if (!inbuf) {
        /* It has come by a stream. */
        if (scsi_disk_emulate_command(req, req->cmd.buf)) {
            scsi_disk_emulate_write_data(req);
        }
        return;
    }
    if (buflen) {
        trace_scsi_disk_emulate_write_data(buflen);
        r->iov.iov_len = 0;
        scsi_req_data(req, buflen);
        return;
    }

    switch (req->cmd.buf[0]) {
    case MODE_SELECT:
    case MODE_SELECT_10:
        scsi_disk_emulate_mode_select(r, inbuf);
        break;
    case UNMAP:
        scsi_disk_emulate_unmap(r, inbuf);
        break;
    case WRITE_SAME_10:
    case WRITE_SAME_16:
        scsi_disk_emulate_write_same(r, inbuf);
        break;
    default:
        /* FORMAT UNIT, which has nothing to do. */
        scsi_req_complete(req, GOOD);
        break;
    }
}

/*
 * Migration: the command begins anew there, with data that it takes from the
 * guest's memory again; the stream has a place for a buffer all the same.
 */

static void scsi_disk_emulate_save_request(QEMUFile *f, SCSIRequest *req)
{
    SCSIDiskReq *r = DO_UPCAST(SCSIDiskReq, req, req);
    uint32_t len = r->iov.iov_len;

    qemu_put_be64s(f, &r->sector);
    qemu_put_be32s(f, &r->sector_count);
    qemu_put_be32s(f, &r->buflen);
    if (r->buflen && req->cmd.mode != SCSI_XFER_TO_DEV && !req->retry) {
        qemu_put_be32s(f, &len);
        qemu_put_buffer(f, r->iov.iov_base, len);
    }
}

static void scsi_disk_emulate_load_request(QEMUFile *f, SCSIRequest *req)
{
    SCSIDiskReq *r = DO_UPCAST(SCSIDiskReq, req, req);
    uint32_t buflen, len;

    qemu_get_be64s(f, &r->sector);
    qemu_get_be32s(f, &r->sector_count);
    qemu_get_be32s(f, &buflen);
    if (!buflen || req->cmd.mode == SCSI_XFER_TO_DEV || req->retry) {
        return;
    }
    r->buflen = MAX(SCSI_DISK_MIN_BUF, MIN(req->cmd.xfer, SCSI_DISK_MAX_XFER));
    r->iov.iov_base = blk_blockalign(req->dev->conf.blk, r->buflen);
    qemu_get_be32s(f, &len);
    r->iov.iov_len = MIN(len, r->buflen);
    qemu_get_buffer(f, r->iov.iov_base, r->iov.iov_len);
}

static uint8_t *scsi_disk_emulate_get_buf(SCSIRequest *req)
{
    return DO_UPCAST(SCSIDiskReq, req, req)->iov.iov_base;
}

static void scsi_disk_emulate_free_req(SCSIRequest *req)
{
    qemu_vfree(DO_UPCAST(SCSIDiskReq, req, req)->iov.iov_base);
}

const SCSIReqOps scsi_disk_emulate_reqops = {
    .size         = sizeof(SCSIDiskReq),
    .free_req     = scsi_disk_emulate_free_req,
    .send_command = scsi_disk_emulate_command,
    .read_data    = scsi_disk_emulate_read_data,
    .write_data   = scsi_disk_emulate_write_data,
    .get_buf      = scsi_disk_emulate_get_buf,
    .save_request = scsi_disk_emulate_save_request,
    .load_request = scsi_disk_emulate_load_request,
};
