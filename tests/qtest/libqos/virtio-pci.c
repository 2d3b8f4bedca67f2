/*
 * libqos: virtio over PCI, what both kinds of registers share.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "virtio-pci.h"
#include "hw/pci/pci_regs.h"
#include "standard-headers/linux/virtio_pci.h"

#define MSIX_VECTOR_SIZE 16

/* Interrupts */

/* Has the vector's message arrived in memory?  If masked, is it pending? */
static bool qvirtio_pci_msix_fired(QVirtioPCIDevice *dev, uint16_t entry,
                                   uint64_t addr, uint32_t data)
{
    QTestState *qts = dev->pdev->bus->qts;

    g_assert_cmpuint(entry, !=, UINT16_MAX);
    if (qpci_msix_masked(dev->pdev, entry)) {
        return qpci_msix_pending(dev->pdev, entry);
    }
    if (qtest_readl(qts, addr) == data) {
        qtest_writel(qts, addr, 0);
        return true;
    }
    return false;
}

bool qvirtio_pci_get_queue_isr_status(QVirtioDevice *d, QVirtQueue *vq)
{
    QVirtioPCIDevice *dev = qvirtio_to_pci(d);
    QVirtQueuePCI *vqpci = container_of(vq, QVirtQueuePCI, vq);

    if (dev->pdev->msix_enabled) {
        return qvirtio_pci_msix_fired(dev, vqpci->msix_entry, vqpci->msix_addr,
                                      vqpci->msix_data);
    }
    return dev->msix_ops->read_isr(dev) & 1;
}

bool qvirtio_pci_get_config_isr_status(QVirtioDevice *d)
{
    QVirtioPCIDevice *dev = qvirtio_to_pci(d);

    if (dev->pdev->msix_enabled) {
        return qvirtio_pci_msix_fired(dev, dev->config_msix_entry,
                                      dev->config_msix_addr,
                                      dev->config_msix_data);
    }
    return dev->msix_ops->read_isr(dev) & 2;
}

/* Have vector @entry write @data to a word of its own, and unmask it. */
static uint64_t qvirtio_pci_msix_program(QVirtioPCIDevice *dev,
                                         QGuestAllocator *alloc,
                                         uint16_t entry, uint32_t data)
{
    QPCIDevice *pdev = dev->pdev;
    uint64_t addr = guest_alloc(alloc, 4);
    uint64_t off = pdev->msix_table_off + entry * MSIX_VECTOR_SIZE;

    g_assert_true(pdev->msix_enabled);
    g_assert_cmpuint(entry, <, qpci_msix_table_size(pdev));
    qtest_writel(pdev->bus->qts, addr, 0);
    qpci_io_writel(pdev, pdev->msix_table_bar, off, addr);
    qpci_io_writel(pdev, pdev->msix_table_bar, off + 4, addr >> 32);
    qpci_io_writel(pdev, pdev->msix_table_bar, off + 8, data);
    qpci_io_writel(pdev, pdev->msix_table_bar, off + 12, 0);
    return addr;
}

void qvirtio_pci_set_msix_configuration_vector(QVirtioPCIDevice *d,
                                               QGuestAllocator *alloc,
                                               uint16_t entry)
{
    d->config_msix_entry = entry;
    d->config_msix_data = 0x12345678;
    d->config_msix_addr = qvirtio_pci_msix_program(d, alloc, entry,
                                                   d->config_msix_data);
    d->msix_ops->set_config_vector(d, entry);
}

void qvirtqueue_pci_msix_setup(QVirtioPCIDevice *d, QVirtQueuePCI *vqpci,
                               QGuestAllocator *alloc, uint16_t entry)
{
    vqpci->msix_entry = entry;
    vqpci->msix_data = 0x12340000 + entry;
    vqpci->msix_addr = qvirtio_pci_msix_program(d, alloc, entry,
                                                vqpci->msix_data);
    d->msix_ops->set_queue_vector(d, vqpci->vq.index, entry);
}

/* Queues */

void qvirtio_pci_virtqueue_cleanup(QVirtQueue *vq, QGuestAllocator *alloc)
{
    guest_free(alloc, vq->desc);
    g_free(container_of(vq, QVirtQueuePCI, vq));
}

/* Finding the device */

/*
 * The vendor capability of @cfg_type that points into BAR *@bar, or into any
 * if that is negative; where it points, and in which BAR.
 */
static uint8_t qvirtio_pci_find_cap(QPCIDevice *pdev, uint8_t cfg_type,
                                    uint64_t *offset, int *bar)
{
    uint8_t cap = 0;
    int in;

    do {
        cap = qpci_find_capability(pdev, PCI_CAP_ID_VNDR, cap);
        g_assert_cmpuint(cap, !=, 0);
        in = qpci_config_readb(pdev, cap + VIRTIO_PCI_CAP_BAR);
    } while (qpci_config_readb(pdev, cap + VIRTIO_PCI_CAP_CFG_TYPE) !=
             cfg_type || (*bar >= 0 && *bar != in));
    *offset = qpci_config_readl(pdev, cap + VIRTIO_PCI_CAP_OFFSET);
    *bar = in;
    return cap;
}

QVirtioPCIDevice *virtio_pci_new(QPCIBus *bus, QPCIAddress *addr)
{
    QVirtioPCIDevice *d = g_new0(QVirtioPCIDevice, 1);

    d->pdev = g_new0(QPCIDevice, 1);
    qpci_device_init(d->pdev, bus, addr);
    qvirtio_pci_set_legacy(d, false);
    d->config_msix_entry = UINT16_MAX;
    return d;
}

void qvirtio_pci_set_legacy(QVirtioPCIDevice *d, bool legacy)
{
    d->vdev.bus = legacy ? &qvirtio_pci_legacy : &qvirtio_pci_virtio_1;
    d->msix_ops = legacy ? &qvirtio_pci_msix_ops_legacy
                         : &qvirtio_pci_msix_ops_virtio_1;
}

bool qvirtio_pci_is_legacy(QVirtioPCIDevice *d)
{
    return d->vdev.bus == &qvirtio_pci_legacy;
}

void qvirtio_pci_device_enable(QVirtioPCIDevice *d)
{
    int bar = -1;
    uint8_t cap;

    qpci_device_enable(d->pdev);
    if (qvirtio_pci_is_legacy(d)) {
        d->bar = qpci_iomap(d->pdev, 0, NULL);
        g_assert_true(d->bar.is_io);
        return;
    }
    qvirtio_pci_find_cap(d->pdev, VIRTIO_PCI_CAP_COMMON_CFG,
                         &d->common_cfg_offset, &bar);
    qvirtio_pci_find_cap(d->pdev, VIRTIO_PCI_CAP_ISR_CFG, &d->isr_cfg_offset,
                         &bar);
    qvirtio_pci_find_cap(d->pdev, VIRTIO_PCI_CAP_DEVICE_CFG,
                         &d->device_cfg_offset, &bar);
    cap = qvirtio_pci_find_cap(d->pdev, VIRTIO_PCI_CAP_NOTIFY_CFG,
                               &d->notify_cfg_offset, &bar);
    d->notify_off_multiplier =
        qpci_config_readl(d->pdev, cap + VIRTIO_PCI_NOTIFY_CAP_MULT);
    d->bar = qpci_iomap(d->pdev, bar, NULL);
}

void qvirtio_pci_device_disable(QVirtioPCIDevice *d)
{
    qvirtio_reset(&d->vdev);
    qpci_iounmap(d->pdev, d->bar);
}

void qvirtio_pci_device_free(QVirtioPCIDevice *d)
{
    qvirtio_pci_device_disable(d);
    g_free(d->pdev);
    g_free(d);
}
