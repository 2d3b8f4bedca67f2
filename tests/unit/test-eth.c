/*
 * Looking into Ethernet frames, whole and cut, in pieces of any size.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "net/checksum.h"
#include "net/eth.h"
#include "standard-headers/linux/virtio_net.h"

#define MACS "\xff\xff\xff\xff\xff\xff\x52\x54\x00\x12\x34\x56"

typedef struct Seen {
    bool isip4, isip6, isudp, istcp;
    size_t l3, l4, l5;
    eth_ip6_hdr_info ip6;
    eth_ip4_hdr_info ip4;
    eth_l4_hdr_info l4hdr;
} Seen;

/* In pieces of @piece bytes. */
static void look(Seen *s, const void *frame, size_t size, size_t piece)
{
    struct iovec iov[200];
    int n = 0;

    for (size_t off = 0; off < size; off += piece) {
        iov[n].iov_base = (uint8_t *)frame + off;
        iov[n++].iov_len = MIN(piece, size - off);
    }
    memset(s, 0xff, sizeof(*s));
    eth_get_protocols(iov, n, &s->isip4, &s->isip6, &s->isudp, &s->istcp,
                      &s->l3, &s->l4, &s->l5, &s->ip6, &s->ip4, &s->l4hdr);
}

static const uint8_t tcp4[] =
    MACS "\x81\x00\x20\x07\x08\x00"
    "\x46\x03\x00\x2e\x00\x00\x40\x00\x40\x06\x00\x00\x0a\x00\x02\x02"
    "\x0a\x00\x02\x0f" "\x00\x00\x00\x00"
    "\x00\x50\x00\x51\x00\x00\x00\x01\x00\x00\x00\x02\x50\x18\x00\x00"
    "\x00\x00\x00\x00" "hi";

static void test_ip4(void)
{
    Seen s;

    for (size_t piece = 1; piece < 40; piece++) {
        look(&s, tcp4, sizeof(tcp4) - 1, piece);
        g_assert_true(s.isip4 && s.istcp && !s.isip6 && !s.isudp);
        g_assert_cmpuint(s.l3, ==, 18);
        g_assert_cmpuint(s.l4, ==, 18 + 24);
        g_assert_cmpuint(s.l5, ==, 18 + 24 + 20);
        g_assert_true(s.l4hdr.has_tcp_data);
        g_assert_cmphex(TCP_HEADER_FLAGS(&s.l4hdr.hdr.tcp), ==,
                        TH_ACK | TH_PUSH);
    }
    /* However it is cut, what is not there is not seen. */
    for (size_t size = 0; size < sizeof(tcp4) - 1; size++) {
        look(&s, tcp4, size, 7);
        g_assert_true(s.istcp == (size >= 18 + 24 + 20));
        g_assert_true(s.isip4 == (size >= 18 + 20));
    }
    g_assert_cmphex(eth_get_pkt_tci(tcp4), ==, 0x2007);
    g_assert_cmphex(eth_get_gso_type(ETH_P_IP, (uint8_t *)tcp4 + 18,
                                     IP_PROTO_TCP), ==,
                    VIRTIO_NET_HDR_GSO_TCPV4 | VIRTIO_NET_HDR_GSO_ECN);
}

/* Hop by hop, routing to a mobile's home, a fragment, UDP. */
static void test_ip6(void)
{
    static const uint8_t frame[] =
        MACS "\x86\xdd" "\x60\x00\x00\x00\x00\x30\x00\x40"
        "AAAABBBBCCCCDDDD" "EEEEFFFFGGGGHHHH"
        "\x2b\x00\x01\x04\x00\x00\x00\x00"
        "\x11\x02\x02\x01\x00\x00\x00\x00" "IIIIJJJJKKKKLLLL"
        "\x00\x35\x00\x36\x00\x0c\x00\x00" "data";
    static const uint8_t fragment[] =
        MACS "\x86\xdd" "\x60\x00\x00\x00\x00\x10\x2c\x40"
        "AAAABBBBCCCCDDDD" "EEEEFFFFGGGGHHHH"
        "\x11\x00\x00\x08\x00\x00\x00\x01" "in the midst";
    Seen s;

    for (size_t piece = 1; piece < 40; piece++) {
        look(&s, frame, sizeof(frame) - 1, piece);
        g_assert_true(s.isip6 && s.isudp && !s.isip4 && !s.istcp);
        g_assert_cmpuint(s.l4, ==, 14 + 40 + 8 + 24);
        g_assert_cmpuint(s.l5, ==, 14 + 40 + 8 + 24 + 8);
        g_assert_true(s.ip6.has_ext_hdrs && s.ip6.rss_ex_dst_valid);
        g_assert_cmpmem(&s.ip6.rss_ex_dst, 16, "IIIIJJJJKKKKLLLL", 16);
    }
    for (size_t size = 0; size < sizeof(frame) - 1; size++) {
        look(&s, frame, size, 5);
        g_assert_true(s.isudp == (size >= 14 + 40 + 8 + 24 + 8));
    }
    look(&s, fragment, sizeof(fragment) - 1, 9);
    g_assert_true(s.isip6 && s.ip6.fragment && !s.isudp);
}

static void test_tags(void)
{
    struct iovec iov = { (void *)tcp4, sizeof(tcp4) - 1 };
    uint8_t head[ETH_MAX_L2_HDR_LEN + VLAN_HLEN];
    uint16_t off = 0, tci = 0;
    bool is_new;

    g_assert_cmpuint(eth_strip_vlan(&iov, 1, 0, head, &off, &tci), ==, 14);
    g_assert_cmphex(tci, ==, 0x2007);
    g_assert_cmpuint(off, ==, 18);
    g_assert_cmphex(eth_get_l2_proto(head), ==, ETH_P_IP);
    g_assert_cmpuint(eth_strip_vlan_ex(&iov, 1, 0, 0x9100, head, &off, &tci),
                     ==, 0);

    eth_setup_vlan_headers((struct eth_header *)head, 0x0005, &is_new);
    g_assert_true(is_new);
    g_assert_cmphex(eth_get_pkt_tci(head), ==, 5);
    eth_setup_vlan_headers((struct eth_header *)head, 0x0006, &is_new);
    g_assert_false(is_new);
    g_assert_cmphex(eth_get_pkt_tci(head), ==, 6);
    g_assert_cmpuint(eth_get_l2_hdr_length(head), ==, 18);
    iov.iov_base = head;
    iov.iov_len = 16;
    g_assert_cmpuint(eth_strip_vlan(&iov, 1, 0, head, &off, &tci), ==, 0);
}

/* A sum over the pseudo header and the segment is what the card computes. */
static void test_checksums(void)
{
    uint8_t frame[sizeof(tcp4) - 1];
    struct ip_header *ip = (struct ip_header *)(frame + 18);
    uint32_t sum, cso;

    memcpy(frame, tcp4, sizeof(frame));
    eth_fix_ip4_checksum(ip, 24);
    g_assert_cmphex(net_raw_checksum((uint8_t *)ip, 24), ==, 0);

    sum = eth_calc_ip4_pseudo_hdr_csum(ip, 22, &cso);
    g_assert_cmpuint(cso, ==, 12);
    sum += net_checksum_add(22, frame + 42);
    g_assert_cmphex(net_checksum_finish(sum), ==,
                    net_checksum_tcpudp(22, IP_PROTO_TCP,
                                        (uint8_t *)&ip->ip_src, frame + 42));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);

    g_test_add_func("/eth/ip4", test_ip4);
    g_test_add_func("/eth/ip6", test_ip6);
    g_test_add_func("/eth/tags", test_tags);
    g_test_add_func("/eth/checksums", test_checksums);
    return g_test_run();
}
