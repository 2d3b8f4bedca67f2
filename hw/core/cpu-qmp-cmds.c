/*
 * QMP commands about the CPUs of a machine.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/boards.h"
#include "hw/core/cpu.h"
#include "qapi/clone-visitor.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-machine.h"
#include "qapi/qapi-visit-machine.h"
#include "qapi/qmp/qerror.h"

CpuInfoFastList *qmp_query_cpus_fast(Error **errp)
{
    MachineState *ms = MACHINE(qdev_get_machine());
    MachineClass *mc = MACHINE_GET_CLASS(ms);
    CpuInfoFastList *head = NULL, **tail = &head;
    CPUState *cpu;

    CPU_FOREACH(cpu) {
        CpuInfoFast *value = g_new0(CpuInfoFast, 1);
        CPUClass *cc = CPU_GET_CLASS(cpu);

        value->cpu_index = cpu->cpu_index;
        value->qom_path = object_get_canonical_path(OBJECT(cpu));
        value->thread_id = cpu->thread_id;
        if (mc->cpu_index_to_instance_props) {
            CpuInstanceProperties props =
                mc->cpu_index_to_instance_props(ms, cpu->cpu_index);

            value->has_props = true;
            value->props = QAPI_CLONE(CpuInstanceProperties, &props);
        }
        value->target = SYS_EMU_TARGET_X86_64;
        if (cc->query_cpu_fast) {
            cc->query_cpu_fast(cpu, value);
        }
        QAPI_LIST_APPEND(tail, value);
    }
    return head;
}

HotpluggableCPUList *qmp_query_hotpluggable_cpus(Error **errp)
{
    MachineState *ms = MACHINE(qdev_get_machine());
    MachineClass *mc = MACHINE_GET_CLASS(ms);
    HotpluggableCPUList *head = NULL;
    const CPUArchIdList *possible;

    if (!mc->has_hotpluggable_cpus) {
        error_setg(errp, QERR_FEATURE_DISABLED, "query-hotpluggable-cpus");
        return NULL;
    }
    possible = mc->possible_cpu_arch_ids(ms);
    for (int i = 0; i < possible->len; i++) {
        const CPUArchId *slot = &possible->cpus[i];
        HotpluggableCPU *item = g_new0(HotpluggableCPU, 1);

        item->type = g_strdup(slot->type);
        item->vcpus_count = slot->vcpus_count;
        item->props = QAPI_CLONE(CpuInstanceProperties, &slot->props);
        if (slot->cpu) {
            item->has_qom_path = true;
            item->qom_path = object_get_canonical_path(slot->cpu);
        }
        QAPI_LIST_PREPEND(head, item);
    }
    return head;
}
