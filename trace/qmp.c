/*
 * QMP commands that look at trace events, and switch them.
 *
 * Read trace/control.h first.  No event is about a virtual CPU, so a client
 * that names one asks for nothing.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/core/cpu.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-trace.h"
#include "trace/control.h"

/* @cpu_index is what a client gave; it must be a CPU's. */
static bool trace_check_vcpu(bool has_vcpu, int64_t cpu_index, Error **errp)
{
    if (has_vcpu && (cpu_index < 0 || cpu_index > INT_MAX ||
                     !qemu_get_cpu(cpu_index))) {
        error_setg(errp, "invalid vCPU index %u", (unsigned)cpu_index);
        return false;
    }
    return true;
}

/* Is there an event @name, and may all of a pattern @name be switched? */
static bool trace_check_events(bool has_vcpu, bool ignore_unavailable,
                               const char *name, Error **errp)
{
    TraceEventIter iter;
    TraceEvent *ev;

    if (!trace_event_is_pattern(name)) {
        if (!trace_event_name(name)) {
            error_setg(errp, "unknown event \"%s\"", name);
            return false;
        }
        if (has_vcpu) {
            error_setg(errp, "event \"%s\" is not vCPU-specific", name);
            return false;
        }
    }
    trace_event_iter_init_pattern(&iter, name);
    while ((ev = trace_event_iter_next(&iter))) {
        if (!ignore_unavailable && !trace_event_get_state_static(ev)) {
            error_setg(errp, "event \"%s\" is disabled",
                       trace_event_get_name(ev));
            return false;
        }
    }
    return true;
}

static TraceEventInfo *trace_describe_event(TraceEvent *ev)
{
    TraceEventInfo *info = g_new0(TraceEventInfo, 1);

    info->name = g_strdup(trace_event_get_name(ev));
    if (!trace_event_get_state_static(ev)) {
        info->state = TRACE_EVENT_STATE_UNAVAILABLE;
    } else if (trace_event_get_state_dynamic(ev)) {
        info->state = TRACE_EVENT_STATE_ENABLED;
    } else {
        info->state = TRACE_EVENT_STATE_DISABLED;
    }
    return info;
}

TraceEventInfoList *qmp_trace_event_get_state(const char *name,
                                              bool has_vcpu, int64_t vcpu,
                                              Error **errp)
{
    TraceEventInfoList *events = NULL;
    TraceEventIter iter;
    TraceEvent *ev;

    if (!trace_check_vcpu(has_vcpu, vcpu, errp) ||
        !trace_check_events(has_vcpu, true, name, errp) || has_vcpu) {
        return NULL;
    }
    trace_event_iter_init_pattern(&iter, name);
    while ((ev = trace_event_iter_next(&iter))) {
        QAPI_LIST_PREPEND(events, trace_describe_event(ev));
    }
    return events;
}

void qmp_trace_event_set_state(const char *name, bool enable,
                               bool has_ignore_unavailable,
                               bool ignore_unavailable,
                               bool has_vcpu, int64_t vcpu, Error **errp)
{
    TraceEventIter iter;
    TraceEvent *ev;

    if (!trace_check_vcpu(has_vcpu, vcpu, errp) ||
        !trace_check_events(has_vcpu,
                            has_ignore_unavailable && ignore_unavailable,
                            name, errp) || has_vcpu) {
        return;
    }
    trace_event_iter_init_pattern(&iter, name);
    while ((ev = trace_event_iter_next(&iter))) {
        if (trace_event_get_state_static(ev)) {
            trace_event_set_state_dynamic(ev, enable);
        }
    }
}
