/*
 * Nodes and images as clients see them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef BLOCK_QAPI_H
#define BLOCK_QAPI_H

#include "block/block.h"
#include "block/snapshot.h"
#include "qapi/qapi-types-block-core.h"

/*
 * bdrv_block_device_info: a node, with the limits of @blk (may be NULL).
 * @flat: without the images of its backing files.
 */
BlockDeviceInfo *bdrv_block_device_info(BlockBackend *blk,
                                        BlockDriverState *bs,
                                        bool flat, Error **errp);
/*
 * The snapshots in the image; none, if it has no place for them, is -ENOTSUP.
 * *@p_list is the caller's.
 */
int bdrv_query_snapshot_info_list(BlockDriverState *bs,
                                  SnapshotInfoList **p_list, Error **errp);
/* The image in @bs; *@p_info is the caller's. */
void bdrv_query_image_info(BlockDriverState *bs, ImageInfo **p_info,
                           Error **errp);
/* For people, with printf() or into the monitor. */
/* A line about @sn, or the line above those with NULL; without a newline. */
void bdrv_snapshot_dump(QEMUSnapshotInfo *sn);
void bdrv_image_info_specific_dump(ImageInfoSpecific *info_spec);
void bdrv_image_info_dump(ImageInfo *info);

#endif
