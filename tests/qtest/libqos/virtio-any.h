/*
 * libqos: a driver of any virtio device.
 *
 * What holds for all of them should be tested on all of them.  A row of
 * qvirtio_any_types[] (virtio-any-types.c) says how a device is started, how
 * it is made to do one piece of its work, and how it is made to begin one that
 * it cannot finish.  The rest is the same for all:
 *
 *     QVirtioAny *d = qvirtio_any_boot(type, QVIRTIO_ANY_PACKED, "");
 *
 *     qvirtio_any_start(d);           from reset to DRIVER_OK
 *     d->type->work(d);               and it works
 *     d->type->stall(d);              a request is out, and stays out
 *     qvirtio_any_start(d);           … what becomes of it?
 *     d->type->work(d);
 *     qvirtio_any_shutdown(d);
 *
 * Whatever includes virtio-liar.h runs on each row.  A new device joins them by
 * a row and three functions, most of them a few lines.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef LIBQOS_VIRTIO_ANY_H
#define LIBQOS_VIRTIO_ANY_H

#include "libqos.h"
#include "virtio-mmio.h"
#include "virtio-pci.h"

#define QVIRTIO_ANY_TIMEOUT_US  (120 * G_USEC_PER_SEC)
#define QVIRTIO_ANY_QUEUES      8
#define QVIRTIO_ANY_SLOT        4
#define QVIRTIO_ANY_TRANSPORT   2
#define QVIRTIO_ANY_ID          "dev0"
#define QVIRTIO_ANY_RAM         (128 * 1024 * 1024ull)
/* Room for requests, of zeroes to begin with. */
#define QVIRTIO_ANY_BUF_SIZE    (64 * 1024)

typedef enum QVirtioAnyDrive {
    QVIRTIO_ANY_SPLIT,
    QVIRTIO_ANY_PACKED,
    QVIRTIO_ANY_LEGACY,         /* as a driver before virtio 1 */
    QVIRTIO_ANY_DRIVES,
    /*
     * With one of these: over MMIO, on a microvm.  Legacy is version 1 of the
     * registers.  Nothing can be plugged there.
     */
    QVIRTIO_ANY_MMIO = 0x10,
} QVirtioAnyDrive;

extern const char *const qvirtio_any_drives[QVIRTIO_ANY_DRIVES];

/* In a test's data, beside how the device is driven: it has an IOThread. */
#define QVIRTIO_ANY_IOTHREAD    0x100

/*
 * Adds @test as "/@prefix/split/@name" and so on, for each bit of @drives, and
 * with @iothread once more each as "/@prefix/split-iothread/@name".  Its data is
 * a QVirtioAnyDrive, with QVIRTIO_ANY_IOTHREAD.
 */
void qvirtio_any_add(const char *prefix, const char *name,
                     void (*test)(gconstpointer), unsigned drives,
                     bool iothread);

typedef struct QVirtioAny QVirtioAny;

typedef struct QVirtioAnyType {
    const char *name;           /* in the names of tests: "virtio-rng" */
    /*
     * Of -device: a type that is transitional, and its properties.  Over MMIO
     * it is the type without "-pci-transitional".
     */
    const char *device;
    /*
     * Back ends, on the command line.  If @peer is a type of socket, one end
     * of a pair is d->peer, and @FD@ in here is the number of the other.
     */
    const char *args;
    int peer;

    unsigned queues;            /* that it has with these properties */
    size_t config_size;

    /*
     * The queue for lies: one that the device looks at when it is kicked.
     * @in: its buffers are for the device to write.  @fussy: a request of one
     * buffer breaks it, as there is no place for the answer.  @blind_to: names
     * of lies that it does not see, as it never looks so closely: " a b ".
     */
    unsigned victim;
    bool in;
    bool fussy;
    const char *blind_to;

    /* One piece of work, from the guest's side and the host's: it is done. */
    void (*work)(QVirtioAny *d);
    /* Begin a request that the device takes and cannot finish. */
    void (*stall)(QVirtioAny *d);
    /* What the host's side does in the meantime, if anything: does not wait. */
    void (*host)(QVirtioAny *d);
} QVirtioAnyType;

struct QVirtioAny {
    const QVirtioAnyType *type;
    QVirtioAnyDrive drive;
    QOSState *qs;
    QTestState *qts;
    QGuestAllocator *alloc;
    bool over_mmio;
    QVirtioPCIDevice *pci;      /* NULL after qvirtio_any_unplug(), over MMIO */
    QVirtioMMIODevice mmio;
    QVirtioDevice *vdev;
    char *device;               /* -device, as it was given */
    int peer;                   /* our end of the socket, or -1 */

    /* From start to stop */
    QVirtQueue *vq[QVIRTIO_ANY_QUEUES];
    uint64_t buf;               /* in the guest's memory, at a page */
    unsigned ring_size;         /* of all queues from the next start on; 0: as
                                 * the device has it (not if legacy PCI) */
    /* For the type's own use */
    uint32_t count;
    uint32_t owed;
};

/* Ends with a row without a name. */
extern const QVirtioAnyType qvirtio_any_types[];

/* A machine with the device, which is enabled, and not yet started. */
QVirtioAny *qvirtio_any_boot(const QVirtioAnyType *type, QVirtioAnyDrive drive,
                             const char *props);
void qvirtio_any_shutdown(QVirtioAny *d);

/* From reset, of whatever there was, to DRIVER_OK, with all that is offered. */
void qvirtio_any_start(QVirtioAny *d);
/* Reset it, and forget its queues. */
void qvirtio_any_stop(QVirtioAny *d);
/* The machine was reset: find the device again. */
void qvirtio_any_enable(QVirtioAny *d);
/* Out of the machine, by way of the guest; and in again, to be started. */
void qvirtio_any_unplug(QVirtioAny *d);
void qvirtio_any_plug(QVirtioAny *d);

static inline QVirtQueue *qvirtio_any_victim(QVirtioAny *d)
{
    return d->vq[d->type->victim];
}

static inline bool qvirtio_any_is_modern(QVirtioAny *d)
{
    return d->drive != QVIRTIO_ANY_LEGACY;
}

/* Let the host's side do what it has to do, and the device what follows. */
void qvirtio_any_host(QVirtioAny *d);
/* Add one buffer to @vq and kick; its number. */
uint32_t qvirtio_any_ask(QVirtioAny *d, QVirtQueue *vq, uint64_t addr,
                         uint32_t len, bool write);
/* Wait until it is used, with the host's help: how much was written. */
uint32_t qvirtio_any_wait(QVirtioAny *d, QVirtQueue *vq, uint32_t head);
/* The same for whichever is used next: its number. */
uint32_t qvirtio_any_wait_next(QVirtioAny *d, QVirtQueue *vq, uint32_t *len);
/* Ask for one, and wait for it. */
uint32_t qvirtio_any_request(QVirtioAny *d, QVirtQueue *vq, uint64_t addr,
                             uint32_t len, bool write);

#endif
