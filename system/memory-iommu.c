/*
 * IOMMU regions: an access is translated and goes on elsewhere
 *
 * The device that is an IOMMU fills in the class (translate and friends) and
 * calls memory_region_notify_iommu() when mappings change.  Whoever keeps
 * translations (vhost, a pass-through device) registers an IOMMUNotifier.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "exec/target_page.h"
#include "memory_int.h"

/* Translation */

MemoryRegionSection address_space_translate_iommu(IOMMUMemoryRegion *iommu_mr,
                                                  hwaddr *xlat, hwaddr *plen,
                                                  hwaddr *page_mask,
                                                  bool is_write,
                                                  AddressSpace **target_as,
                                                  MemTxAttrs attrs)
{
    MemoryRegionSection *section;

    *page_mask = HWADDR_MAX;
    do {
        IOMMUMemoryRegionClass *imrc =
            memory_region_get_iommu_class_nocheck(iommu_mr);
        int iommu_idx = memory_region_iommu_attrs_to_index(iommu_mr, attrs);
        hwaddr addr = *xlat;
        IOMMUTLBEntry iotlb = imrc->translate(iommu_mr, addr,
                                              is_write ? IOMMU_WO : IOMMU_RO,
                                              iommu_idx);

        if (!(iotlb.perm & (is_write ? IOMMU_WO : IOMMU_RO))) {
            return (MemoryRegionSection) { .mr = &io_mem_unassigned };
        }

        addr = (iotlb.translated_addr & ~iotlb.addr_mask) |
               (addr & iotlb.addr_mask);
        *page_mask &= iotlb.addr_mask;
        *plen = MIN(*plen, (addr | iotlb.addr_mask) - addr + 1);
        *target_as = iotlb.target_as;

        section = address_space_translate_internal(
            address_space_to_dispatch(iotlb.target_as), addr, xlat, plen);
        iommu_mr = memory_region_get_iommu(section->mr);
    } while (unlikely(iommu_mr));

    return *section;
}

IOMMUTLBEntry address_space_get_iotlb_entry(AddressSpace *as, hwaddr addr,
                                            bool is_write, MemTxAttrs attrs)
{
    FlatView *fv = address_space_to_flatview(as);
    hwaddr xlat, plen = HWADDR_MAX;
    hwaddr page_mask = HWADDR_MAX;
    MemoryRegionSection section;
    IOMMUMemoryRegion *iommu_mr;
    AddressSpace *target_as = as;

    section = *address_space_translate_internal(flatview_to_dispatch(fv),
                                                addr, &xlat, &plen);
    iommu_mr = memory_region_get_iommu(section.mr);
    if (iommu_mr) {
        section = address_space_translate_iommu(iommu_mr, &xlat, &plen,
                                                &page_mask, is_write,
                                                &target_as, attrs);
    }
    if (page_mask == HWADDR_MAX) {
        /* Nobody translated: a page is a page. */
        page_mask = qemu_target_page_size() - 1;
    }

    /* Not memory: nothing that could be cached. */
    if (section.mr == &io_mem_unassigned || !section.mr->ram) {
        return (IOMMUTLBEntry) { 0 };
    }

    /* From the region back to the address space that it was found in. */
    xlat += section.offset_within_address_space -
            section.offset_within_region;

    return (IOMMUTLBEntry) {
        .target_as = target_as,
        .iova = addr & ~page_mask,
        .translated_addr = xlat & ~page_mask,
        .addr_mask = page_mask,
        .perm = IOMMU_RW,
    };
}

/* Questions to the class */

uint64_t memory_region_iommu_get_min_page_size(IOMMUMemoryRegion *iommu_mr)
{
    IOMMUMemoryRegionClass *imrc = IOMMU_MEMORY_REGION_GET_CLASS(iommu_mr);

    return imrc->get_min_page_size ? imrc->get_min_page_size(iommu_mr)
                                   : qemu_target_page_size();
}

int memory_region_iommu_get_attr(IOMMUMemoryRegion *iommu_mr,
                                 enum IOMMUMemoryRegionAttr attr, void *data)
{
    IOMMUMemoryRegionClass *imrc = IOMMU_MEMORY_REGION_GET_CLASS(iommu_mr);

    return imrc->get_attr ? imrc->get_attr(iommu_mr, attr, data) : -EINVAL;
}

/* For every translation, so the class is not looked up with a checked cast. */
int memory_region_iommu_attrs_to_index(IOMMUMemoryRegion *iommu_mr,
                                       MemTxAttrs attrs)
{
    IOMMUMemoryRegionClass *imrc =
        memory_region_get_iommu_class_nocheck(iommu_mr);

    return imrc->attrs_to_index ? imrc->attrs_to_index(iommu_mr, attrs) : 0;
}

int memory_region_iommu_num_indexes(IOMMUMemoryRegion *iommu_mr)
{
    IOMMUMemoryRegionClass *imrc = IOMMU_MEMORY_REGION_GET_CLASS(iommu_mr);

    return imrc->num_indexes ? imrc->num_indexes(iommu_mr) : 1;
}

int memory_region_iommu_set_page_size_mask(IOMMUMemoryRegion *iommu_mr,
                                           uint64_t page_size_mask,
                                           Error **errp)
{
    IOMMUMemoryRegionClass *imrc = IOMMU_MEMORY_REGION_GET_CLASS(iommu_mr);

    if (!imrc->iommu_set_page_size_mask) {
        return 0;
    }
    return imrc->iommu_set_page_size_mask(iommu_mr, page_size_mask, errp);
}

/* Notifiers */

static int memory_region_update_iommu_notify_flags(IOMMUMemoryRegion *iommu_mr,
                                                   Error **errp)
{
    IOMMUMemoryRegionClass *imrc = IOMMU_MEMORY_REGION_GET_CLASS(iommu_mr);
    IOMMUNotifierFlag flags = IOMMU_NOTIFIER_NONE;
    IOMMUNotifier *notifier;
    int ret = 0;

    IOMMU_NOTIFIER_FOREACH(notifier, iommu_mr) {
        flags |= notifier->notifier_flags;
    }
    if (flags != iommu_mr->iommu_notify_flags && imrc->notify_flag_changed) {
        ret = imrc->notify_flag_changed(iommu_mr,
                                        iommu_mr->iommu_notify_flags, flags,
                                        errp);
    }
    if (!ret) {
        iommu_mr->iommu_notify_flags = flags;
    }
    return ret;
}

int memory_region_register_iommu_notifier(MemoryRegion *mr, IOMMUNotifier *n,
                                          Error **errp)
{
    IOMMUMemoryRegion *iommu_mr;
    int ret;

    if (mr->alias) {
        return memory_region_register_iommu_notifier(mr->alias, n, errp);
    }

    iommu_mr = IOMMU_MEMORY_REGION(mr);
    assert(n->notifier_flags != IOMMU_NOTIFIER_NONE);
    assert(n->start <= n->end);
    assert(n->iommu_idx >= 0 &&
           n->iommu_idx < memory_region_iommu_num_indexes(iommu_mr));

    QLIST_INSERT_HEAD(&iommu_mr->iommu_notify, n, node);
    ret = memory_region_update_iommu_notify_flags(iommu_mr, errp);
    if (ret) {
        QLIST_REMOVE(n, node);
    }
    return ret;
}

void memory_region_unregister_iommu_notifier(MemoryRegion *mr,
                                             IOMMUNotifier *n)
{
    IOMMUMemoryRegion *iommu_mr;

    if (mr->alias) {
        memory_region_unregister_iommu_notifier(mr->alias, n);
        return;
    }
    QLIST_REMOVE(n, node);
    iommu_mr = IOMMU_MEMORY_REGION(mr);
    memory_region_update_iommu_notify_flags(iommu_mr, NULL);
}

void memory_region_iommu_replay(IOMMUMemoryRegion *iommu_mr, IOMMUNotifier *n)
{
    IOMMUMemoryRegionClass *imrc = IOMMU_MEMORY_REGION_GET_CLASS(iommu_mr);
    hwaddr addr, granularity;

    if (imrc->replay) {
        imrc->replay(iommu_mr, n);
        return;
    }

    granularity = memory_region_iommu_get_min_page_size(iommu_mr);
    for (addr = 0; addr < memory_region_size(MEMORY_REGION(iommu_mr));
         addr += granularity) {
        IOMMUTLBEntry iotlb = imrc->translate(iommu_mr, addr, IOMMU_NONE,
                                              n->iommu_idx);

        if (iotlb.perm != IOMMU_NONE) {
            n->notify(n, &iotlb);
        }
        /* The last page of a region of 2^64 bytes. */
        if (addr + granularity < addr) {
            break;
        }
    }
}

void memory_region_notify_iommu_one(IOMMUNotifier *notifier,
                                    IOMMUTLBEvent *event)
{
    IOMMUTLBEntry *entry = &event->entry;
    hwaddr entry_end = entry->iova + entry->addr_mask;
    IOMMUTLBEntry tmp = *entry;

    if (event->type == IOMMU_NOTIFIER_UNMAP) {
        assert(entry->perm == IOMMU_NONE);
    }
    if (notifier->start > entry_end || notifier->end < entry->iova) {
        return;
    }

    if (notifier->notifier_flags & IOMMU_NOTIFIER_DEVIOTLB_UNMAP) {
        /* An invalidation may be wider than the notifier's window. */
        tmp.iova = MAX(tmp.iova, notifier->start);
        tmp.addr_mask = MIN(entry_end, notifier->end) - tmp.iova;
    } else {
        assert(entry->iova >= notifier->start && entry_end <= notifier->end);
    }

    if (event->type & notifier->notifier_flags) {
        notifier->notify(notifier, &tmp);
    }
}

void memory_region_unmap_iommu_notifier_range(IOMMUNotifier *n)
{
    IOMMUTLBEvent event = {
        .type = IOMMU_NOTIFIER_UNMAP,
        .entry = {
            .iova = n->start,
            .perm = IOMMU_NONE,
            .addr_mask = n->end - n->start,
        },
    };

    memory_region_notify_iommu_one(n, &event);
}

void memory_region_notify_iommu(IOMMUMemoryRegion *iommu_mr, int iommu_idx,
                                IOMMUTLBEvent event)
{
    IOMMUNotifier *notifier;

    assert(memory_region_is_iommu(MEMORY_REGION(iommu_mr)));

    IOMMU_NOTIFIER_FOREACH(notifier, iommu_mr) {
        if (notifier->iommu_idx == iommu_idx) {
            memory_region_notify_iommu_one(notifier, &event);
        }
    }
}
