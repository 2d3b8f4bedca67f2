/*
 * SCSI: sense data, and what a CDB says by itself.
 *
 * Read include/scsi/utils.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "scsi/constants.h"
#include "scsi/utils.h"

/* CDBs */

int scsi_cdb_length(uint8_t *buf)
{
    static const int8_t length_of_group[8] = { 6, 10, 10, -1, 16, 12, -1, -1 };

    return length_of_group[buf[0] >> 5];
}

uint32_t scsi_cdb_xfer(uint8_t *buf)
{
    switch (scsi_cdb_length(buf)) {
    case 6:
        return buf[4];
    case 10:
        return lduw_be_p(&buf[7]);
    case 12:
        return ldl_be_p(&buf[6]);
    case 16:
        return ldl_be_p(&buf[10]);
    default:
        return -1;
    }
}

uint32_t scsi_data_cdb_xfer(uint8_t *buf)
{
    if (scsi_cdb_length(buf) == 6 && buf[4] == 0) {
        return 256;
    }
    return scsi_cdb_xfer(buf);
}

uint64_t scsi_cmd_lba(SCSICommand *cmd)
{
    switch (scsi_cdb_length(cmd->buf)) {
    case 6:
        /* 21 bits; the three above were the LUN once. */
        return ldl_be_p(cmd->buf) & 0x1fffff;
    case 10:
    case 12:
        return (uint32_t)ldl_be_p(&cmd->buf[2]);
    case 16:
        return ldq_be_p(&cmd->buf[2]);
    default:
        return -1;
    }
}

/* Sense codes: key, code, qualifier */

#define DEFINE_SENSE(name, key, asc, ascq) \
    const struct SCSISense sense_code_ ## name = { key, asc, ascq }

DEFINE_SENSE(NO_SENSE, NO_SENSE, 0x00, 0x00);
DEFINE_SENSE(LUN_NOT_READY, NOT_READY, 0x04, 0x03);
DEFINE_SENSE(NO_MEDIUM, NOT_READY, 0x3a, 0x00);
DEFINE_SENSE(NOT_READY_REMOVAL_PREVENTED, NOT_READY, 0x53, 0x02);
DEFINE_SENSE(READ_ERROR, MEDIUM_ERROR, 0x11, 0x00);
DEFINE_SENSE(TARGET_FAILURE, HARDWARE_ERROR, 0x44, 0x00);
DEFINE_SENSE(INVALID_OPCODE, ILLEGAL_REQUEST, 0x20, 0x00);
DEFINE_SENSE(LBA_OUT_OF_RANGE, ILLEGAL_REQUEST, 0x21, 0x00);
DEFINE_SENSE(INVALID_FIELD, ILLEGAL_REQUEST, 0x24, 0x00);
DEFINE_SENSE(INVALID_PARAM, ILLEGAL_REQUEST, 0x26, 0x00);
DEFINE_SENSE(INVALID_PARAM_VALUE, ILLEGAL_REQUEST, 0x26, 0x01);
DEFINE_SENSE(INVALID_PARAM_LEN, ILLEGAL_REQUEST, 0x1a, 0x00);
DEFINE_SENSE(LUN_NOT_SUPPORTED, ILLEGAL_REQUEST, 0x25, 0x00);
DEFINE_SENSE(SAVING_PARAMS_NOT_SUPPORTED, ILLEGAL_REQUEST, 0x39, 0x00);
DEFINE_SENSE(INCOMPATIBLE_FORMAT, ILLEGAL_REQUEST, 0x30, 0x00);
DEFINE_SENSE(ILLEGAL_REQ_REMOVAL_PREVENTED, ILLEGAL_REQUEST, 0x53, 0x02);
DEFINE_SENSE(MEDIUM_CHANGED, UNIT_ATTENTION, 0x28, 0x00);
DEFINE_SENSE(RESET, UNIT_ATTENTION, 0x29, 0x00);
DEFINE_SENSE(SCSI_BUS_RESET, UNIT_ATTENTION, 0x29, 0x02);
DEFINE_SENSE(DEVICE_INTERNAL_RESET, UNIT_ATTENTION, 0x29, 0x04);
DEFINE_SENSE(CAPACITY_CHANGED, UNIT_ATTENTION, 0x2a, 0x09);
DEFINE_SENSE(UNIT_ATTENTION_NO_MEDIUM, UNIT_ATTENTION, 0x3a, 0x00);
DEFINE_SENSE(REPORTED_LUNS_CHANGED, UNIT_ATTENTION, 0x3f, 0x0e);
DEFINE_SENSE(WRITE_PROTECTED, DATA_PROTECT, 0x27, 0x00);
DEFINE_SENSE(SPACE_ALLOC_FAILED, DATA_PROTECT, 0x27, 0x07);
DEFINE_SENSE(IO_ERROR, ABORTED_COMMAND, 0x00, 0x06);
DEFINE_SENSE(LUN_NOT_RESPONDING, ABORTED_COMMAND, 0x05, 0x00);
DEFINE_SENSE(LUN_COMM_FAILURE, ABORTED_COMMAND, 0x08, 0x00);
DEFINE_SENSE(I_T_NEXUS_LOSS, ABORTED_COMMAND, 0x29, 0x07);
DEFINE_SENSE(COMMAND_TIMEOUT, ABORTED_COMMAND, 0x2e, 0x02);
DEFINE_SENSE(COMMAND_ABORTED, ABORTED_COMMAND, 0x2f, 0x14);
DEFINE_SENSE(LUN_FAILURE, ABORTED_COMMAND, 0x3e, 0x01);
DEFINE_SENSE(OVERLAPPED_COMMANDS, ABORTED_COMMAND, 0x4e, 0x00);

/* Sense data */

#define SENSE_CURRENT_FIXED         0x70
#define SENSE_CURRENT_DESCRIPTOR    0x72
#define SENSE_IS_DESCRIPTOR         0x02    /* in byte 0 */
#define SENSE_DESCRIPTOR_LEN        8

int scsi_build_sense_buf(uint8_t *buf, size_t max_size, SCSISense sense,
                         bool fixed_sense)
{
    uint8_t full[SCSI_SENSE_LEN] = { 0 };
    size_t len;

    if (fixed_sense) {
        full[0] = SENSE_CURRENT_FIXED;
        full[2] = sense.key;
        full[7] = SCSI_SENSE_LEN - 8;       /* what follows */
        full[12] = sense.asc;
        full[13] = sense.ascq;
        len = SCSI_SENSE_LEN;
    } else {
        full[0] = SENSE_CURRENT_DESCRIPTOR;
        full[1] = sense.key;
        full[2] = sense.asc;
        full[3] = sense.ascq;
        len = SENSE_DESCRIPTOR_LEN;
    }
    len = MIN(len, max_size);
    memcpy(buf, full, len);
    return len;
}

int scsi_build_sense(uint8_t *buf, SCSISense sense)
{
    return scsi_build_sense_buf(buf, SCSI_SENSE_LEN, sense, true);
}

SCSISense scsi_parse_sense_buf(const uint8_t *in_buf, int in_len)
{
    bool descriptor;
    SCSISense sense = { 0 };
    int key_at, asc_at;

    assert(in_len > 0);
    descriptor = in_buf[0] & SENSE_IS_DESCRIPTOR;
    key_at = descriptor ? 1 : 2;
    asc_at = descriptor ? 2 : 12;
    if (key_at < in_len) {
        sense.key = in_buf[key_at] & 0x0f;
    }
    if (asc_at + 1 < in_len) {
        sense.asc = in_buf[asc_at];
        sense.ascq = in_buf[asc_at + 1];
    }
    return sense;
}

int scsi_convert_sense(uint8_t *in_buf, int in_len,
                       uint8_t *buf, int len, bool fixed)
{
    if (in_len == 0) {
        return scsi_build_sense_buf(buf, len, SENSE_CODE(NO_SENSE), fixed);
    }
    if (fixed == !(in_buf[0] & SENSE_IS_DESCRIPTOR)) {
        len = MIN(len, in_len);
        memcpy(buf, in_buf, len);
        return len;
    }
    return scsi_build_sense_buf(buf, len, scsi_parse_sense_buf(in_buf, in_len),
                                fixed);
}

bool scsi_sense_buf_is_guest_recoverable(const uint8_t *in_buf, size_t in_len)
{
    SCSISense sense;

    if (in_len < 1) {
        return false;
    }
    sense = scsi_parse_sense_buf(in_buf, in_len);
    switch (sense.key) {
    case NO_SENSE:
    case RECOVERED_ERROR:
    case UNIT_ATTENTION:
    case ABORTED_COMMAND:
        return true;
    case NOT_READY:
    case ILLEGAL_REQUEST:
    case DATA_PROTECT:
        /* It asked for what the device cannot do, and will see so. */
        switch (sense.asc << 8 | sense.ascq) {
        case 0x1a00:    /* PARAMETER LIST LENGTH ERROR */
        case 0x2000:    /* INVALID OPERATION CODE */
        case 0x2400:    /* INVALID FIELD IN CDB */
        case 0x2500:    /* LOGICAL UNIT NOT SUPPORTED */
        case 0x2600:    /* INVALID FIELD IN PARAMETER LIST */
        case 0x2104:    /* UNALIGNED WRITE COMMAND */
        case 0x2105:    /* WRITE BOUNDARY VIOLATION */
        case 0x2106:    /* ATTEMPT TO READ INVALID DATA */
        case 0x550e:    /* INSUFFICIENT ZONE RESOURCES */
            return true;
        default:
            return false;
        }
    default:
        return false;
    }
}

/* Errors of the host */

int scsi_sense_from_errno(int errno_value, SCSISense *sense)
{
    switch (errno_value) {
    case 0:
        return GOOD;
    case EDOM:
        return TASK_SET_FULL;
    case EBADE:
        return RESERVATION_CONFLICT;
    case ENODATA:
        *sense = SENSE_CODE(READ_ERROR);
        break;
    case EREMOTEIO:
        *sense = SENSE_CODE(TARGET_FAILURE);
        break;
    case ENOMEDIUM:
        *sense = SENSE_CODE(NO_MEDIUM);
        break;
    case ENOMEM:
        *sense = SENSE_CODE(TARGET_FAILURE);
        break;
    case EINVAL:
        *sense = SENSE_CODE(INVALID_FIELD);
        break;
    case ENOSPC:
        *sense = SENSE_CODE(SPACE_ALLOC_FAILED);
        break;
    default:
        *sense = SENSE_CODE(IO_ERROR);
        break;
    }
    return CHECK_CONDITION;
}

int scsi_sense_from_host_status(uint8_t host_status, SCSISense *sense)
{
    switch (host_status) {
    case SCSI_HOST_OK:
        return GOOD;
    case SCSI_HOST_BUSY:
        return BUSY;
    case SCSI_HOST_RESERVATION_ERROR:
        return RESERVATION_CONFLICT;
    case SCSI_HOST_NO_LUN:
        *sense = SENSE_CODE(LUN_NOT_RESPONDING);
        break;
    case SCSI_HOST_TIME_OUT:
    case SCSI_HOST_ABORTED:
        *sense = SENSE_CODE(COMMAND_TIMEOUT);
        break;
    case SCSI_HOST_BAD_RESPONSE:
        *sense = SENSE_CODE(LUN_COMM_FAILURE);
        break;
    case SCSI_HOST_RESET:
        *sense = SENSE_CODE(RESET);
        break;
    case SCSI_HOST_TRANSPORT_DISRUPTED:
        *sense = SENSE_CODE(I_T_NEXUS_LOSS);
        break;
    case SCSI_HOST_TARGET_FAILURE:
        *sense = SENSE_CODE(TARGET_FAILURE);
        break;
    case SCSI_HOST_ALLOCATION_FAILURE:
        *sense = SENSE_CODE(SPACE_ALLOC_FAILED);
        break;
    case SCSI_HOST_MEDIUM_ERROR:
        *sense = SENSE_CODE(READ_ERROR);
        break;
    case SCSI_HOST_ERROR:
    default:
        *sense = SENSE_CODE(IO_ERROR);
        break;
    }
    return CHECK_CONDITION;
}

int scsi_sense_to_errno(int key, int asc, int ascq)
{
    switch (key) {
    case NO_SENSE:
    case RECOVERED_ERROR:
    case UNIT_ATTENTION:
        return EAGAIN;
    case ABORTED_COMMAND:
        return ECANCELED;
    case NOT_READY:
    case ILLEGAL_REQUEST:
    case DATA_PROTECT:
        break;
    default:
        return EIO;
    }

    switch (asc << 8 | ascq) {
    case 0x1a00:    /* PARAMETER LIST LENGTH ERROR */
    case 0x2000:    /* INVALID OPERATION CODE */
    case 0x2400:    /* INVALID FIELD IN CDB */
    case 0x2600:    /* INVALID FIELD IN PARAMETER LIST */
        return EINVAL;
    case 0x2100:    /* LBA OUT OF RANGE */
    case 0x2707:    /* SPACE ALLOCATION FAILED */
        return ENOSPC;
    case 0x2500:    /* LOGICAL UNIT NOT SUPPORTED */
        return ENOTSUP;
    case 0x3a00:    /* MEDIUM NOT PRESENT, … */
    case 0x3a01:    /* tray closed */
    case 0x3a02:    /* tray open */
        return ENOMEDIUM;
    case 0x2700:    /* WRITE PROTECTED */
        return EACCES;
    case 0x0401:    /* IS IN PROCESS OF BECOMING READY */
        return EINPROGRESS;
    case 0x0402:    /* INITIALIZING COMMAND REQUIRED */
        return ENOTCONN;
    default:
        return EIO;
    }
}

int scsi_sense_buf_to_errno(const uint8_t *in_buf, size_t in_len)
{
    SCSISense sense;

    if (in_len < 1) {
        return EIO;
    }
    sense = scsi_parse_sense_buf(in_buf, in_len);
    return scsi_sense_to_errno(sense.key, sense.asc, sense.ascq);
}

/* Names */

const char *scsi_command_name(uint8_t cmd)
{
    static const char *const names[256] = {
        [TEST_UNIT_READY]               = "TEST_UNIT_READY",
        [REWIND]                        = "REWIND",
        [REQUEST_SENSE]                 = "REQUEST_SENSE",
        [FORMAT_UNIT]                   = "FORMAT_UNIT",
        [READ_BLOCK_LIMITS]             = "READ_BLOCK_LIMITS",
        [REASSIGN_BLOCKS]               = "REASSIGN_BLOCKS/INITIALIZE ELEMENT STATUS",
        [READ_6]                        = "READ_6",
        [WRITE_6]                       = "WRITE_6",
        [SET_CAPACITY]                  = "SET_CAPACITY",
        [READ_REVERSE]                  = "READ_REVERSE",
        [WRITE_FILEMARKS]               = "WRITE_FILEMARKS",
        [SPACE]                         = "SPACE",
        [INQUIRY]                       = "INQUIRY",
        [RECOVER_BUFFERED_DATA]         = "RECOVER_BUFFERED_DATA",
        [MODE_SELECT]                   = "MODE_SELECT",
        [RESERVE]                       = "RESERVE",
        [RELEASE]                       = "RELEASE",
        [COPY]                          = "COPY",
        [ERASE]                         = "ERASE",
        [MODE_SENSE]                    = "MODE_SENSE",
        [START_STOP]                    = "START_STOP/LOAD_UNLOAD",
        [RECEIVE_DIAGNOSTIC]            = "RECEIVE_DIAGNOSTIC",
        [SEND_DIAGNOSTIC]               = "SEND_DIAGNOSTIC",
        [ALLOW_MEDIUM_REMOVAL]          = "ALLOW_MEDIUM_REMOVAL",
        [SET_WINDOW]                    = "SET_WINDOW",
        [READ_CAPACITY_10]              = "READ_CAPACITY_10",
        [READ_10]                       = "READ_10",
        [WRITE_10]                      = "WRITE_10",
        [SEEK_10]                       = "SEEK_10/POSITION_TO_ELEMENT",
        [WRITE_VERIFY_10]               = "WRITE_VERIFY_10",
        [VERIFY_10]                     = "VERIFY_10",
        [SEARCH_HIGH]                   = "SEARCH_HIGH",
        [SEARCH_EQUAL]                  = "SEARCH_EQUAL",
        [SEARCH_LOW]                    = "SEARCH_LOW",
        [SET_LIMITS]                    = "SET_LIMITS",
        [PRE_FETCH]                     = "PRE_FETCH/READ_POSITION",
        [SYNCHRONIZE_CACHE]             = "SYNCHRONIZE_CACHE",
        [LOCK_UNLOCK_CACHE]             = "LOCK_UNLOCK_CACHE",
        [READ_DEFECT_DATA]              = "READ_DEFECT_DATA/INITIALIZE_ELEMENT_STATUS_WITH_RANGE",
        [MEDIUM_SCAN]                   = "MEDIUM_SCAN",
        [COMPARE]                       = "COMPARE",
        [COPY_VERIFY]                   = "COPY_VERIFY",
        [WRITE_BUFFER]                  = "WRITE_BUFFER",
        [READ_BUFFER]                   = "READ_BUFFER",
        [UPDATE_BLOCK]                  = "UPDATE_BLOCK",
        [READ_LONG_10]                  = "READ_LONG_10",
        [WRITE_LONG_10]                 = "WRITE_LONG_10",
        [CHANGE_DEFINITION]             = "CHANGE_DEFINITION",
        [WRITE_SAME_10]                 = "WRITE_SAME_10",
        [UNMAP]                         = "UNMAP",
        [READ_TOC]                      = "READ_TOC",
        [REPORT_DENSITY_SUPPORT]        = "REPORT_DENSITY_SUPPORT",
        [GET_CONFIGURATION]             = "GET_CONFIGURATION",
        [SANITIZE]                      = "SANITIZE",
        [GET_EVENT_STATUS_NOTIFICATION] = "GET_EVENT_STATUS_NOTIFICATION",
        [LOG_SELECT]                    = "LOG_SELECT",
        [LOG_SENSE]                     = "LOG_SENSE",
        [READ_DISC_INFORMATION]         = "READ_DISC_INFORMATION",
        [RESERVE_TRACK]                 = "RESERVE_TRACK",
        [MODE_SELECT_10]                = "MODE_SELECT_10",
        [RESERVE_10]                    = "RESERVE_10",
        [RELEASE_10]                    = "RELEASE_10",
        [MODE_SENSE_10]                 = "MODE_SENSE_10",
        [SEND_CUE_SHEET]                = "SEND_CUE_SHEET",
        [PERSISTENT_RESERVE_IN]         = "PERSISTENT_RESERVE_IN",
        [PERSISTENT_RESERVE_OUT]        = "PERSISTENT_RESERVE_OUT",
        [WRITE_FILEMARKS_16]            = "WRITE_FILEMARKS_16",
        [READ_REVERSE_16]               = "READ_REVERSE_16",
        [ALLOW_OVERWRITE]               = "ALLOW_OVERWRITE",
        [EXTENDED_COPY]                 = "EXTENDED_COPY",
        [ATA_PASSTHROUGH_16]            = "ATA_PASSTHROUGH_16",
        [ACCESS_CONTROL_IN]             = "ACCESS_CONTROL_IN",
        [ACCESS_CONTROL_OUT]            = "ACCESS_CONTROL_OUT",
        [READ_16]                       = "READ_16",
        [COMPARE_AND_WRITE]             = "COMPARE_AND_WRITE",
        [WRITE_16]                      = "WRITE_16",
        [WRITE_VERIFY_16]               = "WRITE_VERIFY_16",
        [VERIFY_16]                     = "VERIFY_16",
        [PRE_FETCH_16]                  = "PRE_FETCH_16",
        [SYNCHRONIZE_CACHE_16]          = "SPACE_16/SYNCHRONIZE_CACHE_16",
        [LOCATE_16]                     = "LOCATE_16",
        [WRITE_SAME_16]                 = "ERASE_16/WRITE_SAME_16",
        [SERVICE_ACTION_IN_16]          = "SERVICE_ACTION_IN_16",
        [WRITE_LONG_16]                 = "WRITE_LONG_16",
        [REPORT_LUNS]                   = "REPORT_LUNS",
        [ATA_PASSTHROUGH_12]            = "BLANK/ATA_PASSTHROUGH_12",
        [MAINTENANCE_IN]                = "MAINTENANCE_IN",
        [MAINTENANCE_OUT]               = "MAINTENANCE_OUT",
        [MOVE_MEDIUM]                   = "MOVE_MEDIUM",
        [EXCHANGE_MEDIUM]               = "EXCHANGE MEDIUM",
        [SET_READ_AHEAD]                = "SET_READ_AHEAD",
        [READ_12]                       = "READ_12",
        [WRITE_12]                      = "WRITE_12",
        [SERVICE_ACTION_IN_12]          = "SERVICE_ACTION_IN_12",
        [ERASE_12]                      = "ERASE_12/GET_PERFORMANCE",
        [READ_DVD_STRUCTURE]            = "READ_DVD_STRUCTURE",
        [WRITE_VERIFY_12]               = "WRITE_VERIFY_12",
        [VERIFY_12]                     = "VERIFY_12",
        [SEARCH_HIGH_12]                = "SEARCH_HIGH_12",
        [SEARCH_EQUAL_12]               = "SEARCH_EQUAL_12",
        [SEARCH_LOW_12]                 = "SEARCH_LOW_12",
        [SEND_VOLUME_TAG]               = "SEND_VOLUME_TAG/SET_STREAMING",
        [READ_DEFECT_DATA_12]           = "READ_DEFECT_DATA_12",
        [READ_ELEMENT_STATUS]           = "READ_ELEMENT_STATUS",
        [SET_CD_SPEED]                  = "SET_CD_SPEED",
        [MECHANISM_STATUS]              = "MECHANISM_STATUS",
        [READ_CD]                       = "READ_CD",
        [SEND_DVD_STRUCTURE]            = "SEND_DVD_STRUCTURE",
    };

    return names[cmd] ?: "*UNKNOWN*";
}
