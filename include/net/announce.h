/*
 * Announcing a guest's place on the network after it has moved.
 *
 * Switches learn where a MAC address lives from the packets it sends, so a
 * guest that appears elsewhere sends some: a card with an `announce` method
 * asks its driver to, and for the others a RARP packet goes out on their
 * behalf.  The rounds get farther apart each time.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_NET_ANNOUNCE_H
#define QEMU_NET_ANNOUNCE_H

#include "qapi/qapi-types-net.h"
#include "qemu/timer.h"

struct AnnounceTimer {
    QEMUTimer *tm;
    AnnounceParameters params;
    QEMUClockType type;
    int round;
};

/* Starts another round and returns the milliseconds until it ends. */
int64_t qemu_announce_timer_step(AnnounceTimer *timer);

/* Ends the rounds; with @free_named, forgets a timer that has an id. */
void qemu_announce_timer_del(AnnounceTimer *timer, bool free_named);

/* Makes a timer ready for params->rounds rounds; @cb runs in each. */
void qemu_announce_timer_reset(AnnounceTimer *timer,
                               AnnounceParameters *params,
                               QEMUClockType type,
                               QEMUTimerCB *cb,
                               void *opaque);

/* Announces every card, as announce-self asks. */
void qemu_announce_self(AnnounceTimer *timer, AnnounceParameters *params);

/*
 * The command: rounds under the name of params->id, "" if it has none.  Asked
 * again before they are over, they start anew; with no rounds, they end.
 */
void qmp_announce_self(AnnounceParameters *params, Error **errp);

#endif
