/*
 * Tests of the PIIX3: the interrupt router's registers, the reset control
 * register, and the other port that resets the machine, 0x92.
 *
 * The values at start were read from QEMU 7.2.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "pc-test.h"

#define ISA_BRIDGE      (1 << 3)
#define REG_PIRQRC      0x60
#define SCRATCH         0x64        /* of the host bridge: reset leaves it */
#define PORT92          0x92

static QTestState *piix3_start(void)
{
    return qtest_init("-machine pc -nodefaults");
}

static void test_defaults(void)
{
    static const ConfigDword want[] = {
        { 0x00, 0x70008086 }, { 0x04, 0x02000000 }, { 0x08, 0x06010000 },
        { 0x0c, 0x00800000 }, { 0x2c, 0x11001af4 }, { 0x4c, 0x0003004d },
        { 0x60, 0x80808080 }, { 0x68, 0x00000200 }, { 0x70, 0x00000080 },
        { 0x74, 0x0c0c0000 }, { 0x78, 0x00000002 }, { 0xa0, 0x00000008 },
        { 0xa8, 0x0000000f },
    };
    QTestState *qts = piix3_start();

    pc_config_check(qts, ISA_BRIDGE, want, ARRAY_SIZE(want));
    qtest_quit(qts);
}

/* Has the machine been reset since the router was set up? */
static bool piix3_was_reset(QTestState *qts)
{
    bool reset = pc_config_readl(qts, ISA_BRIDGE, REG_PIRQRC) == 0x80808080;

    pc_config_writel(qts, ISA_BRIDGE, REG_PIRQRC, 0x0b0a0b0a);
    return reset;
}

/* Bit 2 resets; bit 1 says how hard, and is all that can be read. */
static void test_reset_control(void)
{
    QTestState *qts = piix3_start();

    g_assert_true(piix3_was_reset(qts));
    g_assert_false(piix3_was_reset(qts));

    qtest_outb(qts, PC_RESET_CONTROL, 0x02);
    g_assert_cmphex(qtest_inb(qts, PC_RESET_CONTROL), ==, 0x02);
    g_assert_false(piix3_was_reset(qts));

    qtest_outb(qts, PC_RESET_CONTROL, 0x06);
    g_assert_true(piix3_was_reset(qts));
    g_assert_cmphex(qtest_inb(qts, PC_RESET_CONTROL), ==, 0);

    qtest_outb(qts, PC_RESET_CONTROL, 0xf9);
    g_assert_cmphex(qtest_inb(qts, PC_RESET_CONTROL), ==, 0);
    g_assert_false(piix3_was_reset(qts));
    qtest_quit(qts);
}

/* It is one byte inside of the host bridge's address port, and in its way. */
static void test_reset_control_and_config_address(void)
{
    QTestState *qts = piix3_start();

    qtest_outl(qts, PC_CONFIG_ADDRESS, 0x80000600);
    g_assert_cmphex(qtest_inl(qts, PC_CONFIG_ADDRESS), ==, 0x80000600);
    g_assert_true(piix3_was_reset(qts));
    g_assert_false(piix3_was_reset(qts));
    qtest_quit(qts);
}

/* Port 0x92: the edge of bit 0 resets; the A20 gate is kept. */
static void test_port92(void)
{
    QTestState *qts = piix3_start();

    g_assert_true(piix3_was_reset(qts));
    qtest_outb(qts, PORT92, 0x02);
    g_assert_cmphex(qtest_inb(qts, PORT92), ==, 0x02);
    g_assert_false(piix3_was_reset(qts));
    qtest_outb(qts, PORT92, 0x03);
    g_assert_true(piix3_was_reset(qts));
    g_assert_cmphex(qtest_inb(qts, PORT92), ==, 0x02);
    qtest_quit(qts);
}

/* Nobody answers at these. */
static void test_absent_ports(void)
{
    QTestState *qts = piix3_start();

    g_assert_cmphex(qtest_inb(qts, 0x3f8), ==, 0xff);
    g_assert_cmphex(qtest_inw(qts, 0x1f0), ==, 0xffff);
    g_assert_cmphex(qtest_inl(qts, 0xfffc), ==, 0xffffffff);
    qtest_outl(qts, 0x3f8, 0);
    qtest_quit(qts);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_func("/piix3/defaults", test_defaults);
    qtest_add_func("/piix3/reset-control", test_reset_control);
    qtest_add_func("/piix3/reset-control/config-address",
                   test_reset_control_and_config_address);
    qtest_add_func("/piix3/port92", test_port92);
    qtest_add_func("/piix3/absent-ports", test_absent_ports);
    return g_test_run();
}
