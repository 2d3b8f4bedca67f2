/*
 * A power cut: qemini is killed while a guest writes to a qcow2 image.
 *
 * Each round starts it on what the last one left, reads every sector, and has a
 * driver write for a while, in batches, with a flush now and then.  In the midst
 * of a batch comes SIGKILL.  Then qemu-img has to find nothing worse than leaks,
 * and the next round every sector as it was at the last flush or as it was
 * written later.
 *
 * What the kernel had is not lost here; a disk that loses that, too, is in
 * tests/unit/test-qcow2-cut.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "libqtest.h"
#include "libqos/virtio-any.h"
#include "qemu/bswap.h"
#include "standard-headers/linux/virtio_blk.h"

#define SECTOR          512
#define DISK_SECTORS    4096
/* So many requests at a time, each with a page of the test's buffer. */
#define BATCH           16
#define AT_STATUS       16
#define AT_DATA         SECTOR
#define MAX_SECTORS     7
/* Alone, one may have all of the buffer. */
#define READ_SECTORS    127
#define PAGE            4096

/* What a sector may read as: the number of a write, all over, or 0. */
typedef struct Sector {
    uint32_t flushed;
    GArray *since;              /* of uint32_t: all written since then */
} Sector;

typedef struct CutTest {
    const char *options;        /* of -blockdev and -device */
    char *path;
    QVirtioAny *d;
    char *args, *device;
    QVirtioAnyType type;
    Sector disk[DISK_SECTORS];
    uint32_t number;
} CutTest;

typedef struct CutKind {
    const char *name;
    const char *create;         /* -o of qemu-img create */
    const char *blockdev;       /* begins with a comma, like the next */
    const char *device;
    bool backing;
} CutKind;

static const CutKind cut_kinds[] = {
    { "v3", "cluster_size=512", "", "" },
    { "lazy", "cluster_size=4k,lazy_refcounts=on", "", ",iothread=io0" },
    { "v2", "cluster_size=1k,compat=0.10", ",l2-cache-size=2048", "" },
    { "discard", "cluster_size=512", ",discard=unmap,pass-discard-other=on",
      ",iothread=io0" },
    { "preallocated", "cluster_size=4k,preallocation=metadata", "",
      ",iothread=io0" },
    { "backing", "cluster_size=512,refcount_bits=1", ",l2-cache-size=1024",
      ",iothread=io0", true },
};

/* qemu-img and its arguments; its exit status.  What it says is long. */
static int cut_run(const char *first, ...) G_GNUC_NULL_TERMINATED;
static int cut_run(const char *first, ...)
{
    g_autoptr(GPtrArray) argv = g_ptr_array_new();
    int status;
    va_list ap;

    va_start(ap, first);
    for (const char *arg = first; arg; arg = va_arg(ap, const char *)) {
        g_ptr_array_add(argv, (char *)arg);
    }
    va_end(ap);
    g_ptr_array_add(argv, NULL);
    g_assert_true(g_spawn_sync(NULL, (char **)argv->pdata, NULL,
                               G_SPAWN_SEARCH_PATH |
                               G_SPAWN_STDOUT_TO_DEV_NULL |
                               G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, NULL,
                               NULL, &status, NULL));
    g_assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void cut_boot(CutTest *t, const CutKind *kind)
{
    t->args = g_strdup_printf("-object iothread,id=io0 -blockdev driver=qcow2,"
                              "node-name=disk,file.driver=file,"
                              "file.filename=%s%s", t->path, kind->blockdev);
    t->device = g_strdup_printf("virtio-blk-pci-transitional,drive=disk%s",
                                kind->device);
    t->type = (QVirtioAnyType) {
        .name = "virtio-blk",
        .device = t->device,
        .args = t->args,
        .queues = 1,
    };
    t->d = qvirtio_any_boot(&t->type, QVIRTIO_ANY_SPLIT, "");
    qvirtio_any_start(t->d);
}

static void cut_shutdown(CutTest *t)
{
    qvirtio_any_shutdown(t->d);
    g_free(t->args);
    g_free(t->device);
}

/* Requests */

/* The one of page @slot: the device may have it when it is kicked. */
static void cut_add(CutTest *t, int slot, uint32_t type, uint64_t sector,
                    const void *data, uint32_t bytes)
{
    QVirtioAny *d = t->d;
    uint64_t page = d->buf + slot * PAGE;
    struct virtio_blk_outhdr header = {
        .type = cpu_to_le32(type),
        .sector = cpu_to_le64(sector),
    };
    uint32_t head;

    qtest_memwrite(d->qts, page, &header, sizeof(header));
    qtest_writeb(d->qts, page + AT_STATUS, 0xee);
    head = qvirtqueue_add(d->qts, d->vq[0], page, sizeof(header), false, true);
    if (bytes) {
        if (data) {
            qtest_memwrite(d->qts, page + AT_DATA, data, bytes);
        }
        qvirtqueue_add(d->qts, d->vq[0], page + AT_DATA, bytes, !data, true);
    }
    qvirtqueue_add(d->qts, d->vq[0], page + AT_STATUS, 1, true, false);
    qvirtqueue_kick(d->qts, d->vdev, d->vq[0], head);
}

static void cut_wait(CutTest *t, int requests)
{
    QVirtioAny *d = t->d;

    for (int i = 0; i < requests; i++) {
        qvirtio_any_wait_next(d, d->vq[0], NULL);
    }
    for (int i = 0; i < requests; i++) {
        g_assert_cmpuint(qtest_readb(d->qts, d->buf + i * PAGE + AT_STATUS),
                         ==, VIRTIO_BLK_S_OK);
    }
    /* wait_next() gave back a descriptor of each chain; the rest now. */
    d->vq[0]->num_free = d->vq[0]->size;
}

static void cut_add_write(CutTest *t, int slot, int64_t first, int n)
{
    struct virtio_blk_discard_write_zeroes zero = {
        .sector = cpu_to_le64(first),
        .num_sectors = cpu_to_le32(n),
        .flags = cpu_to_le32(VIRTIO_BLK_WRITE_ZEROES_FLAG_UNMAP),
    };
    uint32_t data[MAX_SECTORS * SECTOR / 4];
    uint32_t value = g_test_rand_int_range(0, 6) ? ++t->number : 0;

    for (int i = 0; i < n; i++) {
        g_array_append_val(t->disk[first + i].since, value);
    }
    for (int i = 0; i < n * SECTOR / 4; i++) {
        data[i] = cpu_to_le32(value);
    }
    if (value) {
        cut_add(t, slot, VIRTIO_BLK_T_OUT, first, data, n * SECTOR);
    } else {
        cut_add(t, slot, VIRTIO_BLK_T_WRITE_ZEROES, 0, &zero, sizeof(zero));
    }
}

/* A batch of writes, none on what another of them writes; how many. */
static int cut_add_batch(CutTest *t)
{
    int requests = g_test_rand_int_range(1, BATCH + 1);

    for (int i = 0; i < requests; i++) {
        int64_t part = DISK_SECTORS / BATCH;
        int n = g_test_rand_int_range(1, MAX_SECTORS + 1);

        cut_add_write(t, i, i * part + g_test_rand_int_range(0, part - n), n);
    }
    return requests;
}

static void cut_flushed(CutTest *t)
{
    for (int i = 0; i < DISK_SECTORS; i++) {
        GArray *since = t->disk[i].since;

        if (since->len) {
            t->disk[i].flushed = g_array_index(since, uint32_t,
                                               since->len - 1);
            g_array_set_size(since, 0);
        }
    }
}

/* Write until the power goes: after that many batches, in the next one. */
static void cut_work(CutTest *t, int batches)
{
    gint64 until;

    while (batches--) {
        cut_wait(t, cut_add_batch(t));
        if (g_test_rand_int_range(0, 3) == 0) {
            cut_add(t, 0, VIRTIO_BLK_T_FLUSH, 0, NULL, 0);
            cut_wait(t, 1);
            cut_flushed(t);
        }
    }
    if (g_test_rand_bit()) {
        cut_add_batch(t);
    } else {
        /* In the middle of a flush. */
        cut_wait(t, cut_add_batch(t));
        cut_add(t, 0, VIRTIO_BLK_T_FLUSH, 0, NULL, 0);
    }
    /* The last of them have hardly begun: let them come to any point. */
    until = g_get_monotonic_time() + g_test_rand_int_range(0, 1000);
    while (g_get_monotonic_time() < until) {
        /* not asleep, which would be too long */
    }
    qtest_cut_power(t->d->qts);
}

/* A sector is as it may be; what it is, it has to stay. */
static void cut_expect_sector(CutTest *t, int sector, const uint32_t *got)
{
    Sector *s = &t->disk[sector];
    uint32_t number = le32_to_cpu(got[0]);
    bool ok = number == s->flushed;

    for (int i = 0; i < SECTOR / 4; i++) {
        g_assert_cmpuint(le32_to_cpu(got[i]), ==, number);
    }
    for (guint i = 0; i < s->since->len && !ok; i++) {
        ok = number == g_array_index(s->since, uint32_t, i);
    }
    if (!ok) {
        g_error("sector %d has what was written by %u; at the last flush it "
                "was %u", sector, number, s->flushed);
    }
    s->flushed = number;
    g_array_set_size(s->since, 0);
}

static void cut_expect_survived(CutTest *t)
{
    g_autofree uint32_t *got = g_malloc(READ_SECTORS * SECTOR);
    int n;

    for (int at = 0; at < DISK_SECTORS; at += n) {
        n = MIN(READ_SECTORS, DISK_SECTORS - at);
        cut_add(t, 0, VIRTIO_BLK_T_IN, at, NULL, n * SECTOR);
        cut_wait(t, 1);
        qtest_memread(t->d->qts, t->d->buf + AT_DATA, got, n * SECTOR);
        for (int i = 0; i < n; i++) {
            cut_expect_sector(t, at + i, got + i * SECTOR / 4);
        }
    }
}

static void test_power_cut(gconstpointer opaque)
{
    enum { CLEAN = 0, LEAKS = 3 };
    const CutKind *kind = opaque;
    g_autofree char *qemu_img = g_find_program_in_path("qemu-img");
    g_autofree char *folder = NULL, *backing = NULL;
    bool lazy = strstr(kind->create, "lazy");
    g_autofree CutTest *t = g_new0(CutTest, 1);
    int status;

    if (!qemu_img) {
        g_test_skip("no qemu-img (package qemu-utils)");
        return;
    }
    folder = g_dir_make_tmp("cut-XXXXXX", NULL);
    t->path = g_build_filename(folder, "image.qcow2", NULL);
    backing = g_build_filename(folder, "backing", NULL);
    for (int i = 0; i < DISK_SECTORS; i++) {
        t->disk[i].since = g_array_new(false, false, sizeof(uint32_t));
    }
    if (kind->backing) {
        g_autofree uint32_t *data = g_new(uint32_t, DISK_SECTORS * SECTOR / 4);

        /* Half of it; what is behind reads as zeroes. */
        for (int i = 0; i < DISK_SECTORS / 2 * SECTOR / 4; i++) {
            t->disk[i / (SECTOR / 4)].flushed = 0x80000000u + i / (SECTOR / 4);
            data[i] = cpu_to_le32(t->disk[i / (SECTOR / 4)].flushed);
        }
        g_assert_true(g_file_set_contents(backing, (char *)data,
                                          DISK_SECTORS / 2 * SECTOR, NULL));
        status = cut_run("qemu-img", "create", "-f", "qcow2", "-o",
                         kind->create, "-b", "backing", "-F", "raw", t->path,
                         "2M", NULL);
    } else {
        status = cut_run("qemu-img", "create", "-f", "qcow2", "-o",
                         kind->create, t->path, "2M", NULL);
    }
    g_assert_cmpint(status, ==, 0);

    for (int round = 0; round < (g_test_slow() ? 20 : 3); round++) {
        cut_boot(t, kind);
        cut_expect_survived(t);
        cut_work(t, g_test_rand_int_range(0, 12));
        cut_shutdown(t);
        /* Counts that are written late are put right when it is opened. */
        if (!lazy) {
            status = cut_run("qemu-img", "check", "-f", "qcow2", t->path,
                             NULL);
            g_assert_true(status == CLEAN || status == LEAKS);
        }
    }
    cut_boot(t, kind);
    cut_expect_survived(t);
    cut_shutdown(t);
    status = cut_run("qemu-img", "check", "-f", "qcow2", t->path, NULL);
    g_assert_true(status == CLEAN || (status == LEAKS && !lazy));
    status = cut_run("qemu-img", "check", "-r", "leaks", "-f", "qcow2",
                     t->path, NULL);
    g_assert_cmpint(status, ==, CLEAN);
    cut_boot(t, kind);
    cut_expect_survived(t);
    cut_shutdown(t);

    for (int i = 0; i < DISK_SECTORS; i++) {
        g_array_unref(t->disk[i].since);
    }
    unlink(t->path);
    unlink(backing);
    rmdir(folder);
    g_free(t->path);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (int i = 0; i < ARRAY_SIZE(cut_kinds); i++) {
        g_autofree char *name = g_strdup_printf("/virtio-blk/power-cut/%s",
                                                cut_kinds[i].name);

        if (i < 2 || g_test_slow()) {
            g_test_add_data_func(name, &cut_kinds[i], test_power_cut);
        }
    }
    return g_test_run();
}
