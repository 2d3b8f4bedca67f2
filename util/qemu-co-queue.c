/*
 * Coroutines: queues, and so much of something for all.
 *
 * Read include/qemu/coroutine.h and include/qemu/co-shared-resource.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "block/aio.h"
#include "qemu/co-shared-resource.h"
#include "qemu/coroutine_int.h"
#include "qemu/lockable.h"

void qemu_co_queue_init(CoQueue *queue)
{
    QSIMPLEQ_INIT(&queue->entries);
}

void coroutine_fn qemu_co_queue_wait_impl(CoQueue *queue, QemuLockable *lock)
{
    Coroutine *self = qemu_coroutine_self();

    QSIMPLEQ_INSERT_TAIL(&queue->entries, self, co_queue_next);
    if (lock) {
        qemu_lockable_unlock(lock);
    }

    /* With a lock, whoever wakes us has it; without, it is in our thread. */
    qemu_coroutine_yield();
    assert(qemu_in_coroutine());

    if (lock) {
        qemu_lockable_lock(lock);
    }
}

bool qemu_co_enter_next_impl(CoQueue *queue, QemuLockable *lock)
{
    Coroutine *next = QSIMPLEQ_FIRST(&queue->entries);

    if (!next) {
        return false;
    }
    QSIMPLEQ_REMOVE_HEAD(&queue->entries, co_queue_next);
    if (lock) {
        qemu_lockable_unlock(lock);
    }
    aio_co_wake(next);
    if (lock) {
        qemu_lockable_lock(lock);
    }
    return true;
}

bool coroutine_fn qemu_co_queue_next(CoQueue *queue)
{
    return qemu_co_enter_next_impl(queue, NULL);
}

void qemu_co_enter_all_impl(CoQueue *queue, QemuLockable *lock)
{
    while (qemu_co_enter_next_impl(queue, lock)) {
        /* Until nobody waits. */
    }
}

void coroutine_fn qemu_co_queue_restart_all(CoQueue *queue)
{
    /* In a coroutine waking is only said: the next line runs first. */
    qemu_co_enter_all_impl(queue, NULL);
}

bool qemu_co_queue_empty(CoQueue *queue)
{
    return QSIMPLEQ_FIRST(&queue->entries) == NULL;
}

/* So much of something */

struct SharedResource {
    uint64_t total;
    uint64_t available;
    CoQueue queue;
};

SharedResource *shres_create(uint64_t total)
{
    SharedResource *s = g_new0(SharedResource, 1);

    s->total = s->available = total;
    qemu_co_queue_init(&s->queue);
    return s;
}

void shres_destroy(SharedResource *s)
{
    assert(s->available == s->total);
    g_free(s);
}

void coroutine_fn co_get_from_shres(SharedResource *s, uint64_t n)
{
    assert(n <= s->total);
    while (s->available < n) {
        qemu_co_queue_wait(&s->queue, (CoMutex *)NULL);
    }
    s->available -= n;
}

void coroutine_fn co_put_to_shres(SharedResource *s, uint64_t n)
{
    assert(s->total - s->available >= n);
    s->available += n;
    qemu_co_queue_restart_all(&s->queue);
}
