/*
 * qcow2: what requests do.
 *
 * A request goes piece by piece; a piece is what lies in the file without a gap.
 * For each: take the range, look where it is, read or write without the lock,
 * and for a write to a new place, tell the tables when the data is there.
 *
 * Read qcow2.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "block-core.h"
#include "qapi/error.h"
#include "qemu/memalign.h"
#include "qcow2.h"
#include "trace.h"

/* So much of new clusters is written at a time. */
#define QCOW2_MAX_ALLOCATION (8 * MiB)

void coroutine_fn qcow2_range_lock(BDRVQcow2State *s, Qcow2Request *req,
                                   uint64_t start, uint64_t end,
                                   bool exclusive)
{
    Qcow2Request *other;

    start = start_of_cluster(s, start);
    end = ROUND_UP(end, s->cluster_size);
again:
    QLIST_FOREACH(other, &s->requests, next) {
        if (start < other->end && other->start < end &&
            (exclusive || other->exclusive)) {
            qemu_co_queue_wait(&other->wait, &s->lock);
            goto again;
        }
    }
    *req = (Qcow2Request) { .start = start, .end = end,
                            .exclusive = exclusive };
    qemu_co_queue_init(&req->wait);
    QLIST_INSERT_HEAD(&s->requests, req, next);
}

void coroutine_fn qcow2_range_unlock(Qcow2Request *req)
{
    QLIST_REMOVE(req, next);
    qemu_co_queue_restart_all(&req->wait);
}

/* A part of a compressed cluster. */
static int coroutine_fn qcow2_co_read_compressed(BlockDriverState *bs,
                                                 uint64_t l2_entry,
                                                 uint64_t offset,
                                                 uint64_t bytes,
                                                 QEMUIOVector *qiov,
                                                 size_t qiov_offset)
{
    BDRVQcow2State *s = bs->opaque;
    uint64_t coffset, csize;
    g_autofree uint8_t *in = NULL, *out = NULL;
    int ret;

    qcow2_parse_compressed(s, l2_entry, &coffset, &csize);
    in = g_try_malloc(csize);
    out = g_try_malloc(s->cluster_size);
    if (!in || !out) {
        return -ENOMEM;
    }
    BLKDBG_EVENT(bs->file, BLKDBG_READ_COMPRESSED);
    ret = bdrv_co_pread(bs->file, coffset, csize, in, 0);
    if (ret == 0) {
        ret = qcow2_co_decompress(bs, out, s->cluster_size, in, csize);
    }
    if (ret == 0) {
        qemu_iovec_from_buf(qiov, qiov_offset,
                            out + offset_into_cluster(s, offset), bytes);
    }
    return ret;
}

/* Read a piece that qcow2_get_host_offset() has found. */
static int coroutine_fn qcow2_co_read_piece(BlockDriverState *bs,
                                            QCow2ClusterType type,
                                            uint64_t host_offset,
                                            uint64_t offset, uint64_t bytes,
                                            QEMUIOVector *qiov,
                                            size_t qiov_offset)
{
    switch (type) {
    case QCOW2_CLUSTER_UNALLOCATED:
        if (bs->backing) {
            BLKDBG_EVENT(bs->file, BLKDBG_READ_BACKING_AIO);
            return bdrv_co_preadv_part(bs->backing, offset, bytes, qiov,
                                       qiov_offset, 0);
        }
        /* fall through */
    case QCOW2_CLUSTER_ZERO_PLAIN:
    case QCOW2_CLUSTER_ZERO_ALLOC:
        qemu_iovec_memset(qiov, qiov_offset, 0, bytes);
        return 0;
    case QCOW2_CLUSTER_COMPRESSED:
        return qcow2_co_read_compressed(bs, host_offset, offset, bytes, qiov,
                                        qiov_offset);
    case QCOW2_CLUSTER_NORMAL:
        BLKDBG_EVENT(bs->file, BLKDBG_READ_AIO);
        return bdrv_co_preadv_part(bs->file, host_offset, bytes, qiov,
                                   qiov_offset, 0);
    }
    g_assert_not_reached();
}

/* No more after damage was found; -EIO then. */
static int qcow2_usable(BDRVQcow2State *s)
{
    return s->incompatible_features & QCOW2_INCOMPAT_CORRUPT &&
           s->signaled_corruption ? -EIO : 0;
}

/* [offset, offset + bytes) into @qiov; the caller has the range. */
static int coroutine_fn qcow2_co_read_locked_range(BlockDriverState *bs,
                                                   uint64_t offset,
                                                   uint64_t bytes,
                                                   QEMUIOVector *qiov,
                                                   size_t qiov_offset)
{
    BDRVQcow2State *s = bs->opaque;

    while (bytes) {
        uint64_t n = bytes, host_offset;
        QCow2ClusterType type;
        bool copied;
        int ret;

        qemu_co_mutex_lock(&s->lock);
        ret = qcow2_usable(s);
        if (ret == 0) {
            ret = qcow2_get_host_offset(bs, offset, &n, &host_offset, &type,
                                        &copied);
        }
        qemu_co_mutex_unlock(&s->lock);
        if (ret == 0) {
            ret = qcow2_co_read_piece(bs, type, host_offset, offset, n, qiov,
                                      qiov_offset);
        }
        if (ret < 0) {
            return ret;
        }
        bytes -= n;
        offset += n;
        qiov_offset += n;
    }
    return 0;
}

int coroutine_fn qcow2_co_preadv_part(BlockDriverState *bs, int64_t offset,
                                      int64_t bytes, QEMUIOVector *qiov,
                                      size_t qiov_offset,
                                      BdrvRequestFlags flags)
{
    BDRVQcow2State *s = bs->opaque;
    Qcow2Request req;
    int ret;

    if (!bytes) {
        return 0;
    }
    qemu_co_mutex_lock(&s->lock);
    qcow2_range_lock(s, &req, offset, offset + bytes, false);
    qemu_co_mutex_unlock(&s->lock);

    ret = qcow2_co_read_locked_range(bs, offset, bytes, qiov, qiov_offset);

    qemu_co_mutex_lock(&s->lock);
    qcow2_range_unlock(&req);
    qemu_co_mutex_unlock(&s->lock);
    return ret;
}

/*
 * Write a piece to new clusters.  What of the first and the last of them the
 * guest does not write is copied from where it was.  s->lock is held at entry
 * and exit, the range throughout; *@bytes shrinks to what was written.
 */
static int coroutine_fn qcow2_co_write_new(BlockDriverState *bs,
                                           uint64_t offset, uint64_t *bytes,
                                           QEMUIOVector *qiov,
                                           size_t qiov_offset,
                                           uint64_t keep_host_offset)
{
    BDRVQcow2State *s = bs->opaque;
    uint64_t head = offset_into_cluster(s, offset), start = offset - head;
    uint64_t clusters = size_to_clusters(s, head + MIN(*bytes,
                                                       QCOW2_MAX_ALLOCATION));
    uint64_t end = offset + *bytes, tail;
    QEMUIOVector whole, head_qiov, tail_qiov;
    void *head_buf = NULL, *tail_buf = NULL;
    int64_t host = keep_host_offset;
    int ret;

    if (!host) {
        host = qcow2_alloc_clusters(bs, &clusters, false);
        if (host < 0) {
            return host;
        }
    }
    end = MIN(end, start + (clusters << s->cluster_bits));
    *bytes = end - offset;
    tail = ROUND_UP(end, s->cluster_size) - end;
    clusters = (end + tail - start) >> s->cluster_bits;
    ret = qcow2_pre_write_overlap_check(bs, 0, host,
                                        clusters << s->cluster_bits);
    qemu_co_mutex_unlock(&s->lock);

    qemu_iovec_init(&whole, qiov->niov + 2);
    if (ret == 0 && head) {
        head_buf = qemu_try_blockalign(bs, head);
        ret = head_buf ? 0 : -ENOMEM;
        if (ret == 0) {
            BLKDBG_EVENT(bs->file, BLKDBG_COW_READ);
            qemu_iovec_init_buf(&head_qiov, head_buf, head);
            ret = qcow2_co_read_locked_range(bs, start, head, &head_qiov, 0);
            qemu_iovec_add(&whole, head_buf, head);
        }
    }
    qemu_iovec_concat(&whole, qiov, qiov_offset, *bytes);
    if (ret == 0 && tail) {
        tail_buf = qemu_try_blockalign(bs, tail);
        ret = tail_buf ? 0 : -ENOMEM;
        if (ret == 0) {
            BLKDBG_EVENT(bs->file, BLKDBG_COW_READ);
            qemu_iovec_init_buf(&tail_qiov, tail_buf, tail);
            ret = qcow2_co_read_locked_range(bs, end, tail, &tail_qiov, 0);
            qemu_iovec_add(&whole, tail_buf, tail);
        }
    }
    if (ret == 0) {
        BLKDBG_EVENT(bs->file, BLKDBG_WRITE_AIO);
        trace_qcow2_writev_data(qemu_coroutine_self(), host + head);
        ret = bdrv_co_pwritev(bs->file, host, head + *bytes + tail, &whole, 0);
    }
    qemu_iovec_destroy(&whole);
    qemu_vfree(head_buf);
    qemu_vfree(tail_buf);

    qemu_co_mutex_lock(&s->lock);
    if (ret == 0) {
        s->data_unflushed = true;
        ret = qcow2_link_clusters(bs, start, host, clusters);
    }
    if (ret == 0) {
        return qcow2_bound_freed(bs);
    }
    if (!keep_host_offset) {
        qcow2_free_clusters(bs, host, clusters << s->cluster_bits,
                            QCOW2_DISCARD_NEVER);
    }
    return ret;
}

/*
 * The next piece of a write.  First as one of many that may overlap; if it has
 * to change the tables, as the only one.
 */
static int coroutine_fn qcow2_co_write_piece(BlockDriverState *bs,
                                             uint64_t offset, uint64_t *bytes,
                                             QEMUIOVector *qiov,
                                             size_t qiov_offset)
{
    BDRVQcow2State *s = bs->opaque;
    uint64_t wanted = *bytes;
    bool exclusive = false;
    Qcow2Request req;
    int ret;

    qemu_co_mutex_lock(&s->lock);
    for (;;) {
        uint64_t n = wanted, host_offset;
        QCow2ClusterType type;
        bool copied;

        qcow2_range_lock(s, &req, offset, offset + wanted, exclusive);
        ret = qcow2_usable(s);
        if (ret == 0) {
            ret = qcow2_get_host_offset(bs, offset, &n, &host_offset, &type,
                                        &copied);
        }
        if (ret < 0) {
            break;
        }
        *bytes = n;
        if (type == QCOW2_CLUSTER_NORMAL && copied) {
            ret = qcow2_pre_write_overlap_check(bs, 0, host_offset, n);
            if (ret < 0) {
                break;
            }
            qemu_co_mutex_unlock(&s->lock);
            BLKDBG_EVENT(bs->file, BLKDBG_WRITE_AIO);
            trace_qcow2_writev_data(qemu_coroutine_self(), host_offset);
            ret = bdrv_co_pwritev_part(bs->file, host_offset, n, qiov,
                                       qiov_offset, 0);
            qemu_co_mutex_lock(&s->lock);
            break;
        }
        if (exclusive) {
            bool keep = type == QCOW2_CLUSTER_ZERO_ALLOC && copied;

            ret = qcow2_co_write_new(bs, offset, bytes, qiov, qiov_offset,
                                     keep ? start_of_cluster(s, host_offset)
                                          : 0);
            break;
        }
        qcow2_range_unlock(&req);
        exclusive = true;
    }
    qcow2_range_unlock(&req);
    qemu_co_mutex_unlock(&s->lock);
    return ret;
}

int coroutine_fn qcow2_co_pwritev_part(BlockDriverState *bs, int64_t offset,
                                       int64_t bytes, QEMUIOVector *qiov,
                                       size_t qiov_offset,
                                       BdrvRequestFlags flags)
{
    int ret = 0;

    trace_qcow2_writev_start_req(qemu_coroutine_self(), offset, bytes);
    while (bytes && ret == 0) {
        uint64_t n = bytes;

        ret = qcow2_co_write_piece(bs, offset, &n, qiov, qiov_offset);
        bytes -= n;
        offset += n;
        qiov_offset += n;
    }
    trace_qcow2_writev_done_req(qemu_coroutine_self(), ret);
    return ret;
}

/* Do the @bytes from @offset on read as zeroes?  The caller has the range. */
static bool coroutine_fn qcow2_co_is_zero(BlockDriverState *bs,
                                          uint64_t offset, uint64_t bytes)
{
    int64_t n;

    /* Nothing behind the end is seen by anybody. */
    if (offset >= bs->total_sectors * BDRV_SECTOR_SIZE || !bytes) {
        return true;
    }
    bytes = MIN(bytes, bs->total_sectors * BDRV_SECTOR_SIZE - offset);
    while (bytes) {
        int ret = bdrv_block_status_above(bs, NULL, offset, bytes, &n, NULL,
                                          NULL);

        if (ret < 0 || !(ret & BDRV_BLOCK_ZERO) || !n) {
            return false;
        }
        bytes -= n;
        offset += n;
    }
    return true;
}

int coroutine_fn qcow2_co_pwrite_zeroes(BlockDriverState *bs, int64_t offset,
                                        int64_t bytes, BdrvRequestFlags flags)
{
    BDRVQcow2State *s = bs->opaque;
    uint64_t head = offset_into_cluster(s, offset);
    uint64_t end = offset + bytes, tail = ROUND_UP(end, s->cluster_size) - end;
    uint64_t disk_end = bs->total_sectors * BDRV_SECTOR_SIZE;
    Qcow2Request req;
    bool part;
    int ret;

    trace_qcow2_pwrite_zeroes_start_req(qemu_coroutine_self(), offset, bytes);
    /* A part of a cluster only if the rest of it is zero as well. */
    part = head || (tail && end < disk_end);
    if (part && (head + bytes + tail > s->cluster_size ||
                 !qcow2_co_is_zero(bs, offset - head, head) ||
                 !qcow2_co_is_zero(bs, end, tail))) {
        trace_qcow2_pwrite_zeroes(qemu_coroutine_self(), offset, bytes);
        return -ENOTSUP;
    }

    qemu_co_mutex_lock(&s->lock);
    qcow2_range_lock(s, &req, offset, end, true);
    ret = qcow2_usable(s);
    /* The rest may have been written before the range was ours. */
    if (ret == 0 && part) {
        uint64_t n = 1, host_offset;
        QCow2ClusterType type;
        bool copied;

        ret = qcow2_get_host_offset(bs, offset, &n, &host_offset, &type,
                                    &copied);
        if (ret == 0 && (type == QCOW2_CLUSTER_NORMAL ||
                         type == QCOW2_CLUSTER_COMPRESSED)) {
            ret = -ENOTSUP;
        }
    }
    if (ret == 0 && s->qcow_version < 3 && bs->backing) {
        /* No flag says zero, and without one the backing file shows. */
        ret = -ENOTSUP;
    }
    if (ret == 0) {
        bool unmap = flags & BDRV_REQ_MAY_UNMAP || s->qcow_version < 3;

        ret = qcow2_zero_clusters(bs, offset - head, head + bytes + tail,
                                  s->qcow_version >= 3, unmap,
                                  QCOW2_DISCARD_REQUEST);
    }
    qcow2_range_unlock(&req);
    qemu_co_mutex_unlock(&s->lock);
    return ret;
}

int coroutine_fn qcow2_co_pdiscard(BlockDriverState *bs, int64_t offset,
                                   int64_t bytes)
{
    BDRVQcow2State *s = bs->opaque;
    uint64_t end = offset + bytes;
    Qcow2Request req;
    int ret;

    /* What was hidden in the backing file must not come back. */
    if (s->qcow_version < 3 && bs->backing) {
        return -ENOTSUP;
    }
    /* The last cluster of the disk may be a part of one. */
    if (end == bs->total_sectors * BDRV_SECTOR_SIZE) {
        end = ROUND_UP(end, s->cluster_size);
    }
    if (offset_into_cluster(s, offset) || offset_into_cluster(s, end)) {
        return -ENOTSUP;
    }
    qemu_co_mutex_lock(&s->lock);
    qcow2_range_lock(s, &req, offset, end, true);
    ret = qcow2_usable(s);
    if (ret == 0) {
        ret = qcow2_zero_clusters(bs, offset, end - offset,
                                  s->qcow_version >= 3, true,
                                  QCOW2_DISCARD_REQUEST);
    }
    qcow2_range_unlock(&req);
    qemu_co_mutex_unlock(&s->lock);
    return ret;
}

static int coroutine_fn qcow2_make_empty_fn(void *opaque)
{
    BlockDriverState *bs = opaque;
    BDRVQcow2State *s = bs->opaque;
    uint64_t end = ROUND_UP(bs->total_sectors * BDRV_SECTOR_SIZE,
                            s->cluster_size);
    Qcow2Request req;
    int ret;

    qemu_co_mutex_lock(&s->lock);
    qcow2_range_lock(s, &req, 0, end, true);
    ret = qcow2_usable(s);
    if (ret == 0) {
        BLKDBG_EVENT(bs->file, BLKDBG_EMPTY_IMAGE_PREPARE);
        ret = qcow2_zero_clusters(bs, 0, end, false, true,
                                  QCOW2_DISCARD_SNAPSHOT);
    }
    qcow2_range_unlock(&req);
    qemu_co_mutex_unlock(&s->lock);
    return ret;
}

int qcow2_make_empty(BlockDriverState *bs)
{
    return bdrv_poll_co(bdrv_get_aio_context(bs), qcow2_make_empty_fn, bs);
}

int coroutine_fn qcow2_co_block_status(BlockDriverState *bs, bool want_zero,
                                       int64_t offset, int64_t bytes,
                                       int64_t *pnum, int64_t *map,
                                       BlockDriverState **file)
{
    BDRVQcow2State *s = bs->opaque;
    uint64_t n = bytes, host_offset;
    QCow2ClusterType type;
    bool copied;
    int ret;

    qemu_co_mutex_lock(&s->lock);
    if (want_zero && !s->metadata_preallocation_checked) {
        s->metadata_preallocation = qcow2_detect_metadata_preallocation(bs) ==
                                    1;
        s->metadata_preallocation_checked = true;
    }
    ret = qcow2_get_host_offset(bs, offset, &n, &host_offset, &type, &copied);
    qemu_co_mutex_unlock(&s->lock);
    if (ret < 0) {
        return ret;
    }
    *pnum = n;
    switch (type) {
    case QCOW2_CLUSTER_UNALLOCATED:
        return 0;
    case QCOW2_CLUSTER_COMPRESSED:
        return BDRV_BLOCK_DATA;
    case QCOW2_CLUSTER_ZERO_PLAIN:
        return BDRV_BLOCK_ZERO;
    case QCOW2_CLUSTER_ZERO_ALLOC:
        ret = BDRV_BLOCK_ZERO;
        break;
    case QCOW2_CLUSTER_NORMAL:
        ret = BDRV_BLOCK_DATA;
        if (s->metadata_preallocation) {
            ret |= BDRV_BLOCK_RECURSE;
        }
        break;
    }
    *map = host_offset;
    *file = bs->file->bs;
    return ret | BDRV_BLOCK_OFFSET_VALID;
}
