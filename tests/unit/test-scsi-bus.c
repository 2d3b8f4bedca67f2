/*
 * The SCSI bus, between a host adapter and a device that are both the test's.
 *
 * The adapter keeps what it is told of the last request; the device answers READ
 * (6) with a pattern, takes WRITE (6), holds on to a VERIFY (10) until it is let
 * go, and knows nothing else.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/qdev-properties.h"
#include "hw/scsi/scsi.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qemu/bswap.h"
#include "qemu/module.h"
#include "scsi/constants.h"
#include "sysemu/runstate.h"
#include "../../migration/qemu-file.h"

/* The adapter */

#define TYPE_FAKE_HBA "fake-hba"
OBJECT_DECLARE_SIMPLE_TYPE(FakeHBA, FAKE_HBA)

struct FakeHBA {
    DeviceState parent_obj;

    SCSIBus bus;
    uint8_t *buf;               /* data of the request, both ways */
    size_t pos;
    int completed, failed, cancelled, changed;
    int status;
    int host_status;
    size_t residual;
    SCSISense change;
};

static FakeHBA *fake_hba_of(SCSIBus *bus)
{
    return container_of(bus, FakeHBA, bus);
}

static void fake_hba_transfer(SCSIRequest *req, uint32_t len)
{
    FakeHBA *hba = fake_hba_of(req->bus);
    uint8_t *buf = scsi_req_get_buf(req);

    if (req->cmd.mode == SCSI_XFER_FROM_DEV) {
        memcpy(hba->buf + hba->pos, buf, len);
    } else {
        memcpy(buf, hba->buf + hba->pos, len);
    }
    hba->pos += len;
    scsi_req_continue(req);
}

static void fake_hba_complete(SCSIRequest *req, size_t residual)
{
    FakeHBA *hba = fake_hba_of(req->bus);

    hba->completed++;
    hba->status = req->status;
    hba->residual = residual;
}

static void fake_hba_fail(SCSIRequest *req)
{
    FakeHBA *hba = fake_hba_of(req->bus);

    hba->failed++;
    hba->host_status = req->host_status;
}

static void fake_hba_cancel(SCSIRequest *req)
{
    fake_hba_of(req->bus)->cancelled++;
}

static void fake_hba_change(SCSIBus *bus, SCSIDevice *dev, SCSISense sense)
{
    fake_hba_of(bus)->changed++;
    fake_hba_of(bus)->change = sense;
}

static const SCSIBusInfo fake_hba_info = {
    .tcq = true,
    .max_channel = 1,
    .max_target = 3,
    .max_lun = 300,
    .transfer_data = fake_hba_transfer,
    .complete = fake_hba_complete,
    .fail = fake_hba_fail,
    .cancel = fake_hba_cancel,
    .change = fake_hba_change,
};

static void fake_hba_realize(DeviceState *dev, Error **errp)
{
    FakeHBA *hba = FAKE_HBA(dev);

    scsi_bus_init(&hba->bus, sizeof(hba->bus), dev, &fake_hba_info);
}

static void fake_hba_class_init(ObjectClass *klass, void *data)
{
    DEVICE_CLASS(klass)->realize = fake_hba_realize;
}

/* The device */

#define TYPE_FAKE_DISK "fake-disk"
OBJECT_DECLARE_SIMPLE_TYPE(FakeDisk, FAKE_DISK)

struct FakeDisk {
    SCSIDevice parent_obj;

    int reported;               /* UNIT ATTENTIONs that the guest has seen */
};

typedef struct FakeReq {
    SCSIRequest req;
    uint8_t data[1024];
    size_t left;
} FakeReq;

static int fake_reqs;           /* that are there */
static SCSIRequest *held;

static void fake_disk_init_req(SCSIRequest *req)
{
    fake_reqs++;
}

static void fake_disk_free_req(SCSIRequest *req)
{
    fake_reqs--;
}

static int32_t fake_disk_send(SCSIRequest *req, uint8_t *buf)
{
    FakeReq *r = DO_UPCAST(FakeReq, req, req);

    r->left = req->cmd.xfer;
    switch (buf[0]) {
    case READ_6:
        return r->left;
    case WRITE_6:
        return -(int32_t)r->left;
    case VERIFY_10:
        held = scsi_req_ref(req);
        return 0;
    case START_STOP:
        scsi_req_complete_failed(req, SCSI_HOST_RESET);
        return 0;
    default:
        scsi_req_build_sense(req, SENSE_CODE(INVALID_OPCODE));
        scsi_req_complete(req, CHECK_CONDITION);
        return 0;
    }
}

/* In pieces of at most 1024 bytes. */
static void fake_disk_piece(SCSIRequest *req)
{
    FakeReq *r = DO_UPCAST(FakeReq, req, req);
    size_t len = MIN(r->left, sizeof(r->data));

    if (!len) {
        scsi_req_complete(req, GOOD);
        return;
    }
    r->left -= len;
    if (req->cmd.mode == SCSI_XFER_FROM_DEV) {
        memset(r->data, req->cmd.lba & 0xff, len);
    }
    scsi_req_data(req, len);
}

static uint8_t *fake_disk_get_buf(SCSIRequest *req)
{
    return DO_UPCAST(FakeReq, req, req)->data;
}

static const SCSIReqOps fake_disk_reqops = {
    .size = sizeof(FakeReq),
    .init_req = fake_disk_init_req,
    .free_req = fake_disk_free_req,
    .send_command = fake_disk_send,
    .read_data = fake_disk_piece,
    .write_data = fake_disk_piece,
    .get_buf = fake_disk_get_buf,
};

static SCSIRequest *fake_disk_alloc_req(SCSIDevice *s, uint32_t tag,
                                        uint32_t lun, uint8_t *buf,
                                        void *hba_private)
{
    return scsi_req_alloc(&fake_disk_reqops, s, tag, lun, hba_private);
}

static void fake_disk_realize(SCSIDevice *dev, Error **errp)
{
    dev->type = TYPE_DISK;
    dev->blocksize = 512;
}

static void fake_disk_reported(SCSIDevice *dev)
{
    FAKE_DISK(dev)->reported++;
}

static void fake_disk_class_init(ObjectClass *klass, void *data)
{
    SCSIDeviceClass *sc = SCSI_DEVICE_CLASS(klass);

    sc->realize = fake_disk_realize;
    sc->alloc_req = fake_disk_alloc_req;
    sc->unit_attention_reported = fake_disk_reported;
}

/* Start and stop */

static FakeHBA *hba_new(void)
{
    DeviceState *dev = qdev_new(TYPE_FAKE_HBA);
    FakeHBA *hba = FAKE_HBA(dev);

    object_property_add_child(object_get_root(), "hba", OBJECT(dev));
    qdev_realize_and_unref(dev, NULL, &error_abort);
    hba->buf = g_malloc0(256 * 512);
    return hba;
}

static void hba_free(FakeHBA *hba)
{
    g_free(hba->buf);
    object_unparent(OBJECT(hba));
    g_assert_cmpint(fake_reqs, ==, 0);
}

/* -1: the first that is free */
static SCSIDevice *disk_new(FakeHBA *hba, int channel, int id, int lun,
                            Error **errp)
{
    static int serial;
    g_autofree char *name = g_strdup_printf("disk%d", serial++);
    DeviceState *dev = qdev_new(TYPE_FAKE_DISK);

    qdev_prop_set_uint32(dev, "channel", channel);
    qdev_prop_set_uint32(dev, "scsi-id", id);
    qdev_prop_set_uint32(dev, "lun", lun);
    dev->id = g_strdup(name);
    object_property_add_child(OBJECT(hba), name, OBJECT(dev));
    if (!qdev_realize_and_unref(dev, BUS(&hba->bus), errp)) {
        object_unparent(OBJECT(dev));
        return NULL;
    }
    return SCSI_DEVICE(dev);
}

/* One command from beginning to end; its status. */
static int command(FakeHBA *hba, SCSIDevice *d, int lun, const uint8_t *cdb,
                   size_t len, SCSISense *sense)
{
    uint8_t buf[16] = { 0 };
    uint8_t sense_buf[SCSI_SENSE_BUF_SIZE];
    int completed = hba->completed;
    SCSIRequest *req;
    int n;

    memcpy(buf, cdb, len);
    hba->pos = 0;
    req = scsi_req_new(d, 1, lun, buf, len, NULL);
    if (scsi_req_enqueue(req)) {
        scsi_req_continue(req);
    }
    g_assert_cmpint(hba->completed, ==, completed + 1);
    n = scsi_req_get_sense(req, sense_buf, sizeof(sense_buf));
    g_assert_true((n != 0) == (hba->status == CHECK_CONDITION));
    if (sense) {
        *sense = n ? scsi_parse_sense_buf(sense_buf, n)
                   : SENSE_CODE(NO_SENSE);
    }
    scsi_req_unref(req);
    return hba->status;
}

#define COMMAND(hba, d, lun, sense, ...) ({                                 \
    const uint8_t cdb_[] = { __VA_ARGS__ };                                 \
    command(hba, d, lun, cdb_, sizeof(cdb_), sense); })

static void assert_sense(SCSISense sense, SCSISense expected)
{
    g_assert_cmphex(sense.key, ==, expected.key);
    g_assert_cmphex(sense.asc, ==, expected.asc);
    g_assert_cmphex(sense.ascq, ==, expected.ascq);
}

/* Addresses */

static void expect_no_disk(FakeHBA *hba, int channel, int id, int lun,
                           const char *why)
{
    Error *err = NULL;

    g_assert_null(disk_new(hba, channel, id, lun, &err));
    g_assert_cmpstr(error_get_pretty(err), ==, why);
    error_free(err);
}

static void test_addresses(void)
{
    FakeHBA *hba = hba_new();
    SCSIDevice *a, *b, *c;

    a = disk_new(hba, 0, -1, -1, &error_abort);
    g_assert_cmpint(a->id, ==, 0);
    g_assert_cmpint(a->lun, ==, 0);
    b = disk_new(hba, 0, -1, -1, &error_abort);
    g_assert_cmpint(b->id, ==, 1);
    c = disk_new(hba, 0, 0, -1, &error_abort);
    g_assert_cmpint(c->id, ==, 0);
    g_assert_cmpint(c->lun, ==, 1);

    expect_no_disk(hba, 2, 0, 0, "bad scsi channel id: 2");
    expect_no_disk(hba, 0, 4, 0, "bad scsi device id: 4");
    expect_no_disk(hba, 0, 0, 301, "bad scsi device lun: 301");
    expect_no_disk(hba, 0, 0, 1, "lun already used by 'disk2'");
    disk_new(hba, 0, -1, 0, &error_abort);
    disk_new(hba, 0, -1, 0, &error_abort);
    expect_no_disk(hba, 0, -1, -1, "no free target");
    disk_new(hba, 1, -1, -1, &error_abort);
    hba_free(hba);
}

/* An address that nobody has leads to whoever has the target. */
static void test_find(void)
{
    FakeHBA *hba = hba_new();
    SCSIDevice *a = disk_new(hba, 0, 2, 5, &error_abort);
    SCSIDevice *b = disk_new(hba, 0, 2, 7, &error_abort);
    g_autofree char *path = qdev_get_dev_path(&a->qdev);

    g_assert_cmpstr(path, ==, "0:2:5");
    g_assert_true(scsi_device_find(&hba->bus, 0, 2, 5) == a);
    g_assert_true(scsi_device_find(&hba->bus, 0, 2, 7) == b);
    g_assert_nonnull(scsi_device_find(&hba->bus, 0, 2, 6));
    g_assert_null(scsi_device_find(&hba->bus, 0, 1, 5));
    g_assert_null(scsi_device_find(&hba->bus, 1, 2, 5));

    g_assert_true(scsi_device_get(&hba->bus, 0, 2, 5) == a);
    object_unref(OBJECT(a));
    object_unparent(OBJECT(a));
    g_assert_true(scsi_device_find(&hba->bus, 0, 2, 5) == b);
    hba_free(hba);
}

/* Commands */

static void test_transfer(void)
{
    FakeHBA *hba = hba_new();
    SCSIDevice *d = disk_new(hba, 0, 0, 0, &error_abort);

    g_assert_cmphex(COMMAND(hba, d, 0, NULL, READ_6, 0, 0, 0x42, 5, 0), ==,
                    GOOD);
    g_assert_cmpuint(hba->pos, ==, 5 * 512);
    g_assert_cmpuint(hba->residual, ==, 0);
    g_assert_cmphex(hba->buf[5 * 512 - 1], ==, 0x42);
    /* No blocks are 256. */
    g_assert_cmphex(COMMAND(hba, d, 0, NULL, READ_6, 0, 0, 0x43, 0, 0), ==,
                    GOOD);
    g_assert_cmpuint(hba->pos, ==, 256 * 512);
    g_assert_cmphex(COMMAND(hba, d, 0, NULL, WRITE_6, 0, 0, 0, 3, 0), ==,
                    GOOD);
    g_assert_cmpuint(hba->pos, ==, 3 * 512);
    hba_free(hba);
}

/* What is no CDB, or too large, gets an answer and never reaches the device. */
static void test_bad_cdb(void)
{
    static const uint8_t groups[] = { 0x60, 0x7f, 0xc0, 0xff };
    FakeHBA *hba = hba_new();
    SCSIDevice *d = disk_new(hba, 0, 0, 0, &error_abort);
    SCSISense sense;

    for (int i = 0; i < ARRAY_SIZE(groups); i++) {
        g_assert_cmphex(COMMAND(hba, d, 0, &sense, groups[i], 0, 0, 0, 0, 0,
                                0, 0, 0, 0, 0, 0, 0, 0, 0, 0), ==,
                        CHECK_CONDITION);
        assert_sense(sense, SENSE_CODE(INVALID_OPCODE));
    }
    /* Ten bytes are promised, and nine are there. */
    g_assert_cmphex(COMMAND(hba, d, 0, &sense, READ_10, 0, 0, 0, 0, 0, 0, 0,
                            1), ==, CHECK_CONDITION);
    assert_sense(sense, SENSE_CODE(INVALID_OPCODE));
    g_assert_cmphex(command(hba, d, 0, (uint8_t *)"", 0, &sense), ==,
                    CHECK_CONDITION);
    assert_sense(sense, SENSE_CODE(INVALID_OPCODE));
    /* Two terabytes at once. */
    g_assert_cmphex(COMMAND(hba, d, 0, &sense, READ_12, 0, 0, 0, 0, 0,
                            0xff, 0xff, 0xff, 0xff, 0, 0), ==,
                    CHECK_CONDITION);
    assert_sense(sense, SENSE_CODE(INVALID_FIELD));
    g_assert_cmpint(hba->failed + hba->cancelled, ==, 0);
    hba_free(hba);
}

/* How much data goes which way. */
static void test_parse(void)
{
    static const struct {
        int type;
        uint8_t cdb[16];
        uint64_t xfer;
        enum SCSIXferMode mode;
    } cmds[] = {
        { TYPE_DISK, { TEST_UNIT_READY, 0, 0, 0, 9 }, 0, SCSI_XFER_NONE },
        { TYPE_DISK, { INQUIRY, 0, 0, 1, 2 }, 0x102, SCSI_XFER_FROM_DEV },
        { TYPE_DISK, { READ_10, 0, 0, 0, 0, 0, 0, 1, 2 }, 0x102 * 512,
          SCSI_XFER_FROM_DEV },
        { TYPE_DISK, { WRITE_16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3 },
          3 * 512, SCSI_XFER_TO_DEV },
        { TYPE_DISK, { WRITE_10 }, 0, SCSI_XFER_NONE },
        { TYPE_DISK, { VERIFY_10, 0, 0, 0, 0, 0, 0, 0, 2 }, 0,
          SCSI_XFER_NONE },
        { TYPE_DISK, { VERIFY_10, 2, 0, 0, 0, 0, 0, 0, 2 }, 1024,
          SCSI_XFER_TO_DEV },
        { TYPE_DISK, { VERIFY_10, 6, 0, 0, 0, 0, 0, 0, 2 }, 512,
          SCSI_XFER_TO_DEV },
        { TYPE_DISK, { WRITE_SAME_16, 0, [13] = 200 }, 512, SCSI_XFER_TO_DEV },
        { TYPE_DISK, { WRITE_SAME_16, 1, [13] = 200 }, 0, SCSI_XFER_NONE },
        { TYPE_DISK, { READ_CAPACITY_10 }, 8, SCSI_XFER_FROM_DEV },
        { TYPE_DISK, { UNMAP, 0, 0, 0, 0, 0, 0, 0, 24 }, 24,
          SCSI_XFER_TO_DEV },
        { TYPE_DISK, { FORMAT_UNIT, 0x10 }, 4, SCSI_XFER_TO_DEV },
        { TYPE_DISK, { FORMAT_UNIT, 0x30 }, 8, SCSI_XFER_TO_DEV },
        { TYPE_ROM, { FORMAT_UNIT, 0x10 }, 12, SCSI_XFER_TO_DEV },
        { TYPE_DISK, { READ_BUFFER, 0, 0, 0, 0, 0, 1, 2, 3 }, 0x10203,
          SCSI_XFER_FROM_DEV },
        { TYPE_ROM, { READ_DVD_STRUCTURE, [8] = 1, [9] = 2 }, 0x102,
          SCSI_XFER_FROM_DEV },
        { TYPE_DISK, { MODE_SELECT, 0x10, 0, 0, 24 }, 24, SCSI_XFER_TO_DEV },
        { TYPE_DISK, { PERSISTENT_RESERVE_OUT, [5] = 0x80, [8] = 24 },
          0x80000018, SCSI_XFER_TO_DEV },
        { TYPE_DISK, { ATA_PASSTHROUGH_16, 8, 0x0e, 0, 0, 0, 2 }, 1024,
          SCSI_XFER_FROM_DEV },
        { TYPE_DISK, { ATA_PASSTHROUGH_16, 9, 0x02, 0, 0, 1, 2 }, 0x102,
          SCSI_XFER_TO_DEV },
        { TYPE_DISK, { ATA_PASSTHROUGH_12, 8, 0x0d, 3 }, 3 * 512,
          SCSI_XFER_FROM_DEV },
        { TYPE_ROM, { ATA_PASSTHROUGH_12, 8, 0x0d, 3 }, 0, SCSI_XFER_NONE },
    };
    FakeHBA *hba = hba_new();
    SCSIDevice *d = disk_new(hba, 0, 0, 0, &error_abort);

    for (int i = 0; i < ARRAY_SIZE(cmds); i++) {
        SCSICommand cmd = { 0 };
        uint8_t buf[16];

        memcpy(buf, cmds[i].cdb, sizeof(buf));
        d->type = cmds[i].type;
        g_assert_cmpint(scsi_req_parse_cdb(d, &cmd, buf, sizeof(buf)), ==, 0);
        g_assert_cmpint(cmd.len, ==, scsi_cdb_length(buf));
        g_assert_cmpuint(cmd.xfer, ==, cmds[i].xfer);
        g_assert_cmpint(cmd.mode, ==, cmds[i].mode);
    }
    hba_free(hba);
}

static void test_failed(void)
{
    FakeHBA *hba = hba_new();
    SCSIDevice *d = disk_new(hba, 0, 0, 0, &error_abort);
    uint8_t buf[6] = { START_STOP };
    SCSIRequest *req = scsi_req_new(d, 1, 0, buf, sizeof(buf), NULL);

    scsi_req_enqueue(req);
    scsi_req_unref(req);
    g_assert_cmpint(hba->failed, ==, 1);
    g_assert_cmpint(hba->completed, ==, 0);
    g_assert_cmpint(hba->host_status, ==, SCSI_HOST_RESET);
    hba_free(hba);
}

/* UNIT ATTENTION */

static void test_unit_attention(void)
{
    FakeHBA *hba = hba_new();
    SCSIDevice *d = disk_new(hba, 0, 0, 0, &error_abort);
    SCSISense sense;

    /* A more important one stays, and a less important one is forgotten. */
    scsi_device_set_ua(d, SENSE_CODE(CAPACITY_CHANGED));
    scsi_device_set_ua(d, SENSE_CODE(RESET));
    scsi_device_set_ua(d, SENSE_CODE(MEDIUM_CHANGED));
    scsi_device_set_ua(d, SENSE_CODE(IO_ERROR));

    /* These are answered all the same. */
    g_assert_cmphex(COMMAND(hba, d, 0, NULL, REPORT_LUNS, 0, 0, 0, 0, 0, 0, 0,
                            0, 16, 0, 0), ==, GOOD);
    COMMAND(hba, d, 0, &sense, INQUIRY, 0, 0, 0, 36, 0);
    assert_sense(sense, SENSE_CODE(INVALID_OPCODE));

    g_assert_cmphex(COMMAND(hba, d, 0, &sense, READ_6, 0, 0, 0, 1, 0), ==,
                    CHECK_CONDITION);
    assert_sense(sense, SENSE_CODE(RESET));
    g_assert_cmpint(FAKE_DISK(d)->reported, ==, 1);
    g_assert_cmphex(COMMAND(hba, d, 0, NULL, READ_6, 0, 0, 0, 1, 0), ==, GOOD);

    /* The adapter is told as well. */
    scsi_device_report_change(d, SENSE_CODE(CAPACITY_CHANGED));
    g_assert_cmpint(hba->changed, ==, 1);
    assert_sense(hba->change, SENSE_CODE(CAPACITY_CHANGED));
    COMMAND(hba, d, 0, &sense, READ_6, 0, 0, 0, 1, 0);
    assert_sense(sense, SENSE_CODE(CAPACITY_CHANGED));
    hba_free(hba);
}

/* Of the bus: the first hears of it, whoever that is. */
static void test_bus_unit_attention(void)
{
    FakeHBA *hba = hba_new();
    SCSIDevice *a = disk_new(hba, 0, 0, 0, &error_abort);
    SCSIDevice *b = disk_new(hba, 0, 1, 0, &error_abort);
    SCSISense sense;

    scsi_bus_set_ua(&hba->bus, SENSE_CODE(REPORTED_LUNS_CHANGED));
    COMMAND(hba, b, 0, &sense, READ_6, 0, 0, 0, 1, 0);
    assert_sense(sense, SENSE_CODE(REPORTED_LUNS_CHANGED));
    g_assert_cmphex(COMMAND(hba, a, 0, NULL, READ_6, 0, 0, 0, 1, 0), ==, GOOD);

    /* Who asks for the LUNs need not be told to. */
    scsi_bus_set_ua(&hba->bus, SENSE_CODE(REPORTED_LUNS_CHANGED));
    COMMAND(hba, a, 0, NULL, REPORT_LUNS, 0, 0, 0, 0, 0, 0, 0, 0, 16, 0, 0);
    g_assert_cmphex(COMMAND(hba, b, 0, NULL, READ_6, 0, 0, 0, 1, 0), ==, GOOD);
    hba_free(hba);
}

/* Two commands that come together are not told the same. */
static void test_unit_attention_once(void)
{
    FakeHBA *hba = hba_new();
    SCSIDevice *d = disk_new(hba, 0, 0, 0, &error_abort);
    uint8_t buf[6] = { READ_6, 0, 0, 0, 1, 0 };
    SCSIRequest *one, *two;

    scsi_device_set_ua(d, SENSE_CODE(RESET));
    one = scsi_req_new(d, 1, 0, buf, sizeof(buf), NULL);
    two = scsi_req_new(d, 2, 0, buf, sizeof(buf), NULL);
    scsi_req_enqueue(one);
    g_assert_cmphex(hba->status, ==, CHECK_CONDITION);
    g_assert_cmpint(scsi_req_enqueue(two), ==, 512);
    scsi_req_continue(two);
    g_assert_cmphex(hba->status, ==, GOOD);
    scsi_req_unref(one);
    scsi_req_unref(two);
    hba_free(hba);
}

/* Sense data stays until the next command. */
static void test_request_sense(void)
{
    FakeHBA *hba = hba_new();
    SCSIDevice *d = disk_new(hba, 0, 0, 0, &error_abort);

    COMMAND(hba, d, 0, NULL, SEEK_10, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    g_assert_cmphex(COMMAND(hba, d, 0, NULL, REQUEST_SENSE, 0, 0, 0, 18, 0),
                    ==, GOOD);
    assert_sense(scsi_parse_sense_buf(hba->buf, 18),
                 SENSE_CODE(INVALID_OPCODE));

    COMMAND(hba, d, 0, NULL, SEEK_10, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    COMMAND(hba, d, 0, NULL, REQUEST_SENSE, 1, 0, 0, 18, 0);
    g_assert_cmphex(hba->buf[0], ==, 0x72);
    g_assert_cmpuint(hba->residual, ==, 10);
    hba_free(hba);
}

/* LUNs that are not there, and the list of those that are */

static void test_absent_lun(void)
{
    FakeHBA *hba = hba_new();
    SCSIDevice *d = disk_new(hba, 0, 0, 3, &error_abort);
    SCSISense sense;

    COMMAND(hba, d, 0, NULL, INQUIRY, 0, 0, 0, 36, 0);
    g_assert_cmphex(hba->buf[0], ==, TYPE_NOT_PRESENT | TYPE_INACTIVE);
    g_assert_cmpmem(hba->buf + 16, 11, "QEMU TARGET", 11);
    COMMAND(hba, d, 5, NULL, INQUIRY, 0, 0, 0, 36, 0);
    g_assert_cmphex(hba->buf[0], ==, TYPE_NO_LUN);

    g_assert_cmphex(COMMAND(hba, d, 0, NULL, TEST_UNIT_READY, 0, 0, 0, 0, 0),
                    ==, GOOD);
    COMMAND(hba, d, 5, &sense, TEST_UNIT_READY, 0, 0, 0, 0, 0);
    assert_sense(sense, SENSE_CODE(LUN_NOT_SUPPORTED));
    COMMAND(hba, d, 5, NULL, REQUEST_SENSE, 0, 0, 0, 18, 0);
    assert_sense(scsi_parse_sense_buf(hba->buf, 18),
                 SENSE_CODE(LUN_NOT_SUPPORTED));
    COMMAND(hba, d, 0, &sense, READ_6, 0, 0, 0, 1, 0);
    assert_sense(sense, SENSE_CODE(INVALID_OPCODE));
    hba_free(hba);
}

static void test_report_luns(void)
{
    FakeHBA *hba = hba_new();
    SCSIDevice *d = disk_new(hba, 0, 1, 0, &error_abort);

    disk_new(hba, 0, 1, 7, &error_abort);
    disk_new(hba, 0, 1, 300, &error_abort);
    disk_new(hba, 0, 2, 9, &error_abort);
    g_assert_cmphex(COMMAND(hba, d, 0, NULL, REPORT_LUNS, 0, 0, 0, 0, 0, 0, 0,
                            0, 64, 0, 0), ==, GOOD);
    g_assert_cmpint(ldl_be_p(hba->buf), ==, 24);
    g_assert_cmpuint(hba->residual, ==, 32);
    g_assert_cmphex(lduw_be_p(hba->buf + 8), ==, 0);
    g_assert_cmphex(lduw_be_p(hba->buf + 16), ==, 0x4000 | 300);
    g_assert_cmphex(lduw_be_p(hba->buf + 24), ==, 7);

    /* The length is that of the whole, however little is asked for. */
    COMMAND(hba, d, 0, NULL, REPORT_LUNS, 0, 0, 0, 0, 0, 0, 0, 0, 17, 0, 0);
    g_assert_cmpint(ldl_be_p(hba->buf), ==, 24);
    g_assert_cmpuint(hba->pos, ==, 16);
    g_assert_cmphex(COMMAND(hba, d, 0, NULL, REPORT_LUNS, 0, 0, 0, 0, 0, 0, 0,
                            0, 15, 0, 0), ==, CHECK_CONDITION);
    hba_free(hba);
}

/* Cancelling */

static void count_notify(Notifier *n, void *data);

typedef struct Counter {
    Notifier notifier;
    int n;
} Counter;

static void count_notify(Notifier *n, void *data)
{
    container_of(n, Counter, notifier)->n++;
}

static SCSIRequest *hold_one(SCSIDevice *d)
{
    uint8_t buf[10] = { VERIFY_10 };
    SCSIRequest *req = scsi_req_new(d, 1, 0, buf, sizeof(buf), NULL);

    scsi_req_enqueue(req);
    g_assert_true(held == req);
    scsi_req_unref(req);        /* the device's, for holding it */
    return req;
}

static void test_cancel(void)
{
    FakeHBA *hba = hba_new();
    SCSIDevice *d = disk_new(hba, 0, 0, 0, &error_abort);
    Counter counter = { .notifier.notify = count_notify };
    SCSIRequest *req = hold_one(d);

    scsi_req_cancel_async(req, &counter.notifier);
    g_assert_cmpint(counter.n, ==, 1);
    g_assert_cmpint(hba->cancelled, ==, 1);
    g_assert_cmpint(hba->completed, ==, 0);
    g_assert_true(QTAILQ_EMPTY(&d->requests));
    /* Data that comes now is nobody's. */
    scsi_req_continue(req);
    scsi_req_unref(req);

    /* All of a device's: when it is reset, or goes. */
    req = hold_one(d);
    scsi_device_purge_requests(d, SENSE_CODE(RESET));
    g_assert_cmpint(hba->cancelled, ==, 2);
    scsi_req_unref(req);
    g_assert_cmphex(COMMAND(hba, d, 0, NULL, READ_6, 0, 0, 0, 1, 0), ==,
                    CHECK_CONDITION);

    req = hold_one(d);
    object_unparent(OBJECT(d));
    g_assert_cmpint(hba->cancelled, ==, 3);
    scsi_req_unref(req);
    hba_free(hba);
}

/* A notifier hears of a request that made it to its end. */
static void test_cancel_too_late(void)
{
    FakeHBA *hba = hba_new();
    SCSIDevice *d = disk_new(hba, 0, 0, 0, &error_abort);
    Counter counter = { .notifier.notify = count_notify };
    SCSIRequest *req = hold_one(d);

    notifier_list_add(&req->cancel_notifiers, &counter.notifier);
    scsi_req_complete(req, GOOD);
    g_assert_cmpint(counter.n, ==, 1);
    g_assert_cmpint(hba->completed, ==, 1);
    scsi_req_cancel(req);
    g_assert_cmpint(hba->cancelled, ==, 0);
    scsi_req_unref(req);
    hba_free(hba);
}

/* Migration: what is pending, what was said, and what waits to be tried again. */
static void test_migration(void)
{
    FakeHBA *hba = hba_new();
    SCSIDevice *a = disk_new(hba, 0, 0, 0, &error_abort);
    SCSIDevice *b = disk_new(hba, 0, 1, 0, &error_abort);
    QEMUFile *f = qemu_file_new_output();
    GBytes *bytes;
    SCSIRequest *req;
    SCSISense sense;

    COMMAND(hba, a, 0, NULL, SEEK_10, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    req = hold_one(a);
    scsi_req_retry(req);
    scsi_req_unref(req);
    scsi_device_set_ua(a, SENSE_CODE(CAPACITY_CHANGED));

    g_assert_cmpint(vmstate_save_state(f, &vmstate_scsi_device, a, NULL), ==,
                    0);
    bytes = qemu_file_bytes(f);
    qemu_fclose(f);
    f = qemu_file_new_input(bytes);
    g_assert_cmpint(vmstate_load_state(f, &vmstate_scsi_device, b, 1), ==, 0);
    g_assert_cmpint(qemu_fclose(f), ==, 0);

    req = QTAILQ_FIRST(&b->requests);
    g_assert_nonnull(req);
    g_assert_true(req->retry);
    g_assert_cmpint(req->tag, ==, 1);
    g_assert_cmpint(req->cmd.buf[0], ==, VERIFY_10);
    g_assert_null(QTAILQ_NEXT(req, next));
    scsi_device_purge_requests(b, SENSE_CODE(NO_SENSE));

    g_assert_cmpint(b->sense_len, ==, SCSI_SENSE_LEN);
    assert_sense(scsi_parse_sense_buf(b->sense, b->sense_len),
                 SENSE_CODE(INVALID_OPCODE));

    /* A stream that breaks off in the middle of a request */
    for (size_t cut = g_bytes_get_size(bytes) - 1; cut > 100; cut -= 5) {
        GBytes *less = g_bytes_new_from_bytes(bytes, 0, cut);

        f = qemu_file_new_input(less);
        vmstate_load_state(f, &vmstate_scsi_device, b, 1);
        g_assert_cmpint(qemu_fclose(f), !=, 0);
        g_bytes_unref(less);
        scsi_device_purge_requests(b, SENSE_CODE(NO_SENSE));
    }
    g_bytes_unref(bytes);
    b->sense_len = 0;
    b->unit_attention = SENSE_CODE(CAPACITY_CHANGED);
    COMMAND(hba, b, 0, &sense, READ_6, 0, 0, 0, 1, 0);
    assert_sense(sense, SENSE_CODE(CAPACITY_CHANGED));
    hba_free(hba);
}

static const TypeInfo fake_types[] = {
    {
        .name = TYPE_FAKE_HBA,
        .parent = TYPE_DEVICE,
        .instance_size = sizeof(FakeHBA),
        .class_init = fake_hba_class_init,
    }, {
        .name = TYPE_FAKE_DISK,
        .parent = TYPE_SCSI_DEVICE,
        .instance_size = sizeof(FakeDisk),
        .class_init = fake_disk_class_init,
    },
};

int main(int argc, char **argv)
{
    char *args[] = {
        argv[0], (char *)"-M", (char *)"none", (char *)"-nodefaults",
        (char *)"-display", (char *)"none", (char *)"-accel",
        (char *)"qtest", (char *)"-S", NULL
    };
    int status;

    g_test_init(&argc, &argv, NULL);
    for (int i = 0; i < ARRAY_SIZE(fake_types); i++) {
        type_register_static(&fake_types[i]);
    }
    qemu_init(ARRAY_SIZE(args) - 1, args);

    g_test_add_func("/scsi-bus/addresses", test_addresses);
    g_test_add_func("/scsi-bus/find", test_find);
    g_test_add_func("/scsi-bus/transfer", test_transfer);
    g_test_add_func("/scsi-bus/bad-cdb", test_bad_cdb);
    g_test_add_func("/scsi-bus/parse", test_parse);
    g_test_add_func("/scsi-bus/failed", test_failed);
    g_test_add_func("/scsi-bus/unit-attention", test_unit_attention);
    g_test_add_func("/scsi-bus/bus-unit-attention", test_bus_unit_attention);
    g_test_add_func("/scsi-bus/unit-attention-once", test_unit_attention_once);
    g_test_add_func("/scsi-bus/request-sense", test_request_sense);
    g_test_add_func("/scsi-bus/absent-lun", test_absent_lun);
    g_test_add_func("/scsi-bus/report-luns", test_report_luns);
    g_test_add_func("/scsi-bus/cancel", test_cancel);
    g_test_add_func("/scsi-bus/cancel-too-late", test_cancel_too_late);
    g_test_add_func("/scsi-bus/migration", test_migration);
    status = g_test_run();
    qemu_cleanup();
    return status;
}
