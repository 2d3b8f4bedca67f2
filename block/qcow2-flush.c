/*
 * qcow2: bringing the tables to the disk.
 *
 * What the file says must be true whenever the power goes.  So what is referred to
 * is on the disk before what refers to it is written (qcow2.h says which); a flush
 * in between is made only if there is something on each side of it.
 *
 *   qcow2_co_flush_to_os         the guest flushes
 *     qcow2_write_caches
 *   qcow2_inactivate             it is closed, or opened in another way
 *     qcow2_write_caches, with counts that were put off, and clean
 *
 * Read qcow2.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/error-report.h"
#include "qcow2.h"

/* The dirty bit */

/* To the file; s->incompatible_features is the caller's. */
static int qcow2_write_incompatible(BlockDriverState *bs, uint64_t features)
{
    uint64_t be = cpu_to_be64(features);

    return bdrv_pwrite_sync(bs->file,
                            offsetof(QCowHeader, incompatible_features),
                            sizeof(be), &be, 0);
}

int qcow2_mark_image_dirty(BlockDriverState *bs)
{
    BDRVQcow2State *s = bs->opaque;
    int ret;

    assert(s->qcow_version >= 3);
    if (s->incompatible_features & QCOW2_INCOMPAT_DIRTY) {
        return 0;
    }
    ret = qcow2_write_incompatible(bs, s->incompatible_features |
                                   QCOW2_INCOMPAT_DIRTY);
    if (ret == 0) {
        s->incompatible_features |= QCOW2_INCOMPAT_DIRTY;
    }
    return ret;
}

int qcow2_mark_clean(BlockDriverState *bs)
{
    BDRVQcow2State *s = bs->opaque;
    int ret;

    if (!(s->incompatible_features & QCOW2_INCOMPAT_DIRTY)) {
        return 0;
    }
    ret = bdrv_flush(bs->file->bs);
    if (ret < 0) {
        return ret;
    }
    /* If it fails, nobody knows what the file says: it is said again. */
    s->incompatible_features &= ~(uint64_t)QCOW2_INCOMPAT_DIRTY;
    return qcow2_write_incompatible(bs, s->incompatible_features);
}

/* Tables */

/* The dirty part of a table of ours to where the file has it. */
static int qcow2_write_dirty_range(BlockDriverState *bs, const uint64_t *table,
                                   uint64_t offset, Qcow2DirtyRange *dirty,
                                   int overlap)
{
    uint64_t n = dirty->to - dirty->from;
    g_autofree uint64_t *be = g_try_new(uint64_t, n);
    int ret;

    if (!be) {
        return -ENOMEM;
    }
    for (uint64_t i = 0; i < n; i++) {
        be[i] = cpu_to_be64(table[dirty->from + i]);
    }
    offset += dirty->from * sizeof(*be);
    ret = qcow2_pre_write_overlap_check(bs, overlap, offset, n * sizeof(*be));
    if (ret == 0) {
        BLKDBG_EVENT(bs->file, overlap == QCOW2_OL_ACTIVE_L1 ?
                     BLKDBG_L1_UPDATE : BLKDBG_REFBLOCK_ALLOC_HOOKUP);
        ret = bdrv_pwrite(bs->file, offset, n * sizeof(*be), be, 0);
    }
    if (ret == 0) {
        *dirty = (Qcow2DirtyRange) { 0 };
    }
    return ret;
}

/*
 * Before what refers to it is written, what was written is flushed.  If that
 * fails, it is still to be done.
 */
static int qcow2_flush_written(BlockDriverState *bs)
{
    BDRVQcow2State *s = bs->opaque;
    int ret = 0;

    if (s->data_unflushed) {
        ret = bdrv_flush(bs->file->bs);
        s->data_unflushed = ret < 0;
    }
    return ret;
}

static int qcow2_write_refcounts(BlockDriverState *bs)
{
    BDRVQcow2State *s = bs->opaque;
    int ret = 0;

    if (qcow2_cache_is_dirty(s->refcount_block_cache)) {
        ret = qcow2_cache_write(bs, s->refcount_block_cache);
        s->data_unflushed = true;
    }
    if (ret == 0 && s->refcount_table_dirty.to) {
        ret = qcow2_flush_written(bs);
        if (ret == 0) {
            ret = qcow2_write_dirty_range(bs, s->refcount_table,
                                          s->refcount_table_offset,
                                          &s->refcount_table_dirty,
                                          QCOW2_OL_REFCOUNT_TABLE);
            s->data_unflushed = true;
        }
    }
    return ret;
}

int qcow2_write_caches(BlockDriverState *bs)
{
    BDRVQcow2State *s = bs->opaque;
    int ret = 0;

    if (!s->use_lazy_refcounts) {
        ret = qcow2_write_refcounts(bs);
    }
    if (ret == 0 && qcow2_cache_is_dirty(s->l2_table_cache)) {
        ret = qcow2_flush_written(bs);
        if (ret == 0) {
            ret = qcow2_cache_write(bs, s->l2_table_cache);
            s->data_unflushed = true;
        }
    }
    if (ret == 0 && s->l1_dirty.to) {
        ret = qcow2_flush_written(bs);
        if (ret == 0) {
            ret = qcow2_write_dirty_range(bs, s->l1_table, s->l1_table_offset,
                                          &s->l1_dirty, QCOW2_OL_ACTIVE_L1);
            s->data_unflushed = true;
        }
    }
    if (ret == 0 && s->freed->len) {
        ret = qcow2_flush_written(bs);
        if (ret == 0) {
            ret = qcow2_process_freed(bs);
        }
    }
    /* What is left unflushed, the caller flushes, or the next one here. */
    return ret;
}

/* Everything, so that nobody needs to know that it was open here. */
int qcow2_inactivate(BlockDriverState *bs)
{
    BDRVQcow2State *s = bs->opaque;
    int ret;

    if (!bdrv_is_writable(bs) || (s->incompatible_features &
                                  QCOW2_INCOMPAT_CORRUPT)) {
        return 0;
    }
    ret = qcow2_write_caches(bs);
    if (ret == 0) {
        ret = qcow2_write_refcounts(bs);
    }
    if (ret < 0) {
        error_report("Failed to flush the tables of an image: %s",
                     strerror(-ret));
        return ret;
    }
    return s->qcow_version >= 3 ? qcow2_mark_clean(bs) : 0;
}

int coroutine_fn qcow2_co_flush_to_os(BlockDriverState *bs)
{
    BDRVQcow2State *s = bs->opaque;
    int ret;

    qemu_co_mutex_lock(&s->lock);
    ret = s->incompatible_features & QCOW2_INCOMPAT_CORRUPT ?
          -EIO : qcow2_write_caches(bs);
    qemu_co_mutex_unlock(&s->lock);
    return ret;
}
