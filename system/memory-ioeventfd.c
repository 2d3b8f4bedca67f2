/*
 * ioeventfds: writes that signal an eventfd in place of the device
 *
 * A guest kicks a virtqueue by a write to a register.  That the value is a
 * queue number is all that the device wants to know, and it need not know it
 * at once.  So the device gives an eventfd per queue to the memory API, which
 * tells the accelerator (MemoryListener.eventfd_add); KVM then signals it
 * inside the kernel.  A write that arrives here does the same.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/event_notifier.h"
#include "memory_int.h"

/* Below, at or above 0: by address, size, match_data, data and notifier. */
static int memory_region_ioeventfd_cmp(const MemoryRegionIoeventfd *a,
                                       const MemoryRegionIoeventfd *b)
{
    if (int128_ne(a->addr.start, b->addr.start)) {
        return int128_lt(a->addr.start, b->addr.start) ? -1 : 1;
    }
    if (int128_ne(a->addr.size, b->addr.size)) {
        return int128_lt(a->addr.size, b->addr.size) ? -1 : 1;
    }
    if (a->match_data != b->match_data) {
        return a->match_data ? 1 : -1;
    }
    if (a->match_data && a->data != b->data) {
        return a->data < b->data ? -1 : 1;
    }
    if (a->e != b->e) {
        return (uintptr_t)a->e < (uintptr_t)b->e ? -1 : 1;
    }
    return 0;
}

/* @data as the guest writes it becomes @data as the region is wired. */
static MemoryRegionIoeventfd ioeventfd_make(MemoryRegion *mr, hwaddr addr,
                                            unsigned size, bool match_data,
                                            uint64_t data, EventNotifier *e)
{
    MemoryRegionIoeventfd mrfd = {
        .addr = addrrange_make(int128_make64(addr), int128_make64(size)),
        .match_data = match_data,
        .data = data,
        .e = e,
    };

    if (size) {
        memory_region_adjust_endianness(mr, &mrfd.data,
                                        size_memop(size) | MO_TE);
    }
    return mrfd;
}

void memory_region_add_eventfd(MemoryRegion *mr, hwaddr addr, unsigned size,
                               bool match_data, uint64_t data,
                               EventNotifier *e)
{
    MemoryRegionIoeventfd mrfd = ioeventfd_make(mr, addr, size, match_data,
                                                data, e);
    unsigned i;

    memory_region_transaction_begin();
    for (i = 0; i < mr->ioeventfd_nb; i++) {
        if (memory_region_ioeventfd_cmp(&mrfd, &mr->ioeventfds[i]) < 0) {
            break;
        }
    }
    ++mr->ioeventfd_nb;
    mr->ioeventfds = g_renew(MemoryRegionIoeventfd, mr->ioeventfds,
                             mr->ioeventfd_nb);
    memmove(&mr->ioeventfds[i + 1], &mr->ioeventfds[i],
            sizeof(*mr->ioeventfds) * (mr->ioeventfd_nb - 1 - i));
    mr->ioeventfds[i] = mrfd;
    memory_region_note_ioeventfd_change(mr);
    memory_region_transaction_commit();
}

void memory_region_del_eventfd(MemoryRegion *mr, hwaddr addr, unsigned size,
                               bool match_data, uint64_t data,
                               EventNotifier *e)
{
    MemoryRegionIoeventfd mrfd = ioeventfd_make(mr, addr, size, match_data,
                                                data, e);
    unsigned i;

    memory_region_transaction_begin();
    for (i = 0; i < mr->ioeventfd_nb; i++) {
        if (memory_region_ioeventfd_cmp(&mrfd, &mr->ioeventfds[i]) == 0) {
            break;
        }
    }
    assert(i != mr->ioeventfd_nb);
    memmove(&mr->ioeventfds[i], &mr->ioeventfds[i + 1],
            sizeof(*mr->ioeventfds) * (mr->ioeventfd_nb - (i + 1)));
    --mr->ioeventfd_nb;
    mr->ioeventfds = g_renew(MemoryRegionIoeventfd, mr->ioeventfds,
                             mr->ioeventfd_nb);
    memory_region_note_ioeventfd_change(mr);
    memory_region_transaction_commit();
}

bool memory_region_dispatch_write_eventfds(MemoryRegion *mr, hwaddr addr,
                                           uint64_t data, unsigned size,
                                           MemTxAttrs attrs)
{
    for (unsigned i = 0; i < mr->ioeventfd_nb; i++) {
        MemoryRegionIoeventfd *fd = &mr->ioeventfds[i];

        if (int128_eq(fd->addr.start, int128_make64(addr)) &&
            (!int128_nz(fd->addr.size) ||
             int128_eq(fd->addr.size, int128_make64(size))) &&
            (!fd->match_data || fd->data == data)) {
            event_notifier_set(fd->e);
            return true;
        }
    }
    return false;
}

/* What listeners hear */

static MemoryRegionSection ioeventfd_section(FlatView *view,
                                             MemoryRegionIoeventfd *fd)
{
    return (MemoryRegionSection) {
        .fv = view,
        .offset_within_address_space = int128_get64(fd->addr.start),
        .size = fd->addr.size,
    };
}

static void address_space_add_del_ioeventfds(AddressSpace *as, FlatView *view,
                                             GArray *fds_new,
                                             MemoryRegionIoeventfd *fds_old,
                                             unsigned fds_old_nb)
{
    unsigned iold = 0, inew = 0;

    while (iold < fds_old_nb || inew < fds_new->len) {
        MemoryRegionIoeventfd *old = NULL, *new = NULL;
        MemoryRegionSection section;
        int order;

        if (iold < fds_old_nb) {
            old = &fds_old[iold];
        }
        if (inew < fds_new->len) {
            new = &g_array_index(fds_new, MemoryRegionIoeventfd, inew);
        }
        order = !old ? 1 : !new ? -1 : memory_region_ioeventfd_cmp(old, new);

        if (order < 0) {
            section = ioeventfd_section(view, old);
            MEMORY_LISTENER_CALL(as, eventfd_del, Forward, &section,
                                 old->match_data, old->data, old->e);
        } else if (order > 0) {
            section = ioeventfd_section(view, new);
            MEMORY_LISTENER_CALL(as, eventfd_add, Reverse, &section,
                                 new->match_data, new->data, new->e);
        }
        iold += order <= 0;
        inew += order >= 0;
    }
}

static gint ioeventfd_sort(gconstpointer a, gconstpointer b)
{
    return memory_region_ioeventfd_cmp(a, b);
}

void address_space_update_ioeventfds(AddressSpace *as)
{
    FlatView *view = address_space_get_flatview(as);
    GArray *fds = g_array_sized_new(FALSE, FALSE,
                                    sizeof(MemoryRegionIoeventfd),
                                    as->ioeventfd_nb);
    FlatRange *fr;

    FOR_EACH_FLAT_RANGE(fr, view) {
        for (unsigned i = 0; i < fr->mr->ioeventfd_nb; i++) {
            MemoryRegionIoeventfd fd = fr->mr->ioeventfds[i];

            /* From the region to the address space. */
            fd.addr = addrrange_shift(fd.addr, int128_sub(fr->addr.start,
                                      int128_make64(fr->offset_in_region)));
            if (addrrange_intersects(fr->addr, fd.addr)) {
                g_array_append_val(fds, fd);
            }
        }
    }
    /* A region seen twice gives the same eventfds in another order. */
    g_array_sort(fds, ioeventfd_sort);

    address_space_add_del_ioeventfds(as, view, fds, as->ioeventfds,
                                     as->ioeventfd_nb);
    g_free(as->ioeventfds);
    as->ioeventfd_nb = fds->len;
    as->ioeventfds = (MemoryRegionIoeventfd *)g_array_free(fds, FALSE);
    flatview_unref(view);
}

void address_space_tell_ioeventfds(AddressSpace *as, MemoryListener *listener,
                                   bool add)
{
    for (int i = 0; i < as->ioeventfd_nb; i++) {
        MemoryRegionIoeventfd *fd = &as->ioeventfds[i];
        MemoryRegionSection section =
            ioeventfd_section(address_space_to_flatview(as), fd);

        if (add && listener->eventfd_add) {
            listener->eventfd_add(listener, &section, fd->match_data,
                                  fd->data, fd->e);
        } else if (!add && listener->eventfd_del) {
            listener->eventfd_del(listener, &section, fd->match_data,
                                  fd->data, fd->e);
        }
    }
}
