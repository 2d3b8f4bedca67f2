/*
 * What the tests of virtqueues share: a device, a transport and some memory
 *
 * A transport and a device of the test's own stand on either side of a real
 * virtio bus; the test writes descriptors into a piece of RAM, as a guest does,
 * and looks at what the device gets.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_VIRTQUEUE_TEST_H
#define TESTS_VIRTQUEUE_TEST_H

#include "memory-test.h"
#include "hw/virtio/virtio-bus.h"

/* The guest: where things are in its memory. */
#define RAM_SIZE        (1 * 1024 * 1024)
#define FAR_RAM         0x400000        /* a second, smaller piece */
#define FAR_RAM_SIZE    0x10000
#define QUEUE_SIZE      8
#define DESC            0x1000
#define AVAIL           0x2000          /* packed: the driver's event word */
#define USED            0x3000          /* packed: the device's */
#define TABLE           0x4000          /* an indirect table */
#define DATA            0x10000

#define TYPE_TEST_TRANSPORT "test-virtio-transport"
OBJECT_DECLARE_SIMPLE_TYPE(TestTransport, TEST_TRANSPORT)

struct TestTransport {
    DeviceState parent_obj;

    VirtioBusState bus;
    int interrupts;
};

extern TestTransport *transport;
extern VirtIODevice *vdev;
extern VirtQueue *vq;
extern MemoryRegion ram, far_ram;
extern uint8_t *mem;            /* what ram has */

void virtqueue_test_init(int *argc, char ***argv);
void virtqueue_test_cleanup(void);

/* From reset to DRIVER_OK, with clean memory. */
void virtqueue_test_start(uint64_t features);

/* Pop must fail, break the device and say @message; only a reset mends it. */
void virtqueue_test_broken(const char *message);

#endif
