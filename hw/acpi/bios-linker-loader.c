/*
 * The script by which firmware puts tables into memory.
 *
 * Read include/hw/acpi/bios-linker-loader.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/acpi/bios-linker-loader.h"
#include "hw/acpi/bios-linker-script.h"
#include "qemu/bswap.h"
#include "qemu/host-utils.h"

typedef struct BiosLinkerFileEntry {
    char *name;
    GArray *blob;
} BiosLinkerFileEntry;

static void bios_linker_file_clear(void *data)
{
    BiosLinkerFileEntry *file = data;

    g_free(file->name);
}

BIOSLinker *bios_linker_loader_init(void)
{
    BIOSLinker *linker = g_new(BIOSLinker, 1);

    linker->cmd_blob = g_array_new(false, true, 1);
    linker->file_list = g_array_new(false, true, sizeof(BiosLinkerFileEntry));
    g_array_set_clear_func(linker->file_list, bios_linker_file_clear);
    return linker;
}

void bios_linker_loader_cleanup(BIOSLinker *linker)
{
    g_array_free(linker->cmd_blob, true);
    g_array_free(linker->file_list, true);
    g_free(linker);
}

/* The bytes of a file that was allocated; nobody may name another one. */
static GArray *bios_linker_find_blob(BIOSLinker *linker, const char *name)
{
    for (int i = 0; i < linker->file_list->len; i++) {
        BiosLinkerFileEntry *file = &g_array_index(linker->file_list,
                                                   BiosLinkerFileEntry, i);

        if (!strcmp(file->name, name)) {
            return file->blob;
        }
    }
    return NULL;
}

static void bios_linker_set_name(char *field, const char *name)
{
    assert(strlen(name) < BIOS_LINKER_LOADER_FILESZ);
    strcpy(field, name);
}

void bios_linker_loader_alloc(BIOSLinker *linker, const char *file_name,
                              GArray *file_blob, uint32_t alloc_align,
                              bool alloc_fseg)
{
    BiosLinkerFileEntry file = { g_strdup(file_name), file_blob };
    BiosLinkerLoaderEntry entry = {
        .command = cpu_to_le32(BIOS_LINKER_LOADER_COMMAND_ALLOCATE),
        .alloc.align = cpu_to_le32(alloc_align),
        .alloc.zone = alloc_fseg ? BIOS_LINKER_LOADER_ALLOC_ZONE_FSEG
                                 : BIOS_LINKER_LOADER_ALLOC_ZONE_HIGH,
    };

    assert(is_power_of_2(alloc_align));
    assert(!bios_linker_find_blob(linker, file_name));
    g_array_append_val(linker->file_list, file);

    /* Whenever it is said, it is done before anything uses the file. */
    bios_linker_set_name(entry.alloc.file, file_name);
    g_array_prepend_vals(linker->cmd_blob, &entry, sizeof(entry));
}

void bios_linker_loader_add_checksum(BIOSLinker *linker, const char *file,
                                     unsigned start_offset, unsigned size,
                                     unsigned checksum_offset)
{
    GArray *blob = bios_linker_find_blob(linker, file);
    BiosLinkerLoaderEntry entry = {
        .command = cpu_to_le32(BIOS_LINKER_LOADER_COMMAND_ADD_CHECKSUM),
        .cksum.offset = cpu_to_le32(checksum_offset),
        .cksum.start = cpu_to_le32(start_offset),
        .cksum.length = cpu_to_le32(size),
    };

    assert(blob && start_offset + size <= blob->len);
    assert(checksum_offset >= start_offset &&
           checksum_offset < start_offset + size);
    blob->data[checksum_offset] = 0;

    bios_linker_set_name(entry.cksum.file, file);
    g_array_append_vals(linker->cmd_blob, &entry, sizeof(entry));
}

void bios_linker_loader_add_pointer(BIOSLinker *linker, const char *dest_file,
                                    uint32_t dst_patched_offset,
                                    uint8_t dst_patched_size,
                                    const char *src_file,
                                    uint32_t src_offset)
{
    GArray *dest = bios_linker_find_blob(linker, dest_file);
    GArray *src = bios_linker_find_blob(linker, src_file);
    uint64_t le_offset = cpu_to_le64(src_offset);
    BiosLinkerLoaderEntry entry = {
        .command = cpu_to_le32(BIOS_LINKER_LOADER_COMMAND_ADD_POINTER),
        .pointer.offset = cpu_to_le32(dst_patched_offset),
        .pointer.size = dst_patched_size,
    };

    assert(dest && dst_patched_offset + dst_patched_size <= dest->len);
    assert(src && src_offset < src->len);
    memcpy(&dest->data[dst_patched_offset], &le_offset, dst_patched_size);

    bios_linker_set_name(entry.pointer.dest_file, dest_file);
    bios_linker_set_name(entry.pointer.src_file, src_file);
    g_array_append_vals(linker->cmd_blob, &entry, sizeof(entry));
}
