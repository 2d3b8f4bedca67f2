/*
 * QString: text, in UTF-8.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QSTRING_H
#define QSTRING_H

#include "qapi/qmp/qobject.h"

struct QString {
    struct QObjectBase_ base;
    const char *string;
};

void qstring_unref(QString *q);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(QString, qstring_unref)

/* New strings; the reference is the caller's. */
QString *qstring_new(void);
QString *qstring_from_str(const char *str);

/* Characters @start up to, not including, @end of @str. */
QString *qstring_from_substr(const char *str, size_t start, size_t end);

/* Takes ownership of @gstr. */
QString *qstring_from_gstring(GString *gstr);

/* The text; it lives as long as @qstring does. */
const char *qstring_get_str(const QString *qstring);

bool qstring_is_equal(const QObject *x, const QObject *y);
void qstring_destroy_obj(QObject *obj);

#endif
