/*
 * The generic event device (GED): ACPI's registers for boards without a chip.
 *
 * ACPI as of 5.0 does without the PM1 and GPE blocks that chip sets of 1996
 * had ("hardware reduced").  What is left is an interrupt whose cause the
 * DSDT's code asks for in one register, and three bytes to sleep and to reset:
 *
 *     region 0     0x0  (4)   what has happened, ACPI_GED_*_EVT; reading it
 *                             forgets it
 *     region 2     0x0  (1)   sleep control: type 5 and the enable bit: off
 *                  0x1  (1)   sleep status
 *                  0x2  (1)   reset, when 0x42 is written
 *
 *     system_powerdown                  the guest
 *       acpi_ged_send_event: bit 1
 *       qemu_irq_pulse        ------->  \_SB.GED._EVT
 *                                         ESEL & 2: Notify (PWRB, 0x80)
 *                             <-------  region 2: sleep, type 5
 *       qemu_system_shutdown_request
 *
 * Region 1 is for hotplug of memory; there is nothing in it here.
 *
 * ACPI specification 6.3, chapters 4.8.3.7 (sleep control), 5.6.9 (interrupt-
 * signaled events).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_ACPI_GENERIC_EVENT_DEVICE_H
#define HW_ACPI_GENERIC_EVENT_DEVICE_H

#include "hw/acpi/aml-build.h"
#include "hw/hotplug.h"
#include "hw/sysbus.h"
#include "qom/object.h"

#define ACPI_POWER_BUTTON_DEVICE "PWRB"

#define TYPE_ACPI_GED "acpi-ged"
OBJECT_DECLARE_SIMPLE_TYPE(AcpiGedState, ACPI_GED)

/* The same, which knows what x86's MADT says of a CPU. */
#define TYPE_ACPI_GED_X86 "acpi-ged-x86"
#define ACPI_GED_X86(obj) \
    OBJECT_CHECK(AcpiGedX86State, (obj), TYPE_ACPI_GED_X86)

#define ACPI_GED_EVT_SEL_OFFSET    0x0
#define ACPI_GED_EVT_SEL_LEN       0x4

#define ACPI_GED_REG_SLEEP_CTL     0x00
#define ACPI_GED_REG_SLEEP_STS     0x01
#define ACPI_GED_REG_RESET         0x02
#define ACPI_GED_REG_COUNT         0x03

#define ACPI_GED_RESET_VALUE       0x42

/* Of the sleep control register. */
#define ACPI_GED_SLP_TYP_POS       0x2
#define ACPI_GED_SLP_TYP_MASK      0x07
#define ACPI_GED_SLP_TYP_S5        0x05
#define ACPI_GED_SLP_EN            0x20

/* Names in the DSDT. */
#define GED_DEVICE                 "GED"
#define AML_GED_EVT_REG            "EREG"
#define AML_GED_EVT_SEL            "ESEL"

/* Bits of the event register, and of the property ged-event. */
#define ACPI_GED_MEM_HOTPLUG_EVT   0x1
#define ACPI_GED_PWR_DOWN_EVT      0x2
#define ACPI_GED_NVDIMM_HOTPLUG_EVT 0x4

typedef struct GEDState {
    MemoryRegion evt;
    MemoryRegion regs;
    uint32_t sel;               /* what the guest has not heard of yet */
} GEDState;

struct AcpiGedState {
    SysBusDevice parent_obj;

    MemoryRegion container_memhp;
    GEDState ged_state;
    uint32_t ged_event_bitmap;  /* property: what the tables tell of */
    qemu_irq irq;
};

/*
 * build_ged_aml: append the device \_SB.@name to @table, with the method that
 * tells the events of @hotplug_dev, an AcpiGedState, to whom they concern.
 * @ged_irq: its GSI; @ged_base: where region 0 is, in @rs
 */
void build_ged_aml(Aml *table, const char *name, HotplugHandler *hotplug_dev,
                   uint32_t ged_irq, AmlRegionSpace rs, hwaddr ged_base);

/* acpi_dsdt_add_power_button: append the button that the GED's code presses. */
void acpi_dsdt_add_power_button(Aml *scope);

#endif
