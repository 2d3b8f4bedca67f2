/*
 * SMBus slaves: I2C devices that are addressed with a command byte.
 *
 * A transfer is one of
 *
 *     quick         address alone; its R/W bit is the message
 *     write         command, 0 to 33 bytes
 *     read          command, repeated start, bytes
 *     receive byte  bytes, with no command before
 *
 * The base type SMBusDevice collects what is written and hands it over at once.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SMBUS_SLAVE_H
#define HW_SMBUS_SLAVE_H

#include "hw/i2c/i2c.h"
#include "qom/object.h"

#define TYPE_SMBUS_DEVICE "smbus-device"
OBJECT_DECLARE_TYPE(SMBusDevice, SMBusDeviceClass,
                    SMBUS_DEVICE)

/*
 * @quick_cmd: called at the stop of a transfer without bytes.
 * @write_data: @buf[0] is the command; called at the stop, or at the repeated
 *     start of a read.  The result is ignored so far: 0.
 * @receive_byte: the next byte for the master.
 */
struct SMBusDeviceClass {
    I2CSlaveClass parent_class;

    void (*quick_cmd)(SMBusDevice *dev, uint8_t read);
    int (*write_data)(SMBusDevice *dev, uint8_t *buf, uint8_t len);
    uint8_t (*receive_byte)(SMBusDevice *dev);
};

/* Command, length and 32 bytes: the longest transfer. */
#define SMBUS_DATA_MAX_LEN 34

struct SMBusDevice {
    I2CSlave i2c;

    /* Where in a transfer it is, and what of it was written. */
    int32_t mode;
    int32_t data_len;
    uint8_t data_buf[SMBUS_DATA_MAX_LEN];
};

extern const VMStateDescription vmstate_smbus_device;

#define VMSTATE_SMBUS_DEVICE(_field, _state) {                       \
    .name       = (stringify(_field)),                               \
    .size       = sizeof(SMBusDevice),                               \
    .vmsd       = &vmstate_smbus_device,                             \
    .flags      = VMS_STRUCT,                                        \
    .offset     = vmstate_offset_value(_state, _field, SMBusDevice), \
}

/* For a `needed`: a transfer is going on. */
bool smbus_vmstate_needed(SMBusDevice *dev);

#endif
