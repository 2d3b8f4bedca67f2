/*
 * virtio-scsi: the control queue (virtio 1.2, 5.6.6.2).
 *
 * A task management function (TMF) is about commands that are under way: abort
 * one, abort all of a LUN, reset a LUN or a target; or ask for them.  It is
 * answered when the last of the commands has ended.  A reset is the business of the
 * device model, and so of the main loop: it waits for tmf_bh.
 *
 * Asynchronous notifications (5.6.6.3) can be asked for, and there are none.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/virtio/virtio-access.h"
#include "qemu/iov.h"
#include "qemu/main-loop.h"
#include "qemu/rcu.h"
#include "trace.h"
#include "virtio-scsi-int.h"

/* Commands that are being cancelled */

typedef struct VirtIOSCSICancelNotifier {
    Notifier notifier;
    VirtIOSCSIReq *tmf_req;
} VirtIOSCSICancelNotifier;

static void virtio_scsi_complete_tmf(VirtIOSCSIReq *req)
{
    trace_virtio_scsi_tmf_resp(virtio_scsi_get_lun(req->req.tmf.lun),
                               req->req.tmf.tag, req->resp.tmf.response);
    virtio_scsi_complete_req(req);
}

static void virtio_scsi_cancel_notify(Notifier *notifier, void *data)
{
    VirtIOSCSICancelNotifier *n = container_of(notifier,
                                               VirtIOSCSICancelNotifier,
                                               notifier);
    VirtIOSCSIReq *req = n->tmf_req;

    if (--req->remaining == 0) {
        virtio_scsi_complete_tmf(req);
    }
    /* The list that it is in goes with the command. */
    g_free(n);
}

static void virtio_scsi_cancel_for(VirtIOSCSIReq *tmf_req, SCSIRequest *r)
{
    VirtIOSCSICancelNotifier *n = g_new0(VirtIOSCSICancelNotifier, 1);

    n->notifier.notify = virtio_scsi_cancel_notify;
    n->tmf_req = tmf_req;
    tmf_req->remaining++;
    scsi_req_cancel_async(r, &n->notifier);
}

/* Do commands with this tag, or with any, run? */
static SCSIRequest *virtio_scsi_find_task(SCSIDevice *d, bool any,
                                          uint64_t tag)
{
    SCSIRequest *r;

    QTAILQ_FOREACH(r, &d->requests, next) {
        VirtIOSCSIReq *cmd_req = r->hba_private;

        if (cmd_req && (any || cmd_req->req.cmd.tag == tag)) {
            return r;
        }
    }
    return NULL;
}

/* False: the answer has to wait for commands that end in their own time. */
static bool virtio_scsi_do_task_tmf(VirtIOSCSIReq *req, SCSIDevice *d,
                                    uint32_t subtype)
{
    bool set = subtype != VIRTIO_SCSI_T_TMF_ABORT_TASK &&
               subtype != VIRTIO_SCSI_T_TMF_QUERY_TASK;
    bool query = subtype == VIRTIO_SCSI_T_TMF_QUERY_TASK ||
                 subtype == VIRTIO_SCSI_T_TMF_QUERY_TASK_SET;
    SCSIRequest *r;

    if (query) {
        if (virtio_scsi_find_task(d, set, req->req.tmf.tag)) {
            req->resp.tmf.response = VIRTIO_SCSI_S_FUNCTION_SUCCEEDED;
        }
        return true;
    }

    /* One more, for us: it must not be answered before we are through. */
    req->remaining = 1;
    while ((r = virtio_scsi_find_task(d, set, req->req.tmf.tag))) {
        virtio_scsi_cancel_for(req, r);
        if (!set) {
            break;
        }
    }
    return --req->remaining == 0;
}

/* Resets, in the main loop */

static void virtio_scsi_reset_target(VirtIOSCSI *s, int target)
{
    BusChild *kid;
    g_autoptr(GPtrArray) devices =
        g_ptr_array_new_with_free_func(object_unref);

    WITH_RCU_READ_LOCK_GUARD() {
        QTAILQ_FOREACH_RCU(kid, &s->bus.qbus.children, sibling) {
            SCSIDevice *d = SCSI_DEVICE(kid->child);

            if (d->channel == 0 && d->id == target &&
                qdev_is_realized(&d->qdev)) {
                g_ptr_array_add(devices, object_ref(OBJECT(d)));
            }
        }
    }
    for (int i = 0; i < devices->len; i++) {
        device_cold_reset(DEVICE(g_ptr_array_index(devices, i)));
    }
}

static void virtio_scsi_do_one_tmf_bh(VirtIOSCSIReq *req)
{
    VirtIOSCSI *s = req->dev;
    VirtIODevice *vdev = VIRTIO_DEVICE(s);
    SCSIDevice *d = virtio_scsi_device_get(s, req->req.tmf.lun);
    uint32_t subtype = virtio_ldl_p(vdev, &req->req.tmf.subtype);

    s->resetting++;
    if (subtype == VIRTIO_SCSI_T_TMF_I_T_NEXUS_RESET) {
        virtio_scsi_reset_target(s, req->req.tmf.lun[1]);
    } else if (!d) {
        req->resp.tmf.response = VIRTIO_SCSI_S_BAD_TARGET;
    } else if (d->lun != virtio_scsi_get_lun(req->req.tmf.lun)) {
        req->resp.tmf.response = VIRTIO_SCSI_S_INCORRECT_LUN;
    } else {
        device_cold_reset(&d->qdev);
    }
    s->resetting--;

    object_unref(OBJECT(d));
    virtio_scsi_acquire(s);
    virtio_scsi_complete_tmf(req);
    virtio_scsi_release(s);
}

void virtio_scsi_do_tmf_bh(void *opaque)
{
    VirtIOSCSI *s = opaque;
    QTAILQ_HEAD(, VirtIOSCSIReq) reqs = QTAILQ_HEAD_INITIALIZER(reqs);
    VirtIOSCSIReq *req, *next;

    virtio_scsi_acquire(s);
    QTAILQ_FOREACH_SAFE(req, &s->tmf_bh_list, next, next) {
        QTAILQ_REMOVE(&s->tmf_bh_list, req, next);
        QTAILQ_INSERT_TAIL(&reqs, req, next);
    }
    virtio_scsi_release(s);

    QTAILQ_FOREACH_SAFE(req, &reqs, next, next) {
        QTAILQ_REMOVE(&reqs, req, next);
        virtio_scsi_do_one_tmf_bh(req);
    }
}

void virtio_scsi_reset_tmf_bh(VirtIOSCSI *s)
{
    VirtIOSCSIReq *req, *next;

    qemu_bh_cancel(s->tmf_bh);
    QTAILQ_FOREACH_SAFE(req, &s->tmf_bh_list, next, next) {
        QTAILQ_REMOVE(&s->tmf_bh_list, req, next);
        /* SAM-5, 6.3.2: a hard reset */
        req->resp.tmf.response = VIRTIO_SCSI_S_TARGET_FAILURE;
        virtio_scsi_complete_tmf(req);
    }
}

/* False: it is answered later. */
static bool virtio_scsi_do_tmf(VirtIOSCSI *s, VirtIOSCSIReq *req)
{
    VirtIODevice *vdev = VIRTIO_DEVICE(s);
    uint32_t subtype = virtio_ldl_p(vdev, &req->req.tmf.subtype);
    SCSIDevice *d;
    bool done = true;

    trace_virtio_scsi_tmf_req(virtio_scsi_get_lun(req->req.tmf.lun),
                              req->req.tmf.tag, subtype);
    req->resp.tmf.response = VIRTIO_SCSI_S_OK;

    switch (subtype) {
    case VIRTIO_SCSI_T_TMF_ABORT_TASK:
    case VIRTIO_SCSI_T_TMF_ABORT_TASK_SET:
    case VIRTIO_SCSI_T_TMF_CLEAR_TASK_SET:
    case VIRTIO_SCSI_T_TMF_QUERY_TASK:
    case VIRTIO_SCSI_T_TMF_QUERY_TASK_SET:
        d = virtio_scsi_device_get(s, req->req.tmf.lun);
        if (!d) {
            req->resp.tmf.response = VIRTIO_SCSI_S_BAD_TARGET;
        } else if (d->lun != virtio_scsi_get_lun(req->req.tmf.lun)) {
            req->resp.tmf.response = VIRTIO_SCSI_S_INCORRECT_LUN;
        } else {
            done = virtio_scsi_do_task_tmf(req, d, subtype);
        }
        object_unref(OBJECT(d));
        return done;
    case VIRTIO_SCSI_T_TMF_LOGICAL_UNIT_RESET:
    case VIRTIO_SCSI_T_TMF_I_T_NEXUS_RESET:
        QTAILQ_INSERT_TAIL(&s->tmf_bh_list, req, next);
        qemu_bh_schedule(s->tmf_bh);
        return false;
    case VIRTIO_SCSI_T_TMF_CLEAR_ACA:
    default:
        req->resp.tmf.response = VIRTIO_SCSI_S_FUNCTION_REJECTED;
        return true;
    }
}

/* The queue */

static void virtio_scsi_do_an(VirtIOSCSI *s, VirtIOSCSIReq *req)
{
    trace_virtio_scsi_an_req(virtio_scsi_get_lun(req->req.an.lun),
                             virtio_ldl_p(VIRTIO_DEVICE(s),
                                          &req->req.an.event_requested));
    req->resp.an.event_actual = 0;
    req->resp.an.response = VIRTIO_SCSI_S_OK;
    virtio_scsi_complete_req(req);
}

static void virtio_scsi_handle_ctrl_req(VirtIOSCSI *s, VirtIOSCSIReq *req)
{
    VirtIODevice *vdev = VIRTIO_DEVICE(s);
    uint32_t type;

    if (iov_to_buf(req->elem.out_sg, req->elem.out_num, 0,
                   &type, sizeof(type)) < sizeof(type)) {
        virtio_scsi_bad_req(req);
        return;
    }
    type = virtio_tswap32(vdev, type);

    switch (type) {
    case VIRTIO_SCSI_T_TMF:
        if (virtio_scsi_parse_req(req, sizeof(VirtIOSCSICtrlTMFReq),
                                  sizeof(VirtIOSCSICtrlTMFResp), 0) < 0) {
            virtio_scsi_bad_req(req);
        } else if (virtio_scsi_do_tmf(s, req)) {
            virtio_scsi_complete_tmf(req);
        }
        break;
    case VIRTIO_SCSI_T_AN_QUERY:
    case VIRTIO_SCSI_T_AN_SUBSCRIBE:
        if (virtio_scsi_parse_req(req, sizeof(VirtIOSCSICtrlANReq),
                                  sizeof(VirtIOSCSICtrlANResp), 0) < 0) {
            virtio_scsi_bad_req(req);
        } else {
            virtio_scsi_do_an(s, req);
        }
        break;
    default:
        /* Nobody knows what an answer would look like. */
        virtio_scsi_complete_req(req);
        break;
    }
}

void virtio_scsi_handle_ctrl_vq(VirtIOSCSI *s, VirtQueue *vq)
{
    VirtIOSCSIReq *req;

    while ((req = virtio_scsi_pop_req(s, vq))) {
        virtio_scsi_handle_ctrl_req(s, req);
    }
}

void virtio_scsi_handle_ctrl(VirtIODevice *vdev, VirtQueue *vq)
{
    VirtIOSCSI *s = VIRTIO_SCSI(vdev);

    if (virtio_scsi_defer_to_dataplane(s)) {
        return;
    }
    virtio_scsi_acquire(s);
    virtio_scsi_handle_ctrl_vq(s, vq);
    virtio_scsi_release(s);
}
