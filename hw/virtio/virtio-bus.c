/*
 * The bus between a virtio device and its transport.
 *
 * One class of many methods, which the transport fills in; and here the order
 * in which they are called when a device is plugged, and the bookkeeping of who
 * handles kicks.
 *
 * Read include/hw/virtio/virtio-bus.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "qemu/module.h"
#include "exec/address-spaces.h"
#include "hw/virtio/virtio-bus.h"
#include "trace.h"

/* Plugging */

/* Called by virtio_device_realize(): the device's own realize is done. */
void virtio_bus_device_plugged(VirtIODevice *vdev, Error **errp)
{
    ERRP_GUARD();
    DeviceState *qdev = DEVICE(vdev);
    BusState *qbus = qdev_get_parent_bus(qdev);
    VirtioBusState *bus = VIRTIO_BUS(qbus);
    VirtioBusClass *klass = VIRTIO_BUS_GET_CLASS(bus);
    VirtioDeviceClass *vdc = VIRTIO_DEVICE_GET_CLASS(vdev);
    /* Asked for by the user; get_features() may take it away. */
    bool has_iommu = virtio_host_has_feature(vdev, VIRTIO_F_IOMMU_PLATFORM);
    bool vdev_has_iommu;

    trace_virtio_bus_device_plugged(vdev->name);

    if (klass->pre_plugged) {
        klass->pre_plugged(qbus->parent, errp);
        if (*errp) {
            return;
        }
    }

    assert(vdc->get_features);
    vdev->host_features = vdc->get_features(vdev, vdev->host_features, errp);
    if (*errp) {
        return;
    }

    if (klass->device_plugged) {
        klass->device_plugged(qbus->parent, errp);
        if (*errp) {
            return;
        }
    }

    vdev->dma_as = &address_space_memory;
    if (klass->get_dma_as && has_iommu) {
        vdev_has_iommu = virtio_host_has_feature(vdev,
                                                 VIRTIO_F_IOMMU_PLATFORM);
        virtio_add_feature(&vdev->host_features, VIRTIO_F_IOMMU_PLATFORM);
        vdev->dma_as = klass->get_dma_as(qbus->parent);
        if (!vdev_has_iommu && vdev->dma_as != &address_space_memory) {
            error_setg(errp,
                       "iommu_platform=true is not supported by the device");
            if (klass->device_unplugged) {
                klass->device_unplugged(qbus->parent);
            }
        }
    }
}

void virtio_bus_device_unplugged(VirtIODevice *vdev)
{
    BusState *qbus = qdev_get_parent_bus(DEVICE(vdev));
    VirtioBusClass *klass = VIRTIO_BUS_GET_CLASS(qbus);

    if (klass->device_unplugged) {
        klass->device_unplugged(qbus->parent);
    }
}

void virtio_bus_reset(VirtioBusState *bus)
{
    VirtIODevice *vdev = virtio_bus_get_device(bus);

    if (vdev) {
        virtio_reset(vdev);
    }
}

/* What the transport asks about the device */

uint16_t virtio_bus_get_vdev_id(VirtioBusState *bus)
{
    VirtIODevice *vdev = virtio_bus_get_device(bus);

    assert(vdev);
    return vdev->device_id;
}

size_t virtio_bus_get_vdev_config_len(VirtioBusState *bus)
{
    VirtIODevice *vdev = virtio_bus_get_device(bus);

    assert(vdev);
    return vdev->config_len;
}

uint64_t virtio_bus_get_vdev_features(VirtioBusState *bus,
                                      uint64_t requested_features)
{
    VirtIODevice *vdev = virtio_bus_get_device(bus);
    VirtioDeviceClass *k = VIRTIO_DEVICE_GET_CLASS(vdev);

    assert(k->get_features);
    return k->get_features(vdev, requested_features, &error_abort);
}

uint32_t virtio_bus_get_vdev_bad_features(VirtioBusState *bus)
{
    VirtIODevice *vdev = virtio_bus_get_device(bus);
    VirtioDeviceClass *k = VIRTIO_DEVICE_GET_CLASS(vdev);

    return k->bad_features ? k->bad_features(vdev) : 0;
}

void virtio_bus_get_vdev_config(VirtioBusState *bus, uint8_t *config)
{
    VirtIODevice *vdev = virtio_bus_get_device(bus);
    VirtioDeviceClass *k = VIRTIO_DEVICE_GET_CLASS(vdev);

    if (k->get_config) {
        k->get_config(vdev, config);
    }
}

void virtio_bus_set_vdev_config(VirtioBusState *bus, uint8_t *config)
{
    VirtIODevice *vdev = virtio_bus_get_device(bus);
    VirtioDeviceClass *k = VIRTIO_DEVICE_GET_CLASS(vdev);

    if (k->set_config) {
        k->set_config(vdev, config);
    }
}

bool virtio_bus_device_iommu_enabled(VirtIODevice *vdev)
{
    BusState *qbus = qdev_get_parent_bus(DEVICE(vdev));
    VirtioBusClass *klass = VIRTIO_BUS_GET_CLASS(qbus);

    return klass->iommu_enabled && klass->iommu_enabled(qbus->parent);
}

/*
 * Kicks by eventfd.  Started says that the guest's doorbells are to be tied to
 * eventfds; grabbed, that somebody else than the main loop listens to them.
 */

int virtio_bus_start_ioeventfd(VirtioBusState *bus)
{
    VirtioBusClass *k = VIRTIO_BUS_GET_CLASS(bus);
    DeviceState *proxy = BUS(bus)->parent;
    VirtIODevice *vdev = virtio_bus_get_device(bus);
    VirtioDeviceClass *vdc = VIRTIO_DEVICE_GET_CLASS(vdev);
    int r;

    if (!k->ioeventfd_assign || !k->ioeventfd_enabled(proxy)) {
        return -ENOSYS;
    }
    if (bus->ioeventfd_started) {
        return 0;
    }
    if (!bus->ioeventfd_grabbed) {
        r = vdc->start_ioeventfd(vdev);
        if (r < 0) {
            error_report("%s: failed. Fallback to userspace (slower).",
                         __func__);
            return r;
        }
    }
    bus->ioeventfd_started = true;
    return 0;
}

void virtio_bus_stop_ioeventfd(VirtioBusState *bus)
{
    VirtIODevice *vdev = virtio_bus_get_device(bus);
    VirtioDeviceClass *vdc;

    if (!bus->ioeventfd_started) {
        return;
    }
    if (!bus->ioeventfd_grabbed) {
        vdc = VIRTIO_DEVICE_GET_CLASS(vdev);
        vdc->stop_ioeventfd(vdev);
    }
    bus->ioeventfd_started = false;
}

bool virtio_bus_ioeventfd_enabled(VirtioBusState *bus)
{
    VirtioBusClass *k = VIRTIO_BUS_GET_CLASS(bus);

    return k->ioeventfd_assign && k->ioeventfd_enabled(BUS(bus)->parent);
}

int virtio_bus_grab_ioeventfd(VirtioBusState *bus)
{
    VirtioBusClass *k = VIRTIO_BUS_GET_CLASS(bus);

    if (!k->ioeventfd_assign) {
        return -ENOSYS;
    }
    if (bus->ioeventfd_grabbed == 0 && bus->ioeventfd_started) {
        virtio_bus_stop_ioeventfd(bus);
        /* They are to run again as soon as the last one lets go. */
        bus->ioeventfd_started = true;
    }
    bus->ioeventfd_grabbed++;
    return 0;
}

void virtio_bus_release_ioeventfd(VirtioBusState *bus)
{
    assert(bus->ioeventfd_grabbed != 0);
    if (--bus->ioeventfd_grabbed == 0 && bus->ioeventfd_started) {
        /* Not from "started" to "started", but from nothing. */
        bus->ioeventfd_started = false;
        virtio_bus_start_ioeventfd(bus);
    }
}

int virtio_bus_set_host_notifier(VirtioBusState *bus, int n, bool assign)
{
    VirtIODevice *vdev = virtio_bus_get_device(bus);
    VirtioBusClass *k = VIRTIO_BUS_GET_CLASS(bus);
    DeviceState *proxy = BUS(bus)->parent;
    VirtQueue *vq = virtio_get_queue(vdev, n);
    EventNotifier *notifier = virtio_queue_get_host_notifier(vq);
    int r = 0;

    if (!k->ioeventfd_assign) {
        return -ENOSYS;
    }

    if (assign) {
        /* Set from the start: look into the ring once in any case. */
        r = event_notifier_init(notifier, 1);
        if (r < 0) {
            error_report("%s: unable to init event notifier: %s (%d)",
                         __func__, strerror(-r), r);
            return r;
        }
        r = k->ioeventfd_assign(proxy, notifier, n, true);
        if (r < 0) {
            error_report("%s: unable to assign ioeventfd: %d", __func__, r);
            virtio_bus_cleanup_host_notifier(bus, n);
        }
    } else {
        k->ioeventfd_assign(proxy, notifier, n, false);
    }

    if (r == 0) {
        virtio_queue_set_host_notifier_enabled(vq, assign);
    }
    return r;
}

void virtio_bus_cleanup_host_notifier(VirtioBusState *bus, int n)
{
    VirtIODevice *vdev = virtio_bus_get_device(bus);
    VirtQueue *vq = virtio_get_queue(vdev, n);
    EventNotifier *notifier = virtio_queue_get_host_notifier(vq);

    /* A kick that nobody has read yet is handled now. */
    virtio_queue_host_notifier_read(notifier);
    event_notifier_cleanup(notifier);
}

/* Type */

/* Paths name devices by their bus; this one adds nothing to its parent's. */
static char *virtio_bus_get_dev_path(DeviceState *dev)
{
    return qdev_get_dev_path(dev->parent_bus->parent);
}

static char *virtio_bus_get_fw_dev_path(DeviceState *dev)
{
    return NULL;
}

static void virtio_bus_class_init(ObjectClass *klass, void *data)
{
    BusClass *bus_class = BUS_CLASS(klass);

    bus_class->get_dev_path = virtio_bus_get_dev_path;
    bus_class->get_fw_dev_path = virtio_bus_get_fw_dev_path;
}

static const TypeInfo virtio_bus_info = {
    .name = TYPE_VIRTIO_BUS,
    .parent = TYPE_BUS,
    .instance_size = sizeof(VirtioBusState),
    .abstract = true,
    .class_size = sizeof(VirtioBusClass),
    .class_init = virtio_bus_class_init,
};

static void virtio_bus_register_types(void)
{
    type_register_static(&virtio_bus_info);
}

type_init(virtio_bus_register_types)
