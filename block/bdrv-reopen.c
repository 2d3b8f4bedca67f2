/*
 * Reopening: the same nodes with other options.
 *
 * Several nodes at a time, because a change of one (read-only) means one of its
 * children.  All drivers prepare; permissions are asked for as they will be;
 * then all commit, or all abort.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "block-core.h"
#include "block/qdict.h"
#include "io-int.h"
#include "qapi/error.h"
#include "qapi/qmp/qdict.h"
#include "qemu/main-loop.h"
#include "qemu/option.h"

struct BlockReopenQueueEntry {
    bool prepared;
    BDRVReopenState state;
    QTAILQ_ENTRY(BlockReopenQueueEntry) entry;
};

/* Of @bs, as it is or will be. */
int bdrv_reopen_get_flags(BlockReopenQueue *q, BlockDriverState *bs)
{
    BlockReopenQueueEntry *entry;

    if (q != NULL) {
        QTAILQ_FOREACH(entry, q, entry) {
            if (entry->state.bs == bs) {
                return entry->state.flags;
            }
        }
    }
    return bs->open_flags;
}

bool bdrv_is_writable_after_reopen(BlockDriverState *bs, BlockReopenQueue *q)
{
    int flags = bdrv_reopen_get_flags(q, bs);

    return (flags & (BDRV_O_RDWR | BDRV_O_INACTIVE)) == BDRV_O_RDWR;
}

/* What is not said in the new ones stays as it was said before. */
static void bdrv_join_options(BlockDriverState *bs, QDict *options,
                              QDict *old_options)
{
    if (bs->drv && bs->drv->bdrv_join_options) {
        bs->drv->bdrv_join_options(options, old_options);
        return;
    }
    for (const QDictEntry *e = qdict_first(old_options); e;
         e = qdict_next(old_options, e)) {
        if (!qdict_haskey(options, qdict_entry_key(e))) {
            qdict_put_obj(options, qdict_entry_key(e),
                          qobject_ref(qdict_entry_value(e)));
        }
    }
}

static BlockReopenQueue *bdrv_reopen_queue_child(BlockReopenQueue *bs_queue,
                                                 BlockDriverState *bs,
                                                 QDict *options,
                                                 const BdrvChildClass *klass,
                                                 BdrvChildRole role,
                                                 bool parent_is_format,
                                                 QDict *parent_options,
                                                 int parent_flags,
                                                 bool keep_old_opts)
{
    BlockReopenQueueEntry *bs_entry;
    QDict *explicit_options;
    BdrvChild *child;
    QemuOpts *opts;
    QDict *rest;
    int flags;

    GLOBAL_STATE_CODE();
    bdrv_drained_begin(bs);

    if (bs_queue == NULL) {
        bs_queue = g_new0(BlockReopenQueue, 1);
        QTAILQ_INIT(bs_queue);
    }
    if (!options) {
        options = qdict_new();
    }
    QTAILQ_FOREACH(bs_entry, bs_queue, entry) {
        if (bs == bs_entry->state.bs) {
            break;
        }
    }

    /*
     * In this order: what is said now, what was said before, what comes from
     * the parent, what the node has.
     */
    if (bs_entry || keep_old_opts) {
        bdrv_join_options(bs, options,
                          bs_entry ? bs_entry->state.explicit_options
                                   : bs->explicit_options);
    }
    explicit_options = qdict_clone_shallow(options);

    flags = bs->open_flags & ~BDRV_O_PROTOCOL;
    if (parent_options) {
        klass->inherit_options(role, parent_is_format, &flags, options,
                               parent_flags, parent_options);
    }
    if (keep_old_opts) {
        bdrv_join_options(bs, options, bs->options);
    }

    opts = qemu_opts_create(&bdrv_runtime_opts, NULL, 0, &error_abort);
    rest = qdict_clone_shallow(options);
    qemu_opts_absorb_qdict(opts, rest, NULL);
    bdrv_update_flags_from_options(&flags, opts);
    qemu_opts_del(opts);
    qobject_unref(rest);
    flags &= ~BDRV_O_PROTOCOL;
    flags |= bs->open_flags & BDRV_O_PROTOCOL;
    if (flags & BDRV_O_RDWR) {
        flags |= BDRV_O_ALLOW_RDWR;
    }

    if (!bs_entry) {
        bs_entry = g_new0(BlockReopenQueueEntry, 1);
        QTAILQ_INSERT_TAIL(bs_queue, bs_entry, entry);
    } else {
        bdrv_drained_end(bs);
        qobject_unref(bs_entry->state.options);
        qobject_unref(bs_entry->state.explicit_options);
    }
    bs_entry->state.bs = bs;
    bs_entry->state.options = options;
    bs_entry->state.explicit_options = explicit_options;
    bs_entry->state.flags = flags;
    bs_entry->state.backing_missing =
        !keep_old_opts && !qdict_haskey(options, "backing") &&
        !qdict_haskey(options, "backing.driver");

    /* Children that were opened with a part of its options. */
    QLIST_FOREACH(child, &bs->children, next) {
        g_autofree char *prefix = NULL;
        QDict *new_child_options = NULL;
        bool child_keep_old = keep_old_opts;

        if (child->bs->inherits_from != bs) {
            continue;
        }
        if (qdict_haskey(options, child->name)) {
            /* Named: it is what it is. */
            const char *name = qdict_get_try_str(options, child->name);

            if (g_strcmp0(name, child->bs->node_name)) {
                continue;
            }
            child_keep_old = true;
        }
        prefix = g_strdup_printf("%s.", child->name);
        qdict_extract_subqdict(explicit_options, NULL, prefix);
        qdict_extract_subqdict(options, &new_child_options, prefix);
        bdrv_reopen_queue_child(bs_queue, child->bs, new_child_options,
                                child->klass, child->role,
                                bs->drv->is_format, options, flags,
                                child_keep_old);
    }
    return bs_queue;
}

BlockReopenQueue *bdrv_reopen_queue(BlockReopenQueue *bs_queue,
                                    BlockDriverState *bs, QDict *options,
                                    bool keep_old_opts)
{
    return bdrv_reopen_queue_child(bs_queue, bs, options, NULL, 0, false,
                                   NULL, 0, keep_old_opts);
}

/* The reference to a child that was replaced, or was not in the end. */
static void bdrv_reopen_unref_old(BlockDriverState *bs)
{
    AioContext *ctx;

    if (!bs) {
        return;
    }
    /* Nobody is left who keeps it in another thread: come home. */
    ctx = bdrv_get_aio_context(bs);
    aio_context_acquire(ctx);
    if (QLIST_EMPTY(&bs->parents)) {
        bdrv_try_change_aio_context(bs, qemu_get_aio_context(), NULL, NULL);
    }
    aio_context_release(ctx);

    ctx = bdrv_get_aio_context(bs);
    aio_context_acquire(ctx);
    bdrv_unref(bs);
    aio_context_release(ctx);
}

void bdrv_reopen_queue_free(BlockReopenQueue *bs_queue)
{
    BlockReopenQueueEntry *bs_entry, *next;

    GLOBAL_STATE_CODE();
    if (!bs_queue) {
        return;
    }
    QTAILQ_FOREACH(bs_entry, bs_queue, entry) {
        AioContext *ctx = bdrv_get_aio_context(bs_entry->state.bs);

        aio_context_acquire(ctx);
        bdrv_drained_end(bs_entry->state.bs);
        aio_context_release(ctx);
    }
    /* One of them may be another entry's node. */
    QTAILQ_FOREACH_SAFE(bs_entry, bs_queue, entry, next) {
        bdrv_reopen_unref_old(bs_entry->state.old_backing_bs);
        bdrv_reopen_unref_old(bs_entry->state.old_file_bs);
        qobject_unref(bs_entry->state.explicit_options);
        qobject_unref(bs_entry->state.options);
        g_free(bs_entry);
    }
    g_free(bs_queue);
}

/* "backing" or "file" names a node, perhaps another one than now. */
static int bdrv_reopen_parse_file_or_backing(BDRVReopenState *reopen_state,
                                             bool is_backing,
                                             Transaction *tran, Error **errp)
{
    BlockDriverState *bs = reopen_state->bs;
    const char *child_name = is_backing ? "backing" : "file";
    BdrvChild *child = is_backing ? bs->backing : bs->file;
    BlockDriverState *old_bs = child ? child->bs : NULL, *new_bs = NULL;
    QObject *value = qdict_get(reopen_state->options, child_name);
    const char *str;

    if (!value) {
        return 0;
    }
    str = qdict_get_try_str(reopen_state->options, child_name);
    if (str) {
        new_bs = bdrv_lookup_bs(NULL, str, errp);
        if (!new_bs) {
            return -EINVAL;
        }
        /* Before anything is taken apart. */
        if (bdrv_recurse_has_child(new_bs, bs)) {
            error_setg(errp, "Making '%s' a %s child of '%s' would create a "
                       "cycle", str, child_name, bs->node_name);
            return -EINVAL;
        }
    } else if (!is_backing || qobject_type(value) != QTYPE_QNULL) {
        error_setg(errp, "Cannot change the option '%s'", child_name);
        return -EINVAL;
    }
    qdict_del(reopen_state->options, child_name);

    if (new_bs == old_bs ||
        (old_bs && bdrv_skip_implicit_filters(old_bs) == new_bs)) {
        return 0;
    }
    if (old_bs && old_bs->implicit) {
        error_setg(errp, "Cannot replace implicit %s child of %s", child_name,
                   bs->node_name);
        return -EPERM;
    }
    if (bs->drv->is_filter && !old_bs) {
        error_setg(errp, "'%s' is a %s filter node that does not support a %s "
                   "child", bs->node_name, bs->drv->format_name, child_name);
        return -EINVAL;
    }
    /* It does not go in the midst of the transaction. */
    if (old_bs) {
        bdrv_ref(old_bs);
    }
    if (is_backing) {
        reopen_state->old_backing_bs = old_bs;
    } else {
        reopen_state->old_file_bs = old_bs;
    }
    return bdrv_set_file_or_backing_noperm(bs, new_bs, is_backing, tran, errp);
}

static int bdrv_reopen_prepare(BDRVReopenState *reopen_state,
                               BlockReopenQueue *queue, Transaction *tran,
                               Error **errp)
{
    BlockDriverState *bs = reopen_state->bs;
    BlockDriver *drv = bs->drv;
    QDict *orig_reopen_opts;
    Error *local_err = NULL;
    g_autofree char *discard = NULL;
    QemuOpts *opts;
    int ret = -EINVAL;
    bool drv_prepared = false;

    assert(reopen_state != NULL);
    GLOBAL_STATE_CODE();

    /* The options are taken out of a copy; the whole is kept. */
    orig_reopen_opts = qdict_clone_shallow(reopen_state->options);

    opts = qemu_opts_create(&bdrv_runtime_opts, NULL, 0, &error_abort);
    if (!qemu_opts_absorb_qdict(opts, reopen_state->options, errp)) {
        goto error;
    }
    discard = qemu_opt_get_del(opts, BDRV_OPT_DISCARD);
    if (discard) {
        if (bdrv_parse_discard_flags(discard, &reopen_state->flags) != 0) {
            error_setg(errp, "Invalid discard option");
            goto error;
        }
    }
    reopen_state->detect_zeroes =
        bdrv_parse_detect_zeroes(opts, reopen_state->flags, &local_err);
    if (local_err) {
        error_propagate(errp, local_err);
        goto error;
    }
    /* Those that were handled; the others must not change. */
    g_free(qemu_opt_get_del(opts, BDRV_OPT_CACHE_DIRECT));
    g_free(qemu_opt_get_del(opts, BDRV_OPT_CACHE_NO_FLUSH));
    g_free(qemu_opt_get_del(opts, BDRV_OPT_READ_ONLY));
    g_free(qemu_opt_get_del(opts, BDRV_OPT_AUTO_READ_ONLY));
    qemu_opts_to_qdict(opts, reopen_state->options);

    ret = bdrv_can_set_read_only(bs, !(reopen_state->flags & BDRV_O_RDWR),
                                 true, errp);
    if (ret < 0) {
        goto error;
    }
    ret = -EINVAL;

    if (!drv->bdrv_reopen_prepare) {
        error_setg(errp, "Block format '%s' used by node '%s' does not support "
                   "reopening files", drv->format_name,
                   bdrv_get_device_or_node_name(bs));
        goto error;
    }
    /*
     * A driver is asked with its file as it will be: the children come later
     * in the queue, and none of them writes before its permissions say so.
     */
    ret = drv->bdrv_reopen_prepare(reopen_state, queue, &local_err);
    if (ret) {
        if (local_err) {
            error_propagate(errp, local_err);
        } else {
            error_setg(errp, "failed while preparing to reopen image '%s'",
                       bs->filename);
        }
        goto error;
    }
    drv_prepared = true;
    ret = -EINVAL;

    /* All that is not said becomes the default, but this may not. */
    if (drv->supports_backing && reopen_state->backing_missing &&
        (bs->backing || bs->backing_file[0])) {
        error_setg(errp, "backing is missing for '%s'", bs->node_name);
        goto error;
    }
    if (bdrv_reopen_parse_file_or_backing(reopen_state, true, tran,
                                          errp) < 0 ||
        bdrv_reopen_parse_file_or_backing(reopen_state, false, tran,
                                          errp) < 0) {
        goto error;
    }

    /* What is left may be said again, but not be another. */
    for (const QDictEntry *e = qdict_first(reopen_state->options); e;
         e = qdict_next(reopen_state->options, e)) {
        QObject *new = qdict_entry_value(e);
        QObject *old = qdict_get(bs->options, qdict_entry_key(e));

        if (old && qobject_is_equal(new, old)) {
            continue;
        }
        if (!strcmp(qdict_entry_key(e), "driver") &&
            !g_strcmp0(qdict_get_try_str(reopen_state->options, "driver"),
                       drv->format_name)) {
            continue;
        }
        if (!strcmp(qdict_entry_key(e), "node-name") &&
            !g_strcmp0(qdict_get_try_str(reopen_state->options, "node-name"),
                       bs->node_name)) {
            continue;
        }
        error_setg(errp, "Cannot change the option '%s'", qdict_entry_key(e));
        goto error;
    }
    ret = 0;

    qobject_unref(reopen_state->options);
    reopen_state->options = qobject_ref(orig_reopen_opts);
error:
    if (ret < 0 && drv_prepared && drv->bdrv_reopen_abort) {
        drv->bdrv_reopen_abort(reopen_state);
    }
    qemu_opts_del(opts);
    qobject_unref(orig_reopen_opts);
    return ret;
}

/*
 * @bs may be of another length, by another file: whoever has its length of it has
 * another, too, and devices above are told.
 */
static void bdrv_reopen_refresh_length(BlockDriverState *bs, int64_t old)
{
    BdrvChild *c;

    bdrv_refresh_total_sectors(bs, bs->total_sectors);
    if (bs->total_sectors == old) {
        return;
    }
    QLIST_FOREACH(c, &bs->parents, next_parent) {
        BlockDriverState *parent = c->klass->parent_is_bds ? c->opaque : NULL;

        if (c->klass->resize) {
            c->klass->resize(c);
        } else if (parent && bdrv_primary_child(parent) == c) {
            bdrv_reopen_refresh_length(parent, parent->total_sectors);
        }
    }
}

static void bdrv_reopen_commit(BDRVReopenState *reopen_state)
{
    BlockDriverState *bs = reopen_state->bs;
    BlockDriver *drv = bs->drv;
    int64_t old_sectors = bs->total_sectors;
    BdrvChild *child;

    if (drv->bdrv_reopen_commit) {
        drv->bdrv_reopen_commit(reopen_state);
    }
    qobject_unref(bs->explicit_options);
    qobject_unref(bs->options);
    bs->explicit_options = qobject_ref(reopen_state->explicit_options);
    bs->options = qobject_ref(reopen_state->options);
    bs->open_flags = reopen_state->flags;
    bs->detect_zeroes = reopen_state->detect_zeroes;
    bdrv_update_options_from_flags(bs->options, bs->open_flags);

    /* Those of children are theirs. */
    QLIST_FOREACH(child, &bs->children, next) {
        qdict_del(bs->explicit_options, child->name);
        qdict_del(bs->options, child->name);
    }
    qdict_del(bs->explicit_options, "backing");
    qdict_del(bs->options, "backing");
    bdrv_refresh_limits(bs, NULL, NULL);
    bdrv_reopen_refresh_length(bs, old_sectors);
}

static void bdrv_reopen_abort(BDRVReopenState *reopen_state)
{
    BlockDriver *drv = reopen_state->bs->drv;

    if (drv->bdrv_reopen_abort) {
        drv->bdrv_reopen_abort(reopen_state);
    }
}

int bdrv_reopen_multiple(BlockReopenQueue *bs_queue, Error **errp)
{
    g_autoptr(GHashTable) found = g_hash_table_new(NULL, NULL);
    g_autoptr(GSList) refresh_list = NULL;
    BlockReopenQueueEntry *bs_entry, *next;
    Transaction *tran = tran_new();
    AioContext *ctx;
    int ret = 0;

    assert(bs_queue && !QTAILQ_EMPTY(bs_queue));
    GLOBAL_STATE_CODE();

    QTAILQ_FOREACH(bs_entry, bs_queue, entry) {
        ctx = bdrv_get_aio_context(bs_entry->state.bs);
        aio_context_acquire(ctx);
        ret = bdrv_flush(bs_entry->state.bs);
        aio_context_release(ctx);
        if (ret < 0) {
            error_setg_errno(errp, -ret, "Error flushing drive");
            goto abort;
        }
    }
    QTAILQ_FOREACH(bs_entry, bs_queue, entry) {
        assert(bs_entry->state.bs->quiesce_counter > 0);
        ctx = bdrv_get_aio_context(bs_entry->state.bs);
        aio_context_acquire(ctx);
        ret = bdrv_reopen_prepare(&bs_entry->state, bs_queue, tran, errp);
        aio_context_release(ctx);
        if (ret < 0) {
            goto abort;
        }
        bs_entry->prepared = true;
    }
    QTAILQ_FOREACH(bs_entry, bs_queue, entry) {
        BDRVReopenState *state = &bs_entry->state;

        refresh_list = bdrv_topological_dfs(refresh_list, found, state->bs);
        /* Those that are left need less. */
        if (state->old_backing_bs) {
            refresh_list = bdrv_topological_dfs(refresh_list, found,
                                                state->old_backing_bs);
        }
        if (state->old_file_bs) {
            refresh_list = bdrv_topological_dfs(refresh_list, found,
                                                state->old_file_bs);
        }
    }
    ret = bdrv_list_refresh_perms(refresh_list, bs_queue, tran, errp);
    if (ret < 0) {
        goto abort;
    }

    /* From the bottom: a parent that commits may use its children. */
    QTAILQ_FOREACH_REVERSE(bs_entry, bs_queue, entry) {
        ctx = bdrv_get_aio_context(bs_entry->state.bs);
        aio_context_acquire(ctx);
        bdrv_reopen_commit(&bs_entry->state);
        aio_context_release(ctx);
    }
    tran_commit(tran);
    QTAILQ_FOREACH_REVERSE(bs_entry, bs_queue, entry) {
        BlockDriverState *bs = bs_entry->state.bs;

        if (bs->drv->bdrv_reopen_commit_post) {
            ctx = bdrv_get_aio_context(bs);
            aio_context_acquire(ctx);
            bs->drv->bdrv_reopen_commit_post(&bs_entry->state);
            aio_context_release(ctx);
        }
    }
    ret = 0;
    goto cleanup;

abort:
    tran_abort(tran);
    QTAILQ_FOREACH_SAFE(bs_entry, bs_queue, entry, next) {
        if (bs_entry->prepared) {
            ctx = bdrv_get_aio_context(bs_entry->state.bs);
            aio_context_acquire(ctx);
            bdrv_reopen_abort(&bs_entry->state);
            aio_context_release(ctx);
        }
    }
cleanup:
    bdrv_reopen_queue_free(bs_queue);
    return ret;
}

int bdrv_reopen(BlockDriverState *bs, QDict *opts, bool keep_old_opts,
                Error **errp)
{
    AioContext *ctx = bdrv_get_aio_context(bs);
    BlockReopenQueue *queue;
    int ret;

    GLOBAL_STATE_CODE();
    queue = bdrv_reopen_queue(NULL, bs, opts, keep_old_opts);
    if (ctx != qemu_get_aio_context()) {
        aio_context_release(ctx);
    }
    ret = bdrv_reopen_multiple(queue, errp);
    if (ctx != qemu_get_aio_context()) {
        aio_context_acquire(ctx);
    }
    return ret;
}

int bdrv_reopen_set_read_only(BlockDriverState *bs, bool read_only,
                              Error **errp)
{
    QDict *opts = qdict_new();

    GLOBAL_STATE_CODE();
    qdict_put_bool(opts, BDRV_OPT_READ_ONLY, read_only);
    return bdrv_reopen(bs, opts, true, errp);
}
