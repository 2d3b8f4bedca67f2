/*
 * QDict: values by name.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QDICT_H
#define QDICT_H

#include "qapi/qmp/qobject.h"
#include "qemu/queue.h"

/*
 * Entries stay in the order in which their keys were first put: what a
 * user wrote first is looked at, and complained about, first.
 *
 * Most dictionaries have a handful of keys and are searched one by one.
 * @index, from key to entry, is made when a dictionary grows beyond that,
 * so that the size a client picks does not square the time we spend.
 */
typedef struct QDictEntry {
    char *key;
    QObject *value;
    QTAILQ_ENTRY(QDictEntry) next;
} QDictEntry;

struct QDict {
    struct QObjectBase_ base;
    size_t size;
    QTAILQ_HEAD(, QDictEntry) entries;
    GHashTable *index;
};

void qdict_unref(QDict *q);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(QDict, qdict_unref)

/* An empty dictionary; the reference is the caller's. */
QDict *qdict_new(void);
const char *qdict_entry_key(const QDictEntry *entry);
QObject *qdict_entry_value(const QDictEntry *entry);
size_t qdict_size(const QDict *qdict);

/* Takes over the reference to @value; a former value of @key is dropped. */
void qdict_put_obj(QDict *qdict, const char *key, QObject *value);

/* Does nothing if there is no @key. */
void qdict_del(QDict *qdict, const char *key);
int qdict_haskey(const QDict *qdict, const char *key);

/* The value, still the dictionary's, or NULL if there is no @key. */
QObject *qdict_get(const QDict *qdict, const char *key);
bool qdict_is_equal(const QObject *x, const QObject *y);

/* Walk all entries; only the entry at hand may be deleted, after _next(). */
const QDictEntry *qdict_first(const QDict *qdict);
const QDictEntry *qdict_next(const QDict *qdict, const QDictEntry *entry);
void qdict_destroy_obj(QObject *obj);

/* Put any kind of QObject; the dictionary takes over the reference. */
#define qdict_put(qdict, key, obj) \
    qdict_put_obj(qdict, key, QOBJECT(obj))

void qdict_put_bool(QDict *qdict, const char *key, bool value);
void qdict_put_int(QDict *qdict, const char *key, int64_t value);
void qdict_put_null(QDict *qdict, const char *key);
void qdict_put_str(QDict *qdict, const char *key, const char *value);

/* For callers who know that @key is there and of that type. */
double qdict_get_double(const QDict *qdict, const char *key);
int64_t qdict_get_int(const QDict *qdict, const char *key);
bool qdict_get_bool(const QDict *qdict, const char *key);
QList *qdict_get_qlist(const QDict *qdict, const char *key);
QDict *qdict_get_qdict(const QDict *qdict, const char *key);
const char *qdict_get_str(const QDict *qdict, const char *key);

/* With an answer for a @key that is absent or of another type. */
int64_t qdict_get_try_int(const QDict *qdict, const char *key,
                          int64_t def_value);
int64_t qdict_get_try_bool(const QDict *qdict, const char *key,
                           bool def_value);
const char *qdict_get_try_str(const QDict *qdict, const char *key);

/* A dictionary of its own with the same values, each referenced once more. */
QDict *qdict_clone_shallow(const QDict *src);

#endif
