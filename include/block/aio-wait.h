/*
 * Waiting for requests from outside of any coroutine.
 *
 *     AIO_WAIT_WHILE(ctx, bs->in_flight > 0);
 *
 * polls until the condition is false.  In the context's own thread it polls the
 * context; from the main thread it polls the main loop's, while the other
 * thread does the work.  Whoever changes what the condition is about calls
 * aio_wait_kick() afterwards.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_AIO_WAIT_H
#define QEMU_AIO_WAIT_H

#include "block/aio.h"
#include "qemu/main-loop.h"

/* One for all: those who wait look again whenever anything is kicked. */
typedef struct {
    unsigned num_waiters;
} AioWait;

extern AioWait global_aio_wait;

/*
 * @ctx: where the work is done, or NULL if everywhere.  With @unlock, its lock
 * is dropped while the main loop's context is polled: the caller holds it once.
 * The value says whether there was anything to wait for.
 */
#define AIO_WAIT_WHILE_INTERNAL(ctx, cond, unlock) ({                       \
    bool waited_ = false;                                                   \
    AioContext *ctx_ = (ctx);                                               \
                                                                            \
    /* Say that we wait, then look at the condition: */                     \
    /* aio_wait_kick() does it the other way round.  At home, too: what is */\
    /* waited for may be the work of a thread that @ctx was in before. */   \
    qatomic_inc(&global_aio_wait.num_waiters);                              \
    smp_mb();                                                               \
    if (ctx_ && in_aio_context_home_thread(ctx_)) {                         \
        while ((cond)) {                                                    \
            aio_poll(ctx_, true);                                           \
            waited_ = true;                                                 \
        }                                                                   \
    } else {                                                                \
        assert(qemu_get_current_aio_context() == qemu_get_aio_context());   \
        while ((cond)) {                                                    \
            if (unlock && ctx_) {                                           \
                aio_context_release(ctx_);                                  \
            }                                                               \
            aio_poll(qemu_get_aio_context(), true);                         \
            if (unlock && ctx_) {                                           \
                aio_context_acquire(ctx_);                                  \
            }                                                               \
            waited_ = true;                                                 \
        }                                                                   \
    }                                                                       \
    qatomic_dec(&global_aio_wait.num_waiters);                              \
    waited_; })

#define AIO_WAIT_WHILE(ctx, cond) AIO_WAIT_WHILE_INTERNAL(ctx, cond, true)
#define AIO_WAIT_WHILE_UNLOCKED(ctx, cond)                                  \
    AIO_WAIT_WHILE_INTERNAL(ctx, cond, false)

/* Those who wait look again.  Any thread. */
void aio_wait_kick(void);
/* The same after an atomic read-modify-write, which is a barrier already. */
void aio_wait_kick_after_rmw(void);

/*
 * Run @cb(@opaque) in @ctx's thread and wait for it.  Main thread, with @ctx's
 * lock held once.
 */
void aio_wait_bh_oneshot(AioContext *ctx, QEMUBHFunc *cb, void *opaque);

#endif
