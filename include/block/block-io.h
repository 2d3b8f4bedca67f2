/*
 * What requests do with nodes: for use in a node's AioContext.
 *
 *     blk ──root──> node "raw" ──file──> node "file"
 *           edge                 edge
 *
 * A request goes through an edge (BdrvChild), which has the permissions of the one
 * who makes it: to read or write without having asked for it is a bug.
 *
 * Functions with _co_ run in coroutines.  Those without may be called anywhere
 * else too: outside of a coroutine they make one and poll until it is done.  From
 * the main thread, that is with the lock of the node's AioContext held once.
 *
 * Offsets and lengths are in bytes.  Results are 0 or a negative errno unless
 * something else is said.  Buffers stay the caller's.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef BLOCK_IO_H
#define BLOCK_IO_H

#include "block/aio-wait.h"
#include "block/block-common.h"

/* Reading and writing through an edge */

/* All of @bytes, or an error. */
int bdrv_pread(BdrvChild *child, int64_t offset, int64_t bytes, void *buf,
               BdrvRequestFlags flags);
int bdrv_pwrite(BdrvChild *child, int64_t offset, int64_t bytes,
                const void *buf, BdrvRequestFlags flags);
/* Then flush: nothing written later gets to the disk before it. */
int bdrv_pwrite_sync(BdrvChild *child, int64_t offset, int64_t bytes,
                     const void *buf, BdrvRequestFlags flags);
int bdrv_pwrite_zeroes(BdrvChild *child, int64_t offset, int64_t bytes,
                       BdrvRequestFlags flags);
/* The whole node becomes zeroes. */
int bdrv_make_zero(BdrvChild *child, BdrvRequestFlags flags);
int coroutine_fn bdrv_co_pwrite_sync(BdrvChild *child, int64_t offset,
                                     int64_t bytes, const void *buf,
                                     BdrvRequestFlags flags);
int coroutine_fn bdrv_co_pwrite_zeroes(BdrvChild *child, int64_t offset,
                                       int64_t bytes, BdrvRequestFlags flags);
/* Nobody needs it any more: a hint, and what is read there then may be anything. */
int bdrv_pdiscard(BdrvChild *child, int64_t offset, int64_t bytes);
int coroutine_fn bdrv_co_pdiscard(BdrvChild *child, int64_t offset,
                                  int64_t bytes);

/*
 * Make the node @offset long.  @exact: no longer than that either; @prealloc: how
 * the space of what is new is got.  With BDRV_REQ_ZERO_WRITE in @flags, or a
 * longer backing file, what is new reads as zeroes.
 */
int coroutine_fn bdrv_co_truncate(BdrvChild *child, int64_t offset, bool exact,
                                  PreallocMode prealloc,
                                  BdrvRequestFlags flags, Error **errp);
int bdrv_truncate(BdrvChild *child, int64_t offset, bool exact,
                  PreallocMode prealloc, BdrvRequestFlags flags, Error **errp);

/* The node's length, in sectors and in bytes, or a negative errno. */
int64_t bdrv_nb_sectors(BlockDriverState *bs);
int64_t bdrv_getlength(BlockDriverState *bs);
/* What it takes on its host, or a negative errno. */
int64_t bdrv_get_allocated_file_size(BlockDriverState *bs);
/* The length in sectors; 0 if it cannot be told. */
void bdrv_get_geometry(BlockDriverState *bs, uint64_t *nb_sectors_ptr);

/* What was written is on the disk of the host. */
int bdrv_flush(BlockDriverState *bs);
int coroutine_fn bdrv_co_flush(BlockDriverState *bs);

/* What the host's ioctl() gives for a device of its; -ENOTSUP for others. */
int coroutine_fn bdrv_co_ioctl(BlockDriverState *bs, int req, void *buf);

/*
 * What is known of a range (BDRV_BLOCK_*): *@pnum is for how many bytes from
 * @offset on it is true.  *@map and *@file may be NULL if not wanted.
 * _above: down the backing chain, to @base (exclusive; NULL: to its end).
 */
int bdrv_block_status(BlockDriverState *bs, int64_t offset, int64_t bytes,
                      int64_t *pnum, int64_t *map, BlockDriverState **file);
int bdrv_block_status_above(BlockDriverState *bs, BlockDriverState *base,
                            int64_t offset, int64_t bytes, int64_t *pnum,
                            int64_t *map, BlockDriverState **file);
/* 1 if @bs itself has data for it, 0 if not, for *@pnum bytes; -errno. */
int bdrv_is_allocated(BlockDriverState *bs, int64_t offset, int64_t bytes,
                      int64_t *pnum);
/* The depth at which it is allocated, counted from 1; 0: not above @base. */
int bdrv_is_allocated_above(BlockDriverState *bs, BlockDriverState *base,
                            bool include_base, int64_t offset, int64_t bytes,
                            int64_t *pnum);
/* From now on, what is read from a backing file is written to @bs, too; counted. */
void bdrv_enable_copy_on_read(BlockDriverState *bs);
void bdrv_disable_copy_on_read(BlockDriverState *bs);
/*
 * May it become read-only, or no longer be?  -EINVAL or -EPERM with @errp set.
 * @ignore_allow_rdw: also if it was opened to be read only.
 */
int bdrv_can_set_read_only(BlockDriverState *bs, bool read_only,
                           bool ignore_allow_rdw, Error **errp);

/* Asking about a node */

bool bdrv_is_read_only(BlockDriverState *bs);
/* May it be written by somebody who has the permission? */
bool bdrv_is_writable(BlockDriverState *bs);
/* Is it a /dev/sg*: a device that only takes SCSI commands? */
bool bdrv_is_sg(BlockDriverState *bs);
/* Is there a medium? */
bool bdrv_is_inserted(BlockDriverState *bs);
/* The guest locks the tray of the host's drive, and moves it. */
void bdrv_lock_medium(BlockDriverState *bs, bool locked);
void bdrv_eject(BlockDriverState *bs, bool eject_flag);
/* NULL without a driver. */
const char *bdrv_get_format_name(BlockDriverState *bs);
bool bdrv_supports_compressed_writes(BlockDriverState *bs);
/* Names stay the node's; the device is the BlockBackend above it, or "". */
const char *bdrv_get_node_name(const BlockDriverState *bs);
const char *bdrv_get_device_name(const BlockDriverState *bs);
/* The device's name if there is one, else the node's. */
const char *bdrv_get_device_or_node_name(const BlockDriverState *bs);
int bdrv_get_info(BlockDriverState *bs, BlockDriverInfo *bdi);
/* Both NULL if the driver has nothing of its own to say; free with qapi_free_…() */
ImageInfoSpecific *bdrv_get_specific_info(BlockDriverState *bs, Error **errp);
BlockStatsSpecific *bdrv_get_specific_stats(BlockDriverState *bs);
/* Grow to whole clusters. */
void bdrv_round_to_clusters(BlockDriverState *bs, int64_t offset,
                            int64_t bytes, int64_t *cluster_offset,
                            int64_t *cluster_bytes);
/* Does a new image read as zeroes?  _1 is a driver's answer: it does. */
int bdrv_has_zero_init(BlockDriverState *bs);
int bdrv_has_zero_init_1(BlockDriverState *bs);

/* Memory */

/* In bytes: what a buffer must have, and what makes it fast. */
size_t bdrv_min_mem_align(BlockDriverState *bs);
size_t bdrv_opt_mem_align(BlockDriverState *bs);
/* A buffer that needs no bounce buffer; free with qemu_vfree().  _try_: or NULL */
void *qemu_blockalign(BlockDriverState *bs, size_t size);
void *qemu_try_blockalign(BlockDriverState *bs, size_t size);
void *qemu_try_blockalign0(BlockDriverState *bs, size_t size);
bool bdrv_qiov_is_aligned(BlockDriverState *bs, QEMUIOVector *qiov);

/* Hints: requests come in a row (plug) until the end of it (unplug). */
void bdrv_io_plug(BlockDriverState *bs);
void bdrv_io_unplug(BlockDriverState *bs);

/* Events inside of drivers, for blkdebug */
#define BLKDBG_EVENT(child, evt)                                            \
    do {                                                                    \
        if (child) {                                                        \
            bdrv_debug_event((child)->bs, evt);                             \
        }                                                                   \
    } while (0)
void bdrv_debug_event(BlockDriverState *bs, BlkdebugEvent event);

/* Where it runs */

AioContext *bdrv_get_aio_context(BlockDriverState *bs);
AioContext *child_of_bds_get_parent_aio_context(BdrvChild *c);

/* Requests that bdrv_drained_begin() waits for; any thread */
void bdrv_inc_in_flight(BlockDriverState *bs);
void bdrv_dec_in_flight(BlockDriverState *bs);
void bdrv_wakeup(BlockDriverState *bs);

#define BDRV_POLL_WHILE(bs, cond) ({                                        \
    BlockDriverState *bs_ = (bs);                                           \
    AIO_WAIT_WHILE(bdrv_get_aio_context(bs_),                               \
                   cond); })

/*
 * Draining.  Between begin and end no request comes in from above, and none is
 * under way when begin returns; the caller may change the node.  They nest.  A
 * coroutine that calls them yields, and a BH does it, as it may be one of those
 * that are waited for.
 */
void bdrv_drained_begin(BlockDriverState *bs);
void bdrv_drained_end(BlockDriverState *bs);
/* The parents of @bs alone; @ignore is an edge that knows already. */
void bdrv_parent_drained_begin_single(BdrvChild *c);
void bdrv_parent_drained_end_single(BdrvChild *c);
/* Is anything under way in @bs, or above it except by @ignore_parent? */
bool bdrv_drain_poll(BlockDriverState *bs, BdrvChild *ignore_parent,
                     bool ignore_bds_parents);
/* The first half of bdrv_drained_begin(): no waiting. */
void bdrv_do_drained_begin_quiesce(BlockDriverState *bs, BdrvChild *parent);

#endif
