/*
 * The I2C bus and its slaves.  See include/hw/i2c/i2c.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "hw/i2c/i2c.h"
#include "hw/qdev-properties.h"
#include "migration/vmstate.h"
#include "trace.h"

#define I2C_BROADCAST 0x00
/* I2CBus.saved_address: no transfer was going on. */
#define I2C_NO_ADDRESS 0xff

/* Whom a transfer is with */

static void i2c_add_current_dev(I2CNodeList *list, I2CSlave *slave)
{
    I2CNode *node = g_new0(I2CNode, 1);

    node->elt = slave;
    QLIST_INSERT_HEAD(list, node, next);
}

static void i2c_clear_current_devs(I2CBus *bus)
{
    I2CNode *node, *next;

    QLIST_FOREACH_SAFE(node, &bus->current_devs, next, next) {
        QLIST_REMOVE(node, next);
        g_free(node);
    }
    bus->broadcast = false;
}

static bool i2c_slave_match(I2CSlave *candidate, uint8_t address,
                            bool broadcast, I2CNodeList *current_devs)
{
    if (!broadcast && candidate->address != address) {
        return false;
    }
    i2c_add_current_dev(current_devs, candidate);
    return true;
}

bool i2c_scan_bus(I2CBus *bus, uint8_t address, bool broadcast,
                  I2CNodeList *current_devs)
{
    BusChild *kid;

    QTAILQ_FOREACH(kid, &bus->qbus.children, sibling) {
        I2CSlave *candidate = I2C_SLAVE(kid->child);
        I2CSlaveClass *sc = I2C_SLAVE_GET_CLASS(candidate);

        if (sc->match_and_add(candidate, address, broadcast, current_devs) &&
            !broadcast) {
            break;
        }
    }
    return !QLIST_EMPTY(current_devs);
}

/* The master's part */

int i2c_bus_busy(I2CBus *bus)
{
    return !QLIST_EMPTY(&bus->current_devs) || bus->bh;
}

static int i2c_do_start_transfer(I2CBus *bus, uint8_t address,
                                 enum i2c_event event)
{
    bool first = QLIST_EMPTY(&bus->current_devs);
    I2CNode *node;

    /*
     * A repeated start goes to those of the first one: an SMBus transfer turns
     * from writing to reading without a stop.
     */
    if (address == I2C_BROADCAST) {
        bus->broadcast = true;
    }
    if (first && !i2c_scan_bus(bus, address, bus->broadcast,
                               &bus->current_devs)) {
        bus->broadcast = false;
        return 1;
    }

    QLIST_FOREACH(node, &bus->current_devs, next) {
        I2CSlave *s = node->elt;
        I2CSlaveClass *sc = I2C_SLAVE_GET_CLASS(s);
        int rv;

        if (!sc->event) {
            continue;
        }
        trace_i2c_event(event == I2C_START_RECV ? "start" :
                        event == I2C_START_SEND ? "start" : "start_async",
                        s->address);
        rv = sc->event(s, event);
        if (rv && !bus->broadcast) {
            if (first) {
                i2c_end_transfer(bus);
            }
            return rv;
        }
    }
    return 0;
}

int i2c_start_transfer(I2CBus *bus, uint8_t address, bool is_recv)
{
    return i2c_do_start_transfer(bus, address,
                                 is_recv ? I2C_START_RECV : I2C_START_SEND);
}

int i2c_start_recv(I2CBus *bus, uint8_t address)
{
    return i2c_do_start_transfer(bus, address, I2C_START_RECV);
}

int i2c_start_send(I2CBus *bus, uint8_t address)
{
    return i2c_do_start_transfer(bus, address, I2C_START_SEND);
}

int i2c_start_send_async(I2CBus *bus, uint8_t address)
{
    return i2c_do_start_transfer(bus, address, I2C_START_SEND_ASYNC);
}

void i2c_end_transfer(I2CBus *bus)
{
    I2CNode *node;

    QLIST_FOREACH(node, &bus->current_devs, next) {
        I2CSlave *s = node->elt;
        I2CSlaveClass *sc = I2C_SLAVE_GET_CLASS(s);

        if (sc->event) {
            trace_i2c_event("finish", s->address);
            sc->event(s, I2C_FINISH);
        }
    }
    i2c_clear_current_devs(bus);
}

int i2c_send(I2CBus *bus, uint8_t data)
{
    I2CNode *node;
    int ret = 0;

    QLIST_FOREACH(node, &bus->current_devs, next) {
        I2CSlave *s = node->elt;
        I2CSlaveClass *sc = I2C_SLAVE_GET_CLASS(s);

        if (sc->send) {
            trace_i2c_send(s->address, data);
            ret |= sc->send(s, data);
        } else {
            ret = -1;
        }
    }
    return ret ? -1 : 0;
}

int i2c_send_async(I2CBus *bus, uint8_t data)
{
    I2CNode *node = QLIST_FIRST(&bus->current_devs);
    I2CSlave *s = node ? node->elt : NULL;
    I2CSlaveClass *sc = s ? I2C_SLAVE_GET_CLASS(s) : NULL;

    if (!sc || !sc->send_async) {
        return -1;
    }
    trace_i2c_send_async(s->address, data);
    sc->send_async(s, data);
    return 0;
}

/* All slaves of a general call would drive the wire at once: none does. */
uint8_t i2c_recv(I2CBus *bus)
{
    I2CNode *node = QLIST_FIRST(&bus->current_devs);
    uint8_t data = 0xff;

    if (node && !bus->broadcast) {
        I2CSlave *s = node->elt;
        I2CSlaveClass *sc = I2C_SLAVE_GET_CLASS(s);

        if (sc->recv) {
            data = sc->recv(s);
            trace_i2c_recv(s->address, data);
        }
    }
    return data;
}

void i2c_nack(I2CBus *bus)
{
    I2CNode *node;

    QLIST_FOREACH(node, &bus->current_devs, next) {
        I2CSlave *s = node->elt;
        I2CSlaveClass *sc = I2C_SLAVE_GET_CLASS(s);

        if (sc->event) {
            trace_i2c_event("nack", s->address);
            sc->event(s, I2C_NACK);
        }
    }
}

/* Masters that are devices */

void i2c_ack(I2CBus *bus)
{
    if (bus->bh) {
        trace_i2c_ack();
        qemu_bh_schedule(bus->bh);
    }
}

static void i2c_schedule_pending_master(I2CBus *bus)
{
    I2CPendingMaster *next = QSIMPLEQ_FIRST(&bus->pending_masters);

    if (!next || i2c_bus_busy(bus)) {
        return;
    }
    QSIMPLEQ_REMOVE_HEAD(&bus->pending_masters, entry);
    bus->bh = next->bh;
    g_free(next);
    qemu_bh_schedule(bus->bh);
}

void i2c_bus_master(I2CBus *bus, QEMUBH *bh)
{
    I2CPendingMaster *master = g_new0(I2CPendingMaster, 1);

    master->bh = bh;
    QSIMPLEQ_INSERT_TAIL(&bus->pending_masters, master, entry);
    i2c_schedule_pending_master(bus);
}

void i2c_bus_release(I2CBus *bus)
{
    bus->bh = NULL;
    i2c_schedule_pending_master(bus);
}

/* Migration: the bus sends the address, and each slave adds itself */

static int i2c_bus_pre_save(void *opaque)
{
    I2CBus *bus = opaque;
    I2CNode *node = QLIST_FIRST(&bus->current_devs);

    bus->saved_address = !node ? I2C_NO_ADDRESS :
                         bus->broadcast ? I2C_BROADCAST : node->elt->address;
    return 0;
}

static const VMStateDescription vmstate_i2c_bus = {
    .name = "i2c_bus",
    .version_id = 1,
    .minimum_version_id = 1,
    .pre_save = i2c_bus_pre_save,
    .fields = (VMStateField[]) {
        VMSTATE_UINT8(saved_address, I2CBus),
        VMSTATE_END_OF_LIST()
    }
};

static int i2c_slave_post_load(void *opaque, int version_id)
{
    I2CSlave *dev = opaque;
    I2CBus *bus = I2C_BUS(qdev_get_parent_bus(DEVICE(dev)));

    if (bus->saved_address == dev->address ||
        bus->saved_address == I2C_BROADCAST) {
        bus->broadcast = bus->saved_address == I2C_BROADCAST;
        i2c_add_current_dev(&bus->current_devs, dev);
    }
    return 0;
}

const VMStateDescription vmstate_i2c_slave = {
    .name = "I2CSlave",
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = i2c_slave_post_load,
    .fields = (VMStateField[]) {
        VMSTATE_UINT8(address, I2CSlave),
        VMSTATE_END_OF_LIST()
    }
};

/* Making them */

I2CBus *i2c_init_bus(DeviceState *parent, const char *name)
{
    I2CBus *bus = I2C_BUS(qbus_new(TYPE_I2C_BUS, parent, name));

    vmstate_register(NULL, VMSTATE_INSTANCE_ID_ANY, &vmstate_i2c_bus, bus);
    return bus;
}

I2CSlave *i2c_slave_new(const char *name, uint8_t addr)
{
    DeviceState *dev = qdev_new(name);

    qdev_prop_set_uint8(dev, "address", addr);
    return I2C_SLAVE(dev);
}

bool i2c_slave_realize_and_unref(I2CSlave *dev, I2CBus *bus, Error **errp)
{
    return qdev_realize_and_unref(&dev->qdev, &bus->qbus, errp);
}

I2CSlave *i2c_slave_create_simple(I2CBus *bus, const char *name, uint8_t addr)
{
    I2CSlave *dev = i2c_slave_new(name, addr);

    i2c_slave_realize_and_unref(dev, bus, &error_abort);
    return dev;
}

void i2c_slave_set_address(I2CSlave *dev, uint8_t address)
{
    dev->address = address;
}

/* Types */

static void i2c_bus_initfn(Object *obj)
{
    I2CBus *bus = I2C_BUS(obj);

    QLIST_INIT(&bus->current_devs);
    QSIMPLEQ_INIT(&bus->pending_masters);
}

static void i2c_bus_finalize(Object *obj)
{
    I2CBus *bus = I2C_BUS(obj);
    I2CPendingMaster *master, *next;

    vmstate_unregister(NULL, &vmstate_i2c_bus, bus);
    i2c_clear_current_devs(bus);
    QSIMPLEQ_FOREACH_SAFE(master, &bus->pending_masters, entry, next) {
        g_free(master);
    }
}

static const TypeInfo i2c_bus_info = {
    .name = TYPE_I2C_BUS,
    .parent = TYPE_BUS,
    .instance_size = sizeof(I2CBus),
    .instance_init = i2c_bus_initfn,
    .instance_finalize = i2c_bus_finalize,
};

static Property i2c_props[] = {
    DEFINE_PROP_UINT8("address", struct I2CSlave, address, 0),
    DEFINE_PROP_END_OF_LIST(),
};

static void i2c_slave_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *k = DEVICE_CLASS(klass);
    I2CSlaveClass *sc = I2C_SLAVE_CLASS(klass);

    set_bit(DEVICE_CATEGORY_MISC, k->categories);
    k->bus_type = TYPE_I2C_BUS;
    device_class_set_props(k, i2c_props);
    sc->match_and_add = i2c_slave_match;
}

static const TypeInfo i2c_slave_type_info = {
    .name = TYPE_I2C_SLAVE,
    .parent = TYPE_DEVICE,
    .instance_size = sizeof(I2CSlave),
    .abstract = true,
    .class_size = sizeof(I2CSlaveClass),
    .class_init = i2c_slave_class_init,
};

static void i2c_register_types(void)
{
    type_register_static(&i2c_bus_info);
    type_register_static(&i2c_slave_type_info);
}

type_init(i2c_register_types)
