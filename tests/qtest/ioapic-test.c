/*
 * Tests of the PC's IOAPIC.
 *
 * It delivers by a write to the local APICs' address, where nobody is if the CPU
 * has none.  A network card's MSI-X table stands in for it: it remembers what
 * is written to it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/i386/ioapic_internal.h"
#include "libqos/pci-pc.h"
#include "pc-test.h"

#define IOAPIC          0xfec00000
#define LOCAL_APIC      0xfee00000
#define NIC_DEVFN       (4 << 3)

#define PIN             10
#define VECTOR          0x51
#define EDGE            VECTOR
#define LEVEL           (VECTOR | IOAPIC_LVT_TRIGGER_MODE)
/* How a message says that it is for a level. */
#define MSI_LEVEL       (1 << 15)
#define NO_MESSAGE      0

static uint32_t ioapic_read(QTestState *qts, uint8_t reg)
{
    qtest_writeb(qts, IOAPIC + IOAPIC_IOREGSEL, reg);
    return qtest_readl(qts, IOAPIC + IOAPIC_IOWIN);
}

static void ioapic_write(QTestState *qts, uint8_t reg, uint32_t val)
{
    qtest_writeb(qts, IOAPIC + IOAPIC_IOREGSEL, reg);
    qtest_writel(qts, IOAPIC + IOAPIC_IOWIN, val);
}

static uint32_t ioapic_entry(QTestState *qts)
{
    return ioapic_read(qts, IOAPIC_REG_REDTBL_BASE + 2 * PIN);
}

static void ioapic_set_entry(QTestState *qts, uint32_t entry)
{
    ioapic_write(qts, IOAPIC_REG_REDTBL_BASE + 2 * PIN, entry);
}

static void ioapic_line(QTestState *qts, int pin, int level)
{
    qtest_set_irq_in(qts, PC_IOAPIC, NULL, pin, level);
}

/* The last message, and forget it. */
static uint32_t ioapic_message(QTestState *qts)
{
    uint32_t msg = qtest_readl(qts, LOCAL_APIC);

    qtest_writel(qts, LOCAL_APIC, NO_MESSAGE);
    return msg;
}

static QTestState *ioapic_start(const char *opts)
{
    QTestState *qts = qtest_initf("-machine pc -cpu qemu64,-apic -nodefaults "
                                  "-netdev hubport,id=n,hubid=0 "
                                  "-device virtio-net-pci,addr=4,netdev=n,"
                                  "romfile= %s", opts);

    /* BAR 1 is the table. */
    pc_config_writel(qts, NIC_DEVFN, 0x14, LOCAL_APIC);
    pc_config_writel(qts, NIC_DEVFN, 0x04, 0x2);
    return qts;
}

static void test_registers(void)
{
    QTestState *qts = ioapic_start("");

    g_assert_cmphex(ioapic_read(qts, IOAPIC_REG_ID), ==, 0);
    g_assert_cmphex(ioapic_read(qts, IOAPIC_REG_VER), ==, 0x00170020);
    for (int reg = 0x10; reg < 0x40; reg += 2) {
        g_assert_cmphex(ioapic_read(qts, reg), ==, IOAPIC_LVT_MASKED);
        g_assert_cmphex(ioapic_read(qts, reg + 1), ==, 0);
    }

    /* Four bits of ID; version and arbitration cannot be written. */
    ioapic_write(qts, IOAPIC_REG_ID, 0xffffffff);
    g_assert_cmphex(ioapic_read(qts, IOAPIC_REG_ID), ==, 0x0f000000);
    g_assert_cmphex(ioapic_read(qts, IOAPIC_REG_ARB), ==, 0x0f000000);
    ioapic_write(qts, IOAPIC_REG_VER, 0);
    g_assert_cmphex(ioapic_read(qts, IOAPIC_REG_VER), ==, 0x00170020);

    /* Behind the last entry there is nothing. */
    ioapic_write(qts, 0x40, 0xffffffff);
    g_assert_cmphex(ioapic_read(qts, 0x40), ==, 0);
    g_assert_cmphex(ioapic_read(qts, 0xff), ==, 0);
    qtest_quit(qts);
}

/* The chip's own bits of an entry cannot be written. */
static void test_read_only_bits(void)
{
    QTestState *qts = ioapic_start("");

    ioapic_set_entry(qts, 0xffffffff);
    g_assert_cmphex(ioapic_entry(qts) & (IOAPIC_LVT_REMOTE_IRR |
                                         IOAPIC_LVT_DELIV_STATUS), ==, 0);
    qtest_quit(qts);
}

/* The window is 32 bits wide; less of it is nothing. */
static void test_window_size(void)
{
    QTestState *qts = ioapic_start("");

    qtest_writeb(qts, IOAPIC + IOAPIC_IOREGSEL, IOAPIC_REG_ID);
    qtest_writeb(qts, IOAPIC + IOAPIC_IOWIN + 3, 0x0f);
    g_assert_cmphex(ioapic_read(qts, IOAPIC_REG_ID), ==, 0);
    g_assert_cmphex(qtest_readw(qts, IOAPIC + IOAPIC_IOWIN), ==, 0);
    qtest_quit(qts);
}

/* Each edge is one message. */
static void test_edge(void)
{
    QTestState *qts = ioapic_start("");

    ioapic_set_entry(qts, EDGE);
    ioapic_line(qts, PIN, 1);
    g_assert_cmphex(ioapic_message(qts), ==, VECTOR);
    ioapic_line(qts, PIN, 0);
    g_assert_cmphex(ioapic_message(qts), ==, NO_MESSAGE);
    g_assert_cmphex(ioapic_entry(qts), ==, EDGE);
    ioapic_line(qts, PIN, 1);
    g_assert_cmphex(ioapic_message(qts), ==, VECTOR);
    qtest_quit(qts);
}

/* An edge at a masked pin is lost, a level is not. */
static void test_masked(void)
{
    QTestState *qts = ioapic_start("");

    ioapic_set_entry(qts, EDGE | IOAPIC_LVT_MASKED);
    ioapic_line(qts, PIN, 1);
    ioapic_set_entry(qts, EDGE);
    g_assert_cmphex(ioapic_message(qts), ==, NO_MESSAGE);
    ioapic_line(qts, PIN, 0);

    ioapic_set_entry(qts, LEVEL | IOAPIC_LVT_MASKED);
    ioapic_line(qts, PIN, 1);
    g_assert_cmphex(ioapic_message(qts), ==, NO_MESSAGE);
    ioapic_set_entry(qts, LEVEL);
    g_assert_cmphex(ioapic_message(qts), ==, VECTOR | MSI_LEVEL);
    qtest_quit(qts);
}

/* A level is delivered once; after the EOI again, if it is still up. */
static void test_level_and_eoi(void)
{
    QTestState *qts = ioapic_start("");

    ioapic_set_entry(qts, LEVEL);
    ioapic_line(qts, PIN, 1);
    g_assert_cmphex(ioapic_message(qts), ==, VECTOR | MSI_LEVEL);
    g_assert_cmphex(ioapic_entry(qts), ==, LEVEL | IOAPIC_LVT_REMOTE_IRR);
    ioapic_line(qts, PIN, 0);
    ioapic_line(qts, PIN, 1);
    g_assert_cmphex(ioapic_message(qts), ==, NO_MESSAGE);

    /* Somebody else's EOI changes nothing. */
    qtest_writel(qts, IOAPIC + IOAPIC_EOI, VECTOR + 1);
    g_assert_cmphex(ioapic_entry(qts), ==, LEVEL | IOAPIC_LVT_REMOTE_IRR);
    qtest_writel(qts, IOAPIC + IOAPIC_EOI, VECTOR);
    g_assert_cmphex(ioapic_message(qts), ==, VECTOR | MSI_LEVEL);

    ioapic_line(qts, PIN, 0);
    qtest_writel(qts, IOAPIC + IOAPIC_EOI, VECTOR);
    g_assert_cmphex(ioapic_message(qts), ==, NO_MESSAGE);
    g_assert_cmphex(ioapic_entry(qts), ==, LEVEL);
    qtest_quit(qts);
}

/* Version 0x11 has no EOI register; making it an edge clears Remote IRR. */
static void test_old_version(void)
{
    QTestState *qts = ioapic_start("-global ioapic.version=0x11");

    g_assert_cmphex(ioapic_read(qts, IOAPIC_REG_VER), ==, 0x00170011);
    ioapic_set_entry(qts, LEVEL);
    ioapic_line(qts, PIN, 1);
    ioapic_line(qts, PIN, 0);
    qtest_writel(qts, IOAPIC + IOAPIC_EOI, VECTOR);
    g_assert_cmphex(ioapic_entry(qts), ==, LEVEL | IOAPIC_LVT_REMOTE_IRR);
    ioapic_set_entry(qts, EDGE);
    ioapic_set_entry(qts, LEVEL);
    g_assert_cmphex(ioapic_entry(qts), ==, LEVEL);
    qtest_quit(qts);
}

/* The timer's line 0 is wired to pin 2. */
static void test_timer_pin(void)
{
    QTestState *qts = ioapic_start("");

    ioapic_write(qts, IOAPIC_REG_REDTBL_BASE + 2 * 2, EDGE);
    ioapic_line(qts, 0, 1);
    g_assert_cmphex(ioapic_message(qts), ==, VECTOR);
    qtest_quit(qts);
}

/* Destination, its mode and the delivery mode go into the message. */
static void test_message(void)
{
    QTestState *qts = ioapic_start("");

    /* Logical mode (bit 2 of the address), lowest priority (bit 8 of data) */
    ioapic_set_entry(qts, EDGE | IOAPIC_LVT_DEST_MODE |
                          IOAPIC_DM_LOWEST_PRIORITY
                          << IOAPIC_LVT_DELIV_MODE_SHIFT);
    ioapic_line(qts, PIN, 1);
    g_assert_cmphex(qtest_readl(qts, LOCAL_APIC), ==, NO_MESSAGE);
    g_assert_cmphex(qtest_readl(qts, LOCAL_APIC + 4), ==, VECTOR | 1 << 8);
    ioapic_line(qts, PIN, 0);

    /* For the CPU whose ID is 7: nobody is at that address. */
    ioapic_write(qts, IOAPIC_REG_REDTBL_BASE + 2 * PIN + 1, 7 << 24);
    ioapic_set_entry(qts, EDGE);
    ioapic_line(qts, PIN, 1);
    g_assert_cmphex(ioapic_message(qts), ==, NO_MESSAGE);
    qtest_quit(qts);
}

static void test_reset(void)
{
    QTestState *qts = ioapic_start("");

    ioapic_write(qts, IOAPIC_REG_ID, 0x05000000);
    ioapic_set_entry(qts, LEVEL);
    ioapic_line(qts, PIN, 1);
    qtest_outb(qts, PC_RESET_CONTROL, 0x06);
    g_assert_cmphex(ioapic_read(qts, IOAPIC_REG_ID), ==, 0);
    g_assert_cmphex(ioapic_entry(qts), ==, IOAPIC_LVT_MASKED);
    qtest_quit(qts);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_func("/ioapic/registers", test_registers);
    qtest_add_func("/ioapic/registers/read-only-bits", test_read_only_bits);
    qtest_add_func("/ioapic/registers/window-size", test_window_size);
    qtest_add_func("/ioapic/edge", test_edge);
    qtest_add_func("/ioapic/masked", test_masked);
    qtest_add_func("/ioapic/level-and-eoi", test_level_and_eoi);
    qtest_add_func("/ioapic/old-version", test_old_version);
    qtest_add_func("/ioapic/timer-pin", test_timer_pin);
    qtest_add_func("/ioapic/message", test_message);
    qtest_add_func("/ioapic/reset", test_reset);
    return g_test_run();
}
