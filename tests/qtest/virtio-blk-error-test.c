/*
 * virtio-blk on a disk that fails: the machine stops, and what failed waits.
 *
 * It is tried again when the machine goes on, wherever its header ends and its
 * data begins, with whatever came with it, and from each of the queues.  A reset, of
 * the device or of a queue, and unplugging end the waiting.
 *
 * What is said and done for each policy and error is compared with QEMU in
 * disk-error-reference-test.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "libqtest.h"
#include "libqos/disk-error.h"
#include "libqos/virtio-blk.h"
#include "libqos/virtio-liar.h"
#include "qapi/qmp/qdict.h"
#include "standard-headers/linux/virtio_pci.h"

typedef struct ErrorTest {
    QVirtioAny *d;
    QTestState *qts;
    QVirtioAnyType type;
    QDiskFile file;
    char *args;
} ErrorTest;

/* @props begins with a comma */
static void error_boot(ErrorTest *t, gconstpointer how, const char *rules,
                       const char *props, unsigned queues)
{
    int bits = GPOINTER_TO_INT(how);
    bool iothread = bits & QVIRTIO_ANY_IOTHREAD;
    g_autofree char *all = g_strdup_printf("%s%s", props,
                                           iothread ? ",iothread=io0" : "");

    t->args = qdisk_file_args(&t->file, rules);
    t->type = (QVirtioAnyType) {
        .name = "virtio-blk",
        .device = "virtio-blk-pci-transitional,drive=" QDISK_ID,
        .args = t->args,
        .queues = queues,
    };
    t->d = qvirtio_any_boot(&t->type, bits & 0xff, all);
    t->qts = t->d->qts;
    qvirtio_any_start(t->d);
}

static void error_shutdown(ErrorTest *t)
{
    qvirtio_any_shutdown(t->d);
    qdisk_file_remove(&t->file);
    g_free(t->args);
}

#define STOP ",rerror=stop,werror=stop"

/* It has been taken, and has not come back. */
static void expect_waiting(ErrorTest *t, const QBlkReq *r)
{
    g_assert_cmphex(qblk_status(t->d, r), ==, QBLK_NO_STATUS);
    g_assert_true(qvirtqueue_idle(t->qts, r->vq));
}

/* A write of 0xa5 to sector 5, which has failed, and waits. */
static void fail_write(ErrorTest *t, QBlkReq *r)
{
    qblk_prepare(t->d, r, VIRTIO_BLK_T_OUT, 5, QBLK_SECTOR, 0xa5);
    qblk_add(t->d, r, 0);
    qblk_kick(t->d, 0);
    qdisk_expect_error(t->qts, "write", "stop", EIO);
    qdisk_expect_stop(t->qts, "failed");
    expect_waiting(t, r);
}

/* Others go on, and sector 5 is as it was. */
static void expect_forgotten(ErrorTest *t)
{
    g_assert_cmphex(qblk_do(t->d, VIRTIO_BLK_T_OUT, 9, QBLK_SECTOR, 0x99), ==,
                    VIRTIO_BLK_S_OK);
    qdisk_file_expect(&t->file, 9, 0x99);
    qdisk_file_expect(&t->file, 5, 0);
}

#define WRITE_ONCE QDISK_RULE(0, "write", 5, 5)

/* Each kind of request waits, and is done when the machine goes on. */
static void test_kinds(gconstpointer how)
{
    static const struct {
        uint32_t type;
        uint64_t sector;
        uint32_t bytes;
        const char *operation;
        int error;
    } kinds[] = {
        /* The first: what there is to be flushed then, stopping flushes. */
        { VIRTIO_BLK_T_FLUSH, 0, 0, "write", EIO },
        { VIRTIO_BLK_T_IN, 8, 2 * QBLK_SECTOR, "read", EIO },
        { VIRTIO_BLK_T_OUT, 16, 2 * QBLK_SECTOR, "write", ENOSPC },
        { VIRTIO_BLK_T_DISCARD, 32, 16, "write", EIO },
        { VIRTIO_BLK_T_WRITE_ZEROES, 40, 16, "write", ENOSPC },
    };
    ErrorTest t;

    error_boot(&t, how, QDISK_RULE(0, "flush", 5, -1)
               QDISK_RULE(1, "read", 5, 9) QDISK_RULE(2, "write", 28, 16)
               QDISK_RULE(3, "discard", 5, 32)
               QDISK_RULE(4, "write-zeroes", 28, 40), STOP, 1);
    qdisk_expect_io_status(t.qts, "ok");
    qdisk_file_fill(&t.file, 0x11);
    qblk_do(t.d, VIRTIO_BLK_T_OUT, 0, QBLK_SECTOR, 0x33);
    for (int i = 0; i < ARRAY_SIZE(kinds); i++) {
        QBlkReq r;

        qblk_prepare(t.d, &r, kinds[i].type, kinds[i].sector, kinds[i].bytes,
                     0x22);
        if (kinds[i].bytes == 16) {
            qblk_put_segment(t.d, &r, kinds[i].sector, 8, 0);
        }
        qblk_add(t.d, &r, 0);
        qblk_kick(t.d, 0);
        qdisk_expect_error(t.qts, kinds[i].operation, "stop", kinds[i].error);
        qdisk_expect_stop(t.qts, kinds[i].error == ENOSPC ? "nospace"
                                                          : "failed");
        expect_waiting(&t, &r);
        qdisk_cont(t.qts);
        g_assert_cmphex(qblk_wait(t.d, &r), ==, VIRTIO_BLK_S_OK);
        qdisk_expect_io_status(t.qts, "ok");
        if (kinds[i].type == VIRTIO_BLK_T_IN) {
            qblk_expect_data(t.d, &r, 0x11);
        }
        qblk_free(t.d, &r);
    }
    qdisk_file_expect(&t.file, 15, 0x11);
    qdisk_file_expect(&t.file, 16, 0x22);
    qdisk_file_expect(&t.file, 17, 0x22);
    qdisk_file_expect(&t.file, 18, 0x11);
    qdisk_file_expect(&t.file, 39, 0);
    qdisk_file_expect(&t.file, 40, 0);
    error_shutdown(&t);
}

/* The header's end with the data's beginning, and its end with the status. */
static void test_layout(gconstpointer how)
{
    const uint32_t types[] = { VIRTIO_BLK_T_OUT, VIRTIO_BLK_T_IN };
    ErrorTest t;

    error_boot(&t, how, QDISK_RULE(0, "write", 5, 5)
               QDISK_RULE(1, "read", 5, 5), STOP, 1);
    for (int i = 0; i < ARRAY_SIZE(types); i++) {
        bool in = types[i] == VIRTIO_BLK_T_IN;
        uint64_t header, status;
        QVirtQueue *vq = t.d->vq[0];
        QBlkReq r;

        qblk_prepare(t.d, &r, types[i], 5, 2 * QBLK_SECTOR, 0x55);
        header = r.mem + QBLK_DATA - QBLK_HEADER_SIZE;
        status = r.mem + QBLK_DATA + r.bytes;
        qtest_writel(t.qts, header, types[i]);
        qtest_writel(t.qts, header + 4, 0);
        qtest_writeq(t.qts, header + 8, 5);
        qtest_writeb(t.qts, status, QBLK_NO_STATUS);
        r.vq = vq;
        r.ndescs = 3;
        r.head = qvirtqueue_add(t.qts, vq, header, 7, false, true);
        qvirtqueue_add(t.qts, vq, header + 7,
                       QBLK_HEADER_SIZE - 7 + (in ? 0 : r.bytes), false, true);
        qvirtqueue_add(t.qts, vq, in ? r.mem + QBLK_DATA : status,
                       1 + (in ? r.bytes : 0), true, false);
        qvirtqueue_kick(t.qts, t.d->vdev, vq, r.head);
        qdisk_expect_error(t.qts, in ? "read" : "write", "stop", EIO);
        qdisk_expect_stop(t.qts, "failed");
        g_assert_cmphex(qtest_readb(t.qts, status), ==, QBLK_NO_STATUS);
        qdisk_cont(t.qts);
        qblk_wait(t.d, &r);
        g_assert_cmphex(qtest_readb(t.qts, status), ==, VIRTIO_BLK_S_OK);
        qblk_expect_data(t.d, &r, 0x55);
        qdisk_file_expect(&t.file, 4, 0);
        qdisk_file_expect(&t.file, 5, 0x55);
        qdisk_file_expect(&t.file, 6, 0x55);
        qblk_free(t.d, &r);
    }
    error_shutdown(&t);
}

/* 16 writes, in two runs of neighbours; sectors 3 and 103 fail. */
static void many_boot(ErrorTest *t, gconstpointer how, const char *props,
                      QBlkReq r[16])
{
    error_boot(t, how, QDISK_RULE(0, "write", 5, 3)
               QDISK_RULE(1, "write", 5, 103), props, 1);
    for (int i = 0; i < 16; i++) {
        qblk_prepare(t->d, &r[i], VIRTIO_BLK_T_OUT, i < 8 ? i : 92 + i,
                     QBLK_SECTOR, i + 1);
        qblk_add(t->d, &r[i], 0);
    }
    qblk_kick(t->d, 0);
}

static void many_shutdown(ErrorTest *t, QBlkReq r[16])
{
    for (int i = 0; i < 16; i++) {
        g_assert_cmphex(qblk_status(t->d, &r[i]), ==, VIRTIO_BLK_S_OK);
        qdisk_file_expect(&t->file, i < 8 ? i : 92 + i, i + 1);
        qblk_free(t->d, &r[i]);
    }
    error_shutdown(t);
}

/* The device sees all at once, in its own thread: @failed of them wait. */
static void many_at_once(gconstpointer how, const char *props, int failed)
{
    QBlkReq r[16];
    ErrorTest t;

    many_boot(&t, how, props, r);
    for (int i = 0; i < failed; i++) {
        qdisk_expect_error(t.qts, "write", "stop", EIO);
    }
    qdisk_expect_stop(t.qts, "failed");
    for (int i = 0; i < ARRAY_SIZE(r); i++) {
        bool waits = failed == ARRAY_SIZE(r) || i == 3 || i == 11;

        g_assert_cmphex(qblk_status(t.d, &r[i]), ==,
                        waits ? QBLK_NO_STATUS : VIRTIO_BLK_S_OK);
    }
    qdisk_cont(t.qts);
    qblk_wait_all(t.d, r, ARRAY_SIZE(r));
    many_shutdown(&t, r);
}

/* Neighbours went as one, and all wait for the one that failed. */
static void test_merged(gconstpointer how)
{
    many_at_once(how, STOP, 16);
}

static void test_apart(gconstpointer how)
{
    many_at_once(how, STOP ",request-merging=off", 2);
}

/* A thread that polls takes them as they come, and stops when it may be. */
static void test_many(gconstpointer how)
{
    gint64 end = g_get_monotonic_time() + QVIRTIO_ANY_TIMEOUT_US;
    int done = 0, stops = 0;
    QBlkReq r[16];
    ErrorTest t;

    many_boot(&t, how, STOP, r);
    while (done < ARRAY_SIZE(r)) {
        uint32_t head, len;
        QDict *stop;

        g_assert_cmpint(g_get_monotonic_time(), <, end);
        if (qvirtqueue_get_buf(t.qts, r[0].vq, &head, &len)) {
            done++;
            continue;
        }
        /* What has happened meanwhile, if anything, comes before it. */
        qtest_qmp_assert_success(t.qts, "{'execute': 'query-status'}");
        stop = qtest_qmp_event_ref(t.qts, "STOP");
        if (stop) {
            qobject_unref(stop);
            qdisk_cont(t.qts);
            stops++;
        }
    }
    g_assert_cmpint(stops, >, 0);
    many_shutdown(&t, r);
}

/* It fails again, with another error, and is done the third time. */
static void test_again(gconstpointer how)
{
    ErrorTest t;
    QBlkReq r;

    error_boot(&t, how, WRITE_ONCE QDISK_RULE(1, "write", 28, 5), STOP, 1);
    fail_write(&t, &r);
    qdisk_cont(t.qts);
    qdisk_expect_error(t.qts, "write", "stop", ENOSPC);
    qdisk_expect_stop(t.qts, "nospace");
    expect_waiting(&t, &r);
    qdisk_cont(t.qts);
    g_assert_cmphex(qblk_wait(t.d, &r), ==, VIRTIO_BLK_S_OK);
    qdisk_file_expect(&t.file, 5, 0xa5);
    error_shutdown(&t);
}

static void test_two_queues(gconstpointer how)
{
    QBlkReq r[2];
    ErrorTest t;

    error_boot(&t, how, QDISK_RULE(0, "write", 5, 10)
               QDISK_RULE(1, "write", 5, 11), STOP ",num-queues=2", 2);
    for (int i = 0; i < ARRAY_SIZE(r); i++) {
        qblk_prepare(t.d, &r[i], VIRTIO_BLK_T_OUT, 10 + i, QBLK_SECTOR,
                     0x10 + i);
        qblk_add(t.d, &r[i], i);
        qblk_kick(t.d, i);
        /* The second comes to a machine that does not run any more. */
        qdisk_expect_error(t.qts, "write", "stop", EIO);
    }
    qdisk_expect_stop(t.qts, "failed");
    qdisk_cont(t.qts);
    for (int i = 0; i < ARRAY_SIZE(r); i++) {
        g_assert_cmphex(qblk_wait(t.d, &r[i]), ==, VIRTIO_BLK_S_OK);
        qdisk_file_expect(&t.file, 10 + i, 0x10 + i);
    }
    error_shutdown(&t);
}

/* Ends of the waiting */

static void test_reset(gconstpointer how)
{
    ErrorTest t;
    QBlkReq r;

    error_boot(&t, how, WRITE_ONCE, STOP, 1);
    fail_write(&t, &r);
    qvirtio_any_start(t.d);
    qdisk_cont(t.qts);
    expect_forgotten(&t);
    g_assert_cmphex(qblk_status(t.d, &r), ==, QBLK_NO_STATUS);
    error_shutdown(&t);
}

static void test_system_reset(gconstpointer how)
{
    ErrorTest t;
    QBlkReq r;

    error_boot(&t, how, WRITE_ONCE, STOP, 1);
    fail_write(&t, &r);
    qtest_qmp_assert_success(t.qts, "{'execute': 'system_reset'}");
    qtest_qmp_eventwait(t.qts, "RESET");
    qdisk_cont(t.qts);
    qvirtio_any_enable(t.d);
    qvirtio_any_start(t.d);
    expect_forgotten(&t);
    error_shutdown(&t);
}

/* One queue begins anew; what waits of the other goes on waiting. */
static void test_queue_reset(gconstpointer how)
{
    QBlkReq r, other;
    ErrorTest t;

    error_boot(&t, how, WRITE_ONCE QDISK_RULE(1, "write", 5, 6),
               STOP ",num-queues=2", 2);
    qblk_prepare(t.d, &other, VIRTIO_BLK_T_OUT, 6, QBLK_SECTOR, 0x66);
    qblk_add(t.d, &other, 1);
    qblk_kick(t.d, 1);
    qdisk_expect_error(t.qts, "write", "stop", EIO);
    qdisk_expect_stop(t.qts, "failed");
    qblk_prepare(t.d, &r, VIRTIO_BLK_T_OUT, 5, QBLK_SECTOR, 0xa5);
    qblk_add(t.d, &r, 0);
    qblk_kick(t.d, 0);
    qdisk_expect_error(t.qts, "write", "stop", EIO);

    t.d->vdev->bus->queue_select(t.d->vdev, 0);
    liar_set_common(t.d, VIRTIO_PCI_COMMON_Q_RESET, 2, 1);
    qvirtqueue_cleanup(t.d->vdev->bus, t.d->vq[0], t.d->alloc);
    t.d->vq[0] = qvirtqueue_setup(t.d->vdev, t.d->alloc, 0);
    g_assert_cmphex(qblk_status(t.d, &other), ==, QBLK_NO_STATUS);
    qdisk_cont(t.qts);
    g_assert_cmphex(qblk_wait(t.d, &other), ==, VIRTIO_BLK_S_OK);
    qdisk_file_expect(&t.file, 6, 0x66);
    expect_forgotten(&t);
    error_shutdown(&t);
}

static void test_unplug(gconstpointer how)
{
    ErrorTest t;
    QBlkReq r;

    error_boot(&t, how, WRITE_ONCE, STOP, 1);
    fail_write(&t, &r);
    qvirtio_any_unplug(t.d);
    qdisk_cont(t.qts);
    qdisk_file_expect(&t.file, 5, 0);
    error_shutdown(&t);
}

static void test_quit(gconstpointer how)
{
    ErrorTest t;
    QBlkReq r;

    error_boot(&t, how, WRITE_ONCE, STOP, 1);
    fail_write(&t, &r);
    error_shutdown(&t);
}

/* A guest that writes something else into what waits */

static void test_other_type(gconstpointer how)
{
    ErrorTest t;
    QBlkReq r;

    error_boot(&t, how, QDISK_RULE(0, "read", 5, 5), STOP ",serial=other", 1);
    qblk_send(t.d, &r, 0, VIRTIO_BLK_T_IN, 5, QBLK_SECTOR);
    qdisk_expect_error(t.qts, "read", "stop", EIO);
    qdisk_expect_stop(t.qts, "failed");
    qtest_writel(t.qts, r.mem, VIRTIO_BLK_T_GET_ID);
    qdisk_cont(t.qts);
    g_assert_cmphex(qblk_wait(t.d, &r), ==, VIRTIO_BLK_S_OK);
    g_assert_cmphex(qtest_readl(t.qts, r.mem + QBLK_DATA), ==,
                    'o' | 't' << 8 | 'h' << 16 | 'e' << 24);
    error_shutdown(&t);
}

/* A discard of nothing that is there breaks the device, with all that waits. */
static void test_breaks(gconstpointer how)
{
    QBlkReq r, flush;
    ErrorTest t;

    error_boot(&t, how, WRITE_ONCE QDISK_RULE(1, "flush", 5, -1), STOP, 1);
    qblk_do(t.d, VIRTIO_BLK_T_OUT, 0, QBLK_SECTOR, 0x11);
    qblk_send(t.d, &flush, 0, VIRTIO_BLK_T_FLUSH, 0, 0);
    qdisk_expect_error(t.qts, "write", "stop", EIO);
    qdisk_expect_stop(t.qts, "failed");
    qblk_prepare(t.d, &r, VIRTIO_BLK_T_OUT, 5, QBLK_SECTOR, 0xa5);
    qblk_add(t.d, &r, 0);
    qblk_kick(t.d, 0);
    qdisk_expect_error(t.qts, "write", "stop", EIO);
    qtest_writel(t.qts, flush.mem, VIRTIO_BLK_T_DISCARD);
    qdisk_cont(t.qts);
    liar_wait_broken(t.d);
    g_assert_cmphex(qblk_status(t.d, &flush), ==, QBLK_NO_STATUS);
    g_assert_true(qvirtqueue_idle(t.qts, flush.vq));

    qvirtio_any_start(t.d);
    g_assert_cmphex(qblk_do(t.d, VIRTIO_BLK_T_OUT, 9, QBLK_SECTOR, 0x99), ==,
                    VIRTIO_BLK_S_OK);
    qdisk_file_expect(&t.file, 9, 0x99);
    error_shutdown(&t);
}

/* Policies that do not stop */
static void test_policies(gconstpointer how)
{
    static const struct {
        const char *props, *action;
        uint8_t status;
    } policies[] = {
        { ",rerror=report,werror=report", "report", VIRTIO_BLK_S_IOERR },
        { ",rerror=ignore,werror=ignore", "ignore", VIRTIO_BLK_S_OK },
        { ",werror=enospc", "report", VIRTIO_BLK_S_IOERR },
        { "", "report", VIRTIO_BLK_S_IOERR },
    };

    for (int i = 0; i < ARRAY_SIZE(policies); i++) {
        ErrorTest t;

        error_boot(&t, how, WRITE_ONCE QDISK_RULE(1, "read", 28, 5),
                   policies[i].props, 1);
        g_assert_cmphex(qblk_do(t.d, VIRTIO_BLK_T_OUT, 5, QBLK_SECTOR, 0xa5),
                        ==, policies[i].status);
        qdisk_expect_error(t.qts, "write", policies[i].action, EIO);
        g_assert_cmphex(qblk_do(t.d, VIRTIO_BLK_T_IN, 5, QBLK_SECTOR, 0), ==,
                        policies[i].status);
        qdisk_expect_error(t.qts, "read", policies[i].action, ENOSPC);
        qdisk_file_expect(&t.file, 5, 0);
        error_shutdown(&t);
    }
}

/* Another bit of those that say how a test is run */
#define NO_THREAD   0x100

static void add(const char *name, void (*test)(gconstpointer), unsigned drives)
{
    qvirtio_any_add("virtio-blk-error", name, test, drives & ~NO_THREAD,
                    !(drives & NO_THREAD));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add("kinds", test_kinds, IN_ALL);
    add("layout", test_layout, IN_BOTH);
    add("merged", test_merged, IN_ALL | NO_THREAD);
    add("apart", test_apart, IN_SPLIT | NO_THREAD);
    add("many", test_many, IN_ALL);
    add("again", test_again, IN_SPLIT);
    add("two-queues", test_two_queues, IN_BOTH);
    add("reset", test_reset, IN_ALL);
    add("system-reset", test_system_reset, IN_SPLIT);
    add("queue-reset", test_queue_reset, IN_BOTH);
    add("unplug", test_unplug, IN_BOTH);
    add("quit", test_quit, IN_SPLIT);
    add("other-type", test_other_type, IN_SPLIT);
    add("breaks", test_breaks, IN_BOTH);
    add("policies", test_policies, IN_SPLIT);
    return g_test_run();
}
