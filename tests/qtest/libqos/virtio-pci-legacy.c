/*
 * libqos: virtio over PCI, the registers before virtio 1.
 *
 * One block of ports in BAR 0.  Features have 32 bits, a queue has one address,
 * a page's number, and the length that the device gives it; the configuration
 * space comes last, and moves when MSI-X is switched on.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "virtio-pci.h"
#include "standard-headers/linux/virtio_config.h"
#include "standard-headers/linux/virtio_pci.h"

#define DEFINE_PORT(width, type)                                            \
static type legacy_read##width(QVirtioDevice *d, uint64_t reg)              \
{                                                                           \
    QVirtioPCIDevice *dev = qvirtio_to_pci(d);                              \
                                                                            \
    return qpci_io_read##width(dev->pdev, dev->bar, reg);                   \
}                                                                           \
static void legacy_write##width(QVirtioDevice *d, uint64_t reg, type val)   \
{                                                                           \
    QVirtioPCIDevice *dev = qvirtio_to_pci(d);                              \
                                                                            \
    qpci_io_write##width(dev->pdev, dev->bar, reg, val);                    \
}

DEFINE_PORT(b, uint8_t)
DEFINE_PORT(w, uint16_t)
DEFINE_PORT(l, uint32_t)

/* Configuration space */

static uint64_t legacy_config(QVirtioDevice *d, uint64_t addr)
{
    return VIRTIO_PCI_CONFIG_OFF(qvirtio_to_pci(d)->pdev->msix_enabled) + addr;
}

static uint8_t legacy_config_readb(QVirtioDevice *d, uint64_t addr)
{
    return legacy_readb(d, legacy_config(d, addr));
}

static uint16_t legacy_config_readw(QVirtioDevice *d, uint64_t addr)
{
    return legacy_readw(d, legacy_config(d, addr));
}

static uint32_t legacy_config_readl(QVirtioDevice *d, uint64_t addr)
{
    return legacy_readl(d, legacy_config(d, addr));
}

static uint64_t legacy_config_readq(QVirtioDevice *d, uint64_t addr)
{
    return legacy_config_readl(d, addr) |
           (uint64_t)legacy_config_readl(d, addr + 4) << 32;
}

/* Features and status */

static uint64_t legacy_get_features(QVirtioDevice *d)
{
    return legacy_readl(d, VIRTIO_PCI_HOST_FEATURES);
}

static void legacy_set_features(QVirtioDevice *d, uint64_t features)
{
    g_assert_cmphex(features >> 32, ==, 0);
    legacy_writel(d, VIRTIO_PCI_GUEST_FEATURES, features);
}

static uint64_t legacy_get_guest_features(QVirtioDevice *d)
{
    return legacy_readl(d, VIRTIO_PCI_GUEST_FEATURES);
}

static uint8_t legacy_get_status(QVirtioDevice *d)
{
    return legacy_readb(d, VIRTIO_PCI_STATUS);
}

static void legacy_set_status(QVirtioDevice *d, uint8_t status)
{
    legacy_writeb(d, VIRTIO_PCI_STATUS, status);
}

/* Interrupts */

static uint8_t legacy_read_isr(QVirtioPCIDevice *dev)
{
    return legacy_readb(&dev->vdev, VIRTIO_PCI_ISR);
}

static void legacy_set_config_vector(QVirtioPCIDevice *d, uint16_t entry)
{
    legacy_writew(&d->vdev, VIRTIO_MSI_CONFIG_VECTOR, entry);
    g_assert_cmpuint(legacy_readw(&d->vdev, VIRTIO_MSI_CONFIG_VECTOR), ==,
                     entry);
}

static void legacy_set_queue_vector(QVirtioPCIDevice *d, uint16_t index,
                                    uint16_t entry)
{
    legacy_writew(&d->vdev, VIRTIO_PCI_QUEUE_SEL, index);
    legacy_writew(&d->vdev, VIRTIO_MSI_QUEUE_VECTOR, entry);
    g_assert_cmpuint(legacy_readw(&d->vdev, VIRTIO_MSI_QUEUE_VECTOR), ==,
                     entry);
}

/* Queues */

static void legacy_queue_select(QVirtioDevice *d, uint16_t index)
{
    legacy_writew(d, VIRTIO_PCI_QUEUE_SEL, index);
}

static uint16_t legacy_get_queue_size(QVirtioDevice *d)
{
    return legacy_readw(d, VIRTIO_PCI_QUEUE_NUM);
}

static void legacy_set_queue_address(QVirtioDevice *d, QVirtQueue *vq)
{
    uint32_t pfn = vq->desc >> VIRTIO_PCI_QUEUE_ADDR_SHIFT;

    g_assert_cmphex((uint64_t)pfn << VIRTIO_PCI_QUEUE_ADDR_SHIFT, ==, vq->desc);
    legacy_writel(d, VIRTIO_PCI_QUEUE_PFN, pfn);
    g_assert_cmphex(legacy_readl(d, VIRTIO_PCI_QUEUE_PFN), ==, pfn);
}

static QVirtQueue *legacy_virtqueue_setup(QVirtioDevice *d,
                                          QGuestAllocator *alloc,
                                          uint16_t index)
{
    QVirtQueuePCI *vqpci = g_new0(QVirtQueuePCI, 1);
    QVirtQueue *vq = &vqpci->vq;

    legacy_queue_select(d, index);
    g_assert_cmphex(legacy_readl(d, VIRTIO_PCI_QUEUE_PFN), ==, 0);
    qvirtqueue_init(vq, d, index, legacy_get_queue_size(d));
    vqpci->msix_entry = UINT16_MAX;
    qvring_init(qvirtio_to_pci(d)->pdev->bus->qts, alloc, vq,
                guest_alloc(alloc, qvring_size(vq->size, 4096)));
    legacy_set_queue_address(d, vq);
    return vq;
}

static void legacy_virtqueue_kick(QVirtioDevice *d, QVirtQueue *vq)
{
    legacy_writew(d, VIRTIO_PCI_QUEUE_NOTIFY, vq->index);
}

const QVirtioBus qvirtio_pci_legacy = {
    .config_readb = legacy_config_readb,
    .config_readw = legacy_config_readw,
    .config_readl = legacy_config_readl,
    .config_readq = legacy_config_readq,
    .get_features = legacy_get_features,
    .set_features = legacy_set_features,
    .get_guest_features = legacy_get_guest_features,
    .get_status = legacy_get_status,
    .set_status = legacy_set_status,
    .get_queue_isr_status = qvirtio_pci_get_queue_isr_status,
    .get_config_isr_status = qvirtio_pci_get_config_isr_status,
    .queue_select = legacy_queue_select,
    .get_queue_size = legacy_get_queue_size,
    .set_queue_address = legacy_set_queue_address,
    .virtqueue_setup = legacy_virtqueue_setup,
    .virtqueue_cleanup = qvirtio_pci_virtqueue_cleanup,
    .virtqueue_kick = legacy_virtqueue_kick,
};

const QVirtioPCIMSIXOps qvirtio_pci_msix_ops_legacy = {
    .set_config_vector = legacy_set_config_vector,
    .set_queue_vector = legacy_set_queue_vector,
    .read_isr = legacy_read_isr,
};
