/*
 * virtio over MMIO, driven by its interrupts: looks at each transport of a
 * microvm, has virtio-rng fill buffers, virtio-net send frames, and virtio-blk
 * read sectors by all of its queues at a time.
 *
 *     gsi=N           the interrupt of the first transport; 24 without
 *     rounds=N        how many requests of each queue; 20 without
 *
 * Interrupts are levels: one comes again until the device takes it back, and if
 * the IOAPIC does not hear of its end, it never comes a second time.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "guest.h"

#define TRANSPORTS      0xfeb00000u
#define TRANSPORT_SIZE  512
#define TRANSPORT_COUNT 24

/* VIRTIO 1.2, 4.2.2 and, of version 1, 4.2.4 */
#define MAGIC           0x00
#define VERSION         0x04
#define DEVICE_ID       0x08
#define DRV_FEATURES    0x20
#define DRV_SEL         0x24
#define PAGE_SIZE       0x28        /* 1 */
#define QUEUE_SEL       0x30
#define QUEUE_MAX       0x34
#define QUEUE_NUM       0x38
#define QUEUE_ALIGN     0x3c        /* 1 */
#define QUEUE_PFN       0x40        /* 1 */
#define QUEUE_READY     0x44        /* 2 */
#define QUEUE_NOTIFY    0x50
#define INT_STATUS      0x60
#define INT_ACK         0x64
#define STATUS          0x70
#define QUEUE_DESC      0x80        /* 2 */
#define QUEUE_AVAIL     0x90        /* 2 */
#define QUEUE_USED      0xa0        /* 2 */

#define CONFIG          0x100

#define ID_NET          1
#define ID_BLK          2
#define ID_RNG          4

/* virtio-blk: features, the configuration, and a request (5.2) */
#define BLK_F_MQ        (1 << 12)
#define BLK_NUM_QUEUES  34
#define BLK_HEADER      16
#define BLK_DATA        512
#define BLK_STATUS      (BLK_DATA + 512)

#define QUEUES          4

#define IOAPIC          0xfec00000u
#define IOAPIC_PINS     24
#define IOAPIC_LEVEL    (1 << 15)

struct queue {
    unsigned number, size;
    struct virtq_desc *desc;
    volatile uint16_t *avail, *used;
    uint8_t *buf;
};

struct transport {
    uintptr_t regs;
    unsigned version, id;
    unsigned queue_count;
    struct queue queues[QUEUES];
    volatile unsigned interrupts;
};

static unsigned get(struct transport *t, unsigned reg)
{
    return mmio_read32(t->regs + reg);
}

static void put(struct transport *t, unsigned reg, uint32_t val)
{
    mmio_write32(t->regs + reg, val);
}

static void transport_interrupt(void *opaque)
{
    struct transport *t = opaque;
    unsigned status = get(t, INT_STATUS);

    put(t, INT_ACK, status);
    t->interrupts += status & 1;
}

/* GSIs from 24 on are the second IOAPIC's. */
static void route(unsigned gsi, uint8_t vector)
{
    uintptr_t ioapic = IOAPIC + gsi / IOAPIC_PINS * 0x10000;
    unsigned reg = 0x10 + 2 * (gsi % IOAPIC_PINS);

    mmio_write32(ioapic, reg + 1);
    mmio_write32(ioapic + 0x10, 0);
    mmio_write32(ioapic, reg);
    mmio_write32(ioapic + 0x10, vector | IOAPIC_LEVEL);
}

/* A queue in one piece, as version 1 wants it; version 2 does not mind. */
static void setup_queue(struct transport *t, struct queue *q, unsigned n)
{
    uintptr_t ring = (uintptr_t)page_alloc(2);

    q->number = n;
    put(t, QUEUE_SEL, n);
    q->size = get(t, QUEUE_MAX);
    if (q->size > 64) {
        q->size = 64;
    }
    put(t, QUEUE_NUM, q->size);
    q->desc = (struct virtq_desc *)ring;
    q->avail = (uint16_t *)(ring + 16 * q->size);
    q->used = (uint16_t *)(ring + 4096);
    q->buf = page_alloc(1);
    if (t->version == 1) {
        put(t, PAGE_SIZE, 4096);
        put(t, QUEUE_ALIGN, 4096);
        put(t, QUEUE_PFN, ring / 4096);
        return;
    }
    put(t, QUEUE_DESC, ring);
    put(t, QUEUE_AVAIL, (uintptr_t)q->avail);
    put(t, QUEUE_USED, (uintptr_t)q->used);
    put(t, QUEUE_READY, 1);
}

/* From reset to DRIVER_OK, with no feature but VERSION_1, and a disk's MQ. */
static bool start(struct transport *t)
{
    put(t, STATUS, 0);
    put(t, STATUS, 1);
    put(t, STATUS, 3);
    put(t, DRV_SEL, 0);
    put(t, DRV_FEATURES, t->id == ID_BLK ? BLK_F_MQ : 0);
    if (t->version == 2) {
        put(t, DRV_SEL, 1);
        put(t, DRV_FEATURES, 1);
        put(t, STATUS, 0xb);
        if (!(get(t, STATUS) & 8)) {
            return false;
        }
    }
    t->queue_count = 1;
    if (t->id == ID_BLK) {
        t->queue_count = mmio_read16(t->regs + CONFIG + BLK_NUM_QUEUES);
        if (t->queue_count > QUEUES) {
            t->queue_count = QUEUES;
        }
    }
    for (unsigned i = 0; i < t->queue_count; i++) {
        /* Of virtio-net, the one that sends. */
        setup_queue(t, &t->queues[i], t->id == ID_NET ? 1 : i);
    }
    put(t, STATUS, t->version == 2 ? 0xf : 7);
    return true;
}

/* What the device is to do, in one descriptor; or, a disk, in three. */
static void fill(struct transport *t, struct queue *q)
{
    memset(q->buf, 0, 128);
    q->desc[0] = (struct virtq_desc) {
        .addr = (uintptr_t)q->buf, .len = 72,
        .flags = t->id == ID_RNG ? 2 : 0,
    };
    if (t->id == ID_BLK) {
        /* All zeroes: read sector 0.  Of that, the end is looked at. */
        memset(q->buf + BLK_STATUS - 16, 0xee, 16 + 1);
        q->desc[0].len = BLK_HEADER;
        q->desc[0].flags = 1;
        q->desc[0].next = 1;
        q->desc[1] = (struct virtq_desc) {
            .addr = (uintptr_t)q->buf + BLK_DATA, .len = 512,
            .flags = 1 | 2, .next = 2,
        };
        q->desc[2] = (struct virtq_desc) {
            .addr = (uintptr_t)q->buf + BLK_STATUS, .len = 1, .flags = 2,
        };
    }
}

static bool all_used(struct transport *t, unsigned round)
{
    for (unsigned i = 0; i < t->queue_count; i++) {
        if (t->queues[i].used[1] != (uint16_t)(round + 1)) {
            return false;
        }
    }
    return true;
}

/* One of each queue. */
static bool request(struct transport *t, unsigned round)
{
    unsigned before = t->interrupts;

    for (unsigned i = 0; i < t->queue_count; i++) {
        struct queue *q = &t->queues[i];

        fill(t, q);
        q->avail[2 + round % q->size] = 0;
        barrier();
        q->avail[1] = round + 1;
        barrier();
        put(t, QUEUE_NOTIFY, q->number);
    }
    return wait_until(all_used(t, round) && t->interrupts != before,
                      PATIENCE_MS);
}

static bool is_zero(const uint8_t *p, unsigned n)
{
    while (n--) {
        if (*p++) {
            return false;
        }
    }
    return true;
}

static int drive(struct transport *t, unsigned index)
{
    unsigned rounds = guest_option("rounds", 20);

    route(guest_option("gsi", 24) + index, irq_alloc(transport_interrupt, t));
    if (!start(t)) {
        return FAIL("transport %u: features refused", index);
    }
    for (unsigned i = 0; i < rounds; i++) {
        if (!request(t, i)) {
            return FAIL("transport %u: request %u: used %u, %u interrupts",
                        index, i, t->queues[0].used[1], t->interrupts);
        }
        if (t->id == ID_RNG && is_zero(t->queues[0].buf, 64)) {
            return FAIL("transport %u: nothing but zeroes", index);
        }
        for (unsigned q = 0; t->id == ID_BLK && q < t->queue_count; q++) {
            if (!is_zero(t->queues[q].buf + BLK_STATUS - 16, 16 + 1)) {
                return FAIL("transport %u: queue %u has not read", index, q);
            }
        }
    }
    guest_printf("transport %u: version %u, device %u: %u requests of "
                 "%u queues, %u interrupts\n", index, t->version, t->id,
                 rounds, t->queue_count, t->interrupts);
    put(t, STATUS, 0);
    return 0;
}

int guest_main(void)
{
    static struct transport transports[TRANSPORT_COUNT];
    unsigned driven = 0;

    for (unsigned i = 0; i < TRANSPORT_COUNT; i++) {
        struct transport *t = &transports[i];

        t->regs = TRANSPORTS + i * TRANSPORT_SIZE;
        if (get(t, MAGIC) != 0x74726976) {
            guest_printf("%u transports\n", i);
            break;
        }
        t->version = get(t, VERSION);
        t->id = get(t, DEVICE_ID);
        if (t->id) {
            int status = drive(t, i);

            if (status) {
                return status;
            }
            driven++;
        }
    }
    return driven ? 0 : FAIL("there is no device");
}
