/*
 * What the human monitor calls the registers of an x86 CPU.
 *
 * Read include/monitor/hmp-target.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "cpu.h"
#include "monitor/hmp-target.h"
#include "monitor/hmp.h"
#include "monitor/monitor.h"
#include "qapi/qmp/qdict.h"
#include "sysemu/hw_accel.h"

/* Of the CPU with this APIC ID, or of the monitor's. */
void hmp_info_local_apic(Monitor *mon, const QDict *qdict)
{
    CPUState *cs;

    if (qdict_haskey(qdict, "apic-id")) {
        cs = cpu_by_arch_id(qdict_get_int(qdict, "apic-id"));
        if (cs) {
            cpu_synchronize_state(cs);
        }
    } else {
        cs = mon_get_cpu(mon);
    }
    if (!cs) {
        monitor_printf(mon, "No CPU available\n");
        return;
    }
    x86_cpu_dump_local_apic_state(cs, CPU_DUMP_FPU);
}

/* Where the next instruction is: not in its segment, but in memory. */
static target_long monitor_get_pc(Monitor *mon, const MonitorDef *md, int val)
{
    CPUX86State *env = mon_get_cpu_env(mon);

    return env->eip + env->segs[R_CS].base;
}

#define REG(name, member) \
    { name, offsetof(CPUX86State, member) }
#define SEG(name, seg) \
    { name, offsetof(CPUX86State, segs[seg].selector), NULL, MD_I32 }, \
    { name ".base", offsetof(CPUX86State, segs[seg].base) }, \
    { name ".limit", offsetof(CPUX86State, segs[seg].limit), NULL, MD_I32 }

static const MonitorDef monitor_defs[] = {
    REG("eax", regs[R_EAX]),
    REG("ecx", regs[R_ECX]),
    REG("edx", regs[R_EDX]),
    REG("ebx", regs[R_EBX]),
    REG("esp|sp", regs[R_ESP]),
    REG("ebp|fp", regs[R_EBP]),
    REG("esi", regs[R_ESI]),
    REG("edi", regs[R_EDI]),
    REG("r8", regs[8]),
    REG("r9", regs[9]),
    REG("r10", regs[10]),
    REG("r11", regs[11]),
    REG("r12", regs[12]),
    REG("r13", regs[13]),
    REG("r14", regs[14]),
    REG("r15", regs[15]),
    REG("eflags", eflags),
    REG("eip", eip),
    SEG("cs", R_CS),
    SEG("ds", R_DS),
    SEG("es", R_ES),
    SEG("ss", R_SS),
    SEG("fs", R_FS),
    SEG("gs", R_GS),
    { "pc", 0, monitor_get_pc },
    { }
};

const MonitorDef *target_monitor_defs(void)
{
    return monitor_defs;
}
