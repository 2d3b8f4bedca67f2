/*
 * libqos: virtio over MMIO.
 *
 * The registers are where the test says, and of the version that they say.
 * There is nothing to enable: a transport is on the board, with a device or
 * without.
 *
 *     QVirtioMMIODevice dev;
 *
 *     qvirtio_mmio_init_device(&dev, qts, 0xfeb00000, 4096);
 *     qvirtio_start_device(&dev.vdev);
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef LIBQOS_VIRTIO_MMIO_H
#define LIBQOS_VIRTIO_MMIO_H

#include "virtio.h"

/*
 * @page_size: the guest's, by which version 1 counts and aligns
 * @version: what the register says, 1 or 2
 * @ring_size: of the queues that are set up from now on; 0: as the device has
 *     it
 */
typedef struct QVirtioMMIODevice {
    QVirtioDevice vdev;
    QTestState *qts;
    uint64_t addr;
    uint32_t page_size;
    uint32_t version;
    uint32_t ring_size;
} QVirtioMMIODevice;

extern const QVirtioBus qvirtio_mmio;

/* The transport at @addr, which must be one; its device type may be 0. */
void qvirtio_mmio_init_device(QVirtioMMIODevice *dev, QTestState *qts,
                              uint64_t addr, uint32_t page_size);

/* One register; @reg is VIRTIO_MMIO_*. */
uint32_t qvirtio_mmio_read(QVirtioMMIODevice *dev, uint32_t reg);
void qvirtio_mmio_write(QVirtioMMIODevice *dev, uint32_t reg, uint32_t value);

#endif
