/*
 * Coalesced MMIO and PIO: writes that KVM collects for us.
 *
 * For a range that a device has marked (memory_region_set_coalescing), KVM puts
 * each write in a ring and lets the guest go on (KVM API 4.116,
 * KVM_(UN)REGISTER_COALESCED_MMIO).  The ring is a page beside the vCPU's
 * kvm_run, the same for all vCPUs.  A full ring makes KVM exit as if there were
 * none; and before an access to a region that says so (flush_coalesced_mmio)
 * the memory API empties it, so that the device is in its true state.
 *
 * Read first: system/memory-coalescing.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "qemu/atomic.h"
#include "sysemu/kvm_int.h"

static void kvm_coalesced_zone(MemoryRegionSection *section, hwaddr start,
                               hwaddr size, bool pio, bool add)
{
    struct kvm_coalesced_mmio_zone zone = {
        .addr = start,
        .size = size,
        .pio = pio,
    };

    /* What the kernel refuses (too many zones) just exits at each write. */
    (void)kvm_vm_ioctl(kvm_state, add ? KVM_REGISTER_COALESCED_MMIO
                                      : KVM_UNREGISTER_COALESCED_MMIO, &zone);
}

static void kvm_coalesce_mmio_region(MemoryListener *listener,
                                     MemoryRegionSection *section,
                                     hwaddr start, hwaddr size)
{
    kvm_coalesced_zone(section, start, size, false, true);
}

static void kvm_uncoalesce_mmio_region(MemoryListener *listener,
                                       MemoryRegionSection *section,
                                       hwaddr start, hwaddr size)
{
    kvm_coalesced_zone(section, start, size, false, false);
}

static void kvm_coalesce_pio_add(MemoryListener *listener,
                                 MemoryRegionSection *section,
                                 hwaddr start, hwaddr size)
{
    kvm_coalesced_zone(section, start, size, true, true);
}

static void kvm_coalesce_pio_del(MemoryListener *listener,
                                 MemoryRegionSection *section,
                                 hwaddr start, hwaddr size)
{
    kvm_coalesced_zone(section, start, size, true, false);
}

void kvm_coalesced_setup_mmio(KVMState *s, KVMMemoryListener *kml)
{
    if (s->coalesced_mmio) {
        kml->listener.coalesced_io_add = kvm_coalesce_mmio_region;
        kml->listener.coalesced_io_del = kvm_uncoalesce_mmio_region;
    }
}

void kvm_coalesced_setup_pio(KVMState *s, MemoryListener *listener)
{
    if (s->coalesced_pio) {
        listener->coalesced_io_add = kvm_coalesce_pio_add;
        listener->coalesced_io_del = kvm_coalesce_pio_del;
    }
}

/* The ring is the VM's: the pages of each vCPU lead to it. */
static struct kvm_coalesced_mmio_ring *kvm_coalesced_ring(KVMState *s,
                                                          CPUState *cpu)
{
    return (void *)cpu->kvm_run +
           s->coalesced_mmio * qemu_real_host_page_size();
}

void kvm_coalesced_vcpu_comes(KVMState *s, CPUState *cpu)
{
    if (s->coalesced_mmio && !s->coalesced_mmio_ring) {
        s->coalesced_mmio_ring = kvm_coalesced_ring(s, cpu);
        s->coalesced_mmio_max =
            (qemu_real_host_page_size() -
             sizeof(struct kvm_coalesced_mmio_ring)) /
            sizeof(struct kvm_coalesced_mmio);
    }
}

void kvm_coalesced_vcpu_goes(KVMState *s, CPUState *cpu)
{
    CPUState *other;

    if (!s->coalesced_mmio_ring ||
        s->coalesced_mmio_ring != kvm_coalesced_ring(s, cpu)) {
        return;
    }
    kvm_flush_coalesced_mmio_buffer();
    s->coalesced_mmio_ring = NULL;
    CPU_FOREACH(other) {
        if (other != cpu && other->kvm_run) {
            s->coalesced_mmio_ring = kvm_coalesced_ring(s, other);
            return;
        }
    }
}

/*
 * A device whose write is carried out here may itself cause a flush: the
 * entry counts as gone only after it, so that one is kept from starting over.
 */
void kvm_flush_coalesced_mmio_buffer(void)
{
    KVMState *s = kvm_state;
    struct kvm_coalesced_mmio_ring *ring;

    /* Before the first vCPU, and after the VM, there is none. */
    if (!s || !s->coalesced_mmio_ring || s->coalesced_flush_in_progress) {
        return;
    }
    ring = s->coalesced_mmio_ring;
    s->coalesced_flush_in_progress = true;
    while (ring->first != qatomic_load_acquire(&ring->last)) {
        struct kvm_coalesced_mmio *ent = &ring->coalesced_mmio[ring->first];
        AddressSpace *as = ent->pio ? &address_space_io
                                    : &address_space_memory;

        address_space_write(as, ent->phys_addr, MEMTXATTRS_UNSPECIFIED,
                            ent->data, ent->len);
        qatomic_store_release(&ring->first,
                              (ring->first + 1) % s->coalesced_mmio_max);
    }
    s->coalesced_flush_in_progress = false;
}
