/*
 * A scsi-hd, or scsi-cd, on a back end that fails: the guest is told with sense data, or
 * the machine stops, and the command waits.
 *
 * It goes on where it was when the machine goes on.  Task management, a reset, of
 * whatever it may be, and unplugging end the waiting, and the guest is told so
 * where it may be told.
 *
 * What is said and done for each policy and error is compared with QEMU in
 * disk-error-reference-test.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "libqtest.h"
#include "libqos/disk-error.h"
#include "libqos/virtio-liar.h"
#include "libqos/virtio-scsi.h"
#include "qemu/bswap.h"
#include "standard-headers/linux/virtio_pci.h"

#define SECTOR          QDISK_SECTOR

typedef struct ScsiErrorTest {
    QVirtioAny *d;
    QTestState *qts;
    QVirtioAnyType type;
    QDiskFile file;
    char *args;
} ScsiErrorTest;

static void unit_plug(ScsiErrorTest *t, const char *unit)
{
    g_autofree char *said = qtest_hmp(t->qts, "device_add %s,id=d0,drive="
                                      QDISK_ID ",bus=" QVIRTIO_ANY_ID ".0",
                                      unit);

    g_assert_cmpstr(said, ==, "");
}

/* @unit: the disk, as -device has it */
static void scsi_error_boot(ScsiErrorTest *t, gconstpointer how,
                            const char *rules, const char *unit)
{
    int bits = GPOINTER_TO_INT(how);

    t->args = qdisk_file_args(&t->file, rules);
    t->type = (QVirtioAnyType) {
        .name = "virtio-scsi",
        .device = "virtio-scsi-pci-transitional",
        .args = t->args,
        .queues = 3,
    };
    t->d = qvirtio_any_boot(&t->type, bits & 0xff,
                            bits & QVIRTIO_ANY_IOTHREAD ? ",iothread=io0" : "");
    t->qts = t->d->qts;
    unit_plug(t, unit);
    qvirtio_any_start(t->d);
    qscsi_ready(t->d, 0, 0);
}

static void scsi_error_shutdown(ScsiErrorTest *t)
{
    qvirtio_any_shutdown(t->d);
    qdisk_file_remove(&t->file);
    g_free(t->args);
}

#define STOPS "scsi-hd,rerror=stop,werror=stop"

/* No response yet. */
static void expect_waiting(ScsiErrorTest *t, const QScsiReq *r)
{
    g_assert_cmphex(qtest_readb(t->qts, r->mem + QSCSI_RESPONSE), ==, 0xee);
    g_assert_true(qvirtqueue_idle(t->qts, r->vq));
}

static uint8_t filled[2 * SECTOR];

static const QScsiCmd write_5 = {
    .tag = 0x5555, .cdb = { 0x2a, 0, 0, 0, 0, 5, 0, 0, 1 },
    .out = filled, .out_len = SECTOR
};

#define WRITE_ONCE QDISK_RULE(0, "write", 5, 5)

/* A WRITE of 0xa5 to block 5, which has failed, and waits. */
static void fail_write(ScsiErrorTest *t, QScsiReq *r)
{
    memset(filled, 0xa5, sizeof(filled));
    qscsi_send(t->d, r, QSCSI_CMD, &write_5);
    qdisk_expect_error(t->qts, "write", "stop", EIO);
    qdisk_expect_stop(t->qts, "failed");
    expect_waiting(t, r);
}

/* Others go on, and block 5 is as it was. */
static void expect_forgotten(ScsiErrorTest *t)
{
    QScsiCmd write_9 = write_5;

    write_9.cdb[5] = 9;
    memset(filled, 0x99, sizeof(filled));
    qscsi_ready(t->d, 0, 0);
    g_assert_cmphex(qscsi_do(t->d, &write_9, NULL, NULL), ==, 0);
    qdisk_file_expect(&t->file, 9, 0x99);
    qdisk_file_expect(&t->file, 5, 0);
}

/* Each kind of command waits, and is done when the machine goes on. */
static void test_kinds(gconstpointer how)
{
    static const uint8_t zeroes[SECTOR];
    static const uint8_t unmap[24] = { 0, 22, 0, 16, [15] = 32, [19] = 8 };
    const struct {
        QScsiCmd cmd;
        const char *operation;
        int error;
    } kinds[] = {
        /* SYNCHRONIZE CACHE, the first: stopping flushes, too. */
        { { .cdb = { 0x35 } }, "write", EIO },
        { { .cdb = { 0x28, 0, 0, 0, 0, 8, 0, 0, 2 }, .in = 2 * SECTOR },
          "read", EIO },
        { { .cdb = { 0x2a, 0, 0, 0, 0, 16, 0, 0, 2 }, .out = filled,
            .out_len = 2 * SECTOR }, "write", ENOSPC },
        /* UNMAP, WRITE SAME of zeroes, and of something else */
        { { .cdb = { 0x42, [8] = 24 }, .out = unmap, .out_len = 24 },
          "write", EIO },
        { { .cdb = { 0x41, 0, 0, 0, 0, 40, 0, 0, 8 }, .out = zeroes,
            .out_len = SECTOR }, "write", ENOSPC },
        { { .cdb = { 0x41, 0, 0, 0, 0, 48, 0, 0, 8 }, .out = filled,
            .out_len = SECTOR }, "write", EIO },
    };
    uint8_t data[2 * SECTOR];
    ScsiErrorTest t;

    scsi_error_boot(&t, how, QDISK_RULE(0, "flush", 5, -1)
                    QDISK_RULE(1, "read", 5, 9) QDISK_RULE(2, "write", 28, 16)
                    QDISK_RULE(3, "discard", 5, 32)
                    QDISK_RULE(4, "write-zeroes", 28, 40)
                    QDISK_RULE(5, "write", 5, 50), STOPS);
    qdisk_expect_io_status(t.qts, "ok");
    qdisk_file_fill(&t.file, 0x11);
    memset(filled, 0x22, sizeof(filled));
    qscsi_do(t.d, &write_5, NULL, NULL);
    for (int i = 0; i < ARRAY_SIZE(kinds); i++) {
        QScsiAnswer a;
        QScsiReq r;

        qscsi_send(t.d, &r, QSCSI_CMD, &kinds[i].cmd);
        qdisk_expect_error(t.qts, kinds[i].operation, "stop", kinds[i].error);
        qdisk_expect_stop(t.qts, kinds[i].error == ENOSPC ? "nospace"
                                                          : "failed");
        expect_waiting(&t, &r);
        qdisk_cont(t.qts);
        qscsi_wait(t.d, &r, &a);
        g_assert_cmphex(a.response, ==, VIRTIO_SCSI_S_OK);
        g_assert_cmphex(a.status, ==, 0);
        g_assert_cmpuint(a.resid, ==, 0);
        qdisk_expect_io_status(t.qts, "ok");
        if (kinds[i].cmd.in) {
            qscsi_read(t.d, &r, data, sizeof(data));
            g_assert_cmphex(data[0], ==, 0x11);
            g_assert_cmphex(data[2 * SECTOR - 1], ==, 0x11);
        }
        qscsi_free(t.d, &r);
    }
    qdisk_file_expect(&t.file, 15, 0x11);
    qdisk_file_expect(&t.file, 16, 0x22);
    qdisk_file_expect(&t.file, 17, 0x22);
    qdisk_file_expect(&t.file, 18, 0x11);
    qdisk_file_expect(&t.file, 39, 0);
    qdisk_file_expect(&t.file, 40, 0);
    qdisk_file_expect(&t.file, 47, 0);
    qdisk_file_expect(&t.file, 48, 0x22);
    qdisk_file_expect(&t.file, 55, 0x22);
    qdisk_file_expect(&t.file, 56, 0x11);
    scsi_error_shutdown(&t);
}

/* FUA: it is written, and what fails is the flush behind it. */
static void test_fua(gconstpointer how)
{
    QScsiCmd cmd = write_5;
    ScsiErrorTest t;
    QScsiAnswer a;
    QScsiReq r;

    scsi_error_boot(&t, how, QDISK_RULE(0, "flush", 5, -1),
                    STOPS ",dpofua=on");
    memset(filled, 0xfa, sizeof(filled));
    cmd.cdb[1] = 8;
    qscsi_send(t.d, &r, QSCSI_CMD, &cmd);
    qdisk_expect_error(t.qts, "write", "stop", EIO);
    qdisk_expect_stop(t.qts, "failed");
    expect_waiting(&t, &r);
    qdisk_file_expect(&t.file, 5, 0xfa);
    qdisk_cont(t.qts);
    qscsi_wait(t.d, &r, &a);
    g_assert_cmphex(a.status, ==, 0);
    scsi_error_shutdown(&t);
}

static void test_cd(gconstpointer how)
{
    QScsiCmd cmd = { .cdb = { 0x28, 0, 0, 0, 0, 2, 0, 0, 1 }, .in = 2048 };
    uint8_t data[2048];
    ScsiErrorTest t;
    QScsiAnswer a;
    QScsiReq r;

    scsi_error_boot(&t, how, QDISK_RULE(0, "read", 5, 9),
                    "scsi-cd,rerror=stop");
    qdisk_file_fill(&t.file, 0xcd);
    qscsi_send(t.d, &r, QSCSI_CMD, &cmd);
    qdisk_expect_error(t.qts, "read", "stop", EIO);
    qdisk_expect_stop(t.qts, "failed");
    expect_waiting(&t, &r);
    qdisk_cont(t.qts);
    qscsi_wait(t.d, &r, &a);
    g_assert_cmphex(a.status, ==, 0);
    qscsi_read(t.d, &r, data, sizeof(data));
    g_assert_cmphex(data[0], ==, 0xcd);
    g_assert_cmphex(data[2047], ==, 0xcd);
    scsi_error_shutdown(&t);
}

/* Many at once: those that failed wait, and the others have come back. */
static void test_many(gconstpointer how)
{
    QScsiCmd cmd = write_5;
    QScsiReq r[12];
    ScsiErrorTest t;
    int waiting;

    scsi_error_boot(&t, how, QDISK_RULE(0, "write", 5, 3)
                    QDISK_RULE(1, "write", 5, 4) QDISK_RULE(2, "write", 5, 9),
                    STOPS);
    for (int i = 0; i < ARRAY_SIZE(r); i++) {
        cmd.cdb[5] = i;
        memset(filled, i + 1, sizeof(filled));
        qscsi_send(t.d, &r[i], QSCSI_CMD, &cmd);
    }
    for (int i = 0; i < 3; i++) {
        qdisk_expect_error(t.qts, "write", "stop", EIO);
    }
    qdisk_expect_stop(t.qts, "failed");
    /* Some may have been sent to a machine that had stopped already. */
    do {
        waiting = 0;
        for (int i = 0; i < ARRAY_SIZE(r); i++) {
            waiting += qtest_readb(t.qts, r[i].mem + QSCSI_RESPONSE) == 0xee;
        }
        g_assert_cmpint(waiting, >=, 3);
    } while (waiting > 3);
    qdisk_cont(t.qts);
    for (int done = 0; done < ARRAY_SIZE(r); ) {
        uint32_t head, len;

        done += qvirtqueue_get_buf(t.qts, r[0].vq, &head, &len);
    }
    for (int i = 0; i < ARRAY_SIZE(r); i++) {
        /* status and response */
        g_assert_cmphex(qtest_readw(t.qts, r[i].mem + QSCSI_RESPONSE + 10), ==,
                        0);
        qdisk_file_expect(&t.file, i, i + 1);
    }
    scsi_error_shutdown(&t);
}

/* What the guest is told of each error, if it is told. */
static void test_sense(gconstpointer how)
{
    static const struct {
        uint8_t status, key, asc, ascq;
    } told[] = {
        { 0x02, 0x0b, 0x00, 0x06 },     /* EIO: I/O process terminated */
        { 0x02, 0x07, 0x27, 0x07 },     /* ENOSPC: space allocation failed */
        { 0x02, 0x05, 0x24, 0x00 },     /* EINVAL: invalid field in CDB */
        { 0x02, 0x02, 0x3a, 0x00 },     /* ENOMEDIUM: no medium */
        { 0x02, 0x04, 0x44, 0x00 },     /* ENOMEM: internal target failure */
        { 0x02, 0x03, 0x11, 0x00 },     /* ENODATA: unrecovered read error */
        { 0x02, 0x04, 0x44, 0x00 },     /* EREMOTEIO */
        { 0x28 },                       /* EDOM: task set full */
        { 0x18 },                       /* EBADE: reservation conflict */
        { 0x02, 0x0b, 0x00, 0x06 },     /* EACCES, as any other */
    };
    QScsiCmd cmd = write_5;
    ScsiErrorTest t;

    G_STATIC_ASSERT(EIO == 5 && ENOSPC == 28 && EINVAL == 22 &&
                    ENOMEDIUM == 123 && ENOMEM == 12 && ENODATA == 61 &&
                    EREMOTEIO == 121 && EDOM == 33 && EBADE == 52 &&
                    EACCES == 13);
    scsi_error_boot(&t, how, QDISK_RULE(0, "write", 5, 0)
                    QDISK_RULE(1, "write", 28, 1) QDISK_RULE(2, "write", 22, 2)
                    QDISK_RULE(3, "write", 123, 3)
                    QDISK_RULE(4, "write", 12, 4) QDISK_RULE(5, "write", 61, 5)
                    QDISK_RULE(6, "write", 121, 6)
                    QDISK_RULE(7, "write", 33, 7) QDISK_RULE(8, "write", 52, 8)
                    QDISK_RULE(9, "write", 13, 9), "scsi-hd,werror=report");
    for (int i = 0; i < ARRAY_SIZE(told); i++) {
        QScsiAnswer a;

        cmd.cdb[5] = i;
        qscsi_do(t.d, &cmd, &a, NULL);
        g_assert_cmphex(a.response, ==, VIRTIO_SCSI_S_OK);
        g_assert_cmphex(a.status, ==, told[i].status);
        if (a.status == 2) {
            g_assert_cmpuint(a.sense_len, ==, 18);
            g_assert_cmphex(a.sense[0], ==, 0x70);
            g_assert_cmphex(a.sense[2], ==, told[i].key);
            g_assert_cmphex(a.sense[12], ==, told[i].asc);
            g_assert_cmphex(a.sense[13], ==, told[i].ascq);
        } else {
            g_assert_cmpuint(a.sense_len, ==, 0);
        }
        qdisk_file_expect(&t.file, i, 0);
        g_assert_cmphex(qscsi_do(t.d, &cmd, &a, NULL), ==, 0);
    }
    scsi_error_shutdown(&t);
}

/* Ends of the waiting */

static void test_task_management(gconstpointer how)
{
    static const struct {
        uint32_t subtype;
        uint8_t response;
    } ends[] = {
        { VIRTIO_SCSI_T_TMF_ABORT_TASK, VIRTIO_SCSI_S_ABORTED },
        { VIRTIO_SCSI_T_TMF_ABORT_TASK_SET, VIRTIO_SCSI_S_ABORTED },
        { VIRTIO_SCSI_T_TMF_CLEAR_TASK_SET, VIRTIO_SCSI_S_ABORTED },
        { VIRTIO_SCSI_T_TMF_LOGICAL_UNIT_RESET, VIRTIO_SCSI_S_RESET },
        { VIRTIO_SCSI_T_TMF_I_T_NEXUS_RESET, VIRTIO_SCSI_S_RESET },
    };
    ScsiErrorTest t;
    uint64_t mem;

    scsi_error_boot(&t, how, WRITE_ONCE QDISK_RULE(1, "write", 5, 5)
                    QDISK_RULE(2, "write", 5, 5) QDISK_RULE(3, "write", 5, 5)
                    QDISK_RULE(4, "write", 5, 5), STOPS);
    mem = guest_alloc(t.d->alloc, 0x1000);
    for (int i = 0; i < ARRAY_SIZE(ends); i++) {
        QScsiAnswer a;
        QScsiReq r;
        uint32_t head;

        fail_write(&t, &r);
        g_assert_cmpint(qscsi_tmf(t.d, VIRTIO_SCSI_T_TMF_QUERY_TASK, 0, 0,
                                  write_5.tag), ==,
                        VIRTIO_SCSI_S_FUNCTION_SUCCEEDED);
        head = qscsi_tmf_send(t.d, mem, ends[i].subtype, 0, 0, write_5.tag);
        qscsi_wait(t.d, &r, &a);
        g_assert_cmphex(a.response, ==, ends[i].response);
        g_assert_cmphex(qscsi_tmf_wait(t.d, mem, head), ==, VIRTIO_SCSI_S_OK);
        qscsi_free(t.d, &r);
        g_assert_cmpint(qscsi_tmf(t.d, VIRTIO_SCSI_T_TMF_QUERY_TASK, 0, 0,
                                  write_5.tag), ==, VIRTIO_SCSI_S_OK);
        qdisk_cont(t.qts);
        expect_forgotten(&t);
    }
    scsi_error_shutdown(&t);
}

static void test_reset(gconstpointer how)
{
    ScsiErrorTest t;
    QScsiReq r;

    scsi_error_boot(&t, how, WRITE_ONCE, STOPS);
    fail_write(&t, &r);
    qvirtio_any_start(t.d);
    qdisk_cont(t.qts);
    expect_forgotten(&t);
    scsi_error_shutdown(&t);
}

static void test_system_reset(gconstpointer how)
{
    ScsiErrorTest t;
    QScsiReq r;

    scsi_error_boot(&t, how, WRITE_ONCE, STOPS);
    fail_write(&t, &r);
    qtest_qmp_assert_success(t.qts, "{'execute': 'system_reset'}");
    qtest_qmp_eventwait(t.qts, "RESET");
    qdisk_cont(t.qts);
    qvirtio_any_enable(t.d);
    qvirtio_any_start(t.d);
    expect_forgotten(&t);
    scsi_error_shutdown(&t);
}

static void test_queue_reset(gconstpointer how)
{
    ScsiErrorTest t;
    QScsiReq r;

    scsi_error_boot(&t, how, WRITE_ONCE, STOPS);
    fail_write(&t, &r);
    t.d->vdev->bus->queue_select(t.d->vdev, QSCSI_CMD);
    liar_set_common(t.d, VIRTIO_PCI_COMMON_Q_RESET, 2, 1);
    qvirtqueue_cleanup(t.d->vdev->bus, t.d->vq[QSCSI_CMD], t.d->alloc);
    t.d->vq[QSCSI_CMD] = qvirtqueue_setup(t.d->vdev, t.d->alloc, QSCSI_CMD);
    qdisk_cont(t.qts);
    expect_forgotten(&t);
    scsi_error_shutdown(&t);
}

/* The disk goes, and its command is answered; the adapter goes, and it is not. */
static void test_unplug(gconstpointer how)
{
    ScsiErrorTest t;
    QScsiAnswer a;
    QScsiReq r;

    scsi_error_boot(&t, how, WRITE_ONCE, STOPS);
    fail_write(&t, &r);
    qtest_qmp_assert_success(t.qts, "{'execute': 'device_del',"
                             " 'arguments': {'id': 'd0'}}");
    qtest_qmp_eventwait(t.qts, "DEVICE_DELETED");
    qscsi_wait(t.d, &r, &a);
    g_assert_cmphex(a.response, ==, VIRTIO_SCSI_S_ABORTED);
    qdisk_cont(t.qts);
    qdisk_file_expect(&t.file, 5, 0);
    scsi_error_shutdown(&t);

    scsi_error_boot(&t, how, WRITE_ONCE, STOPS);
    fail_write(&t, &r);
    qvirtio_any_unplug(t.d);
    qdisk_cont(t.qts);
    qdisk_file_expect(&t.file, 5, 0);
    scsi_error_shutdown(&t);
}

static void test_quit(gconstpointer how)
{
    ScsiErrorTest t;
    QScsiReq r;

    scsi_error_boot(&t, how, WRITE_ONCE, STOPS);
    fail_write(&t, &r);
    scsi_error_shutdown(&t);
}

static void add(const char *name, void (*test)(gconstpointer), unsigned drives)
{
    qvirtio_any_add("virtio-scsi-error", name, test, drives, true);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add("kinds", test_kinds, IN_ALL);
    add("fua", test_fua, IN_SPLIT);
    add("cd", test_cd, IN_SPLIT);
    add("many", test_many, IN_BOTH);
    add("sense", test_sense, IN_SPLIT);
    add("task-management", test_task_management, IN_SPLIT);
    add("reset", test_reset, IN_BOTH);
    add("system-reset", test_system_reset, IN_SPLIT);
    add("queue-reset", test_queue_reset, IN_BOTH);
    add("unplug", test_unplug, IN_SPLIT);
    add("quit", test_quit, IN_SPLIT);
    return g_test_run();
}
