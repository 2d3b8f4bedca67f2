/*
 * qcow2: making an image, and changing its length.
 *
 * Everything that a new image needs is known beforehand, so that it is written
 * from its begin to its end:
 *
 *     header | L1 | L2 tables | data | blocks of counts | table of blocks
 *
 * L2 tables and data are there only if they are preallocated.
 *
 * Read qcow2.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qmp/qdict.h"
#include "qemu/bswap.h"
#include "qemu/memalign.h"
#include "qemu/option.h"
#include "sysemu/block-backend.h"
#include "qcow2.h"

QemuOptsList qcow2_create_opts = {
    .name = "qcow2-create-opts",
    .head = QTAILQ_HEAD_INITIALIZER(qcow2_create_opts.head),
    .desc = {
        {
            .name = BLOCK_OPT_SIZE,
            .type = QEMU_OPT_SIZE,
            .help = "length of the guest's disk",
        }, {
            .name = BLOCK_OPT_COMPAT_LEVEL,
            .type = QEMU_OPT_STRING,
            .help = "v2 (0.10) or v3 (1.1)",
            .def_value_str = "v3",
        }, {
            .name = BLOCK_OPT_BACKING_FILE,
            .type = QEMU_OPT_STRING,
            .help = "what shows where nothing was written",
        }, {
            .name = BLOCK_OPT_BACKING_FMT,
            .type = QEMU_OPT_STRING,
            .help = "its format",
        }, {
            .name = BLOCK_OPT_CLUSTER_SIZE,
            .type = QEMU_OPT_SIZE,
            .help = "bytes of a cluster",
            .def_value_str = stringify(DEFAULT_CLUSTER_SIZE),
        }, {
            .name = BLOCK_OPT_PREALLOC,
            .type = QEMU_OPT_STRING,
            .help = "off, metadata, falloc or full",
        }, {
            .name = BLOCK_OPT_LAZY_REFCOUNTS,
            .type = QEMU_OPT_BOOL,
            .help = "write reference counts when the image is closed",
            .def_value_str = "off",
        }, {
            .name = BLOCK_OPT_REFCOUNT_BITS,
            .type = QEMU_OPT_NUMBER,
            .help = "width of a reference count",
            .def_value_str = "16",
        },
        { /* end of list */ }
    },
};

/* An image that is to be made: what was asked for, and where all goes. */
typedef struct Qcow2Layout {
    uint64_t size;
    int version;
    int refcount_order;
    bool lazy_refcounts;
    PreallocMode prealloc;
    const char *backing_file, *backing_format;

    uint64_t cluster_size;
    uint64_t l1_entries, l1_clusters;
    uint64_t l2_clusters, data_clusters;    /* 0 without preallocation */
    uint64_t refblocks, reftable_clusters;
    uint64_t end;                           /* clusters in all */
} Qcow2Layout;

static bool qcow2_parse_create_opts(Qcow2Layout *l, QemuOpts *opts,
                                    Error **errp)
{
    const char *compat = qemu_opt_get(opts, BLOCK_OPT_COMPAT_LEVEL);
    const char *prealloc = qemu_opt_get(opts, BLOCK_OPT_PREALLOC);
    uint64_t refcount_bits;
    int mode;

    l->size = ROUND_UP(qemu_opt_get_size(opts, BLOCK_OPT_SIZE, 0),
                       BDRV_SECTOR_SIZE);
    l->backing_file = qemu_opt_get(opts, BLOCK_OPT_BACKING_FILE);
    l->backing_format = qemu_opt_get(opts, BLOCK_OPT_BACKING_FMT);
    l->lazy_refcounts = qemu_opt_get_bool(opts, BLOCK_OPT_LAZY_REFCOUNTS,
                                          false);
    if (!compat || !strcmp(compat, "v3") || !strcmp(compat, "1.1")) {
        l->version = 3;
    } else if (!strcmp(compat, "v2") || !strcmp(compat, "0.10")) {
        l->version = 2;
    } else {
        error_setg(errp, "Invalid parameter '%s'", compat);
        return false;
    }
    l->cluster_size = qemu_opt_get_size(opts, BLOCK_OPT_CLUSTER_SIZE,
                                        DEFAULT_CLUSTER_SIZE);
    if (!is_power_of_2(l->cluster_size) ||
        l->cluster_size < 1 << MIN_CLUSTER_BITS ||
        l->cluster_size > 1 << MAX_CLUSTER_BITS) {
        error_setg(errp, "Cluster size must be a power of two between %d and "
                   "%dk", 1 << MIN_CLUSTER_BITS,
                   1 << (MAX_CLUSTER_BITS - 10));
        return false;
    }
    mode = qapi_enum_parse(&PreallocMode_lookup, prealloc, PREALLOC_MODE_OFF,
                           errp);
    if (mode < 0) {
        return false;
    }
    l->prealloc = mode;
    if (l->prealloc != PREALLOC_MODE_OFF && l->backing_file) {
        error_setg(errp, "Backing file and preallocation can only be used at "
                   "the same time if extended_l2 is enabled");
        return false;
    }
    if (l->lazy_refcounts && l->version < 3) {
        error_setg(errp, "Lazy refcounts only supported with compatibility "
                   "level 1.1 and above (use version=v3 or greater)");
        return false;
    }
    refcount_bits = qemu_opt_get_number(opts, BLOCK_OPT_REFCOUNT_BITS, 16);
    if (refcount_bits > 64 || !is_power_of_2(refcount_bits)) {
        error_setg(errp, "Refcount width must be a power of two and may not "
                   "exceed 64 bits");
        return false;
    }
    if (l->version < 3 && refcount_bits != 16) {
        error_setg(errp, "Different refcount widths than 16 bits require "
                   "compatibility level 1.1 or above (use version=v3 or "
                   "greater)");
        return false;
    }
    l->refcount_order = ctz64(refcount_bits);
    if (l->backing_file && strlen(l->backing_file) > QCOW_MAX_BACKING_NAME) {
        error_setg(errp, "Backing file name too long");
        return false;
    }
    return true;
}

/* How many clusters each part takes; the counts count themselves. */
static bool qcow2_lay_out(Qcow2Layout *l, Error **errp)
{
    uint64_t per_l2 = l->cluster_size / L2E_SIZE, before, refblocks = 0;
    uint64_t per_block = l->cluster_size * 8 >> l->refcount_order;

    l->l1_entries = DIV_ROUND_UP(l->size, l->cluster_size * per_l2);
    if (l->size > INT64_MAX - l->cluster_size ||
        l->l1_entries * L1E_SIZE > QCOW_MAX_L1_SIZE) {
        error_setg(errp, "Image size too large for file format (try using a "
                   "larger cluster size)");
        return false;
    }
    l->l1_clusters = DIV_ROUND_UP(l->l1_entries * L1E_SIZE, l->cluster_size);
    if (l->prealloc != PREALLOC_MODE_OFF) {
        l->l2_clusters = l->l1_entries;
        l->data_clusters = DIV_ROUND_UP(l->size, l->cluster_size);
    }
    before = 1 + l->l1_clusters + l->l2_clusters + l->data_clusters;
    do {
        l->refblocks = refblocks;
        l->reftable_clusters = MAX(DIV_ROUND_UP(refblocks *
                                                REFTABLE_ENTRY_SIZE,
                                                l->cluster_size), 1);
        l->end = before + refblocks + l->reftable_clusters;
        refblocks = DIV_ROUND_UP(l->end, per_block);
    } while (refblocks != l->refblocks);
    if (l->reftable_clusters * l->cluster_size > QCOW_MAX_REFTABLE_SIZE) {
        error_setg(errp, "Image size too large for file format (try using a "
                   "larger cluster size)");
        return false;
    }
    return true;
}

/* A table whose entry i is @first + i clusters, and @flags. */
static int qcow2_create_table(BlockBackend *blk, Qcow2Layout *l, uint64_t at,
                              uint64_t first, uint64_t entries, uint64_t flags)
{
    uint64_t per_cluster = l->cluster_size / sizeof(uint64_t);
    g_autofree uint64_t *table = g_try_new(uint64_t, per_cluster);
    int ret = table ? 0 : -ENOMEM;

    for (uint64_t i = 0; ret == 0 && i < entries; i += per_cluster) {
        for (uint64_t j = 0; j < per_cluster; j++) {
            table[j] = i + j < entries && first ?
                       cpu_to_be64((first + i + j) * l->cluster_size | flags)
                       : 0;
        }
        ret = blk_pwrite(blk, (at + i / per_cluster) * l->cluster_size,
                         l->cluster_size, table, 0);
    }
    return ret;
}

static int qcow2_create_refblocks(BlockBackend *blk, Qcow2Layout *l,
                                  uint64_t at)
{
    uint64_t per_block = l->cluster_size * 8 >> l->refcount_order;
    g_autofree uint8_t *block = g_try_malloc(l->cluster_size);
    int ret = block ? 0 : -ENOMEM;

    for (uint64_t b = 0; ret == 0 && b < l->refblocks; b++) {
        memset(block, 0, l->cluster_size);
        for (uint64_t i = 0; i < per_block && b * per_block + i < l->end; i++) {
            qcow2_refcount_set(block, i, l->refcount_order, 1);
        }
        ret = blk_pwrite(blk, (at + b) * l->cluster_size, l->cluster_size,
                         block, 0);
    }
    return ret;
}

/* What is refered to first, and the header last. */
static int qcow2_create_image(BlockBackend *blk, Qcow2Layout *l, Error **errp)
{
    uint64_t l1_at = 1, l2_at = l1_at + l->l1_clusters;
    uint64_t data_at = l2_at + l->l2_clusters;
    uint64_t refblocks_at = data_at + l->data_clusters;
    uint64_t reftable_at = refblocks_at + l->refblocks;
    PreallocMode mode = l->prealloc == PREALLOC_MODE_METADATA ?
                        PREALLOC_MODE_OFF : l->prealloc;
    /* A header as an image has it whose header is to be written. */
    BDRVQcow2State s = {
        .qcow_version = l->version,
        .cluster_bits = ctz64(l->cluster_size),
        .cluster_size = l->cluster_size,
        .compatible_features = l->lazy_refcounts ? QCOW2_COMPAT_LAZY_REFCOUNTS
                                                 : 0,
        .image_backing_file = (char *)l->backing_file,
        .image_backing_format = (char *)l->backing_format,
        .l1_table_offset = l1_at * l->cluster_size,
        .l1_size = l->l1_entries,
        .refcount_table_offset = reftable_at * l->cluster_size,
        .refcount_table_size = l->reftable_clusters * l->cluster_size /
                               REFTABLE_ENTRY_SIZE,
        .refcount_order = l->refcount_order,
    };
    g_autofree uint8_t *header = g_try_malloc0(l->cluster_size);
    int ret = header ? 0 : -ENOMEM;

    if (ret == 0) {
        ret = blk_truncate(blk, l->end * l->cluster_size, false, mode, 0,
                           errp);
        if (ret < 0) {
            return ret;
        }
        ret = qcow2_create_table(blk, l, l1_at, l->l2_clusters ? l2_at : 0,
                                 l->l1_entries, QCOW_OFLAG_COPIED);
    }
    if (ret == 0 && l->l2_clusters) {
        ret = qcow2_create_table(blk, l, l2_at, data_at, l->data_clusters,
                                 QCOW_OFLAG_COPIED);
    }
    if (ret == 0) {
        ret = qcow2_create_refblocks(blk, l, refblocks_at);
    }
    if (ret == 0) {
        ret = qcow2_create_table(blk, l, reftable_at, refblocks_at,
                                 l->refblocks, 0);
    }
    if (ret == 0) {
        ret = qcow2_format_header(&s, l->size, header);
    }
    if (ret == 0) {
        ret = blk_pwrite(blk, 0, l->cluster_size, header, 0);
    }
    if (ret == 0) {
        ret = blk_flush(blk);
    }
    if (ret < 0) {
        error_setg_errno(errp, -ret, "Could not write the image");
    }
    return ret;
}

int coroutine_fn qcow2_co_create_opts(BlockDriver *drv, const char *filename,
                                      QemuOpts *opts, Error **errp)
{
    g_autoptr(QDict) names = NULL;
    Qcow2Layout l = { 0 };
    BlockDriverState *bs;
    BlockBackend *blk;
    int ret;

    if (!qcow2_parse_create_opts(&l, opts, errp) || !qcow2_lay_out(&l, errp)) {
        return -EINVAL;
    }
    /* The file has options of its own; these were for us. */
    names = qemu_opts_to_qdict_filtered(opts, NULL, &qcow2_create_opts, true);
    l.backing_file = qdict_get_try_str(names, BLOCK_OPT_BACKING_FILE);
    l.backing_format = qdict_get_try_str(names, BLOCK_OPT_BACKING_FMT);
    ret = bdrv_create_file(filename, opts, errp);
    if (ret < 0) {
        return ret;
    }
    bs = bdrv_open(filename, NULL, NULL,
                   BDRV_O_RDWR | BDRV_O_RESIZE | BDRV_O_PROTOCOL, errp);
    if (!bs) {
        return -EIO;
    }
    blk = blk_new_with_bs(bs, BLK_PERM_WRITE | BLK_PERM_RESIZE, BLK_PERM_ALL,
                          errp);
    bdrv_unref(bs);
    if (!blk) {
        return -EPERM;
    }
    blk_set_allow_write_beyond_eof(blk, true);
    ret = qcow2_create_image(blk, &l, errp);
    blk_unref(blk);
    return ret;
}

/* Clusters that the disk has no longer. */
static int qcow2_shrink(BlockDriverState *bs, uint64_t old_end,
                        uint64_t new_end, Error **errp)
{
    BDRVQcow2State *s = bs->opaque;
    uint64_t from = ROUND_UP(new_end, s->cluster_size);
    uint64_t to = ROUND_UP(old_end, s->cluster_size);
    int ret;

    ret = qcow2_zero_clusters(bs, from, to - from, false, true,
                              QCOW2_DISCARD_OTHER);
    if (ret < 0) {
        error_setg_errno(errp, -ret, "Failed to discard cropped clusters");
        return ret;
    }
    ret = qcow2_shrink_l1_table(bs, size_to_l1(s, new_end));
    if (ret < 0) {
        error_setg_errno(errp, -ret, "Failed to reduce the number of L2 "
                         "tables");
    }
    return ret;
}

/* The rest of the last cluster was nobody's, and may have anything in it. */
static int coroutine_fn qcow2_co_zero_rest(BlockDriverState *bs,
                                           uint64_t offset, uint64_t end)
{
    BDRVQcow2State *s = bs->opaque;
    uint64_t n = end - offset, host_offset;
    QCow2ClusterType type;
    QEMUIOVector qiov;
    bool copied;
    void *zeroes;
    int ret;

    qemu_co_mutex_lock(&s->lock);
    ret = qcow2_get_host_offset(bs, offset, &n, &host_offset, &type, &copied);
    qemu_co_mutex_unlock(&s->lock);
    if (ret < 0 || type == QCOW2_CLUSTER_ZERO_PLAIN ||
        type == QCOW2_CLUSTER_ZERO_ALLOC ||
        (type == QCOW2_CLUSTER_UNALLOCATED && !bs->backing)) {
        return ret;
    }
    zeroes = qemu_try_blockalign0(bs, end - offset);
    if (!zeroes) {
        return -ENOMEM;
    }
    qemu_iovec_init_buf(&qiov, zeroes, end - offset);
    ret = qcow2_co_pwritev_part(bs, offset, end - offset, &qiov, 0, 0);
    qemu_vfree(zeroes);
    return ret;
}

int coroutine_fn qcow2_co_truncate(BlockDriverState *bs, int64_t offset,
                                   bool exact, PreallocMode prealloc,
                                   BdrvRequestFlags flags, Error **errp)
{
    BDRVQcow2State *s = bs->opaque;
    uint64_t old_end = bs->total_sectors * BDRV_SECTOR_SIZE, new_end = offset;
    uint64_t rest = MIN(ROUND_UP(old_end, s->cluster_size), new_end);
    uint64_t be;
    int ret;

    if (prealloc != PREALLOC_MODE_OFF) {
        error_setg(errp, "Unsupported preallocation mode '%s'",
                   PreallocMode_str(prealloc));
        return -ENOTSUP;
    }
    if (!QEMU_IS_ALIGNED(new_end, BDRV_SECTOR_SIZE)) {
        error_setg(errp, "The new size must be a multiple of %u",
                   (unsigned)BDRV_SECTOR_SIZE);
        return -EINVAL;
    }
    if (s->nb_snapshots && s->qcow_version < 3) {
        error_setg(errp, "Can't resize a v2 image which has snapshots");
        return -ENOTSUP;
    }
    if (new_end > old_end && rest > old_end) {
        ret = qcow2_co_zero_rest(bs, old_end, rest);
        if (ret < 0) {
            error_setg_errno(errp, -ret, "Failed to zero out the new area");
            return ret;
        }
    }

    qemu_co_mutex_lock(&s->lock);
    if (new_end < old_end) {
        ret = qcow2_shrink(bs, old_end, new_end, errp);
    } else {
        ret = qcow2_grow_l1_table(bs, size_to_l1(s, new_end));
        if (ret < 0) {
            error_setg_errno(errp, -ret, "Failed to grow the L1 table");
        } else if (flags & BDRV_REQ_ZERO_WRITE && rest < new_end) {
            uint64_t end = ROUND_UP(new_end, s->cluster_size);

            ret = qcow2_zero_clusters(bs, rest, end - rest, true, true,
                                      QCOW2_DISCARD_OTHER);
            if (ret < 0) {
                error_setg_errno(errp, -ret, "Failed to zero out the new "
                                 "area");
            }
        }
    }
    if (ret == 0) {
        be = cpu_to_be64(new_end);
        ret = bdrv_co_pwrite_sync(bs->file, offsetof(QCowHeader, size),
                                  sizeof(be), &be, 0);
        if (ret < 0) {
            error_setg_errno(errp, -ret, "Failed to update the image size");
        } else {
            bs->total_sectors = new_end / BDRV_SECTOR_SIZE;
        }
    }
    qemu_co_mutex_unlock(&s->lock);
    return ret;
}
