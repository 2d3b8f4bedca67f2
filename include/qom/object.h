/*
 * QOM: types, classes and objects in C.
 *
 * Everything that has a name in qemini is a QOM object: each device, bus,
 * memory region, back end, accelerator and the machine itself.  This is how
 * they are made, how they find each other, and how a user sets their
 * properties by name.
 *
 * Type, class, object
 * -------------------
 * Three things that other languages often fold into one:
 *
 *     TypeInfo      what the author of a type writes down: name, parent, sizes
 *        |          and hooks.  A constant; registered by type_init() before
 *        |          main() does anything.
 *        |  type_register_static()
 *        v
 *     TypeImpl      the entry in the table of types (private to qom/).
 *        |
 *        |  first use: type_initialize()
 *        v
 *     ObjectClass   one per type: the table of methods and the properties that
 *        |          all objects of the type share.  Starts as a copy of the
 *        |          parent's class; class_init then overrides.  Never freed.
 *        |
 *        |  object_new(), object_initialize()
 *        v
 *     Object        one per thing: its state, its own properties, a reference
 *                   count, and a parent in the composition tree.
 *
 * A struct inherits by having its parent's struct as the first member, which
 * is called parent_obj in objects and parent_class in classes:
 *
 *     #define TYPE_LAMP "lamp"
 *     OBJECT_DECLARE_TYPE(LampState, LampClass, LAMP)
 *
 *     struct LampState {                struct LampClass {
 *         DeviceState parent_obj;           DeviceClass parent_class;
 *         bool lit;                         void (*burn)(LampState *s);
 *     };                                };
 *
 *       Object       ObjectClass
 *       +----------+ +--------------------+
 *       | class ---|>| type, properties   |   LAMP(obj)            object, down
 *       | ref      | +--------------------+   OBJECT(s)            object, up
 *       | parent   | |  DeviceClass       |   LAMP_GET_CLASS(s)    its class
 *       +----------+ |  realize, reset... |   LAMP_CLASS(klass)    class, down
 *       |DeviceState| +-------------------+
 *       +----------+ |  LampClass: burn   |
 *       | LampState| +--------------------+
 *       +----------+
 *
 * A cast down is checked, always: LAMP(obj) on something that is no lamp says
 * what it is and where the cast stands, and aborts.  A cast up costs nothing.
 *
 * The order of hooks
 * ------------------
 *     class:   the parent's class first (complete, with its class_init); then
 *              class_base_init of the ancestors, nearest first; then the
 *              type's own class_init.
 *     object:  instance_init from the root to the leaf, then
 *              instance_post_init from the leaf to the root (QEMU 7.2's
 *              order), and on the last unref: properties are released, then
 *              instance_finalize from the leaf to the root.
 *
 * instance_init cannot fail: it only makes what the object must have so that
 * it can be looked at and configured.  What can fail belongs in a step of its
 * own: realize for devices, complete() for user-creatable objects.
 *
 * Two trees
 * ---------
 * Who owns whom is the composition tree, and it is QOM's: each object has at
 * most one parent, which holds a reference to it through a child property.  A
 * path of property names leads from the root to every object.  Which device is
 * plugged into which bus is another tree, and QOM knows nothing about it (see
 * hw/qdev-core.h):
 *
 *     who owns whom (info qom-tree)         who is plugged into what (info qtree)
 *
 *     /machine                              bus main-system-bus
 *       /peripheral                           dev i440FX-pcihost
 *         /nic0 (virtio-net-pci)                bus pci.0
 *           /virtio-bus (virtio-pci-bus)          dev virtio-net-pci "nic0"
 *           /virtio-backend (virtio-net-device)     bus virtio-bus
 *     /objects                                        dev virtio-net-device
 *       /mem0 (memory-backend-ram)
 *
 * A link property is an arrow across the tree: it names an object by its path
 * without owning it.
 *
 * Properties
 * ----------
 * A property is a name with accessors that read from or write to a Visitor, so
 * that the same property serves the command line, QMP and C.  Those that all
 * objects of a type have go to the class (object_class_property_add*(), from
 * class_init); those that depend on the single object go to the object
 * (object_property_add*()).  Looking one up goes first to the classes, then to
 * the object.  A name occurs only once among them.
 *
 * Interfaces
 * ----------
 * A type with TYPE_INTERFACE as its ancestor has methods but no state.  Any
 * type may list interfaces in its TypeInfo; for each, its class carries a class
 * of its own, and the checked class cast FOO_CLASS() or FOO_GET_CLASS() finds
 * it.  The object behind an interface stays the same object, which is why an
 * interface's "instance" is an incomplete struct and casts to it return the
 * pointer they were given.
 *
 * Threads: types are registered and classes made under the big lock.  The
 * reference count is atomic; everything else about an object belongs to the
 * holder of the big lock.
 *
 * Read next: qom/type.c, qom/object.c, qom/property.c, qom/path.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_OBJECT_H
#define QEMU_OBJECT_H

#include "qapi/qapi-builtin-types.h"
#include "qemu/module.h"

struct TypeImpl;
typedef struct TypeImpl *Type;

typedef struct TypeInfo TypeInfo;

typedef struct InterfaceClass InterfaceClass;
typedef struct InterfaceInfo InterfaceInfo;

/* The root of all types. */
#define TYPE_OBJECT "object"

/* An object whose only purpose is to have children: a folder. */
#define TYPE_CONTAINER "container"

typedef struct ObjectProperty ObjectProperty;

/*
 * Reads or writes a property.  As a getter, describes the value to @v; as a
 * setter, takes it from @v.  @opaque is what was given when the property was
 * added.
 */
typedef void (ObjectPropertyAccessor)(Object *obj,
                                      Visitor *v,
                                      const char *name,
                                      void *opaque,
                                      Error **errp);

/*
 * Follows one step of a path.  @part is the name of the property.  Returns
 * the object that it leads to, without a reference, or NULL.
 */
typedef Object *(ObjectPropertyResolve)(Object *obj,
                                        void *opaque,
                                        const char *part);

/*
 * Called when a property goes away: by object_property_del(), or for every
 * property, the class's too, when the object is finalized.
 */
typedef void (ObjectPropertyRelease)(Object *obj,
                                     const char *name,
                                     void *opaque);

/* Called for each new object, to give a class property its default value. */
typedef void (ObjectPropertyInit)(Object *obj, ObjectProperty *prop);

/*
 * A property.  The names are those that `info qom-tree`, qom-list and help
 * show: @type is "bool", "str", "uint32", an enum's name, "child<TYPE>",
 * "link<TYPE>", or whatever the author of the property chose.
 */
struct ObjectProperty {
    char *name;
    char *type;
    char *description;              /* for help; may be NULL */
    ObjectPropertyAccessor *get;    /* NULL: cannot be read */
    ObjectPropertyAccessor *set;    /* NULL: cannot be written */
    ObjectPropertyResolve *resolve; /* NULL: paths end here */
    ObjectPropertyRelease *release;
    ObjectPropertyInit *init;
    void *opaque;
    QObject *defval;                /* for help and @init; may be NULL */
};

/* Takes an object out of what it is part of, see object_unparent(). */
typedef void (ObjectUnparent)(Object *obj);

/* Gives an object's memory back, after its last hook. */
typedef void (ObjectFree)(void *obj);

#define OBJECT_CLASS_CAST_CACHE 4

/*
 * The start of every class.  Its fields belong to qom/, except for @unparent,
 * which class_init may set.
 */
struct ObjectClass {
    /* private: */
    Type type;
    GSList *interfaces;             /* of InterfaceClass, one per interface */

    /* Names (compared as pointers) that a cast has already been allowed to. */
    const char *object_cast_cache[OBJECT_CLASS_CAST_CACHE];
    const char *class_cast_cache[OBJECT_CLASS_CAST_CACHE];

    ObjectUnparent *unparent;

    GHashTable *properties;         /* name -> ObjectProperty *; may be NULL */
};

/* The start of every object.  All fields belong to qom/. */
struct Object {
    /* private: */
    ObjectClass *class;
    ObjectFree *free;               /* NULL: the memory is somebody else's */
    GHashTable *properties;         /* name -> ObjectProperty *; may be NULL */
    uint32_t ref;
    Object *parent;
};

/* -------------------------------------------------------------------------
 * Declaring types: in a header, or above the struct of a private type
 * ------------------------------------------------------------------------- */

/*
 * DECLARE_INSTANCE_CHECKER: define the checked cast OBJ_NAME(obj), from any
 * object pointer down to @InstanceType.
 *
 * @InstanceType: the struct's name
 * @OBJ_NAME: the cast's name, in capitals
 * @TYPENAME: the type's name, the TYPE_* macro
 */
#define DECLARE_INSTANCE_CHECKER(InstanceType, OBJ_NAME, TYPENAME)           \
    static inline G_GNUC_UNUSED InstanceType *OBJ_NAME(const void *obj)      \
    {                                                                        \
        return OBJECT_CHECK(InstanceType, obj, TYPENAME);                    \
    }

/*
 * DECLARE_CLASS_CHECKERS: define OBJ_NAME_CLASS(klass), the checked cast from
 * any class pointer, and OBJ_NAME_GET_CLASS(obj), the class of an object seen
 * as @ClassType.
 */
#define DECLARE_CLASS_CHECKERS(ClassType, OBJ_NAME, TYPENAME)                \
    static inline G_GNUC_UNUSED ClassType *                                  \
    OBJ_NAME##_GET_CLASS(const void *obj)                                    \
    {                                                                        \
        return OBJECT_GET_CLASS(ClassType, obj, TYPENAME);                   \
    }                                                                        \
                                                                             \
    static inline G_GNUC_UNUSED ClassType *OBJ_NAME##_CLASS(const void *klass) \
    {                                                                        \
        return OBJECT_CLASS_CHECK(ClassType, klass, TYPENAME);               \
    }

/* DECLARE_OBJ_CHECKERS: the casts for objects and for classes. */
#define DECLARE_OBJ_CHECKERS(InstanceType, ClassType, OBJ_NAME, TYPENAME)    \
    DECLARE_INSTANCE_CHECKER(InstanceType, OBJ_NAME, TYPENAME)               \
    DECLARE_CLASS_CHECKERS(ClassType, OBJ_NAME, TYPENAME)

/*
 * OBJECT_DECLARE_TYPE: all of a type that has a class struct of its own: the
 * two typedefs, the casts, and g_autoptr(InstanceType), which unrefs.
 *
 * @InstanceType: the object's struct
 * @ClassType: the class's struct
 * @MODULE_OBJ_NAME: the type's name in capitals; TYPE_##MODULE_OBJ_NAME must
 * be defined
 */
#define OBJECT_DECLARE_TYPE(InstanceType, ClassType, MODULE_OBJ_NAME)        \
    typedef struct InstanceType InstanceType;                                \
    typedef struct ClassType ClassType;                                      \
                                                                             \
    G_DEFINE_AUTOPTR_CLEANUP_FUNC(InstanceType, object_unref)                \
                                                                             \
    DECLARE_OBJ_CHECKERS(InstanceType, ClassType,                            \
                         MODULE_OBJ_NAME, TYPE_##MODULE_OBJ_NAME)

/*
 * OBJECT_DECLARE_SIMPLE_TYPE: the same for a type that adds nothing to its
 * parent's class.
 */
#define OBJECT_DECLARE_SIMPLE_TYPE(InstanceType, MODULE_OBJ_NAME)            \
    typedef struct InstanceType InstanceType;                                \
                                                                             \
    G_DEFINE_AUTOPTR_CLEANUP_FUNC(InstanceType, object_unref)                \
                                                                             \
    DECLARE_INSTANCE_CHECKER(InstanceType, MODULE_OBJ_NAME,                  \
                             TYPE_##MODULE_OBJ_NAME)

/* -------------------------------------------------------------------------
 * Defining types: in a .c file
 * ------------------------------------------------------------------------- */

/*
 * The common part of the macros below.  It promises three static hooks that
 * the file must define: NAME_init, NAME_finalize and NAME_class_init, for a
 * @module_obj_name of NAME; and it registers the type.
 */
#define DO_OBJECT_DEFINE_TYPE_EXTENDED(ModuleObjName, module_obj_name,       \
                                       MODULE_OBJ_NAME,                      \
                                       PARENT_MODULE_OBJ_NAME,               \
                                       ABSTRACT, CLASS_SIZE, ...)            \
    static void module_obj_name##_finalize(Object *obj);                     \
    static void module_obj_name##_class_init(ObjectClass *oc, void *data);   \
    static void module_obj_name##_init(Object *obj);                         \
                                                                             \
    static const TypeInfo module_obj_name##_info = {                         \
        .parent = TYPE_##PARENT_MODULE_OBJ_NAME,                             \
        .name = TYPE_##MODULE_OBJ_NAME,                                      \
        .instance_size = sizeof(ModuleObjName),                              \
        .instance_align = __alignof__(ModuleObjName),                        \
        .instance_init = module_obj_name##_init,                             \
        .instance_finalize = module_obj_name##_finalize,                     \
        .class_size = CLASS_SIZE,                                            \
        .class_init = module_obj_name##_class_init,                          \
        .abstract = ABSTRACT,                                                \
        .interfaces = (InterfaceInfo[]) { __VA_ARGS__ },                     \
    };                                                                       \
                                                                             \
    static void module_obj_name##_register_types(void)                       \
    {                                                                        \
        type_register_static(&module_obj_name##_info);                       \
    }                                                                        \
    type_init(module_obj_name##_register_types);

/*
 * OBJECT_DEFINE_TYPE_EXTENDED: define a type with a class struct
 * (ModuleObjName##Class).  The variable arguments are its interfaces, each as
 * { TYPE_NAME }, closed by { }.
 *
 * @ModuleObjName: the object's struct
 * @module_obj_name: the same in lower case, for the names of the hooks
 * @MODULE_OBJ_NAME: the same in capitals, for TYPE_##MODULE_OBJ_NAME
 * @PARENT_MODULE_OBJ_NAME: the parent's name in capitals, without TYPE_
 * @ABSTRACT: whether only subtypes can be made
 */
#define OBJECT_DEFINE_TYPE_EXTENDED(ModuleObjName, module_obj_name,          \
                                    MODULE_OBJ_NAME, PARENT_MODULE_OBJ_NAME, \
                                    ABSTRACT, ...)                           \
    DO_OBJECT_DEFINE_TYPE_EXTENDED(ModuleObjName, module_obj_name,           \
                                   MODULE_OBJ_NAME, PARENT_MODULE_OBJ_NAME,  \
                                   ABSTRACT, sizeof(ModuleObjName##Class),   \
                                   __VA_ARGS__)

/* A concrete type without interfaces. */
#define OBJECT_DEFINE_TYPE(ModuleObjName, module_obj_name,                   \
                           MODULE_OBJ_NAME, PARENT_MODULE_OBJ_NAME)          \
    OBJECT_DEFINE_TYPE_EXTENDED(ModuleObjName, module_obj_name,              \
                                MODULE_OBJ_NAME, PARENT_MODULE_OBJ_NAME,     \
                                false, { NULL })

/* A concrete type with interfaces. */
#define OBJECT_DEFINE_TYPE_WITH_INTERFACES(ModuleObjName, module_obj_name,   \
                                           MODULE_OBJ_NAME,                  \
                                           PARENT_MODULE_OBJ_NAME, ...)      \
    OBJECT_DEFINE_TYPE_EXTENDED(ModuleObjName, module_obj_name,              \
                                MODULE_OBJ_NAME, PARENT_MODULE_OBJ_NAME,     \
                                false, __VA_ARGS__)

/* An abstract type without interfaces. */
#define OBJECT_DEFINE_ABSTRACT_TYPE(ModuleObjName, module_obj_name,          \
                                    MODULE_OBJ_NAME, PARENT_MODULE_OBJ_NAME) \
    OBJECT_DEFINE_TYPE_EXTENDED(ModuleObjName, module_obj_name,              \
                                MODULE_OBJ_NAME, PARENT_MODULE_OBJ_NAME,     \
                                true, { NULL })

/*
 * OBJECT_DEFINE_SIMPLE_TYPE_EXTENDED: define a type that was declared with
 * OBJECT_DECLARE_SIMPLE_TYPE: its class has its parent's size.
 */
#define OBJECT_DEFINE_SIMPLE_TYPE_EXTENDED(ModuleObjName, module_obj_name,   \
                                           MODULE_OBJ_NAME,                  \
                                           PARENT_MODULE_OBJ_NAME,           \
                                           ABSTRACT, ...)                    \
    DO_OBJECT_DEFINE_TYPE_EXTENDED(ModuleObjName, module_obj_name,           \
                                   MODULE_OBJ_NAME, PARENT_MODULE_OBJ_NAME,  \
                                   ABSTRACT, 0, __VA_ARGS__)

/* A concrete simple type without interfaces. */
#define OBJECT_DEFINE_SIMPLE_TYPE(ModuleObjName, module_obj_name,            \
                                  MODULE_OBJ_NAME, PARENT_MODULE_OBJ_NAME)   \
    OBJECT_DEFINE_SIMPLE_TYPE_EXTENDED(ModuleObjName, module_obj_name,       \
                                       MODULE_OBJ_NAME,                      \
                                       PARENT_MODULE_OBJ_NAME,               \
                                       false, { NULL })

/* A concrete simple type with interfaces. */
#define OBJECT_DEFINE_SIMPLE_TYPE_WITH_INTERFACES(ModuleObjName,             \
                                                  module_obj_name,           \
                                                  MODULE_OBJ_NAME,           \
                                                  PARENT_MODULE_OBJ_NAME, ...) \
    OBJECT_DEFINE_SIMPLE_TYPE_EXTENDED(ModuleObjName, module_obj_name,       \
                                       MODULE_OBJ_NAME,                      \
                                       PARENT_MODULE_OBJ_NAME,               \
                                       false, __VA_ARGS__)

/*
 * What the author of a type writes down.  Everything but @name is optional;
 * left out, a size, an alignment or a hook is the parent's.
 */
struct TypeInfo {
    const char *name;
    const char *parent;     /* NULL only for TYPE_OBJECT and TYPE_INTERFACE */

    size_t instance_size;   /* of the object; 0: as the parent */
    size_t instance_align;  /* of the object; 0: what malloc gives */

    /* Runs after the parent's.  Must not fail. */
    void (*instance_init)(Object *obj);
    /* Runs when all instance_init hooks are done. */
    void (*instance_post_init)(Object *obj);
    /* Runs before the parent's, when the last reference is gone. */
    void (*instance_finalize)(Object *obj);

    bool abstract;          /* true: no objects of just this type */

    size_t class_size;      /* of the class; 0: as the parent */

    /* Runs once, on a class that already is a copy of the parent's. */
    void (*class_init)(ObjectClass *klass, void *data);
    /*
     * Runs for the class of each subtype, before that one's class_init: undoes
     * what the copy must not share, a list for instance.
     */
    void (*class_base_init)(ObjectClass *klass, void *data);
    void *class_data;       /* @data whenever this type's class is made */

    InterfaceInfo *interfaces;      /* an array, closed by { } */
};

/* OBJECT: any object as the Object it starts with.  Not checked. */
#define OBJECT(obj) \
    ((Object *)(obj))

/* OBJECT_CLASS: any class as the ObjectClass it starts with.  Not checked. */
#define OBJECT_CLASS(class) \
    ((ObjectClass *)(class))

/*
 * OBJECT_CHECK: the checked cast of an object.  Types use the macros that
 * OBJECT_DECLARE_TYPE makes of it.  NULL stays NULL.
 */
#define OBJECT_CHECK(type, obj, name)                                        \
    ((type *)object_dynamic_cast_assert(OBJECT(obj), (name),                 \
                                        __FILE__, __LINE__, __func__))

/* OBJECT_CLASS_CHECK: the checked cast of a class. */
#define OBJECT_CLASS_CHECK(class_type, class, name)                          \
    ((class_type *)object_class_dynamic_cast_assert(OBJECT_CLASS(class),     \
                                                    (name), __FILE__,        \
                                                    __LINE__, __func__))

/* OBJECT_GET_CLASS: an object's class, cast to what the caller knows. */
#define OBJECT_GET_CLASS(class, obj, name)                                   \
    OBJECT_CLASS_CHECK(class, object_get_class(OBJECT(obj)), name)

/* One interface in TypeInfo.interfaces. */
struct InterfaceInfo {
    const char *type;
};

/*
 * The start of every interface's class.  One exists for each pair of a type
 * and an interface that it has.
 */
struct InterfaceClass {
    ObjectClass parent_class;
    /* private: */
    ObjectClass *concrete_class;    /* the class of the type that has it */
    Type interface_type;
};

#define TYPE_INTERFACE "interface"

/* INTERFACE_CLASS: the InterfaceClass that an interface's class starts with. */
#define INTERFACE_CLASS(klass)                                               \
    OBJECT_CLASS_CHECK(InterfaceClass, klass, TYPE_INTERFACE)

/*
 * INTERFACE_CHECK: the checked cast of an object to an interface.  The result
 * is the same pointer, as a pointer to the interface's incomplete struct.
 */
#define INTERFACE_CHECK(interface, obj, name)                                \
    ((interface *)object_dynamic_cast_assert(OBJECT((obj)), (name),          \
                                             __FILE__, __LINE__, __func__))

/* -------------------------------------------------------------------------
 * Types and classes
 * ------------------------------------------------------------------------- */

/*
 * type_register_static: register a type.
 * @info: must stay valid and unchanged for good, with all it points to
 *
 * Nothing else happens until the type is used, so parents may be registered
 * after their children.  A name that is taken already is a bug and aborts.
 */
Type type_register_static(const TypeInfo *info);

/* type_register: as type_register_static(), but copies what it needs. */
Type type_register(const TypeInfo *info);

/* type_register_static_array: register @nr_infos types. */
void type_register_static_array(const TypeInfo *infos, int nr_infos);

/* DEFINE_TYPES: register an array of TypeInfo at start. */
#define DEFINE_TYPES(type_array)                                             \
static void do_qemu_init_ ## type_array(void)                                \
{                                                                            \
    type_register_static_array(type_array, ARRAY_SIZE(type_array));          \
}                                                                            \
type_init(do_qemu_init_ ## type_array)

/*
 * type_print_class_properties: print help on a type's class properties.
 * Returns false, and prints nothing, if there is no such type.
 */
bool type_print_class_properties(const char *type);

/*
 * object_type_get_instance_size: bytes that an object of the type takes.
 * The type must exist.
 */
size_t object_type_get_instance_size(const char *typename);

/*
 * object_class_by_name: the class of a type, made now if this is its first
 * use.  Returns NULL if there is no such type.
 */
ObjectClass *object_class_by_name(const char *typename);

/*
 * module_object_class_by_name: as object_class_by_name().  QEMU loads a
 * missing type from a shared object here; qemini has all its types built in.
 */
ObjectClass *module_object_class_by_name(const char *typename);

/* object_class_get_name: the name of the class's type. */
const char *object_class_get_name(ObjectClass *klass);

/* object_class_get_parent: the parent's class, or NULL at the root. */
ObjectClass *object_class_get_parent(ObjectClass *klass);

/* object_class_is_abstract: whether objects of just this type are refused. */
bool object_class_is_abstract(ObjectClass *klass);

/*
 * object_class_dynamic_cast: @klass if it is @typename, a subtype, or has the
 * interface; otherwise NULL.  For an interface the result is the class of the
 * interface, which is another pointer.
 */
ObjectClass *object_class_dynamic_cast(ObjectClass *klass,
                                       const char *typename);

/*
 * object_class_dynamic_cast_assert: the same, but a wrong cast is reported
 * with both types and the place, and aborts.
 */
ObjectClass *object_class_dynamic_cast_assert(ObjectClass *klass,
                                              const char *typename,
                                              const char *file, int line,
                                              const char *func);

/*
 * object_class_foreach: call @fn for each class, in no particular order.
 * @implements_type: only those that can be cast to it; NULL: all
 * @include_abstract: abstract ones too
 *
 * This makes the classes of all types.  @fn must not register types.
 */
void object_class_foreach(void (*fn)(ObjectClass *klass, void *opaque),
                          const char *implements_type, bool include_abstract,
                          void *opaque);

/*
 * object_class_get_list: the classes of object_class_foreach() as a list,
 * which the caller frees with g_slist_free().
 */
GSList *object_class_get_list(const char *implements_type,
                              bool include_abstract);

/* object_class_get_list_sorted: the same by name, capitals or not. */
GSList *object_class_get_list_sorted(const char *implements_type,
                                     bool include_abstract);

/* -------------------------------------------------------------------------
 * Making objects
 * ------------------------------------------------------------------------- */

/*
 * object_new: make an object on the heap.
 *
 * Returns it with one reference, which is the caller's: object_unref() it, or
 * give it a parent first.  The type must exist and not be abstract; check user
 * input with object_class_by_name() and object_class_is_abstract().
 */
Object *object_new(const char *typename);

/* object_new_with_class: the same for a class that is already at hand. */
Object *object_new_with_class(ObjectClass *klass);

/*
 * object_new_with_props: make an object, set properties, give it a parent and,
 * if it is user-creatable, complete it.
 * @parent: its parent
 * @id: its name there; NULL: the parent does not get it
 * @...: pairs of property name and value, both strings; then NULL
 *
 * Returns the object or NULL.  With an @id the reference is the parent's and
 * the caller has none; without, it is the caller's.
 */
Object *object_new_with_props(const char *typename,
                              Object *parent,
                              const char *id,
                              Error **errp,
                              ...) G_GNUC_NULL_TERMINATED;
Object *object_new_with_propv(const char *typename,
                              Object *parent,
                              const char *id,
                              Error **errp,
                              va_list vargs);

/*
 * object_initialize: make an object in memory that the caller has, typically
 * inside another object.
 * @obj: the memory; need not be zeroed
 * @size: bytes there; must be enough for the type
 *
 * The object has one reference.  When the last is gone it is finalized, but
 * its memory stays.
 */
void object_initialize(void *obj, size_t size, const char *typename);

/*
 * object_initialize_child: make an object inside its parent's memory, and a
 * child property for it.
 * @parent: the parent
 * @propname: the child's name there
 * @child: where; its type gives the size
 * @type: the type's name
 *
 * The parent's property has the only reference, so the child goes with its
 * parent.  The child must not fail: its name is free and it is not one of the
 * user-creatable types whose complete() can fail.
 */
#define object_initialize_child(parent, propname, child, type)               \
    object_initialize_child_internal((parent), (propname),                   \
                                     (child), sizeof(*(child)), (type))
void object_initialize_child_internal(Object *parent, const char *propname,
                                      void *child, size_t size,
                                      const char *type);

/*
 * object_initialize_child_with_props: the same with properties to be set, as
 * in object_new_with_props(), and with errors.
 * Returns false, and leaves nothing behind, if something went wrong.
 */
bool object_initialize_child_with_props(Object *parentobj,
                             const char *propname,
                             void *childobj, size_t size, const char *type,
                             Error **errp, ...) G_GNUC_NULL_TERMINATED;
bool object_initialize_child_with_propsv(Object *parentobj,
                              const char *propname,
                              void *childobj, size_t size, const char *type,
                              Error **errp, va_list vargs);

/*
 * object_set_props: set properties from pairs of name and value, both strings,
 * closed by NULL.  Stops at the first that fails and returns false.
 */
bool object_set_props(Object *obj, Error **errp, ...) G_GNUC_NULL_TERMINATED;
bool object_set_propv(Object *obj, Error **errp, va_list vargs);

/*
 * object_set_properties_from_keyval: set a property for each key of a dict.
 * @qdict: the dict; not changed
 * @from_json: values have JSON types; false: they are strings or lists and
 * dicts of strings, as keyval_parse() makes them
 *
 * Stops at the first error.  A dict in @qdict is the value of one property.
 */
void object_set_properties_from_keyval(Object *obj, const QDict *qdict,
                                       bool from_json, Error **errp);

/*
 * object_ref: take a reference.
 * @obj: an object of any type; NULL does nothing
 * Returns @obj.  Any thread.
 */
Object *object_ref(void *obj);

/*
 * object_unref: drop a reference; with the last one the object is finalized.
 * @obj: an object of any type; NULL does nothing
 */
void object_unref(void *obj);

/*
 * object_unparent: take an object out of the composition tree.
 *
 * Runs ObjectClass.unparent, which for a device also unrealizes and unplugs
 * it, and drops the parent's reference.  Without a parent nothing happens.
 */
void object_unparent(Object *obj);

/* object_get_class: an object's class. */
ObjectClass *object_get_class(Object *obj);

/* object_get_typename: the name of an object's type. */
const char *object_get_typename(const Object *obj);

/*
 * object_dynamic_cast: @obj if it is @typename, a subtype, or has the
 * interface; otherwise NULL.  NULL gives NULL.
 */
Object *object_dynamic_cast(Object *obj, const char *typename);

/*
 * object_dynamic_cast_assert: the same, but a wrong cast is reported with both
 * types and the place, and aborts.  Use the macros that OBJECT_DECLARE_TYPE
 * makes.
 */
Object *object_dynamic_cast_assert(Object *obj, const char *typename,
                                   const char *file, int line,
                                   const char *func);

/* -------------------------------------------------------------------------
 * Globals: properties that are set on every object of a type
 *
 * In the order in which device_post_init() applies them, so that the user has
 * the last word: the accelerator's, the machine's (a machine type of an older
 * version keeps its old defaults that way), sugar from other options, and last
 * -global.
 * ------------------------------------------------------------------------- */

/*
 * object_apply_global_props: set those of @props (GlobalProperty *) that are
 * for the type of @obj, its ancestors or interfaces.
 * @props: NULL: none
 * @errp: where the first error goes, and the rest is left out; NULL: each
 * error is a warning, which is how a hot-plugged device survives a bad -global
 */
void object_apply_global_props(Object *obj, const GPtrArray *props,
                               Error **errp);

/* object_set_machine_compat_props: set once, by the machine. */
void object_set_machine_compat_props(GPtrArray *compat_props);

/* object_set_accelerator_compat_props: set once, by the accelerator. */
void object_set_accelerator_compat_props(GPtrArray *compat_props);

/*
 * object_register_sugar_prop: set @prop of every @driver to @value, for
 * options that stand for a property of some type.  The strings are copied.
 * @optional: types without such a property are not an error
 */
void object_register_sugar_prop(const char *driver, const char *prop,
                                const char *value, bool optional);

/* object_apply_compat_props: apply all of the above to @obj, except -global. */
void object_apply_compat_props(Object *obj);

/* -------------------------------------------------------------------------
 * Properties
 * ------------------------------------------------------------------------- */

/*
 * object_property_try_add: add a property to an object.
 * @name: unless it ends in "[*]" it must be new; "foo[*]" becomes foo[0],
 * foo[1]..., the first that is free
 * @type: its type, for people
 * @get: NULL: cannot be read
 * @set: NULL: cannot be written
 * @release: called when the property goes away; may be NULL
 * @opaque: passed to all three
 *
 * Returns the property, which belongs to the object, or NULL if the name is
 * taken.
 */
ObjectProperty *object_property_try_add(Object *obj, const char *name,
                                        const char *type,
                                        ObjectPropertyAccessor *get,
                                        ObjectPropertyAccessor *set,
                                        ObjectPropertyRelease *release,
                                        void *opaque, Error **errp);

/* object_property_add: the same; a name that is taken is a bug and aborts. */
ObjectProperty *object_property_add(Object *obj, const char *name,
                                    const char *type,
                                    ObjectPropertyAccessor *get,
                                    ObjectPropertyAccessor *set,
                                    ObjectPropertyRelease *release,
                                    void *opaque);

/* object_property_del: remove a property of the object itself. */
void object_property_del(Object *obj, const char *name);

/*
 * object_class_property_add: add a property to all objects of a class and its
 * subclasses.  Called from class_init.  The name must be new.
 */
ObjectProperty *object_class_property_add(ObjectClass *klass, const char *name,
                                          const char *type,
                                          ObjectPropertyAccessor *get,
                                          ObjectPropertyAccessor *set,
                                          ObjectPropertyRelease *release,
                                          void *opaque);

/*
 * object_property_set_default_bool and its kin: give a class property a
 * default.  Each new object has it set through the property's setter, right
 * after its class is known and before any instance_init.  Only once per
 * property.
 */
void object_property_set_default_bool(ObjectProperty *prop, bool value);
void object_property_set_default_str(ObjectProperty *prop, const char *value);
void object_property_set_default_list(ObjectProperty *prop);
void object_property_set_default_int(ObjectProperty *prop, int64_t value);
void object_property_set_default_uint(ObjectProperty *prop, uint64_t value);

/*
 * object_property_find: a property of the object or its class, or NULL.  The
 * _err variant describes what is missing.
 */
ObjectProperty *object_property_find(Object *obj, const char *name);
ObjectProperty *object_property_find_err(Object *obj,
                                         const char *name,
                                         Error **errp);

/* object_class_property_find: a property of the class or its ancestors. */
ObjectProperty *object_class_property_find(ObjectClass *klass,
                                           const char *name);
ObjectProperty *object_class_property_find_err(ObjectClass *klass,
                                               const char *name,
                                               Error **errp);

/* Goes over an object's own properties, then its class's, up to the root. */
typedef struct ObjectPropertyIterator {
    ObjectClass *nextclass;
    GHashTableIter iter;
} ObjectPropertyIterator;

/*
 * object_property_iter_init: start to go over all properties of an object.
 * While it is under way no property may be added to or removed from it.
 *
 *     ObjectPropertyIterator iter;
 *     ObjectProperty *prop;
 *
 *     object_property_iter_init(&iter, obj);
 *     while ((prop = object_property_iter_next(&iter))) {
 *         ...
 *     }
 */
void object_property_iter_init(ObjectPropertyIterator *iter,
                               Object *obj);

/* object_class_property_iter_init: the same for those of a class alone. */
void object_class_property_iter_init(ObjectPropertyIterator *iter,
                                     ObjectClass *klass);

/* object_property_iter_next: the next property, or NULL at the end. */
ObjectProperty *object_property_iter_next(ObjectPropertyIterator *iter);

/* -- reading and writing ------------------------------------------------ */

/*
 * object_property_get: read a property into an output visitor.
 * object_property_set: write a property from an input visitor.
 * Return false if there is no such property, it cannot be read or written, or
 * its accessor said no.
 */
bool object_property_get(Object *obj, const char *name, Visitor *v,
                         Error **errp);
bool object_property_set(Object *obj, const char *name, Visitor *v,
                         Error **errp);

/* object_property_set_str: write a property whose type is a string. */
bool object_property_set_str(Object *obj, const char *name,
                             const char *value, Error **errp);

/*
 * object_property_get_str: read a property whose type is a string.
 * Returns a copy for the caller to g_free(), or NULL after an error.
 */
char *object_property_get_str(Object *obj, const char *name,
                              Error **errp);

/*
 * object_property_set_link: write a link.  @value must have a path, that is be
 * in the composition tree; NULL clears the link.
 */
bool object_property_set_link(Object *obj, const char *name,
                              Object *value, Error **errp);

/* object_property_get_link: where a link or child leads; no reference. */
Object *object_property_get_link(Object *obj, const char *name,
                                 Error **errp);

bool object_property_set_bool(Object *obj, const char *name,
                              bool value, Error **errp);

/* object_property_get_bool: the value, or false after an error. */
bool object_property_get_bool(Object *obj, const char *name,
                              Error **errp);

bool object_property_set_int(Object *obj, const char *name,
                             int64_t value, Error **errp);

/* object_property_get_int: the value, or -1 after an error. */
int64_t object_property_get_int(Object *obj, const char *name,
                                Error **errp);

bool object_property_set_uint(Object *obj, const char *name,
                              uint64_t value, Error **errp);

/* object_property_get_uint: the value, or 0 after an error. */
uint64_t object_property_get_uint(Object *obj, const char *name,
                                  Error **errp);

/*
 * object_property_get_enum: the number behind an enum property.
 * @typename: the enum's name, which the property must have as its type
 * Returns the value, or -1 after an error.
 */
int object_property_get_enum(Object *obj, const char *name,
                             const char *typename, Error **errp);

/*
 * object_property_parse: write a property from text, as on a command line.
 * What the text may be, the property's setter decides.
 */
bool object_property_parse(Object *obj, const char *name,
                           const char *string, Error **errp);

/*
 * object_property_print: read a property as text.
 * @human: sizes with units, numbers in both bases, as `info qtree` shows them
 * Returns a string for the caller to g_free(), or NULL after an error.
 */
char *object_property_print(Object *obj, const char *name, bool human,
                            Error **errp);

/* object_property_get_type: ObjectProperty.type, or NULL after an error. */
const char *object_property_get_type(Object *obj, const char *name,
                                     Error **errp);

/* -- kinds of properties ------------------------------------------------- */

/*
 * object_property_try_add_child: make @child a child of @obj, by that name.
 *
 * The property takes a reference of its own, so after object_new() the caller
 * usually drops his.  Returns NULL, and nothing has happened, if the name is
 * taken.  An object has one parent at most.
 */
ObjectProperty *object_property_try_add_child(Object *obj, const char *name,
                                              Object *child, Error **errp);

/* object_property_add_child: the same; a name that is taken aborts. */
ObjectProperty *object_property_add_child(Object *obj, const char *name,
                                          Object *child);

typedef enum {
    /*
     * The link holds a reference, which it drops when it changes or goes.
     * Without, a link is weak: its target must clear it before it goes.
     */
    OBJ_PROP_LINK_STRONG = 0x1,

    /* private: how qom/ finds the pointer */
    OBJ_PROP_LINK_DIRECT = 0x2,
    OBJ_PROP_LINK_CLASS = 0x4,
} ObjectPropertyLinkFlags;

/* object_property_allow_set_link: a check hook that says yes, always. */
void object_property_allow_set_link(const Object *obj, const char *name,
                                    Object *child, Error **errp);

/*
 * object_property_add_link: add a link.
 * @type: what it may point to
 * @targetp: where the pointer is; must live as long as the property
 * @check: may refuse a new target; NULL: the link is read-only
 * @flags: strong or weak
 *
 * Through its visitor a link is a string, the path of its target; the empty
 * string is NULL.
 */
ObjectProperty *object_property_add_link(Object *obj, const char *name,
                              const char *type, Object **targetp,
                              void (*check)(const Object *obj, const char *name,
                                            Object *val, Error **errp),
                              ObjectPropertyLinkFlags flags);

/* object_class_property_add_link: the same; @offset is that of the pointer. */
ObjectProperty *object_class_property_add_link(ObjectClass *oc,
                              const char *name,
                              const char *type, ptrdiff_t offset,
                              void (*check)(const Object *obj, const char *name,
                                            Object *val, Error **errp),
                              ObjectPropertyLinkFlags flags);

/*
 * object_property_add_str: add a string.
 * @get: returns a new string, which the property frees; NULL: write-only
 * @set: takes the string; NULL: read-only
 */
ObjectProperty *object_property_add_str(Object *obj, const char *name,
                             char *(*get)(Object *, Error **),
                             void (*set)(Object *, const char *, Error **));
ObjectProperty *object_class_property_add_str(ObjectClass *klass,
                                   const char *name,
                                   char *(*get)(Object *, Error **),
                                   void (*set)(Object *, const char *,
                                               Error **));

/* object_property_add_bool: add a bool. */
ObjectProperty *object_property_add_bool(Object *obj, const char *name,
                              bool (*get)(Object *, Error **),
                              void (*set)(Object *, bool, Error **));
ObjectProperty *object_class_property_add_bool(ObjectClass *klass,
                                    const char *name,
                                    bool (*get)(Object *, Error **),
                                    void (*set)(Object *, bool, Error **));

/*
 * object_property_add_enum: add an enum.
 * @typename: its name
 * @lookup: its strings
 */
ObjectProperty *object_property_add_enum(Object *obj, const char *name,
                              const char *typename,
                              const QEnumLookup *lookup,
                              int (*get)(Object *, Error **),
                              void (*set)(Object *, int, Error **));
ObjectProperty *object_class_property_add_enum(ObjectClass *klass,
                                    const char *name,
                                    const char *typename,
                                    const QEnumLookup *lookup,
                                    int (*get)(Object *, Error **),
                                    void (*set)(Object *, int, Error **));

/* object_property_add_tm: add a date and time, read-only. */
ObjectProperty *object_property_add_tm(Object *obj, const char *name,
                            void (*get)(Object *, struct tm *, Error **));
ObjectProperty *object_class_property_add_tm(ObjectClass *klass,
                            const char *name,
                            void (*get)(Object *, struct tm *, Error **));

typedef enum {
    OBJ_PROP_FLAG_READ = 1 << 0,
    OBJ_PROP_FLAG_WRITE = 1 << 1,
    OBJ_PROP_FLAG_READWRITE = (OBJ_PROP_FLAG_READ | OBJ_PROP_FLAG_WRITE),
} ObjectPropertyFlags;

/*
 * object_property_add_uint8_ptr and its kin: add a number that is read from
 * and written to a variable.
 * @v: the variable; const because most such properties are read-only
 *
 * For a class, all its objects share the variable.
 */
ObjectProperty *object_property_add_uint8_ptr(Object *obj, const char *name,
                                              const uint8_t *v,
                                              ObjectPropertyFlags flags);
ObjectProperty *object_class_property_add_uint8_ptr(ObjectClass *klass,
                                         const char *name,
                                         const uint8_t *v,
                                         ObjectPropertyFlags flags);
ObjectProperty *object_property_add_uint16_ptr(Object *obj, const char *name,
                                    const uint16_t *v,
                                    ObjectPropertyFlags flags);
ObjectProperty *object_class_property_add_uint16_ptr(ObjectClass *klass,
                                          const char *name,
                                          const uint16_t *v,
                                          ObjectPropertyFlags flags);
ObjectProperty *object_property_add_uint32_ptr(Object *obj, const char *name,
                                    const uint32_t *v,
                                    ObjectPropertyFlags flags);
ObjectProperty *object_class_property_add_uint32_ptr(ObjectClass *klass,
                                          const char *name,
                                          const uint32_t *v,
                                          ObjectPropertyFlags flags);
ObjectProperty *object_property_add_uint64_ptr(Object *obj, const char *name,
                                    const uint64_t *v,
                                    ObjectPropertyFlags flags);
ObjectProperty *object_class_property_add_uint64_ptr(ObjectClass *klass,
                                          const char *name,
                                          const uint64_t *v,
                                          ObjectPropertyFlags flags);

/*
 * object_property_add_alias: add a name for a property of another object.
 * @target_obj: must outlive the alias
 * @target_name: the property there
 *
 * The alias has the target's type and description; an alias of a child shows
 * as a link, since the target keeps its one parent.
 */
ObjectProperty *object_property_add_alias(Object *obj, const char *name,
                               Object *target_obj, const char *target_name);

/*
 * object_property_add_const_link: add a weak link that never changes.
 * @target: must outlive @obj
 */
ObjectProperty *object_property_add_const_link(Object *obj, const char *name,
                                               Object *target);

/* object_property_set_description: a sentence for help; copied. */
void object_property_set_description(Object *obj, const char *name,
                                     const char *description);
void object_class_property_set_description(ObjectClass *klass,
                                           const char *name,
                                           const char *description);

/*
 * object_property_help: one line of help on a property.
 * @defval: its default, or NULL
 * @description: may be NULL
 * Returns a string for the caller to g_free().
 */
char *object_property_help(const char *name, const char *type,
                           QObject *defval, const char *description);

/* -------------------------------------------------------------------------
 * The composition tree
 * ------------------------------------------------------------------------- */

/* object_get_root: the root, "/". */
Object *object_get_root(void);

/* object_get_objects_root: "/objects", where -object puts its objects. */
Object *object_get_objects_root(void);

/*
 * object_get_internal_root: a place outside the tree for objects that only
 * the program knows; they have no path and users cannot see them.
 */
Object *object_get_internal_root(void);

/*
 * object_get_canonical_path_component: an object's name at its parent, or NULL
 * without a parent.  The string belongs to the tree.
 */
const char *object_get_canonical_path_component(const Object *obj);

/*
 * object_get_canonical_path: the path from the root, for the caller to
 * g_free(); NULL if the object is not in the tree.
 */
char *object_get_canonical_path(const Object *obj);

/*
 * object_resolve_path: find an object.
 * @path: absolute ("/machine/peripheral/nic0"), or partial ("nic0",
 * "peripheral/nic0"): then it is looked for below every node
 * @ambiguous: if not NULL, whether a partial path fits several objects
 *
 * Returns the object, without a reference; NULL if there is none, or several.
 */
Object *object_resolve_path(const char *path, bool *ambiguous);

/*
 * object_resolve_path_type: the same among objects of a type.
 *
 * With "" as @path every object of the type fits: the result is the only one
 * there is, if so.
 */
Object *object_resolve_path_type(const char *path, const char *typename,
                                 bool *ambiguous);

/*
 * object_resolve_path_at: find an object from a place in the tree.
 * @parent: where a @path that is not absolute starts
 */
Object *object_resolve_path_at(Object *parent, const char *path);

/* object_resolve_path_component: follow one child or link; NULL if none. */
Object *object_resolve_path_component(Object *parent, const char *part);

/*
 * object_child_foreach: call @fn for each child, until it returns something
 * other than zero, which is then the result.  @fn must not add children to
 * @obj or remove them.
 */
int object_child_foreach(Object *obj, int (*fn)(Object *child, void *opaque),
                         void *opaque);

/* object_child_foreach_recursive: the same for all below, parents first. */
int object_child_foreach_recursive(Object *obj,
                                   int (*fn)(Object *child, void *opaque),
                                   void *opaque);

/*
 * container_get: the object at an absolute path below @root; what is missing
 * on the way is made, as a container.
 */
Object *container_get(Object *root, const char *path);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Object, object_unref)

#endif
