/*
 * PAM and SMRAM: what the guest sees between 640 KiB and 1 MiB.
 *
 * RAM and PCI are both there; the north bridge decides who answers.  Thirteen
 * programmable attribute map (PAM) fields give reads and writes of each piece
 * to RAM or to PCI, so that firmware can copy itself from ROM to RAM at the
 * same address ("shadowing").  SMRAM hides the piece at 0xa0000 (the VGA
 * window) for system management mode.
 *
 *     0xa0000   0xc0000 ... 4 x 16 KiB pairs ... 0xe0000 .. 0xf0000 - 0xfffff
 *     SMRAM     option ROMs (PAM 1-4, two each)  BIOS ext.  BIOS (PAM 0)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_PAM_H
#define QEMU_PAM_H

#include "exec/memory.h"

/* SMRAM: 128 KiB at 0xa0000 */
#define SMRAM_C_BASE    0xa0000
#define SMRAM_C_END     0xc0000
#define SMRAM_C_SIZE    0x20000

/* PAM: option ROMs, the BIOS extension, the BIOS; and how many fields */
#define PAM_EXPAN_BASE  0xc0000
#define PAM_EXPAN_SIZE  0x04000

#define PAM_EXBIOS_BASE 0xe0000
#define PAM_EXBIOS_SIZE 0x04000

#define PAM_BIOS_BASE   0xf0000
#define PAM_BIOS_END    0xfffff
#define PAM_BIOS_SIZE   0x10000

#define PAM_REGIONS_COUNT       13

/* The SMRAM control register */
#define SMRAM_D_OPEN           ((uint8_t)(1 << 6))
#define SMRAM_D_CLS            ((uint8_t)(1 << 5))
#define SMRAM_D_LCK            ((uint8_t)(1 << 4))
#define SMRAM_G_SMRAME         ((uint8_t)(1 << 3))
#define SMRAM_C_BASE_SEG_MASK  ((uint8_t)0x7)
#define SMRAM_C_BASE_SEG       ((uint8_t)0x2)  /* hardwired */

/* One piece: the four ways to see it, of which one is enabled. */
typedef struct PAMMemoryRegion {
    MemoryRegion alias[4];      /* index: bit 0 read, bit 1 write from RAM */
    unsigned current;
} PAMMemoryRegion;

/*
 * Make the piece at [@start, @start + @size): RAM from @ram, PCI from
 * @pci_address_space, placed into @system.  @dev owns the regions.
 */
void init_pam(DeviceState *dev, MemoryRegion *ram, MemoryRegion *system,
              MemoryRegion *pci_address_space, PAMMemoryRegion *mem,
              uint32_t start, uint32_t size);
/* Field @idx (0 to 12), which is @mem's, is in a register that has @val now. */
void pam_update(PAMMemoryRegion *mem, int idx, uint8_t val);

#endif
