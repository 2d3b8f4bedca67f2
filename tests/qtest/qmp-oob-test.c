/*
 * QMP out of band: what overtakes, what waits, and how much of it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qmp-client.h"

static FILE *client_ready_oob(int number)
{
    FILE *client = client_connect(number);

    check_greeting(client);
    check_return(client, "{'execute': 'qmp_capabilities', 'arguments':"
                 " {'enable': ['oob']}}", "{\"return\": {}}");
    return client;
}

/* Without "oob", "exec-oob" is unknown; with it, not all commands can do it. */
static void test_oob_errors(void)
{
    static const struct {
        const char *request, *class, *desc;
    } cases[] = {
        { "{'exec-oob': 'query-status'}", "GenericError",
          "The command query-status does not support OOB" },
        { "{'exec-oob': 'qmp_capabilities'}", "GenericError",
          "The command qmp_capabilities does not support OOB" },
        { "{'exec-oob': 'nope'}", "CommandNotFound",
          "The command nope has not been found" },
        { "{'exec-oob': 5}", "GenericError",
          "QMP input member 'exec-oob' must be a string" },
        { "{'exec-oob': 'query-yank', 'execute': 'query-yank'}",
          "GenericError",
          "QMP input member 'execute' clashes with 'exec-oob'" },
        { "{'exec-oob': 'yank'}", "GenericError",
          "Parameter 'instances' is missing" },
    };
    QTestState *qts = start(1, "-machine none");
    FILE *client = client_ready(0);

    check_error(client, "{'exec-oob': 'query-yank'}", "GenericError",
                "QMP input member 'exec-oob' is unexpected");
    fclose(client);

    client = client_ready_oob(0);
    for (int i = 0; i < ARRAY_SIZE(cases); i++) {
        check_error(client, cases[i].request, cases[i].class, cases[i].desc);
    }
    fclose(client);

    /* The next client has to ask for it again. */
    client = client_ready(0);
    check_error(client, "{'exec-oob': 'query-yank'}", "GenericError",
                "QMP input member 'exec-oob' is unexpected");
    fclose(client);
    qtest_quit(qts);
}

/* A mux chardev has others on it, who are in the main thread. */
static void test_oob_mux(void)
{
    g_autofree char *args = g_strdup_printf(
        "-machine none -chardev socket,id=mux,mux=on,path=%s/mux,server=on,"
        "wait=off -mon chardev=mux,mode=control", dir);
    QTestState *qts = qtest_init(args);
    FILE *client = client_connect_at("mux");
    QDict *greeting = client_recv(client);

    g_assert_true(qlist_empty(qdict_get_qlist(qdict_get_qdict(greeting, "QMP"),
                                              "capabilities")));
    qobject_unref(greeting);
    check_error(client, "{'execute': 'qmp_capabilities', 'arguments':"
                " {'enable': ['oob']}}", "GenericError",
                "Capability oob not available");
    check_return(client, "{'execute': 'qmp_capabilities'}{'execute': 'stop'}",
                 "{\"return\": {}}");
    check_line(client, "STOP");
    check_line(client, "{\"return\": {}}");
    fclose(client);
    qtest_quit(qts);
}

/* The main thread is busy until somebody reads @fifo. */
static void client_block(FILE *client, const char *fifo)
{
    g_autofree char *request = g_strdup_printf(
        "{'execute': 'pmemsave', 'id': 'blocked', 'arguments':"
        " {'val': 0, 'size': 1, 'filename': '%s'}}", fifo);

    client_send(client, request);
}

static void client_unblock(FILE *client, const char *fifo)
{
    int fd = open(fifo, O_RDONLY | O_CLOEXEC);
    char c;

    g_assert_cmpint(read(fd, &c, 1), ==, 1);
    close(fd);
    check_line(client, "{\"return\": {}, \"id\": \"blocked\"}");
}

/* Wait until the program has accepted all that connect. */
static void wait_connected(FILE *client)
{
    bool connected = false;

    while (!connected) {
        QDict *rsp = client_ask(client, "{'execute': 'query-chardev'}");
        GString *text = qobject_to_json(QOBJECT(rsp));

        connected = !strstr(text->str, "disconnected:");
        g_string_free(text, true);
        qobject_unref(rsp);
    }
}

/* What the main thread hangs on can be cut meanwhile; all else has to wait. */
static void test_oob(void)
{
    g_autofree char *fifo = g_strdup_printf("%s/fifo", dir);
    g_autofree char *args = g_strdup_printf(
        "-machine pc -chardev socket,id=victim,path=%s/victim,server=on,"
        "wait=off", dir);
    QTestState *qts = start(1, args);
    FILE *client = client_ready_oob(0), *victim = client_connect_at("victim");
    QDict *rsp;

    g_assert_cmpint(mkfifo(fifo, 0600), ==, 0);
    wait_connected(client);
    client_block(client, fifo);
    client_send(client, "{'execute': 'query-name', 'id': 'waits'}");
    g_assert_false(client_has_answer(client, 50));

    check_return(client, "{'exec-oob': 'yank', 'id': 1, 'arguments':"
                 " {'instances': [{'type': 'chardev', 'id': 'victim'}]}}",
                 "{\"return\": {}, \"id\": 1}");
    g_assert_cmpint(fgetc(victim), ==, EOF);
    check_error(client, "{'exec-oob': 'query-status', 'id': 2}",
                "GenericError",
                "The command query-status does not support OOB");
    rsp = client_ask(client, "{'exec-oob': 'query-yank', 'id': 3}");
    g_assert_cmpint(qlist_size(qdict_get_qlist(rsp, "return")), >=, 2);
    qobject_unref(rsp);

    client_unblock(client, fifo);
    check_line(client, "{\"return\": {}, \"id\": \"waits\"}");
    unlink(fifo);
    fclose(client);
    fclose(victim);
    qtest_quit(qts);
}

/* Only so many requests wait; then nothing is read, not even out of band. */
static void test_oob_queue(void)
{
    g_autofree char *fifo = g_strdup_printf("%s/fifo", dir);
    QTestState *qts = start(1, "-machine pc");
    FILE *client = client_ready_oob(0);
    bool late = false;

    g_assert_cmpint(mkfifo(fifo, 0600), ==, 0);
    client_block(client, fifo);
    /* One runs and six wait, so there is room for one more. */
    for (int i = 0; i < 6; i++) {
        client_send(client, "{'execute': 'query-name'}");
    }
    check_return(client, "{'exec-oob': 'yank', 'id': 'in time',"
                 " 'arguments': {'instances': []}}",
                 "{\"return\": {}, \"id\": \"in time\"}");
    client_send(client, "{'execute': 'query-name'}"
                "{'exec-oob': 'yank', 'id': 'late', 'arguments':"
                " {'instances': []}}");
    g_assert_false(client_has_answer(client, 50));

    /* Nothing is lost. */
    client_unblock(client, fifo);
    for (int i = 0; i < 8; i++) {
        QDict *rsp = client_recv(client);

        g_assert_true(qdict_haskey(rsp, "return"));
        late |= qdict_haskey(rsp, "id");
        qobject_unref(rsp);
    }
    g_assert_true(late);
    check_return(client, "{'execute': 'query-name'}", "{\"return\": {}}");

    /* A client that goes meanwhile: its answer is not for the next. */
    client_block(client, fifo);
    for (int i = 0; i < 6; i++) {
        client_send(client, "{'execute': 'stop'}");
    }
    /* There was room for this, so the first has left the queue. */
    check_return(client, "{'exec-oob': 'yank', 'arguments':"
                 " {'instances': []}}", "{\"return\": {}}");
    client_send(client, "{'execute': 'stop'}");
    g_assert_false(client_has_answer(client, 50));
    fclose(client);
    client = client_connect(0);
    check_greeting(client);
    client_send(client, "{'execute': 'qmp_capabilities', 'id': 'new'}");
    g_assert_false(client_has_answer(client, 50));
    close(open(fifo, O_RDONLY | O_CLOEXEC));
    check_line(client, "{\"return\": {}, \"id\": \"new\"}");
    check_return(client, "{'execute': 'query-name'}", "{\"return\": {}}");
    unlink(fifo);
    fclose(client);
    qtest_quit(qts);
}

int main(int argc, char **argv)
{
    int ret;

    g_test_init(&argc, &argv, NULL);
    clients_init("qmp-oob-test-XXXXXX");
    qtest_add_func("/qmp-oob/overtakes", test_oob);
    qtest_add_func("/qmp-oob/errors", test_oob_errors);
    qtest_add_func("/qmp-oob/mux", test_oob_mux);
    qtest_add_func("/qmp-oob/queue", test_oob_queue);
    ret = g_test_run();
    clients_cleanup();
    return ret;
}
