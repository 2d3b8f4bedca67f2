/*
 * A virtio driver: modern PCI, split rings.
 *
 * Specification: VIRTIO 1.2, 3.1 (initialization), 4.1 (PCI), 2.7 (split rings).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "guest.h"

#define CAP_VENDOR          0x09
#define CFG_COMMON          1
#define CFG_NOTIFY          2
#define CFG_ISR             3
#define CFG_DEVICE          4

/* The common configuration (4.1.4.3). */
#define COMMON_DFSELECT     0x00
#define COMMON_DF           0x04
#define COMMON_GFSELECT     0x08
#define COMMON_GF           0x0c
#define COMMON_MSIX         0x10
#define COMMON_STATUS       0x14
#define COMMON_Q_SELECT     0x16
#define COMMON_Q_SIZE       0x18
#define COMMON_Q_MSIX       0x1a
#define COMMON_Q_ENABLE     0x1c
#define COMMON_Q_NOFF       0x1e
#define COMMON_Q_DESC       0x20
#define COMMON_Q_AVAIL      0x28
#define COMMON_Q_USED       0x30
#define COMMON_Q_RESET      0x3a

#define STATUS_ACKNOWLEDGE  1
#define STATUS_DRIVER       2
#define STATUS_DRIVER_OK    4
#define STATUS_FEATURES_OK  8

#define F_VERSION_1         (1ull << 32)

#define DESC_F_NEXT         1
#define DESC_F_WRITE        2

static bool virtio_find_parts(struct virtio_dev *vdev)
{
    for (uint8_t pos = pci_find_cap(&vdev->pci, CAP_VENDOR, 0); pos;
         pos = pci_find_cap(&vdev->pci, CAP_VENDOR, pos)) {
        uint8_t type = pci_read(&vdev->pci, pos + 3, 1);
        uint8_t bar = pci_read(&vdev->pci, pos + 4, 1);
        uintptr_t addr;

        if (type > CFG_DEVICE || bar > 5) {
            continue;
        }
        addr = pci_bar(&vdev->pci, bar) + pci_read(&vdev->pci, pos + 8, 4);
        switch (type) {
        case CFG_COMMON:
            vdev->common = addr;
            break;
        case CFG_NOTIFY:
            vdev->notify = addr;
            vdev->notify_mult = pci_read(&vdev->pci, pos + 16, 4);
            break;
        case CFG_ISR:
            vdev->isr = addr;
            break;
        case CFG_DEVICE:
            vdev->config = addr;
            break;
        }
    }
    return vdev->common && vdev->notify && vdev->isr;
}

static uint64_t virtio_offered(struct virtio_dev *vdev)
{
    uint64_t lo, hi;

    mmio_write32(vdev->common + COMMON_DFSELECT, 0);
    lo = mmio_read32(vdev->common + COMMON_DF);
    mmio_write32(vdev->common + COMMON_DFSELECT, 1);
    hi = mmio_read32(vdev->common + COMMON_DF);
    return hi << 32 | lo;
}

static void virtio_add_status(struct virtio_dev *vdev, uint8_t bits)
{
    mmio_write8(vdev->common + COMMON_STATUS,
                mmio_read8(vdev->common + COMMON_STATUS) | bits);
}

uint8_t virtio_status(struct virtio_dev *vdev)
{
    return mmio_read8(vdev->common + COMMON_STATUS);
}

void virtio_reset(struct virtio_dev *vdev)
{
    mmio_write8(vdev->common + COMMON_STATUS, 0);
    while (virtio_status(vdev)) {
    }
}

uint8_t virtio_isr(struct virtio_dev *vdev)
{
    return mmio_read8(vdev->isr);
}

bool virtio_init(struct virtio_dev *vdev, struct pci_dev *pci, uint64_t wanted)
{
    memset(vdev, 0, sizeof(*vdev));
    pci_enable(pci);
    pci_msix_enable(pci);
    vdev->pci = *pci;
    if (!virtio_find_parts(vdev)) {
        guest_printf("virtio: %04x:%04x has no modern interface\n",
                     pci->vendor, pci->device);
        return false;
    }

    virtio_reset(vdev);
    virtio_add_status(vdev, STATUS_ACKNOWLEDGE);
    virtio_add_status(vdev, STATUS_DRIVER);

    vdev->features = virtio_offered(vdev) & (wanted | F_VERSION_1);
    mmio_write32(vdev->common + COMMON_GFSELECT, 0);
    mmio_write32(vdev->common + COMMON_GF, vdev->features);
    mmio_write32(vdev->common + COMMON_GFSELECT, 1);
    mmio_write32(vdev->common + COMMON_GF, vdev->features >> 32);
    virtio_add_status(vdev, STATUS_FEATURES_OK);
    if (!(virtio_status(vdev) & STATUS_FEATURES_OK)) {
        guest_printf("virtio: the device refused features 0x%lx\n",
                     vdev->features);
        return false;
    }
    return true;
}

bool virtio_queue_msix(struct virtio_dev *vdev, struct virtq *vq, int msix)
{
    mmio_write16(vdev->common + COMMON_Q_SELECT, vq->index);
    mmio_write16(vdev->common + COMMON_Q_MSIX, msix);
    return mmio_read16(vdev->common + COMMON_Q_MSIX) == (uint16_t)msix;
}

bool virtio_queue(struct virtio_dev *vdev, struct virtq *vq, unsigned index,
                  int msix)
{
    unsigned size;

    mmio_write16(vdev->common + COMMON_Q_SELECT, index);
    size = mmio_read16(vdev->common + COMMON_Q_SIZE);
    if (!size) {
        return false;
    }
    if (size > VIRTQ_MAX) {
        size = VIRTQ_MAX;
        mmio_write16(vdev->common + COMMON_Q_SIZE, size);
    }

    memset(vq, 0, sizeof(*vq));
    vq->size = size;
    vq->index = index;
    vq->desc = page_alloc(1);
    vq->avail = page_alloc(1);
    vq->used = page_alloc(1);
    vq->free_count = size;
    for (unsigned i = 0; i < size; i++) {
        vq->next[i] = i + 1;
    }
    mmio_write32(vdev->common + COMMON_Q_DESC, (uintptr_t)vq->desc);
    mmio_write32(vdev->common + COMMON_Q_DESC + 4, 0);
    mmio_write32(vdev->common + COMMON_Q_AVAIL, (uintptr_t)vq->avail);
    mmio_write32(vdev->common + COMMON_Q_AVAIL + 4, 0);
    mmio_write32(vdev->common + COMMON_Q_USED, (uintptr_t)vq->used);
    mmio_write32(vdev->common + COMMON_Q_USED + 4, 0);
    if (msix >= 0 && !virtio_queue_msix(vdev, vq, msix)) {
        guest_printf("virtio: queue %u gets no vector\n", index);
        return false;
    }
    vq->notify = vdev->notify + vdev->notify_mult *
                 mmio_read16(vdev->common + COMMON_Q_NOFF);
    mmio_write16(vdev->common + COMMON_Q_ENABLE, 1);
    return true;
}

bool virtio_queue_reset(struct virtio_dev *vdev, struct virtq *vq)
{
    mmio_write16(vdev->common + COMMON_Q_SELECT, vq->index);
    mmio_write16(vdev->common + COMMON_Q_RESET, 1);
    while (mmio_read16(vdev->common + COMMON_Q_RESET)) {
    }
    return !mmio_read16(vdev->common + COMMON_Q_ENABLE);
}

void virtio_start(struct virtio_dev *vdev)
{
    virtio_add_status(vdev, STATUS_DRIVER_OK);
}

/* The next free descriptor, for @len bytes at @buf. */
static uint16_t virtq_take(struct virtq *vq, const void *buf, uint32_t len,
                           bool device_writes)
{
    uint16_t n = vq->free_head;

    vq->free_count--;
    vq->free_head = vq->next[n];
    vq->desc[n] = (struct virtq_desc) {
        .addr = (uintptr_t)buf,
        .len = len,
        .flags = device_writes ? DESC_F_WRITE : 0,
    };
    return n;
}

static void virtq_make_available(struct virtq *vq, uint16_t head, void *cookie)
{
    vq->cookie[head] = cookie;
    vq->avail[2 + vq->added++ % vq->size] = head;
    barrier();                  /* the entry before the index */
    if (!vq->held) {
        vq->avail[1] = vq->added;
    }
}

bool virtq_add_parts(struct virtq *vq, const struct virtq_part *parts,
                     unsigned n, void *cookie)
{
    uint16_t head = 0, last = 0;

    if (vq->free_count < n) {
        return false;
    }
    for (unsigned i = 0; i < n; i++) {
        uint16_t taken = virtq_take(vq, parts[i].buf, parts[i].len,
                                    parts[i].device_writes);

        if (i == 0) {
            head = taken;
        } else {
            vq->desc[last].next = taken;
            vq->desc[last].flags |= DESC_F_NEXT;
        }
        last = taken;
    }
    virtq_make_available(vq, head, cookie);
    return true;
}

bool virtq_add(struct virtq *vq, void *buf, uint32_t len, bool device_writes,
               void *cookie)
{
    struct virtq_part part = { buf, len, device_writes };

    return virtq_add_parts(vq, &part, 1, cookie);
}

bool virtq_add_request(struct virtq *vq, const void *request, uint32_t len,
                       void *answer, uint32_t room, void *cookie)
{
    struct virtq_part parts[] = {
        { (void *)request, len, false }, { answer, room, true },
    };

    return virtq_add_parts(vq, parts, 2, cookie);
}

bool virtq_idle(struct virtq *vq)
{
    return vq->used[1] == vq->avail[1];
}

void virtq_kick(struct virtio_dev *vdev, struct virtq *vq)
{
    vq->avail[1] = vq->added;
    barrier();
    if (!(vq->used[0] & 1)) {
        mmio_write16(vq->notify, vq->index);
    }
}

bool virtq_get(struct virtq *vq, void **cookie, uint32_t *len)
{
    volatile uint32_t *elem;
    uint16_t head;

    if (vq->last_used == vq->used[1]) {
        return false;
    }
    barrier();                  /* the index before the entry */
    elem = (volatile uint32_t *)(vq->used + 2) + 2 * (vq->last_used % vq->size);
    head = elem[0];
    *len = elem[1];
    *cookie = vq->cookie[head];
    for (uint16_t n = head, more = true; more; n = vq->desc[n].next) {
        more = vq->desc[n].flags & DESC_F_NEXT;
        vq->next[n] = vq->free_head;
        vq->free_head = n;
        vq->free_count++;
    }
    vq->last_used++;
    return true;
}
