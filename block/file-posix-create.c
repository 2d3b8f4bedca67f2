/*
 * Files of the host: making one.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "file-posix-int.h"
#include "qapi/error.h"
#include "qemu/cutils.h"
#include "qemu/option.h"

QemuOptsList file_create_opts = {
    .name = "raw-create-opts",
    .head = QTAILQ_HEAD_INITIALIZER(file_create_opts.head),
    .desc = {
        {
            .name = BLOCK_OPT_SIZE,
            .type = QEMU_OPT_SIZE,
            .help = "how long it is",
        },
        {
            .name = BLOCK_OPT_PREALLOC,
            .type = QEMU_OPT_STRING,
            .help = "get its space now (off, falloc, full)",
        },
        { }
    },
};

int coroutine_fn file_co_create(BlockdevCreateOptions *options, Error **errp)
{
    BlockdevCreateOptionsFile *file_opts;
    Error *local_err = NULL;
    int fd, result;

    assert(options->driver == BLOCKDEV_DRIVER_FILE);
    file_opts = &options->u.file;
    if (!file_opts->has_preallocation) {
        file_opts->preallocation = PREALLOC_MODE_OFF;
    }

    fd = qemu_create(file_opts->filename, O_RDWR | O_BINARY, 0644, errp);
    if (fd < 0) {
        return -errno;
    }

    /*
     * It is not made empty when it is opened: another program may be using it.
     */
    result = file_apply_lock_bytes(NULL, fd,
                                   BLK_PERM_WRITE | BLK_PERM_RESIZE,
                                   BLK_PERM_RESIZE, false, errp);
    if (result < 0) {
        goto out_close;
    }
    result = file_check_lock_bytes(fd, BLK_PERM_WRITE | BLK_PERM_RESIZE,
                                   BLK_PERM_ALL & ~BLK_PERM_RESIZE, errp);
    if (result < 0) {
        error_append_hint(errp, "Is another process using the image [%s]?\n",
                          file_opts->filename);
        goto out_unlock;
    }

    result = file_regular_truncate(NULL, fd, 0, PREALLOC_MODE_OFF, errp);
    if (result >= 0) {
        result = file_regular_truncate(NULL, fd, file_opts->size,
                                       file_opts->preallocation, errp);
    }
out_unlock:
    file_apply_lock_bytes(NULL, fd, 0, 0, true, &local_err);
    error_free(local_err);
out_close:
    /* This gives the locks back, whatever happened to them. */
    if (qemu_close(fd) != 0 && result >= 0) {
        result = -errno;
        error_setg_errno(errp, -result, "Could not close the new file");
    }
    return result;
}

int coroutine_fn file_co_create_opts(BlockDriver *drv, const char *filename,
                                     QemuOpts *opts, Error **errp)
{
    BlockdevCreateOptions options;
    Error *local_err = NULL;
    int64_t total_size;
    PreallocMode prealloc;
    g_autofree char *buf = NULL;

    /* "file:NAME" */
    strstart(filename, "file:", &filename);

    total_size = ROUND_UP(qemu_opt_get_size_del(opts, BLOCK_OPT_SIZE, 0),
                          BDRV_SECTOR_SIZE);
    buf = qemu_opt_get_del(opts, BLOCK_OPT_PREALLOC);
    prealloc = qapi_enum_parse(&PreallocMode_lookup, buf, PREALLOC_MODE_OFF,
                               &local_err);
    if (local_err) {
        error_propagate(errp, local_err);
        return -EINVAL;
    }
    options = (BlockdevCreateOptions) {
        .driver = BLOCKDEV_DRIVER_FILE,
        .u.file = {
            .filename           = (char *)filename,
            .size               = total_size,
            .has_preallocation  = true,
            .preallocation      = prealloc,
        },
    };
    return file_co_create(&options, errp);
}
