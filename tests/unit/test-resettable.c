/*
 * Reset in three phases: who is told what, in which order.
 *
 * A tree of two: a root, and a leaf in it.  Neither is a device: anything
 * with a ResettableState can be reset.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/module.h"
#include "hw/resettable.h"

#define TYPE_TEST_NODE "test-node"
OBJECT_DECLARE_SIMPLE_TYPE(TestNode, TEST_NODE)

struct TestNode {
    Object parent_obj;

    ResettableState reset;
    const char *name;
    TestNode *child;
    bool legacy;            /* it has a reset function, and no phases */
};

static GString *calls;

static void note(Object *obj, const char *hook)
{
    g_string_append_printf(calls, "%s%s.%s", calls->len ? " " : "",
                           TEST_NODE(obj)->name, hook);
}

static void expect_calls(const char *line)
{
    g_assert_cmpstr(calls->str, ==, line);
    g_string_truncate(calls, 0);
}

static void test_node_enter(Object *obj, ResetType type)
{
    g_assert_cmpint(type, ==, RESET_TYPE_COLD);
    note(obj, "enter");
}

static void test_node_hold(Object *obj)
{
    note(obj, "hold");
}

static void test_node_exit(Object *obj)
{
    note(obj, "exit");
}

static void test_node_legacy_reset(Object *obj)
{
    note(obj, "reset");
}

static ResettableTrFunction test_node_get_transitional(Object *obj)
{
    return TEST_NODE(obj)->legacy ? test_node_legacy_reset : NULL;
}

static ResettableState *test_node_get_state(Object *obj)
{
    return &TEST_NODE(obj)->reset;
}

static void test_node_child_foreach(Object *obj, ResettableChildCallback cb,
                                    void *opaque, ResetType type)
{
    if (TEST_NODE(obj)->child) {
        cb(OBJECT(TEST_NODE(obj)->child), opaque, type);
    }
}

static void test_node_class_init(ObjectClass *klass, void *data)
{
    ResettableClass *rc = RESETTABLE_CLASS(klass);

    rc->phases.enter = test_node_enter;
    rc->phases.hold = test_node_hold;
    rc->phases.exit = test_node_exit;
    rc->get_state = test_node_get_state;
    rc->get_transitional_function = test_node_get_transitional;
    rc->child_foreach = test_node_child_foreach;
}

static const TypeInfo test_node_info = {
    .name = TYPE_TEST_NODE,
    .parent = TYPE_OBJECT,
    .instance_size = sizeof(TestNode),
    .class_init = test_node_class_init,
    .interfaces = (InterfaceInfo[]) {
        { TYPE_RESETTABLE_INTERFACE },
        { }
    },
};

static TestNode *node_new(const char *name, TestNode *child)
{
    TestNode *node = TEST_NODE(object_new(TYPE_TEST_NODE));

    node->name = name;
    node->child = child;
    return node;
}

static TestNode *root, *leaf;

static void tree_start(void)
{
    leaf = node_new("leaf", NULL);
    root = node_new("root", leaf);
}

static void tree_stop(void)
{
    object_unref(OBJECT(root));
    object_unref(OBJECT(leaf));
}

/* All enter, then all hold, then all exit; the child before its parent. */
static void test_phases(void)
{
    tree_start();
    resettable_reset(OBJECT(root), RESET_TYPE_COLD);
    expect_calls("leaf.enter root.enter leaf.hold root.hold"
                 " leaf.exit root.exit");
    g_assert_false(resettable_is_in_reset(OBJECT(root)));
    tree_stop();
}

/* An old reset function runs where the hold phase is, and nothing else. */
static void test_legacy(void)
{
    tree_start();
    leaf->legacy = true;
    resettable_reset(OBJECT(root), RESET_TYPE_COLD);
    expect_calls("root.enter leaf.reset root.hold root.exit");
    tree_stop();
}

/* Two hold it in reset: the first one enters, the last one leaves. */
static void test_two_holders(void)
{
    tree_start();
    resettable_assert_reset(OBJECT(leaf), RESET_TYPE_COLD);
    expect_calls("leaf.enter leaf.hold");
    resettable_assert_reset(OBJECT(root), RESET_TYPE_COLD);
    expect_calls("root.enter root.hold");

    resettable_release_reset(OBJECT(leaf), RESET_TYPE_COLD);
    expect_calls("");
    g_assert_true(resettable_is_in_reset(OBJECT(leaf)));
    resettable_release_reset(OBJECT(root), RESET_TYPE_COLD);
    expect_calls("leaf.exit root.exit");
    g_assert_false(resettable_is_in_reset(OBJECT(leaf)));
    tree_stop();
}

/* A reset of what is in reset is nothing new for it. */
static void test_reset_in_reset(void)
{
    tree_start();
    resettable_assert_reset(OBJECT(root), RESET_TYPE_COLD);
    g_string_truncate(calls, 0);
    resettable_reset(OBJECT(leaf), RESET_TYPE_COLD);
    expect_calls("");
    resettable_release_reset(OBJECT(root), RESET_TYPE_COLD);
    expect_calls("leaf.exit root.exit");
    tree_stop();
}

/* Who moves to a parent in reset goes into reset, and out with the move back. */
static void test_change_parent(void)
{
    TestNode *guest = node_new("guest", NULL);

    tree_start();
    resettable_assert_reset(OBJECT(root), RESET_TYPE_COLD);
    resettable_assert_reset(OBJECT(root), RESET_TYPE_COLD);
    g_string_truncate(calls, 0);

    resettable_change_parent(OBJECT(guest), OBJECT(root), NULL);
    expect_calls("guest.enter guest.hold");
    g_assert_cmpuint(guest->reset.count, ==, 2);
    resettable_change_parent(OBJECT(guest), NULL, OBJECT(root));
    expect_calls("guest.exit");
    g_assert_cmpuint(guest->reset.count, ==, 0);

    tree_stop();
    object_unref(OBJECT(guest));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    module_call_init(MODULE_INIT_QOM);
    type_register_static(&test_node_info);
    calls = g_string_new(NULL);

    g_test_add_func("/resettable/phases", test_phases);
    g_test_add_func("/resettable/legacy", test_legacy);
    g_test_add_func("/resettable/two-holders", test_two_holders);
    g_test_add_func("/resettable/reset-in-reset", test_reset_in_reset);
    g_test_add_func("/resettable/change-parent", test_change_parent);
    return g_test_run();
}
