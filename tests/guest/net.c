/*
 * virtio-net, driven by its interrupts: answers ARP and ICMP echo.
 *
 *     ip=A.B.C.D      what it answers to; 10.0.2.15 without
 *     packets=N       how many echo replies until it ends; 10 without
 *     seconds=N       how long it waits; 60 without
 *
 * It prints what it did and how many interrupts that took.  With MSI-X, every
 * packet that was received woke it from hlt.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "guest.h"

#define NET_F_MAC       (1ull << 5)
#define HDR_LEN         12          /* struct virtio_net_hdr of a modern device */
#define BUF_LEN         2048
#define RX_BUFFERS      64

static struct virtio_dev vdev;
static struct virtq rxq, txq;
static uint8_t mac[6], ip[4] = { 10, 0, 2, 15 };
static volatile bool rx_signalled;
static unsigned arp_replies, echo_replies;

static void rx_interrupt(void *opaque)
{
    rx_signalled = true;
}

static void tx_interrupt(void *opaque)
{
}

/* "ip=A.B.C.D" on the command line becomes what we answer to. */
static void set_ip(void)
{
    const char *s = guest_cmdline();

    while (*s && memcmp(s, "ip=", 3)) {
        s++;
    }
    if (!*s) {
        return;
    }
    s += 3;
    for (int i = 0; i < 4; i++) {
        unsigned v = 0;

        while (*s >= '0' && *s <= '9') {
            v = v * 10 + *s++ - '0';
        }
        ip[i] = v;
        s += *s == '.';
    }
}

static uint16_t checksum(const uint8_t *p, size_t n)
{
    uint32_t sum = 0;

    for (size_t i = 0; i + 1 < n; i += 2) {
        sum += p[i] << 8 | p[i + 1];
    }
    if (n & 1) {
        sum += p[n - 1] << 8;
    }
    while (sum >> 16) {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    return ~sum;
}

static void put16(uint8_t *p, uint16_t v)
{
    p[0] = v >> 8;
    p[1] = v;
}

/* Back to where it came from, in the buffer that it came in. */
static void answer_to_sender(uint8_t *eth)
{
    memcpy(eth, eth + 6, 6);
    memcpy(eth + 6, mac, 6);
}

/* RFC 826: a request for our address becomes a reply. */
static bool answer_arp(uint8_t *eth, size_t len)
{
    uint8_t *arp = eth + 14;

    if (len < 42 || arp[7] != 1 || memcmp(arp + 24, ip, 4)) {
        return false;
    }
    answer_to_sender(eth);
    arp[7] = 2;
    memcpy(arp + 18, arp + 8, 10);
    memcpy(arp + 8, mac, 6);
    memcpy(arp + 14, ip, 4);
    arp_replies++;
    return true;
}

/* RFC 792: an echo request becomes an echo reply. */
static bool answer_ping(uint8_t *eth, size_t len)
{
    uint8_t *iph = eth + 14, *icmp = iph + 20;
    size_t ip_len = iph[2] << 8 | iph[3];

    if (len < 42 || iph[0] != 0x45 || iph[9] != 1 || memcmp(iph + 16, ip, 4) ||
        ip_len < 28 || ip_len > len - 14 || icmp[0] != 8) {
        return false;
    }
    answer_to_sender(eth);
    memcpy(iph + 16, iph + 12, 4);
    memcpy(iph + 12, ip, 4);
    icmp[0] = 0;
    put16(icmp + 2, 0);
    put16(icmp + 2, checksum(icmp, ip_len - 20));
    echo_replies++;
    return true;
}

static bool answer(uint8_t *eth, size_t len)
{
    switch (len >= 14 ? eth[12] << 8 | eth[13] : 0) {
    case 0x0806:
        return answer_arp(eth, len);
    case 0x0800:
        return answer_ping(eth, len);
    default:
        return false;
    }
}

/* Buffers that came back from the device go to the other queue, or home. */
static void poll_queues(void)
{
    bool kick_rx = false, kick_tx = false;
    uint32_t len;
    void *buf;

    while (virtq_get(&txq, &buf, &len)) {
        virtq_add(&rxq, buf, BUF_LEN, true, buf);
        kick_rx = true;
    }
    while (virtq_get(&rxq, &buf, &len)) {
        if (len > HDR_LEN && answer((uint8_t *)buf + HDR_LEN, len - HDR_LEN)) {
            memset(buf, 0, HDR_LEN);
            virtq_add(&txq, buf, len, false, buf);
            kick_tx = true;
        } else {
            virtq_add(&rxq, buf, BUF_LEN, true, buf);
            kick_rx = true;
        }
    }
    if (kick_tx) {
        virtq_kick(&vdev, &txq);
    }
    if (kick_rx) {
        virtq_kick(&vdev, &rxq);
    }
}

int guest_main(void)
{
    unsigned packets = guest_option("packets", 10);
    uint64_t end = time_ms() + guest_option("seconds", 60) * 1000;
    struct pci_dev pci;

    set_ip();
    if (!pci_find(&pci, 0x1af4, 0x1041) && !pci_find(&pci, 0x1af4, 0x1000)) {
        return FAIL("there is no virtio-net");
    }
    if (!virtio_init(&vdev, &pci, NET_F_MAC)) {
        return FAIL("virtio-net does not start");
    }
    if (!vdev.pci.msix_cap || vdev.pci.msix_size < 2) {
        return FAIL("virtio-net has no two MSI-X vectors");
    }
    pci_msix_set(&vdev.pci, 0, irq_alloc(rx_interrupt, NULL));
    pci_msix_set(&vdev.pci, 1, irq_alloc(tx_interrupt, NULL));
    if (!virtio_queue(&vdev, &rxq, 0, 0) || !virtio_queue(&vdev, &txq, 1, 1)) {
        return FAIL("a queue is missing");
    }
    for (int i = 0; i < 6; i++) {
        mac[i] = mmio_read8(vdev.config + i);
    }
    virtio_start(&vdev);
    for (int i = 0; i < RX_BUFFERS / 2; i++) {
        uint8_t *page = page_alloc(1);

        virtq_add(&rxq, page, BUF_LEN, true, page);
        virtq_add(&rxq, page + BUF_LEN, BUF_LEN, true, page + BUF_LEN);
    }
    virtq_kick(&vdev, &rxq);
    guest_printf("virtio-net %02x:%02x:%02x:%02x:%02x:%02x is up, "
                 "queues of %u\n", mac[0], mac[1], mac[2], mac[3], mac[4],
                 mac[5], rxq.size);

    while (echo_replies < packets && time_ms() < end) {
        if (wait_until(rx_signalled, 1000)) {
            rx_signalled = false;
            poll_queues();
        }
    }
    /* The last replies are on their way until their buffers come back. */
    wait_until(virtq_idle(&txq), PATIENCE_MS);
    guest_printf("arp %u echo %u\n", arp_replies, echo_replies);
    if (echo_replies < packets) {
        return FAIL("%u of %u echo requests came", echo_replies, packets);
    }
    return irq_count ? 0 : FAIL("no interrupt was taken");
}
