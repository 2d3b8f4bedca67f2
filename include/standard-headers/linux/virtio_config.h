/*
 * Device status bits and the feature bits of every device (virtio 1.1, 2.1 and 6).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef STANDARD_HEADERS_LINUX_VIRTIO_CONFIG_H
#define STANDARD_HEADERS_LINUX_VIRTIO_CONFIG_H

#include <linux/virtio_config.h>

#endif
