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

#define MSIX_VECTOR_SIZE 16

static QVirtioPCIDevice *to_pci(QVirtioDevice *d)
{
    return container_of(d, QVirtioPCIDevice, vdev);
}

/* Registers */

#define DEFINE_REG(width, type)                                             \
static type common_read##width(QVirtioDevice *d, uint64_t reg)              \
{                                                                           \
    QVirtioPCIDevice *dev = to_pci(d);                                      \
                                                                            \
    return qpci_io_read##width(dev->pdev, dev->bar,                         \
                               dev->common_cfg_offset + reg);               \
}                                                                           \
static void common_write##width(QVirtioDevice *d, uint64_t reg, type val)   \
{                                                                           \
    QVirtioPCIDevice *dev = to_pci(d);                                      \
                                                                            \
    qpci_io_write##width(dev->pdev, dev->bar,                               \
                         dev->common_cfg_offset + reg, val);                \
}

DEFINE_REG(b, uint8_t)
DEFINE_REG(w, uint16_t)
DEFINE_REG(l, uint32_t)

static uint8_t modern_config_readb(QVirtioDevice *d, uint64_t addr)
{
    QVirtioPCIDevice *dev = to_pci(d);

    return qpci_io_readb(dev->pdev, dev->bar, dev->device_cfg_offset + addr);
}

static uint16_t modern_config_readw(QVirtioDevice *d, uint64_t addr)
{
    QVirtioPCIDevice *dev = to_pci(d);

    return qpci_io_readw(dev->pdev, dev->bar, dev->device_cfg_offset + addr);
}

static uint32_t modern_config_readl(QVirtioDevice *d, uint64_t addr)
{
    QVirtioPCIDevice *dev = to_pci(d);

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

/* Has the vector's message arrived in memory?  If masked, is it pending? */
static bool modern_msix_fired(QVirtioPCIDevice *dev, uint16_t entry,
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

static bool modern_isr(QVirtioPCIDevice *dev, uint8_t bit)
{
    return qpci_io_readb(dev->pdev, dev->bar, dev->isr_cfg_offset) & bit;
}

static bool modern_get_queue_isr_status(QVirtioDevice *d, QVirtQueue *vq)
{
    QVirtioPCIDevice *dev = to_pci(d);
    QVirtQueuePCI *vqpci = container_of(vq, QVirtQueuePCI, vq);

    if (dev->pdev->msix_enabled) {
        return modern_msix_fired(dev, vqpci->msix_entry, vqpci->msix_addr,
                                 vqpci->msix_data);
    }
    return modern_isr(dev, 1);
}

static bool modern_get_config_isr_status(QVirtioDevice *d)
{
    QVirtioPCIDevice *dev = to_pci(d);

    if (dev->pdev->msix_enabled) {
        return modern_msix_fired(dev, dev->config_msix_entry,
                                 dev->config_msix_addr,
                                 dev->config_msix_data);
    }
    return modern_isr(dev, 2);
}

/* Have vector @entry write @data to a word of its own, and unmask it. */
static uint64_t modern_msix_program(QVirtioPCIDevice *dev,
                                    QGuestAllocator *alloc, uint16_t entry,
                                    uint32_t data)
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
    d->config_msix_addr = modern_msix_program(d, alloc, entry,
                                              d->config_msix_data);
    common_writew(&d->vdev, VIRTIO_PCI_COMMON_MSIX, entry);
    g_assert_cmpuint(common_readw(&d->vdev, VIRTIO_PCI_COMMON_MSIX), ==,
                     entry);
}

void qvirtqueue_pci_msix_setup(QVirtioPCIDevice *d, QVirtQueuePCI *vqpci,
                               QGuestAllocator *alloc, uint16_t entry)
{
    vqpci->msix_entry = entry;
    vqpci->msix_data = 0x12340000 + entry;
    vqpci->msix_addr = modern_msix_program(d, alloc, entry,
                                           vqpci->msix_data);
    common_writew(&d->vdev, VIRTIO_PCI_COMMON_Q_SELECT, vqpci->vq.index);
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
    QVirtioPCIDevice *dev = to_pci(d);
    QVirtQueuePCI *vqpci = g_new0(QVirtQueuePCI, 1);
    QVirtQueue *vq = &vqpci->vq;

    modern_queue_select(d, index);
    g_assert_cmpuint(common_readw(d, VIRTIO_PCI_COMMON_Q_ENABLE), ==, 0);

    vq->vdev = d;
    vq->index = index;
    vq->size = modern_get_queue_size(d);
    vq->num_free = vq->size;
    vq->indirect = d->features & (1ULL << VIRTIO_RING_F_INDIRECT_DESC);
    vq->event = d->features & (1ULL << VIRTIO_RING_F_EVENT_IDX);
    vqpci->msix_entry = UINT16_MAX;
    vqpci->notify_offset = dev->notify_cfg_offset +
        common_readw(d, VIRTIO_PCI_COMMON_Q_NOFF) * dev->notify_off_multiplier;

    /* A ring's length is a power of two, and not 0: then there is none. */
    g_assert_cmpuint(vq->size, !=, 0);
    g_assert_cmpuint(vq->size & (vq->size - 1), ==, 0);

    qvring_init(dev->pdev->bus->qts, alloc, vq,
                guest_alloc(alloc, qvring_size(vq->size, 4096)));
    modern_set_queue_address(d, vq);
    common_writew(d, VIRTIO_PCI_COMMON_Q_ENABLE, 1);
    return vq;
}

static void modern_virtqueue_cleanup(QVirtQueue *vq, QGuestAllocator *alloc)
{
    guest_free(alloc, vq->desc);
    g_free(container_of(vq, QVirtQueuePCI, vq));
}

static void modern_virtqueue_kick(QVirtioDevice *d, QVirtQueue *vq)
{
    QVirtioPCIDevice *dev = to_pci(d);
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
    .get_queue_isr_status = modern_get_queue_isr_status,
    .get_config_isr_status = modern_get_config_isr_status,
    .queue_select = modern_queue_select,
    .get_queue_size = modern_get_queue_size,
    .set_queue_address = modern_set_queue_address,
    .virtqueue_setup = modern_virtqueue_setup,
    .virtqueue_cleanup = modern_virtqueue_cleanup,
    .virtqueue_kick = modern_virtqueue_kick,
};

/* Finding the device */

/* The vendor capability of @cfg_type; where it points, and in which BAR. */
static uint8_t modern_find_cap(QPCIDevice *pdev, uint8_t cfg_type,
                               uint64_t *offset, uint8_t *bar)
{
    uint8_t cap = 0;

    do {
        cap = qpci_find_capability(pdev, PCI_CAP_ID_VNDR, cap);
        g_assert_cmpuint(cap, !=, 0);
    } while (qpci_config_readb(pdev, cap + VIRTIO_PCI_CAP_CFG_TYPE) !=
             cfg_type);
    *offset = qpci_config_readl(pdev, cap + VIRTIO_PCI_CAP_OFFSET);
    *bar = qpci_config_readb(pdev, cap + VIRTIO_PCI_CAP_BAR);
    return cap;
}

QVirtioPCIDevice *virtio_pci_new(QPCIBus *bus, QPCIAddress *addr)
{
    QVirtioPCIDevice *d = g_new0(QVirtioPCIDevice, 1);

    d->pdev = g_new0(QPCIDevice, 1);
    qpci_device_init(d->pdev, bus, addr);
    d->vdev.bus = &qvirtio_pci_virtio_1;
    d->config_msix_entry = UINT16_MAX;
    return d;
}

void qvirtio_pci_device_enable(QVirtioPCIDevice *d)
{
    uint8_t bar, cap, other;

    qpci_device_enable(d->pdev);
    modern_find_cap(d->pdev, VIRTIO_PCI_CAP_COMMON_CFG, &d->common_cfg_offset,
                    &bar);
    modern_find_cap(d->pdev, VIRTIO_PCI_CAP_ISR_CFG, &d->isr_cfg_offset,
                    &other);
    g_assert_cmpuint(other, ==, bar);
    modern_find_cap(d->pdev, VIRTIO_PCI_CAP_DEVICE_CFG, &d->device_cfg_offset,
                    &other);
    g_assert_cmpuint(other, ==, bar);
    cap = modern_find_cap(d->pdev, VIRTIO_PCI_CAP_NOTIFY_CFG,
                          &d->notify_cfg_offset, &other);
    g_assert_cmpuint(other, ==, bar);
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
