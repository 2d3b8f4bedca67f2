/*
 * libqtest: every answer is checked against the schema, whoever asked.
 *
 * Read libqtest.h and libqmp-schema.h first.
 *
 * What an answer must look like depends on what was asked; so what is sent is
 * read along here, with the parser that the program uses as well, garbage
 * included.  An answer belongs to the oldest request with the same id, or
 * without one like itself: requests are answered in their order, except for
 * those out of band, and these have an id if the client is not to lose its
 * way.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "libqmp-schema.h"
#include "libqtest-internal.h"
#include "qapi/qmp/qjson.h"

/* Of the first program asked; all programs of a test are the same binary. */
static QmpSchema *the_schema;

const QmpSchema *qtest_qmp_schema(void)
{
    return the_schema;
}

/* A request on its way; without a command if it was none. */
typedef struct QmpAsked {
    char *command;
    QObject *id;
} QmpAsked;

static void qmp_asked_free(gpointer opaque)
{
    QmpAsked *asked = opaque;

    g_free(asked->command);
    qobject_unref(asked->id);
    g_free(asked);
}

static void qtest_check_asked(void *opaque, QObject *json, Error *err)
{
    QTestState *s = opaque;
    QDict *request = qobject_to(QDict, json);
    QmpAsked *asked = g_new0(QmpAsked, 1);

    if (request) {
        asked->command = g_strdup(
            qdict_get_try_str(request, "execute") ?:
            qdict_get_try_str(request, "exec-oob"));
        asked->id = qobject_ref(qdict_get(request, "id"));
    }
    g_queue_push_tail(&s->qmp_asked, asked);
    qobject_unref(json);
    error_free(err);
}

void qtest_check_start(QTestState *s)
{
    g_queue_init(&s->qmp_asked);
    json_message_parser_init(&s->qmp_sent, qtest_check_asked, s, NULL);
}

void qtest_check_end(QTestState *s)
{
    json_message_parser_destroy(&s->qmp_sent);
    g_queue_clear_full(&s->qmp_asked, qmp_asked_free);
}

void qtest_check_sent(QTestState *s, const char *text, size_t size)
{
    json_message_parser_feed(&s->qmp_sent, text, size);
}

/* The request that @rsp answers, or NULL; the caller's now. */
static QmpAsked *qtest_check_take_asked(QTestState *s, const QDict *rsp)
{
    QObject *id = qdict_get(rsp, "id");

    for (GList *link = s->qmp_asked.head; link; link = link->next) {
        QmpAsked *asked = link->data;

        if (qobject_is_equal(asked->id, id)) {
            g_queue_delete_link(&s->qmp_asked, link);
            return asked;
        }
    }
    return NULL;
}

static bool qtest_check_answer(const QDict *rsp, const QmpAsked *asked,
                               Error **errp)
{
    QObject *value = qdict_get(rsp, "return");

    if (!asked) {
        error_setg(errp, "nobody has asked for this");
        return false;
    }
    if (!value) {
        return qmp_schema_check_error(rsp, errp);
    }
    if (!asked->command) {
        error_setg(errp, "garbage was executed");
        return false;
    }
    if (qdict_size(rsp) != 1 + qdict_haskey(rsp, "id")) {
        error_setg(errp, "an answer has a wrong frame");
        return false;
    }
    if (!the_schema && !strcmp(asked->command, "query-qmp-schema")) {
        the_schema = qmp_schema_new(qobject_to(QList, value));
    }
    if (!the_schema) {
        return true;
    }
    return qmp_schema_check_return(the_schema, asked->command, value, errp);
}

void qtest_check_received(QTestState *s, const QDict *rsp)
{
    QmpAsked *asked = NULL;
    Error *err = NULL;

    if (qdict_haskey(rsp, "QMP")) {
        return;
    }
    if (qdict_haskey(rsp, "event")) {
        if (the_schema) {
            qmp_schema_check_event(the_schema, rsp, &err);
        }
    } else {
        asked = qtest_check_take_asked(s, rsp);
        qtest_check_answer(rsp, asked, &err);
    }
    if (err) {
        GString *text = qobject_to_json_pretty(QOBJECT(rsp), true);

        fprintf(stderr, "%s\nin answer to %s: %s\n", error_get_pretty(err),
                asked && asked->command ? asked->command : "nothing",
                text->str);
        abort();
    }
    if (asked) {
        qmp_asked_free(asked);
    }
}
