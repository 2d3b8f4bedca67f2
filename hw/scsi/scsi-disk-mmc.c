/*
 * scsi-cd: what CDs and DVDs have, and the tray (MMC-6).
 *
 * A guest hears of a new medium in two ways.  The old one: the next command ends
 * with UNIT ATTENTION, "no medium", and the one after with "medium changed", so
 * that it sees a tray that went out and in.  The new one: it polls with GET EVENT
 * STATUS NOTIFICATION, which says whether there is a new medium, or whether the
 * user has pressed the button and wants it out.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "scsi-disk-int.h"
#include "scsi/constants.h"

/* The medium */

static uint64_t scsi_cd_sectors(SCSIDiskState *s)
{
    uint64_t nb_sectors = 0;

    if (s->qdev.type == TYPE_ROM && blk_is_available(s->qdev.conf.blk)) {
        blk_get_geometry(s->qdev.conf.blk, &nb_sectors);
    }
    return nb_sectors;
}

static int scsi_cd_profile(SCSIDiskState *s)
{
    uint64_t nb_sectors = scsi_cd_sectors(s);

    if (s->qdev.type != TYPE_ROM || !blk_is_available(s->qdev.conf.blk)) {
        return MMC_PROFILE_NONE;
    }
    return nb_sectors > CD_MAX_SECTORS ? MMC_PROFILE_DVD_ROM
                                       : MMC_PROFILE_CD_ROM;
}

int scsi_disk_emulate_read_toc(SCSIRequest *req, uint8_t *outbuf)
{
    SCSIDiskState *s = SCSI_DISK_BASE(req->dev);
    int msf = req->cmd.buf[1] & 2;
    int format = req->cmd.buf[2] & 0xf;
    int start_track = req->cmd.buf[6];
    int nb_blocks = MIN(scsi_disk_nb_blocks(s), INT_MAX);

    switch (format) {
    case 0:
        return cdrom_read_toc(nb_blocks, outbuf, msf, start_track);
    case 1:
        /* Sessions: there is one. */
        outbuf[1] = 0x0a;
        outbuf[2] = 1;
        outbuf[3] = 1;
        return 12;
    case 2:
        return cdrom_read_toc_raw(nb_blocks, outbuf, msf, start_track);
    default:
        return -1;
    }
}

int scsi_read_disc_information(SCSIDiskState *s, SCSIDiskReq *r,
                               uint8_t *outbuf)
{
    int type = r->req.cmd.buf[1] & 7;

    /* The others are about Blu-ray discs. */
    if (s->qdev.type != TYPE_ROM || type != 0) {
        return -1;
    }
    outbuf[1] = 32;         /* what follows */
    outbuf[2] = 0x0e;       /* the disc and its last session are complete */
    outbuf[3] = 1;          /* first track */
    outbuf[4] = 1;          /* sessions */
    outbuf[5] = 1;          /* first and last track of the last session */
    outbuf[6] = 1;
    outbuf[7] = 0x20;       /* for any use */
    outbuf[8] = 0;          /* CD-ROM or DVD-ROM */
    return 34;
}

/* Lengths of what READ DVD STRUCTURE knows, by format. */
static const uint16_t rds_caps_size[] = {
    [0] = 2048 + 4,         /* physical format */
    [1] = 4 + 4,            /* copyright */
    [3] = 188 + 4,          /* burst cutting area */
    [4] = 2048 + 4,         /* manufacturer */
};

static int scsi_dvd_capabilities(uint8_t *outbuf)
{
    int size = 4;

    for (int i = 0; i < ARRAY_SIZE(rds_caps_size); i++) {
        if (rds_caps_size[i]) {
            outbuf[size] = i;
            outbuf[size + 1] = 0x40;        /* can be read */
            stw_be_p(&outbuf[size + 2], rds_caps_size[i]);
            size += 4;
        }
    }
    return size;
}

static void scsi_dvd_physical_format(SCSIDiskState *s, uint8_t *outbuf)
{
    uint32_t last = scsi_cd_sectors(s) / 4 - 1;

    outbuf[4] = 1;          /* DVD-ROM, version 1 */
    outbuf[5] = 0x0f;       /* 120 mm, no rate given */
    outbuf[6] = 1;          /* one layer, to be read */
    outbuf[7] = 0;          /* default densities */
    stl_be_p(&outbuf[12], last);
    stl_be_p(&outbuf[16], last);            /* of layer 0 */
}

int scsi_read_dvd_structure(SCSIDiskState *s, SCSIDiskReq *r,
                            uint8_t *outbuf)
{
    uint8_t media = r->req.cmd.buf[1];
    uint8_t format = r->req.cmd.buf[7];
    int size;

    if (s->qdev.type != TYPE_ROM || media != 0) {
        return -1;
    }
    if (format == 0xff) {
        size = scsi_dvd_capabilities(outbuf);
    } else {
        if (!blk_is_available(s->qdev.conf.blk)) {
            scsi_check_condition(r, SENSE_CODE(NO_MEDIUM));
            return -1;
        }
        if (scsi_cd_profile(s) == MMC_PROFILE_CD_ROM) {
            scsi_check_condition(r, SENSE_CODE(INCOMPATIBLE_FORMAT));
            return -1;
        }
        if (format >= ARRAY_SIZE(rds_caps_size)) {
            return -1;
        }
        size = rds_caps_size[format];
        switch (format) {
        case 0x00:
            scsi_dvd_physical_format(s, outbuf);
            break;
        case 0x01:          /* nothing is protected */
        case 0x04:          /* nobody has made it */
            break;
        default:            /* no area is cut */
            return -1;
        }
    }
    stw_be_p(outbuf, size - 2);
    return size;
}

/* The drive */

int scsi_get_configuration(SCSIDiskState *s, uint8_t *outbuf)
{
    int current = scsi_cd_profile(s);

    if (s->qdev.type != TYPE_ROM) {
        return -1;
    }
    stl_be_p(&outbuf[0], 36);       /* what follows */
    stw_be_p(&outbuf[6], current);

    /* Feature 0, profiles: kinds of media */
    outbuf[10] = 0x03;              /* always there, and now */
    outbuf[11] = 8;                 /* two of them */
    stw_be_p(&outbuf[12], MMC_PROFILE_DVD_ROM);
    outbuf[14] = current == MMC_PROFILE_DVD_ROM;
    stw_be_p(&outbuf[16], MMC_PROFILE_CD_ROM);
    outbuf[18] = current == MMC_PROFILE_CD_ROM;

    /* Feature 1, core */
    stw_be_p(&outbuf[20], 1);
    outbuf[22] = 0x08 | 0x03;       /* version 2 */
    outbuf[23] = 8;
    stl_be_p(&outbuf[24], 1);       /* SCSI */
    outbuf[28] = 1;                 /* device busy events */

    /* Feature 3, removable medium */
    stw_be_p(&outbuf[32], 3);
    outbuf[34] = 0x08 | 0x03;
    outbuf[35] = 4;
    outbuf[36] = 0x39;              /* a tray: loads, ejects, can be locked */
    return 40;
}

int scsi_emulate_mechanism_status(SCSIDiskState *s, uint8_t *outbuf)
{
    if (s->qdev.type != TYPE_ROM) {
        return -1;
    }
    outbuf[5] = 1;                  /* one slot */
    return 8;
}

static int scsi_event_status_media(SCSIDiskState *s, uint8_t *outbuf)
{
    uint8_t media_status = 0;
    uint8_t event_code = MEC_NO_CHANGE;

    if (s->tray_open) {
        media_status = MS_TRAY_OPEN;
    } else if (blk_is_inserted(s->qdev.conf.blk)) {
        media_status = MS_MEDIA_PRESENT;
    }

    /* Each is told once, and not as long as the tray is out. */
    if (media_status != MS_TRAY_OPEN) {
        if (s->media_event) {
            event_code = MEC_NEW_MEDIA;
            s->media_event = false;
        } else if (s->eject_request) {
            event_code = MEC_EJECT_REQUESTED;
            s->eject_request = false;
        }
    }
    outbuf[0] = event_code;
    outbuf[1] = media_status;
    return 4;
}

int scsi_get_event_status_notification(SCSIDiskState *s, SCSIDiskReq *r,
                                       uint8_t *outbuf)
{
    const uint8_t *buf = r->req.cmd.buf;
    int size = 4;

    /* Without the bit POLLED the guest would wait for events. */
    if (s->qdev.type != TYPE_ROM || !(buf[1] & 1)) {
        return -1;
    }
    outbuf[3] = 1 << GESN_MEDIA;            /* the class that we have */
    if (buf[4] & (1 << GESN_MEDIA)) {
        outbuf[2] = GESN_MEDIA;
        size += scsi_event_status_media(s, &outbuf[size]);
    } else {
        outbuf[2] = 0x80;                   /* none that was asked for */
    }
    stw_be_p(outbuf, size - 4);
    return size;
}

/* The tray, as the guest moves it */

void scsi_disk_lock_tray(SCSIDiskState *s, bool lock)
{
    s->tray_locked = lock;
    blk_lock_medium(s->qdev.conf.blk, lock);
}

int scsi_disk_emulate_start_stop(SCSIDiskReq *r)
{
    SCSIRequest *req = &r->req;
    SCSIDiskState *s = SCSI_DISK_BASE(req->dev);
    BlockBackend *blk = s->qdev.conf.blk;
    bool start = req->cmd.buf[4] & 1;
    bool loej = req->cmd.buf[4] & 2;        /* load, eject */
    int pwrcnd = req->cmd.buf[4] & 0xf0;

    if (pwrcnd || !loej || !(s->features & (1 << SCSI_DISK_F_REMOVABLE))) {
        return 0;
    }
    if (!start && !s->tray_open && s->tray_locked) {
        scsi_check_condition(r, blk_is_inserted(blk)
                             ? SENSE_CODE(ILLEGAL_REQ_REMOVAL_PREVENTED)
                             : SENSE_CODE(NOT_READY_REMOVAL_PREVENTED));
        return -1;
    }
    if (s->tray_open != !start) {
        blk_eject(blk, !start);
        s->tray_open = !start;
    }
    return 0;
}

/* The tray, as the user moves it */

static void scsi_cd_change_media_cb(void *opaque, bool load, Error **errp)
{
    SCSIDiskState *s = opaque;

    s->media_changed = load;
    s->tray_open = !load;
    scsi_device_set_ua(&s->qdev, SENSE_CODE(UNIT_ATTENTION_NO_MEDIUM));
    s->media_event = true;
    s->eject_request = false;
}

static void scsi_cd_eject_request_cb(void *opaque, bool force)
{
    SCSIDiskState *s = opaque;

    s->eject_request = true;
    if (force) {
        s->tray_locked = false;
    }
}

static bool scsi_cd_is_tray_open(void *opaque)
{
    return ((SCSIDiskState *)opaque)->tray_open;
}

static bool scsi_cd_is_medium_locked(void *opaque)
{
    return ((SCSIDiskState *)opaque)->tray_locked;
}

/* The second half of a change: see the top. */
void scsi_disk_unit_attention_reported(SCSIDevice *dev)
{
    SCSIDiskState *s = SCSI_DISK_BASE(dev);

    if (s->media_changed) {
        s->media_changed = false;
        scsi_device_set_ua(dev, SENSE_CODE(MEDIUM_CHANGED));
    }
}

void scsi_disk_resize_cb(void *opaque)
{
    SCSIDiskState *s = opaque;

    /* SPC-4 has this news for disks alone. */
    if (s->qdev.type == TYPE_DISK) {
        scsi_device_report_change(&s->qdev, SENSE_CODE(CAPACITY_CHANGED));
    }
}

const BlockDevOps scsi_disk_removable_block_ops = {
    .change_media_cb = scsi_cd_change_media_cb,
    .eject_request_cb = scsi_cd_eject_request_cb,
    .is_medium_locked = scsi_cd_is_medium_locked,
    .is_tray_open = scsi_cd_is_tray_open,
    .resize_cb = scsi_disk_resize_cb,
};
