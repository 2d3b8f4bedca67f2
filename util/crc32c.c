/*
 * CRC-32C, a byte at a time by a table that is made on first use.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/crc32c.h"

/* The polynomial of RFC 3720, bits reversed. */
#define CRC32C_POLY 0x82f63b78

static const uint32_t *crc32c_table(void)
{
    static uint32_t table[256];
    static gsize made;

    if (g_once_init_enter(&made)) {
        for (uint32_t i = 0; i < 256; i++) {
            uint32_t crc = i;

            for (int bit = 0; bit < 8; bit++) {
                crc = crc & 1 ? crc >> 1 ^ CRC32C_POLY : crc >> 1;
            }
            table[i] = crc;
        }
        g_once_init_leave(&made, 1);
    }
    return table;
}

static uint32_t crc32c_update(uint32_t crc, const uint8_t *data, size_t length)
{
    const uint32_t *table = crc32c_table();

    while (length--) {
        crc = table[(crc ^ *data++) & 0xff] ^ crc >> 8;
    }
    return crc;
}

uint32_t crc32c(uint32_t crc, const uint8_t *data, unsigned int length)
{
    return crc32c_update(crc, data, length) ^ 0xffffffff;
}

uint32_t iov_crc32c(uint32_t crc, const struct iovec *iov, size_t iov_cnt)
{
    while (iov_cnt--) {
        crc = crc32c_update(crc, iov->iov_base, iov->iov_len);
        iov++;
    }
    return crc ^ 0xffffffff;
}
