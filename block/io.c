/*
 * Reading and writing: from an edge to the driver.
 *
 *   bdrv_co_preadv_part / bdrv_co_pwritev_part
 *     bdrv_check_request32          is it a range at all?
 *     bdrv_pad_request              up to whole units (io-pad below)
 *     tracked_request_begin         io-tracked.c
 *     bdrv_aligned_preadv / bdrv_aligned_pwritev
 *       bdrv_driver_preadv / …      io-driver.c
 *     tracked_request_end
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "block-core.h"
#include "block/write-threshold.h"
#include "io-int.h"
#include "qapi/error.h"
#include "qemu/memalign.h"
#include "trace.h"

/* Ranges */

int bdrv_check_qiov_request(int64_t offset, int64_t bytes,
                            QEMUIOVector *qiov, size_t qiov_offset,
                            Error **errp)
{
    if (offset < 0) {
        error_setg(errp, "offset is negative: %" PRIi64, offset);
        return -EIO;
    }
    if (bytes < 0) {
        error_setg(errp, "bytes is negative: %" PRIi64, bytes);
        return -EIO;
    }
    if (bytes > BDRV_MAX_LENGTH) {
        error_setg(errp, "bytes(%" PRIi64 ") exceeds maximum(%" PRIi64 ")",
                   bytes, (int64_t)BDRV_MAX_LENGTH);
        return -EIO;
    }
    if (offset > BDRV_MAX_LENGTH) {
        error_setg(errp, "offset(%" PRIi64 ") exceeds maximum(%" PRIi64 ")",
                   offset, (int64_t)BDRV_MAX_LENGTH);
        return -EIO;
    }
    if (offset > BDRV_MAX_LENGTH - bytes) {
        error_setg(errp, "sum of offset(%" PRIi64 ") and bytes(%" PRIi64 ") "
                   "exceeds maximum(%" PRIi64 ")", offset, bytes,
                   (int64_t)BDRV_MAX_LENGTH);
        return -EIO;
    }
    if (!qiov) {
        return 0;
    }
    if (qiov_offset > qiov->size) {
        error_setg(errp, "qiov_offset(%zu) overflow io vector size(%zu)",
                   qiov_offset, qiov->size);
        return -EIO;
    }
    if (bytes > qiov->size - qiov_offset) {
        error_setg(errp, "bytes(%" PRIi64 ") + qiov_offset(%zu) overflow io "
                   "vector size(%zu)", bytes, qiov_offset, qiov->size);
        return -EIO;
    }
    return 0;
}

int bdrv_check_request(int64_t offset, int64_t bytes, Error **errp)
{
    return bdrv_check_qiov_request(offset, bytes, NULL, 0, errp);
}

/* Drivers count in ints, sometimes. */
int bdrv_check_request32(int64_t offset, int64_t bytes,
                         QEMUIOVector *qiov, size_t qiov_offset)
{
    int ret = bdrv_check_qiov_request(offset, bytes, qiov, qiov_offset, NULL);

    if (ret < 0) {
        return ret;
    }
    return bytes > BDRV_REQUEST_MAX_BYTES ? -EIO : 0;
}

/* Reading */

/*
 * Aligned.  Beyond the end of the image (its last unit may be short) there are
 * zeroes.
 */
static int coroutine_fn bdrv_aligned_preadv(BdrvChild *child,
    BdrvTrackedRequest *req, int64_t offset, int64_t bytes, int64_t align,
    QEMUIOVector *qiov, size_t qiov_offset, int flags)
{
    BlockDriverState *bs = child->bs;
    int64_t total_bytes, max_bytes, max_transfer, bytes_remaining = bytes;
    int ret = 0;

    bdrv_check_qiov_request(offset, bytes, qiov, qiov_offset, &error_abort);
    assert(is_power_of_2(align));
    assert((offset & (align - 1)) == 0);
    assert((bytes & (align - 1)) == 0);
    assert(bs->open_flags & BDRV_O_RDWR || !(flags & BDRV_REQ_COPY_ON_READ));

    if (flags & BDRV_REQ_COPY_ON_READ) {
        int64_t pnum;

        /*
         * Of two that copy the same cluster one would undo what a guest has
         * written after the other: only one at a time, and no writes.
         */
        bdrv_make_request_serialising(req, bdrv_get_cluster_size(bs));

        /* From here on it is meant for nobody else. */
        flags &= ~BDRV_REQ_COPY_ON_READ;
        ret = bdrv_is_allocated(bs, offset, bytes, &pnum);
        if (ret < 0) {
            return ret;
        }
        if (!ret || pnum != bytes) {
            return bdrv_co_do_copy_on_readv(child, offset, bytes, qiov,
                                            qiov_offset, flags);
        }
        if (flags & BDRV_REQ_PREFETCH) {
            return 0;
        }
    } else {
        bdrv_wait_serialising_requests(req);
    }

    max_transfer = QEMU_ALIGN_DOWN(MIN_NON_ZERO(bs->bl.max_transfer, INT_MAX),
                                   align);
    total_bytes = bdrv_getlength(bs);
    if (total_bytes < 0) {
        return total_bytes;
    }
    max_bytes = ROUND_UP(MAX(0, total_bytes - offset), align);
    if (bytes <= max_bytes && bytes <= max_transfer) {
        return bdrv_driver_preadv(bs, offset, bytes, qiov, qiov_offset, flags);
    }

    while (bytes_remaining && ret >= 0) {
        size_t done = bytes - bytes_remaining;
        int64_t num;

        if (max_bytes) {
            num = MIN(bytes_remaining, MIN(max_bytes, max_transfer));
            assert(num);
            ret = bdrv_driver_preadv(bs, offset + done, num, qiov,
                                     qiov_offset + done, flags);
            max_bytes -= num;
        } else {
            num = bytes_remaining;
            qemu_iovec_memset(qiov, qiov_offset + done, 0, num);
            ret = 0;
        }
        bytes_remaining -= num;
    }
    return ret < 0 ? ret : 0;
}

/* Padding: see BdrvRequestPadding. */

bool bdrv_init_padding(BlockDriverState *bs,
                              int64_t offset, int64_t bytes,
                              BdrvRequestPadding *pad)
{
    int64_t align = bs->bl.request_alignment;
    int64_t sum;

    memset(pad, 0, sizeof(*pad));
    pad->head = offset & (align - 1);
    pad->tail = (offset + bytes) & (align - 1);
    if (pad->tail) {
        pad->tail = align - pad->tail;
    }
    if (!pad->head && !pad->tail) {
        return false;
    }
    assert(bytes);      /* nothing at all is not made something */

    sum = pad->head + bytes + pad->tail;
    pad->buf_len = (sum > align && pad->head && pad->tail) ? 2 * align : align;
    pad->buf = qemu_blockalign(bs, pad->buf_len);
    pad->merge_reads = sum == pad->buf_len;
    if (pad->tail) {
        pad->tail_buf = pad->buf + pad->buf_len - align;
    }
    return true;
}

void bdrv_padding_destroy(BdrvRequestPadding *pad)
{
    if (pad->buf) {
        qemu_vfree(pad->buf);
        qemu_iovec_destroy(&pad->local_qiov);
    }
    memset(pad, 0, sizeof(*pad));
}

int coroutine_fn bdrv_padding_rmw_read(BdrvChild *child,
                                              BdrvTrackedRequest *req,
                                              BdrvRequestPadding *pad,
                                              bool zero_middle)
{
    BlockDriverState *bs = child->bs;
    uint64_t align = bs->bl.request_alignment;
    QEMUIOVector local_qiov;
    int ret;

    assert(req->serialising && pad->buf);

    if (pad->head || pad->merge_reads) {
        int64_t bytes = pad->merge_reads ? pad->buf_len : align;

        qemu_iovec_init_buf(&local_qiov, pad->buf, bytes);
        if (pad->head) {
            bdrv_debug_event(bs, BLKDBG_PWRITEV_RMW_HEAD);
        }
        if (pad->merge_reads && pad->tail) {
            bdrv_debug_event(bs, BLKDBG_PWRITEV_RMW_TAIL);
        }
        ret = bdrv_aligned_preadv(child, req, req->overlap_offset, bytes,
                                  align, &local_qiov, 0, 0);
        if (ret < 0) {
            return ret;
        }
        if (pad->head) {
            bdrv_debug_event(bs, BLKDBG_PWRITEV_RMW_AFTER_HEAD);
        }
        if (pad->merge_reads && pad->tail) {
            bdrv_debug_event(bs, BLKDBG_PWRITEV_RMW_AFTER_TAIL);
        }
    }
    if (pad->tail && !pad->merge_reads) {
        qemu_iovec_init_buf(&local_qiov, pad->tail_buf, align);
        bdrv_debug_event(bs, BLKDBG_PWRITEV_RMW_TAIL);
        ret = bdrv_aligned_preadv(child, req,
                                  req->overlap_offset + req->overlap_bytes -
                                  align, align, align, &local_qiov, 0, 0);
        if (ret < 0) {
            return ret;
        }
        bdrv_debug_event(bs, BLKDBG_PWRITEV_RMW_AFTER_TAIL);
    }
    if (zero_middle) {
        memset(pad->buf + pad->head, 0, pad->buf_len - pad->head - pad->tail);
    }
    return 0;
}

/*
 * Make the request whole, if it is not: *@qiov becomes one with head and tail.
 * *@padded says so.
 */
static int bdrv_pad_request(BlockDriverState *bs,
                            QEMUIOVector **qiov, size_t *qiov_offset,
                            int64_t *offset, int64_t *bytes,
                            BdrvRequestPadding *pad, bool *padded,
                            BdrvRequestFlags *flags)
{
    int ret;

    bdrv_check_qiov_request(*offset, *bytes, *qiov, *qiov_offset,
                            &error_abort);
    *padded = bdrv_init_padding(bs, *offset, *bytes, pad);
    if (!*padded) {
        return 0;
    }

    qemu_iovec_init(&pad->local_qiov,
                    qemu_iovec_subvec_niov(*qiov, *qiov_offset, *bytes) + 2);
    if (pad->head) {
        qemu_iovec_add(&pad->local_qiov, pad->buf, pad->head);
    }
    qemu_iovec_concat(&pad->local_qiov, *qiov, *qiov_offset, *bytes);
    if (pad->tail) {
        qemu_iovec_add(&pad->local_qiov, pad->buf + pad->buf_len - pad->tail,
                       pad->tail);
    }

    *bytes += pad->head + pad->tail;
    *offset -= pad->head;
    *qiov = &pad->local_qiov;
    *qiov_offset = 0;
    *flags &= ~BDRV_REQ_REGISTERED_BUF;

    ret = bdrv_check_request32(*offset, *bytes, NULL, 0);
    if (ret < 0) {
        bdrv_padding_destroy(pad);
    }
    return ret;
}

/* A vector of more pieces than the driver takes: through one buffer. */
static bool bdrv_too_many_pieces(BlockDriverState *bs, QEMUIOVector *qiov,
                                 size_t qiov_offset, int64_t bytes)
{
    return qiov && qiov->niov > IOV_MAX &&
           qemu_iovec_subvec_niov(qiov, qiov_offset, bytes) > IOV_MAX;
}

int coroutine_fn bdrv_co_preadv(BdrvChild *child,
    int64_t offset, int64_t bytes, QEMUIOVector *qiov,
    BdrvRequestFlags flags)
{
    return bdrv_co_preadv_part(child, offset, bytes, qiov, 0, flags);
}

static int coroutine_fn bdrv_co_preadv_bounced(BdrvChild *child,
    int64_t offset, int64_t bytes, QEMUIOVector *qiov, size_t qiov_offset,
    BdrvRequestFlags flags)
{
    QEMU_AUTO_VFREE void *buf = qemu_try_blockalign(child->bs, bytes);
    int ret;

    if (!buf) {
        return -ENOMEM;
    }
    ret = bdrv_co_pread(child, offset, bytes, buf,
                        flags & ~BDRV_REQ_REGISTERED_BUF);
    if (ret >= 0) {
        qemu_iovec_from_buf(qiov, qiov_offset, buf, bytes);
    }
    return ret;
}

int coroutine_fn bdrv_co_preadv_part(BdrvChild *child,
    int64_t offset, int64_t bytes,
    QEMUIOVector *qiov, size_t qiov_offset, BdrvRequestFlags flags)
{
    BlockDriverState *bs = child->bs;
    BdrvTrackedRequest req;
    BdrvRequestPadding pad;
    bool padded;
    int ret;

    trace_bdrv_co_preadv_part(bs, offset, bytes, flags);

    if (!bdrv_is_inserted(bs)) {
        return -ENOMEDIUM;
    }
    ret = bdrv_check_request32(offset, bytes, qiov, qiov_offset);
    if (ret < 0) {
        return ret;
    }
    if (bytes == 0 && !QEMU_IS_ALIGNED(offset, bs->bl.request_alignment)) {
        /* Nothing: it has no unit that could be padded. */
        return 0;
    }

    bdrv_inc_in_flight(bs);
    if (qatomic_read(&bs->copy_on_read)) {
        flags |= BDRV_REQ_COPY_ON_READ;
    }
    if (bdrv_too_many_pieces(bs, qiov, qiov_offset, bytes)) {
        ret = bdrv_co_preadv_bounced(child, offset, bytes, qiov, qiov_offset,
                                     flags);
        goto out;
    }
    ret = bdrv_pad_request(bs, &qiov, &qiov_offset, &offset, &bytes, &pad,
                           &padded, &flags);
    if (ret < 0) {
        goto out;
    }

    tracked_request_begin(&req, bs, offset, bytes, BDRV_TRACKED_READ);
    ret = bdrv_aligned_preadv(child, &req, offset, bytes,
                              bs->bl.request_alignment,
                              qiov, qiov_offset, flags);
    tracked_request_end(&req);
    bdrv_padding_destroy(&pad);
out:
    bdrv_dec_in_flight(bs);
    return ret;
}

/* Writing */

int coroutine_fn bdrv_co_write_req_prepare(BdrvChild *child,
                                           int64_t offset, int64_t bytes,
                                           BdrvTrackedRequest *req, int flags)
{
    BlockDriverState *bs = child->bs;

    bdrv_check_request(offset, bytes, &error_abort);
    if (bdrv_is_read_only(bs)) {
        return -EPERM;
    }
    assert(!(bs->open_flags & BDRV_O_INACTIVE));
    assert((bs->open_flags & BDRV_O_NO_IO) == 0);
    assert(!(flags & ~BDRV_REQ_MASK));
    assert(!((flags & BDRV_REQ_NO_WAIT) && !(flags & BDRV_REQ_SERIALISING)));

    if (flags & BDRV_REQ_SERIALISING) {
        bdrv_make_request_serialising(req, bs->bl.request_alignment);
    } else {
        bdrv_wait_serialising_requests(req);
    }

    assert(req->overlap_offset <= offset);
    assert(offset + bytes <= req->overlap_offset + req->overlap_bytes);
    /* Nobody grows an image without having said that he would. */
    assert(offset + bytes <= bs->total_sectors * BDRV_SECTOR_SIZE ||
           child->perm & BLK_PERM_RESIZE);

    switch (req->type) {
    case BDRV_TRACKED_WRITE:
    case BDRV_TRACKED_DISCARD:
        if (flags & BDRV_REQ_WRITE_UNCHANGED) {
            assert(child->perm & (BLK_PERM_WRITE_UNCHANGED | BLK_PERM_WRITE));
        } else {
            assert(child->perm & BLK_PERM_WRITE);
        }
        bdrv_write_threshold_check_write(bs, offset, bytes);
        return 0;
    case BDRV_TRACKED_TRUNCATE:
        assert(child->perm & BLK_PERM_RESIZE);
        return 0;
    default:
        abort();
    }
}

static void bdrv_parent_cb_resize(BlockDriverState *bs)
{
    BdrvChild *c;

    QLIST_FOREACH(c, &bs->parents, next_parent) {
        if (c->klass->resize) {
            c->klass->resize(c);
        }
    }
}

void coroutine_fn bdrv_co_write_req_finish(BdrvChild *child,
                                           int64_t offset, int64_t bytes,
                                           BdrvTrackedRequest *req, int ret)
{
    BlockDriverState *bs = child->bs;
    int64_t end_sector = DIV_ROUND_UP(offset + bytes, BDRV_SECTOR_SIZE);

    bdrv_check_request(offset, bytes, &error_abort);
    qatomic_inc(&bs->write_gen);

    /*
     * A discard of a short last sector is rounded up, and does not make the
     * image longer.
     */
    if (ret == 0 &&
        (req->type == BDRV_TRACKED_TRUNCATE ||
         end_sector > bs->total_sectors) &&
        req->type != BDRV_TRACKED_DISCARD) {
        bs->total_sectors = end_sector;
        bdrv_parent_cb_resize(bs);
    }
    if (req->bytes && req->type == BDRV_TRACKED_WRITE) {
        stat64_max(&bs->wr_highest_offset, offset + bytes);
    }
}

int coroutine_fn bdrv_aligned_pwritev(BdrvChild *child,
    BdrvTrackedRequest *req, int64_t offset, int64_t bytes, int64_t align,
    QEMUIOVector *qiov, size_t qiov_offset, BdrvRequestFlags flags)
{
    BlockDriverState *bs = child->bs;
    BlockDriver *drv = bs->drv;
    int64_t bytes_remaining = bytes;
    int max_transfer;
    int ret;

    bdrv_check_qiov_request(offset, bytes, qiov, qiov_offset, &error_abort);
    if (!drv) {
        return -ENOMEDIUM;
    }
    if (bdrv_is_read_only(bs)) {
        return -EPERM;
    }
    assert(is_power_of_2(align));
    assert((offset & (align - 1)) == 0);
    assert((bytes & (align - 1)) == 0);
    max_transfer = QEMU_ALIGN_DOWN(MIN_NON_ZERO(bs->bl.max_transfer, INT_MAX),
                                   align);

    ret = bdrv_co_write_req_prepare(child, offset, bytes, req, flags);

    if (!ret && bs->detect_zeroes != BLOCKDEV_DETECT_ZEROES_OPTIONS_OFF &&
        !(flags & BDRV_REQ_ZERO_WRITE) && drv->bdrv_co_pwrite_zeroes &&
        qemu_iovec_is_zero(qiov, qiov_offset, bytes)) {
        flags |= BDRV_REQ_ZERO_WRITE;
        if (bs->detect_zeroes == BLOCKDEV_DETECT_ZEROES_OPTIONS_UNMAP) {
            flags |= BDRV_REQ_MAY_UNMAP;
        }
        /* The zeroes are not in the buffer any more. */
        flags &= ~BDRV_REQ_REGISTERED_BUF;
    }

    if (ret < 0) {
        /* as it is */
    } else if (flags & BDRV_REQ_ZERO_WRITE) {
        bdrv_debug_event(bs, BLKDBG_PWRITEV_ZERO);
        ret = bdrv_co_do_pwrite_zeroes(bs, offset, bytes, flags);
    } else if (flags & BDRV_REQ_WRITE_COMPRESSED) {
        ret = bdrv_driver_pwritev_compressed(bs, offset, bytes,
                                             qiov, qiov_offset);
    } else if (bytes <= max_transfer) {
        bdrv_debug_event(bs, BLKDBG_PWRITEV);
        ret = bdrv_driver_pwritev(bs, offset, bytes, qiov, qiov_offset, flags);
    } else {
        bdrv_debug_event(bs, BLKDBG_PWRITEV);
        while (bytes_remaining && ret >= 0) {
            int num = MIN(bytes_remaining, max_transfer);
            int local_flags = flags;

            assert(num);
            /* One flush, with the last. */
            if (num < bytes_remaining && (flags & BDRV_REQ_FUA) &&
                !(bs->supported_write_flags & BDRV_REQ_FUA)) {
                local_flags &= ~BDRV_REQ_FUA;
            }
            ret = bdrv_driver_pwritev(bs, offset + bytes - bytes_remaining,
                                      num, qiov,
                                      qiov_offset + bytes - bytes_remaining,
                                      local_flags);
            bytes_remaining -= num;
        }
    }
    bdrv_debug_event(bs, BLKDBG_PWRITEV_DONE);

    if (ret >= 0) {
        ret = 0;
    }
    bdrv_co_write_req_finish(child, offset, bytes, req, ret);
    return ret;
}

int coroutine_fn bdrv_co_pwritev(BdrvChild *child,
    int64_t offset, int64_t bytes, QEMUIOVector *qiov,
    BdrvRequestFlags flags)
{
    return bdrv_co_pwritev_part(child, offset, bytes, qiov, 0, flags);
}

static int coroutine_fn bdrv_co_pwritev_bounced(BdrvChild *child,
    int64_t offset, int64_t bytes, QEMUIOVector *qiov, size_t qiov_offset,
    BdrvRequestFlags flags)
{
    QEMU_AUTO_VFREE void *buf = qemu_try_blockalign(child->bs, bytes);

    if (!buf) {
        return -ENOMEM;
    }
    qemu_iovec_to_buf(qiov, qiov_offset, buf, bytes);
    return bdrv_co_pwrite(child, offset, bytes, buf,
                          flags & ~BDRV_REQ_REGISTERED_BUF);
}

int coroutine_fn bdrv_co_pwritev_part(BdrvChild *child,
    int64_t offset, int64_t bytes,
    QEMUIOVector *qiov, size_t qiov_offset, BdrvRequestFlags flags)
{
    BlockDriverState *bs = child->bs;
    uint64_t align = bs->bl.request_alignment;
    BdrvTrackedRequest req;
    BdrvRequestPadding pad;
    bool padded = false;
    int ret;

    trace_bdrv_co_pwritev_part(bs, offset, bytes, flags);

    if (!bdrv_is_inserted(bs)) {
        return -ENOMEDIUM;
    }
    /* Zeroes have no buffer, and may be many. */
    ret = flags & BDRV_REQ_ZERO_WRITE
        ? bdrv_check_request(offset, bytes, NULL)
        : bdrv_check_request32(offset, bytes, qiov, qiov_offset);
    if (ret < 0) {
        return ret;
    }
    /* Compressed data is not patched: only the end of the image is short. */
    if ((flags & BDRV_REQ_WRITE_COMPRESSED) &&
        !QEMU_IS_ALIGNED(offset | bytes, align) &&
        offset + bytes != bdrv_getlength(bs)) {
        return -ENOTSUP;
    }
    if (bytes == 0 && !QEMU_IS_ALIGNED(offset, align)) {
        return 0;
    }

    bdrv_inc_in_flight(bs);
    if (!(flags & BDRV_REQ_ZERO_WRITE) &&
        bdrv_too_many_pieces(bs, qiov, qiov_offset, bytes)) {
        ret = bdrv_co_pwritev_bounced(child, offset, bytes, qiov, qiov_offset,
                                      flags);
        goto out;
    }
    if (!(flags & BDRV_REQ_ZERO_WRITE)) {
        ret = bdrv_pad_request(bs, &qiov, &qiov_offset, &offset, &bytes, &pad,
                               &padded, &flags);
        if (ret < 0) {
            goto out;
        }
    }

    tracked_request_begin(&req, bs, offset, bytes, BDRV_TRACKED_WRITE);
    if (flags & BDRV_REQ_ZERO_WRITE) {
        ret = bdrv_co_do_zero_pwritev(child, offset, bytes, flags, &req);
    } else {
        ret = 0;
        if (padded) {
            /* Nobody else changes the units between our read and write. */
            bdrv_make_request_serialising(&req, align);
            ret = bdrv_padding_rmw_read(child, &req, &pad, false);
        }
        if (ret >= 0) {
            ret = bdrv_aligned_pwritev(child, &req, offset, bytes, align,
                                       qiov, qiov_offset, flags);
        }
        bdrv_padding_destroy(&pad);
    }
    tracked_request_end(&req);
out:
    bdrv_dec_in_flight(bs);
    return ret;
}
