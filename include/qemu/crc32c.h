/*
 * The CRC of RFC 3720 (Castagnoli polynomial).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_CRC32C_H
#define QEMU_CRC32C_H

/* Start with @crc 0xffffffff; the result is inverted. */
uint32_t crc32c(uint32_t crc, const uint8_t *data, unsigned int length);

/* The same over an array of pieces. */
uint32_t iov_crc32c(uint32_t crc, const struct iovec *iov, size_t iov_cnt);

#endif
