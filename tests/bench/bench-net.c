/*
 * Packets a second through virtio-net and a tap.
 *
 * The driver writes rings and descriptors in memory that it shares with the VMM
 * (bench-virtio.h); one qtest command a batch rings the doorbell.  What is
 * measured is the device, its back end and the kernel's tap.
 *
 *   transmit   256 descriptors, one kick, until all are used
 *   receive    256 buffers; 256 packets written into the tap's interface
 *
 * once with split rings and once with packed ones.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <linux/virtio_net.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include "bench-virtio.h"

#define BATCH           256
#define RING_SIZE       256
#define BUF_STRIDE      2048
#define RX_RING         0x100000
#define TX_RING         0x200000
#define RX_BUFS         0x400000
#define TX_BUFS         0x800000
#define IFNAME          "benchtap0"
#define NET_HDR_LEN     12      /* with num_buffers, as VERSION_1 has it */
#define SECONDS         1.5

typedef struct BenchRing {
    struct vring vr;
    uint16_t avail_idx;
    struct vring_packed_desc *packed;   /* NULL: it is vr */
    bool wrap;
    uint64_t notify;            /* guest address of its doorbell */
    uint16_t index;
} BenchRing;

typedef struct BenchNet {
    BenchDriver drv;
    bool packed;
    BenchRing rx, tx;
} BenchNet;

static void ring_setup(BenchNet *n, BenchRing *r, int index, uint64_t addr)
{
    r->index = index;
    r->avail_idx = 0;
    r->wrap = false;
    r->notify = bench_driver_add_queue(&n->drv, &r->vr, index, RING_SIZE,
                                       addr);
    r->packed = n->packed ? (void *)r->vr.desc : NULL;
    /* We look at the ring ourselves. */
    if (n->packed) {
        struct vring_packed_desc_event *event = (void *)r->vr.avail;

        event->flags = VRING_PACKED_EVENT_FLAG_DISABLE;
    } else {
        r->vr.avail->flags = VRING_AVAIL_F_NO_INTERRUPT;
    }
}

static void net_start(BenchNet *n, const Vmm *vmm)
{
    uint64_t features = 1ull << VIRTIO_NET_F_MAC |
                        (uint64_t)n->packed << VIRTIO_F_RING_PACKED;
    g_autofree char *args = g_strdup_printf(
        "-netdev tap,id=net0,ifname=" IFNAME ",script=no,downscript=no "
        "-device virtio-net-pci,netdev=net0,addr=%d,disable-legacy=on,"
        "packed=%s,romfile=", BENCH_SLOT, n->packed ? "on" : "off");

    bench_driver_start(&n->drv, vmm, args, features);
    ring_setup(n, &n->rx, 0, RX_RING);
    ring_setup(n, &n->tx, 1, TX_RING);
    bench_driver_ok(&n->drv);
}

static void ring_desc(BenchRing *r, int i, uint64_t addr, uint32_t len,
                      uint16_t flags)
{
    if (r->packed) {
        r->packed[i].addr = addr;
        r->packed[i].len = len;
        r->packed[i].id = i;
    } else {
        r->vr.desc[i].addr = addr;
        r->vr.desc[i].len = len;
        r->vr.desc[i].flags = flags;
    }
}

/* Puts descriptors 0 to BATCH-1 on the ring once more, all of @len, @flags. */
static void ring_offer(BenchRing *r, uint32_t len, uint16_t flags)
{
    if (r->packed) {
        /* The whole of the ring; its first place last. */
        QEMU_BUILD_BUG_ON(BATCH != RING_SIZE);
        r->wrap = !r->wrap;
        flags |= 1 << (r->wrap ? VRING_PACKED_DESC_F_AVAIL
                               : VRING_PACKED_DESC_F_USED);
        for (int i = BATCH - 1; i >= 0; i--) {
            r->packed[i].len = len;
            r->packed[i].id = i;
            __atomic_store_n(&r->packed[i].flags, flags, __ATOMIC_RELEASE);
        }
        return;
    }
    for (int i = 0; i < BATCH; i++) {
        r->vr.avail->ring[(r->avail_idx + i) % RING_SIZE] = i;
    }
    r->avail_idx += BATCH;
    __atomic_store_n(&r->vr.avail->idx, r->avail_idx, __ATOMIC_RELEASE);
}

/* How many of them have come back; @from of them are known to. */
static unsigned ring_used(BenchRing *r, unsigned from)
{
    const uint16_t mask = 1 << VRING_PACKED_DESC_F_AVAIL |
                          1 << VRING_PACKED_DESC_F_USED;

    if (!r->packed) {
        return BATCH - (uint16_t)(r->avail_idx -
                                  __atomic_load_n(&r->vr.used->idx,
                                                  __ATOMIC_ACQUIRE));
    }
    while (from < BATCH &&
           (__atomic_load_n(&r->packed[from].flags, __ATOMIC_ACQUIRE) &
            mask) == (r->wrap ? mask : 0)) {
        from++;
    }
    return from;
}

static void ring_wait(BenchNet *n, BenchRing *r)
{
    double give_up = bench_now() + 10;
    unsigned used = 0;

    while ((used = ring_used(r, used)) != BATCH) {
        if (bench_now() > give_up) {
            g_error("%s ring stuck at %u of %u",
                    r == &n->tx ? "transmit" : "receive", used, BATCH);
        }
        sched_yield();
    }
}

static void report(int vmm, BenchNet *n, const char *dir, int size,
                   uint64_t packets, double seconds, double cpu)
{
    g_autofree char *rate = g_strdup_printf("%s%s, %d bytes", dir,
                                            n->packed ? ", packed" : "", size);
    g_autofree char *cost = g_strdup_printf("%s: CPU", rate);

    bench_report(vmm, rate, "k/s", packets / seconds / 1e3, false);
    bench_report(vmm, cost, "ns", cpu / packets * 1e9, true);
}

static void bench_transmit(int vmm, BenchNet *n, int size)
{
    BenchRing *r = &n->tx;
    pid_t pid = qtest_pid(n->drv.qts);
    uint64_t packets = 0;
    double start, cpu;

    for (int i = 0; i < BATCH; i++) {
        uint8_t *buf = n->drv.ram + TX_BUFS + i * BUF_STRIDE;

        memset(buf, 0, NET_HDR_LEN);
        memset(buf + NET_HDR_LEN, 0xff, 6);
        memcpy(buf + NET_HDR_LEN + 6, "\x52\x54\0\x12\x34\x56", 6);
        memcpy(buf + NET_HDR_LEN + 12, "\x88\xb5", 2);  /* experimental */
        ring_desc(r, i, TX_BUFS + i * BUF_STRIDE, NET_HDR_LEN + size, 0);
    }

    start = bench_now();
    cpu = bench_cpu(pid);
    while (bench_now() - start < SECONDS) {
        ring_offer(r, NET_HDR_LEN + size, 0);
        qtest_writew(n->drv.qts, r->notify, r->index);
        ring_wait(n, r);
        packets += BATCH;
    }
    report(vmm, n, "transmit", size, packets, bench_now() - start,
           bench_cpu(pid) - cpu);
}

static int packet_socket(void)
{
    struct sockaddr_ll addr = { .sll_family = AF_PACKET };
    int fd = socket(AF_PACKET, SOCK_RAW, 0);
    int big = 16 << 20, bypass = 1;

    g_assert_cmpint(fd, >=, 0);
    addr.sll_ifindex = if_nametoindex(IFNAME);
    addr.sll_protocol = htons(0x88b5);
    g_assert_cmpint(bind(fd, (struct sockaddr *)&addr, sizeof(addr)), ==, 0);
    setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &big, sizeof(big));
    setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &bypass, sizeof(bypass));
    return fd;
}

static void bench_receive(int vmm, BenchNet *n, int size)
{
    BenchRing *r = &n->rx;
    pid_t pid = qtest_pid(n->drv.qts);
    int fd = packet_socket();
    g_autofree struct mmsghdr *msgs = g_new0(struct mmsghdr, BATCH);
    g_autofree uint8_t *packet = g_malloc0(size);
    struct iovec iov = { packet, size };
    uint64_t packets = 0;
    double start, cpu;

    memset(packet, 0xff, 6);
    memcpy(packet + 12, "\x88\xb5", 2);
    for (int i = 0; i < BATCH; i++) {
        msgs[i].msg_hdr.msg_iov = &iov;
        msgs[i].msg_hdr.msg_iovlen = 1;
        ring_desc(r, i, RX_BUFS + i * BUF_STRIDE, BUF_STRIDE,
                  VRING_DESC_F_WRITE);
    }

    start = bench_now();
    cpu = bench_cpu(pid);
    while (bench_now() - start < SECONDS) {
        int sent = 0;

        ring_offer(r, BUF_STRIDE, VRING_DESC_F_WRITE);
        qtest_writew(n->drv.qts, r->notify, r->index);
        while (sent < BATCH) {
            int ret = sendmmsg(fd, msgs, BATCH - sent, 0);

            if (ret > 0) {
                sent += ret;
            }
        }
        ring_wait(n, r);
        packets += BATCH;
    }
    report(vmm, n, "receive", size, packets, bench_now() - start,
           bench_cpu(pid) - cpu);
    close(fd);
}

static void interface_up(void)
{
    struct ifreq ifr = { };
    int fd = socket(AF_INET, SOCK_DGRAM, 0);

    g_strlcpy(ifr.ifr_name, IFNAME, IFNAMSIZ);
    ifr.ifr_flags = IFF_UP;
    g_assert_cmpint(ioctl(fd, SIOCSIFFLAGS, &ifr), ==, 0);
    ifr.ifr_qlen = 4 * BATCH;
    g_assert_cmpint(ioctl(fd, SIOCSIFTXQLEN, &ifr), ==, 0);
    close(fd);
}

void bench_writev(int index)
{
    static const char frame[12] = "\xff\xff\xff\xff\xff\xff\x52\x54\0\x12\x34";
    uint8_t buf[10 + 60] = { };
    struct iovec iov[] = { { buf, 10 }, { buf + 10, 60 } };
    struct ifreq ifr = { .ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR };
    int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
    uint64_t packets = 0;
    double start;

    g_assert_cmpint(fd, >=, 0);
    g_strlcpy(ifr.ifr_name, IFNAME, IFNAMSIZ);
    g_assert_cmpint(ioctl(fd, TUNSETIFF, &ifr), ==, 0);
    interface_up();
    memcpy(buf + 10, frame, sizeof(frame));
    memcpy(buf + 10 + 12, "\x88\xb5", 2);

    start = bench_now();
    while (bench_now() - start < SECONDS) {
        for (int i = 0; i < BATCH; i++) {
            g_assert_cmpint(writev(fd, iov, 2), ==, sizeof(buf));
        }
        packets += BATCH;
    }
    bench_report(index, "bare writev() on the tap, 60 bytes", "k/s",
                 packets / (bench_now() - start) / 1e3, false);
    close(fd);
}

void bench_net(int index, const Vmm *vmm)
{
    static const int sizes[] = { 60, 1514 };

    for (size_t i = 0; i < 2 * ARRAY_SIZE(sizes); i++) {
        int size = sizes[i / 2];
        BenchNet n = { .packed = i % 2 };

        net_start(&n, vmm);
        interface_up();
        bench_transmit(index, &n, size);
        bench_receive(index, &n, size);
        bench_driver_stop(&n.drv);
    }
}
