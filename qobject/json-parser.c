/*
 * From JSON text to QObjects, by way of json-c.
 *
 * The text comes from json-streamer.c: its tokens are right, but they may be
 * in any order.  json-c finds out, and what it says is translated.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qmp/qbool.h"
#include "qapi/qmp/qdict.h"
#include "qapi/qmp/qlist.h"
#include "qapi/qmp/qnull.h"
#include "qapi/qmp/qnum.h"
#include "qapi/qmp/qstring.h"
#include "qemu/units.h"
#include "json-lexer.h"
#include <json-c/json.h>

/* @ch is where json-c stopped. */
static const char *json_parser_strerror(enum json_tokener_error err, char ch)
{
    switch (err) {
    case json_tokener_continue:
    case json_tokener_error_parse_eof:
        return "premature EOI";
    case json_tokener_error_parse_array:
        return "expected separator in list";
    case json_tokener_error_parse_object_key_name:
        return ch && strchr(",:]}", ch) ? "expecting value"
                                        : "key is not a string in object";
    case json_tokener_error_parse_object_key_sep:
        return "missing : in object pair";
    case json_tokener_error_parse_object_value_sep:
        return "expected separator in dict";
    default:
        return "expecting value";
    }
}

static QObject *json_to_qstring(JSONMessageParser *parser, json_object *json)
{
    const char *str = json_object_get_string(json);
    QObject *obj;

    /* What json_put_interp() made of a %p. */
    if (json_object_get_string_len(json) && !str[0]) {
        obj = parser->objects->pdata[atoi(str + 1)];
        return qobject_ref(obj);
    }
    return QOBJECT(qstring_from_str(str));
}

/* The depth is bounded: json-streamer.c counts brackets.  Adds to *@members. */
static QObject *json_to_qobject(JSONMessageParser *parser, json_object *json,
                                size_t *members)
{
    switch (json_object_get_type(json)) {
    case json_type_null:
        return QOBJECT(qnull());
    case json_type_boolean:
        return QOBJECT(qbool_from_bool(json_object_get_boolean(json)));
    case json_type_double:
        return QOBJECT(qnum_from_double(json_object_get_double(json)));
    case json_type_int: {
        /* The getters saturate, so these differ just above INT64_MAX. */
        uint64_t uval = json_object_get_uint64(json);

        if (uval > INT64_MAX) {
            return QOBJECT(qnum_from_uint(uval));
        }
        return QOBJECT(qnum_from_int(json_object_get_int64(json)));
    }
    case json_type_string:
        return json_to_qstring(parser, json);
    case json_type_array: {
        QList *qlist = qlist_new();

        for (size_t i = 0; i < json_object_array_length(json); i++) {
            qlist_append_obj(qlist, json_to_qobject(
                parser, json_object_array_get_idx(json, i), members));
        }
        return QOBJECT(qlist);
    }
    case json_type_object: {
        QDict *qdict = qdict_new();

        json_object_object_foreach(json, key, value) {
            ++*members;
            qdict_put_obj(qdict, key,
                          json_to_qobject(parser, value, members));
        }
        return QOBJECT(qdict);
    }
    }
    g_assert_not_reached();
}

QObject *json_parser_parse(JSONMessageParser *parser, Error **errp)
{
    struct json_tokener *tok;
    json_object *json;
    enum json_tokener_error status;
    QObject *obj;
    size_t members = 0, end;

    if (parser->err) {
        error_propagate(errp, parser->err);
        parser->err = NULL;
        return NULL;
    }

    tok = json_tokener_new_ex(JSON_MAX_NESTING + 2);
    json_tokener_set_flags(tok, JSON_TOKENER_STRICT);
    /* The terminating zero ends a number that nothing else follows. */
    json = json_tokener_parse_ex(tok, parser->text->str,
                                 parser->text->len + 1);
    status = json_tokener_get_error(tok);
    end = json_tokener_get_parse_end(tok);
    json_tokener_free(tok);
    if (status != json_tokener_success) {
        json_object_put(json);
        error_setg(errp, "JSON parse error, %s",
                   json_parser_strerror(status, parser->text->str[end]));
        return NULL;
    }

    obj = json_to_qobject(parser, json, &members);
    json_object_put(json);
    /* json-c keeps the last of several equal keys: then some are missing. */
    if (members != parser->member_count) {
        qobject_unref(obj);
        error_setg(errp, "JSON parse error, duplicate key");
        return NULL;
    }
    return obj;
}
