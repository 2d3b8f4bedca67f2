/*
 * virtio-net: from the guest to the peer.
 *
 * A kick does not send.  It switches kicks off and leaves the queue to a
 * bottom half (or, with tx=timer, to a timer), so that what the guest adds in
 * the meantime goes out in the same burst:
 *
 *   virtio_net_handle_tx_bh -> ... -> virtio_net_tx_bh -> virtio_net_flush_tx
 *     kicks off, tx_waiting              a burst; then again, or kicks on
 *
 * A peer that cannot take a packet now keeps it (async_tx.elem) and calls
 * virtio_net_tx_complete() when it is gone.  Until then nothing is sent.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/iov.h"
#include "qemu/main-loop.h"
#include "qemu/timer.h"
#include "virtio-net-int.h"

void virtio_net_tx_schedule(VirtIONetQueue *q)
{
    if (q->tx_timer) {
        timer_mod(q->tx_timer, qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL) +
                               q->n->tx_timeout);
    } else {
        qemu_bh_schedule(q->tx_bh);
    }
}

void virtio_net_tx_cancel(VirtIONetQueue *q)
{
    if (q->tx_timer) {
        timer_del(q->tx_timer);
    } else {
        qemu_bh_cancel(q->tx_bh);
    }
}

void virtio_net_drop_tx_queue_data(VirtIODevice *vdev, VirtQueue *vq)
{
    if (virtqueue_drop_all(vq)) {
        virtio_net_notify(VIRTIO_NET(vdev), vq);
    }
}

static int32_t virtio_net_flush_tx(VirtIONetQueue *q);

/* The peer has sent the packet that it had kept, or thrown it away. */
static void virtio_net_tx_complete(NetClientState *nc, ssize_t len)
{
    VirtIONet *n = qemu_get_nic_opaque(nc);
    VirtIONetQueue *q = virtio_net_get_subqueue(nc);
    int32_t ret;

    virtqueue_push(q->tx_vq, q->async_tx.elem, 0);
    virtio_net_notify(n, q->tx_vq);
    g_free(q->async_tx.elem);
    q->async_tx.elem = NULL;
    if (q->tx_purging) {
        return;
    }

    virtio_queue_set_notification(q->tx_vq, 1);
    ret = virtio_net_flush_tx(q);
    if (ret >= n->tx_burst) {
        /* There is more.  Let others have their turn first. */
        virtio_queue_set_notification(q->tx_vq, 0);
        virtio_net_tx_schedule(q);
        q->tx_waiting = 1;
    }
}

void virtio_net_purge_tx(VirtIONetQueue *q, NetClientState *nc)
{
    if (!nc->peer) {
        return;
    }
    q->tx_purging = true;
    qemu_flush_or_purge_queued_packets(nc->peer, true);
    q->tx_purging = false;
    assert(!q->async_tx.elem);
}

/*
 * The packet in @elem as the peer wants it, in *@iov and *@iovcnt; @split has
 * room for it in case the header must be cut.  False: no packet at all.
 */
static bool virtio_net_tx_packet(VirtIONet *n, VirtQueueElement *elem,
                                 struct iovec *split, struct iovec **iov,
                                 unsigned *iovcnt)
{
    VirtIODevice *vdev = VIRTIO_DEVICE(n);

    if (elem->out_num < 1) {
        virtio_error(vdev, "virtio-net header not in first element");
        return false;
    }
    if (elem->out_sg[0].iov_len < n->guest_hdr_len &&
        iov_size(elem->out_sg, elem->out_num) < n->guest_hdr_len) {
        virtio_error(vdev, "virtio-net header incorrect");
        return false;
    }

    *iov = elem->out_sg;
    *iovcnt = elem->out_num;
    if (n->host_hdr_len != n->guest_hdr_len) {
        /* The peer's header is the start of the guest's, or there is none. */
        unsigned cnt = iov_copy(split, VIRTQUEUE_MAX_SIZE + 1, elem->out_sg,
                                elem->out_num, 0, n->host_hdr_len);

        cnt += iov_copy(split + cnt, VIRTQUEUE_MAX_SIZE + 1 - cnt,
                        elem->out_sg, elem->out_num, n->guest_hdr_len, -1);
        if (cnt < 1) {
            virtio_error(vdev, "virtio-net nothing to send");
            return false;
        }
        *iov = split;
        *iovcnt = cnt;
    }
    return true;
}

/*
 * Send up to a burst.  Returns how many went, -EBUSY if the peer keeps one, or
 * -EINVAL if the device is broken.
 *
 * Chains are completed together: one look at the guest's wish for interrupts,
 * and at most one interrupt, for the whole burst.
 */
static int32_t virtio_net_flush_tx(VirtIONetQueue *q)
{
    VirtIONet *n = q->n;
    VirtIODevice *vdev = VIRTIO_DEVICE(n);
    NetClientState *nc;
    VirtQueueElement *elem;
    struct iovec split[VIRTQUEUE_MAX_SIZE + 1];
    int32_t sent = 0;
    int32_t ret = 0;

    if (!(vdev->status & VIRTIO_CONFIG_S_DRIVER_OK)) {
        return 0;
    }
    if (q->async_tx.elem) {
        virtio_queue_set_notification(q->tx_vq, 0);
        return 0;
    }

    nc = qemu_get_subqueue(n->nic, vq2q(virtio_get_queue_index(q->tx_vq)));
    do {
        struct iovec *iov;
        unsigned iovcnt;

        elem = virtqueue_pop(q->tx_vq, sizeof(VirtQueueElement));
        if (!elem) {
            break;
        }
        if (!virtio_net_tx_packet(n, elem, split, &iov, &iovcnt)) {
            virtqueue_detach_element(q->tx_vq, elem, 0);
            g_free(elem);
            ret = -EINVAL;
            break;
        }
        if (qemu_sendv_packet_async(nc, iov, iovcnt,
                                    virtio_net_tx_complete) == 0) {
            virtio_queue_set_notification(q->tx_vq, 0);
            q->async_tx.elem = elem;
            ret = -EBUSY;
            break;
        }
        virtqueue_fill(q->tx_vq, elem, 0, sent++);
        g_free(elem);
    } while (sent < n->tx_burst);

    if (sent) {
        virtqueue_flush(q->tx_vq, sent);
        virtio_net_notify(n, q->tx_vq);
    }
    return ret ? ret : sent;
}

/* The guest kicked the queue */

void virtio_net_handle_tx_timer(VirtIODevice *vdev, VirtQueue *vq)
{
    VirtIONet *n = VIRTIO_NET(vdev);
    VirtIONetQueue *q = &n->vqs[vq2q(virtio_get_queue_index(vq))];

    if (unlikely(!(n->status & VIRTIO_NET_S_LINK_UP))) {
        virtio_net_drop_tx_queue_data(vdev, vq);
        return;
    }
    /* The vCPU ran on when the VM was stopped; set_status() resumes. */
    if (!vdev->vm_running) {
        q->tx_waiting = 1;
        return;
    }

    if (q->tx_waiting) {
        /* The guest kicks although it need not: it is in a hurry. */
        virtio_queue_set_notification(vq, 1);
        timer_del(q->tx_timer);
        q->tx_waiting = 0;
        virtio_net_flush_tx(q);
    } else {
        virtio_net_tx_schedule(q);
        q->tx_waiting = 1;
        virtio_queue_set_notification(vq, 0);
    }
}

void virtio_net_handle_tx_bh(VirtIODevice *vdev, VirtQueue *vq)
{
    VirtIONet *n = VIRTIO_NET(vdev);
    VirtIONetQueue *q = &n->vqs[vq2q(virtio_get_queue_index(vq))];

    if (unlikely(!(n->status & VIRTIO_NET_S_LINK_UP))) {
        virtio_net_drop_tx_queue_data(vdev, vq);
        return;
    }
    if (unlikely(q->tx_waiting)) {
        return;
    }
    q->tx_waiting = 1;
    if (!vdev->vm_running) {
        return;
    }
    virtio_queue_set_notification(vq, 0);
    virtio_net_tx_schedule(q);
}

/* And later */

static void virtio_net_tx_run(VirtIONetQueue *q)
{
    VirtIONet *n = q->n;
    VirtIODevice *vdev = VIRTIO_DEVICE(n);
    int32_t ret;

    /* set_status() resumes. */
    if (!vdev->vm_running) {
        return;
    }
    q->tx_waiting = 0;

    ret = virtio_net_flush_tx(q);
    if (ret == -EBUSY || ret == -EINVAL) {
        return;
    }

    if (ret < n->tx_burst) {
        /* All sent.  But what came between the last look and this line? */
        virtio_queue_set_notification(q->tx_vq, 1);
        ret = virtio_net_flush_tx(q);
        if (ret <= 0) {
            return;
        }
        virtio_queue_set_notification(q->tx_vq, 0);
    }
    /* The guest is at it: expect more. */
    q->tx_waiting = 1;
    virtio_net_tx_schedule(q);
}

void virtio_net_tx_timer(void *opaque)
{
    virtio_net_tx_run(opaque);
}

void virtio_net_tx_bh(void *opaque)
{
    virtio_net_tx_run(opaque);
}
