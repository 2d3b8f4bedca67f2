/*
 * A vCPU's registers: from CPUX86State to the kernel, and back.
 *
 * The kernel has them in groups, an ioctl each, and order matters: what says
 * which registers there are (CPUID, control registers) goes first, pending
 * events last.
 *
 *     KVM_SET_REGS         general registers, rip, rflags
 *     KVM_SET_XSAVE        x87, SSE, AVX…           (kvm-xsave.c)
 *     KVM_SET_XCRS         which of them are on
 *     KVM_SET_SREGS2       segments, tables, control registers, EFER
 *     KVM_SET_MSRS         model-specific registers (kvm-msr.c)
 *     KVM_SET_VCPU_EVENTS  exceptions, NMIs and SMIs on their way
 *     KVM_SET_MP_STATE     runs, halted, waits for INIT or SIPI
 *     KVM_SET_DEBUGREGS
 *
 * Read first: kvm_cpu_exec() in accel/kvm/kvm-vcpu.c, for when.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "cpu.h"
#include "hw/i386/apic.h"
#include "kvm_i386.h"
#include "qemu/bitops.h"
#include "sysemu/kvm.h"

/* KVM_GET_REGS, in the order of struct kvm_regs */

static int kvm_put_general_regs(X86CPU *cpu)
{
    const target_ulong *r = cpu->env.regs;
    struct kvm_regs regs = {
        .rax = r[R_EAX], .rbx = r[R_EBX], .rcx = r[R_ECX], .rdx = r[R_EDX],
        .rsi = r[R_ESI], .rdi = r[R_EDI], .rsp = r[R_ESP], .rbp = r[R_EBP],
        .r8 = r[8], .r9 = r[9], .r10 = r[10], .r11 = r[11],
        .r12 = r[12], .r13 = r[13], .r14 = r[14], .r15 = r[15],
        .rip = cpu->env.eip,
        .rflags = cpu->env.eflags,
    };

    return kvm_vcpu_ioctl(CPU(cpu), KVM_SET_REGS, &regs);
}

static int kvm_get_general_regs(X86CPU *cpu)
{
    target_ulong *r = cpu->env.regs;
    struct kvm_regs regs;
    int ret = kvm_vcpu_ioctl(CPU(cpu), KVM_GET_REGS, &regs);

    if (ret < 0) {
        return ret;
    }
    r[R_EAX] = regs.rax;
    r[R_EBX] = regs.rbx;
    r[R_ECX] = regs.rcx;
    r[R_EDX] = regs.rdx;
    r[R_ESI] = regs.rsi;
    r[R_EDI] = regs.rdi;
    r[R_ESP] = regs.rsp;
    r[R_EBP] = regs.rbp;
    r[8] = regs.r8;
    r[9] = regs.r9;
    r[10] = regs.r10;
    r[11] = regs.r11;
    r[12] = regs.r12;
    r[13] = regs.r13;
    r[14] = regs.r14;
    r[15] = regs.r15;
    cpu->env.eip = regs.rip;
    cpu->env.eflags = regs.rflags;
    return 0;
}

/* Segments: the descriptor's attributes are bits of one word here. */

static void kvm_set_seg(struct kvm_segment *lhs, const SegmentCache *rhs)
{
    uint32_t flags = rhs->flags;

    *lhs = (struct kvm_segment) {
        .selector = rhs->selector,
        .base = rhs->base,
        .limit = rhs->limit,
        .type = (flags >> DESC_TYPE_SHIFT) & 15,
        .present = !!(flags & DESC_P_MASK),
        .dpl = (flags >> DESC_DPL_SHIFT) & 3,
        .db = !!(flags & DESC_B_MASK),
        .s = !!(flags & DESC_S_MASK),
        .l = !!(flags & DESC_L_MASK),
        .g = !!(flags & DESC_G_MASK),
        .avl = !!(flags & DESC_AVL_MASK),
        .unusable = !(flags & DESC_P_MASK),
    };
}

/* In virtual 8086 mode a segment is what its selector says. */
static void kvm_set_v8086_seg(struct kvm_segment *lhs, const SegmentCache *rhs)
{
    *lhs = (struct kvm_segment) {
        .selector = rhs->selector,
        .base = rhs->base,
        .limit = rhs->limit,
        .type = 3,
        .present = 1,
        .dpl = 3,
        .s = 1,
    };
}

static void kvm_get_seg(SegmentCache *lhs, const struct kvm_segment *rhs)
{
    lhs->selector = rhs->selector;
    lhs->base = rhs->base;
    lhs->limit = rhs->limit;
    lhs->flags = rhs->type << DESC_TYPE_SHIFT |
                 ((rhs->present && !rhs->unusable) << DESC_P_SHIFT) |
                 rhs->dpl << DESC_DPL_SHIFT |
                 rhs->db << DESC_B_SHIFT |
                 rhs->s * DESC_S_MASK |
                 rhs->l << DESC_L_SHIFT |
                 rhs->g * DESC_G_MASK |
                 rhs->avl * DESC_AVL_MASK;
}

/*
 * KVM_GET_SREGS2 is KVM_GET_SREGS with the pointers of PAE, and without the
 * interrupt on its way, which the events tell of anyway.  What both have lies at
 * the same place.
 */
union kvm_sregs_both {
    struct kvm_sregs v1;
    struct kvm_sregs2 v2;
};

QEMU_BUILD_BUG_ON(offsetof(struct kvm_sregs, apic_base) !=
                  offsetof(struct kvm_sregs2, apic_base));

static bool kvm_has_sregs2(void)
{
    return kvm_check_extension(kvm_state, KVM_CAP_SREGS2);
}

static struct kvm_segment *kvm_sregs_segment(struct kvm_sregs *sregs,
                                             X86Seg seg)
{
    switch (seg) {
    case R_ES: return &sregs->es;
    case R_CS: return &sregs->cs;
    case R_SS: return &sregs->ss;
    case R_DS: return &sregs->ds;
    case R_FS: return &sregs->fs;
    case R_GS: return &sregs->gs;
    default: g_assert_not_reached();
    }
}

static int kvm_put_sregs(X86CPU *cpu)
{
    CPUX86State *env = &cpu->env;
    union kvm_sregs_both u = { 0 };
    struct kvm_sregs *sregs = &u.v1;

    for (X86Seg seg = R_ES; seg <= R_GS; seg++) {
        if (env->eflags & VM_MASK) {
            kvm_set_v8086_seg(kvm_sregs_segment(sregs, seg), &env->segs[seg]);
        } else {
            kvm_set_seg(kvm_sregs_segment(sregs, seg), &env->segs[seg]);
        }
    }
    kvm_set_seg(&sregs->tr, &env->tr);
    kvm_set_seg(&sregs->ldt, &env->ldt);
    sregs->idt.limit = env->idt.limit;
    sregs->idt.base = env->idt.base;
    sregs->gdt.limit = env->gdt.limit;
    sregs->gdt.base = env->gdt.base;
    sregs->cr0 = env->cr[0];
    sregs->cr2 = env->cr[2];
    sregs->cr3 = env->cr[3];
    sregs->cr4 = env->cr[4];
    sregs->cr8 = cpu_get_apic_tpr(cpu->apic_state);
    sregs->apic_base = cpu_get_apic_base(cpu->apic_state);
    sregs->efer = env->efer;

    if (!kvm_has_sregs2()) {
        return kvm_vcpu_ioctl(CPU(cpu), KVM_SET_SREGS, &u.v1);
    }
    if (env->pdptrs_valid) {
        u.v2.flags = KVM_SREGS2_FLAGS_PDPTRS_VALID;
        memcpy(u.v2.pdptrs, env->pdptrs, sizeof(env->pdptrs));
    }
    return kvm_vcpu_ioctl(CPU(cpu), KVM_SET_SREGS2, &u.v2);
}

static int kvm_get_sregs(X86CPU *cpu)
{
    CPUX86State *env = &cpu->env;
    union kvm_sregs_both u = { 0 };
    struct kvm_sregs *sregs = &u.v1;
    bool v2 = kvm_has_sregs2();
    int ret = v2 ? kvm_vcpu_ioctl(CPU(cpu), KVM_GET_SREGS2, &u.v2)
                 : kvm_vcpu_ioctl(CPU(cpu), KVM_GET_SREGS, &u.v1);

    if (ret < 0) {
        return ret;
    }
    env->pdptrs_valid = v2 && (u.v2.flags & KVM_SREGS2_FLAGS_PDPTRS_VALID);
    if (env->pdptrs_valid) {
        memcpy(env->pdptrs, u.v2.pdptrs, sizeof(env->pdptrs));
    }
    for (X86Seg seg = R_ES; seg <= R_GS; seg++) {
        kvm_get_seg(&env->segs[seg], kvm_sregs_segment(sregs, seg));
    }
    kvm_get_seg(&env->tr, &sregs->tr);
    kvm_get_seg(&env->ldt, &sregs->ldt);
    env->idt.limit = sregs->idt.limit;
    env->idt.base = sregs->idt.base;
    env->gdt.limit = sregs->gdt.limit;
    env->gdt.base = sregs->gdt.base;
    env->cr[0] = sregs->cr0;
    env->cr[2] = sregs->cr2;
    env->cr[3] = sregs->cr3;
    env->cr[4] = sregs->cr4;
    env->efer = sregs->efer;
    /* cr8 and the APIC's base change inside KVM_RUN: kvm_arch_post_run(). */
    x86_update_hflags(env);
    return 0;
}

/* XCR0 (KVM API 4.45) */

static int kvm_put_xcrs(X86CPU *cpu)
{
    struct kvm_xcrs xcrs = {
        .nr_xcrs = 1,
        .xcrs[0] = { .xcr = 0, .value = cpu->env.xcr0 },
    };

    if (!kvm_check_extension(kvm_state, KVM_CAP_XCRS)) {
        return 0;
    }
    return kvm_vcpu_ioctl(CPU(cpu), KVM_SET_XCRS, &xcrs);
}

static int kvm_get_xcrs(X86CPU *cpu)
{
    struct kvm_xcrs xcrs;
    int ret;

    if (!kvm_check_extension(kvm_state, KVM_CAP_XCRS)) {
        return 0;
    }
    ret = kvm_vcpu_ioctl(CPU(cpu), KVM_GET_XCRS, &xcrs);
    for (int i = 0; ret >= 0 && i < xcrs.nr_xcrs; i++) {
        if (xcrs.xcrs[i].xcr == 0) {
            cpu->env.xcr0 = xcrs.xcrs[i].value;
        }
    }
    return ret;
}

/* Events on their way (KVM API 4.31) */

static int kvm_put_vcpu_events(X86CPU *cpu, int level)
{
    CPUX86State *env = &cpu->env;
    CPUState *cs = CPU(cpu);
    struct kvm_vcpu_events events = {
        .exception.injected = env->exception_injected,
        .exception.nr = env->exception_nr,
        .exception.has_error_code = env->has_error_code,
        .exception.error_code = env->error_code,
        .interrupt.injected = env->interrupt_injected >= 0,
        .interrupt.nr = MAX(env->interrupt_injected, 0),
        .interrupt.soft = env->soft_interrupt,
        .nmi.injected = env->nmi_injected,
        .nmi.pending = env->nmi_pending,
        .nmi.masked = !!(env->hflags2 & HF2_NMI_MASK),
        .sipi_vector = env->sipi_vector,
    };

    if (kvm_has_exception_payload()) {
        events.flags |= KVM_VCPUEVENT_VALID_PAYLOAD;
        events.exception.pending = env->exception_pending;
        events.exception_has_payload = env->exception_has_payload;
        events.exception_payload = env->exception_payload;
    }
    if (kvm_has_smm()) {
        events.flags |= KVM_VCPUEVENT_VALID_SMM;
        events.smi.smm = !!(env->hflags & HF_SMM_MASK);
        if (kvm_irqchip_in_kernel()) {
            /* The kernel keeps what is pending; it must not come twice. */
            events.smi.pending = !!(cs->interrupt_request & CPU_INTERRUPT_SMI);
            events.smi.latched_init =
                !!(cs->interrupt_request & CPU_INTERRUPT_INIT);
            cs->interrupt_request &= ~(CPU_INTERRUPT_INIT | CPU_INTERRUPT_SMI);
        }
    }
    if (level >= KVM_PUT_RESET_STATE) {
        events.flags |= KVM_VCPUEVENT_VALID_NMI_PENDING;
        if (env->mp_state == KVM_MP_STATE_SIPI_RECEIVED) {
            events.flags |= KVM_VCPUEVENT_VALID_SIPI_VECTOR;
        }
    }
    return kvm_vcpu_ioctl(cs, KVM_SET_VCPU_EVENTS, &events);
}

static int kvm_get_vcpu_events(X86CPU *cpu)
{
    CPUX86State *env = &cpu->env;
    struct kvm_vcpu_events events = { 0 };
    int ret = kvm_vcpu_ioctl(CPU(cpu), KVM_GET_VCPU_EVENTS, &events);

    if (ret < 0) {
        return ret;
    }
    env->exception_injected = events.exception.injected;
    env->exception_nr = events.exception.nr;
    env->has_error_code = events.exception.has_error_code;
    env->error_code = events.exception.error_code;
    if (events.flags & KVM_VCPUEVENT_VALID_PAYLOAD) {
        env->exception_pending = events.exception.pending;
        env->exception_has_payload = events.exception_has_payload;
        env->exception_payload = events.exception_payload;
    }
    env->interrupt_injected = events.interrupt.injected ?
                              events.interrupt.nr : -1;
    env->soft_interrupt = events.interrupt.soft;
    env->nmi_injected = events.nmi.injected;
    env->nmi_pending = events.nmi.pending;
    env->hflags2 = deposit32(env->hflags2, ctz32(HF2_NMI_MASK), 1,
                             events.nmi.masked);
    if (events.flags & KVM_VCPUEVENT_VALID_SMM) {
        env->hflags = deposit32(env->hflags, ctz32(HF_SMM_MASK), 1,
                                events.smi.smm);
    }
    env->sipi_vector = events.sipi_vector;
    return 0;
}

/* Debug registers (KVM API 4.33) */

static int kvm_put_debugregs(X86CPU *cpu)
{
    struct kvm_debugregs dbgregs = {
        .dr6 = cpu->env.dr[6],
        .dr7 = cpu->env.dr[7],
    };

    if (!kvm_has_debugregs()) {
        return 0;
    }
    for (int i = 0; i < 4; i++) {
        dbgregs.db[i] = cpu->env.dr[i];
    }
    return kvm_vcpu_ioctl(CPU(cpu), KVM_SET_DEBUGREGS, &dbgregs);
}

static int kvm_get_debugregs(X86CPU *cpu)
{
    struct kvm_debugregs dbgregs;
    int ret;

    if (!kvm_has_debugregs()) {
        return 0;
    }
    ret = kvm_vcpu_ioctl(CPU(cpu), KVM_GET_DEBUGREGS, &dbgregs);
    if (ret < 0) {
        return ret;
    }
    for (int i = 0; i < 4; i++) {
        cpu->env.dr[i] = dbgregs.db[i];
    }
    cpu->env.dr[4] = cpu->env.dr[6] = dbgregs.dr6;
    cpu->env.dr[5] = cpu->env.dr[7] = dbgregs.dr7;
    return 0;
}

/* Does it run? (KVM API 4.38) */

static int kvm_put_mp_state(X86CPU *cpu)
{
    struct kvm_mp_state mp_state = { .mp_state = cpu->env.mp_state };

    return kvm_vcpu_ioctl(CPU(cpu), KVM_SET_MP_STATE, &mp_state);
}

static int kvm_get_mp_state(X86CPU *cpu)
{
    struct kvm_mp_state mp_state;
    int ret = kvm_vcpu_ioctl(CPU(cpu), KVM_GET_MP_STATE, &mp_state);

    if (ret < 0) {
        return ret;
    }
    cpu->env.mp_state = mp_state.mp_state;
    if (kvm_irqchip_in_kernel()) {
        CPU(cpu)->halted = mp_state.mp_state == KVM_MP_STATE_HALTED;
    }
    return 0;
}

static int kvm_get_apic(X86CPU *cpu)
{
    struct kvm_lapic_state kapic;
    int ret;

    if (!cpu->apic_state || !kvm_irqchip_in_kernel()) {
        return 0;
    }
    ret = kvm_vcpu_ioctl(CPU(cpu), KVM_GET_LAPIC, &kapic);
    if (ret >= 0) {
        kvm_get_apic_state(cpu->apic_state, &kapic);
    }
    return ret;
}

/* All of them */

int kvm_arch_put_registers(CPUState *cpu, int level)
{
    X86CPU *x86_cpu = X86_CPU(cpu);
    int ret;

    assert(cpu_is_stopped(cpu) || qemu_cpu_is_self(cpu));

    if (level >= KVM_PUT_RESET_STATE) {
        x86_cpu->env.ucode_rev_msr = x86_cpu->ucode_rev;
    }

    if ((ret = kvm_put_general_regs(x86_cpu)) < 0 ||
        (ret = kvm_put_xsave(x86_cpu)) < 0 ||
        (ret = kvm_put_xcrs(x86_cpu)) < 0 ||
        (ret = kvm_put_sregs(x86_cpu)) < 0 ||
        (ret = kvm_put_msrs(x86_cpu, level)) < 0 ||
        (ret = kvm_put_vcpu_events(x86_cpu, level)) < 0) {
        return ret;
    }
    if (level >= KVM_PUT_RESET_STATE &&
        (ret = kvm_put_mp_state(x86_cpu)) < 0) {
        return ret;
    }
    return kvm_put_debugregs(x86_cpu);
}

int kvm_arch_get_registers(CPUState *cs)
{
    X86CPU *cpu = X86_CPU(cs);
    int ret;

    assert(cpu_is_stopped(cs) || qemu_cpu_is_self(cs));

    if ((ret = kvm_get_vcpu_events(cpu)) < 0 ||
        (ret = kvm_get_mp_state(cpu)) < 0 ||
        (ret = kvm_get_general_regs(cpu)) < 0 ||
        (ret = kvm_get_xsave(cpu)) < 0 ||
        (ret = kvm_get_xcrs(cpu)) < 0 ||
        (ret = kvm_get_sregs(cpu)) < 0 ||
        (ret = kvm_get_msrs(cpu)) < 0 ||
        (ret = kvm_get_apic(cpu)) < 0) {
        return ret;
    }
    return kvm_get_debugregs(cpu);
}
