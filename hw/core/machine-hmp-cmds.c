/*
 * HMP commands about the machine: the twins of machine-qmp-cmds.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/intc/intc.h"
#include "monitor/hmp-target.h"
#include "monitor/hmp.h"
#include "monitor/monitor.h"
#include "qapi/error.h"
#include "qapi/qapi-builtin-visit.h"
#include "qapi/qapi-commands-machine.h"
#include "qapi/qmp/qdict.h"
#include "qapi/string-output-visitor.h"
#include "qemu/units.h"

void hmp_info_kvm(Monitor *mon, const QDict *qdict)
{
    KvmInfo *info = qmp_query_kvm(NULL);

    monitor_printf(mon, "kvm support: %s\n",
                   !info->present ? "not compiled" :
                   info->enabled ? "enabled" : "disabled");
    qapi_free_KvmInfo(info);
}

void hmp_info_uuid(Monitor *mon, const QDict *qdict)
{
    UuidInfo *info = qmp_query_uuid(NULL);

    monitor_printf(mon, "%s\n", info->UUID);
    qapi_free_UuidInfo(info);
}

static void hmp_print_bool(Monitor *mon, const char *name, bool value)
{
    monitor_printf(mon, "  %s: %s\n", name, value ? "true" : "false");
}

void hmp_info_memdev(Monitor *mon, const QDict *qdict)
{
    Error *err = NULL;
    MemdevList *list = qmp_query_memdev(&err);

    for (MemdevList *l = list; l; l = l->next) {
        Memdev *m = l->value;
        g_autofree char *nodes = NULL;
        Visitor *v = string_output_visitor_new(false, &nodes);

        visit_type_uint16List(v, NULL, &m->host_nodes, &error_abort);
        visit_complete(v, &nodes);
        visit_free(v);
        monitor_printf(mon, "memory backend: %s\n", m->has_id ? m->id : "");
        monitor_printf(mon, "  size:  %" PRId64 "\n", m->size);
        hmp_print_bool(mon, "merge", m->merge);
        hmp_print_bool(mon, "dump", m->dump);
        hmp_print_bool(mon, "prealloc", m->prealloc);
        hmp_print_bool(mon, "share", m->share);
        if (m->has_reserve) {
            hmp_print_bool(mon, "reserve", m->reserve);
        }
        monitor_printf(mon, "  policy: %s\n", HostMemPolicy_str(m->policy));
        monitor_printf(mon, "  host nodes: %s\n", nodes);
    }
    monitor_printf(mon, "\n");
    qapi_free_MemdevList(list);
    hmp_handle_error(mon, err);
}

void hmp_info_memory_size_summary(Monitor *mon, const QDict *qdict)
{
    Error *err = NULL;
    MemoryInfo *info = qmp_query_memory_size_summary(&err);

    if (info) {
        monitor_printf(mon, "base memory: %" PRIu64 "\n", info->base_memory);
        if (info->has_plugged_memory) {
            monitor_printf(mon, "plugged memory: %" PRIu64 "\n",
                           info->plugged_memory);
        }
        qapi_free_MemoryInfo(info);
    }
    hmp_handle_error(mon, err);
}

/* No device is memory: there is nothing to print. */
void hmp_info_memory_devices(Monitor *mon, const QDict *qdict)
{
    Error *err = NULL;

    qapi_free_MemoryDeviceInfoList(qmp_query_memory_devices(&err));
    hmp_handle_error(mon, err);
}

static int hmp_info_pic_foreach(Object *obj, void *opaque)
{
    Monitor *mon = opaque;
    InterruptStatsProviderClass *k;

    if (!object_dynamic_cast(obj, TYPE_INTERRUPT_STATS_PROVIDER)) {
        return 0;
    }
    k = INTERRUPT_STATS_PROVIDER_GET_CLASS(obj);
    if (k->print_info) {
        k->print_info(INTERRUPT_STATS_PROVIDER(obj), mon);
    } else {
        monitor_printf(mon, "Interrupt controller information not available "
                       "for %s.\n", object_get_typename(obj));
    }
    return 0;
}

void hmp_info_pic(Monitor *mon, const QDict *qdict)
{
    object_child_foreach_recursive(object_get_root(), hmp_info_pic_foreach,
                                   mon);
}

void hmp_system_wakeup(Monitor *mon, const QDict *qdict)
{
    Error *err = NULL;

    qmp_system_wakeup(&err);
    hmp_handle_error(mon, err);
}

void hmp_memsave(Monitor *mon, const QDict *qdict)
{
    int cpu_index = monitor_get_cpu_index(mon);
    Error *err = NULL;

    if (cpu_index < 0) {
        monitor_printf(mon, "No CPU available\n");
        return;
    }
    qmp_memsave(qdict_get_int(qdict, "val"), qdict_get_int(qdict, "size"),
                qdict_get_str(qdict, "filename"), true, cpu_index, &err);
    hmp_handle_error(mon, err);
}

void hmp_pmemsave(Monitor *mon, const QDict *qdict)
{
    Error *err = NULL;

    qmp_pmemsave(qdict_get_int(qdict, "val"), qdict_get_int(qdict, "size"),
                 qdict_get_str(qdict, "filename"), &err);
    hmp_handle_error(mon, err);
}

/* The balloon */

void hmp_info_balloon(Monitor *mon, const QDict *qdict)
{
    Error *err = NULL;
    BalloonInfo *info = qmp_query_balloon(&err);

    if (!hmp_handle_error(mon, err)) {
        monitor_printf(mon, "balloon: actual=%" PRId64 "\n",
                       info->actual / MiB);
        qapi_free_BalloonInfo(info);
    }
}

void hmp_balloon(Monitor *mon, const QDict *qdict)
{
    Error *err = NULL;

    qmp_balloon(qdict_get_int(qdict, "value"), &err);
    hmp_handle_error(mon, err);
}
