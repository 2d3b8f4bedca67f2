/*
 * Properties that lead to other objects: children and links.
 *
 * A child property is the branch of the composition tree: it owns a reference
 * to the child, and the child knows its parent.  A link is an arrow across the
 * tree.  To a visitor both are strings, the path of the object they lead to.
 *
 * Read first: qom/object.h on the two trees, qom/property.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qmp/qerror.h"
#include "qapi/visitor.h"
#include "type-impl.h"
#include "trace.h"

/* Children */

static void object_get_child_property(Object *obj, Visitor *v,
                                      const char *name, void *opaque,
                                      Error **errp)
{
    Object *child = opaque;
    char *path = object_get_canonical_path(child);

    visit_type_str(v, name, &path, errp);
    g_free(path);
}

static Object *object_resolve_child_property(Object *parent, void *opaque,
                                             const char *part)
{
    return opaque;
}

/*
 * The child leaves the tree.  ObjectClass.unparent still finds it at its
 * place, with its path; only then the parent lets go.
 */
static void object_finalize_child_property(Object *obj, const char *name,
                                           void *opaque)
{
    Object *child = opaque;

    if (child->class->unparent) {
        child->class->unparent(child);
    }
    child->parent = NULL;
    object_unref(child);
}

bool object_property_is_child(ObjectProperty *prop)
{
    return prop->resolve == object_resolve_child_property;
}

ObjectProperty *object_property_try_add_child(Object *obj, const char *name,
                                              Object *child, Error **errp)
{
    g_autofree char *type = NULL;
    ObjectProperty *op;

    trace_property_add_child(object_get_typename(obj), name,
                             object_get_typename(child));
    g_assert(!child->parent);

    type = g_strdup_printf("child<%s>", object_get_typename(child));
    op = object_property_try_add(obj, name, type,
                                 object_get_child_property, NULL,
                                 object_finalize_child_property,
                                 child, errp);
    if (!op) {
        return NULL;
    }
    op->resolve = object_resolve_child_property;
    object_ref(child);
    child->parent = obj;
    return op;
}

ObjectProperty *object_property_add_child(Object *obj, const char *name,
                                          Object *child)
{
    return object_property_try_add_child(obj, name, child, &error_abort);
}

/* The child property that holds an object. */
static ObjectProperty *object_find_child_property(Object *parent,
                                                  const Object *child)
{
    GHashTableIter iter;
    gpointer val;

    g_hash_table_iter_init(&iter, parent->properties);
    while (g_hash_table_iter_next(&iter, NULL, &val)) {
        ObjectProperty *prop = val;

        if (object_property_is_child(prop) && prop->opaque == child) {
            return prop;
        }
    }
    return NULL;
}

void object_property_del_child(Object *obj, Object *child)
{
    ObjectProperty *prop = object_find_child_property(obj, child);

    if (prop) {
        object_property_del(obj, prop->name);
    }
}

const char *object_get_canonical_path_component(const Object *obj)
{
    ObjectProperty *prop;

    if (obj->parent == NULL) {
        return NULL;
    }
    prop = object_find_child_property(obj->parent, obj);

    /* An object with a parent is the child of that parent. */
    g_assert(prop);
    return prop->name;
}

static int do_object_child_foreach(Object *obj,
                                   int (*fn)(Object *child, void *opaque),
                                   void *opaque, bool recurse)
{
    GHashTableIter iter;
    gpointer val;
    int ret = 0;

    if (obj->properties == NULL) {
        return 0;
    }

    g_hash_table_iter_init(&iter, obj->properties);
    while (ret == 0 && g_hash_table_iter_next(&iter, NULL, &val)) {
        ObjectProperty *prop = val;

        if (!object_property_is_child(prop)) {
            continue;
        }
        ret = fn(prop->opaque, opaque);
        if (ret == 0 && recurse) {
            ret = do_object_child_foreach(prop->opaque, fn, opaque, true);
        }
    }
    return ret;
}

int object_child_foreach(Object *obj, int (*fn)(Object *child, void *opaque),
                         void *opaque)
{
    return do_object_child_foreach(obj, fn, opaque, false);
}

int object_child_foreach_recursive(Object *obj,
                                   int (*fn)(Object *child, void *opaque),
                                   void *opaque)
{
    return do_object_child_foreach(obj, fn, opaque, true);
}

/* Links */

typedef struct LinkProperty {
    union {
        Object **targetp;       /* an object's link: where the pointer is */
        Object *target;         /* OBJ_PROP_LINK_DIRECT: the pointer */
        ptrdiff_t offset;       /* OBJ_PROP_LINK_CLASS: where in the object */
    };
    void (*check)(const Object *obj, const char *name, Object *val,
                  Error **errp);
    ObjectPropertyLinkFlags flags;
    char *target_type;
} LinkProperty;

static Object **object_link_get_targetp(Object *obj, LinkProperty *lprop)
{
    if (lprop->flags & OBJ_PROP_LINK_DIRECT) {
        return &lprop->target;
    }
    if (lprop->flags & OBJ_PROP_LINK_CLASS) {
        return (void *)obj + lprop->offset;
    }
    return lprop->targetp;
}

void object_property_allow_set_link(const Object *obj, const char *name,
                                    Object *val, Error **errp)
{
    /* Any target that has the right type will do. */
}

static void object_get_link_property(Object *obj, Visitor *v,
                                     const char *name, void *opaque,
                                     Error **errp)
{
    LinkProperty *lprop = opaque;
    Object *target = *object_link_get_targetp(obj, lprop);
    char *path = target ? object_get_canonical_path(target) : NULL;

    /* Nowhere, and out of the tree, are the empty string. */
    if (path == NULL) {
        path = g_strdup("");
    }
    visit_type_str(v, name, &path, errp);
    g_free(path);
}

/*
 * The object at a path, if it is what a link may point to.  What is wrong with
 * the path decides on the message: it may fit several objects, one of another
 * type, or none.
 */
static Object *object_resolve_link(const char *name, const char *target_type,
                                   const char *path, Error **errp)
{
    bool ambiguous = false;
    Object *target = object_resolve_path_type(path, target_type, &ambiguous);

    if (ambiguous) {
        error_setg(errp, "Path '%s' does not uniquely identify an object",
                   path);
        return NULL;
    }
    if (!target) {
        target = object_resolve_path(path, &ambiguous);
        if (target || ambiguous) {
            error_setg(errp, QERR_INVALID_PARAMETER_TYPE, name, target_type);
        } else {
            error_set(errp, ERROR_CLASS_DEVICE_NOT_FOUND,
                      "Device '%s' not found", path);
        }
        return NULL;
    }
    return target;
}

static void object_set_link_property(Object *obj, Visitor *v,
                                     const char *name, void *opaque,
                                     Error **errp)
{
    ERRP_GUARD();
    LinkProperty *prop = opaque;
    Object **targetp = object_link_get_targetp(obj, prop);
    Object *old_target, *new_target = NULL;
    g_autofree char *path = NULL;

    if (!visit_type_str(v, name, &path, errp)) {
        return;
    }
    if (*path) {
        new_target = object_resolve_link(name, prop->target_type, path, errp);
        if (!new_target) {
            return;
        }
    }

    prop->check(obj, name, new_target, errp);
    if (*errp) {
        return;
    }

    /* The check may have changed it, so look only now. */
    old_target = *targetp;
    *targetp = new_target;
    if (prop->flags & OBJ_PROP_LINK_STRONG) {
        object_ref(new_target);
        object_unref(old_target);
    }
}

static Object *object_resolve_link_property(Object *parent, void *opaque,
                                            const char *part)
{
    return *object_link_get_targetp(parent, opaque);
}

static void object_release_link_property(Object *obj, const char *name,
                                         void *opaque)
{
    LinkProperty *prop = opaque;
    Object **targetp = object_link_get_targetp(obj, prop);

    if (prop->flags & OBJ_PROP_LINK_STRONG) {
        object_unref(*targetp);
        *targetp = NULL;
    }
    if (!(prop->flags & OBJ_PROP_LINK_CLASS)) {
        g_free(prop->target_type);
        g_free(prop);
    }
}

static LinkProperty *link_property_new(const char *type,
                                       void (*check)(const Object *,
                                                     const char *, Object *,
                                                     Error **),
                                       ObjectPropertyLinkFlags flags)
{
    LinkProperty *prop = g_new0(LinkProperty, 1);

    prop->check = check;
    prop->flags = flags;
    prop->target_type = g_strdup(type);
    return prop;
}

static ObjectProperty *object_add_link_prop(Object *obj, const char *name,
                                            LinkProperty *prop)
{
    g_autofree char *full_type = g_strdup_printf("link<%s>",
                                                 prop->target_type);
    ObjectProperty *op;

    op = object_property_add(obj, name, full_type, object_get_link_property,
                             prop->check ? object_set_link_property : NULL,
                             object_release_link_property, prop);
    op->resolve = object_resolve_link_property;
    return op;
}

ObjectProperty *
object_property_add_link(Object *obj, const char *name, const char *type,
                         Object **targetp,
                         void (*check)(const Object *, const char *,
                                       Object *, Error **),
                         ObjectPropertyLinkFlags flags)
{
    LinkProperty *prop = link_property_new(type, check, flags);

    prop->targetp = targetp;
    return object_add_link_prop(obj, name, prop);
}

ObjectProperty *object_property_add_const_link(Object *obj, const char *name,
                                               Object *target)
{
    LinkProperty *prop = link_property_new(object_get_typename(target), NULL,
                                           OBJ_PROP_LINK_DIRECT);

    prop->target = target;
    return object_add_link_prop(obj, name, prop);
}

ObjectProperty *
object_class_property_add_link(ObjectClass *oc, const char *name,
                               const char *type, ptrdiff_t offset,
                               void (*check)(const Object *obj,
                                             const char *name,
                                             Object *val, Error **errp),
                               ObjectPropertyLinkFlags flags)
{
    g_autofree char *full_type = g_strdup_printf("link<%s>", type);
    LinkProperty *prop = link_property_new(type, check,
                                           flags | OBJ_PROP_LINK_CLASS);
    ObjectProperty *op;

    prop->offset = offset;
    op = object_class_property_add(oc, name, full_type,
                                   object_get_link_property,
                                   check ? object_set_link_property : NULL,
                                   object_release_link_property, prop);
    op->resolve = object_resolve_link_property;
    return op;
}

bool object_property_set_link(Object *obj, const char *name, Object *value,
                              Error **errp)
{
    g_autofree char *path = NULL;

    if (value) {
        path = object_get_canonical_path(value);

        /* What has no path cannot be named; that is the caller's bug. */
        g_assert(path);
    }
    return object_property_set_str(obj, name, path ? path : "", errp);
}

Object *object_property_get_link(Object *obj, const char *name, Error **errp)
{
    g_autofree char *str = object_property_get_str(obj, name, errp);
    Object *target = NULL;

    if (str && *str) {
        target = object_resolve_path(str, NULL);
        if (!target) {
            error_set(errp, ERROR_CLASS_DEVICE_NOT_FOUND,
                      "Device '%s' not found", str);
        }
    }
    return target;
}
