/*
 * Memory listeners: telling others what changed
 *
 * KVM needs to know where RAM is, vhost too, and virtio keeps pointers into
 * it.  They register a MemoryListener with an address space and are told the
 * difference between the view that was and the view that is about to come.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "exec/ram_addr.h"
#include "memory_int.h"
#include "trace.h"

MemoryListenerList memory_listeners =
    QTAILQ_HEAD_INITIALIZER(memory_listeners);

unsigned int global_dirty_tracking;

/* The difference between two views */

/*
 * Both lists are sorted, so one walk over both finds what is only in one of
 * them.  A range that is in both places but not the same goes and comes.
 */
void address_space_update_topology_pass(AddressSpace *as,
                                        FlatView *old_view,
                                        FlatView *new_view, bool adding)
{
    unsigned iold = 0, inew = 0;

    while (iold < old_view->nr || inew < new_view->nr) {
        FlatRange *frold = iold < old_view->nr ? &old_view->ranges[iold]
                                               : NULL;
        FlatRange *frnew = inew < new_view->nr ? &new_view->ranges[inew]
                                               : NULL;

        if (frold && frnew && flatrange_equal(frold, frnew)) {
            if (adding) {
                MemoryRegionSection mrs = section_from_flat_range(frnew,
                                                                  new_view);
                uint8_t old_mask = frold->dirty_log_mask;
                uint8_t new_mask = frnew->dirty_log_mask;

                MEMORY_LISTENER_CALL(as, region_nop, Forward, &mrs);
                if (new_mask & ~old_mask) {
                    MEMORY_LISTENER_CALL(as, log_start, Forward, &mrs,
                                         old_mask, new_mask);
                }
                if (old_mask & ~new_mask) {
                    MEMORY_LISTENER_CALL(as, log_stop, Reverse, &mrs,
                                         old_mask, new_mask);
                }
            }
            ++iold;
            ++inew;
        } else if (frold && (!frnew || int128_le(frold->addr.start,
                                                 frnew->addr.start))) {
            if (!adding) {
                MemoryRegionSection mrs = section_from_flat_range(frold,
                                                                  old_view);

                flat_range_coalesced_io_del(frold, as);
                MEMORY_LISTENER_CALL(as, region_del, Reverse, &mrs);
            }
            ++iold;
        } else {
            if (adding) {
                MemoryRegionSection mrs = section_from_flat_range(frnew,
                                                                  new_view);

                MEMORY_LISTENER_CALL(as, region_add, Forward, &mrs);
                flat_range_coalesced_io_add(frnew, as);
            }
            ++inew;
        }
    }
}

/* Coming and going of a listener */

static void listener_add_address_space(MemoryListener *listener,
                                       AddressSpace *as)
{
    FlatView *view = address_space_get_flatview(as);
    FlatRange *fr;

    if (listener->begin) {
        listener->begin(listener);
    }
    if (global_dirty_tracking && listener->log_global_start) {
        listener->log_global_start(listener);
    }
    FOR_EACH_FLAT_RANGE(fr, view) {
        MemoryRegionSection section = section_from_flat_range(fr, view);

        if (listener->region_add) {
            listener->region_add(listener, &section);
        }
        if (fr->dirty_log_mask && listener->log_start) {
            listener->log_start(listener, &section, 0, fr->dirty_log_mask);
        }
        flat_range_tell_coalesced(fr, listener, &section, true);
    }
    address_space_tell_ioeventfds(as, listener, true);
    if (listener->commit) {
        listener->commit(listener);
    }
    flatview_unref(view);
}

static void listener_del_address_space(MemoryListener *listener,
                                       AddressSpace *as)
{
    FlatView *view = address_space_get_flatview(as);
    FlatRange *fr;

    if (listener->begin) {
        listener->begin(listener);
    }
    address_space_tell_ioeventfds(as, listener, false);
    FOR_EACH_FLAT_RANGE(fr, view) {
        MemoryRegionSection section = section_from_flat_range(fr, view);

        flat_range_tell_coalesced(fr, listener, &section, false);
        if (fr->dirty_log_mask && listener->log_stop) {
            listener->log_stop(listener, &section, fr->dirty_log_mask, 0);
        }
        if (listener->region_del) {
            listener->region_del(listener, &section);
        }
    }
    if (listener->commit) {
        listener->commit(listener);
    }
    flatview_unref(view);
}

/* Behind those with the same priority. */
#define INSERT_BY_PRIORITY(list, listener, link)                             \
    do {                                                                     \
        MemoryListener *other_;                                              \
                                                                             \
        QTAILQ_FOREACH(other_, list, link) {                                 \
            if ((listener)->priority < other_->priority) {                   \
                break;                                                       \
            }                                                                \
        }                                                                    \
        if (other_) {                                                        \
            QTAILQ_INSERT_BEFORE(other_, listener, link);                    \
        } else {                                                             \
            QTAILQ_INSERT_TAIL(list, listener, link);                        \
        }                                                                    \
    } while (0)

void memory_listener_register(MemoryListener *listener, AddressSpace *filter)
{
    trace_memory_listener_register(listener->name ? listener->name : "",
                                   filter->name);
    /* Whoever can bring everything at once is not asked for single pieces. */
    assert(!(listener->log_sync_global && listener->log_sync));

    listener->address_space = filter;
    INSERT_BY_PRIORITY(&memory_listeners, listener, link);
    INSERT_BY_PRIORITY(&filter->listeners, listener, link_as);
    listener_add_address_space(listener, filter);
}

void memory_listener_unregister(MemoryListener *listener)
{
    if (!listener->address_space) {
        return;
    }
    listener_del_address_space(listener, listener->address_space);
    QTAILQ_REMOVE(&memory_listeners, listener, link);
    QTAILQ_REMOVE(&listener->address_space->listeners, listener, link_as);
    listener->address_space = NULL;
}

void address_space_remove_listeners(AddressSpace *as)
{
    while (!QTAILQ_EMPTY(&as->listeners)) {
        memory_listener_unregister(QTAILQ_FIRST(&as->listeners));
    }
}

/* Logging of dirty pages, for all of RAM */

/* The dirty_log_mask of each region depends on global_dirty_tracking. */
static void memory_global_dirty_log_rerender(void)
{
    memory_region_transaction_begin();
    memory_region_note_change_everywhere();
    memory_region_transaction_commit();
}

void memory_global_dirty_log_start(unsigned int flags)
{
    unsigned int old_flags = global_dirty_tracking;

    assert(flags && !(flags & ~GLOBAL_DIRTY_MASK));

    global_dirty_tracking |= flags;
    if (!old_flags && global_dirty_tracking) {
        MEMORY_LISTENER_CALL_GLOBAL(log_global_start, Forward);
        memory_global_dirty_log_rerender();
    }
}

void memory_global_dirty_log_stop(unsigned int flags)
{
    assert(flags && !(flags & ~GLOBAL_DIRTY_MASK));
    assert((global_dirty_tracking & flags) == flags);

    global_dirty_tracking &= ~flags;
    if (!global_dirty_tracking) {
        memory_global_dirty_log_rerender();
        MEMORY_LISTENER_CALL_GLOBAL(log_global_stop, Reverse);
    }
}

/* Only ranges that somebody watches, and if @mr is not NULL, only its own. */
static void memory_region_sync_dirty_bitmap(MemoryRegion *mr)
{
    MemoryListener *listener;
    FlatView *view;
    FlatRange *fr;

    QTAILQ_FOREACH(listener, &memory_listeners, link) {
        if (listener->log_sync) {
            view = address_space_get_flatview(listener->address_space);
            FOR_EACH_FLAT_RANGE(fr, view) {
                if (fr->dirty_log_mask && (!mr || fr->mr == mr)) {
                    MemoryRegionSection mrs = section_from_flat_range(fr,
                                                                      view);

                    listener->log_sync(listener, &mrs);
                }
            }
            flatview_unref(view);
        } else if (listener->log_sync_global) {
            listener->log_sync_global(listener);
        }
    }
}

void memory_global_dirty_log_sync(void)
{
    memory_region_sync_dirty_bitmap(NULL);
}

void memory_global_after_dirty_log_sync(void)
{
    MEMORY_LISTENER_CALL_GLOBAL(log_global_after_sync, Forward);
}

DirtyBitmapSnapshot *memory_region_snapshot_and_clear_dirty(MemoryRegion *mr,
                                                            hwaddr addr,
                                                            hwaddr size,
                                                            unsigned client)
{
    assert(mr->ram_block);
    memory_region_sync_dirty_bitmap(mr);
    return cpu_physical_memory_snapshot_and_clear_dirty(mr, addr, size,
                                                        client);
}

/* Whoever holds dirty bits elsewhere forgets those of the range. */
void memory_region_clear_dirty_bitmap(MemoryRegion *mr, hwaddr start,
                                      hwaddr len)
{
    AddrRange wanted = addrrange_make(int128_make64(start),
                                      int128_make64(len));
    MemoryListener *listener;
    FlatView *view;
    FlatRange *fr;

    QTAILQ_FOREACH(listener, &memory_listeners, link) {
        if (!listener->log_clear) {
            continue;
        }
        view = address_space_get_flatview(listener->address_space);
        FOR_EACH_FLAT_RANGE(fr, view) {
            AddrRange shown = addrrange_make(
                int128_make64(fr->offset_in_region), fr->addr.size);
            MemoryRegionSection mrs;

            if (!fr->dirty_log_mask || fr->mr != mr ||
                !addrrange_intersects(wanted, shown)) {
                continue;
            }
            shown = addrrange_intersection(wanted, shown);
            mrs = section_from_flat_range(fr, view);
            mrs.offset_within_address_space +=
                int128_get64(shown.start) - mrs.offset_within_region;
            mrs.offset_within_region = int128_get64(shown.start);
            mrs.size = shown.size;
            listener->log_clear(listener, &mrs);
        }
        flatview_unref(view);
    }
}
