/*
 * copy-on-read: another node, which gets what is read of its backing files.
 *
 * Read block/io-cor.c for how that goes; this only asks for it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "block-core.h"
#include "qapi/error.h"
#include "qapi/qmp/qdict.h"
#include "qemu/module.h"

typedef struct BDRVStateCOR {
    /* The lowest node of the chain that is copied from; NULL: all are. */
    BlockDriverState *bottom_bs;
    bool chain_frozen;
} BDRVStateCOR;

/* "bottom": a node in the chain below, which then may not change. */
static int cor_set_bottom(BlockDriverState *bs, const char *name, Error **errp)
{
    BDRVStateCOR *state = bs->opaque;
    BlockDriverState *bottom = bdrv_find_node(name);

    if (!bottom) {
        error_setg(errp, "Bottom node '%s' not found", name);
        return -EINVAL;
    }
    if (bottom->drv->is_filter) {
        error_setg(errp, "Bottom node '%s' is a filter", name);
        return -EINVAL;
    }
    if (!bdrv_chain_contains(bs->file->bs, bottom)) {
        error_setg(errp, "Bottom node '%s' is not below node '%s'", name,
                   bdrv_get_node_name(bs));
        return -EINVAL;
    }
    if (bdrv_freeze_backing_chain(bs, bottom, errp) < 0) {
        return -EINVAL;
    }
    state->chain_frozen = true;
    bdrv_ref(bottom);
    state->bottom_bs = bottom;
    return 0;
}

static int cor_open(BlockDriverState *bs, QDict *options, int flags,
                    Error **errp)
{
    g_autofree char *bottom = g_strdup(qdict_get_try_str(options, "bottom"));
    int ret = bdrv_open_file_child(NULL, options, "file", bs, errp);

    if (ret < 0) {
        return ret;
    }
    bs->supported_read_flags = BDRV_REQ_PREFETCH;
    bs->supported_write_flags = BDRV_REQ_WRITE_UNCHANGED |
        (BDRV_REQ_FUA & bs->file->bs->supported_write_flags);
    bs->supported_zero_flags = BDRV_REQ_WRITE_UNCHANGED |
        ((BDRV_REQ_FUA | BDRV_REQ_MAY_UNMAP | BDRV_REQ_NO_FALLBACK) &
         bs->file->bs->supported_zero_flags);
    qdict_del(options, "bottom");
    return bottom ? cor_set_bottom(bs, bottom, errp) : 0;
}

static void cor_close(BlockDriverState *bs)
{
    BDRVStateCOR *state = bs->opaque;

    if (state->chain_frozen) {
        state->chain_frozen = false;
        bdrv_unfreeze_backing_chain(bs, state->bottom_bs);
    }
    bdrv_unref(state->bottom_bs);
}

/* It writes what is there already, whatever its parents do. */
static void cor_child_perm(BlockDriverState *bs, BdrvChild *c,
                           BdrvChildRole role, BlockReopenQueue *reopen_queue,
                           uint64_t perm, uint64_t shared,
                           uint64_t *nperm, uint64_t *nshared)
{
    bdrv_default_perms(bs, c, role, reopen_queue, perm, shared, nperm,
                       nshared);
    /* While another program has the image, it does not. */
    if (!(bs->open_flags & BDRV_O_INACTIVE)) {
        *nperm |= BLK_PERM_WRITE_UNCHANGED;
    }
}

static int64_t cor_getlength(BlockDriverState *bs)
{
    return bdrv_getlength(bs->file->bs);
}

/* With a bottom, only what comes from it or from above it is copied. */
static int coroutine_fn cor_co_preadv_part(BlockDriverState *bs,
                                           int64_t offset, int64_t bytes,
                                           QEMUIOVector *qiov,
                                           size_t qiov_offset,
                                           BdrvRequestFlags flags)
{
    BDRVStateCOR *state = bs->opaque;
    BlockDriverState *top = bs->file->bs;

    if (!state->bottom_bs) {
        return bdrv_co_preadv_part(bs->file, offset, bytes, qiov, qiov_offset,
                                   flags | BDRV_REQ_COPY_ON_READ);
    }
    while (bytes) {
        BdrvRequestFlags piece_flags = flags;
        int64_t n = 0;
        int ret = bdrv_is_allocated(top, offset, bytes, &n);

        if (ret == 0 && n) {
            ret = bdrv_is_allocated_above(bdrv_backing_chain_next(top),
                                          state->bottom_bs, true, offset, n,
                                          &n);
            if (ret != 0) {
                piece_flags |= BDRV_REQ_COPY_ON_READ;
            }
        }
        if (ret < 0 || n == 0) {
            /* The read says what is wrong. */
            n = bytes;
        }
        if (!(piece_flags & BDRV_REQ_PREFETCH) ||
            piece_flags & BDRV_REQ_COPY_ON_READ) {
            ret = bdrv_co_preadv_part(bs->file, offset, n, qiov, qiov_offset,
                                      piece_flags);
            if (ret < 0) {
                return ret;
            }
        }
        offset += n;
        qiov_offset += n;
        bytes -= n;
    }
    return 0;
}

static int coroutine_fn cor_co_pwritev_part(BlockDriverState *bs,
                                            int64_t offset, int64_t bytes,
                                            QEMUIOVector *qiov,
                                            size_t qiov_offset,
                                            BdrvRequestFlags flags)
{
    return bdrv_co_pwritev_part(bs->file, offset, bytes, qiov, qiov_offset,
                                flags);
}

static int coroutine_fn cor_co_pwrite_zeroes(BlockDriverState *bs,
                                             int64_t offset, int64_t bytes,
                                             BdrvRequestFlags flags)
{
    return bdrv_co_pwrite_zeroes(bs->file, offset, bytes, flags);
}

static int coroutine_fn cor_co_pdiscard(BlockDriverState *bs,
                                        int64_t offset, int64_t bytes)
{
    return bdrv_co_pdiscard(bs->file, offset, bytes);
}

static void cor_eject(BlockDriverState *bs, bool eject_flag)
{
    bdrv_eject(bs->file->bs, eject_flag);
}

static void cor_lock_medium(BlockDriverState *bs, bool locked)
{
    bdrv_lock_medium(bs->file->bs, locked);
}

static BlockDriver bdrv_copy_on_read = {
    .format_name            = "copy-on-read",
    .instance_size          = sizeof(BDRVStateCOR),
    .is_filter              = true,

    .bdrv_open              = cor_open,
    .bdrv_close             = cor_close,
    .bdrv_child_perm        = cor_child_perm,
    .bdrv_getlength         = cor_getlength,

    .bdrv_co_preadv_part    = cor_co_preadv_part,
    .bdrv_co_pwritev_part   = cor_co_pwritev_part,
    .bdrv_co_pwrite_zeroes  = cor_co_pwrite_zeroes,
    .bdrv_co_pdiscard       = cor_co_pdiscard,

    .bdrv_eject             = cor_eject,
    .bdrv_lock_medium       = cor_lock_medium,
};

static void bdrv_copy_on_read_init(void)
{
    bdrv_register(&bdrv_copy_on_read);
}

block_init(bdrv_copy_on_read_init);
