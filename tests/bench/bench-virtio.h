/*
 * Figures: a virtio driver whose rings are memory that it shares with the VMM.
 *
 * The guest's RAM is a memfd that this program maps as well, so the driver
 * writes descriptors and rings as a guest would, at no cost to the VMM.  Only
 * set-up goes by qtest.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_BENCH_VIRTIO_H
#define TESTS_BENCH_VIRTIO_H

#include <linux/virtio_config.h>
#include <linux/virtio_pci.h>
#include <linux/virtio_ring.h>
#include "bench.h"

#define BENCH_RAM_SIZE  (64 << 20)
#define BENCH_SLOT      4           /* the device's place on the PCI bus */

typedef struct BenchDriver {
    QTestState *qts;
    uint8_t *ram;
    int ram_fd;
    uint64_t common;                /* guest address of the common registers */
    uint64_t notify;                /* … and of the doorbells */
    uint32_t notify_multiplier;
    uint64_t features;
} BenchDriver;

/*
 * Starts @vmm with RAM and @device (options, among them a virtio PCI device in
 * BENCH_SLOT), and negotiates @features and VERSION_1.
 */
void bench_driver_start(BenchDriver *d, const Vmm *vmm, const char *device,
                        uint64_t features);
/* Queue @index is @vr, of @num descriptors at @addr.  Returns its doorbell. */
uint64_t bench_driver_add_queue(BenchDriver *d, struct vring *vr, int index,
                                uint16_t num, uint64_t addr);
/* DRIVER_OK: the queues are there. */
void bench_driver_ok(BenchDriver *d);
void bench_driver_stop(BenchDriver *d);

#endif
