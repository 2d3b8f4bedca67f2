/*
 * A unit test does not end because somebody types Ctrl-a x.  Weak, so that one
 * can have a look at that.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/qapi-commands-control.h"

void __attribute__((weak)) qmp_quit(Error **errp)
{
}
