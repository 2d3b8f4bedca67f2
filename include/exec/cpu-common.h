/*
 * RAM and the guest's physical memory, for code that knows no target
 *
 * There are three kinds of address here, and mixing them up is the classic
 * mistake:
 *
 *     hwaddr       what the guest's CPU or a device puts on the bus
 *     ram_addr_t   a place in RAM: all RAM blocks lie one after another in a
 *                  space of their own, wherever the guest sees them
 *     void *       the host's memory behind it
 *
 * The first becomes the second through an AddressSpace (exec/memory.h), the
 * second becomes the third through a RAMBlock.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CPU_COMMON_H
#define CPU_COMMON_H

#include "exec/hwaddr.h"

/* The byte order in which a region's registers are wired. */
enum device_endian {
    DEVICE_NATIVE_ENDIAN,
    DEVICE_BIG_ENDIAN,
    DEVICE_LITTLE_ENDIAN,
};

#if HOST_BIG_ENDIAN
#define DEVICE_HOST_ENDIAN DEVICE_BIG_ENDIAN
#else
#define DEVICE_HOST_ENDIAN DEVICE_LITTLE_ENDIAN
#endif

/* Whether the guest's CPU has the high byte first: no, it is an x86. */
bool target_words_bigendian(void);

typedef uintptr_t ram_addr_t;
#define RAM_ADDR_MAX UINTPTR_MAX
#define RAM_ADDR_FMT "%" PRIxPTR
#define RAM_ADDR_INVALID (~(ram_addr_t)0)

/* Makes the two address spaces of exec/address-spaces.h.  Called once. */
void cpu_exec_init_all(void);

/* Ends them.  Nobody may use them any more, and nothing is in them. */
void cpu_exec_cleanup_all(void);

/*
 * Carry out the writes that an accelerator has kept for devices that coalesce
 * them (memory_region_set_coalescing()).  With the BQL.
 */
void qemu_flush_coalesced_mmio_buffer(void);

/* RAM blocks */

/* The ram_addr_t of a host address inside RAM, or RAM_ADDR_INVALID. */
ram_addr_t qemu_ram_addr_from_host(void *ptr);
/* The same for a caller that knows that it is RAM: anything else is a bug. */
ram_addr_t qemu_ram_addr_from_host_nofail(void *ptr);
/* The block whose qemu_ram_get_idstr() is @name, or NULL. */
RAMBlock *qemu_ram_block_by_name(const char *name);
/*
 * The block that holds the host address @ptr, or NULL; *@offset becomes the
 * place in it, rounded down to a page if @round_offset.
 */
RAMBlock *qemu_ram_block_from_host(void *ptr, bool round_offset,
                                   ram_addr_t *offset);
/* The place of @host in @rb, which must hold it. */
ram_addr_t qemu_ram_block_host_offset(RAMBlock *rb, void *host);
/*
 * The name under which migration sends the block: the path of @dev if there is
 * one, and @name.  Two blocks with one name are a bug.
 */
void qemu_ram_set_idstr(RAMBlock *block, const char *name, DeviceState *dev);
void qemu_ram_unset_idstr(RAMBlock *block);
const char *qemu_ram_get_idstr(RAMBlock *rb);
void *qemu_ram_get_host_addr(RAMBlock *rb);
/* Where it begins as a ram_addr_t. */
ram_addr_t qemu_ram_get_offset(RAMBlock *rb);
/* What is in use now, and what it may grow to; both in bytes. */
ram_addr_t qemu_ram_get_used_length(RAMBlock *rb);
ram_addr_t qemu_ram_get_max_length(RAMBlock *rb);
bool qemu_ram_is_shared(RAMBlock *rb);
bool qemu_ram_is_noreserve(RAMBlock *rb);
bool qemu_ram_is_uf_zeroable(RAMBlock *rb);
void qemu_ram_set_uf_zeroable(RAMBlock *rb);
bool qemu_ram_is_migratable(RAMBlock *rb);
void qemu_ram_set_migratable(RAMBlock *rb);
void qemu_ram_unset_migratable(RAMBlock *rb);
/* The file behind it, or -1. */
int qemu_ram_get_fd(RAMBlock *rb);
/* The page size of the host's memory behind it, larger with hugetlbfs. */
size_t qemu_ram_pagesize(RAMBlock *block);
/* The largest of them over all blocks. */
size_t qemu_ram_pagesize_largest(void);

/*
 * Gives the host's pages of [@start, @start + @length) back; the guest reads
 * zeroes there.  Both must be multiples of the block's page size.
 * Returns 0 or a negative errno.
 */
int ram_block_discard_range(RAMBlock *rb, uint64_t start, size_t length);

/* A non-zero return value ends the walk. */
typedef int (RAMBlockIterFunc)(RAMBlock *rb, void *opaque);
int qemu_ram_foreach_block(RAMBlockIterFunc func, void *opaque);

/* The guest's physical memory, as its CPU sees it: address_space_memory */

void cpu_physical_memory_rw(hwaddr addr, void *buf, hwaddr len,
                            bool is_write);

static inline void cpu_physical_memory_read(hwaddr addr, void *buf, hwaddr len)
{
    cpu_physical_memory_rw(addr, buf, len, false);
}

static inline void cpu_physical_memory_write(hwaddr addr, const void *buf,
                                             hwaddr len)
{
    cpu_physical_memory_rw(addr, (void *)buf, len, true);
}

/* address_space_map() and address_space_unmap() on address_space_memory. */
void *cpu_physical_memory_map(hwaddr addr, hwaddr *plen, bool is_write);
void cpu_physical_memory_unmap(void *buffer, hwaddr len, bool is_write,
                               hwaddr access_len);

/*
 * There is one bounce buffer.  Whoever got NULL from address_space_map()
 * because it was taken leaves a BH here; it runs once, when trying again makes
 * sense, and is forgotten then.  Any thread may call these.
 */
void cpu_register_map_client(QEMUBH *bh);
void cpu_unregister_map_client(QEMUBH *bh);

/* Whether @phys_addr leads to something else than RAM or ROM. */
bool cpu_physical_memory_is_io(hwaddr phys_addr);

/* Discarding of RAM: who forbids it and who cannot do without it */

/* Returns -EBUSY if somebody requires what is to be disabled. */
int ram_block_discard_disable(bool state);
int ram_block_uncoordinated_discard_disable(bool state);
int ram_block_discard_require(bool state);
int ram_block_coordinated_discard_require(bool state);
bool ram_block_discard_is_disabled(void);
bool ram_block_discard_is_required(void);

#endif
