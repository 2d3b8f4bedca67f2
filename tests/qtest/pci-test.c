/*
 * Tests of PCI as every driver uses it: config space, BARs, slots.
 *
 * The bytes of virtio-net-pci's config space were read from QEMU 7.2.  What
 * interrupts do is in virtio-pci-test.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/pci/pci_regs.h"
#include "libqos/pci-pc.h"
#include "pc-test.h"
#include "tally.h"

#define SLOT(n)     ((n) << 3)
#define TALLY_ADDR  0xe0000000

static QTestState *pci_start(const char *opts)
{
    return qtest_initf("-machine pc -nodefaults "
                       "-netdev hubport,id=n,hubid=0 %s", opts);
}

static QTestState *pci_start_nic(const char *type)
{
    g_autofree char *opts =
        g_strdup_printf("-device %s,addr=4,netdev=n,romfile=", type);

    return pci_start(opts);
}

/* Config space */

/* The three forms differ in IDs, revision, and the ports of BAR 0. */

typedef struct NicCase {
    const char *type;
    ConfigDword head[8];        /* up to the first capability */
} NicCase;

static const NicCase nic_cases[] = {
    { "virtio-net-pci", {
        { 0x00, 0x10001af4 }, { 0x04, 0x00100000 }, { 0x08, 0x02000000 },
        { 0x10, 0x00000001 }, { 0x20, 0x0000000c }, { 0x2c, 0x00011af4 },
        { 0x34, 0x00000098 }, { 0x3c, 0x00000100 } } },
    { "virtio-net-pci-transitional", {
        { 0x00, 0x10001af4 }, { 0x04, 0x00100000 }, { 0x08, 0x02000000 },
        { 0x10, 0x00000001 }, { 0x20, 0x0000000c }, { 0x2c, 0x00011af4 },
        { 0x34, 0x00000098 }, { 0x3c, 0x00000100 } } },
    { "virtio-net-pci-non-transitional", {
        { 0x00, 0x10411af4 }, { 0x04, 0x00100000 }, { 0x08, 0x02000001 },
        { 0x10, 0x00000000 }, { 0x20, 0x0000000c }, { 0x2c, 0x11001af4 },
        { 0x34, 0x00000098 }, { 0x3c, 0x00000100 } } },
};

static const ConfigDword nic_capabilities[] = {
    { 0x40, 0x01100009 }, { 0x44, 0x00000004 }, { 0x4c, 0x00001000 },
    { 0x50, 0x03104009 }, { 0x54, 0x00000004 }, { 0x58, 0x00001000 },
    { 0x5c, 0x00001000 }, { 0x60, 0x04105009 }, { 0x64, 0x00000004 },
    { 0x68, 0x00002000 }, { 0x6c, 0x00001000 }, { 0x70, 0x02146009 },
    { 0x74, 0x00000004 }, { 0x78, 0x00003000 }, { 0x7c, 0x00001000 },
    { 0x80, 0x00000004 }, { 0x84, 0x05147009 }, { 0x98, 0x00038411 },
    { 0x9c, 0x00000001 }, { 0xa0, 0x00000801 },
};

static void test_nic_bytes(const void *data)
{
    const NicCase *t = data;
    ConfigDword want[ARRAY_SIZE(t->head) + ARRAY_SIZE(nic_capabilities)];
    QTestState *qts = pci_start_nic(t->type);

    memcpy(want, t->head, sizeof(t->head));
    memcpy(want + ARRAY_SIZE(t->head), nic_capabilities,
           sizeof(nic_capabilities));
    pc_config_check(qts, SLOT(4), want, ARRAY_SIZE(want));
    qtest_quit(qts);
}

/* What says who the device is, cannot be written; interrupt line can. */
static void test_write_masks(void)
{
    static const struct {
        uint8_t offset;
        uint32_t writable;
    } regs[] = {
        { PCI_VENDOR_ID, 0 },
        { PCI_COMMAND, PCI_COMMAND_IO | PCI_COMMAND_MEMORY |
                       PCI_COMMAND_MASTER | PCI_COMMAND_SERR |
                       PCI_COMMAND_INTX_DISABLE },
        { PCI_CLASS_REVISION, 0 },
        { PCI_CACHE_LINE_SIZE, 0x000000ff },
        { PCI_SUBSYSTEM_VENDOR_ID, 0 },
        { PCI_CAPABILITY_LIST, 0 },
        { PCI_INTERRUPT_LINE, 0x000000ff },
    };
    QTestState *qts = pci_start_nic("virtio-net-pci");

    for (size_t i = 0; i < ARRAY_SIZE(regs); i++) {
        uint8_t offset = regs[i].offset;
        uint32_t was = pc_config_readl(qts, SLOT(4), offset);

        pc_config_writel(qts, SLOT(4), offset, 0xffffffff);
        g_assert_cmphex(pc_config_readl(qts, SLOT(4), offset), ==,
                        was | regs[i].writable);
        pc_config_writel(qts, SLOT(4), offset, 0);
        g_assert_cmphex(pc_config_readl(qts, SLOT(4), offset), ==,
                        was & ~regs[i].writable);
    }
    qtest_quit(qts);
}

/* The list ends, and each capability is on it once. */
static void test_capability_list(void)
{
    QTestState *qts = pci_start_nic("virtio-net-pci");
    QPCIBus *bus = qpci_new_pc(qts, NULL);
    QPCIDevice *dev = qpci_device_find(bus, SLOT(4));
    uint8_t addr = 0;
    int vendor = 0;

    g_assert_true(qpci_config_readw(dev, PCI_STATUS) & PCI_STATUS_CAP_LIST);
    g_assert_cmphex(qpci_find_capability(dev, PCI_CAP_ID_MSIX, 0), ==, 0x98);
    g_assert_cmphex(qpci_find_capability(dev, PCI_CAP_ID_EXP, 0), ==, 0);
    while ((addr = qpci_find_capability(dev, PCI_CAP_ID_VNDR, addr))) {
        vendor++;
    }
    g_assert_cmpint(vendor, ==, 5);
    g_assert_cmpint(qpci_msix_table_size(dev), ==, 4);
    g_free(dev);
    qpci_free_pc(bus);
    qtest_quit(qts);
}

/* BARs */

/* Write ones: the bits that stay zero are the size. */
static void test_bar_size(void)
{
    QTestState *qts = pci_start_nic("virtio-net-pci");

    pc_config_writel(qts, SLOT(4), PCI_BASE_ADDRESS_0, 0xffffffff);
    g_assert_cmphex(pc_config_readl(qts, SLOT(4), PCI_BASE_ADDRESS_0), ==,
                    0xffffffe1);                /* 32 ports */
    pc_config_writel(qts, SLOT(4), PCI_BASE_ADDRESS_1, 0xffffffff);
    g_assert_cmphex(pc_config_readl(qts, SLOT(4), PCI_BASE_ADDRESS_1), ==,
                    0xfffff000);                /* 4 KiB */
    pc_config_writel(qts, SLOT(4), PCI_BASE_ADDRESS_2, 0xffffffff);
    g_assert_cmphex(pc_config_readl(qts, SLOT(4), PCI_BASE_ADDRESS_2), ==, 0);

    /* 16 KiB, prefetchable, and two registers wide. */
    pc_config_writel(qts, SLOT(4), PCI_BASE_ADDRESS_4, 0xffffffff);
    pc_config_writel(qts, SLOT(4), PCI_BASE_ADDRESS_5, 0xffffffff);
    g_assert_cmphex(pc_config_readl(qts, SLOT(4), PCI_BASE_ADDRESS_4), ==,
                    0xffffc00c);
    g_assert_cmphex(pc_config_readl(qts, SLOT(4), PCI_BASE_ADDRESS_5), ==,
                    0xffffffff);
    qtest_quit(qts);
}

/* A 64-bit BAR goes above RAM, too. */
static void test_bar_64(void)
{
    const uint64_t addr = 0x800000000;
    QTestState *qts = pci_start_nic("virtio-net-pci");

    pc_config_writel(qts, SLOT(4), PCI_BASE_ADDRESS_4, (uint32_t)addr);
    pc_config_writel(qts, SLOT(4), PCI_BASE_ADDRESS_5, addr >> 32);
    pc_config_writel(qts, SLOT(4), PCI_COMMAND, PCI_COMMAND_MEMORY);

    /* num_queues, in the common configuration. */
    g_assert_cmphex(qtest_readw(qts, addr + 18), ==, 3);
    qtest_quit(qts);
}

/* The device answers where its BAR is, while COMMAND lets it. */
static void test_decode(void)
{
    QTestState *qts = pci_start("-device tally,addr=5");

    pc_config_writel(qts, SLOT(5), PCI_BASE_ADDRESS_0, TALLY_ADDR);
    qtest_writel(qts, TALLY_ADDR + TALLY_REG_ADD, 1);
    pc_config_writel(qts, SLOT(5), PCI_COMMAND, PCI_COMMAND_MEMORY);
    g_assert_cmphex(qtest_readl(qts, TALLY_ADDR + TALLY_REG_TOTAL), ==, 0);
    qtest_writel(qts, TALLY_ADDR + TALLY_REG_ADD, 2);
    g_assert_cmphex(qtest_readl(qts, TALLY_ADDR + TALLY_REG_TOTAL), ==, 2);

    /* It moves with the register … */
    pc_config_writel(qts, SLOT(5), PCI_BASE_ADDRESS_0, TALLY_ADDR + 0x10000);
    g_assert_cmphex(qtest_readl(qts, TALLY_ADDR + 0x10000 + TALLY_REG_TOTAL),
                    ==, 2);
    g_assert_cmphex(qtest_readl(qts, TALLY_ADDR + TALLY_REG_TOTAL), !=, 2);

    /* … and is gone with the bit. */
    pc_config_writel(qts, SLOT(5), PCI_COMMAND, 0);
    g_assert_cmphex(qtest_readl(qts, TALLY_ADDR + 0x10000 + TALLY_REG_TOTAL),
                    !=, 2);
    qtest_quit(qts);
}

/* Reset takes the BARs away; the guest places them anew. */
static void test_reset(void)
{
    QTestState *qts = pci_start("-device tally,addr=5");

    pc_config_writel(qts, SLOT(5), PCI_BASE_ADDRESS_0, TALLY_ADDR);
    pc_config_writel(qts, SLOT(5), PCI_COMMAND, PCI_COMMAND_MEMORY);
    pc_config_writel(qts, SLOT(5), PCI_INTERRUPT_LINE, 11);
    qtest_outb(qts, PC_RESET_CONTROL, 0x06);
    g_assert_cmphex(pc_config_readl(qts, SLOT(5), PCI_BASE_ADDRESS_0), ==, 0);
    g_assert_cmphex(pc_config_readl(qts, SLOT(5), PCI_COMMAND) & 0xffff, ==, 0);
    g_assert_cmphex(pc_config_readl(qts, SLOT(5), PCI_INTERRUPT_LINE) & 0xff,
                    ==, 0);
    qtest_quit(qts);
}

/* Slots */

/* Without addr= a device goes to the first slot that is free. */
static void test_slots(void)
{
    QTestState *qts = pci_start("-device tally -device tally,addr=3 "
                                "-device tally");
    uint32_t tally = pc_config_readl(qts, SLOT(2), PCI_VENDOR_ID);

    g_assert_cmphex(tally, !=, 0xffffffff);
    g_assert_cmphex(pc_config_readl(qts, SLOT(3), PCI_VENDOR_ID), ==, tally);
    g_assert_cmphex(pc_config_readl(qts, SLOT(4), PCI_VENDOR_ID), ==, tally);
    g_assert_cmphex(pc_config_readl(qts, SLOT(5), PCI_VENDOR_ID), ==,
                    0xffffffff);
    qtest_quit(qts);
}

/* Function 0 says that there are others. */
static void test_multifunction(void)
{
    QTestState *qts = pci_start("-device tally,addr=6.0,multifunction=on "
                                "-device tally,addr=6.1 "
                                "-device tally,addr=6.7");
    uint32_t tally = pc_config_readl(qts, SLOT(6), PCI_VENDOR_ID);

    g_assert_cmphex(pc_config_readl(qts, SLOT(6), PCI_CACHE_LINE_SIZE)
                    >> 16 & 0xff, ==, 0x80);
    for (int function = 1; function < 8; function++) {
        g_assert_cmphex(pc_config_readl(qts, SLOT(6) + function,
                                        PCI_VENDOR_ID), ==,
                        function == 1 || function == 7 ? tally : 0xffffffff);
    }
    qtest_quit(qts);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < ARRAY_SIZE(nic_cases); i++) {
        g_autofree char *path = g_strdup_printf("/pci/config/%s",
                                                nic_cases[i].type);

        qtest_add_data_func(path, &nic_cases[i], test_nic_bytes);
    }
    qtest_add_func("/pci/config/write-masks", test_write_masks);
    qtest_add_func("/pci/config/capability-list", test_capability_list);
    qtest_add_func("/pci/bar/size", test_bar_size);
    qtest_add_func("/pci/bar/64-bit", test_bar_64);
    qtest_add_func("/pci/bar/decode", test_decode);
    qtest_add_func("/pci/reset", test_reset);
    qtest_add_func("/pci/slots", test_slots);
    qtest_add_func("/pci/multifunction", test_multifunction);
    return g_test_run();
}
