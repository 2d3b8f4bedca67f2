/*
 * QObjects from and to JSON text.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QJSON_H
#define QJSON_H

/*
 * The text is RFC 8259's, and as an extension strings may stand in single
 * quotes, which spares C sources many a backslash.  An object with the same
 * key twice is an error.
 *
 * The _jsonf_ family fills in values as it parses.  The template has, in
 * place of a JSON value, one of
 *
 *     %s                                      a string, quoted and escaped
 *     %i                              a bool, as an int
 *     %d %ld %lld %" PRId64 "         a signed integer
 *     %u %lu %llu %" PRIu64 "         an unsigned integer
 *     %f                              a double
 *     %p                              a QObject; its reference is taken over
 *
 * Within a string only %% may occur, for one percent sign.  Text from outside
 * is never a template: hand it in as %s.
 */

/* The value, or NULL with @errp set. */
QObject *qobject_from_json(const char *string, Error **errp);

/* As above, from a template that is known to be right. */
QObject *qobject_from_vjsonf_nofail(const char *string, va_list ap)
    G_GNUC_PRINTF(1, 0);
QObject *qobject_from_jsonf_nofail(const char *string, ...)
    G_GNUC_PRINTF(1, 2);
QDict *qdict_from_vjsonf_nofail(const char *string, va_list ap)
    G_GNUC_PRINTF(1, 0);
QDict *qdict_from_jsonf_nofail(const char *string, ...)
    G_GNUC_PRINTF(1, 2);

/* The text in plain ASCII, on one line or indented by four; free it. */
GString *qobject_to_json(const QObject *obj);
GString *qobject_to_json_pretty(const QObject *obj, bool pretty);

#endif
