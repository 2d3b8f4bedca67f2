/*
 * Every virtio device, and a driver that lies in the registers.
 *
 * Queues that are not there, or longer than they can be; kicks that come too
 * early; accesses of all widths at all places, and beyond the end; and rings
 * and buffers that are the device's own registers.  Whatever comes of it, the
 * machine goes on, and after a reset the device works.
 *
 * A new device joins by a row in libqos/virtio-any-types.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "libqtest.h"
#include "libqos/virtio-liar.h"
#include "hw/pci/pci_regs.h"
#include "standard-headers/linux/virtio_config.h"
#include "standard-headers/linux/virtio_pci.h"

/* Lengths that no ring has here, and queues that are not there. */
static void test_queues(QVirtioAny *d)
{
    static const uint16_t sizes[] = { 0, 1025, 0x8000, 0xffff };
    const QVirtioBus *bus = d->vdev->bus;
    bool packed = d->drive == QVIRTIO_ANY_PACKED;
    uint16_t has;

    g_assert_cmpuint(qpci_io_readw(d->pci->pdev, d->pci->bar,
                                   d->pci->common_cfg_offset +
                                   VIRTIO_PCI_COMMON_NUMQ), ==,
                     d->type->queues);
    qvirtio_start_device(d->vdev);
    qvirtio_set_features(d->vdev, qvirtio_get_features(d->vdev));
    for (unsigned n = 0; n < d->type->queues; n++) {
        bus->queue_select(d->vdev, n);
        has = bus->get_queue_size(d->vdev);
        g_assert_cmpuint(has, >, 0);
        for (int i = 0; i < ARRAY_SIZE(sizes); i++) {
            liar_set_common(d, VIRTIO_PCI_COMMON_Q_SIZE, 2, sizes[i]);
            g_assert_cmpuint(bus->get_queue_size(d->vdev), ==, has);
        }
        liar_set_common(d, VIRTIO_PCI_COMMON_Q_SIZE, 2, has * 2);
        g_assert_cmpuint(bus->get_queue_size(d->vdev), ==, has);
        liar_set_common(d, VIRTIO_PCI_COMMON_Q_SIZE, 2, has + 1);
        g_assert_cmpuint(bus->get_queue_size(d->vdev), ==, has);
        /* Only a packed ring has any length that was allocated. */
        liar_set_common(d, VIRTIO_PCI_COMMON_Q_SIZE, 2, has - 1);
        g_assert_cmpuint(bus->get_queue_size(d->vdev), ==,
                         packed ? has - 1 : has);
        /* What is enabled with a length too large has the length it had. */
        liar_set_common(d, VIRTIO_PCI_COMMON_Q_SIZE, 2, 0xffff);
        liar_set_common(d, VIRTIO_PCI_COMMON_Q_ENABLE, 2, 1);
        g_assert_cmpuint(bus->get_queue_size(d->vdev), ==,
                         packed ? has - 1 : has);
    }

    for (unsigned n = d->type->queues; n < 1024; n += 511) {
        bus->queue_select(d->vdev, n);
        liar_set_common(d, VIRTIO_PCI_COMMON_Q_SIZE, 2, 8);
        g_assert_cmpuint(bus->get_queue_size(d->vdev), ==, 0);
        liar_set_common(d, VIRTIO_PCI_COMMON_Q_DESCLO, 4, d->buf);
        liar_set_common(d, VIRTIO_PCI_COMMON_Q_ENABLE, 2, 1);
        g_assert_cmpuint(bus->get_queue_size(d->vdev), ==, 0);
        liar_set_common(d, VIRTIO_PCI_COMMON_Q_RESET, 2, 1);
        liar_set_common(d, VIRTIO_PCI_COMMON_Q_MSIX, 2, 1);
    }
    /* There are 1024 at the most. */
    bus->queue_select(d->vdev, 0);
    bus->queue_select(d->vdev, 0xffff);
    g_assert_cmpuint(bus->get_queue_size(d->vdev), >, 0);
    /* Running, with queues that lie at 0: kicks go nowhere. */
    qvirtio_set_driver_ok(d->vdev);
    for (unsigned n = 0; n < 1024; n += n < 8 ? 1 : 127) {
        qpci_io_writew(d->pci->pdev, d->pci->bar,
                       d->pci->notify_cfg_offset +
                       n * d->pci->notify_off_multiplier, n);
    }
    liar_let_happen(d);
    qvirtio_any_start(d);
    d->type->work(d);
}

/* A liar_kick before anything is set up, and before DRIVER_OK. */
static void test_early_kick(QVirtioAny *d)
{
    qvirtio_any_start(d);
    liar_put(d, 0, d->buf, LIAR_PIECE, liar_flags(d), 0);
    d->vdev->bus->set_status(d->vdev, 0);
    liar_kick(d);
    liar_let_happen(d);
    qvirtio_any_start(d);
    d->type->work(d);
}

/* Every register by every width, at every place, and what is between them. */
static void test_registers(QVirtioAny *d)
{
    static const uint32_t blocks[] = { 0x0000, 0x1000, 0x2000, 0x3000 };
    QPCIDevice *pdev = d->pci->pdev;
    QPCIBar bar = d->pci->bar;

    for (int b = 0; b < ARRAY_SIZE(blocks); b++) {
        for (uint32_t at = blocks[b]; at < blocks[b] + 0x48; at++) {
            qpci_io_readb(pdev, bar, at);
            qpci_io_readw(pdev, bar, at);
            qpci_io_readl(pdev, bar, at);
            qpci_io_readq(pdev, bar, at);
        }
        /* The last bytes of the block, and the first of the next. */
        qpci_io_readl(pdev, bar, blocks[b] + 0xffe);
        qpci_io_readq(pdev, bar, blocks[b] + 0xffc);
    }
    /* Written, they do what they do; but the device comes back. */
    for (uint32_t at = 0; at < 0x48; at++) {
        qpci_io_writeb(pdev, bar, at, 0xff);
        qpci_io_writew(pdev, bar, at, 0x0101);
        qpci_io_writel(pdev, bar, at, 0xffffffff);
        qpci_io_writeq(pdev, bar, at, 0x0001000100010001ull);
        qpci_io_writel(pdev, bar, 0x1000 + at, 0xffffffff);
        qpci_io_writel(pdev, bar, 0x3000 + at, 0xffffffff);
    }
    qvirtio_any_start(d);
    d->type->work(d);
}

/* The configuration, as @size bytes at @at; 8 is two of 4. */

static uint64_t config_at(QVirtioAny *d)
{
    return qvirtio_any_is_modern(d)
        ? d->pci->device_cfg_offset
        : VIRTIO_PCI_CONFIG_OFF(d->pci->pdev->msix_enabled);
}

static uint32_t read_config(QVirtioAny *d, uint64_t at, unsigned size)
{
    at += config_at(d);
    switch (size) {
    case 1:
        return qpci_io_readb(d->pci->pdev, d->pci->bar, at);
    case 2:
        return qpci_io_readw(d->pci->pdev, d->pci->bar, at);
    default:
        return qpci_io_readl(d->pci->pdev, d->pci->bar, at);
    }
}

static void write_config(QVirtioAny *d, uint64_t at, unsigned size,
                         uint32_t value)
{
    at += config_at(d);
    switch (size) {
    case 1:
        qpci_io_writeb(d->pci->pdev, d->pci->bar, at, value);
        break;
    case 2:
        qpci_io_writew(d->pci->pdev, d->pci->bar, at, value);
        break;
    default:
        qpci_io_writel(d->pci->pdev, d->pci->bar, at, value);
        break;
    }
}

/*
 * The same bytes by every width; an access that goes beyond the end is as a
 * whole nowhere: it reads ones and writes nothing.
 */
static void test_config(QVirtioAny *d)
{
    size_t size = d->type->config_size;
    g_autofree uint8_t *bytes = g_malloc0(size + 8);

    qvirtio_any_start(d);
    for (size_t i = 0; i < size + 8; i++) {
        bytes[i] = read_config(d, i, 1);
        if (i >= size && qvirtio_any_is_modern(d)) {
            g_assert_cmphex(bytes[i], ==, 0xff);
        }
    }
    for (unsigned width = 2; width <= 4; width *= 2) {
        for (size_t i = 0; i + width <= size; i += width) {
            uint32_t got = read_config(d, i, width);

            g_assert_cmpmem(&got, width, bytes + i, width);
        }
    }
    /* One behind the last that there is, and one that only begins there. */
    for (unsigned width = 1; width <= 4; width *= 2) {
        size_t last = size & ~(size_t)(width - 1);

        for (size_t i = last; i < size + 8; i += width) {
            if (qvirtio_any_is_modern(d)) {
                g_assert_cmphex(read_config(d, i, width), ==,
                                UINT32_MAX >> (32 - 8 * width));
            }
            write_config(d, i, width, 0x5a5a5a5a);
        }
    }
    for (size_t i = 0; i < size; i++) {
        g_assert_cmphex(read_config(d, i, 1), ==, bytes[i]);
    }
    /* Whatever may be written there may be anything. */
    for (unsigned width = 1; width <= 4; width *= 2) {
        for (size_t i = 0; i + width <= size; i++) {
            write_config(d, i, width, 0xffffffff);
        }
    }
    liar_let_happen(d);
    qvirtio_any_start(d);
    d->type->work(d);
}

/* DMA onto the device's own registers: it does not get to use itself. */

static void test_own_bar(QVirtioAny *d)
{
    uint64_t own = d->pci->bar.addr;
    bool has_msix = qpci_find_capability(d->pci->pdev, PCI_CAP_ID_MSIX, 0);
    const uint64_t buffers[] = {
        own + d->pci->common_cfg_offset,
        own + d->pci->common_cfg_offset + VIRTIO_PCI_COMMON_STATUS,
        own + d->pci->common_cfg_offset + VIRTIO_PCI_COMMON_Q_ENABLE,
        own + d->pci->isr_cfg_offset,
        own + d->pci->device_cfg_offset,
        own + d->pci->notify_cfg_offset +
            d->type->victim * d->pci->notify_off_multiplier,
        has_msix ? qpci_iomap(d->pci->pdev, 1, NULL).addr : own + 0x3ff0,
    };
    static const uint8_t rings[] = {
        VIRTIO_PCI_COMMON_Q_DESCLO, VIRTIO_PCI_COMMON_Q_AVAILLO,
        VIRTIO_PCI_COMMON_Q_USEDLO,
    };

    for (int i = 0; i < ARRAY_SIZE(buffers); i++) {
        for (unsigned len = 1; len <= LIAR_PIECE; len *= 8) {
            qvirtio_any_start(d);
            liar_offer_one(d, buffers[i], len, liar_flags(d));
            liar_let_happen(d);
        }
        qvirtio_any_start(d);
        d->type->work(d);
    }
    /* A table of descriptors, and then the rings themselves. */
    qvirtio_any_start(d);
    liar_offer_one(d, own, 64, INDIRECT);
    liar_let_happen(d);
    for (int i = 0; i < ARRAY_SIZE(rings); i++) {
        for (int b = 0; b < ARRAY_SIZE(buffers); b++) {
            qvirtio_any_start(d);
            liar_place_ring(d, rings[i], buffers[b] & ~0xfffull);
            liar_put(d, 0, d->buf, LIAR_PIECE, liar_flags(d), 0);
            liar_offer(d, 0, 1);
            liar_let_happen(d);
        }
        qvirtio_any_start(d);
        d->type->work(d);
    }
}

static const LiarTest register_tests[] = {
    { "queues", test_queues, IN_BOTH },
    { "early-kick", test_early_kick, IN_ALL },
    { "registers", test_registers, IN_SPLIT },
    { "config", test_config, IN_OLD },
    { "own-bar", test_own_bar, IN_BOTH },
    { }
};

int main(int argc, char **argv)
{
    return liar_main(argc, argv, "virtio-registers", register_tests);
}
