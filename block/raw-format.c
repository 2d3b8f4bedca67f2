/*
 * raw: an image as it is, or a part of it.
 *
 *     file    |-----------|============================|--------|
 *             0         offset                    offset + size
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "block-core.h"
#include "io-int.h"
#include "qapi/error.h"
#include "qemu/memalign.h"
#include "qemu/module.h"
#include "qemu/option.h"

typedef struct BDRVRawState {
    uint64_t offset;
    uint64_t size;              /* where has_size */
    bool has_size;
} BDRVRawState;

static const char *const raw_mutable_opts[] = { "offset", "size", NULL };

static QemuOptsList raw_runtime_opts = {
    .name = "raw",
    .head = QTAILQ_HEAD_INITIALIZER(raw_runtime_opts.head),
    .desc = {
        {
            .name = "offset",
            .type = QEMU_OPT_SIZE,
            .help = "where it begins in the file",
        },
        {
            .name = "size",
            .type = QEMU_OPT_SIZE,
            .help = "how long it is",
        },
        { }
    },
};

static QemuOptsList raw_create_opts = {
    .name = "raw-create-opts",
    .head = QTAILQ_HEAD_INITIALIZER(raw_create_opts.head),
    .desc = {
        {
            .name = BLOCK_OPT_SIZE,
            .type = QEMU_OPT_SIZE,
            .help = "how long it is",
        },
        { }
    },
};

static int raw_read_options(QDict *options, uint64_t *offset, bool *has_size,
                            uint64_t *size, Error **errp)
{
    QemuOpts *opts = qemu_opts_create(&raw_runtime_opts, NULL, 0, &error_abort);
    int ret = -EINVAL;

    if (qemu_opts_absorb_qdict(opts, options, errp)) {
        *offset = qemu_opt_get_size(opts, "offset", 0);
        *has_size = qemu_opt_find(opts, "size");
        *size = qemu_opt_get_size(opts, "size", 0);
        ret = 0;
    }
    qemu_opts_del(opts);
    return ret;
}

static int raw_apply_options(BlockDriverState *bs, BDRVRawState *s,
                             uint64_t offset, bool has_size, uint64_t size,
                             Error **errp)
{
    int64_t real_size = bdrv_getlength(bs->file->bs);

    if (real_size < 0) {
        error_setg_errno(errp, -real_size, "Could not get image size");
        return real_size;
    }
    if (offset > real_size) {
        error_setg(errp, "Offset (%" PRIu64 ") cannot be greater than size of "
                   "the containing file (%" PRId64 ")", offset, real_size);
        return -EINVAL;
    }
    if (has_size && (real_size - offset) < size) {
        error_setg(errp, "The sum of offset (%" PRIu64 ") and size (%" PRIu64
                   ") has to be smaller or equal to the  actual size of the "
                   "containing file (%" PRId64 ")", offset, size, real_size);
        return -EINVAL;
    }
    /* A short last sector would be of others' data. */
    if (has_size && !QEMU_IS_ALIGNED(size, BDRV_SECTOR_SIZE)) {
        error_setg(errp, "Specified size is not multiple of %llu",
                   BDRV_SECTOR_SIZE);
        return -EINVAL;
    }

    s->offset = offset;
    s->has_size = has_size;
    s->size = has_size ? size : real_size - offset;
    return 0;
}

/* From its own offsets to the file's; a negative errno outside of its part. */
static inline int raw_adjust_offset(BlockDriverState *bs, int64_t *offset,
                                    int64_t bytes, bool is_write)
{
    BDRVRawState *s = bs->opaque;

    if (s->has_size && (*offset > s->size || bytes > (s->size - *offset))) {
        /* The file has space, but not for this. */
        return is_write ? -ENOSPC : -EINVAL;
    }
    if (*offset > INT64_MAX - s->offset) {
        return -EINVAL;
    }
    *offset += s->offset;
    return 0;
}

static int coroutine_fn raw_co_preadv(BlockDriverState *bs, int64_t offset,
                                      int64_t bytes, QEMUIOVector *qiov,
                                      BdrvRequestFlags flags)
{
    int ret = raw_adjust_offset(bs, &offset, bytes, false);

    if (ret) {
        return ret;
    }
    bdrv_debug_event(bs->file->bs, BLKDBG_READ_AIO);
    return bdrv_co_preadv(bs->file, offset, bytes, qiov, flags);
}

static int coroutine_fn raw_co_pwritev(BlockDriverState *bs, int64_t offset,
                                       int64_t bytes, QEMUIOVector *qiov,
                                       BdrvRequestFlags flags)
{
    QEMU_AUTO_VFREE void *buf = NULL;
    QEMUIOVector local_qiov;
    int ret;

    /*
     * A guest that has an image that was taken for raw could write the header
     * of another format, and be given any file of the host next time.
     */
    if (bs->probed && offset < BLOCK_PROBE_BUF_SIZE && bytes) {
        BlockDriver *drv;

        QEMU_BUILD_BUG_ON(BLOCK_PROBE_BUF_SIZE != 512);
        if (offset != 0 || bytes < BLOCK_PROBE_BUF_SIZE) {
            /* request_alignment sees to it: see raw_refresh_limits(). */
            return -EINVAL;
        }
        /* What is checked is what is written, whatever the guest does. */
        buf = qemu_try_blockalign(bs->file->bs, 512);
        if (!buf) {
            return -ENOMEM;
        }
        qemu_iovec_to_buf(qiov, 0, buf, 512);
        drv = bdrv_probe_all(buf, 512, NULL);
        if (drv != bs->drv) {
            return -EPERM;
        }
        qemu_iovec_init(&local_qiov, qiov->niov + 1);
        qemu_iovec_add(&local_qiov, buf, 512);
        qemu_iovec_concat(&local_qiov, qiov, 512, qiov->size - 512);
        qiov = &local_qiov;
        flags &= ~BDRV_REQ_REGISTERED_BUF;
    }

    ret = raw_adjust_offset(bs, &offset, bytes, true);
    if (ret == 0) {
        bdrv_debug_event(bs->file->bs, BLKDBG_WRITE_AIO);
        ret = bdrv_co_pwritev(bs->file, offset, bytes, qiov, flags);
    }
    if (qiov == &local_qiov) {
        qemu_iovec_destroy(&local_qiov);
    }
    return ret;
}

static int coroutine_fn raw_co_block_status(BlockDriverState *bs,
                                            bool want_zero, int64_t offset,
                                            int64_t bytes, int64_t *pnum,
                                            int64_t *map,
                                            BlockDriverState **file)
{
    BDRVRawState *s = bs->opaque;

    *pnum = bytes;
    *file = bs->file->bs;
    *map = offset + s->offset;
    return BDRV_BLOCK_RAW | BDRV_BLOCK_OFFSET_VALID;
}

static int coroutine_fn raw_co_pwrite_zeroes(BlockDriverState *bs,
                                             int64_t offset, int64_t bytes,
                                             BdrvRequestFlags flags)
{
    int ret = raw_adjust_offset(bs, &offset, bytes, true);

    return ret ? ret : bdrv_co_pwrite_zeroes(bs->file, offset, bytes, flags);
}

static int coroutine_fn raw_co_pdiscard(BlockDriverState *bs,
                                        int64_t offset, int64_t bytes)
{
    int ret = raw_adjust_offset(bs, &offset, bytes, true);

    return ret ? ret : bdrv_co_pdiscard(bs->file, offset, bytes);
}

static int64_t raw_getlength(BlockDriverState *bs)
{
    BDRVRawState *s = bs->opaque;
    int64_t len;

    /* The file may have been made longer or shorter by others. */
    len = bdrv_getlength(bs->file->bs);
    if (len < 0) {
        return len;
    }
    if (len < s->offset) {
        s->size = 0;
    } else if (s->has_size) {
        s->size = MIN(s->size, len - s->offset);
    } else {
        s->size = len - s->offset;
    }
    return s->size;
}

static int raw_get_info(BlockDriverState *bs, BlockDriverInfo *bdi)
{
    return bdrv_get_info(bs->file->bs, bdi);
}

static void raw_refresh_limits(BlockDriverState *bs, Error **errp)
{
    if (bs->probed) {
        /* The first sector is written as a whole, to be looked at. */
        bs->bl.request_alignment = BDRV_SECTOR_SIZE;
    }
}

static int coroutine_fn raw_co_truncate(BlockDriverState *bs, int64_t offset,
                                        bool exact, PreallocMode prealloc,
                                        BdrvRequestFlags flags, Error **errp)
{
    BDRVRawState *s = bs->opaque;

    if (s->has_size) {
        error_setg(errp, "Cannot resize fixed-size raw disks");
        return -ENOTSUP;
    }
    if (INT64_MAX - offset < s->offset) {
        error_setg(errp, "Disk size too large for the chosen offset");
        return -EINVAL;
    }
    s->size = offset;
    offset += s->offset;
    return bdrv_co_truncate(bs->file, offset, exact, prealloc, flags, errp);
}

static int coroutine_fn raw_co_ioctl(BlockDriverState *bs,
                                     unsigned long int req, void *buf)
{
    BDRVRawState *s = bs->opaque;

    if (s->offset || s->has_size) {
        return -ENOTSUP;
    }
    return bdrv_co_ioctl(bs->file->bs, req, buf);
}

static int raw_has_zero_init(BlockDriverState *bs)
{
    return bdrv_has_zero_init(bs->file->bs);
}

static int coroutine_fn raw_co_create_opts(BlockDriver *drv,
                                           const char *filename,
                                           QemuOpts *opts, Error **errp)
{
    return bdrv_co_create_file(filename, opts, errp);
}

static int raw_open(BlockDriverState *bs, QDict *options, int flags,
                    Error **errp)
{
    BDRVRawState *s = bs->opaque;
    uint64_t offset, size;
    bool has_size;
    BdrvChildRole file_role;
    int ret;

    ret = raw_read_options(options, &offset, &has_size, &size, errp);
    if (ret < 0) {
        return ret;
    }

    /*
     * All of the file, and nothing else, is a filter's child; a part of it is
     * data in it.
     */
    file_role = offset || has_size ? BDRV_CHILD_DATA | BDRV_CHILD_PRIMARY
                                   : BDRV_CHILD_FILTERED | BDRV_CHILD_PRIMARY;
    if (!bdrv_open_child(NULL, options, "file", bs, &child_of_bds, file_role,
                         false, errp)) {
        return -EINVAL;
    }

    bs->sg = bdrv_is_sg(bs->file->bs);
    bs->supported_write_flags = BDRV_REQ_WRITE_UNCHANGED |
        (BDRV_REQ_FUA & bs->file->bs->supported_write_flags);
    bs->supported_zero_flags = BDRV_REQ_WRITE_UNCHANGED |
        ((BDRV_REQ_FUA | BDRV_REQ_MAY_UNMAP | BDRV_REQ_NO_FALLBACK) &
         bs->file->bs->supported_zero_flags);
    bs->supported_truncate_flags = bs->file->bs->supported_truncate_flags &
                                   BDRV_REQ_ZERO_WRITE;

    if (bs->probed && !bdrv_is_read_only(bs)) {
        bdrv_refresh_filename(bs->file->bs);
        fprintf(stderr, "WARNING: Image format was not specified for '%s' and "
                "probing guessed raw.\n"
                "         Automatically detecting the format is dangerous for "
                "raw images, write operations on block 0 will be restricted.\n"
                "         Specify the 'raw' format explicitly to remove the "
                "restrictions.\n", bs->file->bs->filename);
    }

    ret = raw_apply_options(bs, s, offset, has_size, size, errp);
    if (ret < 0) {
        return ret;
    }
    if (bdrv_is_sg(bs) && (s->offset || s->has_size)) {
        error_setg(errp, "Cannot use offset/size with SCSI generic devices");
        return -EINVAL;
    }
    return 0;
}

/* Anything may be raw; anything else is more likely. */
static int raw_probe(const uint8_t *buf, int buf_size, const char *filename)
{
    return 1;
}

static int raw_probe_blocksizes(BlockDriverState *bs, BlockSizes *bsz)
{
    BDRVRawState *s = bs->opaque;
    int ret = bdrv_probe_blocksizes(bs->file->bs, bsz);

    if (ret < 0) {
        return ret;
    }
    return QEMU_IS_ALIGNED(s->offset, MAX(bsz->log, bsz->phys)) ? 0 : -ENOTSUP;
}

static int raw_probe_geometry(BlockDriverState *bs, HDGeometry *geo)
{
    BDRVRawState *s = bs->opaque;

    if (s->offset || s->has_size) {
        return -ENOTSUP;
    }
    return bdrv_probe_geometry(bs->file->bs, geo);
}

static int raw_reopen_prepare(BDRVReopenState *reopen_state,
                              BlockReopenQueue *queue, Error **errp)
{
    BDRVRawState *s;
    uint64_t offset, size;
    bool has_size;
    int ret;

    assert(reopen_state != NULL && reopen_state->bs != NULL);
    ret = raw_read_options(reopen_state->options, &offset, &has_size, &size,
                           errp);
    if (ret < 0) {
        return ret;
    }
    s = g_new0(BDRVRawState, 1);
    ret = raw_apply_options(reopen_state->bs, s, offset, has_size, size, errp);
    if (ret < 0) {
        g_free(s);
        return ret;
    }
    reopen_state->opaque = s;
    return 0;
}

static void raw_reopen_commit(BDRVReopenState *state)
{
    BDRVRawState *s = state->bs->opaque;

    *s = *(BDRVRawState *)state->opaque;
    g_free(state->opaque);
    state->opaque = NULL;
}

static void raw_reopen_abort(BDRVReopenState *state)
{
    g_free(state->opaque);
    state->opaque = NULL;
}

static void raw_child_perm(BlockDriverState *bs, BdrvChild *c,
                           BdrvChildRole role,
                           BlockReopenQueue *reopen_queue,
                           uint64_t parent_perm, uint64_t parent_shared,
                           uint64_t *nperm, uint64_t *nshared)
{
    bdrv_default_perms(bs, c, role, reopen_queue, parent_perm, parent_shared,
                       nperm, nshared);
    /* It keeps to its part: the file grows only if it does. */
    if (role & BDRV_CHILD_DATA) {
        *nperm &= ~(BLK_PERM_WRITE | BLK_PERM_RESIZE);
        *nperm |= parent_perm & (BLK_PERM_WRITE | BLK_PERM_RESIZE);
    }
}

static const char *const raw_strong_runtime_opts[] = {
    "offset",
    "size",
    NULL
};

BlockDriver bdrv_raw = {
    .format_name          = "raw",
    .instance_size        = sizeof(BDRVRawState),
    .bdrv_probe           = raw_probe,
    .bdrv_reopen_prepare  = raw_reopen_prepare,
    .bdrv_reopen_commit   = raw_reopen_commit,
    .bdrv_reopen_abort    = raw_reopen_abort,
    .bdrv_open            = raw_open,
    .bdrv_child_perm      = raw_child_perm,
    .bdrv_co_create_opts  = raw_co_create_opts,
    .bdrv_co_preadv       = raw_co_preadv,
    .bdrv_co_pwritev      = raw_co_pwritev,
    .bdrv_co_pwrite_zeroes = raw_co_pwrite_zeroes,
    .bdrv_co_pdiscard     = raw_co_pdiscard,
    .bdrv_co_block_status = raw_co_block_status,
    .bdrv_co_truncate     = raw_co_truncate,
    .bdrv_getlength       = raw_getlength,
    .is_format            = true,
    .has_variable_length  = true,
    .bdrv_get_info        = raw_get_info,
    .bdrv_refresh_limits  = raw_refresh_limits,
    .bdrv_probe_blocksizes = raw_probe_blocksizes,
    .bdrv_probe_geometry  = raw_probe_geometry,
    .bdrv_co_ioctl        = raw_co_ioctl,
    .create_opts          = &raw_create_opts,
    .bdrv_has_zero_init   = raw_has_zero_init,
    .strong_runtime_opts  = raw_strong_runtime_opts,
    .mutable_opts         = raw_mutable_opts,
};

static void bdrv_raw_init(void)
{
    bdrv_register(&bdrv_raw);
}

block_init(bdrv_raw_init);
