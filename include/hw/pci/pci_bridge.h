/*
 * The PCI-to-PCI bridge: a device with a bus behind it.
 *
 * The guest gives the secondary bus a number and opens windows: ranges of
 * memory, prefetchable memory and I/O space of the primary side that the bridge
 * passes down (PCI-to-PCI Bridge Architecture Specification 1.2, section
 * 3.2.5):
 *
 *     primary bus         (config header type 1)
 *    -----+---------------------------------------------
 *         |  bridge  [memory window] [pref window] [I/O window] (VGA)
 *    -----+---------------------------------------------
 *     secondary bus: address_space_mem, address_space_io
 *
 * Each window is an alias of the secondary address space in the primary one,
 * and made anew whenever the guest writes the registers that describe it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_PCI_BRIDGE_H
#define QEMU_PCI_BRIDGE_H

#include "hw/pci/pci.h"
#include "hw/pci/pci_bus.h"
#include "qom/object.h"

typedef struct PCIBridgeWindows PCIBridgeWindows;

struct PCIBridgeWindows {
    MemoryRegion alias_pref_mem;
    MemoryRegion alias_mem;
    MemoryRegion alias_io;
    /* The legacy VGA ranges: PCI_BRIDGE_CTL_VGA */
    MemoryRegion alias_vga[QEMU_PCI_VGA_NUM_REGIONS];
};

#define TYPE_PCI_BRIDGE "base-pci-bridge"
OBJECT_DECLARE_SIMPLE_TYPE(PCIBridge, PCI_BRIDGE)

struct PCIBridge {
    PCIDevice parent_obj;

    /* The secondary bus, and the address spaces of what is behind it */
    PCIBus sec_bus;
    MemoryRegion address_space_mem;
    MemoryRegion address_space_io;

    PCIBridgeWindows *windows;

    /* For pci_bridge_map_irq(): NULL means the usual swizzle. */
    pci_map_irq_fn map_irq;
    const char *bus_name;
};

/* Names of a bridge device's properties */
#define PCI_BRIDGE_DEV_PROP_CHASSIS_NR "chassis_nr"
#define PCI_BRIDGE_DEV_PROP_MSI        "msi"
#define PCI_BRIDGE_DEV_PROP_SHPC       "shpc"

/* The subsystem IDs of a bridge are a capability: see pci_add_capability(). */
int pci_bridge_ssvid_init(PCIDevice *dev, uint8_t offset,
                          uint16_t svid, uint16_t ssid,
                          Error **errp);

PCIDevice *pci_bridge_get_device(PCIBus *bus);
PCIBus *pci_bridge_get_sec_bus(PCIBridge *br);

/* Start and end (inclusive) of the window of @type (as of a BAR). */
pcibus_t pci_bridge_get_base(const PCIDevice *bridge, uint8_t type);
pcibus_t pci_bridge_get_limit(const PCIDevice *bridge, uint8_t type);

void pci_bridge_update_mappings(PCIBridge *br);
void pci_bridge_write_config(PCIDevice *d,
                             uint32_t address, uint32_t val, int len);
/* Close all windows. */
void pci_bridge_disable_base_limit(PCIDevice *dev);
void pci_bridge_reset(DeviceState *qdev);

/* Called by a bridge's realize and exit; @typename is that of its bus. */
void pci_bridge_initfn(PCIDevice *pci_dev, const char *typename);
void pci_bridge_exitfn(PCIDevice *pci_dev);

/*
 * For a bridge's instance_init or before realize: the name of its bus (NULL:
 * the device's id), and how interrupts of the devices behind it go up.
 */
void pci_bridge_map_irq(PCIBridge *br, const char* bus_name,
                        pci_map_irq_fn map_irq);

/*
 * hw/pci-bridge/: hooks of a bridge that is the hotplug handler of its secondary
 * bus, if it has a hot plug controller; an error if it has none.
 */
void pci_bridge_dev_plug_cb(HotplugHandler *hotplug_dev, DeviceState *dev,
                            Error **errp);
void pci_bridge_dev_unplug_cb(HotplugHandler *hotplug_dev, DeviceState *dev,
                              Error **errp);
void pci_bridge_dev_unplug_request_cb(HotplugHandler *hotplug_dev,
                                      DeviceState *dev, Error **errp);

/* Bits of PCI_BRIDGE_CONTROL that the kernel's header does not name */
#define  PCI_BRIDGE_CTL_VGA_16BIT       0x10
#define  PCI_BRIDGE_CTL_DISCARD         0x100
#define  PCI_BRIDGE_CTL_SEC_DISCARD     0x200
#define  PCI_BRIDGE_CTL_DISCARD_STATUS  0x400
#define  PCI_BRIDGE_CTL_DISCARD_SERR    0x800

/* What firmware shall keep free behind a bridge; -1: as it likes. */
typedef struct PCIResReserve {
    uint32_t bus;
    uint64_t io;
    uint64_t mem_non_pref;
    uint64_t mem_pref_32;
    uint64_t mem_pref_64;
} PCIResReserve;

/* The vendor capability that tells it so. */
typedef struct PCIBridgeQemuCap {
    uint8_t id;                 /* PCI_CAP_ID_VNDR */
    uint8_t next;
    uint8_t len;
    uint8_t type;               /* REDHAT_PCI_CAP_RESOURCE_RESERVE */
    uint32_t bus_res;
    uint64_t io;
    uint32_t mem;
    uint32_t mem_pref_32;
    uint64_t mem_pref_64;
} PCIBridgeQemuCap;

#define REDHAT_PCI_CAP_TYPE_OFFSET      3
#define REDHAT_PCI_CAP_RESOURCE_RESERVE 1

/* Add that capability.  Returns 0, or a negative errno with @errp set. */
int pci_bridge_qemu_reserve_cap_init(PCIDevice *dev, int cap_offset,
                              PCIResReserve res_reserve, Error **errp);

#endif
