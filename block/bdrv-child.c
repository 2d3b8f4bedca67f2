/*
 * The edges below a node: what they mean to it (child_of_bds).
 *
 * The other class of edges, those below a BlockBackend, is child_root
 * (block-backend-dev.c).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "block-core.h"
#include "io-int.h"
#include "qapi/error.h"

static char *bdrv_child_get_parent_desc(BdrvChild *c)
{
    BlockDriverState *parent = c->opaque;

    return g_strdup_printf("node '%s'", bdrv_get_node_name(parent));
}

static void bdrv_child_cb_drained_begin(BdrvChild *child)
{
    bdrv_do_drained_begin_quiesce(child->opaque, NULL);
}

static bool bdrv_child_cb_drained_poll(BdrvChild *child)
{
    return bdrv_drain_poll(child->opaque, NULL, false);
}

static void bdrv_child_cb_drained_end(BdrvChild *child)
{
    bdrv_do_drained_end(child->opaque, NULL);
}

/* A backing file is not for clients any more, but for what reads it. */
static void bdrv_backing_attach(BdrvChild *c)
{
    BlockDriverState *parent = c->opaque;
    BlockDriverState *backing_hd = c->bs;

    assert(!parent->backing_blocker);
    error_setg(&parent->backing_blocker, "node is used as backing hd of '%s'",
               bdrv_get_device_or_node_name(parent));
    bdrv_op_block_all(backing_hd, parent->backing_blocker);
    bdrv_op_unblock(backing_hd, BLOCK_OP_TYPE_COMMIT_TARGET,
                    parent->backing_blocker);
    bdrv_op_unblock(backing_hd, BLOCK_OP_TYPE_BACKUP_SOURCE,
                    parent->backing_blocker);
    bdrv_op_unblock(backing_hd, BLOCK_OP_TYPE_BACKUP_TARGET,
                    parent->backing_blocker);
}

static void bdrv_backing_detach(BdrvChild *c)
{
    BlockDriverState *parent = c->opaque;

    bdrv_op_unblock_all(c->bs, parent->backing_blocker);
    error_free(parent->backing_blocker);
    parent->backing_blocker = NULL;
}

static void bdrv_child_cb_attach(BdrvChild *child)
{
    BlockDriverState *bs = child->opaque;

    QLIST_INSERT_HEAD(&bs->children, child, next);
    if (child->role & BDRV_CHILD_COW) {
        assert(!bs->backing);
        bs->backing = child;
        bdrv_backing_attach(child);
    } else if (child->role & BDRV_CHILD_PRIMARY) {
        if (bs->drv && bs->drv->filtered_child_is_backing) {
            assert(!bs->backing);
            bs->backing = child;
        } else {
            assert(!bs->file);
            bs->file = child;
        }
    }
}

static void bdrv_child_cb_detach(BdrvChild *child)
{
    BlockDriverState *bs = child->opaque;

    if (child->role & BDRV_CHILD_COW) {
        bdrv_backing_detach(child);
    }
    QLIST_REMOVE(child, next);
    if (child == bs->backing) {
        bs->backing = NULL;
    } else if (child == bs->file) {
        bs->file = NULL;
    }
}

AioContext *child_of_bds_get_parent_aio_context(BdrvChild *c)
{
    BlockDriverState *bs = c->opaque;

    return bdrv_get_aio_context(bs);
}

static bool bdrv_child_cb_change_aio_ctx(BdrvChild *child, AioContext *ctx,
                                         GHashTable *visited,
                                         Transaction *tran, Error **errp)
{
    return bdrv_change_aio_context(child->opaque, ctx, visited, tran, errp);
}

const BdrvChildClass child_of_bds = {
    .parent_is_bds = true,
    .get_parent_desc = bdrv_child_get_parent_desc,
    .inherit_options = bdrv_inherited_options,
    .drained_begin = bdrv_child_cb_drained_begin,
    .drained_poll = bdrv_child_cb_drained_poll,
    .drained_end = bdrv_child_cb_drained_end,
    .attach = bdrv_child_cb_attach,
    .detach = bdrv_child_cb_detach,
    .change_aio_ctx = bdrv_child_cb_change_aio_ctx,
    .get_parent_aio_context = child_of_bds_get_parent_aio_context,
};
