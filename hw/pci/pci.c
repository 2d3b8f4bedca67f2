/*
 * TYPE_PCI_DEVICE: how a PCI device gets its place on the bus, and gives it
 * back.
 *
 * Read include/hw/pci/pci.h first.  pci_qdev_realize() below is the road of
 * every PCI device: a devfn, config space with the class's IDs, the class's own
 * realize hook, the option ROM, power.  The other files of this folder have one
 * subject each: pci-bus.c, pci-config.c, pci-bar.c, pci-cap.c, pci-irq.c,
 * pci-dma.c, pci-rom.c, msi.c, msix.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/cutils.h"
#include "qemu/module.h"
#include "hw/pci/pci_bridge.h"
#include "hw/pci/pci_bus.h"
#include "hw/pci/msix.h"
#include "hw/qdev-properties.h"
#include "hw/qdev-properties-system.h"
#include "pci-internal.h"
#include "trace.h"

bool pci_available = true;

/* A place on the bus */

/* A slot that a board keeps for itself (PCIBus.slot_reserved_mask). */
static bool pci_bus_devfn_reserved(PCIBus *bus, int devfn)
{
    return bus->slot_reserved_mask & (1UL << PCI_SLOT(devfn));
}

static bool pci_bus_devfn_available(PCIBus *bus, int devfn)
{
    return !bus->devices[devfn];
}

/*
 * Find out whether @pci_dev may have @devfn, or choose one if that is negative.
 * Returns the devfn, or -1 with @errp set.
 */
static int pci_bus_allocate_devfn(PCIBus *bus, PCIDevice *pci_dev,
                                  const char *name, int devfn, Error **errp)
{
    PCIDevice *f0;

    if (devfn < 0) {
        for (devfn = bus->devfn_min; devfn < PCI_DEVFN_MAX;
             devfn += PCI_FUNC_MAX) {
            if (pci_bus_devfn_available(bus, devfn) &&
                !pci_bus_devfn_reserved(bus, devfn)) {
                return devfn;
            }
        }
        error_setg(errp, "PCI: no slot/function available for %s, all in use "
                   "or reserved", name);
        return -1;
    }
    if (pci_bus_devfn_reserved(bus, devfn)) {
        error_setg(errp, "PCI: slot %d function %d not available for %s,"
                   " reserved",
                   PCI_SLOT(devfn), PCI_FUNC(devfn), name);
        return -1;
    }
    if (!pci_bus_devfn_available(bus, devfn)) {
        error_setg(errp, "PCI: slot %d function %d not available for %s,"
                   " in use by %s,id=%s",
                   PCI_SLOT(devfn), PCI_FUNC(devfn), name,
                   bus->devices[devfn]->name,
                   bus->devices[devfn]->qdev.id ?: "(null)");
        return -1;
    }
    /*
     * A guest looks at functions 1-7 when it finds function 0, so after that
     * a new one would never be noticed.
     */
    f0 = pci_dev->qdev.hotplugged ? pci_get_function_0(pci_dev) : NULL;
    if (f0) {
        error_setg(errp, "PCI: slot %d function 0 already occupied by %s,"
                   " new func %s cannot be exposed to guest.",
                   PCI_SLOT(f0->devfn), f0->name, name);
        return -1;
    }
    return devfn;
}

/*
 * Function 0 announces whether its slot has others.  The other functions may
 * set the property "multifunction" or not, as hardware does both.
 */
static void pci_init_multifunction(PCIBus *bus, PCIDevice *dev, Error **errp)
{
    uint8_t slot = PCI_SLOT(dev->devfn);
    uint8_t func;

    if (dev->cap_present & QEMU_PCI_CAP_MULTIFUNCTION) {
        dev->config[PCI_HEADER_TYPE] |= PCI_HEADER_TYPE_MULTI_FUNCTION;
    }

    if (PCI_FUNC(dev->devfn)) {
        PCIDevice *f0 = bus->devices[PCI_DEVFN(slot, 0)];

        if (f0 && !(f0->cap_present & QEMU_PCI_CAP_MULTIFUNCTION)) {
            error_setg(errp, "PCI: single function device can't be populated "
                       "in function %x.%x", slot, PCI_FUNC(dev->devfn));
        }
        return;
    }

    if (dev->cap_present & QEMU_PCI_CAP_MULTIFUNCTION) {
        return;
    }
    for (func = 1; func < PCI_FUNC_MAX; ++func) {
        if (bus->devices[PCI_DEVFN(slot, func)]) {
            error_setg(errp, "PCI: %x.0 indicates single function, "
                       "but %x.%x is already populated.",
                       slot, slot, func);
            return;
        }
    }
}

/* What the class says about the device, as the guest will read it. */
static void pci_init_ids(PCIDevice *pci_dev, PCIDeviceClass *pc)
{
    uint8_t *config = pci_dev->config;

    pci_config_set_vendor_id(config, pc->vendor_id);
    pci_config_set_device_id(config, pc->device_id);
    pci_config_set_revision(config, pc->revision);
    pci_config_set_class(config, pc->class_id);

    /* A bridge's subsystem IDs are a capability: pci_bridge_ssvid_init(). */
    if (pc->is_bridge) {
        assert(!pc->subsystem_vendor_id && !pc->subsystem_id);
    } else if (pc->subsystem_vendor_id || pc->subsystem_id) {
        pci_set_word(config + PCI_SUBSYSTEM_VENDOR_ID,
                     pc->subsystem_vendor_id);
        pci_set_word(config + PCI_SUBSYSTEM_ID, pc->subsystem_id);
    } else {
        pci_set_word(config + PCI_SUBSYSTEM_VENDOR_ID,
                     PCI_SUBVENDOR_ID_REDHAT_QUMRANET);
        pci_set_word(config + PCI_SUBSYSTEM_ID, PCI_SUBDEVICE_ID_QEMU);
    }
}

static void do_pci_unregister_device(PCIDevice *pci_dev)
{
    pci_get_bus(pci_dev)->devices[pci_dev->devfn] = NULL;
    pci_config_free(pci_dev);
    memset(pci_dev->io_regions, 0, sizeof(pci_dev->io_regions));
    pci_dev->has_power = false;

    if (memory_region_is_mapped(&pci_dev->bus_master_enable_region)) {
        memory_region_del_subregion(&pci_dev->bus_master_container_region,
                                    &pci_dev->bus_master_enable_region);
    }
    address_space_destroy(&pci_dev->bus_master_as);
}

/*
 * Put @pci_dev on its bus at @devfn (negative: any slot), with config space as
 * its class describes it.  Returns NULL with @errp set if that is not possible.
 */
static PCIDevice *do_pci_register_device(PCIDevice *pci_dev, const char *name,
                                         int devfn, Error **errp)
{
    ERRP_GUARD();
    PCIDeviceClass *pc = PCI_DEVICE_GET_CLASS(pci_dev);
    PCIBus *bus = pci_get_bus(pci_dev);

    /* An extra root bus (pxb) is for bridges, which bring buses of their own */
    if (pci_bus_is_root(bus) && bus->parent_dev && !pc->is_bridge) {
        error_setg(errp,
                   "PCI: Only PCI/PCIe bridges can be plugged into %s",
                   bus->parent_dev->name);
        return NULL;
    }
    devfn = pci_bus_allocate_devfn(bus, pci_dev, name, devfn, errp);
    if (devfn < 0) {
        return NULL;
    }

    pci_dev->devfn = devfn;
    pci_dev->requester_id_cache = pci_req_id_cache_get(pci_dev);
    pstrcpy(pci_dev->name, sizeof(pci_dev->name), name);

    memory_region_init(&pci_dev->bus_master_container_region, OBJECT(pci_dev),
                       "bus master container", UINT64_MAX);
    address_space_init(&pci_dev->bus_master_as,
                       &pci_dev->bus_master_container_region, pci_dev->name);
    /* Before that, whether there is an IOMMU is open: see pci-bus.c. */
    if (phase_check(PHASE_MACHINE_READY)) {
        pci_init_bus_master(pci_dev);
    }

    pci_dev->irq_state = 0;
    pci_config_alloc(pci_dev);
    pci_init_ids(pci_dev, pc);
    pci_init_cmask(pci_dev);
    pci_init_wmask(pci_dev);
    pci_init_w1cmask(pci_dev);
    if (pc->is_bridge) {
        pci_init_mask_bridge(pci_dev);
    }
    pci_init_multifunction(bus, pci_dev, errp);
    if (*errp) {
        do_pci_unregister_device(pci_dev);
        return NULL;
    }

    pci_dev->config_read = pc->config_read ?: pci_default_read_config;
    pci_dev->config_write = pc->config_write ?: pci_default_write_config;
    bus->devices[devfn] = pci_dev;
    pci_dev->version_id = 2; /* as in vmstate_pci_device */
    return pci_dev;
}

/* Life: realize, unrealize, reset */

/* Also called by pci_qdev_realize(), when the class's part succeeded. */
static void pci_qdev_unrealize(DeviceState *dev)
{
    PCIDevice *pci_dev = PCI_DEVICE(dev);
    PCIDeviceClass *pc = PCI_DEVICE_GET_CLASS(pci_dev);

    trace_pci_qdev_unrealize(pci_dev->name, PCI_SLOT(pci_dev->devfn),
                             PCI_FUNC(pci_dev->devfn));
    pci_unregister_io_regions(pci_dev);
    pci_del_option_rom(pci_dev);

    if (pc->exit) {
        pc->exit(pci_dev);
    }

    pci_device_deassert_intx(pci_dev);
    do_pci_unregister_device(pci_dev);
}

/*
 * A primary of net_failover is taken away before migration, so it must be
 * something that can go alone.
 */
static bool pci_check_failover_primary(PCIDevice *pci_dev, Error **errp)
{
    if (!pci_dev->failover_pair_id) {
        return true;
    }
    if (!pci_bus_is_express(pci_get_bus(pci_dev))) {
        error_setg(errp, "failover primary device must be on "
                   "PCIExpress bus");
        return false;
    }
    if (pci_get_word(pci_dev->config + PCI_CLASS_DEVICE) !=
        PCI_CLASS_NETWORK_ETHERNET) {
        error_setg(errp, "failover primary device is not an "
                   "Ethernet device");
        return false;
    }
    if ((pci_dev->cap_present & QEMU_PCI_CAP_MULTIFUNCTION) ||
        PCI_FUNC(pci_dev->devfn) != 0) {
        error_setg(errp, "failover: primary device must be in its own "
                   "PCI slot");
        return false;
    }
    pci_dev->qdev.allow_unplug_during_migration = true;
    return true;
}

/* Called by device_set_realized(); the device has its bus. */
static void pci_qdev_realize(DeviceState *qdev, Error **errp)
{
    ERRP_GUARD();
    PCIDevice *pci_dev = PCI_DEVICE(qdev);
    PCIDeviceClass *pc = PCI_DEVICE_GET_CLASS(pci_dev);
    ObjectClass *klass = OBJECT_CLASS(pc);
    bool is_default_rom = false;

    trace_pci_qdev_realize(object_get_typename(OBJECT(qdev)));

    if (pci_dev->romsize != UINT32_MAX && !is_power_of_2(pci_dev->romsize)) {
        error_setg(errp, "ROM size %u is not a power of two",
                   pci_dev->romsize);
        return;
    }

    /*
     * Config space gets its size next, so Express must be known.  A device
     * that fits both kinds of bus decides for itself before this.
     */
    if (object_class_dynamic_cast(klass, INTERFACE_CXL_DEVICE)) {
        pci_dev->cap_present |= QEMU_PCIE_CAP_CXL;
    }
    if (object_class_dynamic_cast(klass, INTERFACE_PCIE_DEVICE) &&
        !object_class_dynamic_cast(klass, INTERFACE_CONVENTIONAL_PCI_DEVICE)) {
        pci_dev->cap_present |= QEMU_PCI_CAP_EXPRESS;
    }

    pci_dev = do_pci_register_device(pci_dev,
                                     object_get_typename(OBJECT(qdev)),
                                     pci_dev->devfn, errp);
    if (!pci_dev) {
        return;
    }

    if (pc->realize) {
        pc->realize(pci_dev, errp);
        if (*errp) {
            /* BARs that it had registered already are not mapped yet. */
            do_pci_unregister_device(pci_dev);
            return;
        }
    }

    if (!pci_check_failover_primary(pci_dev, errp)) {
        pci_qdev_unrealize(DEVICE(pci_dev));
        return;
    }

    if (pci_dev->romfile == NULL && pc->romfile != NULL) {
        pci_dev->romfile = g_strdup(pc->romfile);
        is_default_rom = true;
    }
    pci_add_option_rom(pci_dev, is_default_rom, errp);
    if (*errp) {
        pci_qdev_unrealize(DEVICE(pci_dev));
        return;
    }

    pci_set_power(pci_dev, true);
}

void pci_do_device_reset(PCIDevice *dev)
{
    pci_device_deassert_intx(dev);
    assert(dev->irq_state == 0);

    pci_config_reset(dev);
    pci_update_mappings(dev);
    /* The command register is zero now: no DMA, no windows. */
    pci_update_bus_master(dev);
    if (PCI_DEVICE_GET_CLASS(dev)->is_bridge) {
        pci_bridge_update_mappings(PCI_BRIDGE(dev));
    }

    msi_reset(dev);
    msix_reset(dev);
}

void pci_device_reset(PCIDevice *dev)
{
    device_cold_reset(&dev->qdev);
    pci_do_device_reset(dev);
}

void pci_set_power(PCIDevice *d, bool state)
{
    if (d->has_power == state) {
        return;
    }

    d->has_power = state;
    pci_update_mappings(d);
    pci_update_bus_master(d);
    if (!d->has_power) {
        pci_device_reset(d);
    }
}

/* Making a device from C */

PCIDevice *pci_new_multifunction(int devfn, bool multifunction,
                                 const char *name)
{
    DeviceState *dev;

    dev = qdev_new(name);
    qdev_prop_set_int32(dev, "addr", devfn);
    qdev_prop_set_bit(dev, "multifunction", multifunction);
    return PCI_DEVICE(dev);
}

PCIDevice *pci_new(int devfn, const char *name)
{
    return pci_new_multifunction(devfn, false, name);
}

bool pci_realize_and_unref(PCIDevice *dev, PCIBus *bus, Error **errp)
{
    return qdev_realize_and_unref(&dev->qdev, &bus->qbus, errp);
}

PCIDevice *pci_create_simple_multifunction(PCIBus *bus, int devfn,
                                           bool multifunction,
                                           const char *name)
{
    PCIDevice *dev = pci_new_multifunction(devfn, multifunction, name);

    pci_realize_and_unref(dev, bus, &error_fatal);
    return dev;
}

PCIDevice *pci_create_simple(PCIBus *bus, int devfn, const char *name)
{
    return pci_create_simple_multifunction(bus, devfn, false, name);
}

/* Type */

static Property pci_props[] = {
    DEFINE_PROP_PCI_DEVFN("addr", PCIDevice, devfn, -1),
    DEFINE_PROP_STRING("romfile", PCIDevice, romfile),
    DEFINE_PROP_UINT32("romsize", PCIDevice, romsize, UINT32_MAX),
    DEFINE_PROP_UINT32("rombar", PCIDevice, rom_bar, 1),
    DEFINE_PROP_BIT("multifunction", PCIDevice, cap_present,
                    QEMU_PCI_CAP_MULTIFUNCTION_BITNR, false),
    DEFINE_PROP_BIT("x-pcie-lnksta-dllla", PCIDevice, cap_present,
                    QEMU_PCIE_LNKSTA_DLLLA_BITNR, true),
    DEFINE_PROP_BIT("x-pcie-extcap-init", PCIDevice, cap_present,
                    QEMU_PCIE_EXTCAP_INIT_BITNR, true),
    DEFINE_PROP_STRING("failover_pair_id", PCIDevice,
                       failover_pair_id),
    DEFINE_PROP_UINT32("acpi-index", PCIDevice, acpi_index, 0),
    DEFINE_PROP_END_OF_LIST()
};

static void pci_device_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *k = DEVICE_CLASS(klass);

    k->realize = pci_qdev_realize;
    k->unrealize = pci_qdev_unrealize;
    k->bus_type = TYPE_PCI_BUS;
    device_class_set_props(k, pci_props);
}

/* Runs for every child type too, after its own class_init's parents. */
static void pci_device_class_base_init(ObjectClass *klass, void *data)
{
    if (!object_class_is_abstract(klass)) {
        /* On which bus it fits must be said: nobody could plug it anywhere. */
        assert(object_class_dynamic_cast(klass,
                                         INTERFACE_CONVENTIONAL_PCI_DEVICE) ||
               object_class_dynamic_cast(klass, INTERFACE_PCIE_DEVICE) ||
               object_class_dynamic_cast(klass, INTERFACE_CXL_DEVICE));
    }
}

static const TypeInfo pci_device_type_info = {
    .name = TYPE_PCI_DEVICE,
    .parent = TYPE_DEVICE,
    .instance_size = sizeof(PCIDevice),
    .abstract = true,
    .class_size = sizeof(PCIDeviceClass),
    .class_init = pci_device_class_init,
    .class_base_init = pci_device_class_base_init,
};

static const TypeInfo conventional_pci_interface_info = {
    .name = INTERFACE_CONVENTIONAL_PCI_DEVICE,
    .parent = TYPE_INTERFACE,
};

static const TypeInfo cxl_interface_info = {
    .name = INTERFACE_CXL_DEVICE,
    .parent = TYPE_INTERFACE,
};

static const TypeInfo pcie_interface_info = {
    .name = INTERFACE_PCIE_DEVICE,
    .parent = TYPE_INTERFACE,
};

static void pci_register_types(void)
{
    type_register_static(&conventional_pci_interface_info);
    type_register_static(&cxl_interface_info);
    type_register_static(&pcie_interface_info);
    type_register_static(&pci_device_type_info);
}

type_init(pci_register_types)
