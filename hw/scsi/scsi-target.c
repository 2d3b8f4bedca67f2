/*
 * SCSI: requests that are answered for a device.
 *
 * A target is more than its LUNs: it lists them, and answers for those that are
 * not there.  And a CDB that nobody can make sense of needs an answer, too.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/cutils.h"
#include "qemu/rcu.h"
#include "scsi-int.h"
#include "scsi/constants.h"

/* What cannot be */

static int32_t scsi_invalid_field(SCSIRequest *req, uint8_t *buf)
{
    scsi_req_build_sense(req, SENSE_CODE(INVALID_FIELD));
    scsi_req_complete(req, CHECK_CONDITION);
    return 0;
}

const SCSIReqOps reqops_invalid_field = {
    .size         = sizeof(SCSIRequest),
    .send_command = scsi_invalid_field,
};

static int32_t scsi_invalid_command(SCSIRequest *req, uint8_t *buf)
{
    scsi_req_build_sense(req, SENSE_CODE(INVALID_OPCODE));
    scsi_req_complete(req, CHECK_CONDITION);
    return 0;
}

const SCSIReqOps reqops_invalid_opcode = {
    .size         = sizeof(SCSIRequest),
    .send_command = scsi_invalid_command,
};

/* The target */

typedef struct SCSITargetReq {
    SCSIRequest req;
    int len;            /* bytes of buf that are still to go */
    uint8_t *buf;
    int buf_len;
} SCSITargetReq;

static void scsi_target_alloc_buf(SCSITargetReq *r, size_t len)
{
    assert(!r->buf);
    r->buf_len = len;
    r->buf = g_malloc0(len);
}

/* SAM-5, 4.7.7: up to 255 by its number, above with the method in front. */
static void store_lun(uint8_t *outbuf, int lun)
{
    stw_be_p(outbuf, lun < 256 ? lun : lun | 0x4000);
}

#define LUN_LIST_HEADER     8
#define LUN_ENTRY           8

static bool scsi_target_emulate_report_luns(SCSITargetReq *r)
{
    const SCSIDevice *self = r->req.dev;
    g_autoptr(GByteArray) list = g_byte_array_new();
    uint8_t entry[LUN_ENTRY] = { 0 };
    BusChild *kid;

    if (r->req.cmd.xfer < LUN_LIST_HEADER + LUN_ENTRY) {
        return false;
    }
    /* SELECT REPORT: well known LUNs alone are none that we have. */
    if (r->req.cmd.buf[2] > 2) {
        return false;
    }

    QEMU_BUILD_BUG_ON(LUN_LIST_HEADER != LUN_ENTRY);
    g_byte_array_append(list, entry, LUN_LIST_HEADER);
    /* LUN 0 answers always. */
    g_byte_array_append(list, entry, LUN_ENTRY);
    WITH_RCU_READ_LOCK_GUARD() {
        QTAILQ_FOREACH_RCU(kid, &r->req.bus->qbus.children, sibling) {
            SCSIDevice *dev = SCSI_DEVICE(kid->child);

            if (dev->channel == self->channel && dev->id == self->id &&
                dev->lun != 0 && qdev_is_realized(&dev->qdev)) {
                store_lun(entry, dev->lun);
                g_byte_array_append(list, entry, LUN_ENTRY);
            }
        }
    }

    scsi_target_alloc_buf(r, list->len);
    memcpy(r->buf, list->data, list->len);
    stl_be_p(r->buf, list->len - LUN_LIST_HEADER);
    r->len = MIN(list->len, r->req.cmd.xfer & ~7);

    scsi_clear_reported_luns_changed(&r->req);
    return true;
}

/*
 * Vital product data of a LUN that is not there: only the list of pages, with
 * nothing but itself in it, in QEMU's own short form.
 */
static bool scsi_target_emulate_vpd(SCSITargetReq *r)
{
    static const uint8_t pages[] = { 0x00, 0x00, 0x01, 0x00 };

    if (r->req.cmd.buf[2] != 0) {
        return false;
    }
    r->len = MIN(r->req.cmd.xfer, sizeof(pages));
    memcpy(r->buf, pages, r->len);
    return true;
}

static bool scsi_target_emulate_inquiry(SCSITargetReq *r)
{
    assert(r->req.dev->lun != r->req.lun);
    scsi_target_alloc_buf(r, SCSI_INQUIRY_LEN);

    /* Bit 1 asks for command support data, which SPC-3 has done away with. */
    if (r->req.cmd.buf[1] & 2) {
        return false;
    }
    if (r->req.cmd.buf[1] & 1) {
        return scsi_target_emulate_vpd(r);
    }
    if (r->req.cmd.buf[2] != 0) {
        return false;
    }

    r->len = MIN(r->req.cmd.xfer, SCSI_INQUIRY_LEN);
    if (r->req.lun != 0) {
        r->buf[0] = TYPE_NO_LUN;
        return true;
    }
    r->buf[0] = TYPE_NOT_PRESENT | TYPE_INACTIVE;
    r->buf[2] = 5;                          /* SPC-3 */
    r->buf[3] = 2 | 0x10;                   /* the format of this; HiSup */
    r->buf[4] = MAX(r->len, 5) - 5;         /* what follows */
    r->buf[7] = 0x10 | (r->req.bus->info->tcq ? 0x02 : 0);
    strpadcpy((char *)&r->buf[8], 8, "QEMU", ' ');
    strpadcpy((char *)&r->buf[16], 16, "QEMU TARGET", ' ');
    pstrcpy((char *)&r->buf[32], 4, qemu_hw_version());
    return true;
}

static void scsi_target_emulate_request_sense(SCSITargetReq *r)
{
    SCSIDevice *d = r->req.dev;
    bool fixed = !(r->req.cmd.buf[1] & 1);

    scsi_target_alloc_buf(r, SCSI_SENSE_BUF_SIZE);
    if (r->req.lun != d->lun && r->req.lun != 0) {
        r->len = scsi_build_sense_buf(r->buf, r->req.cmd.xfer,
                                      SENSE_CODE(LUN_NOT_SUPPORTED), fixed);
    } else {
        r->len = scsi_device_get_sense(d, r->buf,
                                       MIN(r->req.cmd.xfer, r->buf_len),
                                       fixed);
    }
    if (d->sense_is_ua) {
        scsi_device_unit_attention_reported(d);
        d->sense_len = 0;
        d->sense_is_ua = false;
    }
}

static int32_t scsi_target_fail(SCSIRequest *req, SCSISense sense)
{
    scsi_req_build_sense(req, sense);
    scsi_req_complete(req, CHECK_CONDITION);
    return 0;
}

static int32_t scsi_target_send_command(SCSIRequest *req, uint8_t *buf)
{
    SCSITargetReq *r = DO_UPCAST(SCSITargetReq, req, req);

    /* REPORT LUNS, too, is LUN 0's business. */
    if (req->lun != 0 && buf[0] != INQUIRY && buf[0] != REQUEST_SENSE) {
        return scsi_target_fail(req, SENSE_CODE(LUN_NOT_SUPPORTED));
    }

    switch (buf[0]) {
    case REPORT_LUNS:
        if (!scsi_target_emulate_report_luns(r)) {
            return scsi_target_fail(req, SENSE_CODE(INVALID_FIELD));
        }
        break;
    case INQUIRY:
        if (!scsi_target_emulate_inquiry(r)) {
            return scsi_target_fail(req, SENSE_CODE(INVALID_FIELD));
        }
        break;
    case REQUEST_SENSE:
        scsi_target_emulate_request_sense(r);
        break;
    case TEST_UNIT_READY:
        break;
    default:
        return scsi_target_fail(req, SENSE_CODE(INVALID_OPCODE));
    }

    if (!r->len) {
        scsi_req_complete(req, GOOD);
    }
    return r->len;
}

static void scsi_target_read_data(SCSIRequest *req)
{
    SCSITargetReq *r = DO_UPCAST(SCSITargetReq, req, req);
    int n = r->len;

    if (n > 0) {
        r->len = 0;
        scsi_req_data(&r->req, n);
    } else {
        scsi_req_complete(&r->req, GOOD);
    }
}

static uint8_t *scsi_target_get_buf(SCSIRequest *req)
{
    return DO_UPCAST(SCSITargetReq, req, req)->buf;
}

static void scsi_target_free_buf(SCSIRequest *req)
{
    g_free(DO_UPCAST(SCSITargetReq, req, req)->buf);
}

const SCSIReqOps reqops_target_command = {
    .size         = sizeof(SCSITargetReq),
    .send_command = scsi_target_send_command,
    .read_data    = scsi_target_read_data,
    .get_buf      = scsi_target_get_buf,
    .free_req     = scsi_target_free_buf,
};
