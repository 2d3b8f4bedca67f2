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

/* io-zero.c: by the driver in pieces that it likes, or by writing them */
int coroutine_fn bdrv_co_do_pwrite_zeroes(BlockDriverState *bs,
                                          int64_t offset, int64_t bytes,
                                          BdrvRequestFlags flags);
/* Zeroes whose ends are in the middle of units; @req is all that is wanted. */
int coroutine_fn bdrv_co_do_zero_pwritev(BdrvChild *child,
                                         int64_t offset, int64_t bytes,
                                         BdrvRequestFlags flags,
                                         BdrvTrackedRequest *req);

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

/*
 * Padding.  A request that does not begin or end at a unit's edge is made
 * longer by what is before and after it:
 *
 *         head      the caller's buffer         tail
 *     |----------|--------------------------|----------|
 *     ^ aligned                                        ^ aligned
 *
 * For a write, head and tail are read first (bdrv_padding_rmw_read).  The
 * buffer of both is one: `buf`, with `tail_buf` at its last unit.  If all is
 * in one unit, it is read once (merge_reads).
 */
typedef struct BdrvRequestPadding {
    uint8_t *buf;
    size_t buf_len;
    uint8_t *tail_buf;
    size_t head;
    size_t tail;
    bool merge_reads;
    QEMUIOVector local_qiov;
} BdrvRequestPadding;

/* io.c */

/*
 * What [@offset, @offset + @bytes), not empty, lacks to whole units of @bs; false:
 * nothing.  To be given back with bdrv_padding_destroy().
 */
bool bdrv_init_padding(BlockDriverState *bs, int64_t offset, int64_t bytes,
                       BdrvRequestPadding *pad);
void bdrv_padding_destroy(BdrvRequestPadding *pad);
/*
 * Read what @pad lacks, for @req, which is serialising.  With @zero_middle what is
 * between, in its buffer, becomes zeroes.
 */
int coroutine_fn bdrv_padding_rmw_read(BdrvChild *child,
                                       BdrvTrackedRequest *req,
                                       BdrvRequestPadding *pad,
                                       bool zero_middle);
/* Whole units of @align bytes, in pieces that the driver takes. */
int coroutine_fn bdrv_aligned_pwritev(BdrvChild *child,
    BdrvTrackedRequest *req, int64_t offset, int64_t bytes, int64_t align,
    QEMUIOVector *qiov, size_t qiov_offset, BdrvRequestFlags flags);
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
