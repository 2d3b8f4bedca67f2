/*
 * FlatView: the tree as an access sees it
 *
 * Rendering walks the tree from the root, the highest priority first, and
 * each leaf takes what is still free:
 *
 *       priority 1:             [====b====]
 *       priority 0:   [===a===============]      [==c==]
 *                     -----------------------------------
 *       the view:     [===a====][====b====]      [==c==]
 *
 * A view never changes after it was published.  Address spaces that come to
 * the same leaf or container in the end share one view.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/atomic.h"
#include "qemu/rcu.h"
#include "memory_int.h"
#include "trace.h"

/* By root, after memory_region_get_flatview_root(); NULL for an empty view. */
static GHashTable *flat_views;

/* Life of a view */

static FlatView *flatview_new(MemoryRegion *mr_root)
{
    FlatView *view = g_new0(FlatView, 1);

    view->ref = 1;
    view->root = mr_root;
    memory_region_ref(mr_root);
    trace_flatview_new(view, mr_root);
    return view;
}

static void flatview_destroy(FlatView *view)
{
    trace_flatview_destroy(view, view->root);
    if (view->dispatch) {
        address_space_dispatch_free(view->dispatch);
    }
    for (unsigned i = 0; i < view->nr; i++) {
        memory_region_unref(view->ranges[i].mr);
    }
    g_free(view->ranges);
    memory_region_unref(view->root);
    g_free(view);
}

/* A reader may have found a view whose last owner is just leaving. */
bool flatview_ref(FlatView *view)
{
    return qatomic_fetch_inc_nonzero(&view->ref) > 0;
}

void flatview_unref(FlatView *view)
{
    if (qatomic_fetch_dec(&view->ref) == 1) {
        trace_flatview_destroy_rcu(view, view->root);
        call_rcu(view, flatview_destroy, rcu);
    }
}

FlatView *address_space_get_flatview(AddressSpace *as)
{
    FlatView *view;

    RCU_READ_LOCK_GUARD();
    do {
        view = address_space_to_flatview(as);
        /* If the reference came too late, there is a newer view by now. */
    } while (!flatview_ref(view));
    return view;
}

void flatview_for_each_range(FlatView *fv, flatview_cb cb, void *opaque)
{
    FlatRange *fr;

    assert(fv);
    assert(cb);

    FOR_EACH_FLAT_RANGE(fr, fv) {
        if (cb(fr->addr.start, fr->addr.size, fr->mr, fr->offset_in_region,
               opaque)) {
            break;
        }
    }
}

/* Rendering */

static void flatview_insert(FlatView *view, unsigned pos, FlatRange *range)
{
    if (view->nr == view->nr_allocated) {
        view->nr_allocated = MAX(2 * view->nr, 16);
        view->ranges = g_renew(FlatRange, view->ranges, view->nr_allocated);
    }
    memmove(view->ranges + pos + 1, view->ranges + pos,
            (view->nr - pos) * sizeof(FlatRange));
    view->ranges[pos] = *range;
    memory_region_ref(range->mr);
    ++view->nr;
}

/* Puts those parts of @range in that nobody covers yet. */
static void flatview_fill_gaps(FlatView *view, FlatRange *range)
{
    Int128 end = addrrange_end(range->addr);
    Int128 at = range->addr.start;
    unsigned i = 0;

    while (int128_lt(at, end)) {
        FlatRange part = *range;
        Int128 gap_end = end;

        while (i < view->nr &&
               int128_le(addrrange_end(view->ranges[i].addr), at)) {
            ++i;
        }
        if (i < view->nr) {
            AddrRange next = view->ranges[i].addr;

            if (int128_le(next.start, at)) {
                at = addrrange_end(next);
                continue;
            }
            gap_end = int128_min(end, next.start);
        }
        part.addr = addrrange_make(at, int128_sub(gap_end, at));
        part.offset_in_region +=
            int128_get64(int128_sub(at, range->addr.start));
        flatview_insert(view, i, &part);
        at = gap_end;
    }
}

/*
 * @base: where the container of @mr begins, as an address; below zero if an
 *     alias shows a later part of it
 * @clip: where @mr may be seen at all
 */
static void render_memory_region(FlatView *view, MemoryRegion *mr,
                                 Int128 base, AddrRange clip,
                                 bool readonly, bool nonvolatile)
{
    MemoryRegion *subregion;
    AddrRange here;

    if (!mr->enabled) {
        return;
    }

    int128_addto(&base, int128_make64(mr->addr));
    readonly |= mr->readonly;
    nonvolatile |= mr->nonvolatile;

    here = addrrange_make(base, mr->size);
    if (!addrrange_intersects(here, clip)) {
        return;
    }
    clip = addrrange_intersection(here, clip);

    if (mr->alias) {
        int128_subfrom(&base, int128_make64(mr->alias->addr));
        int128_subfrom(&base, int128_make64(mr->alias_offset));
        render_memory_region(view, mr->alias, base, clip, readonly,
                             nonvolatile);
        return;
    }

    QTAILQ_FOREACH(subregion, &mr->subregions, subregions_link) {
        render_memory_region(view, subregion, base, clip, readonly,
                             nonvolatile);
    }

    if (mr->terminates) {
        FlatRange fr = {
            .mr = mr,
            .addr = clip,
            .offset_in_region = int128_get64(int128_sub(clip.start, base)),
            .dirty_log_mask = memory_region_get_dirty_log_mask(mr),
            .romd_mode = mr->romd_mode,
            .readonly = readonly,
            .nonvolatile = nonvolatile,
        };

        flatview_fill_gaps(view, &fr);
    }
}

static bool can_merge(FlatRange *r1, FlatRange *r2)
{
    return int128_eq(addrrange_end(r1->addr), r2->addr.start)
        && r1->mr == r2->mr
        && int128_eq(int128_add(int128_make64(r1->offset_in_region),
                                r1->addr.size),
                     int128_make64(r2->offset_in_region))
        && r1->dirty_log_mask == r2->dirty_log_mask
        && r1->romd_mode == r2->romd_mode
        && r1->readonly == r2->readonly
        && r1->nonvolatile == r2->nonvolatile;
}

/* Two aliases side by side that show one piece of RAM make one range. */
static void flatview_simplify(FlatView *view)
{
    unsigned kept = 0;

    for (unsigned i = 1; i < view->nr; i++) {
        FlatRange *last = &view->ranges[kept], *fr = &view->ranges[i];

        if (can_merge(last, fr)) {
            int128_addto(&last->addr.size, fr->addr.size);
            memory_region_unref(fr->mr);
        } else {
            view->ranges[++kept] = *fr;
        }
    }
    view->nr = MIN(view->nr, kept + 1);
}

/*
 * The region with the same contents as @mr that is nearest to the leaves, or
 * NULL if there are no contents.  A PCI device's bus mastering region is a
 * container with an alias of all memory in it: it leads to "system".
 */
MemoryRegion *memory_region_get_flatview_root(MemoryRegion *mr)
{
    while (mr && mr->enabled) {
        MemoryRegion *child, *next = NULL;
        unsigned found = 0;

        if (mr->readonly || mr->nonvolatile) {
            /* Not what is further down, but that with a property more. */
            return mr;
        }
        if (mr->alias) {
            if (mr->alias_offset || int128_lt(mr->size, mr->alias->size)) {
                return mr;
            }
            next = mr->alias;
        } else if (!mr->terminates) {
            QTAILQ_FOREACH(child, &mr->subregions, subregions_link) {
                if (child->enabled) {
                    next = child;
                    found++;
                }
            }
            if (!found) {
                return NULL;
            }
            if (found > 1 || next->addr ||
                int128_lt(mr->size, next->size)) {
                return mr;
            }
        } else {
            return mr;
        }
        mr = next;
    }
    return NULL;
}

static FlatView *generate_memory_topology(MemoryRegion *mr)
{
    FlatView *view = flatview_new(mr);
    FlatRange *fr;

    if (mr) {
        /* The root is at 0, wherever it may be in a container. */
        render_memory_region(view, mr,
                             int128_neg(int128_make64(mr->addr)),
                             addrrange_make(int128_zero(), int128_2_64()),
                             false, false);
    }
    flatview_simplify(view);

    view->dispatch = address_space_dispatch_new(view);
    FOR_EACH_FLAT_RANGE(fr, view) {
        MemoryRegionSection mrs = section_from_flat_range(fr, view);

        flatview_add_to_dispatch(view, &mrs);
    }
    address_space_dispatch_compact(view->dispatch);
    return view;
}

void flatviews_reset(void)
{
    AddressSpace *as;

    if (flat_views) {
        g_hash_table_unref(flat_views);
    }
    flat_views = g_hash_table_new_full(NULL, NULL, NULL,
                                       (GDestroyNotify)flatview_unref);

    QTAILQ_FOREACH(as, &address_spaces, address_spaces_link) {
        if (!address_space_is_stale(as)) {
            FlatView *view = address_space_to_flatview(as);

            if (!g_hash_table_contains(flat_views, view->root)) {
                flatview_ref(view);
                g_hash_table_insert(flat_views, view->root, view);
            }
        }
    }
    QTAILQ_FOREACH(as, &address_spaces, address_spaces_link) {
        MemoryRegion *root = memory_region_get_flatview_root(as->root);

        if (!g_hash_table_contains(flat_views, root)) {
            g_hash_table_insert(flat_views, root,
                                generate_memory_topology(root));
        }
    }
}

/* Publication */

void address_space_set_flatview(AddressSpace *as)
{
    FlatView *old_view = address_space_to_flatview(as);
    MemoryRegion *root = memory_region_get_flatview_root(as->root);
    FlatView *new_view = g_hash_table_lookup(flat_views, root);
    FlatView nothing = { .nr = 0 };

    assert(new_view);
    if (old_view == new_view) {
        return;
    }
    flatview_ref(new_view);

    if (!QTAILQ_EMPTY(&as->listeners)) {
        FlatView *before = old_view ? old_view : &nothing;

        address_space_update_topology_pass(as, before, new_view, false);
        address_space_update_topology_pass(as, before, new_view, true);
    }

    qatomic_rcu_set(&as->current_map, new_view);

    /* What went is there until the last reader is done with the old view. */
    if (old_view) {
        flatview_unref(old_view);
    }
}
