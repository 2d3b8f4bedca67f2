/*
 * A serial memory of the 93C06 to 93C66 family, as network cards keep their
 * address in: 16 to 256 words of 16 bits behind four wires.
 *
 *     EECS  chip select; up begins a command
 *     EESK  clock; the chip takes a bit at its rising edge
 *     EEDI  what the driver sends: a 1, two bits of command, the address, data
 *     EEDO  what it answers: a 0, then data; ready, after a write
 *
 * National Semiconductor's data sheet, NM93C46.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef EEPROM93XX_H
#define EEPROM93XX_H

typedef struct _eeprom_t eeprom_t;

/* @nwords: 16, 64, 128 or 256.  It migrates as part of @dev. */
eeprom_t *eeprom93xx_new(DeviceState *dev, uint16_t nwords);
void eeprom93xx_free(DeviceState *dev, eeprom_t *eeprom);

/* The level of EEDO. */
uint16_t eeprom93xx_read(eeprom_t *eeprom);
/* The driver's wires are at these levels. */
void eeprom93xx_write(eeprom_t *eeprom, int eecs, int eesk, int eedi);
/* The words themselves: the device puts its address there. */
uint16_t *eeprom93xx_data(eeprom_t *eeprom);

#endif
