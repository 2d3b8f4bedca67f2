/*
 * The script by which firmware puts tables into memory.
 *
 * A table has addresses of others in it, which only firmware can choose.  So
 * it gets the tables in files of fw_cfg, and one more file of commands:
 *
 *     ALLOCATE      read this file to memory, high or below 1 MiB
 *     ADD_POINTER   add the address of file B to the field at offset n of file A
 *     ADD_CHECKSUM  make the bytes of this range of file A add up to zero
 *
 * A field that is to be a pointer has at first the offset in the file that it
 * points to.  Commands are executed in order, with files allocated first.
 * Read next: hw/acpi/bios-linker-script.h for how they are written.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef BIOS_LINKER_LOADER_H
#define BIOS_LINKER_LOADER_H

/*
 * @cmd_blob: the commands, as firmware reads them
 * @file_list: what was allocated; private
 */
typedef struct BIOSLinker {
    GArray *cmd_blob;
    GArray *file_list;
} BIOSLinker;

BIOSLinker *bios_linker_loader_init(void);
/* Frees the script; the files' bytes are their owners'. */
void bios_linker_loader_cleanup(BIOSLinker *linker);

/*
 * bios_linker_loader_alloc: have @file_name in memory.
 * @file_blob: its bytes, which may still grow
 * @alloc_align: a power of 2
 * @alloc_fseg: below 1 MiB, where operating systems look for it
 */
void bios_linker_loader_alloc(BIOSLinker *linker, const char *file_name,
                              GArray *file_blob, uint32_t alloc_align,
                              bool alloc_fseg);

/*
 * bios_linker_loader_add_checksum: the byte at @checksum_offset of @file makes
 * the @size bytes from @start_offset add up to zero.  It becomes zero here.
 */
void bios_linker_loader_add_checksum(BIOSLinker *linker, const char *file,
                                     unsigned start_offset, unsigned size,
                                     unsigned checksum_offset);

/*
 * bios_linker_loader_add_pointer: the @dst_patched_size (1, 2, 4 or 8) bytes at
 * @dst_patched_offset of @dest_file point to @src_offset of @src_file.
 */
void bios_linker_loader_add_pointer(BIOSLinker *linker, const char *dest_file,
                                    uint32_t dst_patched_offset,
                                    uint8_t dst_patched_size,
                                    const char *src_file,
                                    uint32_t src_offset);

#endif
