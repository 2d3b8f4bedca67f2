/*
 * Snapshots that are inside of an image.
 *
 * An image of some formats (qcow2) keeps older states of the guest's disk beside
 * the one that is in use, and perhaps the state of the machine that went with
 * each.  They are listed here; qemu-img makes, applies and deletes them.
 *
 * A node whose driver knows of no snapshots has those of its only child that has
 * data: a filter's are those of the node that it filters.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef BLOCK_SNAPSHOT_H
#define BLOCK_SNAPSHOT_H

#include "block/block.h"

typedef struct QEMUSnapshotInfo {
    char id_str[128];           /* unique in the image */
    char name[256];             /* as the user called it */
    uint64_t vm_state_size;     /* bytes; 0: there is none of the machine */
    uint32_t date_sec;          /* when it was made, UTC */
    uint32_t date_nsec;
    uint64_t vm_clock_nsec;     /* how long the guest had run */
    uint64_t icount;            /* its instructions; -1: not known */
} QEMUSnapshotInfo;

/*
 * How many snapshots @bs has; *@psn_info gets a list of so many for g_free(), or
 * NULL.  -ENOMEDIUM without a driver; -ENOTSUP if nobody in the chain knows of
 * snapshots.  Main thread, with the lock of the node's AioContext.
 */
int bdrv_snapshot_list(BlockDriverState *bs, QEMUSnapshotInfo **psn_info);

#endif
