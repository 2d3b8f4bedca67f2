/*
 * A vCPU's registers: what is put into the kernel comes back the same, and a
 * reset brings all of them to what the architecture says (Intel SDM, volume 3,
 * table 10-1; for MSRs, volume 4).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <asm/kvm_para.h>
#include "cpu.h"
#include "hw/core/cpu.h"
#include "hw/i386/apic.h"
#include "hw/i386/apic_internal.h"
#include "kvm-test.h"
#include "qemu/bswap.h"
#include "sysemu/hw_accel.h"
#include "sysemu/kvm.h"
#include "sysemu/runstate.h"
#include "target/i386/kvm/kvm_i386.h"

/* XCR0's bit, of the upper halves of AVX's registers. */
#define XSTATE_YMM_MASK (1 << 2)

static X86CPU *test_cpu(unsigned n)
{
    return X86_CPU(qemu_get_cpu(n));
}

/* In the vCPU's thread, as all that asks the kernel about it. */

static void do_put(CPUState *cs, run_on_cpu_data level)
{
    g_assert_cmpint(kvm_arch_put_registers(cs, level.host_int), ==, 0);
    cs->vcpu_dirty = false;
}

static void do_get(CPUState *cs, run_on_cpu_data arg)
{
    g_assert_cmpint(kvm_arch_get_registers(cs), ==, 0);
    cs->vcpu_dirty = true;
}

static void put(X86CPU *cpu, int level)
{
    run_on_cpu(CPU(cpu), do_put, RUN_ON_CPU_HOST_INT(level));
}

static void get(X86CPU *cpu)
{
    run_on_cpu(CPU(cpu), do_get, RUN_ON_CPU_NULL);
}

/* To the start, with the registers at hand. */
static CPUX86State *fresh(X86CPU *cpu)
{
    qemu_system_reset(SHUTDOWN_CAUSE_NONE);
    get(cpu);
    return &cpu->env;
}

/* A field of CPUX86State that is to hold @value. */
typedef struct Field {
    const char *name;
    size_t offset, size;
    uint64_t value;
    uint32_t msr;       /* 0: no MSR, or one that every KVM has */
} Field;

#define FIELD(f, v, msr)                                                  \
    { #f, offsetof(CPUX86State, f), sizeof(((CPUX86State *)0)->f), v, msr }

static void field_set(CPUX86State *env, const Field *f, uint64_t value)
{
    memcpy((char *)env + f->offset, &value, f->size);
}

static uint64_t field_get(const CPUX86State *env, const Field *f)
{
    uint64_t value = 0;

    memcpy(&value, (const char *)env + f->offset, f->size);
    return value;
}

/* Does this kernel have the MSR, and let us see it? */
static bool has_msr(X86CPU *cpu, uint32_t msr)
{
    struct {
        struct kvm_msr_list list;
        uint32_t room[1024];
    } all = { .list.nmsrs = 1024 };
    struct {
        struct kvm_msrs info;
        struct kvm_msr_entry entry;
    } one = { .info.nmsrs = 1, .entry.index = msr };

    if (!msr) {
        return true;
    }
    g_assert_cmpint(kvm_ioctl(kvm_state, KVM_GET_MSR_INDEX_LIST, &all), ==, 0);
    for (uint32_t i = 0; i < all.list.nmsrs; i++) {
        if (all.list.indices[i] == msr) {
            return kvm_vcpu_ioctl(CPU(cpu), KVM_GET_MSRS, &one) == 1;
        }
    }
    return false;
}

/* All fields of @fields, into the kernel and back. */
static void check_fields(X86CPU *cpu, const Field *fields, size_t n)
{
    CPUX86State *env = fresh(cpu);

    for (size_t i = 0; i < n; i++) {
        field_set(env, &fields[i], fields[i].value);
    }
    put(cpu, KVM_PUT_FULL_STATE);
    for (size_t i = 0; i < n; i++) {
        field_set(env, &fields[i], ~fields[i].value);
    }
    get(cpu);
    for (size_t i = 0; i < n; i++) {
        uint64_t value = field_get(env, &fields[i]);

        if (value != fields[i].value && has_msr(cpu, fields[i].msr)) {
            g_test_message("%s: put 0x%" PRIx64 ", got 0x%" PRIx64,
                           fields[i].name, fields[i].value, value);
            g_test_fail();
        }
    }
}

/* Fields that a reset brings back, whatever was in them. */
static void check_reset(X86CPU *cpu, const Field *before,
                        const Field *fields, size_t n)
{
    CPUX86State *env = fresh(cpu);

    for (size_t i = 0; i < n; i++) {
        field_set(env, &before[i], before[i].value);
    }
    put(cpu, KVM_PUT_FULL_STATE);
    env = fresh(cpu);
    for (size_t i = 0; i < n; i++) {
        uint64_t value = field_get(env, &fields[i]);

        if (value != fields[i].value) {
            g_test_message("%s: 0x%" PRIx64 " after reset, not 0x%" PRIx64,
                           fields[i].name, value, fields[i].value);
            g_test_fail();
        }
    }
}

static const Field general_fields[] = {
    FIELD(regs[0], 0x1010101010101010, 0),
    FIELD(regs[1], 0x1111111111111111, 0),
    FIELD(regs[2], 0x1212121212121212, 0),
    FIELD(regs[3], 0x1313131313131313, 0),
    FIELD(regs[4], 0x1414141414141414, 0),
    FIELD(regs[5], 0x1515151515151515, 0),
    FIELD(regs[6], 0x1616161616161616, 0),
    FIELD(regs[7], 0x1717171717171717, 0),
    FIELD(regs[8], 0x1818181818181818, 0),
    FIELD(regs[9], 0x1919191919191919, 0),
    FIELD(regs[10], 0x1a1a1a1a1a1a1a1a, 0),
    FIELD(regs[11], 0x1b1b1b1b1b1b1b1b, 0),
    FIELD(regs[12], 0x1c1c1c1c1c1c1c1c, 0),
    FIELD(regs[13], 0x1d1d1d1d1d1d1d1d, 0),
    FIELD(regs[14], 0x1e1e1e1e1e1e1e1e, 0),
    FIELD(regs[15], 0x1f1f1f1f1f1f1f1f, 0),
    FIELD(eip, 0x12345678, 0),
    FIELD(eflags, 0xad7, 0),
};

static void test_general(void)
{
    check_fields(test_cpu(0), general_fields, ARRAY_SIZE(general_fields));
}

static void test_general_reset(void)
{
    Field after[ARRAY_SIZE(general_fields)];

    memcpy(after, general_fields, sizeof(after));
    for (size_t i = 0; i < ARRAY_SIZE(after); i++) {
        after[i].value = 0;
    }
    after[R_EDX].value = test_cpu(0)->env.cpuid_version;
    after[16].value = 0xfff0;
    after[17].value = 2;
    check_reset(test_cpu(0), general_fields, after, ARRAY_SIZE(after));
}

/* Segments, tables and control registers */

static void set_segment(SegmentCache *seg, unsigned n, uint32_t flags)
{
    *seg = (SegmentCache) {
        .selector = 8 * n,
        .base = 0x1000000 * n,
        /* An AMD processor tells G by whether the limit needs it. */
        .limit = flags & DESC_G_MASK ? 0x100fff + 0x100000 * n
                                     : 0xfff + 0x1000 * n,
        .flags = flags,
    };
}

static void assert_segment(const SegmentCache *a, const SegmentCache *b)
{
    g_assert_cmphex(a->selector, ==, b->selector);
    g_assert_cmphex(a->base, ==, b->base);
    g_assert_cmphex(a->limit, ==, b->limit);
    g_assert_cmphex(a->flags, ==, b->flags);
}

static void set_segments(CPUX86State *env, uint32_t code)
{
    const uint32_t data = DESC_P_MASK | DESC_S_MASK | DESC_W_MASK |
                          DESC_A_MASK | DESC_G_MASK | DESC_B_MASK;

    for (X86Seg seg = R_ES; seg <= R_GS; seg++) {
        set_segment(&env->segs[seg], seg + 1, seg == R_CS ? code : data);
    }
    /* In 64-bit mode these are all of 64 bits. */
    env->segs[R_FS].base = 0x7fff12345678;
    env->segs[R_GS].base = 0xffff800012345678;
    set_segment(&env->tr, 10, DESC_P_MASK | 11 << DESC_TYPE_SHIFT);
    set_segment(&env->ldt, 11, DESC_P_MASK | 2 << DESC_TYPE_SHIFT);
    set_segment(&env->gdt, 0, 0);
    env->gdt.base = 0xffff800000001000;
    set_segment(&env->idt, 0, 0);
    env->idt.base = 0xffff800000002000;
    env->idt.limit = 0xfef;
}

static void check_sregs(X86CPU *cpu)
{
    CPUX86State *env = &cpu->env;
    g_autofree CPUX86State *before = g_memdup2(env, sizeof(*env));

    put(cpu, KVM_PUT_FULL_STATE);
    memset(env->segs, 0x5a, sizeof(env->segs));
    memset(&env->tr, 0x5a, sizeof(env->tr));
    memset(&env->ldt, 0x5a, sizeof(env->ldt));
    memset(&env->gdt, 0x5a, sizeof(env->gdt));
    memset(&env->idt, 0x5a, sizeof(env->idt));
    memset(env->cr, 0x5a, sizeof(env->cr));
    env->efer = 0x5a;
    get(cpu);
    for (X86Seg seg = R_ES; seg <= R_GS; seg++) {
        assert_segment(&env->segs[seg], &before->segs[seg]);
    }
    assert_segment(&env->tr, &before->tr);
    assert_segment(&env->ldt, &before->ldt);
    g_assert_cmphex(env->gdt.base, ==, before->gdt.base);
    g_assert_cmphex(env->gdt.limit, ==, before->gdt.limit);
    g_assert_cmphex(env->idt.base, ==, before->idt.base);
    g_assert_cmphex(env->idt.limit, ==, before->idt.limit);
    for (int i = 0; i < 5; i++) {
        if (i != 1) {
            g_assert_cmphex(env->cr[i], ==, before->cr[i]);
        }
    }
    g_assert_cmphex(env->efer, ==, before->efer);
    g_assert_cmphex(env->hflags, ==, before->hflags);
}

static void test_long_mode(void)
{
    X86CPU *cpu = test_cpu(0);
    CPUX86State *env = fresh(cpu);

    set_segments(env, DESC_P_MASK | DESC_S_MASK | DESC_CS_MASK | DESC_R_MASK |
                      DESC_A_MASK | DESC_G_MASK | DESC_L_MASK);
    env->efer = MSR_EFER_LME | MSR_EFER_LMA | MSR_EFER_NXE | MSR_EFER_SCE;
    env->cr[0] = CR0_PG_MASK | CR0_WP_MASK | CR0_NE_MASK | CR0_ET_MASK |
                 CR0_MP_MASK | CR0_PE_MASK;
    env->cr[2] = 0xffff8000deadb000;
    env->cr[3] = 0x123000;
    env->cr[4] = CR4_PAE_MASK | CR4_PGE_MASK | CR4_PSE_MASK |
                 CR4_OSFXSR_MASK | CR4_OSXMMEXCPT_MASK;
    cpu_set_apic_tpr(cpu->apic_state, 5);
    x86_update_hflags(env);
    check_sregs(cpu);
    g_assert_cmpint(cpu_get_apic_tpr(cpu->apic_state), ==, 5);
}

/* Privilege, and mode, are read from the segments. */
static void test_user_mode(void)
{
    X86CPU *cpu = test_cpu(0);
    CPUX86State *env = fresh(cpu);

    set_segments(env, DESC_P_MASK | DESC_S_MASK | DESC_CS_MASK | DESC_R_MASK |
                      DESC_A_MASK | DESC_G_MASK | DESC_B_MASK);
    env->segs[R_FS].base = env->segs[R_GS].base = 0x12345000;
    for (X86Seg seg = R_ES; seg <= R_GS; seg++) {
        env->segs[seg].selector |= 3;
        env->segs[seg].flags |= 3 << DESC_DPL_SHIFT;
    }
    env->cr[0] = CR0_NE_MASK | CR0_ET_MASK | CR0_PE_MASK;
    env->cr[4] = CR4_PSE_MASK;
    x86_update_hflags(env);
    g_assert_cmpuint(env->hflags & HF_CPL_MASK, ==, 3);
    check_sregs(cpu);
}

/*
 * PAE: the processor holds four pointers that it read when CR3 was loaded, and
 * they may be others than those in memory by now.
 */
static void test_pdptrs(void)
{
    X86CPU *cpu = test_cpu(0);
    CPUX86State *env = fresh(cpu);

    if (!kvm_check_extension(kvm_state, KVM_CAP_SREGS2)) {
        g_test_skip("this KVM has no KVM_GET_SREGS2");
        return;
    }
    set_segments(env, DESC_P_MASK | DESC_S_MASK | DESC_CS_MASK | DESC_R_MASK |
                      DESC_A_MASK | DESC_G_MASK | DESC_B_MASK);
    env->segs[R_FS].base = env->segs[R_GS].base = 0x12345000;
    env->cr[0] = CR0_PG_MASK | CR0_NE_MASK | CR0_ET_MASK | CR0_PE_MASK;
    env->cr[3] = 0x200000;
    env->cr[4] = CR4_PAE_MASK;
    env->pdptrs_valid = true;
    for (int i = 0; i < 4; i++) {
        env->pdptrs[i] = 0x300001 + 0x1000 * i;
    }
    x86_update_hflags(env);
    put(cpu, KVM_PUT_FULL_STATE);
    get(cpu);
    if (!(env->cr[0] & CR0_PG_MASK)) {
        g_test_skip("this KVM has no paging in 32-bit mode");
        return;
    }
    check_sregs(cpu);
    g_assert_true(env->pdptrs_valid);
    for (int i = 0; i < 4; i++) {
        g_assert_cmphex(env->pdptrs[i], ==, 0x300001 + 0x1000 * i);
    }
    env = fresh(cpu);
    g_assert_false(env->pdptrs_valid);
}

static void test_sregs_reset(void)
{
    X86CPU *cpu = test_cpu(0);
    CPUX86State *env;
    const uint32_t data = DESC_P_MASK | DESC_S_MASK | DESC_W_MASK |
                          DESC_A_MASK;

    test_long_mode();
    env = fresh(cpu);
    g_assert_cmphex(env->cr[0], ==, CR0_CD_MASK | CR0_NW_MASK | CR0_ET_MASK);
    g_assert_cmphex(env->cr[2], ==, 0);
    g_assert_cmphex(env->cr[3], ==, 0);
    g_assert_cmphex(env->cr[4], ==, 0);
    g_assert_cmphex(env->efer, ==, 0);
    g_assert_cmpint(cpu_get_apic_tpr(cpu->apic_state), ==, 0);
    for (X86Seg seg = R_ES; seg <= R_GS; seg++) {
        assert_segment(&env->segs[seg], &(SegmentCache) {
            .selector = seg == R_CS ? 0xf000 : 0,
            .base = seg == R_CS ? 0xffff0000 : 0,
            .limit = 0xffff,
            .flags = seg == R_CS ? data | DESC_CS_MASK : data,
        });
    }
    g_assert_cmphex(env->gdt.base, ==, 0);
    g_assert_cmphex(env->gdt.limit, ==, 0xffff);
    g_assert_cmphex(env->idt.base, ==, 0);
    g_assert_cmphex(env->idt.limit, ==, 0xffff);
    g_assert_cmphex(env->ldt.limit, ==, 0xffff);
    g_assert_cmphex(env->tr.limit, ==, 0xffff);
}

/* Debug registers */

static const Field debug_fields[] = {
    FIELD(dr[0], 0x1000, 0),
    FIELD(dr[1], 0xffff800000002000, 0),
    FIELD(dr[2], 0x3000, 0),
    FIELD(dr[3], 0x4000, 0),
    FIELD(dr[6], DR6_FIXED_1 | 0x4003, 0),
    FIELD(dr[7], DR7_FIXED_1 | 0x000d0303, 0),
};

static void test_debug(void)
{
    Field after[ARRAY_SIZE(debug_fields)];

    check_fields(test_cpu(0), debug_fields, ARRAY_SIZE(debug_fields));
    memcpy(after, debug_fields, sizeof(after));
    for (size_t i = 0; i < 4; i++) {
        after[i].value = 0;
    }
    after[4].value = DR6_FIXED_1;
    after[5].value = DR7_FIXED_1;
    check_reset(test_cpu(0), debug_fields, after, ARRAY_SIZE(after));
}

/* Model-specific registers: what is put, and what a reset makes of it */

#define BOTH(f, msr, v, after) { FIELD(f, v, msr), FIELD(f, after, msr) }

static const struct {
    Field field, after;
} msrs[] = {
    BOTH(star, MSR_STAR, 0x0023001000000000, 0),
    BOTH(lstar, MSR_LSTAR, 0xffff800000001000, 0),
    BOTH(cstar, MSR_CSTAR, 0xffff800000002000, 0),
    BOTH(fmask, MSR_FMASK, 0x47700, 0),
    BOTH(kernelgsbase, MSR_KERNELGSBASE, 0xffff800000003000, 0),
    BOTH(sysenter_cs, 0, 0x10, 0),
    /* AMD's have 32 bits. */
    BOTH(sysenter_esp, 0, 0x80004000, 0),
    BOTH(sysenter_eip, 0, 0x80005000, 0),
    BOTH(pat, 0, 0x0007010600070106, 0x0007040600070406),
    BOTH(mtrr_deftype, 0, 0xc06, 0),
    BOTH(mtrr_fixed[0], 0, 0x0606060606060606, 0),
    BOTH(mtrr_fixed[1], 0, 0x0606060606060600, 0),
    BOTH(mtrr_fixed[2], 0, 0x0101010101010101, 0),
    BOTH(mtrr_fixed[3], 0, 0x0505050505050505, 0),
    BOTH(mtrr_fixed[10], 0, 0x0404040404040404, 0),
    BOTH(mtrr_var[0].base, 0, 0xc0000000, 0),
    BOTH(mtrr_var[0].mask, 0, 0xfc0000800, 0),
    BOTH(mtrr_var[7].base, 0, 0x80000006, 0),
    BOTH(mtrr_var[7].mask, 0, 0xff8000800, 0),
    BOTH(tsc_aux, MSR_TSC_AUX, 0x1234, 0),
    BOTH(msr_ia32_misc_enable, MSR_IA32_MISC_ENABLE, 0x40000 | 1, 1),
    BOTH(smbase, MSR_IA32_SMBASE, 0xa0000, 0x30000),
    BOTH(mcg_status, 0, 4, 0),
    BOTH(mcg_ctl, 0, 0, 0),
    BOTH(mce_banks[0], 0, 0, 0),
    BOTH(mce_banks[4 + 1], 0, 0xb200000000010005, 0xb200000000010005),
    BOTH(mce_banks[36 + 2], 0, 0x12345000, 0x12345000),
    BOTH(wall_clock_msr, MSR_KVM_WALL_CLOCK, 0x8000, 0),
    BOTH(system_time_msr, MSR_KVM_SYSTEM_TIME, 0x9001, 0),
    BOTH(steal_time_msr, MSR_KVM_STEAL_TIME, 0xa001, 0),
    BOTH(poll_control_msr, MSR_KVM_POLL_CONTROL, 0, 1),
};

static void test_msrs(void)
{
    Field fields[ARRAY_SIZE(msrs)];

    for (size_t i = 0; i < ARRAY_SIZE(msrs); i++) {
        fields[i] = msrs[i].field;
    }
    for (int n = 0; n < 2; n++) {
        check_fields(test_cpu(n), fields, ARRAY_SIZE(fields));
    }
}

static void test_msrs_reset(void)
{
    Field before[ARRAY_SIZE(msrs)], after[ARRAY_SIZE(msrs)];
    X86CPU *cpu = test_cpu(0);
    size_t n = 0;

    for (size_t i = 0; i < ARRAY_SIZE(msrs); i++) {
        /* Machine checks outlast a reset: they may be its cause. */
        if (has_msr(cpu, msrs[i].field.msr)) {
            before[n] = msrs[i].field;
            after[n++] = msrs[i].after;
        }
    }
    check_reset(cpu, before, after, n);
}

/*
 * The counters of time agree after a reset, whatever they were before.  (KVM
 * takes the 0 that is written to each for just that, and counts on.)
 */
static void test_tsc_reset(void)
{
    X86CPU *one = test_cpu(0), *other = test_cpu(1);
    CPUX86State *env = fresh(one);
    uint64_t second = (uint64_t)env->tsc_khz * 1000;
    uint64_t hour = second * 3600;

    env->tsc = hour;
    put(one, KVM_PUT_FULL_STATE);
    get(one);
    if (env->tsc < hour || env->tsc > 2 * hour) {
        g_test_skip("this KVM's guests have the host's counter");
        return;
    }
    fresh(one);
    get(other);
    g_assert_cmpuint(other->env.tsc, >=, env->tsc);
    g_assert_cmpuint(other->env.tsc - env->tsc, <, 60 * second);
}

/* The FPU and vectors */

static void test_fpu(void)
{
    X86CPU *cpu = test_cpu(0);
    CPUX86State *env = fresh(cpu);
    uint8_t *area = env->xsave_buf;
    bool avx;
    uint32_t offset = 0;

    g_assert_cmphex(env->fpuc, ==, 0x37f);
    g_assert_cmphex(env->fpus, ==, 0);
    g_assert_cmphex(env->mxcsr, ==, 0x1f80);
    g_assert_cmphex(env->xcr0, ==, 1);

    env->fpuc = 0x27f;
    env->fpus = 0x4105;
    env->fpstt = 5;
    env->fpop = 0x123;
    env->fpip = 0x12345678;
    env->fpdp = 0x9abcdef0;
    env->mxcsr = 0x1fa0;
    for (int i = 0; i < 8; i++) {
        env->fptags[i] = i == 2;
        env->fpregs[i].low = 0x8000000000000000 + i;
        env->fpregs[i].high = 0x3fff + i;
    }
    for (int i = 0; i < CPU_NB_REGS; i++) {
        env->xmm_regs[i].ZMM_Q(0) = 0x1111111111111111 * i;
        env->xmm_regs[i].ZMM_Q(1) = 0xabcd000000000000 + i;
    }
    avx = env->features[FEAT_XSAVE_XCR0_LO] & XSTATE_YMM_MASK;
    if (avx) {
        uint32_t unused;

        cpu_x86_cpuid(env, 0xd, 2, &unused, &offset, &unused, &unused);
        env->xcr0 = XSTATE_FP_MASK | XSTATE_SSE_MASK | XSTATE_YMM_MASK;
        stq_le_p(area + 512, ldq_le_p(area + 512) | XSTATE_YMM_MASK);
        memset(area + offset, 0x77, 16 * 16);
    }
    put(cpu, KVM_PUT_FULL_STATE);

    env->fpuc = env->fpus = env->fpstt = env->fpop = env->mxcsr = 0;
    env->fpip = env->fpdp = env->xcr0 = 0;
    memset(env->fptags, 0x5a, sizeof(env->fptags));
    memset(env->fpregs, 0x5a, sizeof(env->fpregs));
    memset(env->xmm_regs, 0x5a, sizeof(env->xmm_regs));
    memset(area, 0x5a, env->xsave_buf_len);
    get(cpu);
    g_assert_cmphex(env->fpuc, ==, 0x27f);
    g_assert_cmphex(env->fpus & ~0x3800, ==, 0x4105);
    g_assert_cmpuint(env->fpstt, ==, 5);
    g_assert_cmphex(env->fpop, ==, 0x123);
    /* An AMD processor keeps these for a pending exception alone. */
    g_assert_true(env->fpip == 0x12345678 || env->fpip == 0);
    g_assert_true(env->fpdp == 0x9abcdef0 || env->fpdp == 0);
    g_assert_cmphex(env->mxcsr, ==, 0x1fa0);
    for (int i = 0; i < 8; i++) {
        g_assert_cmpuint(env->fptags[i], ==, i == 2);
        g_assert_cmphex(env->fpregs[i].low, ==, 0x8000000000000000 + i);
        g_assert_cmphex(env->fpregs[i].high, ==, 0x3fff + i);
    }
    for (int i = 0; i < CPU_NB_REGS; i++) {
        g_assert_cmphex(env->xmm_regs[i].ZMM_Q(0), ==, 0x1111111111111111 * i);
        g_assert_cmphex(env->xmm_regs[i].ZMM_Q(1), ==, 0xabcd000000000000 + i);
    }
    if (avx) {
        g_assert_cmphex(env->xcr0, ==, 7);
        for (int i = 0; i < 16 * 16; i++) {
            g_assert_cmphex(area[offset + i], ==, 0x77);
        }
    }

    env = fresh(cpu);
    g_assert_cmphex(env->fpuc, ==, 0x37f);
    g_assert_cmphex(env->fpus, ==, 0);
    g_assert_cmphex(env->mxcsr, ==, 0x1f80);
    g_assert_cmphex(env->xcr0, ==, 1);
    for (int i = 0; i < 8; i++) {
        g_assert_cmpuint(env->fptags[i], ==, 1);
    }
    for (int i = 0; i < CPU_NB_REGS; i++) {
        g_assert_cmphex(env->xmm_regs[i].ZMM_Q(0), ==, 0);
    }
}

/* Events on their way into the guest */

static void test_events(void)
{
    X86CPU *cpu = test_cpu(0);
    CPUX86State *env = fresh(cpu);

    g_assert_cmpint(env->exception_injected, ==, 0);
    g_assert_cmpint(env->interrupt_injected, ==, -1);
    g_assert_cmpint(env->nmi_pending, ==, 0);

    env->exception_injected = 1;
    env->exception_nr = 14;
    env->has_error_code = 1;
    env->error_code = 2;
    env->nmi_pending = 1;
    env->hflags2 |= HF2_NMI_MASK;
    put(cpu, KVM_PUT_FULL_STATE);
    env->exception_injected = env->has_error_code = env->error_code = 0;
    env->exception_nr = env->nmi_pending = 0;
    env->hflags2 &= ~HF2_NMI_MASK;
    get(cpu);
    g_assert_cmpint(env->exception_injected, ==, 1);
    g_assert_cmpint(env->exception_nr, ==, 14);
    g_assert_cmpint(env->has_error_code, ==, 1);
    g_assert_cmpint(env->error_code, ==, 2);
    g_assert_cmpint(env->nmi_pending, ==, 1);
    g_assert_true(env->hflags2 & HF2_NMI_MASK);

    env = fresh(cpu);
    g_assert_cmpint(env->exception_injected, ==, 0);
    g_assert_cmpint(env->nmi_pending, ==, 0);
    g_assert_false(env->hflags2 & HF2_NMI_MASK);

    /* An interrupt that has a vector, and did not get in yet. */
    env->interrupt_injected = 0x31;
    put(cpu, KVM_PUT_FULL_STATE);
    env->interrupt_injected = -1;
    get(cpu);
    g_assert_cmpint(env->interrupt_injected, ==, 0x31);
    env = fresh(cpu);
    g_assert_cmpint(env->interrupt_injected, ==, -1);
}

static void test_mp_state(void)
{
    static const uint32_t states[] = {
        KVM_MP_STATE_RUNNABLE, KVM_MP_STATE_HALTED,
        KVM_MP_STATE_INIT_RECEIVED, KVM_MP_STATE_UNINITIALIZED,
    };
    X86CPU *cpu = test_cpu(1);
    CPUX86State *env = fresh(cpu);

    g_assert_cmpuint(env->mp_state, ==, KVM_MP_STATE_UNINITIALIZED);
    for (size_t i = 0; i < ARRAY_SIZE(states); i++) {
        env->mp_state = states[i];
        put(cpu, KVM_PUT_FULL_STATE);
        env->mp_state = 99;
        get(cpu);
        g_assert_cmpuint(env->mp_state, ==, states[i]);
    }
    fresh(cpu);
    g_assert_cmpuint(env->mp_state, ==, KVM_MP_STATE_UNINITIALIZED);
    get(test_cpu(0));
    g_assert_cmpuint(test_cpu(0)->env.mp_state, ==, KVM_MP_STATE_RUNNABLE);
}

/* The local APIC in the kernel */

static void test_lapic(void)
{
    X86CPU *cpu = test_cpu(1);
    APICCommonState *s = APIC_COMMON(cpu->apic_state);

    fresh(cpu);
    s->spurious_vec = 0x1ff;
    s->log_dest = 2;
    s->tpr = 0x20;
    s->isr[1] = 1 << 3;
    s->irr[2] = 1 << 5;
    s->tmr[2] = 1 << 5;
    for (int i = 0; i < APIC_LVT_NB; i++) {
        s->lvt[i] = APIC_LVT_MASKED | (0x40 + i);
    }
    s->esr = 0;
    s->icr[0] = 0x4031;
    s->icr[1] = 0x01000000;
    s->divide_conf = 0xb;
    s->initial_count = 0x12345;
    APIC_COMMON_GET_CLASS(s)->post_load(s);

    s->spurious_vec = s->log_dest = s->tpr = s->dest_mode = 0;
    memset(s->isr, 0, sizeof(s->isr));
    memset(s->irr, 0, sizeof(s->irr));
    memset(s->tmr, 0, sizeof(s->tmr));
    memset(s->lvt, 0, sizeof(s->lvt));
    memset(s->icr, 0, sizeof(s->icr));
    s->divide_conf = s->initial_count = s->id = 0;
    get(cpu);
    g_assert_cmphex(s->id, ==, 1);
    g_assert_cmphex(s->spurious_vec, ==, 0x1ff);
    g_assert_cmphex(s->log_dest, ==, 2);
    g_assert_cmphex(s->dest_mode, ==, 0xf);
    g_assert_cmphex(s->tpr, ==, 0x20);
    for (int i = 0; i < 8; i++) {
        g_assert_cmphex(s->isr[i], ==, i == 1 ? 1 << 3 : 0);
        g_assert_cmphex(s->irr[i], ==, i == 2 ? 1 << 5 : 0);
        g_assert_cmphex(s->tmr[i], ==, i == 2 ? 1 << 5 : 0);
    }
    for (int i = 0; i < APIC_LVT_NB; i++) {
        g_assert_cmphex(s->lvt[i], ==, APIC_LVT_MASKED | (0x40 + i));
    }
    g_assert_cmphex(s->icr[0], ==, 0x4031);
    g_assert_cmphex(s->icr[1], ==, 0x01000000);
    g_assert_cmphex(s->divide_conf, ==, 0xb);
    g_assert_cmphex(s->initial_count, ==, 0x12345);

    fresh(cpu);
    g_assert_cmphex(s->id, ==, 1);
    g_assert_cmphex(s->spurious_vec, ==, 0xff);
    g_assert_cmphex(s->log_dest, ==, 0);
    g_assert_cmphex(s->dest_mode, ==, 0xf);
    g_assert_cmphex(s->tpr, ==, 0);
    for (int i = 0; i < 8; i++) {
        g_assert_cmphex(s->isr[i] | s->irr[i] | s->tmr[i], ==, 0);
    }
    for (int i = 0; i < APIC_LVT_NB; i++) {
        g_assert_cmphex(s->lvt[i], ==, APIC_LVT_MASKED);
    }
    g_assert_cmphex(s->initial_count, ==, 0);
    g_assert_cmphex(cpu_get_apic_base(cpu->apic_state), ==, 0xfee00800);
    g_assert_cmphex(cpu_get_apic_base(test_cpu(0)->apic_state), ==,
                    0xfee00900);
}

static void add_tests(void)
{
    g_test_add_func("/kvm/regs/general", test_general);
    g_test_add_func("/kvm/regs/general-reset", test_general_reset);
    g_test_add_func("/kvm/regs/long-mode", test_long_mode);
    g_test_add_func("/kvm/regs/user-mode", test_user_mode);
    g_test_add_func("/kvm/regs/pdptrs", test_pdptrs);
    g_test_add_func("/kvm/regs/sregs-reset", test_sregs_reset);
    g_test_add_func("/kvm/regs/debug", test_debug);
    g_test_add_func("/kvm/regs/msrs", test_msrs);
    g_test_add_func("/kvm/regs/msrs-reset", test_msrs_reset);
    g_test_add_func("/kvm/regs/tsc-reset", test_tsc_reset);
    g_test_add_func("/kvm/regs/fpu", test_fpu);
    g_test_add_func("/kvm/regs/events", test_events);
    g_test_add_func("/kvm/regs/mp-state", test_mp_state);
    g_test_add_func("/kvm/regs/lapic", test_lapic);
}

int main(int argc, char **argv)
{
    return kvm_test_main(argc, argv, "max", add_tests);
}
