/*
 * The composition tree: its roots, and paths through it.
 *
 * An absolute path is followed step by step, and each step may be a child, a
 * link or an alias of one.  A partial path is looked for at every node, so it
 * may fit several objects, and then none of them is meant.
 *
 * Read first: qom/object.h on the two trees, qom/property-tree.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "type-impl.h"

Object *object_get_root(void)
{
    static Object *root;

    if (!root) {
        root = object_new(TYPE_CONTAINER);
    }
    return root;
}

Object *object_get_objects_root(void)
{
    return container_get(object_get_root(), "/objects");
}

Object *object_get_internal_root(void)
{
    static Object *internal_root;

    if (!internal_root) {
        internal_root = object_new(TYPE_CONTAINER);
    }
    return internal_root;
}

char *object_get_canonical_path(const Object *obj)
{
    Object *root = object_get_root();
    char *path = NULL;

    while (obj != root) {
        const char *component = object_get_canonical_path_component(obj);
        char *longer;

        /* No parent, but not the root: a branch that hangs in the air. */
        if (!component) {
            g_free(path);
            return NULL;
        }
        longer = g_strdup_printf("/%s%s", component, path ? path : "");
        g_free(path);
        path = longer;
        obj = obj->parent;
    }
    return path ? path : g_strdup("/");
}

Object *object_resolve_path_component(Object *parent, const char *part)
{
    ObjectProperty *prop = object_property_find(parent, part);

    if (prop == NULL || prop->resolve == NULL) {
        return NULL;
    }
    return prop->resolve(parent, prop->opaque, part);
}

/* Follow the steps from here; empty ones ("a//b", "a/") stay in place. */
static Object *object_resolve_abs_path(Object *parent, char **parts,
                                       const char *typename)
{
    for (; *parts; parts++) {
        if (**parts == '\0') {
            continue;
        }
        parent = object_resolve_path_component(parent, *parts);
        if (!parent) {
            return NULL;
        }
    }
    return object_dynamic_cast(parent, typename);
}

/*
 * Try the path at this node and at all below.  Sets *@ambiguous, and gives
 * up, at the second place where it fits.
 */
static Object *object_resolve_partial_path(Object *parent, char **parts,
                                           const char *typename,
                                           bool *ambiguous)
{
    Object *obj = object_resolve_abs_path(parent, parts, typename);
    GHashTableIter iter;
    gpointer val;

    if (parent->properties == NULL) {
        return obj;
    }

    g_hash_table_iter_init(&iter, parent->properties);
    while (g_hash_table_iter_next(&iter, NULL, &val)) {
        ObjectProperty *prop = val;
        Object *found;

        if (!object_property_is_child(prop)) {
            continue;
        }
        found = object_resolve_partial_path(prop->opaque, parts, typename,
                                            ambiguous);
        if (found && obj) {
            *ambiguous = true;
        }
        if (*ambiguous) {
            return NULL;
        }
        if (found) {
            obj = found;
        }
    }
    return obj;
}

Object *object_resolve_path_type(const char *path, const char *typename,
                                 bool *ambiguousp)
{
    char **parts = g_strsplit(path, "/", 0);
    bool ambiguous = false;
    Object *obj;

    if (g_path_is_absolute(path)) {
        obj = object_resolve_abs_path(object_get_root(), parts, typename);
    } else {
        obj = object_resolve_partial_path(object_get_root(), parts, typename,
                                          &ambiguous);
    }
    if (ambiguousp) {
        *ambiguousp = ambiguous;
    }
    g_strfreev(parts);
    return obj;
}

Object *object_resolve_path(const char *path, bool *ambiguous)
{
    return object_resolve_path_type(path, TYPE_OBJECT, ambiguous);
}

Object *object_resolve_path_at(Object *parent, const char *path)
{
    char **parts = g_strsplit(path, "/", 0);
    Object *obj;

    if (*path == '/') {
        parent = object_get_root();
    }
    obj = object_resolve_abs_path(parent, parts, TYPE_OBJECT);
    g_strfreev(parts);
    return obj;
}
