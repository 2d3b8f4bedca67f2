/*
 * What an x86 board tells the firmware through fw_cfg.
 *
 * Read first: hw/nvram/fw_cfg.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_I386_FW_CFG_H
#define HW_I386_FW_CFG_H

#include "hw/acpi/aml-build.h"
#include "hw/boards.h"
#include "hw/nvram/fw_cfg.h"

#define FW_CFG_IO_BASE          0x510

#define FW_CFG_ACPI_TABLES      (FW_CFG_ARCH_LOCAL + 0)
#define FW_CFG_SMBIOS_ENTRIES   (FW_CFG_ARCH_LOCAL + 1)
#define FW_CFG_IRQ0_OVERRIDE    (FW_CFG_ARCH_LOCAL + 2)
#define FW_CFG_HPET             (FW_CFG_ARCH_LOCAL + 4)

/* fw_cfg_arch_create: make the device, and put in what all x86 boards tell. */
FWCfgState *fw_cfg_arch_create(MachineState *ms,
                               uint16_t boot_cpus,
                               uint16_t apic_id_limit);

/*
 * x86_get_smbios_tables: the machine's SMBIOS tables and their entry point; the
 * caller's.  Ends the program, with a message, if the user's wishes cannot be.
 */
void x86_get_smbios_tables(MachineState *ms, uint8_t **tables,
                           size_t *tables_len, uint8_t **anchor,
                           size_t *anchor_len);

/*
 * fw_cfg_build_smbios: the SMBIOS tables, for firmware to place.  All devices
 * are there.  Ends the program, with a message, if the user's wishes cannot be.
 */
void fw_cfg_build_smbios(MachineState *ms, FWCfgState *fw_cfg);

/* fw_cfg_add_acpi_dsdt: append the device to @scope of the DSDT. */
void fw_cfg_add_acpi_dsdt(Aml *scope, FWCfgState *fw_cfg);

/*
 * x86_feature_control: what firmware writes into each CPU's
 * IA32_FEATURE_CONTROL; 0 if the CPUs have nothing to be unlocked.
 */
uint64_t x86_feature_control(MachineState *ms);

/*
 * fw_cfg_build_feature_control: the same, for firmware to read; no file if it is
 * 0.
 */
void fw_cfg_build_feature_control(MachineState *ms, FWCfgState *fw_cfg);

#endif
