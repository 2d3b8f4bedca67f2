/*
 * The SCSI bus: host adapters, devices, and requests between them.
 *
 * A host adapter (HBA: virtio-scsi, an LSI card) has a SCSIBus, and devices
 * (scsi-hd, scsi-cd) are plugged into it, each at an address of three numbers,
 * channel:scsi-id:lun.  Those with the same channel and id are one *target*:
 * the numbers in the guest's REPORT LUNS.
 *
 *   who owns whom (info qom-tree)          who is plugged into what (info qtree)
 *
 *   /machine/peripheral                      bus: virtio-bus
 *     /s0 (virtio-scsi-pci)                    dev: virtio-scsi-device
 *       /virtio-backend                          bus: s0.0  (SCSI)
 *         /s0.0 (SCSI)                             dev: scsi-hd  0:0:0
 *     /disk0 (scsi-hd)                             dev: scsi-cd  0:1:0
 *
 * A request's life
 * ----------------
 * The HBA makes a SCSIRequest out of a CDB, and the device serves it:
 *
 *      HBA                                   device (SCSIReqOps)
 *
 *      scsi_req_new()       ------------->   alloc_req(), init_req()
 *      scsi_req_enqueue()   ------------->   send_command(): how much data, < 0
 *                                            if the guest is to send it
 *      scsi_req_continue()  ------------->   read_data() or write_data()
 *      transfer_data()      <-------------   scsi_req_data(): a piece is ready
 *        … copies scsi_req_get_buf() …
 *      scsi_req_continue()  ------------->   and so on, until
 *      complete()           <-------------   scsi_req_complete(): the status
 *
 * An HBA that knows where in memory the data goes has get_sg_list(), and then
 * all goes in one step, by DMA; transfer_data() is never called.
 *
 * scsi_req_new() never fails: a CDB that makes no sense, a pending UNIT
 * ATTENTION, a LUN that is not there get a request whose ops answer so
 * (hw/scsi/scsi-target.c).
 *
 * From scsi_req_enqueue() to its completion a request is in dev->requests, which
 * owns a reference; the HBA's is its own.  scsi_req_cancel_async() ends one
 * early: cancel() instead of complete().
 *
 * Requests, their list and a device's sense data belong to the AioContext of its
 * BlockBackend.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_HW_SCSI_H
#define QEMU_HW_SCSI_H

#include "block/aio.h"
#include "hw/block/block.h"
#include "hw/qdev-core.h"
#include "scsi/utils.h"
#include "qemu/notify.h"
#include "qom/object.h"

#define MAX_SCSI_DEVS 255

typedef struct SCSIBus SCSIBus;
typedef struct SCSIBusInfo SCSIBusInfo;
typedef struct SCSIDevice SCSIDevice;
typedef struct SCSIRequest SCSIRequest;
typedef struct SCSIReqOps SCSIReqOps;

#define SCSI_SENSE_BUF_SIZE_OLD    96       /* in old migration streams */
#define SCSI_SENSE_BUF_SIZE        252
#define DEFAULT_IO_TIMEOUT         30       /* seconds */

/* scsi_req_alloc() clears it; @sense has sense_len bytes. */
struct SCSIRequest {
    SCSIBus           *bus;
    SCSIDevice        *dev;
    const SCSIReqOps  *ops;
    uint32_t          refcount;
    uint32_t          tag;          /* the HBA's */
    uint32_t          lun;          /* asked for: not always dev->lun */
    int16_t           status;       /* -1: not completed */
    int16_t           host_status;
    void              *hba_private;
    uint64_t          residual;     /* bytes of cmd.xfer not transferred */
    SCSICommand       cmd;
    NotifierList      cancel_notifiers;

    uint8_t           sense[SCSI_SENSE_BUF_SIZE];
    uint32_t          sense_len;
    bool              enqueued;
    bool              io_canceled;
    bool              retry;        /* when the machine runs again */
    bool              dma_started;
    BlockAIOCB        *aiocb;       /* what it waits for */
    QEMUSGList        *sg;          /* the HBA's, or NULL */
    QTAILQ_ENTRY(SCSIRequest) next;
    DeviceState       *host;        /* the HBA, referenced; ours */
};

#define TYPE_SCSI_DEVICE "scsi-device"
OBJECT_DECLARE_TYPE(SCSIDevice, SCSIDeviceClass, SCSI_DEVICE)

struct SCSIDeviceClass {
    DeviceClass parent_class;

    void (*realize)(SCSIDevice *dev, Error **errp);
    void (*unrealize)(SCSIDevice *dev);
    /*
     * Fill in @cmd from @buf; 0, or -1 if it is not a CDB.  NULL is
     * scsi_req_parse_cdb().
     */
    int (*parse_cdb)(SCSIDevice *dev, SCSICommand *cmd, uint8_t *buf,
                     size_t buf_len, void *hba_private);
    SCSIRequest *(*alloc_req)(SCSIDevice *s, uint32_t tag, uint32_t lun,
                              uint8_t *buf, void *hba_private);
    /* The guest has seen the UNIT ATTENTION; there may be another one. */
    void (*unit_attention_reported)(SCSIDevice *s);
};

struct SCSIDevice {
    DeviceState qdev;

    VMChangeStateEntry *vmsentry;
    QEMUBH *bh;                     /* takes up requests with retry */

    /* Properties; -1 is "the first that is free" until it is realized. */
    uint32_t id;
    BlockConf conf;
    SCSISense unit_attention;       /* pending, if the key is UNIT_ATTENTION */
    bool sense_is_ua;
    uint8_t sense[SCSI_SENSE_BUF_SIZE];     /* for REQUEST SENSE */
    uint32_t sense_len;
    QTAILQ_HEAD(, SCSIRequest) requests;
    uint32_t channel;
    uint32_t lun;
    int blocksize;
    int type;                       /* TYPE_DISK, … */
    uint64_t max_lba;               /* the last block */
    uint64_t wwn;
    uint64_t port_wwn;
    int scsi_version;
    int default_scsi_version;
    uint32_t io_timeout;
    bool needs_vpd_bl_emulation;
    bool hba_supports_iothread;     /* set by the HBA in its pre_plug */
};

extern const VMStateDescription vmstate_scsi_device;

#define VMSTATE_SCSI_DEVICE(_field, _state) {                        \
    .name       = (stringify(_field)),                               \
    .size       = sizeof(SCSIDevice),                                \
    .vmsd       = &vmstate_scsi_device,                              \
    .flags      = VMS_STRUCT,                                        \
    .offset     = vmstate_offset_value(_state, _field, SCSIDevice),  \
}

/* CDs: the table of contents, of one data track; hw/block/cdrom.c */

/* The number of bytes, or -1 if there is no such track.  @buf has 12 or 48. */
int cdrom_read_toc(int nb_sectors, uint8_t *buf, int msf, int start_track);
int cdrom_read_toc_raw(int nb_sectors, uint8_t *buf, int msf, int session_num);

/* How a kind of request is served.  Only send_command must be there. */
struct SCSIReqOps {
    size_t size;                    /* of the struct that starts with a SCSIRequest */
    void (*init_req)(SCSIRequest *req);
    void (*free_req)(SCSIRequest *req);
    /* Bytes to be read (> 0) or written (< 0); 0: it completes by itself. */
    int32_t (*send_command)(SCSIRequest *req, uint8_t *buf);
    void (*read_data)(SCSIRequest *req);
    void (*write_data)(SCSIRequest *req);
    uint8_t *(*get_buf)(SCSIRequest *req);

    void (*save_request)(QEMUFile *f, SCSIRequest *req);
    void (*load_request)(QEMUFile *f, SCSIRequest *req);
};

/*
 * What an HBA is like, and its answers.  The limits are the highest numbers.
 * complete() is the one that must be there, and transfer_data() without
 * get_sg_list().
 */
struct SCSIBusInfo {
    int tcq;                        /* more than one command at a time */
    int max_channel, max_target, max_lun;
    /* For commands that only the HBA knows; see scsi_bus_parse_cdb(). */
    int (*parse_cdb)(SCSIDevice *dev, SCSICommand *cmd, uint8_t *buf,
                     size_t buf_len, void *hba_private);
    void (*transfer_data)(SCSIRequest *req, uint32_t arg);
    /* The transport failed: host_status.  NULL: complete() with sense data. */
    void (*fail)(SCSIRequest *req);
    void (*complete)(SCSIRequest *req, size_t residual);
    void (*cancel)(SCSIRequest *req);
    /* Something about @dev is another: tell the guest, with @sense. */
    void (*change)(SCSIBus *bus, SCSIDevice *dev, SCSISense sense);
    QEMUSGList *(*get_sg_list)(SCSIRequest *req);

    void (*save_request)(QEMUFile *f, SCSIRequest *req);
    void *(*load_request)(QEMUFile *f, SCSIRequest *req);
    void (*free_request)(SCSIBus *bus, void *priv);
};

#define TYPE_SCSI_BUS "SCSI"
OBJECT_DECLARE_SIMPLE_TYPE(SCSIBus, SCSI_BUS)

struct SCSIBus {
    BusState qbus;
    int busnr;

    SCSISense unit_attention;       /* of whoever asks first */
    const SCSIBusInfo *info;
};

/* @bus, part of @host, becomes its bus; @info stays the caller's. */
void scsi_bus_init_named(SCSIBus *bus, size_t bus_size, DeviceState *host,
                         const SCSIBusInfo *info, const char *bus_name);

static inline void scsi_bus_init(SCSIBus *bus, size_t bus_size,
                                 DeviceState *host, const SCSIBusInfo *info)
{
    scsi_bus_init_named(bus, bus_size, host, info, NULL);
}

static inline SCSIBus *scsi_bus_from_device(SCSIDevice *d)
{
    return DO_UPCAST(SCSIBus, qbus, d->qdev.parent_bus);
}

/*
 * For -drive if=scsi and its like: a disk, or a CD if the drive is one, at
 * @unit; @serial may be NULL.
 */
SCSIDevice *scsi_bus_legacy_add_drive(SCSIBus *bus, BlockBackend *blk,
                                      int unit, bool removable, int bootindex,
                                      bool share_rw,
                                      BlockdevOnError rerror,
                                      BlockdevOnError werror,
                                      const char *serial, Error **errp);
void scsi_bus_legacy_handle_cmdline(SCSIBus *bus);

/* Tell it to the first who sends a command to any device. */
void scsi_bus_set_ua(SCSIBus *bus, SCSISense sense);

/* Requests.  References: the caller owns what these give. */

SCSIRequest *scsi_req_alloc(const SCSIReqOps *reqops, SCSIDevice *d,
                            uint32_t tag, uint32_t lun, void *hba_private);
/* @buf_len bytes of @buf may be read, however long the CDB says it is. */
SCSIRequest *scsi_req_new(SCSIDevice *d, uint32_t tag, uint32_t lun,
                          uint8_t *buf, size_t buf_len, void *hba_private);
/* What send_command() says; if not 0, scsi_req_continue() comes next. */
int32_t scsi_req_enqueue(SCSIRequest *req);
SCSIRequest *scsi_req_ref(SCSIRequest *req);
void scsi_req_unref(SCSIRequest *req);

/* For a device's parse_cdb: let the HBA have a look; and the rule. */
int scsi_bus_parse_cdb(SCSIDevice *dev, SCSICommand *cmd, uint8_t *buf,
                       size_t buf_len, void *hba_private);
int scsi_req_parse_cdb(SCSIDevice *dev, SCSICommand *cmd, uint8_t *buf,
                       size_t buf_len);
void scsi_req_build_sense(SCSIRequest *req, SCSISense sense);
/* The HBA has dealt with the last piece. */
void scsi_req_continue(SCSIRequest *req);
/* The device has a piece of @len bytes, or room for one. */
void scsi_req_data(SCSIRequest *req, int len);
void scsi_req_complete(SCSIRequest *req, int status);
void scsi_req_complete_failed(SCSIRequest *req, int host_status);
uint8_t *scsi_req_get_buf(SCSIRequest *req);
/* Bytes of fixed format; a UNIT ATTENTION counts as reported by this. */
int scsi_req_get_sense(SCSIRequest *req, uint8_t *buf, int len);
/* For a device, when the I/O of a cancelled request has ended. */
void scsi_req_cancel_complete(SCSIRequest *req);
/* cancel() has been called when this returns. */
void scsi_req_cancel(SCSIRequest *req);
/* @notifier (may be NULL) is called when it is over, however it ended. */
void scsi_req_cancel_async(SCSIRequest *req, Notifier *notifier);
/* The machine is being stopped: serve it again when it runs. */
void scsi_req_retry(SCSIRequest *req);

/* Devices */

/* Cancel all requests, wait for them, and leave @sense to be reported. */
void scsi_device_purge_requests(SCSIDevice *sdev, SCSISense sense);
/* Unless a more important one is pending. */
void scsi_device_set_ua(SCSIDevice *sdev, SCSISense sense);
/* The same, and tell the HBA. */
void scsi_device_report_change(SCSIDevice *dev, SCSISense sense);
void scsi_device_unit_attention_reported(SCSIDevice *dev);
int scsi_device_get_sense(SCSIDevice *dev, uint8_t *buf, int len, bool fixed);
/*
 * The realized device at an address; else another LUN of that target, which will
 * answer for it; else NULL.  _get takes a reference, and may be called from
 * any thread.
 */
SCSIDevice *scsi_device_find(SCSIBus *bus, int channel, int target, int lun);
SCSIDevice *scsi_device_get(SCSIBus *bus, int channel, int target, int lun);

#endif
