/*
 * Cylinders, heads and sectors, for who still wants them.
 *
 * A disk that was partitioned with some geometry shows it: a partition ends at a
 * cylinder's end, so the last head and sector of the first one tell.  Else 16
 * heads and 63 sectors, as BIOSes like them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/block/block.h"
#include "qapi/qapi-types-block.h"
#include "qemu/bswap.h"
#include "sysemu/block-backend.h"

/* An entry of a PC's partition table, little-endian. */
struct partition {
    uint8_t boot_ind;
    uint8_t head;
    uint8_t sector;
    uint8_t cyl;
    uint8_t sys_ind;
    uint8_t end_head;
    uint8_t end_sector;
    uint8_t end_cyl;
    uint32_t start_sect;
    uint32_t nr_sects;
} QEMU_PACKED;

/* As a BIOS translated it; false if nobody did. */
static bool guess_disk_lchs(BlockBackend *blk, int *pcylinders, int *pheads,
                            int *psectors)
{
    uint8_t buf[BDRV_SECTOR_SIZE];
    uint64_t nb_sectors;

    blk_get_geometry(blk, &nb_sectors);
    if (blk_pread(blk, 0, BDRV_SECTOR_SIZE, buf, 0) < 0) {
        return false;
    }
    if (buf[510] != 0x55 || buf[511] != 0xaa) {
        return false;
    }
    for (int i = 0; i < 4; i++) {
        struct partition *p = (struct partition *)(buf + 0x1be) + i;

        if (p->nr_sects && p->end_head) {
            int heads = p->end_head + 1;
            int sectors = p->end_sector & 63;
            int cylinders;

            if (sectors == 0) {
                continue;
            }
            cylinders = nb_sectors / (heads * sectors);
            if (cylinders < 1 || cylinders > 16383) {
                continue;
            }
            *pheads = heads;
            *psectors = sectors;
            *pcylinders = cylinders;
            return true;
        }
    }
    return false;
}

static void guess_chs_for_size(BlockBackend *blk, uint32_t *pcyls,
                               uint32_t *pheads, uint32_t *psecs)
{
    uint64_t nb_sectors;

    blk_get_geometry(blk, &nb_sectors);
    *pcyls = MIN(MAX(nb_sectors / (16 * 63), 2), 16383);
    *pheads = 16;
    *psecs = 63;
}

void hd_geometry_guess(BlockBackend *blk,
                       uint32_t *pcyls, uint32_t *pheads, uint32_t *psecs,
                       int *ptrans)
{
    int cylinders, heads, secs, translation;
    HDGeometry geo;

    if (blk_probe_geometry(blk, &geo) == 0) {
        *pcyls = geo.cylinders;
        *psecs = geo.sectors;
        *pheads = geo.heads;
        translation = BIOS_ATA_TRANSLATION_NONE;
    } else if (!guess_disk_lchs(blk, &cylinders, &heads, &secs)) {
        guess_chs_for_size(blk, pcyls, pheads, psecs);
        translation = hd_bios_chs_auto_trans(*pcyls, *pheads, *psecs);
    } else if (heads > 16) {
        /* More than an ATA disk has: somebody translated. */
        guess_chs_for_size(blk, pcyls, pheads, psecs);
        translation = *pcyls * *pheads <= 131072 ? BIOS_ATA_TRANSLATION_LARGE
                                                 : BIOS_ATA_TRANSLATION_LBA;
    } else {
        *pcyls = cylinders;
        *pheads = heads;
        *psecs = secs;
        translation = BIOS_ATA_TRANSLATION_NONE;
    }
    if (ptrans && *ptrans == BIOS_ATA_TRANSLATION_AUTO) {
        *ptrans = translation;
    }
}

int hd_bios_chs_auto_trans(uint32_t cyls, uint32_t heads, uint32_t secs)
{
    return cyls <= 1024 && heads <= 16 && secs <= 63
           ? BIOS_ATA_TRANSLATION_NONE : BIOS_ATA_TRANSLATION_LBA;
}
