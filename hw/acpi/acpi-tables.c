/*
 * Building ACPI's tables: headers, the root, the fixed description.
 *
 * Read include/hw/acpi/aml-build.h first.  Who makes which tables is the
 * board's business: hw/i386/acpi-build.c.
 *
 * ACPI specification 6.3, chapter 5.2.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/acpi/aml-build.h"
#include "qemu/bswap.h"

/* Of the header of every table but RSDP and FACS, 5.2.6. */
#define TABLE_LENGTH_OFFSET   4
#define TABLE_CHECKSUM_OFFSET 9

unsigned acpi_data_len(GArray *table)
{
    assert(g_array_get_element_size(table) == 1);
    return table->len;
}

static void acpi_append_zeroes(GArray *array, unsigned count)
{
    unsigned len = array->len;

    g_array_set_size(array, len + count);
    memset(&array->data[len], 0, count);
}

void acpi_align_size(GArray *blob, unsigned align)
{
    acpi_append_zeroes(blob, ROUND_UP(acpi_data_len(blob), align) - blob->len);
}

/* @size characters, spaces behind those that there are. */
static void acpi_append_padded_str(GArray *array, const char *str, size_t size)
{
    size_t len = strlen(str);

    assert(len <= size);
    g_array_append_vals(array, str, len);
    for (; len < size; len++) {
        build_append_byte(array, ' ');
    }
}

void build_append_gas(GArray *table, AmlAddressSpace as,
                      uint8_t bit_width, uint8_t bit_offset,
                      uint8_t access_width, uint64_t address)
{
    build_append_byte(table, as);
    build_append_byte(table, bit_width);
    build_append_byte(table, bit_offset);
    build_append_byte(table, access_width);
    build_append_int_noprefix(table, address, 8);
}

void acpi_table_begin(AcpiTable *desc, GArray *array)
{
    desc->array = array;
    desc->table_offset = array->len;

    assert(strlen(desc->sig) == 4);
    g_array_append_vals(array, desc->sig, 4);
    build_append_int_noprefix(array, 0, 4);         /* length */
    build_append_byte(array, desc->rev);
    build_append_byte(array, 0);                    /* checksum */
    acpi_append_padded_str(array, desc->oem_id, 6);
    acpi_append_padded_str(array, desc->oem_table_id, 8);
    build_append_int_noprefix(array, 1, 4);         /* OEM's revision */
    g_array_append_vals(array, ACPI_BUILD_APPNAME8, 4); /* whose compiler */
    build_append_int_noprefix(array, 1, 4);         /* its revision */
}

void acpi_table_end(BIOSLinker *linker, AcpiTable *table)
{
    unsigned length = table->array->len - table->table_offset;

    stl_le_p(&table->array->data[table->table_offset + TABLE_LENGTH_OFFSET],
             length);
    bios_linker_loader_add_checksum(linker, ACPI_BUILD_TABLE_FILE,
                                    table->table_offset, length,
                                    table->table_offset +
                                    TABLE_CHECKSUM_OFFSET);
}

void acpi_add_table(GArray *table_offsets, GArray *table_data)
{
    uint32_t offset = table_data->len;

    g_array_append_val(table_offsets, offset);
}

void acpi_build_tables_init(AcpiBuildTables *tables)
{
    tables->rsdp = g_array_new(false, true, 1);
    tables->table_data = g_array_new(false, true, 1);
    tables->linker = bios_linker_loader_init();
}

void acpi_build_tables_cleanup(AcpiBuildTables *tables, bool mfre)
{
    bios_linker_loader_cleanup(tables->linker);
    g_array_free(tables->rsdp, mfre);
    g_array_free(tables->table_data, mfre);
}

/*
 * 5.2.5.3: as in ACPI 1.0, 20 bytes, the address of the RSDT last; or, as of
 * revision 2, 16 bytes more for an XSDT, and a checksum over all.
 */
void build_rsdp(GArray *tbl, BIOSLinker *linker, AcpiRsdpData *rsdp_data)
{
    assert(rsdp_data->revision == 0 || rsdp_data->revision == 2);

    bios_linker_loader_alloc(linker, ACPI_BUILD_RSDP_FILE, tbl, 16, true);
    g_array_append_vals(tbl, "RSD PTR ", 8);
    build_append_byte(tbl, 0);                      /* checksum */
    acpi_append_padded_str(tbl, rsdp_data->oem_id, 6);
    build_append_byte(tbl, rsdp_data->revision);
    build_append_int_noprefix(tbl, 0, 4);
    if (rsdp_data->rsdt_tbl_offset) {
        bios_linker_loader_add_pointer(linker, ACPI_BUILD_RSDP_FILE, 16, 4,
                                       ACPI_BUILD_TABLE_FILE,
                                       *rsdp_data->rsdt_tbl_offset);
    }
    bios_linker_loader_add_checksum(linker, ACPI_BUILD_RSDP_FILE, 0, 20, 8);
    if (rsdp_data->revision == 0) {
        return;
    }

    build_append_int_noprefix(tbl, 36, 4);          /* length */
    build_append_int_noprefix(tbl, 0, 8);
    build_append_int_noprefix(tbl, 0, 4);           /* checksum, reserved */
    bios_linker_loader_add_pointer(linker, ACPI_BUILD_RSDP_FILE, 24, 8,
                                   ACPI_BUILD_TABLE_FILE,
                                   *rsdp_data->xsdt_tbl_offset);
    bios_linker_loader_add_checksum(linker, ACPI_BUILD_RSDP_FILE, 0, 36, 32);
}

/* The root tables differ in how long an address is. */
static void build_root_table(GArray *table_data, BIOSLinker *linker,
                             AcpiTable *table, GArray *table_offsets, int size)
{
    acpi_table_begin(table, table_data);
    for (int i = 0; i < table_offsets->len; i++) {
        unsigned field = table_data->len;

        build_append_int_noprefix(table_data, 0, size);
        bios_linker_loader_add_pointer(linker, ACPI_BUILD_TABLE_FILE, field,
                                       size, ACPI_BUILD_TABLE_FILE,
                                       g_array_index(table_offsets, uint32_t,
                                                     i));
    }
    acpi_table_end(linker, table);
}

/* 5.2.7 */
void build_rsdt(GArray *table_data, BIOSLinker *linker, GArray *table_offsets,
                const char *oem_id, const char *oem_table_id)
{
    AcpiTable table = { .sig = "RSDT", .rev = 1, .oem_id = oem_id,
                        .oem_table_id = oem_table_id };

    build_root_table(table_data, linker, &table, table_offsets, 4);
}

/* 5.2.8 */
void build_xsdt(GArray *table_data, BIOSLinker *linker, GArray *table_offsets,
                const char *oem_id, const char *oem_table_id)
{
    AcpiTable table = { .sig = "XSDT", .rev = 1, .oem_id = oem_id,
                        .oem_table_id = oem_table_id };

    build_root_table(table_data, linker, &table, table_offsets, 8);
}

/* A field for the address of another table, if there is that table. */
static void fadt_append_pointer(GArray *tbl, BIOSLinker *linker,
                                const unsigned *table_offset, int size)
{
    unsigned field = tbl->len;

    build_append_int_noprefix(tbl, 0, size);
    if (table_offset) {
        bios_linker_loader_add_pointer(linker, ACPI_BUILD_TABLE_FILE, field,
                                       size, ACPI_BUILD_TABLE_FILE,
                                       *table_offset);
    }
}

/*
 * What revision 5 has behind the fields of ACPI 1.0: those again as addresses
 * of 64 bits, the reset register, and the two of hardware-reduced ACPI.
 */
static void fadt_append_rev5(GArray *tbl, BIOSLinker *linker,
                             const AcpiFadtData *f)
{
    build_append_gas_from_struct(tbl, &f->reset_reg);
    build_append_byte(tbl, f->reset_val);
    build_append_int_noprefix(tbl, 0, 2);           /* how an Arm is booted */
    build_append_byte(tbl, 0);                      /* minor revision */
    build_append_int_noprefix(tbl, 0, 8);           /* FACS */
    fadt_append_pointer(tbl, linker, f->xdsdt_tbl_offset, 8);
    build_append_gas_from_struct(tbl, &f->pm1a_evt);
    build_append_gas(tbl, AML_AS_SYSTEM_MEMORY, 0, 0, 0, 0);
    build_append_gas_from_struct(tbl, &f->pm1a_cnt);
    build_append_gas(tbl, AML_AS_SYSTEM_MEMORY, 0, 0, 0, 0);
    build_append_gas(tbl, AML_AS_SYSTEM_MEMORY, 0, 0, 0, 0); /* PM2 */
    build_append_gas_from_struct(tbl, &f->pm_tmr);
    build_append_gas_from_struct(tbl, &f->gpe0_blk);
    build_append_gas(tbl, AML_AS_SYSTEM_MEMORY, 0, 0, 0, 0); /* GPE1 */
    build_append_gas_from_struct(tbl, &f->sleep_ctl);
    build_append_gas_from_struct(tbl, &f->sleep_sts);
}

/*
 * 5.2.9.  Revision 1 ends with the flags; what later revisions call reserved is
 * not in it.
 */
void build_fadt(GArray *tbl, BIOSLinker *linker, const AcpiFadtData *f,
                const char *oem_id, const char *oem_table_id)
{
    AcpiTable table = { .sig = "FACP", .rev = f->rev, .oem_id = oem_id,
                        .oem_table_id = oem_table_id };

    assert(f->rev == 1 || f->rev == 5);
    acpi_table_begin(&table, tbl);
    fadt_append_pointer(tbl, linker, f->facs_tbl_offset, 4);
    fadt_append_pointer(tbl, linker, f->dsdt_tbl_offset, 4);
    build_append_byte(tbl, f->int_model);
    build_append_byte(tbl, 0);                      /* reserved */
    build_append_int_noprefix(tbl, f->sci_int, 2);
    build_append_int_noprefix(tbl, f->smi_cmd, 4);
    build_append_byte(tbl, f->acpi_enable_cmd);
    build_append_byte(tbl, f->acpi_disable_cmd);
    build_append_int_noprefix(tbl, 0, 2);           /* S4BIOS, reserved */

    /* The blocks: addresses, then lengths in bytes; each has a twin. */
    build_append_int_noprefix(tbl, f->pm1a_evt.address, 4);
    build_append_int_noprefix(tbl, 0, 4);
    build_append_int_noprefix(tbl, f->pm1a_cnt.address, 4);
    build_append_int_noprefix(tbl, 0, 4);
    build_append_int_noprefix(tbl, 0, 4);           /* PM2 control */
    build_append_int_noprefix(tbl, f->pm_tmr.address, 4);
    build_append_int_noprefix(tbl, f->gpe0_blk.address, 4);
    build_append_int_noprefix(tbl, 0, 4);
    build_append_byte(tbl, f->pm1a_evt.bit_width / 8);
    build_append_byte(tbl, f->pm1a_cnt.bit_width / 8);
    build_append_byte(tbl, 0);
    build_append_byte(tbl, f->pm_tmr.bit_width / 8);
    build_append_byte(tbl, f->gpe0_blk.bit_width / 8);
    build_append_int_noprefix(tbl, 0, 3);           /* GPE1; reserved */

    build_append_int_noprefix(tbl, f->plvl2_lat, 2);
    build_append_int_noprefix(tbl, f->plvl3_lat, 2);
    build_append_int_noprefix(tbl, 0, 4);           /* how to flush caches */
    build_append_int_noprefix(tbl, 0, 2);           /* the CPU's throttle */
    build_append_int_noprefix(tbl, 0, 2);           /* alarm by day, month */
    build_append_byte(tbl, f->rtc_century);
    build_append_int_noprefix(tbl, 0, 3);           /* reserved */
    build_append_int_noprefix(tbl, f->flags, 4);
    if (f->rev == 5) {
        fadt_append_rev5(tbl, linker, f);
    }
    acpi_table_end(linker, &table);
}
