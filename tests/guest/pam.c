/*
 * Who answers in the first megabyte: the PAM and SMRAM registers of the i440FX,
 * as a CPU sees them.  Each change is one of KVM's memory slots.
 *
 * Where PCI has nothing, RAM is seen through the hole: so what is beyond the
 * option ROMs, and SMRAM without a display card, never goes out of sight.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "guest.h"

#define PAM         0x59
#define SMRAM       0x72
#define SMRAM_START 0xa0000
#define SMRAM_OPEN  0x40
#define SMRAM_DFLT  0x02        /* closed; at 0xa0000 */

#define REGIONS     13
#define FIRST_ROM   1           /* these lie over the area of option ROMs */
#define LAST_ROM    8

enum { PCI_ONLY, READ_RAM, WRITE_RAM, ALL_RAM };

static struct pci_dev bridge = { .vendor = 0x8086, .device = 0x1237 };

/* Region 0 is the BIOS, 64 KiB; the others have 16 KiB each. */
static uintptr_t region_start(unsigned i)
{
    return i ? 0xc0000 + (i - 1) * 0x4000 : 0xf0000;
}

static uintptr_t region_last(unsigned i)
{
    return region_start(i) + (i ? 0x4000 : 0x10000) - 4;
}

static void region_set(unsigned i, unsigned bits)
{
    unsigned reg = PAM + (i + 1) / 2;
    unsigned shift = i % 2 ? 0 : 4;
    uint8_t old = pci_read(&bridge, reg, 1);

    pci_write(&bridge, reg, 1, (old & ~(3 << shift)) | bits << shift);
}

/* Both ends of the region hold @value. */
static bool region_has(unsigned i, uint32_t value)
{
    return mmio_read32(region_start(i)) == value &&
           mmio_read32(region_last(i)) == value;
}

static void region_fill(unsigned i, uint32_t value)
{
    mmio_write32(region_start(i), value);
    mmio_write32(region_last(i), value);
}

static bool region_is_rom(unsigned i)
{
    return i >= FIRST_ROM && i <= LAST_ROM;
}

static int check_region(unsigned i)
{
    uint32_t mine = 0x11110000 + i, other = 0x22220000 + i;

    region_set(i, ALL_RAM);
    region_fill(i, mine);
    if (!region_has(i, mine)) {
        return FAIL("region %u: RAM forgets", i);
    }
    /* Shadowed ROM.  Who writes there gets what he deserves: KVM lets him. */
    region_set(i, READ_RAM);
    if (!region_has(i, mine)) {
        return FAIL("region %u: the shadow is not there", i);
    }
    /* The ROM, which does not change either. */
    if (region_is_rom(i)) {
        region_set(i, PCI_ONLY);
        region_fill(i, other);
        if (region_has(i, mine) || region_has(i, other)) {
            return FAIL("region %u: RAM is still there", i);
        }
        region_set(i, READ_RAM);
        if (!region_has(i, mine)) {
            return FAIL("region %u: writes to ROM went to RAM", i);
        }
    }
    /* How firmware copies itself. */
    region_set(i, WRITE_RAM);
    region_fill(i, other);
    region_set(i, ALL_RAM);
    if (!region_has(i, other)) {
        return FAIL("region %u: what was written is lost", i);
    }
    return 0;
}

/* One region's change leaves the neighbours alone. */
static int check_neighbours(void)
{
    for (unsigned i = 0; i < REGIONS; i++) {
        region_set(i, ALL_RAM);
        region_fill(i, 0x33330000 + i);
    }
    for (unsigned i = 0; i < REGIONS; i++) {
        region_set(i, i % 3 == 0 ? READ_RAM :
                      i % 3 == 1 && region_is_rom(i) ? PCI_ONLY : ALL_RAM);
    }
    for (unsigned i = 0; i < REGIONS; i++) {
        bool rom = i % 3 == 1 && region_is_rom(i);

        if (region_has(i, 0x33330000 + i) == rom) {
            return FAIL("region %u, among others", i);
        }
    }
    return 0;
}

/* It keeps what it has, however often it is opened. */
static int check_smram(void)
{
    pci_write(&bridge, SMRAM, 1, SMRAM_DFLT | SMRAM_OPEN);
    mmio_write32(SMRAM_START, 0x44444444);
    if (mmio_read32(SMRAM_START) != 0x44444444) {
        return FAIL("SMRAM is not open");
    }
    pci_write(&bridge, SMRAM, 1, SMRAM_DFLT);
    pci_write(&bridge, SMRAM, 1, SMRAM_DFLT | SMRAM_OPEN);
    if (mmio_read32(SMRAM_START) != 0x44444444) {
        return FAIL("SMRAM forgets");
    }
    pci_write(&bridge, SMRAM, 1, SMRAM_DFLT);
    return 0;
}

int guest_main(void)
{
    if (!pci_find(&bridge, 0x8086, 0x1237)) {
        return FAIL("there is no i440FX");
    }
    for (unsigned i = 0; i < REGIONS; i++) {
        if (check_region(i)) {
            return 1;
        }
    }
    if (check_neighbours() || check_smram()) {
        return 1;
    }
    guest_printf("pam %u regions, smram\n", REGIONS);
    return 0;
}
