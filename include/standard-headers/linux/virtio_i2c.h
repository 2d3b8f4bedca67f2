/*
 * virtio I2C adapter: requests.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef STANDARD_HEADERS_LINUX_VIRTIO_I2C_H
#define STANDARD_HEADERS_LINUX_VIRTIO_I2C_H

#include <linux/virtio_i2c.h>

#endif
