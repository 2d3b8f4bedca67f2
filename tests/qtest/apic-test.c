/*
 * Tests of the local APIC of an accelerator that has none in the kernel.
 *
 * The test's reads and writes of the APIC's page reach the first CPU's.  No CPU
 * runs, so what is delivered stays requested (IRR); what other CPUs got is seen
 * in `info lapic`.
 *
 * Specification: Intel SDM, volume 3, chapter 11 (10 in older ones).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "libqtest.h"
#include "pc-test.h"

#define APIC            0xfee00000

#define APIC_ID         0x020
#define APIC_VERSION    0x030
#define APIC_TPR        0x080
#define APIC_PPR        0x0a0
#define APIC_EOI        0x0b0
#define APIC_LDR        0x0d0
#define APIC_DFR        0x0e0
#define APIC_SVR        0x0f0
#define APIC_ISR        0x100
#define APIC_TMR        0x180
#define APIC_IRR        0x200
#define APIC_ESR        0x280
#define APIC_ICR        0x300
#define APIC_ICR2       0x310
#define APIC_TIMER      0x320
#define APIC_LINT0      0x350
#define APIC_LINT1      0x360
#define APIC_ERROR      0x370
#define APIC_INITIAL    0x380
#define APIC_CURRENT    0x390
#define APIC_DIVIDE     0x3e0

#define MASKED          (1 << 16)
#define PERIODIC        (1 << 17)
#define ENABLED         0x100
#define LOGICAL         (1 << 11)
#define LEVEL           (1 << 15 | 1 << 14)
#define TO_SELF         (1 << 18)
#define TO_ALL          (2 << 18)
#define TO_OTHERS       (3 << 18)

#define BY_1            0xb

static uint32_t apic_readl(QTestState *qts, unsigned reg)
{
    return qtest_readl(qts, APIC + reg);
}

static void apic_writel(QTestState *qts, unsigned reg, uint32_t value)
{
    qtest_writel(qts, APIC + reg, value);
}

static bool is_requested(QTestState *qts, uint8_t vector)
{
    return apic_readl(qts, APIC_IRR + vector / 32 * 16) >> vector % 32 & 1;
}

/* What `info lapic` has of @cpu's IRR: " 80 81(level)", or " (none)". */
static char *requests_of(QTestState *qts, int cpu)
{
    g_autofree char *text = qtest_hmp(qts, "info lapic %d", cpu);
    char *line = strstr(text, "\nIRR\t");

    g_assert_nonnull(line);
    line += strlen("\nIRR\t");
    *strpbrk(line, "\r\n") = '\0';
    return g_strdup(g_strchomp(line));
}

static void check_requests(QTestState *qts, const char *cpu0,
                           const char *cpu1, const char *cpu2)
{
    const char *const expected[] = { cpu0, cpu1, cpu2 };

    for (int i = 0; i < 3; i++) {
        g_autofree char *requests = requests_of(qts, i);

        g_assert_cmpstr(requests, ==, expected[i]);
    }
}

/* Only the first CPU's APIC is on: the page of the others is not ours. */
static QTestState *apic_start(int cpus)
{
    QTestState *qts = qtest_initf("-machine pc -nodefaults -smp %d", cpus);

    apic_writel(qts, APIC_SVR, ENABLED | 0xff);
    return qts;
}

/* After a reset: disabled, all of its own interrupts masked. */
static void test_reset(void)
{
    static const struct {
        unsigned reg;
        uint32_t value;
    } start[] = {
        { APIC_ID, 0 }, { APIC_VERSION, 0x50014 }, { APIC_TPR, 0 },
        { APIC_PPR, 0 }, { APIC_LDR, 0 }, { APIC_DFR, 0xffffffff },
        { APIC_SVR, 0xff }, { APIC_ESR, 0 }, { APIC_ICR, 0 },
        { APIC_ICR2, 0 }, { APIC_TIMER, MASKED }, { APIC_LINT0, MASKED },
        { APIC_LINT1, MASKED }, { APIC_ERROR, MASKED }, { APIC_INITIAL, 0 },
        { APIC_CURRENT, 0 }, { APIC_DIVIDE, 0 },
    };
    QTestState *qts = qtest_init("-machine pc -nodefaults");

    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < ARRAY_SIZE(start); i++) {
            g_assert_cmphex(apic_readl(qts, start[i].reg), ==,
                            start[i].value);
        }
        apic_writel(qts, APIC_SVR, ENABLED | 0x3f);
        apic_writel(qts, APIC_TPR, 0x50);
        apic_writel(qts, APIC_LDR, 0x1000000);
        apic_writel(qts, APIC_TIMER, PERIODIC | 0x40);
        apic_writel(qts, APIC_DIVIDE, BY_1);
        apic_writel(qts, APIC_INITIAL, 1000);
        apic_writel(qts, APIC_ICR, TO_SELF | 0x66);
        g_assert_true(is_requested(qts, 0x66));
        qtest_qmp_assert_success(qts, "{'execute': 'system_reset'}");
        qtest_qmp_eventwait(qts, "RESET");
        g_assert_false(is_requested(qts, 0x66));
    }
    /* The timer went with it. */
    apic_writel(qts, APIC_SVR, ENABLED | 0xff);
    qtest_clock_step(qts, 100000);
    g_assert_false(is_requested(qts, 0x40));
    qtest_quit(qts);
}

/* A register that is not there is an error; one that is read-only stays. */
static void test_bad_registers(void)
{
    QTestState *qts = apic_start(1);

    apic_writel(qts, APIC_ISR, 0xffffffff);
    apic_writel(qts, APIC_IRR, 0xffffffff);
    apic_writel(qts, APIC_TMR, 0xffffffff);
    apic_writel(qts, APIC_CURRENT, 0xffffffff);
    apic_writel(qts, APIC_VERSION, 0);
    apic_writel(qts, APIC_EOI, 0);              /* of nothing */
    g_assert_cmphex(apic_readl(qts, APIC_ISR), ==, 0);
    g_assert_cmphex(apic_readl(qts, APIC_IRR), ==, 0);
    g_assert_cmphex(apic_readl(qts, APIC_TMR), ==, 0);
    g_assert_cmphex(apic_readl(qts, APIC_CURRENT), ==, 0);
    g_assert_cmphex(apic_readl(qts, APIC_VERSION), ==, 0x50014);
    g_assert_cmphex(apic_readl(qts, APIC_ESR), ==, 0);

    apic_writel(qts, 0x3f0, 1);
    g_assert_cmphex(apic_readl(qts, APIC_ESR), ==, 0x80);
    apic_writel(qts, APIC_ESR, 0);
    g_assert_cmphex(apic_readl(qts, APIC_ESR), ==, 0);
    g_assert_cmphex(apic_readl(qts, 0x3f0), ==, 0);
    g_assert_cmphex(apic_readl(qts, APIC_ESR), ==, 0x80);
    apic_writel(qts, APIC_ESR, 0);

    /* Registers are 32 bits, read and written as such. */
    qtest_writeb(qts, APIC + APIC_TPR, 0x20);
    g_assert_cmphex(apic_readl(qts, APIC_TPR), ==, 0);
    g_assert_cmphex(qtest_readb(qts, APIC + APIC_VERSION), ==, 0);
    qtest_quit(qts);
}

static void test_one_shot(void)
{
    QTestState *qts = apic_start(1);

    apic_writel(qts, APIC_TIMER, 0x40);
    apic_writel(qts, APIC_DIVIDE, BY_1);
    apic_writel(qts, APIC_INITIAL, 1000);
    g_assert_cmpuint(apic_readl(qts, APIC_CURRENT), ==, 1000);
    qtest_clock_step(qts, 600);
    g_assert_cmpuint(apic_readl(qts, APIC_CURRENT), ==, 400);
    g_assert_false(is_requested(qts, 0x40));
    qtest_clock_step(qts, 500);
    g_assert_cmpuint(apic_readl(qts, APIC_CURRENT), ==, 0);
    g_assert_true(is_requested(qts, 0x40));
    qtest_clock_step(qts, 5000);
    g_assert_cmpuint(apic_readl(qts, APIC_CURRENT), ==, 0);

    /* Masked it counts all the same; a count of 0 stops it. */
    apic_writel(qts, APIC_TIMER, MASKED | 0x41);
    apic_writel(qts, APIC_INITIAL, 1000);
    qtest_clock_step(qts, 600);
    g_assert_cmpuint(apic_readl(qts, APIC_CURRENT), ==, 400);
    qtest_clock_step(qts, 600);
    g_assert_false(is_requested(qts, 0x41));
    apic_writel(qts, APIC_TIMER, 0x42);
    apic_writel(qts, APIC_INITIAL, 1000);
    apic_writel(qts, APIC_INITIAL, 0);
    qtest_clock_step(qts, 5000);
    g_assert_false(is_requested(qts, 0x42));
    g_assert_cmpuint(apic_readl(qts, APIC_CURRENT), ==, 0);
    qtest_quit(qts);
}

static void test_periodic(void)
{
    QTestState *qts = apic_start(1);

    apic_writel(qts, APIC_TIMER, PERIODIC | 0x40);
    apic_writel(qts, APIC_DIVIDE, BY_1);
    apic_writel(qts, APIC_INITIAL, 999);        /* 999, 998, ..., 0, 999 */
    qtest_clock_step(qts, 999);
    g_assert_cmpuint(apic_readl(qts, APIC_CURRENT), ==, 0);
    g_assert_false(is_requested(qts, 0x40));
    qtest_clock_step(qts, 1);
    g_assert_cmpuint(apic_readl(qts, APIC_CURRENT), ==, 999);
    g_assert_true(is_requested(qts, 0x40));

    /* Another vector from now on, and it comes again. */
    apic_writel(qts, APIC_TIMER, PERIODIC | 0x41);
    qtest_clock_step(qts, 500);
    g_assert_false(is_requested(qts, 0x41));
    qtest_clock_step(qts, 500);
    g_assert_true(is_requested(qts, 0x41));
    apic_writel(qts, APIC_TIMER, PERIODIC | 0x42);
    qtest_clock_step(qts, 12500);
    g_assert_true(is_requested(qts, 0x42));
    g_assert_cmpuint(apic_readl(qts, APIC_CURRENT), ==, 499);
    qtest_quit(qts);
}

static void test_divider(void)
{
    /* The register has its three bits at 0, 1 and 3. */
    static const uint8_t conf[] = {
        0x0, 0x1, 0x2, 0x3, 0x8, 0x9, 0xa,
    };
    QTestState *qts = apic_start(1);

    for (size_t i = 0; i < ARRAY_SIZE(conf); i++) {
        unsigned by = 2 << i;

        apic_writel(qts, APIC_DIVIDE, conf[i]);
        g_assert_cmphex(apic_readl(qts, APIC_DIVIDE), ==, conf[i]);
        apic_writel(qts, APIC_INITIAL, 1000);
        qtest_clock_step(qts, 100 * by);
        g_assert_cmpuint(apic_readl(qts, APIC_CURRENT), ==, 900);
    }
    apic_writel(qts, APIC_DIVIDE, 0xfffffff4 | BY_1);
    g_assert_cmphex(apic_readl(qts, APIC_DIVIDE), ==, BY_1);
    apic_writel(qts, APIC_INITIAL, 1000);
    qtest_clock_step(qts, 100);
    g_assert_cmpuint(apic_readl(qts, APIC_CURRENT), ==, 900);
    qtest_quit(qts);
}

static void test_ipi(void)
{
    QTestState *qts = apic_start(3);

    apic_writel(qts, APIC_ICR, TO_SELF | 0x50);
    check_requests(qts, " 80", " (none)", " (none)");
    apic_writel(qts, APIC_ICR2, 2u << 24);
    apic_writel(qts, APIC_ICR, 0x51);
    check_requests(qts, " 80", " (none)", " 81");
    apic_writel(qts, APIC_ICR, TO_OTHERS | 0x52);
    check_requests(qts, " 80", " 82", " 81 82");
    apic_writel(qts, APIC_ICR, TO_ALL | 0x53);
    check_requests(qts, " 80 83", " 82 83", " 81 82 83");
    /* It is delivered at once. */
    g_assert_cmphex(apic_readl(qts, APIC_ICR), ==, TO_ALL | 0x53);

    /* All, by their ID; nobody, by another; the first, by its logical one. */
    apic_writel(qts, APIC_ICR2, 0xffu << 24);
    apic_writel(qts, APIC_ICR, 0x54);
    check_requests(qts, " 80 83 84", " 82 83 84", " 81 82 83 84");
    apic_writel(qts, APIC_ICR2, 77u << 24);
    apic_writel(qts, APIC_ICR, 0x55);
    apic_writel(qts, APIC_LDR, 0x4000000);
    apic_writel(qts, APIC_ICR2, 0x8u << 24);
    apic_writel(qts, APIC_ICR, LOGICAL | 0x56);
    check_requests(qts, " 80 83 84", " 82 83 84", " 81 82 83 84");
    apic_writel(qts, APIC_ICR2, 0xcu << 24);
    apic_writel(qts, APIC_ICR, LOGICAL | 0x57);
    check_requests(qts, " 80 83 84 87", " 82 83 84", " 81 82 83 84");

    /* A level is remembered as one. */
    g_assert_cmphex(apic_readl(qts, APIC_TMR + 0x20), ==, 0);
    apic_writel(qts, APIC_ICR, TO_SELF | LEVEL | 0x58);
    g_assert_cmphex(apic_readl(qts, APIC_TMR + 0x20), ==, 1u << 0x18);
    qtest_quit(qts);
}

/* A device's message: the address has the destination, the data the vector. */
static void test_msi(void)
{
    QTestState *qts = apic_start(3);

    qtest_writel(qts, APIC, 0x60);
    qtest_writel(qts, APIC | 1 << 12, 0x61);
    qtest_writel(qts, APIC | 2 << 12, 0x62);
    qtest_writel(qts, APIC | 77 << 12, 0x63);
    check_requests(qts, " 96", " 97", " 98");
    qtest_writel(qts, APIC | 0xff << 12, 0x64);
    check_requests(qts, " 96 100", " 97 100", " 98 100");
    qtest_quit(qts);
}

/* TPR and what is in service decide the priority to beat. */
static void test_priority(void)
{
    QTestState *qts = apic_start(1);

    apic_writel(qts, APIC_TPR, 0x5f);
    g_assert_cmphex(apic_readl(qts, APIC_TPR), ==, 0x5f);
    g_assert_cmphex(apic_readl(qts, APIC_PPR), ==, 0x5f);
    apic_writel(qts, APIC_ICR, TO_SELF | 0x40);
    g_assert_true(is_requested(qts, 0x40));
    apic_writel(qts, APIC_TPR, 0);
    g_assert_cmphex(apic_readl(qts, APIC_PPR), ==, 0);
    g_assert_true(is_requested(qts, 0x40));
    qtest_quit(qts);
}

/* Pins of the IOAPIC arrive as messages do; a masked one waits. */
static void test_from_ioapic(void)
{
    QTestState *qts = apic_start(2);

    qtest_writeb(qts, 0xfec00000, 0x10 + 2 * 4 + 1);
    qtest_writel(qts, 0xfec00010, 1u << 24);
    qtest_writeb(qts, 0xfec00000, 0x10 + 2 * 4);
    qtest_writel(qts, 0xfec00010, 0x71);
    qtest_set_irq_in(qts, PC_IOAPIC, NULL, 4, 1);
    qtest_set_irq_in(qts, PC_IOAPIC, NULL, 4, 0);
    {
        g_autofree char *first = requests_of(qts, 0);
        g_autofree char *second = requests_of(qts, 1);

        g_assert_cmpstr(first, ==, " (none)");
        g_assert_cmpstr(second, ==, " 113");
    }
    qtest_quit(qts);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_func("/apic/reset", test_reset);
    qtest_add_func("/apic/bad-registers", test_bad_registers);
    qtest_add_func("/apic/timer/one-shot", test_one_shot);
    qtest_add_func("/apic/timer/periodic", test_periodic);
    qtest_add_func("/apic/timer/divider", test_divider);
    qtest_add_func("/apic/ipi", test_ipi);
    qtest_add_func("/apic/msi", test_msi);
    qtest_add_func("/apic/priority", test_priority);
    qtest_add_func("/apic/from-ioapic", test_from_ioapic);
    return g_test_run();
}
