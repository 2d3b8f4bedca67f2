/*
 * A network card with several pairs of queues, on a tap with as many.
 *
 * The kernel chooses the tap's queue of a packet by its flow, and learns from
 * what the guest sends which one the flow comes from.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <sys/socket.h>
#include "qemu/bswap.h"
#include "libqtest.h"
#include "libqos/netns.h"
#include "libqos/virtio-net.h"
#include "standard-headers/linux/virtio_config.h"
#include "standard-headers/linux/virtio_pci.h"

static const uint8_t bcast[6] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };

#define PAIRS       3
#define PER_QUEUE   32
#define FLOWS       24

typedef struct Pairs {
    QVirtioNet *net;
    QVirtQueue *vq[2 * PAIRS];      /* rx0, tx0, rx1, tx1, ... */
    uint64_t rx_buf[PAIRS];         /* PER_QUEUE times 2 KiB */
    unsigned got[PAIRS];            /* packets of ours */
} Pairs;

/* A UDP packet of flow @flow: what a tap chooses a queue by. */
static void pairs_flow(uint8_t *frame, size_t len, uint16_t flow)
{
    static const uint8_t ip_udp[] = {
        0x45, 0, 0, 46, 0, 0, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2,
        0x30, 0, 0x27, 0x0f, 0, 26, 0, 0,
    };

    qvirtio_net_frame(frame, len, bcast, flow);
    memcpy(frame + 14, ip_udp, sizeof(ip_udp));
    frame[12] = 0x08;
    frame[13] = 0x00;
    frame[34] = 0x30 + (flow >> 8);
    frame[35] = flow;
}

static void pairs_give(Pairs *p, unsigned pair, unsigned count)
{
    QVirtQueue *rx = p->vq[2 * pair];

    for (unsigned i = 0; i < count; i++) {
        uint32_t head = qvirtqueue_add(p->net->qts, rx, p->rx_buf[pair] +
                                       2048 * (rx->free_head % PER_QUEUE),
                                       2048, true, false);

        qvirtqueue_kick(p->net->qts, p->net->vdev, rx, head);
    }
}

static void pairs_setup(Pairs *p, unsigned pair)
{
    QVirtioNet *net = p->net;

    if (pair > 0) {
        p->vq[2 * pair] = qvirtqueue_setup(net->vdev, net->alloc, 2 * pair);
        p->vq[2 * pair + 1] = qvirtqueue_setup(net->vdev, net->alloc,
                                               2 * pair + 1);
    } else {
        p->vq[0] = net->rx;
        p->vq[1] = net->tx;
    }
    p->rx_buf[pair] = guest_alloc(net->alloc, PER_QUEUE * 2048);
}

static void pairs_forget(Pairs *p, unsigned pair)
{
    for (unsigned i = 2 * pair; i < 2 * pair + 2; i++) {
        qvirtqueue_cleanup(p->net->vdev->bus, p->vq[i], p->net->alloc);
    }
    guest_free(p->net->alloc, p->rx_buf[pair]);
}

static uint8_t pairs_set(Pairs *p, uint16_t count)
{
    uint16_t le = cpu_to_le16(count);

    return qvirtio_net_ctrl(p->net, VIRTIO_NET_CTRL_MQ,
                            VIRTIO_NET_CTRL_MQ_VQ_PAIRS_SET, &le, sizeof(le));
}

/* Take what has come, and count what is ours; a new buffer for each. */
static unsigned pairs_poll(Pairs *p)
{
    uint32_t head, len;
    unsigned total = 0;

    for (unsigned pair = 0; pair < PAIRS; pair++) {
        QVirtQueue *rx = p->vq[2 * pair];

        while (qvirtqueue_get_buf(p->net->qts, rx, &head, &len)) {
            uint64_t port = p->rx_buf[pair] + 2048 * (head % PER_QUEUE) +
                            p->net->hdr_len + 36;

            rx->num_free++;
            p->got[pair] += qtest_readw(p->net->qts, port) == 0x0f27;
            pairs_give(p, pair, 1);
        }
        total += p->got[pair];
    }
    return total;
}

/* All flows from the host, once: which pairs heard of them? */
static void pairs_receive(Pairs *p, int host)
{
    gint64 end = g_get_monotonic_time() + QVIRTIO_NET_TIMEOUT_US;
    uint8_t frame[60];

    memset(p->got, 0, sizeof(p->got));
    for (unsigned flow = 0; flow < FLOWS; flow++) {
        pairs_flow(frame, sizeof(frame), flow);
        g_assert_cmpint(send(host, frame, sizeof(frame), 0), ==,
                        sizeof(frame));
    }
    while (pairs_poll(p) < FLOWS) {
        g_assert_cmpint(g_get_monotonic_time(), <, end);
    }
}

/* A packet of the guest's out of that pair's queue. */
static void pairs_send(Pairs *p, unsigned pair, int host)
{
    QVirtQueue *tx = p->net->tx;
    uint8_t frame[60], in[2048];

    qvirtio_net_frame(frame, sizeof(frame), bcast, pair);
    p->net->tx = p->vq[2 * pair + 1];
    qvirtio_net_send(p->net, frame, sizeof(frame));
    p->net->tx = tx;
    g_assert_cmpint(recv(host, in, sizeof(in), 0), ==, sizeof(frame));
    g_assert_cmpmem(in, sizeof(frame), frame, sizeof(frame));
}

static void pairs_start(Pairs *p)
{
    qvirtio_net_negotiate(p->net, QVIRTIO_NET_ALL);
    qvirtio_net_setup_queues(p->net);
    for (unsigned pair = 0; pair < PAIRS; pair++) {
        pairs_setup(p, pair);
    }
    qvirtio_set_driver_ok(p->net->vdev);
    for (unsigned pair = 0; pair < PAIRS; pair++) {
        pairs_give(p, pair, PER_QUEUE);
    }
}

/* What pairs_start() took beside the first pair; that goes by a reset. */
static void pairs_stop(Pairs *p)
{
    qvirtio_net_stop(p->net);
    for (unsigned pair = 1; pair < PAIRS; pair++) {
        pairs_forget(p, pair);
    }
    guest_free(p->net->alloc, p->rx_buf[0]);
}

static void test_queues(const void *props)
{
    g_autofree char *args = g_strdup_printf(
        "-netdev tap,id=n0,ifname=qtest7,script=no,downscript=no,queues=%d "
        "-device virtio-net-pci,netdev=n0,mq=on,%s", PAIRS,
        (const char *)props);
    Pairs p = { };
    int host;

    if (netns_skipped()) {
        return;
    }
    p.net = qvirtio_net_boot_args(args);
    netns_if_up("qtest7");
    host = netns_host_open("qtest7");
    pairs_start(&p);
    g_assert_cmpuint(qvirtio_config_readw(p.net->vdev,
                                          offsetof(struct virtio_net_config,
                                                   max_virtqueue_pairs)), ==,
                     PAIRS);

    /* One pair, until the driver says that it wants more. */
    pairs_receive(&p, host);
    g_assert_cmpuint(p.got[0], ==, FLOWS);
    g_assert_cmpuint(pairs_set(&p, 0), ==, VIRTIO_NET_ERR);
    g_assert_cmpuint(pairs_set(&p, PAIRS + 1), ==, VIRTIO_NET_ERR);
    g_assert_cmpuint(pairs_set(&p, 0x8000), ==, VIRTIO_NET_ERR);
    g_assert_cmpuint(pairs_set(&p, PAIRS), ==, VIRTIO_NET_OK);
    for (unsigned pair = 0; pair < PAIRS; pair++) {
        pairs_send(&p, pair, host);
    }
    pairs_receive(&p, host);
    g_assert_cmpuint(p.got[0], <, FLOWS);
    g_assert_cmpuint(p.got[1] + p.got[2], >, 0);

    /* The last pair alone starts anew (VIRTIO_F_RING_RESET). */
    for (unsigned n = 2 * PAIRS - 2; n < 2 * PAIRS; n++) {
        p.net->vdev->bus->queue_select(p.net->vdev, n);
        qpci_io_writew(p.net->pci->pdev, p.net->pci->bar,
                       p.net->pci->common_cfg_offset +
                       VIRTIO_PCI_COMMON_Q_RESET, 1);
    }
    pairs_forget(&p, PAIRS - 1);
    pairs_setup(&p, PAIRS - 1);
    pairs_give(&p, PAIRS - 1, PER_QUEUE);
    pairs_send(&p, PAIRS - 1, host);
    pairs_receive(&p, host);
    g_assert_cmpuint(p.got[1] + p.got[2], >, 0);

    /* Back to one; and after a reset it is one as well. */
    g_assert_cmpuint(pairs_set(&p, 1), ==, VIRTIO_NET_OK);
    pairs_receive(&p, host);
    g_assert_cmpuint(p.got[0], ==, FLOWS);
    g_assert_cmpuint(pairs_set(&p, 2), ==, VIRTIO_NET_OK);
    pairs_receive(&p, host);
    g_assert_cmpuint(p.got[2], ==, 0);
    pairs_stop(&p);
    pairs_start(&p);
    pairs_receive(&p, host);
    g_assert_cmpuint(p.got[0], ==, FLOWS);
    pairs_stop(&p);
    qvirtio_net_shutdown(p.net);
    close(host);
}

/*
 * Over MMIO, where all queues have one line and one register of kicks.  Version
 * 1 of it has no features beyond bit 31, and the shorter header.
 */
static void test_queues_mmio(const void *force_legacy)
{
    g_autofree char *args = g_strdup_printf(
        "-netdev tap,id=n0,ifname=qtest8,script=no,downscript=no,queues=%d "
        "-global virtio-mmio.force-legacy=%s -device virtio-net-device,"
        "bus=virtio-mmio-bus.0,netdev=n0,mq=on", PAIRS,
        (const char *)force_legacy);
    Pairs p = { };
    int host;

    if (netns_skipped()) {
        return;
    }
    p.net = qvirtio_net_boot_microvm(args);
    netns_if_up("qtest8");
    host = netns_host_open("qtest8");
    for (int round = 0; round < 2; round++) {
        pairs_start(&p);
        pairs_receive(&p, host);
        g_assert_cmpuint(p.got[0], ==, FLOWS);
        g_assert_cmpuint(pairs_set(&p, PAIRS), ==, VIRTIO_NET_OK);
        for (unsigned pair = 0; pair < PAIRS; pair++) {
            pairs_send(&p, pair, host);
        }
        pairs_receive(&p, host);
        g_assert_cmpuint(p.got[0], <, FLOWS);
        g_assert_cmpuint(p.got[1] + p.got[2], >, 0);
        pairs_stop(&p);
    }
    qvirtio_net_shutdown(p.net);
    close(host);
}

int main(int argc, char **argv)
{
    netns_enter(argv);
    g_test_init(&argc, &argv, NULL);
    qtest_add_data_func("/tap-queues/split", "", test_queues);
    qtest_add_data_func("/tap-queues/packed", "packed=on", test_queues);
    qtest_add_data_func("/tap-queues/no-ioeventfd", "ioeventfd=off",
                        test_queues);
    qtest_add_data_func("/tap-queues/mmio", "off", test_queues_mmio);
    qtest_add_data_func("/tap-queues/mmio-legacy", "on", test_queues_mmio);
    return g_test_run();
}
