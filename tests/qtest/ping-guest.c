/*
 * ping-guest: a guest's virtio-net driver that answers ping.
 *
 * There is no guest: this program starts the VMM on a tap and plays the part
 * of a kernel with one driver, over the qtest protocol.  Everything a driver
 * does to a network card on virtio is here once, and in order:
 *
 *   driver_start    find the device, agree on features, make the queues, have
 *                   their interrupts sent as messages (MSI-X)
 *   driver_receive  take what the device has put into buffers, give them back
 *   driver_send     put a packet out, wait until the device has read it
 *
 * scripts/run-ping.sh runs it; tests/qtest/libqos has the parts below.
 *
 *   ping-guest --ifname=TAP --ip=ADDRESS [--trace=EVENTS --log=FILE]
 *              [--monitor=SOCKET]
 *
 * It says "ready" when the driver is up, and what it has done when SIGTERM
 * ends it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <arpa/inet.h>
#include <net/ethernet.h>
#include <netinet/if_ether.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <sys/prctl.h>
#include "libqos/libqos.h"
#include "libqos/virtio-pci.h"
#include "standard-headers/linux/virtio_config.h"
#include "standard-headers/linux/virtio_net.h"

#define SLOT            4
#define RX_QUEUE        0
#define TX_QUEUE        1
#define NUM_BUFFERS     64
#define BUFFER_SIZE     2048
#define HDR_SIZE        sizeof(struct virtio_net_hdr_mrg_rxbuf)
#define TX_TIMEOUT_US   (120 * 1000 * 1000)

typedef struct Driver {
    QOSState *qs;
    QVirtioPCIDevice *dev;
    QVirtQueue *rx, *tx;
    uint64_t rx_buffers;        /* descriptor i points to buffer i */
    uint64_t tx_buffer;
    uint32_t tx_desc;
    uint8_t mac[ETH_ALEN];
    struct in_addr ip;

    /* What it tells at the end. */
    unsigned messages, received, arp_replies, echo_replies;
} Driver;

static volatile sig_atomic_t stopping;

/* Bringing the device up: VIRTIO 1.2, section 3.1 */

static QVirtQueue *driver_make_queue(Driver *d, uint16_t index)
{
    QVirtQueue *vq = qvirtqueue_setup(&d->dev->vdev, &d->qs->alloc, index);

    /* Vector 0 is for the configuration. */
    qvirtqueue_pci_msix_setup(d->dev, container_of(vq, QVirtQueuePCI, vq),
                              &d->qs->alloc, index + 1);
    return vq;
}

static void driver_fill_receive_queue(Driver *d)
{
    QTestState *qts = d->qs->qts;

    d->rx_buffers = guest_alloc(&d->qs->alloc, NUM_BUFFERS * BUFFER_SIZE);
    for (int i = 0; i < NUM_BUFFERS; i++) {
        uint32_t desc = qvirtqueue_add(qts, d->rx,
                                       d->rx_buffers + i * BUFFER_SIZE,
                                       BUFFER_SIZE, true, false);

        g_assert_cmpuint(desc, ==, i);
        qvirtqueue_kick(qts, &d->dev->vdev, d->rx, desc);
    }
}

static void driver_start(Driver *d)
{
    QPCIAddress addr = { .devfn = QPCI_DEVFN(SLOT, 0) };
    QVirtioDevice *vdev;

    d->dev = virtio_pci_new(d->qs->pcibus, &addr);
    vdev = &d->dev->vdev;
    qvirtio_pci_device_enable(d->dev);
    qvirtio_start_device(vdev);
    qvirtio_set_features(vdev, qvirtio_get_features(vdev) &
                               (1ull << VIRTIO_F_VERSION_1 |
                                1ull << VIRTIO_NET_F_MAC));
    for (int i = 0; i < ETH_ALEN; i++) {
        d->mac[i] = qvirtio_config_readb(vdev, i);
    }

    qpci_msix_enable(d->dev->pdev);
    qvirtio_pci_set_msix_configuration_vector(d->dev, &d->qs->alloc, 0);
    d->rx = driver_make_queue(d, RX_QUEUE);
    d->tx = driver_make_queue(d, TX_QUEUE);
    qvirtio_set_driver_ok(vdev);

    driver_fill_receive_queue(d);
    d->tx_buffer = guest_alloc(&d->qs->alloc, BUFFER_SIZE);
    d->tx_desc = qvirtqueue_add(d->qs->qts, d->tx, d->tx_buffer, BUFFER_SIZE,
                                false, false);
}

static void driver_stop(Driver *d)
{
    const QVirtioBus *bus = d->dev->vdev.bus;

    qpci_msix_disable(d->dev->pdev);
    qvirtio_reset(&d->dev->vdev);
    qvirtqueue_cleanup(bus, d->rx, &d->qs->alloc);
    qvirtqueue_cleanup(bus, d->tx, &d->qs->alloc);
    qvirtio_pci_device_free(d->dev);
}

/* Packets out */

/* There is one buffer to send from, so its descriptor is used again. */
static void driver_send(Driver *d, const void *packet, uint32_t size)
{
    QTestState *qts = d->qs->qts;
    struct virtio_net_hdr_mrg_rxbuf hdr = { };
    uint64_t desc = d->tx->desc + d->tx_desc * sizeof(struct vring_desc);

    g_assert_cmpuint(HDR_SIZE + size, <=, BUFFER_SIZE);
    qtest_bufwrite(qts, d->tx_buffer, &hdr, sizeof(hdr));
    qtest_bufwrite(qts, d->tx_buffer + HDR_SIZE, packet, size);
    qtest_writel(qts, desc + offsetof(struct vring_desc, len),
                 HDR_SIZE + size);
    qvirtqueue_kick(qts, &d->dev->vdev, d->tx, d->tx_desc);

    qvirtio_wait_queue_isr(qts, &d->dev->vdev, d->tx, TX_TIMEOUT_US);
    d->messages++;
    g_assert_true(qvirtqueue_get_buf(qts, d->tx, NULL, NULL));
}

/* Protocols: "who has my address?", and "are you there?" */

static void answer_arp(Driver *d, uint8_t *packet, uint32_t size)
{
    struct ether_header *eth = (void *)packet;
    struct ether_arp *arp = (void *)(eth + 1);

    if (size < sizeof(*eth) + sizeof(*arp) ||
        ntohs(arp->arp_op) != ARPOP_REQUEST ||
        memcmp(arp->arp_tpa, &d->ip, sizeof(d->ip)) != 0) {
        return;
    }
    arp->arp_op = htons(ARPOP_REPLY);
    memcpy(arp->arp_tha, arp->arp_sha, ETH_ALEN);
    memcpy(arp->arp_tpa, arp->arp_spa, sizeof(d->ip));
    memcpy(arp->arp_sha, d->mac, ETH_ALEN);
    memcpy(arp->arp_spa, &d->ip, sizeof(d->ip));
    memcpy(eth->ether_dhost, eth->ether_shost, ETH_ALEN);
    memcpy(eth->ether_shost, d->mac, ETH_ALEN);
    driver_send(d, packet, sizeof(*eth) + sizeof(*arp));
    d->arp_replies++;
}

/* The sum over a packet in which @from became @to; RFC 1624. */
static uint16_t checksum_update(uint16_t sum, uint16_t from, uint16_t to)
{
    uint32_t x = (uint16_t)~ntohs(sum) + (uint16_t)~from + to;

    x = (x & 0xffff) + (x >> 16);
    x = (x & 0xffff) + (x >> 16);
    return htons(~x);
}

static void answer_echo(Driver *d, uint8_t *packet, uint32_t size)
{
    struct ether_header *eth = (void *)packet;
    uint8_t *ip_start = packet + sizeof(*eth), *icmp_start;
    struct icmphdr icmp;
    struct iphdr ip;

    /* Copies, because the headers are not where such a struct may be. */
    if (size < sizeof(*eth) + sizeof(ip)) {
        return;
    }
    memcpy(&ip, ip_start, sizeof(ip));
    if (ip.ihl < 5 || size < sizeof(*eth) + ip.ihl * 4 + sizeof(icmp) ||
        ip.protocol != IPPROTO_ICMP || ip.daddr != d->ip.s_addr) {
        return;
    }
    icmp_start = ip_start + ip.ihl * 4;
    memcpy(&icmp, icmp_start, sizeof(icmp));
    if (icmp.type != ICMP_ECHO) {
        return;
    }
    /* Exchanging the addresses leaves IP's own checksum as it is. */
    ip.daddr = ip.saddr;
    ip.saddr = d->ip.s_addr;
    memcpy(ip_start, &ip, sizeof(ip));
    icmp.type = ICMP_ECHOREPLY;
    icmp.checksum = checksum_update(icmp.checksum, ICMP_ECHO << 8,
                                    ICMP_ECHOREPLY << 8);
    memcpy(icmp_start, &icmp, sizeof(icmp));
    memcpy(eth->ether_dhost, eth->ether_shost, ETH_ALEN);
    memcpy(eth->ether_shost, d->mac, ETH_ALEN);
    driver_send(d, packet, size);
    d->echo_replies++;
}

/* Packets in */

static void driver_receive(Driver *d)
{
    QTestState *qts = d->qs->qts;
    uint8_t buffer[BUFFER_SIZE];
    uint32_t desc, len;

    while (qvirtqueue_get_buf(qts, d->rx, &desc, &len)) {
        struct ether_header *eth = (void *)(buffer + HDR_SIZE);

        g_assert_cmpuint(desc, <, NUM_BUFFERS);
        g_assert_cmpuint(len, <=, BUFFER_SIZE);
        qtest_bufread(qts, d->rx_buffers + desc * BUFFER_SIZE, buffer, len);
        qvirtqueue_kick(qts, &d->dev->vdev, d->rx, desc);
        d->received++;
        if (len < HDR_SIZE + sizeof(*eth)) {
            continue;
        }
        switch (ntohs(eth->ether_type)) {
        case ETHERTYPE_ARP:
            answer_arp(d, buffer + HDR_SIZE, len - HDR_SIZE);
            break;
        case ETHERTYPE_IP:
            answer_echo(d, buffer + HDR_SIZE, len - HDR_SIZE);
            break;
        }
    }
}

/*
 * A CPU would be interrupted.  Under qtest there is none: the queue's message
 * is a word in memory, and we look whether it has come.
 */
static void driver_run(Driver *d)
{
    while (!stopping) {
        if (d->dev->vdev.bus->get_queue_isr_status(&d->dev->vdev, d->rx)) {
            d->messages++;
            driver_receive(d);
        } else {
            g_usleep(500);
        }
    }
}

/* The program */

static void stop(int sig)
{
    stopping = 1;
}

static QOSState *machine_start(const char *ifname, const char *events,
                               const char *log, const char *monitor)
{
    g_autofree char *trace = NULL, *mon = NULL;

    trace = events ? g_strdup_printf("-trace events=%s,depth=on,file=%s ",
                                     events, log) : g_strdup("");
    mon = monitor ? g_strdup_printf("-monitor unix:%s,server=on,wait=off ",
                                    monitor) : g_strdup("");
    return qtest_pc_boot("-nodefaults %s%s"
                         "-netdev tap,id=tap0,ifname=%s,script=no,"
                         "downscript=no "
                         "-device virtio-net-pci,netdev=tap0,id=nic0,addr=%d",
                         trace, mon, ifname, SLOT);
}

int main(int argc, char **argv)
{
    g_autofree char *ifname = NULL, *ip = NULL, *events = NULL, *log = NULL;
    g_autofree char *monitor = NULL;
    const GOptionEntry options[] = {
        { "ifname", 0, 0, G_OPTION_ARG_STRING, &ifname,
          "interface on the host", "NAME" },
        { "ip", 0, 0, G_OPTION_ARG_STRING, &ip,
          "address that is answered for", "ADDRESS" },
        { "trace", 0, 0, G_OPTION_ARG_FILENAME, &events,
          "trace the events listed there", "FILE" },
        { "log", 0, 0, G_OPTION_ARG_FILENAME, &log,
          "where the traces go", "FILE" },
        { "monitor", 0, 0, G_OPTION_ARG_FILENAME, &monitor,
          "socket of a human monitor", "SOCKET" },
        { }
    };
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    g_autoptr(GError) err = NULL;
    struct sigaction act = { .sa_handler = stop, .sa_flags = SA_RESTART };
    Driver d = { };

    g_option_context_add_main_entries(context, options, NULL);
    if (!g_option_context_parse(context, &argc, &argv, &err)) {
        fprintf(stderr, "ping-guest: %s\n", err->message);
        return 1;
    }
    if (!ifname || !ip || !inet_aton(ip, &d.ip) || !events != !log) {
        fprintf(stderr, "usage: ping-guest --ifname=TAP --ip=ADDRESS "
                "[--trace=EVENTS --log=FILE] [--monitor=SOCKET]\n");
        return 1;
    }

    /* The end of the script that started us is ours too. */
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    sigaction(SIGTERM, &act, NULL);

    d.qs = machine_start(ifname, events, log, monitor);
    driver_start(&d);
    printf("ready\n");
    fflush(stdout);
    driver_run(&d);
    driver_stop(&d);
    qtest_shutdown(d.qs);

    printf("The driver: %u interrupts (MSI-X messages), %u packets received,\n"
           "%u answers to ARP, %u to ping.\n",
           d.messages, d.received, d.arp_replies, d.echo_replies);
    return 0;
}
