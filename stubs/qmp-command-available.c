/*
 * Without phases of start-up, all commands are available at all times.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/qmp/dispatch.h"

bool qmp_command_available(const QmpCommand *cmd, Error **errp)
{
    return true;
}
