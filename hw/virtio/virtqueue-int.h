/*
 * What a VirtQueue is made of: for hw/virtio only.
 *
 *   virtqueue.c         what devices call; checks that hold for any ring
 *   virtqueue-split.c   the ring of virtio 1.2, 2.7: three arrays
 *   virtqueue-packed.c  the ring of virtio 1.2, 2.8: one
 *   virtqueue-map.c     from the guest's addresses to ours
 *   virtio-queue.c      what transports call: sizes, addresses, vectors
 *   virtio-migration.c  state in a stream, the rings' and the device's;
 *                       an element in flight: virtqueue-migration.c
 *   virtio-qmp.c        what a client may look at
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_VIRTIO_VIRTQUEUE_INT_H
#define HW_VIRTIO_VIRTQUEUE_INT_H

#include "hw/virtio/virtio.h"
#include "qemu/rcu.h"

/* The split ring in the guest's memory (virtio 1.2, 2.7.5, 2.7.6, 2.7.8). */

typedef struct VRingDesc {
    uint64_t addr;
    uint32_t len;
    uint16_t flags;
    uint16_t next;
} VRingDesc;

typedef struct VRingAvail {
    uint16_t flags;
    uint16_t idx;
    uint16_t ring[];            /* and after it, used_event */
} VRingAvail;

typedef struct VRingUsedElem {
    uint32_t id;
    uint32_t len;
} VRingUsedElem;

typedef struct VRingUsed {
    uint16_t flags;
    uint16_t idx;
    VRingUsedElem ring[];       /* and after it, avail_event */
} VRingUsed;

/*
 * The packed ring (virtio 1.2, 2.8.13, 2.8.14): descriptors that the guest
 * makes available and we overwrite when they are used, and for each side a
 * word in which it says when it wants to hear of the other.
 */

typedef struct VRingPackedDesc {
    uint64_t addr;
    uint32_t len;
    uint16_t id;
    uint16_t flags;
} VRingPackedDesc;

typedef struct VRingPackedDescEvent {
    uint16_t off_wrap;          /* bit 15: the wrap counter */
    uint16_t flags;
} VRingPackedDescEvent;

/*
 * The three parts of the ring, translated to host addresses, and beside them
 * the longest piece of RAM that the device can reach: nearly all buffers lie
 * in it, and are mapped by an addition.  In a packed ring avail is the word
 * that the driver writes, and used the device's.
 *
 * Replaced as a whole when the memory map changes; read under RCU.
 */
typedef struct VRingMemoryRegionCaches {
    struct rcu_head rcu;
    MemoryRegionCache desc;
    MemoryRegionCache avail;
    MemoryRegionCache used;
    MemoryRegionCache ram;      /* .ptr is NULL if there is none */
    hwaddr ram_base;
} VRingMemoryRegionCaches;

typedef struct VRing {
    unsigned int num;           /* as the guest has chosen */
    unsigned int num_default;   /* as the device has made it: the limit */
    unsigned int align;         /* legacy */
    hwaddr desc;
    hwaddr avail;
    hwaddr used;
    VRingMemoryRegionCaches *caches;
} VRing;

/* What the guest shall be told of an element: enough to forget the rest. */
typedef struct VirtQueueUsedElem {
    unsigned int index;         /* its name in the ring */
    unsigned int len;
    unsigned int ndescs;
    bool filled;
} VirtQueueUsedElem;

struct VirtQueue {
    VRing vring;

    /*
     * In a split ring these run freely from 0 to 65535, and the place is the
     * remainder.  In a packed one they are places, below vring.num, and a
     * counter of one bit turns over each time that they come to the end.
     */
    uint16_t last_avail_idx;    /* the next to pop */
    bool last_avail_wrap_counter;
    /* Split: avail.idx when it was last read.  Packed: how far was looked. */
    uint16_t shadow_avail_idx;
    bool shadow_avail_wrap_counter;
    uint16_t used_idx;          /* the next to use; used.idx if split */
    bool used_wrap_counter;

    /*
     * Elements on their way into the ring, num_default places.  Packed: those
     * filled and not yet flushed, from the first place on.  In order: all that
     * were popped, from used_head on, used_pending of them.
     */
    VirtQueueUsedElem *used_elems;
    unsigned int used_head;
    unsigned int used_pending;

    /* used_idx at the last interrupt; not valid: interrupt in any case */
    uint16_t signalled_used;
    bool signalled_used_valid;

    bool notification;          /* do we want kicks? */
    uint16_t queue_index;
    /* Ring places popped, and not yet flushed or put back. */
    unsigned int inuse;

    /*
     * RAM in which buffers lie that are popped, and how many they are: together
     * they hold one reference, as each would need an atomic operation of its own.
     */
    struct {
        MemoryRegion *mr;
        uint8_t *ptr;
        hwaddr len;
        hwaddr xlat;
        unsigned int count;
    } held;

    /* Filled, but not flushed; see virtqueue-batch.c. */
    unsigned int batched;
    unsigned int batched_places;
    AioContext *batch_ctx;
    QEMUBH *batch_bh;           /* or NULL: each is flushed at once */

    uint16_t vector;
    VirtIOHandleOutput handle_output;
    VirtIODevice *vdev;
    EventNotifier guest_notifier;
    EventNotifier host_notifier;
    bool host_notifier_enabled;
    QLIST_ENTRY(VirtQueue) node;    /* in vdev->vector_queues */
};

/* All devices from realize to unrealize, the latest at the end. */
typedef QTAILQ_HEAD(, VirtIODevice) VirtIODeviceList;
extern VirtIODeviceList virtio_list;

/* Neither may be called by a device that is broken, or in hardware error. */
static inline bool virtio_device_disabled(VirtIODevice *vdev)
{
    return unlikely(vdev->disabled || vdev->broken);
}

/* NULL until the guest has given addresses.  Within an RCU read section. */
static inline VRingMemoryRegionCaches *vring_get_region_caches(VirtQueue *vq)
{
    return qatomic_rcu_read(&vq->vring.caches);
}

/* virtqueue-batch.c: @ctx serves @vq from now on; and no more, in its thread. */

void virtqueue_batch_start(VirtQueue *vq, AioContext *ctx);
void virtqueue_batch_stop(VirtQueue *vq);
/* Flush what was pushed, without waiting for the BH. */
void virtqueue_batch_settle(VirtQueue *vq);

/* virtqueue-map.c */

void virtio_virtqueue_reset_region_cache(VirtQueue *vq);

/*
 * Map @sz bytes at the guest's @pa, in as many pieces as it takes, behind the
 * *@p_num_sg that there are already.  False after virtio_error(); what had
 * been mapped by then counts in *@p_num_sg.
 */
bool virtqueue_map_desc(VirtQueue *vq, VRingMemoryRegionCaches *caches,
                        unsigned int *p_num_sg, hwaddr *addr,
                        struct iovec *iov, unsigned int max_num_sg,
                        bool is_write, hwaddr pa, size_t sz);

/* A view of @len bytes at @pa, if they are in the RAM that we know. */
static inline bool virtqueue_ram_view(VRingMemoryRegionCaches *caches,
                                      hwaddr pa, hwaddr len,
                                      MemoryRegionCache *view)
{
    hwaddr offset = pa - caches->ram_base;

    if (!caches->ram.ptr || offset >= caches->ram.len ||
        len > caches->ram.len - offset) {
        return false;
    }
    *view = caches->ram;
    view->ptr += offset;
    view->xlat += offset;
    view->len = len;
    return true;
}

/*
 * A table of descriptors (of 16 bytes, as of both rings) in the @len bytes at
 * the guest's @pa.  *@translated: destroy *@table when it is done with; also
 * if it is false that is returned, after virtio_error().
 */
bool virtqueue_map_table(VirtQueue *vq, VRingMemoryRegionCaches *caches,
                         hwaddr pa, uint32_t len, MemoryRegionCache *table,
                         bool *translated);

/* Give back @out_num pieces to read and after them @in_num to write. */
void virtqueue_undo_map_desc(VirtQueue *vq, unsigned int out_num,
                             unsigned int in_num, struct iovec *iov);
/* Give back an element's pieces, @len bytes of which were written. */
void virtqueue_unmap_sg(VirtQueue *vq, const VirtQueueElement *elem,
                        unsigned int len);

/* virtqueue.c */

/*
 * A descriptor's buffer joins the element that is being gathered: behind the
 * *@out_num pieces to read, or behind those and the *@in_num to write.  False
 * after virtio_error().
 */
bool virtqueue_gather(VirtQueue *vq, VRingMemoryRegionCaches *caches,
                      bool is_write, hwaddr pa, size_t len,
                      unsigned int *out_num, unsigned int *in_num,
                      hwaddr *addr, struct iovec *iov);
/* Room for an element, a struct of @sz that begins with one. */
void *virtqueue_alloc_element(size_t sz, unsigned out_num, unsigned in_num);
/*
 * The gathered element, in a block of its own: a struct of @sz, then its four
 * arrays.  From now on it is in use, with @ndescs places of the ring.
 */
void *virtqueue_make_element(VirtQueue *vq, size_t sz, unsigned int index,
                             unsigned int ndescs, unsigned int out_num,
                             unsigned int in_num, const hwaddr *addr,
                             const struct iovec *iov);
/* Element @index of @ndescs places is in use: it will be pushed, or put back. */
void virtqueue_popped(VirtQueue *vq, unsigned int index, unsigned int ndescs);
/* The element that flush will make visible after @i others. */
static inline VirtQueueUsedElem *virtqueue_used_elem(VirtQueue *vq,
                                                     unsigned int i)
{
    return &vq->used_elems[(vq->used_head + i) % vq->vring.num_default];
}
/* The ring, wherever it is, from its beginning, with nothing in it. */
void virtqueue_rewind_to_start(VirtQueue *vq);

/* virtqueue-split.c, all in an RCU read section */

bool virtqueue_split_empty(VirtQueue *vq);
void *virtqueue_split_pop(VirtQueue *vq, size_t sz);
void virtqueue_split_fill(VirtQueue *vq, unsigned int index,
                          unsigned int len, unsigned int idx);
void virtqueue_split_flush(VirtQueue *vq, unsigned int count);
unsigned int virtqueue_split_drop_all(VirtQueue *vq);
bool virtqueue_split_get_avail_bytes(VirtQueue *vq,
                                     unsigned int *in_bytes,
                                     unsigned int *out_bytes,
                                     unsigned int max_in_bytes,
                                     unsigned int max_out_bytes);
void virtio_queue_split_set_notification(VirtQueue *vq, int enable);
bool virtio_split_should_notify(VirtIODevice *vdev, VirtQueue *vq);
uint16_t vring_avail_idx(VirtQueue *vq);
uint16_t vring_used_idx(VirtQueue *vq);

/* virtqueue-packed.c, the same */

bool virtqueue_packed_empty(VirtQueue *vq);
void *virtqueue_packed_pop(VirtQueue *vq, size_t sz);
void virtqueue_packed_flush(VirtQueue *vq, unsigned int count);
unsigned int virtqueue_packed_drop_all(VirtQueue *vq);
bool virtqueue_packed_get_avail_bytes(VirtQueue *vq,
                                      unsigned int *in_bytes,
                                      unsigned int *out_bytes,
                                      unsigned int max_in_bytes,
                                      unsigned int max_out_bytes);
/* @num places back. */
void virtqueue_packed_rewind(VirtQueue *vq, unsigned int num);
void virtio_queue_packed_set_notification(VirtQueue *vq, int enable);
bool virtio_packed_should_notify(VirtIODevice *vdev, VirtQueue *vq);
/* Is the place in @off_wrap available, which was not when it was looked at? */
bool virtqueue_packed_poll(VirtQueue *vq, uint16_t off_wrap);
/* How far it was looked, for virtqueue_packed_poll(). */
uint16_t virtqueue_packed_seen(VirtQueue *vq);
unsigned int virtio_queue_packed_get_last_avail_idx(VirtQueue *vq);
void virtio_queue_packed_set_last_avail_idx(VirtQueue *vq, unsigned int idx);

static inline bool virtqueue_is_packed(VirtQueue *vq)
{
    return virtio_vdev_has_feature(vq->vdev, VIRTIO_F_RING_PACKED);
}

/* virtqueue.c */

/* Does the guest want an interrupt for what is in the used ring? */
bool virtio_should_notify(VirtIODevice *vdev, VirtQueue *vq);

/* virtio-queue.c */

void virtio_queue_notify_vq(VirtQueue *vq);
/* Queue @i as it was when the device was made. */
void virtio_queue_reset_state(VirtIODevice *vdev, uint32_t i);

/* virtio-notifier.c */

int virtio_device_start_ioeventfd_impl(VirtIODevice *vdev);
void virtio_device_stop_ioeventfd_impl(VirtIODevice *vdev);

/* virtio.c */

/* Note that an interrupt of this kind is due (bit of isr). */
void virtio_set_isr(VirtIODevice *vdev, int value);
void virtio_notify_vector(VirtIODevice *vdev, uint16_t vector);

#endif
