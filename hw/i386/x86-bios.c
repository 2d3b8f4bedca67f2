/*
 * The firmware of an x86 board: a ROM that ends at 4 GiB.
 *
 *     4 GiB - size   pc.bios       where the CPU fetches its first instruction
 *     …
 *     0xe0000        isa-bios      its last 128 KiB once more, for real mode
 *
 * Read first: hw/i386/x86.h, include/hw/loader.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "exec/memory.h"
#include "hw/boards.h"
#include "hw/i386/x86.h"
#include "hw/loader.h"
#include "qapi/error.h"
#include "qemu/datadir.h"
#include "qemu/error-report.h"
#include "qemu/units.h"
#include "sysemu/qtest.h"

void x86_bios_rom_init(MachineState *ms, const char *default_firmware,
                       MemoryRegion *rom_memory, bool isapc_ram_fw)
{
    X86MachineState *x86ms = X86_MACHINE(ms);
    const char *bios_name = ms->firmware ?: default_firmware;
    g_autofree char *filename = NULL;
    int64_t bios_size, isa_bios_size;

    filename = qemu_find_file(QEMU_FILE_TYPE_BIOS, bios_name);
    /* Nobody asked for it, and nobody will run it. */
    if (!ms->firmware && qtest_enabled()) {
        return;
    }
    bios_size = filename ? get_image_size(filename) : -1;
    if (bios_size <= 0 || bios_size % (64 * KiB) || bios_size > 16 * MiB) {
        error_printf("qemu: could not load PC BIOS '%s'\n", bios_name);
        exit(1);
    }

    memory_region_init_ram(&x86ms->bios, NULL, "pc.bios", bios_size,
                           &error_fatal);
    if (!isapc_ram_fw) {
        memory_region_set_readonly(&x86ms->bios, true);
    }
    if (rom_add_file_fixed(bios_name, (uint32_t)-bios_size, -1) != 0) {
        exit(1);
    }

    isa_bios_size = MIN(bios_size, 128 * KiB);
    memory_region_init_alias(&x86ms->isa_bios, NULL, "isa-bios", &x86ms->bios,
                             bios_size - isa_bios_size, isa_bios_size);
    memory_region_add_subregion_overlap(rom_memory, 1 * MiB - isa_bios_size,
                                        &x86ms->isa_bios, 1);
    if (!isapc_ram_fw) {
        memory_region_set_readonly(&x86ms->isa_bios, true);
    }
    memory_region_add_subregion(rom_memory, (uint32_t)-bios_size,
                                &x86ms->bios);
}
