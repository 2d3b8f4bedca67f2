/*
 * virtio over PCI: MSI-X vectors that the accelerator delivers by itself.
 *
 * A queue's guest notifier is an eventfd.  Under KVM it can be tied to a GSI
 * whose route is the vector's message; a write to the eventfd is then an
 * interrupt in the guest, from whatever thread it comes (docs/interrupt.md):
 *
 *     queue 0 -- guest_notifier --irqfd--.
 *                                         >-- virq 24 = message of vector 1
 *     queue 2 -- guest_notifier --irqfd--'      VirtIOIRQFD, 2 users
 *     queue 1 -- guest_notifier --irqfd------ virq 25 = message of vector 2
 *
 * When the guest masks a vector, MSI-X tells us (msix_set_vector_notifiers) and
 * the eventfds are untied.  What is signalled then stays in them: it is the
 * vector's pending bit, if the guest looks, and an interrupt when the vector is
 * unmasked.
 *
 * A message that is none to a local APIC cannot be a route, and routes can run
 * out: then the main loop reads the eventfd and does what virtio_notify() does.
 * That is slower, and all the same to the guest.
 *
 * A device with a mask of its own (VirtioDeviceClass guest_notifier_mask: it
 * signals another eventfd instead) stays tied all the time, and is told.
 *
 * Read virtio-pci-notifier.c first: it decides when vectors are tied.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/error-report.h"
#include "hw/pci/msix.h"
#include "sysemu/kvm.h"
#include "trace.h"
#include "virtio-pci-int.h"

/* The vector of queue @n if it has one that can be raised, or -1. */
static int virtio_pci_vq_vector(VirtIOPCIProxy *proxy, int n)
{
    VirtIODevice *vdev = virtio_bus_get_device(&proxy->bus);
    uint16_t vector = virtio_queue_vector(vdev, n);

    return vector < msix_nr_vectors_allocated(&proxy->pci_dev) ? vector : -1;
}

/* Does the device keep interrupts back by itself? */
static bool virtio_pci_device_masks(VirtIOPCIProxy *proxy)
{
    VirtIODevice *vdev = virtio_bus_get_device(&proxy->bus);

    return vdev->use_guest_notifier_mask &&
           VIRTIO_DEVICE_GET_CLASS(vdev)->guest_notifier_mask;
}

/* Is queue @n one whose guest notifier is assigned? */
static bool virtio_pci_vq_notified(VirtIOPCIProxy *proxy, int n)
{
    VirtIODevice *vdev = virtio_bus_get_device(&proxy->bus);

    return n < proxy->nvqs_with_notifiers && virtio_queue_get_num(vdev, n);
}

/* The main loop answers queue @n's guest notifier, or nobody of ours does. */
static void virtio_pci_vq_read_by_us(VirtIOPCIProxy *proxy, int n, bool us)
{
    VirtIODevice *vdev = virtio_bus_get_device(&proxy->bus);

    virtio_queue_set_guest_notifier_fd_handler(virtio_get_queue(vdev, n),
                                               true, !us);
}

/* Routes: one for each vector that queues use */

/*
 * One more user of @vector.  The first makes the route, of which the kernel
 * knows when @c is committed.  What a masked entry says may be anything: the
 * guest need not have written it yet.
 *
 * On failure, -errno, the vector has a user and no route.
 */
static int kvm_virtio_pci_vq_vector_use(VirtIOPCIProxy *proxy,
                                        KVMRouteChange *c,
                                        unsigned int vector)
{
    VirtIOIRQFD *irqfd = &proxy->vector_irqfd[vector];
    PCIDevice *dev = &proxy->pci_dev;

    if (irqfd->users++ == 0) {
        irqfd->msg = (MSIMessage) { };
        irqfd->virq = -EINVAL;
        if (!msix_is_masked(dev, vector)) {
            irqfd->virq = kvm_irqchip_add_msi_route(c, vector, dev);
        }
        if (irqfd->virq >= 0) {
            irqfd->msg = msix_get_message(dev, vector);
        } else if (irqfd->virq == -EINVAL) {
            irqfd->virq = kvm_irqchip_add_msi_route(c, vector, NULL);
        }
    }
    return MIN(irqfd->virq, 0);
}

static void kvm_virtio_pci_vq_vector_release(VirtIOPCIProxy *proxy,
                                             unsigned int vector)
{
    VirtIOIRQFD *irqfd = &proxy->vector_irqfd[vector];

    if (--irqfd->users == 0 && irqfd->virq >= 0) {
        kvm_irqchip_release_virq(kvm_state, irqfd->virq);
    }
}

static void kvm_virtio_pci_vector_release(VirtIOPCIProxy *proxy)
{
    for (int n = 0; virtio_pci_vq_notified(proxy, n); n++) {
        int vector = virtio_pci_vq_vector(proxy, n);

        if (vector >= 0) {
            kvm_virtio_pci_vq_vector_release(proxy, vector);
        }
    }
}

/* All vectors of all queues; the kernel hears of them at once. */
static int kvm_virtio_pci_vector_use(VirtIOPCIProxy *proxy)
{
    KVMRouteChange c = kvm_irqchip_begin_route_changes(kvm_state);
    int ret = 0;

    for (int n = 0; virtio_pci_vq_notified(proxy, n); n++) {
        int vector = virtio_pci_vq_vector(proxy, n);

        if (vector >= 0) {
            int r = kvm_virtio_pci_vq_vector_use(proxy, &c, vector);

            ret = ret < 0 ? ret : r;
        }
    }
    kvm_irqchip_commit_route_changes(&c);
    if (ret < 0) {
        kvm_virtio_pci_vector_release(proxy);
    }
    return ret;
}

/* The route of @vector becomes @msg, unless it is already. */
static int kvm_virtio_pci_vector_update(VirtIOPCIProxy *proxy,
                                        unsigned int vector, MSIMessage msg)
{
    VirtIOIRQFD *irqfd = &proxy->vector_irqfd[vector];
    int ret;

    if (irqfd->virq < 0) {
        return irqfd->virq;
    }
    if (irqfd->msg.address == msg.address && irqfd->msg.data == msg.data) {
        return 0;
    }
    ret = kvm_irqchip_update_msi_route(kvm_state, irqfd->virq, msg,
                                       &proxy->pci_dev);
    if (ret < 0) {
        return ret;
    }
    kvm_irqchip_commit_routes(kvm_state);
    irqfd->msg = msg;
    return 0;
}

/* irqfds: one for each queue */

/*
 * Tie queue @n's guest notifier to @vector's route.  If it is signalled
 * already, KVM interrupts at once but leaves the eventfd as it is, to be taken
 * for pending once more when it is untied.  Signalled afterwards, it is read.
 */
static int kvm_virtio_pci_irqfd_use(VirtIOPCIProxy *proxy, unsigned int n,
                                    unsigned int vector)
{
    VirtIODevice *vdev = virtio_bus_get_device(&proxy->bus);
    VirtQueue *vq = virtio_get_queue(vdev, n);
    EventNotifier *notifier = virtio_queue_get_guest_notifier(vq);
    VirtIOIRQFD *irqfd = &proxy->vector_irqfd[vector];
    bool pending = event_notifier_test_and_clear(notifier);
    int ret;

    ret = kvm_irqchip_add_irqfd_notifier_gsi(kvm_state, notifier, NULL,
                                             irqfd->virq);
    if (pending) {
        event_notifier_set(notifier);
    }
    return ret;
}

static void kvm_virtio_pci_irqfd_release(VirtIOPCIProxy *proxy,
                                         unsigned int n, unsigned int vector)
{
    VirtIODevice *vdev = virtio_bus_get_device(&proxy->bus);
    VirtQueue *vq = virtio_get_queue(vdev, n);
    EventNotifier *notifier = virtio_queue_get_guest_notifier(vq);
    VirtIOIRQFD *irqfd = &proxy->vector_irqfd[vector];
    int ret;

    ret = kvm_irqchip_remove_irqfd_notifier_gsi(kvm_state, notifier,
                                                irqfd->virq);
    if (ret < 0) {
        error_report_once("virtio-pci: KVM keeps an irqfd: %s",
                          strerror(-ret));
    }
}

/*
 * Queue @n's vector may be raised: by KVM if @by_kvm, else by us.  A failure
 * leaves the queue as it was.
 */
static int virtio_pci_vq_vector_unmask(VirtIOPCIProxy *proxy, unsigned int n,
                                       unsigned int vector, bool by_kvm)
{
    VirtIODevice *vdev = virtio_bus_get_device(&proxy->bus);
    VirtioDeviceClass *k = VIRTIO_DEVICE_GET_CLASS(vdev);
    VirtQueue *vq = virtio_get_queue(vdev, n);
    int ret;

    if (by_kvm) {
        ret = kvm_virtio_pci_irqfd_use(proxy, n, vector);
        if (ret < 0) {
            return ret;
        }
    } else if (proxy->vector_irqfd) {
        virtio_pci_vq_read_by_us(proxy, n, true);
    }
    if (virtio_pci_device_masks(proxy)) {
        k->guest_notifier_mask(vdev, n, false);
        /* What it held back until now. */
        if (k->guest_notifier_pending && k->guest_notifier_pending(vdev, n)) {
            event_notifier_set(virtio_queue_get_guest_notifier(vq));
        }
    }
    return 0;
}

static void virtio_pci_vq_vector_mask(VirtIOPCIProxy *proxy, unsigned int n,
                                      unsigned int vector)
{
    VirtIODevice *vdev = virtio_bus_get_device(&proxy->bus);

    if (virtio_pci_device_masks(proxy)) {
        VIRTIO_DEVICE_GET_CLASS(vdev)->guest_notifier_mask(vdev, n, true);
    }
    if (!proxy->vector_irqfd) {
        return;
    }
    if (proxy->vector_irqfd[vector].by_kvm) {
        kvm_virtio_pci_irqfd_release(proxy, n, vector);
    } else {
        virtio_pci_vq_read_by_us(proxy, n, false);
    }
}

/* Each queue with @vector whose notifier is assigned; n is its number. */
#define FOR_EACH_VQ_OF_VECTOR(proxy, vector, vq, n)                          \
    for (vq = virtio_vector_first_queue(                                     \
             virtio_bus_get_device(&(proxy)->bus), vector);                  \
         vq && (n = virtio_get_queue_index(vq), true);                       \
         vq = virtio_vector_next_queue(vq))                                  \
        if (virtio_pci_vq_notified(proxy, n))

/*
 * MSI-X's notifiers.  Whatever the guest has written into the table, they do
 * not fail: there is always the way through the main loop.
 */

static int virtio_pci_vector_unmask(PCIDevice *dev, unsigned vector,
                                    MSIMessage msg)
{
    VirtIOPCIProxy *proxy = VIRTIO_PCI(dev);
    VirtIOIRQFD *irqfd = NULL;
    VirtQueue *vq, *undo;
    int n, ret = 0;

    if (proxy->vector_irqfd) {
        irqfd = &proxy->vector_irqfd[vector];
        if (irqfd->users == 0) {
            return 0;           /* no queue's: the configuration's, maybe */
        }
        irqfd->by_kvm = kvm_virtio_pci_vector_update(proxy, vector, msg) == 0;
        trace_virtio_pci_vector_unmask(vector, irqfd->virq, irqfd->by_kvm);
    }
    FOR_EACH_VQ_OF_VECTOR(proxy, vector, vq, n) {
        ret = virtio_pci_vq_vector_unmask(proxy, n, vector,
                                          irqfd && irqfd->by_kvm);
        if (ret < 0) {
            break;
        }
    }
    if (ret == 0) {
        return 0;
    }

    /* The kernel does not take this queue's: then not those before it. */
    warn_report_once("virtio-pci: KVM cannot take an irqfd: %s; interrupts "
                     "go through the main loop", strerror(-ret));
    FOR_EACH_VQ_OF_VECTOR(proxy, vector, undo, n) {
        if (undo == vq) {
            break;
        }
        virtio_pci_vq_vector_mask(proxy, n, vector);
    }
    irqfd->by_kvm = false;
    FOR_EACH_VQ_OF_VECTOR(proxy, vector, vq, n) {
        virtio_pci_vq_vector_unmask(proxy, n, vector, false);
    }
    return 0;
}

static void virtio_pci_vector_mask(PCIDevice *dev, unsigned vector)
{
    VirtIOPCIProxy *proxy = VIRTIO_PCI(dev);
    VirtQueue *vq;
    int n;

    if (proxy->vector_irqfd) {
        trace_virtio_pci_vector_mask(vector, proxy->vector_irqfd[vector].virq);
    }
    FOR_EACH_VQ_OF_VECTOR(proxy, vector, vq, n) {
        virtio_pci_vq_vector_mask(proxy, n, vector);
    }
}

/* The guest looks at pending bits: what waits in an eventfd is one. */
static void virtio_pci_vector_poll(PCIDevice *dev, unsigned int vector_start,
                                   unsigned int vector_end)
{
    VirtIOPCIProxy *proxy = VIRTIO_PCI(dev);
    VirtIODevice *vdev = virtio_bus_get_device(&proxy->bus);
    VirtioDeviceClass *k = VIRTIO_DEVICE_GET_CLASS(vdev);

    for (int n = 0; virtio_pci_vq_notified(proxy, n); n++) {
        int vector = virtio_pci_vq_vector(proxy, n);
        EventNotifier *notifier =
            virtio_queue_get_guest_notifier(virtio_get_queue(vdev, n));

        if (vector < (int)vector_start || vector >= (int)vector_end ||
            !msix_is_masked(dev, vector)) {
            continue;
        }
        if (k->guest_notifier_pending ? k->guest_notifier_pending(vdev, n)
                                      : event_notifier_test_and_clear(notifier))
        {
            msix_set_pending(dev, vector);
        }
    }
}

/* For virtio-pci-notifier.c and virtio-pci.c */

int virtio_pci_start_vectors(VirtIOPCIProxy *proxy)
{
    PCIDevice *dev = &proxy->pci_dev;
    int ret;

    if (kvm_msi_via_irqfd_enabled()) {
        proxy->vector_irqfd = g_new0(VirtIOIRQFD,
                                     msix_nr_vectors_allocated(dev));
        ret = kvm_virtio_pci_vector_use(proxy);
        if (ret < 0) {
            g_clear_pointer(&proxy->vector_irqfd, g_free);
            return ret;
        }
    }
    ret = msix_set_vector_notifiers(dev, virtio_pci_vector_unmask,
                                    virtio_pci_vector_mask,
                                    virtio_pci_vector_poll);
    assert(ret == 0);           /* virtio_pci_vector_unmask() does not fail */
    return 0;
}

void virtio_pci_stop_vectors(VirtIOPCIProxy *proxy)
{
    if (!proxy->pci_dev.msix_vector_use_notifier) {
        return;
    }
    msix_unset_vector_notifiers(&proxy->pci_dev);
    if (proxy->vector_irqfd) {
        kvm_virtio_pci_vector_release(proxy);
        g_clear_pointer(&proxy->vector_irqfd, g_free);
    }
}

void virtio_pci_vq_leave_vector(VirtIOPCIProxy *proxy, int n)
{
    VirtIODevice *vdev = virtio_bus_get_device(&proxy->bus);
    int vector = virtio_pci_vq_vector(proxy, n);

    if (!proxy->pci_dev.msix_vector_use_notifier ||
        !virtio_pci_vq_notified(proxy, n)) {
        return;
    }
    if (vector < 0) {
        /* Signals without a vector were for nobody. */
        event_notifier_test_and_clear(
            virtio_queue_get_guest_notifier(virtio_get_queue(vdev, n)));
        return;
    }
    if (!msix_is_masked(&proxy->pci_dev, vector)) {
        virtio_pci_vq_vector_mask(proxy, n, vector);
    }
    if (proxy->vector_irqfd) {
        kvm_virtio_pci_vq_vector_release(proxy, vector);
    }
}

void virtio_pci_vq_enter_vector(VirtIOPCIProxy *proxy, int n)
{
    PCIDevice *dev = &proxy->pci_dev;
    int vector = virtio_pci_vq_vector(proxy, n);

    if (!dev->msix_vector_use_notifier || vector < 0 ||
        !virtio_pci_vq_notified(proxy, n)) {
        return;
    }
    if (proxy->vector_irqfd) {
        KVMRouteChange c = kvm_irqchip_begin_route_changes(kvm_state);

        /* Without a route it goes through the main loop. */
        kvm_virtio_pci_vq_vector_use(proxy, &c, vector);
        kvm_irqchip_commit_route_changes(&c);
    }
    if (!msix_is_masked(dev, vector)) {
        VirtQueue *vq;
        int other;

        /* Together with those that have the vector already. */
        FOR_EACH_VQ_OF_VECTOR(proxy, vector, vq, other) {
            if (other != n) {
                virtio_pci_vq_vector_mask(proxy, other, vector);
            }
        }
        virtio_pci_vector_unmask(dev, vector, msix_get_message(dev, vector));
    }
}
