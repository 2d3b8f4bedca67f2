/*
 * DSDT: the table that is a program, run by the guest's operating system.
 *
 *     \DBUG             to write to port 0x402, for people who change this
 *     \_SB.PCI0         the host bridge: its windows, its slots
 *     \_SB.HPET         the timer
 *     \_SB.LNKA ...     interrupt links                     acpi-pci.c
 *     \_GPE._E01        PCI hotplug                         acpi-pci.c
 *     \_SB.CPUS         CPUs, and their hotplug (_E02)      hw/acpi/cpu-aml.c
 *     \_S3, \_S4, \_S5  what to write to PM1 control to sleep
 *
 * Read first: hw/i386/acpi-build.h.  Read next: acpi-pci.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "acpi-build.h"
#include "fw_cfg.h"
#include "hw/acpi/acpi_aml_interface.h"
#include "hw/acpi/cpu.h"
#include "hw/pci-host/i440fx.h"
#include "hw/pci/pci_bus.h"
#include "hw/pci/pci_host.h"
#include "hw/timer/hpet.h"
#include "qapi/error.h"

/* DBUG(x) writes x in hexadecimal, and a new line; see -debugcon. */
static void build_dbg_aml(Aml *table)
{
    Aml *scope = aml_scope("\\");
    Aml *buf = aml_local(0);
    Aml *len = aml_local(1);
    Aml *idx = aml_local(2);
    Aml *field, *method, *loop;

    aml_append(scope, aml_operation_region("DBG", AML_SYSTEM_IO,
                                           aml_int(0x0402), 0x01));
    field = aml_field("DBG", AML_BYTE_ACC, AML_NOLOCK, AML_PRESERVE);
    aml_append(field, aml_named_field("DBGB", 8));
    aml_append(scope, field);

    method = aml_method("DBUG", 1, AML_NOTSERIALIZED);
    aml_append(method, aml_tohexstring(aml_arg(0), buf));
    aml_append(method, aml_tobuffer(buf, buf));
    /* Without the NUL. */
    aml_append(method, aml_subtract(aml_sizeof(buf), aml_int(1), len));
    aml_append(method, aml_store(aml_int(0), idx));

    loop = aml_while(aml_lless(idx, len));
    aml_append(loop, aml_store(aml_derefof(aml_index(buf, idx)),
                               aml_name("DBGB")));
    aml_append(loop, aml_increment(idx));
    aml_append(method, loop);
    aml_append(method, aml_store(aml_int('\n'), aml_name("DBGB")));

    aml_append(scope, method);
    aml_append(table, scope);
}

static void build_pci0(Aml *table)
{
    Aml *sb_scope = aml_scope("_SB");
    Aml *dev = aml_device("PCI0");

    aml_append(dev, aml_name_decl("_HID", aml_eisaid("PNP0A03")));
    aml_append(dev, aml_name_decl("_ADR", aml_int(0)));
    aml_append(dev, aml_name_decl("_UID", aml_int(0)));
    aml_append(sb_scope, dev);
    aml_append(table, sb_scope);
}

/* What the bridge hands on: the rest belongs to the board. */
static Aml *build_pci0_crs(Object *pci_host)
{
    Aml *crs = aml_resource_template();
    uint64_t start = object_property_get_uint(pci_host,
                         PCI_HOST_PROP_PCI_HOLE_START, &error_abort);
    uint64_t end = object_property_get_uint(pci_host,
                       PCI_HOST_PROP_PCI_HOLE_END, &error_abort);
    uint64_t start64 = object_property_get_uint(pci_host,
                           PCI_HOST_PROP_PCI_HOLE64_START, &error_abort);
    uint64_t end64 = object_property_get_uint(pci_host,
                         PCI_HOST_PROP_PCI_HOLE64_END, &error_abort);

    aml_append(crs, aml_word_bus_number(AML_MIN_FIXED, AML_MAX_FIXED,
                                        AML_POS_DECODE, 0, 0, 0xff, 0, 0x100));
    /* Its own registers, in a gap of its ports. */
    aml_append(crs, aml_io(AML_DECODE16, 0xcf8, 0xcf8, 1, 8));
    aml_append(crs, aml_word_io(AML_MIN_FIXED, AML_MAX_FIXED, AML_POS_DECODE,
                                AML_ENTIRE_RANGE, 0, 0, 0xcf7, 0, 0xcf8));
    aml_append(crs, aml_word_io(AML_MIN_FIXED, AML_MAX_FIXED, AML_POS_DECODE,
                                AML_ENTIRE_RANGE, 0, 0xd00, 0xffff, 0,
                                0xf300));

    /* VGA; then what RAM leaves free. */
    aml_append(crs, aml_dword_memory(AML_POS_DECODE, AML_MIN_FIXED,
                                     AML_MAX_FIXED, AML_CACHEABLE,
                                     AML_READ_WRITE, 0, 0xa0000, 0xbffff, 0,
                                     0x20000));
    if (start < end) {
        aml_append(crs, aml_dword_memory(AML_POS_DECODE, AML_MIN_FIXED,
                                         AML_MAX_FIXED, AML_NON_CACHEABLE,
                                         AML_READ_WRITE, 0, start, end - 1, 0,
                                         end - start));
    }
    if (start64 < end64) {
        aml_append(crs, aml_qword_memory(AML_POS_DECODE, AML_MIN_FIXED,
                                         AML_MAX_FIXED, AML_CACHEABLE,
                                         AML_READ_WRITE, 0, start64, end64 - 1,
                                         0, end64 - start64));
    }
    return crs;
}

/*
 * The HPET; its _STA looks at the chip itself, as it could be switched off by
 * hardware: a vendor that is none, or a period that no HPET may have.
 */
static void build_hpet_aml(Aml *table)
{
    Aml *scope = aml_scope("_SB");
    Aml *dev = aml_device("HPET");
    Aml *crs = aml_resource_template();
    Aml *vendor = aml_local(0), *period = aml_local(1);
    Aml *field, *method, *absent;

    aml_append(dev, aml_name_decl("_HID", aml_eisaid("PNP0103")));
    aml_append(dev, aml_name_decl("_UID", aml_int(0)));

    aml_append(dev, aml_operation_region("HPTM", AML_SYSTEM_MEMORY,
                                         aml_int(HPET_BASE), HPET_LEN));
    field = aml_field("HPTM", AML_DWORD_ACC, AML_LOCK, AML_PRESERVE);
    aml_append(field, aml_named_field("VEND", 32));
    aml_append(field, aml_named_field("PRD", 32));
    aml_append(dev, field);

    method = aml_method("_STA", 0, AML_NOTSERIALIZED);
    aml_append(method, aml_store(aml_name("VEND"), vendor));
    aml_append(method, aml_store(aml_name("PRD"), period));
    aml_append(method, aml_shiftright(vendor, aml_int(16), vendor));
    absent = aml_if(aml_lor(aml_equal(vendor, aml_int(0)),
                            aml_equal(vendor, aml_int(0xffff))));
    aml_append(absent, aml_return(aml_int(0)));
    aml_append(method, absent);
    absent = aml_if(aml_lor(aml_equal(period, aml_int(0)),
                            aml_lgreater(period, aml_int(100000000))));
    aml_append(absent, aml_return(aml_int(0)));
    aml_append(method, absent);
    aml_append(method, aml_return(aml_int(0xf)));
    aml_append(dev, method);

    aml_append(crs, aml_memory32_fixed(HPET_BASE, HPET_LEN, AML_READ_ONLY));
    aml_append(dev, aml_name_decl("_CRS", crs));

    aml_append(scope, dev);
    aml_append(table, scope);
}

/* Ports that no device of the tables has, so that nobody else takes them. */
static Aml *build_reserved_ports(const char *name, const char *uid,
                                 uint16_t base, uint8_t len)
{
    Aml *dev = aml_device("%s", name);
    Aml *crs = aml_resource_template();

    aml_append(dev, aml_name_decl("_HID", aml_string("PNP0A06")));
    aml_append(dev, aml_name_decl("_UID", aml_string("%s", uid)));
    /* It is there, works, and need not be shown. */
    aml_append(dev, aml_name_decl("_STA", aml_int(0xb)));
    aml_append(crs, aml_io(AML_DECODE16, base, base, 1, len));
    aml_append(dev, aml_name_decl("_CRS", crs));
    return dev;
}

/* What is on the bridge, from the board's point of view. */
static void build_pci0_resources(Aml *table, const AcpiPmInfo *pm,
                                 PCIBus *bus)
{
    Aml *scope = aml_scope("\\_SB.PCI0");

    aml_append(scope, aml_name_decl("_CRS",
                          build_pci0_crs(OBJECT(BUS(bus)->parent))));
    aml_append(scope, build_reserved_ports("GPE0", "GPE0 resources",
                                           pm->fadt.gpe0_blk.address,
                                           pm->fadt.gpe0_blk.bit_width / 8));
    if (pm->pcihp_io_len) {
        aml_append(scope, build_reserved_ports("PHPR", "PCI Hotplug resources",
                                               pm->pcihp_io_base,
                                               pm->pcihp_io_len));
    }
    aml_append(table, scope);
}

/* The values of SLP_TYP for PM1a and PM1b, of hw/acpi/core.c. */
static void build_sleep_state(Aml *scope, const char *name, uint8_t type)
{
    Aml *pkg = aml_package(4);

    aml_append(pkg, aml_int(type));
    aml_append(pkg, aml_int(type));
    aml_append(pkg, aml_int(0));                /* reserved */
    aml_append(pkg, aml_int(0));
    aml_append(scope, aml_name_decl(name, pkg));
}

static void build_sleep_states(Aml *table, const AcpiPmInfo *pm)
{
    Aml *scope = aml_scope("\\");

    if (!pm->s3_disabled) {
        build_sleep_state(scope, "_S3", 1);
    }
    if (!pm->s4_disabled) {
        build_sleep_state(scope, "_S4", pm->s4_val);
    }
    build_sleep_state(scope, "_S5", 0);
    aml_append(table, scope);
}

static void build_fw_cfg(Aml *table, FWCfgState *fw_cfg)
{
    Aml *scope = aml_scope("\\_SB.PCI0");

    fw_cfg_add_acpi_dsdt(scope, fw_cfg);
    aml_append(table, scope);
}

void build_dsdt(GArray *table_data, BIOSLinker *linker, const AcpiPmInfo *pm,
                PCMachineState *pcms)
{
    X86MachineState *x86ms = X86_MACHINE(pcms);
    AcpiTable table = { .sig = "DSDT", .rev = 1, .oem_id = x86ms->oem_id,
                        .oem_table_id = x86ms->oem_table_id };
    Aml *dsdt = init_aml_allocator();
    Aml *sb_scope, *scope;

    build_dbg_aml(dsdt);
    build_pci0(dsdt);
    if (pm->pcihp_io_len) {
        build_piix4_pci_hotplug(dsdt, pm);
    }
    build_piix4_pci0_int(dsdt);
    if (hpet_find()) {
        build_hpet_aml(dsdt);
    }
    build_cpus_aml(dsdt, MACHINE(pcms),
                   (CPUHotplugFeatures) { .acpi_1_compatible = true,
                                          .has_legacy_cphp = true },
                   pm->cpu_hp_io_base, "\\_SB.PCI0", "\\_GPE._E02");
    build_pci0_resources(dsdt, pm, pcms->bus);
    build_sleep_states(dsdt, pm);
    if (x86ms->fw_cfg) {
        build_fw_cfg(dsdt, x86ms->fw_cfg);
    }

    sb_scope = aml_scope("\\_SB");
    scope = aml_scope("PCI0");
    build_append_pci_bus_devices(scope, pcms->bus, pm);
    aml_append(sb_scope, scope);
    aml_append(dsdt, sb_scope);

    acpi_table_begin(&table, table_data);
    g_array_append_vals(table_data, dsdt->buf->data, dsdt->buf->len);
    acpi_table_end(linker, &table);
    free_aml_allocator();
}
