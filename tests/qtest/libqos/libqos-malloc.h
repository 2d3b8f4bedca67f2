/*
 * libqos: who owns which part of the guest's memory.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef LIBQOS_MALLOC_H
#define LIBQOS_MALLOC_H

typedef enum {
    ALLOC_NO_FLAGS    = 0x00,
    ALLOC_LEAK_WARN   = 0x01,   /* say at the end what was not freed */
    ALLOC_LEAK_ASSERT = 0x02,   /* … and fail */
    ALLOC_PARANOID    = 0x04,
} QAllocOpts;

typedef struct QGuestAllocator {
    QAllocOpts opts;
    uint64_t start;
    uint64_t end;
    uint32_t page_size;
    GList *used;                /* of MemBlock, by address */
} QGuestAllocator;

/* Give out [@start, @end) in pages of @page_size. */
void alloc_init(QGuestAllocator *s, QAllocOpts opts,
                uint64_t start, uint64_t end, size_t page_size);
void alloc_destroy(QGuestAllocator *allocator);
void alloc_set_flags(QGuestAllocator *allocator, QAllocOpts opts);

/* A guest-physical address with @size bytes, at a page; ends the test if full */
uint64_t guest_alloc(QGuestAllocator *allocator, size_t size);
void guest_free(QGuestAllocator *allocator, uint64_t addr);

#endif
