/*
 * CPU hotplug's first registers: a bit for each APIC ID that has a CPU.
 *
 * They can only be read, and there is no way to let a CPU go.  Firmware and
 * systems never wrote to them; so a write of 0 to the first is the wish for the
 * registers of hw/acpi/cpu.h, which take their place.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_ACPI_CPU_HOTPLUG_H
#define HW_ACPI_CPU_HOTPLUG_H

#include "hw/acpi/acpi_dev_interface.h"
#include "hw/acpi/cpu.h"
#include "hw/hotplug.h"

/* Where they are on the PC, both these and those. */
#define CPU_HOTPLUG_IO_BASE 0xaf00

#define ACPI_GPE_PROC_LEN 32

/* @device: the chip; its property "cpu-hotplug-legacy" says which these are. */
typedef struct AcpiCpuHotplug {
    Object *device;
    MemoryRegion io;
    uint8_t sts[ACPI_GPE_PROC_LEN];
} AcpiCpuHotplug;

/* A CPU has come; one whose APIC ID has no bit makes the chip change over. */
void legacy_acpi_cpu_plug_cb(HotplugHandler *hotplug_dev,
                             AcpiCpuHotplug *g, DeviceState *dev, Error **errp);

/* Put the registers at @base of @parent, with the CPUs that are there now. */
void legacy_acpi_cpu_hotplug_init(MemoryRegion *parent, Object *owner,
                                  AcpiCpuHotplug *gpe_cpu, uint16_t base);

/* Take these away and put those of hw/acpi/cpu.h at @io_port. */
void acpi_switch_to_modern_cphp(AcpiCpuHotplug *gpe_cpu,
                                CPUHotplugState *cpuhp_state,
                                uint16_t io_port);

#endif
