/*
 * The interface of devices that have ACPI's registers.
 *
 * Read include/hw/acpi/acpi_dev_interface.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/acpi/acpi_dev_interface.h"
#include "qemu/module.h"

void acpi_send_event(DeviceState *dev, AcpiEventStatusBits event)
{
    AcpiDeviceIfClass *adevc = ACPI_DEVICE_IF_GET_CLASS(dev);

    if (adevc->send_event) {
        adevc->send_event(ACPI_DEVICE_IF(dev), event);
    }
}

static const TypeInfo acpi_dev_if_info = {
    .name       = TYPE_ACPI_DEVICE_IF,
    .parent     = TYPE_INTERFACE,
    .class_size = sizeof(AcpiDeviceIfClass),
};

static void acpi_interface_register_types(void)
{
    type_register_static(&acpi_dev_if_info);
}

type_init(acpi_interface_register_types)
