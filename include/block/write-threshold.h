/*
 * An event when a node is written to beyond a mark.
 *
 * A client that gives an image room as it grows asks to be told in time: the
 * first write, write of zeroes or discard that ends behind the mark sends
 * BLOCK_WRITE_THRESHOLD and takes the mark away.  The request goes on.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef BLOCK_WRITE_THRESHOLD_H
#define BLOCK_WRITE_THRESHOLD_H

#include "block/block_int-common.h"

/* @threshold_bytes: from the node's beginning; 0 for no mark.  Any thread. */
void bdrv_write_threshold_set(BlockDriverState *bs, uint64_t threshold_bytes);
uint64_t bdrv_write_threshold_get(const BlockDriverState *bs);

/*
 * Somebody is about to write @bytes at @offset: send the event if that is due.
 * In the node's AioContext.
 */
void bdrv_write_threshold_check_write(BlockDriverState *bs, int64_t offset,
                                      int64_t bytes);

#endif
