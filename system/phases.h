/*
 * Phases of main that have a file of their own: see vl.c for their order.
 *
 * Each does what the command line asks for, or ends the program with a message.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SYSTEM_PHASES_H
#define SYSTEM_PHASES_H

#include "qapi/qmp/qdict.h"

/* early-options.c: before anything is made */

/* -add-fd, -action, -name, -trace, -d and -D. */
void qemu_process_early_options(void);
/* Help that was asked for: shows it, and ends the program. */
void qemu_process_help_options(void);
/* -daemonize, and -pidfile with the number of who stays; NULL: no file. */
void qemu_maybe_daemonize(const char *pid_file);

/* accel-config.c: once there is a machine */

/* Takes from @qdict, -machine's properties, what is the accelerator's today. */
void qemu_apply_legacy_machine_options(QDict *qdict);
/* The first of -accel that works. */
void configure_accelerators(const char *progname);

#endif
