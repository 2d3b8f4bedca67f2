/*
 * What the parts of the memory API share with each other
 *
 *     memory.c             regions, their tree, transactions, address spaces
 *     memory-ram.c         regions with memory in them
 *     memory-flatview.c    trees rendered to lists
 *     memory-listener.c    telling others what changed
 *     memory-ioeventfd.c   writes that signal an eventfd
 *     memory-coalescing.c  writes that an accelerator may collect
 *     memory-dispatch.c    an access arrives at a region
 *     memory-iommu.c       regions that translate
 *     memory-mtree.c       `info mtree`
 *     physmem.c            an access looks for its region
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SYSTEM_MEMORY_INT_H
#define SYSTEM_MEMORY_INT_H

#include "exec/memory-internal.h"

/* [start, start + size): up to 2^64 bytes, and it may start below zero while
 * an alias is rendered. */
typedef struct AddrRange {
    Int128 start;
    Int128 size;
} AddrRange;

static inline AddrRange addrrange_make(Int128 start, Int128 size)
{
    return (AddrRange) { start, size };
}

static inline bool addrrange_equal(AddrRange r1, AddrRange r2)
{
    return int128_eq(r1.start, r2.start) && int128_eq(r1.size, r2.size);
}

static inline Int128 addrrange_end(AddrRange r)
{
    return int128_add(r.start, r.size);
}

static inline AddrRange addrrange_shift(AddrRange range, Int128 delta)
{
    int128_addto(&range.start, delta);
    return range;
}

static inline bool addrrange_contains(AddrRange range, Int128 addr)
{
    return int128_ge(addr, range.start) &&
           int128_lt(addr, addrrange_end(range));
}

static inline bool addrrange_intersects(AddrRange r1, AddrRange r2)
{
    return addrrange_contains(r1, r2.start) ||
           addrrange_contains(r2, r1.start);
}

static inline AddrRange addrrange_intersection(AddrRange r1, AddrRange r2)
{
    Int128 start = int128_max(r1.start, r2.start);
    Int128 end = int128_min(addrrange_end(r1), addrrange_end(r2));

    return addrrange_make(start, int128_sub(end, start));
}

/* One line of `info mtree -f`: a piece of a region that is visible. */
struct FlatRange {
    MemoryRegion *mr;
    hwaddr offset_in_region;
    AddrRange addr;
    uint8_t dirty_log_mask;
    bool romd_mode;
    bool readonly;
    bool nonvolatile;
};

/* All but the dirty log: a range that differs in that alone has not moved. */
static inline bool flatrange_equal(FlatRange *a, FlatRange *b)
{
    return a->mr == b->mr
        && addrrange_equal(a->addr, b->addr)
        && a->offset_in_region == b->offset_in_region
        && a->romd_mode == b->romd_mode
        && a->readonly == b->readonly
        && a->nonvolatile == b->nonvolatile;
}

#define FOR_EACH_FLAT_RANGE(var, view) \
    for (var = (view)->ranges; var < (view)->ranges + (view)->nr; ++var)

struct CoalescedMemoryRange {
    AddrRange addr;
    QTAILQ_ENTRY(CoalescedMemoryRange) link;
};

struct MemoryRegionIoeventfd {
    AddrRange addr;
    bool match_data;
    uint64_t data;
    EventNotifier *e;
};

typedef QTAILQ_HEAD(, AddressSpace) AddressSpaceList;
typedef QTAILQ_HEAD(, MemoryListener) MemoryListenerList;

/* In the order of their birth. */
extern AddressSpaceList address_spaces;
/* By rising priority. */
extern MemoryListenerList memory_listeners;

static inline MemoryRegionSection section_from_flat_range(FlatRange *fr,
                                                          FlatView *fv)
{
    return (MemoryRegionSection) {
        .mr = fr->mr,
        .fv = fv,
        .offset_within_region = fr->offset_in_region,
        .size = fr->addr.size,
        .offset_within_address_space = int128_get64(fr->addr.start),
        .readonly = fr->readonly,
        .nonvolatile = fr->nonvolatile,
    };
}

/* memory.c: what is seen below @mr may have changed. */
void memory_region_note_change(MemoryRegion *mr);
/* Every view has to be made anew. */
void memory_region_note_change_everywhere(void);
/* Whether the next view of @as may differ from the one it has. */
bool address_space_is_stale(AddressSpace *as);
/* Only eventfds below @mr changed. */
void memory_region_note_ioeventfd_change(MemoryRegion *mr);

/* memory-flatview.c */

MemoryRegion *memory_region_get_flatview_root(MemoryRegion *mr);
/* Collects the views that are still right, and makes those that are missing. */
void flatviews_reset(void);
/* Tells the listeners of @as the difference, and publishes the new view. */
void address_space_set_flatview(AddressSpace *as);
/* False if the last reference was gone already. */
bool flatview_ref(FlatView *view);

/* memory-listener.c */

typedef enum ListenerDirection {
    Forward,
    Reverse,
} ListenerDirection;

/* Calls a hook of all listeners, or of those of one address space. */
#define MEMORY_LISTENER_CALL_LIST(_list, _link, _callback, _direction, _args...) \
    do {                                                                     \
        MemoryListener *_listener;                                           \
                                                                             \
        if ((_direction) == Forward) {                                       \
            QTAILQ_FOREACH(_listener, _list, _link) {                        \
                if (_listener->_callback) {                                  \
                    _listener->_callback(_listener, ##_args);                \
                }                                                            \
            }                                                                \
        } else {                                                             \
            QTAILQ_FOREACH_REVERSE(_listener, _list, _link) {                \
                if (_listener->_callback) {                                  \
                    _listener->_callback(_listener, ##_args);                \
                }                                                            \
            }                                                                \
        }                                                                    \
    } while (0)

#define MEMORY_LISTENER_CALL_GLOBAL(_callback, _direction, _args...)         \
    MEMORY_LISTENER_CALL_LIST(&memory_listeners, link, _callback,            \
                              _direction, ##_args)

#define MEMORY_LISTENER_CALL(_as, _callback, _direction, _section, _args...) \
    MEMORY_LISTENER_CALL_LIST(&(_as)->listeners, link_as, _callback,         \
                              _direction, _section, ##_args)

/* One half of the difference: first what went, then what came or stayed. */
void address_space_update_topology_pass(AddressSpace *as,
                                        FlatView *old_view,
                                        FlatView *new_view, bool adding);

/* memory-ioeventfd.c */

void address_space_update_ioeventfds(AddressSpace *as);
/* Whether an eventfd takes the write in place of the device. */
bool memory_region_dispatch_write_eventfds(MemoryRegion *mr, hwaddr addr,
                                           uint64_t data, unsigned size,
                                           MemTxAttrs attrs);
/* What a listener is told when it comes or goes. */
void address_space_tell_ioeventfds(AddressSpace *as, MemoryListener *listener,
                                   bool add);

/* memory-coalescing.c */

void flat_range_coalesced_io_add(FlatRange *fr, AddressSpace *as);
void flat_range_coalesced_io_del(FlatRange *fr, AddressSpace *as);
void flat_range_tell_coalesced(FlatRange *fr, MemoryListener *listener,
                               MemoryRegionSection *section, bool add);

/* memory-dispatch.c */

/* Between the order of @op and the one in which @mr is wired. */
void memory_region_adjust_endianness(MemoryRegion *mr, uint64_t *data,
                                     MemOp op);


/* memory-iommu.c: follows translations until something else is found. */
MemoryRegionSection address_space_translate_iommu(IOMMUMemoryRegion *iommu_mr,
                                                  hwaddr *xlat, hwaddr *plen,
                                                  hwaddr *page_mask,
                                                  bool is_write,
                                                  AddressSpace **target_as,
                                                  MemTxAttrs attrs);

/* physmem.c */

/* Who is at @addr, not looking behind IOMMUs. */
MemoryRegionSection *address_space_translate_internal(AddressSpaceDispatch *d,
                                                      hwaddr addr,
                                                      hwaddr *xlat,
                                                      hwaddr *plen);
MemTxResult flatview_read(FlatView *fv, hwaddr addr, MemTxAttrs attrs,
                          void *buf, hwaddr len);
/* How far from @addr on memory continues in one piece; at most @target_len. */
hwaddr flatview_extend_translation(FlatView *fv, hwaddr addr,
                                   hwaddr target_len, MemoryRegion *mr,
                                   hwaddr base, hwaddr len, bool is_write,
                                   MemTxAttrs attrs);
/* After a write to RAM by somebody else than the guest's CPU. */
void invalidate_and_set_dirty(MemoryRegion *mr, hwaddr addr, hwaddr length);
MemTxResult flatview_write_continue(FlatView *fv, hwaddr addr,
                                    MemTxAttrs attrs, const void *buf,
                                    hwaddr len, hwaddr addr1, hwaddr l,
                                    MemoryRegion *mr);

/* physmem-map.c: where a cache without a pointer leads. */
MemoryRegion *address_space_translate_cached(MemoryRegionCache *cache,
                                             hwaddr addr, hwaddr *xlat,
                                             hwaddr *plen, bool is_write,
                                             MemTxAttrs attrs);

/* physmem-ramblock.c: host memory at @addr of @block, *@size of it at most. */
void *qemu_ram_ptr_length(RAMBlock *block, ram_addr_t addr, hwaddr *size);

#endif
