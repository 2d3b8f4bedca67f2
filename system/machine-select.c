/*
 * Which board: -machine's name, the default, and the lists for help.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qmp/qdict.h"
#include "qom/object.h"
#include "machine-select.h"

/* By family, then with the newest version first. */
static gint machine_class_cmp(gconstpointer a, gconstpointer b)
{
    const MachineClass *mc1 = a, *mc2 = b;
    int res;

    if (mc1->family == NULL) {
        if (mc2->family == NULL) {
            return strcmp(mc1->name, mc2->name);
        }
        return 1;
    }
    if (mc2->family == NULL) {
        return -1;
    }
    res = strcmp(mc1->family, mc2->family);
    return res ? res : strcmp(mc2->name, mc1->name);
}

static MachineClass *find_machine(const char *name, GSList *machines)
{
    for (GSList *el = machines; el; el = el->next) {
        MachineClass *mc = el->data;

        if (!strcmp(mc->name, name) || !g_strcmp0(mc->alias, name)) {
            return mc;
        }
    }
    return NULL;
}

static MachineClass *find_default_machine(GSList *machines)
{
    MachineClass *default_machineclass = NULL;

    for (GSList *el = machines; el; el = el->next) {
        MachineClass *mc = el->data;

        if (mc->is_default) {
            assert(default_machineclass == NULL && "Multiple default machines");
            default_machineclass = mc;
        }
    }
    return default_machineclass;
}

MachineClass *select_machine(QDict *qdict, Error **errp)
{
    ERRP_GUARD();
    const char *machine_type = qdict_get_try_str(qdict, "type");
    g_autoptr(GSList) machines = object_class_get_list(TYPE_MACHINE, false);
    MachineClass *machine_class;

    if (machine_type) {
        machine_class = find_machine(machine_type, machines);
        qdict_del(qdict, "type");
        if (!machine_class) {
            error_setg(errp, "unsupported machine type");
        }
    } else {
        machine_class = find_default_machine(machines);
        if (!machine_class) {
            error_setg(errp,
                       "No machine specified, and there is no default");
        }
    }

    if (!machine_class) {
        error_append_hint(errp,
                          "Use -machine help to list supported machines\n");
    }
    return machine_class;
}

void machine_help_func(const QDict *qdict)
{
    g_autoptr(GSList) machines = object_class_get_list(TYPE_MACHINE, false);
    const char *type = qdict_get_try_str(qdict, "type");

    if (type) {
        MachineClass *mc = find_machine(type, machines);

        if (mc) {
            type_print_class_properties(object_class_get_name(
                                            OBJECT_CLASS(mc)));
            exit(0);
        }
    }

    printf("Supported machines are:\n");
    machines = g_slist_sort(machines, machine_class_cmp);
    for (GSList *el = machines; el; el = el->next) {
        MachineClass *mc = el->data;

        if (mc->alias) {
            printf("%-20s %s (alias of %s)\n", mc->alias, mc->desc, mc->name);
        }
        printf("%-20s %s%s%s\n", mc->name, mc->desc,
               mc->is_default ? " (default)" : "",
               mc->deprecation_reason ? " (deprecated)" : "");
    }
    exit(0);
}

bool machine_options_dashify(QDict *qdict, Error **errp)
{
    const QDictEntry *ent = qdict_first(qdict), *next;

    for (; ent; ent = next) {
        g_autofree char *new_key = g_strdelimit(g_strdup(ent->key), "_", '-');

        next = qdict_next(qdict, ent);
        if (!strcmp(new_key, ent->key)) {
            continue;
        }
        if (qdict_haskey(qdict, new_key)) {
            error_setg(errp, "Conflict between '%s' and '%s'", ent->key,
                       new_key);
            return false;
        }
        qobject_ref(ent->value);
        qdict_put_obj(qdict, new_key, ent->value);
        qdict_del(qdict, ent->key);
    }
    return true;
}
