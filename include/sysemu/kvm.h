/*
 * KVM: the accelerator that lets the host's CPU run the guest.
 *
 * KVM is three kinds of file descriptor, each with ioctls of its own (the
 * kernel's Documentation/virt/kvm/api.rst, "KVM API" below):
 *
 *     /dev/kvm     KVMState.fd      is it there, what can it do, make a VM
 *     the VM       KVMState.vmfd    guest memory, interrupt controllers, routes
 *     a vCPU       CPUState.kvm_fd  registers, and KVM_RUN: be the guest until
 *                                   something happens that KVM cannot do alone
 *
 * What the guest sees as memory is told to KVM in slots, by a MemoryListener
 * (accel/kvm/kvm-memory.c).  Where there is no slot, an access ends KVM_RUN and
 * the vCPU's thread calls the device (kvm_cpu_exec).  Two shortcuts keep the
 * data path inside the kernel:
 *
 *     guest writes a doorbell --ioeventfd--> EventNotifier of the virtqueue
 *     device signals EventNotifier --irqfd--> interrupt in the guest
 *
 * An irqfd names a GSI, and a table of routes tells what a GSI is: a pin of the
 * i8259 or IOAPIC, or an MSI.  Devices ask for routes through this header
 * (kvm_irqchip_*), never by ioctl.
 *
 * A device asks what is possible with the kvm_*_enabled() tests.  They are
 * all false until an accelerator "kvm" runs the VM, so that code under
 * `if (kvm_enabled())` needs no other guard.
 *
 * Everything here is called with the BQL held, unless it says otherwise.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_KVM_H
#define QEMU_KVM_H

#include "qemu/accel.h"
#include "exec/cpu-defs.h"
#include "exec/memattrs.h"
#include "hw/core/cpu.h"
#include "qemu/queue.h"
#include "qom/object.h"
#include <linux/kvm.h>

extern bool kvm_allowed;
extern bool kvm_kernel_irqchip;
extern bool kvm_split_irqchip;
extern bool kvm_async_interrupts_allowed;
extern bool kvm_halt_in_kernel_allowed;
extern bool kvm_eventfds_allowed;
extern bool kvm_irqfds_allowed;
extern bool kvm_resamplefds_allowed;
extern bool kvm_msi_via_irqfd_allowed;
extern bool kvm_gsi_routing_allowed;
extern bool kvm_gsi_direct_mapping;
extern bool kvm_readonly_mem_allowed;
extern bool kvm_direct_msi_allowed;
extern bool kvm_ioeventfd_any_length_allowed;
extern bool kvm_msi_use_devid;

/* The VM runs under KVM. */
#define kvm_enabled()           (kvm_allowed)
/* All interrupt controllers are in the kernel, or (split) the local APICs. */
#define kvm_irqchip_in_kernel() (kvm_kernel_irqchip)
/* The local APICs are in the kernel; PIC and IOAPIC are devices of ours. */
#define kvm_irqchip_is_split()  (kvm_split_irqchip)
/* Interrupts may be set without kicking the vCPU. */
#define kvm_async_interrupts_enabled() (kvm_async_interrupts_allowed)
/* HLT waits in the kernel: a halted vCPU is one that runs. */
#define kvm_halt_in_kernel()    (kvm_halt_in_kernel_allowed)
#define kvm_eventfds_enabled()  (kvm_eventfds_allowed)
#define kvm_irqfds_enabled()    (kvm_irqfds_allowed)
/* An irqfd can tell when the guest has acknowledged a level interrupt. */
#define kvm_resamplefds_enabled() (kvm_resamplefds_allowed)
#define kvm_msi_via_irqfd_enabled() (kvm_msi_via_irqfd_allowed)
#define kvm_gsi_routing_enabled() (kvm_gsi_routing_allowed)
#define kvm_gsi_direct_mapping() (kvm_gsi_direct_mapping)
#define kvm_readonly_mem_enabled() (kvm_readonly_mem_allowed)
#define kvm_direct_msi_enabled() (kvm_direct_msi_allowed)
/* An ioeventfd may match writes of any width (length 0). */
#define kvm_ioeventfd_any_length_enabled() (kvm_ioeventfd_any_length_allowed)
#define kvm_msi_devid_required() (kvm_msi_use_devid)

struct kvm_run;
struct kvm_lapic_state;

typedef struct KVMCapabilityInfo {
    const char *name;
    int value;
} KVMCapabilityInfo;

#define KVM_CAP_INFO(CAP) { "KVM_CAP_" stringify(CAP), KVM_CAP_##CAP }
#define KVM_CAP_LAST_INFO { NULL, 0 }

typedef struct KVMState KVMState;

#define TYPE_KVM_ACCEL ACCEL_CLASS_NAME("kvm")
DECLARE_INSTANCE_CHECKER(KVMState, KVM_STATE, TYPE_KVM_ACCEL)

extern KVMState *kvm_state;

/*
 * Several changes of routes that go to the kernel at once: each commit costs
 * it a walk through all of them.
 */
typedef struct KVMRouteChange {
    KVMState *s;
    int changes;
} KVMRouteChange;

/* What there can be */

bool kvm_has_free_slot(MachineState *ms);
bool kvm_has_sync_mmu(void);
int kvm_has_vcpu_events(void);
int kvm_has_robust_singlestep(void);
int kvm_has_debugregs(void);
int kvm_max_nested_state_length(void);
int kvm_has_gsi_routing(void);
int kvm_has_intx_set_mask(void);
/* How many memory slots there may be. */
unsigned int kvm_get_max_memslots(void);

/* vCPUs; in the vCPU's own thread unless they say otherwise */

/*
 * kvm_init_vcpu: the kernel's half of @cpu, and the page (kvm_run) through
 * which it talks.  Returns 0 or a negative errno with @errp set.
 */
int kvm_init_vcpu(CPUState *cpu, Error **errp);
/*
 * kvm_destroy_vcpu: @cpu is unplugged.  KVM cannot forget a vCPU: its
 * descriptor is parked for the next one of the same id.
 */
int kvm_destroy_vcpu(CPUState *cpu);
/*
 * kvm_cpu_exec: run the guest until there is work for the thread's loop.
 * Called with the BQL, drops it while the guest runs.  Returns EXCP_*.
 */
int kvm_cpu_exec(CPUState *cpu);
bool kvm_cpu_check_are_resettable(void);
/* The thread of @cpu takes SIG_IPI, and nothing that is the main loop's. */
void kvm_init_cpu_signals(CPUState *cpu);
/*
 * The writes that KVM put aside (KVM_CAP_COALESCED_MMIO): do them.  With the
 * BQL; any thread.
 */
void kvm_flush_coalesced_mmio_buffer(void);
/* Where the properties of -accel kvm leave the irqchip. */
bool kvm_kernel_irqchip_allowed(void);
bool kvm_kernel_irqchip_required(void);
bool kvm_kernel_irqchip_split(void);

/* ioctls: the result, or a negative errno */

int kvm_ioctl(KVMState *s, int type, ...);
int kvm_vm_ioctl(KVMState *s, int type, ...);
int kvm_vcpu_ioctl(CPUState *cpu, int type, ...);
int kvm_device_ioctl(int fd, int type, ...);

/* Attributes of a device in the kernel (KVM API 4.80) */

int kvm_vm_check_attr(KVMState *s, uint32_t group, uint64_t attr);
int kvm_device_check_attr(int fd, uint32_t group, uint64_t attr);
int kvm_device_access(int fd, int group, uint64_t attr, void *val, bool write,
                      Error **errp);
int kvm_create_device(KVMState *s, uint64_t type, bool test);

/* KVM_CHECK_EXTENSION on /dev/kvm, and on the VM: 0, or what the cap says. */
int kvm_check_extension(KVMState *s, unsigned int extension);
int kvm_vm_check_extension(KVMState *s, unsigned int extension);

/* KVM_ENABLE_CAP with up to four arguments. */
#define kvm_vm_enable_cap(s, capability, cap_flags, ...)             \
    ({                                                               \
        struct kvm_enable_cap cap_ = {                               \
            .cap = (capability),                                     \
            .flags = (cap_flags),                                    \
        };                                                           \
        uint64_t args_[] = { __VA_ARGS__ };                          \
        memcpy(cap_.args, args_, MIN(sizeof(args_), sizeof(cap_.args))); \
        kvm_vm_ioctl((s), KVM_ENABLE_CAP, &cap_);                    \
    })

#define kvm_vcpu_enable_cap(cpu, capability, cap_flags, ...)         \
    ({                                                               \
        struct kvm_enable_cap cap_ = {                               \
            .cap = (capability),                                     \
            .flags = (cap_flags),                                    \
        };                                                           \
        uint64_t args_[] = { __VA_ARGS__ };                          \
        memcpy(cap_.args, args_, MIN(sizeof(args_), sizeof(cap_.args))); \
        kvm_vcpu_ioctl((cpu), KVM_ENABLE_CAP, &cap_);                \
    })

/* What the target (target/i386/kvm) does for the general part */

extern const KVMCapabilityInfo kvm_arch_required_capabilities[];

void kvm_arch_pre_run(CPUState *cpu, struct kvm_run *run);
MemTxAttrs kvm_arch_post_run(CPUState *cpu, struct kvm_run *run);
/* 0: on with it; > 0: EXCP_*; < 0: the VM stops with an internal error. */
int kvm_arch_handle_exit(CPUState *cpu, struct kvm_run *run);
int kvm_arch_process_async_events(CPUState *cpu);

int kvm_arch_get_registers(CPUState *cpu);

/* How much of the state to write: what the guest changes as it runs, … */
#define KVM_PUT_RUNTIME_STATE   1
/* … and what a reset changes, … */
#define KVM_PUT_RESET_STATE     2
/* … and all there is. */
#define KVM_PUT_FULL_STATE      3

int kvm_arch_put_registers(CPUState *cpu, int level);
int kvm_arch_init(MachineState *ms, KVMState *s);
int kvm_arch_init_vcpu(CPUState *cpu);
int kvm_arch_destroy_vcpu(CPUState *cpu);
bool kvm_vcpu_id_is_valid(int vcpu_id);
/* The id that KVM knows @cpu by: its APIC ID. */
unsigned long kvm_arch_vcpu_id(CPUState *cpu);
void kvm_arch_init_irq_routing(KVMState *s);
int kvm_arch_fixup_msi_route(struct kvm_irq_routing_entry *route,
                             uint64_t address, uint32_t data, PCIDevice *dev);
/* After the route of @dev's vector was added, before the one of @virq goes. */
int kvm_arch_add_msi_route_post(struct kvm_irq_routing_entry *route,
                                int vector, PCIDevice *dev);
int kvm_arch_release_virq_post(int virq);
int kvm_arch_msi_data_to_gsi(uint32_t data);
/* > 0: made; 0: the general part makes one; < 0: errno. */
int kvm_arch_irqchip_create(KVMState *s);
void kvm_arch_init_irqchip(KVMState *s);
bool kvm_arch_stop_on_emulation_error(CPUState *cpu);
bool kvm_arch_cpu_check_are_resettable(void);
void kvm_arch_accel_class_init(ObjectClass *oc);
/* Give back what kvm_arch_init() took; nobody runs any more. */
void kvm_arch_accel_finalize(KVMState *s);

/* Debugging of the guest: accel/kvm/kvm-guest-debug.c */

struct kvm_guest_debug;
struct kvm_debug_exit_arch;

/*
 * An instruction of the guest that stops it in place of another: @saved_insn is
 * what was there, @use_count how often somebody asked for it.
 */
struct kvm_sw_breakpoint {
    target_ulong pc;
    target_ulong saved_insn;
    int use_count;
    QTAILQ_ENTRY(kvm_sw_breakpoint) entry;
};

struct kvm_sw_breakpoint *kvm_find_sw_breakpoint(CPUState *cpu,
                                                 target_ulong pc);
int kvm_sw_breakpoints_active(CPUState *cpu);
/*
 * kvm_update_guest_debug: tell the kernel which exceptions of @cpu end KVM_RUN.
 * @reinject_trap: KVM_GUESTDBG_INJECT_*: one that the guest has to see.
 */
int kvm_update_guest_debug(CPUState *cpu, unsigned long reinject_trap);

/* 0 or -errno; -ENOSYS: there is no such type. */
int kvm_arch_insert_sw_breakpoint(CPUState *cpu,
                                  struct kvm_sw_breakpoint *bp);
int kvm_arch_remove_sw_breakpoint(CPUState *cpu,
                                  struct kvm_sw_breakpoint *bp);
int kvm_arch_insert_hw_breakpoint(target_ulong addr, target_ulong len,
                                  int type);
int kvm_arch_remove_hw_breakpoint(target_ulong addr, target_ulong len,
                                  int type);
void kvm_arch_remove_all_hw_breakpoints(void);
/* Add to @dbg what the breakpoints need. */
void kvm_arch_update_guest_debug(CPUState *cpu, struct kvm_guest_debug *dbg);

/* Interrupts */

/* kvm_set_irq: the level of GSI @irq.  Returns what KVM says of delivery. */
int kvm_set_irq(KVMState *s, int irq, int level);
/* Sends one MSI now; > 0 delivered, 0 the guest blocks it, or -errno. */
int kvm_irqchip_send_msi(KVMState *s, MSIMessage msg);
void kvm_irqchip_add_irq_route(KVMState *s, int gsi, int irqchip, int pin);

static inline KVMRouteChange kvm_irqchip_begin_route_changes(KVMState *s)
{
    return (KVMRouteChange) { .s = s, .changes = 0 };
}

/*
 * kvm_irqchip_add_msi_route: a GSI that sends the MSI-X (or MSI) message
 * @vector of @dev; with @dev NULL one that sends nothing yet.  It counts in
 * @c; the kernel knows it after kvm_irqchip_commit_route_changes().
 * Returns the GSI ("virq"), to be given back by kvm_irqchip_release_virq(),
 * or -ENOSYS, -ENOSPC.
 */
int kvm_irqchip_add_msi_route(KVMRouteChange *c, int vector, PCIDevice *dev);
/* The guest has written another message for @virq; needs a commit. */
int kvm_irqchip_update_msi_route(KVMState *s, int virq, MSIMessage msg,
                                 PCIDevice *dev);
void kvm_irqchip_commit_routes(KVMState *s);
void kvm_irqchip_release_virq(KVMState *s, int virq);

static inline void kvm_irqchip_commit_route_changes(KVMRouteChange *c)
{
    if (c->changes) {
        kvm_irqchip_commit_routes(c->s);
        c->changes = 0;
    }
}

/*
 * kvm_irqchip_add_irqfd_notifier_gsi: whenever @n is signalled, KVM raises GSI
 * @virq, with no thread of ours in between.  With @rn the interrupt is a level:
 * KVM lowers it at the guest's EOI and signals @rn, for the device to raise it
 * again if it still wants to.  0 or -errno.
 */
int kvm_irqchip_add_irqfd_notifier_gsi(KVMState *s, EventNotifier *n,
                                       EventNotifier *rn, int virq);
int kvm_irqchip_remove_irqfd_notifier_gsi(KVMState *s, EventNotifier *n,
                                          int virq);
/* The same by the qemu_irq of a pin that kvm_irqchip_set_qemuirq_gsi() knows. */
int kvm_irqchip_add_irqfd_notifier(KVMState *s, EventNotifier *n,
                                   EventNotifier *rn, qemu_irq irq);
int kvm_irqchip_remove_irqfd_notifier(KVMState *s, EventNotifier *n,
                                      qemu_irq irq);
void kvm_irqchip_set_qemuirq_gsi(KVMState *s, qemu_irq irq, int gsi);
/* A split irqchip's IOAPIC saw the EOI of @gsi: signal who wants to know. */
void kvm_resample_fd_notify(int gsi);

/* Called when routes change (KVM cannot tell a user-space IOAPIC). */
void kvm_irqchip_add_change_notifier(Notifier *n);
void kvm_irqchip_remove_change_notifier(Notifier *n);
void kvm_irqchip_change_notify(void);

/* Registers: the kernel's copy and ours */

/* Ours becomes current, and is written back before the guest runs again. */
void kvm_cpu_synchronize_state(CPUState *cpu);
void kvm_cpu_synchronize_post_reset(CPUState *cpu);
void kvm_cpu_synchronize_post_init(CPUState *cpu);
void kvm_cpu_synchronize_pre_loadvm(CPUState *cpu);

/*
 * Where the guest sees the host's address @ram_addr: 1 and *@phys_addr, or 0
 * when no slot holds it.
 */
int kvm_physical_memory_addr_from_host(KVMState *s, void *ram_addr,
                                       hwaddr *phys_addr);

#endif
