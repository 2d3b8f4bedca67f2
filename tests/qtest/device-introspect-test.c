/*
 * Asking about a type must not change anything.
 *
 * To list a type's properties the program makes an object of it, and drops
 * it.  So for every type, on a machine without anything and on a PC: the
 * answer comes, nothing is printed, and both trees are as they were.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <glib/gstdio.h>
#include "libqtest.h"
#include "qapi/qmp/qdict.h"
#include "qapi/qmp/qlist.h"
#include "qapi/qmp/qstring.h"

static const char *const machines[] = { "none", "pc" };

/* A program that runs, and the file that its standard error goes to. */
typedef struct Introspect {
    QTestState *qts;
    char *log;
} Introspect;

static void introspect_start(Introspect *t, const char *machine)
{
    int fd = g_file_open_tmp("introspect-XXXXXX", &t->log, NULL);

    g_assert_cmpint(fd, >=, 0);
    close(fd);
    /* The options are a line for the shell. */
    t->qts = qtest_initf("-machine %s -nodefaults 2>%s", machine, t->log);
}

/* Whatever was asked, nobody has complained. */
static void introspect_stop(Introspect *t)
{
    g_autofree char *said = NULL;

    qtest_quit(t->qts);
    g_assert_true(g_file_get_contents(t->log, &said, NULL, NULL));
    g_assert_cmpstr(said, ==, "");
    g_unlink(t->log);
    g_free(t->log);
}

/* The types that implement @implements: a list of dicts, the caller's. */
static QList *introspect_types(QTestState *qts, const char *implements,
                               bool abstract)
{
    QDict *answer = qtest_qmp(qts, "{'execute': 'qom-list-types', 'arguments':"
                              " {'implements': %s, 'abstract': %i}}",
                              implements, abstract);
    QList *types = qdict_get_qlist(answer, "return");

    g_assert_nonnull(types);
    qobject_ref(types);
    qobject_unref(answer);
    return types;
}

static const char *type_name(const QListEntry *e)
{
    return qdict_get_str(qobject_to(QDict, qlist_entry_obj(e)), "name");
}

static bool type_is_abstract(const QListEntry *e)
{
    return qdict_get_try_bool(qobject_to(QDict, qlist_entry_obj(e)),
                              "abstract", false);
}

/* Of a hundred models of CPU, one is enough. */
static bool is_one_of_many(const char *type)
{
    return g_str_has_suffix(type, "-x86_64-cpu") &&
        !g_str_has_prefix(type, "qemu64");
}

/* A command about a type fails as it does in QEMU. */
static void introspect_refused(QTestState *qts, const char *command,
                               const char *argument, const char *type,
                               const char *class, const char *desc)
{
    QDict *answer = qtest_qmp(qts, "{'execute': %s, 'arguments': {%s: %s}}",
                              command, argument, type);
    QDict *error = qdict_get_qdict(answer, "error");

    g_assert_nonnull(error);
    g_assert_cmpstr(qdict_get_str(error, "class"), ==, class);
    g_assert_cmpstr(qdict_get_str(error, "desc"), ==, desc);
    qobject_unref(answer);
}

/* Both listings of a type; a list with at least "type" in it. */
static void introspect_list(QTestState *qts, const char *command,
                            const char *type)
{
    QDict *answer = qtest_qmp(qts, "{'execute': %s, 'arguments':"
                              " {'typename': %s}}", command, type);
    QList *list = qdict_get_qlist(answer, "return");
    const QListEntry *e;

    g_assert_nonnull(list);
    QLIST_FOREACH_ENTRY(list, e) {
        QDict *info = qobject_to(QDict, qlist_entry_obj(e));

        g_assert_cmpstr(qdict_get_str(info, "name"), !=, "");
        g_assert_cmpstr(qdict_get_str(info, "type"), !=, "");
    }
    qobject_unref(answer);
}

/* `-device TYPE,help` and the like: a heading and a line for each property. */
static void introspect_help(const char *option, const char *type)
{
    g_autofree char *argument = g_strdup_printf("%s,help", type);
    g_autofree char *heading = g_strdup_printf(
        "%s%s options:\n", type, g_str_equal(option, "-machine") ? "-machine"
                                                               : "");
    g_autofree char *nothing = g_strdup_printf("There are no options for %s.\n",
                                               type);
    char *argv[] = { (char *)g_getenv("QTEST_QEMU_BINARY"), (char *)option,
                     argument, NULL };
    g_autofree char *out = NULL, *err = NULL;
    int status;

    g_assert_true(g_spawn_sync(NULL, argv, NULL, 0, NULL, NULL, &out, &err,
                               &status, NULL));
    g_assert_cmpint(status, ==, 0);
    g_assert_cmpstr(err, ==, "");
    if (!g_str_equal(out, nothing)) {
        g_auto(GStrv) lines = NULL;

        g_assert_true(g_str_has_prefix(out, heading));
        lines = g_strsplit(out + strlen(heading), "\n", -1);
        for (char **line = lines; **line; line++) {
            g_assert_true(g_str_has_prefix(*line, "  "));
            g_assert_nonnull(strstr(*line, "=<"));
            /* In order, and none twice. */
            g_assert_true(line == lines || strcmp(line[-1], *line) < 0);
        }
    }
}

/* Each type has a parent, and what is abstract is told so. */
static void test_types(void)
{
    QTestState *qts = qtest_init("-machine none");
    QList *all = introspect_types(qts, "object", true);
    QList *concrete = introspect_types(qts, "object", false);
    size_t abstract = 0;
    const QListEntry *e;

    QLIST_FOREACH_ENTRY(all, e) {
        QDict *type = qobject_to(QDict, qlist_entry_obj(e));

        abstract += type_is_abstract(e);
        g_assert_true(qdict_haskey(type, "parent") ||
                      g_str_equal(type_name(e), "object"));
    }
    QLIST_FOREACH_ENTRY(concrete, e) {
        g_assert_false(type_is_abstract(e));
    }
    g_assert_cmpuint(abstract, >, 0);
    g_assert_cmpuint(qlist_size(all), ==, qlist_size(concrete) + abstract);
    qobject_unref(all);
    qobject_unref(concrete);
    qtest_quit(qts);
}

/* There are no objects of an interface. */
static void test_interfaces(void)
{
    QTestState *qts = qtest_init("-machine none");
    QDict *answer = qtest_qmp(qts, "{'execute': 'qom-list-types',"
                              "'arguments': {'abstract': true}}");
    QList *all = qdict_get_qlist(answer, "return");
    const QListEntry *e;
    int interfaces = 0;

    QLIST_FOREACH_ENTRY(all, e) {
        QDict *type = qobject_to(QDict, qlist_entry_obj(e));
        const char *parent = qdict_get_try_str(type, "parent");

        if (g_str_equal(type_name(e), "interface") ||
            (parent && g_str_equal(parent, "interface"))) {
            g_assert_true(type_is_abstract(e));
            interfaces++;
        }
    }
    g_assert_cmpint(interfaces, >, 1);
    qobject_unref(answer);
    qtest_quit(qts);
}

/* What is abstract, no device, or nothing at all cannot be asked about. */
static void test_refused(const void *machine)
{
    Introspect t;
    QList *devices;
    const QListEntry *e;
    int abstract = 0;

    introspect_start(&t, machine);
    devices = introspect_types(t.qts, "device", true);
    QLIST_FOREACH_ENTRY(devices, e) {
        if (type_is_abstract(e)) {
            abstract++;
            introspect_refused(t.qts, "device-list-properties", "typename",
                               type_name(e), "GenericError",
                               "Parameter 'typename' expects a non-abstract "
                               "device type");
            introspect_refused(t.qts, "device_add", "driver",
                               type_name(e), "GenericError",
                               "Parameter 'driver' expects a non-abstract "
                               "device type");
        }
    }
    g_assert_cmpint(abstract, >, 0);
    qobject_unref(devices);

    introspect_refused(t.qts, "device-list-properties", "typename",
                       "memory-region", "GenericError",
                       "Parameter 'typename' expects a non-abstract device "
                       "type");
    introspect_refused(t.qts, "device-list-properties", "typename",
                       "nonexistent", "DeviceNotFound",
                       "Device 'nonexistent' not found");
    introspect_refused(t.qts, "qom-list-properties", "typename",
                       "nonexistent", "DeviceNotFound",
                       "Class 'nonexistent' not found");
    introspect_refused(t.qts, "device_add", "driver", "nonexistent",
                       "GenericError",
                       "'nonexistent' is not a valid device model name");
    introspect_stop(&t);
}

/* Every type: asked about, and nothing is different afterwards. */
static void test_every_type(const void *machine)
{
    Introspect t;
    g_autofree char *qom_tree = NULL, *qtree = NULL;
    QList *types, *devices;
    const QListEntry *e;
    int n = 0;

    introspect_start(&t, machine);
    qom_tree = qtest_hmp(t.qts, "info qom-tree");
    qtree = qtest_hmp(t.qts, "info qtree");
    types = introspect_types(t.qts, "object", true);
    devices = introspect_types(t.qts, "device", false);

    QLIST_FOREACH_ENTRY(devices, e) {
        if (!is_one_of_many(type_name(e))) {
            introspect_list(t.qts, "device-list-properties", type_name(e));
        }
    }
    QLIST_FOREACH_ENTRY(types, e) {
        g_autofree char *after = NULL, *qtree_after = NULL;

        if (!is_one_of_many(type_name(e))) {
            introspect_list(t.qts, "qom-list-properties", type_name(e));
        }
        /* The trees are long, the types many, and what is left stays. */
        if (++n % 32 && qlist_next(e)) {
            continue;
        }
        g_test_message("up to %s", type_name(e));
        after = qtest_hmp(t.qts, "info qom-tree");
        qtree_after = qtest_hmp(t.qts, "info qtree");
        g_assert_cmpstr(qom_tree, ==, after);
        g_assert_cmpstr(qtree, ==, qtree_after);
    }
    qobject_unref(types);
    qobject_unref(devices);
    introspect_stop(&t);
}

/* The same from the command line. */
static void test_help(void)
{
    static const struct {
        const char *option;
        const char *kind;
        const char *suffix;
    } kinds[] = {
        { "-device", "device", "" },
        { "-object", "user-creatable", "" },
        { "-machine", "machine", "-machine" },
    };
    QTestState *qts = qtest_init("-machine none");

    for (int i = 0; i < ARRAY_SIZE(kinds); i++) {
        QList *types = introspect_types(qts, kinds[i].kind, false);
        const QListEntry *e;

        QLIST_FOREACH_ENTRY(types, e) {
            g_autofree char *name = g_strndup(
                type_name(e), strlen(type_name(e)) - strlen(kinds[i].suffix));

            if (is_one_of_many(name)) {
                continue;
            }
            introspect_help(kinds[i].option, name);
        }
        qobject_unref(types);
    }
    qtest_quit(qts);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_func("/device/introspect/types", test_types);
    qtest_add_func("/device/introspect/interfaces", test_interfaces);
    qtest_add_func("/device/introspect/help", test_help);
    for (int i = 0; i < ARRAY_SIZE(machines); i++) {
        g_autofree char *refused = g_strdup_printf(
            "/device/introspect/refused/%s", machines[i]);
        g_autofree char *every = g_strdup_printf(
            "/device/introspect/every-type/%s", machines[i]);

        qtest_add_data_func(refused, machines[i], test_refused);
        qtest_add_data_func(every, machines[i], test_every_type);
    }
    return g_test_run();
}
