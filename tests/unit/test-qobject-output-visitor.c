/*
 * From C struct to QObject, and copies of C structs, and their end.
 *
 * Read tests/unit/visitor-test.json first, which has the types.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/clone-visitor.h"
#include "qapi/compat-policy.h"
#include "qapi/dealloc-visitor.h"
#include "qapi/error.h"
#include "qapi/qmp/qdict.h"
#include "qapi/qmp/qjson.h"
#include "qapi/qmp/qnum.h"
#include "qapi/qobject-input-visitor.h"
#include "qapi/qobject-output-visitor.h"
#include "visitor-test-qapi-visit.h"

/* JSON in, a C struct, JSON out; @clone: of a copy that outlives it. */
#define DEFINE_THERE_AND_BACK(type)                                     \
    static void check_##type(const char *json)                          \
    {                                                                   \
        QObject *obj = qobject_from_json(json, &error_abort);           \
        Visitor *in = qobject_input_visitor_new(obj);                   \
        g_autoptr(GString) text = qobject_to_json(obj);                 \
        type *first, *copy;                                             \
                                                                        \
        visit_type_##type(in, NULL, &first, &error_abort);              \
        visit_free(in);                                                 \
        qobject_unref(obj);                                             \
        copy = QAPI_CLONE(type, first);                                 \
        check_output_##type(first, text->str);                          \
        qapi_free_##type(first);                                        \
        check_output_##type(copy, text->str);                           \
        qapi_free_##type(copy);                                         \
    }

#define DEFINE_CHECK_OUTPUT(type)                                       \
    static void check_output_##type(type *value, const char *expected)  \
    {                                                                   \
        QObject *obj;                                                   \
        Visitor *out = qobject_output_visitor_new(&obj);                \
        g_autoptr(GString) text = NULL;                                 \
                                                                        \
        visit_type_##type(out, NULL, &value, &error_abort);             \
        visit_complete(out, &obj);                                      \
        visit_free(out);                                                \
        text = qobject_to_json(obj);                                    \
        g_assert_cmpstr(text->str, ==, expected);                       \
        qobject_unref(obj);                                             \
    }                                                                   \
    DEFINE_THERE_AND_BACK(type)

DEFINE_CHECK_OUTPUT(Scalars)
DEFINE_CHECK_OUTPUT(Map)
DEFINE_CHECK_OUTPUT(Shape)
DEFINE_CHECK_OUTPUT(Route)

static void test_scalars(void)
{
    check_Scalars("{'integer': -5, 'small': -128, 'port': 65535,"
                  " 'big': 18446744073709551615, 'size': 4096, 'real': 1.5,"
                  " 'flag': true, 'text': 'a\\n\\u20ac',"
                  " 'colour': 'dark-blue'}");
}

static void test_structs(void)
{
    check_Map("{'title': ''}");
    check_Map("{'title': 't', 'places': [], 'numbers': []}");
    check_Map("{'title': 't', 'origin': {'x': 1, 'y': 2},"
              " 'places': [{'x': 1, 'y': 2, 'name': 'n'},"
              "            {'x': 3, 'y': 4, 'label': 'green'}],"
              " 'numbers': [1, 2, 3], 'extra': {'a': [null, {}]},"
              " 'nothing': null}");
}

static void test_unions(void)
{
    check_Shape("{'kind': 'empty'}");
    check_Shape("{'kind': 'rectangle', 'title': 't',"
                " 'width': 1, 'height': 2}");
    check_Shape("{'kind': 'circle', 'radius': 1,"
                " 'centre': {'x': 0, 'y': 0, 'name': 'n'}}");
}

static void test_alternates(void)
{
    check_Route("{'start': 'red',"
                " 'stops': [1, {'x': 1, 'y': 2, 'name': 'n'}, 'green']}");
}

/* A struct that C code has filled in without saying "". */
static void test_null_string(void)
{
    Map map = { };

    check_output_Map(&map, "{\"title\": \"\"}");
}

/* A visitor that is given up has made nothing. */
static void test_given_up(void)
{
    QObject *obj;
    Visitor *v = qobject_output_visitor_new(&obj);
    int64_t one = 1;

    visit_start_struct(v, NULL, NULL, 0, &error_abort);
    visit_type_int(v, "one", &one, &error_abort);
    visit_free(v);
    g_assert_null(obj);
}

/* Members that are to go, or may yet change, can be left out. */
static void test_policy(void)
{
    CompatPolicy hide = {
        .has_deprecated_output = true,
        .deprecated_output = COMPAT_POLICY_OUTPUT_HIDE,
    };
    Aging aging = { .has_old = true, .old = 1, .has_fresh = true, .fresh = 2 };
    Aging *ptr = &aging;
    g_autoptr(GString) text = NULL;
    QObject *obj;
    Visitor *v = qobject_output_visitor_new(&obj);

    visit_set_policy(v, &hide);
    visit_type_Aging(v, NULL, &ptr, &error_abort);
    visit_complete(v, &obj);
    visit_free(v);
    text = qobject_to_json(obj);
    g_assert_cmpstr(text->str, ==, "{\"fresh\": 2}");
    qobject_unref(obj);
}

/* Copies */

static void test_clone_null(void)
{
    g_assert_null(QAPI_CLONE(Map, NULL));
}

/* The copy has nothing in common with what it was made of. */
static void test_clone_is_deep(void)
{
    Map map = { .title = (char *)"t", .has_origin = true };
    Point origin = { 1, 2 };
    intList numbers = { .value = 7 };
    Map *copy;

    map.origin = &origin;
    map.has_numbers = true;
    map.numbers = &numbers;
    copy = QAPI_CLONE(Map, &map);
    g_assert_true(copy->title != map.title && copy->origin != map.origin
                  && copy->numbers != map.numbers);
    origin.x = 9;
    numbers.value = 9;
    g_assert_cmpint(copy->origin->x, ==, 1);
    g_assert_cmpint(copy->numbers->value, ==, 7);
    qapi_free_Map(copy);
}

/* QObjects have counted references; these are shared. */
static void test_clone_shares_any(void)
{
    Map map = { .title = (char *)"t", .has_extra = true };
    Map *copy;

    map.extra = QOBJECT(qnum_from_int(5));
    copy = QAPI_CLONE(Map, &map);
    g_assert_true(copy->extra == map.extra);
    qobject_unref(map.extra);
    g_assert_cmpint(qnum_get_int(qobject_to(QNum, copy->extra)), ==, 5);
    qapi_free_Map(copy);
}

/* Into a struct that is part of another. */
static void test_clone_members(void)
{
    Place place = { .x = 1, .y = 2, .has_name = true, .name = (char *)"n" };
    Spot *spot = g_new0(Spot, 1);

    spot->type = QTYPE_QDICT;
    QAPI_CLONE_MEMBERS(Place, &spot->u.at, &place);
    g_assert_cmpstr(spot->u.at.name, ==, "n");
    g_assert_true(spot->u.at.name != place.name);
    qapi_free_Spot(spot);
}

static void test_clone_list(void)
{
    strList tail = { .value = (char *)"b" };
    strList list = { .next = &tail, .value = (char *)"a" };
    strList *copy = QAPI_CLONE(strList, &list);

    g_assert_cmpstr(copy->value, ==, "a");
    g_assert_cmpstr(copy->next->value, ==, "b");
    g_assert_null(copy->next->next);
    qapi_free_strList(copy);
}

/* The end */

/* What C code has begun to fill in can be freed at each point. */
static void test_free_partial(void)
{
    Shape *shape = g_new0(Shape, 1);
    Route *route = g_new0(Route, 1);
    Map *map = g_new0(Map, 1);

    qapi_free_Map(NULL);
    qapi_free_Map(map);

    map = g_new0(Map, 1);
    map->has_origin = map->has_places = map->has_extra = true;
    map->has_nothing = true;
    qapi_free_Map(map);

    map = g_new0(Map, 1);
    map->has_places = true;
    map->places = g_new0(PlaceList, 1);
    map->places->next = g_new0(PlaceList, 1);
    map->places->next->value = g_new0(Place, 1);
    qapi_free_Map(map);

    qapi_free_Shape(shape);
    route->has_start = true;
    route->stops = g_new0(SpotList, 1);
    qapi_free_Route(route);
}

/* A member that is not there is not looked at. */
static void test_free_absent(void)
{
    Place *place = g_new0(Place, 1);

    place->name = (char *)"not on the heap";
    qapi_free_Place(place);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/visitor/output/scalars", test_scalars);
    g_test_add_func("/visitor/output/structs", test_structs);
    g_test_add_func("/visitor/output/unions", test_unions);
    g_test_add_func("/visitor/output/alternates", test_alternates);
    g_test_add_func("/visitor/output/null-string", test_null_string);
    g_test_add_func("/visitor/output/given-up", test_given_up);
    g_test_add_func("/visitor/output/policy", test_policy);
    g_test_add_func("/visitor/clone/null", test_clone_null);
    g_test_add_func("/visitor/clone/is-deep", test_clone_is_deep);
    g_test_add_func("/visitor/clone/shares-any", test_clone_shares_any);
    g_test_add_func("/visitor/clone/members", test_clone_members);
    g_test_add_func("/visitor/clone/list", test_clone_list);
    g_test_add_func("/visitor/dealloc/partial", test_free_partial);
    g_test_add_func("/visitor/dealloc/absent", test_free_absent);
    return g_test_run();
}
