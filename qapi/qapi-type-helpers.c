/*
 * Making values of QAPI types.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/type-helpers.h"

HumanReadableText *human_readable_text_from_str(GString *str)
{
    HumanReadableText *text = g_new0(HumanReadableText, 1);

    text->human_readable_text = g_strndup(str->str, str->len);
    return text;
}
