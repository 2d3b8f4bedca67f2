/*
 * What an x86 board tells the firmware through fw_cfg.
 *
 * Read first: hw/i386/fw_cfg.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "e820_memory_layout.h"
#include "exec/address-spaces.h"
#include "fw_cfg.h"
#include "hw/boards.h"
#include "hw/timer/hpet.h"

const char *fw_cfg_arch_key_name(uint16_t key)
{
    static const struct {
        uint16_t key;
        const char *name;
    } names[] = {
        { FW_CFG_ACPI_TABLES, "acpi_tables" },
        { FW_CFG_SMBIOS_ENTRIES, "smbios_entries" },
        { FW_CFG_IRQ0_OVERRIDE, "irq0_override" },
        { FW_CFG_HPET, "hpet" },
    };

    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        if (names[i].key == key) {
            return names[i].name;
        }
    }
    return NULL;
}

/*
 * The NUMA key: the number of nodes, then the node of each CPU by APIC ID,
 * then the size of each node.  Here all is one node, which counts as none.
 */
static void fw_cfg_add_numa(FWCfgState *fw_cfg, uint16_t apic_id_limit)
{
    size_t size = (1 + apic_id_limit) * sizeof(uint64_t);

    fw_cfg_add_bytes(fw_cfg, FW_CFG_NUMA, g_malloc0(size), size);
    fw_cfg_own(fw_cfg, FW_CFG_NUMA);
}

FWCfgState *fw_cfg_arch_create(MachineState *ms, uint16_t boot_cpus,
                               uint16_t apic_id_limit)
{
    FWCfgState *fw_cfg = fw_cfg_init_io_dma(FW_CFG_IO_BASE,
                                            FW_CFG_IO_BASE + 4,
                                            &address_space_memory);

    fw_cfg_add_i16(fw_cfg, FW_CFG_NB_CPUS, boot_cpus);

    /*
     * Not a number of CPUs: firmware takes it for the size of tables that it
     * indexes by APIC ID, and those have holes (see hw/i386/topology.h).
     */
    fw_cfg_add_i16(fw_cfg, FW_CFG_MAX_CPUS, apic_id_limit);
    fw_cfg_add_i64(fw_cfg, FW_CFG_RAM_SIZE, ms->ram_size);

    /* The timer's interrupt is at pin 2 of the IOAPIC. */
    fw_cfg_add_i32(fw_cfg, FW_CFG_IRQ0_OVERRIDE, 1);

    fw_cfg_add_bytes(fw_cfg, FW_CFG_HPET, &hpet_cfg, sizeof(hpet_cfg));

    fw_cfg_add_file(fw_cfg, "etc/e820", e820_table,
                    sizeof(struct e820_entry) * e820_get_num_entries());
    fw_cfg_add_numa(fw_cfg, apic_id_limit);
    return fw_cfg;
}
