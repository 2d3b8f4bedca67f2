/*
 * The numbers of the device types (virtio 1.1, 5).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef STANDARD_HEADERS_LINUX_VIRTIO_IDS_H
#define STANDARD_HEADERS_LINUX_VIRTIO_IDS_H

#include <linux/virtio_ids.h>

#endif
