/*
 * virtio-net: its interrupts, as eventfds of the accelerator.
 *
 * While the driver is up, each queue has a guest notifier: an eventfd that KVM
 * makes an interrupt of, with no thread of ours in between and no lock.  The
 * device only chooses when; how is the transport's (VirtioBusClass
 * set_guest_notifiers), and docs/interrupt.md follows the whole road.
 *
 * Guest notifiers are taken where QEMU takes them for vhost-net, on the way of
 * the status: when the driver is ready, the link up and the machine running.
 * Without them, or if they cannot be had, virtio_notify() does it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/virtio/virtio-bus.h"
#include "qemu/error-report.h"
#include "sysemu/kvm.h"
#include "trace.h"
#include "virtio-net-int.h"

/* Has the guest interrupts that KVM can raise?  ioeventfd=off is for these, too. */
static bool virtio_net_irqfd_possible(VirtIODevice *vdev)
{
    BusState *qbus = qdev_get_parent_bus(DEVICE(vdev));
    VirtioBusClass *k = VIRTIO_BUS_GET_CLASS(qbus);

    return kvm_msi_via_irqfd_enabled() &&
           virtio_device_ioeventfd_enabled(vdev) &&
           k->set_guest_notifiers && k->query_guest_notifiers &&
           k->query_guest_notifiers(qbus->parent);
}

static void virtio_net_irqfd_start(VirtIONet *n)
{
    VirtIODevice *vdev = VIRTIO_DEVICE(n);
    BusState *qbus = qdev_get_parent_bus(DEVICE(vdev));
    int nvqs = virtio_get_num_queues(vdev);
    int r = VIRTIO_BUS_GET_CLASS(qbus)->set_guest_notifiers(qbus->parent, nvqs,
                                                            true);

    if (r < 0) {
        warn_report_once("virtio-net: no interrupts by irqfd: %s",
                         strerror(-r));
        return;
    }
    trace_virtio_net_irqfd(nvqs, true);
    n->irqfd_queues = nvqs;
}

static void virtio_net_irqfd_stop(VirtIONet *n)
{
    VirtIODevice *vdev = VIRTIO_DEVICE(n);
    BusState *qbus = qdev_get_parent_bus(DEVICE(vdev));

    trace_virtio_net_irqfd(n->irqfd_queues, false);
    VIRTIO_BUS_GET_CLASS(qbus)->set_guest_notifiers(qbus->parent,
                                                    n->irqfd_queues, false);
    n->irqfd_queues = 0;
}

void virtio_net_irqfd_status(VirtIONet *n, bool started)
{
    if (started == (n->irqfd_queues != 0)) {
        return;
    }
    if (!started) {
        virtio_net_irqfd_stop(n);
    } else if (virtio_net_irqfd_possible(VIRTIO_DEVICE(n))) {
        virtio_net_irqfd_start(n);
    }
}

void virtio_net_notify(VirtIONet *n, VirtQueue *vq)
{
    VirtIODevice *vdev = VIRTIO_DEVICE(n);

    if (n->irqfd_queues) {
        virtio_notify_irqfd(vdev, vq);
    } else {
        virtio_notify(vdev, vq);
    }
}
