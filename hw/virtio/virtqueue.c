/*
 * VirtQueue: what devices call.
 *
 * A request is popped, worked on, and pushed.  The functions here hold what is
 * true for any ring: a broken device takes nothing, what is popped counts as
 * in use until it is flushed or put back, and what is mapped is unmapped once.
 * How a ring lies in memory is in virtqueue-split.c and virtqueue-packed.c.
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

bool virtqueue_gather(VirtQueue *vq, VRingMemoryRegionCaches *caches,
                      bool is_write, hwaddr pa, size_t len,
                      unsigned int *out_num, unsigned int *in_num,
                      hwaddr *addr, struct iovec *iov)
{
    if (is_write) {
        return virtqueue_map_desc(vq, caches, in_num, addr + *out_num,
                                  iov + *out_num,
                                  VIRTQUEUE_MAX_SIZE - *out_num, true, pa,
                                  len);
    }
    if (*in_num) {
        virtio_error(vq->vdev, "Incorrect order for descriptors");
        return false;
    }
    return virtqueue_map_desc(vq, caches, out_num, addr, iov,
                              VIRTQUEUE_MAX_SIZE, false, pa, len);
}

void *virtqueue_make_element(VirtQueue *vq, size_t sz, unsigned int index,
                             unsigned int ndescs, unsigned int out_num,
                             unsigned int in_num, const hwaddr *addr,
                             const struct iovec *iov)
{
    VirtQueueElement *elem = virtqueue_alloc_element(sz, out_num, in_num);

    elem->index = index;
    elem->ndescs = ndescs;
    memcpy(elem->out_addr, addr, out_num * sizeof(addr[0]));
    memcpy(elem->out_sg, iov, out_num * sizeof(iov[0]));
    memcpy(elem->in_addr, addr + out_num, in_num * sizeof(addr[0]));
    memcpy(elem->in_sg, iov + out_num, in_num * sizeof(iov[0]));
    virtqueue_popped(vq, index, ndescs);
    trace_virtqueue_pop(vq, elem, elem->in_num, elem->out_num);
    return elem;
}

/*
 * In order (VIRTIO_F_IN_ORDER; virtio 1.2, 2.7.9 and 2.8.9)
 *
 * A driver that was promised to get everything back in the order in which it
 * gave it does not look for what is missing.  So a device that works on
 * several elements at a time may push them as it likes, and each waits here
 * until those before it have come.
 */

static bool virtqueue_in_order(VirtQueue *vq)
{
    return virtio_vdev_has_feature(vq->vdev, VIRTIO_F_IN_ORDER);
}

void virtqueue_popped(VirtQueue *vq, unsigned int index, unsigned int ndescs)
{
    vq->inuse += ndescs;
    if (virtqueue_in_order(vq) && vq->used_pending < vq->vring.num_default) {
        VirtQueueUsedElem *used = virtqueue_used_elem(vq, vq->used_pending++);

        used->index = index;
        used->ndescs = ndescs;
        used->filled = false;
    }
}

/*
 * The place of @elem among those popped; the search begins with @i, where it
 * mostly is.  -1 if a reset of the queue has forgotten it.
 */
static int virtqueue_ordered_find(VirtQueue *vq, const VirtQueueElement *elem,
                                  unsigned int i)
{
    for (unsigned int n = 0; n < vq->used_pending; n++, i++) {
        VirtQueueUsedElem *used;

        if (i >= vq->used_pending) {
            i = 0;
        }
        used = virtqueue_used_elem(vq, i);
        if (used->index == elem->index && !used->filled) {
            return i;
        }
    }
    return -1;
}

static void virtqueue_ordered_fill(VirtQueue *vq,
                                   const VirtQueueElement *elem,
                                   unsigned int len, unsigned int idx)
{
    int i = virtqueue_ordered_find(vq, elem, idx);

    if (i >= 0) {
        VirtQueueUsedElem *used = virtqueue_used_elem(vq, i);

        used->len = len;
        used->filled = true;
    }
}

/* @elem will never be pushed: those behind it need not wait for it. */
static void virtqueue_ordered_forget(VirtQueue *vq,
                                     const VirtQueueElement *elem)
{
    int i = virtqueue_ordered_find(vq, elem, 0);

    if (i < 0) {
        return;
    }
    vq->used_pending--;
    for (; i < vq->used_pending; i++) {
        *virtqueue_used_elem(vq, i) = *virtqueue_used_elem(vq, i + 1);
    }
}

/* How many are complete, and all before them too. */
static unsigned int virtqueue_ordered_ready(VirtQueue *vq)
{
    unsigned int count = 0;

    while (count < vq->used_pending &&
           virtqueue_used_elem(vq, count)->filled) {
        count++;
    }
    return count;
}

/* The first @count are in the ring, or nowhere, and forgotten. */
static void virtqueue_ordered_advance(VirtQueue *vq, unsigned int count)
{
    vq->used_head = (vq->used_head + count) % vq->vring.num_default;
    vq->used_pending -= count;
}

/* The last ones popped, with @num places of the ring, are put back. */
static void virtqueue_ordered_rewind(VirtQueue *vq, unsigned int num)
{
    while (num && vq->used_pending) {
        vq->used_pending--;
        num -= MIN(num, virtqueue_used_elem(vq, vq->used_pending)->ndescs);
    }
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
    if (virtqueue_is_packed(vq)) {
        return virtqueue_packed_empty(vq);
    }
    return virtqueue_split_empty(vq);
}

void *virtqueue_pop(VirtQueue *vq, size_t sz)
{
    if (virtio_device_disabled(vq->vdev)) {
        return NULL;
    }
    RCU_READ_LOCK_GUARD();
    if (virtqueue_is_packed(vq)) {
        return virtqueue_packed_empty(vq) ? NULL
                                          : virtqueue_packed_pop(vq, sz);
    }
    return virtqueue_split_empty(vq) ? NULL : virtqueue_split_pop(vq, sz);
}

int virtqueue_get_avail_bytes(VirtQueue *vq, unsigned int *in_bytes,
                              unsigned int *out_bytes,
                              unsigned max_in_bytes, unsigned max_out_bytes)
{
    unsigned int in = 0, out = 0;
    int ret = -1;

    RCU_READ_LOCK_GUARD();
    if (!vq->vring.desc || virtio_device_disabled(vq->vdev)) {
        /* nothing, and nothing to wait for */
    } else if (virtqueue_is_packed(vq)) {
        if (virtqueue_packed_get_avail_bytes(vq, &in, &out, max_in_bytes,
                                             max_out_bytes)) {
            ret = virtqueue_packed_seen(vq);
        }
    } else {
        if (virtqueue_split_get_avail_bytes(vq, &in, &out, max_in_bytes,
                                            max_out_bytes)) {
            ret = vq->shadow_avail_idx;
        }
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

static void virtqueue_rewind_places(VirtQueue *vq, unsigned int num)
{
    if (virtqueue_is_packed(vq)) {
        virtqueue_packed_rewind(vq, num);
    } else {
        vq->last_avail_idx -= num;
    }
}

void virtqueue_detach_element(VirtQueue *vq, const VirtQueueElement *elem,
                              unsigned int len)
{
    vq->inuse -= elem->ndescs;
    if (virtqueue_in_order(vq)) {
        virtqueue_ordered_forget(vq, elem);
    }
    virtqueue_unmap_sg(vq, elem, len);
}

void virtqueue_unpop(VirtQueue *vq, const VirtQueueElement *elem,
                     unsigned int len)
{
    virtqueue_rewind_places(vq, elem->ndescs);
    virtqueue_detach_element(vq, elem, len);
}

bool virtqueue_rewind(VirtQueue *vq, unsigned int num)
{
    if (num > vq->inuse) {
        return false;
    }
    vq->inuse -= num;
    virtqueue_ordered_rewind(vq, num);
    virtqueue_rewind_places(vq, num);
    return true;
}

void virtqueue_fill(VirtQueue *vq, const VirtQueueElement *elem,
                    unsigned int len, unsigned int idx)
{
    trace_virtqueue_fill(vq, elem, len, idx);
    virtqueue_unmap_sg(vq, elem, len);
    if (unlikely(!vq->used_elems)) {
        /* The device has deleted the queue, and then come to an end. */
        return;
    }
    if (virtqueue_in_order(vq)) {
        virtqueue_ordered_fill(vq, elem, len, idx);
    } else if (virtqueue_is_packed(vq)) {
        VirtQueueUsedElem *used = virtqueue_used_elem(vq, idx);

        used->index = elem->index;
        used->len = len;
        used->ndescs = elem->ndescs;
    } else if (!virtio_device_disabled(vq->vdev)) {
        RCU_READ_LOCK_GUARD();
        virtqueue_split_fill(vq, elem->index, len, idx);
    }
}

/* A device that is disabled or broken gives nothing back, and keeps nothing. */
static void virtqueue_flush_to_nowhere(VirtQueue *vq, unsigned int count)
{
    if (!virtqueue_is_packed(vq)) {
        vq->inuse -= count;
        return;
    }
    for (unsigned int i = 0; i < count; i++) {
        vq->inuse -= virtqueue_used_elem(vq, i)->ndescs;
    }
}

void virtqueue_flush(VirtQueue *vq, unsigned int count)
{
    bool in_order = virtqueue_in_order(vq);

    if (unlikely(!vq->used_elems)) {
        return;
    }
    if (in_order) {
        count = virtqueue_ordered_ready(vq);
    }
    if (virtio_device_disabled(vq->vdev)) {
        virtqueue_flush_to_nowhere(vq, count);
    } else {
        RCU_READ_LOCK_GUARD();
        trace_virtqueue_flush(vq, count);
        if (virtqueue_is_packed(vq)) {
            virtqueue_packed_flush(vq, count);
        } else {
            for (unsigned int i = 0; in_order && i < count; i++) {
                VirtQueueUsedElem *used = virtqueue_used_elem(vq, i);

                virtqueue_split_fill(vq, used->index, used->len, i);
            }
            virtqueue_split_flush(vq, count);
        }
    }
    if (in_order) {
        virtqueue_ordered_advance(vq, count);
    }
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
    if (virtqueue_is_packed(vq)) {
        return virtqueue_packed_drop_all(vq);
    }
    return virtqueue_split_drop_all(vq);
}

/* Starting again */

void virtqueue_rewind_to_start(VirtQueue *vq)
{
    vq->last_avail_idx = 0;
    vq->last_avail_wrap_counter = true;
    vq->shadow_avail_idx = 0;
    vq->shadow_avail_wrap_counter = true;
    vq->used_idx = 0;
    vq->used_wrap_counter = true;
    vq->signalled_used = 0;
    vq->signalled_used_valid = false;
    vq->used_head = 0;
    vq->used_pending = 0;
    vq->batched = 0;
    vq->batched_places = 0;
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
    if (virtqueue_is_packed(vq)) {
        virtio_queue_packed_set_notification(vq, enable);
    } else {
        virtio_queue_split_set_notification(vq, enable);
    }
}

bool virtio_queue_enable_notification_and_check(VirtQueue *vq, int opaque)
{
    virtio_queue_set_notification(vq, 1);
    if (opaque < 0 || !vq->vring.avail) {
        return false;
    }
    RCU_READ_LOCK_GUARD();
    if (virtqueue_is_packed(vq)) {
        return virtqueue_packed_poll(vq, opaque);
    }
    return vring_avail_idx(vq) != (uint16_t)opaque;
}

bool virtio_should_notify(VirtIODevice *vdev, VirtQueue *vq)
{
    RCU_READ_LOCK_GUARD();
    if (virtqueue_is_packed(vq)) {
        return virtio_packed_should_notify(vdev, vq);
    }
    return virtio_split_should_notify(vdev, vq);
}
