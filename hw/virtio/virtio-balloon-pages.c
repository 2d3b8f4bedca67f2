/*
 * virtio-balloon: pages that the guest lends, takes back, or says are free.
 *
 *     virtio_balloon_handle_output   numbers of pages, in either queue
 *       balloon_inflate_page           give the host's memory back
 *       balloon_deflate_page           tell the host that it will be needed
 *     virtio_balloon_handle_report   pages themselves, as buffers
 *
 * The host may have pages that are larger than the protocol's (hugetlbfs).
 * One is given back when all of it is in the balloon.  We must see that in a
 * single request: a guest may use a page again before it says so (we do not
 * offer MUST_TELL_HOST), so what an earlier request said may be outdated.
 *
 * All this runs with the big lock held, so a request has a limit, and a queue
 * that never gets empty is left for others to have their turn.
 *
 * Read include/hw/virtio/virtio-balloon.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "hw/virtio/virtio-access.h"
#include "qemu/bitmap.h"
#include "qemu/error-report.h"
#include "qemu/iov.h"
#include "qemu/log.h"
#include "qemu/madvise.h"
#include "trace.h"
#include "virtio-balloon-int.h"

/* Pages of one request; Linux sends 256. */
#define BALLOON_MAX_REQUEST     (64 * 1024)
/* Pages, then requests of the reporting queue, in one go. */
#define BALLOON_PAGES_PER_GO    BALLOON_MAX_REQUEST
#define BALLOON_REPORTS_PER_GO  32

/* Somebody has pinned the guest's memory, and would not see it go. */
static bool virtio_balloon_inhibited(void)
{
    return ram_block_discard_is_disabled();
}

/* Host pages that are larger than ours */

typedef struct PartiallyBalloonedPage {
    RAMBlock *rb;
    ram_addr_t base;            /* of the host's page, in rb */
    unsigned long *bitmap;      /* a bit for each of our pages; NULL: none */
} PartiallyBalloonedPage;

static void virtio_balloon_pbp_free(PartiallyBalloonedPage *pbp)
{
    g_clear_pointer(&pbp->bitmap, g_free);
}

static bool virtio_balloon_pbp_matches(const PartiallyBalloonedPage *pbp,
                                       RAMBlock *rb, ram_addr_t base)
{
    return pbp->bitmap && pbp->rb == rb && pbp->base == base;
}

/* One more piece of a host page: is it whole now? */
static bool virtio_balloon_pbp_add(PartiallyBalloonedPage *pbp, RAMBlock *rb,
                                   ram_addr_t offset)
{
    size_t page_size = qemu_ram_pagesize(rb);
    long subpages = page_size / BALLOON_PAGE_SIZE;
    ram_addr_t base = QEMU_ALIGN_DOWN(offset, page_size);

    if (!virtio_balloon_pbp_matches(pbp, rb, base)) {
        /* Drivers send pages in order: the other page stays incomplete. */
        virtio_balloon_pbp_free(pbp);
        pbp->rb = rb;
        pbp->base = base;
        pbp->bitmap = bitmap_new(subpages);
    }
    set_bit((offset - base) / BALLOON_PAGE_SIZE, pbp->bitmap);
    return bitmap_full(pbp->bitmap, subpages);
}

static void balloon_inflate_page(MemoryRegion *mr, hwaddr mr_offset,
                                 PartiallyBalloonedPage *pbp)
{
    void *addr = memory_region_get_ram_ptr(mr) + mr_offset;
    ram_addr_t offset;
    RAMBlock *rb = qemu_ram_block_from_host(addr, false, &offset);
    size_t page_size = qemu_ram_pagesize(rb);

    /* Discarding reports its errors itself; the guest has no use for them. */
    if (page_size == BALLOON_PAGE_SIZE) {
        ram_block_discard_range(rb, offset, page_size);
    } else if (virtio_balloon_pbp_add(pbp, rb, offset)) {
        ram_block_discard_range(rb, pbp->base, page_size);
        virtio_balloon_pbp_free(pbp);
    }
}

static void balloon_deflate_page(MemoryRegion *mr, hwaddr mr_offset)
{
    void *addr = memory_region_get_ram_ptr(mr) + mr_offset;
    ram_addr_t offset;
    RAMBlock *rb = qemu_ram_block_from_host(addr, false, &offset);
    size_t page_size = qemu_ram_pagesize(rb);

    /* It comes back when it is touched; this only makes that faster. */
    addr = (void *)QEMU_ALIGN_DOWN((uintptr_t)addr, page_size);
    if (qemu_madvise(addr, page_size, QEMU_MADV_WILLNEED)) {
        warn_report("Couldn't MADV_WILLNEED on balloon deflate: %s",
                    strerror(errno));
    }
}

/* The inflate and the deflate queue */

static void virtio_balloon_handle_pfn(VirtIOBalloon *s, VirtQueue *vq,
                                      uint32_t pfn,
                                      PartiallyBalloonedPage *pbp)
{
    hwaddr pa = (hwaddr)pfn << VIRTIO_BALLOON_PFN_SHIFT;
    MemoryRegionSection section;

    section = memory_region_find(get_system_memory(), pa, BALLOON_PAGE_SIZE);
    if (!section.mr) {
        trace_virtio_balloon_bad_addr(pa);
        return;
    }
    if (!memory_region_is_ram(section.mr) ||
        memory_region_is_rom(section.mr) ||
        memory_region_is_romd(section.mr) ||
        memory_region_is_ram_device(section.mr) ||
        section.offset_within_address_space != pa ||
        int128_lt(section.size, int128_make64(BALLOON_PAGE_SIZE)) ||
        !QEMU_IS_ALIGNED(section.offset_within_region, BALLOON_PAGE_SIZE)) {
        trace_virtio_balloon_bad_addr(pa);
        memory_region_unref(section.mr);
        return;
    }

    trace_virtio_balloon_handle_output(memory_region_name(section.mr), pa);
    if (!virtio_balloon_inhibited()) {
        if (vq == s->ivq) {
            balloon_inflate_page(section.mr, section.offset_within_region,
                                 pbp);
        } else {
            balloon_deflate_page(section.mr, section.offset_within_region);
        }
    }
    memory_region_unref(section.mr);
}

/* How many pages it was about. */
static size_t virtio_balloon_handle_request(VirtIOBalloon *s, VirtQueue *vq,
                                            const VirtQueueElement *elem)
{
    PartiallyBalloonedPage pbp = {};
    uint32_t pfns[256];
    size_t done = 0, got;

    /* Half a number at the end is none. */
    do {
        got = iov_to_buf(elem->out_sg, elem->out_num, done * sizeof(pfns[0]),
                         pfns, sizeof(pfns)) / sizeof(pfns[0]);
        for (size_t i = 0; i < got; i++) {
            virtio_balloon_handle_pfn(s, vq,
                                      virtio_ldl_p(VIRTIO_DEVICE(s), &pfns[i]),
                                      &pbp);
        }
        done += got;
    } while (got == ARRAY_SIZE(pfns) && done < BALLOON_MAX_REQUEST);

    if (done == BALLOON_MAX_REQUEST &&
        iov_size(elem->out_sg, elem->out_num) > done * sizeof(pfns[0])) {
        qemu_log_mask(LOG_GUEST_ERROR, "virtio-balloon: a request of more "
                      "than %d pages, the rest is ignored\n",
                      BALLOON_MAX_REQUEST);
    }
    virtio_balloon_pbp_free(&pbp);
    return done;
}

void virtio_balloon_handle_output(VirtIODevice *vdev, VirtQueue *vq)
{
    VirtIOBalloon *s = VIRTIO_BALLOON(vdev);
    size_t done = 0;

    while (done < BALLOON_PAGES_PER_GO) {
        VirtQueueElement *elem = virtqueue_pop(vq, sizeof(*elem));

        if (!elem) {
            return;
        }
        /* An empty request is work, too. */
        done += virtio_balloon_handle_request(s, vq, elem) + 1;
        virtqueue_push(vq, elem, 0);
        virtio_notify(vdev, vq);
        g_free(elem);
    }
    qemu_bh_schedule(s->more_bh);
}

/* The reporting queue */

static void virtio_balloon_handle_free_pages(void *addr, size_t size,
                                             hwaddr gpa)
{
    ram_addr_t offset;
    RAMBlock *rb = qemu_ram_block_from_host(addr, false, &offset);

    /* What is no RAM was mapped into a buffer of ours. */
    if (!rb) {
        trace_virtio_balloon_bad_addr(gpa);
        return;
    }
    if (!QEMU_IS_ALIGNED(offset | size, qemu_ram_pagesize(rb)) ||
        size > qemu_ram_get_used_length(rb) - offset) {
        return;
    }
    ram_block_discard_range(rb, offset, size);
}

void virtio_balloon_handle_report(VirtIODevice *vdev, VirtQueue *vq)
{
    VirtIOBalloon *s = VIRTIO_BALLOON(vdev);

    for (int i = 0; i < BALLOON_REPORTS_PER_GO; i++) {
        VirtQueueElement *elem = virtqueue_pop(vq, sizeof(*elem));

        if (!elem) {
            return;
        }
        /* A guest that wants its poison back must not find zeroes. */
        if (!virtio_balloon_inhibited() && !s->poison_val) {
            for (unsigned n = 0; n < elem->in_num; n++) {
                virtio_balloon_handle_free_pages(elem->in_sg[n].iov_base,
                                                 elem->in_sg[n].iov_len,
                                                 elem->in_addr[n]);
            }
        }
        virtqueue_push(vq, elem, 0);
        virtio_notify(vdev, vq);
        g_free(elem);
    }
    qemu_bh_schedule(s->more_bh);
}

void virtio_balloon_handle_more(void *opaque)
{
    VirtIOBalloon *s = opaque;
    VirtIODevice *vdev = VIRTIO_DEVICE(s);

    /* Set the status to look again: virtio_balloon_set_status(). */
    if (!vdev->vm_running) {
        return;
    }
    virtio_balloon_handle_output(vdev, s->ivq);
    virtio_balloon_handle_output(vdev, s->dvq);
    if (s->reporting_vq) {
        virtio_balloon_handle_report(vdev, s->reporting_vq);
    }
}
