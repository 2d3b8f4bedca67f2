/*
 * The table of the human monitor's commands, and those about the whole.
 *
 * Commands about a part of the machine are with that part; this table is
 * where to find their names.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "config-host.h"
#include "monitor-internal.h"
#include "monitor/hmp.h"
#include "qapi/error.h"
#include "qapi/qapi-types-run-state.h"
#include "qapi/qmp/qdict.h"
#include "qemu/error-report.h"
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

void hmp_system_reset(Monitor *mon, const QDict *qdict)
{
    qemu_system_reset_request(SHUTDOWN_CAUSE_HOST_QMP_SYSTEM_RESET);
}

const HMPCommand hmp_info_cmds[] = {
    {
        .name = "mtree",
        .args_type = "flatview:-f,dispatch_tree:-d,owner:-o,disabled:-D",
        .params = "[-f][-d][-o][-D]",
        .help = "show the tree of memory regions (-f: as flat views; "
                "-d: with the dispatch tables; -o: with owners; "
                "-D: with disabled regions)",
        .cmd = hmp_info_mtree,
    }, {
        .name = "name",
        .args_type = "",
        .params = "",
        .help = "show the name of the guest",
        .cmd = hmp_info_name,
    }, {
        .name = "network",
        .args_type = "",
        .params = "",
        .help = "show network devices and back ends",
        .cmd = hmp_info_network,
    }, {
        .name = "pci",
        .args_type = "",
        .params = "",
        .help = "show what is on the PCI buses",
        .cmd = hmp_info_pci,
    }, {
        .name = "qdm",
        .args_type = "",
        .params = "",
        .help = "show the types of devices",
        .cmd = hmp_info_qdm,
    }, {
        .name = "qom-tree",
        .args_type = "path:s?",
        .params = "[path]",
        .help = "show the tree of objects: who owns whom",
        .cmd = hmp_info_qom_tree,
    }, {
        .name = "qtree",
        .args_type = "",
        .params = "",
        .help = "show the tree of devices: who is plugged into what",
        .cmd = hmp_info_qtree,
    }, {
        .name = "status",
        .args_type = "",
        .params = "",
        .help = "show whether the guest runs",
        .cmd = hmp_info_status,
    }, {
        .name = "version",
        .args_type = "",
        .params = "",
        .help = "show the version of this program",
        .cmd = hmp_info_version,
    },
    { }
};

const HMPCommand hmp_cmds[] = {
    {
        .name = "announce_self",
        .args_type = "interfaces:s?,id:s?",
        .params = "[interfaces] [id]",
        .help = "tell the network where the guest's cards are",
        .cmd = hmp_announce_self,
    }, {
        .name = "cont|c",
        .args_type = "",
        .params = "",
        .help = "let the guest run",
        .cmd = hmp_cont,
    }, {
        .name = "help|?",
        .args_type = "name:S?",
        .params = "[cmd]",
        .help = "show the commands, or what one of them takes",
        .cmd = hmp_help,
    }, {
        .name = "info",
        .args_type = "item:s?",
        .params = "[subcommand]",
        .help = "show something about the machine",
        .cmd = hmp_info_help,
        .sub_table = hmp_info_cmds,
    }, {
        .name = "quit|q",
        .args_type = "",
        .params = "",
        .help = "end this program",
        .cmd = hmp_quit,
    }, {
        .name = "set_link",
        .args_type = "name:s,up:b",
        .params = "name on|off",
        .help = "plug the cable of a card or back end in, or pull it",
        .cmd = hmp_set_link,
    }, {
        .name = "stop|s",
        .args_type = "",
        .params = "",
        .help = "stop the guest",
        .cmd = hmp_stop,
    }, {
        .name = "system_reset",
        .args_type = "",
        .params = "",
        .help = "reset the machine",
        .cmd = hmp_system_reset,
    },
    { }
};
