/*
 * virtio-net: features, configuration space, status.
 *
 * What we offer is what the user allows and the peer can do; what the guest
 * takes of it decides how long the header before each packet is, and what the
 * peer may leave to the guest.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "trace.h"
#include "virtio-net-int.h"

/* Configuration space (virtio 1.1, 5.1.4) */

static const VirtIOFeature virtio_net_feature_sizes[] = {
    {
        .flags = 1ULL << VIRTIO_NET_F_MAC,
        .end = endof(struct virtio_net_config, mac),
    }, {
        .flags = 1ULL << VIRTIO_NET_F_STATUS,
        .end = endof(struct virtio_net_config, status),
    }, {
        .flags = 1ULL << VIRTIO_NET_F_MQ,
        .end = endof(struct virtio_net_config, max_virtqueue_pairs),
    }, {
        .flags = 1ULL << VIRTIO_NET_F_MTU,
        .end = endof(struct virtio_net_config, mtu),
    }, {
        .flags = 1ULL << VIRTIO_NET_F_SPEED_DUPLEX,
        .end = endof(struct virtio_net_config, duplex),
    },
    { }
};

static const VirtIOConfigSizeParams virtio_net_cfg_size_params = {
    .min_size = endof(struct virtio_net_config, mac),
    .max_size = sizeof(struct virtio_net_config),
    .feature_sizes = virtio_net_feature_sizes,
};

void virtio_net_set_config_size(VirtIONet *n, uint64_t host_features)
{
    /* The address is always there, whether the guest asks for it or not. */
    virtio_add_feature(&host_features, VIRTIO_NET_F_MAC);
    n->config_size = virtio_get_config_size(&virtio_net_cfg_size_params,
                                            host_features);
}

void virtio_net_get_config(VirtIODevice *vdev, uint8_t *config)
{
    VirtIONet *n = VIRTIO_NET(vdev);
    struct virtio_net_config netcfg = { 0 };

    virtio_stw_p(vdev, &netcfg.status, n->status);
    virtio_stw_p(vdev, &netcfg.max_virtqueue_pairs, n->max_queue_pairs);
    virtio_stw_p(vdev, &netcfg.mtu, n->net_conf.mtu);
    memcpy(netcfg.mac, n->mac, ETH_ALEN);
    virtio_stl_p(vdev, &netcfg.speed, n->net_conf.speed);
    netcfg.duplex = n->net_conf.duplex;
    memcpy(config, &netcfg, n->config_size);
}

void virtio_net_set_config(VirtIODevice *vdev, const uint8_t *config)
{
    VirtIONet *n = VIRTIO_NET(vdev);

    /* Only legacy writes the address here; others have a command for it. */
    if (!virtio_vdev_has_feature(vdev, VIRTIO_NET_F_CTRL_MAC_ADDR) &&
        !virtio_vdev_has_feature(vdev, VIRTIO_F_VERSION_1) &&
        memcmp(config, n->mac, ETH_ALEN)) {
        memcpy(n->mac, config, ETH_ALEN);
        qemu_format_nic_info_str(qemu_get_queue(n->nic), n->mac);
    }
}

/* Headers */

void peer_test_vnet_hdr(VirtIONet *n)
{
    NetClientState *nc = qemu_get_queue(n->nic);

    if (nc->peer) {
        n->has_vnet_hdr = qemu_has_vnet_hdr(nc->peer);
    }
}

bool peer_has_vnet_hdr(VirtIONet *n)
{
    return n->has_vnet_hdr;
}

static bool peer_has_ufo(VirtIONet *n)
{
    if (!peer_has_vnet_hdr(n)) {
        return false;
    }
    n->has_ufo = qemu_has_ufo(qemu_get_queue(n->nic)->peer);
    return n->has_ufo;
}

void virtio_net_set_mrg_rx_bufs(VirtIONet *n, int mergeable_rx_bufs,
                                int version_1)
{
    n->mergeable_rx_bufs = mergeable_rx_bufs;
    n->guest_hdr_len = version_1 || mergeable_rx_bufs
        ? sizeof(struct virtio_net_hdr_mrg_rxbuf)
        : sizeof(struct virtio_net_hdr);

    /* A peer that knows the guest's header gets packets as they are. */
    for (int i = 0; i < n->max_queue_pairs; i++) {
        NetClientState *nc = qemu_get_subqueue(n->nic, i);

        if (peer_has_vnet_hdr(n) && nc->peer &&
            qemu_has_vnet_hdr_len(nc->peer, n->guest_hdr_len)) {
            qemu_set_vnet_hdr_len(nc->peer, n->guest_hdr_len);
            n->host_hdr_len = n->guest_hdr_len;
        }
    }
}

/* Offloads */

static uint64_t virtio_net_guest_offloads_by_features(uint64_t features)
{
    static const uint64_t guest_offloads_mask =
        (1ULL << VIRTIO_NET_F_GUEST_CSUM) |
        (1ULL << VIRTIO_NET_F_GUEST_TSO4) |
        (1ULL << VIRTIO_NET_F_GUEST_TSO6) |
        (1ULL << VIRTIO_NET_F_GUEST_ECN)  |
        (1ULL << VIRTIO_NET_F_GUEST_UFO);

    return guest_offloads_mask & features;
}

uint64_t virtio_net_supported_guest_offloads(VirtIONet *n)
{
    return virtio_net_guest_offloads_by_features(
        VIRTIO_DEVICE(n)->guest_features);
}

void virtio_net_apply_guest_offloads(VirtIONet *n)
{
    uint64_t on = n->curr_guest_offloads;

    qemu_set_offload(qemu_get_queue(n->nic)->peer,
                     virtio_has_feature(on, VIRTIO_NET_F_GUEST_CSUM),
                     virtio_has_feature(on, VIRTIO_NET_F_GUEST_TSO4),
                     virtio_has_feature(on, VIRTIO_NET_F_GUEST_TSO6),
                     virtio_has_feature(on, VIRTIO_NET_F_GUEST_ECN),
                     virtio_has_feature(on, VIRTIO_NET_F_GUEST_UFO));
}

/* Features */

/* Called by virtio_bus_device_plugged(): the peer is known by now. */
uint64_t virtio_net_get_features(VirtIODevice *vdev, uint64_t features,
                                 Error **errp)
{
    VirtIONet *n = VIRTIO_NET(vdev);
    uint64_t requested = features;

    features |= n->host_features;
    virtio_add_feature(&features, VIRTIO_NET_F_MAC);

    /* Who would do the checksum, or cut the packet?  Only such a peer. */
    if (!peer_has_vnet_hdr(n)) {
        virtio_clear_feature(&features, VIRTIO_NET_F_CSUM);
        virtio_clear_feature(&features, VIRTIO_NET_F_HOST_TSO4);
        virtio_clear_feature(&features, VIRTIO_NET_F_HOST_TSO6);
        virtio_clear_feature(&features, VIRTIO_NET_F_HOST_ECN);

        virtio_clear_feature(&features, VIRTIO_NET_F_GUEST_CSUM);
        virtio_clear_feature(&features, VIRTIO_NET_F_GUEST_TSO4);
        virtio_clear_feature(&features, VIRTIO_NET_F_GUEST_TSO6);
        virtio_clear_feature(&features, VIRTIO_NET_F_GUEST_ECN);
    }
    if (!peer_has_ufo(n)) {
        virtio_clear_feature(&features, VIRTIO_NET_F_GUEST_UFO);
        virtio_clear_feature(&features, VIRTIO_NET_F_HOST_UFO);
    }
    trace_virtio_net_get_features(requested, features);
    return features;
}

/* Linux 2.6.25 took what it knew without asking: these are what it means. */
uint64_t virtio_net_bad_features(VirtIODevice *vdev)
{
    return (1ULL << VIRTIO_NET_F_MAC) |
           (1ULL << VIRTIO_NET_F_CSUM) |
           (1ULL << VIRTIO_NET_F_HOST_TSO4) |
           (1ULL << VIRTIO_NET_F_HOST_TSO6) |
           (1ULL << VIRTIO_NET_F_HOST_ECN);
}

void virtio_net_set_features(VirtIODevice *vdev, uint64_t features)
{
    VirtIONet *n = VIRTIO_NET(vdev);

    virtio_net_set_multiqueue(n, virtio_has_feature(features,
                                                    VIRTIO_NET_F_MQ));
    virtio_net_set_mrg_rx_bufs(n,
                               virtio_has_feature(features,
                                                  VIRTIO_NET_F_MRG_RXBUF),
                               virtio_has_feature(features,
                                                  VIRTIO_F_VERSION_1));
    if (n->has_vnet_hdr) {
        n->curr_guest_offloads =
            virtio_net_guest_offloads_by_features(features);
        virtio_net_apply_guest_offloads(n);
    }

    /* Filtered by VLAN is nothing, or all but what the guest will add. */
    memset(n->vlans,
           virtio_has_feature(features, VIRTIO_NET_F_CTRL_VLAN) ? 0 : 0xff,
           MAX_VLAN >> 3);
}

/* Status */

static bool virtio_net_started(VirtIONet *n, uint8_t status)
{
    return (status & VIRTIO_CONFIG_S_DRIVER_OK) &&
           (n->status & VIRTIO_NET_S_LINK_UP) &&
           VIRTIO_DEVICE(n)->vm_running;
}

void virtio_net_set_status(VirtIODevice *vdev, uint8_t status)
{
    VirtIONet *n = VIRTIO_NET(vdev);

    virtio_net_irqfd_status(n, virtio_net_started(n, status));
    for (int i = 0; i < n->max_queue_pairs; i++) {
        VirtIONetQueue *q = &n->vqs[i];
        bool used = i < n->curr_queue_pairs && (i == 0 || n->multiqueue);
        uint8_t queue_status = used ? status : 0;
        bool started = virtio_net_started(n, queue_status);

        if (started) {
            qemu_flush_queued_packets(qemu_get_subqueue(n->nic, i));
        }
        if (!q->tx_waiting) {
            continue;
        }
        if (started) {
            virtio_net_tx_schedule(q);
            continue;
        }
        virtio_net_tx_cancel(q);
        if (!(n->status & VIRTIO_NET_S_LINK_UP) &&
            (queue_status & VIRTIO_CONFIG_S_DRIVER_OK) && vdev->vm_running) {
            /* The link is down, and kicks are off: nobody would come. */
            q->tx_waiting = 0;
            virtio_queue_set_notification(q->tx_vq, 1);
            virtio_net_drop_tx_queue_data(vdev, q->tx_vq);
        }
    }
}

void virtio_net_set_link_status(NetClientState *nc)
{
    VirtIONet *n = qemu_get_nic_opaque(nc);
    VirtIODevice *vdev = VIRTIO_DEVICE(n);
    uint16_t old_status = n->status;

    if (nc->link_down) {
        n->status &= ~VIRTIO_NET_S_LINK_UP;
    } else {
        n->status |= VIRTIO_NET_S_LINK_UP;
    }
    if (n->status != old_status) {
        virtio_notify_config(vdev);
    }
    virtio_net_set_status(vdev, vdev->status);
}
