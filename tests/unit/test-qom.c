/*
 * Tests of types, classes and the life of objects: which hook runs when.
 *
 * Every hook writes down its name; the tests compare the whole line.
 *
 * Read first: qom/object.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/module.h"
#include "qom/object.h"

/* A family of three: leaf -> mid -> base, and a stranger. */

#define TYPE_BASE "test-base"
OBJECT_DECLARE_TYPE(BaseState, BaseClass, BASE)

struct BaseState {
    Object parent_obj;

    bool default_on;
};

struct BaseClass {
    ObjectClass parent_class;

    const char *word;
    char *list;         /* not to be shared with subclasses */
};

#define TYPE_MID "test-mid"
OBJECT_DECLARE_SIMPLE_TYPE(MidState, MID)

struct MidState {
    BaseState parent_obj;
};

#define TYPE_LEAF "test-leaf"
OBJECT_DECLARE_SIMPLE_TYPE(LeafState, LEAF)

struct LeafState {
    MidState parent_obj;

    uint64_t big QEMU_ALIGNED(64);
};

#define TYPE_STRANGER "test-stranger"

static GString *calls;

static void note(const char *hook)
{
    g_string_append_printf(calls, "%s%s", calls->len ? " " : "", hook);
}

static void base_set_default_on(Object *obj, bool value, Error **errp)
{
    note("base.default");
    BASE(obj)->default_on = value;
}

static void base_init(Object *obj)
{
    note("base.init");
}

static void base_post_init(Object *obj)
{
    note("base.post_init");
}

static void base_finalize(Object *obj)
{
    note("base.finalize");
}

static void base_class_base_init(ObjectClass *klass, void *data)
{
    note("base.class_base_init");
    BASE_CLASS(klass)->list = NULL;
}

static void base_class_init(ObjectClass *klass, void *data)
{
    ObjectProperty *prop;

    note("base.class_init");
    BASE_CLASS(klass)->word = "base's";
    BASE_CLASS(klass)->list = (char *)"base's own";
    prop = object_class_property_add_bool(klass, "default-on", NULL,
                                          base_set_default_on);
    object_property_set_default_bool(prop, true);
}

static void mid_init(Object *obj)
{
    note("mid.init");
}

static void mid_post_init(Object *obj)
{
    note("mid.post_init");
}

static void mid_finalize(Object *obj)
{
    note("mid.finalize");
}

static void mid_class_base_init(ObjectClass *klass, void *data)
{
    note("mid.class_base_init");
}

static void mid_class_init(ObjectClass *klass, void *data)
{
    note("mid.class_init");
}

static void leaf_init(Object *obj)
{
    note("leaf.init");
}

static void leaf_post_init(Object *obj)
{
    note("leaf.post_init");
}

static void leaf_finalize(Object *obj)
{
    note("leaf.finalize");
}

static void leaf_class_init(ObjectClass *klass, void *data)
{
    note("leaf.class_init");
    g_assert_cmpstr(data, ==, "leaf's data");
}

/* The leaf first, on purpose: the order of registration does not matter. */
static const TypeInfo family[] = {
    {
        .name = TYPE_LEAF,
        .parent = TYPE_MID,
        .instance_size = sizeof(LeafState),
        .instance_align = __alignof__(LeafState),
        .instance_init = leaf_init,
        .instance_post_init = leaf_post_init,
        .instance_finalize = leaf_finalize,
        .class_init = leaf_class_init,
        .class_data = (void *)"leaf's data",
    }, {
        .name = TYPE_MID,
        .parent = TYPE_BASE,
        .instance_size = sizeof(MidState),
        .instance_init = mid_init,
        .instance_post_init = mid_post_init,
        .instance_finalize = mid_finalize,
        .class_init = mid_class_init,
        .class_base_init = mid_class_base_init,
    }, {
        .name = TYPE_BASE,
        .parent = TYPE_OBJECT,
        .instance_size = sizeof(BaseState),
        .class_size = sizeof(BaseClass),
        .instance_init = base_init,
        .instance_post_init = base_post_init,
        .instance_finalize = base_finalize,
        .class_init = base_class_init,
        .class_base_init = base_class_base_init,
        .abstract = true,
    }, {
        .name = TYPE_STRANGER,
        .parent = TYPE_OBJECT,
        .instance_size = sizeof(Object),
    },
};

static const TypeInfo orphan = {
    .name = "test-orphan",
    .parent = "test-no-such-parent",
};

/* Classes are made once, so make them before looking at the hooks. */
static void start(void)
{
    object_class_by_name(TYPE_LEAF);
    g_string_truncate(calls, 0);
}

/*
 * The first use of a type makes its class, the parent's before it; and each
 * ancestor, nearest first, may clean up the copy of its class.
 */
static void test_classes(void)
{
    BaseClass *leaf;

    g_string_truncate(calls, 0);
    leaf = BASE_CLASS(object_class_by_name(TYPE_LEAF));
    g_assert_cmpstr(calls->str, ==,
                    "base.class_init"
                    " base.class_base_init mid.class_init"
                    " mid.class_base_init base.class_base_init"
                    " leaf.class_init");

    /* What class_init does not override, is inherited. */
    g_assert_cmpstr(leaf->word, ==, "base's");
    g_assert_null(leaf->list);
    g_assert_cmpstr(BASE_CLASS(object_class_by_name(TYPE_BASE))->list, ==,
                    "base's own");

    object_class_by_name(TYPE_LEAF);
    g_assert_cmpuint(calls->len, >, 0);
}

/* Class defaults, then init downwards and post_init upwards; then the end. */
static void test_order(void)
{
    Object *obj;

    start();
    obj = object_new(TYPE_LEAF);
    g_assert_cmpstr(calls->str, ==,
                    "base.default base.init mid.init leaf.init"
                    " leaf.post_init mid.post_init base.post_init");
    g_assert_true(BASE(obj)->default_on);

    g_string_truncate(calls, 0);
    object_ref(obj);
    object_unref(obj);
    g_assert_cmpstr(calls->str, ==, "");
    object_unref(obj);
    g_assert_cmpstr(calls->str, ==,
                    "leaf.finalize mid.finalize base.finalize");
}

/* A type's alignment holds on the heap. */
static void test_alignment(void)
{
    Object *obj = object_new(TYPE_LEAF);

    g_assert_cmpuint((uintptr_t)obj % __alignof__(LeafState), ==, 0);
    g_assert_cmpuint(object_type_get_instance_size(TYPE_LEAF), ==,
                     sizeof(LeafState));
    object_unref(obj);
}

/* An object in memory of the caller's is finalized, but not freed. */
static void test_in_place(void)
{
    MidState mid;

    start();
    memset(&mid, 0xff, sizeof(mid));
    object_initialize(&mid, sizeof(mid), TYPE_MID);
    g_assert_cmpstr(object_get_typename(OBJECT(&mid)), ==, TYPE_MID);
    object_unref(&mid);
    g_assert_nonnull(strstr(calls->str, "mid.finalize base.finalize"));
}

/* References to nothing are nothing. */
static void test_null(void)
{
    g_assert_null(object_ref(NULL));
    object_unref(NULL);
    g_assert_null(object_dynamic_cast(NULL, TYPE_LEAF));
    g_assert_null(LEAF(NULL));
    g_assert_null(object_class_dynamic_cast(NULL, TYPE_LEAF));
}

static void test_casts(void)
{
    Object *obj = object_new(TYPE_MID);

    g_assert_true(object_dynamic_cast(obj, TYPE_MID) == obj);
    g_assert_true(object_dynamic_cast(obj, TYPE_BASE) == obj);
    g_assert_true(object_dynamic_cast(obj, TYPE_OBJECT) == obj);
    g_assert_null(object_dynamic_cast(obj, TYPE_LEAF));
    g_assert_null(object_dynamic_cast(obj, TYPE_STRANGER));
    g_assert_null(object_dynamic_cast(obj, "test-no-such-type"));
    g_assert_true((void *)BASE(obj) == (void *)obj);
    g_assert_true(OBJECT_CLASS(BASE_GET_CLASS(obj)) == object_get_class(obj));

    /* More names than the cache has places. */
    for (int i = 0; i < 3; i++) {
        g_assert_true((void *)MID(obj) == (void *)obj);
        g_assert_true((void *)BASE(obj) == (void *)obj);
        for (int j = 0; j < 2 * OBJECT_CLASS_CAST_CACHE; j++) {
            char name[] = TYPE_BASE;

            object_dynamic_cast_assert(obj, g_intern_string(name),
                                       __FILE__, __LINE__, __func__);
        }
    }
    object_unref(obj);
}

/*
 * A wrong cast says where, what it should have been, and what it is; also when
 * the class has allowed right ones before.
 */
static void test_wrong_cast(void)
{
    if (g_test_subprocess()) {
        Object *obj = object_new(TYPE_MID);

        BASE(obj);
        LEAF(obj);
        return;
    }
    g_test_trap_subprocess(NULL, 0, 0);
    g_test_trap_assert_failed();
    g_test_trap_assert_stderr("*test-qom.c:*:LEAF: Object 0x* is not an "
                              "instance of type " TYPE_LEAF
                              " (it is of type " TYPE_MID ")\n");
}

static void test_wrong_class_cast(void)
{
    if (g_test_subprocess()) {
        BASE_CLASS(object_class_by_name(TYPE_STRANGER));
        return;
    }
    g_test_trap_subprocess(NULL, 0, 0);
    g_test_trap_assert_failed();
    g_test_trap_assert_stderr("*test-qom.c:*:BASE_CLASS: Object 0x* is not "
                              "an instance of type " TYPE_BASE
                              " (it is the class of type " TYPE_STRANGER
                              ")\n");
}

/* Nobody makes an object of an abstract type. */
static void test_abstract(void)
{
    Error *err = NULL;

    if (g_test_subprocess()) {
        object_new(TYPE_BASE);
        return;
    }
    g_assert_true(object_class_is_abstract(object_class_by_name(TYPE_BASE)));
    g_assert_false(object_class_is_abstract(object_class_by_name(TYPE_MID)));

    g_assert_null(object_new_with_props(TYPE_BASE, NULL, NULL, &err, NULL));
    g_assert_cmpstr(error_get_pretty(err), ==,
                    "object type 'test-base' is abstract");
    error_free(err);

    g_test_trap_subprocess(NULL, 0, 0);
    g_test_trap_assert_failed();
}

static void test_no_such_type(void)
{
    Error *err = NULL;

    if (g_test_subprocess()) {
        Object obj;

        object_initialize(&obj, sizeof(obj), "test-no-such-type");
        return;
    }
    g_assert_null(object_class_by_name("test-no-such-type"));
    g_assert_null(object_new_with_props("test-no-such-type", NULL, NULL,
                                        &err, NULL));
    g_assert_cmpstr(error_get_pretty(err), ==,
                    "invalid object type: test-no-such-type");
    error_free(err);

    g_test_trap_subprocess(NULL, 0, 0);
    g_test_trap_assert_failed();
    g_test_trap_assert_stderr("*missing object type 'test-no-such-type'*");
}

/* An orphan may be registered, but not used. */
static void test_missing_parent(void)
{
    if (g_test_subprocess()) {
        type_register_static(&orphan);
        object_class_by_name("test-orphan");
        return;
    }
    g_test_trap_subprocess(NULL, 0, 0);
    g_test_trap_assert_failed();
    g_test_trap_assert_stderr("Type 'test-orphan' is missing its parent "
                              "'test-no-such-parent'\n");
}

static void test_registered_twice(void)
{
    if (g_test_subprocess()) {
        type_register_static(&family[1]);
        return;
    }
    g_test_trap_subprocess(NULL, 0, 0);
    g_test_trap_assert_failed();
    g_test_trap_assert_stderr("Registering `test-mid' which already exists\n");
}

/* Memory that is too small is not written to. */
static void test_too_small(void)
{
    if (g_test_subprocess()) {
        MidState mid;

        object_initialize(&mid, sizeof(mid), TYPE_LEAF);
        return;
    }
    g_test_trap_subprocess(NULL, 0, 0);
    g_test_trap_assert_failed();
}

static void test_unref_too_often(void)
{
    if (g_test_subprocess()) {
        MidState mid;

        object_initialize(&mid, sizeof(mid), TYPE_MID);
        object_unref(&mid);
        object_unref(&mid);
        return;
    }
    g_test_trap_subprocess(NULL, 0, 0);
    g_test_trap_assert_failed();
}

/* Lists of classes: those that can be cast, sorted if asked for. */
static void test_lists(void)
{
    GSList *list = object_class_get_list_sorted(TYPE_BASE, true);
    const char *names[] = { TYPE_BASE, TYPE_LEAF, TYPE_MID };

    g_assert_cmpint(g_slist_length(list), ==, ARRAY_SIZE(names));
    for (int i = 0; i < ARRAY_SIZE(names); i++) {
        g_assert_cmpstr(object_class_get_name(g_slist_nth_data(list, i)), ==,
                        names[i]);
    }
    g_slist_free(list);

    list = object_class_get_list(TYPE_BASE, false);
    g_assert_cmpint(g_slist_length(list), ==, 2);
    g_slist_free(list);

    g_assert_true(object_class_get_parent(object_class_by_name(TYPE_LEAF)) ==
                  object_class_by_name(TYPE_MID));
    g_assert_null(object_class_get_parent(object_class_by_name(TYPE_OBJECT)));
    g_assert_cmpstr(object_class_get_name(object_class_by_name(TYPE_LEAF)),
                    ==, TYPE_LEAF);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    module_call_init(MODULE_INIT_QOM);
    type_register_static_array(family, ARRAY_SIZE(family));
    calls = g_string_new(NULL);

    g_test_add_func("/qom/classes", test_classes);
    g_test_add_func("/qom/order", test_order);
    g_test_add_func("/qom/alignment", test_alignment);
    g_test_add_func("/qom/in-place", test_in_place);
    g_test_add_func("/qom/null", test_null);
    g_test_add_func("/qom/casts", test_casts);
    g_test_add_func("/qom/wrong-cast", test_wrong_cast);
    g_test_add_func("/qom/wrong-class-cast", test_wrong_class_cast);
    g_test_add_func("/qom/abstract", test_abstract);
    g_test_add_func("/qom/no-such-type", test_no_such_type);
    g_test_add_func("/qom/missing-parent", test_missing_parent);
    g_test_add_func("/qom/registered-twice", test_registered_twice);
    g_test_add_func("/qom/too-small", test_too_small);
    g_test_add_func("/qom/unref-too-often", test_unref_too_often);
    g_test_add_func("/qom/lists", test_lists);
    return g_test_run();
}
