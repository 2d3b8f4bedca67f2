/*
 * Tests of pci-bridge: numbers of buses, windows, interrupts, resets; and of a
 * guest that gets all that wrong.
 *
 * Most tests have two bridges, one behind the other:
 *
 *     bus 0, slot 4: br1         bus 1, slot 7: br2         bus 2: the device
 *
 * The bytes of config space and the answers of the monitor were read from QEMU
 * 7.2.  Hotplug is in hotplug-bridge-test.c and shpc-test.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <sys/socket.h>
#include "libqos/pci-pc.h"
#include "libqos/virtio-net.h"
#include "pci-bridge-test.h"
#include "edu.h"
#include "qapi/qmp/qdict.h"

#define BR1             PC_BDF(0, 4, 0)
#define BR2             PC_BDF(1, 7, 0)
#define TWO_BRIDGES     "-device pci-bridge,id=br1,chassis_nr=1,addr=4 " \
                        "-device pci-bridge,id=br2,chassis_nr=2,bus=br1,addr=7 "

#define BUF             0x100000
#define MSI_DATA        0x4321

static uint16_t vendor(QTestState *qts, uint16_t bdf)
{
    return pc_config_readl(qts, bdf, PCI_VENDOR_ID);
}

/* A machine with both bridges, set up, and @args. */
static QTestState *two_bridges(const char *args)
{
    QTestState *qts = qtest_initf("-machine pc -nodefaults " TWO_BRIDGES "%s",
                                  args);

    bridge_setup(qts, BR1, 1, 2);
    bridge_setup(qts, BR2, 2, 2);
    return qts;
}

/* An edu at @bdf, with its BAR at the start of the window. */
static void edu_setup(QTestState *qts, uint16_t bdf)
{
    g_assert_cmphex(vendor(qts, bdf), ==, 0x1234);
    pc_config_writel(qts, bdf, PCI_BASE_ADDRESS_0, BRIDGE_MEM_BASE);
    pc_config_writel(qts, bdf, PCI_COMMAND,
                     PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
}

static bool edu_answers(QTestState *qts)
{
    return qtest_readl(qts, BRIDGE_MEM_BASE + EDU_REG_ID) == EDU_ID;
}

/* Config space */

typedef struct BridgeCase {
    const char *props;
    ConfigDword config[16];
} BridgeCase;

static const BridgeCase bridge_cases[] = {
    { "pci-bridge", {
        { 0x00, 0x00011b36 }, { 0x04, 0x00b00000 }, { 0x08, 0x06040000 },
        { 0x0c, 0x00010000 }, { 0x10, 0x00000004 }, { 0x1c, 0x00a00000 },
        { 0x24, 0x00010001 }, { 0x34, 0x0000004c }, { 0x3c, 0x00000100 },
        { 0x40, 0x0000000c }, { 0x48, 0x07204004 }, { 0x4c, 0x01804805 } } },
    { "pci-bridge,msi=off", {
        { 0x00, 0x00011b36 }, { 0x04, 0x00b00000 }, { 0x08, 0x06040000 },
        { 0x0c, 0x00010000 }, { 0x10, 0x00000004 }, { 0x1c, 0x00a00000 },
        { 0x24, 0x00010001 }, { 0x34, 0x00000048 }, { 0x3c, 0x00000100 },
        { 0x40, 0x0000000c }, { 0x48, 0x07204004 } } },
    { "pci-bridge,shpc=off", {
        { 0x00, 0x00011b36 }, { 0x04, 0x00b00000 }, { 0x08, 0x06040000 },
        { 0x0c, 0x00010000 }, { 0x1c, 0x00a00000 }, { 0x24, 0x00010001 },
        { 0x34, 0x00000040 }, { 0x40, 0x07200004 } } },
    { "pci-bridge-seat,shpc=off", {
        { 0x00, 0x000a1b36 }, { 0x04, 0x00b00000 }, { 0x08, 0x06040000 },
        { 0x0c, 0x00010000 }, { 0x1c, 0x00a00000 }, { 0x24, 0x00010001 },
        { 0x34, 0x00000040 }, { 0x40, 0x07200004 } } },
    { "pci-bridge,bus-reserve=3,io-reserve=4096,mem-reserve=1M,"
      "pref64-reserve=4G", {
        { 0x00, 0x00011b36 }, { 0x04, 0x00b00000 }, { 0x08, 0x06040000 },
        { 0x0c, 0x00010000 }, { 0x10, 0x00000004 }, { 0x1c, 0x00a00000 },
        { 0x24, 0x00010001 }, { 0x34, 0x00000064 }, { 0x3c, 0x00000100 },
        { 0x40, 0x0000000c }, { 0x48, 0x07204004 }, { 0x4c, 0x01804805 },
        { 0x64, 0x01204c09 }, { 0x68, 0x00000003 }, { 0x6c, 0x00001000 } } },
};

static void test_config_bytes(void)
{
    for (size_t i = 0; i < ARRAY_SIZE(bridge_cases); i++) {
        const BridgeCase *t = &bridge_cases[i];
        QTestState *qts = qtest_initf("-machine pc -nodefaults -device %s,"
                                      "chassis_nr=7,addr=4", t->props);
        size_t n = 0;

        while (n < ARRAY_SIZE(t->config) && t->config[n].value) {
            n++;
        }
        if (n < 15) {
            pc_config_check(qts, BR1, t->config, n);
        } else {
            /* What is reserved of memory goes beyond the table. */
            for (size_t k = 0; k < n; k++) {
                g_assert_cmphex(pc_config_readl(qts, BR1, t->config[k].offset),
                                ==, t->config[k].value);
            }
            g_assert_cmphex(pc_config_readl(qts, BR1, 0x70), ==, 0);
            g_assert_cmphex(pc_config_readl(qts, BR1, 0x74), ==, 0x100000);
            g_assert_cmphex(pc_config_readl(qts, BR1, 0x78), ==, 0xffffffff);
            g_assert_cmphex(pc_config_readl(qts, BR1, 0x7c), ==, 0);
            g_assert_cmphex(pc_config_readl(qts, BR1, 0x80), ==, 1);
        }
        qtest_quit(qts);
    }
}

/* Ones and zeroes to each register: what it becomes. */
static void test_write_masks(void)
{
    static const struct {
        uint8_t offset;
        uint32_t ones, zeroes;
    } regs[] = {
        { 0x00, 0x00011b36, 0x00011b36 }, { 0x04, 0x00b00507, 0x00b00000 },
        { 0x08, 0x06040000, 0x06040000 }, { 0x0c, 0x000100ff, 0x00010000 },
        { 0x10, 0xffffff04, 0x00000004 }, { 0x14, 0xffffffff, 0x00000000 },
        { 0x18, 0xffffffff, 0x00000000 }, { 0x1c, 0x00a0f0f0, 0x00a00000 },
        { 0x20, 0xfff0fff0, 0x00000000 }, { 0x24, 0xfff1fff1, 0x00010001 },
        { 0x28, 0xffffffff, 0x00000000 }, { 0x2c, 0xffffffff, 0x00000000 },
        { 0x30, 0x00000000, 0x00000000 }, { 0x34, 0x0000004c, 0x0000004c },
        { 0x38, 0x00000000, 0x00000000 }, { 0x3c, 0x0bff01ff, 0x00000100 },
        { 0x48, 0xff204004, 0x00204004 },
    };
    QTestState *qts = two_bridges("");

    for (size_t i = 0; i < ARRAY_SIZE(regs); i++) {
        pc_config_writel(qts, BR1, regs[i].offset, 0xffffffff);
        g_assert_cmphex(pc_config_readl(qts, BR1, regs[i].offset), ==,
                        regs[i].ones);
        pc_config_writel(qts, BR1, regs[i].offset, 0);
        g_assert_cmphex(pc_config_readl(qts, BR1, regs[i].offset), ==,
                        regs[i].zeroes);
    }
    qtest_quit(qts);
}

/* Numbers of buses */

/* A config cycle goes down where the bus's number is in a bridge's range. */
static void test_numbers(void)
{
    QTestState *qts = qtest_init("-machine pc -nodefaults " TWO_BRIDGES
                                 "-device edu,bus=br2,addr=3");

    g_assert_cmphex(vendor(qts, BR2), ==, 0xffff);
    bridge_number(qts, BR1, 1, 1);
    g_assert_cmphex(vendor(qts, BR2), ==, 0x1b36);
    bridge_number(qts, BR2, 2, 2);
    /* The first bridge does not hand that on. */
    g_assert_cmphex(vendor(qts, PC_BDF(2, 3, 0)), ==, 0xffff);
    bridge_number(qts, BR1, 1, 2);
    g_assert_cmphex(vendor(qts, PC_BDF(2, 3, 0)), ==, 0x1234);
    g_assert_cmphex(vendor(qts, PC_BDF(2, 4, 0)), ==, 0xffff);
    g_assert_cmphex(vendor(qts, PC_BDF(3, 3, 0)), ==, 0xffff);
    /* Nor is it of any importance whether there is a gap. */
    bridge_number(qts, BR2, 0x80, 0xff);
    bridge_number(qts, BR1, 0x7f, 0xff);
    g_assert_cmphex(vendor(qts, PC_BDF(0x80, 3, 0)), ==, 0x1234);
    g_assert_cmphex(vendor(qts, PC_BDF(2, 3, 0)), ==, 0xffff);

    /* What is not there reads as ones, in each size; writes are lost. */
    qtest_outl(qts, PC_CONFIG_ADDRESS,
               pc_config_address(PC_BDF(0x81, 3, 0), 0));
    g_assert_cmphex(qtest_inb(qts, PC_CONFIG_DATA), ==, 0xff);
    g_assert_cmphex(qtest_inw(qts, PC_CONFIG_DATA), ==, 0xffff);
    g_assert_cmphex(qtest_inl(qts, PC_CONFIG_DATA), ==, 0xffffffff);
    qtest_outl(qts, PC_CONFIG_DATA, 0);
    qtest_quit(qts);
}

/* Numbers that make no sense: somebody answers, or nobody; no more than that */
static void test_numbers_lie(void)
{
    static const uint32_t numbers[] = {
        0x000000, 0x010000, 0x000100, 0xff0000, 0x00ff00, 0xffffff, 0x020101,
        0x010200, 0x000001, 0xff0100, 0x7f0200, 0x010101,
    };
    QTestState *qts = qtest_init("-machine pc -nodefaults " TWO_BRIDGES
        "-device pci-bridge,id=br3,chassis_nr=3,addr=5 "
        "-device edu,bus=br2,addr=3 -device edu,bus=br3,addr=3");

    for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
        for (size_t j = 0; j < ARRAY_SIZE(numbers); j++) {
            g_autofree char *pci = NULL;

            pc_config_writel(qts, BR1, PCI_PRIMARY_BUS, numbers[i]);
            pc_config_writel(qts, PC_BDF(0, 5, 0), PCI_PRIMARY_BUS,
                             numbers[j]);
            pc_config_writel(qts, PC_BDF(1, 7, 0), PCI_PRIMARY_BUS,
                             numbers[(i + j) % ARRAY_SIZE(numbers)]);
            for (int bus = 0; bus < 4; bus++) {
                vendor(qts, PC_BDF(bus, 3, 0));
                vendor(qts, PC_BDF(bus, 7, 0));
            }
            /* The root bus is what is at number 0, whoever else claims it. */
            g_assert_cmphex(vendor(qts, PC_BDF(0, 1, 0)), ==, 0x8086);
            g_assert_cmphex(vendor(qts, BR1), ==, 0x1b36);
            pci = qtest_hmp(qts, "info pci");
            g_assert_nonnull(strstr(pci, "id \"br1\""));
        }
    }
    bridge_number(qts, PC_BDF(0, 5, 0), 3, 3);
    bridge_number(qts, BR1, 1, 2);
    bridge_number(qts, BR2, 2, 2);
    g_assert_cmphex(vendor(qts, PC_BDF(2, 3, 0)), ==, 0x1234);
    g_assert_cmphex(vendor(qts, PC_BDF(3, 3, 0)), ==, 0x1234);
    qtest_quit(qts);
}

/* Windows */

/* Each of the two bridges may keep a memory access to itself. */
static void test_memory_window(void)
{
    static const uint16_t bridges[] = { BR1, BR2 };
    QTestState *qts = two_bridges("-device edu,bus=br2,addr=3");

    edu_setup(qts, PC_BDF(2, 3, 0));
    g_assert_true(edu_answers(qts));
    for (int i = 0; i < ARRAY_SIZE(bridges); i++) {
        /* By its command register, */
        pc_config_writel(qts, bridges[i], PCI_COMMAND, PCI_COMMAND_IO);
        g_assert_false(edu_answers(qts));
        bridge_open(qts, bridges[i]);
        g_assert_true(edu_answers(qts));
        /* by a window that ends before it begins, */
        pc_config_writel(qts, bridges[i], PCI_MEMORY_BASE, 0xdff0e000);
        g_assert_false(edu_answers(qts));
        /* or is elsewhere. */
        pc_config_writel(qts, bridges[i], PCI_MEMORY_BASE, 0xfeb0e010);
        g_assert_false(edu_answers(qts));
        /* A MiB is enough; nor does it matter which window it is. */
        pc_config_writel(qts, bridges[i], PCI_MEMORY_BASE, 0xe000e000);
        g_assert_true(edu_answers(qts));
        pc_config_writel(qts, bridges[i], PCI_MEMORY_BASE, 0x0000fff0);
        pc_config_writel(qts, bridges[i], PCI_PREF_MEMORY_BASE, 0xe000e000);
        g_assert_true(edu_answers(qts));
        /* Both at the same place is one. */
        bridge_open(qts, bridges[i]);
        pc_config_writel(qts, bridges[i], PCI_PREF_MEMORY_BASE, 0xfff00000);
        g_assert_true(edu_answers(qts));
        bridge_open(qts, bridges[i]);
    }
    qtest_quit(qts);
}

static void test_io_window(void)
{
    /* The scratch register of a serial port. */
    const uint16_t scratch = BRIDGE_IO_BASE + 7;
    QTestState *qts = two_bridges("-chardev null,id=c0 "
                                  "-device pci-serial,chardev=c0,bus=br2,"
                                  "addr=3");
    uint16_t dev = PC_BDF(2, 3, 0);

    pc_config_writel(qts, dev, PCI_BASE_ADDRESS_0, BRIDGE_IO_BASE);
    pc_config_writel(qts, dev, PCI_COMMAND, PCI_COMMAND_IO);
    qtest_outb(qts, scratch, 0x5a);
    g_assert_cmphex(qtest_inb(qts, scratch), ==, 0x5a);

    pc_config_writel(qts, BR1, PCI_COMMAND, PCI_COMMAND_MEMORY);
    g_assert_cmphex(qtest_inb(qts, scratch), ==, 0xff);
    qtest_outb(qts, scratch, 0xa5);
    bridge_open(qts, BR1);
    pc_config_writel(qts, BR2, PCI_IO_BASE, 0xf0d0);
    g_assert_cmphex(qtest_inb(qts, scratch), ==, 0xff);
    pc_config_writel(qts, BR2, PCI_IO_BASE, 0xc0c0);
    g_assert_cmphex(qtest_inb(qts, scratch), ==, 0x5a);

    /* The lower bits say that ports have 16 bits, and cannot be written. */
    pc_config_writel(qts, BR2, PCI_IO_BASE, 0xffff);
    g_assert_cmphex(pc_config_readl(qts, BR2, PCI_IO_BASE) & 0xffff, ==,
                    0xf0f0);
    qtest_quit(qts);
}

/* Prefetchable memory may be above 4 GiB. */
static void test_prefetchable_window(void)
{
    const uint64_t addr = 0x8000000000;
    QTestState *qts = two_bridges("-netdev hubport,id=n0,hubid=0 -device "
                                  "virtio-net-pci,netdev=n0,romfile=,bus=br2,"
                                  "addr=3");
    static const uint16_t bridges[] = { BR1, BR2 };
    uint16_t dev = PC_BDF(2, 3, 0);

    pc_config_writel(qts, dev, PCI_BASE_ADDRESS_4, (uint32_t)addr);
    pc_config_writel(qts, dev, PCI_BASE_ADDRESS_5, addr >> 32);
    pc_config_writel(qts, dev, PCI_COMMAND, PCI_COMMAND_MEMORY);
    for (int i = 0; i < ARRAY_SIZE(bridges); i++) {
        /* num_queues, in the common configuration. */
        g_assert_cmphex(qtest_readw(qts, addr + 18), !=, 3);
        pc_config_writel(qts, bridges[i], PCI_PREF_MEMORY_BASE, 0xfff00000);
        pc_config_writel(qts, bridges[i], PCI_PREF_BASE_UPPER32, addr >> 32);
        pc_config_writel(qts, bridges[i], PCI_PREF_LIMIT_UPPER32, addr >> 32);
    }
    g_assert_cmphex(qtest_readw(qts, addr + 18), ==, 3);

    /* The upper halves count. */
    pc_config_writel(qts, BR1, PCI_PREF_LIMIT_UPPER32, (addr >> 32) - 1);
    g_assert_cmphex(qtest_readw(qts, addr + 18), !=, 3);
    pc_config_writel(qts, BR1, PCI_PREF_LIMIT_UPPER32, 0xfffffffe);
    g_assert_cmphex(qtest_readw(qts, addr + 18), ==, 3);
    pc_config_writel(qts, BR1, PCI_PREF_BASE_UPPER32, 0);
    g_assert_cmphex(qtest_readw(qts, addr + 18), ==, 3);
    qtest_quit(qts);
}

/* A window over everything, the bridge's own registers and RAM included. */
static void test_window_lies(void)
{
    QTestState *qts = two_bridges("-device edu,bus=br2,addr=3");

    edu_setup(qts, PC_BDF(2, 3, 0));
    pc_config_writel(qts, BR1, PCI_BASE_ADDRESS_0, BRIDGE_MEM_BASE + 0x100000);
    pc_config_writel(qts, BR1, PCI_MEMORY_BASE, 0xfff00000);
    pc_config_writel(qts, BR1, PCI_PREF_MEMORY_BASE, 0xfff00000);
    pc_config_writel(qts, BR1, PCI_PREF_LIMIT_UPPER32, 0xffffffff);
    pc_config_writel(qts, BR1, PCI_IO_BASE, 0xf000);
    g_assert_true(edu_answers(qts));
    qtest_writel(qts, 0x1000, 0x12345678);
    g_assert_cmphex(qtest_readl(qts, 0x1000), ==, 0x12345678);
    g_assert_cmphex(vendor(qts, BR1), ==, 0x1b36);

    /* The hot plug controller is in the middle of the window, or not. */
    qtest_readl(qts, BRIDGE_MEM_BASE + 0x100000 + 0x0c);

    /* A BAR of the device, over the controller of the bridge above it. */
    pc_config_writel(qts, PC_BDF(2, 3, 0), PCI_BASE_ADDRESS_0,
                     BRIDGE_MEM_BASE + 0x100000);
    qtest_readl(qts, BRIDGE_MEM_BASE + 0x100000 + 0x0c);
    qtest_writel(qts, BRIDGE_MEM_BASE + 0x100000 + 0x14, 0xffffffff);
    bridge_open(qts, BR1);
    edu_setup(qts, PC_BDF(2, 3, 0));
    pc_config_writel(qts, BR1, PCI_BASE_ADDRESS_0, 0);
    g_assert_true(edu_answers(qts));
    qtest_quit(qts);
}

/* Are the old graphics card's @what passed down?  What is not, is not shown. */
static bool vga_open(QTestState *qts, const char *what)
{
    g_autofree char *alias = g_strdup_printf("alias pci_bridge_vga_%s @", what);
    g_autofree char *mtree = qtest_hmp(qts, "info mtree");

    return strstr(mtree, alias) != NULL;
}

/* They have a bit of their own, besides those of the command register. */
static void test_vga(void)
{
    QTestState *qts = two_bridges("");

    g_assert_false(vga_open(qts, "mem"));
    g_assert_false(vga_open(qts, "io_lo"));
    g_assert_false(vga_open(qts, "io_hi"));
    pc_config_writel(qts, BR1, PCI_INTERRUPT_LINE, PCI_BRIDGE_CTL_VGA << 16);
    g_assert_true(vga_open(qts, "mem"));
    g_assert_true(vga_open(qts, "io_lo"));
    g_assert_true(vga_open(qts, "io_hi"));
    pc_config_writel(qts, BR1, PCI_COMMAND, PCI_COMMAND_MEMORY);
    g_assert_true(vga_open(qts, "mem"));
    g_assert_false(vga_open(qts, "io_lo"));
    g_assert_false(vga_open(qts, "io_hi"));
    qtest_quit(qts);
}

/* Interrupts */

/*
 * Each bridge turns the four wires by the slot that they come from, and so does
 * the board by the slot of the first bridge.
 */
static void test_intx(void)
{
    static const uint8_t irqs[] = { 5, 10, 11, 6 };
    QTestState *qts = two_bridges("-device edu,bus=br2,addr=0 "
        "-device edu,bus=br2,addr=1 -device edu,bus=br2,addr=2 "
        "-device edu,bus=br2,addr=3");

    qtest_irq_intercept_in(qts, PC_IOAPIC);
    /* PIRQA-D of the PIIX3 */
    pc_config_writel(qts, PC_BDF(0, 1, 0), 0x60, 0x060b0a05);
    for (int slot = 0; slot < 4; slot++) {
        uint16_t dev = PC_BDF(2, slot, 0);
        int pin = (slot + 7) % 4;
        int pirq = (pin + 4 - 1) % 4;

        edu_setup(qts, dev);
        qtest_writel(qts, BRIDGE_MEM_BASE + EDU_REG_IRQ_RAISE, 1);
        for (int i = 0; i < ARRAY_SIZE(irqs); i++) {
            qtest_readl(qts, BRIDGE_MEM_BASE);
            g_assert_cmpint(qtest_get_irq(qts, irqs[i]), ==, i == pirq);
        }
        qtest_writel(qts, BRIDGE_MEM_BASE + EDU_REG_IRQ_ACK, 1);
        qtest_readl(qts, BRIDGE_MEM_BASE);
        g_assert_false(qtest_get_irq(qts, irqs[pirq]));
        pc_config_writel(qts, dev, PCI_COMMAND, 0);
    }
    qtest_quit(qts);
}

/* Packets and MSI-X through both bridges, both ways. */
static void test_virtio_net(void)
{
    QPCIAddress addr = { .devfn = PC_BDF(2, 3, 0) };
    QVirtioNet net = { };
    uint8_t out[200], in[2048];
    int sv[2];

    g_assert_cmpint(socketpair(AF_UNIX, SOCK_DGRAM, 0, sv), ==, 0);
    fcntl(sv[0], F_SETFD, FD_CLOEXEC);
    net.qs = qtest_pc_boot("-nodefaults " TWO_BRIDGES
                           "-netdev socket,id=n0,fd=%d -device virtio-net-pci,"
                           "netdev=n0,romfile=,bus=br2,addr=3", sv[1]);
    close(sv[1]);
    net.wire = sv[0];
    net.qts = net.qs->qts;
    net.alloc = &net.qs->alloc;
    net.msix = true;
    bridge_setup(net.qts, BR1, 1, 2);
    bridge_setup(net.qts, BR2, 2, 2);
    net.pci = virtio_pci_new(net.qs->pcibus, &addr);
    net.vdev = &net.pci->vdev;
    qvirtio_pci_device_enable(net.pci);

    qvirtio_net_start(&net, QVIRTIO_NET_ALL);
    qvirtio_net_frame(out, sizeof(out), qvirtio_net_mac, 1);
    qvirtio_net_send(&net, out, sizeof(out));
    g_assert_cmpint(qvirtio_net_wire_recv(&net, in, sizeof(in)), ==,
                    sizeof(out));
    g_assert_cmpmem(in, sizeof(out), out, sizeof(out));

    qvirtio_net_give(&net, 1, sizeof(in));
    qvirtio_net_wire_send(&net, out, sizeof(out));
    g_assert_cmpint(qvirtio_net_recv(&net, in, sizeof(in), NULL), ==,
                    sizeof(out));
    g_assert_cmpmem(in, sizeof(out), out, sizeof(out));
    g_assert_false(qpci_config_readw(net.pci->pdev, PCI_STATUS) &
                   PCI_STATUS_INTERRUPT);

    qvirtio_net_stop(&net);
    g_free(net.pci->pdev);
    g_free(net.pci);
    qtest_shutdown(net.qs);
    close(sv[0]);
}

/* Resets */

static void edu_dma_start(QTestState *qts, uint64_t src, uint64_t dst,
                          uint32_t cmd)
{
    qtest_writeq(qts, BRIDGE_MEM_BASE + EDU_REG_DMA_SRC, src);
    qtest_writeq(qts, BRIDGE_MEM_BASE + EDU_REG_DMA_DST, dst);
    qtest_writeq(qts, BRIDGE_MEM_BASE + EDU_REG_DMA_CNT, 4);
    qtest_writeq(qts, BRIDGE_MEM_BASE + EDU_REG_DMA_CMD, cmd | EDU_DMA_RUN);
}

static void bridge_control(QTestState *qts, uint16_t bdf, uint16_t control)
{
    pc_config_writel(qts, bdf, PCI_INTERRUPT_LINE, control << 16);
}

/*
 * A bit of the bridge's control register resets what is behind it, however
 * deep, and for as long as it is set nobody answers there.  DMA that had been
 * asked for finds no memory.
 */
static void test_bus_reset(void)
{
    QTestState *qts = two_bridges("-device edu,bus=br2,addr=3 "
                                  "-device edu,bus=br1,addr=3");
    uint16_t dev = PC_BDF(2, 3, 0);

    edu_setup(qts, dev);
    pc_config_writel(qts, PC_BDF(1, 3, 0), PCI_INTERRUPT_LINE, 9);
    qtest_writel(qts, BUF, 0x12345678);
    edu_dma_start(qts, BUF, EDU_DMA_START, 0);
    qtest_clock_step(qts, 100 * 1000 * 1000);
    qtest_writel(qts, BUF, 0);
    edu_dma_start(qts, EDU_DMA_START, BUF, EDU_DMA_TO_PCI | EDU_DMA_IRQ);

    bridge_control(qts, BR2, PCI_BRIDGE_CTL_BUS_RESET);
    g_assert_cmphex(vendor(qts, dev), ==, 0xffff);
    g_assert_cmphex(vendor(qts, BR2), ==, 0x1b36);
    qtest_clock_step(qts, 100 * 1000 * 1000);
    g_assert_cmphex(qtest_readl(qts, BUF), ==, 0);
    bridge_control(qts, BR2, 0);
    g_assert_cmphex(vendor(qts, dev), ==, 0x1234);
    g_assert_cmphex(pc_config_readl(qts, dev, PCI_COMMAND) & 0xffff, ==, 0);
    g_assert_cmphex(pc_config_readl(qts, dev, PCI_BASE_ADDRESS_0), ==, 0);
    /* The neighbour of the bridge has not been reset. */
    g_assert_cmphex(pc_config_readl(qts, PC_BDF(1, 3, 0), PCI_INTERRUPT_LINE)
                    & 0xff, ==, 9);

    /* The first bridge's takes the second's numbers, too. */
    edu_setup(qts, dev);
    g_assert_true(edu_answers(qts));
    bridge_control(qts, BR1, PCI_BRIDGE_CTL_BUS_RESET);
    bridge_control(qts, BR1, 0);
    g_assert_cmphex(pc_config_readl(qts, BR2, PCI_PRIMARY_BUS), ==, 0);
    g_assert_cmphex(pc_config_readl(qts, BR2, PCI_COMMAND), ==, 0x00b00000);
    g_assert_cmphex(vendor(qts, dev), ==, 0xffff);
    bridge_setup(qts, BR2, 2, 2);
    edu_setup(qts, dev);
    g_assert_true(edu_answers(qts));
    qtest_quit(qts);
}

/* A reset of the machine closes all windows and forgets the numbers. */
static void test_machine_reset(void)
{
    QTestState *qts = two_bridges("-device edu,bus=br2,addr=3");

    edu_setup(qts, PC_BDF(2, 3, 0));
    qtest_writel(qts, BRIDGE_MEM_BASE + EDU_REG_IRQ_RAISE, 1);
    qtest_qmp_assert_success(qts, "{'execute': 'system_reset'}");
    qtest_qmp_eventwait(qts, "RESET");
    pc_config_check(qts, BR1, (ConfigDword[]) {
        { 0x00, 0x00011b36 }, { 0x04, 0x00b00000 }, { 0x08, 0x06040000 },
        { 0x0c, 0x00010000 }, { 0x10, 0x00000004 }, { 0x1c, 0x00a00000 },
        { 0x24, 0x00010001 }, { 0x34, 0x0000004c }, { 0x3c, 0x00000100 },
        { 0x40, 0x0000000c }, { 0x48, 0x01204004 }, { 0x4c, 0x01804805 },
    }, 12);
    bridge_setup(qts, BR1, 1, 2);
    bridge_setup(qts, BR2, 2, 2);
    edu_setup(qts, PC_BDF(2, 3, 0));
    g_assert_true(edu_answers(qts));
    g_assert_cmphex(pc_config_readl(qts, PC_BDF(2, 3, 0), PCI_COMMAND) >> 16 &
                    PCI_STATUS_INTERRUPT, ==, 0);
    qtest_quit(qts);
}

/* What the monitor says */

/* Behind a bridge come its devices. */
static void test_info_pci(void)
{
    static const char want[] =
        "  Bus  0, device   4, function 0:\n"
        "    PCI bridge: PCI device 1b36:0001\n"
        "      IRQ 0, pin A\n"
        "      BUS 0.\n"
        "      secondary bus 1.\n"
        "      subordinate bus 2.\n"
        "      IO range [0xc000, 0xffff]\n"
        "      memory range [0xe0000000, 0xfebfffff]\n"
        "      prefetchable memory range [0xfff00000, 0x000fffff]\n"
        "      BAR0: 64 bit memory at 0xffffffffffffffff [0x000000fe].\n"
        "      id \"br1\"\n"
        "  Bus  1, device   7, function 0:\n"
        "    PCI bridge: PCI device 1b36:0001\n"
        "      IRQ 0, pin A\n"
        "      BUS 1.\n"
        "      secondary bus 2.\n"
        "      subordinate bus 2.\n"
        "      IO range [0xc000, 0xffff]\n"
        "      memory range [0xe0000000, 0xfebfffff]\n"
        "      prefetchable memory range [0xfff00000, 0x000fffff]\n"
        "      BAR0: 64 bit memory at 0xffffffffffffffff [0x000000fe].\n"
        "      id \"br2\"\n"
        "  Bus  2, device   3, function 0:\n"
        "    Class 0255: PCI device 1234:11e8\n"
        "      PCI subsystem 1af4:1100\n"
        "      IRQ 0, pin A\n"
        "      BAR0: 32 bit memory at 0xe0000000 [0xe00fffff].\n"
        "      id \"\"\n";
    QTestState *qts = two_bridges("-device edu,bus=br2,addr=3");
    g_autofree char *raw = NULL, *pci = NULL, *qtree = NULL;
    g_auto(GStrv) lines = NULL;

    edu_setup(qts, PC_BDF(2, 3, 0));
    raw = qtest_hmp(qts, "info pci");
    lines = g_strsplit(raw, "\r\n", -1);
    pci = g_strjoinv("\n", lines);
    if (!strstr(pci, want)) {
        g_test_message("%s", pci);
    }
    g_assert_nonnull(strstr(pci, want));
    qtree = qtest_hmp(qts, "info qtree");
    g_assert_nonnull(strstr(qtree,
        "class Class 00ff, addr 02:03.0, pci id 1234:11e8"));
    qtest_quit(qts);
}

/* A bus is called after its bridge, or has a number. */
static void test_bus_names(void)
{
    QTestState *qts = qtest_init("-machine pc -nodefaults "
        "-device pci-bridge,chassis_nr=1 "
        "-device pci-bridge,chassis_nr=2,bus=pci.1,addr=2 "
        "-device pci-bridge,id=named,chassis_nr=3,bus=pci.2,addr=3 "
        "-device edu,bus=named,addr=4,id=e0");
    g_autofree char *qtree = qtest_hmp(qts, "info qtree");
    QDict *rsp;

    g_assert_nonnull(strstr(qtree, "bus: pci.1"));
    g_assert_nonnull(strstr(qtree, "bus: pci.2"));
    g_assert_nonnull(strstr(qtree, "bus: named"));
    rsp = qtest_qmp(qts, "{'execute': 'qom-get', 'arguments': {"
                         "'path': '/machine/peripheral/e0',"
                         " 'property': 'parent_bus'}}");
    g_assert_cmpstr(qdict_get_str(rsp, "return"), ==,
                    "/machine/peripheral/named/named");
    qobject_unref(rsp);
    qtest_quit(qts);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_func("/pci-bridge/config/bytes", test_config_bytes);
    qtest_add_func("/pci-bridge/config/write-masks", test_write_masks);
    qtest_add_func("/pci-bridge/numbers", test_numbers);
    qtest_add_func("/pci-bridge/numbers/lie", test_numbers_lie);
    qtest_add_func("/pci-bridge/window/memory", test_memory_window);
    qtest_add_func("/pci-bridge/window/ports", test_io_window);
    qtest_add_func("/pci-bridge/window/prefetchable",
                   test_prefetchable_window);
    qtest_add_func("/pci-bridge/window/lies", test_window_lies);
    qtest_add_func("/pci-bridge/window/vga", test_vga);
    qtest_add_func("/pci-bridge/interrupt/pins", test_intx);
    qtest_add_func("/pci-bridge/virtio-net", test_virtio_net);
    qtest_add_func("/pci-bridge/reset/bus", test_bus_reset);
    qtest_add_func("/pci-bridge/reset/machine", test_machine_reset);
    qtest_add_func("/pci-bridge/info-pci", test_info_pci);
    qtest_add_func("/pci-bridge/bus-names", test_bus_names);
    return g_test_run();
}
