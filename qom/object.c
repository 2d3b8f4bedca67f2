/*
 * The life of an object: made, referenced, finalized.
 *
 * Read first: qom/object.h, qom/type.c.  Read next: qom/property.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/atomic.h"
#include "qemu/error-report.h"
#include "qemu/memalign.h"
#include "qom/object_interfaces.h"
#include "type-impl.h"
#include "trace.h"

ObjectClass *object_get_class(Object *obj)
{
    return obj->class;
}

const char *object_get_typename(const Object *obj)
{
    return obj->class->type->name;
}

/* Birth */

/* From the root to the leaf: a child's hook finds its parent's part ready. */
static void object_init_with_type(Object *obj, TypeImpl *ti)
{
    TypeImpl *parent = type_get_parent(ti);

    if (parent) {
        object_init_with_type(obj, parent);
    }
    if (ti->instance_init) {
        ti->instance_init(obj);
    }
}

/* From the leaf to the root. */
static void object_post_init_with_type(Object *obj, TypeImpl *ti)
{
    TypeImpl *parent = type_get_parent(ti);

    if (ti->instance_post_init) {
        ti->instance_post_init(obj);
    }
    if (parent) {
        object_post_init_with_type(obj, parent);
    }
}

static void object_initialize_with_type(Object *obj, size_t size,
                                        TypeImpl *type)
{
    trace_object_initialize_with_type(type->name);

    type_initialize(type);

    g_assert(type->instance_size >= sizeof(Object));
    g_assert(type->abstract == false);
    g_assert(size >= type->instance_size);

    memset(obj, 0, type->instance_size);
    obj->class = type->class;
    object_ref(obj);
    object_class_property_init_all(obj);
    object_init_with_type(obj, type);
    object_post_init_with_type(obj, type);
}

void object_initialize(void *data, size_t size, const char *typename)
{
    TypeImpl *type = type_get_by_name(typename);

    if (type == NULL) {
        error_report("missing object type '%s'", typename);
        abort();
    }
    object_initialize_with_type(data, size, type);
}

static Object *object_new_with_type(Type type)
{
    ObjectFree *obj_free;
    size_t size, align;
    Object *obj;

    g_assert(type != NULL);
    type_initialize(type);

    size = type->instance_size;
    align = type->instance_align;

    if (align <= __alignof__(max_align_t)) {
        obj = g_malloc(size);
        obj_free = g_free;
    } else {
        obj = qemu_memalign(align, size);
        obj_free = qemu_vfree;
    }

    object_initialize_with_type(obj, size, type);
    obj->free = obj_free;

    return obj;
}

Object *object_new_with_class(ObjectClass *klass)
{
    return object_new_with_type(klass->type);
}

Object *object_new(const char *typename)
{
    TypeImpl *ti = type_get_by_name(typename);

    return object_new_with_type(ti);
}

/* Birth with properties and a parent */

bool object_set_propv(Object *obj, Error **errp, va_list vargs)
{
    const char *propname;

    while ((propname = va_arg(vargs, char *)) != NULL) {
        const char *value = va_arg(vargs, char *);

        g_assert(value != NULL);
        if (!object_property_parse(obj, propname, value, errp)) {
            return false;
        }
    }
    return true;
}

bool object_set_props(Object *obj, Error **errp, ...)
{
    va_list vargs;
    bool ret;

    va_start(vargs, errp);
    ret = object_set_propv(obj, errp, vargs);
    va_end(vargs);

    return ret;
}

/* The last step for objects that have one. */
static bool object_complete(Object *obj, Error **errp)
{
    UserCreatable *uc;

    uc = (UserCreatable *)object_dynamic_cast(obj, TYPE_USER_CREATABLE);
    return !uc || user_creatable_complete(uc, errp);
}

Object *object_new_with_propv(const char *typename, Object *parent,
                              const char *id, Error **errp, va_list vargs)
{
    ObjectClass *klass = object_class_by_name(typename);
    Object *obj;

    if (!klass) {
        error_setg(errp, "invalid object type: %s", typename);
        return NULL;
    }
    if (object_class_is_abstract(klass)) {
        error_setg(errp, "object type '%s' is abstract", typename);
        return NULL;
    }

    obj = object_new_with_type(klass->type);
    if (!object_set_propv(obj, errp, vargs)) {
        goto unref;
    }
    if (id != NULL &&
        !object_property_try_add_child(parent, id, obj, errp)) {
        goto unref;
    }
    if (!object_complete(obj, errp)) {
        goto unparent;
    }

    if (id != NULL) {
        object_unref(obj);
    }
    return obj;

unparent:
    object_unparent(obj);
unref:
    object_unref(obj);
    return NULL;
}

Object *object_new_with_props(const char *typename, Object *parent,
                              const char *id, Error **errp, ...)
{
    va_list vargs;
    Object *obj;

    va_start(vargs, errp);
    obj = object_new_with_propv(typename, parent, id, errp, vargs);
    va_end(vargs);

    return obj;
}

bool object_initialize_child_with_propsv(Object *parentobj,
                                         const char *propname,
                                         void *childobj, size_t size,
                                         const char *type,
                                         Error **errp, va_list vargs)
{
    Object *obj = childobj;
    bool ok = false;

    object_initialize(childobj, size, type);

    if (!object_set_propv(obj, errp, vargs)) {
        goto out;
    }
    object_property_add_child(parentobj, propname, obj);
    if (!object_complete(obj, errp)) {
        object_unparent(obj);
        goto out;
    }
    ok = true;

out:
    /* Now the parent's reference is the only one; or, after an error, none. */
    object_unref(obj);
    return ok;
}

bool object_initialize_child_with_props(Object *parentobj,
                                        const char *propname,
                                        void *childobj, size_t size,
                                        const char *type,
                                        Error **errp, ...)
{
    va_list vargs;
    bool ok;

    va_start(vargs, errp);
    ok = object_initialize_child_with_propsv(parentobj, propname, childobj,
                                             size, type, errp, vargs);
    va_end(vargs);

    return ok;
}

void object_initialize_child_internal(Object *parent, const char *propname,
                                      void *child, size_t size,
                                      const char *type)
{
    object_initialize_child_with_props(parent, propname, child, size, type,
                                       &error_abort, NULL);
}

/* Death */

void object_unparent(Object *obj)
{
    if (obj->parent) {
        trace_object_unparent(object_get_typename(obj));
        object_property_del_child(obj->parent, obj);
    }
}

/* From the leaf to the root: the mirror image of object_init_with_type(). */
static void object_deinit(Object *obj, TypeImpl *type)
{
    TypeImpl *parent = type_get_parent(type);

    if (type->instance_finalize) {
        type->instance_finalize(obj);
    }
    if (parent) {
        object_deinit(obj, parent);
    }
}

/* The last reference is gone. */
static void object_finalize(void *data)
{
    Object *obj = data;
    TypeImpl *ti = obj->class->type;

    trace_object_finalize(ti->name);

    object_property_del_all(obj);
    object_deinit(obj, ti);

    g_assert(obj->ref == 0);
    g_assert(obj->parent == NULL);
    if (obj->free) {
        obj->free(obj);
    }
}

Object *object_ref(void *objptr)
{
    Object *obj = objptr;

    if (obj) {
        uint32_t ref = qatomic_fetch_inc(&obj->ref);

        /* A count that wraps would free an object in use. */
        g_assert(ref < INT_MAX);
    }
    return obj;
}

void object_unref(void *objptr)
{
    Object *obj = objptr;

    if (!obj) {
        return;
    }
    g_assert(obj->ref > 0);

    if (qatomic_fetch_dec(&obj->ref) == 1) {
        object_finalize(obj);
    }
}
