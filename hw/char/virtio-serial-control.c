/*
 * virtio-serial: the control queues (virtio 1.2, 5.3.6.2).
 *
 *     guest                                      device
 *
 *     DEVICE_READY 1    ---------------------->
 *                       <----------------------  PORT_ADD, for each port
 *     PORT_READY 1      ---------------------->
 *                       <----------------------  CONSOLE_PORT, if it is one
 *                       <----------------------  PORT_NAME, if it has one
 *                       <----------------------  PORT_OPEN 1, if it is open
 *     PORT_OPEN 1       ---------------------->  set_guest_connected()
 *                       <----------------------  PORT_OPEN, when that changes
 *                       <----------------------  PORT_ADD, PORT_REMOVE: hotplug
 *
 * A message needs a buffer of the guest's.  One that finds none waits for it:
 * a guest with a ring of 32 can have 100 ports.  What waits is bounded, because
 * of each event of a port only the latest counts.
 *
 * Read include/hw/virtio/virtio-serial.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/virtio/virtio-access.h"
#include "qemu/error-report.h"
#include "qemu/iov.h"
#include "trace.h"
#include "virtio-serial-int.h"

/* The name of a PORT_NAME is the port's when it is sent. */
struct VirtIOSerialMessage {
    QTAILQ_ENTRY(VirtIOSerialMessage) next;
    uint32_t port_id;
    uint16_t event;
    uint16_t value;
};

/* To the guest */

/* False if there is no buffer. */
static bool send_control_msg(VirtIOSerial *vser, uint32_t port_id,
                             uint16_t event, uint16_t value)
{
    VirtIODevice *vdev = VIRTIO_DEVICE(vser);
    VirtIOSerialPort *port = NULL;
    struct virtio_console_control cpkt;
    VirtQueueElement *elem;
    size_t len;

    elem = virtqueue_pop(vser->c_ivq, sizeof(*elem));
    if (!elem) {
        return false;
    }
    virtio_stl_p(vdev, &cpkt.id, port_id);
    virtio_stw_p(vdev, &cpkt.event, event);
    virtio_stw_p(vdev, &cpkt.value, value);
    len = iov_from_buf(elem->in_sg, elem->in_num, 0, &cpkt, sizeof(cpkt));

    if (event == VIRTIO_CONSOLE_PORT_NAME) {
        port = find_port_by_id(vser, port_id);
    }
    if (port && port->name && len == sizeof(cpkt)) {
        len += iov_from_buf(elem->in_sg, elem->in_num, len, port->name,
                            strlen(port->name) + 1);
    }
    virtqueue_push(vser->c_ivq, elem, len);
    virtio_notify(vdev, vser->c_ivq);
    g_free(elem);
    return true;
}

/* Forget what waits for port @port_id: @event, or with PORT_REMOVE all. */
static void overtake_control_events(VirtIOSerial *vser, uint32_t port_id,
                                    uint16_t event)
{
    VirtIOSerialMessage *msg, *next;

    QTAILQ_FOREACH_SAFE(msg, &vser->pending, next, next) {
        if (msg->port_id == port_id &&
            (msg->event == event || event == VIRTIO_CONSOLE_PORT_REMOVE)) {
            QTAILQ_REMOVE(&vser->pending, msg, next);
            g_free(msg);
        }
    }
}

void send_control_event(VirtIOSerial *vser, uint32_t port_id,
                        uint16_t event, uint16_t value)
{
    VirtIOSerialMessage *msg;

    trace_virtio_serial_send_control_event(port_id, event, value);
    if (!virtio_queue_ready(vser->c_ivq)) {
        return;
    }
    if (QTAILQ_EMPTY(&vser->pending) &&
        send_control_msg(vser, port_id, event, value)) {
        return;
    }
    overtake_control_events(vser, port_id, event);
    msg = g_new0(VirtIOSerialMessage, 1);
    msg->port_id = port_id;
    msg->event = event;
    msg->value = value;
    QTAILQ_INSERT_TAIL(&vser->pending, msg, next);
}

void discard_control_events(VirtIOSerial *vser)
{
    VirtIOSerialMessage *msg, *next;

    QTAILQ_FOREACH_SAFE(msg, &vser->pending, next, next) {
        QTAILQ_REMOVE(&vser->pending, msg, next);
        g_free(msg);
    }
}

/* The guest has given buffers. */
void control_in(VirtIODevice *vdev, VirtQueue *vq)
{
    VirtIOSerial *vser = VIRTIO_SERIAL(vdev);
    VirtIOSerialMessage *msg;

    while ((msg = QTAILQ_FIRST(&vser->pending)) &&
           !virtio_queue_empty(vq)) {
        QTAILQ_REMOVE(&vser->pending, msg, next);
        if (!send_control_msg(vser, msg->port_id, msg->event, msg->value)) {
            /* The ring was broken; the guest will have to reset it. */
            discard_control_events(vser);
        }
        g_free(msg);
    }
}

/* From the guest */

static void virtio_serial_port_ready(VirtIOSerialPort *port, uint16_t value)
{
    VirtIOSerial *vser = port->vser;
    VirtIOSerialPortClass *vsc = VIRTIO_SERIAL_PORT_GET_CLASS(port);

    if (!value) {
        error_report("virtio-serial-bus: Guest failure in adding port %u for "
                     "device %s", port->id, vser->bus.qbus.name);
        return;
    }
    /* It has a place for what it is told now. */
    if (vsc->is_console) {
        send_control_event(vser, port->id, VIRTIO_CONSOLE_CONSOLE_PORT, 1);
    }
    if (port->name) {
        send_control_event(vser, port->id, VIRTIO_CONSOLE_PORT_NAME, 1);
    }
    if (port->host_connected) {
        send_control_event(vser, port->id, VIRTIO_CONSOLE_PORT_OPEN, 1);
    }
    if (vsc->guest_ready) {
        vsc->guest_ready(port);
    }
}

static void virtio_serial_port_open(VirtIOSerialPort *port, uint16_t value)
{
    VirtIOSerialPortClass *vsc = VIRTIO_SERIAL_PORT_GET_CLASS(port);

    port->guest_connected = value;
    if (vsc->set_guest_connected) {
        vsc->set_guest_connected(port, value);
    }
}

static void handle_control_message(VirtIOSerial *vser,
                                   const struct virtio_console_control *cpkt)
{
    VirtIODevice *vdev = VIRTIO_DEVICE(vser);
    uint32_t id = virtio_ldl_p(vdev, &cpkt->id);
    uint16_t event = virtio_lduw_p(vdev, &cpkt->event);
    uint16_t value = virtio_lduw_p(vdev, &cpkt->value);
    VirtIOSerialPort *port;

    trace_virtio_serial_handle_control_message(event, value);

    /* The only one that is about no port. */
    if (event == VIRTIO_CONSOLE_DEVICE_READY) {
        if (!value) {
            error_report("virtio-serial-bus: Guest failure in adding device "
                         "%s", vser->bus.qbus.name);
            return;
        }
        QTAILQ_FOREACH(port, &vser->ports, next) {
            send_control_event(vser, port->id, VIRTIO_CONSOLE_PORT_ADD, 1);
        }
        return;
    }

    port = find_port_by_id(vser, id);
    if (!port) {
        error_report("virtio-serial-bus: Unexpected port id %u for device %s",
                     id, vser->bus.qbus.name);
        return;
    }
    trace_virtio_serial_handle_control_message_port(port->id);

    switch (event) {
    case VIRTIO_CONSOLE_PORT_READY:
        virtio_serial_port_ready(port, value);
        break;
    case VIRTIO_CONSOLE_PORT_OPEN:
        virtio_serial_port_open(port, value);
        break;
    }
}

void control_out(VirtIODevice *vdev, VirtQueue *vq)
{
    VirtIOSerial *vser = VIRTIO_SERIAL(vdev);
    VirtQueueElement *elem;

    while ((elem = virtqueue_pop(vq, sizeof(*elem)))) {
        struct virtio_console_control cpkt;

        /* One that is too short says nothing. */
        if (iov_to_buf(elem->out_sg, elem->out_num, 0, &cpkt,
                       sizeof(cpkt)) == sizeof(cpkt)) {
            handle_control_message(vser, &cpkt);
        }
        virtqueue_push(vq, elem, 0);
        g_free(elem);
    }
    virtio_notify(vdev, vq);
}
