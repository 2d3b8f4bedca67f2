/*
 * IndustryPack: slots, and a module's interrupt lines.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "hw/ipack/ipack.h"
#include "hw/irq.h"
#include "hw/qdev-properties.h"
#include "sysemu/cpus.h"

#define TYPE_CARRIER "carrier"
OBJECT_DECLARE_SIMPLE_TYPE(CarrierState, CARRIER)

struct CarrierState {
    DeviceState parent_obj;

    IPackBus bus;
    unsigned raised;
};

static void carrier_set_irq(void *opaque, int intno, int level)
{
    IPackDevice *ip = opaque;
    IPackBus *bus = IPACK_BUS(qdev_get_parent_bus(DEVICE(ip)));
    CarrierState *s = container_of(bus, CarrierState, bus);

    s->raised = deposit32(s->raised, ip->slot * 2 + intno, 1, level);
}

static void carrier_init(Object *obj)
{
    CarrierState *s = CARRIER(obj);

    ipack_bus_init(&s->bus, sizeof(s->bus), DEVICE(obj), 2, carrier_set_irq);
}

static const TypeInfo carrier_info = {
    .name = TYPE_CARRIER,
    .parent = TYPE_DEVICE,
    .instance_size = sizeof(CarrierState),
    .instance_init = carrier_init,
};

#define TYPE_PACK "pack"

static void pack_realize(DeviceState *dev, Error **errp)
{
    /* It says who it is. */
    qemu_irq_raise(IPACK_DEVICE(dev)->irq[1]);
}

static void pack_class_init(ObjectClass *klass, void *data)
{
    IPACK_DEVICE_CLASS(klass)->realize = pack_realize;
}

static const TypeInfo pack_info = {
    .name = TYPE_PACK,
    .parent = TYPE_IPACK_DEVICE,
    .instance_size = sizeof(IPackDevice),
    .class_init = pack_class_init,
};

static DeviceState *pack_new(CarrierState *s, int slot, Error **errp)
{
    DeviceState *dev = qdev_new(TYPE_PACK);

    qdev_prop_set_int32(dev, "slot", slot);
    if (!qdev_realize_and_unref(dev, BUS(&s->bus), errp)) {
        return NULL;
    }
    return dev;
}

static void test_slots(void)
{
    CarrierState *s = CARRIER(qdev_new(TYPE_CARRIER));
    DeviceState *first, *second;
    Error *err = NULL;

    qdev_realize(DEVICE(s), NULL, &error_abort);
    g_assert_null(ipack_device_find(&s->bus, 0));

    first = pack_new(s, -1, &error_abort);
    g_assert_cmphex(s->raised, ==, 1 << 1);
    second = pack_new(s, -1, &error_abort);
    g_assert_cmphex(s->raised, ==, 1 << 1 | 1 << 3);
    g_assert_true(DEVICE(ipack_device_find(&s->bus, 0)) == first);
    g_assert_true(DEVICE(ipack_device_find(&s->bus, 1)) == second);

    g_assert_null(pack_new(s, -1, &err));
    g_assert_cmpstr(error_get_pretty(err), ==, "Only 2 slots available.");
    error_free(err);

    object_unparent(OBJECT(first));
    g_assert_null(ipack_device_find(&s->bus, 0));
    g_assert_nonnull(pack_new(s, 0, &error_abort));

    object_unparent(OBJECT(s));
    object_unref(OBJECT(s));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    module_call_init(MODULE_INIT_QOM);
    qemu_init_cpu_loop();
    qemu_mutex_lock_iothread();
    type_register_static(&carrier_info);
    type_register_static(&pack_info);

    g_test_add_func("/ipack/slots", test_slots);
    return g_test_run();
}
