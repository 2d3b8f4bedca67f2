/*
 * libqos: PCI as a driver sees it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "pci.h"
#include "hw/pci/pci_regs.h"
#include "qemu/bswap.h"
#include "qemu/host-utils.h"

/* Finding */

void qpci_device_foreach(QPCIBus *bus, int vendor_id, int device_id,
                         void (*func)(QPCIDevice *dev, int devfn, void *data),
                         void *data)
{
    for (int devfn = 0; devfn < 256; devfn++) {
        QPCIDevice *dev = qpci_device_find(bus, devfn);

        if (!dev) {
            continue;
        }
        if ((vendor_id != -1 &&
             qpci_config_readw(dev, PCI_VENDOR_ID) != vendor_id) ||
            (device_id != -1 &&
             qpci_config_readw(dev, PCI_DEVICE_ID) != device_id)) {
            g_free(dev);
            continue;
        }
        func(dev, devfn, data);
    }
}

static bool qpci_device_set(QPCIDevice *dev, QPCIBus *bus, int devfn)
{
    *dev = (QPCIDevice) { .bus = bus, .devfn = devfn };
    return qpci_config_readw(dev, PCI_VENDOR_ID) != 0xffff;
}

QPCIDevice *qpci_device_find(QPCIBus *bus, int devfn)
{
    QPCIDevice *dev = g_new0(QPCIDevice, 1);

    if (!qpci_device_set(dev, bus, devfn)) {
        g_free(dev);
        return NULL;
    }
    return dev;
}

void qpci_device_init(QPCIDevice *dev, QPCIBus *bus, QPCIAddress *addr)
{
    g_assert_true(qpci_device_set(dev, bus, addr->devfn));
    g_assert_true(!addr->vendor_id ||
                  qpci_config_readw(dev, PCI_VENDOR_ID) == addr->vendor_id);
    g_assert_true(!addr->device_id ||
                  qpci_config_readw(dev, PCI_DEVICE_ID) == addr->device_id);
}

void qpci_device_enable(QPCIDevice *dev)
{
    uint16_t want = PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER;

    qpci_config_writew(dev, PCI_COMMAND,
                       qpci_config_readw(dev, PCI_COMMAND) | want);

    /* A device without ports need not keep the bit for them. */
    g_assert_cmphex(qpci_config_readw(dev, PCI_COMMAND) &
                    PCI_COMMAND_MASTER, ==, PCI_COMMAND_MASTER);
}

uint8_t qpci_find_capability(QPCIDevice *dev, uint8_t id, uint8_t start_addr)
{
    uint8_t addr;

    addr = qpci_config_readb(dev, start_addr ? start_addr + PCI_CAP_LIST_NEXT :
                                               PCI_CAPABILITY_LIST);
    while (addr && qpci_config_readb(dev, addr + PCI_CAP_LIST_ID) != id) {
        addr = qpci_config_readb(dev, addr + PCI_CAP_LIST_NEXT);
    }
    return addr;
}

/* MSI-X */

static uint8_t qpci_msix_cap(QPCIDevice *dev)
{
    uint8_t addr = qpci_find_capability(dev, PCI_CAP_ID_MSIX, 0);

    g_assert_cmphex(addr, !=, 0);
    return addr;
}

void qpci_msix_enable(QPCIDevice *dev)
{
    uint8_t addr = qpci_msix_cap(dev);
    uint8_t bir_table, bir_pba;
    uint16_t val;
    uint32_t table;

    val = qpci_config_readw(dev, addr + PCI_MSIX_FLAGS);
    qpci_config_writew(dev, addr + PCI_MSIX_FLAGS, val | PCI_MSIX_FLAGS_ENABLE);

    table = qpci_config_readl(dev, addr + PCI_MSIX_TABLE);
    bir_table = table & PCI_MSIX_FLAGS_BIRMASK;
    dev->msix_table_bar = qpci_iomap(dev, bir_table, NULL);
    dev->msix_table_off = table & ~PCI_MSIX_FLAGS_BIRMASK;

    table = qpci_config_readl(dev, addr + PCI_MSIX_PBA);
    bir_pba = table & PCI_MSIX_FLAGS_BIRMASK;
    dev->msix_pba_bar = bir_pba == bir_table ?
                        dev->msix_table_bar : qpci_iomap(dev, bir_pba, NULL);
    dev->msix_pba_off = table & ~PCI_MSIX_FLAGS_BIRMASK;

    dev->msix_enabled = true;
}

void qpci_msix_disable(QPCIDevice *dev)
{
    uint8_t addr = qpci_msix_cap(dev);
    uint16_t val = qpci_config_readw(dev, addr + PCI_MSIX_FLAGS);

    g_assert_true(dev->msix_enabled);
    qpci_config_writew(dev, addr + PCI_MSIX_FLAGS,
                       val & ~PCI_MSIX_FLAGS_ENABLE);
    qpci_iounmap(dev, dev->msix_table_bar);
    if (dev->msix_pba_bar.addr != dev->msix_table_bar.addr) {
        qpci_iounmap(dev, dev->msix_pba_bar);
    }
    dev->msix_enabled = false;
    dev->msix_table_off = 0;
    dev->msix_pba_off = 0;
}

bool qpci_msix_pending(QPCIDevice *dev, uint16_t entry)
{
    uint32_t bits;

    g_assert_true(dev->msix_enabled);
    bits = qpci_io_readl(dev, dev->msix_pba_bar,
                         dev->msix_pba_off + entry / 32 * 4);
    return bits & (1u << (entry % 32));
}

bool qpci_msix_masked(QPCIDevice *dev, uint16_t entry)
{
    uint16_t val = qpci_config_readw(dev, qpci_msix_cap(dev) + PCI_MSIX_FLAGS);

    g_assert_true(dev->msix_enabled);
    if (val & PCI_MSIX_FLAGS_MASKALL) {
        return true;
    }
    return qpci_io_readl(dev, dev->msix_table_bar,
                         dev->msix_table_off + entry * PCI_MSIX_ENTRY_SIZE +
                         PCI_MSIX_ENTRY_VECTOR_CTRL) &
           PCI_MSIX_ENTRY_CTRL_MASKBIT;
}

uint16_t qpci_msix_table_size(QPCIDevice *dev)
{
    uint16_t control = qpci_config_readw(dev,
                                         qpci_msix_cap(dev) + PCI_MSIX_FLAGS);

    return (control & PCI_MSIX_FLAGS_QSIZE) + 1;
}

/* Config space */

uint8_t qpci_config_readb(QPCIDevice *dev, uint8_t offset)
{
    return dev->bus->config_readb(dev->bus, dev->devfn, offset);
}

uint16_t qpci_config_readw(QPCIDevice *dev, uint8_t offset)
{
    return dev->bus->config_readw(dev->bus, dev->devfn, offset);
}

uint32_t qpci_config_readl(QPCIDevice *dev, uint8_t offset)
{
    return dev->bus->config_readl(dev->bus, dev->devfn, offset);
}

void qpci_config_writeb(QPCIDevice *dev, uint8_t offset, uint8_t value)
{
    dev->bus->config_writeb(dev->bus, dev->devfn, offset, value);
}

void qpci_config_writew(QPCIDevice *dev, uint8_t offset, uint16_t value)
{
    dev->bus->config_writew(dev->bus, dev->devfn, offset, value);
}

void qpci_config_writel(QPCIDevice *dev, uint8_t offset, uint32_t value)
{
    dev->bus->config_writel(dev->bus, dev->devfn, offset, value);
}

/* Registers: a port, or memory that is little endian */

#define QPCI_IO(suffix, bits)                                               \
    uint##bits##_t qpci_io_read##suffix(QPCIDevice *dev, QPCIBar token,     \
                                        uint64_t off)                       \
    {                                                                       \
        QPCIBus *bus = dev->bus;                                            \
        uint8_t buf[bits / 8];                                              \
                                                                            \
        if (token.is_io) {                                                  \
            return bus->pio_read##suffix(bus, token.addr + off);            \
        }                                                                   \
        bus->memread(bus, token.addr + off, buf, sizeof(buf));              \
        return ldn_le_p(buf, sizeof(buf));                                  \
    }                                                                       \
                                                                            \
    void qpci_io_write##suffix(QPCIDevice *dev, QPCIBar token,              \
                               uint64_t off, uint##bits##_t value)          \
    {                                                                       \
        QPCIBus *bus = dev->bus;                                            \
        uint8_t buf[bits / 8];                                              \
                                                                            \
        if (token.is_io) {                                                  \
            bus->pio_write##suffix(bus, token.addr + off, value);           \
            return;                                                         \
        }                                                                   \
        stn_le_p(buf, sizeof(buf), value);                                  \
        bus->memwrite(bus, token.addr + off, buf, sizeof(buf));             \
    }

QPCI_IO(b, 8)
QPCI_IO(w, 16)
QPCI_IO(l, 32)
QPCI_IO(q, 64)

void qpci_memread(QPCIDevice *dev, QPCIBar token, uint64_t off,
                  void *buf, size_t len)
{
    g_assert_false(token.is_io);
    dev->bus->memread(dev->bus, token.addr + off, buf, len);
}

void qpci_memwrite(QPCIDevice *dev, QPCIBar token, uint64_t off,
                   const void *buf, size_t len)
{
    g_assert_false(token.is_io);
    dev->bus->memwrite(dev->bus, token.addr + off, buf, len);
}

/* BARs: write ones, see which bits stay zero; those are the size */

QPCIBar qpci_iomap(QPCIDevice *dev, int barno, uint64_t *sizeptr)
{
    static const uint8_t bar_reg_map[] = {
        PCI_BASE_ADDRESS_0, PCI_BASE_ADDRESS_1, PCI_BASE_ADDRESS_2,
        PCI_BASE_ADDRESS_3, PCI_BASE_ADDRESS_4, PCI_BASE_ADDRESS_5,
    };
    QPCIBus *bus = dev->bus;
    QPCIBar bar = { };
    uint32_t addr, size, mask;
    uint64_t *ptr, limit, loc;
    uint8_t reg;

    g_assert_cmpint(barno, >=, 0);
    g_assert_cmpint(barno, <, ARRAY_SIZE(bar_reg_map));
    reg = bar_reg_map[barno];

    qpci_config_writel(dev, reg, 0xffffffff);
    addr = qpci_config_readl(dev, reg);
    bar.is_io = (addr & PCI_BASE_ADDRESS_SPACE) == PCI_BASE_ADDRESS_SPACE_IO;
    mask = bar.is_io ? (uint32_t)PCI_BASE_ADDRESS_IO_MASK :
                       (uint32_t)PCI_BASE_ADDRESS_MEM_MASK;
    addr &= mask;
    g_assert_cmphex(addr, !=, 0);

    size = 1u << ctz32(addr);
    if (sizeptr) {
        *sizeptr = size;
    }

    ptr = bar.is_io ? &bus->pio_alloc_ptr : &bus->mmio_alloc_ptr;
    limit = bar.is_io ? bus->pio_limit : bus->mmio_limit;
    loc = QEMU_ALIGN_UP(*ptr, size);
    g_assert_cmpuint(loc + size, <=, limit);
    *ptr = loc + size;

    qpci_config_writel(dev, reg, loc);
    bar.addr = loc;
    return bar;
}

/* Places are not given out again: a test is short. */
void qpci_iounmap(QPCIDevice *dev, QPCIBar bar)
{
}

QPCIBar qpci_legacy_iomap(QPCIDevice *dev, uint16_t addr)
{
    return (QPCIBar) { .addr = addr, .is_io = true };
}
