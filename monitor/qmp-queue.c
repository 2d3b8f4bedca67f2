/*
 * Requests of QMP clients, on their way through the main thread.
 *
 * Read monitor/qmp.c first.
 *
 *     I/O thread                            main thread
 *
 *     monitor_qmp_enqueue  --- queue --->   monitor_qmp_bh_dispatcher
 *        (of each monitor)                     takes one, runs it
 *                                           … a turn of the main loop …
 *                                           monitor_qmp_bh_dispatcher
 *                                              answers it, takes the next
 *
 * Thus a command's consequences come before its answer if they take no longer
 * than a turn of the main loop: RESET before the answer to system_reset.
 *
 * A client without "oob" has one request here at a time, and is not read
 * from meanwhile.  One with "oob" must be read from, to be overtaken by itself;
 * so a few may wait, and if they were too many, nothing is read either.
 *
 * QEMU's dispatcher is a coroutine, for the sake of commands that wait for
 * block devices.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "monitor-internal.h"
#include "qapi/error.h"
#include "qapi/qmp/qdict.h"
#include "qapi/qmp/qjson.h"
#include "qemu/lockable.h"
#include "qemu/main-loop.h"
#include "trace.h"

/*
 * A descriptor that came with a piece of input is there for whichever request
 * in or after that piece asks for it first, until another one comes.  Of
 * several that come at once it is the first; the chardev closes the others.
 */
struct QMPFds {
    int refcnt;
    int fd;                     /* -1 once it is taken, by the main thread */
};

QMPFds *qmp_fds_receive(Monitor *mon)
{
    int fd = qemu_chr_fe_get_msgfd(&mon->chr);
    QMPFds *new_fds;

    if (fd < 0) {
        return NULL;
    }
    new_fds = g_new0(QMPFds, 1);
    new_fds->refcnt = 1;
    new_fds->fd = fd;
    return new_fds;
}

static QMPFds *qmp_fds_ref(QMPFds *fds)
{
    if (fds) {
        qatomic_inc(&fds->refcnt);
    }
    return fds;
}

void qmp_fds_unref(QMPFds *fds)
{
    if (fds && qatomic_fetch_dec(&fds->refcnt) == 1) {
        if (fds->fd >= 0) {
            close(fds->fd);
        }
        g_free(fds);
    }
}

/* Requests */

/* @req, or what was wrong with it; and as it was when it came: */
typedef struct QMPRequest {
    MonitorQMP *mon;
    QObject *req;
    Error *err;
    QMPFds *fds;
    unsigned session;
} QMPRequest;

static void qmp_request_free(QMPRequest *req)
{
    qobject_unref(req->req);
    error_free(req->err);
    qmp_fds_unref(req->fds);
    g_free(req);
}

/* In the main thread: the request that runs, or has run but is not answered. */
static struct QMPDispatcher {
    QEMUBH *bh;
    QMPRequest *request;
    QDict *rsp;
} qmp_dispatcher;

static void monitor_qmp_update_suspension_locked(MonitorQMP *mon)
{
    unsigned len = g_queue_get_length(mon->qmp_requests);
    bool full = qmp_oob_enabled(mon) ? len >= QMP_REQ_QUEUE_LEN_MAX - 1
                                     : len > 0 || mon->dispatching;

    if (full == mon->queue_suspended) {
        return;
    }
    mon->queue_suspended = full;
    if (full) {
        monitor_suspend(&mon->common);
    } else {
        monitor_resume(&mon->common);
    }
}

void monitor_qmp_update_suspension(MonitorQMP *mon)
{
    QEMU_LOCK_GUARD(&mon->qmp_queue_lock);

    monitor_qmp_update_suspension_locked(mon);
}

void monitor_qmp_enqueue(MonitorQMP *mon, QObject *req, Error *err)
{
    QMPRequest *request = g_new0(QMPRequest, 1);

    request->mon = mon;
    request->req = req;
    request->err = err;
    request->fds = qmp_fds_ref(mon->fds);
    request->session = mon->session;
    WITH_QEMU_LOCK_GUARD(&mon->qmp_queue_lock) {
        g_queue_push_tail(mon->qmp_requests, request);
        trace_monitor_qmp_in_band_enqueue(request, mon,
                                   g_queue_get_length(mon->qmp_requests));
        monitor_qmp_update_suspension_locked(mon);
    }
    qemu_bh_schedule(qmp_dispatcher.bh);
}

void monitor_qmp_cleanup_queue_and_resume(MonitorQMP *mon)
{
    QEMU_LOCK_GUARD(&mon->qmp_queue_lock);

    while (!g_queue_is_empty(mon->qmp_requests)) {
        qmp_request_free(g_queue_pop_head(mon->qmp_requests));
    }
    monitor_qmp_update_suspension_locked(mon);
}

/* A request of any monitor; which moves back so that others have their turn. */
static QMPRequest *monitor_qmp_requests_pop_any(void)
{
    QMPRequest *request = NULL;
    Monitor *mon;

    QEMU_LOCK_GUARD(&monitor_lock);

    QTAILQ_FOREACH(mon, &mon_list, entry) {
        MonitorQMP *qmp_mon = container_of(mon, MonitorQMP, common);

        if (!mon->is_qmp) {
            continue;
        }
        WITH_QEMU_LOCK_GUARD(&qmp_mon->qmp_queue_lock) {
            request = g_queue_pop_head(qmp_mon->qmp_requests);
            qmp_mon->dispatching = request != NULL;
            /* One more may come while this one runs. */
            monitor_qmp_update_suspension_locked(qmp_mon);
        }
        if (request) {
            QTAILQ_REMOVE(&mon_list, mon, entry);
            QTAILQ_INSERT_TAIL(&mon_list, mon, entry);
            trace_monitor_qmp_in_band_dequeue(request,
                                g_queue_get_length(qmp_mon->qmp_requests));
            break;
        }
    }
    return request;
}

static void qmp_dispatcher_finish(void)
{
    QMPRequest *request = qmp_dispatcher.request;
    MonitorQMP *mon = request->mon;

    if (qmp_dispatcher.rsp) {
        monitor_qmp_respond(mon, request->session, qmp_dispatcher.rsp);
        qobject_unref(qmp_dispatcher.rsp);
        qmp_dispatcher.rsp = NULL;
    }
    qmp_request_free(request);
    qmp_dispatcher.request = NULL;
    WITH_QEMU_LOCK_GUARD(&mon->qmp_queue_lock) {
        mon->dispatching = false;
        monitor_qmp_update_suspension_locked(mon);
    }
}

static void monitor_qmp_cmd_in_band_trace(QMPRequest *request)
{
    QDict *qdict = qobject_to(QDict, request->req);
    QObject *id = qdict ? qdict_get(qdict, "id") : NULL;

    if (trace_event_get_state(TRACE_MONITOR_QMP_CMD_IN_BAND)) {
        GString *id_json = id ? qobject_to_json(id) : g_string_new("");

        trace_monitor_qmp_cmd_in_band(id_json->str);
        g_string_free(id_json, true);
    }
}

static void monitor_qmp_bh_dispatcher(void *opaque)
{
    QMPRequest *request;

    if (qmp_dispatcher.request) {
        qmp_dispatcher_finish();
    }
    request = monitor_qmp_requests_pop_any();
    if (!request) {
        return;
    }
    qmp_dispatcher.request = request;
    if (request->err) {
        qmp_dispatcher.rsp = qmp_error_response(request->err);
        request->err = NULL;
    } else {
        monitor_qmp_cmd_in_band_trace(request);
        qmp_dispatcher.rsp = monitor_qmp_dispatch(request->mon, request->req);
    }
    qemu_bh_schedule(qmp_dispatcher.bh);
}

unsigned qmp_dispatcher_session(void)
{
    return qmp_dispatcher.request->session;
}

int monitor_get_msgfd(Monitor *mon)
{
    QMPRequest *request = qmp_dispatcher.request;
    QMPFds *fds;
    int fd;

    if (!mon->is_qmp) {
        return qemu_chr_fe_get_msgfd(&mon->chr);
    }
    assert(request && mon == &request->mon->common);
    fds = request->fds;
    if (!fds) {
        return -1;
    }
    fd = fds->fd;
    fds->fd = -1;
    return fd;
}

/*
 * In the context that nobody polls while he waits for something else: while
 * one command runs, no other begins.
 */
void qmp_dispatcher_init(void)
{
    if (qmp_dispatcher.bh) {
        return;
    }
    qmp_dispatcher.bh = aio_bh_new(iohandler_get_aio_context(),
                                   monitor_qmp_bh_dispatcher, NULL);
}

void qmp_dispatcher_cleanup(void)
{
    if (qmp_dispatcher.request) {
        qmp_dispatcher_finish();
    }
    if (qmp_dispatcher.bh) {
        qemu_bh_delete(qmp_dispatcher.bh);
        qmp_dispatcher.bh = NULL;
    }
}
