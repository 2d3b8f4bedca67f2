/*
 * Requests to reset, stop, suspend and end the machine, and the main loop
 * that carries them out.
 *
 * A request is a variable that any thread, or a signal handler, sets before
 * it wakes the main loop; main_loop_should_exit() looks at all of them once
 * a turn, with the BQL held and no device in the middle of anything.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qapi-events-run-state.h"
#include "qemu/error-report.h"
#include "qemu/lockable.h"
#include "qemu/log.h"
#include "qemu/main-loop.h"
#include "hw/boards.h"
#include "hw/core/cpu.h"
#include "sysemu/cpus.h"
#include "sysemu/qtest.h"
#include "sysemu/reset.h"
#include "sysemu/runstate.h"
#include "sysemu/sysemu.h"
#include "trace.h"

RebootAction reboot_action = REBOOT_ACTION_RESET;
ShutdownAction shutdown_action = SHUTDOWN_ACTION_POWEROFF;
PanicAction panic_action = PANIC_ACTION_SHUTDOWN;

static ShutdownCause reset_requested;
static ShutdownCause shutdown_requested;
static int shutdown_exit_code = EXIT_SUCCESS;
static int shutdown_signal;
static pid_t shutdown_pid;
static int powerdown_requested;
static int debug_requested;
static int suspend_requested;
static WakeupReason wakeup_reason;

static NotifierList powerdown_notifiers =
    NOTIFIER_LIST_INITIALIZER(powerdown_notifiers);
static NotifierList suspend_notifiers =
    NOTIFIER_LIST_INITIALIZER(suspend_notifiers);
static NotifierList wakeup_notifiers =
    NOTIFIER_LIST_INITIALIZER(wakeup_notifiers);
static NotifierList shutdown_notifiers =
    NOTIFIER_LIST_INITIALIZER(shutdown_notifiers);
static bool wakeup_suspend_enabled;
static uint32_t wakeup_reason_mask = ~(1u << QEMU_WAKEUP_REASON_NONE);

/* Stop requests may come from a vCPU thread without the BQL. */
static QemuMutex vmstop_lock;
static RunState vmstop_requested = RUN_STATE__MAX;

static void __attribute__((constructor)) vmstop_lock_init(void)
{
    qemu_mutex_init(&vmstop_lock);
}

/* Reset */

void qemu_system_reset_request(ShutdownCause reason)
{
    if (reboot_action == REBOOT_ACTION_SHUTDOWN &&
        reason != SHUTDOWN_CAUSE_SUBSYSTEM_RESET) {
        shutdown_requested = reason;
    } else if (!cpus_are_resettable()) {
        error_report("cpus are not resettable, terminating");
        shutdown_requested = reason;
    } else {
        reset_requested = reason;
    }
    cpu_stop_current();
    qemu_notify_event();
}

ShutdownCause qemu_reset_requested_get(void)
{
    return reset_requested;
}

void qemu_system_reset(ShutdownCause reason)
{
    MachineClass *mc = current_machine ? MACHINE_GET_CLASS(current_machine)
                                       : NULL;

    cpu_synchronize_all_states();

    if (mc && mc->reset) {
        mc->reset(current_machine, reason);
    } else {
        qemu_devices_reset(reason);
    }
    switch (reason) {
    case SHUTDOWN_CAUSE_NONE:
    case SHUTDOWN_CAUSE_SUBSYSTEM_RESET:
    case SHUTDOWN_CAUSE_SNAPSHOT_LOAD:
        break;
    default:
        qapi_event_send_reset(shutdown_caused_by_guest(reason), reason);
        break;
    }
    cpu_synchronize_all_post_reset();
}

/* Suspend and wake-up */

/*
 * Only a guest that runs can go to sleep.  A client can write to the ports of
 * one that is stopped.
 */
static void qemu_system_suspend(void)
{
    if (!runstate_is_running()) {
        return;
    }
    pause_all_vcpus();
    notifier_list_notify(&suspend_notifiers, NULL);
    runstate_set(RUN_STATE_SUSPENDED);
    qapi_event_send_suspend();
}

void qemu_system_suspend_request(void)
{
    if (runstate_check(RUN_STATE_SUSPENDED)) {
        return;
    }
    suspend_requested = 1;
    cpu_stop_current();
    qemu_notify_event();
}

void qemu_register_suspend_notifier(Notifier *notifier)
{
    notifier_list_add(&suspend_notifiers, notifier);
}

void qemu_system_wakeup_request(WakeupReason reason, Error **errp)
{
    trace_system_wakeup_request(reason);

    if (!runstate_check(RUN_STATE_SUSPENDED)) {
        error_setg(errp,
                   "Unable to wake up: guest is not in suspended state");
        return;
    }
    if (!(wakeup_reason_mask & (1u << reason))) {
        return;
    }
    runstate_set(RUN_STATE_RUNNING);
    wakeup_reason = reason;
    qemu_notify_event();
}

void qemu_system_wakeup_enable(WakeupReason reason, bool enabled)
{
    if (enabled) {
        wakeup_reason_mask |= 1u << reason;
    } else {
        wakeup_reason_mask &= ~(1u << reason);
    }
}

void qemu_register_wakeup_notifier(Notifier *notifier)
{
    notifier_list_add(&wakeup_notifiers, notifier);
}

void qemu_register_wakeup_support(void)
{
    wakeup_suspend_enabled = true;
}

bool qemu_wakeup_suspend_enabled(void)
{
    return wakeup_suspend_enabled;
}

static void qemu_system_wakeup(void)
{
    MachineClass *mc = current_machine ? MACHINE_GET_CLASS(current_machine)
                                       : NULL;

    pause_all_vcpus();
    if (mc && mc->wakeup) {
        mc->wakeup(current_machine);
    }
    notifier_list_notify(&wakeup_notifiers, &wakeup_reason);
    wakeup_reason = QEMU_WAKEUP_REASON_NONE;
    resume_all_vcpus();
    qapi_event_send_wakeup();
}

/* The end */

void qemu_system_shutdown_request_with_code(ShutdownCause reason,
                                            int exit_code)
{
    trace_qemu_system_shutdown_request(reason);
    shutdown_exit_code = exit_code;
    shutdown_requested = reason;
    qemu_notify_event();
}

/* Whatever an earlier request, that only stopped the machine, wanted. */
void qemu_system_shutdown_request(ShutdownCause reason)
{
    qemu_system_shutdown_request_with_code(reason, EXIT_SUCCESS);
}

ShutdownCause qemu_shutdown_requested_get(void)
{
    return shutdown_requested;
}

/* Called by a signal handler: nothing here may take a lock. */
void qemu_system_killed(int signal, pid_t pid)
{
    shutdown_signal = signal;
    shutdown_pid = pid;
    shutdown_action = SHUTDOWN_ACTION_POWEROFF;
    shutdown_requested = SHUTDOWN_CAUSE_HOST_SIGNAL;
    qemu_notify_event();
}

/* ^C is what the user at the terminal meant; anything else is worth a line. */
static void qemu_kill_report(void)
{
    g_autofree char *path = NULL;
    g_autofree char *cmd = NULL;

    /* A test knows why it ends us. */
    if (shutdown_signal == 0 || qtest_driver()) {
        return;
    }
    if (shutdown_pid == 0) {
        error_report("terminating on signal %d", shutdown_signal);
    } else {
        path = g_strdup_printf("/proc/%d/cmdline", shutdown_pid);
        if (!g_file_get_contents(path, &cmd, NULL, NULL)) {
            cmd = NULL;
        }
        error_report("terminating on signal %d from pid %d (%s)",
                     shutdown_signal, shutdown_pid,
                     cmd ? cmd : "<unknown process>");
    }
    shutdown_signal = 0;
}

void qemu_system_powerdown_request(void)
{
    trace_qemu_system_powerdown_request();
    powerdown_requested = 1;
    qemu_notify_event();
}

void qemu_register_powerdown_notifier(Notifier *notifier)
{
    notifier_list_add(&powerdown_notifiers, notifier);
}

void qemu_register_shutdown_notifier(Notifier *notifier)
{
    notifier_list_add(&shutdown_notifiers, notifier);
}

static void qemu_system_powerdown(void)
{
    qapi_event_send_powerdown();
    notifier_list_notify(&powerdown_notifiers, NULL);
}

static void qemu_system_shutdown(ShutdownCause cause)
{
    qapi_event_send_shutdown(shutdown_caused_by_guest(cause), cause);
    notifier_list_notify(&shutdown_notifiers, &cause);
}

/* Stop */

void qemu_system_debug_request(void)
{
    debug_requested = 1;
    qemu_notify_event();
}

void qemu_system_vmstop_request_prepare(void)
{
    qemu_mutex_lock(&vmstop_lock);
}

void qemu_system_vmstop_request(RunState state)
{
    vmstop_requested = state;
    qemu_mutex_unlock(&vmstop_lock);
    qemu_notify_event();
}

bool qemu_vmstop_requested(RunState *r)
{
    QEMU_LOCK_GUARD(&vmstop_lock);

    *r = vmstop_requested;
    vmstop_requested = RUN_STATE__MAX;
    return *r < RUN_STATE__MAX;
}

/* What -action panic= says, is done now and told to the client. */
void qemu_system_guest_panicked(GuestPanicInformation *info)
{
    qemu_log_mask(LOG_GUEST_ERROR, "Guest crashed\n");
    if (current_cpu) {
        current_cpu->crash_occurred = true;
    }

    if (panic_action == PANIC_ACTION_PAUSE ||
        (panic_action == PANIC_ACTION_SHUTDOWN &&
         shutdown_action == SHUTDOWN_ACTION_PAUSE)) {
        qapi_event_send_guest_panicked(GUEST_PANIC_ACTION_PAUSE, !!info, info);
        vm_stop(RUN_STATE_GUEST_PANICKED);
    } else if (panic_action == PANIC_ACTION_SHUTDOWN ||
               panic_action == PANIC_ACTION_EXIT_FAILURE) {
        qapi_event_send_guest_panicked(GUEST_PANIC_ACTION_POWEROFF, !!info,
                                       info);
        vm_stop(RUN_STATE_GUEST_PANICKED);
        qemu_system_shutdown_request_with_code(
            SHUTDOWN_CAUSE_GUEST_PANIC,
            panic_action == PANIC_ACTION_EXIT_FAILURE ? EXIT_FAILURE
                                                      : EXIT_SUCCESS);
    } else {
        qapi_event_send_guest_panicked(GUEST_PANIC_ACTION_RUN, !!info, info);
    }
    qapi_free_GuestPanicInformation(info);
}

void qemu_system_guest_crashloaded(GuestPanicInformation *info)
{
    qemu_log_mask(LOG_GUEST_ERROR, "Guest crash loaded\n");
    qapi_event_send_guest_crashloaded(GUEST_PANIC_ACTION_RUN, !!info, info);
    qapi_free_GuestPanicInformation(info);
}

/* The main loop */

static bool main_loop_should_exit(int *status)
{
    ShutdownCause request;
    RunState r;

    if (debug_requested) {
        debug_requested = 0;
        vm_stop(RUN_STATE_DEBUG);
    }
    if (suspend_requested) {
        suspend_requested = 0;
        qemu_system_suspend();
    }
    request = shutdown_requested;
    if (request) {
        shutdown_requested = SHUTDOWN_CAUSE_NONE;
        qemu_kill_report();
        qemu_system_shutdown(request);
        if (shutdown_action == SHUTDOWN_ACTION_PAUSE) {
            vm_stop(RUN_STATE_SHUTDOWN);
        } else {
            *status = shutdown_exit_code;
            return true;
        }
    }
    request = reset_requested;
    if (request) {
        reset_requested = SHUTDOWN_CAUSE_NONE;
        pause_all_vcpus();
        qemu_system_reset(request);
        resume_all_vcpus();
        if (!runstate_check(RUN_STATE_RUNNING) &&
            !runstate_check(RUN_STATE_INMIGRATE) &&
            !runstate_check(RUN_STATE_FINISH_MIGRATE)) {
            runstate_set(RUN_STATE_PRELAUNCH);
        }
    }
    if (wakeup_reason != QEMU_WAKEUP_REASON_NONE) {
        qemu_system_wakeup();
    }
    if (powerdown_requested) {
        powerdown_requested = 0;
        qemu_system_powerdown();
    }
    if (qemu_vmstop_requested(&r)) {
        vm_stop(r);
    }
    return false;
}

int qemu_main_loop(void)
{
    int status = EXIT_SUCCESS;

    while (!main_loop_should_exit(&status)) {
        main_loop_wait(false);
    }
    return status;
}
