/*
 * SCSI: sense data, and CDBs by themselves (scsi/utils.c).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "scsi/constants.h"
#include "scsi/utils.h"

/* The group says how long a CDB is; three of the eight say nothing. */
static void test_cdb_length(void)
{
    static const struct {
        uint8_t op;
        int len;
    } cdbs[] = {
        { TEST_UNIT_READY, 6 }, { INQUIRY, 6 }, { 0x1f, 6 },
        { READ_10, 10 }, { WRITE_SAME_10, 10 }, { 0x5f, 10 },
        { 0x60, -1 }, { VARLENGTH_CDB, -1 },
        { READ_16, 16 }, { SERVICE_ACTION_IN_16, 16 },
        { REPORT_LUNS, 12 }, { READ_CD, 12 },
        { 0xc0, -1 }, { 0xff, -1 },
    };

    for (int i = 0; i < ARRAY_SIZE(cdbs); i++) {
        uint8_t cdb[16] = { cdbs[i].op };

        g_assert_cmpint(scsi_cdb_length(cdb), ==, cdbs[i].len);
    }
}

static void test_cdb_fields(void)
{
    SCSICommand read_6 = { .buf = { READ_6, 0xff, 0x23, 0x45, 0 } };
    SCSICommand read_10 = {
        .buf = { READ_10, 0, 0x87, 0x65, 0x43, 0x21, 0, 0x12, 0x34 }
    };
    SCSICommand read_12 = {
        .buf = { READ_12, 0, 0xff, 0xff, 0xff, 0xfe, 0xfe, 0xdc, 0xba, 0x98 }
    };
    SCSICommand read_16 = {
        .buf = { READ_16, 0, 0xfe, 0xdc, 0xba, 0x98, 0x76, 0x54, 0x32, 0x10,
                 0x89, 0xab, 0xcd, 0xef }
    };

    /* The upper three bits of byte 1 are not the address's. */
    g_assert_cmphex(scsi_cmd_lba(&read_6), ==, 0x1f2345);
    g_assert_cmpuint(scsi_cdb_xfer(read_6.buf), ==, 0);
    g_assert_cmpuint(scsi_data_cdb_xfer(read_6.buf), ==, 256);
    read_6.buf[4] = 7;
    g_assert_cmpuint(scsi_data_cdb_xfer(read_6.buf), ==, 7);

    g_assert_cmphex(scsi_cmd_lba(&read_10), ==, 0x87654321);
    g_assert_cmphex(scsi_data_cdb_xfer(read_10.buf), ==, 0x1234);
    read_10.buf[7] = read_10.buf[8] = 0;
    g_assert_cmphex(scsi_data_cdb_xfer(read_10.buf), ==, 0);
    g_assert_cmphex(scsi_cmd_lba(&read_12), ==, 0xfffffffe);
    g_assert_cmphex(scsi_cdb_xfer(read_12.buf), ==, 0xfedcba98);
    g_assert_cmphex(scsi_cmd_lba(&read_16), ==, 0xfedcba9876543210);
    g_assert_cmphex(scsi_cdb_xfer(read_16.buf), ==, 0x89abcdef);
}

static void test_names(void)
{
    g_assert_cmpstr(scsi_command_name(INQUIRY), ==, "INQUIRY");
    g_assert_cmpstr(scsi_command_name(READ_16), ==, "READ_16");
    g_assert_cmpstr(scsi_command_name(0xff), ==, "*UNKNOWN*");
}

/* Both formats, and as much of them as there is room for. */
static void test_build_sense(void)
{
    static const uint8_t fixed[SCSI_SENSE_LEN] = {
        0x70, 0, 5, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0x24, 0
    };
    static const uint8_t descriptor[8] = { 0x72, 5, 0x24, 0 };
    uint8_t buf[SCSI_SENSE_LEN];

    g_assert_cmpint(scsi_build_sense(buf, SENSE_CODE(INVALID_FIELD)), ==,
                    sizeof(fixed));
    g_assert_cmpmem(buf, sizeof(fixed), fixed, sizeof(fixed));
    g_assert_cmpint(scsi_build_sense_buf(buf, sizeof(buf),
                                         SENSE_CODE(INVALID_FIELD), false), ==,
                    sizeof(descriptor));
    g_assert_cmpmem(buf, sizeof(descriptor), descriptor, sizeof(descriptor));

    for (size_t room = 0; room < sizeof(fixed); room++) {
        memset(buf, 0xee, sizeof(buf));
        g_assert_cmpint(scsi_build_sense_buf(buf, room,
                                             SENSE_CODE(INVALID_FIELD), true),
                        ==, room);
        g_assert_cmpmem(buf, room, fixed, room);
        g_assert_cmphex(buf[room], ==, 0xee);
    }
}

static void assert_sense(SCSISense sense, int key, int asc, int ascq)
{
    g_assert_cmphex(sense.key, ==, key);
    g_assert_cmphex(sense.asc, ==, asc);
    g_assert_cmphex(sense.ascq, ==, ascq);
}

/* What is cut off is zero. */
static void test_parse_sense(void)
{
    uint8_t buf[SCSI_SENSE_LEN];

    scsi_build_sense_buf(buf, sizeof(buf), SENSE_CODE(CAPACITY_CHANGED), true);
    assert_sense(scsi_parse_sense_buf(buf, 18), UNIT_ATTENTION, 0x2a, 9);
    assert_sense(scsi_parse_sense_buf(buf, 13), UNIT_ATTENTION, 0, 0);
    assert_sense(scsi_parse_sense_buf(buf, 1), NO_SENSE, 0, 0);

    scsi_build_sense_buf(buf, sizeof(buf), SENSE_CODE(CAPACITY_CHANGED),
                         false);
    assert_sense(scsi_parse_sense_buf(buf, 8), UNIT_ATTENTION, 0x2a, 9);
    assert_sense(scsi_parse_sense_buf(buf, 4), UNIT_ATTENTION, 0x2a, 9);
    assert_sense(scsi_parse_sense_buf(buf, 2), UNIT_ATTENTION, 0, 0);
}

static void test_convert_sense(void)
{
    uint8_t fixed[SCSI_SENSE_LEN], descriptor[8], buf[SCSI_SENSE_LEN];

    scsi_build_sense(fixed, SENSE_CODE(WRITE_PROTECTED));
    scsi_build_sense_buf(descriptor, 8, SENSE_CODE(WRITE_PROTECTED), false);

    g_assert_cmpint(scsi_convert_sense(fixed, 18, buf, 18, true), ==, 18);
    g_assert_cmpmem(buf, 18, fixed, 18);
    g_assert_cmpint(scsi_convert_sense(fixed, 18, buf, 18, false), ==, 8);
    g_assert_cmpmem(buf, 8, descriptor, 8);
    g_assert_cmpint(scsi_convert_sense(descriptor, 8, buf, 18, true), ==, 18);
    g_assert_cmpmem(buf, 18, fixed, 18);
    g_assert_cmpint(scsi_convert_sense(fixed, 18, buf, 4, true), ==, 4);

    /* There is none. */
    g_assert_cmpint(scsi_convert_sense(NULL, 0, buf, 18, true), ==, 18);
    assert_sense(scsi_parse_sense_buf(buf, 18), NO_SENSE, 0, 0);
}

static void test_errors(void)
{
    uint8_t buf[SCSI_SENSE_LEN];
    SCSISense sense;

    g_assert_cmphex(scsi_sense_from_errno(0, &sense), ==, GOOD);
    g_assert_cmphex(scsi_sense_from_errno(EBADE, &sense), ==,
                    RESERVATION_CONFLICT);
    g_assert_cmphex(scsi_sense_from_errno(ENOSPC, &sense), ==,
                    CHECK_CONDITION);
    assert_sense(sense, DATA_PROTECT, 0x27, 7);
    g_assert_cmphex(scsi_sense_from_errno(EPERM, &sense), ==, CHECK_CONDITION);
    assert_sense(sense, ABORTED_COMMAND, 0, 6);

    g_assert_cmphex(scsi_sense_from_host_status(SCSI_HOST_BUSY, &sense), ==,
                    BUSY);
    g_assert_cmphex(scsi_sense_from_host_status(SCSI_HOST_TIME_OUT, &sense),
                    ==, CHECK_CONDITION);
    assert_sense(sense, ABORTED_COMMAND, 0x2e, 2);

    g_assert_cmpint(scsi_sense_to_errno(NOT_READY, 0x3a, 0), ==, ENOMEDIUM);
    g_assert_cmpint(scsi_sense_to_errno(UNIT_ATTENTION, 0x29, 0), ==, EAGAIN);
    g_assert_cmpint(scsi_sense_to_errno(MEDIUM_ERROR, 0x11, 0), ==, EIO);
    g_assert_cmpint(scsi_sense_buf_to_errno(buf, 0), ==, EIO);
    scsi_build_sense(buf, SENSE_CODE(LUN_NOT_SUPPORTED));
    g_assert_cmpint(scsi_sense_buf_to_errno(buf, 18), ==, ENOTSUP);

    g_assert_true(scsi_sense_buf_is_guest_recoverable(buf, 18));
    scsi_build_sense(buf, SENSE_CODE(READ_ERROR));
    g_assert_false(scsi_sense_buf_is_guest_recoverable(buf, 18));
    g_assert_false(scsi_sense_buf_is_guest_recoverable(buf, 0));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/scsi-utils/cdb-length", test_cdb_length);
    g_test_add_func("/scsi-utils/cdb-fields", test_cdb_fields);
    g_test_add_func("/scsi-utils/names", test_names);
    g_test_add_func("/scsi-utils/build-sense", test_build_sense);
    g_test_add_func("/scsi-utils/parse-sense", test_parse_sense);
    g_test_add_func("/scsi-utils/convert-sense", test_convert_sense);
    g_test_add_func("/scsi-utils/errors", test_errors);
    return g_test_run();
}
