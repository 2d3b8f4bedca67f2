/*
 * Guest memory for KVM: a slot for each piece of RAM that the guest sees.
 *
 * A MemoryListener on address_space_memory hears of every range that appears
 * or goes.  RAM becomes a slot, and so does ROM (a read-only one, whose writes
 * end KVM_RUN); everything else is left out, so that an access to it ends
 * KVM_RUN and finds the device.
 *
 *     guest-physical            KVMSlot               host
 *     0 ---------------+
 *     | pc.ram         |  ->  slot 0  ------>  mmap of pc.ram
 *     0xa0000 ---------+
 *     | VGA hole       |      (no slot: MMIO)
 *     0xc0000 ---------+
 *     | ROM            |  ->  slot 1, KVM_MEM_READONLY
 *     0x100000 --------+
 *     | pc.ram         |  ->  slot 2  ------>  the same mmap, 1 MiB further
 *
 * Slots may not overlap at any moment, not even between two changes of one
 * transaction.  The memory API helps: region_del of what goes comes before
 * region_add of what takes its place.
 *
 * Read first: include/sysemu/kvm.h; include/exec/memory.h for listeners.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "exec/memory.h"
#include "exec/ram_addr.h"
#include "exec/ramblock.h"
#include "hw/boards.h"
#include "qemu/bitmap.h"
#include "qemu/error-report.h"
#include "qemu/lockable.h"
#include "sysemu/kvm_int.h"
#include "trace.h"

/*
 * Slots change with the BQL; but the log is cleared, page by page, by whoever
 * sends the memory, without it: one lock for the table.
 */
static QemuMutex kvm_slots_lock;

/* A slot's size in pages must fit an int in some kernels. */
static hwaddr kvm_max_slot_size = ~(hwaddr)0;

void kvm_set_max_memslot_size(hwaddr max_slot_size)
{
    g_assert(ROUND_UP(max_slot_size, qemu_real_host_page_size()) ==
             max_slot_size);
    kvm_max_slot_size = max_slot_size;
}

unsigned int kvm_get_max_memslots(void)
{
    return kvm_state ? kvm_state->nr_slots : 0;
}

/*
 * The table.  The kernel has room for thousands, a machine needs a dozen: it
 * starts small and doubles.
 */

static void kvm_slots_grow(KVMMemoryListener *kml)
{
    unsigned int old = kml->nr_allocated_slots;
    unsigned int new = MIN(MAX(old * 2, 16), kvm_state->nr_slots);

    kml->slots = g_renew(KVMSlot, kml->slots, new);
    memset(&kml->slots[old], 0, (new - old) * sizeof(KVMSlot));
    for (unsigned int i = old; i < new; i++) {
        kml->slots[i].slot = i;
    }
    kml->nr_allocated_slots = new;
}

bool kvm_has_free_slot(MachineState *ms)
{
    KVMState *s = KVM_STATE(ms->accelerator);

    return s->memory_listener.nr_used_slots < s->nr_slots;
}

static KVMSlot *kvm_alloc_slot(KVMMemoryListener *kml)
{
    if (kml->nr_used_slots == kvm_state->nr_slots) {
        error_report("KVM has no memory slot left: its %u are in use",
                     kvm_state->nr_slots);
        exit(1);
    }
    if (kml->nr_used_slots == kml->nr_allocated_slots) {
        kvm_slots_grow(kml);
    }
    for (unsigned int i = 0; ; i++) {
        if (kml->slots[i].memory_size == 0) {
            return &kml->slots[i];
        }
    }
}

static KVMSlot *kvm_lookup_matching_slot(KVMMemoryListener *kml,
                                         hwaddr start_addr, hwaddr size)
{
    for (unsigned int i = 0; i < kml->nr_allocated_slots; i++) {
        KVMSlot *mem = &kml->slots[i];

        if (mem->memory_size == size && mem->start_addr == start_addr) {
            return mem;
        }
    }
    return NULL;
}

bool kvm_accel_has_memory(MachineState *ms, AddressSpace *as,
                          hwaddr start_addr, hwaddr size)
{
    KVMMemoryListener *kml = &KVM_STATE(ms->accelerator)->memory_listener;

    if (kml->listener.address_space != as) {
        return false;
    }
    QEMU_LOCK_GUARD(&kvm_slots_lock);
    return kvm_lookup_matching_slot(kml, start_addr,
                                    MIN(kvm_max_slot_size, size));
}

int kvm_physical_memory_addr_from_host(KVMState *s, void *ram,
                                       hwaddr *phys_addr)
{
    KVMMemoryListener *kml = &s->memory_listener;

    QEMU_LOCK_GUARD(&kvm_slots_lock);
    for (unsigned int i = 0; i < kml->nr_allocated_slots; i++) {
        KVMSlot *mem = &kml->slots[i];

        if (ram >= mem->ram && ram < mem->ram + mem->memory_size) {
            *phys_addr = mem->start_addr + (ram - mem->ram);
            return 1;
        }
    }
    return 0;
}

/* To the kernel */

/*
 * KVM cannot change a slot's KVM_MEM_READONLY: such a slot goes first (its
 * size becomes 0) and comes anew.
 */
static int kvm_set_user_memory_region(KVMMemoryListener *kml, KVMSlot *slot,
                                      bool is_new)
{
    struct kvm_userspace_memory_region mem = {
        .slot = slot->slot | (kml->as_id << 16),
        .flags = slot->flags,
        .guest_phys_addr = slot->start_addr,
        .userspace_addr = (uintptr_t)slot->ram,
    };
    int ret;

    if (slot->memory_size && !is_new &&
        ((slot->flags ^ slot->old_flags) & KVM_MEM_READONLY)) {
        mem.memory_size = 0;
        ret = kvm_vm_ioctl(kvm_state, KVM_SET_USER_MEMORY_REGION, &mem);
        if (ret < 0) {
            goto out;
        }
    }
    mem.memory_size = slot->memory_size;
    ret = kvm_vm_ioctl(kvm_state, KVM_SET_USER_MEMORY_REGION, &mem);
    slot->old_flags = mem.flags;
out:
    trace_kvm_set_user_memory(mem.slot, mem.flags, mem.guest_phys_addr,
                              mem.memory_size, mem.userspace_addr, ret);
    if (ret < 0) {
        error_report("%s: KVM_SET_USER_MEMORY_REGION failed, slot=%d,"
                     " start=0x%" PRIx64 ", size=0x%" PRIx64 ": %s",
                     __func__, mem.slot, (uint64_t)slot->start_addr,
                     (uint64_t)slot->memory_size, strerror(-ret));
    }
    return ret;
}

/*
 * The whole pages of @section: KVM maps nothing smaller.  What sticks out at
 * either end stays MMIO, and physmem carries it out.
 */
static hwaddr kvm_align_section(MemoryRegionSection *section, hwaddr *start)
{
    hwaddr size = int128_get64(section->size);
    hwaddr page = qemu_real_host_page_size();
    hwaddr aligned = ROUND_UP(section->offset_within_address_space, page);
    hwaddr delta = aligned - section->offset_within_address_space;

    *start = aligned;
    return delta > size ? 0 : ROUND_DOWN(size - delta, page);
}

static int kvm_mem_flags(MemoryRegion *mr)
{
    bool readonly = mr->readonly || memory_region_is_romd(mr);
    int flags = 0;

    if (memory_region_get_dirty_log_mask(mr) != 0) {
        flags |= KVM_MEM_LOG_DIRTY_PAGES;
    }
    if (readonly && kvm_readonly_mem_allowed) {
        flags |= KVM_MEM_READONLY;
    }
    return flags;
}

/*
 * The dirty log (KVM API 4.8, KVM_GET_DIRTY_LOG): a bit for each page that was
 * written since the page was last protected.
 *
 *     log_sync    what the kernel has noted goes into physmem's bitmaps
 *     log_clear   somebody has dealt with some pages: protect them again
 *
 * An old kernel protects all pages as it is read; a newer one leaves that to us
 * (KVM API 4.117, KVM_CLEAR_DIRTY_LOG).  Then a page that is read twice before
 * it is cleared is told twice, and dirty_bmap remembers what was told.
 */

static void kvm_slot_init_dirty_bitmap(KVMSlot *mem)
{
    uint64_t pages = mem->memory_size / qemu_real_host_page_size();

    if (!(mem->flags & KVM_MEM_LOG_DIRTY_PAGES) || mem->dirty_bmap) {
        return;
    }
    /* The kernel writes whole 64-bit words. */
    mem->dirty_bmap_size = ROUND_UP(pages, 64) / 8;
    mem->dirty_bmap = g_malloc0(mem->dirty_bmap_size);
}

/* Into physmem's bitmaps at once. */
static bool kvm_slot_sync_dirty_log(KVMMemoryListener *kml, KVMSlot *slot)
{
    struct kvm_dirty_log d = {
        .slot = slot->slot | (kml->as_id << 16),
        .dirty_bitmap = slot->dirty_bmap,
    };
    int ret = kvm_vm_ioctl(kvm_state, KVM_GET_DIRTY_LOG, &d);

    if (ret == -ENOENT) {
        return false;           /* the kernel keeps no log for it (yet) */
    }
    if (ret < 0) {
        error_report_once("%s: KVM_GET_DIRTY_LOG failed with %d", __func__,
                          ret);
        return false;
    }
    cpu_physical_memory_set_dirty_lebitmap(
        slot->dirty_bmap, slot->ram_start_offset,
        slot->memory_size / qemu_real_host_page_size());
    return true;
}

/*
 * Protect @npages from @first on of @slot: those that the last sync has told,
 * and no others, as somebody would miss them.  The kernel takes multiples of 64
 * pages, or up to the end.
 */
static int kvm_log_clear_one_slot(KVMMemoryListener *kml, KVMSlot *slot,
                                  uint64_t first, uint64_t npages)
{
    uint64_t pages = slot->memory_size / qemu_real_host_page_size();
    uint64_t start = QEMU_ALIGN_DOWN(first, 64);
    uint64_t end = MIN(QEMU_ALIGN_UP(first + npages, 64), pages);
    g_autofree unsigned long *bits = bitmap_new(ROUND_UP(end - start, 64));
    struct kvm_clear_dirty_log d = {
        .slot = slot->slot | (kml->as_id << 16),
        .num_pages = end - start,
        .first_page = start,
        .dirty_bitmap = bits,
    };
    int ret;

    for (uint64_t i = find_next_bit(slot->dirty_bmap, first + npages, first);
         i < first + npages;
         i = find_next_bit(slot->dirty_bmap, first + npages, i + 1)) {
        set_bit(i - start, bits);
    }
    ret = kvm_vm_ioctl(kvm_state, KVM_CLEAR_DIRTY_LOG, &d);
    if (ret < 0 && ret != -ENOENT) {
        error_report("%s: KVM_CLEAR_DIRTY_LOG failed, slot=%d, "
                     "start=0x%" PRIx64 ", size=0x%" PRIx32 ", errno=%d",
                     __func__, d.slot, (uint64_t)d.first_page,
                     (uint32_t)d.num_pages, ret);
        return ret;
    }
    bitmap_clear(slot->dirty_bmap, first, npages);
    return 0;
}

/* A part of the region may be in several slots, or in none. */
static int kvm_physical_log_clear(KVMMemoryListener *kml,
                                  MemoryRegionSection *section)
{
    hwaddr page = qemu_real_host_page_size();
    hwaddr start, end, size = kvm_align_section(section, &start);
    int ret = 0;

    if (!kvm_state->manual_dirty_log_protect || !size) {
        return 0;
    }
    end = start + size;
    QEMU_LOCK_GUARD(&kvm_slots_lock);
    for (unsigned int i = 0; i < kml->nr_allocated_slots && !ret; i++) {
        KVMSlot *mem = &kml->slots[i];
        hwaddr first = MAX(start, mem->start_addr);
        hwaddr last = MIN(end, mem->start_addr + mem->memory_size);

        if (first < last && mem->dirty_bmap) {
            ret = kvm_log_clear_one_slot(kml, mem,
                                         (first - mem->start_addr) / page,
                                         (last - first) / page);
        }
    }
    return ret;
}

static void kvm_physical_sync_dirty_bitmap(KVMMemoryListener *kml,
                                           MemoryRegionSection *section)
{
    hwaddr start;
    hwaddr size = kvm_align_section(section, &start);

    while (size) {
        hwaddr slot_size = MIN(kvm_max_slot_size, size);
        KVMSlot *mem = kvm_lookup_matching_slot(kml, start, slot_size);

        if (!mem) {
            return;             /* nothing was logged here */
        }
        if (mem->dirty_bmap) {
            kvm_slot_sync_dirty_log(kml, mem);
        }
        start += slot_size;
        size -= slot_size;
    }
}

/* Ranges that appear and go */

static void kvm_set_phys_mem(KVMMemoryListener *kml,
                             MemoryRegionSection *section, bool add)
{
    MemoryRegion *mr = section->mr;
    hwaddr start, size, mr_offset;
    ram_addr_t ram_start_offset;
    void *ram;

    /*
     * A rom_device is ROM as long as it is in ROMD mode.  When it leaves that
     * mode its old range goes, and by then the region has the new mode:
     * what has no slot is not found below.
     */
    if (add && !memory_region_is_ram(mr) && !memory_region_is_romd(mr)) {
        return;
    }
    if (!memory_region_is_ram(mr) &&
        (!mr->rom_device || !kvm_readonly_mem_allowed)) {
        return;
    }
    size = kvm_align_section(section, &start);
    if (!size) {
        return;
    }

    mr_offset = section->offset_within_region + start -
                section->offset_within_address_space;
    ram = memory_region_get_ram_ptr(mr) + mr_offset;
    ram_start_offset = memory_region_get_ram_addr(mr) + mr_offset;

    QEMU_LOCK_GUARD(&kvm_slots_lock);
    while (size) {
        hwaddr slot_size = MIN(kvm_max_slot_size, size);
        KVMSlot *mem;

        if (add) {
            mem = kvm_alloc_slot(kml);
            mem->memory_size = slot_size;
            mem->start_addr = start;
            mem->ram_start_offset = ram_start_offset;
            mem->ram = ram;
            mem->flags = kvm_mem_flags(mr);
            kvm_slot_init_dirty_bitmap(mem);
        } else {
            mem = kvm_lookup_matching_slot(kml, start, slot_size);
            if (!mem) {
                return;
            }
            if (mem->flags & KVM_MEM_LOG_DIRTY_PAGES) {
                /* The last chance to hear what the guest wrote there. */
                kvm_slot_sync_dirty_log(kml, mem);
            }
            g_clear_pointer(&mem->dirty_bmap, g_free);
            mem->memory_size = 0;
            mem->flags = 0;
        }
        if (kvm_set_user_memory_region(kml, mem, true) < 0) {
            /* A guest that lacks a piece of its memory must not run. */
            exit(1);
        }
        kml->nr_used_slots += add ? 1 : -1;

        start += slot_size;
        ram_start_offset += slot_size;
        ram += slot_size;
        size -= slot_size;
    }
}

static void kvm_region_add(MemoryListener *listener,
                           MemoryRegionSection *section)
{
    KVMMemoryListener *kml = container_of(listener, KVMMemoryListener,
                                          listener);

    memory_region_ref(section->mr);
    kvm_set_phys_mem(kml, section, true);
}

static void kvm_region_del(MemoryListener *listener,
                           MemoryRegionSection *section)
{
    KVMMemoryListener *kml = container_of(listener, KVMMemoryListener,
                                          listener);

    kvm_set_phys_mem(kml, section, false);
    memory_region_unref(section->mr);
}

/* Logging on or off for the slots of @section: their flags follow the region */
static int kvm_section_update_flags(KVMMemoryListener *kml,
                                    MemoryRegionSection *section)
{
    hwaddr start;
    hwaddr size = kvm_align_section(section, &start);

    QEMU_LOCK_GUARD(&kvm_slots_lock);
    while (size) {
        hwaddr slot_size = MIN(kvm_max_slot_size, size);
        KVMSlot *mem = kvm_lookup_matching_slot(kml, start, slot_size);
        int ret;

        if (!mem) {
            return 0;           /* not RAM: there is nothing to log */
        }
        mem->flags = kvm_mem_flags(section->mr);
        if (mem->flags != mem->old_flags) {
            if (!(mem->flags & KVM_MEM_LOG_DIRTY_PAGES)) {
                g_clear_pointer(&mem->dirty_bmap, g_free);
            }
            kvm_slot_init_dirty_bitmap(mem);
            ret = kvm_set_user_memory_region(kml, mem, false);
            if (ret < 0) {
                return ret;
            }
        }
        start += slot_size;
        size -= slot_size;
    }
    return 0;
}

static void kvm_log_start(MemoryListener *listener,
                          MemoryRegionSection *section, int old, int new)
{
    if (old == 0 &&
        kvm_section_update_flags(container_of(listener, KVMMemoryListener,
                                              listener), section) < 0) {
        exit(1);
    }
}

static void kvm_log_stop(MemoryListener *listener,
                         MemoryRegionSection *section, int old, int new)
{
    if (new == 0 &&
        kvm_section_update_flags(container_of(listener, KVMMemoryListener,
                                              listener), section) < 0) {
        exit(1);
    }
}

static void kvm_log_sync(MemoryListener *listener,
                         MemoryRegionSection *section)
{
    QEMU_LOCK_GUARD(&kvm_slots_lock);
    kvm_physical_sync_dirty_bitmap(container_of(listener, KVMMemoryListener,
                                                listener), section);
}

static void kvm_log_clear(MemoryListener *listener,
                          MemoryRegionSection *section)
{
    if (kvm_physical_log_clear(container_of(listener, KVMMemoryListener,
                                            listener), section) < 0) {
        /* Pages of which nobody would hear again. */
        exit(1);
    }
}

/* Life */

void kvm_memory_listener_register(KVMState *s, KVMMemoryListener *kml,
                                  AddressSpace *as, int as_id,
                                  const char *name)
{
    static bool lock_made;

    if (!lock_made) {
        qemu_mutex_init(&kvm_slots_lock);
        lock_made = true;
    }
    kml->as_id = as_id;

    kml->listener.region_add = kvm_region_add;
    kml->listener.region_del = kvm_region_del;
    kml->listener.log_start = kvm_log_start;
    kml->listener.log_stop = kvm_log_stop;
    kml->listener.log_sync = kvm_log_sync;
    kml->listener.log_clear = kvm_log_clear;
    kml->listener.priority = 10;
    kml->listener.name = name;

    memory_listener_register(&kml->listener, as);
}

void kvm_memory_listener_unregister(KVMMemoryListener *kml)
{
    memory_listener_unregister(&kml->listener);
    g_clear_pointer(&kml->slots, g_free);
    kml->nr_allocated_slots = 0;
}
