/*
 * virtio block device: configuration and requests (virtio 1.1, 5.2).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef STANDARD_HEADERS_LINUX_VIRTIO_BLK_H
#define STANDARD_HEADERS_LINUX_VIRTIO_BLK_H

#include <linux/virtio_blk.h>

#endif
