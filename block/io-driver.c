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
