/*
 * Copy on read: what comes from a backing file is written to the image, too.
 *
 * A node does that for all reads (bdrv_enable_copy_on_read(), -drive's
 * copy-on-read=on), or for those that say so (BDRV_REQ_COPY_ON_READ, from the
 * filter of that name).  bdrv_aligned_preadv() comes here when not all that is
 * wanted is the image's own; it has made the request serialising, by whole
 * clusters, so that no write gets between reading below and writing here.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "block-core.h"
#include "io-int.h"
#include "qemu/cutils.h"
#include "qemu/memalign.h"

void bdrv_enable_copy_on_read(BlockDriverState *bs)
{
    IO_CODE();
    qatomic_inc(&bs->copy_on_read);
}

void bdrv_disable_copy_on_read(BlockDriverState *bs)
{
    int old = qatomic_fetch_dec(&bs->copy_on_read);

    IO_CODE();
    assert(old >= 1);
}

int bdrv_get_cluster_size(BlockDriverState *bs)
{
    BlockDriverInfo bdi;

    if (bdrv_get_info(bs, &bdi) < 0 || bdi.cluster_size == 0) {
        return bs->bl.request_alignment;
    }
    return bdi.cluster_size;
}

/*
 * [@offset, @offset + @bytes), whole clusters of which nothing is in @bs, from
 * below into @bs; and into @buf.
 */
static int coroutine_fn bdrv_cor_copy_clusters(BlockDriverState *bs,
                                               int64_t offset, int64_t bytes,
                                               void *buf)
{
    QEMUIOVector qiov = QEMU_IOVEC_INIT_BUF(qiov, buf, bytes);
    int ret = bdrv_driver_preadv(bs, offset, bytes, &qiov, 0, 0);

    if (ret < 0) {
        return ret;
    }
    bdrv_debug_event(bs, BLKDBG_COR_WRITE);
    if (bs->drv->bdrv_co_pwrite_zeroes && buffer_is_zero(buf, bytes)) {
        return bdrv_co_do_pwrite_zeroes(bs, offset, bytes,
                                        BDRV_REQ_WRITE_UNCHANGED);
    }
    return bdrv_driver_pwritev(bs, offset, bytes, &qiov, 0,
                               BDRV_REQ_WRITE_UNCHANGED);
}

int coroutine_fn bdrv_co_do_copy_on_readv(BdrvChild *child,
                                          int64_t offset, int64_t bytes,
                                          QEMUIOVector *qiov,
                                          size_t qiov_offset, int flags)
{
    BlockDriverState *bs = child->bs;
    QEMU_AUTO_VFREE void *bounce_buffer = NULL;
    int64_t max_transfer = MIN_NON_ZERO(bs->bl.max_transfer,
                                        BDRV_REQUEST_MAX_BYTES);
    int64_t cluster_offset, cluster_bytes, progress = 0, skip_bytes;
    /*
     * While another program has the image nothing is written to it.  Whether
     * the parent may write is not asked: it only reads, and what it reads
     * stays the same.
     */
    bool skip_write = bs->open_flags & BDRV_O_INACTIVE;

    if (!bs->drv) {
        return -ENOMEDIUM;
    }
    bdrv_round_to_clusters(bs, offset, bytes, &cluster_offset, &cluster_bytes);
    skip_bytes = offset - cluster_offset;

    while (cluster_bytes) {
        int64_t pnum = MIN(cluster_bytes, max_transfer), wanted;
        int ret = 1;

        if (!skip_write) {
            int64_t limit = pnum;

            ret = bdrv_is_allocated(bs, cluster_offset, limit, &pnum);
            if (ret < 0) {
                /* The read will fail as well, and say why. */
                pnum = limit;
            } else if (ret == 0 && pnum == 0) {
                /* The image ends within its last cluster. */
                assert(progress >= bytes);
                break;
            }
            assert(skip_bytes < pnum);
        }
        wanted = MIN(pnum - skip_bytes, bytes - progress);

        if (ret <= 0) {
            pnum = MIN(pnum, MAX_BOUNCE_BUFFER);
            wanted = MIN(pnum - skip_bytes, bytes - progress);
            if (!bounce_buffer) {
                int64_t len = MIN(MAX(cluster_bytes, pnum),
                                  MIN(max_transfer, MAX_BOUNCE_BUFFER));

                bounce_buffer = qemu_try_blockalign(bs, len);
                if (!bounce_buffer) {
                    return -ENOMEM;
                }
            }
            ret = bdrv_cor_copy_clusters(bs, cluster_offset, pnum,
                                         bounce_buffer);
            if (ret >= 0 && !(flags & BDRV_REQ_PREFETCH)) {
                qemu_iovec_from_buf(qiov, qiov_offset + progress,
                                    (char *)bounce_buffer + skip_bytes,
                                    wanted);
            }
        } else if (!(flags & BDRV_REQ_PREFETCH)) {
            ret = bdrv_driver_preadv(bs, offset + progress, wanted, qiov,
                                     qiov_offset + progress, 0);
        }
        if (ret < 0) {
            return ret;
        }
        cluster_offset += pnum;
        cluster_bytes -= pnum;
        progress += wanted;
        skip_bytes = 0;
    }
    return 0;
}
