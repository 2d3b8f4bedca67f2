/*
 * A pool of threads for system calls that block.
 *
 * Each AioContext has one, made when it is first asked for
 * (aio_get_thread_pool).  Functions are submitted in the context's thread, run
 * in a worker, and finish in the context's thread.
 *
 * Workers come when there is more to do than there are idle ones, up to
 * thread-pool-max, and go when they have been idle for ten seconds.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_THREAD_POOL_H
#define QEMU_THREAD_POOL_H

#include "block/aio.h"
#include "qemu/coroutine.h"

#define THREAD_POOL_MAX_THREADS_DEFAULT         64

/* Returns 0 or a negative errno. */
typedef int ThreadPoolFunc(void *opaque);

typedef struct ThreadPool ThreadPool;

ThreadPool *thread_pool_new(struct AioContext *ctx);
/* Nothing may be under way. */
void thread_pool_free(ThreadPool *pool);

/*
 * Run @func(@arg) in a worker, then @cb(@opaque, its result) in the pool's
 * context.  Cancelling works as long as no worker has taken it: @cb is then
 * called with -ECANCELED.
 */
BlockAIOCB *thread_pool_submit_aio(ThreadPool *pool,
                                   ThreadPoolFunc *func, void *arg,
                                   BlockCompletionFunc *cb, void *opaque);
/* The same for a coroutine: gives @func's result. */
int coroutine_fn thread_pool_submit_co(ThreadPool *pool,
                                       ThreadPoolFunc *func, void *arg);
/* The same for who does not care. */
void thread_pool_submit(ThreadPool *pool, ThreadPoolFunc *func, void *arg);

/* Is any of them not back yet?  In the context's thread. */
bool thread_pool_is_busy(ThreadPool *pool);

/* @ctx's limits have changed. */
void thread_pool_update_params(ThreadPool *pool, struct AioContext *ctx);

#endif
