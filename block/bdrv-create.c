/*
 * Making images.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "block-core.h"
#include "qapi/error.h"
#include "qapi/qmp/qdict.h"
#include "qemu/cutils.h"
#include "qemu/main-loop.h"
#include "qemu/option.h"
#include "sysemu/block-backend.h"

/* Of a protocol whose images are there already. */
QemuOptsList bdrv_create_opts_simple = {
    .name = "simple-create-opts",
    .head = QTAILQ_HEAD_INITIALIZER(bdrv_create_opts_simple.head),
    .desc = {
        {
            .name = BLOCK_OPT_SIZE,
            .type = QEMU_OPT_SIZE,
            .help = "how long it is",
        },
        {
            .name = BLOCK_OPT_PREALLOC,
            .type = QEMU_OPT_STRING,
            .help = "get its space now (off)",
        },
        { }
    },
};

int coroutine_fn bdrv_co_create_opts_simple(BlockDriver *drv,
                                            const char *filename,
                                            QemuOpts *opts, Error **errp)
{
    int64_t size = qemu_opt_get_size_del(opts, BLOCK_OPT_SIZE, 0);
    g_autofree char *mode = qemu_opt_get_del(opts, BLOCK_OPT_PREALLOC);
    int prealloc = qapi_enum_parse(&PreallocMode_lookup, mode,
                                   PREALLOC_MODE_OFF, errp);
    QDict *options;
    BlockBackend *blk;
    int ret;

    if (prealloc < 0) {
        return -EINVAL;
    }
    if (prealloc != PREALLOC_MODE_OFF) {
        error_setg(errp, "Unsupported preallocation mode '%s'",
                   PreallocMode_str(prealloc));
        return -ENOTSUP;
    }
    options = qdict_new();
    qdict_put_str(options, "driver", drv->format_name);
    blk = blk_new_open(filename, NULL, options, BDRV_O_RDWR | BDRV_O_RESIZE,
                       errp);
    if (!blk) {
        error_prepend(errp, "Protocol driver '%s' does not support image "
                      "creation, and opening the image failed: ",
                      drv->format_name);
        return -EINVAL;
    }
    /* Longer than asked for will do.  What was at its begin is gone. */
    ret = blk_truncate(blk, size, false, PREALLOC_MODE_OFF, 0, errp);
    if (ret == 0) {
        ret = blk_pwrite_zeroes(blk, 0, MIN(size, BDRV_SECTOR_SIZE), 0);
        if (ret < 0) {
            error_setg_errno(errp, -ret, "Could not clear the first sector");
        }
    }
    blk_unref(blk);
    return ret;
}

int coroutine_fn bdrv_co_create(BlockDriver *drv, const char *filename,
                                QemuOpts *opts, Error **errp)
{
    ERRP_GUARD();
    int ret;

    if (!drv->bdrv_co_create_opts) {
        error_setg(errp, "Driver '%s' does not support image creation",
                   drv->format_name);
        return -ENOTSUP;
    }
    ret = drv->bdrv_co_create_opts(drv, filename, opts, errp);
    if (ret < 0 && !*errp) {
        error_setg_errno(errp, -ret, "Could not create image");
    }
    return ret;
}

int coroutine_fn bdrv_co_create_file(const char *filename, QemuOpts *opts,
                                     Error **errp)
{
    QemuOpts *protocol_opts;
    BlockDriver *drv;
    QDict *qdict;
    int ret;

    drv = bdrv_find_protocol(filename, true, errp);
    if (!drv) {
        return -ENOENT;
    }
    if (!drv->create_opts) {
        error_setg(errp, "Driver '%s' does not support image creation",
                   drv->format_name);
        return -ENOTSUP;
    }
    /* Those of the format's options that the protocol knows. */
    qdict = qemu_opts_to_qdict(opts, NULL);
    protocol_opts = qemu_opts_from_qdict(drv->create_opts, qdict, errp);
    if (!protocol_opts) {
        ret = -EINVAL;
    } else {
        ret = bdrv_co_create(drv, filename, protocol_opts, errp);
    }
    qemu_opts_del(protocol_opts);
    qobject_unref(qdict);
    return ret;
}

typedef struct {
    BlockDriver *drv;
    const char *filename;
    QemuOpts *opts;
    Error **errp;
} BdrvCreate;

static int coroutine_fn bdrv_create_fn(void *opaque)
{
    BdrvCreate *s = opaque;

    return s->drv ? bdrv_co_create(s->drv, s->filename, s->opts, s->errp)
                  : bdrv_co_create_file(s->filename, s->opts, s->errp);
}

int bdrv_create(BlockDriver *drv, const char *filename, QemuOpts *opts,
                Error **errp)
{
    BdrvCreate s = { drv, filename, opts, errp };

    GLOBAL_STATE_CODE();
    return bdrv_poll_co(qemu_get_aio_context(), bdrv_create_fn, &s);
}

int bdrv_create_file(const char *filename, QemuOpts *opts, Error **errp)
{
    BdrvCreate s = { NULL, filename, opts, errp };

    GLOBAL_STATE_CODE();
    return bdrv_poll_co(qemu_get_aio_context(), bdrv_create_fn, &s);
}

/* The backing file must be there, and says how long the image is. */
static int64_t img_create_backing_size(const char *filename,
                                       const char *backing_file,
                                       const char *backing_fmt, int flags,
                                       Error **errp)
{
    g_autofree char *full_backing = NULL;
    QDict *backing_options = qdict_new();
    BlockDriverState *bs;
    int64_t size;

    full_backing = bdrv_get_full_backing_filename_from_filename(
        filename, backing_file, errp);
    if (!full_backing) {
        qobject_unref(backing_options);
        return -EINVAL;
    }
    if (backing_fmt) {
        qdict_put_str(backing_options, "driver", backing_fmt);
    }
    qdict_put_bool(backing_options, BDRV_OPT_FORCE_SHARE, true);

    bs = bdrv_open(full_backing, NULL, backing_options,
                   (flags & ~(BDRV_O_RDWR | BDRV_O_SNAPSHOT)) |
                   BDRV_O_NO_BACKING, errp);
    if (!bs) {
        error_append_hint(errp, "Could not open backing image.\n");
        return -EINVAL;
    }
    size = bdrv_getlength(bs);
    if (size < 0) {
        error_setg_errno(errp, -size, "Could not get size of '%s'",
                         full_backing);
    }
    bdrv_unref(bs);
    return size;
}

void bdrv_img_create(const char *filename, const char *fmt,
                     const char *base_filename, const char *base_fmt,
                     char *options, uint64_t img_size, int flags,
                     bool quiet, Error **errp)
{
    ERRP_GUARD();
    QemuOptsList *create_opts;
    BlockDriver *drv, *proto_drv;
    const char *backing_fmt, *backing_file;
    QemuOpts *opts = NULL;
    int ret;

    GLOBAL_STATE_CODE();
    drv = bdrv_find_format(fmt);
    if (!drv) {
        error_setg(errp, "Unknown file format '%s'", fmt);
        return;
    }
    proto_drv = bdrv_find_protocol(filename, true, errp);
    if (!proto_drv) {
        return;
    }
    if (!drv->create_opts) {
        error_setg(errp, "Format driver '%s' does not support image creation",
                   drv->format_name);
        return;
    }
    if (!proto_drv->create_opts) {
        error_setg(errp, "Protocol driver '%s' does not support image creation",
                   proto_drv->format_name);
        return;
    }

    create_opts = qemu_opts_append(NULL, drv->create_opts);
    create_opts = qemu_opts_append(create_opts, proto_drv->create_opts);
    opts = qemu_opts_create(create_opts, NULL, 0, &error_abort);

    if (options && !qemu_opts_do_parse(opts, options, NULL, errp)) {
        goto out;
    }
    if (!qemu_opt_get(opts, BLOCK_OPT_SIZE) && img_size != (uint64_t)-1) {
        qemu_opt_set_number(opts, BLOCK_OPT_SIZE, img_size, &error_abort);
    }
    if (base_filename && !qemu_opt_set(opts, BLOCK_OPT_BACKING_FILE,
                                       base_filename, NULL)) {
        error_setg(errp, "Backing file not supported for file format '%s'",
                   fmt);
        goto out;
    }
    if (base_fmt && !qemu_opt_set(opts, BLOCK_OPT_BACKING_FMT, base_fmt,
                                  NULL)) {
        error_setg(errp, "Backing format not supported for file format '%s'",
                   fmt);
        goto out;
    }

    backing_file = qemu_opt_get(opts, BLOCK_OPT_BACKING_FILE);
    if (backing_file && !strcmp(filename, backing_file)) {
        error_setg(errp, "Error: Trying to create an image with the same "
                   "filename as the backing file");
        goto out;
    }
    backing_fmt = qemu_opt_get(opts, BLOCK_OPT_BACKING_FMT);
    if (backing_fmt && !bdrv_find_format(backing_fmt)) {
        error_setg(errp, "Unknown backing file format '%s'", backing_fmt);
        goto out;
    }
    if (backing_file && !(flags & BDRV_O_NO_BACKING)) {
        int64_t size = img_create_backing_size(filename, backing_file,
                                               backing_fmt, flags, errp);

        if (size < 0) {
            goto out;
        }
        if (!qemu_opt_get(opts, BLOCK_OPT_SIZE)) {
            qemu_opt_set_number(opts, BLOCK_OPT_SIZE, size, &error_abort);
        }
    }
    if (!qemu_opt_get(opts, BLOCK_OPT_SIZE)) {
        error_setg(errp, "Image creation needs a size parameter");
        goto out;
    }

    ret = bdrv_create(drv, filename, opts, errp);
    if (ret == -EFBIG) {
        error_free(*errp);
        *errp = NULL;
        error_setg(errp, "The image size is too large for file format '%s'",
                   fmt);
    }
out:
    qemu_opts_del(opts);
    qemu_opts_free(create_opts);
}
