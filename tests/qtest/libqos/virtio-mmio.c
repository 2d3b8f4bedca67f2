/*
 * libqos: virtio over MMIO, both versions of the registers.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "virtio-mmio.h"
#include "standard-headers/linux/virtio_config.h"
#include "standard-headers/linux/virtio_mmio.h"

#define MAGIC_VALUE 0x74726976

static QVirtioMMIODevice *qvirtio_to_mmio(QVirtioDevice *d)
{
    return container_of(d, QVirtioMMIODevice, vdev);
}

/* Registers */

uint32_t qvirtio_mmio_read(QVirtioMMIODevice *dev, uint32_t reg)
{
    return qtest_readl(dev->qts, dev->addr + reg);
}

void qvirtio_mmio_write(QVirtioMMIODevice *dev, uint32_t reg, uint32_t value)
{
    qtest_writel(dev->qts, dev->addr + reg, value);
}

static uint64_t mmio_config_addr(QVirtioDevice *d, uint64_t off)
{
    return qvirtio_to_mmio(d)->addr + VIRTIO_MMIO_CONFIG + off;
}

static uint8_t mmio_config_readb(QVirtioDevice *d, uint64_t off)
{
    return qtest_readb(qvirtio_to_mmio(d)->qts, mmio_config_addr(d, off));
}

static uint16_t mmio_config_readw(QVirtioDevice *d, uint64_t off)
{
    return qtest_readw(qvirtio_to_mmio(d)->qts, mmio_config_addr(d, off));
}

static uint32_t mmio_config_readl(QVirtioDevice *d, uint64_t off)
{
    return qtest_readl(qvirtio_to_mmio(d)->qts, mmio_config_addr(d, off));
}

static uint64_t mmio_config_readq(QVirtioDevice *d, uint64_t off)
{
    return qtest_readq(qvirtio_to_mmio(d)->qts, mmio_config_addr(d, off));
}

/* Features and status */

static uint64_t mmio_get_features(QVirtioDevice *d)
{
    QVirtioMMIODevice *dev = qvirtio_to_mmio(d);
    uint64_t lo, hi;

    qvirtio_mmio_write(dev, VIRTIO_MMIO_DEVICE_FEATURES_SEL, 1);
    hi = qvirtio_mmio_read(dev, VIRTIO_MMIO_DEVICE_FEATURES);
    qvirtio_mmio_write(dev, VIRTIO_MMIO_DEVICE_FEATURES_SEL, 0);
    lo = qvirtio_mmio_read(dev, VIRTIO_MMIO_DEVICE_FEATURES);
    return hi << 32 | lo;
}

static void mmio_set_features(QVirtioDevice *d, uint64_t features)
{
    QVirtioMMIODevice *dev = qvirtio_to_mmio(d);

    if (dev->version == 1) {
        g_assert_cmphex(features >> 32, ==, 0);
    } else {
        g_assert_true(features & (1ull << VIRTIO_F_VERSION_1));
        qvirtio_mmio_write(dev, VIRTIO_MMIO_DRIVER_FEATURES_SEL, 1);
        qvirtio_mmio_write(dev, VIRTIO_MMIO_DRIVER_FEATURES, features >> 32);
    }
    qvirtio_mmio_write(dev, VIRTIO_MMIO_DRIVER_FEATURES_SEL, 0);
    qvirtio_mmio_write(dev, VIRTIO_MMIO_DRIVER_FEATURES, features);
}

/* The register can only be written: what was. */
static uint64_t mmio_get_guest_features(QVirtioDevice *d)
{
    return d->features;
}

static uint8_t mmio_get_status(QVirtioDevice *d)
{
    return qvirtio_mmio_read(qvirtio_to_mmio(d), VIRTIO_MMIO_STATUS);
}

static void mmio_set_status(QVirtioDevice *d, uint8_t status)
{
    qvirtio_mmio_write(qvirtio_to_mmio(d), VIRTIO_MMIO_STATUS, status);
}

/* Interrupts */

static bool mmio_get_isr(QVirtioDevice *d, uint32_t bit)
{
    QVirtioMMIODevice *dev = qvirtio_to_mmio(d);

    if (!(qvirtio_mmio_read(dev, VIRTIO_MMIO_INTERRUPT_STATUS) & bit)) {
        return false;
    }
    qvirtio_mmio_write(dev, VIRTIO_MMIO_INTERRUPT_ACK, bit);
    return true;
}

static bool mmio_get_queue_isr_status(QVirtioDevice *d, QVirtQueue *vq)
{
    return mmio_get_isr(d, VIRTIO_MMIO_INT_VRING);
}

static bool mmio_get_config_isr_status(QVirtioDevice *d)
{
    return mmio_get_isr(d, VIRTIO_MMIO_INT_CONFIG);
}

/* Queues */

static void mmio_queue_select(QVirtioDevice *d, uint16_t index)
{
    QVirtioMMIODevice *dev = qvirtio_to_mmio(d);

    qvirtio_mmio_write(dev, VIRTIO_MMIO_QUEUE_SEL, index);
    /* It must not be in use yet. */
    g_assert_cmphex(qvirtio_mmio_read(dev, dev->version == 1
                                      ? VIRTIO_MMIO_QUEUE_PFN
                                      : VIRTIO_MMIO_QUEUE_READY), ==, 0);
}

static uint16_t mmio_get_queue_size(QVirtioDevice *d)
{
    return qvirtio_mmio_read(qvirtio_to_mmio(d), VIRTIO_MMIO_QUEUE_NUM_MAX);
}

static void mmio_set_queue_address(QVirtioDevice *d, QVirtQueue *vq)
{
    QVirtioMMIODevice *dev = qvirtio_to_mmio(d);

    if (dev->version == 1) {
        uint32_t pfn = vq->desc / dev->page_size;

        g_assert_cmphex((uint64_t)pfn * dev->page_size, ==, vq->desc);
        qvirtio_mmio_write(dev, VIRTIO_MMIO_QUEUE_PFN, pfn);
        g_assert_cmphex(qvirtio_mmio_read(dev, VIRTIO_MMIO_QUEUE_PFN), ==,
                        pfn);
        return;
    }
    qvirtio_mmio_write(dev, VIRTIO_MMIO_QUEUE_DESC_LOW, vq->desc);
    qvirtio_mmio_write(dev, VIRTIO_MMIO_QUEUE_DESC_HIGH, vq->desc >> 32);
    qvirtio_mmio_write(dev, VIRTIO_MMIO_QUEUE_AVAIL_LOW, vq->avail);
    qvirtio_mmio_write(dev, VIRTIO_MMIO_QUEUE_AVAIL_HIGH, vq->avail >> 32);
    qvirtio_mmio_write(dev, VIRTIO_MMIO_QUEUE_USED_LOW, vq->used);
    qvirtio_mmio_write(dev, VIRTIO_MMIO_QUEUE_USED_HIGH, vq->used >> 32);
    qvirtio_mmio_write(dev, VIRTIO_MMIO_QUEUE_READY, 1);
    g_assert_cmphex(qvirtio_mmio_read(dev, VIRTIO_MMIO_QUEUE_READY), ==, 1);
}

static QVirtQueue *mmio_virtqueue_setup(QVirtioDevice *d,
                                        QGuestAllocator *alloc, uint16_t index)
{
    QVirtioMMIODevice *dev = qvirtio_to_mmio(d);
    QVirtQueue *vq = g_new0(QVirtQueue, 1);

    mmio_queue_select(d, index);
    qvirtqueue_init(vq, d, index, dev->ring_size ?: mmio_get_queue_size(d));
    qvirtio_mmio_write(dev, VIRTIO_MMIO_QUEUE_NUM, vq->size);
    if (dev->version == 1) {
        qvirtio_mmio_write(dev, VIRTIO_MMIO_GUEST_PAGE_SIZE, dev->page_size);
        qvirtio_mmio_write(dev, VIRTIO_MMIO_QUEUE_ALIGN, dev->page_size);
    }
    qvring_init(dev->qts, alloc, vq,
                guest_alloc(alloc, qvring_size(vq->size, dev->page_size)));
    mmio_set_queue_address(d, vq);
    return vq;
}

static void mmio_virtqueue_cleanup(QVirtQueue *vq, QGuestAllocator *alloc)
{
    guest_free(alloc, vq->desc);
    g_free(vq);
}

static void mmio_virtqueue_kick(QVirtioDevice *d, QVirtQueue *vq)
{
    qvirtio_mmio_write(qvirtio_to_mmio(d), VIRTIO_MMIO_QUEUE_NOTIFY,
                       vq->index);
}

const QVirtioBus qvirtio_mmio = {
    .config_readb = mmio_config_readb,
    .config_readw = mmio_config_readw,
    .config_readl = mmio_config_readl,
    .config_readq = mmio_config_readq,
    .get_features = mmio_get_features,
    .set_features = mmio_set_features,
    .get_guest_features = mmio_get_guest_features,
    .get_status = mmio_get_status,
    .set_status = mmio_set_status,
    .get_queue_isr_status = mmio_get_queue_isr_status,
    .get_config_isr_status = mmio_get_config_isr_status,
    .queue_select = mmio_queue_select,
    .get_queue_size = mmio_get_queue_size,
    .set_queue_address = mmio_set_queue_address,
    .virtqueue_setup = mmio_virtqueue_setup,
    .virtqueue_cleanup = mmio_virtqueue_cleanup,
    .virtqueue_kick = mmio_virtqueue_kick,
};

void qvirtio_mmio_init_device(QVirtioMMIODevice *dev, QTestState *qts,
                              uint64_t addr, uint32_t page_size)
{
    *dev = (QVirtioMMIODevice) {
        .vdev.bus = &qvirtio_mmio,
        .qts = qts,
        .addr = addr,
        .page_size = page_size,
    };
    g_assert_cmphex(qvirtio_mmio_read(dev, VIRTIO_MMIO_MAGIC_VALUE), ==,
                    MAGIC_VALUE);
    dev->version = qvirtio_mmio_read(dev, VIRTIO_MMIO_VERSION);
    g_assert_true(dev->version == 1 || dev->version == 2);
    dev->vdev.device_type = qvirtio_mmio_read(dev, VIRTIO_MMIO_DEVICE_ID);
}
