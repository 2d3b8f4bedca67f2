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

void qvirtqueue_init(QVirtQueue *vq, QVirtioDevice *d, uint16_t index,
                     uint32_t size)
{
    vq->vdev = d;
    vq->index = index;
    vq->size = vq->num_free = size;
    vq->indirect = d->features & (1ULL << VIRTIO_RING_F_INDIRECT_DESC);
    vq->event = d->features & (1ULL << VIRTIO_RING_F_EVENT_IDX);
    vq->packed = d->features & (1ULL << VIRTIO_F_RING_PACKED);

    /* 0 if there is no such queue; and a split ring is a power of two. */
    g_assert_cmpuint(size, !=, 0);
    g_assert_cmpuint(size, <=, QVIRTQUEUE_MAX_SIZE);
    g_assert_true(vq->packed || !(size & (size - 1)));
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
    if (d->features & (1ULL << VIRTIO_F_RING_PACKED)) {
        /* There the flags are where next is here, and all of it is taken. */
        qvirtqueue_write_desc(qts,
                              indirect->desc + sizeof(struct vring_desc) * i,
                              data, len, 0, flags);
        return;
    }
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

static void qvirtqueue_put(QTestState *qts, QVirtQueue *vq, uint32_t i,
                           uint64_t data, uint32_t len, uint16_t flags)
{
    if (vq->packed) {
        qvirtqueue_packed_write_desc(qts, vq, data, len, flags);
    } else {
        qvirtqueue_write_desc(qts, vq->desc + sizeof(struct vring_desc) * i,
                              data, len, flags, (i + 1) % vq->size);
    }
}

uint32_t qvirtqueue_add(QTestState *qts, QVirtQueue *vq, uint64_t data,
                        uint32_t len, bool write, bool next)
{
    uint32_t i = qvirtqueue_take_desc(vq);

    qvirtqueue_put(qts, vq, i, data, len,
                   (write ? VRING_DESC_F_WRITE : 0) |
                   (next ? VRING_DESC_F_NEXT : 0));
    return i;
}

uint32_t qvirtqueue_add_indirect(QTestState *qts, QVirtQueue *vq,
                                 QVRingIndirectDesc *indirect)
{
    uint32_t i = qvirtqueue_take_desc(vq);

    g_assert_true(vq->indirect);
    qvirtqueue_put(qts, vq, i, indirect->desc,
                   sizeof(struct vring_desc) * indirect->elem,
                   VRING_DESC_F_INDIRECT);
    return i;
}

bool qvirtqueue_publish(QTestState *qts, QVirtQueue *vq, uint32_t free_head)
{
    uint16_t idx, event;

    if (vq->packed) {
        return qvirtqueue_packed_publish(qts, vq, free_head);
    }
    idx = qtest_readw(qts, vq->avail + 2);
    qtest_writew(qts, vq->avail + 4 + 2 * (idx % vq->size), free_head);
    qtest_writew(qts, vq->avail + 2, idx + 1);

    if (!vq->event) {
        return !(qtest_readw(qts, vq->used) & VRING_USED_F_NO_NOTIFY);
    }
    event = qtest_readw(qts, vq->used + 4 +
                             sizeof(struct vring_used_elem) * vq->size);
    return vring_need_event(event, idx + 1, idx);
}

void qvirtqueue_kick(QTestState *qts, QVirtioDevice *d, QVirtQueue *vq,
                     uint32_t free_head)
{
    if (qvirtqueue_publish(qts, vq, free_head)) {
        d->bus->virtqueue_kick(d, vq);
    }
}

bool qvirtqueue_idle(QTestState *qts, QVirtQueue *vq)
{
    if (vq->packed) {
        return qvirtqueue_packed_idle(qts, vq);
    }
    return qtest_readw(qts, vq->used + 2) == vq->last_used_idx;
}

bool qvirtqueue_get_buf(QTestState *qts, QVirtQueue *vq, uint32_t *desc_idx,
                        uint32_t *len)
{
    uint64_t elem;

    if (qvirtqueue_idle(qts, vq)) {
        return false;
    }
    if (vq->packed) {
        qvirtqueue_packed_get_buf(qts, vq, desc_idx, len);
        return true;
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

void qvirtqueue_set_interrupts(QTestState *qts, QVirtQueue *vq, bool on)
{
    if (vq->packed) {
        qvirtqueue_packed_set_interrupts(qts, vq, on);
    } else {
        g_assert_false(vq->event);
        qtest_writew(qts, vq->avail, on ? 0 : VRING_AVAIL_F_NO_INTERRUPT);
    }
}

void qvirtqueue_set_used_event(QTestState *qts, QVirtQueue *vq, uint32_t idx)
{
    g_assert_true(vq->event);
    if (vq->packed) {
        qvirtqueue_packed_set_used_event(qts, vq, idx);
    } else {
        qtest_writew(qts, vq->avail + 4 + 2 * vq->size, idx);
    }
}
