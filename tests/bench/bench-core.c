/*
 * Figures of the core: casts, objects, and MMIO on its way to a device.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "exec/address-spaces.h"
#include "exec/memory.h"
#include "hw/qdev-core.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "qom/object.h"
#include "sysemu/cpus.h"

#define SECONDS 0.5
#define REGIONS 64

#define TYPE_BENCH_BASE "bench-base"
#define TYPE_BENCH_LEAF "bench-leaf"

typedef struct BenchObject {
    DeviceState parent_obj;
} BenchObject;

DECLARE_INSTANCE_CHECKER(BenchObject, BENCH_BASE, TYPE_BENCH_BASE)
DECLARE_INSTANCE_CHECKER(BenchObject, BENCH_LEAF, TYPE_BENCH_LEAF)

static const TypeInfo bench_types[] = {
    {
        .name = TYPE_BENCH_BASE,
        .parent = TYPE_DEVICE,
        .instance_size = sizeof(BenchObject),
        .abstract = true,
    }, {
        .name = TYPE_BENCH_LEAF,
        .parent = TYPE_BENCH_BASE,
    },
};

static uint64_t sink;

static uint64_t bench_io_read(void *opaque, hwaddr addr, unsigned size)
{
    return addr;
}

static void bench_io_write(void *opaque, hwaddr addr, uint64_t val,
                           unsigned size)
{
    sink += val;
}

static const MemoryRegionOps bench_io_ops = {
    .read = bench_io_read,
    .write = bench_io_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
};

static void bench_cast(void *opaque, int i)
{
    Object *obj = opaque;

    /* Two casts a turn, as a hook that gets a device does. */
    sink += (uintptr_t)BENCH_LEAF(obj) + (uintptr_t)DEVICE(obj);
}

static void bench_object_new(void *opaque, int i)
{
    object_unref(object_new(TYPE_BENCH_LEAF));
}

static void bench_mmio(void *opaque, int i)
{
    uint32_t val = i;

    /* Another region each time: the lookup is part of the figure. */
    address_space_write(&address_space_memory,
                        0x10000 + (i % REGIONS) * 0x2000,
                        MEMTXATTRS_UNSPECIFIED, &val, sizeof(val));
}

static void measure(const char *what, void (*fn)(void *, int), void *opaque,
                    int per_turn)
{
    int64_t start = g_get_monotonic_time(), us;
    uint64_t turns = 0;

    do {
        for (int i = 0; i < 1000; i++) {
            fn(opaque, i);
        }
        turns += 1000;
        us = g_get_monotonic_time() - start;
    } while (us < SECONDS * G_USEC_PER_SEC);
    printf("%-44s %8.2f M/s\n", what, (double)turns * per_turn / us);
}

int main(int argc, char **argv)
{
    MemoryRegion regions[REGIONS];
    Object *owner, *obj;

    qemu_init_cpu_loop();
    qemu_mutex_lock_iothread();
    module_call_init(MODULE_INIT_QOM);
    type_register_static_array(bench_types, ARRAY_SIZE(bench_types));
    qemu_init_main_loop(&error_abort);
    cpu_exec_init_all();

    owner = object_new(TYPE_BENCH_LEAF);
    memory_region_transaction_begin();
    for (int i = 0; i < REGIONS; i++) {
        memory_region_init_io(&regions[i], owner, &bench_io_ops, NULL,
                              "bench-io", 0x1000);
        memory_region_add_subregion(get_system_memory(),
                                    0x10000 + i * 0x2000, &regions[i]);
    }
    memory_region_transaction_commit();

    obj = object_new(TYPE_BENCH_LEAF);
    measure("QOM casts", bench_cast, obj, 2);
    measure("object_new and object_unref", bench_object_new, NULL, 1);
    measure("MMIO dispatches", bench_mmio, NULL, 1);
    return sink == 1;
}
