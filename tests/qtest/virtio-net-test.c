/*
 * virtio-net: what a guest driver, and the network, may rely on.
 *
 * Each test drives the device through modern PCI with split rings; those that
 * move data do so again with packed rings, and as a driver before virtio 1.
 * What the transport itself promises is in virtio-pci-test.c, all ways to drive
 * it in virtio-ring-test.c; a driver that lies is in virtio-liar-test.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <sys/socket.h>
#include "libqtest.h"
#include "libqos/virtio-net.h"
#include "standard-headers/linux/virtio_config.h"

static const uint8_t bcast[6] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
static const uint8_t other_mac[6] = { 0x52, 0x54, 0x00, 0x99, 0x99, 0x99 };
static const uint8_t multicast[6] = { 0x01, 0x00, 0x5e, 0x00, 0x00, 0x01 };
static const uint8_t multicast2[6] = { 0x33, 0x33, 0x00, 0x00, 0x00, 0x01 };

#define CONFIG(field) offsetof(struct virtio_net_config, field)

/* How the tests drive it; set by the wrappers of main(). */
static enum {
    DRIVE_SPLIT,
    DRIVE_PACKED,
    DRIVE_LEGACY,
} drive;

static QVirtioNet *net_boot(const char *props)
{
    g_autofree char *all = g_strdup_printf("packed=%s%s%s",
                                           drive == DRIVE_PACKED ? "on"
                                                                 : "off",
                                           *props ? "," : "", props);
    QVirtioNet *net = qvirtio_net_boot("virtio-net-pci", all);

    if (drive == DRIVE_LEGACY) {
        qvirtio_net_set_legacy(net, true);
    }
    return net;
}

static QVirtioNet *net_start(const char *props)
{
    QVirtioNet *net = net_boot(props);

    qvirtio_net_start(net, QVIRTIO_NET_ALL);
    g_assert_true(net->tx->packed == (drive == DRIVE_PACKED));
    return net;
}

static bool net_offers(QVirtioNet *net, unsigned bit)
{
    return qvirtio_get_features(net->vdev) & (1ull << bit);
}

/* Configuration space */

/* Without any property: QEMU's first address, and a link that is up. */
static void test_config_default(void)
{
    QVirtioNet *net = qvirtio_net_boot("virtio-net-pci", "");

    for (int i = 0; i < 6; i++) {
        g_assert_cmphex(qvirtio_config_readb(net->vdev, CONFIG(mac) + i), ==,
                        qvirtio_net_mac[i]);
    }
    g_assert_cmphex(qvirtio_config_readw(net->vdev, CONFIG(status)), ==,
                    VIRTIO_NET_S_LINK_UP);
    g_assert_false(net_offers(net, VIRTIO_NET_F_MTU));
    g_assert_false(net_offers(net, VIRTIO_NET_F_SPEED_DUPLEX));
    g_assert_false(net_offers(net, VIRTIO_NET_F_MQ));
    qvirtio_net_shutdown(net);
}

/* What the user sets, the guest reads; each has a feature that says so. */
static void test_config_properties(void)
{
    QVirtioNet *net = qvirtio_net_boot("virtio-net-pci",
                                       "mac=02:00:00:00:00:07,host_mtu=1400,"
                                       "speed=10000,duplex=full,mq=on");

    g_assert_cmphex(qvirtio_config_readb(net->vdev, CONFIG(mac)), ==, 0x02);
    g_assert_cmphex(qvirtio_config_readb(net->vdev, CONFIG(mac) + 5), ==,
                    0x07);
    g_assert_true(net_offers(net, VIRTIO_NET_F_MTU));
    g_assert_cmpuint(qvirtio_config_readw(net->vdev, CONFIG(mtu)), ==, 1400);
    g_assert_true(net_offers(net, VIRTIO_NET_F_SPEED_DUPLEX));
    g_assert_cmpuint(qvirtio_config_readl(net->vdev, CONFIG(speed)), ==,
                     10000);
    g_assert_cmpuint(qvirtio_config_readb(net->vdev, CONFIG(duplex)), ==, 1);
    /* A peer with one queue makes one pair. */
    g_assert_true(net_offers(net, VIRTIO_NET_F_MQ));
    g_assert_cmpuint(qvirtio_config_readw(net->vdev,
                                          CONFIG(max_virtqueue_pairs)), ==, 1);
    qvirtio_net_shutdown(net);
}

/* A modern guest cannot write there: the address has a command. */
static void test_config_read_only(void)
{
    QVirtioNet *net = net_start("");
    QVirtioPCIDevice *pci = net->pci;

    qpci_io_writeb(pci->pdev, pci->bar, pci->device_cfg_offset, 0x77);
    qpci_io_writew(pci->pdev, pci->bar,
                   pci->device_cfg_offset + CONFIG(status), 0);
    g_assert_cmphex(qvirtio_config_readb(net->vdev, CONFIG(mac)), ==, 0x52);
    g_assert_cmphex(qvirtio_config_readw(net->vdev, CONFIG(status)), ==,
                    VIRTIO_NET_S_LINK_UP);
    qvirtio_net_shutdown(net);
}

/* Features */

/* A socket has no virtio header, so nobody would do checksums or cut. */
static void test_features_plain_peer(void)
{
    const uint64_t expected =
        1ull << VIRTIO_NET_F_CTRL_GUEST_OFFLOADS |
        1ull << VIRTIO_NET_F_MAC |
        1ull << VIRTIO_NET_F_MRG_RXBUF |
        1ull << VIRTIO_NET_F_STATUS |
        1ull << VIRTIO_NET_F_CTRL_VQ |
        1ull << VIRTIO_NET_F_CTRL_RX |
        1ull << VIRTIO_NET_F_CTRL_VLAN |
        1ull << VIRTIO_NET_F_CTRL_RX_EXTRA |
        1ull << VIRTIO_NET_F_GUEST_ANNOUNCE |
        1ull << VIRTIO_NET_F_CTRL_MAC_ADDR |
        1ull << VIRTIO_RING_F_INDIRECT_DESC |
        1ull << VIRTIO_RING_F_EVENT_IDX |
        1ull << VIRTIO_F_VERSION_1 |
        1ull << VIRTIO_F_RING_RESET;
    QVirtioNet *net = qvirtio_net_boot("virtio-net-pci", "");

    g_assert_cmphex(qvirtio_get_features(net->vdev), ==, expected);
    qvirtio_net_shutdown(net);
}

/* Each feature is a property that the user can switch off. */
static void test_features_switched_off(void)
{
    QVirtioNet *net = qvirtio_net_boot("virtio-net-pci",
                                       "ctrl_vq=off,mrg_rxbuf=off,status=off,"
                                       "indirect_desc=off,event_idx=off");

    g_assert_false(net_offers(net, VIRTIO_NET_F_CTRL_VQ));
    g_assert_false(net_offers(net, VIRTIO_NET_F_MRG_RXBUF));
    g_assert_false(net_offers(net, VIRTIO_NET_F_STATUS));
    g_assert_false(net_offers(net, VIRTIO_RING_F_INDIRECT_DESC));
    g_assert_false(net_offers(net, VIRTIO_RING_F_EVENT_IDX));
    g_assert_true(net_offers(net, VIRTIO_NET_F_MAC));
    qvirtio_net_shutdown(net);
}

/* Transmit */

/* What the guest sends comes out without the header, to the last byte. */
static void test_tx(void)
{
    static const size_t lens[] = { 15, 60, 64, 1514, 9000, 60000 };
    g_autofree uint8_t *out = g_malloc(65536), *in = g_malloc(65536);
    QVirtioNet *net = net_start("");

    for (int i = 0; i < ARRAY_SIZE(lens); i++) {
        qvirtio_net_frame(out, lens[i], bcast, i);
        qvirtio_net_send(net, out, lens[i]);
        g_assert_cmpint(qvirtio_net_wire_recv(net, in, 65536), ==, lens[i]);
        g_assert_cmpmem(in, lens[i], out, lens[i]);
    }
    qvirtio_net_shutdown(net);
}

/* A packet may be in pieces, and the header be in pieces as well. */
static void test_tx_scattered(void)
{
    static const unsigned cuts[] = { 1, 5, 12, 13, 40, 100 };
    uint8_t out[200], in[200], whole[sizeof(QVirtioNetHdr) + sizeof(out)];
    QVirtioNet *net = net_start("");
    size_t len = net->hdr_len + sizeof(out);
    unsigned from = 0;
    uint32_t head = 0;

    qvirtio_net_frame(out, sizeof(out), bcast, 1);
    memset(whole, 0, net->hdr_len);
    memcpy(whole + net->hdr_len, out, sizeof(out));
    qtest_bufwrite(net->qts, net->tx_buf, whole, len);
    for (int i = 0; i <= ARRAY_SIZE(cuts); i++) {
        bool last = i == ARRAY_SIZE(cuts);
        unsigned to = last ? len : cuts[i];
        uint32_t desc = qvirtqueue_add(net->qts, net->tx, net->tx_buf + from,
                                       to - from, false, !last);

        head = i ? head : desc;
        from = to;
    }
    qvirtqueue_kick(net->qts, net->vdev, net->tx, head);
    g_assert_cmpuint(qvirtio_net_wait_used(net, net->tx, NULL), ==, head);
    g_assert_cmpint(qvirtio_net_wire_recv(net, in, sizeof(in)), ==,
                    sizeof(out));
    g_assert_cmpmem(in, sizeof(out), out, sizeof(out));
    qvirtio_net_shutdown(net);
}

/* An indirect table is one descriptor of the ring, and many of a packet. */
static void test_tx_indirect(void)
{
    QVirtioNet *net = net_start("");
    QVRingIndirectDesc *table;
    uint8_t out[300], in[300];
    QVirtioNetHdr hdr = { };
    uint32_t head;

    qvirtio_net_frame(out, sizeof(out), bcast, 2);
    qtest_bufwrite(net->qts, net->tx_buf, &hdr, net->hdr_len);
    qtest_bufwrite(net->qts, net->tx_buf + 4096, out, sizeof(out));
    table = qvring_indirect_desc_setup(net->qts, net->vdev, net->alloc, 3);
    qvring_indirect_desc_add(net->vdev, net->qts, table, net->tx_buf,
                             net->hdr_len, false);
    qvring_indirect_desc_add(net->vdev, net->qts, table, net->tx_buf + 4096,
                             100, false);
    qvring_indirect_desc_add(net->vdev, net->qts, table,
                             net->tx_buf + 4096 + 100, 200, false);
    head = qvirtqueue_add_indirect(net->qts, net->tx, table);
    qvirtqueue_kick(net->qts, net->vdev, net->tx, head);
    g_assert_cmpuint(qvirtio_net_wait_used(net, net->tx, NULL), ==, head);
    g_assert_cmpint(qvirtio_net_wire_recv(net, in, sizeof(in)), ==,
                    sizeof(out));
    g_assert_cmpmem(in, sizeof(out), out, sizeof(out));
    g_free(table);
    qvirtio_net_shutdown(net);
}

/* Many packets with one kick: all go, in order, more than a ring of them. */
static void test_tx_burst(void)
{
    QVirtioNet *net = net_start("");
    uint8_t frame[64], in[64];
    QVirtioNetHdr hdr = { };
    unsigned sent = 0;

    qtest_bufwrite(net->qts, net->tx_buf, &hdr, net->hdr_len);
    while (sent < 300) {
        unsigned batch = 8;

        for (unsigned i = 0; i < batch; i++) {
            uint64_t where = net->tx_buf + 128 * (i + 1);
            uint32_t head;

            qvirtio_net_frame(frame, sizeof(frame), bcast, sent + i);
            qtest_bufwrite(net->qts, where, frame, sizeof(frame));
            head = qvirtqueue_add(net->qts, net->tx, net->tx_buf, net->hdr_len,
                                  false, true);
            qvirtqueue_add(net->qts, net->tx, where, sizeof(frame), false,
                           false);
            qvirtqueue_publish(net->qts, net->tx, head);
        }
        net->vdev->bus->virtqueue_kick(net->vdev, net->tx);
        for (unsigned i = 0; i < batch; i++) {
            g_assert_cmpint(qvirtio_net_wire_recv(net, in, sizeof(in)), ==,
                            sizeof(in));
            g_assert_cmpuint(in[14], ==, (uint8_t)(sent + i));
            qvirtio_net_wait_used(net, net->tx, NULL);
            net->tx->num_free += 2;
        }
        sent += batch;
    }
    qvirtio_net_shutdown(net);
}

/* tx=timer: the burst goes when the guest's clock has moved on. */
static void test_tx_timer(void)
{
    QVirtioNet *net = net_start("tx=timer,x-txtimer=150000,ioeventfd=off");
    QVirtioNetHdr hdr = { };
    uint8_t out[64], in[64];
    uint32_t head;

    qvirtio_net_frame(out, sizeof(out), bcast, 3);
    qtest_bufwrite(net->qts, net->tx_buf, &hdr, net->hdr_len);
    qtest_bufwrite(net->qts, net->tx_buf + net->hdr_len, out, sizeof(out));
    head = qvirtqueue_add(net->qts, net->tx, net->tx_buf,
                          net->hdr_len + sizeof(out), false, false);
    qvirtqueue_kick(net->qts, net->vdev, net->tx, head);
    qtest_clock_step(net->qts, 149999);
    g_assert_cmpint(qvirtio_net_wire_poll(net, in, sizeof(in), 0), ==, -1);
    qtest_clock_step(net->qts, 1);
    g_assert_cmpint(qvirtio_net_wire_recv(net, in, sizeof(in)), ==,
                    sizeof(out));
    qvirtio_net_shutdown(net);
}

/* Receive */

static void test_rx(void)
{
    static const size_t lens[] = { 60, 64, 1514 };
    uint8_t out[2048], in[2048];
    QVirtioNet *net = net_start("");
    QVirtioNetHdr hdr;

    for (int i = 0; i < ARRAY_SIZE(lens); i++) {
        qvirtio_net_give(net, 1, 2048);
        qvirtio_net_frame(out, lens[i], qvirtio_net_mac, i);
        qvirtio_net_wire_send(net, out, lens[i]);
        g_assert_cmpuint(qvirtio_net_recv(net, in, sizeof(in), &hdr), ==,
                         lens[i]);
        g_assert_cmpmem(in, lens[i], out, lens[i]);
        g_assert_cmpuint(hdr.num_buffers, ==, 1);
        g_assert_cmpuint(hdr.hdr.flags, ==, 0);
        g_assert_cmpuint(hdr.hdr.gso_type, ==, VIRTIO_NET_HDR_GSO_NONE);
    }
    qvirtio_net_shutdown(net);
}

/* Mergeable buffers: as many as it takes, all at once, counted in the first. */
static void test_rx_mergeable(void)
{
    g_autofree uint8_t *out = g_malloc(20000), *in = g_malloc(20000);
    QVirtioNet *net = net_start("");
    QVirtioNetHdr hdr;

    qvirtio_net_give(net, 20, 1024);
    qvirtio_net_frame(out, 9000, bcast, 5);
    qvirtio_net_wire_send(net, out, 9000);
    g_assert_cmpuint(qvirtio_net_recv(net, in, 20000, &hdr), ==, 9000);
    g_assert_cmpmem(in, 9000, out, 9000);
    /* The header is in the first of them, so 9012 bytes. */
    g_assert_cmpuint(hdr.num_buffers, ==, 9);

    /* One that just fits takes no more than it must. */
    qvirtio_net_frame(out, 2 * 1024 - net->hdr_len, bcast, 6);
    qvirtio_net_wire_send(net, out, 2 * 1024 - net->hdr_len);
    g_assert_cmpuint(qvirtio_net_recv(net, in, 20000, &hdr), ==,
                     2 * 1024 - net->hdr_len);
    g_assert_cmpuint(hdr.num_buffers, ==, 2);
    qvirtio_net_shutdown(net);
}

/* Not mergeable: a packet too large is dropped, and the buffer stays. */
static void test_rx_too_large(void)
{
    uint8_t out[1514], in[1514];
    QVirtioNet *net = net_start("mrg_rxbuf=off");
    QVirtioNetHdr hdr;

    qvirtio_net_give(net, 2, 512);
    qvirtio_net_frame(out, 1514, bcast, 7);
    qvirtio_net_wire_send(net, out, 1514);
    qvirtio_net_frame(out, 100, bcast, 8);
    qvirtio_net_wire_send(net, out, 100);
    g_assert_cmpuint(qvirtio_net_recv(net, in, sizeof(in), &hdr), ==, 100);
    g_assert_cmpmem(in, 100, out, 100);
    g_assert_cmpuint(hdr.num_buffers, ==, 1);
    qvirtio_net_shutdown(net);
}

/* A guest without room makes the wire wait; nothing is lost. */
static void test_rx_waits_for_room(void)
{
    uint8_t out[100], in[2048];
    QVirtioNet *net = net_start("");

    for (int i = 0; i < 5; i++) {
        qvirtio_net_frame(out, sizeof(out), bcast, i);
        qvirtio_net_wire_send(net, out, sizeof(out));
    }
    for (int i = 0; i < 5; i++) {
        qvirtio_net_give(net, 1, 2048);
        g_assert_cmpuint(qvirtio_net_recv(net, in, sizeof(in), NULL), ==,
                         sizeof(out));
        g_assert_cmpuint(in[14], ==, i);
    }
    qvirtio_net_shutdown(net);
}

/* What comes before DRIVER_OK is lost, as if no card had been there. */
static void test_rx_before_driver_ok(void)
{
    uint8_t out[100], in[2048];
    QVirtioNet *net = net_boot("");

    qvirtio_net_negotiate(net, QVIRTIO_NET_ALL);
    qvirtio_net_setup_queues(net);
    qvirtio_net_give(net, 2, 2048);
    qvirtio_net_frame(out, sizeof(out), bcast, 1);
    qvirtio_net_wire_send(net, out, sizeof(out));
    qtest_inb(net->qts, 0);
    g_assert_true(qvirtio_net_rx_idle(net));
    qvirtio_set_driver_ok(net->vdev);
    qvirtio_net_frame(out, sizeof(out), bcast, 2);
    qvirtio_net_wire_send(net, out, sizeof(out));
    g_assert_cmpuint(qvirtio_net_recv(net, in, sizeof(in), NULL), ==,
                     sizeof(out));
    g_assert_cmpuint(in[14], ==, 2);
    qvirtio_net_shutdown(net);
}

/* The filters: what is sent by @dst is heard, or the marker after it is. */

static bool net_hears(QVirtioNet *net, const uint8_t *dst, int vid)
{
    static const uint8_t marker_seed = 0xee;
    uint8_t out[100], in[2048];
    bool heard;

    qvirtio_net_give(net, 2, 2048);
    qvirtio_net_frame(out, sizeof(out), dst, 1);
    if (vid >= 0) {
        out[12] = 0x81;
        out[13] = 0x00;
        out[14] = vid >> 8;
        out[15] = vid;
    }
    out[20] = 0;
    qvirtio_net_wire_send(net, out, sizeof(out));
    qvirtio_net_frame(out, sizeof(out), qvirtio_net_mac, 2);
    out[20] = marker_seed;
    qvirtio_net_wire_send(net, out, sizeof(out));

    qvirtio_net_recv(net, in, sizeof(in), NULL);
    heard = in[20] != marker_seed;
    if (heard) {
        qvirtio_net_recv(net, in, sizeof(in), NULL);
    }
    g_assert_cmphex(in[20], ==, marker_seed);
    return heard;
}

static void net_rx_mode(QVirtioNet *net, uint8_t cmd, uint8_t on)
{
    g_assert_cmpuint(qvirtio_net_ctrl(net, VIRTIO_NET_CTRL_RX, cmd, &on, 1),
                     ==, VIRTIO_NET_OK);
}

/* A driver that has set nothing hears everything. */
static void test_filter_default(void)
{
    QVirtioNet *net = net_start("");

    g_assert_true(net_hears(net, other_mac, -1));
    g_assert_true(net_hears(net, multicast, -1));
    g_assert_true(net_hears(net, bcast, -1));
    g_assert_true(net_hears(net, qvirtio_net_mac, 7));
    qvirtio_net_shutdown(net);
}

/* Each mode lets one kind of address through, or keeps it out. */
static void test_filter_rx_mode(void)
{
    QVirtioNet *net = net_start("");

    net_rx_mode(net, VIRTIO_NET_CTRL_RX_PROMISC, 0);
    g_assert_true(net_hears(net, qvirtio_net_mac, -1));
    g_assert_true(net_hears(net, bcast, -1));
    g_assert_false(net_hears(net, other_mac, -1));
    g_assert_false(net_hears(net, multicast, -1));

    net_rx_mode(net, VIRTIO_NET_CTRL_RX_ALLMULTI, 1);
    g_assert_true(net_hears(net, multicast, -1));
    g_assert_false(net_hears(net, other_mac, -1));
    net_rx_mode(net, VIRTIO_NET_CTRL_RX_NOMULTI, 1);
    g_assert_false(net_hears(net, multicast, -1));
    g_assert_true(net_hears(net, bcast, -1));

    net_rx_mode(net, VIRTIO_NET_CTRL_RX_ALLUNI, 1);
    g_assert_true(net_hears(net, other_mac, -1));
    net_rx_mode(net, VIRTIO_NET_CTRL_RX_NOBCAST, 1);
    g_assert_false(net_hears(net, bcast, -1));

    net_rx_mode(net, VIRTIO_NET_CTRL_RX_PROMISC, 1);
    g_assert_true(net_hears(net, bcast, -1));
    g_assert_true(net_hears(net, multicast, -1));
    qvirtio_net_shutdown(net);
}

/* NOUNI keeps out even the device's own address. */
static void test_filter_no_unicast(void)
{
    QVirtioNet *net = net_start("");
    uint8_t out[100], in[2048];

    net_rx_mode(net, VIRTIO_NET_CTRL_RX_PROMISC, 0);
    net_rx_mode(net, VIRTIO_NET_CTRL_RX_NOUNI, 1);
    qvirtio_net_give(net, 2, 2048);
    qvirtio_net_frame(out, sizeof(out), qvirtio_net_mac, 1);
    qvirtio_net_wire_send(net, out, sizeof(out));
    qvirtio_net_frame(out, sizeof(out), bcast, 2);
    qvirtio_net_wire_send(net, out, sizeof(out));
    qvirtio_net_recv(net, in, sizeof(in), NULL);
    g_assert_cmphex(in[0], ==, 0xff);
    qvirtio_net_shutdown(net);
}

/* Two tables: unicast and multicast.  Too many entries mean: all of a kind. */
static void test_filter_mac_table(void)
{
    struct {
        uint32_t uni_count;
        uint8_t uni[6];
        uint32_t multi_count;
        uint8_t multi[6];
    } QEMU_PACKED table = { .uni_count = 1, .multi_count = 1 };
    struct {
        uint32_t uni_count;
        uint32_t multi_count;
        uint8_t multi[65][6];
    } QEMU_PACKED overflow = { .multi_count = 65 };
    QVirtioNet *net = net_start("");

    net_rx_mode(net, VIRTIO_NET_CTRL_RX_PROMISC, 0);
    memcpy(table.uni, other_mac, 6);
    memcpy(table.multi, multicast, 6);
    g_assert_cmpuint(qvirtio_net_ctrl(net, VIRTIO_NET_CTRL_MAC,
                                      VIRTIO_NET_CTRL_MAC_TABLE_SET,
                                      &table, sizeof(table)), ==,
                     VIRTIO_NET_OK);
    g_assert_true(net_hears(net, other_mac, -1));
    g_assert_true(net_hears(net, multicast, -1));
    g_assert_false(net_hears(net, multicast2, -1));

    g_assert_cmpuint(qvirtio_net_ctrl(net, VIRTIO_NET_CTRL_MAC,
                                      VIRTIO_NET_CTRL_MAC_TABLE_SET,
                                      &overflow, sizeof(overflow)), ==,
                     VIRTIO_NET_OK);
    g_assert_true(net_hears(net, multicast2, -1));
    g_assert_false(net_hears(net, other_mac, -1));
    qvirtio_net_shutdown(net);
}

/* The address set by command is the one in the configuration and the filter. */
static void test_filter_mac_address(void)
{
    QVirtioNet *net = net_start("");
    uint8_t in[2048], out[100];

    net_rx_mode(net, VIRTIO_NET_CTRL_RX_PROMISC, 0);
    g_assert_cmpuint(qvirtio_net_ctrl(net, VIRTIO_NET_CTRL_MAC,
                                      VIRTIO_NET_CTRL_MAC_ADDR_SET,
                                      other_mac, 6), ==, VIRTIO_NET_OK);
    g_assert_cmphex(qvirtio_config_readb(net->vdev, CONFIG(mac) + 5), ==,
                    other_mac[5]);
    qvirtio_net_give(net, 1, 2048);
    qvirtio_net_frame(out, sizeof(out), qvirtio_net_mac, 1);
    qvirtio_net_wire_send(net, out, sizeof(out));
    qvirtio_net_frame(out, sizeof(out), other_mac, 2);
    qvirtio_net_wire_send(net, out, sizeof(out));
    qvirtio_net_recv(net, in, sizeof(in), NULL);
    g_assert_cmpmem(in, 6, other_mac, 6);

    /* A reset brings the user's address back. */
    qvirtio_net_start(net, QVIRTIO_NET_ALL);
    g_assert_cmphex(qvirtio_config_readb(net->vdev, CONFIG(mac) + 5), ==,
                    qvirtio_net_mac[5]);
    qvirtio_net_shutdown(net);
}

/* With the VLAN filter only those pass that were added; and untagged ones. */
static void test_filter_vlan(void)
{
    QVirtioNet *net = net_start("");
    uint16_t vid = 0x123, bad_vid = 4096;

    net_rx_mode(net, VIRTIO_NET_CTRL_RX_PROMISC, 0);
    g_assert_false(net_hears(net, qvirtio_net_mac, 0x123));
    g_assert_cmpuint(qvirtio_net_ctrl(net, VIRTIO_NET_CTRL_VLAN,
                                      VIRTIO_NET_CTRL_VLAN_ADD, &vid, 2), ==,
                     VIRTIO_NET_OK);
    g_assert_true(net_hears(net, qvirtio_net_mac, 0x123));
    g_assert_false(net_hears(net, qvirtio_net_mac, 0x124));
    g_assert_cmpuint(qvirtio_net_ctrl(net, VIRTIO_NET_CTRL_VLAN,
                                      VIRTIO_NET_CTRL_VLAN_DEL, &vid, 2), ==,
                     VIRTIO_NET_OK);
    g_assert_false(net_hears(net, qvirtio_net_mac, 0x123));
    g_assert_cmpuint(qvirtio_net_ctrl(net, VIRTIO_NET_CTRL_VLAN,
                                      VIRTIO_NET_CTRL_VLAN_ADD, &bad_vid, 2),
                     ==, VIRTIO_NET_ERR);
    qvirtio_net_shutdown(net);

    /* A driver that did not take the feature is not filtered. */
    net = net_boot("");
    qvirtio_net_start(net, ~(1ull << VIRTIO_NET_F_CTRL_VLAN));
    net_rx_mode(net, VIRTIO_NET_CTRL_RX_PROMISC, 0);
    g_assert_true(net_hears(net, qvirtio_net_mac, 0x123));
    qvirtio_net_shutdown(net);
}

/* A wrong command is answered with an error, and changes nothing. */
static void test_ctrl_errors(void)
{
    static const struct {
        uint8_t class, cmd, len;
    } wrong[] = {
        { 0x77, 0, 1 },
        { VIRTIO_NET_CTRL_RX, 0x77, 1 },
        { VIRTIO_NET_CTRL_RX, VIRTIO_NET_CTRL_RX_PROMISC, 0 },
        { VIRTIO_NET_CTRL_MAC, 0x77, 6 },
        { VIRTIO_NET_CTRL_MAC, VIRTIO_NET_CTRL_MAC_ADDR_SET, 5 },
        { VIRTIO_NET_CTRL_MAC, VIRTIO_NET_CTRL_MAC_ADDR_SET, 7 },
        { VIRTIO_NET_CTRL_MAC, VIRTIO_NET_CTRL_MAC_TABLE_SET, 3 },
        { VIRTIO_NET_CTRL_MAC, VIRTIO_NET_CTRL_MAC_TABLE_SET, 4 },
        { VIRTIO_NET_CTRL_MAC, VIRTIO_NET_CTRL_MAC_TABLE_SET, 11 },
        { VIRTIO_NET_CTRL_VLAN, VIRTIO_NET_CTRL_VLAN_ADD, 1 },
        { VIRTIO_NET_CTRL_VLAN, 0x77, 2 },
        { VIRTIO_NET_CTRL_ANNOUNCE, VIRTIO_NET_CTRL_ANNOUNCE_ACK, 0 },
        { VIRTIO_NET_CTRL_MQ, VIRTIO_NET_CTRL_MQ_VQ_PAIRS_SET, 2 },
        { VIRTIO_NET_CTRL_GUEST_OFFLOADS,
          VIRTIO_NET_CTRL_GUEST_OFFLOADS_SET, 8 },
    };
    static const uint8_t zeroes[16];
    QVirtioNet *net = net_start("");

    for (int i = 0; i < ARRAY_SIZE(wrong); i++) {
        g_test_message("class %u command %u, %u bytes", wrong[i].class,
                       wrong[i].cmd, wrong[i].len);
        g_assert_cmpuint(qvirtio_net_ctrl(net, wrong[i].class, wrong[i].cmd,
                                          zeroes, wrong[i].len), ==,
                         VIRTIO_NET_ERR);
    }
    for (int i = 0; i < 6; i++) {
        g_assert_cmphex(qvirtio_config_readb(net->vdev, CONFIG(mac) + i), ==,
                        qvirtio_net_mac[i]);
    }
    g_assert_true(net_hears(net, other_mac, -1));
    qvirtio_net_shutdown(net);
}

/* Link and announcements: the user acts at the monitor, the guest is told */

typedef struct MonitorTest {
    QVirtioNet *net;
    int mon;
} MonitorTest;

/* One command, and the monitor's output up to the next prompt. */
static char *monitor_run(MonitorTest *t, const char *cmd)
{
    GString *out = g_string_new("");
    char c;

    if (cmd) {
        g_autofree char *line = g_strdup_printf("%s\n", cmd);

        g_assert_cmpint(send(t->mon, line, strlen(line), 0), ==,
                        strlen(line));
    }
    while (!g_str_has_suffix(out->str, "\n(qemu) ")) {
        g_assert_cmpint(recv(t->mon, &c, 1, 0), ==, 1);
        g_string_append_c(out, c);
    }
    return g_string_free(out, false);
}

static void monitor_start(MonitorTest *t)
{
    g_autofree char *more = NULL;
    int sv[2];

    g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM, 0, sv), ==, 0);
    fcntl(sv[0], F_SETFD, FD_CLOEXEC);
    more = g_strdup_printf("-chardev socket,id=mon,fd=%d -monitor chardev:mon",
                           sv[1]);
    t->net = qvirtio_net_boot_with("virtio-net-pci", "", more);
    t->mon = sv[0];
    close(sv[1]);
    qvirtio_pci_device_enable(t->net->pci);
    g_free(monitor_run(t, NULL));
}

static void monitor_stop(MonitorTest *t)
{
    qvirtio_net_shutdown(t->net);
    close(t->mon);
}

/* Pulling the cable is a change of the configuration, with an interrupt. */
static void test_link(void)
{
    uint8_t out[100], in[2048];
    MonitorTest t;

    monitor_start(&t);
    qvirtio_net_start(t.net, QVIRTIO_NET_ALL);
    g_assert_false(t.net->vdev->bus->get_config_isr_status(t.net->vdev));

    g_free(monitor_run(&t, "set_link nic0 off"));
    g_assert_true(t.net->vdev->bus->get_config_isr_status(t.net->vdev));
    g_assert_cmphex(qvirtio_config_readw(t.net->vdev, CONFIG(status)), ==, 0);
    /* What is sent now goes nowhere, but comes back to the guest. */
    qvirtio_net_frame(out, sizeof(out), bcast, 1);
    qvirtio_net_send(t.net, out, sizeof(out));
    g_assert_cmpint(qvirtio_net_wire_poll(t.net, in, sizeof(in), 0), ==, -1);

    g_free(monitor_run(&t, "set_link nic0 on"));
    g_assert_true(t.net->vdev->bus->get_config_isr_status(t.net->vdev));
    g_assert_cmphex(qvirtio_config_readw(t.net->vdev, CONFIG(status)), ==,
                    VIRTIO_NET_S_LINK_UP);
    qvirtio_net_frame(out, sizeof(out), bcast, 2);
    qvirtio_net_send(t.net, out, sizeof(out));
    g_assert_cmpint(qvirtio_net_wire_recv(t.net, in, sizeof(in)), ==,
                    sizeof(out));
    g_assert_cmpuint(in[14], ==, 2);
    monitor_stop(&t);
}

/* The other end's link counts as much as the card's own. */
static void test_link_of_netdev(void)
{
    MonitorTest t;

    monitor_start(&t);
    qvirtio_net_start(t.net, QVIRTIO_NET_ALL);
    g_free(monitor_run(&t, "set_link n0 off"));
    g_assert_cmphex(qvirtio_config_readw(t.net->vdev, CONFIG(status)), ==, 0);
    g_free(monitor_run(&t, "set_link n0 on"));
    g_assert_cmphex(qvirtio_config_readw(t.net->vdev, CONFIG(status)), ==,
                    VIRTIO_NET_S_LINK_UP);
    monitor_stop(&t);
}

/*
 * announce_self: a guest that can is asked to announce itself, and says when
 * it has; for others a packet is made.
 */
static void test_announce(void)
{
    static const uint8_t none;
    uint8_t in[2048];
    MonitorTest t;

    monitor_start(&t);
    qvirtio_net_start(t.net, QVIRTIO_NET_ALL);
    g_free(monitor_run(&t, "announce_self"));
    g_assert_cmphex(qvirtio_config_readw(t.net->vdev, CONFIG(status)), ==,
                    VIRTIO_NET_S_LINK_UP | VIRTIO_NET_S_ANNOUNCE);
    g_assert_true(t.net->vdev->bus->get_config_isr_status(t.net->vdev));
    g_assert_cmpuint(qvirtio_net_ctrl(t.net, VIRTIO_NET_CTRL_ANNOUNCE,
                                      VIRTIO_NET_CTRL_ANNOUNCE_ACK, &none, 0),
                     ==, VIRTIO_NET_OK);
    g_assert_cmphex(qvirtio_config_readw(t.net->vdev, CONFIG(status)), ==,
                    VIRTIO_NET_S_LINK_UP);

    /* RARP, "who has my own address", from the card's address to all. */
    g_assert_cmpint(qvirtio_net_wire_recv(t.net, in, sizeof(in)), ==, 60);
    g_assert_cmpmem(in, 6, bcast, 6);
    g_assert_cmpmem(in + 6, 6, qvirtio_net_mac, 6);
    g_assert_cmphex(in[12] << 8 | in[13], ==, 0x8035);
    monitor_stop(&t);
}

/* How many chains have come back since the last look. */
static unsigned net_count_used(QVirtioNet *net, QVirtQueue *vq)
{
    unsigned n = 0;

    while (qvirtqueue_get_buf(net->qts, vq, NULL, NULL)) {
        n++;
    }
    return n;
}

/* Reset */

/* A reset while the wire holds a packet: afterwards all is as at the start. */
static void test_reset_in_transfer(void)
{
    g_autofree uint8_t *out = g_malloc(32768), *in = g_malloc(32768);
    QVirtioNet *net = net_start("");
    QVirtioNetHdr hdr = { };

    qvirtio_net_frame(out, 32000, bcast, 1);
    qtest_bufwrite(net->qts, net->tx_buf, &hdr, net->hdr_len);
    qtest_bufwrite(net->qts, net->tx_buf + net->hdr_len, out, 32000);
    /* Nobody reads: sooner or later the socket takes no more. */
    for (int i = 0; i < 100; i++) {
        uint32_t head = qvirtqueue_add(net->qts, net->tx, net->tx_buf,
                                       net->hdr_len + 32000, false, false);

        qvirtqueue_kick(net->qts, net->vdev, net->tx, head);
    }
    g_assert_cmpuint(net_count_used(net, net->tx), <, 100);

    qvirtio_net_start(net, QVIRTIO_NET_ALL);
    while (qvirtio_net_wire_poll(net, in, 32768, 50) > 0) {
        g_assert_cmpmem(in, 32000, out, 32000);
    }
    qvirtio_net_frame(out, 100, bcast, 9);
    qvirtio_net_send(net, out, 100);
    g_assert_cmpint(qvirtio_net_wire_recv(net, in, 32768), ==, 100);
    g_assert_cmpuint(in[14], ==, 9);

    qvirtio_net_give(net, 1, 2048);
    qvirtio_net_wire_send(net, out, 100);
    g_assert_cmpuint(qvirtio_net_recv(net, in, 2048, NULL), ==, 100);
    qvirtio_net_shutdown(net);
}

/* A wire that was full, and is read again, gets everything in order. */
static void test_tx_waits_for_wire(void)
{
    g_autofree uint8_t *out = g_malloc(32768), *in = g_malloc(32768);
    QVirtioNet *net = net_start("");
    QVirtioNetHdr hdr = { };
    unsigned used;

    qtest_bufwrite(net->qts, net->tx_buf, &hdr, net->hdr_len);
    qvirtio_net_frame(out, 32000, bcast, 1);
    qtest_bufwrite(net->qts, net->tx_buf + net->hdr_len + 1, out + 1, 31999);
    for (int i = 0; i < 60; i++) {
        uint64_t first = net->tx_buf + 40000 + i;
        uint32_t head;

        /* The first byte is its own descriptor, and counts. */
        qtest_writeb(net->qts, first, i);
        head = qvirtqueue_add(net->qts, net->tx, net->tx_buf, net->hdr_len,
                              false, true);
        qvirtqueue_add(net->qts, net->tx, first, 1, false, true);
        qvirtqueue_add(net->qts, net->tx, net->tx_buf + net->hdr_len + 1,
                       31999, false, false);
        qvirtqueue_kick(net->qts, net->vdev, net->tx, head);
    }
    used = net_count_used(net, net->tx);
    g_assert_cmpuint(used, <, 60);
    for (int i = 0; i < 60; i++) {
        g_assert_cmpint(qvirtio_net_wire_recv(net, in, 32768), ==, 32000);
        g_assert_cmpuint(in[0], ==, i);
    }
    while (used++ < 60) {
        qvirtio_net_wait_used(net, net->tx, NULL);
    }
    qvirtio_net_shutdown(net);
}

/* Those that move data: once for each way to drive it. */

static void run_split(const void *data)
{
    drive = DRIVE_SPLIT;
    ((void (*)(void))data)();
}

static void run_packed(const void *data)
{
    drive = DRIVE_PACKED;
    ((void (*)(void))data)();
    drive = DRIVE_SPLIT;
}

static void run_legacy(const void *data)
{
    drive = DRIVE_LEGACY;
    ((void (*)(void))data)();
    drive = DRIVE_SPLIT;
}

static void add_data_test(const char *name, void (*test)(void))
{
    g_autofree char *split = g_strdup_printf("/virtio-net/%s", name);
    g_autofree char *packed = g_strdup_printf("/virtio-net/packed/%s", name);
    g_autofree char *legacy = g_strdup_printf("/virtio-net/legacy/%s", name);

    qtest_add_data_func(split, test, run_split);
    qtest_add_data_func(packed, test, run_packed);
    qtest_add_data_func(legacy, test, run_legacy);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_func("/virtio-net/config/default", test_config_default);
    qtest_add_func("/virtio-net/config/properties", test_config_properties);
    qtest_add_func("/virtio-net/config/read-only", test_config_read_only);
    qtest_add_func("/virtio-net/features/plain-peer",
                   test_features_plain_peer);
    qtest_add_func("/virtio-net/features/switched-off",
                   test_features_switched_off);
    add_data_test("tx/lengths", test_tx);
    add_data_test("tx/scattered", test_tx_scattered);
    add_data_test("tx/indirect", test_tx_indirect);
    add_data_test("tx/burst", test_tx_burst);
    add_data_test("tx/timer", test_tx_timer);
    add_data_test("tx/waits-for-wire", test_tx_waits_for_wire);
    add_data_test("rx/lengths", test_rx);
    add_data_test("rx/mergeable", test_rx_mergeable);
    add_data_test("rx/too-large", test_rx_too_large);
    add_data_test("rx/waits-for-room", test_rx_waits_for_room);
    add_data_test("rx/before-driver-ok", test_rx_before_driver_ok);
    qtest_add_func("/virtio-net/filter/default", test_filter_default);
    add_data_test("filter/rx-mode", test_filter_rx_mode);
    qtest_add_func("/virtio-net/filter/no-unicast", test_filter_no_unicast);
    add_data_test("filter/mac-table", test_filter_mac_table);
    qtest_add_func("/virtio-net/filter/mac-address", test_filter_mac_address);
    add_data_test("filter/vlan", test_filter_vlan);
    add_data_test("ctrl/errors", test_ctrl_errors);
    qtest_add_func("/virtio-net/link/card", test_link);
    qtest_add_func("/virtio-net/link/netdev", test_link_of_netdev);
    qtest_add_func("/virtio-net/announce", test_announce);
    add_data_test("reset/in-transfer", test_reset_in_transfer);
    return g_test_run();
}
