/*
 * An access arrives at a region
 *
 *     memory_region_dispatch_write(mr, addr, data, op, attrs)
 *       memory_region_access_valid      .valid: is the guest allowed to?
 *       memory_region_adjust_endianness from the CPU's order to the region's
 *       memory_region_dispatch_write_eventfds
 *       access_with_adjusted_size       .impl: in pieces that the device knows
 *         memory_region_write_accessor
 *           mr->ops->write(mr->opaque, addr, data, size)
 *
 * Reads go the same way with the steps in the other order.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/error-report.h"
#include "qemu/log.h"
#include "hw/qdev-core.h"
#include "memory_int.h"
#include "trace.h"

/* Nobody is there */

static uint64_t unassigned_mem_read(void *opaque, hwaddr addr, unsigned size)
{
    return 0;
}

static void unassigned_mem_write(void *opaque, hwaddr addr, uint64_t val,
                                 unsigned size)
{
}

static bool unassigned_mem_accepts(void *opaque, hwaddr addr, unsigned size,
                                   bool is_write, MemTxAttrs attrs)
{
    return false;
}

const MemoryRegionOps unassigned_mem_ops = {
    .valid.accepts = unassigned_mem_accepts,
    .endianness = DEVICE_NATIVE_ENDIAN,
};

/* What the guest is allowed to do */

static bool memory_region_refuse(MemoryRegion *mr, hwaddr addr, unsigned size,
                                 bool is_write, const char *reason)
{
    qemu_log_mask(LOG_GUEST_ERROR, "Invalid %s at addr 0x%" HWADDR_PRIX
                  ", size %u, region '%s', reason: %s\n",
                  is_write ? "write" : "read", addr, size,
                  memory_region_name(mr) ?: "(null)", reason);
    return false;
}

bool memory_region_access_valid(MemoryRegion *mr, hwaddr addr, unsigned size,
                                bool is_write, MemTxAttrs attrs)
{
    const MemoryRegionOps *ops = mr->ops;

    if (ops->valid.accepts &&
        !ops->valid.accepts(mr->opaque, addr, size, is_write, attrs)) {
        return memory_region_refuse(mr, addr, size, is_write, "rejected");
    }
    if (!ops->valid.unaligned && (addr & (size - 1))) {
        return memory_region_refuse(mr, addr, size, is_write, "unaligned");
    }
    if (ops->valid.max_access_size &&
        (size > ops->valid.max_access_size ||
         size < ops->valid.min_access_size)) {
        g_autofree char *reason =
            g_strdup_printf("invalid size (min:%u max:%u)",
                            ops->valid.min_access_size,
                            ops->valid.max_access_size);

        return memory_region_refuse(mr, addr, size, is_write, reason);
    }
    return true;
}

/* Byte order */

static bool memory_region_big_endian(MemoryRegion *mr)
{
    return memop_big_endian(devend_memop(mr->ops->endianness));
}

void memory_region_adjust_endianness(MemoryRegion *mr, uint64_t *data,
                                     MemOp op)
{
    if ((op & MO_BSWAP) == devend_memop(mr->ops->endianness)) {
        return;
    }
    switch (op & MO_SIZE) {
    case MO_8:
        break;
    case MO_16:
        *data = bswap16(*data);
        break;
    case MO_32:
        *data = bswap32(*data);
        break;
    case MO_64:
        *data = bswap64(*data);
        break;
    default:
        g_assert_not_reached();
    }
}

/* One call into the device */

/*
 * Where the bytes of one call are in the number that the guest sees: so many
 * bits up, or, if the device's smallest access is larger than the guest's,
 * down.
 */
static void memory_region_shift_read_access(uint64_t *value, int shift,
                                            uint64_t mask, uint64_t tmp)
{
    if (shift >= 0) {
        *value |= (tmp & mask) << shift;
    } else {
        *value |= (tmp & mask) >> -shift;
    }
}

static uint64_t memory_region_shift_write_access(uint64_t *value, int shift,
                                                 uint64_t mask)
{
    if (shift >= 0) {
        return (*value >> shift) & mask;
    }
    return (*value << -shift) & mask;
}

/* Looks for the name only if somebody wants to see it. */
static void memory_region_trace_read(MemoryRegion *mr, hwaddr addr,
                                     uint64_t value, unsigned size)
{
    if (trace_event_get_state_backends(TRACE_MEMORY_REGION_OPS_READ)) {
        trace_memory_region_ops_read(-1, mr, addr, value, size,
                                     memory_region_name(mr));
    }
}

static void memory_region_trace_write(MemoryRegion *mr, hwaddr addr,
                                      uint64_t value, unsigned size)
{
    if (trace_event_get_state_backends(TRACE_MEMORY_REGION_OPS_WRITE)) {
        trace_memory_region_ops_write(-1, mr, addr, value, size,
                                      memory_region_name(mr));
    }
}

typedef MemTxResult MemoryRegionAccessor(MemoryRegion *mr, hwaddr addr,
                                         uint64_t *value, unsigned size,
                                         int shift, uint64_t mask,
                                         MemTxAttrs attrs);

static MemTxResult memory_region_read_accessor(MemoryRegion *mr, hwaddr addr,
                                               uint64_t *value, unsigned size,
                                               int shift, uint64_t mask,
                                               MemTxAttrs attrs)
{
    uint64_t tmp = mr->ops->read(mr->opaque, addr, size);

    memory_region_trace_read(mr, addr, tmp, size);
    memory_region_shift_read_access(value, shift, mask, tmp);
    return MEMTX_OK;
}

static MemTxResult memory_region_read_with_attrs_accessor(MemoryRegion *mr,
                                                          hwaddr addr,
                                                          uint64_t *value,
                                                          unsigned size,
                                                          int shift,
                                                          uint64_t mask,
                                                          MemTxAttrs attrs)
{
    uint64_t tmp = 0;
    MemTxResult r = mr->ops->read_with_attrs(mr->opaque, addr, &tmp, size,
                                             attrs);

    memory_region_trace_read(mr, addr, tmp, size);
    memory_region_shift_read_access(value, shift, mask, tmp);
    return r;
}

static MemTxResult memory_region_write_accessor(MemoryRegion *mr, hwaddr addr,
                                                uint64_t *value, unsigned size,
                                                int shift, uint64_t mask,
                                                MemTxAttrs attrs)
{
    uint64_t tmp = memory_region_shift_write_access(value, shift, mask);

    memory_region_trace_write(mr, addr, tmp, size);
    mr->ops->write(mr->opaque, addr, tmp, size);
    return MEMTX_OK;
}

static MemTxResult memory_region_write_with_attrs_accessor(MemoryRegion *mr,
                                                           hwaddr addr,
                                                           uint64_t *value,
                                                           unsigned size,
                                                           int shift,
                                                           uint64_t mask,
                                                           MemTxAttrs attrs)
{
    uint64_t tmp = memory_region_shift_write_access(value, shift, mask);

    memory_region_trace_write(mr, addr, tmp, size);
    return mr->ops->write_with_attrs(mr->opaque, addr, tmp, size, attrs);
}

/* What the device implements */

/*
 * A device's DMA may be aimed at its own registers, by a guest that lies.  Then
 * the device would be called while it is in the middle of something, which
 * hardly any device is written for.  While one of its regions is in use, a
 * second access to any of them is refused.
 */
static bool memory_region_is_guarded(MemoryRegion *mr)
{
    return mr->dev && !mr->disable_reentrancy_guard && !mr->ram_device &&
           !mr->ram && !mr->rom_device && !mr->readonly;
}

static MemTxResult access_with_adjusted_size(hwaddr addr, uint64_t *value,
                                             unsigned size,
                                             unsigned access_size_min,
                                             unsigned access_size_max,
                                             MemoryRegionAccessor *access_fn,
                                             MemoryRegion *mr,
                                             MemTxAttrs attrs)
{
    bool guarded = memory_region_is_guarded(mr);
    MemTxResult r = MEMTX_OK;
    unsigned access_size, i;
    uint64_t access_mask;

    if (!access_size_min) {
        access_size_min = 1;
    }
    if (!access_size_max) {
        access_size_max = 4;
    }

    if (guarded) {
        if (mr->dev->mem_reentrancy_guard.engaged_in_io) {
            warn_report_once("Blocked re-entrant IO on MemoryRegion: "
                             "%s at addr: 0x%" HWADDR_PRIX,
                             memory_region_name(mr), addr);
            return MEMTX_ACCESS_ERROR;
        }
        mr->dev->mem_reentrancy_guard.engaged_in_io = true;
    }

    access_size = MAX(MIN(size, access_size_max), access_size_min);
    access_mask = MAKE_64BIT_MASK(0, access_size * 8);
    if (memory_region_big_endian(mr)) {
        for (i = 0; i < size; i += access_size) {
            int shift = ((int)size - (int)access_size - (int)i) * 8;

            r |= access_fn(mr, addr + i, value, access_size, shift,
                           access_mask, attrs);
        }
    } else {
        for (i = 0; i < size; i += access_size) {
            r |= access_fn(mr, addr + i, value, access_size, i * 8,
                           access_mask, attrs);
        }
    }

    if (guarded) {
        mr->dev->mem_reentrancy_guard.engaged_in_io = false;
    }
    return r;
}

/* The access */

static MemTxResult memory_region_dispatch_read1(MemoryRegion *mr, hwaddr addr,
                                                uint64_t *pval, unsigned size,
                                                MemTxAttrs attrs)
{
    MemoryRegionAccessor *accessor = mr->ops->read
        ? memory_region_read_accessor
        : memory_region_read_with_attrs_accessor;

    *pval = 0;
    return access_with_adjusted_size(addr, pval, size,
                                     mr->ops->impl.min_access_size,
                                     mr->ops->impl.max_access_size,
                                     accessor, mr, attrs);
}

MemTxResult memory_region_dispatch_read(MemoryRegion *mr, hwaddr addr,
                                        uint64_t *pval, MemOp op,
                                        MemTxAttrs attrs)
{
    unsigned size = memop_size(op);
    MemTxResult r;

    if (mr->alias) {
        return memory_region_dispatch_read(mr->alias, mr->alias_offset + addr,
                                           pval, op, attrs);
    }
    if (!memory_region_access_valid(mr, addr, size, false, attrs)) {
        *pval = unassigned_mem_read(mr, addr, size);
        return MEMTX_DECODE_ERROR;
    }

    r = memory_region_dispatch_read1(mr, addr, pval, size, attrs);
    memory_region_adjust_endianness(mr, pval, op);
    return r;
}

MemTxResult memory_region_dispatch_write(MemoryRegion *mr, hwaddr addr,
                                         uint64_t data, MemOp op,
                                         MemTxAttrs attrs)
{
    unsigned size = memop_size(op);
    MemoryRegionAccessor *accessor;

    if (mr->alias) {
        return memory_region_dispatch_write(mr->alias,
                                            mr->alias_offset + addr, data, op,
                                            attrs);
    }
    if (!memory_region_access_valid(mr, addr, size, true, attrs)) {
        unassigned_mem_write(mr, addr, data, size);
        return MEMTX_DECODE_ERROR;
    }

    memory_region_adjust_endianness(mr, &data, op);
    if (memory_region_dispatch_write_eventfds(mr, addr, data, size, attrs)) {
        return MEMTX_OK;
    }

    accessor = mr->ops->write ? memory_region_write_accessor
                              : memory_region_write_with_attrs_accessor;
    return access_with_adjusted_size(addr, &data, size,
                                     mr->ops->impl.min_access_size,
                                     mr->ops->impl.max_access_size,
                                     accessor, mr, attrs);
}
