/*
 * The order in which firmware tries devices, and `-boot order=`.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "monitor/monitor.h"
#include "hw/boards.h"
#include "hw/qdev-core.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "qemu/rcu.h"
#include "sysemu/cpus.h"
#include "sysemu/sysemu.h"

#define TYPE_BOOT_BUS "boot-test-bus"
#define TYPE_BOOT_DEVICE "boot-test-device"
#define TYPE_BOOT_MACHINE MACHINE_TYPE_NAME("boot-test")

typedef struct BootDevice {
    DeviceState parent_obj;
    int32_t bootindex;
} BootDevice;

DECLARE_INSTANCE_CHECKER(BootDevice, BOOT_DEVICE, TYPE_BOOT_DEVICE)

static BusState *bus;

static void boot_device_init(Object *obj)
{
    BootDevice *s = BOOT_DEVICE(obj);

    device_add_bootindex_property(obj, &s->bootindex, "bootindex", "/disk@0",
                                  DEVICE(obj));
}

static void boot_device_class_init(ObjectClass *klass, void *data)
{
    DEVICE_CLASS(klass)->bus_type = TYPE_BOOT_BUS;
}

static char *boot_bus_get_fw_dev_path(DeviceState *dev)
{
    return g_strdup_printf("dev@%s", dev->id);
}

static void boot_bus_class_init(ObjectClass *klass, void *data)
{
    BUS_CLASS(klass)->get_fw_dev_path = boot_bus_get_fw_dev_path;
}

static const TypeInfo types[] = {
    {
        .name = TYPE_BOOT_BUS,
        .parent = TYPE_BUS,
        .class_init = boot_bus_class_init,
    }, {
        .name = TYPE_BOOT_DEVICE,
        .parent = TYPE_DEVICE,
        .instance_size = sizeof(BootDevice),
        .instance_init = boot_device_init,
        .class_init = boot_device_class_init,
    }, {
        .name = TYPE_BOOT_MACHINE,
        .parent = TYPE_MACHINE,
    },
};

static DeviceState *add_device(const char *id, int bootindex)
{
    DeviceState *dev = qdev_new(TYPE_BOOT_DEVICE);

    dev->id = g_strdup(id);
    object_property_set_int(OBJECT(dev), "bootindex", bootindex,
                            &error_abort);
    qdev_realize_and_unref(dev, bus, &error_abort);
    return dev;
}

/* Its bus lets go of it after a grace period, and then it leaves the list. */
static void del_device(DeviceState *dev)
{
    object_unparent(OBJECT(dev));
    drain_call_rcu();
}

static void check_order(const char *expected)
{
    size_t size = 1;
    g_autofree char *list = get_boot_devices_list(&size);

    g_assert_cmpstr(list, ==, expected);
    /* The guest gets the NUL, too. */
    g_assert_cmpuint(size, ==, expected ? strlen(expected) + 1 : 0);
}

/* A device that was unplugged, but that somebody still refers to. */
static void test_unplugged(void)
{
    DeviceState *a = add_device("a", 1);
    DeviceState *b = add_device("b", 2);
    DeviceState *c;

    object_ref(OBJECT(a));
    del_device(a);
    check_order("/dev@b/disk@0");

    /* Its index is free; and its end is not that of who has it now. */
    c = add_device("c", 1);
    check_order("/dev@c/disk@0\n/dev@b/disk@0");
    object_unref(OBJECT(a));
    check_order("/dev@c/disk@0\n/dev@b/disk@0");
    del_device(b);
    del_device(c);
}

/* The order is that of the indexes, whatever that of the devices. */
static void test_order(void)
{
    DeviceState *b = add_device("b", 20);
    DeviceState *a = add_device("a", 10);
    DeviceState *none = add_device("none", -1);
    DeviceState *c = add_device("c", 30);

    check_order("/dev@a/disk@0\n/dev@b/disk@0\n/dev@c/disk@0");
    g_assert_true(get_boot_device(0) == a);
    g_assert_true(get_boot_device(2) == c);
    g_assert_null(get_boot_device(3));

    /* A device moves, or leaves the list. */
    object_property_set_int(OBJECT(a), "bootindex", 25, &error_abort);
    check_order("/dev@b/disk@0\n/dev@a/disk@0\n/dev@c/disk@0");
    object_property_set_int(OBJECT(b), "bootindex", -1, &error_abort);
    check_order("/dev@a/disk@0\n/dev@c/disk@0");

    /* Its end takes it off the list. */
    del_device(a);
    check_order("/dev@c/disk@0");
    del_device(c);
    del_device(b);
    del_device(none);
    check_order(NULL);
}

static void test_index_taken(void)
{
    DeviceState *a = add_device("a", 1), *b = add_device("b", -1);
    Error *err = NULL;

    g_assert_false(object_property_set_int(OBJECT(b), "bootindex", 1, &err));
    g_assert_cmpstr(error_get_pretty(err), ==,
                    "The bootindex 1 has already been used");
    error_free(err);
    g_assert_cmpint(object_property_get_int(OBJECT(b), "bootindex",
                                            &error_abort), ==, -1);
    del_device(a);
    object_property_set_int(OBJECT(b), "bootindex", 1, &error_abort);
    check_order("/dev@b/disk@0");
    del_device(b);
}

/* Some firmware wants to know of the controller, not of its disk. */
static void test_ignore_suffixes(void)
{
    MachineClass *mc = MACHINE_GET_CLASS(current_machine);
    DeviceState *a = add_device("a", 1);

    mc->ignore_boot_device_suffixes = true;
    check_order("/dev@a");
    mc->ignore_boot_device_suffixes = false;
    del_device(a);
}

/* A ROM is an entry without a device. */
static void test_no_device(void)
{
    DeviceState *a = add_device("a", 1);

    add_boot_device_path(0, NULL, "/rom@genroms/a.bin");
    check_order("/rom@genroms/a.bin\n/dev@a/disk@0");
    g_assert_null(get_boot_device(0));
    del_device(a);
}

static char *boot_set;

static void note_boot_set(void *opaque, const char *order, Error **errp)
{
    g_free(boot_set);
    boot_set = g_strdup(order);
    if (g_str_equal(order, "p")) {
        error_setg(errp, "no such drive");
    }
}

static void check_boot_set_error(const char *order, const char *message)
{
    Error *err = NULL;

    qemu_boot_set(order, &err);
    g_assert_cmpstr(error_get_pretty(err), ==, message);
    error_free(err);
}

static void test_boot_set(void)
{
    check_boot_set_error("c", "no function defined to set boot device list "
                         "for this architecture");
    qemu_register_boot_set(note_boot_set, NULL);
    qemu_boot_set("cdn", &error_abort);
    g_assert_cmpstr(boot_set, ==, "cdn");
    check_boot_set_error("cq", "Invalid boot device 'q'");
    check_boot_set_error("C", "Invalid boot device 'C'");
    check_boot_set_error("cdc", "Boot device 'c' was given twice");
    g_assert_cmpstr(boot_set, ==, "cdn");
    check_boot_set_error("p", "no such drive");
    g_free(boot_set);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    monitor_init_globals_core();
    qemu_init_main_loop(&error_abort);
    module_call_init(MODULE_INIT_QOM);
    qemu_init_cpu_loop();
    qemu_mutex_lock_iothread();
    type_register_static_array(types, ARRAY_SIZE(types));
    current_machine = MACHINE(object_new(TYPE_BOOT_MACHINE));
    object_property_add_child(object_get_root(), "machine",
                              OBJECT(current_machine));
    bus = qbus_new(TYPE_BOOT_BUS, NULL, "boot");

    g_test_add_func("/bootdevice/order", test_order);
    g_test_add_func("/bootdevice/index-taken", test_index_taken);
    g_test_add_func("/bootdevice/unplugged", test_unplugged);
    g_test_add_func("/bootdevice/ignore-suffixes", test_ignore_suffixes);
    g_test_add_func("/bootdevice/boot-set", test_boot_set);
    /* Last, because such an entry stays. */
    g_test_add_func("/bootdevice/no-device", test_no_device);
    return g_test_run();
}
