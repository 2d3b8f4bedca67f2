/*
 * virtio-net and a driver that lies: what only a network card can be told.
 *
 * What any virtio device can be told is in virtio-liar-test.c, and what lies
 * cost is said there; lies by the thousand are in virtio-hostile-test.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "libqtest.h"
#include "libqos/virtio-net.h"
#include "standard-headers/linux/virtio_config.h"

#define NOWHERE  (1ull << 40)
#define NEXT     VRING_DESC_F_NEXT
#define WRITE    VRING_DESC_F_WRITE

static const uint8_t bcast[6] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };

/* Descriptor @i of the table at @table, as it never should be. */
static void set_desc(QVirtioNet *net, uint64_t table, unsigned i,
                     uint64_t addr, uint32_t len, uint16_t flags,
                     uint16_t next)
{
    struct vring_desc desc = {
        .addr = addr,
        .len = len,
        .flags = flags,
        .next = next,
    };

    qtest_memwrite(net->qts, table + i * sizeof(desc), &desc, sizeof(desc));
}

static void offer(QVirtioNet *net, QVirtQueue *vq, uint16_t head, uint16_t idx)
{
    qtest_writew(net->qts, vq->avail + 4, head);
    qtest_writew(net->qts, vq->avail + 2, idx);
    net->vdev->bus->virtqueue_kick(net->vdev, vq);
}

static bool needs_reset(QVirtioNet *net)
{
    return net->vdev->bus->get_status(net->vdev) & VIRTIO_CONFIG_S_NEEDS_RESET;
}

/* A packet comes, and the device looks for room. */
static void from_wire(QVirtioNet *net, uint8_t seed)
{
    uint8_t out[100];

    qvirtio_net_frame(out, sizeof(out), bcast, seed);
    qvirtio_net_wire_send(net, out, sizeof(out));
}

/* The lies */

static void lie_no_header(QVirtioNet *net)
{
    set_desc(net, net->tx->desc, 0, net->tx_buf, 11, 0, 0);
    offer(net, net->tx, 0, 1);
}

static void lie_nothing_to_send(QVirtioNet *net)
{
    set_desc(net, net->tx->desc, 0, net->tx_buf, 64, WRITE, 0);
    offer(net, net->tx, 0, 1);
}

static void lie_ctrl_without_answer(QVirtioNet *net)
{
    set_desc(net, net->ctrl->desc, 0, net->ctrl_buf, 2, 0, 0);
    offer(net, net->ctrl, 0, 1);
}

static void lie_ctrl_too_short(QVirtioNet *net)
{
    set_desc(net, net->ctrl->desc, 0, net->ctrl_buf, 1, NEXT, 1);
    set_desc(net, net->ctrl->desc, 1, net->ctrl_buf + 16, 1, WRITE, 0);
    offer(net, net->ctrl, 0, 1);
}

static void lie_rx_read_only(QVirtioNet *net)
{
    set_desc(net, net->rx->desc, 0, net->tx_buf, 2048, 0, 0);
    set_desc(net, net->rx->desc, 1, net->tx_buf, 2048, WRITE, 0);
    qtest_writew(net->qts, net->rx->avail + 6, 1);
    offer(net, net->rx, 0, 2);
    from_wire(net, 1);
}

static void lie_rx_loop(QVirtioNet *net)
{
    set_desc(net, net->rx->desc, 0, net->tx_buf, 1, WRITE | NEXT, 1);
    set_desc(net, net->rx->desc, 1, net->tx_buf, 1, WRITE | NEXT, 0);
    offer(net, net->rx, 0, 1);
    from_wire(net, 1);
}

static void lie_rx_past_memory(QVirtioNet *net)
{
    set_desc(net, net->rx->desc, 0, NOWHERE, 2048, WRITE | NEXT, 1);
    set_desc(net, net->rx->desc, 1, 2 * NOWHERE, 2048, WRITE, 0);
    offer(net, net->rx, 0, 1);
    from_wire(net, 1);
}

/* The same, and others, in a packed ring */

/* Place @i becomes available in the first round, as it never should be. */
static void put_packed(QVirtioNet *net, QVirtQueue *vq, unsigned i,
                       uint64_t addr, uint32_t len, uint16_t flags)
{
    struct vring_packed_desc desc = {
        .addr = addr,
        .len = len,
        .id = i,
        .flags = flags | 1 << VRING_PACKED_DESC_F_AVAIL,
    };

    g_assert_true(vq->packed);
    qtest_memwrite(net->qts, vq->desc + i * sizeof(desc), &desc, sizeof(desc));
}

static void kick(QVirtioNet *net, QVirtQueue *vq)
{
    net->vdev->bus->virtqueue_kick(net->vdev, vq);
}

/* The device counts what there is, and must come to an end as well. */
static void packed_lie_loop_rx(QVirtioNet *net)
{
    for (unsigned i = 0; i < net->rx->size; i++) {
        put_packed(net, net->rx, i, net->tx_buf, 1, NEXT | WRITE);
    }
    from_wire(net, 1);
    /* Enough room is in it, if only it ended. */
    kick(net, net->rx);
}

static void packed_lie_no_header(QVirtioNet *net)
{
    put_packed(net, net->tx, 0, net->tx_buf, 11, 0);
    kick(net, net->tx);
}

static void packed_lie_nothing_to_send(QVirtioNet *net)
{
    put_packed(net, net->tx, 0, net->tx_buf, 64, WRITE);
    kick(net, net->tx);
}

static void packed_lie_ctrl_without_answer(QVirtioNet *net)
{
    put_packed(net, net->ctrl, 0, net->ctrl_buf, 2, 0);
    kick(net, net->ctrl);
}

static void packed_lie_ctrl_too_short(QVirtioNet *net)
{
    put_packed(net, net->ctrl, 1, net->ctrl_buf + 16, 1, WRITE);
    put_packed(net, net->ctrl, 0, net->ctrl_buf, 1, NEXT);
    kick(net, net->ctrl);
}

static void packed_lie_rx_read_only(QVirtioNet *net)
{
    put_packed(net, net->rx, 1, net->tx_buf, 2048, WRITE);
    put_packed(net, net->rx, 0, net->tx_buf, 2048, 0);
    kick(net, net->rx);
    from_wire(net, 1);
}

/* Each breaks the device, and only the device */

static void works_after_reset(QVirtioNet *net)
{
    uint8_t out[100], in[2048];

    qvirtio_net_start(net, QVIRTIO_NET_ALL);
    g_assert_false(needs_reset(net));
    qvirtio_net_frame(out, sizeof(out), bcast, 9);
    qvirtio_net_send(net, out, sizeof(out));
    do {
        g_assert_cmpint(qvirtio_net_wire_recv(net, in, sizeof(in)), >=, 0);
    } while (in[14] != 9);
    qvirtio_net_give(net, 2, 2048);
    qvirtio_net_wire_send(net, out, sizeof(out));
    do {
        qvirtio_net_recv(net, in, sizeof(in), NULL);
    } while (in[14] != 9);
}

static void breaks(void (*lie)(QVirtioNet *net), const char *props)
{
    QVirtioNet *net = qvirtio_net_boot_with("virtio-net-pci", props,
                                            "2>/dev/null");
    gint64 end = g_get_monotonic_time() + QVIRTIO_NET_TIMEOUT_US;

    qvirtio_pci_device_enable(net->pci);
    qvirtio_net_start(net, QVIRTIO_NET_ALL);
    g_assert_false(needs_reset(net));
    lie(net);
    while (!needs_reset(net)) {
        g_assert_cmpint(g_get_monotonic_time(), <, end);
    }
    g_assert_true(net->vdev->bus->get_config_isr_status(net->vdev));
    works_after_reset(net);
    qvirtio_net_shutdown(net);
}

/* Packets that are to be received into the card's own registers. */
static void test_rx_own_bar(const void *props)
{
    QVirtioNet *net = qvirtio_net_boot_with("virtio-net-pci", props,
                                            "2>/dev/null");
    uint64_t where[4];

    qvirtio_pci_device_enable(net->pci);
    where[0] = net->pci->bar.addr + net->pci->common_cfg_offset;
    where[1] = net->pci->bar.addr + net->pci->notify_cfg_offset;
    where[2] = net->pci->bar.addr + net->pci->device_cfg_offset;
    where[3] = qpci_iomap(net->pci->pdev, 1, NULL).addr;
    for (int i = 0; i < ARRAY_SIZE(where); i++) {
        qvirtio_net_start(net, QVIRTIO_NET_ALL);
        if (net->rx->packed) {
            put_packed(net, net->rx, 0, where[i], 2048, WRITE);
            kick(net, net->rx);
        } else {
            set_desc(net, net->rx->desc, 0, where[i], 2048, WRITE, 0);
            offer(net, net->rx, 0, 1);
        }
        from_wire(net, 1);
        for (int n = 0; n < 5; n++) {
            qtest_clock_step(net->qts, 100);
        }
        works_after_reset(net);
    }
    qvirtio_net_shutdown(net);
}

static void test_breaks(const void *data)
{
    breaks(data, "");
}

static void test_packed_breaks(const void *data)
{
    breaks(data, "packed=on");
}

#define BREAKS(lie) \
    qtest_add_data_func("/virtio-net-liar/" #lie, lie_##lie, test_breaks)
#define PACKED_BREAKS(lie) \
    qtest_add_data_func("/virtio-net-liar/packed/" #lie, packed_lie_##lie, \
                        test_packed_breaks)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    BREAKS(no_header);
    BREAKS(nothing_to_send);
    BREAKS(ctrl_without_answer);
    BREAKS(ctrl_too_short);
    BREAKS(rx_read_only);
    BREAKS(rx_loop);
    BREAKS(rx_past_memory);
    PACKED_BREAKS(loop_rx);
    PACKED_BREAKS(no_header);
    PACKED_BREAKS(nothing_to_send);
    PACKED_BREAKS(ctrl_without_answer);
    PACKED_BREAKS(ctrl_too_short);
    PACKED_BREAKS(rx_read_only);
    qtest_add_data_func("/virtio-net-liar/rx_own_bar", "", test_rx_own_bar);
    qtest_add_data_func("/virtio-net-liar/packed/rx_own_bar", "packed=on",
                        test_rx_own_bar);
    return g_test_run();
}
