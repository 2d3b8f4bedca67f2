/*
 * Kinds of properties: strings, bools, enums, times, numbers, aliases.
 *
 * Each kind comes for objects and for classes.  Both share the accessors; what
 * they need to know is in a small struct behind ObjectProperty.opaque.  An
 * object's property frees that on release; a class's lives as long as the
 * class, that is for good.
 *
 * Read first: qom/property.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/forward-visitor.h"
#include "qapi/qmp/qobject.h"
#include "qapi/string-input-visitor.h"
#include "qapi/string-output-visitor.h"
#include "qapi/util.h"
#include "qapi/visitor.h"
#include "type-impl.h"

/* The release hook of every kind whose struct owns nothing itself. */
static void property_release_data(Object *obj, const char *name, void *opaque)
{
    g_free(opaque);
}

/* Strings */

typedef struct StringProperty {
    char *(*get)(Object *, Error **);
    void (*set)(Object *, const char *, Error **);
} StringProperty;

static StringProperty *
string_property_new(char *(*get)(Object *, Error **),
                    void (*set)(Object *, const char *, Error **))
{
    StringProperty *prop = g_new(StringProperty, 1);

    *prop = (StringProperty) { get, set };
    return prop;
}

static void property_get_str(Object *obj, Visitor *v, const char *name,
                             void *opaque, Error **errp)
{
    StringProperty *prop = opaque;
    Error *err = NULL;
    char *value = prop->get(obj, &err);

    if (err) {
        error_propagate(errp, err);
        return;
    }
    visit_type_str(v, name, &value, errp);
    g_free(value);
}

static void property_set_str(Object *obj, Visitor *v, const char *name,
                             void *opaque, Error **errp)
{
    StringProperty *prop = opaque;
    char *value;

    if (!visit_type_str(v, name, &value, errp)) {
        return;
    }
    prop->set(obj, value, errp);
    g_free(value);
}

ObjectProperty *
object_property_add_str(Object *obj, const char *name,
                        char *(*get)(Object *, Error **),
                        void (*set)(Object *, const char *, Error **))
{
    return object_property_add(obj, name, "string",
                               get ? property_get_str : NULL,
                               set ? property_set_str : NULL,
                               property_release_data,
                               string_property_new(get, set));
}

ObjectProperty *
object_class_property_add_str(ObjectClass *klass, const char *name,
                              char *(*get)(Object *, Error **),
                              void (*set)(Object *, const char *, Error **))
{
    return object_class_property_add(klass, name, "string",
                                     get ? property_get_str : NULL,
                                     set ? property_set_str : NULL,
                                     NULL, string_property_new(get, set));
}

/* Bools */

typedef struct BoolProperty {
    bool (*get)(Object *, Error **);
    void (*set)(Object *, bool, Error **);
} BoolProperty;

static BoolProperty *bool_property_new(bool (*get)(Object *, Error **),
                                       void (*set)(Object *, bool, Error **))
{
    BoolProperty *prop = g_new(BoolProperty, 1);

    *prop = (BoolProperty) { get, set };
    return prop;
}

static void property_get_bool(Object *obj, Visitor *v, const char *name,
                              void *opaque, Error **errp)
{
    BoolProperty *prop = opaque;
    Error *err = NULL;
    bool value = prop->get(obj, &err);

    if (err) {
        error_propagate(errp, err);
        return;
    }
    visit_type_bool(v, name, &value, errp);
}

static void property_set_bool(Object *obj, Visitor *v, const char *name,
                              void *opaque, Error **errp)
{
    BoolProperty *prop = opaque;
    bool value;

    if (!visit_type_bool(v, name, &value, errp)) {
        return;
    }
    prop->set(obj, value, errp);
}

ObjectProperty *
object_property_add_bool(Object *obj, const char *name,
                         bool (*get)(Object *, Error **),
                         void (*set)(Object *, bool, Error **))
{
    return object_property_add(obj, name, "bool",
                               get ? property_get_bool : NULL,
                               set ? property_set_bool : NULL,
                               property_release_data,
                               bool_property_new(get, set));
}

ObjectProperty *
object_class_property_add_bool(ObjectClass *klass, const char *name,
                               bool (*get)(Object *, Error **),
                               void (*set)(Object *, bool, Error **))
{
    return object_class_property_add(klass, name, "bool",
                                     get ? property_get_bool : NULL,
                                     set ? property_set_bool : NULL,
                                     NULL, bool_property_new(get, set));
}

/* Enums */

typedef struct EnumProperty {
    const QEnumLookup *lookup;
    int (*get)(Object *, Error **);
    void (*set)(Object *, int, Error **);
} EnumProperty;

static EnumProperty *enum_property_new(const QEnumLookup *lookup,
                                       int (*get)(Object *, Error **),
                                       void (*set)(Object *, int, Error **))
{
    EnumProperty *prop = g_new(EnumProperty, 1);

    *prop = (EnumProperty) { lookup, get, set };
    return prop;
}

static void property_get_enum(Object *obj, Visitor *v, const char *name,
                              void *opaque, Error **errp)
{
    EnumProperty *prop = opaque;
    Error *err = NULL;
    int value = prop->get(obj, &err);

    if (err) {
        error_propagate(errp, err);
        return;
    }
    visit_type_enum(v, name, &value, prop->lookup, errp);
}

static void property_set_enum(Object *obj, Visitor *v, const char *name,
                              void *opaque, Error **errp)
{
    EnumProperty *prop = opaque;
    int value;

    if (!visit_type_enum(v, name, &value, prop->lookup, errp)) {
        return;
    }
    prop->set(obj, value, errp);
}

ObjectProperty *
object_property_add_enum(Object *obj, const char *name, const char *typename,
                         const QEnumLookup *lookup,
                         int (*get)(Object *, Error **),
                         void (*set)(Object *, int, Error **))
{
    return object_property_add(obj, name, typename,
                               get ? property_get_enum : NULL,
                               set ? property_set_enum : NULL,
                               property_release_data,
                               enum_property_new(lookup, get, set));
}

ObjectProperty *
object_class_property_add_enum(ObjectClass *klass, const char *name,
                               const char *typename,
                               const QEnumLookup *lookup,
                               int (*get)(Object *, Error **),
                               void (*set)(Object *, int, Error **))
{
    return object_class_property_add(klass, name, typename,
                                     get ? property_get_enum : NULL,
                                     set ? property_set_enum : NULL,
                                     NULL,
                                     enum_property_new(lookup, get, set));
}

/*
 * The number is only in the property's own struct, so this asks for the text
 * and translates it back.
 */
int object_property_get_enum(Object *obj, const char *name,
                             const char *typename, Error **errp)
{
    ObjectProperty *prop = object_property_find_err(obj, name, errp);
    EnumProperty *enumprop;
    char *str;
    int ret;

    if (prop == NULL) {
        return -1;
    }
    if (!g_str_equal(prop->type, typename)) {
        error_setg(errp, "Property %s on %s is not '%s' enum type",
                   name, object_class_get_name(object_get_class(obj)),
                   typename);
        return -1;
    }

    enumprop = prop->opaque;
    str = object_property_get_str(obj, name, errp);
    if (!str) {
        return -1;
    }
    ret = qapi_enum_parse(enumprop->lookup, str, -1, errp);
    g_free(str);
    return ret;
}

/* Dates and times */

typedef struct TMProperty {
    void (*get)(Object *, struct tm *, Error **);
} TMProperty;

static TMProperty *tm_property_new(void (*get)(Object *, struct tm *,
                                               Error **))
{
    TMProperty *prop = g_new(TMProperty, 1);

    *prop = (TMProperty) { get };
    return prop;
}

static bool visit_tm_members(Visitor *v, struct tm *tm, Error **errp)
{
    return visit_type_int32(v, "tm_year", &tm->tm_year, errp) &&
           visit_type_int32(v, "tm_mon", &tm->tm_mon, errp) &&
           visit_type_int32(v, "tm_mday", &tm->tm_mday, errp) &&
           visit_type_int32(v, "tm_hour", &tm->tm_hour, errp) &&
           visit_type_int32(v, "tm_min", &tm->tm_min, errp) &&
           visit_type_int32(v, "tm_sec", &tm->tm_sec, errp) &&
           visit_check_struct(v, errp);
}

static void property_get_tm(Object *obj, Visitor *v, const char *name,
                            void *opaque, Error **errp)
{
    TMProperty *prop = opaque;
    Error *err = NULL;
    struct tm value;

    prop->get(obj, &value, &err);
    if (err) {
        error_propagate(errp, err);
        return;
    }
    if (!visit_start_struct(v, name, NULL, 0, errp)) {
        return;
    }
    visit_tm_members(v, &value, errp);
    visit_end_struct(v, NULL);
}

ObjectProperty *
object_property_add_tm(Object *obj, const char *name,
                       void (*get)(Object *, struct tm *, Error **))
{
    return object_property_add(obj, name, "struct tm",
                               get ? property_get_tm : NULL, NULL,
                               property_release_data, tm_property_new(get));
}

ObjectProperty *
object_class_property_add_tm(ObjectClass *klass, const char *name,
                             void (*get)(Object *, struct tm *, Error **))
{
    return object_class_property_add(klass, name, "struct tm",
                                     get ? property_get_tm : NULL, NULL,
                                     NULL, tm_property_new(get));
}

/*
 * Numbers behind a pointer.  The four sizes differ in nothing but their type:
 * opaque is the pointer itself.
 */
#define DEFINE_UINT_PTR_PROPERTY(bits)                                       \
static void property_get_uint##bits##_ptr(Object *obj, Visitor *v,           \
                                          const char *name, void *opaque,    \
                                          Error **errp)                      \
{                                                                            \
    uint##bits##_t value = *(uint##bits##_t *)opaque;                        \
                                                                             \
    visit_type_uint##bits(v, name, &value, errp);                            \
}                                                                            \
                                                                             \
static void property_set_uint##bits##_ptr(Object *obj, Visitor *v,           \
                                          const char *name, void *opaque,    \
                                          Error **errp)                      \
{                                                                            \
    uint##bits##_t value;                                                    \
                                                                             \
    if (visit_type_uint##bits(v, name, &value, errp)) {                      \
        *(uint##bits##_t *)opaque = value;                                   \
    }                                                                        \
}                                                                            \
                                                                             \
ObjectProperty *                                                             \
object_property_add_uint##bits##_ptr(Object *obj, const char *name,          \
                                     const uint##bits##_t *v,                \
                                     ObjectPropertyFlags flags)              \
{                                                                            \
    return object_property_add(obj, name, "uint" #bits,                      \
        flags & OBJ_PROP_FLAG_READ ? property_get_uint##bits##_ptr : NULL,   \
        flags & OBJ_PROP_FLAG_WRITE ? property_set_uint##bits##_ptr : NULL,  \
        NULL, (void *)v);                                                    \
}                                                                            \
                                                                             \
ObjectProperty *                                                             \
object_class_property_add_uint##bits##_ptr(ObjectClass *klass,               \
                                           const char *name,                 \
                                           const uint##bits##_t *v,          \
                                           ObjectPropertyFlags flags)        \
{                                                                            \
    return object_class_property_add(klass, name, "uint" #bits,              \
        flags & OBJ_PROP_FLAG_READ ? property_get_uint##bits##_ptr : NULL,   \
        flags & OBJ_PROP_FLAG_WRITE ? property_set_uint##bits##_ptr : NULL,  \
        NULL, (void *)v);                                                    \
}

DEFINE_UINT_PTR_PROPERTY(8)
DEFINE_UINT_PTR_PROPERTY(16)
DEFINE_UINT_PTR_PROPERTY(32)
DEFINE_UINT_PTR_PROPERTY(64)

/* Aliases */

typedef struct AliasProperty {
    Object *target_obj;
    char *target_name;
} AliasProperty;

/*
 * The caller's visitor looks for (or writes) the alias's name, the target's
 * accessor uses the target's: a forward visitor translates between them.
 */
static void property_get_alias(Object *obj, Visitor *v, const char *name,
                               void *opaque, Error **errp)
{
    AliasProperty *prop = opaque;
    Visitor *alias_v = visitor_forward_field(v, prop->target_name, name);

    object_property_get(prop->target_obj, prop->target_name, alias_v, errp);
    visit_free(alias_v);
}

static void property_set_alias(Object *obj, Visitor *v, const char *name,
                               void *opaque, Error **errp)
{
    AliasProperty *prop = opaque;
    Visitor *alias_v = visitor_forward_field(v, prop->target_name, name);

    object_property_set(prop->target_obj, prop->target_name, alias_v, errp);
    visit_free(alias_v);
}

static Object *property_resolve_alias(Object *obj, void *opaque,
                                      const char *part)
{
    AliasProperty *prop = opaque;

    return object_resolve_path_component(prop->target_obj, prop->target_name);
}

static void property_release_alias(Object *obj, const char *name,
                                   void *opaque)
{
    AliasProperty *prop = opaque;

    g_free(prop->target_name);
    g_free(prop);
}

ObjectProperty *
object_property_add_alias(Object *obj, const char *name,
                          Object *target_obj, const char *target_name)
{
    ObjectProperty *target_prop, *op;
    g_autofree char *prop_type = NULL;
    AliasProperty *prop;

    target_prop = object_property_find_err(target_obj, target_name,
                                           &error_abort);

    /* A child has one parent, so at its second place it is a link. */
    if (object_property_is_child(target_prop)) {
        prop_type = g_strdup_printf("link%s",
                                    target_prop->type + strlen("child"));
    } else {
        prop_type = g_strdup(target_prop->type);
    }

    prop = g_new(AliasProperty, 1);
    prop->target_obj = target_obj;
    prop->target_name = g_strdup(target_name);

    op = object_property_add(obj, name, prop_type,
                             property_get_alias, property_set_alias,
                             property_release_alias, prop);
    op->resolve = property_resolve_alias;
    if (target_prop->defval) {
        op->defval = qobject_ref(target_prop->defval);
    }
    object_property_set_description(obj, op->name, target_prop->description);
    return op;
}
