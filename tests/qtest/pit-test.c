/*
 * Tests of the 8254 interval timer: its six modes, its ports, and port 0x61.
 *
 * Counter 2 is looked at through port 0x61; counter 0 through IRQ 0 at the
 * IOAPIC.
 *
 * Intel 8254 data sheet, "Mode definitions", "Read operations".
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/timer/i8254.h"
#include "libqtest.h"
#include "pc-test.h"
#include "qemu/timer.h"

#define COUNTER(n)  (0x40 + (n))
#define CONTROL     0x43
#define PORT61      0x61
#define GATE2       0x01
#define OUT2        0x20

#define LATCH       0x00
#define LSB         0x10
#define MSB         0x20
#define WORD        0x30

/* So long the counter takes for @n; a little more, for the rounding. */
#define TICKS(n)    ((int64_t)(n) * NANOSECONDS_PER_SECOND / PIT_FREQ + 1)

static QTestState *pit_start(void)
{
    QTestState *qts = qtest_init("-machine pc -nodefaults");

    qtest_irq_intercept_in(qts, PC_IOAPIC);
    return qts;
}

static void pit_load(QTestState *qts, int n, int mode, uint16_t count)
{
    qtest_outb(qts, CONTROL, n << 6 | WORD | mode << 1);
    qtest_outb(qts, COUNTER(n), count & 0xff);
    qtest_outb(qts, COUNTER(n), count >> 8);
}

static uint16_t pit_read(QTestState *qts, int n)
{
    uint8_t low = qtest_inb(qts, COUNTER(n));

    return low | qtest_inb(qts, COUNTER(n)) << 8;
}

static bool out2(QTestState *qts)
{
    return qtest_inb(qts, PORT61) & OUT2;
}

static void gate2(QTestState *qts, bool high)
{
    qtest_outb(qts, PORT61, high ? GATE2 : 0);
    g_assert_cmphex(qtest_inb(qts, PORT61) & 3, ==, high ? GATE2 : 0);
}

/* Low, and high when the count is through, for good. */
static void test_mode0(void)
{
    QTestState *qts = pit_start();

    gate2(qts, true);
    pit_load(qts, 2, 0, 1000);
    g_assert_false(out2(qts));
    qtest_clock_step(qts, TICKS(999));
    g_assert_false(out2(qts));
    qtest_clock_step(qts, TICKS(1));
    g_assert_true(out2(qts));
    qtest_clock_step(qts, TICKS(100000));
    g_assert_true(out2(qts));
    qtest_quit(qts);
}

/* The same, from each rising gate on. */
static void test_mode1(void)
{
    QTestState *qts = pit_start();

    gate2(qts, false);
    pit_load(qts, 2, 1, 1000);
    qtest_clock_step(qts, TICKS(2000));
    g_assert_true(out2(qts));
    gate2(qts, true);
    g_assert_false(out2(qts));
    qtest_clock_step(qts, TICKS(1000));
    g_assert_true(out2(qts));
    gate2(qts, false);
    gate2(qts, true);
    g_assert_false(out2(qts));
    qtest_quit(qts);
}

/* Modes 2 and 3 go round; 6 and 7 are other names for them. */
static void test_mode2(void)
{
    static const int modes[] = { 2, 6 };
    QTestState *qts = pit_start();

    gate2(qts, true);
    for (int i = 0; i < ARRAY_SIZE(modes); i++) {
        pit_load(qts, 2, modes[i], 100);
        for (int round = 0; round < 3; round++) {
            qtest_clock_step(qts, TICKS(40));
            g_assert_cmpuint(pit_read(qts, 2), ==, 60);
            qtest_clock_step(qts, TICKS(100) - TICKS(40));
        }
    }
    qtest_quit(qts);
}

static void test_mode3(void)
{
    static const int modes[] = { 3, 7 };
    QTestState *qts = pit_start();

    gate2(qts, true);
    for (int i = 0; i < ARRAY_SIZE(modes); i++) {
        pit_load(qts, 2, modes[i], 1000);
        for (int round = 0; round < 3; round++) {
            g_assert_true(out2(qts));
            qtest_clock_step(qts, TICKS(501));
            g_assert_false(out2(qts));
            qtest_clock_step(qts, TICKS(499));
        }
    }
    /* It counts by two. */
    pit_load(qts, 2, 3, 1000);
    qtest_clock_step(qts, TICKS(100));
    g_assert_cmpuint(pit_read(qts, 2), ==, 800);
    qtest_quit(qts);
}

/* A latched count stands still until it has been read. */
static void test_latch(void)
{
    QTestState *qts = pit_start();

    gate2(qts, true);
    pit_load(qts, 2, 2, 0x8000);
    qtest_clock_step(qts, TICKS(0x1000));
    qtest_outb(qts, CONTROL, 2 << 6 | LATCH);
    qtest_clock_step(qts, TICKS(0x1000));
    qtest_outb(qts, CONTROL, 2 << 6 | LATCH);   /* the first one counts */
    g_assert_cmphex(pit_read(qts, 2), ==, 0x7000);
    g_assert_cmphex(pit_read(qts, 2), ==, 0x6000);
    qtest_quit(qts);
}

/* Read-back: status, count, or both, of several counters. */
static void test_read_back(void)
{
    QTestState *qts = pit_start();

    gate2(qts, true);
    pit_load(qts, 0, 2, 0x4000);
    pit_load(qts, 2, 2, 0x8000);
    qtest_clock_step(qts, TICKS(0x1000));
    qtest_outb(qts, CONTROL, 0xc0 | 2 << 0 | 2 << 2);   /* both, 0 and 2 */
    g_assert_cmphex(qtest_inb(qts, COUNTER(0)), ==, WORD | 2 << 1);
    g_assert_cmphex(pit_read(qts, 0), ==, 0x3000);
    g_assert_cmphex(qtest_inb(qts, COUNTER(2)), ==, WORD | 2 << 1);
    g_assert_cmphex(pit_read(qts, 2), ==, 0x7000);

    qtest_outb(qts, CONTROL, 0xc0 | 0x20 | 2 << 2);     /* status only */
    g_assert_cmphex(qtest_inb(qts, COUNTER(2)), ==, WORD | 2 << 1);
    g_assert_cmphex(qtest_inb(qts, CONTROL), ==, 0);
    qtest_quit(qts);
}

/* One byte at a time: the other is 0; and 0 is 65,536. */
static void test_bytes(void)
{
    QTestState *qts = pit_start();

    gate2(qts, true);
    qtest_outb(qts, CONTROL, 2 << 6 | MSB | 2 << 1);
    qtest_outb(qts, COUNTER(2), 0x12);
    qtest_clock_step(qts, TICKS(0x200));
    g_assert_cmphex(qtest_inb(qts, COUNTER(2)), ==, 0x10);

    qtest_outb(qts, CONTROL, 2 << 6 | LSB | 2 << 1);
    qtest_outb(qts, COUNTER(2), 0x80);
    qtest_clock_step(qts, TICKS(0x10));
    g_assert_cmphex(qtest_inb(qts, COUNTER(2)), ==, 0x70);

    pit_load(qts, 2, 2, 0);
    qtest_clock_step(qts, TICKS(0x1000));
    g_assert_cmphex(pit_read(qts, 2), ==, 0xf000);
    qtest_quit(qts);
}

/* Counter 0 is IRQ 0: once in mode 0, square waves in mode 3. */
static void test_irq0(void)
{
    QTestState *qts = pit_start();

    pit_load(qts, 0, 0, 1000);
    g_assert_false(qtest_get_irq(qts, 0));
    qtest_clock_step(qts, TICKS(1000));
    g_assert_true(qtest_get_irq(qts, 0));

    pit_load(qts, 0, 3, 1000);
    for (int i = 0; i < 3; i++) {
        g_assert_true(qtest_get_irq(qts, 0));
        qtest_clock_step(qts, TICKS(501));
        g_assert_false(qtest_get_irq(qts, 0));
        qtest_clock_step(qts, TICKS(499));
    }
    qtest_quit(qts);
}

/* Port 0x61: bit 4 changes each time, as once with each refresh of RAM. */
static void test_port61(void)
{
    QTestState *qts = pit_start();
    uint8_t first = qtest_inb(qts, PORT61);

    g_assert_cmphex((first ^ qtest_inb(qts, PORT61)) & 0x10, ==, 0x10);
    qtest_outb(qts, PORT61, 0x03);
    g_assert_cmphex(qtest_inb(qts, PORT61) & 0x0f, ==, 0x03);
    qtest_quit(qts);
}

/* -machine pit=off: no timer, and no speaker, that hangs on it. */
static void test_absent(void)
{
    QTestState *qts = qtest_init("-machine pc,pit=off -nodefaults");

    g_assert_cmphex(qtest_inb(qts, COUNTER(0)), ==, 0xff);
    g_assert_cmphex(qtest_inb(qts, PORT61), ==, 0xff);
    qtest_quit(qts);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_func("/pit/mode0", test_mode0);
    qtest_add_func("/pit/mode1", test_mode1);
    qtest_add_func("/pit/mode2", test_mode2);
    qtest_add_func("/pit/mode3", test_mode3);
    qtest_add_func("/pit/latch", test_latch);
    qtest_add_func("/pit/read-back", test_read_back);
    qtest_add_func("/pit/bytes", test_bytes);
    qtest_add_func("/pit/irq0", test_irq0);
    qtest_add_func("/pit/port61", test_port61);
    qtest_add_func("/pit/absent", test_absent);
    return g_test_run();
}
