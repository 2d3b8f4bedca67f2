/*
 * Look at a request, find its command, run it, wrap what comes out.
 *
 * Read include/qapi/qmp/dispatch.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "monitor/monitor.h"
#include "qapi/compat-policy.h"
#include "qapi/error.h"
#include "qapi/qapi-types-error.h"
#include "qapi/qmp/dispatch.h"
#include "qapi/qmp/qstring.h"

/*
 * The request as a dictionary if its form is right: one command name, and
 * nothing but what may be beside it.  @exec_key is set to "execute" or
 * "exec-oob".
 */
static QDict *qmp_dispatch_check_obj(QDict *dict, bool allow_oob,
                                     const char **exec_key, Error **errp)
{
    const QDictEntry *ent;

    *exec_key = NULL;
    for (ent = qdict_first(dict); ent; ent = qdict_next(dict, ent)) {
        const char *name = qdict_entry_key(ent);
        const QObject *value = qdict_entry_value(ent);

        if (!strcmp(name, "execute")
            || (!strcmp(name, "exec-oob") && allow_oob)) {
            if (qobject_type(value) != QTYPE_QSTRING) {
                error_setg(errp, "QMP input member '%s' must be a string",
                           name);
                return NULL;
            }
            if (*exec_key) {
                error_setg(errp, "QMP input member '%s' clashes with '%s'",
                           name, *exec_key);
                return NULL;
            }
            *exec_key = name;
        } else if (!strcmp(name, "arguments")) {
            if (qobject_type(value) != QTYPE_QDICT) {
                error_setg(errp, "QMP input member '%s' must be an object",
                           name);
                return NULL;
            }
        } else if (strcmp(name, "id")) {
            error_setg(errp, "QMP input member '%s' is unexpected", name);
            return NULL;
        }
    }
    if (!*exec_key) {
        error_setg(errp, "QMP input lacks member 'execute'");
        return NULL;
    }
    return dict;
}

/* The command called @name, if it may be used in this way at this time. */
static const QmpCommand *qmp_dispatch_find(const QmpCommandList *cmds,
                                           const char *name, bool oob,
                                           Error **errp)
{
    const QmpCommand *cmd = qmp_find_command(cmds, name);

    if (!cmd) {
        error_set(errp, ERROR_CLASS_COMMAND_NOT_FOUND,
                  "The command %s has not been found", name);
        return NULL;
    }
    if (!compat_policy_input_ok(cmd->special_features, &compat_policy,
                                ERROR_CLASS_COMMAND_NOT_FOUND,
                                "command", name, errp)) {
        return NULL;
    }
    if (!cmd->enabled) {
        error_set(errp, ERROR_CLASS_COMMAND_NOT_FOUND,
                  "Command %s has been disabled%s%s", name,
                  cmd->disable_reason ? ": " : "",
                  cmd->disable_reason ?: "");
        return NULL;
    }
    if (oob && !(cmd->options & QCO_ALLOW_OOB)) {
        error_setg(errp, "The command %s does not support OOB", name);
        return NULL;
    }
    return qmp_command_available(cmd, errp) ? cmd : NULL;
}

/* What the command in @dict returns; NULL if nothing, or with @errp set. */
static QObject *do_qmp_dispatch(const QmpCommandList *cmds, QDict *dict,
                                bool allow_oob, Monitor *cur_mon,
                                Error **errp)
{
    ERRP_GUARD();
    const char *exec_key;
    const QmpCommand *cmd;
    QObject *ret = NULL;
    Monitor *old_mon;
    QDict *args;

    if (!qmp_dispatch_check_obj(dict, allow_oob, &exec_key, errp)) {
        return NULL;
    }
    cmd = qmp_dispatch_find(cmds, qdict_get_str(dict, exec_key),
                            !strcmp(exec_key, "exec-oob"), errp);
    if (!cmd) {
        return NULL;
    }

    args = qdict_get_qdict(dict, "arguments");
    if (args) {
        qobject_ref(args);
    } else {
        args = qdict_new();
    }
    old_mon = monitor_set_cur(NULL, cur_mon);
    cmd->fn(args, &ret, errp);
    monitor_set_cur(NULL, old_mon);
    qobject_unref(args);

    if (*errp) {
        assert(!ret);
    } else if (cmd->options & QCO_NO_SUCCESS_RESP) {
        assert(!ret);
    } else if (!ret) {
        ret = QOBJECT(qdict_new());
    }
    return ret;
}

QDict *qmp_error_response(Error *err)
{
    QDict *rsp = qdict_new(), *error = qdict_new();

    qdict_put_str(error, "class",
                  QapiErrorClass_str(error_get_class(err)));
    qdict_put_str(error, "desc", error_get_pretty(err));
    qdict_put(rsp, "error", error);
    error_free(err);
    return rsp;
}

QDict *qmp_dispatch(const QmpCommandList *cmds, QObject *request,
                    bool allow_oob, Monitor *cur_mon)
{
    QDict *dict = qobject_to(QDict, request);
    Error *err = NULL;
    QObject *ret = NULL;
    QDict *rsp = NULL;

    if (dict) {
        ret = do_qmp_dispatch(cmds, dict, allow_oob, cur_mon, &err);
    } else {
        error_setg(&err, "QMP input must be a JSON object");
    }
    if (err) {
        rsp = qmp_error_response(err);
    } else if (ret) {
        rsp = qdict_new();
        qdict_put_obj(rsp, "return", ret);
    }
    if (rsp && dict && qdict_haskey(dict, "id")) {
        qdict_put_obj(rsp, "id", qobject_ref(qdict_get(dict, "id")));
    }
    return rsp;
}

bool qmp_is_oob(const QDict *dict)
{
    return qdict_haskey(dict, "exec-oob") && !qdict_haskey(dict, "execute");
}
