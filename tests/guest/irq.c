/*
 * Interrupts of a virtio device, as a driver may rely on them: none is lost,
 * none comes twice, whatever is masked, moved, switched or reset meanwhile.
 *
 * virtio-net serves as the device.  Each frame that is sent, and each command
 * of the control queue, is an interrupt of its queue when it is done; nobody
 * need be on the wire.
 *
 *     rounds=N        how many frames for a row of them; 50 without
 *     eject=1         in the end the device is pulled out in traffic
 *
 * What it prints is the same on every machine that is right.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "guest.h"

#define NET_F_CTRL_VQ   (1ull << 17)
#define NET_F_CTRL_RX   (1ull << 18)
#define PCIHP_EJECT     0xae08
#define FRAME_LEN       (12 + 60)       /* a header of virtio-net, a frame */

enum { TX_ENTRY = 1, CTRL_ENTRY, SPARE_ENTRY, ENTRIES };

static struct virtio_dev vdev;
static struct virtq txq, ctrlq;
static uint8_t frame[FRAME_LEN];
static const uint8_t promisc[3] = { 0, 0, 1 };  /* class, command, on */
static volatile uint8_t ack;

/* Interrupts: how many came, by MSI-X entry or, in [0], by the pin. */
static volatile unsigned fired[ENTRIES];
static uint8_t vectors[ENTRIES];
/* The pin's handler looks away so many times. */
static volatile unsigned lazy;

static void count_interrupt(void *opaque)
{
    fired[(uintptr_t)opaque]++;
}

/*
 * A line is shared, and some machines are a little late to take a level back:
 * an interrupt counts if the device says that it is its own.
 */
static void pin_interrupt(void *opaque)
{
    if (lazy) {
        lazy--;                 /* the level stays up: it will be back */
    } else if (virtio_isr(&vdev) & 1) {
        fired[0]++;
    }
}

/* Time for what should not come. */
static void settle(void)
{
    wait_until(false, 20);
}

/* One frame, and the device has done with it. */
static bool send(void)
{
    uint64_t end = time_ms() + PATIENCE_MS;
    uint32_t len;
    void *cookie;

    virtq_add(&txq, frame, FRAME_LEN, false, NULL);
    virtq_kick(&vdev, &txq);
    while (!virtq_get(&txq, &cookie, &len)) {
        if (time_ms() > end) {
            guest_printf("a frame does not come back\n");
            return false;
        }
    }
    return true;
}

/* One command, likewise. */
static bool command(void)
{
    uint64_t end = time_ms() + PATIENCE_MS;
    uint32_t len;
    void *cookie;

    ack = 0xff;
    virtq_add_request(&ctrlq, promisc, sizeof(promisc), (void *)&ack, 1, NULL);
    virtq_kick(&vdev, &ctrlq);
    while (!virtq_get(&ctrlq, &cookie, &len)) {
        if (time_ms() > end) {
            guest_printf("a command does not come back\n");
            return false;
        }
    }
    return ack == 0 && len == 1;
}

/* @n frames one by one: does @entry fire once for each? */
static bool row(unsigned n, unsigned entry)
{
    unsigned start = fired[entry];

    for (unsigned i = 1; i <= n; i++) {
        if (!send() || !wait_until(fired[entry] - start >= i, PATIENCE_MS) ||
            fired[entry] - start != i) {
            guest_printf("frame %u: %u interrupts\n", i,
                         fired[entry] - start);
            return false;
        }
    }
    return true;
}

static bool start(void)
{
    struct pci_dev pci;

    if (!pci_find(&pci, 0x1af4, 0x1041) && !pci_find(&pci, 0x1af4, 0x1000)) {
        return false;
    }
    if (!virtio_init(&vdev, &pci, NET_F_CTRL_VQ | NET_F_CTRL_RX |
                                  VIRTIO_F_RING_RESET) ||
        vdev.pci.msix_size < ENTRIES) {
        return false;
    }
    for (unsigned i = 1; i < ENTRIES; i++) {
        pci_msix_set(&vdev.pci, i, vectors[i]);
    }
    if (!virtio_queue(&vdev, &txq, 1, TX_ENTRY) ||
        !virtio_queue(&vdev, &ctrlq, 2, CTRL_ENTRY)) {
        return false;
    }
    virtio_start(&vdev);
    return true;
}

/* Three frames while masked; then the mask goes.  Once more for leftovers. */
static bool masked(const char *what, bool whole_function)
{
    unsigned before = fired[TX_ENTRY];

    for (int round = 0; round < 2; round++) {
        unsigned held, pending, after;

        if (whole_function) {
            pci_msix_mask_all(&vdev.pci, true);
        } else {
            pci_msix_mask(&vdev.pci, TX_ENTRY, true);
        }
        pending = pci_msix_pending(&vdev.pci, TX_ENTRY);
        for (int i = 0; round == 0 && i < 3; i++) {
            if (!send()) {
                return false;
            }
        }
        settle();
        held = fired[TX_ENTRY] - before;
        guest_printf("%s: pending %u, then %u\n", what, pending,
                     pci_msix_pending(&vdev.pci, TX_ENTRY));
        if (whole_function) {
            pci_msix_mask_all(&vdev.pci, false);
        } else {
            pci_msix_mask(&vdev.pci, TX_ENTRY, false);
        }
        wait_until(fired[TX_ENTRY] - before > 0, round ? 20 : PATIENCE_MS);
        settle();
        after = fired[TX_ENTRY] - before;
        guest_printf("%s: %u interrupts; unmasked, %u; pending %u\n", what,
                     held, after, pci_msix_pending(&vdev.pci, TX_ENTRY));
        before = fired[TX_ENTRY];
    }
    return row(3, TX_ENTRY);
}

/* The guest need not look at pending bits: nothing is lost without. */
static bool masked_unseen(void)
{
    unsigned before = fired[TX_ENTRY];

    pci_msix_mask(&vdev.pci, TX_ENTRY, true);
    if (!send()) {
        return false;
    }
    settle();
    pci_msix_mask(&vdev.pci, TX_ENTRY, false);
    wait_until(fired[TX_ENTRY] != before, PATIENCE_MS);
    pci_msix_mask(&vdev.pci, TX_ENTRY, true);
    pci_msix_mask(&vdev.pci, TX_ENTRY, false);
    settle();
    guest_printf("unseen: %u interrupts\n", fired[TX_ENTRY] - before);
    return row(3, TX_ENTRY);
}

/* A message may change while it is masked. */
static bool other_message(void)
{
    unsigned tx = fired[TX_ENTRY], spare = fired[SPARE_ENTRY];
    uint32_t *word = page_alloc(1);

    pci_msix_mask(&vdev.pci, TX_ENTRY, true);
    if (!send()) {
        return false;
    }
    pci_msix_set(&vdev.pci, TX_ENTRY, vectors[SPARE_ENTRY]);
    wait_until(fired[SPARE_ENTRY] != spare, PATIENCE_MS);
    settle();
    guest_printf("other vector: old %u, new %u\n", fired[TX_ENTRY] - tx,
                 fired[SPARE_ENTRY] - spare);
    if (!row(3, SPARE_ENTRY)) {
        return false;
    }

    /* A message is a write: to memory, if the guest says so. */
    pci_msix_mask(&vdev.pci, TX_ENTRY, true);
    pci_msix_message(&vdev.pci, TX_ENTRY, (uintptr_t)word, 0x1d1d1d1d);
    pci_msix_mask(&vdev.pci, TX_ENTRY, false);
    if (!send() || !wait_until(*(volatile uint32_t *)word, PATIENCE_MS)) {
        return false;
    }
    guest_printf("message to memory: 0x%x\n", *(volatile uint32_t *)word);

    /* Or to nowhere; and that is no harm to the other entries. */
    pci_msix_mask(&vdev.pci, TX_ENTRY, true);
    pci_msix_message(&vdev.pci, TX_ENTRY, 0x1fee00000, 0x1d1d1d1d);
    pci_msix_mask(&vdev.pci, TX_ENTRY, false);
    spare = fired[CTRL_ENTRY];
    if (!send() || !command() ||
        !wait_until(fired[CTRL_ENTRY] != spare, PATIENCE_MS)) {
        return false;
    }
    guest_printf("message to nowhere: the other queue's came\n");

    pci_msix_mask(&vdev.pci, TX_ENTRY, true);
    pci_msix_set(&vdev.pci, TX_ENTRY, vectors[TX_ENTRY]);
    return row(3, TX_ENTRY);
}

/* A queue may move to another entry, share one, and have none. */
static bool other_entry(void)
{
    unsigned tx, ctrl;

    if (!virtio_queue_msix(&vdev, &txq, SPARE_ENTRY) || !row(3, SPARE_ENTRY) ||
        !virtio_queue_msix(&vdev, &txq, CTRL_ENTRY) || !row(3, CTRL_ENTRY)) {
        return false;
    }
    guest_printf("moved: interrupts follow the queue\n");

    ctrl = fired[CTRL_ENTRY];
    if (!command() || !wait_until(fired[CTRL_ENTRY] != ctrl, PATIENCE_MS) ||
        !row(3, CTRL_ENTRY)) {
        return false;
    }
    pci_msix_mask(&vdev.pci, CTRL_ENTRY, true);
    ctrl = fired[CTRL_ENTRY];
    if (!command() || !send()) {
        return false;
    }
    settle();
    pci_msix_mask(&vdev.pci, CTRL_ENTRY, false);
    wait_until(fired[CTRL_ENTRY] != ctrl, PATIENCE_MS);
    guest_printf("shared: both queues interrupt\n");

    tx = fired[TX_ENTRY];
    ctrl = fired[CTRL_ENTRY];
    if (!virtio_queue_msix(&vdev, &txq, -1) || !send()) {
        return false;
    }
    settle();
    guest_printf("no entry: %u interrupts\n", fired[TX_ENTRY] - tx +
                                              fired[CTRL_ENTRY] - ctrl);
    if (!virtio_queue_msix(&vdev, &txq, TX_ENTRY)) {
        return false;
    }
    settle();
    guest_printf("an entry again: %u interrupts\n", fired[TX_ENTRY] - tx);
    if (virtio_queue_msix(&vdev, &txq, 99)) {
        return false;           /* there is none such */
    }
    return virtio_queue_msix(&vdev, &txq, TX_ENTRY) && row(3, TX_ENTRY);
}

/* One queue stops, with its vector, and starts again. */
static bool queue_reset(void)
{
    unsigned tx = fired[TX_ENTRY], ctrl = fired[CTRL_ENTRY];

    if (!(vdev.features & VIRTIO_F_RING_RESET) ||
        !virtio_queue_reset(&vdev, &txq) || !command() ||
        !wait_until(fired[CTRL_ENTRY] != ctrl, PATIENCE_MS)) {
        return false;
    }
    settle();
    guest_printf("queue reset: %u interrupts of it\n", fired[TX_ENTRY] - tx);
    return virtio_queue(&vdev, &txq, 1, TX_ENTRY) && row(3, TX_ENTRY);
}

/* MSI-X off: the pin, a level that reading ISR takes back. */
static bool pin(uint8_t vector)
{
    unsigned tx = fired[TX_ENTRY], n;

    pci_msix_disable(&vdev.pci);
    virtio_isr(&vdev);          /* what MSI-X has left there */
    pci_intx_enable(&vdev.pci, vector);
    n = fired[0];
    if (!row(5, 0)) {
        return false;
    }
    settle();
    guest_printf("pin: %u interrupts\n", fired[0] - n);

    lazy = 3;
    n = fired[0];
    if (!send() || !wait_until(fired[0] != n, PATIENCE_MS)) {
        return false;
    }
    settle();
    guest_printf("pin: unanswered three times, then %u\n", fired[0] - n);

    pci_intx_mask(&vdev.pci, true);
    n = fired[0];
    if (!send()) {
        return false;
    }
    settle();
    guest_printf("pin: masked, %u interrupts, pending %u\n", fired[0] - n,
                 pci_intx_pending(&vdev.pci));
    pci_intx_mask(&vdev.pci, false);
    wait_until(fired[0] != n, PATIENCE_MS);
    settle();
    guest_printf("pin: unmasked, %u interrupts, pending %u\n", fired[0] - n,
                 pci_intx_pending(&vdev.pci));
    guest_printf("pin: %u messages meanwhile\n", fired[TX_ENTRY] - tx);

    n = fired[0];
    pci_msix_enable(&vdev.pci);
    if (!row(5, TX_ENTRY)) {
        return false;
    }
    settle();
    guest_printf("messages again, and %u by the pin\n", fired[0] - n);

    /* To and fro, with a frame under way each time. */
    for (int i = 0; i < 8; i++) {
        uint32_t len;
        void *cookie;

        n = fired[0] + fired[TX_ENTRY];
        virtq_add(&txq, frame, FRAME_LEN, false, NULL);
        virtq_kick(&vdev, &txq);
        if (i & 1) {
            pci_msix_enable(&vdev.pci);
        } else {
            pci_msix_disable(&vdev.pci);
        }
        if (!wait_until(virtq_idle(&txq), PATIENCE_MS) ||
            !virtq_get(&txq, &cookie, &len) ||
            !wait_until(fired[0] + fired[TX_ENTRY] != n, PATIENCE_MS)) {
            guest_printf("switch %d: an interrupt is lost\n", i);
            return false;
        }
    }
    settle();
    guest_printf("switched to and fro: none is lost\n");
    return row(3, TX_ENTRY);
}

/* The device is reset with frames under way, and starts again. */
static bool reset_in_traffic(unsigned rounds)
{
    for (int i = 0; i < 5; i++) {
        for (int j = 0; j < 8; j++) {
            virtq_add(&txq, frame, FRAME_LEN, false, NULL);
        }
        virtq_kick(&vdev, &txq);
        virtio_reset(&vdev);
        settle();
        if (!start()) {
            return false;
        }
    }
    settle();
    if (!row(rounds, TX_ENTRY)) {
        return false;
    }
    guest_printf("reset in traffic: %u frames, %u interrupts\n", rounds,
                 rounds);
    return true;
}

/* By ACPI's hotplug registers: who ejects need not have been asked. */
static bool eject(void)
{
    struct pci_dev pci = vdev.pci;

    for (int j = 0; j < 8; j++) {
        virtq_add(&txq, frame, FRAME_LEN, false, NULL);
    }
    virtq_kick(&vdev, &txq);
    outl(PCIHP_EJECT, 1u << (pci.devfn >> 3));
    settle();
    if (pci_read(&pci, 0, 4) != 0xffffffff) {
        return false;
    }
    guest_printf("ejected\n");
    wait_until(false, PATIENCE_MS);            /* for who looks from outside */
    return true;
}

int guest_main(void)
{
    unsigned rounds = guest_option("rounds", 50);
    uint8_t pin_vector = irq_alloc(pin_interrupt, NULL);

    for (uintptr_t i = 1; i < ENTRIES; i++) {
        vectors[i] = irq_alloc(count_interrupt, (void *)i);
    }
    if (!start()) {
        return FAIL("there is no virtio-net with %u MSI-X entries", ENTRIES);
    }
    if (!row(rounds, TX_ENTRY)) {
        return FAIL("frames and interrupts");
    }
    guest_printf("%u frames, %u interrupts\n", rounds, rounds);
    if (!masked("entry masked", false) || !masked("function masked", true) ||
        !masked_unseen()) {
        return FAIL("masks");
    }
    if (!other_message()) {
        return FAIL("messages");
    }
    if (!other_entry()) {
        return FAIL("entries");
    }
    if (!queue_reset()) {
        return FAIL("reset of a queue");
    }
    if (!pin(pin_vector)) {
        return FAIL("the pin");
    }
    if (!reset_in_traffic(rounds)) {
        return FAIL("reset");
    }
    if (guest_option("eject", 0) && !eject()) {
        return FAIL("eject");
    }
    return 0;
}
