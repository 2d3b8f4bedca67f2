/*
 * virtio console: configuration and control messages (virtio 1.1, 5.3).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef STANDARD_HEADERS_LINUX_VIRTIO_CONSOLE_H
#define STANDARD_HEADERS_LINUX_VIRTIO_CONSOLE_H

#include <linux/virtio_console.h>

#endif
