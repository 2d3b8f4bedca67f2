/*
 * SCSI: a device's state in a migration stream, with its requests.
 *
 * A request that is under way when the machine stops ends before it is saved, as
 * the back end is drained.  What is left are those that wait for the machine to
 * go on (scsi_req_retry()), and those whose HBA has not taken the data yet:
 *
 *     1 (retry) or 2, CDB, tag, LUN, the HBA's part, the device's part; … 0
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "migration/qemu-file-types.h"
#include "migration/vmstate.h"
#include "qemu/error-report.h"
#include "scsi-int.h"

enum {
    STREAM_END,
    STREAM_RETRY,
    STREAM_WAITING,
};

static void put_scsi_req(QEMUFile *f, SCSIRequest *req)
{
    assert(!req->io_canceled && req->enqueued);
    assert(req->status == -1 && req->host_status == -1);

    qemu_put_sbyte(f, req->retry ? STREAM_RETRY : STREAM_WAITING);
    qemu_put_buffer(f, req->cmd.buf, sizeof(req->cmd.buf));
    qemu_put_be32s(f, &req->tag);
    qemu_put_be32s(f, &req->lun);
    if (req->bus->info->save_request) {
        req->bus->info->save_request(f, req);
    }
    if (req->ops->save_request) {
        req->ops->save_request(f, req);
    }
}

static int put_scsi_requests(QEMUFile *f, void *pv, size_t size,
                             const VMStateField *field, JSONWriter *vmdesc)
{
    SCSIDevice *s = pv;
    SCSIRequest *req;

    QTAILQ_FOREACH(req, &s->requests, next) {
        put_scsi_req(f, req);
    }
    qemu_put_sbyte(f, STREAM_END);
    return 0;
}

static bool get_scsi_req(QEMUFile *f, SCSIDevice *s, bool retry)
{
    SCSIBus *bus = scsi_bus_from_device(s);
    uint8_t buf[SCSI_CMD_BUF_SIZE];
    uint32_t tag, lun;
    SCSIRequest *req;

    qemu_get_buffer(f, buf, sizeof(buf));
    qemu_get_be32s(f, &tag);
    qemu_get_be32s(f, &lun);
    /* It was a whole CDB when it came. */
    req = scsi_req_new(s, tag, lun, buf, sizeof(buf), NULL);
    req->retry = retry;
    if (bus->info->load_request) {
        req->hba_private = bus->info->load_request(f, req);
        if (!req->hba_private) {
            scsi_req_unref(req);
            return false;
        }
    }
    if (req->ops->load_request) {
        req->ops->load_request(f, req);
    }
    scsi_req_enqueue_internal(req);
    /* The queue's reference keeps it, and the HBA's own. */
    scsi_req_unref(req);
    return true;
}

static int get_scsi_requests(QEMUFile *f, void *pv, size_t size,
                             const VMStateField *field)
{
    SCSIDevice *s = pv;

    for (;;) {
        int kind = qemu_get_sbyte(f);

        if (kind == STREAM_END) {
            return 0;
        }
        if ((kind != STREAM_RETRY && kind != STREAM_WAITING) ||
            !get_scsi_req(f, s, kind == STREAM_RETRY)) {
            error_report("%s: invalid SCSI request migration data",
                         object_get_typename(OBJECT(s)));
            return -EINVAL;
        }
    }
}

static const VMStateInfo vmstate_info_scsi_requests = {
    .name = "scsi-requests",
    .get  = get_scsi_requests,
    .put  = put_scsi_requests,
};

static bool scsi_sense_state_needed(void *opaque)
{
    SCSIDevice *s = opaque;

    return s->sense_len > SCSI_SENSE_BUF_SIZE_OLD;
}

static const VMStateDescription vmstate_scsi_sense_state = {
    .name = "SCSIDevice/sense",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = scsi_sense_state_needed,
    .fields = (VMStateField[]) {
        VMSTATE_UINT8_SUB_ARRAY(sense, SCSIDevice, SCSI_SENSE_BUF_SIZE_OLD,
                                SCSI_SENSE_BUF_SIZE - SCSI_SENSE_BUF_SIZE_OLD),
        VMSTATE_END_OF_LIST()
    },
};

static int scsi_device_post_load(void *opaque, int version_id)
{
    SCSIDevice *s = opaque;

    return s->sense_len <= sizeof(s->sense) ? 0 : -EINVAL;
}

const VMStateDescription vmstate_scsi_device = {
    .name = "SCSIDevice",
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = scsi_device_post_load,
    .fields = (VMStateField[]) {
        VMSTATE_UINT8(unit_attention.key, SCSIDevice),
        VMSTATE_UINT8(unit_attention.asc, SCSIDevice),
        VMSTATE_UINT8(unit_attention.ascq, SCSIDevice),
        VMSTATE_BOOL(sense_is_ua, SCSIDevice),
        VMSTATE_UINT8_SUB_ARRAY(sense, SCSIDevice, 0, SCSI_SENSE_BUF_SIZE_OLD),
        VMSTATE_UINT32(sense_len, SCSIDevice),
        {
            .name         = "requests",
            .info         = &vmstate_info_scsi_requests,
            .flags        = VMS_SINGLE,
        },
        VMSTATE_END_OF_LIST()
    },
    .subsections = (const VMStateDescription * []) {
        &vmstate_scsi_sense_state,
        NULL
    },
};
