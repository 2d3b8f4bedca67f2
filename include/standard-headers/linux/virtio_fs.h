/*
 * virtio file system device: configuration.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef STANDARD_HEADERS_LINUX_VIRTIO_FS_H
#define STANDARD_HEADERS_LINUX_VIRTIO_FS_H

#include <linux/virtio_fs.h>

#endif
