/*
 * From a scalar, or a list of integers, to a string.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef STRING_OUTPUT_VISITOR_H
#define STRING_OUTPUT_VISITOR_H

#include "qapi/visitor.h"

typedef struct StringOutputVisitor StringOutputVisitor;

/*
 * The opposite of string_input_visitor_new().  For eyes rather than
 * programs, @human adds other notations: 16 (0x10), "quotes", 1 MiB.
 * visit_complete(v, result) stores a string that the caller frees.
 */
Visitor *string_output_visitor_new(bool human, char **result);

#endif
