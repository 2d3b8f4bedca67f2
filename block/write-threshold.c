/*
 * An event when a node is written to beyond a mark (block/write-threshold.h).
 *
 *     qmp_block_set_write_threshold       the client's mark
 *     bdrv_co_write_req_prepare           io.c: every request that writes
 *       bdrv_write_threshold_check_write  BLOCK_WRITE_THRESHOLD, once
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "block/block_int.h"
#include "block/write-threshold.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-block-core.h"
#include "qapi/qapi-events-block-core.h"
#include "qemu/atomic.h"

void bdrv_write_threshold_set(BlockDriverState *bs, uint64_t threshold_bytes)
{
    qatomic_set_u64(&bs->write_threshold_offset, threshold_bytes);
}

uint64_t bdrv_write_threshold_get(const BlockDriverState *bs)
{
    return qatomic_read_u64(&bs->write_threshold_offset);
}

void bdrv_write_threshold_check_write(BlockDriverState *bs, int64_t offset,
                                      int64_t bytes)
{
    uint64_t threshold = bdrv_write_threshold_get(bs);
    uint64_t end = offset + bytes;

    /* Away before it is told: the client may set the next one at once. */
    if (unlikely(threshold && end > threshold) &&
        qatomic_cmpxchg__nocheck(&bs->write_threshold_offset, threshold,
                                 0) == threshold) {
        qapi_event_send_block_write_threshold(bs->node_name, end - threshold,
                                              threshold);
    }
}

void qmp_block_set_write_threshold(const char *node_name,
                                   uint64_t threshold_bytes, Error **errp)
{
    BlockDriverState *bs = bdrv_find_node(node_name);
    AioContext *aio_context;

    if (!bs) {
        error_setg(errp, "Device '%s' not found", node_name);
        return;
    }
    aio_context = bdrv_get_aio_context(bs);
    aio_context_acquire(aio_context);
    bdrv_write_threshold_set(bs, threshold_bytes);
    aio_context_release(aio_context);
}
