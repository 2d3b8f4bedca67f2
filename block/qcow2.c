/*
 * qcow2: opening an image and closing it, and what it is like.
 *
 * Read qcow2.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "block/qdict.h"
#include "qapi/error.h"
#include "qapi/qapi-events-block-core.h"
#include "qapi/qmp/qdict.h"
#include "qemu/bswap.h"
#include "qemu/cutils.h"
#include "qemu/error-report.h"
#include "qemu/module.h"
#include "qemu/option.h"
#include "qcow2.h"
#include "qcow2-options.h"

static int qcow2_probe(const uint8_t *buf, int buf_size, const char *filename)
{
    const QCowHeader *h = (const void *)buf;

    return buf_size >= sizeof(*h) && ldl_be_p(&h->magic) == QCOW_MAGIC &&
           (uint32_t)ldl_be_p(&h->version) >= 2 ? 100 : 0;
}

/* What goes wrong */

void qcow2_signal_corruption(BlockDriverState *bs, bool fatal, int64_t offset,
                             int64_t size, const char *message_format, ...)
{
    BDRVQcow2State *s = bs->opaque;
    g_autofree char *message = NULL;
    const char *node_name = bdrv_get_node_name(bs);
    va_list ap;

    fatal = fatal && bdrv_is_writable(bs);
    if (s->signaled_corruption &&
        (!fatal || s->incompatible_features & QCOW2_INCOMPAT_CORRUPT)) {
        return;
    }
    va_start(ap, message_format);
    message = g_strdup_vprintf(message_format, ap);
    va_end(ap);
    if (fatal) {
        fprintf(stderr, "qcow2: Marking image as corrupt: %s; further "
                "corruption events will be suppressed\n", message);
    } else {
        fprintf(stderr, "qcow2: Image is corrupt: %s; further non-fatal "
                "corruption events will be suppressed\n", message);
    }
    qapi_event_send_block_image_corrupted(bdrv_get_device_name(bs),
                                          *node_name != '\0', node_name,
                                          message, offset >= 0, offset,
                                          size >= 0, size, fatal);
    s->signaled_corruption = true;
    if (fatal) {
        s->incompatible_features |= QCOW2_INCOMPAT_CORRUPT;
        if (s->qcow_version >= 3) {
            uint64_t features = cpu_to_be64(s->incompatible_features);

            bdrv_pwrite_sync(bs->file,
                             offsetof(QCowHeader, incompatible_features),
                             sizeof(features), &features, 0);
        }
    }
}

int qcow2_validate_table(BlockDriverState *bs, uint64_t offset,
                         uint64_t entries, size_t entry_len,
                         int64_t max_size_bytes, const char *table_name,
                         Error **errp)
{
    BDRVQcow2State *s = bs->opaque;

    if (entries > max_size_bytes / entry_len) {
        error_setg(errp, "%s too large", table_name);
        return -EFBIG;
    }
    /* The end has to be an offset, too. */
    if (INT64_MAX - entries * entry_len < offset ||
        offset_into_cluster(s, offset)) {
        error_setg(errp, "%s offset invalid", table_name);
        return -EINVAL;
    }
    return 0;
}

uint64_t *qcow2_read_table(BlockDriverState *bs, uint64_t offset,
                           uint64_t entries, const char *table_name,
                           Error **errp)
{
    uint64_t *table = g_try_new0(uint64_t, MAX(entries, 1));
    int ret = table ? 0 : -ENOMEM;

    if (ret == 0 && entries) {
        ret = bdrv_pread(bs->file, offset, entries * sizeof(*table), table, 0);
    }
    if (ret < 0) {
        error_setg_errno(errp, -ret, "%s", table_name);
        g_free(table);
        return NULL;
    }
    for (uint64_t i = 0; i < entries; i++) {
        be64_to_cpus(&table[i]);
    }
    return table;
}

static int qcow2_read_backing_name(BlockDriverState *bs, const QCowHeader *h,
                                   Error **errp)
{
    BDRVQcow2State *s = bs->opaque;
    uint32_t len = h->backing_file_size;
    int ret;

    if (!h->backing_file_offset) {
        return 0;
    }
    if (len > MIN(QCOW_MAX_BACKING_NAME,
                  s->cluster_size - h->backing_file_offset)) {
        error_setg(errp, "Backing file name too long");
        return -EINVAL;
    }
    s->image_backing_file = g_malloc0(len + 1);
    ret = bdrv_pread(bs->file, h->backing_file_offset, len,
                     s->image_backing_file, 0);
    if (ret < 0) {
        error_setg_errno(errp, -ret, "Could not read backing file name");
        return ret;
    }
    pstrcpy(bs->backing_file, sizeof(bs->backing_file),
            s->image_backing_file);
    pstrcpy(bs->auto_backing_file, sizeof(bs->auto_backing_file),
            s->image_backing_file);
    return 0;
}

/* Before it is written to for the first time. */
static int qcow2_prepare_writing(BlockDriverState *bs, int flags, Error **errp)
{
    BDRVQcow2State *s = bs->opaque;
    int ret = 0;

    if (flags & (BDRV_O_CHECK | BDRV_O_INACTIVE) || !(flags & BDRV_O_RDWR)) {
        return 0;
    }
    /* What these bits stand for is not kept up to date here. */
    if (s->autoclear_features) {
        s->autoclear_features = 0;
        ret = qcow2_update_header(bs);
        if (ret < 0) {
            error_setg_errno(errp, -ret, "Could not update qcow2 header");
            return ret;
        }
    }
    if (s->incompatible_features & QCOW2_INCOMPAT_DIRTY) {
        BdrvCheckResult result = { 0 };

        ret = qcow2_check_refcounts(bs, &result,
                                    BDRV_FIX_ERRORS | BDRV_FIX_LEAKS);
        if (ret == 0 && result.check_errors) {
            ret = -EIO;
        }
        if (ret == 0 && !result.corruptions) {
            ret = qcow2_mark_clean(bs);
        }
        if (ret < 0) {
            error_setg_errno(errp, -ret, "Could not repair dirty image");
        }
    }
    return ret;
}

static void qcow2_free_state(BlockDriverState *bs)
{
    BDRVQcow2State *s = bs->opaque;
    Qcow2UnknownHeaderExtension *ext, *next;

    cache_clean_timer_del(bs);
    qcow2_cache_destroy(s->l2_table_cache);
    qcow2_cache_destroy(s->refcount_block_cache);
    s->l2_table_cache = NULL;
    s->refcount_block_cache = NULL;
    g_clear_pointer(&s->l1_table, g_free);
    g_clear_pointer(&s->refcount_table, g_free);
    qcow2_free_snapshots(bs);
    g_clear_pointer(&s->freed, g_array_unref);
    g_clear_pointer(&s->image_backing_file, g_free);
    g_clear_pointer(&s->image_backing_format, g_free);
    g_clear_pointer(&s->unknown_header_fields, g_free);
    QLIST_FOREACH_SAFE(ext, &s->unknown_header_ext, next, next) {
        QLIST_REMOVE(ext, next);
        g_free(ext);
    }
}

/* An image whose data is in another file was refused already. */
static int qcow2_refuse_data_file(BlockDriverState *bs, QDict *options,
                                  Error **errp)
{
    Error *local_err = NULL;
    BdrvChild *child = bdrv_open_child(NULL, options, "data-file", bs,
                                       &child_of_bds, BDRV_CHILD_DATA, true,
                                       &local_err);

    if (local_err) {
        error_propagate(errp, local_err);
        return -EINVAL;
    }
    if (child) {
        bdrv_unref_child(bs, child);
        error_setg(errp, "'data-file' can only be set for images with an "
                   "external data file");
        return -EINVAL;
    }
    return 0;
}

static int qcow2_do_open(BlockDriverState *bs, QDict *options, int flags,
                         Error **errp)
{
    BDRVQcow2State *s = bs->opaque;
    Qcow2ReopenState r;
    QCowHeader h;
    uint64_t l1_needed;
    int ret = qcow2_read_header(bs, flags, &h, errp);

    if (ret < 0) {
        return ret;
    }
    s->l2_bits = s->cluster_bits - ctz32(L2E_SIZE);
    s->l2_size = 1 << s->l2_bits;
    s->refcount_order = h.refcount_order;
    s->refcount_bits = 1 << s->refcount_order;
    s->refcount_max = UINT64_MAX >> (64 - s->refcount_bits);
    s->refcount_block_bits = s->cluster_bits - (s->refcount_order - 3);
    s->csize_shift = 62 - (s->cluster_bits - 8);
    s->csize_mask = (1 << (s->cluster_bits - 8)) - 1;
    s->cluster_offset_mask = (1ULL << s->csize_shift) - 1;
    bs->total_sectors = h.size / BDRV_SECTOR_SIZE;

    s->refcount_table_offset = h.refcount_table_offset;
    if (!h.refcount_table_clusters && !(flags & BDRV_O_CHECK)) {
        error_setg(errp, "Image does not contain a reference count table");
        return -EINVAL;
    }
    if (h.refcount_table_clusters >
        QCOW_MAX_REFTABLE_SIZE >> s->cluster_bits) {
        error_setg(errp, "Reference count table too large");
        return -EFBIG;
    }
    s->nb_snapshots = h.nb_snapshots;
    s->snapshots_offset = h.snapshots_offset;
    ret = qcow2_read_snapshots(bs, errp);
    if (ret < 0) {
        return ret;
    }

    s->l1_table_offset = h.l1_table_offset;
    ret = qcow2_validate_table(bs, h.l1_table_offset, h.l1_size, L1E_SIZE,
                               QCOW_MAX_L1_SIZE, "Active L1 table", errp);
    if (ret < 0) {
        return ret;
    }
    if (h.size > INT64_MAX - s->cluster_size) {
        error_setg(errp, "Image is too big");
        return -EFBIG;
    }
    l1_needed = size_to_l1(s, h.size);
    if (l1_needed > INT_MAX) {
        error_setg(errp, "Image is too big");
        return -EFBIG;
    }
    if (h.l1_size < l1_needed) {
        error_setg(errp, "L1 table is too small");
        return -EINVAL;
    }
    s->l1_size = h.l1_size;
    s->l1_table = qcow2_read_table(bs, s->l1_table_offset, s->l1_size,
                                   "Could not read L1 table", errp);
    if (!s->l1_table) {
        return -EIO;
    }

    ret = qcow2_refuse_data_file(bs, options, errp);
    if (ret < 0) {
        return ret;
    }
    ret = qcow2_update_options_prepare(bs, &r, options, flags, errp);
    if (ret < 0) {
        return ret;
    }
    qcow2_update_options_commit(bs, &r);
    ret = qcow2_refcount_init(bs, h.refcount_table_clusters, errp);
    if (ret < 0) {
        return ret;
    }
    ret = qcow2_read_backing_name(bs, &h, errp);
    if (ret < 0) {
        return ret;
    }
    ret = qcow2_prepare_writing(bs, flags, errp);
    if (ret < 0) {
        return ret;
    }
    if (s->qcow_version >= 3) {
        bs->supported_zero_flags = BDRV_REQ_MAY_UNMAP | BDRV_REQ_NO_FALLBACK;
        bs->supported_truncate_flags = BDRV_REQ_ZERO_WRITE;
    }
    return 0;
}

static int qcow2_open(BlockDriverState *bs, QDict *options, int flags,
                      Error **errp)
{
    BDRVQcow2State *s = bs->opaque;
    int ret = bdrv_open_file_child(NULL, options, "file", bs, errp);

    if (ret < 0) {
        return ret;
    }
    qemu_co_mutex_init(&s->lock);
    QLIST_INIT(&s->requests);
    qemu_co_queue_init(&s->thread_task_queue);
    QLIST_INIT(&s->unknown_header_ext);
    s->freed = g_array_new(false, false, sizeof(Qcow2FreedClusters));
    ret = qcow2_do_open(bs, options, flags, errp);
    if (ret < 0) {
        qcow2_free_state(bs);
    }
    return ret;
}

static void qcow2_close(BlockDriverState *bs)
{
    if (!(bs->open_flags & BDRV_O_INACTIVE)) {
        qcow2_inactivate(bs);
    }
    qcow2_free_state(bs);
}

/* Opening it again with other flags */

static int qcow2_reopen_prepare(BDRVReopenState *state,
                                BlockReopenQueue *queue, Error **errp)
{
    Qcow2ReopenState *r = g_new0(Qcow2ReopenState, 1);
    int ret;

    ret = qcow2_update_options_prepare(state->bs, r, state->options,
                                       state->flags, errp);
    if (ret < 0) {
        g_free(r);
        return ret;
    }
    /* It may be written to no more, and it gets other caches. */
    ret = qcow2_inactivate(state->bs);
    if (ret < 0) {
        error_setg_errno(errp, -ret, "Could not write the tables");
        qcow2_update_options_abort(state->bs, r);
        g_free(r);
        return ret;
    }
    state->opaque = r;
    return 0;
}

static void qcow2_reopen_commit(BDRVReopenState *state)
{
    qcow2_update_options_commit(state->bs, state->opaque);
    g_free(state->opaque);
    state->opaque = NULL;
}

static void qcow2_reopen_abort(BDRVReopenState *state)
{
    qcow2_update_options_abort(state->bs, state->opaque);
    g_free(state->opaque);
    state->opaque = NULL;
}

static void qcow2_reopen_commit_post(BDRVReopenState *state)
{
    Error *err = NULL;

    if (qcow2_prepare_writing(state->bs, state->flags, &err) < 0) {
        error_report_err(err);
    }
}

/* What it is like */

static void qcow2_refresh_limits(BlockDriverState *bs, Error **errp)
{
    BDRVQcow2State *s = bs->opaque;

    bs->bl.pwrite_zeroes_alignment = s->cluster_size;
    bs->bl.pdiscard_alignment = s->cluster_size;
}

static int qcow2_get_info(BlockDriverState *bs, BlockDriverInfo *bdi)
{
    BDRVQcow2State *s = bs->opaque;

    bdi->cluster_size = s->cluster_size;
    bdi->is_dirty = s->incompatible_features & QCOW2_INCOMPAT_DIRTY;
    /* The state of the machine is behind the disk. */
    bdi->vm_state_offset = size_to_l1(s, bs->total_sectors *
                                      BDRV_SECTOR_SIZE) <<
                           (s->cluster_bits + s->l2_bits);
    return 0;
}

static ImageInfoSpecific *qcow2_get_specific_info(BlockDriverState *bs,
                                                  Error **errp)
{
    BDRVQcow2State *s = bs->opaque;
    ImageInfoSpecific *info = g_new0(ImageInfoSpecific, 1);
    ImageInfoSpecificQCow2 *data = g_new0(ImageInfoSpecificQCow2, 1);

    info->type = IMAGE_INFO_SPECIFIC_KIND_QCOW2;
    info->u.qcow2.data = data;
    data->compat = g_strdup(s->qcow_version == 2 ? "0.10" : "1.1");
    data->refcount_bits = s->refcount_bits;
    data->compression_type = s->compression_type;
    if (s->qcow_version >= 3) {
        data->has_lazy_refcounts = true;
        data->lazy_refcounts = s->compatible_features &
                               QCOW2_COMPAT_LAZY_REFCOUNTS;
        data->has_corrupt = true;
        data->corrupt = s->incompatible_features & QCOW2_INCOMPAT_CORRUPT;
        data->has_extended_l2 = true;
        data->extended_l2 = false;
    }
    return info;
}

/* Preallocated tables may refer to what the file does not read as zeroes. */
static int qcow2_has_zero_init(BlockDriverState *bs)
{
    BDRVQcow2State *s = bs->opaque;

    return s->l1_size && s->l1_table[0] ? bdrv_has_zero_init(bs->file->bs) : 1;
}

static int qcow2_change_backing_file(BlockDriverState *bs,
                                     const char *backing_file,
                                     const char *backing_fmt)
{
    BDRVQcow2State *s = bs->opaque;

    if (backing_file && strlen(backing_file) > QCOW_MAX_BACKING_NAME) {
        return -EINVAL;
    }
    pstrcpy(bs->auto_backing_file, sizeof(bs->auto_backing_file),
            backing_file ?: "");
    pstrcpy(bs->backing_file, sizeof(bs->backing_file),
            bs->auto_backing_file);
    pstrcpy(bs->backing_format, sizeof(bs->backing_format),
            backing_fmt ?: "");
    g_free(s->image_backing_file);
    g_free(s->image_backing_format);
    s->image_backing_file = *bs->backing_file ? g_strdup(bs->backing_file)
                                              : NULL;
    s->image_backing_format = *bs->backing_format ?
                              g_strdup(bs->backing_format) : NULL;
    return qcow2_update_header(bs);
}

static int coroutine_fn qcow2_co_check(BlockDriverState *bs,
                                       BdrvCheckResult *result,
                                       BdrvCheckMode fix)
{
    BDRVQcow2State *s = bs->opaque;
    int ret;

    qemu_co_mutex_lock(&s->lock);
    ret = qcow2_check_refcounts(bs, result, fix);
    qemu_co_mutex_unlock(&s->lock);
    return ret;
}

static const char *const qcow2_strong_runtime_opts[] = {
    NULL
};

static BlockDriver bdrv_qcow2 = {
    .format_name = "qcow2",
    .instance_size = sizeof(BDRVQcow2State),
    .is_format = true,
    .supports_backing = true,
    .create_opts = &qcow2_create_opts,
    .strong_runtime_opts = qcow2_strong_runtime_opts,

    .bdrv_probe = qcow2_probe,
    .bdrv_open = qcow2_open,
    .bdrv_close = qcow2_close,
    .bdrv_reopen_prepare = qcow2_reopen_prepare,
    .bdrv_reopen_commit = qcow2_reopen_commit,
    .bdrv_reopen_commit_post = qcow2_reopen_commit_post,
    .bdrv_reopen_abort = qcow2_reopen_abort,
    .bdrv_inactivate = qcow2_inactivate,
    .bdrv_child_perm = bdrv_default_perms,
    .bdrv_co_create_opts = qcow2_co_create_opts,
    .bdrv_change_backing_file = qcow2_change_backing_file,
    .bdrv_make_empty = qcow2_make_empty,
    .bdrv_attach_aio_context = cache_clean_timer_init,
    .bdrv_detach_aio_context = cache_clean_timer_del,
    .bdrv_refresh_limits = qcow2_refresh_limits,
    .bdrv_has_zero_init = qcow2_has_zero_init,
    .bdrv_get_info = qcow2_get_info,
    .bdrv_get_specific_info = qcow2_get_specific_info,
    .bdrv_snapshot_list = qcow2_snapshot_list,

    .bdrv_co_preadv_part = qcow2_co_preadv_part,
    .bdrv_co_pwritev_part = qcow2_co_pwritev_part,
    .bdrv_co_pwrite_zeroes = qcow2_co_pwrite_zeroes,
    .bdrv_co_pdiscard = qcow2_co_pdiscard,
    .bdrv_co_block_status = qcow2_co_block_status,
    .bdrv_co_flush_to_os = qcow2_co_flush_to_os,
    .bdrv_co_truncate = qcow2_co_truncate,
    .bdrv_co_check = qcow2_co_check,
};

static void bdrv_qcow2_init(void)
{
    bdrv_register(&bdrv_qcow2);
}

block_init(bdrv_qcow2_init);
