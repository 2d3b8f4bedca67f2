/*
 * virtio-scsi: a chain of descriptors as a request.
 *
 *     out_sg   | header … | data to the device …  |
 *     in_sg    | response, sense data | data from the device … |
 *
 * Where one ends and the other begins is counted in bytes, not in descriptors
 * (virtio 1.2, 5.6.6.1).  A driver before virtio 1 that has not negotiated
 * ANY_LAYOUT puts each into a descriptor of its own, and old firmware has
 * padding behind it there.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/virtio/virtio-access.h"
#include "qemu/iov.h"
#include "virtio-scsi-int.h"

void virtio_scsi_init_req(VirtIOSCSI *s, VirtQueue *vq, VirtIOSCSIReq *req)
{
    VirtIODevice *vdev = VIRTIO_DEVICE(s);

    /* All but the element, which came with the memory, and the CDB. */
    memset(&req->dev, 0, sizeof(*req) - offsetof(VirtIOSCSIReq, dev));
    req->dev = s;
    req->vq = vq;
    qemu_sglist_init(&req->qsgl, DEVICE(s),
                     req->elem.in_num + req->elem.out_num, vdev->dma_as);
}

VirtIOSCSIReq *virtio_scsi_pop_req(VirtIOSCSI *s, VirtQueue *vq)
{
    VirtIOSCSICommon *vs = VIRTIO_SCSI_COMMON(s);
    VirtIOSCSIReq *req = virtqueue_pop(vq, sizeof(*req) + vs->cdb_size);

    if (req) {
        virtio_scsi_init_req(s, vq, req);
    }
    return req;
}

void virtio_scsi_free_req(VirtIOSCSIReq *req)
{
    qemu_sglist_destroy(&req->qsgl);
    g_free(req);
}

void virtio_scsi_bad_req(VirtIOSCSIReq *req)
{
    virtio_error(VIRTIO_DEVICE(req->dev), "wrong size for virtio-scsi headers");
    virtqueue_detach_element(req->vq, &req->elem, 0);
    virtio_scsi_free_req(req);
}

/* Add what is after @skip bytes to req->qsgl; how much that is. */
static size_t qemu_sgl_concat(VirtIOSCSIReq *req, const struct iovec *iov,
                              const hwaddr *addr, int num, size_t skip)
{
    size_t copied = 0;

    for (int i = 0; i < num; i++) {
        size_t len = iov[i].iov_len;

        if (skip >= len) {
            skip -= len;
            continue;
        }
        qemu_sglist_add(&req->qsgl, addr[i] + skip, len - skip);
        copied += len - skip;
        skip = 0;
    }
    return copied;
}

int virtio_scsi_parse_req(VirtIOSCSIReq *req, unsigned req_size,
                          unsigned resp_size, unsigned sense_size)
{
    VirtIODevice *vdev = VIRTIO_DEVICE(req->dev);
    VirtQueueElement *elem = &req->elem;
    size_t out_skip = req_size;
    size_t in_skip = resp_size + sense_size;
    size_t out_size, in_size;

    if (iov_to_buf(elem->out_sg, elem->out_num, 0, &req->req, req_size) <
        req_size) {
        return -EINVAL;
    }
    if (iov_size(elem->in_sg, elem->in_num) < in_skip) {
        return -EINVAL;
    }
    req->resp_room = in_skip;
    req->resp_size = resp_size;

    if (!virtio_vdev_has_feature(vdev, VIRTIO_F_ANY_LAYOUT) &&
        !virtio_vdev_has_feature(vdev, VIRTIO_F_VERSION_1)) {
        if (elem->out_num) {
            out_skip = MAX(out_skip, elem->out_sg[0].iov_len);
        }
        if (elem->in_num) {
            in_skip = MAX(in_skip, elem->in_sg[0].iov_len);
        }
    }

    out_size = qemu_sgl_concat(req, elem->out_sg, elem->out_addr,
                               elem->out_num, out_skip);
    in_size = qemu_sgl_concat(req, elem->in_sg, elem->in_addr, elem->in_num,
                              in_skip);
    req->data_offset = in_skip;
    req->data_size = out_size + in_size;
    if (out_size && in_size) {
        return -ENOTSUP;
    }
    if (out_size) {
        req->mode = SCSI_XFER_TO_DEV;
    } else if (in_size) {
        req->mode = SCSI_XFER_FROM_DEV;
    } else {
        req->mode = SCSI_XFER_NONE;
    }
    return 0;
}

void virtio_scsi_limit_data(VirtIOSCSIReq *req, size_t len)
{
    QEMUSGList *qsgl = &req->qsgl;

    while (qsgl->size > len) {
        ScatterGatherEntry *last = &qsgl->sg[qsgl->nsg - 1];
        dma_addr_t cut = MIN(qsgl->size - len, last->len);

        last->len -= cut;
        qsgl->size -= cut;
        if (!last->len) {
            qsgl->nsg--;
        }
    }
}

void virtio_scsi_complete_req(VirtIOSCSIReq *req)
{
    VirtIOSCSI *s = req->dev;
    VirtIODevice *vdev = VIRTIO_DEVICE(s);
    size_t len = req->resp_room;

    iov_from_buf(req->elem.in_sg, req->elem.in_num, 0, &req->resp,
                 req->resp_size);
    /* Data that was read lies behind the response and, maybe, padding. */
    if (req->data_written) {
        len = req->data_offset + req->data_written;
    }
    if (s->dataplane_started) {
        virtqueue_push_batched(req->vq, &req->elem, len);
    } else {
        virtqueue_push(req->vq, &req->elem, len);
        virtio_notify(vdev, req->vq);
    }

    if (req->sreq) {
        req->sreq->hba_private = NULL;
        scsi_req_unref(req->sreq);
    }
    virtio_scsi_free_req(req);
}

/* Addresses (virtio 1.2, 5.6.6.1): 1, target, and a LUN of two bytes */

int virtio_scsi_get_lun(const uint8_t *lun)
{
    return (lun[2] << 8 | lun[3]) & 0x3fff;
}

SCSIDevice *virtio_scsi_device_get(VirtIOSCSI *s, const uint8_t *lun)
{
    if (lun[0] != 1) {
        return NULL;
    }
    /* Of the ways to write a LUN, the flat one, or that of a single level. */
    if (lun[2] != 0 && (lun[2] & 0xc0) != 0x40) {
        return NULL;
    }
    return scsi_device_get(&s->bus, 0, lun[1], virtio_scsi_get_lun(lun));
}
