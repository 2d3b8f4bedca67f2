/*
 * The capabilities and registers of the PCI transport (virtio 1.1, 4.1).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef STANDARD_HEADERS_LINUX_VIRTIO_PCI_H
#define STANDARD_HEADERS_LINUX_VIRTIO_PCI_H

#include <linux/virtio_pci.h>

#endif
