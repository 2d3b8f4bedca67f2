/*
 * One request, in the form in which the driver takes it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "block-core.h"
#include "io-int.h"
#include "qemu/memalign.h"

/* A driver with callbacks: wait for its callback. */
typedef struct CoroutineIOCompletion {
    Coroutine *coroutine;
    int ret;
} CoroutineIOCompletion;

static void bdrv_co_io_em_complete(void *opaque, int ret)
{
    CoroutineIOCompletion *co = opaque;

    co->ret = ret;
    aio_co_wake(co->coroutine);
}

static int coroutine_fn bdrv_driver_rw_aio(BlockDriverState *bs, bool is_write,
                                           int64_t offset, int64_t bytes,
                                           QEMUIOVector *qiov,
                                           BdrvRequestFlags flags)
{
    CoroutineIOCompletion co = { .coroutine = qemu_coroutine_self() };
    BlockAIOCB *acb;

    acb = (is_write ? bs->drv->bdrv_aio_pwritev : bs->drv->bdrv_aio_preadv)(
        bs, offset, bytes, qiov, flags, bdrv_co_io_em_complete, &co);
    if (!acb) {
        return -EIO;
    }
    qemu_coroutine_yield();
    return co.ret;
}

/* The part of @qiov for a driver that knows no offsets in it. */
static QEMUIOVector *qiov_slice(QEMUIOVector *qiov, size_t qiov_offset,
                                size_t bytes, QEMUIOVector *local)
{
    if (qiov_offset == 0 && bytes == qiov->size) {
        return qiov;
    }
    qemu_iovec_init_slice(local, qiov, qiov_offset, bytes);
    return local;
}

int coroutine_fn bdrv_driver_preadv(BlockDriverState *bs,
                                    int64_t offset, int64_t bytes,
                                    QEMUIOVector *qiov, size_t qiov_offset,
                                    int flags)
{
    BlockDriver *drv = bs->drv;
    QEMUIOVector local, *slice;
    int ret;

    if (!drv) {
        return -ENOMEDIUM;
    }
    flags &= bs->supported_read_flags;
    if (drv->bdrv_co_preadv_part) {
        return drv->bdrv_co_preadv_part(bs, offset, bytes, qiov, qiov_offset,
                                        flags);
    }
    slice = qiov_slice(qiov, qiov_offset, bytes, &local);
    if (drv->bdrv_co_preadv) {
        ret = drv->bdrv_co_preadv(bs, offset, bytes, slice, flags);
    } else {
        ret = bdrv_driver_rw_aio(bs, false, offset, bytes, slice, flags);
    }
    if (slice == &local) {
        qemu_iovec_destroy(&local);
    }
    return ret;
}

int coroutine_fn bdrv_driver_pwritev(BlockDriverState *bs,
                                     int64_t offset, int64_t bytes,
                                     QEMUIOVector *qiov, size_t qiov_offset,
                                     BdrvRequestFlags flags)
{
    BlockDriver *drv = bs->drv;
    bool emulate_fua = false;
    QEMUIOVector local, *slice;
    int ret;

    if (!drv) {
        return -ENOMEDIUM;
    }
    if ((flags & BDRV_REQ_FUA) &&
        !(bs->supported_write_flags & BDRV_REQ_FUA)) {
        flags &= ~BDRV_REQ_FUA;
        emulate_fua = true;
    }
    flags &= bs->supported_write_flags;

    if (drv->bdrv_co_pwritev_part) {
        ret = drv->bdrv_co_pwritev_part(bs, offset, bytes, qiov, qiov_offset,
                                        flags);
    } else {
        slice = qiov_slice(qiov, qiov_offset, bytes, &local);
        if (drv->bdrv_co_pwritev) {
            ret = drv->bdrv_co_pwritev(bs, offset, bytes, slice, flags);
        } else {
            ret = bdrv_driver_rw_aio(bs, true, offset, bytes, slice, flags);
        }
        if (slice == &local) {
            qemu_iovec_destroy(&local);
        }
    }
    if (ret == 0 && emulate_fua) {
        ret = bdrv_co_flush(bs);
    }
    return ret;
}

int coroutine_fn bdrv_driver_pwritev_compressed(BlockDriverState *bs,
                                                int64_t offset, int64_t bytes,
                                                QEMUIOVector *qiov,
                                                size_t qiov_offset)
{
    BlockDriver *drv = bs->drv;
    QEMUIOVector local, *slice;
    int ret;

    if (!drv) {
        return -ENOMEDIUM;
    }
    if (drv->bdrv_co_pwritev_compressed_part) {
        return drv->bdrv_co_pwritev_compressed_part(bs, offset, bytes, qiov,
                                                    qiov_offset);
    }
    if (!drv->bdrv_co_pwritev_compressed) {
        return -ENOTSUP;
    }
    slice = qiov_slice(qiov, qiov_offset, bytes, &local);
    ret = drv->bdrv_co_pwritev_compressed(bs, offset, bytes, slice);
    if (slice == &local) {
        qemu_iovec_destroy(&local);
    }
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
