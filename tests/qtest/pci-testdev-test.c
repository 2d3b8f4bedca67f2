/*
 * Tests of pci-testdev: the header, what is counted, and what an eventfd takes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/pci/pci_regs.h"
#include "libqtest.h"
#include "libqos/pci-pc.h"
#include "qapi/qmp/qdict.h"

#define REG_TEST        0
#define REG_WIDTH       1
#define REG_OFFSET      4
#define REG_DATA        8
#define REG_COUNT       12
#define REG_NAME        16

/* The PC's reset control register. */
#define RESET_CONTROL       0xcf9
#define RESET_CONTROL_HARD  0x06

enum { NO_EVENTFD, WILDCARD, DATAMATCH, TESTS };

typedef struct Testdev {
    QTestState *qts;
    QPCIBus *bus;
    QPCIDevice *dev;
    QPCIBar bar[2];
} Testdev;

static void testdev_start(Testdev *t, const char *opts)
{
    t->qts = qtest_initf("-machine pc -device pci-testdev,addr=04.0%s", opts);
    t->bus = qpci_new_pc(t->qts, NULL);
    t->dev = qpci_device_find(t->bus, QPCI_DEVFN(4, 0));
    g_assert_nonnull(t->dev);
    qpci_device_enable(t->dev);
    t->bar[0] = qpci_iomap(t->dev, 0, NULL);
    t->bar[1] = qpci_iomap(t->dev, 1, NULL);
}

static void testdev_stop(Testdev *t)
{
    g_free(t->dev);
    qpci_free_pc(t->bus);
    qtest_quit(t->qts);
}

static unsigned testdev_count(Testdev *t, int bar)
{
    return qpci_io_readl(t->dev, t->bar[bar], REG_COUNT);
}

static void testdev_write(Testdev *t, int bar, int offset, int val)
{
    qpci_io_writeb(t->dev, t->bar[bar], offset, val);
}

/* The header of each test, as a guest scans them. */
static void test_header(gconstpointer opaque)
{
    static const char *const names[2][TESTS] = {
        { "mmio-no-eventfd", "mmio-wildcard-eventfd",
          "mmio-datamatch-eventfd" },
        { "portio-no-eventfd", "portio-wildcard-eventfd",
          "portio-datamatch-eventfd" },
    };
    int bar = GPOINTER_TO_INT(opaque);
    Testdev t;

    testdev_start(&t, "");
    g_assert_cmphex(qpci_io_readl(t.dev, t.bar[bar], 0), ==, 0);
    for (int i = 0; i < TESTS; i++) {
        testdev_write(&t, bar, REG_TEST, i);
        g_assert_cmpint(qpci_io_readb(t.dev, t.bar[bar], REG_TEST), ==,
                        bar * TESTS + i);
        g_assert_cmpint(qpci_io_readb(t.dev, t.bar[bar], REG_WIDTH), ==, 1);
        g_assert_cmphex(qpci_io_readl(t.dev, t.bar[bar], REG_OFFSET), ==,
                        bar ? 0x83 + i : 0x800 + i);
        g_assert_cmphex(qpci_io_readl(t.dev, t.bar[bar], REG_DATA), ==,
                        i == WILDCARD ? 0xce : 0xfa);
        for (int c = 0; c <= strlen(names[bar][i]); c++) {
            g_assert_cmpint(qpci_io_readb(t.dev, t.bar[bar], REG_NAME + c), ==,
                            names[bar][i][c]);
        }
        /* There is one choice for both. */
        g_assert_cmpint(qpci_io_readb(t.dev, t.bar[!bar], REG_TEST), ==,
                        bar * TESTS + i);
    }
    testdev_write(&t, bar, REG_TEST, TESTS);
    g_assert_cmphex(qpci_io_readl(t.dev, t.bar[bar], 0), ==, 0);
    testdev_stop(&t);
}

/* What comes to the device is counted, what an eventfd takes is not. */
static void test_count(gconstpointer opaque)
{
    int bar = GPOINTER_TO_INT(opaque);
    Testdev t;

    testdev_start(&t, "");
    for (int i = 0; i < TESTS; i++) {
        int offset, data;

        testdev_write(&t, bar, REG_TEST, i);
        offset = qpci_io_readl(t.dev, t.bar[bar], REG_OFFSET);
        data = qpci_io_readl(t.dev, t.bar[bar], REG_DATA);
        for (int k = 0; k < 3; k++) {
            testdev_write(&t, bar, offset, data);
        }
        g_assert_cmpuint(testdev_count(&t, bar), ==, i == NO_EVENTFD ? 3 : 0);

        /* Elsewhere, and another value. */
        testdev_write(&t, bar, offset + 1, data);
        testdev_write(&t, bar, offset, data + 1);
        g_assert_cmpuint(testdev_count(&t, bar), ==, i == NO_EVENTFD ? 3 : 0);

        testdev_write(&t, bar, REG_TEST, i);
        g_assert_cmpuint(testdev_count(&t, bar), ==, 0);
    }
    testdev_stop(&t);
}

/* An eventfd for one byte does not take four; the first of them comes here. */
static void test_count_wide(void)
{
    Testdev t;

    testdev_start(&t, "");
    testdev_write(&t, 1, REG_TEST, WILDCARD);
    qpci_io_writel(t.dev, t.bar[1], 0x84, 0x11);
    g_assert_cmpuint(testdev_count(&t, 1), ==, 1);
    testdev_stop(&t);
}

/* A reset of the machine ends the test. */
static void test_reset(void)
{
    Testdev t;

    testdev_start(&t, "");
    testdev_write(&t, 0, REG_TEST, WILDCARD);
    qtest_outb(t.qts, RESET_CONTROL, RESET_CONTROL_HARD);
    qpci_device_enable(t.dev);
    t.bar[0] = qpci_iomap(t.dev, 0, NULL);
    g_assert_cmphex(qpci_io_readl(t.dev, t.bar[0], 0), ==, 0);
    testdev_stop(&t);
}

static void test_membar(void)
{
    Testdev t;
    uint64_t size;

    testdev_start(&t, ",membar=64K");
    g_assert_cmphex(qpci_config_readl(t.dev, PCI_BASE_ADDRESS_2) & 0xf, ==,
                    PCI_BASE_ADDRESS_MEM_PREFETCH |
                    PCI_BASE_ADDRESS_MEM_TYPE_64);
    qpci_iomap(t.dev, 2, &size);
    g_assert_cmpuint(size, ==, 0x10000);
    testdev_stop(&t);
}

static void test_membar_bad(void)
{
    static const uint64_t bad[] = { 8, 3000, UINT64_MAX };
    QTestState *qts = qtest_init("-machine pc");

    for (int i = 0; i < G_N_ELEMENTS(bad); i++) {
        QDict *args = qdict_new();
        QDict *rsp;

        qdict_put_str(args, "driver", "pci-testdev");
        qdict_put_int(args, "membar", bad[i]);
        rsp = qtest_qmp(qts, "{'execute': 'device_add', 'arguments': %p}",
                        args);
        qmp_expect_error_and_unref(rsp, "GenericError");
    }
    qtest_quit(qts);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_data_func("/pci-testdev/mmio/header", GINT_TO_POINTER(0),
                        test_header);
    qtest_add_data_func("/pci-testdev/portio/header", GINT_TO_POINTER(1),
                        test_header);
    qtest_add_data_func("/pci-testdev/mmio/count", GINT_TO_POINTER(0),
                        test_count);
    qtest_add_data_func("/pci-testdev/portio/count", GINT_TO_POINTER(1),
                        test_count);
    qtest_add_func("/pci-testdev/portio/count-wide", test_count_wide);
    qtest_add_func("/pci-testdev/reset", test_reset);
    qtest_add_func("/pci-testdev/membar", test_membar);
    qtest_add_func("/pci-testdev/membar/bad", test_membar_bad);
    return g_test_run();
}
