/*
 * -netdev, -nic and -object filter-dump: what goes in at one end comes out at
 * the other, and only there.
 *
 * Two programs, each with a virtio-net of its own, are joined by each kind of
 * socket; hubs, filters and back pressure are shown on one.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <arpa/inet.h>
#include <glib/gstdio.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include "qemu/bswap.h"
#include "libqtest.h"
#include "libqos/virtio-net.h"

static const uint8_t bcast[6] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };

/* A port of 127.0.0.1 that nobody has just now. */
static int free_port(int type)
{
    struct sockaddr_in addr = {
        .sin_family = AF_INET,
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    socklen_t len = sizeof(addr);
    int fd = socket(AF_INET, type, 0);

    g_assert_cmpint(bind(fd, (struct sockaddr *)&addr, len), ==, 0);
    g_assert_cmpint(getsockname(fd, (struct sockaddr *)&addr, &len), ==, 0);
    close(fd);
    return ntohs(addr.sin_port);
}

static QVirtioNet *G_GNUC_PRINTF(1, 2) net_up(const char *fmt, ...)
{
    g_autofree char *args = NULL;
    QVirtioNet *net;
    va_list ap;

    va_start(ap, fmt);
    args = g_strdup_vprintf(fmt, ap);
    va_end(ap);
    net = qvirtio_net_boot_args(args);
    qvirtio_net_start(net, QVIRTIO_NET_ALL);
    return net;
}

static void assert_carries(QVirtioNet *from, QVirtioNet *to, size_t len,
                           uint8_t seed)
{
    g_autofree uint8_t *out = g_malloc(len), *in = g_malloc(len);

    qvirtio_net_give(to, len / 2000 + 1, 2048);
    qvirtio_net_frame(out, len, bcast, seed);
    qvirtio_net_send(from, out, len);
    g_assert_cmpuint(qvirtio_net_recv(to, in, len, NULL), ==, len);
    g_assert_cmpmem(in, len, out, len);
}

/* Both ways, small and large, a few of them. */
static void assert_joined(QVirtioNet *a, QVirtioNet *b)
{
    static const size_t lens[] = { 60, 1514, 9000 };

    for (int i = 0; i < ARRAY_SIZE(lens); i++) {
        assert_carries(a, b, lens[i], i);
        assert_carries(b, a, lens[i], 0x80 + i);
    }
}

/* Sockets between two programs */

static void test_fd(const void *data)
{
    QVirtioNet *a, *b;
    int sv[2];

    g_assert_cmpint(socketpair(AF_UNIX, GPOINTER_TO_INT(data), 0, sv), ==, 0);
    a = net_up("-netdev socket,id=n0,fd=%d -device virtio-net-pci,netdev=n0",
               sv[0]);
    b = net_up("-netdev socket,id=n0,fd=%d -device virtio-net-pci,netdev=n0",
               sv[1]);
    close(sv[0]);
    close(sv[1]);
    assert_joined(a, b);
    qvirtio_net_shutdown(a);
    qvirtio_net_shutdown(b);
}

/* A listener outlives its peer, and takes the next. */
static void test_listen_connect(void)
{
    int port = free_port(SOCK_STREAM);
    QVirtioNet *a = net_up("-netdev socket,id=n0,listen=127.0.0.1:%d "
                           "-device virtio-net-pci,netdev=n0", port);

    for (int i = 0; i < 2; i++) {
        QVirtioNet *b = net_up("-netdev socket,id=n0,connect=127.0.0.1:%d "
                               "-device virtio-net-pci,netdev=n0", port);

        /* What b sends shows that a has accepted it. */
        assert_carries(b, a, 60, 1);
        assert_joined(a, b);
        qvirtio_net_shutdown(b);
    }
    qvirtio_net_shutdown(a);
}

/* A peer that is not there is no error: the cable just ends nowhere. */
static void test_connect_refused(void)
{
    QVirtioNet *net = net_up("-netdev socket,id=n0,connect=127.0.0.1:%d "
                             "-device virtio-net-pci,netdev=n0",
                             free_port(SOCK_STREAM));
    uint8_t out[100];

    qvirtio_net_frame(out, sizeof(out), bcast, 1);
    qvirtio_net_send(net, out, sizeof(out));
    qvirtio_net_shutdown(net);
}

static void test_udp(void)
{
    int here = free_port(SOCK_DGRAM), there = free_port(SOCK_DGRAM);
    QVirtioNet *a, *b;

    a = net_up("-netdev socket,id=n0,udp=127.0.0.1:%d,localaddr=127.0.0.1:%d "
               "-device virtio-net-pci,netdev=n0", there, here);
    b = net_up("-netdev socket,id=n0,udp=127.0.0.1:%d,localaddr=127.0.0.1:%d "
               "-device virtio-net-pci,netdev=n0", here, there);
    assert_joined(a, b);
    qvirtio_net_shutdown(a);
    qvirtio_net_shutdown(b);
}

/* One wire for many guests; each hears itself, too, as the group does. */
static void test_mcast(void)
{
    struct ip_mreq mreq = {
        .imr_multiaddr.s_addr = inet_addr("230.0.0.1"),
        .imr_interface.s_addr = htonl(INADDR_LOOPBACK),
    };
    int port = free_port(SOCK_DGRAM);
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    bool possible = setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &mreq,
                               sizeof(mreq)) == 0;
    QVirtioNet *n[2];
    uint8_t out[100], in[100];

    close(fd);
    if (!possible) {
        g_test_skip("no multicast on 127.0.0.1");
        return;
    }
    for (int i = 0; i < 2; i++) {
        n[i] = net_up("-netdev socket,id=n0,mcast=230.0.0.1:%d,"
                      "localaddr=127.0.0.1 -device virtio-net-pci,netdev=n0",
                      port);
        qvirtio_net_give(n[i], 2, 2048);
    }
    qvirtio_net_frame(out, sizeof(out), bcast, 5);
    qvirtio_net_send(n[0], out, sizeof(out));
    for (int i = 0; i < 2; i++) {
        g_assert_cmpuint(qvirtio_net_recv(n[i], in, sizeof(in), NULL), ==,
                         sizeof(out));
        g_assert_cmpmem(in, sizeof(in), out, sizeof(out));
    }
    qvirtio_net_shutdown(n[0]);
    qvirtio_net_shutdown(n[1]);
}

/* -nic is a back end and a card in one. */
static void test_nic(void)
{
    int port = free_port(SOCK_STREAM);
    QVirtioNet *a, *b;

    a = net_up("-nic socket,listen=127.0.0.1:%d,model=virtio-net-pci,"
               "mac=52:54:00:00:00:01", port);
    b = net_up("-nic socket,connect=127.0.0.1:%d,model=virtio", port);
    g_assert_cmphex(qvirtio_config_readb(a->vdev, 5), ==, 0x01);
    g_assert_cmphex(qvirtio_config_readb(b->vdev, 5), ==, 0x56);
    assert_carries(b, a, 60, 1);
    assert_joined(a, b);
    qvirtio_net_shutdown(a);
    qvirtio_net_shutdown(b);
}

/* Hubs: what one port says, all others hear */

static void test_hub(void)
{
    uint8_t out[100], in[100];
    QVirtioNet *net;
    int wires[2][2];

    for (int i = 0; i < 2; i++) {
        g_assert_cmpint(socketpair(AF_UNIX, SOCK_DGRAM, 0, wires[i]), ==, 0);
        fcntl(wires[i][0], F_SETFD, FD_CLOEXEC);
    }
    net = net_up("-netdev socket,id=s0,fd=%d -netdev socket,id=s1,fd=%d "
                 "-netdev hubport,id=p0,hubid=3,netdev=s0 "
                 "-netdev hubport,id=p1,hubid=3,netdev=s1 "
                 "-netdev hubport,id=p2,hubid=3 "
                 "-device virtio-net-pci,netdev=p2",
                 wires[0][1], wires[1][1]);
    close(wires[0][1]);
    close(wires[1][1]);

    /* From the card to both wires. */
    qvirtio_net_frame(out, sizeof(out), bcast, 1);
    qvirtio_net_send(net, out, sizeof(out));
    for (int i = 0; i < 2; i++) {
        g_assert_cmpint(recv(wires[i][0], in, sizeof(in), 0), ==,
                        sizeof(out));
        g_assert_cmpmem(in, sizeof(in), out, sizeof(out));
    }
    /* From one wire to the card and to the other wire, and not back. */
    qvirtio_net_give(net, 1, 2048);
    qvirtio_net_frame(out, sizeof(out), bcast, 2);
    g_assert_cmpint(send(wires[0][0], out, sizeof(out), 0), ==, sizeof(out));
    g_assert_cmpuint(qvirtio_net_recv(net, in, sizeof(in), NULL), ==,
                     sizeof(out));
    g_assert_cmpint(recv(wires[1][0], in, sizeof(in), 0), ==, sizeof(out));
    g_assert_cmpmem(in, sizeof(in), out, sizeof(out));
    g_assert_cmpint(recv(wires[0][0], in, sizeof(in), MSG_DONTWAIT), ==, -1);

    qvirtio_net_shutdown(net);
    close(wires[0][0]);
    close(wires[1][0]);
}

/* Back pressure */

/* A full ring stops the reading; what was sent arrives, all, in order. */
static void test_flow_control(void)
{
    uint8_t frame[4 + 200], in[2048];
    unsigned sent = 0, heard = 0;
    QVirtioNet *net;
    int sv[2];

    g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM, 0, sv), ==, 0);
    fcntl(sv[0], F_SETFD, FD_CLOEXEC);
    net = net_up("-netdev socket,id=n0,fd=%d -device virtio-net-pci,netdev=n0",
                 sv[1]);
    close(sv[1]);

    /* Nobody takes any: the socket fills up, and stays full. */
    stl_be_p(frame, sizeof(frame) - 4);
    for (int patience = 0; patience < 20; ) {
        ssize_t ret;

        qvirtio_net_frame(frame + 4, sizeof(frame) - 4, bcast, 0);
        stl_be_p(frame + 4 + 14, sent);
        ret = send(sv[0], frame, sizeof(frame), MSG_DONTWAIT);
        if (ret < 0) {
            g_assert_cmpint(errno, ==, EAGAIN);
            qtest_inb(net->qts, 0);
            patience++;
            continue;
        }
        g_assert_cmpint(ret, ==, sizeof(frame));
        sent++;
    }
    g_test_message("%u packets until the socket was full", sent);
    g_assert_cmpuint(sent, >, 100);

    while (heard < sent) {
        unsigned batch = MIN(sent - heard, 64);

        qvirtio_net_give(net, batch, 512);
        for (unsigned i = 0; i < batch; i++) {
            g_assert_cmpuint(qvirtio_net_recv(net, in, sizeof(in), NULL), ==,
                             200);
            g_assert_cmpuint((uint32_t)ldl_be_p(in + 14), ==, heard);
            heard++;
        }
    }
    qvirtio_net_shutdown(net);
    close(sv[0]);
}

/* A length that no packet has ends the connection, not the program. */
static void test_oversized(void)
{
    uint32_t len = htonl(0x7fffffff);
    QVirtioNet *net;
    char c;
    int sv[2];

    g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM, 0, sv), ==, 0);
    fcntl(sv[0], F_SETFD, FD_CLOEXEC);
    net = net_up("-netdev socket,id=n0,fd=%d -device virtio-net-pci,netdev=n0 "
                 "2>/dev/null", sv[1]);
    close(sv[1]);
    g_assert_cmpint(send(sv[0], &len, 4, 0), ==, 4);
    g_assert_cmpint(send(sv[0], &len, 4, 0), ==, 4);
    g_assert_cmpint(recv(sv[0], &c, 1, 0), <=, 0);
    /* A cable that ends nowhere: packets are sent, and lost. */
    qvirtio_net_send(net, bcast, sizeof(bcast));
    qvirtio_net_shutdown(net);
    close(sv[0]);
}

/* filter-dump */

typedef struct PcapHeader {
    uint32_t magic;
    uint16_t major, minor;
    int32_t zone;
    uint32_t sigfigs, snaplen, linktype;
} PcapHeader;

typedef struct PcapRecord {
    uint32_t sec, usec, caplen, len;
} PcapRecord;

/* A card outlives its back end, and is asked again whether packets may go. */
static void test_del_in_use(void)
{
    QTestState *qts = qtest_init("-netdev hubport,id=h0,hubid=0 "
                                 "-device virtio-net-pci,netdev=h0");

    qtest_qmp_assert_success(qts, "{'execute': 'netdev_del', 'arguments':"
                             " {'id': 'h0'}}");
    qtest_qmp_assert_success(qts, "{'execute': 'stop'}");
    qtest_qmp_assert_success(qts, "{'execute': 'cont'}");
    qtest_quit(qts);
}

/* Both directions are in the file, with their times, cut at maxlen. */
static void test_dump(void)
{
    g_autofree char *path = NULL, *content = NULL, *tshark = NULL;
    g_autofree char *more = NULL;
    static const size_t lens[] = { 60, 1514, 100 };
    uint8_t out[1514], in[2048];
    uint64_t before = g_get_real_time(), last = before;
    QVirtioNet *net;
    PcapHeader *hdr;
    gsize size, pos = sizeof(*hdr);
    int fd = g_file_open_tmp("dump-XXXXXX.pcap", &path, NULL);

    g_assert_cmpint(fd, >=, 0);
    close(fd);
    more = g_strdup_printf("-object filter-dump,id=d0,netdev=n0,file=%s,"
                           "maxlen=128", path);
    net = qvirtio_net_boot_with("virtio-net-pci", "", more);
    qvirtio_pci_device_enable(net->pci);
    qvirtio_net_start(net, QVIRTIO_NET_ALL);
    for (int i = 0; i < 2; i++) {
        qvirtio_net_frame(out, lens[i], bcast, i);
        qvirtio_net_send(net, out, lens[i]);
    }
    qvirtio_net_give(net, 1, 2048);
    qvirtio_net_frame(out, lens[2], bcast, 2);
    qvirtio_net_wire_send(net, out, lens[2]);
    qvirtio_net_recv(net, in, sizeof(in), NULL);
    qvirtio_net_shutdown(net);

    g_assert_true(g_file_get_contents(path, &content, &size, NULL));
    hdr = (PcapHeader *)content;
    g_assert_cmpuint(size, >=, sizeof(*hdr));
    g_assert_cmphex(hdr->magic, ==, 0xa1b2c3d4);
    g_assert_cmpuint(hdr->major, ==, 2);
    g_assert_cmpuint(hdr->minor, ==, 4);
    g_assert_cmpuint(hdr->snaplen, ==, 128);
    g_assert_cmpuint(hdr->linktype, ==, 1);
    for (int i = 0; i < ARRAY_SIZE(lens); i++) {
        PcapRecord rec;
        uint64_t when;

        g_assert_cmpuint(size - pos, >=, sizeof(rec));
        memcpy(&rec, content + pos, sizeof(rec));
        pos += sizeof(rec);
        g_assert_cmpuint(rec.len, ==, lens[i]);
        g_assert_cmpuint(rec.caplen, ==, MIN(lens[i], 128));
        g_assert_cmpuint(rec.usec, <, 1000000);
        when = (uint64_t)rec.sec * G_USEC_PER_SEC + rec.usec;
        g_assert_cmpuint(when, >=, last);
        g_assert_cmpuint(when, <=, g_get_real_time());
        last = when;
        qvirtio_net_frame(out, lens[i], bcast, i);
        g_assert_cmpmem(content + pos, rec.caplen, out, rec.caplen);
        pos += rec.caplen;
    }
    g_assert_cmpuint(pos, ==, size);

    /* A reader that knows nothing of us reads it as well. */
    tshark = g_find_program_in_path("tshark");
    if (tshark) {
        g_autofree char *cmd = g_strdup_printf(
            "%s -r %s -T fields -e frame.len -e eth.type", tshark, path);
        g_autofree char *text = NULL, *noise = NULL;

        if (g_spawn_command_line_sync(cmd, &text, &noise, NULL, NULL)) {
            g_assert_cmpstr(text, ==, "60\t0x88b5\n1514\t0x88b5\n"
                                      "100\t0x88b5\n");
        }
    }
    g_unlink(path);
}

/* Ways in that fail */

static void test_refused(const void *data)
{
    const char *const *c = data;
    g_autofree char *cmd = g_strdup_printf(
        "%s -accel qtest -display none -nodefaults %s",
        getenv("QTEST_QEMU_BINARY"), c[0]);
    g_autofree char *expected = g_strdup_printf("qemini-system-x86_64: %s\n",
                                                c[1]);
    g_autofree char *err = NULL;
    int status;

    g_assert_true(g_spawn_command_line_sync(cmd, NULL, &err, &status, NULL));
    g_assert_true(WIFEXITED(status));
    g_assert_cmpint(WEXITSTATUS(status), ==, 1);
    g_assert_cmpstr(err, ==, expected);
}

static const char *const refused[][2] = {
    { "-netdev socket,id=n",
      "-netdev socket,id=n: exactly one of listen=, connect=, mcast= or udp="
      " is required" },
    { "-netdev socket,id=n,udp=127.0.0.1:9",
      "-netdev socket,id=n,udp=127.0.0.1:9: localaddr= is mandatory with "
      "udp=" },
    { "-netdev socket,id=n,listen=:0,localaddr=127.0.0.1",
      "-netdev socket,id=n,listen=:0,localaddr=127.0.0.1: localaddr= is only "
      "valid with mcast= or udp=" },
    { "-netdev socket,id=n,mcast=127.0.0.1:1234",
      "-netdev socket,id=n,mcast=127.0.0.1:1234: specified mcastaddr "
      "127.0.0.1 (0x7f000001) does not contain a multicast address" },
    { "-netdev hubport,id=n",
      "-netdev hubport,id=n: Parameter 'hubid' is missing" },
    { "-object filter-dump,id=d,netdev=nope,file=/dev/null",
      "Parameter 'netdev' expects a network backend id" },
};

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_data_func("/netdev/socket/fd/stream",
                        GINT_TO_POINTER(SOCK_STREAM), test_fd);
    qtest_add_data_func("/netdev/socket/fd/dgram",
                        GINT_TO_POINTER(SOCK_DGRAM), test_fd);
    qtest_add_func("/netdev/socket/listen-connect", test_listen_connect);
    qtest_add_func("/netdev/socket/connect-refused", test_connect_refused);
    qtest_add_func("/netdev/socket/udp", test_udp);
    qtest_add_func("/netdev/socket/mcast", test_mcast);
    qtest_add_func("/netdev/socket/flow-control", test_flow_control);
    qtest_add_func("/netdev/socket/oversized", test_oversized);
    qtest_add_func("/netdev/nic", test_nic);
    qtest_add_func("/netdev/hub", test_hub);
    qtest_add_func("/netdev/filter-dump", test_dump);
    qtest_add_func("/netdev/del-in-use", test_del_in_use);
    for (int i = 0; i < ARRAY_SIZE(refused); i++) {
        g_autofree char *path = g_strdup_printf("/netdev/refused/%d", i);

        qtest_add_data_func(path, refused[i], test_refused);
    }
    return g_test_run();
}
