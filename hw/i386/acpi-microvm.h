/*
 * ACPI's tables of the microvm.
 *
 *     RSDP --> XSDT --> FADT --> DSDT     hardware-reduced ACPI, revision 5
 *                  \--> MADT              CPUs and interrupt controllers
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_I386_ACPI_MICROVM_H
#define HW_I386_ACPI_MICROVM_H

#include "hw/acpi/aml-build.h"
#include "hw/i386/microvm.h"

/* acpi_build_microvm: all tables, and their script (acpi-direct.h). */
void acpi_build_microvm(AcpiBuildTables *tables, MachineState *machine);

/* acpi_setup_microvm: show the tables to firmware, if there is ACPI. */
void acpi_setup_microvm(MicrovmMachineState *mms);

#endif
