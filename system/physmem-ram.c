/*
 * RAM blocks: the host's memory behind the guest's, how it is taken and given
 * back
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "qemu/madvise.h"
#include "qemu/mmap-alloc.h"
#include "exec/ram_addr.h"
#include "memory_int.h"
#include "physmem-ram-int.h"
#include "trace.h"

RAMList ram_list = { .blocks = QLIST_HEAD_INITIALIZER(ram_list.blocks) };

static void __attribute__((__constructor__)) ram_list_init(void)
{
    qemu_mutex_init(&ram_list.mutex);
}

void qemu_mutex_lock_ramlist(void)
{
    qemu_mutex_lock(&ram_list.mutex);
}

void qemu_mutex_unlock_ramlist(void)
{
    qemu_mutex_unlock(&ram_list.mutex);
}

/* Allocation */

/*
 * The smallest gap among the blocks that holds @size bytes.  Each begins at a
 * multiple of 64 pages: one word of a dirty bitmap belongs to one block.
 */
static ram_addr_t find_ram_offset(ram_addr_t size)
{
    const ram_addr_t align = (ram_addr_t)BITS_PER_LONG << TARGET_PAGE_BITS;
    ram_addr_t offset = RAM_ADDR_MAX, mingap = RAM_ADDR_MAX;
    RAMBlock *block, *next_block;

    assert(size != 0);

    if (QLIST_EMPTY(&ram_list.blocks)) {
        return 0;
    }
    RAMBLOCK_FOREACH(block) {
        ram_addr_t candidate = ROUND_UP(block->offset + block->max_length,
                                        align);
        ram_addr_t next = RAM_ADDR_MAX;

        RAMBLOCK_FOREACH(next_block) {
            if (next_block->offset >= candidate) {
                next = MIN(next, next_block->offset);
            }
        }
        if (next - candidate >= size && next - candidate < mingap) {
            offset = candidate;
            mingap = next - candidate;
        }
    }
    if (offset == RAM_ADDR_MAX) {
        error_report("Failed to find gap of requested size: %" PRIu64,
                     (uint64_t)size);
        abort();
    }
    return offset;
}

static ram_addr_t last_ram_page(void)
{
    ram_addr_t last = 0;
    RAMBlock *block;

    RCU_READ_LOCK_GUARD();
    RAMBLOCK_FOREACH(block) {
        last = MAX(last, block->offset + block->max_length);
    }
    return last >> TARGET_PAGE_BITS;
}

/* The largest block first: it is the one that is looked for most often. */
static void ram_block_insert(RAMBlock *new_block)
{
    RAMBlock *block, *last = NULL;

    RAMBLOCK_FOREACH(block) {
        last = block;
        if (block->max_length < new_block->max_length) {
            break;
        }
    }
    if (block) {
        QLIST_INSERT_BEFORE_RCU(block, new_block, next);
    } else if (last) {
        QLIST_INSERT_AFTER_RCU(last, new_block, next);
    } else {
        QLIST_INSERT_HEAD_RCU(&ram_list.blocks, new_block, next);
    }
}

void ram_block_add(RAMBlock *new_block, Error **errp)
{
    ram_addr_t old_ram_size = last_ram_page();

    qemu_mutex_lock_ramlist();
    new_block->offset = find_ram_offset(new_block->max_length);
    if (!new_block->host) {
        new_block->host = qemu_anon_ram_alloc(new_block->max_length,
            &new_block->mr->align, qemu_ram_is_shared(new_block),
            qemu_ram_is_noreserve(new_block));
        if (!new_block->host) {
            error_setg_errno(errp, errno, "cannot set up guest memory '%s'",
                             memory_region_name(new_block->mr));
            qemu_mutex_unlock_ramlist();
            return;
        }
    }

    dirty_memory_extend(old_ram_size,
        MAX(old_ram_size, (new_block->offset + new_block->max_length)
                          >> TARGET_PAGE_BITS));
    ram_block_insert(new_block);
    ram_list.mru_block = NULL;
    /* Whoever sees the version sees the list. */
    smp_wmb();
    ram_list.version++;
    qemu_mutex_unlock_ramlist();

    cpu_physical_memory_set_dirty_range(new_block->offset,
                                        new_block->used_length,
                                        DIRTY_CLIENTS_ALL);
    qemu_madvise(new_block->host, new_block->max_length, QEMU_MADV_HUGEPAGE);
    ram_block_notify_add(new_block->host, new_block->used_length,
                         new_block->max_length);
}

RAMBlock *ram_block_new(ram_addr_t size, ram_addr_t max_size,
                        uint32_t ram_flags, MemoryRegion *mr)
{
    RAMBlock *block = g_new0(RAMBlock, 1);

    block->mr = mr;
    block->used_length = REAL_HOST_PAGE_ALIGN(size);
    block->max_length = REAL_HOST_PAGE_ALIGN(max_size);
    block->flags = ram_flags;
    block->fd = -1;
    block->page_size = qemu_real_host_page_size();
    return block;
}

static RAMBlock *ram_block_new_added(RAMBlock *block, Error **errp)
{
    Error *local_err = NULL;

    if (!block->max_length) {
        error_setg(&local_err, "cannot set up guest memory '%s': "
                   "its size is zero", memory_region_name(block->mr));
    } else {
        ram_block_add(block, &local_err);
    }
    if (local_err) {
        g_free(block);
        error_propagate(errp, local_err);
        return NULL;
    }
    return block;
}

RAMBlock *qemu_ram_alloc(ram_addr_t size, uint32_t ram_flags,
                         MemoryRegion *mr, Error **errp)
{
    assert((ram_flags & ~(RAM_SHARED | RAM_NORESERVE)) == 0);
    return ram_block_new_added(ram_block_new(size, size, ram_flags, mr),
                               errp);
}

RAMBlock *qemu_ram_alloc_from_ptr(ram_addr_t size, void *host,
                                  MemoryRegion *mr, Error **errp)
{
    RAMBlock *block = ram_block_new(size, size, RAM_PREALLOC, mr);

    block->host = host;
    return ram_block_new_added(block, errp);
}

RAMBlock *qemu_ram_alloc_resizeable(ram_addr_t size, ram_addr_t max_size,
                                    void (*resized)(const char *,
                                                    uint64_t length,
                                                    void *host),
                                    MemoryRegion *mr, Error **errp)
{
    RAMBlock *block = ram_block_new(size, max_size, RAM_RESIZEABLE, mr);

    block->resized = resized;
    return ram_block_new_added(block, errp);
}

/* Giving back */

static void reclaim_ramblock(RAMBlock *block)
{
    if (block->flags & RAM_PREALLOC) {
        /* The memory is the caller's. */
    } else if (block->fd >= 0) {
        qemu_ram_munmap(block->fd, block->host, block->max_length);
        close(block->fd);
    } else {
        qemu_anon_ram_free(block->host, block->max_length);
    }
    g_free(block);
}

void qemu_ram_free(RAMBlock *block)
{
    if (!block) {
        return;
    }
    ram_block_notify_remove(block->host, block->used_length,
                            block->max_length);
    qemu_mutex_lock_ramlist();
    QLIST_REMOVE_RCU(block, next);
    ram_list.mru_block = NULL;
    smp_wmb();
    ram_list.version++;
    call_rcu(block, reclaim_ramblock, rcu);
    qemu_mutex_unlock_ramlist();
}

int qemu_ram_resize(RAMBlock *block, ram_addr_t newsize, Error **errp)
{
    const ram_addr_t oldsize = block->used_length;
    const ram_addr_t unaligned_size = newsize;

    newsize = REAL_HOST_PAGE_ALIGN(newsize);
    if (block->used_length == newsize) {
        /* The region may end inside a page; the block does not. */
        if (unaligned_size != memory_region_size(block->mr)) {
            memory_region_set_size(block->mr, unaligned_size);
            if (block->resized) {
                block->resized(block->idstr, unaligned_size, block->host);
            }
        }
        return 0;
    }
    if (!(block->flags & RAM_RESIZEABLE)) {
        error_setg(errp, "Size mismatch: %s: 0x" RAM_ADDR_FMT
                   " != 0x" RAM_ADDR_FMT, block->idstr, newsize,
                   block->used_length);
        return -EINVAL;
    }
    if (block->max_length < newsize) {
        error_setg(errp, "Size too large: %s: 0x" RAM_ADDR_FMT
                   " > 0x" RAM_ADDR_FMT, block->idstr, newsize,
                   block->max_length);
        return -EINVAL;
    }

    ram_block_notify_resize(block->host, oldsize, newsize);
    cpu_physical_memory_clear_dirty_range(block->offset, block->used_length);
    block->used_length = newsize;
    cpu_physical_memory_set_dirty_range(block->offset, block->used_length,
                                        DIRTY_CLIENTS_ALL);
    memory_region_set_size(block->mr, unaligned_size);
    if (block->resized) {
        block->resized(block->idstr, unaligned_size, block->host);
    }
    return 0;
}

void qemu_ram_msync(RAMBlock *block, ram_addr_t start, ram_addr_t length)
{
    uintptr_t first, end;

    assert(start + length <= block->used_length);
    if (block->fd < 0) {
        return;
    }
    first = ROUND_DOWN((uintptr_t)block->host + start,
                       qemu_real_host_page_size());
    end = (uintptr_t)block->host + start + length;
    if (msync((void *)first, end - first, MS_SYNC)) {
        warn_report("%s: failed to sync memory range: start: "
                    RAM_ADDR_FMT " length: " RAM_ADDR_FMT, __func__, start,
                    length);
    }
}

int ram_block_discard_range(RAMBlock *rb, uint64_t start, size_t length)
{
    uint8_t *host_startaddr = rb->host + start;
    bool need_madvise, need_fallocate;
    int ret = 0;

    if (!QEMU_PTR_IS_ALIGNED(host_startaddr, rb->page_size)) {
        error_report("%s: Unaligned start address: %p", __func__,
                     host_startaddr);
        return -EINVAL;
    }
    if (length > rb->max_length || start > rb->max_length - length) {
        error_report("%s: Overrun block '%s' (%" PRIu64 "/%zx/" RAM_ADDR_FMT
                     ")", __func__, rb->idstr, start, length, rb->max_length);
        return -EINVAL;
    }
    if (!QEMU_IS_ALIGNED(length, rb->page_size)) {
        error_report("%s: Unaligned length: %zx", __func__, length);
        return -EINVAL;
    }

    /* A page may be in the file, in a private copy of it, or in both. */
    need_madvise = rb->page_size == qemu_real_host_page_size();
    need_fallocate = rb->fd != -1;
    if (need_fallocate) {
        ret = fallocate(rb->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
                        start, length);
        if (ret) {
            ret = -errno;
            error_report("%s: Failed to fallocate %s:%" PRIx64 " +%zx (%d)",
                         __func__, rb->idstr, start, length, ret);
        }
    }
    if (!ret && need_madvise) {
        ret = madvise(host_startaddr, length,
                      qemu_ram_is_shared(rb) && rb->fd < 0 ? MADV_REMOVE
                                                           : MADV_DONTNEED);
        if (ret) {
            ret = -errno;
            error_report("%s: Failed to discard range %s:%" PRIx64
                         " +%zx (%d)", __func__, rb->idstr, start, length,
                         ret);
        }
    }
    trace_ram_block_discard_range(rb->idstr, host_startaddr, length,
                                  need_madvise, need_fallocate, ret);
    return ret;
}
