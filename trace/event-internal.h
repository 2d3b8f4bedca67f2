/*
 * What an event consists of; generated code fills it in, trace/control.h has
 * the functions that look into it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TRACE__EVENT_INTERNAL_H
#define TRACE__EVENT_INTERNAL_H

/*
 * @id: its place in the order of registration
 * @sstate: compiled in
 * @dstate: not 0 if it is on; a variable of its own, for it is read often
 */
typedef struct TraceEvent {
    uint32_t id;
    const char *name;
    const bool sstate;
    uint16_t *dstate;
} TraceEvent;

#endif
