/*
 * VirtQueue: what devices call to make one, and transports to run it.
 *
 * A device makes its queues in realize; the length it gives is the longest
 * that the guest may choose, and every number that comes from the guest is held
 * against it here, whatever the transport has checked before.
 *
 * Read virtqueue-int.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/error-report.h"
#include "qemu/log.h"
#include "hw/virtio/virtio-bus.h"
#include "trace.h"
#include "virtqueue-int.h"

/* Legacy transports that do not say otherwise align the used ring to this. */
#define VIRTIO_PCI_VRING_ALIGN 4096

/* Making and deleting */

VirtQueue *virtio_add_queue(VirtIODevice *vdev, int queue_size,
                            VirtIOHandleOutput handle_output)
{
    VirtQueue *vq;
    int i;

    for (i = 0; i < VIRTIO_QUEUE_MAX; i++) {
        if (vdev->vq[i].vring.num == 0) {
            break;
        }
    }
    if (i == VIRTIO_QUEUE_MAX || queue_size > VIRTQUEUE_MAX_SIZE) {
        abort();
    }

    vq = &vdev->vq[i];
    vq->vring.num = queue_size;
    vq->vring.num_default = queue_size;
    vq->vring.align = VIRTIO_PCI_VRING_ALIGN;
    vq->handle_output = handle_output;
    vq->used_elems = g_new0(VirtQueueUsedElem, queue_size);
    trace_virtio_add_queue(vdev->name, i, queue_size);
    return vq;
}

void virtio_delete_queue(VirtQueue *vq)
{
    /* The next to take this place finds nothing of it. */
    virtio_queue_reset_state(vq->vdev, vq->queue_index);
    vq->vring.num = 0;
    vq->vring.num_default = 0;
    vq->handle_output = NULL;
    g_clear_pointer(&vq->used_elems, g_free);
}

void virtio_del_queue(VirtIODevice *vdev, int n)
{
    if (n < 0 || n >= VIRTIO_QUEUE_MAX) {
        abort();
    }
    virtio_delete_queue(&vdev->vq[n]);
}

VirtQueue *virtio_get_queue(VirtIODevice *vdev, int n)
{
    return vdev->vq + n;
}

uint16_t virtio_get_queue_index(VirtQueue *vq)
{
    return vq->queue_index;
}

int virtio_get_num_queues(VirtIODevice *vdev)
{
    int i;

    for (i = 0; i < VIRTIO_QUEUE_MAX; i++) {
        if (!virtio_queue_get_num(vdev, i)) {
            break;
        }
    }
    return i;
}

/* Size */

void virtio_queue_set_num(VirtIODevice *vdev, int n, int num)
{
    VirtQueue *vq = &vdev->vq[n];

    /* A queue that is not there stays so, and one that is cannot go. */
    if (!!num != !!vq->vring.num || num < 0) {
        return;
    }
    /* Only a packed ring need not be a power of two. */
    if (num > vq->vring.num_default ||
        (!virtqueue_is_packed(vq) && (num & (num - 1)))) {
        qemu_log_mask(LOG_GUEST_ERROR,
                      "%s: queue %d: no ring has %d entries (up to %u)\n",
                      vdev->name, n, num, vq->vring.num_default);
        return;
    }
    if (num != vq->vring.num && virtqueue_is_packed(vq)) {
        /* Where we were may be beyond its end. */
        virtqueue_rewind_to_start(vq);
    }
    vq->vring.num = num;
}

int virtio_queue_get_num(VirtIODevice *vdev, int n)
{
    return vdev->vq[n].vring.num;
}

int virtio_queue_get_max_num(VirtIODevice *vdev, int n)
{
    return vdev->vq[n].vring.num_default;
}

/* Where it lies */

void virtio_queue_update_rings(VirtIODevice *vdev, int n)
{
    VRing *vring = &vdev->vq[n].vring;

    if (!vring->num || !vring->desc || !vring->align) {
        return;
    }
    vring->avail = vring->desc + vring->num * sizeof(VRingDesc);
    vring->used = vring_align(vring->avail +
                              offsetof(VRingAvail, ring[vring->num]),
                              vring->align);
    virtio_init_region_cache(vdev, n);
}

void virtio_queue_set_addr(VirtIODevice *vdev, int n, hwaddr addr)
{
    if (!vdev->vq[n].vring.num) {
        return;
    }
    vdev->vq[n].vring.desc = addr;
    virtio_queue_update_rings(vdev, n);
}

hwaddr virtio_queue_get_addr(VirtIODevice *vdev, int n)
{
    return vdev->vq[n].vring.desc;
}

void virtio_queue_set_rings(VirtIODevice *vdev, int n, hwaddr desc,
                            hwaddr avail, hwaddr used)
{
    VRing *vring = &vdev->vq[n].vring;

    if (!vring->num) {
        return;
    }
    vring->desc = desc;
    vring->avail = avail;
    vring->used = used;
    virtio_init_region_cache(vdev, n);
}

void virtio_queue_set_align(VirtIODevice *vdev, int n, int align)
{
    BusState *qbus = qdev_get_parent_bus(DEVICE(vdev));
    VirtioBusClass *k = VIRTIO_BUS_GET_CLASS(qbus);

    /* virtio 1 has no alignment, and legacy PCI's is fixed. */
    if (virtio_vdev_has_feature(vdev, VIRTIO_F_VERSION_1)) {
        error_report("tried to modify queue alignment for virtio-1 device");
        return;
    }
    assert(k->has_variable_vring_alignment);

    if (align > 0 && !(align & (align - 1))) {
        vdev->vq[n].vring.align = align;
        virtio_queue_update_rings(vdev, n);
    }
}

hwaddr virtio_queue_get_desc_addr(VirtIODevice *vdev, int n)
{
    return vdev->vq[n].vring.desc;
}

hwaddr virtio_queue_get_avail_addr(VirtIODevice *vdev, int n)
{
    return vdev->vq[n].vring.avail;
}

hwaddr virtio_queue_get_used_addr(VirtIODevice *vdev, int n)
{
    return vdev->vq[n].vring.used;
}

hwaddr virtio_queue_get_desc_size(VirtIODevice *vdev, int n)
{
    /* The descriptors of both formats are of the same size. */
    QEMU_BUILD_BUG_ON(sizeof(VRingDesc) != sizeof(VRingPackedDesc));
    return sizeof(VRingDesc) * vdev->vq[n].vring.num;
}

/* With event_idx each ring has one more field behind its last entry. */
static hwaddr virtio_queue_event_size(VirtIODevice *vdev)
{
    return virtio_vdev_has_feature(vdev, VIRTIO_RING_F_EVENT_IDX) ? 2 : 0;
}

hwaddr virtio_queue_get_avail_size(VirtIODevice *vdev, int n)
{
    if (virtqueue_is_packed(&vdev->vq[n])) {
        return sizeof(VRingPackedDescEvent);
    }
    return offsetof(VRingAvail, ring) +
           sizeof(uint16_t) * vdev->vq[n].vring.num +
           virtio_queue_event_size(vdev);
}

hwaddr virtio_queue_get_used_size(VirtIODevice *vdev, int n)
{
    if (virtqueue_is_packed(&vdev->vq[n])) {
        return sizeof(VRingPackedDescEvent);
    }
    return offsetof(VRingUsed, ring) +
           sizeof(VRingUsedElem) * vdev->vq[n].vring.num +
           virtio_queue_event_size(vdev);
}

bool virtio_queue_enabled_legacy(VirtIODevice *vdev, int n)
{
    return virtio_queue_get_desc_addr(vdev, n) != 0;
}

bool virtio_queue_enabled(VirtIODevice *vdev, int n)
{
    BusState *qbus = qdev_get_parent_bus(DEVICE(vdev));
    VirtioBusClass *k = VIRTIO_BUS_GET_CLASS(qbus);

    if (k->queue_enabled) {
        return k->queue_enabled(qbus->parent, n);
    }
    return virtio_queue_enabled_legacy(vdev, n);
}

/* Progress */

unsigned int virtio_queue_get_last_avail_idx(VirtIODevice *vdev, int n)
{
    VirtQueue *vq = &vdev->vq[n];

    if (virtqueue_is_packed(vq)) {
        return virtio_queue_packed_get_last_avail_idx(vq);
    }
    return vq->last_avail_idx;
}

void virtio_queue_set_last_avail_idx(VirtIODevice *vdev, int n,
                                     unsigned int idx)
{
    VirtQueue *vq = &vdev->vq[n];

    if (virtqueue_is_packed(vq)) {
        virtio_queue_packed_set_last_avail_idx(vq, idx);
    } else {
        vq->last_avail_idx = vq->shadow_avail_idx = idx;
    }
}

/*
 * For a server that went away with what it knew: the split ring says how far
 * it came.  Nothing in a packed ring does, and it stays where we had it.
 */
void virtio_queue_restore_last_avail_idx(VirtIODevice *vdev, int n)
{
    VirtQueue *vq = &vdev->vq[n];

    RCU_READ_LOCK_GUARD();
    if (vq->vring.desc && !virtqueue_is_packed(vq)) {
        vq->last_avail_idx = vring_used_idx(vq);
        vq->shadow_avail_idx = vq->last_avail_idx;
    }
}

void virtio_queue_update_used_idx(VirtIODevice *vdev, int n)
{
    VirtQueue *vq = &vdev->vq[n];

    RCU_READ_LOCK_GUARD();
    if (vq->vring.desc && !virtqueue_is_packed(vq)) {
        vq->used_idx = vring_used_idx(vq);
    }
}

void virtio_queue_invalidate_signalled_used(VirtIODevice *vdev, int n)
{
    vdev->vq[n].signalled_used_valid = false;
}

/* Kicks */

void virtio_queue_notify_vq(VirtQueue *vq)
{
    VirtIODevice *vdev = vq->vdev;

    if (!vq->vring.desc || !vq->handle_output || unlikely(vdev->broken)) {
        return;
    }
    trace_virtio_queue_notify(vdev, vq->queue_index, vq);
    vq->handle_output(vdev, vq);
    if (unlikely(vdev->start_on_kick)) {
        virtio_set_started(vdev, true);
    }
}

void virtio_queue_notify(VirtIODevice *vdev, int n)
{
    VirtQueue *vq = &vdev->vq[n];

    if (unlikely(!vq->vring.desc || vdev->broken)) {
        return;
    }
    if (vq->host_notifier_enabled) {
        /* Whoever holds the notifier, in whatever thread, serves the queue. */
        event_notifier_set(&vq->host_notifier);
    } else {
        virtio_queue_notify_vq(vq);
    }
}

/* Vectors */

uint16_t virtio_queue_vector(VirtIODevice *vdev, int n)
{
    return n < VIRTIO_QUEUE_MAX ? vdev->vq[n].vector : VIRTIO_NO_VECTOR;
}

void virtio_queue_set_vector(VirtIODevice *vdev, int n, uint16_t vector)
{
    VirtQueue *vq = &vdev->vq[n];

    if (n >= VIRTIO_QUEUE_MAX) {
        return;
    }
    if (vdev->vector_queues && vq->vector < vdev->nvectors) {
        QLIST_REMOVE(vq, node);
    }
    vq->vector = vector;
    if (vdev->vector_queues && vector < vdev->nvectors) {
        QLIST_INSERT_HEAD(&vdev->vector_queues[vector], vq, node);
    }
}

VirtQueue *virtio_vector_first_queue(VirtIODevice *vdev, uint16_t vector)
{
    return QLIST_FIRST(&vdev->vector_queues[vector]);
}

VirtQueue *virtio_vector_next_queue(VirtQueue *vq)
{
    return QLIST_NEXT(vq, node);
}

/* Reset of one queue (VIRTIO_F_RING_RESET) */

void virtio_queue_reset_state(VirtIODevice *vdev, uint32_t i)
{
    VirtQueue *vq = &vdev->vq[i];

    vq->vring.desc = 0;
    vq->vring.avail = 0;
    vq->vring.used = 0;
    virtqueue_rewind_to_start(vq);
    virtio_queue_set_vector(vdev, i, VIRTIO_NO_VECTOR);
    vq->notification = true;
    vq->vring.num = vq->vring.num_default;
    vq->inuse = 0;
    virtio_virtqueue_reset_region_cache(vq);
}

void virtio_queue_reset(VirtIODevice *vdev, uint32_t queue_index)
{
    VirtioDeviceClass *k = VIRTIO_DEVICE_GET_CLASS(vdev);

    if (k->queue_reset) {
        k->queue_reset(vdev, queue_index);
    }
    /* The BH, in its thread, must not find the ring half way to its reset. */
    virtqueue_batch_settle(&vdev->vq[queue_index]);
    virtio_queue_reset_state(vdev, queue_index);
}

void virtio_queue_enable(VirtIODevice *vdev, uint32_t queue_index)
{
    VirtioDeviceClass *k = VIRTIO_DEVICE_GET_CLASS(vdev);

    if (k->queue_enable) {
        k->queue_enable(vdev, queue_index);
    }
}
