/*
 * Draining: bring everything to rest.
 *
 *   bdrv_drained_begin(bs)
 *     bdrv_do_drained_begin_quiesce
 *       aio_disable_external           the guest's kicks wait
 *       parents' drained_begin         they start no new requests, recursively
 *       drv->bdrv_drain_begin
 *     poll while bdrv_drain_poll       in_flight, here and above
 *
 * Requests below @bs need not be looked for: they belong to requests of @bs.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "block-core.h"
#include "io-int.h"
#include "qemu/main-loop.h"
#include "sysemu/block-backend.h"

unsigned bdrv_drain_all_count;

/* Parents */

void bdrv_parent_drained_begin_single(BdrvChild *c)
{
    assert(!c->quiesced_parent);
    c->quiesced_parent = true;
    if (c->klass->drained_begin) {
        c->klass->drained_begin(c);
    }
}

void bdrv_parent_drained_end_single(BdrvChild *c)
{
    assert(c->quiesced_parent);
    c->quiesced_parent = false;
    if (c->klass->drained_end) {
        c->klass->drained_end(c);
    }
}

void bdrv_parent_drained_begin(BlockDriverState *bs, BdrvChild *ignore)
{
    BdrvChild *c, *next;

    QLIST_FOREACH_SAFE(c, &bs->parents, next_parent, next) {
        if (c != ignore && !c->quiesced_parent) {
            bdrv_parent_drained_begin_single(c);
        }
    }
}

void bdrv_parent_drained_end(BlockDriverState *bs, BdrvChild *ignore)
{
    BdrvChild *c, *next;

    QLIST_FOREACH_SAFE(c, &bs->parents, next_parent, next) {
        if (c != ignore && c->quiesced_parent) {
            bdrv_parent_drained_end_single(c);
        }
    }
}

static bool bdrv_parent_drained_poll(BlockDriverState *bs, BdrvChild *ignore,
                                     bool ignore_bds_parents)
{
    BdrvChild *c, *next;
    bool busy = false;

    QLIST_FOREACH_SAFE(c, &bs->parents, next_parent, next) {
        if (c == ignore || (ignore_bds_parents && c->klass->parent_is_bds)) {
            continue;
        }
        busy |= c->klass->drained_poll && c->klass->drained_poll(c);
    }
    return busy;
}

/* One node */

void bdrv_do_drained_begin_quiesce(BlockDriverState *bs, BdrvChild *parent)
{
    if (qatomic_fetch_inc(&bs->quiesce_counter) == 0) {
        aio_disable_external(bdrv_get_aio_context(bs));
        bdrv_parent_drained_begin(bs, parent);
        if (bs->drv && bs->drv->bdrv_drain_begin) {
            bs->drv->bdrv_drain_begin(bs);
        }
    }
}

bool bdrv_drain_poll(BlockDriverState *bs, BdrvChild *ignore_parent,
                     bool ignore_bds_parents)
{
    if (bdrv_parent_drained_poll(bs, ignore_parent, ignore_bds_parents)) {
        return true;
    }
    return qatomic_read(&bs->in_flight);
}

void bdrv_do_drained_end(BlockDriverState *bs, BdrvChild *parent)
{
    assert(bs->quiesce_counter > 0);
    if (qatomic_fetch_dec(&bs->quiesce_counter) == 1) {
        if (bs->drv && bs->drv->bdrv_drain_end) {
            bs->drv->bdrv_drain_end(bs);
        }
        bdrv_parent_drained_end(bs, parent);
        aio_enable_external(bdrv_get_aio_context(bs));
    }
}

/* From a coroutine: in a BH, because it may be the one to be waited for. */
typedef struct {
    Coroutine *co;
    BlockDriverState *bs;
    bool begin;
    bool done;
} BdrvCoDrainData;

static void bdrv_co_drain_bh_cb(void *opaque)
{
    BdrvCoDrainData *data = opaque;
    AioContext *ctx = bdrv_get_aio_context(data->bs);

    aio_context_acquire(ctx);
    bdrv_dec_in_flight(data->bs);
    if (data->begin) {
        bdrv_drained_begin(data->bs);
    } else {
        bdrv_drained_end(data->bs);
    }
    aio_context_release(ctx);

    data->done = true;
    aio_co_wake(data->co);
}

static void coroutine_fn bdrv_co_yield_to_drain(BlockDriverState *bs,
                                                bool begin)
{
    BdrvCoDrainData data = {
        .co = qemu_coroutine_self(),
        .bs = bs,
        .begin = begin,
    };

    /* Counted until the BH runs, so that the node stays. */
    bdrv_inc_in_flight(bs);
    aio_bh_schedule_oneshot(qemu_coroutine_get_aio_context(data.co),
                            bdrv_co_drain_bh_cb, &data);
    qemu_coroutine_yield();
    assert(data.done);
}

void bdrv_drained_begin(BlockDriverState *bs)
{
    if (qemu_in_coroutine()) {
        bdrv_co_yield_to_drain(bs, true);
        return;
    }
    bdrv_do_drained_begin_quiesce(bs, NULL);
    BDRV_POLL_WHILE(bs, bdrv_drain_poll(bs, NULL, false));
}

void bdrv_drained_end(BlockDriverState *bs)
{
    if (qemu_in_coroutine()) {
        bdrv_co_yield_to_drain(bs, false);
        return;
    }
    bdrv_do_drained_end(bs, NULL);
}

/* All nodes.  The caller holds no AioContext's lock. */

static bool bdrv_drain_all_poll(void)
{
    BlockDriverState *bs = NULL;
    bool result = false;

    while ((bs = bdrv_next_all_states(bs))) {
        AioContext *ctx = bdrv_get_aio_context(bs);

        aio_context_acquire(ctx);
        result |= bdrv_drain_poll(bs, NULL, true);
        aio_context_release(ctx);
    }
    return result;
}

void bdrv_drain_all_begin(void)
{
    BlockDriverState *bs = NULL;

    GLOBAL_STATE_CODE();
    assert(!qemu_in_coroutine());

    /* Nodes that come meanwhile are born drained. */
    assert(bdrv_drain_all_count < INT_MAX);
    bdrv_drain_all_count++;

    while ((bs = bdrv_next_all_states(bs))) {
        AioContext *ctx = bdrv_get_aio_context(bs);

        aio_context_acquire(ctx);
        bdrv_do_drained_begin_quiesce(bs, NULL);
        aio_context_release(ctx);
    }
    AIO_WAIT_WHILE_UNLOCKED(NULL, bdrv_drain_all_poll());
}

/* A node dies in between. */
void bdrv_drain_all_end_quiesce(BlockDriverState *bs)
{
    GLOBAL_STATE_CODE();
    for (unsigned i = 0; i < bdrv_drain_all_count; i++) {
        bdrv_do_drained_end(bs, NULL);
    }
}

void bdrv_drain_all_end(void)
{
    BlockDriverState *bs = NULL;

    GLOBAL_STATE_CODE();
    while ((bs = bdrv_next_all_states(bs))) {
        AioContext *ctx = bdrv_get_aio_context(bs);

        aio_context_acquire(ctx);
        bdrv_do_drained_end(bs, NULL);
        aio_context_release(ctx);
    }
    assert(bdrv_drain_all_count > 0);
    bdrv_drain_all_count--;
}

void bdrv_drain_all(void)
{
    bdrv_drain_all_begin();
    bdrv_drain_all_end();
}
