/*
 * KVM on x86: what the parts of target/i386/kvm, and hw/i386, share.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_KVM_I386_H
#define QEMU_KVM_I386_H

#include "cpu.h"
#include "sysemu/kvm.h"

/* Are the PIT, the PIC and the IOAPIC the kernel's, too? */
#define kvm_pit_in_kernel() \
    (kvm_irqchip_in_kernel() && !kvm_irqchip_is_split())
#define kvm_pic_in_kernel() \
    (kvm_irqchip_in_kernel() && !kvm_irqchip_is_split())
#define kvm_ioapic_in_kernel() \
    (kvm_irqchip_in_kernel() && !kvm_irqchip_is_split())

/* Capabilities of KVM on x86 alone. */
bool kvm_allows_irq0_override(void);
bool kvm_has_x2apic_api(void);
bool kvm_has_adjust_clock_stable(void);
bool kvm_has_exception_payload(void);
bool kvm_has_smm(void);
/* APIC IDs above 255 in messages; false: KVM cannot. */
bool kvm_enable_x2apic(void);

/*
 * kvm_arch_get_supported_cpuid: what the kernel can give a guest of register
 * @reg (R_EAX…) of CPUID leaf @function, @index.
 */
uint32_t kvm_arch_get_supported_cpuid(KVMState *env, uint32_t function,
                                      uint32_t index, int reg);
/* The same for a feature MSR (KVM API 4.3, KVM_GET_MSRS on /dev/kvm). */
uint64_t kvm_arch_get_supported_msr_feature(KVMState *s, uint32_t index);

/* kvm-cpuid.c: tell the kernel what CPUID answers on @cpu. */
int kvm_init_cpuid(X86CPU *cpu);

/* kvm-msr.c */
int kvm_init_msrs(KVMState *s);
int kvm_put_msrs(X86CPU *cpu, int level);
int kvm_get_msrs(X86CPU *cpu);

/* kvm-xsave.c: the FPU and all that XSAVE knows. */
int kvm_init_xsave(X86CPU *cpu);
void kvm_free_xsave(X86CPU *cpu);
int kvm_put_xsave(X86CPU *cpu);
int kvm_get_xsave(X86CPU *cpu);

/*
 * kvm-debug.c: a debug exit: gdb's (EXCP_DEBUG), or the guest's own (0: it gets
 * the exception).  With the BQL.
 */
int kvm_handle_debug(X86CPU *cpu, struct kvm_debug_exit_arch *arch_info);

/* kvm-irq.c */
void kvm_arch_reset_vcpu(X86CPU *cpu);
void kvm_arch_do_init_vcpu(X86CPU *cpu);
void kvm_put_apicbase(X86CPU *cpu, uint64_t value);
void kvm_get_apic_state(DeviceState *d, struct kvm_lapic_state *kapic);
/* The GSI routes of a PC: PIC and IOAPIC pins. */
void kvm_pc_setup_irq_routing(bool pci_enabled);
/* With split: routes for the next 24 GSIs, the pins of an IOAPIC of ours. */
void kvm_pc_add_ioapic_routes(KVMState *s);
void kvm_pc_gsi_handler(void *opaque, int n, int level);

#endif
