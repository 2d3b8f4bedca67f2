/*
 * Memory for longer than one access: maps and caches
 *
 * address_space_map() gives a device the host's memory behind the guest's, so
 * that it can hand it on to readv() or the like.  Where there is no RAM, it
 * gets a bounce buffer.  A MemoryRegionCache keeps the result of a lookup.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/lockable.h"
#include "qemu/main-loop.h"
#include "qemu/thread.h"
#include "exec/address-spaces.h"
#include "exec/ram_addr.h"
#include "memory_int.h"

/*
 * A guest that points DMA at registers, most of the time by mistake, gets this
 * one buffer.  More would let it make us use as much memory as it likes.
 */
typedef struct {
    MemoryRegion *mr;
    void *buffer;
    hwaddr addr;
    hwaddr len;
    bool in_use;
} BounceBuffer;

static BounceBuffer bounce;

typedef struct MapClient {
    QEMUBH *bh;
    QLIST_ENTRY(MapClient) link;
} MapClient;

static QemuMutex map_client_list_lock;
static QLIST_HEAD(, MapClient) map_client_list =
    QLIST_HEAD_INITIALIZER(map_client_list);

static void __attribute__((__constructor__)) map_client_list_lock_init(void)
{
    qemu_mutex_init(&map_client_list_lock);
}

/* Those who wait for the bounce buffer */

static void cpu_unregister_map_client_do(MapClient *client)
{
    QLIST_REMOVE(client, link);
    g_free(client);
}

static void cpu_notify_map_clients_locked(void)
{
    while (!QLIST_EMPTY(&map_client_list)) {
        MapClient *client = QLIST_FIRST(&map_client_list);

        qemu_bh_schedule(client->bh);
        cpu_unregister_map_client_do(client);
    }
}

void cpu_register_map_client(QEMUBH *bh)
{
    MapClient *client = g_new(MapClient, 1);

    QEMU_LOCK_GUARD(&map_client_list_lock);
    client->bh = bh;
    QLIST_INSERT_HEAD(&map_client_list, client, link);
    /* The buffer may have come free since the caller asked for it. */
    smp_mb();
    if (!qatomic_read(&bounce.in_use)) {
        cpu_notify_map_clients_locked();
    }
}

void cpu_unregister_map_client(QEMUBH *bh)
{
    MapClient *client;

    QEMU_LOCK_GUARD(&map_client_list_lock);
    QLIST_FOREACH(client, &map_client_list, link) {
        if (client->bh == bh) {
            cpu_unregister_map_client_do(client);
            break;
        }
    }
}

static void cpu_notify_map_clients(void)
{
    QEMU_LOCK_GUARD(&map_client_list_lock);
    cpu_notify_map_clients_locked();
}

/* Maps */

hwaddr flatview_extend_translation(FlatView *fv, hwaddr addr,
                                   hwaddr target_len, MemoryRegion *mr,
                                   hwaddr base, hwaddr len, bool is_write,
                                   MemTxAttrs attrs)
{
    hwaddr done = 0;

    for (;;) {
        MemoryRegion *this_mr;
        hwaddr xlat;

        target_len -= len;
        addr += len;
        done += len;
        if (target_len == 0) {
            return done;
        }
        len = target_len;
        this_mr = flatview_translate(fv, addr, &xlat, &len, is_write, attrs);
        if (this_mr != mr || xlat != base + done) {
            return done;
        }
    }
}

static void *address_space_map_bounce(FlatView *fv, MemoryRegion *mr,
                                      hwaddr addr, hwaddr *plen, hwaddr l,
                                      bool is_write)
{
    if (qatomic_xchg(&bounce.in_use, true)) {
        *plen = 0;
        return NULL;
    }
    l = MIN(l, TARGET_PAGE_SIZE);
    /* Zeroed, for a device that writes less than it says. */
    bounce.buffer = g_malloc0(l);
    bounce.addr = addr;
    bounce.len = l;
    bounce.mr = mr;
    memory_region_ref(mr);
    if (!is_write) {
        flatview_read(fv, addr, MEMTXATTRS_UNSPECIFIED, bounce.buffer, l);
    }
    *plen = l;
    return bounce.buffer;
}

void *address_space_map(AddressSpace *as, hwaddr addr, hwaddr *plen,
                        bool is_write, MemTxAttrs attrs)
{
    hwaddr len = *plen, l = len, xlat;
    MemoryRegion *mr;
    FlatView *fv;

    if (len == 0) {
        return NULL;
    }

    RCU_READ_LOCK_GUARD();
    fv = address_space_to_flatview(as);
    mr = flatview_translate(fv, addr, &xlat, &l, is_write, attrs);

    if (!memory_access_is_direct(mr, is_write)) {
        return address_space_map_bounce(fv, mr, addr, plen, l, is_write);
    }

    memory_region_ref(mr);
    *plen = flatview_extend_translation(fv, addr, len, mr, xlat, l, is_write,
                                        attrs);
    return qemu_ram_ptr_length(mr->ram_block, xlat, plen);
}

static void address_space_unmap_bounce(AddressSpace *as, bool is_write,
                                       hwaddr access_len)
{
    if (is_write) {
        address_space_write(as, bounce.addr, MEMTXATTRS_UNSPECIFIED,
                            bounce.buffer, MIN(access_len, bounce.len));
    }
    g_free(bounce.buffer);
    bounce.buffer = NULL;
    memory_region_unref(bounce.mr);
    qatomic_mb_set(&bounce.in_use, false);
    cpu_notify_map_clients();
}

void address_space_unmap(AddressSpace *as, void *buffer, hwaddr len,
                         bool is_write, hwaddr access_len)
{
    ram_addr_t addr1;
    MemoryRegion *mr;

    if (buffer == bounce.buffer) {
        address_space_unmap_bounce(as, is_write, access_len);
        return;
    }
    mr = memory_region_from_host(buffer, &addr1);
    assert(mr != NULL);
    if (is_write) {
        invalidate_and_set_dirty(mr, addr1, access_len);
    }
    memory_region_unref(mr);
}

void *cpu_physical_memory_map(hwaddr addr, hwaddr *plen, bool is_write)
{
    return address_space_map(&address_space_memory, addr, plen, is_write,
                             MEMTXATTRS_UNSPECIFIED);
}

void cpu_physical_memory_unmap(void *buffer, hwaddr len, bool is_write,
                               hwaddr access_len)
{
    address_space_unmap(&address_space_memory, buffer, len, is_write,
                        access_len);
}

/* Caches */

int64_t address_space_cache_init(MemoryRegionCache *cache, AddressSpace *as,
                                 hwaddr addr, hwaddr len, bool is_write)
{
    hwaddr l = len;
    MemoryRegion *mr;
    Int128 diff;

    assert(len > 0);

    cache->fv = address_space_get_flatview(as);
    cache->mrs = *address_space_translate_internal(
        flatview_to_dispatch(cache->fv), addr, &cache->xlat, &l);

    /* Registers too end where their section does: this is no single access. */
    diff = int128_sub(cache->mrs.size,
                      int128_make64(cache->xlat -
                                    cache->mrs.offset_within_region));
    l = int128_get64(int128_min(diff, int128_make64(l)));

    mr = cache->mrs.mr;
    memory_region_ref(mr);
    cache->ptr = NULL;
    if (memory_access_is_direct(mr, is_write)) {
        l = flatview_extend_translation(cache->fv, addr, len, mr, cache->xlat,
                                        l, is_write, MEMTXATTRS_UNSPECIFIED);
        cache->ptr = qemu_ram_ptr_length(mr->ram_block, cache->xlat, &l);
    }
    cache->len = l;
    cache->is_write = is_write;
    return l;
}

void address_space_cache_invalidate(MemoryRegionCache *cache, hwaddr addr,
                                    hwaddr access_len)
{
    assert(cache->is_write);
    if (likely(cache->ptr)) {
        invalidate_and_set_dirty(cache->mrs.mr, addr + cache->xlat,
                                 access_len);
    }
}

void address_space_cache_destroy(MemoryRegionCache *cache)
{
    if (!cache->mrs.mr) {
        return;
    }
    memory_region_unref(cache->mrs.mr);
    flatview_unref(cache->fv);
    cache->mrs.mr = NULL;
    cache->fv = NULL;
}

/* Where @addr of a cache without a pointer leads: registers, or an IOMMU. */
MemoryRegion *address_space_translate_cached(MemoryRegionCache *cache,
                                             hwaddr addr, hwaddr *xlat,
                                             hwaddr *plen, bool is_write,
                                             MemTxAttrs attrs)
{
    IOMMUMemoryRegion *iommu_mr;
    AddressSpace *target_as;
    hwaddr page_mask;

    assert(!cache->ptr);
    *xlat = addr + cache->xlat;

    iommu_mr = memory_region_get_iommu(cache->mrs.mr);
    if (!iommu_mr) {
        return cache->mrs.mr;
    }
    return address_space_translate_iommu(iommu_mr, xlat, plen, &page_mask,
                                         is_write, &target_as, attrs).mr;
}

/* The pieces after the first are looked up in the cached view. */
static hwaddr cache_to_view(MemoryRegionCache *cache, hwaddr addr)
{
    return cache->mrs.offset_within_address_space + addr + cache->xlat -
           cache->mrs.offset_within_region;
}

MemTxResult address_space_read_cached_slow(MemoryRegionCache *cache,
                                           hwaddr addr, void *buf, hwaddr len)
{
    hwaddr addr1, l = len;
    MemoryRegion *mr;

    RCU_READ_LOCK_GUARD();
    mr = address_space_translate_cached(cache, addr, &addr1, &l, false,
                                        MEMTXATTRS_UNSPECIFIED);
    return flatview_read_continue(cache->fv, cache_to_view(cache, addr),
                                  MEMTXATTRS_UNSPECIFIED, buf, len, addr1, l,
                                  mr);
}

MemTxResult address_space_write_cached_slow(MemoryRegionCache *cache,
                                            hwaddr addr, const void *buf,
                                            hwaddr len)
{
    hwaddr addr1, l = len;
    MemoryRegion *mr;

    RCU_READ_LOCK_GUARD();
    mr = address_space_translate_cached(cache, addr, &addr1, &l, true,
                                        MEMTXATTRS_UNSPECIFIED);
    return flatview_write_continue(cache->fv, cache_to_view(cache, addr),
                                   MEMTXATTRS_UNSPECIFIED, buf, len, addr1, l,
                                   mr);
}
