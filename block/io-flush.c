/*
 * Requests without data: flush, discard, truncate, ioctl.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "block-core.h"
#include "io-int.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"
#include "sysemu/block-backend.h"

typedef struct BdrvCoAIO {
    Coroutine *co;
    int ret;
} BdrvCoAIO;

static void bdrv_co_aio_done(void *opaque, int ret)
{
    BdrvCoAIO *s = opaque;

    s->ret = ret;
    aio_co_wake(s->co);
}

/* For a driver with callbacks; @acb is what its method gave. */
static int coroutine_fn bdrv_co_aio_wait(BdrvCoAIO *s, BlockAIOCB *acb)
{
    if (!acb) {
        return -EIO;
    }
    qemu_coroutine_yield();
    return s->ret;
}

/* Flush */

/*
 * One flush at a time: those who come while it runs wait, and the next one is
 * for all of them.  Nothing written since the last: nothing to do.
 */
int coroutine_fn bdrv_co_flush(BlockDriverState *bs)
{
    unsigned current_gen;
    BdrvChild *child;
    int ret = 0;

    bdrv_inc_in_flight(bs);
    if (!bdrv_is_inserted(bs) || bdrv_is_read_only(bs) || bdrv_is_sg(bs)) {
        goto early_exit;
    }

    qemu_co_mutex_lock(&bs->reqs_lock);
    current_gen = qatomic_read(&bs->write_gen);
    while (bs->active_flush_req) {
        qemu_co_queue_wait(&bs->flush_queue, &bs->reqs_lock);
    }
    bs->active_flush_req = true;
    qemu_co_mutex_unlock(&bs->reqs_lock);

    if (bs->drv->bdrv_co_flush) {
        ret = bs->drv->bdrv_co_flush(bs);
        goto out;
    }

    /* Out of our memory, with cache=unsafe, too. */
    bdrv_debug_event(bs, BLKDBG_FLUSH_TO_OS);
    if (bs->drv->bdrv_co_flush_to_os) {
        ret = bs->drv->bdrv_co_flush_to_os(bs);
        if (ret < 0) {
            goto out;
        }
    }
    if (bs->open_flags & BDRV_O_NO_FLUSH) {
        goto flush_children;
    }
    if (bs->flushed_gen == current_gen) {
        goto flush_children;
    }

    bdrv_debug_event(bs, BLKDBG_FLUSH_TO_DISK);
    /* The driver may have gone meanwhile. */
    if (!bs->drv) {
        ret = -ENOMEDIUM;
        goto out;
    }
    if (bs->drv->bdrv_co_flush_to_disk) {
        ret = bs->drv->bdrv_co_flush_to_disk(bs);
    } else if (bs->drv->bdrv_aio_flush) {
        BdrvCoAIO s = { .co = qemu_coroutine_self() };

        ret = bdrv_co_aio_wait(&s, bs->drv->bdrv_aio_flush(
                                       bs, bdrv_co_aio_done, &s));
    }
    if (ret < 0) {
        goto out;
    }

flush_children:
    /*
     * What this node writes to; with NO_FLUSH the children's flags say what
     * they do about it.
     */
    QLIST_FOREACH(child, &bs->children, next) {
        if (child->perm & (BLK_PERM_WRITE | BLK_PERM_WRITE_UNCHANGED)) {
            int this_child_ret = bdrv_co_flush(child->bs);

            if (!ret) {
                ret = this_child_ret;
            }
        }
    }

out:
    if (ret == 0) {
        bs->flushed_gen = current_gen;
    }
    qemu_co_mutex_lock(&bs->reqs_lock);
    bs->active_flush_req = false;
    qemu_co_queue_next(&bs->flush_queue);
    qemu_co_mutex_unlock(&bs->reqs_lock);
early_exit:
    bdrv_dec_in_flight(bs);
    return ret;
}

int bdrv_flush_all(void)
{
    BdrvNextIterator it;
    BlockDriverState *bs;
    int result = 0;

    GLOBAL_STATE_CODE();
    for (bs = bdrv_first(&it); bs; bs = bdrv_next(&it)) {
        AioContext *ctx = bdrv_get_aio_context(bs);
        int ret;

        aio_context_acquire(ctx);
        ret = bdrv_flush(bs);
        if (ret < 0 && !result) {
            result = ret;
        }
        aio_context_release(ctx);
    }
    return result;
}

/* Discard */

static int coroutine_fn bdrv_driver_pdiscard(BlockDriverState *bs,
                                             int64_t offset, int64_t bytes)
{
    BdrvCoAIO s = { .co = qemu_coroutine_self() };

    if (!bs->drv) {
        return -ENOMEDIUM;
    }
    if (bs->drv->bdrv_co_pdiscard) {
        return bs->drv->bdrv_co_pdiscard(bs, offset, bytes);
    }
    return bdrv_co_aio_wait(&s, bs->drv->bdrv_aio_pdiscard(
                                    bs, offset, bytes, bdrv_co_aio_done, &s));
}

/*
 * A hint: what the driver cannot discard (the ends of a range that are no
 * whole units) stays.
 */
int coroutine_fn bdrv_co_pdiscard(BdrvChild *child, int64_t offset,
                                  int64_t bytes)
{
    BlockDriverState *bs = child->bs;
    BdrvTrackedRequest req;
    int64_t max_pdiscard;
    int head, tail, align;
    int ret;

    if (!bs || !bs->drv || !bdrv_is_inserted(bs)) {
        return -ENOMEDIUM;
    }
    if (bdrv_is_read_only(bs)) {
        return -EPERM;
    }
    ret = bdrv_check_request(offset, bytes, NULL);
    if (ret < 0) {
        return ret;
    }
    if (!(bs->open_flags & BDRV_O_UNMAP)) {
        return 0;
    }
    if (!bs->drv->bdrv_co_pdiscard && !bs->drv->bdrv_aio_pdiscard) {
        return 0;
    }

    align = MAX(bs->bl.pdiscard_alignment, bs->bl.request_alignment);
    head = offset % align;
    tail = (offset + bytes) % align;

    bdrv_inc_in_flight(bs);
    tracked_request_begin(&req, bs, offset, bytes, BDRV_TRACKED_DISCARD);
    ret = bdrv_co_write_req_prepare(child, offset, bytes, &req, 0);
    if (ret < 0) {
        goto out;
    }

    max_pdiscard = QEMU_ALIGN_DOWN(MIN_NON_ZERO(bs->bl.max_pdiscard,
                                                INT64_MAX), align);
    assert(max_pdiscard >= bs->bl.request_alignment);

    while (bytes > 0) {
        int64_t num = bytes;

        if (head) {
            /* Up to the next unit, in units of requests at least. */
            num = MIN(bytes, align - head);
            if (!QEMU_IS_ALIGNED(num, bs->bl.request_alignment)) {
                num %= bs->bl.request_alignment;
            }
            head = (head + num) % align;
            assert(num < max_pdiscard);
        } else if (tail) {
            if (num > align) {
                num -= tail;
            } else if (!QEMU_IS_ALIGNED(tail, bs->bl.request_alignment) &&
                       tail > bs->bl.request_alignment) {
                tail %= bs->bl.request_alignment;
                num -= tail;
            }
        }
        num = MIN(num, max_pdiscard);

        ret = bdrv_driver_pdiscard(bs, offset, num);
        if (ret && ret != -ENOTSUP) {
            /* A part of a unit that the driver cannot do is no failure. */
            if (ret == -EINVAL && (offset % align != 0 || num % align != 0)) {
                ret = 0;
            } else {
                goto out;
            }
        }
        offset += num;
        bytes -= num;
    }
    ret = 0;
out:
    bdrv_co_write_req_finish(child, req.offset, req.bytes, &req, ret);
    tracked_request_end(&req);
    bdrv_dec_in_flight(bs);
    return ret;
}

/* Truncate: make longer or shorter */

int coroutine_fn bdrv_co_truncate(BdrvChild *child, int64_t offset, bool exact,
                                  PreallocMode prealloc,
                                  BdrvRequestFlags flags, Error **errp)
{
    BlockDriverState *bs = child->bs;
    BdrvChild *filtered, *backing;
    BlockDriver *drv = bs->drv;
    BdrvTrackedRequest req;
    int64_t old_size, new_bytes;
    int ret;

    if (!drv) {
        error_setg(errp, "No medium inserted");
        return -ENOMEDIUM;
    }
    if (offset < 0) {
        error_setg(errp, "Image size cannot be negative");
        return -EINVAL;
    }
    ret = bdrv_check_request(offset, 0, errp);
    if (ret < 0) {
        return ret;
    }
    old_size = bdrv_getlength(bs);
    if (old_size < 0) {
        error_setg_errno(errp, -old_size, "Failed to get old image size");
        return old_size;
    }
    if (bdrv_is_read_only(bs)) {
        error_setg(errp, "Image is read-only");
        return -EACCES;
    }
    new_bytes = offset > old_size ? offset - old_size : 0;

    bdrv_inc_in_flight(bs);
    /* What is being added is nobody else's until it is done. */
    tracked_request_begin(&req, bs, offset - new_bytes, new_bytes,
                          BDRV_TRACKED_TRUNCATE);
    if (new_bytes) {
        bdrv_make_request_serialising(&req, 1);
    }
    ret = bdrv_co_write_req_prepare(child, offset - new_bytes, new_bytes, &req,
                                    0);
    if (ret < 0) {
        error_setg_errno(errp, -ret, "Failed to prepare request for "
                         "truncation");
        goto out;
    }

    filtered = bdrv_filter_child(bs);
    backing = bdrv_cow_child(bs);

    /*
     * What is new reads as zeroes.  Where the backing file is longer than the
     * image was, its data would come to light.
     */
    if (new_bytes && backing) {
        int64_t backing_len = bdrv_getlength(backing->bs);

        if (backing_len < 0) {
            ret = backing_len;
            error_setg_errno(errp, -ret, "Could not get backing file size");
            goto out;
        }
        if (backing_len > old_size) {
            flags |= BDRV_REQ_ZERO_WRITE;
        }
    }

    if (drv->bdrv_co_truncate) {
        if (flags & ~bs->supported_truncate_flags) {
            error_setg(errp, "Block driver does not support requested flags");
            ret = -ENOTSUP;
            goto out;
        }
        ret = drv->bdrv_co_truncate(bs, offset, exact, prealloc, flags, errp);
    } else if (filtered) {
        ret = bdrv_co_truncate(filtered, offset, exact, prealloc, flags, errp);
    } else {
        error_setg(errp, "Image format driver does not support resize");
        ret = -ENOTSUP;
        goto out;
    }
    if (ret < 0) {
        goto out;
    }

    ret = bdrv_refresh_total_sectors(bs, offset >> BDRV_SECTOR_BITS);
    if (ret < 0) {
        error_setg_errno(errp, -ret, "Could not refresh total sector count");
    } else {
        offset = bs->total_sectors * BDRV_SECTOR_SIZE;
    }
    /* Also if that failed: the file has another length. */
    bdrv_co_write_req_finish(child, offset - new_bytes, new_bytes, &req, 0);
out:
    tracked_request_end(&req);
    bdrv_dec_in_flight(bs);
    return ret;
}

/* ioctl */

int coroutine_fn bdrv_co_ioctl(BlockDriverState *bs, int req, void *buf)
{
    BlockDriver *drv = bs->drv;
    int ret;

    bdrv_inc_in_flight(bs);
    if (!drv || (!drv->bdrv_aio_ioctl && !drv->bdrv_co_ioctl)) {
        ret = -ENOTSUP;
    } else if (drv->bdrv_co_ioctl) {
        ret = drv->bdrv_co_ioctl(bs, req, buf);
    } else {
        BdrvCoAIO s = { .co = qemu_coroutine_self() };

        ret = bdrv_co_aio_wait(&s, drv->bdrv_aio_ioctl(
                                       bs, req, buf, bdrv_co_aio_done, &s));
    }
    bdrv_dec_in_flight(bs);
    return ret;
}
