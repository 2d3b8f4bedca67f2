/*
 * Looking into Ethernet frames.  See include/net/eth.h.
 *
 * A frame is in pieces and comes from a guest: nothing is taken for granted
 * about where its pieces end, or what its headers say.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "net/checksum.h"
#include "net/eth.h"
#include "standard-headers/linux/virtio_net.h"

/* All of @size bytes, or false. */
static bool eth_peek(const struct iovec *iov, int iovcnt, size_t off,
                     void *buf, size_t size)
{
    return iov_to_buf(iov, iovcnt, off, buf, size) == size;
}

/* The outer header */

size_t eth_get_l2_hdr_length_iov(const struct iovec *iov, int iovcnt)
{
    uint8_t head[ETH_HLEN + VLAN_HLEN] = { 0 };

    iov_to_buf(iov, iovcnt, 0, head, sizeof(head));
    return eth_get_l2_hdr_length(head);
}

uint16_t eth_get_l3_proto(const struct iovec *l2hdr_iov, int iovcnt,
                          size_t l2hdr_len)
{
    uint16_t proto;

    if (l2hdr_len < sizeof(proto) ||
        !eth_peek(l2hdr_iov, iovcnt, l2hdr_len - sizeof(proto), &proto,
                  sizeof(proto))) {
        return 0;
    }
    return be16_to_cpu(proto);
}

size_t eth_strip_vlan_ex(const struct iovec *iov, int iovcnt, size_t iovoff,
                         uint16_t vet, void *new_ehdr_buf,
                         uint16_t *payload_offset, uint16_t *tci)
{
    struct {
        struct eth_header eth;
        struct vlan_header vlan;
    } QEMU_PACKED head;
    struct eth_header *new_ehdr = new_ehdr_buf;

    if (!eth_peek(iov, iovcnt, iovoff, &head, sizeof(head)) ||
        be16_to_cpu(head.eth.h_proto) != vet) {
        return 0;
    }
    *new_ehdr = head.eth;
    new_ehdr->h_proto = head.vlan.h_proto;
    *tci = be16_to_cpu(head.vlan.h_tci);
    *payload_offset = iovoff + sizeof(head);
    return sizeof(*new_ehdr);
}

/* A second tag stays in the header, and becomes the first. */
size_t eth_strip_vlan(const struct iovec *iov, int iovcnt, size_t iovoff,
                      uint8_t *new_ehdr_buf,
                      uint16_t *payload_offset, uint16_t *tci)
{
    uint16_t outer;
    size_t len;

    if (!eth_peek(iov, iovcnt, iovoff + offsetof(struct eth_header, h_proto),
                  &outer, sizeof(outer))) {
        return 0;
    }
    outer = be16_to_cpu(outer);
    if (outer != ETH_P_VLAN && outer != ETH_P_DVLAN) {
        return 0;
    }
    len = eth_strip_vlan_ex(iov, iovcnt, iovoff, outer, new_ehdr_buf,
                            payload_offset, tci);
    if (len && outer == ETH_P_DVLAN && is_vlan_packet(new_ehdr_buf)) {
        if (!eth_peek(iov, iovcnt, *payload_offset, new_ehdr_buf + len,
                      VLAN_HLEN)) {
            return 0;
        }
        *payload_offset += VLAN_HLEN;
        len += VLAN_HLEN;
    }
    return len;
}

void eth_setup_vlan_headers_ex(struct eth_header *ehdr, uint16_t vlan_tag,
                               uint16_t vlan_ethtype, bool *is_new)
{
    struct vlan_header *vhdr = PKT_GET_VLAN_HDR(ehdr);
    uint16_t proto = be16_to_cpu(ehdr->h_proto);

    *is_new = proto != ETH_P_VLAN && proto != ETH_P_DVLAN;
    if (*is_new) {
        vhdr->h_proto = ehdr->h_proto;
        ehdr->h_proto = cpu_to_be16(vlan_ethtype);
    }
    vhdr->h_tci = cpu_to_be16(vlan_tag);
}

/* IPv6 and its extension headers */

static bool eth_is_ip6_extension_header_type(uint8_t hdr_type)
{
    switch (hdr_type) {
    case IP6_HOP_BY_HOP:
    case IP6_ROUTING:
    case IP6_FRAGMENT:
    case IP6_AUTHENTICATION:
    case IP6_DESTINATON:
    case IP6_MOBILITY:
        return true;
    default:
        return false;
    }
}

/* The destination of a route of type 2 (mobility) is its one address. */
static bool eth_get_rss_ex_dst_addr(const struct iovec *pkt, int pkt_frags,
                                    size_t ext_hdr_off,
                                    struct in6_address *dst_addr)
{
    struct ip6_ext_hdr_routing rthdr;

    return eth_peek(pkt, pkt_frags, ext_hdr_off, &rthdr, sizeof(rthdr)) &&
           rthdr.rtype == 2 && rthdr.segleft == 1 &&
           rthdr.len == sizeof(*dst_addr) / IP6_EXT_GRANULARITY &&
           eth_peek(pkt, pkt_frags, ext_hdr_off + sizeof(rthdr), dst_addr,
                    sizeof(*dst_addr));
}

/* The home address is an option among the destination's. */
static bool eth_get_rss_ex_src_addr(const struct iovec *pkt, int pkt_frags,
                                    size_t ext_hdr_off, size_t ext_hdr_len,
                                    struct in6_address *src_addr)
{
    size_t off = ext_hdr_off + sizeof(struct ip6_ext_hdr);
    size_t end = ext_hdr_off + ext_hdr_len;
    struct ip6_option_hdr opt;

    while (off + sizeof(opt) <= end &&
           eth_peek(pkt, pkt_frags, off, &opt, sizeof(opt))) {
        if (opt.type == IP6_OPT_PAD1) {
            off++;
            continue;
        }
        if (opt.type == IP6_OPT_HOME) {
            return opt.len == sizeof(*src_addr) &&
                   eth_peek(pkt, pkt_frags, off + sizeof(opt), src_addr,
                            sizeof(*src_addr));
        }
        off += sizeof(opt) + opt.len;
    }
    return false;
}

bool eth_parse_ipv6_hdr(const struct iovec *pkt, int pkt_frags,
                        size_t ip6hdr_off, eth_ip6_hdr_info *info)
{
    struct ip6_ext_hdr ext_hdr;
    size_t len;

    memset(info, 0, sizeof(*info));
    if (!eth_peek(pkt, pkt_frags, ip6hdr_off, &info->ip6_hdr,
                  sizeof(info->ip6_hdr))) {
        return false;
    }
    info->full_hdr_len = sizeof(info->ip6_hdr);
    info->l4proto = info->ip6_hdr.ip6_nxt;

    /* Each is at least 8 bytes, so that this ends with the packet. */
    while (eth_is_ip6_extension_header_type(info->l4proto)) {
        size_t off = ip6hdr_off + info->full_hdr_len;

        if (!eth_peek(pkt, pkt_frags, off, &ext_hdr, sizeof(ext_hdr))) {
            return false;
        }
        info->has_ext_hdrs = true;
        len = (ext_hdr.ip6r_len + 1) * IP6_EXT_GRANULARITY;
        switch (info->l4proto) {
        case IP6_ROUTING:
            info->rss_ex_dst_valid =
                eth_get_rss_ex_dst_addr(pkt, pkt_frags, off,
                                        &info->rss_ex_dst);
            break;
        case IP6_DESTINATON:
            info->rss_ex_src_valid =
                eth_get_rss_ex_src_addr(pkt, pkt_frags, off, len,
                                        &info->rss_ex_src);
            break;
        case IP6_FRAGMENT:
            /* Its length is fixed, and where the others have it, nothing. */
            info->fragment = true;
            len = IP6_EXT_GRANULARITY;
            break;
        case IP6_AUTHENTICATION:
            /* In units of 4 bytes, without the first two. */
            len = (ext_hdr.ip6r_len + 2) * 4;
            break;
        default:
            break;
        }
        info->full_hdr_len += len;
        info->l4proto = ext_hdr.ip6r_nxt;
    }
    return true;
}

/* All layers */

static void eth_get_l4(const struct iovec *iov, int iovcnt, uint8_t l4proto,
                       size_t ip_payload_end, bool *isudp, bool *istcp,
                       size_t l4hdr_off, size_t *l5hdr_off,
                       eth_l4_hdr_info *info)
{
    if (l4proto == IP_PROTO_TCP) {
        *istcp = eth_peek(iov, iovcnt, l4hdr_off, &info->hdr.tcp,
                          sizeof(info->hdr.tcp));
        if (*istcp) {
            *l5hdr_off = l4hdr_off + TCP_HEADER_DATA_OFFSET(&info->hdr.tcp);
            info->has_tcp_data = ip_payload_end > *l5hdr_off;
        }
    } else if (l4proto == IP_PROTO_UDP) {
        *isudp = eth_peek(iov, iovcnt, l4hdr_off, &info->hdr.udp,
                          sizeof(info->hdr.udp));
        *l5hdr_off = l4hdr_off + sizeof(info->hdr.udp);
    }
}

void eth_get_protocols(const struct iovec *iov, int iovcnt,
                       bool *isip4, bool *isip6,
                       bool *isudp, bool *istcp,
                       size_t *l3hdr_off,
                       size_t *l4hdr_off,
                       size_t *l5hdr_off,
                       eth_ip6_hdr_info *ip6hdr_info,
                       eth_ip4_hdr_info *ip4hdr_info,
                       eth_l4_hdr_info *l4hdr_info)
{
    size_t l2hdr_len = eth_get_l2_hdr_length_iov(iov, iovcnt);
    uint16_t proto = eth_get_l3_proto(iov, iovcnt, l2hdr_len);
    struct ip_header *iphdr = &ip4hdr_info->ip4_hdr;

    *isip4 = *isip6 = *isudp = *istcp = false;
    *l3hdr_off = *l4hdr_off = *l5hdr_off = l2hdr_len;
    l4hdr_info->has_tcp_data = false;

    if (proto == ETH_P_IP) {
        if (!eth_peek(iov, iovcnt, l2hdr_len, iphdr, sizeof(*iphdr)) ||
            IP_HEADER_VERSION(iphdr) != IP_HEADER_VERSION_4 ||
            IP_HEADER_LENGTH(iphdr) < sizeof(*iphdr)) {
            return;
        }
        *isip4 = true;
        *l4hdr_off = *l5hdr_off = l2hdr_len + IP_HEADER_LENGTH(iphdr);
        ip4hdr_info->fragment =
            (be16_to_cpu(iphdr->ip_off) & (IP_OFFMASK | IP_MF)) != 0;
        if (!ip4hdr_info->fragment) {
            eth_get_l4(iov, iovcnt, iphdr->ip_p,
                       l2hdr_len + be16_to_cpu(iphdr->ip_len),
                       isudp, istcp, *l4hdr_off, l5hdr_off, l4hdr_info);
        }
    } else if (proto == ETH_P_IPV6) {
        if (!eth_parse_ipv6_hdr(iov, iovcnt, l2hdr_len, ip6hdr_info)) {
            return;
        }
        *isip6 = true;
        *l4hdr_off = *l5hdr_off = l2hdr_len + ip6hdr_info->full_hdr_len;
        if (!ip6hdr_info->fragment) {
            eth_get_l4(iov, iovcnt, ip6hdr_info->l4proto,
                       l2hdr_len + sizeof(struct ip6_header) +
                       be16_to_cpu(ip6hdr_info->ip6_hdr.ip6_plen),
                       isudp, istcp, *l4hdr_off, l5hdr_off, l4hdr_info);
        }
    }
}

uint8_t eth_get_gso_type(uint16_t l3_proto, uint8_t *l3_hdr, uint8_t l4proto)
{
    uint8_t ecn;

    if (l3_proto == ETH_P_IP) {
        struct ip_header *iphdr = (struct ip_header *)l3_hdr;

        if (IP_HEADER_VERSION(iphdr) != IP_HEADER_VERSION_4) {
            return VIRTIO_NET_HDR_GSO_NONE;
        }
        if (l4proto == IP_PROTO_TCP) {
            ecn = IPTOS_ECN(iphdr->ip_tos) == IPTOS_ECN_CE
                  ? VIRTIO_NET_HDR_GSO_ECN : 0;
            return VIRTIO_NET_HDR_GSO_TCPV4 | ecn;
        }
        if (l4proto == IP_PROTO_UDP) {
            return VIRTIO_NET_HDR_GSO_UDP;
        }
    } else if (l3_proto == ETH_P_IPV6 && l4proto == IP_PROTO_TCP) {
        struct ip6_header *ip6hdr = (struct ip6_header *)l3_hdr;

        ecn = IP6_ECN(ip6hdr->ip6_ecn_acc) == IP6_ECN_MASK
              ? VIRTIO_NET_HDR_GSO_ECN : 0;
        return VIRTIO_NET_HDR_GSO_TCPV6 | ecn;
    }
    return VIRTIO_NET_HDR_GSO_NONE;
}

/* Checksums */

void eth_fix_ip4_checksum(void *l3hdr, size_t l3hdr_len)
{
    struct ip_header *iphdr = l3hdr;

    iphdr->ip_sum = 0;
    iphdr->ip_sum = cpu_to_be16(net_raw_checksum(l3hdr, l3hdr_len));
}

uint32_t eth_calc_ip4_pseudo_hdr_csum(struct ip_header *iphdr, uint16_t csl,
                                      uint32_t *cso)
{
    struct ip_pseudo_header ipph = {
        .ip_src = iphdr->ip_src,
        .ip_dst = iphdr->ip_dst,
        .ip_payload = cpu_to_be16(csl),
        .ip_proto = iphdr->ip_p,
    };

    *cso = sizeof(ipph);
    return net_checksum_add(*cso, (uint8_t *)&ipph);
}

uint32_t eth_calc_ip6_pseudo_hdr_csum(struct ip6_header *iphdr, uint16_t csl,
                                      uint8_t l4_proto, uint32_t *cso)
{
    struct ip6_pseudo_header ipph = {
        .ip6_src = iphdr->ip6_src,
        .ip6_dst = iphdr->ip6_dst,
        .len = cpu_to_be32(csl),
        .next_hdr = l4_proto,
    };

    *cso = sizeof(ipph);
    return net_checksum_add(*cso, (uint8_t *)&ipph);
}
