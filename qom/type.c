/*
 * The table of types, and how a type gets its class.
 *
 * Registering a type only writes it down.  Its parent is looked up, and its
 * class made, on first use: so the order of registration does not matter, and
 * constructors of different files may register parents and children.
 *
 * Read first: qom/object.h.  Read next: qom/cast.c, qom/object.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/error-report.h"
#include "type-impl.h"

static TypeImpl *type_interface;

/* Set while object_class_foreach() walks the table. */
static bool enumerating_types;

/* Name -> TypeImpl *.  Types are never removed. */
static GHashTable *type_table_get(void)
{
    static GHashTable *type_table;

    if (type_table == NULL) {
        type_table = g_hash_table_new(g_str_hash, g_str_equal);
    }
    return type_table;
}

TypeImpl *type_get_by_name(const char *name)
{
    return name ? g_hash_table_lookup(type_table_get(), name) : NULL;
}

/* Registration */

/* Copy what a TypeInfo says.  The table does not know the result yet. */
static TypeImpl *type_new(const TypeInfo *info)
{
    TypeImpl *ti = g_new0(TypeImpl, 1);

    ti->name = g_strdup(info->name);
    ti->parent = g_strdup(info->parent);

    ti->class_size = info->class_size;
    ti->instance_size = info->instance_size;
    ti->instance_align = info->instance_align;

    ti->class_init = info->class_init;
    ti->class_base_init = info->class_base_init;
    ti->class_data = info->class_data;

    ti->instance_init = info->instance_init;
    ti->instance_post_init = info->instance_post_init;
    ti->instance_finalize = info->instance_finalize;

    ti->abstract = info->abstract;

    while (info->interfaces && info->interfaces[ti->num_interfaces].type) {
        ti->num_interfaces++;
    }
    ti->interfaces = g_new(const char *, ti->num_interfaces);
    for (int i = 0; i < ti->num_interfaces; i++) {
        ti->interfaces[i] = g_strdup(info->interfaces[i].type);
    }

    return ti;
}

static TypeImpl *type_register_internal(const TypeInfo *info)
{
    TypeImpl *ti;

    g_assert(info->name != NULL);
    g_assert(!enumerating_types);

    if (type_get_by_name(info->name) != NULL) {
        fprintf(stderr, "Registering `%s' which already exists\n", info->name);
        abort();
    }
    ti = type_new(info);
    g_hash_table_insert(type_table_get(), (void *)ti->name, ti);
    return ti;
}

TypeImpl *type_register(const TypeInfo *info)
{
    g_assert(info->parent);
    return type_register_internal(info);
}

TypeImpl *type_register_static(const TypeInfo *info)
{
    return type_register(info);
}

void type_register_static_array(const TypeInfo *infos, int nr_infos)
{
    for (int i = 0; i < nr_infos; i++) {
        type_register_static(&infos[i]);
    }
}

/* Ancestry */

TypeImpl *type_get_parent(TypeImpl *type)
{
    if (type->parent_type == NULL && type->parent != NULL) {
        type->parent_type = type_get_by_name(type->parent);
        if (type->parent_type == NULL) {
            fprintf(stderr, "Type '%s' is missing its parent '%s'\n",
                    type->name, type->parent);
            abort();
        }
    }
    return type->parent_type;
}

bool type_is_ancestor(TypeImpl *type, TypeImpl *target_type)
{
    g_assert(target_type);

    while (type != NULL) {
        if (type == target_type) {
            return true;
        }
        type = type_get_parent(type);
    }
    return false;
}

bool type_is_interface(TypeImpl *type)
{
    return type_is_ancestor(type, type_interface);
}

/* A size that a type leaves out is its parent's. */
static size_t type_class_get_size(TypeImpl *ti)
{
    if (ti->class_size) {
        return ti->class_size;
    }
    return ti->parent ? type_class_get_size(type_get_parent(ti))
                      : sizeof(ObjectClass);
}

static size_t type_object_get_size(TypeImpl *ti)
{
    if (ti->instance_size) {
        return ti->instance_size;
    }
    return ti->parent ? type_object_get_size(type_get_parent(ti)) : 0;
}

static size_t type_object_get_align(TypeImpl *ti)
{
    if (ti->instance_align) {
        return ti->instance_align;
    }
    return ti->parent ? type_object_get_align(type_get_parent(ti)) : 0;
}

size_t object_type_get_instance_size(const char *typename)
{
    TypeImpl *type = type_get_by_name(typename);

    g_assert(type != NULL);
    return type_object_get_size(type);
}

/* Classes */

/*
 * Make the class of an interface as @ti has it.
 *
 * The methods in it are @ti's own, so each pair of type and interface has an
 * unnamed type "TYPE::INTERFACE" below @parent_type: the interface itself, or
 * the parent's pair, whose methods are inherited that way.
 */
static void type_initialize_interface(TypeImpl *ti, TypeImpl *interface_type,
                                      TypeImpl *parent_type)
{
    /*
     * Hundreds of these are made at each start, so the entry is filled in by
     * hand.  The parent's pair is in no table, and cannot be found by name.
     */
    TypeImpl *iface_impl = g_new0(TypeImpl, 1);
    InterfaceClass *new_iface;

    iface_impl->name = g_strconcat(ti->name, "::", interface_type->name, NULL);
    iface_impl->parent = parent_type->name;
    iface_impl->parent_type = parent_type;
    iface_impl->abstract = true;
    type_initialize(iface_impl);

    new_iface = (InterfaceClass *)iface_impl->class;
    new_iface->concrete_class = ti->class;
    new_iface->interface_type = interface_type;

    ti->class->interfaces = g_slist_append(ti->class->interfaces, new_iface);
}

/* Whether a class has the interface already, as such or as a child of it. */
static bool type_class_has_interface(TypeImpl *ti, TypeImpl *interface_type)
{
    for (GSList *e = ti->class->interfaces; e; e = e->next) {
        if (type_is_ancestor(OBJECT_CLASS(e->data)->type, interface_type)) {
            return true;
        }
    }
    return false;
}

/* The parent's interfaces first, then those that the type adds. */
static void type_initialize_interfaces(TypeImpl *ti, TypeImpl *parent)
{
    for (GSList *e = parent->class->interfaces; e; e = e->next) {
        InterfaceClass *iface = e->data;

        type_initialize_interface(ti, iface->interface_type,
                                  OBJECT_CLASS(iface)->type);
    }

    for (int i = 0; i < ti->num_interfaces; i++) {
        TypeImpl *t = type_get_by_name(ti->interfaces[i]);

        if (t == NULL) {
            error_report("missing interface '%s' for object '%s'",
                         ti->interfaces[i], ti->name);
            abort();
        }
        if (!type_class_has_interface(ti, t)) {
            type_initialize_interface(ti, t, t);
        }
    }
}

void type_initialize(TypeImpl *ti)
{
    TypeImpl *parent;

    if (ti->class) {
        return;
    }

    ti->class_size = type_class_get_size(ti);
    ti->instance_size = type_object_get_size(ti);
    ti->instance_align = type_object_get_align(ti);

    /* No state, no objects: mostly interfaces. */
    if (ti->instance_size == 0) {
        ti->abstract = true;
    }

    if (type_is_interface(ti)) {
        g_assert(ti->instance_size == 0);
        g_assert(ti->abstract);
        g_assert(!ti->instance_init);
        g_assert(!ti->instance_post_init);
        g_assert(!ti->instance_finalize);
        g_assert(!ti->num_interfaces);
    }

    ti->class = g_malloc0(ti->class_size);

    parent = type_get_parent(ti);
    if (parent) {
        type_initialize(parent);

        /* A child starts with its parent's struct, so it cannot be smaller. */
        g_assert(parent->class_size <= ti->class_size);
        g_assert(parent->instance_size <= ti->instance_size);

        memcpy(ti->class, parent->class, parent->class_size);
        ti->class->interfaces = NULL;
        ti->class->properties = NULL;
        ti->class->type = ti;

        type_initialize_interfaces(ti, parent);
    }
    ti->class->type = ti;

    for (; parent; parent = type_get_parent(parent)) {
        if (parent->class_base_init) {
            parent->class_base_init(ti->class, ti->class_data);
        }
    }

    if (ti->class_init) {
        ti->class_init(ti->class, ti->class_data);
    }
}

ObjectClass *object_class_by_name(const char *typename)
{
    TypeImpl *type = type_get_by_name(typename);

    if (type == NULL) {
        return NULL;
    }
    type_initialize(type);
    return type->class;
}

ObjectClass *module_object_class_by_name(const char *typename)
{
    return object_class_by_name(typename);
}

ObjectClass *object_class_get_parent(ObjectClass *class)
{
    TypeImpl *type = type_get_parent(class->type);

    if (type == NULL) {
        return NULL;
    }
    type_initialize(type);
    return type->class;
}

const char *object_class_get_name(ObjectClass *klass)
{
    return klass->type->name;
}

bool object_class_is_abstract(ObjectClass *klass)
{
    return klass->type->abstract;
}

/* Lists of classes */

typedef struct ClassForeachData {
    void (*fn)(ObjectClass *klass, void *opaque);
    const char *implements_type;
    bool include_abstract;
    void *opaque;
} ClassForeachData;

static void object_class_foreach_tramp(gpointer key, gpointer value,
                                       gpointer opaque)
{
    ClassForeachData *data = opaque;
    TypeImpl *type = value;

    type_initialize(type);

    if (type->abstract && !data->include_abstract) {
        return;
    }
    if (data->implements_type &&
        !object_class_dynamic_cast(type->class, data->implements_type)) {
        return;
    }
    data->fn(type->class, data->opaque);
}

void object_class_foreach(void (*fn)(ObjectClass *klass, void *opaque),
                          const char *implements_type, bool include_abstract,
                          void *opaque)
{
    ClassForeachData data = { fn, implements_type, include_abstract, opaque };

    enumerating_types = true;
    g_hash_table_foreach(type_table_get(), object_class_foreach_tramp, &data);
    enumerating_types = false;
}

static void object_class_get_list_tramp(ObjectClass *klass, void *opaque)
{
    GSList **list = opaque;

    *list = g_slist_prepend(*list, klass);
}

GSList *object_class_get_list(const char *implements_type,
                              bool include_abstract)
{
    GSList *list = NULL;

    object_class_foreach(object_class_get_list_tramp,
                         implements_type, include_abstract, &list);
    return list;
}

static gint object_class_cmp(gconstpointer a, gconstpointer b)
{
    return strcasecmp(object_class_get_name((ObjectClass *)a),
                      object_class_get_name((ObjectClass *)b));
}

GSList *object_class_get_list_sorted(const char *implements_type,
                                     bool include_abstract)
{
    return g_slist_sort(object_class_get_list(implements_type,
                                              include_abstract),
                        object_class_cmp);
}

/* The roots of all types */

static char *object_get_type_property(Object *obj, Error **errp)
{
    return g_strdup(object_get_typename(obj));
}

static void object_class_init(ObjectClass *klass, void *data)
{
    object_class_property_add_str(klass, "type", object_get_type_property,
                                  NULL);
}

static void qom_register_types(void)
{
    static const TypeInfo interface_info = {
        .name = TYPE_INTERFACE,
        .class_size = sizeof(InterfaceClass),
        .abstract = true,
    };
    static const TypeInfo object_info = {
        .name = TYPE_OBJECT,
        .instance_size = sizeof(Object),
        .class_init = object_class_init,
        .abstract = true,
    };

    type_interface = type_register_internal(&interface_info);
    type_register_internal(&object_info);
}

type_init(qom_register_types)
