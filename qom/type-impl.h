/*
 * What the files of qom/ share: the entry in the table of types.
 *
 * Read first: qom/object.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QOM_TYPE_IMPL_H
#define QOM_TYPE_IMPL_H

#include "qom/object.h"

typedef struct TypeImpl TypeImpl;

/* A registered type: its TypeInfo, resolved step by step as it is used. */
struct TypeImpl {
    const char *name;

    size_t class_size;
    size_t instance_size;
    size_t instance_align;

    void (*class_init)(ObjectClass *klass, void *data);
    void (*class_base_init)(ObjectClass *klass, void *data);
    void *class_data;

    void (*instance_init)(Object *obj);
    void (*instance_post_init)(Object *obj);
    void (*instance_finalize)(Object *obj);

    bool abstract;

    const char *parent;
    TypeImpl *parent_type;          /* NULL until type_get_parent() */

    ObjectClass *class;             /* NULL until type_initialize() */

    int num_interfaces;
    const char **interfaces;
};

/* type_get_by_name: the type of that name, or NULL. */
TypeImpl *type_get_by_name(const char *name);

/* type_get_parent: the parent, or NULL at a root.  One that is missing aborts. */
TypeImpl *type_get_parent(TypeImpl *type);

/* type_is_ancestor: whether @type is @target_type or descends from it. */
bool type_is_ancestor(TypeImpl *type, TypeImpl *target_type);

/* type_is_interface: whether the type descends from TYPE_INTERFACE. */
bool type_is_interface(TypeImpl *type);

/* type_initialize: make the type's class, if that has not happened yet. */
void type_initialize(TypeImpl *ti);

/*
 * object_class_property_init_all: give a new object the defaults of its class
 * properties.
 */
void object_class_property_init_all(Object *obj);

/* object_property_del_all: release and forget every property of an object. */
void object_property_del_all(Object *obj);

/* object_property_del_child: remove the child property that holds @child. */
void object_property_del_child(Object *obj, Object *child);

/* object_property_free: what the tables of properties destroy values with. */
void object_property_free(gpointer data);

/*
 * object_property_is_child: whether it owns the object that its opaque points
 * to.
 */
bool object_property_is_child(ObjectProperty *prop);

#endif
