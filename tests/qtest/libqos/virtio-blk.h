/*
 * libqos: a driver of virtio-blk.
 *
 *     QBlkReq r;
 *
 *     qblk_send(d, &r, 0, VIRTIO_BLK_T_IN, 7, 512);
 *     qblk_wait(d, &r);                        VIRTIO_BLK_S_OK, and …
 *     qtest_bufread(d->qts, r.mem + QBLK_DATA, buf, 512);
 *     qblk_free(d, &r);
 *
 * or qblk_do() for all of it.  Many can be out at a time: qblk_add() puts them into
 * the ring, qblk_kick() says so, and qblk_wait_all() waits for all of them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef LIBQOS_VIRTIO_BLK_H
#define LIBQOS_VIRTIO_BLK_H

#include "virtio-any.h"
#include "standard-headers/linux/virtio_blk.h"

#define QBLK_SECTOR     512
/* A status that no device writes. */
#define QBLK_NO_STATUS  0xee

/* One that is out: where it lies. */
typedef struct QBlkReq {
    QVirtQueue *vq;
    uint64_t mem;               /* header, status, data */
    uint32_t bytes;             /* of data */
    uint32_t head;
    unsigned ndescs;
} QBlkReq;

/* Parts of QBlkReq.mem */
#define QBLK_HEADER     0
#define QBLK_STATUS     0x100
#define QBLK_DATA       0x1000
#define QBLK_HEADER_SIZE    sizeof(struct virtio_blk_outhdr)

/*
 * Write the header and no status, and nothing into a ring.  The @bytes of data
 * are bytes of @fill, either way.
 */
void qblk_prepare(QVirtioAny *d, QBlkReq *r, uint32_t type, uint64_t sector,
                  uint32_t bytes, uint8_t fill);
/* Header, data and status in descriptors of their own, as drivers do. */
void qblk_add(QVirtioAny *d, QBlkReq *r, unsigned queue);
void qblk_kick(QVirtioAny *d, unsigned queue);
/* All three, with data of zeroes. */
void qblk_send(QVirtioAny *d, QBlkReq *r, unsigned queue, uint32_t type,
               uint64_t sector, uint32_t bytes);

/* What its status is by now. */
uint8_t qblk_status(QVirtioAny *d, const QBlkReq *r);
/* Until it has come back, as the only one; its status. */
uint8_t qblk_wait(QVirtioAny *d, QBlkReq *r);
/* Until these, of one queue, have, in whatever order. */
void qblk_wait_all(QVirtioAny *d, QBlkReq *r, unsigned n);
/* What there is of the data is all @fill. */
void qblk_expect_data(QVirtioAny *d, const QBlkReq *r, uint8_t fill);
void qblk_free(QVirtioAny *d, QBlkReq *r);

/* All of it, on queue 0, with data of @fill to be written; its status. */
uint8_t qblk_do(QVirtioAny *d, uint32_t type, uint64_t sector,
                uint32_t bytes, uint8_t fill);
/* One segment of DISCARD or WRITE_ZEROES, as data of a request. */
void qblk_put_segment(QVirtioAny *d, const QBlkReq *r, uint64_t sector,
                      uint32_t sectors, uint32_t flags);

#endif
