/*
 * virtio-blk, driven by its interrupts: what each request comes back with, on
 * each disk in the order of their slots.
 *
 * The disks fail where the host wants it.  A request that the host keeps (werror
 * and rerror=stop) is not answered until it has gone on; the guest sleeps
 * meanwhile and sees nothing of that.
 *
 *     whole=1         header and data in one piece; else as most drivers do, in
 *                     two, with the status in a third
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "guest.h"

#define SECTOR      512
#define T_IN        0
#define T_OUT       1
#define T_FLUSH     4
#define F_FLUSH     (1ull << 9)
#define BATCH       8

struct request {
    uint32_t type;
    uint32_t reserved;
    uint64_t sector;
    uint8_t data[SECTOR];
    uint8_t answer[SECTOR + 1];     /* what was read, and the status */
};

static struct virtio_dev vdev;
static struct virtq vq;
static unsigned disks, failures;
static bool whole;

static void disk_interrupt(void *opaque)
{
}

static void disk_add(struct request *r, uint32_t type, uint64_t sector)
{
    uint32_t room = type == T_IN ? SECTOR + 1 : 1;
    bool ok;

    r->type = type;
    r->reserved = 0;
    r->sector = sector;
    memset(r->data, 'a' + sector % 26, SECTOR);
    memset(r->answer, 0xff, sizeof(r->answer));
    if (whole) {
        ok = virtq_add_request(&vq, r, type == T_OUT ? 16 + SECTOR : 16,
                               r->answer, room, r);
    } else {
        struct virtq_part parts[3] = { { r, 16, false } };
        unsigned n = 1;

        if (type == T_OUT) {
            parts[n++] = (struct virtq_part) { r->data, SECTOR, false };
        } else if (type == T_IN) {
            parts[n++] = (struct virtq_part) { r->answer, SECTOR, true };
        }
        parts[n++] = (struct virtq_part) { r->answer + room - 1, 1, true };
        ok = virtq_add_parts(&vq, parts, n, r);
    }
    if (!ok) {
        failures += FAIL("the ring is full");
    }
}

/* All that was added, answered */
static bool disk_wait(void)
{
    uint32_t len;
    void *cookie;

    virtq_kick(&vdev, &vq);
    if (!wait_until(virtq_idle(&vq), PATIENCE_MS)) {
        failures += FAIL("a request does not come back");
        return false;
    }
    while (virtq_get(&vq, &cookie, &len)) {
    }
    return true;
}

static void disk_one(struct request *r, const char *what, uint32_t type,
                     uint64_t sector)
{
    disk_add(r, type, sector);
    if (disk_wait()) {
        guest_printf("%s %lu: %u\n", what, sector,
                     r->answer[type == T_IN ? SECTOR : 0]);
    }
}

/* Neighbours, seen all at once: they become one. */
static void disk_batch(struct request *r, const char *what, uint32_t type,
                       uint64_t sector)
{
    for (unsigned i = 0; i < BATCH; i++) {
        disk_add(&r[i], type, sector + i);
    }
    if (disk_wait()) {
        guest_printf("%s %lu:", what, sector);
        for (unsigned i = 0; i < BATCH; i++) {
            guest_printf(" %u", r[i].answer[type == T_IN ? SECTOR : 0]);
        }
        guest_printf("\n");
    }
}

/* What is on the disk where those were written: the letters, or a dot */
static void disk_show(struct request *r, uint64_t sector)
{
    guest_printf("has %lu: ", sector);
    for (unsigned i = 0; i < BATCH; i++) {
        disk_add(&r[i], T_IN, sector + i);
    }
    if (disk_wait()) {
        for (unsigned i = 0; i < BATCH; i++) {
            bool even = true;

            for (unsigned j = 1; j < SECTOR; j++) {
                even &= r[i].answer[j] == r[i].answer[0];
            }
            guest_printf("%c", !even ? '?' : r[i].answer[0] ?: '.');
        }
    }
    guest_printf("\n");
}

static bool disk_drive(struct pci_dev *pci, void *opaque)
{
    struct request *r;

    if (pci->vendor != 0x1af4 ||
        (pci->device != 0x1001 && pci->device != 0x1042)) {
        return true;
    }
    guest_printf("disk %u\n", disks++);
    if (!virtio_init(&vdev, pci, F_FLUSH)) {
        failures += FAIL("virtio-blk does not start");
        return true;
    }
    pci_msix_set(&vdev.pci, 0, irq_alloc(disk_interrupt, NULL));
    if (!virtio_queue(&vdev, &vq, 0, 0)) {
        failures += FAIL("there is no queue");
        return true;
    }
    vq.held = true;
    virtio_start(&vdev);
    r = page_alloc((BATCH * sizeof(*r) + 4095) / 4096);
    disk_one(r, "write", T_OUT, 0);
    disk_one(r, "write", T_OUT, 8);
    disk_one(r, "read", T_IN, 16);
    disk_one(r, "flush", T_FLUSH, 0);
    disk_batch(r, "write", T_OUT, 24);
    disk_batch(r, "read", T_IN, 32);
    disk_one(r, "flush", T_FLUSH, 0);
    disk_show(r, 0);
    disk_show(r, 8);
    disk_show(r, 24);
    virtio_reset(&vdev);
    return true;
}

int guest_main(void)
{
    whole = guest_option("whole", 0);
    pci_for_each(disk_drive, NULL);
    if (!disks) {
        return FAIL("there is no virtio-blk");
    }
    return failures ? 1 : 0;
}
