/*
 * virtconsole and virtserialport: ports that are character devices.
 *
 *                    virtserialport                virtconsole
 *
 *     in the guest   /dev/vportNpM, and by its     /dev/hvcN
 *                    name in /dev/virtio-ports
 *     open at our    while the chardev is          always
 *     end
 *     the chardev    the guest's buffers wait      what it does not take is
 *     is too slow                                  lost
 *     VSERPORT_      the chardev is told as well   the event alone
 *     CHANGE
 *
 * A console never waits because its driver writes with a lock held, and all of
 * the guest would stand still with it.
 *
 * Read include/hw/virtio/virtio-serial.h first, and chardev/char-fe.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "chardev/char-fe.h"
#include "hw/qdev-properties.h"
#include "hw/qdev-properties-system.h"
#include "hw/virtio/virtio-serial.h"
#include "qapi/error.h"
#include "qapi/qapi-events-char.h"
#include "qemu/module.h"
#include "trace.h"

#define TYPE_VIRTIO_CONSOLE_SERIAL_PORT "virtserialport"
typedef struct VirtConsole VirtConsole;
DECLARE_INSTANCE_CHECKER(VirtConsole, VIRTIO_CONSOLE,
                         TYPE_VIRTIO_CONSOLE_SERIAL_PORT)

struct VirtConsole {
    VirtIOSerialPort parent_obj;

    CharBackend chr;
    guint watch;                /* until chr takes more; 0 if it does */
};

static bool virtconsole_is_console(VirtConsole *vcon)
{
    return VIRTIO_SERIAL_PORT_GET_CLASS(vcon)->is_console;
}

/* From the guest */

static void virtconsole_drop_watch(VirtConsole *vcon)
{
    if (vcon->watch) {
        g_source_remove(vcon->watch);
        vcon->watch = 0;
    }
}

/* The back end can take more, or never will: writing tells which. */
static gboolean chr_write_unblocked(void *do_not_use, GIOCondition cond,
                                    void *opaque)
{
    VirtConsole *vcon = opaque;

    vcon->watch = 0;
    virtio_serial_throttle_port(VIRTIO_SERIAL_PORT(vcon), false);
    return G_SOURCE_REMOVE;
}

static void virtconsole_add_watch(VirtConsole *vcon)
{
    if (!vcon->watch) {
        vcon->watch = qemu_chr_fe_add_watch(&vcon->chr, G_IO_OUT | G_IO_HUP,
                                            chr_write_unblocked, vcon);
    }
}

/* Called with the bytes of a guest's buffer; how many go on from here. */
static ssize_t flush_buf(VirtIOSerialPort *port, const uint8_t *buf,
                         ssize_t len)
{
    VirtConsole *vcon = VIRTIO_CONSOLE(port);
    ssize_t ret;
    bool lost;

    if (!qemu_chr_fe_backend_connected(&vcon->chr)) {
        return len;
    }
    ret = qemu_chr_fe_write(&vcon->chr, buf, len);
    lost = ret < 0 && errno != EAGAIN;
    trace_virtio_console_flush_buf(port->id, len, ret);
    if (lost) {
        /* To try again would be to try for ever. */
        return len;
    }
    if (ret < len && !virtconsole_is_console(vcon)) {
        virtconsole_add_watch(vcon);
        if (vcon->watch) {
            virtio_serial_throttle_port(port, true);
        }
    }
    return MAX(ret, 0);
}

static void set_guest_connected(VirtIOSerialPort *port, int guest_connected)
{
    VirtConsole *vcon = VIRTIO_CONSOLE(port);
    DeviceState *dev = DEVICE(port);

    if (!virtconsole_is_console(vcon)) {
        qemu_chr_fe_set_open(&vcon->chr, guest_connected);
    }
    if (dev->id) {
        qapi_event_send_vserport_change(dev->id, guest_connected);
    }
    if (guest_connected) {
        /* What has come before now may be read. */
        qemu_chr_fe_accept_input(&vcon->chr);
    }
}

static void guest_writable(VirtIOSerialPort *port)
{
    qemu_chr_fe_accept_input(&VIRTIO_CONSOLE(port)->chr);
}

/* From the back end */

static int chr_can_read(void *opaque)
{
    VirtConsole *vcon = opaque;

    return virtio_serial_guest_ready(VIRTIO_SERIAL_PORT(vcon));
}

static void virtio_console_chr_read(void *opaque, const uint8_t *buf, int size)
{
    VirtConsole *vcon = opaque;
    VirtIOSerialPort *port = VIRTIO_SERIAL_PORT(vcon);

    trace_virtio_console_chr_read(port->id, size);
    virtio_serial_write(port, buf, size);
}

static void chr_event(void *opaque, QEMUChrEvent event)
{
    VirtConsole *vcon = opaque;
    VirtIOSerialPort *port = VIRTIO_SERIAL_PORT(vcon);

    trace_virtio_console_chr_event(port->id, event);
    switch (event) {
    case CHR_EVENT_OPENED:
        virtio_serial_open(port);
        break;
    case CHR_EVENT_CLOSED:
        virtconsole_drop_watch(vcon);
        virtio_serial_close(port);
        break;
    case CHR_EVENT_BREAK:
    case CHR_EVENT_MUX_IN:
    case CHR_EVENT_MUX_OUT:
        break;
    }
}

static int chr_be_change(void *opaque);

/* @set_open: the back end shall see its front end open. */
static void virtconsole_set_handlers(VirtConsole *vcon, bool set_open)
{
    qemu_chr_fe_set_handlers(&vcon->chr, chr_can_read, virtio_console_chr_read,
                             virtconsole_is_console(vcon) ? NULL : chr_event,
                             chr_be_change, vcon, NULL, set_open);
}

/* chardev-change has put another back end in the place of the old. */
static int chr_be_change(void *opaque)
{
    VirtConsole *vcon = opaque;

    virtconsole_set_handlers(vcon, virtconsole_is_console(vcon));
    if (vcon->watch) {
        virtconsole_drop_watch(vcon);
        virtconsole_add_watch(vcon);
        if (!vcon->watch) {
            virtio_serial_throttle_port(VIRTIO_SERIAL_PORT(vcon), false);
        }
    }
    return 0;
}

/* While the machine stands still, input waits in the back end. */
static void virtconsole_enable_backend(VirtIOSerialPort *port, bool enable)
{
    VirtConsole *vcon = VIRTIO_CONSOLE(port);

    if (!qemu_chr_fe_backend_connected(&vcon->chr)) {
        return;
    }
    if (!enable) {
        qemu_chr_fe_set_handlers(&vcon->chr, NULL, NULL, NULL, NULL, NULL,
                                 NULL, false);
        return;
    }
    virtconsole_set_handlers(vcon, false);
    if (!virtconsole_is_console(vcon) && port->host_connected &&
        !qemu_chr_fe_backend_open(&vcon->chr)) {
        /* It has closed when nobody listened. */
        chr_event(vcon, CHR_EVENT_CLOSED);
    }
}

/* Life */

static void virtconsole_realize(DeviceState *dev, Error **errp)
{
    VirtIOSerialPort *port = VIRTIO_SERIAL_PORT(dev);
    VirtConsole *vcon = VIRTIO_CONSOLE(dev);
    bool is_console = virtconsole_is_console(vcon);

    if (port->id == 0 && !is_console) {
        error_setg(errp, "Port number 0 on virtio-serial devices reserved "
                   "for virtconsole devices for backward compatibility.");
        return;
    }
    if (!qemu_chr_fe_backend_connected(&vcon->chr)) {
        return;
    }
    virtconsole_set_handlers(vcon, is_console);
    if (is_console) {
        /* Whether anybody is at the other end or not. */
        virtio_serial_open(port);
    }
}

/* The object, and with it the hold on the back end, may go much later. */
static void virtconsole_unrealize(DeviceState *dev)
{
    VirtConsole *vcon = VIRTIO_CONSOLE(dev);

    virtconsole_drop_watch(vcon);
    qemu_chr_fe_set_handlers(&vcon->chr, NULL, NULL, NULL, NULL, NULL, NULL,
                             false);
}

/* Types */

static Property virtserialport_properties[] = {
    DEFINE_PROP_CHR("chardev", VirtConsole, chr),
    DEFINE_PROP_END_OF_LIST(),
};

static void virtserialport_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    VirtIOSerialPortClass *k = VIRTIO_SERIAL_PORT_CLASS(klass);

    device_class_set_props(dc, virtserialport_properties);
    k->realize = virtconsole_realize;
    k->unrealize = virtconsole_unrealize;
    k->have_data = flush_buf;
    k->set_guest_connected = set_guest_connected;
    k->enable_backend = virtconsole_enable_backend;
    k->guest_writable = guest_writable;
}

static const TypeInfo virtserialport_info = {
    .name = TYPE_VIRTIO_CONSOLE_SERIAL_PORT,
    .parent = TYPE_VIRTIO_SERIAL_PORT,
    .instance_size = sizeof(VirtConsole),
    .class_init = virtserialport_class_init,
};

static void virtconsole_class_init(ObjectClass *klass, void *data)
{
    VIRTIO_SERIAL_PORT_CLASS(klass)->is_console = true;
}

static const TypeInfo virtconsole_info = {
    .name = "virtconsole",
    .parent = TYPE_VIRTIO_CONSOLE_SERIAL_PORT,
    .class_init = virtconsole_class_init,
};

static void virtconsole_register_types(void)
{
    type_register_static(&virtserialport_info);
    type_register_static(&virtconsole_info);
}

type_init(virtconsole_register_types)
