/*
 * VirtQueue: the split ring (virtio 1.2, 2.7).
 *
 * Descriptors, avail and used ring are three arrays.  The guest may write the
 * first two at any time, so whatever is read from them is copied once and then
 * checked: a descriptor that was good when it was looked at may be bad when it
 * is read again.
 *
 * Read virtqueue-int.h first.  Everything here runs in an RCU read section of
 * the caller's.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/virtio/virtio-access.h"
#include "virtqueue-int.h"

/*
 * The fields of the rings.  Without caches (the guest has not said where they
 * are, or it was nowhere) everything reads as 0 and writes are lost.
 */

static inline uint16_t vring_avail_flags(VirtQueue *vq)
{
    VRingMemoryRegionCaches *caches = vring_get_region_caches(vq);

    if (!caches) {
        return 0;
    }
    return virtio_lduw_phys_cached(vq->vdev, &caches->avail,
                                   offsetof(VRingAvail, flags));
}

/* Reads avail.idx anew. */
uint16_t vring_avail_idx(VirtQueue *vq)
{
    VRingMemoryRegionCaches *caches = vring_get_region_caches(vq);

    if (!caches) {
        return 0;
    }
    vq->shadow_avail_idx = virtio_lduw_phys_cached(vq->vdev, &caches->avail,
                                                   offsetof(VRingAvail, idx));
    return vq->shadow_avail_idx;
}

static inline uint16_t vring_avail_ring(VirtQueue *vq, unsigned int i)
{
    VRingMemoryRegionCaches *caches = vring_get_region_caches(vq);

    if (!caches) {
        return 0;
    }
    return virtio_lduw_phys_cached(vq->vdev, &caches->avail,
                                   offsetof(VRingAvail, ring[i]));
}

/* With event_idx the field after the last entry says which use is awaited. */
static inline uint16_t vring_get_used_event(VirtQueue *vq)
{
    return vring_avail_ring(vq, vq->vring.num);
}

static inline void vring_used_write(VirtQueue *vq, const VRingUsedElem *uelem,
                                    unsigned int i)
{
    VRingMemoryRegionCaches *caches = vring_get_region_caches(vq);
    hwaddr pa = offsetof(VRingUsed, ring[i]);
    VRingUsedElem le;

    if (!caches) {
        return;
    }
    le.id = virtio_tswap32(vq->vdev, uelem->id);
    le.len = virtio_tswap32(vq->vdev, uelem->len);
    address_space_write_cached(&caches->used, pa, &le, sizeof(le));
    address_space_cache_invalidate(&caches->used, pa, sizeof(le));
}

static inline uint16_t vring_used_flags(VirtQueue *vq)
{
    VRingMemoryRegionCaches *caches = vring_get_region_caches(vq);

    if (!caches) {
        return 0;
    }
    return virtio_lduw_phys_cached(vq->vdev, &caches->used,
                                   offsetof(VRingUsed, flags));
}

uint16_t vring_used_idx(VirtQueue *vq)
{
    VRingMemoryRegionCaches *caches = vring_get_region_caches(vq);

    if (!caches) {
        return 0;
    }
    return virtio_lduw_phys_cached(vq->vdev, &caches->used,
                                   offsetof(VRingUsed, idx));
}

static inline void vring_used_store(VirtQueue *vq, hwaddr pa, uint16_t val)
{
    VRingMemoryRegionCaches *caches = vring_get_region_caches(vq);

    if (!caches) {
        return;
    }
    virtio_stw_phys_cached(vq->vdev, &caches->used, pa, val);
    address_space_cache_invalidate(&caches->used, pa, sizeof(val));
}

static inline void vring_used_idx_set(VirtQueue *vq, uint16_t val)
{
    vring_used_store(vq, offsetof(VRingUsed, idx), val);
    vq->used_idx = val;
}

static inline void vring_used_set_no_notify(VirtQueue *vq, bool on)
{
    uint16_t flags = vring_used_flags(vq);

    flags = on ? flags | VRING_USED_F_NO_NOTIFY
               : flags & ~VRING_USED_F_NO_NOTIFY;
    vring_used_store(vq, offsetof(VRingUsed, flags), flags);
}

/* With event_idx the guest kicks when it makes entry @val available. */
static inline void vring_set_avail_event(VirtQueue *vq, uint16_t val)
{
    if (!vq->notification) {
        return;
    }
    vring_used_store(vq, offsetof(VRingUsed, ring[vq->vring.num]), val);
}

/* Finding the next chain */

bool virtqueue_split_empty(VirtQueue *vq)
{
    if (unlikely(!vq->vring.avail)) {
        return true;
    }
    /* What was read last time is enough as long as it is not used up. */
    if (vq->shadow_avail_idx != vq->last_avail_idx) {
        return false;
    }
    return vring_avail_idx(vq) == vq->last_avail_idx;
}

/* How many chains there are from @idx on; -1 if more than the ring can hold. */
static int virtqueue_num_heads(VirtQueue *vq, unsigned int idx)
{
    uint16_t avail_idx, num_heads;

    avail_idx = vq->shadow_avail_idx != idx ? vq->shadow_avail_idx
                                            : vring_avail_idx(vq);
    num_heads = avail_idx - idx;

    if (num_heads > vq->vring.num) {
        virtio_error(vq->vdev, "Guest moved used index from %u to %u",
                     idx, vq->shadow_avail_idx);
        return -1;
    }
    if (num_heads) {
        /* avail.idx was read before the entries that it announces. */
        smp_rmb();
    }
    return num_heads;
}

static bool virtqueue_get_head(VirtQueue *vq, unsigned int idx,
                               unsigned int *head)
{
    *head = vring_avail_ring(vq, idx % vq->vring.num);

    if (*head >= vq->vring.num) {
        virtio_error(vq->vdev, "Guest says index %u is available", *head);
        return false;
    }
    return true;
}

/* Walking a chain */

/*
 * A chain as it is walked: in the ring's own table, or in an indirect one,
 * which is a table of @max descriptors in a buffer (virtio 1.2, 2.7.5.3).
 */
typedef struct SplitChain {
    VirtQueue *vq;
    MemoryRegionCache *table;
    MemoryRegionCache indirect;     /* valid if @table points to it */
    bool translated;                /* @indirect is to be destroyed */
    unsigned int max;
    unsigned int seen;              /* more than max: it runs in circles */
    VRingDesc desc;                 /* the current one, in host byte order */
} SplitChain;

static inline void split_chain_read(SplitChain *c, unsigned int i)
{
    VirtIODevice *vdev = c->vq->vdev;

    address_space_read_cached(c->table, i * sizeof(VRingDesc), &c->desc,
                              sizeof(VRingDesc));
    c->desc.addr = virtio_tswap64(vdev, c->desc.addr);
    c->desc.len = virtio_tswap32(vdev, c->desc.len);
    c->desc.flags = virtio_tswap16(vdev, c->desc.flags);
    c->desc.next = virtio_tswap16(vdev, c->desc.next);
    c->seen++;
}

/* Read the first descriptor of the chain at @head.  False: device broken. */
static bool split_chain_start(SplitChain *c, VirtQueue *vq,
                              VRingMemoryRegionCaches *caches,
                              unsigned int head)
{
    c->vq = vq;
    c->table = &caches->desc;
    c->max = vq->vring.num;
    c->seen = 0;
    c->translated = false;
    if (unlikely(caches->desc.len < c->max * sizeof(VRingDesc))) {
        virtio_error(vq->vdev, "Cannot map descriptor ring");
        return false;
    }
    split_chain_read(c, head);
    if (!(c->desc.flags & VRING_DESC_F_INDIRECT)) {
        return true;
    }

    if (!virtqueue_map_table(vq, caches, c->desc.addr, c->desc.len,
                             &c->indirect, &c->translated)) {
        return false;
    }
    c->table = &c->indirect;
    c->max = c->desc.len / sizeof(VRingDesc);
    c->seen = 0;
    split_chain_read(c, 0);
    return true;
}

static inline void split_chain_end(SplitChain *c)
{
    if (unlikely(c->translated)) {
        address_space_cache_destroy(&c->indirect);
    }
}

/* Read the next one: 1, or 0 at the end, or -1 and the device is broken. */
static inline int split_chain_next(SplitChain *c)
{
    if (!(c->desc.flags & VRING_DESC_F_NEXT)) {
        return 0;
    }
    if (c->desc.next >= c->max) {
        virtio_error(c->vq->vdev, "Desc next is %u", c->desc.next);
        return -1;
    }
    if (c->seen >= c->max) {
        virtio_error(c->vq->vdev, "Looped descriptor");
        return -1;
    }
    if (c->seen >= VIRTQUEUE_MAX_SIZE) {
        /* No element holds so many, so there is no need to go on. */
        virtio_error(c->vq->vdev, "virtio: too many write descriptors in "
                     "indirect table");
        return -1;
    }
    split_chain_read(c, c->desc.next);
    return 1;
}

void *virtqueue_split_pop(VirtQueue *vq, size_t sz)
{
    VirtIODevice *vdev = vq->vdev;
    VRingMemoryRegionCaches *caches;
    VirtQueueElement *elem = NULL;
    unsigned int head, out_num = 0, in_num = 0;
    hwaddr addr[VIRTQUEUE_MAX_SIZE];
    struct iovec iov[VIRTQUEUE_MAX_SIZE];
    SplitChain chain;
    int more;

    if (virtqueue_num_heads(vq, vq->last_avail_idx) <= 0) {
        return NULL;
    }
    if (vq->inuse >= vq->vring.num) {
        virtio_error(vdev, "Virtqueue size exceeded");
        return NULL;
    }
    if (!virtqueue_get_head(vq, vq->last_avail_idx++, &head)) {
        return NULL;
    }
    if (virtio_vdev_has_feature(vdev, VIRTIO_RING_F_EVENT_IDX)) {
        vring_set_avail_event(vq, vq->last_avail_idx);
    }

    caches = vring_get_region_caches(vq);
    if (!caches) {
        virtio_error(vdev, "Region caches not initialized");
        return NULL;
    }
    if (!split_chain_start(&chain, vq, caches, head)) {
        goto end;
    }

    do {
        if (!virtqueue_gather(vq, caches,
                              chain.desc.flags & VRING_DESC_F_WRITE,
                              chain.desc.addr, chain.desc.len,
                              &out_num, &in_num, addr, iov)) {
            goto undo;
        }
        more = split_chain_next(&chain);
    } while (more > 0);
    if (more < 0) {
        goto undo;
    }

    elem = virtqueue_make_element(vq, sz, head, 1, out_num, in_num, addr, iov);
    goto end;

undo:
    virtqueue_undo_map_desc(vq, out_num, in_num, iov);
end:
    split_chain_end(&chain);
    return elem;
}

bool virtqueue_split_get_avail_bytes(VirtQueue *vq,
                                     unsigned int *in_bytes,
                                     unsigned int *out_bytes,
                                     unsigned int max_in_bytes,
                                     unsigned int max_out_bytes)
{
    VRingMemoryRegionCaches *caches = vring_get_region_caches(vq);
    /* A sum of 32-bit lengths: it must not wrap around to a small one. */
    uint64_t in_total = 0, out_total = 0;
    unsigned int idx = vq->last_avail_idx;
    unsigned int total_bufs = 0;
    unsigned int chains = 0;
    int heads = 0;

    if (!caches) {
        virtio_error(vq->vdev, "Region caches not initialized");
        return false;
    }

    /* A guest that goes on adding while we count gets counted once. */
    while (chains++ < vq->vring.num &&
           (heads = virtqueue_num_heads(vq, idx)) > 0) {
        SplitChain chain;
        unsigned int head;
        int more = -1;

        if (!virtqueue_get_head(vq, idx++, &head)) {
            return false;
        }
        if (split_chain_start(&chain, vq, caches, head)) {
            /* Chains that share descriptors make no more than a ringful. */
            if (chain.table == &caches->desc) {
                chain.seen += total_bufs;
            } else {
                total_bufs++;
            }
            do {
                if (chain.desc.flags & VRING_DESC_F_WRITE) {
                    in_total += chain.desc.len;
                } else {
                    out_total += chain.desc.len;
                }
                if (in_total >= max_in_bytes && out_total >= max_out_bytes) {
                    split_chain_end(&chain);
                    goto out;
                }
                more = split_chain_next(&chain);
            } while (more > 0);
            if (chain.table == &caches->desc) {
                total_bufs = chain.seen;
            }
        }
        split_chain_end(&chain);
        if (more < 0) {
            return false;
        }
        idx = (uint16_t)idx;
    }
    if (heads < 0) {
        return false;
    }

out:
    *in_bytes = MIN(in_total, UINT_MAX);
    *out_bytes = MIN(out_total, UINT_MAX);
    return true;
}

/* Giving chains back */

void virtqueue_split_fill(VirtQueue *vq, unsigned int index,
                          unsigned int len, unsigned int idx)
{
    VRingUsedElem uelem = {
        .id = index,
        .len = len,
    };

    if (unlikely(!vq->vring.used)) {
        return;
    }
    vring_used_write(vq, &uelem, (idx + vq->used_idx) % vq->vring.num);
}

void virtqueue_split_flush(VirtQueue *vq, unsigned int count)
{
    uint16_t old, new;

    if (unlikely(!vq->vring.used)) {
        return;
    }

    /* The guest that sees the index must see the entries. */
    smp_wmb();
    old = vq->used_idx;
    new = old + count;
    vring_used_idx_set(vq, new);
    vq->inuse -= count;
    /* More uses than an index can tell apart since the last interrupt. */
    if (unlikely((int16_t)(new - vq->signalled_used) <
                 (uint16_t)(new - old))) {
        vq->signalled_used_valid = false;
    }
}

unsigned int virtqueue_split_drop_all(VirtQueue *vq)
{
    bool event_idx = virtio_vdev_has_feature(vq->vdev,
                                             VIRTIO_RING_F_EVENT_IDX);
    VirtQueueElement elem = { .ndescs = 1 };
    unsigned int dropped = 0;

    while (vq->inuse < vq->vring.num &&
           virtqueue_num_heads(vq, vq->last_avail_idx) > 0) {
        if (!virtqueue_get_head(vq, vq->last_avail_idx, &elem.index)) {
            break;
        }
        virtqueue_popped(vq, elem.index, 1);
        vq->last_avail_idx++;
        if (event_idx) {
            vring_set_avail_event(vq, vq->last_avail_idx);
        }
        /* Nothing was mapped, and the element has nothing to unmap. */
        virtqueue_push(vq, &elem, 0);
        dropped++;
    }
    return dropped;
}

/* Notifications (virtio 1.2, 2.7.7 and 2.7.10) */

void virtio_queue_split_set_notification(VirtQueue *vq, int enable)
{
    if (virtio_vdev_has_feature(vq->vdev, VIRTIO_RING_F_EVENT_IDX)) {
        vring_set_avail_event(vq, vring_avail_idx(vq));
    } else {
        vring_used_set_no_notify(vq, !enable);
    }
    if (enable) {
        /* The caller looks for new entries next, and must not do so first. */
        smp_mb();
    }
}

bool virtio_split_should_notify(VirtIODevice *vdev, VirtQueue *vq)
{
    uint16_t old, new;
    bool valid;

    /* used.idx is visible before we read what the guest asked for. */
    smp_mb();
    if (virtio_vdev_has_feature(vdev, VIRTIO_F_NOTIFY_ON_EMPTY) &&
        !vq->inuse && virtio_queue_empty(vq)) {
        return true;
    }

    if (!virtio_vdev_has_feature(vdev, VIRTIO_RING_F_EVENT_IDX)) {
        return !(vring_avail_flags(vq) & VRING_AVAIL_F_NO_INTERRUPT);
    }

    valid = vq->signalled_used_valid;
    old = vq->signalled_used;
    new = vq->used_idx;
    vq->signalled_used_valid = true;
    vq->signalled_used = new;
    return !valid || vring_need_event(vring_get_used_event(vq), new, old);
}
