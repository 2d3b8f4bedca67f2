/*
 * IOThread: a thread that polls an AioContext of its own.
 *
 * Read include/sysemu/iothread.h first.
 *
 *     iothread_run:   aio_poll(ctx, true) again and again; once somebody has
 *                     asked for the GMainContext, a GMainLoop that has the
 *                     AioContext as a source
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "monitor/hmp.h"
#include "monitor/monitor.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-misc.h"
#include "qapi/visitor.h"
#include "qemu/module.h"
#include "qemu/rcu.h"
#include "qom/object_interfaces.h"
#include "sysemu/iothread.h"

#define IOTHREAD_POLL_MAX_NS_DEFAULT 32768ULL

static __thread IOThread *my_iothread;

bool qemu_in_iothread(void)
{
    return my_iothread != NULL;
}

static void *iothread_run(void *opaque)
{
    IOThread *iothread = opaque;

    rcu_register_thread();
    g_main_context_push_thread_default(iothread->worker_context);
    my_iothread = iothread;
    qemu_set_current_aio_context(iothread->ctx);
    iothread->thread_id = qemu_get_thread_id();
    qemu_sem_post(&iothread->init_done_sem);

    while (iothread->running) {
        aio_poll(iothread->ctx, true);

        /* iothread_stop_bh() may have come with that poll. */
        if (iothread->running && qatomic_read(&iothread->run_gcontext)) {
            g_main_loop_run(iothread->main_loop);
        }
    }

    g_main_context_pop_thread_default(iothread->worker_context);
    rcu_unregister_thread();
    return NULL;
}

/* Runs in the thread itself: nothing that was queued before is lost. */
static void iothread_stop_bh(void *opaque)
{
    IOThread *iothread = opaque;

    iothread->running = false;
    if (iothread->main_loop) {
        g_main_loop_quit(iothread->main_loop);
    }
}

void iothread_stop(IOThread *iothread)
{
    if (!iothread->ctx || iothread->stopping) {
        return;
    }
    iothread->stopping = true;
    aio_bh_schedule_oneshot(iothread->ctx, iothread_stop_bh, iothread);
    qemu_thread_join(&iothread->thread);
}

/* Life: instance_init, complete, finalize */

static void iothread_instance_init(Object *obj)
{
    IOThread *iothread = IOTHREAD(obj);

    iothread->poll_max_ns = IOTHREAD_POLL_MAX_NS_DEFAULT;
    iothread->thread_id = -1;
    qemu_sem_init(&iothread->init_done_sem, 0);
}

static void iothread_instance_finalize(Object *obj)
{
    IOThread *iothread = IOTHREAD(obj);

    iothread_stop(iothread);

    /* The context's GSource is in the GMainContext: that goes first. */
    if (iothread->ctx) {
        aio_context_unref(iothread->ctx);
    }
    if (iothread->worker_context) {
        g_main_context_unref(iothread->worker_context);
        g_main_loop_unref(iothread->main_loop);
    }
    qemu_sem_destroy(&iothread->init_done_sem);
}

static void iothread_init_gcontext(IOThread *iothread)
{
    GSource *source = aio_get_g_source(iothread->ctx);

    iothread->worker_context = g_main_context_new();
    g_source_attach(source, iothread->worker_context);
    g_source_unref(source);
    iothread->main_loop = g_main_loop_new(iothread->worker_context, TRUE);
}

static void iothread_set_aio_context_params(IOThread *iothread, Error **errp)
{
    ERRP_GUARD();
    EventLoopBase *base = &iothread->parent_obj;

    aio_context_set_poll_params(iothread->ctx, iothread->poll_max_ns,
                                iothread->poll_grow, iothread->poll_shrink,
                                errp);
    if (*errp) {
        return;
    }
    aio_context_set_aio_params(iothread->ctx, base->aio_max_batch, errp);
    if (*errp) {
        return;
    }
    aio_context_set_thread_pool_params(iothread->ctx, base->thread_pool_min,
                                       base->thread_pool_max, errp);
}

static void iothread_update_params(EventLoopBase *base, Error **errp)
{
    IOThread *iothread = IOTHREAD(base);

    if (iothread->ctx) {
        iothread_set_aio_context_params(iothread, errp);
    }
}

/* EventLoopBase's init(): the object has all its properties. */
static void iothread_init(EventLoopBase *base, Error **errp)
{
    ERRP_GUARD();
    IOThread *iothread = IOTHREAD(base);
    g_autofree char *name = NULL;

    iothread->ctx = aio_context_new(errp);
    if (!iothread->ctx) {
        return;
    }
    iothread_init_gcontext(iothread);
    iothread_set_aio_context_params(iothread, errp);
    if (*errp) {
        aio_context_unref(iothread->ctx);
        iothread->ctx = NULL;
        return;
    }

    iothread->running = true;
    name = g_strdup_printf("IO %s",
                           object_get_canonical_path_component(OBJECT(base)));
    qemu_thread_create(&iothread->thread, name, iothread_run, iothread,
                       QEMU_THREAD_JOINABLE);
    qemu_sem_wait(&iothread->init_done_sem);
}

/* Properties: numbers that may change while it runs */

typedef struct {
    const char *name;
    ptrdiff_t offset;
} IOThreadParamInfo;

static IOThreadParamInfo iothread_params[] = {
    { "poll-max-ns", offsetof(IOThread, poll_max_ns) },
    { "poll-grow", offsetof(IOThread, poll_grow) },
    { "poll-shrink", offsetof(IOThread, poll_shrink) },
};

static void iothread_get_param(Object *obj, Visitor *v, const char *name,
                               void *opaque, Error **errp)
{
    IOThreadParamInfo *info = opaque;
    int64_t *field = (void *)IOTHREAD(obj) + info->offset;

    visit_type_int64(v, name, field, errp);
}

static void iothread_set_param(Object *obj, Visitor *v, const char *name,
                               void *opaque, Error **errp)
{
    IOThreadParamInfo *info = opaque;
    IOThread *iothread = IOTHREAD(obj);
    int64_t *field = (void *)iothread + info->offset;
    int64_t value;

    if (!visit_type_int64(v, name, &value, errp)) {
        return;
    }
    if (value < 0) {
        error_setg(errp, "%s value must be in range [0, %" PRId64 "]",
                   info->name, INT64_MAX);
        return;
    }
    *field = value;
    iothread_update_params(EVENT_LOOP_BASE(obj), errp);
}

static void iothread_class_init(ObjectClass *klass, void *class_data)
{
    EventLoopBaseClass *bc = EVENT_LOOP_BASE_CLASS(klass);

    bc->init = iothread_init;
    bc->update_params = iothread_update_params;
    for (int i = 0; i < ARRAY_SIZE(iothread_params); i++) {
        object_class_property_add(klass, iothread_params[i].name, "int",
                                  iothread_get_param, iothread_set_param,
                                  NULL, &iothread_params[i]);
    }
}

static const TypeInfo iothread_info = {
    .name = TYPE_IOTHREAD,
    .parent = TYPE_EVENT_LOOP_BASE,
    .class_init = iothread_class_init,
    .instance_size = sizeof(IOThread),
    .instance_init = iothread_instance_init,
    .instance_finalize = iothread_instance_finalize,
};

static void iothread_register_types(void)
{
    type_register_static(&iothread_info);
}

type_init(iothread_register_types)

/* For everybody else */

char *iothread_get_id(IOThread *iothread)
{
    return g_strdup(object_get_canonical_path_component(OBJECT(iothread)));
}

IOThread *iothread_by_id(const char *id)
{
    return IOTHREAD(object_resolve_path_type(id, TYPE_IOTHREAD, NULL));
}

AioContext *iothread_get_aio_context(IOThread *iothread)
{
    return iothread->ctx;
}

GMainContext *iothread_get_g_main_context(IOThread *iothread)
{
    qatomic_set(&iothread->run_gcontext, 1);
    /* Out of aio_poll() and into the GMainLoop. */
    aio_notify(iothread->ctx);
    return iothread->worker_context;
}

IOThread *iothread_create(const char *id, Error **errp)
{
    Object *obj = object_new_with_props(TYPE_IOTHREAD,
                                        object_get_internal_root(),
                                        id, errp, NULL);

    return obj ? IOTHREAD(obj) : NULL;
}

void iothread_destroy(IOThread *iothread)
{
    object_unparent(OBJECT(iothread));
}

/* What clients ask */

static int query_one_iothread(Object *object, void *opaque)
{
    IOThreadInfoList ***tail = opaque;
    IOThread *iothread;
    IOThreadInfo *info;

    iothread = (IOThread *)object_dynamic_cast(object, TYPE_IOTHREAD);
    if (!iothread || iothread->thread_id == -1) {
        return 0;
    }
    info = g_new0(IOThreadInfo, 1);
    info->id = iothread_get_id(iothread);
    info->thread_id = iothread->thread_id;
    info->poll_max_ns = iothread->poll_max_ns;
    info->poll_grow = iothread->poll_grow;
    info->poll_shrink = iothread->poll_shrink;
    info->aio_max_batch = iothread->parent_obj.aio_max_batch;
    QAPI_LIST_APPEND(*tail, info);
    return 0;
}

IOThreadInfoList *qmp_query_iothreads(Error **errp)
{
    IOThreadInfoList *list = NULL, **tail = &list;

    object_child_foreach(object_get_objects_root(), query_one_iothread, &tail);
    return list;
}

void hmp_info_iothreads(Monitor *mon, const QDict *qdict)
{
    IOThreadInfoList *list = qmp_query_iothreads(NULL);

    for (IOThreadInfoList *l = list; l; l = l->next) {
        IOThreadInfo *info = l->value;

        monitor_printf(mon, "%s:\n", info->id);
        monitor_printf(mon, "  thread_id=%" PRId64 "\n", info->thread_id);
        monitor_printf(mon, "  poll-max-ns=%" PRId64 "\n", info->poll_max_ns);
        monitor_printf(mon, "  poll-grow=%" PRId64 "\n", info->poll_grow);
        monitor_printf(mon, "  poll-shrink=%" PRId64 "\n", info->poll_shrink);
        monitor_printf(mon, "  aio-max-batch=%" PRId64 "\n",
                       info->aio_max_batch);
    }
    qapi_free_IOThreadInfoList(list);
}
