/*
 * Watchdogs: devices that a guest has to calm from time to time.
 *
 * A device calls watchdog_perform_action() when its time is over.  What
 * happens then is not the device's business, but the user's: -action
 * watchdog=…, or QMP's watchdog-set-action.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_WATCHDOG_H
#define QEMU_WATCHDOG_H

#include "qapi/qapi-types-run-state.h"

WatchdogAction get_watchdog_action(void);

/* With the BQL held.  May end the program. */
void watchdog_perform_action(void);

#endif
