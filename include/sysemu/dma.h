/*
 * DMA: a device reads and writes the guest's memory
 *
 * Each function takes the AddressSpace in which the device's addresses mean
 * something: pci_get_address_space() for a PCI device, vdev->dma_as for a
 * virtio device, address_space_memory where there is no bus in between.  They
 * return a MemTxResult; a device that ignores it reads zeroes where nobody is.
 *
 * A MemoryRegion is accessed by address_space_*(): the dma_ functions add the
 * barrier that makes a device's accesses come in program order for vCPUs that
 * run at the same time.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef DMA_H
#define DMA_H

#include "exec/memory.h"
#include "exec/address-spaces.h"
#include "block/accounting.h"
#include "block/aio.h"
#include "qemu/iov.h"
#include "qemu/atomic.h"

/* The direction, seen from the device: TO_DEVICE reads memory. */
typedef enum {
    DMA_DIRECTION_TO_DEVICE = 0,
    DMA_DIRECTION_FROM_DEVICE = 1,
} DMADirection;

/* A guest cannot choose more than 64 bits of address. */
typedef uint64_t dma_addr_t;

#define DMA_ADDR_BITS 64
#define DMA_ADDR_FMT "%" PRIx64

typedef struct ScatterGatherEntry ScatterGatherEntry;

/*
 * A list of pieces of memory that make up one transfer
 *
 * @nsg of @nalloc entries are used; @size is the sum in bytes; @dev is
 * referenced while the list exists.
 */
struct QEMUSGList {
    ScatterGatherEntry *sg;
    int nsg;
    int nalloc;
    dma_addr_t size;
    DeviceState *dev;
    AddressSpace *as;
};

struct ScatterGatherEntry {
    dma_addr_t base;
    dma_addr_t len;
};

/*
 * A device writes data, then an index that says so.  Somebody who sees the
 * index must see the data.
 */
static inline void dma_barrier(AddressSpace *as, DMADirection dir)
{
    smp_mb();
}

static inline bool dma_memory_valid(AddressSpace *as, dma_addr_t addr,
                                    dma_addr_t len, DMADirection dir,
                                    MemTxAttrs attrs)
{
    return address_space_access_valid(as, addr, len,
                                      dir == DMA_DIRECTION_FROM_DEVICE,
                                      attrs);
}

/* The _relaxed forms are for several accesses that need no order. */
static inline MemTxResult dma_memory_rw_relaxed(AddressSpace *as,
                                                dma_addr_t addr, void *buf,
                                                dma_addr_t len,
                                                DMADirection dir,
                                                MemTxAttrs attrs)
{
    return address_space_rw(as, addr, attrs, buf, len,
                            dir == DMA_DIRECTION_FROM_DEVICE);
}

static inline MemTxResult dma_memory_read_relaxed(AddressSpace *as,
                                                  dma_addr_t addr, void *buf,
                                                  dma_addr_t len)
{
    return dma_memory_rw_relaxed(as, addr, buf, len, DMA_DIRECTION_TO_DEVICE,
                                 MEMTXATTRS_UNSPECIFIED);
}

static inline MemTxResult dma_memory_write_relaxed(AddressSpace *as,
                                                   dma_addr_t addr,
                                                   const void *buf,
                                                   dma_addr_t len)
{
    return dma_memory_rw_relaxed(as, addr, (void *)buf, len,
                                 DMA_DIRECTION_FROM_DEVICE,
                                 MEMTXATTRS_UNSPECIFIED);
}

static inline MemTxResult dma_memory_rw(AddressSpace *as, dma_addr_t addr,
                                        void *buf, dma_addr_t len,
                                        DMADirection dir, MemTxAttrs attrs)
{
    dma_barrier(as, dir);
    return dma_memory_rw_relaxed(as, addr, buf, len, dir, attrs);
}

/* Memory to @buf. */
static inline MemTxResult dma_memory_read(AddressSpace *as, dma_addr_t addr,
                                          void *buf, dma_addr_t len,
                                          MemTxAttrs attrs)
{
    return dma_memory_rw(as, addr, buf, len, DMA_DIRECTION_TO_DEVICE, attrs);
}

/* @buf to memory. */
static inline MemTxResult dma_memory_write(AddressSpace *as, dma_addr_t addr,
                                           const void *buf, dma_addr_t len,
                                           MemTxAttrs attrs)
{
    return dma_memory_rw(as, addr, (void *)buf, len,
                         DMA_DIRECTION_FROM_DEVICE, attrs);
}

/* Fills memory with @c. */
MemTxResult dma_memory_set(AddressSpace *as, dma_addr_t addr, uint8_t c,
                           dma_addr_t len, MemTxAttrs attrs);

/* address_space_map() with a barrier: NULL means try again later. */
static inline void *dma_memory_map(AddressSpace *as, dma_addr_t addr,
                                   dma_addr_t *len, DMADirection dir,
                                   MemTxAttrs attrs)
{
    hwaddr xlen = *len;
    void *p;

    p = address_space_map(as, addr, &xlen, dir == DMA_DIRECTION_FROM_DEVICE,
                          attrs);
    *len = xlen;
    return p;
}

static inline void dma_memory_unmap(AddressSpace *as, void *buffer,
                                    dma_addr_t len, DMADirection dir,
                                    dma_addr_t access_len)
{
    address_space_unmap(as, buffer, len, dir == DMA_DIRECTION_FROM_DEVICE,
                        access_len);
}

/*
 * Numbers: ldl_le_dma(as, addr, &val, attrs), stl_le_dma(as, addr, val,
 * attrs).  On failure a load leaves *@pval zero.
 */
#define DEFINE_LDST_DMA(lname, sname, bits, end)                             \
    static inline MemTxResult ld ## lname ## _ ## end ## _dma(               \
        AddressSpace *as, dma_addr_t addr, uint ## bits ## _t *pval,         \
        MemTxAttrs attrs)                                                    \
    {                                                                        \
        uint ## bits ## _t val = 0;                                          \
        MemTxResult res = dma_memory_read(as, addr, &val, sizeof(val),       \
                                          attrs);                            \
                                                                             \
        *pval = end ## bits ## _to_cpu(val);                                 \
        return res;                                                          \
    }                                                                        \
    static inline MemTxResult st ## sname ## _ ## end ## _dma(               \
        AddressSpace *as, dma_addr_t addr, uint ## bits ## _t val,           \
        MemTxAttrs attrs)                                                    \
    {                                                                        \
        val = cpu_to_ ## end ## bits(val);                                   \
        return dma_memory_write(as, addr, &val, sizeof(val), attrs);         \
    }

static inline MemTxResult ldub_dma(AddressSpace *as, dma_addr_t addr,
                                   uint8_t *val, MemTxAttrs attrs)
{
    return dma_memory_read(as, addr, val, 1, attrs);
}

static inline MemTxResult stb_dma(AddressSpace *as, dma_addr_t addr,
                                  uint8_t val, MemTxAttrs attrs)
{
    return dma_memory_write(as, addr, &val, 1, attrs);
}

DEFINE_LDST_DMA(uw, w, 16, le)
DEFINE_LDST_DMA(l, l, 32, le)
DEFINE_LDST_DMA(q, q, 64, le)
DEFINE_LDST_DMA(uw, w, 16, be)
DEFINE_LDST_DMA(l, l, 32, be)
DEFINE_LDST_DMA(q, q, 64, be)

#undef DEFINE_LDST_DMA

/* Scatter-gather lists */

/* @alloc_hint: how many entries are expected.  Takes a reference to @dev. */
void qemu_sglist_init(QEMUSGList *qsg, DeviceState *dev, int alloc_hint,
                      AddressSpace *as);
void qemu_sglist_add(QEMUSGList *qsg, dma_addr_t base, dma_addr_t len);
void qemu_sglist_destroy(QEMUSGList *qsg);

/*
 * Copies between @ptr and the list, at most @len bytes.  *@residual becomes
 * what is left of the list.
 */
MemTxResult dma_buf_read(void *ptr, dma_addr_t len, dma_addr_t *residual,
                         QEMUSGList *sg, MemTxAttrs attrs);
MemTxResult dma_buf_write(void *ptr, dma_addr_t len, dma_addr_t *residual,
                          QEMUSGList *sg, MemTxAttrs attrs);

/*
 * A list and a disk.  dma_blk_io() maps the list, a part at a time if it must be,
 * and calls @io_func(offset, iov, cb, cb_opaque, @io_func_opaque) for each part;
 * @offset is where on the disk it begins.  @dir is seen from the device: a read
 * of the disk is FROM_DEVICE.  Each part is a multiple of @align bytes.
 *
 * @cb(@opaque, ret) is called in @ctx, once, not before this returns.  The list
 * stays the caller's, and must stay.  blk_aio_cancel() works on the result.
 */
typedef BlockAIOCB *DMAIOFunc(int64_t offset, QEMUIOVector *iov,
                              BlockCompletionFunc *cb, void *cb_opaque,
                              void *opaque);

BlockAIOCB *dma_blk_io(AioContext *ctx,
                       QEMUSGList *sg, uint64_t offset, uint32_t align,
                       DMAIOFunc *io_func, void *io_func_opaque,
                       BlockCompletionFunc *cb, void *opaque,
                       DMADirection dir);
BlockAIOCB *dma_blk_read(BlockBackend *blk,
                         QEMUSGList *sg, uint64_t offset, uint32_t align,
                         BlockCompletionFunc *cb, void *opaque);
BlockAIOCB *dma_blk_write(BlockBackend *blk,
                          QEMUSGList *sg, uint64_t offset, uint32_t align,
                          BlockCompletionFunc *cb, void *opaque);
/* block_acct_start() for all of the list. */
void dma_acct_start(BlockBackend *blk, BlockAcctCookie *cookie,
                    QEMUSGList *sg, enum BlockAcctType type);

/*
 * The alignment in bits for a piece of [@start, @end] that an IOMMU with
 * @max_addr_bits can map at once, minus one as a mask.
 */
uint64_t dma_aligned_pow2_mask(uint64_t start, uint64_t end,
                               int max_addr_bits);

#endif
