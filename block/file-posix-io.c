/*
 * Files of the host: requests, on their way to a worker thread or to io_uring, and
 * what they have to look like.
 *
 * file-posix-aio.c is what the worker does with them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <linux/fs.h>
#include <sys/ioctl.h>
#include "block/thread-pool.h"
#include "file-posix-int.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "qemu/memalign.h"
#include "qemu/units.h"

/* What is read from the host's cache without a worker: up to so much. */
#define NOWAIT_MAX_BYTES (64 * KiB)

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

void file_refresh_limits(BlockDriverState *bs, Error **errp)
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

int hdev_probe_blocksizes(BlockDriverState *bs, BlockSizes *bsz)
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

int coroutine_fn file_thread_pool_submit(BlockDriverState *bs,
                                         FileAIOData *acb)
{
    ThreadPool *pool = aio_get_thread_pool(bdrv_get_aio_context(bs));

    return thread_pool_submit_co(pool, file_aio_worker, acb);
}

/*
 * What the host has in its cache takes no waiting, and so no worker: only a copy,
 * which costs less than to hand it over.  False if it has not, or not all; then
 * the kernel may have begun to read it.
 *
 * QEMU asks a worker each time.
 */
static bool file_read_cached(BDRVFileState *s, int64_t offset,
                             QEMUIOVector *qiov)
{
    ssize_t len;

    /* A long copy is a worker's: the others of the thread go on meanwhile. */
    if (!s->has_nowait || (s->open_flags & O_DIRECT) ||
        qiov->size > NOWAIT_MAX_BYTES || qiov->niov > IOV_MAX) {
        return false;
    }
    len = preadv2(s->fd, qiov->iov, qiov->niov, offset, RWF_NOWAIT);
    if (len == -1 && (errno == EOPNOTSUPP || errno == ENOSYS)) {
        s->has_nowait = false;
    }
    return len == (ssize_t)qiov->size;
}

static int coroutine_fn file_co_prw(BlockDriverState *bs, int64_t offset,
                                    int64_t bytes, QEMUIOVector *qiov,
                                    int type)
{
    BDRVFileState *s = bs->opaque;
    FileAIOData acb;

    if (type == QEMU_AIO_READ && file_read_cached(s, offset, qiov)) {
        return 0;
    }
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

int coroutine_fn file_co_preadv(BlockDriverState *bs, int64_t offset,
                                int64_t bytes, QEMUIOVector *qiov,
                                BdrvRequestFlags flags)
{
    return file_co_prw(bs, offset, bytes, qiov, QEMU_AIO_READ);
}

int coroutine_fn file_co_pwritev(BlockDriverState *bs, int64_t offset,
                                 int64_t bytes, QEMUIOVector *qiov,
                                 BdrvRequestFlags flags)
{
    assert(flags == 0);
    return file_co_prw(bs, offset, bytes, qiov, QEMU_AIO_WRITE);
}

int coroutine_fn file_co_flush_to_disk(BlockDriverState *bs)
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

void file_aio_attach_aio_context(BlockDriverState *bs,
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

void file_aio_plug(BlockDriverState *bs)
{
#ifdef CONFIG_LINUX_IO_URING
    BDRVFileState *s = bs->opaque;

    if (s->use_linux_io_uring) {
        luring_io_plug(bs, aio_get_linux_io_uring(bdrv_get_aio_context(bs)));
    }
#endif
}

void file_aio_unplug(BlockDriverState *bs)
{
#ifdef CONFIG_LINUX_IO_URING
    BDRVFileState *s = bs->opaque;

    if (s->use_linux_io_uring) {
        luring_io_unplug(bs, aio_get_linux_io_uring(bdrv_get_aio_context(bs)));
    }
#endif
}

int coroutine_fn file_co_pdiscard(BlockDriverState *bs, int64_t offset,
                                  int64_t bytes)
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

int coroutine_fn file_co_pwrite_zeroes(BlockDriverState *bs, int64_t offset,
                                       int64_t bytes, BdrvRequestFlags flags)
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

int coroutine_fn hdev_co_ioctl(BlockDriverState *bs, unsigned long int req,
                               void *buf)
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

/* Others may have written: what the host has cached is old. */
void coroutine_fn file_co_invalidate_cache(BlockDriverState *bs, Error **errp)
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
