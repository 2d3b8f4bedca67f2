/*
 * throttle: another node, not too fast.
 *
 * Read include/block/throttle-groups.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "block/block_int.h"
#include "block/throttle-groups.h"
#include "qapi/error.h"
#include "qemu/module.h"
#include "qemu/option.h"

#define QEMU_OPT_THROTTLE_GROUP_NAME "throttle-group"

static QemuOptsList throttle_opts = {
    .name = "throttle",
    .head = QTAILQ_HEAD_INITIALIZER(throttle_opts.head),
    .desc = {
        {
            .name = QEMU_OPT_THROTTLE_GROUP_NAME,
            .type = QEMU_OPT_STRING,
            .help = "the group whose limits hold",
        },
        { }
    },
};

/* The group's name, the caller's; NULL with @errp set. */
static char *throttle_parse_group(QDict *options, Error **errp)
{
    QemuOpts *opts = qemu_opts_create(&throttle_opts, NULL, 0, &error_abort);
    const char *group_name;
    char *result = NULL;

    if (qemu_opts_absorb_qdict(opts, options, errp)) {
        group_name = qemu_opt_get(opts, QEMU_OPT_THROTTLE_GROUP_NAME);
        if (!group_name) {
            error_setg(errp, "Please specify a throttle group");
        } else if (!throttle_group_exists(group_name)) {
            error_setg(errp, "Throttle group '%s' does not exist", group_name);
        } else {
            result = g_strdup(group_name);
        }
    }
    qemu_opts_del(opts);
    return result;
}

static int throttle_open(BlockDriverState *bs, QDict *options, int flags,
                         Error **errp)
{
    g_autofree char *group = NULL;
    int ret = bdrv_open_file_child(NULL, options, "file", bs, errp);

    if (ret < 0) {
        return ret;
    }
    bs->supported_write_flags = bs->file->bs->supported_write_flags |
                                BDRV_REQ_WRITE_UNCHANGED;
    bs->supported_zero_flags = bs->file->bs->supported_zero_flags |
                               BDRV_REQ_WRITE_UNCHANGED;
    group = throttle_parse_group(options, errp);
    if (!group) {
        return -EINVAL;
    }
    throttle_group_register_tgm(bs->opaque, group, bdrv_get_aio_context(bs));
    return 0;
}

static void throttle_close(BlockDriverState *bs)
{
    throttle_group_unregister_tgm(bs->opaque);
}

static int64_t throttle_getlength(BlockDriverState *bs)
{
    return bdrv_getlength(bs->file->bs);
}

static int coroutine_fn throttle_co_preadv(BlockDriverState *bs,
                                           int64_t offset, int64_t bytes,
                                           QEMUIOVector *qiov,
                                           BdrvRequestFlags flags)
{
    throttle_group_co_io_limits_intercept(bs->opaque, bytes, false);
    return bdrv_co_preadv(bs->file, offset, bytes, qiov, flags);
}

static int coroutine_fn throttle_co_pwritev(BlockDriverState *bs,
                                            int64_t offset, int64_t bytes,
                                            QEMUIOVector *qiov,
                                            BdrvRequestFlags flags)
{
    throttle_group_co_io_limits_intercept(bs->opaque, bytes, true);
    return bdrv_co_pwritev(bs->file, offset, bytes, qiov, flags);
}

static int coroutine_fn throttle_co_pwrite_zeroes(BlockDriverState *bs,
                                                  int64_t offset,
                                                  int64_t bytes,
                                                  BdrvRequestFlags flags)
{
    throttle_group_co_io_limits_intercept(bs->opaque, bytes, true);
    return bdrv_co_pwrite_zeroes(bs->file, offset, bytes, flags);
}

static int coroutine_fn throttle_co_pdiscard(BlockDriverState *bs,
                                             int64_t offset, int64_t bytes)
{
    throttle_group_co_io_limits_intercept(bs->opaque, bytes, true);
    return bdrv_co_pdiscard(bs->file, offset, bytes);
}

static int coroutine_fn throttle_co_flush(BlockDriverState *bs)
{
    return bdrv_co_flush(bs->file->bs);
}

static void throttle_detach_aio_context(BlockDriverState *bs)
{
    throttle_group_detach_aio_context(bs->opaque);
}

static void throttle_attach_aio_context(BlockDriverState *bs,
                                        AioContext *new_context)
{
    throttle_group_attach_aio_context(bs->opaque, new_context);
}

static int throttle_reopen_prepare(BDRVReopenState *state,
                                   BlockReopenQueue *queue, Error **errp)
{
    state->opaque = throttle_parse_group(state->options, errp);
    return state->opaque ? 0 : -EINVAL;
}

static void throttle_reopen_commit(BDRVReopenState *state)
{
    BlockDriverState *bs = state->bs;
    ThrottleGroupMember *tgm = bs->opaque;

    if (strcmp(throttle_group_get_name(tgm), state->opaque)) {
        throttle_group_unregister_tgm(tgm);
        throttle_group_register_tgm(tgm, state->opaque,
                                    bdrv_get_aio_context(bs));
    }
    g_free(state->opaque);
    state->opaque = NULL;
}

static void throttle_reopen_abort(BDRVReopenState *state)
{
    g_free(state->opaque);
    state->opaque = NULL;
}

/* Requests that wait for their turn are waited for: they go at once. */
static void throttle_drain_begin(BlockDriverState *bs)
{
    ThrottleGroupMember *tgm = bs->opaque;

    if (qatomic_fetch_inc(&tgm->io_limits_disabled) == 0) {
        throttle_group_restart_tgm(tgm);
    }
}

static void throttle_drain_end(BlockDriverState *bs)
{
    ThrottleGroupMember *tgm = bs->opaque;

    assert(tgm->io_limits_disabled);
    qatomic_dec(&tgm->io_limits_disabled);
}

static const char *const throttle_strong_runtime_opts[] = {
    QEMU_OPT_THROTTLE_GROUP_NAME,
    NULL
};

static BlockDriver bdrv_throttle = {
    .format_name                = "throttle",
    .instance_size              = sizeof(ThrottleGroupMember),
    .is_filter                  = true,

    .bdrv_open                  = throttle_open,
    .bdrv_close                 = throttle_close,
    .bdrv_child_perm            = bdrv_default_perms,
    .bdrv_getlength             = throttle_getlength,

    .bdrv_co_preadv             = throttle_co_preadv,
    .bdrv_co_pwritev            = throttle_co_pwritev,
    .bdrv_co_pwrite_zeroes      = throttle_co_pwrite_zeroes,
    .bdrv_co_pdiscard           = throttle_co_pdiscard,
    .bdrv_co_flush              = throttle_co_flush,

    .bdrv_attach_aio_context    = throttle_attach_aio_context,
    .bdrv_detach_aio_context    = throttle_detach_aio_context,
    .bdrv_reopen_prepare        = throttle_reopen_prepare,
    .bdrv_reopen_commit         = throttle_reopen_commit,
    .bdrv_reopen_abort          = throttle_reopen_abort,
    .bdrv_drain_begin           = throttle_drain_begin,
    .bdrv_drain_end             = throttle_drain_end,
    .strong_runtime_opts        = throttle_strong_runtime_opts,
};

static void bdrv_throttle_init(void)
{
    bdrv_register(&bdrv_throttle);
}

block_init(bdrv_throttle_init);
