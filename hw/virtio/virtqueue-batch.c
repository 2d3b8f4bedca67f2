/*
 * VirtQueue: elements that are given back together.
 *
 * A disk completes many requests in one turn of its event loop.  Each of them
 * in the used ring by itself would mean an index written, a full memory barrier,
 * and a look at whether the driver wants an interrupt; and all the while the
 * driver's processor and ours would take the same cache line from each other.
 * So they are filled in one after the other, and flushed once:
 *
 *   virtqueue_push_batched      virtqueue_fill(); nothing is left to wait for?
 *     virtqueue_flush_batch       virtqueue_flush(), virtio_notify_irqfd()
 *   virtqueue_batch_bh          the turn is over: what there is
 *   virtqueue_batch_settle      the same at once: the queue is about to be reset
 *
 * The BH belongs to the AioContext that serves the queue, from
 * virtio_queue_aio_attach_host_notifier() to _detach_.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "block/aio.h"
#include "virtqueue-int.h"

static void virtqueue_flush_batch(VirtQueue *vq)
{
    unsigned int count = vq->batched;

    if (count) {
        vq->batched = vq->batched_places = 0;
        virtqueue_flush(vq, count);
        virtio_notify_irqfd(vq->vdev, vq);
    }
}

void virtqueue_push_batched(VirtQueue *vq, const VirtQueueElement *elem,
                            unsigned int len)
{
    if (!vq->batch_bh) {
        virtqueue_push(vq, elem, len);
        virtio_notify_irqfd(vq->vdev, vq);
        return;
    }
    vq->batched_places += elem->ndescs;
    virtqueue_fill(vq, elem, len, vq->batched++);
    if (vq->batched_places >= vq->inuse) {
        /* All that there were are back, as a single one always is. */
        virtqueue_flush_batch(vq);
    } else if (vq->batched == 1) {
        qemu_bh_schedule(vq->batch_bh);
    }
}

void virtqueue_batch_settle(VirtQueue *vq)
{
    if (vq->batch_bh) {
        aio_context_acquire(vq->batch_ctx);
        virtqueue_flush_batch(vq);
        aio_context_release(vq->batch_ctx);
    }
}

static void virtqueue_batch_bh(void *opaque)
{
    virtqueue_batch_settle(opaque);
}

void virtqueue_batch_start(VirtQueue *vq, AioContext *ctx)
{
    vq->batch_ctx = ctx;
    vq->batch_bh = aio_bh_new_guarded(ctx, virtqueue_batch_bh, vq,
                                      &DEVICE(vq->vdev)->mem_reentrancy_guard);
}

void virtqueue_batch_stop(VirtQueue *vq)
{
    virtqueue_flush_batch(vq);
    qemu_bh_delete(vq->batch_bh);
    vq->batch_bh = NULL;
}
