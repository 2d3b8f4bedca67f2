/*
 * The interfaces of devices that have ACPI's registers, and of those that
 * describe themselves in its tables.
 *
 * Read include/hw/acpi/acpi_dev_interface.h and acpi_aml_interface.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/acpi/acpi_aml_interface.h"
#include "hw/acpi/acpi_dev_interface.h"
#include "qemu/module.h"

void acpi_send_event(DeviceState *dev, AcpiEventStatusBits event)
{
    AcpiDeviceIfClass *adevc = ACPI_DEVICE_IF_GET_CLASS(dev);

    if (adevc->send_event) {
        adevc->send_event(ACPI_DEVICE_IF(dev), event);
    }
}

void qbus_build_aml(BusState *bus, Aml *scope)
{
    BusChild *kid;

    QTAILQ_FOREACH(kid, &bus->children, sibling) {
        call_dev_aml_func(kid->child, scope);
    }
}

static const TypeInfo acpi_dev_if_info = {
    .name       = TYPE_ACPI_DEVICE_IF,
    .parent     = TYPE_INTERFACE,
    .class_size = sizeof(AcpiDeviceIfClass),
};

static const TypeInfo acpi_dev_aml_if_info = {
    .name       = TYPE_ACPI_DEV_AML_IF,
    .parent     = TYPE_INTERFACE,
    .class_size = sizeof(AcpiDevAmlIfClass),
};

static void acpi_interface_register_types(void)
{
    type_register_static(&acpi_dev_if_info);
    type_register_static(&acpi_dev_aml_if_info);
}

type_init(acpi_interface_register_types)
