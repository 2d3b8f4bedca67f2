/*
 * virtio-scsi: its part of a request in a migration stream.
 *
 * The chain of descriptors says all: header and CDB are read again from the
 * guest's memory.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "migration/qemu-file-types.h"
#include "qemu/error-report.h"
#include "virtio-scsi-int.h"

void virtio_scsi_save_request(QEMUFile *f, SCSIRequest *sreq)
{
    VirtIOSCSIReq *req = sreq->hba_private;
    uint32_t n = virtio_get_queue_index(req->vq) - VIRTIO_SCSI_VQ_NUM_FIXED;

    qemu_put_be32s(f, &n);
    qemu_put_virtqueue_element(VIRTIO_DEVICE(req->dev), f, &req->elem);
}

void *virtio_scsi_load_request(QEMUFile *f, SCSIRequest *sreq)
{
    VirtIOSCSI *s = container_of(sreq->bus, VirtIOSCSI, bus);
    VirtIOSCSICommon *vs = VIRTIO_SCSI_COMMON(s);
    VirtIODevice *vdev = VIRTIO_DEVICE(s);
    VirtIOSCSIReq *req;
    uint32_t n;

    qemu_get_be32s(f, &n);
    if (n >= vs->conf.num_queues) {
        return NULL;
    }
    req = qemu_get_virtqueue_element(vdev, f, sizeof(*req) + vs->cdb_size);
    if (!req) {
        return NULL;
    }
    virtio_scsi_init_req(s, vs->cmd_vqs[n], req);

    if (virtio_scsi_parse_req(req, sizeof(VirtIOSCSICmdReq) + vs->cdb_size,
                              sizeof(VirtIOSCSICmdResp), vs->sense_size) < 0 ||
        (sreq->cmd.mode != SCSI_XFER_NONE &&
         (sreq->cmd.mode != req->mode || sreq->cmd.xfer > req->qsgl.size))) {
        virtqueue_detach_element(req->vq, &req->elem, 0);
        virtio_scsi_free_req(req);
        return NULL;
    }
    virtio_scsi_limit_data(req, sreq->cmd.xfer);
    req->sreq = scsi_req_ref(sreq);
    return req;
}
