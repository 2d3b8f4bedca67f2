/*
 * virtio-echo: gives back what it gets, turned round.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef VIRTIO_ECHO_H
#define VIRTIO_ECHO_H

#include "hw/virtio/virtio.h"
#include "qom/object.h"

#define TYPE_VIRTIO_ECHO "virtio-echo-device"
OBJECT_DECLARE_SIMPLE_TYPE(VirtIOEcho, VIRTIO_ECHO)

struct virtio_echo_config {
    uint32_t echoed;
} QEMU_PACKED;

struct VirtIOEcho {
    VirtIODevice parent_obj;

    VirtQueue *vq;
    uint32_t echoed;
    uint32_t limit;
};

#endif
