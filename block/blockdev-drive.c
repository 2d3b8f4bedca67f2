/*
 * -drive: a BlockBackend and the wish for a device.
 *
 *   drive_new                the old names of options; where the device goes
 *     blockdev_init          (blockdev-init.c) the BlockBackend, and its medium
 *
 * Read include/sysemu/blockdev.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "block/block_int.h"
#include "blockdev-int.h"
#include "hw/qdev-core.h"
#include "qapi/error.h"
#include "qapi/qmp/qdict.h"
#include "qemu/config-file.h"
#include "qemu/error-report.h"
#include "qemu/main-loop.h"
#include "qemu/option.h"
#include "sysemu/block-backend.h"
#include "sysemu/blockdev.h"

static const char *const if_name[IF_COUNT] = {
    [IF_NONE] = "none",
    [IF_IDE] = "ide",
    [IF_SCSI] = "scsi",
    [IF_FLOPPY] = "floppy",
    [IF_PFLASH] = "pflash",
    [IF_MTD] = "mtd",
    [IF_SD] = "sd",
    [IF_VIRTIO] = "virtio",
    [IF_XEN] = "xen",
};

/* Units of a bus; 0: as many as you like, on one. */
static int if_max_devs[IF_COUNT] = {
    [IF_IDE] = 2,
    [IF_SCSI] = 7,
};

void override_max_devs(BlockInterfaceType type, int max_devs)
{
    GLOBAL_STATE_CODE();
    if (max_devs > 0) {
        if_max_devs[type] = max_devs;
    }
}

/* Which drives there are */

DriveInfo *drive_get(BlockInterfaceType type, int bus, int unit)
{
    BlockBackend *blk = NULL;

    GLOBAL_STATE_CODE();
    while ((blk = blk_next(blk)) != NULL) {
        DriveInfo *dinfo = blk_legacy_dinfo(blk);

        if (dinfo && dinfo->type == type && dinfo->bus == bus &&
            dinfo->unit == unit) {
            return dinfo;
        }
    }
    return NULL;
}

static int drive_index_to_bus_id(BlockInterfaceType type, int index)
{
    int max_devs = if_max_devs[type];

    return max_devs ? index / max_devs : 0;
}

static int drive_index_to_unit_id(BlockInterfaceType type, int index)
{
    int max_devs = if_max_devs[type];

    return max_devs ? index % max_devs : index;
}

DriveInfo *drive_get_by_index(BlockInterfaceType type, int index)
{
    return drive_get(type, drive_index_to_bus_id(type, index),
                     drive_index_to_unit_id(type, index));
}

int drive_get_max_devs(BlockInterfaceType type)
{
    return type >= IF_IDE && type < IF_COUNT ? if_max_devs[type] : 0;
}

int drive_get_max_bus(BlockInterfaceType type)
{
    BlockBackend *blk = NULL;
    int max_bus = -1;

    GLOBAL_STATE_CODE();
    while ((blk = blk_next(blk)) != NULL) {
        DriveInfo *dinfo = blk_legacy_dinfo(blk);

        if (dinfo && dinfo->type == type && dinfo->bus > max_bus) {
            max_bus = dinfo->bus;
        }
    }
    return max_bus;
}

QemuOpts *drive_add(BlockInterfaceType type, int index, const char *file,
                    const char *optstr)
{
    QemuOpts *opts;

    GLOBAL_STATE_CODE();
    opts = qemu_opts_parse_noisily(qemu_find_opts("drive"), optstr, false);
    if (!opts) {
        return NULL;
    }
    if (type != IF_DEFAULT) {
        qemu_opt_set(opts, "if", if_name[type], &error_abort);
    }
    if (index >= 0) {
        qemu_opt_set_number(opts, "index", index, &error_abort);
    }
    if (file) {
        qemu_opt_set(opts, "file", file, &error_abort);
    }
    return opts;
}

/* What to say instead, where QEMU's boards have what ours have not. */
static const char *const if_instead[IF_COUNT] = {
    [IF_IDE] =
        "There is no IDE here: use if=virtio, or if=none,id=ID with a device,\n"
        "such as '-device virtio-scsi -device scsi-hd,drive=ID' (for a CD,"
        " scsi-cd).\n",
    [IF_FLOPPY] =
        "There is no floppy drive here: use if=virtio, or if=none,id=ID with"
        " a device.\n",
    [IF_PFLASH] =
        "There is no flash memory here: firmware is named by -bios.\n",
};

void drive_check_orphaned(void)
{
    unsigned types = 0;
    BlockBackend *blk = NULL;
    bool orphans = false;

    GLOBAL_STATE_CODE();
    while ((blk = blk_next(blk)) != NULL) {
        DriveInfo *dinfo = blk_legacy_dinfo(blk);
        Location loc;

        /* if=none is for -device, which may come later. */
        if (!blk_get_attached_dev(blk) && dinfo && !dinfo->is_default &&
            dinfo->type != IF_NONE) {
            loc_push_none(&loc);
            qemu_opts_loc_restore(dinfo->opts);
            error_report("machine type does not support"
                         " if=%s,bus=%d,unit=%d",
                         if_name[dinfo->type], dinfo->bus, dinfo->unit);
            loc_pop(&loc);
            orphans = true;
            types |= 1u << dinfo->type;
        }
    }
    for (int i = 0; i < IF_COUNT; i++) {
        if ((types & (1u << i)) && if_instead[i]) {
            error_printf("%s", if_instead[i]);
        }
    }
    if (orphans) {
        exit(1);
    }
}

/* A drive goes with its device */

void blockdev_mark_auto_del(BlockBackend *blk)
{
    DriveInfo *dinfo = blk_legacy_dinfo(blk);

    GLOBAL_STATE_CODE();
    if (dinfo) {
        dinfo->auto_del = 1;
    }
}

void blockdev_auto_del(BlockBackend *blk)
{
    DriveInfo *dinfo = blk_legacy_dinfo(blk);

    GLOBAL_STATE_CODE();
    if (dinfo && dinfo->auto_del) {
        monitor_remove_blk(blk);
        blk_unref(blk);
    }
}

/* -drive */

/* Names of before -blockdev, and what is said now. */
static const struct {
    const char *from, *to;
} opt_renames[] = {
    { "iops",           "throttling.iops-total" },
    { "iops_rd",        "throttling.iops-read" },
    { "iops_wr",        "throttling.iops-write" },
    { "bps",            "throttling.bps-total" },
    { "bps_rd",         "throttling.bps-read" },
    { "bps_wr",         "throttling.bps-write" },
    { "iops_max",       "throttling.iops-total-max" },
    { "iops_rd_max",    "throttling.iops-read-max" },
    { "iops_wr_max",    "throttling.iops-write-max" },
    { "bps_max",        "throttling.bps-total-max" },
    { "bps_rd_max",     "throttling.bps-read-max" },
    { "bps_wr_max",     "throttling.bps-write-max" },
    { "iops_size",      "throttling.iops-size" },
    { "group",          "throttling.group" },
    { "readonly",       BDRV_OPT_READ_ONLY },
};

static bool qemu_opt_rename(QemuOpts *opts, const char *from, const char *to,
                            Error **errp)
{
    const char *value = qemu_opt_get(opts, from);

    if (!value) {
        return true;
    }
    if (qemu_opt_find(opts, to)) {
        error_setg(errp, "'%s' and its alias '%s' can't be used at the "
                   "same time", to, from);
        return false;
    }
    while ((value = qemu_opt_get(opts, from))) {
        qemu_opt_set(opts, to, value, &error_abort);
        qemu_opt_unset(opts, from);
    }
    return true;
}

/* if=, bus=, unit=, index=: where the device goes.  False with @errp set. */
static bool drive_place(QemuOpts *legacy_opts, BlockInterfaceType *type,
                        int *bus_id, int *unit_id, Error **errp)
{
    const char *value = qemu_opt_get(legacy_opts, "if");
    int max_devs, index;

    if (value) {
        for (*type = 0; *type < IF_COUNT; ++*type) {
            if (!strcmp(value, if_name[*type])) {
                break;
            }
        }
        if (*type == IF_COUNT) {
            error_setg(errp, "unsupported bus type '%s'", value);
            return false;
        }
    }

    *bus_id = qemu_opt_get_number(legacy_opts, "bus", 0);
    *unit_id = qemu_opt_get_number(legacy_opts, "unit", -1);
    index = qemu_opt_get_number(legacy_opts, "index", -1);
    max_devs = if_max_devs[*type];

    if (index != -1) {
        if (*bus_id != 0 || *unit_id != -1) {
            error_setg(errp, "index cannot be used with bus and unit");
            return false;
        }
        *bus_id = drive_index_to_bus_id(*type, index);
        *unit_id = drive_index_to_unit_id(*type, index);
    }
    if (*unit_id == -1) {
        /* The first that is free. */
        *unit_id = 0;
        while (drive_get(*type, *bus_id, *unit_id) != NULL) {
            ++*unit_id;
            if (max_devs && *unit_id >= max_devs) {
                *unit_id -= max_devs;
                ++*bus_id;
            }
        }
    }
    if (max_devs && *unit_id >= max_devs) {
        error_setg(errp, "unit %d too big (max is %d)", *unit_id,
                   max_devs - 1);
        return false;
    }
    if (drive_get(*type, *bus_id, *unit_id) != NULL) {
        error_setg(errp, "drive with bus=%d, unit=%d (index=%d) exists",
                   *bus_id, *unit_id, index);
        return false;
    }
    return true;
}

DriveInfo *drive_new(QemuOpts *all_opts, BlockInterfaceType block_default_type,
                     Error **errp)
{
    static const char *const error_actions[] = { "werror", "rerror" };
    const char *value, *filename;
    BlockBackend *blk;
    DriveInfo *dinfo = NULL;
    QDict *bs_opts = NULL;
    QemuOpts *legacy_opts = NULL;
    BlockInterfaceType type = block_default_type;
    bool is_cdrom = false, read_only = false, copy_on_read;
    int bus_id, unit_id;

    GLOBAL_STATE_CODE();
    for (int i = 0; i < ARRAY_SIZE(opt_renames); i++) {
        if (!qemu_opt_rename(all_opts, opt_renames[i].from, opt_renames[i].to,
                             errp)) {
            return NULL;
        }
    }

    /* cache=MODE is three options. */
    value = qemu_opt_get(all_opts, "cache");
    if (value) {
        bool writethrough;
        int flags = 0;

        if (bdrv_parse_cache_mode(value, &flags, &writethrough) != 0) {
            error_setg(errp, "invalid cache option");
            return NULL;
        }
        if (!qemu_opt_get(all_opts, BDRV_OPT_CACHE_WB)) {
            qemu_opt_set_bool(all_opts, BDRV_OPT_CACHE_WB, !writethrough,
                              &error_abort);
        }
        if (!qemu_opt_get(all_opts, BDRV_OPT_CACHE_DIRECT)) {
            qemu_opt_set_bool(all_opts, BDRV_OPT_CACHE_DIRECT,
                              !!(flags & BDRV_O_NOCACHE), &error_abort);
        }
        if (!qemu_opt_get(all_opts, BDRV_OPT_CACHE_NO_FLUSH)) {
            qemu_opt_set_bool(all_opts, BDRV_OPT_CACHE_NO_FLUSH,
                              !!(flags & BDRV_O_NO_FLUSH), &error_abort);
        }
        qemu_opt_unset(all_opts, "cache");
    }

    bs_opts = qdict_new();
    qemu_opts_to_qdict(all_opts, bs_opts);
    legacy_opts = qemu_opts_create(&qemu_legacy_drive_opts, NULL, 0,
                                   &error_abort);
    if (!qemu_opts_absorb_qdict(legacy_opts, bs_opts, errp)) {
        goto fail;
    }

    value = qemu_opt_get(legacy_opts, "media");
    if (value) {
        if (!strcmp(value, "cdrom")) {
            is_cdrom = true;
            read_only = true;
        } else if (strcmp(value, "disk")) {
            error_setg(errp, "'%s' invalid media", value);
            goto fail;
        }
    }
    /* Before anybody looks at the rest: it may be said twice. */
    read_only |= qemu_opt_get_bool(legacy_opts, BDRV_OPT_READ_ONLY, false);
    copy_on_read = qemu_opt_get_bool(legacy_opts, "copy-on-read", false);
    if (read_only && copy_on_read) {
        warn_report("disabling copy-on-read on read-only drive");
        copy_on_read = false;
    }

    if (!drive_place(legacy_opts, &type, &bus_id, &unit_id, errp)) {
        goto fail;
    }

    /* A name that says where it goes, if it has none. */
    if (qemu_opts_id(all_opts) == NULL) {
        const char *mediastr = "";
        char *new_id;

        if (type == IF_IDE || type == IF_SCSI) {
            mediastr = is_cdrom ? "-cd" : "-hd";
        }
        new_id = if_max_devs[type]
            ? g_strdup_printf("%s%i%s%i", if_name[type], bus_id, mediastr,
                              unit_id)
            : g_strdup_printf("%s%s%i", if_name[type], mediastr, unit_id);
        qdict_put_str(bs_opts, "id", new_id);
        g_free(new_id);
    }

    /* if=virtio is a -device, too. */
    if (type == IF_VIRTIO) {
        QemuOpts *devopts = qemu_opts_create(qemu_find_opts("device"), NULL, 0,
                                             &error_abort);

        qemu_opt_set(devopts, "driver", "virtio-blk", &error_abort);
        qemu_opt_set(devopts, "drive", qdict_get_str(bs_opts, "id"),
                     &error_abort);
    }

    filename = qemu_opt_get(legacy_opts, "file");

    for (int i = 0; i < ARRAY_SIZE(error_actions); i++) {
        value = qemu_opt_get(legacy_opts, error_actions[i]);
        if (!value) {
            continue;
        }
        /* A policy is for those who can carry it out. */
        if (type != IF_IDE && type != IF_SCSI && type != IF_VIRTIO &&
            type != IF_NONE) {
            error_setg(errp, "%s is not supported by this bus type",
                       error_actions[i]);
            goto fail;
        }
        qdict_put_str(bs_opts, error_actions[i], value);
    }
    qdict_put_str(bs_opts, BDRV_OPT_READ_ONLY, read_only ? "on" : "off");
    qdict_put_str(bs_opts, "copy-on-read", copy_on_read ? "on" : "off");

    blk = blockdev_init(filename, bs_opts, errp);
    bs_opts = NULL;
    if (!blk) {
        goto fail;
    }

    dinfo = g_malloc0(sizeof(*dinfo));
    dinfo->opts = all_opts;
    dinfo->type = type;
    dinfo->bus = bus_id;
    dinfo->unit = unit_id;
    dinfo->media_cd = is_cdrom;
    blk_set_legacy_dinfo(blk, dinfo);

    /* What has no other owner goes with its device. */
    switch (type) {
    case IF_IDE:
    case IF_SCSI:
    case IF_XEN:
    case IF_NONE:
        dinfo->auto_del = 0;
        break;
    default:
        break;
    }

fail:
    qemu_opts_del(legacy_opts);
    qobject_unref(bs_opts);
    return dinfo;
}

QemuOptsList qemu_legacy_drive_opts = {
    .name = "drive",
    .head = QTAILQ_HEAD_INITIALIZER(qemu_legacy_drive_opts.head),
    .desc = {
        {
            .name = "bus",
            .type = QEMU_OPT_NUMBER,
            .help = "which bus",
        },
        {
            .name = "unit",
            .type = QEMU_OPT_NUMBER,
            .help = "where on it",
        },
        {
            .name = "index",
            .type = QEMU_OPT_NUMBER,
            .help = "both at once",
        },
        {
            .name = "media",
            .type = QEMU_OPT_STRING,
            .help = "disk or cdrom",
        },
        {
            .name = "if",
            .type = QEMU_OPT_STRING,
            .help = "what it is plugged into (none, virtio, scsi …)",
        },
        {
            .name = "file",
            .type = QEMU_OPT_STRING,
            .help = "the image",
        },
        DRIVE_POLICY_OPTS,
        { }
    },
};

/* Any: drive_new() sorts them out. */
QemuOptsList qemu_drive_opts = {
    .name = "drive",
    .head = QTAILQ_HEAD_INITIALIZER(qemu_drive_opts.head),
    .desc = {
        { }
    },
};
