/*
 * Properties: the tables they live in, and how they are read and written.
 *
 * An object has a table of its own, and each class on the way to the root has
 * one.  Most objects add nothing to what their class has, so an object's table
 * is made when its first property is.
 *
 * Everything that reads or writes goes through object_property_get() and
 * object_property_set() with a visitor; the typed helpers below only choose
 * the visitor.
 *
 * Read first: qom/object.h, on properties.
 * Read next: qom/property-kinds.c, qom/property-tree.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qmp/qbool.h"
#include "qapi/qmp/qerror.h"
#include "qapi/qmp/qlist.h"
#include "qapi/qmp/qnum.h"
#include "qapi/qmp/qobject.h"
#include "qapi/qmp/qstring.h"
#include "qapi/qobject-input-visitor.h"
#include "qapi/string-input-visitor.h"
#include "qapi/string-output-visitor.h"
#include "qapi/visitor.h"
#include "qom/qom-qobject.h"
#include "type-impl.h"
#include "trace.h"

/* Tables */

void object_property_free(gpointer data)
{
    ObjectProperty *prop = data;

    qobject_unref(prop->defval);
    g_free(prop->name);
    g_free(prop->type);
    g_free(prop->description);
    g_free(prop);
}

static GHashTable *property_table_new(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, NULL,
                                 object_property_free);
}

/* A table that is not there yet has no properties. */
static ObjectProperty *property_table_find(GHashTable *table, const char *name)
{
    return table ? g_hash_table_lookup(table, name) : NULL;
}

static void property_table_iter_init(GHashTableIter *iter, GHashTable *table)
{
    static GHashTable *empty;

    if (table == NULL) {
        if (empty == NULL) {
            empty = property_table_new();
        }
        table = empty;
    }
    g_hash_table_iter_init(iter, table);
}

static ObjectProperty *property_table_add(GHashTable **table,
                                          const char *name, const char *type,
                                          ObjectPropertyAccessor *get,
                                          ObjectPropertyAccessor *set,
                                          ObjectPropertyRelease *release,
                                          void *opaque)
{
    ObjectProperty *prop = g_new0(ObjectProperty, 1);

    prop->name = g_strdup(name);
    prop->type = g_strdup(type);
    prop->get = get;
    prop->set = set;
    prop->release = release;
    prop->opaque = opaque;

    if (*table == NULL) {
        *table = property_table_new();
    }
    g_hash_table_insert(*table, prop->name, prop);
    return prop;
}

/* Adding */

/* "foo[*]" becomes the first of foo[0], foo[1]... that is free. */
static ObjectProperty *
object_property_try_add_numbered(Object *obj, const char *name,
                                 const char *type,
                                 ObjectPropertyAccessor *get,
                                 ObjectPropertyAccessor *set,
                                 ObjectPropertyRelease *release,
                                 void *opaque, Error **errp)
{
    const size_t number_max = sizeof("32767]");
    size_t prefix_len = strlen(name) - strlen("*]");
    g_autofree char *full_name = g_malloc(prefix_len + number_max);

    /*
     * A host bridge has 26 "pam-pci[*]", so this goes round hundreds of times
     * at each start: print the number only, and look where they are first.
     */
    memcpy(full_name, name, prefix_len);
    for (int i = 0; i < INT16_MAX; i++) {
        snprintf(full_name + prefix_len, number_max, "%d]", i);
        if (!property_table_find(obj->properties, full_name) &&
            !object_class_property_find(object_get_class(obj), full_name)) {
            return property_table_add(&obj->properties, full_name, type,
                                      get, set, release, opaque);
        }
    }
    error_setg(errp, "too many properties '%s' in object (type '%s')",
               name, object_get_typename(obj));
    return NULL;
}

ObjectProperty *
object_property_try_add(Object *obj, const char *name, const char *type,
                        ObjectPropertyAccessor *get,
                        ObjectPropertyAccessor *set,
                        ObjectPropertyRelease *release,
                        void *opaque, Error **errp)
{
    if (g_str_has_suffix(name, "[*]")) {
        return object_property_try_add_numbered(obj, name, type, get, set,
                                                release, opaque, errp);
    }
    if (object_property_find(obj, name) != NULL) {
        error_setg(errp, "attempt to add duplicate property '%s' to object"
                   " (type '%s')", name, object_get_typename(obj));
        return NULL;
    }
    return property_table_add(&obj->properties, name, type,
                              get, set, release, opaque);
}

ObjectProperty *
object_property_add(Object *obj, const char *name, const char *type,
                    ObjectPropertyAccessor *get,
                    ObjectPropertyAccessor *set,
                    ObjectPropertyRelease *release,
                    void *opaque)
{
    return object_property_try_add(obj, name, type, get, set, release,
                                   opaque, &error_abort);
}

ObjectProperty *
object_class_property_add(ObjectClass *klass,
                          const char *name, const char *type,
                          ObjectPropertyAccessor *get,
                          ObjectPropertyAccessor *set,
                          ObjectPropertyRelease *release,
                          void *opaque)
{
    g_assert(!object_class_property_find(klass, name));

    return property_table_add(&klass->properties, name, type,
                              get, set, release, opaque);
}

/* Finding */

ObjectProperty *object_class_property_find(ObjectClass *klass,
                                           const char *name)
{
    for (; klass; klass = object_class_get_parent(klass)) {
        ObjectProperty *prop = property_table_find(klass->properties, name);

        if (prop) {
            return prop;
        }
    }
    return NULL;
}

ObjectProperty *object_property_find(Object *obj, const char *name)
{
    ObjectProperty *prop;

    prop = object_class_property_find(object_get_class(obj), name);
    return prop ? prop : property_table_find(obj->properties, name);
}

ObjectProperty *object_property_find_err(Object *obj, const char *name,
                                         Error **errp)
{
    ObjectProperty *prop = object_property_find(obj, name);

    if (!prop) {
        error_setg(errp, "Property '%s.%s' not found",
                   object_get_typename(obj), name);
    }
    return prop;
}

ObjectProperty *object_class_property_find_err(ObjectClass *klass,
                                               const char *name,
                                               Error **errp)
{
    ObjectProperty *prop = object_class_property_find(klass, name);

    if (!prop) {
        error_setg(errp, "Property '.%s' not found", name);
    }
    return prop;
}

void object_property_iter_init(ObjectPropertyIterator *iter, Object *obj)
{
    property_table_iter_init(&iter->iter, obj->properties);
    iter->nextclass = object_get_class(obj);
}

void object_class_property_iter_init(ObjectPropertyIterator *iter,
                                     ObjectClass *klass)
{
    property_table_iter_init(&iter->iter, klass->properties);
    iter->nextclass = object_class_get_parent(klass);
}

ObjectProperty *object_property_iter_next(ObjectPropertyIterator *iter)
{
    gpointer val;

    while (!g_hash_table_iter_next(&iter->iter, NULL, &val)) {
        if (!iter->nextclass) {
            return NULL;
        }
        property_table_iter_init(&iter->iter, iter->nextclass->properties);
        iter->nextclass = object_class_get_parent(iter->nextclass);
    }
    return val;
}

/* Removing */

/*
 * Release a property, once.  The hook may come back to this object: it can
 * look the property up still, but not release it again.
 */
static void object_property_release(Object *obj, ObjectProperty *prop)
{
    ObjectPropertyRelease *release = prop->release;

    if (release) {
        prop->release = NULL;
        release(obj, prop->name, prop->opaque);
    }
}

void object_property_del(Object *obj, const char *name)
{
    ObjectProperty *prop = property_table_find(obj->properties, name);
    /* The hook may have removed the property already, and @name with it. */
    g_autofree char *key = g_strdup(name);

    g_assert(prop);
    object_property_release(obj, prop);

    if (property_table_find(obj->properties, key) == prop) {
        g_hash_table_remove(obj->properties, key);
    }
}

/* The next of the object's own properties that has something to release. */
static ObjectProperty *object_property_first_to_release(Object *obj)
{
    GHashTableIter iter;
    gpointer val;

    property_table_iter_init(&iter, obj->properties);
    while (g_hash_table_iter_next(&iter, NULL, &val)) {
        ObjectProperty *prop = val;

        if (prop->release) {
            return prop;
        }
    }
    return NULL;
}

/*
 * A release hook may add and remove properties of this very object (a child
 * that is unparented undoes what it added to its parent), so nothing is
 * remembered about the table from one call to the next.  Properties that have
 * been released are gone; the others stay for the hooks to look at.
 */
void object_property_del_all(Object *obj)
{
    ObjectPropertyIterator iter;
    ObjectProperty *prop;

    while ((prop = object_property_first_to_release(obj))) {
        object_property_del(obj, prop->name);
    }

    /* A class's property serves its other objects too, so it stays. */
    object_class_property_iter_init(&iter, object_get_class(obj));
    while ((prop = object_property_iter_next(&iter))) {
        if (prop->release) {
            prop->release(obj, prop->name, prop->opaque);
        }
    }

    g_clear_pointer(&obj->properties, g_hash_table_unref);
}

/* Reading and writing */

bool object_property_get(Object *obj, const char *name, Visitor *v,
                         Error **errp)
{
    ERRP_GUARD();
    ObjectProperty *prop = object_property_find_err(obj, name, errp);

    if (prop == NULL) {
        return false;
    }
    if (!prop->get) {
        error_setg(errp, "Property '%s.%s' is not readable",
                   object_get_typename(obj), name);
        return false;
    }
    prop->get(obj, v, name, prop->opaque, errp);
    return !*errp;
}

bool object_property_set(Object *obj, const char *name, Visitor *v,
                         Error **errp)
{
    ERRP_GUARD();
    ObjectProperty *prop;

    trace_property_set(object_get_typename(obj), name);

    prop = object_property_find_err(obj, name, errp);
    if (prop == NULL) {
        return false;
    }
    if (!prop->set) {
        error_setg(errp, "Property '%s.%s' is not writable",
                   object_get_typename(obj), name);
        return false;
    }
    prop->set(obj, v, name, prop->opaque, errp);
    return !*errp;
}

bool object_property_set_str(Object *obj, const char *name,
                             const char *value, Error **errp)
{
    QString *qstr = qstring_from_str(value);
    bool ok = object_property_set_qobject(obj, name, QOBJECT(qstr), errp);

    qobject_unref(qstr);
    return ok;
}

char *object_property_get_str(Object *obj, const char *name, Error **errp)
{
    QObject *ret = object_property_get_qobject(obj, name, errp);
    QString *qstring;
    char *retval = NULL;

    if (!ret) {
        return NULL;
    }
    qstring = qobject_to(QString, ret);
    if (!qstring) {
        error_setg(errp, QERR_INVALID_PARAMETER_TYPE, name, "string");
    } else {
        retval = g_strdup(qstring_get_str(qstring));
    }
    qobject_unref(ret);
    return retval;
}

bool object_property_set_bool(Object *obj, const char *name, bool value,
                              Error **errp)
{
    QBool *qbool = qbool_from_bool(value);
    bool ok = object_property_set_qobject(obj, name, QOBJECT(qbool), errp);

    qobject_unref(qbool);
    return ok;
}

bool object_property_get_bool(Object *obj, const char *name, Error **errp)
{
    QObject *ret = object_property_get_qobject(obj, name, errp);
    QBool *qbool;
    bool retval = false;

    if (!ret) {
        return false;
    }
    qbool = qobject_to(QBool, ret);
    if (!qbool) {
        error_setg(errp, QERR_INVALID_PARAMETER_TYPE, name, "boolean");
    } else {
        retval = qbool_get_bool(qbool);
    }
    qobject_unref(ret);
    return retval;
}

bool object_property_set_int(Object *obj, const char *name, int64_t value,
                             Error **errp)
{
    QNum *qnum = qnum_from_int(value);
    bool ok = object_property_set_qobject(obj, name, QOBJECT(qnum), errp);

    qobject_unref(qnum);
    return ok;
}

int64_t object_property_get_int(Object *obj, const char *name, Error **errp)
{
    QObject *ret = object_property_get_qobject(obj, name, errp);
    QNum *qnum;
    int64_t retval = -1;

    if (!ret) {
        return -1;
    }
    qnum = qobject_to(QNum, ret);
    if (!qnum || !qnum_get_try_int(qnum, &retval)) {
        error_setg(errp, QERR_INVALID_PARAMETER_TYPE, name, "int");
        retval = -1;
    }
    qobject_unref(ret);
    return retval;
}

bool object_property_set_uint(Object *obj, const char *name, uint64_t value,
                              Error **errp)
{
    QNum *qnum = qnum_from_uint(value);
    bool ok = object_property_set_qobject(obj, name, QOBJECT(qnum), errp);

    qobject_unref(qnum);
    return ok;
}

uint64_t object_property_get_uint(Object *obj, const char *name, Error **errp)
{
    QObject *ret = object_property_get_qobject(obj, name, errp);
    QNum *qnum;
    uint64_t retval = 0;

    if (!ret) {
        return 0;
    }
    qnum = qobject_to(QNum, ret);
    if (!qnum || !qnum_get_try_uint(qnum, &retval)) {
        error_setg(errp, QERR_INVALID_PARAMETER_TYPE, name, "uint");
        retval = 0;
    }
    qobject_unref(ret);
    return retval;
}

bool object_property_parse(Object *obj, const char *name, const char *string,
                           Error **errp)
{
    Visitor *v = string_input_visitor_new(string);
    bool ok = object_property_set(obj, name, v, errp);

    visit_free(v);
    return ok;
}

char *object_property_print(Object *obj, const char *name, bool human,
                            Error **errp)
{
    char *string = NULL;
    Visitor *v = string_output_visitor_new(human, &string);

    if (object_property_get(obj, name, v, errp)) {
        visit_complete(v, &string);
    }
    visit_free(v);
    return string;
}

const char *object_property_get_type(Object *obj, const char *name,
                                     Error **errp)
{
    ObjectProperty *prop = object_property_find_err(obj, name, errp);

    return prop ? prop->type : NULL;
}

/* Descriptions and defaults */

static void property_set_description(ObjectProperty *prop,
                                     const char *description)
{
    g_free(prop->description);
    prop->description = g_strdup(description);
}

void object_property_set_description(Object *obj, const char *name,
                                     const char *description)
{
    property_set_description(object_property_find_err(obj, name, &error_abort),
                             description);
}

void object_class_property_set_description(ObjectClass *klass,
                                           const char *name,
                                           const char *description)
{
    ObjectProperty *prop = property_table_find(klass->properties, name);

    g_assert(prop);
    property_set_description(prop, description);
}

/* The default takes the same way in as a value from the user. */
static void object_property_init_defval(Object *obj, ObjectProperty *prop)
{
    Visitor *v = qobject_input_visitor_new(prop->defval);

    g_assert(prop->set != NULL);
    prop->set(obj, v, prop->name, prop->opaque, &error_abort);

    visit_free(v);
}

static void object_property_set_default(ObjectProperty *prop, QObject *defval)
{
    g_assert(!prop->defval);
    g_assert(!prop->init);

    prop->defval = defval;
    prop->init = object_property_init_defval;
}

void object_property_set_default_bool(ObjectProperty *prop, bool value)
{
    object_property_set_default(prop, QOBJECT(qbool_from_bool(value)));
}

void object_property_set_default_str(ObjectProperty *prop, const char *value)
{
    object_property_set_default(prop, QOBJECT(qstring_from_str(value)));
}

void object_property_set_default_list(ObjectProperty *prop)
{
    object_property_set_default(prop, QOBJECT(qlist_new()));
}

void object_property_set_default_int(ObjectProperty *prop, int64_t value)
{
    object_property_set_default(prop, QOBJECT(qnum_from_int(value)));
}

void object_property_set_default_uint(ObjectProperty *prop, uint64_t value)
{
    object_property_set_default(prop, QOBJECT(qnum_from_uint(value)));
}

void object_class_property_init_all(Object *obj)
{
    ObjectPropertyIterator iter;
    ObjectProperty *prop;

    object_class_property_iter_init(&iter, object_get_class(obj));
    while ((prop = object_property_iter_next(&iter))) {
        if (prop->init) {
            prop->init(obj, prop);
        }
    }
}
