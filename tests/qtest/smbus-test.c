/*
 * PIIX4's SMBus, with the eight memories of 256 bytes on it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "libqtest.h"

#define SMB(reg)        (0xb100 + (reg))
#define HSTSTS          SMB(0x0)
#define HSTCNT          SMB(0x2)
#define HSTCMD          SMB(0x3)
#define HSTADD          SMB(0x4)
#define HSTDAT0         SMB(0x5)
#define HSTDAT1         SMB(0x6)
#define BLKDAT          SMB(0x7)
#define AUXCTL          SMB(0xd)

#define BUSY            0x01
#define INTR            0x02
#define DEV_ERR         0x04
#define FAILED          0x10
#define BYTE_DONE       0x80

#define START           0x40
#define LAST_BYTE       0x20
#define KILL            0x02
#define QUICK           (0 << 2)
#define BYTE            (1 << 2)
#define BYTE_DATA       (2 << 2)
#define WORD_DATA       (3 << 2)
#define BLOCK           (5 << 2)
#define I2C_BLOCK       (6 << 2)

#define EEPROM          0x50

static QTestState *smbus_start(void)
{
    return qtest_init("-machine pc -nodefaults");
}

/* One transfer, as a driver polls it.  Returns the status it ends with. */
static uint8_t smbus_transfer(QTestState *qts, uint8_t addr, bool read,
                              uint8_t protocol)
{
    uint8_t status;

    qtest_outb(qts, HSTSTS, 0xff);
    qtest_outb(qts, HSTADD, addr << 1 | read);
    qtest_outb(qts, HSTCNT, START | protocol);
    g_assert_cmphex(qtest_inb(qts, HSTSTS) & BUSY, ==, BUSY);
    status = qtest_inb(qts, HSTSTS);
    return status;
}

static void write_byte(QTestState *qts, uint8_t addr, uint8_t cmd, uint8_t val)
{
    qtest_outb(qts, HSTCMD, cmd);
    qtest_outb(qts, HSTDAT0, val);
    g_assert_cmphex(smbus_transfer(qts, addr, false, BYTE_DATA), ==, INTR);
}

static uint8_t read_byte(QTestState *qts, uint8_t addr, uint8_t cmd)
{
    qtest_outb(qts, HSTCMD, cmd);
    g_assert_cmphex(smbus_transfer(qts, addr, true, BYTE_DATA), ==, INTR);
    return qtest_inb(qts, HSTDAT0);
}

static void test_bytes(void)
{
    QTestState *qts = smbus_start();

    /* Eight answer, the ninth does not. */
    for (int i = 0; i < 8; i++) {
        g_assert_cmphex(smbus_transfer(qts, EEPROM + i, false, QUICK), ==,
                        INTR);
    }
    g_assert_cmphex(smbus_transfer(qts, EEPROM + 8, false, QUICK), ==, DEV_ERR);
    g_assert_cmphex(smbus_transfer(qts, EEPROM + 8, true, BYTE_DATA), ==,
                    DEV_ERR);

    write_byte(qts, EEPROM, 0x10, 0x5a);
    write_byte(qts, EEPROM, 0x11, 0xa5);
    write_byte(qts, EEPROM + 1, 0x10, 0x77);
    g_assert_cmphex(read_byte(qts, EEPROM, 0x10), ==, 0x5a);
    g_assert_cmphex(read_byte(qts, EEPROM + 1, 0x10), ==, 0x77);

    qtest_outb(qts, HSTCMD, 0x10);
    g_assert_cmphex(smbus_transfer(qts, EEPROM, true, WORD_DATA), ==, INTR);
    g_assert_cmphex(qtest_inb(qts, HSTDAT0), ==, 0x5a);
    g_assert_cmphex(qtest_inb(qts, HSTDAT1), ==, 0xa5);

    /* Send byte sets the counter, receive byte reads and moves it. */
    qtest_outb(qts, HSTCMD, 0x11);
    g_assert_cmphex(smbus_transfer(qts, EEPROM, false, BYTE), ==, INTR);
    g_assert_cmphex(smbus_transfer(qts, EEPROM, true, BYTE), ==, INTR);
    g_assert_cmphex(qtest_inb(qts, HSTDAT0), ==, 0xa5);

    /* What it was at power-on, it is after a reset. */
    qtest_qmp_assert_success(qts, "{'execute': 'system_reset'}");
    qtest_qmp_eventwait(qts, "RESET");
    g_assert_cmphex(read_byte(qts, EEPROM, 0x10), ==, 0);
    qtest_quit(qts);
}

/* A block through the buffer, which reading the control register rewinds. */
static void test_block(void)
{
    QTestState *qts = smbus_start();

    qtest_outb(qts, AUXCTL, 0x02);
    qtest_inb(qts, HSTCNT);
    for (int i = 0; i < 4; i++) {
        qtest_outb(qts, BLKDAT, 0x30 + i);
    }
    qtest_outb(qts, HSTCMD, 0x20);
    qtest_outb(qts, HSTDAT0, 4);
    g_assert_cmphex(smbus_transfer(qts, EEPROM, false, BLOCK) & INTR, ==, INTR);
    g_assert_cmphex(read_byte(qts, EEPROM, 0x20), ==, 4);
    g_assert_cmphex(read_byte(qts, EEPROM, 0x24), ==, 0x33);

    qtest_outb(qts, HSTCMD, 0x20);
    g_assert_cmphex(smbus_transfer(qts, EEPROM, true, BLOCK) & INTR, ==, INTR);
    g_assert_cmphex(qtest_inb(qts, HSTDAT0), ==, 4);
    qtest_inb(qts, HSTCNT);
    for (int i = 0; i < 4; i++) {
        g_assert_cmphex(qtest_inb(qts, BLKDAT), ==, 0x30 + i);
    }
    qtest_quit(qts);
}

/* A block byte by byte, each acknowledged by clearing BYTE_DONE. */
static void test_block_by_byte(void)
{
    QTestState *qts = smbus_start();

    qtest_outb(qts, AUXCTL, 0);
    qtest_outb(qts, HSTCMD, 0x80);
    qtest_outb(qts, HSTDAT0, 3);
    qtest_outb(qts, BLKDAT, 0x61);
    smbus_transfer(qts, EEPROM, false, BLOCK);
    for (int i = 1; i < 3; i++) {
        g_assert_cmphex(qtest_inb(qts, HSTSTS), ==, BYTE_DONE | BUSY);
        qtest_outb(qts, BLKDAT, 0x61 + i);
        qtest_outb(qts, HSTSTS, BYTE_DONE);
    }
    g_assert_cmphex(qtest_inb(qts, HSTSTS) & (BUSY | INTR), ==, INTR);
    for (int i = 0; i < 3; i++) {
        g_assert_cmphex(read_byte(qts, EEPROM, 0x81 + i), ==, 0x61 + i);
    }

    qtest_outb(qts, HSTCMD, 0x80);
    smbus_transfer(qts, EEPROM, true, BLOCK);
    g_assert_cmphex(qtest_inb(qts, HSTDAT0), ==, 3);
    for (int i = 0; i < 3; i++) {
        g_assert_cmphex(qtest_inb(qts, BLKDAT), ==, 0x61 + i);
        qtest_outb(qts, HSTSTS, BYTE_DONE);
    }
    g_assert_cmphex(qtest_inb(qts, HSTSTS) & (BUSY | INTR), ==, INTR);

    /* I2C: it ends when the driver says so, not by a length. */
    qtest_outb(qts, HSTDAT1, 0x81);
    smbus_transfer(qts, EEPROM, true, I2C_BLOCK);
    g_assert_cmphex(qtest_inb(qts, BLKDAT), ==, 0x61);
    qtest_outb(qts, HSTSTS, BYTE_DONE);
    g_assert_cmphex(qtest_inb(qts, BLKDAT), ==, 0x62);
    qtest_outb(qts, HSTCNT, I2C_BLOCK | LAST_BYTE);
    qtest_outb(qts, HSTSTS, BYTE_DONE);
    g_assert_cmphex(qtest_inb(qts, BLKDAT), ==, 0x63);
    g_assert_cmphex(qtest_inb(qts, HSTSTS) & (BUSY | INTR), ==, INTR);
    qtest_quit(qts);
}

/* A driver that changes its mind, the length and the mode in the middle. */
static void test_liar(void)
{
    QTestState *qts = smbus_start();

    qtest_outb(qts, AUXCTL, 0);
    qtest_outb(qts, HSTDAT0, 32);
    smbus_transfer(qts, EEPROM, false, BLOCK);
    for (int i = 0; i < 31; i++) {
        qtest_outb(qts, HSTDAT0, 0xff);
        qtest_outb(qts, HSTSTS, BYTE_DONE);
    }
    qtest_outb(qts, AUXCTL, 0x02);
    for (int i = 0; i < 100; i++) {
        qtest_outb(qts, BLKDAT, i);
        qtest_inb(qts, BLKDAT);
    }

    qtest_outb(qts, AUXCTL, 0);
    qtest_outb(qts, HSTCMD, 0x80);
    smbus_transfer(qts, EEPROM, true, BLOCK);
    for (int i = 0; i < 100; i++) {
        qtest_outb(qts, HSTDAT0, 0xff);
        qtest_inb(qts, BLKDAT);
        qtest_outb(qts, HSTSTS, 0xff);
    }

    /* Killed in the middle, and begun anew. */
    smbus_transfer(qts, EEPROM, true, I2C_BLOCK);
    qtest_outb(qts, HSTCNT, KILL);
    g_assert_cmphex(qtest_inb(qts, HSTSTS) & (BUSY | FAILED), ==, FAILED);
    smbus_transfer(qts, EEPROM, true, I2C_BLOCK);
    smbus_transfer(qts, EEPROM, true, 7 << 2);
    write_byte(qts, EEPROM, 0, 1);
    g_assert_cmphex(read_byte(qts, EEPROM, 0), ==, 1);
    qtest_quit(qts);
}

/* Config space says where it is, and whether. */
static void test_config(void)
{
    QTestState *qts = smbus_start();

    qtest_outl(qts, 0xcf8, 0x80000b90);
    g_assert_cmphex(qtest_inl(qts, 0xcfc), ==, 0xb101);
    qtest_outl(qts, 0xcf8, 0x80000bd0);
    g_assert_cmphex(qtest_inl(qts, 0xcfc), ==, 0x00090000);
    qtest_quit(qts);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);

    qtest_add_func("/smbus/config", test_config);
    qtest_add_func("/smbus/bytes", test_bytes);
    qtest_add_func("/smbus/block", test_block);
    qtest_add_func("/smbus/block-by-byte", test_block_by_byte);
    qtest_add_func("/smbus/liar", test_liar);
    return g_test_run();
}
