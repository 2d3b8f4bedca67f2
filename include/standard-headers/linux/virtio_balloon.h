/*
 * virtio balloon: configuration, statistics and feature bits (virtio 1.1, 5.5).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef STANDARD_HEADERS_LINUX_VIRTIO_BALLOON_H
#define STANDARD_HEADERS_LINUX_VIRTIO_BALLOON_H

#include <linux/virtio_balloon.h>

#endif
