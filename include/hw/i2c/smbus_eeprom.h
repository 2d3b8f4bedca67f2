/*
 * smbus-eeprom: 256 bytes on an SMBus, as memory modules have one that tells
 * what they are (SPD).
 *
 * A write sets the offset with its command byte and puts what follows there; a
 * read goes on from the offset.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SMBUS_EEPROM_H
#define HW_SMBUS_EEPROM_H

#include "exec/cpu-common.h"
#include "hw/i2c/i2c.h"

/* One at @address, with a copy of the 256 bytes at @eeprom_buf. */
void smbus_eeprom_init_one(I2CBus *bus, uint8_t address, uint8_t *eeprom_buf);

/*
 * @nb_eeprom of them from address 0x50 on.  The first @size bytes of all of
 * them, one after the other, are @initial_data.
 */
void smbus_eeprom_init(I2CBus *bus, int nb_eeprom,
                       const uint8_t *initial_data, int size);

#endif
