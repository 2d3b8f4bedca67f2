/*
 * libqtest: the connection for QMP.
 *
 * Read libqtest.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "libqtest-internal.h"
#include "qapi/error.h"
#include "qapi/qmp/qbool.h"
#include "qapi/qmp/qjson.h"
#include "qapi/qmp/qlist.h"
#include "qapi/qmp/qstring.h"
#include "qemu/ctype.h"
#include "qemu/cutils.h"

/* Requests, answers, events */

void qtest_qmp_vsend_fds(QTestState *s, int *fds, size_t fds_num,
                         const char *fmt, va_list ap)
{
    QObject *request = qobject_from_vjsonf_nofail(fmt, ap);
    GString *text = qobject_to_json(request);

    g_string_append_c(text, '\n');
    qtest_check_sent(s, text->str, text->len);
    qmp_fd_send_text_fds(s->qmp_fd, fds, fds_num, text->str, text->len);
    g_string_free(text, true);
    qobject_unref(request);
}

void qtest_qmp_vsend(QTestState *s, const char *fmt, va_list ap)
{
    qtest_qmp_vsend_fds(s, NULL, 0, fmt, ap);
}

void qtest_qmp_send(QTestState *s, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    qtest_qmp_vsend(s, fmt, ap);
    va_end(ap);
}

void qtest_qmp_send_raw(QTestState *s, const char *fmt, ...)
{
    g_autofree char *text = NULL;
    va_list ap;

    va_start(ap, fmt);
    text = g_strdup_vprintf(fmt, ap);
    va_end(ap);
    qtest_check_sent(s, text, strlen(text));
    qmp_fd_send_text_fds(s->qmp_fd, NULL, 0, text, strlen(text));
}

QDict *qtest_qmp_receive_dict(QTestState *s)
{
    QDict *rsp = qmp_fd_receive(s->qmp_fd);

    qtest_check_received(s, rsp);
    return rsp;
}

QDict *qtest_qmp_receive(QTestState *s)
{
    for (;;) {
        QDict *rsp = qtest_qmp_receive_dict(s);

        if (!qdict_haskey(rsp, "event")) {
            return rsp;
        }
        s->pending_events = g_list_append(s->pending_events, rsp);
    }
}

QDict *qtest_vqmp_fds(QTestState *s, int *fds, size_t fds_num,
                      const char *fmt, va_list ap)
{
    qtest_qmp_vsend_fds(s, fds, fds_num, fmt, ap);
    return qtest_qmp_receive(s);
}

QDict *qtest_vqmp(QTestState *s, const char *fmt, va_list ap)
{
    return qtest_vqmp_fds(s, NULL, 0, fmt, ap);
}

QDict *qtest_qmp_fds(QTestState *s, int *fds, size_t fds_num,
                     const char *fmt, ...)
{
    QDict *rsp;
    va_list ap;

    va_start(ap, fmt);
    rsp = qtest_vqmp_fds(s, fds, fds_num, fmt, ap);
    va_end(ap);
    return rsp;
}

QDict *qtest_qmp(QTestState *s, const char *fmt, ...)
{
    QDict *rsp;
    va_list ap;

    va_start(ap, fmt);
    rsp = qtest_vqmp(s, fmt, ap);
    va_end(ap);
    return rsp;
}

void qtest_qmp_start(QTestState *s)
{
    qtest_check_start(s);
}

void qtest_qmp_end(QTestState *s)
{
    while (s->pending_events) {
        QDict *event = s->pending_events->data;

        s->pending_events = g_list_delete_link(s->pending_events,
                                               s->pending_events);
        qobject_unref(event);
    }
    qtest_check_end(s);
    close(s->qmp_fd);
}

void qtest_qmp_handshake(QTestState *s)
{
    QDict *greeting = qtest_qmp_receive(s);

    g_assert_nonnull(qdict_get_qdict(greeting, "QMP"));
    qobject_unref(greeting);
    qtest_qmp_assert_success(s, "{'execute': 'qmp_capabilities'}");
    if (!qtest_qmp_schema()) {
        qtest_qmp_assert_success(s, "{'execute': 'query-qmp-schema'}");
    }
}

QDict *qtest_qmp_event_ref(QTestState *s, const char *event)
{
    for (GList *e = s->pending_events; e; e = e->next) {
        QDict *rsp = e->data;

        if (g_str_equal(qdict_get_str(rsp, "event"), event)) {
            s->pending_events = g_list_delete_link(s->pending_events, e);
            return rsp;
        }
    }
    return NULL;
}

QDict *qtest_qmp_eventwait_ref(QTestState *s, const char *event)
{
    QDict *rsp = qtest_qmp_event_ref(s, event);

    while (!rsp) {
        QDict *next = qtest_qmp_receive_dict(s);

        /* Nobody has asked anything, so nothing may be answered. */
        g_assert_true(qdict_haskey(next, "event"));
        if (g_str_equal(qdict_get_str(next, "event"), event)) {
            rsp = next;
        } else {
            s->pending_events = g_list_append(s->pending_events, next);
        }
    }
    return rsp;
}

void qtest_qmp_eventwait(QTestState *s, const char *event)
{
    qobject_unref(qtest_qmp_eventwait_ref(s, event));
}

/* @rsp goes; if it is an error, the test ends, and says which. */
static void qtest_check_success(QDict *rsp)
{
    if (!qdict_haskey(rsp, "return")) {
        GString *text = qobject_to_json_pretty(QOBJECT(rsp), true);

        fprintf(stderr, "%s\n", text->str);
        g_string_free(text, true);
    }
    g_assert_true(qdict_haskey(rsp, "return"));
    qobject_unref(rsp);
}

void qtest_qmp_assert_success(QTestState *s, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    qtest_check_success(qtest_vqmp(s, fmt, ap));
    va_end(ap);
}

char *qtest_vhmp(QTestState *s, const char *fmt, va_list ap)
{
    g_autofree char *cmd = g_strdup_vprintf(fmt, ap);
    QDict *rsp = qtest_qmp(s, "{'execute': 'human-monitor-command',"
                              " 'arguments': {'command-line': %s}}", cmd);
    char *ret = g_strdup(qdict_get_try_str(rsp, "return"));

    g_assert_nonnull(ret);
    qobject_unref(rsp);
    return ret;
}

char *qtest_hmp(QTestState *s, const char *fmt, ...)
{
    va_list ap;
    char *ret;

    va_start(ap, fmt);
    ret = qtest_vhmp(s, fmt, ap);
    va_end(ap);
    return ret;
}

/* Devices */

void qtest_qmp_device_add_qdict(QTestState *qts, const char *drv,
                                const QDict *arguments)
{
    QDict *args = arguments ? qdict_clone_shallow(arguments) : qdict_new();

    g_assert_false(qdict_haskey(args, "driver"));
    qdict_put_str(args, "driver", drv);
    qtest_qmp_assert_success(qts, "{'execute': 'device_add',"
                                  " 'arguments': %p}", args);
}

void qtest_qmp_device_add(QTestState *qts, const char *driver, const char *id,
                          const char *fmt, ...)
{
    QDict *args;
    va_list ap;

    va_start(ap, fmt);
    args = qdict_from_vjsonf_nofail(fmt, ap);
    va_end(ap);

    g_assert_false(qdict_haskey(args, "id"));
    qdict_put_str(args, "id", id);
    qtest_qmp_device_add_qdict(qts, driver, args);
    qobject_unref(args);
}

void qtest_qmp_device_del_send(QTestState *qts, const char *id)
{
    qtest_qmp_assert_success(qts, "{'execute': 'device_del',"
                                  " 'arguments': {'id': %s}}", id);
}

void qtest_qmp_device_del(QTestState *qts, const char *id)
{
    qtest_qmp_device_del_send(qts, id);
    qtest_qmp_eventwait(qts, "DEVICE_DELETED");
}

/* Properties */

void qtest_qom_set_bool(QTestState *s, const char *path, const char *property,
                        bool value)
{
    qtest_qmp_assert_success(s, "{'execute': 'qom-set', 'arguments':"
                                " {'path': %s, 'property': %s,"
                                " 'value': %i}}", path, property, value);
}

bool qtest_qom_get_bool(QTestState *s, const char *path, const char *property)
{
    QDict *rsp = qtest_qmp(s, "{'execute': 'qom-get', 'arguments':"
                              " {'path': %s, 'property': %s}}",
                           path, property);
    QBool *value = qobject_to(QBool, qdict_get(rsp, "return"));
    bool b;

    g_assert_nonnull(value);
    b = qbool_get_bool(value);
    qobject_unref(rsp);
    return b;
}

/* Machines and devices that there are; asked once, kept until the end */

static QList *qtest_ask_none(const char *request)
{
    QTestState *qts = qtest_init("-machine none");
    QDict *rsp = qtest_qmp(qts, "%p",
                           qobject_from_json(request, &error_abort));
    QList *list = qdict_get_qlist(rsp, "return");

    g_assert_nonnull(list);
    qobject_ref(list);
    qobject_unref(rsp);
    qtest_quit(qts);
    return list;
}

static QList *qtest_machines(void)
{
    static QList *machines;

    if (!machines) {
        machines = qtest_ask_none("{'execute': 'query-machines'}");
    }
    return machines;
}

static QList *qtest_devices(void)
{
    static QList *devices;

    if (!devices) {
        devices = qtest_ask_none("{'execute': 'qom-list-types', 'arguments':"
                                 " {'implements': 'device',"
                                 " 'abstract': false}}");
    }
    return devices;
}

static bool qtest_has_entry(QList *list, const char *key, const char *value)
{
    const QListEntry *entry;

    QLIST_FOREACH_ENTRY(list, entry) {
        QDict *dict = qobject_to(QDict, qlist_entry_obj(entry));

        if (!g_strcmp0(qdict_get_try_str(dict, key), value)) {
            return true;
        }
    }
    return false;
}

bool qtest_has_machine(const char *machine)
{
    return qtest_has_entry(qtest_machines(), "name", machine) ||
           qtest_has_entry(qtest_machines(), "alias", machine);
}

bool qtest_has_device(const char *device)
{
    return qtest_has_entry(qtest_devices(), "name", device);
}

/* Ends in -MAJOR.MINOR, and is not what its alias stands for? */
static bool qtest_is_old_versioned(QDict *machine)
{
    const char *name = qdict_get_str(machine, "name");
    const char *dash = strrchr(name, '-');

    return dash && qemu_isdigit(dash[1]) && strchr(dash, '.') &&
           !qdict_haskey(machine, "alias");
}

void qtest_cb_for_every_machine(void (*cb)(const char *machine),
                                bool skip_old_versioned)
{
    const QListEntry *entry;

    QLIST_FOREACH_ENTRY(qtest_machines(), entry) {
        QDict *machine = qobject_to(QDict, qlist_entry_obj(entry));

        if (!skip_old_versioned || !qtest_is_old_versioned(machine)) {
            cb(qdict_get_str(machine, "name"));
        }
    }
}
