/*
 * Casts of objects and classes.
 *
 * Every LAMP(obj) ends up here, thousands of times a second, so each class
 * remembers the last few names that a cast to was found right.  Names are
 * compared as pointers: the same text elsewhere in the program is another
 * entry, never a wrong one.
 *
 * The cache is read and written without a lock.  An entry holds one pointer,
 * and any name that ever was in it is right for good, so a race can at worst
 * forget one.
 *
 * Read first: qom/object.h, qom/type.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/atomic.h"
#include "type-impl.h"
#include "trace.h"

static bool cast_cache_has(const char **cache, const char *typename)
{
    for (int i = 0; i < OBJECT_CLASS_CAST_CACHE; i++) {
        if (qatomic_read(&cache[i]) == typename) {
            return true;
        }
    }
    return false;
}

/* The newest is last; the oldest drops out at the front. */
static void cast_cache_add(const char **cache, const char *typename)
{
    int i;

    for (i = 1; i < OBJECT_CLASS_CAST_CACHE; i++) {
        qatomic_set(&cache[i - 1], qatomic_read(&cache[i]));
    }
    qatomic_set(&cache[i - 1], typename);
}

Object *object_dynamic_cast(Object *obj, const char *typename)
{
    if (obj && object_class_dynamic_cast(object_get_class(obj), typename)) {
        return obj;
    }
    return NULL;
}

/*
 * The long way, which traces, and comes to an end if the cast is wrong.  It is not
 * inlined: the short one has nothing to save on the stack then.
 */
static __attribute__((noinline))
Object *object_cast_or_abort(Object *obj, const char *typename,
                             const char *file, int line, const char *func)
{
    trace_object_dynamic_cast_assert(obj ? obj->class->type->name : "(null)",
                                     typename, file, line, func);

    if (obj == NULL || cast_cache_has(obj->class->object_cast_cache,
                                      typename)) {
        return obj;
    }
    if (!object_dynamic_cast(obj, typename)) {
        fprintf(stderr,
                "%s:%d:%s: Object %p is not an instance of type %s"
                " (it is of type %s)\n",
                file, line, func, obj, typename, object_get_typename(obj));
        abort();
    }
    cast_cache_add(obj->class->object_cast_cache, typename);
    return obj;
}

Object *object_dynamic_cast_assert(Object *obj, const char *typename,
                                   const char *file, int line,
                                   const char *func)
{
    if (likely(obj && cast_cache_has(obj->class->object_cast_cache, typename) &&
               !trace_event_get_state(TRACE_OBJECT_DYNAMIC_CAST_ASSERT))) {
        return obj;
    }
    return object_cast_or_abort(obj, typename, file, line, func);
}

/*
 * Of the interfaces that a class has, the one that is @target_type.  If there
 * are several, by different children of it, none is the right one.
 */
static ObjectClass *object_class_cast_to_interface(ObjectClass *class,
                                                   TypeImpl *target_type)
{
    ObjectClass *ret = NULL;

    for (GSList *i = class->interfaces; i; i = i->next) {
        ObjectClass *target_class = i->data;

        if (type_is_ancestor(target_class->type, target_type)) {
            if (ret) {
                return NULL;
            }
            ret = target_class;
        }
    }
    return ret;
}

ObjectClass *object_class_dynamic_cast(ObjectClass *class,
                                       const char *typename)
{
    TypeImpl *target_type;

    if (class == NULL) {
        return NULL;
    }
    if (class->type->name == typename) {
        return class;
    }

    target_type = type_get_by_name(typename);
    if (target_type == NULL) {
        return NULL;
    }
    if (class->interfaces && type_is_interface(target_type)) {
        return object_class_cast_to_interface(class, target_type);
    }
    return type_is_ancestor(class->type, target_type) ? class : NULL;
}

static __attribute__((noinline))
ObjectClass *object_class_cast_or_abort(ObjectClass *class,
                                        const char *typename,
                                        const char *file, int line,
                                        const char *func)
{
    ObjectClass *ret;

    trace_object_class_dynamic_cast_assert(class ? class->type->name
                                                 : "(null)",
                                           typename, file, line, func);

    if (class == NULL || cast_cache_has(class->class_cast_cache, typename)) {
        return class;
    }

    ret = object_class_dynamic_cast(class, typename);
    if (ret == NULL) {
        fprintf(stderr,
                "%s:%d:%s: Object %p is not an instance of type %s"
                " (it is the class of type %s)\n",
                file, line, func, class, typename, class->type->name);
        abort();
    }

    /* A cast to an interface gives another pointer, which no entry tells. */
    if (ret == class) {
        cast_cache_add(class->class_cast_cache, typename);
    }
    return ret;
}

ObjectClass *object_class_dynamic_cast_assert(ObjectClass *class,
                                              const char *typename,
                                              const char *file, int line,
                                              const char *func)
{
    if (likely(class && cast_cache_has(class->class_cast_cache, typename) &&
               !trace_event_get_state(
                   TRACE_OBJECT_CLASS_DYNAMIC_CAST_ASSERT))) {
        return class;
    }
    return object_class_cast_or_abort(class, typename, file, line, func);
}
