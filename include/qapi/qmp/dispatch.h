/*
 * From a request to the function that serves it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QAPI_QMP_DISPATCH_H
#define QAPI_QMP_DISPATCH_H

#include "qapi/qmp/qdict.h"
#include "qemu/queue.h"

/*
 *     {"execute": "set_link",              qmp_dispatch()
 *      "arguments": {...}, "id": 7}             |  looks the name up
 *                                               v
 *                                        qmp_marshal_set_link()   generated
 *                                               |  visits the arguments
 *                                               v
 *                                        qmp_set_link("n0", false, &err)
 *                                               |
 *     {"return": {}, "id": 7}            <------+
 *     {"error": {...}, "id": 7}
 *
 * A program has a list of commands, or several: QMP has one for the time
 * before capabilities are agreed on, and one for afterwards.  Generated
 * qmp_init_marshal() fills a list with the commands of the schema.
 */

/* Serve a command: *@ret, the result, is left alone if there is none. */
typedef void (QmpCommandFunc)(QDict *args, QObject **ret, Error **errp);

typedef enum QmpCommandOptions {
    QCO_NO_SUCCESS_RESP = (1U << 0),    /* answer only in case of an error */
    QCO_ALLOW_OOB = (1U << 1),          /* may overtake other commands */
    QCO_ALLOW_PRECONFIG = (1U << 2),    /* works before there is a machine */
    QCO_COROUTINE = (1U << 3),          /* may yield; no command here does */
} QmpCommandOptions;

typedef struct QmpCommand {
    const char *name;
    QmpCommandFunc *fn;
    QmpCommandOptions options;
    unsigned special_features;          /* of 1u << QAPI_DEPRECATED, … */
    QTAILQ_ENTRY(QmpCommand) node;
    bool enabled;
    const char *disable_reason;
} QmpCommand;

typedef QTAILQ_HEAD(QmpCommandList, QmpCommand) QmpCommandList;

/* Add a command; @name and @fn are not copied. */
void qmp_register_command(QmpCommandList *cmds, const char *name,
                          QmpCommandFunc *fn, QmpCommandOptions options,
                          unsigned special_features);

/* The command of that name, or NULL. */
const QmpCommand *qmp_find_command(const QmpCommandList *cmds,
                                   const char *name);

/*
 * Switch a command off and on.  The dispatcher refuses it meanwhile, with
 * @reason, which may be NULL and is not copied, at the end of the message.
 */
void qmp_disable_command(QmpCommandList *cmds, const char *name,
                         const char *reason);
void qmp_enable_command(QmpCommandList *cmds, const char *name);
bool qmp_command_is_enabled(const QmpCommand *cmd);

/*
 * Can @cmd run at this time?  Provided by the program; false with @errp set
 * if not.
 */
bool qmp_command_available(const QmpCommand *cmd, Error **errp);

const char *qmp_command_name(const QmpCommand *cmd);
bool qmp_has_success_response(const QmpCommand *cmd);

/* {"error": {"class": …, "desc": …}} for @err, which is freed. */
QDict *qmp_error_response(Error *err);

/*
 * Serve @request, any JSON value, on behalf of @cur_mon (which may be NULL).
 * The answer is the caller's; NULL if the command gives none.  "exec-oob" is
 * known only with @allow_oob.
 */
QDict *qmp_dispatch(const QmpCommandList *cmds, QObject *request,
                    bool allow_oob, Monitor *cur_mon);

/* Is this request to be served out of band? */
bool qmp_is_oob(const QDict *dict);

typedef void (*qmp_cmd_callback_fn)(const QmpCommand *cmd, void *opaque);
void qmp_for_each_command(const QmpCommandList *cmds, qmp_cmd_callback_fn fn,
                          void *opaque);

#endif
