/*
 * virtio-net: the control queue (virtio 1.1, 5.1.6.5).
 *
 * The guest sends a class, a command and its data, and gets one byte: did it
 * work?  What it asks changes what virtio-net-rx.c lets through, what the peer
 * may leave undone (offloads), and how many pairs of queues are in use.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/qapi-events-net.h"
#include "qapi/util.h"
#include "qemu/iov.h"
#include "virtio-net-int.h"

/* The command's data, of which each reader takes its part from the front. */
typedef struct CtrlData {
    struct iovec *iov;
    unsigned cnt;
} CtrlData;

/* Take @bytes; false, and nothing is taken, if there are not so many. */
static bool ctrl_take(CtrlData *data, void *buf, size_t bytes)
{
    if (iov_size(data->iov, data->cnt) < bytes) {
        return false;
    }
    iov_to_buf(data->iov, data->cnt, 0, buf, bytes);
    iov_discard_front(&data->iov, &data->cnt, bytes);
    return true;
}

/* The same, and that must be all. */
static bool ctrl_take_last(CtrlData *data, void *buf, size_t bytes)
{
    return ctrl_take(data, buf, bytes) &&
           iov_size(data->iov, data->cnt) == 0;
}

/* Clients hear of the first change after they have asked, not of each. */
static void rxfilter_notify(VirtIONet *n)
{
    NetClientState *nc = qemu_get_queue(n->nic);
    g_autofree char *path = NULL;

    if (!nc->rxfilter_notify_enabled) {
        return;
    }
    path = object_get_canonical_path(OBJECT(n));
    qapi_event_send_nic_rx_filter_changed(n->netclient_name != NULL,
                                          n->netclient_name, path);
    nc->rxfilter_notify_enabled = 0;
}

static int virtio_net_handle_rx_mode(VirtIONet *n, uint8_t cmd, CtrlData data)
{
    uint8_t on;

    if (!ctrl_take(&data, &on, sizeof(on))) {
        return VIRTIO_NET_ERR;
    }

    switch (cmd) {
    case VIRTIO_NET_CTRL_RX_PROMISC:
        n->promisc = on;
        break;
    case VIRTIO_NET_CTRL_RX_ALLMULTI:
        n->allmulti = on;
        break;
    case VIRTIO_NET_CTRL_RX_ALLUNI:
        n->alluni = on;
        break;
    case VIRTIO_NET_CTRL_RX_NOMULTI:
        n->nomulti = on;
        break;
    case VIRTIO_NET_CTRL_RX_NOUNI:
        n->nouni = on;
        break;
    case VIRTIO_NET_CTRL_RX_NOBCAST:
        n->nobcast = on;
        break;
    default:
        return VIRTIO_NET_ERR;
    }
    rxfilter_notify(n);
    return VIRTIO_NET_OK;
}

/*
 * One table: a count, and so many addresses, which go to @macs behind the
 * *@in_use that are there.  Too many of them set *@overflow instead.
 */
static bool ctrl_take_macs(VirtIONet *n, CtrlData *data, uint8_t *macs,
                           uint32_t *in_use, uint8_t *overflow)
{
    uint32_t entries;
    size_t bytes;

    if (!ctrl_take(data, &entries, sizeof(entries))) {
        return false;
    }
    entries = virtio_ldl_p(VIRTIO_DEVICE(n), &entries);
    if (entries > iov_size(data->iov, data->cnt) / ETH_ALEN) {
        return false;
    }
    bytes = (size_t)entries * ETH_ALEN;
    if (entries > MAC_TABLE_ENTRIES - *in_use) {
        *overflow = 1;
        iov_discard_front(&data->iov, &data->cnt, bytes);
        return true;
    }
    if (bytes && !ctrl_take(data, macs + *in_use * ETH_ALEN, bytes)) {
        return false;
    }
    *in_use += entries;
    return true;
}

static int virtio_net_handle_mac(VirtIONet *n, uint8_t cmd, CtrlData data)
{
    uint8_t macs[MAC_TABLE_ENTRIES * ETH_ALEN] = { 0 };
    uint8_t uni_overflow = 0, multi_overflow = 0;
    uint32_t in_use = 0, first_multi;

    if (cmd == VIRTIO_NET_CTRL_MAC_ADDR_SET) {
        if (!ctrl_take_last(&data, macs, sizeof(n->mac))) {
            return VIRTIO_NET_ERR;
        }
        memcpy(n->mac, macs, sizeof(n->mac));
        qemu_format_nic_info_str(qemu_get_queue(n->nic), n->mac);
        rxfilter_notify(n);
        return VIRTIO_NET_OK;
    }
    if (cmd != VIRTIO_NET_CTRL_MAC_TABLE_SET) {
        return VIRTIO_NET_ERR;
    }

    /* Unicast first, then multicast; only a whole command counts. */
    if (!ctrl_take_macs(n, &data, macs, &in_use, &uni_overflow)) {
        return VIRTIO_NET_ERR;
    }
    first_multi = in_use;
    if (!ctrl_take_macs(n, &data, macs, &in_use, &multi_overflow) ||
        iov_size(data.iov, data.cnt) != 0) {
        return VIRTIO_NET_ERR;
    }

    n->mac_table.in_use = in_use;
    n->mac_table.first_multi = first_multi;
    n->mac_table.uni_overflow = uni_overflow;
    n->mac_table.multi_overflow = multi_overflow;
    memcpy(n->mac_table.macs, macs, sizeof(macs));
    rxfilter_notify(n);
    return VIRTIO_NET_OK;
}

static int virtio_net_handle_vlan_table(VirtIONet *n, uint8_t cmd,
                                        CtrlData data)
{
    uint16_t vid;

    if (!ctrl_take(&data, &vid, sizeof(vid))) {
        return VIRTIO_NET_ERR;
    }
    vid = virtio_lduw_p(VIRTIO_DEVICE(n), &vid);
    if (vid >= MAX_VLAN) {
        return VIRTIO_NET_ERR;
    }

    switch (cmd) {
    case VIRTIO_NET_CTRL_VLAN_ADD:
        n->vlans[vid >> 5] |= 1U << (vid & 0x1f);
        break;
    case VIRTIO_NET_CTRL_VLAN_DEL:
        n->vlans[vid >> 5] &= ~(1U << (vid & 0x1f));
        break;
    default:
        return VIRTIO_NET_ERR;
    }
    rxfilter_notify(n);
    return VIRTIO_NET_OK;
}

/* The guest has announced itself, as VIRTIO_NET_S_ANNOUNCE asked it to. */
static int virtio_net_handle_announce(VirtIONet *n, uint8_t cmd)
{
    if (cmd != VIRTIO_NET_CTRL_ANNOUNCE_ACK ||
        !(n->status & VIRTIO_NET_S_ANNOUNCE)) {
        return VIRTIO_NET_ERR;
    }
    n->status &= ~VIRTIO_NET_S_ANNOUNCE;
    if (n->announce_timer.round) {
        qemu_announce_timer_step(&n->announce_timer);
    }
    return VIRTIO_NET_OK;
}

static int virtio_net_handle_mq(VirtIONet *n, uint8_t cmd, CtrlData data)
{
    VirtIODevice *vdev = VIRTIO_DEVICE(n);
    uint16_t queue_pairs;

    if (cmd != VIRTIO_NET_CTRL_MQ_VQ_PAIRS_SET ||
        !ctrl_take(&data, &queue_pairs, sizeof(queue_pairs))) {
        return VIRTIO_NET_ERR;
    }
    queue_pairs = virtio_lduw_p(vdev, &queue_pairs);
    if (queue_pairs < VIRTIO_NET_CTRL_MQ_VQ_PAIRS_MIN ||
        queue_pairs > VIRTIO_NET_CTRL_MQ_VQ_PAIRS_MAX ||
        queue_pairs > n->max_queue_pairs || !n->multiqueue) {
        return VIRTIO_NET_ERR;
    }

    n->curr_queue_pairs = queue_pairs;
    /* Stop the pairs that are no longer in use, then let their peers go. */
    virtio_net_set_status(vdev, vdev->status);
    virtio_net_set_queue_pairs(n);
    return VIRTIO_NET_OK;
}

static int virtio_net_handle_offloads(VirtIONet *n, uint8_t cmd,
                                      CtrlData data)
{
    VirtIODevice *vdev = VIRTIO_DEVICE(n);
    uint64_t offloads;

    if (!virtio_vdev_has_feature(vdev, VIRTIO_NET_F_CTRL_GUEST_OFFLOADS) ||
        cmd != VIRTIO_NET_CTRL_GUEST_OFFLOADS_SET || !n->has_vnet_hdr ||
        !ctrl_take(&data, &offloads, sizeof(offloads))) {
        return VIRTIO_NET_ERR;
    }
    offloads = virtio_ldq_p(vdev, &offloads);
    if (offloads & ~virtio_net_supported_guest_offloads(n)) {
        return VIRTIO_NET_ERR;
    }
    n->curr_guest_offloads = offloads;
    virtio_net_apply_guest_offloads(n);
    return VIRTIO_NET_OK;
}

static virtio_net_ctrl_ack virtio_net_ctrl_command(VirtIONet *n,
                                                   struct virtio_net_ctrl_hdr *h,
                                                   CtrlData data)
{
    switch (h->class) {
    case VIRTIO_NET_CTRL_RX:
        return virtio_net_handle_rx_mode(n, h->cmd, data);
    case VIRTIO_NET_CTRL_MAC:
        return virtio_net_handle_mac(n, h->cmd, data);
    case VIRTIO_NET_CTRL_VLAN:
        return virtio_net_handle_vlan_table(n, h->cmd, data);
    case VIRTIO_NET_CTRL_ANNOUNCE:
        return virtio_net_handle_announce(n, h->cmd);
    case VIRTIO_NET_CTRL_MQ:
        return virtio_net_handle_mq(n, h->cmd, data);
    case VIRTIO_NET_CTRL_GUEST_OFFLOADS:
        return virtio_net_handle_offloads(n, h->cmd, data);
    default:
        return VIRTIO_NET_ERR;
    }
}

size_t virtio_net_handle_ctrl_iov(VirtIODevice *vdev,
                                  const struct iovec *in_sg, unsigned in_num,
                                  const struct iovec *out_sg,
                                  unsigned out_num)
{
    g_autofree struct iovec *copy = NULL;
    struct virtio_net_ctrl_hdr hdr;
    virtio_net_ctrl_ack status;
    CtrlData data;

    if (iov_size(in_sg, in_num) < sizeof(status) ||
        iov_size(out_sg, out_num) < sizeof(hdr)) {
        virtio_error(vdev, "virtio-net ctrl missing headers");
        return 0;
    }

    /* Taking from the front changes the iovecs; the element needs its own. */
    copy = g_memdup2(out_sg, sizeof(*out_sg) * out_num);
    data.iov = copy;
    data.cnt = out_num;
    ctrl_take(&data, &hdr, sizeof(hdr));
    status = virtio_net_ctrl_command(VIRTIO_NET(vdev), &hdr, data);
    return iov_from_buf(in_sg, in_num, 0, &status, sizeof(status));
}

void virtio_net_handle_ctrl(VirtIODevice *vdev, VirtQueue *vq)
{
    VirtQueueElement *elem;

    while ((elem = virtqueue_pop(vq, sizeof(VirtQueueElement)))) {
        size_t written = virtio_net_handle_ctrl_iov(vdev, elem->in_sg,
                                                    elem->in_num,
                                                    elem->out_sg,
                                                    elem->out_num);

        if (!written) {
            virtqueue_detach_element(vq, elem, 0);
            g_free(elem);
            break;
        }
        virtqueue_push(vq, elem, written);
        virtio_net_notify(VIRTIO_NET(vdev), vq);
        g_free(elem);
    }
}

/* query-rx-filter: lists with the last entry first */

static strList *virtio_net_mac_list(VirtIONet *n, uint32_t first,
                                    uint32_t end)
{
    strList *list = NULL;

    for (uint32_t i = first; i < end; i++) {
        QAPI_LIST_PREPEND(list, qemu_mac_strdup_printf(
            n->mac_table.macs + i * ETH_ALEN));
    }
    return list;
}

static intList *virtio_net_vlan_list(VirtIONet *n)
{
    intList *list = NULL;

    for (int vid = 0; vid < MAX_VLAN; vid++) {
        if (n->vlans[vid >> 5] & (1U << (vid & 0x1f))) {
            QAPI_LIST_PREPEND(list, vid);
        }
    }
    return list;
}

RxFilterInfo *virtio_net_query_rxfilter(NetClientState *nc)
{
    VirtIONet *n = qemu_get_nic_opaque(nc);
    VirtIODevice *vdev = VIRTIO_DEVICE(n);
    RxFilterInfo *info = g_new0(RxFilterInfo, 1);

    info->name = g_strdup(nc->name);
    info->promiscuous = n->promisc;
    info->unicast = n->nouni ? RX_STATE_NONE
                  : n->alluni ? RX_STATE_ALL : RX_STATE_NORMAL;
    info->multicast = n->nomulti ? RX_STATE_NONE
                    : n->allmulti ? RX_STATE_ALL : RX_STATE_NORMAL;
    info->broadcast_allowed = !n->nobcast;
    info->multicast_overflow = n->mac_table.multi_overflow;
    info->unicast_overflow = n->mac_table.uni_overflow;
    info->main_mac = qemu_mac_strdup_printf(n->mac);
    info->unicast_table = virtio_net_mac_list(n, 0, n->mac_table.first_multi);
    info->multicast_table = virtio_net_mac_list(n, n->mac_table.first_multi,
                                                n->mac_table.in_use);
    info->vlan_table = virtio_net_vlan_list(n);
    info->vlan = !virtio_vdev_has_feature(vdev, VIRTIO_NET_F_CTRL_VLAN)
               ? RX_STATE_ALL
               : info->vlan_table ? RX_STATE_NORMAL : RX_STATE_NONE;

    /* From now on a change is news again. */
    nc->rxfilter_notify_enabled = 1;
    return info;
}
