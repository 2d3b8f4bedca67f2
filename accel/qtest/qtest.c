/*
 * The qtest accelerator: no guest code runs; a test plays the guest.
 *
 * The guest's time stands still but for clock_step and clock_set; the rest of
 * the protocol is in system/qtest.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "exec/gdbstub.h"
#include "qemu/accel.h"
#include "qemu/module.h"
#include "sysemu/accel-ops.h"
#include "sysemu/cpus.h"
#include "sysemu/qtest.h"

#define TYPE_QTEST_ACCEL ACCEL_CLASS_NAME("qtest")

/*
 * No guest code runs, so nothing is ever met; but gdb may look at registers and
 * memory, and what it asks for is kept and counted as with any accelerator.
 */
static int qtest_gdbstub_sstep_flags(void)
{
    return SSTEP_ENABLE | SSTEP_NOIRQ | SSTEP_NOTIMER;
}

static bool qtest_supports_guest_debug(void)
{
    return true;
}

/* The flags of a watchpoint of gdb's @type; 0 for a breakpoint, or -ENOSYS. */
static int qtest_watchpoint_flags(int type)
{
    switch (type) {
    case GDB_BREAKPOINT_SW:
    case GDB_BREAKPOINT_HW:
        return 0;
    case GDB_WATCHPOINT_WRITE:
        return BP_GDB | BP_MEM_WRITE;
    case GDB_WATCHPOINT_READ:
        return BP_GDB | BP_MEM_READ;
    case GDB_WATCHPOINT_ACCESS:
        return BP_GDB | BP_MEM_ACCESS;
    default:
        return -ENOSYS;
    }
}

static int qtest_insert_breakpoint(CPUState *cs, int type, hwaddr addr,
                                   hwaddr len)
{
    int flags = qtest_watchpoint_flags(type);
    CPUState *cpu;
    int ret = flags;

    CPU_FOREACH(cpu) {
        ret = flags < 0 ? flags
              : flags ? cpu_watchpoint_insert(cpu, addr, len, flags, NULL)
                      : cpu_breakpoint_insert(cpu, addr, BP_GDB, NULL);
        if (ret) {
            break;
        }
    }
    return ret;
}

static int qtest_remove_breakpoint(CPUState *cs, int type, hwaddr addr,
                                   hwaddr len)
{
    int flags = qtest_watchpoint_flags(type);
    CPUState *cpu;
    int ret = flags;

    CPU_FOREACH(cpu) {
        ret = flags < 0 ? flags
              : flags ? cpu_watchpoint_remove(cpu, addr, len, flags)
                      : cpu_breakpoint_remove(cpu, addr, BP_GDB);
        if (ret) {
            break;
        }
    }
    return ret;
}

static void qtest_remove_all_breakpoints(CPUState *cs)
{
    CPUState *cpu;

    CPU_FOREACH(cpu) {
        cpu_breakpoint_remove_all(cpu, BP_GDB);
        cpu_watchpoint_remove_all(cpu, BP_GDB);
    }
}

static int qtest_init_accel(MachineState *ms)
{
    return 0;
}

static void qtest_accel_class_init(ObjectClass *oc, void *data)
{
    AccelClass *ac = ACCEL_CLASS(oc);

    ac->name = "QTest";
    ac->init_machine = qtest_init_accel;
    ac->allowed = &qtest_allowed;
    ac->gdbstub_supported_sstep_flags = qtest_gdbstub_sstep_flags;
}

static const TypeInfo qtest_accel_type = {
    .name = TYPE_QTEST_ACCEL,
    .parent = TYPE_ACCEL,
    .class_init = qtest_accel_class_init,
};

static void qtest_accel_ops_class_init(ObjectClass *oc, void *data)
{
    AccelOpsClass *ops = ACCEL_OPS_CLASS(oc);

    ops->create_vcpu_thread = dummy_start_vcpu_thread;
    ops->get_virtual_clock = qtest_get_virtual_clock;
    ops->supports_guest_debug = qtest_supports_guest_debug;
    ops->insert_breakpoint = qtest_insert_breakpoint;
    ops->remove_breakpoint = qtest_remove_breakpoint;
    ops->remove_all_breakpoints = qtest_remove_all_breakpoints;
}

static const TypeInfo qtest_accel_ops_type = {
    .name = ACCEL_OPS_NAME("qtest"),
    .parent = TYPE_ACCEL_OPS,
    .class_init = qtest_accel_ops_class_init,
    .abstract = true,
};

static void qtest_accel_register_types(void)
{
    type_register_static(&qtest_accel_type);
    type_register_static(&qtest_accel_ops_type);
}

type_init(qtest_accel_register_types)
