/*
 * Nodes and images as clients see them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "block-core.h"
#include "block/qapi.h"
#include "block/throttle-groups.h"
#include "block/write-threshold.h"
#include "qapi/error.h"
#include "qapi/qapi-visit-block-core.h"
#include "qapi/qmp/qbool.h"
#include "qapi/qmp/qdict.h"
#include "qapi/qmp/qlist.h"
#include "qapi/qmp/qnum.h"
#include "qapi/qmp/qstring.h"
#include "qapi/qobject-output-visitor.h"
#include "qemu/cutils.h"
#include "qemu/qemu-print.h"
#include "qemu/timer.h"
#include "sysemu/block-backend.h"

static void add_throttle_info(BlockDeviceInfo *info, BlockBackend *blk)
{
    ThrottleGroupMember *tgm = &blk_get_public(blk)->throttle_group_member;
    ThrottleConfig cfg;

    if (!tgm->throttle_state) {
        return;
    }
    throttle_group_get_config(tgm, &cfg);

#define GIVE(bucket, name)                                                  \
    info->name = cfg.buckets[bucket].avg;                                   \
    info->has_##name##_max = cfg.buckets[bucket].max;                       \
    info->name##_max = cfg.buckets[bucket].max;                             \
    info->has_##name##_max_length = info->has_##name##_max;                 \
    info->name##_max_length = cfg.buckets[bucket].burst_length;
    GIVE(THROTTLE_BPS_TOTAL, bps)
    GIVE(THROTTLE_BPS_READ, bps_rd)
    GIVE(THROTTLE_BPS_WRITE, bps_wr)
    GIVE(THROTTLE_OPS_TOTAL, iops)
    GIVE(THROTTLE_OPS_READ, iops_rd)
    GIVE(THROTTLE_OPS_WRITE, iops_wr)
#undef GIVE
    info->has_iops_size = cfg.op_size;
    info->iops_size = cfg.op_size;
    info->has_group = true;
    info->group = g_strdup(throttle_group_get_name(tgm));
}

BlockDeviceInfo *bdrv_block_device_info(BlockBackend *blk,
                                        BlockDriverState *bs,
                                        bool flat, Error **errp)
{
    BlockDeviceInfo *info;
    ImageInfo **p_image_info;
    BlockDriverState *bs0, *backing;

    if (!bs->drv) {
        error_setg(errp, "Block device %s is ejected", bs->node_name);
        return NULL;
    }
    bdrv_refresh_filename(bs);

    info = g_malloc0(sizeof(*info));
    info->file                   = g_strdup(bs->filename);
    info->ro                     = bdrv_is_read_only(bs);
    info->drv                    = g_strdup(bs->drv->format_name);
    info->encrypted              = bs->encrypted;

    info->cache = g_new(BlockdevCacheInfo, 1);
    *info->cache = (BlockdevCacheInfo) {
        .writeback      = blk ? blk_enable_write_cache(blk) : true,
        .direct         = !!(bs->open_flags & BDRV_O_NOCACHE),
        .no_flush       = !!(bs->open_flags & BDRV_O_NO_FLUSH),
    };

    if (bs->node_name[0]) {
        info->has_node_name = true;
        info->node_name = g_strdup(bs->node_name);
    }
    backing = bdrv_cow_bs(bs);
    if (backing) {
        info->has_backing_file = true;
        info->backing_file = g_strdup(backing->filename);
    }
    info->detect_zeroes = bs->detect_zeroes;
    if (blk) {
        add_throttle_info(info, blk);
    }
    info->write_threshold = bdrv_write_threshold_get(bs);

    /* Down the chain, for its depth and its images. */
    bs0 = bs;
    p_image_info = &info->image;
    info->backing_file_depth = 0;
    while (1) {
        Error *local_err = NULL;

        bdrv_query_image_info(bs0, p_image_info, &local_err);
        if (local_err) {
            error_propagate(errp, local_err);
            qapi_free_BlockDeviceInfo(info);
            return NULL;
        }
        if (!bdrv_filter_or_cow_bs(bs0) || flat) {
            break;
        }
        bs0 = bdrv_filter_or_cow_bs(bs0);
        info->backing_file_depth++;
        (*p_image_info)->has_backing_image = true;
        p_image_info = &((*p_image_info)->backing_image);
    }
    return info;
}

int bdrv_query_snapshot_info_list(BlockDriverState *bs,
                                  SnapshotInfoList **p_list, Error **errp)
{
    g_autofree QEMUSnapshotInfo *sn_tab = NULL;
    SnapshotInfoList *head = NULL, **tail = &head;
    int n = bdrv_snapshot_list(bs, &sn_tab);

    if (n < 0) {
        const char *dev = bdrv_get_device_name(bs);

        switch (n) {
        case -ENOMEDIUM:
            error_setg(errp, "Device '%s' is not inserted", dev);
            break;
        case -ENOTSUP:
            error_setg(errp, "Device '%s' does not support internal "
                       "snapshots", dev);
            break;
        default:
            error_setg_errno(errp, -n, "Can't list snapshots of device '%s'",
                             dev);
        }
        return n;
    }
    for (int i = 0; i < n; i++) {
        const QEMUSnapshotInfo *sn = &sn_tab[i];
        SnapshotInfo *info = g_new0(SnapshotInfo, 1);

        info->id = g_strdup(sn->id_str);
        info->name = g_strdup(sn->name);
        info->vm_state_size = sn->vm_state_size;
        info->date_sec = sn->date_sec;
        info->date_nsec = sn->date_nsec;
        info->vm_clock_sec = sn->vm_clock_nsec / NANOSECONDS_PER_SECOND;
        info->vm_clock_nsec = sn->vm_clock_nsec % NANOSECONDS_PER_SECOND;
        info->icount = sn->icount;
        info->has_icount = sn->icount != UINT64_MAX;
        QAPI_LIST_APPEND(tail, info);
    }
    *p_list = head;
    return 0;
}

void bdrv_query_image_info(BlockDriverState *bs, ImageInfo **p_info,
                           Error **errp)
{
    ERRP_GUARD();
    const char *backing_filename;
    BlockDriverInfo bdi;
    ImageInfo *info;
    Error *err = NULL;
    int64_t size;
    int ret;

    aio_context_acquire(bdrv_get_aio_context(bs));

    size = bdrv_getlength(bs);
    if (size < 0) {
        error_setg_errno(errp, -size, "Can't get image size '%s'",
                         bs->exact_filename);
        goto out;
    }
    bdrv_refresh_filename(bs);

    info = g_new0(ImageInfo, 1);
    info->filename        = g_strdup(bs->filename);
    info->format          = g_strdup(bdrv_get_format_name(bs));
    info->virtual_size    = size;
    info->actual_size     = bdrv_get_allocated_file_size(bs);
    info->has_actual_size = info->actual_size >= 0;
    if (bs->encrypted) {
        info->encrypted = true;
        info->has_encrypted = true;
    }
    if (bdrv_get_info(bs, &bdi) >= 0) {
        if (bdi.cluster_size != 0) {
            info->cluster_size = bdi.cluster_size;
            info->has_cluster_size = true;
        }
        info->dirty_flag = bdi.is_dirty;
        info->has_dirty_flag = true;
    }
    info->format_specific = bdrv_get_specific_info(bs, errp);
    if (*errp) {
        qapi_free_ImageInfo(info);
        goto out;
    }
    info->has_format_specific = info->format_specific != NULL;

    backing_filename = bs->backing_file;
    if (backing_filename[0] != '\0') {
        char *full = bdrv_get_full_backing_filename(bs, NULL);

        info->backing_filename = g_strdup(backing_filename);
        info->has_backing_filename = true;
        if (full) {
            info->full_backing_filename = full;
            info->has_full_backing_filename = true;
        }
        if (bs->backing_format[0]) {
            info->backing_filename_format = g_strdup(bs->backing_format);
            info->has_backing_filename_format = true;
        }
    }
    /* A format without snapshots is none that fails. */
    ret = bdrv_query_snapshot_info_list(bs, &info->snapshots, &err);
    if (ret < 0 && ret != -ENOMEDIUM && ret != -ENOTSUP) {
        error_propagate(errp, err);
        qapi_free_ImageInfo(info);
        goto out;
    }
    error_free(err);
    info->has_snapshots = info->snapshots != NULL;
    *p_info = info;
out:
    aio_context_release(bdrv_get_aio_context(bs));
}

/* For people */

void bdrv_snapshot_dump(QEMUSnapshotInfo *sn)
{
    g_autoptr(GDateTime) date = NULL;
    g_autofree char *date_buf = NULL, *clock_buf = NULL;
    g_autofree char *size_buf = NULL, *icount_buf = NULL;
    uint64_t ms;

    if (!sn) {
        qemu_printf("%-10s%-17s%8s%20s%13s%11s", "ID", "TAG", "VM SIZE",
                    "DATE", "VM CLOCK", "ICOUNT");
        return;
    }
    date = g_date_time_new_from_unix_local(sn->date_sec);
    date_buf = g_date_time_format(date, "%Y-%m-%d %H:%M:%S");
    ms = sn->vm_clock_nsec / SCALE_MS;
    clock_buf = g_strdup_printf("%02" PRIu64 ":%02d:%02d.%03d", ms / 3600000,
                                (int)(ms / 60000 % 60), (int)(ms / 1000 % 60),
                                (int)(ms % 1000));
    icount_buf = sn->icount == UINT64_MAX
        ? g_strdup("") : g_strdup_printf("%" PRIu64, sn->icount);
    size_buf = size_to_str(sn->vm_state_size);
    qemu_printf("%-9s %-16s %8s%20s%13s%11s", sn->id_str, sn->name, size_buf,
                date_buf, clock_buf, icount_buf);
}

static void dump_snapshots(SnapshotInfoList *list)
{
    qemu_printf("Snapshot list:\n");
    bdrv_snapshot_dump(NULL);
    qemu_printf("\n");
    for (; list; list = list->next) {
        SnapshotInfo *info = list->value;
        QEMUSnapshotInfo sn = {
            .vm_state_size = info->vm_state_size,
            .date_sec = info->date_sec,
            .date_nsec = info->date_nsec,
            .vm_clock_nsec = (uint64_t)info->vm_clock_sec *
                             NANOSECONDS_PER_SECOND + info->vm_clock_nsec,
            .icount = info->has_icount ? info->icount : UINT64_MAX,
        };

        pstrcpy(sn.id_str, sizeof(sn.id_str), info->id);
        pstrcpy(sn.name, sizeof(sn.name), info->name);
        bdrv_snapshot_dump(&sn);
        qemu_printf("\n");
    }
}

static void dump_qobject(int comp_indent, QObject *obj);

static void dump_qlist(int indentation, QList *list)
{
    const QListEntry *entry;
    int i = 0;

    for (entry = qlist_first(list); entry; entry = qlist_next(entry), i++) {
        QType type = qobject_type(entry->value);
        bool composite = type == QTYPE_QDICT || type == QTYPE_QLIST;

        qemu_printf("%*s[%i]:%c", indentation * 4, "", i,
                    composite ? '\n' : ' ');
        dump_qobject(indentation + 1, entry->value);
        if (!composite) {
            qemu_printf("\n");
        }
    }
}

static void dump_qdict(int indentation, QDict *dict)
{
    const QDictEntry *entry;

    for (entry = qdict_first(dict); entry; entry = qdict_next(dict, entry)) {
        QType type = qobject_type(qdict_entry_value(entry));
        bool composite = type == QTYPE_QDICT || type == QTYPE_QLIST;
        g_autofree char *key = g_strdup(qdict_entry_key(entry));

        /* Names of members, as words. */
        for (char *p = key; *p; p++) {
            if (*p == '-') {
                *p = ' ';
            }
        }
        qemu_printf("%*s%s:%c", indentation * 4, "", key,
                    composite ? '\n' : ' ');
        dump_qobject(indentation + 1, qdict_entry_value(entry));
        if (!composite) {
            qemu_printf("\n");
        }
    }
}

static void dump_qobject(int comp_indent, QObject *obj)
{
    switch (qobject_type(obj)) {
    case QTYPE_QNUM: {
        g_autofree char *tmp = qnum_to_string(qobject_to(QNum, obj));

        qemu_printf("%s", tmp);
        break;
    }
    case QTYPE_QSTRING:
        qemu_printf("%s", qstring_get_str(qobject_to(QString, obj)));
        break;
    case QTYPE_QDICT:
        dump_qdict(comp_indent, qobject_to(QDict, obj));
        break;
    case QTYPE_QLIST:
        dump_qlist(comp_indent, qobject_to(QList, obj));
        break;
    case QTYPE_QBOOL:
        qemu_printf("%s", qbool_get_bool(qobject_to(QBool, obj)) ? "true"
                                                                 : "false");
        break;
    default:
        abort();
    }
}

void bdrv_image_info_specific_dump(ImageInfoSpecific *info_spec)
{
    QObject *obj, *data;
    Visitor *v = qobject_output_visitor_new(&obj);

    visit_type_ImageInfoSpecific(v, NULL, &info_spec, &error_abort);
    visit_complete(v, &obj);
    data = qdict_get(qobject_to(QDict, obj), "data");
    dump_qobject(1, data);
    qobject_unref(obj);
    visit_free(v);
}

void bdrv_image_info_dump(ImageInfo *info)
{
    g_autofree char *size_buf = size_to_str(info->virtual_size);
    g_autofree char *dsize_buf = info->has_actual_size
        ? size_to_str(info->actual_size) : g_strdup("unavailable");

    qemu_printf("image: %s\nfile format: %s\nvirtual size: %s (%" PRId64
                " bytes)\ndisk size: %s\n", info->filename, info->format,
                size_buf, info->virtual_size, dsize_buf);
    if (info->has_encrypted && info->encrypted) {
        qemu_printf("encrypted: yes\n");
    }
    if (info->has_cluster_size) {
        qemu_printf("cluster_size: %" PRId64 "\n", info->cluster_size);
    }
    if (info->has_dirty_flag && info->dirty_flag) {
        qemu_printf("cleanly shut down: no\n");
    }
    if (info->has_backing_filename) {
        qemu_printf("backing file: %s", info->backing_filename);
        if (!info->has_full_backing_filename) {
            qemu_printf(" (cannot determine actual path)");
        } else if (strcmp(info->backing_filename,
                          info->full_backing_filename) != 0) {
            qemu_printf(" (actual path: %s)", info->full_backing_filename);
        }
        qemu_printf("\n");
        if (info->has_backing_filename_format) {
            qemu_printf("backing file format: %s\n",
                        info->backing_filename_format);
        }
    }
    if (info->has_snapshots) {
        dump_snapshots(info->snapshots);
    }
    if (info->has_format_specific) {
        qemu_printf("Format specific information:\n");
        bdrv_image_info_specific_dump(info->format_specific);
    }
}
