/*
 * The two address spaces that every machine has
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef EXEC_ADDRESS_SPACES_H
#define EXEC_ADDRESS_SPACES_H

#include "exec/memory.h"

/* The root that boards add their RAM and their MMIO regions to. */
MemoryRegion *get_system_memory(void);

/* The root of the I/O ports: 64 KiB of them. */
MemoryRegion *get_system_io(void);

extern AddressSpace address_space_memory;
extern AddressSpace address_space_io;

#endif
