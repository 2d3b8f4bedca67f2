/*
 * virtio-scsi: the request queues.
 *
 * A chain becomes a SCSIRequest (virtio_scsi_handle_cmd_req_prepare); when all
 * that are in the ring have become one, they are sent off together, so that the
 * back end may see them as one batch (blk_io_plug).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/virtio/virtio-access.h"
#include "qemu/iov.h"
#include "scsi/constants.h"
#include "sysemu/block-backend.h"
#include "trace.h"
#include "virtio-scsi-int.h"

/* Ends */

static void virtio_scsi_complete_cmd_req(VirtIOSCSIReq *req, uint8_t response)
{
    VirtIOSCSICmdResp *resp = &req->resp.cmd;

    resp->response = response;
    trace_virtio_scsi_cmd_resp(virtio_scsi_get_lun(req->req.cmd.lun),
                               req->req.cmd.tag, resp->response, resp->status);
    virtio_scsi_complete_req(req);
}

/* Sense data behind the response, and zeroes in what is left of its place. */
static void virtio_scsi_put_sense(VirtIOSCSIReq *req, SCSIRequest *r)
{
    VirtIODevice *vdev = VIRTIO_DEVICE(req->dev);
    VirtQueueElement *elem = &req->elem;
    size_t room = req->resp_room - sizeof(req->resp.cmd);
    uint8_t sense[SCSI_SENSE_BUF_SIZE];
    size_t len = 0;

    if (r && r->status != GOOD) {
        len = MIN(scsi_req_get_sense(r, sense, sizeof(sense)), room);
        iov_from_buf(elem->in_sg, elem->in_num, sizeof(req->resp.cmd), sense,
                     len);
        virtio_stl_p(vdev, &req->resp.cmd.sense_len, len);
    }
    iov_memset(elem->in_sg, elem->in_num, sizeof(req->resp.cmd) + len, 0,
               room - len);
}

void virtio_scsi_command_complete(SCSIRequest *r, size_t resid)
{
    VirtIOSCSIReq *req = r->hba_private;
    VirtIODevice *vdev = VIRTIO_DEVICE(req->dev);

    if (r->io_canceled) {
        return;
    }
    req->resp.cmd.status = r->status;
    if (r->status == GOOD) {
        size_t transferred = r->cmd.xfer - resid;

        if (r->cmd.mode == SCSI_XFER_FROM_DEV) {
            req->data_written = transferred;
        }
        /* Of the buffers, not of what the CDB asks for. */
        if (r->cmd.mode != SCSI_XFER_NONE) {
            virtio_stl_p(vdev, &req->resp.cmd.resid,
                         req->data_size - transferred);
        }
    }
    virtio_scsi_put_sense(req, r);
    virtio_scsi_complete_cmd_req(req, VIRTIO_SCSI_S_OK);
}

void virtio_scsi_command_failed(SCSIRequest *r)
{
    static const uint8_t responses[] = {
        [SCSI_HOST_NO_LUN]              = VIRTIO_SCSI_S_INCORRECT_LUN,
        [SCSI_HOST_BUSY]                = VIRTIO_SCSI_S_BUSY,
        [SCSI_HOST_TIME_OUT]            = VIRTIO_SCSI_S_ABORTED,
        [SCSI_HOST_ABORTED]             = VIRTIO_SCSI_S_ABORTED,
        [SCSI_HOST_BAD_RESPONSE]        = VIRTIO_SCSI_S_BAD_TARGET,
        [SCSI_HOST_RESET]               = VIRTIO_SCSI_S_RESET,
        [SCSI_HOST_TRANSPORT_DISRUPTED] = VIRTIO_SCSI_S_TRANSPORT_FAILURE,
        [SCSI_HOST_TARGET_FAILURE]      = VIRTIO_SCSI_S_TARGET_FAILURE,
        [SCSI_HOST_RESERVATION_ERROR]   = VIRTIO_SCSI_S_NEXUS_FAILURE,
    };
    VirtIOSCSIReq *req = r->hba_private;
    uint8_t response = 0;

    if (r->io_canceled) {
        return;
    }
    if (r->host_status >= 0 && r->host_status < ARRAY_SIZE(responses)) {
        response = responses[r->host_status];
    }
    virtio_scsi_put_sense(req, NULL);
    virtio_scsi_complete_cmd_req(req, response ?: VIRTIO_SCSI_S_FAILURE);
}

void virtio_scsi_request_cancelled(SCSIRequest *r)
{
    VirtIOSCSIReq *req = r->hba_private;

    if (!req) {
        return;
    }
    virtio_scsi_put_sense(req, NULL);
    virtio_scsi_complete_cmd_req(req, req->dev->resetting
                                      ? VIRTIO_SCSI_S_RESET
                                      : VIRTIO_SCSI_S_ABORTED);
}

QEMUSGList *virtio_scsi_get_sg_list(SCSIRequest *r)
{
    VirtIOSCSIReq *req = r->hba_private;

    return &req->qsgl;
}

/* Beginnings */

/* It ends here, without having been a request. */
static void virtio_scsi_refuse_cmd(VirtIOSCSIReq *req, uint8_t response)
{
    virtio_scsi_put_sense(req, NULL);
    virtio_scsi_complete_cmd_req(req, response);
}

/*
 * 0: it is req->sreq, to be submitted.  Otherwise it has been dealt with; -EINVAL
 * says that the device is broken.
 */
static int virtio_scsi_handle_cmd_req_prepare(VirtIOSCSI *s,
                                              VirtIOSCSIReq *req)
{
    VirtIOSCSICommon *vs = VIRTIO_SCSI_COMMON(s);
    SCSIDevice *d;
    SCSICommand *cmd;
    int rc;

    rc = virtio_scsi_parse_req(req, sizeof(VirtIOSCSICmdReq) + vs->cdb_size,
                               sizeof(VirtIOSCSICmdResp), vs->sense_size);
    if (rc == -ENOTSUP) {
        virtio_scsi_refuse_cmd(req, VIRTIO_SCSI_S_FAILURE);
        return rc;
    }
    if (rc < 0) {
        virtio_scsi_bad_req(req);
        return -EINVAL;
    }
    trace_virtio_scsi_cmd_req(virtio_scsi_get_lun(req->req.cmd.lun),
                              req->req.cmd.tag, vs->cdb_size
                              ? req->req.cmd.cdb[0] : 0);

    d = virtio_scsi_device_get(s, req->req.cmd.lun);
    if (!d) {
        virtio_scsi_refuse_cmd(req, VIRTIO_SCSI_S_BAD_TARGET);
        return -ENOENT;
    }
    req->sreq = scsi_req_new(d, req->req.cmd.tag,
                             virtio_scsi_get_lun(req->req.cmd.lun),
                             req->req.cmd.cdb, vs->cdb_size, req);
    object_unref(OBJECT(d));

    cmd = &req->sreq->cmd;
    if (cmd->mode != SCSI_XFER_NONE &&
        (cmd->mode != req->mode || cmd->xfer > req->qsgl.size)) {
        virtio_scsi_refuse_cmd(req, VIRTIO_SCSI_S_OVERRUN);
        return -ENOBUFS;
    }
    virtio_scsi_limit_data(req, cmd->xfer);
    scsi_req_ref(req->sreq);
    blk_io_plug(d->conf.blk);
    return 0;
}

static void virtio_scsi_handle_cmd_req_submit(VirtIOSCSIReq *req)
{
    SCSIRequest *sreq = req->sreq;

    if (scsi_req_enqueue(sreq)) {
        scsi_req_continue(sreq);
    }
    blk_io_unplug(sreq->dev->conf.blk);
    scsi_req_unref(sreq);
}

/* The device has become broken: it may not be answered any more. */
static void virtio_scsi_drop_cmd(VirtIOSCSIReq *req)
{
    SCSIRequest *sreq = req->sreq;

    blk_io_unplug(sreq->dev->conf.blk);
    sreq->hba_private = NULL;
    scsi_req_unref(sreq);           /* ours … */
    scsi_req_unref(sreq);           /* … and that of req->sreq */
    virtqueue_detach_element(req->vq, &req->elem, 0);
    virtio_scsi_free_req(req);
}

void virtio_scsi_handle_cmd_vq(VirtIOSCSI *s, VirtQueue *vq)
{
    QTAILQ_HEAD(, VirtIOSCSIReq) reqs = QTAILQ_HEAD_INITIALIZER(reqs);
    bool suppress_notifications = virtio_queue_get_notification(vq);
    VirtIOSCSIReq *req, *next;
    int ret = 0;

    do {
        if (suppress_notifications) {
            virtio_queue_set_notification(vq, 0);
        }
        while (ret != -EINVAL && (req = virtio_scsi_pop_req(s, vq))) {
            ret = virtio_scsi_handle_cmd_req_prepare(s, req);
            if (!ret) {
                QTAILQ_INSERT_TAIL(&reqs, req, next);
            }
        }
        if (suppress_notifications) {
            virtio_queue_set_notification(vq, 1);
        }
    } while (ret != -EINVAL && !virtio_queue_empty(vq));

    QTAILQ_FOREACH_SAFE(req, &reqs, next, next) {
        QTAILQ_REMOVE(&reqs, req, next);
        if (ret == -EINVAL) {
            virtio_scsi_drop_cmd(req);
        } else {
            virtio_scsi_handle_cmd_req_submit(req);
        }
    }
}

void virtio_scsi_handle_cmd(VirtIODevice *vdev, VirtQueue *vq)
{
    VirtIOSCSI *s = VIRTIO_SCSI(vdev);

    if (virtio_scsi_defer_to_dataplane(s)) {
        return;
    }
    virtio_scsi_acquire(s);
    virtio_scsi_handle_cmd_vq(s, vq);
    virtio_scsi_release(s);
}
