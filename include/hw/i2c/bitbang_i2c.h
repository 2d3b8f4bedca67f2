/*
 * An I2C bus whose master is two pins that software moves ("bit banging").
 *
 *     data  ‾‾\___XXXXX…            data moves while the clock is high:
 *     clock ‾‾‾‾\_/‾\_/‾…           a start (down) or a stop (up)
 *
 * gpio_i2c is a device around it: GPIO input 0 is the data, 1 the clock, and the
 * output is what the data wire carries: both sides can only pull it down.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef BITBANG_I2C_H
#define BITBANG_I2C_H

#include "hw/i2c/i2c.h"

#define TYPE_GPIO_I2C "gpio_i2c"

#define BITBANG_I2C_SDA 0
#define BITBANG_I2C_SCL 1

/* What the next rising edges of the clock mean. */
typedef enum bitbang_i2c_state {
    BITBANG_STOPPED,            /* nothing */
    BITBANG_ADDRESS,            /* bits of the address, and R/W */
    BITBANG_SENDING,            /* bits from the master */
    BITBANG_RECEIVING,          /* bits from the slave */
} bitbang_i2c_state;

/*
 * @bit: how many of a byte's nine bits, the acknowledgment the last, are over.
 * @last_data, @last_clock: what the master drives; @device_out: what the slave
 *     drives.
 * @current_addr: address and R/W of the transfer that goes on, or -1.
 */
typedef struct bitbang_i2c_interface {
    I2CBus *bus;
    bitbang_i2c_state state;
    int bit;
    int last_data;
    int last_clock;
    int device_out;
    uint8_t buffer;
    int current_addr;
} bitbang_i2c_interface;

/* @s is the master of @bus; both wires are high. */
void bitbang_i2c_init(bitbang_i2c_interface *s, I2CBus *bus);

/*
 * The master drives @line (BITBANG_I2C_SDA or _SCL) to @level.  Returns the
 * level of the data wire.
 */
int bitbang_i2c_set(bitbang_i2c_interface *i2c, int line, int level);

#endif
