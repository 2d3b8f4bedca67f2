/*
 * virtio input device: configuration and events (virtio 1.1, 5.8).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef STANDARD_HEADERS_LINUX_VIRTIO_INPUT_H
#define STANDARD_HEADERS_LINUX_VIRTIO_INPUT_H

#include <linux/virtio_input.h>

#endif
