/*
 * -action and set-action: what to do when the guest ends in one way or another.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-run-state.h"
#include "qapi/qmp/qdict.h"
#include "qemu/option.h"
#include "sysemu/runstate-action.h"
#include "sysemu/runstate.h"

void qmp_set_action(bool has_reboot, RebootAction reboot,
                    bool has_shutdown, ShutdownAction shutdown,
                    bool has_panic, PanicAction panic,
                    bool has_watchdog, WatchdogAction watchdog,
                    Error **errp)
{
    if (has_reboot) {
        reboot_action = reboot;
    }
    if (has_panic) {
        panic_action = panic;
    }
    if (has_watchdog) {
        qmp_watchdog_set_action(watchdog, errp);
    }
    if (has_shutdown) {
        shutdown_action = shutdown;
    }
}

/* One option is one of the command's arguments. */
static int process_runstate_action(void *opaque, const char *name,
                                   const char *value, Error **errp)
{
    ERRP_GUARD();
    QDict *args = qdict_new();
    QObject *ret = NULL;
    bool ok;

    qdict_put_str(args, name, value);
    qmp_marshal_set_action(args, &ret, errp);
    ok = !*errp;
    qobject_unref(ret);
    qobject_unref(args);
    return ok ? 0 : -1;
}

int process_runstate_actions(void *opaque, QemuOpts *opts, Error **errp)
{
    return qemu_opt_foreach(opts, process_runstate_action, NULL, errp);
}
