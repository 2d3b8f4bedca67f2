/*
 * What all events have in common.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QMP_EVENT_H
#define QMP_EVENT_H

/*
 * {"event": @event_name, "timestamp": {"seconds": …, "microseconds": …}}, of
 * this moment.  The caller adds "data", if there is any, and owns it.
 */
QDict *qmp_event_build_dict(const char *event_name);

#endif
