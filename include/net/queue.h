/*
 * NetQueue: packets on their way to a client that could not take them yet.
 *
 * Each client has one, its incoming_queue.  A packet goes straight through
 * to the `deliver` method when it can; it is copied and kept only when the
 * receiver says 0, or when the queue is in the middle of delivering another
 * (a receiver that answers from within its receive does not recurse).  The
 * queue has a bound (10,000 packets) past which packets without a sent_cb
 * are dropped; a sender with one has stopped by itself.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_NET_QUEUE_H
#define QEMU_NET_QUEUE_H

typedef struct NetPacket NetPacket;
typedef struct NetQueue NetQueue;

/* Called when a packet that waited has gone; @ret is what receive said. */
typedef void (NetPacketSent)(NetClientState *sender, ssize_t ret);

#define QEMU_NET_PACKET_FLAG_NONE  0
#define QEMU_NET_PACKET_FLAG_RAW   (1 << 0)

typedef ssize_t (NetQueueDeliverFunc)(NetClientState *sender,
                                      unsigned flags,
                                      const struct iovec *iov,
                                      int iovcnt,
                                      void *opaque);

/* @opaque is the receiver, handed to @deliver. */
NetQueue *qemu_new_net_queue(NetQueueDeliverFunc *deliver, void *opaque);
/* Keeps a copy of the packet behind what waits already. */
void qemu_net_queue_append_iov(NetQueue *queue, NetClientState *sender,
                               unsigned flags, const struct iovec *iov,
                               int iovcnt, NetPacketSent *sent_cb);
/* Frees the queue and drops what it holds; no sent_cb is called. */
void qemu_del_net_queue(NetQueue *queue);

/* Delivers to the queue's own client, as qemu_receive_packet() does. */
ssize_t qemu_net_queue_receive(NetQueue *queue, const uint8_t *data,
                               size_t size);
ssize_t qemu_net_queue_receive_iov(NetQueue *queue, const struct iovec *iov,
                                   int iovcnt);

/*
 * Delivers or keeps the packet.  Returns what deliver said; 0 means that the
 * packet waits (or was dropped, at the bound).
 */
ssize_t qemu_net_queue_send(NetQueue *queue, NetClientState *sender,
                            unsigned flags, const uint8_t *data, size_t size,
                            NetPacketSent *sent_cb);
ssize_t qemu_net_queue_send_iov(NetQueue *queue, NetClientState *sender,
                                unsigned flags, const struct iovec *iov,
                                int iovcnt, NetPacketSent *sent_cb);

/* Drops what @from sent; its sent_cb is called with 0. */
void qemu_net_queue_purge(NetQueue *queue, NetClientState *from);
/* Delivers what waits, in order; false if the receiver stopped it again. */
bool qemu_net_queue_flush(NetQueue *queue);

#endif
