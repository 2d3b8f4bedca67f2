/*
 * Showing ACPI's tables to firmware.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_ACPI_UTILS_H
#define HW_ACPI_UTILS_H

#include "hw/nvram/fw_cfg.h"

/*
 * acpi_add_rom_blob: make @blob the file @name of the machine's fw_cfg.
 * @update: called, with @opaque, when the guest selects the file
 * Returns the memory that the file is in, a copy of @blob; it belongs to the
 * fw_cfg device and goes with it.
 */
MemoryRegion *acpi_add_rom_blob(FWCfgCallback update, void *opaque,
                                GArray *blob, const char *name);

#endif
