/*
 * From QObject to C struct.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QOBJECT_INPUT_VISITOR_H
#define QOBJECT_INPUT_VISITOR_H

#include "qapi/visitor.h"

typedef struct QObjectInputVisitor QObjectInputVisitor;

/*
 * For QObjects that came as JSON.  Types must match: a number is not
 * accepted where the schema wants a string.  A member that the schema does
 * not have is an error.  The visitor keeps a reference to @obj.
 */
Visitor *qobject_input_visitor_new(QObject *obj);

/* As above, but what has special features is treated as -compat says. */
Visitor *qobject_input_visitor_new_qmp(QObject *obj);

/*
 * For what keyval_parse() made: all scalars are strings and are converted to
 * the type that the schema wants ("on" to a bool, "1G" to a size).
 */
Visitor *qobject_input_visitor_new_keyval(QObject *obj);

/*
 * For the argument of an option, in either form: JSON if @str begins with a
 * '{', else KEY=VALUE,... where a first value without a key is
 * @implied_key's.  NULL with @errp set if @str is malformed.
 */
Visitor *qobject_input_visitor_new_str(const char *str,
                                       const char *implied_key,
                                       Error **errp);

#endif
