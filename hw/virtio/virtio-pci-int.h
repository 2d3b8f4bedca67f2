/*
 * What the files of the PCI transport share: for hw/virtio only.
 *
 *   virtio-pci.c            the proxy's life, its bus, its config space
 *   virtio-pci-modern.c     the registers of virtio 1 (BAR 4)
 *   virtio-pci-legacy.c     those before it (BAR 0)
 *   virtio-pci-notifier.c   kicks and interrupts by eventfd
 *   virtio-pci-irqfd.c      the interrupts that are MSI-X vectors
 *   virtio-pci-migration.c  state in a stream
 *   virtio-pci-types.c      the four QOM types of a device
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_VIRTIO_VIRTIO_PCI_INT_H
#define HW_VIRTIO_VIRTIO_PCI_INT_H

#include "hw/virtio/virtio-pci.h"
#include "standard-headers/linux/virtio_pci.h"

/* From one doorbell to the next, in bytes. */
static inline uint32_t virtio_pci_queue_mem_mult(VirtIOPCIProxy *proxy)
{
    return proxy->flags & VIRTIO_PCI_FLAG_PAGE_PER_VQ ? 0x1000 : 4;
}

/* virtio-pci.c */

/* Back to what the guest found at power on. */
void virtio_pci_reset(DeviceState *qdev);
/* The guest writes device status @val. */
void virtio_pci_write_status(VirtIOPCIProxy *proxy, uint8_t val);
/* The guest reads ISR: it is cleared, and the interrupt line with it. */
uint8_t virtio_pci_read_isr(VirtIOPCIProxy *proxy);
/* The guest chooses an MSI-X vector.  NO_VECTOR if there is none such. */
void virtio_pci_set_config_vector(VirtIOPCIProxy *proxy, uint16_t vector);
void virtio_pci_set_queue_vector(VirtIOPCIProxy *proxy, uint16_t vector);

/* virtio-pci-modern.c */

/* Lay out and create the registers, and say where they are. */
void virtio_pci_modern_layout(VirtIOPCIProxy *proxy);
void virtio_pci_modern_plug(VirtIOPCIProxy *proxy, const char *vdev_name);
void virtio_pci_modern_unplug(VirtIOPCIProxy *proxy);
/* Config space at @address is about to be read, or has been written. */
void virtio_pci_window_read(VirtIOPCIProxy *proxy, uint32_t address, int len);
void virtio_pci_window_write(VirtIOPCIProxy *proxy, uint32_t address,
                             int len);

/* virtio-pci-legacy.c */

void virtio_pci_legacy_plug(VirtIOPCIProxy *proxy);

/* virtio-pci-notifier.c: methods of the bus, and for the registers */

void virtio_pci_start_ioeventfd(VirtIOPCIProxy *proxy);
void virtio_pci_stop_ioeventfd(VirtIOPCIProxy *proxy);
bool virtio_pci_ioeventfd_enabled(DeviceState *d);
int virtio_pci_ioeventfd_assign(DeviceState *d, EventNotifier *notifier,
                                int n, bool assign);
bool virtio_pci_query_guest_notifiers(DeviceState *d);
int virtio_pci_set_guest_notifiers(DeviceState *d, int nvqs, bool assign);
int virtio_pci_set_host_notifier_mr(DeviceState *d, int n, MemoryRegion *mr,
                                    bool assign);
/* The guest has switched MSI-X on or off. */
void virtio_pci_msix_switched(VirtIOPCIProxy *proxy);

/* virtio-pci-migration.c: methods of the bus */

bool virtio_pci_has_extra_state(DeviceState *d);
void virtio_pci_save_extra_state(DeviceState *d, QEMUFile *f);
int virtio_pci_load_extra_state(DeviceState *d, QEMUFile *f);
void virtio_pci_save_config(DeviceState *d, QEMUFile *f);
int virtio_pci_load_config(DeviceState *d, QEMUFile *f);
void virtio_pci_save_queue(DeviceState *d, int n, QEMUFile *f);
int virtio_pci_load_queue(DeviceState *d, int n, QEMUFile *f);

/* virtio-pci-irqfd.c */

/*
 * MSI-X is on and guest notifiers are assigned: have the accelerator raise
 * vectors, where it can, and follow their masks; and give that up.
 * 0, or -errno (no routes left), and then nothing is changed.
 */
int virtio_pci_start_vectors(VirtIOPCIProxy *proxy);
void virtio_pci_stop_vectors(VirtIOPCIProxy *proxy);
/* Queue @n's vector is about to change, or has changed. */
void virtio_pci_vq_leave_vector(VirtIOPCIProxy *proxy, int n);
void virtio_pci_vq_enter_vector(VirtIOPCIProxy *proxy, int n);

#endif
