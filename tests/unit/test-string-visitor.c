/*
 * Values from a user's string, and back into one: qom-set, -global, help.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qapi-visit-common.h"
#include "qapi/string-input-visitor.h"
#include "qapi/string-output-visitor.h"

static int64_t read_int(const char *text, Error **errp)
{
    Visitor *v = string_input_visitor_new(text);
    int64_t value = -7;

    visit_type_int(v, "n", &value, errp);
    visit_free(v);
    return value;
}

static void check_int_error(const char *text)
{
    Error *err = NULL;

    read_int(text, &err);
    g_assert_cmpstr(error_get_pretty(err), ==,
                    "Parameter 'n' expects int64");
    error_free(err);
}

static void test_string_int(void)
{
    g_assert_cmpint(read_int("42", &error_abort), ==, 42);
    g_assert_cmpint(read_int("-0x10", &error_abort), ==, -16);
    g_assert_cmpint(read_int("9223372036854775807", &error_abort), ==,
                    INT64_MAX);
    check_int_error("");
    check_int_error("x");
    check_int_error("9223372036854775808");
}

static bool read_bool(const char *text, Error **errp)
{
    Visitor *v = string_input_visitor_new(text);
    bool value = false;

    visit_type_bool(v, "b", &value, errp);
    visit_free(v);
    return value;
}

static void test_string_bool(void)
{
    Error *err = NULL;

    g_assert_true(read_bool("on", &error_abort));
    g_assert_true(read_bool("yes", &error_abort));
    g_assert_true(read_bool("true", &error_abort));
    g_assert_false(read_bool("off", &error_abort));
    read_bool("maybe", &err);
    g_assert_cmpstr(error_get_pretty(err), ==,
                    "Parameter 'b' expects 'on' or 'off'");
    error_free(err);
}

static void test_string_size(void)
{
    Visitor *v = string_input_visitor_new("3k");
    uint64_t size;

    visit_type_size(v, "s", &size, &error_abort);
    g_assert_cmpuint(size, ==, 3072);
    visit_free(v);
}

static void test_string_enum(void)
{
    Visitor *v = string_input_visitor_new("auto");
    Error *err = NULL;
    OnOffAuto value;

    visit_type_OnOffAuto(v, "e", &value, &error_abort);
    g_assert_cmpint(value, ==, ON_OFF_AUTO_AUTO);
    visit_free(v);

    v = string_input_visitor_new("never");
    visit_type_OnOffAuto(v, "e", &value, &err);
    g_assert_cmpstr(error_get_pretty(err), ==,
                    "Parameter 'e' does not accept value 'never'");
    error_free(err);
    visit_free(v);
}

/* A string becomes a list of integers, and that becomes a string. */
static void check_list(const char *text, const char *again)
{
    Visitor *v = string_input_visitor_new(text);
    g_autofree char *out = NULL;
    intList *list = NULL;

    visit_type_intList(v, NULL, &list, &error_abort);
    visit_free(v);

    v = string_output_visitor_new(false, &out);
    visit_type_intList(v, NULL, &list, &error_abort);
    visit_complete(v, &out);
    visit_free(v);
    g_assert_cmpstr(out, ==, again);
    qapi_free_intList(list);
}

static void test_string_list(void)
{
    check_list("1,3-5,8", "1,3-5,8");
    check_list("1,2,3", "1-3");
    check_list("7", "7");
}

static void test_string_list_errors(void)
{
    static const char *const bad[] = { "1,", "3-1", "1-x", "0-99999999" };

    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        Visitor *v = string_input_visitor_new(bad[i]);
        intList *list = NULL;
        Error *err = NULL;

        g_assert_false(visit_type_intList(v, NULL, &list, &err));
        g_assert_nonnull(err);
        g_assert_null(list);
        error_free(err);
        visit_free(v);
    }
}

static void test_string_output(void)
{
    g_autofree char *size = NULL;
    g_autofree char *flag = NULL;
    uint64_t bytes = 3 << 20;
    bool on = true;
    Visitor *v;

    /* For people, with the number in other clothes. */
    v = string_output_visitor_new(true, &size);
    visit_type_size(v, NULL, &bytes, &error_abort);
    visit_complete(v, &size);
    visit_free(v);
    g_assert_cmpstr(size, ==, "3145728 (3 MiB)");

    v = string_output_visitor_new(false, &flag);
    visit_type_bool(v, NULL, &on, &error_abort);
    visit_complete(v, &flag);
    visit_free(v);
    g_assert_cmpstr(flag, ==, "true");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/string/int", test_string_int);
    g_test_add_func("/string/bool", test_string_bool);
    g_test_add_func("/string/size", test_string_size);
    g_test_add_func("/string/enum", test_string_enum);
    g_test_add_func("/string/list", test_string_list);
    g_test_add_func("/string/list/errors", test_string_list_errors);
    g_test_add_func("/string/output", test_string_output);
    return g_test_run();
}
