/*
 * libqos: a driver's half of virtio.
 *
 * The rings lie in the guest's memory and are written over the qtest protocol,
 * one field at a time, just as a guest's driver would:
 *
 *   qvirtio_start_device(d);                       ACKNOWLEDGE, DRIVER
 *   qvirtio_set_features(d, ...);                  FEATURES_OK
 *   vq = qvirtqueue_setup(d, alloc, 0);
 *   qvirtio_set_driver_ok(d);
 *   head = qvirtqueue_add(qts, vq, addr, len, write, next);
 *   qvirtqueue_kick(qts, d, vq, head);
 *   qvirtio_wait_used_elem(qts, d, vq, head, &len, timeout_us);
 *
 * If VIRTIO_F_RING_PACKED was negotiated, the same calls drive a packed ring.
 * A QVirtioBus says how a transport does each of these.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef LIBQOS_VIRTIO_H
#define LIBQOS_VIRTIO_H

#include "libqos-malloc.h"
#include "../libqtest.h"
#include "standard-headers/linux/virtio_ring.h"

#define QVIRTIO_F_BAD_FEATURE   0x40000000ull

#define QVIRTQUEUE_MAX_SIZE     1024

typedef struct QVirtioBus QVirtioBus;

typedef struct QVirtioDevice {
    const QVirtioBus *bus;
    uint16_t device_type;       /* VIRTIO_ID_* */
    uint64_t features;          /* negotiated */
    bool features_negotiated;
} QVirtioDevice;

typedef struct QVirtQueue {
    QVirtioDevice *vdev;
    uint64_t desc;              /* guest addresses of the three rings */
    uint64_t avail;             /* packed: of the driver's event word */
    uint64_t used;              /* packed: of the device's */
    uint16_t index;
    uint32_t size;
    uint32_t free_head;         /* descriptors taken since the beginning */
    uint32_t num_free;
    uint16_t last_used_idx;
    bool indirect;
    bool event;
    bool packed;

    /* Packed: a chain's number is the place of its first descriptor. */
    uint32_t used_head;         /* descriptors given back since the beginning */
    uint32_t chain;             /* as free_head, of the chain being added */
    bool chain_open;
    struct {
        uint32_t head;          /* as free_head */
        uint16_t ndescs;
        uint16_t flags;         /* of the first, until it is published */
    } chains[QVIRTQUEUE_MAX_SIZE];
} QVirtQueue;

/* A table of descriptors in guest memory; both sides of it are the test's. */
typedef struct QVRingIndirectDesc {
    uint64_t desc;
    uint16_t index;             /* the next to fill */
    uint16_t elem;              /* how many it has */
} QVRingIndirectDesc;

struct QVirtioBus {
    uint8_t (*config_readb)(QVirtioDevice *d, uint64_t addr);
    uint16_t (*config_readw)(QVirtioDevice *d, uint64_t addr);
    uint32_t (*config_readl)(QVirtioDevice *d, uint64_t addr);
    uint64_t (*config_readq)(QVirtioDevice *d, uint64_t addr);

    uint64_t (*get_features)(QVirtioDevice *d);
    void (*set_features)(QVirtioDevice *d, uint64_t features);
    uint64_t (*get_guest_features)(QVirtioDevice *d);

    uint8_t (*get_status)(QVirtioDevice *d);
    void (*set_status)(QVirtioDevice *d, uint8_t status);

    /* Has the queue, or the configuration, interrupted?  Asking clears it. */
    bool (*get_queue_isr_status)(QVirtioDevice *d, QVirtQueue *vq);
    bool (*get_config_isr_status)(QVirtioDevice *d);

    void (*queue_select)(QVirtioDevice *d, uint16_t index);
    uint16_t (*get_queue_size)(QVirtioDevice *d);
    /* Tell the device where the rings of the selected queue are. */
    void (*set_queue_address)(QVirtioDevice *d, QVirtQueue *vq);

    QVirtQueue *(*virtqueue_setup)(QVirtioDevice *d, QGuestAllocator *alloc,
                                   uint16_t index);
    void (*virtqueue_cleanup)(QVirtQueue *vq, QGuestAllocator *alloc);
    void (*virtqueue_kick)(QVirtioDevice *d, QVirtQueue *vq);
};

uint8_t qvirtio_config_readb(QVirtioDevice *d, uint64_t addr);
uint16_t qvirtio_config_readw(QVirtioDevice *d, uint64_t addr);
uint32_t qvirtio_config_readl(QVirtioDevice *d, uint64_t addr);
uint64_t qvirtio_config_readq(QVirtioDevice *d, uint64_t addr);
uint64_t qvirtio_get_features(QVirtioDevice *d);
/* And FEATURES_OK, which the device must agree to. */
void qvirtio_set_features(QVirtioDevice *d, uint64_t features);
bool qvirtio_is_big_endian(QVirtioDevice *d);

void qvirtio_reset(QVirtioDevice *d);
void qvirtio_set_acknowledge(QVirtioDevice *d);
void qvirtio_set_driver(QVirtioDevice *d);
void qvirtio_set_driver_ok(QVirtioDevice *d);
/* Reset, ACKNOWLEDGE, DRIVER. */
void qvirtio_start_device(QVirtioDevice *d);

/* Times are in microseconds of real time; the test fails if they pass. */
void qvirtio_wait_queue_isr(QTestState *qts, QVirtioDevice *d,
                            QVirtQueue *vq, gint64 timeout_us);
void qvirtio_wait_config_isr(QVirtioDevice *d, gint64 timeout_us);
/* Wait for the chain that starts at @desc_idx; *@len: bytes written, or NULL */
void qvirtio_wait_used_elem(QTestState *qts, QVirtioDevice *d,
                            QVirtQueue *vq, uint32_t desc_idx,
                            uint32_t *len, gint64 timeout_us);

QVirtQueue *qvirtqueue_setup(QVirtioDevice *d, QGuestAllocator *alloc,
                             uint16_t index);
void qvirtqueue_cleanup(const QVirtioBus *bus, QVirtQueue *vq,
                        QGuestAllocator *alloc);
/* What was negotiated, for a queue of @size; for virtqueue_setup(). */
void qvirtqueue_init(QVirtQueue *vq, QVirtioDevice *d, uint16_t index,
                     uint32_t size);
/* Lay out the rings at @addr, which has room for qvring_size(). */
void qvring_init(QTestState *qts, const QGuestAllocator *alloc,
                 QVirtQueue *vq, uint64_t addr);
static inline uint32_t qvring_size(uint32_t num, uint32_t align)
{
    return ((sizeof(struct vring_desc) * num + sizeof(uint16_t) * (3 + num) +
             align - 1) & ~(align - 1)) +
           sizeof(uint16_t) * 3 + sizeof(struct vring_used_elem) * num;
}

QVRingIndirectDesc *qvring_indirect_desc_setup(QTestState *qts,
                                               QVirtioDevice *d,
                                               QGuestAllocator *alloc,
                                               uint16_t elem);
void qvring_indirect_desc_add(QVirtioDevice *d, QTestState *qts,
                              QVRingIndirectDesc *indirect,
                              uint64_t data, uint32_t len, bool write);

/* Fill the next free descriptor; its number.  @next: a chain goes on. */
uint32_t qvirtqueue_add(QTestState *qts, QVirtQueue *vq, uint64_t data,
                        uint32_t len, bool write, bool next);
uint32_t qvirtqueue_add_indirect(QTestState *qts, QVirtQueue *vq,
                                 QVRingIndirectDesc *indirect);
/* Make the chain at @free_head available; does the device want a kick? */
bool qvirtqueue_publish(QTestState *qts, QVirtQueue *vq, uint32_t free_head);
/* The same, and kick if it does. */
void qvirtqueue_kick(QTestState *qts, QVirtioDevice *d, QVirtQueue *vq,
                     uint32_t free_head);
/* Take one used element, if there is any. */
bool qvirtqueue_get_buf(QTestState *qts, QVirtQueue *vq, uint32_t *desc_idx,
                        uint32_t *len);
/* Is there none to take? */
bool qvirtqueue_idle(QTestState *qts, QVirtQueue *vq);
/* Shall the device interrupt? */
void qvirtqueue_set_interrupts(QTestState *qts, QVirtQueue *vq, bool on);
/*
 * With event_idx: interrupt when more than @idx elements have been used; if
 * packed, descriptors.
 */
void qvirtqueue_set_used_event(QTestState *qts, QVirtQueue *vq, uint32_t idx);

/* virtio-packed.c: the same for a packed ring; called by those above */

void qvirtqueue_packed_write_desc(QTestState *qts, QVirtQueue *vq,
                                  uint64_t data, uint32_t len, uint16_t flags);
bool qvirtqueue_packed_publish(QTestState *qts, QVirtQueue *vq,
                               uint32_t head);
bool qvirtqueue_packed_idle(QTestState *qts, QVirtQueue *vq);
void qvirtqueue_packed_get_buf(QTestState *qts, QVirtQueue *vq,
                               uint32_t *head, uint32_t *len);
void qvirtqueue_packed_set_interrupts(QTestState *qts, QVirtQueue *vq,
                                      bool on);
void qvirtqueue_packed_set_used_event(QTestState *qts, QVirtQueue *vq,
                                      uint32_t idx);

#endif
