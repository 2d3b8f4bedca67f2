/*
 * qcow2: from the guest's offsets to those of the file, through L1 and L2.
 *
 * L1 is in memory.  Tables of L2 are cached in slices, so that a table of a
 * large cluster need not be read whole.
 *
 * Read qcow2.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/bswap.h"
#include "qemu/memalign.h"
#include "qcow2.h"
#include "trace.h"

/* How many freed ranges may wait for the tables to be written. */
#define QCOW2_FREED_MAX 4096

static inline uint64_t qcow2_l1_index(BDRVQcow2State *s, uint64_t offset)
{
    return offset >> (s->l2_bits + s->cluster_bits);
}

static inline int qcow2_l2_index(BDRVQcow2State *s, uint64_t offset)
{
    return (offset >> s->cluster_bits) & (s->l2_size - 1);
}

static inline int qcow2_l2_slice_index(BDRVQcow2State *s, uint64_t offset)
{
    return (offset >> s->cluster_bits) & (s->l2_slice_size - 1);
}

static inline uint64_t get_l2_entry(Qcow2Table *slice, int index)
{
    return ldq_be_p((uint64_t *)slice->data + index);
}

static inline void set_l2_entry(Qcow2Table *slice, int index, uint64_t entry)
{
    stq_be_p((uint64_t *)slice->data + index, entry);
}

QCow2ClusterType qcow2_get_cluster_type(BDRVQcow2State *s, uint64_t l2_entry)
{
    if (l2_entry & QCOW_OFLAG_COMPRESSED) {
        return QCOW2_CLUSTER_COMPRESSED;
    }
    /* Version 2 has no such flag, and the bit is reserved. */
    if (l2_entry & QCOW_OFLAG_ZERO && s->qcow_version >= 3) {
        return l2_entry & L2E_OFFSET_MASK ? QCOW2_CLUSTER_ZERO_ALLOC
                                          : QCOW2_CLUSTER_ZERO_PLAIN;
    }
    return l2_entry & L2E_OFFSET_MASK ? QCOW2_CLUSTER_NORMAL
                                      : QCOW2_CLUSTER_UNALLOCATED;
}

void qcow2_parse_compressed(BDRVQcow2State *s, uint64_t l2_entry,
                            uint64_t *coffset, uint64_t *csize)
{
    uint64_t sectors = ((l2_entry >> s->csize_shift) & s->csize_mask) + 1;

    *coffset = l2_entry & s->cluster_offset_mask;
    *csize = sectors * 512 - (*coffset & 511);
}

/* -EIO, and a corrupt image, if no L2 table can be at @l2_offset. */
static int qcow2_l2_check_offset(BlockDriverState *bs, uint64_t l1_index,
                                 uint64_t l2_offset)
{
    if (offset_into_cluster(bs->opaque, l2_offset)) {
        qcow2_signal_corruption(bs, true, -1, -1, "L2 table offset %#" PRIx64
                                " unaligned (L1 index: %#" PRIx64 ")",
                                l2_offset, l1_index);
        return -EIO;
    }
    return 0;
}

/* The slice of an L2 table at @l2_offset that has @offset. */
static int qcow2_l2_load(BlockDriverState *bs, uint64_t offset,
                         uint64_t l2_offset, Qcow2Table **slice)
{
    BDRVQcow2State *s = bs->opaque;
    uint64_t start = (uint64_t)(qcow2_l2_index(s, offset) -
                                qcow2_l2_slice_index(s, offset)) * L2E_SIZE;
    int ret = qcow2_l2_check_offset(bs, qcow2_l1_index(s, offset), l2_offset);

    if (ret < 0) {
        return ret;
    }
    return qcow2_cache_get(bs, s->l2_table_cache, l2_offset + start, slice);
}

/* The slice that tells about @offset, to look at; NULL if there is none. */
static int qcow2_l2_lookup(BlockDriverState *bs, uint64_t offset,
                           Qcow2Table **slice)
{
    BDRVQcow2State *s = bs->opaque;
    uint64_t l1_index = qcow2_l1_index(s, offset), l2_offset;

    *slice = NULL;
    if (l1_index >= s->l1_size) {
        return 0;
    }
    l2_offset = s->l1_table[l1_index] & L1E_OFFSET_MASK;
    return l2_offset ? qcow2_l2_load(bs, offset, l2_offset, slice) : 0;
}

/*
 * An L2 table of our own, with what the old one says if there is one.  It is
 * in the file, whole, before L1 names it.
 */
static int qcow2_l2_allocate(BlockDriverState *bs, uint64_t l1_index)
{
    BDRVQcow2State *s = bs->opaque;
    uint64_t old = s->l1_table[l1_index] & L1E_OFFSET_MASK, one = 1;
    void *table;
    int64_t offset;
    int ret = qcow2_l2_check_offset(bs, l1_index, old);

    if (ret < 0) {
        return ret;
    }
    table = qemu_try_blockalign0(bs->file->bs, s->cluster_size);
    if (!table) {
        return -ENOMEM;
    }
    trace_qcow2_l2_allocate(bs, l1_index);
    if (old) {
        /* Nobody writes to a shared table, so that no cache has a newer one. */
        ret = bdrv_pread(bs->file, old, s->cluster_size, table, 0);
        if (ret < 0) {
            goto out;
        }
    }
    offset = qcow2_alloc_clusters(bs, &one, true);
    if (offset < 0) {
        ret = offset;
        goto out;
    }
    ret = qcow2_pre_write_overlap_check(bs, 0, offset, s->cluster_size);
    if (ret == 0) {
        ret = bdrv_pwrite(bs->file, offset, s->cluster_size, table, 0);
    }
    if (ret < 0) {
        qcow2_free_clusters(bs, offset, s->cluster_size, QCOW2_DISCARD_OTHER);
        goto out;
    }
    qcow2_cache_discard(s->l2_table_cache, offset, s->cluster_size);
    s->data_unflushed = true;
    s->l1_table[l1_index] = offset | QCOW_OFLAG_COPIED;
    qcow2_mark_dirty(&s->l1_dirty, l1_index, l1_index + 1);
    if (old) {
        qcow2_free_clusters(bs, old, s->cluster_size, QCOW2_DISCARD_OTHER);
    }
    ret = 0;
out:
    trace_qcow2_l2_allocate_done(bs, l1_index, ret);
    qemu_vfree(table);
    return ret;
}

/* The slice that tells about @offset, to be changed. */
static int get_cluster_table(BlockDriverState *bs, uint64_t offset,
                             Qcow2Table **slice)
{
    BDRVQcow2State *s = bs->opaque;
    uint64_t l1_index = qcow2_l1_index(s, offset);
    int ret;

    if (l1_index >= s->l1_size) {
        ret = qcow2_grow_l1_table(bs, l1_index + 1);
        if (ret < 0) {
            return ret;
        }
    }
    if (!(s->l1_table[l1_index] & QCOW_OFLAG_COPIED)) {
        ret = qcow2_l2_allocate(bs, l1_index);
        if (ret < 0) {
            return ret;
        }
    }
    return qcow2_l2_load(bs, offset, s->l1_table[l1_index] & L1E_OFFSET_MASK,
                         slice);
}

int qcow2_get_host_offset(BlockDriverState *bs, uint64_t offset,
                          uint64_t *bytes, uint64_t *host_offset,
                          QCow2ClusterType *type, bool *copied)
{
    BDRVQcow2State *s = bs->opaque;
    int index = qcow2_l2_slice_index(s, offset);
    uint64_t in_cluster = offset_into_cluster(s, offset);
    /* To the end of the slice; no further with one look. */
    uint64_t room = ((uint64_t)(s->l2_slice_size - index) << s->cluster_bits) -
                    in_cluster;
    uint64_t found = s->cluster_size - in_cluster, entry;
    Qcow2Table *slice;
    int ret;

    *bytes = MIN(*bytes, room);
    *host_offset = 0;
    *copied = false;
    *type = QCOW2_CLUSTER_UNALLOCATED;
    ret = qcow2_l2_lookup(bs, offset, &slice);
    if (ret < 0 || !slice) {
        return ret;
    }

    entry = get_l2_entry(slice, index);
    *type = qcow2_get_cluster_type(s, entry);
    *copied = entry & QCOW_OFLAG_COPIED;
    if (*type == QCOW2_CLUSTER_COMPRESSED) {
        *host_offset = entry;
        *copied = false;
    } else if (entry & L2E_OFFSET_MASK) {
        *host_offset = entry & L2E_OFFSET_MASK;
        if (offset_into_cluster(s, *host_offset)) {
            bool zero = *type == QCOW2_CLUSTER_ZERO_ALLOC;

            ret = -EIO;
            qcow2_signal_corruption(bs, true, -1, -1,
                "%s offset %#" PRIx64 " unaligned (L2 offset: %#" PRIx64
                ", L2 index: %#x)",
                zero ? "Preallocated zero cluster" : "Cluster allocation",
                *host_offset,
                (uint64_t)(s->l1_table[qcow2_l1_index(s, offset)] &
                           L1E_OFFSET_MASK), qcow2_l2_index(s, offset));
            goto out;
        }
        *host_offset += in_cluster;
    }
    /* More of the same, and behind each other. */
    while (found < *bytes && *type != QCOW2_CLUSTER_COMPRESSED) {
        uint64_t next = get_l2_entry(slice, ++index);

        if (qcow2_get_cluster_type(s, next) != *type ||
            !!(next & QCOW_OFLAG_COPIED) != *copied ||
            (*host_offset &&
             (next & L2E_OFFSET_MASK) != *host_offset + found)) {
            break;
        }
        found += s->cluster_size;
    }
    *bytes = MIN(*bytes, found);
out:
    qcow2_cache_put(s->l2_table_cache, &slice);
    return ret;
}

int qcow2_bound_freed(BlockDriverState *bs)
{
    BDRVQcow2State *s = bs->opaque;

    return s->freed->len < QCOW2_FREED_MAX ? 0 : qcow2_write_caches(bs);
}

int qcow2_link_clusters(BlockDriverState *bs, uint64_t offset,
                        uint64_t host_offset, uint64_t nb_clusters)
{
    BDRVQcow2State *s = bs->opaque;
    Qcow2Table *slice;
    int ret = get_cluster_table(bs, offset, &slice);

    if (ret < 0) {
        return ret;
    }
    BLKDBG_EVENT(bs->file, BLKDBG_L2_UPDATE);
    for (uint64_t i = 0; i < nb_clusters; i++) {
        int index = qcow2_l2_slice_index(s, offset) + i;
        uint64_t old = get_l2_entry(slice, index);
        uint64_t new = host_offset + (i << s->cluster_bits);

        assert(index < s->l2_slice_size);
        set_l2_entry(slice, index, new | QCOW_OFLAG_COPIED);
        if ((old & L2E_OFFSET_MASK) != new ||
            old & QCOW_OFLAG_COMPRESSED) {
            qcow2_free_any_cluster(bs, old, QCOW2_DISCARD_OTHER);
        }
    }
    qcow2_cache_entry_mark_dirty(s->l2_table_cache, slice);
    qcow2_cache_put(s->l2_table_cache, &slice);
    return 0;
}

int qcow2_zero_clusters(BlockDriverState *bs, uint64_t offset, uint64_t bytes,
                        bool zero, bool unmap, enum qcow2_discard_type type)
{
    BDRVQcow2State *s = bs->opaque;
    uint64_t end = offset + bytes;

    assert(!offset_into_cluster(s, offset | bytes));
    /* Without a table, zeroes are what is there if nothing is below. */
    while (offset < end) {
        int index = qcow2_l2_slice_index(s, offset);
        uint64_t n = MIN(s->l2_slice_size - index,
                         (end - offset) >> s->cluster_bits);
        Qcow2Table *slice;
        bool dirty = false;
        int ret = qcow2_l2_lookup(bs, offset, &slice);

        if (ret == 0 && !slice && !(zero && bs->backing)) {
            offset += n << s->cluster_bits;
            continue;
        }
        if (slice) {
            qcow2_cache_put(s->l2_table_cache, &slice);
        }
        if (ret == 0) {
            ret = get_cluster_table(bs, offset, &slice);
        }
        if (ret < 0) {
            return ret;
        }
        for (uint64_t i = 0; i < n; i++) {
            uint64_t old = get_l2_entry(slice, index + i), new;
            QCow2ClusterType was = qcow2_get_cluster_type(s, old);
            bool keep = !unmap && (was == QCOW2_CLUSTER_NORMAL ||
                                   was == QCOW2_CLUSTER_ZERO_ALLOC);

            new = keep ? old : 0;
            /* Nothing above nothing is zero as it is. */
            if (zero && (old || bs->backing)) {
                new |= QCOW_OFLAG_ZERO;
            }
            if (new != old) {
                set_l2_entry(slice, index + i, new);
                dirty = true;
                if (!keep) {
                    qcow2_free_any_cluster(bs, old, type);
                }
            }
        }
        if (dirty) {
            qcow2_cache_entry_mark_dirty(s->l2_table_cache, slice);
        }
        qcow2_cache_put(s->l2_table_cache, &slice);
        ret = qcow2_bound_freed(bs);
        if (ret < 0) {
            return ret;
        }
        offset += n << s->cluster_bits;
    }
    return 0;
}

int qcow2_grow_l1_table(BlockDriverState *bs, uint64_t entries)
{
    BDRVQcow2State *s = bs->opaque;
    g_autofree uint64_t *table = NULL;
    uint64_t clusters;
    int64_t offset;
    int ret;
    struct QEMU_PACKED {
        uint32_t size;
        uint64_t offset;
    } header;

    QEMU_BUILD_BUG_ON(offsetof(QCowHeader, l1_table_offset) !=
                      offsetof(QCowHeader, l1_size) + 4);
    if (entries <= s->l1_size) {
        return 0;
    }
    if (entries > QCOW_MAX_L1_SIZE / L1E_SIZE) {
        return -EFBIG;
    }
    table = g_try_new0(uint64_t, entries);
    if (!table) {
        return -ENOMEM;
    }
    for (uint32_t i = 0; i < s->l1_size; i++) {
        table[i] = cpu_to_be64(s->l1_table[i]);
    }
    BLKDBG_EVENT(bs->file, BLKDBG_L1_GROW_ALLOC_TABLE);
    clusters = size_to_clusters(s, entries * L1E_SIZE);
    offset = qcow2_alloc_clusters(bs, &clusters, true);
    if (offset < 0) {
        return offset;
    }
    /* What the new table says has to be there, counted, before it is named. */
    ret = qcow2_write_caches(bs);
    if (ret == 0) {
        BLKDBG_EVENT(bs->file, BLKDBG_L1_GROW_WRITE_TABLE);
        ret = bdrv_pwrite_sync(bs->file, offset, entries * L1E_SIZE, table, 0);
    }
    if (ret == 0) {
        BLKDBG_EVENT(bs->file, BLKDBG_L1_GROW_ACTIVATE_TABLE);
        header.size = cpu_to_be32(entries);
        header.offset = cpu_to_be64(offset);
        ret = bdrv_pwrite_sync(bs->file, offsetof(QCowHeader, l1_size),
                               sizeof(header), &header, 0);
    }
    if (ret < 0) {
        qcow2_free_clusters(bs, offset, clusters << s->cluster_bits,
                            QCOW2_DISCARD_OTHER);
        return ret;
    }
    if (s->l1_size) {
        qcow2_free_clusters(bs, s->l1_table_offset, s->l1_size * L1E_SIZE,
                            QCOW2_DISCARD_OTHER);
    }
    for (uint64_t i = 0; i < entries; i++) {
        be64_to_cpus(&table[i]);
    }
    g_free(s->l1_table);
    s->l1_table = g_steal_pointer(&table);
    s->l1_table_offset = offset;
    s->l1_size = entries;
    return 0;
}

int qcow2_shrink_l1_table(BlockDriverState *bs, uint64_t entries)
{
    BDRVQcow2State *s = bs->opaque;

    BLKDBG_EVENT(bs->file, BLKDBG_L1_SHRINK_WRITE_TABLE);
    for (uint64_t i = entries; i < s->l1_size; i++) {
        uint64_t l2_offset = s->l1_table[i] & L1E_OFFSET_MASK;

        int ret = qcow2_l2_check_offset(bs, i, l2_offset);

        if (ret < 0) {
            return ret;
        }
        if (l2_offset) {
            s->l1_table[i] = 0;
            qcow2_mark_dirty(&s->l1_dirty, i, i + 1);
            qcow2_free_clusters(bs, l2_offset, s->cluster_size,
                                QCOW2_DISCARD_OTHER);
        }
    }
    return qcow2_write_caches(bs);
}
