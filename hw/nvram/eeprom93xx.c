/*
 * Serial memories of the 93Cxx family.  See include/hw/nvram/eeprom93xx.h.
 *
 * A command is a start bit, two bits of opcode and the address; with opcode 0
 * the address's two highest bits are more of the opcode:
 *
 *     10 read    01 write    11 erase
 *     00 11 enable writing   00 00 disable   00 10 erase all   00 01 write all
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bitops.h"
#include "hw/nvram/eeprom93xx.h"
#include "hw/qdev-core.h"
#include "migration/vmstate.h"

/*
 * @tick: bits of this command so far, with the start bit; 0 waits for that.
 * @address: of @addrbits bits.  @command: the opcode.
 * @writable: writing is enabled.  @data: word on its way, in or out.
 * @eecs, @eesk, @eedo: levels of the wires.
 */
struct _eeprom_t {
    uint8_t  tick;
    uint8_t  address;
    uint8_t  command;
    uint8_t  writable;

    uint8_t eecs;
    uint8_t eesk;
    uint8_t eedo;

    uint8_t  addrbits;
    uint16_t size;
    uint16_t data;
    uint16_t contents[];
};

enum {
    EEPROM_EXTENDED = 0,
    EEPROM_WRITE = 1,
    EEPROM_READ = 2,
    EEPROM_ERASE = 3,
};

enum {
    EEPROM_EXT_DISABLE = 0,
    EEPROM_EXT_WRITE_ALL = 1,
    EEPROM_EXT_ERASE_ALL = 2,
    EEPROM_EXT_ENABLE = 3,
};

/* The two highest bits of the address. */
static unsigned eeprom93xx_extension(const eeprom_t *eeprom)
{
    return eeprom->address >> (eeprom->addrbits - 2);
}

static unsigned eeprom93xx_word(const eeprom_t *eeprom)
{
    return eeprom->address % eeprom->size;
}

static void eeprom93xx_fill(eeprom_t *eeprom, uint16_t value)
{
    for (unsigned i = 0; i < eeprom->size; i++) {
        eeprom->contents[i] = value;
    }
}

/* The chip is no more selected: what was sent takes effect. */
static void eeprom93xx_execute(eeprom_t *eeprom)
{
    bool addressed = eeprom->tick >= 3 + eeprom->addrbits;
    bool whole = eeprom->tick >= 3 + eeprom->addrbits + 16;

    if (!addressed) {
        return;
    }
    switch (eeprom->command) {
    case EEPROM_WRITE:
        if (eeprom->writable && whole) {
            eeprom->contents[eeprom93xx_word(eeprom)] = eeprom->data;
        }
        break;
    case EEPROM_ERASE:
        if (eeprom->writable) {
            eeprom->contents[eeprom93xx_word(eeprom)] = 0xffff;
        }
        break;
    case EEPROM_EXTENDED:
        switch (eeprom93xx_extension(eeprom)) {
        case EEPROM_EXT_DISABLE:
            eeprom->writable = 0;
            break;
        case EEPROM_EXT_ENABLE:
            eeprom->writable = 1;
            break;
        case EEPROM_EXT_WRITE_ALL:
            if (eeprom->writable && whole) {
                eeprom93xx_fill(eeprom, eeprom->data);
            }
            break;
        case EEPROM_EXT_ERASE_ALL:
            if (eeprom->writable) {
                eeprom93xx_fill(eeprom, 0xffff);
            }
            break;
        }
        break;
    default:
        break;
    }
}

/* A bit, at the clock's rising edge. */
static void eeprom93xx_clock(eeprom_t *eeprom, int eedi)
{
    unsigned header = 3 + eeprom->addrbits;

    if (eeprom->tick == 0) {
        eeprom->tick = eedi ? 1 : 0;
        return;
    }
    if (eeprom->tick < 3) {
        eeprom->command = eeprom->command << 1 | eedi;
    } else if (eeprom->tick < header) {
        eeprom->address = eeprom->address << 1 | eedi;
        if (eeprom->tick == header - 1) {
            /* A zero comes before the first bit of data. */
            eeprom->eedo = 0;
            if (eeprom->command == EEPROM_READ) {
                eeprom->data = eeprom->contents[eeprom93xx_word(eeprom)];
            }
        }
    } else if (eeprom->command == EEPROM_READ) {
        eeprom->eedo = extract32(eeprom->data, 15, 1);
        eeprom->data <<= 1;
        /* Clocked on, it goes on with the next word. */
        if (eeprom->tick == header + 15) {
            eeprom->address++;
            eeprom->data = eeprom->contents[eeprom93xx_word(eeprom)];
            eeprom->tick = header - 1;
        }
    } else if (eeprom->tick < header + 16) {
        eeprom->data = eeprom->data << 1 | eedi;
    } else {
        return;
    }
    eeprom->tick++;
}

void eeprom93xx_write(eeprom_t *eeprom, int eecs, int eesk, int eedi)
{
    eecs = !!eecs;
    eesk = !!eesk;
    eedi = !!eedi;

    if (!eeprom->eecs && eecs) {
        eeprom->tick = 0;
        eeprom->command = 0;
        eeprom->address = 0;
        eeprom->data = 0;
    } else if (eeprom->eecs && !eecs) {
        eeprom93xx_execute(eeprom);
        /* Ready at once. */
        eeprom->eedo = 1;
    } else if (eecs && !eeprom->eesk && eesk) {
        eeprom93xx_clock(eeprom, eedi);
    }
    eeprom->eecs = eecs;
    eeprom->eesk = eesk;
}

uint16_t eeprom93xx_read(eeprom_t *eeprom)
{
    return eeprom->eedo;
}

uint16_t *eeprom93xx_data(eeprom_t *eeprom)
{
    return eeprom->contents;
}

static const VMStateDescription vmstate_eeprom = {
    .name = "eeprom",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_UINT8(tick, eeprom_t),
        VMSTATE_UINT8(address, eeprom_t),
        VMSTATE_UINT8(command, eeprom_t),
        VMSTATE_UINT8(writable, eeprom_t),
        VMSTATE_UINT8(eecs, eeprom_t),
        VMSTATE_UINT8(eesk, eeprom_t),
        VMSTATE_UINT8(eedo, eeprom_t),
        VMSTATE_UINT8(addrbits, eeprom_t),
        VMSTATE_UINT16_EQUAL(size, eeprom_t, NULL),
        VMSTATE_UINT16(data, eeprom_t),
        VMSTATE_VARRAY_UINT16_UNSAFE(contents, eeprom_t, size, 0,
                                     vmstate_info_uint16, uint16_t),
        VMSTATE_END_OF_LIST()
    }
};

eeprom_t *eeprom93xx_new(DeviceState *dev, uint16_t nwords)
{
    eeprom_t *eeprom;
    uint8_t addrbits;

    switch (nwords) {
    case 16:
    case 64:
        addrbits = 6;
        break;
    case 128:
    case 256:
        addrbits = 8;
        break;
    default:
        g_assert_not_reached();
    }

    eeprom = g_malloc0(sizeof(*eeprom) + nwords * sizeof(uint16_t));
    eeprom->size = nwords;
    eeprom->addrbits = addrbits;
    eeprom->eedo = 1;
    vmstate_register(VMSTATE_IF(dev), 0, &vmstate_eeprom, eeprom);
    return eeprom;
}

void eeprom93xx_free(DeviceState *dev, eeprom_t *eeprom)
{
    vmstate_unregister(VMSTATE_IF(dev), &vmstate_eeprom, eeprom);
    g_free(eeprom);
}
