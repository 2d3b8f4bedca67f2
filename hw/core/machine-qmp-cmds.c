/*
 * QMP commands about machines: the types that there are, and the one that runs.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "exec/ramlist.h"
#include "hw/boards.h"
#include "hw/intc/intc.h"
#include "qapi/error.h"
#include "qapi/qapi-builtin-visit.h"
#include "qapi/qapi-commands-machine.h"
#include "qapi/qmp/qobject.h"
#include "qapi/qobject-input-visitor.h"
#include "qapi/type-helpers.h"
#include "qom/object_interfaces.h"
#include "qom/qom-qobject.h"
#include "sysemu/hostmem.h"
#include "sysemu/runstate.h"

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

CurrentMachineParams *qmp_query_current_machine(Error **errp)
{
    CurrentMachineParams *params = g_new0(CurrentMachineParams, 1);

    params->wakeup_suspend_support = qemu_wakeup_suspend_enabled();
    return params;
}

/* Memory */

static int query_memdev(Object *obj, void *opaque)
{
    MemdevList **list = opaque;
    HostMemoryBackend *backend;
    QObject *host_nodes;
    Memdev *m;
    Visitor *v;

    if (!object_dynamic_cast(obj, TYPE_MEMORY_BACKEND)) {
        return 0;
    }
    backend = MEMORY_BACKEND(obj);
    m = g_new0(Memdev, 1);
    m->id = g_strdup(object_get_canonical_path_component(obj));
    m->has_id = m->id != NULL;
    m->size = backend->size;
    m->merge = backend->merge;
    m->dump = backend->dump;
    m->prealloc = backend->prealloc;
    m->share = backend->share;
    m->has_reserve = true;
    m->reserve = backend->reserve;
    m->policy = backend->policy;
    host_nodes = object_property_get_qobject(obj, "host-nodes", &error_abort);
    v = qobject_input_visitor_new(host_nodes);
    visit_type_uint16List(v, NULL, &m->host_nodes, &error_abort);
    visit_free(v);
    qobject_unref(host_nodes);
    QAPI_LIST_PREPEND(*list, m);
    return 0;
}

MemdevList *qmp_query_memdev(Error **errp)
{
    MemdevList *list = NULL;

    object_child_foreach(object_get_objects_root(), query_memdev, &list);
    return list;
}

MemoryInfo *qmp_query_memory_size_summary(Error **errp)
{
    MemoryInfo *info = g_new0(MemoryInfo, 1);

    info->base_memory = current_machine->ram_size;
    /* No device is memory; that is known, so it is not left out. */
    info->has_plugged_memory = true;
    return info;
}

MemoryDeviceInfoList *qmp_query_memory_devices(Error **errp)
{
    return NULL;
}

HumanReadableText *qmp_x_query_numa(Error **errp)
{
    g_autoptr(GString) buf = g_string_new("0 nodes\n");

    return human_readable_text_from_str(buf);
}

HumanReadableText *qmp_x_query_ramblock(Error **errp)
{
    GString *buf = ram_block_format();
    HumanReadableText *text = human_readable_text_from_str(buf);

    g_string_free(buf, true);
    return text;
}

/* Interrupts */

static int qmp_x_query_irq_foreach(Object *obj, void *opaque)
{
    GString *buf = opaque;
    InterruptStatsProvider *intc;
    InterruptStatsProviderClass *k;
    uint64_t *counts;
    unsigned int n;

    if (!object_dynamic_cast(obj, TYPE_INTERRUPT_STATS_PROVIDER)) {
        return 0;
    }
    intc = INTERRUPT_STATS_PROVIDER(obj);
    k = INTERRUPT_STATS_PROVIDER_GET_CLASS(obj);
    if (!k->get_statistics || !k->get_statistics(intc, &counts, &n)) {
        g_string_append_printf(buf, "IRQ statistics not available for %s.\n",
                               object_get_typename(obj));
        return 0;
    }
    if (n) {
        g_string_append_printf(buf, "IRQ statistics for %s:\n",
                               object_get_typename(obj));
    }
    for (unsigned int i = 0; i < n; i++) {
        if (counts[i]) {
            g_string_append_printf(buf, "%2u: %" PRIu64 "\n", i, counts[i]);
        }
    }
    return 0;
}

HumanReadableText *qmp_x_query_irq(Error **errp)
{
    g_autoptr(GString) buf = g_string_new("");

    object_child_foreach_recursive(object_get_root(), qmp_x_query_irq_foreach,
                                   buf);
    return human_readable_text_from_str(buf);
}
