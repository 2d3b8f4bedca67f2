/*
 * virtio network device: configuration, packet headers, commands (virtio 1.1, 5.1).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef STANDARD_HEADERS_LINUX_VIRTIO_NET_H
#define STANDARD_HEADERS_LINUX_VIRTIO_NET_H

#include <linux/virtio_net.h>

#endif
