/*
 * TCG: that guests are not translated here.  Sources that are for both ask.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SYSEMU_TCG_H
#define SYSEMU_TCG_H

#define tcg_enabled() 0

#endif
