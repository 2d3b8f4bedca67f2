/*
 * libqos: virtio over PCI, the modern registers.
 *
 * The device's blocks of registers are found by its capabilities.  Interrupts
 * are read from ISR, or, once qvirtio_pci_set_msix_configuration_vector() and
 * qvirtqueue_pci_msix_setup() have chosen vectors, from a word in guest memory
 * that each vector's message goes to.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef LIBQOS_VIRTIO_PCI_H
#define LIBQOS_VIRTIO_PCI_H

#include "virtio.h"
#include "pci.h"

typedef struct QVirtioPCIDevice {
    QVirtioDevice vdev;
    QPCIDevice *pdev;
    QPCIBar bar;                /* with all four blocks, at these offsets: */
    uint64_t common_cfg_offset;
    uint64_t notify_cfg_offset;
    uint64_t isr_cfg_offset;
    uint64_t device_cfg_offset;
    uint32_t notify_off_multiplier;

    uint16_t config_msix_entry;
    uint64_t config_msix_addr;
    uint32_t config_msix_data;
} QVirtioPCIDevice;

typedef struct QVirtQueuePCI {
    QVirtQueue vq;
    uint64_t notify_offset;
    uint16_t msix_entry;
    uint64_t msix_addr;
    uint32_t msix_data;
} QVirtQueuePCI;

extern const QVirtioBus qvirtio_pci_virtio_1;

/* The virtio device at @addr; its type must be modern.  g_free() it. */
QVirtioPCIDevice *virtio_pci_new(QPCIBus *bus, QPCIAddress *addr);
void qvirtio_pci_device_enable(QVirtioPCIDevice *d);
void qvirtio_pci_device_disable(QVirtioPCIDevice *d);
/* Switch it off and free it, with its PCI device. */
void qvirtio_pci_device_free(QVirtioPCIDevice *d);

/* After qpci_msix_enable(): interrupts of this kind use vector @entry. */
void qvirtio_pci_set_msix_configuration_vector(QVirtioPCIDevice *d,
                                               QGuestAllocator *alloc,
                                               uint16_t entry);
void qvirtqueue_pci_msix_setup(QVirtioPCIDevice *d, QVirtQueuePCI *vqpci,
                               QGuestAllocator *alloc, uint16_t entry);

#endif
