/*
 * Throttle groups: disks that share one set of limits.
 *
 * Those of a group who have requests waiting take turns (a token goes round);
 * only the one with the token has a timer.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef THROTTLE_GROUPS_H
#define THROTTLE_GROUPS_H

#include "qemu/coroutine.h"
#include "qemu/throttle.h"
#include "qom/object.h"

/* A disk's part in its group; zeroed unless throttle_state is set. */
typedef struct ThrottleGroupMember {
    AioContext *aio_context;

    /* Protects throttled_reqs. */
    CoMutex throttled_reqs_lock;
    CoQueue throttled_reqs[2];  /* reads, writes */

    /* Above 0 while drained: requests go without waiting. */
    unsigned int io_limits_disabled;

    /* The rest is protected by the group's lock. */
    ThrottleState *throttle_state;
    ThrottleTimers throttle_timers;
    unsigned pending_reqs[2];
    QLIST_ENTRY(ThrottleGroupMember) round_robin;

    unsigned restart_pending;   /* coroutines on their way to restart it */
} ThrottleGroupMember;

#define TYPE_THROTTLE_GROUP "throttle-group"
OBJECT_DECLARE_SIMPLE_TYPE(ThrottleGroup, THROTTLE_GROUP)

/* Of the group; it stays the group's. */
const char *throttle_group_get_name(ThrottleGroupMember *tgm);
bool throttle_group_exists(const char *name);

/* A reference to the group, made if there is none of that name. */
ThrottleState *throttle_group_incref(const char *name);
void throttle_group_unref(ThrottleState *ts);

/* The limits of all members; valid ones (throttle_is_valid()).  Main thread. */
void throttle_group_config(ThrottleGroupMember *tgm, ThrottleConfig *cfg);
void throttle_group_get_config(ThrottleGroupMember *tgm, ThrottleConfig *cfg);

/* Make @tgm, which runs in @ctx, a member, also of a group that is new. */
void throttle_group_register_tgm(ThrottleGroupMember *tgm,
                                 const char *groupname,
                                 AioContext *ctx);
/* Nothing of @tgm's may wait. */
void throttle_group_unregister_tgm(ThrottleGroupMember *tgm);
/* Let all waiting requests of @tgm go. */
void throttle_group_restart_tgm(ThrottleGroupMember *tgm);

/* Wait until a request of @bytes may go. */
void coroutine_fn throttle_group_co_io_limits_intercept(
    ThrottleGroupMember *tgm, int64_t bytes, bool is_write);

/* It goes to another context: drained, and with both in turn. */
void throttle_group_attach_aio_context(ThrottleGroupMember *tgm,
                                       AioContext *new_context);
void throttle_group_detach_aio_context(ThrottleGroupMember *tgm);

#endif
