/*
 * The PCI host bridge: how a processor reaches configuration space.
 *
 * On a PC, configuration space is not memory: the guest puts an address in one
 * 32-bit port and then reads or writes the data port (mechanism #1 of the PCI
 * Local Bus Specification 3.0, section 3.2.2.3.2):
 *
 *    0xcf8  CONFIG_ADDRESS   31     23..16   15..11   10..8     7..2
 *                            enable  bus      slot    function  register
 *    0xcfc  CONFIG_DATA      1, 2 or 4 bytes, at 0xcfc + (register & 3)
 *
 * A host bridge embeds PCIHostState, gives it its root bus, and places conf_mem
 * and data_mem (the two ports) where its board wants them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef PCI_HOST_H
#define PCI_HOST_H

#include "hw/sysbus.h"
#include "qom/object.h"

/* Name of the property that makes a bus go past the IOMMU. */
#define PCI_HOST_BYPASS_IOMMU "bypass-iommu"

#define TYPE_PCI_HOST_BRIDGE "pci-host-bridge"
OBJECT_DECLARE_TYPE(PCIHostState, PCIHostBridgeClass, PCI_HOST_BRIDGE)

struct PCIHostState {
    SysBusDevice busdev;

    MemoryRegion conf_mem;      /* CONFIG_ADDRESS */
    MemoryRegion data_mem;      /* CONFIG_DATA */
    MemoryRegion mmcfg;         /* memory-mapped config space, if any */
    uint32_t config_reg;        /* what was last written to CONFIG_ADDRESS */
    bool mig_enabled;           /* config_reg goes into the migration stream */
    PCIBus *bus;                /* the root bus */
    bool bypass_iommu;

    QLIST_ENTRY(PCIHostState) next;
};

struct PCIHostBridgeClass {
    SysBusDeviceClass parent_class;

    /*
     * The name of this root bus in device paths ("0000:00").  The string
     * belongs to the host bridge.
     */
    const char *(*root_bus_path)(PCIHostState *, PCIBus *);
};

/*
 * Access @len (1, 2 or 4) bytes at @addr of @pci_dev's config space, which
 * ends at @limit.  Beyond the end, or on a device without power, reads give
 * all ones and writes do nothing.
 */
void pci_host_config_write_common(PCIDevice *pci_dev, uint32_t addr,
                                  uint32_t limit, uint32_t val, uint32_t len);
uint32_t pci_host_config_read_common(PCIDevice *pci_dev, uint32_t addr,
                                     uint32_t limit, uint32_t len);

/*
 * The same with @addr as in CONFIG_ADDRESS (bus, devfn, register).  A device
 * that is not there reads as all ones.
 */
void pci_data_write(PCIBus *s, uint32_t addr, uint32_t val, unsigned len);
uint32_t pci_data_read(PCIBus *s, uint32_t addr, unsigned len);

/* What conf_mem and data_mem are made of; opaque is the PCIHostState. */
extern const MemoryRegionOps pci_host_conf_le_ops;
extern const MemoryRegionOps pci_host_conf_be_ops;
extern const MemoryRegionOps pci_host_data_le_ops;
extern const MemoryRegionOps pci_host_data_be_ops;

#endif
