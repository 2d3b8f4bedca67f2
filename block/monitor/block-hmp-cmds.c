/*
 * The human monitor: disks.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "block/block_int.h"
#include "block/block-hmp-cmds.h"
#include "block/qapi.h"
#include "hw/boards.h"
#include "monitor/hmp.h"
#include "monitor/monitor.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-block.h"
#include "qapi/qapi-commands-block-core.h"
#include "qapi/qmp/qdict.h"
#include "qapi/qmp/qerror.h"
#include "qapi/util.h"
#include "qemu/config-file.h"
#include "qemu/error-report.h"
#include "qemu/main-loop.h"
#include "qemu/option.h"
#include "sysemu/block-backend.h"
#include "sysemu/blockdev.h"

/* drive_add -n: a node, as blockdev-add makes one */
static void hmp_drive_add_node(Monitor *mon, const char *optstr)
{
    QemuOptsList *list = qemu_find_opts("drive");
    Error *local_err = NULL;
    BlockDriverState *bs;
    QemuOpts *opts;
    QDict *qdict;

    opts = qemu_opts_parse_noisily(list, optstr, false);
    if (!opts) {
        return;
    }
    qdict = qemu_opts_to_qdict(opts, NULL);
    if (!qdict_get_try_str(qdict, "node-name")) {
        qobject_unref(qdict);
        error_report("'node-name' needs to be specified");
        goto out;
    }
    bs = bds_tree_init(qdict, &local_err);
    if (!bs) {
        error_report_err(local_err);
        goto out;
    }
    bdrv_set_monitor_owned(bs);
out:
    qemu_opts_del(opts);
}

void hmp_drive_add(Monitor *mon, const QDict *qdict)
{
    const char *optstr = qdict_get_str(qdict, "opts");
    bool node = qdict_get_try_bool(qdict, "node", false);
    Error *err = NULL;
    MachineClass *mc;
    DriveInfo *dinfo;
    QemuOpts *opts;

    if (node) {
        hmp_drive_add_node(mon, optstr);
        return;
    }
    opts = drive_add(IF_DEFAULT, -1, NULL, optstr);
    if (!opts) {
        return;
    }
    mc = MACHINE_GET_CLASS(current_machine);
    dinfo = drive_new(opts, mc->block_default_type, &err);
    if (err) {
        error_report_err(err);
        qemu_opts_del(opts);
        return;
    }
    if (!dinfo) {
        return;
    }
    /* The other kinds come with the machine. */
    if (dinfo->type == IF_NONE) {
        monitor_printf(mon, "OK\n");
    } else {
        BlockBackend *blk = blk_by_legacy_dinfo(dinfo);

        monitor_printf(mon, "Can't hot-add drive to type %d\n", dinfo->type);
        monitor_remove_blk(blk);
        blk_unref(blk);
    }
}

void hmp_drive_del(Monitor *mon, const QDict *qdict)
{
    const char *id = qdict_get_str(qdict, "id");
    BlockBackend *blk;
    BlockDriverState *bs;
    AioContext *ctx;
    Error *local_err = NULL;

    bs = bdrv_find_node(id);
    if (bs) {
        qmp_blockdev_del(id, &local_err);
        if (local_err) {
            error_report_err(local_err);
        }
        return;
    }
    blk = blk_by_name(id);
    if (!blk) {
        error_report("Device '%s' not found", id);
        return;
    }
    if (!blk_legacy_dinfo(blk)) {
        error_report("Deleting device added with blockdev-add is not "
                     "supported");
        return;
    }
    ctx = blk_get_aio_context(blk);
    aio_context_acquire(ctx);
    bs = blk_bs(blk);
    if (bs) {
        if (bdrv_op_is_blocked(bs, BLOCK_OP_TYPE_DRIVE_DEL, &local_err)) {
            error_report_err(local_err);
            goto out;
        }
        blk_remove_bs(blk);
    }

    /*
     * With a device it is only hidden: the device keeps it, empty, and all its
     * requests fail.
     */
    monitor_remove_blk(blk);
    if (blk_get_attached_dev(blk)) {
        blk_set_on_error(blk, BLOCKDEV_ON_ERROR_REPORT,
                         BLOCKDEV_ON_ERROR_REPORT);
    } else {
        blk_unref(blk);
    }
out:
    aio_context_release(ctx);
}

void hmp_eject(Monitor *mon, const QDict *qdict)
{
    bool force = qdict_get_try_bool(qdict, "force", false);
    const char *device = qdict_get_str(qdict, "device");
    Error *err = NULL;

    qmp_eject(true, device, false, NULL, true, force, &err);
    hmp_handle_error(mon, err);
}

void hmp_change(Monitor *mon, const QDict *qdict)
{
    const char *device = qdict_get_str(qdict, "device");
    const char *target = qdict_get_str(qdict, "target");
    const char *format = qdict_get_try_str(qdict, "arg");
    const char *read_only = qdict_get_try_str(qdict, "read-only-mode");
    BlockdevChangeReadOnlyMode mode;
    Error *err = NULL;

    mode = qapi_enum_parse(&BlockdevChangeReadOnlyMode_lookup, read_only,
                           BLOCKDEV_CHANGE_READ_ONLY_MODE_RETAIN, &err);
    if (!err) {
        qmp_blockdev_change_medium(true, device, false, NULL, target,
                                   !!format, format, false, false,
                                   !!read_only, mode, &err);
    }
    hmp_handle_error(mon, err);
}

void hmp_commit(Monitor *mon, const QDict *qdict)
{
    const char *device = qdict_get_str(qdict, "device");
    BlockBackend *blk;
    int ret;

    if (!strcmp(device, "all")) {
        ret = blk_commit_all();
    } else {
        AioContext *ctx;

        blk = blk_by_name(device);
        if (!blk) {
            error_report("Device '%s' not found", device);
            return;
        }
        ctx = blk_get_aio_context(blk);
        aio_context_acquire(ctx);
        if (!blk_is_available(blk)) {
            error_report("Device '%s' has no medium", device);
            aio_context_release(ctx);
            return;
        }
        ret = bdrv_commit(bdrv_skip_implicit_filters(blk_bs(blk)));
        aio_context_release(ctx);
    }
    if (ret < 0) {
        error_report("'commit' error for '%s': %s", device, strerror(-ret));
    }
}

void hmp_block_resize(Monitor *mon, const QDict *qdict)
{
    const char *device = qdict_get_str(qdict, "device");
    int64_t size = qdict_get_int(qdict, "size");
    Error *err = NULL;

    qmp_block_resize(true, device, false, NULL, size, &err);
    hmp_handle_error(mon, err);
}

void hmp_snapshot_blkdev(Monitor *mon, const QDict *qdict)
{
    const char *device = qdict_get_str(qdict, "device");
    const char *filename = qdict_get_try_str(qdict, "snapshot-file");
    const char *format = qdict_get_try_str(qdict, "format");
    bool reuse = qdict_get_try_bool(qdict, "reuse", false);
    Error *err = NULL;

    if (!filename) {
        error_setg(&err, QERR_MISSING_PARAMETER, "snapshot-file");
        hmp_handle_error(mon, err);
        return;
    }
    qmp_blockdev_snapshot_sync(true, device, false, NULL, filename,
                               false, NULL, !!format, format, true,
                               reuse ? NEW_IMAGE_MODE_EXISTING
                                     : NEW_IMAGE_MODE_ABSOLUTE_PATHS, &err);
    hmp_handle_error(mon, err);
}

void hmp_block_set_io_throttle(Monitor *mon, const QDict *qdict)
{
    char *device = (char *)qdict_get_str(qdict, "device");
    bool is_drive = blk_by_name(device);
    BlockIOThrottle throttle = {
        .has_device = is_drive,
        .device = is_drive ? device : NULL,
        .has_id = !is_drive,
        .id = is_drive ? NULL : device,
        .bps = qdict_get_int(qdict, "bps"),
        .bps_rd = qdict_get_int(qdict, "bps_rd"),
        .bps_wr = qdict_get_int(qdict, "bps_wr"),
        .iops = qdict_get_int(qdict, "iops"),
        .iops_rd = qdict_get_int(qdict, "iops_rd"),
        .iops_wr = qdict_get_int(qdict, "iops_wr"),
    };
    Error *err = NULL;

    qmp_block_set_io_throttle(&throttle, &err);
    hmp_handle_error(mon, err);
}

/* info block */

static void print_block_info(Monitor *mon, BlockInfo *info,
                             BlockDeviceInfo *inserted, bool verbose)
{
    ImageInfo *image_info;

    assert(!info || !info->has_inserted || info->inserted == inserted);

    if (info && *info->device) {
        monitor_puts(mon, info->device);
        if (inserted && inserted->has_node_name) {
            monitor_printf(mon, " (%s)", inserted->node_name);
        }
    } else {
        assert(info || inserted);
        monitor_puts(mon, inserted && inserted->has_node_name
                          ? inserted->node_name
                          : info && info->has_qdev ? info->qdev
                          : "<anonymous>");
    }

    if (inserted) {
        monitor_printf(mon, ": %s (%s%s%s)\n", inserted->file, inserted->drv,
                       inserted->ro ? ", read-only" : "",
                       inserted->encrypted ? ", encrypted" : "");
    } else {
        monitor_printf(mon, ": [not inserted]\n");
    }

    if (info) {
        if (info->has_qdev) {
            monitor_printf(mon, "    Attached to:      %s\n", info->qdev);
        }
        if (info->has_io_status &&
            info->io_status != BLOCK_DEVICE_IO_STATUS_OK) {
            monitor_printf(mon, "    I/O status:       %s\n",
                           BlockDeviceIoStatus_str(info->io_status));
        }
        if (info->removable) {
            monitor_printf(mon, "    Removable device: %slocked, tray %s\n",
                           info->locked ? "" : "not ",
                           info->tray_open ? "open" : "closed");
        }
    }
    if (!inserted) {
        return;
    }
    monitor_printf(mon, "    Cache mode:       %s%s%s\n",
                   inserted->cache->writeback ? "writeback" : "writethrough",
                   inserted->cache->direct ? ", direct" : "",
                   inserted->cache->no_flush ? ", ignore flushes" : "");
    if (inserted->has_backing_file) {
        monitor_printf(mon,
                       "    Backing file:     %s "
                       "(chain depth: %" PRId64 ")\n",
                       inserted->backing_file, inserted->backing_file_depth);
    }
    if (inserted->detect_zeroes != BLOCKDEV_DETECT_ZEROES_OPTIONS_OFF) {
        monitor_printf(mon, "    Detect zeroes:    %s\n",
                       BlockdevDetectZeroesOptions_str(
                           inserted->detect_zeroes));
    }
    if (inserted->bps  || inserted->bps_rd  || inserted->bps_wr ||
        inserted->iops || inserted->iops_rd || inserted->iops_wr) {
        monitor_printf(mon, "    I/O throttling:   bps=%" PRId64
                       " bps_rd=%" PRId64  " bps_wr=%" PRId64
                       " bps_max=%" PRId64 " bps_rd_max=%" PRId64
                       " bps_wr_max=%" PRId64
                       " iops=%" PRId64 " iops_rd=%" PRId64
                       " iops_wr=%" PRId64
                       " iops_max=%" PRId64 " iops_rd_max=%" PRId64
                       " iops_wr_max=%" PRId64 " iops_size=%" PRId64
                       " group=%s\n",
                       inserted->bps, inserted->bps_rd, inserted->bps_wr,
                       inserted->bps_max, inserted->bps_rd_max,
                       inserted->bps_wr_max,
                       inserted->iops, inserted->iops_rd, inserted->iops_wr,
                       inserted->iops_max, inserted->iops_rd_max,
                       inserted->iops_wr_max, inserted->iops_size,
                       inserted->group);
    }
    if (verbose) {
        monitor_printf(mon, "\nImages:\n");
        image_info = inserted->image;
        while (1) {
            bdrv_image_info_dump(image_info);
            if (!image_info->has_backing_image) {
                break;
            }
            image_info = image_info->backing_image;
        }
    }
}

void hmp_info_block(Monitor *mon, const QDict *qdict)
{
    BlockInfoList *block_list = qmp_query_block(NULL), *info;
    BlockDeviceInfoList *blockdev_list, *blockdev;
    const char *device = qdict_get_try_str(qdict, "device");
    bool verbose = qdict_get_try_bool(qdict, "verbose", false);
    bool nodes = qdict_get_try_bool(qdict, "nodes", false);
    bool printed = false;

    if (!nodes) {
        for (info = block_list; info; info = info->next) {
            if (device && strcmp(device, info->value->device)) {
                continue;
            }
            if (info != block_list) {
                monitor_printf(mon, "\n");
            }
            print_block_info(mon, info->value,
                             info->value->has_inserted ? info->value->inserted
                                                       : NULL, verbose);
            printed = true;
        }
    }
    qapi_free_BlockInfoList(block_list);

    if ((!device && !nodes) || printed) {
        return;
    }
    /* Nodes, all of them or that of the name. */
    blockdev_list = qmp_query_named_block_nodes(false, false, NULL);
    for (blockdev = blockdev_list; blockdev; blockdev = blockdev->next) {
        assert(blockdev->value->has_node_name);
        if (device && strcmp(device, blockdev->value->node_name)) {
            continue;
        }
        if (blockdev != blockdev_list) {
            monitor_printf(mon, "\n");
        }
        print_block_info(mon, NULL, blockdev->value, verbose);
    }
    qapi_free_BlockDeviceInfoList(blockdev_list);
}

void hmp_info_blockstats(Monitor *mon, const QDict *qdict)
{
    BlockStatsList *stats_list = qmp_query_blockstats(false, false, NULL);

    for (BlockStatsList *stats = stats_list; stats; stats = stats->next) {
        BlockDeviceStats *s = stats->value->stats;

        if (!stats->value->has_device) {
            continue;
        }
        monitor_printf(mon, "%s:", stats->value->device);
        monitor_printf(mon, " rd_bytes=%" PRId64
                       " wr_bytes=%" PRId64
                       " rd_operations=%" PRId64
                       " wr_operations=%" PRId64
                       " flush_operations=%" PRId64
                       " wr_total_time_ns=%" PRId64
                       " rd_total_time_ns=%" PRId64
                       " flush_total_time_ns=%" PRId64
                       " rd_merged=%" PRId64
                       " wr_merged=%" PRId64
                       " idle_time_ns=%" PRId64
                       "\n",
                       s->rd_bytes, s->wr_bytes,
                       s->rd_operations, s->wr_operations,
                       s->flush_operations,
                       s->wr_total_time_ns, s->rd_total_time_ns,
                       s->flush_total_time_ns,
                       s->rd_merged, s->wr_merged, s->idle_time_ns);
    }
    qapi_free_BlockStatsList(stats_list);
}
