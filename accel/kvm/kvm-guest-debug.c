/*
 * Breakpoints in a guest under KVM, for gdb.
 *
 * A software breakpoint is an instruction in the guest's memory: all vCPUs share
 * it, so it is counted.  Hardware breakpoints and watchpoints are the CPU's debug
 * registers, which the target fills in (kvm_arch_update_guest_debug).  Either
 * way KVM has to be told to come to us with the exception and not to the guest
 * (KVM API 4.87, KVM_SET_GUEST_DEBUG):
 *
 *     gdb's Z0            kvm_insert_breakpoint
 *                           kvm_arch_insert_sw_breakpoint     int3
 *                           kvm_update_guest_debug            each vCPU
 *     the guest meets it  KVM_EXIT_DEBUG
 *                           kvm_arch_handle_exit: ours?  EXCP_DEBUG, or back
 *                           to the guest
 *
 * Read first: include/exec/gdbstub.h, kvm-vcpu.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "exec/gdbstub.h"
#include "hw/core/cpu.h"
#include "kvm-cpus.h"
#include "sysemu/cpus.h"
#include "sysemu/kvm_int.h"

bool kvm_supports_guest_debug(void)
{
    return kvm_state->guest_debug;
}

int kvm_gdbstub_sstep_flags(void)
{
    if (!kvm_state->guest_debug) {
        return 0;
    }
    return SSTEP_ENABLE |
           (kvm_state->guest_debug_flags & KVM_GUESTDBG_BLOCKIRQ ? SSTEP_NOIRQ
                                                                 : 0);
}

/* Telling KVM; in the vCPU's thread, as all its ioctls. */

struct kvm_set_guest_debug_data {
    struct kvm_guest_debug dbg;
    int err;
};

static void kvm_invoke_set_guest_debug(CPUState *cpu, run_on_cpu_data data)
{
    struct kvm_set_guest_debug_data *dbg_data = data.host_ptr;

    dbg_data->err = kvm_vcpu_ioctl(cpu, KVM_SET_GUEST_DEBUG, &dbg_data->dbg);
}

int kvm_update_guest_debug(CPUState *cpu, unsigned long reinject_trap)
{
    struct kvm_set_guest_debug_data data = {
        .dbg.control = reinject_trap,
    };

    if (cpu->singlestep_enabled) {
        data.dbg.control |= KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_SINGLESTEP;
        if (cpu->singlestep_enabled & SSTEP_NOIRQ) {
            data.dbg.control |= KVM_GUESTDBG_BLOCKIRQ;
        }
    }
    kvm_arch_update_guest_debug(cpu, &data.dbg);
    run_on_cpu(cpu, kvm_invoke_set_guest_debug, RUN_ON_CPU_HOST_PTR(&data));
    return data.err;
}

static int kvm_update_guest_debug_all(void)
{
    CPUState *cpu;

    CPU_FOREACH(cpu) {
        int err = kvm_update_guest_debug(cpu, 0);

        if (err) {
            return err;
        }
    }
    return 0;
}

/* The list of software breakpoints */

struct kvm_sw_breakpoint *kvm_find_sw_breakpoint(CPUState *cpu, target_ulong pc)
{
    struct kvm_sw_breakpoint *bp;

    QTAILQ_FOREACH(bp, &cpu->kvm_state->kvm_sw_breakpoints, entry) {
        if (bp->pc == pc) {
            return bp;
        }
    }
    return NULL;
}

int kvm_sw_breakpoints_active(CPUState *cpu)
{
    return !QTAILQ_EMPTY(&cpu->kvm_state->kvm_sw_breakpoints);
}

static int kvm_insert_sw_breakpoint(CPUState *cpu, hwaddr addr)
{
    struct kvm_sw_breakpoint *bp = kvm_find_sw_breakpoint(cpu, addr);
    int err;

    if (bp) {
        bp->use_count++;
        return 0;
    }
    bp = g_new0(struct kvm_sw_breakpoint, 1);
    bp->pc = addr;
    bp->use_count = 1;
    err = kvm_arch_insert_sw_breakpoint(cpu, bp);
    if (err) {
        g_free(bp);
        return err;
    }
    QTAILQ_INSERT_HEAD(&cpu->kvm_state->kvm_sw_breakpoints, bp, entry);
    return 0;
}

static int kvm_remove_sw_breakpoint(CPUState *cpu, hwaddr addr)
{
    struct kvm_sw_breakpoint *bp = kvm_find_sw_breakpoint(cpu, addr);
    int err;

    if (!bp) {
        return -ENOENT;
    }
    if (bp->use_count > 1) {
        bp->use_count--;
        return 0;
    }
    err = kvm_arch_remove_sw_breakpoint(cpu, bp);
    if (err) {
        return err;
    }
    QTAILQ_REMOVE(&cpu->kvm_state->kvm_sw_breakpoints, bp, entry);
    g_free(bp);
    return 0;
}

/* What gdb asks for */

int kvm_insert_breakpoint(CPUState *cpu, int type, hwaddr addr, hwaddr len)
{
    int err = type == GDB_BREAKPOINT_SW
              ? kvm_insert_sw_breakpoint(cpu, addr)
              : kvm_arch_insert_hw_breakpoint(addr, len, type);

    return err ?: kvm_update_guest_debug_all();
}

int kvm_remove_breakpoint(CPUState *cpu, int type, hwaddr addr, hwaddr len)
{
    int err = type == GDB_BREAKPOINT_SW
              ? kvm_remove_sw_breakpoint(cpu, addr)
              : kvm_arch_remove_hw_breakpoint(addr, len, type);

    return err ?: kvm_update_guest_debug_all();
}

void kvm_remove_all_breakpoints(CPUState *cpu)
{
    KVMState *s = cpu->kvm_state;
    struct kvm_sw_breakpoint *bp;
    CPUState *other;

    while ((bp = QTAILQ_FIRST(&s->kvm_sw_breakpoints))) {
        if (kvm_arch_remove_sw_breakpoint(cpu, bp) != 0) {
            /* Not mapped for this vCPU just now; perhaps for another. */
            CPU_FOREACH(other) {
                if (kvm_arch_remove_sw_breakpoint(other, bp) == 0) {
                    break;
                }
            }
        }
        QTAILQ_REMOVE(&s->kvm_sw_breakpoints, bp, entry);
        g_free(bp);
    }
    kvm_arch_remove_all_hw_breakpoints();
    kvm_update_guest_debug_all();
}
