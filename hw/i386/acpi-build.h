/*
 * ACPI's tables of the PC.
 *
 *     RSDP --> RSDT --> FADT --> FACS, DSDT
 *                  \--> MADT     CPUs and interrupt controllers
 *                  \--> HPET     the timer, if there is one
 *                  \--> WAET     what is better than the real chips
 *
 * They are built when firmware asks for them (acpi_setup() makes the files of
 * fw_cfg), because some of what they say firmware decides itself: where the
 * registers of PIIX4_PM are, where PCI devices are in memory.  Where there is
 * no firmware, acpi_place_tables() in acpi-direct.h has its part.
 *
 *     acpi-build.c   which tables there are, and the short ones
 *     acpi-common.c  MADT
 *     acpi-dsdt.c    DSDT: the host bridge, sleep states
 *     acpi-pci.c     DSDT: interrupt routes, slots, hotplug
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_I386_ACPI_BUILD_H
#define HW_I386_ACPI_BUILD_H

#include "hw/acpi/aml-build.h"
#include "hw/boards.h"
#include "hw/i386/pc.h"

/* What the tables say about PIIX4_PM. */
typedef struct AcpiPmInfo {
    bool s3_disabled;
    bool s4_disabled;
    uint8_t s4_val;
    AcpiFadtData fadt;
    uint16_t pcihp_io_base;     /* hw/acpi/pcihp.h; length 0: not there */
    uint16_t pcihp_io_len;
    bool pcihp_bridge_en;       /* behind bridges, too */
    uint16_t cpu_hp_io_base;    /* hw/acpi/cpu.h */
} AcpiPmInfo;

/* acpi_setup: show the tables to firmware, if there is fw_cfg, and ACPI. */
void acpi_setup(void);

/* acpi_build: all tables, and their script, as the machine is now. */
void acpi_build(AcpiBuildTables *tables, MachineState *machine);

/* acpi-dsdt.c: the table that is a program. */
void build_dsdt(GArray *table_data, BIOSLinker *linker, const AcpiPmInfo *pm,
                PCMachineState *pcms);

/* acpi-pci.c: \_SB's interrupt links, and the bridge's table of routes. */
void build_piix4_pci0_int(Aml *table);
/* The registers of hw/acpi/pcihp.h, and the methods that use them. */
void build_piix4_pci_hotplug(Aml *table, const AcpiPmInfo *pm);
/* The slots of @bus, and how they are ejected; and those behind bridges. */
void build_append_pci_bus_devices(Aml *parent_scope, PCIBus *bus,
                                  const AcpiPmInfo *pm);

#endif
