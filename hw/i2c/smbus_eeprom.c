/*
 * smbus-eeprom: 256 bytes on an SMBus.  See include/hw/i2c/smbus_eeprom.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/module.h"
#include "hw/boards.h"
#include "hw/i2c/smbus_eeprom.h"
#include "hw/i2c/smbus_slave.h"
#include "hw/qdev-properties.h"
#include "migration/vmstate.h"

#define TYPE_SMBUS_EEPROM "smbus-eeprom"
OBJECT_DECLARE_SIMPLE_TYPE(SMBusEEPROMDevice, SMBUS_EEPROM)

#define SMBUS_EEPROM_SIZE 256
#define SMBUS_EEPROM_FIRST_ADDRESS 0x50

struct SMBusEEPROMDevice {
    SMBusDevice smbusdev;

    /* The board's, before realize: what is on it at power-on. */
    uint8_t init_data[SMBUS_EEPROM_SIZE];

    uint8_t data[SMBUS_EEPROM_SIZE];
    uint8_t offset;
    bool accessed;
};

static uint8_t eeprom_receive_byte(SMBusDevice *dev)
{
    SMBusEEPROMDevice *eeprom = SMBUS_EEPROM(dev);

    eeprom->accessed = true;
    return eeprom->data[eeprom->offset++];
}

/* The offset wraps, as the chip's counter does. */
static int eeprom_write_data(SMBusDevice *dev, uint8_t *buf, uint8_t len)
{
    SMBusEEPROMDevice *eeprom = SMBUS_EEPROM(dev);

    eeprom->accessed = true;
    eeprom->offset = buf[0];
    for (int i = 1; i < len; i++) {
        eeprom->data[eeprom->offset++] = buf[i];
    }
    return 0;
}

static bool smbus_eeprom_vmstate_needed(void *opaque)
{
    SMBusEEPROMDevice *eeprom = opaque;
    MachineClass *mc = MACHINE_GET_CLASS(qdev_get_machine());

    return (eeprom->accessed || smbus_vmstate_needed(&eeprom->smbusdev)) &&
           !mc->smbus_no_migration_support;
}

static const VMStateDescription vmstate_smbus_eeprom = {
    .name = "smbus-eeprom",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = smbus_eeprom_vmstate_needed,
    .fields = (VMStateField[]) {
        VMSTATE_SMBUS_DEVICE(smbusdev, SMBusEEPROMDevice),
        VMSTATE_UINT8_ARRAY(data, SMBusEEPROMDevice, SMBUS_EEPROM_SIZE),
        VMSTATE_UINT8(offset, SMBusEEPROMDevice),
        VMSTATE_BOOL(accessed, SMBusEEPROMDevice),
        VMSTATE_END_OF_LIST()
    }
};

/* Also what was written is gone: the machine is a new one. */
static void smbus_eeprom_reset(DeviceState *dev)
{
    SMBusEEPROMDevice *eeprom = SMBUS_EEPROM(dev);

    memcpy(eeprom->data, eeprom->init_data, SMBUS_EEPROM_SIZE);
    eeprom->offset = 0;
}

static void smbus_eeprom_realize(DeviceState *dev, Error **errp)
{
    smbus_eeprom_reset(dev);
}

static void smbus_eeprom_class_initfn(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    SMBusDeviceClass *sc = SMBUS_DEVICE_CLASS(klass);

    dc->realize = smbus_eeprom_realize;
    dc->reset = smbus_eeprom_reset;
    dc->vmsd = &vmstate_smbus_eeprom;
    sc->receive_byte = eeprom_receive_byte;
    sc->write_data = eeprom_write_data;
    /* What is on it comes from the board. */
    dc->user_creatable = false;
}

static const TypeInfo smbus_eeprom_types[] = {
    {
        .name          = TYPE_SMBUS_EEPROM,
        .parent        = TYPE_SMBUS_DEVICE,
        .instance_size = sizeof(SMBusEEPROMDevice),
        .class_init    = smbus_eeprom_class_initfn,
    },
};

DEFINE_TYPES(smbus_eeprom_types)

void smbus_eeprom_init_one(I2CBus *bus, uint8_t address, uint8_t *eeprom_buf)
{
    DeviceState *dev = qdev_new(TYPE_SMBUS_EEPROM);

    qdev_prop_set_uint8(dev, "address", address);
    memcpy(SMBUS_EEPROM(dev)->init_data, eeprom_buf, SMBUS_EEPROM_SIZE);
    qdev_realize_and_unref(dev, BUS(bus), &error_fatal);
}

void smbus_eeprom_init(I2CBus *bus, int nb_eeprom,
                       const uint8_t *initial_data, int size)
{
    g_autofree uint8_t *buf = g_malloc0(nb_eeprom * SMBUS_EEPROM_SIZE);

    if (size) {
        memcpy(buf, initial_data, size);
    }
    for (int i = 0; i < nb_eeprom; i++) {
        smbus_eeprom_init_one(bus, SMBUS_EEPROM_FIRST_ADDRESS + i,
                              buf + i * SMBUS_EEPROM_SIZE);
    }
}
