/*
 * blkdebug: another node, with errors on purpose.
 *
 *     driver=blkdebug,image=NODE,
 *     inject-error.0.event=write_aio,inject-error.0.errno=28,
 *     inject-error.0.once=on
 *
 * Over a file it is called "blkdebug::FILE", or "blkdebug:RULES:FILE" with a file
 * of rules, whose sections [inject-error] and [set-state] have the same options.
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
#include "qapi/qmp/qstring.h"
#include "qapi/qobject-input-visitor.h"
#include "qapi/util.h"
#include "qemu/config-file.h"
#include "qemu/cutils.h"
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
    uint64_t take_child_perms;
    uint64_t unshare_child_perms;
    char *config_file;          /* or NULL */

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

static QemuOptsList *config_groups[] = {
    &inject_error_opts, &set_state_opts, NULL
};

static QemuOptsList blkdebug_runtime_opts = {
    .name = "blkdebug",
    .head = QTAILQ_HEAD_INITIALIZER(blkdebug_runtime_opts.head),
    .desc = {
        { .name = "config", .type = QEMU_OPT_STRING },
        { .name = "x-image", .type = QEMU_OPT_STRING },
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

static int blkdebug_add_rule(BDRVBlkdebugState *s, BlkdebugRule *rule)
{
    if (!rule) {
        return -EINVAL;
    }
    QLIST_INSERT_HEAD(&s->rules[rule->event], rule, next);
    return 0;
}

static int blkdebug_add_inject_error(void *opaque, QemuOpts *opts,
                                     Error **errp)
{
    return blkdebug_add_rule(opaque, blkdebug_parse_rule(opts, false, errp));
}

static int blkdebug_add_set_state(void *opaque, QemuOpts *opts, Error **errp)
{
    return blkdebug_add_rule(opaque, blkdebug_parse_rule(opts, true, errp));
}

static bool blkdebug_read_file(const char *filename, Error **errp)
{
    FILE *f = fopen(filename, "r");
    int ret;

    if (!f) {
        error_setg_errno(errp, errno, "Could not read blkdebug config file");
        return false;
    }
    ret = qemu_config_parse(f, config_groups, filename, errp);
    fclose(f);
    return ret >= 0;
}

/* The rules of s->config_file and of @options, out of which they are taken. */
static bool blkdebug_read_config(BDRVBlkdebugState *s, QDict *options,
                                 Error **errp)
{
    bool ok = (!s->config_file || blkdebug_read_file(s->config_file, errp)) &&
              qemu_config_parse_qdict(options, config_groups, errp) &&
              !qemu_opts_foreach(&inject_error_opts,
                                 blkdebug_add_inject_error, s, errp) &&
              !qemu_opts_foreach(&set_state_opts, blkdebug_add_set_state, s,
                                 errp);

    qemu_opts_reset(&inject_error_opts);
    qemu_opts_reset(&set_state_opts);
    return ok;
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

static void blkdebug_parse_filename(const char *filename, QDict *options,
                                    Error **errp)
{
    const char *rest, *colon;

    if (strstart(filename, "blkdebug:", &rest)) {
        colon = strchr(rest, ':');
        if (!colon) {
            error_setg(errp, "blkdebug requires both config file and image "
                       "path");
            return;
        }
        if (colon > rest) {
            qdict_put(options, "config",
                      qstring_from_substr(rest, 0, colon - rest));
        }
        filename = colon + 1;
    }
    /* The name alone, to which options "image.…" may be added. */
    qdict_put_str(options, "x-image", filename);
}

/* "@name.0" and so on. */
static bool blkdebug_parse_perms(uint64_t *perms, QDict *options,
                                 const char *name, Error **errp)
{
    static const uint64_t blk_perms[BLOCK_PERMISSION__MAX] = {
        [BLOCK_PERMISSION_CONSISTENT_READ] = BLK_PERM_CONSISTENT_READ,
        [BLOCK_PERMISSION_WRITE] = BLK_PERM_WRITE,
        [BLOCK_PERMISSION_WRITE_UNCHANGED] = BLK_PERM_WRITE_UNCHANGED,
        [BLOCK_PERMISSION_RESIZE] = BLK_PERM_RESIZE,
    };
    g_autoptr(QDict) sub = NULL;
    BlockPermissionList *list = NULL;
    QObject *crumpled;
    Visitor *v;
    bool ok;

    qdict_extract_subqdict(options, &sub, name);
    if (!qdict_size(sub)) {
        return true;
    }
    crumpled = qdict_crumple(sub, errp);
    if (!crumpled) {
        return false;
    }
    v = qobject_input_visitor_new(crumpled);
    ok = visit_type_BlockPermissionList(v, NULL, &list, errp);
    visit_free(v);
    qobject_unref(crumpled);
    for (BlockPermissionList *e = list; ok && e; e = e->next) {
        *perms |= blk_perms[e->value];
    }
    qapi_free_BlockPermissionList(list);
    return ok;
}

static void blkdebug_child_perm(BlockDriverState *bs, BdrvChild *c,
                                BdrvChildRole role,
                                BlockReopenQueue *reopen_queue, uint64_t perm,
                                uint64_t shared, uint64_t *nperm,
                                uint64_t *nshared)
{
    BDRVBlkdebugState *s = bs->opaque;

    bdrv_default_perms(bs, c, role, reopen_queue, perm, shared, nperm,
                       nshared);
    *nperm |= s->take_child_perms;
    *nshared &= ~s->unshare_child_perms;
}

static bool blkdebug_read_limits(BlockDriverState *bs, QemuOpts *opts,
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

    s->align = qemu_opt_get_size(opts, "align", 0);
    align = MAX(s->align, align);
    if (s->align && (s->align >= INT_MAX || !is_power_of_2(s->align))) {
        error_setg(errp, "Cannot meet constraints with align %" PRIu64,
                   s->align);
        return false;
    }
    for (int i = 0; i < ARRAY_SIZE(limits); i++) {
        uint64_t value = qemu_opt_get_size(opts, limits[i].name, 0);

        *limits[i].value = value;
        if (value && (value >= INT_MAX ||
                      !QEMU_IS_ALIGNED(value, MAX(align, *limits[i].unit)))) {
            error_setg(errp, "Cannot meet constraints with %s %" PRIu64,
                       limits[i].name, value);
            return false;
        }
    }
    return true;
}

static void blkdebug_free(BDRVBlkdebugState *s)
{
    blkdebug_free_rules(s);
    g_free(s->config_file);
    qemu_mutex_destroy(&s->lock);
}

static int blkdebug_open(BlockDriverState *bs, QDict *options, int flags,
                         Error **errp)
{
    BDRVBlkdebugState *s = bs->opaque;
    QemuOpts *opts;

    qemu_mutex_init(&s->lock);
    QSIMPLEQ_INIT(&s->active_rules);
    s->state = 1;

    opts = qemu_opts_create(&blkdebug_runtime_opts, NULL, 0, &error_abort);
    if (!qemu_opts_absorb_qdict(opts, options, errp)) {
        goto fail;
    }
    s->config_file = g_strdup(qemu_opt_get(opts, "config"));
    if (!blkdebug_read_config(s, options, errp) ||
        !blkdebug_parse_perms(&s->take_child_perms, options,
                              "take-child-perms.", errp) ||
        !blkdebug_parse_perms(&s->unshare_child_perms, options,
                              "unshare-child-perms.", errp)) {
        goto fail;
    }
    if (bdrv_open_file_child(qemu_opt_get(opts, "x-image"), options, "image",
                             bs, errp) < 0) {
        goto fail;
    }
    bs->supported_write_flags = BDRV_REQ_WRITE_UNCHANGED |
        (BDRV_REQ_FUA & bs->file->bs->supported_write_flags);
    bs->supported_zero_flags = BDRV_REQ_WRITE_UNCHANGED |
        ((BDRV_REQ_FUA | BDRV_REQ_MAY_UNMAP | BDRV_REQ_NO_FALLBACK) &
         bs->file->bs->supported_zero_flags);
    if (!blkdebug_read_limits(bs, opts, errp)) {
        goto fail;
    }
    qemu_opts_del(opts);
    blkdebug_debug_event(bs, BLKDBG_NONE);
    return 0;

fail:
    qemu_opts_del(opts);
    blkdebug_free(s);
    return -EINVAL;
}

static void blkdebug_close(BlockDriverState *bs)
{
    blkdebug_free(bs->opaque);
}

/* "blkdebug:RULES:FILE", unless that leaves something out. */
static void blkdebug_refresh_filename(BlockDriverState *bs)
{
    BDRVBlkdebugState *s = bs->opaque;
    const char *image = bs->file->bs->exact_filename;
    int n;

    for (const QDictEntry *e = qdict_first(bs->full_open_options); e;
         e = qdict_next(bs->full_open_options, e)) {
        const char *key = qdict_entry_key(e);

        if (strcmp(key, "driver") && strcmp(key, "image") &&
            strcmp(key, "config")) {
            return;
        }
    }
    n = snprintf(bs->exact_filename, sizeof(bs->exact_filename),
                 "blkdebug:%s:%s", s->config_file ?: "", image);
    if (!*image || n >= sizeof(bs->exact_filename)) {
        bs->exact_filename[0] = '\0';
    }
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
    "align",
    "config",
    "inject-error.",
    "max-discard",
    "max-transfer",
    "max-write-zero",
    "opt-discard",
    "opt-write-zero",
    "set-state.",
    NULL
};

static BlockDriver bdrv_blkdebug = {
    .format_name            = "blkdebug",
    .protocol_name          = "blkdebug",
    .instance_size          = sizeof(BDRVBlkdebugState),
    .is_filter              = true,

    .bdrv_parse_filename    = blkdebug_parse_filename,
    .bdrv_refresh_filename  = blkdebug_refresh_filename,
    .bdrv_file_open         = blkdebug_open,
    .bdrv_close             = blkdebug_close,
    .bdrv_reopen_prepare    = blkdebug_reopen_prepare,
    .bdrv_child_perm        = blkdebug_child_perm,
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
