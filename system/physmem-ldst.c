/*
 * Loads and stores of one number: address_space_ldl_le() and its family
 *
 * Three families share one way in and differ in how they find the region: in
 * an address space, or through a cache.  The byte order is a MemOp: MO_LE or
 * MO_BE as the name says, MO_TE for names without one.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/main-loop.h"
#include "exec/ram_addr.h"
#include "memory_int.h"

/* The number at @p, in the order of @op. */
static uint64_t ldst_load_host(const void *p, MemOp op)
{
    uint64_t val = ldn_he_p(p, memop_size(op));

    if (op & MO_BSWAP) {
        val = bswap64(val) >> (64 - 8 * memop_size(op));
    }
    return val;
}

static void ldst_store_host(void *p, MemOp op, uint64_t val)
{
    if (op & MO_BSWAP) {
        val = bswap64(val) >> (64 - 8 * memop_size(op));
    }
    stn_he_p(p, memop_size(op), val);
}

/* @l of @mr can be accessed at @addr1: less than the number at the end of RAM,
 * where the region then refuses it. */
static uint64_t ldst_load(MemoryRegion *mr, hwaddr addr1, hwaddr l, MemOp op,
                          MemTxAttrs attrs, MemTxResult *result)
{
    MemTxResult r = MEMTX_OK;
    uint64_t val;

    if (l < memop_size(op) || !memory_access_is_direct(mr, false)) {
        bool release_lock = prepare_mmio_access(mr);

        r = memory_region_dispatch_read(mr, addr1, &val, op, attrs);
        if (release_lock) {
            qemu_mutex_unlock_iothread();
        }
    } else {
        val = ldst_load_host(qemu_map_ram_ptr(mr->ram_block, addr1), op);
    }
    if (result) {
        *result = r;
    }
    return val;
}

static void ldst_store(MemoryRegion *mr, hwaddr addr1, hwaddr l, MemOp op,
                       uint64_t val, bool set_dirty, MemTxAttrs attrs,
                       MemTxResult *result)
{
    MemTxResult r = MEMTX_OK;

    if (l < memop_size(op) || !memory_access_is_direct(mr, true)) {
        bool release_lock = prepare_mmio_access(mr);

        r = memory_region_dispatch_write(mr, addr1, val, op, attrs);
        if (release_lock) {
            qemu_mutex_unlock_iothread();
        }
    } else {
        ldst_store_host(qemu_map_ram_ptr(mr->ram_block, addr1), op, val);
        if (set_dirty) {
            invalidate_and_set_dirty(mr, addr1, memop_size(op));
        }
    }
    if (result) {
        *result = r;
    }
}

/* In an address space */

static uint64_t address_space_load(AddressSpace *as, hwaddr addr, MemOp op,
                                   MemTxAttrs attrs, MemTxResult *result)
{
    hwaddr l = memop_size(op), addr1;
    MemoryRegion *mr;

    RCU_READ_LOCK_GUARD();
    mr = address_space_translate(as, addr, &addr1, &l, false, attrs);
    return ldst_load(mr, addr1, l, op, attrs, result);
}

static void address_space_store(AddressSpace *as, hwaddr addr, MemOp op,
                                uint64_t val, bool set_dirty,
                                MemTxAttrs attrs, MemTxResult *result)
{
    hwaddr l = memop_size(op), addr1;
    MemoryRegion *mr;

    RCU_READ_LOCK_GUARD();
    mr = address_space_translate(as, addr, &addr1, &l, true, attrs);
    ldst_store(mr, addr1, l, op, val, set_dirty, attrs, result);
}

#define DEFINE_LD(type, name, op)                                          \
    type address_space_ ## name(AddressSpace *as, hwaddr addr,             \
                                MemTxAttrs attrs, MemTxResult *result)     \
    {                                                                      \
        return address_space_load(as, addr, op, attrs, result);            \
    }
#define DEFINE_ST(type, name, op)                                          \
    void address_space_ ## name(AddressSpace *as, hwaddr addr, type val,   \
                                MemTxAttrs attrs, MemTxResult *result)     \
    {                                                                      \
        address_space_store(as, addr, op, val, true, attrs, result);       \
    }

DEFINE_LD(uint8_t, ldub, MO_8)
DEFINE_LD(uint16_t, lduw, MO_TE | MO_16)
DEFINE_LD(uint16_t, lduw_le, MO_LE | MO_16)
DEFINE_LD(uint16_t, lduw_be, MO_BE | MO_16)
DEFINE_LD(uint32_t, ldl, MO_TE | MO_32)
DEFINE_LD(uint32_t, ldl_le, MO_LE | MO_32)
DEFINE_LD(uint32_t, ldl_be, MO_BE | MO_32)
DEFINE_LD(uint64_t, ldq, MO_TE | MO_64)
DEFINE_LD(uint64_t, ldq_le, MO_LE | MO_64)
DEFINE_LD(uint64_t, ldq_be, MO_BE | MO_64)
DEFINE_ST(uint8_t, stb, MO_8)
DEFINE_ST(uint16_t, stw, MO_TE | MO_16)
DEFINE_ST(uint16_t, stw_le, MO_LE | MO_16)
DEFINE_ST(uint16_t, stw_be, MO_BE | MO_16)
DEFINE_ST(uint32_t, stl, MO_TE | MO_32)
DEFINE_ST(uint32_t, stl_le, MO_LE | MO_32)
DEFINE_ST(uint32_t, stl_be, MO_BE | MO_32)
DEFINE_ST(uint64_t, stq, MO_TE | MO_64)
DEFINE_ST(uint64_t, stq_le, MO_LE | MO_64)
DEFINE_ST(uint64_t, stq_be, MO_BE | MO_64)

void address_space_stl_notdirty(AddressSpace *as, hwaddr addr, uint32_t val,
                                MemTxAttrs attrs, MemTxResult *result)
{
    address_space_store(as, addr, MO_TE | MO_32, val, false, attrs, result);
}

/* Through a cache that has no pointer */

static uint64_t address_space_load_cached(MemoryRegionCache *cache,
                                          hwaddr addr, MemOp op,
                                          MemTxAttrs attrs,
                                          MemTxResult *result)
{
    hwaddr l = memop_size(op), addr1;
    MemoryRegion *mr;

    RCU_READ_LOCK_GUARD();
    mr = address_space_translate_cached(cache, addr, &addr1, &l, false,
                                        attrs);
    return ldst_load(mr, addr1, l, op, attrs, result);
}

static void address_space_store_cached(MemoryRegionCache *cache, hwaddr addr,
                                       MemOp op, uint64_t val,
                                       MemTxAttrs attrs, MemTxResult *result)
{
    hwaddr l = memop_size(op), addr1;
    MemoryRegion *mr;

    RCU_READ_LOCK_GUARD();
    mr = address_space_translate_cached(cache, addr, &addr1, &l, true, attrs);
    ldst_store(mr, addr1, l, op, val, true, attrs, result);
}

#define DEFINE_LD_CACHED(type, name, op)                                   \
    type address_space_ ## name ## _cached_slow(MemoryRegionCache *cache,  \
        hwaddr addr, MemTxAttrs attrs, MemTxResult *result)                \
    {                                                                      \
        return address_space_load_cached(cache, addr, op, attrs, result);  \
    }
#define DEFINE_ST_CACHED(type, name, op)                                   \
    void address_space_ ## name ## _cached_slow(MemoryRegionCache *cache,  \
        hwaddr addr, type val, MemTxAttrs attrs, MemTxResult *result)      \
    {                                                                      \
        address_space_store_cached(cache, addr, op, val, attrs, result);   \
    }

DEFINE_LD_CACHED(uint8_t, ldub, MO_8)
DEFINE_LD_CACHED(uint16_t, lduw_le, MO_LE | MO_16)
DEFINE_LD_CACHED(uint16_t, lduw_be, MO_BE | MO_16)
DEFINE_LD_CACHED(uint32_t, ldl_le, MO_LE | MO_32)
DEFINE_LD_CACHED(uint32_t, ldl_be, MO_BE | MO_32)
DEFINE_LD_CACHED(uint64_t, ldq_le, MO_LE | MO_64)
DEFINE_LD_CACHED(uint64_t, ldq_be, MO_BE | MO_64)
DEFINE_ST_CACHED(uint8_t, stb, MO_8)
DEFINE_ST_CACHED(uint16_t, stw_le, MO_LE | MO_16)
DEFINE_ST_CACHED(uint16_t, stw_be, MO_BE | MO_16)
DEFINE_ST_CACHED(uint32_t, stl_le, MO_LE | MO_32)
DEFINE_ST_CACHED(uint32_t, stl_be, MO_BE | MO_32)
DEFINE_ST_CACHED(uint64_t, stq_le, MO_LE | MO_64)
DEFINE_ST_CACHED(uint64_t, stq_be, MO_BE | MO_64)
