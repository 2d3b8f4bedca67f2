/*
 * Network clients: what a sender and a receiver may rely on.
 *
 * Two made-up clients are the two ends of a cable.  A receiver notes what it
 * gets, and can be told to have no room.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "qom/object.h"
#include "hw/qdev-core.h"
#include "net/checksum.h"
#include "net/eth.h"
#include "net/net.h"
#include "net/util.h"
#include "sysemu/runstate.h"
#include "net/hub.h"

typedef struct TestEnd {
    NetClientState nc;
    GString *got;               /* packets, with a space between */
    int room;                   /* how many more it takes; -1 is any number */
    bool answers;               /* sends "echo" from within its receive */
} TestEnd;

static GString *sent;           /* what sent_cb was told */
static int cleanups;

static ssize_t end_receive(NetClientState *nc, const uint8_t *buf, size_t size)
{
    TestEnd *end = DO_UPCAST(TestEnd, nc, nc);

    if (end->room == 0) {
        return 0;
    }
    if (end->room > 0) {
        end->room--;
    }
    g_string_append_printf(end->got, "%s%.*s", end->got->len ? " " : "",
                           (int)size, (const char *)buf);
    if (end->answers) {
        qemu_send_packet(nc, (const uint8_t *)"echo", 4);
    }
    return size;
}

static void end_cleanup(NetClientState *nc)
{
    g_string_free(DO_UPCAST(TestEnd, nc, nc)->got, true);
    cleanups++;
}

static NetClientInfo end_info = {
    .type = NET_CLIENT_DRIVER_SOCKET,
    .size = sizeof(TestEnd),
    .receive = end_receive,
    .cleanup = end_cleanup,
};

static TestEnd *end_new(const char *name, TestEnd *peer)
{
    NetClientState *nc = qemu_new_net_client(&end_info,
                                             peer ? &peer->nc : NULL,
                                             "test", name);
    TestEnd *end = DO_UPCAST(TestEnd, nc, nc);

    end->got = g_string_new(NULL);
    end->room = -1;
    return end;
}

static void note_sent(NetClientState *nc, ssize_t ret)
{
    g_string_append_printf(sent, "%s:%zd ", nc->name, ret);
}

static ssize_t send_str(TestEnd *from, const char *packet)
{
    return qemu_send_packet_async(&from->nc, (const uint8_t *)packet,
                                  strlen(packet), note_sent);
}

typedef struct Cable {
    TestEnd *a, *b;
} Cable;

static Cable cable_start(void)
{
    Cable c;

    g_string_truncate(sent, 0);
    cleanups = 0;
    c.a = end_new("a", NULL);
    c.b = end_new("b", c.a);
    return c;
}

static void cable_stop(Cable c)
{
    qemu_del_net_client(&c.a->nc);
    qemu_del_net_client(&c.b->nc);
    g_assert_cmpint(cleanups, ==, 2);
    g_assert_true(QTAILQ_EMPTY(&net_clients));
}

/* A packet goes straight through, and nobody calls back. */
static void test_delivers(void)
{
    Cable c = cable_start();

    g_assert_cmpint(send_str(c.a, "one"), ==, 3);
    g_assert_cmpint(send_str(c.b, "two"), ==, 3);
    g_assert_cmpstr(c.b->got->str, ==, "one");
    g_assert_cmpstr(c.a->got->str, ==, "two");
    g_assert_cmpstr(sent->str, ==, "");
    cable_stop(c);
}

/* Several pieces arrive as one packet. */
static void test_gathers(void)
{
    Cable c = cable_start();
    struct iovec iov[] = {
        { .iov_base = (void *)"on", .iov_len = 2 },
        { .iov_base = (void *)"ly", .iov_len = 2 },
    };

    g_assert_cmpint(qemu_sendv_packet(&c.a->nc, iov, 2), ==, 4);
    g_assert_cmpstr(c.b->got->str, ==, "only");
    cable_stop(c);
}

/* A receiver without room gets its packets in order once it flushes. */
static void test_waits(void)
{
    Cable c = cable_start();

    c.b->room = 1;
    g_assert_cmpint(send_str(c.a, "1"), ==, 1);
    g_assert_cmpint(send_str(c.a, "2"), ==, 0);
    g_assert_cmpint(send_str(c.a, "3"), ==, 0);
    g_assert_false(qemu_can_send_packet(&c.a->nc));

    c.b->room = 1;
    qemu_flush_queued_packets(&c.b->nc);
    g_assert_cmpstr(c.b->got->str, ==, "1 2");
    g_assert_cmpstr(sent->str, ==, "a:1 ");

    c.b->room = -1;
    qemu_flush_queued_packets(&c.b->nc);
    g_assert_cmpstr(c.b->got->str, ==, "1 2 3");
    g_assert_cmpstr(sent->str, ==, "a:1 a:1 ");
    g_assert_true(qemu_can_send_packet(&c.a->nc));
    cable_stop(c);
}

/* Purged packets are gone, and their sender hears of it. */
static void test_purges(void)
{
    Cable c = cable_start();

    c.b->room = 0;
    g_assert_cmpint(send_str(c.a, "1"), ==, 0);
    qemu_purge_queued_packets(&c.a->nc);
    g_assert_cmpstr(sent->str, ==, "a:0 ");
    c.b->room = -1;
    qemu_flush_queued_packets(&c.b->nc);
    g_assert_cmpstr(c.b->got->str, ==, "");
    cable_stop(c);
}

/* A sender without a callback is bounded; one with a callback is not. */
static void test_queue_is_bounded(void)
{
    Cable c = cable_start();
    int i;

    c.b->room = 0;
    for (i = 0; i < 10010; i++) {
        g_assert_cmpint(qemu_send_packet(&c.a->nc, (uint8_t *)"x", 1), ==, 0);
    }
    g_assert_cmpint(send_str(c.a, "last"), ==, 0);
    c.b->room = -1;
    qemu_flush_queued_packets(&c.b->nc);
    g_assert_cmpint(c.b->got->len, ==, 10000 * 2 - 1 + strlen(" last"));
    g_assert_cmpstr(sent->str, ==, "a:4 ");
    cable_stop(c);
}

/* A receiver that answers does not recurse; the answer comes afterwards. */
static void test_answers(void)
{
    Cable c = cable_start();

    c.b->answers = true;
    send_str(c.a, "hello");
    g_assert_cmpstr(c.b->got->str, ==, "hello");
    g_assert_cmpstr(c.a->got->str, ==, "echo");
    cable_stop(c);
}

/* On a dead link packets vanish, in either direction, as on a real one. */
static void test_link_down(void)
{
    Cable c = cable_start();
    Error *err = NULL;

    qmp_set_link("a", false, &error_abort);
    g_assert_cmpint(send_str(c.a, "gone"), ==, 4);
    g_assert_cmpint(send_str(c.b, "gone"), ==, 4);
    qmp_set_link("a", true, &error_abort);
    send_str(c.b, "back");
    g_assert_cmpstr(c.a->got->str, ==, "back");
    g_assert_cmpstr(c.b->got->str, ==, "");

    qmp_set_link("nobody", true, &err);
    g_assert_cmpstr(error_get_pretty(err), ==, "Device 'nobody' not found");
    error_free(err);
    cable_stop(c);
}

/* A paused guest gets nothing until it runs again. */
static void test_paused(void)
{
    Cable c = cable_start();

    runstate_set(RUN_STATE_PAUSED);
    g_assert_cmpint(send_str(c.a, "later"), ==, 0);
    runstate_set(RUN_STATE_RUNNING);
    g_assert_cmpstr(c.b->got->str, ==, "");
    qemu_flush_queued_packets(&c.b->nc);
    g_assert_cmpstr(c.b->got->str, ==, "later");
    cable_stop(c);
}

/* What one port of a hub gets, goes out of all the others. */
static void test_hub(void)
{
    TestEnd *end[3];
    NetClientState *port;
    int id;

    g_string_truncate(sent, 0);
    for (int i = 0; i < 3; i++) {
        g_autofree char *name = g_strdup_printf("e%d", i);

        end[i] = end_new(name, NULL);
        port = net_hub_add_port(7, NULL, &end[i]->nc);
        g_assert_cmpint(net_hub_id_for_client(port, &id), ==, 0);
        g_assert_cmpint(id, ==, 7);
    }
    send_str(end[0], "all");
    g_assert_cmpstr(end[0]->got->str, ==, "");
    g_assert_cmpstr(end[1]->got->str, ==, "all");
    g_assert_cmpstr(end[2]->got->str, ==, "all");
    g_assert_nonnull(qemu_find_netdev("hub7port2"));
    net_cleanup();
    g_assert_true(QTAILQ_EMPTY(&net_clients));
}

/* A card keeps its dead peer until it goes itself. */
static ssize_t nic_receive(NetClientState *nc, const uint8_t *buf, size_t size)
{
    return size;
}

static int link_changes;

static void nic_link_status_changed(NetClientState *nc)
{
    link_changes++;
    g_assert_true(nc->link_down);
}

static void test_peer_goes_first(void)
{
    static NetClientInfo nic_info = {
        .type = NET_CLIENT_DRIVER_NIC,
        .size = sizeof(NICState),
        .receive = nic_receive,
        .link_status_changed = nic_link_status_changed,
    };
    MemReentrancyGuard guard = { };
    NICConf *conf = g_new0(NICConf, 1);
    TestEnd *a = end_new("a", NULL);
    NICState *nic;

    cleanups = link_changes = 0;
    conf->peers.ncs[0] = &a->nc;
    conf->peers.queues = 1;
    qemu_macaddr_default_if_unset(&conf->macaddr);
    g_assert_cmpint(conf->macaddr.a[5], ==, 0x56);

    nic = qemu_new_nic(&nic_info, conf, "test-nic", "nic", &guard, NULL);
    g_assert_true(qemu_get_queue(nic)->peer == &a->nc);
    g_assert_cmpint(send_str(a, "x"), ==, 1);

    qemu_del_net_client(&a->nc);
    g_assert_cmpint(cleanups, ==, 1);
    g_assert_cmpint(link_changes, ==, 1);
    g_assert_null(qemu_find_netdev("a"));
    /* The driver may still send; nobody gets it. */
    g_assert_cmpint(qemu_send_packet(qemu_get_queue(nic), (uint8_t *)"y", 1),
                    ==, 1);
    qemu_del_nic(nic);
    g_assert_true(QTAILQ_EMPTY(&net_clients));

    /* Its default address is free again. */
    memset(&conf->macaddr, 0, sizeof(conf->macaddr));
    qemu_macaddr_default_if_unset(&conf->macaddr);
    g_assert_cmpint(conf->macaddr.a[5], ==, 0x56);
    g_free(conf);
}

/* Streams */

static GString *stream_got;

static void stream_packet(SocketReadState *rs)
{
    g_string_append_printf(stream_got, "[%.*s]", (int)rs->packet_len, rs->buf);
}

/* Packets are found wherever the stream happens to be cut. */
static void test_stream(void)
{
    static const uint8_t wire[] = "\0\0\0\3one" "\0\0\0\0" "\0\0\0\2hi";
    g_autofree SocketReadState *rs = g_new0(SocketReadState, 1);

    for (int cut = 1; cut < (int)sizeof(wire) - 1; cut++) {
        stream_got = g_string_new(NULL);
        net_socket_rs_init(rs, stream_packet, false);
        g_assert_cmpint(net_fill_rstate(rs, wire, cut), ==, 0);
        g_assert_cmpint(net_fill_rstate(rs, wire + cut,
                                        sizeof(wire) - 1 - cut), ==, 0);
        g_assert_cmpstr(stream_got->str, ==, "[one][][hi]");
        g_string_free(stream_got, true);
    }
}

static void test_stream_vnet_hdr(void)
{
    static const uint8_t wire[] = "\0\0\0\3" "\0\0\0\xc" "one";
    g_autofree SocketReadState *rs = g_new0(SocketReadState, 1);

    stream_got = g_string_new(NULL);
    net_socket_rs_init(rs, stream_packet, true);
    g_assert_cmpint(net_fill_rstate(rs, wire, sizeof(wire) - 1), ==, 0);
    g_assert_cmpint(rs->vnet_hdr_len, ==, 12);
    g_assert_cmpstr(stream_got->str, ==, "[one]");
    g_string_free(stream_got, true);
}

/* A length that cannot be is refused before a byte of it is stored. */
static void test_stream_oversized(void)
{
    static const uint8_t wire[] = "\xff\xff\xff\xff" "boom";
    g_autofree SocketReadState *rs = g_new0(SocketReadState, 1);

    if (g_test_subprocess()) {
        net_socket_rs_init(rs, stream_packet, false);
        g_assert_cmpint(net_fill_rstate(rs, wire, sizeof(wire) - 1), ==, -1);
        return;
    }
    g_test_trap_subprocess(NULL, 0, 0);
    g_test_trap_assert_passed();
    g_test_trap_assert_stderr("*oversized packet received*");
}

/* Helpers */

static void test_macaddr(void)
{
    static const char *const bad[] = {
        "", "x", "52:54:00:12:34", "52:54:00:12:34:56:78", "52:54:00:12:34:1ff",
        "52:54:00:12:34:", "52:54:00:12:34:5x", "52 54 00 12 34 56", ":::::",
    };
    uint8_t mac[6] = { 0x52, 0x54, 0 };
    g_autofree char *str = NULL;

    g_assert_cmpint(net_parse_macaddr(mac, "aa:bb-cc:1:02:F3"), ==, 0);
    str = qemu_mac_strdup_printf(mac);
    g_assert_cmpstr(str, ==, "aa:bb:cc:01:02:f3");
    g_assert_cmpint(net_parse_macaddr(mac, "0x123456"), ==, 0);
    g_assert_cmpint(mac[3], ==, 0x12);
    g_assert_cmpint(mac[5], ==, 0x56);
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        g_assert_cmpint(net_parse_macaddr(mac, bad[i]), ==, -1);
    }
}

/* RFC 1071's example, whole and cut at an odd place. */
static void test_checksum(void)
{
    uint8_t data[] = { 0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7 };
    struct iovec iov[] = { { data, 3 }, { data + 3, 5 } };

    g_assert_cmphex(net_raw_checksum(data, sizeof(data)), ==, 0x220d);
    g_assert_cmphex(net_checksum_finish(
                        net_checksum_add_iov(iov, 2, 0, sizeof(data), 0)),
                    ==, 0x220d);
}

/* A UDP datagram gets its checksums, and a cut one is left alone. */
static void test_checksum_calculate(void)
{
    uint8_t frame[ETH_HLEN + 20 + 8 + 2] = {
        [12] = 0x08, [13] = 0x00,               /* IPv4 */
        [14] = 0x45, [17] = 30, [22] = 64, [23] = IP_PROTO_UDP,
        [26] = 10, [29] = 1, [30] = 10, [33] = 2,
        [34] = 0x12, [35] = 0x34, [37] = 9, [39] = 10, [42] = 'h', [43] = 'i',
    };
    uint8_t cut[sizeof(frame)];

    memcpy(cut, frame, sizeof(frame));
    net_checksum_calculate(cut, ETH_HLEN + 19, CSUM_ALL);
    g_assert_cmpmem(cut, sizeof(cut), frame, sizeof(frame));

    net_checksum_calculate(frame, sizeof(frame), CSUM_ALL);
    /* A header with a right checksum sums up to all ones. */
    g_assert_cmphex(net_raw_checksum(frame + ETH_HLEN, 20), ==, 0);
    g_assert_cmphex(net_checksum_tcpudp(10, IP_PROTO_UDP, frame + 26,
                                        frame + 34), ==, 0);
}

/* An IPv4 datagram behind an Ethernet header, with a tag if @tagged. */
static size_t make_datagram(uint8_t *frame, bool tagged, uint8_t proto,
                            size_t payload)
{
    uint8_t *ip = frame + ETH_HLEN;
    size_t ip_len = 20 + payload;

    memset(frame, 0, ETH_HLEN + VLAN_HLEN + ip_len);
    stw_be_p(frame + 12, ETH_P_IP);
    if (tagged) {
        stw_be_p(frame + 12, ETH_P_VLAN);
        stw_be_p(frame + 14, 7);
        stw_be_p(frame + 16, ETH_P_IP);
        ip += VLAN_HLEN;
    }
    ip[0] = 0x45;
    stw_be_p(ip + 2, ip_len);
    ip[8] = 64;
    ip[9] = proto;
    stl_be_p(ip + 12, 0x0a000001);
    stl_be_p(ip + 16, 0x0a000002);
    for (size_t i = 0; i < payload; i++) {
        ip[20 + i] = i + 1;
    }
    return ip + ip_len - frame;
}

/* The sum over pseudo header and segment; 0 if its checksum is right. */
static uint16_t l4_sum(uint8_t *ip)
{
    return net_checksum_tcpudp(lduw_be_p(ip + 2) - 20, ip[9], ip + 12,
                               ip + 20);
}

/* A tag moves everything by four bytes; an odd length is padded in thought. */
static void test_checksum_tagged(void)
{
    uint8_t frame[128];

    for (int tagged = 0; tagged < 2; tagged++) {
        for (size_t payload = 20; payload < 24; payload++) {
            uint8_t *ip = frame + ETH_HLEN + tagged * VLAN_HLEN;
            size_t len = make_datagram(frame, tagged, IP_PROTO_TCP, payload);

            net_checksum_calculate(frame, len, CSUM_ALL);
            g_assert_cmphex(net_raw_checksum(ip, 20), ==, 0);
            g_assert_cmphex(l4_sum(ip), ==, 0);

            /* Only what was asked for. */
            len = make_datagram(frame, tagged, IP_PROTO_TCP, payload);
            net_checksum_calculate(frame, len, CSUM_IP | CSUM_UDP);
            g_assert_cmphex(net_raw_checksum(ip, 20), ==, 0);
            g_assert_cmphex(l4_sum(ip), !=, 0);
        }
    }
}

/* A checksum of zero would mean that a UDP datagram has none. */
static void test_checksum_udp_zero(void)
{
    uint8_t frame[128];
    size_t len = make_datagram(frame, false, IP_PROTO_UDP, 10);
    uint8_t *udp = frame + ETH_HLEN + 20;

    /* With this at its end the sum is all ones, and its complement zero. */
    stw_be_p(udp + 6, 0);
    stw_be_p(udp + 8, 0);
    stw_be_p(udp + 8, l4_sum(frame + ETH_HLEN));
    net_checksum_calculate(frame, len, CSUM_ALL);
    g_assert_cmphex(lduw_be_p(udp + 6), ==, 0xffff);
}

/* A fragment gets the header's checksum and keeps its part of the segment. */
static void test_checksum_fragment(void)
{
    static const uint16_t offsets[] = { IP_MF, 0x0001, IP_MF | 0x1fff };

    for (int i = 0; i < ARRAY_SIZE(offsets); i++) {
        uint8_t frame[128], before[24];
        size_t len = make_datagram(frame, false, IP_PROTO_UDP, 24);
        uint8_t *ip = frame + ETH_HLEN;

        stw_be_p(ip + 6, offsets[i]);
        memcpy(before, ip + 20, 24);
        net_checksum_calculate(frame, len, CSUM_ALL);
        g_assert_cmphex(net_raw_checksum(ip, 20), ==, 0);
        g_assert_cmpmem(ip + 20, 24, before, 24);
    }
}

/* Cut anywhere, a frame is not read past its end, nor written to. */
static void test_checksum_short(void)
{
    for (int tagged = 0; tagged < 2; tagged++) {
        uint8_t whole[128];
        size_t len = make_datagram(whole, tagged, IP_PROTO_TCP, 20);

        for (size_t cut = 0; cut < len; cut++) {
            /* On the heap, where ASan sees each byte too far. */
            g_autofree uint8_t *frame = g_memdup2(whole, cut);

            net_checksum_calculate(frame, cut, CSUM_ALL);
            g_assert_cmpmem(frame, cut, whole, cut);
        }
    }
}

/* Headers that lie about their length, and segments shorter than theirs. */
static void test_checksum_liar(void)
{
    static const struct {
        int offset;
        uint8_t value;
    } lies[] = {
        { 0, 0x44 }, { 0, 0x40 }, { 0, 0x4f }, { 0, 0x65 },
        { 3, 19 }, { 3, 41 }, { 2, 0xff },
    };
    uint8_t before[128];

    for (int i = 0; i < ARRAY_SIZE(lies); i++) {
        g_autofree uint8_t *frame = NULL;
        size_t len = make_datagram(before, false, IP_PROTO_TCP, 20);

        before[ETH_HLEN + lies[i].offset] = lies[i].value;
        frame = g_memdup2(before, len);
        net_checksum_calculate(frame, len, CSUM_ALL);
        g_assert_cmpmem(frame, len, before, len);
    }
}

static uint32_t bits_reversed(uint32_t x)
{
    uint32_t r = 0;

    for (int i = 0; i < 32; i++) {
        r |= ((x >> i) & 1) << (31 - i);
    }
    return r;
}

/* The CRCs that cards' multicast filters are specified with. */
static void test_crc(void)
{
    static const uint8_t all_hosts[] = { 0x01, 0x00, 0x5e, 0x00, 0x00, 0x01 };

    g_assert_cmphex(net_crc32_le((const uint8_t *)"123456789", 9) ^ 0xffffffff,
                    ==, 0xcbf43926);
    g_assert_cmphex(net_crc32(all_hosts, 6), ==,
                    bits_reversed(net_crc32_le(all_hosts, 6)));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    module_call_init(MODULE_INIT_QOM);
    qemu_init_main_loop(&error_abort);
    runstate_set(RUN_STATE_RUNNING);
    sent = g_string_new(NULL);

    g_test_add_func("/net/delivers", test_delivers);
    g_test_add_func("/net/gathers", test_gathers);
    g_test_add_func("/net/waits", test_waits);
    g_test_add_func("/net/purges", test_purges);
    g_test_add_func("/net/queue-is-bounded", test_queue_is_bounded);
    g_test_add_func("/net/answers", test_answers);
    g_test_add_func("/net/link-down", test_link_down);
    g_test_add_func("/net/paused", test_paused);
    g_test_add_func("/net/hub", test_hub);
    g_test_add_func("/net/peer-goes-first", test_peer_goes_first);
    g_test_add_func("/net/stream", test_stream);
    g_test_add_func("/net/stream-vnet-hdr", test_stream_vnet_hdr);
    g_test_add_func("/net/stream-oversized", test_stream_oversized);
    g_test_add_func("/net/macaddr", test_macaddr);
    g_test_add_func("/net/checksum", test_checksum);
    g_test_add_func("/net/checksum-calculate", test_checksum_calculate);
    g_test_add_func("/net/checksum/tagged", test_checksum_tagged);
    g_test_add_func("/net/checksum/udp-zero", test_checksum_udp_zero);
    g_test_add_func("/net/checksum/fragment", test_checksum_fragment);
    g_test_add_func("/net/checksum/short", test_checksum_short);
    g_test_add_func("/net/checksum/liar", test_checksum_liar);
    g_test_add_func("/net/crc", test_crc);
    return g_test_run();
}
