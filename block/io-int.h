/*
 * What the files of requests share (block/io*.c).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef BLOCK_IO_INT_H
#define BLOCK_IO_INT_H

#include "block/block_int.h"

/* Zeroes are written from a buffer of at most that many bytes. */
#define MAX_BOUNCE_BUFFER (32768 << BDRV_SECTOR_BITS)

/* io-tracked.c: requests under way */
void coroutine_fn tracked_request_begin(BdrvTrackedRequest *req,
                                        BlockDriverState *bs,
                                        int64_t offset, int64_t bytes,
                                        enum BdrvTrackedRequestType type);
void coroutine_fn tracked_request_end(BdrvTrackedRequest *req);
void coroutine_fn bdrv_wait_serialising_requests(BdrvTrackedRequest *self);

/* io-driver.c: one request, as the driver takes it */
int coroutine_fn bdrv_driver_preadv(BlockDriverState *bs,
                                    int64_t offset, int64_t bytes,
                                    QEMUIOVector *qiov, size_t qiov_offset,
                                    int flags);
int coroutine_fn bdrv_driver_pwritev(BlockDriverState *bs,
                                     int64_t offset, int64_t bytes,
                                     QEMUIOVector *qiov, size_t qiov_offset,
                                     BdrvRequestFlags flags);
int coroutine_fn bdrv_driver_pwritev_compressed(BlockDriverState *bs,
                                                int64_t offset, int64_t bytes,
                                                QEMUIOVector *qiov,
                                                size_t qiov_offset);
int coroutine_fn bdrv_co_do_pwrite_zeroes(BlockDriverState *bs,
                                          int64_t offset, int64_t bytes,
                                          BdrvRequestFlags flags);

/*
 * io-cor.c: read whole clusters, of which some are not in @child's node, and
 * write those to it; [@offset, @offset + @bytes) goes to @qiov, unless @flags
 * has BDRV_REQ_PREFETCH.
 */
int coroutine_fn bdrv_co_do_copy_on_readv(BdrvChild *child,
                                          int64_t offset, int64_t bytes,
                                          QEMUIOVector *qiov,
                                          size_t qiov_offset, int flags);
/* The unit in which @bs has its data, in bytes. */
int bdrv_get_cluster_size(BlockDriverState *bs);

/* io.c */
int bdrv_check_request32(int64_t offset, int64_t bytes,
                         QEMUIOVector *qiov, size_t qiov_offset);
int coroutine_fn bdrv_co_write_req_prepare(BdrvChild *child,
                                           int64_t offset, int64_t bytes,
                                           BdrvTrackedRequest *req, int flags);
void coroutine_fn bdrv_co_write_req_finish(BdrvChild *child,
                                           int64_t offset, int64_t bytes,
                                           BdrvTrackedRequest *req, int ret);

/* io-drain.c: the end of a drained section, never yielding */
void bdrv_do_drained_end(BlockDriverState *bs, BdrvChild *parent);

/* bdrv-nodes.c */
BlockDriverState *bdrv_next_monitor_owned(BlockDriverState *bs);

#endif
