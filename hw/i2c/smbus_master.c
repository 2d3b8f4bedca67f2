/*
 * SMBus transfers.  See include/hw/i2c/smbus_master.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/i2c/smbus_master.h"

#define SMBUS_BLOCK_MAX 32

/* The last byte of a read. */
static uint8_t smbus_recv_last(I2CBus *bus)
{
    uint8_t data = i2c_recv(bus);

    i2c_nack(bus);
    i2c_end_transfer(bus);
    return data;
}

/* A start, the command, and a repeated start to read.  False: nobody there. */
static bool smbus_start_command_read(I2CBus *bus, uint8_t addr,
                                     uint8_t command)
{
    if (i2c_start_send(bus, addr)) {
        return false;
    }
    i2c_send(bus, command);
    if (i2c_start_recv(bus, addr)) {
        i2c_end_transfer(bus);
        return false;
    }
    return true;
}

int smbus_quick_command(I2CBus *bus, uint8_t addr, int read)
{
    if (i2c_start_transfer(bus, addr, read)) {
        return -1;
    }
    i2c_end_transfer(bus);
    return 0;
}

int smbus_receive_byte(I2CBus *bus, uint8_t addr)
{
    if (i2c_start_recv(bus, addr)) {
        return -1;
    }
    return smbus_recv_last(bus);
}

int smbus_send_byte(I2CBus *bus, uint8_t addr, uint8_t data)
{
    if (i2c_start_send(bus, addr)) {
        return -1;
    }
    i2c_send(bus, data);
    i2c_end_transfer(bus);
    return 0;
}

int smbus_read_byte(I2CBus *bus, uint8_t addr, uint8_t command)
{
    if (!smbus_start_command_read(bus, addr, command)) {
        return -1;
    }
    return smbus_recv_last(bus);
}

int smbus_write_byte(I2CBus *bus, uint8_t addr, uint8_t command, uint8_t data)
{
    if (i2c_start_send(bus, addr)) {
        return -1;
    }
    i2c_send(bus, command);
    i2c_send(bus, data);
    i2c_end_transfer(bus);
    return 0;
}

/* Words go low byte first. */
int smbus_read_word(I2CBus *bus, uint8_t addr, uint8_t command)
{
    uint16_t data;

    if (!smbus_start_command_read(bus, addr, command)) {
        return -1;
    }
    data = i2c_recv(bus);
    data |= smbus_recv_last(bus) << 8;
    return data;
}

int smbus_write_word(I2CBus *bus, uint8_t addr, uint8_t command, uint16_t data)
{
    if (i2c_start_send(bus, addr)) {
        return -1;
    }
    i2c_send(bus, command);
    i2c_send(bus, data & 0xff);
    i2c_send(bus, data >> 8);
    i2c_end_transfer(bus);
    return 0;
}

int smbus_read_block(I2CBus *bus, uint8_t addr, uint8_t command, uint8_t *data,
                     int len, bool recv_len, bool send_cmd)
{
    int rlen = len;

    if (send_cmd) {
        if (!smbus_start_command_read(bus, addr, command)) {
            return -1;
        }
    } else if (i2c_start_recv(bus, addr)) {
        return -1;
    }
    /* More than there is room for is nothing at all. */
    if (recv_len) {
        rlen = i2c_recv(bus);
    }
    if (rlen > len) {
        rlen = 0;
    }
    for (int i = 0; i < rlen; i++) {
        data[i] = i2c_recv(bus);
    }
    i2c_nack(bus);
    i2c_end_transfer(bus);
    return rlen;
}

int smbus_write_block(I2CBus *bus, uint8_t addr, uint8_t command, uint8_t *data,
                      int len, bool send_len)
{
    len = MIN(len, SMBUS_BLOCK_MAX);
    if (i2c_start_send(bus, addr)) {
        return -1;
    }
    i2c_send(bus, command);
    if (send_len) {
        i2c_send(bus, len);
    }
    for (int i = 0; i < len; i++) {
        i2c_send(bus, data[i]);
    }
    i2c_end_transfer(bus);
    return 0;
}
