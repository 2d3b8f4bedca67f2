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

/* What a checksum of TCP or UDP covers as well (RFC 793, RFC 8200). */
typedef struct ip_pseudo_header {
    uint32_t ip_src;
    uint32_t ip_dst;
    uint8_t  zeros;
    uint8_t  ip_proto;
    uint16_t ip_payload;
} ip_pseudo_header;

struct in6_address {
    union {
        uint8_t __in6_u8[16];
    };
};

struct ip6_header {
    union {
        struct ip6_hdrctl {
            uint32_t ip6_un1_flow;  /* 4 bits version, 8 class, 20 flow */
            uint16_t ip6_un1_plen;  /* of what follows */
            uint8_t  ip6_un1_nxt;   /* which is this */
            uint8_t  ip6_un1_hlim;
        } ip6_un1;
        uint8_t ip6_un2_vfc;        /* 4 bits version, 4 class */
        struct ip6_ecn_access {
            uint8_t  ip6_un3_vfc;   /* 4 bits version, 4 class */
            uint8_t  ip6_un3_ecn;   /* 2 bits DSCP, 2 ECN, 4 flow */
            uint16_t ip6_un3_flow;
        } ip6_un3;
    } ip6_ctlun;
    struct in6_address ip6_src;
    struct in6_address ip6_dst;
};

#define ip6_nxt      ip6_ctlun.ip6_un1.ip6_un1_nxt
#define ip6_plen     ip6_ctlun.ip6_un1.ip6_un1_plen
#define ip6_ecn_acc  ip6_ctlun.ip6_un3.ip6_un3_ecn

typedef struct ip6_pseudo_header {
    struct in6_address ip6_src;
    struct in6_address ip6_dst;
    uint32_t len;
    uint8_t  zero[3];
    uint8_t  next_hdr;
} ip6_pseudo_header;

/* Of each extension header: what follows it, and how long it is. */
struct ip6_ext_hdr {
    uint8_t ip6r_nxt;
    uint8_t ip6r_len;           /* in units of 8 bytes, without the first */
};

struct ip6_ext_hdr_routing {
    uint8_t nxt;
    uint8_t len;
    uint8_t rtype;
    uint8_t segleft;
    uint8_t rsvd[4];
};

struct ip6_option_hdr {
#define IP6_OPT_PAD1   (0x00)
#define IP6_OPT_HOME   (0xC9)
    uint8_t type;
    uint8_t len;
};

#define TH_FIN  0x01
#define TH_SYN  0x02
#define TH_RST  0x04
#define TH_PUSH 0x08
#define TH_ACK  0x10
#define TH_URG  0x20
#define TH_ECE  0x40
#define TH_CWR  0x80
#define TCP_FLAG_ACK  TH_ACK
#define TCP_FLAG_PUSH TH_PUSH

#define ETH_P_IP        0x0800
#define ETH_P_ARP       0x0806
#define ETH_P_RARP      0x8035
#define ETH_P_VLAN      0x8100
#define ETH_P_IPV6      0x86DD
#define ETH_P_DVLAN     0x88a8
#define ETH_P_NCSI      0x88F8
#define ETH_P_UNKNOWN   0xffff

#define VLAN_VID_MASK   0x0fff
#define IP_HEADER_VERSION_4 4
#define IP_HEADER_VERSION_6 6
#define IP_PROTO_TCP    6
#define IP_PROTO_UDP    17
#define IP_FRAG_OFF_MASK 0x1fff
#define IP_RF           0x8000
#define IP_DF           0x4000
#define IP_MF           0x2000
#define IP_OFFMASK      0x1fff
#define IP_FRAG_UNIT_SIZE (8)
#define IP_FRAG_ALIGN_SIZE(x) ((x) & ~0x7)
#define IP4_DONT_FRAGMENT_FLAG (1 << 14)
#define ETH_MAX_IP4_HDR_LEN   (60)
#define ETH_MAX_IP_DGRAM_LEN  (0xFFFF)

/* Congestion (RFC 3168), of both versions. */
#define IPTOS_ECN_MASK  0x03
#define IPTOS_ECN(x)    ((x) & IPTOS_ECN_MASK)
#define IPTOS_ECN_CE    0x03
#define IP6_ECN_MASK    0x30
#define IP6_ECN(x)      ((x) & IP6_ECN_MASK)

/* What follows an IPv6 header, but for what IP_PROTO_* says. */
#define IP6_EXT_GRANULARITY 8
#define IP6_HOP_BY_HOP  (0)
#define IP6_ROUTING     (43)
#define IP6_FRAGMENT    (44)
#define IP6_ESP         (50)
#define IP6_AUTHENTICATION (51)
#define IP6_NONE        (59)
#define IP6_DESTINATON  (60)
#define IP6_MOBILITY    (135)

#define IP_HDR_GET_LEN(p)   ((*(const uint8_t *)(p) & 0x0F) << 2)
#define IP_HDR_GET_P(p)     (((const struct ip_header *)(p))->ip_p)
#define IP_HEADER_VERSION(ip) (((ip)->ip_ver_len >> 4) & 0xf)
#define IP_HEADER_LENGTH(ip) (((ip)->ip_ver_len & 0xf) << 2)

#define TCP_HEADER_DATA_OFFSET(tcp) \
    (((lduw_be_p(&(tcp)->th_offset_flags) >> 12) & 0xf) << 2)
#define TCP_FLAGS_ONLY(flags)   ((flags) & 0x3f)
#define TCP_HEADER_FLAGS(tcp) \
    TCP_FLAGS_ONLY(lduw_be_p(&(tcp)->th_offset_flags))

#define PKT_GET_ETH_HDR(p)  ((struct eth_header *)(p))
#define PKT_GET_VLAN_HDR(p) \
    ((struct vlan_header *)(((uint8_t *)(p)) + sizeof(struct eth_header)))
#define PKT_GET_DVLAN_HDR(p) (PKT_GET_VLAN_HDR(p) + 1)
#define PKT_GET_IP_HDR(p) \
    ((struct ip_header *)(((uint8_t *)(p)) + eth_get_l2_hdr_length(p)))
#define PKT_GET_IP_HDR_LEN(p) \
    ((((struct ip_header *)(p))->ip_ver_len & 0x0F) << 2)
#define PKT_GET_IP6_HDR(p) \
    ((struct ip6_header *)(((uint8_t *)(p)) + eth_get_l2_hdr_length(p)))

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

/* Is there a tag? */
static inline bool is_vlan_packet(const void *buf)
{
    return eth_get_l2_proto(buf) == ETH_P_VLAN;
}

static inline bool is_dvlan_packet(const void *buf)
{
    return eth_get_l2_proto(buf) == ETH_P_DVLAN;
}

/* The outermost tag; 0 if there is none. */
static inline uint16_t eth_get_pkt_tci(const void *p)
{
    uint16_t proto = eth_get_l2_proto(p);

    return proto == ETH_P_VLAN || proto == ETH_P_DVLAN
           ? lduw_be_p(&PKT_GET_VLAN_HDR(p)->h_tci) : 0;
}

/* As eth_get_l2_hdr_length(), of a frame in pieces. */
size_t eth_get_l2_hdr_length_iov(const struct iovec *iov, int iovcnt);

/*
 * Tags.  Both take the outermost one out of a copy of the Ethernet header at
 * @new_ehdr_buf (room for ETH_MAX_L2_HDR_LEN); the payload is what is in the
 * frame from *@payload_offset on (counted from the start of @iov).  They
 * return the length of the new header, or 0 if there is no tag (of type @vet),
 * and then have changed nothing else.
 */
size_t eth_strip_vlan(const struct iovec *iov, int iovcnt, size_t iovoff,
                      uint8_t *new_ehdr_buf,
                      uint16_t *payload_offset, uint16_t *tci);
size_t eth_strip_vlan_ex(const struct iovec *iov, int iovcnt, size_t iovoff,
                         uint16_t vet, void *new_ehdr_buf,
                         uint16_t *payload_offset, uint16_t *tci);

/*
 * Put tag @vlan_tag of type @vlan_ethtype behind the header, in whose buffer is
 * room for it.  *@is_new says whether there was none before, so that the frame
 * grows; otherwise the old one is replaced.
 */
void eth_setup_vlan_headers_ex(struct eth_header *ehdr, uint16_t vlan_tag,
                               uint16_t vlan_ethtype, bool *is_new);

static inline void eth_setup_vlan_headers(struct eth_header *ehdr,
                                          uint16_t vlan_tag, bool *is_new)
{
    eth_setup_vlan_headers_ex(ehdr, vlan_tag, ETH_P_VLAN, is_new);
}

/* What is in a frame */

typedef struct eth_ip6_hdr_info_st {
    uint8_t l4proto;
    size_t  full_hdr_len;       /* with all extension headers */
    struct ip6_header ip6_hdr;
    bool has_ext_hdrs;
    bool rss_ex_src_valid;      /* the home address of a mobile node … */
    struct in6_address rss_ex_src;
    bool rss_ex_dst_valid;      /* … and the final destination of a route */
    struct in6_address rss_ex_dst;
    bool fragment;
} eth_ip6_hdr_info;

typedef struct eth_ip4_hdr_info_st {
    struct ip_header ip4_hdr;
    bool   fragment;
} eth_ip4_hdr_info;

typedef struct eth_l4_hdr_info_st {
    union {
        struct tcp_header tcp;
        struct udp_header udp;
    } hdr;
    bool has_tcp_data;
} eth_l4_hdr_info;

/* False if the headers go on beyond the packet. */
bool eth_parse_ipv6_hdr(const struct iovec *pkt, int pkt_frags,
                        size_t ip6hdr_off, eth_ip6_hdr_info *info);

/*
 * Which protocols there are, where their headers and the payload (l5) begin, and
 * what the headers say.  All arguments are written; an offset is that of the
 * last header known if there is no further one.
 */
void eth_get_protocols(const struct iovec *iov, int iovcnt,
                       bool *isip4, bool *isip6,
                       bool *isudp, bool *istcp,
                       size_t *l3hdr_off,
                       size_t *l4hdr_off,
                       size_t *l5hdr_off,
                       eth_ip6_hdr_info *ip6hdr_info,
                       eth_ip4_hdr_info *ip4hdr_info,
                       eth_l4_hdr_info  *l4hdr_info);

/* The type in the header whose last two bytes end at @l2hdr_len; 0 if cut. */
uint16_t eth_get_l3_proto(const struct iovec *l2hdr_iov, int iovcnt,
                          size_t l2hdr_len);
/* VIRTIO_NET_HDR_GSO_*, with _ECN, of a packet that is to be cut. */
uint8_t eth_get_gso_type(uint16_t l3_proto, uint8_t *l3_hdr, uint8_t l4proto);

/* Checksums; *@cso is how many bytes the sum is over. */

uint32_t eth_calc_ip4_pseudo_hdr_csum(struct ip_header *iphdr, uint16_t csl,
                                      uint32_t *cso);
uint32_t eth_calc_ip6_pseudo_hdr_csum(struct ip6_header *iphdr, uint16_t csl,
                                      uint8_t l4_proto, uint32_t *cso);
/* Write the header's own. */
void eth_fix_ip4_checksum(void *l3hdr, size_t l3hdr_len);

/*
 * Copies @pkt into @padded_pkt with zeros up to 60 bytes.  False if there is
 * nothing to do: the packet is long enough, or the buffer
 * (@padded_buflen bytes) is too small; otherwise *@padded_buflen is 60.
 */
bool eth_pad_short_frame(uint8_t *padded_pkt, size_t *padded_buflen,
                         const void *pkt, size_t pkt_size);

#endif
