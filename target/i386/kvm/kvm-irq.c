/*
 * Interrupts of a PC under KVM: which chips are whose, and how messages travel.
 *
 *     kernel-irqchip=on     PIC, IOAPIC, PIT and local APICs in the kernel
 *     kernel-irqchip=split  local APICs there; PIC, IOAPIC and PIT are ours
 *     kernel-irqchip=off    all ours
 *
 * With split, the IOAPIC of ours delivers by messages, as any device does: each
 * pin has a GSI of its own, whose route is the message in its redirection entry.
 * The kernel needs those 24 routes to know which vectors' EOIs it has to tell us
 * of (KVM API 7.5, KVM_CAP_SPLIT_IRQCHIP).
 *
 * Read first: accel/kvm/kvm-irqchip.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "cpu.h"
#include "hw/i386/apic-msidef.h"
#include "hw/i386/ioapic.h"
#include "hw/i386/pc.h"
#include "hw/i386/x86.h"
#include "hw/irq.h"
#include "hw/pci/msi.h"
#include "hw/pci/msix.h"
#include "hw/pci/pci.h"
#include "kvm_i386.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "sysemu/kvm_int.h"

int kvm_arch_irqchip_create(KVMState *s)
{
    int ret;

    if (!kvm_kernel_irqchip_split()) {
        return 0;
    }
    /* Up to two IOAPICs: whether a board has the second, it says later. */
    ret = kvm_vm_enable_cap(s, KVM_CAP_SPLIT_IRQCHIP, 0, 2 * IOAPIC_NUM_PINS);
    if (ret) {
        error_report("Could not enable split irqchip mode: %s",
                     strerror(-ret));
        return ret;
    }
    kvm_split_irqchip = true;
    return 1;
}

void kvm_pc_add_ioapic_routes(KVMState *s)
{
    KVMRouteChange c = kvm_irqchip_begin_route_changes(s);

    for (int i = 0; i < IOAPIC_NUM_PINS; i++) {
        if (kvm_irqchip_add_msi_route(&c, 0, NULL) < 0) {
            error_report("Could not enable split IRQ mode.");
            exit(1);
        }
    }
    kvm_irqchip_commit_route_changes(&c);
}

void kvm_arch_init_irq_routing(KVMState *s)
{
    /* Messages and pins have routes; an irqfd may therefore be a message. */
    kvm_msi_via_irqfd_allowed = true;
    kvm_gsi_routing_allowed = true;

    if (kvm_irqchip_is_split()) {
        /* The first GSIs are the IOAPIC's pins, whatever comes later. */
        kvm_pc_add_ioapic_routes(s);
    }
}

bool kvm_enable_x2apic(void)
{
    static bool enabled;

    if (!enabled) {
        enabled = kvm_vm_enable_cap(kvm_state, KVM_CAP_X2APIC_API, 0,
                                    KVM_X2APIC_API_USE_32BIT_IDS |
                                    KVM_X2APIC_API_DISABLE_BROADCAST_QUIRK)
                  == 0;
    }
    return enabled;
}

bool kvm_has_x2apic_api(void)
{
    return kvm_check_extension(kvm_state, KVM_CAP_X2APIC_API);
}

/*
 * Messages.  Without an IOMMU a device's address is the bus's.
 *
 * To the kernel every route is a message to the local APICs, and one whose
 * upper address it does not understand spoils the whole table.  A device's
 * message is a write, and goes elsewhere if the guest says so: that is no route.
 */
int kvm_arch_fixup_msi_route(struct kvm_irq_routing_entry *route,
                             uint64_t address, uint32_t data, PCIDevice *dev)
{
    if (dev && (address & ~(uint64_t)(APIC_SPACE_SIZE - 1)) !=
               APIC_DEFAULT_ADDRESS) {
        return -EINVAL;
    }
    return 0;
}

int kvm_arch_add_msi_route_post(struct kvm_irq_routing_entry *route,
                                int vector, PCIDevice *dev)
{
    return 0;
}

int kvm_arch_release_virq_post(int virq)
{
    return 0;
}

int kvm_arch_msi_data_to_gsi(uint32_t data)
{
    g_assert_not_reached();     /* kvm_gsi_direct_mapping() is false on x86 */
}

/* Pins: the GSIs of a PC are those of its IOAPIC; 0 to 15 are the PICs', too. */

void kvm_pc_setup_irq_routing(bool pci_enabled)
{
    KVMState *s = kvm_state;

    assert(kvm_has_gsi_routing());
    for (int i = 0; i < 8; i++) {
        /* The slave PIC hangs on pin 2. */
        if (i != 2) {
            kvm_irqchip_add_irq_route(s, i, KVM_IRQCHIP_PIC_MASTER, i);
        }
    }
    for (int i = 8; i < 16; i++) {
        kvm_irqchip_add_irq_route(s, i, KVM_IRQCHIP_PIC_SLAVE, i - 8);
    }
    if (pci_enabled) {
        for (int i = 0; i < IOAPIC_NUM_PINS; i++) {
            /* The timer's GSI 0 is wired to pin 2, as the tables say. */
            if (i == 0) {
                kvm_irqchip_add_irq_route(s, i, KVM_IRQCHIP_IOAPIC, 2);
            } else if (i != 2) {
                kvm_irqchip_add_irq_route(s, i, KVM_IRQCHIP_IOAPIC, i);
            }
        }
    }
    kvm_irqchip_commit_routes(s);
}

void kvm_pc_gsi_handler(void *opaque, int n, int level)
{
    GSIState *s = opaque;

    if (n < ISA_NUM_IRQS) {
        /* The kernel's PIC and IOAPIC share a GSI: one call does for both. */
        qemu_set_irq(s->i8259_irq[n], level);
    } else {
        qemu_set_irq(s->ioapic_irq[n], level);
    }
}
