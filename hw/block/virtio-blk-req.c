/*
 * virtio-blk: from a descriptor chain to the block layer and back.
 *
 * Nothing that a request says is believed: what has no room for its headers
 * breaks the device, what is out of the disk is an I/O error, and what is not
 * known is "unsupported".
 *
 * Read include/hw/virtio/virtio-blk.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "hw/virtio/virtio-access.h"
#include "hw/virtio/virtio-blk.h"
#include "qemu/error-report.h"
#include "qemu/iov.h"
#include "qemu/module.h"
#include "trace.h"
#include "virtio-blk-int.h"

void virtio_blk_init_request(VirtIOBlock *s, VirtQueue *vq,
                             VirtIOBlockReq *req)
{
    req->dev = s;
    req->vq = vq;
    req->qiov.size = 0;
    req->in_len = 0;
    req->next = NULL;
    req->mr_next = NULL;
}

VirtIOBlockReq *virtio_blk_get_request(VirtIOBlock *s, VirtQueue *vq)
{
    VirtIOBlockReq *req = virtqueue_pop(vq, sizeof(VirtIOBlockReq));

    if (req) {
        virtio_blk_init_request(s, vq, req);
    }
    return req;
}

void virtio_blk_free_request(VirtIOBlockReq *req)
{
    g_free(req);
}

static void virtio_blk_req_complete(VirtIOBlockReq *req, unsigned char status)
{
    VirtIOBlock *s = req->dev;
    VirtIODevice *vdev = VIRTIO_DEVICE(s);

    trace_virtio_blk_req_complete(vdev, req, status);

    stb_p(&req->in->status, status);
    iov_discard_undo(&req->inhdr_undo);
    iov_discard_undo(&req->outhdr_undo);
    if (s->dataplane_started) {
        virtqueue_push_batched(req->vq, &req->elem, req->in_len);
    } else {
        virtqueue_push(req->vq, &req->elem, req->in_len);
        virtio_notify(vdev, req->vq);
    }
}

/* True if the request is not to be completed now. */
static bool virtio_blk_handle_rw_error(VirtIOBlockReq *req, int error,
                                       bool is_read, bool acct_failed)
{
    VirtIOBlock *s = req->dev;
    BlockErrorAction action = blk_get_error_action(s->blk, is_read, error);

    if (action == BLOCK_ERROR_ACTION_STOP) {
        /*
         * As it came, with its headers: so it is read again, or sent to another
         * host.  Others may fail, too, before the machine has stopped.
         */
        iov_discard_undo(&req->inhdr_undo);
        iov_discard_undo(&req->outhdr_undo);
        req->mr_next = NULL;
        req->next = s->rq;
        s->rq = req;
    } else if (action == BLOCK_ERROR_ACTION_REPORT) {
        virtio_blk_req_complete(req, VIRTIO_BLK_S_IOERR);
        if (acct_failed) {
            block_acct_failed(blk_get_stats(s->blk), &req->acct);
        }
        virtio_blk_free_request(req);
    }

    blk_error_action(s->blk, action, is_read, error);
    return action != BLOCK_ERROR_ACTION_IGNORE;
}

static void virtio_blk_rw_complete(void *opaque, int ret)
{
    VirtIOBlockReq *next = opaque;
    VirtIOBlock *s = next->dev;
    VirtIODevice *vdev = VIRTIO_DEVICE(s);

    aio_context_acquire(blk_get_aio_context(s->blk));
    while (next) {
        VirtIOBlockReq *req = next;

        next = req->mr_next;
        trace_virtio_blk_rw_complete(vdev, req, ret);

        /* The first of several has a list of all their pieces. */
        if (req->qiov.nalloc != -1) {
            qemu_iovec_destroy(&req->qiov);
        }
        if (ret) {
            int p = virtio_ldl_p(vdev, &req->out.type);
            bool is_read = !(p & VIRTIO_BLK_T_OUT);

            if (virtio_blk_handle_rw_error(req, -ret, is_read, true)) {
                continue;
            }
        }

        virtio_blk_req_complete(req, VIRTIO_BLK_S_OK);
        block_acct_done(blk_get_stats(s->blk), &req->acct);
        virtio_blk_free_request(req);
    }
    aio_context_release(blk_get_aio_context(s->blk));
}

static void virtio_blk_flush_complete(void *opaque, int ret)
{
    VirtIOBlockReq *req = opaque;
    VirtIOBlock *s = req->dev;

    aio_context_acquire(blk_get_aio_context(s->blk));
    if (!ret || !virtio_blk_handle_rw_error(req, -ret, false, true)) {
        virtio_blk_req_complete(req, VIRTIO_BLK_S_OK);
        block_acct_done(blk_get_stats(s->blk), &req->acct);
        virtio_blk_free_request(req);
    }
    aio_context_release(blk_get_aio_context(s->blk));
}

static void virtio_blk_discard_write_zeroes_complete(void *opaque, int ret)
{
    VirtIOBlockReq *req = opaque;
    VirtIOBlock *s = req->dev;
    bool is_write_zeroes = (virtio_ldl_p(VIRTIO_DEVICE(s), &req->out.type) &
                            ~VIRTIO_BLK_T_BARRIER) ==
                           VIRTIO_BLK_T_WRITE_ZEROES;

    aio_context_acquire(blk_get_aio_context(s->blk));
    if (!ret || !virtio_blk_handle_rw_error(req, -ret, false,
                                            is_write_zeroes)) {
        virtio_blk_req_complete(req, VIRTIO_BLK_S_OK);
        if (is_write_zeroes) {
            block_acct_done(blk_get_stats(s->blk), &req->acct);
        }
        virtio_blk_free_request(req);
    }
    aio_context_release(blk_get_aio_context(s->blk));
}

/* [start, start + num_reqs) of @mrb, whose pieces are @niov, as one. */
static inline void submit_requests(VirtIOBlock *s, MultiReqBuffer *mrb,
                                   int start, int num_reqs, int niov)
{
    BlockBackend *blk = s->blk;
    VirtIOBlockReq *first = mrb->reqs[start];
    QEMUIOVector *qiov = &first->qiov;
    int64_t sector_num = first->sector_num;
    bool is_write = mrb->is_write;

    if (num_reqs > 1) {
        struct iovec *iov = qiov->iov;
        int own = qiov->niov;

        qemu_iovec_init(qiov, niov);
        for (int i = 0; i < own; i++) {
            qemu_iovec_add(qiov, iov[i].iov_base, iov[i].iov_len);
        }
        for (int i = start + 1; i < start + num_reqs; i++) {
            qemu_iovec_concat(qiov, &mrb->reqs[i]->qiov, 0,
                              mrb->reqs[i]->qiov.size);
            mrb->reqs[i - 1]->mr_next = mrb->reqs[i];
        }
        trace_virtio_blk_submit_multireq(VIRTIO_DEVICE(s), mrb, start,
                                         num_reqs,
                                         sector_num << BDRV_SECTOR_BITS,
                                         qiov->size, is_write);
        block_acct_merge_done(blk_get_stats(blk), is_write ? BLOCK_ACCT_WRITE
                              : BLOCK_ACCT_READ, num_reqs - 1);
    }

    if (is_write) {
        blk_aio_pwritev(blk, sector_num << BDRV_SECTOR_BITS, qiov, 0,
                        virtio_blk_rw_complete, first);
    } else {
        blk_aio_preadv(blk, sector_num << BDRV_SECTOR_BITS, qiov, 0,
                       virtio_blk_rw_complete, first);
    }
}

/* By insertion: there are few, and often they are in order as they come. */
static void multireq_sort(MultiReqBuffer *mrb)
{
    for (int i = 1; i < mrb->num_reqs; i++) {
        VirtIOBlockReq *req = mrb->reqs[i];
        int place = i;

        while (place > 0 &&
               mrb->reqs[place - 1]->sector_num > req->sector_num) {
            mrb->reqs[place] = mrb->reqs[place - 1];
            place--;
        }
        mrb->reqs[place] = req;
    }
}

static void virtio_blk_submit_multireq(VirtIOBlock *s, MultiReqBuffer *mrb)
{
    int start = 0, num_reqs = 0, niov = 0;
    uint32_t max_transfer = blk_get_max_transfer(s->blk);
    int64_t sector_num = 0, nb_sectors = 0;

    multireq_sort(mrb);
    for (int i = 0; i < mrb->num_reqs; i++) {
        VirtIOBlockReq *req = mrb->reqs[i];

        /* Not a neighbour, or more than the back end takes at once. */
        if (num_reqs > 0 &&
            (niov + req->qiov.niov > blk_get_max_iov(s->blk) ||
             req->qiov.size > max_transfer ||
             nb_sectors > (max_transfer - req->qiov.size) / BDRV_SECTOR_SIZE ||
             sector_num + nb_sectors != req->sector_num)) {
            submit_requests(s, mrb, start, num_reqs, niov);
            num_reqs = 0;
        }
        if (num_reqs == 0) {
            sector_num = req->sector_num;
            nb_sectors = niov = 0;
            start = i;
        }
        nb_sectors += req->qiov.size / BDRV_SECTOR_SIZE;
        niov += req->qiov.niov;
        num_reqs++;
    }
    submit_requests(s, mrb, start, num_reqs, niov);
    mrb->num_reqs = 0;
}

static void virtio_blk_handle_flush(VirtIOBlockReq *req, MultiReqBuffer *mrb)
{
    VirtIOBlock *s = req->dev;

    block_acct_start(blk_get_stats(s->blk), &req->acct, 0, BLOCK_ACCT_FLUSH);

    /* What came before it may count on it. */
    if (mrb->is_write && mrb->num_reqs > 0) {
        virtio_blk_submit_multireq(s, mrb);
    }
    blk_aio_flush(s->blk, virtio_blk_flush_complete, req);
}

static bool virtio_blk_sect_range_ok(VirtIOBlock *dev, uint64_t sector,
                                     size_t size)
{
    uint64_t nb_sectors = size >> BDRV_SECTOR_BITS;
    uint64_t total_sectors;

    if (nb_sectors > BDRV_REQUEST_MAX_SECTORS || sector & dev->sector_mask ||
        size % dev->conf.conf.logical_block_size) {
        return false;
    }
    blk_get_geometry(dev->blk, &total_sectors);
    return sector <= total_sectors && nb_sectors <= total_sectors - sector;
}

/* The status with which it failed, or VIRTIO_BLK_S_OK: it is under way. */
static uint8_t
virtio_blk_handle_discard_write_zeroes(VirtIOBlockReq *req,
    struct virtio_blk_discard_write_zeroes *dwz_hdr, bool is_write_zeroes)
{
    VirtIOBlock *s = req->dev;
    VirtIODevice *vdev = VIRTIO_DEVICE(s);
    uint64_t sector = virtio_ldq_p(vdev, &dwz_hdr->sector);
    uint32_t num_sectors = virtio_ldl_p(vdev, &dwz_hdr->num_sectors);
    uint32_t flags = virtio_ldl_p(vdev, &dwz_hdr->flags);
    uint32_t max_sectors = is_write_zeroes ? s->conf.max_write_zeroes_sectors
                                           : s->conf.max_discard_sectors;
    int bytes;

    /* virtio 1.2, 5.2.6.2: of flags that are not known, nothing is done. */
    if (flags & ~VIRTIO_BLK_WRITE_ZEROES_FLAG_UNMAP) {
        return VIRTIO_BLK_S_UNSUPP;
    }
    if (num_sectors > max_sectors) {
        return VIRTIO_BLK_S_IOERR;
    }
    bytes = num_sectors << BDRV_SECTOR_BITS;
    if (!virtio_blk_sect_range_ok(s, sector, bytes)) {
        return VIRTIO_BLK_S_IOERR;
    }
    if (is_write_zeroes) {
        int blk_aio_flags = 0;

        if (flags & VIRTIO_BLK_WRITE_ZEROES_FLAG_UNMAP) {
            blk_aio_flags |= BDRV_REQ_MAY_UNMAP;
        }
        block_acct_start(blk_get_stats(s->blk), &req->acct, bytes,
                         BLOCK_ACCT_WRITE);
        blk_aio_pwrite_zeroes(s->blk, sector << BDRV_SECTOR_BITS, bytes,
                              blk_aio_flags,
                              virtio_blk_discard_write_zeroes_complete, req);
    } else {
        /* The flag means nothing to a discard. */
        if (flags & VIRTIO_BLK_WRITE_ZEROES_FLAG_UNMAP) {
            return VIRTIO_BLK_S_UNSUPP;
        }
        blk_aio_pdiscard(s->blk, sector << BDRV_SECTOR_BITS, bytes,
                         virtio_blk_discard_write_zeroes_complete, req);
    }
    return VIRTIO_BLK_S_OK;
}

/* A read or a write: to the others, or it fails at once. */
static void virtio_blk_handle_rw(VirtIOBlockReq *req, MultiReqBuffer *mrb,
                                 bool is_write, struct iovec *iov,
                                 unsigned num)
{
    VirtIOBlock *s = req->dev;
    VirtIODevice *vdev = VIRTIO_DEVICE(s);
    BlockAcctStats *stats = blk_get_stats(s->blk);

    req->sector_num = virtio_ldq_p(vdev, &req->out.sector);
    qemu_iovec_init_external(&req->qiov, iov, num);
    if (is_write) {
        trace_virtio_blk_handle_write(vdev, req, req->sector_num,
                                      req->qiov.size / BDRV_SECTOR_SIZE);
    } else {
        trace_virtio_blk_handle_read(vdev, req, req->sector_num,
                                     req->qiov.size / BDRV_SECTOR_SIZE);
    }
    if (!virtio_blk_sect_range_ok(s, req->sector_num, req->qiov.size)) {
        virtio_blk_req_complete(req, VIRTIO_BLK_S_IOERR);
        block_acct_invalid(stats, is_write ? BLOCK_ACCT_WRITE
                                           : BLOCK_ACCT_READ);
        virtio_blk_free_request(req);
        return;
    }
    block_acct_start(stats, &req->acct, req->qiov.size,
                     is_write ? BLOCK_ACCT_WRITE : BLOCK_ACCT_READ);

    if (mrb->num_reqs > 0 && (mrb->num_reqs == VIRTIO_BLK_MAX_MERGE_REQS ||
                              is_write != mrb->is_write ||
                              !s->conf.request_merging)) {
        virtio_blk_submit_multireq(s, mrb);
    }
    mrb->reqs[mrb->num_reqs++] = req;
    mrb->is_write = is_write;
}

/* 0: it is done with, or under way; -1: the device is broken. */
static int virtio_blk_handle_request(VirtIOBlockReq *req, MultiReqBuffer *mrb)
{
    struct iovec *in_iov = req->elem.in_sg, *out_iov = req->elem.out_sg;
    unsigned in_num = req->elem.in_num, out_num = req->elem.out_num;
    VirtIOBlock *s = req->dev;
    VirtIODevice *vdev = VIRTIO_DEVICE(s);
    uint8_t status = VIRTIO_BLK_S_OK;
    uint32_t type;

    if (out_num < 1 || in_num < 1) {
        virtio_error(vdev, "virtio-blk missing headers");
        return -1;
    }
    if (unlikely(iov_to_buf(out_iov, out_num, 0, &req->out,
                            sizeof(req->out)) != sizeof(req->out))) {
        virtio_error(vdev, "virtio-blk request outhdr too short");
        return -1;
    }
    iov_discard_front_undoable(&out_iov, &out_num, sizeof(req->out),
                               &req->outhdr_undo);
    if (in_iov[in_num - 1].iov_len < sizeof(struct virtio_blk_inhdr)) {
        virtio_error(vdev, "virtio-blk request inhdr too short");
        iov_discard_undo(&req->outhdr_undo);
        return -1;
    }
    /* The status is the last byte, which is in the last piece. */
    req->in_len = iov_size(in_iov, in_num);
    req->in = (void *)in_iov[in_num - 1].iov_base +
              in_iov[in_num - 1].iov_len - sizeof(struct virtio_blk_inhdr);
    iov_discard_back_undoable(in_iov, &in_num, sizeof(struct virtio_blk_inhdr),
                              &req->inhdr_undo);

    type = virtio_ldl_p(vdev, &req->out.type);

    /* OUT is a direction, and BARRIER is of before virtio 1.0. */
    switch (type & ~(VIRTIO_BLK_T_OUT | VIRTIO_BLK_T_BARRIER)) {
    case VIRTIO_BLK_T_IN: {
        bool is_write = type & VIRTIO_BLK_T_OUT;

        virtio_blk_handle_rw(req, mrb, is_write, is_write ? out_iov : in_iov,
                             is_write ? out_num : in_num);
        return 0;
    }
    case VIRTIO_BLK_T_FLUSH:
        virtio_blk_handle_flush(req, mrb);
        return 0;
    case VIRTIO_BLK_T_GET_ID: {
        /* The serial number, without an end if it is that long. */
        char id[VIRTIO_BLK_ID_BYTES] = { 0 };
        const char *serial = s->conf.serial ?: "";

        memcpy(id, serial, MIN(strlen(serial), sizeof(id)));
        iov_memset(in_iov, in_num, 0, 0, req->in_len);
        iov_from_buf(in_iov, in_num, 0, id, sizeof(id));
        break;
    }
    case VIRTIO_BLK_T_DISCARD & ~VIRTIO_BLK_T_OUT:
    case VIRTIO_BLK_T_WRITE_ZEROES & ~VIRTIO_BLK_T_OUT: {
        struct virtio_blk_discard_write_zeroes dwz_hdr;
        size_t out_len = iov_size(out_iov, out_num);
        bool is_write_zeroes = (type & ~VIRTIO_BLK_T_BARRIER) ==
                               VIRTIO_BLK_T_WRITE_ZEROES;

        /* max_discard_seg and max_write_zeroes_seg are 1. */
        if (!(type & VIRTIO_BLK_T_OUT) || out_len > sizeof(dwz_hdr)) {
            status = VIRTIO_BLK_S_UNSUPP;
            break;
        }
        if (iov_to_buf(out_iov, out_num, 0, &dwz_hdr, sizeof(dwz_hdr)) !=
            sizeof(dwz_hdr)) {
            iov_discard_undo(&req->inhdr_undo);
            iov_discard_undo(&req->outhdr_undo);
            virtio_error(vdev, "virtio-blk discard/write_zeroes header "
                         "too short");
            return -1;
        }
        /* Later requests must not overtake writes to what is discarded. */
        if (mrb->num_reqs > 0) {
            virtio_blk_submit_multireq(s, mrb);
        }
        status = virtio_blk_handle_discard_write_zeroes(req, &dwz_hdr,
                                                        is_write_zeroes);
        if (status == VIRTIO_BLK_S_OK) {
            return 0;
        }
        if (is_write_zeroes) {
            block_acct_invalid(blk_get_stats(s->blk), BLOCK_ACCT_WRITE);
        }
        break;
    }
    default:
        status = VIRTIO_BLK_S_UNSUPP;
    }
    virtio_blk_req_complete(req, status);
    virtio_blk_free_request(req);
    return 0;
}

void virtio_blk_handle_vq(VirtIOBlock *s, VirtQueue *vq)
{
    VirtIOBlockReq *req;
    MultiReqBuffer mrb = { .num_reqs = 0 };
    bool suppress_notifications = virtio_queue_get_notification(vq);

    aio_context_acquire(blk_get_aio_context(s->blk));
    blk_io_plug(s->blk);

    do {
        if (suppress_notifications) {
            virtio_queue_set_notification(vq, 0);
        }
        while ((req = virtio_blk_get_request(s, vq))) {
            if (virtio_blk_handle_request(req, &mrb)) {
                virtqueue_detach_element(req->vq, &req->elem, 0);
                virtio_blk_free_request(req);
                break;
            }
        }
        if (suppress_notifications) {
            virtio_queue_set_notification(vq, 1);
        }
    } while (!virtio_queue_empty(vq));

    if (mrb.num_reqs) {
        virtio_blk_submit_multireq(s, &mrb);
    }
    blk_io_unplug(s->blk);
    aio_context_release(blk_get_aio_context(s->blk));
}

void virtio_blk_process_queued_requests(VirtIOBlock *s, bool is_bh)
{
    VirtIOBlockReq *req = s->rq;
    MultiReqBuffer mrb = {};

    s->rq = NULL;

    aio_context_acquire(blk_get_aio_context(s->blk));
    while (req) {
        VirtIOBlockReq *next = req->next;

        if (virtio_blk_handle_request(req, &mrb)) {
            /* Broken: none of the others either. */
            while (req) {
                next = req->next;
                virtqueue_detach_element(req->vq, &req->elem, 0);
                virtio_blk_free_request(req);
                req = next;
            }
            break;
        }
        req = next;
    }
    if (mrb.num_reqs) {
        virtio_blk_submit_multireq(s, &mrb);
    }
    if (is_bh) {
        blk_dec_in_flight(s->conf.conf.blk);
    }
    aio_context_release(blk_get_aio_context(s->blk));
}
