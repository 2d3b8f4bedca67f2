/*
 * libqos: a driver of virtio-net, with the other end of the cable in hand.
 *
 * The cable is a pair of sockets: the program has one end as -netdev socket,
 * fd=, the test has the other, and a packet is a datagram.
 *
 *     QVirtioNet *net = qvirtio_net_boot("virtio-net-pci", "mrg_rxbuf=off");
 *
 *     qvirtio_net_start(net, QVIRTIO_NET_ALL);
 *     qvirtio_net_send(net, frame, len);              guest -> wire
 *     len = qvirtio_net_wire_recv(net, buf, sizeof(buf));
 *     qvirtio_net_give(net, 1, 2048);                 room to receive
 *     qvirtio_net_wire_send(net, frame, len);         wire -> guest
 *     len = qvirtio_net_recv(net, buf, sizeof(buf), &hdr);
 *     qvirtio_net_shutdown(net);
 *
 * Nothing here waits by the clock of the guest, and nothing sleeps: the test
 * fails if what it waits for has not come after five seconds.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef LIBQOS_VIRTIO_NET_H
#define LIBQOS_VIRTIO_NET_H

#include "libqos.h"
#include "virtio-mmio.h"
#include "virtio-pci.h"
#include "standard-headers/linux/virtio_net.h"

#define QVIRTIO_NET_TIMEOUT_US  (120 * G_USEC_PER_SEC)
#define QVIRTIO_NET_MAX_RX      256

/* Where the device sits. */
#define QVIRTIO_NET_SLOT        4

/* Any feature that is offered. */
#define QVIRTIO_NET_ALL         UINT64_MAX

/*
 * The header before a packet.  virtio 1 always has the longer one; before it
 * num_buffers was there only with mergeable buffers, and is 1 here if not.
 */
typedef struct virtio_net_hdr_mrg_rxbuf QVirtioNetHdr;

typedef struct QVirtioNet {
    QOSState *qs;
    QTestState *qts;
    QGuestAllocator *alloc;
    QVirtioPCIDevice *pci;      /* NULL over MMIO */
    QVirtioMMIODevice mmio;
    QVirtioDevice *vdev;
    int wire;                   /* the test's end of the cable */
    bool msix;                  /* a vector a queue, from the next start on */
    bool msix_on;               /* switched on for that */

    /* From start to stop; ctrl only if it was negotiated. */
    QVirtQueue *rx;
    QVirtQueue *tx;
    QVirtQueue *ctrl;
    size_t hdr_len;             /* of the header, as negotiated */
    uint64_t tx_buf;
    uint64_t ctrl_buf;
    struct {
        uint64_t addr;
        uint32_t len;
    } rx_buf[QVIRTIO_NET_MAX_RX];   /* by the chain's number */
} QVirtioNet;

/* An address of the test's liking, "52:54:00:12:34:56" unless mac= is given. */
extern const uint8_t qvirtio_net_mac[6];

/*
 * Start a machine with a device of @type and its properties @props ("" or
 * "a=b,c=d"); extra arguments of the program by @more, or NULL.
 */
QVirtioNet *qvirtio_net_boot(const char *type, const char *props);
QVirtioNet *qvirtio_net_boot_with(const char *type, const char *props,
                                  const char *more);
/*
 * Start a machine by the program's arguments alone; its first virtio device
 * is the one.  There is no wire.
 */
QVirtioNet *qvirtio_net_boot_args(const char *args);
/* The same over MMIO, on a microvm: the one in its transport 0. */
QVirtioNet *qvirtio_net_boot_microvm(const char *args);
void qvirtio_net_shutdown(QVirtioNet *net);
/* From the next start on drive it as one before virtio 1, or not. */
void qvirtio_net_set_legacy(QVirtioNet *net, bool legacy);

/*
 * From reset to DRIVER_OK with those of the features @wanted that the device
 * offers.  Starting again is allowed at any time: it begins with a reset.
 */
void qvirtio_net_start(QVirtioNet *net, uint64_t wanted);
/* The same up to FEATURES_OK: no queues, no DRIVER_OK. */
void qvirtio_net_negotiate(QVirtioNet *net, uint64_t wanted);
/* The queues, for what was negotiated. */
void qvirtio_net_setup_queues(QVirtioNet *net);
/* Forget the queues; the device is reset first. */
void qvirtio_net_stop(QVirtioNet *net);

/* The wire: a whole packet, or -1 if none is there within @timeout_ms. */
void qvirtio_net_wire_send(QVirtioNet *net, const void *buf, size_t len);
ssize_t qvirtio_net_wire_recv(QVirtioNet *net, void *buf, size_t len);
ssize_t qvirtio_net_wire_poll(QVirtioNet *net, void *buf, size_t len,
                              int timeout_ms);

/* Wait for the device to use a chain of @vq; its number.  *@len: written. */
uint32_t qvirtio_net_wait_used(QVirtioNet *net, QVirtQueue *vq,
                               uint32_t *len);

/* Give the receive queue @count buffers of @len, each a chain of its own. */
void qvirtio_net_give(QVirtioNet *net, unsigned count, uint32_t len);
/* The next packet to the guest, header in *@hdr (or NULL); its length. */
size_t qvirtio_net_recv(QVirtioNet *net, void *buf, size_t len,
                        QVirtioNetHdr *hdr);
/* Has the device used no further receive buffer? */
bool qvirtio_net_rx_idle(QVirtioNet *net);

/* Send a packet and wait until the device has given it back. */
void qvirtio_net_send(QVirtioNet *net, const void *buf, size_t len);
/* Send it behind a header of the caller's. */
void qvirtio_net_send_hdr(QVirtioNet *net, const QVirtioNetHdr *hdr,
                          const void *buf, size_t len);

/* A command: what the device answers, VIRTIO_NET_OK or _ERR. */
uint8_t qvirtio_net_ctrl(QVirtioNet *net, uint8_t class, uint8_t cmd,
                         const void *data, size_t len);

/* A frame from 52:54:00:aa:bb:cc to @dst: type 0x88b5, then a pattern. */
void qvirtio_net_frame(uint8_t *buf, size_t len, const uint8_t *dst,
                       uint8_t seed);

#endif
