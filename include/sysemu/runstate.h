/*
 * Run states: whether the machine runs, and if not, why not.
 *
 * A machine is in one of the states of the schema's RunState at a time, and
 * only some steps from one to another make sense (runstate_set() knows them).
 * Those who must know when guest memory stops changing register a handler:
 *
 *     vm_stop(RUN_STATE_PAUSED)  -> vm_state_notify(false, ...)  reverse order
 *     vm_start()                 -> vm_state_notify(true, ...)   priority order
 *
 * Stopping, resetting and ending are only *requested*, from any thread, with
 * qemu_system_*_request(); the main loop does it when it comes by
 * (main_loop_should_exit()), so that no device is pulled from under its own
 * feet.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SYSEMU_RUNSTATE_H
#define SYSEMU_RUNSTATE_H

#include "qapi/qapi-types-run-state.h"
#include "qemu/notify.h"

bool runstate_check(RunState state);
RunState runstate_get(void);
bool runstate_is_running(void);
bool runstate_needs_reset(void);
/* Exits if the step makes no sense: that is a bug of ours. */
void runstate_set(RunState state);

typedef void VMChangeStateHandler(void *opaque, bool running, RunState state);

/*
 * Handlers run with the BQL held, by rising priority when the machine starts
 * and by falling priority when it stops.  Without one, the priority is 0.
 */
VMChangeStateEntry *qemu_add_vm_change_state_handler(VMChangeStateHandler *cb,
                                                     void *opaque);
VMChangeStateEntry *qemu_add_vm_change_state_handler_prio(
        VMChangeStateHandler *cb, void *opaque, int priority);
/* The deeper @dev is in the tree of buses, the higher the priority. */
VMChangeStateEntry *qdev_add_vm_change_state_handler(DeviceState *dev,
                                                     VMChangeStateHandler *cb,
                                                     void *opaque);
void qemu_del_vm_change_state_handler(VMChangeStateEntry *e);
void vm_state_notify(bool running, RunState state);

static inline bool shutdown_caused_by_guest(ShutdownCause cause)
{
    return cause >= SHUTDOWN_CAUSE_GUEST_SHUTDOWN;
}

/* Start and stop, from the main loop; see system/cpus.c. */
void vm_start(void);
int vm_prepare_start(bool step_pending);
int vm_stop(RunState state);
int vm_stop_force_state(RunState state);
int vm_shutdown(void);

/* Requests, from any thread or signal handler. */

void qemu_system_reset_request(ShutdownCause reason);
void qemu_system_suspend_request(void);
void qemu_register_suspend_notifier(Notifier *notifier);
bool qemu_wakeup_suspend_enabled(void);

typedef enum WakeupReason {
    QEMU_WAKEUP_REASON_NONE = 0,
    QEMU_WAKEUP_REASON_RTC,
    QEMU_WAKEUP_REASON_PMTIMER,
    QEMU_WAKEUP_REASON_OTHER,
} WakeupReason;

/* An error if the machine is not suspended, or takes no such reason. */
void qemu_system_wakeup_request(WakeupReason reason, Error **errp);
void qemu_system_wakeup_enable(WakeupReason reason, bool enabled);
void qemu_register_wakeup_notifier(Notifier *notifier);
void qemu_register_wakeup_support(void);

void qemu_system_shutdown_request(ShutdownCause reason);
/* With the status that the process exits with. */
void qemu_system_shutdown_request_with_code(ShutdownCause reason,
                                            int exit_code);
void qemu_system_powerdown_request(void);
void qemu_register_powerdown_notifier(Notifier *notifier);
void qemu_register_shutdown_notifier(Notifier *notifier);
void qemu_system_debug_request(void);
void qemu_system_vmstop_request(RunState reason);
/* First half of the above, for callers that hold no lock. */
void qemu_system_vmstop_request_prepare(void);
bool qemu_vmstop_requested(RunState *r);
ShutdownCause qemu_shutdown_requested_get(void);
ShutdownCause qemu_reset_requested_get(void);
/* Of a signal handler for @signal, sent by @pid. */
void qemu_system_killed(int signal, pid_t pid);
/* Resets the machine now; the main loop's part of a reset request. */
void qemu_system_reset(ShutdownCause reason);

void qemu_system_guest_panicked(GuestPanicInformation *info);
void qemu_system_guest_crashloaded(GuestPanicInformation *info);

/* What to do when the guest reboots, ends or panics: -action and its kin. */
extern RebootAction reboot_action;
extern ShutdownAction shutdown_action;
extern PanicAction panic_action;

/* Phases of main(); see system/main.c. */
void qemu_init_subsystems(void);
void qemu_init(int argc, char **argv);
int qemu_main_loop(void);
void qemu_cleanup(void);

#endif
