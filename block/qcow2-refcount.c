/*
 * qcow2: how often each cluster of the file is used, and finding free ones.
 *
 * A block of counts that is missing stands for clusters nobody uses.  When one
 * of them is wanted, the block is made in the first cluster that it describes;
 * when the table of blocks is full, a longer one is put behind everything.
 *
 * Read qcow2.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/bswap.h"
#include "qcow2.h"
#include "trace.h"

/* One count among those of a block: 1 << @order bits, big endian. */

uint64_t qcow2_refcount_get(const void *block, uint64_t index, int order)
{
    switch (order) {
    case 3:
        return ((const uint8_t *)block)[index];
    case 4:
        return lduw_be_p((const uint16_t *)block + index);
    case 5:
        return (uint32_t)ldl_be_p((const uint32_t *)block + index);
    case 6:
        return ldq_be_p((const uint64_t *)block + index);
    default: {
        /* The lowest bits of a byte come first. */
        int bits = 1 << order, per_byte = 8 >> order;
        uint8_t byte = ((const uint8_t *)block)[index / per_byte];

        return byte >> (index % per_byte * bits) & ((1 << bits) - 1);
    }
    }
}

void qcow2_refcount_set(void *block, uint64_t index, int order, uint64_t value)
{
    switch (order) {
    case 3:
        ((uint8_t *)block)[index] = value;
        break;
    case 4:
        stw_be_p((uint16_t *)block + index, value);
        break;
    case 5:
        stl_be_p((uint32_t *)block + index, value);
        break;
    case 6:
        stq_be_p((uint64_t *)block + index, value);
        break;
    default: {
        int bits = 1 << order, per_byte = 8 >> order;
        int shift = index % per_byte * bits;
        uint8_t *byte = (uint8_t *)block + index / per_byte;

        *byte = (*byte & ~(((1 << bits) - 1) << shift)) | value << shift;
    }
    }
}

int qcow2_refcount_init(BlockDriverState *bs, uint32_t table_clusters,
                        Error **errp)
{
    BDRVQcow2State *s = bs->opaque;
    int ret;

    s->refcount_table_size = ((uint64_t)table_clusters << s->cluster_bits) /
                             REFTABLE_ENTRY_SIZE;
    ret = qcow2_validate_table(bs, s->refcount_table_offset,
                               s->refcount_table_size, REFTABLE_ENTRY_SIZE,
                               QCOW_MAX_REFTABLE_SIZE,
                               "Reference count table", errp);
    if (ret < 0) {
        return ret;
    }
    s->refcount_table = qcow2_read_table(bs, s->refcount_table_offset,
                                         s->refcount_table_size,
                                         "Could not initialize refcount "
                                         "handling", errp);
    return s->refcount_table ? 0 : -EIO;
}

/* The block of counts @index; *@block is NULL if there is none. */
static int qcow2_get_refcount_block(BlockDriverState *bs, uint64_t index,
                                    Qcow2Table **block)
{
    BDRVQcow2State *s = bs->opaque;
    uint64_t offset;

    *block = NULL;
    if (index >= s->refcount_table_size) {
        return 0;
    }
    offset = s->refcount_table[index] & REFT_OFFSET_MASK;
    if (!offset) {
        return 0;
    }
    if (offset_into_cluster(s, offset)) {
        qcow2_signal_corruption(bs, true, -1, -1, "Refblock offset %#" PRIx64
                                " unaligned (reftable index: %#" PRIx64 ")",
                                offset, index);
        return -EIO;
    }
    return qcow2_cache_get(bs, s->refcount_block_cache, offset, block);
}

int qcow2_get_refcount(BlockDriverState *bs, uint64_t cluster_index,
                       uint64_t *refcount)
{
    BDRVQcow2State *s = bs->opaque;
    uint64_t in_block = (1ULL << s->refcount_block_bits) - 1;
    Qcow2Table *block;
    int ret;

    ret = qcow2_get_refcount_block(bs, cluster_index >> s->refcount_block_bits,
                                   &block);
    if (ret < 0) {
        return ret;
    }
    *refcount = 0;
    if (block) {
        *refcount = qcow2_refcount_get(block->data, cluster_index & in_block,
                                       s->refcount_order);
        qcow2_cache_put(s->refcount_block_cache, &block);
    }
    return 0;
}

int coroutine_fn qcow2_detect_metadata_preallocation(BlockDriverState *bs)
{
    BDRVQcow2State *s = bs->opaque;
    int64_t allocated = bdrv_get_allocated_file_size(bs->file->bs);
    uint64_t per_block = 1ULL << s->refcount_block_bits;
    uint64_t backed, many, used = 0;

    if (allocated < 0) {
        return allocated;
    }
    /* Some holes are in any image. */
    backed = allocated >> s->cluster_bits;
    many = MAX(backed * 10 / 9, backed + 2);
    for (uint64_t b = 0; b < s->refcount_table_size && used < many; b++) {
        Qcow2Table *block;
        int ret = qcow2_get_refcount_block(bs, b, &block);

        if (ret < 0) {
            return ret;
        }
        if (!block) {
            continue;
        }
        for (uint64_t i = 0; i < per_block && used < many; i++) {
            used += qcow2_refcount_get(block->data, i, s->refcount_order) > 0;
        }
        qcow2_cache_put(s->refcount_block_cache, &block);
    }
    return used >= many;
}

/*
 * A longer table of blocks, which knows block @index.  It goes where no count
 * has been needed so far: behind what the old one could describe.  Its clusters
 * and the blocks that count them are written before the header names it.
 */
static int qcow2_grow_refcount_table(BlockDriverState *bs, uint64_t index)
{
    BDRVQcow2State *s = bs->opaque;
    uint64_t old_size = s->refcount_table_size;
    uint64_t old_offset = s->refcount_table_offset;
    uint64_t start = old_size << s->refcount_block_bits;   /* cluster */
    uint64_t wanted = MAX(index + 1, old_size + old_size / 2);
    uint64_t table_clusters, blocks, size, first_block = old_size;
    g_autofree uint64_t *table = NULL;
    g_autofree uint8_t *block = g_try_malloc(s->cluster_size);
    int ret;
    struct QEMU_PACKED {
        uint64_t offset;
        uint32_t clusters;
    } header;

    /* The table describes its own clusters and blocks, too. */
    for (blocks = 1; ; blocks++) {
        size = MAX(wanted, first_block + blocks);
        table_clusters = size_to_clusters(s, size * REFTABLE_ENTRY_SIZE);
        if (table_clusters + blocks <= blocks << s->refcount_block_bits) {
            break;
        }
    }
    size = (table_clusters << s->cluster_bits) / REFTABLE_ENTRY_SIZE;
    if (size * REFTABLE_ENTRY_SIZE > QCOW_MAX_REFTABLE_SIZE) {
        return -EFBIG;
    }
    table = g_try_new0(uint64_t, size);
    if (!table || !block) {
        return -ENOMEM;
    }
    memcpy(table, s->refcount_table, old_size * sizeof(*table));

    BLKDBG_EVENT(bs->file, BLKDBG_REFBLOCK_ALLOC_WRITE_BLOCKS);
    for (uint64_t b = 0; b < blocks; b++) {
        uint64_t first = b << s->refcount_block_bits;
        uint64_t per_block = 1ULL << s->refcount_block_bits;

        memset(block, 0, s->cluster_size);
        for (uint64_t i = 0; i < per_block && first + i < table_clusters +
             blocks; i++) {
            qcow2_refcount_set(block, i, s->refcount_order, 1);
        }
        table[first_block + b] = (start + table_clusters + b) <<
                                 s->cluster_bits;
        ret = bdrv_pwrite(bs->file, table[first_block + b], s->cluster_size,
                          block, 0);
        if (ret < 0) {
            return ret;
        }
    }

    /* What the old one has in memory alone belongs to the new one. */
    ret = qcow2_cache_write(bs, s->refcount_block_cache);
    if (ret < 0) {
        return ret;
    }
    BLKDBG_EVENT(bs->file, BLKDBG_REFBLOCK_ALLOC_WRITE_TABLE);
    for (uint64_t i = 0; i < size; i++) {
        cpu_to_be64s(&table[i]);
    }
    ret = bdrv_pwrite_sync(bs->file, start << s->cluster_bits,
                           size * sizeof(*table), table, 0);
    for (uint64_t i = 0; i < size; i++) {
        be64_to_cpus(&table[i]);
    }
    if (ret < 0) {
        return ret;
    }

    BLKDBG_EVENT(bs->file, BLKDBG_REFBLOCK_ALLOC_SWITCH_TABLE);
    header.offset = cpu_to_be64(start << s->cluster_bits);
    header.clusters = cpu_to_be32(table_clusters);
    ret = bdrv_pwrite_sync(bs->file,
                           offsetof(QCowHeader, refcount_table_offset),
                           sizeof(header), &header, 0);
    if (ret < 0) {
        return ret;
    }
    g_free(s->refcount_table);
    s->refcount_table = g_steal_pointer(&table);
    s->refcount_table_size = size;
    s->refcount_table_offset = start << s->cluster_bits;
    s->refcount_table_dirty = (Qcow2DirtyRange) { 0 };
    qcow2_free_clusters(bs, old_offset, old_size * REFTABLE_ENTRY_SIZE,
                        QCOW2_DISCARD_OTHER);
    return 0;
}

/* Every image has the block that counts the header. */
static int qcow2_no_block_at_0(BlockDriverState *bs)
{
    qcow2_signal_corruption(bs, true, -1, -1, "Preventing invalid allocation "
                            "of %s at offset 0", "refcount block");
    return -EIO;
}

/* Make the block @index, in the first cluster it describes. */
static int qcow2_alloc_refcount_block(BlockDriverState *bs, uint64_t index,
                                      Qcow2Table **block)
{
    BDRVQcow2State *s = bs->opaque;
    uint64_t offset;
    int ret;

    BLKDBG_EVENT(bs->file, BLKDBG_REFBLOCK_ALLOC);
    if (index >= s->refcount_table_size) {
        ret = qcow2_grow_refcount_table(bs, index);
        if (ret < 0) {
            return ret;
        }
        if (s->refcount_table[index]) {
            return qcow2_get_refcount_block(bs, index, block);
        }
    }
    offset = index << s->refcount_block_bits << s->cluster_bits;
    if (offset == 0) {
        return qcow2_no_block_at_0(bs);
    }
    ret = qcow2_cache_get_empty(bs, s->refcount_block_cache, offset, block);
    if (ret < 0) {
        return ret;
    }
    qcow2_refcount_set((*block)->data, 0, s->refcount_order, 1);
    qcow2_cache_entry_mark_dirty(s->refcount_block_cache, *block);
    s->refcount_table[index] = offset;
    qcow2_mark_dirty(&s->refcount_table_dirty, index, index + 1);
    return 0;
}

/* Set the counts of [first, first + n) from 0 to 1; @first's block exists. */
static int qcow2_take_clusters(BlockDriverState *bs, uint64_t first,
                               uint64_t n)
{
    BDRVQcow2State *s = bs->opaque;
    uint64_t in_block = (1ULL << s->refcount_block_bits) - 1;
    Qcow2Table *block;

    while (n) {
        uint64_t end = MIN(first + n, (first | in_block) + 1);
        int ret = qcow2_get_refcount_block(bs, first >> s->refcount_block_bits,
                                           &block);

        if (ret < 0) {
            return ret;
        }
        n -= end - first;
        for (; first < end; first++) {
            qcow2_refcount_set(block->data, first & in_block,
                               s->refcount_order, 1);
        }
        qcow2_cache_entry_mark_dirty(s->refcount_block_cache, block);
        qcow2_cache_put(s->refcount_block_cache, &block);
    }
    return 0;
}

/*
 * Count free clusters from @*index on, at most @max; makes the blocks on the
 * way, so that *@index may move past one.
 */
static int qcow2_free_run(BlockDriverState *bs, uint64_t *index, uint64_t max,
                          uint64_t *found)
{
    BDRVQcow2State *s = bs->opaque;
    uint64_t in_block = (1ULL << s->refcount_block_bits) - 1;
    uint64_t i = *index;

    *found = 0;
    while (*found < max) {
        Qcow2Table *block;
        uint64_t end = MIN(i + max - *found, (i | in_block) + 1);
        int ret = qcow2_get_refcount_block(bs, i >> s->refcount_block_bits,
                                           &block);

        if (ret == 0 && !block) {
            ret = qcow2_alloc_refcount_block(bs, i >> s->refcount_block_bits,
                                             &block);
        }
        if (ret < 0) {
            return ret;
        }
        while (i < end && !qcow2_refcount_get(block->data, i & in_block,
                                              s->refcount_order)) {
            i++;
            ++*found;
        }
        qcow2_cache_put(s->refcount_block_cache, &block);
        if (i < end) {
            if (*found) {
                return 0;
            }
            *index = ++i;       /* this one is in use: begin behind it */
        }
    }
    return 0;
}

/*
 * Take @n clusters in a row, more than are between a block in its usual place and
 * the next one; -> the first.  All blocks that count them go in front of them,
 * where nothing has been counted yet.
 */
static int qcow2_take_long_run(BlockDriverState *bs, uint64_t n,
                               uint64_t *index)
{
    BDRVQcow2State *s = bs->opaque;
    uint64_t in_block = (1ULL << s->refcount_block_bits) - 1;
    uint64_t blocks = DIV_ROUND_UP(n, in_block);
    uint64_t first, start;

    while (true) {
        int ret;

        first = s->refcount_table_size;
        while (first && !s->refcount_table[first - 1]) {
            first--;
        }
        if (first + blocks <= s->refcount_table_size) {
            break;
        }
        ret = qcow2_grow_refcount_table(bs, first + blocks - 1);
        if (ret < 0) {
            return ret;
        }
    }
    start = first << s->refcount_block_bits;
    if (start + blocks + n > L2E_OFFSET_MASK >> s->cluster_bits) {
        return -EFBIG;
    }
    if (start == 0) {
        return qcow2_no_block_at_0(bs);
    }
    for (uint64_t b = 0; b < blocks; b++) {
        uint64_t offset = (start + b) << s->cluster_bits;
        Qcow2Table *block;
        int ret = qcow2_cache_get_empty(bs, s->refcount_block_cache, offset,
                                        &block);

        if (ret < 0) {
            return ret;
        }
        for (uint64_t i = b << s->refcount_block_bits;
             i < blocks && i >> s->refcount_block_bits == b; i++) {
            qcow2_refcount_set(block->data, i & in_block, s->refcount_order,
                               1);
        }
        qcow2_cache_entry_mark_dirty(s->refcount_block_cache, block);
        qcow2_cache_put(s->refcount_block_cache, &block);
        s->refcount_table[first + b] = offset;
        qcow2_mark_dirty(&s->refcount_table_dirty, first + b, first + b + 1);
    }
    *index = start + blocks;
    return qcow2_take_clusters(bs, *index, n);
}

int64_t qcow2_alloc_clusters(BlockDriverState *bs, uint64_t *nb_clusters,
                             bool all)
{
    BDRVQcow2State *s = bs->opaque;
    uint64_t index = s->free_cluster_index, found;
    int ret;

    if (s->incompatible_features & QCOW2_INCOMPAT_CORRUPT) {
        return -EIO;
    }
    if (s->use_lazy_refcounts) {
        ret = qcow2_mark_image_dirty(bs);
        if (ret < 0) {
            return ret;
        }
    }
    if (all && *nb_clusters >> s->refcount_block_bits) {
        ret = qcow2_take_long_run(bs, *nb_clusters, &index);
        return ret < 0 ? ret : (int64_t)(index << s->cluster_bits);
    }
    for (bool first = true; ; first = false, index += found) {
        ret = qcow2_free_run(bs, &index, *nb_clusters, &found);
        if (ret < 0) {
            return ret;
        }
        if (first) {
            s->free_cluster_index = index;
        }
        if (found == *nb_clusters || !all) {
            break;
        }
    }
    /* An entry of L2 has room for 56 bits. */
    if ((index + found - 1) > L2E_OFFSET_MASK >> s->cluster_bits) {
        return -EFBIG;
    }
    if (index << s->cluster_bits == 0) {
        qcow2_signal_corruption(bs, true, -1, -1, "Preventing invalid "
                                "allocation of %s at offset 0", "a cluster");
        return -EIO;
    }
    ret = qcow2_take_clusters(bs, index, found);
    if (ret < 0) {
        return ret;
    }
    if (index == s->free_cluster_index) {
        s->free_cluster_index += found;
    }
    *nb_clusters = found;
    trace_qcow2_alloc_clusters(bs, index << s->cluster_bits, found);
    return index << s->cluster_bits;
}

void qcow2_free_clusters(BlockDriverState *bs, uint64_t offset, uint64_t bytes,
                         enum qcow2_discard_type type)
{
    BDRVQcow2State *s = bs->opaque;
    Qcow2FreedClusters f = { offset, bytes, type };

    g_array_append_val(s->freed, f);
}

void qcow2_free_any_cluster(BlockDriverState *bs, uint64_t l2_entry,
                            enum qcow2_discard_type type)
{
    BDRVQcow2State *s = bs->opaque;
    uint64_t offset, bytes;

    switch (qcow2_get_cluster_type(s, l2_entry)) {
    case QCOW2_CLUSTER_COMPRESSED:
        qcow2_parse_compressed(s, l2_entry, &offset, &bytes);
        qcow2_free_clusters(bs, offset, bytes, type);
        break;
    case QCOW2_CLUSTER_NORMAL:
    case QCOW2_CLUSTER_ZERO_ALLOC:
        offset = l2_entry & L2E_OFFSET_MASK;
        if (offset_into_cluster(s, offset)) {
            /* It is two clusters', which may be in use: they stay. */
            qcow2_signal_corruption(bs, false, -1, -1, "Cannot free unaligned "
                                    "cluster %#" PRIx64, offset);
        } else {
            qcow2_free_clusters(bs, offset, s->cluster_size, type);
        }
        break;
    default:
        break;
    }
}

/* One less for each cluster that [offset, offset + bytes) touches. */
static int qcow2_drop_clusters(BlockDriverState *bs,
                               const Qcow2FreedClusters *f)
{
    BDRVQcow2State *s = bs->opaque;
    uint64_t in_block = (1ULL << s->refcount_block_bits) - 1;
    uint64_t first = f->offset >> s->cluster_bits;
    uint64_t last = (f->offset + f->bytes - 1) >> s->cluster_bits;

    for (uint64_t i = first; i <= last; i++) {
        Qcow2Table *block;
        uint64_t count = 0;
        int ret = qcow2_get_refcount_block(bs, i >> s->refcount_block_bits,
                                           &block);

        if (ret < 0) {
            return ret;
        }
        if (block) {
            count = qcow2_refcount_get(block->data, i & in_block,
                                       s->refcount_order);
        }
        if (count) {
            qcow2_refcount_set(block->data, i & in_block, s->refcount_order,
                               count - 1);
            qcow2_cache_entry_mark_dirty(s->refcount_block_cache, block);
        }
        if (block) {
            qcow2_cache_put(s->refcount_block_cache, &block);
        }
        if (!count) {
            qcow2_signal_corruption(bs, true, -1, -1, "Cluster %#" PRIx64
                                    " is freed, but was not in use",
                                    i << s->cluster_bits);
            return -EIO;
        }
        if (count == 1) {
            s->free_cluster_index = MIN(s->free_cluster_index, i);
            qcow2_cache_discard(s->l2_table_cache, i << s->cluster_bits,
                                s->cluster_size);
            qcow2_cache_discard(s->refcount_block_cache, i << s->cluster_bits,
                                s->cluster_size);
            if (s->discard_passthrough[f->type]) {
                bdrv_pdiscard(bs->file, i << s->cluster_bits, s->cluster_size);
            }
        }
    }
    return 0;
}

int qcow2_process_freed(BlockDriverState *bs)
{
    BDRVQcow2State *s = bs->opaque;
    g_autoptr(GArray) freed = s->freed;
    int result = 0;

    s->freed = g_array_new(false, false, sizeof(Qcow2FreedClusters));
    for (guint i = 0; i < freed->len; i++) {
        int ret = qcow2_drop_clusters(bs, &g_array_index(freed,
                                                         Qcow2FreedClusters,
                                                         i));

        result = result ?: ret;
    }
    return result;
}

/* Does [offset, offset + size) overlap with a table of these bounds? */
static bool qcow2_overlaps(uint64_t offset, uint64_t size, uint64_t table,
                           uint64_t table_size)
{
    return table && offset < table + table_size && table < offset + size;
}

/* 1 if a snapshot has an L2 table there; or a negative errno. */
static int qcow2_overlaps_inactive_l2(BlockDriverState *bs,
                                      const QCowSnapshot *snapshot,
                                      uint64_t offset, uint64_t size)
{
    BDRVQcow2State *s = bs->opaque;
    g_autofree uint64_t *l1 = NULL;
    Error *err = NULL;
    int ret;

    ret = qcow2_validate_table(bs, snapshot->l1_table_offset,
                               snapshot->l1_size, L1E_SIZE, QCOW_MAX_L1_SIZE,
                               "Snapshot L1 table", &err);
    if (ret == 0) {
        l1 = qcow2_read_table(bs, snapshot->l1_table_offset, snapshot->l1_size,
                              "Snapshot L1 table", &err);
        ret = l1 ? 0 : -EIO;
    }
    error_free(err);
    for (uint32_t i = 0; ret == 0 && i < snapshot->l1_size; i++) {
        ret = qcow2_overlaps(offset, size, l1[i] & L1E_OFFSET_MASK,
                             s->cluster_size);
    }
    return ret;
}

int qcow2_pre_write_overlap_check(BlockDriverState *bs, int ign,
                                  uint64_t offset, uint64_t size)
{
    BDRVQcow2State *s = bs->opaque;
    int check = s->overlap_check & ~ign;
    const char *hit = NULL;
    int ret = 0;

    if (check & QCOW2_OL_MAIN_HEADER && offset < s->cluster_size) {
        hit = "qcow2_header";
    }
    if (check & QCOW2_OL_ACTIVE_L1 &&
        qcow2_overlaps(offset, size, s->l1_table_offset,
                       (uint64_t)s->l1_size * L1E_SIZE)) {
        hit = "active L1 table";
    }
    if (check & QCOW2_OL_REFCOUNT_TABLE &&
        qcow2_overlaps(offset, size, s->refcount_table_offset,
                       (uint64_t)s->refcount_table_size *
                       REFTABLE_ENTRY_SIZE)) {
        hit = "refcount table";
    }
    if (check & QCOW2_OL_SNAPSHOT_TABLE &&
        qcow2_overlaps(offset, size, s->snapshots_offset, s->snapshots_size)) {
        hit = "snapshot table";
    }
    if (check & QCOW2_OL_ACTIVE_L2) {
        for (uint32_t i = 0; i < s->l1_size; i++) {
            if (qcow2_overlaps(offset, size, s->l1_table[i] & L1E_OFFSET_MASK,
                               s->cluster_size)) {
                hit = "active L2 table";
                break;
            }
        }
    }
    if (check & QCOW2_OL_REFCOUNT_BLOCK) {
        for (uint32_t i = 0; i < s->refcount_table_size; i++) {
            if (qcow2_overlaps(offset, size,
                               s->refcount_table[i] & REFT_OFFSET_MASK,
                               s->cluster_size)) {
                hit = "refcount block";
                break;
            }
        }
    }
    if (check & QCOW2_OL_INACTIVE_L1) {
        for (uint32_t i = 0; i < s->nb_snapshots; i++) {
            if (qcow2_overlaps(offset, size, s->snapshots[i].l1_table_offset,
                               (uint64_t)s->snapshots[i].l1_size * L1E_SIZE)) {
                hit = "inactive L1 table";
                break;
            }
        }
    }
    if (check & QCOW2_OL_INACTIVE_L2 && !hit) {
        for (uint32_t i = 0; i < s->nb_snapshots && ret == 0; i++) {
            ret = qcow2_overlaps_inactive_l2(bs, &s->snapshots[i], offset,
                                             size);
        }
        if (ret < 0) {
            return ret;
        }
        if (ret > 0) {
            hit = "inactive L2 table";
        }
    }
    if (hit) {
        qcow2_signal_corruption(bs, true, offset, size, "Preventing invalid "
                                "write on metadata (overlaps with %s)", hit);
        return -EIO;
    }
    return 0;
}
