/*
 * Making values of QAPI types.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QAPI_TYPE_HELPERS_H
#define QAPI_TYPE_HELPERS_H

#include "qapi/qapi-types-common.h"

/*
 * The answer of a command that answers with text for people: a copy of @str,
 * which stays the caller's.
 */
HumanReadableText *human_readable_text_from_str(GString *str);

#endif
