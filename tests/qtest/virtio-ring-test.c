/*
 * Every way to drive a virtio device: split and packed rings, registers of
 * virtio 1 and those before, MSI-X and the pin, with and without indirect
 * tables and event index, and requests in order.  The same has to come out.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "libqtest.h"
#include "libqos/virtio-net.h"
#include "standard-headers/linux/virtio_config.h"
#include "standard-headers/linux/virtio_pci.h"

static const uint8_t bcast[6] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };

/* One way. */
typedef struct Way {
    bool legacy, packed, msix, indirect, event, in_order;
} Way;

static bool interrupted(QVirtioNet *net, QVirtQueue *vq)
{
    return net->vdev->bus->get_queue_isr_status(net->vdev, vq);
}

static QVirtioNet *way_start(const Way *way)
{
    /* That one interrupts in any case: see test_notify_on_empty(). */
    uint64_t features = ~(1ull << VIRTIO_F_NOTIFY_ON_EMPTY);
    g_autofree char *props = g_strdup_printf("packed=%s,in_order=%s",
                                             way->packed ? "on" : "off",
                                             way->in_order ? "on" : "off");
    QVirtioNet *net = qvirtio_net_boot("virtio-net-pci-transitional", props);

    if (way->legacy) {
        qvirtio_net_set_legacy(net, true);
    }
    if (!way->indirect) {
        features &= ~(1ull << VIRTIO_RING_F_INDIRECT_DESC);
    }
    if (!way->event) {
        features &= ~(1ull << VIRTIO_RING_F_EVENT_IDX);
    }
    net->msix = way->msix;
    qvirtio_net_start(net, features);
    g_assert_true(net->tx->packed == way->packed);
    g_assert_true(net->tx->indirect == way->indirect);
    g_assert_true(net->tx->event == way->event);
    g_assert_true(!!(net->vdev->features & 1ull << VIRTIO_F_IN_ORDER) ==
                  way->in_order);
    return net;
}

/* A packet, whatever it came in, arrives; and its number comes back. */
static void send_chain(QVirtioNet *net, const uint8_t *frame, size_t len,
                       unsigned pieces, bool table)
{
    uint64_t header = net->tx_buf, data = net->tx_buf + 64;
    QVRingIndirectDesc *indirect = NULL;
    uint8_t in[2048], hdr[16] = { };
    uint32_t head = 0, used;

    qtest_bufwrite(net->qts, header, hdr, net->hdr_len);
    qtest_bufwrite(net->qts, data, frame, len);
    if (table) {
        indirect = qvring_indirect_desc_setup(net->qts, net->vdev, net->alloc,
                                              pieces + 1);
        qvring_indirect_desc_add(net->vdev, net->qts, indirect, header,
                                 net->hdr_len, false);
    } else {
        head = qvirtqueue_add(net->qts, net->tx, header, net->hdr_len, false,
                              true);
    }
    for (unsigned i = 0, from = 0; i < pieces; i++) {
        unsigned to = i + 1 == pieces ? len : from + len / pieces;

        if (table) {
            qvring_indirect_desc_add(net->vdev, net->qts, indirect,
                                     data + from, to - from, false);
        } else {
            qvirtqueue_add(net->qts, net->tx, data + from, to - from, false,
                           i + 1 < pieces);
        }
        from = to;
    }
    if (table) {
        head = qvirtqueue_add_indirect(net->qts, net->tx, indirect);
    }
    qvirtqueue_kick(net->qts, net->vdev, net->tx, head);
    g_assert_cmpuint(qvirtio_net_wait_used(net, net->tx, &used), ==, head);
    g_assert_cmpuint(used, ==, 0);
    net->tx->num_free += table ? 1 : pieces + 1;
    g_assert_cmpint(qvirtio_net_wire_recv(net, in, sizeof(in)), ==, len);
    g_assert_cmpmem(in, len, frame, len);
    if (table) {
        guest_free(net->alloc, indirect->desc);
        g_free(indirect);
    }
}

/* Chains of all lengths; 70 go past the ring's end. */
static void check_chains(QVirtioNet *net, const Way *way, unsigned count)
{
    uint8_t frame[400];

    for (unsigned i = 0; i < count; i++) {
        qvirtio_net_frame(frame, sizeof(frame), bcast, i);
        send_chain(net, frame, sizeof(frame), 1 + i % 11,
                   way->indirect && i % 2);
    }
}

/* Several at once, with one kick. */
static void check_batch(QVirtioNet *net)
{
    uint8_t frame[100], in[2048];
    uint32_t heads[20];
    bool kick = false;

    for (unsigned i = 0; i < ARRAY_SIZE(heads); i++) {
        uint64_t where = net->tx_buf + 256 * (i + 1);

        qvirtio_net_frame(frame, sizeof(frame), bcast, i);
        qtest_memset(net->qts, where, 0, net->hdr_len);
        qtest_bufwrite(net->qts, where + net->hdr_len, frame, sizeof(frame));
        heads[i] = qvirtqueue_add(net->qts, net->tx, where,
                                  net->hdr_len + sizeof(frame), false, false);
    }
    /* The last one first: the device sees the first only, or all. */
    for (int i = ARRAY_SIZE(heads) - 1; net->tx->packed && i >= 0; i--) {
        kick |= qvirtqueue_publish(net->qts, net->tx, heads[i]);
    }
    for (unsigned i = 0; !net->tx->packed && i < ARRAY_SIZE(heads); i++) {
        kick |= qvirtqueue_publish(net->qts, net->tx, heads[i]);
    }
    g_assert_true(kick);
    net->vdev->bus->virtqueue_kick(net->vdev, net->tx);
    for (unsigned i = 0; i < ARRAY_SIZE(heads); i++) {
        g_assert_cmpint(qvirtio_net_wire_recv(net, in, sizeof(in)), ==,
                        sizeof(frame));
        g_assert_cmpuint(in[14], ==, i);
        g_assert_cmpuint(qvirtio_net_wait_used(net, net->tx, NULL), ==,
                         heads[i]);
        net->tx->num_free++;
    }
}

/* To the guest: a packet in as many buffers as it takes, and one that waits. */
static void check_receive(QVirtioNet *net, unsigned count)
{
    uint8_t out[1400], in[2048];
    QVirtioNetHdr hdr;

    for (unsigned i = 0; i < count; i++) {
        qvirtio_net_give(net, 3, 512);
        qvirtio_net_frame(out, sizeof(out), qvirtio_net_mac, i);
        qvirtio_net_wire_send(net, out, sizeof(out));
        g_assert_cmpuint(qvirtio_net_recv(net, in, sizeof(in), &hdr), ==,
                         sizeof(out));
        g_assert_cmpmem(in, sizeof(out), out, sizeof(out));
        g_assert_cmpuint(hdr.num_buffers, ==, 3);
    }
    qvirtio_net_frame(out, 100, bcast, 77);
    qvirtio_net_wire_send(net, out, 100);
    qtest_inb(net->qts, 0);
    g_assert_true(qvirtio_net_rx_idle(net));
    qvirtio_net_give(net, 1, 512);
    g_assert_cmpuint(qvirtio_net_recv(net, in, sizeof(in), NULL), ==, 100);
    g_assert_cmpuint(in[14], ==, 77);
}

/* A chain of both kinds: what is read, and one byte to write. */
static void check_command(QVirtioNet *net)
{
    uint8_t on = 1;

    g_assert_cmpuint(qvirtio_net_ctrl(net, VIRTIO_NET_CTRL_RX,
                                      VIRTIO_NET_CTRL_RX_ALLUNI, &on, 1), ==,
                     VIRTIO_NET_OK);
    g_assert_cmpuint(qvirtio_net_ctrl(net, VIRTIO_NET_CTRL_RX, 0x77, &on, 1),
                     ==, VIRTIO_NET_ERR);
}

/* The guest is interrupted when it wants to be, and by its queue's vector. */
static void check_interrupts(QVirtioNet *net, const Way *way)
{
    uint8_t frame[100], in[2048];
    uint32_t used;

    qvirtio_net_frame(frame, sizeof(frame), bcast, 1);
    interrupted(net, net->tx);
    interrupted(net, net->rx);
    if (!way->event || way->packed) {
        qvirtqueue_set_interrupts(net->qts, net->tx, false);
        qvirtio_net_send(net, frame, sizeof(frame));
        qvirtio_net_wire_recv(net, in, sizeof(in));
        g_assert_false(interrupted(net, net->tx));
        qvirtqueue_set_interrupts(net->qts, net->tx, true);
        qvirtio_net_send(net, frame, sizeof(frame));
        qvirtio_net_wire_recv(net, in, sizeof(in));
        if (way->msix) {
            g_assert_false(interrupted(net, net->rx));
        }
        g_assert_true(interrupted(net, net->tx));
    }
    if (way->event) {
        /* Of a ring that starts here, the third: others are not reported. */
        used = way->packed ? net->tx->used_head : net->tx->last_used_idx;
        qvirtqueue_set_used_event(net->qts, net->tx, used + 2);
        for (int i = 0; i < 5; i++) {
            bool around = way->packed &&
                          (used + i + 1) % net->tx->size == 0;

            qvirtio_net_send(net, frame, sizeof(frame));
            qvirtio_net_wire_recv(net, in, sizeof(in));
            g_assert_true(interrupted(net, net->tx) == (i == 2 || around));
        }
    }
}

/* All of it, and once more after a reset. */
static void test_way(const void *data)
{
    const Way *way = data;
    QVirtioNet *net = way_start(way);
    uint64_t features = net->vdev->features;

    check_chains(net, way, 70);
    check_batch(net);
    check_receive(net, 10);
    check_command(net);
    check_interrupts(net, way);
    qvirtio_net_start(net, features);
    check_chains(net, way, 5);
    check_receive(net, 2);
    qvirtio_net_shutdown(net);
}

/* One queue begins anew while the others go on (VIRTIO_F_RING_RESET). */
static void test_ring_reset(const void *data)
{
    const Way *way = data;
    QVirtioNet *net = way_start(way);
    QVirtioPCIDevice *pci = net->pci;
    uint64_t common = pci->common_cfg_offset;

    for (int i = 0; i < 3; i++) {
        check_chains(net, way, 20);
        check_receive(net, 5);
        qpci_io_writew(pci->pdev, pci->bar,
                       common + VIRTIO_PCI_COMMON_Q_SELECT, net->tx->index);
        qpci_io_writew(pci->pdev, pci->bar,
                       common + VIRTIO_PCI_COMMON_Q_RESET, 1);
        g_assert_cmpuint(qpci_io_readw(pci->pdev, pci->bar,
                                       common + VIRTIO_PCI_COMMON_Q_ENABLE),
                         ==, 0);
        qvirtqueue_cleanup(net->vdev->bus, net->tx, net->alloc);
        net->tx = qvirtqueue_setup(net->vdev, net->alloc, 1);
    }
    qvirtio_net_shutdown(net);
}

/* A packed ring may have any length; a split one only powers of two. */
static void test_odd_size(void)
{
    static const Way way = { .packed = true, .indirect = true, .event = true };
    QVirtioNet *net = way_start(&way);
    QVirtioPCIDevice *pci = net->pci;
    uint64_t features = net->vdev->features;

    for (unsigned size = 12; size <= 256; size = size * 2 - 7) {
        qvirtio_net_negotiate(net, features);
        for (int i = 0; i < 3; i++) {
            qpci_io_writew(pci->pdev, pci->bar, pci->common_cfg_offset +
                           VIRTIO_PCI_COMMON_Q_SELECT, i);
            qpci_io_writew(pci->pdev, pci->bar, pci->common_cfg_offset +
                           VIRTIO_PCI_COMMON_Q_SIZE, MIN(size, 64));
        }
        qvirtio_net_setup_queues(net);
        g_assert_cmpuint(net->tx->size, ==, MIN(size, 64));
        qvirtio_set_driver_ok(net->vdev);
        check_chains(net, &way, 20);
        check_receive(net, 10);
        check_command(net);
    }
    qvirtio_net_shutdown(net);
}

/* A device without the registers of virtio 1. */
static void test_legacy_only(void)
{
    static const Way way = { .legacy = true, .indirect = true, .event = true };
    QVirtioNet *net = qvirtio_net_boot_with("virtio-net-pci",
                                            "disable-modern=on,packed=on",
                                            NULL);

    qvirtio_net_set_legacy(net, true);
    qvirtio_net_start(net, QVIRTIO_NET_ALL);
    check_chains(net, &way, 20);
    check_receive(net, 5);
    qvirtio_net_shutdown(net);
}

/* Before virtio 1 a driver could ask to hear when all of a ring is used. */
static void test_notify_on_empty(void)
{
    static const Way way = { .legacy = true };
    QVirtioNet *net = way_start(&way);
    uint8_t frame[100];

    qvirtio_net_frame(frame, sizeof(frame), bcast, 1);
    qvirtio_net_start(net, 1ull << VIRTIO_F_NOTIFY_ON_EMPTY);
    qvirtqueue_set_interrupts(net->qts, net->tx, false);
    qvirtio_net_send(net, frame, sizeof(frame));
    g_assert_true(interrupted(net, net->tx));
    qvirtio_net_shutdown(net);
}

static void add_way(const char *test_name, const Way *way,
                    void (*test)(const void *data))
{
    g_autofree char *path =
        g_strdup_printf("/virtio-ring/%s/%s/%s/%s%s%s%s", test_name,
                        way->legacy ? "legacy" : "modern",
                        way->packed ? "packed" : "split",
                        way->msix ? "msix" : "intx",
                        way->indirect ? ",indirect" : "",
                        way->event ? ",event" : "",
                        way->in_order ? ",in-order" : "");

    qtest_add_data_func_full(path, g_memdup2(way, sizeof(*way)), test, g_free);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (int i = 0; i < 32; i++) {
        Way way = {
            .legacy = i & 1,
            .packed = i & 2,
            .msix = i & 4,
            .indirect = i & 8,
            .event = i & 16,
        };

        if (way.legacy && way.packed) {
            continue;           /* its feature is beyond the 32 bits */
        }
        add_way("way", &way, test_way);
        if (!way.legacy && way.msix && way.indirect) {
            way.in_order = true;
            add_way("way", &way, test_way);
            way.in_order = false;
            add_way("reset", &way, test_ring_reset);
        }
    }
    qtest_add_func("/virtio-ring/odd-size", test_odd_size);
    qtest_add_func("/virtio-ring/legacy-only", test_legacy_only);
    qtest_add_func("/virtio-ring/notify-on-empty", test_notify_on_empty);
    return g_test_run();
}
