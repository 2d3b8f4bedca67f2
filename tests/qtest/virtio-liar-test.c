/*
 * Every virtio device, and a driver that lies in the ring: what each lie costs.
 *
 * A lie about the ring breaks the device: it says NEEDS_RESET, interrupts, and
 * touches no queue until the driver resets it; then it works as ever.  Some
 * lies do no harm, and some the device never sees.  The machine goes on in any
 * case.
 *
 * A new device joins by a row in libqos/virtio-any-types.c.  A lie that holds
 * for any device is a row in ring_lies[] below; what only one device can be
 * told is in that device's own test.
 *
 * All lies are told in one machine, one after the other, so that a device that
 * does not quite come back from one is caught by the next.  Which one it was
 * says --verbose.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "libqtest.h"
#include "libqos/virtio-liar.h"
#include "standard-headers/linux/virtio_pci.h"

#define RAM_END  QVIRTIO_ANY_RAM
#define NOWHERE  LIAR_NOWHERE

/* Two; the first is filled in last, as in a packed ring it is what counts. */
static void offer_two(QVirtioAny *d, uint64_t addr0, uint16_t flags0,
                      uint64_t addr1, uint16_t flags1)
{
    liar_put(d, 1, addr1, LIAR_PIECE, flags1, 0);
    liar_put(d, 0, addr0, LIAR_PIECE, flags0 | NEXT, 1);
    liar_offer(d, 0, 1);
}

/* The lies that are told in the ring, or about it */

static void lie_loop(QVirtioAny *d)
{
    QVirtQueue *vq = qvirtio_any_victim(d);

    if (vq->packed) {
        /* The chain has no end, and the ring has. */
        for (int i = vq->size - 1; i >= 0; i--) {
            liar_put(d, i, d->buf, LIAR_PIECE, liar_flags(d) | NEXT, 0);
        }
    } else {
        liar_put(d, 0, d->buf, LIAR_PIECE, liar_flags(d) | NEXT, 1);
        liar_put(d, 1, d->buf, LIAR_PIECE, liar_flags(d) | NEXT, 0);
    }
    liar_offer(d, 0, 1);
}

static void lie_loop_of_one(QVirtioAny *d)
{
    liar_put(d, 0, d->buf, LIAR_PIECE, liar_flags(d) | NEXT, 0);
    liar_offer(d, 0, 1);
}

static void lie_next_beyond(QVirtioAny *d)
{
    liar_put(d, 0, d->buf, LIAR_PIECE, liar_flags(d) | NEXT,
        qvirtio_any_victim(d)->size);
    liar_offer(d, 0, 1);
}

static void lie_next_far_beyond(QVirtioAny *d)
{
    liar_put(d, 0, d->buf, LIAR_PIECE, liar_flags(d) | NEXT, 0xffff);
    liar_offer(d, 0, 1);
}

static void lie_head_beyond(QVirtioAny *d)
{
    liar_offer(d, qvirtio_any_victim(d)->size, 1);
}

static void lie_head_far_beyond(QVirtioAny *d)
{
    liar_offer(d, 0xffff, 1);
}

static void lie_index_jumps(QVirtioAny *d)
{
    liar_put(d, 0, d->buf, LIAR_PIECE, liar_flags(d), 0);
    liar_offer(d, 0, qvirtio_any_victim(d)->size + 1);
}

static void lie_index_goes_back(QVirtioAny *d)
{
    liar_put(d, 0, d->buf, LIAR_PIECE, liar_flags(d), 0);
    liar_offer(d, 0, 0xffff);
}

static void lie_zero_length(QVirtioAny *d)
{
    liar_offer_one(d, d->buf, 0, liar_flags(d));
}

/* One piece that is no RAM goes through the bounce buffer; there is but one. */
static void lie_past_memory(QVirtioAny *d)
{
    offer_two(d, NOWHERE, liar_flags(d), 2 * NOWHERE, liar_flags(d));
}

static void lie_length_past_memory(QVirtioAny *d)
{
    liar_offer_one(d, RAM_END - 16, 64 * 1024, liar_flags(d));
}

static void lie_length_all(QVirtioAny *d)
{
    liar_offer_one(d, d->buf, UINT32_MAX, liar_flags(d));
}

/* Behind the last address comes the first, which is the guest's own memory. */
static void lie_address_wraps(QVirtioAny *d)
{
    liar_offer_one(d, UINT64_MAX - 15, 64 * 1024, liar_flags(d));
}

static void lie_readable_after_writable(QVirtioAny *d)
{
    offer_two(d, d->buf, WRITE, d->buf, 0);
}

static void lie_indirect_odd_length(QVirtioAny *d)
{
    liar_offer_one(d, d->buf, 17, INDIRECT);
}

static void lie_indirect_empty(QVirtioAny *d)
{
    liar_offer_one(d, d->buf, 0, INDIRECT);
}

static void lie_indirect_past_memory(QVirtioAny *d)
{
    liar_offer_one(d, RAM_END - 16, 64, INDIRECT);
}

static void lie_indirect_nowhere(QVirtioAny *d)
{
    liar_offer_one(d, NOWHERE, 32, INDIRECT);
}

/* Longer than any ring: it is all zeroes behind, and they are read. */
static void lie_indirect_too_long(QVirtioAny *d)
{
    unsigned count = QVIRTQUEUE_MAX_SIZE + 1;
    g_autofree struct vring_desc *table = g_new0(struct vring_desc, count);

    for (unsigned i = 0; i < count; i++) {
        table[i].addr = d->buf;
        table[i].len = 1;
        if (qvirtio_any_victim(d)->packed) {
            /* flags are where next is in a split ring. */
            table[i].next = liar_flags(d);
        } else {
            table[i].flags = liar_flags(d) | NEXT;
            table[i].next = i + 1;
        }
    }
    qtest_bufwrite(d->qts, d->buf, table, count * sizeof(*table));
    liar_offer_one(d, d->buf, count * sizeof(*table), INDIRECT);
}

static void lie_indirect_loop(QVirtioAny *d)
{
    liar_set_desc(d, d->buf, 0, d->buf + 4096, LIAR_PIECE,
                  liar_flags(d) | NEXT, 1);
    liar_set_desc(d, d->buf, 1, d->buf + 4096, LIAR_PIECE,
                  liar_flags(d) | NEXT, 0);
    liar_offer_one(d, d->buf, 32, INDIRECT);
}

static void lie_indirect_next_beyond(QVirtioAny *d)
{
    liar_set_desc(d, d->buf, 0, d->buf + 4096, LIAR_PIECE,
                  liar_flags(d) | NEXT, 2);
    liar_offer_one(d, d->buf, 32, INDIRECT);
}

/* In a packed ring all of the table is taken, and there are no buffers. */
static void lie_indirect_zeroes(QVirtioAny *d)
{
    liar_offer_one(d, d->buf, 4096, INDIRECT);
}

/* A table in a table: the bit means nothing there, and it is a buffer. */
static void lie_indirect_in_indirect(QVirtioAny *d)
{
    if (qvirtio_any_victim(d)->packed) {
        liar_set_packed(d, d->buf, 0, d->buf + 4096, LIAR_PIECE,
                   liar_flags(d) | INDIRECT);
    } else {
        liar_set_desc(d, d->buf, 0, d->buf + 4096, LIAR_PIECE,
                 liar_flags(d) | INDIRECT, 0);
    }
    liar_offer_one(d, d->buf, 16, INDIRECT);
}

/* A table, and more after it: there is not to be any. */
static void lie_indirect_and_next(QVirtioAny *d)
{
    if (qvirtio_any_victim(d)->packed) {
        liar_set_packed(d, d->buf, 0, d->buf + 4096, LIAR_PIECE, liar_flags(d));
    } else {
        liar_set_desc(d, d->buf, 0, d->buf + 4096, LIAR_PIECE,
                      liar_flags(d), 0);
    }
    liar_put(d, 0, d->buf, 16, INDIRECT | NEXT, 1);
    liar_offer(d, 0, 1);
}

/* The same request as often as the ring has places. */
static void lie_one_head_for_all(QVirtioAny *d)
{
    QVirtQueue *vq = qvirtio_any_victim(d);

    liar_put(d, 0, d->buf, LIAR_PIECE, liar_flags(d), 0);
    for (unsigned i = 0; i < vq->size; i++) {
        qtest_writew(d->qts, vq->avail + 4 + 2 * i, 0);
    }
    liar_offer(d, 0, vq->size);
}

static void lie_descs_past_memory(QVirtioAny *d)
{
    liar_place_ring(d, VIRTIO_PCI_COMMON_Q_DESCLO, RAM_END - 16);
}

static void lie_driver_area_past_memory(QVirtioAny *d)
{
    liar_place_ring(d, VIRTIO_PCI_COMMON_Q_AVAILLO, RAM_END - 2);
}

static void lie_device_area_past_memory(QVirtioAny *d)
{
    liar_place_ring(d, VIRTIO_PCI_COMMON_Q_USEDLO, RAM_END - 2);
}

/* All descriptors are 0: empty, or in a packed ring not available. */
static void lie_ring_nowhere(QVirtioAny *d)
{
    liar_place_ring(d, VIRTIO_PCI_COMMON_Q_DESCLO, NOWHERE);
    liar_offer(d, 0, 1);
}

static void lie_enable_twice(QVirtioAny *d)
{
    d->vdev->bus->queue_select(d->vdev, d->type->victim);
    liar_set_common(d, VIRTIO_PCI_COMMON_Q_ENABLE, 2, 2);
}

/* What is not available is not there, whatever else it says. */
static void lie_not_available(QVirtioAny *d)
{
    static const uint16_t owner[] = { 0, USED, AVAIL | USED };
    QVirtQueue *vq = qvirtio_any_victim(d);

    for (int i = 0; i < ARRAY_SIZE(owner); i++) {
        for (unsigned n = 0; n < vq->size; n++) {
            liar_set_packed(d, vq->desc, n, UINT64_MAX, UINT32_MAX,
                       owner[i] | NEXT | INDIRECT);
        }
        liar_kick(d);
        qvirtio_any_host(d);
        for (unsigned n = 0; n < vq->size; n++) {
            g_assert_cmphex(qtest_readl(d->qts, vq->desc + n * 16 + 8), ==,
                            UINT32_MAX);
        }
    }
}

/* An id is the driver's own; and the device may be told anything there. */
static void lie_odd_event(QVirtioAny *d)
{
    QVirtQueue *vq = qvirtio_any_victim(d);

    qtest_writew(d->qts, vq->avail, 0xffff);
    qtest_writew(d->qts, vq->avail + 2, 0xffff);
    liar_put(d, 0, d->buf, LIAR_PIECE, liar_flags(d), 0);
    qtest_writew(d->qts, vq->desc + offsetof(struct vring_packed_desc, id),
                 0xffff);
    liar_kick(d);
}

static const struct RingLie {
    const char *name;
    void (*tell)(QVirtioAny *d);
    unsigned drives;
    bool harmless;
} ring_lies[] = {
    { "loop", lie_loop, IN_ALL },
    { "loop_of_one", lie_loop_of_one, IN_OLD },
    { "next_beyond", lie_next_beyond, IN_OLD },
    { "next_far_beyond", lie_next_far_beyond, IN_OLD },
    { "head_beyond", lie_head_beyond, IN_OLD },
    { "head_far_beyond", lie_head_far_beyond, IN_OLD },
    { "index_jumps", lie_index_jumps, IN_OLD },
    { "index_goes_back", lie_index_goes_back, IN_OLD },
    { "zero_length", lie_zero_length, IN_ALL },
    { "past_memory", lie_past_memory, IN_ALL },
    { "length_past_memory", lie_length_past_memory, IN_ALL },
    { "length_all", lie_length_all, IN_ALL },
    { "readable_after_writable", lie_readable_after_writable, IN_ALL },
    { "indirect_odd_length", lie_indirect_odd_length, IN_ALL },
    { "indirect_empty", lie_indirect_empty, IN_ALL },
    { "indirect_past_memory", lie_indirect_past_memory, IN_ALL },
    { "indirect_nowhere", lie_indirect_nowhere, IN_ALL },
    { "indirect_too_long", lie_indirect_too_long, IN_ALL },
    { "indirect_loop", lie_indirect_loop, IN_OLD },
    { "indirect_next_beyond", lie_indirect_next_beyond, IN_OLD },
    { "indirect_zeroes", lie_indirect_zeroes, IN_ALL },
    { "descs_past_memory", lie_descs_past_memory, IN_BOTH },
    { "driver_area_past_memory", lie_driver_area_past_memory, IN_BOTH },
    { "device_area_past_memory", lie_device_area_past_memory, IN_BOTH },
    { "ring_nowhere", lie_ring_nowhere, IN_SPLIT },
    { "ring_nowhere", lie_ring_nowhere, IN_PACKED, true },
    { "enable_twice", lie_enable_twice, IN_BOTH },
    { "address_wraps", lie_address_wraps, IN_ALL, true },
    { "indirect_in_indirect", lie_indirect_in_indirect, IN_ALL, true },
    { "indirect_and_next", lie_indirect_and_next, IN_ALL, true },
    { "one_head_for_all", lie_one_head_for_all, IN_OLD, true },
    { "not_available", lie_not_available, IN_PACKED, true },
    { "odd_event", lie_odd_event, IN_PACKED, true },
};

static bool is_blind_to(QVirtioAny *d, const char *name)
{
    g_autofree char *word = g_strdup_printf(" %s ", name);

    return d->type->blind_to && strstr(d->type->blind_to, word);
}

static void test_ring(QVirtioAny *d)
{
    for (int i = 0; i < ARRAY_SIZE(ring_lies); i++) {
        const struct RingLie *lie = &ring_lies[i];

        if (!(lie->drives & 1u << d->drive)) {
            continue;
        }
        g_test_message("%s", lie->name);
        qvirtio_any_start(d);
        lie->tell(d);
        if (!qvirtio_any_is_modern(d)) {
            /* Such a driver has no bit to be told by. */
            liar_let_happen(d);
        } else if (lie->harmless || is_blind_to(d, lie->name)) {
            liar_let_happen(d);
            g_assert_true(d->type->fussy || !liar_needs_reset(d));
        } else {
            liar_wait_broken(d);
        }
        qvirtio_any_start(d);
        d->type->work(d);
    }
}

/*
 * Wrap counters that are wrong, at each place of the ring and in both rounds:
 * a driver that is a round behind, or ahead, has made nothing available.
 */
static void test_wrap_counters(QVirtioAny *d)
{
    QVirtQueue *vq;

    d->ring_size = 4;
    qvirtio_any_start(d);
    vq = qvirtio_any_victim(d);
    g_assert_cmpuint(vq->size, ==, 4);
    /* A piece of work takes some places; most take one. */
    while (vq->free_head < 2 * vq->size + 1) {
        unsigned place = vq->free_head % vq->size;
        bool wrap = !(vq->free_head / vq->size & 1);
        const uint16_t wrong[] = {
            wrap ? USED : AVAIL, 0, AVAIL | USED,
        };

        for (int i = 0; i < ARRAY_SIZE(wrong); i++) {
            liar_set_packed(d, vq->desc, place, NOWHERE, LIAR_PIECE,
                       wrong[i] | liar_flags(d));
            liar_kick(d);
            liar_let_happen(d);
            g_assert_false(liar_needs_reset(d));
            g_assert_cmphex(qtest_readw(d->qts, vq->desc + 16 * place + 14),
                            ==, wrong[i] | liar_flags(d));
        }
        d->type->work(d);
    }
    d->ring_size = 0;
}

static const LiarTest liar_tests[] = {
    { "ring", test_ring, IN_ALL },
    { "wrap-counters", test_wrap_counters, IN_PACKED },
    { }
};

int main(int argc, char **argv)
{
    return liar_main(argc, argv, "virtio-liar", liar_tests);
}
