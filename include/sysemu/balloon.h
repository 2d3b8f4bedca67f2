/*
 * The balloon: memory that a guest lends to its host.
 *
 * A device with a driver in the guest registers two functions here; the
 * commands `balloon` and `query-balloon` call them.  Only one device can be
 * the balloon.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_BALLOON_H
#define QEMU_BALLOON_H

#include "exec/cpu-common.h"
#include "qapi/qapi-types-machine.h"

/* The guest shall keep @target bytes to itself. */
typedef void (QEMUBalloonEvent)(void *opaque, ram_addr_t target);
/* Fill in @info, which is all zeros. */
typedef void (QEMUBalloonStatus)(void *opaque, BalloonInfo *info);

/* Returns 0, or -1 if there is a balloon already. */
int qemu_add_balloon_handler(QEMUBalloonEvent *event_func,
                             QEMUBalloonStatus *stat_func, void *opaque);
/* Nothing happens unless @opaque is the balloon. */
void qemu_remove_balloon_handler(void *opaque);

#endif
