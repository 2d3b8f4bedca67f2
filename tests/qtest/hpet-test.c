/*
 * Tests of the HPET: the counter, comparators, and whose interrupts it takes.
 *
 * Levels are watched at the IOAPIC; edges leave their mark in the request
 * register of the i8259.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/timer/hpet.h"
#include "libqtest.h"
#include "pc-test.h"
#include "qapi/qmp/qdict.h"

#define REG(reg)        (HPET_BASE + (reg))
#define TIMER(n, reg)   (HPET_BASE + HPET_TN_BASE + HPET_TN_SIZE * (n) + (reg))

/* The only pin of the IOAPIC that a timer of `pc` may have. */
#define PIN             2
#define ROUTE           (PIN << HPET_TN_INT_ROUTE_SHIFT)

#define TICKS(n)        ((int64_t)(n) * HPET_CLK_PERIOD)    /* ns */

static QTestState *hpet_start(const char *opts)
{
    QTestState *qts = qtest_initf("-machine pc -nodefaults -rtc clock=vm %s",
                                  opts);

    qtest_irq_intercept_in(qts, PC_IOAPIC);
    return qts;
}

static void pic_init(QTestState *qts)
{
    for (int port = 0x20; port <= 0xa0; port += 0x80) {
        qtest_outb(qts, port, 0x11);
        qtest_outb(qts, port + 1, 0x20);
        qtest_outb(qts, port + 1, port == 0x20 ? 4 : 2);
        qtest_outb(qts, port + 1, 0x01);
        qtest_outb(qts, port, 0x0a);        /* show IRR */
    }
}

/* Has IRQ @irq of the i8259 been requested?  Answers once. */
static bool pic_requested(QTestState *qts, int irq)
{
    bool requested = qtest_inb(qts, irq < 8 ? 0x20 : 0xa0) & 1 << (irq & 7);

    pic_init(qts);
    return requested;
}

static void test_capabilities(void)
{
    QTestState *qts = hpet_start("");

    g_assert_cmphex(qtest_readl(qts, REG(HPET_ID)), ==, 0x8086a201);
    g_assert_cmpuint(qtest_readl(qts, REG(HPET_PERIOD)), ==, 10000000);
    g_assert_cmphex(qtest_readq(qts, REG(HPET_ID)), ==,
                    0x009896808086a201);
    for (int i = 0; i < 3; i++) {
        g_assert_cmphex(qtest_readq(qts, TIMER(i, HPET_TN_CFG)), ==,
                        0x400000030);
        g_assert_cmphex(qtest_readq(qts, TIMER(i, HPET_TN_CMP)), ==,
                        UINT64_MAX);
    }
    /* No such timer; no such register. */
    g_assert_cmphex(qtest_readq(qts, TIMER(3, HPET_TN_CFG)), ==, 0);
    qtest_writeq(qts, TIMER(31, HPET_TN_CMP), 1);
    qtest_writel(qts, REG(HPET_ID), 1);
    g_assert_cmphex(qtest_readl(qts, REG(HPET_ID)), ==, 0x8086a201);
    g_assert_cmphex(qtest_readl(qts, REG(0x30)), ==, 0);
    qtest_quit(qts);
}

static void test_properties(void)
{
    QTestState *qts = hpet_start("-global hpet.timers=8 -global hpet.msi=on "
                                 "-global hpet.hpet-intcap=0xff0000");

    g_assert_cmphex(qtest_readl(qts, REG(HPET_ID)), ==, 0x8086a701);
    g_assert_cmphex(qtest_readq(qts, TIMER(7, HPET_TN_CFG)), ==,
                    0xff000000008030);
    qtest_quit(qts);
}

/* It counts while it is let, from where it was put. */
static void test_counter(void)
{
    QTestState *qts = hpet_start("");

    qtest_writeq(qts, REG(HPET_COUNTER), 0xfffffff0);
    qtest_clock_step(qts, TICKS(100));
    g_assert_cmphex(qtest_readq(qts, REG(HPET_COUNTER)), ==, 0xfffffff0);
    qtest_writel(qts, REG(HPET_CFG), HPET_CFG_ENABLE);
    qtest_clock_step(qts, TICKS(0x20));
    g_assert_cmphex(qtest_readq(qts, REG(HPET_COUNTER)), ==, 0x100000010);
    qtest_writel(qts, REG(HPET_CFG), 0);
    qtest_clock_step(qts, TICKS(100));
    g_assert_cmphex(qtest_readq(qts, REG(HPET_COUNTER)), ==, 0x100000010);
    qtest_quit(qts);
}

/* Once; the level stays until the status is cleared. */
static void test_one_shot(void)
{
    QTestState *qts = hpet_start("");

    qtest_writel(qts, TIMER(2, HPET_TN_CFG),
                 ROUTE | HPET_TN_ENABLE | HPET_TN_TYPE_LEVEL);
    qtest_writeq(qts, TIMER(2, HPET_TN_CMP), 1000);
    qtest_writel(qts, REG(HPET_CFG), HPET_CFG_ENABLE);
    qtest_clock_step(qts, TICKS(1000) - 1);
    g_assert_false(qtest_get_irq(qts, PIN));
    qtest_clock_step(qts, 1);
    g_assert_true(qtest_get_irq(qts, PIN));
    g_assert_cmphex(qtest_readl(qts, REG(HPET_STATUS)), ==, 1 << 2);

    qtest_writel(qts, REG(HPET_STATUS), 1 << 1);
    g_assert_true(qtest_get_irq(qts, PIN));
    qtest_writel(qts, REG(HPET_STATUS), 1 << 2);
    g_assert_false(qtest_get_irq(qts, PIN));
    qtest_clock_step(qts, TICKS(100000));
    g_assert_false(qtest_get_irq(qts, PIN));
    qtest_quit(qts);
}

/* First at the comparator, then each period after it. */
static void test_periodic(void)
{
    QTestState *qts = hpet_start("");

    qtest_writel(qts, REG(HPET_CFG), HPET_CFG_ENABLE);
    qtest_writel(qts, TIMER(0, HPET_TN_CFG), ROUTE | HPET_TN_ENABLE |
                 HPET_TN_TYPE_LEVEL | HPET_TN_PERIODIC | HPET_TN_SETVAL);
    qtest_writeq(qts, TIMER(0, HPET_TN_CMP), 500);
    qtest_writeq(qts, TIMER(0, HPET_TN_CMP), 100);
    g_assert_cmpuint(qtest_readl(qts, TIMER(0, HPET_TN_CMP)), ==, 500);
    qtest_clock_step(qts, TICKS(500));
    for (int i = 1; i < 5; i++) {
        g_assert_true(qtest_get_irq(qts, PIN));
        g_assert_cmpuint(qtest_readl(qts, TIMER(0, HPET_TN_CMP)), ==,
                         500 + 100 * i);
        qtest_writel(qts, REG(HPET_STATUS), 1);
        qtest_clock_step(qts, TICKS(99));
        g_assert_false(qtest_get_irq(qts, PIN));
        qtest_clock_step(qts, TICKS(1));
    }
    qtest_quit(qts);
}

/* 32 bits: what is behind is ahead; and the wrap itself interrupts, once. */
static void test_32bit(void)
{
    QTestState *qts = hpet_start("");

    qtest_writel(qts, TIMER(1, HPET_TN_CFG), ROUTE | HPET_TN_ENABLE |
                 HPET_TN_TYPE_LEVEL | HPET_TN_32BIT);
    qtest_writel(qts, REG(HPET_COUNTER), 0xffffff00);
    qtest_writel(qts, TIMER(1, HPET_TN_CMP), 0x100);
    qtest_writel(qts, REG(HPET_CFG), HPET_CFG_ENABLE);
    qtest_clock_step(qts, TICKS(0x100));
    g_assert_true(qtest_get_irq(qts, PIN));
    qtest_writel(qts, REG(HPET_STATUS), 1 << 1);
    qtest_clock_step(qts, TICKS(0xff));
    g_assert_false(qtest_get_irq(qts, PIN));
    qtest_clock_step(qts, TICKS(1));
    g_assert_true(qtest_get_irq(qts, PIN));
    qtest_quit(qts);
}

/* A level goes down with the timer, with its route, and with all of it. */
static void test_level_goes(void)
{
    static const struct {
        uint32_t reg, val;
    } ways[] = {
        { TIMER(2, HPET_TN_CFG), ROUTE | HPET_TN_TYPE_LEVEL },
        { TIMER(2, HPET_TN_CFG), HPET_TN_ENABLE | HPET_TN_TYPE_LEVEL |
                                 3 << HPET_TN_INT_ROUTE_SHIFT },
        { TIMER(2, HPET_TN_CFG), ROUTE | HPET_TN_ENABLE },
        { REG(HPET_CFG), 0 },
        { 0, 0 },               /* reset */
    };
    QTestState *qts = hpet_start("");

    for (int i = 0; i < ARRAY_SIZE(ways); i++) {
        qtest_writel(qts, REG(HPET_CFG), HPET_CFG_ENABLE);
        qtest_writel(qts, TIMER(2, HPET_TN_CFG),
                     ROUTE | HPET_TN_ENABLE | HPET_TN_TYPE_LEVEL);
        qtest_writeq(qts, TIMER(2, HPET_TN_CMP),
                     qtest_readq(qts, REG(HPET_COUNTER)) + 10);
        qtest_clock_step(qts, TICKS(10));
        g_assert_true(qtest_get_irq(qts, PIN));
        if (ways[i].reg) {
            qtest_writel(qts, ways[i].reg, ways[i].val);
        } else {
            qtest_outb(qts, PC_RESET_CONTROL, 0x06);
        }
        g_assert_false(qtest_get_irq(qts, PIN));
    }
    g_assert_cmphex(qtest_readq(qts, REG(HPET_COUNTER)), ==, 0);
    g_assert_cmphex(qtest_readl(qts, REG(HPET_STATUS)), ==, 0);
    qtest_quit(qts);
}

/* A timer that may, sends a message: a write to any address. */
static void test_message(void)
{
    QTestState *qts = hpet_start("-global hpet.msi=on");

    qtest_writeq(qts, TIMER(0, HPET_TN_ROUTE), 0x0010000012345678);
    qtest_writel(qts, TIMER(0, HPET_TN_CFG),
                 HPET_TN_FSB_ENABLE | HPET_TN_ENABLE);
    qtest_writeq(qts, TIMER(0, HPET_TN_CMP), 10);
    qtest_writel(qts, REG(HPET_CFG), HPET_CFG_ENABLE);
    g_assert_cmphex(qtest_readl(qts, 0x100000), ==, 0);
    qtest_clock_step(qts, TICKS(10));
    g_assert_cmphex(qtest_readl(qts, 0x100000), ==, 0x12345678);
    qtest_quit(qts);

    /* Who may not, has no such bit. */
    qts = hpet_start("");
    qtest_writel(qts, TIMER(0, HPET_TN_CFG), HPET_TN_FSB_ENABLE);
    g_assert_cmphex(qtest_readl(qts, TIMER(0, HPET_TN_CFG)), ==, 0x30);
    qtest_quit(qts);
}

/* IRQ 0 is the interval timer's, or timer 0's; and the other way round. */
static void test_legacy_pit(void)
{
    QTestState *qts = hpet_start("");

    pic_init(qts);
    qtest_outb(qts, 0x43, 0x34);
    qtest_outb(qts, 0x40, 0xff);
    qtest_outb(qts, 0x40, 0x00);            /* every 214 us */
    pic_init(qts);
    qtest_clock_step(qts, 500 * 1000);
    g_assert_true(pic_requested(qts, 0));

    qtest_writel(qts, REG(HPET_CFG), HPET_CFG_LEGACY);
    pic_init(qts);
    qtest_clock_step(qts, 500 * 1000);
    g_assert_false(pic_requested(qts, 0));

    /* The route is not asked. */
    qtest_writel(qts, TIMER(0, HPET_TN_CFG), ROUTE | HPET_TN_ENABLE);
    qtest_writeq(qts, TIMER(0, HPET_TN_CMP), 100);
    qtest_writel(qts, REG(HPET_CFG), HPET_CFG_LEGACY | HPET_CFG_ENABLE);
    qtest_clock_step(qts, TICKS(99));
    g_assert_false(pic_requested(qts, 0));
    qtest_clock_step(qts, TICKS(1));
    g_assert_true(pic_requested(qts, 0));

    qtest_writel(qts, REG(HPET_CFG), 0);
    pic_init(qts);
    qtest_clock_step(qts, 500 * 1000);
    g_assert_true(pic_requested(qts, 0));
    qtest_quit(qts);
}

/* IRQ 8 is the clock's, or timer 1's. */
static void test_legacy_rtc(void)
{
    QTestState *qts = hpet_start("");

    pic_init(qts);
    qtest_outb(qts, 0x70, 0x0b);
    qtest_outb(qts, 0x71, 0x42);            /* periodic, 1,024 Hz */
    qtest_clock_step(qts, 2 * 1000 * 1000);
    g_assert_true(qtest_get_irq(qts, 8));

    qtest_writel(qts, REG(HPET_CFG), HPET_CFG_LEGACY);
    g_assert_false(qtest_get_irq(qts, 8));
    qtest_writel(qts, TIMER(1, HPET_TN_CFG),
                 HPET_TN_ENABLE | HPET_TN_TYPE_LEVEL);
    qtest_writeq(qts, TIMER(1, HPET_TN_CMP), 100);
    qtest_writel(qts, REG(HPET_CFG), HPET_CFG_LEGACY | HPET_CFG_ENABLE);
    qtest_clock_step(qts, TICKS(100));
    g_assert_true(qtest_get_irq(qts, 8));
    qtest_writel(qts, REG(HPET_STATUS), 1 << 1);
    g_assert_false(qtest_get_irq(qts, 8));

    /* The clock has not been acknowledged all the while. */
    qtest_writel(qts, REG(HPET_CFG), 0);
    g_assert_true(qtest_get_irq(qts, 8));
    qtest_outb(qts, 0x70, 0x0c);
    qtest_inb(qts, 0x71);
    g_assert_false(qtest_get_irq(qts, 8));
    qtest_quit(qts);
}

/* Without it nobody answers, and the others have their interrupts. */
static void test_absent(void)
{
    static const char *const opts[] = { "-no-hpet", "-machine hpet=off" };

    for (int i = 0; i < ARRAY_SIZE(opts); i++) {
        QTestState *qts = hpet_start(opts[i]);

        g_assert_cmphex(qtest_readl(qts, REG(HPET_ID)), !=, 0x8086a201);
        pic_init(qts);
        qtest_clock_step(qts, 60 * 1000 * 1000);
        g_assert_true(pic_requested(qts, 0));
        qtest_quit(qts);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_func("/hpet/capabilities", test_capabilities);
    qtest_add_func("/hpet/properties", test_properties);
    qtest_add_func("/hpet/counter", test_counter);
    qtest_add_func("/hpet/one-shot", test_one_shot);
    qtest_add_func("/hpet/periodic", test_periodic);
    qtest_add_func("/hpet/32bit", test_32bit);
    qtest_add_func("/hpet/level-goes", test_level_goes);
    qtest_add_func("/hpet/message", test_message);
    qtest_add_func("/hpet/legacy/pit", test_legacy_pit);
    qtest_add_func("/hpet/legacy/rtc", test_legacy_rtc);
    qtest_add_func("/hpet/absent", test_absent);
    return g_test_run();
}
