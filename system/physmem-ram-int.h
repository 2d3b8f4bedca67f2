/*
 * What makes a RAM block, for those that get its memory from elsewhere
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SYSTEM_PHYSMEM_RAM_INT_H
#define SYSTEM_PHYSMEM_RAM_INT_H

#include "exec/ramblock.h"

/* A block without memory, in no list yet; g_free() it or add it. */
RAMBlock *ram_block_new(ram_addr_t size, ram_addr_t max_size,
                        uint32_t ram_flags, MemoryRegion *mr);

/*
 * ram_block_add: find it a place among all RAM and tell of it.  Without
 * .host, it gets anonymous memory.  On failure the block is still the
 * caller's.
 */
void ram_block_add(RAMBlock *new_block, Error **errp);

#endif
