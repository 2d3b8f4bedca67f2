/*
 * What a device tells its BlockBackend, and what a BlockBackend tells others.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef BLOCK_BACKEND_COMMON_H
#define BLOCK_BACKEND_COMMON_H

#include "qemu/iov.h"
#include "block/throttle-groups.h"

/*
 * BlockDevOps: a device's answers to what happens to its medium.  Each may be
 * NULL.  The main thread calls them, unless something else is said.
 */
typedef struct BlockDevOps {
    /*
     * A medium has come (@load) or is about to go.  A device whose media can be
     * changed has this; an error refuses the new one.
     */
    void (*change_media_cb)(void *opaque, bool load, Error **errp);
    /* Somebody wants the medium out; @force: now.  A closed tray may stay so. */
    void (*eject_request_cb)(void *opaque, bool force);
    bool (*is_tray_open)(void *opaque);
    bool (*is_medium_locked)(void *opaque);

    /* The node's length is another one. */
    void (*resize_cb)(void *opaque);
    /*
     * Start no requests until drained_end.  drained_poll: is there something
     * under way that will make more?
     */
    void (*drained_begin)(void *opaque);
    void (*drained_end)(void *opaque);
    bool (*drained_poll)(void *opaque);
} BlockDevOps;

/* A BlockBackend's part in a throttle group, and its place there. */
typedef struct BlockBackendPublic {
    ThrottleGroupMember throttle_group_member;
} BlockBackendPublic;

#endif
