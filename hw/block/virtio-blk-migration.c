/*
 * virtio-blk: requests that wait for the machine to go on, in a migration stream.
 *
 * What is under way ends before a device is saved, as its disk is drained.  What is
 * left are requests that failed, and that the policy wants to see again:
 *
 *     1, the queue's number if there are more than one, the element; … 0
 *
 * Header and data are read again from the guest's memory, so the element is all
 * that there is to say.  On the other side `cont` tries them again.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "migration/qemu-file-types.h"
#include "qemu/error-report.h"
#include "virtio-blk-int.h"

void virtio_blk_save_device(VirtIODevice *vdev, QEMUFile *f)
{
    VirtIOBlock *s = VIRTIO_BLK(vdev);

    for (VirtIOBlockReq *req = s->rq; req; req = req->next) {
        qemu_put_sbyte(f, 1);
        if (s->conf.num_queues > 1) {
            qemu_put_be32(f, virtio_get_queue_index(req->vq));
        }
        qemu_put_virtqueue_element(vdev, f, &req->elem);
    }
    qemu_put_sbyte(f, 0);
}

int virtio_blk_load_device(VirtIODevice *vdev, QEMUFile *f, int version_id)
{
    VirtIOBlock *s = VIRTIO_BLK(vdev);

    while (qemu_get_sbyte(f)) {
        uint32_t index = s->conf.num_queues > 1 ? qemu_get_be32(f) : 0;
        VirtIOBlockReq *req;

        if (index >= s->conf.num_queues) {
            error_report("Invalid virtqueue index in request list: %#x", index);
            return -EINVAL;
        }
        req = qemu_get_virtqueue_element(vdev, f, sizeof(*req));
        if (!req) {
            return -EINVAL;
        }
        virtio_blk_init_request(s, virtio_get_queue(vdev, index), req);
        req->next = s->rq;
        s->rq = req;
    }
    return 0;
}
