/*
 * The CPUs of x86 boards: places, APIC IDs, and how one is plugged.
 *
 * -smp says how many places there are (maxcpus), and CPUs for the first of
 * them are made with the board.  A place has a socket, die, core and thread
 * number, of which the APIC ID is made (hw/i386/topology.h):
 *
 *     x86_cpus_init                        device_add qemu64-x86_64-cpu,...
 *       x86_cpu_new: "apic-id"               "socket-id", "core-id", ...
 *                  \                        /
 *                   device_set_realized
 *                     x86_cpu_pre_plug: one from the other; is it free?
 *                     x86_cpu_realizefn
 *                     x86_cpu_plug: taken
 *
 * Read first: hw/i386/x86.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/core/cpu.h"
#include "hw/i386/apic.h"
#include "hw/i386/x86.h"
#include "hw/irq.h"
#include "hw/pci/msi.h"
#include "hw/rtc/mc146818rtc.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "sysemu/kvm.h"
#include "cpu.h"
#include "trace.h"

/* How many CPUs there are, less one: for firmware. */
#define CMOS_NR_CPUS 0x5f

#define UNASSIGNED_APIC_ID UINT32_MAX

/* An xAPIC has no more. */
#define XAPIC_ID_LIMIT 255

/* Places */

void init_topo_info(X86CPUTopoInfo *topo_info, const X86MachineState *x86ms)
{
    const MachineState *ms = MACHINE(x86ms);

    topo_info->dies_per_pkg = ms->smp.dies;
    topo_info->cores_per_die = ms->smp.cores;
    topo_info->threads_per_core = ms->smp.threads;
}

uint32_t x86_cpu_apic_id_from_index(X86MachineState *x86ms,
                                    unsigned int cpu_index)
{
    X86CPUTopoInfo topo_info;

    init_topo_info(&topo_info, x86ms);
    return x86_apicid_from_cpu_idx(&topo_info, cpu_index);
}

const CPUArchIdList *x86_possible_cpu_arch_ids(MachineState *ms)
{
    X86MachineState *x86ms = X86_MACHINE(ms);
    unsigned max_cpus = ms->smp.max_cpus;
    X86CPUTopoInfo topo_info;

    if (ms->possible_cpus) {
        /* -smp is parsed once, before anybody can ask. */
        assert(ms->possible_cpus->len == max_cpus);
        return ms->possible_cpus;
    }

    ms->possible_cpus = g_malloc0(sizeof(CPUArchIdList) +
                                  sizeof(CPUArchId) * max_cpus);
    ms->possible_cpus->len = max_cpus;
    init_topo_info(&topo_info, x86ms);

    for (unsigned i = 0; i < max_cpus; i++) {
        CPUArchId *slot = &ms->possible_cpus->cpus[i];
        X86CPUTopoIDs topo_ids;

        x86_topo_ids_from_idx(&topo_info, i, &topo_ids);
        slot->type = ms->cpu_type;
        slot->vcpus_count = 1;
        slot->arch_id = x86_apicid_from_topo_ids(&topo_info, &topo_ids);
        slot->props = (CpuInstanceProperties) {
            .has_socket_id = true, .socket_id = topo_ids.pkg_id,
            .has_die_id = ms->smp.dies > 1, .die_id = topo_ids.die_id,
            .has_core_id = true, .core_id = topo_ids.core_id,
            .has_thread_id = true, .thread_id = topo_ids.smt_id,
        };
    }
    return ms->possible_cpus;
}

CpuInstanceProperties x86_cpu_index_to_props(MachineState *ms,
                                             unsigned cpu_index)
{
    const CPUArchIdList *possible = x86_possible_cpu_arch_ids(ms);

    assert(cpu_index < possible->len);
    return possible->cpus[cpu_index].props;
}

/* The place with APIC ID @id, and its index; NULL if there is none. */
static CPUArchId *x86_find_cpu_slot(MachineState *ms, uint32_t id, int *idx)
{
    CPUArchIdList *possible = ms->possible_cpus;

    for (int i = 0; i < possible->len; i++) {
        if (possible->cpus[i].arch_id == id) {
            *idx = i;
            return &possible->cpus[i];
        }
    }
    return NULL;
}

/* CPUs of the board */

static void x86_cpu_new(X86MachineState *x86ms, int64_t apic_id, Error **errp)
{
    Object *cpu = object_new(MACHINE(x86ms)->cpu_type);

    if (object_property_set_uint(cpu, "apic-id", apic_id, errp)) {
        qdev_realize(DEVICE(cpu), NULL, errp);
    }
    object_unref(cpu);
}

void x86_cpus_init(X86MachineState *x86ms, int default_cpu_version)
{
    MachineState *ms = MACHINE(x86ms);
    const CPUArchIdList *possible;

    x86_cpu_set_default_version(default_cpu_version);

    x86ms->apic_id_limit =
        x86_cpu_apic_id_from_index(x86ms, ms->smp.max_cpus - 1) + 1;
    if (x86ms->apic_id_limit > XAPIC_ID_LIMIT) {
        error_report("current -smp configuration requires kernel "
                     "irqchip and X2APIC API support.");
        exit(EXIT_FAILURE);
    }

    possible = x86_possible_cpu_arch_ids(ms);
    for (unsigned i = 0; i < ms->smp.cpus; i++) {
        x86_cpu_new(x86ms, possible->cpus[i].arch_id, &error_fatal);
    }
    /*
     * Messages reach a local APIC: devices may offer MSI.  Where no guest
     * runs, a message is a write to memory that a test's driver looks at.
     */
    msi_nonbroken = true;
}

/* Plugging */

/* One number of the user's: given, and small enough? */
static bool x86_cpu_check_id(const char *name, int32_t id, unsigned max,
                             Error **errp)
{
    if (id < 0) {
        error_setg(errp, "CPU %s is not set", name);
        return false;
    }
    if (id > max) {
        error_setg(errp, "Invalid CPU %s: %u must be in range 0:%u",
                   name, id, max);
        return false;
    }
    return true;
}

/* Where the user wants it, if it is not said by APIC ID. */
static bool x86_cpu_apic_id_from_props(X86MachineState *x86ms, X86CPU *cpu,
                                       Error **errp)
{
    MachineState *ms = MACHINE(x86ms);
    unsigned per_socket = ms->smp.dies * ms->smp.cores * ms->smp.threads;
    X86CPUTopoInfo topo_info;
    X86CPUTopoIDs topo_ids;

    /* Where there is one die, nobody has to say that. */
    if (cpu->die_id < 0 && ms->smp.dies == 1) {
        cpu->die_id = 0;
    }
    if (!x86_cpu_check_id("socket-id", cpu->socket_id,
                          (ms->smp.max_cpus - 1) / per_socket, errp) ||
        !x86_cpu_check_id("die-id", cpu->die_id, ms->smp.dies - 1, errp) ||
        !x86_cpu_check_id("core-id", cpu->core_id, ms->smp.cores - 1, errp) ||
        !x86_cpu_check_id("thread-id", cpu->thread_id, ms->smp.threads - 1,
                          errp)) {
        return false;
    }

    init_topo_info(&topo_info, x86ms);
    topo_ids = (X86CPUTopoIDs) {
        .pkg_id = cpu->socket_id, .die_id = cpu->die_id,
        .core_id = cpu->core_id, .smt_id = cpu->thread_id,
    };
    cpu->apic_id = x86_apicid_from_topo_ids(&topo_info, &topo_ids);
    return true;
}

/* One number must be what the APIC ID says; it is filled in. */
static bool x86_cpu_match_id(const char *name, int32_t *id, unsigned place,
                             uint32_t apic_id, Error **errp)
{
    if (*id != -1 && *id != place) {
        error_setg(errp, "property %s: %u doesn't match set apic-id:"
                   " 0x%x (%s: %u)", name, *id, apic_id, name, place);
        return false;
    }
    *id = place;
    return true;
}

static bool x86_cpu_match_node(X86CPU *cpu, const CPUArchId *slot,
                               Error **errp)
{
    if (cpu->node_id == CPU_UNSET_NUMA_NODE_ID) {
        if (slot->props.has_node_id) {
            cpu->node_id = slot->props.node_id;
        }
    } else if (cpu->node_id != slot->props.node_id) {
        error_setg(errp, "invalid node-id, must be %" PRId64,
                   slot->props.node_id);
        return false;
    }
    return true;
}

void x86_cpu_pre_plug(HotplugHandler *hotplug_dev, DeviceState *dev,
                      Error **errp)
{
    X86MachineState *x86ms = X86_MACHINE(hotplug_dev);
    MachineState *ms = MACHINE(hotplug_dev);
    X86CPU *cpu = X86_CPU(dev);
    X86CPUTopoInfo topo_info;
    X86CPUTopoIDs topo_ids;
    CPUArchId *slot;
    int idx;

    if (!object_dynamic_cast(OBJECT(cpu), ms->cpu_type)) {
        error_setg(errp, "Invalid CPU type, expected cpu type: '%s'",
                   ms->cpu_type);
        return;
    }
    cpu->env.nr_dies = ms->smp.dies;

    if (cpu->apic_id == UNASSIGNED_APIC_ID &&
        !x86_cpu_apic_id_from_props(x86ms, cpu, errp)) {
        return;
    }
    init_topo_info(&topo_info, x86ms);
    x86_topo_ids_from_apicid(cpu->apic_id, &topo_info, &topo_ids);

    slot = x86_find_cpu_slot(ms, cpu->apic_id, &idx);
    if (!slot) {
        error_setg(errp, "Invalid CPU [socket: %u, die: %u, core: %u, "
                   "thread: %u] with APIC ID %" PRIu32
                   ", valid index range 0:%d", topo_ids.pkg_id,
                   topo_ids.die_id, topo_ids.core_id, topo_ids.smt_id,
                   cpu->apic_id, ms->possible_cpus->len - 1);
        return;
    }
    if (slot->cpu) {
        error_setg(errp, "CPU[%d] with APIC ID %" PRIu32 " exists",
                   idx, cpu->apic_id);
        return;
    }

    if (!x86_cpu_match_id("socket-id", &cpu->socket_id, topo_ids.pkg_id,
                          cpu->apic_id, errp) ||
        !x86_cpu_match_id("die-id", &cpu->die_id, topo_ids.die_id,
                          cpu->apic_id, errp) ||
        !x86_cpu_match_id("core-id", &cpu->core_id, topo_ids.core_id,
                          cpu->apic_id, errp) ||
        !x86_cpu_match_id("thread-id", &cpu->thread_id, topo_ids.smt_id,
                          cpu->apic_id, errp) ||
        !x86_cpu_match_node(cpu, slot, errp)) {
        return;
    }
    CPU(cpu)->cpu_index = idx;
}

/* After a reset firmware counts them all. */
static void x86_cpus_count_changed(X86MachineState *x86ms)
{
    if (x86ms->rtc) {
        rtc_set_cpus_count(x86ms->rtc, x86ms->boot_cpus);
    }
    if (x86ms->fw_cfg) {
        fw_cfg_modify_i16(x86ms->fw_cfg, FW_CFG_NB_CPUS, x86ms->boot_cpus);
    }
}

void rtc_set_cpus_count(ISADevice *rtc, uint16_t cpus_count)
{
    rtc_set_memory(rtc, CMOS_NR_CPUS, cpus_count > 256 ? 0 : cpus_count - 1);
}

void x86_cpu_plug(HotplugHandler *hotplug_dev, DeviceState *dev, Error **errp)
{
    ERRP_GUARD();
    X86MachineState *x86ms = X86_MACHINE(hotplug_dev);
    int idx;

    if (x86ms->acpi_dev) {
        hotplug_handler_plug(x86ms->acpi_dev, dev, errp);
        if (*errp) {
            return;
        }
    }
    x86_find_cpu_slot(MACHINE(hotplug_dev), X86_CPU(dev)->apic_id,
                      &idx)->cpu = OBJECT(dev);
    x86ms->boot_cpus++;
    x86_cpus_count_changed(x86ms);
}

void x86_cpu_unplug_request_cb(HotplugHandler *hotplug_dev, DeviceState *dev,
                               Error **errp)
{
    X86MachineState *x86ms = X86_MACHINE(hotplug_dev);
    int idx = -1;

    if (!x86ms->acpi_dev) {
        error_setg(errp, "CPU hot unplug not supported without ACPI");
        return;
    }
    x86_find_cpu_slot(MACHINE(hotplug_dev), X86_CPU(dev)->apic_id, &idx);
    assert(idx != -1);
    if (idx == 0) {
        error_setg(errp, "Boot CPU is unpluggable");
        return;
    }
    hotplug_handler_unplug_request(x86ms->acpi_dev, dev, errp);
}

/* The guest has let it go: called by ACPI's registers. */
void x86_cpu_unplug_cb(HotplugHandler *hotplug_dev, DeviceState *dev,
                       Error **errp)
{
    ERRP_GUARD();
    X86MachineState *x86ms = X86_MACHINE(hotplug_dev);
    int idx;

    hotplug_handler_unplug(x86ms->acpi_dev, dev, errp);
    if (*errp) {
        return;
    }
    x86_find_cpu_slot(MACHINE(hotplug_dev), X86_CPU(dev)->apic_id,
                      &idx)->cpu = NULL;
    qdev_unrealize(dev);
    x86ms->boot_cpus--;
    x86_cpus_count_changed(x86ms);
}

/* The first CPU, for what is wired to it alone. */

static void pic_irq_request(void *opaque, int irq, int level)
{
    CPUState *cs = first_cpu;

    trace_x86_pic_interrupt(irq, level);
    if (!cs) {
        return;
    }
    /* With an APIC the PIC's line ends at its LINT0. */
    if (X86_CPU(cs)->apic_state && !kvm_irqchip_in_kernel()) {
        CPU_FOREACH(cs) {
            DeviceState *apic = X86_CPU(cs)->apic_state;

            if (apic_accept_pic_intr(apic)) {
                apic_deliver_pic_intr(apic, level);
            }
        }
    } else if (level) {
        cpu_interrupt(cs, CPU_INTERRUPT_HARD);
    } else {
        cpu_reset_interrupt(cs, CPU_INTERRUPT_HARD);
    }
}

int cpu_get_pic_interrupt(CPUX86State *env)
{
    X86CPU *cpu = env_archcpu(env);
    int intno = -1;

    if (!kvm_irqchip_in_kernel()) {
        intno = apic_get_interrupt(cpu->apic_state);
        if (intno >= 0) {
            return intno;
        }
        /* Not for a CPU whose LINT0 is closed. */
        if (!apic_accept_pic_intr(cpu->apic_state)) {
            return -1;
        }
    }
    return pic_read_irq(isa_pic);
}

qemu_irq x86_allocate_cpu_irq(void)
{
    return qemu_allocate_irq(pic_irq_request, NULL, 0);
}
