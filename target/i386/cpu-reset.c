/*
 * The state that an x86 CPU starts in, and how the others are woken.
 *
 * Specification: SDM volume 3, table 10-1 (state after power-up, reset and
 * INIT) and 9.4 (multiple-processor initialization).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "cpu-internal.h"
#include "hw/i386/apic.h"
#include "kvm/kvm_i386.h"

void cpu_x86_load_seg_cache(CPUX86State *env, X86Seg seg_reg,
                            unsigned int selector, target_ulong base,
                            unsigned int limit, unsigned int flags)
{
    env->segs[seg_reg] = (SegmentCache) {
        .selector = selector, .base = base, .limit = limit, .flags = flags,
    };
}

void cpu_x86_update_cr0(CPUX86State *env, uint32_t new_cr0)
{
    env->cr[0] = new_cr0 | CR0_ET_MASK;
    x86_update_hflags(env);
}

void cpu_x86_update_cr4(CPUX86State *env, uint32_t new_cr4)
{
    const uint32_t ecx7 = env->features[FEAT_7_0_ECX];

    if (!(env->features[FEAT_7_0_EBX] & CPUID_7_0_EBX_SMAP)) {
        new_cr4 &= ~CR4_SMAP_MASK;
    }
    if (!(ecx7 & CPUID_7_0_ECX_UMIP)) {
        new_cr4 &= ~CR4_UMIP_MASK;
    }
    if (!(ecx7 & CPUID_7_0_ECX_PKU)) {
        new_cr4 &= ~CR4_PKE_MASK;
    }
    if (!(ecx7 & CPUID_7_0_ECX_PKS)) {
        new_cr4 &= ~CR4_PKS_MASK;
    }
    env->cr[4] = new_cr4;
    x86_update_hflags(env);
}

void x86_update_hflags(CPUX86State *env)
{
    uint32_t hflags = env->hflags & (HF_SMM_MASK | HF_INHIBIT_IRQ_MASK);

    hflags |= (env->segs[R_SS].flags >> DESC_DPL_SHIFT) & HF_CPL_MASK;
    if (env->cr[0] & CR0_PE_MASK) {
        hflags |= HF_PE_MASK;
    }
    if (env->efer & MSR_EFER_LMA) {
        hflags |= HF_LMA_MASK;
    }
    if (x86_cpu_code64(env)) {
        hflags |= HF_CS32_MASK | HF_SS32_MASK | HF_CS64_MASK;
    } else {
        if (env->segs[R_CS].flags & DESC_B_MASK) {
            hflags |= HF_CS32_MASK;
        }
        if (env->segs[R_SS].flags & DESC_B_MASK) {
            hflags |= HF_SS32_MASK;
        }
    }
    env->hflags = hflags;
}

/* Line A20 holds bit 20 of all addresses at 0, or leaves it alone. */
void x86_cpu_set_a20(X86CPU *cpu, int a20_state)
{
    cpu->env.a20_mask = ~(1 << 20) | (a20_state != 0) << 20;
}

static void x86_cpu_reset_segments(CPUX86State *env)
{
    const uint32_t data = DESC_P_MASK | DESC_S_MASK | DESC_W_MASK |
                          DESC_A_MASK;

    env->gdt.limit = env->idt.limit = 0xffff;
    env->ldt.limit = env->tr.limit = 0xffff;
    env->ldt.flags = DESC_P_MASK | (2 << DESC_TYPE_SHIFT);
    env->tr.flags = DESC_P_MASK | (11 << DESC_TYPE_SHIFT);

    for (X86Seg seg = R_ES; seg <= R_GS; seg++) {
        cpu_x86_load_seg_cache(env, seg, 0, 0, 0xffff, data);
    }
    /* The first instruction is 16 bytes below 4 GiB. */
    cpu_x86_load_seg_cache(env, R_CS, 0xf000, 0xffff0000, 0xffff,
                           data | DESC_CS_MASK);
    env->eip = 0xfff0;
}

void x86_cpu_reset(DeviceState *dev)
{
    CPUState *cs = CPU(dev);
    X86CPU *cpu = X86_CPU(dev);
    CPUX86State *env = &cpu->env;

    X86_CPU_GET_CLASS(cpu)->parent_reset(dev);
    memset(env, 0, offsetof(CPUX86State, end_reset_fields));

    env->hflags2 |= HF2_GIF_MASK;
    env->cr[0] = CR0_CD_MASK | CR0_NW_MASK | CR0_ET_MASK;
    env->eflags = 0x2;
    env->regs[R_EDX] = env->cpuid_version;
    env->smbase = 0x30000;
    x86_cpu_set_a20(cpu, 1);
    x86_cpu_reset_segments(env);

    memset(env->fptags, 1, sizeof(env->fptags));
    env->fpuc = 0x37f;
    env->mxcsr = 0x1f80;
    env->xcr0 = XSTATE_FP_MASK;
    /* Write-back, write-through, UC-, UC; and all that once more. */
    env->pat = 0x0007040600070406ULL;
    env->msr_ia32_misc_enable = MSR_IA32_MISC_ENABLE_DEFAULT;
    if (env->features[FEAT_1_ECX] & CPUID_EXT_MONITOR) {
        env->msr_ia32_misc_enable |= MSR_IA32_MISC_ENABLE_MWAIT;
    }

    env->dr[6] = DR6_FIXED_1;
    env->dr[7] = DR7_FIXED_1;
    env->sipi_vector = 0;

    /* The first CPU starts; it has to wake the others. */
    cs->halted = !cpu_is_bsp(cpu);
    apic_designate_bsp(cpu->apic_state, cpu_is_bsp(cpu));

    if (kvm_enabled()) {
        kvm_arch_reset_vcpu(cpu);
    }
}

void x86_cpu_machine_reset_cb(void *opaque)
{
    cpu_reset(CPU(opaque));
}

/*
 * INIT: as a reset, but for the state between the marks in CPUX86State, which
 * memory, caches and the FPU rely on (SDM volume 3, table 10-1, "INIT").
 */
void do_cpu_init(X86CPU *cpu)
{
    CPUState *cs = CPU(cpu);
    CPUX86State *env = &cpu->env;
    const size_t start = offsetof(CPUX86State, start_init_save);
    const size_t size = offsetof(CPUX86State, end_init_save) - start;
    int sipi = cs->interrupt_request & CPU_INTERRUPT_SIPI;
    g_autofree void *save = g_memdup2((char *)env + start, size);

    cpu_reset(cs);
    cs->interrupt_request = sipi;
    memcpy((char *)env + start, save, size);
    if (kvm_enabled()) {
        kvm_arch_do_init_vcpu(cpu);
    }
    apic_init_reset(cpu->apic_state);
}

void cpu_x86_load_seg_cache_sipi(X86CPU *cpu, uint8_t sipi_vector)
{
    CPUX86State *env = &cpu->env;

    env->eip = 0;
    cpu_x86_load_seg_cache(env, R_CS, sipi_vector << 8, sipi_vector << 12,
                           env->segs[R_CS].limit, env->segs[R_CS].flags);
    CPU(cpu)->halted = 0;
}

/* SIPI: the local APIC has the message. */
void do_cpu_sipi(X86CPU *cpu)
{
    apic_sipi(cpu->apic_state);
}
