/*
 * Tests of objects that users make, and of globals.
 *
 * Read first: qom/object_interfaces.h; qom/object.h on globals.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/qdev-core.h"
#include "qapi/error.h"
#include "qapi/qmp/qdict.h"
#include "qapi/qobject-input-visitor.h"
#include "qapi/visitor.h"
#include "qemu/keyval.h"
#include "qemu/module.h"
#include "qom/object_interfaces.h"

/* A tap may be made by users; it must not be dry, and not be shut twice. */
#define TYPE_FAUCET "test-faucet"
OBJECT_DECLARE_SIMPLE_TYPE(FaucetState, FAUCET)

struct FaucetState {
    Object parent_obj;

    uint32_t flow;
    bool in_use;
    bool completed;
};

static int finalized;

static void faucet_complete(UserCreatable *uc, Error **errp)
{
    FaucetState *s = FAUCET(uc);

    if (s->flow == 0) {
        error_setg(errp, "'flow' must be at least 1");
        return;
    }
    s->completed = true;
}

static bool faucet_can_be_deleted(UserCreatable *uc)
{
    return !FAUCET(uc)->in_use;
}

static void faucet_init(Object *obj)
{
    FaucetState *s = FAUCET(obj);

    s->flow = 1;
    object_property_add_uint32_ptr(obj, "flow", &s->flow,
                                   OBJ_PROP_FLAG_READWRITE);
}

static void faucet_post_init(Object *obj)
{
    object_apply_compat_props(obj);
}

static void faucet_finalize(Object *obj)
{
    finalized++;
}

static void faucet_class_init(ObjectClass *klass, void *data)
{
    UserCreatableClass *ucc = USER_CREATABLE_CLASS(klass);

    ucc->complete = faucet_complete;
    ucc->can_be_deleted = faucet_can_be_deleted;
}

static const TypeInfo faucet_types[] = {
    {
        .name = TYPE_FAUCET,
        .parent = TYPE_OBJECT,
        .instance_size = sizeof(FaucetState),
        .instance_init = faucet_init,
        .instance_post_init = faucet_post_init,
        .instance_finalize = faucet_finalize,
        .class_init = faucet_class_init,
        .interfaces = (InterfaceInfo[]) { { TYPE_USER_CREATABLE }, { } },
    }, {
        .name = "test-abstract-faucet",
        .parent = TYPE_FAUCET,
        .abstract = true,
    }, {
        .name = "test-pipe",
        .parent = TYPE_OBJECT,
        .instance_size = sizeof(Object),
    },
};

/* -object @type,id=@id,@props */
static Object *add(const char *type, const char *id, const char *props,
                   Error **errp)
{
    QDict *dict = keyval_parse(props, NULL, NULL, &error_abort);
    Visitor *v = qobject_input_visitor_new_keyval(QOBJECT(dict));
    Object *obj = user_creatable_add_type(type, id, dict, v, errp);

    visit_free(v);
    qobject_unref(dict);

    /* The tree has a reference too. */
    object_unref(obj);
    return obj;
}

static void assert_refused(const char *type, const char *id,
                           const char *props, const char *message)
{
    Error *err = NULL;

    g_assert_null(add(type, id, props, &err));
    g_assert_cmpstr(error_get_pretty(err), ==, message);
    error_free(err);
}

static void test_add_and_del(void)
{
    Object *obj = add(TYPE_FAUCET, "f0", "flow=7", &error_abort);

    finalized = 0;
    g_assert_true(object_resolve_path("/objects/f0", NULL) == obj);
    g_assert_cmpuint(FAUCET(obj)->flow, ==, 7);
    g_assert_true(FAUCET(obj)->completed);

    g_assert_true(user_creatable_del("f0", &error_abort));
    g_assert_cmpint(finalized, ==, 1);
}

/* What is refused leaves nothing behind. */
static void test_refused(void)
{
    Object *obj = add(TYPE_FAUCET, "f0", "", &error_abort);

    finalized = 0;
    assert_refused("test-nothing", "f1", "",
                   "invalid object type: test-nothing");
    assert_refused("test-pipe", "f1", "",
                   "object type 'test-pipe' isn't supported by object-add");
    assert_refused("test-abstract-faucet", "f1", "",
                   "object type 'test-abstract-faucet' is abstract");
    assert_refused(TYPE_FAUCET, "1f", "",
                   "Parameter 'id' expects an identifier");
    g_assert_cmpint(finalized, ==, 0);

    assert_refused(TYPE_FAUCET, "f1", "colour=red",
                   "Property 'test-faucet.colour' not found");
    assert_refused(TYPE_FAUCET, "f1", "flow=0", "'flow' must be at least 1");
    assert_refused(TYPE_FAUCET, "f0", "",
                   "attempt to add duplicate property 'f0' to object "
                   "(type 'container')");
    g_assert_cmpint(finalized, ==, 3);
    g_assert_null(object_resolve_path("/objects/f1", NULL));
    g_assert_true(object_resolve_path("/objects/f0", NULL) == obj);

    user_creatable_del("f0", &error_abort);
}

static void test_del_refused(void)
{
    Object *obj = add(TYPE_FAUCET, "f0", "", &error_abort);
    Error *err = NULL;

    g_assert_false(user_creatable_del("f1", &err));
    g_assert_cmpstr(error_get_pretty(err), ==, "object 'f1' not found");
    error_free(err);

    FAUCET(obj)->in_use = true;
    err = NULL;
    g_assert_false(user_creatable_del("f0", &err));
    g_assert_cmpstr(error_get_pretty(err), ==,
                    "object 'f0' is in use, can not be deleted");
    error_free(err);

    FAUCET(obj)->in_use = false;
    user_creatable_del("f0", &error_abort);
}

/* At the end of the program all go, used or not. */
static void test_cleanup(void)
{
    FAUCET(add(TYPE_FAUCET, "f0", "", &error_abort))->in_use = true;
    add(TYPE_FAUCET, "f1", "", &error_abort);

    finalized = 0;
    user_creatable_cleanup();
    g_assert_cmpint(finalized, ==, 2);
}

/* object_new_with_props() completes as well. */
static void test_complete_with_props(void)
{
    Error *err = NULL;

    g_assert_null(object_new_with_props(TYPE_FAUCET,
                                        object_get_objects_root(), "f0", &err,
                                        "flow", "0", NULL));
    g_assert_cmpstr(error_get_pretty(err), ==, "'flow' must be at least 1");
    error_free(err);
    g_assert_null(object_resolve_path("/objects/f0", NULL));
}

static void push(GPtrArray *array, GlobalProperty *prop)
{
    g_ptr_array_add(array, prop);
}

/* The machine's last word is after the accelerator's, sugar after both. */
static void test_globals(void)
{
    if (g_test_subprocess()) {
        GlobalProperty accel_flow = { TYPE_FAUCET, "flow", "3" };
        GlobalProperty machine_flow = { TYPE_FAUCET, "flow", "4" };
        GlobalProperty optional = { TYPE_FAUCET, "rust", "5",
                                    .optional = true };
        GlobalProperty other = { "test-pipe", "flow", "6" };
        GPtrArray *accel = g_ptr_array_new(), *machine = g_ptr_array_new();
        Object *obj;

        push(accel, &accel_flow);
        object_set_accelerator_compat_props(accel);
        obj = object_new(TYPE_FAUCET);
        g_assert_cmpuint(FAUCET(obj)->flow, ==, 3);
        object_unref(obj);

        push(machine, &machine_flow);
        push(machine, &optional);
        push(machine, &other);
        object_set_machine_compat_props(machine);
        obj = object_new(TYPE_FAUCET);
        g_assert_cmpuint(FAUCET(obj)->flow, ==, 4);
        g_assert_true(machine_flow.used);
        g_assert_false(optional.used);
        g_assert_false(other.used);
        object_unref(obj);

        object_register_sugar_prop(TYPE_FAUCET, "flow", "5", false);
        obj = object_new(TYPE_FAUCET);
        g_assert_cmpuint(FAUCET(obj)->flow, ==, 5);
        object_unref(obj);
        return;
    }
    g_test_trap_subprocess(NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
    g_test_trap_assert_passed();
}

/* An error names the global; who passes no errp gets a warning. */
static void test_global_error(void)
{
    GlobalProperty bad = { TYPE_FAUCET, "flow", "much" };
    g_autoptr(GPtrArray) props = g_ptr_array_new();
    Object *obj = object_new(TYPE_FAUCET);
    Error *err = NULL;

    push(props, &bad);
    object_apply_global_props(obj, props, &err);
    g_assert_nonnull(err);
    g_assert_true(g_str_has_prefix(error_get_pretty(err),
                  "can't apply global test-faucet.flow=much: "));
    error_free(err);
    g_assert_cmpuint(FAUCET(obj)->flow, ==, 1);
    object_unref(obj);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    module_call_init(MODULE_INIT_QOM);
    type_register_static_array(faucet_types, ARRAY_SIZE(faucet_types));

    g_test_add_func("/qom/user-creatable/add-and-del", test_add_and_del);
    g_test_add_func("/qom/user-creatable/refused", test_refused);
    g_test_add_func("/qom/user-creatable/del-refused", test_del_refused);
    g_test_add_func("/qom/user-creatable/cleanup", test_cleanup);
    g_test_add_func("/qom/user-creatable/with-props",
                    test_complete_with_props);
    g_test_add_func("/qom/globals/order", test_globals);
    g_test_add_func("/qom/globals/error", test_global_error);
    return g_test_run();
}
