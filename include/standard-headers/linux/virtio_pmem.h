/*
 * virtio persistent memory: configuration and requests.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef STANDARD_HEADERS_LINUX_VIRTIO_PMEM_H
#define STANDARD_HEADERS_LINUX_VIRTIO_PMEM_H

#include <linux/virtio_pmem.h>

#endif
