/*
 * virtio Bluetooth: its configuration.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef STANDARD_HEADERS_LINUX_VIRTIO_BT_H
#define STANDARD_HEADERS_LINUX_VIRTIO_BT_H

#include <linux/virtio_bt.h>

#endif
