/*
 * virtio PCI device: messages of User Mode Linux.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef STANDARD_HEADERS_LINUX_VIRTIO_PCIDEV_H
#define STANDARD_HEADERS_LINUX_VIRTIO_PCIDEV_H

#include <linux/virtio_pcidev.h>

#endif
