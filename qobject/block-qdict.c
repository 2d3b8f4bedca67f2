/*
 * Nested and flat dictionaries.
 *
 * Read include/block/qdict.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "block/qdict.h"
#include "qapi/error.h"
#include "qapi/qmp/qlist.h"
#include "qemu/cutils.h"

static void qdict_flatten_obj(QObject *obj, const char *prefix, QDict *target);

/* Put @value at the path @prefix, or what is in it below that. */
static void qdict_flatten_member(QObject *value, const char *prefix,
                                 QDict *target)
{
    QDict *dict = qobject_to(QDict, value);
    QList *list = qobject_to(QList, value);

    if ((dict && qdict_size(dict)) || (list && !qlist_empty(list))) {
        qdict_flatten_obj(value, prefix, target);
    } else {
        qdict_put_obj(target, prefix, qobject_ref(value));
    }
}

static void qdict_flatten_obj(QObject *obj, const char *prefix, QDict *target)
{
    QDict *dict = qobject_to(QDict, obj);
    QList *list = qobject_to(QList, obj);
    const QDictEntry *de;
    const QListEntry *le;
    int i = 0;

    if (dict) {
        for (de = qdict_first(dict); de; de = qdict_next(dict, de)) {
            g_autofree char *key = g_strdup_printf(
                "%s%s%s", prefix ?: "", prefix ? "." : "",
                qdict_entry_key(de));

            qdict_flatten_member(qdict_entry_value(de), key, target);
        }
        return;
    }
    QLIST_FOREACH_ENTRY(list, le) {
        g_autofree char *key = g_strdup_printf("%s.%d", prefix, i++);

        qdict_flatten_member(qlist_entry_obj(le), key, target);
    }
}

void qdict_flatten(QDict *qdict)
{
    QDict *flat = qdict_new();
    const QDictEntry *entry;

    qdict_flatten_obj(QOBJECT(qdict), NULL, flat);
    while ((entry = qdict_first(qdict))) {
        qdict_del(qdict, qdict_entry_key(entry));
    }
    for (entry = qdict_first(flat); entry; entry = qdict_next(flat, entry)) {
        qdict_put_obj(qdict, qdict_entry_key(entry),
                      qobject_ref(qdict_entry_value(entry)));
    }
    qobject_unref(flat);
}

void qdict_extract_subqdict(QDict *src, QDict **dst, const char *start)
{
    const QDictEntry *entry, *next;
    const char *rest;

    if (dst) {
        *dst = qdict_new();
    }
    for (entry = qdict_first(src); entry; entry = next) {
        next = qdict_next(src, entry);
        if (strstart(qdict_entry_key(entry), start, &rest)) {
            if (dst) {
                qdict_put_obj(*dst, rest,
                              qobject_ref(qdict_entry_value(entry)));
            }
            qdict_del(src, qdict_entry_key(entry));
        }
    }
}

/*
 * The first part of @key, up to a single dot, with doubled dots made single;
 * *@suffix is behind that dot, or NULL.  g_free() the result.
 */
static char *qdict_split_flat_key(const char *key, const char **suffix)
{
    GString *prefix = g_string_new(NULL);

    for (; *key; key++) {
        if (*key == '.') {
            if (key[1] != '.') {
                *suffix = key + 1;
                return g_string_free(prefix, false);
            }
            key++;
        }
        g_string_append_c(prefix, *key);
    }
    *suffix = NULL;
    return g_string_free(prefix, false);
}

/* 1 if all keys are numbers, 0 if none is, -1 with @errp set if some are. */
static int qdict_is_list(QDict *maybe_list, Error **errp)
{
    const QDictEntry *ent;
    ssize_t count = qdict_size(maybe_list), numbers = 0, i;

    for (ent = qdict_first(maybe_list); ent;
         ent = qdict_next(maybe_list, ent)) {
        int64_t val;

        if (!qemu_strtoi64(qdict_entry_key(ent), NULL, 10, &val)
            && val >= 0) {
            numbers++;
        }
    }
    if (numbers && numbers != count) {
        error_setg(errp, "Cannot mix list and non-list keys");
        return -1;
    }
    for (i = 0; i < numbers; i++) {
        g_autofree char *key = g_strdup_printf("%zd", i);

        if (!qdict_haskey(maybe_list, key)) {
            error_setg(errp, "Missing list index %zd", i);
            return -1;
        }
    }
    return numbers > 0;
}

/* The nested form of a dictionary that is one level deep. */
static QDict *qdict_crumple_level(const QDict *src, Error **errp)
{
    QDict *two_level = qdict_new();
    const QDictEntry *ent;

    for (ent = qdict_first(src); ent; ent = qdict_next(src, ent)) {
        QObject *value = qdict_entry_value(ent);
        const char *suffix;
        g_autofree char *prefix = qdict_split_flat_key(qdict_entry_key(ent),
                                                       &suffix);
        QDict *child = qobject_to(QDict, qdict_get(two_level, prefix));
        QDict *dict = qobject_to(QDict, value);
        QList *list = qobject_to(QList, value);

        if ((dict && qdict_size(dict)) || (list && !qlist_empty(list))) {
            error_setg(errp, "Value %s is not a scalar",
                       qdict_entry_key(ent));
            goto error;
        }
        if (qdict_haskey(two_level, prefix) && (!suffix || !child)) {
            error_setg(errp, "Cannot mix scalar and non-scalar keys");
            goto error;
        }
        if (!suffix) {
            qdict_put_obj(two_level, prefix, qobject_ref(value));
            continue;
        }
        if (!child) {
            child = qdict_new();
            qdict_put(two_level, prefix, child);
        }
        qdict_put_obj(child, suffix, qobject_ref(value));
    }
    return two_level;

error:
    qobject_unref(two_level);
    return NULL;
}

QObject *qdict_crumple(const QDict *src, Error **errp)
{
    QDict *level = qdict_crumple_level(src, errp);
    const QDictEntry *ent;
    QList *list;
    int is_list;

    if (!level) {
        return NULL;
    }
    for (ent = qdict_first(level); ent; ent = qdict_next(level, ent)) {
        QDict *child = qobject_to(QDict, qdict_entry_value(ent));
        QObject *nested;

        /* An empty one came as a value. */
        if (!child || !qdict_size(child)) {
            continue;
        }
        nested = qdict_crumple(child, errp);
        if (!nested) {
            goto error;
        }
        qdict_put_obj(level, qdict_entry_key(ent), nested);
    }

    is_list = qdict_is_list(level, errp);
    if (is_list < 0) {
        goto error;
    }
    if (!is_list) {
        return QOBJECT(level);
    }
    list = qlist_new();
    for (size_t i = 0; i < qdict_size(level); i++) {
        g_autofree char *key = g_strdup_printf("%zu", i);

        qlist_append_obj(list, qobject_ref(qdict_get(level, key)));
    }
    qobject_unref(level);
    return QOBJECT(list);

error:
    qobject_unref(level);
    return NULL;
}

void qdict_copy_default(QDict *dst, QDict *src, const char *key)
{
    QObject *value = qdict_get(src, key);

    if (value && !qdict_haskey(dst, key)) {
        qdict_put_obj(dst, key, qobject_ref(value));
    }
}

void qdict_set_default_str(QDict *dst, const char *key, const char *val)
{
    if (!qdict_haskey(dst, key)) {
        qdict_put_str(dst, key, val);
    }
}
