/*
 * How a user asks for help in the value of an option.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_HELP_OPTION_H
#define QEMU_HELP_OPTION_H

/* "-device help", and "-device ?" as it was in the old days. */
static inline bool is_help_option(const char *s)
{
    return !strcmp(s, "?") || !strcmp(s, "help");
}

#endif
