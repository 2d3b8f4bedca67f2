/*
 * The PC's DMA controllers: registers.  A device that moves data by them is in
 * tests/dropin/.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "libqtest.h"

static QTestState *i8257_start(void)
{
    return qtest_init("-machine pc -nodefaults");
}

static uint16_t read_word(QTestState *qts, uint16_t port)
{
    uint16_t low = qtest_inb(qts, port);

    return low | qtest_inb(qts, port) << 8;
}

static void write_word(QTestState *qts, uint16_t port, uint16_t val)
{
    qtest_outb(qts, port, val);
    qtest_outb(qts, port, val >> 8);
}

/* Ports of the second one are two apart. */
static void test_channels(void)
{
    QTestState *qts = i8257_start();

    for (int i = 0; i < 4; i++) {
        qtest_outb(qts, 0x0c, 0);
        write_word(qts, i * 2, 0x1234 + i);
        write_word(qts, i * 2 + 1, 0x0100 + i);
        qtest_outb(qts, 0xd8, 0);
        write_word(qts, 0xc0 + i * 4, 0x4321 + i);
        write_word(qts, 0xc2 + i * 4, 0x0200 + i);
    }
    for (int i = 0; i < 4; i++) {
        qtest_outb(qts, 0x0c, 0);
        g_assert_cmphex(read_word(qts, i * 2), ==, 0x1234 + i);
        g_assert_cmphex(read_word(qts, i * 2 + 1), ==, 0x0100 + i);
        qtest_outb(qts, 0xd8, 0);
        g_assert_cmphex(read_word(qts, 0xc0 + i * 4), ==, 0x4321 + i);
        g_assert_cmphex(read_word(qts, 0xc2 + i * 4), ==, 0x0200 + i);
    }

    /* The flip-flop: the high byte alone. */
    qtest_outb(qts, 0x0c, 0);
    qtest_inb(qts, 0);
    qtest_outb(qts, 0, 0x99);
    qtest_outb(qts, 0x0c, 0);
    g_assert_cmphex(read_word(qts, 0), ==, 0x9934);
    qtest_quit(qts);
}

static void test_pages(void)
{
    static const uint16_t ports[] = {
        0x81, 0x82, 0x83, 0x87, 0x89, 0x8a, 0x8b, 0x8f
    };
    QTestState *qts = i8257_start();

    for (int i = 0; i < ARRAY_SIZE(ports); i++) {
        qtest_outb(qts, ports[i], 0x40 + i);
    }
    for (int i = 0; i < ARRAY_SIZE(ports); i++) {
        g_assert_cmphex(qtest_inb(qts, ports[i]), ==, 0x40 + i);
    }
    qtest_quit(qts);
}

static void test_control(void)
{
    QTestState *qts = i8257_start();

    /* Masked from the start. */
    g_assert_cmphex(qtest_inb(qts, 0x0f) & 0xf, ==, 0xf);
    qtest_outb(qts, 0x0a, 2);
    g_assert_cmphex(qtest_inb(qts, 0x0f) & 0xf, ==, 0xb);
    qtest_outb(qts, 0x0e, 0);
    g_assert_cmphex(qtest_inb(qts, 0x0f) & 0xf, ==, 0);
    qtest_outb(qts, 0x0a, 4 | 1);
    g_assert_cmphex(qtest_inb(qts, 0x0f) & 0xf, ==, 2);
    qtest_outb(qts, 0x0f, 5);
    g_assert_cmphex(qtest_inb(qts, 0x0f) & 0xf, ==, 5);

    /* A request on a channel that is masked waits. */
    qtest_outb(qts, 0x0f, 0xf);
    qtest_outb(qts, 0x09, 4 | 3);
    g_assert_cmphex(qtest_inb(qts, 0x08), ==, 0x80);
    qtest_outb(qts, 0x09, 3);
    g_assert_cmphex(qtest_inb(qts, 0x08), ==, 0);

    /* On a channel with no device it leads nowhere, nor to a hang. */
    qtest_outb(qts, 0x09, 4 | 3);
    qtest_outb(qts, 0x0a, 3);
    g_assert_cmphex(qtest_inb(qts, 0x08), ==, 0x80);
    qtest_outb(qts, 0x0d, 0);
    g_assert_cmphex(qtest_inb(qts, 0x08), ==, 0);
    g_assert_cmphex(qtest_inb(qts, 0x0f) & 0xf, ==, 0xf);
    qtest_quit(qts);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);

    qtest_add_func("/i8257/channels", test_channels);
    qtest_add_func("/i8257/pages", test_pages);
    qtest_add_func("/i8257/control", test_control);
    return g_test_run();
}
