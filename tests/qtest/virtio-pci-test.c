/*
 * virtio over PCI: what a guest driver may rely on, whatever the device.
 *
 * virtio-net serves as the device; what it does with its packets is in
 * virtio-net-test.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "libqtest.h"
#include "libqos/virtio-net.h"
#include "hw/pci/pci_regs.h"
#include "standard-headers/linux/virtio_config.h"
#include "standard-headers/linux/virtio_pci.h"

/* Where the fields of a vendor capability are (virtio 1.1, 4.1.4). */
#define CAP(field)      offsetof(struct virtio_pci_cap, field)
#define WINDOW_DATA     offsetof(struct virtio_pci_cfg_cap, pci_cfg_data)

static const uint8_t bcast[6] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };

/* One frame in each direction: whatever came before, the device works. */
static void assert_works(QVirtioNet *net)
{
    uint8_t out[100], in[2048];

    qvirtio_net_frame(out, sizeof(out), bcast, 1);
    qvirtio_net_send(net, out, sizeof(out));
    g_assert_cmpint(qvirtio_net_wire_recv(net, in, sizeof(in)), ==,
                    sizeof(out));
    qvirtio_net_give(net, 1, 2048);
    qvirtio_net_wire_send(net, out, sizeof(out));
    g_assert_cmpuint(qvirtio_net_recv(net, in, sizeof(in), NULL), ==,
                     sizeof(out));
}

static uint8_t find_cap(QPCIDevice *pdev, uint8_t cfg_type)
{
    uint8_t cap = 0;

    while ((cap = qpci_find_capability(pdev, PCI_CAP_ID_VNDR, cap))) {
        if (qpci_config_readb(pdev, cap + CAP(cfg_type)) == cfg_type) {
            return cap;
        }
    }
    return 0;
}

/* The three names */

/* A BAR's size and kind, 0 if there is none; leaves it as it was. */
static uint32_t bar_probe(QPCIDevice *pdev, int n, uint32_t *kind)
{
    uint8_t reg = PCI_BASE_ADDRESS_0 + 4 * n;
    uint32_t old = qpci_config_readl(pdev, reg), mask;

    qpci_config_writel(pdev, reg, ~0u);
    mask = qpci_config_readl(pdev, reg);
    qpci_config_writel(pdev, reg, old);
    if (mask & PCI_BASE_ADDRESS_SPACE_IO) {
        *kind = PCI_BASE_ADDRESS_SPACE_IO;
        return -(mask & PCI_BASE_ADDRESS_IO_MASK);
    }
    *kind = mask & 0xf;
    return -(mask & PCI_BASE_ADDRESS_MEM_MASK);
}

typedef struct TypeFacts {
    const char *name;
    const char *props;
    uint16_t device_id;
    uint8_t revision;
    uint16_t subsystem_id;
    bool legacy;
    bool modern;
} TypeFacts;

/* A type's identity decides which driver of the guest takes it. */
static void test_identity(const void *data)
{
    const TypeFacts *f = data;
    QVirtioNet *net = qvirtio_net_boot_with(f->name, f->props, NULL);
    QPCIDevice *pdev = net->pci->pdev;
    uint32_t kind, size;

    g_assert_cmphex(qpci_config_readw(pdev, PCI_VENDOR_ID), ==, 0x1af4);
    g_assert_cmphex(qpci_config_readw(pdev, PCI_DEVICE_ID), ==, f->device_id);
    g_assert_cmphex(qpci_config_readb(pdev, PCI_REVISION_ID), ==,
                    f->revision);
    g_assert_cmphex(qpci_config_readw(pdev, PCI_SUBSYSTEM_VENDOR_ID), ==,
                    0x1af4);
    g_assert_cmphex(qpci_config_readw(pdev, PCI_SUBSYSTEM_ID), ==,
                    f->subsystem_id);
    /* An Ethernet card, on pin A. */
    g_assert_cmphex(qpci_config_readl(pdev, PCI_CLASS_REVISION) >> 8, ==,
                    0x020000);
    g_assert_cmphex(qpci_config_readb(pdev, PCI_INTERRUPT_PIN), ==, 1);

    /* BAR 0: the registers before virtio 1, in I/O ports. */
    size = bar_probe(pdev, 0, &kind);
    g_assert_cmphex(size, ==, f->legacy ? 0x20 : 0);
    g_assert_cmphex(kind, ==, f->legacy ? PCI_BASE_ADDRESS_SPACE_IO : 0);
    /* BAR 1: MSI-X. */
    size = bar_probe(pdev, 1, &kind);
    g_assert_cmphex(size, ==, 0x1000);
    g_assert_cmphex(kind, ==, 0);
    /* BAR 4 and 5: those of virtio 1, prefetchable, 64 bits. */
    size = bar_probe(pdev, 4, &kind);
    g_assert_cmphex(size, ==, f->modern ? 0x4000 : 0);
    g_assert_cmphex(kind, ==, f->modern ? 0xc : 0);

    for (int type = VIRTIO_PCI_CAP_COMMON_CFG; type <= VIRTIO_PCI_CAP_PCI_CFG;
         type++) {
        g_assert_true(!!find_cap(pdev, type) == f->modern);
    }
    g_assert_cmpuint(qpci_find_capability(pdev, PCI_CAP_ID_MSIX, 0), !=, 0);
    g_assert_cmpuint(qpci_msix_table_size(pdev), ==, 4);
    qvirtio_net_shutdown(net);
}

static const TypeFacts type_facts[] = {
    { "virtio-net-pci", "", 0x1000, 0, 1, true, true },
    { "virtio-net-pci-transitional", "", 0x1000, 0, 1, true, true },
    { "virtio-net-pci-non-transitional", "", 0x1041, 1, 0x1100, false, true },
    { "virtio-net-pci", "disable-legacy=on", 0x1041, 1, 0x1100, false, true },
    { "virtio-net-pci", "disable-modern=on", 0x1000, 0, 1, true, false },
};

/* Where the blocks are: the layout that drivers and firmware have seen. */
static void test_layout(void)
{
    static const struct {
        uint8_t type;
        uint32_t offset, length;
    } blocks[] = {
        { VIRTIO_PCI_CAP_COMMON_CFG, 0x0000, 0x1000 },
        { VIRTIO_PCI_CAP_ISR_CFG,    0x1000, 0x1000 },
        { VIRTIO_PCI_CAP_DEVICE_CFG, 0x2000, 0x1000 },
        { VIRTIO_PCI_CAP_NOTIFY_CFG, 0x3000, 0x1000 },
    };
    QVirtioNet *net = qvirtio_net_boot("virtio-net-pci", "");
    QPCIDevice *pdev = net->pci->pdev;

    for (int i = 0; i < ARRAY_SIZE(blocks); i++) {
        uint8_t cap = find_cap(pdev, blocks[i].type);

        g_assert_cmpuint(qpci_config_readb(pdev, cap + CAP(bar)), ==, 4);
        g_assert_cmphex(qpci_config_readl(pdev, cap + CAP(offset)), ==,
                        blocks[i].offset);
        g_assert_cmphex(qpci_config_readl(pdev, cap + CAP(length)), ==,
                        blocks[i].length);
    }
    g_assert_cmpuint(net->pci->notify_off_multiplier, ==, 4);
    qvirtio_net_shutdown(net);

    /* A page for each doorbell, so that each can be mapped by itself. */
    net = qvirtio_net_boot("virtio-net-pci", "page-per-vq=on");
    g_assert_cmpuint(net->pci->notify_off_multiplier, ==, 4096);
    qvirtio_net_start(net, QVIRTIO_NET_ALL);
    assert_works(net);
    qvirtio_net_shutdown(net);
}

/* Status and features */

#define COMMON(net, reg) ((net)->pci->common_cfg_offset + \
                          VIRTIO_PCI_COMMON_##reg)
#define common_readb(net, reg) \
    qpci_io_readb((net)->pci->pdev, (net)->pci->bar, COMMON(net, reg))
#define common_readw(net, reg) \
    qpci_io_readw((net)->pci->pdev, (net)->pci->bar, COMMON(net, reg))
#define common_readl(net, reg) \
    qpci_io_readl((net)->pci->pdev, (net)->pci->bar, COMMON(net, reg))
#define common_writeb(net, reg, val) \
    qpci_io_writeb((net)->pci->pdev, (net)->pci->bar, COMMON(net, reg), val)
#define common_writew(net, reg, val) \
    qpci_io_writew((net)->pci->pdev, (net)->pci->bar, COMMON(net, reg), val)
#define common_writel(net, reg, val) \
    qpci_io_writel((net)->pci->pdev, (net)->pci->bar, COMMON(net, reg), val)

/* What both know is agreed on; status 0 forgets the queues. */
static void test_negotiation(void)
{
    QVirtioNet *net = qvirtio_net_boot("virtio-net-pci", "");
    uint64_t agreed;

    g_assert_cmphex(common_readb(net, STATUS), ==, 0);
    g_assert_cmpuint(common_readw(net, NUMQ), ==, 3);
    qvirtio_net_negotiate(net, 1ull << VIRTIO_NET_F_MAC);
    agreed = net->vdev->bus->get_guest_features(net->vdev);
    g_assert_cmphex(agreed, ==, 1ull << VIRTIO_NET_F_MAC |
                                1ull << VIRTIO_F_VERSION_1);
    qvirtio_net_setup_queues(net);
    g_assert_cmpuint(common_readw(net, Q_ENABLE), ==, 1);
    qvirtio_set_driver_ok(net->vdev);
    assert_works(net);

    qvirtio_reset(net->vdev);
    for (int i = 0; i < 3; i++) {
        common_writew(net, Q_SELECT, i);
        g_assert_cmpuint(common_readw(net, Q_ENABLE), ==, 0);
        g_assert_cmphex(common_readl(net, Q_DESCLO), ==, 0);
        g_assert_cmphex(common_readw(net, Q_MSIX), ==, 0xffff);
    }
    qvirtio_net_shutdown(net);
}

/* A queue may be shorter than the device allows, and it is a queue still. */
static void test_shorter_queue(void)
{
    QVirtioNet *net = qvirtio_net_boot("virtio-net-pci", "rx_queue_size=1024");

    common_writew(net, Q_SELECT, 0);
    g_assert_cmpuint(common_readw(net, Q_SIZE), ==, 1024);
    qvirtio_net_negotiate(net, QVIRTIO_NET_ALL);
    common_writew(net, Q_SELECT, 0);
    common_writew(net, Q_SIZE, 16);
    common_writew(net, Q_SELECT, 1);
    common_writew(net, Q_SIZE, 16);
    qvirtio_net_setup_queues(net);
    g_assert_cmpuint(net->rx->size, ==, 16);
    qvirtio_set_driver_ok(net->vdev);
    for (int i = 0; i < 20; i++) {
        assert_works(net);
    }
    qvirtio_net_shutdown(net);
}

/* A queue that is not there has no size, and cannot be made. */
static void test_absent_queue(void)
{
    QVirtioNet *net = qvirtio_net_boot("virtio-net-pci", "");

    qvirtio_net_start(net, QVIRTIO_NET_ALL);
    common_writew(net, Q_SELECT, 3);
    g_assert_cmpuint(common_readw(net, Q_SIZE), ==, 0);
    common_writew(net, Q_SIZE, 64);
    g_assert_cmpuint(common_readw(net, Q_SIZE), ==, 0);
    qpci_io_writew(net->pci->pdev, net->pci->bar,
                   net->pci->notify_cfg_offset + 4 * 3, 3);
    assert_works(net);
    qvirtio_net_shutdown(net);
}

/* One queue alone stops and starts again (VIRTIO_F_RING_RESET). */
static void test_queue_reset(void)
{
    QVirtioNet *net = qvirtio_net_boot("virtio-net-pci", "");

    qvirtio_net_start(net, QVIRTIO_NET_ALL);
    assert_works(net);
    common_writew(net, Q_SELECT, 1);
    common_writew(net, Q_RESET, 1);
    g_assert_cmpuint(common_readw(net, Q_RESET), ==, 0);
    g_assert_cmpuint(common_readw(net, Q_ENABLE), ==, 0);

    qvirtqueue_cleanup(net->vdev->bus, net->tx, net->alloc);
    net->tx = qvirtqueue_setup(net->vdev, net->alloc, 1);
    assert_works(net);
    qvirtio_net_shutdown(net);
}

/* Interrupts */

/* Without MSI-X: one pin, which ISR explains and releases. */
static void test_intx(void)
{
    QVirtioNet *net = qvirtio_net_boot("virtio-net-pci", "event_idx=off");
    QPCIDevice *pdev = net->pci->pdev;
    uint8_t out[100];

    qvirtio_net_start(net, QVIRTIO_NET_ALL);
    qvirtio_net_frame(out, sizeof(out), bcast, 1);
    g_assert_false(qpci_config_readw(pdev, PCI_STATUS) & PCI_STATUS_INTERRUPT);
    qvirtio_net_send(net, out, sizeof(out));
    g_assert_true(qpci_config_readw(pdev, PCI_STATUS) & PCI_STATUS_INTERRUPT);
    g_assert_cmphex(qpci_io_readb(pdev, net->pci->bar,
                                  net->pci->isr_cfg_offset), ==, 1);
    g_assert_false(qpci_config_readw(pdev, PCI_STATUS) & PCI_STATUS_INTERRUPT);
    g_assert_cmphex(qpci_io_readb(pdev, net->pci->bar,
                                  net->pci->isr_cfg_offset), ==, 0);

    /* Masked by the command register it is pending all the same. */
    qpci_config_writew(pdev, PCI_COMMAND,
                       qpci_config_readw(pdev, PCI_COMMAND) |
                       PCI_COMMAND_INTX_DISABLE);
    qvirtio_net_send(net, out, sizeof(out));
    g_assert_true(qpci_config_readw(pdev, PCI_STATUS) & PCI_STATUS_INTERRUPT);
    qvirtio_net_shutdown(net);
}

/* A vector for each queue; masked, it is kept until it is unmasked. */
static void test_msix(void)
{
    QVirtioNet *net = qvirtio_net_boot("virtio-net-pci", "event_idx=off");
    QPCIDevice *pdev = net->pci->pdev;
    uint8_t out[100], in[2048];
    uint64_t rx_ctrl, rx_addr;
    QVirtQueuePCI *rx;

    qvirtio_net_negotiate(net, QVIRTIO_NET_ALL);
    qpci_msix_enable(pdev);
    qvirtio_net_setup_queues(net);
    rx = container_of(net->rx, QVirtQueuePCI, vq);
    qvirtio_pci_set_msix_configuration_vector(net->pci, net->alloc, 0);
    qvirtqueue_pci_msix_setup(net->pci, rx, net->alloc, 1);
    qvirtqueue_pci_msix_setup(net->pci, container_of(net->tx, QVirtQueuePCI,
                                                     vq), net->alloc, 2);
    qvirtio_set_driver_ok(net->vdev);

    qvirtio_net_frame(out, sizeof(out), bcast, 1);
    qvirtio_net_send(net, out, sizeof(out));
    g_assert_true(net->vdev->bus->get_queue_isr_status(net->vdev, net->tx));
    g_assert_false(net->vdev->bus->get_queue_isr_status(net->vdev, net->rx));
    g_assert_false(net->vdev->bus->get_config_isr_status(net->vdev));

    rx_addr = rx->msix_addr;
    rx_ctrl = pdev->msix_table_off + PCI_MSIX_ENTRY_SIZE +
              PCI_MSIX_ENTRY_VECTOR_CTRL;
    qpci_io_writel(pdev, pdev->msix_table_bar, rx_ctrl,
                   PCI_MSIX_ENTRY_CTRL_MASKBIT);
    qvirtio_net_give(net, 1, 2048);
    qvirtio_net_wire_send(net, out, sizeof(out));
    qvirtio_net_recv(net, in, sizeof(in), NULL);
    g_assert_true(qpci_msix_pending(pdev, 1));
    g_assert_cmphex(qtest_readl(net->qts, rx_addr), ==, 0);
    qpci_io_writel(pdev, pdev->msix_table_bar, rx_ctrl, 0);
    g_assert_false(qpci_msix_pending(pdev, 1));
    g_assert_cmphex(qtest_readl(net->qts, rx_addr), ==, rx->msix_data);

    /* A vector that is not there cannot be had. */
    common_writew(net, Q_SELECT, 0);
    common_writew(net, Q_MSIX, 4);
    g_assert_cmphex(common_readw(net, Q_MSIX), ==, 0xffff);
    common_writew(net, MSIX, 0x7fff);
    g_assert_cmphex(common_readw(net, MSIX), ==, 0xffff);

    qpci_msix_disable(pdev);
    qvirtio_net_shutdown(net);
}

/* vectors=0: there is no MSI-X, and pins do. */
static void test_no_vectors(void)
{
    QVirtioNet *net = qvirtio_net_boot("virtio-net-pci", "vectors=0");

    g_assert_cmpuint(qpci_find_capability(net->pci->pdev, PCI_CAP_ID_MSIX, 0),
                     ==, 0);
    qvirtio_net_start(net, QVIRTIO_NET_ALL);
    assert_works(net);
    g_assert_true(net->vdev->bus->get_queue_isr_status(net->vdev, net->tx));
    qvirtio_net_shutdown(net);
}

/* A driver that polls says so in the ring, and is not interrupted. */
static void test_no_interrupt(void)
{
    QVirtioNet *net = qvirtio_net_boot("virtio-net-pci", "event_idx=off");
    uint8_t out[100];

    qvirtio_net_start(net, QVIRTIO_NET_ALL);
    qvirtio_net_frame(out, sizeof(out), bcast, 1);
    qtest_writew(net->qts, net->tx->avail, VRING_AVAIL_F_NO_INTERRUPT);
    qvirtio_net_send(net, out, sizeof(out));
    g_assert_false(net->vdev->bus->get_queue_isr_status(net->vdev, net->tx));
    qtest_writew(net->qts, net->tx->avail, 0);
    qvirtio_net_send(net, out, sizeof(out));
    g_assert_true(net->vdev->bus->get_queue_isr_status(net->vdev, net->tx));
    qvirtio_net_shutdown(net);
}

/* With event_idx it says from which use on it wants to hear. */
static void test_event_idx(void)
{
    QVirtioNet *net = qvirtio_net_boot("virtio-net-pci", "");
    uint8_t out[100];

    qvirtio_net_start(net, QVIRTIO_NET_ALL);
    qvirtio_net_frame(out, sizeof(out), bcast, 1);
    qvirtio_net_send(net, out, sizeof(out));
    g_assert_true(net->vdev->bus->get_queue_isr_status(net->vdev, net->tx));

    qvirtqueue_set_used_event(net->qts, net->tx, 3);
    for (int used = 2; used <= 6; used++) {
        qvirtio_net_send(net, out, sizeof(out));
        g_assert_true(net->vdev->bus->get_queue_isr_status(net->vdev,
                                                           net->tx) ==
                      (used == 4));
    }
    qvirtio_net_shutdown(net);
}

/* The window in config space reaches every block without a BAR. */

static void window_open(QPCIDevice *pdev, uint8_t cap, uint8_t bar,
                        uint32_t offset, uint32_t length)
{
    qpci_config_writeb(pdev, cap + CAP(bar), bar);
    qpci_config_writel(pdev, cap + CAP(offset), offset);
    qpci_config_writel(pdev, cap + CAP(length), length);
}

static void test_window(void)
{
    QVirtioNet *net = qvirtio_net_boot("virtio-net-pci", "");
    QPCIDevice *pdev = net->pci->pdev;
    uint8_t cap = find_cap(pdev, VIRTIO_PCI_CAP_PCI_CFG);

    window_open(pdev, cap, 4, net->pci->common_cfg_offset +
                              VIRTIO_PCI_COMMON_STATUS, 1);
    qpci_config_writeb(pdev, cap + WINDOW_DATA, VIRTIO_CONFIG_S_ACKNOWLEDGE);
    g_assert_cmphex(qpci_config_readb(pdev, cap + WINDOW_DATA), ==,
                    VIRTIO_CONFIG_S_ACKNOWLEDGE);
    g_assert_cmphex(common_readb(net, STATUS), ==,
                    VIRTIO_CONFIG_S_ACKNOWLEDGE);

    window_open(pdev, cap, 4, net->pci->common_cfg_offset +
                              VIRTIO_PCI_COMMON_NUMQ, 2);
    g_assert_cmpuint(qpci_config_readw(pdev, cap + WINDOW_DATA), ==, 3);

    window_open(pdev, cap, 4, net->pci->device_cfg_offset, 4);
    g_assert_cmphex(qpci_config_readl(pdev, cap + WINDOW_DATA), ==,
                    0x12005452);

    /* Open on nothing: neither read nor write goes anywhere. */
    window_open(pdev, cap, 3, 0, 4);
    qpci_config_writel(pdev, cap + WINDOW_DATA, 0x12345678);
    qpci_config_readl(pdev, cap + WINDOW_DATA);
    window_open(pdev, cap, 4, 0x10000000, 4);
    qpci_config_writel(pdev, cap + WINDOW_DATA, 0x12345678);
    qpci_config_readl(pdev, cap + WINDOW_DATA);
    window_open(pdev, cap, 4, 0, 3);
    qpci_config_writel(pdev, cap + WINDOW_DATA, 0x12345678);
    qpci_config_readl(pdev, cap + WINDOW_DATA);
    g_assert_cmphex(common_readb(net, STATUS), ==,
                    VIRTIO_CONFIG_S_ACKNOWLEDGE);
    qvirtio_net_start(net, QVIRTIO_NET_ALL);
    assert_works(net);
    qvirtio_net_shutdown(net);
}

/* Legacy: ports in BAR 0, a ring at one page number, config space behind. */

static void test_legacy(void)
{
    QVirtioNet *net = qvirtio_net_boot_with("virtio-net-pci-transitional", "",
                                            NULL);
    QPCIDevice *pdev = net->pci->pdev;
    QTestState *qts = net->qts;
    struct virtio_net_hdr hdr = { };
    uint8_t out[100], in[2048];
    uint64_t ring, buf;
    QVirtQueue vq = { };
    QPCIBar bar;

    qpci_device_enable(pdev);
    bar = qpci_iomap(pdev, 0, NULL);
    g_assert_true(bar.is_io);
    qpci_io_writeb(pdev, bar, VIRTIO_PCI_STATUS, 0);
    qpci_io_writeb(pdev, bar, VIRTIO_PCI_STATUS,
                   VIRTIO_CONFIG_S_ACKNOWLEDGE | VIRTIO_CONFIG_S_DRIVER);
    /* Bit 30 is there for drivers that take all: one that does is known. */
    g_assert_true(qpci_io_readl(pdev, bar, VIRTIO_PCI_HOST_FEATURES) &
                  QVIRTIO_F_BAD_FEATURE);
    qpci_io_writel(pdev, bar, VIRTIO_PCI_GUEST_FEATURES,
                   1u << VIRTIO_NET_F_MAC);
    g_assert_cmphex(qpci_io_readl(pdev, bar, VIRTIO_PCI_GUEST_FEATURES), ==,
                    1u << VIRTIO_NET_F_MAC);

    for (int i = 0; i < 6; i++) {
        g_assert_cmphex(qpci_io_readb(pdev, bar,
                                      VIRTIO_PCI_CONFIG_OFF(false) + i), ==,
                        qvirtio_net_mac[i]);
    }
    /* Here, and only here, the address may be written. */
    qpci_io_writeb(pdev, bar, VIRTIO_PCI_CONFIG_OFF(false) + 5, 0x99);
    g_assert_cmphex(qpci_io_readb(pdev, bar, VIRTIO_PCI_CONFIG_OFF(false) + 5),
                    ==, 0x99);

    /* The queue's length is the device's choice. */
    qpci_io_writew(pdev, bar, VIRTIO_PCI_QUEUE_SEL, 1);
    vq.size = vq.num_free = qpci_io_readw(pdev, bar, VIRTIO_PCI_QUEUE_NUM);
    g_assert_cmpuint(vq.size, ==, 256);
    vq.index = 1;
    ring = guest_alloc(net->alloc, qvring_size(vq.size, 4096));
    qvring_init(qts, net->alloc, &vq, ring);
    qpci_io_writel(pdev, bar, VIRTIO_PCI_QUEUE_PFN, ring >> 12);
    g_assert_cmphex(qpci_io_readl(pdev, bar, VIRTIO_PCI_QUEUE_PFN), ==,
                    ring >> 12);
    qpci_io_writeb(pdev, bar, VIRTIO_PCI_STATUS,
                   VIRTIO_CONFIG_S_ACKNOWLEDGE | VIRTIO_CONFIG_S_DRIVER |
                   VIRTIO_CONFIG_S_DRIVER_OK);

    /* The legacy header is two bytes shorter. */
    buf = guest_alloc(net->alloc, 4096);
    qvirtio_net_frame(out, sizeof(out), bcast, 1);
    qtest_bufwrite(qts, buf, &hdr, sizeof(hdr));
    qtest_bufwrite(qts, buf + sizeof(hdr), out, sizeof(out));
    qvirtqueue_add(qts, &vq, buf, sizeof(hdr) + sizeof(out), false, false);
    qtest_writew(qts, vq.avail + 4, 0);
    qtest_writew(qts, vq.avail + 2, 1);
    qpci_io_writew(pdev, bar, VIRTIO_PCI_QUEUE_NOTIFY, 1);
    g_assert_cmpint(qvirtio_net_wire_recv(net, in, sizeof(in)), ==,
                    sizeof(out));
    g_assert_cmpmem(in, sizeof(out), out, sizeof(out));
    g_assert_cmpuint(qvirtio_net_wait_used(net, &vq, NULL), ==, 0);
    g_assert_cmphex(qpci_io_readb(pdev, bar, VIRTIO_PCI_ISR), ==, 1);
    g_assert_cmphex(qpci_io_readb(pdev, bar, VIRTIO_PCI_ISR), ==, 0);

    /* With MSI-X on, two vectors push the config space up by four. */
    qpci_msix_enable(pdev);
    g_assert_cmphex(qpci_io_readb(pdev, bar, VIRTIO_PCI_CONFIG_OFF(true)), ==,
                    0x52);
    qpci_io_writew(pdev, bar, VIRTIO_MSI_CONFIG_VECTOR, 1);
    g_assert_cmphex(qpci_io_readw(pdev, bar, VIRTIO_MSI_CONFIG_VECTOR), ==, 1);
    qpci_io_writew(pdev, bar, VIRTIO_MSI_CONFIG_VECTOR, 77);
    g_assert_cmphex(qpci_io_readw(pdev, bar, VIRTIO_MSI_CONFIG_VECTOR), ==,
                    0xffff);

    qpci_io_writeb(pdev, bar, VIRTIO_PCI_STATUS, 0);
    g_assert_cmphex(qpci_io_readl(pdev, bar, VIRTIO_PCI_QUEUE_PFN), ==, 0);
    qvirtio_net_shutdown(net);
}

/* Every register before virtio 1, and what is between them. */
static void test_legacy_registers(void)
{
    const uint32_t bad_features = 1u << VIRTIO_NET_F_MAC;
    QVirtioNet *net = qvirtio_net_boot("virtio-net-pci-transitional", "");
    QPCIDevice *pdev = net->pci->pdev;
    uint32_t features;
    QPCIBar bar;

    qvirtio_net_set_legacy(net, true);
    bar = net->pci->bar;

    /* A register is known by its first byte; elsewhere there is nothing. */
    features = qpci_io_readl(pdev, bar, VIRTIO_PCI_HOST_FEATURES);
    g_assert_true(features & 1u << VIRTIO_NET_F_MAC);
    g_assert_true(features & 1u << VIRTIO_F_NOTIFY_ON_EMPTY);
    g_assert_true(features & 1u << VIRTIO_F_ANY_LAYOUT);
    g_assert_cmphex(qpci_io_readb(pdev, bar, VIRTIO_PCI_HOST_FEATURES), ==,
                    features & 0xff);
    g_assert_cmphex(qpci_io_readw(pdev, bar, VIRTIO_PCI_HOST_FEATURES), ==,
                    features & 0xffff);
    g_assert_cmphex(qpci_io_readb(pdev, bar, VIRTIO_PCI_HOST_FEATURES + 1), ==,
                    0xff);
    g_assert_cmphex(qpci_io_readb(pdev, bar, VIRTIO_PCI_QUEUE_NUM + 1), ==,
                    0xff);
    qpci_io_writeb(pdev, bar, VIRTIO_PCI_QUEUE_SEL + 1, 1);
    qpci_io_writel(pdev, bar, VIRTIO_PCI_HOST_FEATURES, 0);
    g_assert_cmphex(qpci_io_readl(pdev, bar, VIRTIO_PCI_HOST_FEATURES), ==,
                    features);

    /* Linux before 2.6.34: the device switches bus mastering on for it. */
    qpci_config_writew(pdev, PCI_COMMAND, PCI_COMMAND_IO);
    qpci_io_writeb(pdev, bar, VIRTIO_PCI_STATUS, VIRTIO_CONFIG_S_ACKNOWLEDGE);
    g_assert_cmphex(qpci_config_readw(pdev, PCI_COMMAND), ==, PCI_COMMAND_IO);
    qpci_io_writeb(pdev, bar, VIRTIO_PCI_STATUS,
                   VIRTIO_CONFIG_S_ACKNOWLEDGE | VIRTIO_CONFIG_S_DRIVER);
    g_assert_cmphex(qpci_config_readw(pdev, PCI_COMMAND), ==,
                    PCI_COMMAND_IO | PCI_COMMAND_MASTER);

    /* A driver that takes all it sees gets what such drivers mean. */
    qpci_io_writel(pdev, bar, VIRTIO_PCI_GUEST_FEATURES, features);
    g_assert_cmphex(qpci_io_readl(pdev, bar, VIRTIO_PCI_GUEST_FEATURES), ==,
                    bad_features);
    /* There is no FEATURES_OK: they may change until the device runs. */
    qpci_io_writel(pdev, bar, VIRTIO_PCI_GUEST_FEATURES, 0);
    g_assert_cmphex(qpci_io_readl(pdev, bar, VIRTIO_PCI_GUEST_FEATURES), ==,
                    0);

    /* Queues that are not there, and a length that cannot be written. */
    qpci_io_writew(pdev, bar, VIRTIO_PCI_QUEUE_SEL, 3);
    g_assert_cmphex(qpci_io_readw(pdev, bar, VIRTIO_PCI_QUEUE_SEL), ==, 3);
    g_assert_cmphex(qpci_io_readw(pdev, bar, VIRTIO_PCI_QUEUE_NUM), ==, 0);
    qpci_io_writel(pdev, bar, VIRTIO_PCI_QUEUE_PFN, 0x100);
    g_assert_cmphex(qpci_io_readl(pdev, bar, VIRTIO_PCI_QUEUE_PFN), ==, 0);
    qpci_io_writew(pdev, bar, VIRTIO_PCI_QUEUE_NOTIFY, 3);
    qpci_io_writew(pdev, bar, VIRTIO_PCI_QUEUE_NOTIFY, 0xffff);
    qpci_io_writew(pdev, bar, VIRTIO_PCI_QUEUE_SEL, 1024);
    g_assert_cmphex(qpci_io_readw(pdev, bar, VIRTIO_PCI_QUEUE_SEL), ==, 3);
    qpci_io_writew(pdev, bar, VIRTIO_PCI_QUEUE_SEL, 0);
    qpci_io_writew(pdev, bar, VIRTIO_PCI_QUEUE_NUM, 64);
    g_assert_cmphex(qpci_io_readw(pdev, bar, VIRTIO_PCI_QUEUE_NUM), ==, 256);

    /* The configuration: as far as it goes. */
    g_assert_cmphex(qpci_io_readw(pdev, bar, VIRTIO_PCI_CONFIG_OFF(false) + 6),
                    ==, VIRTIO_NET_S_LINK_UP);
    g_assert_cmphex(qpci_io_readl(pdev, bar, VIRTIO_PCI_CONFIG_OFF(false) + 8),
                    ==, 0xffffffff);

    /* Page 0 means reset; so does status 0. */
    qpci_io_writel(pdev, bar, VIRTIO_PCI_QUEUE_PFN, 0x100);
    g_assert_cmphex(qpci_io_readl(pdev, bar, VIRTIO_PCI_QUEUE_PFN), ==, 0x100);
    qpci_io_writel(pdev, bar, VIRTIO_PCI_QUEUE_PFN, 0);
    g_assert_cmphex(qpci_io_readb(pdev, bar, VIRTIO_PCI_STATUS), ==, 0);
    qvirtio_net_start(net, QVIRTIO_NET_ALL);
    assert_works(net);

    /* And then by the other registers: a reset, and it is a modern device. */
    qvirtio_net_set_legacy(net, false);
    qvirtio_net_start(net, QVIRTIO_NET_ALL);
    assert_works(net);
    qvirtio_net_shutdown(net);
}

/* Doorbells may besides be ports, where the value says which queue. */
static void test_pio_notify(void)
{
    QVirtioNet *net = qvirtio_net_boot("virtio-net-pci",
                                       "modern-pio-notify=on");
    QPCIDevice *pdev = net->pci->pdev;
    uint8_t out[100], in[2048];
    QVirtioNetHdr hdr = { };
    uint8_t cap = 0;
    uint32_t head;
    QPCIBar ports;

    do {
        cap = qpci_find_capability(pdev, PCI_CAP_ID_VNDR, cap);
        g_assert_cmpuint(cap, !=, 0);
    } while (qpci_config_readb(pdev, cap + CAP(cfg_type)) !=
             VIRTIO_PCI_CAP_NOTIFY_CFG ||
             qpci_config_readb(pdev, cap + CAP(bar)) != 2);
    g_assert_cmphex(qpci_config_readl(pdev, cap + CAP(offset)), ==, 0);
    g_assert_cmphex(qpci_config_readl(pdev, cap + CAP(length)), ==, 4);
    g_assert_cmphex(qpci_config_readl(pdev, cap + VIRTIO_PCI_NOTIFY_CAP_MULT),
                    ==, 0);
    ports = qpci_iomap(pdev, 2, NULL);
    g_assert_true(ports.is_io);

    qvirtio_net_start(net, QVIRTIO_NET_ALL);
    qvirtio_net_frame(out, sizeof(out), bcast, 1);
    qtest_bufwrite(net->qts, net->tx_buf, &hdr, sizeof(hdr));
    qtest_bufwrite(net->qts, net->tx_buf + sizeof(hdr), out, sizeof(out));
    head = qvirtqueue_add(net->qts, net->tx, net->tx_buf,
                          sizeof(hdr) + sizeof(out), false, false);
    g_assert_true(qvirtqueue_publish(net->qts, net->tx, head));
    qpci_io_writew(pdev, ports, 0, net->tx->index);
    g_assert_cmpint(qvirtio_net_wire_recv(net, in, sizeof(in)), ==,
                    sizeof(out));
    g_assert_cmpuint(qvirtio_net_wait_used(net, net->tx, NULL), ==, head);
    qvirtio_net_shutdown(net);
}

/* Resets from outside */

/* The machine's reset, in the middle of it all: the device is new. */
static void test_system_reset(void)
{
    QVirtioNet *net = qvirtio_net_boot("virtio-net-pci", "");

    qvirtio_net_start(net, QVIRTIO_NET_ALL);
    assert_works(net);
    qtest_outb(net->qts, 0xcf9, 0x06);
    g_assert_cmphex(qpci_config_readw(net->pci->pdev, PCI_COMMAND), ==, 0);
    qvirtio_pci_device_enable(net->pci);
    g_assert_cmphex(common_readb(net, STATUS), ==, 0);
    qvirtio_net_start(net, QVIRTIO_NET_ALL);
    assert_works(net);
    qvirtio_net_shutdown(net);
}

/* Without bus mastering there is no DMA: DRIVER_OK goes with it. */
static void test_bus_master_off(void)
{
    QVirtioNet *net = qvirtio_net_boot("virtio-net-pci", "");
    QPCIDevice *pdev = net->pci->pdev;

    qvirtio_net_start(net, QVIRTIO_NET_ALL);
    qpci_config_writew(pdev, PCI_COMMAND, PCI_COMMAND_MEMORY);
    g_assert_false(common_readb(net, STATUS) & VIRTIO_CONFIG_S_DRIVER_OK);
    qpci_config_writew(pdev, PCI_COMMAND,
                       PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
    qvirtio_net_start(net, QVIRTIO_NET_ALL);
    assert_works(net);
    qvirtio_net_shutdown(net);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (int i = 0; i < ARRAY_SIZE(type_facts); i++) {
        g_autofree char *path =
            g_strdup_printf("/virtio-pci/identity/%s%s%s", type_facts[i].name,
                            *type_facts[i].props ? "," : "",
                            type_facts[i].props);

        qtest_add_data_func(path, &type_facts[i], test_identity);
    }
    qtest_add_func("/virtio-pci/layout", test_layout);
    qtest_add_func("/virtio-pci/negotiation", test_negotiation);
    qtest_add_func("/virtio-pci/queue/shorter", test_shorter_queue);
    qtest_add_func("/virtio-pci/queue/absent", test_absent_queue);
    qtest_add_func("/virtio-pci/queue/reset", test_queue_reset);
    qtest_add_func("/virtio-pci/irq/intx", test_intx);
    qtest_add_func("/virtio-pci/irq/msix", test_msix);
    qtest_add_func("/virtio-pci/irq/no-vectors", test_no_vectors);
    qtest_add_func("/virtio-pci/irq/no-interrupt", test_no_interrupt);
    qtest_add_func("/virtio-pci/irq/event-idx", test_event_idx);
    qtest_add_func("/virtio-pci/window", test_window);
    qtest_add_func("/virtio-pci/legacy", test_legacy);
    qtest_add_func("/virtio-pci/legacy/registers", test_legacy_registers);
    qtest_add_func("/virtio-pci/pio-notify", test_pio_notify);
    qtest_add_func("/virtio-pci/reset/system", test_system_reset);
    qtest_add_func("/virtio-pci/reset/bus-master", test_bus_master_off);
    return g_test_run();
}
