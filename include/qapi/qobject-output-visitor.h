/*
 * From C struct to QObject.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QOBJECT_OUTPUT_VISITOR_H
#define QOBJECT_OUTPUT_VISITOR_H

#include "qapi/visitor.h"

typedef struct QObjectOutputVisitor QObjectOutputVisitor;

/*
 * visit_complete(v, result) with the same @result stores the QObject there;
 * the reference is then the caller's.
 */
Visitor *qobject_output_visitor_new(QObject **result);

/* As above, but members with special features are left out as -compat says. */
Visitor *qobject_output_visitor_new_qmp(QObject **result);

#endif
