/*
 * Functions for coroutines, for those who are none: in a coroutine made for
 * the purpose, polling until it is done.
 *
 * (QEMU generates its wrappers, block/block-gen.c, from comments in headers.)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "block-core.h"
#include "io-int.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"

typedef struct BdrvPollCo {
    int coroutine_fn (*fn)(void *opaque);
    void *opaque;
    int ret;
    bool in_progress;
} BdrvPollCo;

static void coroutine_fn bdrv_poll_co_entry(void *opaque)
{
    BdrvPollCo *s = opaque;

    s->ret = s->fn(s->opaque);
    qatomic_store_release(&s->in_progress, false);
    aio_wait_kick();
}

int bdrv_poll_co(AioContext *ctx, int coroutine_fn (*fn)(void *opaque),
                 void *opaque)
{
    BdrvPollCo s = { .fn = fn, .opaque = opaque, .in_progress = true };

    if (qemu_in_coroutine()) {
        return fn(opaque);
    }
    aio_co_enter(ctx, qemu_coroutine_create(bdrv_poll_co_entry, &s));
    AIO_WAIT_WHILE(ctx, qatomic_load_acquire(&s.in_progress));
    return s.ret;
}

/* Reading and writing */

typedef struct {
    BdrvChild *child;
    int64_t offset;
    int64_t bytes;
    QEMUIOVector *qiov;
    BdrvRequestFlags flags;
} BdrvRw;

static int coroutine_fn bdrv_preadv_fn(void *opaque)
{
    BdrvRw *s = opaque;

    return bdrv_co_preadv(s->child, s->offset, s->bytes, s->qiov, s->flags);
}

int bdrv_pread(BdrvChild *child, int64_t offset, int64_t bytes, void *buf,
               BdrvRequestFlags flags)
{
    QEMUIOVector qiov = QEMU_IOVEC_INIT_BUF(qiov, buf, bytes);
    BdrvRw s = { child, offset, bytes, &qiov, flags };

    return bdrv_poll_co(bdrv_get_aio_context(child->bs), bdrv_preadv_fn, &s);
}

static int coroutine_fn bdrv_pwritev_fn(void *opaque)
{
    BdrvRw *s = opaque;

    return bdrv_co_pwritev(s->child, s->offset, s->bytes, s->qiov, s->flags);
}

int bdrv_pwrite(BdrvChild *child, int64_t offset, int64_t bytes,
                const void *buf, BdrvRequestFlags flags)
{
    QEMUIOVector qiov = QEMU_IOVEC_INIT_BUF(qiov, buf, bytes);
    BdrvRw s = { child, offset, bytes, &qiov, flags };

    return bdrv_poll_co(bdrv_get_aio_context(child->bs), bdrv_pwritev_fn, &s);
}

int coroutine_fn bdrv_co_pwrite_sync(BdrvChild *child, int64_t offset,
                                     int64_t bytes, const void *buf,
                                     BdrvRequestFlags flags)
{
    int ret = bdrv_co_pwrite(child, offset, bytes, buf, flags);

    return ret < 0 ? ret : bdrv_co_flush(child->bs);
}

int bdrv_pwrite_sync(BdrvChild *child, int64_t offset, int64_t bytes,
                     const void *buf, BdrvRequestFlags flags)
{
    int ret = bdrv_pwrite(child, offset, bytes, buf, flags);

    return ret < 0 ? ret : bdrv_flush(child->bs);
}

static int coroutine_fn bdrv_pwrite_zeroes_fn(void *opaque)
{
    BdrvRw *s = opaque;

    return bdrv_co_pwrite_zeroes(s->child, s->offset, s->bytes, s->flags);
}

int bdrv_pwrite_zeroes(BdrvChild *child, int64_t offset, int64_t bytes,
                       BdrvRequestFlags flags)
{
    BdrvRw s = { child, offset, bytes, NULL, flags };

    return bdrv_poll_co(bdrv_get_aio_context(child->bs),
                        bdrv_pwrite_zeroes_fn, &s);
}

int bdrv_make_zero(BdrvChild *child, BdrvRequestFlags flags)
{
    BlockDriverState *bs = child->bs;
    int64_t target_size = bdrv_getlength(bs), offset = 0, bytes;

    if (target_size < 0) {
        return target_size;
    }
    while (offset < target_size) {
        int ret;

        bytes = MIN(target_size - offset, BDRV_REQUEST_MAX_BYTES);
        ret = bdrv_block_status(bs, offset, bytes, &bytes, NULL, NULL);
        if (ret < 0) {
            return ret;
        }
        if (!(ret & BDRV_BLOCK_ZERO)) {
            ret = bdrv_pwrite_zeroes(child, offset, bytes, flags);
            if (ret < 0) {
                return ret;
            }
        }
        offset += bytes;
    }
    return 0;
}

static int coroutine_fn bdrv_pdiscard_fn(void *opaque)
{
    BdrvRw *s = opaque;

    return bdrv_co_pdiscard(s->child, s->offset, s->bytes);
}

int bdrv_pdiscard(BdrvChild *child, int64_t offset, int64_t bytes)
{
    BdrvRw s = { child, offset, bytes, NULL, 0 };

    return bdrv_poll_co(bdrv_get_aio_context(child->bs), bdrv_pdiscard_fn, &s);
}

/* Flush, truncate, check */

static int coroutine_fn bdrv_flush_fn(void *opaque)
{
    return bdrv_co_flush(opaque);
}

int bdrv_flush(BlockDriverState *bs)
{
    return bdrv_poll_co(bdrv_get_aio_context(bs), bdrv_flush_fn, bs);
}

typedef struct {
    BdrvChild *child;
    int64_t offset;
    bool exact;
    PreallocMode prealloc;
    BdrvRequestFlags flags;
    Error **errp;
} BdrvTruncate;

static int coroutine_fn bdrv_truncate_fn(void *opaque)
{
    BdrvTruncate *s = opaque;

    return bdrv_co_truncate(s->child, s->offset, s->exact, s->prealloc,
                            s->flags, s->errp);
}

int bdrv_truncate(BdrvChild *child, int64_t offset, bool exact,
                  PreallocMode prealloc, BdrvRequestFlags flags, Error **errp)
{
    BdrvTruncate s = { child, offset, exact, prealloc, flags, errp };

    return bdrv_poll_co(bdrv_get_aio_context(child->bs), bdrv_truncate_fn, &s);
}

typedef struct {
    BlockDriverState *bs;
    BdrvCheckResult *result;
    BdrvCheckMode fix;
} BdrvCheck;

static int coroutine_fn bdrv_check_fn(void *opaque)
{
    BdrvCheck *s = opaque;

    if (!s->bs->drv) {
        return -ENOMEDIUM;
    }
    if (!s->bs->drv->bdrv_co_check) {
        return -ENOTSUP;
    }
    memset(s->result, 0, sizeof(*s->result));
    return s->bs->drv->bdrv_co_check(s->bs, s->result, s->fix);
}

int bdrv_check(BlockDriverState *bs, BdrvCheckResult *res, BdrvCheckMode fix)
{
    BdrvCheck s = { bs, res, fix };

    return bdrv_poll_co(bdrv_get_aio_context(bs), bdrv_check_fn, &s);
}

/* What is where */

typedef struct {
    BlockDriverState *bs, *base;
    bool include_base, want_zero;
    int64_t offset, bytes, *pnum, *map;
    BlockDriverState **file;
    int *depth;
} BdrvBlockStatus;

static int coroutine_fn bdrv_block_status_fn(void *opaque)
{
    BdrvBlockStatus *s = opaque;

    return bdrv_co_common_block_status_above(s->bs, s->base, s->include_base,
                                             s->want_zero, s->offset, s->bytes,
                                             s->pnum, s->map, s->file,
                                             s->depth);
}

static int bdrv_common_block_status_above(BlockDriverState *bs,
                                          BlockDriverState *base,
                                          bool include_base, bool want_zero,
                                          int64_t offset, int64_t bytes,
                                          int64_t *pnum, int64_t *map,
                                          BlockDriverState **file, int *depth)
{
    BdrvBlockStatus s = { bs, base, include_base, want_zero, offset, bytes,
                          pnum, map, file, depth };

    return bdrv_poll_co(bdrv_get_aio_context(bs), bdrv_block_status_fn, &s);
}

int bdrv_block_status_above(BlockDriverState *bs, BlockDriverState *base,
                            int64_t offset, int64_t bytes, int64_t *pnum,
                            int64_t *map, BlockDriverState **file)
{
    return bdrv_common_block_status_above(bs, base, false, true, offset, bytes,
                                          pnum, map, file, NULL);
}

int bdrv_block_status(BlockDriverState *bs, int64_t offset, int64_t bytes,
                      int64_t *pnum, int64_t *map, BlockDriverState **file)
{
    return bdrv_block_status_above(bs, bdrv_filter_or_cow_bs(bs), offset,
                                   bytes, pnum, map, file);
}

int bdrv_is_allocated(BlockDriverState *bs, int64_t offset, int64_t bytes,
                      int64_t *pnum)
{
    int64_t dummy;
    int ret;

    ret = bdrv_common_block_status_above(bs, bs, true, false, offset, bytes,
                                         pnum ? pnum : &dummy, NULL, NULL,
                                         NULL);
    return ret < 0 ? ret : !!(ret & BDRV_BLOCK_ALLOCATED);
}

int bdrv_is_allocated_above(BlockDriverState *bs, BlockDriverState *base,
                            bool include_base, int64_t offset, int64_t bytes,
                            int64_t *pnum)
{
    int depth;
    int ret;

    ret = bdrv_common_block_status_above(bs, base, include_base, false, offset,
                                         bytes, pnum, NULL, NULL, &depth);
    if (ret < 0) {
        return ret;
    }
    return ret & BDRV_BLOCK_ALLOCATED ? depth : 0;
}
