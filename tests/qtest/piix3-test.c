/*
 * Tests of the PIIX3: the interrupt router's registers, the reset control
 * register, and the other port that resets the machine, 0x92.
 *
 * The values at start were read from QEMU 7.2.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/pci/pci_regs.h"
#include "libqos/virtio-net.h"
#include "pc-test.h"

#define ISA_BRIDGE      (1 << 3)
#define REG_PIRQRC      0x60
#define SCRATCH         0x64        /* of the host bridge: reset leaves it */
#define PORT92          0x92

static QTestState *piix3_start(void)
{
    return qtest_init("-machine pc -nodefaults");
}

static void test_defaults(void)
{
    static const ConfigDword want[] = {
        { 0x00, 0x70008086 }, { 0x04, 0x02000000 }, { 0x08, 0x06010000 },
        { 0x0c, 0x00800000 }, { 0x2c, 0x11001af4 }, { 0x4c, 0x0003004d },
        { 0x60, 0x80808080 }, { 0x68, 0x00000200 }, { 0x70, 0x00000080 },
        { 0x74, 0x0c0c0000 }, { 0x78, 0x00000002 }, { 0xa0, 0x00000008 },
        { 0xa8, 0x0000000f },
    };
    QTestState *qts = piix3_start();

    pc_config_check(qts, ISA_BRIDGE, want, ARRAY_SIZE(want));
    qtest_quit(qts);
}

/* Has the machine been reset since the router was set up? */
static bool piix3_was_reset(QTestState *qts)
{
    bool reset = pc_config_readl(qts, ISA_BRIDGE, REG_PIRQRC) == 0x80808080;

    pc_config_writel(qts, ISA_BRIDGE, REG_PIRQRC, 0x0b0a0b0a);
    return reset;
}

/* Bit 2 resets; bit 1 says how hard, and is all that can be read. */
static void test_reset_control(void)
{
    QTestState *qts = piix3_start();

    g_assert_true(piix3_was_reset(qts));
    g_assert_false(piix3_was_reset(qts));

    qtest_outb(qts, PC_RESET_CONTROL, 0x02);
    g_assert_cmphex(qtest_inb(qts, PC_RESET_CONTROL), ==, 0x02);
    g_assert_false(piix3_was_reset(qts));

    qtest_outb(qts, PC_RESET_CONTROL, 0x06);
    g_assert_true(piix3_was_reset(qts));
    g_assert_cmphex(qtest_inb(qts, PC_RESET_CONTROL), ==, 0);

    qtest_outb(qts, PC_RESET_CONTROL, 0xf9);
    g_assert_cmphex(qtest_inb(qts, PC_RESET_CONTROL), ==, 0);
    g_assert_false(piix3_was_reset(qts));
    qtest_quit(qts);
}

/* It is one byte inside of the host bridge's address port, and in its way. */
static void test_reset_control_and_config_address(void)
{
    QTestState *qts = piix3_start();

    qtest_outl(qts, PC_CONFIG_ADDRESS, 0x80000600);
    g_assert_cmphex(qtest_inl(qts, PC_CONFIG_ADDRESS), ==, 0x80000600);
    g_assert_true(piix3_was_reset(qts));
    g_assert_false(piix3_was_reset(qts));
    qtest_quit(qts);
}

/* Port 0x92: the edge of bit 0 resets; the A20 gate is kept. */
static void test_port92(void)
{
    QTestState *qts = piix3_start();

    g_assert_true(piix3_was_reset(qts));
    qtest_outb(qts, PORT92, 0x02);
    g_assert_cmphex(qtest_inb(qts, PORT92), ==, 0x02);
    g_assert_false(piix3_was_reset(qts));
    qtest_outb(qts, PORT92, 0x03);
    g_assert_true(piix3_was_reset(qts));
    g_assert_cmphex(qtest_inb(qts, PORT92), ==, 0x02);
    qtest_quit(qts);
}

/*
 * Routing.  Slot 4's INTA is PIRQD; the device raises it for each packet sent,
 * and lets go when ISR is read.  Lines of the
 * i8259s that are levels can be read in their request registers.
 */

#define PIRQD               3
#define PIC_MASTER          0x20
#define PIC_SLAVE           0xa0
#define PIC_MASTER_ELCR     0x4d0
#define PIC_SLAVE_ELCR      0x4d1
#define OCW3_READ_IRR       0x0a

static void pirq_route(QVirtioNet *net, int pirq, uint8_t irq)
{
    uint32_t routes = 0x80808080;

    routes &= ~(0xffu << pirq * 8);
    routes |= (uint32_t)irq << pirq * 8;
    pc_config_writel(net->qts, ISA_BRIDGE, REG_PIRQRC, routes);
}

/* The lines that are up, of both chips.  The cascade (2) is among them. */
static uint16_t pic_lines(QTestState *qts)
{
    qtest_outb(qts, PIC_MASTER, OCW3_READ_IRR);
    qtest_outb(qts, PIC_SLAVE, OCW3_READ_IRR);
    return (qtest_inb(qts, PIC_MASTER) | qtest_inb(qts, PIC_SLAVE) << 8) &
           ~(1 << 2 | 1 << 0);
}

static QVirtioNet *pirq_start(void)
{
    QVirtioNet *net = qvirtio_net_boot("virtio-net-pci", "event_idx=off");

    /* All that PCI may use are levels. */
    qtest_outb(net->qts, PIC_MASTER, 0x11);
    qtest_outb(net->qts, PIC_MASTER + 1, 0x20);
    qtest_outb(net->qts, PIC_MASTER + 1, 0x04);
    qtest_outb(net->qts, PIC_MASTER + 1, 0x01);
    qtest_outb(net->qts, PIC_SLAVE, 0x11);
    qtest_outb(net->qts, PIC_SLAVE + 1, 0x28);
    qtest_outb(net->qts, PIC_SLAVE + 1, 0x02);
    qtest_outb(net->qts, PIC_SLAVE + 1, 0x01);
    qtest_outb(net->qts, PIC_MASTER_ELCR, 0xf8);
    qtest_outb(net->qts, PIC_SLAVE_ELCR, 0xde);
    qvirtio_net_start(net, QVIRTIO_NET_ALL);
    return net;
}

static void pirq_raise(QVirtioNet *net)
{
    static const uint8_t bcast[6] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
    uint8_t out[100];

    qvirtio_net_frame(out, sizeof(out), bcast, 1);
    qvirtio_net_send(net, out, sizeof(out));
}

static void pirq_lower(QVirtioNet *net)
{
    qpci_io_readb(net->pci->pdev, net->pci->bar, net->pci->isr_cfg_offset);
}

/* The pin reaches the line that its register names, on either chip. */
static void test_route(void)
{
    static const uint8_t irqs[] = { 5, 11, 10, 15 };
    QVirtioNet *net = pirq_start();

    for (int i = 0; i < ARRAY_SIZE(irqs); i++) {
        pirq_route(net, PIRQD, irqs[i]);
        g_assert_cmphex(pic_lines(net->qts), ==, 0);
        pirq_raise(net);
        g_assert_cmphex(pic_lines(net->qts), ==, 1 << irqs[i]);
        pirq_lower(net);
        g_assert_cmphex(pic_lines(net->qts), ==, 0);
    }

    /* The other slots' registers have nothing to do with it. */
    pirq_route(net, 0, 5);
    pirq_raise(net);
    g_assert_cmphex(pic_lines(net->qts), ==, 0);
    qvirtio_net_shutdown(net);
}

/* A pin that is up moves with its route; bit 7 takes it off all lines. */
static void test_route_moves(void)
{
    QVirtioNet *net = pirq_start();

    pirq_raise(net);
    g_assert_cmphex(pic_lines(net->qts), ==, 0);
    pirq_route(net, PIRQD, 11);
    g_assert_cmphex(pic_lines(net->qts), ==, 1 << 11);
    pirq_route(net, PIRQD, 5);
    g_assert_cmphex(pic_lines(net->qts), ==, 1 << 5);
    pirq_route(net, PIRQD, 0x80 | 5);
    g_assert_cmphex(pic_lines(net->qts), ==, 0);
    pirq_route(net, PIRQD, 5);
    pirq_lower(net);
    g_assert_cmphex(pic_lines(net->qts), ==, 0);
    qvirtio_net_shutdown(net);
}

/* COMMAND takes the pin off the wire, and puts it back as it is then. */
static void test_route_disable(void)
{
    QVirtioNet *net = pirq_start();
    QPCIDevice *pdev = net->pci->pdev;
    uint16_t command = qpci_config_readw(pdev, PCI_COMMAND);

    pirq_route(net, PIRQD, 10);
    pirq_raise(net);
    g_assert_cmphex(pic_lines(net->qts), ==, 1 << 10);
    qpci_config_writew(pdev, PCI_COMMAND, command | PCI_COMMAND_INTX_DISABLE);
    g_assert_cmphex(pic_lines(net->qts), ==, 0);
    g_assert_true(qpci_config_readw(pdev, PCI_STATUS) & PCI_STATUS_INTERRUPT);
    qpci_config_writew(pdev, PCI_COMMAND, command);
    g_assert_cmphex(pic_lines(net->qts), ==, 1 << 10);
    qpci_config_writew(pdev, PCI_COMMAND, command | PCI_COMMAND_INTX_DISABLE);
    pirq_lower(net);
    g_assert_false(qpci_config_readw(pdev, PCI_STATUS) & PCI_STATUS_INTERRUPT);
    qpci_config_writew(pdev, PCI_COMMAND, command);
    g_assert_cmphex(pic_lines(net->qts), ==, 0);
    qvirtio_net_shutdown(net);
}

/* Nobody answers at these. */
static void test_absent_ports(void)
{
    QTestState *qts = piix3_start();

    g_assert_cmphex(qtest_inb(qts, 0x3f8), ==, 0xff);
    g_assert_cmphex(qtest_inw(qts, 0x1f0), ==, 0xffff);
    g_assert_cmphex(qtest_inl(qts, 0xfffc), ==, 0xffffffff);
    qtest_outl(qts, 0x3f8, 0);
    qtest_quit(qts);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_func("/piix3/defaults", test_defaults);
    qtest_add_func("/piix3/reset-control", test_reset_control);
    qtest_add_func("/piix3/reset-control/config-address",
                   test_reset_control_and_config_address);
    qtest_add_func("/piix3/port92", test_port92);
    qtest_add_func("/piix3/route", test_route);
    qtest_add_func("/piix3/route/moves", test_route_moves);
    qtest_add_func("/piix3/route/disable", test_route_disable);
    qtest_add_func("/piix3/absent-ports", test_absent_ports);
    return g_test_run();
}
