/*
 * I2C: two wires, one master at a time, and slaves with 7-bit addresses.
 *
 * A controller is a device with an I2CBus, on which it speaks as the master:
 *
 *     if (i2c_start_send(bus, 0x48) == 0) {     start, address, R/W = 0
 *         i2c_send(bus, 0x02);                  a byte; 0: it was acknowledged
 *         i2c_start_recv(bus, 0x48);            repeated start, R/W = 1
 *         high = i2c_recv(bus);
 *         i2c_nack(bus);                        that was the last one
 *     }
 *     i2c_end_transfer(bus);                    stop
 *
 * A slave (I2CSlave) hears of starts and stops by event(), and has send() for
 * bytes to it, and recv() for bytes from it.  Address 0 is the general call: all
 * slaves hear it, nobody answers.
 *
 * A device may be master itself and send to the controller as slave.  It asks
 * for the bus with i2c_bus_master(), and once that is idle its BH runs, for
 * each byte that the slave has acknowledged (i2c_ack()) again.
 *
 * SMBus (hw/i2c/smbus_slave.h, smbus_master.h) is a set of transfers on top.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_I2C_H
#define QEMU_I2C_H

#include "hw/qdev-core.h"
#include "qom/object.h"

/* What a slave is told.  A NACK is the master's, of a byte that was read. */
enum i2c_event {
    I2C_START_RECV,
    I2C_START_SEND,
    I2C_START_SEND_ASYNC,
    I2C_FINISH,
    I2C_NACK
};

typedef struct I2CNodeList I2CNodeList;

#define TYPE_I2C_SLAVE "i2c-slave"
OBJECT_DECLARE_TYPE(I2CSlave, I2CSlaveClass,
                    I2C_SLAVE)

/*
 * @send: a byte from the master; 0 is an acknowledgment.
 * @send_async: the same of a master that waits; i2c_ack() is the answer.
 * @recv: a byte for the master.
 * @event: see above; not 0 is "no", to a start.
 * @match_and_add: is it addressed?  Then adds @candidate to @current_devs; a
 *     slave that leads on to others (a mux) adds those.
 */
struct I2CSlaveClass {
    DeviceClass parent_class;

    int (*send)(I2CSlave *s, uint8_t data);
    void (*send_async)(I2CSlave *s, uint8_t data);
    uint8_t (*recv)(I2CSlave *s);
    int (*event)(I2CSlave *s, enum i2c_event event);
    bool (*match_and_add)(I2CSlave *candidate, uint8_t address, bool broadcast,
                          I2CNodeList *current_devs);
};

struct I2CSlave {
    DeviceState qdev;

    uint8_t address;            /* property */
};

#define TYPE_I2C_BUS "i2c-bus"
OBJECT_DECLARE_SIMPLE_TYPE(I2CBus, I2C_BUS)

typedef struct I2CNode I2CNode;

/* A slave that the transfer is with. */
struct I2CNode {
    I2CSlave *elt;
    QLIST_ENTRY(I2CNode) next;
};

typedef struct I2CPendingMaster I2CPendingMaster;

struct I2CPendingMaster {
    QEMUBH *bh;
    QSIMPLEQ_ENTRY(I2CPendingMaster) entry;
};

typedef QLIST_HEAD(I2CNodeList, I2CNode) I2CNodeList;
typedef QSIMPLEQ_HEAD(I2CPendingMasters, I2CPendingMaster) I2CPendingMasters;

/*
 * @current_devs: whom the transfer is with; empty between transfers.
 * @saved_address: for migration.
 * @bh: of the device that is master now, if it is not the controller.
 */
struct I2CBus {
    BusState qbus;

    I2CNodeList current_devs;
    I2CPendingMasters pending_masters;
    uint8_t saved_address;
    bool broadcast;
    QEMUBH *bh;
};

/* A bus below @parent. */
I2CBus *i2c_init_bus(DeviceState *parent, const char *name);
int i2c_bus_busy(I2CBus *bus);

/*
 * Put those whom @address means into @current_devs.  True if there are any.
 * For buses and muxes.
 */
bool i2c_scan_bus(I2CBus *bus, uint8_t address, bool broadcast,
                  I2CNodeList *current_devs);

/*
 * A start, or in a transfer a repeated one, and the address.  0 if a slave
 * acknowledged it; else -1 or what the slave's event() said, and the transfer
 * is over, if it was the first start.
 */
int i2c_start_transfer(I2CBus *bus, uint8_t address, bool is_recv);
int i2c_start_recv(I2CBus *bus, uint8_t address);
int i2c_start_send(I2CBus *bus, uint8_t address);
/* The bytes of this one are sent with i2c_send_async(). */
int i2c_start_send_async(I2CBus *bus, uint8_t address);

void i2c_end_transfer(I2CBus *bus);
void i2c_nack(I2CBus *bus);
void i2c_ack(I2CBus *bus);

/* Become the master as soon as the bus is idle: then @bh is scheduled. */
void i2c_bus_master(I2CBus *bus, QEMUBH *bh);
void i2c_bus_release(I2CBus *bus);

/* 0: somebody acknowledged the byte; -1: nobody did. */
int i2c_send(I2CBus *bus, uint8_t data);
int i2c_send_async(I2CBus *bus, uint8_t data);
/* 0xff if nobody drives the wire. */
uint8_t i2c_recv(I2CBus *bus);

/* A new slave, not yet on a bus; the reference is the caller's. */
I2CSlave *i2c_slave_new(const char *name, uint8_t addr);
/* New, on the bus, realized; what fails ends the program. */
I2CSlave *i2c_slave_create_simple(I2CBus *bus, const char *name, uint8_t addr);
bool i2c_slave_realize_and_unref(I2CSlave *dev, I2CBus *bus, Error **errp);
void i2c_slave_set_address(I2CSlave *dev, uint8_t address);

extern const VMStateDescription vmstate_i2c_slave;

#define VMSTATE_I2C_SLAVE(_field, _state) {                          \
    .name       = (stringify(_field)),                               \
    .size       = sizeof(I2CSlave),                                  \
    .vmsd       = &vmstate_i2c_slave,                                \
    .flags      = VMS_STRUCT,                                        \
    .offset     = vmstate_offset_value(_state, _field, I2CSlave),    \
}

#endif
