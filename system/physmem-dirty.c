/*
 * Which pages changed: a bitmap per client, one bit per page of RAM
 *
 * Writers set bits without a lock, from any thread, in an RCU read section;
 * include/exec/ramlist.h says how the bitmaps can grow meanwhile.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bitops.h"
#include "exec/ram_addr.h"
#include "memory_int.h"

uint64_t total_dirty_pages;

/* What memory_region_snapshot_and_clear_dirty() gives: bits of [start, end). */
struct DirtyBitmapSnapshot {
    ram_addr_t start;
    ram_addr_t end;
    unsigned long dirty[];
};

/* Growing; ram_list.mutex held */

static unsigned dirty_memory_blocks_for(ram_addr_t pages)
{
    return DIV_ROUND_UP(pages, DIRTY_MEMORY_BLOCK_SIZE);
}

void dirty_memory_extend(ram_addr_t old_ram_size, ram_addr_t new_ram_size)
{
    static unsigned have[DIRTY_MEMORY_NUM];
    unsigned need = dirty_memory_blocks_for(new_ram_size);

    for (int i = 0; i < DIRTY_MEMORY_NUM; i++) {
        DirtyMemoryBlocks *old = qatomic_rcu_read(&ram_list.dirty_memory[i]);
        DirtyMemoryBlocks *new;

        if (need <= have[i]) {
            continue;
        }
        new = g_malloc(sizeof(*new) + sizeof(new->blocks[0]) * need);
        for (unsigned j = 0; j < need; j++) {
            new->blocks[j] = j < have[i] ? old->blocks[j]
                                         : bitmap_new(DIRTY_MEMORY_BLOCK_SIZE);
        }
        have[i] = need;
        qatomic_rcu_set(&ram_list.dirty_memory[i], new);
        if (old) {
            g_free_rcu(old, rcu);
        }
    }
}

/*
 * A range of pages meets the pieces of the bitmap one after another: calls
 * @fn for each, until it returns true.
 */
typedef bool (DirtyPieceFunc)(unsigned long *bits, unsigned long first,
                              unsigned long count, void *opaque);

static bool dirty_memory_walk(unsigned client, ram_addr_t start,
                              ram_addr_t length, DirtyPieceFunc *fn,
                              void *opaque)
{
    unsigned long page = start >> TARGET_PAGE_BITS;
    unsigned long end = TARGET_PAGE_ALIGN(start + length) >> TARGET_PAGE_BITS;
    DirtyMemoryBlocks *blocks;

    RCU_READ_LOCK_GUARD();
    blocks = qatomic_rcu_read(&ram_list.dirty_memory[client]);
    while (page < end) {
        unsigned long first = page % DIRTY_MEMORY_BLOCK_SIZE;
        unsigned long count = MIN(end - page,
                                  DIRTY_MEMORY_BLOCK_SIZE - first);

        if (fn(blocks->blocks[page / DIRTY_MEMORY_BLOCK_SIZE], first, count,
               opaque)) {
            return true;
        }
        page += count;
    }
    return false;
}

/* Asking */

static bool dirty_piece_any(unsigned long *bits, unsigned long first,
                            unsigned long count, void *opaque)
{
    return find_next_bit(bits, first + count, first) < first + count;
}

static bool dirty_piece_any_clean(unsigned long *bits, unsigned long first,
                                  unsigned long count, void *opaque)
{
    return find_next_zero_bit(bits, first + count, first) < first + count;
}

bool cpu_physical_memory_get_dirty(ram_addr_t start, ram_addr_t length,
                                   unsigned client)
{
    return dirty_memory_walk(client, start, length, dirty_piece_any, NULL);
}

bool cpu_physical_memory_all_dirty(ram_addr_t start, ram_addr_t length,
                                   unsigned client)
{
    return !dirty_memory_walk(client, start, length, dirty_piece_any_clean,
                              NULL);
}

bool cpu_physical_memory_get_dirty_flag(ram_addr_t addr, unsigned client)
{
    return cpu_physical_memory_get_dirty(addr, 1, client);
}

uint8_t cpu_physical_memory_range_includes_clean(ram_addr_t start,
                                                 ram_addr_t length,
                                                 uint8_t mask)
{
    uint8_t ret = 0;

    for (int i = 0; i < DIRTY_MEMORY_NUM; i++) {
        if ((mask & (1 << i)) &&
            !cpu_physical_memory_all_dirty(start, length, i)) {
            ret |= 1 << i;
        }
    }
    return ret;
}

/* Setting */

static bool dirty_piece_set(unsigned long *bits, unsigned long first,
                            unsigned long count, void *opaque)
{
    bitmap_set_atomic(bits, first, count);
    return false;
}

void cpu_physical_memory_set_dirty_flag(ram_addr_t addr, unsigned client)
{
    dirty_memory_walk(client, addr, 1, dirty_piece_set, NULL);
}

void cpu_physical_memory_set_dirty_range(ram_addr_t start, ram_addr_t length,
                                         uint8_t mask)
{
    /* Most of the time nobody wants to know. */
    for (int i = 0; mask >> i; i++) {
        if (mask & (1 << i)) {
            dirty_memory_walk(i, start, length, dirty_piece_set, NULL);
        }
    }
}

uint64_t cpu_physical_memory_set_dirty_lebitmap(unsigned long *bitmap,
                                                ram_addr_t start,
                                                ram_addr_t pages)
{
    uint8_t clients = global_dirty_tracking ? DIRTY_CLIENTS_ALL
                                            : DIRTY_CLIENTS_NOCODE;
    size_t hpratio = qemu_real_host_page_size() / TARGET_PAGE_SIZE;
    uint64_t num_dirty = 0;

    for (ram_addr_t i = 0; i < DIV_ROUND_UP(pages, BITS_PER_LONG); i++) {
        uint64_t word = le64_to_cpu(bitmap[i]);

        while (word) {
            ram_addr_t page = i * BITS_PER_LONG + ctz64(word);

            word &= word - 1;
            num_dirty += hpratio;
            cpu_physical_memory_set_dirty_range(
                start + page * qemu_real_host_page_size(),
                qemu_real_host_page_size(), clients);
        }
    }
    if (global_dirty_tracking) {
        total_dirty_pages += num_dirty;
    }
    return num_dirty;
}

/* Clearing */

static bool dirty_piece_clear(unsigned long *bits, unsigned long first,
                              unsigned long count, void *opaque)
{
    bool *dirty = opaque;

    *dirty |= bitmap_test_and_clear_atomic(bits, first, count);
    return false;
}

bool cpu_physical_memory_test_and_clear_dirty(ram_addr_t start,
                                              ram_addr_t length,
                                              unsigned client)
{
    bool dirty = false;
    ram_addr_t offset;
    RAMBlock *block;

    if (length == 0) {
        return false;
    }
    dirty_memory_walk(client, start, length, dirty_piece_clear, &dirty);

    /* An accelerator has bits of its own, and must forget them as well. */
    if (dirty) {
        RCU_READ_LOCK_GUARD();
        RAMBLOCK_FOREACH(block) {
            offset = start - block->offset;
            if (offset < block->max_length) {
                memory_region_clear_dirty_bitmap(block->mr, offset, length);
                break;
            }
        }
    }
    return dirty;
}

void cpu_physical_memory_clear_dirty_range(ram_addr_t start,
                                           ram_addr_t length)
{
    for (int i = 0; i < DIRTY_MEMORY_NUM; i++) {
        cpu_physical_memory_test_and_clear_dirty(start, length, i);
    }
}

/* Snapshots */

typedef struct DirtySnapshotWalk {
    unsigned long *dest;
    unsigned long done;
} DirtySnapshotWalk;

static bool dirty_piece_snapshot(unsigned long *bits, unsigned long first,
                                 unsigned long count, void *opaque)
{
    DirtySnapshotWalk *walk = opaque;

    /* Whole words, by the rounding of the caller. */
    bitmap_copy_and_clear_atomic(walk->dest + BIT_WORD(walk->done),
                                 bits + BIT_WORD(first), count);
    walk->done += count;
    return false;
}

DirtyBitmapSnapshot *cpu_physical_memory_snapshot_and_clear_dirty(
    MemoryRegion *mr, hwaddr offset, hwaddr length, unsigned client)
{
    ram_addr_t start = memory_region_get_ram_addr(mr) + offset;
    ram_addr_t align = (ram_addr_t)BITS_PER_LONG << TARGET_PAGE_BITS;
    ram_addr_t first = QEMU_ALIGN_DOWN(start, align);
    ram_addr_t last = QEMU_ALIGN_UP(start + length, align);
    DirtyBitmapSnapshot *snap =
        g_malloc0(sizeof(*snap) + ((last - first) >> (TARGET_PAGE_BITS + 3)));
    DirtySnapshotWalk walk = { .dest = snap->dirty };

    snap->start = first;
    snap->end = last;
    dirty_memory_walk(client, first, last - first, dirty_piece_snapshot,
                      &walk);
    memory_region_clear_dirty_bitmap(mr, offset, length);
    return snap;
}

bool cpu_physical_memory_snapshot_get_dirty(DirtyBitmapSnapshot *snap,
                                            ram_addr_t start,
                                            ram_addr_t length)
{
    unsigned long page, end;

    assert(start >= snap->start);
    assert(start + length <= snap->end);

    end = TARGET_PAGE_ALIGN(start + length - snap->start) >> TARGET_PAGE_BITS;
    page = (start - snap->start) >> TARGET_PAGE_BITS;
    return find_next_bit(snap->dirty, end, page) < end;
}
