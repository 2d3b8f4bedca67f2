/*
 * Coroutines: making, entering, yielding.
 *
 * Read include/qemu/coroutine.h first; coroutine-ucontext.c switches stacks.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "block/aio.h"
#include "qemu/atomic.h"
#include "qemu/coroutine_int.h"
#include "qemu/notify.h"
#include "qemu/thread.h"
#include "trace.h"

/*
 * A stack costs system calls, so finished coroutines are kept: a batch for each
 * thread, without a lock; what a thread has too many of goes to the release
 * pool, which a thread that has none takes over as a whole.
 */
enum {
    COROUTINE_POOL_BATCH_SIZE = 64,
};

static QSLIST_HEAD(, Coroutine) release_pool =
    QSLIST_HEAD_INITIALIZER(release_pool);
static unsigned int release_pool_size;
static unsigned int pool_max_size = COROUTINE_POOL_BATCH_SIZE;

typedef QSLIST_HEAD(, Coroutine) CoroutineQSList;

/* Used only by functions that do not switch: its address stays true. */
static __thread CoroutineQSList alloc_pool;
static __thread unsigned int alloc_pool_size;
static __thread Notifier coroutine_pool_cleanup_notifier;

static void coroutine_pool_cleanup(Notifier *n, void *value)
{
    Coroutine *co, *tmp;

    QSLIST_FOREACH_SAFE(co, &alloc_pool, pool_next, tmp) {
        QSLIST_REMOVE_HEAD(&alloc_pool, pool_next);
        qemu_coroutine_delete(co);
    }
    alloc_pool_size = 0;
}

/* Before the thread has its first. */
static void coroutine_pool_register(void)
{
    if (unlikely(!coroutine_pool_cleanup_notifier.notify)) {
        coroutine_pool_cleanup_notifier.notify = coroutine_pool_cleanup;
        qemu_thread_atexit_add(&coroutine_pool_cleanup_notifier);
    }
}

static __attribute__((noinline)) Coroutine *coroutine_pool_get(void)
{
    Coroutine *co = QSLIST_FIRST(&alloc_pool);

    if (!co && qatomic_read(&release_pool_size) > COROUTINE_POOL_BATCH_SIZE) {
        coroutine_pool_register();
        /*
         * The two are not exchanged at once: the size is a little wrong for a
         * while, which harms nobody.
         */
        alloc_pool_size = qatomic_xchg(&release_pool_size, 0);
        QSLIST_MOVE_ATOMIC(&alloc_pool, &release_pool);
        co = QSLIST_FIRST(&alloc_pool);
    }
    if (co) {
        QSLIST_REMOVE_HEAD(&alloc_pool, pool_next);
        alloc_pool_size--;
    }
    return co;
}

static __attribute__((noinline)) void coroutine_delete(Coroutine *co)
{
    unsigned int max = qatomic_read(&pool_max_size);

    co->caller = NULL;
    if (alloc_pool_size < COROUTINE_POOL_BATCH_SIZE) {
        coroutine_pool_register();
        QSLIST_INSERT_HEAD(&alloc_pool, co, pool_next);
        alloc_pool_size++;
        return;
    }
    if (qatomic_read(&release_pool_size) < max * 2) {
        QSLIST_INSERT_HEAD_ATOMIC(&release_pool, co, pool_next);
        qatomic_inc(&release_pool_size);
        return;
    }
    qemu_coroutine_delete(co);
}

Coroutine *qemu_coroutine_create(CoroutineEntry *entry, void *opaque)
{
    Coroutine *co = coroutine_pool_get();

    if (!co) {
        co = qemu_coroutine_new();
    }
    co->entry = entry;
    co->entry_arg = opaque;
    QSIMPLEQ_INIT(&co->co_queue_wakeup);
    return co;
}

/*
 * Enter @co, and then those that it has woken up before it yielded, and those
 * that these have woken up …: in a loop, so that the stack does not grow.
 */
void qemu_aio_coroutine_enter(AioContext *ctx, Coroutine *co)
{
    QSIMPLEQ_HEAD(, Coroutine) pending = QSIMPLEQ_HEAD_INITIALIZER(pending);
    Coroutine *from = qemu_coroutine_self();

    QSIMPLEQ_INSERT_TAIL(&pending, co, co_queue_next);

    while (!QSIMPLEQ_EMPTY(&pending)) {
        Coroutine *to = QSIMPLEQ_FIRST(&pending);
        const char *scheduled;
        CoroutineAction ret;

        QSIMPLEQ_REMOVE_HEAD(&pending, co_queue_next);

        trace_qemu_aio_coroutine_enter(ctx, from, to, to->entry_arg);

        /*
         * Two who would wake it: whoever scheduled it must be the only one.
         */
        scheduled = qatomic_mb_read(&to->scheduled);
        if (scheduled) {
            fprintf(stderr,
                    "%s: Co-routine was already scheduled in '%s'\n",
                    __func__, scheduled);
            abort();
        }
        if (to->caller) {
            fprintf(stderr, "Co-routine re-entered recursively\n");
            abort();
        }

        to->caller = from;
        to->ctx = ctx;
        /* ctx before anything that it does: see aio_co_wake(). */
        smp_wmb();

        ret = qemu_coroutine_switch(from, to, COROUTINE_ENTER);

        /* Those it woke run next, in the order in which it did. */
        QSIMPLEQ_PREPEND(&pending, &to->co_queue_wakeup);

        switch (ret) {
        case COROUTINE_YIELD:
            break;
        case COROUTINE_TERMINATE:
            assert(!to->locks_held);
            trace_qemu_coroutine_terminate(to);
            coroutine_delete(to);
            break;
        default:
            abort();
        }
    }
}

void qemu_coroutine_enter(Coroutine *co)
{
    qemu_aio_coroutine_enter(qemu_get_current_aio_context(), co);
}

void qemu_coroutine_enter_if_inactive(Coroutine *co)
{
    if (!qemu_coroutine_entered(co)) {
        qemu_coroutine_enter(co);
    }
}

void coroutine_fn qemu_coroutine_yield(void)
{
    Coroutine *self = qemu_coroutine_self();
    Coroutine *to = self->caller;

    trace_qemu_coroutine_yield(self, to);

    if (!to) {
        fprintf(stderr, "Co-routine is yielding to no one\n");
        abort();
    }
    self->caller = NULL;
    qemu_coroutine_switch(self, to, COROUTINE_YIELD);
}

bool qemu_coroutine_entered(Coroutine *co)
{
    return co->caller;
}

AioContext *qemu_coroutine_get_aio_context(Coroutine *co)
{
    return co->ctx;
}

void qemu_coroutine_inc_pool_size(unsigned int additional_pool_size)
{
    qatomic_add(&pool_max_size, additional_pool_size);
}

void qemu_coroutine_dec_pool_size(unsigned int removing_pool_size)
{
    qatomic_sub(&pool_max_size, removing_pool_size);
}
