/*
 * The system bus: regions and lines that the board connects.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "monitor/monitor.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "exec/address-spaces.h"
#include "exec/cpu-common.h"
#include "hw/irq.h"
#include "hw/sysbus.h"
#include "sysemu/cpus.h"

#define TYPE_BELL "bell"
OBJECT_DECLARE_SIMPLE_TYPE(BellState, BELL)

/* A register; writing it sets the line. */
struct BellState {
    SysBusDevice parent_obj;

    MemoryRegion mmio;
    qemu_irq irq;
};

#define BELL_MMIO_SIZE 0x10

static uint64_t bell_read(void *opaque, hwaddr addr, unsigned size)
{
    return 0xbe;
}

static void bell_write(void *opaque, hwaddr addr, uint64_t val, unsigned size)
{
    qemu_set_irq(BELL(opaque)->irq, val);
}

static const MemoryRegionOps bell_ops = {
    .read = bell_read,
    .write = bell_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
};

static void bell_init(Object *obj)
{
    BellState *s = BELL(obj);

    memory_region_init_io(&s->mmio, obj, &bell_ops, s, "bell", BELL_MMIO_SIZE);
    sysbus_init_mmio(SYS_BUS_DEVICE(obj), &s->mmio);
    sysbus_init_irq(SYS_BUS_DEVICE(obj), &s->irq);
}

static const TypeInfo bell_info = {
    .name = TYPE_BELL,
    .parent = TYPE_SYS_BUS_DEVICE,
    .instance_size = sizeof(BellState),
    .instance_init = bell_init,
};

static int rung;

static void bell_heard(void *opaque, int n, int level)
{
    rung = level;
}

static bool bell_is_at(hwaddr addr, BellState *s)
{
    MemoryRegionSection section = memory_region_find(get_system_memory(),
                                                     addr, 1);
    bool found = section.mr == &s->mmio;

    if (section.mr) {
        memory_region_unref(section.mr);
    }
    return found;
}

/* The board maps the region and connects the line. */
static void test_map_connect(void)
{
    qemu_irq line = qemu_allocate_irq(bell_heard, NULL, 0);
    DeviceState *dev = sysbus_create_simple(TYPE_BELL, 0x1000, line);
    SysBusDevice *sbd = SYS_BUS_DEVICE(dev);

    g_assert_true(bell_is_at(0x1000, BELL(dev)));
    g_assert_true(sysbus_mmio_get_region(sbd, 0) == &BELL(dev)->mmio);
    g_assert_true(sysbus_has_mmio(sbd, 0));
    g_assert_false(sysbus_has_mmio(sbd, 1));

    g_assert_true(sysbus_has_irq(sbd, 0));
    g_assert_false(sysbus_has_irq(sbd, 1));
    g_assert_true(sysbus_is_irq_connected(sbd, 0));
    g_assert_true(sysbus_get_connected_irq(sbd, 0) == line);
    qemu_irq_raise(BELL(dev)->irq);
    g_assert_cmpint(rung, ==, 1);

    /* A region is in one place at a time. */
    sysbus_mmio_map(sbd, 0, 0x2000);
    g_assert_false(bell_is_at(0x1000, BELL(dev)));
    g_assert_true(bell_is_at(0x2000, BELL(dev)));
    sysbus_mmio_unmap(sbd, 0);
    g_assert_false(bell_is_at(0x2000, BELL(dev)));

    object_unparent(OBJECT(dev));
    drain_call_rcu();
    object_unparent(OBJECT(line));
    object_unref(OBJECT(line));
}

/* It is on the main system bus, and firmware finds it by its address. */
static void test_fw_path(void)
{
    DeviceState *dev = sysbus_create_simple(TYPE_BELL, 0x1000, NULL);
    g_autofree char *path = qdev_get_fw_dev_path(dev);

    g_assert_true(qdev_get_parent_bus(dev) == sysbus_get_default());
    g_assert_cmpstr(path, ==, "/bell@0000000000001000");
    sysbus_mmio_unmap(SYS_BUS_DEVICE(dev), 0);
    object_unparent(OBJECT(dev));
    drain_call_rcu();
}

/* Nobody but a board can know where the wires lead: there is no -device. */
static void test_not_pluggable(void)
{
    g_assert_false(DEVICE_CLASS(object_class_by_name(TYPE_BELL))
                   ->user_creatable);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    monitor_init_globals_core();
    qemu_init_main_loop(&error_abort);
    module_call_init(MODULE_INIT_QOM);
    type_register_static(&bell_info);
    qemu_init_cpu_loop();
    qemu_mutex_lock_iothread();
    cpu_exec_init_all();

    g_test_add_func("/sysbus/map-connect", test_map_connect);
    g_test_add_func("/sysbus/fw-path", test_fw_path);
    g_test_add_func("/sysbus/not-pluggable", test_not_pluggable);
    return g_test_run();
}
