/*
 * QMP commands about machine types.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/boards.h"
#include "qapi/qapi-commands-machine.h"

static MachineInfo *machine_class_info(const MachineClass *mc)
{
    MachineInfo *info = g_new0(MachineInfo, 1);

    info->name = g_strdup(mc->name);
    info->has_is_default = info->is_default = mc->is_default;
    info->has_alias = mc->alias != NULL;
    info->alias = g_strdup(mc->alias);
    info->cpu_max = mc->max_cpus ?: 1;
    info->hotpluggable_cpus = mc->has_hotpluggable_cpus;
    info->deprecated = mc->deprecation_reason != NULL;
    info->has_default_cpu_type = mc->default_cpu_type != NULL;
    info->default_cpu_type = g_strdup(mc->default_cpu_type);
    info->has_default_ram_id = mc->default_ram_id != NULL;
    info->default_ram_id = g_strdup(mc->default_ram_id);
    return info;
}

MachineInfoList *qmp_query_machines(Error **errp)
{
    g_autoptr(GSList) machines = object_class_get_list(TYPE_MACHINE, false);
    MachineInfoList *list = NULL;

    for (GSList *el = machines; el; el = el->next) {
        QAPI_LIST_PREPEND(list, machine_class_info(el->data));
    }
    return list;
}

TargetInfo *qmp_query_target(Error **errp)
{
    TargetInfo *info = g_new0(TargetInfo, 1);

    info->arch = SYS_EMU_TARGET_X86_64;
    return info;
}
