/*
 * IOMMU regions: where an access goes, and who hears of a new mapping
 *
 * The IOMMU of these tests has a table of 16 pages.  Behind it is an address
 * space with RAM and registers; a device's DMA goes through the IOMMU.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "memory-test.h"

#define ATTRS MEMTXATTRS_UNSPECIFIED
#define SECURE ((MemTxAttrs) { .secure = 1 })

#define PAGE 0x1000
#define PAGES 16
#define RAM_SIZE (8 * PAGE)
#define REGS RAM_SIZE

#define TYPE_TEST_IOMMU "test-iommu-memory-region"
OBJECT_DECLARE_SIMPLE_TYPE(TestIOMMU, TEST_IOMMU)

/* One set of tables for everybody, and one for accesses that are secure. */
struct TestIOMMU {
    IOMMUMemoryRegion parent_obj;

    AddressSpace *target;
    IOMMUTLBEntry table[2][PAGES];
    IOMMUNotifierFlag flags;
    bool refuses;
};

static IOMMUTLBEntry test_iommu_translate(IOMMUMemoryRegion *iommu,
                                          hwaddr addr, IOMMUAccessFlags flag,
                                          int iommu_idx)
{
    return TEST_IOMMU(iommu)->table[iommu_idx][addr / PAGE];
}

static int test_iommu_attrs_to_index(IOMMUMemoryRegion *iommu,
                                     MemTxAttrs attrs)
{
    return attrs.secure;
}

static int test_iommu_num_indexes(IOMMUMemoryRegion *iommu)
{
    return 2;
}

static int test_iommu_notify_flag_changed(IOMMUMemoryRegion *iommu,
                                          IOMMUNotifierFlag old_flags,
                                          IOMMUNotifierFlag new_flags,
                                          Error **errp)
{
    TestIOMMU *s = TEST_IOMMU(iommu);

    g_assert_cmpint(s->flags, ==, old_flags);
    if (s->refuses) {
        error_setg(errp, "cannot follow mappings");
        return -EINVAL;
    }
    s->flags = new_flags;
    return 0;
}

static void test_iommu_class_init(ObjectClass *klass, void *data)
{
    IOMMUMemoryRegionClass *imrc = IOMMU_MEMORY_REGION_CLASS(klass);

    imrc->translate = test_iommu_translate;
    imrc->attrs_to_index = test_iommu_attrs_to_index;
    imrc->num_indexes = test_iommu_num_indexes;
    imrc->notify_flag_changed = test_iommu_notify_flag_changed;
}

static const TypeInfo test_iommu_info = {
    .name = TYPE_TEST_IOMMU,
    .parent = TYPE_IOMMU_MEMORY_REGION,
    .instance_size = sizeof(TestIOMMU),
    .class_init = test_iommu_class_init,
};

/* RAM and registers at @t.as; @dma sees them through @iommu. */
typedef struct Board {
    MemoryTest t;
    MemoryRegion ram;
    MemoryRegion regs;
    TestIOMMU iommu;
    MemoryRegion root;
    AddressSpace dma;
    uint8_t *bytes;             /* of the RAM */
    unsigned writes;
} Board;

static void board_start(Board *b)
{
    memset(b, 0, sizeof(*b));
    memory_test_start(&b->t);
    memory_region_init_ram_nomigrate(&b->ram, NULL, "ram", RAM_SIZE,
                                     &error_abort);
    memory_region_add_subregion(&b->t.root, 0, &b->ram);
    memory_region_init_io(&b->regs, NULL, &memory_test_regs_ops, &b->writes,
                          "regs", PAGE);
    memory_region_add_subregion(&b->t.root, REGS, &b->regs);
    b->bytes = memory_region_get_ram_ptr(&b->ram);

    memory_region_init_iommu(&b->iommu, sizeof(b->iommu), TYPE_TEST_IOMMU,
                             NULL, "iommu", PAGES * PAGE);
    b->iommu.target = &b->t.as;
    memory_region_init(&b->root, NULL, "dma root", UINT64_MAX);
    memory_region_add_subregion(&b->root, 0, MEMORY_REGION(&b->iommu));
    address_space_init(&b->dma, &b->root, "dma");
}

static void board_stop(Board *b)
{
    address_space_destroy(&b->dma);
    drain_call_rcu();
    memory_region_del_subregion(&b->root, MEMORY_REGION(&b->iommu));
    memory_region_del_subregion(&b->t.root, &b->ram);
    memory_region_del_subregion(&b->t.root, &b->regs);
    memory_test_stop(&b->t);
    memory_test_free(MEMORY_REGION(&b->iommu));
    memory_test_free(&b->root);
    memory_test_free(&b->ram);
    memory_test_free(&b->regs);
}

/* The page at @iova is the one at @addr. */
static void board_map(Board *b, int iommu_idx, hwaddr iova, hwaddr addr,
                      IOMMUAccessFlags perm)
{
    b->iommu.table[iommu_idx][iova / PAGE] = (IOMMUTLBEntry) {
        .target_as = &b->t.as,
        .iova = iova,
        .translated_addr = addr,
        .addr_mask = PAGE - 1,
        .perm = perm,
    };
}

/* Translation */

/* An access goes where the table says. */
static void test_translate(void)
{
    Board b;

    board_start(&b);
    board_map(&b, 0, 3 * PAGE, PAGE, IOMMU_RW);
    stl_le_phys(&b.dma, 3 * PAGE + 0x10, 0x11223344);
    g_assert_cmphex(ldl_le_p(b.bytes + PAGE + 0x10), ==, 0x11223344);
    g_assert_cmphex(ldl_le_phys(&b.dma, 3 * PAGE + 0x10), ==, 0x11223344);

    /* The table has changed, and nothing remembers the old entry. */
    board_map(&b, 0, 3 * PAGE, 2 * PAGE, IOMMU_RW);
    g_assert_cmphex(ldl_le_phys(&b.dma, 3 * PAGE + 0x10), ==, 0);

    /* Registers can be behind it as well. */
    board_map(&b, 0, 4 * PAGE, REGS, IOMMU_RW);
    g_assert_cmphex(lduw_le_phys(&b.dma, 4 * PAGE + 2), ==, 0x4342);
    board_stop(&b);
}

/* One transfer, and each page of it somewhere else. */
static void test_across_pages(void)
{
    Board b;
    char buf[8];

    board_start(&b);
    board_map(&b, 0, 0, 5 * PAGE, IOMMU_RW);
    board_map(&b, 0, PAGE, PAGE, IOMMU_RW);
    board_map(&b, 0, 2 * PAGE, REGS, IOMMU_RW);
    g_assert_cmpuint(address_space_write(&b.dma, PAGE - 4, ATTRS, "abcdefgh",
                                         8), ==, MEMTX_OK);
    g_assert_cmpmem(b.bytes + 6 * PAGE - 4, 4, "abcd", 4);
    g_assert_cmpmem(b.bytes + PAGE, 4, "efgh", 4);
    g_assert_cmpuint(address_space_read(&b.dma, PAGE - 4, ATTRS, buf, 8), ==,
                     MEMTX_OK);
    g_assert_cmpmem(buf, 8, "abcdefgh", 8);

    g_assert_cmpuint(address_space_write(&b.dma, 2 * PAGE - 2, ATTRS,
                                         "ABCD", 4), ==, MEMTX_OK);
    g_assert_cmpmem(b.bytes + 2 * PAGE - 2, 2, "AB", 2);
    g_assert_cmpuint(b.writes, ==, 2);
    board_stop(&b);
}

/* What the table does not allow is as if nobody was there. */
static void test_permission(void)
{
    uint32_t val = 0xffffffff;
    Board b;

    board_start(&b);
    board_map(&b, 0, 0, 0, IOMMU_RO);
    board_map(&b, 0, PAGE, PAGE, IOMMU_WO);
    stl_le_p(b.bytes, 0x12345678);
    stl_le_p(b.bytes + PAGE, 0x12345678);

    g_assert_cmphex(ldl_le_phys(&b.dma, 0), ==, 0x12345678);
    g_assert_cmpuint(address_space_write(&b.dma, 0, ATTRS, &val, 4), ==,
                     MEMTX_DECODE_ERROR);
    g_assert_cmphex(ldl_le_p(b.bytes), ==, 0x12345678);

    g_assert_cmpuint(address_space_read(&b.dma, PAGE, ATTRS, &val, 4), ==,
                     MEMTX_DECODE_ERROR);
    g_assert_cmphex(val, ==, 0);
    stl_le_phys(&b.dma, PAGE, 1);
    g_assert_cmphex(ldl_le_p(b.bytes + PAGE), ==, 1);

    g_assert_cmpuint(address_space_read(&b.dma, 2 * PAGE, ATTRS, &val, 4), ==,
                     MEMTX_DECODE_ERROR);
    g_assert_false(address_space_access_valid(&b.dma, 2 * PAGE, 4, false,
                                              ATTRS));
    g_assert_true(address_space_access_valid(&b.dma, PAGE, 4, true, ATTRS));
    /* The first page alone would do; the second is not for reading. */
    g_assert_false(address_space_access_valid(&b.dma, PAGE - 4, 8, false,
                                              ATTRS));
    board_stop(&b);
}

/* Who asks decides which tables are used. */
static void test_index(void)
{
    MemTxResult res;
    Board b;

    board_start(&b);
    board_map(&b, 0, 0, 0, IOMMU_RW);
    board_map(&b, 1, 0, PAGE, IOMMU_RW);
    address_space_stl_le(&b.dma, 0, 1, ATTRS, &res);
    address_space_stl_le(&b.dma, 0, 2, SECURE, &res);
    g_assert_cmphex(ldl_le_p(b.bytes), ==, 1);
    g_assert_cmphex(ldl_le_p(b.bytes + PAGE), ==, 2);
    board_stop(&b);
}

/* A map is of as much as lies together behind the IOMMU. */
static void test_map(void)
{
    hwaddr len = 4 * PAGE;
    uint8_t *p;
    Board b;

    board_start(&b);
    board_map(&b, 0, 0, 2 * PAGE, IOMMU_RW);
    board_map(&b, 0, PAGE, 3 * PAGE, IOMMU_RW);
    board_map(&b, 0, 2 * PAGE, 0, IOMMU_RW);
    p = address_space_map(&b.dma, 0x100, &len, true, ATTRS);
    g_assert_true(p == b.bytes + 2 * PAGE + 0x100);
    g_assert_cmphex(len, ==, 2 * PAGE - 0x100);
    address_space_unmap(&b.dma, p, len, true, len);
    board_stop(&b);
}

/* Two of them, one behind the other: the smaller page counts. */
static void test_nested(void)
{
    MemoryRegion root;
    TestIOMMU outer;
    IOMMUTLBEntry entry;
    AddressSpace as;
    Board b;

    board_start(&b);
    board_map(&b, 0, PAGE, 4 * PAGE, IOMMU_RW);
    memory_region_init_iommu(&outer, sizeof(outer), TYPE_TEST_IOMMU, NULL,
                             "outer", PAGES * PAGE);
    memory_region_init(&root, NULL, "outer root", UINT64_MAX);
    memory_region_add_subregion(&root, 0, MEMORY_REGION(&outer));
    address_space_init(&as, &root, "outer");
    outer.table[0][2] = (IOMMUTLBEntry) {
        .target_as = &b.dma,
        .translated_addr = 0,
        .addr_mask = 2 * PAGE - 1,
        .perm = IOMMU_RW,
    };
    outer.table[0][3] = outer.table[0][2];

    stl_le_phys(&as, 3 * PAGE + 8, 0xcafe);
    g_assert_cmphex(ldl_le_p(b.bytes + 4 * PAGE + 8), ==, 0xcafe);
    WITH_RCU_READ_LOCK_GUARD() {
        entry = address_space_get_iotlb_entry(&as, 3 * PAGE + 8, true, ATTRS);
    }
    g_assert_true(entry.target_as == &b.t.as);
    g_assert_cmphex(entry.iova, ==, 3 * PAGE);
    g_assert_cmphex(entry.translated_addr, ==, 4 * PAGE);
    g_assert_cmphex(entry.addr_mask, ==, PAGE - 1);

    address_space_destroy(&as);
    drain_call_rcu();
    memory_region_del_subregion(&root, MEMORY_REGION(&outer));
    memory_test_free(MEMORY_REGION(&outer));
    memory_test_free(&root);
    board_stop(&b);
}

/* A cache keeps the lookup of the IOMMU, never that of the page. */
static void test_cache(void)
{
    MemoryRegionCache cache;
    char buf[8];
    Board b;

    board_start(&b);
    board_map(&b, 0, PAGE, 0, IOMMU_RW);
    board_map(&b, 0, 2 * PAGE, 7 * PAGE, IOMMU_RW);
    g_assert_cmpint(address_space_cache_init(&cache, &b.dma, PAGE, 2 * PAGE,
                                             true), ==, 2 * PAGE);
    g_assert_null(cache.ptr);

    stl_le_phys_cached(&cache, 4, 0x55667788);
    g_assert_cmphex(ldl_le_p(b.bytes + 4), ==, 0x55667788);
    address_space_write_cached(&cache, PAGE - 4, "abcdefgh", 8);
    g_assert_cmpmem(b.bytes + PAGE - 4, 4, "abcd", 4);
    g_assert_cmpmem(b.bytes + 7 * PAGE, 4, "efgh", 4);
    address_space_read_cached(&cache, PAGE - 4, buf, 8);
    g_assert_cmpmem(buf, 8, "abcdefgh", 8);

    board_map(&b, 0, PAGE, 3 * PAGE, IOMMU_RW);
    g_assert_cmphex(ldl_le_phys_cached(&cache, 4), ==, 0);
    address_space_cache_destroy(&cache);
    board_stop(&b);
}

/* Notifiers */

typedef struct Listener {
    IOMMUNotifier n;
    GString *heard;
} Listener;

static void listener_notify(IOMMUNotifier *n, IOMMUTLBEntry *entry)
{
    Listener *l = container_of(n, Listener, n);

    g_string_append_printf(l->heard, "%" PRIx64 "+%" PRIx64 ":%d ",
                           entry->iova, entry->addr_mask + 1, entry->perm);
}

static void listener_start(Listener *l, Board *b, IOMMUNotifierFlag flags,
                           hwaddr start, hwaddr end, int iommu_idx)
{
    l->heard = g_string_new(NULL);
    iommu_notifier_init(&l->n, listener_notify, flags, start, end, iommu_idx);
    g_assert_cmpint(memory_region_register_iommu_notifier(
                        MEMORY_REGION(&b->iommu), &l->n, &error_abort), ==, 0);
}

static void listener_stop(Listener *l, Board *b)
{
    memory_region_unregister_iommu_notifier(MEMORY_REGION(&b->iommu), &l->n);
    g_string_free(l->heard, true);
}

static void listener_expect(Listener *l, const char *heard)
{
    g_assert_cmpstr(l->heard->str, ==, heard);
    g_string_truncate(l->heard, 0);
}

static void board_tell(Board *b, int iommu_idx, IOMMUNotifierFlag type,
                       hwaddr iova, hwaddr size, IOMMUAccessFlags perm)
{
    IOMMUTLBEvent event = {
        .type = type,
        .entry = {
            .target_as = &b->t.as,
            .iova = iova,
            .addr_mask = size - 1,
            .perm = perm,
        },
    };

    memory_region_notify_iommu(IOMMU_MEMORY_REGION(&b->iommu), iommu_idx,
                               event);
}

/* Each hears what it asked for, in its window, of its tables. */
static void test_notify(void)
{
    Listener all, unmaps, secure, upper;
    Board b;

    board_start(&b);
    listener_start(&all, &b, IOMMU_NOTIFIER_IOTLB_EVENTS, 0, HWADDR_MAX, 0);
    listener_start(&unmaps, &b, IOMMU_NOTIFIER_UNMAP, 0, HWADDR_MAX, 0);
    listener_start(&secure, &b, IOMMU_NOTIFIER_MAP, 0, HWADDR_MAX, 1);
    listener_start(&upper, &b, IOMMU_NOTIFIER_MAP, 8 * PAGE,
                   16 * PAGE - 1, 0);

    board_tell(&b, 0, IOMMU_NOTIFIER_MAP, PAGE, PAGE, IOMMU_RW);
    listener_expect(&all, "1000+1000:3 ");
    listener_expect(&unmaps, "");
    listener_expect(&secure, "");
    listener_expect(&upper, "");

    board_tell(&b, 0, IOMMU_NOTIFIER_MAP, 8 * PAGE, 8 * PAGE, IOMMU_RO);
    listener_expect(&all, "8000+8000:1 ");
    listener_expect(&upper, "8000+8000:1 ");

    board_tell(&b, 0, IOMMU_NOTIFIER_UNMAP, PAGE, PAGE, IOMMU_NONE);
    listener_expect(&all, "1000+1000:0 ");
    listener_expect(&unmaps, "1000+1000:0 ");

    board_tell(&b, 1, IOMMU_NOTIFIER_MAP, 0, PAGE, IOMMU_WO);
    listener_expect(&all, "");
    listener_expect(&secure, "0+1000:2 ");

    listener_stop(&all, &b);
    listener_stop(&unmaps, &b);
    listener_stop(&secure, &b);
    listener_stop(&upper, &b);
    board_stop(&b);
}

/* An invalidation that is wider than the window is cut to it. */
static void test_notify_clipped(void)
{
    Listener l;
    Board b;

    board_start(&b);
    listener_start(&l, &b, IOMMU_NOTIFIER_DEVIOTLB_UNMAP, 4 * PAGE,
                   6 * PAGE - 1, 0);
    board_tell(&b, 0, IOMMU_NOTIFIER_DEVIOTLB_UNMAP, 0, 16 * PAGE,
               IOMMU_NONE);
    listener_expect(&l, "4000+2000:0 ");
    board_tell(&b, 0, IOMMU_NOTIFIER_DEVIOTLB_UNMAP, 5 * PAGE, 8 * PAGE,
               IOMMU_NONE);
    listener_expect(&l, "5000+1000:0 ");
    board_tell(&b, 0, IOMMU_NOTIFIER_DEVIOTLB_UNMAP, 6 * PAGE, PAGE,
               IOMMU_NONE);
    listener_expect(&l, "");
    listener_stop(&l, &b);
    board_stop(&b);
}

/* The IOMMU knows what somebody wants to hear, and may refuse. */
static void test_notify_flags(void)
{
    Listener map, unmap, late = { };
    Error *err = NULL;
    Board b;

    board_start(&b);
    listener_start(&map, &b, IOMMU_NOTIFIER_MAP, 0, HWADDR_MAX, 0);
    g_assert_cmpint(b.iommu.flags, ==, IOMMU_NOTIFIER_MAP);
    listener_start(&unmap, &b, IOMMU_NOTIFIER_UNMAP, 0, HWADDR_MAX, 0);
    g_assert_cmpint(b.iommu.flags, ==, IOMMU_NOTIFIER_IOTLB_EVENTS);
    listener_stop(&map, &b);
    g_assert_cmpint(b.iommu.flags, ==, IOMMU_NOTIFIER_UNMAP);

    b.iommu.refuses = true;
    iommu_notifier_init(&late.n, listener_notify, IOMMU_NOTIFIER_MAP, 0,
                        HWADDR_MAX, 0);
    g_assert_cmpint(memory_region_register_iommu_notifier(
                        MEMORY_REGION(&b.iommu), &late.n, &err), ==, -EINVAL);
    g_assert_cmpstr(error_get_pretty(err), ==, "cannot follow mappings");
    error_free(err);
    b.iommu.refuses = false;
    board_tell(&b, 0, IOMMU_NOTIFIER_MAP, 0, PAGE, IOMMU_RW);

    listener_stop(&unmap, &b);
    g_assert_cmpint(b.iommu.flags, ==, IOMMU_NOTIFIER_NONE);
    board_stop(&b);
}

/* Who comes late is told of what is mapped already; who goes unmaps all. */
static void test_replay(void)
{
    Listener l;
    Board b;

    board_start(&b);
    board_map(&b, 0, 2 * PAGE, 0, IOMMU_RO);
    board_map(&b, 0, 15 * PAGE, 0, IOMMU_RW);
    listener_start(&l, &b, IOMMU_NOTIFIER_IOTLB_EVENTS, 0, 16 * PAGE - 1, 0);
    memory_region_iommu_replay(IOMMU_MEMORY_REGION(&b.iommu), &l.n);
    listener_expect(&l, "2000+1000:1 f000+1000:3 ");
    memory_region_unmap_iommu_notifier_range(&l.n);
    listener_expect(&l, "0+10000:0 ");
    listener_stop(&l, &b);
    board_stop(&b);
}

int main(int argc, char **argv)
{
    memory_test_init(&argc, &argv);
    type_register_static(&test_iommu_info);
    g_test_add_func("/memory/iommu/translate", test_translate);
    g_test_add_func("/memory/iommu/across-pages", test_across_pages);
    g_test_add_func("/memory/iommu/permission", test_permission);
    g_test_add_func("/memory/iommu/index", test_index);
    g_test_add_func("/memory/iommu/map", test_map);
    g_test_add_func("/memory/iommu/nested", test_nested);
    g_test_add_func("/memory/iommu/cache", test_cache);
    g_test_add_func("/memory/iommu/notify", test_notify);
    g_test_add_func("/memory/iommu/notify-clipped", test_notify_clipped);
    g_test_add_func("/memory/iommu/notify-flags", test_notify_flags);
    g_test_add_func("/memory/iommu/replay", test_replay);
    return g_test_run();
}
