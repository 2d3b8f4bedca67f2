/*
 * Access: RAM, ROM, maps, caches, DMA, I/O ports, dirty pages, mtree
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "memory-test.h"
#include "exec/ioport.h"
#include "exec/ram_addr.h"
#include "sysemu/dma.h"

#define ATTRS MEMTXATTRS_UNSPECIFIED

/* 64 KiB of RAM at 0, and registers that count their writes behind it. */
typedef struct Board {
    MemoryTest t;
    MemoryRegion ram;
    MemoryRegion regs;
    unsigned writes;
} Board;

#define RAM_SIZE 0x10000

static void board_start(Board *b)
{
    memset(b, 0, sizeof(*b));
    memory_test_start(&b->t);
    memory_region_init_ram_nomigrate(&b->ram, NULL, "ram", RAM_SIZE,
                                     &error_abort);
    memory_region_add_subregion(&b->t.root, 0, &b->ram);
    memory_region_init_io(&b->regs, NULL, &memory_test_regs_ops, &b->writes,
                          "regs", 0x1000);
    memory_region_add_subregion(&b->t.root, RAM_SIZE, &b->regs);
}

static void board_stop(Board *b)
{
    memory_region_del_subregion(&b->t.root, &b->ram);
    memory_region_del_subregion(&b->t.root, &b->regs);
    memory_test_stop(&b->t);
    memory_test_free(&b->ram);
    memory_test_free(&b->regs);
}

/* One call may cross from RAM into registers. */
static void test_rw_across(void)
{
    const uint8_t want[4] = { 1, 2, 0x40, 0x41 };
    uint8_t buf[4] = { 1, 2, 3, 4 };
    Board b;

    board_start(&b);
    g_assert_cmpuint(address_space_write(&b.t.as, RAM_SIZE - 2, ATTRS, buf, 4),
                     ==, MEMTX_OK);
    g_assert_cmpuint(b.writes, ==, 2);
    g_assert_cmpuint(address_space_read(&b.t.as, RAM_SIZE - 2, ATTRS, buf, 4),
                     ==, MEMTX_OK);
    g_assert_cmpmem(buf, 4, want, 4);
    board_stop(&b);
}

/* An access that only memory may answer is not for registers. */
static void test_memory_only(void)
{
    MemTxAttrs attrs = { .memory = 1 };
    uint8_t byte = 0;
    Board b;

    board_start(&b);
    g_assert_cmpuint(address_space_write(&b.t.as, 0, attrs, &byte, 1), ==,
                     MEMTX_OK);
    g_assert_cmpuint(address_space_write(&b.t.as, RAM_SIZE, attrs, &byte, 1),
                     ==, MEMTX_ACCESS_ERROR);
    g_assert_cmpuint(b.writes, ==, 0);
    board_stop(&b);
}

/* Guests cannot change ROM; a loader can. */
static void test_rom(void)
{
    MemoryRegion rom;
    MemTxResult res;
    MemoryTest t;

    memory_test_start(&t);
    memory_region_init_rom_nomigrate(&rom, NULL, "rom", 0x1000, &error_abort);
    memory_region_add_subregion(&t.root, 0, &rom);

    address_space_write_rom(&t.as, 0x10, ATTRS, "boot", 4);
    address_space_stl_le(&t.as, 0x10, 0, ATTRS, &res);
    g_assert_cmpuint(res, ==, MEMTX_DECODE_ERROR);
    g_assert_cmpmem(memory_region_get_ram_ptr(&rom) + 0x10, 4, "boot", 4);
    g_assert_cmphex(ldl_be_phys(&t.as, 0x10), ==, 0x626f6f74);

    memory_region_del_subregion(&t.root, &rom);
    memory_test_stop(&t);
    memory_test_free(&rom);
}

/* A map of RAM is the RAM, and ends where the RAM does. */
static void test_map_ram(void)
{
    hwaddr len = 0x100;
    uint8_t *p;
    Board b;

    board_start(&b);
    p = address_space_map(&b.t.as, RAM_SIZE - 0x10, &len, true, ATTRS);
    g_assert_true(p == (uint8_t *)memory_region_get_ram_ptr(&b.ram) +
                       RAM_SIZE - 0x10);
    g_assert_cmpuint(len, ==, 0x10);
    p[0] = 0xaa;
    address_space_unmap(&b.t.as, p, len, true, 1);
    g_assert_cmphex(ldub_phys(&b.t.as, RAM_SIZE - 0x10), ==, 0xaa);
    board_stop(&b);
}

static void count_bh(void *opaque)
{
    ++*(unsigned *)opaque;
}

/*
 * Where there is no RAM there is one bounce buffer; who comes too late leaves
 * a BH and is told.
 */
static void test_map_bounce(void)
{
    hwaddr len = 8, len2 = 8;
    unsigned told = 0;
    uint8_t *p;
    QEMUBH *bh = qemu_bh_new(count_bh, &told);
    Board b;

    board_start(&b);
    p = address_space_map(&b.t.as, RAM_SIZE, &len, false, ATTRS);
    g_assert_nonnull(p);
    g_assert_cmpuint(len, ==, 8);
    g_assert_cmphex(p[7], ==, 0x47);

    g_assert_null(address_space_map(&b.t.as, RAM_SIZE, &len2, true, ATTRS));
    g_assert_cmpuint(len2, ==, 0);
    cpu_register_map_client(bh);
    main_loop_wait(true);
    g_assert_cmpuint(told, ==, 0);

    address_space_unmap(&b.t.as, p, len, false, len);
    main_loop_wait(true);
    g_assert_cmpuint(told, ==, 1);

    /* What was written into the buffer goes to the device on unmap. */
    len = 8;
    p = address_space_map(&b.t.as, RAM_SIZE, &len, true, ATTRS);
    g_assert_cmpuint(b.writes, ==, 0);
    address_space_unmap(&b.t.as, p, len, true, 3);
    g_assert_cmpuint(b.writes, ==, 3);

    /* If it is free already, the client is told at once. */
    cpu_register_map_client(bh);
    main_loop_wait(true);
    g_assert_cmpuint(told, ==, 2);
    qemu_bh_delete(bh);
    board_stop(&b);
}

/* A cache of RAM is a pointer; one of registers goes the long way. */
static void test_cache(void)
{
    MemoryRegionCache cache = MEMORY_REGION_CACHE_INVALID;
    uint8_t buf[4];
    Board b;

    board_start(&b);
    address_space_cache_destroy(&cache);    /* of nothing: no harm */

    g_assert_cmpint(address_space_cache_init(&cache, &b.t.as, RAM_SIZE - 8,
                                             0x100, true), ==, 8);
    g_assert_nonnull(cache.ptr);
    stl_le_phys_cached(&cache, 4, 0x11223344);
    address_space_cache_invalidate(&cache, 4, 4);
    g_assert_cmphex(ldl_be_phys(&b.t.as, RAM_SIZE - 4), ==, 0x44332211);
    g_assert_cmphex(lduw_le_phys_cached(&cache, 6), ==, 0x1122);
    address_space_cache_destroy(&cache);

    g_assert_cmpint(address_space_cache_init(&cache, &b.t.as, RAM_SIZE, 0x10,
                                             false), ==, 0x10);
    g_assert_null(cache.ptr);
    g_assert_cmphex(lduw_le_phys_cached(&cache, 2), ==, 0x4342);
    address_space_read_cached(&cache, 4, buf, 4);
    g_assert_cmphex(ldl_le_p(buf), ==, 0x47464544);
    address_space_cache_destroy(&cache);
    board_stop(&b);
}

/* DMA: fills, numbers, scatter-gather lists. */
static void test_dma(void)
{
    QEMUSGList sg;
    dma_addr_t left;
    uint32_t val;
    DeviceState *dev = qdev_new("test-dma-device");
    Board b;

    board_start(&b);
    dma_memory_set(&b.t.as, 0x1000, 0x5a, 1000, ATTRS);
    g_assert_cmphex(ldub_phys(&b.t.as, 0x1000 + 999), ==, 0x5a);
    g_assert_cmphex(ldub_phys(&b.t.as, 0x1000 + 1000), ==, 0);

    g_assert_cmpuint(stl_be_dma(&b.t.as, 0x2000, 0x01020304, ATTRS), ==,
                     MEMTX_OK);
    ldl_le_dma(&b.t.as, 0x2000, &val, ATTRS);
    g_assert_cmphex(val, ==, 0x04030201);
    g_assert_cmpuint(ldl_le_dma(&b.t.as, 1 << 30, &val, ATTRS), ==,
                     MEMTX_DECODE_ERROR);
    g_assert_cmphex(val, ==, 0);
    g_assert_true(dma_memory_valid(&b.t.as, 0, RAM_SIZE,
                                   DMA_DIRECTION_FROM_DEVICE, ATTRS));
    g_assert_false(dma_memory_valid(&b.t.as, 1 << 30, 4,
                                    DMA_DIRECTION_FROM_DEVICE, ATTRS));

    qemu_sglist_init(&sg, dev, 1, &b.t.as);
    qemu_sglist_add(&sg, 0x3000, 3);
    qemu_sglist_add(&sg, 0x4000, 5);
    g_assert_cmpuint(sg.size, ==, 8);
    dma_buf_read((char *)"abcdef", 6, &left, &sg, ATTRS);
    g_assert_cmpuint(left, ==, 2);
    g_assert_cmphex(ldub_phys(&b.t.as, 0x3002), ==, 'c');
    g_assert_cmphex(ldub_phys(&b.t.as, 0x4002), ==, 'f');
    qemu_sglist_destroy(&sg);
    board_stop(&b);
    object_unref(OBJECT(dev));
}

/* Ports: groups by offset and width; a word may be two bytes. */

static uint32_t toy_readb(void *opaque, uint32_t port)
{
    return port & 0xff;
}

static uint32_t toy_readl(void *opaque, uint32_t port)
{
    return 0xcafe0000 | port;
}

static void toy_writeb(void *opaque, uint32_t port, uint32_t val)
{
    g_string_append_printf(opaque, "%x=%x ", port, val);
}

static const MemoryRegionPortio toy_portio[] = {
    { 0, 2, 1, .read = toy_readb, .write = toy_writeb },
    { 4, 1, 4, .read = toy_readl },
    PORTIO_END_OF_LIST(),
};

static void test_ports(void)
{
    GString *log = g_string_new("");
    PortioList list;

    portio_list_init(&list, NULL, toy_portio, log, "toy");
    portio_list_add(&list, get_system_io(), 0x300);
    g_assert_cmphex(cpu_inb(0x301), ==, 0x01);
    g_assert_cmphex(cpu_inw(0x300), ==, 0x0100);
    g_assert_cmphex(cpu_inl(0x304), ==, 0xcafe0304);
    cpu_outw(0x300, 0x1234);
    g_assert_cmpstr(log->str, ==, "300=34 301=12 ");
    /* No such width, and nobody there: all ones. */
    g_assert_cmphex(cpu_inb(0x304), ==, 0xff);
    g_assert_cmphex(cpu_inl(0x500), ==, 0xffffffff);
    cpu_outb(0x500, 1);

    portio_list_del(&list);
    portio_list_destroy(&list);
    g_assert_cmphex(cpu_inb(0x301), ==, 0xff);
    g_string_free(log, TRUE);
}

/* Only pages that were written since the last look are dirty. */
static void test_dirty(void)
{
    DirtyBitmapSnapshot *snap;
    Board b;

    board_start(&b);
    memory_region_set_log(&b.ram, true, DIRTY_MEMORY_VGA);
    memory_region_reset_dirty(&b.ram, 0, RAM_SIZE, DIRTY_MEMORY_VGA);
    stb_phys(&b.t.as, 0x3fff, 1);
    stw_le_phys(&b.t.as, 0x7fff, 1);        /* across two pages */

    snap = memory_region_snapshot_and_clear_dirty(&b.ram, 0, RAM_SIZE,
                                                  DIRTY_MEMORY_VGA);
    for (hwaddr page = 0; page < RAM_SIZE; page += 0x1000) {
        bool want = page == 0x3000 || page == 0x7000 || page == 0x8000;

        g_assert_cmpint(memory_region_snapshot_get_dirty(&b.ram, snap, page,
                                                         0x1000), ==, want);
    }
    g_free(snap);

    snap = memory_region_snapshot_and_clear_dirty(&b.ram, 0, RAM_SIZE,
                                                  DIRTY_MEMORY_VGA);
    g_assert_false(memory_region_snapshot_get_dirty(&b.ram, snap, 0,
                                                    RAM_SIZE));
    g_free(snap);
    memory_region_set_log(&b.ram, false, DIRTY_MEMORY_VGA);
    board_stop(&b);
}

/* RAM in a file: what a guest writes is in the file; a short file is refused. */
static void test_file(void)
{
    g_autofree char *path = g_strdup("/tmp/test-memory-XXXXXX");
    int fd = mkstemp(path);
    Error *err = NULL;
    MemoryRegion mr;
    MemoryTest t;
    char buf[4];

    memory_test_start(&t);
    memory_region_init_ram_from_file(&mr, NULL, "file", 0x2000, 0, RAM_SHARED,
                                     path, false, &error_abort);
    memory_region_add_subregion(&t.root, 0, &mr);
    address_space_write(&t.as, 0x1000, ATTRS, "page", 4);
    g_assert_cmpint(pread(fd, buf, 4, 0x1000), ==, 4);
    g_assert_cmpmem(buf, 4, "page", 4);
    memory_region_del_subregion(&t.root, &mr);
    memory_test_stop(&t);
    memory_test_free(&mr);

    memory_region_init_ram_from_file(&mr, NULL, "file", 0x4000, 0, RAM_SHARED,
                                     path, false, &err);
    g_assert_cmpstr(error_get_pretty(err), ==, "backing store size 0x2000 "
                    "does not match 'size' option 0x4000");
    error_free(err);
    err = NULL;

    memory_region_init_ram_from_file(&mr, NULL, "file", 0x4000, 0, RAM_SHARED,
                                     "/nowhere/at/all", false, &err);
    g_assert_cmpstr(error_get_pretty(err), ==, "can't open backing store "
                    "/nowhere/at/all for guest RAM: "
                    "No such file or directory");
    error_free(err);
    close(fd);
    unlink(path);
}

/* Resizeable RAM moves its end up to what was reserved, and no further. */
static void test_resize(void)
{
    Error *err = NULL;
    MemoryRegion mr;

    memory_region_init_resizeable_ram(&mr, NULL, "acpi", 0x1000, 0x4000, NULL,
                                      &error_abort);
    memory_region_ram_resize(&mr, 0x3000, &error_abort);
    g_assert_cmphex(memory_region_size(&mr), ==, 0x3000);
    memory_region_ram_resize(&mr, 0x5000, &err);
    g_assert_cmpstr(error_get_pretty(err), ==,
                    "Size too large: : 0x5000 > 0x4000");
    error_free(err);
    g_assert_cmphex(memory_region_size(&mr), ==, 0x3000);
    memory_test_free(&mr);
}

/* A host address leads back to its region as long as the region is there. */
static void test_from_host(void)
{
    ram_addr_t offset;
    uint8_t *p;
    Board b;

    board_start(&b);
    p = memory_region_get_ram_ptr(&b.ram);
    g_assert_true(memory_region_from_host(p + 0x123, &offset) == &b.ram);
    g_assert_cmphex(offset, ==, 0x123);
    g_assert_null(memory_region_from_host(&b, &offset));
    board_stop(&b);
}

static const TypeInfo dma_device_info = {
    .name = "test-dma-device",
    .parent = TYPE_DEVICE,
};

int main(int argc, char **argv)
{
    memory_test_init(&argc, &argv);
    type_register_static(&dma_device_info);
    g_test_add_func("/memory/access/rw-across", test_rw_across);
    g_test_add_func("/memory/access/memory-only", test_memory_only);
    g_test_add_func("/memory/access/rom", test_rom);
    g_test_add_func("/memory/access/map-ram", test_map_ram);
    g_test_add_func("/memory/access/map-bounce", test_map_bounce);
    g_test_add_func("/memory/access/cache", test_cache);
    g_test_add_func("/memory/access/dma", test_dma);
    g_test_add_func("/memory/access/ports", test_ports);
    g_test_add_func("/memory/access/dirty", test_dirty);
    g_test_add_func("/memory/access/file", test_file);
    g_test_add_func("/memory/access/resize", test_resize);
    g_test_add_func("/memory/access/from-host", test_from_host);
    return g_test_run();
}
