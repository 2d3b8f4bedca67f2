/*
 * Tests of interfaces: methods that types share without a common parent.
 *
 * Read first: qom/object.h on interfaces.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/module.h"
#include "qom/object.h"

#define TYPE_SINGER "test-singer"

typedef struct Singer Singer;
typedef struct SingerClass SingerClass;
DECLARE_CLASS_CHECKERS(SingerClass, SINGER, TYPE_SINGER)
#define SINGER(obj) INTERFACE_CHECK(Singer, (obj), TYPE_SINGER)

struct SingerClass {
    InterfaceClass parent_class;
    const char *(*sing)(Singer *obj);
};

/* Interfaces inherit too. */
#define TYPE_OPERA_SINGER "test-opera-singer"
#define TYPE_JAZZ_SINGER "test-jazz-singer"

#define TYPE_BIRD "test-bird"
#define TYPE_LARK "test-lark"
#define TYPE_KETTLE "test-kettle"
#define TYPE_DIVA "test-diva"
#define TYPE_ALLROUNDER "test-allrounder"
#define TYPE_STONE "test-stone"

static const char *default_sing(Singer *obj)
{
    return "la";
}

static const char *bird_sing(Singer *obj)
{
    return "tweet";
}

static const char *lark_sing(Singer *obj)
{
    return "tirili";
}

static void singer_class_init(ObjectClass *klass, void *data)
{
    SINGER_CLASS(klass)->sing = default_sing;
}

static void bird_class_init(ObjectClass *klass, void *data)
{
    SINGER_CLASS(klass)->sing = bird_sing;
}

static void lark_class_init(ObjectClass *klass, void *data)
{
    SINGER_CLASS(klass)->sing = lark_sing;
}

static const TypeInfo interface_types[] = {
    {
        .name = TYPE_SINGER,
        .parent = TYPE_INTERFACE,
        .class_size = sizeof(SingerClass),
        .class_init = singer_class_init,
    }, {
        .name = TYPE_OPERA_SINGER,
        .parent = TYPE_SINGER,
    }, {
        .name = TYPE_JAZZ_SINGER,
        .parent = TYPE_SINGER,
    }, {
        .name = TYPE_BIRD,
        .parent = TYPE_OBJECT,
        .instance_size = sizeof(Object),
        .class_init = bird_class_init,
        .interfaces = (InterfaceInfo[]) { { TYPE_SINGER }, { } },
    }, {
        .name = TYPE_LARK,
        .parent = TYPE_BIRD,
        .class_init = lark_class_init,
    }, {
        .name = TYPE_KETTLE,
        .parent = TYPE_OBJECT,
        .instance_size = sizeof(Object),
        .interfaces = (InterfaceInfo[]) { { TYPE_SINGER }, { } },
    }, {
        .name = TYPE_DIVA,
        .parent = TYPE_OBJECT,
        .instance_size = sizeof(Object),
        .interfaces = (InterfaceInfo[]) {
            { TYPE_OPERA_SINGER }, { TYPE_SINGER }, { }
        },
    }, {
        .name = TYPE_ALLROUNDER,
        .parent = TYPE_OBJECT,
        .instance_size = sizeof(Object),
        .interfaces = (InterfaceInfo[]) {
            { TYPE_OPERA_SINGER }, { TYPE_JAZZ_SINGER }, { }
        },
    }, {
        .name = TYPE_STONE,
        .parent = TYPE_OBJECT,
        .instance_size = sizeof(Object),
    },
};

static void assert_sings(const char *type, const char *song)
{
    Object *obj = object_new(type);
    Singer *singer = SINGER(obj);

    /* The object is the same, seen through the interface. */
    g_assert_true((void *)singer == (void *)obj);
    g_assert_cmpstr(SINGER_GET_CLASS(singer)->sing(singer), ==, song);
    object_unref(obj);
}

/* Each type has its own methods, or the interface's. */
static void test_methods(void)
{
    assert_sings(TYPE_BIRD, "tweet");
    assert_sings(TYPE_KETTLE, "la");
}

/* A subtype has its parent's interfaces, and may override them. */
static void test_inherited(void)
{
    assert_sings(TYPE_LARK, "tirili");
    assert_sings(TYPE_BIRD, "tweet");
}

/* A child of an interface is that interface too; listing both adds nothing. */
static void test_child_of_interface(void)
{
    Object *obj = object_new(TYPE_DIVA);

    g_assert_nonnull(object_dynamic_cast(obj, TYPE_OPERA_SINGER));
    g_assert_nonnull(object_dynamic_cast(obj, TYPE_SINGER));
    g_assert_null(object_dynamic_cast(obj, TYPE_JAZZ_SINGER));
    assert_sings(TYPE_DIVA, "la");
    object_unref(obj);
}

/* With two children of one interface, nobody knows which is meant. */
static void test_ambiguous(void)
{
    Object *obj = object_new(TYPE_ALLROUNDER);

    g_assert_nonnull(object_dynamic_cast(obj, TYPE_OPERA_SINGER));
    g_assert_nonnull(object_dynamic_cast(obj, TYPE_JAZZ_SINGER));
    g_assert_null(object_dynamic_cast(obj, TYPE_SINGER));
    object_unref(obj);
}

static void test_not_implemented(void)
{
    if (g_test_subprocess()) {
        SINGER(object_new(TYPE_STONE));
        return;
    }
    g_test_trap_subprocess(NULL, 0, 0);
    g_test_trap_assert_failed();
    g_test_trap_assert_stderr("*is not an instance of type " TYPE_SINGER
                              " (it is of type " TYPE_STONE ")\n");
}

/* From the interface's class back to the type's. */
static void test_concrete_class(void)
{
    ObjectClass *lark = object_class_by_name(TYPE_LARK);
    ObjectClass *singer = object_class_dynamic_cast(lark, TYPE_SINGER);

    g_assert_nonnull(singer);
    g_assert_true(singer != lark);
    g_assert_true(INTERFACE_CLASS(singer)->concrete_class == lark);
}

static void test_missing_interface(void)
{
    if (g_test_subprocess()) {
        TypeInfo info = {
            .name = "test-wishful",
            .parent = TYPE_OBJECT,
            .instance_size = sizeof(Object),
            .interfaces = (InterfaceInfo[]) { { "test-not-there" }, { } },
        };

        type_register_static(&info);
        object_class_by_name("test-wishful");
        return;
    }
    g_test_trap_subprocess(NULL, 0, 0);
    g_test_trap_assert_failed();
    g_test_trap_assert_stderr("*missing interface 'test-not-there' for "
                              "object 'test-wishful'*");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    module_call_init(MODULE_INIT_QOM);
    type_register_static_array(interface_types, ARRAY_SIZE(interface_types));

    g_test_add_func("/qom/interface/methods", test_methods);
    g_test_add_func("/qom/interface/inherited", test_inherited);
    g_test_add_func("/qom/interface/child", test_child_of_interface);
    g_test_add_func("/qom/interface/ambiguous", test_ambiguous);
    g_test_add_func("/qom/interface/not-implemented", test_not_implemented);
    g_test_add_func("/qom/interface/concrete-class", test_concrete_class);
    g_test_add_func("/qom/interface/missing", test_missing_interface);
    return g_test_run();
}
