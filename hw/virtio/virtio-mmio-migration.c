/*
 * virtio over MMIO: the proxy's part of a migration stream.
 *
 *     config        which halves of the features are selected, and the guest's
 *                   page size
 *     extra state   of version 2: the features, and what was written of queues
 *
 * Read hw/virtio/virtio-migration.c first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "migration/qemu-file-types.h"
#include "migration/vmstate.h"
#include "virtio-mmio-int.h"

/* Extra state */

static const VMStateDescription vmstate_virtio_mmio_queue_state = {
    .name = "virtio_mmio/queue_state",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_UINT16(num, VirtIOMMIOQueue),
        VMSTATE_BOOL(enabled, VirtIOMMIOQueue),
        VMSTATE_UINT32_ARRAY(desc, VirtIOMMIOQueue, 2),
        VMSTATE_UINT32_ARRAY(avail, VirtIOMMIOQueue, 2),
        VMSTATE_UINT32_ARRAY(used, VirtIOMMIOQueue, 2),
        VMSTATE_END_OF_LIST()
    }
};

static const VMStateDescription vmstate_virtio_mmio_state_sub = {
    .name = "virtio_mmio/state",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_UINT32_ARRAY(guest_features, VirtIOMMIOProxy, 2),
        VMSTATE_STRUCT_ARRAY(vqs, VirtIOMMIOProxy, VIRTIO_QUEUE_MAX, 0,
                             vmstate_virtio_mmio_queue_state,
                             VirtIOMMIOQueue),
        VMSTATE_END_OF_LIST()
    }
};

static const VMStateDescription vmstate_virtio_mmio = {
    .name = "virtio_mmio",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_END_OF_LIST()
    },
    .subsections = (const VMStateDescription * []) {
        &vmstate_virtio_mmio_state_sub,
        NULL
    }
};

bool virtio_mmio_has_extra_state(DeviceState *d)
{
    return !VIRTIO_MMIO(d)->legacy;
}

void virtio_mmio_save_extra_state(DeviceState *d, QEMUFile *f)
{
    vmstate_save_state(f, &vmstate_virtio_mmio, VIRTIO_MMIO(d), NULL);
}

int virtio_mmio_load_extra_state(DeviceState *d, QEMUFile *f)
{
    return vmstate_load_state(f, &vmstate_virtio_mmio, VIRTIO_MMIO(d), 1);
}

/* Config */

void virtio_mmio_save_config(DeviceState *d, QEMUFile *f)
{
    VirtIOMMIOProxy *proxy = VIRTIO_MMIO(d);

    qemu_put_be32(f, proxy->host_features_sel);
    qemu_put_be32(f, proxy->guest_features_sel);
    qemu_put_be32(f, proxy->guest_page_shift);
}

/* They are used as indices and as a shift: no stream may say what no guest can */
int virtio_mmio_load_config(DeviceState *d, QEMUFile *f)
{
    VirtIOMMIOProxy *proxy = VIRTIO_MMIO(d);
    uint32_t host_features_sel = qemu_get_be32(f);
    uint32_t guest_features_sel = qemu_get_be32(f);
    uint32_t guest_page_shift = qemu_get_be32(f);

    if (host_features_sel > 1 || guest_features_sel > 1 ||
        guest_page_shift > 31) {
        return -EINVAL;
    }
    proxy->host_features_sel = host_features_sel;
    proxy->guest_features_sel = guest_features_sel;
    proxy->guest_page_shift = guest_page_shift;
    return 0;
}
