/*
 * The machine "none": no memory to speak of, no devices; a CPU if -cpu asks
 * for one.
 *
 * It is there to be asked questions: what does this program know?  And it is
 * the smallest board there is.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/boards.h"
#include "hw/core/cpu.h"
#include "exec/address-spaces.h"

static void machine_none_init(MachineState *mch)
{
    if (mch->cpu_type) {
        /* The tree holds it: it is below /machine/unattached by now. */
        object_unref(OBJECT(cpu_create(mch->cpu_type)));
    }
    /* RAM only if -m asks for some. */
    if (mch->ram) {
        memory_region_add_subregion(get_system_memory(), 0, mch->ram);
    }
}

static void machine_none_machine_init(MachineClass *mc)
{
    mc->desc = "empty machine";
    mc->init = machine_none_init;
    mc->max_cpus = 1;
    mc->default_ram_size = 0;
    mc->default_ram_id = "ram";
    mc->no_serial = 1;
    mc->no_parallel = 1;
    mc->no_floppy = 1;
    mc->no_cdrom = 1;
    mc->no_sdcard = 1;
}

DEFINE_MACHINE("none", machine_none_machine_init)
