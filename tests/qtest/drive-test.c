/*
 * Drives while a guest uses them: overlays that come under its requests,
 * commits, copies on read, and what qcow2 keeps in memory.
 *
 * What the monitors say of drives is in drive-cases.txt; this looks at the data,
 * by way of virtio-blk.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "libqtest.h"
#include "libqos/virtio-any.h"
#include "qapi/qmp/qdict.h"
#include "qemu/bswap.h"
#include "standard-headers/linux/virtio_blk.h"

#define NS_PER_S    1000000000ll
#define SECTOR      512
#define SECTORS     4096
#define SIZE        (SECTORS * SECTOR)
#define CLUSTER     (128 * SECTOR)      /* qcow2's, by default */

/* A request's place in the guest's buffer, and its parts. */
#define SLOTS       48
#define SLOT        1024
#define AT_DATA     64
#define AT_STATUS   (AT_DATA + SECTOR)

static char *folder;

static char *path_of(const char *name)
{
    return g_build_filename(folder, name, NULL);
}

/* The guest */

typedef struct DriveTest {
    QVirtioAny *d;
    QVirtioAnyType type;
    uint8_t content[SECTORS];   /* what each sector is full of */
    unsigned in_flight;
} DriveTest;

/* @args make a drive, or a node, of the name "disk". */
static void drive_boot(DriveTest *t, const char *args, bool iothread)
{
    t->in_flight = 0;
    t->type = (QVirtioAnyType) {
        .name = "virtio-blk",
        .device = iothread
            ? "virtio-blk-pci-transitional,drive=disk,iothread=t0"
            : "virtio-blk-pci-transitional,drive=disk",
        .args = args,
        .queues = 1,
    };
    t->d = qvirtio_any_boot(&t->type, QVIRTIO_ANY_PACKED, "");
    qvirtio_any_start(t->d);
}

static void drive_shutdown(DriveTest *t)
{
    g_assert_cmpuint(t->in_flight, ==, 0);
    qvirtio_any_shutdown(t->d);
}

static uint64_t slot_addr(DriveTest *t, unsigned slot)
{
    g_assert_cmpuint(slot, <, SLOTS);
    return t->d->buf + slot * SLOT;
}

/* Begin a request of one sector. */
static uint32_t drive_submit(DriveTest *t, unsigned slot, uint32_t type,
                             uint64_t sector)
{
    QVirtioAny *d = t->d;
    uint64_t addr = slot_addr(t, slot);
    bool in = type == VIRTIO_BLK_T_IN;
    struct virtio_blk_outhdr header = {
        .type = cpu_to_le32(type),
        .sector = cpu_to_le64(sector),
    };
    uint32_t head;

    qtest_memwrite(d->qts, addr, &header, sizeof(header));
    qtest_writeb(d->qts, addr + AT_STATUS, 0xee);
    head = qvirtqueue_add(d->qts, d->vq[0], addr, sizeof(header), false, true);
    qvirtqueue_add(d->qts, d->vq[0], addr + AT_DATA, SECTOR, in, true);
    qvirtqueue_add(d->qts, d->vq[0], addr + AT_STATUS, 1, true, false);
    qvirtqueue_kick(d->qts, d->vdev, d->vq[0], head);
    t->in_flight++;
    return head;
}

static void drive_wait_all(DriveTest *t)
{
    uint32_t len;

    for (; t->in_flight; t->in_flight--) {
        qvirtio_any_wait_next(t->d, t->d->vq[0], &len);
        /* That counted the first of three descriptors. */
        t->d->vq[0]->num_free += 2;
    }
}

static uint8_t drive_status(DriveTest *t, unsigned slot)
{
    return qtest_readb(t->d->qts, slot_addr(t, slot) + AT_STATUS);
}

/* Read one sector: its status; @c, what it is full of, if that is 0 (OK). */
static uint8_t drive_read(DriveTest *t, uint64_t sector, uint8_t *c)
{
    uint8_t got[SECTOR];

    drive_submit(t, 0, VIRTIO_BLK_T_IN, sector);
    drive_wait_all(t);
    if (drive_status(t, 0) == VIRTIO_BLK_S_OK) {
        qtest_memread(t->d->qts, slot_addr(t, 0) + AT_DATA, got, SECTOR);
        for (int i = 1; i < SECTOR; i++) {
            g_assert_cmphex(got[i], ==, got[0]);
        }
        *c = got[0];
    }
    return drive_status(t, 0);
}

static void drive_expect(DriveTest *t, uint64_t sector)
{
    uint8_t c = 0;

    g_assert_cmpuint(drive_read(t, sector, &c), ==, VIRTIO_BLK_S_OK);
    g_assert_cmphex(c, ==, t->content[sector]);
}

/* Sectors all over, and each that was ever written to. */
static void drive_expect_all(DriveTest *t)
{
    for (unsigned i = 0; i < SECTORS; i++) {
        if (t->content[i] || i % 97 == 0) {
            drive_expect(t, i);
        }
    }
}

static void drive_write(DriveTest *t, unsigned slot, uint64_t sector,
                        uint8_t c)
{
    qtest_memset(t->d->qts, slot_addr(t, slot) + AT_DATA, c, SECTOR);
    drive_submit(t, slot, VIRTIO_BLK_T_OUT, sector);
    t->content[sector] = c;
}

/*
 * Half of the slots write to sectors of which none is another's; they are on
 * their way.  Where they are does not matter: all of it has to arrive.
 */
static void drive_start_writes(DriveTest *t, unsigned half)
{
    for (unsigned i = 0; i < SLOTS / 2; i++) {
        unsigned slot = half * SLOTS / 2 + i;
        uint64_t sector = slot * (SECTORS / SLOTS) +
                          g_test_rand_int_range(0, SECTORS / SLOTS);

        drive_write(t, slot, sector, g_test_rand_int_range(1, 256));
    }
}

static void drive_finish_writes(DriveTest *t)
{
    drive_wait_all(t);
    for (unsigned i = 0; i < SLOTS; i++) {
        g_assert_cmpuint(drive_status(t, i), ==, VIRTIO_BLK_S_OK);
    }
}

/* The host */

static void make_base(const char *path, uint8_t c)
{
    g_autofree char *data = g_malloc(SIZE);

    memset(data, c, SIZE);
    g_assert_true(g_file_set_contents(path, data, SIZE, NULL));
}

/* Nothing but @c in the file. */
static void expect_only(const char *path, uint8_t c)
{
    g_autofree char *data = NULL;
    gsize size;

    g_assert_true(g_file_get_contents(path, &data, &size, NULL));
    g_assert_cmpuint(size, ==, SIZE);
    for (gsize i = 0; i < size; i++) {
        g_assert_cmphex((uint8_t)data[i], ==, c);
    }
}

static void expect_content(const char *path, const uint8_t *content)
{
    g_autofree char *data = NULL;
    gsize size;

    g_assert_true(g_file_get_contents(path, &data, &size, NULL));
    g_assert_cmpuint(size, ==, SIZE);
    for (gsize i = 0; i < size; i++) {
        g_assert_cmphex((uint8_t)data[i], ==, content[i / SECTOR]);
    }
}

static void expect_clean(const char *path)
{
    g_autofree char *program = g_find_program_in_path("qemu-img");
    const char *argv[] = { program, "check", "-q", path, NULL };
    int status;

    if (program) {
        g_assert_true(g_spawn_sync(NULL, (char **)argv, NULL, 0, NULL, NULL,
                                   NULL, NULL, &status, NULL));
        g_assert_cmpint(status, ==, 0);
    }
}

static void drive_snapshot(DriveTest *t, const char *path)
{
    qtest_qmp_assert_success(t->d->qts,
                             "{'execute': 'blockdev-snapshot-sync',"
                             " 'arguments': {'device': 'disk',"
                             " 'snapshot-file': %s}}", path);
}

static void drive_commit(DriveTest *t)
{
    g_autofree char *said = qtest_hmp(t->d->qts, "commit disk");

    g_assert_cmpstr(said, ==, "");
}

/* Overlays come while the guest writes; all of it is in the chain. */
static void test_snapshot_in_flight(gconstpointer iothread)
{
    enum { LAYERS = 3 };
    g_autofree char *base = path_of("base.raw"), *args = NULL;
    g_autofree DriveTest *t = g_new0(DriveTest, 1);
    char *layers[LAYERS];

    make_base(base, 0);
    args = g_strdup_printf("%s -drive if=none,id=disk,format=raw,file=%s",
                           iothread ? "-object iothread,id=t0" : "", base);
    drive_boot(t, args, iothread);
    for (int i = 0; i < LAYERS; i++) {
        g_autofree char *name = g_strdup_printf("layer%d.qcow2", i);

        layers[i] = path_of(name);
        drive_start_writes(t, 0);
        drive_snapshot(t, layers[i]);
        drive_start_writes(t, 1);
        drive_finish_writes(t);
    }
    drive_expect_all(t);
    drive_shutdown(t);

    for (int i = 0; i < LAYERS; i++) {
        expect_clean(layers[i]);
    }
    g_free(args);
    args = g_strdup_printf("-drive if=none,id=disk,file=%s,format=qcow2",
                           layers[LAYERS - 1]);
    drive_boot(t, args, false);
    drive_expect_all(t);
    drive_shutdown(t);
    for (int i = 0; i < LAYERS; i++) {
        unlink(layers[i]);
        g_free(layers[i]);
    }
    unlink(base);
}

/* A commit takes what the guest writes at the same time down, or leaves it. */
static void test_commit_in_flight(gconstpointer iothread)
{
    g_autofree char *base = path_of("base.raw"), *args = NULL;
    g_autofree char *over = path_of("over.qcow2");
    g_autofree DriveTest *t = g_new0(DriveTest, 1);

    make_base(base, 0);
    args = g_strdup_printf("%s -drive if=none,id=disk,format=raw,file=%s",
                           iothread ? "-object iothread,id=t0" : "", base);
    drive_boot(t, args, iothread);
    drive_snapshot(t, over);
    for (int i = 0; i < 3; i++) {
        drive_start_writes(t, 0);
        drive_commit(t);
        drive_start_writes(t, 1);
        drive_finish_writes(t);
        drive_expect_all(t);
    }
    drive_commit(t);
    drive_expect_all(t);
    drive_shutdown(t);
    expect_content(base, t->content);
    expect_clean(over);
    unlink(base);
    unlink(over);
}

/* With snapshot=on nothing is written to the image, until a commit. */
static void test_temporary(void)
{
    g_autofree char *base = path_of("base.raw"), *args = NULL;
    g_autofree char *over = path_of("over.qcow2");
    g_autofree DriveTest *t = g_new0(DriveTest, 1);

    make_base(base, 0);
    args = g_strdup_printf("-snapshot -drive if=none,id=disk,format=raw,"
                           "file=%s", base);
    drive_boot(t, args, false);
    drive_start_writes(t, 0);
    drive_start_writes(t, 1);
    drive_finish_writes(t);
    drive_expect_all(t);
    expect_only(base, 0);
    drive_commit(t);
    expect_content(base, t->content);
    drive_write(t, 0, 5, 0xaa);
    drive_wait_all(t);
    drive_expect(t, 5);
    /* What has a name of ours stays, whatever it is over. */
    drive_snapshot(t, over);
    drive_expect(t, 5);
    drive_shutdown(t);
    g_assert_cmpint(unlink(over), ==, 0);

    /* Gone with the program. */
    drive_boot(t, args, false);
    drive_read(t, 5, &t->content[5]);
    g_assert_cmphex(t->content[5], !=, 0xaa);
    expect_content(base, t->content);
    drive_shutdown(t);
    unlink(base);
}

/* What the guest reads of the backing file is the image's own then. */
static void test_copy_on_read(gconstpointer option)
{
    g_autofree char *base = path_of("base.raw"), *args = NULL;
    g_autofree char *over = path_of("over.qcow2");
    g_autofree DriveTest *t = g_new0(DriveTest, 1);

    make_base(base, 0x11);
    memset(t->content, 0x11, sizeof(t->content));
    args = g_strdup_printf("-drive if=none,id=disk,format=raw,file=%s", base);
    drive_boot(t, args, false);
    drive_snapshot(t, over);
    drive_shutdown(t);

    g_free(args);
    args = g_strdup_printf((const char *)option, over);
    drive_boot(t, args, false);
    drive_expect(t, 200);
    drive_write(t, 1, 201, 0x22);
    drive_wait_all(t);
    drive_shutdown(t);

    /* Another backing file shows where the guest has not read. */
    make_base(base, 0x33);
    memset(t->content, 0x33, sizeof(t->content));
    memset(t->content + CLUSTER / SECTOR, 0x11, CLUSTER / SECTOR);
    t->content[201] = 0x22;
    expect_clean(over);
    g_free(args);
    args = g_strdup_printf("-drive if=none,id=disk,file=%s,format=qcow2",
                           over);
    drive_boot(t, args, false);
    /* Not the first: the device has looked for partitions there. */
    for (unsigned i = CLUSTER / SECTOR; i < 3 * CLUSTER / SECTOR; i += 5) {
        drive_expect(t, i);
    }
    drive_expect(t, 201);
    drive_shutdown(t);
    unlink(base);
    unlink(over);
}

/*
 * cache-clean-interval: a table that nobody has looked at for so long has to be
 * read again, which shows as blkdebug lets each but the first reading fail.
 */
static void test_cache_clean(gconstpointer iothread)
{
    static const struct {
        const char *option;
        int64_t seconds;        /* until it is gone; 0: never */
    } intervals[] = {
        { "", 600 },
        { ",cache-clean-interval=10", 10 },
        { ",cache-clean-interval=0", 0 },
    };
    g_autofree char *base = path_of("base.raw"), *args = NULL;
    g_autofree char *over = path_of("over.qcow2");
    g_autofree DriveTest *t = g_new0(DriveTest, 1);

    make_base(base, 0);
    args = g_strdup_printf("-drive if=none,id=disk,format=raw,file=%s", base);
    drive_boot(t, args, false);
    drive_snapshot(t, over);
    drive_write(t, 0, 7, 0x77);
    drive_wait_all(t);
    drive_shutdown(t);

    for (int i = 0; i < ARRAY_SIZE(intervals); i++) {
        int64_t ns = intervals[i].seconds * NS_PER_S;
        uint8_t c;

        g_free(args);
        args = g_strdup_printf(
            "%s -blockdev qcow2,node-name=disk,file.driver=blkdebug,"
            "file.image.driver=file,file.image.filename=%s,"
            "file.set-state.0.event=l2_load,file.set-state.0.state=1,"
            "file.set-state.0.new_state=2,"
            "file.inject-error.0.event=l2_load,file.inject-error.0.state=2%s",
            iothread ? "-object iothread,id=t0" : "", over,
            intervals[i].option);
        drive_boot(t, args, iothread);
        drive_expect(t, 7);
        drive_expect(t, 7);
        if (ns) {
            /* It was looked at, in each interval. */
            for (int n = 0; n < 5; n++) {
                qtest_clock_step(t->d->qts, ns);
                drive_expect(t, 7);
            }
            qtest_clock_step(t->d->qts, ns);
            qtest_clock_step(t->d->qts, ns);
            g_assert_cmpuint(drive_read(t, 7, &c), ==, VIRTIO_BLK_S_IOERR);
        } else {
            qtest_clock_step(t->d->qts, 5000 * NS_PER_S);
            drive_expect(t, 7);
        }
        drive_shutdown(t);
    }
    unlink(base);
    unlink(over);
}

/* A filter that goes with its last parent, and is reopened at the same time */
static void test_reopen_and_go(void)
{
    QTestState *qts = qtest_init(
        "-machine none -object throttle-group,id=g"
        " -blockdev driver=null-co,node-name=null"
        " -blockdev driver=raw,node-name=top,file.driver=throttle,"
        "file.throttle-group=g,file.node-name=mid,file.file=null");
    QDict *rsp;

    qtest_qmp_assert_success(qts, "{'execute': 'blockdev-reopen', 'arguments':"
                             " {'options': ["
                             "  {'driver': 'raw', 'node-name': 'top',"
                             "   'file': 'null'},"
                             "  {'driver': 'throttle', 'node-name': 'mid',"
                             "   'throttle-group': 'g', 'file': 'null'}]}}");
    rsp = qtest_qmp(qts, "{'execute': 'blockdev-del',"
                    " 'arguments': {'node-name': 'mid'}}");
    g_assert_cmpstr(qdict_get_str(qdict_get_qdict(rsp, "error"), "desc"), ==,
                    "Failed to find node with node-name='mid'");
    qobject_unref(rsp);
    qtest_quit(qts);
}

int main(int argc, char **argv)
{
    int ret;

    g_test_init(&argc, &argv, NULL);
    folder = g_dir_make_tmp("drive-test-XXXXXX", NULL);
    g_assert_nonnull(folder);

    g_test_add_data_func("/drive/snapshot-in-flight", NULL,
                         test_snapshot_in_flight);
    g_test_add_data_func("/drive/snapshot-in-flight/iothread", folder,
                         test_snapshot_in_flight);
    g_test_add_data_func("/drive/commit-in-flight", NULL,
                         test_commit_in_flight);
    g_test_add_data_func("/drive/commit-in-flight/iothread", folder,
                         test_commit_in_flight);
    g_test_add_func("/drive/temporary", test_temporary);
    g_test_add_data_func("/drive/copy-on-read/drive",
                         "-drive if=none,id=disk,copy-on-read=on,"
                         "format=qcow2,file=%s", test_copy_on_read);
    g_test_add_data_func("/drive/copy-on-read/filter",
                         "-blockdev copy-on-read,node-name=disk,"
                         "file.driver=qcow2,file.file.driver=file,"
                         "file.file.filename=%s", test_copy_on_read);
    g_test_add_data_func("/drive/cache-clean", NULL, test_cache_clean);
    g_test_add_data_func("/drive/cache-clean/iothread", folder,
                         test_cache_clean);
    g_test_add_func("/drive/reopen-and-go", test_reopen_and_go);
    ret = g_test_run();
    rmdir(folder);
    g_free(folder);
    return ret;
}
