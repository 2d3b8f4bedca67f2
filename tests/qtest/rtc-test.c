/*
 * Tests of the MC146818 clock, and of what the board puts into its memory.
 *
 * The virtual clock is the clock's (-rtc clock=vm), so that time is the test's.
 *
 * Motorola MC146818A data sheet.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/rtc/mc146818rtc_regs.h"
#include "libqtest.h"
#include "pc-test.h"

#define SECOND 1000000000LL

static QTestState *rtc_start(const char *opts)
{
    QTestState *qts = qtest_initf("-machine pc -nodefaults "
        "-rtc base=2009-02-13T23:31:28,clock=vm %s", opts);

    qtest_irq_intercept_in(qts, PC_IOAPIC);
    return qts;
}

static uint8_t cmos_read(QTestState *qts, uint8_t reg)
{
    qtest_outb(qts, 0x70, reg);
    return qtest_inb(qts, 0x71);
}

static void cmos_write(QTestState *qts, uint8_t reg, uint8_t val)
{
    qtest_outb(qts, 0x70, reg);
    qtest_outb(qts, 0x71, val);
}

/* The time and the date as one string of the registers' digits. */
#define assert_time(qts, want)                                             \
    do {                                                                   \
        g_autofree char *got_ = g_strdup_printf(                           \
            "%02x%02x-%02x-%02x %02x:%02x:%02x", cmos_read(qts, RTC_CENTURY), \
            cmos_read(qts, RTC_YEAR), cmos_read(qts, RTC_MONTH),           \
            cmos_read(qts, RTC_DAY_OF_MONTH), cmos_read(qts, RTC_HOURS),   \
            cmos_read(qts, RTC_MINUTES), cmos_read(qts, RTC_SECONDS));     \
        g_assert_cmpstr(got_, ==, want);                                   \
    } while (0)

static bool rtc_irq(QTestState *qts)
{
    return qtest_get_irq(qts, RTC_ISA_IRQ);
}

static void test_runs(void)
{
    QTestState *qts = rtc_start("");

    assert_time(qts, "2009-02-13 23:31:28");
    g_assert_cmphex(cmos_read(qts, RTC_DAY_OF_WEEK), ==, 6);    /* Friday */
    qtest_clock_step(qts, 40 * SECOND);
    assert_time(qts, "2009-02-13 23:32:08");
    qtest_clock_step(qts, 3600 * SECOND);
    assert_time(qts, "2009-02-14 00:32:08");
    g_assert_cmphex(cmos_read(qts, RTC_DAY_OF_WEEK), ==, 7);
    g_assert_cmphex(cmos_read(qts, RTC_REG_D), ==, 0x80);
    qtest_quit(qts);
}

/* While it is being set it stands, and the year turns as years do. */
static void test_set(void)
{
    static const struct {
        uint8_t reg, val;
    } eve[] = {
        { RTC_CENTURY, 0x19 }, { RTC_YEAR, 0x99 }, { RTC_MONTH, 0x12 },
        { RTC_DAY_OF_MONTH, 0x31 }, { RTC_HOURS, 0x23 },
        { RTC_MINUTES, 0x59 }, { RTC_SECONDS, 0x59 },
    };
    QTestState *qts = rtc_start("");

    cmos_write(qts, RTC_REG_B, REG_B_24H | REG_B_SET);
    for (int i = 0; i < ARRAY_SIZE(eve); i++) {
        cmos_write(qts, eve[i].reg, eve[i].val);
    }
    qtest_clock_step(qts, 10 * SECOND);
    assert_time(qts, "1999-12-31 23:59:59");
    cmos_write(qts, RTC_REG_B, REG_B_24H);
    qtest_clock_step(qts, SECOND);
    assert_time(qts, "2000-01-01 00:00:00");
    cmos_write(qts, RTC_MONTH, 0x02);
    cmos_write(qts, RTC_DAY_OF_MONTH, 0x28);
    cmos_write(qts, RTC_HOURS, 0x23);
    cmos_write(qts, RTC_MINUTES, 0x59);
    cmos_write(qts, RTC_SECONDS, 0x59);
    qtest_clock_step(qts, SECOND);
    assert_time(qts, "2000-02-29 00:00:00");
    qtest_quit(qts);
}

/* Binary, and hours of twelve with a bit for the afternoon. */
static void test_formats(void)
{
    QTestState *qts = rtc_start("");

    cmos_write(qts, RTC_REG_B, REG_B_24H | REG_B_DM);
    qtest_clock_step(qts, SECOND);
    g_assert_cmpint(cmos_read(qts, RTC_HOURS), ==, 23);
    g_assert_cmpint(cmos_read(qts, RTC_MINUTES), ==, 31);
    g_assert_cmpint(cmos_read(qts, RTC_SECONDS), ==, 29);
    cmos_write(qts, RTC_REG_B, 0);
    qtest_clock_step(qts, SECOND);
    g_assert_cmphex(cmos_read(qts, RTC_HOURS), ==, 0x91);
    qtest_quit(qts);
}

/* Each second, when the update is over. */
static void test_update(void)
{
    QTestState *qts = rtc_start("");

    cmos_write(qts, RTC_REG_B, REG_B_24H | REG_B_UIE);
    for (int i = 0; i < 3; i++) {
        cmos_read(qts, RTC_REG_C);
        g_assert_false(rtc_irq(qts));
        qtest_clock_step(qts, SECOND);
        g_assert_true(rtc_irq(qts));
        g_assert_cmphex(cmos_read(qts, RTC_REG_C) & ~REG_C_AF, ==,
                        REG_C_IRQF | REG_C_UF);
    }
    qtest_quit(qts);
}

/* At the time of the alarm; 0xc0 and above fit always. */
static void test_alarm(void)
{
    QTestState *qts = rtc_start("");

    cmos_write(qts, RTC_HOURS_ALARM, 0xc0);
    cmos_write(qts, RTC_MINUTES_ALARM, 0x32);
    cmos_write(qts, RTC_SECONDS_ALARM, 0x10);
    cmos_read(qts, RTC_REG_C);
    cmos_write(qts, RTC_REG_B, REG_B_24H | REG_B_AIE);
    qtest_clock_step(qts, 41 * SECOND);
    g_assert_false(rtc_irq(qts));
    qtest_clock_step(qts, SECOND);
    g_assert_true(rtc_irq(qts));
    g_assert_cmphex(cmos_read(qts, RTC_REG_C) & (REG_C_IRQF | REG_C_AF), ==,
                    REG_C_IRQF | REG_C_AF);
    g_assert_false(rtc_irq(qts));
    /* In an hour again. */
    qtest_clock_step(qts, 3599 * SECOND);
    g_assert_false(rtc_irq(qts));
    qtest_clock_step(qts, SECOND);
    g_assert_true(rtc_irq(qts));
    qtest_quit(qts);
}

/* 1,024 times a second; not acknowledged, it is lost. */
static void test_periodic(void)
{
    QTestState *qts = rtc_start("");

    cmos_write(qts, RTC_REG_A, 0x26);
    cmos_write(qts, RTC_REG_B, REG_B_24H | REG_B_PIE);
    cmos_read(qts, RTC_REG_C);
    for (int i = 0; i < 5; i++) {
        g_assert_false(rtc_irq(qts));
        qtest_clock_step(qts, SECOND / 1024 + 1);
        g_assert_true(rtc_irq(qts));
        g_assert_cmphex(cmos_read(qts, RTC_REG_C) & (REG_C_IRQF | REG_C_PF),
                        ==, REG_C_IRQF | REG_C_PF);
    }
    cmos_write(qts, RTC_REG_B, REG_B_24H);
    qtest_clock_step(qts, SECOND);
    g_assert_false(rtc_irq(qts));
    qtest_quit(qts);
}

/* Enabling what has happened already interrupts at once. */
static void test_enable_late(void)
{
    QTestState *qts = rtc_start("");

    cmos_read(qts, RTC_REG_C);
    qtest_clock_step(qts, 2 * SECOND);
    g_assert_false(rtc_irq(qts));
    cmos_write(qts, RTC_REG_B, REG_B_24H | REG_B_UIE);
    qtest_clock_step(qts, SECOND);
    g_assert_true(rtc_irq(qts));
    qtest_quit(qts);
}

/* The battery keeps the memory and the time; interrupts go with a reset. */
static void test_reset(void)
{
    QTestState *qts = rtc_start("");

    cmos_write(qts, 0x7f, 0xa5);
    cmos_write(qts, RTC_REG_B, REG_B_24H | REG_B_PIE | REG_B_AIE);
    qtest_outb(qts, PC_RESET_CONTROL, 0x06);
    g_assert_cmphex(cmos_read(qts, RTC_REG_B), ==, REG_B_24H);
    g_assert_cmphex(cmos_read(qts, 0x7f), ==, 0xa5);
    assert_time(qts, "2009-02-13 23:31:28");
    qtest_quit(qts);
}

/* What firmware reads: memory, boot order, CPUs. */
static void test_memory(void)
{
    static const struct {
        uint8_t reg, val;
    } want[] = {
        { 0x14, 0x06 },                     /* an FPU and a mouse */
        { 0x15, 0x80 }, { 0x16, 0x02 },     /* 640 KiB */
        { 0x17, 0xff }, { 0x18, 0xff },     /* above 1 MiB: no room for it */
        { 0x30, 0xff }, { 0x31, 0xff },
        { 0x34, 0x00 }, { 0x35, 0xbf },     /* 3 GiB less 16 MiB, in 64 KiB */
        { 0x38, 0x30 }, { 0x3d, 0x24 },     /* network, disk, CD-ROM */
        { 0x5b, 0x00 }, { 0x5c, 0x40 }, { 0x5d, 0x00 }, /* 1 GiB above 4 */
        { 0x5f, 0x02 },                     /* 3 CPUs */
    };
    QTestState *qts = rtc_start("-m 4G -boot ncd -smp 3");

    for (int i = 0; i < ARRAY_SIZE(want); i++) {
        if (cmos_read(qts, want[i].reg) != want[i].val) {
            g_test_message("CMOS byte 0x%02x", want[i].reg);
        }
        g_assert_cmphex(cmos_read(qts, want[i].reg), ==, want[i].val);
    }
    qtest_quit(qts);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_func("/rtc/runs", test_runs);
    qtest_add_func("/rtc/set", test_set);
    qtest_add_func("/rtc/formats", test_formats);
    qtest_add_func("/rtc/update", test_update);
    qtest_add_func("/rtc/alarm", test_alarm);
    qtest_add_func("/rtc/periodic", test_periodic);
    qtest_add_func("/rtc/enable-late", test_enable_late);
    qtest_add_func("/rtc/reset", test_reset);
    qtest_add_func("/rtc/memory", test_memory);
    return g_test_run();
}
