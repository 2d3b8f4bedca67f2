/*
 * PCI hotplug by ACPI: the registers, and the hooks of the hotplug handler.
 *
 * Read include/hw/acpi/pcihp.h first: it has the way of a request.  Read next:
 * piix4.c, the chip that has this.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/visitor.h"
#include "qemu/timer.h"
#include "hw/acpi/acpi_dev_interface.h"
#include "hw/acpi/pcihp.h"
#include "hw/pci/pci_bridge.h"
#include "hw/pci/pci_bus.h"
#include "migration/vmstate.h"
#include "trace.h"

#define ACPI_PCIHP_SIZE 0x0018

enum {
    PCI_UP_BASE   = 0x00,
    PCI_DOWN_BASE = 0x04,
    PCI_EJ_BASE   = 0x08,
    PCI_RMV_BASE  = 0x0c,
    PCI_SEL_BASE  = 0x10,
    PCI_AIDX_BASE = 0x14,
};

/* The numbers of the buses */

static int acpi_pcihp_get_bsel(PCIBus *bus)
{
    uint64_t bsel = object_property_get_uint(OBJECT(bus), ACPI_PCIHP_PROP_BSEL,
                                             NULL);

    /* -1 if there is no such property. */
    return bsel < ACPI_PCIHP_MAX_HOTPLUG_BUS ? (int)bsel : -1;
}

static void acpi_pcihp_prop_get_bsel(Object *obj, Visitor *v, const char *name,
                                     void *opaque, Error **errp)
{
    uint32_t bsel = GPOINTER_TO_UINT(opaque);

    visit_type_uint32(v, name, &bsel, errp);
}

/* For pci_for_each_bus_depth_first(): @opaque is the next number. */
static void *acpi_set_bsel(PCIBus *bus, void *opaque)
{
    uint32_t *bsel_alloc = opaque;

    if (qbus_is_hotpluggable(BUS(bus))) {
        object_property_add(OBJECT(bus), ACPI_PCIHP_PROP_BSEL, "uint32",
                            acpi_pcihp_prop_get_bsel, NULL, NULL,
                            GUINT_TO_POINTER((*bsel_alloc)++));
    }
    return bsel_alloc;
}

/*
 * At the first reset the board is complete: number its buses, once and for
 * all, because the DSDT says the numbers.  Buses that come later have none.
 */
static void acpi_set_pci_info(AcpiPciHpState *s, bool acpihp_root_off)
{
    uint32_t bsel_alloc = ACPI_PCIHP_BSEL_DEFAULT;

    if (s->buses_numbered) {
        return;
    }
    s->buses_numbered = true;

    if (acpihp_root_off) {
        qbus_set_hotplug_handler(BUS(s->root), NULL);
    }
    pci_for_each_bus_depth_first(s->root, acpi_set_bsel, NULL, &bsel_alloc);
}

typedef struct AcpiPciHpFind {
    int bsel;
    PCIBus *bus;
} AcpiPciHpFind;

static void acpi_pcihp_test_hotplug_bus(PCIBus *bus, void *opaque)
{
    AcpiPciHpFind *find = opaque;

    if (find->bsel == acpi_pcihp_get_bsel(bus)) {
        find->bus = bus;
    }
}

static PCIBus *acpi_pcihp_find_hotplug_bus(AcpiPciHpState *s, int bsel)
{
    AcpiPciHpFind find = { .bsel = bsel };

    pci_for_each_bus(s->root, acpi_pcihp_test_hotplug_bus, &find);
    return find.bus;
}

/* Taking out */

/*
 * What the guest cannot eject: the chip set, and bridges that were there from
 * the start, because the DSDT describes what is behind them.
 */
static bool acpi_pcihp_pc_no_hotplug(AcpiPciHpState *s, PCIDevice *dev)
{
    PCIDeviceClass *pc = PCI_DEVICE_GET_CLASS(dev);

    return (pc->is_bridge && !dev->qdev.hotplugged) ||
           !DEVICE_GET_CLASS(dev)->hotpluggable;
}

static void acpi_pcihp_eject_device(PCIDevice *dev)
{
    HotplugHandler *hotplug_ctrl;

    /*
     * The primary of net_failover goes for the guest only: if the migration
     * fails that it makes way for, it has to come back.
     */
    if (dev->partially_hotplugged) {
        dev->qdev.pending_deleted_event = false;
        return;
    }
    hotplug_ctrl = qdev_get_hotplug_handler(&dev->qdev);
    hotplug_handler_unplug(hotplug_ctrl, &dev->qdev, &error_abort);
    object_unparent(OBJECT(dev));
}

/* Eject the lowest of @slots, a bit for each, and all its functions. */
static void acpi_pcihp_eject_slot(AcpiPciHpState *s, unsigned bsel,
                                  unsigned slots)
{
    BusChild *kid, *next;
    PCIBus *bus;
    int slot;

    trace_acpi_pci_eject_slot(bsel, slots);
    if (!slots || bsel >= ACPI_PCIHP_MAX_HOTPLUG_BUS) {
        return;
    }
    slot = ctz32(slots);

    s->acpi_pcihp_pci_status[bsel].down &= ~(1U << slot);
    s->acpi_pcihp_pci_status[bsel].up &= ~(1U << slot);

    bus = acpi_pcihp_find_hotplug_bus(s, bsel);
    if (!bus) {
        return;
    }
    QTAILQ_FOREACH_SAFE(kid, &bus->qbus.children, sibling, next) {
        PCIDevice *dev = PCI_DEVICE(kid->child);

        if (PCI_SLOT(dev->devfn) == slot && !acpi_pcihp_pc_no_hotplug(s, dev)) {
            acpi_pcihp_eject_device(dev);
        }
    }
}

/* For pci_for_each_bus(): find out what can be taken out of a bus. */
static void acpi_pcihp_update_hotplug_bus(PCIBus *bus, void *opaque)
{
    AcpiPciHpState *s = opaque;
    int bsel = acpi_pcihp_get_bsel(bus);
    AcpiPciHpPciStatus *status;
    BusChild *kid;

    if (bsel < 0) {
        return;
    }
    status = &s->acpi_pcihp_pci_status[bsel];
    QTAILQ_FOREACH(kid, &bus->qbus.children, sibling) {
        PCIDevice *pdev = PCI_DEVICE(kid->child);

        if (acpi_pcihp_pc_no_hotplug(s, pdev)) {
            status->hotplug_enable &= ~(1U << PCI_SLOT(pdev->devfn));
        }
    }
}

void acpi_pcihp_reset(AcpiPciHpState *s, bool acpihp_root_off)
{
    acpi_set_pci_info(s, acpihp_root_off);
    for (int i = 0; i < ACPI_PCIHP_MAX_HOTPLUG_BUS; ++i) {
        AcpiPciHpPciStatus *status = &s->acpi_pcihp_pci_status[i];

        /* Finish what was asked for. */
        while (status->down) {
            acpi_pcihp_eject_slot(s, i, status->down);
        }
        status->hotplug_enable = ~0;
    }
    pci_for_each_bus(s->root, acpi_pcihp_update_hotplug_bus, s);
}

/* The hotplug handler's hooks */

typedef struct AcpiPciHpIndex {
    HotplugHandler *handler;
    uint32_t index;
    bool taken;
} AcpiPciHpIndex;

static void acpi_pcihp_search_index(PCIBus *bus, void *opaque)
{
    AcpiPciHpIndex *search = opaque;
    BusChild *kid;

    if (BUS(bus)->hotplug_handler != search->handler) {
        return;
    }
    QTAILQ_FOREACH(kid, &bus->qbus.children, sibling) {
        if (kid->child->realized &&
            PCI_DEVICE(kid->child)->acpi_index == search->index) {
            search->taken = true;
        }
    }
}

/*
 * Has a device that is there this acpi-index?  A list of the indices would be
 * shorter to search, but a realize that fails would have to be told to it.
 */
static bool acpi_pcihp_index_is_taken(HotplugHandler *handler, PCIDevice *pdev)
{
    AcpiPciHpIndex search = { .handler = handler, .index = pdev->acpi_index };

    pci_for_each_bus(pci_device_root_bus(pdev), acpi_pcihp_search_index,
                     &search);
    return search.taken;
}

void acpi_pcihp_device_pre_plug_cb(HotplugHandler *hotplug_dev,
                                   DeviceState *dev, Error **errp)
{
    PCIDevice *pdev = PCI_DEVICE(dev);

    /* What is there when the machine starts needs no registers. */
    if (dev->hotplugged && acpi_pcihp_get_bsel(pci_get_bus(pdev)) < 0) {
        error_setg(errp, "Unsupported bus. Bus doesn't have property '"
                   ACPI_PCIHP_PROP_BSEL "' set");
        return;
    }

    if (!pdev->acpi_index) {
        return;
    }
    if (pdev->acpi_index > ACPI_PCIHP_AIDX_MAX) {
        error_setg(errp, "acpi-index should be less or equal to %u",
                   ACPI_PCIHP_AIDX_MAX);
        return;
    }
    if (acpi_pcihp_index_is_taken(hotplug_dev, pdev)) {
        error_setg(errp, "a PCI device with acpi-index = %" PRIu32
                   " already exist", pdev->acpi_index);
    }
}

void acpi_pcihp_device_plug_cb(HotplugHandler *hotplug_dev, AcpiPciHpState *s,
                               DeviceState *dev, Error **errp)
{
    PCIDevice *pdev = PCI_DEVICE(dev);
    int slot = PCI_SLOT(pdev->devfn);
    int bsel;

    if (!dev->hotplugged) {
        /* The guest will find it.  What is behind a bridge is ours as well. */
        if (!s->legacy_piix &&
            object_dynamic_cast(OBJECT(dev), TYPE_PCI_BRIDGE)) {
            qbus_set_hotplug_handler(
                BUS(pci_bridge_get_sec_bus(PCI_BRIDGE(pdev))),
                OBJECT(hotplug_dev));
        }
        return;
    }

    bsel = acpi_pcihp_get_bsel(pci_get_bus(pdev));
    g_assert(bsel >= 0);
    s->acpi_pcihp_pci_status[bsel].up |= 1U << slot;
    acpi_send_event(DEVICE(hotplug_dev), ACPI_PCI_HOTPLUG_STATUS);
}

void acpi_pcihp_device_unplug_cb(HotplugHandler *hotplug_dev,
                                 AcpiPciHpState *s, DeviceState *dev,
                                 Error **errp)
{
    PCIDevice *pdev = PCI_DEVICE(dev);

    trace_acpi_pci_unplug(PCI_SLOT(pdev->devfn),
                          acpi_pcihp_get_bsel(pci_get_bus(pdev)));
    qdev_unrealize(dev);
}

void acpi_pcihp_device_unplug_request_cb(HotplugHandler *hotplug_dev,
                                         AcpiPciHpState *s, DeviceState *dev,
                                         Error **errp)
{
    PCIDevice *pdev = PCI_DEVICE(dev);
    int slot = PCI_SLOT(pdev->devfn);
    int bsel = acpi_pcihp_get_bsel(pci_get_bus(pdev));

    trace_acpi_pci_unplug_request(bsel, slot);
    if (bsel < 0) {
        error_setg(errp, "Unsupported bus. Bus doesn't have property '"
                   ACPI_PCIHP_PROP_BSEL "' set");
        return;
    }

    /*
     * A guest that boots just now drops events that it does not know yet, so
     * the same may be asked again after a moment of the guest's time.
     */
    dev->pending_deleted_event = true;
    dev->pending_deleted_expires_ms =
        qemu_clock_get_ms(QEMU_CLOCK_VIRTUAL) + 1;

    s->acpi_pcihp_pci_status[bsel].down |= 1U << slot;
    acpi_send_event(DEVICE(hotplug_dev), ACPI_PCI_HOTPLUG_STATUS);
}

/* The registers */

static uint32_t acpi_pcihp_find_index(AcpiPciHpState *s, uint32_t slots)
{
    PCIBus *bus = acpi_pcihp_find_hotplug_bus(s, s->hotplug_select);
    BusChild *kid;

    if (!bus || !slots) {
        return 0;
    }
    QTAILQ_FOREACH(kid, &bus->qbus.children, sibling) {
        PCIDevice *pdev = PCI_DEVICE(kid->child);

        if (PCI_SLOT(pdev->devfn) == ctz32(slots)) {
            return pdev->acpi_index;
        }
    }
    return 0;
}

static uint64_t pci_read(void *opaque, hwaddr addr, unsigned int size)
{
    AcpiPciHpState *s = opaque;
    AcpiPciHpPciStatus *status;
    uint32_t val = 0;

    /* The guest selects; there are as many. */
    if (s->hotplug_select >= ACPI_PCIHP_MAX_HOTPLUG_BUS) {
        return 0;
    }
    status = &s->acpi_pcihp_pci_status[s->hotplug_select];

    switch (addr) {
    case PCI_UP_BASE:
        val = status->up;
        if (!s->legacy_piix) {
            status->up = 0;
        }
        break;
    case PCI_DOWN_BASE:
        val = status->down;
        break;
    case PCI_RMV_BASE:
        val = status->hotplug_enable;
        break;
    case PCI_SEL_BASE:
        val = s->hotplug_select;
        break;
    case PCI_AIDX_BASE:
        val = s->acpi_index;
        s->acpi_index = 0;
        break;
    default:
        break;
    }
    trace_acpi_pci_read(addr, val);
    return val;
}

static void pci_write(void *opaque, hwaddr addr, uint64_t data,
                      unsigned int size)
{
    AcpiPciHpState *s = opaque;

    trace_acpi_pci_write(addr, data);
    switch (addr) {
    case PCI_EJ_BASE:
        acpi_pcihp_eject_slot(s, s->hotplug_select, data);
        break;
    case PCI_SEL_BASE:
        s->hotplug_select = s->legacy_piix ? ACPI_PCIHP_BSEL_DEFAULT : data;
        break;
    case PCI_AIDX_BASE:
        s->acpi_index = acpi_pcihp_find_index(s, data);
        break;
    default:
        break;
    }
}

static const MemoryRegionOps acpi_pcihp_io_ops = {
    .read = pci_read,
    .write = pci_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = {
        .min_access_size = 4,
        .max_access_size = 4,
    },
};

void acpi_pcihp_init(Object *owner, AcpiPciHpState *s, PCIBus *root,
                     MemoryRegion *address_space_io, bool bridges_enabled,
                     uint16_t io_base)
{
    s->io_len = ACPI_PCIHP_SIZE;
    s->io_base = io_base;
    s->root = root;
    s->legacy_piix = !bridges_enabled;

    memory_region_init_io(&s->io, owner, &acpi_pcihp_io_ops, s,
                          "acpi-pci-hotplug", s->io_len);
    memory_region_add_subregion(address_space_io, s->io_base, &s->io);

    object_property_add_uint16_ptr(owner, ACPI_PCIHP_IO_BASE_PROP, &s->io_base,
                                   OBJ_PROP_FLAG_READ);
    object_property_add_uint16_ptr(owner, ACPI_PCIHP_IO_LEN_PROP, &s->io_len,
                                   OBJ_PROP_FLAG_READ);
}

/* Migration */

const VMStateDescription vmstate_acpi_pcihp_pci_status = {
    .name = "acpi_pcihp_pci_status",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_UINT32(up, AcpiPciHpPciStatus),
        VMSTATE_UINT32(down, AcpiPciHpPciStatus),
        VMSTATE_END_OF_LIST()
    }
};
