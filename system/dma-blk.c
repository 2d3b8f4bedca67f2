/*
 * DMA: between a disk and a scatter-gather list
 *
 * The list is mapped as far as it goes (a piece outside of RAM takes the one
 * bounce buffer that there is), that part is read or written, and so on:
 *
 *     dma_blk_io -> dma_blk_next -> dma_blk_map, io_func -> dma_blk_cb -> …
 *                                      |                       |
 *                   nothing can be mapped: wait for       all done, or an error:
 *                   the buffer, reschedule_dma            dma_complete
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "block/accounting.h"
#include "exec/cpu-common.h"
#include "qemu/main-loop.h"
#include "sysemu/block-backend.h"
#include "sysemu/dma.h"
#include "trace.h"

typedef struct DMAAIOCB {
    BlockAIOCB common;
    AioContext *ctx;
    BlockAIOCB *acb;            /* what runs now; or … */
    QEMUBH *bh;                 /* … what goes on, or completes with … */
    int ret;
    QEMUSGList *sg;
    uint32_t align;
    uint64_t offset;            /* on the disk */
    DMADirection dir;
    int sg_cur_index;           /* what is not mapped yet begins here */
    dma_addr_t sg_cur_byte;
    QEMUIOVector iov;           /* what is mapped */
    DMAIOFunc *io_func;
    void *io_func_opaque;
} DMAAIOCB;

static void dma_blk_unmap(DMAAIOCB *dbs)
{
    for (int i = 0; i < dbs->iov.niov; i++) {
        dma_memory_unmap(dbs->sg->as, dbs->iov.iov[i].iov_base,
                         dbs->iov.iov[i].iov_len, dbs->dir,
                         dbs->iov.iov[i].iov_len);
    }
    qemu_iovec_reset(&dbs->iov);
}

static void dma_complete(DMAAIOCB *dbs, int ret)
{
    trace_dma_complete(dbs, ret, dbs->common.cb);

    assert(!dbs->acb && !dbs->bh);
    dma_blk_unmap(dbs);
    if (dbs->common.cb) {
        dbs->common.cb(dbs->common.opaque, ret);
    }
    qemu_iovec_destroy(&dbs->iov);
    qemu_aio_unref(dbs);
}

/*
 * The last pieces go back, as far as they make the part uneven; where a piece
 * has been mapped in part, what is cut off is nothing that was written to.
 */
static void dma_blk_trim(DMAAIOCB *dbs)
{
    size_t excess = dbs->iov.size % dbs->align;

    while (excess) {
        struct iovec *last = &dbs->iov.iov[dbs->iov.niov - 1];
        size_t cut = MIN(excess, last->iov_len);

        if (dbs->sg_cur_byte == 0) {
            dbs->sg_cur_index--;
            dbs->sg_cur_byte = dbs->sg->sg[dbs->sg_cur_index].len;
        }
        dbs->sg_cur_byte -= cut;
        excess -= cut;
        if (cut == last->iov_len) {
            dma_memory_unmap(dbs->sg->as, last->iov_base, cut, dbs->dir, 0);
        }
        qemu_iovec_discard_back(&dbs->iov, cut);
    }
}

static void dma_blk_map(DMAAIOCB *dbs)
{
    while (dbs->sg_cur_index < dbs->sg->nsg) {
        ScatterGatherEntry *entry = &dbs->sg->sg[dbs->sg_cur_index];
        dma_addr_t cur_len = entry->len - dbs->sg_cur_byte;
        void *mem;

        if (cur_len) {
            mem = dma_memory_map(dbs->sg->as, entry->base + dbs->sg_cur_byte,
                                 &cur_len, dbs->dir, MEMTXATTRS_UNSPECIFIED);
            if (!mem) {
                break;
            }
            qemu_iovec_add(&dbs->iov, mem, cur_len);
            dbs->sg_cur_byte += cur_len;
        }
        if (dbs->sg_cur_byte == entry->len) {
            dbs->sg_cur_byte = 0;
            dbs->sg_cur_index++;
        }
    }
}

static void dma_late_complete(void *opaque)
{
    DMAAIOCB *dbs = opaque;

    qemu_bh_delete(dbs->bh);
    dbs->bh = NULL;
    dma_complete(dbs, dbs->ret);
}

/* There is no I/O to wait for, and the caller may not know @dbs yet. */
static void dma_complete_later(DMAAIOCB *dbs, int ret)
{
    dbs->ret = ret;
    dbs->bh = aio_bh_new(dbs->ctx, dma_late_complete, dbs);
    qemu_bh_schedule(dbs->bh);
}

static void dma_blk_next(DMAAIOCB *dbs);

static void reschedule_dma(void *opaque)
{
    DMAAIOCB *dbs = opaque;

    assert(!dbs->acb && dbs->bh);
    qemu_bh_delete(dbs->bh);
    dbs->bh = NULL;
    dma_blk_next(dbs);
}

static void dma_blk_cb(void *opaque, int ret)
{
    DMAAIOCB *dbs = opaque;
    AioContext *ctx = dbs->ctx;

    trace_dma_blk_cb(dbs, ret);
    aio_context_acquire(ctx);
    dbs->acb = NULL;
    dbs->offset += dbs->iov.size;
    if (dbs->sg_cur_index == dbs->sg->nsg || ret < 0) {
        dma_complete(dbs, ret);
    } else {
        dma_blk_unmap(dbs);
        dma_blk_next(dbs);
    }
    aio_context_release(ctx);
}

static void dma_blk_next(DMAAIOCB *dbs)
{
    aio_context_acquire(dbs->ctx);
    dma_blk_map(dbs);
    if (dbs->iov.size) {
        dma_blk_trim(dbs);
        if (dbs->iov.size) {
            dbs->acb = dbs->io_func(dbs->offset, &dbs->iov, dma_blk_cb, dbs,
                                    dbs->io_func_opaque);
            assert(dbs->acb);
        } else {
            /* Pieces outside of RAM, none with room for a sector. */
            dma_complete_later(dbs, -EIO);
        }
    } else if (dbs->sg_cur_index == dbs->sg->nsg) {
        /* What was left of the list was empty. */
        dma_complete_later(dbs, 0);
    } else {
        trace_dma_map_wait(dbs);
        dbs->bh = aio_bh_new(dbs->ctx, reschedule_dma, dbs);
        cpu_register_map_client(dbs->bh);
    }
    aio_context_release(dbs->ctx);
}

static void dma_aio_cancel(BlockAIOCB *acb)
{
    DMAAIOCB *dbs = container_of(acb, DMAAIOCB, common);

    trace_dma_aio_cancel(dbs);
    assert(!(dbs->acb && dbs->bh));
    if (dbs->acb) {
        /* dma_blk_cb() will be called. */
        blk_aio_cancel_async(dbs->acb);
    } else if (dbs->bh) {
        cpu_unregister_map_client(dbs->bh);
        qemu_bh_delete(dbs->bh);
        dbs->bh = NULL;
        dma_complete(dbs, -ECANCELED);
    }
}

static AioContext *dma_get_aio_context(BlockAIOCB *acb)
{
    return container_of(acb, DMAAIOCB, common)->ctx;
}

static const AIOCBInfo dma_aiocb_info = {
    .aiocb_size         = sizeof(DMAAIOCB),
    .cancel_async       = dma_aio_cancel,
    .get_aio_context    = dma_get_aio_context,
};

BlockAIOCB *dma_blk_io(AioContext *ctx,
                       QEMUSGList *sg, uint64_t offset, uint32_t align,
                       DMAIOFunc *io_func, void *io_func_opaque,
                       BlockCompletionFunc *cb, void *opaque,
                       DMADirection dir)
{
    DMAAIOCB *dbs = qemu_aio_get(&dma_aiocb_info, NULL, cb, opaque);

    trace_dma_blk_io(dbs, io_func_opaque, offset,
                     dir == DMA_DIRECTION_TO_DEVICE);

    dbs->acb = NULL;
    dbs->bh = NULL;
    dbs->sg = sg;
    dbs->ctx = ctx;
    dbs->offset = offset;
    dbs->align = align;
    dbs->sg_cur_index = 0;
    dbs->sg_cur_byte = 0;
    dbs->dir = dir;
    dbs->io_func = io_func;
    dbs->io_func_opaque = io_func_opaque;
    qemu_iovec_init(&dbs->iov, sg->nsg);
    dma_blk_next(dbs);
    return &dbs->common;
}

static BlockAIOCB *dma_blk_read_io_func(int64_t offset, QEMUIOVector *iov,
                                        BlockCompletionFunc *cb,
                                        void *cb_opaque, void *opaque)
{
    return blk_aio_preadv(opaque, offset, iov, 0, cb, cb_opaque);
}

BlockAIOCB *dma_blk_read(BlockBackend *blk,
                         QEMUSGList *sg, uint64_t offset, uint32_t align,
                         BlockCompletionFunc *cb, void *opaque)
{
    return dma_blk_io(blk_get_aio_context(blk), sg, offset, align,
                      dma_blk_read_io_func, blk, cb, opaque,
                      DMA_DIRECTION_FROM_DEVICE);
}

static BlockAIOCB *dma_blk_write_io_func(int64_t offset, QEMUIOVector *iov,
                                         BlockCompletionFunc *cb,
                                         void *cb_opaque, void *opaque)
{
    return blk_aio_pwritev(opaque, offset, iov, 0, cb, cb_opaque);
}

BlockAIOCB *dma_blk_write(BlockBackend *blk,
                          QEMUSGList *sg, uint64_t offset, uint32_t align,
                          BlockCompletionFunc *cb, void *opaque)
{
    return dma_blk_io(blk_get_aio_context(blk), sg, offset, align,
                      dma_blk_write_io_func, blk, cb, opaque,
                      DMA_DIRECTION_TO_DEVICE);
}

void dma_acct_start(BlockBackend *blk, BlockAcctCookie *cookie,
                    QEMUSGList *sg, enum BlockAcctType type)
{
    block_acct_start(blk_get_stats(blk), cookie, sg->size, type);
}
