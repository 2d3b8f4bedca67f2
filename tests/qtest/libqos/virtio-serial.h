/*
 * libqos: a driver of virtio-serial, with the chardevs' other ends in hand.
 *
 * The device is "vs0"; chardevs "c0", "c1", ... are sockets whose other ends
 * are s->wire[0], [1], ...  A test says which ports there are:
 *
 *     QVirtioSerial *s = qvirtio_serial_boot(drive, "", 1,
 *         "-device virtserialport,nr=1,name=org.test,chardev=c0,id=p1");
 *
 *     qvirtio_serial_start(s);                    as a driver, up to DRIVER_OK
 *     qvirtio_serial_ready(s);                    DEVICE_READY
 *     qvirtio_serial_expect(s, 1, VIRTIO_CONSOLE_PORT_ADD, 1);
 *     qvirtio_serial_open(s, 1);                  PORT_READY, PORT_OPEN
 *     qvirtio_serial_send(s, 1, "hello", 5);      guest -> wire
 *     qvirtio_serial_give(s, 1, 2, 64);           room for wire -> guest
 *     len = qvirtio_serial_recv(s, 1, buf);
 *     qvirtio_serial_shutdown(s);
 *
 * Nothing here waits by the clock of the guest; the test fails if what it
 * waits for has not come after some seconds.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef LIBQOS_VIRTIO_SERIAL_H
#define LIBQOS_VIRTIO_SERIAL_H

#include "libqos.h"
#include "virtio-pci.h"
#include "standard-headers/linux/virtio_console.h"

#define QVSERIAL_TIMEOUT_US     (120 * G_USEC_PER_SEC)
#define QVSERIAL_SLOT           4
#define QVSERIAL_MAX_PORTS      64
#define QVSERIAL_MAX_WIRES      4
/* Places of the control queues, and the size of each buffer there. */
#define QVSERIAL_CONTROL        32
#define QVSERIAL_CONTROL_SIZE   64

/* How a device is driven; the bits of a test's drive. */
typedef enum QVirtioSerialDrive {
    QVSERIAL_PACKED     = 1 << 0,
    QVSERIAL_LEGACY     = 1 << 1,
    QVSERIAL_MSIX       = 1 << 2,   /* a vector a queue, as far as there are */
    QVSERIAL_EVENT_IDX  = 1 << 3,
    QVSERIAL_INDIRECT   = 1 << 4,
    QVSERIAL_ONE_PORT   = 1 << 5,   /* a driver without MULTIPORT */
} QVirtioSerialDrive;

typedef struct QVirtioSerialMsg {
    uint32_t id;
    uint16_t event;
    uint16_t value;
    char name[QVSERIAL_CONTROL_SIZE];   /* what follows; "" if nothing */
    uint32_t len;                       /* of all of it */
} QVirtioSerialMsg;

typedef struct QVirtioSerial {
    QOSState *qs;
    QTestState *qts;
    QVirtioPCIDevice *pci;
    QVirtioDevice *vdev;
    QVirtioSerialDrive drive;
    int wire[QVSERIAL_MAX_WIRES];
    int wires;

    /* From start to stop. */
    unsigned ports;             /* as the configuration says, or fewer */
    QVirtQueue *in[QVSERIAL_MAX_PORTS];
    QVirtQueue *out[QVSERIAL_MAX_PORTS];
    QVirtQueue *c_in, *c_out;   /* not with ONE_PORT */
    uint64_t c_bufs;            /* of c_in, by the chain's number */
    uint64_t c_buf;             /* of c_out */
    uint64_t out_buf;           /* what is sent; QVSERIAL_OUT_SIZE */
    struct {
        uint64_t addr;
        uint32_t len;
    } in_buf[QVSERIAL_MAX_PORTS][128];
} QVirtioSerial;

#define QVSERIAL_OUT_SIZE       (1024 * 1024)

/*
 * Start a machine with a virtio-serial-pci of properties @props ("" or
 * ",a=b"), @wires chardevs, and the program's arguments @more behind it.
 */
QVirtioSerial *qvirtio_serial_boot(QVirtioSerialDrive drive, const char *props,
                                   int wires, const char *more);
void qvirtio_serial_shutdown(QVirtioSerial *s);
/* After device_del: the device is not there to be reset. */
void qvirtio_serial_shutdown_unplugged(QVirtioSerial *s);
/* device_del, the guest's answer to it, and the end of "vs0". */
void qvirtio_serial_unplug(QVirtioSerial *s);

/* From reset to DRIVER_OK, with the queues of the first ports and control. */
void qvirtio_serial_start(QVirtioSerial *s);
/* The same up to where queues are there, and DRIVER_OK is not. */
void qvirtio_serial_setup(QVirtioSerial *s);
/* Forget the queues. */
void qvirtio_serial_forget(QVirtioSerial *s);

/* Control */

/* Send a message and wait until it has been read. */
void qvirtio_serial_control(QVirtioSerial *s, uint32_t id, uint16_t event,
                            uint16_t value);
/* The same with any bytes. */
void qvirtio_serial_control_raw(QVirtioSerial *s, const void *data,
                                size_t len);
/* Give the receive queue @count buffers; start gives as many as fit. */
void qvirtio_serial_control_give(QVirtioSerial *s, unsigned count);
/* The next message, if there is one; its buffer is given again. */
bool qvirtio_serial_control_next(QVirtioSerial *s, QVirtioSerialMsg *msg);
/* The next message has to be this one; and have nothing, or @name, after it. */
void qvirtio_serial_expect(QVirtioSerial *s, uint32_t id, uint16_t event,
                           uint16_t value);
void qvirtio_serial_expect_name(QVirtioSerial *s, uint32_t id,
                                const char *name);
/* There is none. */
void qvirtio_serial_expect_none(QVirtioSerial *s);

void qvirtio_serial_ready(QVirtioSerial *s);
/* PORT_READY, whose answers are dropped, and PORT_OPEN. */
void qvirtio_serial_open(QVirtioSerial *s, uint32_t port);
/* All of it for the only port of @s: start, PORT_ADD, open. */
void qvirtio_serial_begin(QVirtioSerial *s, uint32_t port);

/* Data */

/* Wait for the next used chain of @vq; its number.  *@len: written. */
uint32_t qvirtio_serial_wait_used(QVirtioSerial *s, QVirtQueue *vq,
                                  uint32_t *len);
/* Offer @len bytes; the chain's number.  The _send form waits for its end. */
uint32_t qvirtio_serial_offer(QVirtioSerial *s, uint32_t port,
                              const void *data, size_t len);
void qvirtio_serial_send(QVirtioSerial *s, uint32_t port, const void *data,
                         size_t len);
/* Give @count buffers of @len, each a chain of its own. */
void qvirtio_serial_give(QVirtioSerial *s, uint32_t port, unsigned count,
                         uint32_t len);
/* Wait for the next of them; what is in it, and how much that is. */
uint32_t qvirtio_serial_recv(QVirtioSerial *s, uint32_t port, void *data);
/* The other end of chardev @n. */
void qvirtio_serial_wire_send(QVirtioSerial *s, int n, const void *data,
                              size_t len);
/* Wait for @len bytes. */
void qvirtio_serial_wire_recv(QVirtioSerial *s, int n, void *data, size_t len);
/* There are none; @data of @len are the next, for the second form. */
void qvirtio_serial_wire_expect_none(QVirtioSerial *s, int n);
void qvirtio_serial_wire_expect(QVirtioSerial *s, int n, const char *text);

/* The configuration, at @offset; @size is 1, 2 or 4. */
void qvirtio_serial_config_write(QVirtioSerial *s, uint64_t offset,
                                 unsigned size, uint32_t value);

#endif
