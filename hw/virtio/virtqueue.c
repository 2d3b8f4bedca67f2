/*
 * VirtQueue: what devices call.
 *
 * A request is popped, worked on, and pushed.  The functions here hold what is
 * true for any ring: a broken device takes nothing, what is popped counts as
 * in use until it is flushed or put back, and what is mapped is unmapped once.
 * How a ring lies in memory is in virtqueue-split.c.
 *
 * Read include/hw/virtio/virtio.h and virtqueue-int.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "trace.h"
#include "virtqueue-int.h"

/* Elements */

void *virtqueue_alloc_element(size_t sz, unsigned out_num, unsigned in_num)
{
    VirtQueueElement *elem;
    size_t in_addr_ofs = QEMU_ALIGN_UP(sz, __alignof__(elem->in_addr[0]));
    size_t out_addr_ofs = in_addr_ofs + in_num * sizeof(elem->in_addr[0]);
    size_t out_addr_end = out_addr_ofs + out_num * sizeof(elem->out_addr[0]);
    size_t in_sg_ofs = QEMU_ALIGN_UP(out_addr_end,
                                     __alignof__(elem->in_sg[0]));
    size_t out_sg_ofs = in_sg_ofs + in_num * sizeof(elem->in_sg[0]);
    size_t out_sg_end = out_sg_ofs + out_num * sizeof(elem->out_sg[0]);

    assert(sz >= sizeof(VirtQueueElement));
    elem = g_malloc(out_sg_end);
    trace_virtqueue_alloc_element(elem, sz, in_num, out_num);
    elem->len = 0;
    elem->out_num = out_num;
    elem->in_num = in_num;
    elem->in_addr = (void *)elem + in_addr_ofs;
    elem->out_addr = (void *)elem + out_addr_ofs;
    elem->in_sg = (void *)elem + in_sg_ofs;
    elem->out_sg = (void *)elem + out_sg_ofs;
    return elem;
}

/* Taking */

int virtio_queue_ready(VirtQueue *vq)
{
    return vq->vring.avail != 0;
}

int virtio_queue_empty(VirtQueue *vq)
{
    if (virtio_device_disabled(vq->vdev)) {
        return 1;
    }
    RCU_READ_LOCK_GUARD();
    return virtqueue_split_empty(vq);
}

void *virtqueue_pop(VirtQueue *vq, size_t sz)
{
    if (virtio_device_disabled(vq->vdev)) {
        return NULL;
    }
    RCU_READ_LOCK_GUARD();
    if (virtqueue_split_empty(vq)) {
        return NULL;
    }
    return virtqueue_split_pop(vq, sz);
}

int virtqueue_get_avail_bytes(VirtQueue *vq, unsigned int *in_bytes,
                              unsigned int *out_bytes,
                              unsigned max_in_bytes, unsigned max_out_bytes)
{
    unsigned int in = 0, out = 0;
    int ret = -1;

    RCU_READ_LOCK_GUARD();
    if (vq->vring.desc && !virtio_device_disabled(vq->vdev) &&
        virtqueue_split_get_avail_bytes(vq, &in, &out, max_in_bytes,
                                        max_out_bytes)) {
        ret = vq->shadow_avail_idx;
    }
    if (in_bytes) {
        *in_bytes = in;
    }
    if (out_bytes) {
        *out_bytes = out;
    }
    return ret;
}

int virtqueue_avail_bytes(VirtQueue *vq, unsigned int in_bytes,
                          unsigned int out_bytes)
{
    unsigned int in_total, out_total;

    virtqueue_get_avail_bytes(vq, &in_total, &out_total, in_bytes, out_bytes);
    return in_bytes <= in_total && out_bytes <= out_total;
}

/* Giving back */

void virtqueue_detach_element(VirtQueue *vq, const VirtQueueElement *elem,
                              unsigned int len)
{
    vq->inuse -= elem->ndescs;
    virtqueue_unmap_sg(vq, elem, len);
}

void virtqueue_unpop(VirtQueue *vq, const VirtQueueElement *elem,
                     unsigned int len)
{
    vq->last_avail_idx--;
    virtqueue_detach_element(vq, elem, len);
}

bool virtqueue_rewind(VirtQueue *vq, unsigned int num)
{
    if (num > vq->inuse) {
        return false;
    }
    vq->inuse -= num;
    vq->last_avail_idx -= num;
    return true;
}

void virtqueue_fill(VirtQueue *vq, const VirtQueueElement *elem,
                    unsigned int len, unsigned int idx)
{
    trace_virtqueue_fill(vq, elem, len, idx);
    virtqueue_unmap_sg(vq, elem, len);
    if (virtio_device_disabled(vq->vdev)) {
        return;
    }
    RCU_READ_LOCK_GUARD();
    virtqueue_split_fill(vq, elem, len, idx);
}

void virtqueue_flush(VirtQueue *vq, unsigned int count)
{
    if (virtio_device_disabled(vq->vdev)) {
        vq->inuse -= count;
        return;
    }
    trace_virtqueue_flush(vq, count);
    RCU_READ_LOCK_GUARD();
    virtqueue_split_flush(vq, count);
}

void virtqueue_push(VirtQueue *vq, const VirtQueueElement *elem,
                    unsigned int len)
{
    RCU_READ_LOCK_GUARD();
    virtqueue_fill(vq, elem, len, 0);
    virtqueue_flush(vq, 1);
}

unsigned int virtqueue_drop_all(VirtQueue *vq)
{
    if (virtio_device_disabled(vq->vdev) || !vq->vring.avail) {
        return 0;
    }
    RCU_READ_LOCK_GUARD();
    return virtqueue_split_drop_all(vq);
}

/* Notifications */

bool virtio_queue_get_notification(VirtQueue *vq)
{
    return vq->notification;
}

void virtio_queue_set_notification(VirtQueue *vq, int enable)
{
    vq->notification = enable;
    if (!vq->vring.desc) {
        return;
    }
    RCU_READ_LOCK_GUARD();
    virtio_queue_split_set_notification(vq, enable);
}

bool virtio_queue_enable_notification_and_check(VirtQueue *vq, int opaque)
{
    virtio_queue_set_notification(vq, 1);
    if (opaque < 0 || !vq->vring.avail) {
        return false;
    }
    RCU_READ_LOCK_GUARD();
    return vring_avail_idx(vq) != (uint16_t)opaque;
}

bool virtio_should_notify(VirtIODevice *vdev, VirtQueue *vq)
{
    RCU_READ_LOCK_GUARD();
    return virtio_split_should_notify(vdev, vq);
}
