/*
 * Nodes and devices that a client asks about.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "block/block_int.h"
#include "block/qapi.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-block-core.h"
#include "sysemu/block-backend.h"

BlockDeviceInfoList *qmp_query_named_block_nodes(bool has_flat, bool flat,
                                                 Error **errp)
{
    return bdrv_named_nodes_list(has_flat && flat, errp);
}

/* Devices */

static BlockInfo *bdrv_query_info(BlockBackend *blk, Error **errp)
{
    BlockInfo *info = g_malloc0(sizeof(*info));
    BlockDriverState *bs = bdrv_skip_implicit_filters(blk_bs(blk));
    g_autofree char *qdev = blk_get_attached_dev_id(blk);

    info->device = g_strdup(blk_name(blk));
    info->type = g_strdup("unknown");
    info->locked = blk_dev_is_medium_locked(blk);
    info->removable = blk_dev_has_removable_media(blk);

    if (*qdev) {
        info->has_qdev = true;
        info->qdev = g_steal_pointer(&qdev);
    }
    if (blk_dev_has_tray(blk)) {
        info->has_tray_open = true;
        info->tray_open = blk_dev_is_tray_open(blk);
    }
    if (blk_iostatus_is_enabled(blk)) {
        info->has_io_status = true;
        info->io_status = blk_iostatus(blk);
    }
    if (bs && bs->drv) {
        info->inserted = bdrv_block_device_info(blk, bs, false, errp);
        if (!info->inserted) {
            qapi_free_BlockInfo(info);
            return NULL;
        }
        info->has_inserted = true;
    }
    return info;
}

BlockInfoList *qmp_query_block(Error **errp)
{
    BlockInfoList *head = NULL, **tail = &head;
    BlockBackend *blk;

    for (blk = blk_all_next(NULL); blk; blk = blk_all_next(blk)) {
        BlockInfo *info;
        AioContext *ctx;

        /* Those of the block layer's own are nobody's business. */
        if (!*blk_name(blk) && !blk_get_attached_dev(blk)) {
            continue;
        }
        ctx = blk_get_aio_context(blk);
        aio_context_acquire(ctx);
        info = bdrv_query_info(blk, errp);
        aio_context_release(ctx);
        if (!info) {
            qapi_free_BlockInfoList(head);
            return NULL;
        }
        QAPI_LIST_APPEND(tail, info);
    }
    return head;
}

/* Statistics */

static uint64List *uint64_list(uint64_t *list, int size)
{
    uint64List *out_list = NULL, **tail = &out_list;

    for (int i = 0; i < size; i++) {
        QAPI_LIST_APPEND(tail, list[i]);
    }
    return out_list;
}

static void bdrv_latency_histogram_stats(BlockLatencyHistogram *hist,
                                         bool *not_null,
                                         BlockLatencyHistogramInfo **info)
{
    *not_null = hist->bins != NULL;
    if (*not_null) {
        *info = g_new0(BlockLatencyHistogramInfo, 1);
        (*info)->boundaries = uint64_list(hist->boundaries, hist->nbins - 1);
        (*info)->bins = uint64_list(hist->bins, hist->nbins);
    }
}

static BlockDeviceTimedStats *bdrv_query_timed_stats(BlockAcctTimedStats *ts)
{
    BlockDeviceTimedStats *dev_stats = g_new0(BlockDeviceTimedStats, 1);
    TimedAverage *rd = &ts->latency[BLOCK_ACCT_READ];
    TimedAverage *wr = &ts->latency[BLOCK_ACCT_WRITE];
    TimedAverage *fl = &ts->latency[BLOCK_ACCT_FLUSH];

    dev_stats->interval_length = ts->interval_length;
    dev_stats->min_rd_latency_ns = timed_average_min(rd);
    dev_stats->max_rd_latency_ns = timed_average_max(rd);
    dev_stats->avg_rd_latency_ns = timed_average_avg(rd);
    dev_stats->min_wr_latency_ns = timed_average_min(wr);
    dev_stats->max_wr_latency_ns = timed_average_max(wr);
    dev_stats->avg_wr_latency_ns = timed_average_avg(wr);
    dev_stats->min_flush_latency_ns = timed_average_min(fl);
    dev_stats->max_flush_latency_ns = timed_average_max(fl);
    dev_stats->avg_flush_latency_ns = timed_average_avg(fl);
    dev_stats->avg_rd_queue_depth = block_acct_queue_depth(ts,
                                                           BLOCK_ACCT_READ);
    dev_stats->avg_wr_queue_depth = block_acct_queue_depth(ts,
                                                           BLOCK_ACCT_WRITE);
    return dev_stats;
}

static void bdrv_query_blk_stats(BlockDeviceStats *ds, BlockBackend *blk)
{
    BlockAcctStats *stats = blk_get_stats(blk);
    BlockAcctTimedStats *ts = NULL;
    BlockLatencyHistogram *hgram = stats->latency_histogram;

    ds->rd_bytes = stats->nr_bytes[BLOCK_ACCT_READ];
    ds->wr_bytes = stats->nr_bytes[BLOCK_ACCT_WRITE];
    ds->unmap_bytes = stats->nr_bytes[BLOCK_ACCT_UNMAP];

#define PER_TYPE(name, type)                                                \
    ds->name##_operations = stats->nr_ops[type];                            \
    ds->failed_##name##_operations = stats->failed_ops[type];               \
    ds->invalid_##name##_operations = stats->invalid_ops[type];             \
    ds->name##_total_time_ns = stats->total_time_ns[type];
    PER_TYPE(rd, BLOCK_ACCT_READ)
    PER_TYPE(wr, BLOCK_ACCT_WRITE)
    PER_TYPE(flush, BLOCK_ACCT_FLUSH)
    PER_TYPE(unmap, BLOCK_ACCT_UNMAP)
#undef PER_TYPE

    ds->rd_merged = stats->merged[BLOCK_ACCT_READ];
    ds->wr_merged = stats->merged[BLOCK_ACCT_WRITE];
    ds->unmap_merged = stats->merged[BLOCK_ACCT_UNMAP];
    ds->has_idle_time_ns = stats->last_access_time_ns > 0;
    if (ds->has_idle_time_ns) {
        ds->idle_time_ns = block_acct_idle_time_ns(stats);
    }
    ds->account_invalid = stats->account_invalid;
    ds->account_failed = stats->account_failed;

    while ((ts = block_acct_interval_next(stats, ts))) {
        BlockDeviceTimedStats *dev_stats = bdrv_query_timed_stats(ts);

        QAPI_LIST_PREPEND(ds->timed_stats, dev_stats);
    }
    bdrv_latency_histogram_stats(&hgram[BLOCK_ACCT_READ],
                                 &ds->has_rd_latency_histogram,
                                 &ds->rd_latency_histogram);
    bdrv_latency_histogram_stats(&hgram[BLOCK_ACCT_WRITE],
                                 &ds->has_wr_latency_histogram,
                                 &ds->wr_latency_histogram);
    bdrv_latency_histogram_stats(&hgram[BLOCK_ACCT_FLUSH],
                                 &ds->has_flush_latency_histogram,
                                 &ds->flush_latency_histogram);
}

static BlockStats *bdrv_query_bds_stats(BlockDriverState *bs, bool blk_level)
{
    BdrvChild *parent_child;
    BlockDriverState *cow_bs;
    BlockStats *s = g_malloc0(sizeof(*s));

    s->stats = g_malloc0(sizeof(*s->stats));
    if (!bs) {
        return s;
    }
    /* A device's are those of what the user named. */
    if (blk_level) {
        bs = bdrv_skip_implicit_filters(bs);
    }
    if (bdrv_get_node_name(bs)[0]) {
        s->has_node_name = true;
        s->node_name = g_strdup(bdrv_get_node_name(bs));
    }
    s->stats->wr_highest_offset = stat64_get(&bs->wr_highest_offset);

    s->driver_specific = bdrv_get_specific_stats(bs);
    s->has_driver_specific = s->driver_specific != NULL;

    parent_child = bdrv_primary_child(bs);
    if (parent_child && parent_child != bs->backing) {
        s->has_parent = true;
        s->parent = bdrv_query_bds_stats(parent_child->bs, blk_level);
    }
    cow_bs = bdrv_cow_bs(bs);
    if (blk_level && cow_bs) {
        s->has_backing = true;
        s->backing = bdrv_query_bds_stats(cow_bs, blk_level);
    }
    return s;
}

BlockStatsList *qmp_query_blockstats(bool has_query_nodes, bool query_nodes,
                                     Error **errp)
{
    BlockStatsList *head = NULL, **tail = &head;
    BlockBackend *blk;
    BlockDriverState *bs;

    if (has_query_nodes && query_nodes) {
        for (bs = bdrv_next_node(NULL); bs; bs = bdrv_next_node(bs)) {
            AioContext *ctx = bdrv_get_aio_context(bs);

            aio_context_acquire(ctx);
            QAPI_LIST_APPEND(tail, bdrv_query_bds_stats(bs, false));
            aio_context_release(ctx);
        }
        return head;
    }
    for (blk = blk_all_next(NULL); blk; blk = blk_all_next(blk)) {
        AioContext *ctx = blk_get_aio_context(blk);
        BlockStats *s;
        char *qdev;

        if (!*blk_name(blk) && !blk_get_attached_dev(blk)) {
            continue;
        }
        aio_context_acquire(ctx);
        s = bdrv_query_bds_stats(blk_bs(blk), true);
        s->has_device = true;
        s->device = g_strdup(blk_name(blk));
        qdev = blk_get_attached_dev_id(blk);
        if (qdev && *qdev) {
            s->has_qdev = true;
            s->qdev = qdev;
        } else {
            g_free(qdev);
        }
        bdrv_query_blk_stats(s->stats, blk);
        aio_context_release(ctx);
        QAPI_LIST_APPEND(tail, s);
    }
    return head;
}
