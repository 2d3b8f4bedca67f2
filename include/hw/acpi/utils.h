/*
 * Showing ACPI's tables to firmware.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_ACPI_UTILS_H
#define HW_ACPI_UTILS_H

#include "hw/nvram/fw_cfg.h"

/* How large the files may become. */
#define ACPI_BUILD_TABLE_MAX_SIZE   0x200000
#define ACPI_BUILD_LOADER_MAX_SIZE  0x10000
#define ACPI_BUILD_RSDP_MAX_SIZE    0x1000

/*
 * acpi_add_rom_blob: make @blob the file @name of the machine's fw_cfg, one of
 * ACPI_BUILD_*_FILE.
 * @update: called, with @opaque, when the guest selects the file
 * Returns the memory that the file is in, a copy of @blob; it belongs to the
 * fw_cfg device and goes with it.
 */
MemoryRegion *acpi_add_rom_blob(FWCfgCallback update, void *opaque,
                                GArray *blob, const char *name);

#endif
