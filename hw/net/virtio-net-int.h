/*
 * What the files of virtio-net share: for hw/net only.
 *
 *   virtio-net.c          the device's life and its queues
 *   virtio-net-config.c   features, configuration space, status
 *   virtio-net-irqfd.c    interrupts by eventfd
 *   virtio-net-migration.c  state in a stream
 *   virtio-net-rx.c       from the peer to the guest
 *   virtio-net-tx.c       from the guest to the peer
 *   virtio-net-ctrl.c     the control queue: filters, offloads, pairs in use
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_NET_VIRTIO_NET_INT_H
#define HW_NET_VIRTIO_NET_INT_H

#include "hw/virtio/virtio-net.h"
#include "hw/virtio/virtio-access.h"
#include "net/eth.h"

/* Addresses that the guest can have filtered; more of them mean: all. */
#define MAC_TABLE_ENTRIES 64

#define VIRTIO_NET_VM_VERSION 11

#define MAX_VLAN (1 << 12)      /* IEEE 802.1Q */

#define VIRTIO_NET_CTRL_QUEUE_SIZE 64

/* Queues come in pairs, rx before tx, and the control queue after them. */
static inline int vq2q(int queue_index)
{
    return queue_index / 2;
}

static inline VirtIONetQueue *virtio_net_get_subqueue(NetClientState *nc)
{
    VirtIONet *n = qemu_get_nic_opaque(nc);

    return &n->vqs[nc->queue_index];
}

/* virtio-net.c */

/* Go on with the announcements that the other side had begun. */
void virtio_net_announce_loaded(VirtIONet *n);

/* Have as many pairs of queues as the guest has negotiated. */
void virtio_net_set_multiqueue(VirtIONet *n, int multiqueue);
/* Attach the peers of the pairs in use, and detach the others. */
void virtio_net_set_queue_pairs(VirtIONet *n);

/* virtio-net-config.c */

bool peer_has_vnet_hdr(VirtIONet *n);
void peer_test_vnet_hdr(VirtIONet *n);
void virtio_net_set_config_size(VirtIONet *n, uint64_t host_features);
void virtio_net_get_config(VirtIODevice *vdev, uint8_t *config);
void virtio_net_set_config(VirtIODevice *vdev, const uint8_t *config);
uint64_t virtio_net_get_features(VirtIODevice *vdev, uint64_t features,
                                 Error **errp);
uint64_t virtio_net_bad_features(VirtIODevice *vdev);
void virtio_net_set_features(VirtIODevice *vdev, uint64_t features);
void virtio_net_set_status(VirtIODevice *vdev, uint8_t status);
void virtio_net_set_link_status(NetClientState *nc);
void virtio_net_set_mrg_rx_bufs(VirtIONet *n, int mergeable_rx_bufs,
                                int version_1);
/* The bits of VIRTIO_NET_F_GUEST_* that the guest may switch. */
uint64_t virtio_net_supported_guest_offloads(VirtIONet *n);
void virtio_net_apply_guest_offloads(VirtIONet *n);

/* virtio-net-irqfd.c */

/* The device has started or stopped: take guest notifiers, or give them back. */
void virtio_net_irqfd_status(VirtIONet *n, bool started);
/* virtio_notify(), or by irqfd if that is how interrupts go now. */
void virtio_net_notify(VirtIONet *n, VirtQueue *vq);

/* virtio-net-migration.c */

extern const VMStateDescription vmstate_virtio_net_device;
int virtio_net_post_load_virtio(VirtIODevice *vdev);

/* virtio-net-rx.c */

bool virtio_net_can_receive(NetClientState *nc);
ssize_t virtio_net_receive(NetClientState *nc, const uint8_t *buf,
                           size_t size);
void virtio_net_handle_rx(VirtIODevice *vdev, VirtQueue *vq);

/* virtio-net-tx.c */

void virtio_net_handle_tx_timer(VirtIODevice *vdev, VirtQueue *vq);
void virtio_net_handle_tx_bh(VirtIODevice *vdev, VirtQueue *vq);
void virtio_net_tx_timer(void *opaque);
void virtio_net_tx_bh(void *opaque);
/* Have the timer or BH look into the queue later, or no more. */
void virtio_net_tx_schedule(VirtIONetQueue *q);
void virtio_net_tx_cancel(VirtIONetQueue *q);
/* Complete what is in the queue without sending it: there is no link. */
void virtio_net_drop_tx_queue_data(VirtIODevice *vdev, VirtQueue *vq);
/* Complete the packet that the peer holds; it may or may not be sent. */
void virtio_net_purge_tx(VirtIONetQueue *q, NetClientState *nc);

/* virtio-net-ctrl.c */

void virtio_net_handle_ctrl(VirtIODevice *vdev, VirtQueue *vq);
RxFilterInfo *virtio_net_query_rxfilter(NetClientState *nc);

#endif
