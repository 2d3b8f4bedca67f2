/*
 * What is where: data, zeroes, holes, and in which layer.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "block-core.h"
#include "io-int.h"

/*
 * One layer's answer (BDRV_BLOCK_*), for [offset, offset + *pnum).  *pnum is 0
 * only at the end of the image.
 */
static int coroutine_fn bdrv_co_block_status(BlockDriverState *bs,
                                             bool want_zero,
                                             int64_t offset, int64_t bytes,
                                             int64_t *pnum, int64_t *map,
                                             BlockDriverState **file)
{
    int64_t total_size, n, aligned_offset, aligned_bytes;
    int64_t local_map = 0;
    BlockDriverState *local_file = NULL;
    uint32_t align;
    int ret;

    assert(pnum);
    *pnum = 0;
    total_size = bdrv_getlength(bs);
    if (total_size < 0) {
        ret = total_size;
        goto early_out;
    }
    if (offset >= total_size) {
        ret = BDRV_BLOCK_EOF;
        goto early_out;
    }
    if (!bytes) {
        ret = 0;
        goto early_out;
    }
    n = total_size - offset;
    bytes = MIN(bytes, n);

    bdrv_inc_in_flight(bs);

    /* A driver that has no idea: all is data, at the same place below. */
    if (!bs->drv->bdrv_co_block_status && !bdrv_filter_child(bs)) {
        *pnum = bytes;
        ret = BDRV_BLOCK_DATA | BDRV_BLOCK_ALLOCATED;
        if (offset + bytes == total_size) {
            ret |= BDRV_BLOCK_EOF;
        }
        if (bs->drv->bdrv_file_open) {
            ret |= BDRV_BLOCK_OFFSET_VALID;
            local_map = offset;
            local_file = bs;
        }
        goto out;
    }

    align = bs->bl.request_alignment;
    aligned_offset = QEMU_ALIGN_DOWN(offset, align);
    aligned_bytes = ROUND_UP(offset + bytes, align) - aligned_offset;

    if (bs->drv->bdrv_co_block_status) {
        ret = bs->drv->bdrv_co_block_status(bs, want_zero, aligned_offset,
                                            aligned_bytes, pnum, &local_map,
                                            &local_file);
    } else {
        /* A filter shows what is below. */
        local_file = bdrv_filter_bs(bs);
        local_map = aligned_offset;
        *pnum = aligned_bytes;
        ret = BDRV_BLOCK_RAW | BDRV_BLOCK_OFFSET_VALID;
    }
    if (ret < 0) {
        *pnum = 0;
        goto out;
    }

    /* What is asked for of what was said. */
    assert(*pnum && QEMU_IS_ALIGNED(*pnum, align) &&
           align > offset - aligned_offset);
    if (ret & BDRV_BLOCK_RECURSE) {
        assert(ret & BDRV_BLOCK_DATA);
        assert(ret & BDRV_BLOCK_OFFSET_VALID);
        assert(!(ret & BDRV_BLOCK_ZERO));
    }
    *pnum = MIN(*pnum - (offset - aligned_offset), bytes);
    if (ret & BDRV_BLOCK_OFFSET_VALID) {
        local_map += offset - aligned_offset;
    }

    if (ret & BDRV_BLOCK_RAW) {
        assert(ret & BDRV_BLOCK_OFFSET_VALID && local_file);
        ret = bdrv_co_block_status(local_file, want_zero, local_map, *pnum,
                                   pnum, &local_map, &local_file);
        goto out;
    }

    if (ret & (BDRV_BLOCK_DATA | BDRV_BLOCK_ZERO)) {
        ret |= BDRV_BLOCK_ALLOCATED;
    } else if (bs->drv->supports_backing) {
        BlockDriverState *cow_bs = bdrv_cow_bs(bs);

        /* It comes from the backing file, or from nowhere. */
        if (!cow_bs) {
            ret |= BDRV_BLOCK_ZERO;
        } else if (want_zero) {
            int64_t size2 = bdrv_getlength(cow_bs);

            if (size2 >= 0 && offset >= size2) {
                ret |= BDRV_BLOCK_ZERO;
            }
        }
    }

    /* The layer says data; the one below may know that they are zeroes. */
    if (want_zero && ret & BDRV_BLOCK_RECURSE &&
        (ret & BDRV_BLOCK_DATA) && !(ret & BDRV_BLOCK_ZERO) &&
        (ret & BDRV_BLOCK_OFFSET_VALID)) {
        int64_t file_pnum;
        int ret2;

        ret2 = bdrv_co_block_status(local_file, want_zero, local_map, *pnum,
                                    &file_pnum, NULL, NULL);
        if (ret2 >= 0) {
            /* An error is none here: it was only worth a try. */
            if (ret2 & BDRV_BLOCK_EOF && (!file_pnum ||
                                          ret2 & BDRV_BLOCK_ZERO)) {
                /* Beyond the end of the file, all reads as zeroes. */
                ret |= BDRV_BLOCK_ZERO;
            } else {
                *pnum = file_pnum;
                ret |= ret2 & BDRV_BLOCK_ZERO;
            }
        }
    }
out:
    bdrv_dec_in_flight(bs);
    if (ret >= 0) {
        ret &= ~BDRV_BLOCK_RECURSE;
        if (offset + *pnum == total_size) {
            ret |= BDRV_BLOCK_EOF;
        }
    }
early_out:
    if (file) {
        *file = local_file;
    }
    if (map) {
        *map = local_map;
    }
    return ret;
}

int coroutine_fn bdrv_co_common_block_status_above(BlockDriverState *bs,
    BlockDriverState *base, bool include_base, bool want_zero,
    int64_t offset, int64_t bytes, int64_t *pnum, int64_t *map,
    BlockDriverState **file, int *depth)
{
    BlockDriverState *p;
    int64_t eof = 0;
    int dummy;
    int ret;

    assert(!include_base || base);
    if (!depth) {
        depth = &dummy;
    }
    *depth = 0;

    if (!include_base && bs == base) {
        *pnum = bytes;
        return 0;
    }

    ret = bdrv_co_block_status(bs, want_zero, offset, bytes, pnum, map, file);
    ++*depth;
    if (ret < 0 || *pnum == 0 || ret & BDRV_BLOCK_ALLOCATED || bs == base) {
        return ret;
    }
    if (ret & BDRV_BLOCK_EOF) {
        eof = offset + *pnum;
    }
    assert(*pnum <= bytes);
    bytes = *pnum;

    for (p = bdrv_filter_or_cow_bs(bs); include_base || p != base;
         p = bdrv_filter_or_cow_bs(p)) {
        if (!p) {
            break;
        }
        ret = bdrv_co_block_status(p, want_zero, offset, bytes, pnum, map,
                                   file);
        ++*depth;
        if (ret < 0) {
            return ret;
        }
        if (*pnum == 0) {
            /*
             * A backing file that is shorter: what is beyond its end reads as
             * zeroes, and it is this layer that makes it so.
             */
            assert(ret & BDRV_BLOCK_EOF);
            *pnum = bytes;
            if (file) {
                *file = p;
            }
            ret = BDRV_BLOCK_ZERO | BDRV_BLOCK_ALLOCATED;
            break;
        }
        if (ret & BDRV_BLOCK_ALLOCATED) {
            /* Its end is not that of what is above. */
            ret &= ~BDRV_BLOCK_EOF;
            break;
        }
        if (p == base) {
            assert(include_base);
            break;
        }
        /* What is not there in the upper ones may end sooner in this one. */
        bytes = *pnum;
        ret &= ~BDRV_BLOCK_EOF;
    }
    if (offset + *pnum == eof) {
        ret |= BDRV_BLOCK_EOF;
    }
    return ret;
}
