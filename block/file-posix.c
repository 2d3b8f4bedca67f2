/*
 * Files and block devices of the host: the drivers `file` and `host_device`.
 *
 * file-posix-aio.c has the system calls, file-posix-lock.c the locks,
 * io_uring.c another way to the kernel.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <linux/fs.h>
#include <sys/ioctl.h>
#include "block-core.h"
#include "block/thread-pool.h"
#include "file-posix-int.h"
#include "qapi/error.h"
#include "qapi/qmp/qdict.h"
#include "qapi/qmp/qstring.h"
#include "qapi/util.h"
#include "qemu/cutils.h"
#include "qemu/error-report.h"
#include "qemu/memalign.h"
#include "qemu/module.h"
#include "qemu/option.h"
#include "trace.h"

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
    if (strstart(filename, "file:", &filename)) {
        qdict_put_str(options, "filename", filename);
    }
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
    fd = qemu_open(filename, s->open_flags, errp);
    ret = fd < 0 ? -errno : 0;
    if (ret < 0) {
        if (ret == -EROFS || ret == -EACCES) {
            /* Without the right to write it is read, if that was allowed. */
            if (bs->open_flags & BDRV_O_AUTO_RDONLY &&
                (s->open_flags & O_ACCMODE) == O_RDWR) {
                error_free(*errp);
                *errp = NULL;
                bs->open_flags &= ~BDRV_O_RDWR;
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
        /* The locks that are held go on with the new one. */
        if (s->use_lock &&
            file_apply_lock_bytes(NULL, rs->fd, s->locked_perm,
                                  s->locked_shared_perm, false, errp) < 0) {
            qemu_close(rs->fd);
            goto fail;
        }
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
        s->open_flags = rs->open_flags;
        s->needs_alignment = s->open_flags & O_DIRECT;
    }
    g_free(rs);
    state->opaque = NULL;
}

static void file_reopen_abort(BDRVReopenState *state)
{
    FileReopenState *rs = state->opaque;

    if (rs) {
        if (rs->fd >= 0) {
            qemu_close(rs->fd);
        }
        g_free(rs);
        state->opaque = NULL;
    }
}

/* Limits */

/* What O_DIRECT wants: the smallest read that is not refused. */
static void file_probe_alignment(BlockDriverState *bs, int fd, Error **errp)
{
    size_t max_align = MAX(4096, qemu_real_host_page_size());
    QEMU_AUTO_VFREE char *buf = qemu_memalign(max_align, max_align);
    int sector_size;

    bs->bl.request_alignment = 0;
    if (ioctl(fd, BLKSSZGET, &sector_size) == 0) {
        bs->bl.request_alignment = sector_size;
    } else {
        static const size_t alignments[] = { 1, 512, 1024, 2048, 4096 };

        for (int i = 0; i < ARRAY_SIZE(alignments); i++) {
            ssize_t len = pread(fd, buf, alignments[i], 0);

            if (len >= 0 || errno != EINVAL) {
                /* One that takes bytes does not check: be careful. */
                bs->bl.request_alignment = alignments[i] == 1 ? max_align
                                                              : alignments[i];
                break;
            }
        }
    }
    if (!bs->bl.request_alignment) {
        error_setg(errp, "Could not find working O_DIRECT alignment");
        error_append_hint(errp, "Try cache.direct=off\n");
    }
}

static void file_refresh_limits(BlockDriverState *bs, Error **errp)
{
    BDRVFileState *s = bs->opaque;

    bs->bl.min_mem_alignment = qemu_real_host_page_size();
    bs->bl.opt_mem_alignment = MAX(4096, qemu_real_host_page_size());
    bs->bl.request_alignment = 1;
    if (s->needs_alignment) {
        file_probe_alignment(bs, s->fd, errp);
    } else {
        bs->bl.min_mem_alignment = 1;
    }
    bs->bl.max_iov = IOV_MAX;
}

static int hdev_probe_blocksizes(BlockDriverState *bs, BlockSizes *bsz)
{
    BDRVFileState *s = bs->opaque;
    unsigned int phys;
    int log;

    if (!s->is_blkdev) {
        return -ENOTSUP;
    }
    if (ioctl(s->fd, BLKSSZGET, &log) < 0 ||
        ioctl(s->fd, BLKPBSZGET, &phys) < 0) {
        return -errno;
    }
    bsz->log = log;
    bsz->phys = phys;
    return 0;
}

/* Requests */

static int coroutine_fn file_thread_pool_submit(BlockDriverState *bs,
                                                FileAIOData *acb)
{
    ThreadPool *pool = aio_get_thread_pool(bdrv_get_aio_context(bs));

    return thread_pool_submit_co(pool, file_aio_worker, acb);
}

static int coroutine_fn file_co_prw(BlockDriverState *bs, int64_t offset,
                                    int64_t bytes, QEMUIOVector *qiov,
                                    int type)
{
    BDRVFileState *s = bs->opaque;
    FileAIOData acb;

    if (s->needs_alignment && !bdrv_qiov_is_aligned(bs, qiov)) {
        type |= QEMU_AIO_MISALIGNED;
#ifdef CONFIG_LINUX_IO_URING
    } else if (s->use_linux_io_uring) {
        LuringState *aio = aio_get_linux_io_uring(bdrv_get_aio_context(bs));

        assert(qiov->size == bytes);
        return luring_co_submit(bs, aio, s->fd, offset, qiov, type);
#endif
    }
    acb = (FileAIOData) {
        .bs = bs,
        .fd = s->fd,
        .type = type,
        .offset = offset,
        .nbytes = bytes,
        .qiov = qiov,
    };
    assert(qiov->size == bytes);
    return file_thread_pool_submit(bs, &acb);
}

static int coroutine_fn file_co_preadv(BlockDriverState *bs, int64_t offset,
                                       int64_t bytes, QEMUIOVector *qiov,
                                       BdrvRequestFlags flags)
{
    return file_co_prw(bs, offset, bytes, qiov, QEMU_AIO_READ);
}

static int coroutine_fn file_co_pwritev(BlockDriverState *bs, int64_t offset,
                                        int64_t bytes, QEMUIOVector *qiov,
                                        BdrvRequestFlags flags)
{
    assert(flags == 0);
    return file_co_prw(bs, offset, bytes, qiov, QEMU_AIO_WRITE);
}

static int coroutine_fn file_co_flush_to_disk(BlockDriverState *bs)
{
    BDRVFileState *s = bs->opaque;
    FileAIOData acb = { .bs = bs, .fd = s->fd, .type = QEMU_AIO_FLUSH };

#ifdef CONFIG_LINUX_IO_URING
    if (s->use_linux_io_uring) {
        LuringState *aio = aio_get_linux_io_uring(bdrv_get_aio_context(bs));

        return luring_co_submit(bs, aio, s->fd, 0, NULL, QEMU_AIO_FLUSH);
    }
#endif
    return file_thread_pool_submit(bs, &acb);
}

static void file_aio_attach_aio_context(BlockDriverState *bs,
                                        AioContext *new_context)
{
#ifdef CONFIG_LINUX_IO_URING
    BDRVFileState *s = bs->opaque;

    if (s->use_linux_io_uring) {
        Error *local_err = NULL;

        if (!aio_setup_linux_io_uring(new_context, &local_err)) {
            error_reportf_err(local_err, "Unable to use linux io_uring, "
                              "falling back to thread pool: ");
            s->use_linux_io_uring = false;
        }
    }
#endif
}

static void file_aio_plug(BlockDriverState *bs)
{
#ifdef CONFIG_LINUX_IO_URING
    BDRVFileState *s = bs->opaque;

    if (s->use_linux_io_uring) {
        luring_io_plug(bs, aio_get_linux_io_uring(bdrv_get_aio_context(bs)));
    }
#endif
}

static void file_aio_unplug(BlockDriverState *bs)
{
#ifdef CONFIG_LINUX_IO_URING
    BDRVFileState *s = bs->opaque;

    if (s->use_linux_io_uring) {
        luring_io_unplug(bs, aio_get_linux_io_uring(bdrv_get_aio_context(bs)));
    }
#endif
}

static int coroutine_fn file_co_pdiscard(BlockDriverState *bs,
                                         int64_t offset, int64_t bytes)
{
    BDRVFileState *s = bs->opaque;
    FileAIOData acb = {
        .bs = bs,
        .fd = s->fd,
        .type = QEMU_AIO_DISCARD | (s->is_blkdev ? QEMU_AIO_BLKDEV : 0),
        .offset = offset,
        .nbytes = bytes,
    };
    int ret = file_thread_pool_submit(bs, &acb);

    if (ret) {
        s->stats.discard_nb_failed++;
    } else {
        s->stats.discard_nb_ok++;
        s->stats.discard_bytes_ok += bytes;
    }
    return ret;
}

static int coroutine_fn file_co_pwrite_zeroes(BlockDriverState *bs,
                                              int64_t offset, int64_t bytes,
                                              BdrvRequestFlags flags)
{
    BDRVFileState *s = bs->opaque;
    FileAIOData acb = {
        .bs = bs,
        .fd = s->fd,
        .type = QEMU_AIO_WRITE_ZEROES |
                (flags & BDRV_REQ_MAY_UNMAP ? QEMU_AIO_DISCARD : 0) |
                (flags & BDRV_REQ_NO_FALLBACK ? QEMU_AIO_NO_FALLBACK : 0),
        .offset = offset,
        .nbytes = bytes,
    };

    return file_thread_pool_submit(bs, &acb);
}

static int coroutine_fn hdev_co_ioctl(BlockDriverState *bs,
                                      unsigned long int req, void *buf)
{
    BDRVFileState *s = bs->opaque;
    FileAIOData acb = {
        .bs = bs,
        .fd = s->fd,
        .type = QEMU_AIO_IOCTL,
        .ioctl_cmd = req,
        .ioctl_buf = buf,
    };

    return file_thread_pool_submit(bs, &acb);
}

/* Length */

static int64_t file_getlength(BlockDriverState *bs)
{
    BDRVFileState *s = bs->opaque;
    int64_t size = lseek(s->fd, 0, SEEK_END);

    return size < 0 ? -errno : size;
}

static int64_t file_get_allocated_file_size(BlockDriverState *bs)
{
    BDRVFileState *s = bs->opaque;
    struct stat st;

    if (fstat(s->fd, &st) < 0) {
        return -errno;
    }
    return (int64_t)st.st_blocks * 512;
}

/* In a worker.  What is new is zero, and its space is got as @prealloc says. */
int file_regular_truncate(BlockDriverState *bs, int fd, int64_t offset,
                          PreallocMode prealloc, Error **errp)
{
    int64_t current_length;
    struct stat st;
    int result = 0;

    if (fstat(fd, &st) < 0) {
        result = -errno;
        error_setg(errp, "Could not stat file");
        return result;
    }
    current_length = st.st_size;
    if (current_length > offset && prealloc != PREALLOC_MODE_OFF) {
        error_setg(errp, "Cannot use preallocation for shrinking files");
        return -ENOTSUP;
    }

    switch (prealloc) {
    case PREALLOC_MODE_FALLOC:
        if (offset != current_length) {
            result = -posix_fallocate(fd, current_length,
                                      offset - current_length);
            if (result < 0) {
                error_setg_errno(errp, -result,
                                 "Could not preallocate data for the new file");
            }
        }
        break;
    case PREALLOC_MODE_FULL: {
        int64_t left = offset - current_length;
        size_t size = 65536;
        g_autofree char *buf = NULL;

        /* Zeroes, written: a hole would be no space. */
        if (ftruncate(fd, offset) != 0) {
            result = -errno;
            error_setg_errno(errp, -result, "Could not resize file");
            break;
        }
        buf = g_malloc0(size);
        while (left > 0) {
            ssize_t n = pwrite(fd, buf, MIN(left, size), offset - left);

            if (n < 0 && errno == EINTR) {
                continue;
            }
            if (n < 0) {
                result = -errno;
                error_setg_errno(errp, -result, "Could not write zeros for "
                                 "preallocation");
                break;
            }
            left -= n;
        }
        if (result >= 0 && qemu_fdatasync(fd) < 0) {
            result = -errno;
            error_setg_errno(errp, -result,
                             "Could not flush file to disk");
        }
        break;
    }
    case PREALLOC_MODE_OFF:
        if (ftruncate(fd, offset) != 0) {
            result = -errno;
            error_setg_errno(errp, -result, "Failed to resize file");
        }
        return result;
    default:
        error_setg(errp, "Unsupported preallocation mode: %s",
                   PreallocMode_str(prealloc));
        return -ENOTSUP;
    }

    if (result < 0 && ftruncate(fd, current_length) < 0) {
        error_append_hint(errp, "The file keeps its new length.\n");
    }
    return result;
}

static int coroutine_fn file_co_truncate(BlockDriverState *bs, int64_t offset,
                                         bool exact, PreallocMode prealloc,
                                         BdrvRequestFlags flags, Error **errp)
{
    BDRVFileState *s = bs->opaque;
    FileAIOData acb = {
        .bs = bs,
        .fd = s->fd,
        .type = QEMU_AIO_TRUNCATE,
        .offset = offset,
        .prealloc = prealloc,
        .errp = errp,
    };
    struct stat st;
    int64_t cur_length;

    if (fstat(s->fd, &st) < 0) {
        int ret = -errno;

        error_setg_errno(errp, errno, "Failed to fstat() the file");
        return ret;
    }
    if (S_ISREG(st.st_mode)) {
        return file_thread_pool_submit(bs, &acb);
    }

    /* A device is as long as it is. */
    if (prealloc != PREALLOC_MODE_OFF) {
        error_setg(errp, "Preallocation mode '%s' unsupported for this "
                   "non-regular file", PreallocMode_str(prealloc));
        return -ENOTSUP;
    }
    cur_length = file_getlength(bs);
    if (offset != cur_length && exact) {
        error_setg(errp, "Cannot resize device files");
        return -ENOTSUP;
    }
    if (offset > cur_length) {
        error_setg(errp, "Cannot grow device files");
        return -EINVAL;
    }
    return 0;
}

static int file_get_info(BlockDriverState *bs, BlockDriverInfo *bdi)
{
    /* There is nothing to tell; but that can be told. */
    return 0;
}

/* Where data and holes are */

/*
 * Is there data at @start?  *@data and *@hole are where the next of each
 * begins.  -errno if it cannot be told; -ENXIO: beyond the end.
 */
static int find_allocation(int fd, off_t start, off_t *data, off_t *hole)
{
    off_t offs = lseek(fd, start, SEEK_DATA);

    if (offs < 0) {
        return -errno;          /* ENXIO: no more data */
    }
    if (offs < start) {
        return -EIO;            /* that cannot be */
    }
    if (offs > start) {
        *hole = start;
        *data = offs;
        return 0;
    }
    offs = lseek(fd, start, SEEK_HOLE);
    if (offs < 0) {
        return -errno;
    }
    if (offs <= start) {
        return -EIO;
    }
    *data = start;
    *hole = offs;
    return 0;
}

static int coroutine_fn file_co_block_status(BlockDriverState *bs,
                                             bool want_zero, int64_t offset,
                                             int64_t bytes, int64_t *pnum,
                                             int64_t *map,
                                             BlockDriverState **file)
{
    BDRVFileState *s = bs->opaque;
    off_t data = 0, hole = 0;
    int ret;

    *map = offset;
    *file = bs;
    *pnum = bytes;
    if (!want_zero) {
        return BDRV_BLOCK_DATA | BDRV_BLOCK_OFFSET_VALID;
    }

    ret = find_allocation(s->fd, offset, &data, &hole);
    if (ret == -ENXIO) {
        /* A hole to the end of the file. */
        ret = BDRV_BLOCK_ZERO;
    } else if (ret < 0) {
        ret = BDRV_BLOCK_DATA;
    } else if (data == offset) {
        *pnum = hole - offset;
        /* The end of the file may be no whole unit. */
        *pnum = MIN(bytes, QEMU_ALIGN_UP(*pnum, bs->bl.request_alignment));
        ret = BDRV_BLOCK_DATA;
    } else {
        assert(hole == offset);
        *pnum = MIN(bytes, data - offset);
        /* What shares a unit with data is data. */
        *pnum = QEMU_ALIGN_DOWN(*pnum, bs->bl.request_alignment);
        if (*pnum == 0) {
            *pnum = bs->bl.request_alignment;
            ret = BDRV_BLOCK_DATA;
        } else {
            ret = BDRV_BLOCK_ZERO;
        }
    }
    return ret | BDRV_BLOCK_OFFSET_VALID;
}

/* Others may have written: what the host has cached is old. */
static void coroutine_fn file_co_invalidate_cache(BlockDriverState *bs,
                                                  Error **errp)
{
    BDRVFileState *s = bs->opaque;
    int ret;

    if (!s->drop_cache || (s->open_flags & O_DIRECT)) {
        return;
    }
    ret = fdatasync(s->fd);
    if (ret < 0) {
        error_setg_errno(errp, errno, "flush failed");
        return;
    }
    ret = posix_fadvise(s->fd, 0, 0, POSIX_FADV_DONTNEED);
    if (ret != 0) {
        error_setg_errno(errp, ret, "fadvise failed");
    }
}

/* Permissions */

static int file_check_perm(BlockDriverState *bs, uint64_t perm,
                           uint64_t shared, Error **errp)
{
    return file_handle_perm_lock(bs, RAW_PL_PREPARE, perm, shared, errp);
}

static void file_set_perm(BlockDriverState *bs, uint64_t perm, uint64_t shared)
{
    BDRVFileState *s = bs->opaque;

    file_handle_perm_lock(bs, RAW_PL_COMMIT, perm, shared, NULL);
    s->perm = perm;
    s->shared_perm = shared;
}

static void file_abort_perm_update(BlockDriverState *bs)
{
    file_handle_perm_lock(bs, RAW_PL_ABORT, 0, 0, NULL);
}

/* Making files */

static QemuOptsList file_create_opts = {
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

static int coroutine_fn file_co_create(BlockdevCreateOptions *options,
                                       Error **errp)
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

static int coroutine_fn file_co_create_opts(BlockDriver *drv,
                                            const char *filename,
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
    if (strstart(filename, "host_device:", &filename)) {
        qdict_put_str(options, "filename", filename);
    }
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
