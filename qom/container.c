/*
 * Containers: the folders of the composition tree.
 *
 * Read first: qom/object.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/module.h"
#include "qom/object.h"

Object *container_get(Object *root, const char *path)
{
    char **parts = g_strsplit(path, "/", 0);
    Object *obj = root;

    /* The path is absolute, although it starts at @root. */
    g_assert(parts[0] != NULL && parts[0][0] == '\0');

    for (int i = 1; parts[i] != NULL; i++) {
        Object *child = object_resolve_path_component(obj, parts[i]);

        if (!child) {
            child = object_new(TYPE_CONTAINER);
            object_property_add_child(obj, parts[i], child);
            object_unref(child);
        }
        obj = child;
    }

    g_strfreev(parts);
    return obj;
}

static const TypeInfo container_info = {
    .name          = TYPE_CONTAINER,
    .parent        = TYPE_OBJECT,
    .instance_size = sizeof(Object),
};

static void container_register_types(void)
{
    type_register_static(&container_info);
}

type_init(container_register_types)
