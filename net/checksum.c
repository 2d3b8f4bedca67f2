/*
 * The Internet checksum (RFC 1071).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "net/checksum.h"
#include "net/eth.h"

uint32_t net_checksum_add_cont(int len, uint8_t *buf, int seq)
{
    uint32_t even = 0, odd = 0;

    for (int i = 0; i < len; i++) {
        if ((i + seq) & 1) {
            odd += buf[i];
        } else {
            even += buf[i];
        }
    }
    return odd + (even << 8);
}

uint16_t net_checksum_finish(uint32_t sum)
{
    while (sum >> 16) {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    return ~sum;
}

uint16_t net_checksum_tcpudp(uint16_t length, uint16_t proto,
                             uint8_t *addrs, uint8_t *buf)
{
    uint32_t sum = 0;

    sum += net_checksum_add(length, buf);
    sum += net_checksum_add(8, addrs);
    sum += proto + length;
    return net_checksum_finish(sum);
}

uint32_t net_checksum_add_iov(const struct iovec *iov,
                              const unsigned int iov_cnt, uint32_t iov_off,
                              uint32_t size, uint32_t csum_offset)
{
    uint32_t seq = csum_offset, res = 0;
    size_t start = 0;

    for (unsigned i = 0; i < iov_cnt && size; i++) {
        size_t end = start + iov[i].iov_len;

        if (iov_off < end) {
            size_t off = iov_off - start;
            size_t len = MIN(iov[i].iov_len - off, size);

            res += net_checksum_add_cont(len, iov[i].iov_base + off, seq);
            seq += len;
            iov_off += len;
            size -= len;
        }
        start = end;
    }
    return res;
}

/* The segment of @len bytes; its checksum field is at @csum_off. */
static void net_checksum_l4(uint8_t *addrs, uint8_t *l4, int len,
                            uint8_t proto, int csum_off)
{
    uint16_t csum;

    stw_be_p(l4 + csum_off, 0);
    csum = net_checksum_tcpudp(len, proto, addrs, l4);
    /* 0 would mean that a UDP datagram has none. */
    if (proto == IP_PROTO_UDP && csum == 0) {
        csum = 0xffff;
    }
    stw_be_p(l4 + csum_off, csum);
}

void net_checksum_calculate(void *data, int length, int csum_flag)
{
    int mac_hdr_len, ip_hdr_len, ip_len, l4_len;
    uint8_t *ip_hdr, *addrs, *l4;
    struct ip_header ip;

    if (length < ETH_HLEN) {
        return;
    }
    switch (eth_get_l2_proto(data)) {
    case ETH_P_IP:
        mac_hdr_len = ETH_HLEN;
        break;
    case ETH_P_VLAN:
    case ETH_P_DVLAN:
        mac_hdr_len = ETH_HLEN + VLAN_HLEN;
        if (length < mac_hdr_len ||
            lduw_be_p(data + mac_hdr_len - 2) != ETH_P_IP) {
            return;
        }
        break;
    default:
        return;
    }

    length -= mac_hdr_len;
    if (length < (int)sizeof(struct ip_header)) {
        return;
    }
    /* A copy, because behind 14 bytes nothing is aligned. */
    ip_hdr = (uint8_t *)data + mac_hdr_len;
    memcpy(&ip, ip_hdr, sizeof(ip));
    if (IP_HEADER_VERSION(&ip) != IP_HEADER_VERSION_4) {
        return;
    }
    ip_hdr_len = IP_HDR_GET_LEN(ip_hdr);
    ip_len = be16_to_cpu(ip.ip_len);
    if (ip_hdr_len < (int)sizeof(struct ip_header) || ip_len > length ||
        ip_len < ip_hdr_len) {
        return;
    }

    if (csum_flag & CSUM_IP) {
        uint8_t *sum = ip_hdr + offsetof(struct ip_header, ip_sum);

        stw_be_p(sum, 0);
        stw_be_p(sum, net_raw_checksum(ip_hdr, ip_hdr_len));
    }

    /* A fragment has only a part of what the checksum is over. */
    if (be16_to_cpu(ip.ip_off) & (IP_FRAG_OFF_MASK | IP_MF)) {
        return;
    }

    addrs = ip_hdr + offsetof(struct ip_header, ip_src);
    l4 = ip_hdr + ip_hdr_len;
    l4_len = ip_len - ip_hdr_len;
    if (ip.ip_p == IP_PROTO_TCP && (csum_flag & CSUM_TCP) &&
        l4_len >= (int)sizeof(tcp_header)) {
        net_checksum_l4(addrs, l4, l4_len, IP_PROTO_TCP,
                        offsetof(tcp_header, th_sum));
    } else if (ip.ip_p == IP_PROTO_UDP && (csum_flag & CSUM_UDP) &&
               l4_len >= (int)sizeof(udp_header)) {
        net_checksum_l4(addrs, l4, l4_len, IP_PROTO_UDP,
                        offsetof(udp_header, uh_sum));
    }
}
