/*
 * Nodes and AioContexts.
 *
 * All nodes that are connected run in one context.  When one is to go to
 * another, all parents and children are asked, recursively, each adding its
 * part to a transaction; if all agree, all go.  From the asking to the going
 * they are drained.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "block-core.h"
#include "io-int.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"

AioContext *bdrv_get_aio_context(BlockDriverState *bs)
{
    return bs ? bs->aio_context : qemu_get_aio_context();
}

/* Those who want to know */

static void bdrv_do_remove_aio_context_notifier(BdrvAioNotifier *ban)
{
    QLIST_REMOVE(ban, list);
    g_free(ban);
}

void bdrv_add_aio_context_notifier(BlockDriverState *bs,
    void (*attached_aio_context)(AioContext *new_context, void *opaque),
    void (*detach_aio_context)(void *opaque), void *opaque)
{
    BdrvAioNotifier *ban = g_new(BdrvAioNotifier, 1);

    GLOBAL_STATE_CODE();
    *ban = (BdrvAioNotifier) {
        .attached_aio_context = attached_aio_context,
        .detach_aio_context   = detach_aio_context,
        .opaque               = opaque,
    };
    QLIST_INSERT_HEAD(&bs->aio_notifiers, ban, list);
}

void bdrv_remove_aio_context_notifier(BlockDriverState *bs,
    void (*attached_aio_context)(AioContext *, void *),
    void (*detach_aio_context)(void *), void *opaque)
{
    BdrvAioNotifier *ban, *next;

    GLOBAL_STATE_CODE();
    QLIST_FOREACH_SAFE(ban, &bs->aio_notifiers, list, next) {
        if (ban->attached_aio_context == attached_aio_context &&
            ban->detach_aio_context == detach_aio_context &&
            ban->opaque == opaque && !ban->deleted) {
            /* One of them may be removing itself or another. */
            if (bs->walking_aio_notifiers) {
                ban->deleted = true;
            } else {
                bdrv_do_remove_aio_context_notifier(ban);
            }
            return;
        }
    }
    abort();
}

static void bdrv_notify_aio_context(BlockDriverState *bs, AioContext *new_ctx)
{
    BdrvAioNotifier *ban, *next;

    assert(!bs->walking_aio_notifiers);
    bs->walking_aio_notifiers = true;
    QLIST_FOREACH_SAFE(ban, &bs->aio_notifiers, list, next) {
        if (ban->deleted) {
            bdrv_do_remove_aio_context_notifier(ban);
        } else if (new_ctx) {
            ban->attached_aio_context(new_ctx, ban->opaque);
        } else {
            ban->detach_aio_context(ban->opaque);
        }
    }
    bs->walking_aio_notifiers = false;
}

/* Going */

static void bdrv_detach_aio_context(BlockDriverState *bs)
{
    bdrv_notify_aio_context(bs, NULL);
    if (bs->drv && bs->drv->bdrv_detach_aio_context) {
        bs->drv->bdrv_detach_aio_context(bs);
    }
    if (bs->quiesce_counter) {
        aio_enable_external(bs->aio_context);
    }
    bs->aio_context = NULL;
}

static void bdrv_attach_aio_context(BlockDriverState *bs,
                                    AioContext *new_context)
{
    if (bs->quiesce_counter) {
        aio_disable_external(new_context);
    }
    bs->aio_context = new_context;
    if (bs->drv && bs->drv->bdrv_attach_aio_context) {
        bs->drv->bdrv_attach_aio_context(bs, new_context);
    }
    bdrv_notify_aio_context(bs, new_context);
}

typedef struct BdrvStateSetAioContext {
    AioContext *new_ctx;
    BlockDriverState *bs;
} BdrvStateSetAioContext;

static void bdrv_set_aio_context_commit(void *opaque)
{
    BdrvStateSetAioContext *state = opaque;
    BlockDriverState *bs = state->bs;

    assert(bs->quiesce_counter > 0);
    bdrv_detach_aio_context(bs);
    bdrv_attach_aio_context(bs, state->new_ctx);
}

static void bdrv_set_aio_context_clean(void *opaque)
{
    BdrvStateSetAioContext *state = opaque;

    bdrv_drained_end(state->bs);
    g_free(state);
}

static TransactionActionDrv bdrv_set_aio_context_drv = {
    .commit = bdrv_set_aio_context_commit,
    .clean = bdrv_set_aio_context_clean,
};

/* Asking */

AioContext *bdrv_child_get_parent_aio_context(BdrvChild *c)
{
    return c->klass->get_parent_aio_context(c);
}

static bool bdrv_parent_change_aio_context(BdrvChild *c, AioContext *ctx,
                                           GHashTable *visited,
                                           Transaction *tran, Error **errp)
{
    if (!g_hash_table_add(visited, c)) {
        return true;
    }
    /* Everybody says what he is, and so can be named. */
    if (!c->klass->change_aio_ctx) {
        g_autofree char *user = c->klass->get_parent_desc(c);

        error_setg(errp, "Changing iothreads is not supported by %s", user);
        return false;
    }
    return c->klass->change_aio_ctx(c, ctx, visited, tran, errp);
}

static bool bdrv_child_change_aio_context(BdrvChild *c, AioContext *ctx,
                                          GHashTable *visited,
                                          Transaction *tran, Error **errp)
{
    if (!g_hash_table_add(visited, c)) {
        return true;
    }
    return bdrv_change_aio_context(c->bs, ctx, visited, tran, errp);
}

bool bdrv_change_aio_context(BlockDriverState *bs, AioContext *ctx,
                             GHashTable *visited, Transaction *tran,
                             Error **errp)
{
    BdrvStateSetAioContext *state;
    BdrvChild *c;

    if (bdrv_get_aio_context(bs) == ctx) {
        return true;
    }
    QLIST_FOREACH(c, &bs->parents, next_parent) {
        if (!bdrv_parent_change_aio_context(c, ctx, visited, tran, errp)) {
            return false;
        }
    }
    QLIST_FOREACH(c, &bs->children, next) {
        if (!bdrv_child_change_aio_context(c, ctx, visited, tran, errp)) {
            return false;
        }
    }

    state = g_new(BdrvStateSetAioContext, 1);
    *state = (BdrvStateSetAioContext) { .new_ctx = ctx, .bs = bs };
    /* In the old context; the end is said in the new one. */
    bdrv_drained_begin(bs);
    tran_add(tran, &bdrv_set_aio_context_drv, state);
    return true;
}

int bdrv_try_change_aio_context(BlockDriverState *bs, AioContext *ctx,
                                BdrvChild *ignore_child, Error **errp)
{
    AioContext *old_context = bdrv_get_aio_context(bs);
    g_autoptr(GHashTable) visited = g_hash_table_new(NULL, NULL);
    AioContext *main_ctx = qemu_get_aio_context();
    Transaction *tran = tran_new();
    bool ok;

    GLOBAL_STATE_CODE();
    if (ignore_child) {
        g_hash_table_add(visited, ignore_child);
    }
    ok = bdrv_change_aio_context(bs, ctx, visited, tran, errp);
    if (!ok) {
        /* What was drained goes on where it is. */
        tran_abort(tran);
        return -EPERM;
    }

    /*
     * The nodes change hands: from the old context's lock, which the caller
     * holds, to the new one's.
     */
    if (old_context != ctx && old_context != main_ctx) {
        aio_context_release(old_context);
    }
    if (old_context != ctx && ctx != main_ctx) {
        aio_context_acquire(ctx);
    }
    tran_commit(tran);
    if (old_context != ctx && ctx != main_ctx) {
        aio_context_release(ctx);
    }
    if (old_context != ctx && old_context != main_ctx) {
        aio_context_acquire(old_context);
    }
    return 0;
}
