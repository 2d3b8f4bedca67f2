/*
 * virtio over MMIO: 512 bytes of registers and one interrupt line.
 *
 * The smallest transport (virtio 1.2, 4.2).  A board puts as many of these as it
 * likes at addresses that its guest is told of, by the command line of its
 * kernel, by ACPI or by a device tree; they cannot be looked for.  One without a
 * device says so: its device ID is 0.
 *
 *     bus: main-system-bus
 *       dev: virtio-mmio            the proxy: a sysbus device
 *         bus: virtio-mmio-bus.3    numbered, for -device bus=
 *           dev: virtio-net-device  what the user plugs in
 *
 * Unlike a PCI proxy it does not make its device.  The user says which one,
 * and -device finds the first transport that is free.
 *
 * The registers are of one of two versions, and the property force-legacy says
 * which: 1, from before the standard, where a ring is one page frame number,
 * or 2.  There is no transitional device.
 *
 *     0x000  magic, version, device and vendor ID
 *     0x010  features of the device and of the driver, by halves
 *     0x030  the queue that QueueSel names: its size, where it is
 *     0x050  a doorbell for all queues: their number is written
 *     0x060  interrupt status and acknowledge, device status
 *     0x080  version 2: where the queue's three parts are
 *     0x100  the configuration space of the device
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_VIRTIO_MMIO_H
#define HW_VIRTIO_MMIO_H

#include "hw/sysbus.h"
#include "hw/virtio/virtio-bus.h"
#include "qom/object.h"

/* QOM macros: the bus; a transport fills in nothing of its own. */
#define TYPE_VIRTIO_MMIO_BUS "virtio-mmio-bus"
DECLARE_OBJ_CHECKERS(VirtioBusState, VirtioBusClass,
                     VIRTIO_MMIO_BUS, TYPE_VIRTIO_MMIO_BUS)

#define TYPE_VIRTIO_MMIO "virtio-mmio"
OBJECT_DECLARE_SIMPLE_TYPE(VirtIOMMIOProxy, VIRTIO_MMIO)

#define VIRT_MAGIC          0x74726976  /* "virt" */
#define VIRT_VERSION        2
#define VIRT_VERSION_LEGACY 1
#define VIRT_VENDOR         0x554D4551  /* "QEMU" */

#define VIRTIO_IOMMIO_FLAG_USE_IOEVENTFD_BIT 1
#define VIRTIO_IOMMIO_FLAG_USE_IOEVENTFD \
    (1 << VIRTIO_IOMMIO_FLAG_USE_IOEVENTFD_BIT)

/* What a driver of version 2 has written of a queue; lower half first. */
typedef struct VirtIOMMIOQueue {
    uint16_t num;
    bool enabled;
    uint32_t desc[2];
    uint32_t avail[2];
    uint32_t used[2];
} VirtIOMMIOQueue;

/*
 * @legacy: property force-legacy: version 1
 * @flags: property ioeventfd, as VIRTIO_IOMMIO_FLAG_*
 * @format_transport_address: property: tell a device's path by where the
 *     transport is, so that of several each has its own
 */
struct VirtIOMMIOProxy {
    SysBusDevice parent_obj;

    MemoryRegion iomem;
    qemu_irq irq;
    bool legacy;
    uint32_t flags;
    /* The guest's; from here on a reset puts all of it back to 0. */
    uint32_t host_features_sel;
    uint32_t guest_features_sel;
    uint32_t guest_page_shift;
    VirtioBusState bus;
    bool format_transport_address;
    /* Version 2 only. */
    uint32_t guest_features[2];
    VirtIOMMIOQueue vqs[VIRTIO_QUEUE_MAX];
};

#endif
