/*
 * What the parts of accel/kvm and target/i386/kvm share, and nobody else.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_KVM_INT_H
#define QEMU_KVM_INT_H

#include "exec/memory.h"
#include "hw/core/cpu.h"
#include "qapi/qapi-types-common.h"
#include "qemu/accel.h"
#include "sysemu/kvm.h"

/*
 * A piece of guest-physical memory and the RAM behind it, as KVM knows it
 * (KVM API 4.35, KVM_SET_USER_MEMORY_REGION).  Free when memory_size is 0.
 */
typedef struct KVMSlot {
    hwaddr start_addr;
    ram_addr_t memory_size;
    void *ram;
    int slot;
    int flags;
    int old_flags;
    /* One bit a page; there while KVM keeps a log for this slot. */
    unsigned long *dirty_bmap;
    unsigned long dirty_bmap_size;
    /* Where ram lies in ram_addr_t's space, for the bitmaps of physmem. */
    ram_addr_t ram_start_offset;
} KVMSlot;

typedef struct KVMMemoryListener {
    MemoryListener listener;
    KVMSlot *slots;
    unsigned int nr_allocated_slots;
    unsigned int nr_used_slots;
    int as_id;
} KVMMemoryListener;

struct KVMParkedVcpu;

struct KVMState {
    AccelState parent_obj;

    /* Properties. */
    OnOffSplit kernel_irqchip;
    OnOffAuto kernel_irqchip_split;
    int kvm_shadow_mem;
    char *device;

    /* What the kernel can do. */
    unsigned int nr_slots;
    int max_nested_state_len;
    int coalesced_mmio;
    bool coalesced_pio;
    int vcpu_events;
    int robust_singlestep;
    int debugregs;
    bool guest_debug;
    int guest_debug_flags;      /* KVM_GUESTDBG_*, where the kernel tells */
    int many_ioeventfds;
    int intx_set_mask;
    bool sync_mmu;
    /* KVM_DIRTY_LOG_*: reading the log leaves its pages alone; 0: it cannot. */
    uint64_t manual_dirty_log_protect;
    uint32_t coalesced_mmio_max;
    int sigmask_len;
    bool kernel_irqchip_allowed;
    bool kernel_irqchip_required;

    /* What is open. */
    int fd;
    int vmfd;
    KVMMemoryListener memory_listener;
    struct kvm_coalesced_mmio_ring *coalesced_mmio_ring;
    bool coalesced_flush_in_progress;
    QLIST_HEAD(, KVMParkedVcpu) kvm_parked_vcpus;
    QTAILQ_HEAD(, kvm_sw_breakpoint) kvm_sw_breakpoints;

    /* Routes: the table that goes to the kernel whole at each commit. */
    struct kvm_irq_routing *irq_routes;
    int nr_allocated_irq_routes;
    unsigned long *used_gsi_bitmap;
    unsigned int gsi_count;
    /* qemu_irq -> GSI, for irqfds of pins. */
    GHashTable *gsimap;
    int irq_set_ioctl;
};

/* kvm-all.c calls these once, when the VM is there; and undoes them. */
int kvm_irqchip_create(KVMState *s);
void kvm_init_irq_routing(KVMState *s);
/* Is this range of @as a slot?  AccelClass has_memory. */
bool kvm_accel_has_memory(MachineState *ms, AddressSpace *as,
                          hwaddr start_addr, hwaddr size);
void kvm_memory_listener_register(KVMState *s, KVMMemoryListener *kml,
                                  AddressSpace *as, int as_id,
                                  const char *name);
void kvm_memory_listener_unregister(KVMMemoryListener *kml);
void kvm_io_listener_register(KVMState *s);
void kvm_io_listener_unregister(void);
/* The VM ends: those vCPUs, too, that are parked. */
void kvm_vcpus_cleanup(KVMState *s);

/* The hooks of the listeners that are not about slots. */
void kvm_ioeventfd_setup(KVMMemoryListener *kml);
void kvm_coalesced_setup_mmio(KVMState *s, KVMMemoryListener *kml);
void kvm_coalesced_setup_pio(KVMState *s, MemoryListener *listener);

/* @cpu's pages are mapped, or are about to be unmapped: with the BQL. */
void kvm_coalesced_vcpu_comes(KVMState *s, CPUState *cpu);
void kvm_coalesced_vcpu_goes(KVMState *s, CPUState *cpu);

/* Be the provider "kvm" of statistics, if the kernel counts. */
void kvm_stats_init(KVMState *s);

void kvm_set_max_memslot_size(hwaddr max_slot_size);

#endif
