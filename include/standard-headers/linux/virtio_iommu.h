/*
 * virtio IOMMU: configuration and requests.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef STANDARD_HEADERS_LINUX_VIRTIO_IOMMU_H
#define STANDARD_HEADERS_LINUX_VIRTIO_IOMMU_H

#include <linux/virtio_iommu.h>

#endif
