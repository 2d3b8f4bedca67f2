/*
 * Tests of the composition tree: paths, children, and leaving it.
 *
 * Read first: qom/object.h on the two trees.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/module.h"
#include "qom/object.h"

/* A node writes down how it leaves the tree. */
#define TYPE_NODE "test-node"
#define TYPE_SPECIAL "test-special"

static GString *calls;

static void note(const char *what, Object *obj)
{
    const char *name = object_get_canonical_path_component(obj);

    g_string_append_printf(calls, "%s%s(%s)", calls->len ? " " : "", what,
                           name ? name : "-");
}

static void node_unparent(Object *obj)
{
    note("unparent", obj);
}

static void node_finalize(Object *obj)
{
    note("finalize", obj);
}

static void node_class_init(ObjectClass *klass, void *data)
{
    klass->unparent = node_unparent;
}

static const TypeInfo node_types[] = {
    {
        .name = TYPE_NODE,
        .parent = TYPE_OBJECT,
        .instance_size = sizeof(Object),
        .instance_finalize = node_finalize,
        .class_init = node_class_init,
    }, {
        .name = TYPE_SPECIAL,
        .parent = TYPE_NODE,
    },
};

static Object *add_node(Object *parent, const char *name, const char *type)
{
    Object *obj = object_new(type);

    object_property_add_child(parent, name, obj);
    object_unref(obj);
    return obj;
}

/*
 *     /tree
 *       /left
 *         /twin
 *       /right
 *         /twin
 *         /lone (special)
 */
typedef struct Tree {
    Object *root, *left, *right, *left_twin, *right_twin, *lone;
} Tree;

static void tree_start(Tree *t)
{
    t->root = add_node(object_get_root(), "tree", TYPE_NODE);
    t->left = add_node(t->root, "left", TYPE_NODE);
    t->right = add_node(t->root, "right", TYPE_NODE);
    t->left_twin = add_node(t->left, "twin", TYPE_NODE);
    t->right_twin = add_node(t->right, "twin", TYPE_NODE);
    t->lone = add_node(t->right, "lone", TYPE_SPECIAL);
    g_string_truncate(calls, 0);
}

static void tree_stop(Tree *t)
{
    object_unparent(t->root);
    g_assert_null(object_resolve_path("/tree", NULL));
}

static void assert_path(Object *obj, const char *path)
{
    g_autofree char *canonical = object_get_canonical_path(obj);

    g_assert_cmpstr(canonical, ==, path);
    if (path) {
        g_assert_true(object_resolve_path(path, NULL) == obj);
    }
}

static void test_canonical(void)
{
    Object *loner = object_new(TYPE_NODE);
    Tree t;

    tree_start(&t);
    assert_path(object_get_root(), "/");
    assert_path(t.root, "/tree");
    assert_path(t.right_twin, "/tree/right/twin");

    /* Outside of the tree there are no paths. */
    assert_path(loner, NULL);
    g_assert_null(object_get_canonical_path_component(loner));
    g_assert_cmpstr(object_get_canonical_path_component(t.lone), ==, "lone");

    object_unref(loner);
    tree_stop(&t);
}

static void test_absolute(void)
{
    bool ambiguous = true;
    Tree t;

    tree_start(&t);
    g_assert_true(object_resolve_path("/tree/left/twin", &ambiguous) ==
                  t.left_twin);
    g_assert_false(ambiguous);
    g_assert_true(object_resolve_path("//tree//left/", NULL) == t.left);
    g_assert_null(object_resolve_path("/left", NULL));
    g_assert_null(object_resolve_path("/tree/left/lone", NULL));
    g_assert_null(object_resolve_path("/tree/type", NULL));
    g_assert_null(object_resolve_path_type("/tree/left", TYPE_SPECIAL, NULL));
    tree_stop(&t);
}

/* A partial path is good if it fits one object. */
static void test_partial(void)
{
    bool ambiguous;
    Tree t;

    tree_start(&t);
    g_assert_true(object_resolve_path("lone", &ambiguous) == t.lone);
    g_assert_false(ambiguous);
    g_assert_true(object_resolve_path("left/twin", &ambiguous) ==
                  t.left_twin);
    g_assert_false(ambiguous);

    g_assert_null(object_resolve_path("twin", &ambiguous));
    g_assert_true(ambiguous);
    g_assert_null(object_resolve_path("twin", NULL));

    g_assert_null(object_resolve_path("nobody", &ambiguous));
    g_assert_false(ambiguous);
    tree_stop(&t);
}

/* The empty path fits every object of the type: is there just one? */
static void test_only_one(void)
{
    bool ambiguous;
    Tree t;

    tree_start(&t);
    g_assert_true(object_resolve_path_type("", TYPE_SPECIAL, &ambiguous) ==
                  t.lone);
    g_assert_false(ambiguous);
    g_assert_null(object_resolve_path_type("", TYPE_NODE, &ambiguous));
    g_assert_true(ambiguous);
    tree_stop(&t);
}

static void test_at(void)
{
    Tree t;

    tree_start(&t);
    g_assert_true(object_resolve_path_at(t.right, "lone") == t.lone);
    g_assert_true(object_resolve_path_at(t.right, "/tree/left") == t.left);
    g_assert_null(object_resolve_path_at(t.left, "lone"));
    tree_stop(&t);
}

/*
 * A node that leaves still has its name; what is below it leaves when it is
 * finalized.
 */
static void test_unparent(void)
{
    Tree t;

    tree_start(&t);
    object_unparent(t.left_twin);
    g_assert_cmpstr(calls->str, ==, "unparent(twin) finalize(-)");
    g_assert_null(object_resolve_path("/tree/left/twin", NULL));

    g_string_truncate(calls, 0);
    object_unparent(t.left);
    g_assert_cmpstr(calls->str, ==, "unparent(left) finalize(-)");
    tree_stop(&t);

    g_string_truncate(calls, 0);
    t.root = add_node(object_get_root(), "tree", TYPE_NODE);
    add_node(t.root, "child", TYPE_NODE);
    tree_stop(&t);
    g_assert_cmpstr(calls->str, ==,
                    "unparent(tree) unparent(child) finalize(-) finalize(-)");
}

/* Who holds a reference has the object after it left. */
static void test_unparent_referenced(void)
{
    Tree t;

    tree_start(&t);
    object_ref(t.lone);
    tree_stop(&t);
    g_assert_null(t.lone->parent);
    object_unparent(t.lone);
    g_assert_cmpuint(t.lone->ref, ==, 1);
    object_unref(t.lone);
}

static int count_child(Object *child, void *opaque)
{
    int *left = opaque;

    return --*left == 0 ? 42 : 0;
}

static void test_foreach(void)
{
    int left = 100;
    Tree t;

    tree_start(&t);
    g_assert_cmpint(object_child_foreach(t.root, count_child, &left), ==, 0);
    g_assert_cmpint(left, ==, 98);
    object_child_foreach_recursive(t.root, count_child, &left);
    g_assert_cmpint(left, ==, 93);

    /* The callback ends it. */
    left = 3;
    g_assert_cmpint(object_child_foreach_recursive(t.root, count_child,
                                                   &left), ==, 42);
    g_assert_cmpint(left, ==, 0);
    tree_stop(&t);
}

static void test_container(void)
{
    Object *inner = container_get(object_get_root(), "/outer/inner");

    g_assert_cmpstr(object_get_typename(inner), ==, TYPE_CONTAINER);
    assert_path(inner, "/outer/inner");
    g_assert_true(container_get(object_get_root(), "/outer/inner") == inner);
    g_assert_true(container_get(inner->parent, "/inner") == inner);
    g_assert_true(container_get(object_get_root(), "/objects") ==
                  object_get_objects_root());
    object_unparent(inner->parent);
}

/* What only the program knows has no path. */
static void test_internal_root(void)
{
    add_node(object_get_internal_root(), "secret", TYPE_SPECIAL);
    g_assert_null(object_resolve_path_type("", TYPE_SPECIAL, NULL));
    object_unparent(object_resolve_path_component(object_get_internal_root(),
                                                  "secret"));
}

static void test_two_parents(void)
{
    if (g_test_subprocess()) {
        Tree t;

        tree_start(&t);
        object_property_add_child(t.left, "adopted", t.lone);
        return;
    }
    g_test_trap_subprocess(NULL, 0, 0);
    g_test_trap_assert_failed();
}

static void test_name_taken(void)
{
    Object *obj = object_new(TYPE_NODE);
    Error *err = NULL;
    Tree t;

    tree_start(&t);
    g_assert_null(object_property_try_add_child(t.left, "twin", obj, &err));
    g_assert_cmpstr(error_get_pretty(err), ==,
                    "attempt to add duplicate property 'twin' to object "
                    "(type 'test-node')");
    error_free(err);
    g_assert_null(obj->parent);
    g_assert_cmpuint(obj->ref, ==, 1);
    object_unref(obj);
    tree_stop(&t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    module_call_init(MODULE_INIT_QOM);
    type_register_static_array(node_types, ARRAY_SIZE(node_types));
    calls = g_string_new(NULL);

    g_test_add_func("/qom/path/canonical", test_canonical);
    g_test_add_func("/qom/path/absolute", test_absolute);
    g_test_add_func("/qom/path/partial", test_partial);
    g_test_add_func("/qom/path/only-one", test_only_one);
    g_test_add_func("/qom/path/at", test_at);
    g_test_add_func("/qom/path/unparent", test_unparent);
    g_test_add_func("/qom/path/unparent-referenced",
                    test_unparent_referenced);
    g_test_add_func("/qom/path/foreach", test_foreach);
    g_test_add_func("/qom/path/container", test_container);
    g_test_add_func("/qom/path/internal-root", test_internal_root);
    g_test_add_func("/qom/path/two-parents", test_two_parents);
    g_test_add_func("/qom/path/name-taken", test_name_taken);
    return g_test_run();
}
