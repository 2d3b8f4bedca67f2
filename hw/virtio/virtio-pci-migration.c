/*
 * virtio over PCI: the proxy's part of a migration stream.
 *
 *     config        PCI's config space, MSI-X's table, the vector of the
 *                   configuration
 *     each queue    its vector
 *     extra state   what a modern driver writes about queues ("migrate-extra")
 *
 * Read hw/virtio/virtio-migration.c first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/pci/msix.h"
#include "migration/qemu-file-types.h"
#include "migration/vmstate.h"
#include "virtio-pci-int.h"

/* Extra state */

static bool virtio_pci_modern_state_needed(void *opaque)
{
    return virtio_pci_modern(opaque);
}

static const VMStateDescription vmstate_virtio_pci_modern_queue_state = {
    .name = "virtio_pci/modern_queue_state",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_UINT16(num, VirtIOPCIQueue),
        VMSTATE_UNUSED(1),      /* the upper half of enabled, once */
        VMSTATE_BOOL(enabled, VirtIOPCIQueue),
        VMSTATE_UINT32_ARRAY(desc, VirtIOPCIQueue, 2),
        VMSTATE_UINT32_ARRAY(avail, VirtIOPCIQueue, 2),
        VMSTATE_UINT32_ARRAY(used, VirtIOPCIQueue, 2),
        VMSTATE_END_OF_LIST()
    }
};

static const VMStateDescription vmstate_virtio_pci_modern_state_sub = {
    .name = "virtio_pci/modern_state",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = virtio_pci_modern_state_needed,
    .fields = (VMStateField[]) {
        VMSTATE_UINT32(dfselect, VirtIOPCIProxy),
        VMSTATE_UINT32(gfselect, VirtIOPCIProxy),
        VMSTATE_UINT32_ARRAY(guest_features, VirtIOPCIProxy, 2),
        VMSTATE_STRUCT_ARRAY(vqs, VirtIOPCIProxy, VIRTIO_QUEUE_MAX, 0,
                             vmstate_virtio_pci_modern_queue_state,
                             VirtIOPCIQueue),
        VMSTATE_END_OF_LIST()
    }
};

static const VMStateDescription vmstate_virtio_pci = {
    .name = "virtio_pci",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_END_OF_LIST()
    },
    .subsections = (const VMStateDescription * []) {
        &vmstate_virtio_pci_modern_state_sub,
        NULL
    }
};

bool virtio_pci_has_extra_state(DeviceState *d)
{
    return VIRTIO_PCI(d)->flags & VIRTIO_PCI_FLAG_MIGRATE_EXTRA;
}

void virtio_pci_save_extra_state(DeviceState *d, QEMUFile *f)
{
    vmstate_save_state(f, &vmstate_virtio_pci, VIRTIO_PCI(d), NULL);
}

int virtio_pci_load_extra_state(DeviceState *d, QEMUFile *f)
{
    return vmstate_load_state(f, &vmstate_virtio_pci, VIRTIO_PCI(d), 1);
}

/* Config space */

void virtio_pci_save_config(DeviceState *d, QEMUFile *f)
{
    VirtIOPCIProxy *proxy = VIRTIO_PCI(d);
    VirtIODevice *vdev = virtio_bus_get_device(&proxy->bus);

    vmstate_save_state(f, &vmstate_pci_device, &proxy->pci_dev, NULL);
    vmstate_save_state(f, &vmstate_msix, &proxy->pci_dev, NULL);
    if (msix_present(&proxy->pci_dev)) {
        qemu_put_be16(f, vdev->config_vector);
    }
}

/* A vector of the stream's, for whom it was; -EINVAL if there is none such. */
static int virtio_pci_load_vector(VirtIOPCIProxy *proxy, QEMUFile *f,
                                  uint16_t *vector)
{
    *vector = VIRTIO_NO_VECTOR;
    if (!msix_present(&proxy->pci_dev)) {
        return 0;
    }
    qemu_get_be16s(f, vector);
    if (*vector == VIRTIO_NO_VECTOR) {
        return 0;
    }
    if (*vector >= proxy->nvectors) {
        return -EINVAL;
    }
    msix_vector_use(&proxy->pci_dev, *vector);
    return 0;
}

int virtio_pci_load_config(DeviceState *d, QEMUFile *f)
{
    VirtIOPCIProxy *proxy = VIRTIO_PCI(d);
    VirtIODevice *vdev = virtio_bus_get_device(&proxy->bus);
    int ret;

    ret = vmstate_load_state(f, &vmstate_pci_device, &proxy->pci_dev,
                             vmstate_pci_device.version_id);
    if (ret) {
        return ret;
    }
    msix_unuse_all_vectors(&proxy->pci_dev);
    ret = vmstate_load_state(f, &vmstate_msix, &proxy->pci_dev,
                             vmstate_msix.version_id);
    if (ret) {
        return ret;
    }
    return virtio_pci_load_vector(proxy, f, &vdev->config_vector);
}

/* Queues */

void virtio_pci_save_queue(DeviceState *d, int n, QEMUFile *f)
{
    VirtIOPCIProxy *proxy = VIRTIO_PCI(d);
    VirtIODevice *vdev = virtio_bus_get_device(&proxy->bus);

    if (msix_present(&proxy->pci_dev)) {
        qemu_put_be16(f, virtio_queue_vector(vdev, n));
    }
}

int virtio_pci_load_queue(DeviceState *d, int n, QEMUFile *f)
{
    VirtIOPCIProxy *proxy = VIRTIO_PCI(d);
    VirtIODevice *vdev = virtio_bus_get_device(&proxy->bus);
    uint16_t vector;
    int ret = virtio_pci_load_vector(proxy, f, &vector);

    if (!ret) {
        virtio_queue_set_vector(vdev, n, vector);
    }
    return ret;
}
