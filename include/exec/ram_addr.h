/*
 * RAM by its ram_addr_t: allocation, and which pages changed
 *
 * Read exec/cpu-common.h for what a ram_addr_t is.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RAM_ADDR_H
#define RAM_ADDR_H

#ifndef CONFIG_USER_ONLY

#include "exec/cpu-all.h"
#include "exec/ramblock.h"
#include "exec/ramlist.h"
#include "qemu/bitmap.h"

extern uint64_t total_dirty_pages;

static inline bool offset_in_ramblock(RAMBlock *b, ram_addr_t offset)
{
    return b && b->host && offset < b->used_length;
}

/* @offset must be in @block; anything else is a bug of the caller. */
static inline void *ramblock_ptr(RAMBlock *block, ram_addr_t offset)
{
    assert(offset_in_ramblock(block, offset));
    return block->host + offset;
}

/*
 * Allocation; BQL held.  The block belongs to @mr, whose destructor calls
 * qemu_ram_free().  On failure: NULL and @errp.
 */

RAMBlock *qemu_ram_alloc_from_file(ram_addr_t size, MemoryRegion *mr,
                                   uint32_t ram_flags, const char *mem_path,
                                   bool readonly, Error **errp);
/* Takes the fd over if it succeeds. */
RAMBlock *qemu_ram_alloc_from_fd(ram_addr_t size, MemoryRegion *mr,
                                 uint32_t ram_flags, int fd, off_t offset,
                                 bool readonly, Error **errp);
RAMBlock *qemu_ram_alloc_from_ptr(ram_addr_t size, void *host,
                                  MemoryRegion *mr, Error **errp);
RAMBlock *qemu_ram_alloc(ram_addr_t size, uint32_t ram_flags,
                         MemoryRegion *mr, Error **errp);
RAMBlock *qemu_ram_alloc_resizeable(ram_addr_t size, ram_addr_t max_size,
                                    void (*resized)(const char *,
                                                    uint64_t length,
                                                    void *host),
                                    MemoryRegion *mr, Error **errp);
/* The memory goes when the last RCU reader left.  NULL is fine. */
void qemu_ram_free(RAMBlock *block);

/* Returns 0, or -EINVAL with @errp. */
int qemu_ram_resize(RAMBlock *block, ram_addr_t newsize, Error **errp);
void qemu_ram_msync(RAMBlock *block, ram_addr_t start, ram_addr_t length);

static inline void qemu_ram_block_writeback(RAMBlock *block)
{
    qemu_ram_msync(block, 0, block->used_length);
}

/* Changed pages: bitmaps of DIRTY_MEMORY_* clients, as masks of 1 << client */

#define DIRTY_CLIENTS_ALL     ((1 << DIRTY_MEMORY_NUM) - 1)
#define DIRTY_CLIENTS_NOCODE  (DIRTY_CLIENTS_ALL & ~(1 << DIRTY_MEMORY_CODE))

/* Makes room in the bitmaps for RAM that ends at @new_ram_size pages. */
void dirty_memory_extend(ram_addr_t old_ram_size, ram_addr_t new_ram_size);

/* Whether any page of the range is dirty for @client. */
bool cpu_physical_memory_get_dirty(ram_addr_t start, ram_addr_t length,
                                   unsigned client);
/* Whether all pages are. */
bool cpu_physical_memory_all_dirty(ram_addr_t start, ram_addr_t length,
                                   unsigned client);
bool cpu_physical_memory_get_dirty_flag(ram_addr_t addr, unsigned client);
/* Whether some client of @mask does not know yet; a mask of those. */
uint8_t cpu_physical_memory_range_includes_clean(ram_addr_t start,
                                                 ram_addr_t length,
                                                 uint8_t mask);
void cpu_physical_memory_set_dirty_flag(ram_addr_t addr, unsigned client);
void cpu_physical_memory_set_dirty_range(ram_addr_t start, ram_addr_t length,
                                         uint8_t mask);
/*
 * Takes over a bitmap of an accelerator: one little-endian bit per page of
 * the host, @pages of them from @start on.  Returns how many were set.
 */
uint64_t cpu_physical_memory_set_dirty_lebitmap(unsigned long *bitmap,
                                                ram_addr_t start,
                                                ram_addr_t pages);
/* Returns whether any bit was set. */
bool cpu_physical_memory_test_and_clear_dirty(ram_addr_t start,
                                              ram_addr_t length,
                                              unsigned client);
void cpu_physical_memory_clear_dirty_range(ram_addr_t start,
                                           ram_addr_t length);

DirtyBitmapSnapshot *cpu_physical_memory_snapshot_and_clear_dirty(
    MemoryRegion *mr, hwaddr offset, hwaddr length, unsigned client);
bool cpu_physical_memory_snapshot_get_dirty(DirtyBitmapSnapshot *snap,
                                            ram_addr_t start,
                                            ram_addr_t length);

#endif

#endif
