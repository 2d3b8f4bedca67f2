/*
 * What a PCI device is called: for people (`info qtree`), for migration
 * sections and for firmware.
 *
 *     migration    0000:00:03.0         root bus, then slot.function per bridge
 *     firmware     ethernet@3           class, slot, and ",function" unless 0
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/pci/pci_bus.h"
#include "monitor/monitor.h"
#include "pci-internal.h"

void pcibus_dev_print(Monitor *mon, DeviceState *dev, int indent)
{
    PCIDevice *d = (PCIDevice *)dev;
    int class = pci_get_word(d->config + PCI_CLASS_DEVICE);
    const pci_class_desc *desc = get_class_desc(class);
    g_autofree char *ctxt = NULL;
    int i;

    if (desc->desc) {
        ctxt = g_strdup(desc->desc);
    } else {
        ctxt = g_strdup_printf("Class %04x", class);
    }

    monitor_printf(mon, "%*sclass %s, addr %02x:%02x.%x, "
                   "pci id %04x:%04x (sub %04x:%04x)\n",
                   indent, "", ctxt, pci_dev_bus_num(d),
                   PCI_SLOT(d->devfn), PCI_FUNC(d->devfn),
                   pci_get_word(d->config + PCI_VENDOR_ID),
                   pci_get_word(d->config + PCI_DEVICE_ID),
                   pci_get_word(d->config + PCI_SUBSYSTEM_VENDOR_ID),
                   pci_get_word(d->config + PCI_SUBSYSTEM_ID));
    for (i = 0; i < PCI_NUM_REGIONS; i++) {
        PCIIORegion *r = &d->io_regions[i];

        if (!r->size) {
            continue;
        }
        monitor_printf(mon, "%*sbar %d: %s at 0x%" FMT_PCIBUS
                       " [0x%" FMT_PCIBUS "]\n",
                       indent, "",
                       i, r->type & PCI_BASE_ADDRESS_SPACE_IO ? "i/o" : "mem",
                       r->addr, r->addr + r->size - 1);
    }
}

char *pcibus_get_dev_path(DeviceState *dev)
{
    PCIDevice *d = PCI_DEVICE(dev);
    PCIDevice *t;
    GString *slots = g_string_new(NULL);
    char *path;

    /* From the device up to the root bus, so each one goes to the front. */
    for (t = d; t; t = pci_get_bus(t)->parent_dev) {
        char slot[sizeof(":SS.F")];

        snprintf(slot, sizeof(slot), ":%02x.%x",
                 PCI_SLOT(t->devfn), PCI_FUNC(t->devfn));
        g_string_prepend(slots, slot);
        if (pci_bus_is_root(pci_get_bus(t))) {
            break;
        }
    }

    path = g_strconcat(pci_root_bus_path(d), slots->str, NULL);
    g_string_free(slots, true);
    return path;
}

char *pcibus_get_fw_dev_path(DeviceState *dev)
{
    PCIDevice *d = (PCIDevice *)dev;
    const char *name = pci_class_fw_name(
                           pci_get_word(d->config + PCI_CLASS_DEVICE));
    GString *path = g_string_new(NULL);

    if (name) {
        g_string_append(path, name);
    } else {
        g_string_append_printf(path, "pci%04x,%04x",
                               pci_get_word(d->config + PCI_VENDOR_ID),
                               pci_get_word(d->config + PCI_DEVICE_ID));
    }
    g_string_append_printf(path, "@%x", PCI_SLOT(d->devfn));
    if (PCI_FUNC(d->devfn)) {
        g_string_append_printf(path, ",%x", PCI_FUNC(d->devfn));
    }
    return g_string_free(path, false);
}
