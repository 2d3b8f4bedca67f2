/*
 * Edges: attaching, detaching, and leading elsewhere.
 *
 * A change of the graph comes in two parts: edges are changed at once, with
 * what undoes it in a Transaction; then the permissions of all who are concerned
 * are asked for again, and if somebody refuses, all is undone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "block-core.h"
#include "io-int.h"
#include "qapi/error.h"
#include "qapi/qmp/qdict.h"
#include "qemu/cutils.h"
#include "qemu/main-loop.h"

/* One edge */

void bdrv_replace_child_noperm(BdrvChild *child, BlockDriverState *new_bs)
{
    BlockDriverState *old_bs = child->bs;

    assert(!child->frozen);
    assert(old_bs != new_bs);
    if (old_bs && new_bs) {
        assert(bdrv_get_aio_context(old_bs) == bdrv_get_aio_context(new_bs));
    }

    /*
     * The parent is drained as long as its child is.  Whoever attaches a
     * drained node to a busy parent drains that one first.
     */
    if (new_bs && new_bs->quiesce_counter && !child->quiesced_parent) {
        bdrv_parent_drained_begin_single(child);
    }

    if (old_bs) {
        if (child->klass->detach) {
            child->klass->detach(child);
        }
        QLIST_REMOVE(child, next_parent);
    }
    child->bs = new_bs;
    if (new_bs) {
        QLIST_INSERT_HEAD(&new_bs->parents, child, next_parent);
        if (child->klass->attach) {
            child->klass->attach(child);
        }
    }

    if ((!new_bs || !new_bs->quiesce_counter) && child->quiesced_parent) {
        bdrv_parent_drained_end_single(child);
    }
}

/* Give the edge's memory back; it leads nowhere. */
static void bdrv_child_free(BdrvChild *child)
{
    assert(!child->bs);
    g_free(child->name);
    g_free(child);
}

typedef struct BdrvReplaceChildState {
    BdrvChild *child;
    BlockDriverState *old_bs;
} BdrvReplaceChildState;

static void bdrv_replace_child_commit(void *opaque)
{
    BdrvReplaceChildState *s = opaque;

    bdrv_unref(s->old_bs);
}

static void bdrv_replace_child_abort(void *opaque)
{
    BdrvReplaceChildState *s = opaque;
    BlockDriverState *new_bs = s->child->bs;

    bdrv_replace_child_noperm(s->child, s->old_bs);
    bdrv_unref(new_bs);
}

static TransactionActionDrv bdrv_replace_child_drv = {
    .commit = bdrv_replace_child_commit,
    .abort = bdrv_replace_child_abort,
    .clean = g_free,
};

/* The edge takes a reference to @new_bs, and drops that to the old one. */
void bdrv_replace_child_tran(BdrvChild *child, BlockDriverState *new_bs,
                             Transaction *tran)
{
    BdrvReplaceChildState *s = g_new(BdrvReplaceChildState, 1);

    *s = (BdrvReplaceChildState) { .child = child, .old_bs = child->bs };
    tran_add(tran, &bdrv_replace_child_drv, s);
    if (new_bs) {
        bdrv_ref(new_bs);
    }
    bdrv_replace_child_noperm(child, new_bs);
}

/* Attaching */

typedef struct BdrvAttachChildState {
    BdrvChild *child;
    AioContext *old_parent_ctx;
    AioContext *old_child_ctx;
} BdrvAttachChildState;

static void bdrv_attach_child_abort(void *opaque)
{
    BdrvAttachChildState *s = opaque;
    BlockDriverState *bs = s->child->bs;

    bdrv_replace_child_noperm(s->child, NULL);
    if (bdrv_get_aio_context(bs) != s->old_child_ctx) {
        bdrv_try_change_aio_context(bs, s->old_child_ctx, NULL, &error_abort);
    }
    if (bdrv_child_get_parent_aio_context(s->child) != s->old_parent_ctx) {
        Transaction *tran = tran_new();
        GHashTable *visited = g_hash_table_new(NULL, NULL);
        bool ok;

        ok = s->child->klass->change_aio_ctx(s->child, s->old_parent_ctx,
                                             visited, tran, &error_abort);
        g_hash_table_destroy(visited);
        assert(ok);
        tran_commit(tran);
    }
    bdrv_unref(bs);
    bdrv_child_free(s->child);
}

static TransactionActionDrv bdrv_attach_child_drv = {
    .abort = bdrv_attach_child_abort,
    .clean = g_free,
};

/*
 * An edge to @child_bs, whose reference it takes over, also on failure.  The
 * two come to the same AioContext; whoever can, moves.
 */
static int bdrv_attach_child_common(BlockDriverState *child_bs,
                                    const char *child_name,
                                    const BdrvChildClass *child_class,
                                    BdrvChildRole child_role,
                                    uint64_t perm, uint64_t shared_perm,
                                    void *opaque, BdrvChild **child,
                                    Transaction *tran, Error **errp)
{
    AioContext *parent_ctx, *child_ctx = bdrv_get_aio_context(child_bs);
    BdrvChild *new_child = g_new(BdrvChild, 1);
    BdrvAttachChildState *s;

    assert(child_class->get_parent_desc);
    *new_child = (BdrvChild) {
        .name           = g_strdup(child_name),
        .klass          = child_class,
        .role           = child_role,
        .perm           = perm,
        .shared_perm    = shared_perm,
        .opaque         = opaque,
    };

    parent_ctx = bdrv_child_get_parent_aio_context(new_child);
    if (child_ctx != parent_ctx) {
        Error *local_err = NULL;
        int ret = bdrv_try_change_aio_context(child_bs, parent_ctx, NULL,
                                              &local_err);

        if (ret < 0 && child_class->change_aio_ctx) {
            Transaction *ctx_tran = tran_new();
            GHashTable *visited = g_hash_table_new(NULL, NULL);
            bool ok;

            /* @child_bs is where the parent is to go: it does not move. */
            g_hash_table_add(visited, new_child);
            ok = child_class->change_aio_ctx(new_child, child_ctx, visited,
                                             ctx_tran, NULL);
            tran_finalize(ctx_tran, ok ? 0 : -1);
            g_hash_table_destroy(visited);
            if (ok) {
                error_free(local_err);
                local_err = NULL;
                ret = 0;
            }
        }
        if (ret < 0) {
            error_propagate(errp, local_err);
            bdrv_child_free(new_child);
            bdrv_unref(child_bs);
            return ret;
        }
    }

    bdrv_replace_child_noperm(new_child, child_bs);
    *child = new_child;

    s = g_new(BdrvAttachChildState, 1);
    *s = (BdrvAttachChildState) {
        .child = new_child,
        .old_parent_ctx = parent_ctx,
        .old_child_ctx = child_ctx,
    };
    tran_add(tran, &bdrv_attach_child_drv, s);
    return 0;
}

int bdrv_attach_child_noperm(BlockDriverState *parent_bs,
                             BlockDriverState *child_bs,
                             const char *child_name,
                             const BdrvChildClass *child_class,
                             BdrvChildRole child_role,
                             BdrvChild **child, Transaction *tran,
                             Error **errp)
{
    uint64_t perm, shared_perm;

    assert(parent_bs->drv);
    if (bdrv_recurse_has_child(child_bs, parent_bs)) {
        error_setg(errp, "Making '%s' a %s child of '%s' would create a cycle",
                   child_bs->node_name, child_name, parent_bs->node_name);
        bdrv_unref(child_bs);
        return -EINVAL;
    }
    bdrv_get_cumulative_perm(parent_bs, &perm, &shared_perm);
    bdrv_child_perm(parent_bs, child_bs, NULL, child_role, NULL,
                    perm, shared_perm, &perm, &shared_perm);
    return bdrv_attach_child_common(child_bs, child_name, child_class,
                                    child_role, perm, shared_perm, parent_bs,
                                    child, tran, errp);
}

BdrvChild *bdrv_root_attach_child(BlockDriverState *child_bs,
                                  const char *child_name,
                                  const BdrvChildClass *child_class,
                                  BdrvChildRole child_role,
                                  uint64_t perm, uint64_t shared_perm,
                                  void *opaque, Error **errp)
{
    Transaction *tran = tran_new();
    BdrvChild *child = NULL;
    int ret;

    GLOBAL_STATE_CODE();
    ret = bdrv_attach_child_common(child_bs, child_name, child_class,
                                   child_role, perm, shared_perm, opaque,
                                   &child, tran, errp);
    if (ret >= 0) {
        ret = bdrv_refresh_perms(child_bs, tran, errp);
    }
    tran_finalize(tran, ret);
    return ret < 0 ? NULL : child;
}

BdrvChild *bdrv_attach_child(BlockDriverState *parent_bs,
                             BlockDriverState *child_bs,
                             const char *child_name,
                             const BdrvChildClass *child_class,
                             BdrvChildRole child_role,
                             Error **errp)
{
    Transaction *tran = tran_new();
    BdrvChild *child = NULL;
    int ret;

    GLOBAL_STATE_CODE();
    ret = bdrv_attach_child_noperm(parent_bs, child_bs, child_name,
                                   child_class, child_role, &child, tran,
                                   errp);
    if (ret >= 0) {
        ret = bdrv_refresh_perms(parent_bs, tran, errp);
    }
    tran_finalize(tran, ret);
    return ret < 0 ? NULL : child;
}

/* Detaching */

void bdrv_root_unref_child(BdrvChild *child)
{
    BlockDriverState *child_bs = child->bs;

    GLOBAL_STATE_CODE();
    bdrv_replace_child_noperm(child, NULL);
    bdrv_child_free(child);

    if (child_bs) {
        /* Fewer permissions are wanted: nobody can refuse. */
        bdrv_refresh_perms(child_bs, NULL, NULL);

        /* Nobody is left who keeps it in another thread: come home. */
        bdrv_try_change_aio_context(child_bs, qemu_get_aio_context(), NULL,
                                    NULL);
        bdrv_unref(child_bs);
    }
}

/* A parent that goes is no longer where those below got their options from. */
static void bdrv_unset_inherits_from(BlockDriverState *root, BdrvChild *child,
                                     BlockDriverState *child_bs)
{
    BdrvChild *c;

    if (child_bs->inherits_from == root) {
        /* Unless there is another edge between the two. */
        QLIST_FOREACH(c, &root->children, next) {
            if (c != child && c->bs == child_bs) {
                break;
            }
        }
        if (c == NULL) {
            child_bs->inherits_from = NULL;
        }
    }
    QLIST_FOREACH(c, &child_bs->children, next) {
        bdrv_unset_inherits_from(root, c, c->bs);
    }
}

void bdrv_unref_child(BlockDriverState *parent, BdrvChild *child)
{
    GLOBAL_STATE_CODE();
    if (child) {
        bdrv_unset_inherits_from(parent, child, child->bs);
        bdrv_root_unref_child(child);
    }
}

bool bdrv_recurse_has_child(BlockDriverState *bs, BlockDriverState *child)
{
    BdrvChild *c;

    if (bs == child) {
        return true;
    }
    QLIST_FOREACH(c, &bs->children, next) {
        if (bdrv_recurse_has_child(c->bs, child)) {
            return true;
        }
    }
    return false;
}

typedef struct BdrvRemoveChildState {
    BdrvChild *child;
    BlockDriverState *bs;
} BdrvRemoveChildState;

static void bdrv_remove_child_commit(void *opaque)
{
    BdrvRemoveChildState *s = opaque;

    bdrv_unset_inherits_from(s->child->opaque, s->child, s->bs);
    bdrv_child_free(s->child);
    bdrv_unref(s->bs);
}

static void bdrv_remove_child_abort(void *opaque)
{
    BdrvRemoveChildState *s = opaque;

    bdrv_replace_child_noperm(s->child, s->bs);
}

static TransactionActionDrv bdrv_remove_child_drv = {
    .commit = bdrv_remove_child_commit,
    .abort = bdrv_remove_child_abort,
    .clean = g_free,
};

void bdrv_remove_child(BdrvChild *child, Transaction *tran)
{
    BdrvRemoveChildState *s = g_new(BdrvRemoveChildState, 1);

    *s = (BdrvRemoveChildState) { .child = child, .bs = child->bs };
    tran_add(tran, &bdrv_remove_child_drv, s);
    bdrv_replace_child_noperm(child, NULL);
}

/* Nodes in place of others */

/* May @c lead to @to?  Not if @to needs it to reach what it is made of. */
static bool should_update_child(BdrvChild *c, BlockDriverState *to)
{
    return !(c->klass->parent_is_bds &&
             bdrv_recurse_has_child(to, c->opaque));
}

static int bdrv_replace_node_noperm(BlockDriverState *from,
                                    BlockDriverState *to,
                                    Transaction *tran, Error **errp)
{
    BdrvChild *c, *next;

    assert(from->quiesce_counter && to->quiesce_counter);
    QLIST_FOREACH_SAFE(c, &from->parents, next_parent, next) {
        assert(c->bs == from);
        if (!should_update_child(c, to)) {
            continue;
        }
        if (c->frozen) {
            error_setg(errp, "Cannot change '%s' link to '%s'",
                       c->name, from->node_name);
            return -EPERM;
        }
        bdrv_replace_child_tran(c, to, tran);
    }
    return 0;
}

/* Permissions of both and of all below. */
static int bdrv_refresh_perms_of_two(BlockDriverState *a, BlockDriverState *b,
                                     Transaction *tran, Error **errp)
{
    g_autoptr(GHashTable) found = g_hash_table_new(NULL, NULL);
    g_autoptr(GSList) list = NULL;

    list = bdrv_topological_dfs(list, found, a);
    list = bdrv_topological_dfs(list, found, b);
    return bdrv_list_refresh_perms(list, NULL, tran, errp);
}

int bdrv_replace_node(BlockDriverState *from, BlockDriverState *to,
                      Error **errp)
{
    Transaction *tran = tran_new();
    int ret;

    GLOBAL_STATE_CODE();
    bdrv_ref(from);
    bdrv_drained_begin(from);
    bdrv_drained_begin(to);
    ret = bdrv_replace_node_noperm(from, to, tran, errp);
    if (ret >= 0) {
        ret = bdrv_refresh_perms_of_two(to, from, tran, errp);
    }
    tran_finalize(tran, ret);
    bdrv_drained_end(to);
    bdrv_drained_end(from);
    bdrv_unref(from);
    return ret;
}

int bdrv_append(BlockDriverState *bs_new, BlockDriverState *bs_top,
                Error **errp)
{
    Transaction *tran = tran_new();
    BdrvChild *child;
    int ret;

    GLOBAL_STATE_CODE();
    assert(!bs_new->backing);
    bdrv_ref(bs_top);
    bdrv_drained_begin(bs_top);
    bdrv_drained_begin(bs_new);

    bdrv_ref(bs_top);
    ret = bdrv_attach_child_noperm(bs_new, bs_top,
                                   bs_new->drv->is_filter &&
                                   !bs_new->drv->filtered_child_is_backing
                                   ? "file" : "backing",
                                   &child_of_bds,
                                   bs_new->drv->is_filter
                                   ? BDRV_CHILD_FILTERED | BDRV_CHILD_PRIMARY
                                   : BDRV_CHILD_COW,
                                   &child, tran, errp);
    if (ret >= 0) {
        ret = bdrv_replace_node_noperm(bs_top, bs_new, tran, errp);
    }
    if (ret >= 0) {
        ret = bdrv_refresh_perms_of_two(bs_new, bs_top, tran, errp);
    }
    tran_finalize(tran, ret);
    if (ret >= 0) {
        bdrv_refresh_limits(bs_new, NULL, NULL);
    }

    bdrv_drained_end(bs_new);
    bdrv_drained_end(bs_top);
    bdrv_unref(bs_top);
    return ret;
}

int bdrv_replace_child_bs(BdrvChild *child, BlockDriverState *new_bs,
                          Error **errp)
{
    Transaction *tran = tran_new();
    BlockDriverState *old_bs = child->bs;
    int ret;

    GLOBAL_STATE_CODE();
    bdrv_ref(old_bs);
    bdrv_drained_begin(old_bs);
    bdrv_drained_begin(new_bs);
    bdrv_replace_child_tran(child, new_bs, tran);
    ret = bdrv_refresh_perms_of_two(old_bs, new_bs, tran, errp);
    tran_finalize(tran, ret);
    bdrv_drained_end(old_bs);
    bdrv_drained_end(new_bs);
    bdrv_unref(old_bs);
    return ret;
}
