/*
 * The events of pvpanic, by their bits.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef STANDARD_HEADERS_PVPANIC_H
#define STANDARD_HEADERS_PVPANIC_H

#define PVPANIC_PANICKED     (1 << 0)
#define PVPANIC_CRASH_LOADED (1 << 1)

#endif
