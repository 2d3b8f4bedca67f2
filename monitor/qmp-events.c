/*
 * Events on their way to the clients, not too many of a kind at a time.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "monitor-internal.h"
#include "qapi/qapi-emit-events.h"
#include "qapi/qmp/qdict.h"
#include "qapi/qmp/qobject.h"
#include "qemu/timer.h"
#include "sysemu/qtest.h"
#include "trace.h"

/*
 * Some events can be brought about by a guest as often as it likes.  Of such
 * a kind one goes out at once; what comes during the next @rate ns waits,
 * and replaces what waits already.  The latest is thus never lost:
 *
 *     happens   1  2 3     4
 *     sent      1     |3      |4
 *               `rate-'`-rate-'
 */
typedef struct MonitorQAPIEventConf {
    int64_t rate;
} MonitorQAPIEventConf;

static const MonitorQAPIEventConf
monitor_qapi_event_conf[QAPI_EVENT__MAX] = {
    [QAPI_EVENT_RTC_CHANGE] = { 1000 * SCALE_MS },
    [QAPI_EVENT_WATCHDOG] = { 1000 * SCALE_MS },
    [QAPI_EVENT_BALLOON_CHANGE] = { 1000 * SCALE_MS },
    [QAPI_EVENT_VSERPORT_CHANGE] = { 1000 * SCALE_MS },
};

/* A kind of event that has been sent less than @rate ago. */
typedef struct MonitorQAPIEventState {
    QAPIEvent event;
    QDict *data;                /* as it was first; tells ports apart */
    QEMUTimer *timer;           /* when @rate is over */
    QDict *qdict;               /* what is sent then, or NULL */
} MonitorQAPIEventState;

static GHashTable *monitor_qapi_event_state;

/* A test has the time in its hand. */
static QEMUClockType monitor_get_event_clock(void)
{
    return qtest_enabled() ? QEMU_CLOCK_VIRTUAL : QEMU_CLOCK_REALTIME;
}

static unsigned int qapi_event_throttle_hash(const void *key)
{
    const MonitorQAPIEventState *evstate = key;
    unsigned int hash = evstate->event * 255;

    if (evstate->event == QAPI_EVENT_VSERPORT_CHANGE) {
        hash += g_str_hash(qdict_get_str(evstate->data, "id"));
    }
    return hash;
}

static gboolean qapi_event_throttle_equal(const void *a, const void *b)
{
    const MonitorQAPIEventState *eva = a, *evb = b;

    if (eva->event != evb->event) {
        return FALSE;
    }
    if (eva->event == QAPI_EVENT_VSERPORT_CHANGE) {
        return g_str_equal(qdict_get_str(eva->data, "id"),
                           qdict_get_str(evb->data, "id"));
    }
    return TRUE;
}

static void qapi_event_throttle_free(void *key)
{
    MonitorQAPIEventState *evstate = key;

    timer_free(evstate->timer);
    qobject_unref(evstate->data);
    qobject_unref(evstate->qdict);
    g_free(evstate);
}

void monitor_qapi_event_handler(void *opaque)
{
    MonitorQAPIEventState *evstate = opaque;
    int64_t rate = monitor_qapi_event_conf[evstate->event].rate;

    trace_monitor_protocol_event_handler(evstate->event, evstate->qdict);
    if (!evstate->qdict) {
        g_hash_table_remove(monitor_qapi_event_state, evstate);
        return;
    }
    timer_mod_ns(evstate->timer,
                 qemu_clock_get_ns(monitor_get_event_clock()) + rate);
    monitor_qapi_event_emit(evstate->event, evstate->qdict);
    qobject_unref(evstate->qdict);
    evstate->qdict = NULL;
}

void monitor_qapi_event_queue(QAPIEvent event, QDict *qdict)
{
    const MonitorQAPIEventConf *evconf = &monitor_qapi_event_conf[event];
    MonitorQAPIEventState key = {
        .event = event,
        .data = qdict_get_qdict(qdict, "data"),
    };
    MonitorQAPIEventState *evstate;
    QEMUClockType clock = monitor_get_event_clock();

    trace_monitor_protocol_event_queue(event, qdict, evconf->rate);
    if (!evconf->rate || !monitor_qapi_event_state) {
        monitor_qapi_event_emit(event, qdict);
        return;
    }
    evstate = g_hash_table_lookup(monitor_qapi_event_state, &key);
    if (evstate) {
        qobject_unref(evstate->qdict);
        evstate->qdict = qobject_ref(qdict);
        return;
    }

    monitor_qapi_event_emit(event, qdict);
    evstate = g_new0(MonitorQAPIEventState, 1);
    evstate->event = event;
    evstate->data = qobject_ref(key.data);
    evstate->timer = timer_new_ns(clock, monitor_qapi_event_timeout, evstate);
    timer_mod_ns(evstate->timer, qemu_clock_get_ns(clock) + evconf->rate);
    g_hash_table_add(monitor_qapi_event_state, evstate);
}

void monitor_qapi_event_init(void)
{
    monitor_qapi_event_state = g_hash_table_new_full(qapi_event_throttle_hash,
                                                     qapi_event_throttle_equal,
                                                     qapi_event_throttle_free,
                                                     NULL);
}

/* What still waits at the end is sent by nobody. */
void monitor_qapi_event_cleanup(void)
{
    g_clear_pointer(&monitor_qapi_event_state, g_hash_table_destroy);
}
