/*
 * Putting ACPI's tables into memory where no firmware does it.
 *
 * With firmware the tables reach the guest's memory by way of fw_cfg, and the
 * firmware executes the script that comes with them.  A kernel that is booted
 * directly expects to find them, so here it is done in its place.
 *
 * Read first: hw/i386/acpi-direct.h, include/hw/acpi/bios-linker-loader.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "acpi-direct.h"
#include "exec/address-spaces.h"
#include "hw/acpi/bios-linker-script.h"
#include "hw/i386/x86.h"
#include "qemu/bswap.h"
#include "qemu/error-report.h"

/* A file of the script: its bytes, and where they will be. */
typedef struct AcpiDirectFile {
    const char *name;
    GArray *blob;
    hwaddr addr;
} AcpiDirectFile;

/* A stretch of guest memory that files are given from. */
typedef struct AcpiDirectZone {
    hwaddr next;
    hwaddr end;
} AcpiDirectZone;

typedef struct AcpiDirect {
    AcpiDirectFile files[2];
    AcpiDirectZone high;
    AcpiDirectZone fseg;
} AcpiDirect;

/* The script is our own: what it names is there. */
static AcpiDirectFile *acpi_direct_find(AcpiDirect *direct, const char *name)
{
    for (int i = 0; i < ARRAY_SIZE(direct->files); i++) {
        if (!strcmp(direct->files[i].name, name)) {
            return &direct->files[i];
        }
    }
    g_assert_not_reached();
}

static bool acpi_direct_allocate(AcpiDirect *direct,
                                 const BiosLinkerLoaderEntry *entry)
{
    AcpiDirectFile *file = acpi_direct_find(direct, entry->alloc.file);
    bool fseg = entry->alloc.zone == BIOS_LINKER_LOADER_ALLOC_ZONE_FSEG;
    AcpiDirectZone *zone = fseg ? &direct->fseg : &direct->high;
    hwaddr addr = ROUND_UP(zone->next, le32_to_cpu(entry->alloc.align));

    if (addr > zone->end || file->blob->len > zone->end - addr) {
        error_report("ACPI tables do not fit into memory: %s has %u bytes, "
                     "and there are %" PRIu64, file->name, file->blob->len,
                     addr > zone->end ? 0 : zone->end - addr);
        return false;
    }
    file->addr = addr;
    zone->next = addr + file->blob->len;
    return true;
}

static void acpi_direct_add_pointer(AcpiDirect *direct,
                                    const BiosLinkerLoaderEntry *entry)
{
    AcpiDirectFile *dest = acpi_direct_find(direct, entry->pointer.dest_file);
    AcpiDirectFile *src = acpi_direct_find(direct, entry->pointer.src_file);
    void *field = &dest->blob->data[le32_to_cpu(entry->pointer.offset)];
    uint64_t value = 0;

    memcpy(&value, field, entry->pointer.size);
    value = cpu_to_le64(le64_to_cpu(value) + src->addr);
    memcpy(field, &value, entry->pointer.size);
}

static void acpi_direct_add_checksum(AcpiDirect *direct,
                                     const BiosLinkerLoaderEntry *entry)
{
    AcpiDirectFile *file = acpi_direct_find(direct, entry->cksum.file);
    uint8_t *data = (uint8_t *)file->blob->data;
    uint32_t start = le32_to_cpu(entry->cksum.start);
    uint8_t sum = 0;

    for (uint32_t i = 0; i < le32_to_cpu(entry->cksum.length); i++) {
        sum += data[start + i];
    }
    data[le32_to_cpu(entry->cksum.offset)] -= sum;
}

static bool acpi_direct_execute(AcpiDirect *direct, GArray *script)
{
    const BiosLinkerLoaderEntry *entry = (void *)script->data;
    unsigned count = script->len / sizeof(*entry);

    for (; count > 0; count--, entry++) {
        switch (le32_to_cpu(entry->command)) {
        case BIOS_LINKER_LOADER_COMMAND_ALLOCATE:
            if (!acpi_direct_allocate(direct, entry)) {
                return false;
            }
            break;
        case BIOS_LINKER_LOADER_COMMAND_ADD_POINTER:
            acpi_direct_add_pointer(direct, entry);
            break;
        case BIOS_LINKER_LOADER_COMMAND_ADD_CHECKSUM:
            acpi_direct_add_checksum(direct, entry);
            break;
        default:
            g_assert_not_reached();
        }
    }
    return true;
}

bool acpi_place_tables(AcpiBuildFunc *build_func, hwaddr tables,
                       uint64_t tables_size, hwaddr rsdp)
{
    MachineState *machine = MACHINE(qdev_get_machine());
    AcpiBuildTables build;
    AcpiDirect direct;
    bool ok;

    if (!X86_MACHINE(machine)->acpi_dev) {
        return false;
    }
    acpi_build_tables_init(&build);
    build_func(&build, machine);

    direct = (AcpiDirect) {
        .files = {
            { ACPI_BUILD_TABLE_FILE, build.table_data },
            { ACPI_BUILD_RSDP_FILE, build.rsdp },
        },
        .high = { tables, tables + tables_size },
        .fseg = { rsdp, rsdp + ACPI_DIRECT_RSDP_MAX },
    };
    ok = acpi_direct_execute(&direct, build.linker->cmd_blob);
    for (int i = 0; ok && i < ARRAY_SIZE(direct.files); i++) {
        AcpiDirectFile *file = &direct.files[i];

        address_space_write(&address_space_memory, file->addr,
                            MEMTXATTRS_UNSPECIFIED, file->blob->data,
                            file->blob->len);
    }
    acpi_build_tables_cleanup(&build, true);
    return ok;
}
