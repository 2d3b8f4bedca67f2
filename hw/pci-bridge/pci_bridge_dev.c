/*
 * pci-bridge: a PCI-to-PCI bridge to plug in, for more slots.
 *
 *     -device pci-bridge,id=br1,chassis_nr=1 -device virtio-net-pci,bus=br1
 *
 * Behind it are 32 slots.  What all bridges do, is hw/pci/pci_bridge.c; this
 * one has capabilities besides: a chassis number for people, what firmware
 * shall reserve for cards that come later, and, unless shpc=off, the standard hot
 * plug controller (hw/pci/shpc.c), which makes slots 1-31 hotpluggable.  On the
 * PC, ACPI takes over the hotplug of bridges that are there from the start
 * (hw/acpi/pcihp.c).
 *
 * pci-bridge-seat is the same with another device ID, by which a host's udev
 * rules make one seat of all that is behind it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qapi-types-common.h"
#include "qemu/module.h"
#include "hw/hotplug.h"
#include "hw/pci/msi.h"
#include "hw/pci/pci_bridge.h"
#include "hw/pci/pci_bus.h"
#include "hw/pci/pci_ids.h"
#include "hw/pci/shpc.h"
#include "hw/pci/slotid_cap.h"
#include "hw/qdev-properties.h"

#define TYPE_PCI_BRIDGE_DEV      "pci-bridge"
#define TYPE_PCI_BRIDGE_SEAT_DEV "pci-bridge-seat"
typedef struct PCIBridgeDev PCIBridgeDev;
DECLARE_INSTANCE_CHECKER(PCIBridgeDev, PCI_BRIDGE_DEV,
                         TYPE_PCI_BRIDGE_DEV)

struct PCIBridgeDev {
    PCIBridge parent_obj;

    /* With a hot plug controller: its registers are in here */
    MemoryRegion bar;

    /* Properties; chassis 0 is none, and refused */
    uint8_t chassis_nr;
#define PCI_BRIDGE_DEV_F_SHPC_REQ 0
    uint32_t flags;
    OnOffAuto msi;
    PCIResReserve res_reserve;
};

/* Guest access */

static void pci_bridge_dev_write_config(PCIDevice *d,
                                        uint32_t address, uint32_t val, int len)
{
    pci_bridge_write_config(d, address, val, len);
    if (shpc_present(d)) {
        shpc_cap_write_config(d, address, val, len);
    }
}

/* Hotplug: called only where ACPI has not taken it over */

static bool pci_bridge_dev_has_shpc(HotplugHandler *hotplug_dev, Error **errp)
{
    if (!shpc_present(PCI_DEVICE(hotplug_dev))) {
        error_setg(errp, "standard hotplug controller has been disabled for "
                   "this %s", object_get_typename(OBJECT(hotplug_dev)));
        return false;
    }
    return true;
}

void pci_bridge_dev_plug_cb(HotplugHandler *hotplug_dev,
                            DeviceState *dev, Error **errp)
{
    if (pci_bridge_dev_has_shpc(hotplug_dev, errp)) {
        shpc_device_plug_cb(hotplug_dev, dev, errp);
    }
}

void pci_bridge_dev_unplug_cb(HotplugHandler *hotplug_dev,
                              DeviceState *dev, Error **errp)
{
    shpc_device_unplug_cb(hotplug_dev, dev, errp);
}

void pci_bridge_dev_unplug_request_cb(HotplugHandler *hotplug_dev,
                                      DeviceState *dev, Error **errp)
{
    if (pci_bridge_dev_has_shpc(hotplug_dev, errp)) {
        shpc_device_unplug_request_cb(hotplug_dev, dev, errp);
    }
}

/* Life */

/* Messages are only for the hot plug controller. */
static bool pci_bridge_dev_init_msi(PCIDevice *dev, Error **errp)
{
    PCIBridgeDev *bridge_dev = PCI_BRIDGE_DEV(dev);
    Error *local_err = NULL;

    if (!shpc_present(dev) || bridge_dev->msi == ON_OFF_AUTO_OFF) {
        return true;
    }
    if (msi_init(dev, 0, 1, true, true, &local_err) < 0) {
        if (bridge_dev->msi == ON_OFF_AUTO_ON) {
            error_append_hint(&local_err, "Use msi=auto (the default) or "
                              "msi=off with this machine type.\n");
            error_propagate(errp, local_err);
            return false;
        }
        error_free(local_err);
    }
    return true;
}

static void pci_bridge_dev_realize(PCIDevice *dev, Error **errp)
{
    PCIBridge *br = PCI_BRIDGE(dev);
    PCIBridgeDev *bridge_dev = PCI_BRIDGE_DEV(dev);

    pci_bridge_initfn(dev, TYPE_PCI_BUS);

    if (bridge_dev->flags & (1 << PCI_BRIDGE_DEV_F_SHPC_REQ)) {
        pci_config_set_interrupt_pin(dev->config, 1);
        memory_region_init(&bridge_dev->bar, OBJECT(dev), "shpc-bar",
                           shpc_bar_size(dev));
        if (shpc_init(dev, &br->sec_bus, &bridge_dev->bar, 0, errp) < 0) {
            goto shpc_error;
        }
    }
    if (slotid_cap_init(dev, 0, bridge_dev->chassis_nr, 0, errp) < 0) {
        goto slotid_error;
    }
    if (!pci_bridge_dev_init_msi(dev, errp)) {
        goto msi_error;
    }
    if (pci_bridge_qemu_reserve_cap_init(dev, 0, bridge_dev->res_reserve,
                                         errp) < 0) {
        goto cap_error;
    }
    if (shpc_present(dev)) {
        pci_register_bar(dev, 0, PCI_BASE_ADDRESS_SPACE_MEMORY |
                                 PCI_BASE_ADDRESS_MEM_TYPE_64,
                         &bridge_dev->bar);
    }
    return;

cap_error:
    msi_uninit(dev);
msi_error:
    slotid_cap_cleanup(dev);
slotid_error:
    if (shpc_present(dev)) {
        shpc_cleanup(dev, &bridge_dev->bar);
    }
shpc_error:
    pci_bridge_exitfn(dev);
}

static void pci_bridge_dev_exitfn(PCIDevice *dev)
{
    PCIBridgeDev *bridge_dev = PCI_BRIDGE_DEV(dev);

    msi_uninit(dev);
    slotid_cap_cleanup(dev);
    if (shpc_present(dev)) {
        shpc_cleanup(dev, &bridge_dev->bar);
    }
    pci_bridge_exitfn(dev);
}

static void pci_bridge_dev_instance_finalize(Object *obj)
{
    shpc_free(PCI_DEVICE(obj));
}

static void qdev_pci_bridge_dev_reset(DeviceState *qdev)
{
    PCIDevice *dev = PCI_DEVICE(qdev);

    pci_bridge_reset(qdev);
    if (shpc_present(dev)) {
        shpc_reset(dev);
    }
}

/* Migration */

static bool pci_device_shpc_present(void *opaque, int version_id)
{
    return shpc_present(opaque);
}

static const VMStateDescription pci_bridge_dev_vmstate = {
    .name = "pci_bridge",
    .priority = MIG_PRI_PCI_BUS,
    .fields = (VMStateField[]) {
        VMSTATE_PCI_DEVICE(parent_obj, PCIBridge),
        SHPC_VMSTATE(shpc, PCIDevice, pci_device_shpc_present),
        VMSTATE_END_OF_LIST()
    }
};

/* Type */

static Property pci_bridge_dev_properties[] = {
    DEFINE_PROP_UINT8(PCI_BRIDGE_DEV_PROP_CHASSIS_NR, PCIBridgeDev,
                      chassis_nr, 0),
    DEFINE_PROP_ON_OFF_AUTO(PCI_BRIDGE_DEV_PROP_MSI, PCIBridgeDev, msi,
                            ON_OFF_AUTO_AUTO),
    DEFINE_PROP_BIT(PCI_BRIDGE_DEV_PROP_SHPC, PCIBridgeDev, flags,
                    PCI_BRIDGE_DEV_F_SHPC_REQ, true),
    DEFINE_PROP_UINT32("bus-reserve", PCIBridgeDev, res_reserve.bus, -1),
    DEFINE_PROP_SIZE("io-reserve", PCIBridgeDev, res_reserve.io, -1),
    DEFINE_PROP_SIZE("mem-reserve", PCIBridgeDev, res_reserve.mem_non_pref, -1),
    DEFINE_PROP_SIZE("pref32-reserve", PCIBridgeDev, res_reserve.mem_pref_32,
                     -1),
    DEFINE_PROP_SIZE("pref64-reserve", PCIBridgeDev, res_reserve.mem_pref_64,
                     -1),
    DEFINE_PROP_END_OF_LIST(),
};

static void pci_bridge_dev_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    PCIDeviceClass *k = PCI_DEVICE_CLASS(klass);
    HotplugHandlerClass *hc = HOTPLUG_HANDLER_CLASS(klass);

    k->realize = pci_bridge_dev_realize;
    k->exit = pci_bridge_dev_exitfn;
    k->config_write = pci_bridge_dev_write_config;
    k->vendor_id = PCI_VENDOR_ID_REDHAT;
    k->device_id = PCI_DEVICE_ID_REDHAT_BRIDGE;
    k->class_id = PCI_CLASS_BRIDGE_PCI;
    k->is_bridge = true;
    dc->desc = "Standard PCI Bridge";
    dc->reset = qdev_pci_bridge_dev_reset;
    dc->vmsd = &pci_bridge_dev_vmstate;
    device_class_set_props(dc, pci_bridge_dev_properties);
    set_bit(DEVICE_CATEGORY_BRIDGE, dc->categories);
    hc->plug = pci_bridge_dev_plug_cb;
    hc->unplug = pci_bridge_dev_unplug_cb;
    hc->unplug_request = pci_bridge_dev_unplug_request_cb;
}

static const TypeInfo pci_bridge_dev_info = {
    .name = TYPE_PCI_BRIDGE_DEV,
    .parent = TYPE_PCI_BRIDGE,
    .instance_size = sizeof(PCIBridgeDev),
    .instance_finalize = pci_bridge_dev_instance_finalize,
    .class_init = pci_bridge_dev_class_init,
    .interfaces = (InterfaceInfo[]) {
        { TYPE_HOTPLUG_HANDLER },
        { INTERFACE_CONVENTIONAL_PCI_DEVICE },
        { }
    },
};

static void pci_bridge_dev_seat_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    PCIDeviceClass *k = PCI_DEVICE_CLASS(klass);

    k->device_id = PCI_DEVICE_ID_REDHAT_BRIDGE_SEAT;
    dc->desc = "Standard PCI Bridge (multiseat)";
}

static const TypeInfo pci_bridge_dev_seat_info = {
    .name = TYPE_PCI_BRIDGE_SEAT_DEV,
    .parent = TYPE_PCI_BRIDGE_DEV,
    .instance_size = sizeof(PCIBridgeDev),
    .class_init = pci_bridge_dev_seat_class_init,
};

static void pci_bridge_dev_register_types(void)
{
    type_register_static(&pci_bridge_dev_info);
    type_register_static(&pci_bridge_dev_seat_info);
}

type_init(pci_bridge_dev_register_types)
