/*
 * One command of the script of hw/acpi/bios-linker-loader.h.
 *
 * For who writes them, and for who plays firmware and executes them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef BIOS_LINKER_SCRIPT_H
#define BIOS_LINKER_SCRIPT_H

#include "qemu/compiler.h"

#define BIOS_LINKER_LOADER_FILESZ 56

enum {
    BIOS_LINKER_LOADER_COMMAND_ALLOCATE     = 0x1,
    BIOS_LINKER_LOADER_COMMAND_ADD_POINTER  = 0x2,
    BIOS_LINKER_LOADER_COMMAND_ADD_CHECKSUM = 0x3,
};

enum {
    BIOS_LINKER_LOADER_ALLOC_ZONE_HIGH = 0x1,
    BIOS_LINKER_LOADER_ALLOC_ZONE_FSEG = 0x2,
};

/* 128 bytes, little endian; a command of 0 is nothing to do. */
typedef struct QEMU_PACKED BiosLinkerLoaderEntry {
    uint32_t command;
    union {
        struct QEMU_PACKED {
            char file[BIOS_LINKER_LOADER_FILESZ];
            uint32_t align;
            uint8_t zone;
        } alloc;
        struct QEMU_PACKED {
            char dest_file[BIOS_LINKER_LOADER_FILESZ];
            char src_file[BIOS_LINKER_LOADER_FILESZ];
            uint32_t offset;
            uint8_t size;
        } pointer;
        struct QEMU_PACKED {
            char file[BIOS_LINKER_LOADER_FILESZ];
            uint32_t offset;
            uint32_t start;
            uint32_t length;
        } cksum;
        char pad[124];
    };
} BiosLinkerLoaderEntry;

QEMU_BUILD_BUG_ON(sizeof(BiosLinkerLoaderEntry) != 128);

#endif
