/*
 * -global: who gets the value, and what is said about it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/module.h"
#include "hw/qdev-core.h"
#include "hw/qdev-properties.h"

#define TYPE_STATIC_PROPS "static-props"
OBJECT_DECLARE_SIMPLE_TYPE(StaticProps, STATIC_PROPS)

#define TYPE_SUBCLASS "static-props-subtype"

#define DEFAULT_VALUE 100

struct StaticProps {
    DeviceState parent_obj;

    uint32_t prop1;
    uint32_t prop2;
};

static Property static_props[] = {
    DEFINE_PROP_UINT32("prop1", StaticProps, prop1, DEFAULT_VALUE),
    DEFINE_PROP_UINT32("prop2", StaticProps, prop2, DEFAULT_VALUE),
    DEFINE_PROP_END_OF_LIST()
};

static void static_props_class_init(ObjectClass *klass, void *data)
{
    device_class_set_props(DEVICE_CLASS(klass), static_props);
}

#define TYPE_FIXED "fixed-device"

static void fixed_class_init(ObjectClass *klass, void *data)
{
    DEVICE_CLASS(klass)->hotpluggable = false;
}

#define TYPE_NODEVICE "no-device"

static const TypeInfo props_types[] = {
    {
        .name = TYPE_STATIC_PROPS,
        .parent = TYPE_DEVICE,
        .instance_size = sizeof(StaticProps),
        .class_init = static_props_class_init,
    }, {
        .name = TYPE_SUBCLASS,
        .parent = TYPE_STATIC_PROPS,
    }, {
        .name = TYPE_FIXED,
        .parent = TYPE_DEVICE,
        .class_init = fixed_class_init,
    }, {
        .name = TYPE_NODEVICE,
        .parent = TYPE_OBJECT,
    },
};

static StaticProps *props_new(const char *type)
{
    StaticProps *s = STATIC_PROPS(object_new(type));

    qdev_realize(DEVICE(s), NULL, &error_abort);
    return s;
}

static void props_free(StaticProps *s)
{
    object_unparent(OBJECT(s));
    object_unref(OBJECT(s));
}

/* Globals cannot be taken back, so each test is a process of its own. */
static void run_alone(const char *name, const char *expected_stderr)
{
    g_autofree char *path = g_strdup_printf("/qdev-globals/%s/subprocess",
                                            name);

    g_test_trap_subprocess(path, 0, 0);
    g_test_trap_assert_passed();
    g_test_trap_assert_stderr(expected_stderr);
}

/* Nobody says anything: the table's defaults. */
static void test_default(void)
{
    StaticProps *s = props_new(TYPE_STATIC_PROPS);

    g_assert_cmpuint(s->prop1, ==, DEFAULT_VALUE);
    g_assert_cmpuint(s->prop2, ==, DEFAULT_VALUE);
    props_free(s);
}

/* Every new device of the type has the value, and only those. */
static void test_applies_subprocess(void)
{
    static GlobalProperty props[] = {
        { TYPE_STATIC_PROPS, "prop1", "200" },
        { TYPE_SUBCLASS, "prop2", "300" },
    };
    StaticProps *s, *sub;

    qdev_prop_register_global(&props[0]);
    qdev_prop_register_global(&props[1]);
    s = props_new(TYPE_STATIC_PROPS);
    sub = props_new(TYPE_SUBCLASS);

    g_assert_cmpuint(s->prop1, ==, 200);
    g_assert_cmpuint(s->prop2, ==, DEFAULT_VALUE);
    g_assert_cmpuint(sub->prop1, ==, 200);
    g_assert_cmpuint(sub->prop2, ==, 300);
    g_assert_true(props[0].used);
    g_assert_cmpint(qdev_prop_check_globals(), ==, 0);
    g_assert_true(qdev_find_global_prop(OBJECT(s), "prop1") == &props[0]);
    g_assert_null(qdev_find_global_prop(OBJECT(s), "prop2"));
    props_free(s);
    props_free(sub);
}

static void test_applies(void)
{
    run_alone("applies", "");
}

/* The last one wins, and what -device says comes later still. */
static void test_order_subprocess(void)
{
    static GlobalProperty props[] = {
        { TYPE_SUBCLASS, "prop1", "1" },
        { TYPE_STATIC_PROPS, "prop1", "2" },
    };
    StaticProps *s;

    qdev_prop_register_global(&props[0]);
    qdev_prop_register_global(&props[1]);
    s = STATIC_PROPS(object_new(TYPE_SUBCLASS));
    g_assert_cmpuint(s->prop1, ==, 2);
    qdev_prop_set_uint32(DEVICE(s), "prop1", 3);
    g_assert_cmpuint(s->prop1, ==, 3);
    object_unref(OBJECT(s));
}

static void test_order(void)
{
    run_alone("order", "");
}

/* What nobody can ever take is worth a warning. */
static void test_unused_subprocess(void)
{
    static GlobalProperty props[] = {
        { "no-such-type", "prop1", "1" },
        { TYPE_NODEVICE, "prop1", "2" },
        { TYPE_FIXED, "prop1", "3" },
        { TYPE_STATIC_PROPS, "prop1", "4" },    /* one may be hotplugged */
    };

    for (int i = 0; i < ARRAY_SIZE(props); i++) {
        qdev_prop_register_global(&props[i]);
    }
    g_assert_cmpint(qdev_prop_check_globals(), ==, 1);
}

static void test_unused(void)
{
    run_alone("unused",
              "*warning: global no-such-type.prop1 has invalid class name\n"
              "*warning: global no-device.prop1 has invalid class name\n"
              "*warning: global fixed-device.prop1=3 not used\n");
}

/* A value that does not fit ends the program. */
static void test_bad_value_subprocess(void)
{
    static GlobalProperty prop = { TYPE_STATIC_PROPS, "prop1", "many" };

    qdev_prop_register_global(&prop);
    object_new(TYPE_STATIC_PROPS);
}

static void test_bad_value(void)
{
    g_test_trap_subprocess("/qdev-globals/bad-value/subprocess", 0, 0);
    g_test_trap_assert_failed();
    g_test_trap_assert_stderr("*can't apply global static-props.prop1=many:"
                              " Parameter 'prop1' expects uint64\n");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    module_call_init(MODULE_INIT_QOM);
    type_register_static_array(props_types, ARRAY_SIZE(props_types));

    g_test_add_func("/qdev-globals/default", test_default);
    g_test_add_func("/qdev-globals/applies", test_applies);
    g_test_add_func("/qdev-globals/applies/subprocess",
                    test_applies_subprocess);
    g_test_add_func("/qdev-globals/order", test_order);
    g_test_add_func("/qdev-globals/order/subprocess", test_order_subprocess);
    g_test_add_func("/qdev-globals/unused", test_unused);
    g_test_add_func("/qdev-globals/unused/subprocess",
                    test_unused_subprocess);
    g_test_add_func("/qdev-globals/bad-value", test_bad_value);
    g_test_add_func("/qdev-globals/bad-value/subprocess",
                    test_bad_value_subprocess);
    return g_test_run();
}
