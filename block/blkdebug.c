/*
 * blkdebug: another node, with errors on purpose.
 *
 *     driver=blkdebug,image=NODE,
 *     inject-error.0.event=write_aio,inject-error.0.errno=28,
 *     inject-error.0.once=on
 *
 * Drivers tell of what they are doing (BLKDBG_EVENT).  A rule waits for an event
 * in a state: it sets another state, or arms an error, which the next request
 * that fits gets.  The event "none" comes once, when the node is opened.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "block/block_int.h"
#include "block/qdict.h"
#include "qapi/error.h"
#include "qapi/qapi-visit-block-core.h"
#include "qapi/qmp/qdict.h"
#include "qapi/util.h"
#include "qemu/module.h"
#include "qemu/option.h"

typedef struct BlkdebugRule {
    BlkdebugEvent event;
    int state;                  /* 0: any */
    bool is_set_state;
    int new_state;

    uint64_t iotype_mask;
    int error;
    bool immediately;
    bool once;
    int64_t offset;             /* -1: any */

    QLIST_ENTRY(BlkdebugRule) next;
    QSIMPLEQ_ENTRY(BlkdebugRule) active_next;
} BlkdebugRule;

typedef struct BDRVBlkdebugState {
    int state;
    uint64_t align;
    uint64_t max_transfer;
    uint64_t opt_write_zero;
    uint64_t max_write_zero;
    uint64_t opt_discard;
    uint64_t max_discard;

    /* Requests may run in another thread than the main loop's questions. */
    QemuMutex lock;
    QLIST_HEAD(, BlkdebugRule) rules[BLKDBG__MAX];
    QSIMPLEQ_HEAD(, BlkdebugRule) active_rules;
} BDRVBlkdebugState;

/* Options */

static QemuOptsList inject_error_opts = {
    .name = "inject-error",
    .head = QTAILQ_HEAD_INITIALIZER(inject_error_opts.head),
    .desc = {
        { .name = "event", .type = QEMU_OPT_STRING },
        { .name = "state", .type = QEMU_OPT_NUMBER },
        { .name = "iotype", .type = QEMU_OPT_STRING },
        { .name = "errno", .type = QEMU_OPT_NUMBER },
        { .name = "sector", .type = QEMU_OPT_NUMBER },
        { .name = "once", .type = QEMU_OPT_BOOL },
        { .name = "immediately", .type = QEMU_OPT_BOOL },
        { }
    },
};

static QemuOptsList set_state_opts = {
    .name = "set-state",
    .head = QTAILQ_HEAD_INITIALIZER(set_state_opts.head),
    .desc = {
        { .name = "event", .type = QEMU_OPT_STRING },
        { .name = "state", .type = QEMU_OPT_NUMBER },
        { .name = "new_state", .type = QEMU_OPT_NUMBER },
        { }
    },
};

static QemuOptsList blkdebug_runtime_opts = {
    .name = "blkdebug",
    .head = QTAILQ_HEAD_INITIALIZER(blkdebug_runtime_opts.head),
    .desc = {
        { .name = "align", .type = QEMU_OPT_SIZE },
        { .name = "max-transfer", .type = QEMU_OPT_SIZE },
        { .name = "opt-write-zero", .type = QEMU_OPT_SIZE },
        { .name = "max-write-zero", .type = QEMU_OPT_SIZE },
        { .name = "opt-discard", .type = QEMU_OPT_SIZE },
        { .name = "max-discard", .type = QEMU_OPT_SIZE },
        { }
    },
};

static BlkdebugRule *blkdebug_parse_rule(QemuOpts *opts, bool is_set_state,
                                         Error **errp)
{
    const char *event_name = qemu_opt_get(opts, "event");
    const char *iotype_name;
    Error *local_err = NULL;
    BlkdebugRule *rule;
    uint64_t error;
    int64_t sector;
    int event, iotype;

    if (!event_name) {
        error_setg(errp, "Missing event name for rule");
        return NULL;
    }
    event = qapi_enum_parse(&BlkdebugEvent_lookup, event_name, -1, errp);
    if (event < 0) {
        return NULL;
    }

    rule = g_new0(BlkdebugRule, 1);
    rule->event = event;
    rule->state = qemu_opt_get_number(opts, "state", 0);
    rule->is_set_state = is_set_state;
    if (is_set_state) {
        rule->new_state = qemu_opt_get_number(opts, "new_state", 0);
        return rule;
    }

    error = qemu_opt_get_number(opts, "errno", EIO);
    if (error > INT_MAX) {
        /* It would be a success to some, and an error to others. */
        error_setg(errp, "Parameter 'errno' expects a number of an error");
        g_free(rule);
        return NULL;
    }
    rule->error = error;
    rule->once = qemu_opt_get_bool(opts, "once", false);
    rule->immediately = qemu_opt_get_bool(opts, "immediately", false);
    sector = qemu_opt_get_number(opts, "sector", -1);
    rule->offset = sector == -1 ? -1 : sector * BDRV_SECTOR_SIZE;
    iotype_name = qemu_opt_get(opts, "iotype");
    iotype = qapi_enum_parse(&BlkdebugIOType_lookup, iotype_name,
                             BLKDEBUG_IO_TYPE__MAX, &local_err);
    if (local_err) {
        error_propagate(errp, local_err);
        g_free(rule);
        return NULL;
    }
    rule->iotype_mask = iotype < BLKDEBUG_IO_TYPE__MAX
        ? 1ULL << iotype
        : (1ULL << BLKDEBUG_IO_TYPE_READ) | (1ULL << BLKDEBUG_IO_TYPE_WRITE) |
          (1ULL << BLKDEBUG_IO_TYPE_WRITE_ZEROES) |
          (1ULL << BLKDEBUG_IO_TYPE_DISCARD) | (1ULL << BLKDEBUG_IO_TYPE_FLUSH);
    return rule;
}

/* "inject-error.0.event", …: takes them out of @options. */
static bool blkdebug_read_rules(BDRVBlkdebugState *s, QDict *options,
                                QemuOptsList *list, bool is_set_state,
                                Error **errp)
{
    for (int i = 0;; i++) {
        g_autofree char *prefix = g_strdup_printf("%s.%d.", list->name, i);
        BlkdebugRule *rule = NULL;
        QDict *sub = NULL;
        QemuOpts *opts;

        qdict_extract_subqdict(options, &sub, prefix);
        if (!qdict_size(sub)) {
            qobject_unref(sub);
            return true;
        }
        opts = qemu_opts_create(list, NULL, 0, &error_abort);
        if (qemu_opts_absorb_qdict(opts, sub, errp)) {
            if (qdict_size(sub)) {
                error_setg(errp, "Invalid parameter '%s%s'", prefix,
                           qdict_entry_key(qdict_first(sub)));
            } else {
                rule = blkdebug_parse_rule(opts, is_set_state, errp);
            }
        }
        qemu_opts_del(opts);
        qobject_unref(sub);
        if (!rule) {
            return false;
        }
        QLIST_INSERT_HEAD(&s->rules[rule->event], rule, next);
    }
}

static void blkdebug_free_rules(BDRVBlkdebugState *s)
{
    for (int i = 0; i < BLKDBG__MAX; i++) {
        BlkdebugRule *rule, *next;

        QLIST_FOREACH_SAFE(rule, &s->rules[i], next, next) {
            QLIST_REMOVE(rule, next);
            g_free(rule);
        }
    }
    QSIMPLEQ_INIT(&s->active_rules);
}

/* Events and errors */

static void blkdebug_debug_event(BlockDriverState *bs, BlkdebugEvent event)
{
    BDRVBlkdebugState *s = bs->opaque;
    BlkdebugRule *rule;
    bool injected = false;
    int new_state;

    assert((int)event >= 0 && event < BLKDBG__MAX);
    QEMU_LOCK_GUARD(&s->lock);
    new_state = s->state;
    QLIST_FOREACH(rule, &s->rules[event], next) {
        if (rule->state && rule->state != s->state) {
            continue;
        }
        if (rule->is_set_state) {
            new_state = rule->new_state;
        } else {
            /* What was armed before is not any more. */
            if (!injected) {
                QSIMPLEQ_INIT(&s->active_rules);
                injected = true;
            }
            QSIMPLEQ_INSERT_HEAD(&s->active_rules, rule, active_next);
        }
    }
    s->state = new_state;
}

static int coroutine_fn blkdebug_rule_check(BlockDriverState *bs,
                                            int64_t offset, int64_t bytes,
                                            BlkdebugIOType iotype)
{
    BDRVBlkdebugState *s = bs->opaque;
    BlkdebugRule *rule;
    bool immediately;
    int error;

    WITH_QEMU_LOCK_GUARD(&s->lock) {
        QSIMPLEQ_FOREACH(rule, &s->active_rules, active_next) {
            if ((rule->iotype_mask & (1ULL << iotype)) &&
                (rule->offset == -1 ||
                 (bytes && rule->offset >= offset &&
                  rule->offset < offset + bytes))) {
                break;
            }
        }
        if (!rule || !rule->error) {
            return 0;
        }
        immediately = rule->immediately;
        error = rule->error;
        if (rule->once) {
            QSIMPLEQ_REMOVE(&s->active_rules, rule, BlkdebugRule, active_next);
            QLIST_REMOVE(rule, next);
            g_free(rule);
        }
    }
    if (!immediately) {
        /* As an error of the host comes: later. */
        aio_co_schedule(qemu_get_current_aio_context(), qemu_coroutine_self());
        qemu_coroutine_yield();
    }
    return -error;
}

/* Requests */

static int coroutine_fn blkdebug_co_preadv(BlockDriverState *bs,
                                           int64_t offset, int64_t bytes,
                                           QEMUIOVector *qiov,
                                           BdrvRequestFlags flags)
{
    int err = blkdebug_rule_check(bs, offset, bytes, BLKDEBUG_IO_TYPE_READ);

    return err ?: bdrv_co_preadv(bs->file, offset, bytes, qiov, flags);
}

static int coroutine_fn blkdebug_co_pwritev(BlockDriverState *bs,
                                            int64_t offset, int64_t bytes,
                                            QEMUIOVector *qiov,
                                            BdrvRequestFlags flags)
{
    int err = blkdebug_rule_check(bs, offset, bytes, BLKDEBUG_IO_TYPE_WRITE);

    return err ?: bdrv_co_pwritev(bs->file, offset, bytes, qiov, flags);
}

static int coroutine_fn blkdebug_co_flush(BlockDriverState *bs)
{
    int err = blkdebug_rule_check(bs, 0, 0, BLKDEBUG_IO_TYPE_FLUSH);

    return err ?: bdrv_co_flush(bs->file->bs);
}

static int coroutine_fn blkdebug_co_pwrite_zeroes(BlockDriverState *bs,
                                                  int64_t offset,
                                                  int64_t bytes,
                                                  BdrvRequestFlags flags)
{
    int err = blkdebug_rule_check(bs, offset, bytes,
                                  BLKDEBUG_IO_TYPE_WRITE_ZEROES);

    return err ?: bdrv_co_pwrite_zeroes(bs->file, offset, bytes, flags);
}

static int coroutine_fn blkdebug_co_pdiscard(BlockDriverState *bs,
                                             int64_t offset, int64_t bytes)
{
    int err = blkdebug_rule_check(bs, offset, bytes, BLKDEBUG_IO_TYPE_DISCARD);

    return err ?: bdrv_co_pdiscard(bs->file, offset, bytes);
}

static int coroutine_fn blkdebug_co_block_status(BlockDriverState *bs,
                                                 bool want_zero,
                                                 int64_t offset, int64_t bytes,
                                                 int64_t *pnum, int64_t *map,
                                                 BlockDriverState **file)
{
    int err = blkdebug_rule_check(bs, offset, bytes,
                                  BLKDEBUG_IO_TYPE_BLOCK_STATUS);

    if (err) {
        return err;
    }
    assert(bs->file && bs->file->bs);
    *pnum = bytes;
    *map = offset;
    *file = bs->file->bs;
    return BDRV_BLOCK_RAW | BDRV_BLOCK_OFFSET_VALID;
}

/* Life */

static bool blkdebug_read_limits(BlockDriverState *bs, QDict *options,
                                 Error **errp)
{
    BDRVBlkdebugState *s = bs->opaque;
    uint64_t align = bs->file->bs->bl.request_alignment;
    struct {
        const char *name;
        uint64_t *value;
        const uint64_t *unit;   /* it is no less than that, if not 0 */
    } limits[] = {
        { "max-transfer", &s->max_transfer, &s->align },
        { "opt-write-zero", &s->opt_write_zero, &s->align },
        { "max-write-zero", &s->max_write_zero, &s->opt_write_zero },
        { "opt-discard", &s->opt_discard, &s->align },
        { "max-discard", &s->max_discard, &s->opt_discard },
    };
    QemuOpts *opts;
    bool ok = false;

    opts = qemu_opts_create(&blkdebug_runtime_opts, NULL, 0, &error_abort);
    if (!qemu_opts_absorb_qdict(opts, options, errp)) {
        goto out;
    }
    s->align = qemu_opt_get_size(opts, "align", 0);
    align = MAX(s->align, align);
    if (s->align && (s->align >= INT_MAX || !is_power_of_2(s->align))) {
        error_setg(errp, "Cannot meet constraints with align %" PRIu64,
                   s->align);
        goto out;
    }
    for (int i = 0; i < ARRAY_SIZE(limits); i++) {
        uint64_t value = qemu_opt_get_size(opts, limits[i].name, 0);

        *limits[i].value = value;
        if (value && (value >= INT_MAX ||
                      !QEMU_IS_ALIGNED(value, MAX(align, *limits[i].unit)))) {
            error_setg(errp, "Cannot meet constraints with %s %" PRIu64,
                       limits[i].name, value);
            goto out;
        }
    }
    ok = true;
out:
    qemu_opts_del(opts);
    return ok;
}

static int blkdebug_open(BlockDriverState *bs, QDict *options, int flags,
                         Error **errp)
{
    BDRVBlkdebugState *s = bs->opaque;

    qemu_mutex_init(&s->lock);
    QSIMPLEQ_INIT(&s->active_rules);
    s->state = 1;

    if (!blkdebug_read_rules(s, options, &inject_error_opts, false, errp) ||
        !blkdebug_read_rules(s, options, &set_state_opts, true, errp)) {
        goto fail;
    }
    if (bdrv_open_file_child(NULL, options, "image", bs, errp) < 0) {
        goto fail;
    }
    bs->supported_write_flags = BDRV_REQ_WRITE_UNCHANGED |
        (BDRV_REQ_FUA & bs->file->bs->supported_write_flags);
    bs->supported_zero_flags = BDRV_REQ_WRITE_UNCHANGED |
        ((BDRV_REQ_FUA | BDRV_REQ_MAY_UNMAP | BDRV_REQ_NO_FALLBACK) &
         bs->file->bs->supported_zero_flags);
    if (!blkdebug_read_limits(bs, options, errp)) {
        goto fail;
    }
    blkdebug_debug_event(bs, BLKDBG_NONE);
    return 0;

fail:
    blkdebug_free_rules(s);
    qemu_mutex_destroy(&s->lock);
    return -EINVAL;
}

static void blkdebug_close(BlockDriverState *bs)
{
    BDRVBlkdebugState *s = bs->opaque;

    blkdebug_free_rules(s);
    qemu_mutex_destroy(&s->lock);
}

static int64_t blkdebug_getlength(BlockDriverState *bs)
{
    return bdrv_getlength(bs->file->bs);
}

static void blkdebug_refresh_limits(BlockDriverState *bs, Error **errp)
{
    BDRVBlkdebugState *s = bs->opaque;

    if (s->align) {
        bs->bl.request_alignment = s->align;
    }
    if (s->max_transfer) {
        bs->bl.max_transfer = s->max_transfer;
    }
    if (s->opt_write_zero) {
        bs->bl.pwrite_zeroes_alignment = s->opt_write_zero;
    }
    if (s->max_write_zero) {
        bs->bl.max_pwrite_zeroes = s->max_write_zero;
    }
    if (s->opt_discard) {
        bs->bl.pdiscard_alignment = s->opt_discard;
    }
    if (s->max_discard) {
        bs->bl.max_pdiscard = s->max_discard;
    }
}

static int blkdebug_reopen_prepare(BDRVReopenState *reopen_state,
                                   BlockReopenQueue *queue, Error **errp)
{
    return 0;
}

static const char *const blkdebug_strong_runtime_opts[] = {
    "inject-error.",
    "set-state.",
    NULL
};

static BlockDriver bdrv_blkdebug = {
    .format_name            = "blkdebug",
    .instance_size          = sizeof(BDRVBlkdebugState),
    .is_filter              = true,

    .bdrv_open              = blkdebug_open,
    .bdrv_close             = blkdebug_close,
    .bdrv_reopen_prepare    = blkdebug_reopen_prepare,
    .bdrv_child_perm        = bdrv_default_perms,
    .bdrv_getlength         = blkdebug_getlength,
    .bdrv_refresh_limits    = blkdebug_refresh_limits,

    .bdrv_co_preadv         = blkdebug_co_preadv,
    .bdrv_co_pwritev        = blkdebug_co_pwritev,
    .bdrv_co_flush_to_disk  = blkdebug_co_flush,
    .bdrv_co_pwrite_zeroes  = blkdebug_co_pwrite_zeroes,
    .bdrv_co_pdiscard       = blkdebug_co_pdiscard,
    .bdrv_co_block_status   = blkdebug_co_block_status,

    .bdrv_debug_event       = blkdebug_debug_event,
    .strong_runtime_opts    = blkdebug_strong_runtime_opts,
};

static void bdrv_blkdebug_init(void)
{
    bdrv_register(&bdrv_blkdebug);
}

block_init(bdrv_blkdebug_init);
