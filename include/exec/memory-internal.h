/*
 * Between memory.c and its parts, physmem.c and the accelerators
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MEMORY_INTERNAL_H
#define MEMORY_INTERNAL_H

#include "exec/memory.h"

#ifndef CONFIG_USER_ONLY

static inline AddressSpaceDispatch *flatview_to_dispatch(FlatView *fv)
{
    return fv->dispatch;
}

static inline AddressSpaceDispatch *address_space_to_dispatch(AddressSpace *as)
{
    return flatview_to_dispatch(address_space_to_flatview(as));
}

/* A reference to the current view, for use outside of RCU read sections. */
FlatView *address_space_get_flatview(AddressSpace *as);
void flatview_unref(FlatView *view);

/* Every address of a region without ops, or of no region at all. */
extern const MemoryRegionOps unassigned_mem_ops;
extern MemoryRegion io_mem_unassigned;

/* Whether @mr's .valid takes an access. */
bool memory_region_access_valid(MemoryRegion *mr, hwaddr addr, unsigned size,
                                bool is_write, MemTxAttrs attrs);

/*
 * The lookup table of a view.  Sections are added from low to high addresses,
 * then compacted once, and never changed after that.
 */
void flatview_add_to_dispatch(FlatView *fv, MemoryRegionSection *section);
AddressSpaceDispatch *address_space_dispatch_new(FlatView *fv);
void address_space_dispatch_compact(AddressSpaceDispatch *d);
void address_space_dispatch_free(AddressSpaceDispatch *d);

/* Part of `info mtree -f -d`. */
void mtree_print_dispatch(AddressSpaceDispatch *d, MemoryRegion *root);

#endif

#endif
