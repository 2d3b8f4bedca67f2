/*
 * Coalesced MMIO: writes that an accelerator may collect
 *
 * A device whose registers only fill a buffer (the pixels of a display, the
 * descriptors of an old network card) can do with hearing of many writes at
 * once.  It marks the range; KVM then keeps writes to it in a ring and leaves
 * the guest running.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "memory_int.h"

/* Where @cmr of the region is seen, if it is in @fr.  False if it is not. */
static bool coalesced_range_seen(FlatRange *fr, CoalescedMemoryRange *cmr,
                                 AddrRange *seen)
{
    *seen = addrrange_shift(cmr->addr, int128_sub(fr->addr.start,
                            int128_make64(fr->offset_in_region)));
    if (!addrrange_intersects(*seen, fr->addr)) {
        return false;
    }
    *seen = addrrange_intersection(*seen, fr->addr);
    return true;
}

static void flat_range_coalesced_io_notify(FlatRange *fr, AddressSpace *as,
                                           CoalescedMemoryRange *cmr, bool add)
{
    MemoryRegionSection section = section_from_flat_range(fr,
                                        address_space_to_flatview(as));
    AddrRange seen;

    if (!coalesced_range_seen(fr, cmr, &seen)) {
        return;
    }
    if (add) {
        MEMORY_LISTENER_CALL(as, coalesced_io_add, Forward, &section,
                             int128_get64(seen.start),
                             int128_get64(seen.size));
    } else {
        MEMORY_LISTENER_CALL(as, coalesced_io_del, Reverse, &section,
                             int128_get64(seen.start),
                             int128_get64(seen.size));
    }
}

void flat_range_coalesced_io_add(FlatRange *fr, AddressSpace *as)
{
    CoalescedMemoryRange *cmr;

    QTAILQ_FOREACH(cmr, &fr->mr->coalesced, link) {
        flat_range_coalesced_io_notify(fr, as, cmr, true);
    }
}

void flat_range_coalesced_io_del(FlatRange *fr, AddressSpace *as)
{
    CoalescedMemoryRange *cmr;

    QTAILQ_FOREACH(cmr, &fr->mr->coalesced, link) {
        flat_range_coalesced_io_notify(fr, as, cmr, false);
    }
}

void flat_range_tell_coalesced(FlatRange *fr, MemoryListener *listener,
                               MemoryRegionSection *section, bool add)
{
    void (*hook)(MemoryListener *, MemoryRegionSection *, hwaddr, hwaddr) =
        add ? listener->coalesced_io_add : listener->coalesced_io_del;
    CoalescedMemoryRange *cmr;
    AddrRange seen;

    if (!hook) {
        return;
    }
    QTAILQ_FOREACH(cmr, &fr->mr->coalesced, link) {
        if (coalesced_range_seen(fr, cmr, &seen)) {
            hook(listener, section, int128_get64(seen.start),
                 int128_get64(seen.size));
        }
    }
}

static void memory_region_update_coalesced_range(MemoryRegion *mr,
                                                 CoalescedMemoryRange *cmr,
                                                 bool add)
{
    AddressSpace *as;
    FlatView *view;
    FlatRange *fr;

    QTAILQ_FOREACH(as, &address_spaces, address_spaces_link) {
        view = address_space_get_flatview(as);
        FOR_EACH_FLAT_RANGE(fr, view) {
            if (fr->mr == mr) {
                flat_range_coalesced_io_notify(fr, as, cmr, add);
            }
        }
        flatview_unref(view);
    }
}

void memory_region_set_coalescing(MemoryRegion *mr)
{
    memory_region_clear_coalescing(mr);
    memory_region_add_coalescing(mr, 0, memory_region_size(mr));
}

void memory_region_add_coalescing(MemoryRegion *mr, hwaddr offset,
                                  uint64_t size)
{
    CoalescedMemoryRange *cmr = g_new0(CoalescedMemoryRange, 1);

    cmr->addr = addrrange_make(int128_make64(offset), int128_make64(size));
    QTAILQ_INSERT_TAIL(&mr->coalesced, cmr, link);
    memory_region_update_coalesced_range(mr, cmr, true);
    memory_region_set_flush_coalesced(mr);
}

void memory_region_clear_coalescing(MemoryRegion *mr)
{
    CoalescedMemoryRange *cmr;

    if (QTAILQ_EMPTY(&mr->coalesced)) {
        return;
    }
    qemu_flush_coalesced_mmio_buffer();
    mr->flush_coalesced_mmio = false;
    while ((cmr = QTAILQ_FIRST(&mr->coalesced))) {
        QTAILQ_REMOVE(&mr->coalesced, cmr, link);
        memory_region_update_coalesced_range(mr, cmr, false);
        g_free(cmr);
    }
}

void memory_region_set_flush_coalesced(MemoryRegion *mr)
{
    mr->flush_coalesced_mmio = true;
}

void memory_region_clear_flush_coalesced(MemoryRegion *mr)
{
    qemu_flush_coalesced_mmio_buffer();
    if (QTAILQ_EMPTY(&mr->coalesced)) {
        mr->flush_coalesced_mmio = false;
    }
}
