/*
 * SCSI: commands and sense data, as bytes.
 *
 * A command is a CDB of 6 to 16 bytes: the operation, mostly an address (LBA,
 * in blocks) and a length (in blocks or bytes).  How much data goes which way
 * is nowhere said; one has to know the operation.  A SCSICommand is a CDB
 * together with what was found out about it.
 *
 * A command that fails ends with CHECK CONDITION, and the reason is in *sense
 * data*: a key (what sort of trouble), a code and a qualifier (which).  There
 * are two formats for the same three numbers (SPC-4, 4.5):
 *
 *     fixed        70 00 KK 00 00 00 00 0a  00 00 00 00 AC AQ 00 00 00 00
 *     descriptor   72 KK AC AQ 00 00 00 00
 *
 * A SCSISense is the three; SENSE_CODE(INVALID_FIELD) is one of those below.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SCSI_UTILS_H
#define SCSI_UTILS_H

#define SCSI_CMD_BUF_SIZE      16
#define SCSI_SENSE_LEN         18
#define SCSI_SENSE_LEN_SCANNER 32

/* Seen from the initiator: FROM_DEV is a read. */
enum SCSIXferMode {
    SCSI_XFER_NONE,
    SCSI_XFER_FROM_DEV,
    SCSI_XFER_TO_DEV,
};

/* @len bytes of @buf count; @xfer: bytes of data; @lba: all ones if none. */
typedef struct SCSICommand {
    uint8_t buf[SCSI_CMD_BUF_SIZE];
    int len;
    size_t xfer;
    uint64_t lba;
    enum SCSIXferMode mode;
} SCSICommand;

typedef struct SCSISense {
    uint8_t key;
    uint8_t asc;
    uint8_t ascq;
} SCSISense;

/* How the transport fared, where that is known: Linux's DID_ codes. */
typedef enum SCSIHostStatus {
    SCSI_HOST_OK,
    SCSI_HOST_NO_LUN,
    SCSI_HOST_BUSY,
    SCSI_HOST_TIME_OUT,
    SCSI_HOST_BAD_RESPONSE,
    SCSI_HOST_ABORTED,
    SCSI_HOST_ERROR = 0x07,
    SCSI_HOST_RESET = 0x08,
    SCSI_HOST_TRANSPORT_DISRUPTED = 0xe,
    SCSI_HOST_TARGET_FAILURE = 0x10,
    SCSI_HOST_RESERVATION_ERROR = 0x11,
    SCSI_HOST_ALLOCATION_FAILURE = 0x12,
    SCSI_HOST_MEDIUM_ERROR = 0x13,
} SCSIHostStatus;

/* Sense codes */

#define SENSE_CODE(x) sense_code_ ## x

extern const struct SCSISense sense_code_NO_SENSE;
extern const struct SCSISense sense_code_LUN_NOT_READY;
extern const struct SCSISense sense_code_NO_MEDIUM;
extern const struct SCSISense sense_code_NOT_READY_REMOVAL_PREVENTED;
extern const struct SCSISense sense_code_TARGET_FAILURE;
extern const struct SCSISense sense_code_INVALID_OPCODE;
extern const struct SCSISense sense_code_LBA_OUT_OF_RANGE;
extern const struct SCSISense sense_code_INVALID_FIELD;
extern const struct SCSISense sense_code_INVALID_PARAM;
extern const struct SCSISense sense_code_INVALID_PARAM_VALUE;
extern const struct SCSISense sense_code_INVALID_PARAM_LEN;
extern const struct SCSISense sense_code_LUN_NOT_SUPPORTED;
extern const struct SCSISense sense_code_SAVING_PARAMS_NOT_SUPPORTED;
extern const struct SCSISense sense_code_INCOMPATIBLE_FORMAT;
extern const struct SCSISense sense_code_ILLEGAL_REQ_REMOVAL_PREVENTED;
extern const struct SCSISense sense_code_IO_ERROR;
extern const struct SCSISense sense_code_I_T_NEXUS_LOSS;
extern const struct SCSISense sense_code_LUN_FAILURE;
extern const struct SCSISense sense_code_LUN_COMM_FAILURE;
extern const struct SCSISense sense_code_LUN_NOT_RESPONDING;
extern const struct SCSISense sense_code_COMMAND_TIMEOUT;
extern const struct SCSISense sense_code_COMMAND_ABORTED;
extern const struct SCSISense sense_code_OVERLAPPED_COMMANDS;
extern const struct SCSISense sense_code_READ_ERROR;
extern const struct SCSISense sense_code_RESET;
extern const struct SCSISense sense_code_SCSI_BUS_RESET;
extern const struct SCSISense sense_code_UNIT_ATTENTION_NO_MEDIUM;
extern const struct SCSISense sense_code_MEDIUM_CHANGED;
extern const struct SCSISense sense_code_REPORTED_LUNS_CHANGED;
extern const struct SCSISense sense_code_CAPACITY_CHANGED;
extern const struct SCSISense sense_code_DEVICE_INTERNAL_RESET;
extern const struct SCSISense sense_code_WRITE_PROTECTED;
extern const struct SCSISense sense_code_SPACE_ALLOC_FAILED;

/* Sense data.  Those that write give the number of bytes. */

/* Fixed format, SCSI_SENSE_LEN bytes. */
int scsi_build_sense(uint8_t *buf, SCSISense sense);
/* In either format; at most @max_size bytes, cut off if need be. */
int scsi_build_sense_buf(uint8_t *buf, size_t max_size, SCSISense sense,
                         bool fixed_sense);
/* The three numbers out of @in_len bytes of either format. */
SCSISense scsi_parse_sense_buf(const uint8_t *in_buf, int in_len);
/*
 * From the format that it has into the other, or the same, with at most @len
 * bytes; from nothing (@in_len 0), "no sense".
 */
int scsi_convert_sense(uint8_t *in_buf, int in_len,
                       uint8_t *buf, int len, bool fixed);
/* Is it something that a driver tries again at once by itself? */
bool scsi_sense_buf_is_guest_recoverable(const uint8_t *in_buf, size_t in_len);

/* What a host's error is to a guest: the status, and with CHECK_CONDITION *@sense. */
int scsi_sense_from_errno(int errno_value, SCSISense *sense);
int scsi_sense_from_host_status(uint8_t host_status, SCSISense *sense);
/* And back: an errno. */
int scsi_sense_to_errno(int key, int asc, int ascq);
int scsi_sense_buf_to_errno(const uint8_t *sense, size_t sense_size);

/* CDBs */

/* By its group: 6, 10, 12 or 16; -1 if that is not defined. */
int scsi_cdb_length(uint8_t *buf);
/* The length field as it stands; _data_: for READ(6) and WRITE(6), 0 is 256. */
uint32_t scsi_cdb_xfer(uint8_t *buf);
uint32_t scsi_data_cdb_xfer(uint8_t *buf);
uint64_t scsi_cmd_lba(SCSICommand *cmd);
/* The operation, for people; "*UNKNOWN*". */
const char *scsi_command_name(uint8_t cmd);

#endif
