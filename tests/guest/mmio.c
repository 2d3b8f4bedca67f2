/*
 * virtio over MMIO, driven by its interrupts: looks at each transport of a
 * microvm, has virtio-rng fill buffers and virtio-net send frames.
 *
 *     gsi=N           the interrupt of the first transport; 24 without
 *     rounds=N        how many requests of each device; 20 without
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

#define ID_NET          1
#define ID_RNG          4

#define IOAPIC          0xfec00000u
#define IOAPIC_PINS     24
#define IOAPIC_LEVEL    (1 << 15)

struct transport {
    uintptr_t regs;
    unsigned version, id;
    unsigned size;                  /* of the ring */
    struct virtq_desc *desc;
    volatile uint16_t *avail, *used;
    uint8_t *buf;
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

/* One queue, in one piece as version 1 wants it; version 2 does not mind. */
static void setup_queue(struct transport *t, unsigned n)
{
    uintptr_t ring = (uintptr_t)page_alloc(2);

    put(t, QUEUE_SEL, n);
    t->size = get(t, QUEUE_MAX);
    if (t->size > 64) {
        t->size = 64;
    }
    put(t, QUEUE_NUM, t->size);
    t->desc = (struct virtq_desc *)ring;
    t->avail = (uint16_t *)(ring + 16 * t->size);
    t->used = (uint16_t *)(ring + 4096);
    t->buf = page_alloc(1);
    if (t->version == 1) {
        put(t, PAGE_SIZE, 4096);
        put(t, QUEUE_ALIGN, 4096);
        put(t, QUEUE_PFN, ring / 4096);
        return;
    }
    put(t, QUEUE_DESC, ring);
    put(t, QUEUE_AVAIL, (uintptr_t)t->avail);
    put(t, QUEUE_USED, (uintptr_t)t->used);
    put(t, QUEUE_READY, 1);
}

/* From reset to DRIVER_OK, with no feature but VERSION_1. */
static bool start(struct transport *t)
{
    put(t, STATUS, 0);
    put(t, STATUS, 1);
    put(t, STATUS, 3);
    put(t, DRV_SEL, 0);
    put(t, DRV_FEATURES, 0);
    if (t->version == 2) {
        put(t, DRV_SEL, 1);
        put(t, DRV_FEATURES, 1);
        put(t, STATUS, 0xb);
        if (!(get(t, STATUS) & 8)) {
            return false;
        }
    }
    /* Of virtio-net, the one that sends. */
    setup_queue(t, t->id == ID_NET);
    put(t, STATUS, t->version == 2 ? 0xf : 7);
    return true;
}

static bool request(struct transport *t, unsigned round)
{
    unsigned before = t->interrupts;

    memset(t->buf, 0, 128);
    t->desc[0] = (struct virtq_desc) {
        .addr = (uintptr_t)t->buf, .len = 72,
        .flags = t->id == ID_RNG ? 2 : 0,
    };
    t->avail[2 + round % t->size] = 0;
    barrier();
    t->avail[1] = round + 1;
    barrier();
    put(t, QUEUE_NOTIFY, t->id == ID_NET);
    return wait_until(t->used[1] == (uint16_t)(round + 1) &&
                      t->interrupts != before, PATIENCE_MS);
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
                        index, i, t->used[1], t->interrupts);
        }
        if (t->id == ID_RNG && is_zero(t->buf, 64)) {
            return FAIL("transport %u: nothing but zeroes", index);
        }
    }
    guest_printf("transport %u: version %u, device %u: %u requests, "
                 "%u interrupts\n", index, t->version, t->id, rounds,
                 t->interrupts);
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
