/*
 * Snapshots inside of an image: whose they are.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "block/block_int.h"
#include "block/snapshot.h"

/*
 * The child that has the snapshots of @bs, whose driver knows of none.  NULL if
 * there is another one with data or metadata, as its older state would be lost.
 */
static BlockDriverState *bdrv_snapshot_fallback(BlockDriverState *bs)
{
    BdrvChild *fallback = bdrv_primary_child(bs), *child;

    QLIST_FOREACH(child, &bs->children, next) {
        if (child != fallback &&
            child->role & (BDRV_CHILD_DATA | BDRV_CHILD_METADATA |
                           BDRV_CHILD_FILTERED)) {
            return NULL;
        }
    }
    return fallback ? fallback->bs : NULL;
}

int bdrv_snapshot_list(BlockDriverState *bs, QEMUSnapshotInfo **psn_info)
{
    GLOBAL_STATE_CODE();

    while (bs && bs->drv) {
        if (bs->drv->bdrv_snapshot_list) {
            return bs->drv->bdrv_snapshot_list(bs, psn_info);
        }
        bs = bdrv_snapshot_fallback(bs);
    }
    return bs ? -ENOMEDIUM : -ENOTSUP;
}
