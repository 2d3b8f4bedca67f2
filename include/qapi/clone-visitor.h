/*
 * From C struct to another one like it: a deep copy.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QAPI_CLONE_VISITOR_H
#define QAPI_CLONE_VISITOR_H

#include "qapi/visitor.h"
#include "qapi/error.h"

typedef struct QapiCloneVisitor QapiCloneVisitor;

void *qapi_clone(const void *src, bool (*visit_type)(Visitor *, const char *,
                                                     void **, Error **));
void qapi_clone_members(void *dst, const void *src, size_t sz,
                        bool (*visit_type_members)(Visitor *, void *,
                                                   Error **));

/* A copy of @src, to be freed with qapi_free_@type(); NULL for NULL. */
#define QAPI_CLONE(type, src)                                           \
    ((type *)qapi_clone(src,                                            \
                        (bool (*)(Visitor *, const char *, void **,     \
                                  Error **))visit_type_ ## type))

/* Copy all members of *@src over *@dst, which holds nothing yet. */
#define QAPI_CLONE_MEMBERS(type, dst, src)                              \
    qapi_clone_members(dst, 1 ? (src) : (type *)NULL, sizeof(type),     \
                       (bool (*)(Visitor *, void *,                     \
                                 Error **))visit_type_ ## type ## _members)

#endif
