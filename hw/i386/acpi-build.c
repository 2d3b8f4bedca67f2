/*
 * ACPI's tables of the PC: which there are, and how firmware gets them.
 *
 * Read first: hw/i386/acpi-build.h, include/hw/acpi/aml-build.h.  Read next:
 * acpi-common.c, acpi-dsdt.c.
 *
 * ACPI specification 6.3, chapter 5.2.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "acpi-build.h"
#include "acpi-common.h"
#include "hw/acpi/acpi.h"
#include "hw/acpi/cpu_hotplug.h"
#include "hw/acpi/pcihp.h"
#include "hw/acpi/utils.h"
#include "hw/isa/apm.h"
#include "hw/pci/pci.h"
#include "hw/timer/hpet.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "qemu/units.h"
#include "sysemu/reset.h"

/* The files' sizes, of which the guest sees no other: plenty. */
#define ACPI_BUILD_TABLE_SIZE  0x20000
#define ACPI_BUILD_LOADER_SIZE 0x1000
#define ACPI_BUILD_RSDP_SIZE   20

/* So many CPUs can be told one by one, by a bit for each. */
#define APIC_FLAT_MODE_CPUS 8

#define RTC_CENTURY 0x32

/* The first register of an HPET with three timers, whatever -global says. */
#define HPET_BLOCK_ID 0x8086a201

/* PIIX4_PM */

static void acpi_fadt_set_io(struct AcpiGenericAddress *gas, uint64_t port,
                             int bytes)
{
    *gas = (struct AcpiGenericAddress) {
        .space_id = AML_AS_SYSTEM_IO,
        .bit_width = bytes * 8,
        .address = port,
    };
}

/* The blocks are where hw/acpi/acpi.h says, from "pm_io_base" on. */
static void init_common_fadt_data(MachineState *ms, Object *o,
                                  AcpiFadtData *data)
{
    uint64_t io = object_property_get_uint(o, ACPI_PM_PROP_PM_IO_BASE,
                                           &error_abort);
    bool smm = x86_machine_is_smm_enabled(X86_MACHINE(ms));

    *data = (AcpiFadtData) {
        .rev = 1,
        .flags = 1 << ACPI_FADT_F_WBINVD | 1 << ACPI_FADT_F_PROC_C1 |
                 1 << ACPI_FADT_F_SLP_BUTTON | 1 << ACPI_FADT_F_RTC_S4 |
                 1 << ACPI_FADT_F_USE_PLATFORM_CLOCK |
                 (ms->smp.max_cpus > APIC_FLAT_MODE_CPUS
                  ? 1 << ACPI_FADT_F_FORCE_APIC_CLUSTER_MODEL : 0),
        .int_model = 1,
        .plvl2_lat = 0xfff,
        .plvl3_lat = 0xfff,
        /* Without SMM there is no mode but ACPI's, and no way to another. */
        .smi_cmd = smm ? ACPI_PORT_SMI_CMD : 0,
        .acpi_enable_cmd = smm ? object_property_get_uint(o,
                               ACPI_PM_PROP_ACPI_ENABLE_CMD, &error_abort) : 0,
        .acpi_disable_cmd = smm ? object_property_get_uint(o,
                               ACPI_PM_PROP_ACPI_DISABLE_CMD, &error_abort) : 0,
        .sci_int = object_property_get_uint(o, ACPI_PM_PROP_SCI_INT,
                                            &error_abort),
        .rtc_century = RTC_CENTURY,
    };
    acpi_fadt_set_io(&data->pm1a_evt, io, 4);
    acpi_fadt_set_io(&data->pm1a_cnt, io + 4, 2);
    acpi_fadt_set_io(&data->pm_tmr, io + 8, 4);
    acpi_fadt_set_io(&data->gpe0_blk,
                     object_property_get_uint(o, ACPI_PM_PROP_GPE0_BLK,
                                              &error_abort),
                     object_property_get_uint(o, ACPI_PM_PROP_GPE0_BLK_LEN,
                                              &error_abort));
}

static void acpi_get_pm_info(MachineState *machine, AcpiPmInfo *pm)
{
    Object *obj = OBJECT(X86_MACHINE(machine)->acpi_dev);

    *pm = (AcpiPmInfo) {
        .cpu_hp_io_base = CPU_HOTPLUG_IO_BASE,
        .s3_disabled = object_property_get_uint(obj, ACPI_PM_PROP_S3_DISABLED,
                                                &error_abort),
        .s4_disabled = object_property_get_uint(obj, ACPI_PM_PROP_S4_DISABLED,
                                                &error_abort),
        .s4_val = object_property_get_uint(obj, ACPI_PM_PROP_S4_VAL,
                                           &error_abort),
    };
    init_common_fadt_data(machine, obj, &pm->fadt);

    /* Without hotplug PIIX4_PM does not have these properties. */
    if (object_property_find(obj, ACPI_PCIHP_IO_BASE_PROP)) {
        pm->pcihp_io_base = object_property_get_uint(obj,
                                ACPI_PCIHP_IO_BASE_PROP, &error_abort);
        pm->pcihp_io_len = object_property_get_uint(obj,
                                ACPI_PCIHP_IO_LEN_PROP, &error_abort);
        pm->pcihp_bridge_en = object_property_get_bool(obj,
                                ACPI_PM_PROP_ACPI_PCIHP_BRIDGE, &error_abort);
    }
}

/* The short tables */

/* Firmware's and the system's common memory, 5.2.10: no header but these. */
static void build_facs(GArray *table_data)
{
    g_array_append_vals(table_data, "FACS", 4);
    build_append_int_noprefix(table_data, 64, 4);
    acpi_align_size(table_data, 64);
}

/* The PM timer's value is good when read once; Microsoft's WAET, 2009. */
static void build_waet(GArray *table_data, BIOSLinker *linker,
                       const char *oem_id, const char *oem_table_id)
{
    AcpiTable table = { .sig = "WAET", .rev = 1, .oem_id = oem_id,
                        .oem_table_id = oem_table_id };

    acpi_table_begin(&table, table_data);
    build_append_int_noprefix(table_data, 1 << 1, 4);
    acpi_table_end(linker, &table);
}

/* Where the HPET is, and what its first register says; its specification's. */
static void build_hpet(GArray *table_data, BIOSLinker *linker,
                       const char *oem_id, const char *oem_table_id)
{
    AcpiTable table = { .sig = "HPET", .rev = 1, .oem_id = oem_id,
                        .oem_table_id = oem_table_id };

    acpi_table_begin(&table, table_data);
    build_append_int_noprefix(table_data, HPET_BLOCK_ID, 4);
    /* In memory, and of no width, as nobody looks at it. */
    build_append_int_noprefix(table_data, 0, 4);
    build_append_int_noprefix(table_data, HPET_BASE, 8);
    build_append_int_noprefix(table_data, 0, 1);        /* the first HPET */
    build_append_int_noprefix(table_data, 0, 2);        /* any period */
    build_append_int_noprefix(table_data, 0, 1);        /* its page: not alone */
    acpi_table_end(linker, &table);
}

/* All of them */

void acpi_build(AcpiBuildTables *tables, MachineState *machine)
{
    PCMachineState *pcms = PC_MACHINE(machine);
    X86MachineState *x86ms = X86_MACHINE(machine);
    GArray *tables_blob = tables->table_data;
    g_autoptr(GArray) table_offsets = g_array_new(false, true,
                                                  sizeof(uint32_t));
    const char *oem_id = x86ms->oem_id;
    const char *oem_table_id = x86ms->oem_table_id;
    unsigned facs, dsdt, rsdt;
    AcpiPmInfo pm;

    acpi_get_pm_info(machine, &pm);
    bios_linker_loader_alloc(tables->linker, ACPI_BUILD_TABLE_FILE,
                             tables_blob, 64 /* FACS wants that */, false);

    facs = tables_blob->len;
    build_facs(tables_blob);
    pm.fadt.facs_tbl_offset = &facs;

    dsdt = tables_blob->len;
    build_dsdt(tables_blob, tables->linker, &pm, pcms);
    pm.fadt.dsdt_tbl_offset = &dsdt;

    acpi_add_table(table_offsets, tables_blob);
    build_fadt(tables_blob, tables->linker, &pm.fadt, oem_id, oem_table_id);

    acpi_add_table(table_offsets, tables_blob);
    acpi_build_madt(tables_blob, tables->linker, x86ms,
                    ACPI_DEVICE_IF(x86ms->acpi_dev), oem_id, oem_table_id);

    if (hpet_find()) {
        acpi_add_table(table_offsets, tables_blob);
        build_hpet(tables_blob, tables->linker, oem_id, oem_table_id);
    }

    acpi_add_table(table_offsets, tables_blob);
    build_waet(tables_blob, tables->linker, oem_id, oem_table_id);

    rsdt = tables_blob->len;
    build_rsdt(tables_blob, tables->linker, table_offsets, oem_id,
               oem_table_id);

    build_rsdp(tables->rsdp, tables->linker, &(AcpiRsdpData) {
        .revision = 0,
        .oem_id = x86ms->oem_id,
        .rsdt_tbl_offset = &rsdt,
    });
}

/* For firmware */

/* @patched: what the files have in them is of this boot */
typedef struct AcpiBuildState {
    MemoryRegion *table_mr;
    MemoryRegion *rsdp_mr;
    MemoryRegion *linker_mr;
    bool patched;
} AcpiBuildState;

static AcpiBuildState acpi_build_state;

static void acpi_ram_update(MemoryRegion *mr, GArray *data)
{
    uint64_t size = memory_region_size(mr);
    uint8_t *ram = memory_region_get_ram_ptr(mr);

    assert(acpi_data_len(data) <= size); /* acpi_table_size() */
    memcpy(ram, data->data, data->len);
    memset(ram + data->len, 0, size - data->len);
    memory_region_set_dirty(mr, 0, size);
}

/*
 * Firmware selects one of the files.  All are made, at the first of them only:
 * they belong together.
 */
static void acpi_build_update(void *build_opaque)
{
    AcpiBuildState *build_state = build_opaque;
    AcpiBuildTables tables;

    if (build_state->patched) {
        return;
    }
    build_state->patched = true;

    acpi_build_tables_init(&tables);
    acpi_build(&tables, MACHINE(qdev_get_machine()));
    acpi_ram_update(build_state->table_mr, tables.table_data);
    acpi_ram_update(build_state->rsdp_mr, tables.rsdp);
    acpi_ram_update(build_state->linker_mr, tables.linker->cmd_blob);
    acpi_build_tables_cleanup(&tables, true);
}

static void acpi_build_reset(void *build_opaque)
{
    AcpiBuildState *build_state = build_opaque;

    build_state->patched = false;
}

/*
 * The files are empty until somebody selects one: a machine that boots without
 * firmware, or not at all, starts without having built anything.
 */
static MemoryRegion *acpi_add_empty_file(const char *name, unsigned size)
{
    g_autoptr(GArray) blob = g_array_new(false, true, 1);

    g_array_set_size(blob, size);
    return acpi_add_rom_blob(acpi_build_update, &acpi_build_state, blob, name);
}

/* For pci_for_each_bus(): how much of the DSDT is about a bus, at most? */
static void acpi_add_bus_size(PCIBus *bus, void *opaque)
{
    unsigned *size = opaque;

    /* Its bridge and its methods, then the slots */
    *size += 256 + PCI_SLOT_MAX * 104;
}

/*
 * The size of the file with the tables.  Firmware asks for it before it reads,
 * and so before they are built.
 */
static uint64_t acpi_table_size(PCMachineState *pcms)
{
    unsigned size = 8 * KiB + 192 * MACHINE(pcms)->smp.max_cpus;

    pci_for_each_bus(pcms->bus, acpi_add_bus_size, &size);
    size = ROUND_UP(size, ACPI_BUILD_TABLE_SIZE);
    if (size > ACPI_BUILD_TABLE_MAX_SIZE) {
        error_report("ACPI tables about so many CPUs and PCI bridges do not "
                     "fit into %u bytes", ACPI_BUILD_TABLE_MAX_SIZE);
        exit(1);
    }
    return size;
}

void acpi_setup(void)
{
    AcpiBuildState *build_state = &acpi_build_state;
    X86MachineState *x86ms = X86_MACHINE(qdev_get_machine());

    if (!x86ms->fw_cfg || !x86ms->acpi_dev) {
        return;
    }
    build_state->table_mr = acpi_add_empty_file(ACPI_BUILD_TABLE_FILE,
                              acpi_table_size(PC_MACHINE(x86ms)));
    build_state->linker_mr = acpi_add_empty_file(ACPI_BUILD_LOADER_FILE,
                                                 ACPI_BUILD_LOADER_SIZE);
    build_state->rsdp_mr = acpi_add_empty_file(ACPI_BUILD_RSDP_FILE,
                                               ACPI_BUILD_RSDP_SIZE);
    qemu_register_reset(acpi_build_reset, build_state);
    acpi_build_reset(build_state);
}
