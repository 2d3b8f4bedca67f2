/*
 * What the tests of the memory API share
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "memory-test.h"
#include "sysemu/cpus.h"
#include "system/memory_int.h"

void memory_test_init(int *argc, char ***argv)
{
    g_test_init(argc, argv, NULL);
    qemu_init_cpu_loop();
    qemu_mutex_lock_iothread();
    qemu_init_main_loop(&error_abort);
    module_call_init(MODULE_INIT_QOM);
    cpu_exec_init_all();
}

void memory_test_start(MemoryTest *t)
{
    memory_region_init(&t->root, NULL, "root", UINT64_MAX);
    address_space_init(&t->as, &t->root, "test");
}

void memory_test_stop(MemoryTest *t)
{
    g_assert_true(QTAILQ_EMPTY(&t->root.subregions));
    address_space_destroy(&t->as);
    /* The view goes with RCU, and so may the last reference to a region. */
    drain_call_rcu();
    drain_call_rcu();
    memory_test_free(&t->root);
}

void memory_test_free(MemoryRegion *mr)
{
    object_unparent(OBJECT(mr));
}

char *memory_test_view(AddressSpace *as)
{
    FlatView *view = address_space_get_flatview(as);
    GString *text = g_string_new("");
    FlatRange *fr;

    FOR_EACH_FLAT_RANGE(fr, view) {
        uint64_t start = int128_get64(fr->addr.start);
        uint64_t last = start +
            int128_get64(int128_sub(fr->addr.size, int128_one()));

        g_string_append_printf(text, "%" PRIx64 "-%" PRIx64 " %s@%" PRIx64
                               "%s\n", start, last,
                               memory_region_name(fr->mr),
                               fr->offset_in_region,
                               fr->readonly ? " ro" : "");
    }
    flatview_unref(view);
    return g_string_free(text, FALSE);
}

/* Registers */

static uint64_t memory_test_regs_read(void *opaque, hwaddr addr, unsigned size)
{
    return 0x40 + addr;
}

static void memory_test_regs_write(void *opaque, hwaddr addr, uint64_t val,
                                   unsigned size)
{
    unsigned *writes = opaque;

    (*writes)++;
}

const MemoryRegionOps memory_test_regs_ops = {
    .read = memory_test_regs_read,
    .write = memory_test_regs_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .impl.max_access_size = 1,
};
