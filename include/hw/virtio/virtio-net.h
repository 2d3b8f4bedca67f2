/*
 * virtio-net: a network card as a virtio device (virtio 1.1, 5.1).
 *
 *     guest                         virtio-net                      host
 *
 *     rx queue 0  <---- fill, flush ---- virtio_net_receive() <---- peer
 *     tx queue 0  ----- pop ------> virtio_net_flush_tx() --------> peer
 *     control     ----- pop ------> virtio_net_handle_ctrl()
 *
 * The peer is a NetClientState, for instance a tap.  Each packet in a ring has
 * a small header before it (struct virtio_net_hdr), which says what is still
 * to be done to the packet: a checksum, cutting it up.  A tap knows the same
 * header, and then it travels with the packet untouched; for any other peer we
 * refuse to promise what we could not keep, and take the header off.
 *
 * With multiqueue there are max_queue_pairs pairs of rx and tx, each with a
 * peer of its own; vqs[i] belongs to NetClientState i of the NICState.
 *
 * The code is in hw/net/: virtio-net.c first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_VIRTIO_NET_H
#define QEMU_VIRTIO_NET_H

#include "qemu/units.h"
#include "standard-headers/linux/virtio_net.h"
#include "hw/virtio/virtio.h"
#include "net/announce.h"
#include "qemu/option_int.h"
#include "qom/object.h"

#define TYPE_VIRTIO_NET "virtio-net-device"
OBJECT_DECLARE_SIMPLE_TYPE(VirtIONet, VIRTIO_NET)

/* tx=timer: how long packets gather before they are sent, in ns. */
#define TX_TIMER_INTERVAL 150000

/* Packets sent in one go before the main loop gets its turn. */
#define TX_BURST 256

/* What virtio-net takes: one GSO packet with its header. */
#define VIRTIO_NET_MAX_BUFSIZE (sizeof(struct virtio_net_hdr) + (64 * KiB))

typedef struct virtio_net_conf {
    uint32_t txtimer;           /* ns */
    int32_t txburst;            /* packets */
    char *tx;                   /* "bh" or "timer" */
    uint16_t rx_queue_size;
    uint16_t tx_queue_size;
    uint16_t mtu;               /* host_mtu */
    int32_t speed;              /* Mbit/s, or SPEED_UNKNOWN */
    char *duplex_str;           /* "half", "full" or not given */
    uint8_t duplex;             /* DUPLEX_* */
} virtio_net_conf;

/* One pair. */
typedef struct VirtIONetQueue {
    VirtQueue *rx_vq;
    VirtQueue *tx_vq;
    QEMUTimer *tx_timer;        /* one of the two, by net_conf.tx */
    QEMUBH *tx_bh;
    uint32_t tx_waiting;        /* kicked, and the timer or BH is set */
    /* The peer has taken this packet and will say when it is sent. */
    struct {
        VirtQueueElement *elem;
    } async_tx;
    bool tx_purging;            /* it is taken back: send nothing more */
    struct VirtIONet *n;
} VirtIONetQueue;

struct VirtIONet {
    VirtIODevice parent_obj;

    /* Properties: set before realize, fixed after it. */
    uint64_t host_features;
    virtio_net_conf net_conf;
    NICConf nic_conf;
    bool mtu_bypass_backend;

    /* What the guest can change; back to its start on reset. */
    uint8_t mac[ETH_ALEN];
    uint16_t status;            /* VIRTIO_NET_S_* */
    uint8_t promisc;            /* take every packet */
    uint8_t allmulti;           /* every multicast one */
    uint8_t alluni;             /* every unicast one */
    uint8_t nomulti;            /* and none of these: */
    uint8_t nouni;
    uint8_t nobcast;
    struct {
        uint32_t in_use;        /* addresses in macs */
        uint32_t first_multi;   /* unicast ones are before it */
        uint8_t multi_overflow; /* did not fit: take all */
        uint8_t uni_overflow;
        uint8_t *macs;
    } mac_table;
    uint32_t *vlans;            /* a bit for each of the 4096 */
    int multiqueue;
    uint16_t curr_queue_pairs;
    uint64_t curr_guest_offloads;   /* bits of VIRTIO_NET_F_GUEST_* */
    /* From the device's part of a stream until all of it is loaded. */
    uint64_t saved_guest_offloads;
    uint32_t *saved_vlans;
    /* What the negotiated features mean for headers, in bytes. */
    uint32_t mergeable_rx_bufs;
    size_t guest_hdr_len;       /* between the guest and us */
    size_t host_hdr_len;        /* between us and the peer; 0: none */

    /* Held from realize to unrealize. */
    VirtIONetQueue *vqs;        /* max_queue_pairs of them */
    VirtQueue *ctrl_vq;
    NICState *nic;
    DeviceState *qdev;
    uint32_t tx_timeout;
    int32_t tx_burst;
    uint32_t has_vnet_hdr;      /* does the peer know the header? */
    uint8_t has_ufo;
    uint16_t max_queue_pairs;
    size_t config_size;
    char *netclient_name;
    char *netclient_type;
    AnnounceTimer announce_timer;

    int irqfd_queues;           /* with guest notifiers; 0: virtio_notify() */
};

/*
 * Do what a control request asks.  @out_sg has the request (header first), the
 * answer of one byte goes to @in_sg.  Returns the bytes written there, 0 if
 * there is no room for an answer.
 */
size_t virtio_net_handle_ctrl_iov(VirtIODevice *vdev,
                                  const struct iovec *in_sg, unsigned in_num,
                                  const struct iovec *out_sg,
                                  unsigned out_num);

/*
 * For a proxy that wants its own name and type in `info network`: before
 * realize, and both copied.
 */
void virtio_net_set_netclient_name(VirtIONet *n, const char *name,
                                   const char *type);

#endif
