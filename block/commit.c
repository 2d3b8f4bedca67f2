/*
 * Committing: what an image has becomes its backing file's.
 *
 *   hmp_commit
 *     bdrv_commit               copy, then forget
 *       bdrv_make_empty         the format's way of forgetting
 *
 * It is done while the machine's requests wait; block jobs, which let them go on,
 * are not here.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "block-core.h"
#include "qapi/error.h"
#include "qemu/cutils.h"
#include "qemu/error-report.h"
#include "qemu/main-loop.h"
#include "qemu/memalign.h"
#include "sysemu/block-backend.h"

/* So much is copied at a time. */
#define COMMIT_BUF_SIZE (2048 * BDRV_SECTOR_SIZE)

int bdrv_make_empty(BdrvChild *c, Error **errp)
{
    BlockDriver *drv = c->bs->drv;
    int ret;

    GLOBAL_STATE_CODE();
    assert(c->perm & (BLK_PERM_WRITE | BLK_PERM_WRITE_UNCHANGED));
    if (!drv->bdrv_make_empty) {
        error_setg(errp, "%s does not support emptying block device files",
                   drv->format_name);
        return -ENOTSUP;
    }
    ret = drv->bdrv_make_empty(c->bs);
    if (ret < 0) {
        error_setg_errno(errp, -ret, "Failed to empty %s", c->bs->filename);
    }
    return ret;
}

/*
 * A node between an image and its backing file while that is written: the image
 * would bear no writes below it.
 */

static int coroutine_fn bdrv_commit_top_preadv(BlockDriverState *bs,
                                               int64_t offset, int64_t bytes,
                                               QEMUIOVector *qiov,
                                               BdrvRequestFlags flags)
{
    return bdrv_co_preadv(bs->backing, offset, bytes, qiov, flags);
}

static void bdrv_commit_top_refresh_filename(BlockDriverState *bs)
{
    pstrcpy(bs->exact_filename, sizeof(bs->exact_filename),
            bs->backing->bs->filename);
}

static void bdrv_commit_top_child_perm(BlockDriverState *bs, BdrvChild *c,
                                       BdrvChildRole role,
                                       BlockReopenQueue *reopen_queue,
                                       uint64_t perm, uint64_t shared,
                                       uint64_t *nperm, uint64_t *nshared)
{
    *nperm = 0;
    *nshared = BLK_PERM_ALL;
}

/* Not registered: nobody makes one by its name. */
static BlockDriver bdrv_commit_top = {
    .format_name                = "commit_top",
    .is_filter                  = true,
    .filtered_child_is_backing  = true,

    .bdrv_co_preadv             = bdrv_commit_top_preadv,
    .bdrv_refresh_filename      = bdrv_commit_top_refresh_filename,
    .bdrv_child_perm            = bdrv_commit_top_child_perm,
};

/* All that @src's image itself has, to @backing, whose image is below. */
static int bdrv_commit_copy(BlockBackend *src, BlockBackend *backing)
{
    BlockDriverState *bs = blk_bs(src);
    QEMU_AUTO_VFREE uint8_t *buf = NULL;
    int64_t length = blk_getlength(src);
    int64_t backing_length = blk_getlength(backing);
    int64_t n;

    if (length < 0) {
        return length;
    }
    if (backing_length < 0) {
        return backing_length;
    }
    if (length > backing_length) {
        Error *local_err = NULL;
        int ret = blk_truncate(backing, length, false, PREALLOC_MODE_OFF, 0,
                               &local_err);

        if (ret < 0) {
            error_report_err(local_err);
            return ret;
        }
    }

    buf = blk_try_blockalign(src, COMMIT_BUF_SIZE);
    if (!buf) {
        return -ENOMEM;
    }
    for (int64_t offset = 0; offset < length; offset += n) {
        int ret = bdrv_is_allocated(bs, offset, COMMIT_BUF_SIZE, &n);

        if (ret > 0) {
            ret = blk_pread(src, offset, n, buf, 0);
            if (ret >= 0) {
                ret = blk_pwrite(backing, offset, n, buf, 0);
            }
        }
        if (ret < 0) {
            return ret;
        }
    }
    return 0;
}

/* With a writable backing file, and nobody else who makes requests. */
static int bdrv_commit_to(BlockDriverState *bs, BlockDriverState *backing_bs)
{
    uint64_t src_perm = BLK_PERM_CONSISTENT_READ;
    BlockDriverState *commit_top_bs = NULL;
    BlockBackend *src, *backing = NULL;
    Error *local_err = NULL;
    int ret;

    if (bs->drv->bdrv_make_empty) {
        src_perm |= BLK_PERM_WRITE_UNCHANGED;
    }
    src = blk_new(bdrv_get_aio_context(bs), src_perm, BLK_PERM_ALL);
    ret = blk_insert_bs(src, bs, &local_err);
    if (ret < 0) {
        goto out;
    }

    commit_top_bs = bdrv_new_open_driver(&bdrv_commit_top, NULL, BDRV_O_RDWR,
                                         &local_err);
    if (!commit_top_bs) {
        ret = -EINVAL;
        goto out;
    }
    commit_top_bs->total_sectors = backing_bs->total_sectors;
    ret = bdrv_set_backing_hd(commit_top_bs, backing_bs, &local_err);
    if (ret < 0) {
        bdrv_unref(commit_top_bs);
        commit_top_bs = NULL;
        goto out;
    }
    ret = bdrv_set_backing_hd(bs, commit_top_bs, &local_err);
    /* The edge has a reference, if there is one. */
    bdrv_unref(commit_top_bs);
    if (ret < 0) {
        commit_top_bs = NULL;
        goto out;
    }

    backing = blk_new(bdrv_get_aio_context(bs),
                      BLK_PERM_WRITE | BLK_PERM_RESIZE, BLK_PERM_ALL);
    ret = blk_insert_bs(backing, backing_bs, &local_err);
    if (ret < 0) {
        goto out;
    }

    /* They are drained, but not for us. */
    blk_set_disable_request_queuing(src, true);
    blk_set_disable_request_queuing(backing, true);
    ret = bdrv_commit_copy(src, backing);
    if (ret < 0) {
        goto out;
    }
    /* It has to be there before it is forgotten here. */
    ret = blk_flush(backing);
    if (ret == 0 && bs->drv->bdrv_make_empty) {
        ret = blk_make_empty(src, &local_err);
        if (ret == 0) {
            blk_flush(src);
        }
    }

out:
    if (local_err) {
        error_report_err(local_err);
    }
    blk_unref(backing);
    if (commit_top_bs) {
        bdrv_set_backing_hd(bs, backing_bs, &error_abort);
    }
    blk_unref(src);
    return ret;
}

int bdrv_commit(BlockDriverState *bs)
{
    BlockDriverState *backing_bs;
    bool ro;
    int ret;

    GLOBAL_STATE_CODE();
    if (!bs->drv) {
        return -ENOMEDIUM;
    }
    backing_bs = bdrv_cow_bs(bs);
    if (!backing_bs) {
        return -ENOTSUP;
    }
    if (bdrv_op_is_blocked(bs, BLOCK_OP_TYPE_COMMIT_SOURCE, NULL) ||
        bdrv_op_is_blocked(backing_bs, BLOCK_OP_TYPE_COMMIT_TARGET, NULL)) {
        return -EBUSY;
    }

    ro = bdrv_is_read_only(backing_bs);
    if (ro && bdrv_reopen_set_read_only(backing_bs, false, NULL) < 0) {
        return -EACCES;
    }
    bdrv_ref(bs);
    bdrv_ref(backing_bs);
    bdrv_drained_begin(bs);
    ret = bdrv_commit_to(bs, backing_bs);
    bdrv_drained_end(bs);
    if (ro) {
        /* If that fails it is writable without need. */
        bdrv_reopen_set_read_only(backing_bs, true, NULL);
    }
    bdrv_unref(backing_bs);
    bdrv_unref(bs);
    return ret;
}
