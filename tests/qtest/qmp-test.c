/*
 * QMP as a client sees it: greeting, negotiation, requests, answers, events.
 *
 * Clients come through a socket that the program listens on, and come back
 * after they have gone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qmp-client.h"

static void test_negotiation(void)
{
    const char *early = "Expecting capabilities negotiation with "
                        "'qmp_capabilities'";
    QTestState *qts = start(1, "-machine none");
    FILE *client = client_connect(0);

    check_greeting(client);
    check_error(client, "{'execute': 'query-version'}", "CommandNotFound",
                early);
    check_error(client, "{'execute': 'nope'}", "CommandNotFound", early);
    check_error(client, "{'execute': 'qmp_capabilities', 'arguments':"
                " {'x': 1}}", "GenericError", "Parameter 'x' is unexpected");
    check_error(client, "{'execute': 'qmp_capabilities', 'arguments':"
                " {'enable': ['warp']}}", "GenericError",
                "Parameter 'null' does not accept value 'warp'");
    check_return(client, "{'execute': 'qmp_capabilities', 'id': 1}",
                 "{\"return\": {}, \"id\": 1}");
    check_error(client, "{'execute': 'qmp_capabilities'}", "CommandNotFound",
                "Capabilities negotiation is already complete, command "
                "ignored");
    fclose(client);
    qtest_quit(qts);
}

static void test_malformed(void)
{
    static const struct {
        const char *request, *desc;
    } cases[] = {
        { "[]", "QMP input must be a JSON object" },
        { "{}", "QMP input lacks member 'execute'" },
        { "{'execute': 5}", "QMP input member 'execute' must be a string" },
        { "{'execute': 'query-name', 'arguments': []}",
          "QMP input member 'arguments' must be an object" },
        { "{'execute': 'query-name', 'foo': 1}",
          "QMP input member 'foo' is unexpected" },
        { "{'exec-oob': 'query-name'}",
          "QMP input member 'exec-oob' is unexpected" },
        { "{'execute': 'query-name', 'execute': 'query-name'}",
          "JSON parse error, duplicate key" },
        { "{'execute': 'query-name', 'arguments': {'x': 1}}",
          "Parameter 'x' is unexpected" },
        { "{'execute': 'set_link', 'arguments': {'name': 'n', 'up': 1}}",
          "Invalid parameter type for 'up', expected: boolean" },
        { "{'execute': 'set_link', 'arguments': {'name': 'n'}}",
          "Parameter 'up' is missing" },
    };
    QTestState *qts = start(1, "-machine none");
    FILE *client = client_ready(0);

    for (int i = 0; i < ARRAY_SIZE(cases); i++) {
        check_error(client, cases[i].request, "GenericError", cases[i].desc);
    }
    check_error(client, "{'execute': 'nope'}", "CommandNotFound",
                "The command nope has not been found");

    /* A client that has lost its place says so, and begins anew. */
    client_send(client, "{'execute': 'query-na\xff");
    qobject_unref(client_recv(client));
    check_return(client, "{'execute': 'query-name'}", "{\"return\": {}}");
    fclose(client);
    qtest_quit(qts);
}

/* Bytes come as they like; each ends up in the right request. */
static void test_pieces(void)
{
    const char *request = "{'execute': 'query-name', 'id': 'x'}";
    QTestState *qts = start(1, "-machine none -name guest");
    FILE *client = client_ready(0);
    QDict *rsp;

    for (const char *p = request; p[1]; p++) {
        client_send(client, (char[]){ *p, 0 });
    }
    check_return(client, "}{'execute': 'query-status'}",
                 "{\"return\": {\"name\": \"guest\"}, \"id\": \"x\"}");
    rsp = client_recv(client);
    g_assert_cmpstr(qdict_get_str(qdict_get_qdict(rsp, "return"), "status"),
                    ==, "running");
    qobject_unref(rsp);
    fclose(client);
    qtest_quit(qts);
}

/* A command's consequences are told before its answer, as QEMU has it. */
static void test_events(void)
{
    static const struct {
        const char *command, *event;
    } cases[] = {
        { "stop", "STOP" },
        { "stop", NULL },
        { "cont", "RESUME" },
        { "cont", NULL },
        { "system_powerdown", "POWERDOWN" },
        { "system_reset", "RESET" },
        { "stop", "STOP" },
        { "system_reset", "RESET" },
        { "query-name", NULL },
    };
    QTestState *qts = start(2, "-machine none");
    FILE *client = client_ready(0), *early = client_connect(1);
    g_autoptr(GString) all = g_string_new(NULL);

    check_greeting(early);
    for (int i = 0; i < ARRAY_SIZE(cases); i++) {
        g_autofree char *request = g_strdup_printf("{'execute': '%s'}",
                                                   cases[i].command);

        g_string_append(all, request);
        client_send(client, request);
        if (cases[i].event) {
            check_line(client, cases[i].event);
        }
        check_line(client, "{\"return\": {}}");
    }

    /* The same if all are asked for at once. */
    client_send(client, "{'execute': 'cont'}");
    check_line(client, "RESUME");
    check_line(client, "{\"return\": {}}");
    client_send(client, all->str);
    for (int i = 0; i < ARRAY_SIZE(cases); i++) {
        if (cases[i].event) {
            check_line(client, cases[i].event);
        }
        check_line(client, "{\"return\": {}}");
    }

    /* Who has not agreed on anything yet hears none of it. */
    check_error(early, "{'execute': 'stop'}", "CommandNotFound",
                "Expecting capabilities negotiation with 'qmp_capabilities'");
    fclose(early);
    fclose(client);
    qtest_quit(qts);
}

/* The last that a client hears is the answer to quit. */
static void test_quit(void)
{
    QTestState *qts = start(1, "-machine none");
    FILE *client = client_ready(0);

    client_send(client, "{'execute': 'query-name', 'id': 0}"
                        "{'execute': 'quit', 'id': 1}"
                        "{'execute': 'query-name', 'id': 2}");
    check_line(client, "{\"return\": {}, \"id\": 0}");
    check_line(client, "SHUTDOWN");
    check_line(client, "{\"return\": {}, \"id\": 1}");
    g_assert_cmpint(fgetc(client), ==, EOF);
    fclose(client);
    qtest_wait_qemu(qts);
    qtest_quit(qts);
}

/* Brackets can be nested 1024 deep, and the next good command is answered. */
static void test_depth(void)
{
    QTestState *qts = start(1, "-machine none");
    FILE *client = client_ready(0);
    char open[1026], close[1026];

    memset(open, '[', 1025);
    memset(close, ']', 1025);
    open[1024] = close[1024] = '\0';
    client_send(client, open);
    check_error(client, close, "GenericError",
                "QMP input must be a JSON object");
    open[1024] = '[';
    open[1025] = '\0';
    check_error(client, open, "GenericError",
                "JSON nesting depth limit exceeded");
    check_return(client, "{'execute': 'query-name'}", "{\"return\": {}}");
    fclose(client);
    qtest_quit(qts);
}

/* With -preconfig there is no machine until a client says so. */
static void test_preconfig(void)
{
    const char *only_after = "The command '%s' is permitted only after"
                             " machine initialization has completed";
    static const char *const too_early[] = {
        "cont", "stop", "system_reset", "query-pci", "device_add",
        "human-monitor-command",
    };
    QTestState *qts = start(1, "-machine pc -preconfig -device"
                            " virtio-net-pci,id=nic0");
    FILE *client = client_ready(0);

    for (int i = 0; i < ARRAY_SIZE(too_early); i++) {
        g_autofree char *request = g_strdup_printf("{'execute': '%s'}",
                                                   too_early[i]);
        g_autofree char *desc = g_strdup_printf(only_after, too_early[i]);

        check_error(client, request, "GenericError", desc);
    }
    check_return(client, "{'execute': 'query-name'}", "{\"return\": {}}");
    check_return(client, "{'execute': 'set-action', 'arguments':"
                 " {'reboot': 'shutdown'}}", "{\"return\": {}}");
    check_error(client, "{'execute': 'qom-get', 'arguments': {'path':"
                " '/machine/peripheral/nic0', 'property': 'type'}}",
                "DeviceNotFound", "Device '/machine/peripheral/nic0' not found");
    check_return(client, "{'execute': 'x-exit-preconfig'}",
                 "{\"return\": {}}");
    check_error(client, "{'execute': 'x-exit-preconfig'}", "GenericError",
                "The command is permitted only before machine initialization");
    check_return(client, "{'execute': 'qom-get', 'arguments': {'path':"
                 " '/machine/peripheral/nic0', 'property': 'type'}}",
                 "{\"return\": \"virtio-net-pci\"}");

    /* The action holds: a reset is the end. */
    client_send(client, "{'execute': 'system_reset'}");
    check_line(client, "SHUTDOWN");
    check_line(client, "{\"return\": {}}");
    fclose(client);
    qtest_wait_qemu(qts);
    qtest_quit(qts);

    /* Somebody may think better of it. */
    qts = start(1, "-machine pc -preconfig");
    client = client_ready(0);
    client_send(client, "{'execute': 'quit'}");
    check_line(client, "SHUTDOWN");
    check_line(client, "{\"return\": {}}");
    fclose(client);
    qtest_wait_qemu(qts);
    qtest_quit(qts);
}

/* -action and its short forms say what set-action says. */
static void test_action(void)
{
    static const char *const options[] = {
        "-no-reboot", "-action reboot=shutdown",
    };
    static const char *const stays[] = {
        "-no-shutdown -no-reboot", "-action shutdown=pause,reboot=shutdown",
    };
    QTestState *qts;
    FILE *client;

    for (int i = 0; i < ARRAY_SIZE(options); i++) {
        qts = start(1, options[i]);
        client = client_ready(0);
        client_send(client, "{'execute': 'system_reset'}");
        check_line(client, "SHUTDOWN");
        check_line(client, "{\"return\": {}}");
        g_assert_cmpint(fgetc(client), ==, EOF);
        fclose(client);
        qtest_wait_qemu(qts);
        qtest_quit(qts);
    }
    for (int i = 0; i < ARRAY_SIZE(stays); i++) {
        qts = start(1, stays[i]);
        client = client_ready(0);
        client_send(client, "{'execute': 'system_reset'}");
        check_line(client, "SHUTDOWN");
        check_line(client, "STOP");
        check_line(client, "{\"return\": {}}");
        check_return(client, "{'execute': 'query-status'}",
                     "{\"return\": {\"running\": false, \"singlestep\": "
                     "false, \"status\": \"shutdown\"}}");
        fclose(client);
        qtest_quit(qts);
    }
}

/* What is unstable can be refused, and left out of answers. */
static void test_compat(void)
{
    QTestState *qts = start(1, "-machine none -compat unstable-input=reject");
    FILE *client = client_ready(0);

    check_error(client, "{'execute': 'x-exit-preconfig'}", "CommandNotFound",
                "Unstable command x-exit-preconfig disabled by policy");
    check_return(client, "{'execute': 'query-name'}", "{\"return\": {}}");
    fclose(client);
    qtest_quit(qts);

    qts = start(1, "-machine none -compat"
                " deprecated-input=reject,unstable-input=accept");
    client = client_ready(0);
    check_error(client, "{'execute': 'x-exit-preconfig'}", "GenericError",
                "The command is permitted only before machine initialization");
    fclose(client);
    qtest_quit(qts);
}

/* A client dies in the middle of a request; the next starts at the start. */
static void test_reconnect(void)
{
    QTestState *qts = start(1, "-machine none");

    for (int i = 0; i < 5; i++) {
        FILE *client = client_ready(0);

        client_send(client, "{'execute': 'query-name', 'arguments': {'x");
        fclose(client);
    }
    qtest_quit(qts);
}

static void test_four_clients(void)
{
    QTestState *qts = start(4, "-machine none");
    FILE *client[4];

    for (int i = 0; i < 4; i++) {
        client[i] = client_ready(i);
    }
    for (int i = 0; i < 4; i++) {
        g_autofree char *request = g_strdup_printf(
            "{'execute': 'query-name', 'id': %d}", i);

        client_send(client[i], request);
    }
    for (int i = 3; i >= 0; i--) {
        QDict *rsp = client_recv(client[i]);

        g_assert_cmpint(qdict_get_int(rsp, "id"), ==, i);
        qobject_unref(rsp);
    }
    client_send(client[0], "{'execute': 'stop'}");
    for (int i = 0; i < 4; i++) {
        check_event(client[i], "STOP");
        fclose(client[i]);
    }
    qtest_quit(qts);
}

/* What the schema says is there is there, and nothing else is. */
static void test_schema(void)
{
    QTestState *qts = start(1, "-machine none");
    FILE *client = client_ready(0);
    QDict *schema = client_ask(client, "{'execute': 'query-qmp-schema'}");
    QDict *commands = client_ask(client, "{'execute': 'query-commands'}");
    const QListEntry *entry, *cmd;
    int described = 0;

    QLIST_FOREACH_ENTRY(qdict_get_qlist(schema, "return"), entry) {
        QDict *info = qobject_to(QDict, qlist_entry_obj(entry));
        bool found = false;

        if (strcmp(qdict_get_str(info, "meta-type"), "command")) {
            continue;
        }
        QLIST_FOREACH_ENTRY(qdict_get_qlist(commands, "return"), cmd) {
            found |= g_str_equal(qdict_get_str(info, "name"),
                qdict_get_str(qobject_to(QDict, qlist_entry_obj(cmd)),
                              "name"));
        }
        g_assert_true(found);
        described++;
    }
    g_assert_cmpint(described, ==,
                    qlist_size(qdict_get_qlist(commands, "return")));
    qobject_unref(schema);
    qobject_unref(commands);
    fclose(client);
    qtest_quit(qts);
}

static void test_commands(void)
{
    QTestState *qts = start(1, "-machine none");
    FILE *client = client_ready(0);

    check_return(client, "{'execute': 'query-target'}",
                 "{\"return\": {\"arch\": \"x86_64\"}}");
    check_return(client, "{'execute': 'query-uuid'}", "{\"return\": {\"UUID\":"
                 " \"00000000-0000-0000-0000-000000000000\"}}");
    check_return(client, "{'execute': 'human-monitor-command', 'arguments':"
                 " {'command-line': 'info status'}}",
                 "{\"return\": \"VM status: running\\r\\n\"}");
    check_return(client, "{'execute': 'qom-get', 'arguments':"
                 " {'path': '/machine', 'property': 'type'}}",
                 "{\"return\": \"none-machine\"}");
    check_error(client, "{'execute': 'qom-get', 'arguments':"
                " {'path': '/nope', 'property': 'a'}}",
                "DeviceNotFound", "Device '/nope' not found");
    check_error(client, "{'execute': 'qom-get', 'arguments':"
                " {'path': '/machine', 'property': 'nope'}}",
                "GenericError", "Property 'none-machine.nope' not found");
    check_error(client, "{'execute': 'device-list-properties', 'arguments':"
                " {'typename': 'device'}}", "GenericError",
                "Parameter 'typename' expects a non-abstract device type");
    check_error(client, "{'execute': 'qom-list-properties', 'arguments':"
                " {'typename': 'nope'}}",
                "DeviceNotFound", "Class 'nope' not found");
    check_error(client, "{'execute': 'device_add'}", "GenericError",
                "Parameter 'driver' is missing");
    check_error(client, "{'execute': 'device_del', 'arguments':"
                " {'id': 'nope'}}", "DeviceNotFound",
                "Device 'nope' not found");
    check_return(client, "{'execute': 'object-add', 'arguments':"
                 " {'qom-type': 'memory-backend-ram', 'id': 'm',"
                 " 'size': 4096}}", "{\"return\": {}}");
    check_return(client, "{'execute': 'object-del', 'arguments':"
                 " {'id': 'm'}}", "{\"return\": {}}");
    check_error(client, "{'execute': 'object-del', 'arguments':"
                " {'id': 'm'}}", "GenericError", "object 'm' not found");
    check_error(client, "{'execute': 'query-rx-filter', 'arguments':"
                " {'name': 'nope'}}", "GenericError",
                "invalid net client name: nope");
    fclose(client);
    qtest_quit(qts);
}

int main(int argc, char **argv)
{
    int ret;

    g_test_init(&argc, &argv, NULL);
    clients_init("qmp-test-XXXXXX");
    qtest_add_func("/qmp/negotiation", test_negotiation);
    qtest_add_func("/qmp/malformed", test_malformed);
    qtest_add_func("/qmp/pieces", test_pieces);
    qtest_add_func("/qmp/events", test_events);
    qtest_add_func("/qmp/quit", test_quit);
    qtest_add_func("/qmp/depth", test_depth);
    qtest_add_func("/qmp/preconfig", test_preconfig);
    qtest_add_func("/qmp/action", test_action);
    qtest_add_func("/qmp/compat", test_compat);
    qtest_add_func("/qmp/reconnect", test_reconnect);
    qtest_add_func("/qmp/four-clients", test_four_clients);
    qtest_add_func("/qmp/schema", test_schema);
    qtest_add_func("/qmp/commands", test_commands);
    ret = g_test_run();

    clients_cleanup();
    return ret;
}
