/*
 * A 93C46 on four wires, as a driver drives them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/module.h"
#include "hw/core/split-irq.h"
#include "hw/nvram/eeprom93xx.h"
#include "hw/qdev-core.h"

static eeprom_t *chip;

static int bit(int out)
{
    eeprom93xx_write(chip, 1, 0, out);
    eeprom93xx_write(chip, 1, 1, out);
    return eeprom93xx_read(chip);
}

static void bits(unsigned value, int n)
{
    while (n--) {
        bit(value >> n & 1);
    }
}

static void select_chip(void)
{
    eeprom93xx_write(chip, 0, 0, 0);
    eeprom93xx_write(chip, 1, 0, 0);
}

static void deselect_chip(void)
{
    eeprom93xx_write(chip, 0, 0, 0);
    g_assert_cmpint(eeprom93xx_read(chip), ==, 1);
}

static uint16_t read_bits(void)
{
    uint16_t value = 0;

    for (int i = 0; i < 16; i++) {
        value = value << 1 | bit(0);
    }
    return value;
}

/* Zeros before the start bit mean nothing. */
static uint16_t read_word(unsigned addr)
{
    uint16_t value;

    select_chip();
    bits(0, 3);
    bits(6, 3);
    bits(addr, 6);
    g_assert_cmpint(eeprom93xx_read(chip), ==, 0);
    value = read_bits();
    deselect_chip();
    return value;
}

static void command(unsigned op, unsigned addr, int data)
{
    select_chip();
    bits(4 | op, 3);
    bits(addr, 6);
    if (data >= 0) {
        bits(data, 16);
    }
    deselect_chip();
}

static void test_words(void)
{
    DeviceState *dev = qdev_new(TYPE_SPLIT_IRQ);

    chip = eeprom93xx_new(dev, 64);
    eeprom93xx_data(chip)[5] = 0xbeef;
    eeprom93xx_data(chip)[6] = 0x1234;
    g_assert_cmphex(read_word(5), ==, 0xbeef);

    /* Clocked on, the next word follows. */
    select_chip();
    bits(6, 3);
    bits(5, 6);
    g_assert_cmphex(read_bits(), ==, 0xbeef);
    g_assert_cmphex(read_bits(), ==, 0x1234);
    deselect_chip();

    /* Protected, until writing is enabled. */
    command(1, 5, 0x5555);
    g_assert_cmphex(read_word(5), ==, 0xbeef);
    command(0, 0x30, -1);
    command(1, 5, 0x5555);
    g_assert_cmphex(read_word(5), ==, 0x5555);
    command(3, 5, -1);
    g_assert_cmphex(read_word(5), ==, 0xffff);

    /* Half a word is none. */
    select_chip();
    bits(5, 3);
    bits(6, 6);
    bits(0, 8);
    deselect_chip();
    g_assert_cmphex(read_word(6), ==, 0x1234);

    command(0, 0x10, 0x7777);
    g_assert_cmphex(read_word(63), ==, 0x7777);
    command(0, 0x20, -1);
    g_assert_cmphex(read_word(0), ==, 0xffff);
    command(0, 0x00, -1);
    command(1, 0, 1);
    g_assert_cmphex(read_word(0), ==, 0xffff);

    eeprom93xx_free(dev, chip);
    object_unref(OBJECT(dev));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    module_call_init(MODULE_INIT_QOM);

    g_test_add_func("/eeprom93xx/words", test_words);
    return g_test_run();
}
