/*
 * From C struct to nothing: free all that a generated type holds.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QAPI_DEALLOC_VISITOR_H
#define QAPI_DEALLOC_VISITOR_H

#include "qapi/visitor.h"

typedef struct QapiDeallocVisitor QapiDeallocVisitor;

/*
 * The generated qapi_free_X() is the way to use it.  It takes structs that
 * were filled in only in part: NULL pointers are skipped.
 */
Visitor *qapi_dealloc_visitor_new(void);

#endif
