/*
 * Clients of QMP at the program's own sockets, which see every byte.
 *
 * libqtest has one connection and keeps events apart; here there may be many,
 * they come and go, and what matters is the order of what is said.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QMP_CLIENT_H
#define QMP_CLIENT_H

#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include "libqtest.h"
#include "qapi/error.h"
#include "qapi/qmp/qdict.h"
#include "qapi/qmp/qjson.h"
#include "qapi/qmp/qlist.h"
#include "qapi/qmp/qstring.h"

/* Where the sockets are, from clients_init() to clients_cleanup(). */
static char *dir;

static inline void clients_init(const char *template)
{
    dir = g_dir_make_tmp(template, NULL);
    g_assert_nonnull(dir);
}

static inline void clients_cleanup(void)
{
    rmdir(dir);
    g_free(dir);
}

/* The program with @n monitors, listening at @dir/0 and so on. */
static inline QTestState *start(int n, const char *args)
{
    g_autoptr(GString) cmd = g_string_new(args);

    for (int i = 0; i < n; i++) {
        g_string_append_printf(cmd, " -qmp unix:%s/%d,server=on,wait=off",
                               dir, i);
    }
    return qtest_init(cmd->str);
}

static inline FILE *client_connect_at(const char *name)
{
    struct sockaddr_un addr = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    g_assert_cmpint(fd, >=, 0);
    snprintf(addr.sun_path, sizeof(addr.sun_path), "%s/%s", dir, name);
    g_assert_cmpint(connect(fd, (struct sockaddr *)&addr, sizeof(addr)),
                    ==, 0);
    return fdopen(fd, "r+");
}

static inline FILE *client_connect(int number)
{
    g_autofree char *name = g_strdup_printf("%d", number);

    return client_connect_at(name);
}

static inline void client_send(FILE *client, const char *text)
{
    size_t len = strlen(text);

    g_assert_cmpint(send(fileno(client), text, len, MSG_NOSIGNAL), ==, len);
}

static inline QDict *client_recv(FILE *client)
{
    g_autofree char *line = NULL;
    size_t size = 0;

    g_assert_cmpint(getline(&line, &size, client), >, 0);
    return qobject_to(QDict, qobject_from_json(line, &error_abort));
}

/* The answer to @request; events before it are dropped. */
static inline QDict *client_ask(FILE *client, const char *request)
{
    QDict *rsp;

    client_send(client, request);
    rsp = client_recv(client);
    while (qdict_haskey(rsp, "event")) {
        qobject_unref(rsp);
        rsp = client_recv(client);
    }
    return rsp;
}

/* Ask, and the answer must be an error of that class and text. */
static inline void check_error(FILE *client, const char *request,
                        const char *class, const char *desc)
{
    QDict *rsp = client_ask(client, request);
    QDict *error = qdict_get_qdict(rsp, "error");

    g_assert_nonnull(error);
    g_assert_cmpstr(qdict_get_str(error, "desc"), ==, desc);
    g_assert_cmpstr(qdict_get_str(error, "class"), ==, class);
    qobject_unref(rsp);
}

static inline void check_return(FILE *client, const char *request,
                         const char *expected)
{
    QDict *rsp = client_ask(client, request);
    g_autoptr(GString) text = qobject_to_json(QOBJECT(rsp));

    g_assert_cmpstr(text->str, ==, expected);
    qobject_unref(rsp);
}

/* The next of all that comes must be this event. */
static inline void check_event(FILE *client, const char *name)
{
    QDict *event = client_recv(client);

    while (qdict_haskey(event, "return")) {
        qobject_unref(event);
        event = client_recv(client);
    }
    g_assert_cmpstr(qdict_get_try_str(event, "event"), ==, name);
    g_assert_nonnull(qdict_get_qdict(event, "timestamp"));
    qobject_unref(event);
}

static inline void check_greeting(FILE *client)
{
    QDict *greeting = client_recv(client);
    QDict *body = qdict_get_qdict(greeting, "QMP");
    QDict *version = qdict_get_qdict(body, "version");

    g_assert_cmpint(qdict_get_int(qdict_get_qdict(version, "qemu"), "major"),
                    ==, 7);
    g_assert_nonnull(qdict_get_qlist(body, "capabilities"));
    qobject_unref(greeting);
}

static inline FILE *client_ready(int number)
{
    FILE *client = client_connect(number);

    check_greeting(client);
    check_return(client, "{'execute': 'qmp_capabilities'}\n",
                 "{\"return\": {}}");
    return client;
}

/*
 * The next line must be like this, where an event is its name, and what it
 * says in its data is left out.
 */
static inline void check_line(FILE *client, const char *expected)
{
    QDict *line = client_recv(client);
    const char *event = qdict_get_try_str(line, "event");

    if (event) {
        g_assert_cmpstr(event, ==, expected);
        g_assert_nonnull(qdict_get_qdict(line, "timestamp"));
    } else {
        GString *text = qobject_to_json(QOBJECT(line));

        g_assert_cmpstr(text->str, ==, expected);
        g_string_free(text, true);
    }
    qobject_unref(line);
}

/* Is there something to read by now? */
static inline bool client_has_answer(FILE *client, int timeout_ms)
{
    struct pollfd pfd = { .fd = fileno(client), .events = POLLIN };

    return poll(&pfd, 1, timeout_ms) == 1;
}

#endif
