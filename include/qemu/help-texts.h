/*
 * Texts that every program's -version and -h end with.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_HELP_TEXTS_H
#define QEMU_HELP_TEXTS_H

#define QEMU_COPYRIGHT "This is free software under the GNU General Public " \
    "License, version 2 or later."

#define QEMU_HELP_BOTTOM \
    "qemini is a small QEMU to learn from; what it has works as in QEMU.\n" \
    "See docs/ and README.md in its source tree."

#endif
