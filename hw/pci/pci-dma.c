/*
 * DMA: which memory a device reaches, and in whose name.
 *
 *     PCIDevice.bus_master_as
 *        bus master container           always there; empty at first
 *           bus master (alias)          on while PCI_COMMAND_MASTER is set
 *              -> the root of pci_device_iommu_address_space()
 *
 * The alias cannot be made before the machine is complete, because an IOMMU may
 * be the last of its devices.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "hw/pci/pci_bus.h"
#include "pci-internal.h"

void pci_update_bus_master(PCIDevice *d)
{
    bool on = d->has_power &&
              (pci_get_word(d->config + PCI_COMMAND) & PCI_COMMAND_MASTER);

    if (memory_region_is_mapped(&d->bus_master_enable_region)) {
        memory_region_set_enabled(&d->bus_master_enable_region, on);
    }
}

void pci_init_bus_master(PCIDevice *pci_dev)
{
    AddressSpace *dma_as = pci_device_iommu_address_space(pci_dev);

    memory_region_init_alias(&pci_dev->bus_master_enable_region,
                             OBJECT(pci_dev), "bus master",
                             dma_as->root, 0,
                             memory_region_size(dma_as->root));
    memory_region_set_enabled(&pci_dev->bus_master_enable_region, false);
    memory_region_add_subregion(&pci_dev->bus_master_container_region, 0,
                                &pci_dev->bus_master_enable_region);
    /* Firmware that was loaded rather than run may have set the bit. */
    pci_update_bus_master(pci_dev);
}

/*
 * The nearest bus above with an IOMMU decides.  What the IOMMU sees is the
 * requester ID, and a bridge that is not Express replaces that of the devices
 * below it.
 */
AddressSpace *pci_device_iommu_address_space(PCIDevice *dev)
{
    PCIBus *bus = pci_get_bus(dev);
    PCIBus *iommu_bus = bus;
    uint8_t devfn = dev->devfn;

    while (iommu_bus && !iommu_bus->iommu_fn && iommu_bus->parent_dev) {
        PCIDevice *parent = iommu_bus->parent_dev;
        PCIBus *parent_bus = pci_get_bus(parent);

        if (!pci_bus_is_express(iommu_bus)) {
            if (pci_is_express(parent) &&
                pcie_cap_get_type(parent) == PCI_EXP_TYPE_PCI_BRIDGE) {
                devfn = PCI_DEVFN(0, 0);
                bus = iommu_bus;
            } else {
                devfn = parent->devfn;
                bus = parent_bus;
            }
        }
        iommu_bus = parent_bus;
    }
    if (iommu_bus->iommu_fn && !pci_bus_bypass_iommu(bus)) {
        return iommu_bus->iommu_fn(bus, iommu_bus->iommu_opaque, devfn);
    }
    return &address_space_memory;
}

void pci_setup_iommu(PCIBus *bus, PCIIOMMUFunc fn, void *opaque)
{
    bus->iommu_fn = fn;
    bus->iommu_opaque = opaque;
}

/* Requester IDs: PCI Express to PCI/PCI-X Bridge Specification, section 2.3 */

PCIReqIDCache pci_req_id_cache_get(PCIDevice *dev)
{
    PCIReqIDCache cache = { .dev = dev, .type = PCI_REQ_ID_BDF };
    PCIBus *bus = pci_get_bus(dev);

    while (!pci_bus_is_root(bus)) {
        PCIDevice *parent = bus->parent_dev;

        if (!pci_is_express(parent)) {
            /* A conventional bridge: everything comes from the bridge. */
            cache.type = PCI_REQ_ID_BDF;
            cache.dev = parent;
        } else if (pcie_cap_get_type(parent) == PCI_EXP_TYPE_PCI_BRIDGE) {
            /* Everything comes from slot 0 of the secondary bus. */
            cache.type = PCI_REQ_ID_SECONDARY_BUS;
            cache.dev = dev;
        }
        dev = parent;
        bus = pci_get_bus(dev);
    }
    return cache;
}

uint16_t pci_requester_id(PCIDevice *dev)
{
    PCIReqIDCache *cache = &dev->requester_id_cache;

    if (cache->type == PCI_REQ_ID_SECONDARY_BUS) {
        return PCI_BUILD_BDF(pci_dev_bus_num(cache->dev), 0);
    }
    return pci_get_bdf(cache->dev);
}
