/*
 * libqos: what each virtio device does for its living.
 *
 * A row for each: how it is started, one piece of its work, and a request that
 * it takes and cannot finish.  Read virtio-any.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <poll.h>
#include <sys/socket.h>
#include "virtio-any.h"
#include "virtio-blk.h"
#include "virtio-net.h"
#include "virtio-scsi.h"
#include "standard-headers/linux/virtio_balloon.h"
#include "standard-headers/linux/virtio_config.h"

static bool any_peer_readable(QVirtioAny *d)
{
    struct pollfd pfd = { .fd = d->peer, .events = POLLIN };

    return poll(&pfd, 1, 0) == 1;
}

/* virtio-net: the peer is the other end of the cable */

enum { NET_RX, NET_TX, NET_CTRL };

/* What the guest has sent and nobody waits for. */
static void any_net_host(QVirtioAny *d)
{
    uint8_t buf[4096];

    while (recv(d->peer, buf, sizeof(buf), MSG_DONTWAIT) >= 0) {
        /* thrown away */
    }
}

static size_t any_net_hdr_len(QVirtioAny *d)
{
    return d->vdev->features & (1ull << VIRTIO_F_VERSION_1 |
                                1ull << VIRTIO_NET_F_MRG_RXBUF)
        ? sizeof(struct virtio_net_hdr_mrg_rxbuf)
        : sizeof(struct virtio_net_hdr);
}

/* A packet each way, of which no two are alike. */
static void any_net_work(QVirtioAny *d)
{
    static const uint8_t bcast[6] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
    size_t hdr_len = any_net_hdr_len(d);
    uint64_t rx_buf = d->buf + 4096;
    uint8_t out[100], in[4096];
    uint32_t head, len;

    qvirtio_net_frame(out, sizeof(out), bcast, ++d->count);
    qtest_memset(d->qts, d->buf, 0, hdr_len);
    qtest_bufwrite(d->qts, d->buf + hdr_len, out, sizeof(out));
    head = qvirtio_any_ask(d, d->vq[NET_TX], d->buf, hdr_len + sizeof(out),
                           false);
    /* Others may be before it, from before a reset. */
    do {
        struct pollfd pfd = { .fd = d->peer, .events = POLLIN };

        g_assert_cmpint(poll(&pfd, 1, QVIRTIO_ANY_TIMEOUT_US / 1000), ==, 1);
        len = recv(d->peer, in, sizeof(in), 0);
    } while (len != sizeof(out) || memcmp(in, out, len));
    qvirtio_any_wait(d, d->vq[NET_TX], head);

    head = qvirtio_any_ask(d, d->vq[NET_RX], rx_buf, 2048, true);
    g_assert_cmpint(send(d->peer, out, sizeof(out), 0), ==, sizeof(out));
    len = qvirtio_any_wait(d, d->vq[NET_RX], head);
    g_assert_cmpuint(len, ==, hdr_len + sizeof(out));
    qtest_bufread(d->qts, rx_buf + hdr_len, in, sizeof(out));
    g_assert_cmpmem(in, sizeof(out), out, sizeof(out));
}

/* The cable is full: a packet is on its way, and others wait for it. */
static void any_net_stall(QVirtioAny *d)
{
    QVirtQueue *tx = d->vq[NET_TX];

    for (unsigned i = 0; i < 4; i++) {
        qvirtio_any_ask(d, d->vq[NET_RX], d->buf + 4096 * i, 4096, true);
    }
    /* The first ones come back, and the rest does not. */
    while (tx->num_free) {
        qvirtio_any_ask(d, tx, d->buf, 32 * 1024, false);
    }
    qtest_clock_step(d->qts, 100);
}

/* virtio-balloon */

enum { BALLOON_INFLATE, BALLOON_DEFLATE, BALLOON_STATS };

/* A page goes, with what was in it, and comes back. */
static void any_balloon_work(QVirtioAny *d)
{
    uint64_t page = guest_alloc(d->alloc, 4096);

    qtest_memset(d->qts, page, 0xa5, 4096);
    qtest_writel(d->qts, d->buf, page >> VIRTIO_BALLOON_PFN_SHIFT);
    g_assert_cmpuint(qvirtio_any_request(d, d->vq[BALLOON_INFLATE], d->buf, 4,
                                         false), ==, 0);
    g_assert_cmphex(qtest_readl(d->qts, page), ==, 0);
    g_assert_cmphex(qtest_readl(d->qts, page + 4092), ==, 0);
    g_assert_cmpuint(qvirtio_any_request(d, d->vq[BALLOON_DEFLATE], d->buf, 4,
                                         false), ==, 0);
    guest_free(d->alloc, page);
}

/* It keeps a buffer of figures until somebody asks for new ones. */
static void any_balloon_stall(QVirtioAny *d)
{
    const struct virtio_balloon_stat stat = { VIRTIO_BALLOON_S_MEMFREE, 1 };

    qtest_bufwrite(d->qts, d->buf + 4096, &stat, sizeof(stat));
    qvirtio_any_ask(d, d->vq[BALLOON_STATS], d->buf + 4096, sizeof(stat),
                    false);
}

/* virtio-rng: the peer is an entropy gathering daemon */

#define EGD_BLOCKING_READ   0x02

/* Take a request of the program, if there is one: how many bytes it wants. */
static unsigned any_rng_peer_asked(QVirtioAny *d)
{
    uint8_t header[2];

    if (!any_peer_readable(d)) {
        return 0;
    }
    g_assert_cmpint(recv(d->peer, header, 2, MSG_WAITALL), ==, 2);
    g_assert_cmphex(header[0], ==, EGD_BLOCKING_READ);
    return header[1];
}

static void any_rng_host(QVirtioAny *d)
{
    uint8_t data[255];
    unsigned len = d->owed;

    d->owed = 0;
    memset(data, 'x', sizeof(data));
    do {
        g_assert_cmpint(send(d->peer, data, len, 0), ==, len);
        len = any_rng_peer_asked(d);
    } while (len);
}

static void any_rng_work(QVirtioAny *d)
{
    uint32_t len;

    qtest_memset(d->qts, d->buf, 0, 16);
    len = qvirtio_any_request(d, d->vq[0], d->buf, 16, true);
    /* What it asked for before a reset may come first, and be less. */
    g_assert_cmpuint(len, >, 0);
    g_assert_cmpuint(len, <=, 16);
    g_assert_cmphex(qtest_readb(d->qts, d->buf), ==, 'x');
    g_assert_cmphex(qtest_readb(d->qts, d->buf + len - 1), ==, 'x');
}

/* The daemon has heard the question, and thinks. */
static void any_rng_stall(QVirtioAny *d)
{
    gint64 end = g_get_monotonic_time() + QVIRTIO_ANY_TIMEOUT_US;

    g_assert_cmpuint(d->owed, ==, 0);
    qvirtio_any_ask(d, d->vq[0], d->buf, 8, true);
    while (!(d->owed = any_rng_peer_asked(d))) {
        g_assert_cmpint(g_get_monotonic_time(), <, end);
    }
}

/*
 * virtio-scsi: when the disk has been looked at for a partition table, that was
 * all it may give in 512 seconds.  Before that only draining lets a reader go.
 */

/* Plug the disk in if it is not there, as after its adapter's going. */
static void any_scsi_disk(QVirtioAny *d)
{
    QScsiAnswer a;

    qscsi_do(d, &(QScsiCmd) { .target = 0 }, &a, NULL);
    if (a.response == VIRTIO_SCSI_S_BAD_TARGET) {
        g_autofree char *said = NULL;

        /* What was given before is forgotten. */
        qtest_qmp_assert_success(d->qts, "{'execute': 'qom-set', 'arguments':"
            " {'path': '/objects/tg', 'property': 'limits',"
            " 'value': {'bps-total': 1}}}");
        said = qtest_hmp(d->qts, "device_add scsi-hd,bus=" QVIRTIO_ANY_ID ".0,"
                         "drive=b0,share-rw=on,serial=%u", ++d->count);
        g_assert_cmpstr(said, ==, "");
    }
    qscsi_ready(d, 0, 0);
}

static void any_scsi_work(QVirtioAny *d)
{
    QScsiCmd inquiry = { .cdb = { 0x12, 0, 0, 0, 36 }, .in = 36 };
    uint8_t data[36];
    QScsiAnswer a;

    any_scsi_disk(d);
    g_assert_cmphex(qscsi_do(d, &inquiry, &a, data), ==, 0);
    g_assert_cmpint(a.response, ==, VIRTIO_SCSI_S_OK);
    g_assert_cmpuint(a.used, ==, QSCSI_RESPONSE_SIZE + 36);
    g_assert_cmpmem(&data[16], 13, "QEMU HARDDISK", 13);
}

static void any_scsi_stall(QVirtioAny *d)
{
    QScsiCmd read = { .cdb = { 0x28, 0, 0, 0, 0, 0, 0, 0, 1 }, .in = 512 };
    QScsiReq r;

    qscsi_ready(d, 0, 0);
    qscsi_send(d, &r, QSCSI_CMD, &read);
    /* It has begun: this one comes after it in the queue. */
    qscsi_ready(d, 0, 0);
    g_assert_true(qvirtqueue_idle(d->qts, r.vq));
}

/*
 * virtio-blk: a disk that may do a byte a second does the first request, and leaves
 * the second waiting, unless it is drained
 */

static void any_blk_limit(QVirtioAny *d, int bytes)
{
    qtest_qmp_assert_success(d->qts, "{'execute': 'qom-set', 'arguments':"
                             " {'path': '/objects/tg0', 'property': 'limits',"
                             "  'value': {'bps-total': %d}}}", bytes);
}

/* Until the byte at @addr is not @old any more; nobody helps. */
static void any_blk_await(QVirtioAny *d, uint64_t addr, uint8_t old)
{
    gint64 end = g_get_monotonic_time() + QVIRTIO_ANY_TIMEOUT_US;

    while (qtest_readb(d->qts, addr) == old) {
        g_assert_cmpint(g_get_monotonic_time(), <, end);
    }
}

static void any_blk_work(QVirtioAny *d)
{
    QBlkReq r;

    any_blk_limit(d, 0);
    qblk_prepare(d, &r, VIRTIO_BLK_T_IN, 8 * (++d->count % 64), QBLK_SECTOR,
                 0xdd);
    qblk_add(d, &r, 0);
    qblk_kick(d, 0);
    g_assert_cmpuint(qblk_wait(d, &r), ==, VIRTIO_BLK_S_OK);
    qblk_expect_data(d, &r, 0);
    qblk_free(d, &r);
    g_assert_cmpuint(qblk_do(d, VIRTIO_BLK_T_GET_ID, 0, VIRTIO_BLK_ID_BYTES,
                             0), ==, VIRTIO_BLK_S_OK);
}

/* Of two reads one has to wait; what comes behind them needs no disk. */
static void any_blk_stall(QVirtioAny *d)
{
    QBlkReq r[3];

    any_blk_limit(d, 1);
    for (int i = 0; i < ARRAY_SIZE(r); i++) {
        qblk_prepare(d, &r[i], i < 2 ? VIRTIO_BLK_T_IN : VIRTIO_BLK_T_GET_ID,
                     100 * i, QBLK_SECTOR, 0);
        qblk_add(d, &r[i], 0);
    }
    qblk_kick(d, 0);
    any_blk_await(d, r[2].mem + QBLK_STATUS, QBLK_NO_STATUS);
}

/* The types */

const QVirtioAnyType qvirtio_any_types[] = {
    {
        .name = "virtio-balloon",
        .device = "virtio-balloon-pci-transitional",
        .queues = 3,
        .config_size = 16,
        .victim = BALLOON_INFLATE,
        .work = any_balloon_work,
        .stall = any_balloon_stall,
    }, {
        .name = "virtio-blk",
        /* Or it would look for a partition table, and wait for that. */
        .device = "virtio-blk-pci-transitional,drive=b0,"
                  "cyls=2,heads=16,secs=63",
        .args = "-object throttle-group,id=tg0 "
                "-blockdev null-co,node-name=n0,size=1048576,read-zeroes=on "
                "-blockdev throttle,node-name=b0,throttle-group=tg0,file=n0",
        .queues = 1,
        .config_size = 57,
        .victim = 0,
        .fussy = true,
        .work = any_blk_work,
        .stall = any_blk_stall,
    }, {
        .name = "virtio-net",
        .device = "virtio-net-pci-transitional,netdev=n0,"
                  "mac=52:54:00:12:34:56",
        .args = "-netdev socket,id=n0,fd=@FD@",
        .peer = SOCK_DGRAM,
        .queues = 3,
        .config_size = 8,
        .victim = NET_TX,
        .work = any_net_work,
        .stall = any_net_stall,
        .host = any_net_host,
    }, {
        .name = "virtio-rng",
        .device = "virtio-rng-pci-transitional,rng=r0",
        .args = "-chardev socket,id=egd,fd=@FD@ "
                "-object rng-egd,id=r0,chardev=egd",
        .peer = SOCK_STREAM,
        .queues = 1,
        .config_size = 0,
        .victim = 0,
        .in = true,
        /* It looks at how much there is room for, and there is none. */
        .blind_to = " zero_length ring_nowhere indirect_zeroes"
                    " indirect_nowhere ",
        .work = any_rng_work,
        .stall = any_rng_stall,
        .host = any_rng_host,
    }, {
        .name = "virtio-scsi",
        .device = "virtio-scsi-pci-transitional",
        .args = "-object throttle-group,id=tg,x-bps-total=1 "
                "-blockdev null-co,node-name=zeroes,size=1048576,"
                "read-zeroes=on "
                "-blockdev throttle,node-name=b0,throttle-group=tg,"
                "file=zeroes",
        .queues = 3,
        .config_size = 36,
        .victim = QSCSI_CMD,
        .fussy = true,
        .work = any_scsi_work,
        .stall = any_scsi_stall,
    },
    { }
};
