/*
 * The option groups by name, -set, and files of options.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <glib/gstdio.h>
#include "qapi/error.h"
#include "qapi/qmp/qdict.h"
#include "qapi/qmp/qjson.h"
#include "qemu/config-file.h"
#include "qemu/option.h"

static QemuOptsList fruit_opts = {
    .name = "fruit",
    .head = QTAILQ_HEAD_INITIALIZER(fruit_opts.head),
    .desc = {
        { .name = "colour", .type = QEMU_OPT_STRING },
        { .name = "weight", .type = QEMU_OPT_NUMBER },
        { }
    },
};

/* All uses of it are one. */
static QemuOptsList market_opts = {
    .name = "market",
    .merge_lists = true,
    .head = QTAILQ_HEAD_INITIALIZER(market_opts.head),
    .desc = { { } },
};

static QemuOptsList *all_opts[] = { &fruit_opts, &market_opts, NULL };

static void check_error(Error *err, const char *message)
{
    g_assert_cmpstr(error_get_pretty(err), ==, message);
    error_free(err);
}

static void test_find(void)
{
    Error *err = NULL;

    g_assert_true(qemu_find_opts("fruit") == &fruit_opts);
    g_assert_true(qemu_find_opts_err("market", &error_abort) == &market_opts);
    g_assert_null(qemu_find_opts_err("nuts", &err));
    check_error(err, "There is no option group 'nuts'");
}

static void test_singleton(void)
{
    QemuOpts *opts = qemu_find_opts_singleton("market");

    g_assert_nonnull(opts);
    g_assert_null(qemu_opts_id(opts));
    g_assert_true(qemu_find_opts_singleton("market") == opts);
    qemu_opts_reset(&market_opts);
}

static void test_set(void)
{
    QemuOpts *opts = qemu_opts_parse(&fruit_opts, "id=a,colour=red", false,
                                     &error_abort);

    g_assert_true(qemu_set_option("fruit.a.colour=green", &error_abort));
    g_assert_true(qemu_set_option("fruit.a.weight=5", &error_abort));
    g_assert_cmpstr(qemu_opt_get(opts, "colour"), ==, "green");
    g_assert_cmpuint(qemu_opt_get_number(opts, "weight", 0), ==, 5);

    /* The value is all that follows, with commas, dots and further '='. */
    g_assert_true(qemu_set_option("fruit.a.colour=a.b=c,d", &error_abort));
    g_assert_cmpstr(qemu_opt_get(opts, "colour"), ==, "a.b=c,d");
    g_assert_true(qemu_set_option("fruit.a.colour=", &error_abort));
    g_assert_cmpstr(qemu_opt_get(opts, "colour"), ==, "");
    qemu_opts_reset(&fruit_opts);
}

static void check_set_error(const char *str, const char *message)
{
    Error *err = NULL;

    g_assert_false(qemu_set_option(str, &err));
    check_error(err, message);
}

static void test_set_errors(void)
{
    qemu_opts_parse(&fruit_opts, "id=a", false, &error_abort);
    check_set_error("", "can't parse: \"\"");
    check_set_error("fruit.a=1", "can't parse: \"fruit.a=1\"");
    check_set_error("fruit.a.colour", "can't parse: \"fruit.a.colour\"");
    check_set_error("fruit..colour=1", "can't parse: \"fruit..colour=1\"");
    check_set_error("nuts.a.colour=1", "There is no option group 'nuts'");
    check_set_error("fruit.b.colour=1", "there is no fruit \"b\" defined");
    check_set_error("fruit.a.shape=1", "Invalid parameter 'shape'");
    check_set_error("fruit.a.weight=x", "Parameter 'weight' expects a number");
    qemu_opts_reset(&fruit_opts);
}

/* Files */

static int parse_text(const char *text, Error **errp)
{
    g_autofree char *copy = g_strdup(text);
    FILE *f = fmemopen(copy, strlen(copy), "r");
    int ret = qemu_config_parse(f, all_opts, "memory", errp);

    fclose(f);
    return ret;
}

static void test_file(void)
{
    QemuOpts *opts;

    g_assert_cmpint(parse_text("# a comment\n"
                               "\n"
                               "[fruit \"apple\"]\n"
                               "  colour = \"red, or green\"\n"
                               "weight = \"150\"\n"
                               "\n"
                               "[fruit]\n"
                               "  colour = \"\"\n"
                               "[market]\n"
                               "  town = \"T\"\n"
                               "[market]\n"
                               "  day = \"Friday\"", &error_abort), ==, 4);
    opts = qemu_opts_find(&fruit_opts, "apple");
    g_assert_cmpstr(qemu_opt_get(opts, "colour"), ==, "red, or green");
    g_assert_cmpuint(qemu_opt_get_number(opts, "weight", 0), ==, 150);
    opts = qemu_opts_find(&fruit_opts, NULL);
    g_assert_cmpstr(qemu_opt_get(opts, "colour"), ==, "");
    opts = qemu_opts_find(&market_opts, NULL);
    g_assert_cmpstr(qemu_opt_get(opts, "town"), ==, "T");
    g_assert_cmpstr(qemu_opt_get(opts, "day"), ==, "Friday");
    qemu_opts_reset(&fruit_opts);
    qemu_opts_reset(&market_opts);
}

static void check_file_error(const char *text, const char *message)
{
    Error *err = NULL;

    g_assert_cmpint(parse_text(text, &err), <, 0);
    check_error(err, message);
    qemu_opts_reset(&fruit_opts);
}

static void test_file_errors(void)
{
    g_autofree char *long_value = g_strnfill(2000, 'x');
    g_autofree char *long_line =
        g_strdup_printf("[fruit]\ncolour = \"%s\"\n", long_value);

    check_file_error("nonsense\n", "parse error");
    check_file_error("[fruit\n", "parse error");
    check_file_error("[fruit]\ncolour = red\n", "parse error");
    check_file_error("[fruit]\ncolour=\"red\"\n", "parse error");
    check_file_error("[fruit]\ncolour = \"red\n", "parse error");
    check_file_error(long_line, "parse error");
    check_file_error("colour = \"red\"\n", "no group defined");
    check_file_error("[nuts]\na = \"b\"\n", "There is no option group 'nuts'");
    check_file_error("[fruit]\n[nuts]\n", "There is no option group 'nuts'");
    check_file_error("[fruit]\nshape = \"round\"\n",
                     "Invalid parameter 'shape'");
    check_file_error("[fruit \"a\"]\n[fruit \"a\"]\n",
                     "Duplicate ID 'a' for fruit");
    check_file_error("[fruit \"0\"]\n",
                     "Parameter 'id' expects an identifier");
}

static void note_section(const char *group, QDict *qdict, void *opaque,
                         Error **errp)
{
    g_autoptr(GString) text = qobject_to_json(QOBJECT(qdict));

    g_assert_cmpstr(group, ==, "device");
    g_assert_cmpstr(text->str, ==, "{\"id\": \"d0\", \"driver\": \"x\"}");
    g_assert_cmpstr(opaque, !=, "");
}

static void test_read_file(void)
{
    g_autofree char *name = NULL;
    Error *err = NULL;
    int fd = g_file_open_tmp("test-qemu-config-XXXXXX", &name, NULL);

    g_assert_cmpint(fd, >=, 0);
    close(fd);
    g_assert_true(g_file_set_contents(name, "[device \"d0\"]\n"
                                      "driver = \"x\"\n", -1, NULL));
    g_assert_cmpint(qemu_read_config_file(name, note_section, &error_abort),
                    ==, 1);
    g_unlink(name);
    g_assert_cmpint(qemu_read_config_file(name, note_section, &err), ==,
                    -ENOENT);
    g_assert_true(g_str_has_prefix(error_get_pretty(err), "Could not open '"));
    error_free(err);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qemu_add_opts(&fruit_opts);
    qemu_add_opts(&market_opts);
    g_test_add_func("/config/find", test_find);
    g_test_add_func("/config/singleton", test_singleton);
    g_test_add_func("/config/set", test_set);
    g_test_add_func("/config/set-errors", test_set_errors);
    g_test_add_func("/config/file", test_file);
    g_test_add_func("/config/file-errors", test_file_errors);
    g_test_add_func("/config/read-file", test_read_file);
    return g_test_run();
}
