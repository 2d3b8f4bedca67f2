/*
 * ACPI's tables that all x86 boards have alike.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_I386_ACPI_COMMON_H
#define HW_I386_ACPI_COMMON_H

#include "hw/acpi/acpi_dev_interface.h"
#include "hw/acpi/bios-linker-loader.h"
#include "hw/i386/x86.h"

/* What the IOAPIC calls itself. */
#define ACPI_BUILD_IOAPIC_ID 0x0

/* acpi_build_madt: the CPUs' places (by @adev), and interrupts. */
void acpi_build_madt(GArray *table_data, BIOSLinker *linker,
                     X86MachineState *x86ms, AcpiDeviceIf *adev,
                     const char *oem_id, const char *oem_table_id);

#endif
