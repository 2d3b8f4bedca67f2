/*
 * libqos: a driver of virtio-net, with the other end of the cable in hand.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <poll.h>
#include <sys/socket.h>
#include "virtio-net.h"
#include "hw/i386/microvm.h"
#include "hw/pci/pci.h"
#include "standard-headers/linux/virtio_config.h"

#define TX_BUF_SIZE     (64 * 1024)
#define CTRL_BUF_SIZE   4096

const uint8_t qvirtio_net_mac[6] = { 0x52, 0x54, 0x00, 0x12, 0x34, 0x56 };

static void qvirtio_net_found(QPCIDevice *dev, int devfn, void *data)
{
    int *first = data;

    if (*first < 0) {
        *first = devfn;
    }
    g_free(dev);
}

static QVirtioNet *qvirtio_net_new(QOSState *qs)
{
    QVirtioNet *net = g_new0(QVirtioNet, 1);

    net->wire = -1;
    net->qs = qs;
    net->qts = qs->qts;
    net->alloc = &qs->alloc;
    return net;
}

static QVirtioNet *qvirtio_net_boot_qs(QOSState *qs)
{
    QVirtioNet *net = qvirtio_net_new(qs);
    QPCIAddress addr = { };
    int devfn = -1;

    qpci_device_foreach(qs->pcibus, PCI_VENDOR_ID_REDHAT_QUMRANET, -1,
                        qvirtio_net_found, &devfn);
    g_assert_cmpint(devfn, >=, 0);
    addr.devfn = devfn;
    net->pci = virtio_pci_new(qs->pcibus, &addr);
    net->vdev = &net->pci->vdev;
    return net;
}

QVirtioNet *qvirtio_net_boot_args(const char *args)
{
    QVirtioNet *net = qvirtio_net_boot_qs(qtest_pc_boot("-nodefaults %s",
                                                        args));

    qvirtio_pci_device_enable(net->pci);
    return net;
}

QVirtioNet *qvirtio_net_boot_microvm(const char *args)
{
    QVirtioNet *net =
        qvirtio_net_new(qtest_microvm_boot("-machine microvm,acpi=off "
                                           "-nodefaults %s", args));

    qvirtio_mmio_init_device(&net->mmio, net->qts, VIRTIO_MMIO_BASE, 4096);
    net->vdev = &net->mmio.vdev;
    return net;
}

QVirtioNet *qvirtio_net_boot_with(const char *type, const char *props,
                                  const char *more)
{
    QVirtioNet *net;
    QOSState *qs;
    int sv[2];

    g_assert_cmpint(socketpair(AF_UNIX, SOCK_DGRAM, 0, sv), ==, 0);
    /* Only the other end is for the program. */
    fcntl(sv[0], F_SETFD, FD_CLOEXEC);
    qs = qtest_pc_boot("-nodefaults -netdev socket,id=n0,fd=%d "
                       "-device %s,id=nic0,netdev=n0,addr=%d.0%s%s %s",
                       sv[1], type, QVIRTIO_NET_SLOT, *props ? "," : "",
                       props, more ? more : "");
    close(sv[1]);
    net = qvirtio_net_boot_qs(qs);
    net->wire = sv[0];
    return net;
}

QVirtioNet *qvirtio_net_boot(const char *type, const char *props)
{
    QVirtioNet *net = qvirtio_net_boot_with(type, props, NULL);

    qvirtio_pci_device_enable(net->pci);
    return net;
}

void qvirtio_net_shutdown(QVirtioNet *net)
{
    if (!net->pci || net->pci->bar.addr) {
        qvirtio_net_stop(net);
    }
    if (net->pci) {
        g_free(net->pci->pdev);
        g_free(net->pci);
    }
    qtest_shutdown(net->qs);
    if (net->wire >= 0) {
        close(net->wire);
    }
    g_free(net);
}

void qvirtio_net_set_legacy(QVirtioNet *net, bool legacy)
{
    if (net->pci->bar.addr) {
        qvirtio_net_stop(net);
    }
    qvirtio_pci_set_legacy(net->pci, legacy);
    qvirtio_pci_device_enable(net->pci);
}

/* From reset to DRIVER_OK */

void qvirtio_net_negotiate(QVirtioNet *net, uint64_t wanted)
{
    const uint64_t longer_header = 1ull << VIRTIO_F_VERSION_1 |
                                   1ull << VIRTIO_NET_F_MRG_RXBUF;

    qvirtio_net_stop(net);
    if (net->msix != net->msix_on) {
        if (net->msix) {
            qpci_msix_enable(net->pci->pdev);
        } else {
            qpci_msix_disable(net->pci->pdev);
        }
        net->msix_on = net->msix;
    }
    qvirtio_start_device(net->vdev);
    qvirtio_set_features(net->vdev, qvirtio_get_features(net->vdev) &
                         ~QVIRTIO_F_BAD_FEATURE &
                         (wanted | 1ull << VIRTIO_F_VERSION_1));
    net->hdr_len = net->vdev->features & longer_header
        ? sizeof(struct virtio_net_hdr_mrg_rxbuf)
        : sizeof(struct virtio_net_hdr);
}

static void qvirtio_net_setup_vectors(QVirtioNet *net)
{
    QVirtQueue *vqs[] = { net->rx, net->tx, net->ctrl };

    qvirtio_pci_set_msix_configuration_vector(net->pci, net->alloc, 0);
    for (int i = 0; i < ARRAY_SIZE(vqs) && vqs[i]; i++) {
        qvirtqueue_pci_msix_setup(net->pci, container_of(vqs[i], QVirtQueuePCI,
                                                         vq),
                                  net->alloc, i + 1);
    }
}

void qvirtio_net_setup_queues(QVirtioNet *net)
{
    net->rx = qvirtqueue_setup(net->vdev, net->alloc, 0);
    net->tx = qvirtqueue_setup(net->vdev, net->alloc, 1);
    if (net->vdev->features & (1ull << VIRTIO_NET_F_CTRL_VQ)) {
        uint16_t n = 2;

        if (net->vdev->features & (1ull << VIRTIO_NET_F_MQ)) {
            n *= qvirtio_config_readw(net->vdev,
                                      offsetof(struct virtio_net_config,
                                               max_virtqueue_pairs));
        }
        net->ctrl = qvirtqueue_setup(net->vdev, net->alloc, n);
    }
    if (net->msix) {
        qvirtio_net_setup_vectors(net);
    }
    net->tx_buf = guest_alloc(net->alloc, TX_BUF_SIZE);
    net->ctrl_buf = guest_alloc(net->alloc, CTRL_BUF_SIZE);
}

void qvirtio_net_start(QVirtioNet *net, uint64_t wanted)
{
    qvirtio_net_negotiate(net, wanted);
    qvirtio_net_setup_queues(net);
    qvirtio_set_driver_ok(net->vdev);
}

static void qvirtio_net_forget_queue(QVirtioNet *net, QVirtQueue **vq)
{
    if (*vq) {
        qvirtqueue_cleanup(net->vdev->bus, *vq, net->alloc);
        *vq = NULL;
    }
}

void qvirtio_net_stop(QVirtioNet *net)
{
    qvirtio_reset(net->vdev);
    qvirtio_net_forget_queue(net, &net->rx);
    qvirtio_net_forget_queue(net, &net->tx);
    qvirtio_net_forget_queue(net, &net->ctrl);
    guest_free(net->alloc, net->tx_buf);
    guest_free(net->alloc, net->ctrl_buf);
    net->tx_buf = net->ctrl_buf = 0;
    for (int i = 0; i < QVIRTIO_NET_MAX_RX; i++) {
        guest_free(net->alloc, net->rx_buf[i].addr);
        net->rx_buf[i].addr = 0;
    }
}

/* The wire */

void qvirtio_net_wire_send(QVirtioNet *net, const void *buf, size_t len)
{
    g_assert_cmpint(send(net->wire, buf, len, 0), ==, len);
}

ssize_t qvirtio_net_wire_poll(QVirtioNet *net, void *buf, size_t len,
                              int timeout_ms)
{
    struct pollfd pfd = { .fd = net->wire, .events = POLLIN };

    if (poll(&pfd, 1, timeout_ms) <= 0) {
        return -1;
    }
    return recv(net->wire, buf, len, 0);
}

ssize_t qvirtio_net_wire_recv(QVirtioNet *net, void *buf, size_t len)
{
    ssize_t ret = qvirtio_net_wire_poll(net, buf, len,
                                        QVIRTIO_NET_TIMEOUT_US / 1000);

    g_assert_cmpint(ret, >=, 0);
    return ret;
}

/* Queues */

uint32_t qvirtio_net_wait_used(QVirtioNet *net, QVirtQueue *vq, uint32_t *len)
{
    gint64 start = g_get_monotonic_time();
    uint32_t head;

    while (!qvirtqueue_get_buf(net->qts, vq, &head, len)) {
        g_assert_cmpint(g_get_monotonic_time() - start, <=,
                        QVIRTIO_NET_TIMEOUT_US);
    }
    return head;
}

void qvirtio_net_give(QVirtioNet *net, unsigned count, uint32_t len)
{
    for (unsigned i = 0; i < count; i++) {
        uint64_t addr = guest_alloc(net->alloc, len);
        uint32_t head = qvirtqueue_add(net->qts, net->rx, addr, len, true,
                                       false);

        g_assert_cmpuint(net->rx_buf[head].addr, ==, 0);
        net->rx_buf[head].addr = addr;
        net->rx_buf[head].len = len;
        qvirtqueue_kick(net->qts, net->vdev, net->rx, head);
    }
}

/* Take one used buffer, its content to @buf; how much there was. */
static uint32_t qvirtio_net_take(QVirtioNet *net, void *buf, size_t len)
{
    uint32_t used;
    uint32_t head = qvirtio_net_wait_used(net, net->rx, &used);

    g_assert_cmpuint(net->rx_buf[head].addr, !=, 0);
    g_assert_cmpuint(used, <=, net->rx_buf[head].len);
    qtest_bufread(net->qts, net->rx_buf[head].addr, buf, MIN(used, len));
    guest_free(net->alloc, net->rx_buf[head].addr);
    net->rx_buf[head].addr = 0;
    net->rx->num_free++;
    return used;
}

size_t qvirtio_net_recv(QVirtioNet *net, void *buf, size_t len,
                        QVirtioNetHdr *hdr_out)
{
    g_autofree uint8_t *piece = g_malloc(TX_BUF_SIZE);
    QVirtioNetHdr hdr = { .num_buffers = 1 };
    size_t total;
    uint32_t used = qvirtio_net_take(net, piece, TX_BUF_SIZE);

    g_assert_cmpuint(used, >=, net->hdr_len);
    memcpy(&hdr, piece, net->hdr_len);
    total = used - net->hdr_len;
    g_assert_cmpuint(total, <=, len);
    memcpy(buf, piece + net->hdr_len, total);

    /* Further buffers of the packet have no header. */
    for (unsigned i = 1; i < hdr.num_buffers; i++) {
        used = qvirtio_net_take(net, piece, TX_BUF_SIZE);
        g_assert_cmpuint(total + used, <=, len);
        memcpy((uint8_t *)buf + total, piece, used);
        total += used;
    }
    if (hdr_out) {
        *hdr_out = hdr;
    }
    return total;
}

bool qvirtio_net_rx_idle(QVirtioNet *net)
{
    return qvirtqueue_idle(net->qts, net->rx);
}

void qvirtio_net_send_hdr(QVirtioNet *net, const QVirtioNetHdr *hdr,
                          const void *buf, size_t len)
{
    uint32_t head, used;

    g_assert_cmpuint(net->hdr_len + len, <=, TX_BUF_SIZE);
    qtest_bufwrite(net->qts, net->tx_buf, hdr, net->hdr_len);
    qtest_bufwrite(net->qts, net->tx_buf + net->hdr_len, buf, len);
    head = qvirtqueue_add(net->qts, net->tx, net->tx_buf, net->hdr_len + len,
                          false, false);
    qvirtqueue_kick(net->qts, net->vdev, net->tx, head);
    g_assert_cmpuint(qvirtio_net_wait_used(net, net->tx, &used), ==, head);
    /* The device has only read. */
    g_assert_cmpuint(used, ==, 0);
    net->tx->num_free++;
}

void qvirtio_net_send(QVirtioNet *net, const void *buf, size_t len)
{
    QVirtioNetHdr hdr = { };

    qvirtio_net_send_hdr(net, &hdr, buf, len);
}

uint8_t qvirtio_net_ctrl(QVirtioNet *net, uint8_t class, uint8_t cmd,
                         const void *data, size_t len)
{
    struct virtio_net_ctrl_hdr hdr = { .class = class, .cmd = cmd };
    uint64_t data_addr = net->ctrl_buf + 16;
    uint64_t ack_addr = net->ctrl_buf + CTRL_BUF_SIZE - 1;
    uint32_t head, used;
    unsigned descs = 2;

    g_assert_nonnull(net->ctrl);
    g_assert_cmpuint(len, <, CTRL_BUF_SIZE - 16);
    qtest_memwrite(net->qts, net->ctrl_buf, &hdr, sizeof(hdr));
    qtest_writeb(net->qts, ack_addr, 0xff);

    head = qvirtqueue_add(net->qts, net->ctrl, net->ctrl_buf, sizeof(hdr),
                          false, true);
    if (len) {
        qtest_bufwrite(net->qts, data_addr, data, len);
        qvirtqueue_add(net->qts, net->ctrl, data_addr, len, false, true);
        descs++;
    }
    qvirtqueue_add(net->qts, net->ctrl, ack_addr, 1, true, false);
    qvirtqueue_kick(net->qts, net->vdev, net->ctrl, head);
    g_assert_cmpuint(qvirtio_net_wait_used(net, net->ctrl, &used), ==, head);
    g_assert_cmpuint(used, ==, 1);
    net->ctrl->num_free += descs;
    return qtest_readb(net->qts, ack_addr);
}

/* Frames */

void qvirtio_net_frame(uint8_t *buf, size_t len, const uint8_t *dst,
                       uint8_t seed)
{
    static const uint8_t src_and_type[] = {
        0x52, 0x54, 0x00, 0xaa, 0xbb, 0xcc, 0x88, 0xb5,
    };

    g_assert_cmpuint(len, >=, 15);
    memcpy(buf, dst, 6);
    memcpy(buf + 6, src_and_type, sizeof(src_and_type));
    for (size_t i = 14; i < len; i++) {
        buf[i] = seed + (i - 14) + ((i - 14) >> 8);
    }
}
