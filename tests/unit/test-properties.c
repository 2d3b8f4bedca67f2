/*
 * The kinds of static properties: what they take, show and refuse.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qapi-types-common.h"
#include "qemu/module.h"
#include "hw/qdev-core.h"
#include "hw/qdev-properties.h"

#define TYPE_GADGET "gadget"
OBJECT_DECLARE_SIMPLE_TYPE(GadgetState, GADGET)

struct GadgetState {
    DeviceState parent_obj;

    uint32_t flags;
    uint64_t features;
    bool enabled;
    uint8_t u8;
    uint16_t u16;
    uint32_t u32;
    int32_t i32;
    uint64_t u64;
    int64_t i64;
    uint64_t size;
    uint32_t size32;
    char *label;
    OnOffAuto mode;
    GadgetState *peer;
    uint32_t num_ports;
    uint16_t *ports;
};

static Property gadget_properties[] = {
    DEFINE_PROP_BIT("flag", GadgetState, flags, 3, true),
    DEFINE_PROP_BIT64("feature", GadgetState, features, 40, false),
    DEFINE_PROP_BOOL("enabled", GadgetState, enabled, true),
    DEFINE_PROP_UINT8("u8", GadgetState, u8, 8),
    DEFINE_PROP_UINT16("u16", GadgetState, u16, 16),
    DEFINE_PROP_UINT32("u32", GadgetState, u32, 32),
    DEFINE_PROP_INT32("i32", GadgetState, i32, -32),
    DEFINE_PROP_UINT64("u64", GadgetState, u64, UINT64_MAX),
    DEFINE_PROP_INT64("i64", GadgetState, i64, INT64_MIN),
    DEFINE_PROP_SIZE("size", GadgetState, size, 4096),
    DEFINE_PROP_SIZE32("size32", GadgetState, size32, 512),
    DEFINE_PROP_STRING("label", GadgetState, label),
    DEFINE_PROP_ON_OFF_AUTO("mode", GadgetState, mode, ON_OFF_AUTO_AUTO),
    DEFINE_PROP_LINK("peer", GadgetState, peer, TYPE_GADGET, GadgetState *),
    DEFINE_PROP_ARRAY("ports", GadgetState, num_ports, ports,
                      qdev_prop_uint16, uint16_t),
    DEFINE_PROP_END_OF_LIST(),
};

static void gadget_finalize(Object *obj)
{
    g_free(GADGET(obj)->ports);
}

static void gadget_class_init(ObjectClass *klass, void *data)
{
    device_class_set_props(DEVICE_CLASS(klass), gadget_properties);
}

static const TypeInfo gadget_info = {
    .name = TYPE_GADGET,
    .parent = TYPE_DEVICE,
    .instance_size = sizeof(GadgetState),
    .instance_finalize = gadget_finalize,
    .class_init = gadget_class_init,
};

static GadgetState *gadget_new(void)
{
    return GADGET(object_new(TYPE_GADGET));
}

/* Property @name is set to the text @set and reads back as @shown. */
static void expect_value(GadgetState *s, const char *name, const char *set,
                         const char *shown)
{
    g_autofree char *text = NULL;

    if (set) {
        object_property_parse(OBJECT(s), name, set, &error_abort);
    }
    text = object_property_print(OBJECT(s), name, false, &error_abort);
    g_assert_cmpstr(text, ==, shown);
}

static void expect_refusal(GadgetState *s, const char *name, const char *set,
                           const char *message)
{
    Error *err = NULL;

    g_assert_false(object_property_parse(OBJECT(s), name, set, &err));
    g_assert_cmpstr(error_get_pretty(err), ==, message);
    error_free(err);
}

/* A new device has the defaults of the table. */
static void test_defaults(void)
{
    GadgetState *s = gadget_new();

    g_assert_cmphex(s->flags, ==, 1u << 3);
    g_assert_cmphex(s->features, ==, 0);
    g_assert_true(s->enabled);
    g_assert_cmpuint(s->u8, ==, 8);
    g_assert_cmpuint(s->u16, ==, 16);
    g_assert_cmpuint(s->u32, ==, 32);
    g_assert_cmpint(s->i32, ==, -32);
    g_assert_cmpuint(s->u64, ==, UINT64_MAX);
    g_assert_cmpint(s->i64, ==, INT64_MIN);
    g_assert_cmpuint(s->size, ==, 4096);
    g_assert_cmpuint(s->size32, ==, 512);
    g_assert_null(s->label);
    g_assert_cmpint(s->mode, ==, ON_OFF_AUTO_AUTO);
    g_assert_null(s->peer);
    g_assert_cmpuint(s->num_ports, ==, 0);
    object_unref(OBJECT(s));
}

/* Each kind takes its text and shows it again. */
static void test_values(void)
{
    GadgetState *s = gadget_new();

    expect_value(s, "flag", "off", "false");
    g_assert_cmphex(s->flags, ==, 0);
    expect_value(s, "feature", "on", "true");
    g_assert_cmphex(s->features, ==, 1ull << 40);
    expect_value(s, "enabled", "off", "false");
    expect_value(s, "u8", "255", "255");
    expect_value(s, "u16", "0xffff", "65535");
    expect_value(s, "u32", "4294967295", "4294967295");
    expect_value(s, "i32", "-1", "-1");
    expect_value(s, "u64", "1", "1");
    expect_value(s, "i64", "-9223372036854775808", "-9223372036854775808");
    expect_value(s, "size", "2M", "2097152");
    expect_value(s, "size32", "1k", "1024");
    expect_value(s, "label", NULL, "");
    expect_value(s, "label", "left", "left");
    expect_value(s, "label", "right", "right");
    expect_value(s, "mode", "off", "off");
    object_unref(OBJECT(s));
}

/* What does not fit is refused by name, and changes nothing. */
static void test_bad_values(void)
{
    GadgetState *s = gadget_new();

    expect_refusal(s, "flag", "maybe",
                   "Parameter 'flag' expects 'on' or 'off'");
    expect_refusal(s, "u8", "256", "Parameter 'u8' expects uint8_t");
    expect_refusal(s, "u32", "many", "Parameter 'u32' expects uint64");
    expect_refusal(s, "size32", "4G",
                   "Property gadget.size32 doesn't take value 4294967296"
                   " (maximum: 4294967295)");
    expect_refusal(s, "mode", "sometimes",
                   "Parameter 'mode' does not accept value 'sometimes'");
    expect_refusal(s, "colour", "red", "Property 'gadget.colour' not found");
    g_assert_cmpuint(s->u8, ==, 8);
    g_assert_cmpuint(s->size32, ==, 512);
    g_assert_cmpint(s->mode, ==, ON_OFF_AUTO_AUTO);
    object_unref(OBJECT(s));
}

/* The texts for a value that is right in form, but not to be had. */
static void test_errors(void)
{
    static const struct {
        int ret;
        const char *message;
    } cases[] = {
        { -EEXIST, "Property 'gadget.peer' can't take value 'x', it's in use" },
        { -EINVAL, "Property 'gadget.peer' doesn't take value 'x'" },
        { -ENOENT, "Property 'gadget.peer' can't find value 'x'" },
    };
    GadgetState *s = gadget_new();
    Error *err = NULL;

    error_set_from_qdev_prop_error(&err, 0, OBJECT(s), "peer", "x");
    g_assert_null(err);
    for (int i = 0; i < ARRAY_SIZE(cases); i++) {
        error_set_from_qdev_prop_error(&err, cases[i].ret, OBJECT(s),
                                       "peer", "x");
        g_assert_cmpstr(error_get_pretty(err), ==, cases[i].message);
        error_free(err);
        err = NULL;
    }
    object_unref(OBJECT(s));
}

/* After realize they are fixed, and the message says which device. */
static void test_after_realize(void)
{
    GadgetState *s = gadget_new();
    Error *err = NULL;

    qdev_realize(DEVICE(s), NULL, &error_abort);
    expect_refusal(s, "u8", "1",
                   "Attempt to set property 'u8' on anonymous device"
                   " (type 'gadget') after it was realized");
    DEVICE(s)->id = g_strdup("g0");
    expect_refusal(s, "u8", "1",
                   "Attempt to set property 'u8' on device 'g0'"
                   " (type 'gadget') after it was realized");
    g_assert_false(object_property_set_link(OBJECT(s), "peer", OBJECT(s),
                                            &err));
    g_assert_cmpstr(error_get_pretty(err), ==,
                    "Attempt to set link property 'peer' on device 'g0'"
                    " (type 'gadget') after it was realized");
    error_free(err);
    g_assert_cmpuint(s->u8, ==, 8);

    /* Unrealized, it can be changed again. */
    qdev_unrealize(DEVICE(s));
    qdev_prop_set_uint8(DEVICE(s), "u8", 1);
    g_assert_cmpuint(s->u8, ==, 1);
    object_unparent(OBJECT(s));
    object_unref(OBJECT(s));
}

/* A link holds what it leads to. */
static void test_link(void)
{
    GadgetState *a = gadget_new(), *b = gadget_new();

    object_property_add_child(qdev_get_machine(), "b", OBJECT(b));
    object_property_set_link(OBJECT(a), "peer", OBJECT(b), &error_abort);
    g_assert_true(a->peer == b);
    object_unparent(OBJECT(b));
    object_unref(OBJECT(b));

    /* Nobody else has it any more, but it is still there. */
    g_assert_cmpuint(OBJECT(b)->ref, ==, 1);
    object_unref(OBJECT(a));
}

/* The length makes the elements, once. */
static void test_array(void)
{
    GadgetState *s = gadget_new();
    Error *err = NULL;

    expect_refusal(s, "ports[0]", "80",
                   "Property 'gadget.ports[0]' not found");
    qdev_prop_set_uint32(DEVICE(s), "len-ports", 2);
    qdev_prop_set_uint16(DEVICE(s), "ports[0]", 80);
    qdev_prop_set_uint16(DEVICE(s), "ports[1]", 443);
    g_assert_cmpuint(s->num_ports, ==, 2);
    g_assert_cmpuint(s->ports[0], ==, 80);
    g_assert_cmpuint(s->ports[1], ==, 443);

    g_assert_false(object_property_set_int(OBJECT(s), "len-ports", 3, &err));
    g_assert_cmpstr(error_get_pretty(err), ==,
                    "array size property len-ports may not be set more than"
                    " once");
    error_free(err);
    object_unref(OBJECT(s));
}

/* A proxy shows what is behind it under the same names. */
static void test_alias_all(void)
{
    GadgetState *front = gadget_new(), *behind = gadget_new();
    DeviceState *proxy = DEVICE(object_new("plain-device"));

    qdev_alias_all_properties(DEVICE(behind), OBJECT(proxy));
    qdev_prop_set_uint8(proxy, "u8", 77);
    g_assert_cmpuint(behind->u8, ==, 77);

    /* What it has itself, it keeps. */
    qdev_alias_all_properties(DEVICE(behind), OBJECT(front));
    qdev_prop_set_uint8(DEVICE(front), "u8", 1);
    g_assert_cmpuint(behind->u8, ==, 77);

    object_unref(OBJECT(proxy));
    object_unref(OBJECT(front));
    object_unref(OBJECT(behind));
}

static const TypeInfo plain_info = {
    .name = "plain-device",
    .parent = TYPE_DEVICE,
    .instance_size = sizeof(DeviceState),
};

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    module_call_init(MODULE_INIT_QOM);
    type_register_static(&gadget_info);
    type_register_static(&plain_info);

    g_test_add_func("/properties/defaults", test_defaults);
    g_test_add_func("/properties/values", test_values);
    g_test_add_func("/properties/bad-values", test_bad_values);
    g_test_add_func("/properties/errors", test_errors);
    g_test_add_func("/properties/after-realize", test_after_realize);
    g_test_add_func("/properties/link", test_link);
    g_test_add_func("/properties/array", test_array);
    g_test_add_func("/properties/alias-all", test_alias_all);
    return g_test_run();
}
