/*
 * virtio memory device: configuration and requests.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef STANDARD_HEADERS_LINUX_VIRTIO_MEM_H
#define STANDARD_HEADERS_LINUX_VIRTIO_MEM_H

#include <linux/virtio_mem.h>

#endif
