/*
 * The map of RAM that firmware hands on to the operating system.
 *
 * Read first: hw/i386/e820_memory_layout.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "e820_memory_layout.h"
#include "qemu/bswap.h"

struct e820_entry *e820_table;
static int e820_entries;

int e820_add_entry(uint64_t address, uint64_t length, uint32_t type)
{
    e820_table = g_renew(struct e820_entry, e820_table, e820_entries + 1);
    e820_table[e820_entries++] = (struct e820_entry) {
        .address = cpu_to_le64(address),
        .length = cpu_to_le64(length),
        .type = cpu_to_le32(type),
    };
    return e820_entries;
}

int e820_get_num_entries(void)
{
    return e820_entries;
}

bool e820_get_entry(int index, uint32_t type,
                    uint64_t *address, uint64_t *length)
{
    if (index >= e820_entries ||
        e820_table[index].type != cpu_to_le32(type)) {
        return false;
    }
    *address = le64_to_cpu(e820_table[index].address);
    *length = le64_to_cpu(e820_table[index].length);
    return true;
}
