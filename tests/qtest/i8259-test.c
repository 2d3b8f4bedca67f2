/*
 * Tests of the PC's two i8259.
 *
 * Without a CPU nobody acknowledges but by polling, which does the same: the
 * request moves into service, and its line is told.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "pc-test.h"

#define MASTER          0x20
#define SLAVE           0xa0
#define MASTER_ELCR     0x4d0
#define SLAVE_ELCR      0x4d1

#define ICW1            0x11        /* with ICW4, edges, two chips */
#define ICW1_LEVEL      0x19
#define ICW4            0x01
#define ICW4_AUTO_EOI   0x03
#define ICW4_SFNM       0x11

#define OCW2_ROTATE_AUTO    0x80
#define OCW2_EOI            0x20
#define OCW2_EOI_OF         0x60
#define OCW2_EOI_ROTATE     0xa0
#define OCW2_LOWEST         0xc0
#define OCW2_EOI_OF_ROTATE  0xe0
#define OCW3_READ_IRR       0x0a
#define OCW3_READ_ISR       0x0b
#define OCW3_POLL           0x0c
#define OCW3_SPECIAL_MASK   0x68
#define OCW3_NORMAL_MASK    0x48

#define NOTHING             0       /* what a poll says then */
#define SERVE(line)         (0x80 | (line))

static void pic_program(QTestState *qts, uint16_t base, uint8_t icw1,
                        uint8_t icw4)
{
    qtest_outb(qts, base, icw1);
    qtest_outb(qts, base + 1, base == MASTER ? 0x20 : 0x28);
    qtest_outb(qts, base + 1, base == MASTER ? 0x04 : 0x02);
    qtest_outb(qts, base + 1, icw4);
}

static QTestState *pic_start_with(uint8_t icw1, uint8_t icw4)
{
    QTestState *qts = qtest_init("-machine pc -nodefaults");

    pic_program(qts, MASTER, icw1, icw4);
    pic_program(qts, SLAVE, icw1, ICW4);
    qtest_irq_intercept_out(qts, PC_PIC_MASTER);
    return qts;
}

static QTestState *pic_start(void)
{
    return pic_start_with(ICW1, ICW4);
}

static void pic_line(QTestState *qts, int line, int level)
{
    qtest_set_irq_in(qts, line < 8 ? PC_PIC_MASTER : PC_PIC_SLAVE, NULL,
                     line & 7, level);
}

static void pic_pulse(QTestState *qts, int line)
{
    pic_line(qts, line, 1);
    pic_line(qts, line, 0);
}

/* INT, the pin that goes to the CPU. */
static bool pic_int(QTestState *qts)
{
    return qtest_get_irq(qts, 0);
}

static uint8_t pic_poll(QTestState *qts, uint16_t base)
{
    qtest_outb(qts, base, OCW3_POLL);
    return qtest_inb(qts, base);
}

static uint8_t pic_irr(QTestState *qts, uint16_t base)
{
    qtest_outb(qts, base, OCW3_READ_IRR);
    return qtest_inb(qts, base);
}

static uint8_t pic_isr(QTestState *qts, uint16_t base)
{
    qtest_outb(qts, base, OCW3_READ_ISR);
    return qtest_inb(qts, base);
}

/* Initialization clears the mask; OCW1 sets it. */
static void test_mask_register(void)
{
    QTestState *qts = pic_start();

    g_assert_cmphex(qtest_inb(qts, MASTER + 1), ==, 0);
    qtest_outb(qts, MASTER + 1, 0xa5);
    g_assert_cmphex(qtest_inb(qts, MASTER + 1), ==, 0xa5);
    pic_program(qts, MASTER, ICW1, ICW4);
    g_assert_cmphex(qtest_inb(qts, MASTER + 1), ==, 0);
    qtest_quit(qts);
}

/* An edge is a request until it is acknowledged, then in service until EOI. */
static void test_request_service_eoi(void)
{
    QTestState *qts = pic_start();

    pic_pulse(qts, 3);
    g_assert_true(pic_int(qts));
    g_assert_cmphex(pic_irr(qts, MASTER), ==, 1 << 3);

    g_assert_cmphex(pic_poll(qts, MASTER), ==, SERVE(3));
    g_assert_false(pic_int(qts));
    g_assert_cmphex(pic_irr(qts, MASTER), ==, 0);
    g_assert_cmphex(pic_isr(qts, MASTER), ==, 1 << 3);

    qtest_outb(qts, MASTER, OCW2_EOI);
    g_assert_cmphex(pic_isr(qts, MASTER), ==, 0);
    qtest_quit(qts);
}

/* A masked request waits. */
static void test_masked(void)
{
    QTestState *qts = pic_start();

    qtest_outb(qts, MASTER + 1, 1 << 3);
    pic_pulse(qts, 3);
    g_assert_false(pic_int(qts));
    g_assert_cmphex(pic_irr(qts, MASTER), ==, 1 << 3);
    qtest_outb(qts, MASTER + 1, 0);
    g_assert_true(pic_int(qts));
    qtest_quit(qts);
}

/* The lower line first; a lower one interrupts the service of a higher one. */
static void test_priorities(void)
{
    QTestState *qts = pic_start();

    pic_pulse(qts, 5);
    pic_pulse(qts, 3);
    g_assert_cmphex(pic_poll(qts, MASTER), ==, SERVE(3));
    g_assert_cmphex(pic_poll(qts, MASTER), ==, NOTHING);
    pic_pulse(qts, 1);
    g_assert_true(pic_int(qts));
    g_assert_cmphex(pic_poll(qts, MASTER), ==, SERVE(1));

    qtest_outb(qts, MASTER, OCW2_EOI);          /* of 1 */
    g_assert_cmphex(pic_isr(qts, MASTER), ==, 1 << 3);
    qtest_outb(qts, MASTER, OCW2_EOI);          /* of 3 */
    g_assert_cmphex(pic_poll(qts, MASTER), ==, SERVE(5));
    qtest_quit(qts);
}

/* An EOI can name its line, whatever else is in service. */
static void test_specific_eoi(void)
{
    QTestState *qts = pic_start();

    pic_pulse(qts, 5);
    pic_poll(qts, MASTER);
    pic_pulse(qts, 1);
    pic_poll(qts, MASTER);
    qtest_outb(qts, MASTER, OCW2_EOI_OF | 5);
    g_assert_cmphex(pic_isr(qts, MASTER), ==, 1 << 1);
    qtest_quit(qts);
}

/* With automatic EOI nothing stays in service. */
static void test_auto_eoi(void)
{
    QTestState *qts = pic_start_with(ICW1, ICW4_AUTO_EOI);

    pic_pulse(qts, 5);
    g_assert_cmphex(pic_poll(qts, MASTER), ==, SERVE(5));
    g_assert_cmphex(pic_isr(qts, MASTER), ==, 0);

    /* … and may rotate: who was served last is the lowest. */
    qtest_outb(qts, MASTER, OCW2_ROTATE_AUTO);
    pic_pulse(qts, 3);
    g_assert_cmphex(pic_poll(qts, MASTER), ==, SERVE(3));
    pic_pulse(qts, 3);
    pic_pulse(qts, 4);
    g_assert_cmphex(pic_poll(qts, MASTER), ==, SERVE(4));
    g_assert_cmphex(pic_poll(qts, MASTER), ==, SERVE(3));
    qtest_quit(qts);
}

/* Three ways to make a line the lowest. */
static void test_rotation(void)
{
    QTestState *qts = pic_start();

    qtest_outb(qts, MASTER, OCW2_LOWEST | 4);
    pic_pulse(qts, 1);
    pic_pulse(qts, 6);
    g_assert_cmphex(pic_poll(qts, MASTER), ==, SERVE(6));

    qtest_outb(qts, MASTER, OCW2_EOI_ROTATE);   /* 6 is the lowest now */
    pic_pulse(qts, 6);
    g_assert_cmphex(pic_poll(qts, MASTER), ==, SERVE(1));

    qtest_outb(qts, MASTER, OCW2_EOI_OF_ROTATE | 1);
    pic_pulse(qts, 1);
    g_assert_cmphex(pic_poll(qts, MASTER), ==, SERVE(6));
    qtest_quit(qts);
}

/* Special mask: who is masked does not hold up lower ones while in service. */
static void test_special_mask(void)
{
    QTestState *qts = pic_start();

    pic_pulse(qts, 1);
    pic_poll(qts, MASTER);
    pic_pulse(qts, 6);
    g_assert_false(pic_int(qts));

    qtest_outb(qts, MASTER, OCW3_SPECIAL_MASK);
    qtest_outb(qts, MASTER + 1, 1 << 1);
    g_assert_true(pic_int(qts));
    qtest_outb(qts, MASTER, OCW3_NORMAL_MASK);
    g_assert_cmphex(pic_poll(qts, MASTER), ==, NOTHING);
    qtest_quit(qts);
}

/* A level is a request only while it is up. */
static void test_level(void)
{
    QTestState *qts = pic_start();

    qtest_outb(qts, MASTER_ELCR, 1 << 5);
    pic_line(qts, 5, 1);
    g_assert_cmphex(pic_poll(qts, MASTER), ==, SERVE(5));
    g_assert_cmphex(pic_irr(qts, MASTER), ==, 1 << 5);
    qtest_outb(qts, MASTER, OCW2_EOI);
    g_assert_true(pic_int(qts));
    pic_line(qts, 5, 0);
    g_assert_false(pic_int(qts));
    g_assert_cmphex(pic_irr(qts, MASTER), ==, 0);
    qtest_quit(qts);
}

/* ICW1 can make all lines levels. */
static void test_level_by_icw1(void)
{
    QTestState *qts = pic_start_with(ICW1_LEVEL, ICW4);

    pic_pulse(qts, 3);
    g_assert_cmphex(pic_irr(qts, MASTER), ==, 0);
    qtest_quit(qts);
}

/* The ISA bus has edges on 0, 1, 2, 8 and 13, whatever is written. */
static void test_elcr(void)
{
    QTestState *qts = pic_start();

    qtest_outb(qts, MASTER_ELCR, 0xff);
    qtest_outb(qts, SLAVE_ELCR, 0xff);
    g_assert_cmphex(qtest_inb(qts, MASTER_ELCR), ==, 0xf8);
    g_assert_cmphex(qtest_inb(qts, SLAVE_ELCR), ==, 0xde);
    /* A new initialization keeps them, a reset of the machine does not. */
    pic_program(qts, MASTER, ICW1, ICW4);
    g_assert_cmphex(qtest_inb(qts, MASTER_ELCR), ==, 0xf8);
    qtest_outb(qts, PC_RESET_CONTROL, 0x06);
    g_assert_cmphex(qtest_inb(qts, MASTER_ELCR), ==, 0);
    g_assert_cmphex(qtest_inb(qts, SLAVE_ELCR), ==, 0);
    qtest_quit(qts);
}

/* The second chip hangs on line 2 of the first; each wants its own EOI. */
static void test_cascade(void)
{
    QTestState *qts = pic_start();

    pic_pulse(qts, 12);
    g_assert_true(pic_int(qts));
    g_assert_cmphex(pic_irr(qts, MASTER), ==, 1 << 2);
    g_assert_cmphex(pic_irr(qts, SLAVE), ==, 1 << 4);
    g_assert_cmphex(pic_poll(qts, MASTER), ==, SERVE(2));
    g_assert_cmphex(pic_poll(qts, SLAVE), ==, SERVE(4));

    /* Line 8 would go first, but line 2 is in service. */
    pic_pulse(qts, 8);
    g_assert_false(pic_int(qts));
    qtest_outb(qts, SLAVE, OCW2_EOI);
    qtest_outb(qts, MASTER, OCW2_EOI);
    g_assert_true(pic_int(qts));
    qtest_quit(qts);
}

/* In special fully nested mode it need not wait. */
static void test_special_fully_nested(void)
{
    QTestState *qts = pic_start_with(ICW1, ICW4_SFNM);

    pic_pulse(qts, 12);
    pic_poll(qts, MASTER);
    pic_poll(qts, SLAVE);
    pic_pulse(qts, 8);
    g_assert_true(pic_int(qts));
    qtest_quit(qts);
}

/* A level that goes away before anybody looks leaves nothing to serve. */
static void test_spurious(void)
{
    QTestState *qts = pic_start();

    qtest_outb(qts, MASTER_ELCR, 1 << 5);
    pic_line(qts, 5, 1);
    g_assert_true(pic_int(qts));
    pic_line(qts, 5, 0);
    g_assert_cmphex(pic_poll(qts, MASTER), ==, NOTHING);
    g_assert_cmphex(pic_isr(qts, MASTER), ==, 0);
    qtest_quit(qts);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_func("/i8259/mask-register", test_mask_register);
    qtest_add_func("/i8259/request-service-eoi", test_request_service_eoi);
    qtest_add_func("/i8259/masked", test_masked);
    qtest_add_func("/i8259/priorities", test_priorities);
    qtest_add_func("/i8259/specific-eoi", test_specific_eoi);
    qtest_add_func("/i8259/auto-eoi", test_auto_eoi);
    qtest_add_func("/i8259/rotation", test_rotation);
    qtest_add_func("/i8259/special-mask", test_special_mask);
    qtest_add_func("/i8259/level", test_level);
    qtest_add_func("/i8259/level/icw1", test_level_by_icw1);
    qtest_add_func("/i8259/elcr", test_elcr);
    qtest_add_func("/i8259/cascade", test_cascade);
    qtest_add_func("/i8259/special-fully-nested", test_special_fully_nested);
    qtest_add_func("/i8259/spurious", test_spurious);
    return g_test_run();
}
