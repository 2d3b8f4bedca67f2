/*
 * A packet's way from one client to its peer.
 *
 *   tap_send
 *     qemu_send_packet_async              the sender's end
 *       filters of both ends              may take the packet
 *       qemu_net_queue_send               the receiver's incoming_queue
 *         qemu_net_queue_deliver
 *           qemu_deliver_packet_iov       the receiver's end
 *             virtio_net_receive          NetClientInfo.receive
 *
 * Read include/net/net.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/iov.h"
#include "qemu/main-loop.h"
#include "hw/qdev-core.h"
#include "net/net.h"
#include "net/filter.h"
#include "hub.h"
#include "sysemu/runstate.h"
#include "trace.h"

int qemu_can_receive_packet(NetClientState *nc)
{
    if (nc->receive_disabled) {
        return 0;
    }
    if (nc->info->can_receive && !nc->info->can_receive(nc)) {
        return 0;
    }
    return 1;
}

int qemu_can_send_packet(NetClientState *sender)
{
    /* A stopped guest's memory must not change under its owner's hands. */
    if (!runstate_is_running()) {
        return 0;
    }
    if (!sender->peer) {
        return 1;
    }
    return qemu_can_receive_packet(sender->peer);
}

/* One end's filters, in the order in which the packet meets them. */
static ssize_t filter_receive_iov(NetClientState *nc,
                                  NetFilterDirection direction,
                                  NetClientState *sender, unsigned flags,
                                  const struct iovec *iov, int iovcnt,
                                  NetPacketSent *sent_cb)
{
    NetFilterState *nf;
    ssize_t ret;

    if (direction == NET_FILTER_DIRECTION_TX) {
        QTAILQ_FOREACH(nf, &nc->filters, next) {
            ret = qemu_netfilter_receive(nf, direction, sender, flags, iov,
                                         iovcnt, sent_cb);
            if (ret) {
                return ret;
            }
        }
    } else {
        QTAILQ_FOREACH_REVERSE(nf, &nc->filters, next) {
            ret = qemu_netfilter_receive(nf, direction, sender, flags, iov,
                                         iovcnt, sent_cb);
            if (ret) {
                return ret;
            }
        }
    }
    return 0;
}

/* The sender's filters see the packet first, then the receiver's. */
static ssize_t filter_packet(NetClientState *sender, unsigned flags,
                             const struct iovec *iov, int iovcnt,
                             NetPacketSent *sent_cb)
{
    ssize_t ret;

    ret = filter_receive_iov(sender, NET_FILTER_DIRECTION_TX, sender, flags,
                             iov, iovcnt, sent_cb);
    if (ret) {
        return ret;
    }
    return filter_receive_iov(sender->peer, NET_FILTER_DIRECTION_RX, sender,
                              flags, iov, iovcnt, sent_cb);
}

static bool net_has_filters(NetClientState *sender)
{
    return !QTAILQ_EMPTY(&sender->filters) ||
           !QTAILQ_EMPTY(&sender->peer->filters);
}

static ssize_t qemu_send_packet_async_with_flags(NetClientState *sender,
                                                 unsigned flags,
                                                 const uint8_t *buf, int size,
                                                 NetPacketSent *sent_cb)
{
    if (sender->link_down || !sender->peer) {
        return size;
    }

    if (net_has_filters(sender)) {
        struct iovec iov = { .iov_base = (void *)buf, .iov_len = size };
        ssize_t ret = filter_packet(sender, flags, &iov, 1, sent_cb);

        if (ret) {
            return ret;
        }
    }

    return qemu_net_queue_send(sender->peer->incoming_queue, sender, flags,
                               buf, size, sent_cb);
}

ssize_t qemu_send_packet_async(NetClientState *sender, const uint8_t *buf,
                               int size, NetPacketSent *sent_cb)
{
    return qemu_send_packet_async_with_flags(sender, QEMU_NET_PACKET_FLAG_NONE,
                                             buf, size, sent_cb);
}

ssize_t qemu_send_packet(NetClientState *nc, const uint8_t *buf, int size)
{
    return qemu_send_packet_async(nc, buf, size, NULL);
}

ssize_t qemu_send_packet_raw(NetClientState *nc, const uint8_t *buf, int size)
{
    return qemu_send_packet_async_with_flags(nc, QEMU_NET_PACKET_FLAG_RAW,
                                             buf, size, NULL);
}

ssize_t qemu_sendv_packet_async(NetClientState *sender,
                                const struct iovec *iov, int iovcnt,
                                NetPacketSent *sent_cb)
{
    size_t size = iov_size(iov, iovcnt);

    /* More than any receiver has room for: it would never get through. */
    if (size > NET_BUFSIZE) {
        return size;
    }
    if (sender->link_down || !sender->peer) {
        return size;
    }

    if (net_has_filters(sender)) {
        ssize_t ret = filter_packet(sender, QEMU_NET_PACKET_FLAG_NONE,
                                    iov, iovcnt, sent_cb);

        if (ret) {
            return ret;
        }
    }

    return qemu_net_queue_send_iov(sender->peer->incoming_queue, sender,
                                   QEMU_NET_PACKET_FLAG_NONE, iov, iovcnt,
                                   sent_cb);
}

ssize_t qemu_sendv_packet(NetClientState *nc, const struct iovec *iov,
                          int iovcnt)
{
    return qemu_sendv_packet_async(nc, iov, iovcnt, NULL);
}

ssize_t qemu_receive_packet(NetClientState *nc, const uint8_t *buf, int size)
{
    if (!qemu_can_receive_packet(nc)) {
        return 0;
    }
    return qemu_net_queue_receive(nc->incoming_queue, buf, size);
}

ssize_t qemu_receive_packet_iov(NetClientState *nc, const struct iovec *iov,
                                int iovcnt)
{
    if (!qemu_can_receive_packet(nc)) {
        return 0;
    }
    return qemu_net_queue_receive_iov(nc->incoming_queue, iov, iovcnt);
}

/* For a receiver that wants its packet in one piece. */
static ssize_t nc_sendv_compat(NetClientState *nc, const struct iovec *iov,
                               int iovcnt, unsigned flags)
{
    g_autofree uint8_t *buf = NULL;
    const uint8_t *buffer;
    size_t offset;

    if (iovcnt == 1) {
        buffer = iov[0].iov_base;
        offset = iov[0].iov_len;
    } else {
        offset = iov_size(iov, iovcnt);
        if (offset > NET_BUFSIZE) {
            return -1;
        }
        buf = g_malloc(offset);
        buffer = buf;
        iov_to_buf(iov, iovcnt, 0, buf, offset);
    }

    if ((flags & QEMU_NET_PACKET_FLAG_RAW) && nc->info->receive_raw) {
        return nc->info->receive_raw(nc, buffer, offset);
    }
    return nc->info->receive(nc, buffer, offset);
}

ssize_t qemu_deliver_packet_iov(NetClientState *sender, unsigned flags,
                                const struct iovec *iov, int iovcnt,
                                void *opaque)
{
    MemReentrancyGuard *owned_reentrancy_guard = NULL;
    NetClientState *nc = opaque;
    ssize_t ret;

    if (nc->link_down) {
        return iov_size(iov, iovcnt);
    }
    if (nc->receive_disabled) {
        return 0;
    }
    if (trace_event_get_state_backends(TRACE_QEMU_DELIVER_PACKET_IOV)) {
        trace_qemu_deliver_packet_iov(sender ? sender->name : nc->name,
                                      nc->name, iov_size(iov, iovcnt));
    }

    /* A card that is in the middle of its own I/O must notice us. */
    if (nc->info->type == NET_CLIENT_DRIVER_NIC) {
        MemReentrancyGuard *guard = qemu_get_nic(nc)->reentrancy_guard;

        if (guard && !guard->engaged_in_io) {
            owned_reentrancy_guard = guard;
            owned_reentrancy_guard->engaged_in_io = true;
        }
    }

    if (nc->info->receive_iov && !(flags & QEMU_NET_PACKET_FLAG_RAW)) {
        ret = nc->info->receive_iov(nc, iov, iovcnt);
    } else {
        ret = nc_sendv_compat(nc, iov, iovcnt, flags);
    }

    if (owned_reentrancy_guard) {
        owned_reentrancy_guard->engaged_in_io = false;
    }

    /* Until the receiver flushes, nobody needs to ask it again. */
    if (ret == 0) {
        nc->receive_disabled = 1;
    }
    return ret;
}

void qemu_purge_queued_packets(NetClientState *nc)
{
    if (nc->peer) {
        qemu_net_queue_purge(nc->peer->incoming_queue, nc);
    }
}

void qemu_flush_or_purge_queued_packets(NetClientState *nc, bool purge)
{
    nc->receive_disabled = 0;

    if (nc->peer && nc->peer->info->type == NET_CLIENT_DRIVER_HUBPORT) {
        if (net_hub_flush(nc->peer)) {
            qemu_notify_event();
        }
    }
    if (qemu_net_queue_flush(nc->incoming_queue)) {
        /* The queue is empty: sources that had stopped may be read again. */
        qemu_notify_event();
    } else if (purge) {
        /* The guest is not going to make room: let the senders go on. */
        qemu_net_queue_purge(nc->incoming_queue, nc->peer);
    }
}

void qemu_flush_queued_packets(NetClientState *nc)
{
    qemu_flush_or_purge_queued_packets(nc, false);
}
