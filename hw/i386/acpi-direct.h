/*
 * Putting ACPI's tables into memory where no firmware does it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_I386_ACPI_DIRECT_H
#define HW_I386_ACPI_DIRECT_H

#include "exec/hwaddr.h"
#include "hw/acpi/aml-build.h"
#include "hw/boards.h"

/* What RSDP may take, in the first KiB of the extended BIOS data area. */
#define ACPI_DIRECT_RSDP_MAX 1024

/* Build all tables of @machine, and their script, as it is now. */
typedef void AcpiBuildFunc(AcpiBuildTables *tables, MachineState *machine);

/*
 * acpi_place_tables: play firmware's part for the machine's tables, as it is
 * now: have @build_func build them, execute their script, write them into guest memory.
 * @tables: where they go, a multiple of 64; @tables_size bytes are theirs
 * @rsdp: where the root pointer goes, a multiple of 16 below 1 MiB
 *
 * To be called at each reset, after the devices' and when ACPI's registers have
 * their ports: the tables tell them.  Returns false, with nothing written,
 * if the machine has no ACPI, or after a message if they do not fit.
 */
bool acpi_place_tables(AcpiBuildFunc *build_func, hwaddr tables,
                       uint64_t tables_size, hwaddr rsdp);

#endif
