/*
 * Xen: that this program does not run below it.  Sources that are for both ask.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SYSEMU_XEN_H
#define SYSEMU_XEN_H

#define xen_enabled() 0

#endif
