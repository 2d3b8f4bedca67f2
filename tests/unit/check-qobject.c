/*
 * QObjects: numbers, lists and dictionaries, and what JSON makes equal.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qmp/qbool.h"
#include "qapi/qmp/qdict.h"
#include "qapi/qmp/qjson.h"
#include "qapi/qmp/qlist.h"
#include "qapi/qmp/qnull.h"
#include "qapi/qmp/qnum.h"
#include "qapi/qmp/qstring.h"

static void check_number(QNum *qn, const char *text)
{
    g_autofree char *str = qnum_to_string(qn);

    g_assert_cmpstr(str, ==, text);
    qobject_unref(qn);
}

static void test_qnum_text(void)
{
    check_number(qnum_from_int(-1), "-1");
    check_number(qnum_from_int(INT64_MIN), "-9223372036854775808");
    check_number(qnum_from_uint(UINT64_MAX), "18446744073709551615");
    check_number(qnum_from_double(0.5), "0.5");
}

/* A number is asked as what it was made from, as far as the value fits. */
static void test_qnum_ranges(void)
{
    QNum *minus = qnum_from_int(-1);
    QNum *large = qnum_from_uint(UINT64_MAX);
    QNum *half = qnum_from_double(0.5);
    uint64_t u;
    int64_t i;

    g_assert_true(qnum_get_try_int(minus, &i));
    g_assert_cmpint(i, ==, -1);
    g_assert_false(qnum_get_try_uint(minus, &u));

    g_assert_true(qnum_get_try_uint(large, &u));
    g_assert_cmpuint(u, ==, UINT64_MAX);
    g_assert_false(qnum_get_try_int(large, &i));

    g_assert_false(qnum_get_try_int(half, &i));
    g_assert_false(qnum_get_try_uint(half, &u));
    g_assert_cmpfloat(qnum_get_double(half), ==, 0.5);
    g_assert_cmpfloat(qnum_get_double(minus), ==, -1.0);

    qobject_unref(minus);
    qobject_unref(large);
    qobject_unref(half);
}

static void test_qlist(void)
{
    QList *list = qlist_new();
    QList *copy;
    QObject *first;

    g_assert_true(qlist_empty(list));
    g_assert_null(qlist_pop(list));
    qlist_append_int(list, 1);
    qlist_append_str(list, "two");
    qlist_append_bool(list, true);
    qlist_append_null(list);
    g_assert_cmpuint(qlist_size(list), ==, 4);

    copy = qlist_copy(list);
    g_assert_true(qobject_is_equal(QOBJECT(list), QOBJECT(copy)));

    /* Peeking keeps the list's reference, popping hands it over. */
    g_assert_true(qlist_peek(list) == qlist_peek(copy));
    first = qlist_pop(list);
    g_assert_cmpint(qnum_get_int(qobject_to(QNum, first)), ==, 1);
    qobject_unref(first);
    g_assert_cmpuint(qlist_size(list), ==, 3);
    g_assert_false(qobject_is_equal(QOBJECT(list), QOBJECT(copy)));

    qobject_unref(list);
    qobject_unref(copy);
}

static void test_qdict(void)
{
    QDict *dict = qdict_new();
    QDict *clone;

    qdict_put_int(dict, "i", 42);
    qdict_put_str(dict, "s", "text");
    qdict_put_bool(dict, "b", true);
    qdict_put(dict, "d", qdict_new());
    g_assert_cmpuint(qdict_size(dict), ==, 4);
    g_assert_cmpint(qdict_get_int(dict, "i"), ==, 42);
    g_assert_cmpstr(qdict_get_str(dict, "s"), ==, "text");
    g_assert_true(qdict_get_bool(dict, "b"));
    g_assert_cmpuint(qdict_size(qdict_get_qdict(dict, "d")), ==, 0);

    /* What is not there, or is of another type */
    g_assert_false(qdict_haskey(dict, "x"));
    g_assert_null(qdict_get(dict, "x"));
    g_assert_null(qdict_get_try_str(dict, "i"));
    g_assert_cmpint(qdict_get_try_int(dict, "s", -7), ==, -7);
    g_assert_null(qdict_get_qlist(dict, "d"));

    clone = qdict_clone_shallow(dict);
    qdict_put_int(dict, "i", 43);           /* replaces */
    g_assert_cmpuint(qdict_size(dict), ==, 4);
    g_assert_cmpint(qdict_get_int(clone, "i"), ==, 42);
    /* Only the dictionary was cloned, not what is in it. */
    g_assert_true(qdict_get(clone, "d") == qdict_get(dict, "d"));

    qdict_del(dict, "i");
    qdict_del(dict, "x");                   /* was not there: nothing */
    g_assert_cmpuint(qdict_size(dict), ==, 3);
    qobject_unref(clone);
    qobject_unref(dict);
}

/* Every entry is walked once, in whatever order. */
static void test_qdict_walk(void)
{
    g_autoptr(GString) keys = g_string_new(NULL);
    QDict *dict = qdict_new();

    qdict_put_null(dict, "c");
    qdict_put_null(dict, "a");
    qdict_put_null(dict, "b");
    for (const QDictEntry *e = qdict_first(dict); e; e = qdict_next(dict, e)) {
        g_assert_true(qobject_type(qdict_entry_value(e)) == QTYPE_QNULL);
        g_string_append(keys, qdict_entry_key(e));
    }
    g_assert_cmpuint(keys->len, ==, 3);
    g_assert_nonnull(strchr(keys->str, 'a'));
    g_assert_nonnull(strchr(keys->str, 'b'));
    g_assert_nonnull(strchr(keys->str, 'c'));
    qobject_unref(dict);
}

static void check_equal(const char *a, const char *b, bool equal)
{
    QObject *x = qobject_from_json(a, &error_abort);
    QObject *y = qobject_from_json(b, &error_abort);

    g_assert_cmpint(qobject_is_equal(x, y), ==, equal);
    g_assert_cmpint(qobject_is_equal(y, x), ==, equal);
    qobject_unref(x);
    qobject_unref(y);
}

static void test_qobject_equal(void)
{
    check_equal("1", "1", true);
    check_equal("1", "2", false);
    check_equal("1", "1.0", false);         /* no comparison across kinds */
    check_equal("-1", "18446744073709551615", false);
    check_equal("null", "null", true);
    check_equal("false", "null", false);
    check_equal("'1'", "1", false);
    check_equal("[1, 2]", "[2, 1]", false);
    check_equal("{'a': 1, 'b': [2]}", "{'b': [2], 'a': 1}", true);
    check_equal("{'a': 1}", "{'a': 1, 'b': 2}", false);
    g_assert_true(qobject_is_equal(NULL, NULL));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/qobject/number/text", test_qnum_text);
    g_test_add_func("/qobject/number/ranges", test_qnum_ranges);
    g_test_add_func("/qobject/list", test_qlist);
    g_test_add_func("/qobject/dict", test_qdict);
    g_test_add_func("/qobject/dict/walk", test_qdict_walk);
    g_test_add_func("/qobject/equal", test_qobject_equal);
    return g_test_run();
}
