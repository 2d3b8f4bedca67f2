/*
 * A unit test does not end because somebody types Ctrl-a x.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/qapi-commands-control.h"

void qmp_quit(Error **errp)
{
}
