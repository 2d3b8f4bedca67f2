/*
 * Nested and flat dictionaries.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef BLOCK_QDICT_H
#define BLOCK_QDICT_H

/*
 * A tree may be written flat, with the path as the key:
 *
 *     nested                              flat
 *     { "addr": { "type": "inet",         { "addr.type": "inet",
 *                 "port": "80" },           "addr.port": "80",
 *       "list": [ "a", "b" ] }              "list.0": "a", "list.1": "b" }
 *
 * A dot that belongs to a key is doubled in the flat form.
 */

#include "qapi/qmp/qdict.h"

/* Turn @qdict from nested to flat.  Empty members stay as they are. */
void qdict_flatten(QDict *qdict);

/*
 * A nested copy of the flat @src: a QDict, or a QList if the keys are the
 * numbers from 0 up.  NULL with @errp set if keys contradict each other
 * ("a" beside "a.b", a list with a gap) or a value is nested already.
 */
QObject *qdict_crumple(const QDict *src, Error **errp);

/*
 * Take the entries whose key begins with @start out of @src; without the
 * prefix, they are in *@dst, a new dictionary (unless @dst is NULL).
 */
void qdict_extract_subqdict(QDict *src, QDict **dst, const char *start);

/* Entry @key of @src into @dst, if @dst has none. */
void qdict_copy_default(QDict *dst, QDict *src, const char *key);
/* @val for @key, if @dst has none. */
void qdict_set_default_str(QDict *dst, const char *key, const char *val);

#endif
