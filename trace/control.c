/*
 * Trace events: the list of all groups, turning events on and off.
 *
 * Read trace/control.h first; -trace itself is in trace/options.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <unwind.h>
#include "monitor/monitor.h"
#include "qemu/error-report.h"
#include "qemu/help_option.h"
#include "qemu/log.h"
#include "trace/control.h"

int trace_events_enabled_count;
bool trace_log_depth;

typedef struct TraceEventGroup {
    TraceEvent **events;
} TraceEventGroup;

static TraceEventGroup *event_groups;
static size_t nevent_groups;
static uint32_t next_id;

/*
 * depth=on: which events happen inside which.  An event that was told is open
 * as long as the function that told it is on the stack; a frame is known by
 * its place and its function.
 */

#define TRACE_MAX_FRAMES    256
#define TRACE_MAX_OPEN      64

/* Without optimization the generated functions have frames of their own. */
#ifdef __OPTIMIZE__
#define TRACE_OWN_FRAMES    1
#else
#define TRACE_OWN_FRAMES    3
#endif

typedef struct TraceFrame {
    uintptr_t func;
    uintptr_t cfa;
} TraceFrame;

typedef struct TraceStack {
    TraceFrame frames[TRACE_MAX_FRAMES];
    int n;
} TraceStack;

static _Unwind_Reason_Code trace_stack_add(struct _Unwind_Context *ctx,
                                           void *opaque)
{
    TraceStack *s = opaque;

    /* A context tells where the frame inside it began. */
    if (s->n > 0) {
        s->frames[s->n - 1].cfa = _Unwind_GetCFA(ctx);
    }
    if (s->n == TRACE_MAX_FRAMES) {
        return _URC_END_OF_STACK;
    }
    s->frames[s->n++] = (TraceFrame) { .func = _Unwind_GetRegionStart(ctx) };
    return _URC_NO_REASON;
}

static bool trace_stack_has(const TraceStack *s, int from, TraceFrame frame)
{
    for (int i = from; i < s->n; i++) {
        if (s->frames[i].cfa == frame.cfa && s->frames[i].func == frame.func) {
            return true;
        }
    }
    return false;
}

/* In how many open events this one happens; opens it. */
static __attribute__((noinline)) int trace_enter_event(void)
{
    static __thread TraceFrame open[TRACE_MAX_OPEN];
    static __thread int nopen;
    /* This function and trace_log(), then whoever tells. */
    const int teller = 1 + TRACE_OWN_FRAMES;
    TraceStack s = { .n = 0 };
    int depth;

    _Unwind_Backtrace(trace_stack_add, &s);
    while (nopen > 0 && !trace_stack_has(&s, teller + 1, open[nopen - 1])) {
        nopen--;
    }
    depth = nopen;
    if (teller < s.n && nopen < TRACE_MAX_OPEN) {
        open[nopen++] = s.frames[teller];
    }
    return depth;
}

/* One call of qemu_log() a line: threads may be at it together. */
void trace_log(const char *name, const char *fmt, ...)
{
    g_autofree char *args = NULL;
    g_autofree char *when = NULL;
    g_autofree char *depth = NULL;
    va_list ap;

    if (!qemu_loglevel_mask(LOG_TRACE)) {
        return;
    }
    if (message_with_timestamp) {
        int64_t now = g_get_real_time();

        when = g_strdup_printf("%d@%" PRId64 ".%06" PRId64 ":",
                               qemu_get_thread_id(), now / G_USEC_PER_SEC,
                               now % G_USEC_PER_SEC);
    }
    if (trace_log_depth) {
        depth = g_strdup_printf("%d ", trace_enter_event());
    }

    va_start(ap, fmt);
    args = g_strdup_vprintf(fmt, ap);
    va_end(ap);
    qemu_log("%s%s%s%s\n", when ?: "", depth ?: "", name, args);
}

/* Called by module_call_init(MODULE_INIT_TRACE), once for each folder. */
void trace_event_register_group(TraceEvent **events)
{
    for (size_t i = 0; events[i]; i++) {
        events[i]->id = next_id++;
    }
    event_groups = g_renew(TraceEventGroup, event_groups, nevent_groups + 1);
    event_groups[nevent_groups++].events = events;
}

TraceEvent *trace_event_name(const char *name)
{
    TraceEventIter iter;
    TraceEvent *ev;

    trace_event_iter_init_all(&iter);
    while ((ev = trace_event_iter_next(&iter)) != NULL) {
        if (strcmp(trace_event_get_name(ev), name) == 0) {
            return ev;
        }
    }
    return NULL;
}

void trace_event_iter_init_all(TraceEventIter *iter)
{
    *iter = (TraceEventIter) { };
}

void trace_event_iter_init_pattern(TraceEventIter *iter, const char *pattern)
{
    trace_event_iter_init_all(iter);
    iter->pattern = pattern;
}

void trace_event_iter_init_group(TraceEventIter *iter, size_t group_id)
{
    trace_event_iter_init_all(iter);
    iter->group = group_id;
    iter->one_group = true;
}

TraceEvent *trace_event_iter_next(TraceEventIter *iter)
{
    while (iter->group < nevent_groups) {
        TraceEvent *ev = event_groups[iter->group].events[iter->event];

        if (!ev) {
            iter->event = 0;
            iter->group = iter->one_group ? nevent_groups : iter->group + 1;
            continue;
        }
        iter->event++;
        if (!iter->pattern ||
            g_pattern_match_simple(iter->pattern, trace_event_get_name(ev))) {
            return ev;
        }
    }
    return NULL;
}

void trace_event_set_state_dynamic(TraceEvent *ev, bool state)
{
    assert(trace_event_get_state_static(ev));
    if (state != !!*ev->dstate) {
        *ev->dstate = state;
        trace_events_enabled_count += state ? 1 : -1;
    }
}

void trace_list_events(FILE *f)
{
    TraceEventIter iter;
    TraceEvent *ev;

    trace_event_iter_init_all(&iter);
    while ((ev = trace_event_iter_next(&iter)) != NULL) {
        fprintf(f, "%s\n", trace_event_get_name(ev));
    }
}

static void trace_enable_pattern(const char *pattern, bool enable)
{
    bool is_pattern = trace_event_is_pattern(pattern);
    TraceEventIter iter;
    TraceEvent *ev;
    bool found = false;

    trace_event_iter_init_pattern(&iter, pattern);
    while ((ev = trace_event_iter_next(&iter)) != NULL) {
        if (trace_event_get_state_static(ev)) {
            trace_event_set_state_dynamic(ev, enable);
        } else if (!is_pattern) {
            warn_report("trace event '%s' is not traceable", pattern);
        }
        found = true;
    }
    if (!found && !is_pattern) {
        warn_report("trace event '%s' does not exist", pattern);
    }
}

void trace_enable_events(const char *line_buf)
{
    if (is_help_option(line_buf)) {
        trace_list_events(stdout);
        if (!monitor_cur()) {
            exit(0);
        }
    } else if (line_buf[0] == '-') {
        trace_enable_pattern(line_buf + 1, false);
    } else {
        trace_enable_pattern(line_buf, true);
    }
}
