/*
 * virtio over MMIO: every device, with a request out when something happens;
 * and devices with a queue for each of several CPUs.
 *
 * The transport has one line for all of its queues, and the number of a queue
 * goes into the one register of kicks.  virtio-mmio-test.c has the registers
 * themselves, tap-queues-test.c a network card of several queues.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <glib/gstdio.h>
#include "libqtest.h"
#include "libqos/virtio-any.h"
#include "libqos/virtio-scsi.h"
#include "qemu/bswap.h"
#include "standard-headers/linux/virtio_blk.h"
#include "standard-headers/linux/virtio_config.h"
#include "standard-headers/linux/virtio_mmio.h"

#define QUEUES  4
#define SECTOR  512
#define ROUNDS  40

/* Without ACPI, transports have the GSIs from 5 on. */
#define GSI     (5 + QVIRTIO_ANY_TRANSPORT)

/* Every device */

typedef struct Case {
    const QVirtioAnyType *type;
    QVirtioAnyDrive drive;
} Case;

static void stall(QVirtioAny *d)
{
    qvirtio_any_start(d);
    d->type->work(d);
    d->type->stall(d);
}

static void test_device(gconstpointer opaque)
{
    const Case *c = opaque;
    QVirtioAny *d = qvirtio_any_boot(c->type, c->drive | QVIRTIO_ANY_MMIO, "");

    g_assert_cmpuint(d->mmio.version, ==, qvirtio_any_is_modern(d) ? 2 : 1);
    qvirtio_mmio_write(&d->mmio, VIRTIO_MMIO_QUEUE_SEL, d->type->queues);
    g_assert_cmpuint(qvirtio_mmio_read(&d->mmio, VIRTIO_MMIO_QUEUE_NUM_MAX),
                     ==, 0);

    /* The driver starts anew. */
    stall(d);
    qvirtio_any_start(d);
    d->type->work(d);

    stall(d);
    qtest_qmp_assert_success(d->qts, "{'execute': 'system_reset'}");
    qtest_qmp_eventwait(d->qts, "RESET");
    qvirtio_any_enable(d);
    g_assert_cmpuint(qvirtio_mmio_read(&d->mmio, VIRTIO_MMIO_STATUS), ==, 0);
    qvirtio_any_start(d);
    d->type->work(d);

    /* The machine stands still, and the host's side does not. */
    stall(d);
    qtest_qmp_assert_success(d->qts, "{'execute': 'stop'}");
    qvirtio_any_host(d);
    qtest_qmp_assert_success(d->qts, "{'execute': 'cont'}");
    qvirtio_any_start(d);
    d->type->work(d);

    /* And the program ends. */
    stall(d);
    qvirtio_any_shutdown(d);
}

/* Several queues */

/*
 * From reset to DRIVER_OK, with a size of its own for each queue, and an
 * interrupt for each request.
 */
static void queues_start(QVirtioAny *d)
{
    uint64_t features;

    qvirtio_any_stop(d);
    qvirtio_start_device(d->vdev);
    features = qvirtio_get_features(d->vdev);
    qvirtio_set_features(d->vdev, features & ~(QVIRTIO_F_BAD_FEATURE |
                                               1 << VIRTIO_RING_F_EVENT_IDX));
    for (unsigned i = 0; i < d->type->queues; i++) {
        d->mmio.ring_size = 8 << i;
        d->vq[i] = qvirtqueue_setup(d->vdev, d->alloc, i);
        g_assert_cmpuint(d->vq[i]->size, ==, 8 << i);
    }
    d->buf = guest_alloc(d->alloc, QVIRTIO_ANY_BUF_SIZE);
    qvirtio_set_driver_ok(d->vdev);
}

/* The one line is up until it is acknowledged, whoever has raised it. */
static void queues_check_line(QVirtioAny *d)
{
    g_assert_true(qtest_get_irq(d->qts, GSI));
    g_assert_cmpuint(qvirtio_mmio_read(&d->mmio, VIRTIO_MMIO_INTERRUPT_STATUS),
                     ==, VIRTIO_MMIO_INT_VRING);
    qvirtio_mmio_write(&d->mmio, VIRTIO_MMIO_INTERRUPT_ACK,
                       VIRTIO_MMIO_INT_VRING);
    g_assert_false(qtest_get_irq(d->qts, GSI));
}

/* virtio-blk: requests of queue @q have their part of the buffer */

#define AT(q)       ((q) * 2048)
#define AT_STATUS   16
#define AT_DATA     1024

static uint32_t blk_send(QVirtioAny *d, unsigned q, uint32_t type,
                         uint64_t sector)
{
    struct virtio_blk_outhdr header = {
        .type = cpu_to_le32(type), .sector = cpu_to_le64(sector),
    };
    uint64_t at = d->buf + AT(q);
    uint32_t head;

    qtest_memwrite(d->qts, at, &header, sizeof(header));
    qtest_writeb(d->qts, at + AT_STATUS, 0xee);
    head = qvirtqueue_add(d->qts, d->vq[q], at, sizeof(header), false, true);
    qvirtqueue_add(d->qts, d->vq[q], at + AT_DATA, SECTOR,
                   type == VIRTIO_BLK_T_IN, true);
    qvirtqueue_add(d->qts, d->vq[q], at + AT_STATUS, 1, true, false);
    qvirtqueue_kick(d->qts, d->vdev, d->vq[q], head);
    return head;
}

static void blk_wait(QVirtioAny *d, unsigned q, uint32_t head)
{
    qvirtio_any_wait(d, d->vq[q], head);
    d->vq[q]->num_free += 2;
    g_assert_cmpuint(qtest_readb(d->qts, d->buf + AT(q) + AT_STATUS), ==,
                     VIRTIO_BLK_S_OK);
}

/* What one queue has written, the next one reads, all of them at a time. */
static void blk_round(QVirtioAny *d, unsigned round)
{
    uint32_t head[QUEUES];
    uint8_t data[SECTOR], expected[SECTOR];

    for (unsigned q = 0; q < QUEUES; q++) {
        qtest_memset(d->qts, d->buf + AT(q) + AT_DATA, round * QUEUES + q,
                     SECTOR);
        head[q] = blk_send(d, q, VIRTIO_BLK_T_OUT, round * QUEUES + q);
    }
    for (unsigned q = 0; q < QUEUES; q++) {
        blk_wait(d, q, head[q]);
    }
    queues_check_line(d);

    for (unsigned q = 0; q < QUEUES; q++) {
        qtest_memset(d->qts, d->buf + AT(q) + AT_DATA, 0xee, SECTOR);
        head[q] = blk_send(d, q, VIRTIO_BLK_T_IN,
                           round * QUEUES + (q + 1) % QUEUES);
    }
    for (unsigned q = 0; q < QUEUES; q++) {
        blk_wait(d, q, head[q]);
        qtest_memread(d->qts, d->buf + AT(q) + AT_DATA, data, SECTOR);
        memset(expected, round * QUEUES + (q + 1) % QUEUES, SECTOR);
        g_assert_cmpmem(data, SECTOR, expected, SECTOR);
    }
    queues_check_line(d);
}

static void test_blk(gconstpointer drive)
{
    g_autofree char *path = NULL, *args = NULL;
    int fd = g_file_open_tmp("mmio-XXXXXX", &path, NULL);
    QVirtioAnyType type = {
        .device = "virtio-blk-pci-transitional,drive=disk,num-queues=4",
        .queues = QUEUES,
    };
    QVirtioAny *d;

    g_assert_cmpint(ftruncate(fd, ROUNDS * QUEUES * SECTOR), ==, 0);
    type.args = args = g_strdup_printf("-blockdev file,node-name=disk,"
                                       "filename=%s", path);
    d = qvirtio_any_boot(&type, GPOINTER_TO_INT(drive) | QVIRTIO_ANY_MMIO, "");
    qtest_irq_intercept_in(d->qts, "/machine/ioapic");
    queues_start(d);
    g_assert_true(d->vdev->features & 1 << VIRTIO_BLK_F_MQ);
    g_assert_cmpuint(qvirtio_config_readw(d->vdev,
                                          offsetof(struct virtio_blk_config,
                                                   num_queues)), ==, QUEUES);
    qvirtio_mmio_write(&d->mmio, VIRTIO_MMIO_QUEUE_SEL, QUEUES);
    g_assert_cmpuint(qvirtio_mmio_read(&d->mmio, VIRTIO_MMIO_QUEUE_NUM_MAX),
                     ==, 0);
    for (unsigned round = 0; round < ROUNDS; round++) {
        blk_round(d, round);
        if (round == ROUNDS / 2) {
            queues_start(d);
        }
    }
    qvirtio_any_shutdown(d);

    for (unsigned i = 0; i < ROUNDS * QUEUES; i++) {
        uint8_t byte;

        g_assert_cmpint(pread(fd, &byte, 1, (i + 1) * SECTOR - 1), ==, 1);
        g_assert_cmphex(byte, ==, i);
    }
    close(fd);
    g_unlink(path);
}

/* Kicks of a queue that is not there, or not set up, move no other one. */
static void test_blk_kicks(gconstpointer drive)
{
    QVirtioAnyType type = {
        .device = "virtio-blk-pci-transitional,drive=disk,num-queues=4",
        .args = "-blockdev null-co,node-name=disk,size=1048576,read-zeroes=on",
        .queues = QUEUES,
    };
    QVirtioAny *d = qvirtio_any_boot(&type, GPOINTER_TO_INT(drive) |
                                     QVIRTIO_ANY_MMIO, "");
    uint32_t head;

    /* Only the first two of the four. */
    type.queues = 2;
    qvirtio_any_start(d);
    for (unsigned q = 0; q < 32; q++) {
        qvirtio_mmio_write(&d->mmio, VIRTIO_MMIO_QUEUE_NOTIFY, q);
    }
    head = blk_send(d, 1, VIRTIO_BLK_T_IN, 0);
    blk_wait(d, 1, head);
    g_assert_true(qvirtqueue_idle(d->qts, d->vq[0]));
    head = blk_send(d, 0, VIRTIO_BLK_T_IN, 0);
    blk_wait(d, 0, head);

    /* All of them after that. */
    type.queues = QUEUES;
    qvirtio_any_start(d);
    for (unsigned q = 0; q < QUEUES; q++) {
        head = blk_send(d, q, VIRTIO_BLK_T_IN, q);
        blk_wait(d, q, head);
    }
    qvirtio_any_shutdown(d);
}

/* Each queue has a request out, and the driver starts anew. */
static void test_blk_reset(gconstpointer drive)
{
    static const QVirtioAnyType type = {
        .device = "virtio-blk-pci-transitional,drive=disk,num-queues=4",
        .args = "-blockdev null-co,node-name=disk,size=1048576,read-zeroes=on,"
                "latency-ns=50000000",
        .queues = QUEUES,
    };
    QVirtioAny *d = qvirtio_any_boot(&type, GPOINTER_TO_INT(drive) |
                                     QVIRTIO_ANY_MMIO, "");
    uint32_t head[QUEUES];

    for (int round = 0; round < 3; round++) {
        qvirtio_any_start(d);
        for (unsigned q = 0; q < QUEUES; q++) {
            head[q] = blk_send(d, q, VIRTIO_BLK_T_IN, q);
        }
    }
    for (unsigned q = 0; q < QUEUES; q++) {
        blk_wait(d, q, head[q]);
    }
    qvirtio_any_shutdown(d);
}

/* virtio-scsi: its requests' queues come after those of control and events */

static const QVirtioAnyType scsi_type = {
    .device = "virtio-scsi-pci-transitional,num_queues=4",
    .args = "-blockdev null-co,node-name=fast,size=1048576,read-zeroes=on "
            "-blockdev null-co,node-name=slow,size=1048576,read-zeroes=on,"
            "latency-ns=50000000 ",
    .queues = QSCSI_CMD + QUEUES,
};

static const QScsiCmd inquiry = { .cdb = { 0x12, 0, 0, 0, 36 }, .in = 36 };
static const QScsiCmd read_slow = {
    .target = 1, .tag = 1, .cdb = { 0x28, 0, 0, 0, 0, 0, 0, 0, 1 },
    .in = SECTOR
};

static QVirtioAny *scsi_boot(gconstpointer drive)
{
    QVirtioAny *d = qvirtio_any_boot(&scsi_type, GPOINTER_TO_INT(drive) |
                                     QVIRTIO_ANY_MMIO, "");
    g_autofree char *fast = qtest_hmp(d->qts, "device_add scsi-hd,bus="
                                      QVIRTIO_ANY_ID ".0,drive=fast,scsi-id=0");
    g_autofree char *slow = qtest_hmp(d->qts, "device_add scsi-hd,bus="
                                      QVIRTIO_ANY_ID ".0,drive=slow,scsi-id=1");

    g_assert_cmpstr(fast, ==, "");
    g_assert_cmpstr(slow, ==, "");
    return d;
}

static void scsi_start(QVirtioAny *d)
{
    queues_start(d);
    qscsi_ready(d, 0, 0);
    qscsi_ready(d, 1, 0);
    qvirtio_mmio_write(&d->mmio, VIRTIO_MMIO_INTERRUPT_ACK,
                       VIRTIO_MMIO_INT_VRING);
}

static void test_scsi(gconstpointer drive)
{
    QVirtioAny *d = scsi_boot(drive);
    QScsiReq r[QUEUES];
    uint8_t data[36];
    QScsiAnswer a;

    qtest_irq_intercept_in(d->qts, "/machine/ioapic");
    scsi_start(d);
    g_assert_cmpuint(qvirtio_config_readl(d->vdev, 0), ==, QUEUES);
    for (unsigned round = 0; round < ROUNDS; round++) {
        for (unsigned q = 0; q < QUEUES; q++) {
            qscsi_send(d, &r[q], QSCSI_CMD + q, &inquiry);
        }
        for (unsigned q = 0; q < QUEUES; q++) {
            qscsi_wait(d, &r[q], &a);
            g_assert_cmphex(a.status, ==, 0);
            qscsi_read(d, &r[q], data, sizeof(data));
            g_assert_cmpmem(&data[16], 13, "QEMU HARDDISK", 13);
            qscsi_free(d, &r[q]);
        }
        queues_check_line(d);
    }
    qvirtio_any_shutdown(d);
}

/*
 * A reset of the unit ends what came by any of the queues, and only then it is
 * done.
 */
static void test_scsi_reset(gconstpointer drive)
{
    QVirtioAny *d = scsi_boot(drive);
    QScsiReq r[QUEUES];
    QScsiAnswer a;

    for (int round = 0; round < 3; round++) {
        scsi_start(d);
        for (unsigned q = 0; q < QUEUES; q++) {
            qscsi_send(d, &r[q], QSCSI_CMD + q, &read_slow);
        }
        g_assert_cmpint(qscsi_tmf(d, VIRTIO_SCSI_T_TMF_LOGICAL_UNIT_RESET, 1,
                                  0, 0), ==, VIRTIO_SCSI_S_OK);
        for (unsigned q = 0; q < QUEUES; q++) {
            g_assert_false(qvirtqueue_idle(d->qts, d->vq[QSCSI_CMD + q]));
            qscsi_wait(d, &r[q], &a);
            /* It may have been faster. */
            g_assert_true(a.response == VIRTIO_SCSI_S_RESET ||
                          a.response == VIRTIO_SCSI_S_OK);
            qscsi_free(d, &r[q]);
        }
        qscsi_ready(d, 1, 0);

        /* They are out, and the driver starts anew. */
        for (unsigned q = 0; q < QUEUES; q++) {
            qscsi_send(d, &r[q], QSCSI_CMD + q, &read_slow);
        }
        qvirtio_any_stop(d);
        for (unsigned q = 0; q < QUEUES; q++) {
            qscsi_free(d, &r[q]);
        }
    }
    qvirtio_any_shutdown(d);
}

static void add_drives(const char *name, void (*test)(gconstpointer))
{
    for (int drive = 0; drive < QVIRTIO_ANY_DRIVES; drive++) {
        g_autofree char *path = g_strdup_printf("/virtio-mmio-devices/%s/%s",
                                                qvirtio_any_drives[drive],
                                                name);

        qtest_add_data_func(path, GINT_TO_POINTER(drive), test);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (int i = 0; qvirtio_any_types[i].name; i++) {
        for (int drive = 0; drive < QVIRTIO_ANY_DRIVES; drive++) {
            const QVirtioAnyType *type = &qvirtio_any_types[i];
            g_autofree char *path =
                g_strdup_printf("/virtio-mmio-devices/%s/%s",
                                qvirtio_any_drives[drive], type->name);
            Case *c = g_new(Case, 1);

            *c = (Case) { type, drive };
            qtest_add_data_func_full(path, c, test_device, g_free);
        }
    }
    add_drives("blk-queues", test_blk);
    add_drives("blk-queues-kicks", test_blk_kicks);
    add_drives("blk-queues-reset", test_blk_reset);
    add_drives("scsi-queues", test_scsi);
    add_drives("scsi-queues-reset", test_scsi_reset);
    return g_test_run();
}
