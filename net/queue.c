/*
 * NetQueue: packets that wait for their receiver.
 *
 * Read include/net/queue.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/iov.h"
#include "qemu/queue.h"
#include "net/net.h"
#include "net/queue.h"

/* Past this many, a sender that does not watch for its packets loses them. */
#define NET_QUEUE_MAX_LEN 10000

struct NetPacket {
    QTAILQ_ENTRY(NetPacket) entry;
    NetClientState *sender;
    unsigned flags;
    size_t size;
    NetPacketSent *sent_cb;
    uint8_t data[];
};

struct NetQueue {
    void *opaque;
    uint32_t nq_count;
    NetQueueDeliverFunc *deliver;
    QTAILQ_HEAD(, NetPacket) packets;
    bool delivering;
};

NetQueue *qemu_new_net_queue(NetQueueDeliverFunc *deliver, void *opaque)
{
    NetQueue *queue = g_new0(NetQueue, 1);

    queue->opaque = opaque;
    queue->deliver = deliver;
    QTAILQ_INIT(&queue->packets);
    return queue;
}

void qemu_del_net_queue(NetQueue *queue)
{
    NetPacket *packet, *next;

    QTAILQ_FOREACH_SAFE(packet, &queue->packets, entry, next) {
        QTAILQ_REMOVE(&queue->packets, packet, entry);
        g_free(packet);
    }
    g_free(queue);
}

void qemu_net_queue_append_iov(NetQueue *queue, NetClientState *sender,
                               unsigned flags, const struct iovec *iov,
                               int iovcnt, NetPacketSent *sent_cb)
{
    NetPacket *packet;
    size_t size;

    if (queue->nq_count >= NET_QUEUE_MAX_LEN && !sent_cb) {
        return;
    }
    size = iov_size(iov, iovcnt);
    packet = g_malloc(sizeof(*packet) + size);
    packet->sender = sender;
    packet->flags = flags;
    packet->sent_cb = sent_cb;
    packet->size = iov_to_buf(iov, iovcnt, 0, packet->data, size);

    queue->nq_count++;
    QTAILQ_INSERT_TAIL(&queue->packets, packet, entry);
}

static ssize_t qemu_net_queue_deliver_iov(NetQueue *queue,
                                          NetClientState *sender,
                                          unsigned flags,
                                          const struct iovec *iov, int iovcnt)
{
    ssize_t ret;

    queue->delivering = true;
    ret = queue->deliver(sender, flags, iov, iovcnt, queue->opaque);
    queue->delivering = false;
    return ret;
}

static ssize_t qemu_net_queue_deliver(NetQueue *queue, NetClientState *sender,
                                      unsigned flags, const uint8_t *data,
                                      size_t size)
{
    struct iovec iov = { .iov_base = (void *)data, .iov_len = size };

    return qemu_net_queue_deliver_iov(queue, sender, flags, &iov, 1);
}

ssize_t qemu_net_queue_receive(NetQueue *queue, const uint8_t *data,
                               size_t size)
{
    if (queue->delivering) {
        return 0;
    }
    return qemu_net_queue_deliver(queue, NULL, 0, data, size);
}

ssize_t qemu_net_queue_receive_iov(NetQueue *queue, const struct iovec *iov,
                                   int iovcnt)
{
    if (queue->delivering) {
        return 0;
    }
    return qemu_net_queue_deliver_iov(queue, NULL, 0, iov, iovcnt);
}

ssize_t qemu_net_queue_send_iov(NetQueue *queue, NetClientState *sender,
                                unsigned flags, const struct iovec *iov,
                                int iovcnt, NetPacketSent *sent_cb)
{
    ssize_t ret;

    if (queue->delivering || !qemu_can_send_packet(sender)) {
        qemu_net_queue_append_iov(queue, sender, flags, iov, iovcnt, sent_cb);
        return 0;
    }

    ret = qemu_net_queue_deliver_iov(queue, sender, flags, iov, iovcnt);
    if (ret == 0) {
        qemu_net_queue_append_iov(queue, sender, flags, iov, iovcnt, sent_cb);
        return 0;
    }

    /* What came in while we delivered, from within the receiver. */
    qemu_net_queue_flush(queue);
    return ret;
}

ssize_t qemu_net_queue_send(NetQueue *queue, NetClientState *sender,
                            unsigned flags, const uint8_t *data, size_t size,
                            NetPacketSent *sent_cb)
{
    struct iovec iov = { .iov_base = (void *)data, .iov_len = size };
    ssize_t ret;

    if (queue->delivering || !qemu_can_send_packet(sender)) {
        qemu_net_queue_append_iov(queue, sender, flags, &iov, 1, sent_cb);
        return 0;
    }

    ret = qemu_net_queue_deliver(queue, sender, flags, data, size);
    if (ret == 0) {
        qemu_net_queue_append_iov(queue, sender, flags, &iov, 1, sent_cb);
        return 0;
    }

    qemu_net_queue_flush(queue);
    return ret;
}

void qemu_net_queue_purge(NetQueue *queue, NetClientState *from)
{
    NetPacket *packet, *next;

    QTAILQ_FOREACH_SAFE(packet, &queue->packets, entry, next) {
        if (packet->sender == from) {
            QTAILQ_REMOVE(&queue->packets, packet, entry);
            queue->nq_count--;
            if (packet->sent_cb) {
                packet->sent_cb(packet->sender, 0);
            }
            g_free(packet);
        }
    }
}

bool qemu_net_queue_flush(NetQueue *queue)
{
    if (queue->delivering) {
        return false;
    }

    while (!QTAILQ_EMPTY(&queue->packets)) {
        NetPacket *packet = QTAILQ_FIRST(&queue->packets);
        ssize_t ret;

        QTAILQ_REMOVE(&queue->packets, packet, entry);
        queue->nq_count--;

        ret = qemu_net_queue_deliver(queue, packet->sender, packet->flags,
                                     packet->data, packet->size);
        if (ret == 0) {
            queue->nq_count++;
            QTAILQ_INSERT_HEAD(&queue->packets, packet, entry);
            return false;
        }
        if (packet->sent_cb) {
            packet->sent_cb(packet->sender, ret);
        }
        g_free(packet);
    }
    return true;
}
