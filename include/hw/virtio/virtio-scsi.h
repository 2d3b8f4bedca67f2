/*
 * virtio-scsi: a SCSI host adapter (virtio 1.2, 5.6).
 *
 *     queue 0        control: task management (abort, reset), and notifications
 *                    that nobody sends
 *     queue 1        events: the guest's empty buffers, for news of devices that
 *                    come, go or change
 *     queue 2 …      requests, num_queues of them, all for any device
 *
 * A request is a chain of buffers: header and data to be written to the device,
 * then the response and data that was read.  Headers and responses are not
 * aligned to descriptors; how long a CDB and the sense data are the guest says
 * in the configuration space.
 *
 * The bus's addresses are 0:TARGET:LUN.
 *
 * The code is in hw/scsi/virtio-scsi*.c; the PCI twin in
 * hw/virtio/virtio-scsi-pci.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_VIRTIO_SCSI_H
#define QEMU_VIRTIO_SCSI_H

/* The guest says how long these are: what follows the headers. */
#define VIRTIO_SCSI_CDB_SIZE 0
#define VIRTIO_SCSI_SENSE_SIZE 0
#include "standard-headers/linux/virtio_scsi.h"
#include "block/aio.h"
#include "hw/scsi/scsi.h"
#include "hw/virtio/virtio.h"
#include "qom/object.h"
#include "sysemu/iothread.h"

#define TYPE_VIRTIO_SCSI_COMMON "virtio-scsi-common"
OBJECT_DECLARE_SIMPLE_TYPE(VirtIOSCSICommon, VIRTIO_SCSI_COMMON)

#define TYPE_VIRTIO_SCSI "virtio-scsi-device"
OBJECT_DECLARE_SIMPLE_TYPE(VirtIOSCSI, VIRTIO_SCSI)

#define VIRTIO_SCSI_MAX_CHANNEL     0
#define VIRTIO_SCSI_MAX_TARGET      255
#define VIRTIO_SCSI_MAX_LUN         16383

/* Control and event queue */
#define VIRTIO_SCSI_VQ_NUM_FIXED    2

#define VIRTIO_SCSI_AUTO_NUM_QUEUES UINT32_MAX

typedef struct virtio_scsi_cmd_req VirtIOSCSICmdReq;
typedef struct virtio_scsi_cmd_resp VirtIOSCSICmdResp;
typedef struct virtio_scsi_ctrl_tmf_req VirtIOSCSICtrlTMFReq;
typedef struct virtio_scsi_ctrl_tmf_resp VirtIOSCSICtrlTMFResp;
typedef struct virtio_scsi_ctrl_an_req VirtIOSCSICtrlANReq;
typedef struct virtio_scsi_ctrl_an_resp VirtIOSCSICtrlANResp;
typedef struct virtio_scsi_event VirtIOSCSIEvent;
typedef struct virtio_scsi_config VirtIOSCSIConfig;

/* Linux's header must not have been included before with sizes of its own. */
QEMU_BUILD_BUG_ON(sizeof(VirtIOSCSICmdReq) != 19);
QEMU_BUILD_BUG_ON(sizeof(VirtIOSCSICmdResp) != 12);

struct VirtIOSCSIConf {
    uint32_t num_queues;
    uint32_t virtqueue_size;
    bool seg_max_adjust;
    uint32_t max_sectors;
    uint32_t cmd_per_lun;
    IOThread *iothread;
};

/* What every adapter of this kind has, whoever serves its queues. */
struct VirtIOSCSICommon {
    VirtIODevice parent_obj;

    VirtIOSCSIConf conf;

    uint32_t sense_size;        /* the guest's choice */
    uint32_t cdb_size;
    VirtQueue *ctrl_vq;
    VirtQueue *event_vq;
    VirtQueue **cmd_vqs;
};

typedef struct VirtIOSCSIReq VirtIOSCSIReq;

struct VirtIOSCSI {
    VirtIOSCSICommon parent_obj;

    SCSIBus bus;
    int resetting;              /* what is cancelled now is by a reset */
    bool events_dropped;        /* there was no buffer for one */

    /* Task management that only the main loop can do */
    QEMUBH *tmf_bh;
    QTAILQ_HEAD(, VirtIOSCSIReq) tmf_bh_list;

    /* Where the queues are served: the IOThread's, or the main loop's. */
    AioContext *ctx;            /* NULL: without ioeventfd, as kicks come */
    bool dataplane_started;
    bool dataplane_starting;
    bool dataplane_stopping;
    bool dataplane_fenced;      /* it could not be: as without, until a start */
    uint32_t host_features;
};

/* For realize and unrealize; the handlers are of the three kinds of queue. */
void virtio_scsi_common_realize(DeviceState *dev,
                                VirtIOHandleOutput ctrl,
                                VirtIOHandleOutput evt,
                                VirtIOHandleOutput cmd,
                                Error **errp);
void virtio_scsi_common_unrealize(DeviceState *dev);

/* hw/scsi/virtio-scsi-dataplane.c */
void virtio_scsi_dataplane_setup(VirtIOSCSI *s, Error **errp);
int virtio_scsi_dataplane_start(VirtIODevice *s);
void virtio_scsi_dataplane_stop(VirtIODevice *s);

#endif
