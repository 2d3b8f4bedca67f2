/*
 * Out through one visitor and in again through its twin: nothing changes.
 *
 * Each value goes three ways: as a QObject, as the JSON text of that, and, if
 * it is a scalar or a list of integers, as a string for people.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <float.h>
#include <math.h>
#include "qapi/clone-visitor.h"
#include "qapi/error.h"
#include "qapi/qmp/qjson.h"
#include "qapi/qmp/qobject.h"
#include "qapi/qobject-input-visitor.h"
#include "qapi/qobject-output-visitor.h"
#include "qapi/string-input-visitor.h"
#include "qapi/string-output-visitor.h"
#include "visitor-test-qapi-visit.h"

typedef enum Way { WAY_QOBJECT, WAY_JSON, WAY_STRING, WAY__MAX } Way;

static const char *const way_names[] = { "qobject", "json", "string" };

/* One value on its way: what came out, and the visitor to read it with. */
typedef struct Trip {
    Way way;
    Visitor *out, *in;
    QObject *obj;
    char *text;
} Trip;

static Visitor *trip_out(Trip *t, Way way)
{
    *t = (Trip) { .way = way };
    t->out = way == WAY_STRING ? string_output_visitor_new(false, &t->text)
        : qobject_output_visitor_new(&t->obj);
    return t->out;
}

static Visitor *trip_in(Trip *t)
{
    visit_complete(t->out, t->way == WAY_STRING ? (void *)&t->text
                   : (void *)&t->obj);
    if (t->way == WAY_JSON) {
        GString *json = qobject_to_json(t->obj);

        qobject_unref(t->obj);
        t->obj = qobject_from_json(json->str, &error_abort);
        t->text = g_string_free(json, false);
    }
    t->in = t->way == WAY_STRING ? string_input_visitor_new(t->text)
        : qobject_input_visitor_new(t->obj);
    return t->in;
}

static void trip_end(Trip *t)
{
    visit_free(t->out);
    visit_free(t->in);
    qobject_unref(t->obj);
    g_free(t->text);
}

/* Send each of an array's values of @type all three ways. */
#define CHECK_SCALARS(ctype, type, equal, ...)                          \
    do {                                                                \
        ctype values[] = { __VA_ARGS__ };                               \
                                                                        \
        for (int i = 0; i < ARRAY_SIZE(values); i++) {                  \
            for (Way way = 0; way < WAY__MAX; way++) {                  \
                ctype was = values[i], is = 0;                          \
                Trip t;                                                 \
                                                                        \
                visit_type_ ## type(trip_out(&t, way), "x", &was,       \
                                    &error_abort);                      \
                visit_type_ ## type(trip_in(&t), "x", &is, &error_abort); \
                if (!(equal)) {                                         \
                    g_error("%s number %d of %s is another after %s",   \
                            t.text ?: "?", i, #type, way_names[way]);   \
                }                                                       \
                trip_end(&t);                                           \
            }                                                           \
        }                                                               \
    } while (0)

#define CHECK_INTS(ctype, type, ...) \
    CHECK_SCALARS(ctype, type, is == was, __VA_ARGS__)

static void test_scalars(void)
{
    CHECK_INTS(int64_t, int, 0, -1, INT64_MIN, INT64_MAX);
    CHECK_INTS(int8_t, int8, 0, INT8_MIN, INT8_MAX);
    CHECK_INTS(int16_t, int16, 0, INT16_MIN, INT16_MAX);
    CHECK_INTS(int32_t, int32, 0, INT32_MIN, INT32_MAX);
    CHECK_INTS(int64_t, int64, 0, INT64_MIN, INT64_MAX);
    CHECK_INTS(uint8_t, uint8, 0, UINT8_MAX);
    CHECK_INTS(uint16_t, uint16, 0, UINT16_MAX);
    CHECK_INTS(uint32_t, uint32, 0, UINT32_MAX);
    CHECK_INTS(uint64_t, uint64, 0, INT64_MAX, UINT64_MAX);
    CHECK_INTS(uint64_t, size, 0, 1023, 4096, UINT64_MAX);
    CHECK_SCALARS(bool, bool, is == was, false, true);
    CHECK_INTS(Colour, Colour, COLOUR_RED, COLOUR_DARK_BLUE);
}

/* JSON has as many digits as it takes; a string for people has %f's six. */
static void test_numbers(void)
{
    CHECK_SCALARS(double, number,
                  is == was || (way == WAY_STRING && fabs(is - was) < 1e-6),
                  0, -1.5, 3.14159265358979, 0.1, 1e15);
    for (Way way = 0; way < WAY_STRING; way++) {
        static const double extremes[] = { DBL_MIN, DBL_MAX, -DBL_EPSILON };

        for (int i = 0; i < ARRAY_SIZE(extremes); i++) {
            double was = extremes[i], is = 0;
            Trip t;

            visit_type_number(trip_out(&t, way), "x", &was, &error_abort);
            visit_type_number(trip_in(&t), "x", &is, &error_abort);
            g_assert_true(is == was);
            trip_end(&t);
        }
    }
}

static void test_strings(void)
{
    static const char *const strings[] = {
        "", "plain", "a \"b\" \\ c", "line\nend\t", "caf\303\251", "5", "on",
    };

    for (int i = 0; i < ARRAY_SIZE(strings); i++) {
        for (Way way = 0; way < WAY__MAX; way++) {
            char *was = (char *)strings[i], *is;
            Trip t;

            visit_type_str(trip_out(&t, way), "x", &was, &error_abort);
            visit_type_str(trip_in(&t), "x", &is, &error_abort);
            g_assert_cmpstr(is, ==, was);
            g_free(is);
            trip_end(&t);
        }
    }
}

static void test_int_list(void)
{
    static const int64_t values[] = { 1, 2, 3, 7, -5, 9, 10, INT64_MAX };

    for (Way way = 0; way < WAY__MAX; way++) {
        intList *was = NULL, *is, **tail = &was, *p;
        int i = 0;
        Trip t;

        for (; i < ARRAY_SIZE(values); i++) {
            QAPI_LIST_APPEND(tail, values[i]);
        }
        visit_type_intList(trip_out(&t, way), "x", &was, &error_abort);
        visit_type_intList(trip_in(&t), "x", &is, &error_abort);
        if (way == WAY_STRING) {
            /* Ranges are in order there, and each number is in once. */
            g_assert_cmpstr(t.text, ==, "-5,1-3,7,9-10,9223372036854775807");
        } else {
            for (i = 0, p = is; p; p = p->next) {
                g_assert_cmpint(p->value, ==, values[i++]);
            }
            g_assert_cmpint(i, ==, ARRAY_SIZE(values));
        }
        qapi_free_intList(was);
        qapi_free_intList(is);
        trip_end(&t);
    }
}

/* Is @json the same once it has been a struct, its copy, and JSON again? */
#define CHECK_STRUCT(type, json)                                        \
    do {                                                                \
        QObject *obj = qobject_from_json(json, &error_abort);           \
        Visitor *v = qobject_input_visitor_new(obj);                    \
        type *was, *copy, *is;                                          \
                                                                        \
        visit_type_ ## type(v, NULL, &was, &error_abort);               \
        visit_free(v);                                                  \
        copy = QAPI_CLONE(type, was);                                   \
        qapi_free_ ## type(was);                                        \
        for (Way way = 0; way < WAY_STRING; way++) {                    \
            Trip t;                                                     \
                                                                        \
            visit_type_ ## type(trip_out(&t, way), NULL, &copy,         \
                                &error_abort);                          \
            visit_type_ ## type(trip_in(&t), NULL, &is, &error_abort);  \
            g_assert_true(qobject_is_equal(t.obj, obj));                \
            qapi_free_ ## type(is);                                     \
            trip_end(&t);                                               \
        }                                                               \
        qapi_free_ ## type(copy);                                       \
        qobject_unref(obj);                                             \
    } while (0)

static void test_structs(void)
{
    CHECK_STRUCT(Scalars, "{'integer': -1, 'small': 1, 'port': 2, 'big':"
                 " 18446744073709551615, 'size': 3, 'real': 0.5, 'flag': true,"
                 " 'text': 'x', 'colour': 'dark-blue'}");
    CHECK_STRUCT(Place, "{'x': 1, 'y': 2}");
    CHECK_STRUCT(Place, "{'x': 1, 'y': 2, 'name': '', 'label': 'red'}");
    CHECK_STRUCT(Map, "{'title': 't', 'origin': {'x': 1, 'y': 2},"
                 " 'places': [{'x': 3, 'y': 4}, {'x': 5, 'y': 6,"
                 " 'name': 'n'}], 'numbers': [], 'nothing': null,"
                 " 'extra': {'a': [1, null, 'b', {}]}}");
    CHECK_STRUCT(PlaceList, "[]");
    CHECK_STRUCT(PlaceList, "[{'x': 3, 'y': 4}]");
}

static void test_unions(void)
{
    CHECK_STRUCT(Shape, "{'kind': 'circle', 'radius': 1, 'centre':"
                 " {'x': 1, 'y': 2}}");
    CHECK_STRUCT(Shape, "{'kind': 'rectangle', 'title': 't', 'width': 1,"
                 " 'height': 2}");
    CHECK_STRUCT(Shape, "{'kind': 'empty'}");
}

static void test_alternates(void)
{
    CHECK_STRUCT(Route, "{'start': 5, 'stops': ['green', {'x': 1, 'y': 2}]}");
    CHECK_STRUCT(Spot, "'red'");
    CHECK_STRUCT(Spot, "-3");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);

    g_test_add_func("/serialization/scalars", test_scalars);
    g_test_add_func("/serialization/numbers", test_numbers);
    g_test_add_func("/serialization/strings", test_strings);
    g_test_add_func("/serialization/int-list", test_int_list);
    g_test_add_func("/serialization/structs", test_structs);
    g_test_add_func("/serialization/unions", test_unions);
    g_test_add_func("/serialization/alternates", test_alternates);
    return g_test_run();
}
