/*
 * libqos: who owns which part of the guest's memory.
 *
 * First fit over a list of what is used; tests allocate a handful of blocks.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "libqos-malloc.h"

typedef struct MemBlock {
    uint64_t addr;
    uint64_t size;
} MemBlock;

void alloc_init(QGuestAllocator *s, QAllocOpts opts,
                uint64_t start, uint64_t end, size_t page_size)
{
    *s = (QGuestAllocator) {
        .opts = opts,
        .start = QEMU_ALIGN_UP(start, page_size),
        .end = end,
        .page_size = page_size,
    };
}

void alloc_set_flags(QGuestAllocator *allocator, QAllocOpts opts)
{
    allocator->opts |= opts;
}

void alloc_destroy(QGuestAllocator *allocator)
{
    if (allocator->opts & (ALLOC_LEAK_WARN | ALLOC_LEAK_ASSERT)) {
        for (GList *l = allocator->used; l; l = l->next) {
            MemBlock *node = l->data;

            fprintf(stderr, "guest malloc leak @ 0x%016" PRIx64 "; "
                    "size 0x%016" PRIx64 ".\n", node->addr, node->size);
        }
    }
    if (allocator->opts & ALLOC_LEAK_ASSERT) {
        g_assert_null(allocator->used);
    }
    g_list_free_full(allocator->used, g_free);
    allocator->used = NULL;
}

uint64_t guest_alloc(QGuestAllocator *allocator, size_t size)
{
    uint64_t addr = allocator->start;
    MemBlock *block;
    GList *l;

    if (!size) {
        return 0;
    }
    size = QEMU_ALIGN_UP(size, allocator->page_size);

    /* The first gap before a block that is used, or after all of them. */
    for (l = allocator->used; l; l = l->next) {
        MemBlock *node = l->data;

        if (node->addr - addr >= size) {
            break;
        }
        addr = node->addr + node->size;
    }
    g_assert_cmpuint(size, <=, allocator->end - addr);

    block = g_new(MemBlock, 1);
    *block = (MemBlock) { .addr = addr, .size = size };
    allocator->used = g_list_insert_before(allocator->used, l, block);
    return addr;
}

void guest_free(QGuestAllocator *allocator, uint64_t addr)
{
    if (!addr) {
        return;
    }
    for (GList *l = allocator->used; l; l = l->next) {
        MemBlock *node = l->data;

        if (node->addr == addr) {
            allocator->used = g_list_delete_link(allocator->used, l);
            g_free(node);
            return;
        }
    }
    g_assert_not_reached();     /* it was never allocated */
}
