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

/*
 * Properties have '-' in their names today; that some once had '_' is
 * forgiven, unless both are there: then false, and an error.
 */
bool machine_options_dashify(QDict *qdict, Error **errp);

#endif
