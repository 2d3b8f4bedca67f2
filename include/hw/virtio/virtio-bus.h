/*
 * The bus between a virtio device and its transport.
 *
 * It has one seat.  Above it is the proxy, a device on a real bus (PCI, MMIO);
 * below it the VirtIODevice.  The proxy's file subclasses the bus and fills in
 * these methods; the device's side calls them through the functions below and
 * so never learns what it is plugged into.
 *
 *         virtio-net-pci            the proxy: d in every method
 *              |
 *         virtio-pci-bus            VirtioBusClass: notify, ioeventfd_assign ...
 *              |
 *         virtio-net-device         the backend: virtio_bus_get_device()
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef VIRTIO_BUS_H
#define VIRTIO_BUS_H

#include "hw/qdev-core.h"
#include "hw/virtio/virtio.h"
#include "qom/object.h"
#include "sysemu/sysemu.h"

#define TYPE_VIRTIO_BUS "virtio-bus"
typedef struct VirtioBusClass VirtioBusClass;
typedef struct VirtioBusState VirtioBusState;
DECLARE_OBJ_CHECKERS(VirtioBusState, VirtioBusClass,
                     VIRTIO_BUS, TYPE_VIRTIO_BUS)

/* Any of them may be NULL, and then the transport has no such thing. */
struct VirtioBusClass {
    BusClass parent_class;

    /* Interrupt the guest; @vector is a queue's, or the configuration's. */
    void (*notify)(DeviceState *d, uint16_t vector);

    /* The transport's own part of a migration stream; 0 or -errno. */
    void (*save_config)(DeviceState *d, QEMUFile *f);
    void (*save_queue)(DeviceState *d, int n, QEMUFile *f);
    void (*save_extra_state)(DeviceState *d, QEMUFile *f);
    int (*load_config)(DeviceState *d, QEMUFile *f);
    int (*load_queue)(DeviceState *d, int n, QEMUFile *f);
    int (*load_done)(DeviceState *d, QEMUFile *f);
    int (*load_extra_state)(DeviceState *d, QEMUFile *f);
    bool (*has_extra_state)(DeviceState *d);

    /* Can interrupts be raised by eventfd, and do so for @nvqs queues. */
    bool (*query_guest_notifiers)(DeviceState *d);
    int (*set_guest_notifiers)(DeviceState *d, int nvqs, bool assign);
    /* Put @mr in the place of queue @n's doorbell. */
    int (*set_host_notifier_mr)(DeviceState *d, int n,
                                MemoryRegion *mr, bool assign);

    void (*vmstate_change)(DeviceState *d, bool running);

    /* Before the features are asked for: the transport may add its own. */
    void (*pre_plugged)(DeviceState *d, Error **errp);
    /* The device is complete: build registers, capabilities, vectors. */
    void (*device_plugged)(DeviceState *d, Error **errp);
    void (*device_unplugged)(DeviceState *d);

    int (*query_nvectors)(DeviceState *d);

    /* Kicks by eventfd: wanted, and (un)tied to queue @n's doorbell. */
    bool (*ioeventfd_enabled)(DeviceState *d);
    int (*ioeventfd_assign)(DeviceState *d, EventNotifier *notifier,
                            int n, bool assign);

    bool (*queue_enabled)(DeviceState *d, int n);

    /* Does the guest choose where used follows avail (legacy MMIO)? */
    bool has_variable_vring_alignment;

    AddressSpace *(*get_dma_as)(DeviceState *d);
    bool (*iommu_enabled)(DeviceState *d);
};

struct VirtioBusState {
    BusState parent_obj;

    /* Are kicks arriving by eventfd, handled in the main loop? */
    bool ioeventfd_started;

    /*
     * How many have taken the host notifiers for themselves (another
     * AioContext, vhost).  Kicks are then theirs to handle.
     */
    int ioeventfd_grabbed;
};

/* The last step of a device's realize, and the first of its unrealize. */
void virtio_bus_device_plugged(VirtIODevice *vdev, Error **errp);
void virtio_bus_device_unplugged(VirtIODevice *vdev);

/* Reset the device on @bus, if there is one. */
void virtio_bus_reset(VirtioBusState *bus);

/* About the device on @bus, for the transport. */
uint16_t virtio_bus_get_vdev_id(VirtioBusState *bus);
size_t virtio_bus_get_vdev_config_len(VirtioBusState *bus);
uint64_t virtio_bus_get_vdev_features(VirtioBusState *bus,
                                      uint64_t requested_features);
uint32_t virtio_bus_get_vdev_bad_features(VirtioBusState *bus);
void virtio_bus_get_vdev_config(VirtioBusState *bus, uint8_t *config);
void virtio_bus_set_vdev_config(VirtioBusState *bus, uint8_t *config);

/* The device on @bus, or NULL.  Its type is known: no checked cast. */
static inline VirtIODevice *virtio_bus_get_device(VirtioBusState *bus)
{
    BusState *qbus = &bus->parent_obj;
    BusChild *kid = QTAILQ_FIRST(&qbus->children);

    return kid ? (VirtIODevice *)kid->child : NULL;
}

/* Start and stop kicks by eventfd; 0 or -errno. */
int virtio_bus_start_ioeventfd(VirtioBusState *bus);
void virtio_bus_stop_ioeventfd(VirtioBusState *bus);
bool virtio_bus_ioeventfd_enabled(VirtioBusState *bus);

/* Take the host notifiers, and let go; between the two, kicks are yours. */
int virtio_bus_grab_ioeventfd(VirtioBusState *bus);
void virtio_bus_release_ioeventfd(VirtioBusState *bus);

/*
 * Tie queue @n's host notifier to its doorbell, or untie it.  After untying,
 * and after the transaction that holds it, call _cleanup_.
 */
int virtio_bus_set_host_notifier(VirtioBusState *bus, int n, bool assign);
void virtio_bus_cleanup_host_notifier(VirtioBusState *bus, int n);

/* Does an IOMMU stand between the device and memory? */
bool virtio_bus_device_iommu_enabled(VirtIODevice *vdev);

#endif
