/*
 * Memory of the less usual kinds, and memory that is used longer than it is
 * there
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "memory-test.h"
#include "qemu/memfd.h"

#define ATTRS MEMTXATTRS_UNSPECIFIED
#define PAGE 0x1000

/*
 * A flash chip: in one mode its contents can be read as fast as RAM, in the
 * other each read asks the chip; a write is always a command.
 */
typedef struct Flash {
    MemoryTest t;
    MemoryRegion mr;
    uint64_t command;
    unsigned reads, writes;
} Flash;

static uint64_t flash_read(void *opaque, hwaddr addr, unsigned size)
{
    Flash *f = opaque;

    f->reads++;
    return 0x80;                            /* "ready" */
}

static void flash_write(void *opaque, hwaddr addr, uint64_t val,
                        unsigned size)
{
    Flash *f = opaque;

    f->writes++;
    f->command = val;
    memory_region_rom_device_set_romd(&f->mr, val == 0xff);
}

static const MemoryRegionOps flash_ops = {
    .read = flash_read,
    .write = flash_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
};

static void flash_start(Flash *f)
{
    memset(f, 0, sizeof(*f));
    memory_test_start(&f->t);
    memory_region_init_rom_device_nomigrate(&f->mr, NULL, &flash_ops, f,
                                            "flash", PAGE, &error_abort);
    memcpy(memory_region_get_ram_ptr(&f->mr), "boot", 4);
    memory_region_add_subregion(&f->t.root, 0, &f->mr);
}

static void flash_stop(Flash *f)
{
    memory_region_del_subregion(&f->t.root, &f->mr);
    memory_test_stop(&f->t);
    memory_test_free(&f->mr);
}

/* The guest's own write may be what changes the mode. */
static void test_rom_device(void)
{
    Flash f;

    flash_start(&f);
    g_assert_true(memory_region_is_romd(&f.mr));
    g_assert_false(memory_region_is_ram(&f.mr));
    g_assert_cmphex(ldl_be_phys(&f.t.as, 0), ==, 0x626f6f74);
    g_assert_cmpuint(f.reads, ==, 0);

    stb_phys(&f.t.as, 0, 0x70);             /* read the status */
    g_assert_cmphex(f.command, ==, 0x70);
    g_assert_false(memory_region_is_romd(&f.mr));
    g_assert_cmphex(ldub_phys(&f.t.as, 0), ==, 0x80);
    g_assert_cmpuint(f.reads, ==, 1);

    stb_phys(&f.t.as, 0, 0xff);             /* back to the contents */
    g_assert_cmphex(ldub_phys(&f.t.as, 0), ==, 'b');
    g_assert_cmpuint(f.reads, ==, 1);
    g_assert_cmpuint(f.writes, ==, 2);
    g_assert_cmpmem(memory_region_get_ram_ptr(&f.mr), 4, "boot", 4);
    flash_stop(&f);
}

/* To be read it can be mapped; what is to be written must go to the chip. */
static void test_rom_device_map(void)
{
    hwaddr len = 4;
    char *p;
    Flash f;

    flash_start(&f);
    p = address_space_map(&f.t.as, 0, &len, false, ATTRS);
    g_assert_true(p == memory_region_get_ram_ptr(&f.mr));
    address_space_unmap(&f.t.as, p, len, false, len);

    len = 1;
    p = address_space_map(&f.t.as, 0, &len, true, ATTRS);
    g_assert_true(p != memory_region_get_ram_ptr(&f.mr));
    *p = 0x70;
    address_space_unmap(&f.t.as, p, len, true, len);
    g_assert_cmphex(f.command, ==, 0x70);

    /* Now reads are the chip's too. */
    p = address_space_map(&f.t.as, 0, &len, false, ATTRS);
    g_assert_cmphex((uint8_t)*p, ==, 0x80);
    address_space_unmap(&f.t.as, p, len, false, len);
    flash_stop(&f);
}

/* A cache keeps the mode that the chip was in. */
static void test_rom_device_cache(void)
{
    MemoryRegionCache reads, writes;
    Flash f;

    flash_start(&f);
    address_space_cache_init(&reads, &f.t.as, 0, 4, false);
    address_space_cache_init(&writes, &f.t.as, 0, 4, true);
    g_assert_nonnull(reads.ptr);
    g_assert_null(writes.ptr);
    stl_le_phys_cached(&writes, 0, 0xff);
    g_assert_cmphex(f.command, ==, 0xff);
    g_assert_cmphex(ldl_be_phys_cached(&reads, 0), ==, 0x626f6f74);
    address_space_cache_destroy(&reads);
    address_space_cache_destroy(&writes);
    flash_stop(&f);
}

/* A loader writes the contents, in whichever mode. */
static void test_rom_device_load(void)
{
    Flash f;

    flash_start(&f);
    address_space_write_rom(&f.t.as, 0, ATTRS, "next", 4);
    g_assert_cmpuint(f.writes, ==, 0);
    g_assert_cmphex(ldl_be_phys(&f.t.as, 0), ==, 0x6e657874);
    flash_stop(&f);
}

/*
 * Registers of a device of the host are accessed in the guest's sizes, at any
 * address, and are no memory that could be mapped.
 */
static void test_ram_device(void)
{
    g_autofree uint8_t *host = g_malloc0(PAGE);
    hwaddr len = 8;
    MemoryRegion mr;
    MemoryTest t;
    void *p;

    memory_test_start(&t);
    memory_region_init_ram_device_ptr(&mr, NULL, "bar", PAGE, host);
    memory_region_add_subregion(&t.root, 0, &mr);
    g_assert_true(memory_region_is_ram_device(&mr));
    g_assert_true(memory_region_is_ram(&mr));

    for (unsigned addr = 0; addr < 8; addr++) {
        memset(host, 0, 16);
        stb_phys(&t.as, addr, 0x11);
        g_assert_cmphex(ldub_p(host + addr), ==, 0x11);
        stw_le_phys(&t.as, addr, 0x2211);
        g_assert_cmphex(lduw_le_p(host + addr), ==, 0x2211);
        stl_be_phys(&t.as, addr, 0x11223344);
        g_assert_cmphex(ldl_be_p(host + addr), ==, 0x11223344);
        stq_le_phys(&t.as, addr, 0x8877665544332211);
        g_assert_cmphex(ldq_le_p(host + addr), ==, 0x8877665544332211);
        g_assert_cmphex(ldub_phys(&t.as, addr), ==, 0x11);
        g_assert_cmphex(lduw_be_phys(&t.as, addr), ==, 0x1122);
        g_assert_cmphex(ldl_le_phys(&t.as, addr), ==, 0x44332211);
        g_assert_cmphex(ldq_le_phys(&t.as, addr), ==, 0x8877665544332211);
    }

    p = address_space_map(&t.as, 0, &len, true, ATTRS);
    g_assert_true(p != host);
    memcpy(p, "bounced", 8);
    address_space_unmap(&t.as, p, 8, true, 8);
    g_assert_cmpstr((char *)host, ==, "bounced");

    /* The end of the region is the end of the host's mapping. */
    stl_le_phys(&t.as, PAGE - 2, 0xffffffff);
    g_assert_cmphex(ldl_le_phys(&t.as, PAGE - 2), ==, 0);

    memory_region_del_subregion(&t.root, &mr);
    memory_test_stop(&t);
    memory_test_free(&mr);
}

/* RAM from a file descriptor */

static void fd_region(MemoryRegion *mr, MemoryTest *t, hwaddr addr,
                      uint32_t flags, int fd, ram_addr_t offset)
{
    memory_region_init_ram_from_fd(mr, NULL, "fd", PAGE, flags, dup(fd),
                                   offset, &error_abort);
    memory_region_add_subregion(&t->root, addr, mr);
}

/* Two mappings of one file: shared ones are one memory, a private one is not */
static void test_fd_sharing(void)
{
    int fd = qemu_memfd_create("test", 2 * PAGE, false, 0, 0, &error_abort);
    MemoryRegion one, other, own, second;
    uint32_t val;
    MemoryTest t;

    memory_test_start(&t);
    fd_region(&one, &t, 0, RAM_SHARED, fd, 0);
    fd_region(&other, &t, PAGE, RAM_SHARED, fd, 0);
    fd_region(&own, &t, 2 * PAGE, 0, fd, 0);
    fd_region(&second, &t, 3 * PAGE, RAM_SHARED, fd, PAGE);
    g_assert_cmpint(memory_region_get_fd(&one), >=, 0);

    stl_le_phys(&t.as, 8, 0x1234);
    g_assert_cmphex(ldl_le_phys(&t.as, PAGE + 8), ==, 0x1234);
    g_assert_cmphex(ldl_le_phys(&t.as, 3 * PAGE + 8), ==, 0);
    stl_le_phys(&t.as, 2 * PAGE + 8, 0x5678);
    g_assert_cmphex(ldl_le_phys(&t.as, 8), ==, 0x1234);
    stl_le_phys(&t.as, 3 * PAGE, 0x9abc);
    g_assert_cmpint(pread(fd, &val, 4, PAGE), ==, 4);
    g_assert_cmphex(le32_to_cpu(val), ==, 0x9abc);

    memory_region_del_subregion(&t.root, &one);
    memory_region_del_subregion(&t.root, &other);
    memory_region_del_subregion(&t.root, &own);
    memory_region_del_subregion(&t.root, &second);
    memory_test_stop(&t);
    memory_test_free(&one);
    memory_test_free(&other);
    memory_test_free(&own);
    memory_test_free(&second);
    close(fd);
}

/* A region goes while somebody works with it: its owner stays that long */

#define TYPE_OWNER "test-memory-owner"
OBJECT_DECLARE_SIMPLE_TYPE(OwnerState, OWNER)

struct OwnerState {
    Object parent_obj;

    MemoryRegion ram;
    MemoryRegion regs;
};

static unsigned finalized;

static uint64_t owner_read(void *opaque, hwaddr addr, unsigned size)
{
    return addr;
}

static void owner_write(void *opaque, hwaddr addr, uint64_t val,
                        unsigned size)
{
}

static const MemoryRegionOps owner_ops = {
    .read = owner_read,
    .write = owner_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
};

static void owner_finalize(Object *obj)
{
    finalized++;
}

static const TypeInfo owner_info = {
    .name = TYPE_OWNER,
    .parent = TYPE_OBJECT,
    .instance_size = sizeof(OwnerState),
    .instance_finalize = owner_finalize,
};

/* RAM at 0 and registers at PAGE. */
static OwnerState *owner_plug(MemoryTest *t)
{
    OwnerState *s = OWNER(object_new(TYPE_OWNER));

    finalized = 0;
    memory_test_start(t);
    memory_region_init_ram_nomigrate(&s->ram, OBJECT(s), "ram", PAGE,
                                     &error_abort);
    memory_region_init_io(&s->regs, OBJECT(s), &owner_ops, s, "regs", PAGE);
    memory_region_add_subregion(&t->root, 0, &s->ram);
    memory_region_add_subregion(&t->root, PAGE, &s->regs);
    return s;
}

/* After this only users of the regions keep the object. */
static void owner_unplug(OwnerState *s, MemoryTest *t)
{
    memory_region_del_subregion(&t->root, &s->ram);
    memory_region_del_subregion(&t->root, &s->regs);
    object_unref(OBJECT(s));
    drain_call_rcu();
    drain_call_rcu();
}

static void test_gone_mapped(void)
{
    hwaddr len = PAGE;
    OwnerState *s;
    MemoryTest t;
    char *p;

    s = owner_plug(&t);
    p = address_space_map(&t.as, 0, &len, true, ATTRS);
    owner_unplug(s, &t);
    g_assert_cmpuint(finalized, ==, 0);
    memset(p, 1, PAGE);
    address_space_unmap(&t.as, p, PAGE, true, PAGE);
    drain_call_rcu();
    g_assert_cmpuint(finalized, ==, 1);
    memory_test_stop(&t);
}

/* What is in the bounce buffer has nowhere to go any more. */
static void test_gone_bounced(void)
{
    hwaddr len = 8;
    OwnerState *s;
    MemoryTest t;
    char *p;

    s = owner_plug(&t);
    p = address_space_map(&t.as, PAGE, &len, true, ATTRS);
    owner_unplug(s, &t);
    g_assert_cmpuint(finalized, ==, 0);
    address_space_unmap(&t.as, p, 8, true, 8);
    drain_call_rcu();
    g_assert_cmpuint(finalized, ==, 1);
    memory_test_stop(&t);
}

/* A cache goes on with the view that it was made in. */
static void test_gone_cached(void)
{
    MemoryRegionCache ram, regs;
    OwnerState *s;
    MemoryTest t;

    s = owner_plug(&t);
    address_space_cache_init(&ram, &t.as, 0, PAGE, true);
    address_space_cache_init(&regs, &t.as, PAGE, PAGE, false);
    owner_unplug(s, &t);
    stl_le_phys_cached(&ram, 0, 0x1234);
    g_assert_cmphex(ldl_le_phys_cached(&ram, 0), ==, 0x1234);
    g_assert_cmphex(ldl_le_phys_cached(&regs, 8), ==, 8);
    address_space_cache_destroy(&regs);
    drain_call_rcu();
    g_assert_cmpuint(finalized, ==, 0);
    address_space_cache_destroy(&ram);
    drain_call_rcu();
    g_assert_cmpuint(finalized, ==, 1);
    memory_test_stop(&t);
}

/* memory_region_find() leaves a reference to be dropped. */
static void test_gone_found(void)
{
    MemoryRegionSection section;
    OwnerState *s;
    MemoryTest t;

    s = owner_plug(&t);
    section = memory_region_find(&t.root, 0x10, 4);
    owner_unplug(s, &t);
    g_assert_cmpuint(finalized, ==, 0);
    memory_region_unref(section.mr);
    drain_call_rcu();
    g_assert_cmpuint(finalized, ==, 1);
    memory_test_stop(&t);
}

int main(int argc, char **argv)
{
    memory_test_init(&argc, &argv);
    type_register_static(&owner_info);
    g_test_add_func("/memory/ram/rom-device", test_rom_device);
    g_test_add_func("/memory/ram/rom-device/map", test_rom_device_map);
    g_test_add_func("/memory/ram/rom-device/cache", test_rom_device_cache);
    g_test_add_func("/memory/ram/rom-device/load", test_rom_device_load);
    g_test_add_func("/memory/ram/ram-device", test_ram_device);
    g_test_add_func("/memory/ram/fd-sharing", test_fd_sharing);
    g_test_add_func("/memory/ram/gone/mapped", test_gone_mapped);
    g_test_add_func("/memory/ram/gone/bounced", test_gone_bounced);
    g_test_add_func("/memory/ram/gone/cached", test_gone_cached);
    g_test_add_func("/memory/ram/gone/found", test_gone_found);
    return g_test_run();
}
