/*
 * Permissions: who may do what with a node at the same time as others.
 *
 * An edge has two sets: `perm`, what its parent does, and `shared_perm`, what it
 * bears others to do.  The rule is that for any two edges to the same node, the
 * one's perm is within the other's shared_perm.
 *
 * The sets at the top come from BlockBackends (blk_set_perm).  From there they go
 * down: a node sums up what its parents want, and its driver says what that
 * means for its children (bdrv_child_perm).  At the bottom `file` turns them
 * into locks that other processes see.
 *
 *     guest's disk   perm: read, write            shared: all but write, resize
 *       qcow2        parents want: read, write
 *         file       perm: read, write, resize    shared: nobody else writes
 *         backing    perm: read                   shared: nobody else writes
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "block-core.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"

static const struct {
    uint64_t perm;
    const char *name;
} permission_names[] = {
    { BLK_PERM_CONSISTENT_READ, "consistent read" },
    { BLK_PERM_WRITE,           "write" },
    { BLK_PERM_WRITE_UNCHANGED, "write unchanged" },
    { BLK_PERM_RESIZE,          "resize" },
};

char *bdrv_perm_names(uint64_t perm)
{
    GString *result = g_string_sized_new(30);

    for (int i = 0; i < ARRAY_SIZE(permission_names); i++) {
        if (perm & permission_names[i].perm) {
            if (result->len > 0) {
                g_string_append(result, ", ");
            }
            g_string_append(result, permission_names[i].name);
        }
    }
    return g_string_free(result, FALSE);
}

/* What drivers want of their children */

static void bdrv_filter_default_perms(uint64_t perm, uint64_t shared,
                                      uint64_t *nperm, uint64_t *nshared)
{
    *nperm = perm & DEFAULT_PERM_PASSTHROUGH;
    *nshared = (shared & DEFAULT_PERM_PASSTHROUGH) | DEFAULT_PERM_UNCHANGED;
}

/*
 * A backing file is read, if anybody reads.  It may be written (by others)
 * only if those above do not mind that what they see changes.
 */
static void bdrv_default_perms_for_cow(BlockDriverState *bs,
                                       uint64_t perm, uint64_t shared,
                                       uint64_t *nperm, uint64_t *nshared)
{
    perm &= BLK_PERM_CONSISTENT_READ;
    shared = shared & BLK_PERM_WRITE ? BLK_PERM_WRITE | BLK_PERM_RESIZE : 0;
    shared |= BLK_PERM_CONSISTENT_READ | BLK_PERM_WRITE_UNCHANGED;
    if (bs->open_flags & BDRV_O_INACTIVE) {
        shared |= BLK_PERM_WRITE | BLK_PERM_RESIZE;
    }
    *nperm = perm;
    *nshared = shared;
}

/* What data, metadata or both are stored in. */
static void bdrv_default_perms_for_storage(BlockDriverState *bs,
                                           BdrvChildRole role,
                                           BlockReopenQueue *reopen_queue,
                                           uint64_t perm, uint64_t shared,
                                           uint64_t *nperm, uint64_t *nshared)
{
    int flags = bdrv_reopen_get_flags(reopen_queue, bs);

    bdrv_filter_default_perms(perm, shared, &perm, &shared);

    if (role & BDRV_CHILD_METADATA) {
        /* A format may write tables at any time, and make its file grow. */
        if (bdrv_is_writable_after_reopen(bs, reopen_queue)) {
            perm |= BLK_PERM_WRITE | BLK_PERM_RESIZE;
        }
        /* What it has read of them must stay true. */
        if (!(flags & BDRV_O_NO_IO)) {
            perm |= BLK_PERM_CONSISTENT_READ;
        }
        shared &= ~(BLK_PERM_WRITE | BLK_PERM_RESIZE);
    }
    if (role & BDRV_CHILD_DATA) {
        /* New data goes to the end, and is no unchanged data there. */
        if (perm & BLK_PERM_WRITE) {
            perm |= BLK_PERM_RESIZE;
        }
        if (perm & BLK_PERM_WRITE_UNCHANGED) {
            perm |= BLK_PERM_WRITE;
        }
        shared &= ~BLK_PERM_RESIZE;
    }
    if (bs->open_flags & BDRV_O_INACTIVE) {
        shared |= BLK_PERM_WRITE | BLK_PERM_RESIZE;
    }
    *nperm = perm;
    *nshared = shared;
}

void bdrv_default_perms(BlockDriverState *bs, BdrvChild *c,
                        BdrvChildRole role, BlockReopenQueue *reopen_queue,
                        uint64_t perm, uint64_t shared,
                        uint64_t *nperm, uint64_t *nshared)
{
    if (role & BDRV_CHILD_FILTERED) {
        bdrv_filter_default_perms(perm, shared, nperm, nshared);
    } else if (role & BDRV_CHILD_COW) {
        bdrv_default_perms_for_cow(bs, perm, shared, nperm, nshared);
    } else {
        assert(role & (BDRV_CHILD_DATA | BDRV_CHILD_METADATA));
        bdrv_default_perms_for_storage(bs, role, reopen_queue, perm, shared,
                                       nperm, nshared);
    }
}

void bdrv_child_perm(BlockDriverState *bs, BlockDriverState *child_bs,
                     BdrvChild *c, BdrvChildRole role,
                     BlockReopenQueue *reopen_queue,
                     uint64_t parent_perm, uint64_t parent_shared,
                     uint64_t *nperm, uint64_t *nshared)
{
    assert(bs->drv && bs->drv->bdrv_child_perm);
    bs->drv->bdrv_child_perm(bs, c, role, reopen_queue,
                             parent_perm, parent_shared, nperm, nshared);
    /* It was opened to be shared whatever others do. */
    if (child_bs && child_bs->force_share) {
        *nshared = BLK_PERM_ALL;
    }
}

void bdrv_get_cumulative_perm(BlockDriverState *bs, uint64_t *perm,
                              uint64_t *shared_perm)
{
    uint64_t cumulative_perms = 0;
    uint64_t cumulative_shared_perms = BLK_PERM_ALL;
    BdrvChild *c;

    GLOBAL_STATE_CODE();
    QLIST_FOREACH(c, &bs->parents, next_parent) {
        cumulative_perms |= c->perm;
        cumulative_shared_perms &= c->shared_perm;
    }
    *perm = cumulative_perms;
    *shared_perm = cumulative_shared_perms;
}

/* Conflicts */

/* Sets @errp if @b does not bear what @a does. */
static bool bdrv_a_allow_b(BdrvChild *a, BdrvChild *b, Error **errp)
{
    g_autofree char *a_user = NULL;
    g_autofree char *b_user = NULL;
    g_autofree char *perms = NULL;

    assert(a->bs && a->bs == b->bs);
    if ((b->perm & a->shared_perm) == b->perm) {
        return true;
    }
    perms = bdrv_perm_names(b->perm & ~a->shared_perm);
    a_user = a->klass->get_parent_desc(a);
    b_user = b->klass->get_parent_desc(b);
    error_setg(errp, "Permission conflict on node '%s': permissions '%s' are "
               "both required by %s (uses node '%s' as '%s' child) and "
               "unshared by %s (uses node '%s' as '%s' child).",
               bdrv_get_node_name(b->bs), perms,
               b_user, bdrv_get_node_name(b->bs), b->name,
               a_user, bdrv_get_node_name(b->bs), a->name);
    return false;
}

static bool bdrv_parent_perms_conflict(BlockDriverState *bs, Error **errp)
{
    BdrvChild *a, *b;

    QLIST_FOREACH(a, &bs->parents, next_parent) {
        QLIST_FOREACH(b, &bs->parents, next_parent) {
            if (a != b && !bdrv_a_allow_b(a, b, errp)) {
                return true;
            }
        }
    }
    return false;
}

/* Steps of a transaction */

typedef struct BdrvChildSetPermState {
    BdrvChild *child;
    uint64_t old_perm;
    uint64_t old_shared_perm;
} BdrvChildSetPermState;

static void bdrv_child_set_perm_abort(void *opaque)
{
    BdrvChildSetPermState *s = opaque;

    s->child->perm = s->old_perm;
    s->child->shared_perm = s->old_shared_perm;
}

static TransactionActionDrv bdrv_child_set_perm_drv = {
    .abort = bdrv_child_set_perm_abort,
    .clean = g_free,
};

static void bdrv_child_set_perm(BdrvChild *c, uint64_t perm,
                                uint64_t shared, Transaction *tran)
{
    BdrvChildSetPermState *s = g_new(BdrvChildSetPermState, 1);

    *s = (BdrvChildSetPermState) {
        .child = c,
        .old_perm = c->perm,
        .old_shared_perm = c->shared_perm,
    };
    c->perm = perm;
    c->shared_perm = shared;
    tran_add(tran, &bdrv_child_set_perm_drv, s);
}

static void bdrv_drv_set_perm_commit(void *opaque)
{
    BlockDriverState *bs = opaque;
    uint64_t perms, shared;

    if (bs->drv && bs->drv->bdrv_set_perm) {
        bdrv_get_cumulative_perm(bs, &perms, &shared);
        bs->drv->bdrv_set_perm(bs, perms, shared);
    }
}

static void bdrv_drv_set_perm_abort(void *opaque)
{
    BlockDriverState *bs = opaque;

    if (bs->drv && bs->drv->bdrv_abort_perm_update) {
        bs->drv->bdrv_abort_perm_update(bs);
    }
}

static TransactionActionDrv bdrv_drv_set_perm_drv = {
    .abort = bdrv_drv_set_perm_abort,
    .commit = bdrv_drv_set_perm_commit,
};

/* Ask the driver of @bs, and set what it wants of its children. */
static int bdrv_node_refresh_perm(BlockDriverState *bs, BlockReopenQueue *q,
                                  Transaction *tran, Error **errp)
{
    BlockDriver *drv = bs->drv;
    uint64_t perms, shared;
    BdrvChild *c;
    int ret;

    bdrv_get_cumulative_perm(bs, &perms, &shared);

    if (bs->auto_rdonly_errno &&
        perms & (BLK_PERM_WRITE | BLK_PERM_WRITE_UNCHANGED |
                 BLK_PERM_RESIZE) &&
        !bdrv_is_writable_after_reopen(bs, q)) {
        /* Read-only is not what was asked for: why it is. */
        error_setg_errno(errp, bs->auto_rdonly_errno, "Could not open '%s'",
                         bs->filename);
        return -bs->auto_rdonly_errno;
    }
    if ((perms & (BLK_PERM_WRITE | BLK_PERM_WRITE_UNCHANGED)) &&
        !bdrv_is_writable_after_reopen(bs, q)) {
        if (!bdrv_is_writable_after_reopen(bs, NULL)) {
            error_setg(errp, "Block node is read-only");
        } else {
            error_setg(errp, "Read-only block node '%s' cannot support "
                       "read-write users", bdrv_get_node_name(bs));
        }
        return -EPERM;
    }

    /*
     * A last, short unit of the driver's: reading it reads beyond the end,
     * writing it makes the image longer.
     */
    if ((perms & BLK_PERM_WRITE) && !(perms & BLK_PERM_RESIZE) &&
        !QEMU_IS_ALIGNED(bs->total_sectors * BDRV_SECTOR_SIZE,
                         bs->bl.request_alignment)) {
        error_setg(errp, "Cannot get 'write' permission without 'resize': "
                   "Image size is not a multiple of request alignment");
        return -EPERM;
    }

    if (!drv) {
        return 0;
    }
    if (drv->bdrv_check_perm) {
        ret = drv->bdrv_check_perm(bs, perms, shared, errp);
        if (ret < 0) {
            return ret;
        }
    }
    tran_add(tran, &bdrv_drv_set_perm_drv, bs);

    if (!drv->bdrv_child_perm) {
        assert(QLIST_EMPTY(&bs->children));
        return 0;
    }
    QLIST_FOREACH(c, &bs->children, next) {
        uint64_t cur_perm, cur_shared;

        bdrv_child_perm(bs, c->bs, c, c->role, q, perms, shared,
                        &cur_perm, &cur_shared);
        bdrv_child_set_perm(c, cur_perm, cur_shared, tran);
    }
    return 0;
}

/* Whole graphs */

GSList *bdrv_topological_dfs(GSList *list, GHashTable *found,
                             BlockDriverState *bs)
{
    BdrvChild *child;

    if (!g_hash_table_add(found, bs)) {
        return list;
    }
    QLIST_FOREACH(child, &bs->children, next) {
        list = bdrv_topological_dfs(list, found, child->bs);
    }
    return g_slist_prepend(list, bs);
}

int bdrv_list_refresh_perms(GSList *list, BlockReopenQueue *q,
                            Transaction *tran, Error **errp)
{
    int ret;

    for (; list; list = list->next) {
        BlockDriverState *bs = list->data;

        if (bdrv_parent_perms_conflict(bs, errp)) {
            return -EINVAL;
        }
        ret = bdrv_node_refresh_perm(bs, q, tran, errp);
        if (ret < 0) {
            return ret;
        }
    }
    return 0;
}

/* With @tran NULL, kept or undone at once. */
int bdrv_refresh_perms(BlockDriverState *bs, Transaction *tran, Error **errp)
{
    g_autoptr(GHashTable) found = g_hash_table_new(NULL, NULL);
    g_autoptr(GSList) list = NULL;
    Transaction *local_tran = NULL;
    int ret;

    GLOBAL_STATE_CODE();
    if (!tran) {
        tran = local_tran = tran_new();
    }
    list = bdrv_topological_dfs(list, found, bs);
    ret = bdrv_list_refresh_perms(list, NULL, tran, errp);
    if (local_tran) {
        tran_finalize(local_tran, ret);
    }
    return ret;
}

int bdrv_child_try_set_perm(BdrvChild *c, uint64_t perm, uint64_t shared,
                            Error **errp)
{
    Error *local_err = NULL;
    Transaction *tran = tran_new();
    int ret;

    GLOBAL_STATE_CODE();
    bdrv_child_set_perm(c, perm, shared, tran);
    ret = bdrv_refresh_perms(c->bs, tran, &local_err);
    tran_finalize(tran, ret);

    if (ret < 0) {
        if ((perm & ~c->perm) || (c->shared_perm & ~shared)) {
            /* It asked for more. */
            error_propagate(errp, local_err);
        } else {
            /*
             * It asked for less, which no one may refuse: a lock that cannot
             * be given back only keeps others out.
             */
            error_free(local_err);
            ret = 0;
        }
    }
    return ret;
}
