/*
 * From QemuOpts to C struct.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OPTS_VISITOR_H
#define OPTS_VISITOR_H

#include "qapi/visitor.h"

/*
 * The longest list that one "1-1000000" may make; a range is written in a
 * few characters, and must not eat all memory.
 */
#define OPTS_VISITOR_RANGE_MAX 65536

typedef struct OptsVisitor OptsVisitor;

/*
 * The struct is flat: one level, except for the members of a union branch.
 * A key given several times is a list, or else the last one wins.  Integers
 * in a list may be ranges, "0-3".  @opts must outlive the visitor.
 */
Visitor *opts_visitor_new(const QemuOpts *opts);

#endif
