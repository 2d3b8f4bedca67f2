/*
 * VirtIODevice: kicks and interrupts that travel by eventfd.
 *
 *   host notifier     the accelerator, or the memory API, makes a write to the
 *                     doorbell a write to this eventfd; who waits on it serves
 *                     the queue, in whatever thread
 *   guest notifier    writing to this eventfd interrupts the guest; either the
 *                     accelerator does that (irqfd) or we do, from the main loop
 *
 * The transport decides whether (VirtioBusClass), the device may have its own
 * way how (VirtioDeviceClass start_ioeventfd).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/main-loop.h"
#include "block/aio.h"
#include "hw/virtio/virtio-bus.h"
#include "trace.h"
#include "virtqueue-int.h"

/* Guest notifier */

EventNotifier *virtio_queue_get_guest_notifier(VirtQueue *vq)
{
    return &vq->guest_notifier;
}

static void virtio_queue_guest_notifier_read(EventNotifier *n)
{
    VirtQueue *vq = container_of(n, VirtQueue, guest_notifier);

    if (event_notifier_test_and_clear(n)) {
        virtio_set_isr(vq->vdev, 0x1);
        virtio_notify_vector(vq->vdev, vq->vector);
    }
}

void virtio_queue_set_guest_notifier_fd_handler(VirtQueue *vq, bool assign,
                                                bool with_irqfd)
{
    if (assign && !with_irqfd) {
        event_notifier_set_handler(&vq->guest_notifier,
                                   virtio_queue_guest_notifier_read);
    } else {
        event_notifier_set_handler(&vq->guest_notifier, NULL);
    }
    if (!assign) {
        /* An interrupt that was on its way arrives all the same. */
        virtio_queue_guest_notifier_read(&vq->guest_notifier);
    }
}

void virtio_notify_irqfd(VirtIODevice *vdev, VirtQueue *vq)
{
    if (!virtio_should_notify(vdev, vq)) {
        return;
    }
    trace_virtio_notify_irqfd(vdev, vq);

    /*
     * A driver that shares a line between queues reads ISR even with MSI-X
     * at hand (legacy ones do): it must say so before the interrupt comes.
     */
    virtio_set_isr(vq->vdev, 0x1);
    event_notifier_set(&vq->guest_notifier);
}

/* Host notifier */

EventNotifier *virtio_queue_get_host_notifier(VirtQueue *vq)
{
    return &vq->host_notifier;
}

void virtio_queue_set_host_notifier_enabled(VirtQueue *vq, bool enabled)
{
    vq->host_notifier_enabled = enabled;
}

void virtio_queue_host_notifier_read(EventNotifier *n)
{
    VirtQueue *vq = container_of(n, VirtQueue, host_notifier);

    if (event_notifier_test_and_clear(n)) {
        virtio_queue_notify_vq(vq);
    }
}

int virtio_queue_set_host_notifier_mr(VirtIODevice *vdev, int n,
                                      MemoryRegion *mr, bool assign)
{
    BusState *qbus = qdev_get_parent_bus(DEVICE(vdev));
    VirtioBusClass *k = VIRTIO_BUS_GET_CLASS(qbus);

    if (k->set_host_notifier_mr) {
        return k->set_host_notifier_mr(qbus->parent, n, mr, assign);
    }
    return -1;
}

/* In an IOThread: look into the ring rather than wait for the eventfd. */

static bool virtio_queue_host_notifier_aio_poll(void *opaque)
{
    EventNotifier *n = opaque;
    VirtQueue *vq = container_of(n, VirtQueue, host_notifier);

    return vq->vring.desc && !virtio_queue_empty(vq);
}

static void virtio_queue_host_notifier_aio_poll_ready(EventNotifier *n)
{
    virtio_queue_notify_vq(container_of(n, VirtQueue, host_notifier));
}

static void virtio_queue_host_notifier_aio_poll_begin(EventNotifier *n)
{
    virtio_queue_set_notification(container_of(n, VirtQueue, host_notifier),
                                  0);
}

static void virtio_queue_host_notifier_aio_poll_end(EventNotifier *n)
{
    /* The caller polls once more after this. */
    virtio_queue_set_notification(container_of(n, VirtQueue, host_notifier),
                                  1);
}

void virtio_queue_aio_attach_host_notifier(VirtQueue *vq, AioContext *ctx)
{
    aio_set_event_notifier(ctx, &vq->host_notifier, true,
                           virtio_queue_host_notifier_read,
                           virtio_queue_host_notifier_aio_poll,
                           virtio_queue_host_notifier_aio_poll_ready);
    aio_set_event_notifier_poll(ctx, &vq->host_notifier,
                                virtio_queue_host_notifier_aio_poll_begin,
                                virtio_queue_host_notifier_aio_poll_end);
    virtqueue_batch_start(vq, ctx);
}

void virtio_queue_aio_attach_host_notifier_no_poll(VirtQueue *vq,
                                                   AioContext *ctx)
{
    aio_set_event_notifier(ctx, &vq->host_notifier, true,
                           virtio_queue_host_notifier_read, NULL, NULL);
    virtqueue_batch_start(vq, ctx);
}

void virtio_queue_aio_detach_host_notifier(VirtQueue *vq, AioContext *ctx)
{
    aio_set_event_notifier(ctx, &vq->host_notifier, true, NULL, NULL, NULL);
    /* A kick that came before must not be lost. */
    virtio_queue_host_notifier_read(&vq->host_notifier);
    virtqueue_batch_stop(vq);
}

/* The device as a whole */

static void virtio_device_untie_queue(VirtioBusState *qbus, VirtQueue *vq,
                                      int n)
{
    int r;

    event_notifier_set_handler(&vq->host_notifier, NULL);
    r = virtio_bus_set_host_notifier(qbus, n, false);
    assert(r >= 0);
}

int virtio_device_start_ioeventfd_impl(VirtIODevice *vdev)
{
    VirtioBusState *qbus = VIRTIO_BUS(qdev_get_parent_bus(DEVICE(vdev)));
    int n, r = 0, failed = VIRTIO_QUEUE_MAX;

    /* One transaction: the memory map changes once, not once a queue. */
    memory_region_transaction_begin();
    for (n = 0; n < VIRTIO_QUEUE_MAX; n++) {
        VirtQueue *vq = &vdev->vq[n];

        if (!virtio_queue_get_num(vdev, n)) {
            continue;
        }
        r = virtio_bus_set_host_notifier(qbus, n, true);
        if (r < 0) {
            failed = n;
            break;
        }
        event_notifier_set_handler(&vq->host_notifier,
                                   virtio_queue_host_notifier_read);
    }

    if (failed < VIRTIO_QUEUE_MAX) {
        for (n = failed - 1; n >= 0; n--) {
            if (virtio_queue_get_num(vdev, n)) {
                virtio_device_untie_queue(qbus, &vdev->vq[n], n);
            }
        }
    } else {
        /* There may be requests in the rings whose kick came before. */
        for (n = 0; n < VIRTIO_QUEUE_MAX; n++) {
            if (virtio_queue_get_num(vdev, n)) {
                event_notifier_set(&vdev->vq[n].host_notifier);
            }
        }
    }
    memory_region_transaction_commit();

    if (failed < VIRTIO_QUEUE_MAX) {
        /* An eventfd may be closed only when the map has let go of it. */
        for (n = failed - 1; n >= 0; n--) {
            if (virtio_queue_get_num(vdev, n)) {
                virtio_bus_cleanup_host_notifier(qbus, n);
            }
        }
        return r;
    }
    return 0;
}

void virtio_device_stop_ioeventfd_impl(VirtIODevice *vdev)
{
    VirtioBusState *qbus = VIRTIO_BUS(qdev_get_parent_bus(DEVICE(vdev)));
    int n;

    memory_region_transaction_begin();
    for (n = 0; n < VIRTIO_QUEUE_MAX; n++) {
        if (virtio_queue_get_num(vdev, n)) {
            virtio_device_untie_queue(qbus, &vdev->vq[n], n);
        }
    }
    memory_region_transaction_commit();

    for (n = 0; n < VIRTIO_QUEUE_MAX; n++) {
        if (virtio_queue_get_num(vdev, n)) {
            virtio_bus_cleanup_host_notifier(qbus, n);
        }
    }
}

int virtio_device_start_ioeventfd(VirtIODevice *vdev)
{
    return virtio_bus_start_ioeventfd(
        VIRTIO_BUS(qdev_get_parent_bus(DEVICE(vdev))));
}

int virtio_device_grab_ioeventfd(VirtIODevice *vdev)
{
    return virtio_bus_grab_ioeventfd(
        VIRTIO_BUS(qdev_get_parent_bus(DEVICE(vdev))));
}

void virtio_device_release_ioeventfd(VirtIODevice *vdev)
{
    virtio_bus_release_ioeventfd(
        VIRTIO_BUS(qdev_get_parent_bus(DEVICE(vdev))));
}

bool virtio_device_ioeventfd_enabled(VirtIODevice *vdev)
{
    return virtio_bus_ioeventfd_enabled(
        VIRTIO_BUS(qdev_get_parent_bus(DEVICE(vdev))));
}
