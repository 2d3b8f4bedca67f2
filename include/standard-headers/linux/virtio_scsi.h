/*
 * virtio SCSI host: configuration and requests (virtio 1.1, 5.6).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef STANDARD_HEADERS_LINUX_VIRTIO_SCSI_H
#define STANDARD_HEADERS_LINUX_VIRTIO_SCSI_H

#include <linux/virtio_scsi.h>

#endif
