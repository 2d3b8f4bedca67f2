/*
 * virtio GPIO device: configuration and requests.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef STANDARD_HEADERS_LINUX_VIRTIO_GPIO_H
#define STANDARD_HEADERS_LINUX_VIRTIO_GPIO_H

#include <linux/virtio_gpio.h>

#endif
