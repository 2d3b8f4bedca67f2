/*
 * Files and block devices of the host: the drivers `file` and `host_device`.
 *
 * This is how they are opened and reopened; file-posix-int.h says where the rest
 * is.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "block-core.h"
#include "file-posix-int.h"
#include "qapi/error.h"
#include "qapi/qmp/qdict.h"
#include "qapi/util.h"
#include "qemu/cutils.h"
#include "qemu/error-report.h"
#include "qemu/module.h"
#include "qemu/option.h"

static QemuOptsList file_runtime_opts = {
    .name = "file",
    .head = QTAILQ_HEAD_INITIALIZER(file_runtime_opts.head),
    .desc = {
        {
            .name = "filename",
            .type = QEMU_OPT_STRING,
            .help = "its name",
        },
        {
            .name = "aio",
            .type = QEMU_OPT_STRING,
            .help = "how requests are made (threads, native, io_uring)",
        },
        {
            .name = "aio-max-batch",
            .type = QEMU_OPT_NUMBER,
            .help = "so many requests at a time (0: as the AIO likes)",
        },
        {
            .name = "locking",
            .type = QEMU_OPT_STRING,
            .help = "lock it against other programs (on, off, auto)",
        },
        {
            .name = "drop-cache",
            .type = QEMU_OPT_BOOL,
            .help = "forget what is cached when others may have written",
        },
        { }
    },
};

static const char *const file_mutable_opts[] = {
    "drop-cache", "aio-max-batch", NULL
};

/* BDRV_O_* as O_*.  With auto-read-only, writable if it is to be written. */
static void file_parse_flags(int bdrv_flags, int *open_flags)
{
    *open_flags |= O_BINARY;
    *open_flags &= ~O_ACCMODE;
    *open_flags |= bdrv_flags & BDRV_O_RDWR ? O_RDWR : O_RDONLY;
    /* Another flag, that the kernel knows, is for the host's cache. */
    if (bdrv_flags & BDRV_O_NOCACHE) {
        *open_flags |= O_DIRECT;
    } else {
        *open_flags &= ~O_DIRECT;
    }
}

static void file_parse_filename(const char *filename, QDict *options,
                                Error **errp)
{
    /* "file:NAME": a name with a colon in it */
    bdrv_parse_filename_strip_prefix(filename, "file:", options);
}

static int file_open_common(BlockDriverState *bs, QDict *options,
                            int bdrv_flags, bool device, Error **errp)
{
    BDRVFileState *s = bs->opaque;
    QemuOpts *opts;
    Error *local_err = NULL;
    const char *filename;
    BlockdevAioOptions aio, aio_default;
    OnOffAuto locking;
    struct stat st;
    int fd, ret = -EINVAL;

    opts = qemu_opts_create(&file_runtime_opts, NULL, 0, &error_abort);
    if (!qemu_opts_absorb_qdict(opts, options, errp)) {
        goto fail;
    }
    filename = qemu_opt_get(opts, "filename");

    if (bdrv_flags & BDRV_O_NATIVE_AIO) {
        aio_default = BLOCKDEV_AIO_OPTIONS_NATIVE;
    } else if (bdrv_flags & BDRV_O_IO_URING) {
        aio_default = BLOCKDEV_AIO_OPTIONS_IO_URING;
    } else {
        aio_default = BLOCKDEV_AIO_OPTIONS_THREADS;
    }
    aio = qapi_enum_parse(&BlockdevAioOptions_lookup,
                          qemu_opt_get(opts, "aio"), aio_default, &local_err);
    if (local_err) {
        error_propagate(errp, local_err);
        goto fail;
    }
    s->use_linux_io_uring = aio == BLOCKDEV_AIO_OPTIONS_IO_URING;
    s->aio_max_batch = qemu_opt_get_number(opts, "aio-max-batch", 0);

    locking = qapi_enum_parse(&OnOffAuto_lookup, qemu_opt_get(opts, "locking"),
                              ON_OFF_AUTO_AUTO, &local_err);
    if (local_err) {
        error_propagate(errp, local_err);
        goto fail;
    }
    switch (locking) {
    case ON_OFF_AUTO_ON:
        s->use_lock = true;
        if (!qemu_has_ofd_lock()) {
            warn_report("File lock requested but OFD locking syscall is "
                        "unavailable, falling back to POSIX file locks");
            error_printf("Due to the implementation, locks can be lost "
                         "unexpectedly.\n");
        }
        break;
    case ON_OFF_AUTO_OFF:
        s->use_lock = false;
        break;
    default:
        s->use_lock = qemu_has_ofd_lock();
        break;
    }
    s->drop_cache = qemu_opt_get_bool(opts, "drop-cache", true);

    file_parse_flags(bdrv_flags, &s->open_flags);
    s->fd = -1;
    s->perm_change_fd = -1;
    fd = qemu_open(filename, s->open_flags, errp);
    ret = fd < 0 ? -errno : 0;
    if (ret < 0) {
        if (ret == -EROFS || ret == -EACCES || ret == -EISDIR) {
            /*
             * Without the right to write it is read, if that was allowed.
             * What it is, if it is no file, is found out below.
             */
            if (bs->open_flags & BDRV_O_AUTO_RDONLY &&
                (s->open_flags & O_ACCMODE) == O_RDWR) {
                error_free(*errp);
                *errp = NULL;
                bs->open_flags &= ~BDRV_O_RDWR;
                bs->auto_rdonly_errno = -ret;
                s->open_flags = (s->open_flags & ~O_ACCMODE) | O_RDONLY;
                fd = qemu_open(filename, s->open_flags, errp);
                ret = fd < 0 ? -errno : 0;
            }
            if (ret == -EROFS) {
                ret = -EACCES;
            }
        }
        if (ret < 0) {
            goto fail;
        }
    }
    s->fd = fd;

    /* The locks that a node without users needs are none. */
    s->perm = 0;
    s->shared_perm = BLK_PERM_ALL;

    if (aio == BLOCKDEV_AIO_OPTIONS_NATIVE) {
        error_setg(errp, s->open_flags & O_DIRECT
                   ? "aio=native was specified, but is not supported in this "
                     "build."
                   : "aio=native was specified, but it requires "
                     "cache.direct=on, which was not specified.");
        ret = -EINVAL;
        goto fail_close;
    }
    if (s->use_linux_io_uring) {
#ifdef CONFIG_LINUX_IO_URING
        if (!aio_setup_linux_io_uring(bdrv_get_aio_context(bs), errp)) {
            error_prepend(errp, "Unable to use io_uring: ");
            ret = -EINVAL;
            goto fail_close;
        }
#else
        error_setg(errp, "aio=io_uring was specified, but is not supported "
                   "in this build.");
        ret = -EINVAL;
        goto fail_close;
#endif
    }

    s->has_discard = true;
    s->has_write_zeroes = true;
    s->has_unmap_zeroes = true;
    s->has_nowait = true;
    s->needs_alignment = s->open_flags & O_DIRECT;

    if (fstat(s->fd, &st) < 0) {
        ret = -errno;
        error_setg_errno(errp, errno, "Could not stat file");
        goto fail_close;
    }
    if (!device && !S_ISREG(st.st_mode)) {
        error_setg(errp, "'%s' driver requires '%s' to be a regular file",
                   bs->drv->format_name, bs->filename);
        ret = -EINVAL;
        goto fail_close;
    }
    if (device && !S_ISCHR(st.st_mode) && !S_ISBLK(st.st_mode)) {
        error_setg(errp, "'%s' driver requires '%s' to be either a character "
                   "or block device", bs->drv->format_name, bs->filename);
        ret = -EINVAL;
        goto fail_close;
    }
    s->is_blkdev = S_ISBLK(st.st_mode);

    bs->supported_zero_flags = BDRV_REQ_MAY_UNMAP | BDRV_REQ_NO_FALLBACK;
    if (S_ISREG(st.st_mode)) {
        /* What is added to a file reads as zeroes. */
        bs->supported_truncate_flags = BDRV_REQ_ZERO_WRITE;
    }
    if (bs->open_flags & BDRV_O_TEMPORARY) {
        unlink(filename);
    }
    ret = 0;
    goto fail;

fail_close:
    qemu_close(s->fd);
    s->fd = -1;
fail:
    qemu_opts_del(opts);
    return ret;
}

static int file_open(BlockDriverState *bs, QDict *options, int flags,
                     Error **errp)
{
    return file_open_common(bs, options, flags, false, errp);
}

static int hdev_open(BlockDriverState *bs, QDict *options, int flags,
                     Error **errp)
{
    return file_open_common(bs, options, flags, true, errp);
}

static void file_close(BlockDriverState *bs)
{
    BDRVFileState *s = bs->opaque;

    if (s->fd >= 0) {
        qemu_close(s->fd);
        s->fd = -1;
    }
}

/* Reopening: a new descriptor, until it is known which of them is wanted. */

typedef struct FileReopenState {
    int fd;                     /* -1: the old one */
    int open_flags;
    bool drop_cache;
    int64_t aio_max_batch;
} FileReopenState;

static int file_reopen_prepare(BDRVReopenState *state,
                               BlockReopenQueue *queue, Error **errp)
{
    BDRVFileState *s = state->bs->opaque;
    FileReopenState *rs = g_new0(FileReopenState, 1);
    QemuOpts *opts;

    state->opaque = rs;
    rs->fd = -1;

    opts = qemu_opts_create(&file_runtime_opts, NULL, 0, &error_abort);
    if (!qemu_opts_absorb_qdict(opts, state->options, errp)) {
        goto fail;
    }
    rs->drop_cache = qemu_opt_get_bool_del(opts, "drop-cache", true);
    rs->aio_max_batch = qemu_opt_get_number_del(opts, "aio-max-batch", 0);
    /* What is left is given back: it may not have changed. */
    qemu_opts_to_qdict(opts, state->options);

    rs->open_flags = s->open_flags;
    file_parse_flags(state->flags, &rs->open_flags);
    if (rs->open_flags != s->open_flags) {
        char *name = state->bs->exact_filename[0]
                   ? state->bs->exact_filename : state->bs->filename;

        rs->fd = qemu_open(name, rs->open_flags, errp);
        if (rs->fd < 0) {
            goto fail;
        }
        /* It gets its locks when the permissions are known (file_check_perm). */
        s->perm_change_fd = rs->fd;
    }
    qemu_opts_del(opts);
    return 0;

fail:
    qemu_opts_del(opts);
    g_free(rs);
    state->opaque = NULL;
    return -EINVAL;
}

static void file_reopen_commit(BDRVReopenState *state)
{
    BDRVFileState *s = state->bs->opaque;
    FileReopenState *rs = state->opaque;

    s->drop_cache = rs->drop_cache;
    s->aio_max_batch = rs->aio_max_batch;
    if (rs->fd >= 0) {
        qemu_close(s->fd);
        s->fd = rs->fd;
        s->perm_change_fd = -1;
        s->open_flags = rs->open_flags;
        s->needs_alignment = s->open_flags & O_DIRECT;
    }
    g_free(rs);
    state->opaque = NULL;
}

static void file_reopen_abort(BDRVReopenState *state)
{
    BDRVFileState *s = state->bs->opaque;
    FileReopenState *rs = state->opaque;

    if (rs) {
        if (rs->fd >= 0) {
            s->perm_change_fd = -1;
            qemu_close(rs->fd);
        }
        g_free(rs);
        state->opaque = NULL;
    }
}

/* The drivers */

static BlockStatsSpecificFile get_blockstats_specific_file(BlockDriverState *bs)
{
    BDRVFileState *s = bs->opaque;

    return (BlockStatsSpecificFile) {
        .discard_nb_ok = s->stats.discard_nb_ok,
        .discard_nb_failed = s->stats.discard_nb_failed,
        .discard_bytes_ok = s->stats.discard_bytes_ok,
    };
}

static BlockStatsSpecific *file_get_specific_stats(BlockDriverState *bs)
{
    BlockStatsSpecific *stats = g_new(BlockStatsSpecific, 1);

    stats->driver = BLOCKDEV_DRIVER_FILE;
    stats->u.file = get_blockstats_specific_file(bs);
    return stats;
}

static BlockStatsSpecific *hdev_get_specific_stats(BlockDriverState *bs)
{
    BlockStatsSpecific *stats = g_new(BlockStatsSpecific, 1);

    stats->driver = BLOCKDEV_DRIVER_HOST_DEVICE;
    stats->u.host_device = get_blockstats_specific_file(bs);
    return stats;
}

static int hdev_probe_device(const char *filename)
{
    struct stat st;

    if (stat(filename, &st) >= 0 &&
        (S_ISCHR(st.st_mode) || S_ISBLK(st.st_mode))) {
        return 100;
    }
    return 0;
}

static void hdev_parse_filename(const char *filename, QDict *options,
                                Error **errp)
{
    bdrv_parse_filename_strip_prefix(filename, "host_device:", options);
}

static const char *const file_strong_runtime_opts[] = {
    "filename",
    NULL
};

#define FILE_POSIX_METHODS                                                  \
    .instance_size = sizeof(BDRVFileState),                                 \
    .bdrv_needs_filename = true,                                            \
    .bdrv_reopen_prepare = file_reopen_prepare,                             \
    .bdrv_reopen_commit = file_reopen_commit,                               \
    .bdrv_reopen_abort = file_reopen_abort,                                 \
    .bdrv_close = file_close,                                               \
    .bdrv_co_block_status = file_co_block_status,                           \
    .bdrv_co_invalidate_cache = file_co_invalidate_cache,                   \
    .bdrv_co_pwrite_zeroes = file_co_pwrite_zeroes,                         \
    .bdrv_co_preadv = file_co_preadv,                                       \
    .bdrv_co_pwritev = file_co_pwritev,                                     \
    .bdrv_co_flush_to_disk = file_co_flush_to_disk,                         \
    .bdrv_co_pdiscard = file_co_pdiscard,                                   \
    .bdrv_refresh_limits = file_refresh_limits,                             \
    .bdrv_io_plug = file_aio_plug,                                          \
    .bdrv_io_unplug = file_aio_unplug,                                      \
    .bdrv_attach_aio_context = file_aio_attach_aio_context,                 \
    .bdrv_co_truncate = file_co_truncate,                                   \
    .bdrv_get_info = file_get_info,                                         \
    .bdrv_getlength = file_getlength,                                       \
    .bdrv_get_allocated_file_size = file_get_allocated_file_size,           \
    .bdrv_check_perm = file_check_perm,                                     \
    .bdrv_set_perm = file_set_perm,                                         \
    .bdrv_abort_perm_update = file_abort_perm_update,                       \
    .mutable_opts = file_mutable_opts,                                      \
    .strong_runtime_opts = file_strong_runtime_opts

BlockDriver bdrv_file = {
    .format_name = "file",
    .protocol_name = "file",
    .bdrv_parse_filename = file_parse_filename,
    .bdrv_file_open = file_open,
    .bdrv_co_create = file_co_create,
    .bdrv_co_create_opts = file_co_create_opts,
    .create_opts = &file_create_opts,
    .bdrv_has_zero_init = bdrv_has_zero_init_1,
    .bdrv_get_specific_stats = file_get_specific_stats,
    FILE_POSIX_METHODS,
};

static BlockDriver bdrv_host_device = {
    .format_name = "host_device",
    .protocol_name = "host_device",
    .bdrv_probe_device = hdev_probe_device,
    .bdrv_parse_filename = hdev_parse_filename,
    .bdrv_file_open = hdev_open,
    .bdrv_probe_blocksizes = hdev_probe_blocksizes,
    .bdrv_co_create_opts = bdrv_co_create_opts_simple,
    .create_opts = &bdrv_create_opts_simple,
    .bdrv_co_ioctl = hdev_co_ioctl,
    .bdrv_get_specific_stats = hdev_get_specific_stats,
    FILE_POSIX_METHODS,
};

static void bdrv_file_init(void)
{
    bdrv_register(&bdrv_file);
    bdrv_register(&bdrv_host_device);
}

block_init(bdrv_file_init);
