/*
 * The map of RAM that firmware hands on to the operating system.
 *
 * Specification: ACPI, "System Address Map Interfaces".
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_I386_E820_MEMORY_LAYOUT_H
#define HW_I386_E820_MEMORY_LAYOUT_H

#define E820_RAM        1
#define E820_RESERVED   2
#define E820_ACPI       3
#define E820_NVS        4
#define E820_UNUSABLE   5

/* As the guest reads it: little endian. */
struct e820_entry {
    uint64_t address;
    uint64_t length;
    uint32_t type;
} QEMU_PACKED;

extern struct e820_entry *e820_table;

/* e820_add_entry: add a range, in bytes.  Returns how many there are now. */
int e820_add_entry(uint64_t address, uint64_t length, uint32_t type);
int e820_get_num_entries(void);

/* e820_get_entry: false if entry @index is not there or of another type. */
bool e820_get_entry(int index, uint32_t type,
                    uint64_t *address, uint64_t *length);

#endif
