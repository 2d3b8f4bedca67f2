/*
 * The registers of the memory-mapped transport (virtio 1.1, 4.2).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef STANDARD_HEADERS_LINUX_VIRTIO_MMIO_H
#define STANDARD_HEADERS_LINUX_VIRTIO_MMIO_H

#include <linux/virtio_mmio.h>

#endif
