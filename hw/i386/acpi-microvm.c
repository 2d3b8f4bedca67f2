/*
 * ACPI's tables of the microvm.
 *
 * Hardware-reduced: no PM1 and GPE blocks, but a GED (hw/acpi/
 * generic_event_device.h).  Devices that cannot be looked for are in the DSDT:
 * those on the ISA bus, and each transport that has a virtio device.
 *
 * Read first: hw/i386/acpi-microvm.h, include/hw/acpi/aml-build.h.
 *
 * ACPI specification 6.3, chapters 4.1 (hardware-reduced) and 5.2.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "acpi-common.h"
#include "acpi-microvm.h"
#include "fw_cfg.h"
#include "hw/acpi/acpi_aml_interface.h"
#include "hw/acpi/generic_event_device.h"
#include "hw/acpi/utils.h"
#include "hw/sysbus.h"
#include "hw/virtio/virtio-mmio.h"
#include "qapi/error.h"

/* Linux's driver virtio_mmio finds transports by this. */
static void acpi_dsdt_add_virtio(Aml *scope, MicrovmMachineState *mms)
{
    BusChild *kid;

    QTAILQ_FOREACH(kid, &sysbus_get_default()->children, sibling) {
        VirtIOMMIOProxy *mmio;
        unsigned index;
        uint32_t irq;
        hwaddr base;
        Aml *dev, *crs;

        if (!object_dynamic_cast(OBJECT(kid->child), TYPE_VIRTIO_MMIO)) {
            continue;
        }
        mmio = VIRTIO_MMIO(kid->child);
        if (!virtio_bus_get_device(&mmio->bus)) {
            continue;
        }
        base = SYS_BUS_DEVICE(mmio)->mmio[0].addr;
        index = (base - VIRTIO_MMIO_BASE) / MICROVM_TRANSPORT_SIZE;
        irq = mms->virtio_irq_base + index;

        dev = aml_device("VR%02u", index);
        aml_append(dev, aml_name_decl("_HID", aml_string("LNRO0005")));
        aml_append(dev, aml_name_decl("_UID", aml_int(index)));
        aml_append(dev, aml_name_decl("_CCA", aml_int(1)));

        crs = aml_resource_template();
        aml_append(crs, aml_memory32_fixed(base, MICROVM_TRANSPORT_SIZE,
                                           AML_READ_WRITE));
        aml_append(crs, aml_interrupt(AML_CONSUMER, AML_LEVEL,
                                      AML_ACTIVE_HIGH, AML_EXCLUSIVE, &irq,
                                      1));
        aml_append(dev, aml_name_decl("_CRS", crs));
        aml_append(scope, dev);
    }
}

static void build_dsdt_microvm(GArray *table_data, BIOSLinker *linker,
                               MicrovmMachineState *mms)
{
    X86MachineState *x86ms = X86_MACHINE(mms);
    AcpiTable table = { .sig = "DSDT", .rev = 2, .oem_id = x86ms->oem_id,
                        .oem_table_id = x86ms->oem_table_id };
    bool ambiguous;
    Object *isabus = object_resolve_path_type("", TYPE_ISA_BUS, &ambiguous);
    Aml *dsdt = init_aml_allocator();
    Aml *sb_scope = aml_scope("_SB");
    Aml *scope = aml_scope("\\");
    Aml *pkg = aml_package(4);

    assert(isabus && !ambiguous);
    fw_cfg_add_acpi_dsdt(sb_scope, x86ms->fw_cfg);
    qbus_build_aml(BUS(isabus), sb_scope);
    build_ged_aml(sb_scope, GED_DEVICE, x86ms->acpi_dev, GED_MMIO_IRQ,
                  AML_SYSTEM_MEMORY, GED_MMIO_BASE);
    acpi_dsdt_add_power_button(sb_scope);
    acpi_dsdt_add_virtio(sb_scope, mms);
    aml_append(dsdt, sb_scope);

    /* Off: the type, for a sleep control register; the rest is not used. */
    aml_append(pkg, aml_int(ACPI_GED_SLP_TYP_S5));
    for (int i = 0; i < 3; i++) {
        aml_append(pkg, aml_int(0));
    }
    aml_append(scope, aml_name_decl("_S5", pkg));
    aml_append(dsdt, scope);

    acpi_table_begin(&table, table_data);
    g_array_append_vals(table_data, dsdt->buf->data, dsdt->buf->len);
    acpi_table_end(linker, &table);
    free_aml_allocator();
}

static struct AcpiGenericAddress ged_register(unsigned reg)
{
    return (struct AcpiGenericAddress) {
        .space_id = AML_AS_SYSTEM_MEMORY,
        .bit_width = 8,
        .address = GED_MMIO_BASE_REGS + reg,
    };
}

void acpi_build_microvm(AcpiBuildTables *tables, MachineState *machine)
{
    MicrovmMachineState *mms = MICROVM_MACHINE(machine);
    X86MachineState *x86ms = X86_MACHINE(machine);
    GArray *tables_blob = tables->table_data;
    g_autoptr(GArray) table_offsets = g_array_new(false, true,
                                                  sizeof(uint32_t));
    unsigned dsdt, xsdt;
    AcpiFadtData pmfadt = {
        .rev = 5,
        .flags = 1 << ACPI_FADT_F_HW_REDUCED_ACPI |
                 1 << ACPI_FADT_F_RESET_REG_SUP,
        .sleep_ctl = ged_register(ACPI_GED_REG_SLEEP_CTL),
        .sleep_sts = ged_register(ACPI_GED_REG_SLEEP_STS),
        .reset_reg = ged_register(ACPI_GED_REG_RESET),
        .reset_val = ACPI_GED_RESET_VALUE,
    };

    bios_linker_loader_alloc(tables->linker, ACPI_BUILD_TABLE_FILE,
                             tables_blob, 64, false);

    dsdt = tables_blob->len;
    build_dsdt_microvm(tables_blob, tables->linker, mms);
    pmfadt.dsdt_tbl_offset = &dsdt;
    pmfadt.xdsdt_tbl_offset = &dsdt;

    acpi_add_table(table_offsets, tables_blob);
    build_fadt(tables_blob, tables->linker, &pmfadt, x86ms->oem_id,
               x86ms->oem_table_id);

    acpi_add_table(table_offsets, tables_blob);
    acpi_build_madt(tables_blob, tables->linker, x86ms,
                    ACPI_DEVICE_IF(x86ms->acpi_dev), x86ms->oem_id,
                    x86ms->oem_table_id);

    xsdt = tables_blob->len;
    build_xsdt(tables_blob, tables->linker, table_offsets, x86ms->oem_id,
               x86ms->oem_table_id);

    build_rsdp(tables->rsdp, tables->linker, &(AcpiRsdpData) {
        .revision = 2,
        .oem_id = x86ms->oem_id,
        .xsdt_tbl_offset = &xsdt,
    });
}

/* Nothing that the tables tell can change: they are good for all resets. */
static void acpi_build_no_update(void *build_opaque)
{
}

static void acpi_show_microvm(GArray *blob, const char *name)
{
    acpi_add_rom_blob(acpi_build_no_update, NULL, blob, name);
}

void acpi_setup_microvm(MicrovmMachineState *mms)
{
    X86MachineState *x86ms = X86_MACHINE(mms);
    AcpiBuildTables tables;

    if (!x86ms->fw_cfg || !x86ms->acpi_dev) {
        return;
    }
    acpi_build_tables_init(&tables);
    acpi_build_microvm(&tables, MACHINE(mms));
    acpi_show_microvm(tables.table_data, ACPI_BUILD_TABLE_FILE);
    acpi_show_microvm(tables.linker->cmd_blob, ACPI_BUILD_LOADER_FILE);
    acpi_show_microvm(tables.rsdp, ACPI_BUILD_RSDP_FILE);
    acpi_build_tables_cleanup(&tables, true);
}
