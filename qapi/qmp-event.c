/*
 * The frame of an event.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/qmp-event.h"
#include "qapi/qmp/qdict.h"

QDict *qmp_event_build_dict(const char *event_name)
{
    int64_t now = g_get_real_time();
    QDict *timestamp = qdict_new();
    QDict *event = qdict_new();

    qdict_put_int(timestamp, "seconds", now / G_USEC_PER_SEC);
    qdict_put_int(timestamp, "microseconds", now % G_USEC_PER_SEC);
    qdict_put(event, "timestamp", timestamp);
    qdict_put_str(event, "event", event_name);
    return event;
}
