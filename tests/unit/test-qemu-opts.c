/*
 * QemuOpts: groups of options as the command line has them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qmp/qdict.h"
#include "qapi/qmp/qjson.h"
#include "qemu/option.h"

static QemuOptsList typed_list = {
    .name = "typed",
    .implied_opt_name = "name",
    .head = QTAILQ_HEAD_INITIALIZER(typed_list.head),
    .desc = {
        { .name = "name", .type = QEMU_OPT_STRING },
        { .name = "flag", .type = QEMU_OPT_BOOL },
        { .name = "count", .type = QEMU_OPT_NUMBER, .def_value_str = "7" },
        { .name = "size", .type = QEMU_OPT_SIZE },
        { /* end of list */ }
    },
};

/* Whatever is given is kept, for somebody else to judge. */
static QemuOptsList open_list = {
    .name = "open",
    .implied_opt_name = "driver",
    .head = QTAILQ_HEAD_INITIALIZER(open_list.head),
    .desc = { { /* end of list */ } },
};

static QemuOptsList merged_list = {
    .name = "merged",
    .merge_lists = true,
    .head = QTAILQ_HEAD_INITIALIZER(merged_list.head),
    .desc = { { /* end of list */ } },
};

static void test_opts_values(void)
{
    QemuOpts *opts = qemu_opts_parse(&typed_list,
                                     "x,id=a,flag=on,count=0x10,size=2k",
                                     true, &error_abort);

    g_assert_cmpstr(qemu_opts_id(opts), ==, "a");
    g_assert_cmpstr(qemu_opt_get(opts, "name"), ==, "x");
    g_assert_true(qemu_opt_get_bool(opts, "flag", false));
    g_assert_cmpuint(qemu_opt_get_number(opts, "count", 0), ==, 16);
    g_assert_cmpuint(qemu_opt_get_size(opts, "size", 0), ==, 2048);
    g_assert_true(qemu_opts_find(&typed_list, "a") == opts);
    qemu_opts_del(opts);
    g_assert_null(qemu_opts_find(&typed_list, "a"));
}

/* The list's default comes before the caller's. */
static void test_opts_defaults(void)
{
    QemuOpts *opts = qemu_opts_parse(&typed_list, "", false, &error_abort);

    g_assert_cmpuint(qemu_opt_get_number(opts, "count", 1), ==, 7);
    g_assert_cmpuint(qemu_opt_get_size(opts, "size", 1), ==, 1);
    g_assert_true(qemu_opt_get_bool(opts, "flag", true));
    g_assert_null(qemu_opt_get(opts, "name"));
    qemu_opts_del(opts);
}

/* The last of several counts, and removing it brings back the one before. */
static void test_opts_repeated(void)
{
    QemuOpts *opts = qemu_opts_parse(&open_list, "dev,a=1,a=2", true,
                                     &error_abort);
    QemuOptsIter iter;

    g_assert_cmpstr(qemu_opt_get(opts, "driver"), ==, "dev");
    g_assert_cmpstr(qemu_opt_get(opts, "a"), ==, "2");
    qemu_opt_iter_init(&iter, opts, "a");
    g_assert_cmpstr(qemu_opt_iter_next(&iter), ==, "1");
    g_assert_cmpstr(qemu_opt_iter_next(&iter), ==, "2");
    g_assert_null(qemu_opt_iter_next(&iter));
    qemu_opts_del(opts);
}

static void test_opts_commas(void)
{
    QemuOpts *opts = qemu_opts_parse(&open_list, "a=x,,y,b=,,", false,
                                     &error_abort);

    g_assert_cmpstr(qemu_opt_get(opts, "a"), ==, "x,y");
    g_assert_cmpstr(qemu_opt_get(opts, "b"), ==, ",");
    qemu_opts_del(opts);
}

static void test_opts_merged(void)
{
    QemuOpts *one = qemu_opts_parse(&merged_list, "a=1", false, &error_abort);
    QemuOpts *two = qemu_opts_parse(&merged_list, "b=2", false, &error_abort);

    g_assert_true(one == two);
    g_assert_cmpstr(qemu_opt_get(one, "a"), ==, "1");
    g_assert_cmpstr(qemu_opt_get(one, "b"), ==, "2");
    qemu_opts_reset(&merged_list);
    g_assert_true(QTAILQ_EMPTY(&merged_list.head));
}

static void test_opts_get_del(void)
{
    QemuOpts *opts = qemu_opts_parse(&typed_list, "flag=on,size=1M,name=n",
                                     false, &error_abort);
    char *name = qemu_opt_get_del(opts, "name");

    g_assert_cmpstr(name, ==, "n");
    g_free(name);
    g_assert_null(qemu_opt_get(opts, "name"));
    g_assert_true(qemu_opt_get_bool_del(opts, "flag", false));
    g_assert_false(qemu_opt_get_bool_del(opts, "flag", false));
    g_assert_cmpuint(qemu_opt_get_size_del(opts, "size", 0), ==, 1 << 20);
    qemu_opts_del(opts);
}

static void test_opts_qdict(void)
{
    QemuOpts *opts = qemu_opts_parse(&open_list, "dev,id=i,a=1", true,
                                     &error_abort);
    QDict *dict = qemu_opts_to_qdict(opts, NULL);

    g_assert_cmpstr(qdict_get_str(dict, "driver"), ==, "dev");
    g_assert_cmpstr(qdict_get_str(dict, "id"), ==, "i");
    qemu_opts_del(opts);

    opts = qemu_opts_from_qdict(&open_list, dict, &error_abort);
    g_assert_cmpstr(qemu_opts_id(opts), ==, "i");
    g_assert_cmpstr(qemu_opt_get(opts, "a"), ==, "1");
    qobject_unref(dict);
    qemu_opts_del(opts);
}

static void test_opts_help(void)
{
    QemuOpts *opts = qemu_opts_parse(&open_list, "dev,help", true,
                                     &error_abort);

    g_assert_true(qemu_opt_has_help_opt(opts));
    qemu_opts_del(opts);
    g_assert_true(has_help_option("a=1,?"));
    g_assert_false(has_help_option("a=help"));
}

static void check_opts_error(QemuOptsList *list, const char *params,
                             const char *message)
{
    Error *err = NULL;

    g_assert_null(qemu_opts_parse(list, params, list->implied_opt_name,
                                  &err));
    g_assert_cmpstr(error_get_pretty(err), ==, message);
    error_free(err);
    g_assert_true(QTAILQ_EMPTY(&list->head));
}

static void test_opts_errors(void)
{
    Error *err = NULL;
    QemuOpts *opts;

    check_opts_error(&typed_list, "x,nope=1", "Invalid parameter 'nope'");
    check_opts_error(&typed_list, "x,flag=maybe",
                     "Parameter 'flag' expects 'on' or 'off'");
    check_opts_error(&typed_list, "x,count=z",
                     "Parameter 'count' expects a number");
    check_opts_error(&typed_list, "x,count=99999999999999999999",
                     "Value '99999999999999999999' is too large for parameter"
                     " 'count'");
    check_opts_error(&typed_list, "x,size=1Z",
                     "Parameter 'size' expects a non-negative number below"
                     " 2^64");
    check_opts_error(&typed_list, "x,id=1",
                     "Parameter 'id' expects an identifier");
    check_opts_error(&merged_list, "a=1,id=x", "Invalid parameter 'id'");

    opts = qemu_opts_create(&open_list, "twin", true, &error_abort);
    g_assert_null(qemu_opts_create(&open_list, "twin", true, &err));
    g_assert_cmpstr(error_get_pretty(err), ==, "Duplicate ID 'twin' for open");
    error_free(err);
    qemu_opts_del(opts);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/opts/values", test_opts_values);
    g_test_add_func("/opts/defaults", test_opts_defaults);
    g_test_add_func("/opts/repeated", test_opts_repeated);
    g_test_add_func("/opts/commas", test_opts_commas);
    g_test_add_func("/opts/merged", test_opts_merged);
    g_test_add_func("/opts/get-del", test_opts_get_del);
    g_test_add_func("/opts/qdict", test_opts_qdict);
    g_test_add_func("/opts/help", test_opts_help);
    g_test_add_func("/opts/errors", test_opts_errors);
    return g_test_run();
}
