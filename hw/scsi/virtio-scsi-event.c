/*
 * virtio-scsi: the event queue (virtio 1.2, 5.6.6.4).
 *
 * The guest keeps some buffers there, and each takes one piece of news.  If there
 * is none when something happens, the next buffer says that something was
 * missed, and the guest has to look for itself.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/virtio/virtio-access.h"
#include "trace.h"
#include "virtio-scsi-int.h"

void virtio_scsi_push_event(VirtIOSCSI *s, int id, int lun, uint32_t event,
                            uint32_t reason)
{
    VirtIOSCSICommon *vs = VIRTIO_SCSI_COMMON(s);
    VirtIODevice *vdev = VIRTIO_DEVICE(s);
    VirtIOSCSIEvent *evt;
    VirtIOSCSIReq *req;

    if (!(vdev->status & VIRTIO_CONFIG_S_DRIVER_OK)) {
        return;
    }
    req = virtio_scsi_pop_req(s, vs->event_vq);
    if (!req) {
        s->events_dropped = true;
        return;
    }
    if (s->events_dropped) {
        event |= VIRTIO_SCSI_T_EVENTS_MISSED;
        s->events_dropped = false;
    }
    if (virtio_scsi_parse_req(req, 0, sizeof(VirtIOSCSIEvent), 0) < 0) {
        virtio_scsi_bad_req(req);
        return;
    }

    evt = &req->resp.event;
    virtio_stl_p(vdev, &evt->event, event);
    virtio_stl_p(vdev, &evt->reason, reason);
    if (id >= 0) {
        evt->lun[0] = 1;
        evt->lun[1] = id;
        /* As REPORT LUNS has it, for Linux compares them. */
        if (lun >= 256) {
            evt->lun[2] = lun >> 8 | 0x40;
        }
        evt->lun[3] = lun & 0xff;
    }
    trace_virtio_scsi_event(id, lun, event, reason);
    virtio_scsi_complete_req(req);
}

void virtio_scsi_handle_event_vq(VirtIOSCSI *s, VirtQueue *vq)
{
    if (s->events_dropped) {
        virtio_scsi_push_event(s, -1, 0, VIRTIO_SCSI_T_NO_EVENT, 0);
    }
}

void virtio_scsi_handle_event(VirtIODevice *vdev, VirtQueue *vq)
{
    VirtIOSCSI *s = VIRTIO_SCSI(vdev);

    if (virtio_scsi_defer_to_dataplane(s)) {
        return;
    }
    virtio_scsi_acquire(s);
    virtio_scsi_handle_event_vq(s, vq);
    virtio_scsi_release(s);
}
