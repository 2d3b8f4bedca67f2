/*
 * VirtQueue: the packed ring (virtio 1.2, 2.8).
 *
 * One array of descriptors, which both sides write.  The driver fills
 * descriptors one after the other, and marks the first of a chain last.  The
 * device, when it is done with a chain, writes an id and a length to the place
 * where it has to write next, and goes on by as many places as the chain had.
 * Each side has a counter of one bit, which turns over when it comes to the
 * end of the ring; two bits of a descriptor show whose it is:
 *
 *      available     AVAIL is the driver's counter, USED its opposite
 *      used          AVAIL and USED are the device's counter
 *
 *              used_idx, counter 1          last_avail_idx, counter 1
 *                  v                            v
 *   +------+------+------+------+------+------+------+------+------+
 *   | A  U | A  U | A    | A    | A    | A    | A    |      |      |
 *   +------+------+------+------+------+------+------+------+------+
 *     used          popped: in use              available     not yet
 *
 * Each side has besides a word, of which the other reads when it wants to be
 * notified: always, never, or (with event_idx) when a certain place is passed.
 *
 * All of it may be a lie.  A descriptor is copied once and then checked, no
 * chain has more descriptors than the ring, and no place is given out twice.
 *
 * Read virtqueue-int.h first.  Everything here runs in an RCU read section of
 * the caller's.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/virtio/virtio-access.h"
#include "virtqueue-int.h"

/* The ring; NULL if the guest has not said where it is, or it is nowhere. */
static inline MemoryRegionCache *vring_packed_cache(VirtQueue *vq)
{
    VRingMemoryRegionCaches *caches = vring_get_region_caches(vq);

    if (!caches ||
        unlikely(caches->desc.len < vq->vring.num * sizeof(VRingPackedDesc))) {
        return NULL;
    }
    return &caches->desc;
}

/* Places */

/* @n places on. */
static inline void vring_packed_advance(VirtQueue *vq, uint16_t *idx,
                                        bool *wrap_counter, unsigned int n)
{
    unsigned int next = *idx + n;

    while (next >= vq->vring.num) {
        next -= vq->vring.num;
        *wrap_counter = !*wrap_counter;
    }
    *idx = next;
}

static inline uint16_t vring_packed_off_wrap(uint16_t idx, bool wrap_counter)
{
    return idx | (uint16_t)wrap_counter << VRING_PACKED_EVENT_F_WRAP_CTR;
}

void virtqueue_packed_rewind(VirtQueue *vq, unsigned int num)
{
    if (num > vq->last_avail_idx) {
        vq->last_avail_idx += vq->vring.num;
        vq->last_avail_wrap_counter = !vq->last_avail_wrap_counter;
    }
    vq->last_avail_idx -= num;
    vq->shadow_avail_idx = vq->last_avail_idx;
    vq->shadow_avail_wrap_counter = vq->last_avail_wrap_counter;
}

/* Descriptors */

static inline bool is_desc_avail(uint16_t flags, bool wrap_counter)
{
    bool avail = flags & (1 << VRING_PACKED_DESC_F_AVAIL);
    bool used = flags & (1 << VRING_PACKED_DESC_F_USED);

    return avail != used && avail == wrap_counter;
}

static inline hwaddr vring_packed_flags_offset(unsigned int i)
{
    return i * sizeof(VRingPackedDesc) + offsetof(VRingPackedDesc, flags);
}

/* The place is available, and then all else in it may be read. */
static inline bool vring_packed_avail(VirtQueue *vq, MemoryRegionCache *cache,
                                      unsigned int i, bool wrap_counter)
{
    uint16_t flags = virtio_lduw_phys_cached(vq->vdev, cache,
                                             vring_packed_flags_offset(i));

    if (!is_desc_avail(flags, wrap_counter)) {
        return false;
    }
    /* The flags were read before the rest of it. */
    smp_rmb();
    return true;
}

static inline void vring_packed_desc_read(VirtIODevice *vdev,
                                          VRingPackedDesc *desc,
                                          MemoryRegionCache *cache,
                                          unsigned int i)
{
    address_space_read_cached(cache, (hwaddr)i * sizeof(*desc), desc,
                              sizeof(*desc));
    desc->addr = virtio_tswap64(vdev, desc->addr);
    desc->len = virtio_tswap32(vdev, desc->len);
    desc->id = virtio_tswap16(vdev, desc->id);
    desc->flags = virtio_tswap16(vdev, desc->flags);
}

static inline void vring_packed_desc_write_data(VirtQueue *vq,
                                                MemoryRegionCache *cache,
                                                const VirtQueueUsedElem *used,
                                                unsigned int i)
{
    struct {
        uint32_t len;
        uint16_t id;
    } QEMU_PACKED le = {
        .len = virtio_tswap32(vq->vdev, used->len),
        .id = virtio_tswap16(vq->vdev, used->index),
    };
    hwaddr pa = i * sizeof(VRingPackedDesc) + offsetof(VRingPackedDesc, len);

    QEMU_BUILD_BUG_ON(offsetof(VRingPackedDesc, id) !=
                      offsetof(VRingPackedDesc, len) + sizeof(uint32_t));
    address_space_write_cached(cache, pa, &le, sizeof(le));
    address_space_cache_invalidate(cache, pa, sizeof(le));
}

/* From here on the place belongs to the driver. */
static inline void vring_packed_desc_write_flags(VirtQueue *vq,
                                                 MemoryRegionCache *cache,
                                                 const VirtQueueUsedElem *used,
                                                 unsigned int i,
                                                 bool wrap_counter)
{
    hwaddr pa = vring_packed_flags_offset(i);
    uint16_t flags = 0;

    if (wrap_counter) {
        flags |= 1 << VRING_PACKED_DESC_F_AVAIL | 1 << VRING_PACKED_DESC_F_USED;
    }
    if (used->len) {
        /* Without it the driver need not look at the length. */
        flags |= VRING_DESC_F_WRITE;
    }
    virtio_stw_phys_cached(vq->vdev, cache, pa, flags);
    address_space_cache_invalidate(cache, pa, sizeof(flags));
}

/* Walking a chain */

/*
 * A chain as it is walked: through the ring itself, place after place, or
 * through an indirect table of @max descriptors, all of which belong to it
 * (2.8.7): there NEXT means nothing, and no table is in a table.
 */
typedef struct PackedChain {
    VirtQueue *vq;
    MemoryRegionCache *table;
    MemoryRegionCache indirect;     /* valid if @table points to it */
    bool translated;                /* @indirect is to be destroyed */
    unsigned int max;
    unsigned int next;
    unsigned int seen;
    uint16_t id;                    /* of the last one in the ring */
    VRingPackedDesc desc;           /* the current one, in host byte order */
} PackedChain;

static inline bool packed_chain_is_indirect(PackedChain *c)
{
    return c->table == &c->indirect;
}

/* How many places of the ring it has taken so far. */
static inline unsigned int packed_chain_ndescs(PackedChain *c)
{
    return packed_chain_is_indirect(c) ? 1 : c->seen;
}

static inline void packed_chain_read(PackedChain *c)
{
    vring_packed_desc_read(c->vq->vdev, &c->desc, c->table, c->next);
    if (!packed_chain_is_indirect(c)) {
        c->id = c->desc.id;
    }
    c->seen++;
    c->next++;
}

/* Read the first descriptor of the chain at place @i.  False: broken. */
static bool packed_chain_start(PackedChain *c, VirtQueue *vq,
                               VRingMemoryRegionCaches *caches,
                               unsigned int i)
{
    c->vq = vq;
    c->table = &caches->desc;
    c->max = vq->vring.num;
    c->next = i;
    c->seen = 0;
    c->translated = false;
    packed_chain_read(c);
    if (!(c->desc.flags & VRING_DESC_F_INDIRECT)) {
        return true;
    }

    if (!virtqueue_map_table(vq, caches, c->desc.addr, c->desc.len,
                             &c->indirect, &c->translated)) {
        return false;
    }
    c->table = &c->indirect;
    c->max = c->desc.len / sizeof(VRingPackedDesc);
    c->next = 0;
    c->seen = 0;
    packed_chain_read(c);
    return true;
}

static inline void packed_chain_end(PackedChain *c)
{
    if (unlikely(c->translated)) {
        address_space_cache_destroy(&c->indirect);
    }
}

/* Read the next one: 1, or 0 at the end, or -1 and the device is broken. */
static inline int packed_chain_next(PackedChain *c)
{
    if (packed_chain_is_indirect(c)) {
        if (c->seen == c->max) {
            return 0;
        }
        if (c->seen == VIRTQUEUE_MAX_SIZE) {
            /* No element holds so many, so there is no need to go on. */
            virtio_error(c->vq->vdev, "virtio: too many write descriptors in "
                         "indirect table");
            return -1;
        }
    } else {
        if (!(c->desc.flags & VRING_DESC_F_NEXT)) {
            return 0;
        }
        if (c->seen == c->max) {
            virtio_error(c->vq->vdev, "Looped descriptor");
            return -1;
        }
        if (c->next == c->max) {
            c->next = 0;
        }
    }
    packed_chain_read(c);
    return 1;
}

/* Taking chains */

bool virtqueue_packed_empty(VirtQueue *vq)
{
    MemoryRegionCache *cache = vring_packed_cache(vq);

    return !cache || !vring_packed_avail(vq, cache, vq->last_avail_idx,
                                         vq->last_avail_wrap_counter);
}

/* What has @ndescs places, from last_avail_idx on, has been taken. */
static void virtqueue_packed_taken(VirtQueue *vq, unsigned int ndescs)
{
    vring_packed_advance(vq, &vq->last_avail_idx,
                         &vq->last_avail_wrap_counter, ndescs);
    vq->shadow_avail_idx = vq->last_avail_idx;
    vq->shadow_avail_wrap_counter = vq->last_avail_wrap_counter;
}

/* Are there @ndescs places that the device does not have already? */
static bool virtqueue_packed_fits(VirtQueue *vq, unsigned int ndescs)
{
    if (vq->inuse + ndescs > vq->vring.num) {
        virtio_error(vq->vdev, "Virtqueue size exceeded");
        return false;
    }
    return true;
}

void *virtqueue_packed_pop(VirtQueue *vq, size_t sz)
{
    VirtQueueElement *elem = NULL;
    unsigned int out_num = 0, in_num = 0;
    hwaddr addr[VIRTQUEUE_MAX_SIZE];
    struct iovec iov[VIRTQUEUE_MAX_SIZE];
    VRingMemoryRegionCaches *caches = vring_get_region_caches(vq);
    PackedChain chain;
    int more;

    if (!virtqueue_packed_fits(vq, 1)) {
        return NULL;
    }
    if (!packed_chain_start(&chain, vq, caches, vq->last_avail_idx)) {
        goto end;
    }

    do {
        if (!virtqueue_gather(vq, caches,
                              chain.desc.flags & VRING_DESC_F_WRITE,
                              chain.desc.addr, chain.desc.len,
                              &out_num, &in_num, addr, iov)) {
            goto undo;
        }
        more = packed_chain_next(&chain);
    } while (more > 0);
    if (more < 0 || !virtqueue_packed_fits(vq, packed_chain_ndescs(&chain))) {
        goto undo;
    }

    virtqueue_packed_taken(vq, packed_chain_ndescs(&chain));
    elem = virtqueue_make_element(vq, sz, chain.id,
                                  packed_chain_ndescs(&chain), out_num,
                                  in_num, addr, iov);
    goto end;

undo:
    virtqueue_undo_map_desc(vq, out_num, in_num, iov);
end:
    packed_chain_end(&chain);
    return elem;
}

bool virtqueue_packed_get_avail_bytes(VirtQueue *vq,
                                      unsigned int *in_bytes,
                                      unsigned int *out_bytes,
                                      unsigned int max_in_bytes,
                                      unsigned int max_out_bytes)
{
    VRingMemoryRegionCaches *caches = vring_get_region_caches(vq);
    /* A sum of 32-bit lengths: it must not wrap around to a small one. */
    uint64_t in_total = 0, out_total = 0;
    uint16_t idx = vq->last_avail_idx;
    bool wrap_counter = vq->last_avail_wrap_counter;
    unsigned int ndescs = 0;
    bool enough = false;

    if (!caches) {
        virtio_error(vq->vdev, "Region caches not initialized");
        return false;
    }
    if (!vring_packed_cache(vq)) {
        virtio_error(vq->vdev, "Cannot map descriptor ring");
        return false;
    }

    /* A guest that goes on adding while we count gets counted once. */
    while (!enough && ndescs < vq->vring.num &&
           vring_packed_avail(vq, &caches->desc, idx, wrap_counter)) {
        PackedChain chain;
        int more = -1;

        if (packed_chain_start(&chain, vq, caches, idx)) {
            do {
                if (chain.desc.flags & VRING_DESC_F_WRITE) {
                    in_total += chain.desc.len;
                } else {
                    out_total += chain.desc.len;
                }
                enough = in_total >= max_in_bytes &&
                         out_total >= max_out_bytes;
                more = enough ? 0 : packed_chain_next(&chain);
            } while (more > 0);
        }
        packed_chain_end(&chain);
        if (more < 0) {
            return false;
        }
        ndescs += packed_chain_ndescs(&chain);
        vring_packed_advance(vq, &idx, &wrap_counter,
                             packed_chain_ndescs(&chain));
    }

    if (!enough) {
        vq->shadow_avail_idx = idx;
        vq->shadow_avail_wrap_counter = wrap_counter;
    }
    *in_bytes = MIN(in_total, UINT_MAX);
    *out_bytes = MIN(out_total, UINT_MAX);
    return true;
}

uint16_t virtqueue_packed_seen(VirtQueue *vq)
{
    return vring_packed_off_wrap(vq->shadow_avail_idx,
                                 vq->shadow_avail_wrap_counter);
}

bool virtqueue_packed_poll(VirtQueue *vq, uint16_t off_wrap)
{
    MemoryRegionCache *cache = vring_packed_cache(vq);
    uint16_t idx = off_wrap & ~(1 << VRING_PACKED_EVENT_F_WRAP_CTR);

    return cache && idx < vq->vring.num &&
           vring_packed_avail(vq, cache, idx,
                              off_wrap >> VRING_PACKED_EVENT_F_WRAP_CTR);
}

/* Giving chains back */

/*
 * The driver looks at the first place only, so all others may be written in
 * any order, and when the first is marked all are there.
 */
void virtqueue_packed_flush(VirtQueue *vq, unsigned int count)
{
    MemoryRegionCache *cache = vring_packed_cache(vq);
    VirtQueueUsedElem *first = virtqueue_used_elem(vq, 0);
    unsigned int first_idx = vq->used_idx;
    bool first_wrap_counter = vq->used_wrap_counter;
    uint16_t idx = first_idx;
    bool wrap_counter = first_wrap_counter;

    if (!cache || !count) {
        return;
    }
    for (unsigned int i = 0; i < count; i++) {
        VirtQueueUsedElem *used = virtqueue_used_elem(vq, i);

        if (i) {
            vring_packed_desc_write_data(vq, cache, used, idx);
            vring_packed_desc_write_flags(vq, cache, used, idx, wrap_counter);
        }
        vq->inuse -= used->ndescs;
        vring_packed_advance(vq, &idx, &wrap_counter, used->ndescs);
    }
    vring_packed_desc_write_data(vq, cache, first, first_idx);
    smp_wmb();
    vring_packed_desc_write_flags(vq, cache, first, first_idx,
                                  first_wrap_counter);

    vq->used_idx = idx;
    if (wrap_counter != vq->used_wrap_counter) {
        vq->used_wrap_counter = wrap_counter;
        /* A number from the last round cannot be compared with this one's. */
        vq->signalled_used_valid = false;
    }
}

unsigned int virtqueue_packed_drop_all(VirtQueue *vq)
{
    VRingMemoryRegionCaches *caches = vring_get_region_caches(vq);
    unsigned int dropped = 0;

    while (vq->inuse < vq->vring.num && !virtqueue_packed_empty(vq)) {
        VirtQueueElement elem = { };
        PackedChain chain;
        int more = -1;

        if (packed_chain_start(&chain, vq, caches, vq->last_avail_idx)) {
            /* What is in an indirect table does not matter. */
            do {
                more = packed_chain_is_indirect(&chain)
                    ? 0 : packed_chain_next(&chain);
            } while (more > 0);
        }
        packed_chain_end(&chain);
        elem.index = chain.id;
        elem.ndescs = packed_chain_ndescs(&chain);
        if (more < 0 || !virtqueue_packed_fits(vq, elem.ndescs)) {
            break;
        }
        virtqueue_packed_taken(vq, elem.ndescs);
        virtqueue_popped(vq, elem.index, elem.ndescs);
        /* Nothing was mapped, and the element has nothing to unmap. */
        virtqueue_push(vq, &elem, 0);
        dropped++;
    }
    return dropped;
}

/* Notifications (virtio 1.2, 2.8.10 and 2.8.14) */

void virtio_queue_packed_set_notification(VirtQueue *vq, int enable)
{
    VRingMemoryRegionCaches *caches = vring_get_region_caches(vq);
    VirtIODevice *vdev = vq->vdev;
    uint16_t flags = VRING_PACKED_EVENT_FLAG_ENABLE;

    if (!caches) {
        return;
    }
    if (!enable) {
        flags = VRING_PACKED_EVENT_FLAG_DISABLE;
    } else if (virtio_vdev_has_feature(vdev, VIRTIO_RING_F_EVENT_IDX)) {
        virtio_stw_phys_cached(vdev, &caches->used,
                               offsetof(VRingPackedDescEvent, off_wrap),
                               virtqueue_packed_seen(vq));
        address_space_cache_invalidate(&caches->used,
                                       offsetof(VRingPackedDescEvent,
                                                off_wrap),
                                       sizeof(uint16_t));
        /* The place is there before it is pointed to. */
        smp_wmb();
        flags = VRING_PACKED_EVENT_FLAG_DESC;
    }
    virtio_stw_phys_cached(vdev, &caches->used,
                           offsetof(VRingPackedDescEvent, flags), flags);
    address_space_cache_invalidate(&caches->used,
                                   offsetof(VRingPackedDescEvent, flags),
                                   sizeof(flags));
    if (enable) {
        /* The caller looks for new entries next, and must not do so first. */
        smp_mb();
    }
}

/* Has the place in @off_wrap been passed on the way from @old to used_idx? */
static bool vring_packed_need_event(VirtQueue *vq, uint16_t off_wrap,
                                    uint16_t old)
{
    int off = off_wrap & ~(1 << VRING_PACKED_EVENT_F_WRAP_CTR);

    if (vq->used_wrap_counter != off_wrap >> VRING_PACKED_EVENT_F_WRAP_CTR) {
        off -= vq->vring.num;
    }
    return vring_need_event(off, vq->used_idx, old);
}

bool virtio_packed_should_notify(VirtIODevice *vdev, VirtQueue *vq)
{
    VRingMemoryRegionCaches *caches;
    uint16_t flags, off_wrap, old;
    bool valid;

    /* What was used is visible before we read what the guest asked for. */
    smp_mb();
    caches = vring_get_region_caches(vq);
    if (!caches) {
        return false;
    }
    flags = virtio_lduw_phys_cached(vdev, &caches->avail,
                                    offsetof(VRingPackedDescEvent, flags));
    smp_rmb();
    off_wrap = virtio_lduw_phys_cached(vdev, &caches->avail,
                                       offsetof(VRingPackedDescEvent,
                                                off_wrap));

    valid = vq->signalled_used_valid;
    old = vq->signalled_used;
    vq->signalled_used_valid = true;
    vq->signalled_used = vq->used_idx;

    switch (flags) {
    case VRING_PACKED_EVENT_FLAG_DISABLE:
        return false;
    case VRING_PACKED_EVENT_FLAG_DESC:
        return !valid || vring_packed_need_event(vq, off_wrap, old);
    default:
        return true;
    }
}

/* Progress, as vhost and a migration stream have it: two places */

unsigned int virtio_queue_packed_get_last_avail_idx(VirtQueue *vq)
{
    unsigned int avail = vring_packed_off_wrap(vq->last_avail_idx,
                                               vq->last_avail_wrap_counter);
    unsigned int used = vring_packed_off_wrap(vq->used_idx,
                                              vq->used_wrap_counter);

    return used << 16 | avail;
}

void virtio_queue_packed_set_last_avail_idx(VirtQueue *vq, unsigned int idx)
{
    uint16_t avail = idx & 0x7fff, used = (idx >> 16) & 0x7fff;

    if (avail >= vq->vring.num || used >= vq->vring.num) {
        virtio_error(vq->vdev, "queue %u has no place 0x%x", vq->queue_index,
                     idx);
        return;
    }
    vq->last_avail_idx = vq->shadow_avail_idx = avail;
    vq->last_avail_wrap_counter = idx >> 15 & 1;
    vq->shadow_avail_wrap_counter = vq->last_avail_wrap_counter;
    vq->used_idx = used;
    vq->used_wrap_counter = idx >> 31 & 1;
}
