/*
 * Showing ACPI's tables to firmware.
 *
 * Read include/hw/acpi/utils.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/acpi/aml-build.h"
#include "hw/acpi/utils.h"
#include "hw/loader.h"

/* In RAM that may grow: what a later version builds may be larger. */
MemoryRegion *acpi_add_rom_blob(FWCfgCallback update, void *opaque,
                                GArray *blob, const char *name)
{
    static const struct {
        const char *name;
        size_t max_size;
    } files[] = {
        { ACPI_BUILD_TABLE_FILE, ACPI_BUILD_TABLE_MAX_SIZE },
        { ACPI_BUILD_LOADER_FILE, ACPI_BUILD_LOADER_MAX_SIZE },
        { ACPI_BUILD_RSDP_FILE, ACPI_BUILD_RSDP_MAX_SIZE },
    };

    for (int i = 0; i < ARRAY_SIZE(files); i++) {
        if (!strcmp(name, files[i].name)) {
            return rom_add_blob(name, blob->data, acpi_data_len(blob),
                                files[i].max_size, -1, name, update, opaque,
                                NULL, true);
        }
    }
    g_assert_not_reached();
}
