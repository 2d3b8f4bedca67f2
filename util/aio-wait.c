/*
 * Waiting for requests from outside of any coroutine.
 *
 * Read include/block/aio-wait.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "block/aio-wait.h"
#include "qemu/main-loop.h"

AioWait global_aio_wait;

static void aio_wait_dummy_bh_cb(void *opaque)
{
    /* aio_poll() has returned: that was the purpose. */
}

void aio_wait_kick_after_rmw(void)
{
    /* What they wait for has changed, then: does anybody wait? */
    smp_mb__after_rmw();
    if (qatomic_read(&global_aio_wait.num_waiters)) {
        aio_bh_schedule_oneshot(qemu_get_aio_context(), aio_wait_dummy_bh_cb,
                                NULL);
    }
}

void aio_wait_kick(void)
{
    smp_mb();
    aio_wait_kick_after_rmw();
}

typedef struct {
    bool done;
    QEMUBHFunc *cb;
    void *opaque;
} AioWaitBHData;

static void aio_wait_bh(void *opaque)
{
    AioWaitBHData *data = opaque;

    data->cb(data->opaque);
    /* The waiter's stack may be gone after this. */
    qatomic_store_release(&data->done, true);
    aio_wait_kick();
}

void aio_wait_bh_oneshot(AioContext *ctx, QEMUBHFunc *cb, void *opaque)
{
    AioWaitBHData data = { .cb = cb, .opaque = opaque };

    assert(qemu_get_current_aio_context() == qemu_get_aio_context());
    aio_bh_schedule_oneshot(ctx, aio_wait_bh, &data);
    AIO_WAIT_WHILE(ctx, !qatomic_load_acquire(&data.done));
}
