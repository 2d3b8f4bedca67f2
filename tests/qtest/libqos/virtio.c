/*
 * libqos: a driver's half of virtio.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "virtio.h"
#include "standard-headers/linux/virtio_config.h"

uint8_t qvirtio_config_readb(QVirtioDevice *d, uint64_t addr)
{
    return d->bus->config_readb(d, addr);
}

uint16_t qvirtio_config_readw(QVirtioDevice *d, uint64_t addr)
{
    return d->bus->config_readw(d, addr);
}

uint32_t qvirtio_config_readl(QVirtioDevice *d, uint64_t addr)
{
    return d->bus->config_readl(d, addr);
}

uint64_t qvirtio_config_readq(QVirtioDevice *d, uint64_t addr)
{
    return d->bus->config_readq(d, addr);
}

uint64_t qvirtio_get_features(QVirtioDevice *d)
{
    return d->bus->get_features(d);
}

void qvirtio_set_features(QVirtioDevice *d, uint64_t features)
{
    d->features = features;
    d->bus->set_features(d, features);

    if (features & (1ULL << VIRTIO_F_VERSION_1)) {
        uint8_t status = d->bus->get_status(d) | VIRTIO_CONFIG_S_FEATURES_OK;

        d->bus->set_status(d, status);
        g_assert_cmphex(d->bus->get_status(d), ==, status);
    }
    d->features_negotiated = true;
}

bool qvirtio_is_big_endian(QVirtioDevice *d)
{
    return false;
}

/* Status */

void qvirtio_reset(QVirtioDevice *d)
{
    d->bus->set_status(d, 0);
    g_assert_cmphex(d->bus->get_status(d), ==, 0);
    d->features_negotiated = false;
}

static void qvirtio_add_status(QVirtioDevice *d, uint8_t bit)
{
    d->bus->set_status(d, d->bus->get_status(d) | bit);
    g_assert_true(d->bus->get_status(d) & bit);
}

void qvirtio_set_acknowledge(QVirtioDevice *d)
{
    qvirtio_add_status(d, VIRTIO_CONFIG_S_ACKNOWLEDGE);
}

void qvirtio_set_driver(QVirtioDevice *d)
{
    qvirtio_add_status(d, VIRTIO_CONFIG_S_DRIVER);
}

void qvirtio_set_driver_ok(QVirtioDevice *d)
{
    g_assert_true(d->features_negotiated);
    qvirtio_add_status(d, VIRTIO_CONFIG_S_DRIVER_OK);
}

void qvirtio_start_device(QVirtioDevice *d)
{
    qvirtio_reset(d);
    qvirtio_set_acknowledge(d);
    qvirtio_set_driver(d);
}

/* Waiting: the clock step lets timers of the device come due */

void qvirtio_wait_queue_isr(QTestState *qts, QVirtioDevice *d,
                            QVirtQueue *vq, gint64 timeout_us)
{
    gint64 start = g_get_monotonic_time();

    while (!d->bus->get_queue_isr_status(d, vq)) {
        qtest_clock_step(qts, 100);
        g_assert_cmpint(g_get_monotonic_time() - start, <=, timeout_us);
    }
}

void qvirtio_wait_config_isr(QVirtioDevice *d, gint64 timeout_us)
{
    gint64 start = g_get_monotonic_time();

    while (!d->bus->get_config_isr_status(d)) {
        g_assert_cmpint(g_get_monotonic_time() - start, <=, timeout_us);
    }
}

void qvirtio_wait_used_elem(QTestState *qts, QVirtioDevice *d,
                            QVirtQueue *vq, uint32_t desc_idx,
                            uint32_t *len, gint64 timeout_us)
{
    gint64 start = g_get_monotonic_time();
    uint32_t got;

    for (;;) {
        qtest_clock_step(qts, 100);
        if (qvirtqueue_get_buf(qts, vq, &got, len)) {
            g_assert_cmpuint(got, ==, desc_idx);
            return;
        }
        g_assert_cmpint(g_get_monotonic_time() - start, <=, timeout_us);
    }
}

/* Queues */

QVirtQueue *qvirtqueue_setup(QVirtioDevice *d, QGuestAllocator *alloc,
                             uint16_t index)
{
    return d->bus->virtqueue_setup(d, alloc, index);
}

void qvirtqueue_cleanup(const QVirtioBus *bus, QVirtQueue *vq,
                        QGuestAllocator *alloc)
{
    bus->virtqueue_cleanup(vq, alloc);
}

void qvring_init(QTestState *qts, const QGuestAllocator *alloc,
                 QVirtQueue *vq, uint64_t addr)
{
    uint64_t end;

    vq->desc = addr;
    vq->avail = vq->desc + vq->size * sizeof(struct vring_desc);
    end = vq->avail + sizeof(uint16_t) * (3 + vq->size);
    vq->used = (end + 4095) & ~4095ull;
    qtest_memset(qts, addr, 0, qvring_size(vq->size, 4096));
}

static void qvirtqueue_write_desc(QTestState *qts, uint64_t where,
                                  uint64_t data, uint32_t len,
                                  uint16_t flags, uint16_t next)
{
    struct vring_desc desc = {
        .addr = data,
        .len = len,
        .flags = flags,
        .next = next,
    };

    qtest_memwrite(qts, where, &desc, sizeof(desc));
}

QVRingIndirectDesc *qvring_indirect_desc_setup(QTestState *qts,
                                               QVirtioDevice *d,
                                               QGuestAllocator *alloc,
                                               uint16_t elem)
{
    QVRingIndirectDesc *indirect = g_new0(QVRingIndirectDesc, 1);

    indirect->elem = elem;
    indirect->desc = guest_alloc(alloc, sizeof(struct vring_desc) * elem);
    return indirect;
}

void qvring_indirect_desc_add(QVirtioDevice *d, QTestState *qts,
                              QVRingIndirectDesc *indirect,
                              uint64_t data, uint32_t len, bool write)
{
    uint16_t i = indirect->index++;
    uint16_t flags = write ? VRING_DESC_F_WRITE : 0;

    g_assert_cmpuint(i, <, indirect->elem);
    if (i + 1 < indirect->elem) {
        flags |= VRING_DESC_F_NEXT;
    }
    qvirtqueue_write_desc(qts, indirect->desc + sizeof(struct vring_desc) * i,
                          data, len, flags, i + 1);
}

static uint32_t qvirtqueue_take_desc(QVirtQueue *vq)
{
    uint32_t i = vq->free_head++ % vq->size;

    g_assert_cmpuint(vq->num_free, >, 0);
    vq->num_free--;
    return i;
}

uint32_t qvirtqueue_add(QTestState *qts, QVirtQueue *vq, uint64_t data,
                        uint32_t len, bool write, bool next)
{
    uint32_t i = qvirtqueue_take_desc(vq);

    qvirtqueue_write_desc(qts, vq->desc + sizeof(struct vring_desc) * i, data,
                          len,
                          (write ? VRING_DESC_F_WRITE : 0) |
                          (next ? VRING_DESC_F_NEXT : 0),
                          (i + 1) % vq->size);
    return i;
}

uint32_t qvirtqueue_add_indirect(QTestState *qts, QVirtQueue *vq,
                                 QVRingIndirectDesc *indirect)
{
    uint32_t i = qvirtqueue_take_desc(vq);

    g_assert_true(vq->indirect);
    qvirtqueue_write_desc(qts, vq->desc + sizeof(struct vring_desc) * i,
                          indirect->desc,
                          sizeof(struct vring_desc) * indirect->elem,
                          VRING_DESC_F_INDIRECT, 0);
    return i;
}

void qvirtqueue_kick(QTestState *qts, QVirtioDevice *d, QVirtQueue *vq,
                     uint32_t free_head)
{
    uint16_t idx = qtest_readw(qts, vq->avail + 2);
    uint16_t flags, event;

    qtest_writew(qts, vq->avail + 4 + 2 * (idx % vq->size), free_head);
    qtest_writew(qts, vq->avail + 2, idx + 1);

    flags = qtest_readw(qts, vq->used);
    event = qtest_readw(qts, vq->used + 4 +
                             sizeof(struct vring_used_elem) * vq->size);
    if (vq->event ? vring_need_event(event, idx + 1, idx)
                  : !(flags & VRING_USED_F_NO_NOTIFY)) {
        d->bus->virtqueue_kick(d, vq);
    }
}

bool qvirtqueue_get_buf(QTestState *qts, QVirtQueue *vq, uint32_t *desc_idx,
                        uint32_t *len)
{
    uint64_t elem;

    if (qtest_readw(qts, vq->used + 2) == vq->last_used_idx) {
        return false;
    }
    elem = vq->used + 4 +
           sizeof(struct vring_used_elem) * (vq->last_used_idx % vq->size);
    if (desc_idx) {
        *desc_idx = qtest_readl(qts, elem);
    }
    if (len) {
        *len = qtest_readl(qts, elem + 4);
    }
    vq->last_used_idx++;
    return true;
}

void qvirtqueue_set_used_event(QTestState *qts, QVirtQueue *vq, uint16_t idx)
{
    g_assert_true(vq->event);
    qtest_writew(qts, vq->avail + 4 + 2 * vq->size, idx);
}
