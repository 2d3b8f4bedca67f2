/*
 * SHPC, the standard hot plug controller: hotplug that a bridge does by itself,
 * without any help of ACPI.
 *
 * A bridge with one has slots 1-31 on its secondary bus with a button, two
 * lamps and a latch each.  Who plugs a card in, or wants to take it out, presses
 * the button; the operating system is told by an interrupt, and switches power,
 * connection and lamps of the slot by commands:
 *
 *     device_add                            device_del
 *       shpc_device_plug_cb:                  shpc_device_unplug_request_cb:
 *       latch closed, card present,           button pressed
 *       button pressed                           |
 *          \                                     |
 *           shpc_interrupt_update: INTx or MSI of the bridge
 *                    |                           |
 *       power on, enable, lamp on             disable, lamp off
 *                                                |
 *                                             shpc_eject: the card is pulled
 *                                             out, latch open, slot empty
 *
 * Its registers are in a BAR of the bridge, and can be reached through a
 * capability of its config space as well.
 *
 * PCI Standard Hot-Plug Controller and Subsystem Specification 1.0.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SHPC_H
#define SHPC_H

#include "exec/memory.h"
#include "hw/hotplug.h"
#include "hw/pci/pci_bus.h"
#include "migration/vmstate.h"

struct SHPCDevice {
    /* Where the capability is in config space */
    int cap;

    /* The working registers, with masks as those of config space */
    uint8_t *config;
    uint8_t *cmask;
    uint8_t *wmask;
    uint8_t *w1cmask;

    MemoryRegion mmio;
    PCIBus *sec_bus;
    int nslots;

    /* Level of the interrupt; a message is sent when it rises */
    int msi_requested;

    /* Bit n: slot n may be emptied; see shpc_eject() */
    uint32_t ejecting;
    QEMUBH *eject_bh;
};

/* Size of the BAR that the registers fit into, a power of two. */
int shpc_bar_size(PCIDevice *dev);

/*
 * Give the bridge @dev a controller for @sec_bus, whose hotplug handler @dev
 * becomes: the registers go to @off in @bar.  Returns 0, or a negative errno
 * with @errp set.  shpc_cleanup() takes them away again; shpc_free(), in
 * instance_finalize, frees them, if there are any.
 */
int shpc_init(PCIDevice *dev, PCIBus *sec_bus, MemoryRegion *bar,
              unsigned off, Error **errp);
void shpc_cleanup(PCIDevice *dev, MemoryRegion *bar);
void shpc_free(PCIDevice *dev);

/* For the bridge's reset, and its config_write. */
void shpc_reset(PCIDevice *d);
void shpc_cap_write_config(PCIDevice *d, uint32_t addr, uint32_t val, int len);

/* Hooks of a bridge that is the hotplug handler of its secondary bus. */
void shpc_device_plug_cb(HotplugHandler *hotplug_dev, DeviceState *dev,
                         Error **errp);
void shpc_device_unplug_cb(HotplugHandler *hotplug_dev, DeviceState *dev,
                           Error **errp);
void shpc_device_unplug_request_cb(HotplugHandler *hotplug_dev,
                                   DeviceState *dev, Error **errp);

extern const VMStateInfo shpc_vmstate_info;

#define SHPC_VMSTATE(_field, _type,  _test) \
    VMSTATE_BUFFER_UNSAFE_INFO_TEST(_field, _type, _test, 0, \
                                    shpc_vmstate_info, 0)

static inline bool shpc_present(const PCIDevice *dev)
{
    return dev->cap_present & QEMU_PCI_CAP_SHPC;
}

#endif
