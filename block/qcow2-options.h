/*
 * qcow2's options of -blockdev: caches, checks, what becomes of discards.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef BLOCK_QCOW2_OPTIONS_H
#define BLOCK_QCOW2_OPTIONS_H

#include "qcow2.h"

/* What options ask for, until it is known that the image gets it. */
typedef struct Qcow2ReopenState {
    Qcow2Cache *l2_table_cache;
    Qcow2Cache *refcount_block_cache;
    int l2_slice_size;
    int overlap_check;
    bool use_lazy_refcounts;
    bool discard_passthrough[QCOW2_DISCARD_MAX];
    uint64_t cache_clean_interval;      /* seconds; 0: never */
} Qcow2ReopenState;

/*
 * Take qcow2's out of @options, and make new caches as they say; then one of
 * the two others.  0, or a negative errno with @errp set, and nothing to abort.
 */
int qcow2_update_options_prepare(BlockDriverState *bs, Qcow2ReopenState *r,
                                 QDict *options, int flags, Error **errp);
/* The old caches go: they must be clean. */
void qcow2_update_options_commit(BlockDriverState *bs, Qcow2ReopenState *r);
void qcow2_update_options_abort(BlockDriverState *bs, Qcow2ReopenState *r);

/* The clock of cache-clean-interval, for the thread of @context. */
void cache_clean_timer_init(BlockDriverState *bs, AioContext *context);
void cache_clean_timer_del(BlockDriverState *bs);

#endif
