/*
 * -netdev tap: the host's network as a guest's other end.
 *
 * The interfaces are in a network namespace of the test's own (libqos/netns.h).
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
#include "qemu/cutils.h"
#include "libqtest.h"
#include "libqos/netns.h"
#include "libqos/virtio-net.h"
#include "standard-headers/linux/virtio_config.h"

static const uint8_t bcast[6] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };

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

    if (netns_skipped()) {
        return;
    }
    net = tap_boot("ifname=qtest0,script=no,downscript=no");
    netns_if_up("qtest0");
    host = netns_host_open("qtest0");
    assert_joined(net, host);
    qvirtio_net_shutdown(net);
    close(host);
    /* It was the program's own, and goes with it. */
    g_assert_cmpint(netns_if_flags("qtest0"), ==, -1);
}

/* A descriptor that somebody else has opened, with a header or without. */
static void test_fd(const void *data)
{
    bool vnet_hdr = GPOINTER_TO_INT(data);
    char ifname[IFNAMSIZ] = "qtestfd%d";
    QVirtioNet *net;
    int fd, host;

    if (netns_skipped()) {
        return;
    }
    fd = tap_make(ifname, vnet_hdr ? IFF_VNET_HDR : 0);
    netns_if_up(ifname);
    host = netns_host_open(ifname);
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

    if (netns_skipped()) {
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

    if (netns_skipped()) {
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
        netns_if_up("qtest2");
        if (i == 0) {
            /* What the host's stack gets has the guest's header in front. */
            host = netns_host_open("qtest2");
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
            host = netns_host_open("qtest2");
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

    if (netns_skipped()) {
        return;
    }
    net = tap_boot("ifname=qtest3,script=no,downscript=no");
    netns_if_up("qtest3");
    host = netns_host_open("qtest3");
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

    if (netns_skipped()) {
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

    if (netns_skipped()) {
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
    g_assert_cmpint(netns_if_flags("qtest6"), ==, -1);
}

int main(int argc, char **argv)
{
    netns_enter(argv);
    g_test_init(&argc, &argv, NULL);
    qtest_add_func("/tap/ifname", test_ifname);
    qtest_add_data_func("/tap/fd/plain", GINT_TO_POINTER(0), test_fd);
    qtest_add_data_func("/tap/fd/vnet-hdr", GINT_TO_POINTER(1), test_fd);
    qtest_add_func("/tap/scripts", test_scripts);
    qtest_add_func("/tap/offload", test_offload);
    qtest_add_func("/tap/flow-control", test_flow_control);
    qtest_add_func("/tap/sndbuf", test_sndbuf);
    qtest_add_func("/tap/refused", test_refused);
    return g_test_run();
}
