/*
 * libqos: PCI on a PC: config space through 0xcf8 and 0xcfc.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "pci-pc.h"

#define CONFIG_ADDRESS  0xcf8
#define CONFIG_DATA     0xcfc
#define CONFIG_ENABLE   (1u << 31)

static uint8_t qpci_pc_pio_readb(QPCIBus *bus, uint32_t addr)
{
    return qtest_inb(bus->qts, addr);
}

static uint16_t qpci_pc_pio_readw(QPCIBus *bus, uint32_t addr)
{
    return qtest_inw(bus->qts, addr);
}

static uint32_t qpci_pc_pio_readl(QPCIBus *bus, uint32_t addr)
{
    return qtest_inl(bus->qts, addr);
}

/* x86 has no port of 64 bits. */
static uint64_t qpci_pc_pio_readq(QPCIBus *bus, uint32_t addr)
{
    uint64_t low = qtest_inl(bus->qts, addr);

    return low | (uint64_t)qtest_inl(bus->qts, addr + 4) << 32;
}

static void qpci_pc_pio_writeb(QPCIBus *bus, uint32_t addr, uint8_t val)
{
    qtest_outb(bus->qts, addr, val);
}

static void qpci_pc_pio_writew(QPCIBus *bus, uint32_t addr, uint16_t val)
{
    qtest_outw(bus->qts, addr, val);
}

static void qpci_pc_pio_writel(QPCIBus *bus, uint32_t addr, uint32_t val)
{
    qtest_outl(bus->qts, addr, val);
}

static void qpci_pc_pio_writeq(QPCIBus *bus, uint32_t addr, uint64_t val)
{
    qtest_outl(bus->qts, addr, val & 0xffffffff);
    qtest_outl(bus->qts, addr + 4, val >> 32);
}

static void qpci_pc_memread(QPCIBus *bus, uint32_t addr, void *buf, size_t len)
{
    qtest_bufread(bus->qts, addr, buf, len);
}

static void qpci_pc_memwrite(QPCIBus *bus, uint32_t addr, const void *buf,
                             size_t len)
{
    qtest_bufwrite(bus->qts, addr, buf, len);
}

/* Choose the register; gives the port of its bytes. */
static uint16_t qpci_pc_config_select(QPCIBus *bus, int devfn, uint8_t offset)
{
    qtest_outl(bus->qts, CONFIG_ADDRESS,
               CONFIG_ENABLE | (devfn << 8) | (offset & ~3));
    return CONFIG_DATA + (offset & 3);
}

static uint8_t qpci_pc_config_readb(QPCIBus *bus, int devfn, uint8_t offset)
{
    return qtest_inb(bus->qts, qpci_pc_config_select(bus, devfn, offset));
}

static uint16_t qpci_pc_config_readw(QPCIBus *bus, int devfn, uint8_t offset)
{
    return qtest_inw(bus->qts, qpci_pc_config_select(bus, devfn, offset));
}

static uint32_t qpci_pc_config_readl(QPCIBus *bus, int devfn, uint8_t offset)
{
    return qtest_inl(bus->qts, qpci_pc_config_select(bus, devfn, offset));
}

static void qpci_pc_config_writeb(QPCIBus *bus, int devfn, uint8_t offset,
                                  uint8_t value)
{
    qtest_outb(bus->qts, qpci_pc_config_select(bus, devfn, offset), value);
}

static void qpci_pc_config_writew(QPCIBus *bus, int devfn, uint8_t offset,
                                  uint16_t value)
{
    qtest_outw(bus->qts, qpci_pc_config_select(bus, devfn, offset), value);
}

static void qpci_pc_config_writel(QPCIBus *bus, int devfn, uint8_t offset,
                                  uint32_t value)
{
    qtest_outl(bus->qts, qpci_pc_config_select(bus, devfn, offset), value);
}

void qpci_init_pc(QPCIBusPC *qpci, QTestState *qts, QGuestAllocator *alloc)
{
    qpci->bus = (QPCIBus) {
        .pio_readb = qpci_pc_pio_readb,
        .pio_readw = qpci_pc_pio_readw,
        .pio_readl = qpci_pc_pio_readl,
        .pio_readq = qpci_pc_pio_readq,
        .pio_writeb = qpci_pc_pio_writeb,
        .pio_writew = qpci_pc_pio_writew,
        .pio_writel = qpci_pc_pio_writel,
        .pio_writeq = qpci_pc_pio_writeq,
        .memread = qpci_pc_memread,
        .memwrite = qpci_pc_memwrite,
        .config_readb = qpci_pc_config_readb,
        .config_readw = qpci_pc_config_readw,
        .config_readl = qpci_pc_config_readl,
        .config_writeb = qpci_pc_config_writeb,
        .config_writew = qpci_pc_config_writew,
        .config_writel = qpci_pc_config_writel,
        .qts = qts,
        .pio_alloc_ptr = 0xc000,
        .pio_limit = 0x10000,
        .mmio_alloc_ptr = 0xe0000000,
        /* Below the I/O APIC. */
        .mmio_limit = 0xfec00000,
    };
}

QPCIBus *qpci_new_pc(QTestState *qts, QGuestAllocator *alloc)
{
    QPCIBusPC *qpci = g_new0(QPCIBusPC, 1);

    qpci_init_pc(qpci, qts, alloc);
    return &qpci->bus;
}

void qpci_free_pc(QPCIBus *bus)
{
    if (bus) {
        g_free(container_of(bus, QPCIBusPC, bus));
    }
}
