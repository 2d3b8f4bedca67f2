/*
 * Files of the host: requests, as system calls in a worker thread.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <linux/falloc.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include "file-posix-int.h"
#include "qapi/error.h"
#include "qemu/memalign.h"

/* An errno that says "this file cannot do it". */
static int translate_err(int err)
{
    if (err == -ENODEV || err == -ENOSYS || err == -EOPNOTSUPP ||
        err == -ENOTTY) {
        err = -ENOTSUP;
    }
    return err;
}

/* All of it, however many calls it takes.  Beyond the end there is zero. */
static int file_rw_full(FileAIOData *a, struct iovec *iov, int niov)
{
    bool is_write = a->type & QEMU_AIO_WRITE;
    g_autofree struct iovec *copy = NULL;
    struct iovec *cur = iov;
    unsigned int cnt = niov;
    int64_t done = 0;

    while (done < a->nbytes) {
        ssize_t len;

        len = is_write
            ? pwritev(a->fd, cur, MIN(cnt, IOV_MAX), a->offset + done)
            : preadv(a->fd, cur, MIN(cnt, IOV_MAX), a->offset + done);
        if (len == -1 && errno == EINTR) {
            continue;
        }
        if (len == -1) {
            return -errno;
        }
        if (len == 0) {
            if (is_write) {
                return -ENOSPC;
            }
            iov_memset(cur, cnt, 0, 0, a->nbytes - done);
            return 0;
        }
        done += len;
        if (done < a->nbytes) {
            if (!copy) {
                /* The caller's vector stays as it is. */
                copy = g_memdup2(iov, sizeof(*iov) * niov);
                cur = copy;
            }
            iov_discard_front(&cur, &cnt, len);
        }
    }
    return 0;
}

static int handle_aiocb_rw(FileAIOData *a)
{
    QEMU_AUTO_VFREE char *buf = NULL;
    struct iovec iov;
    int ret;

    if (!(a->type & QEMU_AIO_MISALIGNED)) {
        return file_rw_full(a, a->qiov->iov, a->qiov->niov);
    }

    /* O_DIRECT wants an aligned buffer: ours. */
    buf = qemu_try_blockalign(a->bs, a->nbytes);
    if (!buf) {
        return -ENOMEM;
    }
    if (a->type & QEMU_AIO_WRITE) {
        qemu_iovec_to_buf(a->qiov, 0, buf, a->nbytes);
    }
    iov = (struct iovec) { .iov_base = buf, .iov_len = a->nbytes };
    ret = file_rw_full(a, &iov, 1);
    if (ret == 0 && (a->type & QEMU_AIO_READ)) {
        qemu_iovec_from_buf(a->qiov, 0, buf, a->nbytes);
    }
    return ret;
}

static int handle_aiocb_flush(FileAIOData *a)
{
    return qemu_fdatasync(a->fd) == -1 ? -errno : 0;
}

static int do_fallocate(int fd, int mode, int64_t offset, int64_t len)
{
    int ret = RETRY_ON_EINTR(fallocate(fd, mode, offset, len));

    return ret == 0 ? 0 : translate_err(-errno);
}

static int handle_aiocb_discard(FileAIOData *a)
{
    BDRVFileState *s = a->bs->opaque;
    int ret = -EOPNOTSUPP;

    if (!s->has_discard) {
        return -ENOTSUP;
    }
    if (s->is_blkdev) {
        uint64_t range[2] = { a->offset, a->nbytes };

        ret = RETRY_ON_EINTR(ioctl(a->fd, BLKDISCARD, range)) == 0
            ? 0 : translate_err(-errno);
    } else {
        ret = do_fallocate(a->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
                           a->offset, a->nbytes);
    }
    if (ret == -ENOTSUP) {
        s->has_discard = false;
    }
    return ret;
}

/*
 * Zeroes without writing them: a hole if that is allowed, else space that is
 * known to be zero.  -ENOTSUP: somebody above writes them.
 */
static int handle_aiocb_write_zeroes(FileAIOData *a, bool unmap)
{
    BDRVFileState *s = a->bs->opaque;
    struct stat st;
    int ret;

    if (s->is_blkdev) {
        uint64_t range[2] = { a->offset, a->nbytes };

        /* BLKZEROOUT may write, and goes past the host's cache. */
        if (!s->has_write_zeroes || !(s->open_flags & O_DIRECT) ||
            (a->type & QEMU_AIO_NO_FALLBACK)) {
            return -ENOTSUP;
        }
        ret = RETRY_ON_EINTR(ioctl(a->fd, BLKZEROOUT, range)) == 0
            ? 0 : translate_err(-errno);
        if (ret == -ENOTSUP) {
            s->has_write_zeroes = false;
        }
        return ret;
    }

    if (unmap && s->has_unmap_zeroes) {
        /* A hole does not make a file longer. */
        if (fstat(a->fd, &st) < 0) {
            return -errno;
        }
        if (a->offset + a->nbytes <= st.st_size) {
            ret = do_fallocate(a->fd,
                               FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
                               a->offset, a->nbytes);
            if (ret != -ENOTSUP && ret != -EINVAL) {
                return ret;
            }
            s->has_unmap_zeroes = ret == -EINVAL;
        }
    }
    if (s->has_write_zeroes) {
        ret = do_fallocate(a->fd, FALLOC_FL_ZERO_RANGE, a->offset, a->nbytes);
        if (ret == -ENOTSUP) {
            s->has_write_zeroes = false;
        } else if (ret == -EINVAL) {
            /* It does not like this range; another it may. */
            return -ENOTSUP;
        } else {
            return ret;
        }
    }

    /* A hole, and then space in it again, is as good. */
    if (s->has_discard && s->has_unmap_zeroes) {
        ret = do_fallocate(a->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
                           a->offset, a->nbytes);
        if (ret == 0) {
            ret = do_fallocate(a->fd, 0, a->offset, a->nbytes);
            if (ret != -ENOTSUP) {
                return ret;
            }
        } else if (ret != -ENOTSUP) {
            return ret;
        }
    }
    return -ENOTSUP;
}

static int handle_aiocb_ioctl(FileAIOData *a)
{
    return RETRY_ON_EINTR(ioctl(a->fd, a->ioctl_cmd, a->ioctl_buf)) == -1
        ? -errno : 0;
}

int file_aio_worker(void *opaque)
{
    FileAIOData *a = opaque;

    switch (a->type & QEMU_AIO_TYPE_MASK) {
    case QEMU_AIO_READ:
    case QEMU_AIO_WRITE:
        return handle_aiocb_rw(a);
    case QEMU_AIO_FLUSH:
        return handle_aiocb_flush(a);
    case QEMU_AIO_DISCARD:
        return handle_aiocb_discard(a);
    case QEMU_AIO_WRITE_ZEROES:
        return handle_aiocb_write_zeroes(a, false);
    case QEMU_AIO_WRITE_ZEROES | QEMU_AIO_DISCARD:
        return handle_aiocb_write_zeroes(a, true);
    case QEMU_AIO_IOCTL:
        return handle_aiocb_ioctl(a);
    case QEMU_AIO_TRUNCATE:
        return file_regular_truncate(a->bs, a->fd, a->offset, a->prealloc,
                                     a->errp);
    default:
        abort();
    }
}
