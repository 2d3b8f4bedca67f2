/*
 * gdb's breakpoints on x86: int3, and the debug registers.
 *
 * Hardware breakpoints and watchpoints are the four address registers DR0-DR3
 * and their modes in DR7 (Intel SDM, volume 3, 17.2).  While gdb has any, KVM
 * uses them in the guest's place (KVM_GUESTDBG_USE_HW_BP) and every debug
 * exception comes here first: ours ends in gdb, the guest's own goes on to it.
 *
 * Read first: accel/kvm/kvm-guest-debug.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "cpu.h"
#include "exec/gdbstub.h"
#include "kvm_i386.h"
#include "sysemu/hw_accel.h"
#include "sysemu/kvm.h"

/* int3 in place of the byte at the breakpoint */

#define INT3 0xcc

int kvm_arch_insert_sw_breakpoint(CPUState *cs, struct kvm_sw_breakpoint *bp)
{
    uint8_t old, int3 = INT3;

    if (cpu_memory_rw_debug(cs, bp->pc, &old, 1, false) ||
        cpu_memory_rw_debug(cs, bp->pc, &int3, 1, true)) {
        return -EINVAL;
    }
    bp->saved_insn = old;
    return 0;
}

int kvm_arch_remove_sw_breakpoint(CPUState *cs, struct kvm_sw_breakpoint *bp)
{
    uint8_t now, old = bp->saved_insn;

    if (cpu_memory_rw_debug(cs, bp->pc, &now, 1, false)) {
        return -EINVAL;
    }
    if (now != INT3) {
        return 0;       /* the guest has written something else since */
    }
    return cpu_memory_rw_debug(cs, bp->pc, &old, 1, true) ? -EINVAL : 0;
}

/* Debug registers */

static struct {
    target_ulong addr;
    int len;
    int type;
} hw_breakpoint[4];

static int nb_hw_breakpoint;

/* What CPUState.watchpoint_hit points to. */
static CPUWatchpoint hw_watchpoint;

static int find_hw_breakpoint(target_ulong addr, int len, int type)
{
    for (int n = 0; n < nb_hw_breakpoint; n++) {
        if (hw_breakpoint[n].addr == addr && hw_breakpoint[n].type == type &&
            hw_breakpoint[n].len == len) {
            return n;
        }
    }
    return -1;
}

int kvm_arch_insert_hw_breakpoint(target_ulong addr, target_ulong len, int type)
{
    switch (type) {
    case GDB_BREAKPOINT_HW:
        len = 1;
        break;
    case GDB_WATCHPOINT_WRITE:
    case GDB_WATCHPOINT_ACCESS:
        if ((len != 1 && len != 2 && len != 4 && len != 8) ||
            (addr & (len - 1))) {
            return -EINVAL;
        }
        break;
    default:
        return -ENOSYS;         /* x86 cannot watch for reads alone */
    }
    if (nb_hw_breakpoint == ARRAY_SIZE(hw_breakpoint)) {
        return -ENOBUFS;
    }
    if (find_hw_breakpoint(addr, len, type) >= 0) {
        return -EEXIST;
    }
    hw_breakpoint[nb_hw_breakpoint].addr = addr;
    hw_breakpoint[nb_hw_breakpoint].len = len;
    hw_breakpoint[nb_hw_breakpoint].type = type;
    nb_hw_breakpoint++;
    return 0;
}

int kvm_arch_remove_hw_breakpoint(target_ulong addr, target_ulong len, int type)
{
    int n = find_hw_breakpoint(addr, type == GDB_BREAKPOINT_HW ? 1 : len, type);

    if (n < 0) {
        return -ENOENT;
    }
    hw_breakpoint[n] = hw_breakpoint[--nb_hw_breakpoint];
    return 0;
}

void kvm_arch_remove_all_hw_breakpoints(void)
{
    nb_hw_breakpoint = 0;
}

void kvm_arch_update_guest_debug(CPUState *cpu, struct kvm_guest_debug *dbg)
{
    /* DR7's fields LEN and R/W; by length, and by type. */
    static const uint8_t len_code[] = { [1] = 0, [2] = 1, [4] = 3, [8] = 2 };
    static const uint8_t type_code[] = {
        [GDB_BREAKPOINT_HW] = 0,
        [GDB_WATCHPOINT_WRITE] = 1,
        [GDB_WATCHPOINT_ACCESS] = 3,
    };

    if (kvm_sw_breakpoints_active(cpu)) {
        dbg->control |= KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_USE_SW_BP;
    }
    if (nb_hw_breakpoint > 0) {
        dbg->control |= KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_USE_HW_BP;
        dbg->arch.debugreg[7] = DR7_FIXED_1 | DR7_GE;
        for (int n = 0; n < nb_hw_breakpoint; n++) {
            dbg->arch.debugreg[n] = hw_breakpoint[n].addr;
            dbg->arch.debugreg[7] |=
                DR7_GLOBAL_ENABLE(n) |
                (uint64_t)type_code[hw_breakpoint[n].type] << DR7_TYPE_SHIFT(n) |
                (uint64_t)len_code[hw_breakpoint[n].len] << DR7_LEN_SHIFT(n);
        }
    }
}

/* A debug exception by address @n of ours; true. */
static bool kvm_hit_hw_breakpoint(CPUState *cs, int n)
{
    if (n >= nb_hw_breakpoint) {
        return false;
    }
    if (hw_breakpoint[n].type != GDB_BREAKPOINT_HW) {
        hw_watchpoint.vaddr = hw_breakpoint[n].addr;
        hw_watchpoint.len = hw_breakpoint[n].len;
        hw_watchpoint.flags = hw_breakpoint[n].type == GDB_WATCHPOINT_WRITE
                              ? BP_MEM_WRITE : BP_MEM_ACCESS;
        cs->watchpoint_hit = &hw_watchpoint;
    }
    return true;
}

static bool kvm_debug_is_ours(CPUState *cs, struct kvm_debug_exit_arch *info)
{
    bool ours = false;

    if (info->exception != EXCP01_DB) {
        return kvm_find_sw_breakpoint(cs, info->pc);
    }
    if (info->dr6 & DR6_BS) {
        return cs->singlestep_enabled;
    }
    for (int n = 0; n < ARRAY_SIZE(hw_breakpoint); n++) {
        if (info->dr6 & (1 << n)) {
            ours |= kvm_hit_hw_breakpoint(cs, n);
        }
    }
    return ours;
}

int kvm_handle_debug(X86CPU *cpu, struct kvm_debug_exit_arch *arch_info)
{
    CPUState *cs = CPU(cpu);
    CPUX86State *env = &cpu->env;

    if (kvm_debug_is_ours(cs, arch_info)) {
        return EXCP_DEBUG;
    }
    /* The exception is the guest's: it gets it when it goes on. */
    cpu_synchronize_state(cs);
    env->exception_nr = arch_info->exception;
    env->has_error_code = 0;
    env->error_code = 0;
    if (arch_info->exception == EXCP01_DB && kvm_has_exception_payload()) {
        env->exception_injected = 0;
        env->exception_pending = 1;
        env->exception_has_payload = 1;
        /* KVM wants the bits that differ from those of no exception. */
        env->exception_payload = arch_info->dr6 ^ DR6_FIXED_1;
    } else {
        env->exception_injected = 1;
        if (arch_info->exception == EXCP01_DB) {
            env->dr[6] = arch_info->dr6;
        }
    }
    return 0;
}
