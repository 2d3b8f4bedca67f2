/*
 * One member under another name, as alias properties need it.
 *
 * Read tests/unit/visitor-test.json first, which has the types.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/forward-visitor.h"
#include "qapi/qmp/qdict.h"
#include "qapi/qmp/qjson.h"
#include "qapi/qmp/qnull.h"
#include "qapi/qmp/qnum.h"
#include "qapi/qobject-input-visitor.h"
#include "qapi/qobject-output-visitor.h"
#include "visitor-test-qapi-visit.h"

/* Inside a struct of JSON, what is "there" there is "here" here. */
typedef struct Forward {
    Visitor *target;
    Visitor *v;
} Forward;

static void forward_start(Forward *f, const char *json)
{
    QObject *obj = qobject_from_json(json, &error_abort);

    f->target = qobject_input_visitor_new(obj);
    qobject_unref(obj);
    visit_start_struct(f->target, NULL, NULL, 0, &error_abort);
    f->v = visitor_forward_field(f->target, "here", "there");
}

static void forward_stop(Forward *f)
{
    visit_free(f->v);
    g_assert_true(visit_check_struct(f->target, &error_abort));
    visit_end_struct(f->target, NULL);
    visit_free(f->target);
}

static void check_missing(Error *err, const char *name)
{
    g_autofree char *expected = g_strdup_printf("Parameter '%s' is missing",
                                                name);

    g_assert_cmpstr(error_get_pretty(err), ==, expected);
    error_free(err);
}

static void test_scalars(void)
{
    Forward f;
    int64_t i;
    uint64_t u;
    double d;
    char *str;
    bool b;
    Colour colour;
    QNull *null;
    QObject *any;

    forward_start(&f, "{'there': -1}");
    visit_type_int(f.v, "here", &i, &error_abort);
    g_assert_cmpint(i, ==, -1);
    visit_type_uint64(f.v, "here", &u, &error_abort);
    visit_type_size(f.v, "here", &u, &error_abort);
    visit_type_number(f.v, "here", &d, &error_abort);
    g_assert_cmpfloat(d, ==, -1);
    visit_type_any(f.v, "here", &any, &error_abort);
    g_assert_cmpint(qnum_get_int(qobject_to(QNum, any)), ==, -1);
    qobject_unref(any);
    forward_stop(&f);

    forward_start(&f, "{'there': 'green'}");
    visit_type_Colour(f.v, "here", &colour, &error_abort);
    g_assert_cmpint(colour, ==, COLOUR_GREEN);
    visit_type_str(f.v, "here", &str, &error_abort);
    g_assert_cmpstr(str, ==, "green");
    g_free(str);
    forward_stop(&f);

    forward_start(&f, "{'there': true}");
    visit_type_bool(f.v, "here", &b, &error_abort);
    g_assert_true(b);
    forward_stop(&f);

    forward_start(&f, "{'there': null}");
    visit_type_null(f.v, "here", &null, &error_abort);
    qobject_unref(null);
    forward_stop(&f);
}

/* Only the top is renamed: below it, "here" and "x" are what they are. */
static void test_containers(void)
{
    Forward f;
    Route *route;
    Spot *spot;
    Map *map;

    forward_start(&f, "{'there': {'title': 't', 'places':"
                      " [{'x': 1, 'y': 2}], 'origin': {'x': 3, 'y': 4}}}");
    visit_type_Map(f.v, "here", &map, &error_abort);
    g_assert_cmpint(map->places->value->y, ==, 2);
    g_assert_cmpint(map->origin->x, ==, 3);
    qapi_free_Map(map);
    forward_stop(&f);

    forward_start(&f, "{'there': {'x': 1, 'y': 2, 'name': 'n'}}");
    visit_type_Spot(f.v, "here", &spot, &error_abort);
    g_assert_cmpstr(spot->u.at.name, ==, "n");
    qapi_free_Spot(spot);
    forward_stop(&f);

    forward_start(&f, "{'there': {'stops': [1, 'red', {'x': 1, 'y': 2}]}}");
    visit_type_Route(f.v, "here", &route, &error_abort);
    g_assert_cmpint(route->stops->next->next->value->u.at.y, ==, 2);
    qapi_free_Route(route);
    forward_stop(&f);
}

/* Any other name is not there, its own in the target included. */
static void test_other_names(void)
{
    static const char *const others[] = { "there", "other" };
    Forward f;

    forward_start(&f, "{'there': 1, 'other': 2}");
    for (int i = 0; i < ARRAY_SIZE(others); i++) {
        const char *name = others[i];
        QObject *any = (QObject *)f.v;
        Map *map = (Map *)f.v;
        Spot *spot = (Spot *)f.v;
        intList *list = (intList *)f.v;
        Error *err = NULL;
        char *str = (char *)f.v;
        bool present;
        int64_t n;

        g_assert_false(visit_type_int(f.v, name, &n, &err));
        check_missing(g_steal_pointer(&err), name);
        g_assert_false(visit_type_str(f.v, name, &str, &err));
        check_missing(g_steal_pointer(&err), name);
        g_assert_null(str);
        g_assert_false(visit_type_any(f.v, name, &any, &err));
        check_missing(g_steal_pointer(&err), name);
        g_assert_null(any);
        g_assert_false(visit_type_Map(f.v, name, &map, &err));
        check_missing(g_steal_pointer(&err), name);
        g_assert_null(map);
        g_assert_false(visit_type_intList(f.v, name, &list, &err));
        check_missing(g_steal_pointer(&err), name);
        g_assert_null(list);
        g_assert_false(visit_type_Spot(f.v, name, &spot, &err));
        check_missing(g_steal_pointer(&err), name);
        g_assert_null(spot);
        g_assert_false(visit_optional(f.v, name, &present));
    }
    g_assert_true(visit_optional(f.v, "here", &(bool) { false }));

    /* So that the target's struct has been visited to its end. */
    visit_type_int(f.v, "here", &(int64_t) { 0 }, &error_abort);
    visit_type_int(f.target, "other", &(int64_t) { 0 }, &error_abort);
    forward_stop(&f);
}

/* What the target says, it says in its own words. */
static void test_target_errors(void)
{
    Error *err = NULL;
    Forward f;
    Map *map;
    bool b;

    forward_start(&f, "{'there': {'title': 't', 'origin': {'x': 1}}}");
    g_assert_false(visit_type_bool(f.v, "here", &b, &err));
    g_assert_cmpstr(error_get_pretty(err), ==,
                    "Invalid parameter type for 'there', expected: boolean");
    error_free_or_abort(&err);
    g_assert_false(visit_type_Map(f.v, "here", &map, &err));
    g_assert_null(map);
    check_missing(g_steal_pointer(&err), "there.origin.y");

    /* The failure has left no level open. */
    g_assert_false(visit_type_bool(f.v, "other", &b, &err));
    check_missing(err, "other");
    forward_stop(&f);
}

static void test_output(void)
{
    Point point = { 1, 2 }, *ptr = &point;
    QObject *obj;
    Visitor *target = qobject_output_visitor_new(&obj);
    Visitor *v = visitor_forward_field(target, "here", "there");
    g_autoptr(GString) text = NULL;

    visit_start_struct(target, NULL, NULL, 0, &error_abort);
    visit_type_Point(v, "here", &ptr, &error_abort);
    visit_check_struct(target, &error_abort);
    visit_end_struct(target, NULL);
    visit_free(v);
    visit_complete(target, &obj);
    visit_free(target);
    text = qobject_to_json(obj);
    g_assert_cmpstr(text->str, ==, "{\"there\": {\"x\": 1, \"y\": 2}}");
    qobject_unref(obj);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/visitor/forward/scalars", test_scalars);
    g_test_add_func("/visitor/forward/containers", test_containers);
    g_test_add_func("/visitor/forward/other-names", test_other_names);
    g_test_add_func("/visitor/forward/target-errors", test_target_errors);
    g_test_add_func("/visitor/forward/output", test_output);
    return g_test_run();
}
