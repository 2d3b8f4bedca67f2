/*
 * The interface of devices that describe themselves in the DSDT.
 *
 * An ISA device is found by nobody who was not told of it.  So it appends a
 * Device() with its name, ports and interrupt to what its bridge, or the board,
 * hands it:
 *
 *     the DSDT's builder
 *       call_dev_aml_func(PIIX3)     Device (S08) { ... }
 *         qbus_build_aml(isa.0)
 *           call_dev_aml_func(isa-serial)     Device (COM1) { ... }
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ACPI_AML_INTERFACE_H
#define ACPI_AML_INTERFACE_H

#include "hw/acpi/aml-build.h"
#include "hw/qdev-core.h"
#include "qom/object.h"

#define TYPE_ACPI_DEV_AML_IF "acpi-dev-aml-interface"
typedef struct AcpiDevAmlIfClass AcpiDevAmlIfClass;
DECLARE_CLASS_CHECKERS(AcpiDevAmlIfClass, ACPI_DEV_AML_IF, TYPE_ACPI_DEV_AML_IF)
#define ACPI_DEV_AML_IF(obj) \
     INTERFACE_CHECK(AcpiDevAmlIf, (obj), TYPE_ACPI_DEV_AML_IF)

typedef struct AcpiDevAmlIf AcpiDevAmlIf;
typedef void (*dev_aml_fn)(AcpiDevAmlIf *adev, Aml *scope);

/* @build_dev_aml: append the device's description to @scope. */
struct AcpiDevAmlIfClass {
    /* <private> */
    InterfaceClass parent_class;

    /* <public> */
    dev_aml_fn build_dev_aml;
};

static inline dev_aml_fn get_dev_aml_func(DeviceState *dev)
{
    if (object_dynamic_cast(OBJECT(dev), TYPE_ACPI_DEV_AML_IF)) {
        return ACPI_DEV_AML_IF_GET_CLASS(dev)->build_dev_aml;
    }
    return NULL;
}

/* call_dev_aml_func: have @dev describe itself, if it does that. */
static inline void call_dev_aml_func(DeviceState *dev, Aml *scope)
{
    dev_aml_fn fn = get_dev_aml_func(dev);

    if (fn) {
        fn(ACPI_DEV_AML_IF(dev), scope);
    }
}

/* qbus_build_aml: the same for all devices on @bus. */
void qbus_build_aml(BusState *bus, Aml *scope);

#endif
