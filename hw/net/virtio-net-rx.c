/*
 * virtio-net: from the peer to the guest.
 *
 *   qemu_deliver_packet_iov -> virtio_net_receive -> virtqueue_pop, _fill ...
 *                                                 -> virtqueue_flush
 *                                                 -> virtio_net_notify
 *
 * Without room the answer is 0: the peer keeps the packet, and the guest's next
 * kick (virtio_net_handle_rx) fetches it.  With mergeable buffers one packet
 * may take several chains; all of them become visible at once.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/iov.h"
#include "net/checksum.h"
#include "virtio-net-int.h"

/* The guest has added buffers. */
void virtio_net_handle_rx(VirtIODevice *vdev, VirtQueue *vq)
{
    VirtIONet *n = VIRTIO_NET(vdev);

    qemu_flush_queued_packets(
        qemu_get_subqueue(n->nic, vq2q(virtio_get_queue_index(vq))));
}

bool virtio_net_can_receive(NetClientState *nc)
{
    VirtIONet *n = qemu_get_nic_opaque(nc);
    VirtIODevice *vdev = VIRTIO_DEVICE(n);

    return vdev->vm_running && nc->queue_index < n->curr_queue_pairs &&
           virtio_queue_ready(virtio_net_get_subqueue(nc)->rx_vq) &&
           (vdev->status & VIRTIO_CONFIG_S_DRIVER_OK);
}

/*
 * Is there room for @size bytes?  If there is, kicks are switched off; if
 * not, on, and then nothing may have come in between.  That is looked at no
 * more often than a driver can add a buffer: one that says more is lying.
 */
static bool virtio_net_has_buffers(VirtIONetQueue *q, size_t size)
{
    VirtIONet *n = q->n;
    unsigned looks = 0;

    while (virtio_queue_empty(q->rx_vq) || n->mergeable_rx_bufs) {
        unsigned int in_bytes;
        int seen = virtqueue_get_avail_bytes(q->rx_vq, &in_bytes, NULL, size,
                                             0);

        if (in_bytes >= size) {
            break;
        }
        if (!virtio_queue_enable_notification_and_check(q->rx_vq, seen) ||
            looks++ == VIRTQUEUE_MAX_SIZE) {
            return false;
        }
    }
    if (virtio_queue_get_notification(q->rx_vq)) {
        virtio_queue_set_notification(q->rx_vq, 0);
    }
    return true;
}

/* What the guest's filter (virtio-net-ctrl.c) says to this packet. */
static bool receive_filter(VirtIONet *n, const uint8_t *frame, size_t size)
{
    static const uint8_t bcast[ETH_ALEN] = {
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff
    };
    uint32_t first = 0, end = n->mac_table.first_multi;

    if (n->promisc) {
        return true;
    }
    if (size < ETH_HLEN) {
        return false;
    }

    if (size >= ETH_HLEN + 2 && lduw_be_p(frame + 12) == ETH_P_VLAN) {
        int vid = lduw_be_p(frame + ETH_HLEN) & 0xfff;

        if (!(n->vlans[vid >> 5] & (1U << (vid & 0x1f)))) {
            return false;
        }
    }

    if (frame[0] & 1) {
        if (!memcmp(frame, bcast, sizeof(bcast))) {
            return !n->nobcast;
        }
        if (n->nomulti) {
            return false;
        }
        if (n->allmulti || n->mac_table.multi_overflow) {
            return true;
        }
        first = n->mac_table.first_multi;
        end = n->mac_table.in_use;
    } else {
        if (n->nouni) {
            return false;
        }
        if (n->alluni || n->mac_table.uni_overflow ||
            !memcmp(frame, n->mac, ETH_ALEN)) {
            return true;
        }
    }

    for (uint32_t i = first; i < end; i++) {
        if (!memcmp(frame, &n->mac_table.macs[i * ETH_ALEN], ETH_ALEN)) {
            return true;
        }
    }
    return false;
}

/*
 * Old dhclients take packets from a raw socket, and cannot know that their
 * checksum is still to be filled in; for an answer of a DHCP server we do.
 */
static void work_around_broken_dhclient(struct virtio_net_hdr *hdr,
                                        uint8_t *frame, size_t size)
{
    if ((hdr->flags & VIRTIO_NET_HDR_F_NEEDS_CSUM) &&
        size > 27 && size < 1500 &&
        frame[12] == 0x08 && frame[13] == 0x00 &&   /* IPv4 */
        frame[23] == 17 &&                          /* UDP */
        frame[34] == 0 && frame[35] == 67) {        /* from port bootps */
        net_checksum_calculate(frame, size, CSUM_UDP);
        hdr->flags &= ~VIRTIO_NET_HDR_F_NEEDS_CSUM;
    }
}

/* The header: the peer's own, or one that says that nothing is to be done. */
static void receive_header(VirtIONet *n, const struct iovec *iov,
                           unsigned iov_cnt, const uint8_t *buf, size_t size)
{
    struct virtio_net_hdr hdr = {
        .flags = 0,
        .gso_type = VIRTIO_NET_HDR_GSO_NONE,
    };

    if (n->host_hdr_len) {
        memcpy(&hdr, buf, sizeof(hdr));
        work_around_broken_dhclient(&hdr, (uint8_t *)buf + n->host_hdr_len,
                                    size - n->host_hdr_len);
    }
    iov_from_buf(iov, iov_cnt, 0, &hdr, sizeof(hdr));
}

/* The header's last field, in the packet's first chain: how many there are. */
static void receive_num_buffers(VirtIONet *n, const VirtQueueElement *first,
                                uint16_t num_buffers)
{
    if (n->guest_hdr_len >= sizeof(struct virtio_net_hdr_mrg_rxbuf)) {
        virtio_stw_p(VIRTIO_DEVICE(n), &num_buffers, num_buffers);
        iov_from_buf(first->in_sg, first->in_num,
                     offsetof(struct virtio_net_hdr_mrg_rxbuf, num_buffers),
                     &num_buffers, sizeof(num_buffers));
    }
}

/*
 * What a packet took.  Until the last chain is filled, none may be seen: if
 * the guest's buffers end early, they all go back.
 */
static void receive_abort(VirtIONetQueue *q, VirtQueueElement **elems,
                          const size_t *lens, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        virtqueue_detach_element(q->rx_vq, elems[i], lens[i]);
        g_free(elems[i]);
    }
}

static ssize_t virtio_net_receive_rcu(NetClientState *nc, const uint8_t *buf,
                                      size_t size)
{
    VirtIONet *n = qemu_get_nic_opaque(nc);
    VirtIONetQueue *q = virtio_net_get_subqueue(nc);
    VirtIODevice *vdev = VIRTIO_DEVICE(n);
    VirtQueueElement *elems[VIRTQUEUE_MAX_SIZE];
    size_t lens[VIRTQUEUE_MAX_SIZE];
    size_t offset = n->host_hdr_len;
    unsigned count = 0;

    if (!virtio_net_can_receive(nc)) {
        return -1;
    }
    if (size < n->host_hdr_len) {
        return size;
    }
    if (!virtio_net_has_buffers(q, size + n->guest_hdr_len -
                                   n->host_hdr_len)) {
        return 0;
    }
    if (!receive_filter(n, buf + n->host_hdr_len, size - n->host_hdr_len)) {
        return size;
    }

    do {
        VirtQueueElement *elem;
        size_t guest_offset = 0;
        size_t room;

        if (count == VIRTQUEUE_MAX_SIZE) {
            virtio_error(vdev, "virtio-net unexpected long buffer chain");
            receive_abort(q, elems, lens, count);
            return size;
        }

        elem = virtqueue_pop(q->rx_vq, sizeof(VirtQueueElement));
        if (!elem) {
            if (count) {
                virtio_error(vdev, "virtio-net unexpected empty queue: "
                             "i %u mergeable %d offset %zd, size %zd, "
                             "guest hdr len %zd, host hdr len %zd "
                             "guest features 0x%" PRIx64,
                             count, n->mergeable_rx_bufs, offset, size,
                             n->guest_hdr_len, n->host_hdr_len,
                             vdev->guest_features);
            }
            receive_abort(q, elems, lens, count);
            return -1;
        }
        elems[count] = elem;
        lens[count++] = 0;

        if (elem->in_num < 1) {
            virtio_error(vdev,
                         "virtio-net receive queue contains no in buffers");
            receive_abort(q, elems, lens, count);
            return -1;
        }

        room = iov_size(elem->in_sg, elem->in_num);
        if (count == 1) {
            guest_offset = n->guest_hdr_len;
            if (room < guest_offset) {
                virtio_error(vdev, "virtio-net receive buffer has no room "
                             "for the header");
                receive_abort(q, elems, lens, count);
                return -1;
            }
            receive_header(n, elem->in_sg, elem->in_num, buf, size);
        }

        room = MIN(room - guest_offset, size - offset);
        if (room) {
            iov_from_buf(elem->in_sg, elem->in_num, guest_offset,
                         buf + offset, room);
        }
        offset += room;
        lens[count - 1] = guest_offset + room;

        if (!n->mergeable_rx_bufs && offset < size) {
            /* Too large for the guest: dropped, and the buffer is put back. */
            virtqueue_unpop(q->rx_vq, elem, lens[0]);
            g_free(elem);
            return size;
        }
    } while (offset < size);

    receive_num_buffers(n, elems[0], count);
    for (unsigned i = 0; i < count; i++) {
        virtqueue_fill(q->rx_vq, elems[i], lens[i], i);
        g_free(elems[i]);
    }
    virtqueue_flush(q->rx_vq, count);
    virtio_net_notify(n, q->rx_vq);
    return size;
}

ssize_t virtio_net_receive(NetClientState *nc, const uint8_t *buf,
                           size_t size)
{
    RCU_READ_LOCK_GUARD();

    return virtio_net_receive_rcu(nc, buf, size);
}
