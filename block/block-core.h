/*
 * What the files of the block layer's core share: see docs/block.md.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef BLOCK_BLOCK_CORE_H
#define BLOCK_BLOCK_CORE_H

#include "block/block_int.h"

typedef QTAILQ_HEAD(, BlockDriverState) BdrvNodeList;

/* bdrv-nodes.c: every node, those with names, those of blockdev-add */
extern BdrvNodeList all_bdrv_states, graph_bdrv_states, monitor_bdrv_states;
/* How many bdrv_drain_all_begin() are open; a new node joins them. */
extern unsigned bdrv_drain_all_count;

/*
 * Name @bs so that it can be found; NULL: a name of our making.  0, or -EINVAL
 * with @errp set.
 */
int bdrv_assign_node_name(BlockDriverState *bs, const char *node_name,
                          Error **errp);

/* bdrv-drivers.c */
extern BlockDriver bdrv_file, bdrv_raw;

/* bdrv-options.c */
bool bdrv_fill_options(QDict **options, const char *filename, int *flags,
                       Error **errp);
void bdrv_parse_json_protocol(QDict *options, const char **pfilename,
                              Error **errp);
void bdrv_update_flags_from_options(int *flags, QemuOpts *opts);
void bdrv_update_options_from_flags(QDict *options, int flags);
BlockdevDetectZeroesOptions bdrv_parse_detect_zeroes(QemuOpts *opts,
                                                     int open_flags,
                                                     Error **errp);
void bdrv_inherited_options(BdrvChildRole role, bool parent_is_format,
                            int *child_flags, QDict *child_options,
                            int parent_flags, QDict *parent_options);

/* bdrv-open.c */
BlockDriverState *bdrv_open_inherit(const char *filename,
                                    const char *reference,
                                    QDict *options, int flags,
                                    BlockDriverState *parent,
                                    const BdrvChildClass *child_class,
                                    BdrvChildRole child_role,
                                    Error **errp);
int bdrv_open_flags(BlockDriverState *bs, int open_flags);

/* bdrv-temp-snapshot.c */
/* What an overlay is opened with over a node that @parent_flags ask for. */
void bdrv_temp_snapshot_options(int *child_flags, QDict *child_options,
                                int parent_flags, QDict *parent_options);
/*
 * A qcow2 image in a file of its own over @bs.  Takes over @snapshot_options;
 * gives a reference to the overlay, or NULL with @errp set.
 */
BlockDriverState *bdrv_append_temp_snapshot(BlockDriverState *bs, int flags,
                                            QDict *snapshot_options,
                                            Error **errp);

/* bdrv-graph.c */
/* Let @child lead to @new_bs (NULL: nowhere); permissions are the caller's. */
void bdrv_replace_child_noperm(BdrvChild *child, BlockDriverState *new_bs);
void bdrv_replace_child_tran(BdrvChild *child, BlockDriverState *new_bs,
                             Transaction *tran);
int bdrv_attach_child_noperm(BlockDriverState *parent_bs,
                             BlockDriverState *child_bs,
                             const char *child_name,
                             const BdrvChildClass *child_class,
                             BdrvChildRole child_role,
                             BdrvChild **child, Transaction *tran,
                             Error **errp);
/* Take @child away from its parent, a node; it is freed when @tran is committed. */
void bdrv_remove_child(BdrvChild *child, Transaction *tran);

/* bdrv-backing.c */

/*
 * Another `file` or `backing` child for @parent_bs, or none (only `backing`).
 * Permissions are as they were: the caller refreshes those of all that changed.
 */
int bdrv_set_file_or_backing_noperm(BlockDriverState *parent_bs,
                                    BlockDriverState *child_bs,
                                    bool is_backing, Transaction *tran,
                                    Error **errp);
/* Is @child @bs, or somewhere below it? */
bool bdrv_recurse_has_child(BlockDriverState *bs, BlockDriverState *child);

/* bdrv-perm.c */
/* Nodes so that parents come before children. */
GSList *bdrv_topological_dfs(GSList *list, GHashTable *found,
                             BlockDriverState *bs);
int bdrv_list_refresh_perms(GSList *list, BlockReopenQueue *q,
                            Transaction *tran, Error **errp);
int bdrv_refresh_perms(BlockDriverState *bs, Transaction *tran, Error **errp);
void bdrv_child_perm(BlockDriverState *bs, BlockDriverState *child_bs,
                     BdrvChild *c, BdrvChildRole role,
                     BlockReopenQueue *reopen_queue,
                     uint64_t parent_perm, uint64_t parent_shared,
                     uint64_t *nperm, uint64_t *nshared);

/* bdrv-reopen.c */
int bdrv_reopen_get_flags(BlockReopenQueue *q, BlockDriverState *bs);
bool bdrv_is_writable_after_reopen(BlockDriverState *bs, BlockReopenQueue *q);

/* bdrv-context.c */
AioContext *bdrv_child_get_parent_aio_context(BdrvChild *c);
bool bdrv_change_aio_context(BlockDriverState *bs, AioContext *ctx,
                             GHashTable *visited, Transaction *tran,
                             Error **errp);

/* bdrv-poll.c */
/* @fn(@opaque) in a coroutine of @ctx; polls for its result if need be. */
int bdrv_poll_co(AioContext *ctx, int coroutine_fn (*fn)(void *opaque),
                 void *opaque);

/* io-*.c, see io-int.h for more */
void bdrv_drain_all_end_quiesce(BlockDriverState *bs);

#endif
