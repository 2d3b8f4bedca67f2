/*
 * -drive: a BlockBackend and the wish for a device.
 *
 * A DriveInfo is what -drive says beyond the image: of which kind the device is,
 * and where it goes.  Boards ask with drive_get() for those that they make
 * devices for.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef BLOCKDEV_H
#define BLOCKDEV_H

#include "block/block.h"
#include "qemu/queue.h"

typedef enum {
    IF_DEFAULT = -1,            /* what the machine has, see block_default_type */
    IF_NONE = 0,
    IF_IDE, IF_SCSI, IF_FLOPPY, IF_PFLASH, IF_MTD, IF_SD, IF_VIRTIO, IF_XEN,
    IF_COUNT
} BlockInterfaceType;

struct DriveInfo {
    int bus;
    int unit;
    /* It goes when the device does (blockdev_auto_del). */
    int auto_del;
    bool is_default;            /* nobody asked for it */
    int media_cd;
    QemuOpts *opts;
    BlockInterfaceType type;
    QTAILQ_ENTRY(DriveInfo) next;
};

/* The device wants its drive gone with it; then it is gone. */
void blockdev_mark_auto_del(BlockBackend *blk);
void blockdev_auto_del(BlockBackend *blk);

DriveInfo *blk_legacy_dinfo(BlockBackend *blk);
DriveInfo *blk_set_legacy_dinfo(BlockBackend *blk, DriveInfo *dinfo);
BlockBackend *blk_by_legacy_dinfo(DriveInfo *dinfo);

/* A machine has so many units on a bus of @type. */
void override_max_devs(BlockInterfaceType type, int max_devs);

DriveInfo *drive_get(BlockInterfaceType type, int bus, int unit);
DriveInfo *drive_get_by_index(BlockInterfaceType type, int index);
/* Ends the program if there are drives that no board took. */
void drive_check_orphaned(void);
int drive_get_max_bus(BlockInterfaceType type);
int drive_get_max_devs(BlockInterfaceType type);
/* -drive's options as the command line has them; NULL on error. */
QemuOpts *drive_add(BlockInterfaceType type, int index, const char *file,
                    const char *optstr);
/* Make it.  NULL on error. */
DriveInfo *drive_new(QemuOpts *arg, BlockInterfaceType block_default_type,
                     Error **errp);

/* By a back end's name or a device's id, one of which is NULL. */
BlockBackend *qmp_get_blk(const char *blk_name, const char *qdev_id,
                          Error **errp);

/* -drive and -blockdev */
extern QemuOptsList qemu_legacy_drive_opts;
extern QemuOptsList qemu_common_drive_opts;
extern QemuOptsList qemu_drive_opts;



#endif
