/*
 * Commands about QMP itself.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "config-host.h"
#include "hw/qdev-core.h"
#include "monitor-internal.h"
#include "monitor/qdev.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-control.h"
#include "qapi/qapi-init-commands.h"
#include "qapi/qapi-introspect.h"

VersionInfo *qmp_query_version(Error **errp)
{
    VersionInfo *info = g_new0(VersionInfo, 1);
    VersionTriple *triple = g_new0(VersionTriple, 1);
    int major, minor, micro;

    if (sscanf(QEMU_VERSION, "%d.%d.%d", &major, &minor, &micro) != 3) {
        g_assert_not_reached();
    }
    triple->major = major;
    triple->minor = minor;
    triple->micro = micro;
    info->qemu = triple;
    info->package = g_strdup("");
    return info;
}

static void query_commands_cb(const QmpCommand *cmd, void *opaque)
{
    CommandInfoList **list = opaque;
    CommandInfo *info;

    if (!qmp_command_is_enabled(cmd)) {
        return;
    }
    info = g_new0(CommandInfo, 1);
    info->name = g_strdup(qmp_command_name(cmd));
    QAPI_LIST_PREPEND(*list, info);
}

CommandInfoList *qmp_query_commands(Error **errp)
{
    CommandInfoList *list = NULL;

    /* Who may ask has all of them. */
    qmp_for_each_command(&qmp_commands, query_commands_cb, &list);
    return list;
}

/* The answer is made already; a struct of it would be made in vain. */
static void qmp_query_qmp_schema(QDict *qdict, QObject **ret_data,
                                 Error **errp)
{
    const QDictEntry *extra = qdict_first(qdict);

    if (extra) {
        error_setg(errp, "Parameter '%s' is unexpected",
                   qdict_entry_key(extra));
        return;
    }
    *ret_data = qobject_from_qlit(&qmp_schema_qlit);
}

bool qmp_command_available(const QmpCommand *cmd, Error **errp)
{
    if (!phase_check(PHASE_MACHINE_READY)
        && !(cmd->options & QCO_ALLOW_PRECONFIG)) {
        error_setg(errp, "The command '%s' is permitted only after machine "
                   "initialization has completed", cmd->name);
        return false;
    }
    return true;
}

void monitor_init_qmp_commands(void)
{
    qmp_init_marshal(&qmp_commands);
    qmp_register_command(&qmp_commands, "query-qmp-schema",
                         qmp_query_qmp_schema, QCO_ALLOW_PRECONFIG, 0);
    qmp_register_command(&qmp_commands, "device_add", qmp_device_add, 0, 0);

    QTAILQ_INIT(&qmp_cap_negotiation_commands);
    qmp_register_command(&qmp_cap_negotiation_commands, "qmp_capabilities",
                         qmp_marshal_qmp_capabilities,
                         QCO_ALLOW_PRECONFIG, 0);
}
