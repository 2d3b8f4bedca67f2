/*
 * Small helpers: MAC addresses in text, the CRCs of multicast filters, short
 * frames.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "net/eth.h"
#include "net/net.h"
#include "net/util.h"

int net_parse_macaddr(uint8_t *macaddr, const char *p)
{
    char *end;

    /* The old form: one number, for the lower three bytes. */
    if (!strchr(p, ':') && !strchr(p, '-')) {
        unsigned long offset = strtoul(p, &end, 0);

        if (end == p || *end) {
            return -1;
        }
        macaddr[3] = offset >> 16;
        macaddr[4] = offset >> 8;
        macaddr[5] = offset;
        return 0;
    }

    for (int i = 0; i < ETH_ALEN; i++) {
        unsigned long byte = g_ascii_isxdigit(*p) ? strtoul(p, &end, 16) : 256;

        if (byte > 0xff) {
            return -1;
        }
        macaddr[i] = byte;
        if (i == ETH_ALEN - 1) {
            return *end ? -1 : 0;
        }
        if (*end != ':' && *end != '-') {
            return -1;
        }
        p = end + 1;
    }
    return -1;
}

/* The most significant bit of the CRC meets the lowest of each byte. */
uint32_t net_crc32(const uint8_t *p, int len)
{
    uint32_t crc = 0xffffffff;

    for (int i = 0; i < len; i++) {
        uint8_t b = p[i];

        for (int j = 0; j < 8; j++, b >>= 1) {
            uint32_t carry = (crc >> 31) ^ (b & 1);

            crc <<= 1;
            if (carry) {
                crc = (crc ^ POLYNOMIAL_BE) | carry;
            }
        }
    }
    return crc;
}

uint32_t net_crc32_le(const uint8_t *p, int len)
{
    uint32_t crc = 0xffffffff;

    for (int i = 0; i < len; i++) {
        uint8_t b = p[i];

        for (int j = 0; j < 8; j++, b >>= 1) {
            uint32_t carry = (crc & 1) ^ (b & 1);

            crc >>= 1;
            if (carry) {
                crc ^= POLYNOMIAL_LE;
            }
        }
    }
    return crc;
}

bool eth_pad_short_frame(uint8_t *padded_pkt, size_t *padded_buflen,
                         const void *pkt, size_t pkt_size)
{
    assert(padded_buflen && *padded_buflen >= ETH_ZLEN);

    if (pkt_size >= ETH_ZLEN) {
        return false;
    }
    memcpy(padded_pkt, pkt, pkt_size);
    memset(padded_pkt + pkt_size, 0, ETH_ZLEN - pkt_size);
    *padded_buflen = ETH_ZLEN;
    return true;
}
