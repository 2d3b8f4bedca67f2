/*
 * `info pci`: what query-pci answers, for people.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "monitor/hmp.h"
#include "monitor/monitor.h"
#include "qapi/error.h"
#include "qapi/qapi-types-pci.h"
#include "pci-internal.h"

static void hmp_info_pci_range(Monitor *mon, const char *what, int width,
                               const PciMemoryRange *range)
{
    monitor_printf(mon, "      %s range [0x%0*" PRIx64 ", 0x%0*" PRIx64 "]\n",
                   what, width, range->base, width, range->limit);
}

static void hmp_info_pci_region(Monitor *mon, const PciMemoryRegion *region)
{
    uint64_t addr = region->address, size = region->size;

    monitor_printf(mon, "      BAR%" PRId64 ": ", region->bar);
    if (!strcmp(region->type, "io")) {
        monitor_printf(mon, "I/O at 0x%04" PRIx64
                            " [0x%04" PRIx64 "].\n",
                       addr, addr + size - 1);
    } else {
        monitor_printf(mon, "%d bit%s memory at 0x%08" PRIx64
                            " [0x%08" PRIx64 "].\n",
                       region->mem_type_64 ? 64 : 32,
                       region->prefetch ? " prefetchable" : "",
                       addr, addr + size - 1);
    }
}

static void hmp_info_pci_device(Monitor *mon, const PciDeviceInfo *dev)
{
    PciMemoryRegionList *region;
    PciDeviceInfoList *cdev;

    monitor_printf(mon, "  Bus %2" PRId64 ", ", dev->bus);
    monitor_printf(mon, "device %3" PRId64 ", function %" PRId64 ":\n",
                   dev->slot, dev->function);
    monitor_printf(mon, "    ");

    if (dev->class_info->has_desc) {
        monitor_puts(mon, dev->class_info->desc);
    } else {
        monitor_printf(mon, "Class %04" PRId64, dev->class_info->q_class);
    }
    monitor_printf(mon, ": PCI device %04" PRIx64 ":%04" PRIx64 "\n",
                   dev->id->vendor, dev->id->device);
    if (dev->id->has_subsystem_vendor && dev->id->has_subsystem) {
        monitor_printf(mon, "      PCI subsystem %04" PRIx64 ":%04" PRIx64 "\n",
                       dev->id->subsystem_vendor, dev->id->subsystem);
    }
    if (dev->has_irq) {
        monitor_printf(mon, "      IRQ %" PRId64 ", pin %c\n",
                       dev->irq, (char)('A' + dev->irq_pin - 1));
    }

    if (dev->has_pci_bridge) {
        const PciBusInfo *bus = dev->pci_bridge->bus;

        monitor_printf(mon, "      BUS %" PRId64 ".\n", bus->number);
        monitor_printf(mon, "      secondary bus %" PRId64 ".\n",
                       bus->secondary);
        monitor_printf(mon, "      subordinate bus %" PRId64 ".\n",
                       bus->subordinate);
        hmp_info_pci_range(mon, "IO", 4, bus->io_range);
        hmp_info_pci_range(mon, "memory", 8, bus->memory_range);
        hmp_info_pci_range(mon, "prefetchable memory", 8,
                           bus->prefetchable_range);
    }

    for (region = dev->regions; region; region = region->next) {
        hmp_info_pci_region(mon, region->value);
    }
    monitor_printf(mon, "      id \"%s\"\n", dev->qdev_id);

    if (dev->has_pci_bridge && dev->pci_bridge->has_devices) {
        for (cdev = dev->pci_bridge->devices; cdev; cdev = cdev->next) {
            hmp_info_pci_device(mon, cdev->value);
        }
    }
}

void hmp_info_pci(Monitor *mon, const QDict *qdict)
{
    PciInfoList *info_list, *info;

    info_list = qmp_query_pci(&error_abort);
    for (info = info_list; info; info = info->next) {
        PciDeviceInfoList *dev;

        for (dev = info->value->devices; dev; dev = dev->next) {
            hmp_info_pci_device(mon, dev->value);
        }
    }
    qapi_free_PciInfoList(info_list);
}
