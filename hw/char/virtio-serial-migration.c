/*
 * virtio-serial: the ports' part of a migration stream.
 *
 * The other side must have the same ports, by their numbers.  What it cannot
 * have is the same connections: a chardev that was open there may be closed
 * here.  So the guest is told, as soon as the machine's time goes on, of each
 * port whose host end is not as it was; and the chardevs, of what the guest has
 * open.
 *
 * Of control messages that wait for a buffer the stream knows nothing.
 *
 * Read include/hw/virtio/virtio-serial.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "migration/qemu-file-types.h"
#include "qemu/timer.h"
#include "virtio-serial-int.h"

/* How the ports were there. */
struct VirtIOSerialPostLoad {
    QEMUTimer *timer;
    uint32_t nr_active_ports;
    struct {
        uint32_t id;
        bool host_connected;
    } connected[];
};

static uint32_t virtio_serial_map_words(VirtIOSerial *vser)
{
    return DIV_ROUND_UP(vser->serial.max_virtserial_ports, 32);
}

static uint32_t virtio_serial_count_ports(VirtIOSerial *vser)
{
    VirtIOSerialPort *port;
    uint32_t n = 0;

    QTAILQ_FOREACH(port, &vser->ports, next) {
        n++;
    }
    return n;
}

/* To the stream */

static void virtio_serial_save_port(VirtIOSerialPort *port, QEMUFile *f)
{
    qemu_put_be32(f, port->id);
    qemu_put_byte(f, port->guest_connected);
    qemu_put_byte(f, port->host_connected);
    qemu_put_be32(f, port->elem != NULL);
    if (port->elem) {
        qemu_put_be32(f, port->iov_idx);
        qemu_put_be64(f, port->iov_offset);
        qemu_put_virtqueue_element(VIRTIO_DEVICE(port->vser), f, port->elem);
    }
}

void virtio_serial_save_device(VirtIODevice *vdev, QEMUFile *f)
{
    VirtIOSerial *vser = VIRTIO_SERIAL(vdev);
    VirtIOSerialPort *port;

    /* The configuration; who loads looks at its own. */
    qemu_put_be16(f, 0);
    qemu_put_be16(f, 0);
    qemu_put_be32(f, vser->serial.max_virtserial_ports);

    for (uint32_t i = 0; i < virtio_serial_map_words(vser); i++) {
        qemu_put_be32(f, vser->ports_map[i]);
    }
    qemu_put_be32(f, virtio_serial_count_ports(vser));
    QTAILQ_FOREACH(port, &vser->ports, next) {
        virtio_serial_save_port(port, f);
    }
}

/* From the stream */

void virtio_serial_drop_post_load(VirtIOSerial *vser)
{
    VirtIOSerialPostLoad *post_load = g_steal_pointer(&vser->post_load);

    if (post_load) {
        timer_free(post_load->timer);
        g_free(post_load);
    }
}

static void virtio_serial_post_load_timer_cb(void *opaque)
{
    VirtIOSerial *vser = opaque;
    VirtIOSerialPostLoad *post_load = vser->post_load;

    for (uint32_t i = 0; i < post_load->nr_active_ports; i++) {
        VirtIOSerialPort *port = find_port_by_id(vser,
                                                 post_load->connected[i].id);
        VirtIOSerialPortClass *vsc;

        if (!port) {
            continue;           /* unplugged meanwhile */
        }
        if (post_load->connected[i].host_connected != port->host_connected) {
            send_control_event(vser, port->id, VIRTIO_CONSOLE_PORT_OPEN,
                               port->host_connected);
        }
        vsc = VIRTIO_SERIAL_PORT_GET_CLASS(port);
        if (vsc->set_guest_connected) {
            vsc->set_guest_connected(port, port->guest_connected);
        }
    }
    virtio_serial_drop_post_load(vser);
}

/* The buffer that was half read there is, and goes on being, here. */
static int virtio_serial_load_elem(VirtIOSerialPort *port, QEMUFile *f)
{
    uint32_t iov_idx = qemu_get_be32(f);
    uint64_t iov_offset = qemu_get_be64(f);
    VirtQueueElement *elem =
        qemu_get_virtqueue_element(VIRTIO_DEVICE(port->vser), f,
                                   sizeof(*elem));

    if (!elem) {
        return -EINVAL;
    }
    port->elem = elem;
    if (iov_idx > elem->out_num ||
        (iov_idx < elem->out_num &&
         iov_offset > elem->out_sg[iov_idx].iov_len)) {
        /* Nothing of it will be read until a reset drops it. */
        port->iov_idx = elem->out_num;
        return -EINVAL;
    }
    port->iov_idx = iov_idx;
    port->iov_offset = iov_offset;
    virtio_serial_throttle_port(port, false);
    return 0;
}

static int virtio_serial_load_port(VirtIOSerial *vser, uint32_t i, QEMUFile *f)
{
    uint32_t id = qemu_get_be32(f);
    VirtIOSerialPort *port = find_port_by_id(vser, id);

    if (!port) {
        return -EINVAL;
    }
    port->guest_connected = qemu_get_byte(f);
    vser->post_load->connected[i].id = id;
    vser->post_load->connected[i].host_connected = qemu_get_byte(f);
    if (!qemu_get_be32(f)) {
        return 0;
    }
    /* A stream that has a port twice. */
    return port->elem ? -EINVAL : virtio_serial_load_elem(port, f);
}

int virtio_serial_load_device(VirtIODevice *vdev, QEMUFile *f, int version_id)
{
    VirtIOSerial *vser = VIRTIO_SERIAL(vdev);
    VirtIOSerialPort *port;
    uint32_t nr_active_ports;

    virtio_serial_drop_post_load(vser);
    QTAILQ_FOREACH(port, &vser->ports, next) {
        discard_throttle_data(port);
    }

    qemu_get_be16(f);
    qemu_get_be16(f);
    qemu_get_be32(f);
    for (uint32_t i = 0; i < virtio_serial_map_words(vser); i++) {
        if (qemu_get_be32(f) != vser->ports_map[i]) {
            return -EINVAL;
        }
    }
    nr_active_ports = qemu_get_be32(f);
    if (nr_active_ports > virtio_serial_count_ports(vser)) {
        return -EINVAL;
    }
    if (!nr_active_ports) {
        return 0;
    }

    vser->post_load = g_malloc0(sizeof(*vser->post_load) + nr_active_ports *
                                sizeof(vser->post_load->connected[0]));
    vser->post_load->timer = timer_new_ns(QEMU_CLOCK_VIRTUAL,
                                          virtio_serial_post_load_timer_cb,
                                          vser);
    vser->post_load->nr_active_ports = nr_active_ports;
    for (uint32_t i = 0; i < nr_active_ports; i++) {
        int ret = virtio_serial_load_port(vser, i, f);

        if (ret) {
            virtio_serial_drop_post_load(vser);
            return ret;
        }
    }
    timer_mod(vser->post_load->timer, 1);
    return 0;
}
