/*
 * virtio over MMIO: kicks and interrupts that travel by eventfd.
 *
 * All queues have one doorbell, so an eventfd is tied to the address and to the
 * value: the queue's number.  Interrupts have one line, whose status the guest
 * reads; an eventfd could pulse the line, but not write the status.  So they
 * go by the main loop, which does both.
 *
 * Read virtio-notifier.c first: it decides when, this file says where.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "standard-headers/linux/virtio_mmio.h"
#include "virtio-mmio-int.h"

/* Kicks */

void virtio_mmio_start_ioeventfd(VirtIOMMIOProxy *proxy)
{
    virtio_bus_start_ioeventfd(&proxy->bus);
}

void virtio_mmio_stop_ioeventfd(VirtIOMMIOProxy *proxy)
{
    virtio_bus_stop_ioeventfd(&proxy->bus);
}

bool virtio_mmio_ioeventfd_enabled(DeviceState *d)
{
    return VIRTIO_MMIO(d)->flags & VIRTIO_IOMMIO_FLAG_USE_IOEVENTFD;
}

int virtio_mmio_ioeventfd_assign(DeviceState *d, EventNotifier *notifier,
                                 int n, bool assign)
{
    VirtIOMMIOProxy *proxy = VIRTIO_MMIO(d);

    if (assign) {
        memory_region_add_eventfd(&proxy->iomem, VIRTIO_MMIO_QUEUE_NOTIFY, 4,
                                  true, n, notifier);
    } else {
        memory_region_del_eventfd(&proxy->iomem, VIRTIO_MMIO_QUEUE_NOTIFY, 4,
                                  true, n, notifier);
    }
    return 0;
}

/* Interrupts */

static int virtio_mmio_set_guest_notifier(DeviceState *d, int n, bool assign)
{
    VirtIODevice *vdev = virtio_bus_get_device(&VIRTIO_MMIO(d)->bus);
    VirtioDeviceClass *vdc = VIRTIO_DEVICE_GET_CLASS(vdev);
    VirtQueue *vq = virtio_get_queue(vdev, n);
    EventNotifier *notifier = virtio_queue_get_guest_notifier(vq);

    if (assign) {
        int r = event_notifier_init(notifier, 0);

        if (r < 0) {
            return r;
        }
        virtio_queue_set_guest_notifier_fd_handler(vq, true, false);
    } else {
        virtio_queue_set_guest_notifier_fd_handler(vq, false, false);
        event_notifier_cleanup(notifier);
    }
    if (vdc->guest_notifier_mask && vdev->use_guest_notifier_mask) {
        vdc->guest_notifier_mask(vdev, n, !assign);
    }
    return 0;
}

/* All of the first @nvqs queues that there are, or, after an error, none. */
int virtio_mmio_set_guest_notifiers(DeviceState *d, int nvqs, bool assign)
{
    VirtIODevice *vdev = virtio_bus_get_device(&VIRTIO_MMIO(d)->bus);

    nvqs = MIN(nvqs, VIRTIO_QUEUE_MAX);
    for (int n = 0; n < nvqs && virtio_queue_get_num(vdev, n); n++) {
        int r = virtio_mmio_set_guest_notifier(d, n, assign);

        if (r < 0) {
            while (--n >= 0) {
                virtio_mmio_set_guest_notifier(d, n, false);
            }
            return r;
        }
    }
    return 0;
}
