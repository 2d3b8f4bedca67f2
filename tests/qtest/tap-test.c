/*
 * -netdev tap: the host's network as a guest's other end.
 *
 * The test makes a network namespace of its own, as an unprivileged user may
 * where the kernel lets him, so the interfaces in here are nobody else's.
 * Without one, or without /dev/net/tun, the tests are skipped by name.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <arpa/inet.h>
#include <glib/gstdio.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include "qemu/bswap.h"
#include "qemu/cutils.h"
#include "libqtest.h"
#include "libqos/virtio-net.h"
#include "standard-headers/linux/virtio_config.h"
#include "standard-headers/linux/virtio_pci.h"

static const uint8_t bcast[6] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
static const char *why_not;

/* The namespace */

#define IN_NAMESPACE "QEMINI_TAP_TEST_NAMESPACE"

/*
 * What is missing for a network of our own, or NULL: then we are in one.  A
 * process with threads may not make a user namespace, and the archives that we
 * link may have started one, so unshare(1) starts us again.
 */
static const char *enter_namespace(char **argv)
{
    const char *user = getuid() ? "--user" : "--net";
    const char *root = getuid() ? "--map-root-user" : "--net";
    const char *probe[] = { "unshare", "--net", user, root, "true", NULL };
    GPtrArray *again;
    int status;

    if (g_getenv(IN_NAMESPACE)) {
        return NULL;
    }
    if (access("/dev/net/tun", R_OK | W_OK) < 0) {
        return "/dev/net/tun cannot be opened";
    }
    if (!g_spawn_sync(NULL, (char **)probe, NULL, G_SPAWN_SEARCH_PATH |
                      G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, NULL, NULL,
                      &status, NULL)) {
        return "the program 'unshare' is missing";
    }
    if (status) {
        return "the kernel gives no network namespace to this user";
    }

    again = g_ptr_array_new();
    for (size_t i = 0; i < ARRAY_SIZE(probe) - 2; i++) {
        g_ptr_array_add(again, (void *)probe[i]);
    }
    for (; *argv; argv++) {
        g_ptr_array_add(again, *argv);
    }
    g_ptr_array_add(again, NULL);
    g_setenv(IN_NAMESPACE, "1", true);
    execvp("unshare", (char **)again->pdata);
    return "unshare cannot be started again";
}

static bool skipped(void)
{
    if (why_not) {
        g_test_skip(why_not);
    }
    return why_not != NULL;
}

/* Interfaces: as `ip link` would, without needing it */

static short if_flags(const char *ifname)
{
    struct ifreq ifr = { };
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    int ret;

    pstrcpy(ifr.ifr_name, IFNAMSIZ, ifname);
    ret = ioctl(fd, SIOCGIFFLAGS, &ifr);
    close(fd);
    return ret < 0 ? -1 : ifr.ifr_flags;
}

static void if_up(const char *ifname)
{
    struct ifreq ifr = { };
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    pstrcpy(ifr.ifr_name, IFNAMSIZ, ifname);
    g_assert_cmpint(ioctl(fd, SIOCGIFFLAGS, &ifr), ==, 0);
    ifr.ifr_flags |= IFF_UP;
    g_assert_cmpint(ioctl(fd, SIOCSIFFLAGS, &ifr), ==, 0);
    close(fd);
}

/* The host's side of @ifname: a packet socket for our test frames only. */
static int host_open(const char *ifname)
{
    struct sockaddr_ll addr = {
        .sll_family = AF_PACKET,
        .sll_protocol = htons(0x88b5),
        .sll_ifindex = if_nametoindex(ifname),
    };
    int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, htons(0x88b5));

    g_assert_cmpint(fd, >=, 0);
    g_assert_cmpint(bind(fd, (struct sockaddr *)&addr, sizeof(addr)), ==, 0);
    return fd;
}

/* One tap of ours, its name in @ifname if that is empty; nonblocking. */
static int tap_make(char *ifname, short flags)
{
    struct ifreq ifr = { .ifr_flags = IFF_TAP | IFF_NO_PI | flags };
    int fd = open("/dev/net/tun", O_RDWR);

    g_assert_cmpint(fd, >=, 0);
    pstrcpy(ifr.ifr_name, IFNAMSIZ, ifname);
    g_assert_cmpint(ioctl(fd, TUNSETIFF, &ifr), ==, 0);
    pstrcpy(ifname, IFNAMSIZ, ifr.ifr_name);
    return fd;
}

/* The machine */

static QVirtioNet *G_GNUC_PRINTF(1, 2) tap_boot(const char *fmt, ...)
{
    g_autofree char *netdev = NULL, *args = NULL;
    QVirtioNet *net;
    va_list ap;

    va_start(ap, fmt);
    netdev = g_strdup_vprintf(fmt, ap);
    va_end(ap);
    args = g_strdup_printf("-netdev tap,id=n0,%s -device virtio-net-pci,"
                           "netdev=n0", netdev);
    net = qvirtio_net_boot_args(args);
    qvirtio_net_start(net, QVIRTIO_NET_ALL);
    return net;
}

/* A frame each way between the guest and the host's side of the tap. */
static void assert_joined(QVirtioNet *net, int host)
{
    static const size_t lens[] = { 60, 1514 };
    uint8_t out[1514], in[2048];

    for (int i = 0; i < ARRAY_SIZE(lens); i++) {
        qvirtio_net_frame(out, lens[i], bcast, i);
        qvirtio_net_send(net, out, lens[i]);
        g_assert_cmpint(recv(host, in, sizeof(in), 0), ==, lens[i]);
        g_assert_cmpmem(in, lens[i], out, lens[i]);

        /* The host has more to say than we asked for: skip that. */
        qvirtio_net_frame(out, lens[i], bcast, 0x80 + i);
        g_assert_cmpint(send(host, out, lens[i], 0), ==, lens[i]);
        do {
            qvirtio_net_give(net, 1, 2048);
            g_assert_cmpuint(qvirtio_net_recv(net, in, sizeof(in), NULL), >=,
                             14);
        } while (in[12] != 0x88 || in[13] != 0xb5);
        g_assert_cmpmem(in, lens[i], out, lens[i]);
    }
}

/* Ways to get a tap */

static void test_ifname(void)
{
    QVirtioNet *net;
    int host;

    if (skipped()) {
        return;
    }
    net = tap_boot("ifname=qtest0,script=no,downscript=no");
    if_up("qtest0");
    host = host_open("qtest0");
    assert_joined(net, host);
    qvirtio_net_shutdown(net);
    close(host);
    /* It was the program's own, and goes with it. */
    g_assert_cmpint(if_flags("qtest0"), ==, -1);
}

/* A descriptor that somebody else has opened, with a header or without. */
static void test_fd(const void *data)
{
    bool vnet_hdr = GPOINTER_TO_INT(data);
    char ifname[IFNAMSIZ] = "qtestfd%d";
    QVirtioNet *net;
    int fd, host;

    if (skipped()) {
        return;
    }
    fd = tap_make(ifname, vnet_hdr ? IFF_VNET_HDR : 0);
    if_up(ifname);
    host = host_open(ifname);
    net = tap_boot("fd=%d", fd);
    /* Who has a header for it can leave checksums to the other. */
    g_assert_true(!!(qvirtio_get_features(net->vdev) &
                     1ull << VIRTIO_NET_F_CSUM) == vnet_hdr);
    assert_joined(net, host);
    qvirtio_net_shutdown(net);
    close(host);
    close(fd);
}

/* Scripts run with the interface's name, before the guest and after it. */
static void test_scripts(void)
{
    g_autofree char *dir = g_dir_make_tmp("tap-XXXXXX", NULL);
    g_autofree char *up = g_strdup_printf("%s/up", dir);
    g_autofree char *down = g_strdup_printf("%s/down", dir);
    g_autofree char *log = g_strdup_printf("%s/log", dir);
    g_autofree char *up_text = NULL, *down_text = NULL, *text = NULL;
    QVirtioNet *net;

    if (skipped()) {
        g_rmdir(dir);
        return;
    }
    up_text = g_strdup_printf("#!/bin/sh\necho up $# $1 >> %s\n", log);
    down_text = g_strdup_printf("#!/bin/sh\necho down $# $1 >> %s\n", log);
    g_assert_true(g_file_set_contents(up, up_text, -1, NULL));
    g_assert_true(g_file_set_contents(down, down_text, -1, NULL));
    g_chmod(up, 0755);
    g_chmod(down, 0755);

    net = tap_boot("ifname=qtest1,script=%s,downscript=%s", up, down);
    g_assert_true(g_file_get_contents(log, &text, NULL, NULL));
    g_assert_cmpstr(text, ==, "up 1 qtest1\n");
    g_clear_pointer(&text, g_free);
    qvirtio_net_shutdown(net);
    g_assert_true(g_file_get_contents(log, &text, NULL, NULL));
    g_assert_cmpstr(text, ==, "up 1 qtest1\ndown 1 qtest1\n");

    g_unlink(log);
    g_unlink(up);
    g_unlink(down);
    g_rmdir(dir);
}

/* Checksums */

/*
 * A UDP packet of the guest whose checksum is left to whoever needs it: the
 * header says where it starts and where it goes.
 */
static void test_offload(void)
{
    static const uint8_t udp_packet[] = {
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x52, 0x54, 0, 0xaa, 0xbb, 0xcc,
        0x08, 0x00,
        0x45, 0, 0, 32, 0, 0, 0, 0, 64, 17, 0x66, 0xc9,
        10, 0, 0, 1, 10, 0, 0, 2,
        0x30, 0x39, 0x30, 0x3a, 0, 12, 0x14, 0x1b, 'p', 'i', 'n', 'g',
    };
    QVirtioNetHdr hdr = {
        .hdr = {
            .flags = VIRTIO_NET_HDR_F_NEEDS_CSUM,
            .csum_start = 34,
            .csum_offset = 6,
        },
    };
    const char *const vnet_hdr[] = { "on", "off" };

    if (skipped()) {
        return;
    }
    for (int i = 0; i < 2; i++) {
        struct sockaddr_ll addr = { };
        socklen_t len = sizeof(addr);
        int one = 1, host;
        uint8_t in[2048], raw[10 + 2048];
        QVirtioNet *net;
        uint64_t features;
        struct virtio_net_hdr seen;

        net = tap_boot("ifname=qtest2,script=no,downscript=no,vnet_hdr=%s",
                       vnet_hdr[i]);
        features = qvirtio_get_features(net->vdev);
        g_assert_true(!!(features & 1ull << VIRTIO_NET_F_CSUM) == (i == 0));
        g_assert_true(!!(features & 1ull << VIRTIO_NET_F_GUEST_CSUM) ==
                      (i == 0));
        g_assert_true(!!(features & 1ull << VIRTIO_NET_F_HOST_TSO4) ==
                      (i == 0));
        if_up("qtest2");
        if (i == 0) {
            /* What the host's stack gets has the guest's header in front. */
            host = host_open("qtest2");
            len = sizeof(addr);
            g_assert_cmpint(getsockname(host, (struct sockaddr *)&addr, &len),
                            ==, 0);
            close(host);
            host = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC,
                          htons(0x0800));
            g_assert_cmpint(setsockopt(host, SOL_PACKET, PACKET_VNET_HDR,
                                       &one, sizeof(one)), ==, 0);
            addr.sll_protocol = htons(0x0800);
            g_assert_cmpint(bind(host, (struct sockaddr *)&addr,
                                 sizeof(addr)), ==, 0);
            qvirtio_net_send_hdr(net, &hdr, udp_packet, sizeof(udp_packet));
            g_assert_cmpint(recv(host, raw, sizeof(raw), 0), ==,
                            sizeof(seen) + sizeof(udp_packet));
            memcpy(&seen, raw, sizeof(seen));
            g_assert_cmpuint(seen.flags & VIRTIO_NET_HDR_F_NEEDS_CSUM, !=, 0);
            g_assert_cmpuint(seen.csum_start, ==, 34);
            g_assert_cmpuint(seen.csum_offset, ==, 6);
            g_assert_cmpmem(raw + sizeof(seen), sizeof(udp_packet),
                            udp_packet, sizeof(udp_packet));
        } else {
            host = host_open("qtest2");
            qvirtio_net_frame(in, 100, bcast, 1);
            qvirtio_net_send(net, in, 100);
            g_assert_cmpint(recv(host, in, sizeof(in), 0), ==, 100);
        }
        close(host);
        qvirtio_net_shutdown(net);
    }
}

/* Back pressure */

/* A guest that takes no packets: they wait in the tap, and come in order. */
static void test_flow_control(void)
{
    uint8_t out[100], in[2048];
    unsigned heard = 0;
    QVirtioNet *net;
    int host;

    if (skipped()) {
        return;
    }
    net = tap_boot("ifname=qtest3,script=no,downscript=no");
    if_up("qtest3");
    host = host_open("qtest3");
    for (unsigned i = 0; i < 200; i++) {
        qvirtio_net_frame(out, sizeof(out), bcast, i);
        g_assert_cmpint(send(host, out, sizeof(out), 0), ==, sizeof(out));
    }
    qtest_inb(net->qts, 0);
    while (heard < 200) {
        qvirtio_net_give(net, 1, 2048);
        qvirtio_net_recv(net, in, sizeof(in), NULL);
        if (in[12] == 0x88 && in[13] == 0xb5) {
            g_assert_cmpuint(in[14], ==, (uint8_t)heard);
            heard++;
        }
    }
    qvirtio_net_shutdown(net);
    close(host);
}

/* sndbuf bounds what the kernel keeps for us: it is the tap's own number. */
static void test_sndbuf(void)
{
    char ifname[IFNAMSIZ] = "qtest4";
    QVirtioNet *net;
    int fd, sndbuf = 0;

    if (skipped()) {
        return;
    }
    fd = tap_make(ifname, 0);
    net = tap_boot("fd=%d,sndbuf=20000", fd);
    g_assert_cmpint(ioctl(fd, TUNGETSNDBUF, &sndbuf), ==, 0);
    g_assert_cmpint(sndbuf, ==, 20000);
    qvirtio_net_shutdown(net);
    net = tap_boot("fd=%d", fd);
    g_assert_cmpint(ioctl(fd, TUNGETSNDBUF, &sndbuf), ==, 0);
    g_assert_cmpint(sndbuf, ==, INT_MAX);
    qvirtio_net_shutdown(net);
    close(fd);
}

/* Several queues */

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

    if (skipped()) {
        return;
    }
    p.net = qvirtio_net_boot_args(args);
    if_up("qtest7");
    host = host_open("qtest7");
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

/* A tap that cannot be had */

static void assert_refused(const char *opts, const char *message)
{
    g_autofree char *cmd = g_strdup_printf(
        "%s -accel qtest -display none -nodefaults -netdev tap,id=n0,%s",
        getenv("QTEST_QEMU_BINARY"), opts);
    g_autofree char *expected = g_strdup_printf(
        "qemini-system-x86_64: -netdev tap,id=n0,%s: %s\n", opts, message);
    g_autofree char *err = NULL;
    int status;

    g_assert_true(g_spawn_command_line_sync(cmd, NULL, &err, &status, NULL));
    g_assert_true(WIFEXITED(status));
    g_assert_cmpint(WEXITSTATUS(status), ==, 1);
    g_assert_cmpstr(err, ==, expected);
}

static void test_refused(void)
{
    char ifname[IFNAMSIZ] = "qtest5";
    int fd;

    if (skipped()) {
        return;
    }
    /* One queue, and it is taken. */
    fd = tap_make(ifname, 0);
    assert_refused("ifname=qtest5,script=no,downscript=no",
                   "could not configure /dev/net/tun (qtest5): Device or "
                   "resource busy");
    close(fd);
    assert_refused("ifname=qtest6,script=/bin/false,downscript=no",
                   "network script /bin/false failed with status 256");
    assert_refused("ifname=qtest6,fd=3",
                   "ifname=, script=, downscript=, vnet_hdr=, helper=, "
                   "queues=, fds=, and vhostfds= are invalid with fd=");
    assert_refused("fd=nope", "Invalid file descriptor number 'nope'");
    /* Nothing of the failed ones is left. */
    g_assert_cmpint(if_flags("qtest6"), ==, -1);
}

int main(int argc, char **argv)
{
    why_not = enter_namespace(argv);
    g_test_init(&argc, &argv, NULL);
    qtest_add_func("/tap/ifname", test_ifname);
    qtest_add_data_func("/tap/fd/plain", GINT_TO_POINTER(0), test_fd);
    qtest_add_data_func("/tap/fd/vnet-hdr", GINT_TO_POINTER(1), test_fd);
    qtest_add_func("/tap/scripts", test_scripts);
    qtest_add_func("/tap/offload", test_offload);
    qtest_add_func("/tap/flow-control", test_flow_control);
    qtest_add_func("/tap/sndbuf", test_sndbuf);
    qtest_add_data_func("/tap/queues/split", "", test_queues);
    qtest_add_data_func("/tap/queues/packed", "packed=on", test_queues);
    qtest_add_data_func("/tap/queues/no-ioeventfd", "ioeventfd=off",
                        test_queues);
    qtest_add_func("/tap/refused", test_refused);
    return g_test_run();
}
