/*
 * EventLoopBase: the settings of an object that runs an event loop.
 *
 * Read include/sysemu/event-loop-base.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/visitor.h"
#include "qemu/module.h"
#include "qom/object_interfaces.h"
#include "sysemu/event-loop-base.h"

static void event_loop_base_get_aio_max_batch(Object *obj, Visitor *v,
                                              const char *name, void *opaque,
                                              Error **errp)
{
    visit_type_int64(v, name, &EVENT_LOOP_BASE(obj)->aio_max_batch, errp);
}

static void event_loop_base_set_aio_max_batch(Object *obj, Visitor *v,
                                              const char *name, void *opaque,
                                              Error **errp)
{
    EventLoopBase *base = EVENT_LOOP_BASE(obj);
    EventLoopBaseClass *bc = EVENT_LOOP_BASE_GET_CLASS(base);
    int64_t value;

    if (!visit_type_int64(v, name, &value, errp)) {
        return;
    }
    if (value < 0) {
        error_setg(errp, "%s value must be in range [0, %" PRId64 "]",
                   name, INT64_MAX);
        return;
    }
    base->aio_max_batch = value;
    if (bc->update_params) {
        bc->update_params(base, errp);
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
    object_class_property_add(klass, "aio-max-batch", "int",
                              event_loop_base_get_aio_max_batch,
                              event_loop_base_set_aio_max_batch, NULL, NULL);
}

static const TypeInfo event_loop_base_info = {
    .name = TYPE_EVENT_LOOP_BASE,
    .parent = TYPE_OBJECT,
    .instance_size = sizeof(EventLoopBase),
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
