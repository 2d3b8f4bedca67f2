/*
 * virtio-net: a network card as a virtio device.
 *
 * Its life, its queues and its type; what it does is in the files that
 * virtio-net-int.h lists.  It knows nothing of PCI: that is
 * hw/virtio/virtio-net-pci.c.
 *
 * Read include/hw/virtio/virtio-net.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "qemu/host-utils.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "qemu/timer.h"
#include "hw/qdev-properties.h"
#include "migration/misc.h"
#include "net/tap.h"
#include "standard-headers/linux/ethtool.h"
#include "standard-headers/linux/virtio_ids.h"
#include "sysemu/sysemu.h"
#include "trace.h"
#include "virtio-net-int.h"

/* Some guests rely on rings of at least this length. */
#define VIRTIO_NET_RX_QUEUE_DEFAULT_SIZE 256
#define VIRTIO_NET_RX_QUEUE_MIN_SIZE VIRTIO_NET_RX_QUEUE_DEFAULT_SIZE
#define VIRTIO_NET_TX_QUEUE_DEFAULT_SIZE 256
#define VIRTIO_NET_TX_QUEUE_MIN_SIZE VIRTIO_NET_TX_QUEUE_DEFAULT_SIZE

/*
 * A chain of a longer ring could have more pieces than one writev() takes,
 * once the header is cut off.
 */
#define VIRTIO_NET_TX_QUEUE_MAX_SIZE VIRTIO_NET_TX_QUEUE_DEFAULT_SIZE

/* Announcing: the guest is asked to, round by round */

static void virtio_net_announce_notify(VirtIONet *n)
{
    trace_virtio_net_announce_notify();
    n->status |= VIRTIO_NET_S_ANNOUNCE;
    virtio_notify_config(VIRTIO_DEVICE(n));
}

static void virtio_net_announce_timer(void *opaque)
{
    VirtIONet *n = opaque;

    trace_virtio_net_announce_timer(n->announce_timer.round);
    n->announce_timer.round--;
    virtio_net_announce_notify(n);
}

void virtio_net_announce_loaded(VirtIONet *n)
{
    VirtIODevice *vdev = VIRTIO_DEVICE(n);

    if (!virtio_vdev_has_feature(vdev, VIRTIO_NET_F_GUEST_ANNOUNCE) ||
        !virtio_vdev_has_feature(vdev, VIRTIO_NET_F_CTRL_VQ)) {
        return;
    }
    qemu_announce_timer_reset(&n->announce_timer, migrate_announce_params(),
                              QEMU_CLOCK_VIRTUAL, virtio_net_announce_timer,
                              n);
    if (n->announce_timer.round) {
        timer_mod(n->announce_timer.tm,
                  qemu_clock_get_ms(n->announce_timer.type));
    } else {
        qemu_announce_timer_del(&n->announce_timer, false);
    }
}

static void virtio_net_announce(NetClientState *nc)
{
    VirtIONet *n = qemu_get_nic_opaque(nc);
    VirtIODevice *vdev = VIRTIO_DEVICE(n);

    /* Our own rounds are still going on. */
    if (n->announce_timer.round) {
        return;
    }
    if (virtio_vdev_has_feature(vdev, VIRTIO_NET_F_GUEST_ANNOUNCE) &&
        virtio_vdev_has_feature(vdev, VIRTIO_NET_F_CTRL_VQ)) {
        virtio_net_announce_notify(n);
    }
}

/* Queues */

static int peer_attach(VirtIONet *n, int index)
{
    NetClientState *nc = qemu_get_subqueue(n->nic, index);

    if (!nc->peer || nc->peer->info->type != NET_CLIENT_DRIVER_TAP ||
        n->max_queue_pairs == 1) {
        return 0;
    }
    return tap_enable(nc->peer);
}

static int peer_detach(VirtIONet *n, int index)
{
    NetClientState *nc = qemu_get_subqueue(n->nic, index);

    if (!nc->peer || nc->peer->info->type != NET_CLIENT_DRIVER_TAP) {
        return 0;
    }
    return tap_disable(nc->peer);
}

void virtio_net_set_queue_pairs(VirtIONet *n)
{
    if (n->nic->peer_deleted) {
        return;
    }
    for (int i = 0; i < n->max_queue_pairs; i++) {
        int r = i < n->curr_queue_pairs ? peer_attach(n, i)
                                        : peer_detach(n, i);

        assert(!r);
    }
}

static void virtio_net_add_queue(VirtIONet *n, int index)
{
    VirtIODevice *vdev = VIRTIO_DEVICE(n);
    VirtIONetQueue *q = &n->vqs[index];

    q->rx_vq = virtio_add_queue(vdev, n->net_conf.rx_queue_size,
                                virtio_net_handle_rx);
    if (n->net_conf.tx && !strcmp(n->net_conf.tx, "timer")) {
        q->tx_vq = virtio_add_queue(vdev, n->net_conf.tx_queue_size,
                                    virtio_net_handle_tx_timer);
        q->tx_timer = timer_new_ns(QEMU_CLOCK_VIRTUAL, virtio_net_tx_timer, q);
    } else {
        q->tx_vq = virtio_add_queue(vdev, n->net_conf.tx_queue_size,
                                    virtio_net_handle_tx_bh);
        q->tx_bh = virtio_bh_new_guarded(DEVICE(vdev), virtio_net_tx_bh, q);
    }
    q->tx_waiting = 0;
    q->n = n;
}

static void virtio_net_del_queue(VirtIONet *n, int index)
{
    VirtIODevice *vdev = VIRTIO_DEVICE(n);
    VirtIONetQueue *q = &n->vqs[index];

    virtio_net_purge_tx(q, qemu_get_subqueue(n->nic, index));
    virtio_del_queue(vdev, index * 2);
    virtio_del_queue(vdev, index * 2 + 1);
    g_clear_pointer(&q->tx_timer, timer_free);
    g_clear_pointer(&q->tx_bh, qemu_bh_delete);
    q->tx_waiting = 0;
}

static void virtio_net_add_ctrl_queue(VirtIONet *n)
{
    n->ctrl_vq = virtio_add_queue(VIRTIO_DEVICE(n),
                                  VIRTIO_NET_CTRL_QUEUE_SIZE,
                                  virtio_net_handle_ctrl);
}

/* The control queue is always the last, so it moves when others come or go. */
static void virtio_net_change_num_queue_pairs(VirtIONet *n, int new_pairs)
{
    int old_pairs = virtio_get_num_queues(VIRTIO_DEVICE(n)) / 2;
    int i;

    if (new_pairs == old_pairs) {
        return;
    }
    virtio_del_queue(VIRTIO_DEVICE(n), old_pairs * 2);
    for (i = new_pairs; i < old_pairs; i++) {
        virtio_net_del_queue(n, i);
    }
    for (i = old_pairs; i < new_pairs; i++) {
        virtio_net_add_queue(n, i);
    }
    virtio_net_add_ctrl_queue(n);
}

/* The stream has @n queues: have as many pairs, if that is what it can be. */
static int virtio_net_pre_load_queues(VirtIODevice *vdev, uint32_t n)
{
    VirtIONet *net = VIRTIO_NET(vdev);
    uint32_t pairs = n / 2;

    if (!(n & 1) || pairs < 1 || pairs > net->max_queue_pairs) {
        return -EINVAL;
    }
    virtio_net_change_num_queue_pairs(net, pairs);
    return 0;
}

void virtio_net_set_multiqueue(VirtIONet *n, int multiqueue)
{
    n->multiqueue = multiqueue;
    virtio_net_change_num_queue_pairs(n, multiqueue ? n->max_queue_pairs : 1);
    virtio_net_set_queue_pairs(n);
}

/* One queue stops (VIRTIO_F_RING_RESET): what the peer holds comes back. */
static void virtio_net_queue_reset(VirtIODevice *vdev, uint32_t queue_index)
{
    VirtIONet *n = VIRTIO_NET(vdev);
    int pair = vq2q(queue_index);

    if (pair < n->max_queue_pairs && (queue_index & 1)) {
        virtio_net_purge_tx(&n->vqs[pair], qemu_get_subqueue(n->nic, pair));
    }
}

static void virtio_net_queue_enable(VirtIODevice *vdev, uint32_t queue_index)
{
    VirtIONet *n = VIRTIO_NET(vdev);
    int pair = vq2q(queue_index);

    if (pair < n->max_queue_pairs && !(queue_index & 1)) {
        qemu_flush_queued_packets(qemu_get_subqueue(n->nic, pair));
    }
}

/* Life */

static NetClientInfo net_virtio_info = {
    .type = NET_CLIENT_DRIVER_NIC,
    .size = sizeof(NICState),
    .can_receive = virtio_net_can_receive,
    .receive = virtio_net_receive,
    .link_status_changed = virtio_net_set_link_status,
    .query_rx_filter = virtio_net_query_rxfilter,
    .announce = virtio_net_announce,
};

void virtio_net_set_netclient_name(VirtIONet *n, const char *name,
                                   const char *type)
{
    g_free(n->netclient_name);
    g_free(n->netclient_type);
    n->netclient_name = g_strdup(name);
    n->netclient_type = g_strdup(type);
}

/* Check the properties, and make features of those that are. */
static bool virtio_net_check_link(VirtIONet *n, Error **errp)
{
    virtio_net_conf *conf = &n->net_conf;

    if (conf->mtu) {
        virtio_add_feature(&n->host_features, VIRTIO_NET_F_MTU);
    }
    if (!conf->duplex_str) {
        conf->duplex = DUPLEX_UNKNOWN;
    } else if (!strcmp(conf->duplex_str, "half")) {
        conf->duplex = DUPLEX_HALF;
    } else if (!strcmp(conf->duplex_str, "full")) {
        conf->duplex = DUPLEX_FULL;
    } else {
        error_setg(errp, "'duplex' must be 'half' or 'full'");
        return false;
    }
    if (conf->speed < SPEED_UNKNOWN) {
        error_setg(errp, "'speed' must be between 0 and INT_MAX");
        return false;
    }
    if (conf->duplex_str || conf->speed >= 0) {
        virtio_add_feature(&n->host_features, VIRTIO_NET_F_SPEED_DUPLEX);
    }
    return true;
}

static bool virtio_net_check_queues(VirtIONet *n, Error **errp)
{
    virtio_net_conf *conf = &n->net_conf;

    if (conf->rx_queue_size < VIRTIO_NET_RX_QUEUE_MIN_SIZE ||
        conf->rx_queue_size > VIRTQUEUE_MAX_SIZE ||
        !is_power_of_2(conf->rx_queue_size)) {
        error_setg(errp, "Invalid rx_queue_size (= %" PRIu16 "), "
                   "must be a power of 2 between %d and %d.",
                   conf->rx_queue_size, VIRTIO_NET_RX_QUEUE_MIN_SIZE,
                   VIRTQUEUE_MAX_SIZE);
        return false;
    }
    if (conf->tx_queue_size < VIRTIO_NET_TX_QUEUE_MIN_SIZE ||
        conf->tx_queue_size > VIRTQUEUE_MAX_SIZE ||
        !is_power_of_2(conf->tx_queue_size)) {
        error_setg(errp, "Invalid tx_queue_size (= %" PRIu16 "), "
                   "must be a power of 2 between %d and %d",
                   conf->tx_queue_size, VIRTIO_NET_TX_QUEUE_MIN_SIZE,
                   VIRTQUEUE_MAX_SIZE);
        return false;
    }
    conf->tx_queue_size = MIN(conf->tx_queue_size,
                              VIRTIO_NET_TX_QUEUE_MAX_SIZE);

    n->max_queue_pairs = MAX(n->nic_conf.peers.queues, 1);
    if (n->max_queue_pairs * 2 + 1 > VIRTIO_QUEUE_MAX) {
        error_setg(errp, "Invalid number of queue pairs (= %" PRIu32 "), "
                   "must be a positive integer less than %d.",
                   n->max_queue_pairs, (VIRTIO_QUEUE_MAX - 1) / 2);
        return false;
    }

    if (conf->tx && strcmp(conf->tx, "timer") && strcmp(conf->tx, "bh")) {
        warn_report("virtio-net: Unknown option tx=%s, valid options: "
                    "\"timer\" \"bh\"", conf->tx);
        error_printf("Defaulting to \"bh\"");
    }
    return true;
}

/* Called by virtio_device_realize(), before the transport builds anything. */
static void virtio_net_device_realize(DeviceState *dev, Error **errp)
{
    VirtIODevice *vdev = VIRTIO_DEVICE(dev);
    VirtIONet *n = VIRTIO_NET(dev);

    if (!virtio_net_check_link(n, errp) || !virtio_net_check_queues(n, errp)) {
        return;
    }
    trace_virtio_net_device_realize(n->netclient_name ?: "(no id)",
                                    n->max_queue_pairs);

    virtio_net_set_config_size(n, n->host_features);
    virtio_init(vdev, VIRTIO_ID_NET, n->config_size);

    n->vqs = g_new0(VirtIONetQueue, n->max_queue_pairs);
    n->curr_queue_pairs = 1;
    n->tx_timeout = n->net_conf.txtimer;
    n->tx_burst = MAX(n->net_conf.txburst, 1);
    for (int i = 0; i < n->max_queue_pairs; i++) {
        virtio_net_add_queue(n, i);
    }
    virtio_net_add_ctrl_queue(n);

    qemu_macaddr_default_if_unset(&n->nic_conf.macaddr);
    memcpy(n->mac, n->nic_conf.macaddr.a, sizeof(n->mac));
    n->status = VIRTIO_NET_S_LINK_UP;
    qemu_announce_timer_reset(&n->announce_timer, migrate_announce_params(),
                              QEMU_CLOCK_VIRTUAL, virtio_net_announce_timer,
                              n);
    n->announce_timer.round = 0;

    n->nic = qemu_new_nic(&net_virtio_info, &n->nic_conf,
                          n->netclient_type ? n->netclient_type
                                            : object_get_typename(OBJECT(dev)),
                          n->netclient_type ? n->netclient_name : dev->id,
                          &dev->mem_reentrancy_guard, n);
    for (int i = 0; i < n->max_queue_pairs; i++) {
        n->nic->ncs[i].do_not_pad = true;
    }

    peer_test_vnet_hdr(n);
    if (peer_has_vnet_hdr(n)) {
        for (int i = 0; i < n->max_queue_pairs; i++) {
            qemu_using_vnet_hdr(qemu_get_subqueue(n->nic, i)->peer, true);
        }
        n->host_hdr_len = sizeof(struct virtio_net_hdr);
    } else {
        n->host_hdr_len = 0;
    }
    qemu_format_nic_info_str(qemu_get_queue(n->nic), n->nic_conf.macaddr.a);
    virtio_net_set_mrg_rx_bufs(n, 0, 0);

    /* A driver that never sets a mode expects to see everything. */
    n->promisc = 1;
    n->mac_table.macs = g_malloc0(MAC_TABLE_ENTRIES * ETH_ALEN);
    n->vlans = g_malloc0(MAX_VLAN >> 3);
    qemu_get_queue(n->nic)->rxfilter_notify_enabled = 1;
    n->qdev = dev;
}

static void virtio_net_device_unrealize(DeviceState *dev)
{
    VirtIODevice *vdev = VIRTIO_DEVICE(dev);
    VirtIONet *n = VIRTIO_NET(dev);

    virtio_net_set_status(vdev, 0);

    g_clear_pointer(&n->vlans, g_free);
    g_clear_pointer(&n->saved_vlans, g_free);
    g_clear_pointer(&n->mac_table.macs, g_free);
    for (int i = 0; i < n->max_queue_pairs; i++) {
        virtio_net_del_queue(n, i);
    }
    virtio_delete_queue(n->ctrl_vq);
    qemu_announce_timer_del(&n->announce_timer, false);
    qemu_del_nic(n->nic);
    n->nic = NULL;
    g_clear_pointer(&n->vqs, g_free);
    virtio_cleanup(vdev);
}

static void virtio_net_reset(VirtIODevice *vdev)
{
    VirtIONet *n = VIRTIO_NET(vdev);

    n->promisc = 1;
    n->allmulti = 0;
    n->alluni = 0;
    n->nomulti = 0;
    n->nouni = 0;
    n->nobcast = 0;
    /* One pair, until the driver asks for more. */
    n->curr_queue_pairs = 1;

    timer_del(n->announce_timer.tm);
    n->announce_timer.round = 0;
    n->status &= ~VIRTIO_NET_S_ANNOUNCE;

    n->mac_table.in_use = 0;
    n->mac_table.first_multi = 0;
    n->mac_table.multi_overflow = 0;
    n->mac_table.uni_overflow = 0;
    memset(n->mac_table.macs, 0, MAC_TABLE_ENTRIES * ETH_ALEN);
    memcpy(n->mac, n->nic->conf->macaddr.a, sizeof(n->mac));
    qemu_format_nic_info_str(qemu_get_queue(n->nic), n->mac);
    /* All pass, until the driver says that it will filter. */
    memset(n->vlans, 0xff, MAX_VLAN >> 3);

    for (int i = 0; i < n->max_queue_pairs; i++) {
        VirtIONetQueue *q = &n->vqs[i];

        virtio_net_purge_tx(q, qemu_get_subqueue(n->nic, i));
        q->tx_waiting = 0;
    }
}

static void virtio_net_instance_init(Object *obj)
{
    VirtIONet *n = VIRTIO_NET(obj);

    trace_virtio_net_instance_init(obj);
    /* Realize makes it smaller: until then nobody asks. */
    n->config_size = sizeof(struct virtio_net_config);
    device_add_bootindex_property(obj, &n->nic_conf.bootindex, "bootindex",
                                  "/ethernet-phy@0", DEVICE(n));
}

/* The proxy gives the names before realize, which may fail. */
static void virtio_net_instance_finalize(Object *obj)
{
    VirtIONet *n = VIRTIO_NET(obj);

    g_free(n->netclient_name);
    g_free(n->netclient_type);
}

/* Type */

static const VMStateDescription vmstate_virtio_net = {
    .name = "virtio-net",
    .minimum_version_id = VIRTIO_NET_VM_VERSION,
    .version_id = VIRTIO_NET_VM_VERSION,
    .fields = (VMStateField[]) {
        VMSTATE_VIRTIO_DEVICE,
        VMSTATE_END_OF_LIST()
    },
};

static Property virtio_net_properties[] = {
    DEFINE_PROP_BIT64("csum", VirtIONet, host_features,
                      VIRTIO_NET_F_CSUM, true),
    DEFINE_PROP_BIT64("guest_csum", VirtIONet, host_features,
                      VIRTIO_NET_F_GUEST_CSUM, true),
    DEFINE_PROP_BIT64("gso", VirtIONet, host_features,
                      VIRTIO_NET_F_GSO, true),
    DEFINE_PROP_BIT64("guest_tso4", VirtIONet, host_features,
                      VIRTIO_NET_F_GUEST_TSO4, true),
    DEFINE_PROP_BIT64("guest_tso6", VirtIONet, host_features,
                      VIRTIO_NET_F_GUEST_TSO6, true),
    DEFINE_PROP_BIT64("guest_ecn", VirtIONet, host_features,
                      VIRTIO_NET_F_GUEST_ECN, true),
    DEFINE_PROP_BIT64("guest_ufo", VirtIONet, host_features,
                      VIRTIO_NET_F_GUEST_UFO, true),
    DEFINE_PROP_BIT64("guest_announce", VirtIONet, host_features,
                      VIRTIO_NET_F_GUEST_ANNOUNCE, true),
    DEFINE_PROP_BIT64("host_tso4", VirtIONet, host_features,
                      VIRTIO_NET_F_HOST_TSO4, true),
    DEFINE_PROP_BIT64("host_tso6", VirtIONet, host_features,
                      VIRTIO_NET_F_HOST_TSO6, true),
    DEFINE_PROP_BIT64("host_ecn", VirtIONet, host_features,
                      VIRTIO_NET_F_HOST_ECN, true),
    DEFINE_PROP_BIT64("host_ufo", VirtIONet, host_features,
                      VIRTIO_NET_F_HOST_UFO, true),
    DEFINE_PROP_BIT64("mrg_rxbuf", VirtIONet, host_features,
                      VIRTIO_NET_F_MRG_RXBUF, true),
    DEFINE_PROP_BIT64("status", VirtIONet, host_features,
                      VIRTIO_NET_F_STATUS, true),
    DEFINE_PROP_BIT64("ctrl_vq", VirtIONet, host_features,
                      VIRTIO_NET_F_CTRL_VQ, true),
    DEFINE_PROP_BIT64("ctrl_rx", VirtIONet, host_features,
                      VIRTIO_NET_F_CTRL_RX, true),
    DEFINE_PROP_BIT64("ctrl_vlan", VirtIONet, host_features,
                      VIRTIO_NET_F_CTRL_VLAN, true),
    DEFINE_PROP_BIT64("ctrl_rx_extra", VirtIONet, host_features,
                      VIRTIO_NET_F_CTRL_RX_EXTRA, true),
    DEFINE_PROP_BIT64("ctrl_mac_addr", VirtIONet, host_features,
                      VIRTIO_NET_F_CTRL_MAC_ADDR, true),
    DEFINE_PROP_BIT64("ctrl_guest_offloads", VirtIONet, host_features,
                      VIRTIO_NET_F_CTRL_GUEST_OFFLOADS, true),
    DEFINE_PROP_BIT64("mq", VirtIONet, host_features, VIRTIO_NET_F_MQ, false),
    DEFINE_NIC_PROPERTIES(VirtIONet, nic_conf),
    DEFINE_PROP_UINT32("x-txtimer", VirtIONet, net_conf.txtimer,
                       TX_TIMER_INTERVAL),
    DEFINE_PROP_INT32("x-txburst", VirtIONet, net_conf.txburst, TX_BURST),
    DEFINE_PROP_STRING("tx", VirtIONet, net_conf.tx),
    DEFINE_PROP_UINT16("rx_queue_size", VirtIONet, net_conf.rx_queue_size,
                       VIRTIO_NET_RX_QUEUE_DEFAULT_SIZE),
    DEFINE_PROP_UINT16("tx_queue_size", VirtIONet, net_conf.tx_queue_size,
                       VIRTIO_NET_TX_QUEUE_DEFAULT_SIZE),
    DEFINE_PROP_UINT16("host_mtu", VirtIONet, net_conf.mtu, 0),
    DEFINE_PROP_BOOL("x-mtu-bypass-backend", VirtIONet, mtu_bypass_backend,
                     true),
    DEFINE_PROP_INT32("speed", VirtIONet, net_conf.speed, SPEED_UNKNOWN),
    DEFINE_PROP_STRING("duplex", VirtIONet, net_conf.duplex_str),
    DEFINE_PROP_END_OF_LIST(),
};

static void virtio_net_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    VirtioDeviceClass *vdc = VIRTIO_DEVICE_CLASS(klass);

    device_class_set_props(dc, virtio_net_properties);
    dc->vmsd = &vmstate_virtio_net;
    set_bit(DEVICE_CATEGORY_NETWORK, dc->categories);

    vdc->realize = virtio_net_device_realize;
    vdc->unrealize = virtio_net_device_unrealize;
    vdc->get_config = virtio_net_get_config;
    vdc->set_config = virtio_net_set_config;
    vdc->get_features = virtio_net_get_features;
    vdc->set_features = virtio_net_set_features;
    vdc->bad_features = virtio_net_bad_features;
    vdc->reset = virtio_net_reset;
    vdc->vmsd = &vmstate_virtio_net_device;
    vdc->post_load = virtio_net_post_load_virtio;
    vdc->pre_load_queues = virtio_net_pre_load_queues;
    vdc->queue_reset = virtio_net_queue_reset;
    vdc->queue_enable = virtio_net_queue_enable;
    vdc->set_status = virtio_net_set_status;
    /* Legacy drivers were offered the whole of GSO in one bit. */
    vdc->legacy_features |= (1ULL << VIRTIO_NET_F_GSO);
}

static const TypeInfo virtio_net_info = {
    .name = TYPE_VIRTIO_NET,
    .parent = TYPE_VIRTIO_DEVICE,
    .instance_size = sizeof(VirtIONet),
    .instance_init = virtio_net_instance_init,
    .instance_finalize = virtio_net_instance_finalize,
    .class_init = virtio_net_class_init,
};

static void virtio_net_register_types(void)
{
    type_register_static(&virtio_net_info);
}

type_init(virtio_net_register_types)
