/*
 * Rendering: from a tree of regions to what is visible where
 *
 * Each line of a view is "start-last name@offset".  Regions are named by
 * letters, and answer by nothing at all: only their place matters here.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "memory-test.h"
#include "system/memory_int.h"

static void leaf(MemoryRegion *mr, const char *name, uint64_t size)
{
    memory_region_init_io(mr, NULL, NULL, NULL, name, size);
}

static void expect_view(MemoryTest *t, const char *want)
{
    g_autofree char *view = memory_test_view(&t->as);

    g_assert_cmpstr(view, ==, want);
}

/* Where two regions overlap, the higher priority is seen. */
static void test_priority(void)
{
    MemoryRegion a, b;
    MemoryTest t;

    memory_test_start(&t);
    leaf(&a, "a", 0x3000);
    leaf(&b, "b", 0x1000);
    memory_region_add_subregion_overlap(&t.root, 0x1000, &a, 0);
    memory_region_add_subregion_overlap(&t.root, 0x2000, &b, 1);
    expect_view(&t, "1000-1fff a@0\n2000-2fff b@0\n3000-3fff a@2000\n");

    memory_region_set_enabled(&b, false);
    expect_view(&t, "1000-3fff a@0\n");
    memory_region_set_enabled(&b, true);
    memory_region_set_address(&b, 0);
    expect_view(&t, "0-fff b@0\n1000-3fff a@0\n");
    memory_region_set_size(&b, 0x2000);
    expect_view(&t, "0-1fff b@0\n2000-3fff a@1000\n");

    memory_region_del_subregion(&t.root, &a);
    memory_region_del_subregion(&t.root, &b);
    expect_view(&t, "");
    memory_test_stop(&t);
    memory_test_free(&a);
    memory_test_free(&b);
}

/* A container's children are seen through its window only. */
static void test_container_clips(void)
{
    MemoryRegion box, a;
    MemoryTest t;

    memory_test_start(&t);
    memory_region_init(&box, NULL, "box", 0x1000);
    leaf(&a, "a", 0x4000);
    memory_region_add_subregion(&box, 0x800, &a);
    expect_view(&t, "");                    /* the box is nowhere yet */
    memory_region_add_subregion(&t.root, 0x10000, &box);
    expect_view(&t, "10800-10fff a@0\n");
    g_assert_true(memory_region_is_mapped(&a));
    g_assert_true(memory_region_present(&t.root, 0x10800));
    g_assert_false(memory_region_present(&t.root, 0x10000));

    memory_region_del_subregion(&box, &a);
    memory_region_del_subregion(&t.root, &box);
    memory_test_stop(&t);
    memory_test_free(&a);
    memory_test_free(&box);
}

/* Two aliases side by side make one range; one apart makes two. */
static void test_alias(void)
{
    MemoryRegion ram, low, high;
    MemoryTest t;

    memory_test_start(&t);
    leaf(&ram, "ram", 0x10000);
    memory_region_init_alias(&low, NULL, "low", &ram, 0, 0x4000);
    memory_region_init_alias(&high, NULL, "high", &ram, 0x4000, 0xc000);
    memory_region_add_subregion(&t.root, 0, &low);
    memory_region_add_subregion(&t.root, 0x4000, &high);
    expect_view(&t, "0-ffff ram@0\n");
    g_assert_true(memory_region_is_mapped(&ram));

    memory_region_set_address(&high, 0x100000);
    expect_view(&t, "0-3fff ram@0\n100000-10bfff ram@4000\n");
    memory_region_set_alias_offset(&high, 0x8000);
    expect_view(&t, "0-3fff ram@0\n100000-107fff ram@8000\n");
    memory_region_set_readonly(&low, true);
    expect_view(&t, "0-3fff ram@0 ro\n100000-107fff ram@8000\n");

    memory_region_del_subregion(&t.root, &low);
    memory_region_del_subregion(&t.root, &high);
    g_assert_false(memory_region_is_mapped(&ram));
    memory_test_stop(&t);
    memory_test_free(&low);
    memory_test_free(&high);
    memory_test_free(&ram);
}

/* Nothing is seen of a transaction before its outermost end. */
static void test_transaction(void)
{
    MemoryRegion a;
    MemoryTest t;

    memory_test_start(&t);
    leaf(&a, "a", 0x1000);
    memory_region_transaction_begin();
    memory_region_transaction_begin();
    memory_region_add_subregion(&t.root, 0, &a);
    memory_region_transaction_commit();
    expect_view(&t, "");
    memory_region_transaction_commit();
    expect_view(&t, "0-fff a@0\n");

    memory_region_del_subregion(&t.root, &a);
    memory_test_stop(&t);
    memory_test_free(&a);
}

/* A second address space that leads to the same tree shares its view. */
static void test_shared_view(void)
{
    MemoryRegion a, b, master, window;
    AddressSpace dma;
    MemoryTest t;

    memory_test_start(&t);
    leaf(&a, "a", 0x1000);
    leaf(&b, "b", 0x1000);
    memory_region_add_subregion(&t.root, 0, &a);
    memory_region_add_subregion(&t.root, 0x2000, &b);
    memory_region_init(&master, NULL, "bus master container", UINT64_MAX);
    memory_region_init_alias(&window, NULL, "bus master", &t.root, 0,
                             UINT64_MAX);
    memory_region_set_enabled(&window, false);
    memory_region_add_subregion(&master, 0, &window);
    address_space_init(&dma, &master, "dma");
    g_assert_cmpuint(address_space_to_flatview(&dma)->nr, ==, 0);

    memory_region_set_enabled(&window, true);
    g_assert_true(address_space_to_flatview(&dma) ==
                  address_space_to_flatview(&t.as));
    memory_region_set_address(&b, 0x4000);
    g_assert_true(address_space_to_flatview(&dma) ==
                  address_space_to_flatview(&t.as));
    expect_view(&t, "0-fff a@0\n4000-4fff b@0\n");

    address_space_destroy(&dma);
    drain_call_rcu();
    memory_region_del_subregion(&master, &window);
    memory_region_del_subregion(&t.root, &a);
    memory_region_del_subregion(&t.root, &b);
    memory_test_stop(&t);
    memory_test_free(&window);
    memory_test_free(&master);
    memory_test_free(&a);
    memory_test_free(&b);
}

/* memory_region_find() gives the first piece in the range, with a reference. */
static void test_find(void)
{
    MemoryRegionSection found;
    MemoryRegion a;
    MemoryTest t;

    memory_test_start(&t);
    leaf(&a, "a", 0x1000);
    memory_region_add_subregion(&t.root, 0x4000, &a);

    found = memory_region_find(&t.root, 0x3000, 0x1800);
    g_assert_true(found.mr == &a);
    g_assert_cmphex(found.offset_within_address_space, ==, 0x4000);
    g_assert_cmphex(found.offset_within_region, ==, 0);
    g_assert_cmphex(int128_get64(found.size), ==, 0x800);
    memory_region_unref(found.mr);

    found = memory_region_find(&t.root, 0x5000, 0x1000);
    g_assert_null(found.mr);
    g_assert_false(int128_nz(found.size));

    memory_region_del_subregion(&t.root, &a);
    found = memory_region_find(&t.root, 0x4000, 1);
    g_assert_null(found.mr);                /* in a view of nothing */
    memory_test_stop(&t);
    memory_test_free(&a);
}

/* `info mtree`: the tree with its aliases, and the views with who has them. */
static void test_mtree(void)
{
    MemoryRegion ram, low, off;
    MemoryTest t;

    if (g_test_subprocess()) {
        memory_test_start(&t);
        leaf(&ram, "ram", 0x10000);
        leaf(&off, "off", 0x100);
        memory_region_init_alias(&low, NULL, "low", &ram, 0x1000, 0x4000);
        memory_region_add_subregion_overlap(&t.root, 0x2000, &low, 1);
        memory_region_add_subregion(&t.root, 0x8000, &off);
        memory_region_set_enabled(&off, false);
        mtree_info(false, false, false, true);
        mtree_info(true, true, false, false);
        memory_region_del_subregion(&t.root, &low);
        memory_region_del_subregion(&t.root, &off);
        memory_test_stop(&t);
        memory_test_free(&low);
        memory_test_free(&off);
        memory_test_free(&ram);
        return;
    }

    g_test_trap_subprocess(NULL, 0, 0);
    g_test_trap_assert_passed();
    g_test_trap_assert_stdout(
        "*address-space: test\n"
        "  0000000000000000-ffffffffffffffff (prio 0, i/o): root\n"
        "    0000000000002000-0000000000005fff (prio 1, i/o): alias low"
        " @ram 0000000000001000-0000000000004fff\n"
        "    0000000000008000-00000000000080ff (prio 0, i/o): off"
        " ?disabled]\n"
        "\n"
        "memory-region: ram\n"
        "  0000000000000000-000000000000ffff (prio 0, i/o): ram\n"
        "\n*");
    g_test_trap_assert_stdout(
        "* AS \"test\", root: root\n"
        " Root memory region: root\n"
        "  0000000000002000-0000000000005fff (prio 0, i/o): ram"
        " @0000000000001000\n"
        "  Dispatch\n"
        "    Physical sections\n"
        "      #0 @0000000000000000..0000000000001fff (noname)"
        " ?unassigned] ?MRU]\n"
        "      #1 @0000000000002000..0000000000005fff ram\n"
        "      #2 @0000000000006000..ffffffffffffffff (noname)"
        " ?unassigned]\n"
        "\n*");
}

/*
 * Random trees against a model that knows no views: for one address, walk
 * down the tree by the rules.
 */

typedef struct Answer {
    MemoryRegion *mr;
    uint64_t offset;
} Answer;

/* Who answers at @addr, an offset into @mr's container; mr NULL for nobody. */
static Answer model_resolve(MemoryRegion *mr, uint64_t addr)
{
    Answer nobody = { NULL }, answer;
    MemoryRegion *child;

    if (!mr->enabled || addr < mr->addr ||
        addr - mr->addr > memory_region_size(mr) - 1) {
        return nobody;
    }
    addr -= mr->addr;
    if (mr->alias) {
        return model_resolve(mr->alias,
                             addr + mr->alias_offset + mr->alias->addr);
    }
    QTAILQ_FOREACH(child, &mr->subregions, subregions_link) {
        answer = model_resolve(child, addr);
        if (answer.mr) {
            return answer;
        }
    }
    return mr->terminates ? (Answer) { mr, addr } : nobody;
}

#define RANDOM_SPACE 0x40

static void check_against_model(MemoryTest *t)
{
    for (uint64_t addr = 0; addr < RANDOM_SPACE; addr++) {
        Answer want = model_resolve(&t->root, addr);
        hwaddr len = 1, xlat;
        MemoryRegion *mr;

        RCU_READ_LOCK_GUARD();
        mr = address_space_translate(&t->as, addr, &xlat, &len, false,
                                     MEMTXATTRS_UNSPECIFIED);
        if (want.mr) {
            g_assert_true(mr == want.mr);
            g_assert_cmphex(xlat, ==, want.offset);
        } else {
            g_assert_true(mr == &io_mem_unassigned);
        }
    }
}

static void test_random(void)
{
    enum { LEAVES = 8, BOXES = 3, ALIASES = 4, ALL = 15 };

    for (int round = 0; round < 60; round++) {
        MemoryRegion mr[ALL];
        MemoryTest t;

        memory_test_start(&t);
        for (int i = 0; i < ALL; i++) {
            g_autofree char *name = g_strdup_printf("r%d", i);
            uint64_t size = g_test_rand_int_range(1, RANDOM_SPACE / 2);

            if (i < LEAVES) {
                leaf(&mr[i], name, size);
            } else if (i < LEAVES + BOXES) {
                memory_region_init(&mr[i], NULL, name, size);
            } else {
                /* Of leaves and boxes, so that there is no circle. */
                memory_region_init_alias(&mr[i], NULL, name,
                    &mr[g_test_rand_int_range(0, LEAVES + BOXES)],
                    g_test_rand_int_range(0, 8), size);
            }
        }
        for (int i = 0; i < ALL; i++) {
            /* Boxes into the root; leaves into boxes too. */
            MemoryRegion *in = i < LEAVES && g_test_rand_bit()
                ? &mr[g_test_rand_int_range(LEAVES, LEAVES + BOXES)]
                : &t.root;

            memory_region_add_subregion_overlap(in,
                g_test_rand_int_range(0, RANDOM_SPACE), &mr[i],
                g_test_rand_int_range(-2, 3));
        }
        check_against_model(&t);

        for (int step = 0; step < 40; step++) {
            MemoryRegion *r = &mr[g_test_rand_int_range(0, ALL)];

            switch (g_test_rand_int_range(0, 3)) {
            case 0:
                memory_region_set_enabled(r, g_test_rand_bit());
                break;
            case 1:
                memory_region_set_address(r,
                    g_test_rand_int_range(0, RANDOM_SPACE));
                break;
            default:
                memory_region_set_size(r,
                    g_test_rand_int_range(1, RANDOM_SPACE));
                break;
            }
            check_against_model(&t);
        }

        for (int i = 0; i < ALL; i++) {
            memory_region_del_subregion(mr[i].container, &mr[i]);
        }
        memory_test_stop(&t);
        for (int i = ALL - 1; i >= 0; i--) {
            memory_test_free(&mr[i]);
        }
    }
}

int main(int argc, char **argv)
{
    memory_test_init(&argc, &argv);
    g_test_add_func("/memory/render/priority", test_priority);
    g_test_add_func("/memory/render/container-clips", test_container_clips);
    g_test_add_func("/memory/render/alias", test_alias);
    g_test_add_func("/memory/render/transaction", test_transaction);
    g_test_add_func("/memory/render/shared-view", test_shared_view);
    g_test_add_func("/memory/render/find", test_find);
    g_test_add_func("/memory/render/mtree", test_mtree);
    g_test_add_func("/memory/render/random", test_random);
    return g_test_run();
}
