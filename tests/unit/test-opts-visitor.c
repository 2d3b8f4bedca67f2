/*
 * From QemuOpts to C struct: one level, repeated keys as lists, ranges.
 *
 * Read tests/unit/visitor-test.json first, which has the types.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/opts-visitor.h"
#include "qemu/option.h"
#include "visitor-test-qapi-visit.h"

static QemuOptsList sheet_opts = {
    .name = "sheet",
    .implied_opt_name = "text",
    .head = QTAILQ_HEAD_INITIALIZER(sheet_opts.head),
    .desc = { { } },
};

static Sheet *sheet_from_opts(const char *params, Error **errp)
{
    QemuOpts *opts = qemu_opts_parse(&sheet_opts, params, true, &error_abort);
    Visitor *v = opts_visitor_new(opts);
    Sheet *sheet;

    visit_type_Sheet(v, NULL, &sheet, errp);
    visit_free(v);
    qemu_opts_del(opts);
    return sheet;
}

static void check_error(const char *params, const char *message)
{
    Error *err = NULL;

    g_assert_null(sheet_from_opts(params, &err));
    g_assert_cmpstr(error_get_pretty(err), ==, message);
    error_free(err);
}

static void test_scalars(void)
{
    Sheet *s = sheet_from_opts("hello,id=s0,flag=on,count=-0x10,port=65535,"
                               "big=18446744073709551615,size=2M,"
                               "colour=green", &error_abort);

    g_assert_cmpstr(s->id, ==, "s0");
    g_assert_cmpstr(s->text, ==, "hello");
    g_assert_true(s->has_flag && s->flag);
    g_assert_cmpint(s->count, ==, -16);
    g_assert_cmpuint(s->port, ==, 65535);
    g_assert_cmpuint(s->big, ==, UINT64_MAX);
    g_assert_cmpuint(s->size, ==, 2 * 1024 * 1024);
    g_assert_cmpint(s->colour, ==, COLOUR_GREEN);
    g_assert_false(s->has_ints);
    qapi_free_Sheet(s);
}

static void test_last_wins(void)
{
    Sheet *s = sheet_from_opts("text=a,count=1,text=b,count=2", &error_abort);

    g_assert_false(s->has_id);
    g_assert_cmpstr(s->text, ==, "b");
    g_assert_cmpint(s->count, ==, 2);
    qapi_free_Sheet(s);
}

static void check_ints(const char *params, const char *expected)
{
    Sheet *s = sheet_from_opts(params, &error_abort);
    g_autoptr(GString) seen = g_string_new(NULL);

    for (intList *i = s->ints; i; i = i->next) {
        g_string_append_printf(seen, "%" PRId64 " ", i->value);
    }
    for (uint64List *i = s->bigs; i; i = i->next) {
        g_string_append_printf(seen, "%" PRIu64 " ", i->value);
    }
    for (uint16List *i = s->ports; i; i = i->next) {
        g_string_append_printf(seen, "%u ", i->value);
    }
    for (strList *i = s->texts; i; i = i->next) {
        g_string_append_printf(seen, "%s ", i->value);
    }
    g_assert_cmpstr(seen->str, ==, expected);
    qapi_free_Sheet(s);
}

static void test_lists(void)
{
    check_ints("ints=3", "3 ");
    check_ints("ints=3,ints=1,ints=2", "3 1 2 ");
    check_ints("ints=-2-1", "-2 -1 0 1 ");
    check_ints("ints=-4--2,ints=9,ints=5-5", "-4 -3 -2 9 5 ");
    check_ints("ints=9223372036854775806-9223372036854775807",
               "9223372036854775806 9223372036854775807 ");
    check_ints("bigs=0x10-0x12,bigs=1", "16 17 18 1 ");
    check_ints("bigs=18446744073709551614-18446744073709551615",
               "18446744073709551614 18446744073709551615 ");
    check_ints("ports=65534-65535", "65534 65535 ");
    check_ints("texts=a,texts=b-c", "a b-c ");
    /* Others stand between the values of one. */
    check_ints("ints=1,bigs=2,ints=3,texts=x", "1 3 2 x ");
}

/* The limit holds for one range; several may be more. */
static void test_range_limit(void)
{
    g_autofree char *fits = g_strdup_printf("ints=1-%d",
                                            OPTS_VISITOR_RANGE_MAX);
    g_autofree char *more = g_strdup_printf("ints=0-%d",
                                            OPTS_VISITOR_RANGE_MAX);
    g_autofree char *bigs = g_strdup_printf("bigs=0-%d",
                                            OPTS_VISITOR_RANGE_MAX);
    Sheet *s = sheet_from_opts(fits, &error_abort);
    int n = 0;

    for (intList *i = s->ints; i; i = i->next) {
        g_assert_cmpint(i->value, ==, ++n);
    }
    g_assert_cmpint(n, ==, OPTS_VISITOR_RANGE_MAX);
    qapi_free_Sheet(s);

    check_error(more, "Parameter 'ints' expects an int64 value or range");
    check_error("ints=-9223372036854775808-9223372036854775807",
                "Parameter 'ints' expects an int64 value or range");
    check_error(bigs, "Parameter 'bigs' expects a uint64 value or range");
    check_error("bigs=0-18446744073709551615",
                "Parameter 'bigs' expects a uint64 value or range");
}

static void test_errors(void)
{
    check_error("nope=1", "Invalid parameter 'nope'");
    check_error("text=a,nope=1,nope=2", "Invalid parameter 'nope'");
    check_error("flag=maybe", "Parameter 'flag' expects 'on' or 'off'");
    check_error("count=", "Parameter 'count' expects an int64 value");
    check_error("count=1-2", "Parameter 'count' expects an int64 value");
    check_error("count=9223372036854775808",
                "Parameter 'count' expects an int64 value");
    check_error("big=-1", "Parameter 'big' expects a uint64 value");
    check_error("big=18446744073709551616",
                "Parameter 'big' expects a uint64 value");
    check_error("port=65536", "Parameter 'port' expects uint16_t");
    check_error("size=1x", "Parameter 'size' expects a size value");
    check_error("colour=pink",
                "Parameter 'colour' does not accept value 'pink'");
}

static void test_list_errors(void)
{
    check_error("ints=3-1", "Parameter 'ints' expects an int64 value or range");
    check_error("ints=1,ints=x",
                "Parameter 'ints' expects an int64 value or range");
    check_error("ints=1-",
                "Parameter 'ints' expects an int64 value or range");
    check_error("bigs=-1", "Parameter 'bigs' expects a uint64 value or range");
    check_error("bigs=1-2-3",
                "Parameter 'bigs' expects a uint64 value or range");
    check_error("ports=65535-65536", "Parameter 'null' expects uint16_t");
}

/* A visit that leaves a key out does not know it, though it is in the type. */
static void test_unvisited(void)
{
    QemuOpts *opts = qemu_opts_parse(&sheet_opts, "text=a,count=1", false,
                                     &error_abort);
    Visitor *v = opts_visitor_new(opts);
    Error *err = NULL;
    char *text;
    bool flag;

    visit_start_struct(v, NULL, NULL, 0, &error_abort);
    visit_type_str(v, "text", &text, &error_abort);
    g_free(text);
    g_assert_false(visit_type_bool(v, "flag", &flag, &err));
    g_assert_cmpstr(error_get_pretty(err), ==, "Parameter 'flag' is missing");
    error_free_or_abort(&err);
    g_assert_false(visit_check_struct(v, &err));
    g_assert_cmpstr(error_get_pretty(err), ==, "Invalid parameter 'count'");
    error_free(err);
    visit_end_struct(v, NULL);
    visit_free(v);
    qemu_opts_del(opts);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/visitor/opts/scalars", test_scalars);
    g_test_add_func("/visitor/opts/last-wins", test_last_wins);
    g_test_add_func("/visitor/opts/lists", test_lists);
    g_test_add_func("/visitor/opts/range-limit", test_range_limit);
    g_test_add_func("/visitor/opts/errors", test_errors);
    g_test_add_func("/visitor/opts/list-errors", test_list_errors);
    g_test_add_func("/visitor/opts/unvisited", test_unvisited);
    return g_test_run();
}
