/*
 * Opening, closing and changing the graph: for the main thread, with the BQL.
 *
 * Nodes are counted.  An edge has a reference to the node it leads to, and so has
 * the monitor to what blockdev-add has made; the last one closes the node, and lets
 * go of its children.
 *
 *     bdrv_open -> node ──backing──> node      docs/block.md: what happens then
 *                    └───file──────> node
 *
 * To change an edge is to drain what is at both its ends, to change it, and to ask
 * all who are concerned for their permissions (block/bdrv-graph.c).  Where nodes run
 * in an IOThread, the caller has the lock of its AioContext, once.
 *
 * Functions that give an int give 0 or a negative errno; where there is an @errp, it
 * is set then.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef BLOCK_GLOBAL_STATE_H
#define BLOCK_GLOBAL_STATE_H

#include "block/block-common.h"
#include "qemu/option.h"
#include "qemu/transactions.h"

/* Drivers */

/* NULL if there is none of that name. */
BlockDriver *bdrv_find_format(const char *format_name);
/* Which protocol a file name speaks; "file" if none is named. */
BlockDriver *bdrv_find_protocol(const char *filename,
                                bool allow_protocol_prefix, Error **errp);
/* Each format's name, in the order of the alphabet. */
void bdrv_iterate_format(void (*it)(void *opaque, const char *name),
                         void *opaque, bool read_only);
/* The driver whose probe function likes @buf best; never NULL. */
BlockDriver *bdrv_probe_all(const uint8_t *buf, int buf_size,
                            const char *filename);

/* Images as files */

/*
 * As format @drv, and as the protocol that @filename speaks.  @opts, of their
 * create_opts, stay the caller's.
 */
int bdrv_create(BlockDriver *drv, const char *filename, QemuOpts *opts,
                Error **errp);
int bdrv_create_file(const char *filename, QemuOpts *opts, Error **errp);
/*
 * bdrv_img_create: what `qemu-img create` does.  @img_size -1: that of the
 * backing file.  @options is "key=value,…" or NULL.
 */
void bdrv_img_create(const char *filename, const char *fmt,
                     const char *base_filename, const char *base_fmt,
                     char *options, uint64_t img_size, int flags,
                     bool quiet, Error **errp);

/* Open and close */

/* Without a driver or a name; the caller owns the reference. */
BlockDriverState *bdrv_new(void);
/*
 * bdrv_open: a node for the image @filename, or for the node named @reference,
 * or as @options say (which the function takes; NULL: none).  @flags are
 * BDRV_O_*.  The caller owns a reference.
 */
BlockDriverState *bdrv_open(const char *filename, const char *reference,
                            QDict *options, int flags, Error **errp);
/* With the driver known already. */
BlockDriverState *bdrv_new_open_driver(BlockDriver *drv, const char *node_name,
                                       int flags, Error **errp);
BlockDriverState *bdrv_new_open_driver_opts(BlockDriver *drv,
                                            const char *node_name,
                                            QDict *options, int flags,
                                            Error **errp);
/*
 * Open what @options call @bdref_key ("file" as a node's name, or "file.…" as
 * its options) as a child of @parent.  Without such options, @filename; with
 * neither, NULL, which is an error unless @allow_none.
 */
BdrvChild *bdrv_open_child(const char *filename,
                           QDict *options, const char *bdref_key,
                           BlockDriverState *parent,
                           const BdrvChildClass *child_class,
                           BdrvChildRole child_role,
                           bool allow_none, Error **errp);
/* The same for the child that is stored in bs->file. */
int bdrv_open_file_child(const char *filename,
                         QDict *options, const char *bdref_key,
                         BlockDriverState *parent, Error **errp);
/*
 * The backing file that @parent_options name under @bdref_key, or else the image
 * itself; 0 also if neither does.
 */
int bdrv_open_backing_file(BlockDriverState *bs, QDict *parent_options,
                           const char *bdref_key, Error **errp);
void bdrv_ref(BlockDriverState *bs);
/* The last one closes it. */
void bdrv_unref(BlockDriverState *bs);
/* What BlockBackends and the monitor have open; at the program's end. */
void bdrv_close_all(void);

/* cache=MODE, discard=MODE and aio=MODE into BDRV_O_*; -1: no such mode */
int bdrv_parse_cache_mode(const char *mode, int *flags, bool *writethrough);
int bdrv_parse_discard_flags(const char *mode, int *flags);
int bdrv_parse_aio(const char *mode, int *flags);

/* Edges */

/*
 * Both take over the caller's reference to @child_bs, also when they fail.
 * The permissions are asked for in @parent_bs's name.
 */
BdrvChild *bdrv_attach_child(BlockDriverState *parent_bs,
                             BlockDriverState *child_bs,
                             const char *child_name,
                             const BdrvChildClass *child_class,
                             BdrvChildRole child_role,
                             Error **errp);
/* Frees the edge, and drops its reference. */
void bdrv_unref_child(BlockDriverState *parent, BdrvChild *child);
/* An edge "backing" to @backing_hd, with a reference of its own; NULL: none. */
int bdrv_set_backing_hd(BlockDriverState *bs, BlockDriverState *backing_hd,
                        Error **errp);
/* Put @bs_new over @bs_top: parents of @bs_top become those of @bs_new. */
int bdrv_append(BlockDriverState *bs_new, BlockDriverState *bs_top,
                Error **errp);
/* The parents of @from become those of @to, but for those that @to is made of. */
int bdrv_replace_node(BlockDriverState *from, BlockDriverState *to,
                      Error **errp);
/* Let @child lead to @new_bs. */
int bdrv_replace_child_bs(BdrvChild *child, BlockDriverState *new_bs,
                          Error **errp);
/* What the image of @bs says of its backing file; NULL: that it has none. */
int bdrv_change_backing_file(BlockDriverState *bs, const char *backing_file,
                             const char *backing_fmt, bool warn);

/* A node's neighbours: what it filters, is copied on write from, is made of */
BlockDriverState *bdrv_skip_implicit_filters(BlockDriverState *bs);
BlockDriverState *bdrv_skip_filters(BlockDriverState *bs);
BlockDriverState *bdrv_backing_chain_next(BlockDriverState *bs);
bool bdrv_chain_contains(BlockDriverState *top, BlockDriverState *base);
/*
 * Let nobody change the edges from @bs down to @base, which is in its chain;
 * -EPERM with @errp set if somebody does that already.
 */
int bdrv_freeze_backing_chain(BlockDriverState *bs, BlockDriverState *base,
                              Error **errp);
void bdrv_unfreeze_backing_chain(BlockDriverState *bs, BlockDriverState *base);

/* Commits: an image's data to its backing file */

/* 0 or a negative errno; the machine's requests wait meanwhile. */
int bdrv_commit(BlockDriverState *bs);
/*
 * Forget all data of the image of @c, so that its backing file shows: for those
 * who have permission to write at least what is there already.
 */
int bdrv_make_empty(BdrvChild *c, Error **errp);

/* Permissions */

int bdrv_child_try_set_perm(BdrvChild *c, uint64_t perm, uint64_t shared,
                            Error **errp);
/*
 * Make it writable, or not, if nobody minds; 0 or a negative errno with @errp set.
 * The caller has the lock of the node's AioContext once, as for bdrv_reopen().
 */
int bdrv_reopen_set_read_only(BlockDriverState *bs, bool read_only,
                              Error **errp);

/*
 * Reopen with other options: prepared for all, then done for all, or for none.
 *
 * bdrv_reopen_queue() adds @bs and what inherits from it to @bs_queue (NULL: a new
 * one), takes over @options (NULL: none), and drains the nodes; with the lock of
 * @bs' AioContext.  @keep_old_opts: what is not said stays, and is not the default.
 * Then either bdrv_reopen_multiple() or bdrv_reopen_queue_free() ends the drained
 * sections and frees the queue; without the lock of any AioContext but the main
 * one's, because nodes may be in several.
 *
 * bdrv_reopen() does both, with the lock, which it drops in between.
 */
BlockReopenQueue *bdrv_reopen_queue(BlockReopenQueue *bs_queue,
                                    BlockDriverState *bs, QDict *options,
                                    bool keep_old_opts);
void bdrv_reopen_queue_free(BlockReopenQueue *bs_queue);
int bdrv_reopen_multiple(BlockReopenQueue *bs_queue, Error **errp);
int bdrv_reopen(BlockDriverState *bs, QDict *opts, bool keep_old_opts,
                Error **errp);

/* Finding nodes */

BlockDriverState *bdrv_find_node(const char *node_name);
/* By a BlockBackend's name or a node's; @errp says that there is none. */
BlockDriverState *bdrv_lookup_bs(const char *device,
                                 const char *node_name, Error **errp);
BlockDeviceInfoList *bdrv_named_nodes_list(bool flat, Error **errp);
BlockDriverState *bdrv_next_node(BlockDriverState *bs);
BlockDriverState *bdrv_next_all_states(BlockDriverState *bs);

typedef struct BdrvNextIterator {
    enum {
        BDRV_NEXT_BACKEND_ROOTS,
        BDRV_NEXT_MONITOR_OWNED,
    } phase;
    BlockBackend *blk;
    BlockDriverState *bs;
} BdrvNextIterator;

/* All nodes at the top: roots of BlockBackends, then those of the monitor. */
BlockDriverState *bdrv_first(BdrvNextIterator *it);
BlockDriverState *bdrv_next(BdrvNextIterator *it);
/* To leave the loop early. */
void bdrv_next_cleanup(BdrvNextIterator *it);

/* All of them */

int bdrv_flush_all(void);
void bdrv_drain_all_begin(void);
void bdrv_drain_all_end(void);
void bdrv_drain_all(void);

/* What may not be done */

bool bdrv_op_is_blocked(BlockDriverState *bs, BlockOpType op, Error **errp);
void bdrv_op_block(BlockDriverState *bs, BlockOpType op, Error *reason);
void bdrv_op_unblock(BlockDriverState *bs, BlockOpType op, Error *reason);
void bdrv_op_block_all(BlockDriverState *bs, Error *reason);
void bdrv_op_unblock_all(BlockDriverState *bs, Error *reason);
bool bdrv_op_blocker_is_empty(BlockDriverState *bs);

/* AioContexts */

/*
 * Move @bs and all that is connected with it.  @ignore_child: its parent knows.
 * The caller holds the lock of the old context; 0, or -EPERM with @errp set.
 */
int bdrv_try_change_aio_context(BlockDriverState *bs, AioContext *ctx,
                                BdrvChild *ignore_child, Error **errp);
/* Tell somebody who is no parent of such a move. */
void bdrv_add_aio_context_notifier(BlockDriverState *bs,
    void (*attached_aio_context)(AioContext *new_context, void *opaque),
    void (*detach_aio_context)(void *opaque), void *opaque);
void bdrv_remove_aio_context_notifier(BlockDriverState *bs,
    void (*aio_context_attached)(AioContext *, void *),
    void (*aio_context_detached)(void *), void *opaque);

/* Names and options */

void bdrv_refresh_filename(BlockDriverState *bs);
void bdrv_refresh_limits(BlockDriverState *bs, Transaction *tran,
                         Error **errp);
/* Check an image; repair what @fix allows. */
int bdrv_check(BlockDriverState *bs, BdrvCheckResult *res, BdrvCheckMode fix);
int bdrv_probe_blocksizes(BlockDriverState *bs, BlockSizes *bsz);
int bdrv_probe_geometry(BlockDriverState *bs, HDGeometry *geo);
char *bdrv_get_full_backing_filename(BlockDriverState *bs, Error **errp);
char *bdrv_get_full_backing_filename_from_filename(const char *backed,
                                                   const char *backing,
                                                   Error **errp);
char *bdrv_dirname(BlockDriverState *bs, Error **errp);
void bdrv_set_monitor_owned(BlockDriverState *bs);
void bdrv_unset_monitor_owned(BlockDriverState *bs);
/* The reader of -blockdev's QDicts is in block_int-global-state.h. */

/* Announce memory that many requests will use. */
void bdrv_register_buf(BlockDriverState *bs, void *host, size_t size);
void bdrv_unregister_buf(BlockDriverState *bs, void *host, size_t size);

#endif
