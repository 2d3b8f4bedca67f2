/*
 * Memory regions with memory in them: RAM, ROM, flash, the host's devices
 *
 * The memory itself is a RAMBlock (physmem-ram.c), and its region owns it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "hw/qdev-core.h"
#include "migration/vmstate.h"
#include "exec/ram_addr.h"
#include "memory_int.h"

static void memory_region_destructor_ram(MemoryRegion *mr)
{
    qemu_ram_free(mr->ram_block);
}

/* Without a block the region is of no use: the caller gets @err for it. */
static void memory_region_finish_ram(MemoryRegion *mr, RAMBlock *block,
                                     Error *err, Error **errp)
{
    mr->ram_block = block;
    if (err) {
        mr->size = int128_zero();
        object_unparent(OBJECT(mr));
        error_propagate(errp, err);
    }
}

static void memory_region_start_ram(MemoryRegion *mr, Object *owner,
                                    const char *name, uint64_t size)
{
    memory_region_init(mr, owner, name, size);
    mr->ram = true;
    mr->terminates = true;
    mr->destructor = memory_region_destructor_ram;
}

void memory_region_init_ram_nomigrate(MemoryRegion *mr, Object *owner,
                                      const char *name, uint64_t size,
                                      Error **errp)
{
    memory_region_init_ram_flags_nomigrate(mr, owner, name, size, 0, errp);
}

void memory_region_init_ram_flags_nomigrate(MemoryRegion *mr, Object *owner,
                                            const char *name, uint64_t size,
                                            uint32_t ram_flags, Error **errp)
{
    RAMBlock *block;
    Error *err = NULL;

    memory_region_start_ram(mr, owner, name, size);
    block = qemu_ram_alloc(size, ram_flags, mr, &err);
    memory_region_finish_ram(mr, block, err, errp);
}

void memory_region_init_resizeable_ram(MemoryRegion *mr, Object *owner,
                                       const char *name, uint64_t size,
                                       uint64_t max_size,
                                       void (*resized)(const char *,
                                                       uint64_t length,
                                                       void *host),
                                       Error **errp)
{
    RAMBlock *block;
    Error *err = NULL;

    memory_region_start_ram(mr, owner, name, size);
    block = qemu_ram_alloc_resizeable(size, max_size, resized, mr, &err);
    memory_region_finish_ram(mr, block, err, errp);
}

void memory_region_init_ram_from_file(MemoryRegion *mr, Object *owner,
                                      const char *name, uint64_t size,
                                      uint64_t align, uint32_t ram_flags,
                                      const char *path, bool readonly,
                                      Error **errp)
{
    RAMBlock *block;
    Error *err = NULL;

    memory_region_start_ram(mr, owner, name, size);
    mr->readonly = readonly;
    mr->align = align;
    block = qemu_ram_alloc_from_file(size, mr, ram_flags, path, readonly,
                                     &err);
    memory_region_finish_ram(mr, block, err, errp);
}

void memory_region_init_ram_from_fd(MemoryRegion *mr, Object *owner,
                                    const char *name, uint64_t size,
                                    uint32_t ram_flags, int fd,
                                    ram_addr_t offset, Error **errp)
{
    RAMBlock *block;
    Error *err = NULL;

    memory_region_start_ram(mr, owner, name, size);
    block = qemu_ram_alloc_from_fd(size, mr, ram_flags, fd, offset, false,
                                   &err);
    memory_region_finish_ram(mr, block, err, errp);
}

void memory_region_init_ram_ptr(MemoryRegion *mr, Object *owner,
                                const char *name, uint64_t size, void *ptr)
{
    assert(ptr);
    memory_region_start_ram(mr, owner, name, size);
    mr->ram_block = qemu_ram_alloc_from_ptr(size, ptr, mr, &error_abort);
}

void memory_region_init_rom_nomigrate(MemoryRegion *mr, Object *owner,
                                      const char *name, uint64_t size,
                                      Error **errp)
{
    memory_region_init_ram_nomigrate(mr, owner, name, size, errp);
    mr->readonly = true;
}

void memory_region_init_rom_device_nomigrate(MemoryRegion *mr, Object *owner,
                                             const MemoryRegionOps *ops,
                                             void *opaque, const char *name,
                                             uint64_t size, Error **errp)
{
    RAMBlock *block;
    Error *err = NULL;

    assert(ops);
    memory_region_init(mr, owner, name, size);
    mr->ops = ops;
    mr->opaque = opaque;
    mr->terminates = true;
    mr->rom_device = true;
    mr->destructor = memory_region_destructor_ram;
    block = qemu_ram_alloc(size, 0, mr, &err);
    memory_region_finish_ram(mr, block, err, errp);
}

/* The three with migration */

static void memory_region_migrate(MemoryRegion *mr, Object *owner)
{
    /* Only a device has a path that is the same on the other side. */
    vmstate_register_ram(mr, owner ? DEVICE(owner) : NULL);
}

void memory_region_init_ram(MemoryRegion *mr, Object *owner, const char *name,
                            uint64_t size, Error **errp)
{
    Error *err = NULL;

    memory_region_init_ram_nomigrate(mr, owner, name, size, &err);
    if (err) {
        error_propagate(errp, err);
        return;
    }
    memory_region_migrate(mr, owner);
}

void memory_region_init_rom(MemoryRegion *mr, Object *owner, const char *name,
                            uint64_t size, Error **errp)
{
    Error *err = NULL;

    memory_region_init_rom_nomigrate(mr, owner, name, size, &err);
    if (err) {
        error_propagate(errp, err);
        return;
    }
    memory_region_migrate(mr, owner);
}

void memory_region_init_rom_device(MemoryRegion *mr, Object *owner,
                                   const MemoryRegionOps *ops, void *opaque,
                                   const char *name, uint64_t size,
                                   Error **errp)
{
    Error *err = NULL;

    memory_region_init_rom_device_nomigrate(mr, owner, ops, opaque, name,
                                            size, &err);
    if (err) {
        error_propagate(errp, err);
        return;
    }
    memory_region_migrate(mr, owner);
}

/*
 * Memory of a device of the host, mapped into this process.  A register may
 * change by being read twice, or want its four bytes at once: so every access
 * is one load or store of the guest's own size.  The guest chooses the address
 * too: these types may be anywhere.
 */

typedef uint16_t __attribute__((__aligned__(1))) ram_device_u16;
typedef uint32_t __attribute__((__aligned__(1))) ram_device_u32;
typedef uint64_t __attribute__((__aligned__(1))) ram_device_u64;

static uint64_t memory_region_ram_device_read(void *opaque, hwaddr addr,
                                              unsigned size)
{
    MemoryRegion *mr = opaque;
    void *p = mr->ram_block->host + addr;

    switch (size) {
    case 1:
        return *(volatile uint8_t *)p;
    case 2:
        return *(volatile ram_device_u16 *)p;
    case 4:
        return *(volatile ram_device_u32 *)p;
    default:
        return *(volatile ram_device_u64 *)p;
    }
}

static void memory_region_ram_device_write(void *opaque, hwaddr addr,
                                           uint64_t data, unsigned size)
{
    MemoryRegion *mr = opaque;
    void *p = mr->ram_block->host + addr;

    switch (size) {
    case 1:
        *(volatile uint8_t *)p = data;
        break;
    case 2:
        *(volatile ram_device_u16 *)p = data;
        break;
    case 4:
        *(volatile ram_device_u32 *)p = data;
        break;
    default:
        *(volatile ram_device_u64 *)p = data;
        break;
    }
}

/* A long access at the end of the region would go past it. */
static bool memory_region_ram_device_accepts(void *opaque, hwaddr addr,
                                             unsigned size, bool is_write,
                                             MemTxAttrs attrs)
{
    MemoryRegion *mr = opaque;

    return int128_le(int128_add(int128_make64(addr), int128_make64(size)),
                     mr->size);
}

static const MemoryRegionOps ram_device_mem_ops = {
    .read = memory_region_ram_device_read,
    .write = memory_region_ram_device_write,
    .endianness = DEVICE_HOST_ENDIAN,
    .valid = {
        .min_access_size = 1,
        .max_access_size = 8,
        .unaligned = true,
        .accepts = memory_region_ram_device_accepts,
    },
    .impl = {
        .min_access_size = 1,
        .max_access_size = 8,
        .unaligned = true,
    },
};

void memory_region_init_ram_device_ptr(MemoryRegion *mr, Object *owner,
                                       const char *name, uint64_t size,
                                       void *ptr)
{
    memory_region_init_ram_ptr(mr, owner, name, size, ptr);
    mr->ram_device = true;
    mr->ops = &ram_device_mem_ops;
    mr->opaque = mr;
}

/* What is in a region */

bool memory_region_is_ram_device(MemoryRegion *mr)
{
    return mr->ram_device;
}

bool memory_region_is_protected(MemoryRegion *mr)
{
    return mr->ram && (mr->ram_block->flags & RAM_PROTECTED);
}

/* The RAM behind aliases; *@offset is where it begins in it. */
static MemoryRegion *memory_region_behind_aliases(MemoryRegion *mr,
                                                  hwaddr *offset)
{
    *offset = 0;
    while (mr->alias) {
        *offset += mr->alias_offset;
        mr = mr->alias;
    }
    return mr;
}

int memory_region_get_fd(MemoryRegion *mr)
{
    hwaddr offset;

    mr = memory_region_behind_aliases(mr, &offset);
    return mr->ram_block->fd;
}

void *memory_region_get_ram_ptr(MemoryRegion *mr)
{
    hwaddr offset;

    RCU_READ_LOCK_GUARD();
    mr = memory_region_behind_aliases(mr, &offset);
    assert(mr->ram_block);
    return qemu_map_ram_ptr(mr->ram_block, offset);
}

MemoryRegion *memory_region_from_host(void *ptr, ram_addr_t *offset)
{
    RAMBlock *block = qemu_ram_block_from_host(ptr, false, offset);

    return block ? block->mr : NULL;
}

ram_addr_t memory_region_get_ram_addr(MemoryRegion *mr)
{
    return mr->ram_block ? mr->ram_block->offset : RAM_ADDR_INVALID;
}

uint64_t memory_region_get_alignment(const MemoryRegion *mr)
{
    return mr->align;
}

void memory_region_ram_resize(MemoryRegion *mr, ram_addr_t newsize,
                              Error **errp)
{
    assert(mr->ram_block);
    qemu_ram_resize(mr->ram_block, newsize, errp);
}

void memory_region_msync(MemoryRegion *mr, hwaddr addr, hwaddr size)
{
    if (mr->ram_block) {
        qemu_ram_msync(mr->ram_block, addr, size);
    }
}

void memory_region_writeback(MemoryRegion *mr, hwaddr addr, hwaddr size)
{
    memory_region_msync(mr, addr, size);
}

/* Pages that changed */

bool memory_region_is_logging(MemoryRegion *mr, uint8_t client)
{
    return memory_region_get_dirty_log_mask(mr) & (1 << client);
}

uint8_t memory_region_get_dirty_log_mask(MemoryRegion *mr)
{
    uint8_t mask = mr->dirty_log_mask;
    RAMBlock *rb = mr->ram_block;

    if (global_dirty_tracking &&
        ((rb && qemu_ram_is_migratable(rb)) || mr->is_iommu)) {
        mask |= 1 << DIRTY_MEMORY_MIGRATION;
    }
    return mask;
}

void memory_region_set_log(MemoryRegion *mr, bool log, unsigned client)
{
    uint8_t mask = 1 << client;
    uint8_t old_logging;

    assert(client == DIRTY_MEMORY_VGA);
    old_logging = mr->vga_logging_count;
    mr->vga_logging_count += log ? 1 : -1;
    if (!!old_logging == !!mr->vga_logging_count) {
        return;
    }

    memory_region_transaction_begin();
    mr->dirty_log_mask = (mr->dirty_log_mask & ~mask) | (log * mask);
    memory_region_note_change(mr);
    memory_region_transaction_commit();
}

void memory_region_set_dirty(MemoryRegion *mr, hwaddr addr, hwaddr size)
{
    assert(mr->ram_block);
    cpu_physical_memory_set_dirty_range(memory_region_get_ram_addr(mr) + addr,
                                        size,
                                        memory_region_get_dirty_log_mask(mr));
}

bool memory_region_snapshot_get_dirty(MemoryRegion *mr,
                                      DirtyBitmapSnapshot *snap,
                                      hwaddr addr, hwaddr size)
{
    assert(mr->ram_block);
    return cpu_physical_memory_snapshot_get_dirty(snap,
                memory_region_get_ram_addr(mr) + addr, size);
}

void memory_region_reset_dirty(MemoryRegion *mr, hwaddr addr, hwaddr size,
                               unsigned client)
{
    assert(mr->ram_block);
    cpu_physical_memory_test_and_clear_dirty(
        memory_region_get_ram_addr(mr) + addr, size, client);
}

void memory_region_flush_rom_device(MemoryRegion *mr, hwaddr addr,
                                    hwaddr size)
{
    /* The contents changed without a write that the memory API saw. */
    assert(memory_region_is_romd(mr));
    invalidate_and_set_dirty(mr, addr, size);
}
