/*
 * EventLoopBase: the settings of an object that runs an event loop.
 *
 * Read include/sysemu/event-loop-base.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "block/thread-pool.h"
#include "qapi/error.h"
#include "qapi/visitor.h"
#include "qemu/module.h"
#include "qom/object_interfaces.h"
#include "sysemu/event-loop-base.h"

/* Properties: numbers that may change while it runs */

typedef struct {
    const char *name;
    ptrdiff_t offset;
} EventLoopBaseParamInfo;

static EventLoopBaseParamInfo event_loop_base_params[] = {
    { "aio-max-batch", offsetof(EventLoopBase, aio_max_batch) },
    { "thread-pool-min", offsetof(EventLoopBase, thread_pool_min) },
    { "thread-pool-max", offsetof(EventLoopBase, thread_pool_max) },
};

static void event_loop_base_instance_init(Object *obj)
{
    EVENT_LOOP_BASE(obj)->thread_pool_max = THREAD_POOL_MAX_THREADS_DEFAULT;
}

static void event_loop_base_get_param(Object *obj, Visitor *v,
                                      const char *name, void *opaque,
                                      Error **errp)
{
    EventLoopBaseParamInfo *info = opaque;
    int64_t *field = (void *)EVENT_LOOP_BASE(obj) + info->offset;

    visit_type_int64(v, name, field, errp);
}

static void event_loop_base_set_param(Object *obj, Visitor *v,
                                      const char *name, void *opaque,
                                      Error **errp)
{
    ERRP_GUARD();
    EventLoopBaseParamInfo *info = opaque;
    EventLoopBase *base = EVENT_LOOP_BASE(obj);
    EventLoopBaseClass *bc = EVENT_LOOP_BASE_GET_CLASS(base);
    int64_t *field = (void *)base + info->offset;
    int64_t value, old = *field;

    if (!visit_type_int64(v, name, &value, errp)) {
        return;
    }
    if (value < 0) {
        error_setg(errp, "%s value must be in range [0, %" PRId64 "]",
                   info->name, INT64_MAX);
        return;
    }
    *field = value;
    if (bc->update_params) {
        bc->update_params(base, errp);
        if (*errp) {
            *field = old;
        }
    }
}

static void event_loop_base_complete(UserCreatable *uc, Error **errp)
{
    EventLoopBaseClass *bc = EVENT_LOOP_BASE_GET_CLASS(uc);

    if (bc->init) {
        bc->init(EVENT_LOOP_BASE(uc), errp);
    }
}

static bool event_loop_base_can_be_deleted(UserCreatable *uc)
{
    EventLoopBaseClass *bc = EVENT_LOOP_BASE_GET_CLASS(uc);

    return !bc->can_be_deleted || bc->can_be_deleted(EVENT_LOOP_BASE(uc));
}

static void event_loop_base_class_init(ObjectClass *klass, void *data)
{
    UserCreatableClass *ucc = USER_CREATABLE_CLASS(klass);

    ucc->complete = event_loop_base_complete;
    ucc->can_be_deleted = event_loop_base_can_be_deleted;
    for (int i = 0; i < ARRAY_SIZE(event_loop_base_params); i++) {
        object_class_property_add(klass, event_loop_base_params[i].name, "int",
                                  event_loop_base_get_param,
                                  event_loop_base_set_param,
                                  NULL, &event_loop_base_params[i]);
    }
}

static const TypeInfo event_loop_base_info = {
    .name = TYPE_EVENT_LOOP_BASE,
    .parent = TYPE_OBJECT,
    .instance_size = sizeof(EventLoopBase),
    .instance_init = event_loop_base_instance_init,
    .class_size = sizeof(EventLoopBaseClass),
    .class_init = event_loop_base_class_init,
    .abstract = true,
    .interfaces = (InterfaceInfo[]) {
        { TYPE_USER_CREATABLE },
        { }
    },
};

static void event_loop_base_register_types(void)
{
    type_register_static(&event_loop_base_info);
}

type_init(event_loop_base_register_types)
