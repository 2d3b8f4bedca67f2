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
#include "qapi/error.h"
#include "qemu/cutils.h"

/*
 * In RAM of its own, because it is part of the machine's state: the guest may
 * have seen half of it.
 */
MemoryRegion *acpi_add_rom_blob(FWCfgCallback update, void *opaque,
                                GArray *blob, const char *name)
{
    g_autofree char *mr_name = g_strdup_printf("/rom@%s", name);
    unsigned size = acpi_data_len(blob);
    FWCfgState *fw_cfg = fw_cfg_find();
    MemoryRegion *mr = g_new0(MemoryRegion, 1);
    void *data;

    memory_region_init_ram(mr, OBJECT(fw_cfg), mr_name, size, &error_fatal);
    memory_region_set_readonly(mr, true);
    /* The device has the only reference, and so its end is the region's. */
    OBJECT(mr)->free = g_free;

    data = memory_region_get_ram_ptr(mr);
    /* Room for later takes no pages until then: new RAM is zero. */
    if (!buffer_is_zero(blob->data, size)) {
        memcpy(data, blob->data, size);
    }
    fw_cfg_add_file_callback(fw_cfg, name, update, NULL, opaque, data, size,
                             true);
    return mr;
}
