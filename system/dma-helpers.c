/*
 * DMA: fills and scatter-gather lists
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/host-utils.h"
#include "hw/qdev-core.h"
#include "sysemu/dma.h"

MemTxResult dma_memory_set(AddressSpace *as, dma_addr_t addr, uint8_t c,
                           dma_addr_t len, MemTxAttrs attrs)
{
    dma_barrier(as, DMA_DIRECTION_FROM_DEVICE);
    return address_space_set(as, addr, c, len, attrs);
}

void qemu_sglist_init(QEMUSGList *qsg, DeviceState *dev, int alloc_hint,
                      AddressSpace *as)
{
    qsg->sg = g_new(ScatterGatherEntry, alloc_hint);
    qsg->nsg = 0;
    qsg->nalloc = alloc_hint;
    qsg->size = 0;
    qsg->as = as;
    qsg->dev = dev;
    object_ref(OBJECT(dev));
}

void qemu_sglist_add(QEMUSGList *qsg, dma_addr_t base, dma_addr_t len)
{
    if (qsg->nsg == qsg->nalloc) {
        qsg->nalloc = 2 * qsg->nalloc + 1;
        qsg->sg = g_renew(ScatterGatherEntry, qsg->sg, qsg->nalloc);
    }
    qsg->sg[qsg->nsg].base = base;
    qsg->sg[qsg->nsg].len = len;
    qsg->size += len;
    ++qsg->nsg;
}

void qemu_sglist_destroy(QEMUSGList *qsg)
{
    object_unref(OBJECT(qsg->dev));
    g_free(qsg->sg);
    memset(qsg, 0, sizeof(*qsg));
}

static MemTxResult dma_buf_rw(void *buf, dma_addr_t len, dma_addr_t *residual,
                              QEMUSGList *sg, DMADirection dir,
                              MemTxAttrs attrs)
{
    MemTxResult res = MEMTX_OK;
    dma_addr_t left = sg->size;
    uint8_t *ptr = buf;

    len = MIN(len, left);
    for (int i = 0; len > 0; i++) {
        ScatterGatherEntry entry = sg->sg[i];
        dma_addr_t xfer = MIN(len, entry.len);

        res |= dma_memory_rw(sg->as, entry.base, ptr, xfer, dir, attrs);
        ptr += xfer;
        len -= xfer;
        left -= xfer;
    }
    if (residual) {
        *residual = left;
    }
    return res;
}

/* "Read" as the guest's driver sees it: a disk is read, memory is written. */
MemTxResult dma_buf_read(void *ptr, dma_addr_t len, dma_addr_t *residual,
                         QEMUSGList *sg, MemTxAttrs attrs)
{
    return dma_buf_rw(ptr, len, residual, sg, DMA_DIRECTION_FROM_DEVICE,
                      attrs);
}

MemTxResult dma_buf_write(void *ptr, dma_addr_t len, dma_addr_t *residual,
                          QEMUSGList *sg, MemTxAttrs attrs)
{
    return dma_buf_rw(ptr, len, residual, sg, DMA_DIRECTION_TO_DEVICE, attrs);
}

uint64_t dma_aligned_pow2_mask(uint64_t start, uint64_t end,
                               int max_addr_bits)
{
    uint64_t max_mask = max_addr_bits == 64
        ? UINT64_MAX : (1ULL << max_addr_bits) - 1;
    uint64_t alignment_mask = start ? (start & -start) - 1 : max_mask;
    uint64_t size_mask = end - start;

    assert(max_addr_bits <= 64);
    assert(start <= end);

    alignment_mask = MIN(alignment_mask, max_mask);
    size_mask = MIN(size_mask, max_mask);
    if (alignment_mask <= size_mask) {
        return alignment_mask;
    }
    /* The largest power of two that the size allows; it may be everything. */
    return size_mask == UINT64_MAX ? size_mask
                                   : (1ULL << (63 - clz64(size_mask + 1))) - 1;
}
