/*
 * What the files of the MMIO transport share: for hw/virtio only.
 *
 *   virtio-mmio.c             the proxy's life, its bus, its registers
 *   virtio-mmio-migration.c   its part of a migration stream
 *   virtio-mmio-notifier.c    kicks and interrupts by eventfd
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_VIRTIO_VIRTIO_MMIO_INT_H
#define HW_VIRTIO_VIRTIO_MMIO_INT_H

#include "hw/virtio/virtio-mmio.h"

void virtio_mmio_start_ioeventfd(VirtIOMMIOProxy *proxy);
void virtio_mmio_stop_ioeventfd(VirtIOMMIOProxy *proxy);

/* Methods of the bus: hw/virtio/virtio-bus.h says what they do. */
bool virtio_mmio_ioeventfd_enabled(DeviceState *d);
int virtio_mmio_ioeventfd_assign(DeviceState *d, EventNotifier *notifier,
                                 int n, bool assign);
int virtio_mmio_set_guest_notifiers(DeviceState *d, int nvqs, bool assign);
void virtio_mmio_save_config(DeviceState *d, QEMUFile *f);
int virtio_mmio_load_config(DeviceState *d, QEMUFile *f);
bool virtio_mmio_has_extra_state(DeviceState *d);
void virtio_mmio_save_extra_state(DeviceState *d, QEMUFile *f);
int virtio_mmio_load_extra_state(DeviceState *d, QEMUFile *f);

#endif
