/*
 * BlockBackend: the inside, for block/block-backend*.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef BLOCK_BACKEND_INT_H
#define BLOCK_BACKEND_INT_H

#include "block/block_int.h"
#include "sysemu/block-backend.h"

struct BlockBackend {
    char *name;                 /* NULL: none */
    int refcnt;
    BdrvChild *root;            /* NULL: no medium */
    AioContext *ctx;
    DriveInfo *legacy_dinfo;    /* -drive's */
    QTAILQ_ENTRY(BlockBackend) link;            /* of all */
    QTAILQ_ENTRY(BlockBackend) monitor_link;    /* of those with names */
    BlockBackendPublic public;

    DeviceState *dev;           /* the one on top, if any */
    const BlockDevOps *dev_ops;
    void *dev_opaque;

    /* For the next medium if there is none. */
    BlockBackendRootState root_state;

    bool enable_write_cache;

    BlockAcctStats stats;

    BlockdevOnError on_read_error, on_write_error;
    bool iostatus_enabled;
    BlockDeviceIoStatus iostatus;

    /* What it wants of a medium. */
    uint64_t perm;
    uint64_t shared_perm;

    bool allow_aio_context_change;
    bool allow_write_beyond_eof;

    NotifierList remove_bs_notifiers, insert_bs_notifiers;
    QLIST_HEAD(, BlockBackendAioNotifier) aio_notifiers;

    int quiesce_counter;        /* drained sections of the root */
    CoQueue queued_requests;    /* that came meanwhile */
    bool disable_request_queuing;

    unsigned int in_flight;
};

typedef struct BlockBackendAioNotifier {
    void (*attached_aio_context)(AioContext *new_context, void *opaque);
    void (*detach_aio_context)(void *opaque);
    void *opaque;
    QLIST_ENTRY(BlockBackendAioNotifier) list;
} BlockBackendAioNotifier;

/* block-backend-dev.c */
extern const BdrvChildClass child_root;

#endif
