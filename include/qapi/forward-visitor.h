/*
 * A visitor that renames: what is "a" here is "b" over there.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef FORWARD_VISITOR_H
#define FORWARD_VISITOR_H

#include "qapi/visitor.h"

typedef struct ForwardFieldVisitor ForwardFieldVisitor;

/*
 * Visits of @from at the top are passed on to @target as visits of @to; any
 * other name there is an error.  Everything below goes through unchanged.
 * Alias properties are made of this.  @target, @from and @to must outlive
 * the visitor.
 */
Visitor *visitor_forward_field(Visitor *target, const char *from,
                               const char *to);

#endif
