/*
 * PAM: who answers between 0xc0000 and 0xfffff.
 *
 * Read include/hw/pci-host/pam.h first.  Each piece exists four times, one for
 * each value of its two attribute bits, at the same address, and one of the
 * four is enabled:
 *
 *     bits  reads   writes
 *      0    PCI     PCI
 *      1    RAM     PCI      a ROM made of RAM, as far as the guest can tell
 *      2    PCI     RAM      how firmware copies itself; writes win here
 *      3    RAM     RAM
 *
 * A region is either RAM or not: the memory API has none that reads from one
 * place and writes to another.  So value 2 behaves as value 3, because what
 * firmware writes must not be lost.  And the alias of value 1 is read-only, but
 * the RAM behind it is not: KVM's slot and a device's DMA can write there, as in
 * QEMU.  Firmware that has locked its shadow is not protected from the guest.
 *
 * Intel 440FX PCIset datasheet, section 3.2.18.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/pci-host/pam.h"

#define PAM_ATTR_MASK   3

void init_pam(DeviceState *dev, MemoryRegion *ram_memory,
              MemoryRegion *system_memory, MemoryRegion *pci_address_space,
              PAMMemoryRegion *mem, uint32_t start, uint32_t size)
{
    int i;

    memory_region_init_alias(&mem->alias[3], OBJECT(dev), "pam-ram",
                             ram_memory, start, size);
    memory_region_init_alias(&mem->alias[1], OBJECT(dev), "pam-rom",
                             ram_memory, start, size);
    memory_region_set_readonly(&mem->alias[1], true);
    memory_region_init_alias(&mem->alias[0], OBJECT(dev), "pam-pci",
                             pci_address_space, start, size);
    memory_region_init_alias(&mem->alias[2], OBJECT(dev), "pam-pci",
                             ram_memory, start, size);

    memory_region_transaction_begin();
    for (i = 0; i < ARRAY_SIZE(mem->alias); ++i) {
        memory_region_set_enabled(&mem->alias[i], false);
        memory_region_add_subregion_overlap(system_memory, start,
                                            &mem->alias[i], 1);
    }
    memory_region_transaction_commit();
    mem->current = 0;
}

/*
 * Field @idx: the even ones are the upper half of a register, the odd ones the
 * lower half of the next.  Field 0 is the BIOS, in the first register's.
 */
void pam_update(PAMMemoryRegion *pam, int idx, uint8_t val)
{
    assert(0 <= idx && idx < PAM_REGIONS_COUNT);

    memory_region_set_enabled(&pam->alias[pam->current], false);
    pam->current = (val >> ((!(idx & 1)) * 4)) & PAM_ATTR_MASK;
    memory_region_set_enabled(&pam->alias[pam->current], true);
}
