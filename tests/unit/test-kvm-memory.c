/*
 * Guest memory under KVM: which slots there are, and what a guest makes of
 * them; the log of dirty pages; coalesced writes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "exec/ram_addr.h"
#include "hw/boards.h"
#include "hw/core/cpu.h"
#include "kvm-test.h"
#include "qapi/error.h"
#include "qemu/rcu.h"
#include "sysemu/kvm_int.h"

#define BASE    KVM_TEST_RAM
#define PAGE    0x1000

/* Slots */

static int compare_slots(const void *a, const void *b)
{
    const KVMSlot *one = *(KVMSlot *const *)a, *other = *(KVMSlot *const *)b;

    return one->start_addr < other->start_addr ? -1 : 1;
}

/*
 * The slots of the machine's 64 MiB from the second on: "start-last ro log", a
 * line each.  Behind each is the host's memory of what the guest should see.
 */
static char *slots(void)
{
    KVMMemoryListener *kml = &kvm_state->memory_listener;
    g_autoptr(GPtrArray) found = g_ptr_array_new();
    GString *text = g_string_new("");
    unsigned used = 0;

    for (unsigned i = 0; i < kml->nr_allocated_slots; i++) {
        KVMSlot *slot = &kml->slots[i];

        used += slot->memory_size != 0;
        if (slot->memory_size && slot->start_addr >= 0x100000 &&
            slot->start_addr < 0x4000000) {
            g_ptr_array_add(found, slot);
        }
    }
    g_assert_cmpuint(used, ==, kml->nr_used_slots);
    qsort(found->pdata, found->len, sizeof(void *), compare_slots);

    for (unsigned i = 0; i < found->len; i++) {
        KVMSlot *slot = found->pdata[i];
        hwaddr last = slot->start_addr + slot->memory_size - 1;
        MemoryRegionSection s = memory_region_find(get_system_memory(),
                                                   slot->start_addr, 1);

        g_assert_true(slot->ram == memory_region_get_ram_ptr(s.mr) +
                                   s.offset_within_region);
        memory_region_unref(s.mr);
        g_string_append_printf(text, "%" PRIx64 "-%" PRIx64 "%s%s\n",
                               slot->start_addr, last,
                               slot->flags & KVM_MEM_READONLY ? " ro" : "",
                               slot->flags & KVM_MEM_LOG_DIRTY_PAGES ? " log"
                                                                     : "");
    }
    return g_string_free(text, FALSE);
}

#define ALL_RAM "100000-3ffffff\n"

static void assert_slots(const char *expected)
{
    g_autofree char *text = slots();

    g_assert_cmpstr(text, ==, expected);
}

static void show(MemoryRegion *mr, hwaddr addr, int priority)
{
    memory_region_add_subregion_overlap(get_system_memory(), addr, mr,
                                        priority);
}

static void hide(MemoryRegion *mr)
{
    memory_region_del_subregion(get_system_memory(), mr);
}

/* Nobody looks at it any more: it may go, with its memory. */
static void end(MemoryRegion *mr)
{
    if (mr->container) {
        hide(mr);
    }
    drain_call_rcu();
    object_unparent(OBJECT(mr));
}

/* RAM over RAM: a slot is split in three, and is one again afterwards. */
static void test_overlay(void)
{
    MemoryRegion over;
    KvmGuest *g = kvm_guest_new();

    assert_slots(ALL_RAM);
    kvm_guest_write_one(BASE + PAGE, 0x11111111);

    memory_region_init_ram(&over, NULL, "over", 2 * PAGE, &error_abort);
    show(&over, BASE + PAGE, 1);
    assert_slots("100000-1000fff\n1001000-1002fff\n1003000-3ffffff\n");
    kvm_guest_read(g, BASE + PAGE);
    kvm_guest_write(g, BASE + PAGE, 0x22222222);
    kvm_guest_write(g, BASE, 0x33333333);
    kvm_guest_write(g, BASE + 3 * PAGE, 0x44444444);
    kvm_guest_run(g);
    g_assert_cmphex(kvm_guest_value(g, 0), ==, 0);
    g_assert_cmphex(*(uint32_t *)memory_region_get_ram_ptr(&over), ==,
                    0x22222222);

    /* It moves, and what it leaves behind is what was there. */
    memory_region_set_address(&over, BASE + 0x100000);
    assert_slots("100000-10fffff\n1100000-1101fff\n1102000-3ffffff\n");
    g_assert_cmphex(kvm_guest_read_one(BASE + PAGE), ==, 0x11111111);
    g_assert_cmphex(kvm_guest_read_one(BASE + 0x100000), ==, 0x22222222);

    memory_region_set_enabled(&over, false);
    assert_slots(ALL_RAM);
    g_assert_cmphex(kvm_guest_read_one(BASE), ==, 0x33333333);
    g_assert_cmphex(kvm_guest_read_one(BASE + 3 * PAGE), ==, 0x44444444);
    memory_region_set_enabled(&over, true);
    end(&over);
    assert_slots(ALL_RAM);
    kvm_guest_free(g);
}

/* Two changes in one transaction: no two slots overlap in between. */
static void test_transaction(void)
{
    MemoryRegion a, b;

    memory_region_init_ram(&a, NULL, "a", 4 * PAGE, &error_abort);
    memory_region_init_ram(&b, NULL, "b", 4 * PAGE, &error_abort);
    *(uint32_t *)memory_region_get_ram_ptr(&a) = 0xaaaaaaaa;
    *(uint32_t *)memory_region_get_ram_ptr(&b) = 0xbbbbbbbb;
    show(&a, BASE, 1);
    show(&b, BASE + 4 * PAGE, 1);
    assert_slots("100000-ffffff\n1000000-1003fff\n1004000-1007fff\n"
                 "1008000-3ffffff\n");
    memory_region_transaction_begin();
    memory_region_set_address(&a, BASE + 4 * PAGE);
    memory_region_set_address(&b, BASE);
    memory_region_transaction_commit();
    assert_slots("100000-ffffff\n1000000-1003fff\n1004000-1007fff\n"
                 "1008000-3ffffff\n");
    g_assert_cmphex(kvm_guest_read_one(BASE), ==, 0xbbbbbbbb);
    g_assert_cmphex(kvm_guest_read_one(BASE + 4 * PAGE), ==, 0xaaaaaaaa);
    end(&a);
    end(&b);
    assert_slots(ALL_RAM);
}

/* A device whose registers note what was done to them. */
typedef struct Chip {
    MemoryRegion mr;
    struct {
        uint32_t addr, value;
        bool write;
    } log[1024];
    unsigned n;
} Chip;

static void chip_note(Chip *c, hwaddr addr, uint32_t value, bool write)
{
    g_assert_cmpuint(c->n, <, ARRAY_SIZE(c->log));
    c->log[c->n].addr = addr;
    c->log[c->n].value = value;
    c->log[c->n].write = write;
    c->n++;
}

static uint64_t chip_read(void *opaque, hwaddr addr, unsigned size)
{
    chip_note(opaque, addr, 0, false);
    return 0xc4190000 + addr;
}

static void chip_write(void *opaque, hwaddr addr, uint64_t value,
                       unsigned size)
{
    chip_note(opaque, addr, value, true);
}

static const MemoryRegionOps chip_ops = {
    .read = chip_read,
    .write = chip_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
};

static Chip *chip_new(hwaddr size)
{
    Chip *c = g_new0(Chip, 1);

    memory_region_init_io(&c->mr, NULL, &chip_ops, c, "chip", size);
    return c;
}

static void chip_free(Chip *c)
{
    end(&c->mr);
    g_free(c);
}

static void assert_access(Chip *c, unsigned n, bool write, uint32_t addr,
                          uint32_t value)
{
    g_assert_cmpuint(n, <, c->n);
    g_assert_true(c->log[n].write == write);
    g_assert_cmphex(c->log[n].addr, ==, addr);
    g_assert_cmphex(c->log[n].value, ==, value);
}

/* Registers over RAM have no slot: the guest finds the device. */
static void test_mmio(void)
{
    Chip *c = chip_new(PAGE);
    KvmGuest *g = kvm_guest_new();

    kvm_guest_write_one(BASE + PAGE, 0x11111111);
    show(&c->mr, BASE + PAGE, 1);
    assert_slots("100000-1000fff\n1002000-3ffffff\n");
    kvm_guest_write(g, BASE + PAGE + 8, 0x55555555);
    kvm_guest_read(g, BASE + PAGE + 0x10);
    kvm_guest_run(g);
    g_assert_cmphex(kvm_guest_value(g, 0), ==, 0xc4190010);
    g_assert_cmpuint(c->n, ==, 2);
    assert_access(c, 0, true, 8, 0x55555555);
    assert_access(c, 1, false, 0x10, 0);
    chip_free(c);
    assert_slots(ALL_RAM);
    g_assert_cmphex(kvm_guest_read_one(BASE + PAGE), ==, 0x11111111);
    kvm_guest_free(g);
}

/* Less than a page of registers: the RAM around them works all the same. */
static void test_part_of_a_page(void)
{
    Chip *c = chip_new(0x10);
    KvmGuest *g = kvm_guest_new();

    kvm_guest_write_one(BASE, 0x11111111);
    kvm_guest_write_one(BASE + 0x30, 0x22222222);
    show(&c->mr, BASE + 0x20, 1);
    assert_slots("100000-ffffff\n1001000-3ffffff\n");
    kvm_guest_read(g, BASE);
    kvm_guest_read(g, BASE + 0x20);
    kvm_guest_read(g, BASE + 0x30);
    kvm_guest_write(g, BASE + 0x34, 0x33333333);
    kvm_guest_run(g);
    g_assert_cmphex(kvm_guest_value(g, 0), ==, 0x11111111);
    g_assert_cmphex(kvm_guest_value(g, 1), ==, 0xc4190000);
    g_assert_cmphex(kvm_guest_value(g, 2), ==, 0x22222222);
    chip_free(c);
    assert_slots(ALL_RAM);
    g_assert_cmphex(kvm_guest_read_one(BASE + 0x34), ==, 0x33333333);
    kvm_guest_free(g);
}

/* What is written to ROM ends KVM_RUN, and is dropped. */
static void test_rom(void)
{
    MemoryRegion rom;
    KvmGuest *g = kvm_guest_new();

    memory_region_init_rom(&rom, NULL, "rom", 2 * PAGE, &error_abort);
    memcpy(memory_region_get_ram_ptr(&rom), "boot", 4);
    show(&rom, BASE, 1);
    assert_slots("100000-ffffff\n1000000-1001fff ro\n1002000-3ffffff\n");
    kvm_guest_read(g, BASE);
    kvm_guest_write(g, BASE, 0x11111111);
    kvm_guest_read(g, BASE);
    kvm_guest_run(g);
    g_assert_cmphex(kvm_guest_value(g, 0), ==, 0x746f6f62);
    g_assert_cmphex(kvm_guest_value(g, 1), ==, 0x746f6f62);

    /* It becomes RAM, and ROM again. */
    memory_region_set_readonly(&rom, false);
    assert_slots("100000-ffffff\n1000000-1001fff\n1002000-3ffffff\n");
    kvm_guest_write_one(BASE, 0x22222222);
    memory_region_set_readonly(&rom, true);
    assert_slots("100000-ffffff\n1000000-1001fff ro\n1002000-3ffffff\n");
    kvm_guest_write_one(BASE, 0x33333333);
    g_assert_cmphex(kvm_guest_read_one(BASE), ==, 0x22222222);
    end(&rom);
    kvm_guest_free(g);
}

/* A flash chip: read as memory, or not; its writes are commands. */
static void test_rom_device(void)
{
    Chip *c = g_new0(Chip, 1);
    KvmGuest *g = kvm_guest_new();

    memory_region_init_rom_device_nomigrate(&c->mr, NULL, &chip_ops, c,
                                            "flash", PAGE, &error_abort);
    memcpy(memory_region_get_ram_ptr(&c->mr), "boot", 4);
    show(&c->mr, BASE, 1);
    assert_slots("100000-ffffff\n1000000-1000fff ro\n1001000-3ffffff\n");
    kvm_guest_read(g, BASE);
    kvm_guest_write(g, BASE + 4, 0x90);
    kvm_guest_run(g);
    g_assert_cmphex(kvm_guest_value(g, 0), ==, 0x746f6f62);
    g_assert_cmpuint(c->n, ==, 1);
    assert_access(c, 0, true, 4, 0x90);

    memory_region_rom_device_set_romd(&c->mr, false);
    assert_slots("100000-ffffff\n1001000-3ffffff\n");
    g_assert_cmphex(kvm_guest_read_one(BASE), ==, 0xc4190000);
    g_assert_cmpuint(c->n, ==, 2);
    memory_region_rom_device_set_romd(&c->mr, true);
    assert_slots("100000-ffffff\n1000000-1000fff ro\n1001000-3ffffff\n");
    g_assert_cmphex(kvm_guest_read_one(BASE), ==, 0x746f6f62);
    g_assert_cmpuint(c->n, ==, 2);
    chip_free(c);
    kvm_guest_free(g);
}

/* More than a slot may hold is several of them. */
static void test_slot_size(void)
{
    MemoryRegion ram;

    memory_region_init_ram(&ram, NULL, "ram", 5 * PAGE, &error_abort);
    kvm_set_max_memslot_size(2 * PAGE);
    show(&ram, BASE + 0x4000000, 1);
    g_assert_true(kvm_accel_has_memory(MACHINE(qdev_get_machine()),
                                       &address_space_memory,
                                       BASE + 0x4000000, 5 * PAGE));
    kvm_guest_write_one(BASE + 0x4000000 + 3 * PAGE, 0x11111111);
    kvm_guest_write_one(BASE + 0x4000000 + 4 * PAGE, 0x22222222);
    g_assert_cmphex(*(uint32_t *)(memory_region_get_ram_ptr(&ram) + 3 * PAGE),
                    ==, 0x11111111);
    g_assert_cmphex(*(uint32_t *)(memory_region_get_ram_ptr(&ram) + 4 * PAGE),
                    ==, 0x22222222);
    end(&ram);
    kvm_set_max_memslot_size(~(hwaddr)0 & ~(hwaddr)(PAGE - 1));
}

/* A host's address is the guest's of the slot that it is in. */
static void test_address_from_host(void)
{
    MemoryRegion over;
    hwaddr addr;
    void *ram;

    memory_region_init_ram(&over, NULL, "over", 2 * PAGE, &error_abort);
    ram = memory_region_get_ram_ptr(&over);
    g_assert_false(kvm_physical_memory_addr_from_host(kvm_state, ram, &addr));
    show(&over, BASE + PAGE, 1);
    g_assert_true(kvm_physical_memory_addr_from_host(kvm_state, ram + 0x1234,
                                                     &addr));
    g_assert_cmphex(addr, ==, BASE + PAGE + 0x1234);
    end(&over);
}

/* The log.  Where paging is nested a read may dirty a page: none is done. */

static bool snapshot_page(MemoryRegion *mr, unsigned page)
{
    DirtyBitmapSnapshot *snap =
        memory_region_snapshot_and_clear_dirty(mr, 0, memory_region_size(mr),
                                               DIRTY_MEMORY_VGA);
    bool dirty = memory_region_snapshot_get_dirty(mr, snap, page * PAGE, PAGE);

    g_free(snap);
    return dirty;
}

/* The pages of @mr that are dirty for @client and no longer afterwards. */
static uint64_t dirty_pages(MemoryRegion *mr, unsigned client)
{
    DirtyBitmapSnapshot *snap =
        memory_region_snapshot_and_clear_dirty(mr, 0, memory_region_size(mr),
                                               client);
    uint64_t pages = 0;

    for (unsigned i = 0; i < memory_region_size(mr) / PAGE; i++) {
        pages |= (uint64_t)memory_region_snapshot_get_dirty(mr, snap, i * PAGE,
                                                            PAGE) << i;
    }
    g_free(snap);
    return pages;
}

static void test_dirty_log(void)
{
    MemoryRegion vram;
    KvmGuest *g = kvm_guest_new();

    memory_region_init_ram(&vram, NULL, "vram", 16 * PAGE, &error_abort);
    show(&vram, BASE, 1);
    assert_slots("100000-ffffff\n1000000-100ffff\n1010000-3ffffff\n");
    memory_region_set_log(&vram, true, DIRTY_MEMORY_VGA);
    assert_slots("100000-ffffff\n1000000-100ffff log\n1010000-3ffffff\n");
    dirty_pages(&vram, DIRTY_MEMORY_VGA);
    g_assert_cmphex(dirty_pages(&vram, DIRTY_MEMORY_VGA), ==, 0);

    kvm_guest_write(g, BASE + 2 * PAGE, 1);
    kvm_guest_write(g, BASE + 7 * PAGE + 0xffc, 1);
    kvm_guest_run(g);
    g_assert_cmphex(dirty_pages(&vram, DIRTY_MEMORY_VGA), ==, 0x84);
    g_assert_cmphex(dirty_pages(&vram, DIRTY_MEMORY_VGA), ==, 0);

    /* Once more: what was cleared is watched again. */
    kvm_guest_write_one(BASE + 2 * PAGE, 2);
    g_assert_true(snapshot_page(&vram, 2));
    g_assert_false(snapshot_page(&vram, 2));

    /* What it wrote before the region went is not lost. */
    kvm_guest_write_one(BASE + 5 * PAGE, 3);
    hide(&vram);
    g_assert_cmphex(dirty_pages(&vram, DIRTY_MEMORY_VGA), ==, 0x20);
    show(&vram, BASE, 1);
    assert_slots("100000-ffffff\n1000000-100ffff log\n1010000-3ffffff\n");
    /* A log may begin with all pages, or none. */
    dirty_pages(&vram, DIRTY_MEMORY_VGA);
    kvm_guest_write_one(BASE + 6 * PAGE, 3);
    g_assert_cmphex(dirty_pages(&vram, DIRTY_MEMORY_VGA), ==, 0x40);

    /* A second user of the log, and only the last switches it off. */
    memory_region_set_log(&vram, true, DIRTY_MEMORY_VGA);
    memory_region_set_log(&vram, false, DIRTY_MEMORY_VGA);
    assert_slots("100000-ffffff\n1000000-100ffff log\n1010000-3ffffff\n");
    kvm_guest_write_one(BASE + 9 * PAGE, 4);
    memory_region_set_log(&vram, false, DIRTY_MEMORY_VGA);
    assert_slots("100000-ffffff\n1000000-100ffff\n1010000-3ffffff\n");
    kvm_guest_write_one(BASE + 10 * PAGE, 4);
    memory_region_set_log(&vram, true, DIRTY_MEMORY_VGA);
    dirty_pages(&vram, DIRTY_MEMORY_VGA);
    kvm_guest_write_one(BASE + 11 * PAGE, 4);
    g_assert_cmphex(dirty_pages(&vram, DIRTY_MEMORY_VGA), ==, 0x800);
    memory_region_set_log(&vram, false, DIRTY_MEMORY_VGA);
    end(&vram);
    kvm_guest_free(g);
}

/*
 * Who clears one page leaves the others, and what came after the last look is
 * not cleared unseen.
 */
static void test_clear_log(void)
{
    MemoryRegion vram;
    KvmGuest *g = kvm_guest_new();

    memory_region_init_ram(&vram, NULL, "vram", 200 * PAGE, &error_abort);
    show(&vram, BASE, 1);
    memory_region_set_log(&vram, true, DIRTY_MEMORY_VGA);
    memory_global_dirty_log_sync();
    memory_region_reset_dirty(&vram, 0, 200 * PAGE, DIRTY_MEMORY_VGA);

    kvm_guest_write(g, BASE + 3 * PAGE, 1);
    kvm_guest_write(g, BASE + 4 * PAGE, 1);
    kvm_guest_write(g, BASE + 70 * PAGE, 1);
    kvm_guest_write(g, BASE + 199 * PAGE, 1);
    kvm_guest_run(g);
    memory_global_dirty_log_sync();
    kvm_guest_write_one(BASE + 5 * PAGE, 1);
    memory_region_reset_dirty(&vram, 3 * PAGE, 3 * PAGE, DIRTY_MEMORY_VGA);
    memory_region_reset_dirty(&vram, 199 * PAGE, PAGE, DIRTY_MEMORY_VGA);
    memory_global_dirty_log_sync();
    for (unsigned i = 0; i < 200; i++) {
        g_assert_true(cpu_physical_memory_get_dirty(
            memory_region_get_ram_addr(&vram) + i * PAGE, PAGE,
            DIRTY_MEMORY_VGA) == (i == 5 || i == 70));
    }
    kvm_guest_write_one(BASE + 199 * PAGE, 2);
    memory_global_dirty_log_sync();
    g_assert_true(cpu_physical_memory_get_dirty(
        memory_region_get_ram_addr(&vram) + 199 * PAGE, PAGE,
        DIRTY_MEMORY_VGA));
    end(&vram);
    kvm_guest_free(g);
}

/* Migration logs all RAM, in slots that begin anywhere. */
static void test_global_log(void)
{
    MemoryRegion over, *ram = MACHINE(qdev_get_machine())->ram;
    ram_addr_t base = memory_region_get_ram_addr(ram) + BASE;
    KvmGuest *g = kvm_guest_new();

    memory_region_init_ram(&over, NULL, "over", 3 * PAGE, &error_abort);
    show(&over, BASE + PAGE, 1);
    memory_global_dirty_log_start(GLOBAL_DIRTY_MIGRATION);
    assert_slots("100000-1000fff log\n1001000-1003fff log\n"
                 "1004000-3ffffff log\n");
    memory_global_dirty_log_sync();
    cpu_physical_memory_test_and_clear_dirty(base, 256 * PAGE,
                                             DIRTY_MEMORY_MIGRATION);
    cpu_physical_memory_test_and_clear_dirty(memory_region_get_ram_addr(&over),
                                             3 * PAGE, DIRTY_MEMORY_MIGRATION);
    memory_global_dirty_log_sync();

    kvm_guest_write(g, BASE, 1);
    kvm_guest_write(g, BASE + 2 * PAGE, 1);
    kvm_guest_write(g, BASE + 4 * PAGE, 1);
    kvm_guest_write(g, BASE + 200 * PAGE, 1);
    kvm_guest_run(g);
    memory_global_dirty_log_sync();
    for (unsigned i = 0; i < 256; i++) {
        bool written = i == 0 || i == 4 || i == 200;

        g_assert_true(cpu_physical_memory_test_and_clear_dirty(
            base + i * PAGE, PAGE, DIRTY_MEMORY_MIGRATION) == written);
    }
    for (unsigned i = 0; i < 3; i++) {
        g_assert_true(cpu_physical_memory_test_and_clear_dirty(
            memory_region_get_ram_addr(&over) + i * PAGE, PAGE,
            DIRTY_MEMORY_MIGRATION) == (i == 1));
    }

    /* Pages that were cleared one by one are watched again. */
    kvm_guest_write_one(BASE + 4 * PAGE, 2);
    memory_global_dirty_log_sync();
    g_assert_false(cpu_physical_memory_test_and_clear_dirty(
        base + 3 * PAGE, PAGE, DIRTY_MEMORY_MIGRATION));
    g_assert_true(cpu_physical_memory_test_and_clear_dirty(
        base + 4 * PAGE, PAGE, DIRTY_MEMORY_MIGRATION));
    kvm_guest_write_one(BASE + 4 * PAGE, 3);
    memory_global_dirty_log_sync();
    g_assert_true(cpu_physical_memory_test_and_clear_dirty(
        base + 4 * PAGE, PAGE, DIRTY_MEMORY_MIGRATION));

    memory_global_dirty_log_stop(GLOBAL_DIRTY_MIGRATION);
    assert_slots("100000-1000fff\n1001000-1003fff\n1004000-3ffffff\n");
    end(&over);
    assert_slots(ALL_RAM);
    kvm_guest_free(g);
}

/* Coalesced writes */

static void guest_write_many(hwaddr addr, unsigned n)
{
    KvmGuest *g = kvm_guest_new();

    for (unsigned i = 0; i < n; i++) {
        kvm_guest_write(g, addr + 4 * (i % 16), i);
    }
    kvm_guest_run(g);
    kvm_guest_free(g);
}

static bool coalesces(void)
{
    if (!kvm_state->coalesced_mmio) {
        g_test_skip("this KVM does not coalesce writes");
        return false;
    }
    return true;
}

/* The chip hears of writes before anything else is done to it, in order. */
static void test_coalesced(void)
{
    Chip *c = chip_new(PAGE);
    KvmGuest *g = kvm_guest_new();

    if (!coalesces()) {
        return;
    }
    show(&c->mr, BASE, 1);
    memory_region_set_coalescing(&c->mr);
    guest_write_many(BASE, 3);
    g_assert_cmpuint(c->n, ==, 0);
    qemu_flush_coalesced_mmio_buffer();
    g_assert_cmpuint(c->n, ==, 3);

    kvm_guest_write(g, BASE, 0x11111111);
    kvm_guest_write(g, BASE + 4, 0x22222222);
    kvm_guest_read(g, BASE + 8);
    kvm_guest_write(g, BASE, 0x33333333);
    kvm_guest_run(g);
    g_assert_cmpuint(c->n, ==, 6);
    assert_access(c, 3, true, 0, 0x11111111);
    assert_access(c, 4, true, 4, 0x22222222);
    assert_access(c, 5, false, 8, 0);

    /* We, too, find it in its true state. */
    address_space_ldl_le(&address_space_memory, BASE, MEMTXATTRS_UNSPECIFIED,
                         NULL);
    g_assert_cmpuint(c->n, ==, 8);
    assert_access(c, 6, true, 0, 0x33333333);
    assert_access(c, 7, false, 0, 0);
    chip_free(c);
    kvm_guest_free(g);
}

/* More than the ring holds come one by one, and none overtakes another. */
static void test_coalesced_many(void)
{
    Chip *c = chip_new(PAGE);

    if (!coalesces()) {
        return;
    }
    show(&c->mr, BASE, 1);
    memory_region_set_coalescing(&c->mr);
    guest_write_many(BASE, 700);
    g_assert_cmpuint(c->n, >, 0);
    qemu_flush_coalesced_mmio_buffer();
    g_assert_cmpuint(c->n, ==, 700);
    for (unsigned i = 0; i < 700; i++) {
        assert_access(c, i, true, 4 * (i % 16), i);
    }
    chip_free(c);
}

/* Another chip may ask for it, too; and one that does not waits for nobody. */
static void test_coalesced_other(void)
{
    Chip *c = chip_new(PAGE), *other = chip_new(PAGE), *third = chip_new(PAGE);

    if (!coalesces()) {
        return;
    }
    show(&c->mr, BASE, 1);
    show(&other->mr, BASE + PAGE, 1);
    show(&third->mr, BASE + 2 * PAGE, 1);
    memory_region_add_coalescing(&c->mr, 0x20, 0x20);
    memory_region_set_flush_coalesced(&other->mr);

    /* The lower half of its registers is not coalesced, but flushes. */
    guest_write_many(BASE, 12);
    g_assert_cmpuint(c->n, ==, 8);
    guest_write_many(BASE + 2 * PAGE, 1);
    g_assert_cmpuint(third->n, ==, 1);
    g_assert_cmpuint(c->n, ==, 8);
    guest_write_many(BASE + PAGE, 1);
    g_assert_cmpuint(other->n, ==, 1);
    g_assert_cmpuint(c->n, ==, 12);
    for (unsigned i = 0; i < 12; i++) {
        assert_access(c, i, true, 4 * i, i);
    }
    chip_free(c);
    chip_free(other);
    chip_free(third);
}

/* Nothing is lost when coalescing ends, or the chip goes or moves. */
static void test_coalesced_end(void)
{
    Chip *c = chip_new(PAGE);

    if (!coalesces()) {
        return;
    }
    show(&c->mr, BASE, 1);
    memory_region_set_coalescing(&c->mr);
    guest_write_many(BASE, 3);
    memory_region_clear_coalescing(&c->mr);
    g_assert_cmpuint(c->n, ==, 3);
    guest_write_many(BASE, 2);
    g_assert_cmpuint(c->n, ==, 5);

    memory_region_set_coalescing(&c->mr);
    guest_write_many(BASE, 3);
    memory_region_set_address(&c->mr, BASE + PAGE);
    g_assert_cmpuint(c->n, ==, 8);
    guest_write_many(BASE + PAGE, 3);
    hide(&c->mr);
    g_assert_cmpuint(c->n, ==, 11);

    /* Nor is it coalesced where it was. */
    show(&c->mr, BASE, 1);
    guest_write_many(BASE + PAGE, 1);
    g_assert_cmphex(kvm_guest_read_one(BASE + PAGE), ==, 0);
    chip_free(c);
}

static void add_tests(void)
{
    g_test_add_func("/kvm/memory/overlay", test_overlay);
    g_test_add_func("/kvm/memory/transaction", test_transaction);
    g_test_add_func("/kvm/memory/mmio", test_mmio);
    g_test_add_func("/kvm/memory/part-of-a-page", test_part_of_a_page);
    g_test_add_func("/kvm/memory/rom", test_rom);
    g_test_add_func("/kvm/memory/rom-device", test_rom_device);
    g_test_add_func("/kvm/memory/slot-size", test_slot_size);
    g_test_add_func("/kvm/memory/address-from-host", test_address_from_host);
    g_test_add_func("/kvm/memory/dirty-log", test_dirty_log);
    g_test_add_func("/kvm/memory/clear-log", test_clear_log);
    g_test_add_func("/kvm/memory/global-log", test_global_log);
    g_test_add_func("/kvm/memory/coalesced", test_coalesced);
    g_test_add_func("/kvm/memory/coalesced-many", test_coalesced_many);
    g_test_add_func("/kvm/memory/coalesced-other", test_coalesced_other);
    g_test_add_func("/kvm/memory/coalesced-end", test_coalesced_end);
}

int main(int argc, char **argv)
{
    return kvm_test_main(argc, argv, "qemu64", add_tests);
}
