/*
 * SMBus slaves.  See include/hw/i2c/smbus_slave.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/log.h"
#include "qemu/module.h"
#include "hw/i2c/smbus_slave.h"
#include "migration/vmstate.h"

/* SMBusDevice.mode; the numbers are part of the migration format. */
enum {
    SMBUS_CONFUSED = -1,        /* the master did what SMBus does not know */
    SMBUS_IDLE = 0,
    SMBUS_WRITE_DATA = 1,
    SMBUS_READ_DATA = 2,
    SMBUS_DONE = 3,             /* read to the end; a stop has to come */
};

static void smbus_confuse(SMBusDevice *dev, const char *what)
{
    qemu_log_mask(LOG_GUEST_ERROR, "smbus(0x%02x): %s\n", dev->i2c.address,
                  what);
    dev->mode = SMBUS_CONFUSED;
}

static void smbus_do_quick_cmd(SMBusDevice *dev, bool read)
{
    SMBusDeviceClass *sc = SMBUS_DEVICE_GET_CLASS(dev);

    if (sc->quick_cmd) {
        sc->quick_cmd(dev, read);
    }
}

static void smbus_do_write(SMBusDevice *dev)
{
    SMBusDeviceClass *sc = SMBUS_DEVICE_GET_CLASS(dev);

    if (sc->write_data) {
        sc->write_data(dev, dev->data_buf, dev->data_len);
    }
}

static void smbus_start_recv(SMBusDevice *dev)
{
    switch (dev->mode) {
    case SMBUS_IDLE:
        dev->mode = SMBUS_READ_DATA;
        break;
    case SMBUS_WRITE_DATA:
        if (dev->data_len == 0) {
            smbus_confuse(dev, "read after a write without a command");
            break;
        }
        smbus_do_write(dev);
        dev->mode = SMBUS_READ_DATA;
        break;
    default:
        smbus_confuse(dev, "unexpected start of a read");
        break;
    }
}

static void smbus_finish(SMBusDevice *dev)
{
    if (dev->mode == SMBUS_WRITE_DATA && dev->data_len > 0) {
        smbus_do_write(dev);
    } else if (dev->mode == SMBUS_WRITE_DATA) {
        smbus_do_quick_cmd(dev, false);
    } else if (dev->mode == SMBUS_READ_DATA && dev->data_len == 0) {
        smbus_do_quick_cmd(dev, true);
    }
    dev->mode = SMBUS_IDLE;
    dev->data_len = 0;
}

static int smbus_i2c_event(I2CSlave *s, enum i2c_event event)
{
    SMBusDevice *dev = SMBUS_DEVICE(s);

    switch (event) {
    case I2C_START_SEND:
        if (dev->mode == SMBUS_IDLE) {
            dev->mode = SMBUS_WRITE_DATA;
        } else {
            smbus_confuse(dev, "unexpected start of a write");
        }
        break;
    case I2C_START_RECV:
        smbus_start_recv(dev);
        break;
    case I2C_FINISH:
        smbus_finish(dev);
        break;
    case I2C_NACK:
        if (dev->mode == SMBUS_READ_DATA) {
            dev->mode = SMBUS_DONE;
        } else if (dev->mode != SMBUS_DONE) {
            smbus_confuse(dev, "unexpected NACK");
        }
        break;
    default:
        return -1;
    }
    return 0;
}

static uint8_t smbus_i2c_recv(I2CSlave *s)
{
    SMBusDevice *dev = SMBUS_DEVICE(s);
    SMBusDeviceClass *sc = SMBUS_DEVICE_GET_CLASS(dev);

    if (dev->mode != SMBUS_READ_DATA) {
        smbus_confuse(dev, "unexpected read");
        return 0xff;
    }
    /* With a byte it is no quick command. */
    dev->data_len = 1;
    return sc->receive_byte ? sc->receive_byte(dev) : 0xff;
}

static int smbus_i2c_send(I2CSlave *s, uint8_t data)
{
    SMBusDevice *dev = SMBUS_DEVICE(s);

    if (dev->mode != SMBUS_WRITE_DATA) {
        smbus_confuse(dev, "unexpected write");
    } else if (dev->data_len >= sizeof(dev->data_buf)) {
        smbus_confuse(dev, "too many bytes sent");
    } else {
        dev->data_buf[dev->data_len++] = data;
    }
    return 0;
}

bool smbus_vmstate_needed(SMBusDevice *dev)
{
    return dev->mode != SMBUS_IDLE;
}

/* What indexes data_buf comes from outside. */
static int smbus_device_post_load(void *opaque, int version_id)
{
    SMBusDevice *dev = opaque;

    return dev->data_len < 0 || dev->data_len > SMBUS_DATA_MAX_LEN
           ? -EINVAL : 0;
}

const VMStateDescription vmstate_smbus_device = {
    .name = TYPE_SMBUS_DEVICE,
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = smbus_device_post_load,
    .fields = (VMStateField[]) {
        VMSTATE_I2C_SLAVE(i2c, SMBusDevice),
        VMSTATE_INT32(mode, SMBusDevice),
        VMSTATE_INT32(data_len, SMBusDevice),
        VMSTATE_UINT8_ARRAY(data_buf, SMBusDevice, SMBUS_DATA_MAX_LEN),
        VMSTATE_END_OF_LIST()
    }
};

static void smbus_device_class_init(ObjectClass *klass, void *data)
{
    I2CSlaveClass *sc = I2C_SLAVE_CLASS(klass);

    sc->event = smbus_i2c_event;
    sc->recv = smbus_i2c_recv;
    sc->send = smbus_i2c_send;
}

static const TypeInfo smbus_device_type_info = {
    .name = TYPE_SMBUS_DEVICE,
    .parent = TYPE_I2C_SLAVE,
    .instance_size = sizeof(SMBusDevice),
    .abstract = true,
    .class_size = sizeof(SMBusDeviceClass),
    .class_init = smbus_device_class_init,
};

static void smbus_device_register_types(void)
{
    type_register_static(&smbus_device_type_info);
}

type_init(smbus_device_register_types)
