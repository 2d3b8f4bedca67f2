/*
 * What the fuzzers of virtio devices share: libFuzzer as a driver.
 *
 * An input is bytes of a small language.  A fuzzer gives the device rings in
 * the first queues' pages, takes byte after byte for what to do next, and has
 * the general things done here: descriptors, heads of rings, anything anywhere.
 *
 *     fuzz_arena + 0x0000   queue 0: descriptors, and at AVAIL and USED the
 *                           parts of a split ring that are so called
 *                  0x1000   queue 1, and so on
 *                  BUFFERS  where descriptors like to point
 *
 * All of it is the guest's memory from ARENA on.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef FUZZ_VIRTIO_H
#define FUZZ_VIRTIO_H

#include "hw/virtio/virtio.h"

#define FUZZ_QUEUES 6                   /* at the most */
#define ARENA       0x180000
#define RING(q)     ((q) * 0x1000)
#define AVAIL       0x400
#define USED        0x800
#define BUFFERS     RING(FUZZ_QUEUES)
#define ARENA_SIZE  (BUFFERS + 0x4000)

typedef struct Input {
    const uint8_t *data;
    size_t size;
} Input;

/* The next of the input; 0 at its end. */
uint8_t input_byte(Input *in);
uint16_t input_word(Input *in);

extern VirtIODevice *fuzz_vdev;
extern uint8_t *fuzz_arena;

/* After fuzz_init(): the device is the PCI card @id, and has @queues queues. */
void fuzz_virtio_init(const char *id, int queues);

/* From a reset to DRIVER_OK, with rings of @num, empty. */
void fuzz_start(uint64_t features, unsigned num);
/* Of @bits those that @choice has, from its lowest bit on. */
uint64_t fuzz_features(const unsigned *bits, unsigned count, uint8_t choice);
/* Reset queue @q (VIRTIO_F_RING_RESET); its ring is where it was. */
void fuzz_reset_queue(int q);
/* Stop the machine, or let it go on. */
void fuzz_stop_or_go(void);

/* A descriptor of either format, at a place of queue @q. */
void fuzz_desc(Input *in, int q);
/* A word anywhere. */
void fuzz_write(Input *in);
/* The head of a split ring, and how many there are. */
void fuzz_avail(Input *in, int q);

/*
 * As a driver that keeps to the rules: offer the first descriptor of queue @q,
 * of @len bytes at @offset in the arena to read, and see that it is used.
 */
void fuzz_offer(int q, unsigned offset, uint32_t len);

#endif
