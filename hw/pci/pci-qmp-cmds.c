/*
 * query-pci: PCI as the guest has set it up.
 *
 * What is told is read from config space and from the BARs, on every bus that
 * can be reached from a host bridge; see qapi/pci.json for the words.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/pci/pci_bridge.h"
#include "hw/pci/pci_bus.h"
#include "hw/pci/pci_host.h"
#include "qapi/qapi-types-pci.h"
#include "pci-internal.h"

static PciDeviceInfoList *qmp_query_pci_devices(PCIBus *bus, int bus_num);

static PciMemoryRegionList *qmp_query_pci_regions(const PCIDevice *dev)
{
    PciMemoryRegionList *head = NULL, **tail = &head;
    int i;

    for (i = 0; i < PCI_NUM_REGIONS; i++) {
        const PCIIORegion *r = &dev->io_regions[i];
        PciMemoryRegion *region;

        if (!r->size) {
            continue;
        }
        region = g_new0(PciMemoryRegion, 1);
        if (r->type & PCI_BASE_ADDRESS_SPACE_IO) {
            region->type = g_strdup("io");
        } else {
            region->type = g_strdup("memory");
            region->has_prefetch = true;
            region->prefetch = !!(r->type & PCI_BASE_ADDRESS_MEM_PREFETCH);
            region->has_mem_type_64 = true;
            region->mem_type_64 = !!(r->type & PCI_BASE_ADDRESS_MEM_TYPE_64);
        }
        region->bar = i;
        region->address = r->addr;
        region->size = r->size;
        QAPI_LIST_APPEND(tail, region);
    }
    return head;
}

/* The window of a bridge for what BARs of @type need. */
static PciMemoryRange *qmp_query_pci_window(PCIDevice *dev, uint8_t type)
{
    PciMemoryRange *range = g_new0(PciMemoryRange, 1);

    range->base = pci_bridge_get_base(dev, type);
    range->limit = pci_bridge_get_limit(dev, type);
    return range;
}

static PciBridgeInfo *qmp_query_pci_bridge(PCIDevice *dev, PCIBus *bus,
                                           int bus_num)
{
    PciBridgeInfo *info = g_new0(PciBridgeInfo, 1);
    PciBusInfo *range = g_new0(PciBusInfo, 1);
    PCIBus *child_bus;

    info->bus = range;
    range->number = dev->config[PCI_PRIMARY_BUS];
    range->secondary = dev->config[PCI_SECONDARY_BUS];
    range->subordinate = dev->config[PCI_SUBORDINATE_BUS];
    range->io_range = qmp_query_pci_window(dev, PCI_BASE_ADDRESS_SPACE_IO);
    range->memory_range =
        qmp_query_pci_window(dev, PCI_BASE_ADDRESS_SPACE_MEMORY);
    range->prefetchable_range =
        qmp_query_pci_window(dev, PCI_BASE_ADDRESS_SPACE_MEMORY |
                                  PCI_BASE_ADDRESS_MEM_PREFETCH);

    if (dev->config[PCI_SECONDARY_BUS] != 0) {
        child_bus = pci_find_bus_nr(bus, dev->config[PCI_SECONDARY_BUS]);
        /* The guest may have given the number of this very bus. */
        if (child_bus && child_bus != bus) {
            info->has_devices = true;
            info->devices =
                qmp_query_pci_devices(child_bus,
                                      dev->config[PCI_SECONDARY_BUS]);
        }
    }
    return info;
}

static PciDeviceInfo *qmp_query_pci_device(PCIDevice *dev, PCIBus *bus,
                                           int bus_num)
{
    const pci_class_desc *desc;
    PciDeviceInfo *info = g_new0(PciDeviceInfo, 1);
    int class = pci_get_word(dev->config + PCI_CLASS_DEVICE);
    uint8_t type;

    info->bus = bus_num;
    info->slot = PCI_SLOT(dev->devfn);
    info->function = PCI_FUNC(dev->devfn);

    info->class_info = g_new0(PciDeviceClass, 1);
    info->class_info->q_class = class;
    desc = get_class_desc(class);
    if (desc->desc) {
        info->class_info->has_desc = true;
        info->class_info->desc = g_strdup(desc->desc);
    }

    info->id = g_new0(PciDeviceId, 1);
    info->id->vendor = pci_get_word(dev->config + PCI_VENDOR_ID);
    info->id->device = pci_get_word(dev->config + PCI_DEVICE_ID);
    info->regions = qmp_query_pci_regions(dev);
    info->qdev_id = g_strdup(dev->qdev.id ? dev->qdev.id : "");

    info->irq_pin = dev->config[PCI_INTERRUPT_PIN];
    if (dev->config[PCI_INTERRUPT_PIN] != 0) {
        info->has_irq = true;
        info->irq = dev->config[PCI_INTERRUPT_LINE];
    }

    type = dev->config[PCI_HEADER_TYPE] & ~PCI_HEADER_TYPE_MULTI_FUNCTION;
    if (type == PCI_HEADER_TYPE_BRIDGE) {
        info->has_pci_bridge = true;
        info->pci_bridge = qmp_query_pci_bridge(dev, bus, bus_num);
    } else if (type == PCI_HEADER_TYPE_NORMAL) {
        info->id->has_subsystem = info->id->has_subsystem_vendor = true;
        info->id->subsystem = pci_get_word(dev->config + PCI_SUBSYSTEM_ID);
        info->id->subsystem_vendor =
            pci_get_word(dev->config + PCI_SUBSYSTEM_VENDOR_ID);
    } else if (type == PCI_HEADER_TYPE_CARDBUS) {
        info->id->has_subsystem = info->id->has_subsystem_vendor = true;
        info->id->subsystem = pci_get_word(dev->config + PCI_CB_SUBSYSTEM_ID);
        info->id->subsystem_vendor =
            pci_get_word(dev->config + PCI_CB_SUBSYSTEM_VENDOR_ID);
    }
    return info;
}

static PciDeviceInfoList *qmp_query_pci_devices(PCIBus *bus, int bus_num)
{
    PciDeviceInfoList *head = NULL, **tail = &head;
    int devfn;

    for (devfn = 0; devfn < ARRAY_SIZE(bus->devices); devfn++) {
        if (bus->devices[devfn]) {
            QAPI_LIST_APPEND(tail, qmp_query_pci_device(bus->devices[devfn],
                                                        bus, bus_num));
        }
    }
    return head;
}

static PciInfo *qmp_query_pci_bus(PCIBus *bus, int bus_num)
{
    PciInfo *info = NULL;

    bus = pci_find_bus_nr(bus, bus_num);
    if (bus) {
        info = g_new0(PciInfo, 1);
        info->bus = bus_num;
        info->devices = qmp_query_pci_devices(bus, bus_num);
    }
    return info;
}

PciInfoList *qmp_query_pci(Error **errp)
{
    PciInfoList *head = NULL, **tail = &head;
    PCIHostState *host_bridge;

    QLIST_FOREACH(host_bridge, &pci_host_bridges, next) {
        QAPI_LIST_APPEND(tail,
                         qmp_query_pci_bus(host_bridge->bus,
                                           pci_bus_num(host_bridge->bus)));
    }
    return head;
}
