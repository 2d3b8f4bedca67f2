/*
 * libqos: virtio over PCI.
 *
 * The device's blocks of registers are found by its capabilities, or after
 * qvirtio_pci_set_legacy() in BAR 0, as a driver before virtio 1 does.  Interrupts
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

typedef struct QVirtioPCIDevice QVirtioPCIDevice;

/* Where the numbers of vectors are written, and read back; and ISR. */
typedef struct QVirtioPCIMSIXOps {
    void (*set_config_vector)(QVirtioPCIDevice *d, uint16_t entry);
    void (*set_queue_vector)(QVirtioPCIDevice *d, uint16_t index,
                             uint16_t entry);
    /* Without MSI-X the pin says why it is raised, and is then released. */
    uint8_t (*read_isr)(QVirtioPCIDevice *d);
} QVirtioPCIMSIXOps;

struct QVirtioPCIDevice {
    QVirtioDevice vdev;
    QPCIDevice *pdev;
    const QVirtioPCIMSIXOps *msix_ops;
    QPCIBar bar;                /* modern: four blocks, at these offsets: */
    uint64_t common_cfg_offset;
    uint64_t notify_cfg_offset;
    uint64_t isr_cfg_offset;
    uint64_t device_cfg_offset;
    uint32_t notify_off_multiplier;

    uint16_t config_msix_entry;
    uint64_t config_msix_addr;
    uint32_t config_msix_data;
};

typedef struct QVirtQueuePCI {
    QVirtQueue vq;
    uint64_t notify_offset;
    uint16_t msix_entry;
    uint64_t msix_addr;
    uint32_t msix_data;
} QVirtQueuePCI;

static inline QVirtioPCIDevice *qvirtio_to_pci(QVirtioDevice *d)
{
    return container_of(d, QVirtioPCIDevice, vdev);
}

extern const QVirtioBus qvirtio_pci_virtio_1;
extern const QVirtioPCIMSIXOps qvirtio_pci_msix_ops_virtio_1;
extern const QVirtioBus qvirtio_pci_legacy;
extern const QVirtioPCIMSIXOps qvirtio_pci_msix_ops_legacy;

/* The virtio device at @addr, to be driven as a modern one.  g_free() it. */
QVirtioPCIDevice *virtio_pci_new(QPCIBus *bus, QPCIAddress *addr);
/* Drive it as one before virtio 1, or not; before it is enabled. */
void qvirtio_pci_set_legacy(QVirtioPCIDevice *d, bool legacy);
bool qvirtio_pci_is_legacy(QVirtioPCIDevice *d);
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

/* QVirtioBus.get_queue_isr_status and .get_config_isr_status */
bool qvirtio_pci_get_queue_isr_status(QVirtioDevice *d, QVirtQueue *vq);
bool qvirtio_pci_get_config_isr_status(QVirtioDevice *d);
void qvirtio_pci_virtqueue_cleanup(QVirtQueue *vq, QGuestAllocator *alloc);

#endif
