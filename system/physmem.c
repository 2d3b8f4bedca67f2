/*
 * An access looks for its region
 *
 *     address_space_write(as, addr, attrs, buf, len)
 *       flatview_write(as->current_map, …)          RCU read section
 *         flatview_translate                        who is there?
 *           flatview_do_translate
 *             address_space_lookup_region           binary search
 *         flatview_write_continue
 *           memory_region_dispatch_write            registers: one call each
 *           memcpy                                  RAM
 *
 * No lock is taken to look; the big lock is taken around calls to devices.
 *
 * QEMU finds a section through a radix tree of pages, and a second table where
 * a page has several sections.  Here the sections lie in one sorted array that
 * covers all addresses, and the one found last is tried first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/log.h"
#include "qemu/main-loop.h"
#include "qemu/qemu-print.h"
#include "exec/address-spaces.h"
#include "exec/cpu-all.h"
#include "exec/ioport.h"
#include "exec/ram_addr.h"
#include "exec/target_page.h"
#include "sysemu/kvm.h"
#include "memory_int.h"

static MemoryRegion *system_memory;
static MemoryRegion *system_io;

AddressSpace address_space_io;
AddressSpace address_space_memory;

/* What covers the gaps between sections. */
MemoryRegion io_mem_unassigned;

/* The two address spaces of every machine */

void cpu_exec_init_all(void)
{
    memory_region_init_io(&io_mem_unassigned, NULL, &unassigned_mem_ops, NULL,
                          NULL, UINT64_MAX);

    system_memory = g_malloc(sizeof(*system_memory));
    memory_region_init(system_memory, NULL, "system", UINT64_MAX);
    address_space_init(&address_space_memory, system_memory, "memory");

    system_io = g_malloc(sizeof(*system_io));
    memory_region_init_io(system_io, NULL, &unassigned_io_ops, NULL, "io",
                          65536);
    address_space_init(&address_space_io, system_io, "I/O");
}

void cpu_exec_cleanup_all(void)
{
    address_space_destroy(&address_space_io);
    address_space_destroy(&address_space_memory);
    drain_call_rcu();

    object_unparent(OBJECT(system_io));
    object_unparent(OBJECT(system_memory));
    g_free(system_io);
    g_free(system_memory);
    system_io = NULL;
    system_memory = NULL;
}

MemoryRegion *get_system_memory(void)
{
    return system_memory;
}

MemoryRegion *get_system_io(void)
{
    return system_io;
}

/* The target */

bool target_words_bigendian(void)
{
    return TARGET_BIG_ENDIAN;
}

size_t qemu_target_page_size(void)
{
    return TARGET_PAGE_SIZE;
}

int qemu_target_page_bits(void)
{
    return TARGET_PAGE_BITS;
}

int qemu_target_page_bits_min(void)
{
    return TARGET_PAGE_BITS_MIN;
}

/* Lookup */

/*
 * @sections:  sorted; the first begins at 0, each goes on to where the next
 *     begins, the last to the end of all addresses
 * @mru_section:  written by every reader, without a lock: any value that was
 *     ever written is a valid section
 */
struct AddressSpaceDispatch {
    MemoryRegionSection *mru_section;
    unsigned nr;
    unsigned nr_allocated;
    MemoryRegionSection *sections;
};

AddressSpaceDispatch *address_space_dispatch_new(FlatView *fv)
{
    AddressSpaceDispatch *d = g_new0(AddressSpaceDispatch, 1);

    /* With a gap before each range and one behind the last. */
    d->nr_allocated = 2 * fv->nr + 1;
    d->sections = g_new(MemoryRegionSection, d->nr_allocated);
    return d;
}

void address_space_dispatch_free(AddressSpaceDispatch *d)
{
    g_free(d->sections);
    g_free(d);
}

static void dispatch_append(AddressSpaceDispatch *d,
                            MemoryRegionSection *section)
{
    assert(d->nr < d->nr_allocated);
    d->sections[d->nr++] = *section;
}

/* Nobody is in [@start, @end); what is looked up there is its own address. */
static void dispatch_append_gap(AddressSpaceDispatch *d, Int128 start,
                                Int128 end)
{
    MemoryRegionSection gap = {
        .mr = &io_mem_unassigned,
        .offset_within_region = int128_getlo(start),
        .offset_within_address_space = int128_getlo(start),
        .size = int128_sub(end, start),
    };

    if (int128_lt(start, end)) {
        dispatch_append(d, &gap);
    }
}

static Int128 dispatch_end(AddressSpaceDispatch *d)
{
    MemoryRegionSection *last;

    if (!d->nr) {
        return int128_zero();
    }
    last = &d->sections[d->nr - 1];
    return int128_add(int128_make64(last->offset_within_address_space),
                      last->size);
}

void flatview_add_to_dispatch(FlatView *fv, MemoryRegionSection *section)
{
    AddressSpaceDispatch *d = flatview_to_dispatch(fv);

    dispatch_append_gap(d, dispatch_end(d),
                        int128_make64(section->offset_within_address_space));
    dispatch_append(d, section);
}

void address_space_dispatch_compact(AddressSpaceDispatch *d)
{
    dispatch_append_gap(d, dispatch_end(d), int128_2_64());
    d->sections = g_renew(MemoryRegionSection, d->sections, d->nr);
    d->nr_allocated = d->nr;
    d->mru_section = &d->sections[0];
}

static inline bool section_covers_addr(const MemoryRegionSection *section,
                                       hwaddr addr)
{
    /* Below zero wraps to something large; 2^64 has a high half. */
    return addr - section->offset_within_address_space <
               int128_getlo(section->size) || int128_gethi(section->size);
}

static MemoryRegionSection *address_space_lookup_region(
    AddressSpaceDispatch *d, hwaddr addr)
{
    MemoryRegionSection *section = qatomic_read(&d->mru_section);
    unsigned low = 0, high = d->nr;

    if (likely(section_covers_addr(section, addr))) {
        return section;
    }

    /* The last section that does not begin above @addr. */
    while (high - low > 1) {
        unsigned middle = low + (high - low) / 2;

        if (d->sections[middle].offset_within_address_space <= addr) {
            low = middle;
        } else {
            high = middle;
        }
    }
    section = &d->sections[low];
    qatomic_set(&d->mru_section, section);
    return section;
}

MemoryRegionSection *address_space_translate_internal(AddressSpaceDispatch *d,
                                                      hwaddr addr,
                                                      hwaddr *xlat,
                                                      hwaddr *plen)
{
    MemoryRegionSection *section = address_space_lookup_region(d, addr);
    MemoryRegion *mr = section->mr;

    addr -= section->offset_within_address_space;
    *xlat = addr + section->offset_within_region;

    /*
     * A device decodes the first byte's address and takes the whole access,
     * also where its next register belongs to somebody else: the PC's 4-byte
     * register at I/O port 0xcf8 has the reset register at 0xcf9 in it.  So
     * only memory ends where its section does.
     */
    if (memory_region_is_ram(mr) || memory_region_is_romd(mr)) {
        Int128 diff = int128_sub(section->size, int128_make64(addr));

        *plen = int128_get64(int128_min(diff, int128_make64(*plen)));
    }
    return section;
}

static MemoryRegionSection flatview_do_translate(FlatView *fv, hwaddr addr,
                                                 hwaddr *xlat, hwaddr *plen,
                                                 bool is_write,
                                                 AddressSpace **target_as,
                                                 MemTxAttrs attrs)
{
    MemoryRegionSection *section =
        address_space_translate_internal(flatview_to_dispatch(fv), addr, xlat,
                                         plen);
    IOMMUMemoryRegion *iommu_mr = memory_region_get_iommu(section->mr);
    hwaddr page_mask;

    if (unlikely(iommu_mr)) {
        return address_space_translate_iommu(iommu_mr, xlat, plen, &page_mask,
                                             is_write, target_as, attrs);
    }
    return *section;
}

MemoryRegion *flatview_translate(FlatView *fv, hwaddr addr, hwaddr *xlat,
                                 hwaddr *plen, bool is_write,
                                 MemTxAttrs attrs)
{
    AddressSpace *as = NULL;

    return flatview_do_translate(fv, addr, xlat, plen, is_write, &as,
                                 attrs).mr;
}

/* Access */

void invalidate_and_set_dirty(MemoryRegion *mr, hwaddr addr, hwaddr length)
{
    uint8_t mask = memory_region_get_dirty_log_mask(mr);

    if (mask) {
        addr += memory_region_get_ram_addr(mr);
        mask = cpu_physical_memory_range_includes_clean(addr, length, mask);
        cpu_physical_memory_set_dirty_range(addr, length, mask);
    }
}

int memory_access_size(MemoryRegion *mr, unsigned l, hwaddr addr)
{
    unsigned access_size_max = mr->ops->valid.max_access_size;

    /* A device that says nothing gets 32 bits at most. */
    if (access_size_max == 0) {
        access_size_max = 4;
    }

    /* Bound by the alignment of the address, unless that does not matter. */
    if (!mr->ops->impl.unaligned) {
        unsigned align_size_max = addr & -addr;

        if (align_size_max != 0 && align_size_max < access_size_max) {
            access_size_max = align_size_max;
        }
    }
    return pow2floor(MIN(l, access_size_max));
}

void qemu_flush_coalesced_mmio_buffer(void)
{
    if (kvm_enabled()) {
        kvm_flush_coalesced_mmio_buffer();
    }
}

/* Returns whether the caller has to unlock again. */
bool prepare_mmio_access(MemoryRegion *mr)
{
    bool release_lock = false;

    if (!qemu_mutex_iothread_locked()) {
        qemu_mutex_lock_iothread();
        release_lock = true;
    }
    if (mr->flush_coalesced_mmio) {
        qemu_flush_coalesced_mmio_buffer();
    }
    return release_lock;
}

/* An access that only memory may answer does not go to a device. */
static bool flatview_access_allowed(MemoryRegion *mr, MemTxAttrs attrs,
                                    hwaddr addr, hwaddr len)
{
    if (likely(!attrs.memory)) {
        return true;
    }
    if (memory_region_is_ram(mr)) {
        return true;
    }
    qemu_log_mask(LOG_GUEST_ERROR,
                  "Invalid access to non-RAM device at "
                  "addr 0x%" HWADDR_PRIX ", size %" HWADDR_PRIu ", "
                  "region '%s'\n", addr, len,
                  memory_region_name(mr) ?: "(null)");
    return false;
}

MemTxResult flatview_write_continue(FlatView *fv, hwaddr addr,
                                    MemTxAttrs attrs, const void *ptr,
                                    hwaddr len, hwaddr addr1, hwaddr l,
                                    MemoryRegion *mr)
{
    const uint8_t *buf = ptr;
    MemTxResult result = MEMTX_OK;

    for (;;) {
        if (!flatview_access_allowed(mr, attrs, addr1, l)) {
            result |= MEMTX_ACCESS_ERROR;
        } else if (!memory_access_is_direct(mr, true)) {
            bool release_lock = prepare_mmio_access(mr);
            uint64_t val;

            l = memory_access_size(mr, l, addr1);
            val = ldn_he_p(buf, l);
            result |= memory_region_dispatch_write(mr, addr1, val,
                                                   size_memop(l), attrs);
            if (release_lock) {
                qemu_mutex_unlock_iothread();
            }
        } else {
            void *ram = qemu_ram_ptr_length(mr->ram_block, addr1, &l);

            /* The guest's memory may be copied onto itself. */
            memmove(ram, buf, l);
            invalidate_and_set_dirty(mr, addr1, l);
        }

        len -= l;
        buf += l;
        addr += l;
        if (!len) {
            return result;
        }
        l = len;
        mr = flatview_translate(fv, addr, &addr1, &l, true, attrs);
    }
}

static MemTxResult flatview_write(FlatView *fv, hwaddr addr, MemTxAttrs attrs,
                                  const void *buf, hwaddr len)
{
    hwaddr l = len, addr1;
    MemoryRegion *mr = flatview_translate(fv, addr, &addr1, &l, true, attrs);

    if (!flatview_access_allowed(mr, attrs, addr, len)) {
        return MEMTX_ACCESS_ERROR;
    }
    return flatview_write_continue(fv, addr, attrs, buf, len, addr1, l, mr);
}

MemTxResult flatview_read_continue(FlatView *fv, hwaddr addr,
                                   MemTxAttrs attrs, void *ptr, hwaddr len,
                                   hwaddr addr1, hwaddr l, MemoryRegion *mr)
{
    uint8_t *buf = ptr;
    MemTxResult result = MEMTX_OK;

    for (;;) {
        if (!flatview_access_allowed(mr, attrs, addr1, l)) {
            /* Whoever asked never sees what was in its buffer. */
            memset(buf, 0, l);
            result |= MEMTX_ACCESS_ERROR;
        } else if (!memory_access_is_direct(mr, false)) {
            bool release_lock = prepare_mmio_access(mr);
            uint64_t val;

            l = memory_access_size(mr, l, addr1);
            result |= memory_region_dispatch_read(mr, addr1, &val,
                                                  size_memop(l), attrs);
            stn_he_p(buf, l, val);
            if (release_lock) {
                qemu_mutex_unlock_iothread();
            }
        } else {
            void *ram = qemu_ram_ptr_length(mr->ram_block, addr1, &l);

            memmove(buf, ram, l);
        }

        len -= l;
        buf += l;
        addr += l;
        if (!len) {
            return result;
        }
        l = len;
        mr = flatview_translate(fv, addr, &addr1, &l, false, attrs);
    }
}

MemTxResult flatview_read(FlatView *fv, hwaddr addr, MemTxAttrs attrs,
                          void *buf, hwaddr len)
{
    hwaddr l = len, addr1;
    MemoryRegion *mr = flatview_translate(fv, addr, &addr1, &l, false, attrs);

    if (!flatview_access_allowed(mr, attrs, addr, len)) {
        return MEMTX_ACCESS_ERROR;
    }
    return flatview_read_continue(fv, addr, attrs, buf, len, addr1, l, mr);
}

MemTxResult address_space_read_full(AddressSpace *as, hwaddr addr,
                                    MemTxAttrs attrs, void *buf, hwaddr len)
{
    if (len == 0) {
        return MEMTX_OK;
    }
    RCU_READ_LOCK_GUARD();
    return flatview_read(address_space_to_flatview(as), addr, attrs, buf,
                         len);
}

MemTxResult address_space_write(AddressSpace *as, hwaddr addr,
                                MemTxAttrs attrs, const void *buf, hwaddr len)
{
    if (len == 0) {
        return MEMTX_OK;
    }
    RCU_READ_LOCK_GUARD();
    return flatview_write(address_space_to_flatview(as), addr, attrs, buf,
                          len);
}

MemTxResult address_space_rw(AddressSpace *as, hwaddr addr, MemTxAttrs attrs,
                             void *buf, hwaddr len, bool is_write)
{
    if (is_write) {
        return address_space_write(as, addr, attrs, buf, len);
    }
    return address_space_read_full(as, addr, attrs, buf, len);
}

void cpu_physical_memory_rw(hwaddr addr, void *buf, hwaddr len, bool is_write)
{
    address_space_rw(&address_space_memory, addr, MEMTXATTRS_UNSPECIFIED, buf,
                     len, is_write);
}

MemTxResult address_space_set(AddressSpace *as, hwaddr addr, uint8_t c,
                              hwaddr len, MemTxAttrs attrs)
{
    uint8_t fill[512];
    MemTxResult result = MEMTX_OK;

    memset(fill, c, sizeof(fill));
    while (len > 0) {
        hwaddr l = MIN(len, sizeof(fill));

        result |= address_space_write(as, addr, attrs, fill, l);
        len -= l;
        addr += l;
    }
    return result;
}

MemTxResult address_space_write_rom(AddressSpace *as, hwaddr addr,
                                    MemTxAttrs attrs, const void *ptr,
                                    hwaddr len)
{
    const uint8_t *buf = ptr;

    RCU_READ_LOCK_GUARD();
    while (len > 0) {
        hwaddr l = len, addr1;
        MemoryRegion *mr = address_space_translate(as, addr, &addr1, &l, true,
                                                   attrs);

        if (memory_region_is_ram(mr) || memory_region_is_romd(mr)) {
            void *ram = qemu_ram_ptr_length(mr->ram_block, addr1, &l);

            memcpy(ram, buf, l);
            invalidate_and_set_dirty(mr, addr1, l);
        } else {
            l = memory_access_size(mr, l, addr1);
        }
        len -= l;
        addr += l;
        buf += l;
    }
    return MEMTX_OK;
}

bool cpu_physical_memory_is_io(hwaddr phys_addr)
{
    hwaddr l = 1;
    MemoryRegion *mr;

    RCU_READ_LOCK_GUARD();
    mr = address_space_translate(&address_space_memory, phys_addr, &phys_addr,
                                 &l, false, MEMTXATTRS_UNSPECIFIED);
    return !(memory_region_is_ram(mr) || memory_region_is_romd(mr));
}

bool address_space_access_valid(AddressSpace *as, hwaddr addr, hwaddr len,
                                bool is_write, MemTxAttrs attrs)
{
    FlatView *fv;

    RCU_READ_LOCK_GUARD();
    fv = address_space_to_flatview(as);
    while (len > 0) {
        hwaddr l = len, xlat;
        MemoryRegion *mr = flatview_translate(fv, addr, &xlat, &l, is_write,
                                              attrs);

        if (!memory_access_is_direct(mr, is_write)) {
            l = memory_access_size(mr, l, addr);
            if (!memory_region_access_valid(mr, xlat, l, is_write, attrs)) {
                return false;
            }
        }
        len -= l;
        addr += l;
    }
    return true;
}

/* `info mtree -f -d` */

void mtree_print_dispatch(AddressSpaceDispatch *d, MemoryRegion *root)
{
    qemu_printf("  Dispatch\n");
    qemu_printf("    Physical sections\n");

    for (unsigned i = 0; i < d->nr; ++i) {
        MemoryRegionSection *s = &d->sections[i];
        hwaddr start = s->offset_within_address_space;
        hwaddr last = start +
            int128_get64(int128_sub(s->size, int128_one()));

        qemu_printf("      #%u @" HWADDR_FMT_plx ".." HWADDR_FMT_plx
                    " %s%s%s%s%s\n", i, start, last,
                    s->mr->name ? s->mr->name : "(noname)",
                    s->mr == &io_mem_unassigned ? " [unassigned]" : "",
                    s->mr == root ? " [ROOT]" : "",
                    s == d->mru_section ? " [MRU]" : "",
                    s->mr->is_iommu ? " [iommu]" : "");
    }
}
