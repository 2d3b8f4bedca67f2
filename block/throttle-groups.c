/*
 * Throttle groups: disks that share one set of limits.
 *
 * Read include/block/throttle-groups.h first.
 *
 * A request that must wait stands in its member's queue.  One timer is armed for
 * reads and one for writes of the whole group, at the member that has the
 * token.  When it fires, one request goes, and the token moves on to the next
 * member in the circle who has some waiting.
 *
 *     intercept: must wait? -> throttled_reqs -> timer -> one goes
 *                                        ^                   │
 *                                        └── next token ─────┘
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "block/throttle-groups.h"
#include "block/aio-wait.h"
#include "qapi/error.h"
#include "qapi/qapi-visit-block-core.h"
#include "qapi/visitor.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "qemu/thread.h"
#include "qemu/throttle.h"
#include "qom/object_interfaces.h"
#include "sysemu/qtest.h"

static void throttle_group_obj_complete(UserCreatable *obj, Error **errp);

struct ThrottleGroup {
    Object parent_obj;

    bool is_initialized;
    char *name;                 /* fixed once it is complete */

    QemuMutex lock;             /* for all below, and members' parts */
    ThrottleState ts;
    QLIST_HEAD(, ThrottleGroupMember) head;
    ThrottleGroupMember *tokens[2];
    bool any_timer_armed[2];
    QEMUClockType clock_type;

    QTAILQ_ENTRY(ThrottleGroup) list;   /* with the BQL */
};

/* All that are complete. */
static QTAILQ_HEAD(, ThrottleGroup) throttle_groups =
    QTAILQ_HEAD_INITIALIZER(throttle_groups);

static ThrottleGroup *throttle_group_by_name(const char *name)
{
    ThrottleGroup *iter;

    QTAILQ_FOREACH(iter, &throttle_groups, list) {
        if (!g_strcmp0(name, iter->name)) {
            return iter;
        }
    }
    return NULL;
}

bool throttle_group_exists(const char *name)
{
    return throttle_group_by_name(name) != NULL;
}

ThrottleState *throttle_group_incref(const char *name)
{
    ThrottleGroup *tg = throttle_group_by_name(name);

    if (tg) {
        object_ref(OBJECT(tg));
    } else {
        /* One that is nobody's but its members'. */
        tg = THROTTLE_GROUP(object_new(TYPE_THROTTLE_GROUP));
        tg->name = g_strdup(name);
        throttle_group_obj_complete(USER_CREATABLE(tg), &error_abort);
    }
    return &tg->ts;
}

void throttle_group_unref(ThrottleState *ts)
{
    object_unref(OBJECT(container_of(ts, ThrottleGroup, ts)));
}

static ThrottleGroup *tgm_group(ThrottleGroupMember *tgm)
{
    return container_of(tgm->throttle_state, ThrottleGroup, ts);
}

const char *throttle_group_get_name(ThrottleGroupMember *tgm)
{
    return tgm_group(tgm)->name;
}

/* The token.  With the lock. */

static ThrottleGroupMember *throttle_group_next_tgm(ThrottleGroupMember *tgm)
{
    ThrottleGroupMember *next = QLIST_NEXT(tgm, round_robin);

    return next ?: QLIST_FIRST(&tgm_group(tgm)->head);
}

/* Who is next: somebody with waiting requests after the token, or @tgm. */
static ThrottleGroupMember *next_throttle_token(ThrottleGroupMember *tgm,
                                                bool is_write)
{
    ThrottleGroup *tg = tgm_group(tgm);
    ThrottleGroupMember *start = tg->tokens[is_write], *token;

    /* A drained member waits for nobody. */
    if (tgm->pending_reqs[is_write] &&
        qatomic_read(&tgm->io_limits_disabled)) {
        return tgm;
    }

    token = throttle_group_next_tgm(start);
    while (token != start && !token->pending_reqs[is_write]) {
        token = throttle_group_next_tgm(token);
    }
    if (token == start && !token->pending_reqs[is_write]) {
        token = tgm;
    }
    return token;
}

/* Must @tgm's next request wait?  Then a timer is armed, here or elsewhere. */
static bool throttle_group_schedule_timer(ThrottleGroupMember *tgm,
                                          bool is_write)
{
    ThrottleGroup *tg = tgm_group(tgm);

    if (qatomic_read(&tgm->io_limits_disabled)) {
        return false;
    }
    if (tg->any_timer_armed[is_write]) {
        return true;
    }
    if (!throttle_schedule_timer(tgm->throttle_state, &tgm->throttle_timers,
                                 is_write)) {
        return false;
    }
    tg->tokens[is_write] = tgm;
    tg->any_timer_armed[is_write] = true;
    return true;
}

/* Let the first in @tgm's queue go; false if nobody waits. */
static bool coroutine_fn throttle_group_co_restart_queue(
    ThrottleGroupMember *tgm, bool is_write)
{
    bool ret;

    qemu_co_mutex_lock(&tgm->throttled_reqs_lock);
    ret = qemu_co_queue_next(&tgm->throttled_reqs[is_write]);
    qemu_co_mutex_unlock(&tgm->throttled_reqs_lock);
    return ret;
}

/*
 * One has gone: see to the next.  With the lock; in a coroutine of @tgm's, its
 * own next may go at once.
 */
static void coroutine_fn schedule_next_request(ThrottleGroupMember *tgm,
                                               bool is_write)
{
    ThrottleGroup *tg = tgm_group(tgm);
    ThrottleGroupMember *token = next_throttle_token(tgm, is_write);

    if (!token->pending_reqs[is_write]) {
        return;
    }
    if (!throttle_group_schedule_timer(token, is_write)) {
        if (throttle_group_co_restart_queue(tgm, is_write)) {
            token = tgm;
        } else {
            ThrottleTimers *tt = &token->throttle_timers;

            /* In its own context. */
            timer_mod(tt->timers[is_write], qemu_clock_get_ns(tg->clock_type));
            tg->any_timer_armed[is_write] = true;
        }
        tg->tokens[is_write] = token;
    }
}

void coroutine_fn throttle_group_co_io_limits_intercept(
    ThrottleGroupMember *tgm, int64_t bytes, bool is_write)
{
    ThrottleGroup *tg = tgm_group(tgm);
    ThrottleGroupMember *token;

    assert(bytes >= 0);
    qemu_mutex_lock(&tg->lock);

    token = next_throttle_token(tgm, is_write);
    if (throttle_group_schedule_timer(token, is_write) ||
        tgm->pending_reqs[is_write]) {
        tgm->pending_reqs[is_write]++;
        qemu_mutex_unlock(&tg->lock);
        qemu_co_mutex_lock(&tgm->throttled_reqs_lock);
        qemu_co_queue_wait(&tgm->throttled_reqs[is_write],
                           &tgm->throttled_reqs_lock);
        qemu_co_mutex_unlock(&tgm->throttled_reqs_lock);
        qemu_mutex_lock(&tg->lock);
        tgm->pending_reqs[is_write]--;
    }

    throttle_account(tgm->throttle_state, is_write, bytes);
    schedule_next_request(tgm, is_write);
    qemu_mutex_unlock(&tg->lock);
}

/* Waking up */

typedef struct {
    ThrottleGroupMember *tgm;
    bool is_write;
} RestartData;

static void coroutine_fn throttle_group_restart_queue_entry(void *opaque)
{
    RestartData *data = opaque;
    ThrottleGroupMember *tgm = data->tgm;
    ThrottleGroup *tg = tgm_group(tgm);
    bool is_write = data->is_write;

    if (!throttle_group_co_restart_queue(tgm, is_write)) {
        /* Nobody waits here any more: it is another one's turn. */
        qemu_mutex_lock(&tg->lock);
        schedule_next_request(tgm, is_write);
        qemu_mutex_unlock(&tg->lock);
    }
    g_free(data);
    qatomic_dec(&tgm->restart_pending);
    aio_wait_kick_after_rmw();
}

static void throttle_group_restart_queue(ThrottleGroupMember *tgm,
                                         bool is_write)
{
    RestartData *rd = g_new(RestartData, 1);
    Coroutine *co;

    *rd = (RestartData) { .tgm = tgm, .is_write = is_write };
    /* It is not forgotten while the coroutine is on its way. */
    qatomic_inc(&tgm->restart_pending);
    co = qemu_coroutine_create(throttle_group_restart_queue_entry, rd);
    aio_co_enter(tgm->aio_context, co);
}

static void timer_cb(ThrottleGroupMember *tgm, bool is_write)
{
    ThrottleGroup *tg = tgm_group(tgm);

    qemu_mutex_lock(&tg->lock);
    tg->any_timer_armed[is_write] = false;
    qemu_mutex_unlock(&tg->lock);

    throttle_group_restart_queue(tgm, is_write);
}

static void read_timer_cb(void *opaque)
{
    timer_cb(opaque, false);
}

static void write_timer_cb(void *opaque)
{
    timer_cb(opaque, true);
}

void throttle_group_restart_tgm(ThrottleGroupMember *tgm)
{
    if (!tgm->throttle_state) {
        return;
    }
    for (int i = 0; i < 2; i++) {
        QEMUTimer *t = tgm->throttle_timers.timers[i];

        if (t && timer_pending(t)) {
            timer_del(t);
            timer_cb(tgm, i);
        } else {
            throttle_group_restart_queue(tgm, i);
        }
    }
}

/* Limits */

/*
 * Other limits from now on, with nothing used up.  With the lock.  A timer counts
 * what is left of a wait by the old ones: it fires now, where it is, one request
 * goes, and the next is scheduled by the new limits.
 */
static void throttle_group_set_config(ThrottleGroup *tg, ThrottleConfig *cfg)
{
    throttle_config(&tg->ts, tg->clock_type, cfg);
    for (int i = 0; i < 2; i++) {
        if (tg->any_timer_armed[i]) {
            timer_mod(tg->tokens[i]->throttle_timers.timers[i],
                      qemu_clock_get_ns(tg->clock_type));
        }
    }
}

void throttle_group_config(ThrottleGroupMember *tgm, ThrottleConfig *cfg)
{
    ThrottleGroup *tg = tgm_group(tgm);

    qemu_mutex_lock(&tg->lock);
    throttle_group_set_config(tg, cfg);
    qemu_mutex_unlock(&tg->lock);

    throttle_group_restart_tgm(tgm);
}

void throttle_group_get_config(ThrottleGroupMember *tgm, ThrottleConfig *cfg)
{
    ThrottleGroup *tg = tgm_group(tgm);

    qemu_mutex_lock(&tg->lock);
    throttle_get_config(&tg->ts, cfg);
    qemu_mutex_unlock(&tg->lock);
}

/* Members */

void throttle_group_register_tgm(ThrottleGroupMember *tgm,
                                 const char *groupname,
                                 AioContext *ctx)
{
    ThrottleState *ts = throttle_group_incref(groupname);
    ThrottleGroup *tg = container_of(ts, ThrottleGroup, ts);

    tgm->throttle_state = ts;
    tgm->aio_context = ctx;
    qatomic_set(&tgm->restart_pending, 0);

    qemu_mutex_lock(&tg->lock);
    for (int i = 0; i < 2; i++) {
        if (!tg->tokens[i]) {
            tg->tokens[i] = tgm;
        }
        qemu_co_queue_init(&tgm->throttled_reqs[i]);
    }
    QLIST_INSERT_HEAD(&tg->head, tgm, round_robin);
    throttle_timers_init(&tgm->throttle_timers, tgm->aio_context,
                         tg->clock_type, read_timer_cb, write_timer_cb, tgm);
    qemu_co_mutex_init(&tgm->throttled_reqs_lock);
    qemu_mutex_unlock(&tg->lock);
}

void throttle_group_unregister_tgm(ThrottleGroupMember *tgm)
{
    ThrottleState *ts = tgm->throttle_state;
    ThrottleGroup *tg;

    if (!ts) {
        return;
    }
    tg = tgm_group(tgm);

    /* Coroutines of ours that are about to end. */
    AIO_WAIT_WHILE(tgm->aio_context, qatomic_read(&tgm->restart_pending) > 0);

    WITH_QEMU_LOCK_GUARD(&tg->lock) {
        for (int i = 0; i < 2; i++) {
            ThrottleGroupMember *token;

            assert(tgm->pending_reqs[i] == 0);
            assert(qemu_co_queue_empty(&tgm->throttled_reqs[i]));
            /* A timer of ours may have been for all. */
            if (timer_pending(tgm->throttle_timers.timers[i])) {
                tg->any_timer_armed[i] = false;
                timer_del(tgm->throttle_timers.timers[i]);
            }
            if (tg->tokens[i] == tgm) {
                token = throttle_group_next_tgm(tgm);
                tg->tokens[i] = token == tgm ? NULL : token;
            }
        }
        QLIST_REMOVE(tgm, round_robin);
        throttle_timers_destroy(&tgm->throttle_timers);
    }
    throttle_group_unref(&tg->ts);
    tgm->throttle_state = NULL;
}

void throttle_group_attach_aio_context(ThrottleGroupMember *tgm,
                                       AioContext *new_context)
{
    throttle_timers_attach_aio_context(&tgm->throttle_timers, new_context);
    tgm->aio_context = new_context;
}

void throttle_group_detach_aio_context(ThrottleGroupMember *tgm)
{
    ThrottleGroup *tg = tgm_group(tgm);
    ThrottleTimers *tt = &tgm->throttle_timers;

    /* Drained: nothing of ours waits. */
    assert(tgm->pending_reqs[0] == 0 && tgm->pending_reqs[1] == 0);
    assert(qemu_co_queue_empty(&tgm->throttled_reqs[0]));
    assert(qemu_co_queue_empty(&tgm->throttled_reqs[1]));

    /* Others may wait for our timer: it fires early, at another's. */
    WITH_QEMU_LOCK_GUARD(&tg->lock) {
        for (int i = 0; i < 2; i++) {
            if (timer_pending(tt->timers[i])) {
                ThrottleGroupMember *other;

                tg->any_timer_armed[i] = false;
                QLIST_FOREACH(other, &tg->head, round_robin) {
                    if (other != tgm && other->pending_reqs[i]) {
                        timer_mod(other->throttle_timers.timers[i],
                                  qemu_clock_get_ns(tg->clock_type));
                        tg->any_timer_armed[i] = true;
                        tg->tokens[i] = other;
                        break;
                    }
                }
            }
        }
    }
    throttle_timers_detach_aio_context(tt);
    tgm->aio_context = NULL;
}

/* The object */

typedef struct {
    const char *name;
    BucketType type;
    enum { AVG, MAX_RATE, BURST_LENGTH, IOPS_SIZE } category;
} ThrottleParamInfo;

static ThrottleParamInfo throttle_properties[] = {
#define THROTTLE_PARAM(name, bucket)                                        \
    { "x-" name, bucket, AVG },                                             \
    { "x-" name "-max", bucket, MAX_RATE },                                 \
    { "x-" name "-max-length", bucket, BURST_LENGTH }
    THROTTLE_PARAM("iops-total", THROTTLE_OPS_TOTAL),
    THROTTLE_PARAM("iops-read", THROTTLE_OPS_READ),
    THROTTLE_PARAM("iops-write", THROTTLE_OPS_WRITE),
    THROTTLE_PARAM("bps-total", THROTTLE_BPS_TOTAL),
    THROTTLE_PARAM("bps-read", THROTTLE_BPS_READ),
    THROTTLE_PARAM("bps-write", THROTTLE_BPS_WRITE),
#undef THROTTLE_PARAM
    { "x-iops-size", 0, IOPS_SIZE },
};

static void throttle_group_set(Object *obj, Visitor *v, const char *name,
                               void *opaque, Error **errp)
{
    ThrottleGroup *tg = THROTTLE_GROUP(obj);
    ThrottleParamInfo *info = opaque;
    ThrottleConfig *cfg = &tg->ts.cfg;
    int64_t value;

    /* One by one they would make no sense in between. */
    if (tg->is_initialized) {
        error_setg(errp, "Property cannot be set after initialization");
        return;
    }
    if (!visit_type_int64(v, name, &value, errp)) {
        return;
    }
    if (value < 0) {
        error_setg(errp, "Property values cannot be negative");
        return;
    }
    switch (info->category) {
    case AVG:
        cfg->buckets[info->type].avg = value;
        break;
    case MAX_RATE:
        cfg->buckets[info->type].max = value;
        break;
    case BURST_LENGTH:
        if (value > UINT_MAX) {
            error_setg(errp, "%s value must be in the" "range [0, %u]",
                       info->name, UINT_MAX);
            return;
        }
        cfg->buckets[info->type].burst_length = value;
        break;
    case IOPS_SIZE:
        cfg->op_size = value;
        break;
    }
}

static void throttle_group_get(Object *obj, Visitor *v, const char *name,
                               void *opaque, Error **errp)
{
    ThrottleGroup *tg = THROTTLE_GROUP(obj);
    ThrottleParamInfo *info = opaque;
    ThrottleConfig cfg;
    int64_t value = 0;

    WITH_QEMU_LOCK_GUARD(&tg->lock) {
        cfg = tg->ts.cfg;
    }
    switch (info->category) {
    case AVG:
        value = cfg.buckets[info->type].avg;
        break;
    case MAX_RATE:
        value = cfg.buckets[info->type].max;
        break;
    case BURST_LENGTH:
        value = cfg.buckets[info->type].burst_length;
        break;
    case IOPS_SIZE:
        value = cfg.op_size;
        break;
    }
    visit_type_int64(v, name, &value, errp);
}

static void throttle_group_set_limits(Object *obj, Visitor *v,
                                      const char *name, void *opaque,
                                      Error **errp)
{
    ThrottleGroup *tg = THROTTLE_GROUP(obj);
    ThrottleLimits *argp;
    Error *local_err = NULL;
    ThrottleConfig cfg;

    if (!visit_type_ThrottleLimits(v, name, &argp, errp)) {
        return;
    }
    qemu_mutex_lock(&tg->lock);
    throttle_get_config(&tg->ts, &cfg);
    throttle_limits_to_config(argp, &cfg, &local_err);
    if (!local_err) {
        throttle_group_set_config(tg, &cfg);
    }
    qemu_mutex_unlock(&tg->lock);
    error_propagate(errp, local_err);
    qapi_free_ThrottleLimits(argp);
}

static void throttle_group_get_limits(Object *obj, Visitor *v,
                                      const char *name, void *opaque,
                                      Error **errp)
{
    ThrottleGroup *tg = THROTTLE_GROUP(obj);
    ThrottleLimits arg = { 0 };
    ThrottleLimits *argp = &arg;
    ThrottleConfig cfg;

    qemu_mutex_lock(&tg->lock);
    throttle_get_config(&tg->ts, &cfg);
    qemu_mutex_unlock(&tg->lock);
    throttle_config_to_limits(&cfg, argp);
    visit_type_ThrottleLimits(v, name, &argp, errp);
}

static void throttle_group_obj_init(Object *obj)
{
    ThrottleGroup *tg = THROTTLE_GROUP(obj);

    tg->clock_type = QEMU_CLOCK_REALTIME;
    if (qtest_enabled()) {
        /* A test makes the time. */
        tg->clock_type = QEMU_CLOCK_VIRTUAL;
    }
    qemu_mutex_init(&tg->lock);
    throttle_init(&tg->ts);
    QLIST_INIT(&tg->head);
}

static void throttle_group_obj_complete(UserCreatable *obj, Error **errp)
{
    ThrottleGroup *tg = THROTTLE_GROUP(obj);
    ThrottleConfig cfg;

    if (!tg->name) {
        tg->name = g_strdup(object_get_canonical_path_component(OBJECT(obj)));
    }
    if (throttle_group_exists(tg->name)) {
        error_setg(errp, "A group with this name already exists");
        return;
    }
    throttle_get_config(&tg->ts, &cfg);
    if (!throttle_is_valid(&cfg, errp)) {
        return;
    }
    throttle_config(&tg->ts, tg->clock_type, &cfg);
    QTAILQ_INSERT_TAIL(&throttle_groups, tg, list);
    tg->is_initialized = true;
}

static void throttle_group_obj_finalize(Object *obj)
{
    ThrottleGroup *tg = THROTTLE_GROUP(obj);

    if (tg->is_initialized) {
        QTAILQ_REMOVE(&throttle_groups, tg, list);
    }
    qemu_mutex_destroy(&tg->lock);
    g_free(tg->name);
}

static bool throttle_group_can_be_deleted(UserCreatable *uc)
{
    return OBJECT(uc)->ref == 1;
}

static void throttle_group_obj_class_init(ObjectClass *klass, void *class_data)
{
    UserCreatableClass *ucc = USER_CREATABLE_CLASS(klass);

    ucc->complete = throttle_group_obj_complete;
    ucc->can_be_deleted = throttle_group_can_be_deleted;

    for (size_t i = 0; i < ARRAY_SIZE(throttle_properties); i++) {
        object_class_property_add(klass, throttle_properties[i].name, "int",
                                  throttle_group_get, throttle_group_set,
                                  NULL, &throttle_properties[i]);
    }
    object_class_property_add(klass, "limits", "ThrottleLimits",
                              throttle_group_get_limits,
                              throttle_group_set_limits, NULL, NULL);
}

static const TypeInfo throttle_group_info = {
    .name = TYPE_THROTTLE_GROUP,
    .parent = TYPE_OBJECT,
    .class_init = throttle_group_obj_class_init,
    .instance_size = sizeof(ThrottleGroup),
    .instance_init = throttle_group_obj_init,
    .instance_finalize = throttle_group_obj_finalize,
    .interfaces = (InterfaceInfo[]) {
        { TYPE_USER_CREATABLE },
        { }
    },
};

static void throttle_groups_init(void)
{
    type_register_static(&throttle_group_info);
}

type_init(throttle_groups_init)
