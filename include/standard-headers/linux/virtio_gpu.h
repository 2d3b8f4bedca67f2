/*
 * virtio GPU: configuration and commands (virtio 1.1, 5.7).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef STANDARD_HEADERS_LINUX_VIRTIO_GPU_H
#define STANDARD_HEADERS_LINUX_VIRTIO_GPU_H

#include <linux/virtio_gpu.h>

#endif
