/*
 * virtio-serial: the bytes of a port.
 *
 *     from the guest                         to the guest
 *
 *     virtio_serial_handle_output            virtio_serial_handle_input
 *       do_flush_queued_data                   guest_writable
 *         have_data                          virtio_serial_guest_ready
 *         ... or throttled, and again        virtio_serial_write
 *     flush_queued_data_bh
 *
 * A buffer of the guest's is in port->elem from when it is popped until its
 * last byte is taken.  Who calls out (have_data may close the port, a push may
 * be a write to the device's own registers, and reset it) looks afterwards if
 * it is still there.
 *
 * Read include/hw/virtio/virtio-serial.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/iov.h"
#include "qemu/main-loop.h"
#include "qemu/units.h"
#include "trace.h"
#include "virtio-serial-int.h"

/* A back end counts in int; a guest's buffer may have 4 GiB. */
#define HAVE_DATA_MAX   (1 * GiB)

/* From the guest */

/* Offer what is in port->elem.  True if all of it was dealt with. */
static bool virtio_serial_consume(VirtIOSerialPort *port)
{
    VirtIOSerialPortClass *vsc = VIRTIO_SERIAL_PORT_GET_CLASS(port);
    VirtQueueElement *elem = port->elem;

    while (port->iov_idx < elem->out_num) {
        const struct iovec *iov = &elem->out_sg[port->iov_idx];
        size_t len = MIN(iov->iov_len - port->iov_offset, HAVE_DATA_MAX);
        ssize_t taken;

        if (len == 0) {
            port->iov_idx++;
            port->iov_offset = 0;
            continue;
        }
        taken = vsc->have_data(port, iov->iov_base + port->iov_offset, len);
        if (port->elem != elem) {
            return false;
        }
        if (port->throttled) {
            port->iov_offset += MIN(MAX(taken, 0), len);
            return false;
        }
        /* What was not taken is not wanted. */
        port->iov_offset += len;
    }
    return true;
}

/* The one that is half read is done with. */
static void virtio_serial_complete(VirtIOSerialPort *port)
{
    VirtQueueElement *elem = g_steal_pointer(&port->elem);

    if (elem) {
        virtqueue_push(port->ovq, elem, 0);
        g_free(elem);
    }
}

static void do_flush_queued_data(VirtIOSerialPort *port)
{
    VirtIODevice *vdev = VIRTIO_DEVICE(port->vser);

    while (!port->throttled) {
        if (!port->elem) {
            port->elem = virtqueue_pop(port->ovq, sizeof(VirtQueueElement));
            if (!port->elem) {
                break;
            }
            port->iov_idx = 0;
            port->iov_offset = 0;
        }
        if (!virtio_serial_consume(port)) {
            break;
        }
        virtio_serial_complete(port);
    }
    virtio_notify(vdev, port->ovq);
}

void virtio_serial_handle_output(VirtIODevice *vdev, VirtQueue *vq)
{
    VirtIOSerial *vser = VIRTIO_SERIAL(vdev);
    VirtIOSerialPort *port = find_port_by_vq(vser, vq);

    if (!port || !port->host_connected) {
        virtqueue_drop_all(vq);
        virtio_notify(vdev, vq);
    } else if (!port->throttled) {
        do_flush_queued_data(port);
    }
}

/* Scheduled when a port is throttled no more, and when the machine goes on. */
void flush_queued_data_bh(void *opaque)
{
    VirtIOSerialPort *port = opaque;
    VirtIODevice *vdev = VIRTIO_DEVICE(port->vser);

    /* A machine that stands still must not find its rings changed. */
    if (port->host_connected && vdev->vm_running &&
        virtio_queue_ready(port->ovq)) {
        do_flush_queued_data(port);
    }
}

void discard_throttle_data(VirtIOSerialPort *port)
{
    VirtQueueElement *elem = g_steal_pointer(&port->elem);

    if (elem) {
        virtqueue_detach_element(port->ovq, elem, 0);
        g_free(elem);
    }
}

void discard_port_data(VirtIOSerialPort *port)
{
    if (virtio_queue_ready(port->ovq)) {
        virtio_serial_complete(port);
        virtqueue_drop_all(port->ovq);
        virtio_notify(VIRTIO_DEVICE(port->vser), port->ovq);
    }
}

void virtio_serial_throttle_port(VirtIOSerialPort *port, bool throttle)
{
    if (!port) {
        return;
    }
    trace_virtio_serial_throttle_port(port->id, throttle);
    port->throttled = throttle;
    if (!throttle) {
        qemu_bh_schedule(port->bh);
    }
}

/* To the guest */

void virtio_serial_handle_input(VirtIODevice *vdev, VirtQueue *vq)
{
    VirtIOSerial *vser = VIRTIO_SERIAL(vdev);
    VirtIOSerialPort *port = find_port_by_vq(vser, vq);
    VirtIOSerialPortClass *vsc;

    /* A guest fills the queue before it opens the port; that is no news. */
    if (!port || !port->guest_connected || !port->host_connected) {
        return;
    }
    vsc = VIRTIO_SERIAL_PORT_GET_CLASS(port);
    if (vsc->guest_writable) {
        vsc->guest_writable(port);
    }
}

size_t virtio_serial_guest_ready(VirtIOSerialPort *port)
{
    VirtIODevice *vdev = VIRTIO_DEVICE(port->vser);
    VirtQueue *vq = port->ivq;
    unsigned int bytes;

    if (!virtio_queue_ready(vq) ||
        !(vdev->status & VIRTIO_CONFIG_S_DRIVER_OK) ||
        !port->guest_connected || virtio_queue_empty(vq)) {
        return 0;
    }
    virtqueue_get_avail_bytes(vq, &bytes, NULL, 4096, 0);
    return bytes;
}

ssize_t virtio_serial_write(VirtIOSerialPort *port, const uint8_t *buf,
                            size_t size)
{
    size_t offset = 0;

    if (!port || !port->host_connected || !port->guest_connected ||
        !virtio_queue_ready(port->ivq)) {
        return 0;
    }
    while (offset < size) {
        VirtQueueElement *elem = virtqueue_pop(port->ivq, sizeof(*elem));
        size_t len;

        if (!elem) {
            break;
        }
        len = iov_from_buf(elem->in_sg, elem->in_num, 0, buf + offset,
                           size - offset);
        offset += len;
        virtqueue_push(port->ivq, elem, len);
        g_free(elem);
    }
    virtio_notify(VIRTIO_DEVICE(port->vser), port->ivq);
    return offset;
}

/* Both ends */

int virtio_serial_open(VirtIOSerialPort *port)
{
    if (!port->host_connected) {
        port->host_connected = true;
        send_control_event(port->vser, port->id, VIRTIO_CONSOLE_PORT_OPEN, 1);
    }
    return 0;
}

int virtio_serial_close(VirtIOSerialPort *port)
{
    port->host_connected = false;
    port->throttled = false;
    discard_port_data(port);
    send_control_event(port->vser, port->id, VIRTIO_CONSOLE_PORT_OPEN, 0);
    return 0;
}
