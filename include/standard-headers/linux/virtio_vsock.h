/*
 * virtio socket device: configuration and packet headers (virtio 1.1, 5.10).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef STANDARD_HEADERS_LINUX_VIRTIO_VSOCK_H
#define STANDARD_HEADERS_LINUX_VIRTIO_VSOCK_H

#include <linux/virtio_vsock.h>

#endif
