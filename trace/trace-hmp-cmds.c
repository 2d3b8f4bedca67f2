/*
 * HMP commands about trace events: the twins of trace/qmp.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "monitor/hmp.h"
#include "monitor/monitor.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-trace.h"
#include "qapi/qmp/qdict.h"

void hmp_trace_event(Monitor *mon, const QDict *qdict)
{
    Error *err = NULL;

    qmp_trace_event_set_state(qdict_get_str(qdict, "name"),
                              qdict_get_bool(qdict, "option"), true, true,
                              qdict_haskey(qdict, "vcpu"),
                              qdict_get_try_int(qdict, "vcpu", 0), &err);
    if (err) {
        error_report_err(err);
    }
}

void hmp_info_trace_events(Monitor *mon, const QDict *qdict)
{
    Error *err = NULL;
    TraceEventInfoList *events;

    events = qmp_trace_event_get_state(qdict_get_try_str(qdict, "name") ?: "*",
                                       qdict_haskey(qdict, "vcpu"),
                                       qdict_get_try_int(qdict, "vcpu", 0),
                                       &err);
    if (err) {
        error_report_err(err);
        return;
    }
    for (TraceEventInfoList *l = events; l; l = l->next) {
        monitor_printf(mon, "%s : state %u\n", l->value->name,
                       l->value->state == TRACE_EVENT_STATE_ENABLED);
    }
    qapi_free_TraceEventInfoList(events);
}
