/*
 * The generic event device: events, power-off and reset without a chip set.
 *
 * Read include/hw/acpi/generic_event_device.h first: it has a picture.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/acpi/acpi_dev_interface.h"
#include "hw/acpi/generic_event_device.h"
#include "hw/irq.h"
#include "hw/qdev-properties.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "qemu/module.h"
#include "sysemu/runstate.h"

/* How much memory hotplug's registers would take. */
#define MEMORY_HOTPLUG_IO_LEN 24

/* Notify()'s value: the button was pressed. */
#define NOTIFY_STATUS_CHANGED 0x80

/* What the guest reads and writes */

static uint64_t ged_evt_read(void *opaque, hwaddr addr, unsigned size)
{
    GEDState *ged_st = opaque;
    uint64_t val = 0;

    if (addr == ACPI_GED_EVT_SEL_OFFSET) {
        val = ged_st->sel;
        ged_st->sel = 0;
    }
    return val;
}

static void ged_evt_write(void *opaque, hwaddr addr, uint64_t data,
                          unsigned int size)
{
    /* It can only be read. */
}

static const MemoryRegionOps ged_evt_ops = {
    .read = ged_evt_read,
    .write = ged_evt_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = {
        .min_access_size = 4,
        .max_access_size = 4,
    },
};

static uint64_t ged_regs_read(void *opaque, hwaddr addr, unsigned size)
{
    return 0;
}

static void ged_regs_write(void *opaque, hwaddr addr, uint64_t data,
                           unsigned int size)
{
    uint8_t type = (data >> ACPI_GED_SLP_TYP_POS) & ACPI_GED_SLP_TYP_MASK;

    switch (addr) {
    case ACPI_GED_REG_SLEEP_CTL:
        /* Off is the only state that the tables tell of. */
        if ((data & ACPI_GED_SLP_EN) && type == ACPI_GED_SLP_TYP_S5) {
            qemu_system_shutdown_request(SHUTDOWN_CAUSE_GUEST_SHUTDOWN);
        }
        break;
    case ACPI_GED_REG_RESET:
        if (data == ACPI_GED_RESET_VALUE) {
            qemu_system_reset_request(SHUTDOWN_CAUSE_GUEST_RESET);
        }
        break;
    }
}

static const MemoryRegionOps ged_regs_ops = {
    .read = ged_regs_read,
    .write = ged_regs_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = {
        .min_access_size = 1,
        .max_access_size = 1,
    },
};

/* Events */

static void acpi_ged_send_event(AcpiDeviceIf *adev, AcpiEventStatusBits ev)
{
    AcpiGedState *s = ACPI_GED(adev);

    if (ev != ACPI_POWER_DOWN_STATUS) {
        warn_report("GED: Unsupported event %d. No irq injected", ev);
        return;
    }
    /*
     * Edge triggered, so that one who does not read the register does not
     * keep the line.
     */
    s->ged_state.sel |= ACPI_GED_PWR_DOWN_EVT;
    qemu_irq_pulse(s->irq);
}

/* The hotplug handler: of what is hot-plugged here, it takes nothing. */

static void acpi_ged_device_plug_cb(HotplugHandler *hotplug_dev,
                                    DeviceState *dev, Error **errp)
{
    error_setg(errp, "virt: device plug request for unsupported device"
               " type: %s", object_get_typename(OBJECT(dev)));
}

static void acpi_ged_unplug_request_cb(HotplugHandler *hotplug_dev,
                                       DeviceState *dev, Error **errp)
{
    error_setg(errp, "acpi: device unplug request for unsupported device"
               " type: %s", object_get_typename(OBJECT(dev)));
}

static void acpi_ged_unplug_cb(HotplugHandler *hotplug_dev, DeviceState *dev,
                               Error **errp)
{
    error_setg(errp, "acpi: device unplug for unsupported device"
               " type: %s", object_get_typename(OBJECT(dev)));
}

/* Tables */

void build_ged_aml(Aml *table, const char *name, HotplugHandler *hotplug_dev,
                   uint32_t ged_irq, AmlRegionSpace rs, hwaddr ged_base)
{
    AcpiGedState *s = ACPI_GED(hotplug_dev);
    Aml *dev = aml_device("%s", name);
    Aml *crs = aml_resource_template();
    Aml *events = aml_local(0);
    Aml *field, *method;

    aml_append(crs, aml_interrupt(AML_CONSUMER, AML_EDGE, AML_ACTIVE_HIGH,
                                  AML_EXCLUSIVE, &ged_irq, 1));
    aml_append(dev, aml_name_decl("_HID", aml_string("ACPI0013")));
    aml_append(dev, aml_name_decl("_UID", aml_string(GED_DEVICE)));
    aml_append(dev, aml_name_decl("_CRS", crs));

    aml_append(dev, aml_operation_region(AML_GED_EVT_REG, rs,
                                         aml_int(ged_base +
                                                 ACPI_GED_EVT_SEL_OFFSET),
                                         ACPI_GED_EVT_SEL_LEN));
    field = aml_field(AML_GED_EVT_REG, AML_DWORD_ACC, AML_NOLOCK,
                      AML_WRITE_AS_ZEROS);
    aml_append(field, aml_named_field(AML_GED_EVT_SEL,
                                      ACPI_GED_EVT_SEL_LEN * 8));
    aml_append(dev, field);

    /* To be read once only: reading forgets. */
    method = aml_method("_EVT", 1, AML_SERIALIZED);
    aml_append(method, aml_store(aml_name(AML_GED_EVT_SEL), events));
    if (s->ged_event_bitmap & ACPI_GED_PWR_DOWN_EVT) {
        Aml *pressed = aml_if(aml_equal(aml_and(events,
                                            aml_int(ACPI_GED_PWR_DOWN_EVT),
                                            NULL),
                                        aml_int(ACPI_GED_PWR_DOWN_EVT)));

        aml_append(pressed, aml_notify(aml_name(ACPI_POWER_BUTTON_DEVICE),
                                       aml_int(NOTIFY_STATUS_CHANGED)));
        aml_append(method, pressed);
    }
    aml_append(dev, method);
    aml_append(table, dev);
}

void acpi_dsdt_add_power_button(Aml *scope)
{
    Aml *dev = aml_device(ACPI_POWER_BUTTON_DEVICE);

    aml_append(dev, aml_name_decl("_HID", aml_string("PNP0C0C")));
    aml_append(dev, aml_name_decl("_UID", aml_int(0)));
    aml_append(scope, dev);
}

/* Life */

static void acpi_ged_initfn(Object *obj)
{
    AcpiGedState *s = ACPI_GED(obj);
    SysBusDevice *sbd = SYS_BUS_DEVICE(obj);
    GEDState *ged_st = &s->ged_state;

    memory_region_init_io(&ged_st->evt, obj, &ged_evt_ops, ged_st,
                          TYPE_ACPI_GED, ACPI_GED_EVT_SEL_LEN);
    sysbus_init_mmio(sbd, &ged_st->evt);
    sysbus_init_irq(sbd, &s->irq);

    /* Empty; boards count on the registers to be the third. */
    memory_region_init(&s->container_memhp, obj, "memhp container",
                       MEMORY_HOTPLUG_IO_LEN);
    sysbus_init_mmio(sbd, &s->container_memhp);

    memory_region_init_io(&ged_st->regs, obj, &ged_regs_ops, ged_st,
                          TYPE_ACPI_GED "-regs", ACPI_GED_REG_COUNT);
    sysbus_init_mmio(sbd, &ged_st->regs);
}

static const VMStateDescription vmstate_ged_state = {
    .name = "acpi-ged-state",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_UINT32(sel, GEDState),
        VMSTATE_END_OF_LIST()
    },
};

static const VMStateDescription vmstate_acpi_ged = {
    .name = "acpi-ged",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_STRUCT(ged_state, AcpiGedState, 1, vmstate_ged_state,
                       GEDState),
        VMSTATE_END_OF_LIST()
    },
};

/* Types */

static Property acpi_ged_properties[] = {
    DEFINE_PROP_UINT32("ged-event", AcpiGedState, ged_event_bitmap, 0),
    DEFINE_PROP_END_OF_LIST(),
};

static void acpi_ged_class_init(ObjectClass *class, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(class);
    HotplugHandlerClass *hc = HOTPLUG_HANDLER_CLASS(class);
    AcpiDeviceIfClass *adevc = ACPI_DEVICE_IF_CLASS(class);

    dc->desc = "ACPI Generic Event Device";
    device_class_set_props(dc, acpi_ged_properties);
    dc->vmsd = &vmstate_acpi_ged;

    hc->plug = acpi_ged_device_plug_cb;
    hc->unplug_request = acpi_ged_unplug_request_cb;
    hc->unplug = acpi_ged_unplug_cb;

    adevc->send_event = acpi_ged_send_event;
}

static const TypeInfo acpi_ged_info = {
    .name          = TYPE_ACPI_GED,
    .parent        = TYPE_SYS_BUS_DEVICE,
    .instance_size = sizeof(AcpiGedState),
    .instance_init = acpi_ged_initfn,
    .class_init    = acpi_ged_class_init,
    .interfaces    = (InterfaceInfo[]) {
        { TYPE_HOTPLUG_HANDLER },
        { TYPE_ACPI_DEVICE_IF },
        { }
    },
};

static void acpi_ged_register_types(void)
{
    type_register_static(&acpi_ged_info);
}

type_init(acpi_ged_register_types)
