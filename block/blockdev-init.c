/*
 * A BlockBackend from the options of -drive, with the medium that they name.
 *
 * Read include/sysemu/blockdev.h first; block/blockdev-drive.c calls this.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "block/block_int.h"
#include "block/qdict.h"
#include "block/throttle-groups.h"
#include "blockdev-int.h"
#include "qapi/error.h"
#include "qapi/qmp/qdict.h"
#include "qapi/qmp/qlist.h"
#include "qapi/qmp/qnum.h"
#include "qapi/qmp/qstring.h"
#include "qapi/util.h"
#include "qemu/cutils.h"
#include "qemu/help_option.h"
#include "qemu/main-loop.h"
#include "qemu/option.h"
#include "qemu/qemu-print.h"
#include "qemu/throttle-options.h"
#include "sysemu/block-backend.h"
#include "sysemu/blockdev.h"

static void bdrv_format_print(void *opaque, const char *name)
{
    qemu_printf(" %s", name);
}

static int parse_block_error_action(const char *buf, bool is_read,
                                    Error **errp)
{
    if (!strcmp(buf, "ignore")) {
        return BLOCKDEV_ON_ERROR_IGNORE;
    } else if (!is_read && !strcmp(buf, "enospc")) {
        return BLOCKDEV_ON_ERROR_ENOSPC;
    } else if (!strcmp(buf, "stop")) {
        return BLOCKDEV_ON_ERROR_STOP;
    } else if (!strcmp(buf, "report")) {
        return BLOCKDEV_ON_ERROR_REPORT;
    }
    error_setg(errp, "'%s' invalid %s error action", buf,
               is_read ? "read" : "write");
    return -1;
}

static void extract_throttling(QemuOpts *opts, const char **throttling_group,
                               ThrottleConfig *cfg)
{
    static const struct {
        BucketType bucket;
        const char *name;
    } limits[] = {
        { THROTTLE_BPS_TOTAL, "throttling.bps-total" },
        { THROTTLE_BPS_READ, "throttling.bps-read" },
        { THROTTLE_BPS_WRITE, "throttling.bps-write" },
        { THROTTLE_OPS_TOTAL, "throttling.iops-total" },
        { THROTTLE_OPS_READ, "throttling.iops-read" },
        { THROTTLE_OPS_WRITE, "throttling.iops-write" },
    };

    throttle_config_init(cfg);
    for (int i = 0; i < ARRAY_SIZE(limits); i++) {
        LeakyBucket *bkt = &cfg->buckets[limits[i].bucket];
        g_autofree char *max = g_strconcat(limits[i].name, "-max", NULL);
        g_autofree char *length = g_strconcat(max, "-length", NULL);

        bkt->avg = qemu_opt_get_number(opts, limits[i].name, 0);
        bkt->max = qemu_opt_get_number(opts, max, 0);
        bkt->burst_length = qemu_opt_get_number(opts, length, 1);
    }
    cfg->op_size = qemu_opt_get_number(opts, "throttling.iops-size", 0);
    *throttling_group = qemu_opt_get(opts, "throttling.group");
}

/* Takes "stats-intervals.0", ".1" and so on out of @bs_opts. */
static QList *extract_stats_intervals(QDict *bs_opts, Error **errp)
{
    g_autoptr(QDict) intervals = NULL;
    QList *list = qlist_new();

    qdict_extract_subqdict(bs_opts, &intervals, "stats-intervals.");
    for (int i = 0; ; i++) {
        g_autofree char *key = g_strdup_printf("%d", i);
        QObject *value = qdict_get(intervals, key);

        if (!value) {
            break;
        }
        qlist_append_obj(list, qobject_ref(value));
        qdict_del(intervals, key);
    }
    if (qdict_size(intervals)) {
        error_setg(errp, "Invalid option stats-intervals.%s",
                   qdict_entry_key(qdict_first(intervals)));
        qobject_unref(list);
        return NULL;
    }
    return list;
}

/* Seconds, each as a number or as a string */
static bool parse_stats_intervals(BlockAcctStats *stats, QList *intervals,
                                  Error **errp)
{
    const QListEntry *entry;

    for (entry = qlist_first(intervals); entry; entry = qlist_next(entry)) {
        unsigned long long length = 0;

        if (qobject_type(entry->value) == QTYPE_QSTRING) {
            const char *str =
                qstring_get_str(qobject_to(QString, entry->value));

            if (parse_uint_full(str, &length, 10) != 0 || length == 0 ||
                length > UINT_MAX) {
                error_setg(errp, "Invalid interval length: %s", str);
                return false;
            }
        } else if (qobject_type(entry->value) == QTYPE_QNUM) {
            int64_t n = qnum_get_int(qobject_to(QNum, entry->value));

            if (n <= 0 || n > UINT_MAX) {
                error_setg(errp, "Invalid interval length: %" PRId64, n);
                return false;
            }
            length = n;
        } else {
            error_setg(errp, "The specification of stats-intervals is invalid");
            return false;
        }
        block_acct_add_interval(stats, length);
    }
    return true;
}

BlockBackend *blockdev_init(const char *file, QDict *bs_opts, Error **errp)
{
    ERRP_GUARD();
    const char *buf, *throttling_group, *id;
    int bdrv_flags = 0, on_read_error, on_write_error;
    QList *interval_list = NULL;
    bool account_invalid, account_failed, writethrough;
    bool snapshot, read_only;
    BlockdevDetectZeroesOptions detect_zeroes;
    BlockBackend *blk = NULL;
    ThrottleConfig cfg;
    QemuOpts *opts;

    id = qdict_get_try_str(bs_opts, "id");
    opts = qemu_opts_create(&qemu_common_drive_opts, id, 1, errp);
    if (!opts) {
        goto err_no_opts;
    }
    if (!qemu_opts_absorb_qdict(opts, bs_opts, errp)) {
        goto early_err;
    }
    if (id) {
        id = qemu_opts_id(opts);
        qdict_del(bs_opts, "id");
    }

    snapshot = qemu_opt_get_bool(opts, "snapshot", false);
    account_invalid = qemu_opt_get_bool(opts, "stats-account-invalid", true);
    account_failed = qemu_opt_get_bool(opts, "stats-account-failed", true);
    writethrough = !qemu_opt_get_bool(opts, BDRV_OPT_CACHE_WB, true);

    interval_list = extract_stats_intervals(bs_opts, errp);
    if (!interval_list) {
        goto early_err;
    }

    if ((buf = qemu_opt_get(opts, "format")) != NULL) {
        if (is_help_option(buf)) {
            qemu_printf("Supported formats:");
            bdrv_iterate_format(bdrv_format_print, NULL, false);
            qemu_printf("\nSupported formats (read-only):");
            bdrv_iterate_format(bdrv_format_print, NULL, true);
            qemu_printf("\n");
            goto early_err;
        }
        if (qdict_haskey(bs_opts, "driver")) {
            error_setg(errp, "Cannot specify both 'driver' and 'format'");
            goto early_err;
        }
        qdict_put_str(bs_opts, "driver", buf);
    }

    on_write_error = BLOCKDEV_ON_ERROR_ENOSPC;
    if ((buf = qemu_opt_get(opts, "werror")) != NULL) {
        on_write_error = parse_block_error_action(buf, false, errp);
        if (on_write_error < 0) {
            goto early_err;
        }
    }
    on_read_error = BLOCKDEV_ON_ERROR_REPORT;
    if ((buf = qemu_opt_get(opts, "rerror")) != NULL) {
        on_read_error = parse_block_error_action(buf, true, errp);
        if (on_read_error < 0) {
            goto early_err;
        }
    }

    extract_throttling(opts, &throttling_group, &cfg);
    if (!throttle_is_valid(&cfg, errp)) {
        goto early_err;
    }
    if ((buf = qemu_opt_get(opts, "aio")) != NULL &&
        bdrv_parse_aio(buf, &bdrv_flags) < 0) {
        error_setg(errp, "invalid aio option");
        goto early_err;
    }
    detect_zeroes = qapi_enum_parse(&BlockdevDetectZeroesOptions_lookup,
                                    qemu_opt_get(opts, "detect-zeroes"),
                                    BLOCKDEV_DETECT_ZEROES_OPTIONS_OFF, errp);
    if (*errp) {
        goto early_err;
    }
    if (snapshot) {
        bdrv_flags |= BDRV_O_SNAPSHOT;
    }
    if (qemu_opt_get_bool(opts, "copy-on-read", false)) {
        bdrv_flags |= BDRV_O_COPY_ON_READ;
    }
    read_only = qemu_opt_get_bool(opts, BDRV_OPT_READ_ONLY, false);

    if ((!file || !*file) && !qdict_size(bs_opts)) {
        /* No medium yet. */
        BlockBackendRootState *blk_rs;

        blk = blk_new(qemu_get_aio_context(), 0, BLK_PERM_ALL);
        blk_rs = blk_get_root_state(blk);
        blk_rs->open_flags = bdrv_flags | (read_only ? 0 : BDRV_O_RDWR);
        blk_rs->detect_zeroes = detect_zeroes;
        qobject_unref(bs_opts);
    } else {
        if (file && !*file) {
            file = NULL;
        }
        /* What the node is to hear of it, too. */
        qdict_set_default_str(bs_opts, BDRV_OPT_CACHE_DIRECT, "off");
        qdict_set_default_str(bs_opts, BDRV_OPT_CACHE_NO_FLUSH, "off");
        qdict_set_default_str(bs_opts, BDRV_OPT_READ_ONLY,
                              read_only ? "on" : "off");
        qdict_set_default_str(bs_opts, BDRV_OPT_AUTO_READ_ONLY, "on");
        blk = blk_new_open(file, NULL, bs_opts, bdrv_flags, errp);
        if (!blk) {
            goto err_no_bs_opts;
        }
        blk_bs(blk)->detect_zeroes = detect_zeroes;
        if (!parse_stats_intervals(blk_get_stats(blk), interval_list, errp)) {
            blk_unref(blk);
            blk = NULL;
            goto err_no_bs_opts;
        }
    }

    block_acct_setup(blk_get_stats(blk), account_invalid, account_failed);
    if (throttle_enabled(&cfg)) {
        blk_io_limits_enable(blk, throttling_group ?: id);
        blk_set_io_limits(blk, &cfg);
    }
    blk_set_enable_write_cache(blk, !writethrough);
    blk_set_on_error(blk, on_read_error, on_write_error);
    if (!monitor_add_blk(blk, id, errp)) {
        blk_unref(blk);
        blk = NULL;
    }

err_no_bs_opts:
    qemu_opts_del(opts);
    qobject_unref(interval_list);
    return blk;

early_err:
    qemu_opts_del(opts);
    qobject_unref(interval_list);
err_no_opts:
    qobject_unref(bs_opts);
    return NULL;
}

QemuOptsList qemu_common_drive_opts = {
    .name = "drive",
    .head = QTAILQ_HEAD_INITIALIZER(qemu_common_drive_opts.head),
    .desc = {
        {
            .name = "snapshot",
            .type = QEMU_OPT_BOOL,
            .help = "writes go to a temporary file",
        },
        {
            .name = "aio",
            .type = QEMU_OPT_STRING,
            .help = "how requests are made (threads, native, io_uring)",
        },
        {
            .name = BDRV_OPT_CACHE_WB,
            .type = QEMU_OPT_BOOL,
            .help = "a write is done when it is in the cache",
        },
        {
            .name = "format",
            .type = QEMU_OPT_STRING,
            .help = "the format of the image",
        },
        DRIVE_POLICY_OPTS,
        THROTTLE_OPTS,
        {
            .name = "throttling.group",
            .type = QEMU_OPT_STRING,
            .help = "share the limits with others of this name",
        },
        {
            .name = "detect-zeroes",
            .type = QEMU_OPT_STRING,
            .help = "write zeroes in a cheap way (off, on, unmap)",
        },
        {
            .name = "stats-account-invalid",
            .type = QEMU_OPT_BOOL,
            .help = "requests that make no sense count in statistics",
        },
        {
            .name = "stats-account-failed",
            .type = QEMU_OPT_BOOL,
            .help = "failed requests count in statistics",
        },
        { }
    },
};
