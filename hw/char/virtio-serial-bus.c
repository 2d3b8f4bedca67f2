/*
 * virtio-serial: the device, its bus, and what all ports have in common.
 *
 * How a port gets its number and comes to the guest, and how all of them end.
 * The bytes are in virtio-serial-port.c, the control messages in
 * virtio-serial-control.c, migration in virtio-serial-migration.c.
 *
 *     device_add virtserialport
 *       virtser_port_device_realize      a number, its queues, its class
 *       virtser_port_device_plug         on the list; PORT_ADD
 *     device_del
 *       virtser_port_device_unrealize    PORT_REMOVE; off the list
 *
 * Read include/hw/virtio/virtio-serial.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/hotplug.h"
#include "hw/qdev-properties.h"
#include "hw/virtio/virtio-access.h"
#include "migration/vmstate.h"
#include "monitor/monitor.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "standard-headers/linux/virtio_ids.h"
#include "virtio-serial-int.h"

#define VIRTIO_SERIAL_QUEUE_SIZE    128
#define VIRTIO_SERIAL_CONTROL_SIZE  32

/* All devices: a port's name is unique among all of them. */
static QLIST_HEAD(, VirtIOSerial) vserdevices =
    QLIST_HEAD_INITIALIZER(vserdevices);

/* Ports */

VirtIOSerialPort *find_port_by_id(VirtIOSerial *vser, uint32_t id)
{
    VirtIOSerialPort *port;

    QTAILQ_FOREACH(port, &vser->ports, next) {
        if (port->id == id) {
            return port;
        }
    }
    return NULL;
}

VirtIOSerialPort *find_port_by_vq(VirtIOSerial *vser, VirtQueue *vq)
{
    VirtIOSerialPort *port;

    QTAILQ_FOREACH(port, &vser->ports, next) {
        if (port->ivq == vq || port->ovq == vq) {
            return port;
        }
    }
    return NULL;
}

static VirtIOSerialPort *find_port_by_name(const char *name)
{
    VirtIOSerialPort *port;
    VirtIOSerial *vser;

    QLIST_FOREACH(vser, &vserdevices, next) {
        QTAILQ_FOREACH(port, &vser->ports, next) {
            if (port->name && !strcmp(port->name, name)) {
                return port;
            }
        }
    }
    return NULL;
}

static VirtIOSerialPort *find_first_connected_console(VirtIOSerial *vser)
{
    VirtIOSerialPort *port;

    QTAILQ_FOREACH(port, &vser->ports, next) {
        if (VIRTIO_SERIAL_PORT_GET_CLASS(port)->is_console &&
            port->host_connected) {
            return port;
        }
    }
    return NULL;
}

static void mark_port(VirtIOSerial *vser, uint32_t id, bool taken)
{
    uint32_t bit = 1u << (id % 32);

    if (taken) {
        vser->ports_map[id / 32] |= bit;
    } else {
        vser->ports_map[id / 32] &= ~bit;
    }
}

/*
 * The lowest number that is free in the map, whose last word may go further
 * than the ports do; or VIRTIO_CONSOLE_BAD_ID.
 */
static uint32_t find_free_port_id(VirtIOSerial *vser)
{
    for (uint32_t id = 0; id < ROUND_UP(vser->bus.max_nr_ports, 32); id++) {
        if (!(vser->ports_map[id / 32] & 1u << (id % 32))) {
            return id;
        }
    }
    return VIRTIO_CONSOLE_BAD_ID;
}

/* The number that the user gave, or the next; false with @errp set. */
static bool virtser_port_choose_id(VirtIOSerialPort *port, Error **errp)
{
    VirtIOSerial *vser = port->vser;
    bool is_console = VIRTIO_SERIAL_PORT_GET_CLASS(port)->is_console;

    if (find_port_by_id(vser, port->id)) {
        error_setg(errp, "virtio-serial-bus: A port already exists at id %u",
                   port->id);
        return false;
    }
    if (port->name && find_port_by_name(port->name)) {
        error_setg(errp, "virtio-serial-bus: A port already exists by name %s",
                   port->name);
        return false;
    }
    if (port->id == VIRTIO_CONSOLE_BAD_ID) {
        /* The map has 0 as taken, since it is for the first console. */
        port->id = is_console && !find_port_by_id(vser, 0)
                   ? 0 : find_free_port_id(vser);
        if (port->id == VIRTIO_CONSOLE_BAD_ID) {
            error_setg(errp, "virtio-serial-bus: Maximum port limit for this "
                       "device reached");
            return false;
        }
    }
    if (port->id >= vser->bus.max_nr_ports) {
        error_setg(errp, "virtio-serial-bus: Out-of-range port id specified, "
                   "max. allowed: %u", vser->bus.max_nr_ports - 1);
        return false;
    }
    return true;
}

/* Called by device_set_realized(): the port is on its bus. */
static void virtser_port_device_realize(DeviceState *dev, Error **errp)
{
    ERRP_GUARD();
    VirtIOSerialPort *port = VIRTIO_SERIAL_PORT(dev);
    VirtIOSerialPortClass *vsc = VIRTIO_SERIAL_PORT_GET_CLASS(port);
    VirtIOSerialBus *bus = VIRTIO_SERIAL_BUS(qdev_get_parent_bus(dev));

    assert(vsc->have_data);
    port->vser = bus->vser;
    if (!virtser_port_choose_id(port, errp)) {
        return;
    }
    port->ivq = port->vser->ivqs[port->id];
    port->ovq = port->vser->ovqs[port->id];
    port->bh = virtio_bh_new_guarded(DEVICE(port->vser), flush_queued_data_bh,
                                     port);
    if (vsc->realize) {
        vsc->realize(dev, errp);
        if (*errp) {
            qemu_bh_delete(port->bh);
        }
    }
}

/* A driver without MULTIPORT has no way to say that it opens its only port. */
static void open_only_port(VirtIOSerial *vser, uint8_t status)
{
    VirtIOSerialPort *port = find_port_by_id(vser, 0);

    if (port && (status & VIRTIO_CONFIG_S_DRIVER_OK) && !use_multiport(vser)) {
        port->guest_connected = true;
    }
}

/* The device's HotplugHandler, for a port from the command line as well. */
static void virtser_port_device_plug(HotplugHandler *hotplug_dev,
                                     DeviceState *dev, Error **errp)
{
    VirtIOSerialPort *port = VIRTIO_SERIAL_PORT(dev);
    VirtIOSerial *vser = port->vser;

    QTAILQ_INSERT_TAIL(&vser->ports, port, next);
    mark_port(vser, port->id, true);
    open_only_port(vser, VIRTIO_DEVICE(vser)->status);
    send_control_event(vser, port->id, VIRTIO_CONSOLE_PORT_ADD, 1);
}

static void virtser_port_device_unrealize(DeviceState *dev)
{
    VirtIOSerialPort *port = VIRTIO_SERIAL_PORT(dev);
    VirtIOSerialPortClass *vsc = VIRTIO_SERIAL_PORT_GET_CLASS(port);
    VirtIOSerial *vser = port->vser;

    /* Number 0 stays reserved, whether a console has it or none. */
    if (port->id > 0) {
        mark_port(vser, port->id, false);
    }
    discard_port_data(port);
    send_control_event(vser, port->id, VIRTIO_CONSOLE_PORT_REMOVE, 1);
    QTAILQ_REMOVE(&vser->ports, port, next);

    if (vsc->unrealize) {
        vsc->unrealize(dev);
    }
    qemu_bh_delete(port->bh);
}

/* The configuration (virtio 1.2, 5.3.4) */

static uint64_t virtio_serial_get_features(VirtIODevice *vdev,
                                           uint64_t features, Error **errp)
{
    VirtIOSerial *vser = VIRTIO_SERIAL(vdev);

    features |= vser->host_features;
    if (vser->bus.max_nr_ports > 1) {
        virtio_add_feature(&features, VIRTIO_CONSOLE_F_MULTIPORT);
    }
    return features;
}

static void virtio_serial_get_config(VirtIODevice *vdev, uint8_t *config_data)
{
    VirtIOSerial *vser = VIRTIO_SERIAL(vdev);
    struct virtio_console_config *config = (void *)config_data;

    /* Without VIRTIO_CONSOLE_F_SIZE the first two mean nothing. */
    config->cols = 0;
    config->rows = 0;
    virtio_stl_p(vdev, &config->max_nr_ports,
                 vser->serial.max_virtserial_ports);
}

/* A character for the console from a guest that has no queues, or no more. */
static void virtio_serial_set_config(VirtIODevice *vdev,
                                     const uint8_t *config_data)
{
    VirtIOSerial *vser = VIRTIO_SERIAL(vdev);
    struct virtio_console_config *config = (void *)config_data;
    VirtIOSerialPort *port;
    uint8_t emerg_wr;

    /* The field is there only with the feature; 0 is not a character. */
    if (!virtio_has_feature(vser->host_features,
                            VIRTIO_CONSOLE_F_EMERG_WRITE) ||
        !config->emerg_wr) {
        return;
    }
    emerg_wr = virtio_ldl_p(vdev, &config->emerg_wr);
    config->emerg_wr = 0;

    port = find_first_connected_console(vser);
    if (port) {
        VIRTIO_SERIAL_PORT_GET_CLASS(port)->have_data(port, &emerg_wr, 1);
    }
}

/* Status */

/* No port is open any more, and nothing of the rings is kept. */
static void guest_reset(VirtIOSerial *vser)
{
    VirtIOSerialPort *port;

    virtio_serial_drop_post_load(vser);
    discard_control_events(vser);
    QTAILQ_FOREACH(port, &vser->ports, next) {
        VirtIOSerialPortClass *vsc = VIRTIO_SERIAL_PORT_GET_CLASS(port);

        discard_throttle_data(port);
        if (port->guest_connected) {
            port->guest_connected = false;
            if (vsc->set_guest_connected) {
                vsc->set_guest_connected(port, false);
            }
        }
    }
}

static void virtio_serial_set_status(VirtIODevice *vdev, uint8_t status)
{
    VirtIOSerial *vser = VIRTIO_SERIAL(vdev);
    VirtIOSerialPort *port;

    if (!(status & VIRTIO_CONFIG_S_DRIVER_OK)) {
        guest_reset(vser);
    }
    open_only_port(vser, status);

    QTAILQ_FOREACH(port, &vser->ports, next) {
        VirtIOSerialPortClass *vsc = VIRTIO_SERIAL_PORT_GET_CLASS(port);

        if (vsc->enable_backend) {
            vsc->enable_backend(port, vdev->vm_running);
        }
        /* It may have become ready for more while the machine stood still. */
        if (vdev->vm_running && port->elem && !port->throttled) {
            qemu_bh_schedule(port->bh);
        }
    }
}

static void virtio_serial_reset(VirtIODevice *vdev)
{
    guest_reset(VIRTIO_SERIAL(vdev));
}

/* One queue ends (VIRTIO_F_RING_RESET). */
static void virtio_serial_queue_reset(VirtIODevice *vdev, uint32_t queue_index)
{
    VirtIOSerial *vser = VIRTIO_SERIAL(vdev);
    VirtQueue *vq = virtio_get_queue(vdev, queue_index);
    VirtIOSerialPort *port = find_port_by_vq(vser, vq);

    if (vq == vser->c_ivq) {
        discard_control_events(vser);
    } else if (port && vq == port->ovq) {
        discard_throttle_data(port);
    }
}

/* The device's life */

static void virtio_serial_add_queues(VirtIOSerial *vser)
{
    VirtIODevice *vdev = VIRTIO_DEVICE(vser);

    for (uint32_t i = 0; i < vser->bus.max_nr_ports; i++) {
        vser->ivqs[i] = virtio_add_queue(vdev, VIRTIO_SERIAL_QUEUE_SIZE,
                                         virtio_serial_handle_input);
        vser->ovqs[i] = virtio_add_queue(vdev, VIRTIO_SERIAL_QUEUE_SIZE,
                                         virtio_serial_handle_output);
        if (i == 0) {
            /* A driver without MULTIPORT does not look behind port 0. */
            vser->c_ivq = virtio_add_queue(vdev, VIRTIO_SERIAL_CONTROL_SIZE,
                                           control_in);
            vser->c_ovq = virtio_add_queue(vdev, VIRTIO_SERIAL_CONTROL_SIZE,
                                           control_out);
        }
    }
}

static void virtio_serial_device_realize(DeviceState *dev, Error **errp)
{
    VirtIODevice *vdev = VIRTIO_DEVICE(dev);
    VirtIOSerial *vser = VIRTIO_SERIAL(dev);
    uint32_t max_ports = vser->serial.max_virtserial_ports;
    /* A port has two queues, and two are for control. */
    uint32_t max_supported_ports = VIRTIO_QUEUE_MAX / 2 - 1;
    size_t config_size = sizeof(struct virtio_console_config);

    if (!max_ports) {
        error_setg(errp, "Maximum number of serial ports not specified");
        return;
    }
    if (max_ports > max_supported_ports) {
        error_setg(errp, "maximum ports supported: %u", max_supported_ports);
        return;
    }

    if (!virtio_has_feature(vser->host_features,
                            VIRTIO_CONSOLE_F_EMERG_WRITE)) {
        config_size = offsetof(struct virtio_console_config, emerg_wr);
    }
    virtio_init(vdev, VIRTIO_ID_CONSOLE, config_size);

    /* It is there already if the device was realized before. */
    if (!vser->bus.vser) {
        qbus_init(&vser->bus, sizeof(vser->bus), TYPE_VIRTIO_SERIAL_BUS, dev,
                  vdev->bus_name);
    }
    qbus_set_hotplug_handler(BUS(&vser->bus), OBJECT(vser));
    vser->bus.vser = vser;
    vser->bus.max_nr_ports = max_ports;
    QTAILQ_INIT(&vser->ports);
    QTAILQ_INIT(&vser->pending);

    vser->ivqs = g_new0(VirtQueue *, max_ports);
    vser->ovqs = g_new0(VirtQueue *, max_ports);
    virtio_serial_add_queues(vser);
    vser->ports_map = g_new0(uint32_t, DIV_ROUND_UP(max_ports, 32));
    mark_port(vser, 0, true);
    QLIST_INSERT_HEAD(&vserdevices, vser, next);
}

/* The ports are gone: a bus is unrealized before its device. */
static void virtio_serial_device_unrealize(DeviceState *dev)
{
    VirtIODevice *vdev = VIRTIO_DEVICE(dev);
    VirtIOSerial *vser = VIRTIO_SERIAL(dev);

    QLIST_REMOVE(vser, next);
    virtio_serial_drop_post_load(vser);
    discard_control_events(vser);
    virtio_delete_queue(vser->c_ivq);
    virtio_delete_queue(vser->c_ovq);
    for (uint32_t i = 0; i < vser->bus.max_nr_ports; i++) {
        virtio_delete_queue(vser->ivqs[i]);
        virtio_delete_queue(vser->ovqs[i]);
    }
    g_clear_pointer(&vser->ivqs, g_free);
    g_clear_pointer(&vser->ovqs, g_free);
    g_clear_pointer(&vser->ports_map, g_free);
    qbus_set_hotplug_handler(BUS(&vser->bus), NULL);
    virtio_cleanup(vdev);
}

/* Types */

/* For `info qtree`. */
static void virtser_bus_dev_print(Monitor *mon, DeviceState *qdev, int indent)
{
    VirtIOSerialPort *port = VIRTIO_SERIAL_PORT(qdev);

    monitor_printf(mon, "%*sport %d, guest %s, host %s, throttle %s\n",
                   indent, "", port->id,
                   port->guest_connected ? "on" : "off",
                   port->host_connected ? "on" : "off",
                   port->throttled ? "on" : "off");
}

static void virtser_bus_class_init(ObjectClass *klass, void *data)
{
    BUS_CLASS(klass)->print_dev = virtser_bus_dev_print;
}

static const TypeInfo virtser_bus_info = {
    .name = TYPE_VIRTIO_SERIAL_BUS,
    .parent = TYPE_BUS,
    .instance_size = sizeof(VirtIOSerialBus),
    .class_init = virtser_bus_class_init,
};

static Property virtser_port_properties[] = {
    DEFINE_PROP_UINT32("nr", VirtIOSerialPort, id, VIRTIO_CONSOLE_BAD_ID),
    DEFINE_PROP_STRING("name", VirtIOSerialPort, name),
    DEFINE_PROP_END_OF_LIST(),
};

static void virtio_serial_port_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    set_bit(DEVICE_CATEGORY_INPUT, dc->categories);
    dc->bus_type = TYPE_VIRTIO_SERIAL_BUS;
    dc->realize = virtser_port_device_realize;
    dc->unrealize = virtser_port_device_unrealize;
    device_class_set_props(dc, virtser_port_properties);
}

static const TypeInfo virtio_serial_port_type_info = {
    .name = TYPE_VIRTIO_SERIAL_PORT,
    .parent = TYPE_DEVICE,
    .instance_size = sizeof(VirtIOSerialPort),
    .abstract = true,
    .class_size = sizeof(VirtIOSerialPortClass),
    .class_init = virtio_serial_port_class_init,
};

static const VMStateDescription vmstate_virtio_console = {
    .name = "virtio-console",
    .minimum_version_id = 3,
    .version_id = 3,
    .fields = (VMStateField[]) {
        VMSTATE_VIRTIO_DEVICE,
        VMSTATE_END_OF_LIST()
    },
};

static Property virtio_serial_properties[] = {
    DEFINE_PROP_UINT32("max_ports", VirtIOSerial,
                       serial.max_virtserial_ports, 31),
    DEFINE_PROP_BIT64("emergency-write", VirtIOSerial, host_features,
                      VIRTIO_CONSOLE_F_EMERG_WRITE, true),
    DEFINE_PROP_END_OF_LIST(),
};

static void virtio_serial_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    VirtioDeviceClass *vdc = VIRTIO_DEVICE_CLASS(klass);
    HotplugHandlerClass *hc = HOTPLUG_HANDLER_CLASS(klass);

    device_class_set_props(dc, virtio_serial_properties);
    dc->vmsd = &vmstate_virtio_console;
    set_bit(DEVICE_CATEGORY_INPUT, dc->categories);
    vdc->realize = virtio_serial_device_realize;
    vdc->unrealize = virtio_serial_device_unrealize;
    vdc->get_features = virtio_serial_get_features;
    vdc->get_config = virtio_serial_get_config;
    vdc->set_config = virtio_serial_set_config;
    vdc->set_status = virtio_serial_set_status;
    vdc->reset = virtio_serial_reset;
    vdc->queue_reset = virtio_serial_queue_reset;
    vdc->save = virtio_serial_save_device;
    vdc->load = virtio_serial_load_device;
    hc->plug = virtser_port_device_plug;
    hc->unplug = qdev_simple_device_unplug_cb;
}

static const TypeInfo virtio_serial_device_info = {
    .name = TYPE_VIRTIO_SERIAL,
    .parent = TYPE_VIRTIO_DEVICE,
    .instance_size = sizeof(VirtIOSerial),
    .class_init = virtio_serial_class_init,
    .interfaces = (InterfaceInfo[]) {
        { TYPE_HOTPLUG_HANDLER },
        { }
    },
};

static void virtio_serial_register_types(void)
{
    type_register_static(&virtser_bus_info);
    type_register_static(&virtio_serial_port_type_info);
    type_register_static(&virtio_serial_device_info);
}

type_init(virtio_serial_register_types)
