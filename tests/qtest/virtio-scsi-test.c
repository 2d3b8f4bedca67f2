/*
 * virtio-scsi: what a driver gets, and what a liar gets.
 *
 * Commands and their answers are compared with QEMU's by scsi-reference-test;
 * lies about rings are in the tests of any virtio device.  Here is what is
 * between the two: requests as virtio 1.2, 5.6.6 has them, task management,
 * events, and requests that are out when something happens.
 *
 * Tests run with split and with packed rings, and as a driver before virtio 1;
 * most with an IOThread and without.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "libqtest.h"
#include "libqos/fw_cfg.h"
#include "libqos/virtio-liar.h"
#include "libqos/virtio-scsi.h"
#include "qapi/qmp/qdict.h"
#include "qemu/bswap.h"
#include "qemu/cutils.h"
#include "qemu/timer.h"
#include "standard-headers/linux/virtio_config.h"

#define DISK_SIZE       (4 * 1024 * 1024)
#define SECTOR          512

/* "fast" answers at once; for "stuck" see scsi_add_stuck(). */
static const QVirtioAnyType scsi_type = {
    .name = "virtio-scsi",
    .device = "virtio-scsi-pci-transitional",
    .args = "-object iothread,id=io0 "
            "-blockdev null-co,node-name=fast,size=4194304,read-zeroes=on "
            "-blockdev null-co,node-name=spare,size=4194304 "
            "-blockdev null-co,node-name=zeroes,size=4194304,read-zeroes=on",
    .queues = 3,
    .config_size = sizeof(struct virtio_scsi_config),
};

static void scsi_plug(QVirtioAny *d, const char *id, const char *props)
{
    g_autofree char *said = qtest_hmp(d->qts, "device_add scsi-hd,id=%s,"
                                      "bus=" QVIRTIO_ANY_ID ".0,%s", id, props);

    g_assert_cmpstr(said, ==, "");
}

/*
 * The node "stuck": when it has been looked at for a partition table, that is,
 * plugged, it has given what it may give in 512 seconds.  What is read then
 * stays out until the test lets it go.  That is not a bet on time: the clock of
 * a group that is made when the accelerator is there is the client's.
 */
static void scsi_add_stuck(QVirtioAny *d)
{
    qtest_qmp_assert_success(d->qts, "{'execute': 'object-add', 'arguments':"
        " {'qom-type': 'throttle-group', 'id': 'tg',"
        " 'limits': {'bps-total': 1}}}");
    qtest_qmp_assert_success(d->qts, "{'execute': 'blockdev-add',"
        " 'arguments': {'driver': 'throttle', 'node-name': 'stuck',"
        " 'throttle-group': 'tg', 'file': 'zeroes'}}");
}

static QVirtioAny *scsi_boot_with(gconstpointer how, const char *props)
{
    int bits = GPOINTER_TO_INT(how);
    bool iothread = bits & QVIRTIO_ANY_IOTHREAD;
    g_autofree char *all = g_strdup_printf("%s%s", props,
                                           iothread ? ",iothread=io0" : "");
    QVirtioAny *d = qvirtio_any_boot(&scsi_type, bits & 0xff, all);

    scsi_add_stuck(d);
    scsi_plug(d, "d0", "drive=fast,scsi-id=0,lun=0");
    scsi_plug(d, "d1", "drive=stuck,scsi-id=1,lun=3");
    qvirtio_any_start(d);
    qscsi_ready(d, 0, 0);
    qscsi_ready(d, 1, 3);
    return d;
}

static QVirtioAny *scsi_boot(gconstpointer how)
{
    return scsi_boot_with(how, "");
}

static const QScsiCmd test_unit_ready;
static const QScsiCmd inquiry = { .cdb = { 0x12, 0, 0, 0, 36 }, .in = 36 };
static const QScsiCmd read_fast = {
    .cdb = { 0x28, 0, 0, 0, 0, 0, 0, 0, 1 }, .in = SECTOR
};
static const QScsiCmd read_stuck = {
    .target = 1, .lun = 3, .tag = 0x1234567890abcdef,
    .cdb = { 0x28, 0, 0, 0, 0, 0, 0, 0, 1 }, .in = SECTOR
};

/*
 * The device has taken what was sent: requests of a queue are begun in order,
 * and a kick only says that there are some, to a thread that may be another one.
 */
static void scsi_let_begin(QVirtioAny *d)
{
    qscsi_ready(d, 0, 0);
}

/* The first read that is stuck goes on; whoever comes next is stuck again. */
static void scsi_let_go(QVirtioAny *d)
{
    qtest_clock_step(d->qts, (SECTOR + 1) * NANOSECONDS_PER_SECOND);
}

/* Honest work */

static void test_config(gconstpointer how)
{
    QVirtioAny *d = scsi_boot(how);
    static const uint32_t expected[] = {
        1, 254, 0xffff, 128, 16, 96, 32
    };

    for (int i = 0; i < ARRAY_SIZE(expected); i++) {
        g_assert_cmpuint(qvirtio_config_readl(d->vdev, 4 * i), ==,
                         expected[i]);
    }
    g_assert_cmpuint(qvirtio_config_readw(d->vdev, 28), ==, 0);
    g_assert_cmpuint(qvirtio_config_readw(d->vdev, 30), ==, 255);
    g_assert_cmpuint(qvirtio_config_readl(d->vdev, 32), ==, 16383);
    g_assert_cmphex(d->vdev->features & 0xf, ==,
                    1 << VIRTIO_SCSI_F_HOTPLUG | 1 << VIRTIO_SCSI_F_CHANGE);
    qvirtio_any_shutdown(d);
}

static void test_commands(gconstpointer how)
{
    QVirtioAny *d = scsi_boot(how);
    uint8_t data[SECTOR];
    QScsiAnswer a;
    QScsiReq r;

    g_assert_cmphex(qscsi_do(d, &inquiry, &a, data), ==, 0);
    g_assert_cmpint(a.response, ==, VIRTIO_SCSI_S_OK);
    g_assert_cmpuint(a.used, ==, QSCSI_RESPONSE_SIZE + 36);
    g_assert_cmpuint(a.resid, ==, 0);
    g_assert_cmpuint(a.sense_len, ==, 0);
    /* The place of sense data is not left as it was. */
    for (int i = 0; i < sizeof(a.sense); i++) {
        g_assert_cmphex(a.sense[i], ==, 0);
    }
    g_assert_cmpmem(data + 8, 8, "QEMU    ", 8);

    qscsi_do(d, &read_fast, &a, data);
    g_assert_cmpuint(a.used, ==, QSCSI_RESPONSE_SIZE + SECTOR);
    g_assert_true(buffer_is_zero(data, SECTOR));
    qscsi_send(d, &r, QSCSI_CMD, &read_stuck);
    scsi_let_begin(d);
    scsi_let_go(d);
    qscsi_wait(d, &r, &a);
    g_assert_cmphex(a.status, ==, 0);
    qscsi_read(d, &r, data, SECTOR);
    g_assert_true(buffer_is_zero(data, SECTOR));
    qscsi_free(d, &r);

    /* A failure writes no data, and says so. */
    qscsi_do(d, &(QScsiCmd) { .cdb = { 0x28, 0, 0xff, 0, 0, 0, 0, 0, 1 },
                              .in = SECTOR }, &a, data);
    g_assert_cmphex(a.status, ==, 2);
    g_assert_cmpuint(a.sense_len, ==, 18);
    g_assert_cmphex(a.sense[12], ==, 0x21);
    g_assert_cmpuint(a.used, ==, QSCSI_RESPONSE_SIZE);
    g_assert_cmphex(data[0], ==, 0xdd);
    qvirtio_any_shutdown(d);
}

/* Residuals are of the buffers, whatever the CDB asks for. */
static void test_residual(gconstpointer how)
{
    QVirtioAny *d = scsi_boot(how);
    uint8_t data[4 * SECTOR];
    QScsiCmd cmd = inquiry;
    QScsiAnswer a;

    cmd.in = 100;
    qscsi_do(d, &cmd, &a, data);
    g_assert_cmpuint(a.resid, ==, 64);
    g_assert_cmpuint(a.used, ==, QSCSI_RESPONSE_SIZE + 36);
    g_assert_cmphex(data[36], ==, 0xdd);

    cmd = read_fast;
    cmd.in = 4 * SECTOR;
    qscsi_do(d, &cmd, &a, data);
    g_assert_cmpuint(a.resid, ==, 3 * SECTOR);
    g_assert_cmpuint(a.used, ==, QSCSI_RESPONSE_SIZE + SECTOR);
    g_assert_cmphex(data[SECTOR - 1], ==, 0);
    g_assert_cmphex(data[SECTOR], ==, 0xdd);

    /* Too little is no answer at all. */
    cmd.in = SECTOR - 1;
    qscsi_do(d, &cmd, &a, data);
    g_assert_cmpint(a.response, ==, VIRTIO_SCSI_S_OVERRUN);
    g_assert_cmphex(data[0], ==, 0xdd);
    g_assert_cmpuint(a.used, ==, QSCSI_RESPONSE_SIZE);

    /* The wrong way round. */
    cmd = read_fast;
    cmd.in = 0;
    cmd.out = data;
    cmd.out_len = SECTOR;
    qscsi_do(d, &cmd, &a, NULL);
    g_assert_cmpint(a.response, ==, VIRTIO_SCSI_S_OVERRUN);
    qvirtio_any_shutdown(d);
}

/* A file, because what is written is to be read again. */
static void test_write(gconstpointer how)
{
    enum { BLOCKS = 200 };
    g_autofree char *path = NULL;
    g_autofree uint8_t *data = g_malloc(BLOCKS * SECTOR);
    g_autofree uint8_t *back = g_malloc(BLOCKS * SECTOR);
    int fd = g_file_open_tmp("scsi-XXXXXX", &path, NULL);
    QVirtioAny *d = scsi_boot(how);
    QScsiCmd cmd = {
        .target = 2,
        .cdb = { 0x2a, 0, 0, 0, 0, 100, 0, 0, BLOCKS },
        .out = data, .out_len = BLOCKS * SECTOR
    };

    g_assert_cmpint(ftruncate(fd, DISK_SIZE), ==, 0);
    close(fd);
    generate_pattern(data, BLOCKS * SECTOR, 509);
    qtest_qmp_assert_success(d->qts, "{'execute': 'blockdev-add',"
        " 'arguments': {'driver': 'raw', 'node-name': 'f0',"
        " 'file': {'driver': 'file', 'filename': %s}}}", path);
    scsi_plug(d, "d2", "drive=f0,scsi-id=2,lun=0");
    qscsi_ready(d, 2, 0);

    g_assert_cmphex(qscsi_do(d, &cmd, NULL, NULL), ==, 0);
    /* SYNCHRONIZE CACHE */
    g_assert_cmphex(qscsi_do(d, &(QScsiCmd) { .target = 2, .cdb = { 0x35 } },
                             NULL, NULL), ==, 0);
    cmd.cdb[0] = 0x28;
    cmd.out_len = 0;
    cmd.in = BLOCKS * SECTOR;
    g_assert_cmphex(qscsi_do(d, &cmd, NULL, back), ==, 0);
    g_assert_cmpmem(data, BLOCKS * SECTOR, back, BLOCKS * SECTOR);

    /* WRITE SAME (16) of the first block over 100, and of none over 100 */
    g_assert_cmphex(qscsi_do(d, &(QScsiCmd) {
        .target = 2, .cdb = { 0x93, 0, [9] = 100, [13] = 100 },
        .out = data, .out_len = SECTOR }, NULL, NULL), ==, 0);
    g_assert_cmphex(qscsi_do(d, &(QScsiCmd) {
        .target = 2, .cdb = { 0x93, 1, [9] = 200, [13] = 100 } }, NULL, NULL),
        ==, 0);
    g_assert_cmphex(qscsi_do(d, &cmd, NULL, back), ==, 0);
    g_assert_cmpmem(data, SECTOR, back + 99 * SECTOR, SECTOR);
    g_assert_true(buffer_is_zero(back + 100 * SECTOR, 100 * SECTOR));
    qvirtio_any_shutdown(d);
    unlink(path);
}

/* Addresses: not the right form, nobody there, nobody but others. */
static void test_addresses(gconstpointer how)
{
    static const struct {
        uint8_t lun[8];
        uint8_t response;
    } luns[] = {
        { { 1, 0, 0x40, 0 }, VIRTIO_SCSI_S_OK },
        { { 1, 0, 0, 0 }, VIRTIO_SCSI_S_OK },
        { { 0, 0, 0, 0 }, VIRTIO_SCSI_S_BAD_TARGET },
        { { 2, 0, 0, 0 }, VIRTIO_SCSI_S_BAD_TARGET },
        { { 1, 9, 0, 0 }, VIRTIO_SCSI_S_BAD_TARGET },
        { { 1, 0, 0x80, 0 }, VIRTIO_SCSI_S_BAD_TARGET },
        { { 1, 0, 0xc1, 1 }, VIRTIO_SCSI_S_BAD_TARGET },
        { { 0xff, 0xff, 0xff, 0xff }, VIRTIO_SCSI_S_BAD_TARGET },
    };
    QVirtioAny *d = scsi_boot(how);

    for (int i = 0; i < ARRAY_SIZE(luns); i++) {
        QScsiAnswer a;
        QScsiReq r;

        r.vq = d->vq[QSCSI_CMD];
        r.ndescs = 2;
        qscsi_prepare(d, &r, &test_unit_ready);
        qtest_bufwrite(d->qts, r.mem, luns[i].lun, 8);
        r.head = qvirtqueue_add(d->qts, r.vq, r.mem, QSCSI_HEADER_SIZE, false,
                                true);
        qvirtqueue_add(d->qts, r.vq, r.mem + QSCSI_RESPONSE,
                       QSCSI_RESPONSE_SIZE, true, false);
        qvirtqueue_kick(d->qts, d->vdev, r.vq, r.head);
        qscsi_wait(d, &r, &a);
        g_assert_cmpint(a.response, ==, luns[i].response);
        qscsi_free(d, &r);
    }
    qvirtio_any_shutdown(d);
}

/* Layouts */

/* Header and response may be cut anywhere, and data follow in the same piece. */
static void test_layout(gconstpointer how)
{
    QVirtioAny *d = scsi_boot(how);
    QVirtQueue *vq = d->vq[QSCSI_CMD];
    const unsigned in_len = QSCSI_RESPONSE_SIZE + 36;

    for (unsigned cut = 1; cut < in_len; cut += cut < 12 ? 1 : 17) {
        unsigned out_cut = MIN(cut, QSCSI_HEADER_SIZE - 1);
        uint8_t data[36];
        QScsiReq r = { .vq = vq, .ndescs = 4 };
        QScsiAnswer a;

        qscsi_prepare(d, &r, &inquiry);
        qtest_memset(d->qts, r.mem + QSCSI_RESPONSE, 0xee, in_len);
        r.head = qvirtqueue_add(d->qts, vq, r.mem, out_cut, false, true);
        qvirtqueue_add(d->qts, vq, r.mem + out_cut,
                       QSCSI_HEADER_SIZE - out_cut, false, true);
        qvirtqueue_add(d->qts, vq, r.mem + QSCSI_RESPONSE, cut, true, true);
        qvirtqueue_add(d->qts, vq, r.mem + QSCSI_RESPONSE + cut, in_len - cut,
                       true, false);
        qvirtqueue_kick(d->qts, d->vdev, vq, r.head);
        qscsi_wait(d, &r, &a);
        g_assert_cmpint(a.response, ==, VIRTIO_SCSI_S_OK);
        g_assert_cmpuint(a.used, ==, in_len);
        qtest_bufread(d->qts, r.mem + QSCSI_RESPONSE + QSCSI_RESPONSE_SIZE,
                      data, sizeof(data));
        g_assert_cmpmem(data + 16, 4, "QEMU", 4);
        qscsi_free(d, &r);
    }
    qvirtio_any_shutdown(d);
}

/* One byte a piece. */
static void test_crumbs(gconstpointer how)
{
    QVirtioAny *d = scsi_boot(how);
    QVirtQueue *vq = d->vq[QSCSI_CMD];
    QScsiReq r = { .vq = vq, .ndescs = QSCSI_HEADER_SIZE + 1 + 64 };
    QScsiAnswer a;
    uint8_t data[64];
    QScsiCmd cmd = inquiry;

    cmd.in = cmd.cdb[4] = 64;
    qscsi_prepare(d, &r, &cmd);
    r.head = qvirtqueue_add(d->qts, vq, r.mem, 1, false, true);
    for (int i = 1; i < QSCSI_HEADER_SIZE; i++) {
        qvirtqueue_add(d->qts, vq, r.mem + i, 1, false, true);
    }
    qvirtqueue_add(d->qts, vq, r.mem + QSCSI_RESPONSE, QSCSI_RESPONSE_SIZE,
                   true, true);
    for (int i = 0; i < 64; i++) {
        qvirtqueue_add(d->qts, vq, r.mem + QSCSI_DATA + i, 1, true, i < 63);
    }
    qvirtqueue_kick(d->qts, d->vdev, vq, r.head);
    qscsi_wait(d, &r, &a);
    g_assert_cmpint(a.response, ==, VIRTIO_SCSI_S_OK);
    qscsi_read(d, &r, data, sizeof(data));
    g_assert_cmpmem(data + 16, 13, "QEMU HARDDISK", 13);

    /* A sector in such pieces, too. */
    qscsi_free(d, &r);
    qvirtio_any_shutdown(d);
}

/* As many pieces as a request may have, in a table: IOV_MAX with its two parts. */
static void test_most_pieces(gconstpointer how)
{
    enum { DATA = 4096, PIECES = IOV_MAX - 2 };
    QVirtioAny *d = scsi_boot(how);
    QVirtQueue *vq = d->vq[QSCSI_CMD];
    QScsiReq r = { .vq = vq, .ndescs = 1 };
    QScsiCmd read_10 = { .cdb = { 0x28, 0, 0, 0, 0, 1, 0, 0, DATA / SECTOR },
                         .in = DATA };
    QVRingIndirectDesc *table;
    uint8_t data[DATA];
    uint64_t at;
    QScsiAnswer a;

    qscsi_prepare(d, &r, &read_10);
    at = r.mem + QSCSI_DATA;
    qtest_memset(d->qts, at, 0xee, DATA);
    table = qvring_indirect_desc_setup(d->qts, d->vdev, d->alloc, PIECES + 2);
    qvring_indirect_desc_add(d->vdev, d->qts, table, r.mem, QSCSI_HEADER_SIZE,
                             false);
    qvring_indirect_desc_add(d->vdev, d->qts, table, r.mem + QSCSI_RESPONSE,
                             QSCSI_RESPONSE_SIZE, true);
    for (int i = 0; i < PIECES; i++) {
        unsigned len = i < PIECES - 1 ? 4 : DATA - 4 * (PIECES - 1);

        qvring_indirect_desc_add(d->vdev, d->qts, table, at + 4 * i, len,
                                 true);
    }
    r.head = qvirtqueue_add_indirect(d->qts, vq, table);
    qvirtqueue_kick(d->qts, d->vdev, vq, r.head);
    qscsi_wait(d, &r, &a);
    g_assert_cmpint(a.response, ==, VIRTIO_SCSI_S_OK);
    g_assert_cmphex(a.status, ==, 0);
    g_assert_cmpuint(a.used, ==, QSCSI_RESPONSE_SIZE + DATA);
    qtest_bufread(d->qts, at, data, DATA);
    g_assert_true(buffer_is_zero(data, DATA));
    g_free(table);
    qscsi_free(d, &r);
    qvirtio_any_shutdown(d);
}

/* The guest says how long CDBs and sense data are. */
static void test_sizes(gconstpointer how)
{
    QVirtioAny *d = scsi_boot(how);
    QVirtQueue *vq = d->vq[QSCSI_CMD];
    /* In the config space, and what the pieces then are. */
    enum { SENSE_SIZE = 20, CDB_SIZE = 24, SENSE = 5, CDB = 12 };
    uint64_t cfg = d->pci->device_cfg_offset;
    QScsiReq r = { .vq = vq, .ndescs = 2 };
    QScsiAnswer a;
    QScsiCmd read_16 = { .cdb = { 0x88 } };

    qpci_io_writel(d->pci->pdev, d->pci->bar, cfg + SENSE_SIZE, SENSE);
    qpci_io_writel(d->pci->pdev, d->pci->bar, cfg + CDB_SIZE, CDB);

    /* Sixteen bytes are promised, and twelve are there. */
    qscsi_prepare(d, &r, &read_16);
    r.head = qvirtqueue_add(d->qts, vq, r.mem, 19 + CDB, false, true);
    qvirtqueue_add(d->qts, vq, r.mem + QSCSI_RESPONSE, 12 + SENSE, true,
                   false);
    qvirtqueue_kick(d->qts, d->vdev, vq, r.head);
    qscsi_wait(d, &r, &a);
    g_assert_cmpint(a.response, ==, VIRTIO_SCSI_S_OK);
    g_assert_cmphex(a.status, ==, 2);
    g_assert_cmpuint(a.sense_len, ==, SENSE);
    g_assert_cmpuint(a.used, ==, 12 + SENSE);
    g_assert_cmphex(a.sense[2], ==, 5);
    g_assert_cmphex(a.sense[SENSE], ==, 0xee);
    qscsi_free(d, &r);

    /* A reset brings the old ones back. */
    qvirtio_any_start(d);
    g_assert_cmpuint(qvirtio_config_readl(d->vdev, SENSE_SIZE), ==, 96);
    g_assert_cmpuint(qvirtio_config_readl(d->vdev, CDB_SIZE), ==, 32);

    /* More than there can be. */
    if (qvirtio_any_is_modern(d)) {
        qpci_io_writel(d->pci->pdev, d->pci->bar, cfg + CDB_SIZE, 256);
        g_assert_true(liar_needs_reset(d));
        qvirtio_any_start(d);
        qpci_io_writel(d->pci->pdev, d->pci->bar, cfg + SENSE_SIZE, 65536);
        g_assert_true(liar_needs_reset(d));
        qvirtio_any_start(d);
    }
    qscsi_ready(d, 0, 0);
    qvirtio_any_shutdown(d);
}

/* Requests that cannot be: the device is broken until it is reset. */
static void test_short(gconstpointer how)
{
    static const struct {
        uint32_t out, in;
    } bad[] = {
        { QSCSI_HEADER_SIZE - 1, QSCSI_RESPONSE_SIZE },
        { QSCSI_HEADER_SIZE, QSCSI_RESPONSE_SIZE - 1 },
        { QSCSI_HEADER_SIZE, 12 },
        { 1, 1 },
        { QSCSI_HEADER_SIZE, 0 },
        { 0, QSCSI_RESPONSE_SIZE },
    };
    QVirtioAny *d = scsi_boot(how);

    for (int queue = QSCSI_CTRL; queue <= QSCSI_CMD; queue += QSCSI_CMD) {
        for (int i = 0; i < ARRAY_SIZE(bad); i++) {
            QVirtQueue *vq = d->vq[queue];
            uint32_t out = bad[i].out;
            uint32_t head;

            if (queue == QSCSI_CTRL) {
                /* That much is enough there, but not this. */
                out = MIN(out, 23);
            }
            qtest_memset(d->qts, d->buf, 0, 256);
            if (out && bad[i].in) {
                head = qvirtqueue_add(d->qts, vq, d->buf, out, false, true);
                qvirtqueue_add(d->qts, vq, d->buf + 0x1000, bad[i].in, true,
                               false);
            } else {
                head = qvirtqueue_add(d->qts, vq, d->buf, out ?: bad[i].in,
                                      !out, false);
            }
            qvirtqueue_kick(d->qts, d->vdev, vq, head);
            liar_wait_broken(d);
            qvirtio_any_start(d);
            qscsi_ready(d, 0, 0);
        }
    }
    qvirtio_any_shutdown(d);
}

/* Data both ways is a feature (INOUT) that nobody has. */
static void test_both_ways(gconstpointer how)
{
    QVirtioAny *d = scsi_boot(how);
    QVirtQueue *vq = d->vq[QSCSI_CMD];
    QScsiReq r = { .vq = vq, .ndescs = 4 };
    QScsiAnswer a;

    qscsi_prepare(d, &r, &inquiry);
    r.head = qvirtqueue_add(d->qts, vq, r.mem, QSCSI_HEADER_SIZE, false, true);
    qvirtqueue_add(d->qts, vq, r.mem + QSCSI_DATA, 16, false, true);
    qvirtqueue_add(d->qts, vq, r.mem + QSCSI_RESPONSE, QSCSI_RESPONSE_SIZE,
                   true, true);
    qvirtqueue_add(d->qts, vq, r.mem + QSCSI_DATA, 16, true, false);
    qvirtqueue_kick(d->qts, d->vdev, vq, r.head);
    qscsi_wait(d, &r, &a);
    g_assert_cmpint(a.response, ==, VIRTIO_SCSI_S_FAILURE);
    qscsi_free(d, &r);
    qscsi_ready(d, 0, 0);
    qvirtio_any_shutdown(d);
}

/* Data that lies where no memory is: an error, and life goes on. */
static void test_no_memory(gconstpointer how)
{
    QVirtioAny *d = scsi_boot(how);
    QVirtQueue *vq = d->vq[QSCSI_CMD];
    QScsiReq r = { .vq = vq };

    qscsi_prepare(d, &r, &read_fast);
    r.head = qvirtqueue_add(d->qts, vq, r.mem, QSCSI_HEADER_SIZE, false, true);
    qvirtqueue_add(d->qts, vq, r.mem + QSCSI_RESPONSE, QSCSI_RESPONSE_SIZE,
                   true, true);
    qvirtqueue_add(d->qts, vq, LIAR_NOWHERE, SECTOR, true, false);
    qvirtqueue_kick(d->qts, d->vdev, vq, r.head);
    liar_let_happen(d);
    qscsi_free(d, &r);
    qvirtio_any_start(d);
    qscsi_ready(d, 0, 0);
    qvirtio_any_shutdown(d);
}

/* Task management */

static void test_tmf_answers(gconstpointer how)
{
    enum { OK = VIRTIO_SCSI_S_OK, BAD = VIRTIO_SCSI_S_BAD_TARGET,
           LUN = VIRTIO_SCSI_S_INCORRECT_LUN,
           REJ = VIRTIO_SCSI_S_FUNCTION_REJECTED };
    /* d0; a LUN that it has not; a target that is not there */
    static const uint8_t answers[][3] = {
        [VIRTIO_SCSI_T_TMF_ABORT_TASK]         = { OK, LUN, BAD },
        [VIRTIO_SCSI_T_TMF_ABORT_TASK_SET]     = { OK, LUN, BAD },
        [VIRTIO_SCSI_T_TMF_CLEAR_ACA]          = { REJ, REJ, REJ },
        [VIRTIO_SCSI_T_TMF_CLEAR_TASK_SET]     = { OK, LUN, BAD },
        [VIRTIO_SCSI_T_TMF_I_T_NEXUS_RESET]    = { OK, OK, OK },
        [VIRTIO_SCSI_T_TMF_LOGICAL_UNIT_RESET] = { OK, LUN, BAD },
        [VIRTIO_SCSI_T_TMF_QUERY_TASK]         = { OK, LUN, BAD },
        [VIRTIO_SCSI_T_TMF_QUERY_TASK_SET]     = { OK, LUN, BAD },
        [8]                                    = { REJ, REJ, REJ },
    };
    QVirtioAny *d = scsi_boot(how);

    for (int i = 0; i < ARRAY_SIZE(answers); i++) {
        g_assert_cmpint(qscsi_tmf(d, i, 0, 0, 7), ==, answers[i][0]);
        g_assert_cmpint(qscsi_tmf(d, i, 0, 5, 7), ==, answers[i][1]);
        g_assert_cmpint(qscsi_tmf(d, i, 9, 0, 7), ==, answers[i][2]);
    }
    g_assert_cmpint(qscsi_tmf(d, UINT32_MAX, 0, 0, 0), ==, REJ);

    /* A reset is news for who comes next. */
    qscsi_ready(d, 0, 0);
    qscsi_tmf(d, VIRTIO_SCSI_T_TMF_LOGICAL_UNIT_RESET, 0, 0, 0);
    g_assert_cmphex(qscsi_do(d, &test_unit_ready, NULL, NULL), ==, 2);
    g_assert_cmphex(qscsi_do(d, &test_unit_ready, NULL, NULL), ==, 0);
    qvirtio_any_shutdown(d);
}

/* Of commands that are out: ask for them, and make an end of them. */
static void test_tmf_tasks(gconstpointer how)
{
    static const struct {
        uint32_t subtype;
        uint64_t tag;
        uint8_t response;
    } ends[] = {
        { VIRTIO_SCSI_T_TMF_ABORT_TASK, 0x1234567890abcdef,
          VIRTIO_SCSI_S_ABORTED },
        { VIRTIO_SCSI_T_TMF_ABORT_TASK_SET, 0, VIRTIO_SCSI_S_ABORTED },
        { VIRTIO_SCSI_T_TMF_CLEAR_TASK_SET, 0, VIRTIO_SCSI_S_ABORTED },
        { VIRTIO_SCSI_T_TMF_LOGICAL_UNIT_RESET, 0, VIRTIO_SCSI_S_RESET },
        { VIRTIO_SCSI_T_TMF_I_T_NEXUS_RESET, 0, VIRTIO_SCSI_S_RESET },
    };
    QVirtioAny *d = scsi_boot(how);
    uint64_t mem = guest_alloc(d->alloc, 0x1000);
    const QScsiCmd *cmd = &read_stuck;

    for (int i = 0; i < ARRAY_SIZE(ends); i++) {
        bool abort = ends[i].response == VIRTIO_SCSI_S_ABORTED;
        QScsiAnswer a;
        QScsiReq r;
        uint32_t head;

        qscsi_send(d, &r, QSCSI_CMD, cmd);
        scsi_let_begin(d);
        g_assert_cmpint(qscsi_tmf(d, VIRTIO_SCSI_T_TMF_QUERY_TASK_SET, 1, 3,
                                  0), ==, VIRTIO_SCSI_S_FUNCTION_SUCCEEDED);
        g_assert_cmpint(qscsi_tmf(d, VIRTIO_SCSI_T_TMF_QUERY_TASK, 1, 3,
                                  cmd->tag), ==,
                        VIRTIO_SCSI_S_FUNCTION_SUCCEEDED);
        g_assert_cmpint(qscsi_tmf(d, VIRTIO_SCSI_T_TMF_QUERY_TASK, 1, 3,
                                  cmd->tag + 1), ==, VIRTIO_SCSI_S_OK);
        /* Another's command is not touched. */
        g_assert_cmpint(qscsi_tmf(d, ends[i].subtype, 0, 0, cmd->tag), ==,
                        VIRTIO_SCSI_S_OK);

        head = qscsi_tmf_send(d, mem, ends[i].subtype, 1, 3, ends[i].tag);
        if (abort) {
            /* A task no more, it is answered when its reading ends. */
            g_assert_cmpint(qscsi_tmf(d, VIRTIO_SCSI_T_TMF_QUERY_TASK, 1, 3,
                                      cmd->tag), ==, VIRTIO_SCSI_S_OK);
            g_assert_true(qvirtqueue_idle(d->qts, r.vq));
            scsi_let_go(d);
        }
        qscsi_wait(d, &r, &a);
        g_assert_cmpint(a.response, ==, ends[i].response);
        g_assert_cmpint(qscsi_tmf_wait(d, mem, head), ==, VIRTIO_SCSI_S_OK);
        qscsi_free(d, &r);
        qscsi_ready(d, 0, 0);
        qscsi_ready(d, 1, 3);
    }
    qvirtio_any_shutdown(d);
}

/* Asynchronous notifications can be asked for, and there are none. */
static void test_an(gconstpointer how)
{
    QVirtioAny *d = scsi_boot(how);
    QVirtQueue *vq = d->vq[QSCSI_CTRL];

    for (uint32_t type = VIRTIO_SCSI_T_AN_QUERY;
         type <= VIRTIO_SCSI_T_AN_SUBSCRIBE + 1; type++) {
        struct virtio_scsi_ctrl_an_req req = {
            .type = cpu_to_le32(type), .event_requested = 0xffffffff
        };
        uint32_t head;

        qscsi_lun(req.lun, 0, 0);
        qtest_bufwrite(d->qts, d->buf, &req, sizeof(req));
        qtest_memset(d->qts, d->buf + 0x100, 0xee, 5);
        head = qvirtqueue_add(d->qts, vq, d->buf, sizeof(req), false, true);
        qvirtqueue_add(d->qts, vq, d->buf + 0x100, 5, true, false);
        qvirtqueue_kick(d->qts, d->vdev, vq, head);
        if (type <= VIRTIO_SCSI_T_AN_SUBSCRIBE) {
            g_assert_cmpuint(qvirtio_any_wait(d, vq, head), ==, 5);
            g_assert_cmphex(qtest_readl(d->qts, d->buf + 0x100), ==, 0);
            g_assert_cmphex(qtest_readb(d->qts, d->buf + 0x104), ==,
                            VIRTIO_SCSI_S_OK);
        } else {
            /* A request of no known kind comes back as it was. */
            g_assert_cmpuint(qvirtio_any_wait(d, vq, head), ==, 0);
            g_assert_cmphex(qtest_readb(d->qts, d->buf + 0x104), ==, 0xee);
        }
        vq->num_free++;
    }
    qvirtio_any_shutdown(d);
}

/* Events */

typedef struct Event {
    uint64_t mem;
    uint32_t head;
} Event;

static void event_offer(QVirtioAny *d, Event *e)
{
    e->mem = guest_alloc(d->alloc, 16);
    e->head = qvirtio_any_ask(d, d->vq[QSCSI_EVENT], e->mem, 16, true);
}

static void event_expect(QVirtioAny *d, Event *e, uint32_t event,
                         uint8_t target, uint16_t lun, uint32_t reason)
{
    struct virtio_scsi_event got;

    g_assert_cmpuint(qvirtio_any_wait(d, d->vq[QSCSI_EVENT], e->head), ==, 16);
    qtest_bufread(d->qts, e->mem, &got, sizeof(got));
    g_assert_cmphex(le32_to_cpu(got.event), ==, event);
    g_assert_cmphex(le32_to_cpu(got.reason), ==, reason);
    if (event & ~VIRTIO_SCSI_T_EVENTS_MISSED) {
        g_assert_cmpint(got.lun[0], ==, 1);
        g_assert_cmpint(got.lun[1], ==, target);
        g_assert_cmphex(got.lun[2] << 8 | got.lun[3], ==,
                        lun < 256 ? lun : lun | 0x4000);
    }
    guest_free(d->alloc, e->mem);
}

static void scsi_unplug(QVirtioAny *d, const char *id)
{
    qtest_qmp_assert_success(d->qts, "{'execute': 'device_del',"
                             " 'arguments': {'id': %s}}", id);
    qtest_qmp_eventwait(d->qts, "DEVICE_DELETED");
}

static void test_hotplug(gconstpointer how)
{
    QVirtioAny *d = scsi_boot(how);
    QScsiCmd tur = { .target = 2, .lun = 300 };
    Event e[3];
    QScsiAnswer a;

    event_offer(d, &e[0]);
    event_offer(d, &e[1]);
    qscsi_do(d, &tur, &a, NULL);
    g_assert_cmpint(a.response, ==, VIRTIO_SCSI_S_BAD_TARGET);

    scsi_plug(d, "d2", "drive=spare,scsi-id=2,lun=300");
    event_expect(d, &e[0], VIRTIO_SCSI_T_TRANSPORT_RESET, 2, 300,
                 VIRTIO_SCSI_EVT_RESET_RESCAN);
    /* Everybody's next command is told so; its own, that it was reset. */
    qscsi_do(d, &test_unit_ready, &a, NULL);
    g_assert_cmphex(a.sense[12] << 8 | a.sense[13], ==, 0x3f0e);
    qscsi_do(d, &tur, &a, NULL);
    g_assert_cmphex(a.sense[12] << 8 | a.sense[13], ==, 0x2900);
    g_assert_cmphex(qscsi_do(d, &tur, &a, NULL), ==, 0);

    scsi_unplug(d, "d2");
    event_expect(d, &e[1], VIRTIO_SCSI_T_TRANSPORT_RESET, 2, 300,
                 VIRTIO_SCSI_EVT_RESET_REMOVED);
    qscsi_do(d, &tur, &a, NULL);
    g_assert_cmpint(a.response, ==, VIRTIO_SCSI_S_BAD_TARGET);

    /* What nobody could be told, the next is told to look for. */
    scsi_plug(d, "d2", "drive=spare,scsi-id=2,lun=300");
    event_offer(d, &e[2]);
    event_expect(d, &e[2], VIRTIO_SCSI_T_EVENTS_MISSED, 0, 0, 0);
    qvirtio_any_shutdown(d);
}

/*
 * A guest that hears of a disk asks at once, and an IOThread answers while the main
 * thread makes the disk.  So it hears of it when that is done: in the log, first
 * the one, then the other.
 */
static void test_hotplug_order(void)
{
    g_autofree char *path = NULL, *args = NULL, *log = NULL;
    int fd = g_file_open_tmp("virtio-scsi-XXXXXX", &path, NULL);
    QVirtioAnyType type = scsi_type;
    const char *realized, *told;
    QVirtioAny *d;
    Event e;

    g_assert_cmpint(fd, >=, 0);
    close(fd);
    args = g_strdup_printf("%s -D %s -trace device_realized "
                           "-trace virtio_scsi_event", scsi_type.args, path);
    type.args = args;
    d = qvirtio_any_boot(&type, QVIRTIO_ANY_SPLIT, ",iothread=io0");
    qvirtio_any_start(d);
    event_offer(d, &e);
    scsi_plug(d, "d2", "drive=spare,scsi-id=2,lun=300");
    event_expect(d, &e, VIRTIO_SCSI_T_TRANSPORT_RESET, 2, 300,
                 VIRTIO_SCSI_EVT_RESET_RESCAN);
    qvirtio_any_shutdown(d);

    g_assert_true(g_file_get_contents(path, &log, NULL, NULL));
    realized = strstr(log, "device_realized scsi-hd");
    told = strstr(log, "virtio_scsi_event id=2 lun=300");
    g_assert_nonnull(realized);
    g_assert_nonnull(told);
    g_assert_true(realized < told);
    unlink(path);
}

static void test_resize(gconstpointer how)
{
    g_autofree char *path = NULL;
    int fd = g_file_open_tmp("scsi-XXXXXX", &path, NULL);
    QVirtioAny *d = scsi_boot(how);
    QScsiCmd capacity = { .target = 2, .cdb = { 0x25 }, .in = 8 };
    uint8_t data[8];
    QScsiAnswer a;
    Event e[2];

    g_assert_cmpint(ftruncate(fd, DISK_SIZE), ==, 0);
    close(fd);
    event_offer(d, &e[0]);
    event_offer(d, &e[1]);
    qtest_qmp_assert_success(d->qts, "{'execute': 'blockdev-add',"
        " 'arguments': {'driver': 'raw', 'node-name': 'f0',"
        " 'file': {'driver': 'file', 'filename': %s}}}", path);
    scsi_plug(d, "d2", "drive=f0,scsi-id=2,lun=0");
    event_expect(d, &e[0], VIRTIO_SCSI_T_TRANSPORT_RESET, 2, 0,
                 VIRTIO_SCSI_EVT_RESET_RESCAN);
    qscsi_ready(d, 2, 0);
    qscsi_do(d, &capacity, &a, data);
    g_assert_cmpint(ldl_be_p(data), ==, DISK_SIZE / SECTOR - 1);

    qtest_qmp_assert_success(d->qts, "{'execute': 'block_resize', 'arguments':"
                             " {'node-name': 'f0', 'size': %d}}",
                             2 * DISK_SIZE);
    event_expect(d, &e[1], VIRTIO_SCSI_T_PARAM_CHANGE, 2, 0, 0x2a | 9 << 8);
    qscsi_do(d, &capacity, &a, NULL);
    g_assert_cmphex(a.sense[12] << 8 | a.sense[13], ==, 0x2a09);
    qscsi_do(d, &capacity, &a, data);
    g_assert_cmpint(ldl_be_p(data), ==, 2 * DISK_SIZE / SECTOR - 1);
    qvirtio_any_shutdown(d);
    unlink(path);
}

/*
 * The image gets another size right after the disk has gone.  What is left of
 * the disk is freed after a grace period, until when the drive is its own: so
 * the second command must be there when the first is done.
 */
static void test_unplug_resize(gconstpointer how)
{
    g_autofree char *path = NULL;
    int fd = g_file_open_tmp("scsi-XXXXXX", &path, NULL);
    QVirtioAny *d = scsi_boot(how);

    g_assert_cmpint(ftruncate(fd, DISK_SIZE), ==, 0);
    close(fd);
    qtest_qmp_assert_success(d->qts, "{'execute': 'blockdev-add',"
        " 'arguments': {'driver': 'raw', 'node-name': 'f0',"
        " 'file': {'driver': 'file', 'filename': %s}}}", path);
    for (int i = 0; i < 20; i++) {
        scsi_plug(d, "d2", "drive=f0,scsi-id=2,lun=0");
        qtest_qmp_send(d->qts, "{'execute': 'device_del',"
                       " 'arguments': {'id': 'd2'}}");
        qtest_qmp_send(d->qts, "{'execute': 'block_resize', 'arguments':"
                       " {'node-name': 'f0', 'size': %d}}",
                       i % 2 ? DISK_SIZE : 2 * DISK_SIZE);
        for (int j = 0; j < 2; j++) {
            QDict *answer = qtest_qmp_receive(d->qts);

            g_assert_true(qdict_haskey(answer, "return"));
            qobject_unref(answer);
        }
        qtest_qmp_eventwait(d->qts, "DEVICE_DELETED");
    }
    qvirtio_any_shutdown(d);
    unlink(path);
}

/* A disk goes while it reads. */
static void test_unplug_busy(gconstpointer how)
{
    QVirtioAny *d = scsi_boot(how);
    QScsiAnswer a;
    QScsiReq r;

    qscsi_send(d, &r, QSCSI_CMD, &read_stuck);
    scsi_let_begin(d);
    g_assert_true(qvirtqueue_idle(d->qts, r.vq));
    scsi_unplug(d, "d1");
    qscsi_wait(d, &r, &a);
    g_assert_cmpint(a.response, ==, VIRTIO_SCSI_S_ABORTED);
    qscsi_free(d, &r);
    qscsi_do(d, &read_stuck, &a, NULL);
    g_assert_cmpint(a.response, ==, VIRTIO_SCSI_S_BAD_TARGET);
    qscsi_ready(d, 0, 0);
    qvirtio_any_shutdown(d);
}

/* A node gets other options while it is read: that ends first. */
static void test_reopen_busy(gconstpointer how)
{
    QVirtioAny *d = scsi_boot(how);
    QScsiAnswer a;
    QScsiReq r;

    qscsi_send(d, &r, QSCSI_CMD, &read_stuck);
    scsi_let_begin(d);
    g_assert_true(qvirtqueue_idle(d->qts, r.vq));
    qtest_qmp_assert_success(d->qts, "{'execute': 'blockdev-reopen',"
        " 'arguments': {'options': [{'driver': 'throttle',"
        " 'node-name': 'stuck', 'throttle-group': 'tg', 'file': 'zeroes'},"
        " {'driver': 'null-co', 'node-name': 'fast', 'size': 4194304,"
        " 'read-zeroes': true}]}}");
    qscsi_wait(d, &r, &a);
    g_assert_cmpint(a.response, ==, VIRTIO_SCSI_S_OK);
    g_assert_cmphex(a.status, ==, 0);
    qscsi_free(d, &r);
    qscsi_ready(d, 0, 0);
    qvirtio_any_shutdown(d);
}

/* Many at once, by turns to a disk that is stuck and to one that is not. */
static void test_many(gconstpointer how)
{
    enum { N = 8 };
    QVirtioAny *d = scsi_boot(how);
    QScsiReq fast[N], stuck[N];

    for (int i = 0; i < N; i++) {
        qscsi_send(d, &stuck[i], QSCSI_CMD, &read_stuck);
        qscsi_send(d, &fast[i], QSCSI_CMD, &read_fast);
    }
    /* First come all of the one, in any order, and then the other's. */
    for (int i = 0; i < 2 * N; i++) {
        uint8_t data[SECTOR];
        QScsiAnswer a;
        QScsiReq *r;

        if (i < N) {
            r = qscsi_wait_next(d, fast, N, &a);
        } else {
            r = &stuck[i - N];
            g_assert_true(qvirtqueue_idle(d->qts, r->vq));
            scsi_let_go(d);
            qscsi_wait(d, r, &a);
        }
        g_assert_cmpint(a.response, ==, VIRTIO_SCSI_S_OK);
        qscsi_read(d, r, data, SECTOR);
        g_assert_true(buffer_is_zero(data, SECTOR));
        qscsi_free(d, r);
    }
    qvirtio_any_shutdown(d);
}

/* What cannot be is refused, in QEMU's words. */
static void test_errors(void)
{
    static const struct {
        const char *args, *said;
    } bad[] = {
        { "virtio-scsi-pci,num_queues=0",
          "Error: Invalid number of queues (= 0), must be a positive integer"
          " less than 1022.\r\n" },
        { "virtio-scsi-pci,num_queues=1023",
          "Error: Invalid number of queues (= 1023), must be a positive integer"
          " less than 1022.\r\n" },
        { "virtio-scsi-pci,virtqueue_size=2",
          "Error: invalid virtqueue_size property (= 2), must be > 2\r\n" },
        { "virtio-scsi-pci,virtqueue_size=1025",
          "Error: invalid virtqueue_size property (= 1025), must be"
          " <= 1024\r\n" },
        { "virtio-scsi-pci,iothread=io0,ioeventfd=off",
          "Error: ioeventfd is required for iothread\r\n" },
        { "scsi-hd,bus=s0.0", "Error: drive property not set\r\n" },
        { "scsi-hd,bus=s0.0,drive=n0,channel=1",
          "Error: bad scsi channel id: 1\r\n" },
        { "scsi-hd,bus=s0.0,drive=n0,scsi-id=256",
          "Error: bad scsi device id: 256\r\n" },
        { "scsi-hd,bus=s0.0,drive=n0,lun=16384",
          "Error: bad scsi device lun: 16384\r\n" },
        { "scsi-hd,bus=s0.0,drive=n0,scsi-id=4,lun=5",
          "Error: lun already used by 'd0'\r\n" },
        { "scsi-hd,bus=s0.0,drive=none",
          "Error: Property 'scsi-hd.drive' can't find value 'none'\r\n" },
    };
    QTestState *qts = qtest_init("-machine pc -nodefaults "
        "-object iothread,id=io0 -device virtio-scsi-pci,id=s0 "
        "-blockdev null-co,node-name=n0 -blockdev null-co,node-name=n1 "
        "-device scsi-hd,id=d0,drive=n1,scsi-id=4,lun=5");

    for (int i = 0; i < ARRAY_SIZE(bad); i++) {
        g_autofree char *said = qtest_hmp(qts, "device_add %s", bad[i].args);

        g_assert_cmpstr(said, ==, bad[i].said);
    }
    qtest_quit(qts);
}

/* A queue for each CPU, and as many as are asked for. */
static void test_queues(void)
{
    QTestState *qts = qtest_init("-machine pc -smp 4 -nodefaults "
        "-device virtio-scsi-pci,id=s0 "
        "-device virtio-scsi-pci,id=s1,num_queues=7");
    static const struct {
        const char *path;
        int queues, vectors;
    } expected[] = {
        { "/machine/peripheral/s0", 4, 7 },
        { "/machine/peripheral/s1", 7, 10 },
    };

    for (int i = 0; i < ARRAY_SIZE(expected); i++) {
        static const char *const names[] = { "num_queues", "vectors" };
        const int values[] = { expected[i].queues, expected[i].vectors };

        for (int j = 0; j < 2; j++) {
            QDict *rsp = qtest_qmp(qts, "{'execute': 'qom-get', 'arguments':"
                                   " {'path': %s, 'property': %s}}",
                                   expected[i].path, names[j]);

            g_assert_cmpint(qdict_get_int(rsp, "return"), ==, values[j]);
            qobject_unref(rsp);
        }
    }
    qtest_quit(qts);
}

/* Firmware finds it by the adapter's slot, and target and LUN. */
static void test_bootorder(void)
{
    QTestState *qts = qtest_init("-machine pc -nodefaults "
        "-device virtio-scsi-pci,id=s0,addr=4 -blockdev null-co,node-name=n0 "
        "-device scsi-cd,scsi-id=2,bootindex=7 "
        "-device scsi-hd,drive=n0,scsi-id=1,lun=3,bootindex=5");
    QFWCFG *fw_cfg = pc_fw_cfg_init(qts);
    char order[4096] = "";

    qfw_cfg_get_file(fw_cfg, "bootorder", order, sizeof(order));
    g_assert_cmpstr(order, ==, "/pci@i0cf8/scsi@4/channel@0/disk@1,3\n"
                    "/pci@i0cf8/scsi@4/channel@0/disk@2,0");
    pc_fw_cfg_uninit(fw_cfg);
    qtest_quit(qts);
}

static void add_drives(const char *name, void (*test)(gconstpointer),
                       unsigned drives, bool iothread)
{
    qvirtio_any_add("virtio-scsi", name, test, drives, iothread);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add_drives("config", test_config, IN_ALL, false);
    add_drives("commands", test_commands, IN_ALL, true);
    add_drives("residual", test_residual, IN_SPLIT, false);
    add_drives("write", test_write, IN_ALL, true);
    add_drives("addresses", test_addresses, IN_SPLIT, false);
    add_drives("layout", test_layout, IN_BOTH, false);
    add_drives("crumbs", test_crumbs, IN_BOTH, false);
    add_drives("most-pieces", test_most_pieces, IN_SPLIT, true);
    add_drives("sizes", test_sizes, IN_BOTH, false);
    add_drives("short", test_short, IN_BOTH, true);
    add_drives("both-ways", test_both_ways, IN_SPLIT, false);
    add_drives("no-memory", test_no_memory, IN_SPLIT, true);
    add_drives("tmf-answers", test_tmf_answers, IN_SPLIT, true);
    add_drives("tmf-tasks", test_tmf_tasks, IN_SPLIT, true);
    add_drives("an", test_an, IN_BOTH, false);
    add_drives("hotplug", test_hotplug, IN_ALL, true);
    qtest_add_func("/virtio-scsi/hotplug-order", test_hotplug_order);
    add_drives("resize", test_resize, IN_SPLIT, true);
    add_drives("unplug-busy", test_unplug_busy, IN_SPLIT, true);
    add_drives("reopen-busy", test_reopen_busy, IN_SPLIT, true);
    add_drives("unplug-resize", test_unplug_resize, IN_SPLIT, true);
    add_drives("many", test_many, IN_ALL, true);
    qtest_add_func("/virtio-scsi/bootorder", test_bootorder);
    qtest_add_func("/virtio-scsi/errors", test_errors);
    qtest_add_func("/virtio-scsi/queues", test_queues);
    return g_test_run();
}
