/*
 * virtio-serial: many streams of bytes over one device (virtio 1.2, 5.3).
 *
 * The device is a bus, and a port is a device on it.  The device knows rings
 * and the protocol by which ports come, go, open and close; a port's class
 * knows what is done with the bytes: virtconsole and virtserialport pass them
 * on to a character device (hw/char/virtio-console.c).
 *
 *   bus: pci.0
 *     dev: virtio-serial-pci, id "vs0"
 *       bus: virtio-bus
 *         dev: virtio-serial-device              VirtIOSerial
 *           bus: vs0.0                           VirtIOSerialBus
 *             dev: virtserialport, id "agent"    VirtIOSerialPort, nr 1
 *             dev: virtconsole                                     nr 0
 *
 * Each port has two queues, and in between is the pair for control messages
 * (struct virtio_console_control):
 *
 *     0, 1     port 0: to the guest, from the guest
 *     2, 3     control, if VIRTIO_CONSOLE_F_MULTIPORT is agreed on
 *     4, 5     port 1
 *     ...
 *
 * A driver without MULTIPORT knows port 0 alone, and always took it for a
 * console; so that number is never given to another kind.
 *
 * Open at both ends
 * -----------------
 * A port is open for the host while host_connected, for the guest while
 * guest_connected, and each side tells the other:
 *
 *     chardev        port's class          this API             guest's driver
 *
 *     OPENED  ----->  chr_event  ----->  virtio_serial_open  --> PORT_OPEN 1
 *     set_fe_open <-- set_guest_connected  <-------------------- PORT_OPEN 1
 *
 *     input   ----->  chr_can_read  -->  virtio_serial_guest_ready: how much
 *                     chr_read      -->  virtio_serial_write   --> receive queue
 *     output  <-----  have_data     <--------------------------- transmit queue
 *
 * have_data() that cannot take everything says so by
 * virtio_serial_throttle_port(): the guest's buffer stays, half read, and
 * so do those behind it, until the port is throttled no more.  In the other
 * direction a guest that gives no buffers makes virtio_serial_guest_ready()
 * say 0, and bytes wait in the character device.
 *
 * All functions are called with the big lock held.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_VIRTIO_SERIAL_H
#define QEMU_VIRTIO_SERIAL_H

#include "standard-headers/linux/virtio_console.h"
#include "hw/virtio/virtio.h"
#include "qom/object.h"

struct virtio_serial_conf {
    uint32_t max_virtserial_ports;  /* numbers go from 0 to one less */
};

#define TYPE_VIRTIO_SERIAL_PORT "virtio-serial-port"
OBJECT_DECLARE_TYPE(VirtIOSerialPort, VirtIOSerialPortClass,
                    VIRTIO_SERIAL_PORT)

#define TYPE_VIRTIO_SERIAL "virtio-serial-device"
OBJECT_DECLARE_SIMPLE_TYPE(VirtIOSerial, VIRTIO_SERIAL)

#define TYPE_VIRTIO_SERIAL_BUS "virtio-serial-bus"
OBJECT_DECLARE_SIMPLE_TYPE(VirtIOSerialBus, VIRTIO_SERIAL_BUS)

/* A kind of port.  All but have_data may be NULL. */
struct VirtIOSerialPortClass {
    DeviceClass parent_class;

    /* The guest shall make it an hvc. */
    bool is_console;

    /* Called when the port has its number; it is on no list yet. */
    DeviceRealize realize;
    DeviceUnrealize unrealize;

    /* The guest opened the port, or closed it, or was reset. */
    void (*set_guest_connected)(VirtIOSerialPort *port, int guest_connected);

    /* The machine runs and bytes may come, or it does not and they wait. */
    void (*enable_backend)(VirtIOSerialPort *port, bool enable);

    /* The guest has set up the port's queues (PORT_READY). */
    void (*guest_ready)(VirtIOSerialPort *port);

    /* Both ends are open, and the guest has given another buffer. */
    void (*guest_writable)(VirtIOSerialPort *port);

    /*
     * The guest wrote @len bytes at @buf.  Returns how many were taken; the
     * rest is lost, unless virtio_serial_throttle_port() was called: then it
     * is offered again.
     */
    ssize_t (*have_data)(VirtIOSerialPort *port, const uint8_t *buf,
                         ssize_t len);
};

/* One port.  A class reads these; only the bus writes them. */
struct VirtIOSerialPort {
    DeviceState dev;

    QTAILQ_ENTRY(VirtIOSerialPort) next;
    VirtIOSerial *vser;
    VirtQueue *ivq, *ovq;       /* to the guest, from the guest */

    char *name;                 /* property: what the guest is told, or NULL */
    uint32_t id;                /* property `nr`: its number */

    /* The guest's buffer that have_data() has seen a part of, or NULL. */
    VirtQueueElement *elem;
    uint32_t iov_idx;           /* how far: this piece of out_sg, */
    uint64_t iov_offset;        /* this byte of it */

    QEMUBH *bh;                 /* goes on with it */

    bool guest_connected;
    bool host_connected;
    bool throttled;
};

/* The bus with the ports. */
struct VirtIOSerialBus {
    BusState qbus;

    VirtIOSerial *vser;
    uint32_t max_nr_ports;
};

typedef struct VirtIOSerialMessage VirtIOSerialMessage;
typedef struct VirtIOSerialPostLoad VirtIOSerialPostLoad;

/* The device. */
struct VirtIOSerial {
    VirtIODevice parent_obj;

    virtio_serial_conf serial;
    uint64_t host_features;     /* VIRTIO_CONSOLE_F_EMERG_WRITE */

    VirtQueue *c_ivq, *c_ovq;   /* control: to the guest, from the guest */
    VirtQueue **ivqs, **ovqs;   /* by a port's number */

    VirtIOSerialBus bus;
    QTAILQ_HEAD(, VirtIOSerialPort) ports;
    uint32_t *ports_map;        /* a bit for each number that is taken */

    /* Control messages that the guest had no buffer for. */
    QTAILQ_HEAD(, VirtIOSerialMessage) pending;

    /* From a migration's end until the guest can be told of it. */
    VirtIOSerialPostLoad *post_load;

    QLIST_ENTRY(VirtIOSerial) next;     /* all such devices */
};

/*
 * The port's host end opens, or closes, and the guest is told.  Closing gives
 * back what the guest wrote and nobody took.  Both return 0.
 */
int virtio_serial_open(VirtIOSerialPort *port);
int virtio_serial_close(VirtIOSerialPort *port);

/*
 * Put bytes into the guest's buffers; returns how many there was room for, 0
 * unless both ends are open.
 */
ssize_t virtio_serial_write(VirtIOSerialPort *port, const uint8_t *buf,
                            size_t size);

/* How many bytes virtio_serial_write() will take; a page at most counts. */
size_t virtio_serial_guest_ready(VirtIOSerialPort *port);

/*
 * Stop calling have_data(), or begin again: soon, not from within this call,
 * with what was left over.
 */
void virtio_serial_throttle_port(VirtIOSerialPort *port, bool throttle);

#endif
