/*
 * virtio over PCI: kicks and interrupts that travel by eventfd.
 *
 * A doorbell of which the memory API knows that it is only an eventfd needs no
 * call into the device, and under KVM no exit from the kernel.  The other
 * way round, a device served outside the main loop interrupts by eventfd.
 *
 * Read virtio-notifier.c first: it decides when, this file says where.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/error-report.h"
#include "hw/pci/msix.h"
#include "sysemu/kvm.h"
#include "virtio-pci-int.h"

/* Kicks */

void virtio_pci_start_ioeventfd(VirtIOPCIProxy *proxy)
{
    virtio_bus_start_ioeventfd(&proxy->bus);
}

void virtio_pci_stop_ioeventfd(VirtIOPCIProxy *proxy)
{
    virtio_bus_stop_ioeventfd(&proxy->bus);
}

bool virtio_pci_ioeventfd_enabled(DeviceState *d)
{
    VirtIOPCIProxy *proxy = VIRTIO_PCI(d);

    return proxy->flags & VIRTIO_PCI_FLAG_USE_IOEVENTFD;
}

/* Tie the notifier to every doorbell that queue @n has, or untie it. */
int virtio_pci_ioeventfd_assign(DeviceState *d, EventNotifier *notifier,
                                int n, bool assign)
{
    VirtIOPCIProxy *proxy = VIRTIO_PCI(d);
    void (*tie)(MemoryRegion *mr, hwaddr addr, unsigned size, bool match_data,
                uint64_t data, EventNotifier *e) =
        assign ? memory_region_add_eventfd : memory_region_del_eventfd;

    if (virtio_pci_modern(proxy)) {
        /* The address says which queue, whatever is written. */
        tie(&proxy->notify.mr, virtio_pci_queue_mem_mult(proxy) * n, 2,
            false, n, notifier);
        if (proxy->flags & VIRTIO_PCI_FLAG_MODERN_PIO_NOTIFY) {
            tie(&proxy->notify_pio.mr, 0, 2, true, n, notifier);
        }
    }
    if (virtio_pci_legacy(proxy)) {
        tie(&proxy->bar, VIRTIO_PCI_QUEUE_NOTIFY, 2, true, n, notifier);
    }
    return 0;
}

int virtio_pci_set_host_notifier_mr(DeviceState *d, int n, MemoryRegion *mr,
                                    bool assign)
{
    VirtIOPCIProxy *proxy = VIRTIO_PCI(d);
    uint32_t mult = virtio_pci_queue_mem_mult(proxy);

    if (n >= VIRTIO_QUEUE_MAX || !virtio_pci_modern(proxy) ||
        mult != memory_region_size(mr)) {
        return -1;
    }
    if (assign) {
        memory_region_add_subregion_overlap(&proxy->notify.mr,
                                            (hwaddr)mult * n, mr, 1);
    } else {
        memory_region_del_subregion(&proxy->notify.mr, mr);
    }
    return 0;
}

/* Interrupts */

bool virtio_pci_query_guest_notifiers(DeviceState *d)
{
    return msix_enabled(&VIRTIO_PCI(d)->pci_dev);
}

/*
 * Somebody reads the guest notifiers, or raises interrupts where they are
 * written: the vectors' part (virtio-pci-irqfd.c) with MSI-X, the main loop
 * without.
 */
static void virtio_pci_handle_guest_notifiers(VirtIOPCIProxy *proxy,
                                              bool with_irqfd)
{
    VirtIODevice *vdev = virtio_bus_get_device(&proxy->bus);
    VirtioDeviceClass *vdc = VIRTIO_DEVICE_GET_CLASS(vdev);

    for (int n = 0; n < proxy->nvqs_with_notifiers &&
                    virtio_queue_get_num(vdev, n); n++) {
        virtio_queue_set_guest_notifier_fd_handler(virtio_get_queue(vdev, n),
                                                   true, with_irqfd);
        /* Without MSI-X there are no vectors to unmask. */
        if (!msix_enabled(&proxy->pci_dev) && vdev->use_guest_notifier_mask &&
            vdc->guest_notifier_mask) {
            vdc->guest_notifier_mask(vdev, n, false);
        }
    }
}

static int virtio_pci_attach_guest_notifiers(VirtIOPCIProxy *proxy)
{
    VirtIODevice *vdev = virtio_bus_get_device(&proxy->bus);
    VirtioDeviceClass *vdc = VIRTIO_DEVICE_GET_CLASS(vdev);
    bool msix = msix_enabled(&proxy->pci_dev);
    bool with_irqfd = msix && kvm_msi_via_irqfd_enabled();

    virtio_pci_handle_guest_notifiers(proxy, with_irqfd);
    if (with_irqfd || (msix && vdc->guest_notifier_mask)) {
        return virtio_pci_start_vectors(proxy);
    }
    return 0;
}

/* An interrupt that is on its way arrives. */
static void virtio_pci_detach_guest_notifiers(VirtIOPCIProxy *proxy)
{
    VirtIODevice *vdev = virtio_bus_get_device(&proxy->bus);
    VirtioDeviceClass *vdc = VIRTIO_DEVICE_GET_CLASS(vdev);

    virtio_pci_stop_vectors(proxy);
    for (int n = 0; n < proxy->nvqs_with_notifiers &&
                    virtio_queue_get_num(vdev, n); n++) {
        if (vdev->use_guest_notifier_mask && vdc->guest_notifier_mask) {
            vdc->guest_notifier_mask(vdev, n, true);
        }
        virtio_queue_set_guest_notifier_fd_handler(virtio_get_queue(vdev, n),
                                                   false, false);
    }
}

/* The guest has switched MSI-X on or off: interrupts go another way now. */
void virtio_pci_msix_switched(VirtIOPCIProxy *proxy)
{
    int r;

    if (!proxy->nvqs_with_notifiers) {
        return;
    }
    virtio_pci_detach_guest_notifiers(proxy);
    r = virtio_pci_attach_guest_notifiers(proxy);
    if (r < 0) {
        warn_report_once("virtio-pci: KVM has no route for a vector: %s; "
                         "interrupts go through the main loop", strerror(-r));
        virtio_pci_handle_guest_notifiers(proxy, false);
    }
}

/* The notifiers of the first @nvqs queues; all of them, or -errno. */
static int virtio_pci_init_guest_notifiers(VirtIODevice *vdev, int nvqs)
{
    for (int n = 0; n < nvqs && virtio_queue_get_num(vdev, n); n++) {
        VirtQueue *vq = virtio_get_queue(vdev, n);
        int r = event_notifier_init(virtio_queue_get_guest_notifier(vq), 0);

        if (r < 0) {
            while (--n >= 0) {
                vq = virtio_get_queue(vdev, n);
                event_notifier_cleanup(virtio_queue_get_guest_notifier(vq));
            }
            return r;
        }
    }
    return 0;
}

static void virtio_pci_cleanup_guest_notifiers(VirtIODevice *vdev, int nvqs)
{
    for (int n = 0; n < nvqs && virtio_queue_get_num(vdev, n); n++) {
        VirtQueue *vq = virtio_get_queue(vdev, n);

        event_notifier_cleanup(virtio_queue_get_guest_notifier(vq));
    }
}

int virtio_pci_set_guest_notifiers(DeviceState *d, int nvqs, bool assign)
{
    VirtIOPCIProxy *proxy = VIRTIO_PCI(d);
    VirtIODevice *vdev = virtio_bus_get_device(&proxy->bus);
    int r = 0;

    nvqs = MIN(nvqs, VIRTIO_QUEUE_MAX);
    /* What was assigned for so many is given back for as many. */
    assert(assign || nvqs == proxy->nvqs_with_notifiers);

    if (assign) {
        r = virtio_pci_init_guest_notifiers(vdev, nvqs);
        if (r < 0) {
            return r;
        }
        proxy->nvqs_with_notifiers = nvqs;
        r = virtio_pci_attach_guest_notifiers(proxy);
        if (r == 0) {
            return 0;
        }
    }
    virtio_pci_detach_guest_notifiers(proxy);
    virtio_pci_cleanup_guest_notifiers(vdev, nvqs);
    proxy->nvqs_with_notifiers = 0;
    return r;
}
