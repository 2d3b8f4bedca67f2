/*
 * scsi-hd and scsi-cd: what their files share.
 *
 *     scsi-disk.c             types, realize, reset; which command goes where
 *     scsi-disk-emulate.c     commands that are answered out of a buffer
 *     scsi-disk-inquiry.c       what it is: INQUIRY and vital product data
 *     scsi-disk-mode.c          how it is set: MODE SENSE, MODE SELECT
 *     scsi-disk-mmc.c           CDs and DVDs, the tray
 *     scsi-disk-discard.c       UNMAP, WRITE SAME
 *     scsi-disk-rw.c          READ, WRITE and their kin
 *     scsi-disk-error.c       what becomes of an error
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SCSI_DISK_INT_H
#define HW_SCSI_DISK_INT_H

#include "hw/scsi/scsi.h"
#include "sysemu/block-backend.h"
#include "sysemu/dma.h"
#include "qemu/units.h"

/* Bits of SCSIDiskState.features, some of which are properties */
#define SCSI_DISK_F_REMOVABLE             0
#define SCSI_DISK_F_DPOFUA                1
#define SCSI_DISK_F_NO_REMOVABLE_DEVOPS   2

/* Bits of SCSIDiskState.quirks: what old systems want */
#define SCSI_DISK_QUIRK_MODE_PAGE_APPLE_VENDOR              0
#define SCSI_DISK_QUIRK_MODE_SENSE_ROM_USE_DBD              1
#define SCSI_DISK_QUIRK_MODE_PAGE_VENDOR_SPECIFIC_APPLE     2
#define SCSI_DISK_QUIRK_MODE_PAGE_TRUNCATED                 3

#define TYPE_SCSI_DISK_BASE "scsi-disk-base"
OBJECT_DECLARE_TYPE(SCSIDiskState, SCSIDiskClass, SCSI_DISK_BASE)

typedef struct SCSIDiskReq {
    SCSIRequest req;
    /* Where it goes on, in units of BDRV_SECTOR_SIZE. */
    uint64_t sector;
    uint32_t sector_count;
    uint32_t buflen;            /* what iov.iov_base has room for */
    bool started;
    bool need_fua_emulation;
    struct iovec iov;           /* iov_len: of a piece that is ready to go */
    QEMUIOVector qiov;
    BlockAcctCookie acct;
} SCSIDiskReq;

struct SCSIDiskClass {
    SCSIDeviceClass parent_class;

    DMAIOFunc *dma_readv;
    DMAIOFunc *dma_writev;
    /* Is a flush to be made of it, because the back end has no FUA? */
    bool (*need_fua_emulation)(SCSICommand *cmd);
};

struct SCSIDiskState {
    SCSIDevice qdev;

    /* Properties */
    uint32_t features;
    uint32_t quirks;
    uint16_t port_index;
    uint16_t rotation_rate;     /* turns a minute; 1: no disk that turns */
    uint64_t max_unmap_size;
    uint64_t max_io_size;
    char *version;
    char *serial;
    char *vendor;
    char *product;
    char *device_id;

    /* The medium and the tray */
    bool media_changed;         /* a UNIT ATTENTION is due after the pending */
    bool media_event;           /* for GET EVENT STATUS NOTIFICATION: new … */
    bool eject_request;         /* … or the user wants it out */
    bool tray_open;
    bool tray_locked;
};

/* scsi-disk.c */

/* A block of the device in sectors. */
static inline uint64_t scsi_disk_sectors_per_block(const SCSIDiskState *s)
{
    return s->qdev.blocksize / BDRV_SECTOR_SIZE;
}

/* The number of blocks; 0 without a medium. */
uint64_t scsi_disk_nb_blocks(SCSIDiskState *s);
/* Are these blocks all on the medium?  None, at its end, are. */
bool check_lba_range(SCSIDiskState *s, uint64_t lba, uint64_t nb_blocks);

/* scsi-disk-error.c */

/* End it with CHECK CONDITION. */
void scsi_check_condition(SCSIDiskReq *r, SCSISense sense);
/*
 * A piece of I/O has ended with @ret.  True if the request has ended, or will be
 * tried again: do nothing more.  @acct_failed: r->acct was started.
 */
bool scsi_disk_req_check_error(SCSIDiskReq *r, int ret, bool acct_failed);
/* A BlockCompletionFunc for what ends a request that has nothing else to do. */
void scsi_aio_complete(void *opaque, int ret);
/* Account for one, and take the reference that its completion drops. */
void scsi_disk_start_aio(SCSIDiskReq *r, int64_t bytes,
                         enum BlockAcctType type);

/* scsi-disk-emulate.c, scsi-disk-rw.c */

extern const SCSIReqOps scsi_disk_emulate_reqops;
extern const SCSIReqOps scsi_disk_dma_reqops;

bool scsi_is_cmd_fua(SCSICommand *cmd);
BlockAIOCB *scsi_dma_readv(int64_t offset, QEMUIOVector *iov,
                           BlockCompletionFunc *cb, void *cb_opaque,
                           void *opaque);
BlockAIOCB *scsi_dma_writev(int64_t offset, QEMUIOVector *iov,
                            BlockCompletionFunc *cb, void *cb_opaque,
                            void *opaque);

/*
 * Answers.  Each fills @outbuf, which is cleared, has SCSI_DISK_MIN_BUF bytes at
 * least and req->cmd.xfer, and gives the length; -1: the CDB asks for what is
 * not there, unless the request has been completed with another reason.
 */
#define SCSI_DISK_MIN_BUF 4096

int scsi_disk_emulate_inquiry(SCSIRequest *req, uint8_t *outbuf);
int scsi_disk_emulate_mode_sense(SCSIDiskReq *r, uint8_t *outbuf);
int scsi_disk_emulate_read_toc(SCSIRequest *req, uint8_t *outbuf);
int scsi_read_disc_information(SCSIDiskState *s, SCSIDiskReq *r,
                               uint8_t *outbuf);
int scsi_read_dvd_structure(SCSIDiskState *s, SCSIDiskReq *r,
                            uint8_t *outbuf);
int scsi_get_event_status_notification(SCSIDiskState *s, SCSIDiskReq *r,
                                       uint8_t *outbuf);
int scsi_get_configuration(SCSIDiskState *s, uint8_t *outbuf);
int scsi_emulate_mechanism_status(SCSIDiskState *s, uint8_t *outbuf);
/* 0, or -1 and the request is completed. */
int scsi_disk_emulate_start_stop(SCSIDiskReq *r);
void scsi_disk_lock_tray(SCSIDiskState *s, bool lock);

/* The data has come: do it and complete the request. */
void scsi_disk_emulate_mode_select(SCSIDiskReq *r, uint8_t *inbuf);
void scsi_disk_emulate_unmap(SCSIDiskReq *r, uint8_t *inbuf);
void scsi_disk_emulate_write_same(SCSIDiskReq *r, uint8_t *inbuf);

/* scsi-disk-mmc.c: what the BlockBackend asks a device with a tray */
extern const BlockDevOps scsi_disk_removable_block_ops;
void scsi_disk_unit_attention_reported(SCSIDevice *dev);
void scsi_disk_resize_cb(void *opaque);

#endif
