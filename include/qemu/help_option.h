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

/*
 * Does @s begin with such a word, up to its end or to a comma?  The length
 * of the word, or 0.
 */
static inline size_t starts_with_help_option(const char *s)
{
    size_t len = strcspn(s, ",");

    if ((len == 1 && s[0] == '?') || (len == 4 && !memcmp(s, "help", 4))) {
        return len;
    }
    return 0;
}

#endif
