/*
 * libqos: a driver of virtio-scsi.
 *
 * See virtio-scsi.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "virtio-scsi.h"

void qscsi_lun(uint8_t lun[8], uint8_t target, uint16_t number)
{
    memset(lun, 0, 8);
    lun[0] = 1;
    lun[1] = target;
    lun[2] = number >> 8 | 0x40;
    lun[3] = number;
}

void qscsi_prepare(QVirtioAny *d, QScsiReq *r, const QScsiCmd *cmd)
{
    struct virtio_scsi_cmd_req req = { .tag = cpu_to_le64(cmd->tag) };

    r->mem = guest_alloc(d->alloc,
                         QSCSI_DATA + MAX(cmd->out_len, cmd->in));
    qscsi_lun(req.lun, cmd->target, cmd->lun);
    memcpy(req.cdb, cmd->cdb, sizeof(req.cdb));
    qtest_bufwrite(d->qts, r->mem + QSCSI_HEADER, &req, sizeof(req));
    qtest_memset(d->qts, r->mem + QSCSI_RESPONSE, 0xee, QSCSI_RESPONSE_SIZE);
    if (cmd->out_len) {
        qtest_bufwrite(d->qts, r->mem + QSCSI_DATA, cmd->out, cmd->out_len);
    }
    if (cmd->in) {
        qtest_memset(d->qts, r->mem + QSCSI_DATA, 0xdd, cmd->in);
    }
}

void qscsi_send(QVirtioAny *d, QScsiReq *r, unsigned queue,
                const QScsiCmd *cmd)
{
    r->vq = d->vq[queue];
    qscsi_prepare(d, r, cmd);
    r->head = qvirtqueue_add(d->qts, r->vq, r->mem + QSCSI_HEADER,
                             QSCSI_HEADER_SIZE, false, true);
    r->ndescs = cmd->out_len || cmd->in ? 3 : 2;
    if (cmd->out_len) {
        qvirtqueue_add(d->qts, r->vq, r->mem + QSCSI_DATA, cmd->out_len, false,
                       true);
    }
    qvirtqueue_add(d->qts, r->vq, r->mem + QSCSI_RESPONSE,
                   QSCSI_RESPONSE_SIZE, true, cmd->in);
    if (cmd->in) {
        qvirtqueue_add(d->qts, r->vq, r->mem + QSCSI_DATA, cmd->in, true,
                       false);
    }
    qvirtqueue_kick(d->qts, d->vdev, r->vq, r->head);
}

static void qscsi_answer(QVirtioAny *d, QScsiReq *r, QScsiAnswer *a)
{
    struct virtio_scsi_cmd_resp resp;

    r->vq->num_free += r->ndescs - 1;
    qtest_bufread(d->qts, r->mem + QSCSI_RESPONSE, &resp, sizeof(resp));
    a->response = resp.response;
    a->status = resp.status;
    a->resid = le32_to_cpu(resp.resid);
    a->sense_len = le32_to_cpu(resp.sense_len);
    memcpy(a->sense, resp.sense, sizeof(a->sense));
}

void qscsi_wait(QVirtioAny *d, QScsiReq *r, QScsiAnswer *a)
{
    a->used = qvirtio_any_wait(d, r->vq, r->head);
    qscsi_answer(d, r, a);
}

QScsiReq *qscsi_wait_next(QVirtioAny *d, QScsiReq *reqs, unsigned n,
                          QScsiAnswer *a)
{
    uint32_t head = qvirtio_any_wait_next(d, reqs[0].vq, &a->used);

    for (unsigned i = 0; i < n; i++) {
        if (reqs[i].head == head) {
            qscsi_answer(d, &reqs[i], a);
            return &reqs[i];
        }
    }
    g_assert_not_reached();
}

void qscsi_read(QVirtioAny *d, const QScsiReq *r, void *buf, size_t len)
{
    qtest_bufread(d->qts, r->mem + QSCSI_DATA, buf, len);
}

void qscsi_free(QVirtioAny *d, QScsiReq *r)
{
    guest_free(d->alloc, r->mem);
}

uint8_t qscsi_do(QVirtioAny *d, const QScsiCmd *cmd, QScsiAnswer *a, void *in)
{
    QScsiAnswer ours;
    QScsiReq r;

    a = a ?: &ours;
    qscsi_send(d, &r, QSCSI_CMD, cmd);
    qscsi_wait(d, &r, a);
    if (in) {
        qscsi_read(d, &r, in, cmd->in);
    }
    qscsi_free(d, &r);
    return a->status;
}

void qscsi_ready(QVirtioAny *d, uint8_t target, uint16_t lun)
{
    QScsiCmd test_unit_ready = { .target = target, .lun = lun };
    QScsiAnswer a;

    for (int i = 0; i < 10; i++) {
        if (qscsi_do(d, &test_unit_ready, &a, NULL) == 0) {
            g_assert_cmpint(a.response, ==, VIRTIO_SCSI_S_OK);
            return;
        }
        /* UNIT ATTENTION, and nothing else */
        g_assert_cmphex(a.sense[2], ==, 6);
    }
    g_assert_not_reached();
}

/* Task management; the response lies behind the request. */

#define TMF_RESPONSE    0x100

uint32_t qscsi_tmf_send(QVirtioAny *d, uint64_t mem, uint32_t subtype,
                        uint8_t target, uint16_t lun, uint64_t tag)
{
    QVirtQueue *vq = d->vq[QSCSI_CTRL];
    struct virtio_scsi_ctrl_tmf_req req = {
        .type = cpu_to_le32(VIRTIO_SCSI_T_TMF),
        .subtype = cpu_to_le32(subtype),
        .tag = cpu_to_le64(tag),
    };
    uint32_t head;

    qscsi_lun(req.lun, target, lun);
    qtest_bufwrite(d->qts, mem, &req, sizeof(req));
    qtest_writeb(d->qts, mem + TMF_RESPONSE, 0xee);
    head = qvirtqueue_add(d->qts, vq, mem, sizeof(req), false, true);
    qvirtqueue_add(d->qts, vq, mem + TMF_RESPONSE, 1, true, false);
    qvirtqueue_kick(d->qts, d->vdev, vq, head);
    return head;
}

uint8_t qscsi_tmf_wait(QVirtioAny *d, uint64_t mem, uint32_t head)
{
    g_assert_cmpuint(qvirtio_any_wait(d, d->vq[QSCSI_CTRL], head), ==, 1);
    d->vq[QSCSI_CTRL]->num_free++;
    return qtest_readb(d->qts, mem + TMF_RESPONSE);
}

uint8_t qscsi_tmf(QVirtioAny *d, uint32_t subtype, uint8_t target,
                  uint16_t lun, uint64_t tag)
{
    uint64_t mem = guest_alloc(d->alloc, 0x1000);
    uint32_t head = qscsi_tmf_send(d, mem, subtype, target, lun, tag);
    uint8_t response = qscsi_tmf_wait(d, mem, head);

    guest_free(d->alloc, mem);
    return response;
}
