/*
 * Objects that a user may make: TYPE_USER_CREATABLE, -object and object-add.
 *
 * Read first: qom/object_interfaces.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qapi-visit-qom.h"
#include "qapi/qmp/qdict.h"
#include "qapi/qmp/qerror.h"
#include "qapi/qmp/qjson.h"
#include "qapi/qobject-input-visitor.h"
#include "qapi/qobject-output-visitor.h"
#include "qapi/visitor.h"
#include "qemu/help_option.h"
#include "qemu/id.h"
#include "qemu/keyval.h"
#include "qemu/module.h"
#include "qemu/option.h"
#include "qemu/qemu-print.h"
#include "qom/object_interfaces.h"
#include "trace.h"

bool user_creatable_complete(UserCreatable *uc, Error **errp)
{
    UserCreatableClass *ucc = USER_CREATABLE_GET_CLASS(uc);
    Error *err = NULL;

    trace_user_creatable_complete(object_get_typename(OBJECT(uc)));
    if (ucc->complete) {
        ucc->complete(uc, &err);
        error_propagate(errp, err);
    }
    return !err;
}

bool user_creatable_can_be_deleted(UserCreatable *uc)
{
    UserCreatableClass *ucc = USER_CREATABLE_GET_CLASS(uc);

    return !ucc->can_be_deleted || ucc->can_be_deleted(uc);
}

/* Setting properties from a dict */

static void object_set_properties_from_qdict(Object *obj, const QDict *qdict,
                                             Visitor *v, Error **errp)
{
    const QDictEntry *e;

    if (!visit_start_struct(v, NULL, NULL, 0, errp)) {
        return;
    }
    for (e = qdict_first(qdict); e; e = qdict_next(qdict, e)) {
        if (!object_property_set(obj, e->key, v, errp)) {
            goto out;
        }
    }
    visit_check_struct(v, errp);
out:
    visit_end_struct(v, NULL);
}

void object_set_properties_from_keyval(Object *obj, const QDict *qdict,
                                       bool from_json, Error **errp)
{
    Visitor *v;

    if (from_json) {
        v = qobject_input_visitor_new(QOBJECT(qdict));
    } else {
        v = qobject_input_visitor_new_keyval(QOBJECT(qdict));
    }
    object_set_properties_from_qdict(obj, qdict, v, errp);
    visit_free(v);
}

/* Making */

/* Whether a user may name this type and this id. */
static bool user_creatable_check(const char *type, const char *id,
                                 Error **errp)
{
    ERRP_GUARD();
    ObjectClass *klass;

    if (id != NULL && !id_wellformed(id)) {
        error_setg(errp, QERR_INVALID_PARAMETER_VALUE, "id", "an identifier");
        error_append_hint(errp, "Identifiers consist of letters, digits, "
                          "'-', '.', '_', starting with a letter.\n");
        return false;
    }

    klass = object_class_by_name(type);
    if (!klass) {
        error_setg(errp, "invalid object type: %s", type);
        return false;
    }
    if (!object_class_dynamic_cast(klass, TYPE_USER_CREATABLE)) {
        error_setg(errp, "object type '%s' isn't supported by object-add",
                   type);
        return false;
    }
    if (object_class_is_abstract(klass)) {
        error_setg(errp, "object type '%s' is abstract", type);
        return false;
    }
    return true;
}

Object *user_creatable_add_type(const char *type, const char *id,
                                const QDict *qdict,
                                Visitor *v, Error **errp)
{
    ERRP_GUARD();
    Object *obj;

    g_assert(qdict);
    if (!user_creatable_check(type, id, errp)) {
        return NULL;
    }

    obj = object_new(type);
    object_set_properties_from_qdict(obj, qdict, v, errp);
    if (*errp) {
        goto unref;
    }
    if (id != NULL &&
        !object_property_try_add_child(object_get_objects_root(), id, obj,
                                       errp)) {
        goto unref;
    }
    if (!user_creatable_complete(USER_CREATABLE(obj), errp)) {
        goto unparent;
    }
    return obj;

unparent:
    object_unparent(obj);
unref:
    object_unref(obj);
    return NULL;
}

void user_creatable_add_qapi(ObjectOptions *options, Error **errp)
{
    Visitor *v;
    QObject *qobj;
    QDict *props;
    Object *obj;

    /* Back from the schema's struct to a dict of what was really given. */
    v = qobject_output_visitor_new(&qobj);
    visit_type_ObjectOptions(v, NULL, &options, &error_abort);
    visit_complete(v, &qobj);
    visit_free(v);

    props = qobject_to(QDict, qobj);
    qdict_del(props, "qom-type");
    qdict_del(props, "id");

    v = qobject_input_visitor_new(QOBJECT(props));
    obj = user_creatable_add_type(ObjectType_str(options->qom_type),
                                  options->id, props, v, errp);
    visit_free(v);
    qobject_unref(qobj);

    /* It is in the tree now, and stays by that. */
    object_unref(obj);
}

/* Help */

char *object_property_help(const char *name, const char *type,
                           QObject *defval, const char *description)
{
    const size_t column = 24;
    GString *str = g_string_new(NULL);

    g_string_append_printf(str, "  %s=<%s>", name, type);
    if (description || defval) {
        if (str->len < column) {
            g_string_append_printf(str, "%*s", (int)(column - str->len), "");
        }
        g_string_append(str, " - ");
    }
    if (description) {
        g_string_append(str, description);
    }
    if (defval) {
        g_autoptr(GString) json = qobject_to_json(defval);

        g_string_append_printf(str, " (default: %s)", json->str);
    }
    return g_string_free(str, false);
}

static gint object_help_line_cmp(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char **)a, *(const char **)b);
}

bool type_print_class_properties(const char *type)
{
    ObjectClass *klass = object_class_by_name(type);
    g_autoptr(GPtrArray) lines = NULL;
    ObjectPropertyIterator iter;
    ObjectProperty *prop;

    if (!klass) {
        return false;
    }

    /* Those that a user can set. */
    lines = g_ptr_array_new_with_free_func(g_free);
    object_class_property_iter_init(&iter, klass);
    while ((prop = object_property_iter_next(&iter))) {
        if (prop->set) {
            g_ptr_array_add(lines,
                            object_property_help(prop->name, prop->type,
                                                 prop->defval,
                                                 prop->description));
        }
    }
    g_ptr_array_sort(lines, object_help_line_cmp);

    if (lines->len > 0) {
        qemu_printf("%s options:\n", type);
    } else {
        qemu_printf("There are no options for %s.\n", type);
    }
    for (guint i = 0; i < lines->len; i++) {
        qemu_printf("%s\n", (char *)g_ptr_array_index(lines, i));
    }
    return true;
}

static void user_creatable_print_types(void)
{
    GSList *list, *l;

    qemu_printf("List of user creatable objects:\n");
    list = object_class_get_list_sorted(TYPE_USER_CREATABLE, false);
    for (l = list; l != NULL; l = l->next) {
        qemu_printf("  %s\n", object_class_get_name(OBJECT_CLASS(l->data)));
    }
    g_slist_free(list);
}

bool user_creatable_print_help(const char *type, QemuOpts *opts)
{
    if (is_help_option(type)) {
        user_creatable_print_types();
        return true;
    }
    if (qemu_opt_has_help_opt(opts)) {
        return type_print_class_properties(type);
    }
    return false;
}

/* "help", or "TYPE,help": keyval_parse() has taken the word out already. */
static void user_creatable_print_help_from_qdict(QDict *args)
{
    const char *type = qdict_get_try_str(args, "qom-type");

    if (!type || !type_print_class_properties(type)) {
        user_creatable_print_types();
    }
}

/* The command line */

ObjectOptions *user_creatable_parse_str(const char *str, Error **errp)
{
    ObjectOptions *options = NULL;
    QObject *obj;
    Visitor *v;

    if (str[0] == '{') {
        obj = qobject_from_json(str, errp);
        if (!obj) {
            return NULL;
        }
        v = qobject_input_visitor_new(obj);
    } else {
        bool help;
        QDict *args = keyval_parse(str, "qom-type", &help, errp);

        if (!args) {
            return NULL;
        }
        if (help) {
            user_creatable_print_help_from_qdict(args);
            qobject_unref(args);
            return NULL;
        }
        obj = QOBJECT(args);
        v = qobject_input_visitor_new_keyval(obj);
    }

    visit_type_ObjectOptions(v, NULL, &options, errp);
    visit_free(v);
    qobject_unref(obj);
    return options;
}

bool user_creatable_add_from_str(const char *str, Error **errp)
{
    ERRP_GUARD();
    ObjectOptions *options = user_creatable_parse_str(str, errp);

    if (!options) {
        return false;
    }
    user_creatable_add_qapi(options, errp);
    qapi_free_ObjectOptions(options);
    return !*errp;
}

void user_creatable_process_cmdline(const char *cmdline)
{
    if (!user_creatable_add_from_str(cmdline, &error_fatal)) {
        /* It was a request for help. */
        exit(EXIT_SUCCESS);
    }
}

/* Removing */

bool user_creatable_del(const char *id, Error **errp)
{
    Object *obj = object_resolve_path_component(object_get_objects_root(),
                                                id);

    if (!obj) {
        error_setg(errp, "object '%s' not found", id);
        return false;
    }
    /* A board may keep objects of its own there, as the default RAM. */
    if (object_dynamic_cast(obj, TYPE_USER_CREATABLE) &&
        !user_creatable_can_be_deleted(USER_CREATABLE(obj))) {
        error_setg(errp, "object '%s' is in use, can not be deleted", id);
        return false;
    }
    object_unparent(obj);
    return true;
}

void user_creatable_cleanup(void)
{
    object_unparent(object_get_objects_root());
}

static const TypeInfo user_creatable_info = {
    .name       = TYPE_USER_CREATABLE,
    .parent     = TYPE_INTERFACE,
    .class_size = sizeof(UserCreatableClass),
};

static void user_creatable_register_types(void)
{
    type_register_static(&user_creatable_info);
}

type_init(user_creatable_register_types)
