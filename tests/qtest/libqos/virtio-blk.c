/*
 * libqos: a driver of virtio-blk.
 *
 * See virtio-blk.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "virtio-blk.h"

void qblk_prepare(QVirtioAny *d, QBlkReq *r, uint32_t type, uint64_t sector,
                  uint32_t bytes, uint8_t fill)
{
    /* The guest's order is little endian, before virtio 1, too. */
    struct virtio_blk_outhdr header = {
        .type = cpu_to_le32(type),
        .sector = cpu_to_le64(sector),
    };

    *r = (QBlkReq) {
        .mem = guest_alloc(d->alloc, QBLK_DATA + bytes),
        .bytes = bytes,
    };
    qtest_bufwrite(d->qts, r->mem + QBLK_HEADER, &header, sizeof(header));
    qtest_writeb(d->qts, r->mem + QBLK_STATUS, QBLK_NO_STATUS);
    if (bytes) {
        qtest_memset(d->qts, r->mem + QBLK_DATA, fill, bytes);
    }
}

static bool qblk_reads(QVirtioAny *d, const QBlkReq *r)
{
    return !(qtest_readl(d->qts, r->mem) & VIRTIO_BLK_T_OUT);
}

void qblk_add(QVirtioAny *d, QBlkReq *r, unsigned queue)
{
    QVirtQueue *vq = r->vq = d->vq[queue];

    r->ndescs = r->bytes ? 3 : 2;
    r->head = qvirtqueue_add(d->qts, vq, r->mem + QBLK_HEADER,
                             QBLK_HEADER_SIZE, false, true);
    if (r->bytes) {
        qvirtqueue_add(d->qts, vq, r->mem + QBLK_DATA, r->bytes,
                       qblk_reads(d, r), true);
    }
    qvirtqueue_add(d->qts, vq, r->mem + QBLK_STATUS, 1, true, false);
    qvirtqueue_publish(d->qts, vq, r->head);
}

void qblk_kick(QVirtioAny *d, unsigned queue)
{
    d->vdev->bus->virtqueue_kick(d->vdev, d->vq[queue]);
}

void qblk_send(QVirtioAny *d, QBlkReq *r, unsigned queue, uint32_t type,
               uint64_t sector, uint32_t bytes)
{
    qblk_prepare(d, r, type, sector, bytes, 0);
    qblk_add(d, r, queue);
    qblk_kick(d, queue);
}

uint8_t qblk_status(QVirtioAny *d, const QBlkReq *r)
{
    return qtest_readb(d->qts, r->mem + QBLK_STATUS);
}

/* All of it has been written, and the device says so. */
static void qblk_check_used(QVirtioAny *d, const QBlkReq *r, uint32_t len)
{
    g_assert_cmpuint(len, ==, 1 + (qblk_reads(d, r) ? r->bytes : 0));
}

uint8_t qblk_wait(QVirtioAny *d, QBlkReq *r)
{
    qblk_check_used(d, r, qvirtio_any_wait(d, r->vq, r->head));
    r->vq->num_free += r->ndescs - 1;
    return qblk_status(d, r);
}

void qblk_wait_all(QVirtioAny *d, QBlkReq *r, unsigned n)
{
    gint64 end = g_get_monotonic_time() + QVIRTIO_ANY_TIMEOUT_US;

    for (unsigned done = 0; done < n; ) {
        uint32_t head, len;
        unsigned i;

        if (!qvirtqueue_get_buf(d->qts, r->vq, &head, &len)) {
            qvirtio_any_host(d);
            g_assert_cmpint(g_get_monotonic_time(), <, end);
            continue;
        }
        for (i = 0; i < n && r[i].head != head; i++) {
            /* the next one */
        }
        g_assert_cmpuint(i, <, n);
        qblk_check_used(d, &r[i], len);
        r->vq->num_free += r[i].ndescs;
        done++;
    }
}

void qblk_expect_data(QVirtioAny *d, const QBlkReq *r, uint8_t fill)
{
    g_autofree uint8_t *got = g_malloc(r->bytes);

    qtest_bufread(d->qts, r->mem + QBLK_DATA, got, r->bytes);
    for (uint32_t i = 0; i < r->bytes; i++) {
        g_assert_cmphex(got[i], ==, fill);
    }
}

void qblk_free(QVirtioAny *d, QBlkReq *r)
{
    guest_free(d->alloc, r->mem);
}

uint8_t qblk_do(QVirtioAny *d, uint32_t type, uint64_t sector,
                uint32_t bytes, uint8_t fill)
{
    uint8_t status;
    QBlkReq r;

    qblk_prepare(d, &r, type, sector, bytes, fill);
    qblk_add(d, &r, 0);
    qblk_kick(d, 0);
    status = qblk_wait(d, &r);
    qblk_free(d, &r);
    return status;
}

void qblk_put_segment(QVirtioAny *d, const QBlkReq *r, uint64_t sector,
                      uint32_t sectors, uint32_t flags)
{
    struct virtio_blk_discard_write_zeroes segment = {
        .sector = cpu_to_le64(sector),
        .num_sectors = cpu_to_le32(sectors),
        .flags = cpu_to_le32(flags),
    };

    qtest_bufwrite(d->qts, r->mem + QBLK_DATA, &segment, sizeof(segment));
}
