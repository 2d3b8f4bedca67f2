/*
 * What to do when the guest reboots, ends or panics, by option.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RUNSTATE_ACTION_H
#define RUNSTATE_ACTION_H

#include "qemu/option.h"

/* For qemu_opts_foreach(): what an -action says.  0, or -1 with @errp set. */
int process_runstate_actions(void *opaque, QemuOpts *opts, Error **errp);

#endif
