/*
 * qcow2: is an image consistent, and making it so.
 *
 * All that can be reached from the header is counted, and compared with what the
 * blocks of counts say.  A cluster that counts too much is a leak, which wastes
 * space; one that counts too little would be given to somebody else, which is
 * corruption.  To repair either, the counts are written anew, to a place that
 * nobody uses, and the header is told last.
 *
 * Read qcow2.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/bswap.h"
#include "qcow2.h"

/* What was counted: clusters beyond the end count 0. */
typedef struct Qcow2Counts {
    uint32_t *counts;
    uint64_t n;
    uint64_t limit;             /* no reference may go further */
    BdrvCheckResult *res;
} Qcow2Counts;

static void G_GNUC_PRINTF(2, 3)
qcow2_check_error(Qcow2Counts *c, const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    fputs("ERROR ", stderr);
    vfprintf(stderr, format, ap);
    fputc('\n', stderr);
    va_end(ap);
    c->res->corruptions++;
}

static uint32_t qcow2_counted(Qcow2Counts *c, uint64_t index)
{
    return index < c->n ? c->counts[index] : 0;
}

/* [offset, offset + bytes) is referred to once more. */
static int qcow2_count(BlockDriverState *bs, Qcow2Counts *c, uint64_t offset,
                       uint64_t bytes)
{
    BDRVQcow2State *s = bs->opaque;
    uint64_t last;

    if (!bytes) {
        return 0;
    }
    last = (offset + bytes - 1) >> s->cluster_bits;
    if (offset + bytes < offset || last >= c->limit) {
        qcow2_check_error(c, "counting reference for region exceeding the end "
                          "of the file by one cluster or more: offset 0x%"
                          PRIx64 " size 0x%" PRIx64, offset, bytes);
        return 0;
    }
    if (last >= c->n) {
        uint64_t n = MIN(c->limit, MAX(last + 1, c->n + c->n / 2));
        uint32_t *counts = g_try_renew(uint32_t, c->counts, n);

        if (!counts) {
            c->res->check_errors++;
            return -ENOMEM;
        }
        memset(counts + c->n, 0, (n - c->n) * sizeof(*counts));
        c->counts = counts;
        c->n = n;
    }
    for (uint64_t i = offset >> s->cluster_bits; i <= last; i++) {
        if (c->counts[i] == s->refcount_max || c->counts[i] == UINT32_MAX) {
            qcow2_check_error(c, "overflow cluster offset=0x%" PRIx64,
                              i << s->cluster_bits);
        } else {
            c->counts[i]++;
        }
    }
    return 0;
}

static int qcow2_count_l2(BlockDriverState *bs, Qcow2Counts *c,
                          uint64_t l2_offset, bool active)
{
    BDRVQcow2State *s = bs->opaque;
    g_autofree uint64_t *table = NULL;
    BlockFragInfo *frag = &c->res->bfi;
    uint64_t next = 0;

    table = qcow2_read_table(bs, l2_offset, s->l2_size, "L2", NULL);
    if (!table) {
        fprintf(stderr, "ERROR: I/O error in check_refcounts_l2\n");
        c->res->check_errors++;
        return -EIO;
    }
    for (int i = 0; i < s->l2_size; i++) {
        uint64_t entry = table[i], offset = entry & L2E_OFFSET_MASK, coffset,
                 csize;
        int ret = 0;

        switch (qcow2_get_cluster_type(s, entry)) {
        case QCOW2_CLUSTER_COMPRESSED:
            if (entry & QCOW_OFLAG_COPIED) {
                qcow2_check_error(c, "coffset=0x%" PRIx64 ": copied flag must "
                                  "never be set for compressed clusters",
                                  entry & s->cluster_offset_mask);
            }
            qcow2_parse_compressed(s, entry, &coffset, &csize);
            ret = qcow2_count(bs, c, coffset, csize);
            if (active) {
                frag->allocated_clusters++;
                frag->compressed_clusters++;
                frag->fragmented_clusters++;
            }
            break;
        case QCOW2_CLUSTER_NORMAL:
        case QCOW2_CLUSTER_ZERO_ALLOC:
            if (offset_into_cluster(s, offset)) {
                qcow2_check_error(c, "offset=%" PRIx64 ": Cluster is not "
                                  "properly aligned; L2 entry corrupted.",
                                  offset);
                break;
            }
            if (active) {
                frag->allocated_clusters++;
                if (next && offset != next) {
                    frag->fragmented_clusters++;
                }
                next = offset + s->cluster_size;
            }
            ret = qcow2_count(bs, c, offset, s->cluster_size);
            break;
        default:
            break;
        }
        if (ret < 0) {
            return ret;
        }
    }
    return 0;
}

/* An L1 table, the active one or a snapshot's, and all below it. */
static int qcow2_count_l1(BlockDriverState *bs, Qcow2Counts *c,
                          uint64_t l1_offset, uint64_t l1_size, bool active)
{
    BDRVQcow2State *s = bs->opaque;
    g_autofree uint64_t *table = NULL;
    int ret = qcow2_count(bs, c, l1_offset, l1_size * L1E_SIZE);

    if (ret < 0) {
        return ret;
    }
    table = qcow2_read_table(bs, l1_offset, l1_size, "L1", NULL);
    if (!table) {
        fprintf(stderr, "ERROR: I/O error in check_refcounts_l1\n");
        c->res->check_errors++;
        return -EIO;
    }
    for (uint64_t i = 0; i < l1_size; i++) {
        uint64_t l2_offset = table[i] & L1E_OFFSET_MASK;

        if (!l2_offset) {
            continue;
        }
        if (offset_into_cluster(s, l2_offset)) {
            qcow2_check_error(c, "l2_offset=%" PRIx64 ": Table is not cluster "
                              "aligned; L1 entry corrupted", l2_offset);
            continue;
        }
        ret = qcow2_count(bs, c, l2_offset, s->cluster_size);
        if (ret == 0) {
            ret = qcow2_count_l2(bs, c, l2_offset, active);
        }
        if (ret < 0) {
            return ret;
        }
    }
    return 0;
}

static int qcow2_count_snapshots(BlockDriverState *bs, Qcow2Counts *c)
{
    BDRVQcow2State *s = bs->opaque;
    int ret = qcow2_count(bs, c, s->snapshots_offset, s->snapshots_size);

    for (uint32_t i = 0; ret == 0 && i < s->nb_snapshots; i++) {
        const QCowSnapshot *sn = &s->snapshots[i];

        if (qcow2_validate_table(bs, sn->l1_table_offset, sn->l1_size,
                                 L1E_SIZE, QCOW_MAX_L1_SIZE,
                                 "Snapshot L1 table", NULL) < 0) {
            qcow2_check_error(c, "snapshot %" PRIu32 ": L1 table is not where "
                              "one can be", i);
            continue;
        }
        ret = qcow2_count_l1(bs, c, sn->l1_table_offset, sn->l1_size, false);
    }
    return ret;
}

/* Everything but the table and the blocks of counts. */
static int qcow2_count_data(BlockDriverState *bs, Qcow2Counts *c)
{
    BDRVQcow2State *s = bs->opaque;
    int ret = qcow2_count(bs, c, 0, s->cluster_size);

    if (ret == 0) {
        ret = qcow2_count_l1(bs, c, s->l1_table_offset, s->l1_size, true);
    }
    return ret ?: qcow2_count_snapshots(bs, c);
}

static int qcow2_count_refcounts(BlockDriverState *bs, Qcow2Counts *c)
{
    BDRVQcow2State *s = bs->opaque;
    int ret = qcow2_count(bs, c, s->refcount_table_offset,
                          (uint64_t)s->refcount_table_size *
                          REFTABLE_ENTRY_SIZE);

    for (uint32_t i = 0; ret == 0 && i < s->refcount_table_size; i++) {
        uint64_t offset = s->refcount_table[i] & REFT_OFFSET_MASK;

        if (!offset) {
            continue;
        }
        if (offset_into_cluster(s, offset)) {
            qcow2_check_error(c, "refcount block %" PRIu32 " is not cluster "
                              "aligned; refcount table entry corrupted", i);
        } else if (offset >> s->cluster_bits >= c->limit) {
            qcow2_check_error(c, "refcount block %" PRIu32 " is outside image",
                              i);
        } else {
            ret = qcow2_count(bs, c, offset, s->cluster_size);
            if (ret == 0 && qcow2_counted(c, offset >> s->cluster_bits) != 1) {
                qcow2_check_error(c, "refcount block %" PRIu32 " refcount=%"
                                  PRIu32, i, qcow2_counted(c, offset >>
                                                           s->cluster_bits));
            }
        }
    }
    return ret;
}

/* What the image says beside what was counted. */
static int qcow2_compare(BlockDriverState *bs, Qcow2Counts *c,
                         BdrvCheckMode fix, bool *rebuild)
{
    BDRVQcow2State *s = bs->opaque;
    uint64_t end = MIN(c->limit, MAX(c->n, (uint64_t)s->refcount_table_size <<
                                     s->refcount_block_bits));
    uint64_t highest = 0;

    for (uint64_t i = 0; i < end; i++) {
        uint64_t says, found = qcow2_counted(c, i);
        int ret = qcow2_get_refcount(bs, i, &says);

        if (ret < 0) {
            fprintf(stderr, "Can't get refcount for cluster %" PRIu64 ": %s\n",
                    i, strerror(-ret));
            c->res->check_errors++;
            *rebuild = true;
            continue;
        }
        if (says || found) {
            highest = i + 1;
        }
        if (says == found) {
            continue;
        }
        if (says > found) {
            fprintf(stderr, "%s cluster %" PRIu64 " refcount=%" PRIu64
                    " reference=%" PRIu64 "\n",
                    fix & BDRV_FIX_LEAKS ? "Repairing" : "Leaked", i, says,
                    found);
            c->res->leaks++;
            *rebuild |= fix & BDRV_FIX_LEAKS;
        } else {
            fprintf(stderr, "%s cluster %" PRIu64 " refcount=%" PRIu64
                    " reference=%" PRIu64 "\n",
                    fix & BDRV_FIX_ERRORS ? "Repairing" : "ERROR", i, says,
                    found);
            c->res->corruptions++;
            *rebuild |= fix & BDRV_FIX_ERRORS;
        }
    }
    c->res->image_end_offset = highest << s->cluster_bits;
    return 0;
}

/*
 * Write what was counted as new blocks and a new table, from cluster @base on:
 * behind everything that is in use, the old ones included.
 */
static int qcow2_rebuild_refcounts(BlockDriverState *bs, Qcow2Counts *c,
                                   uint64_t base)
{
    BDRVQcow2State *s = bs->opaque;
    uint64_t per_block = 1ULL << s->refcount_block_bits;
    uint64_t all, blocks, table_clusters, table_at;
    g_autofree uint8_t *block = g_try_malloc(s->cluster_size);
    g_autofree uint64_t *table = NULL;
    uint64_t *host_table;
    int ret;
    struct QEMU_PACKED {
        uint64_t offset;
        uint32_t clusters;
    } header;

    /* The new ones count themselves: more blocks until it fits. */
    for (all = base, blocks = table_clusters = 0; ; ) {
        uint64_t b = DIV_ROUND_UP(all, per_block);
        uint64_t t = size_to_clusters(s, b * REFTABLE_ENTRY_SIZE);

        if (b == blocks && t == table_clusters) {
            break;
        }
        blocks = b;
        table_clusters = t;
        all = base + blocks + table_clusters;
    }
    if (table_clusters << s->cluster_bits > QCOW_MAX_REFTABLE_SIZE) {
        return -EFBIG;
    }
    table = g_try_new0(uint64_t, table_clusters << (s->cluster_bits - 3));
    host_table = g_try_new0(uint64_t, table_clusters << (s->cluster_bits - 3));
    if (!block || !table || !host_table) {
        g_free(host_table);
        return -ENOMEM;
    }
    table_at = base + blocks;
    for (uint64_t b = 0; b < blocks; b++) {
        memset(block, 0, s->cluster_size);
        for (uint64_t i = 0; i < per_block; i++) {
            uint64_t index = b * per_block + i;

            qcow2_refcount_set(block, i, s->refcount_order,
                               index >= base ? index < all
                                             : qcow2_counted(c, index));
        }
        host_table[b] = (base + b) << s->cluster_bits;
        table[b] = cpu_to_be64(host_table[b]);
        ret = bdrv_pwrite(bs->file, host_table[b], s->cluster_size, block, 0);
        if (ret < 0) {
            g_free(host_table);
            return ret;
        }
    }
    ret = bdrv_pwrite_sync(bs->file, table_at << s->cluster_bits,
                           table_clusters << s->cluster_bits, table, 0);
    if (ret == 0) {
        header.offset = cpu_to_be64(table_at << s->cluster_bits);
        header.clusters = cpu_to_be32(table_clusters);
        ret = bdrv_pwrite_sync(bs->file,
                               offsetof(QCowHeader, refcount_table_offset),
                               sizeof(header), &header, 0);
    }
    if (ret < 0) {
        g_free(host_table);
        return ret;
    }
    /* With lazy counts, some of the old ones were in memory alone. */
    qcow2_cache_empty(s->refcount_block_cache);
    s->refcount_table_dirty = (Qcow2DirtyRange) { 0 };
    g_free(s->refcount_table);
    s->refcount_table = host_table;
    s->refcount_table_size = table_clusters << (s->cluster_bits - 3);
    s->refcount_table_offset = table_at << s->cluster_bits;
    s->free_cluster_index = 0;
    return 0;
}

/* The flag that a cluster counts 1 has to be true: in L1 and in all of L2. */
static int qcow2_fix_copied(BlockDriverState *bs, Qcow2Counts *c,
                            uint64_t *table, uint64_t n, uint64_t offset,
                            bool l2, BdrvCheckMode fix)
{
    BDRVQcow2State *s = bs->opaque;
    bool changed = false;
    int ret = 0;

    for (uint64_t i = 0; i < n; i++) {
        uint64_t at = table[i] & L2E_OFFSET_MASK, count;
        bool copied = table[i] & QCOW_OFLAG_COPIED;

        if ((l2 && table[i] & QCOW_OFLAG_COMPRESSED) || !at ||
            offset_into_cluster(s, at)) {
            continue;
        }
        ret = qcow2_get_refcount(bs, at >> s->cluster_bits, &count);
        if (ret < 0) {
            return ret;
        }
        if (copied == (count == 1)) {
            continue;
        }
        fprintf(stderr, "%s OFLAG_COPIED %s: %s_entry=%" PRIx64 " refcount=%"
                PRIu64 "\n", fix & BDRV_FIX_ERRORS ? "Repairing" : "ERROR",
                l2 ? "data cluster" : "L2 cluster", l2 ? "l2" : "l1",
                table[i], count);
        if (fix & BDRV_FIX_ERRORS) {
            table[i] ^= QCOW_OFLAG_COPIED;
            changed = true;
            c->res->corruptions_fixed++;
        } else {
            c->res->corruptions++;
        }
    }
    if (changed) {
        g_autofree uint64_t *be = g_new(uint64_t, n);

        for (uint64_t i = 0; i < n; i++) {
            be[i] = cpu_to_be64(table[i]);
        }
        ret = bdrv_pwrite_sync(bs->file, offset, n * sizeof(*be), be, 0);
    }
    return ret;
}

static int qcow2_check_copied(BlockDriverState *bs, Qcow2Counts *c,
                              BdrvCheckMode fix)
{
    BDRVQcow2State *s = bs->opaque;

    for (uint32_t i = 0; i < s->l1_size; i++) {
        uint64_t l2_offset = s->l1_table[i] & L1E_OFFSET_MASK;
        g_autofree uint64_t *table = NULL;
        int ret;

        if (!l2_offset || offset_into_cluster(s, l2_offset)) {
            continue;
        }
        table = qcow2_read_table(bs, l2_offset, s->l2_size, "L2", NULL);
        if (!table) {
            c->res->check_errors++;
            return -EIO;
        }
        ret = qcow2_fix_copied(bs, c, table, s->l2_size, l2_offset, true, fix);
        if (ret < 0) {
            c->res->check_errors++;
            return ret;
        }
    }
    return qcow2_fix_copied(bs, c, s->l1_table, s->l1_size,
                            s->l1_table_offset, false, fix);
}

int qcow2_check_refcounts(BlockDriverState *bs, BdrvCheckResult *res,
                          BdrvCheckMode fix)
{
    BDRVQcow2State *s = bs->opaque;
    int64_t length = bdrv_getlength(bs->file->bs);
    Qcow2Counts c = { .res = res };
    bool rebuild = false;
    int ret;

    if (length < 0) {
        res->check_errors++;
        return length;
    }
    ret = qcow2_write_caches(bs);
    if (ret < 0) {
        res->check_errors++;
        return ret;
    }
    c.limit = size_to_clusters(s, length);
    res->bfi.total_clusters = size_to_clusters(s, bs->total_sectors *
                                               BDRV_SECTOR_SIZE);

    ret = qcow2_count_data(bs, &c);
    if (ret == 0) {
        /* For the rebuilt table, only what data and tables use counts. */
        g_autofree uint32_t *data = g_memdup2(c.counts,
                                              c.n * sizeof(*c.counts));
        uint64_t n = c.n, base;
        int remaining = res->corruptions;   /* no count mends them */

        ret = qcow2_count_refcounts(bs, &c);
        if (ret == 0) {
            ret = qcow2_compare(bs, &c, fix, &rebuild);
        }
        if (ret == 0 && rebuild && fix) {
            base = c.n;
            g_free(c.counts);
            c.counts = g_steal_pointer(&data);
            c.n = n;
            ret = qcow2_rebuild_refcounts(bs, &c, base);
            if (ret == 0) {
                res->leaks_fixed = res->leaks;
                res->corruptions_fixed += res->corruptions - remaining;
                res->leaks = 0;
                res->corruptions = remaining;
                res->check_errors = 0;
            }
        }
    }
    if (ret == 0) {
        ret = qcow2_check_copied(bs, &c, fix);
        if (fix & BDRV_FIX_ERRORS) {
            qcow2_cache_empty(s->l2_table_cache);
        }
    }
    g_free(c.counts);
    return ret;
}
