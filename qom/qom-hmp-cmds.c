/*
 * `info qom-tree`: who owns whom.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "monitor/hmp.h"
#include "monitor/monitor.h"
#include "qapi/qmp/qdict.h"
#include "qom/object.h"

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
