/*
 * Commands of the human monitor about the whole, the log and the monitor.
 *
 * Commands about a part of the machine are with that part; the tables, in
 * hmp-commands.c and hmp-commands-info.c, are where to find their names.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "config-host.h"
#include "exec/gdbstub.h"
#include "hw/nmi.h"
#include "monitor-internal.h"
#include "monitor/hmp-target.h"
#include "monitor/hmp.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-misc.h"
#include "qapi/qapi-commands-run-state.h"
#include "qapi/util.h"
#include "qapi/qapi-commands-misc.h"
#include "qapi/qapi-types-run-state.h"
#include "qapi/qmp/qdict.h"
#include "qemu/error-report.h"
#include "qemu/log.h"
#include "sysemu/runstate.h"
#include "sysemu/sysemu.h"

bool hmp_handle_error(Monitor *mon, Error *err)
{
    if (err) {
        error_reportf_err(err, "Error: ");
        return true;
    }
    return false;
}

void hmp_help(Monitor *mon, const QDict *qdict)
{
    help_cmd(mon, qdict_get_try_str(qdict, "name"));
}

void hmp_info_help(Monitor *mon, const QDict *qdict)
{
    help_cmd(mon, "info");
}

void hmp_gdbserver(Monitor *mon, const QDict *qdict)
{
    const char *device = qdict_get_try_str(qdict, "device") ?:
                         "tcp::" DEFAULT_GDBSTUB_PORT;

    if (gdbserver_start(device) < 0) {
        monitor_printf(mon, "Could not open gdbserver on device '%s'\n",
                       device);
    } else if (strcmp(device, "none") == 0) {
        monitor_printf(mon, "Disabled gdbserver\n");
    } else {
        monitor_printf(mon, "Waiting for gdb connection on device '%s'\n",
                       device);
    }
}

void hmp_info_name(Monitor *mon, const QDict *qdict)
{
    if (qemu_name) {
        monitor_printf(mon, "%s\n", qemu_name);
    }
}

void hmp_info_version(Monitor *mon, const QDict *qdict)
{
    monitor_printf(mon, "%s\n", QEMU_VERSION);
}

void hmp_info_status(Monitor *mon, const QDict *qdict)
{
    RunState state = runstate_get();

    monitor_printf(mon, "VM status: %s",
                   runstate_is_running() ? "running" : "paused");
    if (state != RUN_STATE_RUNNING && state != RUN_STATE_PAUSED) {
        monitor_printf(mon, " (%s)", RunState_str(state));
    }
    monitor_printf(mon, "\n");
}

void hmp_quit(Monitor *mon, const QDict *qdict)
{
    /* No prompt any more. */
    monitor_suspend(mon);
    /* Whoever asks for the end gets it, -no-shutdown or not. */
    shutdown_action = SHUTDOWN_ACTION_POWEROFF;
    qemu_system_shutdown_request(SHUTDOWN_CAUSE_HOST_QMP_QUIT);
}

void hmp_stop(Monitor *mon, const QDict *qdict)
{
    vm_stop(RUN_STATE_PAUSED);
}

void hmp_cont(Monitor *mon, const QDict *qdict)
{
    Error *err = NULL;

    if (runstate_needs_reset()) {
        error_setg(&err, "Resetting the Virtual Machine is required");
        hmp_handle_error(mon, err);
        return;
    }
    vm_start();
}

void hmp_system_powerdown(Monitor *mon, const QDict *qdict)
{
    qemu_system_powerdown_request();
}

void hmp_system_reset(Monitor *mon, const QDict *qdict)
{
    qemu_system_reset_request(SHUTDOWN_CAUSE_HOST_QMP_SYSTEM_RESET);
}

void hmp_exit_preconfig(Monitor *mon, const QDict *qdict)
{
    Error *err = NULL;

    qmp_x_exit_preconfig(&err);
    hmp_handle_error(mon, err);
}

void hmp_watchdog_action(Monitor *mon, const QDict *qdict)
{
    Error *err = NULL;
    int action = qapi_enum_parse(&WatchdogAction_lookup,
                                 qdict_get_str(qdict, "action"), -1, &err);

    if (action >= 0) {
        qmp_watchdog_set_action(action, &err);
    }
    hmp_handle_error(mon, err);
}

void hmp_boot_set(Monitor *mon, const QDict *qdict)
{
    Error *local_err = NULL;
    const char *bootdevice = qdict_get_str(qdict, "bootdevice");

    qemu_boot_set(bootdevice, &local_err);
    if (local_err) {
        error_report_err(local_err);
    } else {
        monitor_printf(mon, "boot device list now set to %s\n", bootdevice);
    }
}

void hmp_nmi(Monitor *mon, const QDict *qdict)
{
    Error *err = NULL;

    nmi_monitor_handle(monitor_get_cpu_index(mon), &err);
    hmp_handle_error(mon, err);
}

/* The monitor */

void hmp_info_history(Monitor *mon, const QDict *qdict)
{
    ReadLineState *rs = container_of(mon, MonitorHMP, common)->rs;
    const char *line;

    for (int i = 0; rs && (line = readline_get_history(rs, i)); i++) {
        monitor_printf(mon, "%d: '%s'\n", i, line);
    }
}

/* The log */

void hmp_log(Monitor *mon, const QDict *qdict)
{
    const char *items = qdict_get_str(qdict, "items");
    int mask = g_str_equal(items, "none") ? 0 : qemu_str_to_log_mask(items);
    Error *err = NULL;

    if (!mask && !g_str_equal(items, "none")) {
        help_cmd(mon, "log");
        return;
    }
    if (!qemu_set_log(mask, &err)) {
        error_report_err(err);
    }
}

void hmp_logfile(Monitor *mon, const QDict *qdict)
{
    Error *err = NULL;

    if (!qemu_set_log_filename(qdict_get_str(qdict, "filename"), &err)) {
        error_report_err(err);
    }
}

/* Descriptors */

void hmp_getfd(Monitor *mon, const QDict *qdict)
{
    Error *err = NULL;

    qmp_getfd(qdict_get_str(qdict, "fdname"), &err);
    hmp_handle_error(mon, err);
}

void hmp_closefd(Monitor *mon, const QDict *qdict)
{
    Error *err = NULL;

    qmp_closefd(qdict_get_str(qdict, "fdname"), &err);
    hmp_handle_error(mon, err);
}
