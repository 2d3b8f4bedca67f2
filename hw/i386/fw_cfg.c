/*
 * What an x86 board tells the firmware through fw_cfg.
 *
 * Read first: hw/i386/fw_cfg.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "cpu.h"
#include "e820_memory_layout.h"
#include "exec/address-spaces.h"
#include "fw_cfg.h"
#include "hw/acpi/aml-build.h"
#include "hw/boards.h"
#include "hw/firmware/smbios.h"
#include "hw/timer/hpet.h"
#include "qapi/error.h"

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

/* The ranges of RAM, as the map of memory has them; the caller frees it. */
static struct smbios_phys_mem_area *fw_cfg_smbios_areas(unsigned *count)
{
    struct smbios_phys_mem_area *areas =
        g_new0(struct smbios_phys_mem_area, e820_get_num_entries());

    *count = 0;
    for (int i = 0; i < e820_get_num_entries(); i++) {
        if (e820_get_entry(i, E820_RAM, &areas[*count].address,
                           &areas[*count].length)) {
            (*count)++;
        }
    }
    return areas;
}

void x86_get_smbios_tables(MachineState *ms, uint8_t **tables,
                           size_t *tables_len, uint8_t **anchor,
                           size_t *anchor_len)
{
    g_autofree struct smbios_phys_mem_area *areas = NULL;
    X86CPU *cpu = X86_CPU(ms->possible_cpus->cpus[0].cpu);
    unsigned count;

    smbios_set_cpuid(cpu->env.cpuid_version, cpu->env.features[FEAT_1_EDX]);
    areas = fw_cfg_smbios_areas(&count);
    smbios_get_tables(ms, areas, count, tables, tables_len, anchor, anchor_len,
                      &error_fatal);
}

void fw_cfg_build_smbios(MachineState *ms, FWCfgState *fw_cfg)
{
    size_t tables_len, anchor_len;
    uint8_t *tables, *anchor;

    x86_get_smbios_tables(ms, &tables, &tables_len, &anchor, &anchor_len);
    fw_cfg_add_file(fw_cfg, "etc/smbios/smbios-tables", tables, tables_len);
    fw_cfg_own_file(fw_cfg, "etc/smbios/smbios-tables");
    fw_cfg_add_file(fw_cfg, "etc/smbios/smbios-anchor", anchor, anchor_len);
    fw_cfg_own_file(fw_cfg, "etc/smbios/smbios-anchor");
}

uint64_t x86_feature_control(MachineState *ms)
{
    X86CPU *cpu = X86_CPU(ms->possible_cpus->cpus[0].cpu);
    const uint64_t mce = CPUID_MCE | CPUID_MCA;
    CPUX86State *env = &cpu->env;
    uint64_t bits = 0;

    if (env->features[FEAT_1_ECX] & CPUID_EXT_VMX) {
        bits |= FEATURE_CONTROL_VMXON_ENABLED_OUTSIDE_SMX;
    }
    if ((env->features[FEAT_1_EDX] & mce) == mce &&
        (env->mcg_cap & MCG_LMCE_P)) {
        bits |= FEATURE_CONTROL_LMCE;
    }
    return bits ? bits | FEATURE_CONTROL_LOCKED : 0;
}

void fw_cfg_build_feature_control(MachineState *ms, FWCfgState *fw_cfg)
{
    uint64_t bits = x86_feature_control(ms);
    uint64_t *val;

    if (!bits) {
        return;
    }
    val = g_new(uint64_t, 1);
    *val = cpu_to_le64(bits);
    fw_cfg_add_file(fw_cfg, "etc/msr_feature_control", val, sizeof(*val));
    fw_cfg_own_file(fw_cfg, "etc/msr_feature_control");
}

/* Linux's driver qemu_fw_cfg finds the device by this. */
void fw_cfg_add_acpi_dsdt(Aml *scope, FWCfgState *fw_cfg)
{
    Aml *dev = aml_device("FWCF");
    Aml *crs = aml_resource_template();

    aml_append(dev, aml_name_decl("_HID", aml_string("QEMU0002")));
    aml_append(dev, aml_name_decl("_STA", aml_int(0xb)));
    /* Selector and data; then, with DMA, its register. */
    aml_append(crs, aml_io(AML_DECODE16, FW_CFG_IO_BASE, FW_CFG_IO_BASE, 1,
                           fw_cfg_dma_enabled(fw_cfg) ? 12 : 2));
    aml_append(dev, aml_name_decl("_CRS", crs));
    aml_append(scope, dev);
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
