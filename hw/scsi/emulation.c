/*
 * SCSI: vital product data that several devices have.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "hw/scsi/emulation.h"

#define BLOCK_LIMITS_LEN 0x3c

int scsi_emulate_block_limits(uint8_t *outbuf, const SCSIBlockLimits *bl)
{
    memset(outbuf, 0, BLOCK_LIMITS_LEN);
    outbuf[0] = bl->wsnz;
    stw_be_p(outbuf + 2, bl->min_io_size);
    stl_be_p(outbuf + 4, bl->max_io_sectors);
    stl_be_p(outbuf + 8, bl->opt_io_size);
    stl_be_p(outbuf + 16, bl->max_unmap_sectors);
    if (bl->max_unmap_sectors) {
        stl_be_p(outbuf + 20, bl->max_unmap_descr);
    }
    stl_be_p(outbuf + 24, bl->unmap_sectors);
    /* The longest WRITE SAME, which has room for more. */
    stq_be_p(outbuf + 32, bl->max_io_sectors);
    return BLOCK_LIMITS_LEN;
}
