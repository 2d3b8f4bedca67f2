/*
 * libqos: virtio over PCI, the modern registers.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "virtio-pci.h"
#include "hw/pci/pci_regs.h"
#include "standard-headers/linux/virtio_config.h"
#include "standard-headers/linux/virtio_pci.h"

/* Registers */

#define DEFINE_REG(width, type)                                             \
static type common_read##width(QVirtioDevice *d, uint64_t reg)              \
{                                                                           \
    QVirtioPCIDevice *dev = qvirtio_to_pci(d);                                      \
                                                                            \
    return qpci_io_read##width(dev->pdev, dev->bar,                         \
                               dev->common_cfg_offset + reg);               \
}                                                                           \
static void common_write##width(QVirtioDevice *d, uint64_t reg, type val)   \
{                                                                           \
    QVirtioPCIDevice *dev = qvirtio_to_pci(d);                                      \
                                                                            \
    qpci_io_write##width(dev->pdev, dev->bar,                               \
                         dev->common_cfg_offset + reg, val);                \
}

DEFINE_REG(b, uint8_t)
DEFINE_REG(w, uint16_t)
DEFINE_REG(l, uint32_t)

static uint8_t modern_config_readb(QVirtioDevice *d, uint64_t addr)
{
    QVirtioPCIDevice *dev = qvirtio_to_pci(d);

    return qpci_io_readb(dev->pdev, dev->bar, dev->device_cfg_offset + addr);
}

static uint16_t modern_config_readw(QVirtioDevice *d, uint64_t addr)
{
    QVirtioPCIDevice *dev = qvirtio_to_pci(d);

    return qpci_io_readw(dev->pdev, dev->bar, dev->device_cfg_offset + addr);
}

static uint32_t modern_config_readl(QVirtioDevice *d, uint64_t addr)
{
    QVirtioPCIDevice *dev = qvirtio_to_pci(d);

    return qpci_io_readl(dev->pdev, dev->bar, dev->device_cfg_offset + addr);
}

static uint64_t modern_config_readq(QVirtioDevice *d, uint64_t addr)
{
    return modern_config_readl(d, addr) |
           (uint64_t)modern_config_readl(d, addr + 4) << 32;
}

static uint64_t modern_read_features(QVirtioDevice *d, uint64_t select,
                                     uint64_t value)
{
    uint64_t lo, hi;

    common_writel(d, select, 0);
    lo = common_readl(d, value);
    common_writel(d, select, 1);
    hi = common_readl(d, value);
    return hi << 32 | lo;
}

static uint64_t modern_get_features(QVirtioDevice *d)
{
    return modern_read_features(d, VIRTIO_PCI_COMMON_DFSELECT,
                                VIRTIO_PCI_COMMON_DF);
}

static uint64_t modern_get_guest_features(QVirtioDevice *d)
{
    return modern_read_features(d, VIRTIO_PCI_COMMON_GFSELECT,
                                VIRTIO_PCI_COMMON_GF);
}

static void modern_set_features(QVirtioDevice *d, uint64_t features)
{
    /* Modern drivers do not negotiate anything else. */
    g_assert_true(features & (1ULL << VIRTIO_F_VERSION_1));
    common_writel(d, VIRTIO_PCI_COMMON_GFSELECT, 0);
    common_writel(d, VIRTIO_PCI_COMMON_GF, features);
    common_writel(d, VIRTIO_PCI_COMMON_GFSELECT, 1);
    common_writel(d, VIRTIO_PCI_COMMON_GF, features >> 32);
}

static uint8_t modern_get_status(QVirtioDevice *d)
{
    return common_readb(d, VIRTIO_PCI_COMMON_STATUS);
}

static void modern_set_status(QVirtioDevice *d, uint8_t status)
{
    common_writeb(d, VIRTIO_PCI_COMMON_STATUS, status);
}

/* Interrupts */

static uint8_t modern_read_isr(QVirtioPCIDevice *dev)
{
    return qpci_io_readb(dev->pdev, dev->bar, dev->isr_cfg_offset);
}

static void modern_set_config_vector(QVirtioPCIDevice *d, uint16_t entry)
{
    common_writew(&d->vdev, VIRTIO_PCI_COMMON_MSIX, entry);
    g_assert_cmpuint(common_readw(&d->vdev, VIRTIO_PCI_COMMON_MSIX), ==,
                     entry);
}

static void modern_set_queue_vector(QVirtioPCIDevice *d, uint16_t index,
                                    uint16_t entry)
{
    common_writew(&d->vdev, VIRTIO_PCI_COMMON_Q_SELECT, index);
    common_writew(&d->vdev, VIRTIO_PCI_COMMON_Q_MSIX, entry);
    g_assert_cmpuint(common_readw(&d->vdev, VIRTIO_PCI_COMMON_Q_MSIX), ==,
                     entry);
}

/* Queues */

static void modern_queue_select(QVirtioDevice *d, uint16_t index)
{
    common_writew(d, VIRTIO_PCI_COMMON_Q_SELECT, index);
}

static uint16_t modern_get_queue_size(QVirtioDevice *d)
{
    return common_readw(d, VIRTIO_PCI_COMMON_Q_SIZE);
}

static void modern_set_queue_address(QVirtioDevice *d, QVirtQueue *vq)
{
    common_writel(d, VIRTIO_PCI_COMMON_Q_DESCLO, vq->desc);
    common_writel(d, VIRTIO_PCI_COMMON_Q_DESCHI, vq->desc >> 32);
    common_writel(d, VIRTIO_PCI_COMMON_Q_AVAILLO, vq->avail);
    common_writel(d, VIRTIO_PCI_COMMON_Q_AVAILHI, vq->avail >> 32);
    common_writel(d, VIRTIO_PCI_COMMON_Q_USEDLO, vq->used);
    common_writel(d, VIRTIO_PCI_COMMON_Q_USEDHI, vq->used >> 32);
}

static QVirtQueue *modern_virtqueue_setup(QVirtioDevice *d,
                                          QGuestAllocator *alloc,
                                          uint16_t index)
{
    QVirtioPCIDevice *dev = qvirtio_to_pci(d);
    QVirtQueuePCI *vqpci = g_new0(QVirtQueuePCI, 1);
    QVirtQueue *vq = &vqpci->vq;

    modern_queue_select(d, index);
    g_assert_cmpuint(common_readw(d, VIRTIO_PCI_COMMON_Q_ENABLE), ==, 0);

    qvirtqueue_init(vq, d, index, modern_get_queue_size(d));
    vqpci->msix_entry = UINT16_MAX;
    vqpci->notify_offset = dev->notify_cfg_offset +
        common_readw(d, VIRTIO_PCI_COMMON_Q_NOFF) * dev->notify_off_multiplier;

    qvring_init(dev->pdev->bus->qts, alloc, vq,
                guest_alloc(alloc, qvring_size(vq->size, 4096)));
    modern_set_queue_address(d, vq);
    common_writew(d, VIRTIO_PCI_COMMON_Q_ENABLE, 1);
    return vq;
}

static void modern_virtqueue_kick(QVirtioDevice *d, QVirtQueue *vq)
{
    QVirtioPCIDevice *dev = qvirtio_to_pci(d);
    QVirtQueuePCI *vqpci = container_of(vq, QVirtQueuePCI, vq);

    qpci_io_writew(dev->pdev, dev->bar, vqpci->notify_offset, vq->index);
}

const QVirtioBus qvirtio_pci_virtio_1 = {
    .config_readb = modern_config_readb,
    .config_readw = modern_config_readw,
    .config_readl = modern_config_readl,
    .config_readq = modern_config_readq,
    .get_features = modern_get_features,
    .set_features = modern_set_features,
    .get_guest_features = modern_get_guest_features,
    .get_status = modern_get_status,
    .set_status = modern_set_status,
    .get_queue_isr_status = qvirtio_pci_get_queue_isr_status,
    .get_config_isr_status = qvirtio_pci_get_config_isr_status,
    .queue_select = modern_queue_select,
    .get_queue_size = modern_get_queue_size,
    .set_queue_address = modern_set_queue_address,
    .virtqueue_setup = modern_virtqueue_setup,
    .virtqueue_cleanup = qvirtio_pci_virtqueue_cleanup,
    .virtqueue_kick = modern_virtqueue_kick,
};

const QVirtioPCIMSIXOps qvirtio_pci_msix_ops_virtio_1 = {
    .set_config_vector = modern_set_config_vector,
    .set_queue_vector = modern_set_queue_vector,
    .read_isr = modern_read_isr,
};
