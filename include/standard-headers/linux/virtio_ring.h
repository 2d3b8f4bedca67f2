/*
 * Descriptors and rings as they lie in the guest's memory (virtio 1.1, 2.6).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef STANDARD_HEADERS_LINUX_VIRTIO_RING_H
#define STANDARD_HEADERS_LINUX_VIRTIO_RING_H

#include <linux/virtio_ring.h>

#endif
