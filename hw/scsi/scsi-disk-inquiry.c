/*
 * scsi-hd and scsi-cd: what it is.  INQUIRY and vital product data.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/cutils.h"
#include "hw/scsi/emulation.h"
#include "scsi-disk-int.h"
#include "scsi/constants.h"

#define SCSI_MAX_INQUIRY_LEN    256
#define SCSI_INQUIRY_BASE_LEN   36
#define VPD_HEADER_LEN          4

/* Each writes what comes after the header and gives its length, or -1. */

static int scsi_disk_vpd_supported(SCSIDiskState *s, uint8_t *p)
{
    int n = 0;

    p[n++] = 0x00;
    if (s->serial) {
        p[n++] = 0x80;
    }
    p[n++] = 0x83;
    if (s->qdev.type == TYPE_DISK) {
        p[n++] = 0xb0;
        p[n++] = 0xb1;
        p[n++] = 0xb2;
    }
    return n;
}

static int scsi_disk_vpd_serial(SCSIDiskState *s, uint8_t *p)
{
    int len;

    if (!s->serial) {
        return -1;
    }
    len = MIN(strlen(s->serial), 36);
    memcpy(p, s->serial, len);
    return len;
}

/* A designator (SPC-4, 7.8.6): code set, what it names, and the name. */
static uint8_t *scsi_disk_designator(uint8_t *p, uint8_t code_set,
                                     uint8_t type, uint8_t len)
{
    p[0] = code_set;
    p[1] = type;
    p[3] = len;
    return p + 4;
}

#define CODE_SET_BINARY     0x01
#define CODE_SET_ASCII      0x02
#define PROTOCOL_SAS        0x60
#define DESIGNATOR_VENDOR   0x00    /* of the unit: the vendor's own */
#define DESIGNATOR_NAA      0x03
#define DESIGNATOR_PORT     0x04
#define OF_TARGET_PORT      0x90    /* with the protocol said */

static int scsi_disk_vpd_identification(SCSIDiskState *s, uint8_t *start)
{
    uint8_t *p = start;

    if (s->device_id && *s->device_id) {
        /* A byte says how long the page is: leave room for the header. */
        uint8_t len = MIN(strlen(s->device_id), 255 - 8);

        p = scsi_disk_designator(p, CODE_SET_ASCII, DESIGNATOR_VENDOR, len);
        memcpy(p, s->device_id, len);
        p += len;
    }
    if (s->qdev.wwn) {
        p = scsi_disk_designator(p, CODE_SET_BINARY, DESIGNATOR_NAA, 8);
        stq_be_p(p, s->qdev.wwn);
        p += 8;
    }
    if (s->qdev.port_wwn) {
        p = scsi_disk_designator(p, PROTOCOL_SAS | CODE_SET_BINARY,
                                 OF_TARGET_PORT | DESIGNATOR_NAA, 8);
        stq_be_p(p, s->qdev.port_wwn);
        p += 8;
    }
    if (s->port_index) {
        p = scsi_disk_designator(p, PROTOCOL_SAS | CODE_SET_BINARY,
                                 OF_TARGET_PORT | DESIGNATOR_PORT, 4);
        stw_be_p(p + 2, s->port_index);
        p += 4;
    }
    return p - start;
}

static int scsi_disk_vpd_block_limits(SCSIDiskState *s, uint8_t *p)
{
    const BlockConf *conf = &s->qdev.conf;
    int blocksize = s->qdev.blocksize;
    uint32_t max_transfer;
    SCSIBlockLimits bl;

    if (s->qdev.type == TYPE_ROM) {
        return -1;
    }
    bl = (SCSIBlockLimits) {
        .wsnz = true,
        .min_io_size = conf->min_io_size / blocksize,
        .opt_io_size = conf->opt_io_size / blocksize,
        .unmap_sectors = conf->discard_granularity / blocksize,
        .max_unmap_sectors = s->max_unmap_size / blocksize,
        .max_unmap_descr = 255,
        .max_io_sectors = s->max_io_size / blocksize,
    };
    max_transfer = blk_get_max_transfer(conf->blk) / blocksize;
    bl.max_io_sectors = MIN_NON_ZERO(max_transfer, bl.max_io_sectors);
    return scsi_emulate_block_limits(p, &bl);
}

static int scsi_disk_vpd_characteristics(SCSIDiskState *s, uint8_t *p)
{
    stw_be_p(p, s->rotation_rate);
    return 0x3c;
}

#define LBP_UNMAP           0x80
#define LBP_WRITE_SAME_16   0x40
#define LBP_WRITE_SAME_10   0x20

static int scsi_disk_vpd_provisioning(SCSIDiskState *s, uint8_t *p)
{
    p[1] = LBP_UNMAP | LBP_WRITE_SAME_16 | LBP_WRITE_SAME_10;
    p[2] = s->qdev.conf.discard_granularity ? 2 : 1;    /* thin, or resource */
    return 4;
}

static int scsi_disk_emulate_vpd_page(SCSIRequest *req, uint8_t *outbuf)
{
    SCSIDiskState *s = SCSI_DISK_BASE(req->dev);
    uint8_t page_code = req->cmd.buf[2];
    uint8_t *p = outbuf + VPD_HEADER_LEN;
    int len;

    switch (page_code) {
    case 0x00:
        len = scsi_disk_vpd_supported(s, p);
        break;
    case 0x80:
        len = scsi_disk_vpd_serial(s, p);
        break;
    case 0x83:
        len = scsi_disk_vpd_identification(s, p);
        break;
    case 0xb0:
        len = scsi_disk_vpd_block_limits(s, p);
        break;
    case 0xb1:
        len = scsi_disk_vpd_characteristics(s, p);
        break;
    case 0xb2:
        len = scsi_disk_vpd_provisioning(s, p);
        break;
    default:
        return -1;
    }
    if (len < 0) {
        return -1;
    }
    outbuf[0] = s->qdev.type & 0x1f;
    outbuf[1] = page_code;
    stw_be_p(&outbuf[2], len);
    return VPD_HEADER_LEN + len;
}

int scsi_disk_emulate_inquiry(SCSIRequest *req, uint8_t *outbuf)
{
    SCSIDiskState *s = SCSI_DISK_BASE(req->dev);
    int buflen;

    if (req->cmd.buf[1] & 1) {
        return scsi_disk_emulate_vpd_page(req, outbuf);
    }
    if (req->cmd.buf[2] != 0) {
        return -1;
    }

    buflen = MIN(req->cmd.xfer, SCSI_MAX_INQUIRY_LEN);
    outbuf[0] = s->qdev.type & 0x1f;
    outbuf[1] = s->features & (1 << SCSI_DISK_F_REMOVABLE) ? 0x80 : 0;
    outbuf[2] = s->qdev.default_scsi_version;
    outbuf[3] = 2 | 0x10;       /* the format of this; HiSup */
    /* What follows, of which a guest that asks for less is told all the same. */
    outbuf[4] = MAX(buflen, SCSI_INQUIRY_BASE_LEN) - 5;
    outbuf[7] = 0x10 | (req->bus->info->tcq ? 0x02 : 0);
    strpadcpy((char *)&outbuf[8], 8, s->vendor, ' ');
    strpadcpy((char *)&outbuf[16], 16, s->product, ' ');
    memcpy(&outbuf[32], s->version, MIN(4, strlen(s->version)));
    return buflen;
}
