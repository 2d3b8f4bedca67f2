/*
 * VirtQueue: from the guest's addresses to ours.
 *
 * Translating an address takes a walk through the memory map.  So the ring is
 * translated once, when the guest says where it is, and again when the map
 * changes; and the largest piece of RAM with it, because the buffers will be
 * there.  What lies elsewhere goes through dma_memory_map() each time.
 *
 * Read virtqueue-int.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/error-report.h"
#include "sysemu/dma.h"
#include "virtqueue-int.h"

/* Caches */

static void virtio_free_region_cache(VRingMemoryRegionCaches *caches)
{
    address_space_cache_destroy(&caches->desc);
    address_space_cache_destroy(&caches->avail);
    address_space_cache_destroy(&caches->used);
    address_space_cache_destroy(&caches->ram);
    g_free(caches);
}

static void virtqueue_publish_caches(VirtQueue *vq,
                                     VRingMemoryRegionCaches *caches)
{
    VRingMemoryRegionCaches *old = qatomic_read(&vq->vring.caches);

    qatomic_rcu_set(&vq->vring.caches, caches);
    if (old) {
        /* A queue served in another thread may be reading it just now. */
        call_rcu(old, virtio_free_region_cache, rcu);
    }
}

void virtio_virtqueue_reset_region_cache(VirtQueue *vq)
{
    virtqueue_publish_caches(vq, NULL);
}

typedef struct LongestRAM {
    hwaddr start;
    hwaddr len;
} LongestRAM;

static bool virtqueue_compare_ram(Int128 start, Int128 len,
                                  const MemoryRegion *mr,
                                  hwaddr offset_in_region, void *opaque)
{
    LongestRAM *longest = opaque;

    if (mr->ram && !mr->readonly && !mr->ram_device && !mr->rom_device &&
        !int128_gethi(len) && int128_getlo(len) > longest->len) {
        longest->start = int128_get64(start);
        longest->len = int128_getlo(len);
    }
    return false;
}

static void virtqueue_cache_ram(VRingMemoryRegionCaches *caches,
                                AddressSpace *as)
{
    LongestRAM longest = { 0 };

    WITH_RCU_READ_LOCK_GUARD() {
        flatview_for_each_range(address_space_to_flatview(as),
                                virtqueue_compare_ram, &longest);
    }
    if (longest.len &&
        address_space_cache_init(&caches->ram, as, longest.start,
                                 longest.len, true) > 0) {
        caches->ram_base = longest.start;
    }
}

void virtio_init_region_cache(VirtIODevice *vdev, int n)
{
    VirtQueue *vq = &vdev->vq[n];
    VRingMemoryRegionCaches *caches;
    struct {
        MemoryRegionCache *cache;
        hwaddr addr;
        hwaddr size;
        bool is_write;
        const char *what;
    } part[3];

    if (!vq->vring.desc) {
        virtio_virtqueue_reset_region_cache(vq);
        return;
    }

    caches = g_new0(VRingMemoryRegionCaches, 1);
    part[0].cache = &caches->desc;
    part[0].addr = vq->vring.desc;
    part[0].size = virtio_queue_get_desc_size(vdev, n);
    part[0].is_write = virtqueue_is_packed(vq);
    part[0].what = "desc";
    part[1].cache = &caches->used;
    part[1].addr = vq->vring.used;
    part[1].size = virtio_queue_get_used_size(vdev, n);
    part[1].is_write = true;
    part[1].what = "used";
    part[2].cache = &caches->avail;
    part[2].addr = vq->vring.avail;
    part[2].size = virtio_queue_get_avail_size(vdev, n);
    part[2].is_write = false;
    part[2].what = "avail";

    for (int i = 0; i < ARRAY_SIZE(part); i++) {
        int64_t len = address_space_cache_init(part[i].cache, vdev->dma_as,
                                               part[i].addr, part[i].size,
                                               part[i].is_write);

        if (len < 0 || len < part[i].size) {
            virtio_error(vdev, "Cannot map %s", part[i].what);
            virtio_free_region_cache(caches);
            virtio_virtqueue_reset_region_cache(vq);
            return;
        }
    }
    virtqueue_cache_ram(caches, vdev->dma_as);
    virtqueue_publish_caches(vq, caches);
}

/* Buffers */

/* Its RAM is there until it is unmapped, even if it is unplugged before. */
static inline void virtqueue_hold_ram(VirtQueue *vq, MemoryRegionCache *ram)
{
    MemoryRegion *mr = ram->mrs.mr;

    if (likely(vq->held.count && vq->held.ptr == ram->ptr &&
               vq->held.len == ram->len && vq->held.mr == mr)) {
        vq->held.count++;
        return;
    }
    memory_region_ref(mr);
    if (!vq->held.count) {
        vq->held.mr = mr;
        vq->held.ptr = ram->ptr;
        vq->held.len = ram->len;
        vq->held.xlat = ram->xlat;
        vq->held.count = 1;
    }
}

/* Where @pa is in the piece of RAM that we know, or NULL. */
static inline void *virtqueue_ram_ptr(VirtQueue *vq,
                                      VRingMemoryRegionCaches *caches,
                                      hwaddr pa, hwaddr len)
{
    hwaddr offset = pa - caches->ram_base;

    if (likely(caches->ram.ptr && offset < caches->ram.len &&
               len <= caches->ram.len - offset)) {
        virtqueue_hold_ram(vq, &caches->ram);
        return caches->ram.ptr + offset;
    }
    return NULL;
}

bool virtqueue_map_desc(VirtQueue *vq, VRingMemoryRegionCaches *caches,
                        unsigned int *p_num_sg, hwaddr *addr,
                        struct iovec *iov, unsigned int max_num_sg,
                        bool is_write, hwaddr pa, size_t sz)
{
    VirtIODevice *vdev = vq->vdev;
    unsigned int num_sg = *p_num_sg;
    bool ok = false;

    if (!sz) {
        virtio_error(vdev, "virtio: zero sized buffers are not allowed");
        return false;
    }

    while (sz) {
        hwaddr len = sz;
        void *base;

        if (num_sg == max_num_sg) {
            virtio_error(vdev, "virtio: too many write descriptors in "
                         "indirect table");
            goto out;
        }

        base = virtqueue_ram_ptr(vq, caches, pa, len);
        if (unlikely(!base)) {
            base = dma_memory_map(vdev->dma_as, pa, &len,
                                  is_write ? DMA_DIRECTION_FROM_DEVICE
                                           : DMA_DIRECTION_TO_DEVICE,
                                  MEMTXATTRS_UNSPECIFIED);
            if (!base || !len) {
                virtio_error(vdev,
                             "virtio: bogus descriptor or out of resources");
                goto out;
            }
        }

        iov[num_sg].iov_base = base;
        iov[num_sg].iov_len = len;
        addr[num_sg] = pa;
        num_sg++;
        sz -= len;
        pa += len;
    }
    ok = true;

out:
    *p_num_sg = num_sg;
    return ok;
}

bool virtqueue_map_table(VirtQueue *vq, VRingMemoryRegionCaches *caches,
                         hwaddr pa, uint32_t len, MemoryRegionCache *table,
                         bool *translated)
{
    VirtIODevice *vdev = vq->vdev;

    *translated = false;
    if (!len || len % sizeof(VRingDesc)) {
        virtio_error(vdev, "Invalid size for indirect buffer table");
        return false;
    }
    if (virtqueue_ram_view(caches, pa, len, table)) {
        return true;
    }
    *translated = true;
    if (address_space_cache_init(table, vdev->dma_as, pa, len, false) < len) {
        virtio_error(vdev, "Cannot map indirect buffer");
        return false;
    }
    return true;
}

/*
 * RAM is known by its place.  @caches may be newer than the mapping, or NULL; and
 * what is not held came from a migration, or the memory map was another one then.
 */
static void virtqueue_unmap_iov(VirtQueue *vq, VRingMemoryRegionCaches *caches,
                                const struct iovec *iov, bool is_write,
                                size_t written)
{
    uintptr_t held = (uintptr_t)iov->iov_base - (uintptr_t)vq->held.ptr;

    if (likely(vq->held.count && held < vq->held.len)) {
        if (is_write && written) {
            memory_region_set_dirty(vq->held.mr, vq->held.xlat + held,
                                    written);
        }
        if (!--vq->held.count) {
            memory_region_unref(vq->held.mr);
        }
        return;
    }
    if (caches && caches->ram.ptr) {
        uintptr_t offset = (uintptr_t)iov->iov_base -
                           (uintptr_t)caches->ram.ptr;

        if (offset < caches->ram.len) {
            MemoryRegion *mr = caches->ram.mrs.mr;

            if (is_write && written) {
                memory_region_set_dirty(mr, caches->ram.xlat + offset,
                                        written);
            }
            memory_region_unref(mr);
            return;
        }
    }
    dma_memory_unmap(vq->vdev->dma_as, iov->iov_base, iov->iov_len,
                     is_write ? DMA_DIRECTION_FROM_DEVICE
                              : DMA_DIRECTION_TO_DEVICE,
                     written);
}

void virtqueue_undo_map_desc(VirtQueue *vq, unsigned int out_num,
                             unsigned int in_num, struct iovec *iov)
{
    VRingMemoryRegionCaches *caches;

    RCU_READ_LOCK_GUARD();
    caches = vring_get_region_caches(vq);
    for (unsigned int i = 0; i < out_num + in_num; i++) {
        virtqueue_unmap_iov(vq, caches, &iov[i], i >= out_num, 0);
    }
}

void virtqueue_unmap_sg(VirtQueue *vq, const VirtQueueElement *elem,
                        unsigned int len)
{
    VRingMemoryRegionCaches *caches;
    size_t offset = 0;

    RCU_READ_LOCK_GUARD();
    caches = vring_get_region_caches(vq);

    for (unsigned int i = 0; i < elem->in_num; i++) {
        size_t written = MIN(len - offset, elem->in_sg[i].iov_len);

        virtqueue_unmap_iov(vq, caches, &elem->in_sg[i], true, written);
        offset += written;
    }
    for (unsigned int i = 0; i < elem->out_num; i++) {
        virtqueue_unmap_iov(vq, caches, &elem->out_sg[i], false, 0);
    }
}

/* Map one piece of an element that came from a migration stream. */
static void virtqueue_map_iovec(VirtIODevice *vdev, struct iovec *sg,
                                const hwaddr *addr, unsigned int num_sg,
                                bool is_write)
{
    for (unsigned int i = 0; i < num_sg; i++) {
        hwaddr len = sg[i].iov_len;

        sg[i].iov_base = dma_memory_map(vdev->dma_as, addr[i], &len,
                                        is_write ? DMA_DIRECTION_FROM_DEVICE
                                                 : DMA_DIRECTION_TO_DEVICE,
                                        MEMTXATTRS_UNSPECIFIED);
        if (!sg[i].iov_base) {
            error_report("virtio: error trying to map MMIO memory");
            exit(1);
        }
        if (len != sg[i].iov_len) {
            error_report("virtio: unexpected memory split");
            exit(1);
        }
    }
}

void virtqueue_map(VirtIODevice *vdev, VirtQueueElement *elem)
{
    virtqueue_map_iovec(vdev, elem->in_sg, elem->in_addr, elem->in_num, true);
    virtqueue_map_iovec(vdev, elem->out_sg, elem->out_addr, elem->out_num,
                        false);
}
