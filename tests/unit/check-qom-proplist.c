/*
 * Tests of properties: every kind, for objects and for classes.
 *
 * Read first: qom/object.h on properties.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qmp/qdict.h"
#include "qapi/qmp/qjson.h"
#include "qapi/qmp/qobject.h"
#include "qapi/util.h"
#include "qemu/module.h"
#include "qom/object.h"
#include "qom/qom-qobject.h"

enum Animal { ANIMAL_CAT, ANIMAL_DOG, ANIMAL__MAX };

static const QEnumLookup animal_lookup = {
    .array = (const char *const[]) {
        [ANIMAL_CAT] = "cat",
        [ANIMAL_DOG] = "dog",
    },
    .size = ANIMAL__MAX,
};

/* A box has properties of its class, and its init adds its own. */
#define TYPE_BOX "test-box"
OBJECT_DECLARE_SIMPLE_TYPE(BoxState, BOX)

struct BoxState {
    Object parent_obj;

    bool open;
    char *label;
    int animal;
    uint8_t u8;
    uint16_t u16;
    uint32_t u32;
    uint64_t u64;
    uint64_t size;
    Object *strong;
    Object *weak;
    Object *friend;
};

static bool box_get_open(Object *obj, Error **errp)
{
    return BOX(obj)->open;
}

static void box_set_open(Object *obj, bool value, Error **errp)
{
    BOX(obj)->open = value;
}

static char *box_get_label(Object *obj, Error **errp)
{
    return g_strdup(BOX(obj)->label);
}

static void box_set_label(Object *obj, const char *value, Error **errp)
{
    if (strlen(value) > 8) {
        error_setg(errp, "label '%s' is longer than 8", value);
        return;
    }
    g_free(BOX(obj)->label);
    BOX(obj)->label = g_strdup(value);
}

static int box_get_animal(Object *obj, Error **errp)
{
    return BOX(obj)->animal;
}

static void box_set_animal(Object *obj, int value, Error **errp)
{
    BOX(obj)->animal = value;
}

static void box_get_born(Object *obj, struct tm *tm, Error **errp)
{
    *tm = (struct tm) { .tm_year = 122, .tm_mon = 11, .tm_mday = 14 };
}

/* A friend must be an open box. */
static void box_check_friend(const Object *obj, const char *name, Object *val,
                             Error **errp)
{
    if (val && !BOX(val)->open) {
        error_setg(errp, "'%s' is closed", name);
    }
}

static void box_init(Object *obj)
{
    BoxState *s = BOX(obj);

    object_property_add_bool(obj, "own-open", box_get_open, box_set_open);
    object_property_add_str(obj, "own-label", box_get_label, box_set_label);
    object_property_add_enum(obj, "own-animal", "Animal", &animal_lookup,
                             box_get_animal, box_set_animal);
    object_property_add_uint8_ptr(obj, "u8", &s->u8, OBJ_PROP_FLAG_READWRITE);
    object_property_add_uint16_ptr(obj, "u16", &s->u16,
                                   OBJ_PROP_FLAG_READWRITE);
    object_property_add_uint32_ptr(obj, "u32", &s->u32, OBJ_PROP_FLAG_READ);
    object_property_add_uint64_ptr(obj, "u64", &s->u64, OBJ_PROP_FLAG_WRITE);
    object_property_add_link(obj, "strong", TYPE_BOX, &s->strong,
                             object_property_allow_set_link,
                             OBJ_PROP_LINK_STRONG);
    object_property_add_link(obj, "weak", TYPE_BOX, &s->weak,
                             object_property_allow_set_link, 0);
    object_property_add_link(obj, "fixed", TYPE_BOX, &s->weak, NULL, 0);
}

static void box_finalize(Object *obj)
{
    g_free(BOX(obj)->label);
}

static void box_class_init(ObjectClass *klass, void *data)
{
    ObjectProperty *prop;

    object_class_property_add_bool(klass, "open", box_get_open, box_set_open);
    object_class_property_set_description(klass, "open", "is the lid off?");
    prop = object_class_property_add_str(klass, "label", box_get_label,
                                         box_set_label);
    object_property_set_default_str(prop, "box");
    object_class_property_add_enum(klass, "animal", "Animal", &animal_lookup,
                                   box_get_animal, box_set_animal);
    object_class_property_add_tm(klass, "born", box_get_born);
    object_class_property_add_link(klass, "friend", TYPE_BOX,
                                   offsetof(BoxState, friend),
                                   box_check_friend, OBJ_PROP_LINK_STRONG);
}

static const TypeInfo box_info = {
    .name = TYPE_BOX,
    .parent = TYPE_OBJECT,
    .instance_size = sizeof(BoxState),
    .instance_init = box_init,
    .instance_finalize = box_finalize,
    .class_init = box_class_init,
};

static Object *new_box(const char *id)
{
    Object *box = object_new(TYPE_BOX);

    object_property_add_child(object_get_objects_root(), id, box);
    return box;
}

static void free_box(Object *box)
{
    object_unparent(box);
    object_unref(box);
}

static void assert_error(Error *err, const char *message)
{
    g_assert_nonnull(err);
    g_assert_cmpstr(error_get_pretty(err), ==, message);
    error_free(err);
}

static void test_bool(void)
{
    Object *box = new_box("box");
    const char *const names[] = { "open", "own-open" };
    Error *err = NULL;

    for (int i = 0; i < ARRAY_SIZE(names); i++) {
        object_property_set_bool(box, names[i], true, &error_abort);
        g_assert_true(BOX(box)->open);
        g_assert_true(object_property_get_bool(box, names[i], &error_abort));

        /* A command line says on, off, and some more. */
        object_property_parse(box, names[i], "off", &error_abort);
        g_assert_false(BOX(box)->open);
    }
    g_assert_false(object_property_parse(box, "open", "ajar", &err));
    assert_error(err, "Parameter 'open' expects 'on' or 'off'");
    g_assert_cmpstr(object_property_get_type(box, "open", &error_abort), ==,
                    "bool");
    free_box(box);
}

static void test_str(void)
{
    Object *box = new_box("box");
    Error *err = NULL;
    char *str;

    object_property_set_str(box, "label", "tea", &error_abort);
    str = object_property_get_str(box, "own-label", &error_abort);
    g_assert_cmpstr(str, ==, "tea");
    g_free(str);

    /* The setter's error reaches the caller, and changes nothing. */
    g_assert_false(object_property_set_str(box, "label", "gunpowder", &err));
    assert_error(err, "label 'gunpowder' is longer than 8");
    g_assert_cmpstr(BOX(box)->label, ==, "tea");

    err = NULL;
    g_assert_cmpint(object_property_get_int(box, "label", &err), ==, -1);
    assert_error(err, "Invalid parameter type for 'label', expected: int");
    free_box(box);
}

static void test_enum(void)
{
    Object *box = new_box("box");
    Error *err = NULL;

    object_property_set_str(box, "animal", "dog", &error_abort);
    g_assert_cmpint(BOX(box)->animal, ==, ANIMAL_DOG);
    g_assert_cmpint(object_property_get_enum(box, "own-animal", "Animal",
                                             &error_abort), ==, ANIMAL_DOG);

    g_assert_false(object_property_set_str(box, "animal", "yeti", &err));
    assert_error(err, "Parameter 'animal' does not accept value 'yeti'");

    err = NULL;
    g_assert_cmpint(object_property_get_enum(box, "animal", "Plant", &err),
                    ==, -1);
    assert_error(err, "Property animal on test-box is not 'Plant' enum type");
    free_box(box);
}

static void test_numbers(void)
{
    Object *box = new_box("box");
    Error *err = NULL;

    object_property_set_uint(box, "u8", 255, &error_abort);
    g_assert_cmpuint(BOX(box)->u8, ==, 255);
    g_assert_false(object_property_set_uint(box, "u8", 256, &err));
    assert_error(err, "Parameter 'u8' expects uint8_t");
    g_assert_cmpuint(BOX(box)->u8, ==, 255);

    object_property_parse(box, "u16", "0x123", &error_abort);
    g_assert_cmpuint(object_property_get_uint(box, "u16", &error_abort), ==,
                     0x123);

    /* All 64 bits arrive. */
    object_property_set_uint(box, "u64", UINT64_MAX, &error_abort);
    g_assert_cmpuint(BOX(box)->u64, ==, UINT64_MAX);
    free_box(box);
}

/* A property without getter or setter says so. */
static void test_one_way(void)
{
    Object *box = new_box("box");
    Error *err = NULL;

    g_assert_false(object_property_set_uint(box, "u32", 1, &err));
    assert_error(err, "Property 'test-box.u32' is not writable");

    err = NULL;
    g_assert_cmpuint(object_property_get_uint(box, "u64", &err), ==, 0);
    assert_error(err, "Property 'test-box.u64' is not readable");

    err = NULL;
    g_assert_false(object_property_set_uint(box, "u128", 1, &err));
    assert_error(err, "Property 'test-box.u128' not found");

    err = NULL;
    g_assert_false(object_property_set_str(box, "type", "crate", &err));
    assert_error(err, "Property 'test-box.type' is not writable");
    free_box(box);
}

static void test_tm(void)
{
    Object *box = new_box("box");
    QObject *born = object_property_get_qobject(box, "born", &error_abort);
    QDict *dict = qobject_to(QDict, born);

    g_assert_nonnull(dict);
    g_assert_cmpint(qdict_size(dict), ==, 6);
    g_assert_cmpint(qdict_get_int(dict, "tm_year"), ==, 122);
    g_assert_cmpint(qdict_get_int(dict, "tm_mday"), ==, 14);
    qobject_unref(born);
    free_box(box);
}

/* A default is set through the setter before any init hook runs. */
static void test_default(void)
{
    Object *box = new_box("box");
    ObjectProperty *prop = object_property_find(box, "label");

    g_assert_cmpstr(BOX(box)->label, ==, "box");
    g_assert_nonnull(prop->defval);
    free_box(box);
}

static void test_description(void)
{
    Object *box = new_box("box");
    g_autofree char *help = NULL;
    ObjectProperty *prop;

    prop = object_property_find(box, "open");
    help = object_property_help(prop->name, prop->type, prop->defval,
                                prop->description);
    g_assert_cmpstr(help, ==, "  open=<bool>            - is the lid off?");
    g_free(help);

    prop = object_property_find(box, "label");
    help = object_property_help(prop->name, prop->type, prop->defval,
                                prop->description);
    g_assert_cmpstr(help, ==,
                    "  label=<string>         -  (default: \"box\")");

    object_property_set_description(box, "u8", "a byte");
    g_assert_cmpstr(object_property_find(box, "u8")->description, ==,
                    "a byte");
    free_box(box);
}

/* Strong links keep their target alive; weak ones do not. */
static void test_links(void)
{
    Object *a = new_box("a"), *b = new_box("b");

    object_property_set_link(a, "weak", b, &error_abort);
    g_assert_true(BOX(a)->weak == b);
    g_assert_cmpuint(b->ref, ==, 2);
    object_property_set_link(a, "weak", NULL, &error_abort);
    g_assert_null(BOX(a)->weak);

    object_property_set_str(a, "strong", "/objects/b", &error_abort);
    g_assert_cmpuint(b->ref, ==, 3);
    g_assert_true(object_property_get_link(a, "strong", &error_abort) == b);

    /* The same again changes nothing. */
    object_property_set_link(a, "strong", b, &error_abort);
    g_assert_cmpuint(b->ref, ==, 3);

    free_box(a);
    g_assert_cmpuint(b->ref, ==, 2);
    free_box(b);
}

static void test_class_link(void)
{
    Object *a = new_box("a"), *b = new_box("b");
    Error *err = NULL;

    /* The check hook decides. */
    g_assert_false(object_property_set_link(a, "friend", b, &err));
    assert_error(err, "'friend' is closed");
    g_assert_null(BOX(a)->friend);

    BOX(b)->open = true;
    object_property_set_link(a, "friend", b, &error_abort);
    g_assert_true(BOX(a)->friend == b);
    g_assert_cmpuint(b->ref, ==, 3);

    /* Each object has its own pointer, and drops its own reference. */
    g_assert_null(BOX(b)->friend);
    free_box(a);
    g_assert_cmpuint(b->ref, ==, 2);
    free_box(b);
}

static void test_bad_links(void)
{
    Object *a = new_box("a"), *twin = new_box("twin");
    Object *folder = object_new(TYPE_CONTAINER), *other = object_new(TYPE_BOX);
    Error *err = NULL;

    g_assert_false(object_property_set_str(a, "weak", "/objects/x", &err));
    assert_error(err, "Device '/objects/x' not found");

    err = NULL;
    g_assert_false(object_property_set_str(a, "weak", "/objects", &err));
    assert_error(err, "Invalid parameter type for 'weak', "
                 "expected: test-box");

    object_property_add_child(object_get_objects_root(), "folder", folder);
    object_property_add_child(folder, "twin", other);
    err = NULL;
    g_assert_false(object_property_set_str(a, "weak", "twin", &err));
    assert_error(err, "Path 'twin' does not uniquely identify an object");

    err = NULL;
    g_assert_false(object_property_set_str(a, "fixed", "/objects/a", &err));
    assert_error(err, "Property 'test-box.fixed' is not writable");

    object_unparent(folder);
    object_unref(folder);
    object_unref(other);
    free_box(twin);
    free_box(a);
}

static void test_const_link(void)
{
    Object *a = new_box("a"), *b = new_box("b");

    object_property_add_const_link(a, "brother", b);
    g_assert_true(object_property_get_link(a, "brother", &error_abort) == b);
    g_assert_cmpstr(object_property_get_type(a, "brother", &error_abort), ==,
                    "link<test-box>");
    g_assert_cmpuint(b->ref, ==, 2);
    free_box(a);
    free_box(b);
}

/* An alias is the other property, by another name. */
static void test_alias(void)
{
    Object *a = new_box("a"), *b = new_box("b");
    Error *err = NULL;

    object_property_add_alias(a, "b-open", b, "open");
    object_property_set_bool(a, "b-open", true, &error_abort);
    g_assert_true(BOX(b)->open);
    g_assert_false(BOX(a)->open);
    g_assert_true(object_property_get_bool(a, "b-open", &error_abort));
    g_assert_cmpstr(object_property_find(a, "b-open")->description, ==,
                    "is the lid off?");

    /* The user's name for it is in the message. */
    g_assert_false(object_property_parse(a, "b-open", "ajar", &err));
    assert_error(err, "Parameter 'b-open' expects 'on' or 'off'");

    /* A child seen from elsewhere is a link, and paths go through it. */
    object_property_add_alias(a, "b-again", object_get_objects_root(), "b");
    g_assert_cmpstr(object_property_get_type(a, "b-again", &error_abort), ==,
                    "link<test-box>");
    g_assert_true(object_resolve_path_component(a, "b-again") == b);
    g_assert_true(object_resolve_path("/objects/a/b-again", NULL) == b);

    free_box(a);
    free_box(b);
}

/* foo[*] takes the first number that is free. */
static void test_numbered(void)
{
    Object *box = new_box("box");

    for (int i = 0; i < 3; i++) {
        object_property_add(box, "foo[*]", "int", NULL, NULL, NULL, NULL);
    }
    g_assert_nonnull(object_property_find(box, "foo[0]"));
    g_assert_nonnull(object_property_find(box, "foo[2]"));
    g_assert_null(object_property_find(box, "foo[*]"));

    object_property_del(box, "foo[1]");
    g_assert_null(object_property_find(box, "foo[1]"));
    g_assert_cmpstr(object_property_add(box, "foo[*]", "int", NULL, NULL,
                                        NULL, NULL)->name, ==, "foo[1]");
    free_box(box);
}

/* A name occurs once, be it the class's or the object's. */
static void test_duplicate(void)
{
    Object *box = new_box("box");
    Error *err = NULL;

    g_assert_null(object_property_try_add(box, "u8", "int", NULL, NULL, NULL,
                                          NULL, &err));
    assert_error(err, "attempt to add duplicate property 'u8' to object "
                 "(type 'test-box')");

    err = NULL;
    g_assert_null(object_property_try_add(box, "open", "int", NULL, NULL,
                                          NULL, NULL, &err));
    assert_error(err, "attempt to add duplicate property 'open' to object "
                 "(type 'test-box')");
    free_box(box);
}

/* The object's own properties come first, then its class's, each once. */
static void test_iterator(void)
{
    Object *box = new_box("box");
    ObjectPropertyIterator iter;
    ObjectProperty *prop;
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    bool in_class = false;

    object_property_iter_init(&iter, box);
    while ((prop = object_property_iter_next(&iter))) {
        if (object_class_property_find(object_get_class(box), prop->name)) {
            in_class = true;
        } else {
            g_assert_false(in_class);
        }
        g_assert_true(g_hash_table_add(seen, prop->name));
    }
    g_assert_true(g_hash_table_contains(seen, "own-open"));
    g_assert_true(g_hash_table_contains(seen, "open"));
    g_assert_true(g_hash_table_contains(seen, "type"));

    g_hash_table_remove_all(seen);
    object_class_property_iter_init(&iter, object_get_class(box));
    while ((prop = object_property_iter_next(&iter))) {
        g_hash_table_add(seen, prop->name);
    }
    g_assert_false(g_hash_table_contains(seen, "own-open"));
    g_assert_true(g_hash_table_contains(seen, "type"));
    free_box(box);
}

static int releases;

/* Comes back to the object: removes one property, adds another. */
static void release_tangled(Object *obj, const char *name, void *opaque)
{
    releases++;
    if (object_property_find(obj, "second")) {
        object_property_del(obj, "second");
    }
    if (opaque) {
        object_property_add(obj, "late", "int", NULL, NULL, release_tangled,
                            NULL);
    }
}

/* Each property is released once, whatever the hooks do meanwhile. */
static void test_release_reenters(void)
{
    Object *box = object_new(TYPE_BOX);

    releases = 0;
    object_property_add(box, "first", "int", NULL, NULL, release_tangled,
                        box);
    object_property_add(box, "second", "int", NULL, NULL, release_tangled,
                        NULL);
    object_unref(box);
    g_assert_cmpint(releases, ==, 3);
}

/* Text in, text out: what a command line and `info qtree` see. */
static void test_print(void)
{
    Object *box = new_box("box");
    char *str;

    object_property_set_str(box, "label", "tea", &error_abort);
    str = object_property_print(box, "label", true, &error_abort);
    g_assert_cmpstr(str, ==, "\"tea\"");
    g_free(str);

    object_property_set_uint(box, "u16", 258, &error_abort);
    str = object_property_print(box, "u16", true, &error_abort);
    g_assert_cmpstr(str, ==, "258 (0x102)");
    g_free(str);
    free_box(box);
}

static void test_set_props(void)
{
    Object *root = object_get_objects_root();
    Error *err = NULL;
    Object *box;

    box = object_new_with_props(TYPE_BOX, root, "box", &error_abort,
                                "open", "on", "label", "tea", NULL);
    g_assert_cmpuint(box->ref, ==, 1);
    g_assert_true(BOX(box)->open);
    g_assert_cmpstr(BOX(box)->label, ==, "tea");

    g_assert_false(object_set_props(box, &err, "open", "off",
                                    "lid", "round", "label", "gin", NULL));
    assert_error(err, "Property 'test-box.lid' not found");
    g_assert_false(BOX(box)->open);
    g_assert_cmpstr(BOX(box)->label, ==, "tea");

    /* The name is taken: the new object goes, the old one stays. */
    err = NULL;
    g_assert_null(object_new_with_props(TYPE_BOX, root, "box", &err, NULL));
    assert_error(err, "attempt to add duplicate property 'box' to object "
                 "(type 'container')");
    g_assert_true(object_resolve_path("/objects/box", NULL) == box);
    object_unparent(box);
}

/* A property from JSON needs the right type; from keyval, text will do. */
static void test_from_dict(void)
{
    Object *box = new_box("box");
    QDict *json = qobject_to(QDict, qobject_from_json(
        "{ 'open': true, 'u16': 7 }", &error_abort));
    QDict *text = qobject_to(QDict, qobject_from_json(
        "{ 'open': 'off', 'u16': '8' }", &error_abort));
    Error *err = NULL;

    object_set_properties_from_keyval(box, json, true, &error_abort);
    g_assert_true(BOX(box)->open);
    g_assert_cmpuint(BOX(box)->u16, ==, 7);

    object_set_properties_from_keyval(box, text, false, &error_abort);
    g_assert_false(BOX(box)->open);
    g_assert_cmpuint(BOX(box)->u16, ==, 8);

    object_set_properties_from_keyval(box, text, true, &err);
    g_assert_nonnull(err);
    error_free(err);

    qobject_unref(json);
    qobject_unref(text);
    free_box(box);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    module_call_init(MODULE_INIT_QOM);
    type_register_static(&box_info);

    g_test_add_func("/qom/proplist/bool", test_bool);
    g_test_add_func("/qom/proplist/str", test_str);
    g_test_add_func("/qom/proplist/enum", test_enum);
    g_test_add_func("/qom/proplist/numbers", test_numbers);
    g_test_add_func("/qom/proplist/one-way", test_one_way);
    g_test_add_func("/qom/proplist/tm", test_tm);
    g_test_add_func("/qom/proplist/default", test_default);
    g_test_add_func("/qom/proplist/description", test_description);
    g_test_add_func("/qom/proplist/links", test_links);
    g_test_add_func("/qom/proplist/class-link", test_class_link);
    g_test_add_func("/qom/proplist/bad-links", test_bad_links);
    g_test_add_func("/qom/proplist/const-link", test_const_link);
    g_test_add_func("/qom/proplist/alias", test_alias);
    g_test_add_func("/qom/proplist/numbered", test_numbered);
    g_test_add_func("/qom/proplist/duplicate", test_duplicate);
    g_test_add_func("/qom/proplist/iterator", test_iterator);
    g_test_add_func("/qom/proplist/release-reenters", test_release_reenters);
    g_test_add_func("/qom/proplist/print", test_print);
    g_test_add_func("/qom/proplist/set-props", test_set_props);
    g_test_add_func("/qom/proplist/from-dict", test_from_dict);
    return g_test_run();
}
