/*
 * Tests of edu: registers, the factorial's thread, interrupts both ways, DMA.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/pci/pci_regs.h"
#include "libqtest.h"
#include "libqos/pci-pc.h"
#include "edu.h"

#define DMA_NS          (100 * 1000 * 1000)

/* Guest memory for the tests. */
#define GUEST_BUF       0x100000
#define MSI_ADDR        0x200000
#define MSI_DATA        0x4321

typedef struct EduTest {
    QTestState *qts;
    QPCIBus *bus;
    QPCIDevice *dev;
    QPCIBar bar;
} EduTest;

static void edu_start(EduTest *t, const char *opts)
{
    t->qts = qtest_initf("-machine pc -device edu,id=edu0,addr=04.0%s", opts);
    t->bus = qpci_new_pc(t->qts, NULL);
    t->dev = qpci_device_find(t->bus, QPCI_DEVFN(4, 0));
    g_assert_nonnull(t->dev);
    qpci_device_enable(t->dev);
    t->bar = qpci_iomap(t->dev, 0, NULL);
}

static void edu_stop(EduTest *t)
{
    g_free(t->dev);
    qpci_free_pc(t->bus);
    qtest_quit(t->qts);
}

static uint32_t edu_readl(EduTest *t, uint64_t reg)
{
    return qpci_io_readl(t->dev, t->bar, reg);
}

static void edu_writel(EduTest *t, uint64_t reg, uint32_t val)
{
    qpci_io_writel(t->dev, t->bar, reg, val);
}

/* PCI's own register says whether the INTx line is raised (PCI 3.0, 6.2.3). */
static bool edu_intx(EduTest *t)
{
    return qpci_config_readw(t->dev, PCI_STATUS) & PCI_STATUS_INTERRUPT;
}

/* Send messages to memory, where the test sees them. */
static void edu_enable_msi(EduTest *t)
{
    uint8_t cap = qpci_find_capability(t->dev, PCI_CAP_ID_MSI, 0);
    uint16_t flags;

    g_assert_cmphex(cap, !=, 0);
    flags = qpci_config_readw(t->dev, cap + PCI_MSI_FLAGS);
    g_assert_true(flags & PCI_MSI_FLAGS_64BIT);
    qpci_config_writel(t->dev, cap + PCI_MSI_ADDRESS_LO, MSI_ADDR);
    qpci_config_writel(t->dev, cap + PCI_MSI_ADDRESS_HI, 0);
    qpci_config_writew(t->dev, cap + PCI_MSI_DATA_64, MSI_DATA);
    qpci_config_writew(t->dev, cap + PCI_MSI_FLAGS,
                       flags | PCI_MSI_FLAGS_ENABLE);
}

static bool edu_msi_came(EduTest *t)
{
    bool came = qtest_readl(t->qts, MSI_ADDR) == MSI_DATA;

    qtest_writel(t->qts, MSI_ADDR, 0);
    return came;
}

static void edu_wait_fact(EduTest *t)
{
    while (edu_readl(t, EDU_REG_STATUS) & EDU_STATUS_COMPUTING) {
        g_usleep(1000);
    }
}

static void test_identity(void)
{
    EduTest t;

    edu_start(&t, "");
    g_assert_cmphex(qpci_config_readw(t.dev, PCI_VENDOR_ID), ==, 0x1234);
    g_assert_cmphex(qpci_config_readw(t.dev, PCI_DEVICE_ID), ==, 0x11e8);
    g_assert_cmphex(qpci_config_readw(t.dev, PCI_CLASS_DEVICE), ==, 0x00ff);
    g_assert_cmphex(edu_readl(&t, EDU_REG_ID), ==, EDU_ID);
    edu_writel(&t, EDU_REG_LIVE, 0x12345678);
    g_assert_cmphex(edu_readl(&t, EDU_REG_LIVE), ==, ~0x12345678u);
    edu_stop(&t);
}

/* Registers below 0x80 have four bytes; what is not there reads as ones. */
static void test_widths(void)
{
    EduTest t;
    uint64_t base;

    edu_start(&t, "");
    base = t.bar.addr;
    edu_writel(&t, EDU_REG_LIVE, 0);
    qtest_writeq(t.qts, base + EDU_REG_ID, 0);
    g_assert_cmphex(qtest_readq(t.qts, base + EDU_REG_ID), ==, UINT64_MAX);
    g_assert_cmphex(edu_readl(&t, EDU_REG_LIVE), ==, UINT32_MAX);
    g_assert_cmphex(edu_readl(&t, 0x0c), ==, UINT32_MAX);
    qtest_writeq(t.qts, base + EDU_REG_DMA_SRC, 0x123456789abcdef0);
    g_assert_cmphex(qtest_readq(t.qts, base + EDU_REG_DMA_SRC), ==,
                    0x123456789abcdef0);
    edu_stop(&t);
}

static void test_factorial(void)
{
    static const struct {
        uint32_t n, fact;
    } known[] = {
        { 0, 1 }, { 1, 1 }, { 5, 120 }, { 12, 479001600 },
        { 13, 1932053504 /* the low 32 bits */ }, { UINT32_MAX, 0 },
    };
    EduTest t;

    edu_start(&t, "");
    for (int i = 0; i < G_N_ELEMENTS(known); i++) {
        edu_writel(&t, EDU_REG_FACT, known[i].n);
        edu_wait_fact(&t);
        g_assert_cmpuint(edu_readl(&t, EDU_REG_FACT), ==, known[i].fact);
        g_assert_false(edu_intx(&t));
    }
    edu_stop(&t);
}

static void test_intx(void)
{
    EduTest t;

    edu_start(&t, "");
    edu_writel(&t, EDU_REG_IRQ_RAISE, 0x6);
    g_assert_true(edu_intx(&t));
    g_assert_cmphex(edu_readl(&t, EDU_REG_IRQ_STATUS), ==, 0x6);
    edu_writel(&t, EDU_REG_IRQ_ACK, 0x2);
    g_assert_true(edu_intx(&t));
    edu_writel(&t, EDU_REG_IRQ_ACK, 0x4);
    g_assert_false(edu_intx(&t));
    g_assert_cmphex(edu_readl(&t, EDU_REG_IRQ_STATUS), ==, 0);

    /* The factorial's, only when it was asked for. */
    edu_writel(&t, EDU_REG_STATUS, EDU_STATUS_IRQFACT);
    edu_writel(&t, EDU_REG_FACT, 4);
    edu_wait_fact(&t);
    while (!edu_intx(&t)) {
        g_usleep(1000);
    }
    g_assert_cmphex(edu_readl(&t, EDU_REG_IRQ_STATUS), ==, EDU_FACT_IRQ);
    edu_writel(&t, EDU_REG_IRQ_ACK, EDU_FACT_IRQ);
    g_assert_false(edu_intx(&t));
    edu_stop(&t);
}

/* A message for each, and the line stays low. */
static void test_msi(void)
{
    EduTest t;

    edu_start(&t, "");
    edu_enable_msi(&t);
    edu_writel(&t, EDU_REG_IRQ_RAISE, 1);
    g_assert_true(edu_msi_came(&t));
    g_assert_false(edu_intx(&t));
    edu_writel(&t, EDU_REG_IRQ_RAISE, 2);
    g_assert_true(edu_msi_came(&t));
    g_assert_cmphex(edu_readl(&t, EDU_REG_IRQ_STATUS), ==, 3);
    edu_writel(&t, EDU_REG_IRQ_ACK, 3);
    g_assert_false(edu_msi_came(&t));
    edu_stop(&t);
}

static void edu_dma(EduTest *t, uint64_t src, uint64_t dst, uint64_t count,
                    uint64_t cmd)
{
    qtest_writeq(t->qts, t->bar.addr + EDU_REG_DMA_SRC, src);
    qtest_writeq(t->qts, t->bar.addr + EDU_REG_DMA_DST, dst);
    qtest_writeq(t->qts, t->bar.addr + EDU_REG_DMA_CNT, count);
    qtest_writeq(t->qts, t->bar.addr + EDU_REG_DMA_CMD, cmd | EDU_DMA_RUN);
    g_assert_cmphex(edu_readl(t, EDU_REG_DMA_CMD), ==, cmd | EDU_DMA_RUN);
    qtest_clock_step(t->qts, DMA_NS);
    g_assert_cmphex(edu_readl(t, EDU_REG_DMA_CMD), ==, cmd);
}

/* Into the device and out again, elsewhere. */
static void test_dma(void)
{
    static const char text[] = "through the device";
    char back[sizeof(text)];
    EduTest t;

    edu_start(&t, "");
    qtest_memwrite(t.qts, GUEST_BUF, text, sizeof(text));
    edu_dma(&t, GUEST_BUF, EDU_DMA_START + 100, sizeof(text), 0);
    g_assert_false(edu_intx(&t));
    edu_dma(&t, EDU_DMA_START + 100, GUEST_BUF + 4096, sizeof(text),
            EDU_DMA_TO_PCI | EDU_DMA_IRQ);
    g_assert_true(edu_intx(&t));
    g_assert_cmphex(edu_readl(&t, EDU_REG_IRQ_STATUS), ==, EDU_DMA_DONE_IRQ);
    qtest_memread(t.qts, GUEST_BUF + 4096, back, sizeof(back));
    g_assert_cmpstr(back, ==, text);
    edu_stop(&t);
}

/* Outside its buffer the device moves nothing, and goes on. */
static void test_dma_out_of_bounds(void)
{
    static const struct {
        uint64_t addr, count;
    } bad[] = {
        { 0, 4 },
        { EDU_DMA_START - 1, 4 },
        { EDU_DMA_START + EDU_DMA_SIZE - 3, 4 },
        { EDU_DMA_START, EDU_DMA_SIZE + 1 },
        { EDU_DMA_START, UINT64_MAX },
        { UINT64_MAX, 1 },
        { EDU_DMA_START + 16, UINT64_MAX - 15 },
    };
    EduTest t;

    edu_start(&t, "");
    for (int i = 0; i < G_N_ELEMENTS(bad); i++) {
        qtest_writel(t.qts, GUEST_BUF, 0x55aa55aa);
        edu_dma(&t, bad[i].addr, GUEST_BUF, bad[i].count, EDU_DMA_TO_PCI);
        g_assert_cmphex(qtest_readl(t.qts, GUEST_BUF), ==, 0x55aa55aa);
        edu_dma(&t, GUEST_BUF, bad[i].addr, bad[i].count, 0);
    }
    g_assert_cmphex(edu_readl(&t, EDU_REG_ID), ==, EDU_ID);
    edu_stop(&t);
}

/* The device puts no more bits on the bus than dma_mask has. */
static void test_dma_mask(void)
{
    EduTest t;

    edu_start(&t, ",dma_mask=0x1fffff");
    qtest_writel(t.qts, GUEST_BUF, 0xcafe);
    edu_dma(&t, 0x100000000 | GUEST_BUF, EDU_DMA_START, 4, 0);
    edu_dma(&t, EDU_DMA_START, GUEST_BUF + 8, 4, EDU_DMA_TO_PCI);
    g_assert_cmphex(qtest_readl(t.qts, GUEST_BUF + 8), ==, 0xcafe);
    edu_stop(&t);
}

/* Registers stand still during a transfer, and a second command is ignored. */
static void test_dma_busy(void)
{
    EduTest t;

    edu_start(&t, "");
    qtest_writel(t.qts, GUEST_BUF, 7);
    edu_writel(&t, EDU_REG_DMA_SRC, GUEST_BUF);
    edu_writel(&t, EDU_REG_DMA_DST, EDU_DMA_START);
    edu_writel(&t, EDU_REG_DMA_CNT, 4);
    edu_writel(&t, EDU_REG_DMA_CMD, EDU_DMA_RUN);
    edu_writel(&t, EDU_REG_DMA_CNT, 99);
    edu_writel(&t, EDU_REG_DMA_CMD, EDU_DMA_RUN | EDU_DMA_IRQ);
    g_assert_cmpuint(edu_readl(&t, EDU_REG_DMA_CNT), ==, 4);
    g_assert_cmphex(edu_readl(&t, EDU_REG_DMA_CMD), ==, EDU_DMA_RUN);
    qtest_clock_step(t.qts, DMA_NS);
    g_assert_cmphex(edu_readl(&t, EDU_REG_DMA_CMD), ==, 0);
    g_assert_false(edu_intx(&t));
    edu_stop(&t);
}

/* Gone in the middle of everything. */
static void test_unplug_busy(void)
{
    EduTest t;

    edu_start(&t, "");
    edu_writel(&t, EDU_REG_DMA_CMD, EDU_DMA_RUN | EDU_DMA_IRQ);
    edu_writel(&t, EDU_REG_STATUS, EDU_STATUS_IRQFACT);
    edu_writel(&t, EDU_REG_FACT, 20);
    qtest_qmp_device_del_send(t.qts, "edu0");
    qtest_outl(t.qts, 0xae08, 1 << 4);
    qtest_qmp_eventwait(t.qts, "DEVICE_DELETED");
    qtest_clock_step(t.qts, DMA_NS);
    edu_stop(&t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_func("/edu/identity", test_identity);
    qtest_add_func("/edu/widths", test_widths);
    qtest_add_func("/edu/factorial", test_factorial);
    qtest_add_func("/edu/intx", test_intx);
    qtest_add_func("/edu/msi", test_msi);
    qtest_add_func("/edu/dma", test_dma);
    qtest_add_func("/edu/dma/out-of-bounds", test_dma_out_of_bounds);
    qtest_add_func("/edu/dma/mask", test_dma_mask);
    qtest_add_func("/edu/dma/busy", test_dma_busy);
    qtest_add_func("/edu/unplug-busy", test_unplug_busy);
    return g_test_run();
}
