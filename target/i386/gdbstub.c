/*
 * An x86 CPU's registers for gdb, in the order of gdb-xml/i386-64bit.xml.
 *
 * gdb always sees the registers of a 64-bit CPU.  While the CPU runs 16- or
 * 32-bit code, it sees their lower halves, and R8 to R15 as 0; what it writes
 * there does not reach the upper ones.
 *
 * Read first: include/exec/gdbstub.h, gdbstub/registers.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "cpu-internal.h"
#include "exec/gdbstub.h"
#include "hw/i386/apic.h"

/* The numbers of the registers, as gdb has them. */
enum {
    IDX_IP_REG = CPU_NB_REGS,
    IDX_FLAGS_REG,
    IDX_SEG_REGS,
    IDX_FS_BASE = IDX_SEG_REGS + 6,
    IDX_GS_BASE,
    IDX_KERNEL_GS_BASE,
    IDX_CTL_CR0_REG,
    IDX_CTL_CR2_REG,
    IDX_CTL_CR3_REG,
    IDX_CTL_CR4_REG,
    IDX_CTL_CR8_REG,
    IDX_CTL_EFER_REG,
    IDX_FP_REGS,
    IDX_FCTRL_REG = IDX_FP_REGS + 8,
    IDX_FSTAT_REG,
    IDX_FP_UNUSED,              /* ftag to fop: always 0 */
    IDX_XMM_REGS = IDX_FCTRL_REG + 8,
    IDX_MXCSR_REG = IDX_XMM_REGS + CPU_NB_REGS,
};

static const int gpr_map[CPU_NB_REGS] = {
    R_EAX, R_EBX, R_ECX, R_EDX, R_ESI, R_EDI, R_EBP, R_ESP,
    8, 9, 10, 11, 12, 13, 14, 15,
};

static const X86Seg seg_map[6] = {
    R_CS, R_SS, R_DS, R_ES, R_FS, R_GS,
};

/* Segments */

bool cpu_x86_get_descr_debug(CPUX86State *env, unsigned int selector,
                             target_ulong *base, unsigned int *limit,
                             unsigned int *flags)
{
    const SegmentCache *dt = selector & 4 ? &env->ldt : &env->gdt;
    unsigned int index = selector & ~7;
    uint8_t descr[8];
    uint32_t e1, e2;

    if (index + 7 > dt->limit ||
        cpu_memory_rw_debug(env_cpu(env), dt->base + index, descr,
                            sizeof(descr), false)) {
        return false;
    }
    e1 = ldl_le_p(descr);
    e2 = ldl_le_p(descr + 4);
    *base = e1 >> 16 | (e2 & 0xff) << 16 | (e2 & 0xff000000);
    *limit = (e1 & 0xffff) | (e2 & 0x000f0000);
    if (e2 & DESC_G_MASK) {
        *limit = *limit << 12 | 0xfff;
    }
    *flags = e2;
    return true;
}

/* As if the guest had loaded it; a selector of nothing changes nothing. */
static void x86_cpu_gdb_load_seg(X86CPU *cpu, X86Seg sreg, uint16_t selector)
{
    CPUX86State *env = &cpu->env;
    unsigned int limit, flags;
    target_ulong base;

    if (selector == env->segs[sreg].selector) {
        return;
    }
    if (!(env->cr[0] & CR0_PE_MASK) || (env->eflags & VM_MASK)) {
        unsigned int dpl = env->eflags & VM_MASK ? 3 : 0;

        base = (target_ulong)selector << 4;
        limit = 0xffff;
        flags = DESC_P_MASK | DESC_S_MASK | DESC_W_MASK | DESC_A_MASK |
                dpl << DESC_DPL_SHIFT;
        if (sreg == R_CS) {
            flags |= DESC_CS_MASK;
        }
    } else if (!cpu_x86_get_descr_debug(env, selector, &base, &limit,
                                        &flags)) {
        return;
    }
    cpu_x86_load_seg_cache(env, sreg, selector, base, limit, flags);
    x86_update_hflags(env);
}

/* Reading */

static uint64_t x86_gdb_read_gpr(CPUX86State *env, int n)
{
    if (env->hflags & HF_CS64_MASK) {
        return env->regs[gpr_map[n]];
    }
    return n < 8 ? (uint32_t)env->regs[gpr_map[n]] : 0;
}

static uint64_t x86_gdb_read_ctl(X86CPU *cpu, int n)
{
    CPUX86State *env = &cpu->env;

    switch (n) {
    case IDX_FS_BASE:
        return env->segs[R_FS].base;
    case IDX_GS_BASE:
        return env->segs[R_GS].base;
    case IDX_KERNEL_GS_BASE:
        return env->kernelgsbase;
    case IDX_CTL_CR0_REG:
        return env->cr[0];
    case IDX_CTL_CR2_REG:
        return env->cr[2];
    case IDX_CTL_CR3_REG:
        return env->cr[3];
    case IDX_CTL_CR4_REG:
        return env->cr[4];
    case IDX_CTL_CR8_REG:
        return cpu_get_apic_tpr(cpu->apic_state);
    default:
        return env->efer;
    }
}

int x86_cpu_gdb_read_register(CPUState *cs, GByteArray *buf, int n)
{
    X86CPU *cpu = X86_CPU(cs);
    CPUX86State *env = &cpu->env;

    if (n < IDX_IP_REG) {
        return gdb_get_reg64(buf, x86_gdb_read_gpr(env, n));
    }
    if (n == IDX_IP_REG) {
        return gdb_get_reg64(buf, env->hflags & HF_CS64_MASK
                                  ? env->eip : (uint32_t)env->eip);
    }
    if (n == IDX_FLAGS_REG) {
        return gdb_get_reg32(buf, env->eflags);
    }
    if (n < IDX_FS_BASE) {
        return gdb_get_reg32(buf,
                             env->segs[seg_map[n - IDX_SEG_REGS]].selector);
    }
    if (n < IDX_FP_REGS) {
        return gdb_get_reg64(buf, x86_gdb_read_ctl(cpu, n));
    }
    if (n < IDX_FCTRL_REG) {
        X86FPReg *fp = &env->fpregs[n - IDX_FP_REGS];

        return gdb_get_reg64(buf, fp->low) + gdb_get_reg16(buf, fp->high);
    }
    if (n == IDX_FCTRL_REG) {
        return gdb_get_reg32(buf, env->fpuc);
    }
    if (n == IDX_FSTAT_REG) {
        return gdb_get_reg32(buf, (env->fpus & ~0x3800) |
                                  (env->fpstt & 7) << 11);
    }
    if (n < IDX_XMM_REGS) {
        return gdb_get_reg32(buf, 0);
    }
    if (n < IDX_MXCSR_REG) {
        ZMMReg *xmm = &env->xmm_regs[n - IDX_XMM_REGS];

        return gdb_get_reg128(buf, xmm->ZMM_Q(1), xmm->ZMM_Q(0));
    }
    return n == IDX_MXCSR_REG ? gdb_get_reg32(buf, env->mxcsr) : 0;
}

/* Writing */

/* A whole register, or its lower half. */
static void x86_gdb_set_reg64(CPUX86State *env, target_ulong *reg,
                              uint64_t val)
{
    *reg = env->hflags & HF_CS64_MASK ? val : deposit64(*reg, 0, 32, val);
}

static void x86_gdb_write_ctl(X86CPU *cpu, int n, uint64_t val)
{
    CPUX86State *env = &cpu->env;

    if (!(env->hflags & HF_CS64_MASK)) {
        val = (uint32_t)val;
    }
    switch (n) {
    case IDX_FS_BASE:
        env->segs[R_FS].base = val;
        break;
    case IDX_GS_BASE:
        env->segs[R_GS].base = val;
        break;
    case IDX_KERNEL_GS_BASE:
        env->kernelgsbase = val;
        break;
    case IDX_CTL_CR0_REG:
        cpu_x86_update_cr0(env, val);
        break;
    case IDX_CTL_CR2_REG:
        env->cr[2] = val;
        break;
    case IDX_CTL_CR3_REG:
        env->cr[3] = val;
        break;
    case IDX_CTL_CR4_REG:
        cpu_x86_update_cr4(env, val);
        break;
    case IDX_CTL_CR8_REG:
        cpu_set_apic_tpr(cpu->apic_state, val);
        break;
    case IDX_CTL_EFER_REG:
        env->efer = val;
        x86_update_hflags(env);
        break;
    }
}

int x86_cpu_gdb_write_register(CPUState *cs, uint8_t *buf, int n)
{
    X86CPU *cpu = X86_CPU(cs);
    CPUX86State *env = &cpu->env;

    if (n < IDX_IP_REG) {
        /* There are no others than eight in 32 bits. */
        if (n < 8 || (env->hflags & HF_CS64_MASK)) {
            x86_gdb_set_reg64(env, &env->regs[gpr_map[n]], ldq_le_p(buf));
        }
        return 8;
    }
    if (n == IDX_IP_REG) {
        x86_gdb_set_reg64(env, &env->eip, ldq_le_p(buf));
        return 8;
    }
    if (n == IDX_FLAGS_REG) {
        env->eflags = ldl_le_p(buf);
        return 4;
    }
    if (n < IDX_FS_BASE) {
        x86_cpu_gdb_load_seg(cpu, seg_map[n - IDX_SEG_REGS], lduw_le_p(buf));
        return 4;
    }
    if (n < IDX_FP_REGS) {
        x86_gdb_write_ctl(cpu, n, ldq_le_p(buf));
        return 8;
    }
    if (n < IDX_FCTRL_REG) {
        env->fpregs[n - IDX_FP_REGS].low = ldq_le_p(buf);
        env->fpregs[n - IDX_FP_REGS].high = lduw_le_p(buf + 8);
        return 10;
    }
    if (n == IDX_FCTRL_REG) {
        env->fpuc = lduw_le_p(buf);
        return 4;
    }
    if (n == IDX_FSTAT_REG) {
        env->fpus = lduw_le_p(buf) & ~0x3800;
        env->fpstt = (lduw_le_p(buf) >> 11) & 7;
        return 4;
    }
    if (n < IDX_XMM_REGS) {
        return 4;
    }
    if (n < IDX_MXCSR_REG) {
        env->xmm_regs[n - IDX_XMM_REGS].ZMM_Q(0) = ldq_le_p(buf);
        env->xmm_regs[n - IDX_XMM_REGS].ZMM_Q(1) = ldq_le_p(buf + 8);
        return 16;
    }
    if (n == IDX_MXCSR_REG) {
        env->mxcsr = ldl_le_p(buf);
        return 4;
    }
    return 0;
}
