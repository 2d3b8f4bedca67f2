/*
 * The human monitor's CPU: `cpu` chooses it, other commands look through it.
 *
 * A monitor remembers a path and no pointer: the CPU may be unplugged.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/core/cpu.h"
#include "monitor-internal.h"
#include "monitor/hmp-target.h"
#include "monitor/hmp.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-machine.h"
#include "qapi/qmp/qdict.h"
#include "sysemu/hw_accel.h"

int monitor_set_cpu(Monitor *mon, int cpu_index)
{
    CPUState *cpu = qemu_get_cpu(cpu_index);

    if (!cpu) {
        return -1;
    }
    g_free(mon->mon_cpu_path);
    mon->mon_cpu_path = object_get_canonical_path(OBJECT(cpu));
    return 0;
}

/* The chosen one, else the first; NULL if there is none. */
static CPUState *mon_get_cpu_sync(Monitor *mon, bool synchronize)
{
    CPUState *cpu = NULL;

    if (mon->mon_cpu_path) {
        cpu = (CPUState *)object_resolve_path_type(mon->mon_cpu_path,
                                                   TYPE_CPU, NULL);
        if (!cpu) {
            g_free(mon->mon_cpu_path);
            mon->mon_cpu_path = NULL;
        }
    }
    if (!cpu) {
        cpu = first_cpu;
        if (!cpu) {
            return NULL;
        }
        monitor_set_cpu(mon, cpu->cpu_index);
    }
    if (synchronize) {
        cpu_synchronize_state(cpu);
    }
    return cpu;
}

CPUState *mon_get_cpu(Monitor *mon)
{
    return mon_get_cpu_sync(mon, true);
}

CPUArchState *mon_get_cpu_env(Monitor *mon)
{
    CPUState *cs = mon_get_cpu(mon);

    return cs ? cs->env_ptr : NULL;
}

int monitor_get_cpu_index(Monitor *mon)
{
    CPUState *cs = mon_get_cpu_sync(mon, false);

    return cs ? cs->cpu_index : UNASSIGNED_CPU_INDEX;
}

void hmp_cpu(Monitor *mon, const QDict *qdict)
{
    if (monitor_set_cpu(mon, qdict_get_int(qdict, "index")) < 0) {
        monitor_printf(mon, "invalid CPU index\n");
    }
}

void hmp_info_registers(Monitor *mon, const QDict *qdict)
{
    bool all_cpus = qdict_get_try_bool(qdict, "cpustate_all", false);
    int vcpu = qdict_get_try_int(qdict, "vcpu", -1);
    CPUState *cs;

    if (all_cpus) {
        CPU_FOREACH(cs) {
            monitor_printf(mon, "\nCPU#%d\n", cs->cpu_index);
            cpu_dump_state(cs, NULL, CPU_DUMP_FPU);
        }
        return;
    }

    cs = vcpu >= 0 ? qemu_get_cpu(vcpu) : mon_get_cpu(mon);
    if (!cs) {
        if (vcpu >= 0) {
            monitor_printf(mon, "CPU#%d not available\n", vcpu);
        } else {
            monitor_printf(mon, "No CPU available\n");
        }
        return;
    }
    monitor_printf(mon, "\nCPU#%d\n", cs->cpu_index);
    cpu_dump_state(cs, NULL, CPU_DUMP_FPU);
}

void hmp_info_cpus(Monitor *mon, const QDict *qdict)
{
    CpuInfoFastList *cpu_list = qmp_query_cpus_fast(NULL);
    int current = monitor_get_cpu_index(mon);

    for (CpuInfoFastList *cpu = cpu_list; cpu; cpu = cpu->next) {
        monitor_printf(mon, "%c CPU #%" PRId64 ": thread_id=%" PRId64 "\n",
                       cpu->value->cpu_index == current ? '*' : ' ',
                       cpu->value->cpu_index, cpu->value->thread_id);
    }
    qapi_free_CpuInfoFastList(cpu_list);
}

static void print_cpu_place(Monitor *mon, const char *name, bool has,
                            int64_t value)
{
    if (has) {
        monitor_printf(mon, "    %s: \"%" PRIu64 "\"\n", name, value);
    }
}

void hmp_hotpluggable_cpus(Monitor *mon, const QDict *qdict)
{
    Error *err = NULL;
    HotpluggableCPUList *list = qmp_query_hotpluggable_cpus(&err);

    if (hmp_handle_error(mon, err)) {
        return;
    }
    monitor_printf(mon, "Hotpluggable CPUs:\n");
    for (HotpluggableCPUList *l = list; l; l = l->next) {
        const CpuInstanceProperties *c = l->value->props;

        monitor_printf(mon, "  type: \"%s\"\n", l->value->type);
        monitor_printf(mon, "  vcpus_count: \"%" PRIu64 "\"\n",
                       l->value->vcpus_count);
        if (l->value->has_qom_path) {
            monitor_printf(mon, "  qom_path: \"%s\"\n", l->value->qom_path);
        }
        monitor_printf(mon, "  CPUInstance Properties:\n");
        print_cpu_place(mon, "node-id", c->has_node_id, c->node_id);
        print_cpu_place(mon, "socket-id", c->has_socket_id, c->socket_id);
        print_cpu_place(mon, "die-id", c->has_die_id, c->die_id);
        print_cpu_place(mon, "cluster-id", c->has_cluster_id, c->cluster_id);
        print_cpu_place(mon, "core-id", c->has_core_id, c->core_id);
        print_cpu_place(mon, "thread-id", c->has_thread_id, c->thread_id);
    }
    qapi_free_HotpluggableCPUList(list);
}
