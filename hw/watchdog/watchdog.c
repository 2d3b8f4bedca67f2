/*
 * What happens when a watchdog expires.
 *
 * Read include/sysemu/watchdog.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/nmi.h"
#include "qapi/qapi-commands-run-state.h"
#include "qapi/qapi-events-run-state.h"
#include "qemu/error-report.h"
#include "sysemu/runstate.h"
#include "sysemu/watchdog.h"

static WatchdogAction watchdog_action = WATCHDOG_ACTION_RESET;

WatchdogAction get_watchdog_action(void)
{
    return watchdog_action;
}

void qmp_watchdog_set_action(WatchdogAction action, Error **errp)
{
    watchdog_action = action;
}

void watchdog_perform_action(void)
{
    qapi_event_send_watchdog(watchdog_action);

    switch (watchdog_action) {
    case WATCHDOG_ACTION_RESET:
        qemu_system_reset_request(SHUTDOWN_CAUSE_GUEST_RESET);
        break;
    case WATCHDOG_ACTION_SHUTDOWN:
        qemu_system_powerdown_request();
        break;
    case WATCHDOG_ACTION_POWEROFF:
        exit(0);
    case WATCHDOG_ACTION_PAUSE:
        /* A timer cannot stop the clock that it is run by: the main loop can. */
        qemu_system_vmstop_request_prepare();
        qemu_system_vmstop_request(RUN_STATE_WATCHDOG);
        break;
    case WATCHDOG_ACTION_DEBUG:
        error_report("watchdog: timer fired");
        break;
    case WATCHDOG_ACTION_NONE:
        break;
    case WATCHDOG_ACTION_INJECT_NMI:
        nmi_monitor_handle(0, NULL);
        break;
    default:
        g_assert_not_reached();
    }
}
