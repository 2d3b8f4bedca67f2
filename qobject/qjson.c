/*
 * QObjects from and to JSON text.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qmp/json-parser.h"
#include "qapi/qmp/json-writer.h"
#include "qapi/qmp/qbool.h"
#include "qapi/qmp/qdict.h"
#include "qapi/qmp/qjson.h"
#include "qapi/qmp/qlist.h"
#include "qapi/qmp/qnum.h"
#include "qapi/qmp/qstring.h"

/* From text */

typedef struct JSONParsingState {
    QObject *result;
    Error *err;
} JSONParsingState;

static void consume_json(void *opaque, QObject *json, Error *err)
{
    JSONParsingState *s = opaque;

    assert(!json != !err);
    if (!s->err && s->result) {
        error_setg(&s->err, "Expecting at most one JSON value");
    }
    if (s->err) {
        qobject_unref(json);
        error_free(err);
        return;
    }
    s->result = json;
    s->err = err;
}

static QObject *qobject_from_jsonv(const char *string, va_list *ap,
                                   Error **errp)
{
    JSONParsingState s = {};
    JSONMessageParser parser;

    json_message_parser_init(&parser, consume_json, &s, ap);
    json_message_parser_feed(&parser, string, strlen(string));
    json_message_parser_flush(&parser);
    json_message_parser_destroy(&parser);

    if (!s.result && !s.err) {
        error_setg(&s.err, "Expecting a JSON value");
    }
    if (s.err) {
        qobject_unref(s.result);
        error_propagate(errp, s.err);
        return NULL;
    }
    return s.result;
}

QObject *qobject_from_json(const char *string, Error **errp)
{
    return qobject_from_jsonv(string, NULL, errp);
}

QObject *qobject_from_vjsonf_nofail(const char *string, va_list ap)
{
    QObject *obj;
    va_list ap_copy;

    /* va_list may be an array, which a parameter of that type is not. */
    va_copy(ap_copy, ap);
    obj = qobject_from_jsonv(string, &ap_copy, &error_abort);
    va_end(ap_copy);
    return obj;
}

QObject *qobject_from_jsonf_nofail(const char *string, ...)
{
    QObject *obj;
    va_list ap;

    va_start(ap, string);
    obj = qobject_from_vjsonf_nofail(string, ap);
    va_end(ap);
    return obj;
}

QDict *qdict_from_vjsonf_nofail(const char *string, va_list ap)
{
    QDict *qdict;

    qdict = qobject_to(QDict, qobject_from_vjsonf_nofail(string, ap));
    assert(qdict);
    return qdict;
}

QDict *qdict_from_jsonf_nofail(const char *string, ...)
{
    QDict *qdict;
    va_list ap;

    va_start(ap, string);
    qdict = qdict_from_vjsonf_nofail(string, ap);
    va_end(ap);
    return qdict;
}

/* To text */

static void to_json(JSONWriter *writer, const char *name, const QObject *obj)
{
    switch (qobject_type(obj)) {
    case QTYPE_QNULL:
        json_writer_null(writer, name);
        break;
    case QTYPE_QNUM: {
        QNum *val = qobject_to(QNum, obj);

        switch (val->kind) {
        case QNUM_I64:
            json_writer_int64(writer, name, val->u.i64);
            break;
        case QNUM_U64:
            json_writer_uint64(writer, name, val->u.u64);
            break;
        case QNUM_DOUBLE:
            json_writer_double(writer, name, val->u.dbl);
            break;
        }
        break;
    }
    case QTYPE_QSTRING:
        json_writer_str(writer, name,
                        qstring_get_str(qobject_to(QString, obj)));
        break;
    case QTYPE_QDICT: {
        QDict *val = qobject_to(QDict, obj);
        const QDictEntry *entry;

        json_writer_start_object(writer, name);
        for (entry = qdict_first(val); entry; entry = qdict_next(val, entry)) {
            to_json(writer, qdict_entry_key(entry), qdict_entry_value(entry));
        }
        json_writer_end_object(writer);
        break;
    }
    case QTYPE_QLIST: {
        QList *val = qobject_to(QList, obj);
        const QListEntry *entry;

        json_writer_start_array(writer, name);
        QLIST_FOREACH_ENTRY(val, entry) {
            to_json(writer, NULL, qlist_entry_obj(entry));
        }
        json_writer_end_array(writer);
        break;
    }
    case QTYPE_QBOOL:
        json_writer_bool(writer, name,
                         qbool_get_bool(qobject_to(QBool, obj)));
        break;
    default:
        g_assert_not_reached();
    }
}

GString *qobject_to_json_pretty(const QObject *obj, bool pretty)
{
    JSONWriter *writer = json_writer_new(pretty);

    to_json(writer, NULL, obj);
    return json_writer_get_and_free(writer);
}

GString *qobject_to_json(const QObject *obj)
{
    return qobject_to_json_pretty(obj, false);
}
