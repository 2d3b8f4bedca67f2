/*
 * The human monitor's commands about objects: `info qom-tree`, who owns whom;
 * qom-list, qom-get, qom-set; object_add and object_del.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "monitor/hmp.h"
#include "monitor/monitor.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-qom.h"
#include "qapi/qmp/qdict.h"
#include "qapi/qmp/qjson.h"
#include "qapi/util.h"
#include "qom/object.h"
#include "qom/object_interfaces.h"
#include "qom-cmds-internal.h"

static int qom_composition_collect(Object *obj, void *opaque)
{
    g_ptr_array_add(opaque, obj);
    return 0;
}

static gint qom_composition_compare(gconstpointer a, gconstpointer b)
{
    return g_strcmp0(
        object_get_canonical_path_component(*(Object *const *)a),
        object_get_canonical_path_component(*(Object *const *)b));
}

static void print_qom_composition(Monitor *mon, Object *obj, int indent)
{
    g_autoptr(GPtrArray) children = g_ptr_array_new();
    const char *name = obj == object_get_root()
                       ? "" : object_get_canonical_path_component(obj);

    monitor_printf(mon, "%*s/%s (%s)\n", indent, "", name,
                   object_get_typename(obj));
    object_child_foreach(obj, qom_composition_collect, children);
    g_ptr_array_sort(children, qom_composition_compare);
    for (guint i = 0; i < children->len; i++) {
        print_qom_composition(mon, children->pdata[i], indent + 2);
    }
}

void hmp_info_qom_tree(Monitor *mon, const QDict *dict)
{
    const char *path = qdict_get_try_str(dict, "path");
    Object *obj = object_get_root();
    bool ambiguous = false;

    if (path) {
        obj = object_resolve_path(path, &ambiguous);
        if (!obj) {
            monitor_printf(mon, "Path '%s' could not be resolved.\n", path);
            return;
        }
        if (ambiguous) {
            monitor_printf(mon, "Warning: Path '%s' is ambiguous.\n", path);
            return;
        }
    } else {
        obj = object_resolve_path("/machine", NULL) ?: obj;
    }
    print_qom_composition(mon, obj, 0);
}

void hmp_qom_list(Monitor *mon, const QDict *qdict)
{
    const char *path = qdict_get_try_str(qdict, "path");
    ObjectPropertyInfoList *list;
    Error *err = NULL;

    if (!path) {
        monitor_printf(mon, "/\n");
        return;
    }
    list = qmp_qom_list(path, &err);
    for (ObjectPropertyInfoList *elt = list; elt; elt = elt->next) {
        monitor_printf(mon, "%s (%s)\n", elt->value->name, elt->value->type);
    }
    qapi_free_ObjectPropertyInfoList(list);
    hmp_handle_error(mon, err);
}

void hmp_qom_get(Monitor *mon, const QDict *qdict)
{
    Error *err = NULL;
    QObject *obj = qmp_qom_get(qdict_get_str(qdict, "path"),
                               qdict_get_str(qdict, "property"), &err);

    if (obj) {
        GString *str = qobject_to_json_pretty(obj, true);

        monitor_printf(mon, "%s\n", str->str);
        g_string_free(str, true);
    }
    qobject_unref(obj);
    hmp_handle_error(mon, err);
}

/* Without -j the value is parsed by the property, as that of an option is. */
void hmp_qom_set(Monitor *mon, const QDict *qdict)
{
    const char *path = qdict_get_str(qdict, "path");
    const char *property = qdict_get_str(qdict, "property");
    const char *value = qdict_get_str(qdict, "value");
    Error *err = NULL;
    bool on;

    if (qdict_get_try_bool(qdict, "json", false)) {
        QObject *obj = qobject_from_json(value, &err);

        if (!err) {
            qmp_qom_set(path, property, obj, &err);
        }
        qobject_unref(obj);
    } else {
        Object *obj = qom_resolve_path(path, &err);

        if (obj && (!qapi_bool_parse(property, value, &on, NULL)
                    || qom_client_may_set_bool(obj, property, on, &err))) {
            object_property_parse(obj, property, value, &err);
        }
    }
    hmp_handle_error(mon, err);
}

void hmp_object_add(Monitor *mon, const QDict *qdict)
{
    Error *err = NULL;

    user_creatable_add_from_str(qdict_get_str(qdict, "object"), &err);
    hmp_handle_error(mon, err);
}

void hmp_object_del(Monitor *mon, const QDict *qdict)
{
    Error *err = NULL;

    user_creatable_del(qdict_get_str(qdict, "id"), &err);
    hmp_handle_error(mon, err);
}
