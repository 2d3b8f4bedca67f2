/*
 * What block/ and its drivers use in the main thread beyond
 * block-global-state.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef BLOCK_INT_GLOBAL_STATE_H
#define BLOCK_INT_GLOBAL_STATE_H

#include "block/block_int-common.h"

/* Make a driver known; from a block_init() constructor. */
void bdrv_register(BlockDriver *bdrv);

/* Edges of parents that are no nodes */

/*
 * Takes over the caller's reference to @child_bs, also when it fails.  @perm
 * and @shared_perm are what the new parent wants.
 */
BdrvChild *bdrv_root_attach_child(BlockDriverState *child_bs,
                                  const char *child_name,
                                  const BdrvChildClass *child_class,
                                  BdrvChildRole child_role,
                                  uint64_t perm, uint64_t shared_perm,
                                  void *opaque, Error **errp);
/* Frees the edge, and drops its reference. */
void bdrv_root_unref_child(BdrvChild *child);

/* Everything that the parents of @bs do, and what they all bear. */
void bdrv_get_cumulative_perm(BlockDriverState *bs, uint64_t *perm,
                              uint64_t *shared_perm);
/* A bdrv_child_perm for every kind of driver, by the child's role. */
void bdrv_default_perms(BlockDriverState *bs, BdrvChild *c,
                        BdrvChildRole role, BlockReopenQueue *reopen_queue,
                        uint64_t perm, uint64_t shared,
                        uint64_t *nperm, uint64_t *nshared);

/* The parents hear of a medium's coming (@load) and going. */
void bdrv_parent_cb_change_media(BlockDriverState *bs, bool load);

/* A node as flat @bs_opts say, which it takes over; with blockdev-add's defaults. */
BlockDriverState *bds_tree_init(QDict *bs_opts, Error **errp);

/*
 * For bdrv_parse_filename: what follows @prefix in @filename is the option
 * "filename".
 */
void bdrv_parse_filename_strip_prefix(const char *filename, const char *prefix,
                                      QDict *options);

/* Options that every node has (bdrv_open_common()). */
extern QemuOptsList bdrv_runtime_opts;
extern QemuOptsList bdrv_create_opts_simple;

/*
 * For bdrv_co_create_opts of drivers whose images nobody makes, as devices of the
 * host: one that is long enough is emptied.
 */
int coroutine_fn bdrv_co_create_opts_simple(BlockDriver *drv,
                                            const char *filename,
                                            QemuOpts *opts, Error **errp);

/* Make an image; @opts stay the caller's.  0 or a negative errno, @errp set. */
int coroutine_fn bdrv_co_create(BlockDriver *drv, const char *filename,
                                QemuOpts *opts, Error **errp);
/* By the protocol that @filename speaks, for formats that need a file. */
int coroutine_fn bdrv_co_create_file(const char *filename, QemuOpts *opts,
                                     Error **errp);

/* Has @bs another backing file than its image says? */
bool bdrv_backing_overridden(BlockDriverState *bs);

#endif
