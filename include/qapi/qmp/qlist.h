/*
 * QList: values in a row.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QLIST_H
#define QLIST_H

#include "qapi/qmp/qobject.h"
#include "qemu/queue.h"

typedef struct QListEntry {
    QObject *value;
    QTAILQ_ENTRY(QListEntry) next;
} QListEntry;

struct QList {
    struct QObjectBase_ base;
    QTAILQ_HEAD(, QListEntry) head;
};

void qlist_unref(QList *q);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(QList, qlist_unref)

/* Append any kind of QObject; the list takes over the reference. */
#define qlist_append(qlist, obj) \
    qlist_append_obj(qlist, QOBJECT(obj))

void qlist_append_bool(QList *qlist, bool value);
void qlist_append_int(QList *qlist, int64_t value);
void qlist_append_null(QList *qlist);
void qlist_append_str(QList *qlist, const char *value);

#define QLIST_FOREACH_ENTRY(qlist, var)             \
    for ((var) = QTAILQ_FIRST(&(qlist)->head);      \
         (var);                                     \
         (var) = QTAILQ_NEXT((var), next))

static inline QObject *qlist_entry_obj(const QListEntry *entry)
{
    return entry->value;
}

/* An empty list; the reference is the caller's. */
QList *qlist_new(void);

/* A list of its own with the same members, each with one more reference. */
QList *qlist_copy(QList *src);
void qlist_append_obj(QList *qlist, QObject *obj);

/* Take the first member out; the reference is the caller's.  NULL if empty. */
QObject *qlist_pop(QList *qlist);

/* Look at the first member; the list keeps it.  NULL if empty. */
QObject *qlist_peek(QList *qlist);
int qlist_empty(const QList *qlist);
size_t qlist_size(const QList *qlist);
bool qlist_is_equal(const QObject *x, const QObject *y);
void qlist_destroy_obj(QObject *obj);

static inline const QListEntry *qlist_first(const QList *qlist)
{
    return QTAILQ_FIRST(&qlist->head);
}

static inline const QListEntry *qlist_next(const QListEntry *entry)
{
    return QTAILQ_NEXT(entry, next);
}

#endif
