/*
 * Chains: a node, what it filters or is copied on write from, and so on down.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "block-core.h"
#include "qapi/error.h"

/* A node's neighbours */

BdrvChild *bdrv_cow_child(BlockDriverState *bs)
{
    if (!bs || !bs->drv || bs->drv->is_filter) {
        return NULL;
    }
    return bs->backing;
}

BdrvChild *bdrv_filter_child(BlockDriverState *bs)
{
    if (!bs || !bs->drv || !bs->drv->is_filter) {
        return NULL;
    }
    return bs->backing ?: bs->file;
}

BdrvChild *bdrv_filter_or_cow_child(BlockDriverState *bs)
{
    return bdrv_cow_child(bs) ?: bdrv_filter_child(bs);
}

BdrvChild *bdrv_primary_child(BlockDriverState *bs)
{
    BdrvChild *c;

    QLIST_FOREACH(c, &bs->children, next) {
        if (c->role & BDRV_CHILD_PRIMARY) {
            return c;
        }
    }
    return NULL;
}

BlockDriverState *bdrv_skip_implicit_filters(BlockDriverState *bs)
{
    while (bs && bs->implicit && bdrv_filter_bs(bs)) {
        bs = bdrv_filter_bs(bs);
    }
    return bs;
}

BlockDriverState *bdrv_skip_filters(BlockDriverState *bs)
{
    while (bdrv_filter_bs(bs)) {
        bs = bdrv_filter_bs(bs);
    }
    return bs;
}

BlockDriverState *bdrv_backing_chain_next(BlockDriverState *bs)
{
    return bdrv_skip_filters(bdrv_cow_bs(bdrv_skip_filters(bs)));
}

bool bdrv_chain_contains(BlockDriverState *top, BlockDriverState *base)
{
    while (top && top != base) {
        top = bdrv_filter_or_cow_bs(top);
    }
    return top != NULL;
}

/* Chains that may not change */

/* Sets @errp if an edge from @bs down to @base is frozen already. */
static bool bdrv_is_backing_chain_frozen(BlockDriverState *bs,
                                         BlockDriverState *base, Error **errp)
{
    BlockDriverState *i;
    BdrvChild *child;

    for (i = bs; i != base; i = child->bs) {
        child = bdrv_filter_or_cow_child(i);
        if (child->frozen) {
            error_setg(errp, "Cannot change '%s' link from '%s' to '%s'",
                       child->name, i->node_name, child->bs->node_name);
            return true;
        }
    }
    return false;
}

static void bdrv_set_chain_frozen(BlockDriverState *bs, BlockDriverState *base,
                                  bool frozen)
{
    BlockDriverState *i;
    BdrvChild *child;

    for (i = bs; i != base; i = child->bs) {
        child = bdrv_filter_or_cow_child(i);
        assert(child->frozen != frozen);
        child->frozen = frozen;
    }
}

int bdrv_freeze_backing_chain(BlockDriverState *bs, BlockDriverState *base,
                              Error **errp)
{
    GLOBAL_STATE_CODE();
    assert(bdrv_chain_contains(bs, base));
    if (bdrv_is_backing_chain_frozen(bs, base, errp)) {
        return -EPERM;
    }
    bdrv_set_chain_frozen(bs, base, true);
    return 0;
}

void bdrv_unfreeze_backing_chain(BlockDriverState *bs, BlockDriverState *base)
{
    GLOBAL_STATE_CODE();
    bdrv_set_chain_frozen(bs, base, false);
}
