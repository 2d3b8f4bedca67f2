/*
 * What happens around a device's hooks: handler, listeners, buses.
 *
 * A board with a slot: "test-host" provides a "test-bus", which is its own
 * hotplug handler, and a "test-card" is plugged into it.  Every hook writes
 * down its name, and each test compares the whole line.  The order within a
 * type hierarchy is test-life's subject, wires are test-gpio's.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "hw/qdev-core.h"
#include "hw/qdev-properties.h"

#define TYPE_TEST_BUS "test-bus"
OBJECT_DECLARE_SIMPLE_TYPE(TestBus, TEST_BUS)

struct TestBus {
    BusState parent_obj;
};

#define TYPE_TEST_HOST "test-host"
OBJECT_DECLARE_SIMPLE_TYPE(TestHost, TEST_HOST)

struct TestHost {
    DeviceState parent_obj;

    TestBus bus;
};

#define TYPE_TEST_CARD "test-card"
OBJECT_DECLARE_SIMPLE_TYPE(TestCard, TEST_CARD)

struct TestCard {
    DeviceState parent_obj;

    int32_t slot;
    TestBus inner;
};

static GString *calls;
static const char *failing;

/* Write @hook down; true, and an error, if it is to fail in this test. */
static bool note(const char *hook, Error **errp)
{
    g_string_append_printf(calls, "%s%s", calls->len ? " " : "", hook);
    if (g_strcmp0(failing, hook) == 0) {
        error_setg(errp, "%s fails", hook);
        return true;
    }
    return false;
}

static void expect_calls(const char *line)
{
    g_assert_cmpstr(calls->str, ==, line);
    g_string_truncate(calls, 0);
}

/* The bus, which is its own hotplug handler */

static void test_bus_realize(BusState *bus, Error **errp)
{
    note(bus->parent && object_dynamic_cast(OBJECT(bus->parent),
                                            TYPE_TEST_CARD)
         ? "inner.realize" : "bus.realize", errp);
}

static void test_bus_unrealize(BusState *bus)
{
    note(bus->parent && object_dynamic_cast(OBJECT(bus->parent),
                                            TYPE_TEST_CARD)
         ? "inner.unrealize" : "bus.unrealize", NULL);
}

static bool test_bus_check_address(BusState *bus, DeviceState *dev,
                                   Error **errp)
{
    TestCard *card = (TestCard *)object_dynamic_cast(OBJECT(dev),
                                                     TYPE_TEST_CARD);

    if (card && card->slot > 3) {
        error_setg(errp, "there is no slot %d", card->slot);
        return false;
    }
    return true;
}

static void test_bus_pre_plug(HotplugHandler *handler, DeviceState *dev,
                              Error **errp)
{
    note("pre_plug", errp);
}

static void test_bus_plug(HotplugHandler *handler, DeviceState *dev,
                          Error **errp)
{
    note("plug", errp);
}

static void test_bus_class_init(ObjectClass *klass, void *data)
{
    BusClass *bc = BUS_CLASS(klass);
    HotplugHandlerClass *hc = HOTPLUG_HANDLER_CLASS(klass);

    bc->realize = test_bus_realize;
    bc->unrealize = test_bus_unrealize;
    bc->check_address = test_bus_check_address;
    bc->max_dev = 4;
    hc->pre_plug = test_bus_pre_plug;
    hc->plug = test_bus_plug;
    hc->unplug = qdev_simple_device_unplug_cb;
}

/* The host */

static void test_host_init(Object *obj)
{
    TestHost *host = TEST_HOST(obj);

    qbus_init(&host->bus, sizeof(host->bus), TYPE_TEST_BUS, DEVICE(obj), NULL);
}

/* A handler is a link, and so it needs a path, which a realized device has. */
static void test_host_realize(DeviceState *dev, Error **errp)
{
    qbus_set_bus_hotplug_handler(BUS(&TEST_HOST(dev)->bus));
}

static void test_host_class_init(ObjectClass *klass, void *data)
{
    DEVICE_CLASS(klass)->realize = test_host_realize;
}

/* The card */

static void test_card_init(Object *obj)
{
    TestCard *card = TEST_CARD(obj);

    qbus_init(&card->inner, sizeof(card->inner), TYPE_TEST_BUS, DEVICE(obj),
              "inner");
}

static void test_card_realize(DeviceState *dev, Error **errp)
{
    note("realize", errp);
}

static void test_card_unrealize(DeviceState *dev)
{
    note("unrealize", NULL);
}

static void test_card_reset(DeviceState *dev)
{
    note("reset", NULL);
}

static void test_card_finalize(Object *obj)
{
    note("finalize", NULL);
}

static Property test_card_properties[] = {
    DEFINE_PROP_INT32("slot", TestCard, slot, 0),
    DEFINE_PROP_END_OF_LIST(),
};

static void test_card_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    dc->bus_type = TYPE_TEST_BUS;
    dc->realize = test_card_realize;
    dc->unrealize = test_card_unrealize;
    dc->reset = test_card_reset;
    device_class_set_props(dc, test_card_properties);
}

static const TypeInfo test_types[] = {
    {
        .name = TYPE_TEST_BUS,
        .parent = TYPE_BUS,
        .instance_size = sizeof(TestBus),
        .class_init = test_bus_class_init,
        .interfaces = (InterfaceInfo[]) {
            { TYPE_HOTPLUG_HANDLER },
            { }
        },
    }, {
        .name = TYPE_TEST_HOST,
        .parent = TYPE_DEVICE,
        .instance_size = sizeof(TestHost),
        .instance_init = test_host_init,
        .class_init = test_host_class_init,
    }, {
        .name = TYPE_TEST_CARD,
        .parent = TYPE_DEVICE,
        .instance_size = sizeof(TestCard),
        .instance_init = test_card_init,
        .instance_finalize = test_card_finalize,
        .class_init = test_card_class_init,
    },
};

/* A listener */

static void test_listener_realize(DeviceListener *listener, DeviceState *dev)
{
    note("listener.realize", NULL);
}

static void test_listener_unrealize(DeviceListener *listener,
                                    DeviceState *dev)
{
    note("listener.unrealize", NULL);
}

static DeviceListener test_listener = {
    .realize = test_listener_realize,
    .unrealize = test_listener_unrealize,
};

/* A host that is up, and nothing written down yet. */
static TestHost *host_start(void)
{
    TestHost *host = TEST_HOST(qdev_new(TYPE_TEST_HOST));

    failing = NULL;
    qdev_realize(DEVICE(host), NULL, &error_abort);
    device_listener_register(&test_listener);
    g_string_truncate(calls, 0);
    return host;
}

static void host_stop(TestHost *host)
{
    device_listener_unregister(&test_listener);
    object_unparent(OBJECT(host));
    object_unref(OBJECT(host));
    drain_call_rcu();
}

/* A card's place in the tree; the caller keeps its reference. */
static DeviceState *card_new(const char *id)
{
    DeviceState *dev = qdev_new(TYPE_TEST_CARD);

    object_property_add_child(container_get(qdev_get_machine(),
                                            "/peripheral"),
                              id, OBJECT(dev));
    return dev;
}

/* Out of the tree and forgotten.  The bus lets go after a grace period. */
static void card_drop(DeviceState *dev)
{
    object_unparent(OBJECT(dev));
    object_unref(OBJECT(dev));
    drain_call_rcu();
}

/* The whole life of a card on a bus. */
static void test_order(void)
{
    TestHost *host = host_start();
    DeviceState *dev = card_new("card");

    qdev_realize(dev, BUS(&host->bus), &error_abort);
    expect_calls("pre_plug realize listener.realize inner.realize plug");
    g_assert_true(qdev_is_realized(dev));

    card_drop(dev);
    expect_calls("inner.unrealize unrealize listener.unrealize finalize");
    host_stop(host);
}

/* Whatever fails, what was done before it is undone, in reverse. */
static void test_failures(void)
{
    static const struct {
        const char *failing, *line;
    } cases[] = {
        { "pre_plug", "pre_plug" },
        { "realize", "pre_plug realize" },
        { "inner.realize", "pre_plug realize listener.realize inner.realize"
                           " unrealize listener.unrealize" },
        { "plug", "pre_plug realize listener.realize inner.realize plug"
                  " inner.unrealize unrealize listener.unrealize" },
    };

    for (int i = 0; i < ARRAY_SIZE(cases); i++) {
        TestHost *host = host_start();
        DeviceState *dev = card_new("card");
        g_autofree char *message = g_strdup_printf("%s fails",
                                                   cases[i].failing);
        Error *err = NULL;

        failing = cases[i].failing;
        g_assert_false(qdev_realize(dev, BUS(&host->bus), &err));
        g_assert_cmpstr(error_get_pretty(err), ==, message);
        error_free(err);
        expect_calls(cases[i].line);
        g_assert_false(dev->realized);

        card_drop(dev);
        expect_calls("finalize");
        g_assert_cmpint(host->bus.parent_obj.num_children, ==, 0);
        host_stop(host);
    }
}

/* A failure is not the end: the same device may be tried again. */
static void test_try_again(void)
{
    TestHost *host = host_start();
    DeviceState *dev = card_new("card");
    Error *err = NULL;

    failing = "realize";
    g_assert_false(qdev_realize(dev, BUS(&host->bus), &err));
    error_free_or_abort(&err);
    failing = NULL;
    object_property_set_bool(OBJECT(dev), "realized", true, &error_abort);
    card_drop(dev);
    host_stop(host);
    g_string_truncate(calls, 0);
}

/* The bus refuses an address before anything else happens. */
static void test_bad_address(void)
{
    TestHost *host = host_start();
    DeviceState *dev = card_new("card");
    Error *err = NULL;

    qdev_prop_set_int32(dev, "slot", 7);
    g_assert_false(qdev_realize(dev, BUS(&host->bus), &err));
    g_assert_cmpstr(error_get_pretty(err), ==, "there is no slot 7");
    error_free(err);
    g_assert_null(dev->parent_bus);
    expect_calls("");
    card_drop(dev);
    host_stop(host);
    g_string_truncate(calls, 0);
}

/* What is on a bus goes with it, and the bus with its device. */
static void test_host_takes_all(void)
{
    TestHost *host = host_start();
    DeviceState *dev = card_new("card");

    qdev_realize_and_unref(dev, BUS(&host->bus), &error_abort);
    g_string_truncate(calls, 0);
    qdev_unrealize(DEVICE(host));
    expect_calls("inner.unrealize unrealize listener.unrealize bus.unrealize"
                 " listener.unrealize");
    host_stop(host);
    expect_calls("finalize");
}

/* Names: after the type, after the parent's id, or as asked for. */
static void test_bus_names(void)
{
    TestHost *host = host_start();
    DeviceState *dev = qdev_new(TYPE_TEST_HOST);
    BusState *second;

    g_assert_true(g_str_has_prefix(BUS(&host->bus)->name, "test-bus."));
    g_assert_true(qdev_get_child_bus(DEVICE(host), BUS(&host->bus)->name) ==
                  BUS(&host->bus));
    g_assert_null(qdev_get_child_bus(DEVICE(host), "no-such-bus"));

    dev->id = g_strdup("nic0");
    second = qbus_new(TYPE_TEST_BUS, dev, NULL);
    g_assert_cmpstr(second->name, ==, "nic0.1");
    object_unparent(OBJECT(second));
    object_unparent(OBJECT(&TEST_HOST(dev)->bus));
    object_unref(OBJECT(dev));
    host_stop(host);
}

/* An unplug blocker's reason is what the user gets to read. */
static void test_unplug_blocker(void)
{
    DeviceState *dev = qdev_new(TYPE_TEST_HOST);
    Error *reason = NULL, *err = NULL;

    error_setg(&reason, "in use by a test");
    g_assert_false(qdev_unplug_blocked(dev, &err));
    qdev_add_unplug_blocker(dev, reason);
    g_assert_true(qdev_unplug_blocked(dev, &err));
    g_assert_cmpstr(error_get_pretty(err), ==, "in use by a test");
    qdev_del_unplug_blocker(dev, reason);
    g_assert_false(qdev_unplug_blocked(dev, NULL));
    error_free(err);
    error_free(reason);
    object_unparent(OBJECT(&TEST_HOST(dev)->bus));
    object_unref(OBJECT(dev));
}

/* A device that comes when the machine runs is reset before the guest sees it. */
static void test_hotplug(void)
{
    TestHost *host = host_start();
    DeviceState *dev;

    for (int phase = PHASE_MACHINE_CREATED; phase <= PHASE_MACHINE_READY;
         phase++) {
        phase_advance(phase);
    }
    dev = card_new("card");
    g_assert_true(dev->hotplugged);
    g_assert_true(qdev_machine_modified());

    qdev_realize(dev, BUS(&host->bus), &error_abort);
    expect_calls("pre_plug realize listener.realize inner.realize reset plug");
    g_assert_true(object_property_get_bool(OBJECT(dev), "hotpluggable",
                                           &error_abort));
    card_drop(dev);
    host_stop(host);
    g_string_truncate(calls, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qemu_init_main_loop(&error_abort);
    module_call_init(MODULE_INIT_QOM);
    type_register_static_array(test_types, ARRAY_SIZE(test_types));
    calls = g_string_new(NULL);

    g_test_add_func("/qdev/order", test_order);
    g_test_add_func("/qdev/failures", test_failures);
    g_test_add_func("/qdev/try-again", test_try_again);
    g_test_add_func("/qdev/bad-address", test_bad_address);
    g_test_add_func("/qdev/host-takes-all", test_host_takes_all);
    g_test_add_func("/qdev/bus-names", test_bus_names);
    g_test_add_func("/qdev/unplug-blocker", test_unplug_blocker);
    /* The last one: there is no way back from a machine that is ready. */
    g_test_add_func("/qdev/hotplug", test_hotplug);
    return g_test_run();
}
