/*
 * object-add, object-del and the qom-* commands, with right and wrong
 * arguments.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <glib/gstdio.h>
#include "qmp-expect.h"

typedef struct {
    const char *arguments, *error;
} WrongObject;

static const WrongObject wrong_objects[] = {
    { "{'qom-type': 'nope', 'id': 'x'}",
      "Parameter 'qom-type' does not accept value 'nope'" },
    { "{'id': 'x'}", "Parameter 'qom-type' is missing" },
    { "{'qom-type': 'iothread'}", "Parameter 'id' is missing" },
    { "{'qom-type': 'iothread', 'id': '1x'}",
      "Parameter 'id' expects an identifier" },
    { "{'qom-type': 'memory-backend-ram', 'id': 'm'}",
      "Parameter 'size' is missing" },
    { "{'qom-type': 'memory-backend-ram', 'id': 'm', 'size': 0}",
      "property 'size' of memory-backend-ram doesn't take value '0'" },
    { "{'qom-type': 'memory-backend-ram', 'id': 'm', 'size': 'x'}",
      "Parameter 'size' expects uint64" },
    { "{'qom-type': 'memory-backend-ram', 'id': 'm', 'size': 4096, 'x': 1}",
      "Parameter 'x' is unexpected" },
    { "{'qom-type': 'memory-backend-file', 'id': 'm', 'size': 4096}",
      "Parameter 'mem-path' is missing" },
    { "{'qom-type': 'memory-backend-file', 'id': 'm', 'size': 4096,"
      " 'mem-path': '/nonexistent/x'}",
      "can't open backing store /nonexistent/x for guest RAM: "
      "No such file or directory" },
    { "{'qom-type': 'iothread', 'id': 'x', 'poll-max-ns': 'x'}",
      "Invalid parameter type for 'poll-max-ns', expected: integer" },
    { "{'qom-type': 'iothread', 'id': 'x', 'poll-max-ns': -5}",
      "poll-max-ns value must be in range [0, 9223372036854775807]" },
    { "{'qom-type': 'iothread', 'id': 'x', 'aio-max-batch': -1}",
      "aio-max-batch value must be in range [0, 9223372036854775807]" },
    { "{'qom-type': 'filter-dump', 'id': 'd', 'netdev': 'h0'}",
      "Parameter 'file' is missing" },
    { "{'qom-type': 'filter-dump', 'id': 'd', 'netdev': 'nope',"
      " 'file': '/dev/null'}",
      "Parameter 'netdev' expects a network backend id" },
    { "{'qom-type': 'filter-dump', 'id': 'd', 'netdev': 'h0',"
      " 'file': '/nonexistent/x'}",
      "net dump: can't open /nonexistent/x: No such file or directory" },
    { "{'qom-type': 'filter-dump', 'id': 'd', 'netdev': 'h0',"
      " 'file': '/dev/null', 'position': 'id=nope'}",
      "filter 'nope' not found" },
};

static int count_objects(QTestState *qts)
{
    QDict *rsp = qtest_qmp(qts, "{'execute': 'qom-list', 'arguments':"
                           " {'path': '/objects'}}");
    int n = qlist_size(qdict_get_qlist(rsp, "return"));

    qobject_unref(rsp);
    return n;
}

/* What is refused leaves nothing behind. */
static void test_add_wrong(void)
{
    QTestState *qts = qtest_init("-machine none -object iothread,id=io "
                                 "-netdev hubport,hubid=0,id=h0");
    int before = count_objects(qts);

    for (int i = 0; i < ARRAY_SIZE(wrong_objects); i++) {
        g_autofree char *request = g_strdup_printf(
            "{'execute': 'object-add', 'arguments': %s}",
            wrong_objects[i].arguments);

        qtest_qmp_send_raw(qts, "%s", request);
        check_qmp_error(qtest_qmp_receive(qts), "GenericError",
                        wrong_objects[i].error);
        g_assert_cmpint(count_objects(qts), ==, before);
    }
    expect_error(qts, "GenericError", "object 'x' not found",
                 "{'execute': 'object-del', 'arguments': {'id': 'x'}}");
    expect_error(qts, "GenericError", "Parameter 'id' is missing",
                 "{'execute': 'object-del'}");
    qtest_quit(qts);
}

/* One of each type comes, cannot come twice, and goes. */
static void test_add_each(void)
{
    static const char *const objects[] = {
        "'qom-type': 'memory-backend-ram', 'size': 4096, 'dump': false",
        "'qom-type': 'memory-backend-memfd', 'size': 4096, 'seal': true",
        "'qom-type': 'memory-backend-file', 'size': 4096,"
        " 'mem-path': '/dev/shm', 'share': true",
        "'qom-type': 'iothread', 'poll-max-ns': 0, 'poll-grow': 4",
        "'qom-type': 'filter-dump', 'netdev': 'h0', 'file': '/dev/null',"
        " 'queue': 'rx', 'position': 'tail'",
    };
    QTestState *qts = qtest_init("-machine none -object iothread,id=io "
                                 "-netdev hubport,hubid=0,id=h0");
    int before = count_objects(qts);

    for (int i = 0; i < ARRAY_SIZE(objects); i++) {
        for (int n = 0; n < 2; n++) {
            qtest_qmp_send_raw(qts, "{'execute': 'object-add', 'arguments':"
                               " {'id': 'x', %s}}", objects[i]);
            if (n == 0) {
                check_qmp_return(qtest_qmp_receive(qts), "{}");
            } else {
                check_qmp_error(qtest_qmp_receive(qts), "GenericError",
                                "attempt to add duplicate property 'x' to "
                                "object (type 'container')");
            }
        }
        g_assert_cmpint(count_objects(qts), ==, before + 1);
        qtest_qmp_assert_success(qts, "{'execute': 'object-del', 'arguments':"
                                 " {'id': 'x'}}");
        g_assert_cmpint(count_objects(qts), ==, before);
    }
    qtest_quit(qts);
}

/* What somebody uses stays. */
static void test_in_use(void)
{
    QTestState *qts = qtest_init("-nodefaults");

    expect_error(qts, "GenericError",
                 "object 'pc.ram' is in use, can not be deleted",
                 "{'execute': 'object-del', 'arguments': {'id': 'pc.ram'}}");
    qtest_quit(qts);
}

/* Threads come and go; their numbers can be set while they run. */
static void test_iothreads(void)
{
    QTestState *qts = qtest_init("-machine none -object iothread,id=io0");
    g_autofree char *hmp = NULL, *expected = NULL;
    QDict *rsp, *info;

    qtest_qmp_assert_success(qts, "{'execute': 'object-add', 'arguments':"
                             " {'qom-type': 'iothread', 'id': 'io1',"
                             "  'poll-max-ns': 7}}");
    qtest_qmp_assert_success(qts, "{'execute': 'qom-set', 'arguments':"
                             " {'path': '/objects/io1', 'property':"
                             "  'poll-grow', 'value': 3}}");
    expect_error(qts, "GenericError",
                 "poll-grow value must be in range [0, 9223372036854775807]",
                 "{'execute': 'qom-set', 'arguments': {'path': '/objects/io1',"
                 " 'property': 'poll-grow', 'value': -3}}");
    rsp = qtest_qmp(qts, "{'execute': 'query-iothreads'}");
    g_assert_cmpint(qlist_size(qdict_get_qlist(rsp, "return")), ==, 2);
    info = find_entry(rsp, "id", "io1");
    g_assert_cmpint(qdict_get_int(info, "poll-max-ns"), ==, 7);
    g_assert_cmpint(qdict_get_int(info, "poll-grow"), ==, 3);
    g_assert_cmpint(qdict_get_int(info, "poll-shrink"), ==, 0);
    g_assert_cmpint(qdict_get_int(info, "aio-max-batch"), ==, 0);
    g_assert_cmpint(qdict_get_int(info, "thread-id"), >, 0);
    qtest_qmp_assert_success(qts, "{'execute': 'object-del', 'arguments':"
                             " {'id': 'io0'}}");
    hmp = hmp_answer(qts, "info iothreads");
    expected = g_strdup_printf("io1:\n  thread_id=%" PRId64 "\n"
                               "  poll-max-ns=7\n  poll-grow=3\n"
                               "  poll-shrink=0\n  aio-max-batch=0\n",
                               qdict_get_int(info, "thread-id"));
    g_assert_cmpstr(hmp, ==, expected);
    qobject_unref(rsp);
    qtest_qmp_assert_success(qts, "{'execute': 'object-del', 'arguments':"
                             " {'id': 'io1'}}");
    expect_return(qts, "[]", "{'execute': 'query-iothreads'}");
    qtest_quit(qts);
}

/* Deleting a thread says nothing: GLib once did, of a source that had gone. */
static void test_iothread_quiet(void)
{
    g_autofree char *err = NULL, *command = NULL;
    const char *input = "{'execute': 'qmp_capabilities'}"
        "{'execute': 'object-del', 'arguments': {'id': 'io0'}}"
        "{'execute': 'quit'}";
    int status;

    command = g_strdup_printf("sh -c \"echo \\\"%s\\\" | exec %s -accel qtest"
                              " -machine none -display none -qmp stdio"
                              " -object iothread,id=io0 >/dev/null\"", input,
                              getenv("QTEST_QEMU_BINARY"));
    g_assert_true(g_spawn_command_line_sync(command, NULL, &err, &status,
                                            NULL));
    g_assert_cmpint(status, ==, 0);
    g_assert_cmpstr(err, ==, "");
}

static void test_qom(void)
{
    QTestState *qts = qtest_init("-machine none "
                                 "-object memory-backend-ram,id=m,size=4096");
    QDict *rsp;

    expect_return(qts, "4096", "{'execute': 'qom-get', 'arguments':"
                  " {'path': '/objects/m', 'property': 'size'}}");
    /* A path of a part is enough while only one object has it. */
    expect_return(qts, "4096", "{'execute': 'qom-get', 'arguments':"
                  " {'path': 'm', 'property': 'size'}}");
    expect_error(qts, "GenericError", "Parameter 'property' is missing",
                 "{'execute': 'qom-get', 'arguments': {'path': 'm'}}");
    qtest_qmp_assert_success(qts, "{'execute': 'qom-set', 'arguments':"
                             " {'path': '/objects/m', 'property': 'merge',"
                             "  'value': false}}");
    expect_return(qts, "false", "{'execute': 'qom-get', 'arguments':"
                  " {'path': '/objects/m', 'property': 'merge'}}");
    expect_error(qts, "GenericError",
                 "Invalid parameter type for 'merge', expected: boolean",
                 "{'execute': 'qom-set', 'arguments': {'path': '/objects/m',"
                 " 'property': 'merge', 'value': 1}}");
    expect_error(qts, "GenericError",
                 "cannot change property size of memory-backend-ram ",
                 "{'execute': 'qom-set', 'arguments': {'path': '/objects/m',"
                 " 'property': 'size', 'value': 1}}");
    expect_error(qts, "GenericError",
                 "Property 'memory-backend-ram.nope' not found",
                 "{'execute': 'qom-set', 'arguments': {'path': '/objects/m',"
                 " 'property': 'nope', 'value': 1}}");
    expect_error(qts, "DeviceNotFound", "Device '/nope' not found",
                 "{'execute': 'qom-set', 'arguments': {'path': '/nope',"
                 " 'property': 'nope', 'value': 1}}");
    expect_error(qts, "DeviceNotFound", "Device '/nope' not found",
                 "{'execute': 'qom-list', 'arguments': {'path': '/nope'}}");
    expect_return(qts, "4096", "{'execute': 'qom-get', 'arguments':"
                  " {'path': '/objects/m', 'property': 'size'}}");

    rsp = qtest_qmp(qts, "{'execute': 'qom-list-types', 'arguments':"
                    " {'implements': 'memory-backend'}}");
    g_assert_nonnull(find_entry(rsp, "name", "memory-backend-ram"));
    g_assert_null(find_entry(rsp, "name", "memory-backend"));
    qobject_unref(rsp);
    rsp = qtest_qmp(qts, "{'execute': 'qom-list-types', 'arguments':"
                    " {'implements': 'memory-backend', 'abstract': true}}");
    g_assert_nonnull(find_entry(rsp, "name", "memory-backend"));
    qobject_unref(rsp);
    expect_return(qts, "[]", "{'execute': 'qom-list-types', 'arguments':"
                  " {'implements': 'nope'}}");
    expect_error(qts, "DeviceNotFound", "Class 'nope' not found",
                 "{'execute': 'qom-list-properties', 'arguments':"
                 " {'typename': 'nope'}}");
    qtest_quit(qts);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_func("/object/add/wrong", test_add_wrong);
    qtest_add_func("/object/add/each", test_add_each);
    qtest_add_func("/object/in-use", test_in_use);
    qtest_add_func("/object/iothreads", test_iothreads);
    qtest_add_func("/object/iothread-quiet", test_iothread_quiet);
    qtest_add_func("/object/qom", test_qom);
    return g_test_run();
}
