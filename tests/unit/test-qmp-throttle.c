/*
 * The rate limits of events, by a clock that is in the test's hand.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "../../monitor/monitor-internal.h"
#include "qapi/qapi-events-char.h"
#include "qapi/qapi-events-run-state.h"
#include "qemu/timer.h"
#include "sysemu/cpu-timers.h"
#include "sysemu/qtest.h"

bool qtest_allowed = true;      /* so that the clock is this one */
static int64_t now;
static GString *sent;           /* what got through, and when */

int64_t cpus_get_virtual_clock(void)
{
    return now;
}

void monitor_qapi_event_emit(QAPIEvent event, QDict *qdict)
{
    QDict *data = qdict_get_qdict(qdict, "data");

    g_string_append_printf(sent, "%s %s at %" PRId64 ";",
                           qdict_get_str(qdict, "event"),
                           qdict_haskey(data, "id")
                           ? qdict_get_str(data, "id")
                           : qdict_get_str(data, "action"),
                           now / SCALE_MS);
}

void monitor_qapi_event_timeout(void *opaque)
{
    monitor_qapi_event_handler(opaque);
}

void qapi_event_emit(QAPIEvent event, QDict *qdict)
{
    monitor_qapi_event_queue(event, qdict);
}

/* It is @ms; all timers until then have run. */
static void at(int64_t ms)
{
    for (; now < ms * SCALE_MS; now += SCALE_MS) {
        qemu_clock_run_timers(QEMU_CLOCK_VIRTUAL);
    }
    qemu_clock_run_timers(QEMU_CLOCK_VIRTUAL);
}

static void check_sent(const char *expected)
{
    g_assert_cmpstr(sent->str, ==, expected);
    g_string_truncate(sent, 0);
}

static void begin(void)
{
    now = 0;
    sent = g_string_new(NULL);
    monitor_qapi_event_init();
}

static void end(void)
{
    monitor_qapi_event_cleanup();
    g_string_free(sent, true);
}

/* One at once, the latest of many a second later, and then one at once. */
static void test_latest(void)
{
    begin();
    at(10);
    qapi_event_send_watchdog(WATCHDOG_ACTION_RESET);
    check_sent("WATCHDOG reset at 10;");
    qapi_event_send_watchdog(WATCHDOG_ACTION_PAUSE);
    at(500);
    qapi_event_send_watchdog(WATCHDOG_ACTION_DEBUG);
    at(1009);
    check_sent("");
    at(1010);
    check_sent("WATCHDOG debug at 1010;");

    /* The second begins anew with each that is sent. */
    qapi_event_send_watchdog(WATCHDOG_ACTION_NONE);
    at(2009);
    check_sent("");
    at(2010);
    check_sent("WATCHDOG none at 2010;");

    /* Nothing has waited for a second: the next goes out at once. */
    at(3010);
    qapi_event_send_watchdog(WATCHDOG_ACTION_RESET);
    check_sent("WATCHDOG reset at 3010;");
    end();
}

/* Each port has a limit of its own. */
static void test_by_id(void)
{
    begin();
    qapi_event_send_vserport_change("a", true);
    qapi_event_send_vserport_change("b", true);
    check_sent("VSERPORT_CHANGE a at 0;VSERPORT_CHANGE b at 0;");
    qapi_event_send_vserport_change("a", false);
    at(300);
    qapi_event_send_vserport_change("c", true);
    qapi_event_send_vserport_change("a", true);
    check_sent("VSERPORT_CHANGE c at 300;");
    at(1000);
    check_sent("VSERPORT_CHANGE a at 1000;");
    at(5000);
    check_sent("");
    end();
}

/* The others come as they happen. */
static void test_unlimited(void)
{
    begin();
    for (int i = 0; i < 3; i++) {
        GuestPanicAction action = GUEST_PANIC_ACTION_PAUSE;

        qapi_event_send_guest_panicked(action, false, NULL);
    }
    check_sent("GUEST_PANICKED pause at 0;GUEST_PANICKED pause at 0;"
               "GUEST_PANICKED pause at 0;");
    end();
}

/* What still waits at the end is freed, timers and all. */
static void test_end(void)
{
    begin();
    qapi_event_send_vserport_change("a", true);
    qapi_event_send_vserport_change("a", false);
    check_sent("VSERPORT_CHANGE a at 0;");
    monitor_qapi_event_cleanup();
    at(3000);
    check_sent("");
    end();
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    init_clocks(qemu_timer_notify_cb);
    qemu_clock_enable(QEMU_CLOCK_VIRTUAL, true);
    g_test_add_func("/qmp/throttle/latest", test_latest);
    g_test_add_func("/qmp/throttle/by-id", test_by_id);
    g_test_add_func("/qmp/throttle/unlimited", test_unlimited);
    g_test_add_func("/qmp/throttle/end", test_end);
    return g_test_run();
}
