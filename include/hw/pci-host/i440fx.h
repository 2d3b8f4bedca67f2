/*
 * The north bridge of the `pc` machine: Intel 440FX (PMC, 82441FX).
 *
 * Two objects: the host bridge, a sysbus device with the two config ports and
 * the root bus, and the PCI device at 00:00.0 that holds the PAM and SMRAM
 * registers.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_PCI_I440FX_H
#define HW_PCI_I440FX_H

#include "hw/pci/pci_bus.h"
#include "hw/pci-host/pam.h"
#include "qom/object.h"

#define TYPE_I440FX_PCI_HOST_BRIDGE "i440FX-pcihost"
#define TYPE_I440FX_PCI_DEVICE "i440FX"

OBJECT_DECLARE_SIMPLE_TYPE(PCII440FXState, I440FX_PCI_DEVICE)

struct PCII440FXState {
    PCIDevice parent_obj;

    MemoryRegion *system_memory;
    MemoryRegion *pci_address_space;
    MemoryRegion *ram_memory;
    PAMMemoryRegion pam_regions[PAM_REGIONS_COUNT];
    MemoryRegion smram_region;  /* the VGA window over SMRAM, unless open */
    MemoryRegion smram, low_smram; /* what a CPU in SMM sees */
};

/*
 * Make 00:00.0, of @pci_type, of the host bridge @dev, which is neither realized
 * nor anybody's yet and becomes the machine's; return the root bus "pci.0".  PCI's hole below 4 GiB begins at @below_4g_mem_size; the
 * one above 4 GiB follows @above_4g_mem_size bytes of RAM.  @ram_memory is all
 * of RAM; the guest sees it, and PCI, through @address_space_mem.
 */
PCIBus *i440fx_init(const char *pci_type,
                    DeviceState *dev,
                    MemoryRegion *address_space_mem,
                    MemoryRegion *address_space_io,
                    ram_addr_t ram_size,
                    ram_addr_t below_4g_mem_size,
                    ram_addr_t above_4g_mem_size,
                    MemoryRegion *pci_memory,
                    MemoryRegion *ram_memory);

#endif
