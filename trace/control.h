/*
 * Trace events: what the program does, told as it happens.
 *
 * A trace point is a call, such as trace_virtio_notify(vdev, vq), that costs
 * one test while nobody listens.  Switched on, each call writes a line to the
 * log (see qemu/log.h):
 *
 *     $ qemini-system-x86_64 -trace 'virtio_*' …
 *     virtio_set_status vdev 0x55d4c1d0b2a0 val 1
 *
 * with -msg timestamp=on led by THREAD@SECONDS.MICROSECONDS: and a colon, and
 * with -trace …,depth=on by the number of events that are still going on, which
 * is how far to indent the line: a function that told an event goes on until
 * it returns.
 *
 * The way from a line of text to a call:
 *
 *     hw/virtio/trace-events        virtio_notify(void *vdev, void *vq) "…"
 *            | scripts/tracetool.py, because trace/meson.build lists hw/virtio
 *     trace/trace-hw_virtio.h       static inline trace_virtio_notify()
 *     trace/trace-hw_virtio.c       the TraceEvent, in a table of its group
 *     hw/virtio/trace.h             #include "trace/trace-hw_virtio.h"
 *            |
 *     hw/virtio/virtio.c            #include "trace.h", trace_virtio_notify()
 *
 * To add an event is to add a line to the folder's trace-events and call it.
 * Life-cycle events are named as the function that they are the first line
 * of: device_set_realized, property_add_child.
 *
 * Patterns are those of a shell without brackets: * and ?.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TRACE__CONTROL_H
#define TRACE__CONTROL_H

#include "trace/event-internal.h"

extern QemuOptsList qemu_trace_opts;

typedef struct TraceEventIter {
    /* Private. */
    size_t event;
    size_t group;
    const char *pattern;
    bool one_group;
} TraceEventIter;

/*
 * Walk over all events, those that match @pattern (which must outlive the
 * walk), or those of one group, by its place in the order of registration.
 * trace_event_iter_next() gives NULL at the end.
 */
void trace_event_iter_init_all(TraceEventIter *iter);
void trace_event_iter_init_pattern(TraceEventIter *iter, const char *pattern);
void trace_event_iter_init_group(TraceEventIter *iter, size_t group_id);
TraceEvent *trace_event_iter_next(TraceEventIter *iter);

/* The event of this name, or NULL. */
TraceEvent *trace_event_name(const char *name);

/* Whether @str contains a wildcard. */
static inline bool trace_event_is_pattern(const char *str)
{
    return strpbrk(str, "*?") != NULL;
}

static inline const char *trace_event_get_name(TraceEvent *ev)
{
    return ev->name;
}

static inline uint32_t trace_event_get_id(TraceEvent *ev)
{
    return ev->id;
}

/* Events in total that are on.  While it is 0, a trace point tests only it. */
extern int trace_events_enabled_count;

/*
 * Whether event @id (TRACE_VIRTIO_NOTIFY and the like) is on; "backends" is
 * for guarding work that is done only for the sake of tracing.
 */
#define trace_event_get_state(id)                                       \
    ((id ## _ENABLED) && trace_event_get_state_dynamic_by_id(id))
#define trace_event_get_state_backends(id)                              \
    ((id ## _ENABLED) && id ## _BACKEND_DSTATE())
#define trace_event_get_state_dynamic_by_id(id)                         \
    (unlikely(trace_events_enabled_count) && _ ## id ## _DSTATE)

/* Whether @ev is compiled in (has no `disable`), and whether it is on. */
static inline bool trace_event_get_state_static(TraceEvent *ev)
{
    return ev->sstate;
}

static inline bool trace_event_get_state_dynamic(TraceEvent *ev)
{
    return unlikely(trace_events_enabled_count) && *ev->dstate;
}

/* Turn @ev on or off; it must be compiled in. */
void trace_event_set_state_dynamic(TraceEvent *ev, bool state);

/* Generated code makes its events known; @events ends with NULL. */
void trace_event_register_group(TraceEvent **events);

/* -trace depth=: lines start with the number of events around this one. */
extern bool trace_log_depth;

/*
 * The line of an event that is on, into the log.  Called by generated code,
 * from any thread.
 */
void trace_log(const char *name, const char *fmt, ...) G_GNUC_PRINTF(2, 3);

/* Before the log is open, and after: returns false if tracing cannot work. */
bool trace_init_backends(void);
void trace_init_file(void);

/* The names of all events, one a line: -trace help. */
void trace_list_events(FILE *f);

/*
 * Turn on what @line_buf says: an event, a pattern, or with '-' in front, turn
 * it off.  Warns about names that do not exist.
 */
void trace_enable_events(const char *line_buf);

/*
 * -trace [enable=]PATTERN[,events=FILE][,file=FILE][,depth=on]: events by
 * pattern, events as listed in a file (one a line, # starts a comment), where
 * to write, and whether to say how deep inside others.  Options that are wrong
 * end the program.
 */
void trace_opt_parse(const char *optarg);

#endif
