/*
 * BlockBackends: life, names, media.  Main thread, with the BQL.
 *
 * A BlockBackend is counted.  A device has a reference from blk_attach_dev() on, the
 * monitor to those with a name.  It has a reference to its medium, by the edge
 * "root", and with the medium it is in one AioContext, whose lock the caller has
 * once where it is not the main loop's.
 *
 * Functions that give an int give 0 or a negative errno; where there is an @errp, it
 * is set then.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef BLOCK_BACKEND_GLOBAL_STATE_H
#define BLOCK_BACKEND_GLOBAL_STATE_H

#include "sysemu/block-backend-common.h"
#include "block/block-global-state.h"

/*
 * blk_new: one without a name or a medium, for requests in @ctx.  @perm and
 * @shared_perm hold for the medium to come.  The caller owns a reference.
 */
BlockBackend *blk_new(AioContext *ctx, uint64_t perm, uint64_t shared_perm);
/* With @bs as its medium; the caller keeps its reference to that. */
BlockBackend *blk_new_with_bs(BlockDriverState *bs, uint64_t perm,
                              uint64_t shared_perm, Error **errp);
/* With what bdrv_open() makes of the arguments. */
BlockBackend *blk_new_open(const char *filename, const char *reference,
                           QDict *options, int flags, Error **errp);
int blk_get_refcnt(BlockBackend *blk);
void blk_ref(BlockBackend *blk);
/* The last one waits for its requests, and drops the medium.  NULL is nothing. */
void blk_unref(BlockBackend *blk);
/* Take away all media; at the program's end. */
void blk_remove_all_bs(void);
/* Commit all that have a backing file, up to the first error. */
int blk_commit_all(void);

/* Names.  "" if there is none. */
const char *blk_name(const BlockBackend *blk);
BlockBackend *blk_by_name(const char *name);
/* The one after @blk (NULL: the first) of those with a name; of all. */
BlockBackend *blk_next(BlockBackend *blk);
BlockBackend *blk_all_next(BlockBackend *blk);
/* Give it a name that neither a BlockBackend nor a node has; take it away. */
bool monitor_add_blk(BlockBackend *blk, const char *name, Error **errp);
void monitor_remove_blk(BlockBackend *blk);

BlockBackendPublic *blk_get_public(BlockBackend *blk);
BlockBackend *blk_by_public(BlockBackendPublic *public);

/* The medium */

/* Takes a reference of its own to @bs. */
int blk_insert_bs(BlockBackend *blk, BlockDriverState *bs, Error **errp);
/* Waits for its requests. */
void blk_remove_bs(BlockBackend *blk);
/* It has a medium already, and gets another. */
int blk_replace_bs(BlockBackend *blk, BlockDriverState *new_bs, Error **errp);
/* Is @bs anybody's medium? */
bool bdrv_has_blk(BlockDriverState *bs);
/* What it does with the medium, and what it bears others to do (BLK_PERM_*). */
int blk_set_perm(BlockBackend *blk, uint64_t perm, uint64_t shared_perm,
                 Error **errp);
void blk_get_perm(BlockBackend *blk, uint64_t *perm, uint64_t *shared_perm);
/* Let the backing file of its image show (bdrv_make_empty()). */
int blk_make_empty(BlockBackend *blk, Error **errp);
/* True if permission WRITE could be had. */
bool blk_supports_write_perm(BlockBackend *blk);

/* What it was opened with, for the next medium. */
BlockBackendRootState *blk_get_root_state(BlockBackend *blk);
void blk_update_root_state(BlockBackend *blk);
bool blk_get_detect_zeroes_from_root_state(BlockBackend *blk);
int blk_get_open_flags_from_root_state(BlockBackend *blk);

/* The device */

/* Only one at a time; -EBUSY. */
int blk_attach_dev(BlockBackend *blk, DeviceState *dev);
void blk_detach_dev(BlockBackend *blk, DeviceState *dev);
DeviceState *blk_get_attached_dev(BlockBackend *blk);
/* Its id, or its path; the caller frees it. */
char *blk_get_attached_dev_id(BlockBackend *blk);
BlockBackend *blk_by_dev(void *dev);
BlockBackend *blk_by_qdev_id(const char *id, Error **errp);
/* NULL: none any more. */
void blk_set_dev_ops(BlockBackend *blk, const BlockDevOps *ops, void *opaque);

/* The device's answers (BlockDevOps); without a device, any medium may come. */
bool blk_dev_has_removable_media(BlockBackend *blk);
bool blk_dev_has_tray(BlockBackend *blk);
bool blk_dev_is_tray_open(BlockBackend *blk);
bool blk_dev_is_medium_locked(BlockBackend *blk);
/* Tell it of a medium, and clients if that moved the tray. */
void blk_dev_change_media_cb(BlockBackend *blk, bool load, Error **errp);
void blk_dev_eject_request(BlockBackend *blk, bool force);

/* Errors */

/* rerror= and werror=; never BLOCKDEV_ON_ERROR_AUTO */
void blk_set_on_error(BlockBackend *blk, BlockdevOnError on_read_error,
                      BlockdevOnError on_write_error);
/* io-status of query-block: the first error since it was reset. */
void blk_iostatus_enable(BlockBackend *blk);
bool blk_iostatus_is_enabled(const BlockBackend *blk);
BlockDeviceIoStatus blk_iostatus(const BlockBackend *blk);
void blk_iostatus_disable(BlockBackend *blk);
void blk_iostatus_reset(BlockBackend *blk);
void blk_iostatus_set_err(BlockBackend *blk, int error);

/* Settings */

/* Writes behind the end make the medium longer, and are no error. */
void blk_set_allow_write_beyond_eof(BlockBackend *blk, bool allow);
/* It goes with its medium to another AioContext, without having been asked. */
void blk_set_allow_aio_context_change(BlockBackend *blk, bool allow);
/* Its requests go on while it is drained: they are those of who drains. */
void blk_set_disable_request_queuing(BlockBackend *blk, bool disable);
/* Without it each write is flushed before it completes. */
void blk_set_enable_write_cache(BlockBackend *blk, bool wce);
/* Take the medium along, if all others who use it agree. */
int blk_set_aio_context(BlockBackend *blk, AioContext *new_context,
                        Error **errp);
/* To be told when the medium goes from one to the next; the same to remove. */
void blk_add_aio_context_notifier(BlockBackend *blk,
        void (*attached_aio_context)(AioContext *new_context, void *opaque),
        void (*detach_aio_context)(void *opaque), void *opaque);
void blk_remove_aio_context_notifier(BlockBackend *blk,
        void (*attached_aio_context)(AioContext *, void *),
        void (*detach_aio_context)(void *), void *opaque);
/* Called with the BlockBackend before its medium goes, and after one has come. */
void blk_add_remove_bs_notifier(BlockBackend *blk, Notifier *notify);
void blk_add_insert_bs_notifier(BlockBackend *blk, Notifier *notify);
/* True with @errp set if the medium is busy with what bears no @op. */
bool blk_op_is_blocked(BlockBackend *blk, BlockOpType op, Error **errp);

/* Waiting */

/* Until no request of this BlockBackend's is under way. */
void blk_drain(BlockBackend *blk);
void blk_drain_all(void);

/* Geometry of the host's disk; -ENOTSUP if nobody knows, -ENOMEDIUM. */
int blk_probe_blocksizes(BlockBackend *blk, BlockSizes *bsz);
int blk_probe_geometry(BlockBackend *blk, HDGeometry *geo);
/* The guest locks the tray, or moves it: a drive of the host, and clients, hear. */
void blk_lock_medium(BlockBackend *blk, bool locked);
void blk_eject(BlockBackend *blk, bool eject_flag);

/* Memory that many requests will use */
void blk_register_buf(BlockBackend *blk, void *host, size_t size);
void blk_unregister_buf(BlockBackend *blk, void *host, size_t size);

/* Throttling: the limits are those of a group, which is made if there is none */
void blk_set_io_limits(BlockBackend *blk, ThrottleConfig *cfg);
void blk_io_limits_disable(BlockBackend *blk);
void blk_io_limits_enable(BlockBackend *blk, const char *group);
void blk_io_limits_update_group(BlockBackend *blk, const char *group);

/* All of the medium reads as zeroes. */
int blk_make_zero(BlockBackend *blk, BdrvRequestFlags flags);

#endif
