/*
 * virtio-scsi: what its files share.
 *
 *     virtio-scsi.c             the device: configuration, hotplug, life
 *     virtio-scsi-req.c         a chain of descriptors as a request
 *     virtio-scsi-cmd.c         request queues: SCSI commands
 *     virtio-scsi-ctrl.c        control queue: task management
 *     virtio-scsi-event.c       event queue
 *     virtio-scsi-migration.c   requests in a migration stream
 *     virtio-scsi-dataplane.c   queues served by an AioContext
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_VIRTIO_SCSI_INT_H
#define HW_VIRTIO_SCSI_INT_H

#include "hw/virtio/virtio-scsi.h"
#include "sysemu/dma.h"

struct VirtIOSCSIReq {
    VirtQueueElement elem;      /* first: virtqueue_pop() makes it */

    VirtIOSCSI *dev;
    VirtQueue *vq;
    QEMUSGList qsgl;            /* data */
    size_t resp_room;           /* in_sg begins with the response, and sense data */
    size_t resp_size;           /* of the part of it that is in resp */
    size_t data_size;           /* that the guest has buffers for */
    size_t data_offset;         /* in elem.in_sg: where data begins */
    size_t data_written;        /* how much of it there is */

    QTAILQ_ENTRY(VirtIOSCSIReq) next;
    int remaining;              /* a TMF: commands that are being cancelled */

    SCSIRequest *sreq;
    enum SCSIXferMode mode;

    union {
        VirtIOSCSICmdResp     cmd;
        VirtIOSCSICtrlTMFResp tmf;
        VirtIOSCSICtrlANResp  an;
        VirtIOSCSIEvent       event;
    } resp;
    /* Last: a CDB follows. */
    union {
        VirtIOSCSICmdReq      cmd;
        VirtIOSCSICtrlTMFReq  tmf;
        VirtIOSCSICtrlANReq   an;
    } req;
};

/* The lock of s->ctx, if the queues are served there. */
static inline void virtio_scsi_acquire(VirtIOSCSI *s)
{
    if (s->ctx) {
        aio_context_acquire(s->ctx);
    }
}

static inline void virtio_scsi_release(VirtIOSCSI *s)
{
    if (s->ctx) {
        aio_context_release(s->ctx);
    }
}

/* Is the queue served elsewhere from now on, where its kick arrives as well? */
bool virtio_scsi_defer_to_dataplane(VirtIOSCSI *s);

/* virtio-scsi-req.c */

/* Fill in what the element does not have. */
void virtio_scsi_init_req(VirtIOSCSI *s, VirtQueue *vq, VirtIOSCSIReq *req);
/* The next chain, or NULL. */
VirtIOSCSIReq *virtio_scsi_pop_req(VirtIOSCSI *s, VirtQueue *vq);
/*
 * Copy the header of @req_size bytes to req->req, set apart room for a response of
 * @resp_size and @sense_size bytes, and take the rest for data.  0; -EINVAL if
 * there is not so much; -ENOTSUP if there is data both ways.
 */
int virtio_scsi_parse_req(VirtIOSCSIReq *req, unsigned req_size,
                          unsigned resp_size, unsigned sense_size);
/* Of the data, @len bytes are wanted. */
void virtio_scsi_limit_data(VirtIOSCSIReq *req, size_t len);
/* Give it back with req->resp, and free it. */
void virtio_scsi_complete_req(VirtIOSCSIReq *req);
/* It makes no sense: the device is broken.  Frees @req. */
void virtio_scsi_bad_req(VirtIOSCSIReq *req);
void virtio_scsi_free_req(VirtIOSCSIReq *req);

/* A LUN of eight bytes: its device, with a reference; or NULL. */
SCSIDevice *virtio_scsi_device_get(VirtIOSCSI *s, const uint8_t *lun);
int virtio_scsi_get_lun(const uint8_t *lun);

/* Queues; with the lock of s->ctx. */
void virtio_scsi_handle_cmd_vq(VirtIOSCSI *s, VirtQueue *vq);
void virtio_scsi_handle_ctrl_vq(VirtIOSCSI *s, VirtQueue *vq);
void virtio_scsi_handle_event_vq(VirtIOSCSI *s, VirtQueue *vq);
void virtio_scsi_handle_cmd(VirtIODevice *vdev, VirtQueue *vq);
void virtio_scsi_handle_ctrl(VirtIODevice *vdev, VirtQueue *vq);
void virtio_scsi_handle_event(VirtIODevice *vdev, VirtQueue *vq);

/* virtio-scsi-cmd.c: SCSIBusInfo's hooks */
void virtio_scsi_command_complete(SCSIRequest *r, size_t resid);
void virtio_scsi_command_failed(SCSIRequest *r);
void virtio_scsi_request_cancelled(SCSIRequest *r);
QEMUSGList *virtio_scsi_get_sg_list(SCSIRequest *r);

/* virtio-scsi-migration.c: the same */
void virtio_scsi_save_request(QEMUFile *f, SCSIRequest *sreq);
void *virtio_scsi_load_request(QEMUFile *f, SCSIRequest *sreq);

/* virtio-scsi-ctrl.c */
void virtio_scsi_do_tmf_bh(void *opaque);
/* Those that wait for the main loop are over. */
void virtio_scsi_reset_tmf_bh(VirtIOSCSI *s);

/* virtio-scsi-event.c */

/* @id and @lun: of whom; -1: of nobody, only that something was missed. */
void virtio_scsi_push_event(VirtIOSCSI *s, int id, int lun, uint32_t event,
                            uint32_t reason);

#endif
