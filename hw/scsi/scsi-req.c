/*
 * SCSI: a request, from scsi_req_new() to its end.
 *
 * Who holds references: the HBA that made it; dev->requests, while it is
 * enqueued; a device's AIO, whose opaque it is; scsi_req_cancel_async(), until
 * scsi_req_cancel_complete().
 *
 * A request ends once: complete(), fail() or cancel() of the HBA is called, and
 * then the cancel notifiers.
 *
 * Read include/hw/scsi/scsi.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "sysemu/block-backend.h"
#include "sysemu/dma.h"
#include "sysemu/runstate.h"
#include "scsi-int.h"
#include "scsi/constants.h"
#include "trace.h"

/* Birth and death */

SCSIRequest *scsi_req_alloc(const SCSIReqOps *reqops, SCSIDevice *d,
                            uint32_t tag, uint32_t lun, void *hba_private)
{
    SCSIBus *bus = scsi_bus_from_device(d);
    SCSIRequest *req = g_malloc0(reqops->size);

    req->refcount = 1;
    req->bus = bus;
    req->dev = d;
    req->tag = tag;
    req->lun = lun;
    req->hba_private = hba_private;
    req->status = -1;
    req->host_status = -1;
    req->ops = reqops;
    req->host = bus->qbus.parent;
    object_ref(OBJECT(d));
    object_ref(OBJECT(req->host));
    notifier_list_init(&req->cancel_notifiers);

    if (reqops->init_req) {
        reqops->init_req(req);
    }
    trace_scsi_req_alloc(req->dev->id, req->lun, req->tag);
    return req;
}

SCSIRequest *scsi_req_ref(SCSIRequest *req)
{
    assert(req->refcount > 0);
    req->refcount++;
    return req;
}

void scsi_req_unref(SCSIRequest *req)
{
    assert(req->refcount > 0);
    if (--req->refcount) {
        return;
    }
    if (req->bus->info->free_request && req->hba_private) {
        req->bus->info->free_request(req->bus, req->hba_private);
    }
    if (req->ops->free_req) {
        req->ops->free_req(req);
    }
    object_unref(OBJECT(req->dev));
    object_unref(OBJECT(req->host));
    g_free(req);
}

/* Who answers a command?  NULL: the device. */
static const SCSIReqOps *scsi_req_answered_by(SCSIDevice *d, uint32_t lun,
                                              const uint8_t *buf)
{
    if (scsi_ua_pending(d, buf)) {
        return &reqops_unit_attention;
    }
    if (lun != d->lun || buf[0] == REPORT_LUNS ||
        (buf[0] == REQUEST_SENSE && d->sense_len)) {
        return &reqops_target_command;
    }
    return NULL;
}

static bool scsi_req_parse(SCSIDevice *d, const SCSIReqOps *ops,
                           SCSICommand *cmd, uint8_t *buf, size_t buf_len,
                           void *hba_private)
{
    SCSIDeviceClass *sc = SCSI_DEVICE_GET_CLASS(d);

    if (ops || !sc->parse_cdb) {
        return scsi_req_parse_cdb(d, cmd, buf, buf_len) == 0;
    }
    return sc->parse_cdb(d, cmd, buf, buf_len, hba_private) == 0;
}

SCSIRequest *scsi_req_new(SCSIDevice *d, uint32_t tag, uint32_t lun,
                          uint8_t *buf, size_t buf_len, void *hba_private)
{
    SCSIDeviceClass *sc = SCSI_DEVICE_GET_CLASS(d);
    const SCSIReqOps *ops = NULL;
    SCSICommand cmd = { .len = 0, .lba = -1 };
    SCSIRequest *req;

    if (buf_len > 0) {
        ops = scsi_req_answered_by(d, lun, buf);
    }
    if (buf_len == 0 ||
        !scsi_req_parse(d, ops, &cmd, buf, buf_len, hba_private)) {
        trace_scsi_req_parse_bad(d->id, lun, tag, buf_len ? buf[0] : 0);
        cmd = (SCSICommand) { .len = 0, .lba = -1 };
        req = scsi_req_alloc(&reqops_invalid_opcode, d, tag, lun, hba_private);
    } else {
        trace_scsi_req_parsed(d->id, lun, tag, buf[0], cmd.mode, cmd.xfer);
        if (cmd.lba != -1) {
            trace_scsi_req_parsed_lba(d->id, lun, tag, buf[0], cmd.lba);
        }
        if (cmd.xfer > INT32_MAX) {
            /* send_command() could not say so much. */
            req = scsi_req_alloc(&reqops_invalid_field, d, tag, lun,
                                 hba_private);
        } else if (ops) {
            req = scsi_req_alloc(ops, d, tag, lun, hba_private);
        } else {
            req = sc->alloc_req(d, tag, lun, buf, hba_private);
        }
    }

    req->cmd = cmd;
    req->residual = cmd.xfer;
    return req;
}

/* In the queue */

void scsi_req_enqueue_internal(SCSIRequest *req)
{
    assert(!req->enqueued);
    scsi_req_ref(req);
    req->sg = req->bus->info->get_sg_list ? req->bus->info->get_sg_list(req)
                                          : NULL;
    req->enqueued = true;
    QTAILQ_INSERT_TAIL(&req->dev->requests, req, next);
}

int32_t scsi_req_enqueue(SCSIRequest *req)
{
    int32_t rc;

    assert(!req->retry);
    trace_scsi_req_enqueue(req->dev->id, req->lun, req->tag);
    scsi_req_enqueue_internal(req);
    scsi_req_ref(req);
    rc = req->ops->send_command(req, req->cmd.buf);
    scsi_req_unref(req);
    return rc;
}

static void scsi_req_dequeue(SCSIRequest *req)
{
    trace_scsi_req_dequeue(req->dev->id, req->lun, req->tag);
    req->retry = false;
    if (req->enqueued) {
        QTAILQ_REMOVE(&req->dev->requests, req, next);
        req->enqueued = false;
        scsi_req_unref(req);
    }
}

uint8_t *scsi_req_get_buf(SCSIRequest *req)
{
    return req->ops->get_buf(req);
}

void scsi_req_continue(SCSIRequest *req)
{
    if (req->io_canceled) {
        trace_scsi_req_continue_canceled(req->dev->id, req->lun, req->tag);
        return;
    }
    trace_scsi_req_continue(req->dev->id, req->lun, req->tag);
    if (req->cmd.mode == SCSI_XFER_TO_DEV) {
        req->ops->write_data(req);
    } else {
        req->ops->read_data(req);
    }
}

void scsi_req_data(SCSIRequest *req, int len)
{
    uint8_t *buf;

    if (req->io_canceled) {
        trace_scsi_req_data_canceled(req->dev->id, req->lun, req->tag, len);
        return;
    }
    trace_scsi_req_data(req->dev->id, req->lun, req->tag, len);
    assert(req->cmd.mode != SCSI_XFER_NONE);
    if (!req->sg) {
        req->residual -= len;
        req->bus->info->transfer_data(req, len);
        return;
    }

    /* There is no way to say where in the list a second piece would start. */
    assert(!req->dma_started);
    req->dma_started = true;
    buf = scsi_req_get_buf(req);
    if (req->cmd.mode == SCSI_XFER_FROM_DEV) {
        dma_buf_read(buf, len, &req->residual, req->sg,
                     MEMTXATTRS_UNSPECIFIED);
    } else {
        dma_buf_write(buf, len, &req->residual, req->sg,
                      MEMTXATTRS_UNSPECIFIED);
    }
    scsi_req_continue(req);
}

/* Ends */

void scsi_req_build_sense(SCSIRequest *req, SCSISense sense)
{
    trace_scsi_req_build_sense(req->dev->id, req->lun, req->tag,
                               sense.key, sense.asc, sense.ascq);
    req->sense_len = scsi_build_sense(req->sense, sense);
}

int scsi_req_get_sense(SCSIRequest *req, uint8_t *buf, int len)
{
    int ret;

    if (!req->sense_len) {
        return 0;
    }
    ret = scsi_convert_sense(req->sense, req->sense_len, buf, len, true);

    /* Told with the status: nobody has to ask (SPC-4, UA_INTLCK_CTRL 00b). */
    if (req->dev->sense_is_ua) {
        scsi_device_unit_attention_reported(req->dev);
        req->dev->sense_len = 0;
        req->dev->sense_is_ua = false;
    }
    return ret;
}

int scsi_device_get_sense(SCSIDevice *dev, uint8_t *buf, int len, bool fixed)
{
    return scsi_convert_sense(dev->sense, dev->sense_len, buf, len, fixed);
}

void scsi_req_complete(SCSIRequest *req, int status)
{
    SCSIDevice *dev = req->dev;

    assert(req->status == -1 && req->host_status == -1);
    req->status = status;
    req->host_status = SCSI_HOST_OK;

    assert(req->sense_len <= sizeof(req->sense));
    if (status == GOOD) {
        req->sense_len = 0;
    }
    memcpy(dev->sense, req->sense, req->sense_len);
    dev->sense_len = req->sense_len;
    dev->sense_is_ua = req->sense_len && req->ops == &reqops_unit_attention;

    scsi_req_ref(req);
    scsi_req_dequeue(req);
    req->bus->info->complete(req, req->residual);
    /* A request that was to be cancelled may make it to here instead. */
    notifier_list_notify(&req->cancel_notifiers, req);
    scsi_req_unref(req);
}

void scsi_req_complete_failed(SCSIRequest *req, int host_status)
{
    SCSISense sense;
    int status;

    assert(req->status == -1 && req->host_status == -1);
    assert(req->ops != &reqops_unit_attention);

    if (!req->bus->info->fail) {
        status = scsi_sense_from_host_status(host_status, &sense);
        if (status == CHECK_CONDITION) {
            scsi_req_build_sense(req, sense);
        }
        scsi_req_complete(req, status);
        return;
    }

    req->host_status = host_status;
    scsi_req_ref(req);
    scsi_req_dequeue(req);
    req->bus->info->fail(req);
    notifier_list_notify(&req->cancel_notifiers, req);
    scsi_req_unref(req);
}

/* Cancellation */

void scsi_req_cancel_complete(SCSIRequest *req)
{
    assert(req->io_canceled);
    if (req->bus->info->cancel) {
        req->bus->info->cancel(req);
    }
    notifier_list_notify(&req->cancel_notifiers, req);
    /* From scsi_req_cancel_begin(). */
    scsi_req_unref(req);
}

static void scsi_req_cancel_begin(SCSIRequest *req)
{
    trace_scsi_req_cancel(req->dev->id, req->lun, req->tag);
    scsi_req_ref(req);
    scsi_req_dequeue(req);
    req->io_canceled = true;
}

void scsi_req_cancel_async(SCSIRequest *req, Notifier *notifier)
{
    if (notifier) {
        notifier_list_add(&req->cancel_notifiers, notifier);
    }
    if (req->io_canceled) {
        /* Under way; without I/O it would have ended at once. */
        assert(req->aiocb);
        return;
    }
    scsi_req_cancel_begin(req);
    if (req->aiocb) {
        blk_aio_cancel_async(req->aiocb);
    } else {
        scsi_req_cancel_complete(req);
    }
}

void scsi_req_cancel(SCSIRequest *req)
{
    if (!req->enqueued) {
        return;
    }
    assert(!req->io_canceled);
    scsi_req_cancel_begin(req);
    if (req->aiocb) {
        blk_aio_cancel(req->aiocb);
    } else {
        scsi_req_cancel_complete(req);
    }
}

void scsi_device_purge_requests(SCSIDevice *sdev, SCSISense sense)
{
    BlockBackend *blk = sdev->conf.blk;
    AioContext *ctx = blk ? blk_get_aio_context(blk) : NULL;

    if (ctx) {
        aio_context_acquire(ctx);
    }
    while (!QTAILQ_EMPTY(&sdev->requests)) {
        scsi_req_cancel_async(QTAILQ_FIRST(&sdev->requests), NULL);
    }
    if (ctx) {
        blk_drain(blk);
        aio_context_release(ctx);
    }
    scsi_device_set_ua(sdev, sense);
}

/* Stop and go: an error, and werror=stop; the user mends it, and `cont`. */

void scsi_req_retry(SCSIRequest *req)
{
    /* As it is a retry, nobody else has to look at it. */
    req->retry = true;
}

static void scsi_req_again(SCSIRequest *req)
{
    scsi_req_ref(req);
    req->retry = false;
    switch (req->cmd.mode) {
    case SCSI_XFER_FROM_DEV:
    case SCSI_XFER_TO_DEV:
        scsi_req_continue(req);
        break;
    case SCSI_XFER_NONE:
        scsi_req_dequeue(req);
        scsi_req_enqueue(req);
        break;
    }
    scsi_req_unref(req);
}

static void scsi_dma_restart_bh(void *opaque)
{
    SCSIDevice *s = opaque;
    BlockBackend *blk = s->conf.blk;
    SCSIRequest *req, *next;

    qemu_bh_delete(s->bh);
    s->bh = NULL;

    aio_context_acquire(blk_get_aio_context(blk));
    QTAILQ_FOREACH_SAFE(req, &s->requests, next, next) {
        if (req->retry) {
            scsi_req_again(req);
        }
    }
    aio_context_release(blk_get_aio_context(blk));
    /* From scsi_dma_restart_cb(). */
    object_unref(OBJECT(s));
}

void scsi_dma_restart_cb(void *opaque, bool running, RunState state)
{
    SCSIDevice *s = opaque;
    AioContext *ctx;

    if (!running || s->bh || !s->conf.blk) {
        return;
    }
    ctx = blk_get_aio_context(s->conf.blk);
    object_ref(OBJECT(s));
    s->bh = aio_bh_new_guarded(ctx, scsi_dma_restart_bh, s,
                               &DEVICE(s)->mem_reentrancy_guard);
    qemu_bh_schedule(s->bh);
}
