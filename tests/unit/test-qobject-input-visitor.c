/*
 * From QObject to C struct, in both dialects: JSON, where each value has a
 * type, and keyval, where all of them are strings.
 *
 * Read tests/unit/visitor-test.json first, which has the types.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/compat-policy.h"
#include "qapi/error.h"
#include "qapi/qmp/qdict.h"
#include "qapi/qmp/qjson.h"
#include "qapi/qmp/qnum.h"
#include "qapi/qobject-input-visitor.h"
#include "qemu/keyval.h"
#include "visitor-test-qapi-visit.h"

/* A visitor of JSON text; it holds the only reference to what it reads. */
static Visitor *json_visitor(const char *json)
{
    QObject *obj = qobject_from_json(json, &error_abort);
    Visitor *v = qobject_input_visitor_new(obj);

    qobject_unref(obj);
    return v;
}

static Visitor *keyval_visitor(const char *params)
{
    QDict *dict = keyval_parse(params, NULL, NULL, &error_abort);
    Visitor *v = qobject_input_visitor_new_keyval(QOBJECT(dict));

    qobject_unref(dict);
    return v;
}

/* Visits one type of the schema, and frees what that made. */
typedef bool VisitFn(Visitor *v, void **obj, Error **errp);

#define DEFINE_VISIT(type)                                              \
    static bool visit_##type(Visitor *v, void **obj, Error **errp)      \
    {                                                                   \
        return visit_type_##type(v, NULL, (type **)obj, errp);          \
    }

DEFINE_VISIT(Scalars)
DEFINE_VISIT(Map)
DEFINE_VISIT(Shape)
DEFINE_VISIT(Route)
DEFINE_VISIT(Aging)

/* The visit fails with @message, and leaves nothing: ASan sees the rest. */
static void check_fails(Visitor *v, VisitFn *visit, const char *message)
{
    void *obj = &obj;
    Error *err = NULL;

    g_assert_false(visit(v, &obj, &err));
    g_assert_null(obj);
    g_assert_cmpstr(error_get_pretty(err), ==, message);
    error_free(err);
    visit_free(v);
}

static void check_json(VisitFn *visit, const char *json, const char *message)
{
    check_fails(json_visitor(json), visit, message);
}

static void check_keyval(VisitFn *visit, const char *params,
                         const char *message)
{
    check_fails(keyval_visitor(params), visit, message);
}

/* Scalars */

/* A struct with all scalars; the one named @key has another value. */
static char *scalars_with(const char *fmt, const char *key, const char *value)
{
    static const char *const fields[][3] = {
        { "integer", "-5" }, { "small", "-128" }, { "port", "65535" },
        { "big", "18446744073709551615" }, { "size", "4096" },
        { "real", "1.5" }, { "flag", "true", "on" },
        { "text", "'hi'", "hi" }, { "colour", "'dark-blue'", "dark-blue" },
    };
    bool json = fmt[0] == '\'';
    GString *s = g_string_new(json ? "{" : "");

    for (int i = 0; i < ARRAY_SIZE(fields); i++) {
        const char *own = !json && fields[i][2] ? fields[i][2] : fields[i][1];

        if (key && g_str_equal(key, fields[i][0])) {
            own = value;
        }
        if (own) {
            g_string_append(s, s->len > json ? "," : "");
            g_string_append_printf(s, fmt, fields[i][0], own);
        }
    }
    return g_string_free(g_string_append(s, json ? "}" : ""), false);
}

#define JSON_FIELD "'%s': %s"
#define KEYVAL_FIELD "%s=%s"

static void check_scalars(Visitor *v)
{
    Scalars *s;

    visit_type_Scalars(v, NULL, &s, &error_abort);
    visit_free(v);
    g_assert_cmpint(s->integer, ==, -5);
    g_assert_cmpint(s->small, ==, -128);
    g_assert_cmpuint(s->port, ==, 65535);
    g_assert_cmpuint(s->big, ==, UINT64_MAX);
    g_assert_cmpuint(s->size, ==, 4096);
    g_assert_cmpfloat(s->real, ==, 1.5);
    g_assert_true(s->flag);
    g_assert_cmpstr(s->text, ==, "hi");
    g_assert_cmpint(s->colour, ==, COLOUR_DARK_BLUE);
    qapi_free_Scalars(s);
}

static void test_scalars(void)
{
    g_autofree char *json = scalars_with(JSON_FIELD, NULL, NULL);
    g_autofree char *keyval = scalars_with(KEYVAL_FIELD, NULL, NULL);

    check_scalars(json_visitor(json));
    check_scalars(keyval_visitor(keyval));
}

typedef struct BadScalar {
    const char *key;
    const char *value;          /* NULL: left out */
    const char *message;
} BadScalar;

static void test_scalar_errors(void)
{
    static const BadScalar bad[] = {
        { "integer", NULL, "Parameter 'integer' is missing" },
        { "integer", "'5'",
          "Invalid parameter type for 'integer', expected: integer" },
        { "integer", "1.5",
          "Invalid parameter type for 'integer', expected: integer" },
        { "integer", "9223372036854775808",
          "Invalid parameter type for 'integer', expected: integer" },
        { "small", "128", "Parameter 'small' expects int8_t" },
        { "small", "-129", "Parameter 'small' expects int8_t" },
        { "port", "65536", "Parameter 'port' expects uint16_t" },
        { "big", "true", "Parameter 'big' expects uint64" },
        { "size", "'4k'", "Parameter 'size' expects uint64" },
        { "real", "'1'",
          "Invalid parameter type for 'real', expected: number" },
        { "flag", "1",
          "Invalid parameter type for 'flag', expected: boolean" },
        { "text", "null",
          "Invalid parameter type for 'text', expected: string" },
        { "colour", "1",
          "Invalid parameter type for 'colour', expected: string" },
        { "colour", "'pink'",
          "Parameter 'colour' does not accept value 'pink'" },
    };

    for (int i = 0; i < ARRAY_SIZE(bad); i++) {
        g_autofree char *json = scalars_with(JSON_FIELD, bad[i].key,
                                             bad[i].value);

        check_json(visit_Scalars, json, bad[i].message);
    }
}

static void test_keyval_scalar_errors(void)
{
    static const BadScalar bad[] = {
        { "integer", NULL, "Parameter 'integer' is missing" },
        { "integer", "", "Parameter 'integer' expects integer" },
        { "integer", "5k", "Parameter 'integer' expects integer" },
        { "integer", "9223372036854775808",
          "Parameter 'integer' expects integer" },
        { "small", "128", "Parameter 'small' expects int8_t" },
        { "big", "18446744073709551616", "Parameter 'big' expects integer" },
        { "size", "-1", "Parameter 'size' expects size" },
        { "size", "16E", "Parameter 'size' expects size" },
        { "real", "inf",
          "Invalid parameter type for 'real', expected: number" },
        { "flag", "1", "Parameter 'flag' expects 'on' or 'off'" },
        { "colour", "pink",
          "Parameter 'colour' does not accept value 'pink'" },
    };

    for (int i = 0; i < ARRAY_SIZE(bad); i++) {
        g_autofree char *params = scalars_with(KEYVAL_FIELD, bad[i].key,
                                               bad[i].value);

        check_keyval(visit_Scalars, params, bad[i].message);
    }
}

/* Clients once had to write large unsigned values as negative ones. */
static void test_negative_uint64(void)
{
    Visitor *v = json_visitor("-1");
    uint64_t u;

    visit_type_uint64(v, NULL, &u, &error_abort);
    g_assert_cmpuint(u, ==, UINT64_MAX);
    visit_free(v);
}

/* Where a string is wanted, keyval has nothing else. */
static void test_keyval_not_a_string(void)
{
    QObject *obj = qobject_from_json("{'title': true}", &error_abort);

    check_fails(qobject_input_visitor_new_keyval(obj), visit_Map,
                "Internal error: parameter title invalid");
    qobject_unref(obj);
}

/* Structs and lists */

static void check_map(Visitor *v)
{
    PlaceList *places;
    Map *map;

    visit_type_Map(v, NULL, &map, &error_abort);
    visit_free(v);
    g_assert_cmpstr(map->title, ==, "t");
    g_assert_true(map->has_origin);
    g_assert_cmpint(map->origin->y, ==, 2);
    places = map->places;
    g_assert_cmpint(places->value->x, ==, 3);
    g_assert_true(places->value->has_name && !places->value->has_label);
    g_assert_cmpint(places->next->value->label, ==, COLOUR_GREEN);
    g_assert_false(places->next->value->has_name);
    g_assert_null(places->next->next);
    g_assert_cmpint(map->numbers->next->value, ==, 8);
    g_assert_null(map->numbers->next->next);
    g_assert_false(map->has_extra || map->has_nothing);
    qapi_free_Map(map);
}

static void test_struct(void)
{
    check_map(json_visitor(
        "{'title': 't', 'origin': {'x': 1, 'y': 2}, 'numbers': [7, 8],"
        " 'places': [{'x': 3, 'y': 4, 'name': 'n'},"
        "            {'x': 5, 'y': 6, 'label': 'green'}]}"));
    check_map(keyval_visitor(
        "title=t,origin.x=1,origin.y=2,numbers.0=7,numbers.1=8,"
        "places.0.x=3,places.0.y=4,places.0.name=n,"
        "places.1.x=5,places.1.y=6,places.1.label=green"));
}

static void test_struct_errors(void)
{
    check_json(visit_Map, "[]",
               "Invalid parameter type for '<anonymous>', expected: object");
    check_json(visit_Map, "{}", "Parameter 'title' is missing");
    check_json(visit_Map, "{'title': 't', 'titel': 't'}",
               "Parameter 'titel' is unexpected");
    check_json(visit_Map, "{'title': 't', 'origin': 1}",
               "Invalid parameter type for 'origin', expected: object");
    check_json(visit_Map, "{'title': 't', 'origin': {'x': 1}}",
               "Parameter 'origin.y' is missing");
    check_json(visit_Map, "{'title': 't', 'origin': {'x':1, 'y':2, 'z':3}}",
               "Parameter 'origin.z' is unexpected");

    check_keyval(visit_Map, "title=t,titel=t",
                 "Parameter 'titel' is unexpected");
    check_keyval(visit_Map, "title.a=t", "Parameters 'title.*' are unexpected");
    check_keyval(visit_Map, "title.0=t", "Parameters 'title.*' are unexpected");
    check_keyval(visit_Map, "title=t,origin=1",
                 "Invalid parameter type for 'origin', expected: object");
    check_keyval(visit_Map, "title=t,origin.x=1,origin.y=2,origin.z=3",
                 "Parameter 'origin.z' is unexpected");
}

static void test_list_errors(void)
{
    check_json(visit_Map, "{'title': 't', 'numbers': 1}",
               "Invalid parameter type for 'numbers', expected: array");
    check_json(visit_Map, "{'title': 't', 'numbers': [1, 'two', 3]}",
               "Invalid parameter type for 'numbers[1]', expected: integer");
    check_json(visit_Map, "{'title': 't', 'places': [{'x': 1, 'y': 1}, 2]}",
               "Invalid parameter type for 'places[1]', expected: object");
    check_json(visit_Map, "{'title': 't', 'places': [{'x': 1, 'y': 1}, {}]}",
               "Parameter 'places[1].x' is missing");
    check_json(visit_Map, "{'title': 't', 'places': [{'x':1,'y':1,'z':1}]}",
               "Parameter 'places[0].z' is unexpected");

    check_keyval(visit_Map, "title=t,numbers=1",
                 "Invalid parameter type for 'numbers', expected: array");
    check_keyval(visit_Map, "title=t,numbers.0=1,numbers.1=two",
                 "Parameter 'numbers.1' expects integer");
    check_keyval(visit_Map, "title=t,places.0.x=1",
                 "Parameter 'places.0.y' is missing");
}

static void test_empty_list(void)
{
    Visitor *v = json_visitor("{'title': 't', 'numbers': []}");
    Map *map;

    visit_type_Map(v, NULL, &map, &error_abort);
    g_assert_true(map->has_numbers);
    g_assert_null(map->numbers);
    qapi_free_Map(map);
    visit_free(v);
}

/* Who walks over a list by hand takes all of it, or is told. */
static void test_list_by_hand(void)
{
    Visitor *v = json_visitor("{'l': [10, 20, 30]}");
    Error *err = NULL;
    int64_t i;

    visit_start_struct(v, NULL, NULL, 0, &error_abort);
    visit_start_list(v, "l", NULL, 0, &error_abort);
    visit_type_int(v, NULL, &i, &error_abort);
    visit_type_int(v, NULL, &i, &error_abort);
    g_assert_cmpint(i, ==, 20);
    g_assert_false(visit_check_list(v, &err));
    g_assert_cmpstr(error_get_pretty(err), ==,
                    "Only 2 list elements expected in l");
    error_free_or_abort(&err);
    visit_type_int(v, NULL, &i, &error_abort);
    g_assert_true(visit_check_list(v, &error_abort));
    g_assert_false(visit_type_int(v, NULL, &i, &err));
    g_assert_cmpstr(error_get_pretty(err), ==, "Parameter 'l[3]' is missing");
    error_free(err);
    visit_end_list(v, NULL);
    visit_check_struct(v, &error_abort);
    visit_end_struct(v, NULL);
    visit_free(v);
}

/* A visitor that is given up in the middle frees what it holds. */
static void test_given_up(void)
{
    Visitor *v = json_visitor("{'a': {'b': [{}]}}");

    visit_start_struct(v, NULL, NULL, 0, &error_abort);
    visit_start_struct(v, "a", NULL, 0, &error_abort);
    visit_start_list(v, "b", NULL, 0, &error_abort);
    visit_start_struct(v, NULL, NULL, 0, &error_abort);
    visit_free(v);
}

static void test_any_and_null(void)
{
    Visitor *v = json_visitor("{'title': 't', 'extra': {'a': [1]},"
                              " 'nothing': null}");
    Map *map;

    visit_type_Map(v, NULL, &map, &error_abort);
    visit_free(v);
    g_assert_true(map->has_nothing && map->nothing);
    g_assert_true(qdict_haskey(qobject_to(QDict, map->extra), "a"));
    qapi_free_Map(map);

    check_json(visit_Map, "{'title': 't', 'nothing': 0}",
               "Invalid parameter type for 'nothing', expected: null");
}

/* Unions and alternates */

static void test_union(void)
{
    Visitor *v = json_visitor("{'kind': 'rectangle', 'width': 3,"
                              " 'height': 4}");
    Shape *shape;

    visit_type_Shape(v, NULL, &shape, &error_abort);
    visit_free(v);
    g_assert_cmpint(shape->kind, ==, SHAPE_KIND_RECTANGLE);
    g_assert_cmpint(shape->u.rectangle.height, ==, 4);
    qapi_free_Shape(shape);

    v = keyval_visitor("kind=empty,title=none");
    visit_type_Shape(v, NULL, &shape, &error_abort);
    visit_free(v);
    g_assert_cmpint(shape->kind, ==, SHAPE_KIND_EMPTY);
    qapi_free_Shape(shape);
}

static void test_union_errors(void)
{
    check_json(visit_Shape, "{}", "Parameter 'kind' is missing");
    check_json(visit_Shape, "{'kind': 'line'}",
               "Parameter 'kind' does not accept value 'line'");
    check_json(visit_Shape, "{'kind': 'circle'}",
               "Parameter 'radius' is missing");
    check_json(visit_Shape, "{'kind': 'empty', 'radius': 1}",
               "Parameter 'radius' is unexpected");
    check_json(visit_Shape, "{'kind': 'circle', 'radius': 1, 'width': 1}",
               "Parameter 'width' is unexpected");
    check_keyval(visit_Shape, "kind=circle,radius=1,title=a,centre.x=1",
                 "Parameter 'centre.y' is missing");
}

static void test_alternate(void)
{
    Visitor *v = json_visitor("{'start': 'red', 'stops':"
                              " [5, {'x': 1, 'y': 2, 'name': 'n'}, 'green']}");
    SpotList *stops;
    Route *route;

    visit_type_Route(v, NULL, &route, &error_abort);
    visit_free(v);
    g_assert_cmpint(route->start->type, ==, QTYPE_QSTRING);
    g_assert_cmpint(route->start->u.colour, ==, COLOUR_RED);
    stops = route->stops;
    g_assert_cmpint(stops->value->type, ==, QTYPE_QNUM);
    g_assert_cmpint(stops->value->u.index, ==, 5);
    g_assert_cmpint(stops->next->value->u.at.y, ==, 2);
    g_assert_cmpstr(stops->next->value->u.at.name, ==, "n");
    g_assert_cmpint(stops->next->next->value->u.colour, ==, COLOUR_GREEN);
    qapi_free_Route(route);
}

static void test_alternate_errors(void)
{
    check_json(visit_Route, "{'start': true, 'stops': []}",
               "Invalid parameter type for 'start', expected: Spot");
    check_json(visit_Route, "{'stops': [1, []]}",
               "Invalid parameter type for 'null', expected: Spot");
    check_json(visit_Route, "{'start': 1.5, 'stops': []}",
               "Invalid parameter type for 'start', expected: integer");
    check_json(visit_Route, "{'start': {'x': 1, 'name': 'n'}, 'stops': []}",
               "Parameter 'start.y' is missing");
    check_json(visit_Route, "{'stops': [1, {'x': 1}]}",
               "Parameter 'stops[1].y' is missing");
    check_json(visit_Route,
               "{'stops': [1, 2, {'x': 1, 'y': 2, 'name': 'n', 'z': 0}]}",
               "Parameter 'stops[2].z' is unexpected");
    check_json(visit_Route, "{'stops': ['red', 'pink']}",
               "Parameter 'null' does not accept value 'pink'");
}

/* Members that are to go, or may yet change. */
static void test_policy(void)
{
    CompatPolicy reject = {
        .has_deprecated_input = true,
        .deprecated_input = COMPAT_POLICY_INPUT_REJECT,
        .has_unstable_input = true,
        .unstable_input = COMPAT_POLICY_INPUT_REJECT,
    };
    Visitor *v = json_visitor("{'old': 1, 'fresh': 2}");
    Aging *aging;

    visit_type_Aging(v, NULL, &aging, &error_abort);
    visit_free(v);
    g_assert_cmpint(aging->old + aging->fresh, ==, 3);
    qapi_free_Aging(aging);

    v = json_visitor("{'old': 1}");
    visit_set_policy(v, &reject);
    check_fails(v, visit_Aging,
                "Deprecated parameter old disabled by policy");
    v = json_visitor("{'fresh': 1}");
    visit_set_policy(v, &reject);
    check_fails(v, visit_Aging,
                "Unstable parameter fresh disabled by policy");
}

/* -object and its like take either dialect; the first brace tells. */
static void test_new_str(void)
{
    Visitor *v = qobject_input_visitor_new_str("{'title': 't'}", "title",
                                               &error_abort);
    Error *err = NULL;
    Map *map;

    visit_type_Map(v, NULL, &map, &error_abort);
    qapi_free_Map(map);
    visit_free(v);

    v = qobject_input_visitor_new_str("t", "title", &error_abort);
    visit_type_Map(v, NULL, &map, &error_abort);
    qapi_free_Map(map);
    visit_free(v);

    g_assert_null(qobject_input_visitor_new_str("{'title'", "title", &err));
    error_free_or_abort(&err);
    g_assert_null(qobject_input_visitor_new_str("=t", "title", &err));
    g_assert_cmpstr(error_get_pretty(err), ==, "Invalid parameter ''");
    error_free(err);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/visitor/input/scalars", test_scalars);
    g_test_add_func("/visitor/input/scalar-errors", test_scalar_errors);
    g_test_add_func("/visitor/input/keyval-scalar-errors",
                    test_keyval_scalar_errors);
    g_test_add_func("/visitor/input/negative-uint64", test_negative_uint64);
    g_test_add_func("/visitor/input/keyval-not-a-string",
                    test_keyval_not_a_string);
    g_test_add_func("/visitor/input/struct", test_struct);
    g_test_add_func("/visitor/input/struct-errors", test_struct_errors);
    g_test_add_func("/visitor/input/list-errors", test_list_errors);
    g_test_add_func("/visitor/input/empty-list", test_empty_list);
    g_test_add_func("/visitor/input/list-by-hand", test_list_by_hand);
    g_test_add_func("/visitor/input/given-up", test_given_up);
    g_test_add_func("/visitor/input/any-and-null", test_any_and_null);
    g_test_add_func("/visitor/input/union", test_union);
    g_test_add_func("/visitor/input/union-errors", test_union_errors);
    g_test_add_func("/visitor/input/alternate", test_alternate);
    g_test_add_func("/visitor/input/alternate-errors", test_alternate_errors);
    g_test_add_func("/visitor/input/policy", test_policy);
    g_test_add_func("/visitor/input/new-str", test_new_str);
    return g_test_run();
}
