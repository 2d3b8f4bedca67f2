/*
 * The interface of devices that have ACPI's registers.
 *
 * Code that has news for the guest, such as hotplug, knows the device as an
 * ACPI_DEVICE_IF only and calls acpi_send_event().
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ACPI_DEV_INTERFACE_H
#define ACPI_DEV_INTERFACE_H

#include "hw/boards.h"
#include "hw/qdev-core.h"
#include "qapi/qapi-types-acpi.h"
#include "qom/object.h"

/* Bits of GPE 0, as the DSDT's methods _E01 ... know them. */
typedef enum {
    ACPI_PCI_HOTPLUG_STATUS = 2,
    ACPI_CPU_HOTPLUG_STATUS = 4,
    ACPI_MEMORY_HOTPLUG_STATUS = 8,
    ACPI_NVDIMM_HOTPLUG_STATUS = 16,
    ACPI_VMGENID_CHANGE_STATUS = 32,
    ACPI_POWER_DOWN_STATUS = 64,
} AcpiEventStatusBits;

#define TYPE_ACPI_DEVICE_IF "acpi-device-interface"

typedef struct AcpiDeviceIfClass AcpiDeviceIfClass;
DECLARE_CLASS_CHECKERS(AcpiDeviceIfClass, ACPI_DEVICE_IF,
                       TYPE_ACPI_DEVICE_IF)
#define ACPI_DEVICE_IF(obj) \
     INTERFACE_CHECK(AcpiDeviceIf, (obj), \
                     TYPE_ACPI_DEVICE_IF)

typedef struct AcpiDeviceIf AcpiDeviceIf;

/* acpi_send_event: @dev is an ACPI_DEVICE_IF; needs the BQL. */
void acpi_send_event(DeviceState *dev, AcpiEventStatusBits event);

/*
 * @ospm_status: append to **@list what the guest said of the devices it was
 *     asked to take or to let go
 * @send_event: set the event's status bit, and the SCI if the guest listens
 * @madt_cpu: append to @entry, a table's bytes, what the MADT says about place
 *     @uid of @apic_ids; with @force_enabled as if there was a CPU
 */
struct AcpiDeviceIfClass {
    /* <private> */
    InterfaceClass parent_class;

    /* <public> */
    void (*ospm_status)(AcpiDeviceIf *adev, ACPIOSTInfoList ***list);
    void (*send_event)(AcpiDeviceIf *adev, AcpiEventStatusBits ev);
    void (*madt_cpu)(int uid, const CPUArchIdList *apic_ids, GArray *entry,
                     bool force_enabled);
};

#endif
