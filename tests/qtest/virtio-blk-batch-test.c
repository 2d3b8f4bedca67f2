/*
 * virtio-blk with many requests at a time: what is complete is given back with
 * what else is, and waits for nobody who is not.
 *
 * Read hw/virtio/virtqueue-batch.c first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "libqtest.h"
#include "libqos/virtio-blk.h"
#include "qemu/timer.h"

#define READS 12

/* Writes are rationed; reads are not. */
#define ONE_WRITE_A_SECOND  ",throttling.iops-write=1"

typedef struct BatchTest {
    QVirtioAny *d;
    QVirtioAnyType type;
    char *args;
    QBlkReq reads[READS];
    QBlkReq write;
} BatchTest;

static void batch_boot(BatchTest *t, gconstpointer how, const char *drive_opts)
{
    int bits = GPOINTER_TO_INT(how);

    t->args = g_strdup_printf("-object iothread,id=io0 -drive if=none,id=disk,"
                              "driver=null-co,read-zeroes=on,size=1M%s",
                              drive_opts);
    t->type = (QVirtioAnyType) {
        .name = "virtio-blk",
        .device = "virtio-blk-pci-transitional,drive=disk",
        .args = t->args,
        .queues = 1,
    };
    t->d = qvirtio_any_boot(&t->type, bits & 0xff,
                            bits & QVIRTIO_ANY_IOTHREAD ? ",iothread=io0" : "");
    qvirtio_any_start(t->d);
}

static void batch_shutdown(BatchTest *t)
{
    qvirtio_any_shutdown(t->d);
    g_free(t->args);
}

/* Reads, none of which is the next one's neighbour, without a kick. */
static void add_reads(BatchTest *t)
{
    for (int i = 0; i < READS; i++) {
        qblk_prepare(t->d, &t->reads[i], VIRTIO_BLK_T_IN, 10 + 7 * i,
                     QBLK_SECTOR, 0xff);
        qblk_add(t->d, &t->reads[i], 0);
    }
}

static void expect_reads(BatchTest *t)
{
    for (int i = 0; i < READS; i++) {
        g_assert_cmphex(qblk_status(t->d, &t->reads[i]), ==, VIRTIO_BLK_S_OK);
        qblk_expect_data(t->d, &t->reads[i], 0);
        qblk_free(t->d, &t->reads[i]);
    }
}

/* All at once, several times round the ring. */
static void test_together(gconstpointer how)
{
    BatchTest t;

    batch_boot(&t, how, "");
    for (int round = 0; round < 6; round++) {
        add_reads(&t);
        qblk_kick(t.d, 0);
        qblk_wait_all(t.d, t.reads, READS);
        expect_reads(&t);
        g_assert_true(qvirtqueue_idle(t.d->qts, t.d->vq[0]));
    }
    batch_shutdown(&t);
}

/* Before them all is one that takes a second, which does not pass. */
static void test_overtake(gconstpointer how)
{
    BatchTest t;

    batch_boot(&t, how, ONE_WRITE_A_SECOND);
    g_assert_cmphex(qblk_do(t.d, VIRTIO_BLK_T_OUT, 0, QBLK_SECTOR, 1), ==,
                    VIRTIO_BLK_S_OK);
    qblk_prepare(t.d, &t.write, VIRTIO_BLK_T_OUT, 1, QBLK_SECTOR, 2);
    qblk_add(t.d, &t.write, 0);
    add_reads(&t);
    qblk_kick(t.d, 0);

    qblk_wait_all(t.d, t.reads, READS);
    expect_reads(&t);
    g_assert_cmphex(qblk_status(t.d, &t.write), ==, QBLK_NO_STATUS);

    qtest_clock_step(t.d->qts, 2 * NANOSECONDS_PER_SECOND);
    g_assert_cmphex(qblk_wait(t.d, &t.write), ==, VIRTIO_BLK_S_OK);
    qblk_free(t.d, &t.write);
    batch_shutdown(&t);
}

/* The machine stands still: what is under way ends, and is given back. */
static void test_stop(gconstpointer how)
{
    BatchTest t;

    batch_boot(&t, how, "");
    for (int round = 0; round < 5; round++) {
        add_reads(&t);
        qblk_kick(t.d, 0);
        qtest_qmp_assert_success(t.d->qts, "{'execute': 'stop'}");
        qtest_qmp_assert_success(t.d->qts, "{'execute': 'cont'}");
        qblk_wait_all(t.d, t.reads, READS);
        expect_reads(&t);
    }
    batch_shutdown(&t);
}

int main(int argc, char **argv)
{
    const unsigned all = (1u << QVIRTIO_ANY_DRIVES) - 1;

    g_test_init(&argc, &argv, NULL);
    qvirtio_any_add("virtio/blk-batch", "together", test_together, all, true);
    qvirtio_any_add("virtio/blk-batch", "overtake", test_overtake, all, true);
    qvirtio_any_add("virtio/blk-batch", "stop", test_stop, all, true);
    return g_test_run();
}
