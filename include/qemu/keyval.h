/*
 * key=value,... with structure.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef KEYVAL_H
#define KEYVAL_H

#include "qapi/qmp/qdict.h"

/*
 *     -object memory-backend-ram,id=mem0,size=1G,host-nodes.0=1
 *
 * parses, with the implied key "qom-type", to
 *
 *     { "qom-type": "memory-backend-ram", "id": "mem0", "size": "1G",
 *       "host-nodes": [ "1" ] }
 *
 * A dot descends into a member; where all members are numbers from 0 on, a
 * list is meant.  Values are always strings: what they mean is the schema's
 * business (qobject_input_visitor_new_keyval()).  A comma in a value is
 * doubled.  A key that is given again replaces the former value.
 */

/*
 * @p_help, if not NULL, is set to whether "help" or "?" stood where a key
 * should be; if NULL, that is an error.  NULL with @errp set on failure.
 */
QDict *keyval_parse(const char *params, const char *implied_key,
                    bool *p_help, Error **errp);

/* The same on top of what @qdict has; the result is @qdict. */
QDict *keyval_parse_into(QDict *qdict, const char *params,
                         const char *implied_key, bool *p_help, Error **errp);

/* Add @new's members to @old, down to the leaves; @new's win, lists append. */
void keyval_merge(QDict *old, const QDict *new, Error **errp);

#endif
