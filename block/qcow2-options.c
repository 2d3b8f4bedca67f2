/*
 * qcow2's options of -blockdev: caches, checks, what becomes of discards.
 *
 * They are read before anything is changed (qcow2_update_options_prepare()): an
 * image is opened again with others, or goes on with those that it has.
 *
 * Read qcow2.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "block/qdict.h"
#include "qapi/error.h"
#include "qapi/qmp/qdict.h"
#include "qapi/qmp/qstring.h"
#include "qemu/option.h"
#include "qemu/timer.h"
#include "qcow2.h"
#include "qcow2-options.h"

#define QCOW2_OPT_LAZY_REFCOUNTS        "lazy-refcounts"
#define QCOW2_OPT_DISCARD_REQUEST       "pass-discard-request"
#define QCOW2_OPT_DISCARD_SNAPSHOT      "pass-discard-snapshot"
#define QCOW2_OPT_DISCARD_OTHER         "pass-discard-other"
#define QCOW2_OPT_OVERLAP               "overlap-check"
#define QCOW2_OPT_OVERLAP_TEMPLATE      "overlap-check.template"
#define QCOW2_OPT_CACHE_SIZE            "cache-size"
#define QCOW2_OPT_L2_CACHE_SIZE         "l2-cache-size"
#define QCOW2_OPT_L2_CACHE_ENTRY_SIZE   "l2-cache-entry-size"
#define QCOW2_OPT_REFCOUNT_CACHE_SIZE   "refcount-cache-size"
#define QCOW2_OPT_CACHE_CLEAN_INTERVAL  "cache-clean-interval"

/* The tables whose overlap with a write can be checked one by one. */
static const struct {
    const char *option;
    int bit;
} qcow2_overlap_options[] = {
    { "overlap-check.main-header",      QCOW2_OL_MAIN_HEADER },
    { "overlap-check.active-l1",        QCOW2_OL_ACTIVE_L1 },
    { "overlap-check.active-l2",        QCOW2_OL_ACTIVE_L2 },
    { "overlap-check.refcount-table",   QCOW2_OL_REFCOUNT_TABLE },
    { "overlap-check.refcount-block",   QCOW2_OL_REFCOUNT_BLOCK },
    { "overlap-check.snapshot-table",   QCOW2_OL_SNAPSHOT_TABLE },
    { "overlap-check.inactive-l1",      QCOW2_OL_INACTIVE_L1 },
    { "overlap-check.inactive-l2",      QCOW2_OL_INACTIVE_L2 },
    { "overlap-check.bitmap-directory", QCOW2_OL_BITMAP_DIRECTORY },
};

static QemuOptsList qcow2_runtime_opts = {
    .name = "qcow2",
    .head = QTAILQ_HEAD_INITIALIZER(qcow2_runtime_opts.head),
    .desc = {
        {
            .name = QCOW2_OPT_LAZY_REFCOUNTS,
            .type = QEMU_OPT_BOOL,
            .help = "write reference counts when the image is closed",
        }, {
            .name = QCOW2_OPT_DISCARD_REQUEST,
            .type = QEMU_OPT_BOOL,
            .help = "the guest's discards go to the file",
        }, {
            .name = QCOW2_OPT_DISCARD_SNAPSHOT,
            .type = QEMU_OPT_BOOL,
            .help = "what snapshots give back goes to the file",
        }, {
            .name = QCOW2_OPT_DISCARD_OTHER,
            .type = QEMU_OPT_BOOL,
            .help = "what else is given back goes to the file",
        }, {
            .name = QCOW2_OPT_OVERLAP,
            .type = QEMU_OPT_STRING,
            .help = "which tables no write may hit: none, constant, cached "
                    "or all",
        }, {
            .name = QCOW2_OPT_OVERLAP_TEMPLATE,
            .type = QEMU_OPT_STRING,
            .help = "the same, to be changed by the options below",
        }, {
            .name = "overlap-check.main-header",
            .type = QEMU_OPT_BOOL,
        }, {
            .name = "overlap-check.active-l1",
            .type = QEMU_OPT_BOOL,
        }, {
            .name = "overlap-check.active-l2",
            .type = QEMU_OPT_BOOL,
        }, {
            .name = "overlap-check.refcount-table",
            .type = QEMU_OPT_BOOL,
        }, {
            .name = "overlap-check.refcount-block",
            .type = QEMU_OPT_BOOL,
        }, {
            .name = "overlap-check.snapshot-table",
            .type = QEMU_OPT_BOOL,
        }, {
            .name = "overlap-check.inactive-l1",
            .type = QEMU_OPT_BOOL,
        }, {
            .name = "overlap-check.inactive-l2",
            .type = QEMU_OPT_BOOL,
        }, {
            .name = "overlap-check.bitmap-directory",
            .type = QEMU_OPT_BOOL,
        }, {
            .name = QCOW2_OPT_CACHE_SIZE,
            .type = QEMU_OPT_SIZE,
            .help = "bytes of both caches",
        }, {
            .name = QCOW2_OPT_L2_CACHE_SIZE,
            .type = QEMU_OPT_SIZE,
            .help = "bytes of the cache of L2 tables",
        }, {
            .name = QCOW2_OPT_L2_CACHE_ENTRY_SIZE,
            .type = QEMU_OPT_SIZE,
            .help = "bytes of an entry of it",
        }, {
            .name = QCOW2_OPT_REFCOUNT_CACHE_SIZE,
            .type = QEMU_OPT_SIZE,
            .help = "bytes of the cache of reference counts",
        }, {
            .name = QCOW2_OPT_CACHE_CLEAN_INTERVAL,
            .type = QEMU_OPT_NUMBER,
            .help = "forget what was not used for so many seconds",
        },
        { /* end of list */ }
    },
};

/* How many entries the caches have, by what was said of two of three sizes. */
static int qcow2_cache_sizes(BlockDriverState *bs, QemuOpts *opts,
                             uint64_t *l2_cache, uint64_t *l2_entry,
                             uint64_t *refcount_cache, Error **errp)
{
    BDRVQcow2State *s = bs->opaque;
    bool has_both = qemu_opt_get(opts, QCOW2_OPT_CACHE_SIZE);
    bool has_l2 = qemu_opt_get(opts, QCOW2_OPT_L2_CACHE_SIZE);
    bool has_refcount = qemu_opt_get(opts, QCOW2_OPT_REFCOUNT_CACHE_SIZE);
    uint64_t both = qemu_opt_get_size(opts, QCOW2_OPT_CACHE_SIZE, 0);
    uint64_t min_refcount = MIN_REFCOUNT_CACHE * s->cluster_size;
    /* Enough for all tables that there can be. */
    uint64_t all_l2 = ROUND_UP(DIV_ROUND_UP(bs->total_sectors *
                                            BDRV_SECTOR_SIZE,
                                            s->cluster_size) * L2E_SIZE,
                               s->cluster_size);

    *l2_cache = qemu_opt_get_size(opts, QCOW2_OPT_L2_CACHE_SIZE,
                                  DEFAULT_L2_CACHE_MAX);
    *refcount_cache = qemu_opt_get_size(opts, QCOW2_OPT_REFCOUNT_CACHE_SIZE,
                                        min_refcount);
    *l2_entry = qemu_opt_get_size(opts, QCOW2_OPT_L2_CACHE_ENTRY_SIZE,
                                  MIN(s->cluster_size,
                                      DEFAULT_L2_CACHE_ENTRY));
    if (has_both && has_l2 && has_refcount) {
        error_setg(errp, QCOW2_OPT_CACHE_SIZE ", " QCOW2_OPT_L2_CACHE_SIZE
                   " and " QCOW2_OPT_REFCOUNT_CACHE_SIZE " may not be set at "
                   "the same time");
        return -EINVAL;
    }
    if (has_both && has_l2 && *l2_cache > both) {
        error_setg(errp, QCOW2_OPT_L2_CACHE_SIZE " may not exceed "
                   QCOW2_OPT_CACHE_SIZE);
        return -EINVAL;
    }
    if (has_both && *refcount_cache > both && has_refcount) {
        error_setg(errp, QCOW2_OPT_REFCOUNT_CACHE_SIZE " may not exceed "
                   QCOW2_OPT_CACHE_SIZE);
        return -EINVAL;
    }
    if (has_both && has_l2) {
        *refcount_cache = both - *l2_cache;
    } else if (has_both && has_refcount) {
        *l2_cache = both - *refcount_cache;
    } else if (has_both) {
        *l2_cache = MIN(both, all_l2);
        *refcount_cache = both - *l2_cache;
    }
    if (*l2_entry < (1 << MIN_CLUSTER_BITS) || *l2_entry > s->cluster_size ||
        !is_power_of_2(*l2_entry)) {
        error_setg(errp, "L2 cache entry size must be a power of two "
                   "between %d and the cluster size (%" PRIu64 ")",
                   1 << MIN_CLUSTER_BITS, s->cluster_size);
        return -EINVAL;
    }
    *l2_cache = MAX(MIN(*l2_cache, all_l2) / *l2_entry, MIN_L2_CACHE);
    *refcount_cache = MAX(*refcount_cache, min_refcount) / s->cluster_size;
    if (*l2_cache > INT_MAX) {
        error_setg(errp, "L2 cache size too big");
        return -EINVAL;
    }
    if (*refcount_cache > INT_MAX) {
        error_setg(errp, "Refcount cache size too big");
        return -EINVAL;
    }
    return 0;
}

static int qcow2_overlap_checks(QemuOpts *opts, int *checks, Error **errp)
{
    const char *mode = qemu_opt_get(opts, QCOW2_OPT_OVERLAP);
    const char *template = qemu_opt_get(opts, QCOW2_OPT_OVERLAP_TEMPLATE);

    if (mode && template && strcmp(mode, template)) {
        error_setg(errp, "Conflicting values for qcow2 options '"
                   QCOW2_OPT_OVERLAP "' ('%s') and '"
                   QCOW2_OPT_OVERLAP_TEMPLATE "' ('%s')", mode, template);
        return -EINVAL;
    }
    mode = mode ?: template ?: "cached";
    if (!strcmp(mode, "none")) {
        *checks = 0;
    } else if (!strcmp(mode, "constant")) {
        *checks = QCOW2_OL_CONSTANT;
    } else if (!strcmp(mode, "cached")) {
        *checks = QCOW2_OL_CACHED;
    } else if (!strcmp(mode, "all")) {
        *checks = QCOW2_OL_ALL;
    } else {
        error_setg(errp, "Unsupported value '%s' for qcow2 option "
                   "'overlap-check'. Allowed are any of the following: none, "
                   "constant, cached, all", mode);
        return -EINVAL;
    }
    for (int i = 0; i < ARRAY_SIZE(qcow2_overlap_options); i++) {
        int bit = qcow2_overlap_options[i].bit;

        if (qemu_opt_get_bool(opts, qcow2_overlap_options[i].option,
                              *checks & bit)) {
            *checks |= bit;
        } else {
            *checks &= ~bit;
        }
    }
    return 0;
}

/* The header says how an image is encrypted; it was found not to be. */
static int qcow2_check_encrypt(QDict *options, Error **errp)
{
    g_autoptr(QDict) encrypt = NULL;
    const char *format;

    qdict_extract_subqdict(options, &encrypt, "encrypt.");
    format = qdict_get_try_str(encrypt, "format");
    if (format) {
        error_setg(errp, "No encryption in image header, but options "
                   "specified format '%s'", format);
        return -EINVAL;
    }
    return 0;
}

int qcow2_update_options_prepare(BlockDriverState *bs, Qcow2ReopenState *r,
                                 QDict *options, int flags, Error **errp)
{
    BDRVQcow2State *s = bs->opaque;
    QemuOpts *opts = qemu_opts_create(&qcow2_runtime_opts, NULL, 0,
                                      &error_abort);
    uint64_t l2_cache, l2_entry, refcount_cache;
    int ret = -EINVAL;

    *r = (Qcow2ReopenState) { 0 };
    if (!qemu_opts_absorb_qdict(opts, options, errp)) {
        goto out;
    }
    ret = qcow2_cache_sizes(bs, opts, &l2_cache, &l2_entry, &refcount_cache,
                            errp);
    if (ret < 0) {
        goto out;
    }
    r->cache_clean_interval =
        qemu_opt_get_number(opts, QCOW2_OPT_CACHE_CLEAN_INTERVAL,
                            DEFAULT_CACHE_CLEAN_INTERVAL);
    if (r->cache_clean_interval > UINT_MAX) {
        error_setg(errp, "Cache clean interval too big");
        ret = -EINVAL;
        goto out;
    }
    r->use_lazy_refcounts =
        qemu_opt_get_bool(opts, QCOW2_OPT_LAZY_REFCOUNTS,
                          s->compatible_features & QCOW2_COMPAT_LAZY_REFCOUNTS);
    if (s->qcow_version < 3 && r->use_lazy_refcounts) {
        error_setg(errp, "Lazy refcounts require a qcow2 image with at least "
                   "qemu 1.1 compatibility level");
        ret = -EINVAL;
        goto out;
    }
    ret = qcow2_overlap_checks(opts, &r->overlap_check, errp);
    if (ret < 0) {
        goto out;
    }
    r->discard_passthrough[QCOW2_DISCARD_REQUEST] =
        qemu_opt_get_bool(opts, QCOW2_OPT_DISCARD_REQUEST,
                          flags & BDRV_O_UNMAP);
    r->discard_passthrough[QCOW2_DISCARD_SNAPSHOT] =
        qemu_opt_get_bool(opts, QCOW2_OPT_DISCARD_SNAPSHOT, true);
    r->discard_passthrough[QCOW2_DISCARD_OTHER] =
        qemu_opt_get_bool(opts, QCOW2_OPT_DISCARD_OTHER, false);
    ret = qcow2_check_encrypt(options, errp);
    if (ret < 0) {
        goto out;
    }

    r->l2_slice_size = l2_entry / L2E_SIZE;
    r->l2_table_cache = qcow2_cache_create(l2_cache, l2_entry,
                                           QCOW2_OL_ACTIVE_L2, false);
    r->refcount_block_cache = qcow2_cache_create(refcount_cache,
                                                 s->cluster_size,
                                                 QCOW2_OL_REFCOUNT_BLOCK,
                                                 r->use_lazy_refcounts);
    ret = 0;
out:
    qemu_opts_del(opts);
    return ret;
}

void qcow2_update_options_commit(BlockDriverState *bs, Qcow2ReopenState *r)
{
    BDRVQcow2State *s = bs->opaque;

    qcow2_cache_destroy(s->l2_table_cache);
    qcow2_cache_destroy(s->refcount_block_cache);
    s->l2_table_cache = r->l2_table_cache;
    s->refcount_block_cache = r->refcount_block_cache;
    s->l2_slice_size = r->l2_slice_size;
    s->overlap_check = r->overlap_check;
    s->use_lazy_refcounts = r->use_lazy_refcounts;
    for (int i = 0; i < QCOW2_DISCARD_MAX; i++) {
        s->discard_passthrough[i] = r->discard_passthrough[i];
    }
    if (s->cache_clean_interval != r->cache_clean_interval) {
        cache_clean_timer_del(bs);
        s->cache_clean_interval = r->cache_clean_interval;
        cache_clean_timer_init(bs, bdrv_get_aio_context(bs));
    }
}

void qcow2_update_options_abort(BlockDriverState *bs, Qcow2ReopenState *r)
{
    qcow2_cache_destroy(r->l2_table_cache);
    qcow2_cache_destroy(r->refcount_block_cache);
}

/* Tables that nobody looks at any more need no memory */

static void cache_clean_timer_cb(void *opaque)
{
    BlockDriverState *bs = opaque;
    BDRVQcow2State *s = bs->opaque;
    AioContext *ctx = bdrv_get_aio_context(bs);

    /* Not while the main thread has the image in its hands. */
    aio_context_acquire(ctx);
    qcow2_cache_clean_unused(s->l2_table_cache);
    qcow2_cache_clean_unused(s->refcount_block_cache);
    timer_mod(s->cache_clean_timer,
              qemu_clock_get_ms(QEMU_CLOCK_VIRTUAL) +
              (int64_t)s->cache_clean_interval * 1000);
    aio_context_release(ctx);
}

void cache_clean_timer_init(BlockDriverState *bs, AioContext *context)
{
    BDRVQcow2State *s = bs->opaque;

    if (s->cache_clean_interval > 0) {
        s->cache_clean_timer =
            aio_timer_new_with_attrs(context, QEMU_CLOCK_VIRTUAL, SCALE_MS,
                                     QEMU_TIMER_ATTR_EXTERNAL,
                                     cache_clean_timer_cb, bs);
        timer_mod(s->cache_clean_timer,
                  qemu_clock_get_ms(QEMU_CLOCK_VIRTUAL) +
                  (int64_t)s->cache_clean_interval * 1000);
    }
}

void cache_clean_timer_del(BlockDriverState *bs)
{
    BDRVQcow2State *s = bs->opaque;

    timer_free(s->cache_clean_timer);
    s->cache_clean_timer = NULL;
}
