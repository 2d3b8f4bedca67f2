/*
 * QObjects and JSON text: there, back, and what is refused.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qmp/json-parser.h"
#include "qapi/qmp/qdict.h"
#include "qapi/qmp/qjson.h"
#include "qapi/qmp/qlist.h"
#include "qapi/qmp/qnull.h"
#include "qapi/qmp/qnum.h"
#include "qapi/qmp/qstring.h"
#include "qemu/units.h"

/* @json parses, and comes out as @expect. */
static void check_json(const char *json, const char *expect)
{
    QObject *obj = qobject_from_json(json, &error_abort);
    g_autoptr(GString) text = qobject_to_json(obj);

    g_assert_cmpstr(text->str, ==, expect);
    qobject_unref(obj);
}

static void check_json_error(const char *json, const char *message)
{
    Error *err = NULL;

    g_assert_null(qobject_from_json(json, &err));
    g_assert_nonnull(err);
    g_assert_cmpstr(error_get_pretty(err), ==, message);
    error_free(err);
}

static void test_values(void)
{
    check_json("null", "null");
    check_json(" true ", "true");
    check_json("false", "false");
    check_json("0", "0");
    check_json("[]", "[]");
    check_json("{}", "{}");
    check_json("{'b': [1, {'c': null}], \"a\": 'x'}",
               "{\"b\": [1, {\"c\": null}], \"a\": \"x\"}");
}

/* All 64 bits of signed and unsigned numbers survive; beyond is a double. */
static void test_numbers(void)
{
    check_json("-9223372036854775808", "-9223372036854775808");
    check_json("9223372036854775807", "9223372036854775807");
    check_json("9223372036854775808", "9223372036854775808");
    check_json("18446744073709551615", "18446744073709551615");
    check_json("18446744073709551616", "1.8446744073709552e+19");
    check_json("-9223372036854775809", "-9.2233720368547758e+18");
    check_json("1.5", "1.5");
    check_json("1e3", "1000");
    check_json_error("01", "JSON parse error, stray '01'");
    check_json_error("1.", "JSON parse error, stray '1.'");
    check_json_error("+1", "JSON parse error, stray '+'");
    check_json_error("NaN", "JSON parse error, stray 'NaN'");
}

static void test_strings(void)
{
    check_json("'single'", "\"single\"");
    check_json("'it is a \"quote\"'", "\"it is a \\\"quote\\\"\"");
    check_json("\"it's\"", "\"it's\"");
    check_json("'it\\'s'", "\"it's\"");
    check_json("'\\b\\f\\n\\r\\t\\\\\\/'", "\"\\b\\f\\n\\r\\t\\\\/\"");
    check_json("'\\u20ac \xe2\x82\xac'", "\"\\u20AC \\u20AC\"");
    check_json("'\\ud834\\udd1e'", "\"\\uD834\\uDD1E\"");
    check_json_error("'\\ud834'", "JSON parse error, "
                     "\\ud834 is not a valid Unicode character");
    check_json_error("'\\x'", "JSON parse error, "
                     "invalid escape sequence in string");
    check_json_error("'\xc3('", "JSON parse error, "
                     "invalid UTF-8 sequence in string");
    check_json_error("'line\nbreak'", "JSON parse error, stray ''line\n'");
}

/* A zero byte written as \u0000 cannot cut a C string short. */
static void test_nul(void)
{
    QObject *obj = qobject_from_json("'a\\u0000b'", &error_abort);

    g_assert_cmpstr(qstring_get_str(qobject_to(QString, obj)), ==,
                    "a\xC0\x80" "b");
    qobject_unref(obj);
    check_json("'a\\u0000b'", "\"a\\u0000b\"");
}

static void test_errors(void)
{
    check_json_error("", "Expecting a JSON value");
    check_json_error("1 2", "Expecting at most one JSON value");
    check_json_error("{", "JSON parse error, premature EOI");
    check_json_error("[1", "JSON parse error, premature EOI");
    check_json_error("'unterminated", "JSON parse error, stray "
                     "''unterminated'");
    check_json_error("nul", "JSON parse error, invalid keyword 'nul'");
    check_json_error("[1 2]", "JSON parse error, expected separator in list");
    check_json_error("[1,]", "JSON parse error, expecting value");
    check_json_error("{'a' 1}", "JSON parse error, missing : in object pair");
    check_json_error("{1: 2}",
                     "JSON parse error, key is not a string in object");
    check_json_error("{'a': 1 'b': 2}",
                     "JSON parse error, expected separator in dict");
    check_json_error("]", "JSON parse error, expecting value");
    check_json_error("/* comment */", "JSON parse error, stray '/'");
}

/* Which of two values would be meant is anybody's guess. */
static void test_duplicate_key(void)
{
    check_json_error("{'a': 1, 'a': 2}", "JSON parse error, duplicate key");
    check_json_error("[{'x': {'a': 1, 'b': 1, 'a': 1}}]",
                     "JSON parse error, duplicate key");
    check_json("{'a': {'a': 1}}", "{\"a\": {\"a\": 1}}");
}

static void test_nesting(void)
{
    g_autofree char *deep = g_strnfill(JSON_MAX_NESTING + 1, '[');
    g_autoptr(GString) ok = g_string_new(NULL);
    QObject *obj;

    check_json_error(deep, "JSON nesting depth limit exceeded");

    for (int i = 0; i < JSON_MAX_NESTING; i++) {
        g_string_append_c(ok, '[');
    }
    for (int i = 0; i < JSON_MAX_NESTING; i++) {
        g_string_append_c(ok, ']');
    }
    obj = qobject_from_json(ok->str, &error_abort);
    qobject_unref(obj);
}

static void test_interpolation(void)
{
    QList *list = qlist_new();
    QDict *dict;
    g_autoptr(GString) text = NULL;

    qlist_append_int(list, 1);
    dict = qdict_from_jsonf_nofail(
        "{'s': %s, 'd': %d, 'l': %" PRId64 ", 'u': %" PRIu64 ", 'b': %i,"
        " 'f': %f, 'p': %p, 'c': '100%%'}",
        "a \"b\" %d\n", -1, INT64_MIN, UINT64_MAX, 1, 2.5, list);
    text = qobject_to_json(QOBJECT(dict));
    g_assert_cmpstr(text->str, ==,
                    "{\"s\": \"a \\\"b\\\" %d\\n\", \"d\": -1,"
                    " \"l\": -9223372036854775808,"
                    " \"u\": 18446744073709551615, \"b\": true,"
                    " \"f\": 2.5, \"p\": [1], \"c\": \"100%\"}");
    /* It is the very object, and its reference went over. */
    g_assert_true(qdict_get_qlist(dict, "p") == list);
    g_assert_cmpuint(list->base.refcnt, ==, 1);
    qobject_unref(dict);
}

static void test_pretty(void)
{
    QObject *obj = qobject_from_json("{'a': [1, 2], 'b': {}, 'c': []}",
                                     &error_abort);
    g_autoptr(GString) text = qobject_to_json_pretty(obj, true);

    g_assert_cmpstr(text->str, ==,
                    "{\n    \"a\": [\n        1,\n        2\n    ],\n"
                    "    \"b\": {\n    },\n    \"c\": [\n    ]\n}");
    qobject_unref(obj);
}

/* Streams */

static void note_message(void *opaque, QObject *json, Error *err)
{
    GString *log = opaque;

    if (err) {
        g_string_append_printf(log, "<%s>", error_get_pretty(err));
        error_free(err);
    } else {
        g_autoptr(GString) text = qobject_to_json(json);

        g_string_append_printf(log, "(%s)", text->str);
        qobject_unref(json);
    }
}

/* Whatever pieces the bytes come in, the values are the same. */
static void test_stream_pieces(void)
{
    const char *stream = "{'a': 'b}'}\n[1,\n2] 3 'x'{}";

    for (size_t piece = 1; piece < strlen(stream); piece++) {
        g_autoptr(GString) log = g_string_new(NULL);
        JSONMessageParser parser;

        json_message_parser_init(&parser, note_message, log, NULL);
        for (size_t i = 0; i < strlen(stream); i += piece) {
            json_message_parser_feed(&parser, stream + i,
                                     MIN(piece, strlen(stream) - i));
        }
        json_message_parser_flush(&parser);
        json_message_parser_destroy(&parser);
        g_assert_cmpstr(log->str, ==,
                        "({\"a\": \"b}\"})([1, 2])(3)(\"x\")({})");
    }
}

static void feed_str(JSONMessageParser *parser, const char *str)
{
    json_message_parser_feed(parser, str, strlen(str));
}

/* After nonsense, a byte 0xff or a line's end brings it back in step. */
static void test_stream_recovery(void)
{
    g_autoptr(GString) log = g_string_new(NULL);
    JSONMessageParser parser;

    json_message_parser_init(&parser, note_message, log, NULL);
    feed_str(&parser, "{'open': [\xff{'a': 1}");
    feed_str(&parser, "@ rubbish\n[2]");
    json_message_parser_flush(&parser);
    json_message_parser_destroy(&parser);
    g_assert_nonnull(strstr(log->str, "({\"a\": 1})"));
    g_assert_true(g_str_has_suffix(log->str,
                                   "<JSON parse error, stray '@'>([2])"));
}

/*
 * Too long a string or too many tokens are an error as soon as they are that,
 * not when memory is at its end; the next value is read as ever.
 */
static void test_stream_limits(void)
{
    static const struct {
        const char *first;
        size_t size;            /* of what comes next, */
        const char *piece;      /* this again and again */
        const char *error;
    } cases[] = {
        { "\"", JSON_MAX_TOKEN_SIZE, "x", "<JSON token size limit exceeded>" },
        { "[", JSON_MAX_TOKEN_COUNT, "1,",
          "<JSON token count limit exceeded>" },
        { "[", JSON_MAX_NESTING, "[", "<JSON nesting depth limit exceeded>" },
    };

    for (int i = 0; i < ARRAY_SIZE(cases); i++) {
        g_autoptr(GString) log = g_string_new(NULL);
        g_autofree char *text = g_malloc(cases[i].size);
        JSONMessageParser parser;

        memset(text, cases[i].piece[0], cases[i].size);
        for (size_t n = 1; cases[i].piece[1] && n < cases[i].size; n += 2) {
            text[n] = cases[i].piece[1];
        }
        json_message_parser_init(&parser, note_message, log, NULL);
        feed_str(&parser, cases[i].first);
        json_message_parser_feed(&parser, text, cases[i].size - 1);
        g_assert_cmpstr(log->str, ==, "");
        json_message_parser_feed(&parser, text + cases[i].size - 1, 1);
        if (!log->len) {
            feed_str(&parser, "1");
        }
        g_assert_cmpstr(log->str, ==, cases[i].error);
        feed_str(&parser, "{'a': 1}");
        json_message_parser_destroy(&parser);
        g_assert_true(g_str_has_suffix(log->str, ">({\"a\": 1})"));
    }
}

/* Values in a list of containers */

static void test_qdict(void)
{
    QDict *dict = qdict_new();
    const QDictEntry *entry;
    int i = 0;

    /* Beyond the size where an index is made, order and lookup stay. */
    for (i = 0; i < 100; i++) {
        g_autofree char *key = g_strdup_printf("key%d", i);

        qdict_put_int(dict, key, i);
    }
    qdict_put_str(dict, "key50", "replaced");
    qdict_del(dict, "key0");
    qdict_del(dict, "key0");
    g_assert_cmpuint(qdict_size(dict), ==, 99);
    g_assert_cmpint(qdict_get_int(dict, "key99"), ==, 99);
    g_assert_cmpstr(qdict_get_str(dict, "key50"), ==, "replaced");
    g_assert_null(qdict_get(dict, "key0"));
    g_assert_cmpint(qdict_get_try_int(dict, "key50", -1), ==, -1);
    i = 1;
    for (entry = qdict_first(dict); entry; entry = qdict_next(dict, entry)) {
        g_autofree char *key = g_strdup_printf("key%d", i++);

        g_assert_cmpstr(qdict_entry_key(entry), ==, key);
    }
    qobject_unref(dict);
}

static bool json_equal(const char *a, const char *b)
{
    QObject *x = qobject_from_json(a, &error_abort);
    QObject *y = qobject_from_json(b, &error_abort);
    bool equal = qobject_is_equal(x, y);

    qobject_unref(x);
    qobject_unref(y);
    return equal;
}

static void test_equal(void)
{
    g_assert_true(json_equal("{'a': 1, 'b': [null]}",
                             "{'b': [null], 'a': 1}"));
    g_assert_false(json_equal("{'a': 1}", "{'a': 1, 'b': 2}"));
    g_assert_false(json_equal("1", "1.0"));
    g_assert_false(json_equal("-1", "18446744073709551615"));
    g_assert_false(json_equal("[1]", "[1, 2]"));
    g_assert_false(json_equal("'1'", "1"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/json/values", test_values);
    g_test_add_func("/json/numbers", test_numbers);
    g_test_add_func("/json/strings", test_strings);
    g_test_add_func("/json/nul", test_nul);
    g_test_add_func("/json/errors", test_errors);
    g_test_add_func("/json/duplicate-key", test_duplicate_key);
    g_test_add_func("/json/nesting", test_nesting);
    g_test_add_func("/json/interpolation", test_interpolation);
    g_test_add_func("/json/pretty", test_pretty);
    g_test_add_func("/json/stream/pieces", test_stream_pieces);
    g_test_add_func("/json/stream/recovery", test_stream_recovery);
    g_test_add_func("/json/stream/limits", test_stream_limits);
    g_test_add_func("/qobject/qdict", test_qdict);
    g_test_add_func("/qobject/equal", test_equal);
    return g_test_run();
}
