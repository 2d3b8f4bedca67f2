/*
 * virtio-net and a driver that lies: what each lie costs.
 *
 * A lie about the ring breaks the device: it says NEEDS_RESET, interrupts, and
 * touches no queue until the driver resets it; then it works as ever.  The
 * machine goes on in any case.  Lies by the thousand are in
 * virtio-hostile-test.c; here each is told once.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "libqtest.h"
#include "libqos/virtio-net.h"
#include "standard-headers/linux/virtio_config.h"
#include "standard-headers/linux/virtio_pci.h"

#define RAM_SIZE (128 * 1024 * 1024ull)
#define INDIRECT VRING_DESC_F_INDIRECT
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

static void set_common(QVirtioNet *net, unsigned reg, unsigned size,
                       uint32_t val)
{
    uint64_t where = net->pci->common_cfg_offset + reg;

    if (size == 2) {
        qpci_io_writew(net->pci->pdev, net->pci->bar, where, val);
    } else {
        qpci_io_writel(net->pci->pdev, net->pci->bar, where, val);
    }
}

/* The lies */

static void lie_loop(QVirtioNet *net)
{
    set_desc(net, net->tx->desc, 0, net->tx_buf, 64, NEXT, 1);
    set_desc(net, net->tx->desc, 1, net->tx_buf, 64, NEXT, 0);
    offer(net, net->tx, 0, 1);
}

static void lie_next_beyond(QVirtioNet *net)
{
    set_desc(net, net->tx->desc, 0, net->tx_buf, 64, NEXT, 256);
    offer(net, net->tx, 0, 1);
}

static void lie_head_beyond(QVirtioNet *net)
{
    offer(net, net->tx, 256, 1);
}

static void lie_index_jumps(QVirtioNet *net)
{
    set_desc(net, net->tx->desc, 0, net->tx_buf, 64, 0, 0);
    offer(net, net->tx, 0, 257);
}

static void lie_zero_length(QVirtioNet *net)
{
    set_desc(net, net->tx->desc, 0, net->tx_buf, 0, 0, 0);
    offer(net, net->tx, 0, 1);
}

/* One piece that is no RAM goes through the bounce buffer; there is but one. */
static void lie_past_memory(QVirtioNet *net)
{
    set_desc(net, net->tx->desc, 0, 1ull << 40, 64, NEXT, 1);
    set_desc(net, net->tx->desc, 1, 1ull << 41, 64, 0, 0);
    offer(net, net->tx, 0, 1);
}

static void lie_readable_after_writable(QVirtioNet *net)
{
    set_desc(net, net->tx->desc, 0, net->tx_buf, 64, WRITE | NEXT, 1);
    set_desc(net, net->tx->desc, 1, net->tx_buf, 64, 0, 0);
    offer(net, net->tx, 0, 1);
}

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

static void lie_indirect_odd_length(QVirtioNet *net)
{
    set_desc(net, net->tx->desc, 0, net->tx_buf, 17, INDIRECT, 0);
    offer(net, net->tx, 0, 1);
}

static void lie_indirect_loop(QVirtioNet *net)
{
    set_desc(net, net->tx_buf, 0, net->tx_buf + 4096, 64, NEXT, 1);
    set_desc(net, net->tx_buf, 1, net->tx_buf + 4096, 64, NEXT, 0);
    set_desc(net, net->tx->desc, 0, net->tx_buf, 32, INDIRECT, 0);
    offer(net, net->tx, 0, 1);
}

static void lie_indirect_past_memory(QVirtioNet *net)
{
    set_desc(net, net->tx->desc, 0, RAM_SIZE - 16, 64, INDIRECT, 0);
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
    uint8_t out[100];

    set_desc(net, net->rx->desc, 0, net->tx_buf, 2048, 0, 0);
    set_desc(net, net->rx->desc, 1, net->tx_buf, 2048, WRITE, 0);
    qtest_writew(net->qts, net->rx->avail + 6, 1);
    offer(net, net->rx, 0, 2);
    qvirtio_net_frame(out, sizeof(out), bcast, 1);
    qvirtio_net_wire_send(net, out, sizeof(out));
}

static void lie_ring_past_memory(QVirtioNet *net)
{
    set_common(net, VIRTIO_PCI_COMMON_Q_SELECT, 2, 1);
    set_common(net, VIRTIO_PCI_COMMON_Q_DESCLO, 4, RAM_SIZE - 16);
    set_common(net, VIRTIO_PCI_COMMON_Q_ENABLE, 2, 1);
}

static void lie_enable_twice(QVirtioNet *net)
{
    set_common(net, VIRTIO_PCI_COMMON_Q_SELECT, 2, 1);
    set_common(net, VIRTIO_PCI_COMMON_Q_ENABLE, 2, 2);
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

static void packed_lie_loop(QVirtioNet *net)
{
    for (unsigned i = 0; i < net->tx->size; i++) {
        put_packed(net, net->tx, i, net->tx_buf, 64, NEXT);
    }
    kick(net, net->tx);
}

/* The device counts what there is, and must come to an end as well. */
static void packed_lie_loop_rx(QVirtioNet *net)
{
    uint8_t out[100];

    for (unsigned i = 0; i < net->rx->size; i++) {
        put_packed(net, net->rx, i, net->tx_buf, 1, NEXT | WRITE);
    }
    qvirtio_net_frame(out, sizeof(out), bcast, 1);
    qvirtio_net_wire_send(net, out, sizeof(out));
    /* Enough room is in it, if only it ended. */
    kick(net, net->rx);
}

static void packed_lie_zero_length(QVirtioNet *net)
{
    put_packed(net, net->tx, 0, net->tx_buf, 0, 0);
    kick(net, net->tx);
}

static void packed_lie_past_memory(QVirtioNet *net)
{
    put_packed(net, net->tx, 1, 1ull << 41, 64, 0);
    put_packed(net, net->tx, 0, 1ull << 40, 64, NEXT);
    kick(net, net->tx);
}

static void packed_lie_readable_after_writable(QVirtioNet *net)
{
    put_packed(net, net->tx, 1, net->tx_buf, 64, 0);
    put_packed(net, net->tx, 0, net->tx_buf, 64, WRITE | NEXT);
    kick(net, net->tx);
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

static void packed_lie_indirect_odd_length(QVirtioNet *net)
{
    put_packed(net, net->tx, 0, net->tx_buf, 17, INDIRECT);
    kick(net, net->tx);
}

static void packed_lie_indirect_empty(QVirtioNet *net)
{
    put_packed(net, net->tx, 0, net->tx_buf, 0, INDIRECT);
    kick(net, net->tx);
}

/* All of it is taken, and there it has no buffers. */
static void packed_lie_indirect_zeroes(QVirtioNet *net)
{
    put_packed(net, net->tx, 0, net->tx_buf, 4096, INDIRECT);
    kick(net, net->tx);
}

static void packed_lie_indirect_past_memory(QVirtioNet *net)
{
    put_packed(net, net->tx, 0, RAM_SIZE - 16, 64, INDIRECT);
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
    uint8_t out[100];

    put_packed(net, net->rx, 1, net->tx_buf, 2048, WRITE);
    put_packed(net, net->rx, 0, net->tx_buf, 2048, 0);
    kick(net, net->rx);
    qvirtio_net_frame(out, sizeof(out), bcast, 1);
    qvirtio_net_wire_send(net, out, sizeof(out));
}

static void packed_lie_event_past_memory(QVirtioNet *net)
{
    set_common(net, VIRTIO_PCI_COMMON_Q_SELECT, 2, 1);
    set_common(net, VIRTIO_PCI_COMMON_Q_AVAILLO, 4, RAM_SIZE - 2);
    set_common(net, VIRTIO_PCI_COMMON_Q_ENABLE, 2, 1);
}

/* Each breaks the device, and only the device */

static void breaks(void (*lie)(QVirtioNet *net), const char *props)
{
    QVirtioNet *net = qvirtio_net_boot_with("virtio-net-pci", props,
                                            "2>/dev/null");
    gint64 end = g_get_monotonic_time() + QVIRTIO_NET_TIMEOUT_US;
    uint8_t out[100], in[2048];

    qvirtio_pci_device_enable(net->pci);
    qvirtio_net_start(net, QVIRTIO_NET_ALL);
    g_assert_false(needs_reset(net));
    lie(net);
    while (!needs_reset(net)) {
        g_assert_cmpint(g_get_monotonic_time(), <, end);
    }
    g_assert_true(net->vdev->bus->get_config_isr_status(net->vdev));

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

/*
 * Lies in a packed ring that the device does not see: what is not available
 * is not there, whatever else it says.
 */
static void test_packed_unseen(void)
{
    QVirtioNet *net = qvirtio_net_boot("virtio-net-pci", "packed=on");
    static const uint16_t owner[] = {
        0, 1 << VRING_PACKED_DESC_F_USED,
        1 << VRING_PACKED_DESC_F_AVAIL | 1 << VRING_PACKED_DESC_F_USED,
    };
    uint8_t out[100], in[2048];

    qvirtio_net_start(net, QVIRTIO_NET_ALL);
    for (int i = 0; i < ARRAY_SIZE(owner); i++) {
        for (unsigned d = 0; d < net->tx->size; d++) {
            struct vring_packed_desc desc = {
                .addr = UINT64_MAX,
                .id = 0xffff,
                .flags = owner[i] | NEXT | INDIRECT,
            };

            qtest_memwrite(net->qts, net->tx->desc + d * sizeof(desc), &desc,
                           sizeof(desc));
        }
        kick(net, net->tx);
        qtest_inb(net->qts, 0);
        g_assert_false(needs_reset(net));
    }
    /* An id is the driver's own; and the device may be told anything there. */
    put_packed(net, net->tx, 0, net->tx_buf, 64, 0);
    qtest_writew(net->qts, net->tx->desc + 12, 0xffff);
    qtest_writew(net->qts, net->tx->avail, 0xffff);
    qtest_writew(net->qts, net->tx->avail + 2, 0xffff);
    kick(net, net->tx);
    g_assert_cmpint(qvirtio_net_wire_recv(net, in, sizeof(in)), ==, 52);
    g_assert_false(needs_reset(net));

    /* A length that was not allocated, or none; and another while it runs. */
    set_common(net, VIRTIO_PCI_COMMON_Q_SELECT, 2, 1);
    set_common(net, VIRTIO_PCI_COMMON_Q_SIZE, 2, 257);
    g_assert_cmpuint(net->vdev->bus->get_queue_size(net->vdev), ==, 256);
    set_common(net, VIRTIO_PCI_COMMON_Q_SIZE, 2, 0);
    g_assert_cmpuint(net->vdev->bus->get_queue_size(net->vdev), ==, 256);
    set_common(net, VIRTIO_PCI_COMMON_Q_SIZE, 2, 1);
    kick(net, net->tx);
    g_assert_cmpuint(net->vdev->bus->get_queue_size(net->vdev), ==, 1);

    qvirtio_net_start(net, QVIRTIO_NET_ALL);
    qvirtio_net_frame(out, sizeof(out), bcast, 1);
    qvirtio_net_send(net, out, sizeof(out));
    g_assert_cmpint(qvirtio_net_wire_recv(net, in, sizeof(in)), ==,
                    sizeof(out));
    qvirtio_net_shutdown(net);
}

/* Lies that are no more than refused. */
static void test_refused(void)
{
    static const uint16_t sizes[] = { 0, 3, 255, 512, 1024, 0x8000, 0xffff };
    QVirtioNet *net = qvirtio_net_boot("virtio-net-pci", "");
    QPCIDevice *pdev = net->pci->pdev;
    uint64_t dev_cfg = net->pci->device_cfg_offset;
    uint8_t out[100], in[2048];

    qvirtio_net_negotiate(net, QVIRTIO_NET_ALL);
    /* A size that no ring has, or that was not allocated. */
    set_common(net, VIRTIO_PCI_COMMON_Q_SELECT, 2, 1);
    for (int i = 0; i < ARRAY_SIZE(sizes); i++) {
        set_common(net, VIRTIO_PCI_COMMON_Q_SIZE, 2, sizes[i]);
        g_assert_cmpuint(net->vdev->bus->get_queue_size(net->vdev), ==, 256);
    }
    /* DRIVER_OK without queues: packets wait, kicks go nowhere. */
    qvirtio_set_driver_ok(net->vdev);
    for (int i = 0; i < 4; i++) {
        qpci_io_writew(pdev, net->pci->bar,
                       net->pci->notify_cfg_offset + 4 * i, i);
    }
    g_assert_false(needs_reset(net));

    /* Beyond the configuration's end there is nothing to read or write. */
    g_assert_cmphex(qpci_io_readl(pdev, net->pci->bar, dev_cfg + 0x400), ==,
                    0xffffffff);
    qpci_io_writel(pdev, net->pci->bar, dev_cfg + 0x400, 1);

    qvirtio_net_start(net, QVIRTIO_NET_ALL);
    qvirtio_net_frame(out, sizeof(out), bcast, 1);
    qvirtio_net_send(net, out, sizeof(out));
    g_assert_cmpint(qvirtio_net_wire_recv(net, in, sizeof(in)), ==,
                    sizeof(out));
    qvirtio_net_shutdown(net);
}

/* A used ring in the device's own registers: it does not get to write there. */
static void test_ring_in_registers(void)
{
    QVirtioNet *net = qvirtio_net_boot_with("virtio-net-pci", "",
                                            "2>/dev/null");
    uint8_t out[100], in[2048];

    qvirtio_pci_device_enable(net->pci);
    qvirtio_net_start(net, QVIRTIO_NET_ALL);
    set_common(net, VIRTIO_PCI_COMMON_Q_SELECT, 2, 1);
    set_common(net, VIRTIO_PCI_COMMON_Q_USEDLO, 4, net->pci->bar.addr);
    set_common(net, VIRTIO_PCI_COMMON_Q_ENABLE, 2, 1);
    set_desc(net, net->tx->desc, 0, net->tx_buf, 64, 0, 0);
    offer(net, net->tx, 0, 1);
    qtest_inb(net->qts, 0);

    qvirtio_net_start(net, QVIRTIO_NET_ALL);
    qvirtio_net_frame(out, sizeof(out), bcast, 9);
    qvirtio_net_send(net, out, sizeof(out));
    do {
        g_assert_cmpint(qvirtio_net_wire_recv(net, in, sizeof(in)), >=, 0);
    } while (in[14] != 9);
    qvirtio_net_shutdown(net);
}

#define BREAKS(lie) qtest_add_data_func("/virtio-liar/" #lie, lie_##lie, \
                                        test_breaks)
#define PACKED_BREAKS(lie) qtest_add_data_func("/virtio-liar/packed/" #lie, \
                                               packed_lie_##lie,            \
                                               test_packed_breaks)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    BREAKS(loop);
    BREAKS(next_beyond);
    BREAKS(head_beyond);
    BREAKS(index_jumps);
    BREAKS(zero_length);
    BREAKS(past_memory);
    BREAKS(readable_after_writable);
    BREAKS(no_header);
    BREAKS(nothing_to_send);
    BREAKS(indirect_odd_length);
    BREAKS(indirect_loop);
    BREAKS(indirect_past_memory);
    BREAKS(ctrl_without_answer);
    BREAKS(ctrl_too_short);
    BREAKS(rx_read_only);
    BREAKS(ring_past_memory);
    BREAKS(enable_twice);
    PACKED_BREAKS(loop);
    PACKED_BREAKS(loop_rx);
    PACKED_BREAKS(zero_length);
    PACKED_BREAKS(past_memory);
    PACKED_BREAKS(readable_after_writable);
    PACKED_BREAKS(no_header);
    PACKED_BREAKS(nothing_to_send);
    PACKED_BREAKS(indirect_odd_length);
    PACKED_BREAKS(indirect_empty);
    PACKED_BREAKS(indirect_zeroes);
    PACKED_BREAKS(indirect_past_memory);
    PACKED_BREAKS(ctrl_without_answer);
    PACKED_BREAKS(ctrl_too_short);
    PACKED_BREAKS(rx_read_only);
    qtest_add_data_func("/virtio-liar/packed/ring_past_memory",
                        lie_ring_past_memory, test_packed_breaks);
    PACKED_BREAKS(event_past_memory);
    qtest_add_func("/virtio-liar/packed/unseen", test_packed_unseen);
    qtest_add_func("/virtio-liar/ring_in_registers", test_ring_in_registers);
    qtest_add_func("/virtio-liar/refused", test_refused);
    return g_test_run();
}
