/*
 * From a string to a scalar, or a list of integers.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef STRING_INPUT_VISITOR_H
#define STRING_INPUT_VISITOR_H

#include "qapi/visitor.h"

typedef struct StringInputVisitor StringInputVisitor;

/*
 * What qom-set in HMP, -global and object_property_parse() use.  Structs and
 * alternates cannot be visited.  Lists are of integers and look like
 * "1,3-5,8".  @str must outlive the visitor.
 */
Visitor *string_input_visitor_new(const char *str);

#endif
