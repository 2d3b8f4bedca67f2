/*
 * SCSI: vital product data that several devices have.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SCSI_EMULATION_H
#define HW_SCSI_EMULATION_H

/* The Block Limits page, in blocks (SBC-3, 6.5.3); 0: no limit is told. */
typedef struct SCSIBlockLimits {
    bool wsnz;                  /* WRITE SAME of 0 blocks is an error */
    uint16_t min_io_size;
    uint32_t max_unmap_descr;
    uint32_t opt_io_size;
    uint32_t max_unmap_sectors;
    uint32_t unmap_sectors;
    uint32_t max_io_sectors;
} SCSIBlockLimits;

/* The page after its header of four bytes; its length, which is 60. */
int scsi_emulate_block_limits(uint8_t *outbuf, const SCSIBlockLimits *bl);

#endif
