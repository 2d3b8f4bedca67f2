/*
 * What to do about interfaces that are deprecated or unstable (-compat).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QAPI_COMPAT_POLICY_H
#define QAPI_COMPAT_POLICY_H

#include "qapi/error.h"
#include "qapi/qapi-types-compat.h"

/* What the command line asked for, in QMP's input and output. */
extern CompatPolicy compat_policy;

/*
 * May the @kind ("command", "parameter") @name with @special_features be
 * used?  False with @errp, of @error_class, set if @policy rejects it.
 */
bool compat_policy_input_ok(unsigned special_features,
                            const CompatPolicy *policy,
                            ErrorClass error_class,
                            const char *kind, const char *name,
                            Error **errp);

#endif
