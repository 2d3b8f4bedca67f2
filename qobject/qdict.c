/*
 * QDict: values by name.
 *
 * Read include/qapi/qmp/qdict.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/qmp/qbool.h"
#include "qapi/qmp/qdict.h"
#include "qapi/qmp/qlist.h"
#include "qapi/qmp/qnull.h"
#include "qapi/qmp/qnum.h"
#include "qapi/qmp/qstring.h"

/* From how many entries on an index is quicker than looking at each. */
#define QDICT_INDEX_MIN 16

QDict *qdict_new(void)
{
    QDict *qdict = g_new0(QDict, 1);

    qobject_init(QOBJECT(qdict), QTYPE_QDICT);
    QTAILQ_INIT(&qdict->entries);
    return qdict;
}

static QDictEntry *qdict_find(const QDict *qdict, const char *key)
{
    QDictEntry *entry;

    if (qdict->index) {
        return g_hash_table_lookup(qdict->index, key);
    }
    QTAILQ_FOREACH(entry, &qdict->entries, next) {
        if (g_str_equal(entry->key, key)) {
            return entry;
        }
    }
    return NULL;
}

static void qdict_make_index(QDict *qdict)
{
    QDictEntry *entry;

    /* The keys belong to the entries. */
    qdict->index = g_hash_table_new(g_str_hash, g_str_equal);
    QTAILQ_FOREACH(entry, &qdict->entries, next) {
        g_hash_table_insert(qdict->index, entry->key, entry);
    }
}

void qdict_put_obj(QDict *qdict, const char *key, QObject *value)
{
    QDictEntry *entry = qdict_find(qdict, key);

    if (entry) {
        QObject *old = entry->value;

        entry->value = value;
        qobject_unref(old);
        return;
    }
    entry = g_new(QDictEntry, 1);
    entry->key = g_strdup(key);
    entry->value = value;
    QTAILQ_INSERT_TAIL(&qdict->entries, entry, next);
    qdict->size++;
    if (qdict->index) {
        g_hash_table_insert(qdict->index, entry->key, entry);
    } else if (qdict->size == QDICT_INDEX_MIN) {
        qdict_make_index(qdict);
    }
}

void qdict_put_int(QDict *qdict, const char *key, int64_t value)
{
    qdict_put(qdict, key, qnum_from_int(value));
}

void qdict_put_bool(QDict *qdict, const char *key, bool value)
{
    qdict_put(qdict, key, qbool_from_bool(value));
}

void qdict_put_str(QDict *qdict, const char *key, const char *value)
{
    qdict_put(qdict, key, qstring_from_str(value));
}

void qdict_put_null(QDict *qdict, const char *key)
{
    qdict_put(qdict, key, qnull());
}

static void qdict_free_entry(QDict *qdict, QDictEntry *entry)
{
    QTAILQ_REMOVE(&qdict->entries, entry, next);
    qdict->size--;
    qobject_unref(entry->value);
    g_free(entry->key);
    g_free(entry);
}

void qdict_del(QDict *qdict, const char *key)
{
    QDictEntry *entry = qdict_find(qdict, key);

    if (!entry) {
        return;
    }
    if (qdict->index) {
        g_hash_table_remove(qdict->index, key);
    }
    qdict_free_entry(qdict, entry);
}

const char *qdict_entry_key(const QDictEntry *entry)
{
    return entry->key;
}

QObject *qdict_entry_value(const QDictEntry *entry)
{
    return entry->value;
}

size_t qdict_size(const QDict *qdict)
{
    return qdict->size;
}

int qdict_haskey(const QDict *qdict, const char *key)
{
    return qdict_find(qdict, key) != NULL;
}

QObject *qdict_get(const QDict *qdict, const char *key)
{
    QDictEntry *entry = qdict_find(qdict, key);

    return entry ? entry->value : NULL;
}

const QDictEntry *qdict_first(const QDict *qdict)
{
    return QTAILQ_FIRST(&qdict->entries);
}

const QDictEntry *qdict_next(const QDict *qdict, const QDictEntry *entry)
{
    return QTAILQ_NEXT(entry, next);
}

double qdict_get_double(const QDict *qdict, const char *key)
{
    return qnum_get_double(qobject_to(QNum, qdict_get(qdict, key)));
}

int64_t qdict_get_int(const QDict *qdict, const char *key)
{
    return qnum_get_int(qobject_to(QNum, qdict_get(qdict, key)));
}

bool qdict_get_bool(const QDict *qdict, const char *key)
{
    return qbool_get_bool(qobject_to(QBool, qdict_get(qdict, key)));
}

QList *qdict_get_qlist(const QDict *qdict, const char *key)
{
    return qobject_to(QList, qdict_get(qdict, key));
}

QDict *qdict_get_qdict(const QDict *qdict, const char *key)
{
    return qobject_to(QDict, qdict_get(qdict, key));
}

const char *qdict_get_str(const QDict *qdict, const char *key)
{
    return qstring_get_str(qobject_to(QString, qdict_get(qdict, key)));
}

int64_t qdict_get_try_int(const QDict *qdict, const char *key,
                          int64_t def_value)
{
    QNum *qnum = qobject_to(QNum, qdict_get(qdict, key));
    int64_t val;

    return qnum && qnum_get_try_int(qnum, &val) ? val : def_value;
}

int64_t qdict_get_try_bool(const QDict *qdict, const char *key,
                           bool def_value)
{
    QBool *qbool = qobject_to(QBool, qdict_get(qdict, key));

    return qbool ? qbool_get_bool(qbool) : def_value;
}

const char *qdict_get_try_str(const QDict *qdict, const char *key)
{
    QString *qstr = qobject_to(QString, qdict_get(qdict, key));

    return qstr ? qstring_get_str(qstr) : NULL;
}

QDict *qdict_clone_shallow(const QDict *src)
{
    QDict *dest = qdict_new();
    QDictEntry *entry;

    QTAILQ_FOREACH(entry, &src->entries, next) {
        qdict_put_obj(dest, entry->key, qobject_ref(entry->value));
    }
    return dest;
}

bool qdict_is_equal(const QObject *x, const QObject *y)
{
    const QDict *dict_x = qobject_to(QDict, x);
    const QDict *dict_y = qobject_to(QDict, y);
    QDictEntry *entry;

    if (dict_x->size != dict_y->size) {
        return false;
    }
    QTAILQ_FOREACH(entry, &dict_x->entries, next) {
        if (!qdict_haskey(dict_y, entry->key)
            || !qobject_is_equal(entry->value,
                                 qdict_get(dict_y, entry->key))) {
            return false;
        }
    }
    return true;
}

void qdict_destroy_obj(QObject *obj)
{
    QDict *qdict = qobject_to(QDict, obj);
    QDictEntry *entry, *next;

    if (qdict->index) {
        g_hash_table_destroy(qdict->index);
    }
    QTAILQ_FOREACH_SAFE(entry, &qdict->entries, next, next) {
        qdict_free_entry(qdict, entry);
    }
    g_free(qdict);
}

void qdict_unref(QDict *q)
{
    qobject_unref(q);
}
