/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SYSTEM_MACHINE_SELECT_H
#define SYSTEM_MACHINE_SELECT_H

#include "hw/boards.h"

/* The class that @qdict's "type" names (and loses), or the default one. */
MachineClass *select_machine(QDict *qdict, Error **errp);

/*
 * -machine help, and NAME,help: lists the boards, or one's properties.  Ends
 * the program.
 */
G_NORETURN void machine_help_func(const QDict *qdict);

#endif
