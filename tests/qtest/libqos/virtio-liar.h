/*
 * libqos: what a driver needs that lies to a virtio device.
 *
 * Lies are told in one queue of the device, its victim (virtio-any.h), after
 * qvirtio_any_start() and before any honest request there.  These are the
 * tests that hold for any device, and a test of one device may use the same:
 *
 *     virtio-liar-test.c       in the ring
 *     virtio-registers-test.c  in the registers
 *     virtio-stalled-test.c    a request is out, and then something happens
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef LIBQOS_VIRTIO_LIAR_H
#define LIBQOS_VIRTIO_LIAR_H

#include "virtio-any.h"

#define INDIRECT VRING_DESC_F_INDIRECT
#define NEXT     VRING_DESC_F_NEXT
#define WRITE    VRING_DESC_F_WRITE
#define AVAIL    (1 << VRING_PACKED_DESC_F_AVAIL)
#define USED     (1 << VRING_PACKED_DESC_F_USED)

/* What is neither memory nor anything else. */
#define LIAR_NOWHERE    (1ull << 40)

/* A request of this size no device minds. */
#define LIAR_PIECE      64

/* The flags of a buffer as the victim's are: WRITE, or 0. */
uint16_t liar_flags(QVirtioAny *d);

/* Descriptor @i of the table at @table, as it never should be. */
void liar_set_desc(QVirtioAny *d, uint64_t table, unsigned i, uint64_t addr,
                   uint32_t len, uint16_t flags, uint16_t next);
/* The same of a packed ring; or of its tables, if @flags have no AVAIL. */
void liar_set_packed(QVirtioAny *d, uint64_t table, unsigned i, uint64_t addr,
                     uint32_t len, uint16_t flags);
/* Descriptor @i of the victim's own; packed: available in the first round. */
void liar_put(QVirtioAny *d, unsigned i, uint64_t addr, uint32_t len,
              uint16_t flags, uint16_t next);

void liar_kick(QVirtioAny *d);
/* The first request is the chain at @head, the index is @idx; and kick. */
void liar_offer(QVirtioAny *d, uint16_t head, uint16_t idx);
/* The first request is one buffer. */
void liar_offer_one(QVirtioAny *d, uint64_t addr, uint32_t len,
                    uint16_t flags);

/* Registers of virtio 1: VIRTIO_PCI_COMMON_* @reg, of @size bytes */
void liar_set_common(QVirtioAny *d, unsigned reg, unsigned size, uint32_t val);
/* Where the victim's ring is, once more, with this of its addresses. */
void liar_place_ring(QVirtioAny *d, unsigned reg, uint64_t addr);

bool liar_needs_reset(QVirtioAny *d);
/* It says so in the end, and interrupts. */
void liar_wait_broken(QVirtioAny *d);
/* Wait as long as it takes for all that could come of it. */
void liar_let_happen(QVirtioAny *d);

/* The ways to drive a device that a test is for */
enum {
    IN_SPLIT  = 1 << QVIRTIO_ANY_SPLIT,
    IN_PACKED = 1 << QVIRTIO_ANY_PACKED,
    IN_LEGACY = 1 << QVIRTIO_ANY_LEGACY,
    IN_BOTH   = IN_SPLIT | IN_PACKED,       /* by registers of virtio 1 */
    IN_OLD    = IN_SPLIT | IN_LEGACY,       /* a ring that is split */
    IN_ALL    = IN_BOTH | IN_LEGACY,
};

/* Run with a device that has just been started, and works. */
typedef struct LiarTest {
    const char *name;
    void (*run)(QVirtioAny *d);
    unsigned drives;
} LiarTest;

/*
 * The main() of a test: each of @tests, which ends with a row without a name,
 * with each type and drive, as /PREFIX/TYPE/DRIVE/NAME.
 */
int liar_main(int argc, char **argv, const char *prefix,
              const LiarTest *tests);

#endif
