/*
 * Files of the host: how long a file is, changing that, and where it has data.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "file-posix-int.h"
#include "qapi/error.h"

int64_t file_getlength(BlockDriverState *bs)
{
    BDRVFileState *s = bs->opaque;
    int64_t size = lseek(s->fd, 0, SEEK_END);

    return size < 0 ? -errno : size;
}

int64_t file_get_allocated_file_size(BlockDriverState *bs)
{
    BDRVFileState *s = bs->opaque;
    struct stat st;

    if (fstat(s->fd, &st) < 0) {
        return -errno;
    }
    return (int64_t)st.st_blocks * 512;
}

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
            error_setg_errno(errp, -result, "Could not resize file");
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

int coroutine_fn file_co_truncate(BlockDriverState *bs, int64_t offset,
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

int file_get_info(BlockDriverState *bs, BlockDriverInfo *bdi)
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

int coroutine_fn file_co_block_status(BlockDriverState *bs, bool want_zero,
                                      int64_t offset, int64_t bytes,
                                      int64_t *pnum, int64_t *map,
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
