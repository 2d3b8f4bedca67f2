/*
 * Writing zeroes.
 *
 *   bdrv_co_pwrite_zeroes
 *     bdrv_co_pwritev_part          io.c, with BDRV_REQ_ZERO_WRITE
 *       bdrv_co_do_zero_pwritev     ends that are no whole units are written
 *         bdrv_aligned_pwritev      the middle …
 *           bdrv_co_do_pwrite_zeroes  … by the driver, or from a buffer
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "block-core.h"
#include "io-int.h"
#include "qemu/memalign.h"
#include "trace.h"

int coroutine_fn bdrv_co_pwrite_zeroes(BdrvChild *child, int64_t offset,
                                       int64_t bytes, BdrvRequestFlags flags)
{
    trace_bdrv_co_pwrite_zeroes(child->bs, offset, bytes, flags);
    if (!(child->bs->open_flags & BDRV_O_UNMAP)) {
        flags &= ~BDRV_REQ_MAY_UNMAP;
    }
    return bdrv_co_pwritev(child, offset, bytes, NULL,
                           BDRV_REQ_ZERO_WRITE | flags);
}

/* Zeroes whose ends are in the middle of units: there they are written. */
int coroutine_fn bdrv_co_do_zero_pwritev(BdrvChild *child,
                                                int64_t offset, int64_t bytes,
                                                BdrvRequestFlags flags,
                                                BdrvTrackedRequest *req)
{
    BlockDriverState *bs = child->bs;
    uint64_t align = bs->bl.request_alignment;
    BdrvRequestPadding pad;
    QEMUIOVector local_qiov;
    bool padding;
    int ret = 0;

    /* The ends are ours, not the caller's buffer. */
    flags &= ~BDRV_REQ_REGISTERED_BUF;

    padding = bdrv_init_padding(bs, offset, bytes, &pad);
    if (padding) {
        assert(!(flags & BDRV_REQ_NO_WAIT));
        bdrv_make_request_serialising(req, align);
        ret = bdrv_padding_rmw_read(child, req, &pad, true);
        if (ret < 0) {
            goto out;
        }

        if (pad.head || pad.merge_reads) {
            int64_t aligned_offset = offset & ~(align - 1);
            int64_t write_bytes = pad.merge_reads ? pad.buf_len : align;

            qemu_iovec_init_buf(&local_qiov, pad.buf, write_bytes);
            ret = bdrv_aligned_pwritev(child, req, aligned_offset, write_bytes,
                                       align, &local_qiov, 0,
                                       flags & ~BDRV_REQ_ZERO_WRITE);
            if (ret < 0 || pad.merge_reads) {
                goto out;
            }
            offset += write_bytes - pad.head;
            bytes -= write_bytes - pad.head;
        }
    }

    if (bytes >= align) {
        /* The middle is whole. */
        int64_t aligned_bytes = bytes & ~(align - 1);

        assert((offset & (align - 1)) == 0);
        ret = bdrv_aligned_pwritev(child, req, offset, aligned_bytes, align,
                                   NULL, 0, flags);
        if (ret < 0) {
            goto out;
        }
        bytes -= aligned_bytes;
        offset += aligned_bytes;
    }

    if (bytes) {
        assert(align == pad.tail + bytes);
        qemu_iovec_init_buf(&local_qiov, pad.tail_buf, align);
        ret = bdrv_aligned_pwritev(child, req, offset, align, align,
                                   &local_qiov, 0,
                                   flags & ~BDRV_REQ_ZERO_WRITE);
    }
out:
    bdrv_padding_destroy(&pad);
    return ret;
}

/*
 * Zeroes: by the driver in pieces that it likes (up to its alignment first,
 * then whole units), by writing them where it cannot.
 */
int coroutine_fn bdrv_co_do_pwrite_zeroes(BlockDriverState *bs,
                                          int64_t offset, int64_t bytes,
                                          BdrvRequestFlags flags)
{
    BlockDriver *drv = bs->drv;
    bool need_flush = false;
    void *buf = NULL;
    int64_t max_write_zeroes, alignment;
    int max_transfer;
    int head, tail, ret = 0;

    if (!drv) {
        return -ENOMEDIUM;
    }
    if ((flags & ~bs->supported_zero_flags) & BDRV_REQ_NO_FALLBACK) {
        return -ENOTSUP;
    }
    max_write_zeroes = MIN_NON_ZERO(bs->bl.max_pwrite_zeroes, INT64_MAX);
    alignment = MAX(bs->bl.pwrite_zeroes_alignment, bs->bl.request_alignment);
    max_transfer = MIN_NON_ZERO(bs->bl.max_transfer, MAX_BOUNCE_BUFFER);
    /* Buffers are registered by the guest; ours is not. */
    flags &= ~BDRV_REQ_REGISTERED_BUF;

    assert(alignment % bs->bl.request_alignment == 0);
    head = offset % alignment;
    tail = (offset + bytes) % alignment;
    max_write_zeroes = QEMU_ALIGN_DOWN(max_write_zeroes, alignment);
    assert(max_write_zeroes >= bs->bl.request_alignment);

    while (bytes > 0 && !ret) {
        int64_t num = bytes;

        if (head) {
            /* Up to the next unit; then all of it is aligned. */
            num = MIN(MIN(bytes, max_transfer), alignment - head);
            head = (head + num) % alignment;
            assert(num < max_write_zeroes);
        } else if (tail && num > alignment) {
            /* All but the last, which is short. */
            num -= tail;
        }
        num = MIN(num, max_write_zeroes);

        ret = -ENOTSUP;
        if (drv->bdrv_co_pwrite_zeroes) {
            ret = drv->bdrv_co_pwrite_zeroes(bs, offset, num,
                                             flags & bs->supported_zero_flags);
            if (ret != -ENOTSUP && (flags & BDRV_REQ_FUA) &&
                !(bs->supported_zero_flags & BDRV_REQ_FUA)) {
                need_flush = true;
            }
        } else {
            assert(!bs->supported_zero_flags);
        }

        if (ret == -ENOTSUP && !(flags & BDRV_REQ_NO_FALLBACK)) {
            BdrvRequestFlags write_flags = flags & ~BDRV_REQ_ZERO_WRITE;
            QEMUIOVector qiov;

            if ((flags & BDRV_REQ_FUA) &&
                !(bs->supported_write_flags & BDRV_REQ_FUA)) {
                /* One flush for all. */
                write_flags &= ~BDRV_REQ_FUA;
                need_flush = true;
            }
            num = MIN(num, max_transfer);
            if (buf == NULL) {
                buf = qemu_try_blockalign0(bs, num);
                if (buf == NULL) {
                    ret = -ENOMEM;
                    break;
                }
            }
            qemu_iovec_init_buf(&qiov, buf, num);
            ret = bdrv_driver_pwritev(bs, offset, num, &qiov, 0, write_flags);

            /* A short first one: the next needs a longer buffer. */
            if (num < max_transfer) {
                qemu_vfree(buf);
                buf = NULL;
            }
        }
        offset += num;
        bytes -= num;
    }

    if (ret == 0 && need_flush) {
        ret = bdrv_co_flush(bs);
    }
    qemu_vfree(buf);
    return ret;
}
