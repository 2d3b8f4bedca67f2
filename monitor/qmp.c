/*
 * The monitor for programs: JSON in, JSON out.
 *
 * Read include/monitor/monitor.h and include/qapi/qmp/dispatch.h first.
 *
 *     connected  -> greeting, {"QMP": {"version": …, "capabilities": ["oob"]}}
 *         |         the only command is qmp_capabilities
 *         v
 *     {"execute": "qmp_capabilities", "arguments": {"enable": ["oob"]}}
 *         |         from here on all commands, and events as they happen
 *         v
 *     closed     -> what was half received is forgotten; the next client
 *                   begins anew
 *
 * Between the two ends of a request there are two threads:
 *
 *     I/O thread   monitor_qmp_read -> json_message_parser_feed
 *                    -> handle_qmp_command -- "execute" --> qmp-queue.c
 *                                         \_ "exec-oob" -> runs here, now
 *     main thread  monitor_qmp_bh_dispatcher -> monitor_qmp_dispatch
 *                    -> qmp_dispatch -> qmp_marshal_…
 *
 * so that a command that hangs in the main thread does not keep "exec-oob" from
 * ending what it hangs on.  A chardev that cannot be read in another thread
 * has both ends in the main thread, and no "oob".
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
#include "qemu/lockable.h"
#include "qemu/main-loop.h"
#include "trace.h"

QmpCommandList qmp_commands;
QmpCommandList qmp_cap_negotiation_commands;

/* What the client may use */

bool qmp_oob_enabled(MonitorQMP *mon)
{
    return qatomic_read(&mon->capab[QMP_CAPABILITY_OOB]);
}

/* With mon_lock held: a new client, or none. */
static void monitor_qmp_caps_reset(MonitorQMP *mon)
{
    memset(mon->capab_offered, 0, sizeof(mon->capab_offered));
    memset(mon->capab, 0, sizeof(mon->capab));
    mon->capab_offered[QMP_CAPABILITY_OOB] = mon->common.use_io_thread;
    mon->commands = &qmp_cap_negotiation_commands;
    mon->session++;
}

/* Which of those in @list are to be used; false if one is not offered. */
static bool qmp_caps_accept(MonitorQMP *mon, QMPCapabilityList *list,
                            bool *capab, Error **errp)
{
    g_autoptr(GString) unavailable = g_string_new(NULL);

    for (; list; list = list->next) {
        if (!mon->capab_offered[list->value]) {
            g_string_append_printf(unavailable, "%s%s",
                                   unavailable->len ? ", " : "",
                                   QMPCapability_str(list->value));
        }
        capab[list->value] = true;
    }
    if (unavailable->len) {
        error_setg(errp, "Capability %s not available", unavailable->str);
        return false;
    }
    return true;
}

void qmp_qmp_capabilities(bool has_enable, QMPCapabilityList *enable,
                          Error **errp)
{
    MonitorQMP *mon = container_of(monitor_cur(), MonitorQMP, common);
    bool capab[QMP_CAPABILITY__MAX] = { };

    WITH_QEMU_LOCK_GUARD(&mon->common.mon_lock) {
        if (mon->session != qmp_dispatcher_session()) {
            return;         /* he who asked is gone; the next must ask */
        }
        if (mon->commands == &qmp_commands) {
            error_set(errp, ERROR_CLASS_COMMAND_NOT_FOUND,
                      "Capabilities negotiation is already complete, command "
                      "ignored");
            return;
        }
        if (has_enable && !qmp_caps_accept(mon, enable, capab, errp)) {
            return;
        }
        memcpy(mon->capab, capab, sizeof(capab));
        mon->commands = &qmp_commands;
    }
    monitor_qmp_update_suspension(mon);
}

/* Output */

/* With mon_lock held. */
static void qmp_send_json_locked(MonitorQMP *mon, GString *json)
{
    trace_monitor_qmp_respond(mon, json->str);
    g_string_append_c(json, '\n');
    monitor_puts_locked(&mon->common, json->str);
}

void qmp_send_event(MonitorQMP *mon, const QDict *event)
{
    g_autoptr(GString) json = qobject_to_json_pretty(QOBJECT(event),
                                                     mon->pretty);
    QEMU_LOCK_GUARD(&mon->common.mon_lock);

    if (mon->commands == &qmp_commands) {
        qmp_send_json_locked(mon, json);
    }
}

void monitor_qmp_respond(MonitorQMP *mon, unsigned session, const QDict *rsp)
{
    g_autoptr(GString) json = qobject_to_json_pretty(QOBJECT(rsp),
                                                     mon->pretty);
    QEMU_LOCK_GUARD(&mon->common.mon_lock);

    if (mon->session == session) {
        qmp_send_json_locked(mon, json);
    }
}

/* Requests */

QDict *monitor_qmp_dispatch(MonitorQMP *mon, QObject *req)
{
    const QmpCommandList *commands;
    QDict *rsp, *error;

    WITH_QEMU_LOCK_GUARD(&mon->common.mon_lock) {
        commands = mon->commands;
    }
    rsp = qmp_dispatch(commands, req, qmp_oob_enabled(mon), &mon->common);
    error = rsp ? qdict_get_qdict(rsp, "error") : NULL;
    if (error && commands == &qmp_cap_negotiation_commands
        && g_str_equal(qdict_get_str(error, "class"),
                       QapiErrorClass_str(ERROR_CLASS_COMMAND_NOT_FOUND))) {
        /* The command may well exist, but it is too early for it. */
        qdict_put_str(error, "desc", "Expecting capabilities negotiation "
                      "with 'qmp_capabilities'");
    }
    return rsp;
}

/* In the thread that reads: a value has arrived, or something that is none. */
static void handle_qmp_command(void *opaque, QObject *req, Error *err)
{
    MonitorQMP *mon = opaque;
    QDict *qdict = qobject_to(QDict, req);

    if (req && trace_event_get_state(TRACE_HANDLE_QMP_COMMAND)) {
        GString *json = qobject_to_json(req);

        trace_handle_qmp_command(mon, json->str);
        g_string_free(json, true);
    }
    if (qdict && qmp_oob_enabled(mon) && qmp_is_oob(qdict)) {
        QDict *rsp = monitor_qmp_dispatch(mon, req);

        monitor_qmp_respond(mon, mon->session, rsp);
        qobject_unref(rsp);
        qobject_unref(req);
        return;
    }
    monitor_qmp_enqueue(mon, req, err);
}

/* Input, in the thread that reads */

/*
 * A client that does not read its answers is not listened to either, so
 * that they do not pile up here.
 */
static int monitor_qmp_can_read(void *opaque)
{
    MonitorQMP *mon = container_of((Monitor *)opaque, MonitorQMP, common);

    return monitor_can_read(opaque) && !mon->inbuf->len &&
           !qatomic_read(&mon->common.out_watch) ? 4096 : 0;
}

/* One byte after the other: any may end a request, and that suspend us. */
static void monitor_qmp_feed(MonitorQMP *mon, const char *buf, size_t size)
{
    size_t i;

    for (i = 0; i < size && monitor_can_read(&mon->common); i++) {
        json_message_parser_feed(&mon->parser, buf + i, 1);
    }
    g_string_append_len(mon->inbuf, buf + i, size - i);
}

static void monitor_qmp_read(void *opaque, const uint8_t *buf, int size)
{
    MonitorQMP *mon = container_of((Monitor *)opaque, MonitorQMP, common);
    QMPFds *fds = qmp_fds_receive(&mon->common);

    if (fds) {
        /* What nobody wanted goes when the next arrive. */
        qmp_fds_unref(mon->fds);
        mon->fds = fds;
    }
    monitor_qmp_feed(mon, (const char *)buf, size);
}

static void monitor_accept_input(void *opaque)
{
    MonitorQMP *mon = opaque;
    GString *pending = mon->inbuf;

    mon->inbuf = g_string_new(NULL);
    monitor_qmp_feed(mon, pending->str, pending->len);
    g_string_free(pending, true);
    if (!mon->inbuf->len) {
        qemu_chr_fe_accept_input(&mon->common.chr);
    }
}

static QDict *qmp_greeting(MonitorQMP *mon)
{
    QDict *greeting = qdict_new(), *body = qdict_new();
    QList *capabilities = qlist_new();
    QObject *version = NULL;
    QDict *args = qdict_new();

    qmp_marshal_query_version(args, &version, &error_abort);
    qobject_unref(args);
    for (int i = 0; i < QMP_CAPABILITY__MAX; i++) {
        if (mon->capab_offered[i]) {
            qlist_append_str(capabilities, QMPCapability_str(i));
        }
    }
    qdict_put_obj(body, "version", version);
    qdict_put(body, "capabilities", capabilities);
    qdict_put(greeting, "QMP", body);
    return greeting;
}

static void monitor_qmp_forget_input(MonitorQMP *mon)
{
    json_message_parser_destroy(&mon->parser);
    json_message_parser_init(&mon->parser, handle_qmp_command, mon, NULL);
    g_string_truncate(mon->inbuf, 0);
    qmp_fds_unref(mon->fds);
    mon->fds = NULL;
}

static void monitor_qmp_event(void *opaque, QEMUChrEvent event)
{
    MonitorQMP *mon = container_of((Monitor *)opaque, MonitorQMP, common);
    QDict *greeting;

    switch (event) {
    case CHR_EVENT_OPENED:
        WITH_QEMU_LOCK_GUARD(&mon->common.mon_lock) {
            monitor_qmp_caps_reset(mon);
        }
        monitor_count_clients(1);
        greeting = qmp_greeting(mon);
        monitor_qmp_respond(mon, mon->session, greeting);
        qobject_unref(greeting);
        break;
    case CHR_EVENT_CLOSED:
        WITH_QEMU_LOCK_GUARD(&mon->common.mon_lock) {
            monitor_qmp_caps_reset(mon);
            monitor_discard_output_locked(&mon->common);
        }
        monitor_qmp_forget_input(mon);
        monitor_qmp_cleanup_queue_and_resume(mon);
        monitor_count_clients(-1);
        break;
    default:
        break;
    }
}

/* Life */

void monitor_data_destroy_qmp(MonitorQMP *mon)
{
    monitor_qmp_cleanup_queue_and_resume(mon);
    qemu_bh_delete(mon->accept_bh);
    json_message_parser_destroy(&mon->parser);
    g_string_free(mon->inbuf, true);
    qmp_fds_unref(mon->fds);
    g_queue_free(mon->qmp_requests);
    qemu_mutex_destroy(&mon->qmp_queue_lock);
}

/*
 * Handlers belong to the thread that runs them.  So it installs them, and who
 * makes the monitor waits for that: until then the chardev is still his.
 */
typedef struct QMPSetup {
    MonitorQMP *mon;
    GMainContext *context;
    QemuEvent done;
} QMPSetup;

static void monitor_qmp_setup_handlers(MonitorQMP *mon, GMainContext *context)
{
    qemu_chr_fe_set_handlers(&mon->common.chr, monitor_qmp_can_read,
                             monitor_qmp_read, monitor_qmp_event,
                             NULL, &mon->common, context, true);
}

static void monitor_qmp_setup_handlers_bh(void *opaque)
{
    QMPSetup *setup = opaque;

    monitor_qmp_setup_handlers(setup->mon, setup->context);
    qemu_event_set(&setup->done);
}

static void monitor_qmp_setup_in_iothread(MonitorQMP *mon)
{
    AioContext *ctx = iothread_get_aio_context(mon_iothread);
    QMPSetup setup = {
        .mon = mon,
        .context = iothread_get_g_main_context(mon_iothread),
    };

    mon->accept_bh = aio_bh_new(ctx, monitor_accept_input, mon);
    qemu_event_init(&setup.done, false);
    aio_bh_schedule_oneshot(ctx, monitor_qmp_setup_handlers_bh, &setup);
    qemu_event_wait(&setup.done);
    qemu_event_destroy(&setup.done);
}

/* A mux shares its chardev with others, who are in the main thread. */
static bool monitor_qmp_can_use_io_thread(Chardev *chr)
{
    return qemu_chr_has_feature(chr, QEMU_CHAR_FEATURE_GCONTEXT) &&
           !object_dynamic_cast(OBJECT(chr), TYPE_CHARDEV_MUX);
}

void monitor_init_qmp(Chardev *chr, bool pretty, Error **errp)
{
    MonitorQMP *mon = g_new0(MonitorQMP, 1);

    if (!qemu_chr_fe_init(&mon->common.chr, chr, errp)) {
        g_free(mon);
        return;
    }
    qmp_dispatcher_init();
    qemu_chr_fe_set_echo(&mon->common.chr, true);
    monitor_data_init(&mon->common, true, monitor_qmp_can_use_io_thread(chr));
    mon->pretty = pretty;
    monitor_qmp_caps_reset(mon);
    mon->inbuf = g_string_new(NULL);
    mon->qmp_requests = g_queue_new();
    qemu_mutex_init(&mon->qmp_queue_lock);
    json_message_parser_init(&mon->parser, handle_qmp_command, mon, NULL);
    monitor_list_append(&mon->common);

    if (mon->common.use_io_thread) {
        monitor_qmp_setup_in_iothread(mon);
    } else {
        mon->accept_bh = aio_bh_new(iohandler_get_aio_context(),
                                    monitor_accept_input, mon);
        monitor_qmp_setup_handlers(mon, NULL);
    }
}
