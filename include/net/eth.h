/*
 * Ethernet, ARP, IP, TCP and UDP headers, as cards look into them.
 *
 * Everything is in network order, and nothing is aligned: use the ld*_be_p()
 * helpers, or the accessors below.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_ETH_H
#define QEMU_ETH_H

#include "qemu/bswap.h"
#include "qemu/iov.h"

#define ETH_ALEN        6
#define ETH_HLEN        14
#define ETH_ZLEN        60      /* without the checksum at its end */
#define ETH_FCS_LEN     4
#define ETH_MTU         1500
#define ETH_MAX_L2_HDR_LEN  (ETH_HLEN + 2 * VLAN_HLEN)
#define VLAN_HLEN       4

struct eth_header {
    uint8_t  h_dest[ETH_ALEN];
    uint8_t  h_source[ETH_ALEN];
    uint16_t h_proto;
};

struct vlan_header {
    uint16_t h_tci;     /* priority and VLAN */
    uint16_t h_proto;   /* what it encapsulates */
};

/* Packed: behind an Ethernet header it is at any even address. */
struct ip_header {
    uint8_t  ip_ver_len;
    uint8_t  ip_tos;
    uint16_t ip_len;
    uint16_t ip_id;
    uint16_t ip_off;
    uint8_t  ip_ttl;
    uint8_t  ip_p;
    uint16_t ip_sum;
    uint32_t ip_src, ip_dst;
} QEMU_PACKED;

typedef struct tcp_header {
    uint16_t th_sport;
    uint16_t th_dport;
    uint32_t th_seq;
    uint32_t th_ack;
    uint16_t th_offset_flags;
    uint16_t th_win;
    uint16_t th_sum;
    uint16_t th_urp;
} tcp_header;

typedef struct udp_header {
    uint16_t uh_sport;
    uint16_t uh_dport;
    uint16_t uh_ulen;
    uint16_t uh_sum;
} udp_header;

#define ETH_P_IP        0x0800
#define ETH_P_ARP       0x0806
#define ETH_P_RARP      0x8035
#define ETH_P_VLAN      0x8100
#define ETH_P_IPV6      0x86DD
#define ETH_P_DVLAN     0x88a8
#define ETH_P_UNKNOWN   0xffff

#define VLAN_VID_MASK   0x0fff
#define IP_HEADER_VERSION_4 4
#define IP_HEADER_VERSION_6 6
#define IP_PROTO_TCP    6
#define IP_PROTO_UDP    17
#define IP_FRAG_OFF_MASK 0x1fff
#define IP_MF           0x2000

#define IP_HDR_GET_LEN(p)   ((*(const uint8_t *)(p) & 0x0F) << 2)
#define IP_HEADER_VERSION(ip) (((ip)->ip_ver_len >> 4) & 0xf)

#define PKT_GET_ETH_HDR(p)  ((struct eth_header *)(p))

/* Who a frame is for. */
typedef enum {
    ETH_PKT_UCAST = 0xAABBCC00,
    ETH_PKT_BCAST,
    ETH_PKT_MCAST
} eth_pkt_types_e;

static inline bool is_multicast_ether_addr(const uint8_t *addr)
{
    return addr[0] & 0x01;
}

static inline bool is_broadcast_ether_addr(const uint8_t *addr)
{
    return (addr[0] & addr[1] & addr[2] & addr[3] & addr[4] & addr[5]) == 0xff;
}

static inline bool is_unicast_ether_addr(const uint8_t *addr)
{
    return !is_multicast_ether_addr(addr);
}

static inline eth_pkt_types_e get_eth_packet_type(const struct eth_header *ehdr)
{
    if (is_broadcast_ether_addr(ehdr->h_dest)) {
        return ETH_PKT_BCAST;
    }
    return is_multicast_ether_addr(ehdr->h_dest) ? ETH_PKT_MCAST
                                                 : ETH_PKT_UCAST;
}

/* The outermost type; for a tagged frame that of the tag. */
static inline uint16_t eth_get_l2_proto(const void *p)
{
    return lduw_be_p(&PKT_GET_ETH_HDR(p)->h_proto);
}

/* Bytes before the payload: 14, and 4 more for each of up to two tags. */
static inline size_t eth_get_l2_hdr_length(const void *p)
{
    uint16_t proto = eth_get_l2_proto(p);

    if (proto == ETH_P_VLAN) {
        return ETH_HLEN + VLAN_HLEN;
    }
    if (proto == ETH_P_DVLAN) {
        const uint8_t *inner = (const uint8_t *)p + ETH_HLEN + 2;

        return ETH_HLEN + VLAN_HLEN *
               (lduw_be_p(inner) == ETH_P_VLAN ? 2 : 1);
    }
    return ETH_HLEN;
}

/*
 * Copies @pkt into @padded_pkt with zeros up to 60 bytes.  False if there is
 * nothing to do: the packet is long enough, or the buffer
 * (@padded_buflen bytes) is too small; otherwise *@padded_buflen is 60.
 */
bool eth_pad_short_frame(uint8_t *padded_pkt, size_t *padded_buflen,
                         const void *pkt, size_t pkt_size);

#endif
