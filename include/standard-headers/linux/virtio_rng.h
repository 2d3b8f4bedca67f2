/*
 * virtio entropy device (virtio 1.1, 5.4).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef STANDARD_HEADERS_LINUX_VIRTIO_RNG_H
#define STANDARD_HEADERS_LINUX_VIRTIO_RNG_H

#include <linux/virtio_rng.h>

#endif
