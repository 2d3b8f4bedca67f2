/*
 * The inside of a PCI bus: for hw/pci/ and for bridges.
 *
 * A PCIBus has 256 places, indexed by devfn (slot * 8 + function).  A root bus
 * hangs below a host bridge; any other one below a bridge device, and is then
 * linked into its parent's list of children:
 *
 *      pcihost (PCIHostState)
 *         | qbus parent
 *      pci.0  ------ devices[devfn] ---> PCIDevice, PCIDevice, PCIBridge
 *         | child                                               | sec_bus
 *      pci.1 <--------------------------------------------------+
 *
 * Devices only need hw/pci/pci.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_PCI_PCI_BUS_H
#define HW_PCI_PCI_BUS_H

#include "hw/pci/pci.h"

struct PCIBusClass {
    BusClass parent_class;

    /* The number that the guest gave this bus (0 for a plain root bus). */
    int (*bus_num)(PCIBus *bus);
    /* The NUMA node it belongs to, or NUMA_NODE_UNASSIGNED. */
    uint16_t (*numa_node)(PCIBus *bus);
};

enum PCIBusFlags {
    /* This bus is the root of a tree. */
    PCI_BUS_IS_ROOT                                         = 0x0001,
    /* PCI Express: config space beyond byte 256 can be reached. */
    PCI_BUS_EXTENDED_CONFIG_SPACE                           = 0x0002,
    /* This is a CXL bus. */
    PCI_BUS_CXL                                             = 0x0004,
};

struct PCIBus {
    BusState qbus;
    enum PCIBusFlags flags;

    /* Whose DMA goes where: see pci_device_iommu_address_space(). */
    PCIIOMMUFunc iommu_fn;
    void *iommu_opaque;

    uint8_t devfn_min;          /* lowest devfn that may be chosen for you */
    uint32_t slot_reserved_mask;

    /* INTx: see pci_bus_irqs(). */
    pci_set_irq_fn set_irq;
    pci_map_irq_fn map_irq;
    pci_route_irq_fn route_intx_to_irq;
    void *irq_opaque;

    PCIDevice *devices[PCI_SLOT_MAX * PCI_FUNC_MAX];
    PCIDevice *parent_dev;      /* the bridge above; NULL on a root bus */
    MemoryRegion *address_space_mem;
    MemoryRegion *address_space_io;

    QLIST_HEAD(, PCIBus) child; /* buses behind our bridges */
    QLIST_ENTRY(PCIBus) sibling;

    /*
     * How many devices hold each of the nirq interrupt lines up.  A line is
     * a wire-or: it is high as long as one count is not zero.
     */
    int nirq;
    int *irq_count;

    Notifier machine_done;
};

/* Is this bus the root of its tree? */
static inline bool pci_bus_is_root(PCIBus *bus)
{
    return !!(bus->flags & PCI_BUS_IS_ROOT);
}

/* Can config space above 256 bytes be reached on this bus? */
static inline bool pci_bus_allows_extended_config_space(PCIBus *bus)
{
    return !!(bus->flags & PCI_BUS_EXTENDED_CONFIG_SPACE);
}

/* Is this a CXL bus? */
static inline bool pci_bus_is_cxl(PCIBus *bus)
{
    return !!(bus->flags & PCI_BUS_CXL);
}

#endif
