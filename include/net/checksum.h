/*
 * The Internet checksum (RFC 1071), for cards that compute it for the guest.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_NET_CHECKSUM_H
#define QEMU_NET_CHECKSUM_H

#include "qemu/bswap.h"

struct iovec;

#define CSUM_IP     0x01
#define CSUM_TCP    0x02
#define CSUM_UDP    0x04
#define CSUM_ALL    (CSUM_IP | CSUM_TCP | CSUM_UDP)

/*
 * Adds @len bytes to a sum; @seq is how many bytes went before, whose parity
 * decides which half of a 16-bit word the first byte is.
 */
uint32_t net_checksum_add_cont(int len, uint8_t *buf, int seq);
/* Folds and inverts a sum, ready for the header (in host order). */
uint16_t net_checksum_finish(uint32_t sum);
/* The checksum of a TCP or UDP segment with its pseudo header. */
uint16_t net_checksum_tcpudp(uint16_t length, uint16_t proto,
                             uint8_t *addrs, uint8_t *buf);
/* Writes the @csum_flag checksums into an Ethernet frame that has them. */
void net_checksum_calculate(void *data, int length, int csum_flag);
/* The sum of @size bytes of @iov from @iov_off on. */
uint32_t net_checksum_add_iov(const struct iovec *iov,
                              const unsigned int iov_cnt,
                              uint32_t iov_off, uint32_t size,
                              uint32_t csum_offset);

static inline uint32_t net_checksum_add(int len, uint8_t *buf)
{
    return net_checksum_add_cont(len, buf, 0);
}

/* As finish, but never 0, which means "none" in UDP. */
static inline uint16_t net_checksum_finish_nozero(uint32_t sum)
{
    return net_checksum_finish(sum) ?: 0xFFFF;
}

static inline uint16_t net_raw_checksum(uint8_t *data, int length)
{
    return net_checksum_finish(net_checksum_add(length, data));
}


#endif
