/*
 * Nodes by a client's wish: blockdev-add and its kin, block_resize, snapshots,
 * limits.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "block/block_int.h"
#include "block/qdict.h"
#include "block/throttle-groups.h"
#include "io-int.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-block.h"
#include "qapi/qapi-commands-block-core.h"
#include "qapi/qapi-visit-block-core.h"
#include "qapi/qmp/qdict.h"
#include "qapi/qmp/qerror.h"
#include "qapi/qobject-output-visitor.h"
#include "qemu/main-loop.h"
#include "sysemu/block-backend.h"
#include "sysemu/blockdev.h"

/* Nodes */

BlockDriverState *bds_tree_init(QDict *bs_opts, Error **errp)
{
    int bdrv_flags = 0;

    GLOBAL_STATE_CODE();
    /*
     * What bdrv_open() would take from its flags is said here: -drive has other
     * defaults.
     */
    qdict_set_default_str(bs_opts, BDRV_OPT_CACHE_DIRECT, "off");
    qdict_set_default_str(bs_opts, BDRV_OPT_CACHE_NO_FLUSH, "off");
    qdict_set_default_str(bs_opts, BDRV_OPT_READ_ONLY, "off");
    return bdrv_open(NULL, NULL, bs_opts, bdrv_flags, errp);
}

/* BlockdevOptions as bdrv_open() takes them. */
static QDict *blockdev_options_to_qdict(BlockdevOptions *options)
{
    QObject *obj;
    Visitor *v = qobject_output_visitor_new(&obj);
    QDict *qdict;

    visit_type_BlockdevOptions(v, NULL, &options, &error_abort);
    visit_complete(v, &obj);
    visit_free(v);
    qdict = qobject_to(QDict, obj);
    qdict_flatten(qdict);
    return qdict;
}

void qmp_blockdev_add(BlockdevOptions *options, Error **errp)
{
    QDict *qdict = blockdev_options_to_qdict(options);
    BlockDriverState *bs;

    if (!qdict_get_try_str(qdict, "node-name")) {
        error_setg(errp, "'node-name' must be specified for the root node");
        qobject_unref(qdict);
        return;
    }
    bs = bds_tree_init(qdict, errp);
    if (bs) {
        bdrv_set_monitor_owned(bs);
    }
}

void qmp_blockdev_reopen(BlockdevOptionsList *reopen_list, Error **errp)
{
    BlockReopenQueue *queue = NULL;

    for (; reopen_list != NULL; reopen_list = reopen_list->next) {
        BlockdevOptions *options = reopen_list->value;
        BlockDriverState *bs;
        AioContext *ctx;

        if (!options->has_node_name) {
            error_setg(errp, "node-name not specified");
            goto fail;
        }
        bs = bdrv_find_node(options->node_name);
        if (!bs) {
            error_setg(errp, "Failed to find node with node-name='%s'",
                       options->node_name);
            goto fail;
        }
        ctx = bdrv_get_aio_context(bs);
        aio_context_acquire(ctx);
        queue = bdrv_reopen_queue(queue, bs,
                                  blockdev_options_to_qdict(options), false);
        aio_context_release(ctx);
    }
    if (queue) {
        bdrv_reopen_multiple(queue, errp);
    }
    return;

fail:
    bdrv_reopen_queue_free(queue);
}

void qmp_blockdev_del(const char *node_name, Error **errp)
{
    AioContext *ctx;
    BlockDriverState *bs;

    GLOBAL_STATE_CODE();
    bs = bdrv_find_node(node_name);
    if (!bs) {
        error_setg(errp, "Failed to find node with node-name='%s'", node_name);
        return;
    }
    if (bdrv_has_blk(bs)) {
        error_setg(errp, "Node %s is in use", node_name);
        return;
    }
    ctx = bdrv_get_aio_context(bs);
    aio_context_acquire(ctx);
    if (bdrv_op_is_blocked(bs, BLOCK_OP_TYPE_DRIVE_DEL, errp)) {
        goto out;
    }
    if (!QTAILQ_IN_USE(bs, monitor_list)) {
        error_setg(errp, "Node %s is not owned by the monitor", bs->node_name);
        goto out;
    }
    if (bs->refcnt > 1) {
        error_setg(errp, "Block device %s is in use",
                   bdrv_get_device_or_node_name(bs));
        goto out;
    }
    bdrv_unset_monitor_owned(bs);
    bdrv_unref(bs);
out:
    aio_context_release(ctx);
}

/* Length */

void qmp_block_resize(bool has_device, const char *device,
                      bool has_node_name, const char *node_name,
                      int64_t size, Error **errp)
{
    Error *local_err = NULL;
    BlockBackend *blk;
    BlockDriverState *bs;
    AioContext *ctx;

    bs = bdrv_lookup_bs(has_device ? device : NULL,
                        has_node_name ? node_name : NULL, &local_err);
    if (local_err) {
        error_propagate(errp, local_err);
        return;
    }
    if (size < 0) {
        error_setg(errp, "Parameter 'size' expects a >0 size");
        return;
    }
    ctx = bdrv_get_aio_context(bs);
    aio_context_acquire(ctx);
    if (bdrv_op_is_blocked(bs, BLOCK_OP_TYPE_RESIZE, NULL)) {
        error_setg(errp, QERR_DEVICE_IN_USE, has_device ? device : node_name);
        goto out;
    }
    /* Somebody who wants to resize, as long as it takes. */
    blk = blk_new_with_bs(bs, BLK_PERM_RESIZE, BLK_PERM_ALL, errp);
    if (blk) {
        bdrv_drained_begin(bs);
        /* It is ours: it does not wait for the end of that. */
        blk_set_disable_request_queuing(blk, true);
        blk_truncate(blk, size, false, PREALLOC_MODE_OFF, 0, errp);
        bdrv_drained_end(bs);
        blk_unref(blk);
    }
out:
    aio_context_release(ctx);
}

/* Overlays */

/* What an overlay and what is below it must be; false with @errp set. */
static bool snapshot_allowed(BlockDriverState *bs, Error **errp)
{
    if (!bdrv_is_inserted(bs)) {
        error_setg(errp, "Device '%s' has no medium",
                   bdrv_get_device_or_node_name(bs));
        return false;
    }
    if (bdrv_op_is_blocked(bs, BLOCK_OP_TYPE_EXTERNAL_SNAPSHOT, errp)) {
        return false;
    }
    if (!bdrv_is_read_only(bs) && bdrv_flush(bs)) {
        error_setg(errp, "An IO error has occurred");
        return false;
    }
    return true;
}

/* Takes over the caller's reference to @overlay. */
static void snapshot_append(BlockDriverState *bs, BlockDriverState *overlay,
                            Error **errp)
{
    uint64_t perm, shared;

    bdrv_get_cumulative_perm(overlay, &perm, &shared);
    if (perm & BLK_PERM_CONSISTENT_READ) {
        error_setg(errp, "The overlay is already in use");
    } else if (overlay->drv && overlay->drv->is_filter) {
        error_setg(errp, "Filters cannot be used as overlays");
    } else if (overlay->backing) {
        error_setg(errp, "The overlay already has a backing image");
    } else if (bdrv_op_is_blocked(overlay, BLOCK_OP_TYPE_EXTERNAL_SNAPSHOT,
                                  errp)) {
        /* it says why */
    } else if (!overlay->drv || !overlay->drv->supports_backing) {
        error_setg(errp, "The overlay does not support backing images");
    } else {
        bdrv_drained_begin(bs);
        if (bdrv_append(overlay, bs, errp) == 0) {
            /* From now on it is a backing file. */
            bdrv_reopen_set_read_only(bs, true, NULL);
        }
        bdrv_drained_end(bs);
    }
    bdrv_unref(overlay);
}

void qmp_blockdev_snapshot(const char *node, const char *overlay, Error **errp)
{
    BlockDriverState *bs = bdrv_lookup_bs(node, node, errp);
    BlockDriverState *overlay_bs;
    AioContext *ctx;

    if (!bs) {
        return;
    }
    ctx = bdrv_get_aio_context(bs);
    aio_context_acquire(ctx);
    if (snapshot_allowed(bs, errp)) {
        overlay_bs = bdrv_lookup_bs(overlay, overlay, errp);
        if (overlay_bs) {
            bdrv_ref(overlay_bs);
            snapshot_append(bs, overlay_bs, errp);
        }
    }
    aio_context_release(ctx);
}

/* Make and open the overlay; NULL with @errp set. */
static BlockDriverState *snapshot_open(BlockDriverState *bs,
                                       const char *file, const char *node_name,
                                       const char *format, NewImageMode mode,
                                       Error **errp)
{
    /* A file that a client names stays, also over one that does not. */
    int flags = bs->open_flags & ~(BDRV_O_SNAPSHOT | BDRV_O_TEMPORARY |
                                   BDRV_O_COPY_ON_READ | BDRV_O_PROTOCOL);
    QDict *options = qdict_new();

    /*
     * Its backing file is the node that is there: there is no need to open it
     * by its name, which might not even be possible.
     */
    flags |= BDRV_O_NO_BACKING;

    if (mode != NEW_IMAGE_MODE_EXISTING) {
        Error *local_err = NULL;
        int64_t size = bdrv_getlength(bs);
        BlockDriverState *named = bdrv_skip_implicit_filters(bs);

        if (size < 0) {
            error_setg_errno(errp, -size, "bdrv_getlength failed");
            qobject_unref(options);
            return NULL;
        }
        bdrv_refresh_filename(named);
        bdrv_img_create(file, format, named->filename,
                        named->drv->format_name, NULL, size, flags, false,
                        &local_err);
        if (local_err) {
            error_propagate(errp, local_err);
            qobject_unref(options);
            return NULL;
        }
    }
    if (node_name) {
        qdict_put_str(options, "node-name", node_name);
    }
    qdict_put_str(options, "driver", format);
    return bdrv_open(file, NULL, options, flags, errp);
}

void qmp_blockdev_snapshot_sync(bool has_device, const char *device,
                                bool has_node_name, const char *node_name,
                                const char *snapshot_file,
                                bool has_snapshot_node_name,
                                const char *snapshot_node_name,
                                bool has_format, const char *format,
                                bool has_mode, NewImageMode mode, Error **errp)
{
    BlockDriverState *bs, *overlay;
    AioContext *ctx;

    bs = bdrv_lookup_bs(has_device ? device : NULL,
                        has_node_name ? node_name : NULL, errp);
    if (!bs) {
        return;
    }
    ctx = bdrv_get_aio_context(bs);
    aio_context_acquire(ctx);
    if (!snapshot_allowed(bs, errp)) {
        goto out;
    }
    if (has_node_name && !has_snapshot_node_name) {
        error_setg(errp, "New overlay node-name missing");
        goto out;
    }
    if (has_snapshot_node_name &&
        bdrv_lookup_bs(snapshot_node_name, snapshot_node_name, NULL)) {
        error_setg(errp, "New overlay node-name already in use");
        goto out;
    }
    overlay = snapshot_open(bs, snapshot_file,
                            has_snapshot_node_name ? snapshot_node_name : NULL,
                            has_format ? format : "qcow2",
                            has_mode ? mode : NEW_IMAGE_MODE_ABSOLUTE_PATHS,
                            errp);
    if (overlay) {
        snapshot_append(bs, overlay, errp);
    }
out:
    aio_context_release(ctx);
}

/* Limits */

void qmp_block_set_io_throttle(BlockIOThrottle *arg, Error **errp)
{
    ThrottleConfig cfg;
    BlockDriverState *bs;
    BlockBackend *blk;
    AioContext *ctx;

    blk = qmp_get_blk(arg->has_device ? arg->device : NULL,
                      arg->has_id ? arg->id : NULL, errp);
    if (!blk) {
        return;
    }
    ctx = blk_get_aio_context(blk);
    aio_context_acquire(ctx);
    bs = blk_bs(blk);
    if (!bs) {
        error_setg(errp, "Device has no medium");
        goto out;
    }

    throttle_config_init(&cfg);
#define TAKE(bucket, name)                                                  \
    cfg.buckets[bucket].avg = arg->name;                                    \
    if (arg->has_##name##_max) {                                            \
        cfg.buckets[bucket].max = arg->name##_max;                          \
    }                                                                       \
    if (arg->has_##name##_max_length) {                                     \
        cfg.buckets[bucket].burst_length = arg->name##_max_length;          \
    }
    TAKE(THROTTLE_BPS_TOTAL, bps)
    TAKE(THROTTLE_BPS_READ, bps_rd)
    TAKE(THROTTLE_BPS_WRITE, bps_wr)
    TAKE(THROTTLE_OPS_TOTAL, iops)
    TAKE(THROTTLE_OPS_READ, iops_rd)
    TAKE(THROTTLE_OPS_WRITE, iops_wr)
#undef TAKE
    if (arg->has_iops_size) {
        cfg.op_size = arg->iops_size;
    }
    if (!throttle_is_valid(&cfg, errp)) {
        goto out;
    }

    if (throttle_enabled(&cfg)) {
        /* Its own group, unless another is named. */
        if (!blk_get_public(blk)->throttle_group_member.throttle_state) {
            blk_io_limits_enable(blk, arg->has_group ? arg->group
                                      : arg->has_device ? arg->device
                                      : arg->id);
        } else if (arg->has_group) {
            blk_io_limits_update_group(blk, arg->group);
        }
        blk_set_io_limits(blk, &cfg);
    } else if (blk_get_public(blk)->throttle_group_member.throttle_state) {
        blk_io_limits_disable(blk);
    }
out:
    aio_context_release(ctx);
}

void qmp_block_latency_histogram_set(
    const char *id,
    bool has_boundaries, uint64List *boundaries,
    bool has_boundaries_read, uint64List *boundaries_read,
    bool has_boundaries_write, uint64List *boundaries_write,
    bool has_boundaries_flush, uint64List *boundaries_flush,
    Error **errp)
{
    struct {
        enum BlockAcctType type;
        const char *name;
        bool given;
        uint64List *list;
    } sets[] = {
        { BLOCK_ACCT_READ, "read", has_boundaries || has_boundaries_read,
          has_boundaries_read ? boundaries_read : boundaries },
        { BLOCK_ACCT_WRITE, "write", has_boundaries || has_boundaries_write,
          has_boundaries_write ? boundaries_write : boundaries },
        { BLOCK_ACCT_FLUSH, "flush", has_boundaries || has_boundaries_flush,
          has_boundaries_flush ? boundaries_flush : boundaries },
    };
    BlockBackend *blk = qmp_get_blk(NULL, id, errp);
    BlockAcctStats *stats;

    if (!blk) {
        return;
    }
    stats = blk_get_stats(blk);
    if (!has_boundaries && !has_boundaries_read && !has_boundaries_write &&
        !has_boundaries_flush) {
        block_latency_histograms_clear(stats);
        return;
    }
    for (int i = 0; i < ARRAY_SIZE(sets); i++) {
        if (sets[i].given &&
            block_latency_histogram_set(stats, sets[i].type, sets[i].list)) {
            error_setg(errp, "Device '%s' set %s boundaries fail", id,
                       sets[i].name);
            return;
        }
    }
}
