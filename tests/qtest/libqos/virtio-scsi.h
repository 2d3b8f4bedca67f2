/*
 * libqos: a driver of virtio-scsi.
 *
 *     QScsiReq r;
 *     QScsiAnswer a;
 *
 *     qscsi_send(d, &r, QSCSI_CMD, &(QScsiCmd) { .target = 0, .lun = 0,
 *                .cdb = { 0x12, 0, 0, 0, 36 }, .in = 36 });
 *     qscsi_wait(d, &r, &a);
 *     a.response, a.status, a.sense …
 *     qscsi_read(d, &r, buf, 36);
 *     qscsi_free(d, &r);
 *
 * or qscsi_do() for all of it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef LIBQOS_VIRTIO_SCSI_H
#define LIBQOS_VIRTIO_SCSI_H

#include "virtio-any.h"
#include "standard-headers/linux/virtio_scsi.h"

/* Queues */
enum { QSCSI_CTRL, QSCSI_EVENT, QSCSI_CMD };

typedef struct QScsiCmd {
    uint8_t target;
    uint16_t lun;
    uint64_t tag;
    uint8_t cdb[VIRTIO_SCSI_CDB_DEFAULT_SIZE];
    const void *out;            /* @out_len bytes to be written … */
    uint32_t out_len;
    uint32_t in;                /* … or so many to be read */
} QScsiCmd;

/* One that is under way: where it lies. */
typedef struct QScsiReq {
    QVirtQueue *vq;
    uint64_t mem;               /* header, response, data: see virtio-scsi.c */
    uint32_t head;
    unsigned ndescs;
} QScsiReq;

typedef struct QScsiAnswer {
    uint8_t response;           /* VIRTIO_SCSI_S_* */
    uint8_t status;
    uint32_t resid;
    uint32_t sense_len;
    uint8_t sense[VIRTIO_SCSI_SENSE_DEFAULT_SIZE];
    uint32_t used;              /* bytes that the device says it has written */
} QScsiAnswer;

/* Parts of qscsi_req.mem */
#define QSCSI_HEADER    0
#define QSCSI_RESPONSE  0x400
#define QSCSI_DATA      0x1000
#define QSCSI_HEADER_SIZE   sizeof(struct virtio_scsi_cmd_req)
#define QSCSI_RESPONSE_SIZE sizeof(struct virtio_scsi_cmd_resp)

void qscsi_lun(uint8_t lun[8], uint8_t target, uint16_t number);
/* Write the header, with the CDB, and the data, and nothing into a ring. */
void qscsi_prepare(QVirtioAny *d, QScsiReq *r, const QScsiCmd *cmd);
void qscsi_send(QVirtioAny *d, QScsiReq *r, unsigned queue,
                const QScsiCmd *cmd);
void qscsi_wait(QVirtioAny *d, QScsiReq *r, QScsiAnswer *a);
/* Which of @reqs, all on one queue, is answered next. */
QScsiReq *qscsi_wait_next(QVirtioAny *d, QScsiReq *reqs, unsigned n,
                          QScsiAnswer *a);
void qscsi_read(QVirtioAny *d, const QScsiReq *r, void *buf, size_t len);
void qscsi_free(QVirtioAny *d, QScsiReq *r);
/* All of it; what was read to @in, if that is not NULL.  The status. */
uint8_t qscsi_do(QVirtioAny *d, const QScsiCmd *cmd, QScsiAnswer *a,
                 void *in);
/* Until the news of reset and the like are told: it is ready. */
void qscsi_ready(QVirtioAny *d, uint8_t target, uint16_t lun);

/* A task management function: send it, and its response. */
uint32_t qscsi_tmf_send(QVirtioAny *d, uint64_t mem, uint32_t subtype,
                        uint8_t target, uint16_t lun, uint64_t tag);
uint8_t qscsi_tmf_wait(QVirtioAny *d, uint64_t mem, uint32_t head);
uint8_t qscsi_tmf(QVirtioAny *d, uint32_t subtype, uint8_t target,
                  uint16_t lun, uint64_t tag);

#endif
