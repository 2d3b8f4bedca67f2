/*
 * virtio 9P transport: its configuration.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef STANDARD_HEADERS_LINUX_VIRTIO_9P_H
#define STANDARD_HEADERS_LINUX_VIRTIO_9P_H

#include <linux/virtio_9p.h>

#endif
