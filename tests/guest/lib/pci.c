/*
 * PCI: finding functions, BARs, capabilities, MSI-X.
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
#define PCI_HEADER_TYPE 0x0e
#define PCI_BAR0        0x10
#define PCI_CAP_LIST    0x34

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

/* How many bytes BAR @n decodes: the bits that stay zero, plus one. */
static uint32_t pci_bar_size(const struct pci_dev *dev, unsigned n,
                             uint32_t old)
{
    uint32_t mask;

    pci_write(dev, PCI_BAR0 + 4 * n, 4, 0xffffffff);
    mask = pci_read(dev, PCI_BAR0 + 4 * n, 4);
    pci_write(dev, PCI_BAR0 + 4 * n, 4, old);
    mask &= old & 1 ? ~3u : ~15u;
    if (old & 1) {
        mask |= 0xffff0000;
    }
    return mask ? -mask : 0;
}

void pci_enable(struct pci_dev *dev)
{
    pci_write(dev, PCI_COMMAND, 2, pci_read(dev, PCI_COMMAND, 2) & ~3u);
    for (unsigned n = 0; n < 6; n++) {
        uint32_t bar = pci_read(dev, PCI_BAR0 + 4 * n, 4);
        uint32_t size = pci_bar_size(dev, n, bar);
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

bool pci_msix_enable(struct pci_dev *dev)
{
    uint32_t table;
    uint16_t control;

    dev->msix_cap = pci_find_cap(dev, 0x11, 0);
    if (!dev->msix_cap) {
        return false;
    }
    control = pci_read(dev, dev->msix_cap + 2, 2);
    dev->msix_size = (control & 0x7ff) + 1;
    table = pci_read(dev, dev->msix_cap + 4, 4);
    dev->msix_table = pci_bar(dev, table & 7) + (table & ~7u);
    /* All entries are masked until pci_msix_set(). */
    pci_write(dev, dev->msix_cap + 2, 2, (control | 0x8000) & ~0x4000);
    return true;
}

void pci_msix_set(struct pci_dev *dev, unsigned n, uint8_t vector)
{
    uintptr_t entry = dev->msix_table + 16 * n;

    mmio_write32(entry, irq_msi_address());
    mmio_write32(entry + 4, 0);
    mmio_write32(entry + 8, irq_msi_data(vector));
    mmio_write32(entry + 12, 0);        /* not masked */
}
