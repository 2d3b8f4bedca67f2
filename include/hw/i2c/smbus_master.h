/*
 * SMBus transfers, for who is the master of an I2C bus.
 *
 * All return a negative number if nobody acknowledged the address; those that
 * read return what they have read otherwise.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SMBUS_MASTER_H
#define HW_SMBUS_MASTER_H

#include "hw/i2c/i2c.h"

int smbus_quick_command(I2CBus *bus, uint8_t addr, int read);
int smbus_receive_byte(I2CBus *bus, uint8_t addr);
int smbus_send_byte(I2CBus *bus, uint8_t addr, uint8_t data);
int smbus_read_byte(I2CBus *bus, uint8_t addr, uint8_t command);
int smbus_write_byte(I2CBus *bus, uint8_t addr, uint8_t command, uint8_t data);
int smbus_read_word(I2CBus *bus, uint8_t addr, uint8_t command);
int smbus_write_word(I2CBus *bus, uint8_t addr, uint8_t command, uint16_t data);

/*
 * Up to @len bytes into @data; returns how many.  @recv_len: the slave says
 * first how many it sends.  @send_cmd: write @command before (else it is a
 * plain I2C read).
 */
int smbus_read_block(I2CBus *bus, uint8_t addr, uint8_t command, uint8_t *data,
                     int len, bool recv_len, bool send_cmd);
/* Of @len bytes the first 32; @send_len: the number goes first. */
int smbus_write_block(I2CBus *bus, uint8_t addr, uint8_t command, uint8_t *data,
                      int len, bool send_len);

#endif
