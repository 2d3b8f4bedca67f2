/*
 * The monitor for programs: JSON in, JSON out.
 *
 * Read include/monitor/monitor.h and include/qapi/qmp/dispatch.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "chardev/char.h"
#include "monitor-internal.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-control.h"
#include "qapi/qapi-types-error.h"
#include "qapi/qmp/qjson.h"
#include "qapi/qmp/qlist.h"

/*
 *     connected  -> greeting, {"QMP": {"version": …, "capabilities": []}}
 *         |         the only command is qmp_capabilities
 *         v
 *     {"execute": "qmp_capabilities"}
 *         |         from here on all commands, and events as they happen
 *         v
 *     closed     -> what was half received is forgotten; the next client
 *                   begins anew
 */
QmpCommandList qmp_commands;
QmpCommandList qmp_cap_negotiation_commands;

void qmp_send_response(MonitorQMP *mon, const QDict *rsp)
{
    const QObject *data = QOBJECT(rsp);
    GString *json = qobject_to_json_pretty(data, mon->pretty);

    g_string_append_c(json, '\n');
    monitor_puts(&mon->common, json->str);
    g_string_free(json, true);
}

bool qmp_negotiated(const MonitorQMP *mon)
{
    return mon->commands == &qmp_commands;
}

static void monitor_qmp_dispatch(MonitorQMP *mon, QObject *req)
{
    QDict *rsp = qmp_dispatch(mon->commands, req, false, &mon->common);
    QDict *error;

    if (!rsp) {
        return;
    }
    error = qdict_get_qdict(rsp, "error");
    if (error && mon->commands == &qmp_cap_negotiation_commands
        && g_str_equal(qdict_get_str(error, "class"),
                  QapiErrorClass_str(ERROR_CLASS_COMMAND_NOT_FOUND))) {
        /* The command may well exist, but it is too early for it. */
        qdict_put_str(error, "desc", "Expecting capabilities negotiation "
                      "with 'qmp_capabilities'");
    }
    qmp_send_response(mon, rsp);
    qobject_unref(rsp);
}

/* A value has arrived, or something that is none. */
static void handle_qmp_command(void *opaque, QObject *req, Error *err)
{
    MonitorQMP *mon = opaque;
    QDict *rsp;

    if (err) {
        rsp = qmp_error_response(err);
        qmp_send_response(mon, rsp);
        qobject_unref(rsp);
        return;
    }
    monitor_qmp_dispatch(mon, req);
    qobject_unref(req);
}

/*
 * A client that does not read its answers is not listened to either, so
 * that they do not pile up here.
 */
static int monitor_qmp_can_read(void *opaque)
{
    Monitor *mon = opaque;

    return monitor_can_read(mon) && !mon->out_watch ? 4096 : 0;
}

static void monitor_qmp_read(void *opaque, const uint8_t *buf, int size)
{
    MonitorQMP *mon = container_of((Monitor *)opaque, MonitorQMP, common);

    json_message_parser_feed(&mon->parser, (const char *)buf, size);
}

static QDict *qmp_greeting(MonitorQMP *mon)
{
    QDict *greeting = qdict_new(), *body = qdict_new();
    QObject *version = NULL;
    QDict *args = qdict_new();

    qmp_marshal_query_version(args, &version, &error_abort);
    qobject_unref(args);
    qdict_put_obj(body, "version", version);
    qdict_put(body, "capabilities", qlist_new());
    qdict_put(greeting, "QMP", body);
    return greeting;
}

static void monitor_qmp_event(void *opaque, QEMUChrEvent event)
{
    MonitorQMP *mon = container_of((Monitor *)opaque, MonitorQMP, common);
    QDict *greeting;

    switch (event) {
    case CHR_EVENT_OPENED:
        mon->commands = &qmp_cap_negotiation_commands;
        greeting = qmp_greeting(mon);
        qmp_send_response(mon, greeting);
        qobject_unref(greeting);
        break;
    case CHR_EVENT_CLOSED:
        mon->commands = &qmp_cap_negotiation_commands;
        json_message_parser_destroy(&mon->parser);
        json_message_parser_init(&mon->parser, handle_qmp_command, mon, NULL);
        monitor_discard_output(&mon->common);
        break;
    default:
        break;
    }
}

void monitor_data_destroy_qmp(MonitorQMP *mon)
{
    json_message_parser_destroy(&mon->parser);
}

void monitor_init_qmp(Chardev *chr, bool pretty, Error **errp)
{
    MonitorQMP *mon = g_new0(MonitorQMP, 1);

    if (!qemu_chr_fe_init(&mon->common.chr, chr, errp)) {
        g_free(mon);
        return;
    }
    qemu_chr_fe_set_echo(&mon->common.chr, true);
    monitor_data_init(&mon->common, true);
    mon->pretty = pretty;
    mon->commands = &qmp_cap_negotiation_commands;
    json_message_parser_init(&mon->parser, handle_qmp_command, mon, NULL);
    monitor_list_append(&mon->common);
    qemu_chr_fe_set_handlers(&mon->common.chr, monitor_qmp_can_read,
                             monitor_qmp_read, monitor_qmp_event,
                             NULL, &mon->common, NULL, true);
}
