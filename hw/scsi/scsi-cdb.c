/*
 * SCSI: what a CDB wants.
 *
 * How many bytes are transferred, and which way, follows from the operation, the
 * kind of device and its block size.  A field says so in a different place for
 * almost every operation; those that are not named here have it where
 * scsi_cdb_xfer() looks, in bytes, and are reads.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "scsi-int.h"
#include "scsi/constants.h"

static uint32_t ldl24_be(const uint8_t *p)
{
    return p[0] << 16 | p[1] << 8 | p[2];
}

/* ATA PASS-THROUGH: the length is in one of the ATA registers (SAT-3, 12.2). */

#define ATA_T_LENGTH_NONE       0
#define ATA_T_LENGTH_FEATURES   1
#define ATA_T_LENGTH_COUNT      2
#define ATA_T_LENGTH_TPSIU      3
#define ATA_BYT_BLOK            0x04    /* byte 2: in blocks … */
#define ATA_T_TYPE              0x10    /* … of the device, not of 512 bytes */
#define ATA_T_DIR               0x08    /* from the device */

static uint64_t ata_passthrough_unit(SCSIDevice *dev, const uint8_t *buf)
{
    if (!(buf[2] & ATA_BYT_BLOK)) {
        return 1;
    }
    return buf[2] & ATA_T_TYPE ? dev->blocksize : 512;
}

static uint64_t ata_passthrough_xfer(SCSIDevice *dev, const uint8_t *buf)
{
    bool is_16 = buf[0] == ATA_PASSTHROUGH_16;
    bool extend = is_16 && (buf[1] & 1);
    uint64_t xfer = 0;

    switch (buf[2] & 3) {
    case ATA_T_LENGTH_NONE:
    case ATA_T_LENGTH_TPSIU:        /* the transport's; it has none */
        return 0;
    case ATA_T_LENGTH_FEATURES:
        xfer = is_16 ? buf[4] | (extend ? buf[3] << 8 : 0) : buf[3];
        break;
    case ATA_T_LENGTH_COUNT:
        xfer = is_16 ? buf[6] | (extend ? buf[5] << 8 : 0) : buf[4];
        break;
    }
    return xfer * ata_passthrough_unit(dev, buf);
}

/* VERIFY: BYTCHK says whether there is data, and whether all or one block. */
static uint64_t verify_xfer(SCSIDevice *dev, uint8_t *buf)
{
    uint64_t blocks = scsi_cdb_xfer(buf);

    switch (buf[1] & 6) {
    case 0:
    case 4:
        return 0;
    case 2:
        return blocks * dev->blocksize;
    default:
        return dev->blocksize;
    }
}

/* FORMAT UNIT: a header, of a size that depends on LONGLIST; MMC has its own. */
static uint64_t format_unit_xfer(SCSIDevice *dev, const uint8_t *buf)
{
    if (!(buf[1] & 16)) {
        return 0;
    }
    if (dev->type == TYPE_ROM) {
        return 12;
    }
    return buf[1] & 32 ? 8 : 4;
}

/* In bytes.  The guest's numbers: it may be more than fits into memory. */
static uint64_t scsi_req_xfer(SCSIDevice *dev, uint8_t *buf)
{
    switch (buf[0]) {
    case TEST_UNIT_READY:
    case REWIND:
    case START_STOP:
    case SET_CAPACITY:
    case WRITE_FILEMARKS:
    case WRITE_FILEMARKS_16:
    case SPACE:
    case RESERVE:
    case RELEASE:
    case ERASE:
    case ALLOW_MEDIUM_REMOVAL:
    case SEEK_10:
    case SYNCHRONIZE_CACHE:
    case SYNCHRONIZE_CACHE_16:
    case LOCATE_16:
    case LOCK_UNLOCK_CACHE:
    case SET_CD_SPEED:
    case SET_LIMITS:
    case WRITE_LONG_10:
    case UPDATE_BLOCK:
    case RESERVE_TRACK:
    case SET_READ_AHEAD:
    case PRE_FETCH:
    case PRE_FETCH_16:
    case ALLOW_OVERWRITE:
        return 0;

    case READ_6:
    case READ_REVERSE:
    case READ_10:
    case READ_12:
    case READ_16:
    case WRITE_6:
    case WRITE_10:
    case WRITE_12:
    case WRITE_16:
    case WRITE_VERIFY_10:
    case WRITE_VERIFY_12:
    case WRITE_VERIFY_16:
        return (uint64_t)scsi_data_cdb_xfer(buf) * dev->blocksize;
    case VERIFY_10:
    case VERIFY_12:
    case VERIFY_16:
        return verify_xfer(dev, buf);
    case WRITE_SAME_10:
    case WRITE_SAME_16:
        /* NDOB: no block, all zeroes. */
        return buf[1] & 1 ? 0 : dev->blocksize;

    case READ_CAPACITY_10:
        return 8;
    case READ_BLOCK_LIMITS:
        return 6;
    case FORMAT_UNIT:
        return format_unit_xfer(dev, buf);
    case INQUIRY:
    case RECEIVE_DIAGNOSTIC:
    case SEND_DIAGNOSTIC:
        return lduw_be_p(&buf[3]);
    case READ_CD:
    case READ_BUFFER:
    case WRITE_BUFFER:
    case SEND_CUE_SHEET:
        return ldl24_be(&buf[6]);
    case PERSISTENT_RESERVE_OUT:
        return (uint32_t)ldl_be_p(&buf[5]);
    case SEND_VOLUME_TAG:
        /* MMC: SET STREAMING */
        return lduw_be_p(&buf[dev->type == TYPE_ROM ? 9 : 8]);
    case ERASE_12:
        /* MMC: GET PERFORMANCE, which counts descriptors of 16 after a header */
        if (dev->type == TYPE_ROM) {
            return (uint64_t)lduw_be_p(&buf[8]) * 16 + 8;
        }
        return 0;
    case MECHANISM_STATUS:
    case READ_DVD_STRUCTURE:
    case SEND_DVD_STRUCTURE:
    case MAINTENANCE_OUT:
    case MAINTENANCE_IN:
        /* MMC: the last two are SEND KEY and REPORT KEY */
        if (dev->type == TYPE_ROM) {
            return lduw_be_p(&buf[8]);
        }
        break;
    case ATA_PASSTHROUGH_12:
        /* MMC: BLANK */
        return dev->type == TYPE_ROM ? 0 : ata_passthrough_xfer(dev, buf);
    case ATA_PASSTHROUGH_16:
        return ata_passthrough_xfer(dev, buf);
    }
    return scsi_cdb_xfer(buf);
}

static enum SCSIXferMode scsi_cmd_xfer_mode(const SCSICommand *cmd)
{
    if (!cmd->xfer) {
        return SCSI_XFER_NONE;
    }
    switch (cmd->buf[0]) {
    case WRITE_6:
    case WRITE_10:
    case WRITE_VERIFY_10:
    case WRITE_12:
    case WRITE_VERIFY_12:
    case WRITE_16:
    case WRITE_VERIFY_16:
    case VERIFY_10:
    case VERIFY_12:
    case VERIFY_16:
    case COPY:
    case COPY_VERIFY:
    case COMPARE:
    case CHANGE_DEFINITION:
    case LOG_SELECT:
    case MODE_SELECT:
    case MODE_SELECT_10:
    case SEND_DIAGNOSTIC:
    case WRITE_BUFFER:
    case FORMAT_UNIT:
    case REASSIGN_BLOCKS:
    case SEARCH_EQUAL:
    case SEARCH_HIGH:
    case SEARCH_LOW:
    case UPDATE_BLOCK:
    case WRITE_LONG_10:
    case WRITE_SAME_10:
    case WRITE_SAME_16:
    case UNMAP:
    case SEARCH_HIGH_12:
    case SEARCH_EQUAL_12:
    case SEARCH_LOW_12:
    case MEDIUM_SCAN:
    case SEND_VOLUME_TAG:
    case SEND_CUE_SHEET:
    case SEND_DVD_STRUCTURE:
    case PERSISTENT_RESERVE_OUT:
    case MAINTENANCE_OUT:
    case SET_WINDOW:
    case SCAN:
    case SANITIZE:
        return SCSI_XFER_TO_DEV;
    case ATA_PASSTHROUGH_12:
    case ATA_PASSTHROUGH_16:
        return cmd->buf[2] & ATA_T_DIR ? SCSI_XFER_FROM_DEV : SCSI_XFER_TO_DEV;
    default:
        return SCSI_XFER_FROM_DEV;
    }
}

int scsi_req_parse_cdb(SCSIDevice *dev, SCSICommand *cmd, uint8_t *buf,
                       size_t buf_len)
{
    int len;

    cmd->lba = -1;
    if (buf_len == 0) {
        return -1;
    }
    len = scsi_cdb_length(buf);
    if (len < 0 || len > buf_len) {
        return -1;
    }

    memcpy(cmd->buf, buf, len);
    cmd->len = len;
    cmd->xfer = scsi_req_xfer(dev, cmd->buf);
    cmd->mode = scsi_cmd_xfer_mode(cmd);
    cmd->lba = scsi_cmd_lba(cmd);
    return 0;
}

int scsi_bus_parse_cdb(SCSIDevice *dev, SCSICommand *cmd, uint8_t *buf,
                       size_t buf_len, void *hba_private)
{
    SCSIBus *bus = scsi_bus_from_device(dev);
    int ret;

    if (!bus->info->parse_cdb) {
        return scsi_req_parse_cdb(dev, cmd, buf, buf_len);
    }
    ret = bus->info->parse_cdb(dev, cmd, buf, buf_len, hba_private);
    if (ret == 0) {
        cmd->len = MIN(buf_len, sizeof(cmd->buf));
        memcpy(cmd->buf, buf, cmd->len);
    }
    return ret;
}
