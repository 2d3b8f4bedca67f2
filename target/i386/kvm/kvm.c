/*
 * KVM on x86: starting, vCPUs, and the exits that are x86's own.
 *
 * With the interrupt controllers in the kernel (the default) there is little to
 * do between two KVM_RUNs.  Without (kernel-irqchip=off) this file plays the
 * processor's interrupt pin: before each KVM_RUN it puts in what the PIC or the
 * APIC of ours has, or asks to be called when the guest can take it.
 *
 * Read first: accel/kvm/kvm-vcpu.c.  Read next: kvm-regs.c, kvm-cpuid.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <asm/kvm_para.h>
#include "cpu.h"
#include "exec/address-spaces.h"
#include "hw/boards.h"
#include "hw/i386/apic.h"
#include "hw/i386/apic_internal.h"
#include "hw/i386/ioapic.h"
#include "hw/i386/x86.h"
#include "kvm_i386.h"
#include "hw/i386/e820_memory_layout.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "qemu/main-loop.h"
#include "sysemu/hw_accel.h"
#include "sysemu/kvm_int.h"
#include "sysemu/reset.h"
#include "sysemu/runstate.h"
#include "sysemu/sysemu.h"

const KVMCapabilityInfo kvm_arch_required_capabilities[] = {
    KVM_CAP_INFO(SET_TSS_ADDR),
    KVM_CAP_INFO(EXT_CPUID),
    KVM_CAP_INFO(MP_STATE),
    KVM_CAP_INFO(XSAVE),
    KVM_CAP_INFO(VCPU_EVENTS),
    KVM_CAP_LAST_INFO
};

static bool has_exception_payload;
static bool has_smm;

bool kvm_has_exception_payload(void)
{
    return has_exception_payload;
}

bool kvm_has_smm(void)
{
    return has_smm;
}

bool kvm_has_adjust_clock_stable(void)
{
    return kvm_check_extension(kvm_state, KVM_CAP_ADJUST_CLOCK) ==
           KVM_CLOCK_TSC_STABLE;
}

bool kvm_allows_irq0_override(void)
{
    return !kvm_irqchip_in_kernel() || kvm_has_gsi_routing();
}

/* The VM */

/*
 * Four pages that Intel's processors need to run real mode, hidden from the
 * guest just below where firmware is: the map of memory says "reserved".
 */
#define KVM_IDENTITY_BASE 0xfeffc000

static int kvm_reserve_identity_map(KVMState *s)
{
    uint64_t identity_base = KVM_IDENTITY_BASE;
    int ret;

    if (kvm_check_extension(s, KVM_CAP_SET_IDENTITY_MAP_ADDR)) {
        ret = kvm_vm_ioctl(s, KVM_SET_IDENTITY_MAP_ADDR, &identity_base);
        if (ret < 0) {
            return ret;
        }
    }
    ret = kvm_vm_ioctl(s, KVM_SET_TSS_ADDR, (unsigned long)identity_base +
                       0x1000);
    if (ret < 0) {
        return ret;
    }
    e820_add_entry(identity_base, 0x4000, E820_RESERVED);
    return 0;
}

/*
 * What a CPU in system management mode sees: memory as always, but RAM where
 * the others see VGA.  To KVM it is a second address space.
 */
static KVMMemoryListener smram_listener;
static Notifier smram_machine_done;
static AddressSpace smram_address_space;
static MemoryRegion smram_as_root;
static MemoryRegion smram_as_mem;
static MemoryRegion *smram_shown;       /* the board's, if it has any */

/* The board has made its SMRAM by now, and told where it is. */
static void register_smram_listener(Notifier *n, void *unused)
{
    Object *smram = object_resolve_path("/machine/smram", NULL);

    /* Not the accelerator's: an address space would keep it alive. */
    memory_region_init(&smram_as_root, NULL, "mem-container-smram",
                       UINT64_MAX);
    memory_region_init_alias(&smram_as_mem, NULL, "mem-smram",
                             get_system_memory(), 0, UINT64_MAX);
    memory_region_add_subregion_overlap(&smram_as_root, 0, &smram_as_mem, 0);
    if (smram) {
        smram_shown = MEMORY_REGION(smram);
        memory_region_add_subregion_overlap(&smram_as_root, 0, smram_shown, 10);
    }
    address_space_init(&smram_address_space, &smram_as_root, "KVM-SMRAM");
    kvm_memory_listener_register(kvm_state, &smram_listener,
                                 &smram_address_space, 1, "kvm-smram");
}

static void kvm_setup_smm(MachineState *ms)
{
    if (has_smm && object_dynamic_cast(OBJECT(ms), TYPE_X86_MACHINE) &&
        x86_machine_is_smm_enabled(X86_MACHINE(ms))) {
        smram_machine_done.notify = register_smram_listener;
        qemu_add_machine_init_done_notifier(&smram_machine_done);
    }
}

void kvm_arch_accel_finalize(KVMState *s)
{
    if (smram_listener.listener.address_space) {
        kvm_memory_listener_unregister(&smram_listener);
        /* What is shown goes before the container, which goes at the end. */
        memory_region_del_subregion(&smram_as_root, &smram_as_mem);
        if (smram_shown) {
            memory_region_del_subregion(&smram_as_root, smram_shown);
        }
        address_space_destroy(&smram_address_space);
    }
}

int kvm_arch_init(MachineState *ms, KVMState *s)
{
    int ret;

    has_smm = kvm_check_extension(s, KVM_CAP_X86_SMM);
    has_exception_payload =
        kvm_check_extension(s, KVM_CAP_EXCEPTION_PAYLOAD) &&
        kvm_vm_enable_cap(s, KVM_CAP_EXCEPTION_PAYLOAD, 0, true) == 0;

    ret = kvm_init_msrs(s);
    if (ret < 0) {
        error_report("KVM_GET_MSR_INDEX_LIST failed: %s", strerror(-ret));
        return ret;
    }
    ret = kvm_reserve_identity_map(s);
    if (ret < 0) {
        error_report("KVM cannot reserve its pages at 0x%x: %s",
                     KVM_IDENTITY_BASE, strerror(-ret));
        return ret;
    }
    kvm_setup_smm(ms);
    if (s->kvm_shadow_mem != -1) {
        ret = kvm_vm_ioctl(s, KVM_SET_NR_MMU_PAGES, s->kvm_shadow_mem / 4096);
        if (ret < 0) {
            error_report("KVM does not take kvm-shadow-mem=%d: %s",
                         s->kvm_shadow_mem, strerror(-ret));
            return ret;
        }
    }
    return 0;
}

void kvm_arch_accel_class_init(ObjectClass *oc)
{
}

/* vCPUs */

unsigned long kvm_arch_vcpu_id(CPUState *cs)
{
    return X86_CPU(cs)->apic_id;
}

/* Tell the kernel the frequency of the guest's TSC, if a user gave one. */
static int kvm_arch_set_tsc_khz(X86CPU *cpu)
{
    int64_t khz = cpu->env.tsc_khz;
    int now, r;

    if (!khz) {
        return 0;
    }
    r = kvm_check_extension(kvm_state, KVM_CAP_TSC_CONTROL) ?
        kvm_vcpu_ioctl(CPU(cpu), KVM_SET_TSC_KHZ, khz) : -ENOTSUP;
    if (r < 0) {
        now = kvm_check_extension(kvm_state, KVM_CAP_GET_TSC_KHZ) ?
              kvm_vcpu_ioctl(CPU(cpu), KVM_GET_TSC_KHZ) : -ENOTSUP;
        if (now <= 0 || now != khz) {
            warn_report("TSC frequency mismatch between VM (%" PRId64
                        " kHz) and host (%d kHz), and TSC scaling unavailable",
                        khz, now);
            return r;
        }
    }
    return 0;
}

/* Machine check banks: as many as the CPU has, of what the kernel plays. */
static int kvm_init_mce(X86CPU *cpu)
{
    CPUX86State *env = &cpu->env;
    uint64_t supported = 0;
    int banks = kvm_check_extension(kvm_state, KVM_CAP_MCE);
    int ret;

    if (!env->mcg_cap) {
        return 0;
    }
    if (banks <= 0) {
        env->mcg_cap = 0;
        return 0;
    }
    ret = kvm_ioctl(kvm_state, KVM_X86_GET_MCE_CAP_SUPPORTED, &supported);
    if (ret < 0) {
        return ret;
    }
    banks = MIN(banks, (int)(env->mcg_cap & 0xff));
    env->mcg_cap = (env->mcg_cap & supported & ~0xffULL) | banks;
    return kvm_vcpu_ioctl(CPU(cpu), KVM_X86_SETUP_MCE, &env->mcg_cap);
}

int kvm_arch_init_vcpu(CPUState *cs)
{
    X86CPU *cpu = X86_CPU(cs);
    int r;

    r = kvm_arch_set_tsc_khz(cpu);
    if (r < 0) {
        return r;
    }
    if (!cpu->env.tsc_khz && kvm_check_extension(cs->kvm_state,
                                                 KVM_CAP_GET_TSC_KHZ)) {
        r = kvm_vcpu_ioctl(cs, KVM_GET_TSC_KHZ);
        cpu->env.tsc_khz = MAX(r, 0);
    }
    r = kvm_init_mce(cpu);
    if (r < 0) {
        return r;
    }
    r = kvm_init_cpuid(cpu);
    if (r < 0) {
        return r;
    }
    return kvm_init_xsave(cpu);
}

int kvm_arch_destroy_vcpu(CPUState *cs)
{
    kvm_free_xsave(X86_CPU(cs));
    return 0;
}

/* Back to power-on: the first vCPU runs, the others wait for its INIT. */
void kvm_arch_reset_vcpu(X86CPU *cpu)
{
    CPUX86State *env = &cpu->env;

    env->exception_injected = 0;
    env->exception_pending = 0;
    env->exception_nr = -1;
    env->interrupt_injected = -1;
    env->soft_interrupt = 0;
    env->nmi_injected = 0;
    env->nmi_pending = 0;
    env->xcr0 = 1;
    if (env->xsave_buf) {
        memset(env->xsave_buf, 0, env->xsave_buf_len);
    }
    if (kvm_irqchip_in_kernel()) {
        env->mp_state = cpu_is_bsp(cpu) ? KVM_MP_STATE_RUNNABLE
                                        : KVM_MP_STATE_UNINITIALIZED;
    } else {
        env->mp_state = KVM_MP_STATE_RUNNABLE;
    }
    env->poll_control_msr = 1;
}

void kvm_arch_do_init_vcpu(X86CPU *cpu)
{
    /* With INIT an AP waits for SIPI; the first vCPU begins anew. */
    if (cpu->env.mp_state == KVM_MP_STATE_UNINITIALIZED) {
        cpu->env.mp_state = KVM_MP_STATE_INIT_RECEIVED;
    }
}

bool kvm_arch_cpu_check_are_resettable(void)
{
    return true;
}

/* Before and after KVM_RUN */

/* What can only be done from outside, with the lock. */
static void kvm_inject_requests(X86CPU *cpu)
{
    CPUState *cs = CPU(cpu);
    int ret;

    if (cs->interrupt_request & CPU_INTERRUPT_NMI) {
        cpu_reset_interrupt(cs, CPU_INTERRUPT_NMI);
        ret = kvm_vcpu_ioctl(cs, KVM_NMI);
        if (ret < 0) {
            error_report_once("KVM cannot inject an NMI: %s", strerror(-ret));
        }
    }
    if (cs->interrupt_request & CPU_INTERRUPT_SMI) {
        cpu_reset_interrupt(cs, CPU_INTERRUPT_SMI);
        ret = kvm_vcpu_ioctl(cs, KVM_SMI);
        if (ret < 0) {
            error_report_once("KVM cannot inject an SMI: %s", strerror(-ret));
        }
    }
}

/* kernel-irqchip=off: the interrupt pin is ours. */
static void kvm_inject_pic_interrupt(X86CPU *cpu, struct kvm_run *run)
{
    CPUState *cs = CPU(cpu);

    if (run->ready_for_interrupt_injection &&
        (cs->interrupt_request & CPU_INTERRUPT_HARD) &&
        (cpu->env.eflags & IF_MASK)) {
        struct kvm_interrupt intr;

        cs->interrupt_request &= ~CPU_INTERRUPT_HARD;
        intr.irq = cpu_get_pic_interrupt(&cpu->env);
        if ((int)intr.irq >= 0) {
            int ret = kvm_vcpu_ioctl(cs, KVM_INTERRUPT, &intr);

            if (ret < 0) {
                error_report_once("KVM cannot inject interrupt %u: %s",
                                  intr.irq, strerror(-ret));
            }
        }
    }
    /* Still one?  Then come back when the guest can take it. */
    run->request_interrupt_window =
        !!(cs->interrupt_request & CPU_INTERRUPT_HARD);
    run->cr8 = cpu_get_apic_tpr(cpu->apic_state);
}

void kvm_arch_pre_run(CPUState *cs, struct kvm_run *run)
{
    X86CPU *cpu = X86_CPU(cs);

    if (cs->interrupt_request & (CPU_INTERRUPT_NMI | CPU_INTERRUPT_SMI)) {
        qemu_mutex_lock_iothread();
        kvm_inject_requests(cpu);
        qemu_mutex_unlock_iothread();
    }
    if (!kvm_pic_in_kernel()) {
        qemu_mutex_lock_iothread();
    }
    /* INIT is for kvm_arch_process_async_events(). */
    if ((cs->interrupt_request & CPU_INTERRUPT_INIT) &&
        !(cpu->env.hflags & HF_SMM_MASK)) {
        qatomic_set(&cs->exit_request, 1);
    }
    if (!kvm_pic_in_kernel()) {
        kvm_inject_pic_interrupt(cpu, run);
        qemu_mutex_unlock_iothread();
    }
}

MemTxAttrs kvm_arch_post_run(CPUState *cs, struct kvm_run *run)
{
    X86CPU *cpu = X86_CPU(cs);
    CPUX86State *env = &cpu->env;
    bool locked = false;

    if (run->flags & KVM_RUN_X86_SMM) {
        env->hflags |= HF_SMM_MASK;
    } else {
        env->hflags &= ~HF_SMM_MASK;
    }
    if (run->if_flag) {
        env->eflags |= IF_MASK;
    } else {
        env->eflags &= ~IF_MASK;
    }
    /* The APIC's shadow of these is other threads' as well. */
    if (!kvm_irqchip_in_kernel()) {
        qemu_mutex_lock_iothread();
        locked = true;
    }
    cpu_set_apic_tpr(cpu->apic_state, run->cr8);
    cpu_set_apic_base(cpu->apic_state, run->apic_base);
    if (locked) {
        qemu_mutex_unlock_iothread();
    }
    return cpu_get_mem_attrs(env);
}

/*
 * What other threads asked of this vCPU and only it can do.  True: it is
 * halted, there is nothing to run.  With the BQL.
 */
int kvm_arch_process_async_events(CPUState *cs)
{
    X86CPU *cpu = X86_CPU(cs);
    CPUX86State *env = &cpu->env;

    if ((cs->interrupt_request & CPU_INTERRUPT_INIT) &&
        !(env->hflags & HF_SMM_MASK)) {
        kvm_cpu_synchronize_state(cs);
        do_cpu_init(cpu);
    }
    if (kvm_irqchip_in_kernel()) {
        return 0;
    }

    if (cs->interrupt_request & CPU_INTERRUPT_POLL) {
        cs->interrupt_request &= ~CPU_INTERRUPT_POLL;
        apic_poll_irq(cpu->apic_state);
    }
    if (((cs->interrupt_request & CPU_INTERRUPT_HARD) &&
         (env->eflags & IF_MASK)) ||
        (cs->interrupt_request & CPU_INTERRUPT_NMI)) {
        cs->halted = 0;
    }
    if (cs->interrupt_request & CPU_INTERRUPT_SIPI) {
        kvm_cpu_synchronize_state(cs);
        do_cpu_sipi(cpu);
    }
    return cs->halted;
}

/* Exits */

static int kvm_handle_halt(X86CPU *cpu)
{
    CPUState *cs = CPU(cpu);

    if (!((cs->interrupt_request & CPU_INTERRUPT_HARD) &&
          (cpu->env.eflags & IF_MASK)) &&
        !(cs->interrupt_request & CPU_INTERRUPT_NMI)) {
        cs->halted = 1;
        return EXCP_HLT;
    }
    return 0;
}

/* The processor refused the state that the guest has: say which it is. */
static int kvm_handle_fail_entry(CPUState *cs, struct kvm_run *run)
{
    uint64_t code = run->fail_entry.hardware_entry_failure_reason;

    fprintf(stderr, "KVM: entry failed, hardware error 0x%" PRIx64 "\n", code);
    return -1;
}

int kvm_arch_handle_exit(CPUState *cs, struct kvm_run *run)
{
    X86CPU *cpu = X86_CPU(cs);
    int ret;

    switch (run->exit_reason) {
    case KVM_EXIT_HLT:
        qemu_mutex_lock_iothread();
        ret = kvm_handle_halt(cpu);
        qemu_mutex_unlock_iothread();
        return ret;
    case KVM_EXIT_SET_TPR:
        return 0;               /* kvm_arch_post_run() took it */
    case KVM_EXIT_FAIL_ENTRY:
        return kvm_handle_fail_entry(cs, run);
    case KVM_EXIT_EXCEPTION:
        fprintf(stderr, "KVM: exception %d exit (error code 0x%x)\n",
                run->ex.exception, run->ex.error_code);
        return -1;
    case KVM_EXIT_DEBUG:
        qemu_mutex_lock_iothread();
        ret = kvm_handle_debug(cpu, &run->debug.arch);
        qemu_mutex_unlock_iothread();
        return ret;
    case KVM_EXIT_IOAPIC_EOI:
        /* Split irqchip: the kernel's APICs say it to our IOAPIC. */
        qemu_mutex_lock_iothread();
        ioapic_eoi_broadcast(run->eoi.vector);
        qemu_mutex_unlock_iothread();
        return 0;
    default:
        fprintf(stderr, "KVM: unknown exit reason %d\n", run->exit_reason);
        return -1;
    }
}

/* An instruction that the kernel cannot emulate: the guest's end, or not? */
bool kvm_arch_stop_on_emulation_error(CPUState *cs)
{
    X86CPU *cpu = X86_CPU(cs);

    kvm_cpu_synchronize_state(cs);
    return !(cpu->env.cr[0] & CR0_PE_MASK) ||
           (cpu->env.segs[R_CS].selector & 3) != 3;
}
