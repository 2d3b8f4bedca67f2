/*
 * libqmp-schema: is what the program says what its schema promises?
 *
 * query-qmp-schema describes each command's arguments and answer, and each
 * event's data, as types; the types of a schema are numbered, and their
 * numbers mean nothing outside of it.
 *
 *     { name: "query-name", meta-type: "command", arg-type: "0", ret-type: "17" }
 *     { name: "17", meta-type: "object", members: [ { name: "name", type: "str",
 *                                                     default: null } ] }
 *
 *     schema = qmp_schema_new(list);
 *     if (!qmp_schema_check_return(schema, "query-name", value, &err)) …
 *
 * Messages name the place: "return.cpus[2].type: no such value 'x' of 31".
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef LIBQMP_SCHEMA_H
#define LIBQMP_SCHEMA_H

#include "qapi/error.h"
#include "qapi/qmp/qdict.h"
#include "qapi/qmp/qlist.h"

typedef struct QmpSchema QmpSchema;

/* From what query-qmp-schema returned; takes a reference of its own. */
QmpSchema *qmp_schema_new(QList *entries);
void qmp_schema_free(QmpSchema *schema);

/*
 * The SchemaInfo of that name, or NULL; and of a command, by name.  They live
 * as long as @schema.
 */
const QDict *qmp_schema_lookup(const QmpSchema *schema, const char *name);
const QDict *qmp_schema_command(const QmpSchema *schema, const char *name);

/* Call @fn for each command or event ("command", "event"), as they come. */
void qmp_schema_foreach(const QmpSchema *schema, const char *meta_type,
                        void (*fn)(const QDict *info, void *opaque),
                        void *opaque);

/*
 * Is @value, found at @where, of type @type?  False with @errp set if not;
 * members that the schema does not know are wrong, too.
 */
bool qmp_schema_check(const QmpSchema *schema, const char *type,
                      const QObject *value, const char *where, Error **errp);

/* Is @value what @command may return? */
bool qmp_schema_check_return(const QmpSchema *schema, const char *command,
                             const QObject *value, Error **errp);

/* Is @event, a whole message, right?  And @rsp, if it is an error? */
bool qmp_schema_check_event(const QmpSchema *schema, const QDict *event,
                            Error **errp);
bool qmp_schema_check_error(const QDict *rsp, Error **errp);

#endif
