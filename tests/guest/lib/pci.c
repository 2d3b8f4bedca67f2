/*
 * PCI: finding functions, BARs, capabilities, MSI-X, the pin.
 *
 * Without firmware nobody has given BARs addresses: pci_enable() does, from the
 * places where a PC has its PCI hole.
 *
 * Specification: PCI Local Bus Specification 3.0, chapter 6.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "guest.h"

#define CONFIG_ADDRESS  0xcf8
#define CONFIG_DATA     0xcfc

#define PCI_COMMAND     0x04
#define COMMAND_NO_INTX 0x0400
#define PCI_STATUS      0x06
#define PCI_HEADER_TYPE 0x0e
#define PCI_BAR0        0x10
#define PCI_CAP_LIST    0x34
#define PCI_INTERRUPT_PIN 0x3d

#define MSIX_ENABLE     0x8000
#define MSIX_MASK_ALL   0x4000

static uint32_t next_mem = 0xe0000000;
static uint16_t next_io = 0xc000;

static uint16_t pci_select(const struct pci_dev *dev, unsigned offset)
{
    outl(CONFIG_ADDRESS, 0x80000000 | dev->bus << 16 | dev->devfn << 8 |
                         (offset & ~3));
    return CONFIG_DATA + (offset & 3);
}

uint32_t pci_read(const struct pci_dev *dev, unsigned offset, unsigned size)
{
    uint16_t port = pci_select(dev, offset);

    return size == 1 ? inb(port) : size == 2 ? inw(port) : inl(port);
}

void pci_write(const struct pci_dev *dev, unsigned offset, unsigned size,
               uint32_t v)
{
    uint16_t port = pci_select(dev, offset);

    if (size == 1) {
        outb(port, v);
    } else if (size == 2) {
        outw(port, v);
    } else {
        outl(port, v);
    }
}

void pci_for_each(bool (*fn)(struct pci_dev *dev, void *opaque), void *opaque)
{
    for (unsigned devfn = 0; devfn < 256; devfn++) {
        struct pci_dev dev = { .devfn = devfn };
        uint32_t id = pci_read(&dev, 0, 4);

        if (id == 0xffffffff) {
            if ((devfn & 7) == 0) {
                devfn += 7;             /* no function 0: an empty slot */
            }
            continue;
        }
        dev.vendor = id;
        dev.device = id >> 16;
        if (!fn(&dev, opaque)) {
            return;
        }
        if ((devfn & 7) == 0 && !(pci_read(&dev, PCI_HEADER_TYPE, 1) & 0x80)) {
            devfn += 7;
        }
    }
}

struct pci_search {
    struct pci_dev *dev;
    uint16_t vendor, device;
    bool found;
};

static bool pci_match(struct pci_dev *dev, void *opaque)
{
    struct pci_search *search = opaque;

    if (dev->vendor == search->vendor && dev->device == search->device) {
        *search->dev = *dev;
        search->found = true;
    }
    return !search->found;
}

bool pci_find(struct pci_dev *dev, uint16_t vendor, uint16_t device)
{
    struct pci_search search = { dev, vendor, device, false };

    pci_for_each(pci_match, &search);
    return search.found;
}

/* The bits that stay zero, plus one. */
uint32_t pci_bar_size(const struct pci_dev *dev, unsigned n)
{
    uint32_t old = pci_read(dev, PCI_BAR0 + 4 * n, 4);
    uint32_t mask;

    pci_write(dev, PCI_BAR0 + 4 * n, 4, 0xffffffff);
    mask = pci_read(dev, PCI_BAR0 + 4 * n, 4);
    pci_write(dev, PCI_BAR0 + 4 * n, 4, old);
    if (!mask) {
        return 0;
    }
    mask &= old & 1 ? ~3u : ~15u;
    if (old & 1) {
        mask |= 0xffff0000;
    }
    return -mask;
}

void pci_enable(struct pci_dev *dev)
{
    pci_write(dev, PCI_COMMAND, 2, pci_read(dev, PCI_COMMAND, 2) & ~3u);
    for (unsigned n = 0; n < 6; n++) {
        uint32_t bar = pci_read(dev, PCI_BAR0 + 4 * n, 4);
        uint32_t size = pci_bar_size(dev, n);
        bool is_io = bar & 1, is_64 = !is_io && (bar & 6) == 4;

        if (size && !(bar & ~15u)) {
            if (is_io) {
                next_io = (next_io + size - 1) & -size;
                pci_write(dev, PCI_BAR0 + 4 * n, 4, next_io);
                next_io += size;
            } else {
                next_mem = (next_mem + size - 1) & -size;
                pci_write(dev, PCI_BAR0 + 4 * n, 4, next_mem);
                if (is_64) {
                    pci_write(dev, PCI_BAR0 + 4 * n + 4, 4, 0);
                }
                next_mem += size;
            }
        }
        n += is_64;
    }
    pci_write(dev, PCI_COMMAND, 2, pci_read(dev, PCI_COMMAND, 2) | 7);
}

uint64_t pci_bar(const struct pci_dev *dev, unsigned n)
{
    uint64_t bar = pci_read(dev, PCI_BAR0 + 4 * n, 4);

    if (bar & 1) {
        return bar & ~3u;
    }
    if ((bar & 6) == 4) {
        bar |= (uint64_t)pci_read(dev, PCI_BAR0 + 4 * n + 4, 4) << 32;
    }
    return bar & ~(uint64_t)15;
}

uint8_t pci_find_cap(const struct pci_dev *dev, uint8_t id, uint8_t start)
{
    uint8_t pos = pci_read(dev, start ? start + 1 : PCI_CAP_LIST, 1);

    for (int limit = 48; pos && limit; limit--) {
        if (pci_read(dev, pos, 1) == id) {
            return pos;
        }
        pos = pci_read(dev, pos + 1, 1);
    }
    return 0;
}

/* MSI-X */

static void pci_msix_control(struct pci_dev *dev, uint16_t clear, uint16_t set)
{
    uint16_t control = pci_read(dev, dev->msix_cap + 2, 2);

    pci_write(dev, dev->msix_cap + 2, 2, (control & ~clear) | set);
}

/* Where the capability's field at @offset points to. */
static uintptr_t pci_msix_place(struct pci_dev *dev, unsigned offset)
{
    uint32_t place = pci_read(dev, dev->msix_cap + offset, 4);

    return pci_bar(dev, place & 7) + (place & ~7u);
}

static uintptr_t pci_msix_entry(struct pci_dev *dev, unsigned n)
{
    return dev->msix_table + 16 * n;
}

bool pci_msix_enable(struct pci_dev *dev)
{
    dev->msix_cap = pci_find_cap(dev, 0x11, 0);
    if (!dev->msix_cap) {
        return false;
    }
    dev->msix_size = (pci_read(dev, dev->msix_cap + 2, 2) & 0x7ff) + 1;
    dev->msix_table = pci_msix_place(dev, 4);
    dev->msix_pba = pci_msix_place(dev, 8);
    /* All entries are masked until pci_msix_set(). */
    pci_msix_control(dev, MSIX_MASK_ALL, MSIX_ENABLE);
    return true;
}

void pci_msix_disable(struct pci_dev *dev)
{
    pci_msix_control(dev, MSIX_ENABLE, 0);
}

void pci_msix_message(struct pci_dev *dev, unsigned n, uint64_t address,
                      uint32_t data)
{
    uintptr_t entry = pci_msix_entry(dev, n);

    mmio_write32(entry, address);
    mmio_write32(entry + 4, address >> 32);
    mmio_write32(entry + 8, data);
}

void pci_msix_mask(struct pci_dev *dev, unsigned n, bool mask)
{
    mmio_write32(pci_msix_entry(dev, n) + 12, mask);
}

void pci_msix_mask_all(struct pci_dev *dev, bool mask)
{
    pci_msix_control(dev, MSIX_MASK_ALL, mask ? MSIX_MASK_ALL : 0);
}

bool pci_msix_pending(struct pci_dev *dev, unsigned n)
{
    return mmio_read32(dev->msix_pba + n / 32 * 4) >> n % 32 & 1;
}

void pci_msix_set(struct pci_dev *dev, unsigned n, uint8_t vector)
{
    pci_msix_message(dev, n, irq_msi_address(), irq_msi_data(vector));
    pci_msix_mask(dev, n, false);
}

/* The pin */

/*
 * PIIX3 leads the pins of PCI, turned on by one from slot to slot, to IRQs of
 * the PICs and IOAPIC (datasheet, 4.1.12, PIRQRC).
 */
#define PIIX3_DEVFN     (1 << 3)
#define PIIX3_PIRQRC    0x60
#define IRQ             11

#define IOAPIC_SELECT   0xfec00000
#define IOAPIC_WINDOW   0xfec00010
#define IOAPIC_ENTRY    0x10
#define IOAPIC_LEVEL    0x8000

static void ioapic_write(uint8_t reg, uint32_t v)
{
    mmio_write32(IOAPIC_SELECT, reg);
    mmio_write32(IOAPIC_WINDOW, v);
}

void pci_intx_enable(struct pci_dev *dev, uint8_t vector)
{
    const struct pci_dev piix3 = { .devfn = PIIX3_DEVFN };
    unsigned pin = pci_read(dev, PCI_INTERRUPT_PIN, 1) - 1;
    unsigned pirq = ((dev->devfn >> 3) + pin - 1) & 3;

    pci_write(&piix3, PIIX3_PIRQRC + pirq, 1, IRQ);
    /* The CPU that the messages go to, too. */
    ioapic_write(IOAPIC_ENTRY + 2 * IRQ + 1,
                 (irq_msi_address() >> 12 & 0xff) << 24);
    ioapic_write(IOAPIC_ENTRY + 2 * IRQ, IOAPIC_LEVEL | vector);
    pci_intx_mask(dev, false);
}

void pci_intx_mask(struct pci_dev *dev, bool mask)
{
    uint16_t command = pci_read(dev, PCI_COMMAND, 2) & ~COMMAND_NO_INTX;

    pci_write(dev, PCI_COMMAND, 2, command | (mask ? COMMAND_NO_INTX : 0));
}

bool pci_intx_pending(struct pci_dev *dev)
{
    return pci_read(dev, PCI_STATUS, 2) >> 3 & 1;
}
