/*
 * libqmp-schema: is what the program says what its schema promises?
 *
 * Read libqmp-schema.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "libqmp-schema.h"
#include "qapi/qapi-types-error.h"
#include "qapi/qmp/qnum.h"
#include "qapi/qmp/qstring.h"

struct QmpSchema {
    QList *entries;
    GHashTable *by_name;        /* name -> QDict of @entries */
};

QmpSchema *qmp_schema_new(QList *entries)
{
    QmpSchema *schema = g_new0(QmpSchema, 1);
    const QListEntry *entry;

    schema->entries = qobject_ref(entries);
    schema->by_name = g_hash_table_new(g_str_hash, g_str_equal);
    QLIST_FOREACH_ENTRY(entries, entry) {
        QDict *info = qobject_to(QDict, qlist_entry_obj(entry));

        /* Two of a name would leave it to chance which is meant. */
        g_assert_true(g_hash_table_insert(schema->by_name,
                          (char *)qdict_get_str(info, "name"), info));
    }
    return schema;
}

void qmp_schema_free(QmpSchema *schema)
{
    g_hash_table_destroy(schema->by_name);
    qobject_unref(schema->entries);
    g_free(schema);
}

const QDict *qmp_schema_lookup(const QmpSchema *schema, const char *name)
{
    return g_hash_table_lookup(schema->by_name, name);
}

static bool qmp_schema_is(const QDict *info, const char *meta_type)
{
    return g_str_equal(qdict_get_str(info, "meta-type"), meta_type);
}

const QDict *qmp_schema_command(const QmpSchema *schema, const char *name)
{
    const QDict *info = qmp_schema_lookup(schema, name);

    return info && qmp_schema_is(info, "command") ? info : NULL;
}

void qmp_schema_foreach(const QmpSchema *schema, const char *meta_type,
                        void (*fn)(const QDict *info, void *opaque),
                        void *opaque)
{
    const QListEntry *entry;

    QLIST_FOREACH_ENTRY(schema->entries, entry) {
        QDict *info = qobject_to(QDict, qlist_entry_obj(entry));

        if (qmp_schema_is(info, meta_type)) {
            fn(info, opaque);
        }
    }
}

/* What a value must look like */

static const char *json_type_of(const QObject *value)
{
    switch (qobject_type(value)) {
    case QTYPE_QNULL:
        return "null";
    case QTYPE_QNUM:
        return qobject_to(QNum, value)->kind == QNUM_DOUBLE ? "number" : "int";
    case QTYPE_QSTRING:
        return "string";
    case QTYPE_QDICT:
        return "object";
    case QTYPE_QLIST:
        return "array";
    case QTYPE_QBOOL:
        return "boolean";
    default:
        g_assert_not_reached();
    }
}

static bool check_json_type(const char *expected, const QObject *value,
                            const char *where, Error **errp)
{
    const char *is = json_type_of(value);

    if (!strcmp(expected, "value") || !strcmp(expected, is) ||
        (!strcmp(expected, "number") && !strcmp(is, "int"))) {
        return true;
    }
    error_setg(errp, "%s: is of JSON type %s, expected %s", where, is,
               expected);
    return false;
}

static bool check_enum(const QDict *info, const QObject *value,
                       const char *where, Error **errp)
{
    const QListEntry *entry;
    const char *str;

    if (!check_json_type("string", value, where, errp)) {
        return false;
    }
    str = qstring_get_str(qobject_to(QString, value));
    QLIST_FOREACH_ENTRY(qdict_get_qlist(info, "members"), entry) {
        QDict *member = qobject_to(QDict, qlist_entry_obj(entry));

        if (!strcmp(qdict_get_str(member, "name"), str)) {
            return true;
        }
    }
    error_setg(errp, "%s: no such value '%s' of %s", where, str,
               qdict_get_str(info, "name"));
    return false;
}

static bool check_array(const QmpSchema *schema, const QDict *info,
                        const QObject *value, const char *where, Error **errp)
{
    const QListEntry *entry;
    int i = 0;

    if (!check_json_type("array", value, where, errp)) {
        return false;
    }
    QLIST_FOREACH_ENTRY(qobject_to(QList, value), entry) {
        g_autofree char *here = g_strdup_printf("%s[%d]", where, i++);

        if (!qmp_schema_check(schema, qdict_get_str(info, "element-type"),
                              qlist_entry_obj(entry), here, errp)) {
            return false;
        }
    }
    return true;
}

/*
 * The members of object type @info in @dict.  Those that are found are
 * removed from @unknown.
 */
static bool check_members(const QmpSchema *schema, const QDict *info,
                          const QDict *dict, QDict *unknown,
                          const char *where, Error **errp)
{
    const char *tag = qdict_get_try_str(info, "tag");
    const QListEntry *entry;

    QLIST_FOREACH_ENTRY(qdict_get_qlist(info, "members"), entry) {
        QDict *member = qobject_to(QDict, qlist_entry_obj(entry));
        const char *name = qdict_get_str(member, "name");
        g_autofree char *here = g_strdup_printf("%s.%s", where, name);
        QObject *value = qdict_get(dict, name);

        if (!value && !qdict_haskey(member, "default")) {
            error_setg(errp, "%s: is missing", here);
            return false;
        }
        if (value &&
            !qmp_schema_check(schema, qdict_get_str(member, "type"),
                              value, here, errp)) {
            return false;
        }
        qdict_del(unknown, name);
    }
    if (!tag) {
        return true;
    }
    QLIST_FOREACH_ENTRY(qdict_get_qlist(info, "variants"), entry) {
        QDict *variant = qobject_to(QDict, qlist_entry_obj(entry));

        if (!strcmp(qdict_get_str(variant, "case"),
                    qdict_get_str(dict, tag))) {
            return check_members(schema,
                qmp_schema_lookup(schema, qdict_get_str(variant, "type")),
                dict, unknown, where, errp);
        }
    }
    return true;
}

static bool check_object(const QmpSchema *schema, const QDict *info,
                         const QObject *value, const char *where, Error **errp)
{
    QDict *dict, *unknown;
    bool ok;

    if (!check_json_type("object", value, where, errp)) {
        return false;
    }
    dict = qobject_to(QDict, value);
    unknown = qdict_clone_shallow(dict);
    ok = check_members(schema, info, dict, unknown, where, errp);
    if (ok && qdict_size(unknown)) {
        error_setg(errp, "%s.%s: is not in the schema", where,
                   qdict_entry_key(qdict_first(unknown)));
        ok = false;
    }
    qobject_unref(unknown);
    return ok;
}

static bool check_alternate(const QmpSchema *schema, const QDict *info,
                            const QObject *value, const char *where,
                            Error **errp)
{
    const QListEntry *entry;

    QLIST_FOREACH_ENTRY(qdict_get_qlist(info, "members"), entry) {
        QDict *member = qobject_to(QDict, qlist_entry_obj(entry));

        if (qmp_schema_check(schema, qdict_get_str(member, "type"), value,
                             where, NULL)) {
            return true;
        }
    }
    error_setg(errp, "%s: is none of the types of %s", where,
               qdict_get_str(info, "name"));
    return false;
}

bool qmp_schema_check(const QmpSchema *schema, const char *type,
                      const QObject *value, const char *where, Error **errp)
{
    const QDict *info = qmp_schema_lookup(schema, type);

    if (!info) {
        error_setg(errp, "%s: there is no type %s", where, type);
        return false;
    }
    if (qmp_schema_is(info, "builtin")) {
        return check_json_type(qdict_get_str(info, "json-type"), value,
                               where, errp);
    }
    if (qmp_schema_is(info, "enum")) {
        return check_enum(info, value, where, errp);
    }
    if (qmp_schema_is(info, "array")) {
        return check_array(schema, info, value, where, errp);
    }
    if (qmp_schema_is(info, "object")) {
        return check_object(schema, info, value, where, errp);
    }
    if (qmp_schema_is(info, "alternate")) {
        return check_alternate(schema, info, value, where, errp);
    }
    error_setg(errp, "%s: %s is not a type", where, type);
    return false;
}

/* Whole messages */

bool qmp_schema_check_return(const QmpSchema *schema, const char *command,
                             const QObject *value, Error **errp)
{
    const QDict *info = qmp_schema_command(schema, command);

    if (!info) {
        error_setg(errp, "there is no command %s", command);
        return false;
    }
    return qmp_schema_check(schema, qdict_get_str(info, "ret-type"), value,
                            "return", errp);
}

bool qmp_schema_check_event(const QmpSchema *schema, const QDict *event,
                            Error **errp)
{
    const char *name = qdict_get_try_str(event, "event");
    const QDict *info = name ? qmp_schema_lookup(schema, name) : NULL;
    const QDict *stamp = qdict_get_qdict(event, "timestamp");
    QDict *none = qdict_new();
    QObject *data = qdict_get(event, "data");
    bool ok;

    if (!info || !qmp_schema_is(info, "event")) {
        error_setg(errp, "there is no event %s", name);
        qobject_unref(none);
        return false;
    }
    ok = qmp_schema_check(schema, qdict_get_str(info, "arg-type"),
                          data ?: QOBJECT(none), "data", errp);
    qobject_unref(none);
    if (ok && (!stamp || qdict_size(stamp) != 2 ||
               !qobject_to(QNum, qdict_get(stamp, "seconds")) ||
               !qobject_to(QNum, qdict_get(stamp, "microseconds")) ||
               qdict_size(event) != 2 + !!data)) {
        error_setg(errp, "event %s has a wrong frame", name);
        return false;
    }
    return ok;
}

bool qmp_schema_check_error(const QDict *rsp, Error **errp)
{
    const QDict *error = qdict_get_qdict(rsp, "error");
    const char *class = error ? qdict_get_try_str(error, "class") : NULL;

    if (!class || !qdict_get_try_str(error, "desc") ||
        qdict_size(error) != 2 ||
        qdict_size(rsp) != 1 + qdict_haskey(rsp, "id")) {
        error_setg(errp, "an error has a wrong frame");
        return false;
    }
    return qapi_enum_parse(&QapiErrorClass_lookup, class, -1, errp) >= 0;
}
