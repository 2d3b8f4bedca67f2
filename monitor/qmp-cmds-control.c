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
#include "qapi/compat-policy.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-control.h"
#include "qapi/qapi-commands-introspect.h"
#include "qapi/qapi-init-commands.h"
#include "qapi/qapi-introspect.h"
#include "qapi/qapi-visit-introspect.h"
#include "qapi/qobject-input-visitor.h"

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

static bool has_deprecated(bool has_features, strList *features)
{
    for (strList *f = has_features ? features : NULL; f; f = f->next) {
        if (g_str_equal(f->value, "deprecated")) {
            return true;
        }
    }
    return false;
}

/* Take the elements of a QAPI list for which @gone holds out of it. */
#define ZAP(Type, list, gone)                                           \
    for (Type ## List **link = &(list), *elt; (elt = *link); ) {        \
        if (gone) {                                                     \
            *link = elt->next;                                          \
            elt->next = NULL;                                           \
            qapi_free_ ## Type ## List(elt);                            \
        } else {                                                        \
            link = &elt->next;                                          \
        }                                                               \
    }

/* A client that wants no deprecated output is not told what would be. */
static void zap_deprecated(SchemaInfoList **schema)
{
    ZAP(SchemaInfo, *schema,
        (elt->value->meta_type == SCHEMA_META_TYPE_COMMAND
         || elt->value->meta_type == SCHEMA_META_TYPE_EVENT)
        && has_deprecated(elt->value->has_features, elt->value->features));

    for (SchemaInfoList *s = *schema; s; s = s->next) {
        if (s->value->meta_type == SCHEMA_META_TYPE_OBJECT) {
            ZAP(SchemaInfoObjectMember, s->value->u.object.members,
                has_deprecated(elt->value->has_features,
                               elt->value->features));
        }
    }
}

SchemaInfoList *qmp_query_qmp_schema(Error **errp)
{
    QObject *obj = qobject_from_qlit(&qmp_schema_qlit);
    Visitor *v = qobject_input_visitor_new(obj);
    SchemaInfoList *schema = NULL;

    /* tests/unit/test-qmp-introspect.c: what is generated can be visited. */
    visit_type_SchemaInfoList(v, NULL, &schema, &error_abort);
    visit_free(v);
    qobject_unref(obj);
    if (compat_policy.deprecated_output == COMPAT_POLICY_OUTPUT_HIDE) {
        zap_deprecated(&schema);
    }
    return schema;
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
    qmp_register_command(&qmp_commands, "device_add", qmp_device_add, 0, 0);

    QTAILQ_INIT(&qmp_cap_negotiation_commands);
    qmp_register_command(&qmp_cap_negotiation_commands, "qmp_capabilities",
                         qmp_marshal_qmp_capabilities,
                         QCO_ALLOW_PRECONFIG, 0);
}
