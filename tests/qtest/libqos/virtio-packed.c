/*
 * libqos: a driver's half of a packed ring (virtio 1.2, 2.8).
 *
 * Descriptors are taken one after the other, and counted from the beginning:
 * the remainder is the place in the ring, and how often it went round says what
 * the counter of one bit is.  A chain's id is the place of its first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "virtio.h"

static bool packed_wrap(QVirtQueue *vq, uint32_t count)
{
    return !(count / vq->size & 1);
}

static uint64_t packed_place(QVirtQueue *vq, uint32_t count)
{
    return vq->desc + sizeof(struct vring_packed_desc) * (count % vq->size);
}

static uint16_t packed_off_wrap(QVirtQueue *vq, uint32_t count)
{
    return count % vq->size |
           packed_wrap(vq, count) << VRING_PACKED_EVENT_F_WRAP_CTR;
}

/* The bits of a descriptor that is available, or if not @avail, is not. */
static uint16_t packed_owner(QVirtQueue *vq, uint32_t count, bool avail)
{
    bool wrap = packed_wrap(vq, count);

    return (wrap == avail) << VRING_PACKED_DESC_F_AVAIL |
           !wrap << VRING_PACKED_DESC_F_USED;
}

void qvirtqueue_packed_write_desc(QTestState *qts, QVirtQueue *vq,
                                  uint64_t data, uint32_t len, uint16_t flags)
{
    uint32_t count = vq->free_head - 1;     /* just taken */
    bool first = !vq->chain_open;
    struct vring_packed_desc desc = {
        .addr = data,
        .len = len,
    };
    uint32_t id;

    if (first) {
        vq->chain = count;
    }
    id = vq->chain % vq->size;
    vq->chain_open = flags & VRING_DESC_F_NEXT;
    vq->chains[id].head = vq->chain;
    vq->chains[id].ndescs = count - vq->chain + 1;
    if (first) {
        vq->chains[id].flags = flags;
    }
    /* The first becomes available when all the others are. */
    desc.id = id;
    desc.flags = flags | packed_owner(vq, count, !first);
    qtest_memwrite(qts, packed_place(vq, count), &desc, sizeof(desc));
}

bool qvirtqueue_packed_publish(QTestState *qts, QVirtQueue *vq, uint32_t head)
{
    uint32_t old = vq->chains[head].head;
    uint32_t new = old + vq->chains[head].ndescs;
    uint16_t event_flags, off_wrap;
    int event;

    qtest_writew(qts, packed_place(vq, old) +
                      offsetof(struct vring_packed_desc, flags),
                 vq->chains[head].flags | packed_owner(vq, old, true));

    event_flags = qtest_readw(qts, vq->used +
                                   offsetof(struct vring_packed_desc_event,
                                            flags));
    if (event_flags != VRING_PACKED_EVENT_FLAG_DESC) {
        return event_flags == VRING_PACKED_EVENT_FLAG_ENABLE;
    }
    g_assert_true(vq->event);
    off_wrap = qtest_readw(qts, vq->used +
                                offsetof(struct vring_packed_desc_event,
                                         off_wrap));
    /* Seen from where we are now: in this round, or in the one before. */
    event = off_wrap & 0x7fff;
    if (off_wrap >> VRING_PACKED_EVENT_F_WRAP_CTR != packed_wrap(vq, new)) {
        event -= vq->size;
    }
    return vring_need_event(event, new % vq->size,
                            (int)(new % vq->size) - (int)(new - old));
}

bool qvirtqueue_packed_idle(QTestState *qts, QVirtQueue *vq)
{
    uint64_t place = packed_place(vq, vq->used_head);
    uint16_t flags = qtest_readw(qts, place +
                                 offsetof(struct vring_packed_desc, flags));
    bool wrap = packed_wrap(vq, vq->used_head);

    return (flags >> VRING_PACKED_DESC_F_AVAIL & 1) != wrap ||
           (flags >> VRING_PACKED_DESC_F_USED & 1) != wrap;
}

void qvirtqueue_packed_get_buf(QTestState *qts, QVirtQueue *vq,
                               uint32_t *head, uint32_t *len)
{
    struct vring_packed_desc desc;

    qtest_memread(qts, packed_place(vq, vq->used_head), &desc, sizeof(desc));
    g_assert_cmpuint(desc.id, <, vq->size);
    g_assert_cmpuint(vq->chains[desc.id].ndescs, >, 0);
    vq->used_head += vq->chains[desc.id].ndescs;
    if (head) {
        *head = desc.id;
    }
    if (len) {
        *len = desc.len;
    }
}

void qvirtqueue_packed_set_interrupts(QTestState *qts, QVirtQueue *vq, bool on)
{
    qtest_writew(qts, vq->avail + offsetof(struct vring_packed_desc_event,
                                           flags),
                 on ? VRING_PACKED_EVENT_FLAG_ENABLE
                    : VRING_PACKED_EVENT_FLAG_DISABLE);
}

void qvirtqueue_packed_set_used_event(QTestState *qts, QVirtQueue *vq,
                                      uint32_t idx)
{
    qtest_writew(qts, vq->avail + offsetof(struct vring_packed_desc_event,
                                           off_wrap),
                 packed_off_wrap(vq, idx));
    qtest_writew(qts, vq->avail + offsetof(struct vring_packed_desc_event,
                                           flags),
                 VRING_PACKED_EVENT_FLAG_DESC);
}
