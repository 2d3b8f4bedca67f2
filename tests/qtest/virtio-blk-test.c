/*
 * virtio-blk: what a driver of a disk does, and what a liar says in a request.
 *
 * The disk is a file, so that what was written is looked at from both sides.
 * Each test runs with split and with packed rings, and as a driver before
 * virtio 1.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <sys/stat.h>
#include "libqtest.h"
#include "libqos/virtio-any.h"
#include "qapi/qmp/qdict.h"
#include "qapi/qmp/qlist.h"
#include "qemu/bswap.h"
#include "standard-headers/linux/virtio_blk.h"
#include "standard-headers/linux/virtio_config.h"

#define SECTOR          512
#define DISK_SECTORS    2048
#define HEADER          sizeof(struct virtio_blk_outhdr)
/* Where the parts of a request are in the test's buffer. */
#define AT_DATA         1024
#define AT_STATUS       (AT_DATA + 32 * SECTOR)

typedef struct BlkTest {
    QVirtioAny *d;
    QVirtioAnyType type;
    char *path, *args;
    int fd;
} BlkTest;

/* @props begins with a comma; @drive_opts is -drive's, after a comma */
static void blk_boot(BlkTest *t, QVirtioAnyDrive drive, const char *props,
                     const char *drive_opts, const char *more)
{
    t->fd = g_file_open_tmp("blk-XXXXXX", &t->path, NULL);
    g_assert_cmpint(t->fd, >=, 0);
    g_assert_cmpint(ftruncate(t->fd, DISK_SECTORS * SECTOR), ==, 0);
    t->args = g_strdup_printf("%s -drive if=none,id=disk,format=raw,file=%s%s",
                              more, t->path, drive_opts);
    t->type = (QVirtioAnyType) {
        .name = "virtio-blk",
        .device = "virtio-blk-pci-transitional,drive=disk",
        .args = t->args,
        .queues = 1,
    };
    t->d = qvirtio_any_boot(&t->type, drive, props);
    qvirtio_any_start(t->d);
}

static void blk_shutdown(BlkTest *t)
{
    qvirtio_any_shutdown(t->d);
    close(t->fd);
    unlink(t->path);
    g_free(t->path);
    g_free(t->args);
}

/* The header is in the guest's order: the machine's is little endian. */
static void blk_put_header(BlkTest *t, uint32_t type, uint64_t sector)
{
    struct virtio_blk_outhdr header = {
        .type = cpu_to_le32(type),
        .sector = cpu_to_le64(sector),
    };

    qtest_memwrite(t->d->qts, t->d->buf, &header, sizeof(header));
    qtest_writeb(t->d->qts, t->d->buf + AT_STATUS, 0xee);
}

/* Kick the chain at @head, wait for it, and return its status. */
static uint8_t blk_finish(BlkTest *t, uint32_t head, uint32_t *len)
{
    QVirtQueue *vq = t->d->vq[0];
    uint32_t n;

    qvirtqueue_kick(t->d->qts, t->d->vdev, vq, head);
    n = qvirtio_any_wait(t->d, vq, head);
    if (len) {
        *len = n;
    }
    return qtest_readb(t->d->qts, t->d->buf + AT_STATUS);
}

/* Three descriptors, or two without data, as drivers do. */
static uint8_t blk_request(BlkTest *t, uint32_t type, uint64_t sector,
                           uint32_t bytes)
{
    QVirtioAny *d = t->d;
    bool in = !(type & VIRTIO_BLK_T_OUT);
    uint32_t head, len;
    uint8_t status;

    blk_put_header(t, type, sector);
    head = qvirtqueue_add(d->qts, d->vq[0], d->buf, HEADER, false, true);
    if (bytes) {
        qvirtqueue_add(d->qts, d->vq[0], d->buf + AT_DATA, bytes, in, true);
    }
    qvirtqueue_add(d->qts, d->vq[0], d->buf + AT_STATUS, 1, true, false);
    status = blk_finish(t, head, &len);
    g_assert_cmpuint(len, ==, 1 + (in ? bytes : 0));
    return status;
}

static void blk_expect_file(BlkTest *t, uint64_t sector, uint8_t c,
                            size_t bytes)
{
    g_autofree uint8_t *got = g_malloc(bytes);

    g_assert_cmpint(pread(t->fd, got, bytes, sector * SECTOR), ==, bytes);
    for (size_t i = 0; i < bytes; i++) {
        g_assert_cmphex(got[i], ==, c);
    }
}

static void blk_write(BlkTest *t, uint64_t sector, uint8_t c, uint32_t bytes)
{
    qtest_memset(t->d->qts, t->d->buf + AT_DATA, c, bytes);
    g_assert_cmpuint(blk_request(t, VIRTIO_BLK_T_OUT, sector, bytes), ==,
                     VIRTIO_BLK_S_OK);
}

static void blk_expect(BlkTest *t, uint64_t sector, uint8_t c, uint32_t bytes)
{
    g_autofree uint8_t *got = g_malloc(bytes);

    qtest_memset(t->d->qts, t->d->buf + AT_DATA, ~c, bytes);
    g_assert_cmpuint(blk_request(t, VIRTIO_BLK_T_IN, sector, bytes), ==,
                     VIRTIO_BLK_S_OK);
    qtest_memread(t->d->qts, t->d->buf + AT_DATA, got, bytes);
    for (uint32_t i = 0; i < bytes; i++) {
        g_assert_cmphex(got[i], ==, c);
    }
}

/* A driver's daily work */

static void test_basic(gconstpointer drive)
{
    BlkTest t;
    char id[VIRTIO_BLK_ID_BYTES + 1] = "";

    blk_boot(&t, GPOINTER_TO_INT(drive), ",serial=a-number", "", "");
    g_assert_cmpuint(qvirtio_config_readq(t.d->vdev, 0), ==, DISK_SECTORS);
    blk_write(&t, 1, 0x11, SECTOR);
    blk_write(&t, DISK_SECTORS - 16, 0x22, 16 * SECTOR);
    g_assert_cmpuint(blk_request(&t, VIRTIO_BLK_T_FLUSH, 0, 0), ==,
                     VIRTIO_BLK_S_OK);
    blk_expect_file(&t, 0, 0, SECTOR);
    blk_expect_file(&t, 1, 0x11, SECTOR);
    blk_expect_file(&t, DISK_SECTORS - 16, 0x22, 16 * SECTOR);
    blk_expect(&t, 0, 0, SECTOR);
    blk_expect(&t, 1, 0x11, SECTOR);
    blk_expect(&t, DISK_SECTORS - 1, 0x22, SECTOR);

    g_assert_cmpuint(blk_request(&t, VIRTIO_BLK_T_GET_ID, 0,
                                 VIRTIO_BLK_ID_BYTES), ==, VIRTIO_BLK_S_OK);
    qtest_memread(t.d->qts, t.d->buf + AT_DATA, id, VIRTIO_BLK_ID_BYTES);
    g_assert_cmpstr(id, ==, "a-number");
    blk_shutdown(&t);
}

/* Where the parts of a request meet is the driver's business. */
static void test_layout(gconstpointer drive)
{
    BlkTest t;
    QVirtQueue *vq;
    uint64_t buf;
    uint32_t head;

    blk_boot(&t, GPOINTER_TO_INT(drive), "", "", "");
    vq = t.d->vq[0];
    buf = t.d->buf;

    /* The header in three, the last of them with the first of the data. */
    blk_put_header(&t, VIRTIO_BLK_T_OUT, 3);
    qtest_memset(t.d->qts, buf + HEADER, 0x33, 2 * SECTOR);
    head = qvirtqueue_add(t.d->qts, vq, buf, 3, false, true);
    qvirtqueue_add(t.d->qts, vq, buf + 3, 9, false, true);
    qvirtqueue_add(t.d->qts, vq, buf + 12, 4 + 100, false, true);
    qvirtqueue_add(t.d->qts, vq, buf + 116, 2 * SECTOR - 100, false, true);
    qvirtqueue_add(t.d->qts, vq, buf + AT_STATUS, 1, true, false);
    g_assert_cmpuint(blk_finish(&t, head, NULL), ==, VIRTIO_BLK_S_OK);
    blk_expect_file(&t, 3, 0x33, 2 * SECTOR);
    blk_expect_file(&t, 5, 0, SECTOR);

    /* The status right behind the data. */
    blk_put_header(&t, VIRTIO_BLK_T_IN, 3);
    head = qvirtqueue_add(t.d->qts, vq, buf, HEADER, false, true);
    qvirtqueue_add(t.d->qts, vq, buf + AT_STATUS - SECTOR, SECTOR + 1, true,
                   false);
    g_assert_cmpuint(blk_finish(&t, head, NULL), ==, VIRTIO_BLK_S_OK);
    g_assert_cmphex(qtest_readb(t.d->qts, buf + AT_STATUS - 1), ==, 0x33);
    blk_shutdown(&t);
}

static void test_indirect(gconstpointer drive)
{
    BlkTest t;
    QVRingIndirectDesc *table;
    uint32_t head;

    blk_boot(&t, GPOINTER_TO_INT(drive), "", "", "");
    qtest_memset(t.d->qts, t.d->buf + AT_DATA, 0x44, SECTOR);
    blk_put_header(&t, VIRTIO_BLK_T_OUT, 7);
    table = qvring_indirect_desc_setup(t.d->qts, t.d->vdev, t.d->alloc, 3);
    qvring_indirect_desc_add(t.d->vdev, t.d->qts, table, t.d->buf, HEADER,
                             false);
    qvring_indirect_desc_add(t.d->vdev, t.d->qts, table, t.d->buf + AT_DATA,
                             SECTOR, false);
    qvring_indirect_desc_add(t.d->vdev, t.d->qts, table, t.d->buf + AT_STATUS,
                             1, true);
    head = qvirtqueue_add_indirect(t.d->qts, t.d->vq[0], table);
    g_assert_cmpuint(blk_finish(&t, head, NULL), ==, VIRTIO_BLK_S_OK);
    blk_expect_file(&t, 7, 0x44, SECTOR);
    g_free(table);
    blk_shutdown(&t);
}

/* Many at once; neighbours go to the file as one, and all come back. */
static void test_merge(gconstpointer drive)
{
    enum { N = 20 };
    BlkTest t;
    QVirtQueue *vq;
    uint32_t head[N];
    QDict *rsp, *stats;

    blk_boot(&t, GPOINTER_TO_INT(drive), "", "", "");
    vq = t.d->vq[0];
    /* Header, data and status of each are behind each other. */
    for (int i = 0; i < N; i++) {
        uint64_t at = t.d->buf + 1024 * i;
        struct virtio_blk_outhdr header = {
            .type = cpu_to_le32(VIRTIO_BLK_T_OUT),
            /* Not in their order, and with a gap. */
            .sector = cpu_to_le64((i * 7) % N + (i * 7 % N >= 10) * 5),
        };

        qtest_memwrite(t.d->qts, at, &header, sizeof(header));
        qtest_memset(t.d->qts, at + HEADER, 0x80 + i, SECTOR);
        qtest_writeb(t.d->qts, at + HEADER + SECTOR, 0xee);
        head[i] = qvirtqueue_add(t.d->qts, vq, at, HEADER + SECTOR, false,
                                 true);
        qvirtqueue_add(t.d->qts, vq, at + HEADER + SECTOR, 1, true, false);
        qvirtqueue_publish(t.d->qts, vq, head[i]);
    }
    t.d->vdev->bus->virtqueue_kick(t.d->vdev, vq);
    for (int done = 0; done < N; ) {
        uint32_t idx, len;

        if (qvirtqueue_get_buf(t.d->qts, vq, &idx, &len)) {
            g_assert_cmpuint(len, ==, 1);
            done++;
        } else {
            g_usleep(1000);
        }
    }
    for (int i = 0; i < N; i++) {
        uint64_t at = t.d->buf + 1024 * i;

        g_assert_cmpuint(qtest_readb(t.d->qts, at + HEADER + SECTOR), ==,
                         VIRTIO_BLK_S_OK);
        blk_expect_file(&t, (i * 7) % N + (i * 7 % N >= 10) * 5, 0x80 + i,
                        SECTOR);
    }
    rsp = qtest_qmp(t.d->qts, "{'execute': 'query-blockstats'}");
    stats = qdict_get_qdict(qobject_to(QDict, qlist_peek(
                                qdict_get_qlist(rsp, "return"))), "stats");
    g_assert_cmpint(qdict_get_int(stats, "wr_bytes"), ==, N * SECTOR);
    g_assert_cmpint(qdict_get_int(stats, "wr_operations"), ==, N);
    g_assert_cmpint(qdict_get_int(stats, "wr_merged"), ==, N - 2);
    qobject_unref(rsp);
    blk_shutdown(&t);
}

/* One segment of DISCARD or WRITE_ZEROES */
static uint8_t blk_dwz(BlkTest *t, uint32_t type, uint64_t sector,
                       uint32_t sectors, uint32_t flags)
{
    struct virtio_blk_discard_write_zeroes dwz = {
        .sector = cpu_to_le64(sector),
        .num_sectors = cpu_to_le32(sectors),
        .flags = cpu_to_le32(flags),
    };

    qtest_memwrite(t->d->qts, t->d->buf + AT_DATA, &dwz, sizeof(dwz));
    return blk_request(t, type, 0, sizeof(dwz));
}

static void test_discard_write_zeroes(gconstpointer drive)
{
    const uint32_t unmap = VIRTIO_BLK_WRITE_ZEROES_FLAG_UNMAP;
    struct stat before, after;
    BlkTest t;

    blk_boot(&t, GPOINTER_TO_INT(drive), "", ",discard=unmap", "");
    for (int i = 0; i < 64; i++) {
        blk_write(&t, 32 * i, 0x55, 32 * SECTOR);
    }
    g_assert_cmpint(fstat(t.fd, &before), ==, 0);

    g_assert_cmpuint(blk_dwz(&t, VIRTIO_BLK_T_WRITE_ZEROES, 3, 5, 0), ==,
                     VIRTIO_BLK_S_OK);
    blk_expect_file(&t, 2, 0x55, SECTOR);
    blk_expect_file(&t, 3, 0, 5 * SECTOR);
    blk_expect_file(&t, 8, 0x55, SECTOR);
    g_assert_cmpuint(blk_dwz(&t, VIRTIO_BLK_T_WRITE_ZEROES, 512, 512, unmap),
                     ==, VIRTIO_BLK_S_OK);
    blk_expect_file(&t, 512, 0, 512 * SECTOR);
    g_assert_cmpuint(blk_dwz(&t, VIRTIO_BLK_T_DISCARD, 1024, 1024, 0), ==,
                     VIRTIO_BLK_S_OK);
    g_assert_cmpint(fstat(t.fd, &after), ==, 0);
    g_assert_cmpint(after.st_blocks, <=, before.st_blocks - 1024);

    g_assert_cmpuint(blk_dwz(&t, VIRTIO_BLK_T_DISCARD, 0, 1, unmap), ==,
                     VIRTIO_BLK_S_UNSUPP);
    g_assert_cmpuint(blk_dwz(&t, VIRTIO_BLK_T_WRITE_ZEROES, 0, 1, 2), ==,
                     VIRTIO_BLK_S_UNSUPP);
    g_assert_cmpuint(blk_dwz(&t, VIRTIO_BLK_T_DISCARD, DISK_SECTORS - 1, 2, 0),
                     ==, VIRTIO_BLK_S_IOERR);
    g_assert_cmpuint(blk_dwz(&t, VIRTIO_BLK_T_WRITE_ZEROES, 0, UINT32_MAX, 0),
                     ==, VIRTIO_BLK_S_IOERR);
    g_assert_cmpuint(blk_dwz(&t, VIRTIO_BLK_T_WRITE_ZEROES, UINT64_MAX, 2, 0),
                     ==, VIRTIO_BLK_S_IOERR);
    /* Two segments: one was offered. */
    g_assert_cmpuint(blk_request(&t, VIRTIO_BLK_T_DISCARD, 0, 32), ==,
                     VIRTIO_BLK_S_UNSUPP);
    blk_shutdown(&t);
}

/* What no disk can do */
static void test_errors(gconstpointer drive)
{
    BlkTest t;

    blk_boot(&t, GPOINTER_TO_INT(drive), "", "", "");
    g_assert_cmpuint(blk_request(&t, VIRTIO_BLK_T_IN, DISK_SECTORS, SECTOR),
                     ==, VIRTIO_BLK_S_IOERR);
    g_assert_cmpuint(blk_request(&t, VIRTIO_BLK_T_OUT, DISK_SECTORS - 1,
                                 2 * SECTOR), ==, VIRTIO_BLK_S_IOERR);
    g_assert_cmpuint(blk_request(&t, VIRTIO_BLK_T_IN, UINT64_MAX, SECTOR), ==,
                     VIRTIO_BLK_S_IOERR);
    g_assert_cmpuint(blk_request(&t, VIRTIO_BLK_T_IN, 1ull << 55, SECTOR), ==,
                     VIRTIO_BLK_S_IOERR);
    g_assert_cmpuint(blk_request(&t, VIRTIO_BLK_T_OUT, 0, SECTOR + 1), ==,
                     VIRTIO_BLK_S_IOERR);
    g_assert_cmpuint(blk_request(&t, VIRTIO_BLK_T_IN, 0, 100), ==,
                     VIRTIO_BLK_S_IOERR);
    g_assert_cmpuint(blk_request(&t, VIRTIO_BLK_T_SECURE_ERASE, 0, 16), ==,
                     VIRTIO_BLK_S_UNSUPP);
    g_assert_cmpuint(blk_request(&t, 0x12345678, 0, SECTOR), ==,
                     VIRTIO_BLK_S_UNSUPP);
    /* A sector of nothing, at the end. */
    g_assert_cmpuint(blk_request(&t, VIRTIO_BLK_T_IN, DISK_SECTORS, 0), ==,
                     VIRTIO_BLK_S_OK);
    blk_write(&t, 0, 0x66, SECTOR);
    blk_shutdown(&t);
}

/* More than two gigabytes in one request, of memory that is there. */
static void test_huge(gconstpointer drive)
{
    enum { PIECES = 40, PIECE = 64 * 1024 * 1024 };
    const uint32_t types[] = { VIRTIO_BLK_T_IN, VIRTIO_BLK_T_OUT };
    BlkTest t;

    blk_boot(&t, GPOINTER_TO_INT(drive), "", "", "");
    for (int i = 0; i < ARRAY_SIZE(types); i++) {
        bool in = types[i] == VIRTIO_BLK_T_IN;
        QVirtQueue *vq = t.d->vq[0];
        uint32_t head;

        blk_put_header(&t, types[i], 0);
        head = qvirtqueue_add(t.d->qts, vq, t.d->buf, HEADER, false, true);
        for (int j = 0; j < PIECES; j++) {
            qvirtqueue_add(t.d->qts, vq, PIECE, PIECE, in, true);
        }
        qvirtqueue_add(t.d->qts, vq, t.d->buf + AT_STATUS, 1, true, false);
        g_assert_cmpuint(blk_finish(&t, head, NULL), ==, VIRTIO_BLK_S_IOERR);
    }
    blk_write(&t, 9, 0x99, SECTOR);
    blk_expect_file(&t, 0, 0, SECTOR);
    blk_expect_file(&t, 9, 0x99, SECTOR);
    blk_shutdown(&t);
}

/* Requests that are none: the device breaks, and a reset mends it. */
static void test_liar(gconstpointer drive)
{
    static const struct {
        uint32_t out, in;
        uint32_t type;
        uint32_t data;
    } lies[] = {
        { 0, 1, 0 },                        /* no header */
        { HEADER, 0, 0 },                   /* no status */
        { HEADER - 1, 1, 0 },               /* not all of a header */
        { 4, 1, 0 },
        { HEADER + 15, 1, VIRTIO_BLK_T_DISCARD },
        { HEADER, 1, VIRTIO_BLK_T_WRITE_ZEROES },
    };
    BlkTest t;

    blk_boot(&t, GPOINTER_TO_INT(drive), "", "", "");
    for (int i = 0; i < ARRAY_SIZE(lies); i++) {
        gint64 end = g_get_monotonic_time() + QVIRTIO_ANY_TIMEOUT_US;
        uint32_t head = UINT32_MAX, n;
        QVirtQueue *vq = t.d->vq[0];

        blk_put_header(&t, lies[i].type, 0);
        if (lies[i].out) {
            head = qvirtqueue_add(t.d->qts, vq, t.d->buf, lies[i].out, false,
                                  lies[i].in);
        }
        if (lies[i].in) {
            n = qvirtqueue_add(t.d->qts, vq, t.d->buf + AT_STATUS, lies[i].in,
                               true, false);
            head = MIN(head, n);
        }
        qvirtqueue_kick(t.d->qts, t.d->vdev, vq, head);
        if (GPOINTER_TO_INT(drive) == QVIRTIO_ANY_LEGACY) {
            /* There is no such bit: it just does nothing more. */
            g_usleep(20 * 1000);
        } else {
            while (!(t.d->vdev->bus->get_status(t.d->vdev) &
                     VIRTIO_CONFIG_S_NEEDS_RESET)) {
                g_assert_cmpint(g_get_monotonic_time(), <, end);
                g_usleep(1000);
            }
        }
        g_assert_true(qvirtqueue_idle(t.d->qts, vq));
        qvirtio_any_start(t.d);
        blk_write(&t, 9, 0x70 + i, SECTOR);
        blk_expect_file(&t, 9, 0x70 + i, SECTOR);
    }
    blk_shutdown(&t);
}

/* block_resize: an interrupt, and another capacity */
static void test_resize(gconstpointer drive)
{
    BlkTest t;

    blk_boot(&t, GPOINTER_TO_INT(drive), "", "", "");
    g_assert_false(t.d->vdev->bus->get_config_isr_status(t.d->vdev));
    qtest_qmp_assert_success(t.d->qts, "{'execute': 'block_resize',"
                             " 'arguments': {'device': 'disk', 'size': %d}}",
                             2 * DISK_SECTORS * SECTOR);
    qvirtio_wait_config_isr(t.d->vdev, QVIRTIO_ANY_TIMEOUT_US);
    g_assert_cmpuint(qvirtio_config_readq(t.d->vdev, 0), ==, 2 * DISK_SECTORS);
    blk_write(&t, 2 * DISK_SECTORS - 1, 0x77, SECTOR);
    blk_expect_file(&t, 2 * DISK_SECTORS - 1, 0x77, SECTOR);
    blk_shutdown(&t);
}

/* The mark at @sector of the file's node; 0 for none */
static void blk_set_threshold(BlkTest *t, uint64_t sector)
{
    qtest_qmp_assert_success(t->d->qts,
                             "{'execute': 'block-set-write-threshold',"
                             " 'arguments': {'node-name': 'file',"
                             " 'write-threshold': %" PRIu64 "}}",
                             sector * SECTOR);
}

/* The event that a request sent which ended @beyond sectors behind the mark */
static void blk_expect_threshold(BlkTest *t, uint64_t sector, uint64_t beyond)
{
    QDict *event = qtest_qmp_eventwait_ref(t->d->qts, "BLOCK_WRITE_THRESHOLD");
    QDict *data = qdict_get_qdict(event, "data");

    g_assert_cmpstr(qdict_get_str(data, "node-name"), ==, "file");
    g_assert_cmpint(qdict_get_int(data, "write-threshold"), ==,
                    sector * SECTOR);
    g_assert_cmpint(qdict_get_int(data, "amount-exceeded"), ==,
                    beyond * SECTOR);
    qobject_unref(event);
}

/* The mark as query-named-block-nodes has it */
static int64_t blk_get_threshold(BlkTest *t)
{
    QDict *rsp = qtest_qmp(t->d->qts,
                           "{'execute': 'query-named-block-nodes'}");
    const QListEntry *e;
    int64_t threshold = -1;

    QLIST_FOREACH_ENTRY(qdict_get_qlist(rsp, "return"), e) {
        QDict *node = qobject_to(QDict, qlist_entry_obj(e));

        if (g_str_equal(qdict_get_str(node, "node-name"), "file")) {
            threshold = qdict_get_int(node, "write_threshold");
        }
    }
    qobject_unref(rsp);
    return threshold;
}

/* Who ends behind the mark is told of, once; who ends at it is not. */
static void test_write_threshold(gconstpointer drive)
{
    static const char *const threads[] = { "", ",iothread=io" };

    for (int i = 0; i < ARRAY_SIZE(threads); i++) {
        BlkTest t;

        blk_boot(&t, GPOINTER_TO_INT(drive), threads[i],
                 ",discard=unmap,file.node-name=file",
                 "-object iothread,id=io");
        blk_set_threshold(&t, 100);
        blk_write(&t, 96, 0x11, 4 * SECTOR);
        blk_expect(&t, 200, 0, SECTOR);
        g_assert_cmpint(blk_get_threshold(&t), ==, 100 * SECTOR);
        blk_write(&t, 98, 0x12, 4 * SECTOR);
        blk_expect_threshold(&t, 100, 2);
        g_assert_cmpint(blk_get_threshold(&t), ==, 0);
        /* No mark, no event: the next one is that of the next mark. */
        blk_write(&t, 200, 0x13, SECTOR);
        blk_set_threshold(&t, 300);
        g_assert_cmpuint(blk_dwz(&t, VIRTIO_BLK_T_WRITE_ZEROES, 290, 20, 0),
                         ==, VIRTIO_BLK_S_OK);
        blk_expect_threshold(&t, 300, 10);
        blk_set_threshold(&t, 1);
        g_assert_cmpuint(blk_dwz(&t, VIRTIO_BLK_T_DISCARD, 0, 8, 0), ==,
                         VIRTIO_BLK_S_OK);
        blk_expect_threshold(&t, 1, 7);
        /* The mark is taken away by the client. */
        blk_set_threshold(&t, 1);
        blk_set_threshold(&t, 0);
        blk_write(&t, 50, 0x14, SECTOR);
        blk_set_threshold(&t, 60);
        blk_write(&t, 60, 0x15, SECTOR);
        blk_expect_threshold(&t, 60, 1);
        blk_shutdown(&t);
    }
}

/* In a thread of its own, and back */
static void test_iothread(gconstpointer drive)
{
    BlkTest t;

    blk_boot(&t, GPOINTER_TO_INT(drive), ",iothread=io", "",
             "-object iothread,id=io");
    for (int round = 0; round < 3; round++) {
        blk_write(&t, round, 0x90 + round, SECTOR);
        blk_expect(&t, round, 0x90 + round, SECTOR);
        qvirtio_any_start(t.d);
    }
    qtest_qmp_assert_success(t.d->qts, "{'execute': 'stop'}");
    qtest_qmp_assert_success(t.d->qts, "{'execute': 'cont'}");
    blk_expect(&t, 1, 0x91, SECTOR);
    qvirtio_any_unplug(t.d);
    qtest_qmp_assert_success(t.d->qts, "{'execute': 'object-del',"
                             " 'arguments': {'id': 'io'}}");
    blk_shutdown(&t);
}

/* Another device keeps the disk in the thread; then it stays when this one goes. */
static void test_iothread_shared(gconstpointer drive)
{
    BlkTest t;

    blk_boot(&t, GPOINTER_TO_INT(drive), ",iothread=io,share-rw=on",
             ",node-name=node",
             "-object iothread,id=io -device virtio-scsi-pci,id=hba,addr=9,"
             "iothread=io");
    blk_write(&t, 0, 0x90, SECTOR);
    qtest_qmp_device_add(t.d->qts, "scsi-hd", "other", "{'bus': 'hba.0',"
                         " 'drive': 'node', 'share-rw': true}");
    blk_write(&t, 1, 0x91, SECTOR);
    qvirtio_any_start(t.d);
    blk_write(&t, 2, 0x92, SECTOR);
    qvirtio_any_unplug(t.d);
    blk_expect_file(&t, 1, 0x91, SECTOR);
    qtest_qmp_device_del(t.d->qts, "other");
    blk_shutdown(&t);
}

static void blk_reopen(BlkTest *t, const char *file)
{
    qtest_qmp_assert_success(t->d->qts, "{'execute': 'blockdev-reopen',"
                             " 'arguments': {'options': [{'driver': 'raw',"
                             " 'node-name': 'raw', 'file': %s}]}}", file);
}

static void blk_add_node(BlkTest *t, const char *name)
{
    qtest_qmp_assert_success(t->d->qts, "{'execute': 'blockdev-add',"
                             " 'arguments': {'driver': 'file',"
                             " 'node-name': %s, 'filename': %s}}", name,
                             t->path);
}

/* Another file below, longer or shorter: the guest is told, and goes on. */
static void test_reopen_file(gconstpointer drive)
{
    static const char *const threads[] = { "", ",iothread=io" };

    for (int i = 0; i < ARRAY_SIZE(threads); i++) {
        BlkTest t;

        blk_boot(&t, GPOINTER_TO_INT(drive), threads[i],
                 ",node-name=raw,file.node-name=file",
                 "-object iothread,id=io"
                 " -blockdev driver=null-co,node-name=long,size=4194304,"
                 "read-zeroes=on"
                 " -blockdev driver=null-co,node-name=short,size=8192,"
                 "read-zeroes=on");
        qtest_qmp_assert_success(t.d->qts, "{'execute': 'blockdev-add',"
                                 " 'arguments': {'driver': 'raw',"
                                 " 'node-name': 'over', 'file': 'long'}}");
        blk_write(&t, 3, 0x31, SECTOR);

        blk_reopen(&t, "over");
        qvirtio_wait_config_isr(t.d->vdev, QVIRTIO_ANY_TIMEOUT_US);
        g_assert_cmpuint(qvirtio_config_readq(t.d->vdev, 0), ==, 8192);
        blk_expect(&t, 8191, 0, SECTOR);

        blk_reopen(&t, "short");
        qvirtio_wait_config_isr(t.d->vdev, QVIRTIO_ANY_TIMEOUT_US);
        g_assert_cmpuint(qvirtio_config_readq(t.d->vdev, 0), ==, 16);
        blk_expect(&t, 15, 0, SECTOR);
        g_assert_cmpuint(blk_request(&t, VIRTIO_BLK_T_OUT, 16, SECTOR), ==,
                         VIRTIO_BLK_S_IOERR);

        blk_add_node(&t, "again");
        blk_reopen(&t, "again");
        qvirtio_wait_config_isr(t.d->vdev, QVIRTIO_ANY_TIMEOUT_US);
        g_assert_cmpuint(qvirtio_config_readq(t.d->vdev, 0), ==,
                         DISK_SECTORS);
        blk_expect(&t, 3, 0x31, SECTOR);
        blk_shutdown(&t);
    }
}

/* The device goes, and so does its -drive; what was written stays. */
static void test_unplug(gconstpointer drive)
{
    BlkTest t;
    QDict *rsp;

    blk_boot(&t, GPOINTER_TO_INT(drive), "", "", "");
    blk_write(&t, 5, 0xa5, SECTOR);
    qvirtio_any_unplug(t.d);
    rsp = qtest_qmp(t.d->qts, "{'execute': 'query-block'}");
    g_assert_true(qlist_empty(qdict_get_qlist(rsp, "return")));
    qobject_unref(rsp);
    blk_expect_file(&t, 5, 0xa5, SECTOR);
    blk_shutdown(&t);
}

/* A disk that is read-only says so, and fails writes. */
static void test_read_only(gconstpointer drive)
{
    BlkTest t;

    blk_boot(&t, GPOINTER_TO_INT(drive), "", ",readonly=on", "");
    g_assert_true(qvirtio_get_features(t.d->vdev) & 1ull << VIRTIO_BLK_F_RO);
    blk_expect(&t, 0, 0, SECTOR);
    qtest_memset(t.d->qts, t.d->buf + AT_DATA, 0xff, SECTOR);
    g_assert_cmpuint(blk_request(&t, VIRTIO_BLK_T_OUT, 0, SECTOR), ==,
                     VIRTIO_BLK_S_IOERR);
    blk_expect_file(&t, 0, 0, SECTOR);
    blk_shutdown(&t);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(gconstpointer drive);
    } tests[] = {
        { "basic", test_basic },
        { "layout", test_layout },
        { "indirect", test_indirect },
        { "merge", test_merge },
        { "discard-write-zeroes", test_discard_write_zeroes },
        { "errors", test_errors },
        { "huge", test_huge },
        { "liar", test_liar },
        { "resize", test_resize },
        { "write-threshold", test_write_threshold },
        { "iothread", test_iothread },
        { "iothread-shared", test_iothread_shared },
        { "reopen-file", test_reopen_file },
        { "unplug", test_unplug },
        { "read-only", test_read_only },
    };

    g_test_init(&argc, &argv, NULL);
    for (int i = 0; i < ARRAY_SIZE(tests); i++) {
        for (int drive = 0; drive < QVIRTIO_ANY_DRIVES; drive++) {
            g_autofree char *path = g_strdup_printf("/virtio/blk/%s/%s",
                                                    tests[i].name,
                                                    qvirtio_any_drives[drive]);

            qtest_add_data_func(path, GINT_TO_POINTER(drive), tests[i].run);
        }
    }
    return g_test_run();
}
