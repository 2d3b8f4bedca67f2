/*
 * virtio crypto device: configuration and requests (virtio 1.1, 5.9).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef STANDARD_HEADERS_LINUX_VIRTIO_CRYPTO_H
#define STANDARD_HEADERS_LINUX_VIRTIO_CRYPTO_H

#include <linux/virtio_crypto.h>

#endif
