/*
 * __virtio16 and its kin: in the device's byte order, which legacy leaves to the guest.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef STANDARD_HEADERS_LINUX_VIRTIO_TYPES_H
#define STANDARD_HEADERS_LINUX_VIRTIO_TYPES_H

#include <linux/virtio_types.h>

#endif
